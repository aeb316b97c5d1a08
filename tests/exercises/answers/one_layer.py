"""Chapter 3: one layer by hand."""

import numpy as np

import backprop as bp


def neuron(w, x, b, activation="identity"):
    return bp.Network([bp.Dense([[w]], [b], activation)], loss="squared_error")


def step(w, x, b, y, lr):
    net = neuron(w, x, b)
    gradient = net.backward(net.forward([x]), [y]).W[0][0, 0]
    loss = net.step([x], [y], lr)
    return loss, gradient, net.layers[0].W[0, 0]


def rates(x, lr):
    """The factor is measured; the bounds are where a measured factor is 0 and -1."""

    def factor(lr):
        net = neuron(2.0, x, 0.0)
        net.step([x], [0.0], lr)
        return net.layers[0].W[0, 0] / 2.0

    slope = (factor(1.0) - factor(0.0)) / 1.0
    return factor(lr), -1 / slope, -2 / slope


def fate(x, lr):
    factor = rates(x, lr)[0]
    return 0 if factor > 0 else 1 if factor > -1 else 2


def differences(w, x, b, y, h):
    def loss(w):
        return bp.squared_error(w * x + b, y)

    return bp.check_gradient(loss, w, 0.0, h=h).numeric


def sigmoid_gradient(w, x, b, y):
    return ((bp.sigmoid((w + 1e-20j) * x + b) - y) ** 2).imag / 1e-20


ANSWERS = {
    "one-layer-step": step,
    "one-layer-rates": rates,
    "one-layer-fate": fate,
    "one-layer-differences": differences,
    "one-layer-saturated": sigmoid_gradient,
}


def gradients(w, x, b, y, loss_slope=2.0, through=True, at_a=False, bias=True, sign=1):
    a = 1 / (1 + np.exp(-(w * x + b)))
    s = 1 / (1 + np.exp(-a))
    delta = sign * loss_slope * (a - y) * ((s * (1 - s) if at_a else a * (1 - a)) if through else 1)
    return delta * x, delta if bias else delta * x


def bias_after_weight(w, b, x, y, lr, steps):
    for _ in range(steps):
        w -= lr * 2 * (w * x + b - y) * x
        b -= lr * 2 * (w * x + b - y)
    return w, b


def constant_gradient(w, b, x, y, lr, steps):
    error = w * x + b - y
    for _ in range(steps):
        w -= 2 * lr * error * x
        b -= 2 * lr * error
    return w, b


def one_step(w, b, x, y, lr, steps):
    error = w * x + b - y
    return w - 2 * lr * error * x, b - 2 * lr * error


def walk(factor):
    def f(w, b, x, y, lr, steps):
        for _ in range(steps):
            error = w * x + b - y
            w, b = w - factor * lr * error * x, b - factor * lr * error
        return w, b

    return f


WRONG = {
    "one-layer-1": [
        ("σ′ at a", lambda w, x, b, y: gradients(w, x, b, y, at_a=True)),
        ("missing σ′(z)", lambda w, x, b, y: gradients(w, x, b, y, through=False)),
        ("missing the factor 2", lambda w, x, b, y: gradients(w, x, b, y, loss_slope=1)),
        ("extra the input x", lambda w, x, b, y: gradients(w, x, b, y, bias=False)),
        ("sign", lambda w, x, b, y: gradients(w, x, b, y, sign=-1)),
    ],
    "one-layer-2": [
        ("one-sided", lambda f, w, h: (f(w + h) - f(w)) / h),
        ("one-sided", lambda f, w, h: (f(w) - f(w - h)) / h),
        ("extra the factor 2", lambda f, w, h: (f(w + h) - f(w - h)) / h),
        ("parentheses", lambda f, w, h: (f(w + h) - f(w - h)) / 2 * h),
        ("sign", lambda f, w, h: (f(w - h) - f(w + h)) / (2 * h)),
        ("change", lambda f, w, h: f(w + h) - f(w - h)),
    ],
    "one-layer-3": [
        ("updated w", bias_after_weight),
        ("one gradient", constant_gradient),
        ("one step", one_step),
        ("factor 2", walk(1)),
        ("uphill", walk(-2)),
    ],
}

RIGHT = {
    "one-layer-1": [
        lambda w, x, b, y: [[g] for g in gradients(w, x, b, y)],
        lambda w, x, b, y: np.array(gradients(w, x, b, y), dtype=np.float32),
        lambda w, x, b, y: dict(zip(("dw", "db"), gradients(w, x, b, y), strict=True)),
    ],
    "one-layer-2": [lambda f, w, h: np.array([0.5 * (f(w + h) - f(w - h)) / h])],
    "one-layer-3": [walk(2), lambda *given: list(walk(2)(*given))],
}
