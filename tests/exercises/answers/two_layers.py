"""Chapter 4: two layers by hand."""

import numpy as np

import backprop as bp
from backprop import autodiff as ad


def chain(w1, w2, b1=0.0, b2=0.0, g="identity", F="identity", loss="half_squared_error"):
    return bp.Network([bp.Dense([[w1]], [b1], g), bp.Dense([[w2]], [b2], F)], loss=loss)


def without_biases(net, x, y, lr):
    """One step of the weights alone."""
    net.step([x], [y], lr)
    for layer in net.layers:
        layer.b = [0.0]
    return [layer.W[0, 0] for layer in net.layers]


def fate(m1, m2, x, y, lr):
    net = chain(m1, m2, F="relu")
    without_biases(net, x, y, lr)
    run = net.forward([x])
    if all(dW == 0 for dW in net.backward(run, [y]).W):
        return 2
    return 0 if run.output[0] > y else 1


def losses(w1, w2, x, y):
    def delta(loss):
        net = chain(w1, w2, g="tanh", F="sigmoid", loss=loss)
        return net.backward(net.forward([x]), [y]).delta[1][0]

    return delta("binary_cross_entropy"), delta("half_squared_error")


def enough(delta2, w2, a1, h):
    """Any loss with this slope at z2 will do: here the plainest, delta2 z2."""
    delta1 = (delta2 * w2 * np.tanh(np.arctanh(a1) + 1e-20j)).imag / 1e-20
    return delta1, delta1 * h


def parabola(w1, b1, w2, b2, x, y):
    step = 1e-20j

    def loss(w1=w1, b1=b1, b2=b2):
        return 0.5 * (0.5 * (w2 * (w1 * x + b1) ** 2 + b2) - y) ** 2

    moved = loss(b2=b2 + step), loss(b1=b1 + step), loss(w1=w1 + step)
    return [value.imag / 1e-20 for value in moved]


def late(w1, w2, x, y, lr):
    net = chain(w1, w2)
    dw1 = net.backward(net.forward([x]), [y]).W[0][0, 0]
    w1_next, w2_next = without_biases(net, x, y, lr)
    return w2_next, dw1, w1_next


def walls(m1, m2, x):
    """The second derivative along a walk of unit speed, straight across."""
    t, length = ad.var(0.0), np.hypot(m1, m2)
    z2 = x * (m1 + t * m2 / length) * (m2 + t * m1 / length)
    (slope,) = ad.grad(0.5 * (z2 - x * m1 * m2) ** 2, [t])
    (curvature,) = ad.grad(slope, [t])
    return curvature.value, 2 / curvature.value


ANSWERS = {
    "two-layers-fate": fate,
    "two-layers-losses": losses,
    "two-layers-enough": enough,
    "two-layers-parabola": parabola,
    "two-layers-late": late,
    "two-layers-walls": walls,
}


def two_deltas(
    g, F, loss, w1, b1, w2, b2, x, y, at_a=False, slopes=(1, 1), weight=True, upstream=True, sign=1
):
    z1 = w1 * x + b1
    a1 = g(z1)
    z2 = w2 * a1 + b2
    a2 = F(z2)
    slope1 = g.derivative(a1 if at_a else z1) if slopes[0] else 1
    slope2 = F.derivative(a2 if at_a else z2) if slopes[1] else 1
    delta2 = sign * loss.gradient(a2, y) * slope2
    delta1 = (w2 if weight else 1) * (delta2 if upstream else 1) * slope1
    return delta2, delta1


def error_for_gradient(g, F, loss, w1, b1, w2, b2, x, y):
    z1 = w1 * x + b1
    z2 = w2 * g(z1) + b2
    delta2 = (F(z2) - y) * F.derivative(z2)
    return delta2, delta2 * w2 * g.derivative(z1)


def deltas_by_autodiff(g, F, loss, w1, b1, w2, b2, x, y):
    names = {bp.tanh: ad.tanh, bp.sigmoid: ad.sigmoid, bp.softplus: ad.softplus}
    functions = {f.name: ad_f for f, ad_f in names.items()}
    z1 = ad.var(w1 * x + b1)
    z2 = w2 * functions[g.name](z1) + b2
    a2 = functions[F.name](z2)
    value = {
        "squared_error": lambda: (a2 - y) ** 2,
        "half_squared_error": lambda: 0.5 * (a2 - y) ** 2,
        "binary_cross_entropy": lambda: -y * ad.log(a2) - (1 - y) * ad.log(1 - a2),
    }[loss.name]()
    return ad.grad(value, [z2, z1])


def trained(w1, b1, w2, b2, x, y, lr, fault=""):
    z1 = w1 * x + b1
    a1 = np.tanh(z1)
    a2 = 1 / (1 + np.exp(-(w2 * a1 + b2)))
    d2 = a2 - y
    if fault == "kept σ′":
        d2 *= a2 * (1 - a2)
    if fault == "uphill":
        lr = -lr
    old_w2 = w2
    w2 -= lr * d2 * a1
    b2 -= lr * d2 * (a1 if fault == "bias times input" else 1)
    d1 = w2 if fault == "updated w2" else old_w2
    if fault == "no w2":
        d1 = 1
    if fault != "no upstream delta":
        d1 *= d2
    if fault != "no tanh slope":
        d1 *= 1 / np.cosh(a1 if fault == "slope at a" else z1) ** 2
    w1 -= lr * d1 * x
    b1 -= lr * d1 * (x if fault == "bias times input" else 1)
    return w1, b1, w2, b2


def trained_by_differences(w1, b1, w2, b2, x, y, lr):
    """Every gradient by the complex step."""

    def loss(w1, b1, w2, b2):
        z2 = w2 * np.tanh(w1 * x + b1) + b2
        return np.log(1 + np.exp(z2)) - y * z2

    start = np.array([w1, b1, w2, b2])
    return start - lr * np.array([loss(*(start + 1e-20j * row)).imag / 1e-20 for row in np.eye(4)])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def by_loops(W1, b1, W2, b2, x, y, fault=""):
    """A backward pass over lists, path by path."""
    a1 = [
        sigmoid(sum(w * v for w, v in zip(row, x, strict=True)) + b)
        for row, b in zip(W1, b1, strict=True)
    ]
    a2 = [
        sigmoid(sum(w * v for w, v in zip(row, a1, strict=True)) + b)
        for row, b in zip(W2, b2, strict=True)
    ]

    def slope(a):
        if fault == "slopes at a":
            return sigmoid(a) * (1 - sigmoid(a))
        return a * (1 - a)

    d2 = [
        (a - t) * (1 if fault == "no output slope" else slope(a))
        for a, t in zip(a2, y, strict=True)
    ]
    gradient, blame = [], 0.0
    for j, a in enumerate(a1):
        if fault != "units mixed up":
            blame = 0.0
        for k, d in enumerate(d2):
            path = W2[k][j] * d
            if fault == "first path only" and k:
                continue
            blame = path if fault == "last path only" else blame + path
        if fault == "sums multiplied":
            blame = sum(row[j] for row in W2) * sum(d2)
        if fault == "mean":
            blame /= len(d2)
        d1 = blame * (1 if fault == "no hidden slope" else slope(a))
        gradient.append([d1 * (1 if fault == "no input" else v) for v in x])
    return np.array(gradient)


def faulty(f, fault):
    return lambda *given: f(*given, fault=fault)


def across(W1, b1, W2, b2, x, y):
    """W2 the wrong way round: it fits where there are as many outputs as hidden units."""
    a1 = sigmoid(W1 @ x + b1)
    a2 = sigmoid(W2 @ a1 + b2)
    return np.outer(W2 @ ((a2 - y) * a2 * (1 - a2)) * a1 * (1 - a1), x)


WRONG = {
    "two-layers-1": [
        ("slopes at a", lambda *given: two_deltas(*given, at_a=True)),
        ("delta at a", lambda *given: two_deltas_at_a(*given)),
        ("always a2 − y", error_for_gradient),
        ("swapped", lambda *given: tuple(reversed(two_deltas(*given)))),
        ("missing the slope F′(z2)", lambda *given: two_deltas(*given, slopes=(1, 0))),
        ("missing the slope g′(z1)", lambda *given: two_deltas(*given, slopes=(0, 1))),
        ("missing the weight w2", lambda *given: two_deltas(*given, weight=False)),
        ("missing the upstream delta2", lambda *given: two_deltas(*given, upstream=False)),
        ("sign", lambda *given: two_deltas(*given, sign=-1)),
    ],
    "two-layers-2": [
        (fault, faulty(trained, fault))
        for fault in (
            "updated w2",
            "kept σ′",
            "slope at a",
            "no tanh slope",
            "no w2",
            "no upstream delta",
            "uphill",
            "bias times input",
        )
    ],
    "two-layers-3": [
        *(
            (fault, faulty(by_loops, fault))
            for fault in (
                "last path only",
                "first path only",
                "units mixed up",
                "sums multiplied",
                "no output slope",
                "slopes at a",
            )
        ),
        ("missing the number of outputs", faulty(by_loops, "mean")),
        ("missing the slope σ′(z1)", faulty(by_loops, "no hidden slope")),
        ("missing the input x", faulty(by_loops, "no input")),
        ("sign", lambda *given: -by_loops(*given)),
        ("transposed", lambda *given: by_loops(*given).T),
        ("raised", across),
    ],
}


def two_deltas_at_a(g, F, loss, w1, b1, w2, b2, x, y):
    """Gradients with respect to the activations."""
    z2 = w2 * g(w1 * x + b1) + b2
    da2 = loss.gradient(F(z2), y)
    return da2, w2 * (da2 * F.derivative(z2))


RIGHT = {
    "two-layers-1": [
        lambda *given: list(two_deltas(*given)),
        deltas_by_autodiff,
        lambda *given: dict(zip(("delta2", "delta1"), two_deltas(*given), strict=True)),
    ],
    "two-layers-2": [
        trained,
        trained_by_differences,
        lambda *given: [np.array([[v]], dtype=np.float32) for v in trained(*given)],
    ],
    "two-layers-3": [
        by_loops,
        lambda *given: by_loops(*given).tolist(),
        lambda *given: by_loops(*given).astype(np.float32),
    ],
}
