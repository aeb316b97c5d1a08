"""The cases of code exercises are in general position: no slip hides in their numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backprop_book.exercises.bank import EXERCISES

# What the letters of an array's axes count, one entry for each array; written here on its own.
AXES = {
    "basics-1": {"x": "m", "y": "m"},
    "basics-2": {"weights": "n"},
    "basics-3": {"x": "m", "y": "m"},
    "mathematics-1": {},
    "mathematics-2": {},
    "mathematics-3": {"w": "n", "x": "n"},
    "outputs-2": {"z": "nm", "y": "nm"},
    "outputs-1": {"z": "1m", "y": "1m"},
    "one-layer-1": {},
    "one-layer-2": {},
    "one-layer-3": {},
    "two-layers-1": {},
    "two-layers-2": {},
    "two-layers-3": {"W1": "hi", "b1": "h", "W2": "oh", "b2": "o", "x": "i", "y": "o"},
    "matrix-form-1": {"W": "oi", "b": "o", "A": "im"},
    "matrix-form-2": {"W": "oi", "b": "o", "A": "im", "delta": "om"},
    "matrix-form-3": {"W1": "hi", "b1": "h", "W2": "oh", "b2": "o", "X": "im", "Y": "om"},
    "outputs-3": {"z": "nm", "upstream": "nm"},
    "outputs-4": {"z": "m", "y": "m"},
    "engine-3": {"W": "dnn", "b": "dn", "x": "nm", "y": "nm"},
    "engine-4": {},
    "checking-1": {"x": "nm"},
    "checking-2": {"x": "n"},
    "training-2": {"w": "n", "v": "n", "g": "n"},
    "training-3": {"w": "n", "m": "n", "v": "n", "g": "n"},
    "training-4": {"y": "km", "z": "km"},
    "checking-3": {"W": "oi", "b": "o", "dW": "oi", "db": "o", "vW": "oi", "vb": "o"},
    "cost-1": {"sizes": "l"},
    "cost-3": {},
    "misbehaving-1": {"normal": "oi"},
    "misbehaving-2": {"dW": "oi", "db": "o"},
    "misbehaving-3": {"z": "nm", "g": "nm"},
    "misbehaving-4": {"W1": "hi", "b1": "h", "W2": "oh", "b2": "o", "x": "im"},
    "bugs-1": {"W1": "hi", "b1": "h", "W2": "1h", "b2": "1", "X": "im", "Y": "1m"},
    "bugs-2": {"Z": "nm", "Y": "nm"},
    "bugs-3": {"x": "n", "gradient": "n"},
    "matrix-form-4": {"W": "dnn", "b": "dn", "x": "n", "y": "n"},
    "walking-1": {},
    "walking-2": {"edges": "e2", "slopes": "e"},
    "walking-3": {},
    "project-2": {"x": "im", "W1": "hi", "b1": "h", "W2": "oh", "b2": "o"},
    "project-3": {"Z2": "1m", "y": "1m"},
    "project-4": {"x": "im", "y": "om", "W1": "hi", "b1": "h", "W2": "oh", "b2": "o"},
    "project-5": {"x": "im", "y": "om", "W1": "hi", "b1": "h", "W2": "oh", "b2": "o"},
}
ALONE = {"outputs-4"}  # some of whose cases are one example, without an axis
JUDGED = {
    "engine-1",
    "engine-2",
    "cost-2",
    "project-1",
    "training-1",
    "project-6",
    "project-7",
    "project-8",
}  # sizes and data are given there, no numbers
IDS = list(AXES)

# What has one sign by its meaning: labels and probabilities, sizes of steps, how many there are.
ONE_SIGN = {"lr", "alpha", "h", "nudge", "steps", "sizes", "D", "c", "limit", "beta", "t"}
NAMES = {"edges", "source", "target"}  # of nodes, which stand as often as there are edges
LABELS = {
    "outputs-2",
    "outputs-1",
    "project-3",
    "project-4",
    "project-5",
    "bugs-1",
    "bugs-2",
    "training-4",
}
SQUARES = {("training-3", "v")}  # and a mean of squares
PROBABLE = {
    "mathematics-3",
    "one-layer-1",
    "two-layers-1",
    "two-layers-2",
    "two-layers-3",
    "matrix-form-3",
}
POSITIVE_OUTPUTS = {("basics-1", 0), ("outputs-1", 0), ("project-3", 0), ("project-2", 3)}
POSITIVE_OUTPUTS |= {("cost-1", 0), ("cost-1", 1), ("cost-3", 0)}  # counts
POSITIVE_OUTPUTS |= {("bugs-2", 0)}
POSITIVE_OUTPUTS |= {("checking-3", 0), ("checking-3", 1), ("bugs-3", 0)}  # relative errors
POSITIVE_OUTPUTS |= {("training-3", 2), ("training-4", 0)}  # a mean of squares, counts
POSITIVE_OUTPUTS |= {("engine-4", i) for i in (1, 2, 3, 4)}
POSITIVE_OUTPUTS |= {("misbehaving-4", 0), ("misbehaving-4", 1)}  # how many
# What the text promises, and how large the logits then are; both signs, both targets.
FAR = {"outputs-2": (700, 850), "outputs-1": (700, 1000), "project-3": (700, 1000)}


def inputs(id: str) -> dict[str, list[Any]]:
    """The numbers of each argument, one array for each case."""
    cases = EXERCISES[id].drawn()
    return {
        name: [np.asarray(case[name], dtype=float) for case in cases]
        for name, value in cases[0].items()
        if not callable(value)
    }


def outputs(id: str) -> list[list[Any]]:
    """The arrays of each returned value, one for each case; by the bank's solution."""
    exercise = EXERCISES[id]
    found = [exercise.solution(**case) for case in exercise.drawn()]
    parts = found if exercise.outputs else [(value,) for value in found]
    return [
        [np.asarray(part, dtype=float) for part in column] for column in zip(*parts, strict=True)
    ]


def both_signs(arrays: list[Any]) -> bool:
    """In two cases each at least, for one may be the case in which a slip is no slip."""
    return all(sum(bool((s * a > 0).any()) for a in arrays) >= 2 for s in (1, -1))


def test_every_exercise_is_here() -> None:
    assert set(AXES) | JUDGED == set(EXERCISES)


@pytest.mark.parametrize("id", IDS)
def test_every_input_takes_both_signs(id: str) -> None:
    for name, arrays in inputs(id).items():
        if name in ONE_SIGN | NAMES or (id, name) in SQUARES:
            assert all((a > 0).all() for a in arrays)
        elif name in "yY" and id in LABELS:
            assert all(set(np.unique(a)) == {0, 1} for a in arrays), name
        elif name in "yY" and id in PROBABLE:
            assert min(a.min() for a in arrays) < 0.5 < max(a.max() for a in arrays), name
        else:
            assert both_signs(arrays), name


@pytest.mark.parametrize("id", IDS)
def test_every_output_takes_both_signs(id: str) -> None:
    for k, arrays in enumerate(outputs(id)):
        assert both_signs(arrays) or (id, k) in POSITIVE_OUTPUTS, k


@pytest.mark.parametrize("id", IDS)
def test_some_case_has_no_two_sizes_equal(id: str) -> None:
    given = inputs(id)
    assert {name for name, arrays in given.items() if arrays[0].ndim} == set(AXES[id])
    apart = 0
    for k in range(len(EXERCISES[id].drawn())):
        sizes: dict[str, int] = {}
        for name, axes in AXES[id].items():
            if id in ALONE and not given[name][k].ndim:
                continue
            for letter, size in zip(axes, given[name][k].shape, strict=True):
                assert sizes.setdefault(letter, size) == size, f"{letter} of {name} in case {k}"
        assert sizes.pop("1", 1) == 1
        values = list(sizes.values())
        apart += len(set(values)) == len(values) and 1 not in values
    assert apart >= 2


@pytest.mark.parametrize("id", IDS)
def test_no_two_numbers_of_a_case_are_equal(id: str) -> None:
    """In size: but for labels, for zeros of one kind or another, and for the example of another's text."""
    given = inputs(id)
    distinct = 0
    for k in range(len(EXERCISES[id].drawn())):
        sizes = np.concatenate(
            [
                np.abs(arrays[k]).ravel()
                for name, arrays in given.items()
                if name not in NAMES and not (name in "yY" and id in LABELS)
            ]
        )
        distinct += len(np.unique(sizes)) == sizes.size and bool((sizes > 0).all())
    assert distinct >= 3


@pytest.mark.parametrize("id", FAR)
def test_what_the_text_promises_is_tried(id: str) -> None:
    """Far logits of both signs; for one output, of both signs for either target."""
    low, high = FAR[id]
    logits, labels = list(inputs(id).values())
    assert all(np.abs(z).max() <= high for z in logits)
    far = [(z, y) for z, y in zip(logits, labels, strict=True) if np.abs(z).max() > low]
    assert len(far) >= 2
    for z, y in far:
        for sign in (1, -1):
            assert (sign * z > low).any()
            if id == "outputs-1":
                assert {0, 1} == set(y[sign * z > low])
    if id == "project-3":
        seen = {
            (float(np.sign(v)), float(t))
            for z, y in far
            for v, t in zip(z[0], y[0], strict=True)
            if abs(v) > low
        }
        assert len(seen) == 4
    if id == "outputs-2":
        both = [c for z, _ in far for c in z.T if c.max() > low and c.min() < -low]
        places = {tuple(np.argsort(c)[[0, -1]]) for c in both}
        assert len(places) >= 3, "the largest and the least logit of a column stand in any place"
