"""What NumPy's own functions get when a Var is handed to them: the way to write the same with ``ad``.

NumPy cannot record what it does, so none of its functions takes a Var. ``array * var`` is the one case
in which NumPy is asked first and the Var has the answer.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

__all__ = ["FUNCTIONS", "INSTEAD", "REFLECTED", "instead", "measured", "operated", "refusal"]

# `array * var` reaches NumPy as the ufunc, and is answered by the Var's own side of the operator.
REFLECTED: dict[Any, str] = {
    np.add: "__radd__",
    np.subtract: "__rsub__",
    np.multiply: "__rmul__",
    np.true_divide: "__rtruediv__",
    np.power: "__rpow__",
    np.matmul: "__rmatmul__",
    np.greater: "__lt__",
    np.less: "__gt__",
    np.greater_equal: "__le__",
    np.less_equal: "__ge__",
    np.equal: "__eq__",
    np.not_equal: "__ne__",
}

# Those of our functions that have the name of NumPy's and mean the same: not trace and var.
FUNCTIONS = (
    "broadcast_to",
    "cos",
    "exp",
    "log",
    "matmul",
    "max",
    "maximum",
    "mean",
    "minimum",
    "reshape",
    "sin",
    "sqrt",
    "sum",
    "tanh",
    "transpose",
    "where",
)

# How to write NumPy's other functions of Vars v, a and b with operators and functions of ours.
INSTEAD: dict[str, str] = {
    "absolute": "abs(v)",
    "add": "a + b",
    "add.reduce": "ad.sum(v, axis=0)",
    "amax": "ad.max(v)",
    "amin": "-ad.max(-v)",
    "average": "ad.mean(v)",
    "cbrt": "v ** (1 / 3)",
    "clip": "ad.minimum(ad.maximum(v, low), high)",
    "concatenate": "v * [1, 0] + w * [0, 1]",
    "cosh": "(ad.exp(v) + ad.exp(-v)) / 2",
    "divide": "a / b",
    "dot": "a @ b",
    "equal": "a == b",
    "exp2": "2.0 ** v",
    "expand_dims": "v[None]",
    "expm1": "ad.exp(v) - 1",
    "fabs": "abs(v)",
    "float_power": "a ** b",
    "fmax": "ad.maximum(a, b)",
    "fmin": "ad.minimum(a, b)",
    "greater": "a > b",
    "greater_equal": "a >= b",
    "heaviside": "(a > 0) + b * (a == 0)",
    "hstack": "v * [1, 0] + w * [0, 1]",
    "hypot": "ad.sqrt(a ** 2 + b ** 2)",
    "inner": "a @ b",
    "less": "a < b",
    "less_equal": "a <= b",
    "linalg.norm": "ad.sqrt(ad.sum(v ** 2))",
    "log10": "ad.log(v) / np.log(10)",
    "log1p": "ad.log(1 + v)",
    "log2": "ad.log(v) / np.log(2)",
    "logaddexp": "a + ad.softplus(b - a)",
    "maximum.reduce": "ad.max(v, axis=0)",
    "min": "-ad.max(-v)",
    "multiply": "a * b",
    "negative": "-v",
    "not_equal": "a != b",
    "outer": "a[:, None] * b[None, :]",
    "positive": "+v",
    "power": "a ** b",
    "ravel": "v.reshape(-1)",
    "reciprocal": "1 / v",
    "sign": "(v > 0) - (v < 0)",
    "sinh": "(ad.exp(v) - ad.exp(-v)) / 2",
    "square": "v ** 2",
    "squeeze": "v.reshape(shape)",
    "stack": "v * [1, 0] + w * [0, 1]",
    "std": "ad.sqrt(ad.mean((v - ad.mean(v)) ** 2))",
    "subtract": "a - b",
    "take": "v[indices]",
    "tan": "ad.sin(v) / ad.cos(v)",
    "vdot": "a @ b",
    "var": "ad.mean((v - ad.mean(v)) ** 2)",
}

OURS = "operators, indexing, abs(v), " + ", ".join(
    f"ad.{name}"
    for name in sorted(
        (*FUNCTIONS, "leaky_relu", "logsumexp", "relu", "sigmoid", "softmax", "softplus")
    )
)

# Asked for the shape alone, NumPy's functions may have an answer.
MEASURES: dict[Any, Callable[..., Any]] = {
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
    np.size: lambda a, axis=None: a.size if axis is None else a.shape[axis],
}


def instead(name: str) -> str:
    """What to write in the place of NumPy's function of this name, without the leading ``np.``."""
    if name in FUNCTIONS:
        return f"write ad.{name}, not np.{name}"
    if name in INSTEAD:
        return f"write {INSTEAD[name]}"
    return f"backprop.autodiff has no counterpart; build it from what there is: {OURS}"


def refusal(function: Any, method: str = "__call__") -> TypeError:
    """The error for a function of NumPy's that was given a Var."""
    module = getattr(function, "__module__", None) or "numpy"
    name = f"{module}.{function.__name__}".removeprefix("numpy.")
    if method != "__call__":
        name += f".{method}"
    return TypeError(
        f"np.{name} cannot record what it does to a Var: {instead(name)}; "
        "or take its .value outside a traced function"
    )


def operated(ufunc: Any, method: str, inputs: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """The answer to a ufunc: the operator's, where it stands for ``array * var``; else the way out."""
    if "out" in keywords:
        raise TypeError(
            f"np.{ufunc.__name__}: a Var cannot be written into an array, as out= and `array += v` "
            "would; write array = array + v"
        )
    # With the Var on the left Python asks the Var first, so NumPy was called by its name.
    reflected = REFLECTED.get(ufunc)
    array_first = isinstance(inputs[0], np.ndarray | np.generic)
    if reflected is None or method != "__call__" or keywords or not array_first:
        raise refusal(ufunc, method)
    return getattr(inputs[1], reflected)(inputs[0])


def measured(function: Any, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """The answer to any other function of NumPy's: a shape, or the way out."""
    if function not in MEASURES:
        raise refusal(function)
    return MEASURES[function](*arguments, **keywords)
