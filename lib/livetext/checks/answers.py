"""What a learner's function returned, read as the numbers that were asked for."""

from collections.abc import Mapping, Sequence, Set
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop.autodiff import Var

Array = NDArray[np.float64]
LARGEST = 10**6  # entries of a sequence that are worth reading
CEILING = 1e-3  # relative error that no precision excuses: float32 stays below it, float16 does not


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


def read(
    value: Any, expected: Sequence[Array], names: Sequence[str], exact: bool = False
) -> list[Array]:
    """The returned value as one array for each expected one, in its shape and own precision.

    The arrays are copies, for an answer may use its own again. With ``exact`` the shapes must be
    those expected; without it a column may stand for a vector, and one number for a scalar.

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
        return [read_one(value, expected[0], "your answer", exact)]
    parts = _parts(value, names)
    if all(part is ... for part in parts):
        raise NotAttempted
    return [
        read_one(part, right, f"your {name}", exact)
        for part, right, name in zip(parts, expected, names, strict=True)
    ]


def _parts(value: Any, names: Sequence[str]) -> list[Any]:
    if isinstance(value, Mapping) and set(value) == set(names):
        return [value[name] for name in names]
    count = length(value)
    if count == len(names):
        return list(value)
    if value is None:
        raise Trouble("none", _none("your answer"))
    wanted = f"{len(names)} values, {', '.join(names)}"
    found = f"one value of type {type(value).__name__}" if count is None else f"{count:,} values"
    raise Trouble("count", f"your function should return {wanted}; yours returns {found}")


def length(value: Any) -> int | None:
    """How many values there are in order; None for text, for sets and for a single number."""
    if isinstance(value, str | bytes | Mapping | Set):
        return None
    try:
        return len(value)
    except TypeError:  # as of an array without axes, whoever made it
        return None


def read_one(value: Any, expected: Array, what: str, exact: bool = False) -> Array:
    """One array in the shape expected."""
    array = _numbers(value, what)
    if array.shape != expected.shape:
        array = _reshaped(array, expected.shape, what, exact)
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        at = f" at index {where}" if where else ""
        why = (
            "The inputs are ordinary numbers, so a step on the way divides by zero, takes the "
            "logarithm of zero, or grows beyond all bounds"
        )
        if is_coarse(array):
            why = f"{array.dtype} ends at {float(np.finfo(array.dtype).max):g}; compute in float64"
        raise Trouble("not finite", f"{what} is {array[where]}{at}. {why}")
    return array


def _none(what: str) -> str:
    return f"{what} is None. Does the function end with a return, and does it return the result?"


def _numbers(value: Any, what: str) -> NDArray[Any]:
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
    if isinstance(value, Mapping | Set):
        raise Trouble("kind", f"{what} is a {kind}; return a number or an array")
    if callable(value):
        raise Trouble("kind", f"{what} is a function; is a pair of parentheses missing behind it?")
    if np.ma.is_masked(value):
        raise Trouble("kind", f"{what} has masked entries; return all of its numbers")
    count = length(value) or 0
    if count > LARGEST:
        raise Trouble("shape", f"{what} has {count:,} entries, far too many")
    try:
        array = _copied(value)
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


def _copied(value: Any) -> NDArray[Any]:
    """The numbers of anything that has some, whichever of the usual ways it has to show them."""
    value = _untracked(value)
    array = np.array(value)
    if array.dtype == object:  # no array in NumPy's eyes, but fractions and decimals are numbers
        if array.shape == () and hasattr(type(value), "item"):
            value = value.item()
        array = np.array(value, dtype=np.float64)
    return array


def _untracked(value: Any) -> Any:
    """Without the records that a variable of ours, or another library's tensor, keeps of its past."""
    if isinstance(value, Var):
        return value.value
    if hasattr(type(value), "detach"):
        return value.detach()
    if isinstance(value, list | tuple):
        return [_untracked(entry) for entry in value]
    return value


def _reshaped(array: NDArray[Any], shape: tuple[int, ...], what: str, exact: bool) -> NDArray[Any]:
    if array.size == 1 and shape == ():
        return array.reshape(())
    # A vector may stand as a column or a row; beside another long axis it could be either.
    long = [n for n in shape if n != 1]
    if (
        not exact
        and array.size == np.prod(shape)
        and len(long) <= 1
        and [n for n in array.shape if n != 1] == long
    ):
        return array.reshape(shape)
    if array.shape == shape[::-1] and len(shape) == 2:
        raise Trouble(
            "transposed", f"{what} has shape {array.shape} where {shape} belongs: it is transposed"
        )
    story = f"{what} has shape {array.shape}; it should be {shape or 'a single number'}"
    if exact and array.size == np.prod(shape):
        story += ". The numbers are as many, but what calculates with them lines them up by shape"
    raise Trouble("shape", story)


def agrees(found: NDArray[Any], right: NDArray[Any], tolerance: float) -> bool:
    """Equal up to ``tolerance`` times the largest entry, or as well as the precision allows."""
    precision = 1e3 * float(np.finfo(found.dtype).eps)
    return error(found, right) <= max(tolerance, min(precision, CEILING))


def is_coarse(found: NDArray[Any]) -> bool:
    """Too few digits to tell right from nearly right, as in float16."""
    return 1e3 * float(np.finfo(found.dtype).eps) > CEILING


def is_rounded(found: NDArray[Any], right: NDArray[Any]) -> bool:
    """No further off than a computation in its precision may be."""
    return error(found, right) <= 10 * float(np.finfo(found.dtype).eps)


def error(found: NDArray[Any], right: NDArray[Any]) -> float:
    """The largest difference, relative to the largest right entry."""
    scale = float(np.max(np.abs(right), initial=0.0)) or 1.0
    return float(np.max(np.abs(found.astype(np.float64) - right), initial=0.0)) / scale
