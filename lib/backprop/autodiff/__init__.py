"""Recorded arithmetic: gradients by reverse accumulation, and tapes that a page can replay.

>>> from backprop import autodiff as ad
>>> w = ad.var(0.5)
>>> L = (w * 1.0 - 0.0) ** 2
>>> (dw,) = ad.grad(L, [w])
>>> float(dw.value)
1.0
"""

from . import primitives as _primitives  # noqa: F401 - fills the table of primitives
from .functions import (
    broadcast_to,
    cos,
    exp,
    index,
    leaky_relu,
    log,
    logsumexp,
    matmul,
    max,
    maximum,
    mean,
    minimum,
    relu,
    reshape,
    sigmoid,
    sin,
    softmax,
    softplus,
    sqrt,
    sum,
    tanh,
    transpose,
    where,
)
from .tape import Tape
from .trace import trace
from .var import Var, grad, var

__all__ = [
    "Tape",
    "Var",
    "broadcast_to",
    "cos",
    "exp",
    "grad",
    "index",
    "leaky_relu",
    "log",
    "logsumexp",
    "matmul",
    "max",
    "maximum",
    "mean",
    "minimum",
    "relu",
    "reshape",
    "sigmoid",
    "sin",
    "softmax",
    "softplus",
    "sqrt",
    "sum",
    "tanh",
    "trace",
    "transpose",
    "var",
    "where",
]
