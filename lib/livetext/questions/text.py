"""The text of questions: Markdown with formulas, and with numbers that can be drawn anew.

- ``$\\delta = \\partial L/\\partial z$`` is TeX, typeset on the page as in the chapters;
- ``*z = w·x = {w}·{x} = {z}*`` is a formula in which numbers change, as in a figure's worked lines;
- ``{w}`` shows a number anywhere else, ``{loss:3}`` with three decimals, ``{W}`` a whole matrix;
- ``_word_``, ``**word**``, code, lists and paragraphs are Markdown's own.

Numbers and formulas are kept from a browser's translation, which would put other elements in their place.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from ..templates import PLACEHOLDER, formula, number

Values = Mapping[str, float]


class Renderer(RendererHTML):
    """Sets formulas and numbers; everything else is Markdown."""

    def em_open(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:
        env["formula"] = tokens[i].markup == "*"
        return "" if env["formula"] else "<em>"

    def em_close(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:
        env["formula"] = False
        return "" if tokens[i].markup == "*" else "</em>"

    def text(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:
        content, values = tokens[i].content, env["values"]
        if env.get("formula"):
            return f'<span class="live-line" translate="no">{formula(content, values, None)}</span>'
        return _with_numbers(content, values)


def tex(source: str, tag: str) -> str:
    """A formula as MathML with its source, from which the book's build sets it like all others."""
    display = "block" if tag == "div" else "inline"
    return (
        f'<{tag} class="math" translate="no" data-tex="{escape(source)}">'
        f"{convert(source, display=display)}</{tag}>"
    )


def shown(text: str, values: Values) -> list[tuple[str, int | None]]:
    """The quantities whose numbers a text shows, each with its number of decimals if it has one."""
    found: list[tuple[str, int | None]] = []
    for name, digits in PLACEHOLDER.findall(text):
        if name in values:
            found.append((name, int(digits) if digits else None))
        else:
            found += [(entry, None) for entry in values if entry.startswith(f"{name}[")]
    return found


def _with_numbers(text: str, values: Values) -> str:
    html, end = "", 0
    for match in PLACEHOLDER.finditer(text):
        html += escape(text[end : match.start()])
        name, digits = match.groups()
        if name in values:
            html += number(name, values[name], int(digits) if digits else None)
        else:
            html += _matrix(name, values)
        end = match.end()
    return html + escape(text[end:])


def _matrix(name: str, values: Values) -> str:
    """An array of the question, a vector as a column."""
    pattern = re.compile(rf"{re.escape(name)}\[(\d+)(?:,(\d+))?\]")
    cells: dict[int, str] = {}
    for key, value in values.items():
        if match := pattern.fullmatch(key):
            row = int(match[1])
            cell = f'<span role="cell">{number(key, value, None)}</span>'
            cells[row] = cells.get(row, "") + cell
    if not cells:
        raise ValueError(
            f"the text shows {name!r}, which the question does not have; it has {', '.join(values)}"
        )
    rows = "".join(f'<span role="row">{cells[row]}</span>' for row in sorted(cells))
    return f'<span class="question-matrix" role="table">{rows}</span>'


def _math_inline(self: Renderer, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:
    return tex(tokens[i].content, "span")


def _math_block(self: Renderer, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:
    return tex(tokens[i].content.strip(), "div")


# No HTML: a text holds no markup of its own.
MARKDOWN = MarkdownIt("commonmark", {"html": False}, renderer_cls=Renderer).use(dollarmath_plugin)
MARKDOWN.add_render_rule("math_inline", _math_inline)
MARKDOWN.add_render_rule("math_block", _math_block)


def block(text: str, values: Values) -> str:
    """HTML of paragraphs."""
    return str(MARKDOWN.render(text, {"values": values}))


def inline(text: str, values: Values) -> str:
    """HTML of one sentence."""
    return str(MARKDOWN.renderInline(text, {"values": values}))
