"""Where a figure's parts stand in the window: its pictures in sight while a reader moves it, large and legible."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.browsing import Visit
from support.live_figures import figure_pages

OPEN = Callable[..., Visit]
PHONES = [(390, 664), (390, 844), (844, 390)]
DESK = (1280, 800)

# Of every figure of a page: the share of each picture in sight while each control is in use, wherever in
# the window the page was scrolled for it; the pictures' share of the figure; words of a picture that touch
# one another, or a gate; the smallest letters of a picture; what is wider than its place.
LAYOUT = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const inside = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const area = (box) => box.width * box.height;
  const box = (element) => element.getBoundingClientRect();
  const shown = (element) => element.checkVisibility({ opacityProperty: true });
  const head = () => Math.max(0, box(document.querySelector(".mobile-header")).bottom);
  const found = [];
  for (const figure of document.querySelectorAll("figure.live")) {
    const report = { name: figure.dataset.figure, sight: [], covered: [], gates: 0, collisions: [], small: [], wide: [] };
    const pictures = [...figure.querySelectorAll("[data-picture]")];
    report.kinds = [...new Set(pictures.map((p) => (p.closest("[data-view]") ?? p).className.replace("live-view ", "")))];
    report.pictures = pictures.filter(shown).length;
    for (const control of figure.querySelectorAll(".live-controls [name]")) {
      for (const block of ["start", "end"]) {
        window.scrollTo({ top: window.scrollY + box(figure).top - window.innerHeight, behavior: "instant" });
        control.focus({ preventScroll: true });
        control.scrollIntoView({ block, behavior: "instant" });
        const { left, top, width, height } = box(control);
        const hit = document.elementFromPoint(left + width / 2, top + height / 2);
        if (hit !== control) report.covered.push([control.name, block, hit && (hit.className.baseVal ?? hit.className)]);
        control.dispatchEvent(new Event("input", { bubbles: true }));
        await frame();
        for (const picture of pictures.filter(shown)) {
          const { top, bottom, height } = box(picture);
          const seen = Math.min(bottom, window.innerHeight) - Math.max(top, head());
          report.sight.push([seen / height, control.name, block]);
        }
      }
    }
    document.activeElement.blur();
    report.share = pictures.filter(shown).reduce((sum, picture) => sum + area(box(picture)), 0) / area(box(figure));
    for (const svg of figure.querySelectorAll("[data-picture] svg, svg[data-picture]")) {
      const texts = [...svg.querySelectorAll("text")].filter((t) => t.textContent.trim() && shown(t));
      const gates = svg.closest(".live-graph") ? [...svg.querySelectorAll("use")] : [];
      report.gates += gates.length;
      texts.forEach((a, i) => {
        for (const b of texts.slice(i + 1)) if (inside(box(a), box(b))) report.collisions.push([a.textContent, b.textContent]);
        for (const gate of gates) {
          const { left, right, top, bottom } = box(gate);
          const own = Math.hypot((box(a).left + box(a).right - left - right) / 2, (box(a).top + box(a).bottom - top - bottom) / 2) < 6;
          if (!own && inside(box(a), { left: left + 3, right: right - 3, top: top + 3, bottom: bottom - 3 }))
            report.collisions.push([a.textContent, "gate"]);
        }
        const size = parseFloat(getComputedStyle(a).fontSize) * svg.getScreenCTM().a;
        if (size < 10.95) report.small.push([a.textContent, size]);
      });
    }
    for (const cell of figure.querySelectorAll("[data-picture] td, [data-picture] .live-lines")) {
      const size = parseFloat(getComputedStyle(cell).fontSize);
      if (shown(cell) && size < 10.95) report.small.push([cell.textContent, size]);
    }
    const room = box(figure);
    for (const part of figure.querySelectorAll("*")) {
      if (part.closest("svg") && part.tagName !== "svg") continue;
      if (shown(part) && area(box(part)) && !part.closest(".live-said") && (box(part).right > room.right + 0.5 || box(part).left < room.left - 0.5))
        report.wide.push([part.tagName, part.className.baseVal ?? part.className, box(part).right - room.right]);
    }
    found.push(report);
  }
  return [found, document.documentElement.scrollWidth];
}"""


@pytest.mark.parametrize("size", [*PHONES, DESK], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("path", figure_pages())
def test_pictures_are_large_legible_and_in_sight(
    open_page: OPEN, path: str, size: tuple[int, int]
) -> None:
    """On a phone, upright and on its side, while any slider moves; on a desk as a share of the figure."""
    viewport = dict(zip(("width", "height"), size, strict=True))
    page = open_page(path, "disk", viewport=viewport).page
    figures, width = page.evaluate(LAYOUT)
    assert figures
    assert width <= size[0]
    for figure in figures:
        name = figure["name"]
        assert (figure["gates"] > 0) == ("live-graph" in figure["kinds"]), name
        assert figure["collisions"] == [], name
        assert figure["small"] == [], name
        assert figure["wide"] == [], name
        if size == DESK:
            plots = all(kind == "live-plot" for kind in figure["kinds"])
            alone = plots and figure["pictures"] == 1
            assert figure["share"] >= (0.45 if alone else 0.3), name
        else:
            assert min(figure["sight"])[0] >= 0.95, name
            assert figure["covered"] == [], name
