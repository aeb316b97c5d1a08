"""Chapter 2: derivatives, chains, paths, activations, losses, and one sigmoid neuron."""

from collections.abc import Callable

import numpy as np

import backprop as bp
from backprop import running

RNG = np.random.default_rng(2)
H = 1e-20  # of the complex step, which is exact to rounding


def step(f: Callable[[complex], complex], x: float) -> float:
    """The derivative by the complex step."""
    return f(x + 1j * H).imag / H


def partials(f: Callable[[np.ndarray], complex], x: np.ndarray) -> np.ndarray:
    """The gradient by complex steps, one entry at a time."""
    return np.array([f(x + 1j * H * e).imag / H for e in np.eye(len(x))])


def sigma(z: complex) -> complex:
    return 1 / (1 + np.exp(-z))


def mathematics_derivative() -> None:
    """Both ratios tend to the derivative, with errors of first and of second order."""
    x = RNG.normal()
    one = [(np.exp(x + h) - np.exp(x)) / h - step(np.exp, x) for h in (1e-3, 1e-4)]
    two = [(np.exp(x + h) - np.exp(x - h)) / (2 * h) - step(np.exp, x) for h in (1e-2, 1e-3)]
    assert np.isclose(one[0] / one[1], 10, rtol=1e-2)
    assert np.isclose(two[0] / two[1], 100, rtol=1e-2)
    assert (abs(0 + 1e-3) - abs(0 - 1e-3)) / 2e-3 == 0  # the kink of |x|


def mathematics_chain() -> None:
    """g'(h(x)) h'(x): the complex step through the composed function."""
    x = RNG.normal()
    assert np.isclose(np.cos(x**3) * 3 * x**2, step(lambda t: np.sin(t**3), x))


def mathematics_chain_three() -> None:
    """f'(g(h(x))) g'(h(x)) h'(x): the complex step through all three."""
    x = RNG.normal()
    u, v = x**2, 4 / (1 + x**2)
    product = v / 2 * (-4 / (1 + u) ** 2) * (2 * x)
    assert np.isclose(product, step(lambda t: (4 / (1 + t**2)) ** 2 / 4, x))


def mathematics_paths() -> None:
    """The sum over paths, for L = u v x with u = sin x, v = exp x: the complex step."""
    x = RNG.normal()
    u, v = np.sin(x), np.exp(x)
    total = v * x * np.cos(x) + u * x * np.exp(x) + u * v * 1
    assert np.isclose(total, step(lambda t: np.sin(t) * np.exp(t) * t, x))


def mathematics_steepest() -> None:
    """Slopes of a loss along random directions stay between those along -grad and +grad."""
    w = RNG.normal(size=4)

    def loss(v: np.ndarray) -> complex:
        return np.sin(v[0]) * v[1] + v[2] ** 2 * v[3]

    def slope(d: np.ndarray) -> float:
        return step(lambda t: loss(w + t * d), 0.0)

    gradient = partials(loss, w)
    size = np.linalg.norm(gradient)
    for d in RNG.normal(size=(100, 4)):
        d /= np.linalg.norm(d)
        assert np.isclose(slope(d), gradient @ d)
        assert -size <= slope(d) <= size
    assert np.isclose(slope(-gradient / size), -size)


def mathematics_update() -> None:
    """w_i - lr dL/dw_i: the library's step."""
    w, x = RNG.normal(size=(2, 3))
    net = bp.Network([bp.Dense([w], [0.0], "sigmoid")], loss="half_squared_error")
    slopes = partials(lambda v: 0.5 * (sigma(v @ x) - 1) ** 2, w)
    net.step(x, [1.0], lr=0.3)
    assert np.allclose(net.layers[0].W[0], w - 0.3 * slopes)


def mathematics_neuron() -> None:
    """z = sum w_i x_i + b, a = g(z): a layer of the library."""
    w, x = RNG.normal(size=(2, 3))
    run = bp.Network([bp.Dense([w], [0.4], "tanh")], loss="squared_error").forward(x)
    z = sum(w[i] * x[i] for i in range(3)) + 0.4
    assert np.isclose(run.z[0][0], z)
    assert np.isclose(run.output[0], (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)))


def mathematics_neuron_partials() -> None:
    """x_i, w_i, 1 and g'(z): complex steps."""
    w, x = RNG.normal(size=(2, 3))
    b = 0.4
    assert np.allclose(partials(lambda v: v @ x + b, w), x)
    assert np.allclose(partials(lambda v: w @ v + b, x), w)
    assert np.isclose(step(lambda t: w @ x + t, b), 1)
    for g in (bp.sigmoid, bp.tanh, bp.softplus):
        assert np.isclose(g.derivative(w @ x + b), step(g, w @ x + b))


def mathematics_sigmoid_derivative() -> None:
    """sigma (1 - sigma), and the product of two fractions before it: the complex step."""
    z = RNG.normal(size=5)
    slopes = [step(sigma, t) for t in z]
    assert np.allclose(sigma(z) * (1 - sigma(z)), slopes)
    assert np.allclose(-1 / (1 + np.exp(-z)) ** 2 * -np.exp(-z), slopes)


def mathematics_quarter() -> None:
    """a (1 - a) = 1/4 - (a - 1/2)^2 <= 1/4: the library's slopes."""
    z = np.linspace(-9, 9, 1001)
    a = bp.sigmoid(z)
    assert np.allclose(bp.sigmoid.derivative(z), 1 / 4 - (a - 1 / 2) ** 2)
    assert bp.sigmoid.derivative(z).max() == bp.sigmoid.derivative(0.0) == 1 / 4


def mathematics_tanh_derivative() -> None:
    """1 - tanh^2: the complex step."""
    z = RNG.normal(size=5)
    assert np.allclose(1 - np.tanh(z) ** 2, [step(np.tanh, t) for t in z])


def mathematics_softplus_derivative() -> None:
    """The derivative of log(1 + e^z) is sigma: the complex step."""
    z = RNG.normal(size=5)
    assert np.allclose(sigma(z), [step(lambda t: np.log(1 + np.exp(t)), t) for t in z])


def mathematics_squared() -> None:
    """Both squares with their gradients: the library and the complex step."""
    a, y = RNG.normal(size=2)
    assert np.isclose(bp.squared_error(a, y), (a - y) ** 2)
    assert np.isclose(bp.half_squared_error(a, y), (a - y) ** 2 / 2)
    assert np.isclose(2 * (a - y), step(lambda t: (t - y) ** 2, a))
    assert np.isclose(a - y, step(lambda t: 0.5 * (t - y) ** 2, a))


def mathematics_mean() -> None:
    """The mean over m examples: the library on a batch, and complex steps."""
    a, y = RNG.normal(size=(2, 6))
    assert np.isclose(bp.squared_error(a[None], y[None]), np.mean((a - y) ** 2))
    assert np.allclose(2 / 6 * (a - y), partials(lambda v: ((v - y) ** 2).sum() / 6, a))


def mathematics_bce() -> None:
    """-y log a - (1 - y) log(1 - a): the library, and minus the log of the truth's probability."""
    a = RNG.uniform(0.1, 0.9)
    for y, probability in ((1.0, a), (0.0, 1 - a)):
        loss = -y * np.log(a) - (1 - y) * np.log(1 - a)
        assert np.isclose(loss, -np.log(probability))
        assert np.isclose(loss, bp.binary_cross_entropy(a, y))


def mathematics_bce_gradient() -> None:
    """Both forms of the gradient: the complex step, for a target between 0 and 1, too."""
    a = RNG.uniform(0.1, 0.9)
    for y in (0.0, 1.0, 0.3):
        slope = step(lambda t: -y * np.log(t) - (1 - y) * np.log(1 - t), a)  # noqa: B023
        assert np.isclose(-y / a + (1 - y) / (1 - a), slope)
        assert np.isclose((a - y) / (a * (1 - a)), slope)


def mathematics_half_delta() -> None:
    """(a - y) sigma'(z): the complex step."""
    z, y = RNG.normal(), 1.0
    slope = step(lambda t: 0.5 * (sigma(t) - y) ** 2, z)
    assert np.isclose((sigma(z) - y) * bp.sigmoid.derivative(z), slope)


def mathematics_cancel() -> None:
    """a - y: the complex step through sigmoid and logarithm."""
    z = RNG.normal()
    for y in (0.0, 1.0):
        slope = step(lambda t: -y * np.log(sigma(t)) - (1 - y) * np.log(1 - sigma(t)), z)  # noqa: B023
        assert np.isclose(sigma(z) - y, slope)


def mathematics_softmax() -> None:
    """Softmax and cross-entropy, term by term: the library."""
    z, y = RNG.normal(size=4), np.eye(4)[2]
    a = np.exp(z) / sum(np.exp(t) for t in z)
    assert np.allclose(bp.softmax(z), a)
    assert np.isclose(a.sum(), 1)
    assert np.isclose(bp.cross_entropy(a, y), -sum(y[i] * np.log(a[i]) for i in range(4)))


def mathematics_softmax_jacobian() -> None:
    """a_i ([i = k] - a_k): complex steps, row by row."""
    z = RNG.normal(size=4)
    a = bp.softmax(z)
    for i in range(4):
        row = partials(lambda v: np.exp(v[i]) / np.exp(v).sum(), z)  # noqa: B023
        assert np.allclose([a[i] * ((i == k) - a[k]) for k in range(4)], row)


def mathematics_softmax_delta() -> None:
    """a - y, the sum over all paths: complex steps of the loss."""
    z, y = RNG.normal(size=4), np.array([0.2, 0.0, 0.5, 0.3])
    a = bp.softmax(z)
    slopes = partials(lambda v: -(y * np.log(np.exp(v) / np.exp(v).sum())).sum(), z)
    assert np.allclose(a - y, slopes)
    assert np.allclose(bp.softmax.derivative(z).T @ (-y / a), slopes)


def mathematics_logsumexp() -> None:
    """The loss from logits, and the shift by the largest: the definitions, and the library."""
    z, y = RNG.normal(size=4), np.eye(4)[1]
    c = z.max()
    shifted = c + np.log(np.exp(z - c).sum())
    assert np.isclose(shifted, np.log(np.exp(z).sum()))
    assert np.isclose(shifted - y @ z, -np.log(bp.softmax(z)[1]))
    assert np.isclose(shifted - y @ z, bp.cross_entropy.from_logits(z, y))


def mathematics_bce_logits() -> None:
    """y softplus(-z) + (1 - y) softplus(z): the loss of sigma(z), and the library."""
    z = RNG.normal()
    for y in (0.0, 1.0, 0.3):
        loss = y * np.log(1 + np.exp(-z)) + (1 - y) * np.log(1 + np.exp(z))
        assert np.isclose(loss, -y * np.log(sigma(z)) - (1 - y) * np.log(1 - sigma(z)))
        assert np.isclose(loss, bp.binary_cross_entropy.from_logits(z, y))


def mathematics_sigmoid_neuron() -> None:
    """(a - y) sigma (1 - sigma) x_i for the chapter's own neuron: complex steps."""
    x, w, b, y = np.array([1.0, 2.0, 3.0]), np.array([0.2, 0.5, -0.1]), 0.1, 1.0
    a = sigma(w @ x + b)
    slopes = partials(lambda v: 0.5 * (y - sigma(v @ x + b)) ** 2, w)
    assert np.allclose((a - y) * a * (1 - a) * x, slopes, rtol=1e-14)


def mathematics_fan_out() -> None:
    """dL/da_j = sum_i delta_i W_ij in the running network: complex steps of the activations."""
    net = running.network()
    run = net.forward(running.x)
    grads = net.backward(run, running.y)
    W, b = running.W2, running.b2
    slopes = partials(lambda v: 0.5 * ((sigma(W @ v + b) - running.y) ** 2).sum(), run.a[1])
    sums = [sum(grads.delta[1][i] * W[i, j] for i in range(2)) for j in range(3)]
    assert np.allclose(sums, slopes)
