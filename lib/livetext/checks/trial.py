"""Calling an answer on every case, and on the first one again."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from .answers import Array, NotAttempted, Trouble, read
from .diagnosis import right_answer, same
from .exercise import Case, Exercise
from .sandbox import guarded

TOUCHED = 1e-9  # an argument that differs by more has been changed, and not only rounded
ALIKE = (
    "your function returns the same whatever its arguments are. Does it remember its first result, "
    "or calculate with names from outside in the place of its arguments?"
)

Reader = Callable[[Any], list[Array]]


@dataclass
class Trial:
    """An answer's calls: each case once, then the first one again.

    Attributes
    ----------
    exercise, cases
        What was asked.
    rights
        The library's arrays for each case; none where an exercise judges for itself.
    founds
        The answer's arrays, up to the first case in trouble.
    trouble
        That trouble.
    again
        What the second call with the first case gave, arrays or trouble.
    changed
        Arguments that were changed, in order.
    """

    exercise: Exercise
    cases: list[Case] = field(init=False)
    rights: list[list[Array]] = field(init=False)
    founds: list[list[Array]] = field(default_factory=list)
    trouble: Trouble | None = None
    again: list[Array] | Trouble | None = None
    changed: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cases = self.exercise.drawn()
        self.rights = []
        if not self.exercise.judge:
            self.rights = [right_answer(self.exercise, case) for case in self.cases]

    def run(self, answer: Callable[..., Any]) -> None:
        for k in range(len(self.cases)):
            found = self._ask(answer, k)
            if isinstance(found, Trouble):
                self.trouble = found
                break
            self.founds.append(found)
        if self.founds and not (self.trouble and self.trouble.name == "endless"):
            self.again = self._ask(answer, 0)

    def _ask(self, answer: Callable[..., Any], k: int) -> list[Array] | Trouble:
        """One call. Each argument is a copy of its own, and what is returned is read at once."""
        case = self.cases[k]
        given = {name: copy.deepcopy(value) for name, value in case.items()}
        watched = [name for name in case if name not in self.exercise.changes]

        def call() -> list[Array]:
            found = self._read(answer(*given.values()), k)
            self.changed |= dict.fromkeys(n for n in watched if _differ(case[n], given[n]))
            return found

        try:
            return guarded(call, self.exercise.seconds)
        except Trouble as trouble:
            return trouble

    def _read(self, value: Any, k: int) -> list[Array]:
        try:
            return self._reader(k)(value)
        except Trouble:
            if k and self._is_first(value):
                raise Trouble("same for all", ALIKE) from None
            raise

    def _reader(self, k: int) -> Reader:
        if self.exercise.judge:
            judge, case = self.exercise.judge, self.cases[k]
            return lambda value: judge(value, case)
        return partial(
            read,
            expected=self.rights[k],
            names=self.exercise.outputs,
            exact=self.exercise.exact,
        )

    def _is_first(self, value: Any) -> bool:
        """Whether a value that does not fit its own case is the first case's once more."""
        try:
            return same(self._reader(0)(value), self.founds[0])
        except (Trouble, NotAttempted):
            return False


def _differ(before: Any, after: Any) -> bool:
    """Whether an argument holds other numbers than before; functions hold none."""
    if callable(before):
        return False
    old, new = np.asarray(before), np.asarray(after)
    if old.dtype.kind not in "iuf" or old.shape != new.shape or old.dtype.kind != new.dtype.kind:
        return old is not new and not np.array_equal(old, new)
    return not np.allclose(new, old, rtol=TOUCHED, atol=TOUCHED)
