"""The network that learns in the reader's hand, in a browser: examples of one's own, by mouse, finger and keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from backprop_book.figures import _learner as learner
from backprop_book.figures import training
from livetext import page_script

HELPERS = """() => {
  const figure = document.querySelector("figure.live");
  const svg = figure.querySelector(".live-plane-box svg");
  const { views, start } = JSON.parse(figure.querySelector("script.live-spec").textContent);
  window.at = ([x, y]) => {
    const { axes } = views[0];
    const place = new DOMPoint(axes.x[0] * x + axes.x[1], axes.y[0] * y + axes.y[1]);
    const on = place.matrixTransform(svg.getScreenCTM());
    return [on.x, on.y];
  };
  window.values = () => livetext.mountedIn(figure).values();
  window.changed = () => Object.fromEntries(Object.entries(values()).filter(([name, v]) => name in start && v !== start[name]));
}"""


class Learner:
    """The figure on a page of its own, wide or narrow, under a mouse or a finger."""

    def __init__(self, browser: Any, touch: bool = False) -> None:
        size = {"width": 390, "height": 844} if touch else {"width": 1100, "height": 900}
        self.page = browser.new_page(viewport=size, has_touch=touch)
        self.touch = touch
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.set_content(
            "<!doctype html><html lang=en><meta charset=utf-8><title>Learner</title>"
            '<meta name="viewport" content="width=device-width">'
            f"<style>{page_script.styles()}</style><script>{page_script.part_script('plane')}</script>"
            f"<script>{page_script.script()}</script><article>{training.moons().html}</article>"
        )
        self.page.locator("figure[data-live]").wait_for()
        self.page.evaluate(HELPERS)
        self.session = self.page.context.new_cdp_session(self.page)

    def at(self, x: float, y: float) -> list[float]:
        return list(self.page.evaluate("at", [x, y]))

    def tap(self, x: float, y: float) -> dict[str, float]:
        (self.page.touchscreen.tap if self.touch else self.page.mouse.click)(*self.at(x, y))
        return self.changed()

    def drag(self, *places: tuple[float, float]) -> dict[str, float]:
        """From the first of some places to the last; the pointer is let go there."""
        points = [self.at(*place) for place in places]
        if self.touch:
            kinds = ["touchStart", *["touchMove"] * (len(points) - 1)]
            for kind, (x, y) in zip(kinds, points, strict=True):
                finger = {"type": kind, "touchPoints": [{"x": x, "y": y}]}
                self.session.send("Input.dispatchTouchEvent", finger)
            self.session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        else:
            self.page.mouse.move(*points[0])
            self.page.mouse.down()
            for point in points[1:]:
                self.page.mouse.move(*point)
            self.page.mouse.up()
        self.page.wait_for_timeout(0)
        return self.changed()

    def choose(self, name: str, option: int) -> None:
        self.page.locator(f"select[name={name}]").select_option(str(option))

    def press(self, action: str) -> dict[str, float]:
        self.page.locator(f"[data-action={action}]").click()
        return self.changed()

    def changed(self) -> dict[str, float]:
        """The settings that stand elsewhere than at the start."""
        return dict(self.page.evaluate("changed()"))

    def value(self, name: str) -> float:
        return float(self.page.evaluate("(name) => values()[name]", name))

    def dots(self) -> int:
        """Of the reader's own, as the picture shows them."""
        return int(self.page.locator(".live-added:not([hidden], [data-ghost] *)").count())


@pytest.fixture(params=[False, True], ids=["mouse", "touch"])
def hand(browser: Any, request: pytest.FixtureRequest) -> Iterator[Learner]:
    learner = Learner(browser, touch=request.param)
    yield learner
    assert learner.errors == []
    learner.page.close()


def near(value: float) -> Any:
    """A pixel is less than two hundredths."""
    return pytest.approx(value, abs=0.021)


def test_a_tap_puts_an_example(hand: Learner) -> None:
    """Of the chosen class, picked at once; what is there is picked, and nothing is put outside the axes."""
    assert hand.tap(-1, -0.8) == {"own1[0]": near(-1), "own2[0]": near(-0.8), "own[0]": 2, "i": 101}
    assert hand.value("N") == learner.EXAMPLES + 1
    hand.choose("pen", 1)
    second = hand.tap(1.8, 1.4)
    assert (second["own[1]"], second["i"], hand.dots()) == (1, 102, 2)
    assert hand.tap(-1, -0.8)["i"] == 101
    (x, _), *_ = learner.data_sets()
    assert hand.tap(*x[:, 60])["i"] == 61
    before = hand.changed()
    assert hand.tap(-1.6, 0.3) == before
    hand.press("reset")
    assert (hand.changed(), hand.dots(), hand.value("N")) == ({}, 0, learner.EXAMPLES)


def test_undo_takes_an_example_back(hand: Learner) -> None:
    first = hand.tap(-1, -0.8)
    second = hand.tap(1.8, 1.4)
    hand.choose("pen", 0)
    taken = hand.tap(-1, -0.8)
    assert "own[0]" not in taken and hand.dots() == 1
    assert hand.tap(0.5, 1.4) == taken, "the empty pen puts nothing"
    assert hand.press("undo") == second | {"pen": 0}
    assert hand.press("undo") == first | {"pen": 0}
    assert hand.press("undo") == {"pen": 0}
    assert hand.dots() == 0


def test_a_drag_moves_an_example_of_ones_own(hand: Learner) -> None:
    """Where it was taken hold of stays under the pointer; the ring goes with it; it is one step for Undo."""
    first = hand.tap(1.8, 1.4)
    moved = hand.drag((1.8, 1.4), (1.5, 1.0), (1.2, 0.5))
    assert moved == first | {"own1[0]": near(1.2), "own2[0]": near(0.5)}
    assert (hand.value("x1"), hand.value("x2")) == (moved["own1[0]"], moved["own2[0]"])
    assert hand.drag((1.2, 0.5), (2.0, 1.0), (9.0, 9.0)) == first | {
        "own1[0]": 2.3,
        "own2[0]": 1.7,
    }
    assert hand.press("undo") == moved
    assert hand.press("undo") == first


def test_examples_by_keyboard(browser: Any) -> None:
    """A cross is moved by the arrow keys, and the space bar is a tap; what is there is said."""
    learner = Learner(browser)
    page = learner.page
    page.locator(".live-plane-box").focus()
    for key in ("ArrowRight", "Shift+ArrowRight", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    said = page.locator(".live-plane-box .live-cell-said")
    assert said.text_content() == "0.62, 0.50"
    page.keyboard.press("Space")
    expected = {"own1[0]": 0.62, "own2[0]": 0.5, "own[0]": 2, "i": 101}
    assert learner.changed() == expected
    assert said.text_content() == "0.62, 0.50: your disc"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert learner.changed()["own1[1]"] == 0.42
    learner.choose("pen", 0)
    page.locator(".live-plane-box").focus()
    page.keyboard.press("Space")
    assert learner.changed() == expected | {"i": 102, "pen": 0}
    assert page.locator(".live-plane-box").get_attribute("data-nobody") == ""
    assert learner.errors == []
    page.close()


def test_there_is_room_for_so_many(browser: Any) -> None:
    """And then it is said that there is no more; the fifth data set shows none but these."""
    hand = Learner(browser)
    hand.choose("data", 4)
    given = hand.page.locator('[data-artist="examples"] [data-grab]:not([hidden], [data-ghost] *)')
    assert given.count() == 0
    for j in range(learner.ADDED + 1):
        hand.tap(-1.2 + 0.16 * j, 1.2 - 0.1 * j)
    assert (hand.dots(), hand.value("N")) == (learner.ADDED, learner.ADDED)
    said = hand.page.locator(".live-plane-box .live-cell-said")
    assert said.text_content() == f"No more than {learner.ADDED} of your own"
    assert hand.errors == []
    hand.page.close()


def test_play_keeps_its_pace_where_a_page_is_late(browser: Any) -> None:
    """An update for each sixteen milliseconds, be it that some frames were lost; and no more than five between two."""
    hand = Learner(browser)
    clock = hand.page.clock
    clock.install(time=0)
    clock.pause_at(1000)
    hand.page.locator("[data-action=play]").click()
    seen = []
    for late in (16, 16, 48, 1000, 16):
        clock.fast_forward(late)
        seen.append(hand.value("k"))
    assert seen == [1, 2, 5, 10, 11]
    assert hand.errors == []
    hand.page.close()


def test_a_wire_says_its_name_and_its_numbers(browser: Any) -> None:
    """The picked one's, from the still picture on; while a mouse points at another, that one's."""
    hand = Learner(browser)
    named = hand.page.locator(".live-named")
    still = re.search(r'<p class="live-named"[^>]*>(.*?)</p>', training.moons().html)
    assert still and named.inner_html() == still[1]
    w = learner.packed(learner.library_network((8,), "tanh", 0))[96]
    assert str(named.text_content()).startswith(f"W11(2) = {w:.4f}, gradient ".replace("-", "−"))
    # The end of a wire: others cross it elsewhere.
    wires = hand.page.locator(".live-thread[data-layer] .live-reach")
    ends = "(e) => { const { x, y } = e.getPointAtLength(e.getTotalLength() - 14).matrixTransform(e.getScreenCTM()); return [x, y]; }"
    place = wires.nth(0).evaluate(ends)
    hand.page.mouse.move(*place)
    first = named.text_content()
    assert first and first.startswith("W11(1) = ")
    assert hand.changed() == {}
    hand.page.locator("[data-action=step]").focus()
    hand.page.keyboard.press("Enter")
    assert named.text_content() != first and str(named.text_content()).startswith("W11(1) = ")
    hand.page.mouse.move(1, 1)
    assert str(named.text_content()).startswith("W11(2) = ")
    hand.page.mouse.click(*place)
    hand.page.mouse.move(1, 1)
    assert hand.changed() == {"k": 1, "wire": 0}
    assert str(named.text_content()).startswith("W11(1) = ")
    hand.page.evaluate("livetext.mountedIn(document.querySelector('figure')).move({ wire: 30 })")
    assert named.text_content() == "This network has no such wire."
    assert hand.errors == []
    hand.page.close()


WALKED = """() => [...document.querySelectorAll(".live-unit")].map((unit) => [
  Number(unit.dataset.layer), unit.dataset.reached, ...[...unit.querySelectorAll("text")].map((e) => e.textContent)])"""


def test_an_example_walks_forward_and_back(hand: Learner) -> None:
    """Layer by layer, by its buttons; the numbers stand at the units; Undo goes a stage back."""
    page = hand.page
    if hand.touch:
        page.locator("[data-action=turn]").tap()

    def press(way: int) -> list[Any]:
        button = page.locator(f'.live-walk [data-walk="{way}"]')
        button.tap() if hand.touch else button.click()
        return list(page.evaluate(WALKED))

    known = {1: {0}, 2: {0, 1}, 4: {0, 1, 3}, 5: {0, 1, 3}, 7: {0, 1, 3}}
    felt = {5: {3}, 7: {1, 3}}
    for stage in known:
        units = press(1)
        assert hand.changed() == {"walk": stage}
        assert {unit[0] for unit in units if unit[2]} == known[stage]
        assert {unit[0] for unit in units if unit[3]} == felt.get(stage, set())
        assert {unit[0] for unit in units if unit[1] == "back"} == felt.get(stage, set())
    assert page.locator(".live-thread[data-carries=back]").count() == 8
    assert page.locator(".live-thread[data-asks]").count() == 8 + 16
    assert hand.press("undo") == {"walk": 5}
    assert press(-1)[-1][3] == ""
    assert hand.changed() == {"walk": 4}
    hand.choose("walk", 0) if not hand.touch else hand.press("reset")
    assert not any(unit[2] or unit[3] for unit in page.evaluate(WALKED))
    line = page.locator('[data-case="walk"]:not([hidden])').text_content()
    assert line == learner.STAGES[0]


def test_a_second_start_has_a_border_and_a_curve(browser: Any) -> None:
    """Dashed, and those that the first has when it is given that seed; without one there is no second border."""
    hand = Learner(browser)
    move = "(values) => livetext.mountedIn(document.querySelector('figure')).move(values)"
    lines = """() => ['[data-artist="border"] path', '.live-plot [data-artist] path'].map((where) =>
      [...document.querySelectorAll(`figure ${where}`)].slice(0, 2).map((e) => e.getAttribute("d")))"""
    hand.page.evaluate(move, {"k": 60, "seed": 4})
    (none, alone), (_, curve) = hand.page.evaluate(lines)
    assert none == "" and alone
    hand.page.evaluate(move, {"seed": 0})
    hand.choose("other", 5)
    (beside, first), (dashed, solid) = hand.page.evaluate(lines)
    assert (beside, dashed) == (alone, curve)
    assert first not in ("", alone) and solid != curve
    assert hand.errors == []
    hand.page.close()
