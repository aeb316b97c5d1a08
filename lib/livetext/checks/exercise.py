"""A code exercise: what is asked, what is right, and the wrong answers that teach something."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..effort import check_effort, shown_effort
from .answers import Array

Case = dict[str, Any]


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that learners give.

    Parameters
    ----------
    name
        A few words: ``"no factor 2"``.
    says
        What the learner who makes it reads: what happened and where to look, not the answer.
    answer
        The function that makes it; it takes and returns what the solution does.
    """

    name: str
    says: str
    answer: Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """A function to be written by the learner.

    Parameters
    ----------
    id
        Chapter and number: ``"one-layer-1"``.
    title, practises
        What it is called, and what it is good for.
    minutes, difficulty
        How long it takes a reader of the chapter, and how hard it is: a key of `DIFFICULTIES`.
    covers
        Which of the chapter's "be able to" lines it practises, counted from one.
    solution
        A right answer as a learner would write it. Its parameters are those of the stub, in order.
    explanation
        Why it is right.
    hints
        Two, the second one stronger.
    cases
        Arguments to try, by name; numbers in general position, so that no mistake hides in them:
        both signs, sizes that differ, and whatever extremes the exercise's text promises.
    library
        The right answer by the book's library, computed another way than the solution's.
    outputs
        Names of the returned values, where there are several.
    exact
        Whether shapes must be exact, because what comes later calculates with these arrays: a
        column taken from a vector makes a matrix, and nothing says so.
    changes
        Arguments that a right answer changes, as it draws from a generator.
    mistakes
        The wrong answers to recognise.
    factors
        Quantities by which an answer may be off, such as ``{"σ′(z)": …}``: a factor that is
        missing, or there once too often, is then named.
    loss, wrt
        Where the answer is a gradient: the loss as a function of the same arguments, and the
        argument that each returned value belongs to. Central differences then check it, too.
    judge
        Where many answers are right: takes the returned value and the case, returns the arrays that
        it has read, or raises `Trouble`.
    across
        What only several cases show: takes all of them and the arrays of each, raises `Trouble`, or returns what is
        to be said of a right answer.
    tolerance
        Relative error allowed.
    seconds
        Allowed for each call.
    """

    id: str
    title: str
    practises: str
    covers: tuple[int, ...]
    solution: Callable[..., Any]
    explanation: str
    hints: tuple[str, str]
    cases: Callable[[np.random.Generator], Iterable[Case]]
    library: Callable[..., Any] | None = None
    outputs: tuple[str, ...] = ()
    exact: bool = False
    changes: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    factors: Callable[..., Mapping[str, Any]] | None = None
    loss: Callable[..., float] | None = None
    wrt: tuple[str, ...] = ()
    judge: Callable[[Any, Case], list[Array]] | None = None
    across: Callable[[Sequence[Case], Sequence[list[Array]]], str | None] | None = None
    tolerance: float = 1e-9
    seconds: float = 10.0
    minutes: int = 0
    difficulty: str = ""

    def __post_init__(self) -> None:
        check_effort(f"exercise {self.id!r}", self.minutes, self.difficulty)

    @property
    def effort(self) -> str:
        """As the chapter's text says it: ``"10 min · medium"``."""
        return shown_effort(self.minutes, self.difficulty)

    @property
    def parameters(self) -> list[str]:
        """What the learner's function takes, in order."""
        return list(inspect.signature(self.solution).parameters)

    def drawn(self) -> list[Case]:
        """The cases, the same ones each time; single numbers are Python's own."""
        cases = self.cases(np.random.default_rng(2024))
        return [{name: _plain(case[name]) for name in self.parameters} for case in cases]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
