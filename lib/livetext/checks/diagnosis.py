"""What is wrong with a wrong answer: a known mistake, a pattern in its numbers, and an example."""

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .answers import Array, Trouble, agrees, error
from .exercise import Case, Exercise, Mistake

SAME = 1e-9  # to what a known mistake gives
NEARLY = 1e-2


def right_answer(exercise: Exercise, case: Case) -> list[Array]:
    """What the library says, as one array for each returned value."""
    assert exercise.library is not None
    return arrays(exercise, exercise.library(**copy.deepcopy(case)))


def arrays(exercise: Exercise, value: Any) -> list[Array]:
    """A returned value of our own as a list of arrays."""
    return [np.asarray(part, dtype=np.float64) for part in (value if exercise.outputs else [value])]


def all_agree(found: Sequence[Array], right: Sequence[Array], tolerance: float) -> bool:
    """Whether each array has the numbers of its partner."""
    return all(agrees(f, r, tolerance) for f, r in zip(found, right, strict=True))


def same(found: Sequence[Array], other: Sequence[Array]) -> bool:
    """The same shapes and, but for rounding, the same numbers."""
    return all(f.shape == o.shape and agrees(f, o, SAME) for f, o in zip(found, other, strict=True))


def diagnosis(
    exercise: Exercise, cases: list[Case], founds: list[list[Array]], rights: list[list[Array]]
) -> Trouble:
    """The first known mistake that explains every case, or only that the numbers differ."""
    for mistake in exercise.mistakes:
        if all(
            _makes(exercise, mistake, case, found)
            for case, found in zip(cases, founds, strict=True)
        ):
            return Trouble(mistake.name, mistake.says)
    for k in range(len(rights[0])):
        found, right = [f[k] for f in founds], [r[k] for r in rights]
        if all_agree(found, right, exercise.tolerance):
            continue
        what = f"your {exercise.outputs[k]}" if exercise.outputs else "your answer"
        for name, says in _patterns(exercise, cases, found, right):
            return Trouble(name, f"{what} {says}")
        return Trouble("", f"{what} differs from the right one")
    raise AssertionError("a wrong answer differs somewhere")


def _makes(exercise: Exercise, mistake: Mistake, case: Case, found: list[Array]) -> bool:
    """Whether the mistake leads to these numbers; some stop where shapes do not fit."""
    try:
        made = mistake.answer(**copy.deepcopy(case))
    except ValueError:
        return False
    return same(found, arrays(exercise, made))


def _patterns(
    exercise: Exercise, cases: list[Case], found: list[Array], right: list[Array]
) -> Iterator[tuple[str, str]]:
    """What is wrong with one returned value in all cases alike: a name, and words for it."""

    def everywhere(guesses: Sequence[Any]) -> bool:
        return same(found, [np.asarray(guess) for guess in guesses])

    if everywhere([-r for r in right]):
        yield "sign", "has the right size and the wrong sign"
    if everywhere([r.T for r in right]):
        yield "transposed", "is the transpose of the right one"
    factors = [dict(exercise.factors(**case)) if exercise.factors else {} for case in cases]
    for label in factors[0]:
        q = [np.asarray(factor[label]) for factor in factors]
        with np.errstate(all="ignore"):
            missing = all_agree([f * s for f, s in zip(found, q, strict=True)], right, SAME)
            extra = everywhere([r * s for r, s in zip(right, q, strict=True)])
        if missing:
            yield (
                f"missing {label}",
                f"would be right if it were multiplied by {label}: that factor is missing",
            )
        if extra:
            yield f"extra {label}", f"has {label} once too often"
    scale = float(np.vdot(found[0], right[0]) / (np.vdot(right[0], right[0]) or 1.0))
    # Two numbers at least, or any number is a multiple of the right one.
    numbers = sum(r.size for r in right)
    if scale and numbers > 1 and everywhere([scale * r for r in right]):
        shown = next(text for text in (f"{scale:.{d}g}" for d in (4, 9, 17)) if float(text) != 1)
        yield (
            "constant",
            f"is {shown} times the right one in every case: which constant went astray?",
        )
    if all(error(f, r) < NEARLY for f, r in zip(found, right, strict=True)):
        yield (
            "nearly",
            "is nearly right, but not to all digits. Was something rounded, or a difference quotient "
            "taken for the formula?",
        )


def example(
    exercise: Exercise,
    case: Case,
    found: Sequence[Array],
    other: Sequence[Array],
    words: tuple[str, str],
) -> str:
    """One case in numbers: of what was found, that which differs from the other."""
    given = ", ".join(f"{name} = {_short(value)}" for name, value in case.items())
    lines = [f"  For {given}"]
    for k, (f, o) in enumerate(zip(found, other, strict=False)):
        if agrees(f, o, exercise.tolerance):
            continue
        name = f"{exercise.outputs[k]}: " if exercise.outputs else ""
        if f.shape == o.shape and f.size > MANY:
            where = np.unravel_index(int(np.argmax(np.abs(f - o))), f.shape)
            f, o, at = f[where], o[where], [int(i) for i in where]
            name = f"{name}at {at} "
        one, two = _apart(f, o)
        lines.append(f"  {name}{words[0]} {one}, {words[1]} {two}")
    return "\n".join(lines)


MANY = 12  # numbers that can still be read in a line


def _apart(one: Any, other: Any) -> tuple[str, str]:
    """Two values that differ, with as many digits as it takes to see it."""
    for digits in (5, 9, 17):
        shown = _short(one, digits), _short(other, digits)
        if shown[0] != shown[1]:
            break
    return shown


def _short(value: Any, digits: int = 5) -> str:
    array = np.asarray(value)
    if callable(value) or array.dtype == object:
        names = (getattr(value, attribute, None) for attribute in ("__name__", "name"))
        return next((name for name in names if isinstance(name, str)), "a function")
    if isinstance(value, str):
        return repr(value)
    if array.size > MANY:
        return f"an array of shape {array.shape}"
    return np.array2string(array, precision=digits, separator=", ").replace("\n", "")
