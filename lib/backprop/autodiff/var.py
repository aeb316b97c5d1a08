"""The engine: a `Var` remembers which operation made it, and `grad` walks that memory backward.

Every operation is a *primitive*: its value, and one rule per argument that turns the gradient with
respect to the result (the upstream gradient) into the gradient with respect to that argument. The
rules act on Vars and on plain numbers alike: on Vars they are recorded too, and so a gradient can be
differentiated again.
"""

import math
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._validate import FLOAT64, masked, shown
from . import numpy_calls

SAFE = 2**63  # whole numbers below it are numbers to NumPy, too

Value = NDArray[np.float64]
Shape = tuple[int, ...]
Axis = int | Sequence[int] | None
Rule = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Primitive:
    """An operation that a tape can hold.

    Attributes
    ----------
    value
        NumPy function of the arguments' values and the parameters.
    rules
        For each argument, ``rule(upstream, result, *arguments, **parameters)``: its gradient, one
        for each copy where NumPy stretched the argument. None where the result does not change
        smoothly with the argument. All are Vars, or all are their values.
    """

    value: Callable[..., Any]
    rules: tuple[Rule | None, ...]


PRIMITIVES: dict[str, Primitive] = {}
NO_PARAMS: Mapping[str, Any] = {}


class Var:
    """An array of float64 numbers that remembers how it was computed.

    Use `var` to make one. Operators, indexing, `.T`, `.sum()`, `.mean()`, `.max()` and
    `.reshape()` work as NumPy's do, and record themselves. NumPy's own functions cannot record:
    ``np.exp(v)`` is an error that says what to write.
    """

    __slots__ = ("_traced", "_value", "op", "params", "parents")

    def __init__(
        self,
        value: Any,
        op: str = "const",
        parents: tuple["Var", ...] = (),
        params: Mapping[str, Any] = NO_PARAMS,
        traced: bool = False,
    ) -> None:
        self._value = value
        self.op = op
        self.parents = parents
        self.params = params
        self._traced = traced

    @property
    def value(self) -> Value:
        """The number or array itself, read-only; take a ``.copy()`` to change it.

        Raises
        ------
        TypeError
            While `trace` records: a number read out here would be frozen into the tape.
        """
        if self._traced:
            raise TypeError(
                "a traced function read .value, which would freeze today's number into the tape; "
                "compute with the Var itself (use ad.where where the choice depends on a value)"
            )
        # Read-only: writing into it would change what the graph remembers, and so every gradient.
        value = np.asarray(self._value).view()
        value.setflags(write=False)
        return value

    @property
    def shape(self) -> Shape:
        shape: Shape = self._value.shape
        return shape

    @property
    def ndim(self) -> int:
        return int(self._value.ndim)

    @property
    def size(self) -> int:
        return int(self._value.size)

    def __repr__(self) -> str:
        if self._traced:
            return f"Var(traced, shape={self.shape})"
        return f"Var({np.array2string(np.asarray(self._value), separator=', ')})"

    def __bool__(self) -> bool:
        raise TypeError(
            "a Var has no truth value: a tape holds operations, so it cannot hold an `if`, `while`, "
            "`and`, `or` or `max()` that branches on a value; use ad.where(condition, a, b) or "
            "ad.maximum(a, b), or compare .value outside a traced function"
        )

    def __array__(self, *_args: object, **_kwargs: object) -> Value:
        raise TypeError(
            "a Var cannot become a NumPy array, or part of one, without losing its history; use the "
            "functions of backprop.autodiff (ad.exp, not np.exp; v * [1, 0] + w * [0, 1], not "
            "[v, w]), or .value outside a traced function"
        )

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> "Var":
        operated: Var = numpy_calls.operated(ufunc, method, inputs, keywords)
        return operated

    def __array_function__(
        self, function: Any, types: Any, arguments: Any, keywords: Mapping[str, Any]
    ) -> Any:
        return numpy_calls.measured(function, arguments, keywords)

    def __getattr__(self, name: str) -> Any:
        message = f"{type(self).__name__} has no attribute {name!r}"
        if not name.startswith("_") and hasattr(np.ndarray, name):
            message += f": {numpy_calls.instead(name)}"
        raise AttributeError(message)

    def __float__(self) -> float:
        raise TypeError(
            "float() would freeze a Var into a number; compute with the Var itself (ad.exp, not "
            "math.exp), or use .value outside a traced function"
        )

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a scalar Var has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator["Var"]:
        return (self[i] for i in range(len(self)))

    def __add__(self, other: ArrayLike) -> "Var":
        return binary("add", self, other)

    def __radd__(self, other: ArrayLike) -> "Var":
        return binary("add", other, self)

    def __sub__(self, other: ArrayLike) -> "Var":
        return binary("sub", self, other)

    def __rsub__(self, other: ArrayLike) -> "Var":
        return binary("sub", other, self)

    def __mul__(self, other: ArrayLike) -> "Var":
        return binary("mul", self, other)

    def __rmul__(self, other: ArrayLike) -> "Var":
        return binary("mul", other, self)

    def __truediv__(self, other: ArrayLike) -> "Var":
        return binary("div", self, other)

    def __rtruediv__(self, other: ArrayLike) -> "Var":
        return binary("div", other, self)

    def __pow__(self, other: ArrayLike) -> "Var":
        return binary("power", self, other)

    def __rpow__(self, other: ArrayLike) -> "Var":
        return binary("power", other, self)

    def __matmul__(self, other: ArrayLike) -> "Var":
        return functions.matmul(self, other)

    def __rmatmul__(self, other: ArrayLike) -> "Var":
        return functions.matmul(other, self)

    def __neg__(self) -> "Var":
        return unary("neg", self)

    def __pos__(self) -> "Var":
        return self

    def __abs__(self) -> "Var":
        return binary("maximum", self, -self)

    def __gt__(self, other: ArrayLike) -> "Var":
        return binary("greater", self, other)

    def __lt__(self, other: ArrayLike) -> "Var":
        return binary("greater", other, self)

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

    def __getitem__(self, key: Any) -> "Var":
        return functions.index(self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        raise TypeError(
            "v[key] = value would change a Var that others were computed from; make a new one, "
            "such as ad.where(mask, value, v)"
        )

    @property
    def T(self) -> "Var":
        return functions.transpose(self)

    def sum(self, axis: Axis = None, *, keepdims: bool = False) -> "Var":
        return functions.sum(self, axis, keepdims=keepdims)

    def mean(self, axis: Axis = None, *, keepdims: bool = False) -> "Var":
        return functions.mean(self, axis, keepdims=keepdims)

    def max(self, axis: Axis = None, *, keepdims: bool = False) -> "Var":
        return functions.max(self, axis, keepdims=keepdims)

    def reshape(self, *shape: int | Sequence[int]) -> "Var":
        """``v.reshape(2, 3)`` or ``v.reshape((2, 3))``."""
        given: Any = shape[0] if len(shape) == 1 else shape
        return functions.reshape(self, given)


# How a reader writes those primitives that are no function of this package.
WRITTEN = {
    "add": "a + b",
    "sub": "a - b",
    "mul": "a * b",
    "div": "a / b",
    "neg": "-a",
    "power": "a ** b",
    "greater": "a > b",
    "equal": "a == b",
    "take": "ad.index",
}


def called(what: str) -> str:
    """A primitive as a reader calls it, for messages; any other words are returned as they are."""
    if what in WRITTEN:
        return WRITTEN[what]
    return f"ad.{what}" if what in PRIMITIVES or hasattr(functions, what) else what


def as_float64(value: Any, what: str) -> Any:
    """The value as a float64 scalar or array; a clear error for anything that is not real."""
    # What most constants are; the way below takes up to five times as long.
    kind = type(value)
    if kind is float or kind is np.float64 or (kind is int and -SAFE < value < SAFE):
        return np.float64(value)
    if kind is np.ndarray and value.dtype is FLOAT64 and value.shape:
        return value.copy()
    if kind is int and not -SAFE <= value < 2 * SAFE:
        raise ValueError(
            f"{called(what)}: a whole number of {value.bit_length()} bits is beyond NumPy's 64; "
            "write it as a float, such as 1e30"
        )
    if masked(value):
        raise TypeError(
            f"{called(what)}: the mask of a masked array would be lost; pass its .compressed() or "
            ".filled(number)"
        )
    try:
        array = np.asarray(value)
    except Exception as error:  # an object may raise anything when it is asked for its numbers
        refused = TypeError if isinstance(error, TypeError) else ValueError
        raise refused(
            f"{called(what)} expects numbers or a full array of them, got {kind.__name__} ({error})"
        ) from None
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"{called(what)} expects real numbers, got {kind.__name__} of dtype {array.dtype}"
        )
    # Rows first, here and in every primitive: the memory order decides the order of a sum, and so
    # its last bit. Wider floats than float64 can hold become infinite.
    with np.errstate(over="ignore"):
        array = array.astype(np.float64, order="C")
    return array if array.shape else np.float64(array)


def finite_float64(value: Any, what: str) -> Any:
    """Like `as_float64`, but NaN and infinity are refused."""
    array = as_float64(value, what)
    if not all_finite(array):
        raise ValueError(
            f"{what} must be finite, got {shown(value)}; remove NaN and infinite entries"
        )
    return array


def all_finite(value: Any) -> bool:
    # Not by .all(), which is a function of Python's: three times as long as what it is called on.
    if type(value) is np.float64:
        return math.isfinite(value)
    return bool(np.count_nonzero(np.isfinite(value)) == value.size)


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


def apply(op: str, *args: Any, **params: Any) -> Var:
    """Compute one primitive and record it."""
    parents, values, traced = [], [], False
    for a in args:
        parent = a if isinstance(a, Var) else Var(as_float64(a, op))
        parents.append(parent)
        values.append(parent._value)
        traced = traced or parent._traced
    try:
        value = PRIMITIVES[op].value(*values, **params)
    except (ValueError, MemoryError) as error:
        raise misfit(op, parents, error) from None
    return Var(value, op, tuple(parents), params, traced)


# The same for one argument, and for two without parameters: most operations, and without the loop they
# take half the time.


def unary(op: str, a: Any, **params: Any) -> Var:
    if not isinstance(a, Var):
        a = Var(as_float64(a, op))
    try:
        value = PRIMITIVES[op].value(a._value, **params)
    except (ValueError, MemoryError) as error:
        raise misfit(op, (a,), error) from None
    return Var(value, op, (a,), params or NO_PARAMS, a._traced)


def binary(op: str, a: Any, b: Any) -> Var:
    if not isinstance(a, Var):
        a = Var(as_float64(a, op))
    if not isinstance(b, Var):
        b = Var(as_float64(b, op))
    try:
        value = PRIMITIVES[op].value(a._value, b._value)
    except (ValueError, MemoryError) as error:
        raise misfit(op, (a, b), error) from None
    return Var(value, op, (a, b), NO_PARAMS, a._traced or b._traced)


def misfit(op: str, parents: Sequence[Var], error: Exception) -> ValueError:
    """What to say where NumPy refuses the shapes."""
    op = called(op)
    shapes = " and ".join(str(p.shape) for p in parents)
    if len(parents) == 1:
        return ValueError(f"{op}: not possible for shape {shapes} ({error})")
    return ValueError(
        f"{op}: arguments of shape {shapes} do not fit together ({error}); "
        "reshape or transpose one of them"
    )


def topological(outputs: Sequence[Var]) -> list[Var]:
    """Every Var that the outputs depend on, each after all of its parents.

    A node may pass its gradient on only once every use of it has paid in, so `grad` needs this
    order. Depth first with an explicit stack: Python's own stack ends near 1,000 operations.
    """
    order: dict[Var, None] = {}
    seen: set[Var] = set()
    stack = [*reversed(outputs)]
    while stack:
        node = stack[-1]
        # Seen again: so are all its parents by now, which lay above it.
        if node in seen or not node.parents:
            order[stack.pop()] = None
        else:
            seen.add(node)
            stack += node.parents[::-1]
    return [*order]


def grad(loss: Var, wrt: Sequence[Var]) -> tuple[Var, ...]:
    r"""Gradients of a scalar with respect to each Var in ``wrt``, by reverse accumulation.

    For every recorded :math:`u = f(v_1, \dots, v_n)`, latest first,
    :math:`\partial L / \partial v_i \mathrel{+}= (\partial L / \partial u)(\partial u / \partial v_i)`.

    Parameters
    ----------
    loss
        Var of shape ``()``.
    wrt
        Vars of any shape, leaves or intermediate results.

    Returns
    -------
    tuple of Var
        One gradient per entry of ``wrt``, in its shape; zeros where the loss does not depend on
        it. `grad` can be applied to them again: how they were computed is recorded as well, when
        it is first asked for.

    Raises
    ------
    TypeError
        An argument is not a Var.
    ValueError
        The loss is not a scalar.

    Notes
    -----
    Griewank & Walther, *Evaluating Derivatives*, 2nd ed., 2008, section 3.2.
    """
    if isinstance(wrt, Var):
        raise TypeError("ad.grad expects a list of Vars, got a Var; write ad.grad(loss, [w])")
    try:
        wrt = tuple(wrt)
    except TypeError as error:
        raise TypeError(f"ad.grad expects wrt to be a list of Vars ({error})") from None
    for i, node in enumerate((loss, *wrt)):
        if not isinstance(node, Var):
            name = f"wrt[{i - 1}]" if i else "loss"
            raise TypeError(f"ad.grad expects {name} to be a Var, got {type(node).__name__}")
    if loss.shape != ():
        raise ValueError(
            f"ad.grad expects a scalar loss, got shape {loss.shape}; sum or average it"
        )

    if loss._traced:  # a tape holds the backward pass as well
        return tuple(accumulate(loss, wrt, recorded=True))

    def record() -> None:
        alive = [
            (w, g) for w, known in zip(wrt, gradients, strict=True) if (g := known()) is not None
        ]
        shares = accumulate(loss, [w for w, _ in alive], recorded=True, known=dict(alive))
        for (_, gradient), share in zip(alive, shares, strict=True):
            gradient.remember(share)

    values = accumulate(loss, wrt, recorded=False)
    results = tuple(Gradient(value, record) for value in values)
    # Weakly, or a gradient would hold on to itself by the way of its record.
    gradients = [weakref.ref(gradient) for gradient in results]
    return results


class Gradient(Var):
    """A gradient's number; how it was computed is recorded only when someone asks.

    Most gradients are read and never differentiated again, and to compute takes half as long as to
    compute and record.
    """

    __slots__ = ("__weakref__", "_record")

    def __init__(self, value: Any, record: Callable[[], None]) -> None:
        self._value = value
        self._traced = False
        self._record = record

    def __getattr__(self, name: str) -> Any:
        # Asked only for what is not there; for Python's own questions, copying's for example, too.
        if name not in ("op", "parents", "params"):
            return super().__getattr__(name)
        self._record()
        return getattr(self, name)

    def __reduce__(self) -> Any:
        return Var, (self._value, self.op, self.parents, self.params)

    def remember(self, recorded: Var) -> None:
        """Take over how the same gradient was computed by Vars."""
        self.op, self.parents, self.params = recorded.op, recorded.parents, recorded.params
        self._record = _done  # and so let go of what it was to be recorded from


def _done() -> None:
    """Nothing is left to record."""


def accumulate(
    loss: Var, wrt: Sequence[Var], recorded: bool, known: Mapping[Var, Gradient] = {}
) -> list[Any]:
    """The gradients as Vars, or as values alone; the same numbers, bit by bit.

    A gradient that is ``known`` already stands in its place in what is recorded of the others.
    """
    depends = set(wrt)
    path = []
    for node in topological([loss]):
        if not depends.isdisjoint(node.parents):
            depends.add(node)
            path.append(node)

    one = np.float64(1.0)
    upstream: dict[Var, Any] = {loss: Var(one) if recorded else one}
    for node in reversed(path):
        g = upstream.get(node)
        if g is None:  # no rule on the way from the loss passes a gradient
            continue
        if node in known:
            known[node].remember(g)
            g = upstream[node] = known[node]
        out: Any = node
        arguments: Sequence[Any] = node.parents
        if not recorded:
            out, arguments = node._value, [parent._value for parent in node.parents]
        for rule, parent in zip(PRIMITIVES[node.op].rules, node.parents, strict=True):
            if rule is None or parent not in depends:
                continue
            share = rule(g, out, *arguments, **node.params)
            shape = parent._value.shape
            if share.shape != shape:
                share = unstretched(share, shape)
            already = upstream.get(parent)
            upstream[parent] = share if already is None else already + share
    for w in wrt:
        if w not in upstream:
            zeros = np.zeros(w.shape)[()]
            upstream[w] = Var(zeros) if recorded else zeros
    return [upstream[w] for w in wrt]


def operate(op: str, *args: Any, **params: Any) -> Any:
    """A primitive inside a rule: recorded if it acts on a Var, else only computed."""
    if isinstance(args[0], Var):  # and so are all but constants
        return apply(op, *args, **params)
    return PRIMITIVES[op].value(*args, **params)


def unstretched(g: Any, shape: Shape) -> Any:
    """Sum over the axes along which NumPy stretched an argument of this shape: each copy pays in."""
    total = operate("sum", g, axis=stretched(g.shape, shape))
    return total if total.shape == shape else operate("reshape", total, shape=shape)


@lru_cache(1024)
def stretched(long: Shape, shape: Shape) -> tuple[int, ...]:
    """The axes that a result of shape ``long`` has, and an argument of ``shape`` has not or once."""
    extra = len(long) - len(shape)
    return tuple(
        axis
        for axis, length in enumerate(long)
        if axis < extra or (shape[axis - extra] == 1 and length != 1)
    )


# Last, because `functions` is written with Var, and Var's methods stand for its functions.
from . import functions  # noqa: E402
