"""NumPy's own functions and names on a Var: each error says what to write instead, and that is right."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from backprop import autodiff as ad
from backprop.autodiff import numpy_calls
from backprop.autodiff.numpy_calls import FUNCTIONS, INSTEAD, REFLECTED


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(12)


UFUNCS = sorted({f for f in vars(np).values() if isinstance(f, np.ufunc)}, key=lambda f: f.__name__)
DISPATCHED = type(np.sum)  # NumPy's functions that ask their arguments first
ASKED = {np.shape, np.ndim, np.size}  # answered: a Var has a shape
FILES = {np.savez, np.savez_compressed}  # take the arrays after a file, and no Var for a file


def functions(module: ModuleType) -> dict[str, Any]:
    prefix = module.__name__.replace("numpy", "np", 1)
    return {
        f"{prefix}.{name}": function
        for name, function in sorted(vars(module).items())
        if isinstance(function, DISPATCHED) and function not in ASKED | FILES
    }


NAMED = {name: f for module in (np, np.linalg, np.fft) for name, f in functions(module).items()}


def way_out(error: TypeError) -> str:
    """What the message says to write."""
    text = str(error)
    assert ".value outside a traced function" in text
    found = re.search(r": (?:write (.+?)(?:, not np\.\S+)?|backprop\.autodiff has no counterpart; "
                      r"build it from what there is: (.+)); or take", text)  # fmt: skip
    assert found, text
    return found[1] or found[2]


def test_there_is_enough_to_ask() -> None:
    assert len(UFUNCS) > 80
    assert len(NAMED) > 200


@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda f: f.__name__)
def test_every_ufunc_names_itself_and_the_way_out(
    ufunc: np.ufunc, rng: np.random.Generator
) -> None:
    """With the Var first, or second, or in both places; and so for its methods."""
    v = ad.var(rng.uniform(0.5, 2.0, size=(2, 2)))
    number = 1.5
    for arguments in {1: [(v,)], 2: [(v, number), (number, v), (v, v)]}.get(ufunc.nin, []):
        with pytest.raises(TypeError, match=rf"np\.{ufunc.__name__}\b") as caught:
            ufunc(*arguments)
        assert way_out(caught.value)
    if ufunc.nin == 2 and ufunc.nout == 1 and ufunc.signature is None:
        for method in ("reduce", "accumulate"):
            with pytest.raises(TypeError, match=rf"np\.{ufunc.__name__}\.{method}\b"):
                getattr(ufunc, method)(v)
        with pytest.raises(TypeError, match=rf"np\.{ufunc.__name__}\.outer\b"):
            ufunc.outer(v, v)


@pytest.mark.parametrize("name", NAMED)
def test_every_function_of_numpys_names_itself_and_the_way_out(
    name: str, rng: np.random.Generator
) -> None:
    function, v = NAMED[name], ad.var(rng.normal(size=(2, 2)))
    required = [
        p for p in inspect.signature(function).parameters.values()
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]  # fmt: skip
    with pytest.raises(TypeError, match=rf"\b{function.__name__}\b") as caught:
        function(*[v] * max(1, len(required)))
    assert str(caught.value).startswith("np.")
    assert way_out(caught.value)


# How NumPy's function is called where the table's expression stands for it: v, a and b are vectors.
CALLS: dict[str, Callable[..., Any]] = {
    "add.reduce": lambda v, **_: np.add.reduce(v),
    "clip": lambda v, low, high, **_: np.clip(v, low, high),
    "concatenate": lambda v, w, **_: np.concatenate([[v[0]], [w[0]]]),
    "expand_dims": lambda v, **_: np.expand_dims(v, 0),
    "hstack": lambda v, w, **_: np.hstack([v[0], w[0]]),
    "linalg.norm": lambda v, **_: np.linalg.norm(v),
    "maximum.reduce": lambda v, **_: np.maximum.reduce(v),
    "squeeze": lambda v, **_: np.squeeze(v[None]),
    "stack": lambda v, w, **_: np.stack([v[0], w[0]]),
    "take": lambda v, indices, **_: np.take(v, indices),
}
SCALARS = {"concatenate", "hstack", "stack"}  # the way to put single numbers into a vector


@pytest.mark.parametrize("name", sorted(INSTEAD))
def test_what_is_to_be_written_gives_what_numpy_gives(name: str, rng: np.random.Generator) -> None:
    """The expression in the message, on Vars, against NumPy's function on their values."""
    for _ in range(5):
        arrays = {key: rng.uniform(0.2, 3.0, size=4) for key in "abvw"}
        plain = {"low": 0.7, "high": 1.4, "indices": [2, 0], "shape": (4,)}
        call = CALLS.get(name)
        if call is None:
            function = getattr(np, name)
            binary = isinstance(function, np.ufunc) and function.nin == 2
            binary = binary or name in ("dot", "inner", "outer", "vdot")
            expected = function(*[arrays[k] for k in ("ab" if binary else "v")])
        else:
            expected = call(**arrays, **plain)
        if name in SCALARS:
            arrays = {key: array[0] for key, array in arrays.items()}
        names = {"ad": ad, "np": np, **plain, **{k: ad.var(x) for k, x in arrays.items()}}
        found = eval(INSTEAD[name], names)
        np.testing.assert_allclose(found.value, expected, rtol=1e-12)


def test_a_counterpart_has_numpys_name_and_meaning() -> None:
    """trace and var exist in both and mean something else."""
    for name in FUNCTIONS:
        assert callable(getattr(np, name))
        assert name in ad.__all__
    assert not {"trace", "var", "grad", "index"} & set(FUNCTIONS)
    for name in re.findall(r"ad\.(\w+)", " ".join([*INSTEAD.values(), numpy_calls.OURS])):
        assert name in ad.__all__
    with pytest.raises(TypeError, match=r"no counterpart"):
        np.trace(ad.var(np.eye(2)))
    with pytest.raises(TypeError, match=r"ad\.mean\(\(v"):
        np.var(ad.var([1.0, 2.0]))


@pytest.mark.parametrize("left", [np.array([0.5, 2.0]), np.float64(0.5), np.array(3), np.int64(2)],
                         ids=lambda a: f"{type(a).__name__}-{np.ndim(a)}")  # fmt: skip
@pytest.mark.parametrize("ufunc", REFLECTED, ids=lambda f: f.__name__)
def test_an_array_on_the_left_of_an_operator_leaves_it_to_the_var(ufunc: Any, left: Any) -> None:
    """`array * v` is recorded, and its numbers are NumPy's."""
    if ufunc is np.matmul and not np.ndim(left):
        return
    v = ad.var([1.5, 2.0])
    symbol = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**",
              "matmul": "@", "greater": ">", "less": "<", "greater_equal": ">=",
              "less_equal": "<=", "equal": "==", "not_equal": "!="}[ufunc.__name__]  # fmt: skip
    found = eval(f"left {symbol} v", {"left": left, "v": v})
    assert isinstance(found, ad.Var)
    np.testing.assert_array_equal(found.value, np.float64(ufunc(left, v.value)))
    if found.op not in ("greater", "equal", "maximum"):
        total = ad.sum(found)
        assert ad.grad(total, [v])[0].shape == v.shape


@pytest.mark.parametrize("write", ["+=", "-=", "*=", "/=", "**="])
def test_an_array_is_not_written_into(write: str) -> None:
    array, v = np.array([1.0, 2.0]), ad.var([3.0, 4.0])
    with pytest.raises(TypeError, match=r"np\.\w+: .*write array = array \+ v"):
        exec(f"array {write} v", {"array": array, "v": v})
    assert array.tolist() == [1.0, 2.0]
    with pytest.raises(TypeError, match=r"v\[key\] = value .*ad\.where"):
        v[0] = 1.0
    assert v.value.tolist() == [3.0, 4.0]


def test_numpy_may_ask_for_the_shape() -> None:
    v = ad.var(np.ones((2, 3)))
    assert (np.shape(v), np.ndim(v), np.size(v), np.size(v, 1)) == ((2, 3), 2, 6, 3)


@pytest.mark.parametrize("name", sorted({n for n in dir(np.ndarray) if not n.startswith("_")}))
def test_a_method_of_arrays_that_a_var_lacks_says_what_to_write(name: str) -> None:
    for v in (ad.var([1.0, 2.0]), ad.grad(ad.sum(w := ad.var([1.0]) ** 2), [w])[0]):
        if name in dir(ad.Var):
            getattr(v, name)
            continue
        assert not hasattr(v, name)
        with pytest.raises(AttributeError, match=rf"no attribute '{name}': (write|backprop)"):
            getattr(v, name)


def test_a_name_that_nothing_has_is_only_refused() -> None:
    with pytest.raises(AttributeError, match=r"^Var has no attribute 'gradient'$"):
        ad.var(1.0).gradient  # noqa: B018


# The promise "as NumPy's", for the methods that a Var has


def spellings(rng: np.random.Generator, size: int) -> list[tuple[Any, ...]]:
    """Ways to ask for one shape, as positional arguments."""
    divisors = [n for n in range(1, size + 1) if size % n == 0]
    rows = int(rng.choice(divisors))
    shape: tuple[int, ...] = (rows, size // rows)
    if rng.random() < 0.3:
        shape = (1, *shape)
    if rng.random() < 0.3:
        shape = (size,)
    free = int(rng.integers(len(shape)))
    open_shape = tuple(-1 if i == free else n for i, n in enumerate(shape))
    return [form for s in (shape, open_shape)
            for form in (s, (s,), (list(s),), tuple(np.int64(n) for n in s), (np.array(s),))]  # fmt: skip


def test_reshape_takes_every_spelling_that_numpys_takes(rng: np.random.Generator) -> None:
    for _ in range(60):
        array = rng.normal(size=tuple(rng.integers(1, 5, size=rng.integers(1, 4))))
        v = ad.var(array)
        for given in spellings(rng, array.size):
            np.testing.assert_array_equal(v.reshape(*given).value, array.reshape(*given))
    np.testing.assert_array_equal(ad.var([3.0]).reshape(()).value, 3.0)


def test_reductions_take_what_numpys_take_and_refuse_its_other_places(
    rng: np.random.Generator,
) -> None:
    """Second in NumPy's order comes dtype, so a second argument without a name is refused."""
    for _ in range(60):
        array = rng.normal(size=tuple(rng.integers(1, 4, size=rng.integers(0, 4))))
        axes: list[Any] = [None, *range(-array.ndim, array.ndim), *map(np.int64, range(array.ndim))]
        chosen = rng.permutation(array.ndim)[: rng.integers(0, array.ndim + 1)]
        axes.append(tuple(int(n) for n in chosen))
        for name in ("sum", "mean", "max"):
            for axis in axes:
                for keepdims in (False, True):
                    found = getattr(ad.var(array), name)(axis, keepdims=keepdims)
                    expected = getattr(array, name)(axis=axis, keepdims=keepdims)
                    assert found.shape == np.shape(expected)
                    np.testing.assert_allclose(found.value, expected, rtol=1e-12)
            with pytest.raises(TypeError, match=rf"{name}\(\)"):
                getattr(ad.var(array), name)(None, True)
