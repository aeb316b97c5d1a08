"""Chapter 6: outputs and their losses."""

import numpy as np

import backprop as bp
from equations import vouches
from equations.mathematics import partials, sigma, step


@vouches(r"\text{half squared error:}\quad \delta = (a-y)\,\sigma'(z)")
def mathematics_half_delta(rng: np.random.Generator) -> None:
    """(a - y) sigma'(z): the complex step."""
    z, y = rng.normal(), 1.0
    slope = step(lambda t: 0.5 * (sigma(t) - y) ** 2, z)
    assert np.isclose((sigma(z) - y) * bp.sigmoid.derivative(z), slope)


@vouches(r"\text{cross-entropy:}\quad \delta = \frac{a-y}{a(1-a)}\cdot a(1-a) = a - y")
def mathematics_cancel(rng: np.random.Generator) -> None:
    """a - y: the complex step through sigmoid and logarithm."""
    z = rng.normal()
    for y in (0.0, 1.0):
        slope = step(lambda t: -y * np.log(sigma(t)) - (1 - y) * np.log(1 - sigma(t)), z)  # noqa: B023
        assert np.isclose(sigma(z) - y, slope)


@vouches(r"a_i = \frac{e^{z_i}}{\sum_j e^{z_j}}, \qquad L = -\sum_i y_i \log a_i")
def mathematics_softmax(rng: np.random.Generator) -> None:
    """Softmax and cross-entropy, term by term: the library."""
    z, y = rng.normal(size=4), np.eye(4)[2]
    a = np.exp(z) / sum(np.exp(t) for t in z)
    assert np.allclose(bp.softmax(z), a)
    assert np.isclose(a.sum(), 1)
    assert np.isclose(bp.cross_entropy(a, y), -sum(y[i] * np.log(a[i]) for i in range(4)))


@vouches(
    r"""
    \frac{\partial a_i}{\partial z_k} = a_i\,\bigl([i=k] - a_k\bigr),
    \qquad [i=k] = 1 \text{ if } i = k, \text{ otherwise } 0
    """
)
def mathematics_softmax_jacobian(rng: np.random.Generator) -> None:
    """a_i ([i = k] - a_k): complex steps, row by row."""
    z = rng.normal(size=4)
    a = bp.softmax(z)
    for i in range(4):
        row = partials(lambda v: np.exp(v[i]) / np.exp(v).sum(), z)  # noqa: B023
        assert np.allclose([a[i] * ((i == k) - a[k]) for k in range(4)], row)


@vouches(
    r"""
    \begin{aligned}
    \delta_k = \sum_i \frac{\partial L}{\partial a_i}\cdot\frac{\partial a_i}{\partial z_k}
    &= \sum_i \Bigl(-\frac{y_i}{a_i}\Bigr)\,a_i\,\bigl([i=k] - a_k\bigr) \\
    &= -y_k + a_k\sum_i y_i \;=\; a_k - y_k ,
    \end{aligned}
    """
)
def mathematics_softmax_delta(rng: np.random.Generator) -> None:
    """a - y, the sum over all paths: complex steps of the loss."""
    z, y = rng.normal(size=4), np.array([0.2, 0.0, 0.5, 0.3])
    a = bp.softmax(z)
    slopes = partials(lambda v: -(y * np.log(np.exp(v) / np.exp(v).sum())).sum(), z)
    assert np.allclose(a - y, slopes)
    assert np.allclose(bp.softmax.derivative(z).T @ (-y / a), slopes)


@vouches(
    r"""
    L = \log\sum_j e^{z_j} - \sum_i y_i z_i, \qquad
    \log\sum_j e^{z_j} = c + \log\sum_j e^{z_j - c}
    """
)
def mathematics_logsumexp(rng: np.random.Generator) -> None:
    """The loss from logits, and the shift by the largest: the definitions, and the library."""
    z, y = rng.normal(size=4), np.eye(4)[1]
    c = z.max()
    shifted = c + np.log(np.exp(z - c).sum())
    assert np.isclose(shifted, np.log(np.exp(z).sum()))
    assert np.isclose(shifted - y @ z, -np.log(bp.softmax(z)[1]))
    assert np.isclose(shifted - y @ z, bp.cross_entropy.from_logits(z, y))


@vouches(r"L = y\,\mathrm{softplus}(-z) + (1-y)\,\mathrm{softplus}(z)")
def mathematics_bce_logits(rng: np.random.Generator) -> None:
    """y softplus(-z) + (1 - y) softplus(z): the loss of sigma(z), and the library."""
    z = rng.normal()
    for y in (0.0, 1.0, 0.3):
        loss = y * np.log(1 + np.exp(-z)) + (1 - y) * np.log(1 + np.exp(z))
        assert np.isclose(loss, -y * np.log(sigma(z)) - (1 - y) * np.log(1 - sigma(z)))
        assert np.isclose(loss, bp.binary_cross_entropy.from_logits(z, y))


@vouches(r"(J^{\mathsf T} u)_k = a_k\Bigl(u_k - \sum_i a_i u_i\Bigr)")
def outputs_vjp(rng: np.random.Generator) -> None:
    """The product with the transposed Jacobian: complex steps of u · softmax(z), whose gradient it is."""
    z, u = rng.normal(size=(2, 4))
    a = bp.softmax(z)
    slopes = partials(lambda v: (u * np.exp(v)).sum() / np.exp(v).sum(), z)
    assert np.allclose([a[k] * (u[k] - sum(a * u)) for k in range(4)], slopes)


# Outputs that never fall, each with a function whose slope it is.
RECIPES = (
    (lambda z: z, lambda z: z**2 / 2),
    (sigma, lambda z: np.log(1 + np.exp(z))),
    (np.tanh, lambda z: np.log(np.cosh(z))),
    (np.exp, np.exp),
)


@vouches(r"L(z) = \int_{z_0}^{z} \bigl(g(t) - y\bigr)\,dt")
def outputs_matching(rng: np.random.Generator) -> None:
    """The area, by trapezia: G(z) - G(z_0) - y (z - z_0)."""
    z_0, z = rng.normal(size=2)
    for g, primitive in RECIPES:
        y = g(z_0)
        t = np.linspace(z_0, z, 20_001)
        area = np.trapezoid(g(t) - y, t)
        assert area >= 0
        assert np.isclose(area, primitive(z) - primitive(z_0) - y * (z - z_0), atol=1e-7)


@vouches(r"L = G(z) - y\,z, \qquad \delta = g(z) - y")
def outputs_recipe(rng: np.random.Generator) -> None:
    """g(z) - y: the complex step through G."""
    z, y = rng.normal(size=2)
    for g, primitive in RECIPES:
        assert np.isclose(step(lambda t: primitive(t) - y * t, z), g(z) - y)  # noqa: B023


@vouches(r"\frac{\partial^2 L}{\partial z^2} = a\,(1-a)^2\,(3a - 1)")
def outputs_bend(rng: np.random.Generator) -> None:
    """The complex step through delta = (a - 1) a (1 - a); its sign turns at a = 1/3."""
    for z in (*rng.normal(size=4), -4.0, 0.0):
        a = sigma(z)
        bend = a * (1 - a) ** 2 * (3 * a - 1)
        assert np.isclose(bend, step(lambda t: (sigma(t) - 1) * sigma(t) * (1 - sigma(t)), z))
        assert (bend < 0) == (z < -np.log(2))
