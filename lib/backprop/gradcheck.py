"""Check a gradient against independent witnesses: central differences and the complex step."""

from __future__ import annotations

import math
from collections.abc import Callable
from operator import attrgetter
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._gradient_report import GradientReport, Index
from ._validate import finite, numbers, real_number, shown
from ._witnesses import Witnesses

__all__ = ["GradientReport", "check_gradient"]

Array = NDArray[np.float64]
Function = Callable[[Any], Any]

_TOLERANCE = {"central": 1e-6, "complex": 1e-10}


def check_gradient(
    f: Function,
    x: ArrayLike,
    gradient: ArrayLike | Function,
    method: Literal["central", "complex"] = "central",
    *,
    h: float | None = None,
    tolerance: float | None = None,
) -> GradientReport:
    """Compare the gradient of f at x with slopes measured from f alone.

    Central differences, with an error of order h**2 and rounding of order ``eps |f| / h``::

        df/dx_i = (f(x + h e_i) - f(x - h e_i)) / (2 h)

    The complex step, with an error of order h**2 and no subtraction, hence no such rounding::

        df/dx_i = Im f(x + i h e_i) / h

    Parameters
    ----------
    f : callable
        Takes an array of x's shape and returns one number, always the same one for the same x. For
        the complex step it must be analytic and compute in complex numbers throughout: no abs, no
        comparison, no conj, no .real, no float().
    x : array_like, any shape
        Where to check. f gets copies, and x is unchanged afterwards whatever f does.
    gradient : array_like of x's shape, or callable
        The gradient under test, or a function of x that returns it.
    method : {"central", "complex"}
        The witness.
    h : float, optional
        The step. By default ``cbrt(eps) * max(1, |x_i|)`` for central differences, which balances
        their two errors, or a smaller one where f changes too fast for that; and 1e-20 for the
        complex step.
    tolerance : float, optional
        The relative error allowed; 1e-6 for central differences and 1e-10 for the complex step.

    Returns
    -------
    GradientReport
        Above all ``passed``, ``max_relative_error`` and ``kinks``.

    Raises
    ------
    ValueError, TypeError
        If x is empty or not finite, gradient has another shape, f is not callable, does not return
        one finite number, or not the same for the same x (it is random, counts its calls, or reads
        what it changes), the method is unknown, or, with the complex step, f does not carry the
        imaginary part.

    Notes
    -----
    A slope agrees if ``|a - n| <= tolerance * max(|a|, |n|)``, or if the difference is below the
    floor, the error that n itself may have: ``16 eps |f| / h`` for the rounding of f, and twice
    what the slopes of h, 0.47 h and 0.47**2 h disagree in (four times, and a thousandth of their
    gap, where f has lost digits inside, as a loss near 0 has). With an h of your own the floor
    stays that of the default, so that you see the error of your h. For the complex step the floor
    is ``64 eps max |n|``: differencing loses no digits, but what f itself cancels stays lost.

    Three steps must support each other: their central slopes agree, and the gap between the
    one-sided ones, ``(f(x + h) - f(x))/h`` and ``(f(x) - f(x - h))/h``, shrinks as h does. Where
    they do not, h shrinks on, down to about h**2: so f may change fast, or have a kink near x. If
    the slopes never settle, the one-sided ones may, to two limits: this is a kink at x, where there
    is no derivative to be right about. The kink is listed, not compared, and only a value outside
    its two slopes is wrong. Anything else is undecided, and the report says why: f jumps at x, its
    slope grows without end, or it is rough, as when it computes in single precision. Both methods
    look at these real steps; the complex step takes none along x, and alone would see nothing of
    this.

    The derivative of a network at a kink is a convention, and what reverse mode makes of
    conventions need not be a slope of f at all. With relu'(0) = 0 it finds 0 at z = 0 for
    2 relu(z) - relu(-z), whose slopes are 1 and 2, and for relu(z) - relu(-z), which is z and has
    slope 1 everywhere. The check calls both wrong, and they are.

    Sources: Squire and Trapp, "Using complex variables to estimate derivatives of real functions"
    (1998); Martins, Sturdza and Alonso, "The complex-step derivative approximation" (2003).
    """
    if not isinstance(method, str) or method not in _TOLERANCE:
        raise ValueError(
            f"check_gradient: unknown method {shown(method)}; use 'central' or 'complex'"
        )
    if not callable(f):
        raise TypeError(
            f"check_gradient: f must be a function of x, got {type(f).__name__}; pass f, not f(x)"
        )
    point = numbers(x, "check_gradient: x").copy()
    if point.size == 0:
        raise ValueError(f"check_gradient: x is empty, shape {point.shape}; nothing to check")
    finite(point, "check_gradient: x")
    allowed = _positive(tolerance, "tolerance", _TOLERANCE[method])
    own = None if h is None else _positive(h, "h", 1.0)
    try:
        analytic = _analytic(gradient, point)
        witnesses = Witnesses(f, point)
        ladders = witnesses.ladders(0.1 * min(allowed, _TOLERANCE["central"]))
        slope, left, right, step, error, kinked = (
            np.array([attrgetter(name)(ladder) for ladder in ladders.values()]).reshape(point.shape)
            for name in ("rung.central", "rung.left", "rung.right", "rung.step", "error", "kink")
        )
        settled = np.isfinite(error) & ~kinked
        numeric, floor = slope, error
        if method == "complex":
            step = np.full_like(point, own or 1e-20)
            numeric = witnesses.complex_step(step, slope, np.where(settled, error, np.inf))
            greatest = float(np.abs(numeric).max())
            floor = np.maximum(64 * np.finfo(float).eps * greatest, step * allowed)
        elif own is not None:
            step = np.full_like(point, own)
            numeric = witnesses.central(step)
        witnesses.ask_again()
    finally:
        _restore(x, point)

    difference = np.abs(analytic - numeric)
    size = np.maximum(np.abs(analytic), np.abs(numeric))
    relative = difference / np.where(size > 0.0, size, 1.0)
    with np.errstate(over="ignore"):
        least = np.maximum(np.where(settled, floor, 1.0) / allowed, np.finfo(float).tiny)
    judged = difference / np.maximum(size, least)
    undecided = {i: ladder.trouble for i, ladder in ladders.items() if ladder.trouble}
    wrong = np.where(kinked, _outside(analytic, left, right, error), settled & (judged > allowed))
    if method == "central" and own is not None:
        # The default step says whether it is the gradient that is wrong, or h.
        close = np.abs(analytic - slope) <= np.maximum(allowed * np.abs(slope), error)
        for i in _indices(wrong & settled & close):
            undecided[i] = f"the difference of h = {own:g} is itself off; the default's is not"
            wrong[i] = False
    compared = np.where(settled, judged, -1.0)
    worst = np.unravel_index(int(compared.argmax()), point.shape)
    return GradientReport(
        passed=bool(settled.any()) and not wrong.any() and not undecided,
        max_relative_error=float(compared.max()) if settled.any() else math.nan,
        kinks=_indices(kinked),
        wrong=_indices(wrong),
        undecided=undecided,
        worst=tuple(int(i) for i in worst) if settled.any() else None,
        analytic=analytic,
        numeric=numeric,
        relative_error=relative,
        left=left,
        right=right,
        method=method,
        tolerance=allowed,
        floor=floor,
        h=step,
        note=witnesses.precision() if wrong.any() or undecided else "",
    )


def _outside(analytic: Array, left: Array, right: Array, error: Array) -> NDArray[np.bool]:
    """Whether a value lies outside the two slopes of a kink, by more than their own error."""
    slack = 2.0 * error + 1e-3 * np.abs(right - left)
    low, high = np.minimum(left, right) - slack, np.maximum(left, right) + slack
    return (analytic < low) | (analytic > high)


def _analytic(gradient: ArrayLike | Function, x: Array) -> Array:
    found = gradient(x.copy()[()]) if callable(gradient) else gradient
    analytic = numbers(found, "check_gradient: gradient").copy()
    if analytic.shape != x.shape:
        raise ValueError(
            f"check_gradient: gradient has shape {analytic.shape} and x {x.shape}; "
            "the gradient has one slope for each entry of x"
        )
    finite(analytic, "check_gradient: gradient")
    return analytic


def _positive(value: float | None, name: str, default: float) -> float:
    if value is None:
        return default
    return real_number(value, f"check_gradient: {name}", low=0.0, open_low=True)


def _restore(x: ArrayLike, point: Array) -> None:
    """Undo what f wrote into the caller's array, as when x is a network's own W."""
    if isinstance(x, np.ndarray) and x.flags.writeable and not np.array_equal(x, point):
        x[...] = point


def _indices(mask: NDArray[np.bool]) -> tuple[Index, ...]:
    return tuple(tuple(int(i) for i in index) for index in np.argwhere(mask))
