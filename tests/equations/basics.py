"""Chapter 1: a neuron, its loss, the ratio of a nudge and the update."""

import numpy as np

import backprop as bp
from backprop import autodiff as ad

RNG = np.random.default_rng(1)


def neuron(w: float, b: float, loss: str = "squared_error") -> bp.Network:
    return bp.Network([bp.Dense([[w]], [b], "identity")], loss=loss)


def basics_neuron() -> None:
    """a = wx + b: the library's network in matrix form."""
    w, b, x = RNG.normal(size=3)
    assert np.isclose(neuron(w, b).forward([x]).output[0], w * x + b)


def basics_loss() -> None:
    """L = (a - y)^2: half of it twice, from the other loss."""
    a, y = RNG.normal(size=2)
    assert np.isclose((a - y) ** 2, 2 * bp.half_squared_error(a, y))


def basics_mean_loss() -> None:
    """L = 1/m sum (a_i - y_i)^2: a batch of the library's network."""
    w, b = RNG.normal(size=2)
    x, y = RNG.normal(size=(2, 1, 7))
    by_hand = sum((w * x[0, i] + b - y[0, i]) ** 2 for i in range(7)) / 7
    assert np.isclose(neuron(w, b).loss(x, y), by_hand)


def basics_ratio() -> None:
    """ΔL/Δw tends to the slope, its error shrinking with h; the slope by the tape."""
    x, b, y = RNG.normal(size=3)
    w = ad.var(0.7)
    (dw,) = ad.grad((w * x + b - y) ** 2, [w])

    def loss(v: float) -> float:
        return (v * x + b - y) ** 2

    errors = [abs((loss(0.7 + h) - loss(0.7)) / h - float(dw.value)) for h in (1e-2, 1e-3, 1e-4)]
    assert np.allclose([errors[0] / errors[1], errors[1] / errors[2]], 10, rtol=1e-3)


def basics_update() -> None:
    """w - lr dL/dw: the library's step; and a small one lowers the loss."""
    w, b, x, y = RNG.normal(size=4)
    net = neuron(w, b)
    (gradient,) = net.backward(net.forward([x]), [y]).W[0][0]
    before = net.step([x], [y], lr=0.01)
    assert np.isclose(net.layers[0].W[0, 0], w - 0.01 * gradient)
    assert net.loss([x], [y]) < before
