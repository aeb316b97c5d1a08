"""Chapter 4: two neurons in a row, by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from backprop import running

RNG = np.random.default_rng(4)
H = 1e-20  # of the complex step, which is exact to rounding
Draw = tuple[float, float, float, float, float, float]


def draw() -> Draw:
    """x, y, w1, b1, w2, b2, with y between 0 and 1 so that every loss takes it."""
    x, w1, b1, w2, b2 = RNG.normal(size=5)
    return x, RNG.uniform(0.1, 0.9), w1, b1, w2, b2


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def loss_at(x: Any, y: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
    """Tanh, then a sigmoid, then half the squared error; written out, so that it takes complex numbers."""
    return 0.5 * (sigmoid(w2 * np.tanh(w1 * x + b1) + b2) - y) ** 2


def step(f: Callable[..., Any], at: tuple[float, ...], i: int) -> float:
    """df/d(argument i) by the complex step."""
    moved = [v + 1j * H * (j == i) for j, v in enumerate(at)]
    derivative: float = f(*moved).imag / H
    return derivative


def deltas(x: float, y: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, float]:
    """Both deltas by the chapter's formulas."""
    z1 = w1 * x + b1
    z2 = w2 * np.tanh(z1) + b2
    delta2 = (bp.sigmoid(z2) - y) * bp.sigmoid.derivative(z2)
    return w2 * delta2 * bp.tanh.derivative(z1), delta2


def network(
    w1: float, b1: float, w2: float, b2: float, loss: str = "half_squared_error"
) -> bp.Network:
    return bp.Network(
        [bp.Dense([[w1]], [b1], "tanh"), bp.Dense([[w2]], [b2], "sigmoid")], loss=loss
    )


def two_layers_forward() -> None:
    """z1, a1, z2, a2, L: the library's network in matrix form."""
    x, y, w1, b1, w2, b2 = draw()
    net = network(w1, b1, w2, b2)
    run = net.forward([x])
    z1 = w1 * x + b1
    z2 = w2 * np.tanh(z1) + b2
    assert np.allclose([run.z[0][0], run.a[1][0], run.z[1][0]], [z1, np.tanh(z1), z2])
    assert np.isclose(run.output[0], sigmoid(z2))
    assert np.isclose(net.loss([x], [y]), loss_at(x, y, w1, b1, w2, b2))


def two_layers_chain() -> None:
    """dL/dw1 as a product of five factors: the complex step."""
    x, y, w1, b1, w2, b2 = at = draw()
    z1 = w1 * x + b1
    z2 = w2 * np.tanh(z1) + b2
    factors = [bp.sigmoid(z2) - y, bp.sigmoid.derivative(z2), w2, bp.tanh.derivative(z1), x]
    assert np.isclose(np.prod(factors), step(loss_at, at, 2))


def two_layers_delta2() -> None:
    """delta2 = dL/dŷ F'(z2) is dL/dz2, that is dL/db2: the complex step."""
    at = draw()
    assert np.isclose(deltas(*at)[1], step(loss_at, at, 5))


def two_layers_output() -> None:
    """dL/dw2 = delta2 a1 and dL/db2 = delta2: central differences of the library's network."""
    x, y, w1, b1, w2, b2 = at = draw()
    delta2 = deltas(*at)[1]

    def loss_of(v: Any) -> float:
        return network(w1, b1, v[0], v[1]).loss([x], [y])

    report = bp.check_gradient(loss_of, [w2, b2], [delta2 * np.tanh(w1 * x + b1), delta2])
    assert report.passed


def two_layers_delta1() -> None:
    """delta1 = w2 delta2 g'(z1) is dL/dz1, that is dL/db1: the complex step."""
    at = draw()
    assert np.isclose(deltas(*at)[0], step(loss_at, at, 3))


def two_layers_hidden() -> None:
    """dL/dw1 = delta1 x and dL/db1 = delta1: central differences of the library's network."""
    x, y, w1, b1, w2, b2 = at = draw()
    delta1 = deltas(*at)[0]

    def loss_of(v: Any) -> float:
        return network(v[0], v[1], w2, b2).loss([x], [y])

    assert bp.check_gradient(loss_of, [w1, b1], [delta1 * x, delta1]).passed


def two_layers_count() -> None:
    """D(D + 1) against 3D - 1: multiplications counted one by one."""
    for depth in (1, 2, 7, 100):
        # The chain of the weight k layers from the loss: loss, then F' and (w, g') pairs, then the input.
        written_out = 0
        for k in range(1, depth + 1):
            factors = ["loss", "slope"] + ["weight", "slope"] * (k - 1) + ["input"]
            assert len(factors) == 2 * k + 1
            written_out += len(factors) - 1
        kept = 0
        for layer in range(depth, 0, -1):
            kept += 1 if layer == depth else 2  # its delta
            kept += 1  # its weight
        assert (written_out, kept) == (depth * (depth + 1), 3 * depth - 1)


def two_layers_update() -> None:
    """Both weights move by gradients of the old point: a step of the library's network."""
    x, y, w1, b1, w2, b2 = at = draw()
    delta1, delta2 = deltas(*at)
    net = network(w1, b1, w2, b2)
    net.step([x], [y], lr=0.7)
    assert np.isclose(net.layers[1].W[0, 0], w2 - 0.7 * delta2 * np.tanh(w1 * x + b1))
    assert np.isclose(net.layers[0].W[0, 0], w1 - 0.7 * delta1 * x)
    # As the text says, moving w2 first gives another result.
    late = (w2 - 0.7 * delta2 * np.tanh(w1 * x + b1)) / w2 * delta1
    assert not np.isclose(net.layers[0].W[0, 0], w1 - 0.7 * late * x, rtol=1e-6)


def two_layers_matrix() -> None:
    """delta a^T, (W^T delta) ⊙ g', delta x^T: the scalar formulas for 1 by 1, autodiff for 2-3-2."""
    at = draw()
    x, _, w1, b1, w2, _ = at
    delta1, delta2 = deltas(*at)
    column = np.array([[np.tanh(w1 * x + b1)]])
    slope = np.array([[bp.tanh.derivative(w1 * x + b1)]])
    W2, d2 = np.array([[w2]]), np.array([[delta2]])
    assert (d2 @ column.T).item() == delta2 * column.item()
    assert np.isclose(((W2.T @ d2) * slope).item(), delta1)

    weights = [ad.var(running.W1), ad.var(running.W2)]
    hidden = ad.tanh(weights[0] @ running.x + running.b1)
    out = ad.sigmoid(weights[1] @ hidden + running.b2)
    witness = [d.value for d in ad.grad(0.5 * ((out - running.y) ** 2).sum(), weights)]
    z1 = running.W1 @ running.x + running.b1
    a1 = np.tanh(z1)
    z2 = running.W2 @ a1 + running.b2
    big2 = (sigmoid(z2) - running.y) * sigmoid(z2) * sigmoid(-z2)
    big1 = (running.W2.T @ big2) * (1 - a1**2)
    assert np.allclose(big2[:, None] @ a1[:, None].T, witness[1])
    assert np.allclose(big1[:, None] @ running.x[:, None].T, witness[0])


def relu_draw() -> tuple[float, float, float, float]:
    """x, y, m1, m2 with a live unit that predicts too much."""
    x, m1, m2 = RNG.uniform(0.5, 2, size=3)
    return x, 0.5 * x * m1 * m2, m1, m2


def relu_loss(x: Any, y: Any, m1: Any, m2: Any) -> Any:
    z2 = x * m1 * m2
    return 0.5 * ((z2 if z2.real > 0 else 0.0 * z2) - y) ** 2


def relu_network(m1: float, m2: float) -> bp.Network:
    return bp.Network(
        [bp.Dense([[m1]], [0.0], "identity"), bp.Dense([[m2]], [0.0], "relu")],
        loss="half_squared_error",
    )


def descend(net: bp.Network, x: float, y: float, lr: float) -> bp.Network:
    """One update of both weights; the example has no biases, so they stay."""
    grads = net.backward(net.forward([x]), [y])
    for layer, gradient in zip(net.layers, grads.W, strict=True):
        layer.W -= lr * gradient
    return net


def two_layers_relu_forward() -> None:
    """a1 = m1 x, ŷ = ReLU(a1 m2), half the squared error: the library's network."""
    for sign in (1, -1):
        x, y, m1, m2 = relu_draw()
        prediction = relu_network(m1, sign * m2).forward([x]).output[0]
        assert np.isclose(prediction, max(0.0, sign * m1 * x * m2))
        assert np.isclose(relu_network(m1, sign * m2).loss([x], [y]), 0.5 * (prediction - y) ** 2)


def two_layers_relu_gradients() -> None:
    """dL/dm2 = delta2 m1 x, dL/dm1 = delta2 m2 x, and 0 where z2 < 0: the complex step."""
    for sign in (1, -1):
        x, y, m1, m2 = relu_draw()
        m2 *= sign
        at = (x, y, m1, m2)
        delta2 = x * m1 * m2 - y if x * m1 * m2 > 0 else 0.0
        assert np.isclose(delta2 * m1 * x, step(relu_loss, at, 3))
        assert np.isclose(delta2 * m2 * x, step(relu_loss, at, 2))


def two_layers_next() -> None:
    """z2 after an update, in closed form: a step of the library's network."""
    x, y, m1, m2 = relu_draw()
    error = x * m1 * m2 - y
    for lr in (0.01, 0.1, 1.0):
        net = descend(relu_network(m1, m2), x, y, lr)
        z2 = net.forward([x]).z[1][0]
        assert np.isclose(z2, x * (m1 - lr * error * m2 * x) * (m2 - lr * error * m1 * x))


def two_layers_bound() -> None:
    """The unit survives a step below m2 / (dL/dm2), where m2 < m1, and dies above: the network."""
    x, m1, m2 = 2.0, 3.0, 0.5
    bound = m2 / ((x * m1 * m2 - 1) * m1 * x)
    assert np.isclose(bound, 1 / 24)
    for lr, alive in ((bound * 0.999, True), (bound * 1.001, False)):
        net = descend(relu_network(m1, m2), x, 1.0, lr)
        run = net.forward([x])
        assert (run.z[1][0] > 0) == alive
        assert any(g.any() for g in net.backward(run, [1.0]).W) == alive


def two_layers_hessian() -> None:
    """Second derivatives of ½(x m1 m2 - y)²: autodiff, twice."""
    x, y, m1, m2 = RNG.normal(size=4)
    for p, q in ((m1, m2), (0.0, 0.0)):
        v = [ad.var(p), ad.var(q)]
        rows = [ad.grad(d, v) for d in ad.grad(0.5 * (x * v[0] * v[1] - y) ** 2, v)]
        witness = [[float(entry.value) for entry in row] for row in rows]
        corner = 2 * x**2 * p * q - x * y
        assert np.allclose(witness, [[x**2 * q**2, corner], [corner, x**2 * p**2]])


def two_layers_direction() -> None:
    """Curvature along (u, v) from the three second derivatives: differences of the loss along the way."""
    x, y, m1, m2, angle = RNG.normal(size=5)
    u, v = np.cos(angle), np.sin(angle)
    corner = 2 * x**2 * m1 * m2 - x * y
    c = u**2 * x**2 * m2**2 + 2 * u * v * corner + v**2 * x**2 * m1**2

    def along(s: float) -> float:
        value: float = 0.5 * (x * (m1 + s * u) * (m2 + s * v) - y) ** 2
        return value

    s = 1e-3
    assert np.isclose(c, (along(s) - 2 * along(0) + along(-s)) / s**2, rtol=1e-4, atol=1e-4)


def two_layers_curvature() -> None:
    """On the valley floor the curvature is x²(m1² + m2²) across and 0 along: autodiff, twice."""
    x, m1, m2 = RNG.normal(size=3)
    v = [ad.var(m1), ad.var(m2)]
    rows = [ad.grad(d, v) for d in ad.grad(0.5 * (x * v[0] * v[1] - x * m1 * m2) ** 2, v)]
    eigenvalues = np.linalg.eigvalsh([[float(entry.value) for entry in row] for row in rows])
    assert np.allclose(eigenvalues, [0, x**2 * (m1**2 + m2**2)])


def cross_entropy(p: Any, y: Any) -> Any:
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def two_layers_bce_loss() -> None:
    """-y ln ŷ - (1 - y) ln(1 - ŷ): the library's loss, and its form from the logit."""
    for y in (0.0, 1.0, RNG.uniform()):
        z = RNG.normal()
        p = float(sigmoid(z))
        assert np.isclose(cross_entropy(p, y), bp.binary_cross_entropy(p, y))
        assert np.isclose(cross_entropy(p, y), np.log(1 + np.exp(z)) - y * z)


def two_layers_bce_gradient() -> None:
    """dL/dŷ = (ŷ - y)/(ŷ(1 - ŷ)): the complex step."""
    for y in (0.0, 1.0, RNG.uniform()):
        p = RNG.uniform(0.05, 0.95)
        assert np.isclose((p - y) / (p * (1 - p)), step(cross_entropy, (p, y), 0))


def two_layers_bce() -> None:
    """delta2 = ŷ - y: the complex step through the sigmoid, and the library's network."""
    x, y, w1, b1, w2, b2 = draw()
    z2 = w2 * np.tanh(w1 * x + b1) + b2

    def loss_of(z: Any) -> Any:
        return cross_entropy(sigmoid(z), y)

    assert np.isclose(sigmoid(z2) - y, step(loss_of, (z2,), 0))
    net = network(w1, b1, w2, b2, "binary_cross_entropy")
    assert np.isclose(net.backward(net.forward([x]), [y]).delta[1][0], sigmoid(z2) - y)


def two_layers_half() -> None:
    """delta2 = (ŷ - y) sigma'(z2) with half the squared error: the complex step."""
    z2, y = RNG.normal(), RNG.uniform()

    def loss_of(z: Any) -> Any:
        return 0.5 * (sigmoid(z) - y) ** 2

    assert np.isclose((sigmoid(z2) - y) * bp.sigmoid.derivative(z2), step(loss_of, (z2,), 0))


def two_layers_paths() -> None:
    """dL/dw11 of the running network's first layer: autodiff on all of it."""
    W1 = ad.var(running.W1)
    hidden = ad.tanh(W1 @ running.x + running.b1)
    out = ad.sigmoid(running.W2 @ hidden + running.b2)
    (witness,) = ad.grad(0.5 * ((out - running.y) ** 2).sum(), [W1])
    z1 = running.W1 @ running.x + running.b1
    z2 = running.W2 @ np.tanh(z1) + running.b2
    delta2 = (sigmoid(z2) - running.y) * sigmoid(z2) * sigmoid(-z2)
    blame = running.W2[0, 0] * delta2[0] + running.W2[1, 0] * delta2[1]
    assert np.isclose(blame * (1 - np.tanh(z1[0]) ** 2) * running.x[0], witness.value[0, 0])


def two_layers_balance() -> None:
    """m1² - m2² is multiplied by 1 - lr² delta² x²: a step of the library's network."""
    x, y, m1, m2 = relu_draw()
    net = descend(relu_network(m1, m2), x, y, 0.05)
    new1, new2 = net.layers[0].W[0, 0], net.layers[1].W[0, 0]
    factor = 1 - 0.05**2 * (x * m1 * m2 - y) ** 2 * x**2
    assert np.isclose(new1**2 - new2**2, (m1**2 - m2**2) * factor)
