"""What the chapters say: their parts, their length, and no number that a cell should have computed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.formulas import (
    PAGES,
    REFERENCE,
    cells,
    inline,
    texts,
    without_code,
    words_of_figures,
)
from support.paths import ROOT
from support.prose import DECIMAL, symbols

CHAPTERS = sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))


def markdown(path: Path) -> list[str]:
    return [text for _, text in texts(path)]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_chapter_has_its_parts(path: Path) -> None:
    text = "\n\n".join(markdown(path))
    parts = ("**You will see**", "**You will be able to**", "**You need**")
    parts += ("\n## Remember\n", "\n## Exercises\n", "\n## Read next\n")
    places = [text.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)
    assert REFERENCE.search(text, places[-1])
    assert "](refresher.ipynb" in text[places[2] : places[3]], "what is needed can be refreshed"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_chapter_is_as_long_as_a_sitting(path: Path) -> None:
    """2,000 to 4,500 words; formulas, code and the names of works are none."""
    text = without_code(REFERENCE.sub("", "\n".join(markdown(path))))
    prose = re.sub(r"\$\$.*?\$\$|\$.*?\$", " ", text, flags=re.S)
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


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_no_command_of_a_formula_begins_with_two_backslashes(path: Path) -> None:
    """Two end a line, and what follows is set as letters: d, e, l, t, a."""
    for text in markdown(path):
        for formula in inline(text):
            assert not re.search(r"\\\\[a-zA-Z]", formula), formula


# Decimals

ALLOWED = {
    "index.md": {"3.11", "4.0"},  # Python, Creative Commons
    "run-it.md": {"3.11"},
}


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_no_decimal_is_typed_by_hand(path: Path) -> None:
    """A number with a decimal point in a sentence, a formula or a caption comes from a cell."""
    prose = [without_code(text) for text in markdown(path)]
    for text in prose + [words for _, words in words_of_figures(path)]:
        for match in DECIMAL.finditer(text):
            around = text[max(0, match.start() - 40) : match.end() + 20]
            assert match[0] in ALLOWED.get(path.name, set()), f"…{around}…: glue it from a cell"


# Symbols


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
