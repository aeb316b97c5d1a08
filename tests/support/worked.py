"""Worked formulas as a page shows them, read and evaluated: an independent reader of the book's algebra.

A formula such as ``L = (a − y)² = (−1.5 − 2)² = 12.25`` is read from its markup, where each shown number
names its quantity. The sides of its equalities are then evaluated at any values of the quantities: a
number stands for its quantity's full value, with parentheses only where the page shows them, and a letter
for the quantity of its name. A side with a letter that names no quantity has no value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

Values = Mapping[str, float]


@dataclass(frozen=True)
class Shown:
    """A number that a formula shows; ``guarded`` in parentheses where it is negative."""

    quantity: str
    guarded: bool


@dataclass
class Formula:
    """Text and numbers in order; of a `Case`, shown only where ``quantity`` is ``option``."""

    quantity: str = ""
    option: float = 0.0
    text: str = ""  # a shown number stands as its place in ``numbers`` between two marks
    numbers: list[Shown] = field(default_factory=list)

    def __str__(self) -> str:
        return re.sub(
            f"{MARK}(\\d+){MARK}", lambda m: f"{{{self.numbers[int(m[1])].quantity}}}", self.text
        )

    def shows_at(self, values: Values) -> bool:
        """Whether a figure shows this wording at these values."""
        return not self.quantity or values[self.quantity] == self.option

    def equalities(self) -> list[list[str]]:
        """The sides of each chain of equalities; a line may hold several, with commas between."""
        chains = re.split(r"[,;:](?! or)(?![^(]*\))", self.text)
        return [[side.strip() for side in re.split("[=≈←]", chain)] for chain in chains]

    def value(self, side: str, values: Values) -> float:
        """What a side is worth; raises `Unread`."""
        return _Reader(side, self.numbers, values).value()


class Unread(Exception):
    """A letter that names no quantity, or a form that is not read."""


MARK = "\x00"
LOW = "\u201a"  # a comma inside a subscript


class _Markup(HTMLParser):
    """Collects the formulas of a page: what stands in its elements ``.live-line``."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Formula] = []
        self.open: list[str] = []  # what each open element inside a formula is

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        is_line = "live-line" in given.get("class", "").split()
        if not self.open and not is_line:
            return
        if "data-case" in given:
            self.found.append(Formula(given["data-case"], float(given["data-option"])))
        elif is_line:
            self.found.append(Formula())
        if "data-quantity" in given:
            numbers = self.found[-1].numbers
            self._write(f"{MARK}{len(numbers)}{MARK}")
            numbers.append(Shown(given["data-quantity"], "data-guarded" in given))
        elif tag == "sub":
            self._write("_")
        self.open.append("number" if "data-quantity" in given else tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open.pop() == "sub":
            self._write(" ")

    def handle_data(self, data: str) -> None:
        if self.open and "number" not in self.open:
            self._write(data.replace(",", LOW) if "sub" in self.open else data)

    def _write(self, text: str) -> None:
        self.found[-1].text += text


def formulas(html: str) -> list[Formula]:
    """Every formula in the markup that shows a number."""
    markup = _Markup()
    markup.feed(html)
    return [formula for formula in markup.found if formula.numbers]


# Evaluating

NAME = rf"[^\W\d_½¼]\u0302?(?:_[\w{LOW}]+)?(?:⁽.⁾)?"
TOKEN = re.compile(
    rf"(?P<rate>[∂d]{NAME}/[∂d]{NAME}|Δ{NAME})"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<function>tanh|log|ln|exp|max|√|[σgFL]′?(?=\s*\()|σ′?)"
    rf"|(?P<name>{NAME})"
    rf"|{MARK}(?P<shown>\d+){MARK}"
    r"|(?P<fraction>[½¼])"
)


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


FUNCTIONS = {
    "σ": _sigmoid,
    "σ′": lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
    "tanh": math.tanh,
    "log": math.log,
    "ln": math.log,
    "√": math.sqrt,
    "exp": math.exp,
    "max": max,
}
FRACTIONS = {"½": 0.5, "¼": 0.25}
LETTERS = {"α": "lr", "δ": "delta", "ŷ": "a2", "y\u0302": "a2"}


def _quantities(name: str) -> Iterator[str]:
    """What a letter may name: ``w_1`` is ``w1`` or ``w[0]``; of a figure that iterates, ``w_k`` first."""
    if "/" in name:
        above, below = name.split("/")
        if above[1:] != "L":
            return
        name = f"d{below[1:]}"
    letter, _, index = name.partition("_")
    letter = LETTERS.get(letter, letter)
    named = [letter + index]
    if index.isdecimal():
        named.append(f"{letter}[{int(index) - 1}]")
    for quantity in named:
        yield f"{quantity}_k"
        yield quantity


class _Reader:
    """Sums of products of squares; a product may be written without a sign, as in ``2(a − y)x``."""

    def __init__(self, text: str, numbers: list[Shown], values: Values) -> None:
        self.rest, self.numbers, self.values = text.strip(), numbers, values

    def value(self) -> float:
        found = self.sum()
        if self.rest:
            raise Unread(self.rest)
        return float(found)

    def take(self, signs: str) -> str:
        first = self.rest[:1]
        if not first or first not in signs:
            return ""
        self.rest = self.rest[1:].lstrip()
        return first

    def sum(self) -> float:
        total = -self.product() if self.take("−") else self.product()
        while sign := self.take("+−"):
            total += self.product() if sign == "+" else -self.product()
        return total

    def product(self) -> float:
        total = self.square()
        while self.rest and self.rest[0] not in "+−),":
            if self.take("/"):
                total /= self.square()
            else:
                self.take("·×")
                total *= self.square()
        return total

    def square(self) -> float:
        if self.take("("):
            base = self.sum()
            if not self.take(")"):
                raise Unread(self.rest)
        else:
            base, bare = self.atom()
            if bare and base < 0 and self.take("²"):
                return -(base**2)  # a power binds closer than the sign that the page shows
        return base**2 if self.take("²") else base

    def atom(self) -> tuple[float, bool]:
        """A value, and whether it is a number whose sign is not in parentheses."""
        match = TOKEN.match(self.rest)
        if not match:
            raise Unread(self.rest)
        self.rest = self.rest[match.end() :].lstrip()
        kind, text = match.lastgroup, match[match.lastgroup or 0]
        if kind == "shown":
            shown = self.numbers[int(text)]
            return self.values[shown.quantity], not shown.guarded
        if kind == "function":
            return self.call(text), False
        if kind in ("name", "rate"):
            for quantity in _quantities(text):
                if quantity in self.values:
                    return self.values[quantity], False
            raise Unread(text)
        return FRACTIONS.get(text) or float(text), False

    def call(self, name: str) -> float:
        if name not in FUNCTIONS:
            raise Unread(name)
        if not self.take("("):
            return FUNCTIONS[name](self.square())  # type: ignore[operator, no-any-return]
        arguments = [self.sum()]
        while self.take(","):
            arguments.append(self.sum())
        if not self.take(")"):
            raise Unread(self.rest)
        return FUNCTIONS[name](*arguments)  # type: ignore[operator, no-any-return]
