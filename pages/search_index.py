"""What the book's search looks through, as a Sphinx extension: sections, and names of the library.

Sphinx's own search knows which page has a word; this one leads to the section, and shows the sentence with
no request for the page, so from disk too. ``static/search.js`` reads what is collected here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

INDEX = "sections.js"
TEXT = (nodes.paragraph, nodes.term, nodes.caption)
SKIPPED = (nodes.math_block, nodes.raw, nodes.comment, nodes.literal_block)


class Place(NamedTuple):
    """A section, or a name of the library: where a search can lead."""

    id: str
    title: str
    text: str


def words(node: nodes.Node) -> str:
    """The plain words of a node."""
    if isinstance(node, nodes.Text):
        return str(node.astext())
    if isinstance(node, nodes.math):  # a letter reads as it stands, and a formula as a gap
        return "…" if "\\" in node.astext() else str(node.astext())
    if isinstance(node, SKIPPED):
        return " "
    return "".join(words(child) for child in node.children)


def own_text(node: nodes.Node) -> Iterator[str]:
    """The text of a section or description, without that of those inside it."""
    for child in node.children:
        if isinstance(child, TEXT):
            yield words(child)
        elif not isinstance(child, (nodes.section, addnodes.desc, *SKIPPED)):
            yield from own_text(child)


def places(document: nodes.document) -> Iterator[Place]:
    """Everything on a page that a search can lead to, from top to bottom."""
    for node in document.findall(lambda n: isinstance(n, (nodes.section, addnodes.desc))):
        section = isinstance(node, nodes.section)
        head = node.next_node(nodes.title if section else addnodes.desc_signature)
        if head is None or not (ids := node["ids"] or head["ids"]):
            continue
        # A function's text begins with how it is called.
        title = words(head) if section else head["fullname"]
        texts = [*([] if section else [words(head)]), *own_text(node)]
        yield Place(ids[0], squeezed(title), squeezed(" ".join(texts)))


def squeezed(text: str) -> str:
    """Text with one space between words."""
    return re.sub(r"\s+", " ", text).strip()


def kept(app: Sphinx, page: str) -> Path:
    """Where a page's places wait for those of the pages that are not written this time."""
    return Path(app.doctreedir, "places", f"{page}.json")


def collect(app: Sphinx, document: nodes.document, page: str) -> None:
    """Keep the places of a page that is about to be written, its citations and references resolved."""
    file = kept(app, page)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(list(places(document)), ensure_ascii=False), encoding="utf-8")


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the index, the pages in the book's order, as a script: from disk no other file can be read."""
    if error or app.builder.format != "html":
        return
    env = app.env
    order = [
        env.config.root_doc,
        *(page for pages in env.toctree_includes.values() for page in pages),
    ]
    pages = []
    for page in order:
        number = env.toc_secnumbers.get(page, {}).get("")
        title = env.titles[page].astext()
        name = f"{'.'.join(map(str, number))}. {title}" if number else title
        found = json.loads(kept(app, page).read_text(encoding="utf-8"))
        pages.append([page, name, bool(number), found])
    text = f"bookSearch.read({json.dumps(pages, ensure_ascii=False, separators=(',', ':'))});\n"
    Path(app.outdir, "_static", INDEX).write_text(text, encoding="utf-8")


def leave_out_sphinx_own(app: Sphinx) -> None:
    """Sphinx is not to make an index of its own, which no page would read."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.search = False


def search_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The page that Sphinx makes together with its index."""
    yield "search", {}, "search.html"


def name_search_page(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """The theme asks whether there is a search page before it names it in a page's head."""
    sphinx_own = context["hasdoc"]
    context["hasdoc"] = lambda name: name == "search" or sphinx_own(name)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("builder-inited", leave_out_sphinx_own)
    app.connect("html-collect-pages", search_page)
    app.connect("html-page-context", name_search_page)
    app.connect("doctree-resolved", collect)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
