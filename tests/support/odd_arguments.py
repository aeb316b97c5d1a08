"""Odd arguments: what may be handed to a public function, and the plain number that it stands for."""

from __future__ import annotations

from array import array as c_array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from backprop import autodiff as ad

NOTHING = object()  # of what is no number, to NumPy or to the library

Rng = np.random.Generator


@dataclass
class Argument:
    """What is handed over, and the plain number, array or setting that it stands for."""

    value: Any
    plain: Any = NOTHING


class Subclass(np.ndarray):
    """An array by another name."""


class Stubborn:
    """Raises whatever it is asked."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("no array")

    def __repr__(self) -> str:
        raise RuntimeError("no words")


class Numeric:
    """Is a number only for those who ask for one."""

    def __float__(self) -> float:
        return 0.5


def endless() -> list[Any]:
    inner: list[Any] = []
    inner.append(inner)
    return inner


ODD: list[Callable[[], Any]] = [
    lambda: None, lambda: "", lambda: "0.5", lambda: b"1", lambda: ["a", "b"], lambda: [[1.0, 2.0], [3.0]],
    lambda: [[1.0], 2.0], lambda: {}, lambda: {"w": 1.0}, lambda: {1.0, 2.0}, lambda: 10**400,
    lambda: -(10**400), lambda: 10**5000, lambda: 2**64, lambda: [10**400, 1], object,
    lambda: np.array([1.0, None], dtype=object), lambda: np.array("x"), lambda: np.ma.masked,
    lambda: np.ma.masked_array([1.0, 2.0, 999.0], mask=[False, False, True]),
    lambda: np.ma.masked_array([[1.0, 2.0], [3.0, 999.0]], mask=[[0, 0], [0, 1]]),
    lambda: [np.ma.masked_array([1.0, 2.0], mask=[0, 1]), [3.0, 4.0]], lambda: [1.0, np.ma.masked],
    lambda: (n for n in (1.0, 2.0)), lambda: iter([1.0]), lambda: len, lambda: float, lambda: ...,
    lambda: NotImplemented, lambda: slice(1), lambda: np.datetime64("2020"), lambda: np.timedelta64(1, "s"),
    lambda: np.zeros(2, dtype=[("w", float), ("b", float)]), endless, Stubborn, lambda: [Stubborn()], Numeric,
    lambda: [Numeric(), 1.0], lambda: [Decimal("0.5")], lambda: [Fraction(1, 3)], lambda: [None, 1.0],
    lambda: np.array([10**30, 1], dtype=object), lambda: [[[]], 1], lambda: np.str_("1"), lambda: [b"x"],
    lambda: [ad.var(1.0), 2.0],
]  # fmt: skip

# Numbers to NumPy, and so to the library if nothing else speaks against them.
UNUSUAL: list[Callable[[], Any]] = [
    lambda: True, lambda: np.bool(False), lambda: [True, False], lambda: range(3), lambda: c_array("d", [1, 2]),
    lambda: memoryview(c_array("d", [0.5, 2.0])), lambda: bytearray(b"\x01\x02"), lambda: -0.0, lambda: 2**63,
    lambda: np.uint64(2**64 - 1), lambda: np.float16(0.5), lambda: np.longdouble(0.25), lambda: [],
    lambda: [[]], lambda: np.zeros((0, 3)), lambda: np.zeros((2, 0)), lambda: np.ones((1,) * 20),
    lambda: np.nan, lambda: np.inf, lambda: [-np.inf, 1.0], lambda: [[np.nan], [0.0]], lambda: 1e300,
    lambda: [1e308, -1e308], lambda: np.float64(5e-324), lambda: 1j, lambda: np.array([1j, 0.5]),
    lambda: np.array([[0.5 + 1e-20j]]), lambda: np.complex64(1), lambda: np.array(3), lambda: [np.array(1.0), 2],
    lambda: np.ones((2, 2, 2)), lambda: ((0.25, 0.75), (1, 0)), lambda: np.zeros(3).view(Subclass),
    lambda: np.zeros(2, dtype=np.longdouble) + np.longdouble("1e400"),
]  # fmt: skip


def numeric(value: Any) -> Any:
    """The float64 or complex128 array that a value is to NumPy."""
    value = value.value if isinstance(value, ad.Var) else value
    array = np.asarray(value)
    assert array.dtype.kind in "biufc"
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def formed(rng: Rng, array: Any) -> Any:
    """The array in one of the many forms in which arrays come."""
    form = rng.integers(12)
    if form == 0:
        return array.tolist()
    if form == 1:
        return array.astype(np.float32)
    if form == 2:
        return array.astype(np.float16)
    if form == 3:
        return np.round(array).astype(np.int8)
    if form == 4:
        return np.asfortranarray(array)
    if form == 5 and array.ndim:
        return np.repeat(array, 2, axis=-1)[..., ::2]
    if form == 6 and array.ndim:
        return array[::-1].copy()[::-1]
    if form == 7:
        frozen = array.copy()
        frozen.setflags(write=False)
        return frozen
    if form == 8:
        return array.view(Subclass)
    if form == 9 and array.ndim:
        return tuple(array)
    if form == 10:
        return array.astype(">f8")
    return array


SHAPES = [(), (), (1,), (2,), (3,), (3,), (4,), (2, 3), (2, 3), (3, 2), (3, 3), (1, 3), (2, 2, 2)]


def shape(rng: Rng) -> tuple[int, ...]:
    return SHAPES[rng.integers(len(SHAPES))]


def number(
    rng: Rng, size: tuple[int, ...] | None = None, odd: float = 0.3, var: bool = False
) -> Argument:
    """An array of ordinary size in some form; sometimes an odd thing; for autodiff often a Var."""
    if rng.random() < odd:
        if rng.random() < 0.6:
            return Argument(ODD[rng.integers(len(ODD))]())
        value = UNUSUAL[rng.integers(len(UNUSUAL))]()
    else:
        base = rng.normal(size=shape(rng) if size is None else size) * 10.0 ** rng.integers(-1, 3)
        value = formed(rng, np.asarray(base))
        if var and rng.random() < 0.6:
            value = ad.var(value)
    return Argument(value, numeric(value))


def setting(rng: Rng, usual: Sequence[Any], odd: float = 0.35) -> Argument:
    """One of the usual settings, or something that is none of them."""
    if rng.random() < odd:
        if rng.random() < 0.7:
            value = ODD[rng.integers(len(ODD))]()
            whole = (
                isinstance(value, int) and value.bit_length() < 1000
            )  # not an array, but a number
            meant = whole or (value is None and usual[0] is None)
            return Argument(value, value if meant else NOTHING)
        value = UNUSUAL[rng.integers(len(UNUSUAL))]()
        return Argument(value, value)
    value = usual[rng.integers(len(usual))]
    return Argument(value, value)


def only(given: Argument, *good: Any) -> None:
    """Nothing but these has a meaning."""
    if not any(given.plain is one for one in good):
        given.plain = NOTHING
