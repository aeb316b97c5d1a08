"""Chapter 7: why one walks back."""

from itertools import pairwise, product

import numpy as np

from backprop import autodiff as ad

STEP = 1e-20


def slope(f, x):
    """The derivative by the complex step."""
    return f(x + STEP * 1j).imag / STEP


def through_the_maximum(a, b, c):
    assert a * b > c
    return a + b, slope(lambda a: (a + b) * a * b, a)


def ways(n, D):
    """By writing every path down."""
    return len([*product(range(int(n)), repeat=int(D) - 1)])


def wires(n, D):
    """A network of this size, its wires and the factors along each path."""
    sizes = [int(n)] * int(D) + [1]
    count = sum(a * b for a, b in pairwise(sizes))
    multiplications = sum(len(sizes) - 2 for _ in product(*map(range, sizes[1:])))
    return count, multiplications


def products(p, q, r):
    """Counted on a tape: the multiplications of its matrix products."""
    layers = {"W1": np.ones((int(q), int(p))), "W2": np.ones((int(r), int(q)))}

    def loss(W1, W2, x):
        return {"loss": ad.sum(W2 @ ad.tanh(W1 @ x))}

    def backward(W1, W2, x):
        value = loss(W1, W2, x)["loss"]
        return dict(zip(("dW1", "dW2"), ad.grad(value, [W1, W2]), strict=True))

    def count(tape):
        shapes = [node.shape for node in tape.nodes]
        found = [node for node in tape.nodes if node.op == "matmul"]
        return sum(np.prod(node.shape) * shapes[node.args[0]][1] for node in found)

    x = np.ones((int(p), 1))
    forward = count(ad.trace(loss, **layers, x=x))
    # What goes forward stands on the tape of the gradients, too, but for the last product.
    return forward, count(ad.trace(backward, **layers, x=x)) - p * q


def sweeps(p, q):
    return p, q


ANSWERS = {
    "walking-gates": through_the_maximum,
    "walking-paths": ways,
    "walking-wires": wires,
    "walking-count": products,
    "walking-sweeps": sweeps,
}


def lines(m=1.0, s=1.0, direct=1.0, swapped=True):
    """The three contributions, with weights."""

    def answer(u, v, w):
        total = u + v
        dm, ds = v / total, -v * u * w / total**2
        first, third = (w, u) if swapped else (u, w)
        return m * dm * first + s * ds, direct * u * w / total + s * ds, dm * third

    return answer


def by_steps(u, v, w):
    def loss(u, v, w):
        return u * v * w / (u + v)

    return [
        slope(lambda t: loss(t, v, w), u),
        slope(lambda t: loss(u, t, w), v),
        slope(lambda t: loss(u, v, t), w),
    ]


def everything(edges, slopes, source, target):
    """Path by path."""
    if source == target:
        return 1.0
    return sum(
        slope * everything(edges, slopes, end, target)
        for (start, end), slope in zip(edges, slopes, strict=True)
        if start == source
    )


def remembered(edges, slopes, source, target):
    found = {target: 1.0}

    def back(node):
        if node not in found:
            found[node] = sum(
                slope * back(int(end))
                for (start, end), slope in zip(edges, slopes, strict=True)
                if start == node
            )
        return found[node]

    return back(source)


def sweep(edges, slopes, source, target, begin=1.0, keep=True, add=False):
    """One walk along the list, with slips to choose from."""
    total = {source: begin}
    for (start, end), slope in zip(edges.tolist(), slopes, strict=True):
        if start in total:
            share = total[start] + slope if add else total[start] * slope
            total[end] = (total.get(end, 0.0) if keep else 0.0) + share
    return total.get(target, 0.0)


def list_from_its_beginning(edges, slopes, source, target):
    total = {target: 1.0}
    for k, (start, end) in enumerate(edges.tolist()):
        total[start] = total.get(start, 0.0) + slopes[k] * total.get(end, 0.0)
    return total.get(source, 0.0)


def list_from_its_end(edges, slopes, source, target):
    total = {target: 1.0}
    for (start, end), slope in [*zip(edges.tolist(), slopes, strict=True)][::-1]:
        total[start] = total.get(start, 0.0) + slope * total.get(end, 0.0)
    return total.get(source, 0.0)


def all_begin(edges, slopes, source, target):
    starts, ends = edges[:, 0].tolist(), edges[:, 1].tolist()
    total = {node: 1.0 for node in starts if node not in ends}
    for start, end, slope in zip(starts, ends, slopes, strict=True):
        total[end] = total.get(end, 0.0) + slope * total[start]
    return total[target]


def nodes_counted(edges, slopes, source, target):
    return float(len(np.unique(edges)))


def in_an_array(edges, slopes, source, target):
    """As an array, one entry for each node's name."""
    total = np.zeros(int(edges.max()) + 1)
    total[source] = 1
    for (start, end), slope in zip(edges, slopes, strict=True):
        total[end] += total[start] * slope
    return [total[target]]


def rates(p_dot, e_dot, straight=1.0, value=True):
    def answer(u, u_dot, v, v_dot):
        p = u * v
        rate = e_dot(p, p_dot(u, u_dot, v, v_dot))
        return (
            np.exp(p) * u + v if value else np.exp(p),
            rate * u + straight * np.exp(p) * u_dot + v_dot,
        )

    return answer


def right_p(u, u_dot, v, v_dot):
    return v * u_dot + v_dot * u


def right_e(p, p_dot):
    return np.exp(p) * p_dot


class Pair:
    """A dual number, as the chapter writes one."""

    def __init__(self, value, dot=0.0):
        self.value, self.dot = value, dot

    def __add__(self, other):
        return Pair(self.value + other.value, self.dot + other.dot)

    def __mul__(self, other):
        return Pair(self.value * other.value, self.dot * other.value + self.value * other.dot)

    def exp(self):
        return Pair(np.exp(self.value), np.exp(self.value) * self.dot)


def by_pairs(u, u_dot, v, v_dot):
    u, v = Pair(u, u_dot), Pair(v, v_dot)
    result = (u * v).exp() * u + v
    return [result.value, result.dot]


WRONG = {
    "walking-1": [
        ("overwritten", lines(m=0.0, direct=0.0)),
        ("no sum", lines(s=0.0)),
        ("sign of the quotient", lines(s=-1.0)),
        ("not swapped", lines(swapped=False)),
        ("direct share of v", lines(direct=0.0)),
        ("sign", lambda *given: [-part for part in by_steps(*given)]),
        ("", lines(m=0.0)),
    ],
    "walking-2": [
        ("overwritten", lambda *given: sweep(*given, keep=False)),
        ("wrong direction", list_from_its_beginning),
        ("sums along a path", lambda *given: sweep(*given, begin=0.0, add=True)),
        ("every beginning", all_begin),
        ("endless", everything),
        ("", nodes_counted),
        ("", lambda edges, slopes, source, target: float(len(edges))),
    ],
    "walking-3": [
        ("product of rates", rates(lambda u, u_dot, v, v_dot: u_dot * v_dot, right_e)),
        ("not swapped", rates(lambda u, u_dot, v, v_dot: u * u_dot + v * v_dot, right_e)),
        ("no inner rate", rates(right_p, lambda p, p_dot: np.exp(p))),
        ("rate inside", rates(right_p, lambda p, p_dot: np.exp(p_dot))),
        ("straight path", rates(right_p, right_e, straight=0.0)),
        ("", rates(right_p, lambda p, p_dot: p * p_dot)),
        ("", rates(right_p, right_e, value=False)),
    ],
}

RIGHT = {
    "walking-1": [by_steps, lines(), lambda *given: np.float32(lines()(*given))],
    "walking-2": [remembered, list_from_its_end, in_an_array, sweep],
    "walking-3": [by_pairs, lambda *given: np.float32(by_pairs(*given))],
}
