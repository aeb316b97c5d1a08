"""Check a gradient against independent witnesses: central differences and the complex step."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._validate import finite, numbers, real_number

__all__ = ["GradientReport", "check_gradient"]

Array = NDArray[np.float64]
Index = tuple[int, ...]
Function = Callable[[Any], Any]

_TOLERANCE = {"central": 1e-6, "complex": 1e-10}


@dataclass(frozen=True, eq=False, repr=False)
class GradientReport:
    """What `check_gradient` found.

    Attributes
    ----------
    passed : bool
        Whether every coordinate agrees, or is a kink with an analytic value between its slopes.
    max_relative_error : float
        The greatest relative error away from kinks, ``|a - n| / max(|a|, |n|, floor)``.
    kinks : tuple of index tuples
        Where the function has no derivative within a step of x.
    wrong : tuple of index tuples
        Where the check fails.
    worst : index tuple or None
        Where the relative error is greatest; None if every coordinate is a kink.
    analytic : ndarray
        The gradient under test, in x's shape, as are the arrays below.
    numeric : ndarray
        What the witness found.
    relative_error : ndarray
        Their relative difference.
    left : ndarray
        The one-sided slope towards smaller x.
    right : ndarray
        The one-sided slope towards greater x; the two differ at a kink.
    method : str
        ``"central"`` or ``"complex"``.
    tolerance : float
        The relative error allowed.
    floor : ndarray
        The least size that the error of each coordinate is taken relative to.
    h : ndarray
        The step of each coordinate.
    """

    passed: bool
    max_relative_error: float
    kinks: tuple[Index, ...]
    wrong: tuple[Index, ...]
    worst: Index | None
    analytic: Array
    numeric: Array
    relative_error: Array
    left: Array
    right: Array
    method: str
    tolerance: float
    floor: Array
    h: Array

    def __str__(self) -> str:
        # Digits below the tolerance are rounding and differ between machines: none is printed.
        witness = "central differences" if self.method == "central" else "the complex step"
        count = self.analytic.size
        if self.passed:
            text = f"passed: all {count} slopes agree with {witness} to {self.tolerance:g}"
        else:
            i = max(self.wrong, key=lambda index: float(self.relative_error[index]))
            text = (
                f"FAILED: {len(self.wrong)} of {count} slopes disagree with {witness}; worst at "
                f"{i}: analytic {self.analytic[i]:.6g}, numeric {self.numeric[i]:.6g}, "
                f"relative error {self.relative_error[i]:.2g}"
            )
        return text + (f"; kinks at {', '.join(map(str, self.kinks))}" if self.kinks else "")

    def __repr__(self) -> str:
        return f"<gradient check {self}>"


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
        Takes an array of x's shape and returns one number. For the complex step it must accept
        complex arrays and be analytic: no abs, no conj, no .real, no float().
    x : array_like, any shape
        Where to check. f gets copies, and x is unchanged afterwards whatever f does.
    gradient : array_like of x's shape, or callable
        The gradient under test, or a function of x that returns it.
    method : {"central", "complex"}
        The witness.
    h : float, optional
        The step. By default ``cbrt(eps) * max(1, |x_i|)`` for central differences, which balances
        their two errors, and 1e-20 for the complex step.
    tolerance : float, optional
        The relative error allowed; 1e-6 for central differences and 1e-10 for the complex step.

    Returns
    -------
    GradientReport
        Above all ``passed``, ``max_relative_error`` and ``kinks``.

    Raises
    ------
    ValueError, TypeError
        If x is empty or not finite, gradient has another shape, f does not return one finite
        number, the method is unknown, or, with the complex step, f does not carry the imaginary
        part.

    Notes
    -----
    The relative error is ``|a - n| / max(|a|, |n|, floor)``. Below the floor it is an absolute
    error in disguise, since a slope of 0 has no relative error. For central differences the floor
    is ``1e-3 * max(1, |f(x)|, max |n|)``, so that mistakes smaller than a billionth of that maximum
    pass: they are lost in the rounding of f. It is higher where that is not enough for the error
    of order h**2, as estimated from halving h; but not with an h of your own, so that you see the
    error of that h. For the complex step the floor is ``1e-3 * max |n|``, and at least h.

    A kink is a coordinate whose one-sided slopes ``(f(x + h) - f(x))/h`` and
    ``(f(x) - f(x - h))/h`` disagree. Where f is smooth their gap halves whenever h does. It is
    measured at h, h/2 and h/4, always from the default h of central differences, and a gap that
    does not halve, beyond a rounding of ``1e3 eps max(1, |f|) / h``, is a kink at x or within h.
    There is no derivative to be right about, so a kink is no failure and does not count in
    `max_relative_error`, but it is listed. Still, every convention in use takes a value between
    the two slopes: one outside them by more than a tenth of the gap fails. The complex step alone
    sees no kinks, since it takes no step along x.

    Sources: Squire and Trapp, "Using complex variables to estimate derivatives of real functions"
    (1998); Martins, Sturdza and Alonso, "The complex-step derivative approximation" (2003).
    """
    if method not in _TOLERANCE:
        raise ValueError(f"check_gradient: unknown method {method!r}; use 'central' or 'complex'")
    point = numbers(x, "check_gradient: x").copy()
    if point.size == 0:
        raise ValueError(f"check_gradient: x is empty, shape {point.shape}; nothing to check")
    finite(point, "check_gradient: x")
    allowed = _positive(tolerance, "tolerance", _TOLERANCE[method])
    balanced = np.cbrt(np.finfo(float).eps) * np.maximum(1.0, np.abs(point))
    step = balanced
    if h is not None or method == "complex":
        step = np.full_like(point, _positive(h, "h", 1e-20))
    try:
        analytic = _analytic(gradient, point)
        value = _value(f, point)
        real = _slopes(f, point, value, balanced)
        if method == "complex":
            witness = np.where(real.kinked, np.nan, real.central)
            numeric = _complex_step(f, point, step, witness, value)
            floor = np.maximum(1e-3 * _size(numeric), step)
        elif h is None:
            numeric = real.central
            floor = 1e-3 * max(1.0, abs(value), _size(numeric))
            floor = np.maximum(floor, 2.0 / allowed * real.truncation)
        else:
            numeric = _slopes(f, point, value, step).central
            floor = np.full_like(point, 1e-3 * max(1.0, abs(value), _size(numeric)))
    finally:
        _restore(x, point)
    scale = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), floor)
    error = np.abs(analytic - numeric) / scale
    slack = 0.1 * np.abs(real.right - real.left)
    outside = (analytic < np.minimum(real.left, real.right) - slack) | (
        analytic > np.maximum(real.left, real.right) + slack
    )
    wrong = np.where(real.kinked, outside, error > allowed)
    smooth = np.where(real.kinked, -1.0, error)
    worst = np.unravel_index(int(smooth.argmax()), point.shape)
    return GradientReport(
        passed=not wrong.any(),
        max_relative_error=max(0.0, float(smooth.max())),
        kinks=_indices(real.kinked),
        wrong=_indices(wrong),
        worst=None if real.kinked.all() else tuple(int(i) for i in worst),
        analytic=analytic,
        numeric=numeric,
        relative_error=error,
        left=real.left,
        right=real.right,
        method=method,
        tolerance=allowed,
        floor=floor,
        h=step,
    )


class _Slopes(NamedTuple):
    """Slopes from real steps: one array of x's shape each."""

    central: Array
    left: Array
    right: Array
    truncation: Array  # of central, as its change on halving h estimates it
    kinked: NDArray[np.bool]


def _slopes(f: Function, x: Array, value: float, step: Array) -> _Slopes:
    """Measure the slopes of f at each coordinate of x, where f has the `value`."""
    central, left, right, truncation = (np.empty_like(x) for _ in range(4))
    kinked = np.zeros(x.shape, dtype=bool)
    for i in np.ndindex(x.shape):
        gaps, size = [], max(1.0, abs(value))  # f may round at 1 inside and be small itself
        for part in (4, 2, 1):  # from h/4 to h, so that the slopes of h itself are kept
            above, below = _moved(x, i, step[i] / part), _moved(x, i, -step[i] / part)
            if above[i] == x[i] or below[i] == x[i]:
                raise ValueError(
                    f"check_gradient: h = {step[i]:g} is too small to move coordinate {i} from "
                    f"{x[i]:g}; choose a greater h"
                )
            f_above, f_below = _value(f, above, i), _value(f, below, i)
            # x + h rounds; dividing by the difference that arose takes that error out again
            right[i] = (f_above - value) / (above[i] - x[i])
            left[i] = (value - f_below) / (x[i] - below[i])
            before, central[i] = central[i], (f_above - f_below) / (above[i] - below[i])
            gaps.append(float(right[i] - left[i]))
            size = max(size, abs(f_above), abs(f_below))
        truncation[i] = 4.0 / 3.0 * abs(central[i] - before)
        rounding = 1e3 * np.finfo(float).eps * size / step[i]
        curvature = 1e-3 * abs(gaps[2])
        excess = max(abs(gaps[1] - 2 * gaps[0]), abs(gaps[2] - 2 * gaps[1]))
        kinked[i] = excess > rounding + curvature
    return _Slopes(central, left, right, truncation, kinked)


def _complex_step(f: Function, x: Array, step: Array, witness: Array, value: float) -> Array:
    """Return Im f(x + ih)/h at each coordinate, after checking that f is analytic there."""
    numeric = np.empty_like(x)
    for i in np.ndindex(x.shape):
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            try:
                result = np.asarray(f(_moved(x, i, 1j * step[i])[()]))
            except (TypeError, np.exceptions.ComplexWarning) as error:
                raise TypeError(
                    f"check_gradient: f does not accept complex x ({error}); "
                    "use method='central', or write f without float() and real-only arrays"
                ) from error
        slope, real_slope = float(np.imag(_single(result)) / step[i]), float(witness[i])
        numeric[i] = slope
        if not np.isfinite(slope):
            raise ValueError(f"check_gradient: f is not finite with coordinate {i} moved by ih")
        size = max(abs(slope), abs(real_slope), 1e-6 * max(1.0, abs(value)))
        if abs(slope - real_slope) > 1e-2 * size:
            raise ValueError(
                f"check_gradient: the complex step finds slope {slope:.6g} at {i}, but real "
                f"steps find {real_slope:.6g}: f drops or changes the imaginary part (abs, conj, "
                ".real, float()); use method='central', or write f with analytic functions alone"
            )
    return numeric


def _moved(x: Array, i: Index, by: Any) -> NDArray[Any]:
    moved = x.astype(np.result_type(x, by))
    moved[i] += by
    return moved


def _value(f: Function, x: NDArray[Any], moved: Index | None = None) -> float:
    result = _single(np.asarray(f(x.copy()[()])))
    where = "x" if moved is None else f"x with coordinate {moved} at {x[moved]:.17g}"
    if np.iscomplexobj(result) or result.dtype.kind not in "biuf":
        raise TypeError(f"check_gradient: f must return a real number at {where}, got {result!r}")
    if not np.isfinite(result):
        raise ValueError(
            f"check_gradient: f is {result} at {where}; choose an x further inside f's domain"
        )
    return float(result)


def _single(result: NDArray[Any]) -> NDArray[Any]:
    if result.shape != ():
        raise ValueError(
            f"check_gradient: f must return one number, got shape {result.shape}; "
            "return its sum, or one entry"
        )
    return result


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


def _size(array: Array) -> float:
    return float(np.abs(array).max())


def _indices(mask: NDArray[np.bool]) -> tuple[Index, ...]:
    return tuple(tuple(int(i) for i in index) for index in np.argwhere(mask))
