"""Worked lines: a calculation written out, whose every number is recomputed as sliders move."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ..markup import math, prose
from .numbers import attribute, format_number
from .spec import State, check_quantities

# {loss} or {W[0,1]}, with a number of decimals if it needs its own: {loss:4}
PLACEHOLDER = re.compile(r"\{([^\W\d]\w*(?:\[[\d,]+\])?)(?::(\d+))?\}")


def names(template: str) -> list[str]:
    """The quantities that a template shows."""
    rest = PLACEHOLDER.sub("", template)
    if "{" in rest or "}" in rest:
        raise ValueError(
            f"{template!r} has a brace too many: write {{loss}}, {{W[0,1]}} or, with four decimals, "
            "{loss:4}"
        )
    return [match[1] for match in PLACEHOLDER.finditer(template)]


def number(
    name: str, value: float, digits: int | None, tag: str = "span", guarded: bool = False
) -> str:
    """A shown quantity; ``guarded`` puts a negative number in parentheses.

    No translation is to touch it: the page writes into it.
    """
    text = format_number(value, digits).text
    if guarded and value < 0:
        text = f"({text})"
    return (
        f'<{tag} translate="no" data-quantity="{escape(name)}" data-value="{attribute(value)}" '
        f'data-digits="{"" if digits is None else digits}"{" data-guarded=" + chr(34) * 2 if guarded else ""}>{text}</{tag}>'
    )


def formula(
    template: str, values: Mapping[str, float], digits: int | None, tag: str = "span"
) -> str:
    """Markup of one line: ``"z = w·x = {w}·{x} = {z}"``.

    Single letters are set as variables. A sign "=" before numbers turns into "≈" where one of the
    numbers beside it is rounded, and a negative number after an operator or before a power gets
    parentheses.
    """
    parts = []
    rounded = False
    for i, side in enumerate(template.split("=")):
        own = any(
            not format_number(values[match[1]], _own(match[2], digits)).exact
            for match in PLACEHOLDER.finditer(side)
        )
        if i:
            numeric = PLACEHOLDER.search(side) is not None
            sign = "≈" if own or rounded else "="
            parts.append(f'<{tag} class="live-relation">{sign}</{tag}>' if numeric else "=")
        rounded = own
        parts.append(_numbers(side, values, digits, tag))
    return "".join(parts)


def _own(text: str | None, digits: int | None) -> int | None:
    return int(text) if text else digits


def _numbers(side: str, values: Mapping[str, float], digits: int | None, tag: str) -> str:
    html = ""
    end = 0
    for match in PLACEHOLDER.finditer(side):
        before = side[end : match.start()]
        html += math(before) if tag == "span" else escape(before)
        name, own_digits = match.groups()
        guarded = before.rstrip().endswith(("·", "−", "+", "/", "×")) or side.startswith(
            "²", match.end()
        )
        html += number(name, values[name], _own(own_digits, digits), tag, guarded)
        end = match.end()
    rest = side[end:]
    return html + (math(rest) if tag == "span" else escape(rest))


@dataclass(frozen=True)
class Case:
    """A line with one wording for each option of a `Choice`.

    Parameters
    ----------
    quantity
        The choice's name.
    templates
        One for each option, in order.
    """

    quantity: str
    templates: Sequence[str]


Line = str | Case


def templates(line: Line) -> Sequence[str]:
    """Every wording of a line."""
    return [line] if isinstance(line, str) else line.templates


def line_html(line: Line, values: Mapping[str, float], digits: int) -> str:
    """Markup of a line in all its wordings, of which the chosen one shows."""
    if isinstance(line, str):
        return formula(line, values, digits)
    chosen = values[line.quantity]
    return "".join(
        f'<span data-case="{escape(line.quantity)}" data-option="{i}"{" hidden" * (i != chosen)}>'
        f"{formula(template, values, digits)}</span>"
        for i, template in enumerate(line.templates)
    )


def check_line(line: Line, values: Mapping[str, float], where: str) -> None:
    """Raise where a line shows what the figure does not have."""
    chosen = [line.quantity] if isinstance(line, Case) else []
    check_quantities([*chosen, *(n for t in templates(line) for n in names(t))], values, where)


@dataclass(frozen=True)
class WorkedLines:
    """The calculation line by line, symbols first, then numbers.

    Parameters
    ----------
    lines
        Pairs of what the line does, in words, and its formula:
        ``("Weighted sum", "z = w·x + b = {w}·{x} + {b} = {z}")``. The formula may be a `Case`.
    """

    lines: Sequence[tuple[str, Line]]

    def render(self, state: State, name: str, digits: int) -> tuple[str, dict[str, Any]]:
        values = state.quantities()
        rows = []
        for words, line in self.lines:
            check_line(line, values, f"worked line {words!r}")
            rows.append(
                f"<div><dt>{prose(words)}</dt>"
                f'<dd class="live-line" translate="no">{line_html(line, values, digits)}</dd></div>'
            )
        return f"<dl>{''.join(rows)}</dl>", {"kind": "lines"}
