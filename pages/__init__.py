"""What turns chapters into pages, as one Sphinx extension with a module for each concern."""

import gc
from typing import Any

from sphinx.application import Sphinx

# In this order: a later one may change what an earlier one has added to a page.
CONCERNS = (
    "prose",
    "settings",
    "figure_assets",
    "figures",
    "cells",
    "search_index",
    "launch",
    "page_head",
    "maths",
    "compact_highlighting",
    "access",
    "minify",
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register every concern with Sphinx."""
    # A build makes millions of objects that live until it ends. To look through them for garbage as often as
    # Python does by itself takes a fifth of its time.
    gc.set_threshold(100_000, 50, 50)
    for name in CONCERNS:
        app.setup_extension(f"{__name__}.{name}")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
