"""Small data sets, columns are examples: x is ``(n_in, m)``, y is what the network should answer.

Two are points in the plane with y 0 or 1, and no straight line tells their classes apart, so a
network needs a hidden layer. The third are images of hand-written digits.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ._validate import positive_int, real_number, shown

__all__ = ["digits", "two_moons", "xor"]

Array = NDArray[np.float64]
Examples = tuple[Array, Array]


def xor() -> Examples:
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


def two_moons(m: int = 200, noise: float = 0.1, seed: int = 0) -> Examples:
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


def digits() -> tuple[Examples, Examples, Examples]:
    """Return 1,797 images of hand-written digits: what to train on, what to choose by, what to test on.

    ::

        (x, y), (x_validation, y_validation), (x_test, y_test) = digits()

    Each image has 8 by 8 pixels, which stand row by row in a column of x: 0 is paper, 1 is ink.
    The column of y beside it has a 1 in the row of the digit and 0 elsewhere.

    Returns
    -------
    training : tuple of ndarray, shapes (64, 1197) and (10, 1197)
    validation : tuple of ndarray, shapes (64, 300) and (10, 300)
    test : tuple of ndarray, shapes (64, 300) and (10, 300)
        The order was drawn once, ``numpy.random.default_rng(0).permutation(1797)``, and does not change.

    Notes
    -----
    E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
    Repository (1998), doi 10.24432/C50P49, under CC BY 4.0: its test set, by 13 people, as
    scikit-learn's ``load_digits`` hands it out. A pixel counts the inked dots of a 4 by 4 block, 0
    to 16, and is divided by 16 here; nothing else was changed.
    """
    with np.load(Path(__file__).with_name("digits.npz")) as stored:
        order = np.random.default_rng(0).permutation(stored["labels"].size)
        x = stored["images"][order].T / 16.0
        y = np.eye(10)[:, stored["labels"][order]]
    training, validation, test = (
        (np.ascontiguousarray(x[:, part]), np.ascontiguousarray(y[:, part]))
        for part in (slice(1197), slice(1197, 1497), slice(1497, None))
    )
    return training, validation, test


def _seed(seed: object) -> int:
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool | np.timedelta64):
        raise TypeError(
            f"two_moons: seed must be a whole number, got {shown(seed)} ({type(seed).__name__})"
        )
    if seed < 0:
        raise ValueError(f"two_moons: seed must be at least 0, got {shown(seed)}")
    return int(seed)
