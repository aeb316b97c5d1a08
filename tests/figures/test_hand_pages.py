"""Every figure of the book in the hand: dragged, scrubbed, picked and lit, by mouse and by touch.

Whatever a hand does must lead to what the sliders lead to. The keyboard's way is that of the sliders, which
`test_figure_pages.py` walks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.browsing import Visit
from support.engines import LAUNCH, wait_for
from support.live_figures import close, figure_pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OPEN = Callable[..., Visit]
NUDGE, STEP = "basics-nudge", "one-layer-step"
BASICS, ONE_LAYER, MATRICES = (
    f"chapters/{name}.html" for name in ("01-basics", "03-one-layer", "05-matrix-form")
)

# What a page's tests ask in it, by name.
HELPERS = """() => {
  const figure = (name) => document.querySelector(`figure.live[data-figure="${name}"]`);
  // Of arrays that are drawn, too, whose entries have no sliders.
  const entries = (name) => {
    const { start, entries = {} } = JSON.parse(figure(name).querySelector("script.live-spec").textContent);
    const own = Object.keys(start).filter((entry) => entry.split("[")[0] in entries);
    const values = own.length ? livetext.mountedIn(figure(name)).values() : {};
    return Object.fromEntries(own.map((entry) => [entry, values[entry]]));
  };
  const settings = (name) => ({ ...entries(name), ...Object.fromEntries(
    [...figure(name).querySelectorAll(".live-controls [name]")].map((input) => [input.name, Number(input.value)])) });
  const shown = (name) => Object.fromEntries(
    [...figure(name).querySelectorAll("[data-quantity]")].map((e) => [e.dataset.quantity, Number(e.dataset.value)]));
  const says = (name) => [...figure(name).querySelectorAll("[aria-valuetext]")].map((e) => e.getAttribute("aria-valuetext"));
  const slide = ([name, wanted]) => {
    // A choice may move entries: they come last.
    const own = Object.entries(wanted).sort(([one], [other]) => one.includes("[") - other.includes("["));
    for (const [quantity, value] of own) {
      const input = figure(name).querySelector(`.live-controls [name="${quantity}"]`);
      if (!input) {
        livetext.mountedIn(figure(name)).move({ [quantity]: value });
        continue;
      }
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    return [shown(name), says(name)];
  };
  const reset = (name) => figure(name).querySelector("[data-action=reset]").click();
  const middle = (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return [x + width / 2, y + height / 2, width, height];
  };
  // The i-th thing in a figure that a selector names, once it is in the middle of the window.
  // What comes near the window is laid out only then, and may move it: so a second time, two frames later.
  const at = async ([name, selector, i]) => {
    const element = figure(name).querySelectorAll(selector)[i];
    element.scrollIntoView({ block: "center", behavior: "instant" });
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    element.scrollIntoView({ block: "center", behavior: "instant" });
    return middle(element);
  };
  // What is picked by a click on it, if it stands in a stage or a cell.
  const own = ([name, selector, i]) => {
    const pick = figure(name).querySelectorAll(selector)[i].closest("[data-pick]")?.dataset.pick ?? "";
    return Object.fromEntries((pick.match(/\\S+/g) ?? []).map((part) => [part.split("=")[0], Number(part.split("=")[1])]));
  };
  const place = ([name, selector, i]) => middle(figure(name).querySelectorAll(selector)[i]);
  const holds = () => [...document.querySelectorAll("figure.live")].map((f) => ({
    name: f.dataset.figure,
    handles: [...f.querySelectorAll("[data-handle]")].map((e) => e.dataset.handle),
    scrubs: [...f.querySelectorAll("[data-scrub]")].map((e) => [e.dataset.scrub, e.checkVisibility({ visibilityProperty: true })]),
    picks: [...f.querySelectorAll("[data-pick]")].map((e) => [e.dataset.pick, e.checkVisibility({ visibilityProperty: true })]),
    sliders: Object.fromEntries([...f.querySelectorAll("input[type=range]")].map(
      (e) => [e.name, { low: Number(e.min), high: Number(e.max), step: Number(e.step) }])),
    hint: f.querySelector(".live-hint").textContent,
  }));
  Object.assign(window, { hand: { settings, shown, says, slide, reset, at, own, place, holds } });
}"""


class Hand:
    """A mouse or a finger on a page."""

    def __init__(self, visit: Visit, touch: bool) -> None:
        self.page, self.touch = visit.page, touch
        self.page.evaluate(HELPERS)
        self.session = self.page.context.new_cdp_session(self.page)
        self.x = self.y = 0.0

    def ask(self, function: str, argument: Any = None) -> Any:
        return self.page.evaluate(f"(argument) => hand.{function}(argument)", argument)

    def _send(self, kind: str) -> None:
        points = [] if kind == "touchEnd" else [{"x": self.x, "y": self.y}]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def down(self, x: float, y: float) -> None:
        self.x, self.y = x, y
        if self.touch:
            self._send("touchStart")
        else:
            self.page.mouse.move(x, y)
            self.page.mouse.down()

    def move(self, x: float, y: float) -> None:
        for part in (0.5, 1.0):  # a jump is no drag: some engines wait for a second move
            at = (self.x + part * (x - self.x), self.y + part * (y - self.y))
            if self.touch:
                points = [{"x": at[0], "y": at[1]}]
                self.session.send(
                    "Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points}
                )
            else:
                self.page.mouse.move(*at)
        self.x, self.y = x, y

    def up(self) -> None:
        if self.touch:
            self._send("touchEnd")
        else:
            self.page.mouse.up()


def taken(open_page: OPEN, path: str, touch: bool) -> tuple[Hand, list[dict[str, Any]]]:
    """A page in the hand, and what can be taken hold of in its figures."""
    visit = open_page(path, has_touch=touch, viewport={"width": 1280, "height": 1600})
    hand = Hand(visit, touch)
    return hand, hand.ask("holds")


def assert_as_by_slider(hand: Hand, name: str) -> None:
    """From the start, the sliders alone lead to what is shown now."""
    settings = hand.ask("settings", name)
    values, says = hand.ask("shown", name), hand.ask("says", name)
    hand.ask("reset", name)
    expected, expected_says = hand.ask("slide", [name, settings])
    assert values.keys() == expected.keys()
    wrong = {q: (values[q], expected[q]) for q in values if not same(values[q], expected[q])}
    assert wrong == {}, (name, settings)
    assert says == expected_says


def same(ours: float | None, theirs: float | None) -> bool:
    """To 1e-12; a number that is not finite comes as None."""
    if ours is None or theirs is None:
        return ours is theirs
    return close(ours, theirs, 1e-12, 1e-12)


def undo(hand: Hand, name: str) -> None:
    hand.page.locator(f'[data-figure="{name}"] [data-action="undo"]').evaluate("(b) => b.click()")


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "touch"])
@pytest.mark.parametrize("path", figure_pages())
def test_every_figure_in_the_hand(open_page: OPEN, path: str, touch: bool) -> None:
    """All that can be taken hold of leads where the sliders lead, and its hint names it and nothing else."""
    hand, figures = taken(open_page, path, touch)
    for figure in figures:
        ways = [bool(figure[way]) for way in ("handles", "scrubs", "picks")]
        says = [word in figure["hint"] for word in (" point", "underlined", "ick a")]
        assert ways == says, figure["name"]
        drag_handles(hand, figure)
        scrub_numbers(hand, figure)
        pick_some(hand, figure)


@pytest.mark.parametrize("path", figure_pages())
def test_a_move_restyles_its_figure_alone(
    open_page: OPEN, browser: Browser, path: str, tmp_path: Path
) -> None:
    """A rule `:has()` of something around a figure has all of that restyled: the page, at every move."""
    hand, figures = taken(open_page, path, False)
    figure = next(f for f in figures if f["handles"] or any(seen for _, seen in f["scrubs"]))
    name = figure["name"]
    selector = "[data-handle] .live-hit" if figure["handles"] else "[data-scrub]"
    first = 0 if figure["handles"] else [seen for _, seen in figure["scrubs"]].index(True)
    x, y, *_ = hand.ask("at", [name, selector, first])
    settings, trace = [hand.ask("settings", name)], tmp_path / "trace.json"
    hand.down(x + 5, y - 4)
    hand.move(x + 8, y - 4)
    browser.start_tracing(page=hand.page, path=trace, categories=["devtools.timeline"])
    for way in (60, -60):
        hand.move(x + way, y - way * bool(figure["handles"]))  # numbers are scrubbed sideways
        settings.append(hand.ask("settings", name))
    browser.stop_tracing()
    assert any(moved != settings[0] for moved in settings)
    events = json.loads(trace.read_text(encoding="utf-8"))["traceEvents"]
    restyled = [e["args"]["elementCount"] for e in events if e["name"] == "UpdateLayoutTree"]
    own = hand.page.locator(f'[data-figure="{name}"] *').count()
    assert restyled and max(restyled) <= own + 10  # and the boxes around it


def drag_handles(hand: Hand, figure: dict[str, Any]) -> None:
    """Each stays under the pointer or at the nearest place of its grid, and one step back undoes it."""
    name = figure["name"]
    for i, handle in enumerate(figure["handles"]):
        start = hand.ask("settings", name)
        spot = [name, "[data-handle] .live-hit", i]
        x, y, width, height = hand.ask("at", spot)
        # The disc scales with the picture, and is counted in pixels of the page.
        assert min(width, height) == pytest.approx(44 if hand.touch else 24, abs=0.5), name
        scrolled = hand.page.evaluate("scrollY")
        grab = (x + 5, y - 4)  # not in the middle: the distance stays
        hand.down(*grab)
        seen = []
        for dx, dy in ((30, -20), (-17, 9), (-24, 14)):
            hand.move(grab[0] + dx, grab[1] + dy)
            here = hand.ask("place", spot)
            seen.append(hand.ask("settings", name))
            for axis, slider in enumerate(handle.split()):
                if slider != "-":
                    target = (x + dx, y + dy)[axis]
                    assert_nearest(hand, figure, slider, spot, axis, here[axis], target)
        hand.up()
        moved = hand.ask("settings", name)
        assert any(settings != start for settings in seen), (name, handle)
        assert {q for q in start if start[q] != moved[q]} <= {*handle.split()}
        assert hand.page.evaluate("scrollY") == scrolled
        undo(hand, name)
        assert hand.ask("settings", name) == start
        hand.ask("slide", [name, moved])
        assert_as_by_slider(hand, name)
        hand.ask("reset", name)


def assert_nearest(
    hand: Hand,
    figure: dict[str, Any],
    slider: str,
    spot: list[Any],
    axis: int,
    here: float,
    target: float,
) -> None:
    """Within two pixels of the pointer, or no neighbour on the grid is nearer.

    The neighbours are tried on the sliders, with the pointer still down.
    """
    if abs(here - target) <= 2:
        return
    name, grid = figure["name"], figure["sliders"][slider]
    now = hand.ask("settings", name)[slider]
    for value in (now - grid["step"], now + grid["step"]):
        if grid["low"] - 1e-9 <= value <= grid["high"] + 1e-9:
            hand.ask("slide", [name, {slider: value}])
            other = hand.ask("place", spot)[axis]
            assert abs(other - target) >= abs(here - target) - 0.1, (name, slider, value)
    hand.ask("slide", [name, {slider: now}])


def scrub_numbers(hand: Hand, figure: dict[str, Any]) -> None:
    """One number for each slider, six pixels a step; a click picks where it stands, and moves nothing else."""
    name = figure["name"]
    numbers = [(s, i) for i, (s, seen) in enumerate(figure["scrubs"]) if seen]
    for slider, i in {s: (s, i) for s, i in numbers}.values():
        grid = figure["sliders"][slider]
        start = hand.ask("settings", name)
        spot = [name, "[data-scrub]", i]
        x, y, *_ = hand.ask("at", spot)
        picked = start | hand.ask("own", spot)
        hand.down(x, y)
        hand.up()
        assert hand.ask("settings", name) == picked, (name, slider)
        if picked != start:
            undo(hand, name)
        way = 1 if start[slider] + 3 * grid["step"] <= grid["high"] + 1e-9 else -1
        hand.down(x, y)
        hand.move(x + way * 19, y + 2)
        hand.up()
        reached = min(max(start[slider] + way * 3 * grid["step"], grid["low"]), grid["high"])
        wanted = picked | {slider: pytest.approx(reached)}
        assert hand.ask("settings", name) == wanted, (name, slider)
        assert_as_by_slider(hand, name)
        undo(hand, name)
        assert hand.ask("settings", name) == start


def pick_some(hand: Hand, figure: dict[str, Any]) -> None:
    """Some of the cells, stages and numbers."""
    name = figure["name"]
    picks = [(p, i) for i, (p, seen) in enumerate(figure["picks"]) if seen]
    for pick, i in picks[:: max(1, len(picks) // 6)]:
        x, y, *_ = hand.ask("at", [name, "[data-pick]", i])
        start = hand.ask("settings", name)
        wanted = start | {q: float(v) for q, v in (p.split("=") for p in pick.split())}
        if hand.touch:
            hand.page.touchscreen.tap(x, y)
        else:
            hand.page.mouse.click(x, y)
        assert hand.ask("settings", name) == wanted, (name, pick)
        assert_as_by_slider(hand, name)
        if wanted != start:
            undo(hand, name)
            assert hand.ask("settings", name) == start
    hand.ask("reset", name)


def test_a_finger_scrolls_the_page_but_on_a_handle(open_page: OPEN) -> None:
    """Also on a number that can be scrubbed, upward; and what it does not scrub stays as it was."""
    hand, _ = taken(open_page, ONE_LAYER, True)
    start = hand.ask("settings", STEP)
    for selector, scrolls in (
        ("figcaption", True),
        (".live-plot svg", True),
        ("[data-scrub]", True),
        ("[data-handle] .live-hit", False),
    ):
        x, y, *_ = hand.ask("at", [STEP, selector, 0])
        if selector == ".live-plot svg":
            x += 60
        before = hand.page.evaluate("scrollY")
        hand.down(x, y)
        for k in range(1, 9):
            hand.move(x, y - 15 * k)
        hand.up()
        hand.page.wait_for_timeout(300)
        assert (hand.page.evaluate("scrollY") != before) == scrolls, selector
    assert hand.ask("settings", STEP) == start  # upward moves nothing of w


def test_before_and_after(open_page: OPEN) -> None:
    """A ghost and two numbers with their past, in places that were free; none of it stays."""
    hand, _ = taken(open_page, ONE_LAYER, False)
    page, figure = hand.page, hand.page.locator(f'[data-figure="{STEP}"]')
    told, ghosts = figure.locator(".live-told"), figure.locator("[data-ghost]")
    boxes = f"""() => [...document.querySelectorAll('[data-figure="{STEP}"] :is(p, dl, svg, input, button)')]
      .map((e) => JSON.stringify(e.getBoundingClientRect()))"""
    x, y, *_ = hand.ask("at", [STEP, '[data-handle="w -"] .live-hit', 0])
    layout = page.evaluate(boxes)
    dots = figure.locator('[data-handle="w -"] use')
    before = dots.first.get_attribute("x")
    hand.down(x, y)
    assert told.inner_text() == "" and ghosts.count() == 0
    hand.move(x - 30, y)
    loss = figure.locator('dd [data-quantity="loss"]').first
    w = hand.ask("settings", STEP)["w"]
    start, now = "0.50", f"{w:.2f}".replace("-", "−")
    outcome = f"0.25 → {loss.inner_text()}"
    assert told.inner_text() == f"weight w {start} → {now}, loss {outcome}"
    assert loss.get_attribute("data-before") == outcome
    marks = figure.locator("[data-before]").evaluate_all(
        "(all) => all.map((e) => e.dataset.quantity)"
    )
    assert sorted(marks) == ["loss", "w"]
    assert before in ghosts.locator("use").evaluate_all(
        "(all) => all.map((e) => e.getAttribute('x'))"
    )
    assert ghosts.locator("[id], [data-quantity], .live-hit").count() == 0
    hand.up()
    assert page.evaluate(boxes) == layout
    ghosts.first.wait_for(state="detached")
    assert figure.locator("[data-before]").count() == 0 and told.inner_text() == ""

    # By the keyboard the same, and one key after the other is one going.
    figure.locator("input[name=w]").focus()
    at = hand.ask("settings", STEP)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    text = told.inner_text()
    assert text.startswith(f"weight w {now} → ")
    undo(hand, STEP)
    assert hand.ask("settings", STEP) == at
    assert figure.locator(".live-said").inner_text() == f"Undone, loss {loss.inner_text()}"
    undo(hand, STEP)
    assert figure.locator('[data-action="undo"]').get_attribute("aria-disabled") == "true"
    undo(hand, STEP)
    assert hand.ask("settings", STEP)["w"] == 0.5


LIT = """(name) => [...document.querySelectorAll(`[data-figure="${name}"] [data-lit]`)].map((e) =>
  e.dataset.quantity ?? `${e.localName} ${e.dataset.lights}`)"""
# Of every quantity that a figure shows, by pointing at one of its places: the places that stay dark, the kin's of
# a matrix's entry too, and what else lights up.
DARK = """() => [...document.querySelectorAll("figure.live")].flatMap((figure) => {
  const numbers = [...figure.querySelectorAll("[data-quantity]")];
  return [...new Map(numbers.map((e) => [e.dataset.quantity, e])).values()].flatMap((one) => {
    one.dispatchEvent(new PointerEvent("pointerover", { bubbles: true, pointerType: "mouse" }));
    const { quantity } = one.dataset;
    const kin = (one.closest("[data-kin]")?.dataset.kin ?? "").split(" ");
    const places = [...numbers.filter((e) => [quantity, ...kin].includes(e.dataset.quantity)),
      ...[...figure.querySelectorAll(".live-slider")].filter((row) => row.querySelector("[name]").name === quantity)];
    const lit = [...figure.querySelectorAll("[data-lit]")];
    const other = lit.filter((e) => e.dataset.quantity && ![quantity, ...kin].includes(e.dataset.quantity));
    return [...places.filter((e) => !("lit" in e.dataset)), ...other].map((e) => `${quantity}: ${e.outerHTML.slice(0, 150)}`);
  });
})"""


@pytest.mark.parametrize("path", figure_pages())
def test_a_quantity_lights_up_wherever_it_stands(open_page: OPEN, path: str) -> None:
    visit = open_page(path)
    assert visit.page.evaluate(DARK) == []
    visit.assert_clean()


def test_symbols_artists_and_sliders_light_up(open_page: OPEN) -> None:
    """By pointing, and by the focus; out of the figure all goes dark, or back to what has the focus."""
    page = open_page(ONE_LAYER, viewport={"width": 1280, "height": 1600}).page
    figure = page.locator(f'[data-figure="{STEP}"]')
    figure.locator('dd [data-quantity="w"]').first.hover()
    lit = page.evaluate(LIT, STEP)
    assert {"w", "div w", "var w", "g w", "g w loss", "g w loss dw", "g w w_next"} == {*lit}
    # The symbol that a line begins with stands for the number that it ends with: δ for dz.
    delta = figure.locator("dd var", has_text="δ").first
    delta.hover()
    assert {"dz", "var dz"} == {*page.evaluate(LIT, STEP)}
    figure.locator("input[name=lr]").focus()
    page.mouse.move(2, 2)
    assert {"lr", "div lr", "var lr", "g lr"} == {*page.evaluate(LIT, STEP)}
    figure.locator('dd [data-quantity="da"]').first.hover()
    derivative = "var da"
    assert {"da", derivative} == {*page.evaluate(LIT, STEP)}
    page.mouse.move(2, 2)
    assert "lr" in page.evaluate(LIT, STEP)
    page.evaluate("document.activeElement.blur()")
    assert page.evaluate(LIT, STEP) == []


@pytest.fixture(scope="module")
def firefox() -> Iterator[Any]:
    with LAUNCH["firefox"]() as running:
        yield running


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "touch"])
def test_the_same_in_firefox(firefox: Any, server: str, touch: bool) -> None:
    """Its fingers too scroll the page, and not where they drag."""
    tab = firefox.tab()
    tab.open(f"{server}/{BASICS}")
    tab.resize(1280, 1000)
    tab.evaluate(HELPERS)

    def ask(function: str, argument: Any = None) -> Any:
        return tab.evaluate(f"(argument) => hand.{function}(argument)", argument)

    wait_for(tab, "() => document.querySelector('.live-hit')?.getBoundingClientRect().width > 20")
    for i, handle in enumerate(next(f for f in ask("holds") if f["name"] == NUDGE)["handles"]):
        (slider,) = (name for name in handle.split() if name != "-")
        start, spot = ask("settings", NUDGE), [NUDGE, "[data-handle] .live-hit", i]
        x, y, *_ = ask("at", spot)
        scrolled = tab.evaluate("() => scrollY")
        tab.drag(round(x), round(y), 20, 30, touch=touch)
        moved = ask("settings", NUDGE)
        assert moved[slider] > start[slider] and {**moved, slider: 0} == {**start, slider: 0}
        assert ask("place", spot)[0] == pytest.approx(x + 20, abs=3.5)  # half a step of its grid
        assert tab.evaluate("() => scrollY") == scrolled
        shown = ask("shown", NUDGE)
        ask("reset", NUDGE)
        assert all(same(v, shown[q]) for q, v in ask("slide", [NUDGE, moved])[0].items())
        ask("reset", NUDGE)
    x, y, *_ = ask("at", [NUDGE, "[data-scrub=w]", 0])
    tab.drag(round(x), round(y), 20, 1, touch=touch)
    assert ask("settings", NUDGE)["w"] == pytest.approx(0.53)
    assert tab.complaints() == []
    tab.close()
