"""Chapter 8: an engine of your own."""

import numpy as np

from backprop import autodiff as ad
from equations import vouches


@vouches(
    r"""
    \frac{\partial y}{\partial v} = \sum_{u \text{ uses } v} \frac{\partial y}{\partial u}\cdot\frac{\partial u}{\partial v}
    """
)
def engine_rule(rng: np.random.Generator) -> None:
    """v is used by three operations: the library's gradient of y is the sum over them."""
    v = ad.var(rng.uniform(0.5, 2))
    users = [v * v, ad.sin(v), ad.exp(v)]
    y = users[0] * users[1] + ad.tanh(users[2]) * users[0]
    whole = ad.grad(y, [v, *users])
    slopes = [ad.grad(u, [v])[0].value for u in users]
    parts = [g.value * slope for g, slope in zip(whole[1:], slopes, strict=True)]
    assert np.isclose(whole[0].value, sum(parts), rtol=1e-14)


@vouches(r"(w_{k+1} - w_k) - (w_k - w_{k-1}) = -\alpha\,w_k")
def engine_forgotten(rng: np.random.Generator) -> None:
    """Descent on w²/2 with all slopes so far, step by step."""
    alpha, w, stored = rng.uniform(0.05, 0.5), [rng.normal()], 0.0
    for _ in range(20):
        stored += w[-1]
        w.append(w[-1] - alpha * stored)
    for before, now, after in zip(w, w[1:], w[2:], strict=False):
        assert np.isclose((after - now) - (now - before), -alpha * now, atol=1e-12)


@vouches(r"2\cos\theta - 2 = -\alpha , \qquad \cos\theta = 1 - \frac{\alpha}{2}")
def engine_swing(rng: np.random.Generator) -> None:
    """With this angle both the cosine and the sine obey the equation of the forgotten zero."""
    alpha = rng.uniform(0.1, 3.9)
    theta = np.arccos(1 - alpha / 2)
    assert np.isclose(2 * np.cos(theta) - 2, -alpha)
    for wave in (np.cos, np.sin):
        w = wave(theta * np.arange(30))
        assert np.allclose(w[2:] - 2 * w[1:-1] + w[:-2], -alpha * w[1:-1], atol=1e-12)
