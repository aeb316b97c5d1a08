"""What a learner of two classes answers in the plane, drawn behind the examples."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from livetext import draw

__all__ = ["decision"]

CLASSES = (("blue", "o"), ("orange", "^"))  # of y = 0 and y = 1: apart in colour and in shape
MARGIN = 0.25  # around the examples, as a part of their extent
GRID = 41  # points along the longer side, at which a learner is asked


def decision(
    predict: Callable[[NDArray[np.float64]], Any], x: ArrayLike, y: ArrayLike, width: float = 300
) -> Axes:
    """Examples of two classes, and behind them the regions in which a learner answers 0 or 1.

    Examples with y = 0 are blue circles, those with y = 1 orange triangles. The region in which the
    prediction is at most 1/2 is tinted blue, the rest orange, and a line runs along their border.

    Parameters
    ----------
    predict
        Takes points of shape ``(2, n)`` and returns predictions of shape ``(1, n)`` or ``(n,)``. If
        it returns ``...``, as a stub does, the examples alone are drawn.
    x : array_like, shape (2, m)
    y : array_like, shape (1, m) or (m,)
        0 or 1.
    width
        Of the picture, in points; its height is such that both axes have the same scale.

    Raises
    ------
    TypeError, ValueError
        The examples or the predictions have another shape, or are not finite; or a y is neither 0
        nor 1.
    """
    x, y = _examples(x, y)
    low, high = x.min(axis=1), x.max(axis=1)
    margin = MARGIN * (float(np.max(high - low)) or 1.0)
    low, high = low - margin, high + margin
    across, up = high - low
    left, bottom, right, top = draw.MARGINS
    picture = draw.axes(width, (width - left - right) * up / across + bottom + top)
    step = max(across, up) / (GRID - 1)
    ticks = [np.linspace(a, b, round((b - a) / step) + 1) for a, b in zip(low, high, strict=True)]
    grid = np.array(np.meshgrid(*ticks))
    answers = predict(grid.reshape(2, -1).copy())
    if answers is not ...:
        _regions(picture, grid, answers)
    for label, (color, marker) in enumerate(CLASSES):
        picture.plot(
            *x[:, y == label],
            linestyle="none",
            marker=marker,
            markersize=7,
            color=draw.PALETTE[color],
            markeredgecolor=draw.PALETTE["paper"],
            markeredgewidth=0.5,
        )
    picture.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xlabel="*x_1*", ylabel="*x_2*")
    picture.locator_params(nbins=6)
    picture.grid(visible=False)
    return picture


def _examples(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = _numbers(x, "x"), _numbers(y, "y")
    if x.ndim != 2 or len(x) != 2 or not x.size:
        raise ValueError(
            f"decision: x must have shape (2, m), a column for each example, got {x.shape}"
        )
    if y.shape not in ((1, x.shape[1]), (x.shape[1],)):
        raise ValueError(
            f"decision: y must have shape {(1, x.shape[1])}, one answer for each column of x "
            f"{x.shape}, got {y.shape}"
        )
    _finite(x, "x")
    y = y.reshape(-1)
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"decision: y must hold 0 and 1 alone, got {y[~np.isin(y, (0, 1))][0]:g}")
    return x, y


def _regions(picture: Axes, grid: NDArray[np.float64], answers: Any) -> None:
    p = _numbers(answers, "what predict returned")
    n = grid[0].size
    if p.shape not in ((1, n), (n,)):
        raise ValueError(
            f"decision: predict must return shape {(1, n)} for points of shape {(2, n)}, "
            f"got {p.shape}"
        )
    _finite(p, "what predict returned")
    p = p.reshape(grid[0].shape)
    # The outer levels lie beyond every prediction, so that the two regions cover the picture.
    levels = [min(p.min(), 0.0) - 1.0, 0.5, max(p.max(), 1.0) + 1.0]
    tints = [draw.PALETTE[color] for color, _ in CLASSES]
    picture.contourf(*grid, p, levels, colors=tints, alpha=0.2)
    if p.min() < 0.5 < p.max():
        picture.contour(*grid, p, [0.5], colors=draw.PALETTE["muted"], linewidths=1)


def _numbers(value: Any, what: str) -> NDArray[np.float64]:
    array = np.asarray(value)
    if array.dtype.kind not in "biuf" or np.ma.isMaskedArray(value):
        raise TypeError(
            f"decision: {what} must be an array of numbers, got {type(value).__name__} "
            f"(dtype {array.dtype}); convert it with np.asarray(..., dtype=float)"
        )
    return array.astype(np.float64)


def _finite(array: NDArray[np.float64], what: str) -> None:
    bad = np.argwhere(~np.isfinite(array))
    if bad.size:
        index = tuple(map(int, bad[0]))
        raise ValueError(
            f"decision: {what} is {array[index]} at index {index}; every entry must be finite"
        )
