"""The checker of code exercises: answers of every kind, each tried on every exercise of the bank."""

from __future__ import annotations

import copy
import dataclasses
import functools
import io
import itertools
import os
import random
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import backprop as bp
from backprop_book import exercises
from backprop_book.exercises.bank import EXERCISES
from livetext.checks import Exercise
from livetext.checks.verdict import examine

Answer = Callable[..., Any]

JUDGED = {"project-1", "project-6", "project-7"}  # many answers are right
COUNTS = {"misbehaving-4"}  # a small whole number is exact in any precision
# Names in an order, a number for each name, pieces of arrays, and as many arrays as there are layers.
NAMED = {"engine-1", "engine-2", "cost-2", "training-1"}
OPEN = {"project-8"}  # whatever is handed in, its answers to new examples alone are judged
COMPARED = [id for id in EXERCISES if id not in JUDGED | NAMED | OPEN]


def numbers_of(value: Any) -> Any:
    return value.tobytes() if isinstance(value, np.ndarray) else value


@functools.cache
def solution(id: str) -> Answer:
    """The bank's; what takes seconds to train is trained once."""
    solve = EXERCISES[id].solution
    if id not in ("project-6", "project-7"):
        return solve
    trained: dict[Any, Any] = {}

    def remembered(*given: Any) -> Any:
        key = tuple(map(numbers_of, given))
        if key not in trained:
            trained[key] = solve(*given)
        return tuple(part.copy() for part in trained[key])

    return remembered


def each(change: Callable[[Any], Any], value: Any) -> Any:
    """A returned value with each of its parts changed."""
    if isinstance(value, tuple):
        return tuple(change(part) for part in value)
    return change(value)


def scaled(value: Any, factor: float) -> Any:
    return each(lambda part: np.asarray(part) * factor, value)


# Answers that are wrong, and what is to be said of them


def remembers_first(f: Answer) -> Answer:
    first: list[Any] = []

    def answer(*given: Any) -> Any:
        if not first:
            first.append(f(*given))
        return first[0]

    return answer


def caches_inside(f: Answer) -> Answer:
    class Box:
        result: Any = None

        def __call__(self, *given: Any) -> Any:
            self.result = f(*given) if self.result is None else self.result
            return self.result

    return Box()


def mutable_default(f: Answer) -> Answer:
    def answer(*given: Any, seen: list[int] = []) -> Any:  # noqa: B006
        seen.append(1)
        return scaled(f(*given), len(seen))

    return answer


OUTSIDE: list[int] = []


def list_outside(f: Answer) -> Answer:
    OUTSIDE.clear()

    def answer(*given: Any) -> Any:
        OUTSIDE.append(1)
        return scaled(f(*given), len(OUTSIDE))

    return answer


def attribute(f: Answer) -> Answer:
    def answer(*given: Any) -> Any:
        answer.calls += 1  # type: ignore[attr-defined]
        return scaled(f(*given), 1 + 0.1 * answer.calls)  # type: ignore[attr-defined]

    answer.calls = 0  # type: ignore[attr-defined]
    return answer


def counter(f: Answer) -> Answer:
    calls = itertools.count(1)
    return functools.partial(lambda calls, *given: scaled(f(*given), 1 / next(calls)), calls)


def own_noise(f: Answer) -> Answer:
    rng = np.random.default_rng(0)
    return lambda *given: scaled(f(*given), 1 + 0.01 * rng.random())


def global_noise(f: Answer) -> Answer:
    return lambda *given: scaled(f(*given), 1 + 0.01 * np.random.random())  # noqa: NPY002


def half(factor: float) -> Callable[[Answer], Answer]:
    def change(f: Answer) -> Answer:
        return lambda *given: each(lambda p: np.float16(factor * np.asarray(p)), f(*given))

    return change


def off(factor: float) -> Callable[[Answer], Answer]:
    return lambda f: lambda *given: scaled(f(*given), factor)


def single(factor: float) -> Callable[[Answer], Answer]:
    return lambda f: (
        lambda *given: each(lambda p: (factor * np.asarray(p)).astype(np.float32), f(*given))
    )


WRONG: dict[str, tuple[Callable[[Answer], Answer], set[str]]] = {
    "remembers its first result": (remembers_first, {"same for all"}),
    "an object that remembers": (caches_inside, {"same for all"}),
    "a mutable default": (mutable_default, {"state"}),
    "a list outside": (list_outside, {"state"}),
    "an attribute": (attribute, {"state"}),
    "a counter": (counter, {"state"}),
    "random numbers of its own": (own_noise, {"state"}),
    "the global random numbers": (global_noise, {"state"}),
    "float16": (half(1.0), {"coarse"}),
    "float16, 1/20 too large": (half(1.05), {"constant"}),
    "float16, a twentieth": (half(0.05), {"constant"}),
    "float16, half": (half(0.5), {"constant"}),
}
WRONG_NUMBERS = {
    "off by 3e-4": off(1 + 3e-4),
    "off by 3e-4 in float32": single(1 + 3e-4),
    "off by 1e-3 in float16": half(1 + 1e-3),
}
# Where the bank knows this very number as a mistake, it says so in its own words.
OWN_WORDS = {
    ("basics-1", "missing the factor 2"),
    ("mathematics-1", "nested"),
    ("one-layer-1", "missing the factor 2"),
    ("one-layer-2", "missing the factor 2"),
    ("project-4", "missing the factor 2"),
}


REMEMBERS = ("remembers its first result", "an object that remembers")


@pytest.mark.parametrize(
    ("id", "kind"),
    [
        (id, kind)
        for kind in WRONG
        for id in EXERCISES
        if id not in OPEN
        and (id not in NAMED or kind in REMEMBERS)
        and (id not in COUNTS or kind != "float16")
    ],
)
def test_wrong_whatever_the_exercise(id: str, kind: str) -> None:
    make, names = WRONG[kind]
    verdict = examine(EXERCISES[id], make(solution(id)))
    assert not verdict.passed
    if id in JUDGED and kind.startswith("float16, "):  # what such numbers do is said first
        assert verdict.mistake
    else:
        assert verdict.mistake in names or (id, verdict.mistake) in OWN_WORDS, verdict.message


@pytest.mark.parametrize("kind", WRONG_NUMBERS)
@pytest.mark.parametrize("id", COMPARED)
def test_nearly_right_is_wrong(id: str, kind: str) -> None:
    verdict = examine(EXERCISES[id], WRONG_NUMBERS[kind](solution(id)))
    assert not verdict.passed
    assert verdict.mistake in ("constant", "nearly", "coarse"), verdict.message


@pytest.mark.parametrize("id", sorted(NAMED))
def test_names_that_change_between_calls_are_found(id: str) -> None:
    calls = itertools.count()

    def answer(*given: Any) -> Any:
        found = solution(id)(*given)
        late = next(calls) >= len(EXERCISES[id].drawn())
        return type(found)() if late else found

    assert examine(EXERCISES[id], answer).mistake == "state"


@pytest.mark.parametrize("id", COMPARED)
def test_state_is_found_though_every_case_is_right(id: str) -> None:
    exercise = EXERCISES[id]
    count = len(exercise.drawn())
    calls: list[int] = []

    def answer(*given: Any) -> Any:
        calls.append(1)
        return scaled(exercise.solution(*given), 1 if len(calls) <= count else 2)

    verdict = examine(exercise, answer)
    assert (verdict.passed, verdict.mistake) == (False, "state")
    assert len(calls) == count + 1


def test_state_is_said_before_a_mistake_that_gives_the_same_numbers() -> None:
    """Errors collected in a list outside: the sum over too many of them is no wrong formula."""
    errors: list[float] = []

    def answer(w, b, x, y):
        errors.extend((w * x + b - y) ** 2)
        return sum(errors) / len(errors)

    verdict = examine(EXERCISES["basics-1"], answer)
    assert verdict.mistake == "state"
    for word in ("list", "default", "stays changed", "the first time it is", "the second"):
        assert word in verdict.message


def test_state_is_said_before_what_it_breaks() -> None:
    """A second case that stops the function stops it because of what the first has left behind."""
    rows: list[Any] = []

    def answer(W, b, A):
        rows.append(W)
        return np.tanh(np.vstack(rows) @ A + b[:, None])

    assert examine(EXERCISES["matrix-form-1"], answer).mistake == "state"

    def growing(w, b, x, y):
        rows.append(x)
        return [np.mean((w * x + b - y) ** 2)] * (len(rows) - before)

    before = len(rows)
    assert examine(EXERCISES["basics-1"], growing).mistake == "state"


# Answers that are right


class Tensor:
    """Numbers as another library hands them out: no length without axes, no gradient into NumPy."""

    def __init__(self, value: Any, tracked: bool = False) -> None:
        self._value, self._tracked = np.asarray(value), tracked

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if self._tracked:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        return self._value.astype(dtype) if dtype else self._value

    def __len__(self) -> int:
        if not self._value.shape:
            raise TypeError("len() of a 0-d tensor")
        return len(self._value)

    def __getitem__(self, index: Any) -> Tensor:
        return Tensor(self._value[index], self._tracked)

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def detach(self) -> Tensor:
        return Tensor(self._value)


class OnlyFloat:
    def __init__(self, value: Any) -> None:
        self._value = float(value)

    def __float__(self) -> float:
        return self._value


class OnlyItem:
    def __init__(self, value: Any) -> None:
        self._value = float(value)

    def item(self) -> float:
        return self._value


def alone(make: Callable[[Any], Any]) -> Callable[[Answer], Answer]:
    """Each single number made into something, and arrays left alone."""
    return lambda f: (
        lambda *given: each(lambda p: p if np.ndim(p) else make(np.asarray(p).item()), f(*given))
    )


def arrays(make: Callable[[Any], Any]) -> Callable[[Answer], Answer]:
    return lambda f: lambda *given: each(lambda p: make(np.array(p)), f(*given))


def in_float32(f: Answer) -> Answer:
    """Computed in single precision from the arguments on."""

    def lowered(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return value.astype(np.float32)
        return np.float32(value) if isinstance(value, float) else value

    return lambda *given: each(lambda p: np.asarray(p, dtype=np.float32), f(*map(lowered, given)))


def in_one_buffer(f: Answer) -> Answer:
    """What is returned is the same array each time, with other numbers in it."""
    buffers: dict[Any, Any] = {}

    def answer(*given: Any) -> Any:
        found = f(*given)
        parts = found if isinstance(found, tuple) else (found,)
        for k, part in enumerate(parts):
            shape = np.shape(part)
            buffers.setdefault((k, shape), np.zeros(shape or 1))[...] = part
        out = tuple(buffers[k, np.shape(part)] for k, part in enumerate(parts))
        return out if isinstance(found, tuple) else out[0]

    return answer


class Method:
    def __init__(self, f: Answer) -> None:
        self.f = f

    def solve(self, *given: Any) -> Any:
        return self.f(*given)

    __call__ = solve


class Silent(Method):
    """Callable, and everything else about it raises."""

    @property
    def __signature__(self) -> Any:
        raise SystemExit

    def __repr__(self) -> str:
        raise RuntimeError


def nested(f: Answer) -> Answer:
    def outer(g: Answer) -> Answer:
        def inner(*given: Any) -> Any:
            return g(*given)

        return inner

    return outer(outer(f))


RIGHT: dict[str, Callable[[Answer], Answer]] = {
    "partial": lambda f: functools.partial(lambda g, *given: g(*given), f),
    "bound method": lambda f: Method(f).solve,
    "callable object": Method,
    "object with no signature and no repr": Silent,
    "lambda": lambda f: lambda *given: f(*given),
    "staticmethod": staticmethod,
    "closures": nested,
    "float32": in_float32,
    "one buffer": in_one_buffer,
    "Fortran order": arrays(np.asfortranarray),
    "read only": arrays(lambda a: (a.setflags(write=False), a)[1]),
    "not contiguous": arrays(lambda a: np.repeat(a, 2, axis=-1)[..., ::2] if a.ndim else a),
    "tensors without axes": alone(Tensor),
    "tensors with a past": alone(lambda v: Tensor(v, tracked=True)),
    "float() alone": alone(OnlyFloat),
    "item() alone": alone(OnlyItem),
    "variables": alone(bp.autodiff.var),
}


CALLED = ("partial", "bound method", "callable object", "object with no signature and no repr")
CALLED += ("lambda", "staticmethod", "closures")


@pytest.mark.parametrize(
    ("id", "kind"),
    [(id, kind) for kind in RIGHT for id in EXERCISES if id not in NAMED or kind in CALLED],
)
def test_right_whatever_it_is(id: str, kind: str) -> None:
    verdict = examine(EXERCISES[id], RIGHT[kind](solution(id)))
    assert verdict.passed, verdict.message


@pytest.mark.parametrize("id", ["one-layer-1", "one-layer-3", "two-layers-2"])
def test_vectorized_answer_passes(id: str) -> None:
    assert examine(EXERCISES[id], np.vectorize(solution(id))).passed


@pytest.mark.parametrize(
    "id", ["mathematics-1", "one-layer-1", "one-layer-2", "one-layer-3", "two-layers-2"]
)
def test_answer_that_remembers_each_result_for_its_arguments_passes(id: str) -> None:
    assert examine(EXERCISES[id], functools.lru_cache(solution(id))).passed


@pytest.mark.parametrize("id", [id for id in COMPARED if not id.startswith("project")])
@pytest.mark.parametrize("tracked", [False, True])
def test_tensors_with_axes_pass(id: str, tracked: bool) -> None:
    make = arrays(lambda a: Tensor(a, tracked))
    assert examine(EXERCISES[id], make(solution(id))).passed
    stacked = examine(EXERCISES["basics-3"], lambda *g: Tensor(solution("basics-3")(*g), tracked))
    assert stacked.passed, "two numbers in one tensor are two numbers"


# How near is right


TOLERANCES = {"basics-3": 1e-5}  # the others' is 1e-9


def one_part_scaled(f: Answer, k: int, factor: float) -> Answer:
    def answer(*given: Any) -> Any:
        found = f(*given)
        if not isinstance(found, tuple):
            return np.asarray(found) * factor
        return tuple(np.asarray(p) * (factor if i == k else 1) for i, p in enumerate(found))

    return answer


PARTS = [(id, k) for id in COMPARED for k in range(max(1, len(EXERCISES[id].outputs)))]


@pytest.mark.parametrize(("id", "k"), PARTS)
@pytest.mark.parametrize("sign", [1, -1])
def test_tolerance_from_both_sides(id: str, k: int, sign: int) -> None:
    exercise, tolerance = EXERCISES[id], TOLERANCES.get(id, 1e-9)
    far = one_part_scaled(exercise.solution, k, 1 + sign * 10 * tolerance)
    near = one_part_scaled(exercise.solution, k, 1 + sign * 0.1 * tolerance)
    assert not examine(exercise, far).passed
    assert examine(exercise, near).passed


@pytest.mark.parametrize(("id", "k"), PARTS)
def test_tolerance_of_single_precision_from_both_sides(id: str, k: int) -> None:
    """About 1e-4; a factor of three on either side."""
    exercise = EXERCISES[id]
    far, near = (one_part_scaled(solution(id), k, 1 + off) for off in (4e-4, 4e-5))
    assert not examine(exercise, single(1.0)(far)).passed
    assert examine(exercise, single(1.0)(near)).passed


@pytest.mark.parametrize(("id", "k"), [(id, k) for id, k in PARTS if EXERCISES[id].wrt])
def test_differences_would_notice_a_wrong_library(id: str, k: int) -> None:
    """From both sides of their tolerance of 1e-5."""
    exercise = EXERCISES[id]
    assert exercise.library is not None
    for factor, mistake in ((1 + 1e-4, "differences"), (1 + 1e-6, "")):

        def library(factor: float = factor, **case: Any) -> Any:
            found = exercise.library(**case)  # type: ignore[misc]
            found = tuple(found) if exercise.outputs else found
            return one_part_scaled(lambda: found, k, factor)()

        other = dataclasses.replace(exercise, library=library)
        verdict = examine(
            other, lambda *given: library(**dict(zip(exercise.parameters, given, strict=True)))
        )
        assert (verdict.passed, verdict.mistake) == (not mistake, mistake), verdict.message


@pytest.mark.parametrize("exponent", range(3, 9))
def test_numbers_shown_side_by_side_differ(exponent: int) -> None:
    message = examine(
        EXERCISES["one-layer-1"], off(1 + 10.0**-exponent)(solution("one-layer-1"))
    ).message
    yours, right = message.partition("dw: yours is ")[2].partition("\n")[0].split(", right is ")
    assert yours != right
    assert "is 1 times" not in message


# Shapes that the next step calculates with


EXACT = {
    *("matrix-form-2", "matrix-form-3", "project-2", "project-4", "project-5"),
    *("project-6", "project-7", "bugs-1"),
}


@pytest.mark.parametrize("id", EXERCISES)
def test_shapes_count_where_they_matter(id: str) -> None:
    """A transposed matrix, a column for a vector: `W - lr * dW` would be another matrix."""
    exercise = EXERCISES[id]
    first = exercise.drawn()[0]
    shapes = (
        [np.shape(part) for part in each(np.asarray, solution(id)(*first.values()))]
        if exercise.outputs
        else []
    )
    for k, shape in enumerate(shapes):
        if len(shape) == 2 and shape[0] != shape[1]:
            verdict = examine(exercise, turned(solution(id), k, np.transpose))
            assert verdict.mistake == "transposed", verdict.message
        if len(shape) == 1 and id in EXACT:
            for form in (lambda v: v[:, None], lambda v: v[None, :]):
                assert examine(exercise, turned(solution(id), k, form)).mistake == "shape"


def turned(f: Answer, k: int, form: Callable[[Any], Any]) -> Answer:
    return lambda *given: tuple(form(p) if i == k else p for i, p in enumerate(f(*given)))


# What an answer changes


def messy(w, box=[0]):  # noqa: B006
    box.append(1)
    np.random.seed(1)  # noqa: NPY002
    random.seed(1)
    np.seterr(all="raise")
    np.set_printoptions(precision=1)
    warnings.simplefilter("error")
    return 2 * w


class Messy:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, w: Any) -> Any:
        self.calls += 1
        return messy(w)


SIMPLE = Exercise(
    id="test-1",
    title="",
    practises="",
    covers=(),
    solution=lambda w: 2 * w,
    explanation="",
    hints=("", ""),
    cases=lambda rng: ({"w": rng.normal(size=3)} for _ in range(4)),
    library=lambda w: 2 * w,
)


@pytest.mark.parametrize(
    "answer",
    [messy, lambda w: messy(w), functools.partial(messy), Messy(), Messy().__call__],
    ids=["function", "lambda", "partial", "object", "method"],
)
@pytest.mark.parametrize("raises", [False, True])
def test_settings_are_put_back_whatever_kind_the_answer_is(answer: Answer, raises: bool) -> None:
    def settings() -> Any:
        state = np.random.get_state()  # noqa: NPY002
        return (
            state[1].tolist(),
            state[2:],
            random.getstate(),
            np.geterr(),
            np.get_printoptions(),
            warnings.filters[:],
        )

    before = settings()
    verdict = examine(SIMPLE, (lambda w: 1 / (0 * len(answer(w)))) if raises else answer)
    assert verdict.passed != raises, verdict.message
    assert settings() == before


def test_everything_else_stays_as_the_answer_left_it_after_one_call_more_than_there_are_cases() -> (
    None
):
    counting, box = Messy(), len(messy.__defaults__[0])  # type: ignore[index]
    assert examine(SIMPLE, counting).passed
    assert counting.calls == 5
    assert len(messy.__defaults__[0]) == box + 5  # type: ignore[index]


@pytest.mark.parametrize("id", EXERCISES)
def test_changed_arguments_get_a_note(id: str) -> None:
    exercise = EXERCISES[id]
    first = exercise.drawn()[0]
    names = [name for name, value in first.items() if isinstance(value, np.ndarray | list)]

    def spoil(*given: Any) -> Any:
        found = copy.deepcopy(solution(id)(*given))
        for value in given:
            if isinstance(value, np.ndarray):
                value += 1
            elif isinstance(value, list):
                value.append(1)
        return found

    verdict = examine(exercise, spoil)
    assert verdict.passed, verdict.message
    assert ("Note: your function changed its argument" in verdict.message) == bool(names)
    assert all(name in verdict.message.partition("Note:")[2] for name in names)
    assert "Note" not in examine(exercise, solution(id)).message, "not even of a generator's draws"


def test_weights_put_back_but_for_rounding_get_no_note() -> None:
    def answer(loss, weights, nudge):
        before, ratios = loss(weights), []
        for i in range(len(weights)):
            weights[i] += nudge
            ratios.append((loss(weights) - before) / nudge)
            weights[i] -= nudge
        return ratios

    def careless(loss, weights, nudge):
        ratios = answer(loss, weights, nudge)
        weights[-1] += nudge
        return ratios

    assert "Note" not in examine(EXERCISES["basics-2"], answer).message
    assert "changed its argument weights" in examine(EXERCISES["basics-2"], careless).message


def test_two_arguments_never_share_their_memory() -> None:
    same = np.ones(3)
    twice = dataclasses.replace(
        SIMPLE,
        solution=lambda u, v: u + v,
        library=lambda u, v: u + v,
        cases=lambda rng: [{"u": same, "v": same}, {"u": 2 * same, "v": same}],
    )

    def answer(u, v):
        u += v
        return u

    def shared(u, v):
        return u + v if not np.shares_memory(u, v) else None

    assert examine(twice, answer).passed
    assert examine(twice, shared).passed
    assert same.tolist() == [1, 1, 1]


# Nothing gets out


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise SystemExit

    __repr__ = __str__


class Unreadable:
    """What is returned ends the process wherever it is looked at."""

    def _stop(self, *_: Any, **__: Any) -> Any:
        raise SystemExit

    __array__ = __len__ = __float__ = __iter__ = __repr__ = __str__ = __getattr__ = _stop


def deep(levels: int) -> list[Any]:
    nested: list[Any] = []
    for _ in range(levels):
        nested = [nested]
    return nested


DEEP = deep(5000)


def raising(error: BaseException) -> Answer:
    def answer(*_: Any) -> Any:
        raise error

    return answer


def endlessly_deep(*given: Any) -> Any:
    return endlessly_deep(*given)


def breaks_numpy(*_: Any) -> Any:
    np.asarray.undone = True  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "answer",
    [
        raising(Unspeakable()),
        raising(SystemExit(3)),
        raising(BaseException("x" * 10**6)),
        raising(ValueError("\ud800 \x00 ✓")),
        lambda *_: Unreadable(),
        lambda *_: [Unreadable(), Unreadable()],
        lambda *_: DEEP,
        lambda *_: deep(5000),
        endlessly_deep,
        breaks_numpy,
        lambda *_: np.ma.masked_array([1.0, 2.0], mask=[True, False]),
        lambda *_: np.float16(1e9),
        type("Odd", (), {"__call__": 3})(),
    ],
    ids=range(13),
)
@pytest.mark.parametrize("id", ["basics-1", "one-layer-1", "project-1"])
def test_no_traceback_gets_out(id: str, answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not exercises.check(id, answer)
    assert capsys.readouterr().out.startswith(f"✗ {id}: ")


@pytest.mark.parametrize("id", EXERCISES)
def test_right_answers_are_right_under_any_settings(id: str) -> None:
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert examine(EXERCISES[id], solution(id)).passed


def test_check_that_cannot_go_on_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    original = np.max

    def vandal(w):
        np.max = None  # type: ignore[assignment]
        return 2 * w

    try:
        verdict = examine(SIMPLE, vandal)
    finally:
        np.max = original
    assert (verdict.passed, verdict.mistake) == (False, "broken")
    assert "Restart the kernel" in verdict.message


def test_float16_that_overflows_is_told_where_it_ends() -> None:
    verdict = examine(EXERCISES["basics-1"], lambda *_: np.float16(1e9))
    assert verdict.mistake == "not finite"
    assert "65504" in verdict.message


# Terminals


def talk() -> None:
    """Every text of every exercise, right verdicts and wrong ones."""
    for id, exercise in EXERCISES.items():
        exercises.hint(id)
        exercises.hint(id, 2)
        exercises.solution(id)
        for mistake in exercise.mistakes:
            exercises.check(id, mistake.answer)
        exercises.check(id, solution(id))
        exercises.check(id, lambda *_: 1 / 0)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp850", "utf-8"])
def test_any_terminal_shows_every_text(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", terminal)
        talk()
    terminal.flush()
    shown = terminal.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]
    right, wrong = ("✓", "✗") if encoding == "utf-8" else ("v", "x")
    assert f"{right} one-layer-2: right." in shown
    assert f"{wrong} one-layer-2: " in shown
    for escape in ("\\u", "\\x"):
        assert escape not in shown, "every letter of the bank has a plain form"


def test_real_process_ends_well_with_an_old_encoding() -> None:
    program = """
from backprop_book import exercises
from livetext.checks import Exercise
exercises.check("one-layer-2", lambda f, w, h: (f(w + h) - f(w - h)) / (2 * h))
exercises.check("one-layer-1", lambda *given: (1, "∂"))
exercises.hint("project-4"), exercises.solution("project-4")
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "cp850"},
    )
    assert run.returncode == 0, run.stderr.decode(errors="replace")
    assert b"v one-layer-2: right." in run.stdout
