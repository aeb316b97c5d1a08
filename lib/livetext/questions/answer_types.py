"""The ways a question on a page is answered: their controls, what is right, and what is said."""

from __future__ import annotations

import random
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Protocol, TypeVar

from .text import Values, inline

TOLERANCE = 5e-3  # three significant digits
SMALLEST = 1e-6
TEX = re.compile(r"\$[^$]*\$")

Key = TypeVar("Key", bound=Hashable)


def apart(a: float, b: float, tolerance: float) -> bool:
    """Whether no typed number can be taken for both; the twin of `apart` in redraw.js.

    There is as much room between the two as both take up: a number that is rounded once too often
    still is neither. Nothing is apart from an infinite number, or from none.
    """
    return abs(a - b) > 2 * tolerance * (abs(a) + abs(b))


def alike(mistakes: Mapping[Key, str]) -> list[list[Key]]:
    """Mistakes with the same text, grouped: nothing has to distinguish them."""
    groups: dict[str, list[Key]] = {}
    for mistake, says in mistakes.items():
        groups.setdefault(says, []).append(mistake)
    return [*groups.values()]


class AnswerType(Protocol):
    """How a question is answered."""

    @property
    def name(self) -> str:
        """What the page's script calls it."""
        ...

    def controls(self, id: str, values: Values) -> str:
        """HTML of the inputs; ``id`` begins every element's own."""
        ...

    def spec(self) -> dict[str, Any]:
        """What the script needs to judge an answer."""
        ...

    def feedback(self) -> Iterator[tuple[str, str]]:
        """What to say of wrong answers, by a key that the script finds."""
        ...

    def quantities(self) -> Sequence[str]:
        """The outputs of the tape that are used."""
        ...

    def settled(self, values: Values) -> bool:
        """Whether these numbers make a fair question.

        It has one right answer, and the answer and its mistakes are all told from one another, but for
        mistakes of which the same is said. The twin of `SETTLED` in redraw.js.
        """
        ...


@dataclass(frozen=True)
class Field:
    """A number to be typed in.

    Parameters
    ----------
    quantity
        The output of the tape that is right.
    label
        What stands before the input. It is read aloud as well, so its formulas stand between
        asterisks: typeset ones have no words.
    mistakes
        Outputs of the tape that typical mistakes lead to, and what to say then.

    Raises
    ------
    ValueError
        The label is typeset.
    """

    quantity: str
    label: str
    mistakes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_spoken(self.label)


@dataclass(frozen=True)
class Numbers:
    """One or several numbers.

    Parameters
    ----------
    fields
        What is asked for.
    tolerance
        Relative error allowed.
    """

    fields: Sequence[Field]
    tolerance: float = TOLERANCE
    name = "numbers"

    def controls(self, id: str, values: Values) -> str:
        return "".join(
            _text_input(
                *(f"{id}-answer-{i}", f.quantity, inline(f.label, values), "decimal"),
                marked=len(self.fields) > 1,
            )
            for i, f in enumerate(self.fields)
        )

    def spec(self) -> dict[str, Any]:
        fields = [{"quantity": f.quantity, "mistakes": alike(f.mistakes)} for f in self.fields]
        return {"fields": fields, "tolerance": self.tolerance}

    def feedback(self) -> Iterator[tuple[str, str]]:
        for f in self.fields:
            for first, *_ in alike(f.mistakes):
                yield f"{f.quantity}:{first}", f.mistakes[first]

    def quantities(self) -> Sequence[str]:
        return [q for f in self.fields for q in (f.quantity, *f.mistakes)]

    def settled(self, values: Values) -> bool:
        return all(
            SMALLEST < abs(values[f.quantity]) < float("inf")
            and all(
                apart(values[a], values[b], self.tolerance)
                for some, others in combinations([[f.quantity], *alike(f.mistakes)], 2)
                for a in some
                for b in others
            )
            for f in self.fields
        )


@dataclass(frozen=True)
class Shape:
    """The shape of an array, typed as ``30 × 784``.

    Parameters
    ----------
    rows, columns
        Outputs of the tape that are right.
    label
        What stands before the input.
    mistakes
        Outputs for other shapes, and what to say then: ``{("n", "m"): "…"}``.
    """

    rows: str
    columns: str
    label: str
    mistakes: Mapping[tuple[str, str], str]
    name = "shape"

    def __post_init__(self) -> None:
        _check_spoken(self.label)

    def controls(self, id: str, values: Values) -> str:
        return _text_input(
            f"{id}-answer-0", "shape", inline(self.label, values), "text", "rows × columns"
        )

    def spec(self) -> dict[str, Any]:
        return {"shape": [self.rows, self.columns], "mistakes": alike(self.mistakes)}

    def feedback(self) -> Iterator[tuple[str, str]]:
        yield from _numbered(dict.fromkeys(self.mistakes.values()))

    def quantities(self) -> Sequence[str]:
        return [q for pair in ((self.rows, self.columns), *self.mistakes) for q in pair]

    def settled(self, values: Values) -> bool:
        groups = [[(self.rows, self.columns)], *alike(self.mistakes)]
        shapes = [{(values[r], values[c]) for r, c in group} for group in groups]
        return all(some.isdisjoint(others) for some, others in combinations(shapes, 2))


@dataclass(frozen=True)
class Option:
    """One of several answers to choose from.

    Parameters
    ----------
    text
        The answer.
    says
        What choosing it wrongly means; of one that is right whatever the numbers are, why it is.
    right
        Whether it is right.
    """

    text: str
    says: str
    right: bool = False

    def __post_init__(self) -> None:
        if not TEX.sub("", self.text).strip():
            raise ValueError(
                f"the option {self.text!r} is read aloud: write its formula between asterisks"
            )


@dataclass(frozen=True)
class OneOf:
    """One right answer among several.

    Parameters
    ----------
    options
        The answers.
    quantity
        Where it depends on the drawn numbers: the output of the tape that counts, from zero, to
        the right one.
    """

    options: Sequence[Option]
    quantity: str = ""
    name = "one"

    def __post_init__(self) -> None:
        if not self.quantity and sum(option.right for option in self.options) != 1:
            raise ValueError("one option must be right, or a quantity must say which")

    def controls(self, id: str, values: Values) -> str:
        return _options(self.options, "radio", id, values)

    def spec(self) -> dict[str, Any]:
        right = self.quantity or [option.right for option in self.options].index(True)
        return {"right": right, "options": len(self.options)}

    def feedback(self) -> Iterator[tuple[str, str]]:
        yield from _numbered(option.says for option in self.options)

    def quantities(self) -> Sequence[str]:
        return [self.quantity] if self.quantity else []

    def settled(self, values: Values) -> bool:
        return not self.quantity or values[self.quantity] in range(len(self.options))


@dataclass(frozen=True)
class AnyOf:
    """Every right answer among several, and no other."""

    options: Sequence[Option]
    name = "any"

    def __post_init__(self) -> None:
        if not any(option.right for option in self.options):
            raise ValueError("at least one option must be right")

    def controls(self, id: str, values: Values) -> str:
        return _options(self.options, "checkbox", id, values)

    def spec(self) -> dict[str, Any]:
        return {"right": [i for i, option in enumerate(self.options) if option.right]}

    def feedback(self) -> Iterator[tuple[str, str]]:
        yield from _numbered(option.says for option in self.options)

    def quantities(self) -> Sequence[str]:
        return []

    def settled(self, values: Values) -> bool:
        return True


@dataclass(frozen=True)
class Before:
    """A step that must come before another.

    Parameters
    ----------
    first, then
        The steps, counted from zero in the right order.
    says
        Why.
    """

    first: int
    then: int
    says: str


@dataclass(frozen=True)
class Order:
    """Steps to be put in order. Every order that keeps the rules is right.

    Parameters
    ----------
    steps
        In a right order.
    rules
        What must come before what.
    """

    steps: Sequence[str]
    rules: Sequence[Before]
    name = "order"

    def __post_init__(self) -> None:
        if any(not 0 <= rule.first < rule.then < len(self.steps) for rule in self.rules):
            raise ValueError("a rule puts an earlier step of the list before a later one")

    def scrambled(self) -> list[int]:
        """The order in which the steps are shown first: one that breaks a rule."""
        order = list(range(len(self.steps)))
        generator = random.Random(len(self.steps))
        while all(order.index(rule.first) < order.index(rule.then) for rule in self.rules):
            generator.shuffle(order)
        return order

    def controls(self, id: str, values: Values) -> str:
        rows = ""
        for step in self.scrambled():
            label = f"{id}-step-{step}"
            moves = "".join(
                f'<button type="button" data-move="{move}" aria-label="Move {word}" '
                f'aria-describedby="{label}">{arrow}</button>'
                for move, word, arrow in ((-1, "up", "↑"), (1, "down", "↓"))
            )
            rows += f'<li data-step="{step}"><span id="{label}">{inline(self.steps[step], values)}</span>{moves}</li>'
        return f'<ol class="question-steps">{rows}</ol>'

    def spec(self) -> dict[str, Any]:
        return {"rules": [[rule.first, rule.then] for rule in self.rules]}

    def feedback(self) -> Iterator[tuple[str, str]]:
        yield from _numbered(rule.says for rule in self.rules)

    def quantities(self) -> Sequence[str]:
        return []

    def settled(self, values: Values) -> bool:
        return True


def _check_spoken(label: str) -> None:
    if "$" in label:
        raise ValueError(f"the label {label!r} is read aloud: write its formula between asterisks")


def _text_input(
    id: str, name: str, label: str, mode: str, placeholder: str = "", *, marked: bool = False
) -> str:
    """A field; if it is marked, it has a place for the word whether it is right, apart from the others."""
    extra = f' placeholder="{placeholder}"' if placeholder else ""
    extra += f' aria-describedby="{id}-mark"' if marked else ""
    mark = f'<span class="question-mark" id="{id}-mark"></span>' if marked else ""
    return (
        f'<div class="question-field"><label for="{id}">{label}</label>'
        f'<input type="text" id="{id}" name="{name}" inputmode="{mode}" autocomplete="off" '
        f'spellcheck="false"{extra}>{mark}</div>'
    )


def _options(options: Sequence[Option], type: str, id: str, values: Values) -> str:
    return "".join(
        f'<div class="question-option"><input type="{type}" id="{id}-option-{i}" name="{id}" value="{i}">'
        f'<label for="{id}-option-{i}">{inline(option.text, values)}</label></div>'
        for i, option in enumerate(options)
    )


def _numbered(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((str(i), says) for i, says in enumerate(texts))
