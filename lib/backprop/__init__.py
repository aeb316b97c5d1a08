"""The library behind the book: neural networks and their gradients, in NumPy.

Columns are examples: x is ``(n_in,)`` or ``(n_in, m)``, W is ``(n_out, n_in)``, z = W a + b, and
losses average over the m examples. ``from backprop import autodiff as ad`` records what a function
does and differentiates it.
"""

from importlib import import_module
from types import ModuleType

from . import data as data
from .activations import identity, leaky_relu, relu, sigmoid, softmax, softplus, tanh
from .gradcheck import check_gradient
from .losses import binary_cross_entropy, cross_entropy, half_squared_error, squared_error
from .network import Dense, Network
from .optimizers import SGD, Adam, Momentum

__all__ = [
    "SGD",
    "Adam",
    "Dense",
    "Momentum",
    "Network",
    "binary_cross_entropy",
    "check_gradient",
    "cross_entropy",
    "half_squared_error",
    "identity",
    "leaky_relu",
    "relu",
    "sigmoid",
    "softmax",
    "softplus",
    "squared_error",
    "tanh",
]


def __getattr__(name: str) -> ModuleType:
    # recording takes half of the import, and a network needs none of it
    if name == "autodiff":
        return import_module("backprop.autodiff")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "autodiff", "data"])
