"""The page of common mistakes: the one formula that it puts right."""

import numpy as np

from equations import vouches

H = 1e-20  # of the complex step, which is exact to rounding


@vouches(
    r"""
    \frac{\partial L}{\partial W}
    = \frac{\partial L}{\partial a}\cdot\frac{\partial a}{\partial z}\cdot\frac{\partial z}{\partial W}
    """
)
def mistakes_chain_1(rng: np.random.Generator) -> None:
    """Three factors for a neuron whose activation function is no identity: the complex step."""
    x, w, b, y = rng.normal(size=4)
    a = np.tanh(w * x + b)
    step = ((np.tanh((w + 1j * H) * x + b) - y) ** 2).imag / H
    assert np.isclose(2 * (a - y) * (1 - a**2) * x, step)
