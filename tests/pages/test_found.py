"""What search engines, link previews and lost readers find: one edition, and the site at its address."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import yaml
from sphinx.errors import ConfigError

from pages import page_head
from serving import serving
from support.browsing import QuietHandler, Visit
from support.paths import ROOT, book_pages

OPEN = Callable[..., Visit]
PAGES = book_pages()
MADE = ["genindex.html", "search.html"]
ADDRESS = "https://someone.example/a-book/"


class Head(HTMLParser):
    """What a page says of itself, by the name of the tag or of its `name`, `property` or `rel`."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.says: dict[str, list[str]] = {}
        self._in_title = False
        html = page.read_text(encoding="utf-8")
        self.feed(html.partition("</head>")[0])
        self.says["h1"] = re.findall(r"<h1\b[^>]*>(?:<span[^>]*>[^<]*</span>)?([^<]*)", html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {key: value or "" for key, value in attrs}
        self._in_title = tag == "title"
        if tag == "html":
            self.says.setdefault("lang", []).append(at.get("lang", ""))
        if tag == "meta" and (key := at.get("name") or at.get("property")):
            self.says.setdefault(key, []).append(at["content"])
        if tag == "link" and at["rel"] == "canonical":
            self.says.setdefault("canonical", []).append(at["href"])

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.says.setdefault("title", []).append(data)

    def one(self, key: str) -> str:
        """What is said exactly once."""
        (only,) = self.says[key]
        return only


# Every page


def test_every_page_introduces_itself(site: Path) -> None:
    """One title, one description, one first heading, a language; nobody else's title or description."""
    heads = {path: Head(site / path) for path in [*PAGES, *MADE, "404.html"]}
    for path, head in heads.items():
        assert head.one("lang") == "en", path
        assert head.one("h1").strip(), path
        assert 70 <= len(head.one("description")) <= 160, path
        assert 10 <= len(head.one("title")) <= 70, path
        assert "width=device-width" in head.one("viewport"), path
        assert "" not in [text for key, texts in head.says.items() for text in texts], path
        assert not [key for key in head.says if key.startswith("docsearch")], path
        assert ("noindex" in head.says.get("robots", [])) == (path == "404.html"), path
    for key in ("title", "description"):
        assert len({head.one(key) for head in heads.values()}) == len(heads), key


def test_pages_without_an_address_claim_none(site: Path) -> None:
    """The built book is read from anywhere: it has no canonical link, no preview tags, no site map."""
    for path in [*PAGES, *MADE, "404.html"]:
        assert not [k for k in Head(site / path).says if k == "canonical" or k.startswith("og:")]
    assert not (site / "sitemap.xml").exists()


# A book at its address

INDEX = """---
myst:
  html_meta:
    description: "What it says of itself: a & b."
---
# Backpropagation, live

The page begins with $x$, which is not its description.
"""
PAGE = """---
myst:
  html_meta:
    description: Far down.
---
# A page & a folder

Text.
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with this book's settings and two pages, as `make web` builds it for ADDRESS.

    In a folder of the address's name, from a repository whose pages changed on the second of January.
    """
    book = tmp_path_factory.mktemp("book")
    for name in ("_config.yml", "pages", "pyproject.toml", "references.bib"):
        (book / name).symlink_to(ROOT / name)
    (book / "chapters").mkdir()
    (book / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters: [file: chapters/page]\n"
    )
    (book / "index.md").write_text(INDEX, encoding="utf-8")
    (book / "chapters" / "page.md").write_text(PAGE, encoding="utf-8")
    if shutil.which("git"):
        day = {f"GIT_{who}_DATE": "2026-01-02T12:00:00Z" for who in ("AUTHOR", "COMMITTER")}
        for command in ("init -q", "add index.md chapters", f"{AUTHOR} commit -q -m pages"):
            subprocess.run(
                ["git", *command.split()], cwd=book, env={**os.environ, **day}, check=True
            )
    program = str(Path(sys.executable).with_name("jupyter-book"))
    command = [program, "build", ".", "--all", "-W", "-n", "--keep-going", "-q"]
    environ = {**os.environ, "BOOK_WEB": "1", "BOOK_URL": ADDRESS}
    built = subprocess.run(command, cwd=book, env=environ, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return (book / "_build" / "html").rename(book / "a-book")


AUTHOR = "-c user.name=a -c user.email=a@b.example"
PUBLISHED = {"index.html": "website", "chapters/page.html": "article"}


def test_pages_know_their_address(published: Path) -> None:
    """Each page has one canonical address, its preview the same, and a picture of its own."""
    pictures = []
    for path, kind in PUBLISHED.items():
        head = Head(published / path)
        assert head.one("canonical") == head.one("og:url") == ADDRESS + path
        assert head.one("og:description") == head.one("description")
        assert head.one("og:title") == head.one("h1").replace("&amp;", "&")
        assert head.one("og:site_name") == "Backpropagation, live"
        assert head.one("og:type") == kind
        assert head.one("twitter:card") == "summary_large_image"
        card = published / head.one("og:image").removeprefix(ADDRESS)
        pictures.append(card.read_bytes())
        assert pictures[-1].startswith(b"\x89PNG")
        stated = [int(head.one(f"og:image:{side}")) for side in ("width", "height")]
        assert [int.from_bytes(pictures[-1][i : i + 4]) for i in (16, 20)] == stated
    assert pictures[0] != pictures[1]
    assert Head(published / "index.html").one("og:image:alt") == "Backpropagation, live"
    assert (
        Head(published / "chapters/page.html").one("og:image:alt")
        == "A page & a folder: Backpropagation, live"
    )
    assert Head(published / "search.html").one("canonical") == ADDRESS + "search.html"
    assert "canonical" not in Head(published / "404.html").says


def test_site_map_lists_the_pages(published: Path) -> None:
    """The pages of the table of contents at their canonical addresses, with the day they changed."""
    urls = ElementTree.parse(published / "sitemap.xml").getroot()
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    days = {
        url.findtext("s:loc", None, space): url.findtext("s:lastmod", None, space) for url in urls
    }
    assert set(days) == {ADDRESS + path for path in PUBLISHED}
    assert set(days.values()) == {"2026-01-02T12:00:00Z" if shutil.which("git") else None}
    robots = (published / "robots.txt").read_text(encoding="utf-8")
    assert robots.startswith("User-agent: *\nAllow: /\n")
    assert f"Sitemap: {ADDRESS}sitemap.xml" in robots


class PagesHandler(QuietHandler):
    """Serves as GitHub Pages does: what is missing gets 404.html of the site."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        body = Path(self.directory, "a-book", "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def public_server(published: Path) -> Iterator[str]:
    """A server that has the published site in a folder, as GitHub Pages has a project's."""
    with serving(partial(PagesHandler, directory=str(published.parent))) as address:
        yield address


@pytest.mark.parametrize("lost", ["a-book/nowhere", "a-book/chapters/old/deep/page.html"])
def test_lost_reader_finds_the_way(browser: Any, public_server: str, lost: str) -> None:
    """At any depth the page has its styles and scripts, a search that finds, and the way home."""
    page = browser.new_page()
    missing: list[str] = []
    page.on("response", lambda r: missing.append(r.url) if r.status >= 400 else None)
    page.goto(f"{public_server}/{lost}")
    assert missing == [f"{public_server}/{lost}"]
    assert page.locator("article h1").inner_text() == "Page not found"
    for link in page.locator("a[href]").all():
        href = link.get_attribute("href") or ""
        assert href.startswith(("/a-book/", "#", "https://")), href
    article = page.locator("article")
    article.get_by_label("Search this book").fill("folder")
    article.get_by_role("button", name="Search").click()
    page.locator("#search-results li a").first.wait_for()
    assert urlsplit(page.url).path == "/a-book/search.html"
    page.go_back()
    page.get_by_role("link", name="first page").click()
    assert urlsplit(page.url).path == "/a-book/index.html"
    page.close()


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({}, ""),
        ({"BOOK_URL": "https://example.org/book"}, "https://example.org/book/"),
        ({"BOOK_URL": "https://example.org/"}, "https://example.org/"),
        ({"GITHUB_REPOSITORY": "Ada/Book"}, ""),
        (
            {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "Ada/Book"},
            "https://ada.github.io/Book/",
        ),
        (
            {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "Ada/Ada.github.io"},
            "https://ada.github.io/",
        ),
        ({"GITHUB_SERVER_URL": "https://git.example", "GITHUB_REPOSITORY": "ada/book"}, ""),
    ],
)
def test_address_comes_from_the_environment(environ: dict[str, str], address: str) -> None:
    """And is empty, never guessed, where nothing tells."""
    assert page_head.public_address(environ) == address


@pytest.mark.parametrize("url", ["example.org", "ftp://example.org/", "https://example.org/?a=1"])
def test_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="BOOK_URL"):
        page_head.public_address({"BOOK_URL": url})


# The edition


def test_edition_has_one_version_and_date(site: Path) -> None:
    """pyproject.toml states the version; footers, citations and changelog repeat it."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]
    date = page_head.book_date(ROOT)
    for path in PAGES:
        (footer,) = re.findall(
            r'<p class="edition">(.*?)</p>', (site / path).read_text(encoding="utf-8"), re.DOTALL
        )
        assert f"Version {version}" in footer, path
        assert not date or re.search(r"<time>\d{4}-\d\d-\d\d</time>", footer), path
        assert "#cite-this-book" in footer, path
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[(\d[^\]]*)\]", changelog, re.MULTILINE)
    assert released[0] == version
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == version
    assert citation["preferred-citation"]["edition"] == f"version {version}"
    index = (ROOT / "index.md").read_text(encoding="utf-8")
    assert set(re.findall(r"(?:Version |version = \{)([\d.]+\d)", index)) == {version}
    assert f"year    = {{{citation['preferred-citation']['year']}}}" in index


def test_date_is_that_of_the_sources(tmp_path: Path) -> None:
    """Of SOURCE_DATE_EPOCH, or of the last commit; a copy without git has none."""
    assert page_head.book_date(tmp_path, {"SOURCE_DATE_EPOCH": "0"}) == "1970-01-01"
    assert page_head.book_date(tmp_path, {}) == ""
    inside = ROOT / "chapters"  # a folder of somebody's repository, not the repository
    assert page_head.book_date(inside, {}) == ""
