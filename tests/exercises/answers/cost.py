"""Chapter 12: what a gradient costs."""

import functools
import math

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from backprop_book.counting import operations


def recorded(sizes, outputs=None):
    """Multiplications in products of matrices, counted on a tape of the library's network."""
    names = [f"W{k}" for k in range(len(sizes) - 1)]
    start = {name: np.ones((n, m)) for name, n, m in zip(names, sizes[1:], sizes, strict=False)}

    def program(**weights):
        a = ad.var(np.ones((sizes[0], 1)))
        for W in weights.values():
            a = ad.tanh(W @ a)
        loss = ad.sum(a * a)
        return {"loss": loss} | dict(zip(names, ad.grad(loss, [*weights.values()]), strict=True))

    return operations(ad.trace(program, **start), outputs, only="matmul")


def passes(p, q, r, s):
    sizes = [int(n) for n in (p, q, r, s)]
    return recorded(sizes, ["loss"]), recorded(sizes)


def network(*sizes):
    kinds = {"activations": ["tanh"] * (len(sizes) - 1), "loss": "half_squared_error"}
    return bp.Network.random([int(n) for n in sizes], **kinds, seed=0)


def nudges(p, q, r):
    net, sizes = network(p, q, r), [int(n) for n in (p, q, r)]
    losses = 1 + sum(layer.W.size + layer.b.size for layer in net.layers)
    return losses, losses * recorded(sizes, ["loss"]) / recorded(sizes)


def kept(p, q, r, m):
    net = network(p, q, r)
    run = net.forward(np.zeros((int(p), int(m))))
    parameters = sum(layer.W.size + layer.b.size for layer in net.layers)
    return sum(a.size for a in run.a), 4 * parameters


def stretches(D, s):
    """Walks it, and counts what is held and what is done again."""
    D, s = int(D), int(s)
    held = {*range(0, D, s), *range(D - s + 1, D + 1)}
    most, again = len(held), 0
    for start in range(D - s, -1, -s):
        if start < D - s:
            held |= {*range(start + 1, start + s + 1)}
            again += s
        most = max(most, len(held))
        held -= {*range(start, start + s + 1)}
    return most, again


def reach(c, r):
    """The longest for which the recursion needs no layer more than r times."""

    @functools.cache
    def longest(c, r):
        return 1 if min(c, r) == 0 else longest(c - 1, r) + longest(c, r - 1)

    return longest(int(c), int(r))


ANSWERS = {
    "cost-count": passes,
    "cost-nudging": nudges,
    "cost-memory": kept,
    "cost-sqrt": stretches,
    "cost-reach": reach,
}


def in_a_loop(sizes, back_from=1, forward=True, biases=False, hand_back=True):
    there = back = 0
    for k in range(len(sizes) - 1):
        n = sizes[k] * sizes[k + 1]
        there += n + (sizes[k + 1] if biases else 0)
        back += n + (n if k >= back_from and hand_back else 0)
    return there, back + (there if forward else 0)


def walked(layers, x, y, every, again="stretch", keep=False, short=True, turn=False, slip=0):
    """The walk back from checkpoints, or with one thing done otherwise."""
    depth, a, kept, everything = len(layers), x, {}, []
    for k in range(depth):
        if k % every == 0:
            kept[k] = a
        a = layers[k].forward(a)
        if keep:
            everything.append(a)
    upstream = (a - y) / y.shape[1]
    del a
    gradients = [None] * depth
    starts = [k for k in range(0, depth, every) if short or k + every <= depth]
    for start in starts[::-1]:
        stop = min(start + every, depth)
        inputs = [kept[start]] if again == "stretch" else [x]
        for k in range(start if again == "stretch" else 0, stop - 1):
            inputs.append(layers[k].forward(inputs[-1]))
        inputs = inputs[start - stop :]
        for k in range(stop - 1, start - 1, -1):
            at = inputs[k - start]
            gradients[k], upstream = layers[k].backward(at, upstream + slip)
    return gradients[::-1] if turn else gradients


def each_from_the_start(layers, x, y, every):
    a = x
    for layer in layers:
        a = layer.forward(a)
    upstream, gradients = (a - y) / y.shape[1], []
    for k in range(len(layers) - 1, -1, -1):
        a = x
        for layer in layers[:k]:
            a = layer.forward(a)
        dW, upstream = layers[k].backward(a, upstream)
        gradients.insert(0, dW)
    return gradients


def stretch_by_stretch(layers, x, y, every):
    """With a dictionary of checkpoints, and a recursion within each stretch."""

    def back(a, part, upstream):
        if not part:
            return [], upstream
        rest = part[1:]
        if rest:
            found, upstream = back(part[0].forward(a), rest, upstream)
        else:
            found = []
        dW, upstream = part[0].backward(a, upstream)
        return [dW, *found], upstream

    starts = range(0, len(layers), every)
    checkpoints, a = {}, x
    for start in starts:
        checkpoints[start] = a
        for layer in layers[start : start + every]:
            a = layer.forward(a)
    upstream = (a - y) / y.shape[1]
    found = []
    for start in reversed(starts):
        part, upstream = back(checkpoints.pop(start), layers[start : start + every], upstream)
        found = part + found
    return found


def by_own_matrices(layers, x, y, every):
    """Without the layers' own forward, so that nobody can count."""
    a = [x]
    for layer in layers:
        a.append(np.tanh(layer._W @ a[-1]))
    upstream, found = (a[-1] - y) / y.shape[1], []
    for layer, before in zip(layers[::-1], a[-2::-1], strict=True):
        dW, upstream = layer.backward(before, upstream)
        found.insert(0, dW)
    return found


def recursion(D, c, step=True, behind=1, alone=None, middle=False):
    @functools.cache
    def least(D, c):
        if D <= 1:
            return 0
        if c == 1:
            return sum(range(D)) if alone is None else alone(D)
        places = [D // 2] if middle else range(1, D)
        return min(step * k + least(k, c) + least(D - k, c - behind) for k in places)

    return least(D, c)


def upward(D, c):
    """A table from one layer on, for all numbers of snapshots."""
    table = [[0] * (c + 1) for _ in range(D + 1)]
    for n in range(2, D + 1):
        for s in range(1, c + 1):
            ways = [k + table[k][s] + table[n - k][s - 1] for k in range(1, n) if s > 1]
            table[n][s] = min(ways, default=n * (n - 1) // 2)
    return table[D][c]


WRONG = {
    "cost-1": [
        ("back to the inputs", lambda sizes: in_a_loop(sizes, back_from=0)),
        ("delta not handed back", lambda sizes: in_a_loop(sizes, hand_back=False)),
        ("way back alone", lambda sizes: in_a_loop(sizes, forward=False)),
        (
            "biases counted",
            lambda sizes: tuple(n + sum(sizes[1:]) for n in in_a_loop(sizes)),
        ),
        (
            "last for first",
            lambda sizes: in_a_loop(sizes[::-1]),
        ),
        ("", lambda sizes: (math.prod(sizes), 3 * math.prod(sizes))),
    ],
    "cost-2": [
        ("too much kept", lambda *given: walked(*given, keep=True)),
        ("too much work", lambda *given: walked(*given, again="start")),
        ("too much work", each_from_the_start),
        ("missing", lambda *given: walked(*given, short=False)),
        ("turned round", lambda *given: walked(*given, turn=True)),
        ("gradients", lambda *given: walked(*given, slip=0.1)),
        ("not by layers", by_own_matrices),
        ("count", lambda layers, x, y, every: walked(layers, x, y, every)[:-1]),
        ("count", lambda layers, x, y, every: None),
    ],
    "cost-3": [
        ("way not counted", lambda D, c: recursion(D, c, step=False)),
        ("a snapshot for nothing", lambda D, c: recursion(D, c, behind=0)),
        ("one snapshot", lambda D, c: recursion(D, c, alone=lambda n: n - 1)),
        ("one too many", lambda D, c: recursion(D, c, alone=lambda n: n * (n + 1) // 2)),
        ("in the middle", lambda D, c: recursion(D, c, middle=True)),
        ("", lambda D, c: D * (D - 1) // 2),
    ],
}

RIGHT = {
    "cost-1": [in_a_loop, lambda sizes: (recorded(sizes, ["loss"]), recorded(sizes))],
    "cost-2": [walked, stretch_by_stretch],
    "cost-3": [recursion, upward],
}
