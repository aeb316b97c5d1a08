"""The methods that make a Var look like a NumPy array; and those by which it refuses to become one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from . import numpy_calls
from .primitives import Shape, Value

__all__ = ["FUNCTIONS", "ArrayMethods", "Axis"]

Axis = int | Sequence[int] | None

# The functions that the methods stand for, by name. `functions`, which is written with Var, enters
# them here.
FUNCTIONS: dict[str, Callable[..., Any]] = {}


class ArrayMethods:
    """What a Var takes over from arrays: methods that record, and refusals to leave the recording."""

    __slots__ = ()

    shape: Shape

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a scalar Var has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: Any) -> Any:
        return FUNCTIONS["index"](self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        raise TypeError(
            "v[key] = value would change a Var that others were computed from; make a new one, "
            "such as ad.where(mask, value, v)"
        )

    def __matmul__(self, other: Any) -> Any:
        return FUNCTIONS["matmul"](self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return FUNCTIONS["matmul"](other, self)

    @property
    def T(self) -> Any:
        return FUNCTIONS["transpose"](self)

    def sum(self, axis: Axis = None, *, keepdims: bool = False) -> Any:
        return FUNCTIONS["sum"](self, axis, keepdims=keepdims)

    def mean(self, axis: Axis = None, *, keepdims: bool = False) -> Any:
        return FUNCTIONS["mean"](self, axis, keepdims=keepdims)

    def max(self, axis: Axis = None, *, keepdims: bool = False) -> Any:
        return FUNCTIONS["max"](self, axis, keepdims=keepdims)

    def reshape(self, *shape: int | Sequence[int]) -> Any:
        """``v.reshape(2, 3)`` or ``v.reshape((2, 3))``."""
        return FUNCTIONS["reshape"](self, shape[0] if len(shape) == 1 else shape)

    # What NumPy and Python would make a plain number of

    def __bool__(self) -> bool:
        raise TypeError(
            "a Var has no truth value: a tape holds operations, so it cannot hold an `if`, `while`, "
            "`and`, `or` or `max()` that branches on a value; use ad.where(condition, a, b) or "
            "ad.maximum(a, b), or compare .value outside a traced function"
        )

    def __float__(self) -> float:
        raise TypeError(
            "float() would freeze a Var into a number; compute with the Var itself (ad.exp, not "
            "math.exp), or use .value outside a traced function"
        )

    def __array__(self, *_args: object, **_kwargs: object) -> Value:
        raise TypeError(
            "a Var cannot become a NumPy array, or part of one, without losing its history; use the "
            "functions of backprop.autodiff (ad.exp, not np.exp; v * [1, 0] + w * [0, 1], not "
            "[v, w]), or .value outside a traced function"
        )

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        return numpy_calls.operated(ufunc, method, inputs, keywords)

    def __array_function__(
        self, function: Any, types: Any, arguments: Any, keywords: Mapping[str, Any]
    ) -> Any:
        return numpy_calls.measured(function, arguments, keywords)

    def __getattr__(self, name: str) -> Any:
        message = f"{type(self).__name__} has no attribute {name!r}"
        if not name.startswith("_") and hasattr(np.ndarray, name):
            message += f": {numpy_calls.instead(name)}"
        raise AttributeError(message)
