"""The code exercises: solutions pass, stubs are not attempted, and mistakes are recognised."""

from __future__ import annotations

import dataclasses
import itertools
import random
import re
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import nbformat
import numpy as np
import pytest

import backprop as bp
from answers import table
from backprop_book import exercises
from backprop_book.exercises.bank import CHAPTERS, EXERCISES
from livetext.checks import Exercise
from livetext.checks.verdict import examine
from livetext.effort import DIFFICULTIES
from support.paths import ROOT

IDS = list(EXERCISES)


WRONG, RIGHT = table("WRONG"), table("RIGHT")
MISTAKES = [(id, name, f) for id, answers in WRONG.items() for name, f in answers]


# Every exercise of the bank


def test_tables_hold_every_exercise() -> None:
    assert set(WRONG) == set(RIGHT) == set(EXERCISES)


@pytest.mark.parametrize("id", IDS)
def test_solution_passes(id: str) -> None:
    exercise = EXERCISES[id]
    verdict = examine(exercise, exercise.solution)
    assert verdict.passed, verdict.message


@pytest.mark.parametrize("id", IDS)
def test_other_right_answers_pass(id: str) -> None:
    assert RIGHT[id], "write one right answer in another style than the solution's"
    for answer in RIGHT[id]:
        verdict = examine(EXERCISES[id], answer)
        assert verdict.passed, verdict.message


@pytest.mark.parametrize("id", IDS)
def test_stub_is_not_attempted(id: str, capsys: pytest.CaptureFixture[str]) -> None:
    verdict = exercises.check(id, lambda *_: ...)
    assert not verdict
    assert not verdict.attempted
    assert capsys.readouterr().out == (
        f"{id}: not attempted yet. Replace the dots, then run the cell again.\n"
    )


@pytest.mark.parametrize("id", IDS)
def test_three_wrong_answers_are_known(id: str) -> None:
    assert len({name for name, _ in WRONG[id]} - {""}) >= 3


@pytest.mark.parametrize(
    ("id", "name", "answer"), MISTAKES, ids=[f"{id}-{name}" for id, name, _ in MISTAKES]
)
def test_wrong_answer_fails_with_the_hint_that_fits(
    id: str, name: str, answer: Callable[..., Any]
) -> None:
    verdict = examine(EXERCISES[id], answer)
    assert not verdict.passed
    assert verdict.mistake == name, verdict.message


@pytest.mark.parametrize("id", IDS)
def test_every_recognised_mistake_is_made_by_someone(id: str) -> None:
    known = {mistake.name for mistake in EXERCISES[id].mistakes}
    assert known <= {name for name, _ in WRONG[id]}


@pytest.mark.parametrize("id", IDS)
def test_no_mistake_hides_in_any_case(id: str) -> None:
    """Numbers in general position: each wrong answer is wrong in two cases at least."""
    exercise = EXERCISES[id]
    if exercise.judge:
        return
    for name, answer in WRONG[id]:
        failing = [
            k
            for k, case in enumerate(exercise.drawn())
            if not examine(
                dataclasses.replace(exercise, cases=lambda rng, case=case: [case]), answer
            ).passed
        ]
        assert len(failing) >= min(2, len(exercise.drawn())), (
            f"{name} fails in cases {failing} only"
        )


@pytest.mark.parametrize("id", IDS)
def test_texts(id: str, capsys: pytest.CaptureFixture[str]) -> None:
    exercises.hint(id)
    assert f'exercises.hint("{id}", 2)' in capsys.readouterr().out
    exercises.hint(id, 2)
    assert f'exercises.solution("{id}")' in capsys.readouterr().out
    exercises.solution(id)
    shown = capsys.readouterr().out
    assert "def " in shown or "lambda" in shown
    assert EXERCISES[id].explanation.split()[0] in shown


def cells(page: str) -> list[nbformat.NotebookNode]:
    path = ROOT / "chapters" / page.replace(".html", ".ipynb")
    found: list[nbformat.NotebookNode] = nbformat.read(path, as_version=4).cells
    return found


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda c: c.__name__.rpartition(".")[2])
def test_chapter_has_each_exercise_once(chapter: Any) -> None:
    """A text that says what it practises, a stub, and the check, which nbval holds."""
    found = cells(chapter.PAGE)
    text = " ".join(" ".join(cell.source.split()) for cell in found if cell.cell_type == "markdown")
    for exercise in chapter.EXERCISES:
        call = f'exercises.check("{exercise.id}", '
        (cell,) = [cell for cell in found if cell.cell_type == "code" and call in cell.source]
        assert f"def {exercise.solution.__name__}({', '.join(exercise.parameters)}):" in cell.source
        assert "not attempted yet" in cell.outputs[0].text
        assert f"**{exercise.id}" in text
        said = re.search(rf"\*Practises {re.escape(exercise.practises)}[^*]*\* `([^`]+)`", text)
        assert said and said[1] == exercise.effort


def abilities(page: str) -> int:
    title = next(cell.source for cell in cells(page) if "**You will be able to**" in cell.source)
    lines = title.partition("**You will be able to**")[2].partition("**You need**")[0]
    return lines.count("\n- ")


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda c: c.__name__.rpartition(".")[2])
def test_chapter_practises_what_it_promises(chapter: Any) -> None:
    promised = set(range(1, abilities(chapter.PAGE) + 1))
    practised = {line for item in (*chapter.QUESTIONS, *chapter.EXERCISES) for line in item.covers}
    assert practised == promised


# Questions that moved to another chapter with their section keep their names, and with them the readers' progress.
MOVED = {"mathematics-cancel", "mathematics-batch", "mathematics-jacobian"}


@pytest.mark.parametrize("chapter", CHAPTERS[:-1], ids=lambda c: c.__name__.rpartition(".")[2])
def test_chapter_has_enough_of_each_kind(chapter: Any) -> None:
    assert len([q for q in chapter.QUESTIONS if q.draws]) >= 4
    assert len(chapter.EXERCISES) >= 3
    prefix = chapter.__name__.rpartition(".")[2].replace("_", "-")
    for item in (*chapter.QUESTIONS, *chapter.EXERCISES):
        assert item.id.startswith(f"{prefix}-") or item.id in MOVED


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda c: c.__name__.rpartition(".")[2])
def test_everything_says_what_it_asks_of_its_reader(chapter: Any) -> None:
    """Minutes and difficulty; some are easy, and a chapter's exercises take an evening at most, the project a longer one."""
    items = [*chapter.QUESTIONS, *chapter.EXERCISES]
    assert all(item.minutes and item.difficulty in DIFFICULTIES for item in items)
    assert {"easy", "medium"} <= {item.difficulty for item in items}
    evening = 240 if chapter.PAGE == "project.html" else 180
    assert 30 <= sum(item.minutes for item in items) <= evening


@pytest.mark.parametrize(
    ("minutes", "difficulty"), [(5, ""), (0, "easy"), (-1, "easy"), (5, "gruelling")]
)
def test_half_a_mark_is_refused(minutes: int, difficulty: str) -> None:
    with pytest.raises(ValueError, match=f"takes {minutes} minutes and is '{difficulty}'"):
        dataclasses.replace(EXERCISES["basics-1"], minutes=minutes, difficulty=difficulty)


# Answers of every form. The exercise asks for one number, d(w^2)/dw.


def double(w):
    return 2 * w


SIMPLE = Exercise(
    id="test-1",
    title="",
    practises="",
    covers=(),
    solution=double,
    explanation="",
    hints=("", ""),
    cases=lambda rng: ({"w": w} for w in rng.uniform(0.5, 2, size=3)),
    library=lambda w: 2 * w,
    loss=lambda w: w**2,
    wrt=("w",),
    seconds=0.3,
)
VECTOR = dataclasses.replace(
    SIMPLE, cases=lambda rng: ({"w": rng.normal(size=3)} for _ in range(3)), loss=None, wrt=()
)
MATRIX = dataclasses.replace(
    VECTOR, cases=lambda rng: ({"w": rng.normal(size=(3, 3))} for _ in range(3))
)


@pytest.mark.parametrize(
    ("exercise", "form"),
    [
        (SIMPLE, float),
        (SIMPLE, np.float32),
        (SIMPLE, np.array),
        (SIMPLE, lambda v: [v]),
        (SIMPLE, lambda v: np.array([[v]])),
        (SIMPLE, lambda v: Fraction(float(v))),
        (SIMPLE, bp.autodiff.var),
        (VECTOR, list),
        (VECTOR, tuple),
        (VECTOR, lambda v: v.astype(np.float32)),
        (VECTOR, lambda v: v[:, None]),
        (VECTOR, lambda v: v[None, :]),
        (VECTOR, lambda v: [[x] for x in v]),
        (MATRIX, lambda v: v.tolist()),
        (MATRIX, lambda v: [list(row) for row in v]),
    ],
)
def test_any_form_of_the_right_numbers_passes(exercise: Any, form: Callable[[Any], Any]) -> None:
    verdict = examine(exercise, lambda w: form(2 * w))
    assert verdict.passed, verdict.message


@pytest.mark.parametrize(
    ("exercise", "answer", "name"),
    [
        (MATRIX, lambda w: 2 * w.T, "transposed"),
        (VECTOR, lambda w: 2 * w[:2], "shape"),
        (VECTOR, lambda w: -2 * w, "sign"),
        (VECTOR, lambda w: 3 * w, "constant"),
        (SIMPLE, lambda w: round(2 * w, 4), "nearly"),
        (SIMPLE, lambda w: 2 * w + 1, ""),
        (SIMPLE, lambda w: None, "none"),
        (SIMPLE, lambda w: float("nan"), "not finite"),
        (SIMPLE, lambda w: [][0], "raised"),
        (SIMPLE, lambda: 1, "arguments"),
    ],
)
def test_what_is_wrong_is_named(exercise: Any, answer: Callable[..., Any], name: str) -> None:
    verdict = examine(exercise, answer)
    assert verdict.attempted
    assert (verdict.passed, verdict.mistake) == (False, name), verdict.message


def test_float32_is_judged_by_its_own_precision() -> None:
    assert examine(VECTOR, lambda w: np.float32(2) * w.astype(np.float32)).passed
    assert not examine(VECTOR, lambda w: (2.001 * w).astype(np.float32)).passed


def test_gradient_faces_central_differences() -> None:
    """If the library were wrong, the differences would tell."""
    broken = dataclasses.replace(SIMPLE, library=lambda w: 3 * w)
    assert examine(broken, lambda w: 3 * w).mistake == "differences"


# Answers of any kind


class Hostile:
    """Raises whatever is asked of it."""

    def _raise(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("hostile")

    __eq__ = __len__ = __iter__ = __array__ = __float__ = __bool__ = __repr__ = __str__ = _raise
    __getitem__ = __lt__ = __gt__ = __add__ = __hash__ = __getattr__ = _raise


class HostileError(Exception):
    __str__ = Hostile._raise


def raises(error: BaseException) -> Any:
    raise error


OBJECTS = np.empty(1, dtype=object)
OBJECTS[0] = Hostile()

FUZZ = [
    *(
        "",
        "0.5",
        b"1",
        None,
        True,
        False,
        (),
        [],
        {},
        set(),
        object(),
        int,
        len,
        Hostile(),
        Hostile,
    ),
    *(float("nan"), float("inf"), -float("inf"), 1j, 1e400, 10**400, Fraction(1, 3), range(10**12)),
    *([1, [2, 3]], [[1], [2, 3]], [None], ["a"], {"w": 1}, np.array("a"), np.array(None)),
    *(np.zeros((0,)), np.zeros((2, 0, 3)), np.zeros(10**7), np.ma.masked, np.datetime64("nat")),
    *((i for i in range(3)), itertools.count(), iter([]), OBJECTS),
    *(memoryview(b"ab"), slice(3), NotImplemented, ..., [...], bp, np.float128(1) / 3),
]


@pytest.mark.parametrize("value", FUZZ, ids=lambda v: type(v).__name__)
def test_no_answer_gets_out_of_check(value: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for exercise in (SIMPLE, VECTOR, EXERCISES["one-layer-1"]):
        for answer in (value, lambda *_: value, lambda *_: (value, value), lambda *_: [value]):
            verdict = examine(exercise, answer)
            assert not verdict.passed
            assert verdict.message.startswith(("✗", f"{exercise.id}: not attempted yet"))
            assert "Traceback" not in verdict.message
    exercises.check("one-layer-1", value)
    assert capsys.readouterr().out


def test_random_answers_never_pass_and_never_raise() -> None:
    rng = random.Random(0)
    pieces = [value for value in FUZZ if not isinstance(value, np.ndarray)]

    def made(depth: int) -> Any:
        if depth == 0 or rng.random() < 0.3:
            return rng.choice([*pieces, rng.random(), rng.randrange(-9, 9)])
        return rng.choice([list, tuple])(made(depth - 1) for _ in range(rng.randrange(4)))

    for _ in range(300):
        value = made(3)
        assert not examine(EXERCISES["one-layer-1"], lambda *_, value=value: value).passed


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"),
        SystemExit(1),
        GeneratorExit(),
        RecursionError(),
        MemoryError(),
        HostileError(),
    ],
    ids=lambda e: type(e).__name__,
)
def test_what_the_answer_raises_is_shown_as_its_own(error: BaseException) -> None:
    def answer(w):
        raises(error)

    verdict = examine(SIMPLE, answer)
    assert verdict.mistake == "raised"
    assert type(error).__name__ in verdict.message
    assert "raises(error)" in verdict.message or "raise error" in verdict.message  # the line
    assert "of your cell" in verdict.message


def test_interrupting_the_kernel_interrupts_the_check() -> None:
    with pytest.raises(KeyboardInterrupt):
        examine(SIMPLE, lambda w: raises(KeyboardInterrupt()))


def forever(w):
    while True:
        pass


def stubborn(w):
    while True:
        try:  # noqa: SIM105
            w += 1
        except BaseException:
            pass


def sleepy(w):
    while True:
        time.sleep(0.05)


def counting(w):
    return sum(1 for _ in itertools.count())


@pytest.mark.parametrize("answer", [forever, stubborn, sleepy, counting], ids=lambda f: f.__name__)
def test_endless_loop_is_cut_off(answer: Callable[..., Any]) -> None:
    before = threading.active_count()
    verdict = examine(SIMPLE, answer)
    assert verdict.mistake == "endless"
    assert threading.active_count() == before
    assert examine(SIMPLE, double).passed, "and the next check works"


def test_deadline_that_is_nearly_met_never_strikes_late() -> None:
    """Work that ends just when the time does: either verdict, and nothing raised afterwards."""
    tight = dataclasses.replace(SIMPLE, seconds=0.01)
    for rounds in np.geomspace(1e2, 1e7, 100):  # from far too little work to far too much

        def slow(w, rounds=int(rounds)):
            for _ in range(rounds):
                pass
            return 2 * w

        assert examine(tight, slow).mistake in ("", "endless")
        sum(range(1000))
    time.sleep(0.1)


def test_endless_loop_is_cut_off_in_another_thread() -> None:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(examine(SIMPLE, forever).mistake))
    thread.start()
    thread.join(timeout=120)
    assert found == ["endless"]


def test_arguments_are_copies() -> None:
    def greedy(w):
        w *= 2
        return w

    assert examine(VECTOR, greedy).passed


def test_unknown_names_are_refused() -> None:
    for f in (exercises.hint, exercises.solution, exercises.question):
        with pytest.raises(ValueError, match="there is no .*one-layer-9.*one-layer-"):
            f("one-layer-9")
    with pytest.raises(ValueError, match="there is no code exercise"):
        exercises.check("one-layer-9", double)
    with pytest.raises(ValueError, match="hints 1 and 2"):
        exercises.hint("one-layer-1", 3)
