"""Exercises: code that checks itself in a notebook, and questions that do so on the page."""

import inspect
import textwrap
from typing import Any, TypeVar

from livetext.checks import Verdict, examine
from livetext.checks.say import say
from livetext.questions import Overview, Question

from .bank import CHAPTERS, EXERCISES, QUESTIONS

T = TypeVar("T")

__all__ = [
    "EXERCISES",
    "QUESTIONS",
    "check",
    "examine",
    "hint",
    "overview",
    "question",
    "solution",
]


def check(id: str, answer: Any) -> Verdict:
    """Find out whether a code exercise is solved, and if it is not, what probably went wrong.

    Calls the answer on several inputs, compares what it returns with the library and, for a
    gradient, with central differences; then calls it on the first input again, and prints one
    verdict. Nothing that the answer raises gets out of the check.

    Parameters
    ----------
    id
        Of the exercise: ``"one-layer-3"``.
    answer
        Your function, or whatever else can be called. What it returns may be numbers, lists, arrays,
        or another library's tensors, in float32 or better; it is read at once, so the function may
        use the same array again.

    Returns
    -------
    Verdict
        True where the answer is right.

    Raises
    ------
    ValueError
        There is no such exercise.

    Notes
    -----
    **What your function may change.** Each argument is a copy made for that one call, and may be
    changed; a right answer that does so gets a note. After all calls the check puts back what can be
    put back for every kind of callable: the state of NumPy's and Python's own global random
    generators, NumPy's settings for errors and printing, and the filters of warnings, which are
    silent during the calls. Everything else that your function changes outside itself (a global, a
    list, an attribute, a file) stays changed, as after any other call. If that makes the second call
    with the first input differ from the first call, the verdict says so.

    **Time.** A call that takes longer than the exercise allows, ten seconds or more, is stopped as
    soon as it runs Python code. A loop inside a single call of C code, as in
    ``sum(itertools.count())``, runs none and is not stopped: interrupt the kernel.
    """
    verdict = examine(_pick(EXERCISES, id, "code exercise"), answer)
    say(str(verdict))
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
    say(textwrap.fill(f"{id}, hint {number}: {exercise.hints[number - 1]}", 88))
    say(
        f'More: exercises.hint("{id}", 2)'
        if number == 1
        else f'The answer: exercises.solution("{id}")'
    )


def solution(id: str) -> None:
    """Print a solution of a code exercise, and why it is right.

    Raises
    ------
    ValueError
        There is no such exercise.
    """
    exercise = _pick(EXERCISES, id, "code exercise")
    say(inspect.getsource(exercise.solution))
    say(textwrap.fill(exercise.explanation, 88))


def question(id: str) -> Question:
    """A question that checks itself, to stand as a cell's last line; by an earlier id of it too.

    Raises
    ------
    ValueError
        There is no such question.
    """
    renamed = {old: question.id for question in QUESTIONS.values() for old in question.aliases}
    return _pick(QUESTIONS, renamed.get(id, id) if isinstance(id, str) else id, "question")


def overview() -> Overview:
    """The reader's progress in all questions, to stand as a cell's last line."""
    return Overview(CHAPTERS)


def _pick(bank: dict[str, T], id: str, what: str) -> T:
    if not isinstance(id, str):
        raise ValueError(f"the name of a {what} is text such as {next(iter(bank))!r}")
    if id not in bank:
        raise ValueError(f"there is no {what} {id!r}; there are {', '.join(bank)}")
    return bank[id]
