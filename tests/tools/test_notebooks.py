"""The canonical form of a notebook: what is folded, and what an editor leaves behind."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

import notebooks


def normalised(**metadata: Any) -> dict[str, Any]:
    """What becomes of the metadata of a code cell."""
    cell = nbformat.v4.new_code_cell("1 + 1", metadata=metadata)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    return dict(notebooks.normalise(notebook).cells[0].metadata)


@pytest.mark.parametrize("tag", ["hide-input", "hide-cell", "remove-input", "remove-cell"])
@pytest.mark.parametrize("before", [{}, {"jupyter": {"source_hidden": False}}])
def test_code_that_the_page_folds_is_folded_in_jupyter(tag: str, before: dict[str, Any]) -> None:
    expected = {"tags": [tag], "jupyter": {"source_hidden": True}}
    assert normalised(tags=[tag], **before) == expected


@pytest.mark.parametrize("tags", [{}, {"tags": []}, {"tags": ["hide-output"]}])
def test_code_that_the_page_shows_is_open_in_jupyter(tags: dict[str, Any]) -> None:
    """Also where an editor stored that someone had folded the cell."""
    assert normalised(**tags) == tags
    assert normalised(**tags, jupyter={"source_hidden": True, "outputs_hidden": True}) == tags


def test_editor_state_of_prose_is_dropped() -> None:
    cell = nbformat.v4.new_markdown_cell("words", metadata={"jupyter": {"source_hidden": True}})
    notebook = notebooks.normalise(nbformat.v4.new_notebook(cells=[cell]))
    assert dict(notebook.cells[0].metadata) == {}
