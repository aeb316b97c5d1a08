"""Chapter 3: one neuron, by hand."""

import numpy as np

import backprop as bp
from equations import vouches

H = 1e-20  # of the complex step, which is exact to rounding


def draw(rng: np.random.Generator) -> tuple[float, float, float, float]:
    x, w, b, y = rng.normal(size=4)
    return x, w, b, y


@vouches(r"z = w x + b, \qquad a = z, \qquad L = (a - y)^2")
def one_layer_forward(rng: np.random.Generator) -> None:
    """z = wx + b, a = z, L = (a - y)^2: the library's network in matrix form."""
    x, w, b, y = draw(rng)
    net = bp.Network([bp.Dense([[w]], [b], "identity")], loss="squared_error")
    a = w * x + b
    assert np.isclose(net.forward([x]).output[0], a)
    assert np.isclose(net.loss([x], [y]), (a - y) ** 2)


@vouches(
    r"""
    \frac{\partial L}{\partial w}
    = \frac{\partial L}{\partial a}\cdot\frac{\partial a}{\partial z}\cdot\frac{\partial z}{\partial w}
    = 2(a-y)\cdot 1\cdot x
    """
)
def one_layer_chain(rng: np.random.Generator) -> None:
    """dL/dw = 2(a - y) x: the complex step."""
    x, w, b, y = draw(rng)
    step = (((w + 1j * H) * x + b - y) ** 2).imag / H
    assert np.isclose(2 * (w * x + b - y) * 1 * x, step)


@vouches(r"w \;\leftarrow\; w - \alpha\,\frac{\partial L}{\partial w}")
def one_layer_update(rng: np.random.Generator) -> None:
    """w - lr dL/dw: a step of the library's network."""
    x, w, b, y = draw(rng)
    net = bp.Network([bp.Dense([[w]], [b], "identity")], loss="squared_error")
    net.step([x], [y], lr=0.1)
    assert np.isclose(net.layers[0].W[0, 0], w - 0.1 * 2 * (w * x + b - y) * x)


def descend(x: float, w: float, b: float, y: float, lr: float, steps: int) -> list[float]:
    """The weights of gradient descent, by central differences of a square (exact but for rounding)."""
    weights = [w]
    for _ in range(steps):
        up, down = ((v * x + b - y) ** 2 for v in (weights[-1] + 1, weights[-1] - 1))
        weights.append(weights[-1] - lr * (up - down) / 2)
    return weights


@vouches(
    r"""
    \begin{aligned}
    w_{k+1} - w^* &= (w_k - w^*) - \alpha\cdot 2x^2\,(w_k - w^*) \\
    &= r\,(w_k - w^*), \qquad r = 1 - 2\alpha x^2 .
    \end{aligned}
    """
)
def one_layer_factor(rng: np.random.Generator) -> None:
    """w_{k+1} - w* = (1 - 2 lr x^2)(w_k - w*): one step of descent."""
    x, w, b, y = draw(rng)
    goal = (y - b) / x
    before, after = descend(x, w, b, y, 0.3, 1)
    assert np.isclose(after - goal, (1 - 2 * 0.3 * x**2) * (before - goal))


@vouches(r"w_k - w^* = r^k\,(w_0 - w^*), \qquad L_k = r^{2k}\,L_0")
def one_layer_solution(rng: np.random.Generator) -> None:
    """w_k - w* = r^k (w_0 - w*) and L_k = r^2k L_0: seven steps of descent."""
    x, w, b, y = draw(rng)
    goal, r, k = (y - b) / x, 1 - 2 * 0.2 * x**2, 7
    last = descend(x, w, b, y, 0.2, k)[-1]
    assert np.isclose(last, goal + r**k * (w - goal))
    assert np.isclose((last * x + b - y) ** 2, r ** (2 * k) * (w * x + b - y) ** 2)


@vouches(r"\frac{\partial L}{\partial w} = 2(a-y)\cdot \sigma'(z)\cdot x , \qquad a = \sigma(z)")
def one_layer_sigmoid(rng: np.random.Generator) -> None:
    """dL/dw = 2(a - y) sigma'(z) x with a sigmoid: the complex step."""
    x, w, b, y = draw(rng)
    step = ((1 / (1 + np.exp(-((w + 1j * H) * x + b))) - y) ** 2).imag / H
    z = w * x + b
    assert np.isclose(2 * (bp.sigmoid(z) - y) * bp.sigmoid.derivative(z) * x, step)


@vouches(r"e_{k+1} = \bigl(1 - 2\alpha(x^2+1)\bigr)\,e_k")
def one_layer_bias(rng: np.random.Generator) -> None:
    """e_{k+1} = (1 - 2 lr (x^2 + 1)) e_k when the bias learns too: a step of the library's network."""
    x, w, b, y = draw(rng)
    net = bp.Network([bp.Dense([[w]], [b], "identity")], loss="squared_error")
    before = net.forward([x]).output[0] - y
    net.step([x], [y], lr=0.1)
    after = net.forward([x]).output[0] - y
    assert np.isclose(after, (1 - 2 * 0.1 * (x**2 + 1)) * before)
