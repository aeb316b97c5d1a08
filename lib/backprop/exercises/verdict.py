"""Checking an answer: right, not attempted, or wrong and probably why."""

import copy
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np

from ..gradcheck import check_gradient
from .answers import Array, NotAttempted, Trouble, agrees, error, read
from .exercise import Case, Exercise
from .run import guarded

T = TypeVar("T")

SLOPES = 1e-5  # relative error allowed to central differences
SAME = 1e-9  # to what a known mistake gives
NEARLY = 1e-2


@dataclass(frozen=True)
class Verdict:
    """What `check` found; true where the answer is right.

    Attributes
    ----------
    id
        The exercise.
    passed, attempted
        Whether the answer is right, and whether there was one.
    mistake
        The name of the mistake that was recognised, or an empty string.
    message
        What the learner reads.
    """

    id: str
    passed: bool
    attempted: bool
    mistake: str
    message: str

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        return self.message

    def _ipython_display_(self) -> None:
        """Nothing: `check` has printed it."""


def examine(exercise: Exercise, answer: Any) -> Verdict:
    """Try an answer on every case, without printing."""
    try:
        _check_callable(exercise, answer)
        story = _judged(exercise, answer) if exercise.judge else _compared(exercise, answer)
    except NotAttempted:
        message = f"{exercise.id}: not attempted yet. Replace the dots, then run the cell again."
        return Verdict(exercise.id, False, False, "", message)
    except Trouble as trouble:
        hint = f'  A hint: bp.exercises.hint("{exercise.id}")'
        message = "\n".join(filter(None, [f"✗ {exercise.id}: {trouble}", trouble.example, hint]))
        return Verdict(exercise.id, False, True, trouble.name, message)
    return Verdict(exercise.id, True, True, "", f"✓ {exercise.id}: right. {story}")


def _check_callable(exercise: Exercise, answer: Any) -> None:
    signature = ", ".join(exercise.parameters)
    if answer is ...:
        raise NotAttempted
    if not callable(answer):
        raise Trouble(
            "no function",
            f"the check needs your function itself, a function of ({signature}), not what it returns; "
            f"got a {type(answer).__name__}. Write its name without parentheses",
        )
    try:
        inspect.signature(answer).bind(*exercise.parameters)
    except TypeError:
        raise Trouble(
            "arguments",
            f"your function should take {len(exercise.parameters)} arguments, in this order: ({signature})",
        ) from None
    except Exception:  # some built-in functions have no signature; the call will tell
        return


def _judged(exercise: Exercise, answer: Any) -> str:
    cases = exercise.drawn()
    for case in cases:
        _run(exercise, answer, case, partial(_judge, exercise, case))
    return "It does what was asked."


def _judge(exercise: Exercise, case: Case, value: Any) -> None:
    if value is ... or (isinstance(value, tuple) and value and all(part is ... for part in value)):
        raise NotAttempted
    assert exercise.judge is not None
    exercise.judge(value, case)


def _run(exercise: Exercise, answer: Any, case: Case, then: Callable[[Any], T]) -> T:
    """What ``then`` makes of the learner's value; reading it runs their code as well."""
    copies = copy.deepcopy(case)
    return guarded(lambda: then(answer(*copies.values())), answer, exercise.seconds)


def _compared(exercise: Exercise, answer: Any) -> str:
    cases = exercise.drawn()
    rights = [right_answer(exercise, case) for case in cases]
    founds = [
        _run(exercise, answer, case, partial(read, expected=right, names=exercise.outputs))
        for case, right in zip(cases, rights, strict=True)
    ]
    for case, found, right in zip(cases, founds, rights, strict=True):
        if not _all_agree(found, right, exercise.tolerance):
            trouble = _diagnosis(exercise, cases, founds, rights)
            raise Trouble(trouble.name, str(trouble), _example(exercise, case, found, right))
    if not exercise.wrt:
        return f"All {len(cases)} cases agree with the library."
    _face_differences(exercise, cases, founds)
    return f"All {len(cases)} cases agree with the library and with central differences."


def right_answer(exercise: Exercise, case: Case) -> list[Array]:
    """What the library says, as one array for each returned value."""
    assert exercise.library is not None
    return arrays(exercise, exercise.library(**copy.deepcopy(case)))


def arrays(exercise: Exercise, value: Any) -> list[Array]:
    """A returned value of our own as a list of arrays."""
    return [np.asarray(part, dtype=np.float64) for part in (value if exercise.outputs else [value])]


def _all_agree(found: Sequence[Array], right: Sequence[Array], tolerance: float) -> bool:
    return all(agrees(f, r, tolerance) for f, r in zip(found, right, strict=True))


def _face_differences(exercise: Exercise, cases: list[Case], founds: list[list[Array]]) -> None:
    """A second witness, which knows the loss alone."""
    for case, found in zip(cases, founds, strict=True):
        for name, gradient in zip(exercise.wrt, found, strict=True):
            report = check_gradient(
                partial(_loss_along, exercise, case, name),
                np.asarray(case[name], dtype=np.float64),
                gradient.astype(np.float64),
                tolerance=SLOPES,
            )
            if not report.passed:
                raise Trouble(
                    "differences", f"your gradient of {name} disagrees with differences: {report}"
                )


def _loss_along(exercise: Exercise, case: Case, name: str, value: Any) -> float:
    assert exercise.loss is not None
    return exercise.loss(**case | {name: value})


# Which mistake?


def _diagnosis(
    exercise: Exercise, cases: list[Case], founds: list[list[Array]], rights: list[list[Array]]
) -> Trouble:
    """The first known mistake that explains every case, or only that the numbers differ."""
    for mistake in exercise.mistakes:
        answers = [arrays(exercise, mistake.answer(**copy.deepcopy(case))) for case in cases]
        if all(_same(f, a) for f, a in zip(founds, answers, strict=True)):
            return Trouble(mistake.name, mistake.says)
    for k in range(len(rights[0])):
        found, right = [f[k] for f in founds], [r[k] for r in rights]
        if _all_agree(found, right, exercise.tolerance):
            continue
        what = f"your {exercise.outputs[k]}" if exercise.outputs else "your answer"
        for name, says in _patterns(exercise, cases, found, right):
            return Trouble(name, f"{what} {says}")
        return Trouble("", f"{what} differs from the right one")
    raise AssertionError("a wrong answer differs somewhere")


def _same(found: Sequence[Array], other: Sequence[Array]) -> bool:
    return all(f.shape == o.shape and agrees(f, o, SAME) for f, o in zip(found, other, strict=True))


def _patterns(
    exercise: Exercise, cases: list[Case], found: list[Array], right: list[Array]
) -> Iterator[tuple[str, str]]:
    """What is wrong with one returned value in all cases alike: a name, and words for it."""

    def everywhere(guesses: Sequence[Any]) -> bool:
        return _same(found, [np.asarray(guess) for guess in guesses])

    if everywhere([-r for r in right]):
        yield "sign", "has the right size and the wrong sign"
    if everywhere([r.T for r in right]):
        yield "transposed", "is the transpose of the right one"
    factors = [dict(exercise.factors(**case)) if exercise.factors else {} for case in cases]
    for label in factors[0]:
        q = [np.asarray(factor[label]) for factor in factors]
        with np.errstate(all="ignore"):
            missing = _all_agree([f * s for f, s in zip(found, q, strict=True)], right, SAME)
            extra = everywhere([r * s for r, s in zip(right, q, strict=True)])
        if missing:
            yield (
                f"missing {label}",
                f"would be right if it were multiplied by {label}: that factor is missing",
            )
        if extra:
            yield f"extra {label}", f"has {label} once too often"
    scale = float(np.vdot(found[0], right[0]) / (np.vdot(right[0], right[0]) or 1.0))
    if scale and everywhere([scale * r for r in right]):
        yield (
            "constant",
            f"is {scale:.4g} times the right one in every case: which constant went astray?",
        )
    if all(error(f, r) < NEARLY for f, r in zip(found, right, strict=True)):
        yield (
            "nearly",
            "is nearly right, but not to all digits. Was something rounded, or a difference quotient "
            "taken for the formula?",
        )


def _example(exercise: Exercise, case: Case, found: list[Array], right: list[Array]) -> str:
    """The first case that fails, in numbers, and of it what is wrong."""
    given = ", ".join(f"{name} = {_short(value)}" for name, value in case.items())
    lines = [f"  For {given}"]
    for k, (f, r) in enumerate(zip(found, right, strict=True)):
        if agrees(f, r, exercise.tolerance):
            continue
        name = f"{exercise.outputs[k]}: " if exercise.outputs else ""
        lines.append(f"  {name}yours is {_short(f)}, right is {_short(r)}")
    return "\n".join(lines)


def _short(value: Any) -> str:
    if callable(value):
        names = (getattr(value, attribute, None) for attribute in ("__name__", "name"))
        return next((name for name in names if isinstance(name, str)), "a function")
    if isinstance(value, str):
        return repr(value)
    array = np.asarray(value)
    if array.size > 12:
        return f"an array of shape {array.shape}"
    return np.array2string(array, precision=5, separator=", ").replace("\n", "")
