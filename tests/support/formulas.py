"""The formulas of the pages, as they are written: for the tests that hold prose to account."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat

from support.paths import ROOT

PAGES = [
    ROOT / "index.md",
    *sorted((ROOT / "chapters").glob("*.md")),
    *sorted((ROOT / "chapters").glob("*.ipynb")),
]

# `$$ … $$` on lines of their own, and perhaps `(label)`, which may be cited as {eq}`label`.
DISPLAYED = re.compile(
    r"^ *\$\$[ ]*\n(?P<latex>.*?)\n *\$\$(?: \((?P<label>[a-z0-9-]+)\))?[ ]*$", re.M | re.S
)
INLINE = re.compile(r"(?<![\\$])\$(?!\$)(?P<latex>[^$]+)\$")

# Space, alignment and the size of brackets: what changes the look of a formula and not its meaning.
LAYOUT = re.compile(
    r"\\[,;:! ]|\\q?quad(?![a-z])|\\[bB]igg?[lrm]?(?![a-z])|\\(?:text|display)style(?![a-z])|&|(?<=\\\\)\[\w+\]"
)


@dataclass(frozen=True)
class Formula:
    """One displayed formula, and the name under which a witness vouches for it."""

    page: str
    name: str
    latex: str


@cache
def cells(path: Path) -> list[nbformat.NotebookNode]:
    """The cells of a notebook."""
    found: list[nbformat.NotebookNode] = nbformat.read(path, as_version=4).cells
    return found


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """Each piece of prose with a name: the cells of a notebook, or a page whole."""
    if path.suffix == ".md":
        yield "page", path.read_text(encoding="utf-8")
        return
    for cell in cells(path):
        if cell.cell_type == "markdown":
            yield cell.id, cell.source


def words_of_figures(path: Path) -> Iterator[tuple[str, str]]:
    """Captions and alternative texts, which stand in code cells, by the cell."""
    for cell in cells(path) if path.suffix == ".ipynb" else ():
        if cell.cell_type != "code" or cell.id == "colab":  # which is not plain Python
            continue
        for node in ast.walk(ast.parse(cell.source)):
            named = isinstance(node, ast.keyword) and node.arg in {"alt", "caption"}
            if named or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "alt"):
                for part in ast.walk(node):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield cell.id, part.value


def without_code(text: str) -> str:
    """Prose and formulas: no code, no addresses, no roles' keys. A number in code's clothes is prose."""
    text = re.sub(r"(?<![}`])`([−-]?\d[\d.,/]*)`(?!`)", r"\1", text)
    text = re.sub(r"^(```+|~~~+).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\{[\w:-]+\}`[^`]*`|`[^`]*`", "", text)
    return re.sub(r"\]\([^)]*\)|https?://\S+", "]", text)


def topic(path: Path) -> str:
    """The name of a page without its number in the reading order."""
    return re.sub(r"^\d+-", "", path.stem)


def displayed(path: Path) -> list[Formula]:
    """The displayed formulas of a page: by their label, else counted within their cell."""
    found = []
    for cell, text in texts(path):
        bare = 0
        for match in DISPLAYED.finditer(text):
            bare += match["label"] is None
            name = match["label"] or f"{topic(path)}-{cell}-{bare}"
            found.append(Formula(topic(path), name, match["latex"]))
    return found


def inline(text: str) -> list[str]:
    """The formulas within the sentences of a text, code left out."""
    prose = DISPLAYED.sub(" ", without_code(text))
    return [match["latex"] for match in INLINE.finditer(prose)]


def normalised(latex: str) -> str:
    """What a formula says, without its layout and without the punctuation of its sentence."""
    text = LAYOUT.sub(" ", latex).replace(r"\mathsf T", r"\top").replace(r"\dfrac", r"\frac")
    text = re.sub(r"\\[td]frac(?![a-z])", r"\\frac", text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"(?<=[^a-zA-Z\\ ]) | (?=[^a-zA-Z])", "", text)  # a space ends a command's name
    return text.strip(" .,;")
