"""Worked lines: a calculation written out, whose every number is recomputed as sliders move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ..markup import prose
from ..state import State
from ..templates import formula, names
from .view import check_quantities


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
    fold
        Words on which the reader clicks to see the lines; without them they are always seen.
    """

    lines: Sequence[tuple[str, Line]]
    fold: str = ""

    def render(self, state: State, name: str, digits: int) -> tuple[str, dict[str, Any]]:
        values = state.quantities()
        rows = []
        for words, line in self.lines:
            check_line(line, values, f"worked line {words!r}")
            rows.append(
                f"<div><dt>{prose(words)}</dt>"
                f'<dd class="live-line" translate="no">{line_html(line, values, digits)}</dd></div>'
            )
        html = f"<dl>{''.join(rows)}</dl>"
        if self.fold:
            html = f"<details><summary>{prose(self.fold)}</summary>{html}</details>"
        return html, {"kind": "lines"}
