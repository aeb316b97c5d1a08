"""Gives every page the script and styles of live figures and of questions, as a Sphinx extension.

Pictures, which notebooks store as images, become part of the page: there they follow its theme, and
the script moves what is in them.

The library's figures are not imported for it: with matplotlib behind them, they take longer than a build
in which nothing has changed.
"""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from livetext.notebook_images import as_inline

from .book_site import digest

# The folders hold Python too, so the files are named one by one. A question's script needs the others
# before it.
LIBRARY = Path(str(files("livetext")))
FILES = [
    LIBRARY / name
    for name in (
        *("css/live.css", "js/live.js"),
        *("css/questions.css", "js/reading.js", "js/questions.js"),
    )
]


def add_files(app: Sphinx) -> None:
    """Load the scripts and styles on every page."""
    for file in FILES:
        app.config.html_static_path.append(str(file))
        if file.suffix == ".css":
            app.add_css_file(file.name)
        else:
            app.add_js_file(file.name, loading_method="defer")


ID = re.compile(r'\sid="([^"]+)"')
# An id, or what names elements by their ids.
NAMED = re.compile(
    r'(\s(?:id|for|list|aria-(?:labelledby|describedby|controls|owns)|(?:xlink:)?href)="#?|url\(#)([^")]+)'
)


def own_ids(html: str, taken: set[str]) -> str:
    """The markup of an output, with ids of its own where the page has them already, which it adds to ``taken``.

    The second view of a figure gets ``fig-NAME-2``, as in ``live.js``, for readers without a script too.
    """
    ids = set(ID.findall(html))
    if ids & taken:
        n = next(n for n in count(2) if taken.isdisjoint(f"{id}-{n}" for id in ids))
        own = {id: f"{id}-{n}" for id in ids}
        html = NAMED.sub(
            lambda match: match[1] + " ".join(own.get(id, id) for id in match[2].split(" ")), html
        )
        ids = set(own.values())
    taken |= ids
    return html


def prepare_outputs(app: Sphinx, document: nodes.document, page: str) -> None:
    """Have the pictures of outputs inline, those shown from another page's notebook too, and no id twice."""
    taken: set[str] = set()
    for output in document.findall(nodes.raw):
        if output.get("format") != "html":
            continue
        html = own_ids(as_inline(output.astext()), taken)
        if html != output.astext():
            output[:] = [nodes.Text(html)]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    # Sphinx writes pages again when a value of the configuration changes; a changed file alone would
    # leave the old script in the built book.
    app.add_config_value("live_files", digest(FILES), "html", str)
    app.connect("builder-inited", add_files)
    app.connect("doctree-resolved", prepare_outputs)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
