"""Checking an answer: right, not attempted, or wrong and probably why."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from .answers import Array, NotAttempted, Trouble, agrees, error, is_coarse, is_rounded
from .diagnosis import all_agree, diagnosis, example, same
from .exercise import Case, Exercise
from .sandbox import described, guarded, settings
from .trial import ALIKE, Trial

SLOPES = 1e-5  # relative error allowed to central differences
NUDGE = 1e-4  # their step: an error of 1e-9 in smooth functions, and as little of rounding


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
        with settings():
            story = _examined(exercise, answer)
    except NotAttempted:
        message = f"{exercise.id}: not attempted yet. Replace the dots, then run the cell again."
        return Verdict(exercise.id, False, False, "", message)
    except Trouble as trouble:
        return _refusal(exercise, trouble)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # what the check stands on is not what it was
        story = f"the check could not go on after calling your function ({described(error)})"
        way_out = "Has it changed something outside itself? Restart the kernel, and look for that"
        return _refusal(exercise, Trouble("broken", f"{story}. {way_out}"))
    return Verdict(exercise.id, True, True, "", f"✓ {exercise.id}: right. {story}")


def _refusal(exercise: Exercise, trouble: Trouble) -> Verdict:
    hint = f'  A hint: exercises.hint("{exercise.id}")'
    message = "\n".join(filter(None, [f"✗ {exercise.id}: {trouble}", trouble.example, hint]))
    return Verdict(exercise.id, False, True, trouble.name, message)


def _examined(exercise: Exercise, answer: Any) -> str:
    """What to say of a right answer."""
    _check_callable(exercise, answer)
    trial = Trial(exercise)
    with settings():
        trial.run(answer)
    _keeps_nothing(trial)
    _fine_enough(trial)
    if not exercise.judge:
        _compared(trial)
    if trial.trouble:
        raise trial.trouble
    told = exercise.across(trial.cases, trial.founds) if exercise.across else None
    count = f"All {len(trial.cases)} cases agree with the library"
    if exercise.judge:
        story = told or "It does what was asked."
    elif exercise.wrt:
        _face_differences(trial)
        story = f"{count} and with central differences."
    else:
        story = f"{count}."
    return story + _note(trial)


def _check_callable(exercise: Exercise, answer: Any) -> None:
    expected = ", ".join(exercise.parameters)
    if answer is ...:
        raise NotAttempted
    if not callable(answer):
        raise Trouble(
            "no function",
            f"the check needs your function itself, a function of ({expected}), not what it returns; "
            f"got a {type(answer).__name__}. Write its name without parentheses",
        )
    try:
        signature = guarded(partial(inspect.signature, answer), exercise.seconds)
    except Trouble:  # some built-in functions have no signature; the call itself will show
        return
    try:
        signature.bind(*exercise.parameters)
    except TypeError:
        raise Trouble(
            "arguments",
            f"your function should take {len(exercise.parameters)} arguments, in this order: ({expected})",
        ) from None


# What outlives a call. It comes first, for it explains the strangest numbers.

KEPT = (
    "called again with the same arguments, your function does not return the same. So something "
    "outlives the call: a list or a number outside the function, a default such as seen=[], an "
    "attribute, a remembered result, or random numbers of its own. Make it anew inside the function. "
    "What your function has changed stays changed: run the cells again that made it"
)


def _keeps_nothing(trial: Trial) -> None:
    founds, rights = trial.founds, trial.rights
    if trial.trouble and trial.trouble.name == "same for all":
        raise trial.trouble
    constant = len(founds) > 1 and all(same(found, founds[0]) for found in founds)
    if constant and not (rights and all(same(right, rights[0]) for right in rights)):
        raise Trouble("same for all", ALIKE)
    if isinstance(trial.again, Trouble):
        if trial.again.name == "endless":
            raise trial.again
        raise Trouble("state", KEPT, f"  The second time: {trial.again}")
    if trial.again and not all_agree(trial.again, founds[0], 2 * trial.exercise.tolerance):
        words = "the first time it is", "the second"
        shown = example(trial.exercise, trial.cases[0], founds[0], trial.again, words)
        raise Trouble("state", KEPT, shown)


# The numbers


def _compared(trial: Trial) -> None:
    """Face the library's arrays, as far as the calls went."""
    exercise, answered = trial.exercise, len(trial.founds)
    cases, rights = trial.cases[:answered], trial.rights[:answered]
    for case, found, right in zip(cases, trial.founds, rights, strict=True):
        if not all_agree(found, right, exercise.tolerance):
            trouble = diagnosis(exercise, cases, trial.founds, rights)
            if trial.trouble and not trouble.name:  # what stopped a later case says more
                raise trial.trouble
            words = "yours is", "right is"
            shown = example(exercise, case, found, right, words)
            raise Trouble(trouble.name, str(trouble), shown)


def _fine_enough(trial: Trial) -> None:
    """Refuse numbers that are right as far as they go, but do not go far enough to decide."""
    tolerance = trial.exercise.tolerance
    coarse = [f for found in trial.founds for f in found if is_coarse(f)]
    for found, right in zip(trial.founds, trial.rights, strict=False):
        for f, r in zip(found, right, strict=True):
            if not agrees(f, r, tolerance) and not (is_coarse(f) and is_rounded(f, r)):
                return  # wrong, and not for want of digits
    exact = trial.rights and all(
        error(f, r) <= tolerance
        for found, right in zip(trial.founds, trial.rights, strict=False)
        for f, r in zip(found, right, strict=True)
        if is_coarse(f)
    )
    if coarse and not exact:
        kind = coarse[0].dtype
        digits = int(np.finfo(kind).precision)
        raise Trouble(
            "coarse",
            f"your numbers are {kind}, which has about {digits} digits: too coarse to tell right from "
            "nearly right. Compute in float64, NumPy's own choice",
        )


def _face_differences(trial: Trial) -> None:
    """A second witness, which knows the loss alone."""
    exercise = trial.exercise
    for case, found in zip(trial.cases, trial.founds, strict=True):
        for name, gradient in zip(exercise.wrt, found, strict=True):
            point = np.asarray(case[name], dtype=np.float64)
            along = partial(_loss_along, exercise, case, name)
            if not agrees(gradient, _central_differences(along, point), SLOPES):
                raise Trouble(
                    "differences", f"your gradient of {name} disagrees with central differences"
                )


def _central_differences(f: Callable[[Array], float], point: Array) -> Array:
    """The slopes of f along each entry of the point."""
    slopes = np.empty_like(point)
    for index in np.ndindex(point.shape):
        step = np.zeros_like(point)
        step[index] = NUDGE
        slopes[index] = (f(point + step) - f(point - step)) / (2 * NUDGE)
    return slopes


def _loss_along(exercise: Exercise, case: Case, name: str, value: Any) -> float:
    assert exercise.loss is not None
    return exercise.loss(**case | {name: value})


def _note(trial: Trial) -> str:
    if not trial.changed:
        return ""
    names = " and ".join(trial.changed)
    return (
        f"\n  Note: your function changed its argument{'s' * (len(trial.changed) > 1)} {names}. The check "
        "hands over copies, so\n  nothing is lost here; another caller may still need what was there before."
    )
