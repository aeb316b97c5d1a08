"""Chapter 1: a neuron, its loss, the ratio of a nudge and the update."""

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from equations import vouches


def neuron(w: float, b: float, loss: str = "squared_error") -> bp.Network:
    return bp.Network([bp.Dense([[w]], [b], "identity")], loss=loss)


@vouches(r"a = w x + b")
def basics_neuron(rng: np.random.Generator) -> None:
    """a = wx + b: the library's network in matrix form."""
    w, b, x = rng.normal(size=3)
    assert np.isclose(neuron(w, b).forward([x]).output[0], w * x + b)


@vouches(r"L = (a - y)^2")
def basics_loss(rng: np.random.Generator) -> None:
    """L = (a - y)^2: half of it twice, from the other loss."""
    a, y = rng.normal(size=2)
    assert np.isclose((a - y) ** 2, 2 * bp.half_squared_error(a, y))


@vouches(r"L = \frac1m \sum_{i=1}^{m} (a_i - y_i)^2")
def basics_mean_loss(rng: np.random.Generator) -> None:
    """L = 1/m sum (a_i - y_i)^2: a batch of the library's network."""
    w, b = rng.normal(size=2)
    x, y = rng.normal(size=(2, 1, 7))
    by_hand = sum((w * x[0, i] + b - y[0, i]) ** 2 for i in range(7)) / 7
    assert np.isclose(neuron(w, b).loss(x, y), by_hand)


@vouches(
    r"""
    \frac{\text{change of the loss}}{\text{change of the weight}} = \frac{L(w+\Delta w) - L(w)}{\Delta w}
    """
)
def basics_ratio(rng: np.random.Generator) -> None:
    """ΔL/Δw tends to the slope, its error shrinking with h; the slope by the tape."""
    x, b, y = rng.normal(size=3)
    w = ad.var(0.7)
    (dw,) = ad.grad((w * x + b - y) ** 2, [w])

    def loss(v: float) -> float:
        return (v * x + b - y) ** 2

    errors = [abs((loss(0.7 + h) - loss(0.7)) / h - float(dw.value)) for h in (1e-2, 1e-3, 1e-4)]
    assert np.allclose([errors[0] / errors[1], errors[1] / errors[2]], 10, rtol=1e-3)


@vouches(
    r"""
    \begin{aligned}
    \text{new weight} &= \text{old weight} - \text{learning rate} \times \text{slope}, \\[1ex]
    w &\leftarrow w - \alpha\,\frac{\partial L}{\partial w} .
    \end{aligned}
    """
)
def basics_update(rng: np.random.Generator) -> None:
    """w - lr dL/dw: the library's step; and a small one lowers the loss."""
    w, b, x, y = rng.normal(size=4)
    net = neuron(w, b)
    (gradient,) = net.backward(net.forward([x]), [y]).W[0][0]
    before = net.step([x], [y], lr=0.01)
    assert np.isclose(net.layers[0].W[0, 0], w - 0.01 * gradient)
    assert net.loss([x], [y]) < before


@vouches(
    r"""
    L(b + \Delta b) = \frac1m\sum_{i=1}^m e_i^2 + 2\,\Delta b\;\frac1m\sum_{i=1}^m e_i + \Delta b^2
    = L(b) + 2s\,\Delta b + \Delta b^2
    """
)
def basics_solutions_1(rng: np.random.Generator) -> None:
    """The mean loss after a nudge of the bias: the library's network, nudged."""
    w, b, nudge = rng.normal(size=3)
    x, y = rng.normal(size=(2, 1, 7))
    e = w * x[0] + b - y[0]
    before, after = neuron(w, b).loss(x, y), neuron(w, b + nudge).loss(x, y)
    assert np.isclose(after, sum(e**2) / 7 + 2 * nudge * sum(e) / 7 + nudge**2)
    assert np.isclose(after, before + 2 * e.mean() * nudge + nudge**2)


@vouches(r"\bigl(D(n^2 + n) + 1\bigr)\,Dn^2 \approx D^2 n^4")
def basics_solutions_2() -> None:
    """Passes times the price of one: parameters counted in the library's network; the ratio tends to 1."""
    ratios = []
    for n, depth in ((10, 2), (100, 3)):
        net = bp.Network.random(
            [n] * (depth + 1), activations=["tanh"] * depth, loss="half_squared_error", seed=0
        )
        parameters = sum(layer.W.size + layer.b.size for layer in net.layers)
        assert parameters == depth * (n**2 + n)
        weights = sum(layer.W.size for layer in net.layers)
        ratios.append((parameters + 1) * weights / (depth**2 * n**4))
    assert np.isclose(ratios[0], 1, atol=0.11)
    assert np.isclose(ratios[1], 1, atol=0.011)
