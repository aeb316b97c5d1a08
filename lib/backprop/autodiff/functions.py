"""The functions a reader calls on Vars (or on numbers and arrays, which become constants).

Outside a function's domain the result is NaN or infinite, with NumPy's RuntimeWarning. A gradient is
built by the chain rule from the pieces' own derivatives, and so is NaN, with a warning, where one piece
is infinite and another 0, even if the whole is smooth: ``sqrt(sum(x ** 2)) ** 2`` and ``x * sqrt(x)`` at
0. Write such a function without the piece that breaks: ``sum(x ** 2)``, ``x ** 1.5``. See also `where`.
"""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._validate import masked, shown
from .var import Axis, Shape, Var, apply, as_float64, binary, misfit, unary

Operand = Var | ArrayLike


def constant(value: Operand, what: str) -> Var:
    return value if isinstance(value, Var) else Var(as_float64(value, what))


def exp(z: Operand) -> Var:
    r""":math:`e^z`, entry by entry."""
    return unary("exp", z)


def log(z: Operand) -> Var:
    r"""Natural logarithm, entry by entry; infinite at 0, NaN below. Choosing around that: `where`."""
    return unary("log", z)


def sqrt(z: Operand) -> Var:
    """Square root, entry by entry; its slope is infinite at 0. Choosing around that: `where`."""
    return unary("sqrt", z)


def sin(z: Operand) -> Var:
    """Sine of an angle in radians."""
    return unary("sin", z)


def cos(z: Operand) -> Var:
    """Cosine of an angle in radians."""
    return unary("cos", z)


def tanh(z: Operand) -> Var:
    """Hyperbolic tangent."""
    return unary("tanh", z)


def sigmoid(z: Operand) -> Var:
    r""":math:`\sigma(z) = 1 / (1 + e^{-z})`."""
    return unary("sigmoid", z)


def softplus(z: Operand) -> Var:
    r""":math:`\ln(1 + e^z)`."""
    return unary("softplus", z)


def relu(z: Operand) -> Var:
    r""":math:`\max(z, 0)`, with derivative 0 at the kink."""
    return unary("relu", z)


def leaky_relu(z: Operand, slope: float = 0.01) -> Var:
    """z where z > 0, else slope · z; the derivative at the kink is the slope."""
    z, factor = constant(z, "leaky_relu"), constant(slope, "leaky_relu")
    if factor.shape:
        raise ValueError(f"ad.leaky_relu: slope must be one number, got shape {factor.shape}")
    return where(z > 0.0, z, factor * z)


def softmax(z: Operand) -> Var:
    r""":math:`e^{z_i} / \sum_k e^{z_k}` down each column (axis 0)."""
    z = _column(z, "softmax")
    with np.errstate(over="ignore"):  # a difference that is infinite has the exponential 0
        shifted = exp(z - max(z, axis=0, keepdims=True))
    return shifted / sum(shifted, axis=0, keepdims=True)


def logsumexp(z: Operand) -> Var:
    r""":math:`\ln \sum_k e^{z_k}` down each column (axis 0), without overflow."""
    z = _column(z, "logsumexp")
    top = max(z, axis=0, keepdims=True)
    with np.errstate(over="ignore"):  # as above
        shifted = exp(z - top)
    return reshape(top, top.shape[1:]) + log(sum(shifted, axis=0))


def _column(z: Operand, what: str) -> Var:
    z = constant(z, what)
    if not z.shape or z.shape[0] == 0:
        raise ValueError(
            f"ad.{what}: z must have at least one entry along axis 0, got shape {z.shape}; "
            "its units lie along axis 0 and its examples are columns"
        )
    return z


def maximum(a: Operand, b: Operand) -> Var:
    """The larger of the two, entry by entry; at a tie the gradient is shared evenly."""
    return binary("maximum", a, b)


def minimum(a: Operand, b: Operand) -> Var:
    """The smaller of the two, entry by entry; at a tie the gradient is shared evenly."""
    a, b = constant(a, "minimum"), constant(b, "minimum")
    _together("minimum", a, b)
    return -maximum(-a, -b)


def where(condition: Operand, a: Operand, b: Operand) -> Var:
    """``a`` where the condition is not 0, else ``b``; both are computed, and so are both gradients.

    Hence what is infinite or NaN in the branch that is *not* taken reaches the gradient, as 0 times
    infinity: choose first which number the branch gets to see, then between the branches.

    >>> from backprop import autodiff as ad
    >>> x = ad.var([0.0, 2.0])
    >>> positive = x > 0
    >>> safe = ad.where(positive, x, 1.0)
    >>> y = ad.where(positive, ad.log(safe), 0.0)
    >>> (dx,) = ad.grad(ad.sum(y), [x])
    >>> dx.value.tolist()
    [0.0, 0.5]

    ``ad.where(positive, ad.log(x), 0.0)`` has the same value, but at 0 the gradient NaN and a warning.
    """
    condition, a, b = (constant(one, "where") for one in (condition, a, b))
    return apply("where", condition, a, b)


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


def _together(name: str, a: Var, b: Var) -> None:
    """Say that shapes do not fit in the name of the function called, not of what it is made from."""
    try:
        np.broadcast_shapes(a.shape, b.shape)
    except ValueError as error:
        raise misfit(name, (a, b), error) from None


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
        full = a._value.reshape(wanted).shape
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
