"""From what a caller hands in to float64 numbers; and what is refused, under the name a reader knows."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._validate import FLOAT64, masked, shown
from .primitives import Shape

__all__ = ["all_finite", "as_float64", "called", "finite_float64", "misfit"]

SAFE = 2**63  # whole numbers below it are numbers to NumPy, too

# How a reader writes those primitives that are no function of this package.
WRITTEN = {
    "add": "a + b",
    "sub": "a - b",
    "mul": "a * b",
    "div": "a / b",
    "neg": "-a",
    "power": "a ** b",
    "greater": "a > b",
    "equal": "a == b",
    "take": "ad.index",
}


def called(op: str) -> str:
    """A function or a primitive as a reader calls it."""
    return WRITTEN.get(op, f"ad.{op}")


def as_float64(value: Any, what: str) -> Any:
    """The value as a float64 scalar or array; a clear error for anything that is not real."""
    # What most constants are; the way below takes up to five times as long.
    kind = type(value)
    if kind is float or kind is np.float64 or (kind is int and -SAFE < value < SAFE):
        return np.float64(value)
    if kind is np.ndarray and value.dtype is FLOAT64 and value.shape:
        return value.copy()
    if kind is int and not -SAFE <= value < 2 * SAFE:
        raise ValueError(
            f"{what}: a whole number of {value.bit_length()} bits is beyond NumPy's 64; "
            "write it as a float, such as 1e30"
        )
    if masked(value):
        raise TypeError(
            f"{what}: the mask of a masked array would be lost; pass its .compressed() or "
            ".filled(number)"
        )
    try:
        array = np.asarray(value)
    except Exception as error:  # an object may raise anything when it is asked for its numbers
        refused = TypeError if isinstance(error, TypeError) else ValueError
        raise refused(
            f"{what} expects numbers or a full array of them, got {kind.__name__} ({error})"
        ) from None
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{what} expects real numbers, got {kind.__name__} of dtype {array.dtype}")
    # Rows first, here and in every primitive: the memory order decides the order of a sum, and so
    # its last bit. Wider floats than float64 can hold become infinite.
    with np.errstate(over="ignore"):
        array = array.astype(np.float64, order="C")
    return array if array.shape else np.float64(array)


def finite_float64(value: Any, what: str) -> Any:
    """Like `as_float64`, but NaN and infinity are refused."""
    array = as_float64(value, what)
    if not all_finite(array):
        raise ValueError(
            f"{what} must be finite, got {shown(value)}; remove NaN and infinite entries"
        )
    return array


def all_finite(value: Any) -> bool:
    if type(value) is np.float64:
        return math.isfinite(value)
    # One product asks all entries at once; when they are huge, its answer means nothing.
    if math.isfinite(np.vdot(value, value)):
        return True
    return bool(np.count_nonzero(np.isfinite(value)) == value.size)


def misfit(op: str, shapes: Sequence[Shape], error: Exception) -> ValueError:
    """The error for arguments whose shapes NumPy refuses."""
    listed = " and ".join(map(str, shapes))
    if len(shapes) == 1:
        return ValueError(f"{called(op)}: not possible for shape {listed} ({error})")
    return ValueError(
        f"{called(op)}: arguments of shape {listed} do not fit together ({error}); "
        "reshape or transpose one of them"
    )
