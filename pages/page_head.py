"""What search engines, link previews and lost readers need, as a Sphinx extension.

- A page's description is its author's: ``myst: html_meta: description`` in the front matter or in a
  notebook's metadata. The pages that Sphinx makes get theirs here.
- The footer names the edition: the version of ``pyproject.toml`` and the date of the last commit.
- ``404.html`` is a page of the book. ``tools/web.py`` makes its links absolute.

Everything that needs the site's public address is left to ``tools/web.py``: the pages built here are
the same wherever they are read.
"""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from .book_site import repository_url

DESCRIPTIONS = {
    "genindex": "Every function, class and method of the book's Python package backprop, in alphabetical order, with links to their descriptions.",
    "search": "Search all pages of this interactive textbook on backpropagation for a word, the name of a quantity, or a function of its library.",
    "404": "There is no page at this address: search the book, or start from its first page, which lists the chapters.",
}

# docutils writes one, and Sphinx's own layout has one already.
VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>')


def book_version(root: Path) -> str:
    """The version that ``pyproject.toml`` states."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def book_date(root: Path, environ: Mapping[str, str] = os.environ) -> str:
    """The date of this state of the book, as 2026-01-31; empty where nothing tells.

    ``SOURCE_DATE_EPOCH`` (reproducible-builds.org) has the first word, then the last commit.
    """
    if epoch := environ.get("SOURCE_DATE_EPOCH", ""):
        return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
    git = ["git", "-C", str(root)]
    try:
        # A copy without git may lie in somebody's repository: that one's date says nothing.
        top = subprocess.run(
            [*git, "rev-parse", "--show-toplevel"], capture_output=True, text=True, check=True
        )
        if Path(top.stdout.rstrip("\n")).resolve() != root.resolve():
            return ""
        last = subprocess.run(
            [*git, "log", "-1", "--format=%cs"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return last.stdout.strip()


def name_edition(app: Sphinx, config: Config) -> None:
    """Hand version and date to the templates."""
    root = Path(app.confdir)
    url = repository_url()
    branch = os.environ.get("BOOK_BRANCH", "main")
    config.html_context["edition"] = {
        "version": book_version(root),
        "date": book_date(root),
        "changes": f"{url}/blob/{branch}/CHANGELOG.md" if url else "",
    }


def not_found(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The page for addresses that do not exist."""
    yield "404", {"title": "Page not found"}, "404.html"


def add_tags(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Describe the pages that have no source; keep one viewport tag."""
    tags = VIEWPORT.sub("", context.get("metatags") or "")
    if page in DESCRIPTIONS:
        tags += f'<meta name="description" content="{DESCRIPTIONS[page]}" />'
    if page == "404":
        tags += '<meta name="robots" content="noindex" />'
    context["metatags"] = tags


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("config-inited", name_edition)
    app.connect("html-collect-pages", not_found)
    app.connect("html-page-context", add_tags)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
