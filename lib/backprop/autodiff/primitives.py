"""The primitives: what each operation computes, and beside it how its gradient flows back.

In every rule ``g`` is the upstream gradient, ``out`` the operation's own result; then come its
arguments and parameters. All are Vars, so what a rule does is recorded, and can be differentiated in
its turn. Where NumPy stretched an argument, `grad` sums over its copies, so the rules need not. The
page's script holds the values of these same names, and no rule.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["POWER_CASES", "PRIMITIVES", "Primitive"]

Shape = tuple[int, ...]
Value = NDArray[np.float64]
Rule = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Primitive:
    """An operation that a tape can hold.

    Attributes
    ----------
    value
        NumPy function of the arguments' values and the parameters.
    rules
        For each argument its vector-Jacobian product,
        ``rule(upstream, result, *arguments, **parameters)``: the gradient with respect to the
        argument, one for each copy where NumPy stretched it. None where the result does not change
        smoothly with the argument.
    """

    value: Callable[..., Any]
    rules: tuple[Rule | None, ...]


PRIMITIVES: dict[str, Primitive] = {}


def primitive(name: str, value: Any, *rules: Rule | None) -> None:
    PRIMITIVES[name] = Primitive(value, rules)


# Arithmetic. Python's operators rather than NumPy's functions, which are the same for arrays and ten
# times slower for single numbers.

primitive("add", operator.add, lambda g, out, a, b: g, lambda g, out, a, b: g)
primitive("sub", operator.sub, lambda g, out, a, b: g, lambda g, out, a, b: -g)
primitive("mul", operator.mul, lambda g, out, a, b: g * b, lambda g, out, a, b: g * a)
primitive(
    "div",
    operator.truediv,
    lambda g, out, a, b: g / b,
    lambda g, out, a, b: -g * out / b,
)
primitive("neg", operator.neg, lambda g, out, a: -g)


def all_are(value: Any, number: float) -> bool:
    if type(value) is np.float64:
        return bool(value == number)
    return not np.count_nonzero(value != number)  # np.all takes three times as long


def one_less(n: Any) -> Any:
    """n − 1, but 0 for n = 0; of a constant a constant again, by whose value the next rule can choose."""
    less = (n == 0.0).apply("where", 0.0, n - 1.0)
    return less.value if n.op == "const" else less


# How aⁿ depends on a, by what n is: n aⁿ⁻¹, without a power where n is the constant 1 or 2 (the usual
# square). Where n = 0 the factor n settles it; 0 · a⁻¹ would be NaN at a = 0, so another constant takes the
# exponent's place, and for an exponent that varies, whose aⁿ⁻¹ has to keep its own gradient, another base.
POWER_CASES: dict[str, Rule] = {
    "one": lambda g, out, a, n: g,
    "two": lambda g, out, a, n: g * (n * a),
    "constant": lambda g, out, a, n: g * (n * a ** one_less(n)),
    "variable": lambda g, out, a, n: (
        g * (n * ((n == 0.0) * (a == 0.0)).apply("where", 1.0, a) ** (n - 1.0))
    ),
}


def power_case(n: Any) -> str:
    if n.op != "const":
        return "variable"
    exponent = n.value[()]
    if all_are(exponent, 1.0):
        return "one"
    return "two" if all_are(exponent, 2.0) else "constant"


def power_rule(g: Any, out: Any, a: Any, n: Any) -> Any:
    return POWER_CASES[power_case(n)](g, out, a, n)


def exponent_rule(g: Any, out: Any, a: Any, n: Any) -> Any:
    """aⁿ ln a; at a = 0 the limit 0, which ln 0 would hide. NaN for a < 0, where aⁿ has gaps."""
    return g * out * (a == 0.0).apply("where", 1.0, a).apply("log")


primitive("power", np.power, power_rule, exponent_rule)

# Functions of one number

primitive("exp", np.exp, lambda g, out, z: g * out)
primitive("log", np.log, lambda g, out, z: g / z)
primitive("sqrt", np.sqrt, lambda g, out, z: g * 0.5 / out)
primitive("sin", np.sin, lambda g, out, z: g * z.apply("cos"))
primitive("cos", np.cos, lambda g, out, z: -g * z.apply("sin"))


def sigmoid_value(z: Value) -> Any:
    # exp only ever sees -|z|, so it cannot overflow.
    e = np.exp(np.copysign(z, -1.0))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


# σ(−z) rather than 1 − σ(z), which rounds to 0 for z beyond 37; and for tanh, whose tanh'(z) is
# 4σ(2z)σ(−2z), rather than 1 − tanh², which does so from 19 on.
primitive("sigmoid", sigmoid_value, lambda g, out, z: g * out * (-z).apply("sigmoid"))
primitive(
    "tanh",
    np.tanh,
    lambda g, out, z: g * (4.0 * (2.0 * z).apply("sigmoid") * (-2.0 * z).apply("sigmoid")),
)
primitive("softplus", lambda z: np.logaddexp(0.0, z), lambda g, out, z: g * z.apply("sigmoid"))

# Choices. A comparison gives 1 or 0 and passes no gradient.

primitive("greater", lambda a, b: np.float64(a > b), None, None)
primitive("equal", lambda a, b: np.float64(a == b), None, None)


NUMBERS = (np.float64, np.bool_, float)


def where_value(condition: Any, a: Any, b: Any) -> Any:
    # Between single numbers Python chooses in a tenth of NumPy's time.
    if type(condition) in NUMBERS and type(a) in NUMBERS and type(b) in NUMBERS:
        return np.float64(a if condition else b)
    return np.where(condition != 0.0, a, b)


primitive(
    "where",
    where_value,
    None,
    lambda g, out, condition, a, b: condition.apply("where", g, 0.0),
    lambda g, out, condition, a, b: condition.apply("where", 0.0, g),
)
# At a tie both arguments get half.
primitive(
    "maximum",
    np.maximum,
    lambda g, out, a, b: g * ((a > b) + 0.5 * (a == b)),
    lambda g, out, a, b: g * ((b > a) + 0.5 * (a == b)),
)


def relu_value(z: Any) -> Any:
    if type(z) is np.float64:  # as above
        return np.float64(0.0) if z <= 0.0 else z
    return np.maximum(z, 0.0)


# The kink: relu'(0) = 0, as in the rest of the book.
primitive("relu", relu_value, lambda g, out, z: (z > 0.0).apply("where", g, 0.0))

# Shapes and sums. Reductions keep the reduced axes at length 1; `reshape` drops them.

primitive(
    "sum",
    lambda a, axis: np.add.reduce(a, axis=axis, keepdims=True),
    lambda g, out, a, axis: g if g.shape == a.shape else g.apply("broadcast_to", shape=a.shape),
)


def max_rule(g: Any, out: Any, a: Any, axis: tuple[int, ...]) -> Any:
    """The largest entry takes all; entries that tie share evenly."""
    winners = a == out
    return g * winners / winners.apply("sum", axis=axis)


primitive("max", lambda a, axis: np.max(a, axis=axis, keepdims=True), max_rule)


def broadcast_value(a: Any, shape: Shape) -> Any:
    # One number for all entries, as in the gradient of every mean, without broadcast_to's iterator.
    if a.size == 1 and a.ndim <= len(shape) and min(shape, default=0) >= 0:
        entries = np.empty(shape)
        entries.fill(a.item())
        return entries
    return np.array(np.broadcast_to(a, shape), order="C")


primitive(
    "broadcast_to",
    broadcast_value,
    lambda g, out, a, shape: g,
)
primitive(
    "reshape",
    lambda a, shape: a.reshape(shape)[()],  # of shape () a number, with which one computes faster
    lambda g, out, a, shape: g.apply("reshape", shape=a.shape),
)
primitive(
    "transpose",
    lambda a, axes: a.transpose(axes).copy(),
    lambda g, out, a, axes: g.apply(
        "transpose", axes=tuple([axes.index(i) for i in range(len(axes))])
    ),
)
primitive(
    "matmul",
    np.matmul,
    lambda g, out, a, b: g.apply("matmul", b.apply("transpose", axes=(1, 0))),
    lambda g, out, a, b: a.apply("transpose", axes=(1, 0)).apply("matmul", g),
)


def put_value(a: Value, indices: tuple[int, ...], shape: Shape) -> Any:
    """Zeros of ``shape``, to whose flat positions ``indices`` the entries of ``a`` are added."""
    size = int(np.prod(shape))
    # Without any index bincount ignores its weights and counts in integers.
    total = np.bincount(indices, np.ravel(a), minlength=size).astype(np.float64)
    return total.reshape(shape)


# Indexing takes flat positions, so that a page needs no NumPy indexing; `put` is its transpose.
primitive(
    "take",
    lambda a, indices, shape: np.ravel(a)[np.asarray(indices, dtype=np.intp)].reshape(shape),
    lambda g, out, a, indices, shape: g.apply("put", indices=indices, shape=a.shape),
)
primitive(
    "put",
    put_value,
    lambda g, out, a, indices, shape: g.apply("take", indices=indices, shape=a.shape),
)
