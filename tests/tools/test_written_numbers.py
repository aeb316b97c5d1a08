"""Numbers are written in front of their markers, and nothing else is touched."""

from __future__ import annotations

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from written_numbers import MARKED, NO_BREAK, NumberUnknown, glued, write_numbers


def notebook(prose: str, **texts: str) -> nbformat.NotebookNode:
    """A cell that glues texts, and prose after it."""
    output = nbformat.v4.new_output("display_data", data={}, metadata={"glued": texts})
    code = nbformat.v4.new_code_cell("glue(…)  # 0<!--=a-->", outputs=[output])
    return nbformat.v4.new_notebook(cells=[code, nbformat.v4.new_markdown_cell(prose)])


def written(prose: str, **texts: str) -> str:
    code, cell = write_numbers(notebook(prose, **texts)).cells
    assert code.source == "glue(…)  # 0<!--=a-->"
    text: str = cell.source
    return text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a loss of ?<!--=a-->.", "a loss of 0.25<!--=a-->."),
        ("a loss of <!--=a-->.", "a loss of 0.25<!--=a-->."),
        ("(0.3<!--=a-->, not 0.1)", "(0.25<!--=a-->, not 0.1)"),
        ("**−1.5<!--=a-->**", "**0.25<!--=a-->**"),
        ("| 1.0<!--=a-->| 2 |", "| 0.25<!--=a-->| 2 |"),
        ("|1.0<!--=a-->|", "|0.25<!--=a-->|"),
        ("$a =$ 10\u202f100<!--=a-->", "$a =$ 0.25<!--=a-->"),
        ("[3.2\u00a0kg<!--=a-->](#there)", "[0.25<!--=a-->](#there)"),
        ("1.2·10⁻³<!--=a--> or 88%<!--=a-->", "0.25<!--=a--> or 0.25<!--=a-->"),
        ('"7<!--=a-->"', '"0.25<!--=a-->"'),
        ("no marker: 0.3", "no marker: 0.3"),
    ],
)
def test_text_goes_back_to_a_space_or_a_bracket(before: str, after: str) -> None:
    assert written(before, a="0.25") == after
    assert written(after, a="0.25") == after


def test_spaces_within_a_number_do_not_break() -> None:
    once = written("a mass of ?<!--=a-->", a="3.2 kg")
    assert once == f"a mass of 3.2{NO_BREAK}kg<!--=a-->"
    assert written(once, a="3.2 kg") == once


@given(st.text("0123456789.,:%/+-−–·×°⁺⁻\u00a0\u202f aZé³", min_size=1))
def test_what_was_written_is_read_back(text: str) -> None:
    (match,) = MARKED.finditer(written("It is ?<!--=a--> there", a=text))
    assert match["text"] == text.replace(" ", NO_BREAK)


@pytest.mark.parametrize(
    "text", ["(2)", "*2*", "a|b", "$2$", "1_000", "", "<b>", "2\n3", "`2`", "[2]"]
)
def test_text_that_markdown_would_read_is_refused(text: str) -> None:
    with pytest.raises(NumberUnknown, match=r"'a' is glued as .*cannot stand before a marker"):
        written("?<!--=a-->", a=text)


def test_name_that_no_cell_glues_is_refused() -> None:
    with pytest.raises(NumberUnknown, match="no cell glues 'b'"):
        written("?<!--=b-->", a="1")


def test_name_is_glued_once() -> None:
    twice = notebook("", a="1")
    twice.cells.append(twice.cells[0])
    with pytest.raises(NumberUnknown, match="'a' is glued twice"):
        glued(twice)
