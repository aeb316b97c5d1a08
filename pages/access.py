"""What the theme's pages lack for people, as a Sphinx extension.

For keyboards and screen readers, for paper, and for readers who run no script. The rest is in
``static/book.css`` and ``static/access.js``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

# In every finished page: a pattern that occurs once, and what it becomes. The theme has no block for them.
REPAIRS = (
    # The theme's script sets light or dark; without a script "auto" would have no colours at all.
    (r'(<html [^>]*data-theme=)"(?:auto|light)"', r'\1"light"'),
    # The book's name and the search button would lie outside every landmark.
    (
        r'<div id="pst-primary-sidebar" (?:role="complementary" aria-label="Book" )?',
        '<div id="pst-primary-sidebar" role="complementary" aria-label="Book" ',
    ),
    # On a phone the side bar becomes a dialog, which has to have a name.
    (
        r'<dialog id="pst-primary-sidebar-modal"(?: aria-label="Book")?>',
        '<dialog id="pst-primary-sidebar-modal" aria-label="Book">',
    ),
    (
        r'<dialog id="pst-search-dialog"(?: aria-label="Search")?>',
        '<dialog id="pst-search-dialog" aria-label="Search">',
    ),
    # On a phone the side bar opens by a script; without one it stands below the page.
    (
        r'<div class="bd-header-article d-print-none">(?:<noscript>.*?</noscript>)?',
        '<div class="bd-header-article d-print-none"><noscript><a class="book-contents" '
        'href="#pst-primary-sidebar">All pages</a></noscript>',
    ),
)
# The dialog for the page's own contents is there only where these are.
CONTENTS = (
    r'<dialog id="pst-secondary-sidebar-modal"(?: aria-label="Contents")?>',
    '<dialog id="pst-secondary-sidebar-modal" aria-label="Contents">',
)

# A signature on several lines is a list of descriptions of nothing to Sphinx.
SIGNATURE = re.compile(r'<dl>\n((?:<dd><em class="sig-param">.*?</em>,</dd>\n)+)</dl>')


def repaired(page: str) -> tuple[str, list[str]]:
    """A page with its repairs, and the patterns that were not found in it once."""
    missing = []
    for pattern, replacement in REPAIRS:
        page, count = re.subn(pattern, replacement, page, flags=re.DOTALL)
        if count != 1:
            missing.append(pattern)
    return re.sub(*CONTENTS, page), missing


def repair_pages(app: Sphinx, error: Exception | None) -> None:
    """Mend the finished pages; a page without what is to be mended is a warning."""
    if error or app.builder.format != "html":
        return
    site = Path(app.outdir)
    for docname in (*app.env.found_docs, "genindex", "search", "404"):
        file = site / f"{docname}.html"
        if not file.exists():
            continue
        before = file.read_text(encoding="utf-8")
        page, missing = repaired(before)
        for pattern in missing:
            logger.warning("access: %s has not exactly one %s", file.name, pattern)
        if page != before:
            file.write_text(page, encoding="utf-8")


def mend_body(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Mend what Sphinx writes into a page's text."""
    body = context.get("body", "")
    body = SIGNATURE.sub(
        lambda match: (
            match[1].replace("<dd>", '<span class="sig-line">').replace("</dd>\n", "</span>\n")
        ),
        body,
    )
    # A corner without words heads nothing.
    body = re.sub(r'<th class="head[^"]*"><p></p></th>', "<td></td>", body)
    # The list they stand in is one; the role for entries is deprecated, and was never one for a <div>.
    body = body.replace(' role="doc-biblioentry"', ' role="listitem"')
    if body:
        context["body"] = body


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-page-context", mend_body)
    app.connect("build-finished", repair_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
