"""Figure numbers are written into links that cite by number, and nothing else is touched."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

import figure_numbers
from figure_numbers import FigureUnknown, write_figure_numbers

NUMBERS = {"step": "3.2", "old-step": "3.2", "map": "3.10"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("In [Figure ?](#fig-step) it", "In [Figure 3.2](#fig-step) it"),
        ("[Figure 1.1](03-one.ipynb#fig-map).", "[Figure 3.10](03-one.ipynb#fig-map)."),
        ("[Figure\n1.1](#fig-step)", "[Figure 3.2](#fig-step)"),
        ("[Figure](#fig-step?w=0.1&lr=0.3)", "[Figure 3.2](#fig-step?w=0.1&lr=0.3)"),
        ("[Figure 3.9](#fig-old-step)", "[Figure 3.2](#fig-old-step)"),
        ("[the map](#fig-map)", "[the map](#fig-map)"),
        ("[Figure 3.9](#step) Figure 3.9", "[Figure 3.9](#step) Figure 3.9"),
    ],
)
def test_number_is_written(before: str, after: str) -> None:
    assert write_figure_numbers(before, NUMBERS) == after
    assert write_figure_numbers(after, NUMBERS) == after


def test_figure_without_a_number_is_refused() -> None:
    with pytest.raises(FigureUnknown, match=r"no chapter has a figure 'nowhere', which \[Figure"):
        write_figure_numbers("[Figure 1.1](#fig-nowhere)", NUMBERS)


def notebook(*outputs: str) -> str:
    """A notebook that shows these."""
    shown = [nbformat.v4.new_output("display_data", data={"text/html": html}) for html in outputs]
    cells = [nbformat.v4.new_code_cell("…", id=f"c{i}", outputs=[o]) for i, o in enumerate(shown)]
    return str(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))


def test_figures_are_counted_by_chapter(tmp_path: Path) -> None:
    """Live and still, each once, by the order of the contents; older names with the figure's own."""
    (tmp_path / "_toc.yml").write_text(
        "root: index\nparts:\n- caption: A\n  numbered: 1\n  chapters:\n  - file: b\n  - file: a\n"
        "- caption: B\n  chapters:\n  - file: c\n",
        encoding="utf-8",
    )
    live, still = '<figure class="live" data-figure="', '<figure class="still" data-picture="'
    old = '" id="fig-second"><a id="fig-once"></a>'
    pages = {
        "a": notebook(f'{live}third">'),
        "b": notebook(f'{still}first">', "<p>", f"{live}second{old}", f'{live}second">'),
        "c": notebook(f'{live}fourth">'),
    }
    for name, text in pages.items():
        (tmp_path / f"{name}.ipynb").write_text(text, encoding="utf-8")
    numbers = figure_numbers.figure_numbers(tmp_path)
    assert numbers == {"first": "1.1", "second": "1.2", "once": "1.2", "third": "2.1"}
