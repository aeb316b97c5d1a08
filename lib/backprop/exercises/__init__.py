"""Exercises: code that checks itself in a notebook, and questions that do so on the page."""

import inspect
import textwrap
from typing import Any, TypeVar

from .bank import EXERCISES, QUESTIONS
from .exercise import Exercise
from .progress import Overview
from .question import Question
from .verdict import Verdict, examine

T = TypeVar("T")

__all__ = [
    "Exercise",
    "Overview",
    "Question",
    "Verdict",
    "check",
    "hint",
    "overview",
    "question",
    "solution",
]


def check(id: str, answer: Any) -> Verdict:
    """Tell whether a code exercise is solved, and if it is not, what probably went wrong.

    Calls the answer on several inputs, compares what it returns with the library and, for a
    gradient, with central differences; then prints one verdict. Whatever the answer does is caught:
    what it raises, loops that do not end, changes to arrays and to global state.

    Parameters
    ----------
    id
        Of the exercise: ``"one-layer-3"``.
    answer
        Your function. What it returns may be numbers, lists or arrays.

    Returns
    -------
    Verdict
        True where the answer is right.

    Raises
    ------
    ValueError
        There is no such exercise.
    """
    verdict = examine(_pick(EXERCISES, id, "code exercise"), answer)
    print(verdict)
    return verdict


def hint(id: str, number: int = 1) -> None:
    """Print a hint for a code exercise: the first, or the second, which says more.

    Raises
    ------
    ValueError
        There is no such exercise, or no such hint.
    """
    exercise = _pick(EXERCISES, id, "code exercise")
    if number not in (1, 2):
        raise ValueError(f"there are hints 1 and 2, got {number!r}")
    print(textwrap.fill(f"{id}, hint {number}: {exercise.hints[number - 1]}", 88))
    print(
        f'More: bp.exercises.hint("{id}", 2)'
        if number == 1
        else f'The answer: bp.exercises.solution("{id}")'
    )


def solution(id: str) -> None:
    """Print a solution of a code exercise, and why it is right.

    Raises
    ------
    ValueError
        There is no such exercise.
    """
    exercise = _pick(EXERCISES, id, "code exercise")
    print(inspect.getsource(exercise.solution))
    print(textwrap.fill(exercise.explanation, 88))


def question(id: str) -> Question:
    """A question that checks itself, to stand as a cell's last line.

    Raises
    ------
    ValueError
        There is no such question.
    """
    return _pick(QUESTIONS, id, "question")


def overview() -> Overview:
    """The reader's progress in all questions, to stand as a cell's last line."""
    return Overview()


def _pick(bank: dict[str, T], id: str, what: str) -> T:
    if not isinstance(id, str) or id not in bank:
        raise ValueError(f"there is no {what} {id!r}; there are {', '.join(bank)}")
    return bank[id]
