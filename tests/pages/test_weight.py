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
import tinycss2
from fontTools.ttLib import TTFont

from pages import slim
from support.browsing import Visit
from support.paths import book_pages

PAGES = [*book_pages(), "search.html", "genindex.html", "404.html"]
PHONE = {"width": 412, "height": 823}
OPEN = Callable[..., Visit]

# Kilobytes on the wire, compressed as web servers do.
FIRST_VISIT = 350
NEXT_PAGE = 100

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
    assert first <= 1000 * FIRST_VISIT
    seen = parts(site, "index.html")
    new = weight(site / page) + sum(weight(file) for file in parts(site, page) - seen)
    assert new <= 1000 * NEXT_PAGE


@pytest.mark.parametrize("page", PAGES)
def test_nothing_holds_a_page_up(site: Path, page: str) -> None:
    """One style sheet; every script that is a file waits until the page is there."""
    text = (site / page).read_text(encoding="utf-8")
    assert len(re.findall(r'<link[^>]* rel="stylesheet"', text)) == 1
    for script in re.findall(r"<script[^>]* src=[^>]*>", text):
        assert " defer" in script


def test_site_holds_what_is_used(site: Path) -> None:
    """Every static file is named by a page or the styles, and none is a map, a font or of another language."""
    text = "".join(page.read_text(encoding="utf-8") for page in site.rglob("*.html"))
    text += (site / "_static" / slim.STYLES).read_text(encoding="utf-8")
    files = [file for file in (site / "_static").rglob("*") if file.is_file()]
    assert [f.name for f in files if f.name.removesuffix(".LICENSE.txt") not in text] == []
    assert {f.suffix for f in files} <= {".js", ".css", ".svg", ".png", ".txt"}
    assert not any(f.name.startswith(("fontawesome", "thebe", "mathjax")) for f in files)


def test_formulas_have_their_font(site: Path) -> None:
    """The styles carry a font with a glyph for each character of a formula, and for no other."""
    styles = (site / "_static" / slim.STYLES).read_text(encoding="utf-8")
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


def test_icons_have_their_font(site: Path) -> None:
    """Each icon on a page has a rule that names its character, and the styles' icon font has that one."""
    styles = (site / "_static" / slim.STYLES).read_text(encoding="utf-8")
    face = re.search(r"@font-face\s*\{[^}]*Font Awesome[^}]*base64,([^\"]*)\"", styles)
    assert face
    font = TTFont(io.BytesIO(base64.b64decode(face[1])))
    names = {
        name
        for page in PAGES
        for icon in re.findall(r'<i class="([^"]*)"', (site / page).read_text(encoding="utf-8"))
        for name in re.findall(r"fa-(?!solid|lg)[\w-]+", icon)
    }
    assert "fa-magnifying-glass" in names
    for name in names:
        shown = re.search(rf'\.{name}:{{1,2}}before[^{{]*\{{content:\s*"(.)"', styles)
        assert shown, name
        assert ord(shown[1]) in font.getBestCmap()


RULES = """
.used, .unused p {color: red}
.unused {color: red}
#there > h1.used:hover::before {content: "x"}
#there .gone {margin: 0}
[data-x="y"] a:not(.gone) {margin: 0}
@media print {.gone {color: red} .used {color: blue}}
@media screen {.gone {color: red}}
@charset "utf-8";
@keyframes turn {from {top: 0} to {top: 1px}}
"""


def test_rules_that_match_nothing_go() -> None:
    """A selector needs all its names; what remains of a list, of a media block, keeps its place."""
    known = slim.words(['<h1 id="there" class="used"><a data-x="y">', "turn"])
    rules = tinycss2.parse_stylesheet(RULES, skip_comments=True, skip_whitespace=True)
    assert list(slim.used_rules(rules, known)) == [
        ".used{color: red}",
        '#there > h1.used:hover::before{content: "x"}',
        '[data-x="y"] a:not(.gone){margin: 0}',
        "@media print{.used{color: blue}}",
        "@keyframes turn {from {top: 0} to {top: 1px}}",
    ]


def test_joined_styles_keep_their_addresses(tmp_path: Path) -> None:
    """Imports take their place, and an address counts from the joined file's folder."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "base.css").write_text("a{b:c}", encoding="utf-8")
    (tmp_path / "deep" / "one.css").write_text(
        '@import "../base.css";x{background:url(../p.png) url("data:,") url(#q)}', encoding="utf-8"
    )
    assert slim.joined(["deep/one.css", "base.css"], tmp_path) == (
        'a{b:c}x{background:url(deep/../p.png) url("data:,") url(#q)}\na{b:c}'
    )


SHIFT = """() => new Promise((resolve) => {
  let shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(shift), 500);
})"""


@pytest.mark.parametrize("page", PAGES)
def test_nothing_moves_while_it_loads(open_page: OPEN, page: str) -> None:
    """Web vitals call a cumulative layout shift below 0.1 good; here there is none to speak of."""
    assert open_page(page, viewport=PHONE).page.evaluate(SHIFT) < 0.005


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("chapters/0")])
def test_links_into_a_page_arrive(open_page: OPEN, page: str) -> None:
    """At the heading, although scripts and the formulas' font come after the text."""
    visit = open_page(f"{page}#exercises", viewport=PHONE)
    visit.page.wait_for_timeout(300)
    top = visit.page.locator("#exercises").evaluate("(e) => e.getBoundingClientRect().top")
    assert -5 <= top <= 200
