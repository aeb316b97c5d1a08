"""What a learner's function returned, read as the numbers that were asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..autodiff import Var

Array = NDArray[np.float64]
LARGEST = 10**6  # entries of a sequence that are worth reading


class Trouble(Exception):
    """Why an answer cannot be compared, or what is wrong with it.

    Attributes
    ----------
    name
        Of this kind of trouble, for tests.
    example
        Numbers that show it, or nothing.
    """

    def __init__(self, name: str, message: str, example: str = "") -> None:
        super().__init__(message if message.endswith((".", "?")) else f"{message}.")
        self.name, self.example = name, example


class NotAttempted(Exception):
    """The answer is still the stub's."""


def read(value: Any, expected: Sequence[Array], names: Sequence[str]) -> list[Array]:
    """The returned value as one array for each expected one, in its shape and own precision.

    Raises
    ------
    NotAttempted
        It is ``...``, or made of nothing else.
    Trouble
        It is no number, not as many, of another shape, or not finite.
    """
    if value is ...:
        raise NotAttempted
    if len(expected) == 1 and not names:
        return [read_one(value, expected[0], "your answer")]
    parts = _parts(value, names)
    if all(part is ... for part in parts):
        raise NotAttempted
    return [
        read_one(part, right, f"your {name}")
        for part, right, name in zip(parts, expected, names, strict=True)
    ]


def _parts(value: Any, names: Sequence[str]) -> list[Any]:
    wanted = f"{len(names)} values, {', '.join(names)}"
    if isinstance(value, Mapping) and set(value) == set(names):
        return [value[name] for name in names]
    several = isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)
    if several and len(value) == len(names):
        return list(value)
    if value is None:
        raise Trouble("none", _none("your answer"))
    kind = type(value).__name__
    found = f"{len(value)} values" if several else f"one value of type {kind}"
    raise Trouble("count", f"your function should return {wanted}; yours returns {found}")


def read_one(value: Any, expected: Array, what: str) -> Array:
    """One array in the shape expected; a column stands for a vector, one number for a scalar."""
    array = _numbers(value, what)
    if array.shape != expected.shape:
        array = _reshaped(array, expected.shape, what)
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        at = f" at index {where}" if where else ""
        raise Trouble(
            "not finite",
            f"{what} is {array[where]}{at}. The inputs are ordinary numbers, so a step on the way "
            "divides by zero, takes the logarithm of zero, or grows beyond all bounds",
        )
    return array


def _none(what: str) -> str:
    return f"{what} is None. Does the function end with a return, and does it return the result?"


def _numbers(value: Any, what: str) -> NDArray[Any]:
    value = value.value if isinstance(value, Var) else value
    if value is None:
        raise Trouble("none", _none(what))
    if value is ...:
        raise Trouble("stub", f"{what} is still the dots of the stub")
    kind = type(value).__name__
    if isinstance(value, str | bytes):
        raise Trouble("text", f"{what} is text; return the number itself, without quotes")
    if hasattr(type(value), "__next__"):
        raise Trouble(
            "generator", f"{what} is a {kind}, which makes its numbers later; put list( ) around it"
        )
    if isinstance(value, Mapping | set | frozenset):
        raise Trouble("kind", f"{what} is a {kind}; return a number or an array")
    if callable(value):
        raise Trouble("kind", f"{what} is a function; is a pair of parentheses missing behind it?")
    try:
        if (
            not isinstance(value, np.ndarray)
            and hasattr(type(value), "__len__")
            and len(value) > LARGEST
        ):
            raise Trouble("shape", f"{what} has {len(value):,} entries, far too many")
        array = np.asarray(value)
        if array.dtype == object:  # fractions and decimals are numbers, too
            array = np.asarray(value, dtype=np.float64)
    except Trouble:
        raise
    except Exception as error:
        raise Trouble(
            "kind", f"{what}, a {kind}, cannot be read as numbers ({type(error).__name__})"
        ) from None
    if array.dtype.kind == "c":
        raise Trouble(
            "complex",
            f"{what} is complex, but the right answer is real; take the part you need, .real or .imag",
        )
    if array.dtype.kind not in "iuf":
        raise Trouble("kind", f"{what} holds {array.dtype} values; return numbers")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _reshaped(array: NDArray[Any], shape: tuple[int, ...], what: str) -> NDArray[Any]:
    if array.size == 1 and shape == ():
        return array.reshape(())
    # A vector may stand as a column or a row; beside another long axis it could be either.
    long = [n for n in shape if n != 1]
    if (
        array.size == np.prod(shape)
        and len(long) <= 1
        and [n for n in array.shape if n != 1] == long
    ):
        return array.reshape(shape)
    if array.shape == shape[::-1] and len(shape) == 2:
        raise Trouble(
            "transposed", f"{what} has shape {array.shape} where {shape} belongs: it is transposed"
        )
    raise Trouble(
        "shape", f"{what} has shape {array.shape}; it should be {shape or 'a single number'}"
    )


def agrees(found: NDArray[Any], right: NDArray[Any], tolerance: float) -> bool:
    """Equal up to ``tolerance`` times the largest entry, or as well as the precision allows."""
    return error(found, right) <= max(tolerance, 1e3 * float(np.finfo(found.dtype).eps))


def error(found: NDArray[Any], right: NDArray[Any]) -> float:
    """The largest difference, relative to the largest right entry."""
    scale = float(np.max(np.abs(right), initial=0.0)) or 1.0
    return float(np.max(np.abs(found.astype(np.float64) - right), initial=0.0)) / scale
