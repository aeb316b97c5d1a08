"""Chapters on paper: printed by Chromium, and the print's words read back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pypdfium2 import PdfDocument

from support.browsing import Visit, opening
from support.paths import SITE, book_pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OPEN = Callable[..., Visit]
PAGES = [p for p in book_pages() if re.match(r"index|chapters/(\d|mistakes|project)", p)]
FORMAT = "A4"
PAPER = {"width": 680, "height": 1000}  # what the margins leave of A4, in CSS pixels

# Plain sentences of everything that is folded, and sliders with their values. Formulas are pictures, an index
# stands anywhere in the words that are read back, and the address of a link behind its words.
FOLDED = """() => [...document.querySelectorAll("article details:not(.hide)")].flatMap((details) =>
  [...details.querySelectorAll("p, li")].filter((e) => !e.querySelector("p, li, .math, .live-line, var, [data-quantity], sub, sup, a[href^=http]"))
    .map((e) => e.textContent.trim())).filter((text) => text.length > 30)"""
SLIDERS = """() => [...document.querySelectorAll("figure.live .live-slider:has(input):not(:has(sub, sup))")].map(
  (slider) => slider.textContent)"""
SETTINGS = """() => [...document.querySelectorAll("figure.live :is(input, select)")].map((input) => input.value)"""
MOVE = """() => {
  for (const input of document.querySelectorAll("figure.live input[type=range]")) {
    input.value = input.value === input.max ? input.min : input.max;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}"""
FOLDS = """() => [...document.querySelectorAll("details")].map(
  (d) => [d.open, d.hidden, d.closest("section.question")?.dataset.question])"""
# Lines of folded code that do not stand in what is shown as well.
CODE = """() => [...document.querySelectorAll("details.hide pre")].flatMap((pre) => pre.textContent.split("\\n"))
  .map((line) => line.trim()).filter((line) => line.length > 40)"""
SOLUTIONS = """() => [...document.querySelectorAll("details[data-help=solution]")].map((details) =>
  [...details.querySelectorAll("p")].map((p) => p.querySelector(".math, .live-line, var, sub, sup") ? "" : p.textContent)
    .find((text) => text.length > 30)).filter(Boolean)"""
CLUTTER = (
    "Skip to content",
    "This notebook",
    "Show the solution",
    "Another one like this",
    "Show the code",
    "BackPlayStepReset",
    "Copy link",
    "Back to top",
)


def squashed(text: str) -> str:
    """Letters and digits alone: where lines and pages break is the printer's affair."""
    return re.sub(r"[^\w−]|_", "", unicodedata.normalize("NFKC", text)).lower()


def printed(visit: Visit) -> str:
    """The words on paper."""
    with PdfDocument(visit.page.pdf(format=FORMAT)) as paper:
        return squashed("".join(page.get_textpage().get_text_bounded() for page in paper))


@pytest.fixture(scope="module", params=book_pages())
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def visit(browser: Browser, site: Path, server: str, path: str) -> Iterator[Visit]:
    """One visit to each page, by a reader who has it dark."""
    with opening(browser, site, server) as open_one:
        yield open_one(path, "disk", color_scheme="dark")


@pytest.mark.parametrize("path", PAGES, indirect=True)
def test_chapter_on_paper(visit: Visit, path: str) -> None:
    """Solutions are there, at the end; figures stand at their start; buttons and folded code are not there;
    afterwards all is as it was."""
    page = visit.page
    start, folded = page.evaluate(SLIDERS), page.evaluate(FOLDED)
    page.evaluate(MOVE)
    moved, folds = page.evaluate(SETTINGS), page.evaluate(FOLDS)
    words = printed(visit)
    assert [text for text in folded if squashed(text) not in words] == []
    if path.startswith("chapters/0"):
        assert len(start) >= 2 and len(folded) >= 3
    assert [text for text in start if squashed(text) not in words] == []
    assert [text for text in CLUTTER if squashed(text) in words] == []
    assert page.evaluate(SETTINGS) == moved
    assert page.evaluate(FOLDS) == folds
    code, visible = page.evaluate(CODE), squashed(page.locator("article").inner_text())
    assert [
        line for line in code if squashed(line) in words and squashed(line) not in visible
    ] == []
    for solution in page.evaluate(SOLUTIONS):
        assert words.index("hintsandsolutions") < words.rindex(squashed(solution))
    visit.assert_clean()


TOO_WIDE = """(width) => [...document.querySelectorAll(
  "article :is(figure, table, pre, p, li, .math-scroll > svg, svg[role=img], section.question)"
)].filter((e) => e.checkVisibility()).filter((e) => {
  const box = e.getBoundingClientRect();
  return box.width > 0 && (box.right > width + 1 || e.scrollWidth > e.clientWidth + 1 && e.matches("pre"));
}).map((e) => `${e.outerHTML.slice(0, 100)} ${e.getBoundingClientRect().right}`)"""
CUT = """() => [...document.querySelectorAll(
  "article figure, article tr, article .math-scroll, article .cell_input")].filter((e) =>
  e.checkVisibility() && getComputedStyle(e).breakInside !== "avoid").map((e) => e.outerHTML.slice(0, 100))"""


def test_paper_is_wide_enough(visit: Visit) -> None:
    """Nothing is cut off at the right; no figure, formula, row or cell of code is cut by the page's end."""
    page = visit.page
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(TOO_WIDE, PAPER["width"]) == []
    assert page.evaluate(CUT) == []
    frame = (
        "header, footer, .sidebar-drawer, .toc-drawer, .page-bar, .sidebar-toggle, article button"
    )
    assert page.locator(frame).filter(visible=True).count() == 0


def test_paper_without_a_script(open_page: OPEN) -> None:
    """What is folded is printed all the same."""
    visit = open_page("chapters/03-one-layer.html", "disk", java_script_enabled=False)
    folded = visit.page.evaluate(FOLDED)
    words = printed(visit)
    assert len(folded) >= 5
    assert [text for text in folded if squashed(text) not in words] == []
    assert "showthecode" not in words


def test_paper_is_white(open_page: OPEN) -> None:
    """Dark ink on white, whatever the reader's theme; and back."""
    page = open_page("chapters/03-one-layer.html", "disk", color_scheme="dark").page
    page.emulate_media(media="print")
    ink = """() => ["article p", "article h2", "figure.live dd", "section.question legend", "article pre"].map(
      (selector) => getComputedStyle(document.querySelector(selector)).color)"""
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for color in page.evaluate(ink):
        assert all(int(c) < 100 for c in re.findall(r"\d+", color)[:3]), color
    figure = page.locator("figure.live").first
    assert figure.evaluate("(f) => getComputedStyle(f).backgroundColor") == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert figure.evaluate("(f) => getComputedStyle(f).backgroundColor") == "rgb(20, 24, 30)"


def test_every_chapter_is_printed() -> None:
    """The pages with figures or questions are all among those printed above, but for the overview."""
    live = [p for p in book_pages() if 'class="live"' in (SITE / p).read_text(encoding="utf-8")]
    assert set(live) <= set(PAGES)
