"""What a reader sees of a Markdown cell, whatever program shows it, and what must not be seen there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from support.formulas import DISPLAYED, INLINE, without_code
from written_numbers import MARKED

# Of the text that is left when formulas and code have been taken out.
PLUMBING = {
    "a role": re.compile(r"\{[a-zA-Z][\w:-]*\}"),
    "a directive": re.compile(r"^\s*:::", re.MULTILINE),
    "a label": re.compile(r"^\s*\([a-z0-9]+(?:-[a-z0-9]+)+\)=?", re.MULTILINE),
    "a marker": re.compile(r"<!-|-->|<!|&lt;|=\w+--"),
    "HTML": re.compile(r"</?[a-z]"),
    "a formula's source": re.compile(r"\$|\\[a-zA-Z]+"),
    "a link's source": re.compile(r"\]\("),
}
UNSEEN = {"code", "pre", "style", "script", "svg", "annotation"}


@dataclass(frozen=True)
class Shown:
    """A cell as it is shown: its text without formulas and code, how many formulas, what went wrong in any."""

    text: str
    formulas: int
    errors: tuple[str, ...] = ()


def formulas_in(source: str) -> int:
    """How many formulas a text holds."""
    text = without_code(source)
    return len(DISPLAYED.findall(text)) + len(INLINE.findall(DISPLAYED.sub(" ", text)))


def faults(source: str, shown: Shown) -> Iterator[str]:
    """What is wrong with the way in which a cell is shown."""
    for name, pattern in PLUMBING.items():
        for match in pattern.finditer(shown.text):
            around = shown.text[max(0, match.start() - 30) : match.end() + 30]
            yield f"{name} is shown: …{around}…"
    yield from shown.errors
    if (formulas := formulas_in(source)) != shown.formulas:
        yield f"{shown.formulas} formulas are shown, not {formulas}"
    end = 0
    for number in MARKED.finditer(source):
        place = shown.text.find(number["text"], end)
        if place < 0:
            yield f"{number['name']} is not shown as {number['text']!r}"
        end = max(end, place)


class Reader(HTMLParser):
    """Reads HTML as a browser would show it: the text, and the formulas by the class that marks one."""

    def __init__(self, formula: str, error: str) -> None:
        super().__init__()
        self.formula, self.error = formula, error
        self.text, self.formulas, self.errors = "", 0, []  # type: tuple[str, int, list[str]]
        self._inside: list[str] = []  # tags since one whose content is not read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = (given.get("class") or "").split()
        if self.error in classes:
            self.errors.append(f"a formula is an error: {given.get('title')}")
        self.formulas += self.formula in classes
        if tag in {"br", "img", "hr", "input"}:
            return
        if self._inside or tag in UNSEEN or self.formula in classes or self.error in classes:
            self._inside.append(tag)
        elif tag in {"p", "li", "td", "th", "blockquote", "summary", "div"}:
            self.text += "\n"

    def handle_endtag(self, tag: str) -> None:
        if self._inside:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.text += data


def read(html: str, formula: str, error: str) -> Shown:
    """What a piece of HTML shows, where formulas and errors in them have these classes."""
    reader = Reader(formula, error)
    reader.feed(html)
    reader.close()
    return Shown(reader.text, reader.formulas, tuple(reader.errors))
