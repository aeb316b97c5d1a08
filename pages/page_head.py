"""What search engines, link previews and lost readers need, as a Sphinx extension.

- A page's description is its author's: ``myst: html_meta: description`` in the front matter or in a
  notebook's metadata. The pages that Sphinx makes get theirs here.
- The footer names the edition: the version of ``pyproject.toml`` and the date of the last commit.
- ``404.html`` is what a web server shows for an address that does not exist, so its links are absolute
  (sphinx-notfound-page).
- Where ``BOOK_WEB`` is set, the book is built for its public address: with canonical links, previews of
  links with a card for each page (sphinxext-opengraph), and a site map (sphinx-sitemap) with the day on
  which each page last changed (sphinx-last-updated-by-git).

Without ``BOOK_WEB`` no page names an address: they are the same wherever they are read.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

from .launch import repository_url

DESCRIPTIONS = {
    "genindex": "Every function, class and method of the book's Python package backprop, in alphabetical order, with links to their descriptions.",
    "search": "Search all pages of this interactive textbook on backpropagation for a word, the name of a quantity, or a function of its library.",
    "404": "There is no page at this address: search the book, or start from its first page, which lists the chapters.",
}

# docutils writes one, and Sphinx's own layout has one already.
VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>')

CARDS = Path(__file__).with_name("cards")


def book_version(root: Path) -> str:
    """The version that ``pyproject.toml`` states."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def book_date(root: Path, environ: Mapping[str, str] = os.environ) -> str:
    """The date of this state of the book, as 2026-01-31; empty where it is not known.

    ``SOURCE_DATE_EPOCH`` (reproducible-builds.org) has the first word, then the last commit.
    """
    if epoch := environ.get("SOURCE_DATE_EPOCH", ""):
        return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
    git = ["git", "-C", str(root)]
    try:
        # A copy without git may lie in somebody's repository: the date of that one is not the book's.
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


def public_address(environ: Mapping[str, str] = os.environ) -> str:
    """The site's address, ending in a slash, as the environment has it; empty if it has none.

    ``BOOK_URL`` has the first word. In a workflow on github.com it is where GitHub Pages serves the
    repository: ``https://owner.github.io/name/``, or without a folder for ``owner.github.io`` itself.

    Raises
    ------
    ConfigError
        If ``BOOK_URL`` is not an http or https address, or has a query or a fragment.
    """
    if url := environ.get("BOOK_URL", ""):
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and parts.netloc
        if not known or parts.query or parts.fragment:
            raise ConfigError(f"BOOK_URL is {url!r}; it should look like https://example.org/book/")
        return url.rstrip("/") + "/"
    owner, _, name = environ.get("GITHUB_REPOSITORY", "").partition("/")
    if not name or environ.get("GITHUB_SERVER_URL", "") != "https://github.com":
        return ""  # another GitHub serves pages from another place
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


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


def add_tags(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Describe the pages that have no source; keep one viewport tag."""
    tags = VIEWPORT.sub("", context.get("metatags") or "")
    if page in DESCRIPTIONS:
        tags += f'<meta name="description" content="{DESCRIPTIONS[page]}" />'
    if page == "404":
        tags += '<meta name="robots" content="noindex" />'
        context["content_root"] = app.config.notfound_urls_prefix
        context["pageurl"] = None  # it has no address of its own
    context["metatags"] = tags


def set_not_found(app: Sphinx, config: Config) -> None:
    """Have the page for addresses that do not exist made from our template, for a site of its own."""
    config.notfound_urls_prefix = "/"
    config.notfound_template = "404.html"
    config.notfound_context = {"title": "Page not found"}


def set_address(app: Sphinx, config: Config) -> None:
    """Have Sphinx and its extensions know where the book will be read."""
    address = public_address()
    if not address:
        raise ConfigError("where will the book be read? Set BOOK_URL=https://example.org/book/")
    config.html_baseurl = config.ogp_site_url = address
    config.ogp_site_name = config.html_title
    config.ogp_social_cards = {
        "image": str(CARDS / "logo.png"),
        "image_mini": str(CARDS / "none.png"),  # it would be Sphinx's logo
        "line_color": "#2a78c2",
        "font": "DejaVu Sans",
    }
    config.sitemap_excludes = ["404.html", "genindex.html", "search.html"]
    config.sitemap_url_scheme = "{link}"
    config.sitemap_show_lastmod = "sphinx_last_updated_by_git" in app.extensions
    config.git_untracked_show_sourcelink = True
    # A copy without git, or with its newest commit alone, has no days to state.
    config.suppress_warnings += ["git.subprocess_error", "git.too_shallow"]
    config.notfound_urls_prefix = urlsplit(address).path


def describe_preview(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Have the preview of a link say what the page's author says, not how the page begins."""
    if doctree is None:
        return
    said = [
        meta["content"] for meta in doctree.findall(nodes.meta) if meta.get("name") == "description"
    ]
    title, book = unescape(context["title"]), app.config.html_title
    preview = {
        "og:type": "website" if page == app.config.root_doc else "article",
        "og:description": "".join(said),
        "og:image:alt": book if title == book else f"{title}: {book}",
        "ogp_description_length": 0,
    }
    context["meta"] = {**(context["meta"] or {}), **preview}


def write_robots(app: Sphinx, error: Exception | None) -> None:
    """Point crawlers to the site map, and keep GitHub Pages from dropping folders that begin with _."""
    if error or app.builder.format != "html":
        return
    # Crawlers ask for it at the root of a host alone; elsewhere it does no harm.
    rules = f"User-agent: *\nAllow: /\n\nSitemap: {app.config.html_baseurl}sitemap.xml\n"
    Path(app.outdir, "robots.txt").write_text(rules, encoding="utf-8")
    Path(app.outdir, ".nojekyll").touch()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("config-inited", name_edition)
    app.connect("config-inited", set_not_found, priority=90)
    app.connect("html-page-context", add_tags)
    app.setup_extension("notfound.extension")
    if os.environ.get("BOOK_WEB"):
        app.connect("config-inited", set_address, priority=100)
        app.connect("html-page-context", describe_preview, priority=400)
        if shutil.which("git"):
            app.setup_extension("sphinx_last_updated_by_git")
        for extension in ("sphinxext.opengraph", "sphinx_sitemap"):
            app.setup_extension(extension)
        app.connect("build-finished", write_robots)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
