"""The functions a reader calls on Vars (or on numbers and arrays, which become constants)."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .var import Shape, Var, apply, as_float64, binary, unary

Operand = Var | ArrayLike
Axis = int | Sequence[int] | None


def constant(value: Operand, what: str) -> Var:
    return value if isinstance(value, Var) else Var(as_float64(value, what))


def exp(z: Operand) -> Var:
    r""":math:`e^z`, entry by entry."""
    return unary("exp", z)


def log(z: Operand) -> Var:
    r"""Natural logarithm, entry by entry."""
    return unary("log", z)


def sqrt(z: Operand) -> Var:
    """Square root, entry by entry."""
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
    z = constant(z, "leaky_relu")
    return where(z > 0.0, z, slope * z)


def softmax(z: Operand) -> Var:
    r""":math:`e^{z_i} / \sum_k e^{z_k}` down each column (axis 0)."""
    z = constant(z, "softmax")
    shifted = exp(z - max(z, axis=0, keepdims=True))
    return shifted / sum(shifted, axis=0, keepdims=True)


def logsumexp(z: Operand) -> Var:
    r""":math:`\ln \sum_k e^{z_k}` down each column (axis 0), without overflow."""
    z = constant(z, "logsumexp")
    top = max(z, axis=0, keepdims=True)
    return reshape(top, top.shape[1:]) + log(sum(exp(z - top), axis=0))


def maximum(a: Operand, b: Operand) -> Var:
    """The larger of the two, entry by entry; at a tie the gradient is shared evenly."""
    return binary("maximum", a, b)


def minimum(a: Operand, b: Operand) -> Var:
    """The smaller of the two, entry by entry; at a tie the gradient is shared evenly."""
    return -maximum(-constant(a, "minimum"), -constant(b, "minimum"))


def where(condition: Operand, a: Operand, b: Operand) -> Var:
    """``a`` where the condition is not 0, else ``b``; both are computed."""
    return apply("where", condition, a, b)


def sum(a: Operand, axis: Axis = None, keepdims: bool = False) -> Var:
    """Sum over one axis, several, or all."""
    return _reduce("sum", a, axis, keepdims)


def max(a: Operand, axis: Axis = None, keepdims: bool = False) -> Var:
    """Largest entry over one axis, several, or all; entries that tie share the gradient."""
    return _reduce("max", a, axis, keepdims)


def mean(a: Operand, axis: Axis = None, keepdims: bool = False) -> Var:
    """Average over one axis, several, or all."""
    a = constant(a, "mean")
    if a.size == 0:
        raise ValueError(f"mean: no entries to average in shape {a.shape}")
    total = sum(a, axis, keepdims)
    return total / (a.size / total.size)


def _reduce(op: str, a: Operand, axis: Axis, keepdims: bool) -> Var:
    a = constant(a, op)
    shape = a.shape
    if axis is None:
        axes = tuple(range(len(shape)))
    else:
        axes = _axes(op, axis if isinstance(axis, Sequence) else [axis], len(shape))
    if not axes:
        return a
    kept = unary(op, a, axis=axes)
    if keepdims:
        return kept
    return unary("reshape", kept, shape=tuple([n for i, n in enumerate(shape) if i not in axes]))


def _axes(op: str, axes: Sequence[int], ndim: int) -> tuple[int, ...]:
    for axis in axes:
        if not -ndim <= axis < ndim:
            raise ValueError(f"{op}: axis {axis} does not exist in an array of {ndim} dimensions")
    return tuple(operator.index(axis) % ndim for axis in axes)


def matmul(a: Operand, b: Operand) -> Var:
    """Matrix product of vectors and matrices, as NumPy's ``@``."""
    a, b = constant(a, "matmul"), constant(b, "matmul")
    left, right = a.shape, b.shape
    if len(left) not in (1, 2) or len(right) not in (1, 2) or left[-1] != right[0]:
        raise ValueError(
            f"matmul: shapes {left} and {right} do not chain; it takes vectors and matrices "
            "with as many columns on the left as rows on the right"
        )
    if len(left) == len(right) == 2:
        return binary("matmul", a, b)
    rows = a if len(left) == 2 else reshape(a, (1, *left))
    columns = b if len(right) == 2 else reshape(b, (*right, 1))
    return reshape(binary("matmul", rows, columns), left[:-1] + right[1:])


def transpose(a: Operand, axes: Sequence[int] | None = None) -> Var:
    """Axes in reverse order, or in the given one."""
    a = constant(a, "transpose")
    order = range(a.ndim)[::-1] if axes is None else _axes("transpose", axes, a.ndim)
    return unary("transpose", a, axes=tuple(order))


def reshape(a: Operand, shape: int | Sequence[int]) -> Var:
    """The same entries in another shape; one length may be -1."""
    a = constant(a, "reshape")
    wanted = (shape,) if isinstance(shape, int) else tuple(shape)
    if wanted == a.shape:
        return a
    try:
        full = a._value.reshape(wanted).shape
    except ValueError:
        raise ValueError(
            f"reshape: {a.size} entries of shape {a.shape} cannot fill {wanted}"
        ) from None
    return unary("reshape", a, shape=full)


def broadcast_to(a: Operand, shape: int | Sequence[int]) -> Var:
    """The array stretched to a shape, by NumPy's broadcasting rules."""
    a = constant(a, "broadcast_to")
    full = (shape,) if isinstance(shape, int) else tuple(int(n) for n in shape)
    return a if a.shape == full else unary("broadcast_to", a, shape=full)


def index(a: Operand, key: Any) -> Var:
    """``a[key]`` for every NumPy index made of numbers: integers, slices, masks, arrays."""
    a = constant(a, "index")
    flat = np.arange(a.size).reshape(a.shape)[key]
    return take(a, tuple(int(i) for i in np.ravel(flat)), np.shape(flat))


def take(a: Operand, indices: Sequence[int], shape: Shape) -> Var:
    """The entries of ``a`` at flat positions ``indices``, in the given shape."""
    return unary("take", a, indices=tuple(indices), shape=tuple(shape))
