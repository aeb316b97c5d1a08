"""The formulas of the pages, as they are written: for the tests that hold prose to account."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat

from figure_numbers import CITED as NUMBERED_FIGURE
from figure_numbers import shown_in
from support.paths import ROOT
from written_numbers import MARKED

PAGES = [
    ROOT / "index.md",
    *sorted((ROOT / "chapters").glob("*.md")),
    *sorted((ROOT / "chapters").glob("*.ipynb")),
]

# An anchor on a line of its own, whose name other sentences may cite.
ANCHOR = re.compile(r'^<a id="(?P<label>[a-z0-9-]+)"></a>$', re.M)
# `$$ … $$` on lines of their own, and perhaps such an anchor above it.
DISPLAYED = re.compile(
    rf"(?:{ANCHOR.pattern}\n\n)?^ *\$\$[ ]*\n(?P<latex>.*?)\n *\$\$[ ]*$", re.M | re.S
)
# A link to a place of the same page, or to an entry of the bibliography.
CITED = re.compile(r"\]\(#(?P<label>[\w-]+)\)")
REFERENCE = re.compile(r"\[(?P<words>[^\]]+)\]\(references\.md#(?P<key>\w+)\)")
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
    """Each piece of prose with a name: the cells of a notebook, or a page whole.

    The list of references is no prose: its numbers are those of the works.
    """
    if path.suffix == ".md":
        text = path.read_text(encoding="utf-8")
        yield "page", re.sub(r'^- <a id="\w+"></a>.*$', "", text, flags=re.MULTILINE)
        return
    for cell in cells(path):
        if cell.cell_type == "markdown":
            yield cell.id, cell.source


def words_of_figures(path: Path) -> Iterator[tuple[str, str]]:
    """Captions and alternative texts by the cell that shows the figure: its own, or those of what it calls."""
    for cell in cells(path) if path.suffix == ".ipynb" else ():
        if cell.cell_type != "code" or cell.id == "colab":  # which is not plain Python
            continue
        for code in code_of_figures(path, cell.source):
            for text in _captions(code):
                yield cell.id, text


def names_of_figures(path: Path) -> list[str]:
    """The figures that the cells of a page show, by all their names."""
    if path.suffix != ".ipynb":
        return []
    return [name for names in shown_in(nbformat.read(path, as_version=4)) for name in names]


def figures_module(path: Path) -> Path | None:
    """The module that a chapter calls ``figures``."""
    imports = re.compile(r"^from backprop_book\.figures import (\w+) as figures$", re.M)
    found = [match[1] for cell in cells(path) for match in imports.finditer(cell.source)]
    return ROOT / "lib" / "backprop_book" / "figures" / f"{found[0]}.py" if found else None


def called_figures(source: str) -> list[str]:
    """The names that a cell calls from its ``figures``."""
    called = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        f.attr for f in called if isinstance(f, ast.Attribute) and ast.unparse(f.value) == "figures"
    ]


def code_of_figures(path: Path, source: str) -> Iterator[ast.AST]:
    """A cell, and the functions of its chapter's module that it calls, with what these call there."""
    yield ast.parse(source)
    module = figures_module(path)
    if module is None:
        return
    tree = ast.parse(module.read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    waiting = called_figures(source)
    for name in waiting:
        yield functions[name]
        names = [node.id for node in ast.walk(functions[name]) if isinstance(node, ast.Name)]
        waiting += [n for n in names if n in functions and n not in waiting]


def _captions(code: ast.AST) -> Iterator[str]:
    for node in ast.walk(code):
        named = isinstance(node, ast.keyword) and node.arg in {"alt", "caption"}
        if named or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "alt"):
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def without_code(text: str) -> str:
    """Prose and formulas: no code, no addresses, no numbers that a tool has written. A number in code's clothes is
    prose.
    """
    text = NUMBERED_FIGURE.sub("[Figure]", ANCHOR.sub("", MARKED.sub("", text)))
    text = re.sub(r"(?<![}`])`([−-]?\d[\d.,/]*)`(?!`)", r"\1", text)
    text = re.sub(r"^(```+|~~~+).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"`[^`]*`", "", text)
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
