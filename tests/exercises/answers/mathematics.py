"""Chapter 2: the mathematics."""

import numpy as np

import backprop as bp

STEP = 1e-20


def slope(f, x):
    """The derivative by the complex step."""
    return f(x + STEP * 1j).imag / STEP


def chain(x):
    u = x**2
    v = 4 / (1 + u)
    g, f = slope(lambda u: 4 / (1 + u), u), slope(lambda v: v**2 / 4, v)
    return g, f, slope(lambda x: (4 / (1 + x**2)) ** 2 / 4, x)


def which_faded(z, y):
    half = bp.half_squared_error.gradient(bp.sigmoid(z), y) * bp.sigmoid.derivative(z)
    bce = bp.binary_cross_entropy.gradient_from_logits(z, y)
    return [(True, True), (True, False), (False, True), (False, False)].index(
        (abs(half) < 1 / 20, abs(bce) < 1 / 20)
    )


def slopes_at_z(a1, a2, a3):
    z = np.log(a1 / (1 - a1)), np.arctanh(a2), np.log(np.expm1(a3))
    return [g.derivative(z) for g, z in zip((bp.sigmoid, bp.tanh, bp.softplus), z, strict=True)]


def held_and_total(w, x, b, y):
    u = w * x + b
    return (
        slope(lambda w: w * u + b, w),
        slope(lambda w: w * (w * x + b) + b, w),
        slope(lambda w: 0.5 * (w * (w * x + b) + b - y) ** 2, w),
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


def neuron_step(w1, w2, x1, x2, b, y, lr, h):
    net = bp.Network([bp.Dense([[w1, w2]], [b], "sigmoid")], loss="half_squared_error")
    gradient = net.backward(net.forward([x1, x2]), [y]).W[0][0, 1]
    net.step([x1, x2], [y], lr)

    def loss(w2):
        return 0.5 * (1 / (1 + np.exp(-(w1 * x1 + w2 * x2 + b))) - y) ** 2

    return gradient, net.layers[0].W[0, 1] - w2, h * slope(loss, w2)


ANSWERS = {
    "mathematics-chain": chain,
    "mathematics-cancel": which_faded,
    "mathematics-slopes": slopes_at_z,
    "mathematics-two-uses": held_and_total,
    "mathematics-batch": first_of_batch,
    "mathematics-jacobian": jacobian_entries,
    "mathematics-neuron": neuron_step,
}


def places(f_at, g_at, h_at="x"):
    """The product of the slopes, each taken at a place along the chain."""

    def answer(f, g, h, df, dg, dh, x):
        at = {"x": x, "u": h(x), "v": g(h(x)), "F": f(g(h(x)))}
        return df(at[f_at]) * dg(at[g_at]) * dh(at[h_at])

    return answer


def by_loop(f, g, h, df, dg, dh, x):
    product = 1.0
    for function, its_slope in [(h, dh), (g, dg), (f, df)]:
        product *= its_slope(x)
        x = function(x)
    return [product]


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


WRONG = {
    "mathematics-1": [
        ("all at x", places("x", "x")),
        ("f′ at u", places("u", "u")),
        ("at the output", places("F", "v", "u")),
        ("nested", lambda f, g, h, df, dg, dh, x: df(dg(dh(x)))),
        ("sum", lambda f, g, h, df, dg, dh, x: dh(x) + dg(h(x)) + df(g(h(x)))),
        ("other way round", lambda f, g, h, df, dg, dh, x: by_loop(h, g, f, dh, dg, df, x)),
        ("missing h′(x)", lambda f, g, h, df, dg, dh, x: df(g(h(x))) * dg(h(x))),
        ("missing g′(h(x))", lambda f, g, h, df, dg, dh, x: df(g(h(x))) * dh(x)),
        ("sign", lambda *given: -places("v", "u")(*given)),
        ("", lambda *given: abs(places("v", "u")(*given))),
        ("", lambda f, g, h, df, dg, dh, x: df(g(h(x))) * dg(h(x)) * abs(dh(x))),
        ("", lambda f, g, h, df, dg, dh, x: df(g(h(x))) * abs(dg(h(x))) * dh(x)),
        ("", lambda f, g, h, df, dg, dh, x: abs(df(g(h(x)))) * dg(h(x)) * dh(x)),
        (
            "nearly",
            lambda f, g, h, df, dg, dh, x: (f(g(h(x + 1e-3))) - f(g(h(x - 1e-3)))) / 2e-3,
        ),
    ],
    "mathematics-2": [
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
    "mathematics-3": [
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
}

RIGHT = {
    "mathematics-1": [
        by_loop,
        lambda f, g, h, df, dg, dh, x: slope(lambda x: f(g(h(x))), x),
        lambda f, g, h, df, dg, dh, x: np.float32(places("v", "u")(f, g, h, df, dg, dh, x)),
    ],
    "mathematics-2": [
        column_by_column,
        full_jacobian,
        bp.cross_entropy.gradient_from_logits,
        lambda z, y: ((softmax(z) - y) / z.shape[1]).astype(np.float32),
    ],
    "mathematics-3": [
        one_by_one,
        two_terms,
        bp.binary_cross_entropy.from_logits,
        lambda z, y: np.mean(np.where(y == 1, np.logaddexp(0, -z), np.logaddexp(0, z))),
        lambda z, y: np.float32(two_terms(z, y)),
    ],
}
