"""Recorded arithmetic: gradients by reverse accumulation, and tapes that a page can replay.

>>> from backprop import autodiff as ad
>>> w = ad.var(0.5)
>>> L = (w * 1.0 - 0.0) ** 2
>>> (dw,) = ad.grad(L, [w])
>>> float(dw.value)
1.0
"""

from .arrays import broadcast_to, index, matmul, max, mean, reshape, sum, transpose
from .functions import (
    cos,
    exp,
    leaky_relu,
    log,
    logsumexp,
    maximum,
    minimum,
    relu,
    sigmoid,
    sin,
    softmax,
    softplus,
    sqrt,
    tanh,
    where,
)
from .grad import grad
from .tape import Tape
from .trace import trace
from .var import Var, var

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
