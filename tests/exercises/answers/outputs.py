"""Chapter 6: outputs and losses that fit."""

import numpy as np

import backprop as bp


def which_faded(z, y):
    half = bp.half_squared_error.gradient(bp.sigmoid(z), y) * bp.sigmoid.derivative(z)
    bce = bp.binary_cross_entropy.gradient_from_logits(z, y)
    return [(True, True), (True, False), (False, True), (False, False)].index(
        (abs(half) < 1 / 20, abs(bce) < 1 / 20)
    )


def first_of_batch(a, y, m):
    others = np.full(int(m) - 1, 0.35)
    p, t = np.array([[a, *others]]), np.array([[y, *(0 * others)]])
    z = np.log(p / (1 - p))
    return (
        bp.squared_error.gradient(p, t)[0, 0],
        bp.binary_cross_entropy.gradient(p, t)[0, 0],
        bp.binary_cross_entropy.gradient_from_logits(z, t)[0, 0],
    )


def jacobian_entries(a1, a2):
    z = np.log([a1, a2, 1 - a1 - a2])
    J = bp.softmax.derivative(z)
    return J[1, 1], J[1, 0], bp.cross_entropy.gradient_from_logits(z, [0, 1, 0])[0]


def two_logits(z1, z2):
    return bp.softmax([z1, z2])[0], bp.cross_entropy.gradient_from_logits([z1, z2], [1, 0])[0]


def far_logits(d1, d2):
    return bp.cross_entropy.from_logits([1000.0, 1000.0 - d1, 1000.0 - d2], [0, 1, 0])


def counted(z, y):
    return np.exp(z) - y, np.exp(z) - y * z


def bends_up(z, y):
    def bend(loss, h=1e-4):
        return (loss(z + h) - 2 * loss(z) + loss(z - h)) / h**2

    half = bend(lambda t: bp.half_squared_error(bp.sigmoid(t), y))
    bce = bend(lambda t: bp.binary_cross_entropy.from_logits(t, y))
    return [(True, True), (False, True), (True, False), (False, False)].index((half > 0, bce > 0))


def once_and_twice(d, z2):
    """Once fused, once through the inner softmax's table; the zeros as they are written."""
    z, right = np.array([-d, z2, 0.0]), [1, 0, 0]
    back = bp.cross_entropy.gradient_from_logits(bp.softmax(z), right)
    twice = bp.softmax.derivative(z).T @ back
    digits = f"{-twice[0]:.20f}".removeprefix("0.")
    zeros = len(digits) - len(digits.lstrip("0"))
    return bp.cross_entropy.gradient_from_logits(z, right)[0], zeros


ANSWERS = {
    "outputs-twice": once_and_twice,
    "outputs-count": counted,
    "outputs-flat": bends_up,
    "outputs-two": two_logits,
    "outputs-far": far_logits,
    "mathematics-cancel": which_faded,
    "mathematics-batch": first_of_batch,
    "mathematics-jacobian": jacobian_entries,
}


def softmax(z, axis=0):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def unshifted(z, y):
    e = np.exp(z)
    return (e / e.sum(axis=0) - y) / z.shape[1]


def shifted_by_the_largest_of_all(z, y):
    e = np.exp(z - z.max())
    return (e / e.sum(axis=0) - y) / z.shape[1]


def shifted(by):
    def answer(z, y):
        e = np.exp(z - by(z))
        return (e / e.sum(axis=0) - y) / z.shape[1]

    return answer


def diagonal_jacobian(z, y):
    a = softmax(z)
    return (-y / a) * a * (1 - a) / z.shape[1]


def full_jacobian(z, y):
    """One example at a time, as a list of columns."""
    grads = []
    for column, target in zip(z.T, y.T, strict=True):
        a = softmax(column)
        jacobian = np.diag(a) - np.outer(a, a)
        upstream = np.where(target > 0, -target / np.where(target > 0, a, 1), 0)
        grads.append(jacobian.T @ upstream / z.shape[1])
    return np.transpose(grads)


def every_entry_averaged(z, y):
    return (softmax(z) - y) / z.size


def column_by_column(z, y):
    columns = []
    for j in range(z.shape[1]):
        e = [np.exp(v - max(z[:, j])) for v in z[:, j]]
        columns.append([(v / sum(e) - t) / z.shape[1] for v, t in zip(e, y[:, j], strict=True)])
    return [list(row) for row in zip(*columns, strict=True)]


def two_terms(z, y, yes=1.0, no=1.0):
    return np.mean(yes * y * np.logaddexp(0, -z) + no * (1 - y) * np.logaddexp(0, z))


def from_probability(z, y, smallest=0.0, padding=0.0):
    a = np.clip(1 / (1 + np.exp(-z)), smallest, 1 - smallest)
    return -np.mean(y * np.log(a + padding) + (1 - y) * np.log(1 - a + padding))


def half_stable(z, y):
    """Without the absolute value the exponential overflows on one side."""
    return np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-z)))


def one_by_one(z, y):
    total = 0.0
    for v, target in zip(z[0], y[0], strict=True):
        wrong = -v if target == 1 else v  # the logit of the wrong answer
        total += max(wrong, 0) + np.log1p(np.exp(-abs(wrong)))
    return [total / z.size]


def by_tables(z, upstream):
    columns = []
    for column, u in zip(z.T, upstream.T, strict=True):
        a = softmax(column)
        columns.append((np.diag(a) - np.outer(a, a)) @ u)
    return np.transpose(columns)


def matching(delta=lambda g, z, y: (g(z) - y) / np.size(z), loss=lambda g, G, z, y: G(z) - y * z):
    def answer(g, G, z, y):
        return np.mean(loss(g, G, z, y)), delta(g, z, y)

    return answer


def by_difference(g, z, h=1e-5):
    return (g(z + h) - g(z - h)) / (2 * h)


def example_by_example(g, G, z, y):
    if not np.ndim(z):
        return G(z) - z * y, g(z) - y
    parts = [example_by_example(g, G, *pair) for pair in zip(z, y, strict=True)]
    return sum(p[0] for p in parts) / len(parts), [p[1] / len(parts) for p in parts]


WRONG = {
    "outputs-4": [
        (
            "slope kept",
            matching(delta=lambda g, z, y: (g(z) - y) * by_difference(g, z) / np.size(z)),
        ),
        ("slope kept", matching(delta=lambda g, z, y: (g(z) - y) * g(z) * (1 - g(z)) / np.size(z))),
        ("no mean", lambda g, G, z, y: (np.sum(G(z) - y * z), g(z) - y)),
        ("no mean in delta", matching(delta=lambda g, z, y: g(z) - y)),
        (
            "extra the number m of examples",
            lambda g, G, z, y: (np.sum(G(z) - y * z), (g(z) - y) / np.size(z)),
        ),
        ("G of y", matching(loss=lambda g, G, z, y: G(z) - G(y))),
        ("y times the output", matching(loss=lambda g, G, z, y: G(z) - y * g(z))),
        ("z for the output", matching(delta=lambda g, z, y: (z - y) / np.size(z))),
        ("sign", matching(delta=lambda g, z, y: (y - g(z)) / np.size(z))),
        ("sign", matching(loss=lambda g, G, z, y: y * z - G(z))),
        ("shape", lambda g, G, z, y: (G(z) - y * z, (g(z) - y) / np.size(z))),
        ("", matching(loss=lambda g, G, z, y: g(z) - y * z)),
    ],
    "outputs-3": [
        ("diagonal", lambda z, upstream: softmax(z) * (1 - softmax(z)) * upstream),
        (
            "wrong axis",
            lambda z, upstream: (
                softmax(z) * (upstream - np.sum(softmax(z) * upstream, axis=1)[:, None])
            ),
        ),
        (
            "no probability in front",
            lambda z, upstream: upstream - np.sum(softmax(z) * upstream, axis=0),
        ),
        ("plain mean", lambda z, upstream: softmax(z) * (upstream - np.mean(upstream, axis=0))),
        ("sign", lambda z, upstream: -by_tables(z, upstream)),
    ],
    "outputs-1": [
        ("clipped", lambda z, y: from_probability(z, y, smallest=1e-7)),
        ("clipped", lambda z, y: from_probability(z, y, smallest=1e-15)),
        ("clipped", lambda z, y: from_probability(z, y, padding=1e-12)),
        ("swapped", lambda z, y: two_terms(-z, y)),
        ("first term only", lambda z, y: two_terms(z, y, no=0.0)),
        ("second term only", lambda z, y: two_terms(z, y, yes=0.0)),
        ("extra the number m of examples", lambda z, y: two_terms(z, y) * z.size),
        ("sign", lambda z, y: -two_terms(z, y)),
        ("shape", lambda z, y: y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)),
        ("not finite", from_probability),
        ("not finite", half_stable),
    ],
    "outputs-2": [
        ("wrong axis", lambda z, y: (softmax(z, axis=1) - y) / z.shape[1]),
        ("diagonal", diagonal_jacobian),
        ("sigmoid", lambda z, y: (1 / (1 + np.exp(-z)) - y) / z.shape[1]),
        ("one step short", lambda z, y: -y / softmax(z) / z.shape[1]),
        ("missing the factor 1/m of the mean", lambda z, y: softmax(z) - y),
        ("extra the factor 1/n", every_entry_averaged),
        (
            "extra the slope a(1 − a)",
            lambda z, y: (softmax(z) - y) * softmax(z) * (1 - softmax(z)) / z.shape[1],
        ),
        ("sign", lambda z, y: (y - softmax(z)) / z.shape[1]),
        ("not finite", unshifted),
        ("not finite", shifted_by_the_largest_of_all),
        ("not finite", shifted(lambda z: z[:1])),
        ("not finite", shifted(lambda z: z[-1:])),
        ("not finite", shifted(lambda z: z.min(axis=0))),
        ("not finite", shifted(lambda z: z.mean(axis=0))),
        ("not finite", shifted(lambda z: np.median(z, axis=0))),
        ("not finite", shifted(lambda z: np.abs(z).max(axis=0))),
    ],
}

RIGHT = {
    "outputs-4": [
        example_by_example,
        lambda g, G, z, y: (np.mean(G(z)) - np.mean(z * y), np.subtract(g(z), y) / np.size(y)),
    ],
    "outputs-3": [by_tables, lambda z, upstream: by_tables(z, upstream).astype(np.float32)],
    "outputs-1": [
        one_by_one,
        two_terms,
        bp.binary_cross_entropy.from_logits,
        lambda z, y: np.mean(np.where(y == 1, np.logaddexp(0, -z), np.logaddexp(0, z))),
        lambda z, y: np.float32(two_terms(z, y)),
    ],
    "outputs-2": [
        column_by_column,
        full_jacobian,
        bp.cross_entropy.gradient_from_logits,
        lambda z, y: ((softmax(z) - y) / z.shape[1]).astype(np.float32),
    ],
}
