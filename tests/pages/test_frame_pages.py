"""What holds for every page of the built book, whatever it says.

Read over http and from disk; no other host can be reached; with and without JavaScript.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from support.browsing import MODES, Visit
from support.page_state import HAS_FONT, SEARCHES, UNDRAWN
from support.paths import book_pages

PAGES = book_pages()
OPEN = Callable[..., Visit]

# TeX that a reader can see: a dollar sign before a letter or backslash, or a command.
RAW_TEX = re.compile(r"\$[A-Za-z\\]|\\(?:frac|partial|begin|sigma|delta|cdot|mathbf|left|text)\b")

VISIBLE_TEXT = """() => {
  const article = document.querySelector("article").cloneNode(true);
  for (const code of article.querySelectorAll("pre, code, script, style")) code.remove();
  return article.textContent;
}"""


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("path", PAGES)
def test_page_stands_alone(open_page: OPEN, path: str, mode: str) -> None:
    """No request to another host, none that fails, nothing on the console; its maths is drawn.

    And a phone of 360 pixels is wide enough: what is wider scrolls in its own box.
    """
    visit = open_page(path, mode)
    assert visit.page.evaluate(UNDRAWN) == []
    visit.page.wait_for_function(HAS_FONT)
    assert not RAW_TEX.findall(visit.page.evaluate(VISIBLE_TEXT))
    assert visit.page.locator(".math-error").count() == 0
    assert len(visit.page.evaluate(SEARCHES)) == 1
    visit.page.set_viewport_size({"width": 360, "height": 740})
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
    visit.assert_clean()


class Markup(HTMLParser):
    """Collects what a page loads, what it refers to, and pictures without a description."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.undescribed: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        at = {name: value or "" for name, value in attrs}
        if "id" in at:
            self.ids.add(at["id"])
        if tag in {"script", "img", "iframe", "source", "video", "audio", "embed", "track"}:
            self.loads += [at[name] for name in ("src", "data") if name in at]
        if "srcset" in at:
            self.loads += [part.split()[0] for part in at["srcset"].split(",")]
        if tag == "link" and at.get("rel", "") not in {"canonical", "license", "me"}:
            self.loads.append(at.get("href", ""))
        if tag == "a" and "href" in at:
            self.links.append(at["href"])
        if tag == "img" and "alt" not in at:
            self.undescribed.append(at.get("src", ""))


@pytest.mark.parametrize("path", PAGES)
def test_page_loads_its_own_files(site: Path, path: str) -> None:
    """Every script, style and picture, and every link inside the book, is a file of the site."""
    page = site / path
    markup = Markup(page.read_text(encoding="utf-8"))
    external = [
        url for url in markup.loads if urlsplit(url).scheme not in {"", "data"} or "//" in url[:2]
    ]
    assert not external, "loaded from another host"
    inside = [
        u for u in markup.loads + markup.links if not urlsplit(u).scheme and u[:1] not in {"#", ""}
    ]
    missing = [u for u in inside if not (page.parent / unquote(urlsplit(u).path)).exists()]
    assert not missing, "not in the site"
    # A figure's settings follow its name.
    anchors = [u[1:].partition("?")[0] for u in markup.links if u.startswith("#") and len(u) > 1]
    assert not set(map(unquote, anchors)) - markup.ids, "no such place on the page"
    assert not markup.undescribed, "pictures without alt text"


def test_links_between_pages_lead_to_a_place(site: Path) -> None:
    """Where a link names a place on another page of the book, that page has it."""
    pages = {p.resolve(): Markup(p.read_text(encoding="utf-8")) for p in site.glob("*.html")}
    pages |= {p.resolve(): Markup(p.read_text(encoding="utf-8")) for p in site.glob("*/*.html")}
    checked = 0
    for page, markup in pages.items():
        for link in markup.links:
            to = urlsplit(link)
            if to.scheme or not to.path or not to.fragment:
                continue
            target = page.parent.joinpath(unquote(to.path)).resolve()
            if target in pages:
                place = to.fragment.partition("?")[0]  # settings of a figure may follow
                assert unquote(place) in pages[target].ids, f"{page.name}: {link}"
                checked += 1
    assert checked > 100


def test_styles_load_nothing_from_elsewhere(site: Path) -> None:
    """No style sheet names another host, fonts included."""
    remote = re.compile(r"(?:url\(\s*|@import\s+)['\"]?(?:https?:)?//[^)'\"\s]+")
    for sheet in site.rglob("*.css"):
        assert not remote.findall(sheet.read_text(encoding="utf-8")), sheet.name


def test_every_page_is_tested(site: Path) -> None:
    """The table of contents and the built pages are the same; only these three are made besides,
    and a small page for each figure (tests/pages/test_figures.py)."""
    built = {p.relative_to(site).as_posix() for p in site.rglob("*.html")}
    built = {name for name in built if not name.startswith(("_static/", "embed/"))}
    assert built == {*PAGES, "genindex.html", "search.html", "404.html"}


@pytest.mark.parametrize("mode", MODES)
def test_search_finds_a_page(open_page: OPEN, mode: str) -> None:
    """The search page works with no server behind it."""
    visit = open_page("search.html?q=notation", mode)
    visit.page.locator("#search-results li a").first.wait_for()
    visit.assert_clean()


# The pages that a search for each of some words leads to, in its order.
FOUND = """(words) => words.map((word) => [...new Set(bookSearch.find(word).map(({ place }) => `${place.page}.html`))])"""


def texts_of(page: Path) -> list[tuple[str, set[str]]]:
    """Of each section all that it says, and the longer words of its running text."""
    article = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select_one("article")
    assert article is not None
    for output in article.select(".cell_output"):  # no running text, though it may have sections
        output.decompose()
    sections = [section.extract() for section in reversed(article.select("section"))]
    everything = [str(section).lower() for section in sections]
    for section in sections:
        for part in section.select("figure, pre, script, style, .question, .math, nav"):
            part.decompose()
    words = [re.findall(r"\b[a-z]{7,}\b", part.get_text(" ").lower()) for part in sections]
    return [(said, set(own)) for said, own in zip(everything, words, strict=True)]


def rare_words(texts: dict[str, list[tuple[str, set[str]]]], path: str) -> list[str]:
    """Words, or else some words of a section together, that a search can find on this page alone.

    The search compares stems, and finds a word inside of longer ones; it looks for all words in one section.
    """
    said = [(page, i, said) for page in texts for i, (said, _) in enumerate(texts[page])]
    sections = [words for _, words in texts[path]]
    others = {
        word: {(page, i) for page, i, text in said if page != path and word[:-4] in text}
        for word in sorted(set.union(*sections))
    }
    alone = [word for word, places in others.items() if not places]
    if alone:
        return alone[:: -(-len(alone) // 3)]
    together = (together_alone({word: others[word] for word in words}) for words in sections)
    return [" ".join(min(filter(None, together), key=len))]


def together_alone(others: dict[str, set[tuple[str, int]]]) -> list[str]:
    """Words that no other place has all of, each leaving as few places as one more can; none where there are none."""
    words, left = [], set().union(*others.values())
    while left:
        word = min(sorted(others), key=lambda w: len(left & others[w]))
        if left <= others[word]:
            return []
        words.append(word)
        left &= others[word]
    return words


def test_rare_words_lead_to_their_page(open_page: OPEN, site: Path) -> None:
    """The search page lists the one page that has them."""
    texts = {path: texts_of(site / path) for path in PAGES}
    rare = [(words, path) for path in PAGES for words in rare_words(texts, path)]
    page = open_page("search.html").page
    found = page.evaluate(FOUND, [word for word, _ in rare])
    wrong = [
        (word, path, links)
        for (word, path), links in zip(rare, found, strict=True)
        if links != [path]
    ]
    assert wrong == []
