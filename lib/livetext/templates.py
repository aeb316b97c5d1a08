"""Sentences and formulas with places for numbers: ``"z = w·x = {w}·{x} = {z}"``."""

import re
from collections.abc import Mapping
from html import escape

from .markup import math
from .number_format import attribute, format_number

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
