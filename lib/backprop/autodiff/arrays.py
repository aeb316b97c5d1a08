"""Sums, products, shapes and indexing of Vars (or of numbers and arrays, which become constants).

What NumPy allows as an axis, a shape or an index is worked out here, so that a primitive needs no more
than whole numbers: which axes, which shape, which flat positions.
"""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._validate import masked, shown
from .methods import FUNCTIONS, Axis
from .primitives import Shape
from .var import Var, binary, constant, unary

__all__ = ["broadcast_to", "index", "matmul", "max", "mean", "reshape", "sum", "take", "transpose"]

Operand = Var | ArrayLike


def sum(a: Operand, axis: Axis = None, *, keepdims: bool = False) -> Var:
    """Sum over one axis, several, or all."""
    return _reduce("sum", constant(a, "sum"), axis, keepdims)


def max(a: Operand, axis: Axis = None, *, keepdims: bool = False) -> Var:
    """Largest entry over one axis, several, or all; entries that tie share the gradient."""
    return _reduce("max", constant(a, "max"), axis, keepdims)


def mean(a: Operand, axis: Axis = None, *, keepdims: bool = False) -> Var:
    """Average over one axis, several, or all."""
    a = constant(a, "mean")
    if a.size == 0:
        raise ValueError(f"ad.mean: shape {a.shape} has no entries to average")
    total = _reduce("sum", a, axis, keepdims, "mean")
    return total / (a.size / total.size)


def _reduce(op: str, a: Var, axis: Axis, keepdims: bool, name: str = "") -> Var:
    name, shape = name or op, a.shape
    if not isinstance(keepdims, bool | np.bool | int) or keepdims not in (0, 1):
        raise TypeError(f"ad.{name}: keepdims must be True or False, got {shown(keepdims)}")
    axes = tuple(range(len(shape))) if axis is None else _axes(name, axis, len(shape))
    if not axes:
        return a
    kept = unary(op, a, axis=axes)
    if keepdims:
        return kept
    return unary("reshape", kept, shape=tuple([n for i, n in enumerate(shape) if i not in axes]))


def _axes(name: str, axis: int | Sequence[int], ndim: int) -> tuple[int, ...]:
    axes = _whole(name, "axis", axis)
    for one in axes:
        if not -ndim <= one < ndim:
            raise ValueError(
                f"ad.{name}: axis {shown(one)} does not exist in an array of {ndim} dimensions"
            )
    axes = tuple([one % ndim for one in axes])
    if len(set(axes)) < len(axes):
        raise ValueError(f"ad.{name}: each axis can be named once, got {shown(axis)}")
    return axes


def _whole(name: str, what: str, given: Any) -> tuple[int, ...]:
    """One whole number or several, as axes and shapes are given."""
    several = isinstance(given, Sequence) or (isinstance(given, np.ndarray) and given.ndim > 0)
    try:
        numbers = [*given] if several and not isinstance(given, str | bytes) else [given]
        if any(isinstance(number, bool | np.bool) for number in numbers):
            raise TypeError
        return tuple([operator.index(number) for number in numbers])
    except TypeError:
        raise TypeError(
            f"ad.{name}: {what} must be a whole number or several in a tuple, got {shown(given)}"
        ) from None


def matmul(a: Operand, b: Operand) -> Var:
    """Matrix product of vectors and matrices, as NumPy's ``@``."""
    a, b = constant(a, "matmul"), constant(b, "matmul")
    left, right = a.shape, b.shape
    if len(left) not in (1, 2) or len(right) not in (1, 2) or left[-1] != right[0]:
        raise ValueError(
            f"ad.matmul (a @ b): shapes {left} and {right} do not chain; it takes vectors and "
            "matrices with as many columns on the left as rows on the right"
        )
    if len(left) == len(right) == 2:
        return binary("matmul", a, b)
    rows = a if len(left) == 2 else reshape(a, (1, *left))
    columns = b if len(right) == 2 else reshape(b, (*right, 1))
    return reshape(binary("matmul", rows, columns), left[:-1] + right[1:])


def transpose(a: Operand, axes: int | Sequence[int] | None = None) -> Var:
    """Axes in reverse order, or in the given one."""
    a = constant(a, "transpose")
    order = tuple(range(a.ndim)[::-1])
    if axes is not None:
        order = _axes("transpose", axes, a.ndim)
        if len(order) != a.ndim:
            raise ValueError(
                f"ad.transpose: axes must name each of the {a.ndim} axes of shape {a.shape} once, "
                f"got {shown(axes)}"
            )
    return unary("transpose", a, axes=order)


def reshape(a: Operand, shape: int | Sequence[int]) -> Var:
    """The same entries in another shape; one length may be -1."""
    a = constant(a, "reshape")
    wanted = _whole("reshape", "shape", shape)
    if wanted == a.shape:
        return a
    try:
        full = np.empty(a.shape, bool).reshape(wanted).shape
    except (ValueError, OverflowError):
        raise ValueError(
            f"ad.reshape: {a.size} entries of shape {a.shape} cannot fill {shown(wanted)}"
        ) from None
    return unary("reshape", a, shape=full)


def broadcast_to(a: Operand, shape: int | Sequence[int]) -> Var:
    """The array stretched to a shape, by NumPy's broadcasting rules."""
    a = constant(a, "broadcast_to")
    full = _whole("broadcast_to", "shape", shape)
    if a.shape == full:
        return a
    try:
        fits = np.broadcast_shapes(a.shape, full) == full
    except (ValueError, OverflowError):
        fits = False
    if not fits:
        raise ValueError(f"ad.broadcast_to: shape {a.shape} cannot be stretched to {shown(full)}")
    return unary("broadcast_to", a, shape=full)


def index(a: Operand, key: Any) -> Var:
    """``a[key]`` for every NumPy index made of numbers: integers, slices, masks, arrays.

    Raises
    ------
    IndexError
        There is no such entry, or the key is no index.
    """
    a = constant(a, "index")
    if masked(key):
        raise IndexError("ad.index (v[key]): the mask of a masked array would be lost in an index")
    try:
        flat = np.arange(a.size).reshape(a.shape)[key]
    except Exception as error:  # NumPy's own kinds, and whatever an object in the key may raise
        raise IndexError(
            f"ad.index (v[key]): {shown(key)} is no index into shape {a.shape} ({error})"
        ) from None
    return take(a, tuple(int(i) for i in np.ravel(flat)), np.shape(flat))


def take(a: Operand, indices: Sequence[int], shape: Shape) -> Var:
    """The entries of ``a`` at flat positions ``indices``, in the given shape."""
    return unary("take", a, indices=tuple(indices), shape=tuple(shape))


FUNCTIONS |= {f.__name__: f for f in (index, matmul, max, mean, reshape, sum, transpose)}
