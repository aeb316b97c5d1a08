"""A Sphinx extension: gives every page of the book the script and styles of questions."""

from typing import Any

from sphinx.application import Sphinx

from ..live.book import add_files


def setup(app: Sphinx) -> dict[str, Any]:
    app.setup_extension("backprop.live.book")  # its script comes first
    add_files(app, "backprop.exercises", "questions")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
