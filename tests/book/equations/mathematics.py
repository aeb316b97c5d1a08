"""Chapter 2: derivatives, chains, paths, activations, losses, and one sigmoid neuron."""

from collections.abc import Callable

import numpy as np

import backprop as bp
from equations import vouches

H = 1e-20  # of the complex step, which is exact to rounding


def step(f: Callable[[complex], complex], x: float) -> float:
    """The derivative by the complex step."""
    return f(x + 1j * H).imag / H


def partials(f: Callable[[np.ndarray], complex], x: np.ndarray) -> np.ndarray:
    """The gradient by complex steps, one entry at a time."""
    return np.array([f(x + 1j * H * e).imag / H for e in np.eye(len(x))])


def sigma(z: complex) -> complex:
    return 1 / (1 + np.exp(-z))


@vouches(
    r"""
    f'(x) = \frac{df}{dx}
    = \lim_{\Delta x \to 0} \frac{f(x+\Delta x) - f(x)}{\Delta x}
    = \lim_{\Delta x \to 0} \frac{f(x+\Delta x) - f(x-\Delta x)}{2\,\Delta x}
    """
)
def mathematics_derivative(rng: np.random.Generator) -> None:
    """Both ratios tend to the derivative, with errors of first and of second order."""
    x = rng.normal()
    one = [(np.exp(x + h) - np.exp(x)) / h - step(np.exp, x) for h in (1e-3, 1e-4)]
    two = [(np.exp(x + h) - np.exp(x - h)) / (2 * h) - step(np.exp, x) for h in (1e-2, 1e-3)]
    assert np.isclose(one[0] / one[1], 10, rtol=1e-2)
    assert np.isclose(two[0] / two[1], 100, rtol=1e-2)
    assert (abs(0 + 1e-3) - abs(0 - 1e-3)) / 2e-3 == 0  # the kink of |x|


@vouches(
    r"""
    F'(x) = g'(h(x))\cdot h'(x),
    \qquad\text{for short}\qquad
    \frac{dF}{dx} = \frac{dg}{dh}\cdot\frac{dh}{dx}
    """
)
def mathematics_chain(rng: np.random.Generator) -> None:
    """g'(h(x)) h'(x): the complex step through the composed function."""
    x = rng.normal()
    assert np.isclose(np.cos(x**3) * 3 * x**2, step(lambda t: np.sin(t**3), x))


@vouches(r"F'(x) = f'\bigl(g(h(x))\bigr)\cdot g'\bigl(h(x)\bigr)\cdot h'(x)")
def mathematics_chain_three(rng: np.random.Generator) -> None:
    """f'(g(h(x))) g'(h(x)) h'(x): the complex step through all three."""
    x = rng.normal()
    u, v = x**2, 4 / (1 + x**2)
    product = v / 2 * (-4 / (1 + u) ** 2) * (2 * x)
    assert np.isclose(product, step(lambda t: (4 / (1 + t**2)) ** 2 / 4, x))


@vouches(r"\frac{dL}{dx} = \sum_{k=1}^{n} \frac{\partial L}{\partial u_k}\cdot\frac{du_k}{dx}")
def mathematics_paths(rng: np.random.Generator) -> None:
    """The sum over paths, for L = u v x with u = sin x, v = exp x: the complex step."""
    x = rng.normal()
    u, v = np.sin(x), np.exp(x)
    total = v * x * np.cos(x) + u * x * np.exp(x) + u * v * 1
    assert np.isclose(total, step(lambda t: np.sin(t) * np.exp(t) * t, x))


@vouches(
    r"""
    -\lVert\nabla L\rVert \;\le\; \nabla L\cdot d \;\le\; \lVert\nabla L\rVert
    \qquad\text{whenever } \lVert d\rVert = 1
    """
)
def mathematics_steepest(rng: np.random.Generator) -> None:
    """Slopes of a loss along random directions stay between those along -grad and +grad."""
    w = rng.normal(size=4)

    def loss(v: np.ndarray) -> complex:
        return np.sin(v[0]) * v[1] + v[2] ** 2 * v[3]

    def slope(d: np.ndarray) -> float:
        return step(lambda t: loss(w + t * d), 0.0)

    gradient = partials(loss, w)
    size = np.linalg.norm(gradient)
    for d in rng.normal(size=(100, 4)):
        d /= np.linalg.norm(d)
        assert np.isclose(slope(d), gradient @ d)
        assert -size <= slope(d) <= size
    assert np.isclose(slope(-gradient / size), -size)


@vouches(r"w_i \;\leftarrow\; w_i - \alpha\,\frac{\partial L}{\partial w_i}")
def mathematics_update(rng: np.random.Generator) -> None:
    """w_i - lr dL/dw_i: the library's step."""
    w, x = rng.normal(size=(2, 3))
    net = bp.Network([bp.Dense([w], [0.0], "sigmoid")], loss="half_squared_error")
    slopes = partials(lambda v: 0.5 * (sigma(v @ x) - 1) ** 2, w)
    net.step(x, [1.0], lr=0.3)
    assert np.allclose(net.layers[0].W[0], w - 0.3 * slopes)


@vouches(r"z = \sum_{i=1}^{n} w_i x_i + b, \qquad a = g(z)")
def mathematics_neuron(rng: np.random.Generator) -> None:
    """z = sum w_i x_i + b, a = g(z): a layer of the library."""
    w, x = rng.normal(size=(2, 3))
    run = bp.Network([bp.Dense([w], [0.4], "tanh")], loss="squared_error").forward(x)
    z = sum(w[i] * x[i] for i in range(3)) + 0.4
    assert np.isclose(run.z[0][0], z)
    assert np.isclose(run.output[0], (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)))


@vouches(
    r"""
    \frac{\partial z}{\partial w_i} = x_i, \qquad
    \frac{\partial z}{\partial x_i} = w_i, \qquad
    \frac{\partial z}{\partial b} = 1, \qquad
    \frac{\partial a}{\partial z} = g'(z)
    """
)
def mathematics_neuron_partials(rng: np.random.Generator) -> None:
    """x_i, w_i, 1 and g'(z): complex steps."""
    w, x = rng.normal(size=(2, 3))
    b = 0.4
    assert np.allclose(partials(lambda v: v @ x + b, w), x)
    assert np.allclose(partials(lambda v: w @ v + b, x), w)
    assert np.isclose(step(lambda t: w @ x + t, b), 1)
    for g in (bp.sigmoid, bp.tanh, bp.softplus):
        assert np.isclose(g.derivative(w @ x + b), step(g, w @ x + b))


@vouches(
    r"""
    \sigma'(z) = -\frac{1}{(1+e^{-z})^2}\cdot\bigl(-e^{-z}\bigr)
    = \frac{1}{1+e^{-z}}\cdot\frac{e^{-z}}{1+e^{-z}}
    = \sigma(z)\,\bigl(1-\sigma(z)\bigr)
    """
)
def mathematics_sigmoid_derivative(rng: np.random.Generator) -> None:
    """sigma (1 - sigma), and the product of two fractions before it: the complex step."""
    z = rng.normal(size=5)
    slopes = [step(sigma, t) for t in z]
    assert np.allclose(sigma(z) * (1 - sigma(z)), slopes)
    assert np.allclose(-1 / (1 + np.exp(-z)) ** 2 * -np.exp(-z), slopes)


@vouches(r"a(1-a) = \tfrac14 - \bigl(a - \tfrac12\bigr)^2 \le \tfrac14")
def mathematics_quarter() -> None:
    """a (1 - a) = 1/4 - (a - 1/2)^2 <= 1/4: the library's slopes."""
    z = np.linspace(-9, 9, 1001)
    a = bp.sigmoid(z)
    assert np.allclose(bp.sigmoid.derivative(z), 1 / 4 - (a - 1 / 2) ** 2)
    assert bp.sigmoid.derivative(z).max() == bp.sigmoid.derivative(0.0) == 1 / 4


@vouches(r"\tanh' z = \frac{s'c - s\,c'}{c^2} = \frac{c^2 - s^2}{c^2} = 1 - \tanh^2 z")
def mathematics_tanh_derivative(rng: np.random.Generator) -> None:
    """1 - tanh^2: the complex step."""
    z = rng.normal(size=5)
    assert np.allclose(1 - np.tanh(z) ** 2, [step(np.tanh, t) for t in z])


@vouches(r"\frac{d}{dz}\log(1+e^z) = \frac{e^z}{1+e^z} = \frac{1}{e^{-z}+1} = \sigma(z)")
def mathematics_softplus_derivative(rng: np.random.Generator) -> None:
    """The derivative of log(1 + e^z) is sigma: the complex step."""
    z = rng.normal(size=5)
    assert np.allclose(sigma(z), [step(lambda t: np.log(1 + np.exp(t)), t) for t in z])


@vouches(
    r"""
    \begin{aligned}
    \text{squared error:}\quad & L = (a-y)^2, & \frac{\partial L}{\partial a} &= 2(a-y) ,\\
    \text{half the squared error:}\quad & L = \tfrac12(a-y)^2, & \frac{\partial L}{\partial a} &= a-y .
    \end{aligned}
    """
)
def mathematics_squared(rng: np.random.Generator) -> None:
    """Both squares with their gradients: the library and the complex step."""
    a, y = rng.normal(size=2)
    assert np.isclose(bp.squared_error(a, y), (a - y) ** 2)
    assert np.isclose(bp.half_squared_error(a, y), (a - y) ** 2 / 2)
    assert np.isclose(2 * (a - y), step(lambda t: (t - y) ** 2, a))
    assert np.isclose(a - y, step(lambda t: 0.5 * (t - y) ** 2, a))


@vouches(
    r"""
    L = \frac1m\sum_{j=1}^{m}(a_j-y_j)^2, \qquad \frac{\partial L}{\partial a_j} = \frac{2}{m}\,(a_j-y_j)
    """
)
def mathematics_mean(rng: np.random.Generator) -> None:
    """The mean over m examples: the library on a batch, and complex steps."""
    a, y = rng.normal(size=(2, 6))
    assert np.isclose(bp.squared_error(a[None], y[None]), np.mean((a - y) ** 2))
    assert np.allclose(2 / 6 * (a - y), partials(lambda v: ((v - y) ** 2).sum() / 6, a))


@vouches(r"L = -\,y\log a - (1-y)\log(1-a)")
def mathematics_bce(rng: np.random.Generator) -> None:
    """-y log a - (1 - y) log(1 - a): the library, and minus the log of the truth's probability."""
    a = rng.uniform(0.1, 0.9)
    for y, probability in ((1.0, a), (0.0, 1 - a)):
        loss = -y * np.log(a) - (1 - y) * np.log(1 - a)
        assert np.isclose(loss, -np.log(probability))
        assert np.isclose(loss, bp.binary_cross_entropy(a, y))


@vouches(
    r"""
    \frac{\partial L}{\partial a} = -\frac{y}{a} + \frac{1-y}{1-a} = \frac{a-y}{a\,(1-a)}
    """
)
def mathematics_bce_gradient(rng: np.random.Generator) -> None:
    """Both forms of the gradient: the complex step, for a target between 0 and 1, too."""
    a = rng.uniform(0.1, 0.9)
    for y in (0.0, 1.0, 0.3):
        slope = step(lambda t: -y * np.log(t) - (1 - y) * np.log(1 - t), a)  # noqa: B023
        assert np.isclose(-y / a + (1 - y) / (1 - a), slope)
        assert np.isclose((a - y) / (a * (1 - a)), slope)


@vouches(
    r"""
    \frac{\partial L}{\partial w_i}
    = \frac{\partial L}{\partial a}\cdot\frac{\partial a}{\partial z}\cdot\frac{\partial z}{\partial w_i}
    = (a - y)\cdot\sigma(z)\,\bigl(1-\sigma(z)\bigr)\cdot x_i ,
    \qquad a = \sigma(z)
    """
)
def mathematics_sigmoid_neuron() -> None:
    """(a - y) sigma (1 - sigma) x_i for the chapter's own neuron: complex steps."""
    x, w, b, y = np.array([1.0, 2.0, 3.0]), np.array([0.2, 0.5, -0.1]), 0.1, 1.0
    a = sigma(w @ x + b)
    slopes = partials(lambda v: 0.5 * (y - sigma(v @ x + b)) ** 2, w)
    assert np.allclose((a - y) * a * (1 - a) * x, slopes, rtol=1e-14)


@vouches(r"u = h(x) = x^2, \qquad v = g(u) = \frac{4}{1+u}, \qquad F = f(v) = \frac{v^2}{4}")
def mathematics_chain_1(rng: np.random.Generator) -> None:
    """The three links in a row: the whole in one fraction."""
    x = rng.normal()
    u = x**2
    v = 4 / (1 + u)
    assert np.isclose(v**2 / 4, (2 / (1 + x * x)) ** 2)


@vouches(r"h(t) - h(x) = \varphi(t)\,(t - x) \quad\text{for all } t")
def mathematics_chain_rule_1(rng: np.random.Generator) -> None:
    """For h = exp, φ without a difference, from expm1; it is continuous at x and h'(x) there."""
    x, t = rng.normal(size=2)

    def phi(t: float) -> float:
        return float(np.exp(x) * np.expm1(t - x) / (t - x))

    assert np.isclose(np.exp(t) - np.exp(x), phi(t) * (t - x))
    assert np.isclose(phi(x + 1e-9), step(np.exp, x), rtol=1e-8)


@vouches(
    r"""
    F(t) - F(x) = \psi(h(t))\,\bigl(h(t) - h(x)\bigr) = \psi(h(t))\,\varphi(t)\,(t - x)
    """
)
def mathematics_chain_rule_2(rng: np.random.Generator) -> None:
    """For h = exp and g = square, whose ψ(s) is s + h(x); at x it is the chain rule."""
    x, t = rng.normal(size=2)
    h_x, h_t = np.exp(x), np.exp(t)
    phi = h_x * np.expm1(t - x) / (t - x)
    psi = h_t + h_x
    assert np.isclose(h_t**2 - h_x**2, psi * (h_t - h_x))
    assert np.isclose(h_t**2 - h_x**2, psi * phi * (t - x))
    assert np.isclose((h_x + h_x) * h_x, step(lambda v: np.exp(v) ** 2, x))


@vouches(
    r"""
    \Delta L = \sum_k \frac{\partial L}{\partial u_k}\,\Delta u_k + \rho\,\sum_k |\Delta u_k| ,
    \qquad \rho \to 0 \text{ as all } \Delta u_k \to 0
    """
)
def mathematics_paths_read_1(rng: np.random.Generator) -> None:
    """What is left of a change of u1 u2 u3 after the linear part shrinks faster than the step."""
    u, direction = rng.normal(size=(2, 3))
    slopes = partials(lambda v: v[0] * v[1] * v[2], u)
    rho = []
    for size in (1e-3, 1e-4):
        change = np.prod(u + size * direction) - np.prod(u)
        rho.append((change - slopes @ (size * direction)) / np.abs(size * direction).sum())
    assert abs(rho[1]) < abs(rho[0]) / 5
