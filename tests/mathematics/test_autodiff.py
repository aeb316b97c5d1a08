"""Recorded arithmetic: every rule against independent witnesses, to third order.

Three witnesses judge each derivative. The *complex step* of a NumPy function written here, without
the library: Im f(x + ih) / h with h = 1e-30 has no subtraction, so it is exact to rounding. *Five-point
differences* of the recorded value, which need no complex function and carry on to higher orders.
And, where a formula is short, the formula itself.
"""

import copy
import doctest
import functools
import gc
import importlib
import math
import pickle
import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from backprop import autodiff as ad
from backprop.autodiff.grad import topological
from backprop.autodiff.primitives import PRIMITIVES
from backprop.autodiff.var import apply

pytestmark = pytest.mark.filterwarnings("error")

Arrays = Sequence[np.ndarray]

# The complex step and the recorded rule round differently, a few units in the last place each.
EXACT = {"rtol": 1e-12, "atol": 1e-13}
# With h = 1e-3 the five-point formula errs by h^4 f⁽⁵⁾/30 ≈ 3e-14 f⁽⁵⁾ and rounds at eps f/h ≈
# 2e-13 f. The fifth derivatives of the cases, and their values, stay below some hundreds.
STEP = 1e-3
DIFFERENCED = {"rtol": 1e-8, "atol": 1e-9}


def complex_step(f: Callable[..., Any], points: Arrays) -> list[np.ndarray]:
    """The gradient of the real scalar function f at the points, entry by entry."""
    gradients = []
    for k, point in enumerate(points):
        gradient = np.empty(point.shape)
        for i in np.ndindex(point.shape):
            moved = [p.astype(complex) for p in points]
            moved[k][i] += 1e-30j
            gradient[i] = np.imag(f(*moved)) / 1e-30
        gradients.append(gradient)
    return gradients


def five_point(f: Callable[..., float], points: Arrays) -> list[np.ndarray]:
    """The gradient of f by (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12h."""
    gradients = []
    for k, point in enumerate(points):
        gradient = np.empty(point.shape)
        for i in np.ndindex(point.shape):
            values = []
            for move in (-2, -1, 1, 2):
                moved = [p.copy() for p in points]
                moved[k][i] += move * STEP
                values.append(f(*moved))
            gradient[i] = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * STEP)
        gradients.append(gradient)
    return gradients


def weights(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Distinct numbers of both signs, so that no two entries of a Jacobian can be confused."""
    return np.random.default_rng([seed, *shape]).uniform(0.5, 1.5, shape) * np.where(
        np.arange(math.prod(shape)).reshape(shape) % 2, -1.0, 1.0
    )


class Case(NamedTuple):
    """A recorded function, the same function in NumPy (analytic where possible), and arguments."""

    name: str
    recorded: Callable[..., ad.Var]
    numpy: Callable[..., Any]
    points: tuple[Any, ...]

    def arrays(self) -> list[np.ndarray]:
        return [np.asarray(p, dtype=float) for p in self.points]

    def scalar(self, *points: Any) -> Any:
        """Every output entry, weighted and summed, in NumPy."""
        value = np.asarray(self.numpy(*points))
        return np.sum(value * weights(value.shape))

    def derivative(self, order: int, variables: Sequence[ad.Var]) -> ad.Var:
        """The recorded scalar, differentiated ``order`` times along fixed directions."""
        value = self.recorded(*variables)
        scalar = ad.sum(value * weights(value.shape))
        for k in range(order):
            gradients = ad.grad(scalar, variables)
            scalar = sum(
                (ad.sum(g * weights(g.shape, k + 1)) for g in gradients), start=ad.var(0.0)
            )
        return scalar

    def gradient(self, order: int) -> list[np.ndarray]:
        variables = [ad.var(p) for p in self.points]
        return [g.value for g in ad.grad(self.derivative(order, variables), variables)]


def np_softmax(z: Any) -> Any:
    return np.exp(z) / np.sum(np.exp(z), axis=0)


def np_pick_max(z: Any, axis: int) -> Any:
    """The maximum by selection, which a complex number survives."""
    return np.take_along_axis(z, np.argmax(z.real, axis=axis, keepdims=True), axis=axis)


Z = np.array([[-1.3, 0.4, 2.1], [0.7, -0.2, -1.9]])
POSITIVE = np.array([[0.6, 1.4, 2.2], [1.7, 0.8, 1.1]])
NONZERO = POSITIVE * [[1.0, -1.0, 1.0], [-1.0, 1.0, -1.0]]
ROW = np.array([1.2, -0.7, 0.9])
COLUMN = np.array([[1.6], [-0.8]])
SQUARE = np.array([[0.3, -1.1, 0.5], [0.9, 0.2, -0.6], [-0.4, 1.3, 0.8]])
PLACES = (2, 0, 3, 2, 0, 2)
CUBE = np.linspace(-1.7, 2.3, 12).reshape(2, 3, 2) ** 3 + 0.1

CASES = [
    Case("add", lambda a, b: a + b, lambda a, b: a + b, (Z, ROW)),
    Case("radd", lambda a: 1.5 + a, lambda a: 1.5 + a, (Z,)),
    Case("sub", lambda a, b: a - b, lambda a, b: a - b, (Z, COLUMN)),
    Case("sub, stretched on the left", lambda a, b: a - b, lambda a, b: a - b, (1.5, Z)),
    Case("rsub", lambda a: ROW - a, lambda a: ROW - a, (Z,)),
    Case("mul", lambda a, b: a * b, lambda a, b: a * b, (ROW, Z)),
    Case("mul with itself", lambda a: a * a * a, lambda a: a * a * a, (Z,)),
    Case("rmul", lambda a: Z * a, lambda a: Z * a, (ROW,)),
    Case("div", lambda a, b: a / b, lambda a, b: a / b, (Z, POSITIVE)),
    Case("div, stretched", lambda a, b: a / b, lambda a, b: a / b, (ROW, COLUMN)),
    Case("rdiv", lambda a: 2.0 / a, lambda a: 2.0 / a, (NONZERO,)),
    Case("neg", lambda a: -a, lambda a: -a, (Z,)),
    Case("pos", lambda a: +a, lambda a: +a, (Z,)),
    Case("abs", abs, lambda a: np.where(a.real > 0, a, -a), (Z,)),
    Case("power 0", lambda a: a**0, lambda a: a**0, (Z,)),
    Case("power 1", lambda a: a**1, lambda a: a, (Z,)),
    Case("power 2", lambda a: a**2, lambda a: a * a, (Z,)),
    Case("power 3", lambda a: a**3, lambda a: a * a * a, (Z,)),
    Case("power -1", lambda a: a**-1, lambda a: 1 / a, (NONZERO,)),
    Case("power ½", lambda a: a**0.5, np.sqrt, (POSITIVE,)),
    Case("powers by entry", lambda a: a ** np.arange(3.0), lambda a: a ** np.arange(3), (POSITIVE,)),
    Case("power of both", lambda a, n: a**n, lambda a, n: np.exp(n * np.log(a)), (POSITIVE, ROW)),
    Case("power of both at 2", lambda a, n: a**n, lambda a, n: np.exp(n * np.log(a)), (3.0, 2.0)),
    Case("power of both at 1", lambda a, n: a**n, lambda a, n: np.exp(n * np.log(a)), (3.0, 1.0)),
    Case("power of both at 0", lambda a, n: a**n, lambda a, n: np.exp(n * np.log(a)), (3.0, 0.0)),
    Case("rpow", lambda n: 1.7**n, lambda n: np.exp(n * np.log(1.7)), (Z,)),
    Case("exp", ad.exp, np.exp, (Z,)),
    Case("log", ad.log, np.log, (POSITIVE,)),
    Case("sqrt", ad.sqrt, np.sqrt, (POSITIVE,)),
    Case("sin", ad.sin, np.sin, (Z,)),
    Case("cos", ad.cos, np.cos, (Z,)),
    Case("tanh", ad.tanh, lambda z: 1 - 2 / (np.exp(2 * z) + 1), (Z,)),
    Case("sigmoid", ad.sigmoid, lambda z: 1 / (1 + np.exp(-z)), (Z,)),
    Case("softplus", ad.softplus, lambda z: np.log(1 + np.exp(z)), (Z,)),
    Case("relu", ad.relu, lambda z: np.where(z.real > 0, z, 0), (Z,)),
    Case("leaky_relu", ad.leaky_relu, lambda z: np.where(z.real > 0, z, 0.01 * z), (Z,)),
    Case("leaky_relu, slope", lambda z: ad.leaky_relu(z, slope=0.3),
         lambda z: np.where(z.real > 0, z, 0.3 * z), (Z,)),
    Case("softmax", ad.softmax, np_softmax, (Z,)),
    Case("softmax of a vector", ad.softmax, np_softmax, (ROW,)),
    Case("logsumexp", ad.logsumexp, lambda z: np.log(np.sum(np.exp(z), axis=0)), (Z,)),
    Case("logsumexp of a vector", ad.logsumexp, lambda z: np.log(np.sum(np.exp(z), axis=0)), (ROW,)),
    Case("maximum", lambda a, b: ad.maximum(a, b) ** 2,
         lambda a, b: np.where(a.real > b.real, a, b) ** 2, (Z, ROW)),
    Case("maximum, stretched on the left", lambda a, b: ad.maximum(a, b) ** 2,
         lambda a, b: np.where(a.real > b.real, a, b) ** 2, (ROW, Z)),
    Case("minimum", lambda a, b: ad.minimum(a, b) ** 2,
         lambda a, b: np.where(a.real < b.real, a, b) ** 2, (Z, COLUMN)),
    Case("where", lambda a, b: ad.where(Z > 0, a, b) ** 2,
         lambda a, b: np.where(Z > 0, a, b) ** 2, (ROW, COLUMN)),
    Case("where by a comparison", lambda a, b: ad.where(a > b, a * b, a / b),
         lambda a, b: np.where(a.real > b.real, a * b, a / b), (Z, ROW)),
    Case("sum", ad.sum, np.sum, (Z,)),
    Case("sum of squares", lambda a: ad.sum(a**2), lambda a: np.sum(a**2), (CUBE,)),
    Case("sum over an axis", lambda a: ad.sum(a**2, axis=1), lambda a: np.sum(a**2, axis=1), (CUBE,)),
    Case("sum over axes", lambda a: (a**2).sum(axis=(0, -1)),
         lambda a: np.sum(a**2, axis=(0, -1)), (CUBE,)),
    Case("sum, axis kept", lambda a: a / a.sum(axis=-1, keepdims=True),
         lambda a: a / np.sum(a, axis=-1, keepdims=True), (POSITIVE,)),
    Case("mean", lambda a: ad.mean(a**2), lambda a: np.mean(a**2), (Z,)),
    Case("mean over an axis", lambda a: (a**2).mean(axis=0), lambda a: np.mean(a**2, axis=0), (Z,)),
    Case("mean, axis kept", lambda a: a - a.mean(axis=1, keepdims=True),
         lambda a: a - np.mean(a, axis=1, keepdims=True), (Z,)),
    Case("max", lambda a: ad.max(a) ** 2, lambda a: np_pick_max(a.reshape(-1), 0)[0] ** 2, (Z,)),
    Case("max over an axis", lambda a: a.max(axis=0) ** 2, lambda a: np_pick_max(a, 0)[0] ** 2, (Z,)),
    Case("max, axis kept", lambda a: a * a.max(axis=1, keepdims=True),
         lambda a: a * np_pick_max(a, 1), (CUBE,)),
    Case("broadcast_to", lambda a: ad.broadcast_to(a, (4, 2, 3)) ** 2,
         lambda a: np.broadcast_to(a, (4, 2, 3)) ** 2, (COLUMN,)),
    Case("broadcast_to from a scalar", lambda a: ad.broadcast_to(a, 3) ** 2,
         lambda a: np.broadcast_to(a, 3) ** 2, (1.7,)),
    Case("reshape", lambda a: a.reshape((3, -1)) ** 2, lambda a: a.reshape((3, -1)) ** 2, (CUBE,)),
    Case("transpose", lambda a: a.T ** 2, lambda a: a.T ** 2, (CUBE,)),
    Case("transpose by axes", lambda a: ad.transpose(a, (1, 2, 0)) ** 2,
         lambda a: np.transpose(a, (1, 2, 0)) ** 2, (CUBE,)),
    Case("transpose by negative axes", lambda a: ad.transpose(a, (-1, 0, 1)) ** 2,
         lambda a: np.transpose(a, (-1, 0, 1)) ** 2, (CUBE,)),
    Case("matrix @ matrix", lambda a, b: a @ b, lambda a, b: a @ b, (Z, SQUARE)),
    Case("matrix @ vector", lambda a, b: a @ b, lambda a, b: a @ b, (Z, ROW)),
    Case("vector @ matrix", lambda a, b: a @ b, lambda a, b: a @ b, (ROW, SQUARE)),
    Case("vector @ vector", lambda a, b: a @ b, lambda a, b: a @ b, (ROW, ROW + 1)),
    Case("matrix @ itself", lambda a: ad.matmul(a, a), lambda a: a @ a, (SQUARE,)),
    Case("array @ Var", lambda a: SQUARE @ a, lambda a: SQUARE @ a, (ROW,)),
    Case("Var @ array", lambda a: a @ SQUARE, lambda a: a @ SQUARE, (ROW,)),
    *[
        Case(f"index {key!r}", lambda a, key=key: a[key] ** 2, lambda a, key=key: a[key] ** 2, (CUBE,))
        for key in [
            1,
            -1,
            (0, 2, 1),
            slice(None, None, -1),
            (slice(None), 1),
            (..., 0),
            (slice(None), None, 2),
            [1, 0, 1],  # the same rows twice: their gradients add
            (np.array([0, 1, 1]), np.array([2, 2, 0])),
            CUBE > 0,
            slice(0, 0),
        ]
    ],
    Case("put, a sum into places", lambda a: apply("put", a, indices=PLACES, shape=(4,)) ** 2,
         lambda a: (np.eye(4)[:, PLACES] @ a.reshape(-1)) ** 2, (Z,)),
    Case("indexing by iteration", lambda a: sum((row * row[0] for row in a), start=ad.var(0.0)),
         lambda a: sum(row * row[0] for row in a), (Z,)),
]  # fmt: skip

by_name = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@by_name
def test_value_is_numpys(case: Case) -> None:
    value = case.recorded(*[ad.var(p) for p in case.points])
    expected = np.asarray(case.numpy(*case.arrays()))
    assert value.shape == expected.shape
    assert value.value.dtype == np.float64
    # A textbook formula such as 1 / (1 + exp(-z)) may differ in the last places.
    np.testing.assert_allclose(value.value, expected, rtol=1e-14, atol=1e-15)


@by_name
def test_gradient_is_the_complex_step_of_numpy(case: Case) -> None:
    for found, expected in zip(
        case.gradient(0), complex_step(case.scalar, case.arrays()), strict=True
    ):
        assert found.shape == expected.shape
        assert found.dtype == np.float64
        np.testing.assert_allclose(found, expected, **EXACT)


@by_name
def test_gradient_is_the_difference_quotient_of_numpy(case: Case) -> None:
    for found, expected in zip(
        case.gradient(0), five_point(case.scalar, case.arrays()), strict=True
    ):
        np.testing.assert_allclose(found, expected, **DIFFERENCED)


@pytest.mark.parametrize("order", [1, 2], ids=["second", "third"])
@by_name
def test_higher_derivative_is_the_difference_quotient_of_the_one_below(
    case: Case, order: int
) -> None:
    def below(*points: np.ndarray) -> float:
        return float(case.derivative(order, [ad.var(p) for p in points]).value)

    expected = five_point(below, case.arrays())
    # Entries of one gradient share their rounding, so the largest sets the scale.
    scale = max([1.0, *(np.max(np.abs(e), initial=0.0) for e in expected)])
    for found, wanted in zip(case.gradient(order), expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-9 * scale)


def test_every_primitive_is_among_the_cases() -> None:
    used: set[str] = set()
    for case in CASES:
        tape = ad.trace(
            lambda case=case, **points: {
                f"order {k}": case.derivative(k, [*points.values()]) for k in range(2)
            },
            **{f"p{i}": p for i, p in enumerate(case.points)},
        )
        used |= {node.op for node in tape.nodes}
    assert used >= PRIMITIVES.keys()


# Broadcasting

BINARY = {
    "add": (lambda a, b: a + b, lambda a, b: a + b),
    "sub": (lambda a, b: a - b, lambda a, b: a - b),
    "mul": (lambda a, b: a * b, lambda a, b: a * b),
    "div": (lambda a, b: a / b, lambda a, b: a / b),
    "power": (lambda a, b: a**b, lambda a, b: np.exp(b * np.log(a))),
    "maximum": (ad.maximum, lambda a, b: np.where(a.real > b.real, a, b)),
    "minimum": (ad.minimum, lambda a, b: np.where(a.real < b.real, a, b)),
    "where": (lambda a, b: ad.where(a > b, a * b, b), lambda a, b: np.where(a.real > b.real, a * b, b)),
}  # fmt: skip


def shapes(number: int, min_side: int = 0) -> st.SearchStrategy[tuple[tuple[int, ...], ...]]:
    return hnp.mutually_broadcastable_shapes(
        num_shapes=number, max_dims=3, min_side=min_side, max_side=3
    ).map(lambda drawn: drawn.input_shapes)


@pytest.mark.parametrize("name", BINARY)
@settings(max_examples=25)
@given(shapes=shapes(2), seed=st.integers(0, 2**32 - 1))
def test_binary_operations_broadcast_as_numpys_do(
    name: str, shapes: tuple[tuple[int, ...], ...], seed: int
) -> None:
    recorded, plain = BINARY[name]
    rng = np.random.default_rng(seed)
    # Drawn continuously, so no two entries tie; between 0.5 and 2, so a power's base is positive.
    case = Case(name, recorded, plain, tuple(rng.uniform(0.5, 2.0, shape) for shape in shapes))
    test_value_is_numpys(case)
    test_gradient_is_the_complex_step_of_numpy(case)


@settings(max_examples=30)
@given(shapes=shapes(3), seed=st.integers(0, 2**32 - 1))
def test_where_broadcasts_its_three_arguments(
    shapes: tuple[tuple[int, ...], ...], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    condition = rng.integers(0, 2, shapes[0])
    case = Case(
        "where",
        lambda a, b: ad.where(condition, a, b),
        lambda a, b: np.where(condition, a, b),
        (rng.normal(size=shapes[1]), rng.normal(size=shapes[2])),
    )
    test_value_is_numpys(case)
    test_gradient_is_the_complex_step_of_numpy(case)


def test_where_takes_every_condition_but_0_as_true() -> None:
    chosen = ad.where([-1.0, 0.25, 0.0, -0.0, 5e-324, 7.0], 1.0, 2.0)
    np.testing.assert_array_equal(chosen.value, [1.0, 1.0, 2.0, 2.0, 1.0, 1.0])


COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


@pytest.mark.parametrize("name", COMPARISONS)
@settings(max_examples=25)
@given(shapes=shapes(2), seed=st.integers(0, 2**32 - 1))
def test_comparisons_give_ones_and_zeros_and_no_gradient(
    name: str, shapes: tuple[tuple[int, ...], ...], seed: int
) -> None:
    compare = COMPARISONS[name]
    rng = np.random.default_rng(seed)
    a, b = (rng.integers(0, 3, shape).astype(float) for shape in shapes)
    for x, y in [(ad.var(a), ad.var(b)), (a, ad.var(b)), (ad.var(a), b)]:
        result = compare(x, y)
        np.testing.assert_array_equal(result.value, compare(a, b) * 1.0)
        assert result.value.dtype == np.float64
        for leaf in (v for v in (x, y) if isinstance(v, ad.Var)):
            (gradient,) = ad.grad(ad.sum(result), [leaf])
            np.testing.assert_array_equal(gradient.value, np.zeros(leaf.shape))


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "@": lambda a, b: a @ b,
}


@pytest.mark.parametrize("name", ARITHMETIC)
def test_an_array_on_either_side_gives_one_var(name: str) -> None:
    operate, a, b = ARITHMETIC[name], SQUARE + 2.0, SQUARE.T + 3.0
    for x, y in [(a, ad.var(b)), (ad.var(a), b), (a.tolist(), ad.var(b)), (ad.var(a), b.tolist())]:
        result = operate(x, y)
        assert isinstance(result, ad.Var)
        np.testing.assert_allclose(result.value, operate(a, b), rtol=1e-15)


@pytest.mark.parametrize("name", [n for n in ARITHMETIC if n != "@"])
@pytest.mark.parametrize("number", [3, 3.0, np.float64(3), np.float32(3), np.int64(3), True])
def test_a_number_on_either_side_gives_one_var(name: str, number: Any) -> None:
    operate = ARITHMETIC[name]
    plain = float(number)
    for found, expected in [
        (operate(number, ad.var(2.0)), operate(plain, 2.0)),
        (operate(ad.var(2.0), number), operate(2.0, plain)),
    ]:
        assert isinstance(found, ad.Var)
        assert float(found.value) == expected


# Conventions where there is no derivative


def slope(f: Callable[[ad.Var], ad.Var], at: float, order: int = 1) -> float:
    x = ad.var(at)
    y = f(x)
    for _ in range(order):
        (y,) = ad.grad(y, [x])
    return float(y.value)


def test_relu_has_slope_0_at_its_kink() -> None:
    assert slope(ad.relu, 0.0) == 0.0
    assert slope(ad.relu, -0.0) == 0.0
    assert slope(ad.relu, 5e-324) == 1.0


def test_leaky_relu_has_its_small_slope_at_its_kink() -> None:
    assert slope(ad.leaky_relu, 0.0) == 0.01
    assert slope(lambda z: ad.leaky_relu(z, 0.3), 0.0) == 0.3


def test_absolute_value_has_slope_0_at_its_kink() -> None:
    assert slope(abs, 0.0) == 0.0


@pytest.mark.parametrize("choose", [ad.maximum, ad.minimum])
def test_a_tie_of_two_is_shared_evenly(choose: Callable[..., ad.Var]) -> None:
    a, b = ad.var([1.0, 1.0, 2.0]), ad.var([1.0, 2.0, 1.0])
    da, db = ad.grad(ad.sum(choose(a, b)), [a, b])
    first = [0.5, 0.0, 1.0] if choose is ad.maximum else [0.5, 1.0, 0.0]
    np.testing.assert_array_equal(da.value, first)
    np.testing.assert_array_equal(db.value, 1.0 - np.array(first))


def test_the_largest_entries_of_a_tie_share_evenly() -> None:
    a = ad.var([[3.0, 1.0, 3.0], [2.0, 2.0, 2.0]])
    (along,) = ad.grad(ad.sum(ad.max(a, axis=1) * np.array([4.0, 6.0])), [a])
    np.testing.assert_array_equal(along.value, [[2.0, 0.0, 2.0], [2.0, 2.0, 2.0]])
    (over_all,) = ad.grad(ad.max(a), [a])
    np.testing.assert_array_equal(over_all.value, [[0.5, 0.0, 0.5], [0.0, 0.0, 0.0]])


@pytest.mark.parametrize("power", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_whole_powers_differentiate_at_zero(power: int, order: int) -> None:
    # xⁿ at 0 has n! as its nth derivative and 0 as every other; never 0 · (1/0).
    assert slope(lambda x: x**power, 0.0, order) == (math.factorial(power) if order == power else 0)


def test_a_polynomial_differentiates_at_zero() -> None:
    for order, expected in [(1, 5.0), (2, -14.0), (3, 12.0), (4, 0.0)]:
        found = slope(lambda x: ad.sum([3.0, 5.0, -7.0, 2.0] * x ** np.arange(4)), 0.0, order)
        assert found == expected


def test_a_base_has_slope_0_where_the_exponent_is_0() -> None:
    # 0 · 0⁻¹ on the way, whether the exponent is a constant or a variable.
    for exponent in (0.0, ad.var(0.0)):
        base = ad.var([0.0, 2.0])
        (slope,) = ad.grad(ad.sum(base**exponent), [base])
        np.testing.assert_array_equal(slope.value, [0.0, 0.0])


def test_an_exponent_has_slope_0_where_the_base_is_0() -> None:
    assert slope(lambda n: 0.0**n, 1.5) == 0.0


def test_an_exponent_has_no_slope_where_the_base_is_negative() -> None:
    with pytest.warns(RuntimeWarning, match="log"):
        assert math.isnan(slope(lambda n: (-2.0) ** n, 2.0))
    assert slope(lambda a: a**2.0, -2.0) == -4.0  # and does not ask for it without need


def test_infinite_slopes_are_announced() -> None:
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert slope(ad.sqrt, 0.0) == math.inf
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        ad.log(ad.var(0.0))
    with pytest.warns(RuntimeWarning, match="overflow"):
        ad.exp(ad.var(1000.0))


# Far from zero


@pytest.mark.parametrize("z", [-1000.0, -40.0, 40.0, 1000.0])
def test_saturated_functions_keep_their_derivatives(z: float) -> None:
    # e^(-40) is lost beside 1, but must not be lost by itself.
    near = functools.partial(pytest.approx, rel=1e-14, abs=0.0)
    tail = math.exp(-abs(z))
    up = z > 0
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert float(ad.sigmoid(z).value) == near(1.0 if up else tail)
        assert slope(ad.sigmoid, z) == near(tail)
        assert slope(ad.sigmoid, z, 2) == near(-tail if up else tail)
        assert float(ad.softplus(z).value) == near(z if up else tail)
        assert slope(ad.softplus, z) == near(1.0 if up else tail)
        assert slope(ad.softplus, z, 2) == near(tail)
        assert float(ad.tanh(z).value) == (1.0 if up else -1.0)
        assert slope(ad.tanh, z) == near(4.0 * tail**2)  # 1 - tanh² would be 0
        assert slope(ad.tanh, z, 2) == near(-8.0 * tail**2 if up else 8.0 * tail**2)
        assert slope(ad.relu, z) == (1.0 if up else 0.0)


def test_softmax_and_logsumexp_stay_finite_far_from_zero() -> None:
    z = ad.var([1000.0, 0.0, -1000.0])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        np.testing.assert_array_equal(ad.softmax(z).value, [1.0, 0.0, 0.0])
        total = ad.logsumexp(z)
        assert float(total.value) == 1000.0
        (gradient,) = ad.grad(total, [z])
        np.testing.assert_array_equal(gradient.value, [1.0, 0.0, 0.0])
        (curvature,) = ad.grad(ad.sum(gradient * np.array([1.0, 2.0, 3.0])), [z])
        np.testing.assert_array_equal(curvature.value, [0.0, 0.0, 0.0])


def test_logsumexp_has_softmax_as_gradient_at_ties() -> None:
    z = ad.var([2.0, 2.0, 2.0])
    (gradient,) = ad.grad(ad.logsumexp(z), [z])
    np.testing.assert_allclose(gradient.value, np.full(3, 1 / 3), rtol=1e-15)


# The graph


def test_a_node_waits_for_all_of_its_uses() -> None:
    # The classic: a walk that passes gradients on too early gives 29 and 22.
    a, b = ad.var(2.0), ad.var(3.0)
    c, d = a + b, a * b
    y = (c + d) + c * d
    assert [float(g.value) for g in ad.grad(y, [a, b])] == [25.0, 19.0]
    dc, dd = ad.grad(y, [c, d])
    assert (float(dc.value), float(dd.value)) == (1.0 + 6.0, 1.0 + 5.0)


def test_a_value_used_twice_adds_its_gradients() -> None:
    x = ad.var(3.0)
    assert float(ad.grad(x + x, [x])[0].value) == 2.0
    assert float(ad.grad(x * x, [x])[0].value) == 6.0
    assert float(ad.grad(x / x, [x])[0].value) == 0.0
    assert float(ad.grad(x - x, [x])[0].value) == 0.0
    y = x * x
    assert float(ad.grad(y * y, [x])[0].value) == 4 * 27.0
    assert float(ad.grad(ad.maximum(x, x), [x])[0].value) == 1.0


def test_gradients_reach_intermediate_results() -> None:
    w, x = ad.var(0.5), ad.var(2.0)
    z = w * x
    a = ad.sigmoid(z)
    loss = (a - 1.0) ** 2
    dw, dz, da, dloss = ad.grad(loss, [w, z, a, loss])
    value = 1 / (1 + math.exp(-1.0))
    assert float(dloss.value) == 1.0
    assert float(da.value) == pytest.approx(2 * (value - 1), rel=1e-15)
    assert float(dz.value) == pytest.approx(2 * (value - 1) * value * (1 - value), rel=1e-14)
    assert float(dw.value) == 2.0 * float(dz.value)


def test_an_intermediate_result_stands_still_beside_its_own_parts() -> None:
    # ∂/∂c holds a fixed; ∂/∂a also moves c.
    a = ad.var(2.0)
    c = a * a
    da, dc = ad.grad(a * c, [a, c])
    assert (float(da.value), float(dc.value)) == (12.0, 2.0)


def test_what_the_loss_does_not_depend_on_has_gradient_zero() -> None:
    w, apart = ad.var(1.0), ad.var(np.ones((2, 3)))
    later = w * 3.0
    gradients = ad.grad(w * 2.0, [apart, w, later, w])
    np.testing.assert_array_equal(gradients[0].value, np.zeros((2, 3)))
    assert [float(g.value) for g in gradients[1:]] == [2.0, 0.0, 2.0]
    assert ad.grad(w, []) == ()
    (again,) = ad.grad(ad.sum(gradients[0]), [w])
    assert float(again.value) == 0.0


def test_grad_takes_any_iterable() -> None:
    variables = {"w": ad.var(3.0), "b": ad.var(4.0)}
    loss = variables["w"] * variables["b"]
    for wrt in (variables.values(), iter(variables.values()), tuple(variables.values())):
        assert [float(g.value) for g in ad.grad(loss, wrt)] == [4.0, 3.0]  # type: ignore[arg-type]


def test_gradients_keep_nothing_between_calls() -> None:
    x = ad.var(3.0)
    y = x * x
    assert [float(ad.grad(y, [x])[0].value) for _ in range(3)] == [6.0, 6.0, 6.0]


def test_mixed_derivatives_agree_in_either_order() -> None:
    x, y = ad.var(0.7), ad.var(1.3)
    f = ad.exp(x * y) * ad.sin(x / y) + x**y
    fx, fy = ad.grad(f, [x, y])
    (fxy,), (fyx,) = ad.grad(fx, [y]), ad.grad(fy, [x])
    assert float(fxy.value) == pytest.approx(float(fyx.value), rel=1e-13)


def test_derivatives_of_the_exponential_to_any_order() -> None:
    for order in range(1, 7):
        assert slope(ad.exp, 0.5, order) == math.exp(0.5)
        expected = [math.cos, lambda t: -math.sin(t), lambda t: -math.cos(t), math.sin][
            (order - 1) % 4
        ]
        assert slope(ad.sin, 0.5, order) == expected(0.5)


@settings(max_examples=60)
@given(st.lists(st.tuples(*[st.integers(0, 2**16)] * 2), max_size=30), st.integers(1, 4))
def test_the_order_is_depth_first_and_left_to_right(
    pairs: list[tuple[int, int]], ends: int
) -> None:
    # The order of a tape's lines, and of the terms of every sum of gradients.
    made = [ad.var(1.0), ad.var(2.0)]
    for i, j in pairs:
        made.append(made[i % len(made)] - made[j % len(made)])
    expected: list[ad.Var] = []

    def visit(node: ad.Var) -> None:
        if node not in expected_set:
            expected_set.add(node)
            for parent in node.parents:
                visit(parent)
            expected.append(node)

    expected_set: set[ad.Var] = set()
    for output in made[-ends:]:
        visit(output)
    found = topological(made[-ends:])
    assert [id(node) for node in found] == [id(node) for node in expected]


STEPS = 7_000  # of three operations each


def long_chain(x: Any) -> Any:
    for _ in range(STEPS):
        x = x + 1e-4 * (ad.sin(x) if isinstance(x, ad.Var) else np.sin(x))
    return x


def test_a_chain_of_20_000_operations_to_second_order() -> None:
    # Independent witness: y, y' and y'' carried forward together through the same recurrence.
    y, y1, y2 = 1.0, 1.0, 0.0
    for _ in range(STEPS):
        s, c = math.sin(y), math.cos(y)
        y, y1, y2 = y + 1e-4 * s, y1 + 1e-4 * c * y1, y2 + 1e-4 * (c * y2 - s * y1 * y1)
    x = ad.var(1.0)
    loss = long_chain(x)
    (first,) = ad.grad(loss, [x])
    (second,) = ad.grad(first, [x])
    # 7,000 roundings of either sign grow to about √7000 eps ≈ 2e-14.
    assert float(loss.value) == pytest.approx(y, rel=1e-13)
    assert float(first.value) == pytest.approx(y1, rel=1e-12)
    assert float(second.value) == pytest.approx(y2, rel=1e-12)


def recorded_vars() -> int:
    return sum(isinstance(thing, ad.Var) for thing in gc.get_objects())


def test_a_long_graph_is_freed_at_once_and_without_recursion() -> None:
    gc.collect()
    before = recorded_vars()
    gc.disable()  # nothing but reference counts may be needed: a graph has no cycles
    try:
        x = ad.var(1.0)
        y = x
        for _ in range(100_000):
            y = y + x
        (gradient,) = ad.grad(long_chain(x), [x])
        assert recorded_vars() > before + 100_000
        del x, y, gradient
        assert recorded_vars() == before
    finally:
        gc.enable()


def test_a_gradient_depends_on_the_gradients_it_was_made_of() -> None:
    # L = sin(h) w with h = w²: dL/dw = dL/dh · 2w + sin h, of which dL/dh is a part.
    w = ad.var(0.7)
    h = w * w
    for wrt in ([w, h], [h, w], [w, h, h]):
        gradients = dict(zip(wrt, ad.grad(ad.sin(h) * w, wrt), strict=True))
        (share,) = ad.grad(gradients[w], [gradients[h]])
        assert float(share.value) == 2 * 0.7


def test_a_gradient_whose_siblings_are_gone_still_knows_its_history() -> None:
    w = ad.var(0.7)
    h = w * w
    slope = ad.grad(ad.sin(h) * w, [w, h])[0]
    (bend,) = ad.grad(slope, [w])
    # (w sin w²)'' = 6w cos w² - 4w³ sin w²
    assert float(bend.value) == pytest.approx(
        6 * 0.7 * math.cos(0.49) - 4 * 0.7**3 * math.sin(0.49), rel=1e-14
    )


@pytest.mark.parametrize("duplicate", [
    lambda pair: (copy.copy(pair[0]), pair[1]), copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair)),
], ids=["copy", "deepcopy", "pickle"])  # fmt: skip
def test_a_copied_gradient_can_be_differentiated(duplicate: Callable[[Any], Any]) -> None:
    x = ad.var(0.5)
    (slope,) = ad.grad(x**3, [x])
    # Together, so that the copy of the gradient belongs to the copy of x.
    other, at = duplicate((slope, x))
    (bend,) = ad.grad(other, [at])
    assert (float(other.value), float(bend.value)) == (0.75, 3.0)


def test_a_gradient_has_no_other_attributes() -> None:
    x = ad.var(0.5)
    (slope,) = ad.grad(x * x, [x])
    with pytest.raises(AttributeError, match="Var has no attribute 'grad'"):
        _ = slope.grad


# Numbers in


@pytest.mark.parametrize("value", [3, True, np.float32(3), np.int8([3, 4]), np.float16(3), [3, 4]])
def test_every_real_number_becomes_float64(value: Any) -> None:
    w = ad.var(value)
    assert w.value.dtype == np.float64
    assert (w * w).value.dtype == np.float64
    assert ad.exp(value).value.dtype == np.float64
    (gradient,) = ad.grad(ad.sum(w * 2), [w])
    assert gradient.value.dtype == np.float64


@pytest.mark.parametrize("constant", [
    3, True, 0.1, -0.0, math.inf, math.nan, np.float64(0.1), np.float32(0.1), np.float16(0.1),
    np.longdouble(0.1), np.int8(3), np.uint64(2**63), np.True_, np.array(0.1), np.array(3),
    np.array(0.1, dtype=np.float32), [0.1, 3], (True, False), [[1], [2]],
    np.arange(6.0).reshape(3, 2).T, np.asfortranarray(np.arange(6).reshape(2, 3)), np.arange(6.0)[::-2],
], ids=repr)  # fmt: skip
def test_a_constant_of_any_kind_is_its_float64(constant: Any) -> None:
    expected = np.array(constant, dtype=np.float64, order="C")
    w = ad.var(2.0)
    for value, plain in [
        (w + constant, 2.0 + expected),
        (constant - w, expected - 2.0),
        (w * constant, 2.0 * expected),
        (ad.where(w > 1.0, constant, w), expected),
        (ad.where(w > 1.0, w, constant), np.full(expected.shape, 2.0)),
        (ad.relu(constant), np.maximum(expected, 0.0)),
    ]:
        assert value.value.dtype == np.float64
        np.testing.assert_array_equal(value.value, plain)
        assert value.value.flags.c_contiguous
    (gradient,) = ad.grad(ad.sum(w * constant), [w])
    np.testing.assert_array_equal(gradient.value, np.sum(expected))


AWKWARD = [0.0, -0.0, 5e-324, 1.0, -2.0, 1 / 3, 1e308, -1e308, math.inf, -math.inf, math.nan]


@pytest.mark.parametrize("op", ["add", "sub", "mul", "div", "power", "maximum", "greater", "equal",
                                "where", "neg", "relu", "sigmoid", "sum", "max"])  # fmt: skip
def test_a_number_is_computed_as_the_entry_of_an_array(op: str) -> None:
    # Single numbers have ways of their own, for speed; none may differ by a bit or a sign of zero.
    count = len(PRIMITIVES[op].rules)
    grid = np.meshgrid(*[AWKWARD] * count)
    params = {"axis": ()} if op in ("sum", "max") else {}
    with np.errstate(all="ignore"):
        expected = apply(op, *grid, **params).value
        for i in np.ndindex(expected.shape):
            numbers = [g[i] for g in grid]
            for kind in (np.float64, float, np.array):
                found = apply(op, *[kind(n) for n in numbers], **params).value
                assert found.shape == ()
                np.testing.assert_array_equal(found, expected[i], err_msg=str(numbers))
                if not np.isnan(found):
                    assert np.signbit(found) == np.signbit(expected[i]), numbers


def test_higher_derivatives_of_a_number_are_those_of_an_array_of_one() -> None:
    def f(x: ad.Var) -> ad.Var:
        bent = ad.where(x > 0.5, x**3, x / 2.0) * ad.relu(x - 0.25) + abs(x - 2.0)
        return ad.maximum(bent * ad.tanh(x), x) - (x >= 1.0) * ad.sigmoid(-x) / x

    for at in (-1.5, 0.3, 0.7, 1.0, 3.0):
        x, y = ad.var(at), ad.var([at])
        number, array = f(x), ad.sum(f(y))
        for _ in range(4):
            assert float(number.value) == float(array.value)
            (number,), (entries,) = ad.grad(number, [x]), ad.grad(array, [y])
            array = ad.sum(entries)


def test_single_numbers_announce_what_they_lose() -> None:
    big, zero = ad.var(1e308), ad.var(0.0)
    for lose, word in [
        (lambda: big * 10.0, "overflow"),
        (lambda: big + big, "overflow"),
        (lambda: -big - big, "overflow"),
        (lambda: 1.0 / zero, "divide by zero"),
        (lambda: zero / zero, "invalid value"),
        (lambda: zero * math.inf, "invalid value"),
    ]:
        with pytest.warns(RuntimeWarning, match=word):
            lose()
        with np.errstate(all="raise"), pytest.raises(FloatingPointError, match=word):
            lose()
        with np.errstate(all="ignore"):
            lose()
    # A comparison and a choice lose nothing.
    assert float(ad.where(zero > math.nan, 1.0, ad.relu(math.nan) == math.nan).value) == 0.0


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0)])
def test_empty_arrays_have_empty_float64_gradients(shape: tuple[int, ...]) -> None:
    w = ad.var(np.zeros(shape))
    for loss in (ad.sum(w**2), ad.sum(w[..., :0] * 2.0), ad.sum(ad.exp(w).T)):
        assert float(loss.value) == 0.0
        (gradient,) = ad.grad(loss, [w])
        assert gradient.shape == shape
        assert gradient.value.dtype == np.float64


def test_an_empty_selection_has_a_float64_gradient() -> None:
    w = ad.var([1.0, 2.0])
    (gradient,) = ad.grad(ad.sum(w[:0]), [w])
    np.testing.assert_array_equal(gradient.value, [0.0, 0.0])
    assert gradient.value.dtype == np.float64


def test_a_var_copies_its_array_and_guards_it() -> None:
    array = np.array([1.0, 2.0])
    w = ad.var(array)
    y = ad.sum(w * w)
    array[0] = 100.0
    with pytest.raises(ValueError, match="read-only"):
        w.value[0] = 100.0
    np.testing.assert_array_equal(ad.grad(y, [w])[0].value, [2.0, 4.0])
    with pytest.raises(AttributeError):
        w.value = array  # type: ignore[misc]


def test_constants_are_copied_too() -> None:
    array = np.array([1.0, 2.0])
    w = ad.var([1.0, 1.0])
    y = ad.sum(w * array)
    array[0] = 100.0
    np.testing.assert_array_equal(ad.grad(y, [w])[0].value, [1.0, 2.0])


def test_a_var_looks_like_an_array() -> None:
    w = ad.var(Z)
    assert (w.shape, w.ndim, w.size, len(w)) == ((2, 3), 2, 6, 2)
    assert [row.shape for row in w] == [(3,), (3,)]
    assert repr(ad.var([0.5, 2.0])) == "Var([0.5, 2. ])"
    assert repr(ad.var(0.5)) == "Var(0.5)"
    for scalar_has_no in (len, iter):
        with pytest.raises(TypeError, match="no length"):
            scalar_has_no(ad.var(0.5))


def test_a_var_is_a_key_by_identity() -> None:
    a, b = ad.var(1.0), ad.var(1.0)
    assert {a: "a", b: "b"}[b] == "b"


@pytest.mark.parametrize("bad", [1j, np.array([1j]), "0.5", ["a"], None, object(), b"1",
                                 np.datetime64("2020"), {"w": 1}])  # fmt: skip
def test_what_is_not_real_is_refused_by_name(bad: Any) -> None:
    w = ad.var(1.0)
    with pytest.raises(TypeError, match=r"ad\.var expects real numbers, got"):
        ad.var(bad)
    for name, operate in [
        ("a + b", lambda: w + bad),
        ("a * b", lambda: bad * w),
        ("ad.exp", lambda: ad.exp(bad)),
        ("ad.where", lambda: ad.where(bad, w, w)),
        ("ad.matmul", lambda: ad.matmul(bad, w)),
        ("ad.mean", lambda: ad.mean(bad)),
        ("a == b", lambda: w == bad),
    ]:
        with pytest.raises(TypeError, match=f"{re.escape(name)} expects real numbers, got"):
            operate()


def test_ragged_lists_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"ad\.var expects numbers or a full array"):
        ad.var([[1.0], [2.0, 3.0]])
    with pytest.raises(ValueError, match=r"a \* b expects numbers or a full array"):
        ad.var(1.0) * [[1.0], [2.0, 3.0]]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, [1.0, math.nan]])
def test_a_var_must_be_finite(bad: Any) -> None:
    with pytest.raises(ValueError, match=r"ad\.var must be finite, got .*; remove"):
        ad.var(bad)


def test_a_var_of_a_var_is_refused() -> None:
    with pytest.raises(TypeError, match="got a Var; use it as it is"):
        ad.var(ad.var(1.0))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="cannot become a NumPy array"):
        ad.var([ad.var(1.0), ad.var(2.0)])  # type: ignore[list-item]


# Numbers do not leak out


@pytest.mark.parametrize("branch", [
    bool,
    lambda w: 1 if w else 0,
    lambda w: w and 1,
    lambda w: w or 1,
    lambda w: not w,
    lambda w: 0 < w < 1,
    lambda w: max(w, 1.0),
    lambda w: min(1.0, w),
    lambda w: w in [1.0, 2.0],
    lambda w: sorted([w, ad.var(0.0)]),
    lambda w: [1 for _ in range(2) if w > 1],
])  # fmt: skip
def test_a_var_has_no_truth_value(branch: Callable[[ad.Var], Any]) -> None:
    with pytest.raises(TypeError, match=r"use ad\.where"):
        branch(ad.var(0.5))


@pytest.mark.parametrize("escape", [float, math.exp, np.asarray, np.array, np.dot])
def test_a_var_does_not_turn_into_a_plain_number(escape: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match=r"backprop\.autodiff|\.value outside"):
        escape(*[ad.var(0.5)] * (2 if escape is np.dot else 1))


@pytest.mark.parametrize("function", [np.exp, np.sin, np.tanh, np.abs, np.sum, np.mean, int,
                                      lambda w: np.add(1.0, w), lambda w: np.maximum(w, 0.0),
                                      lambda w: np.where(True, w, 0.0), lambda w: np.zeros(3)[w],
                                      lambda w: np.ones(1).__iadd__(w),
                                      lambda w: np.zeros(3).__setitem__(0, w)])  # fmt: skip
def test_numpys_functions_refuse_a_var(function: Callable[[Any], Any]) -> None:
    with pytest.raises((TypeError, IndexError, ValueError)):
        function(ad.var(0.5))


# Shapes that do not fit

V3, V4, M23, M32, S = (ad.var(np.ones(shape)) for shape in [3, 4, (2, 3), (3, 2), ()])


@pytest.mark.parametrize(("name", "operate", "shapes"), [
    ("a + b", lambda: V3 + V4, "(3,) and (4,)"),
    ("a + b", lambda: M23 + np.ones(2), "(2, 3) and (2,)"),
    ("a - b", lambda: M23 - M32, "(2, 3) and (3, 2)"),
    ("a * b", lambda: np.ones(4) * V3, "(4,) and (3,)"),
    ("a / b", lambda: V3 / V4, "(3,) and (4,)"),
    ("a ** b", lambda: V3**V4, "(3,) and (4,)"),
    ("ad.maximum", lambda: ad.maximum(V3, V4), "(3,) and (4,)"),
    ("ad.minimum", lambda: ad.minimum(V3, V4), "(3,) and (4,)"),
    ("a > b", lambda: V3 > V4, "(3,) and (4,)"),
    ("a == b", lambda: V3 == V4, "(3,) and (4,)"),
    ("ad.where", lambda: ad.where(V3, V3, V4), "(3,) and (3,) and (4,)"),
    ("ad.matmul", lambda: V3 @ V4, "(3,) and (4,)"),
    ("ad.matmul", lambda: M23 @ M23, "(2, 3) and (2, 3)"),
    ("ad.matmul", lambda: M23 @ S, "(2, 3) and ()"),
    ("ad.matmul", lambda: S @ V3, "() and (3,)"),
    ("ad.matmul", lambda: np.ones((2, 2, 3)) @ V3, "(2, 2, 3) and (3,)"),
    ("ad.reshape", lambda: M23.reshape((4, 2)), "(2, 3) cannot fill (4, 2)"),
    ("ad.reshape", lambda: M23.reshape((-1, 4)), "(2, 3) cannot fill (-1, 4)"),
    ("ad.reshape", lambda: M23.reshape(5), "(2, 3) cannot fill (5,)"),
    ("ad.broadcast_to", lambda: ad.broadcast_to(V3, (3, 2)), "(3,)"),
    ("ad.broadcast_to", lambda: ad.broadcast_to(M23, 3), "(2, 3)"),
    ("ad.transpose", lambda: ad.transpose(M23, (0,)), "(2, 3)"),
    ("ad.transpose", lambda: ad.transpose(M23, (0, 0)), "(0, 0)"),
    ("ad.transpose", lambda: ad.transpose(M23, (0, 2)), "axis 2 does not exist"),
    ("ad.sum", lambda: M23.sum(axis=2), "axis 2 does not exist in an array of 2 dimensions"),
    ("ad.sum", lambda: M23.sum(axis=(0, 0)), "(0, 0)"),
    ("ad.sum", lambda: S.sum(axis=0), "axis 0 does not exist"),
    ("ad.max", lambda: M23.max(axis=-3), "axis -3 does not exist"),
    ("ad.max", lambda: ad.max(ad.var([])), "(0,)"),
    ("ad.mean", lambda: ad.mean(ad.var([])), "(0,)"),
    ("ad.softmax", lambda: ad.softmax(S), "axis 0, got shape ()"),
    ("ad.logsumexp", lambda: ad.logsumexp(np.ones((0, 2))), "axis 0, got shape (0, 2)"),
])  # fmt: skip
def test_shapes_that_do_not_fit_are_named(
    name: str, operate: Callable[[], Any], shapes: str
) -> None:
    with pytest.raises(ValueError) as error:
        operate()
    assert str(error.value).startswith(name)
    assert shapes in str(error.value)


@pytest.mark.parametrize("key", [3, -4, "a", 1.5, (0, 0), np.array([True, False])])
def test_bad_indices_are_numpys_errors(key: Any) -> None:
    with pytest.raises(IndexError):
        V3[key]


def test_axes_are_whole_numbers() -> None:
    assert ad.sum(M23, axis=np.int64(1)).shape == (2,)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        ad.sum(M23, axis=0.5)  # type: ignore[arg-type]


def test_grad_refuses_what_has_no_gradient() -> None:
    w = ad.var([1.0, 2.0])
    with pytest.raises(ValueError, match=r"scalar loss, got shape \(2,\); sum or average it"):
        ad.grad(w * w, [w])
    with pytest.raises(ValueError, match=r"scalar loss, got shape \(1,\)"):
        ad.grad(w.sum(keepdims=True), [w])
    with pytest.raises(TypeError, match=r"got a Var; write ad\.grad"):
        ad.grad(ad.sum(w), w)
    with pytest.raises(TypeError, match="loss to be a Var, got float"):
        ad.grad(3.0, [w])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"wrt\[1\] to be a Var, got float"):
        ad.grad(ad.sum(w), [w, 3.0])  # type: ignore[list-item]


# What is NaN because of how it was written, and the way to write it that the docstrings give


@pytest.mark.parametrize(("broken", "safe", "slope"), [
    (lambda x: ad.sqrt(ad.sum(x**2)) ** 2, lambda x: ad.sum(x**2), 0.0),
    (lambda x: x * ad.sqrt(x), lambda x: x**1.5, 0.0),
    (lambda x: ad.where(x > 0, ad.log(x), 0.0),
     lambda x: ad.where(x > 0, ad.log(ad.where(x > 0, x, 1.0)), 0.0), 0.0),
    (lambda x: ad.where(x == 0, 1.0, ad.sin(x) / x),
     lambda x: ad.where(x == 0, 1.0, ad.sin(x) / ad.where(x == 0, 1.0, x)), 0.0),
    (lambda x: ad.where(x > 0, ad.sqrt(x), 0.0),
     lambda x: ad.where(x > 0, ad.sqrt(ad.where(x > 0, x, 1.0)), 0.0), 0.0),
])  # fmt: skip
def test_a_branch_not_taken_reaches_the_gradient_unless_it_is_kept_from_the_number(
    broken: Callable[[ad.Var], ad.Var], safe: Callable[[ad.Var], ad.Var], slope: float
) -> None:
    x = ad.var(0.0)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert math.isnan(float(ad.grad(broken(x), [x])[0].value))
    assert {w.category for w in seen} == {RuntimeWarning}
    assert float(ad.grad(safe(x), [x])[0].value) == slope
    for at in (0.7, 2.0):
        x = ad.var(at)
        values = [(f(x), ad.grad(f(x), [x])[0]) for f in (broken, safe)]
        (y, dy), (z, dz) = [(float(f.value), float(d.value)) for f, d in values]
        assert (y, dy) == pytest.approx((z, dz), rel=1e-12)


@pytest.mark.parametrize("module", ["functions", "numpy_calls", "var", "grad", "trace", "tape", ""])
def test_examples_in_docstrings_hold(module: str) -> None:
    name = "backprop.autodiff" + (f".{module}" if module else "")
    found = doctest.testmod(importlib.import_module(name), raise_on_error=False)
    assert found.failed == 0
    assert found.attempted > 0 or module not in ("functions", "")
