"""Small data sets for two-dimensional pictures: x is ``(2, m)`` and y is ``(1, m)``, 0 or 1.

Columns are examples, as everywhere. In neither set does a straight line tell the two classes
apart, so a network needs a hidden layer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ._validate import positive_int, real_number, shown

__all__ = ["two_moons", "xor"]

Array = NDArray[np.float64]


def xor() -> tuple[Array, Array]:
    """Return the four examples of exclusive or: y is 1 where exactly one of the inputs is 1.

    Returns
    -------
    x : ndarray, shape (2, 4)
        The columns (0, 0), (0, 1), (1, 0), (1, 1).
    y : ndarray, shape (1, 4)
        ``[[0, 1, 1, 0]]``, that is ``abs(x[0] - x[1])``.

    Notes
    -----
    That no single layer of threshold units solves it is in Minsky and Papert, "Perceptrons" (1969).
    """
    x = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
    return x, np.abs(x[:1] - x[1:])


def two_moons(m: int = 200, noise: float = 0.1, seed: int = 0) -> tuple[Array, Array]:
    """Return points on two half circles that reach into each other, half of them on each.

    With t drawn uniformly from [0, pi), before the noise::

        y = 0:  x = (cos t, sin t)
        y = 1:  x = (1 - cos t, 1/2 - sin t)

    Parameters
    ----------
    m : int
        How many examples, an even number: columns 0 to m/2 - 1 have y = 0, the others y = 1.
    noise : float
        Standard deviation of the normal numbers that are added to both coordinates.
    seed : int
        The same seed gives the same examples (with the same NumPy), another one gives new ones.

    Returns
    -------
    x : ndarray, shape (2, m)
    y : ndarray, shape (1, m)

    Raises
    ------
    TypeError
        If m or seed is no whole number, or noise no real number.
    ValueError
        If m is odd or less than 2, or noise or seed is negative, or noise is not finite.

    Notes
    -----
    The shape is that of Zhou et al., "Learning with local and global consistency" (2004), in the
    proportions of scikit-learn's ``make_moons``.
    """
    m = positive_int(m, "two_moons: m")
    half, odd = divmod(m, 2)
    if odd:
        raise ValueError(
            f"two_moons: m must be even, half of the examples for each moon, got {shown(m)}; "
            f"take {shown(m + 1)}"
        )
    noise = abs(real_number(noise, "two_moons: noise", low=0.0))  # -0.0 is no scale to NumPy
    rng = np.random.default_rng(_seed(seed))
    try:
        t, s = rng.uniform(0.0, np.pi, size=(2, half))
    except (MemoryError, OverflowError, ValueError) as error:
        raise ValueError(
            f"two_moons: m = {shown(m)} examples are more than fit into the memory ({error}); "
            "choose a smaller number"
        ) from None
    upper = np.stack([np.cos(t), np.sin(t)])
    lower = np.stack([1.0 - np.cos(s), 0.5 - np.sin(s)])
    x = np.concatenate([upper, lower], axis=1)
    return x + rng.normal(0.0, noise, size=x.shape), np.repeat([[0.0, 1.0]], half, axis=1)


def _seed(seed: object) -> int:
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool | np.timedelta64):
        raise TypeError(
            f"two_moons: seed must be a whole number, got {shown(seed)} ({type(seed).__name__})"
        )
    if seed < 0:
        raise ValueError(f"two_moons: seed must be at least 0, got {shown(seed)}")
    return int(seed)
