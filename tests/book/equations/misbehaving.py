"""Chapter 11: products of factors, the spread of weights, clipping and normalisation."""

import numpy as np

import backprop as bp
from equations import vouches

H = 1e-20


@vouches(r"\frac{\partial a_D}{\partial x} = \prod_{k=1}^{D} w_k\, g'(z_k)")
def misbehaving_product(rng: np.random.Generator) -> None:
    """Against the complex step through the whole chain, with other weights in each unit."""
    for g, bent in ((bp.tanh, np.tanh), (bp.sigmoid, lambda z: 1 / (1 + np.exp(-z)))):
        w, x = rng.normal(size=6), rng.normal()
        a, moved, product = x, x + 1j * H, 1.0
        for weight in w:
            product *= weight * g.derivative(weight * a)
            a, moved = g(weight * a), bent(weight * moved)
        assert np.isclose(moved.imag / H, product, rtol=1e-12)


@vouches(r"\operatorname{Var} z = n_\text{in}\, \operatorname{Var} w \cdot \overline{a^2}")
def misbehaving_variance() -> None:
    """Over every choice of four weights from values with mean zero, for inputs that depend on each other."""
    values = np.array([-2.0, 0.5, 1.5])
    draws = np.stack(np.meshgrid(*[values] * 4), axis=-1).reshape(-1, 4)
    inputs = np.array([[0.5, 2.0, 0.5, -1.0], [1.0, 1.0, 3.0, 0.0]])
    z = draws @ inputs.T
    assert np.isclose(z.mean(), 0)
    assert np.isclose(z.var(), 4 * values.var() * (inputs**2).mean())


@vouches(
    r"""
    \text{Glorot:}\quad \operatorname{Var} w = \frac{2}{n_\text{in} + n_\text{out}} , \qquad
    \text{He:}\quad \operatorname{Var} w = \frac{2}{n_\text{in}}
    """
)
def misbehaving_starts() -> None:
    """The library draws so, and each rule does what it is for: on average over draws, ReLU loses nothing."""
    for kind, variance in (("tanh", 2 / (30 + 50)), ("relu", 2 / 30)):
        kinds = {"activations": [kind], "loss": "half_squared_error"}
        W = [bp.Network.random([30, 50], **kinds, seed=s).layers[0].W for s in range(100)]
        assert np.isclose(np.var(W), variance, rtol=0.02)
    rng = np.random.default_rng(0)
    a = rng.normal(size=(30, 20))
    kept = [
        np.mean((rng.normal(0, np.sqrt(2 / 30), (50, 30)) @ np.maximum(a, 0)) ** 2)
        for _ in range(2000)
    ]
    assert np.isclose(np.mean(kept), 2 * np.mean(np.maximum(a, 0) ** 2), rtol=0.02)


@vouches(r"g \;\leftarrow\; g \cdot \min\!\left(1, \frac{c}{\lVert g\rVert}\right)")
def misbehaving_clip_norm(rng: np.random.Generator) -> None:
    """It is the point of the ball of radius c that is nearest to g: none of the ball's points is nearer."""
    for c in (0.5, 10.0):
        g = rng.normal(size=3)
        clipped = g * min(1, c / np.linalg.norm(g))
        ball = rng.normal(size=(3, 100_000))
        ball *= c * rng.uniform(0, 1, 100_000) / np.linalg.norm(ball, axis=0)
        nearest = np.linalg.norm(ball - g[:, None], axis=0).min()
        assert np.linalg.norm(clipped) <= c + 1e-12
        assert np.linalg.norm(clipped - g) <= nearest + 1e-12


@vouches(r"\frac{\partial}{\partial a}\bigl(a + f(a)\bigr) = 1 + f'(a)")
def misbehaving_residual_factor(rng: np.random.Generator) -> None:
    """By the complex step, for a tanh unit."""
    a, w = rng.normal(size=2)
    moved = a + 1j * H
    slope = w * (1 - np.tanh(w * a) ** 2)
    assert np.isclose((moved + np.tanh(w * moved)).imag / H, 1 + slope, rtol=1e-12)


@vouches(
    r"""
    \hat z_n = \frac{z_n - \mu}{s} , \qquad
    \mu = \frac1m \sum_n z_n , \qquad
    s^2 = \frac1m \sum_n (z_n - \mu)^2
    """
)
def misbehaving_normal(rng: np.random.Generator) -> None:
    """NumPy's mean and deviation; and what comes out has the mean 0 and the mean square 1."""
    z = rng.normal(2.0, 3.0, size=7)
    mu = sum(z) / 7
    s = np.sqrt(sum((z - mu) ** 2) / 7)
    normal = (z - mu) / s
    assert np.isclose(mu, z.mean())
    assert np.isclose(s, z.std())
    assert np.isclose(normal.mean(), 0, atol=1e-12)
    assert np.isclose((normal**2).mean(), 1)


def normalised(z: np.ndarray) -> np.ndarray:
    centred = z - z.mean()
    return np.asarray(centred / np.sqrt((centred**2).mean()))


@vouches(
    r"""
    \frac{\partial L}{\partial z_n} = \frac{1}{s}\left( g_n - \bar g - \hat z_n\, \overline{g\hat z} \right)
    """
)
def misbehaving_normalise(rng: np.random.Generator) -> None:
    """By the complex step, entry by entry."""
    z, g = rng.normal(size=(2, 6))
    by_step = [(g @ normalised(z + 1j * H * e)).imag / H for e in np.eye(6)]
    unit = normalised(z)
    formula = (g - g.mean() - unit * (g * unit).mean()) / z.std()
    np.testing.assert_allclose(formula, by_step, rtol=1e-10, atol=1e-14)


@vouches(
    r"""
    \mathrm d\hat z_n = \frac{\mathrm dz_n - \mathrm d\mu - \hat z_n\,\mathrm ds}{s}
    """
)
def misbehaving_normalise_1(rng: np.random.Generator) -> None:
    """Along a random direction."""
    z, dz = rng.normal(size=(2, 5))
    unit = normalised(z)
    by_step = normalised(z + 1j * H * dz).imag / H
    rates = (dz - dz.mean() - unit * (unit * dz).mean()) / z.std()
    np.testing.assert_allclose(rates, by_step, rtol=1e-10, atol=1e-14)
