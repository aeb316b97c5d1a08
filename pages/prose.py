"""Reads the prose of chapters, which is written to be read anywhere, as a Sphinx extension.

A chapter's Markdown has no role and no directive, so that Jupyter, VS Code and GitHub show it as it is
meant. Two of its forms mean more to a page:

- ``0.25<!--=loss-->``: a number that ``make notebooks`` has written. Its marker is left out.
- ``<a id="one-layer-chain"></a>`` on a line of its own: the name of the formula below it, which gets a
  number. ``[the chain](#one-layer-chain)`` links to it and shows its number after the words. Above a table, the
  name becomes the table's class, for its style.

Any other ``<a id="…"></a>`` is a place that ``[words](page.md#id)`` finds.

A section that few readers want, named in ``folded_sections`` by its page and its heading, is folded on the page.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.math import MathDomain
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)

MARKER = re.compile(r"<!--=\w+-->")
ANCHOR = re.compile(r'<a id="([\w-]+)">')


def maths_of(env: BuildEnvironment) -> MathDomain:
    """What Sphinx knows of the book's equations."""
    domain = env.get_domain("math")
    assert isinstance(domain, MathDomain)
    return domain


class ReadProse(SphinxTransform):
    """Leave markers out, number the formulas that have names, and note every name."""

    default_priority = 200  # before docutils hands a target's ids to what follows it

    def apply(self, **kwargs: Any) -> None:
        """Change the page that was just read."""
        computes = self.env.doc2path(self.env.docname).endswith(".ipynb")
        for raw in list(self.document.findall(nodes.raw)):
            if match := ANCHOR.fullmatch(raw.astext()):
                self.note(raw, match[1])
            elif MARKER.fullmatch(raw.astext()):
                raw.parent.remove(raw)
                if not computes:
                    logger.warning("no cell computes %s", raw.astext(), location=self.document)
            elif computes and MARKER.search(raw.astext()):
                logger.warning("a marker begins a line: %s", raw.astext(), location=raw)
        for text in self.document.findall(nodes.Text):
            if computes and not isinstance(text.parent, nodes.raw) and MARKER.search(text):
                logger.warning("a marker is shown: %s", text, location=text.parent)

    def note(self, anchor: nodes.raw, name: str) -> None:
        """Name the formula or the table below an anchor; any other anchor names its own place."""
        paragraph = anchor.parent
        alone = len(paragraph) == 2  # <a …> and </a>
        below = paragraph.next_node(descend=False, siblings=True) if alone else None
        if isinstance(below, nodes.math_block):
            paragraph.replace_self(self.number(below, name))
        elif isinstance(below, nodes.table):
            below["classes"].append(name)
        # Where MyST looks for what stands behind the # of a link.
        self.document.myst_slugs[name] = (None, name, "")
        self.env.metadata[self.env.docname]["myst_slugs"] = self.document.myst_slugs

    def number(self, formula: nodes.math_block, name: str) -> nodes.target:
        """Number a formula; return the target that gives it its addresses."""
        maths = maths_of(self.env)
        maths.note_equation(self.env.docname, name, location=formula)
        formula["label"] = name
        formula["number"] = maths.get_equation_number_for(name)
        formula["docname"] = self.env.docname
        # The first is the one that Sphinx looks for, and the address in earlier editions.
        target = nodes.target("", "", ids=[nodes.make_id(f"equation-{name}"), name], names=[name])
        self.document.note_explicit_target(target)
        return target


class FoldSections(SphinxTransform):
    """Put a section that is for few readers into a box that opens; a browser opens it for a link to its inside."""

    default_priority = 205

    def apply(self, **kwargs: Any) -> None:
        """Fold the section that ``folded_sections`` names for this page."""
        name = self.config.folded_sections.get(self.env.docname)
        if name is None:
            return
        sections = [s for s in self.document.findall(nodes.section) if name in s["names"]]
        if not sections:
            logger.warning("no section %r to be folded", name, location=self.document)
        for section in sections:
            opening = '<details class="folded-section"><summary>Show this part</summary>'
            section.insert(1, nodes.raw("", opening, format="html"))
            section += nodes.raw("", "</details>", format="html")


def show_numbers(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Show an equation's number after the words of a link to it."""
    maths = maths_of(app.env)
    for link in doctree.findall(nodes.reference):
        page, _, name = link.get("refuri", f"#{link.get('refid', '')}").partition("#")
        place = maths.equations.get(name)
        if place is None or page not in ("", app.builder.get_relative_uri(docname, place[0])):
            continue
        # Sphinx's own reference to the equation has the number and nothing else.
        pending = nodes.Element()
        number = maths.resolve_xref(app.env, docname, app.builder, "eq", name, pending, pending)
        if number is not None:
            link += nodes.Text(f"\u00a0{number.astext()}")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_config_value("folded_sections", {}, "env", dict)
    app.add_transform(ReadProse)
    app.add_transform(FoldSections)
    app.connect("doctree-resolved", show_numbers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
