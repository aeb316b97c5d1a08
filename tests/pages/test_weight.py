"""What a page weighs, and that it holds still while it comes: the files of the built book, and a phone."""

from __future__ import annotations

import base64
import gzip
import html
import io
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from support.browsing import Visit
from support.paths import book_pages

PAGES = [*book_pages(), "search.html", "genindex.html", "404.html"]
PHONE = {"width": 412, "height": 823}
OPEN = Callable[..., Visit]

# Kilobytes on the wire, compressed as web servers do.
FIRST_VISIT = 195
NEXT_PAGE = 104
# This page brings a network that trains and another one that has been trained on digits.
HEAVIER = {"chapters/10-training.html": (260, 150)}
# The page of the search brings every word of the book, and grows with it; only who searches loads it.
SEARCH = 300

FORMULA = re.compile(r'<svg[^>]* aria-hidden="true"><text>(.*?)</text>', re.DOTALL)
LOADED = re.compile(r'<(?:script|link|img)[^>]*? (?:src|href)="([^"#?:]+)[^"]*"')


@cache
def weight(path: Path) -> int:
    """Bytes on the wire."""
    return len(gzip.compress(path.read_bytes(), compresslevel=6))


def parts(site: Path, page: str) -> set[Path]:
    """The files that a browser loads for a page: scripts, styles and pictures."""
    text = (site / page).read_text(encoding="utf-8")
    folder = (site / page).parent
    # The page for lost readers is made for any address: its links begin at the site's root.
    found = {site / n[1:] if n[0] == "/" else folder / n for n in LOADED.findall(text)}
    return {file.resolve() for file in found if file.suffix != ".html" and file.is_file()}


@pytest.mark.parametrize("page", PAGES)
def test_page_is_light(site: Path, page: str) -> None:
    """A first visit and the next page stay within what a phone on a slow network loads in a second or two."""
    first = weight(site / page) + sum(weight(file) for file in parts(site, page))
    if page == "search.html":
        assert first <= 1000 * SEARCH
        return
    first_visit, next_page = HEAVIER.get(page, (FIRST_VISIT, NEXT_PAGE))
    assert first <= 1000 * first_visit
    seen = parts(site, "index.html")
    new = weight(site / page) + sum(weight(file) for file in parts(site, page) - seen)
    assert new <= 1000 * next_page


def test_formulas_have_their_font(site: Path) -> None:
    """The styles carry a font with a glyph for each character of a formula, and for no other."""
    styles = (site / "_static" / "math.css").read_text(encoding="utf-8")
    face = re.search(r'@font-face\s*\{[^}]*"Book Math"[^}]*base64,([^"]*)"', styles)
    assert face
    font = TTFont(io.BytesIO(base64.b64decode(face[1])))
    shapes, glyphs = font["glyf"], font.getBestCmap()
    used: set[str] = set()
    for page in site.rglob("*.html"):
        for formula in FORMULA.findall(page.read_text(encoding="utf-8")):
            used.update(html.unescape(re.sub("<[^>]*>", "", formula)))
    assert len(used) > 80
    assert {chr(code) for code in glyphs} == used
    assert [chr(code) for code, name in glyphs.items() if shapes[name].numberOfContours < 1] == []


SHIFT = """() => new Promise((resolve) => {
  let shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(shift), 500);
})"""


@pytest.mark.parametrize("page", PAGES)
def test_nothing_moves_while_it_loads(open_page: OPEN, page: str) -> None:
    """Web vitals call a cumulative layout shift below 0.1 good; here it is a twentieth of that at most."""
    assert open_page(page, viewport=PHONE).page.evaluate(SHIFT) < 0.005


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("chapters/0")])
def test_links_into_a_page_arrive(open_page: OPEN, page: str) -> None:
    """At the heading, although scripts and the formulas' font come after the text."""
    visit = open_page(f"{page}#exercises", viewport=PHONE)
    visit.page.wait_for_timeout(300)
    top = visit.page.locator("#exercises").evaluate("(e) => e.getBoundingClientRect().top")
    assert -5 <= top <= 200
