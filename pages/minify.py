"""Leaves comments and white space out of scripts and styles, which every first visit loads, as a Sphinx extension."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rcssmin import cssmin
from rjsmin import jsmin
from sphinx.application import Sphinx

MINIFY = {".js": jsmin, ".css": cssmin}


def minify_static(app: Sphinx, error: Exception | None) -> None:
    """Once all of them have been copied; words of a licence (``/*! … */``) stay. The theme's own are short already."""
    if error or app.builder.format != "html":
        return
    for path in Path(app.outdir, "_static").iterdir():
        if minify := MINIFY.get(path.suffix):
            text = path.read_text(encoding="utf-8")
            path.write_text(minify(text, keep_bang_comments=True), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("build-finished", minify_static)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
