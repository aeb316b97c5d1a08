"""Variables in running text: `*w*` in labels and captions, every single letter in worked lines."""

import json
import re
from collections.abc import Iterable
from html import escape
from typing import Any

# Of a figure, a question or an exercise: lower-case words joined by hyphens.
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def check_names(name: str, aliases: Iterable[str], what: str) -> None:
    """Refuse a name that is malformed, and older names that are or that repeat one."""
    if isinstance(aliases, str):
        raise TypeError(f"the aliases of {what} {name!r} are a sequence of names, got {aliases!r}")
    names = [name, *aliases]
    for each in names:
        if not NAME.fullmatch(each):
            raise ValueError(f"{what} {each!r} should be lower-case words joined by hyphens")
        if names.count(each) > 1:
            raise ValueError(f"{what} {each!r} is given twice, as a name or an alias")


def anchors(kind: str, aliases: Iterable[str]) -> str:
    """Where addresses with older names lead."""
    return "".join(f'<a id="{kind}-{alias}"></a>' for alias in aliases)


# A single letter, Latin or Greek, with an optional subscript; ∂ and digits may touch it. A comma
# between two numbers belongs to the subscript: w_1,10 leads to unit 1 from unit 10; a power
# stays outside of it.
SYMBOL = re.compile(r"(?<![A-Za-zα-ω])([A-Za-zα-ωΑ-Ωŷ]̂?)(?![A-Za-zα-ω])(?:_(\d+,\d+|[^\W²³]+))?")


def _symbol(match: re.Match[str]) -> str:
    letter, index = match.groups()
    return f"<var>{letter}</var>" + (f"<sub>{index}</sub>" if index else "")


def math(text: str) -> str:
    """HTML of a formula: ``"∂L/∂w_1 = 2(a − y)x"``; words of several letters stay upright."""
    return SYMBOL.sub(_symbol, escape(text))


def prose(text: str) -> str:
    """HTML of a sentence in which formulas stand between asterisks: ``"drag *w*"``."""
    parts = text.split("*")
    if len(parts) % 2 == 0:
        raise ValueError(f"an asterisk is missing its partner in {text!r}")
    return "".join(math(part) if i % 2 else escape(part) for i, part in enumerate(parts))


def plain(text: str) -> str:
    """The same sentence as plain text, for labels that hold no markup."""
    return text.replace("*", "").replace("_", "")


def svg_text(text: str) -> str:
    """The sentence as SVG text, in which italics are spans and subscripts are lowered."""
    html = prose(text)
    html = html.replace("<var>", '<tspan font-style="italic">').replace("</var>", "</tspan>")
    return re.sub(
        r"<sub>(.*?)</sub>",
        '<tspan dy="0.25em" font-size="75%">\\1</tspan><tspan dy="-0.19em">\u200b</tspan>',
        html,
    )


def script_data(name: str, data: Any) -> str:
    """A script element of class ``name`` that holds data for the page's script."""
    # In a script element only "<" could end the data early.
    text = json.dumps(data, allow_nan=False, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" class="{name}">{text}</script>'
