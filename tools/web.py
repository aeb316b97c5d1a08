"""Make the built book ready for its public address: _build/html becomes _build/web.

    BOOK_URL=https://example.org/book/ python tools/web.py

What is added needs the address and is left out of the pages that are read from disk: canonical links,
tags for link previews with a picture per page, a site map, ``robots.txt``, and absolute links on the
page for addresses that do not exist. In GitHub's workflows the address is that of GitHub Pages.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from contents import page_names

ROOT = Path(__file__).resolve().parents[1]
BOOK = "Backpropagation, live"
CARDS = "_static/cards"
CARD_SIZE = (1200, 630)  # pixels; what the large link previews show uncut

# Sources besides its own file that a page is made from.
ALSO_MADE_FROM = {"chapters/api": ["lib/backprop"], "chapters/references": ["references.bib"]}

# Where a page of the theme names another file of the site.
OWN_LINK = re.compile(
    r'(\s(?:href|src|action|data-content_root)=")(?!#|/|[a-z][a-z0-9+.-]*:)([^"]*)'
)


def public_address(environ: Mapping[str, str] = os.environ) -> str:
    """The site's address, ending in a slash, as the environment tells it; empty if it does not.

    ``BOOK_URL`` has the first word. In a workflow on github.com it is where GitHub Pages serves the
    repository: ``https://owner.github.io/name/``, or without a folder for ``owner.github.io`` itself.

    Raises
    ------
    ValueError
        If ``BOOK_URL`` is not an http or https address, or has a query or a fragment.
    """
    if url := environ.get("BOOK_URL", ""):
        parts = urlsplit(url)
        if (
            parts.scheme not in {"http", "https"}
            or not parts.netloc
            or parts.query
            or parts.fragment
        ):
            raise ValueError(f"BOOK_URL is {url!r}; it should look like https://example.org/book/")
        return url.rstrip("/") + "/"
    owner, _, name = environ.get("GITHUB_REPOSITORY", "").partition("/")
    if not name or environ.get("GITHUB_SERVER_URL", "") != "https://github.com":
        return ""  # another GitHub serves pages from another place
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


@dataclass
class Head(HTMLParser):
    """A page's title and description."""

    title: str = ""
    description: str = ""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._in_title = False
        self.feed(html.partition("</head>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        at = dict(attrs)
        self._in_title = tag == "title"
        if tag == "meta" and at.get("name") == "description":
            self.description = at.get("content") or ""

    def handle_endtag(self, tag: str) -> None:
        """Leave the title."""
        self._in_title = False

    def handle_data(self, data: str) -> None:
        """Take the title's text."""
        if self._in_title:
            self.title += data.strip()


def chapter_title(page_title: str) -> str:
    """The page's own part of its title."""
    return re.sub(rf"(?: [—-] {BOOK}|: an interactive textbook)$", "", page_title)


def address_of(address: str, name: str) -> str:
    """Where a page is read. The first page has one address, that of the site."""
    return address if name == "index" else f"{address}{name}.html"


def tags(address: str, name: str, head: Head, card: str) -> str:
    """What goes into a page's head: its one address, and what a preview of a link to it shows."""
    here = address_of(address, name)
    title = chapter_title(head.title)
    properties = {
        "og:type": "website" if name == "index" else "article",
        "og:site_name": BOOK,
        "og:locale": "en",
        "og:url": here,
        "og:title": title,
        "og:description": head.description,
        "og:image": address + card,
        "og:image:type": "image/png",
        "og:image:width": str(CARD_SIZE[0]),
        "og:image:height": str(CARD_SIZE[1]),
        "og:image:alt": f"{title}: {BOOK}" if title != BOOK else BOOK,
    }
    lines = [f'<link rel="canonical" href="{escape(here)}" />']
    lines += [f'<meta property="{key}" content="{escape(v)}" />' for key, v in properties.items()]
    lines += ['<meta name="twitter:card" content="summary_large_image" />']
    return "\n".join(lines) + "\n"


def draw_card(path: Path, title: str, above: str) -> None:
    """The picture of a link preview: the title, and the forward and the backward way of the logo."""
    from matplotlib import rc_context
    from matplotlib.patches import Circle, FancyArrowPatch, Rectangle

    from livetext import draw

    width, height = CARD_SIZE
    colours = draw.PALETTE
    axes = draw.blank(width, height)
    axes.set_aspect("equal")
    axes.add_patch(Rectangle((0, 0), width, height, color=colours["paper"]))
    axes.add_patch(Rectangle((0, 0), width, 18, color=colours["blue"]))
    ways = [((920, 360), (1070, 360), "blue"), ((1070, 270), (920, 270), "orange")]
    for start, end, colour in ways:
        axes.add_patch(
            FancyArrowPatch(
                start,
                end,
                connectionstyle="arc3,rad=-0.45",
                arrowstyle="-|>,head_length=16,head_width=9",
                linewidth=7,
                color=colours[colour],
            )
        )
    axes.add_patch(Circle((880, 315), 42, color=colours["blue"]))
    axes.add_patch(Circle((1110, 315), 42, color=colours["orange"]))
    axes.text(80, 540, above, fontsize=34, color=colours["muted"], va="center")
    lines = textwrap.wrap(title, 19)
    size = 66 if len(lines) < 4 else 54
    ink: dict[str, Any] = {"color": colours["ink"], "va": "center"}
    axes.text(80, 315, "\n".join(lines), fontsize=size, fontweight="bold", linespacing=1.2, **ink)
    axes.text(80, 90, "Move a slider, and every number follows.", fontsize=30, **ink)
    path.parent.mkdir(parents=True, exist_ok=True)
    with rc_context(draw.STYLE):
        # No name and version of the program: one book, one picture.
        draw.figure_of(axes).savefig(path, format="png", dpi=72, metadata={"Software": None})


def last_changed(root: Path, name: str) -> str:
    """The day of the last commit to a page's sources; empty where git does not know.

    A shallow copy knows its newest commit alone and would give its day to every page.
    """

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(root), *arguments]
        try:
            return subprocess.run(
                command, capture_output=True, text=True, check=True
            ).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            return ""

    if git("rev-parse", "--is-shallow-repository") != "false":
        return ""
    sources = [f"{name}.ipynb", f"{name}.md", *ALSO_MADE_FROM.get(name, ())]
    return git("log", "-1", "--format=%cs", "--", *sources)


def site_map(address: str, days: Mapping[str, str]) -> bytes:
    """A site map (sitemaps.org) of the pages, each with the day it last changed if that is known."""
    urls = ElementTree.Element("urlset", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    for name, day in days.items():
        url = ElementTree.SubElement(urls, "url")
        ElementTree.SubElement(url, "loc").text = address_of(address, name)
        if day:
            ElementTree.SubElement(url, "lastmod").text = day
    ElementTree.indent(urls)
    return bytes(ElementTree.tostring(urls, encoding="utf-8", xml_declaration=True)) + b"\n"


def publish(site: Path, web: Path, address: str, root: Path = ROOT) -> None:
    """Write a copy of the built book that knows its address.

    Parameters
    ----------
    site
        The built book, which stays as it is.
    web
        Where the copy goes; what was there is removed.
    address
        The site's address, ending in a slash.
    root
        The book's sources.
    """
    if web.exists():
        shutil.rmtree(web)
    shutil.copytree(site, web, ignore=shutil.ignore_patterns(".buildinfo"))
    names = page_names(root)
    for name in [*names, "genindex", "search"]:
        page = web / f"{name}.html"
        html = page.read_text(encoding="utf-8")
        head = Head(html)
        of_book = name if name in names else "index"  # what Sphinx made has the book's own picture
        card = f"{CARDS}/{Path(of_book).name}.png"
        if name == of_book:
            number = re.match(r"\d+", Path(name).name)
            above = f"{BOOK} · Chapter {int(number[0])}" if number else BOOK
            title = chapter_title(head.title)
            draw_card(web / card, title, above if title != BOOK else "An interactive textbook")
        page.write_text(
            html.replace("</head>", tags(address, name, head, card) + "</head>", 1),
            encoding="utf-8",
        )
    # It is shown in the place of any address, however deep.
    lost = web / "404.html"
    base = urlsplit(address).path
    lost.write_text(
        OWN_LINK.sub(
            lambda m: m[1] + base + m[2].removeprefix("./"), lost.read_text(encoding="utf-8")
        ),
        encoding="utf-8",
    )
    days = {name: last_changed(root, name) for name in names}
    (web / "sitemap.xml").write_bytes(site_map(address, days))
    # Crawlers ask for it at the root of a host alone; elsewhere it does no harm.
    (web / "robots.txt").write_text(f"User-agent: *\nAllow: /\n\nSitemap: {address}sitemap.xml\n")
    (web / ".nojekyll").touch()  # GitHub Pages would drop the folders that begin with _


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make the built book ready for its address.")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--output", type=Path, default=ROOT / "_build" / "web")
    options = parser.parse_args(arguments)
    try:
        address = public_address()
    except ValueError as error:
        parser.error(str(error))
    if not address:
        parser.error("where will the book be read? Set BOOK_URL=https://example.org/book/")
    publish(options.site, options.output, address)
    print(f"{options.output}: for {address}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
