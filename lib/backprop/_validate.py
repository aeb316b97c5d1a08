"""Checks that public functions share: what is wrong, in which argument, and the way out."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from numbers import Real
from typing import Any, ClassVar, Protocol, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "all_finite",
    "exact",
    "finite",
    "first_bad",
    "instance",
    "masked",
    "numbers",
    "pick",
    "positive_int",
    "real_number",
    "shown",
]


class _Named(Protocol):
    name: ClassVar[str]


T = TypeVar("T", bound=_Named)

FLOAT64 = np.dtype(np.float64)


def numbers(value: object, what: str, *, allow_complex: bool = False) -> NDArray[Any]:
    """Return `value` as a float64 (or complex128) array; the same object if it is one already.

    Booleans, integers and other floats are converted; text, objects and ragged lists are refused.
    """
    if type(value) is np.ndarray and value.dtype is FLOAT64:
        return value
    if masked(value):
        raise TypeError(
            f"{what} is a masked array, and its mask would be lost; choose what stands in the masked "
            "places with .filled(...), or leave them out with .compressed()"
        )
    try:
        array = np.asarray(value)
    except Exception as error:  # an object may raise anything when it is asked for its numbers
        refused = TypeError if isinstance(error, TypeError) else ValueError
        raise refused(f"{what} cannot be read as an array of numbers: {error}") from error
    if array.dtype.kind == "c" and allow_complex:
        return np.asarray(array, dtype=np.complex128)
    if array.dtype.kind == "c":
        raise TypeError(
            f"{what} must be real, got {array.dtype}; pass its .real part if you mean it"
        )
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"{what} must be an array of numbers, got {type(value).__name__} "
            f"(dtype {array.dtype}); convert it with np.asarray(..., dtype=float)"
        )
    with np.errstate(over="ignore"):  # wider floats than float64 can hold become infinite
        return np.asarray(array, dtype=np.float64)


def masked(value: object, depth: int = 64) -> bool:
    """Whether `value` is a masked array, or a list with one in it (NumPy has 64 axes at most)."""
    if isinstance(value, list | tuple):
        return depth > 0 and any(masked(entry, depth - 1) for entry in value)
    return isinstance(value, np.ma.MaskedArray)


def exact(number: Any) -> str:
    """Return `number` in six digits if these are all it has, else in as many as it has."""
    short = f"{number:g}"
    return short if complex(short) == number else str(number)


def first_bad(array: NDArray[Any]) -> str | None:
    """Say where `array` first holds NaN or infinity, or return None when all of it is finite."""
    if all_finite(array):
        return None
    index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
    return f"{array[index]}" + (f" at index {index}" if index else "")


def all_finite(*arrays: NDArray[Any]) -> bool:
    """Whether no entry of the arrays is NaN or infinite."""
    # One product asks all of them at once, ten times as fast; when they are huge, its answer means
    # nothing.
    squares = sum([float(abs(np.vdot(array, array))) for array in arrays])
    return math.isfinite(squares) or all(np.isfinite(array).all() for array in arrays)


def finite(array: NDArray[Any], what: str) -> None:
    """Raise ValueError when `array` holds NaN or infinity, saying where."""
    bad = first_bad(array)
    if bad is not None:
        raise ValueError(f"{what} is {bad}; every entry must be finite: remove or replace it first")


def real_number(
    value: object, what: str, *, low: float, high: float = math.inf, open_low: bool = False
) -> float:
    """Return `value` as a float in [low, high), or in (low, high) with `open_low`."""
    # Asking for `float` first saves the question about `Real`, which takes longer than a product.
    if type(value) is not float and (
        not isinstance(value, Real) or isinstance(value, bool | np.timedelta64)
    ):
        raise TypeError(
            f"{what} must be a real number, got {shown(value)} ({type(value).__name__})"
        )
    try:
        number = float(value)
    except OverflowError:
        raise ValueError(
            f"{what} must be finite, got a number beyond the range of floats; "
            "choose a number such as 0.1"
        ) from None
    if not math.isfinite(number):
        raise ValueError(f"{what} must be finite, got {number}; choose a number such as 0.1")
    if number < low or number >= high or (open_low and number == low):
        least = f"greater than {low:g}" if open_low else f"at least {low:g}"
        most = "" if high == math.inf else f" and less than {high:g}"
        raise ValueError(f"{what} must be {least}{most}, got {exact(number)}")
    return number


def shown(value: object) -> str:
    """Return `value` as a message shows it: short, whatever its repr does."""
    try:
        text = repr(value)
    except Exception:  # a whole number of 5,000 digits has none, and an object's may raise anything
        text = f"a {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:60]} ..."


def positive_int(value: object, what: str) -> int:
    """Return `value` as an int of at least 1."""
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or isinstance(value, bool | np.bool):
        raise TypeError(
            f"{what} must be a whole number, got {shown(value)} ({type(value).__name__})"
        )
    if number < 1:
        raise ValueError(f"{what} must be at least 1, got {shown(number)}")
    return number


def instance(value: object, kind: type[Any], what: str, way_out: str) -> None:
    """Raise TypeError unless `value` is of the `kind`."""
    if not isinstance(value, kind):
        raise TypeError(f"{what} must be a {kind.__name__}, got {type(value).__name__}; {way_out}")


def pick(choice: object, known: Iterable[T], kind: type[Any], what: str) -> T:
    """Return the member of `known` whose name is `choice`; an object of the `kind` is its own."""
    if isinstance(choice, kind):
        return cast(T, choice)
    by_name: dict[str, T] = {item.name: item for item in known}
    if not isinstance(choice, str):
        raise TypeError(f"{what} must be one of {', '.join(by_name)}; got {shown(choice)}")
    if choice not in by_name:
        raise ValueError(f"unknown {what} {shown(choice)}; the known ones are {', '.join(by_name)}")
    return by_name[choice]
