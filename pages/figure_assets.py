"""Gives every page the script and styles of live figures and of questions, as a Sphinx extension.

Pictures, which notebooks store as images, become part of the page: there they follow its theme, and
the script moves what is in them.

The library's figures are not imported for it: with matplotlib behind them, they take longer than a build
in which nothing has changed.
"""

from __future__ import annotations

import re
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from livetext import page_script
from livetext.notebook_images import as_inline

# What shows that a page needs one of the script's parts.
MARKS = {"bench": ("live-bench-form",), "plane": ("live-plane-box", "live-pad")}
ASSETS = {
    "livetext.js": page_script.script(),
    **{f"livetext-{name}.js": page_script.part_script(name) for name in page_script.PARTS},
    "livetext.css": page_script.styles(),
}


def add_files(app: Sphinx) -> None:
    """Load the script and the styles on every page."""
    folder = Path(app.doctreedir, "livetext")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ASSETS.items():
        (folder / name).write_text(text, encoding="utf-8")
    app.config.html_static_path.append(str(folder))
    app.add_js_file("livetext.js", loading_method="defer")
    app.add_css_file("livetext.css")


def parts_for(html: str) -> list[str]:
    """The scripts of their own that some markup needs, each to be loaded before the one that asks for it."""
    return [
        f"livetext-{name}.js"
        for name, marks in MARKS.items()
        if any(f'class="{mark}"' in html for mark in marks)
    ]


def add_parts(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Load a page's own scripts."""
    for name in parts_for(context.get("body", "")):
        app.add_js_file(name, loading_method="defer", priority=400)


ID = re.compile(r'\sid="([^"]+)"')
# An id, or what names elements by their ids.
NAMED = re.compile(
    r'(\s(?:id|for|list|aria-(?:labelledby|describedby|controls|owns)|(?:xlink:)?href)="#?|url\(#)([^")]+)'
)


def own_ids(html: str, taken: set[str]) -> str:
    """The markup of an output, with ids of its own where the page has them already, which it adds to ``taken``.

    The second view of a figure gets ``fig-NAME-2``, as by the script, for readers without a script too.
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
    app.add_config_value(
        "livetext_assets", sha256("".join(ASSETS.values()).encode()).hexdigest(), "html", str
    )
    app.connect("builder-inited", add_files)
    app.connect("doctree-resolved", prepare_outputs)
    app.connect("html-page-context", add_parts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
