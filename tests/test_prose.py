"""What the chapters say: their parts, their length, and no number that a cell should have computed."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT

CHAPTERS = sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))
NOTEBOOKS = sorted((ROOT / "chapters").glob("*.ipynb"))
PAGES = [ROOT / "index.md", *sorted((ROOT / "chapters").glob("*.md")), *NOTEBOOKS]


def cells(path: Path) -> list[nbformat.NotebookNode]:
    found: list[nbformat.NotebookNode] = nbformat.read(path, as_version=4).cells
    return found


def markdown(path: Path) -> list[str]:
    if path.suffix == ".md":
        return [path.read_text(encoding="utf-8")]
    return [cell.source for cell in cells(path) if cell.cell_type == "markdown"]


def without_code(text: str) -> str:
    """Prose and formulas: no code, no addresses, no roles' keys."""
    text = re.sub(r"^(```+|~~~+).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\{[\w:-]+\}`[^`]*`|`[^`]*`", "", text)
    return re.sub(r"\]\([^)]*\)|https?://\S+", "]", text)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_chapter_has_its_parts(path: Path) -> None:
    text = "\n\n".join(markdown(path))
    parts = ("**You will see**", "**You will be able to**", "**You need**")
    parts += ("\n## Remember\n", "\n## Exercises\n", "\n## Read next\n")
    places = [text.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)
    assert "{cite" in text[places[-1] :]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_chapter_is_as_long_as_a_sitting(path: Path) -> None:
    """2,000 to 4,500 words; formulas and code are none."""
    prose = re.sub(r"\$\$.*?\$\$|\$.*?\$", " ", without_code("\n".join(markdown(path))), flags=re.S)
    words = re.findall(r"[^\W\d_][\w'’-]*", prose)
    assert 2000 <= len(words) <= 4500, len(words)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_reader_is_asked_to_guess_before_each_figure(path: Path) -> None:
    guessed, figures = False, 0
    for cell in cells(path):
        if cell.cell_type == "markdown":
            guessed = guessed or "**Guess first.**" in cell.source
        elif any('class="live"' in o.get("data", {}).get("text/html", "") for o in cell.outputs):
            assert guessed, f"{cell.id}: no guess asked for since the last figure"
            guessed, figures = False, figures + 1
    assert figures >= 3


# Decimals

DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.])")
ALLOWED = {
    "index.md": {"3.11", "4.0"},  # Python, Creative Commons
}


def words_of_figures(path: Path) -> list[str]:
    """Captions and alternative texts, which stand in code cells."""
    texts = []
    for cell in cells(path):
        if cell.cell_type != "code" or cell.id == "colab":  # which is not plain Python
            continue
        for node in ast.walk(ast.parse(cell.source)):
            named = isinstance(node, ast.keyword) and node.arg in {"alt", "caption"}
            if named or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "alt"):
                parts = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant))
                texts += [part for part in parts if isinstance(part, str)]
    return texts


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_no_decimal_is_typed_by_hand(path: Path) -> None:
    """A number with a decimal point in a sentence, a formula or a caption comes from a cell."""
    texts = [without_code(text) for text in markdown(path)]
    texts += words_of_figures(path) if path.suffix == ".ipynb" else []
    for text in texts:
        for match in DECIMAL.finditer(text):
            around = text[max(0, match.start() - 40) : match.end() + 20]
            assert match[0] in ALLOWED.get(path.name, set()), f"…{around}…: glue it from a cell"


# Symbols

GREEK = [
    "alpha",
    "beta",
    "delta",
    "Delta",
    "ell",
    "eta",
    "nabla",
    "phi",
    "psi",
    "rho",
    "sigma",
    "theta",
    "varphi",
]


def symbols(text: str) -> set[str]:
    """The letters of all formulas, Latin and Greek, without words, operators and layout."""
    formulas = " ".join(a or b for a, b in re.findall(r"\$\$(.*?)\$\$|\$(.*?)\$", text, re.DOTALL))
    formulas = re.sub(
        r"\\(?:text|mathrm|mathsf|operatorname|begin|end|textstyle)\s*\{[^}]*\}", " ", formulas
    )
    formulas = formulas.replace(r"\mathrm d", " ")
    greek = {name for name in GREEK if re.search(rf"\\{name}(?![a-zA-Z])", formulas)}
    return greek | set(re.findall(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+", " ", formulas)))


@pytest.mark.parametrize(
    "path", [*CHAPTERS, ROOT / "chapters" / "mistakes.ipynb"], ids=lambda p: p.stem
)
def test_every_symbol_is_in_the_notation(path: Path) -> None:
    """Each letter that a chapter uses in a formula has its place in the notation table."""
    known = symbols((ROOT / "chapters" / "notation.md").read_text(encoding="utf-8"))
    used = symbols(without_code("\n".join(markdown(path))))
    assert used <= known, sorted(used - known)


def test_notation_is_one_table() -> None:
    text = (ROOT / "chapters" / "notation.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^\| :-- ", text, re.MULTILINE)) == 1
