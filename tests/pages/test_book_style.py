"""The look of the built book as far as it can be measured: the lines' length, and what sticks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.browsing import Visit

OPEN = Callable[..., Visit]
CHAPTERS = ("chapters/01-basics.html", "chapters/04-two-layers.html")

# Letters and spaces on each full line of plain running text.
LINES = """() => {
  const lengths = [];
  for (const p of document.querySelectorAll("article section > p")) {
    if (p.querySelector(".math, code, img")) continue;
    const range = document.createRange();
    const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
    const lines = [];
    let top = -Infinity;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (let i = 0; i < node.data.length; i++) {
        range.setStart(node, i);
        range.setEnd(node, i + 1);
        const box = range.getClientRects()[0];
        if (!box) continue;
        if (box.top - top > 8) { lines.push(0); top = box.top; }
        lines[lines.length - 1]++;
      }
    }
    lengths.push(...lines.slice(0, -1));
  }
  return lengths;
}"""


@pytest.mark.parametrize("width", [1280, 1920])
def test_lines_are_as_long_as_eyes_like(open_page: OPEN, width: int) -> None:
    """65 to 75 characters on average, in this machine's font."""
    for path in CHAPTERS:
        page = open_page(path, "disk", viewport={"width": width, "height": 900}).page
        lengths = page.evaluate(LINES)
        assert len(lengths) > 20
        assert 65 <= sum(lengths) / len(lengths) <= 75


BROKEN_OUT = """() => {
  const figure = document.querySelector("figure.live");
  const [own, page] = [figure, document.querySelector(".page")].map((e) => e.getBoundingClientRect());
  const rights = [...document.querySelectorAll(".sidebar-drawer")].filter((e) => e.checkVisibility({ visibilityProperty: true }))
    .map((e) => e.getBoundingClientRect().right);
  return [own.width, own.left - Math.max(0, ...rights), page.right - own.right];
}"""


@pytest.mark.parametrize(
    ("width", "wider"), [(1440, False), (1280, True), (1100, True), (390, False)]
)
def test_what_breaks_out_stays_clear_of_the_drawers(
    open_page: OPEN, width: int, wider: bool
) -> None:
    """A figure has the whole column, and is wider only where no contents drawer stands."""
    page = open_page(CHAPTERS[0], "disk", viewport={"width": width, "height": 900}).page
    column = page.locator("article").evaluate("(e) => e.getBoundingClientRect().width")
    broken_out, left, right = page.evaluate(BROKEN_OUT)
    assert broken_out >= column - 1
    assert (broken_out > column + 50) == wider
    assert left >= 4 and right >= 4
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# Scrolls so that each figure's top is in view, and reports where its pictures and the page's header are.
STUCK = """async () => {
  const places = [];
  for (const figure of document.querySelectorAll("figure.live")) {
    window.scrollBy({ top: figure.getBoundingClientRect().top - 60, behavior: "instant" });
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const pictures = figure.querySelector(".live-pictures").getBoundingClientRect();
    const header = document.querySelector(".mobile-header").getBoundingClientRect();
    places.push([figure.getBoundingClientRect().bottom, pictures.top, pictures.bottom, header.top]);
  }
  return places;
}"""


def test_what_sticks_on_a_phone(open_page: OPEN) -> None:
    """A tall figure's pictures stay in the window, and the book's header at its head."""
    height = 844
    page = open_page(
        "chapters/05-matrix-form.html", "disk", viewport={"width": 390, "height": height}
    ).page
    places = page.evaluate(STUCK)
    assert any(figure > height + 100 for figure, *_ in places)
    for _, top, bottom, header in places:
        assert 0 < top < bottom <= height + 1
        assert header == 0


AFTER = """() => [...document.querySelectorAll("details.hide")].map((fold) => {
  const figure = fold.closest(".cell").querySelector("figure");
  return figure && Boolean(figure.compareDocumentPosition(fold) & Node.DOCUMENT_POSITION_FOLLOWING);
}).filter((after) => after !== null)"""


def test_folded_code_stands_below_its_figure(open_page: OPEN) -> None:
    """Nothing comes between the text that asks for a figure and the figure."""
    after = open_page(CHAPTERS[1], "disk", java_script_enabled=False).page.evaluate(AFTER)
    assert len(after) >= 3 and all(after)
