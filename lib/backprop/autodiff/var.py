"""The graph: a `Var` is an array that remembers which primitive made it, and from which Vars.

``u = v * w`` is a Var whose ``op`` is "mul" and whose ``parents`` are v and w; ``apply`` looks up what
"mul" computes in the table of primitives. `grad` walks from a result to its parents.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .inputs import as_float64, called, finite_float64, misfit
from .methods import ArrayMethods
from .primitives import PRIMITIVES, Shape, Value

__all__ = ["Var", "apply", "binary", "constant", "unary", "var"]

NO_PARAMS: Mapping[str, Any] = {}


def apply(op: str, *args: Any, **params: Any) -> "Var":
    """Compute one primitive and record it."""
    parents = tuple([constant(a, op) for a in args])
    try:
        value = PRIMITIVES[op].value(*[p._value for p in parents], **params)
    except (ValueError, MemoryError) as error:
        raise misfit(op, [p.shape for p in parents], error) from None
    traced = True in [p.traced for p in parents]
    return Var(value, op, parents, params, traced)


# The same for one argument, and for two without parameters: most operations, and in half the time.


def unary(op: str, a: Any, **params: Any) -> "Var":
    if not isinstance(a, Var):
        a = constant(a, op)
    try:
        value = PRIMITIVES[op].value(a._value, **params)
    except (ValueError, MemoryError) as error:
        raise misfit(op, [a.shape], error) from None
    return Var(value, op, (a,), params or NO_PARAMS, a.traced)


def binary(op: str, a: Any, b: Any) -> "Var":
    if not isinstance(a, Var):
        a = constant(a, op)
    if not isinstance(b, Var):
        b = constant(b, op)
    try:
        value = PRIMITIVES[op].value(a._value, b._value)
    except (ValueError, MemoryError) as error:
        raise misfit(op, [a.shape, b.shape], error) from None
    return Var(value, op, (a, b), NO_PARAMS, a.traced or b.traced)


Operator = Callable[["Var", ArrayLike], "Var"]


def both_sides(op: str) -> tuple[Operator, Operator]:
    """The methods for ``v op other`` and for ``other op v``."""
    return lambda v, other: binary(op, v, other), lambda v, other: binary(op, other, v)


class Var(ArrayMethods):
    """An array of float64 numbers that remembers how it was computed.

    Use `var` to make one. Operators, indexing, `.T`, `.sum()`, `.mean()`, `.max()` and
    `.reshape()` work as NumPy's do, and record themselves. NumPy's own functions cannot record:
    ``np.exp(v)`` is an error that says what to write.
    """

    __slots__ = ("_value", "op", "params", "parents", "shape", "traced")

    def __init__(
        self,
        value: Any,
        op: str = "const",
        parents: tuple["Var", ...] = (),
        params: Mapping[str, Any] = NO_PARAMS,
        traced: bool = False,
    ) -> None:
        self._value = value
        self.shape: Shape = value.shape
        self.op = op
        self.parents = parents
        self.params = params
        self.traced = traced  # depends on an input of `trace`

    @property
    def value(self) -> Value:
        """The number or array itself, read-only; take a ``.copy()`` to change it.

        Raises
        ------
        TypeError
            While `trace` records: a number read out here would be frozen into the tape.
        """
        if self.traced:
            raise TypeError(
                "a traced function read .value, which would freeze today's number into the tape; "
                "compute with the Var itself (use ad.where where the choice depends on a value)"
            )
        # Read-only: writing into it would change what the graph remembers, and so every gradient.
        value = np.asarray(self._value).view()
        value.setflags(write=False)
        return value

    @property
    def ndim(self) -> int:
        return int(self._value.ndim)

    @property
    def size(self) -> int:
        return int(self._value.size)

    def __repr__(self) -> str:
        if self.traced:
            return f"Var(traced, shape={self.shape})"
        return f"Var({np.array2string(np.asarray(self._value), separator=', ')})"

    def apply(self, op: str, *others: Any, **params: Any) -> "Var":
        """The primitive ``op`` of this Var and the others."""
        return apply(op, self, *others) if others else unary(op, self, **params)

    # Each pair is an operator with this Var on its left and on its right: v - 1 and 1 - v. NumPy is
    # asked first where an array stands on the left, and hands over to the Var (`numpy_calls`).
    __add__, __radd__ = both_sides("add")
    __sub__, __rsub__ = both_sides("sub")
    __mul__, __rmul__ = both_sides("mul")
    __truediv__, __rtruediv__ = both_sides("div")
    __pow__, __rpow__ = both_sides("power")
    __gt__, __lt__ = both_sides("greater")

    def __neg__(self) -> "Var":
        return unary("neg", self)

    def __pos__(self) -> "Var":
        return self

    def __abs__(self) -> "Var":
        return binary("maximum", self, -self)

    def __ge__(self, other: ArrayLike) -> "Var":
        return binary("maximum", self > other, self == other)

    def __le__(self, other: ArrayLike) -> "Var":
        return binary("maximum", self < other, self == other)

    # Recorded like the other comparisons: an identity test here would silently be False.
    def __eq__(self, other: ArrayLike) -> "Var":  # type: ignore[override]
        return binary("equal", self, other)

    def __ne__(self, other: ArrayLike) -> "Var":  # type: ignore[override]
        return 1.0 - (self == other)

    __hash__ = object.__hash__


def var(value: ArrayLike) -> Var:
    """A leaf of the graph: a number or array that gradients can be taken with respect to.

    Raises
    ------
    TypeError
        The value is not real.
    ValueError
        The value holds NaN or infinity.
    """
    if isinstance(value, Var):
        raise TypeError("ad.var expects numbers, got a Var; use it as it is")
    # Not "const": a rule may simplify by a constant's value, but never by a variable's.
    return Var(finite_float64(value, "ad.var"), "var")


def constant(value: Any, what: str) -> Var:
    """The value as a Var, unless it is one; ``what`` names the function that was called with it."""
    if type(value) is float:
        return Var(np.float64(value))
    return value if isinstance(value, Var) else Var(as_float64(value, called(what)))
