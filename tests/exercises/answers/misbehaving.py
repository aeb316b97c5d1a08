"""Chapter 11: gradients that vanish, explode or die."""

import numpy as np

import backprop as bp

H = 1e-20  # of the complex step


def chain(z1, z2, z3, w2, w3):
    """Nudge the first sum, and keep the others where they are by the biases that they need."""

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    b2, b3 = z2 - w2 * sigmoid(z1), z3 - w3 * sigmoid(z2)
    last = sigmoid(w3 * sigmoid(w2 * sigmoid(z1 + 1j * H) + b2) + b3)
    return last.imag / H


def spread(n):
    """Of the weights that make a standard normal z: from the library's own draw of a layer with many units."""
    net = bp.Network.random([int(n), 2], activations=["relu"], loss="half_squared_error", seed=0)
    standard = np.random.default_rng(0).normal(size=(2, int(n)))
    return np.linalg.norm(net.layers[0].W) / np.linalg.norm(standard)


def layers(n, variance, D):
    """Layer by layer, the mean square: a sum of n products, of which half is cut away."""
    square = 1.0
    for _ in range(int(D)):
        square = sum(variance * square * 0.5 for _ in range(int(n)))
    return np.sqrt(square)


def shortened(g1, g2, limit):
    unit = complex(g1, g2) / abs(complex(g1, g2))
    return limit * unit.real, limit * unit.imag


def both_ways(r1, r2, r3):
    """Slopes of the two chains, with straight lines for f."""

    def slope(through):
        a = 0.7 + 1j * H
        for r in (r1, r2, r3):
            a = through * a + r * a
        return a.imag / H

    return slope(0), slope(1)


ANSWERS = {
    "misbehaving-product": chain,
    "misbehaving-init": spread,
    "misbehaving-depth-q": layers,
    "misbehaving-clip": shortened,
    "misbehaving-residual": both_ways,
}


def spreads(normal, he=lambda i, o: 2 / i, glorot=lambda i, o: 2 / (i + o), root=np.sqrt):
    """What is asked for, or with one thing done otherwise."""
    units, inputs = normal.shape
    return [root(he(inputs, units)) * normal, root(glorot(inputs, units)) * normal]


def clipped(dW, db, limit, norm=lambda W, b: np.hypot(np.linalg.norm(W), np.linalg.norm(b))):
    size = norm(dW, db)
    if size <= limit:
        return dW.copy(), db.copy()
    return dW / size * limit, db / size * limit


def one_by_one(dW, db, limit):
    return [g * limit / max(limit, np.linalg.norm(g)) for g in (dW, db)]


def to_length(dW, db, limit):
    size = np.hypot(np.linalg.norm(dW), np.linalg.norm(db))
    return limit / size * dW, limit / size * db


def by_matrix(z, g, ddof=0):
    """The whole Jacobian of each row: identity less a mean less a product with itself, over the deviation."""
    rows = []
    for row, upstream in zip(z, g, strict=True):
        m, s = row.size, row.std(ddof=ddof)
        unit = (row - row.mean()) / s
        jacobian = (np.eye(m) - 1 / m - np.outer(unit, unit) / m) / s
        rows.append(jacobian.T @ upstream)
    return np.array(rows)


def less(z, g, parts):
    """g over the deviation, without some of what has to be taken out."""
    s = z.std(axis=1)[:, None]
    unit = (z - z.mean(axis=1)[:, None]) / s
    out = g.copy()
    if "mean" in parts:
        out = out - g.mean(axis=1)[:, None]
    if "along" in parts:
        out = out - unit * (unit * g).mean(axis=1)[:, None]
    return out / s


def of_columns(z, g):
    return by_matrix(z.T, g.T).T


def by_complex_step(z, g):
    slopes = np.empty(z.shape)
    for place in np.ndindex(z.shape):
        moved = z.astype(complex)
        moved[place] += 1j * H
        centred = moved - moved.mean(axis=1)[:, None]
        unit = centred / np.sqrt((centred**2).mean(axis=1))[:, None]
        slopes[place] = (g * unit).sum().imag / H
    return slopes


def living(W1, b1, W2, b2, x, relu=True):
    """Units less those that some example wakes."""
    first = W1 @ x + b1[:, None]
    second = W2 @ (first * (first > 0) if relu else first) + b2[:, None]
    return [len(z) - len(set(np.nonzero(z > 0)[0])) for z in (first, second)]


def silent(W1, b1, W2, b2, x, count=lambda z: np.all(z <= 0, axis=1).sum()):
    first = W1 @ x + b1[:, None]
    return count(first), count(W2 @ np.maximum(first, 0) + b2[:, None])


WRONG = {
    "misbehaving-1": [
        ("variance", lambda normal: spreads(normal, root=lambda v: v)),
        ("outputs counted", lambda normal: spreads(normal, he=lambda i, o: 2 / o)),
        ("no two", lambda normal: spreads(normal, he=lambda i, o: 1 / i)),
        ("swapped", lambda normal: spreads(normal)[::-1]),
        ("", lambda normal: spreads(normal, glorot=lambda i, o: 1 / i)),
    ],
    "misbehaving-2": [
        ("each by itself", one_by_one),
        ("by value", lambda dW, db, c: [np.minimum(np.maximum(g, -c), c) for g in (dW, db)]),
        ("scaled up", to_length),
        ("", lambda *given: clipped(*given, norm=lambda W, b: abs(W).sum() + abs(b).sum())),
        ("", lambda *given: clipped(*given, norm=lambda W, b: np.linalg.norm(W))),
    ],
    "misbehaving-3": [
        ("statistics fixed", lambda z, g: less(z, g, ())),
        ("deviation fixed", lambda z, g: less(z, g, ("mean",))),
        ("mean fixed", lambda z, g: less(z, g, ("along",))),
        ("wrong axis", of_columns),
        ("one less", lambda z, g: by_matrix(z, g, ddof=1)),
    ],
    "misbehaving-4": [
        ("for one example", lambda *given: silent(*given, lambda z: (z.min(axis=1) <= 0).sum())),
        ("examples counted", lambda *given: silent(*given, lambda z: (z.max(axis=0) <= 0).sum())),
        ("single zeros", lambda *given: silent(*given, lambda z: (z <= 0).sum())),
        ("zero alive", lambda *given: silent(*given, lambda z: (z.max(axis=1) < 0).sum())),
        ("no ReLU", lambda *given: living(*given, relu=False)),
        ("", lambda *given: silent(*given)[::-1]),
    ],
}

RIGHT = {
    "misbehaving-1": [
        spreads,
        lambda normal: (
            normal / np.sqrt(normal.shape[1] / 2),
            normal / np.sqrt(np.mean(normal.shape)),
        ),
    ],
    "misbehaving-2": [clipped, lambda dW, db, limit: list(clipped(dW, db, limit))],
    "misbehaving-3": [by_matrix, by_complex_step, lambda z, g: less(z, g, ("mean", "along"))],
    "misbehaving-4": [living, lambda *given: np.array(silent(*given))],
}
