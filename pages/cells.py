"""How a notebook's cells look on a page, as a Sphinx extension.

- A figure stands where the text asks for it, and the folded code that drew it below.
- MyST-NB's styles are left out: 43 KB, most of it the colours of a terminal. The book's own has the few rules
  that its cells need.
"""

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


def leave_styles_out(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Have no page load MyST-NB's style sheet."""
    context["css_files"] = [
        sheet for sheet in context["css_files"] if "mystnb" not in str(sheet.filename)
    ]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("doctree-resolved", put_code_last)
    app.connect("html-page-context", leave_styles_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
