"""The functions a reader calls on Vars (or on numbers and arrays, which become constants).

Outside a function's domain the result is NaN or infinite, with NumPy's RuntimeWarning. A gradient is
built by the chain rule from the pieces' own derivatives, and so is NaN, with a warning, where one piece
is infinite and another 0, even if the whole is smooth: ``sqrt(sum(x ** 2)) ** 2`` and ``x * sqrt(x)`` at
0. Write such a function without the piece that breaks: ``sum(x ** 2)``, ``x ** 1.5``. See also `where`.
"""

import numpy as np
from numpy.typing import ArrayLike

from .arrays import max, reshape, sum
from .inputs import misfit
from .var import Var, apply, binary, constant, unary

__all__ = [
    "cos",
    "exp",
    "leaky_relu",
    "log",
    "logsumexp",
    "maximum",
    "minimum",
    "relu",
    "sigmoid",
    "sin",
    "softmax",
    "softplus",
    "sqrt",
    "tanh",
    "where",
]

Operand = Var | ArrayLike


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


def _together(name: str, a: Var, b: Var) -> None:
    """Say that shapes do not fit in the name of the function called, not of what it is made from."""
    try:
        np.broadcast_shapes(a.shape, b.shape)
    except ValueError as error:
        raise misfit(name, (a.shape, b.shape), error) from None


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
