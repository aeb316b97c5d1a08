"""Chapter 13: spot the bug."""

import numpy as np

import backprop as bp
from backprop_book.figures.bugs import CURVES


def flat(n, m):
    """By NumPy: nothing, rows for columns, or a square."""
    try:
        shape = (np.zeros((int(n), int(m))) + np.zeros(int(n))).shape
    except ValueError:
        return 0
    return 1 if shape == (n, m) else 2


def square(n1, n2):
    W2, delta2 = np.ones((int(n2), int(n1))), np.ones((int(n2), 5))
    try:
        W2 @ delta2
    except ValueError:
        return 0
    return 1


def suspects(suspect, m, h):
    """Which of five programs has errors most like those that are shown, checked on the moons."""
    m, h = int(m), int(h)
    X, Y = bp.data.two_moons(m, noise=0.1, seed=0)
    kinds = {"activations": ["tanh", "sigmoid"], "loss": "binary_cross_entropy"}
    net = bp.Network.random([2, h, 1], **kinds, seed=0)
    W1, W2 = (layer.W for layer in net.layers)
    right = net.backward(net.forward(X), Y)
    A1 = np.tanh(W1 @ X)
    A2 = bp.sigmoid(W2 @ A1)

    def blocks(delta2, back=W2, times=(1, 1)):
        delta1 = (back.T @ delta2) * (1 - A1**2)
        found = (delta1 @ X.T, times[0] * delta1.sum(1), delta2 @ A1.T, times[1] * delta2.sum(1))
        parts = zip(found, (right.W[0], right.b[0], right.W[1], right.b[1]), strict=True)
        return np.array([np.linalg.norm(f - r) / np.linalg.norm(r) for f, r in parts])

    delta2 = (A2 - Y) / m
    measured = [
        blocks(delta2, W2 - right.W[1]),
        blocks(A2 - Y),
        blocks(delta2 * A2 * (1 - A2)),
        blocks(delta2, times=(2, h)),
        blocks(delta2),
    ]
    prints = ([0.21, 0.19, 0, 0], [m - 1] * 4, [0.75] * 4, [0, 1, 0, h - 1], [0] * 4)
    shown = prints[int(suspect)]
    return int(np.argmin([np.abs(found - shown).sum() for found in measured]))


OPTIONS = ("mean", "square", "once_more", "labels", "kink", "order", "slope", "twice")
OPTIONS += ("bias", "zero", "adam", "rows")


def match(curve):
    """The program that the picture gives this number, as an option."""
    return OPTIONS.index(sum(CURVES, ())[int(curve) - 1])


def floor(K):
    one = np.eye(int(K))[:, :1]
    return -np.log(bp.softmax(one)[0, 0])


def first_loss(m, K):
    Z, Y = np.zeros((int(m), int(K))), np.eye(int(K))[np.zeros(int(m), dtype=int)]
    A = bp.softmax(Z)  # down the columns, which are classes here
    return -(Y * np.log(A)).sum() / m


def moved(g, k, lr):
    w = total = 0.0
    for _ in range(int(k)):
        total += g
        w -= lr * total
    return -w


def rate(m, lr):
    x, y = np.ones((1, int(m))), np.zeros((1, int(m)))
    net = bp.Network([bp.Dense([[0.5]], [0.0], "identity")], loss="half_squared_error")
    (mean,) = net.backward(net.forward(x), y).W[0].ravel()
    return lr * (x * (0.5 * x - y)).sum() / mean


def first_step(beta1, beta2):
    first, second = (1 - beta1) * 3.0, (1 - beta2) * 9.0
    return first / np.sqrt(second)


ANSWERS = {
    "bugs-flat": flat,
    "bugs-square": square,
    "bugs-match": match,
    "bugs-evidence": suspects,
    "bugs-floor": floor,
    "bugs-first-loss": first_loss,
    "bugs-sums": moved,
    "bugs-rate": rate,
    "bugs-first-step": first_step,
}


def by_step(W1, b1, W2, b2, X, Y, alpha):
    """The library's own step, in one call."""
    layers = [bp.Dense(W1, b1, "tanh"), bp.Dense(W2, b2, "sigmoid")]
    net = bp.Network(layers, loss="binary_cross_entropy")
    net.step(X, Y, alpha)
    return [array for layer in net.layers for array in (layer.W, layer.b)]


def written_out(W1, b1, W2, b2, X, Y, alpha, m=None, late=None, rate=1.0):
    """One example after the other."""
    m = X.shape[1] if m is None else m
    slopes = [np.zeros_like(p) for p in (W1, b1, W2, b2)]
    pairs = list(zip(X.T, Y.T, strict=True))
    hidden = [np.tanh(W1 @ x + b1) for x, _ in pairs]
    out = [(bp.sigmoid(W2 @ a + b2) - y) / m for a, (_, y) in zip(hidden, pairs, strict=True)]
    for a, d in zip(hidden, out, strict=True):
        slopes[2] += np.outer(d, a)
        slopes[3] += d
    back = W2 - alpha * rate * slopes[2] if late is None else W2
    for (x, _), a, d in zip(pairs, hidden, out, strict=True):
        delta = (back.T @ d) * (1 - a * a)
        slopes[0] += np.outer(delta, x)
        slopes[1] += delta
    return tuple(p - alpha * rate * g for p, g in zip((W1, b1, W2, b2), slopes, strict=True))


def columns(Z, Y, axis=0, m=None):
    A = np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum(axis=axis, keepdims=True)
    m = Z.shape[1] if m is None else m
    return np.sum(-Y * np.log(A)) / m, (A - Y) / m


def row_wise(Z, Y):
    loss, _ = columns(Z, Y, axis=1)
    A = np.exp(Z) / np.exp(Z).sum(axis=1)[:, None]
    return loss, (Y.sum(axis=1)[:, None] * A - Y) / Z.shape[1]


def errors(f, x, gradient, h, below=True):
    n = np.empty(len(x))
    for k in range(len(x)):
        nudge = np.zeros(len(x))
        nudge[k] = h
        n[k] = (f(x + nudge) - f(x - below * nudge)) / (h * (1 + below))
    return np.abs(gradient - n) / np.maximum(np.abs(gradient), np.abs(n))


WRONG = {
    "bugs-1": [
        ("symptom patched", lambda *given: written_out(*given, late=True, rate=0.1)),
        ("symptom patched", lambda *given: written_out(*given, m=1, rate=0.1)),
        ("only the mean", written_out),
        ("only the order", lambda *given: written_out(*given, m=1, late=True)),
        ("neither", lambda *given: written_out(*given, m=1)),
    ],
    "bugs-2": [
        ("only the mean", lambda Z, Y: columns(Z, Y, axis=1)),
        ("only the axis", lambda Z, Y: columns(Z, Y, m=1)),
        ("test weakened", row_wise),
        ("neither", lambda Z, Y: columns(Z, Y, axis=1, m=1)),
    ],
    "bugs-3": [
        ("only the sides", lambda *given: np.median(errors(*given))),
        ("only the largest", lambda *given: errors(*given, below=False).max()),
        ("test weakened", lambda *given: errors(*given).mean()),
        ("test weakened", lambda *given: errors(*given).min()),
        ("neither", lambda *given: np.median(errors(*given, below=False))),
    ],
}

RIGHT = {
    "bugs-1": [by_step, lambda *given: written_out(*given, late=True)],
    "bugs-2": [
        columns,
        lambda Z, Y: (
            bp.cross_entropy(bp.softmax(Z), Y),
            (bp.softmax(Z) - Y) / len(Z.T),
        ),
    ],
    "bugs-3": [lambda *given: max(errors(*given)), lambda *given: np.sort(errors(*given))[-1]],
}
