"""Chapter 1: the basics."""

import numpy as np

import backprop as bp


def line(w, b):
    return bp.Network([bp.Dense([[w]], [b], "identity")], loss="squared_error")


def two_losses(w, b, x, y):
    net = line(w, b)
    return net.loss([x[0]], [y[0]]), net.loss(np.array([x]), np.array([y]))


def signs(w, nudge, x, b, y):
    """Which option: the slope by the complex step, the ratio from two losses of a network."""
    slope = ((((w + 1e-20j) * x + b) - y) ** 2).imag / 1e-20
    change = line(w + nudge, b).loss([x], [y]) - line(w, b).loss([x], [y])
    options = [(False, False), (False, True), (True, True), (True, False)]
    return options.index((slope > 0, change > 0))


def ratio_and_step(w, nudge, x, b, y, lr):
    def loss(w):
        return line(float(w), b).loss([x], [y])

    middle = w + nudge / 2
    ratio = bp.check_gradient(loss, middle, 0.0, h=nudge / 2).numeric
    return ratio, w - lr * ratio


def steepest(dw1, dw2, nudge):
    moves = [(nudge, 0), (-nudge, 0), (0, nudge), (0, -nudge)]
    return int(np.argmin([np.dot([dw1, dw2], move) for move in moves]))


def one_step(w, b, x, y, lr):
    net = line(w, b)
    slope = net.backward(net.forward([x]), [y]).W[0][0, 0]
    net.step([x], [y], lr)
    return slope, net.layers[0].W[0, 0], net.layers[0].b[0]


def cost(inputs, hidden, outputs):
    sizes = [int(n) for n in (inputs, hidden, outputs)]
    net = bp.Network.random(sizes, activations=["tanh", "tanh"], loss="squared_error")
    parameters = sum(layer.W.size + layer.b.size for layer in net.layers)
    nudged = [None, *range(parameters)]  # nobody, then each parameter alone
    return parameters, len(nudged), len(nudged) / 3


ANSWERS = {
    "basics-loss": two_losses,
    "basics-sign": signs,
    "basics-ratio": ratio_and_step,
    "basics-downhill": steepest,
    "basics-step": one_step,
    "basics-passes": cost,
}


def by_loop(w, b, x, y, power=2.0, divide=True):
    total = 0.0
    for walk, hours in zip(x, y, strict=True):
        total += abs(w * walk + b - hours) ** power
    return total / len(x) if divide else total


def forgetful(w, b, x, y):
    for walk, hours in zip(x, y, strict=True):
        total = 0
        total += (w * walk + b - hours) ** 2
    return total


def signed(w, b, x, y):
    return sum(w * x + b - y) / len(x)


def in_place(loss, weights, nudge, back=True, again=False):
    """Nudge the list itself."""
    before, ratios = loss(weights), []
    for i in range(len(weights)):
        if again:
            before = loss(weights)
        kept = weights[i]
        weights[i] = kept + nudge
        ratios.append((loss(weights) - before) / nudge)
        if back:
            weights[i] = kept
    return ratios


def one_at_a_time(loss, weights, nudge, what):
    """What is made of the two losses: before, and with one weight nudged."""
    before, rows = loss(weights), nudge * np.eye(len(weights))
    return [what(before, loss([w + d for w, d in zip(weights, row, strict=True)])) for row in rows]


def together(loss, weights, nudge):
    moved = list(np.array(weights) + nudge)
    return [(loss(moved) - loss(weights)) / nudge for _ in weights]


def both_sides(loss, weights, nudge):
    ratios = []
    for i, w in enumerate(weights):
        up, down = weights.copy(), weights.copy()
        up[i], down[i] = w + nudge, w - nudge
        ratios.append((loss(up) - loss(down)) / (2 * nudge))
    return ratios


def fit(w, b, x, y, lr, steps, sign=-1, factor=2.0, mean=True, rounds=None):
    for _ in range(steps if rounds is None else rounds):
        dw = sum(factor * (w * walk + b - hours) * walk for walk, hours in zip(x, y, strict=True))
        db = sum(factor * (w * walk + b - hours) for walk, hours in zip(x, y, strict=True))
        m = len(x) if mean else 1
        w, b = w + sign * lr * dw / m, b + sign * lr * db / m
    return w, b


def weight_moves_first(w, b, x, y, lr, steps):
    for _ in range(steps):
        w -= lr * (2 * (w * x + b - y) * x).mean()
        b -= lr * (2 * (w * x + b - y)).mean()
    return [w, b]


def fixed_slopes(w, b, x, y, lr, steps):
    e = w * x + b - y
    dw, db = (2 * e * x).mean(), (2 * e).mean()
    for _ in range(steps):
        w -= lr * dw
        b -= lr * db
    return w, b


def after_each_walk(w, b, x, y, lr, steps):
    for _ in range(steps):
        for walk, hours in zip(x, y, strict=True):
            e = w * walk + b - hours
            w, b = w - lr * 2 * e * walk, b - lr * 2 * e
    return w, b


def fit_by_nudges(w, b, x, y, lr, steps):
    def loss(w, b):
        return np.mean((w * x + b - y) ** 2)

    nudge = 1e-6
    for _ in range(steps):
        dw = (loss(w + nudge, b) - loss(w, b)) / nudge
        db = (loss(w, b + nudge) - loss(w, b)) / nudge
        w, b = w - lr * dw, b - lr * db
    return w, b


def fit_by_matrix(w, b, x, y, lr, steps):
    inputs, both = np.stack([x, np.ones_like(x)]), np.array([w, b])
    for _ in range(steps):
        both = both - 2 * lr * inputs @ (both @ inputs - y) / len(y)
    return both


WRONG = {
    "basics-1": [
        ("sum", lambda *given: by_loop(*given, divide=False)),
        ("no square", signed),
        ("absolute value", lambda *given: by_loop(*given, power=1.0)),
        ("square last", lambda *given: signed(*given) ** 2),
        ("root", lambda *given: by_loop(*given) ** 0.5),
        ("one walk", forgetful),
        ("missing the factor 2", lambda *given: 0.5 * by_loop(*given)),
        ("missing the number of walks", lambda *given: by_loop(*given) / len(given[2])),
    ],
    "basics-2": [
        ("not put back", lambda *given: in_place(*given, back=False)),
        ("not put back", lambda *given: in_place(*given, back=False, again=True)),
        ("all at once", together),
        ("change", lambda *given: one_at_a_time(*given, lambda old, new: new - old)),
        (
            "multiplied",
            lambda *given: one_at_a_time(*given, lambda old, new: (new - old) * given[2]),
        ),
        (
            "upside down",
            lambda *given: one_at_a_time(*given, lambda old, new: given[2] / (new - old)),
        ),
        ("no subtraction", lambda *given: one_at_a_time(*given, lambda old, new: new / given[2])),
        ("downward", lambda loss, weights, nudge: in_place(loss, weights, -nudge)),
        ("two-sided", both_sides),
        ("sign", lambda *given: one_at_a_time(*given, lambda old, new: (old - new) / given[2])),
        ("shape", lambda *given: [given[0](given[1]), *in_place(*given)]),
    ],
    "basics-3": [
        ("uphill", lambda *given: fit(*given, sign=1)),
        ("weight first", weight_moves_first),
        ("sum", lambda *given: fit(*given, mean=False)),
        ("factor 2", lambda *given: fit(*given, factor=1.0)),
        ("one step", lambda *given: fit(*given, rounds=1)),
        ("slopes once", fixed_slopes),
        ("walk by walk", after_each_walk),
    ],
}

RIGHT = {
    "basics-1": [
        by_loop,
        lambda w, b, x, y: np.float32(by_loop(w, b, x, y)),
        lambda w, b, x, y: [(w * x + b - y) @ (w * x + b - y) / len(y)],
    ],
    "basics-2": [
        in_place,
        lambda *given: np.array(one_at_a_time(*given, lambda old, new: (new - old) / given[2])),
        lambda *given: [[ratio] for ratio in in_place(*given)],
    ],
    "basics-3": [fit, fit_by_nudges, fit_by_matrix],
}
