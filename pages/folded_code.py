"""A figure stands where the text asks for it, and the folded code that drew it below, as a Sphinx extension."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

FOLDED = "tag_hide-input"


def put_code_last(app: Sphinx, document: nodes.document, page: str) -> None:
    """Turn input and output of each cell around whose input is folded."""
    for cell in document.findall(nodes.container):
        if FOLDED in cell["classes"] and len(cell) == 2:
            cell[:] = [cell[1], cell[0]]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("doctree-resolved", put_code_last)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
