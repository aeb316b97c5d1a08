"""The value of a small formula in LaTeX, where every symbol has been given one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import reduce
from math import gamma
from typing import Any

import numpy as np

from support.formulas import normalised


def same_shape(a: Any, b: Any) -> bool:
    """A number may stand for an array of equal ones; else the shapes are the same."""
    return np.ndim(a) == 0 or np.ndim(b) == 0 or np.shape(a) == np.shape(b)


Values = Mapping[str, Any]


def sigma(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def derivative(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """By the complex step."""
    return lambda z: np.imag(f(z + 1e-20j)) / 1e-20


FUNCTIONS: dict[str, Callable[..., Any]] = {  # a name before any that it begins with
    r"\sigma'": derivative(sigma),
    r"\tanh'": derivative(np.tanh),
    r"\log": np.log,
    r"\ln": np.log,
    r"\sqrt": np.sqrt,
    r"\tanh": np.tanh,
    r"\sigma": sigma,
    r"\max": lambda pair: np.maximum(*pair),
    r"\mathrm{softplus}": lambda z: np.log(1 + np.exp(z)),
}
RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: np.allclose(a, b, rtol=1e-9, atol=1e-12) and same_shape(a, b),
    "<": lambda a, b: bool(np.all(a < b)),
    ">": lambda a, b: bool(np.all(a > b)),
    r"\le": lambda a, b: bool(np.all(a <= b)),
    r"\ge": lambda a, b: bool(np.all(a >= b)),
    r"\neq": lambda a, b: bool(np.all(a != b)),
}
RELATION = re.compile(r"(=|<|>|\\le(?![a-z])|\\ge(?![a-z])|\\neq)")
MATRIX = re.compile(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}")


class Unreadable(ValueError):
    """The formula says something for which no value was given."""


class Reader:
    """A descent through sums, products, powers and atoms; names are read longest first."""

    def __init__(self, latex: str, values: Values) -> None:
        self.rest = latex.strip()
        self.values = values
        self.names = sorted(values, key=len, reverse=True)

    def starts(self, *beginnings: str) -> str:
        """The one of these with which the rest begins, or nothing."""
        self.rest = self.rest.lstrip()
        for one in beginnings:
            follows = self.rest[len(one) : len(one) + 1]
            whole = not (one[-1:].isalpha() and one.startswith("\\") and follows.isalpha())
            if self.rest.startswith(one) and whole:
                return one
        return ""

    def take(self, *beginnings: str) -> str:
        one = self.starts(*beginnings)
        self.rest = self.rest[len(one) :]
        return one

    def total(self) -> Any:
        sign = self.take("-", "+")
        value = -self.product() if sign == "-" else self.product()
        while sign := self.take("+", "-", r"\pm"):
            term = self.product()
            if sign == r"\pm":
                value = np.array([value + term, value - term])
            else:
                value = value + term if sign == "+" else value - term
        return value

    def product(self) -> Any:
        value = self.power()
        while True:
            if self.take("/"):
                value = value / self.power()
            elif self.take(r"\times"):
                value = (value, self.power())  # of whole numbers alone: a shape
            elif self.take(r"\cdot") or not self.ends():
                other = self.power()
                both = isinstance(value, tuple) and isinstance(other, tuple)
                value = value + other if both else value * other
            else:
                return value

    def ends(self) -> bool:
        """Nothing that could be multiplied follows."""
        return not self.rest.strip() or bool(self.starts("+", "-", r"\pm", ")", "}", ","))

    def power(self) -> Any:
        value = self.atom()
        while self.take("^"):
            value = value ** self.argument()
        return value

    def argument(self) -> Any:
        """What follows a command: a group in braces, or a single digit or letter."""
        if self.starts("{"):
            return self.group("{", "}")
        if self.rest[:1].isdigit():
            digit, self.rest = self.rest[0], self.rest[1:]
            return float(digit)
        return self.atom()

    def group(self, opening: str, closing: str) -> Any:
        self.take(opening)
        parts = [self.total()]
        while self.take(","):
            parts.append(self.total())
        if not self.take(closing):
            raise Unreadable(self.rest)
        return parts[0] if len(parts) == 1 else np.array(parts)

    def atom(self) -> Any:
        if name := self.take(*self.names):
            return self.values[name]
        if self.take(r"\frac"):
            above = self.argument()
            return above / self.argument()
        if self.take(r"\binom"):
            n, k = self.argument(), self.argument()
            return gamma(n + 1) / (gamma(k + 1) * gamma(n - k + 1))
        if name := self.take(*FUNCTIONS):
            if self.take("^"):
                exponent = self.argument()
                return FUNCTIONS[name](self.power()) ** exponent
            inner = self.argument() if self.starts("{") else self.power()
            return FUNCTIONS[name](inner)
        if self.starts("("):
            return self.group("(", ")")
        if self.starts("{"):
            return self.group("{", "}")
        if found := MATRIX.match(self.rest):
            self.rest = self.rest[found.end() :]
            rows = [row.split("&") for row in found[1].split(r"\\")]
            return np.array([[float(entry) for entry in row] for row in rows])
        if found := re.match(r"\d+(?:\.\d+)?", self.rest):
            self.rest = self.rest[found.end() :]
            return float(found[0])
        if re.match(r"e\^[^\d]", self.rest):  # with a digit, e is the name of an error
            self.rest = self.rest[2:]
            return np.exp(self.argument())
        raise Unreadable(self.rest)


def value(latex: str, values: Values | None = None) -> Any:
    """The number, array or shape that a formula without a relation stands for."""
    matrices = MATRIX.findall(latex)
    text = normalised(latex)
    for matrix in matrices:  # whose columns are no layout
        text = text.replace(normalised(matrix), matrix)
    reader = Reader(text, {normalised(name): v for name, v in (values or {}).items()})
    result = reader.total()
    if reader.rest.strip():
        raise Unreadable(reader.rest)
    return result


def sides(latex: str) -> tuple[list[str], list[str]]:
    """The sides of a chain of relations, and the relations between them."""
    parts = RELATION.split(latex)
    if not parts[-1].strip():  # the other side is a number that the page cites
        parts = parts[:-2]
    return parts[::2], parts[1::2]


def is_number(latex: str) -> bool:
    """It stands for a value by itself, with no symbol in it."""
    with np.errstate(all="ignore"):
        try:
            return bool(np.all(np.isfinite(value(latex))))
        except (ValueError, TypeError):
            return False


def holds(latex: str, values: Values) -> bool:
    """Every relation of a chain is true."""
    ends, relations = sides(latex)
    numbers = [value(end, values) for end in ends]
    pairs = zip(relations, numbers[:-1], numbers[1:], strict=True)
    return reduce(lambda so_far, r: so_far and RELATIONS[r[0]](r[1], r[2]), pairs, True)


SUBSCRIPT = r"(?:_(?:\w|\{[^{}]*\}))?'*"
SYMBOL = re.compile(
    rf"\\(?:Delta|hat) ?[a-zA-Z]{SUBSCRIPT}|\\(?:alpha|delta|varepsilon)(?![a-z]){SUBSCRIPT}"
    rf"|\\[a-zA-Z]+|[a-zA-Z]{SUBSCRIPT}"
)


def symbols(latex: str) -> set[str]:
    """The letters of a formula with their subscripts; e is a number where it has an exponent."""
    text = re.sub(r"(?<![a-zA-Z\\])e(?=\^\{?-?[^\d{])", " ", normalised(latex))
    found = set(SYMBOL.findall(text))
    return {s for s in found if not (s.startswith("\\") and s in KNOWN)}


KNOWN = {*FUNCTIONS, r"\frac", r"\binom", r"\cdot", r"\times", r"\pm", r"\mathrm"}
