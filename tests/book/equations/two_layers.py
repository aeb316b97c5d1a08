"""Chapter 4: two neurons in a row, by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from backprop_book import running_example as running
from equations import vouches

H = 1e-20  # of the complex step, which is exact to rounding
Draw = tuple[float, float, float, float, float, float]


def draw(rng: np.random.Generator) -> Draw:
    """x, y, w1, b1, w2, b2, with y between 0 and 1 so that every loss takes it."""
    x, w1, b1, w2, b2 = rng.normal(size=5)
    return x, rng.uniform(0.1, 0.9), w1, b1, w2, b2


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


@vouches(
    r"""
    \begin{aligned}
    z_1 &= w_1 x + b_1, &\quad z_2 &= w_2 a_1 + b_2, \\
    a_1 &= g(z_1), & a_2 &= F(z_2), &\quad L &= L(y, a_2) .
    \end{aligned}
    """
)
def two_layers_forward(rng: np.random.Generator) -> None:
    """z1, a1, z2, a2, L: the library's network in matrix form."""
    x, y, w1, b1, w2, b2 = draw(rng)
    net = network(w1, b1, w2, b2)
    run = net.forward([x])
    z1 = w1 * x + b1
    z2 = w2 * np.tanh(z1) + b2
    assert np.allclose([run.z[0][0], run.a[1][0], run.z[1][0]], [z1, np.tanh(z1), z2])
    assert np.isclose(run.output[0], sigmoid(z2))
    assert np.isclose(net.loss([x], [y]), loss_at(x, y, w1, b1, w2, b2))


@vouches(
    r"""
    \frac{\partial L}{\partial w_1}
    = \frac{\partial L}{\partial \hat y}\cdot\frac{\partial \hat y}{\partial z_2}\cdot
    \frac{\partial z_2}{\partial a_1}\cdot\frac{\partial a_1}{\partial z_1}\cdot\frac{\partial z_1}{\partial w_1}
    = \frac{\partial L}{\partial \hat y}\cdot F'(z_2)\cdot w_2\cdot g'(z_1)\cdot x
    """
)
def two_layers_chain(rng: np.random.Generator) -> None:
    """dL/dw1 as a product of five factors: the complex step."""
    x, y, w1, b1, w2, b2 = at = draw(rng)
    z1 = w1 * x + b1
    z2 = w2 * np.tanh(z1) + b2
    factors = [bp.sigmoid(z2) - y, bp.sigmoid.derivative(z2), w2, bp.tanh.derivative(z1), x]
    assert np.isclose(np.prod(factors), step(loss_at, at, 2))


@vouches(r"\delta_2 = \frac{\partial L}{\partial \hat y}\cdot F'(z_2)")
def two_layers_delta2(rng: np.random.Generator) -> None:
    """delta2 = dL/dŷ F'(z2) is dL/dz2, that is dL/db2: the complex step."""
    at = draw(rng)
    assert np.isclose(deltas(*at)[1], step(loss_at, at, 5))


@vouches(
    r"""
    \frac{\partial L}{\partial w_2} = \delta_2\, a_1 , \qquad \frac{\partial L}{\partial b_2} = \delta_2
    """
)
def two_layers_output(rng: np.random.Generator) -> None:
    """dL/dw2 = delta2 a1 and dL/db2 = delta2: central differences of the library's network."""
    x, y, w1, b1, w2, b2 = at = draw(rng)
    delta2 = deltas(*at)[1]

    def loss_of(v: Any) -> float:
        return network(w1, b1, v[0], v[1]).loss([x], [y])

    report = bp.check_gradient(loss_of, [w2, b2], [delta2 * np.tanh(w1 * x + b1), delta2])
    assert report.passed


@vouches(r"\delta_1 = w_2\,\delta_2\; g'(z_1)")
def two_layers_delta1(rng: np.random.Generator) -> None:
    """delta1 = w2 delta2 g'(z1) is dL/dz1, that is dL/db1: the complex step."""
    at = draw(rng)
    assert np.isclose(deltas(*at)[0], step(loss_at, at, 3))


@vouches(
    r"""
    \frac{\partial L}{\partial w_1} = \delta_1\, x , \qquad \frac{\partial L}{\partial b_1} = \delta_1
    """
)
def two_layers_hidden(rng: np.random.Generator) -> None:
    """dL/dw1 = delta1 x and dL/db1 = delta1: central differences of the library's network."""
    x, y, w1, b1, w2, b2 = at = draw(rng)
    delta1 = deltas(*at)[0]

    def loss_of(v: Any) -> float:
        return network(v[0], v[1], w2, b2).loss([x], [y])

    assert bp.check_gradient(loss_of, [w1, b1], [delta1 * x, delta1]).passed


@vouches(
    r"""
    \begin{aligned}
    \text{written out:}\quad & 2 + 4 + \dots + 2D = D(D+1) , \\
    \text{with the deltas kept:}\quad & 1 + 2(D-1) + D = 3D - 1 .
    \end{aligned}
    """
)
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


@vouches(
    r"""
    w_2 \leftarrow w_2 - \alpha\,\delta_2\, a_1 , \qquad w_1 \leftarrow w_1 - \alpha\,\delta_1\, x
    """
)
def two_layers_update(rng: np.random.Generator) -> None:
    """Both weights move by gradients of the old point: a step of the library's network."""
    x, y, w1, b1, w2, b2 = at = draw(rng)
    delta1, delta2 = deltas(*at)
    net = network(w1, b1, w2, b2)
    net.step([x], [y], lr=0.7)
    assert np.isclose(net.layers[1].W[0, 0], w2 - 0.7 * delta2 * np.tanh(w1 * x + b1))
    assert np.isclose(net.layers[0].W[0, 0], w1 - 0.7 * delta1 * x)
    # As the text says, moving w2 first gives another result.
    late = (w2 - 0.7 * delta2 * np.tanh(w1 * x + b1)) / w2 * delta1
    assert not np.isclose(net.layers[0].W[0, 0], w1 - 0.7 * late * x, rtol=1e-6)


@vouches(
    r"""
    \frac{\partial L}{\partial W_2} = \delta_2\, a_1^{\mathsf T}, \qquad
    \delta_1 = (W_2^{\mathsf T}\,\delta_2) \odot g'(z_1), \qquad
    \frac{\partial L}{\partial W_1} = \delta_1\, x^{\mathsf T}
    """
)
def two_layers_matrix(rng: np.random.Generator) -> None:
    """delta a^T, (W^T delta) ⊙ g', delta x^T: the scalar formulas for 1 by 1, autodiff for 2-3-2."""
    at = draw(rng)
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


def relu_draw(rng: np.random.Generator) -> tuple[float, float, float, float]:
    """x, y, m1, m2 with a live unit that predicts too much."""
    x, m1, m2 = rng.uniform(0.5, 2, size=3)
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


@vouches(
    r"""
    a_1 = m_1 x , \qquad \hat y = \mathrm{ReLU}(a_1 m_2) , \qquad L = \tfrac12(\hat y - y)^2
    """
)
def two_layers_relu_forward(rng: np.random.Generator) -> None:
    """a1 = m1 x, ŷ = ReLU(a1 m2), half the squared error: the library's network."""
    for sign in (1, -1):
        x, y, m1, m2 = relu_draw(rng)
        prediction = relu_network(m1, sign * m2).forward([x]).output[0]
        assert np.isclose(prediction, max(0.0, sign * m1 * x * m2))
        assert np.isclose(relu_network(m1, sign * m2).loss([x], [y]), 0.5 * (prediction - y) ** 2)


@vouches(
    r"""
    \frac{\partial L}{\partial m_2} = \delta_2\, m_1 x , \qquad
    \frac{\partial L}{\partial m_1} = \delta_2\, m_2 x , \qquad
    \delta_2 = \begin{cases} \hat y - y & \text{if } z_2 > 0, \\ 0 & \text{otherwise.} \end{cases}
    """
)
def two_layers_relu_gradients(rng: np.random.Generator) -> None:
    """dL/dm2 = delta2 m1 x, dL/dm1 = delta2 m2 x, and 0 where z2 < 0: the complex step."""
    for sign in (1, -1):
        x, y, m1, m2 = relu_draw(rng)
        m2 *= sign
        at = (x, y, m1, m2)
        delta2 = x * m1 * m2 - y if x * m1 * m2 > 0 else 0.0
        assert np.isclose(delta2 * m1 * x, step(relu_loss, at, 3))
        assert np.isclose(delta2 * m2 * x, step(relu_loss, at, 2))


@vouches(
    r"""
    z_2^{\text{next}} = x\,\bigl(m_1 - \alpha\,(\hat y - y)\, m_2 x\bigr)\bigl(m_2 - \alpha\,(\hat y - y)\, m_1 x\bigr)
    """
)
def two_layers_next(rng: np.random.Generator) -> None:
    """z2 after an update, in closed form: a step of the library's network."""
    x, y, m1, m2 = relu_draw(rng)
    error = x * m1 * m2 - y
    for lr in (0.01, 0.1, 1.0):
        net = descend(relu_network(m1, m2), x, y, lr)
        z2 = net.forward([x]).z[1][0]
        assert np.isclose(z2, x * (m1 - lr * error * m2 * x) * (m2 - lr * error * m1 * x))


@vouches(r"\alpha \;<\; \frac{m_2}{\partial L/\partial m_2} = \frac{m_2}{(\hat y - y)\, m_1 x}")
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


@vouches(
    r"""
    \frac{\partial^2 L}{\partial m_1^2} = x^2 m_2^2 , \qquad
    \frac{\partial^2 L}{\partial m_1 \partial m_2} = 2x^2 m_1 m_2 - xy , \qquad
    \frac{\partial^2 L}{\partial m_2^2} = x^2 m_1^2
    """
)
def two_layers_hessian(rng: np.random.Generator) -> None:
    """Second derivatives of ½(x m1 m2 - y)²: autodiff, twice."""
    x, y, m1, m2 = rng.normal(size=4)
    for p, q in ((m1, m2), (0.0, 0.0)):
        v = [ad.var(p), ad.var(q)]
        rows = [ad.grad(d, v) for d in ad.grad(0.5 * (x * v[0] * v[1] - y) ** 2, v)]
        witness = [[float(entry.value) for entry in row] for row in rows]
        corner = 2 * x**2 * p * q - x * y
        assert np.allclose(witness, [[x**2 * q**2, corner], [corner, x**2 * p**2]])


@vouches(
    r"""
    c = u^2\,\frac{\partial^2 L}{\partial m_1^2} + 2uv\,\frac{\partial^2 L}{\partial m_1 \partial m_2}
    + v^2\,\frac{\partial^2 L}{\partial m_2^2}
    """
)
def two_layers_direction(rng: np.random.Generator) -> None:
    """Curvature along (u, v) from the three second derivatives: differences of the loss along the way."""
    x, y, m1, m2, angle = rng.normal(size=5)
    u, v = np.cos(angle), np.sin(angle)
    corner = 2 * x**2 * m1 * m2 - x * y
    c = u**2 * x**2 * m2**2 + 2 * u * v * corner + v**2 * x**2 * m1**2

    def along(s: float) -> float:
        value: float = 0.5 * (x * (m1 + s * u) * (m2 + s * v) - y) ** 2
        return value

    s = 1e-3
    assert np.isclose(c, (along(s) - 2 * along(0) + along(-s)) / s**2, rtol=1e-4, atol=1e-4)


@vouches(r"c = x^2\,(m_1^2 + m_2^2)")
def two_layers_curvature(rng: np.random.Generator) -> None:
    """On the valley floor the curvature is x²(m1² + m2²) across and 0 along: autodiff, twice."""
    x, m1, m2 = rng.normal(size=3)
    v = [ad.var(m1), ad.var(m2)]
    rows = [ad.grad(d, v) for d in ad.grad(0.5 * (x * v[0] * v[1] - x * m1 * m2) ** 2, v)]
    eigenvalues = np.linalg.eigvalsh([[float(entry.value) for entry in row] for row in rows])
    assert np.allclose(eigenvalues, [0, x**2 * (m1**2 + m2**2)])


def cross_entropy(p: Any, y: Any) -> Any:
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


@vouches(r"L(y, \hat y) = -\,y \log \hat y - (1 - y) \log (1 - \hat y)")
def two_layers_bce_loss(rng: np.random.Generator) -> None:
    """-y log ŷ - (1 - y) log(1 - ŷ): the library's loss, and its form from the logit."""
    for y in (0.0, 1.0, rng.uniform()):
        z = rng.normal()
        p = float(sigmoid(z))
        assert np.isclose(cross_entropy(p, y), bp.binary_cross_entropy(p, y))
        assert np.isclose(cross_entropy(p, y), np.log(1 + np.exp(z)) - y * z)


@vouches(
    r"""
    \frac{\partial L}{\partial \hat y} = -\frac{y}{\hat y} + \frac{1-y}{1-\hat y}
    = \frac{\hat y - y}{\hat y\,(1 - \hat y)}
    """
)
def two_layers_bce_gradient(rng: np.random.Generator) -> None:
    """dL/dŷ = (ŷ - y)/(ŷ(1 - ŷ)): the complex step."""
    for y in (0.0, 1.0, rng.uniform()):
        p = rng.uniform(0.05, 0.95)
        assert np.isclose((p - y) / (p * (1 - p)), step(cross_entropy, (p, y), 0))


@vouches(
    r"""
    \delta_2 = \frac{\hat y - y}{\hat y\,(1 - \hat y)}\cdot \hat y\,(1 - \hat y) = \hat y - y
    """
)
def two_layers_bce(rng: np.random.Generator) -> None:
    """delta2 = ŷ - y: the complex step through the sigmoid, and the library's network."""
    x, y, w1, b1, w2, b2 = draw(rng)
    z2 = w2 * np.tanh(w1 * x + b1) + b2

    def loss_of(z: Any) -> Any:
        return cross_entropy(sigmoid(z), y)

    assert np.isclose(sigmoid(z2) - y, step(loss_of, (z2,), 0))
    net = network(w1, b1, w2, b2, "binary_cross_entropy")
    assert np.isclose(net.backward(net.forward([x]), [y]).delta[1][0], sigmoid(z2) - y)


@vouches(r"\delta_2 = (\hat y - y)\;\sigma'(z_2)")
def two_layers_half(rng: np.random.Generator) -> None:
    """delta2 = (ŷ - y) sigma'(z2) with half the squared error: the complex step."""
    z2, y = rng.normal(), rng.uniform()

    def loss_of(z: Any) -> Any:
        return 0.5 * (sigmoid(z) - y) ** 2

    assert np.isclose((sigmoid(z2) - y) * bp.sigmoid.derivative(z2), step(loss_of, (z2,), 0))


@vouches(
    r"""
    \frac{\partial L}{\partial w^{(1)}_{11}}
    = \Bigl( w^{(2)}_{11}\,\delta^{(2)}_1 + w^{(2)}_{21}\,\delta^{(2)}_2 \Bigr)\; g'\bigl(z^{(1)}_1\bigr)\; x_1
    """
)
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


@vouches(r"m_1^2 - m_2^2 \;\to\; \bigl(m_1^2 - m_2^2\bigr)\,\bigl(1 - \alpha^2\delta^2x^2\bigr)")
def two_layers_balance(rng: np.random.Generator) -> None:
    """m1² - m2² is multiplied by 1 - lr² delta² x²: a step of the library's network."""
    x, y, m1, m2 = relu_draw(rng)
    net = descend(relu_network(m1, m2), x, y, 0.05)
    new1, new2 = net.layers[0].W[0, 0], net.layers[1].W[0, 0]
    factor = 1 - 0.05**2 * (x * m1 * m2 - y) ** 2 * x**2
    assert np.isclose(new1**2 - new2**2, (m1**2 - m2**2) * factor)


@vouches(
    r"""
    x \;\xrightarrow{\;w_1,\,b_1\;}\; z_1 \;\xrightarrow{\;\;g\;\;}\; a_1
    \;\xrightarrow{\;w_2,\,b_2\;}\; z_2 \;\xrightarrow{\;\;F\;\;}\; a_2 \;\xrightarrow{\;\;y\;\;}\; L
    """
)
def two_layers_problem_1(rng: np.random.Generator) -> None:
    """What stands above an arrow moves all that comes after it and nothing that comes before."""
    at = draw(rng)

    def stations(x: float, y: float, w1: float, b1: float, w2: float, b2: float) -> list[float]:
        net = network(w1, b1, w2, b2)
        run = net.forward([x])
        values = [run.z[0], run.a[1], run.z[1], run.output]
        return [*(float(v[0]) for v in values), net.loss([x], [y])]

    still = stations(*at)
    first_to_move = {0: 0, 1: 4, 2: 0, 3: 0, 4: 2, 5: 2}  # place in x, y, w1, b1, w2, b2: station
    for place, first in first_to_move.items():
        moved = list(at)
        moved[place] += 0.1
        differs = [a != b for a, b in zip(stations(*moved), still, strict=True)]
        assert differs == [station >= first for station in range(5)]


@vouches(
    r"""
    \begin{aligned}
    \frac{\partial L}{\partial w_2}
    &= \underbrace{\frac{\partial L}{\partial \hat y}\cdot\frac{\partial \hat y}{\partial z_2}}_{\textstyle\delta_2}
    \cdot\frac{\partial z_2}{\partial w_2} , \\[1ex]
    \frac{\partial L}{\partial w_1}
    &= \underbrace{\frac{\partial L}{\partial \hat y}\cdot\frac{\partial \hat y}{\partial z_2}}_{\textstyle\delta_2}
    \cdot\frac{\partial z_2}{\partial a_1}\cdot\frac{\partial a_1}{\partial z_1}\cdot\frac{\partial z_1}{\partial w_1} .
    \end{aligned}
    """
)
def two_layers_delta_1(rng: np.random.Generator) -> None:
    """Every factor by a complex step of its own, the products by complex steps of the loss."""
    x, y, w1, b1, w2, b2 = at = draw(rng)
    z1 = w1 * x + b1
    a1 = np.tanh(z1)
    z2 = w2 * a1 + b2
    delta2 = step(lambda p: 0.5 * (p - y) ** 2, (sigmoid(z2),), 0) * step(sigmoid, (z2,), 0)
    assert np.isclose(delta2, step(loss_at, at, 5))
    assert np.isclose(delta2 * step(lambda w: w * a1 + b2, (w2,), 0), step(loss_at, at, 4))
    back = step(lambda a: w2 * a + b2, (a1,), 0) * step(np.tanh, (z1,), 0)
    assert np.isclose(delta2 * back * step(lambda w: w * x + b1, (w1,), 0), step(loss_at, at, 2))


@vouches(
    r"""
    \frac{\partial L}{\partial \hat y} = \frac{1-y}{2\,(1-\hat y)} - \frac{1+y}{2\,(1+\hat y)} , \qquad
    L = -\,\frac{1+y}{2}\,\log(1+\hat y) - \frac{1-y}{2}\,\log(1-\hat y)
    """
)
def two_layers_solutions_1(rng: np.random.Generator) -> None:
    """The slope of this loss, and its delta behind a tanh, which is ŷ - y: complex steps."""
    y, z = rng.uniform(-0.9, 0.9), rng.normal()
    p = float(np.tanh(z))

    def loss_of(p: Any) -> Any:
        return -(1 + y) / 2 * np.log(1 + p) - (1 - y) / 2 * np.log(1 - p)

    assert np.isclose((1 - y) / (2 * (1 - p)) - (1 + y) / (2 * (1 + p)), step(loss_of, (p,), 0))
    assert np.isclose(p - y, step(lambda z: loss_of(np.tanh(z)), (z,), 0))


def three_by_three(rng: np.random.Generator) -> tuple[Any, Any, Any, float]:
    """Weights, what the ends are told, and dL/da of two layers without bends, by the complex step."""
    u, w, delta = rng.normal(size=3), rng.normal(size=(3, 3)), rng.normal(size=3)
    a = 0.4 + 1e-20j
    return u, w, delta, float((delta @ (w @ (u * a))).imag / 1e-20)


@vouches(
    r"""
    \begin{aligned}
    \frac{\partial L}{\partial a}
    &= \delta_1 w_{11} u_1 + \delta_2 w_{21} u_1 + \delta_3 w_{31} u_1 \\
    &\quad + \delta_1 w_{12} u_2 + \delta_2 w_{22} u_2 + \delta_3 w_{32} u_2 \\
    &\quad + \delta_1 w_{13} u_3 + \delta_2 w_{23} u_3 + \delta_3 w_{33} u_3 .
    \end{aligned}
    """
)
def two_layers_nine(rng: np.random.Generator) -> None:
    """Nine products, one for each path: the complex step through both layers."""
    u, w, delta, step = three_by_three(rng)
    assert np.isclose(sum(delta[k] * w[k, i] * u[i] for i in range(3) for k in range(3)), step)


@vouches(
    r"""
    \frac{\partial L}{\partial a}
    = (\delta_1 w_{11} + \delta_2 w_{21} + \delta_3 w_{31})\, u_1
    + (\delta_1 w_{12} + \delta_2 w_{22} + \delta_3 w_{32})\, u_2
    + (\delta_1 w_{13} + \delta_2 w_{23} + \delta_3 w_{33})\, u_3
    """
)
def two_layers_factored(rng: np.random.Generator) -> None:
    """Three brackets, then three products: the complex step, and the brackets are the middle deltas."""
    u, w, delta, step = three_by_three(rng)
    brackets = [sum(delta[k] * w[k, i] for k in range(3)) for i in range(3)]
    assert np.isclose(brackets[0] * u[0] + brackets[1] * u[1] + brackets[2] * u[2], step)
    assert np.allclose(brackets, w.T @ delta)
