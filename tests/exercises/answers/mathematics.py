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


def neuron_step(w1, w2, x1, x2, b, y, lr, h):
    net = bp.Network([bp.Dense([[w1, w2]], [b], "sigmoid")], loss="half_squared_error")
    gradient = net.backward(net.forward([x1, x2]), [y]).W[0][0, 1]
    net.step([x1, x2], [y], lr)

    def loss(w2):
        return 0.5 * (1 / (1 + np.exp(-(w1 * x1 + w2 * x2 + b))) - y) ** 2

    return gradient, net.layers[0].W[0, 1] - w2, h * slope(loss, w2)


def back_to_q_and_a(a, b):
    p = a + b
    return slope(lambda q: p * q, a * b), slope(lambda a: (a + b) * a * b, a)


ANSWERS = {
    "mathematics-stages": back_to_q_and_a,
    "mathematics-chain": chain,
    "mathematics-slopes": slopes_at_z,
    "mathematics-two-uses": held_and_total,
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


def through(first=1.0, second=1.0, swapped=True, square=True):
    """The two contributions to each of u and v, with weights."""

    def answer(u, v):
        den = 1 + (u * v) ** 2
        dp = -(u + v) / den**2 * (2 * u * v if square else 1)
        by_u, by_v = (v, u) if swapped else (u, v)
        return first / den + second * dp * by_u, first / den + second * dp * by_v

    return answer


def in_steps(u, v, h=1e-20):
    def loss(u, v):
        return (u + v) / (1 + u * u * v * v)

    return [loss(u + h * 1j, v).imag / h, loss(u, v + h * 1j).imag / h]


def stepped(half=1.0, at="z", bias=1.0, sign=-1.0, inner=True):
    def answer(w, b, x, y, lr):
        z = sum(p * q for p, q in zip(w, x, strict=True)) + b
        a = 1 / (1 + np.exp(-z))
        place = z if at == "z" else a
        bump = np.exp(-place) / (1 + np.exp(-place)) ** 2 if inner else 1.0
        delta = half * (a - y) * bump
        return [
            p + sign * lr * delta * q for p, q in zip(w, x, strict=True)
        ], b + sign * bias * lr * delta

    return answer


def moved_first(w, b, x, y, lr):
    moved, _ = stepped()(w, b, x, y, lr)
    return moved, stepped()(moved, b, x, y, lr)[1]


WRONG = {
    "mathematics-2": [
        ("sum only", through(second=0.0)),
        ("product only", through(first=0.0)),
        ("not swapped", through(swapped=False)),
        ("sign of the fraction", through(second=-1.0)),
        ("no slope of the square", through(square=False)),
        ("sign", through(first=-1.0, second=-1.0)),
    ],
    "mathematics-3": [
        ("no slope", stepped(inner=False)),
        ("slope at a", stepped(at="a")),
        ("uphill", stepped(sign=1.0)),
        ("no half", stepped(half=2.0)),
        ("bias stays", stepped(bias=0.0)),
        ("late bias", moved_first),
    ],
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
}

RIGHT = {
    "mathematics-2": [in_steps, lambda u, v: np.float32(through()(u, v))],
    "mathematics-3": [
        stepped(),
        lambda *given: (np.array(stepped()(*given)[0]), stepped()(*given)[1]),
    ],
    "mathematics-1": [
        by_loop,
        lambda f, g, h, df, dg, dh, x: slope(lambda x: f(g(h(x))), x),
        lambda f, g, h, df, dg, dh, x: np.float32(places("v", "u")(f, g, h, df, dg, dh, x)),
    ],
}
