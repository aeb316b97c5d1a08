"""The same book in Chromium, Firefox and WebKit, over http and from disk: same numbers, same behaviour.

Other page tests look closely, in Chromium. These look at every page in every engine, and at one chapter
as a reader uses it: with keys and clicks.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop import autodiff as ad
from backprop_book.exercises.bank import CHAPTERS
from support.browsing import MODES, serving_folder
from support.engines import ENGINES, LAUNCH, Browser, Chromium, Tab, wait_for, with_probe
from support.live_figures import FIGURES, close, expected_quantities, random_settings
from support.page_state import HAS_FONT, SEARCHES, UNDRAWN
from support.paths import book_pages

# selenium's WebKit service speaks to selenium's remote connection in an old way.
pytestmark = pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning")

CHAPTER = "chapters/03-one-layer.html"

DEAD = """() => [...document.querySelectorAll(
  ":is(figure.live, section.question, .progress-overview):not([data-live])")].map((e) => e.outerHTML.slice(0, 100))"""

# A number goes over as text: JSON knows neither infinity nor NaN.
REPLAYED = """(all) => all.map(([name, settings]) => {
  const figure = document.querySelector(`figure.live[data-figure="${name}"]`);
  const { tape } = JSON.parse(figure.querySelector("script.live-spec").textContent);
  return settings.map((one) => Object.fromEntries(
    Object.entries(livetext.runTape(tape, one)).map(([output, values]) => [output, values.map(String)])));
})"""

# What a figure shows at each of some settings.
SHOWN = """([name, all]) => {
  const figure = document.querySelector(`figure.live[data-figure="${name}"]`);
  const controls = [...figure.querySelectorAll(".live-controls [name]")];
  return all.map((settings) => {
    for (const input of controls) {
      if (!(input.name in settings)) continue;
      input.value = settings[input.name];
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    return {
      settings: Object.fromEntries(controls.map((input) => [input.name, Number(input.value)])),
      says: controls.map((input) => input.getAttribute("aria-valuetext")),
      status: figure.querySelector(".live-status").textContent,
      text: [...figure.querySelectorAll(".live-view")].map((view) => view.textContent),
      numbers: [...figure.querySelectorAll("[data-quantity]")].map((e) => [e.dataset.quantity, e.dataset.value]),
      artists: [...figure.querySelectorAll("[data-artist]")].flatMap((artist) => [
        ...[...artist.querySelectorAll("path")].map((path) => path.getAttribute("d")),
        ...[...artist.querySelectorAll("use")].map((use) => `${use.getAttribute("x")} ${use.getAttribute("y")}`),
        ...[...artist.querySelectorAll("text")].map((text) => text.getAttribute("transform"))]),
      cells: [...figure.querySelectorAll("td, .live-now, .live-later")].map(
        (e) => `${e.className} ${e.getAttribute("style")}`),
    };
  });
}"""

# Formulas whose box has another shape than they were typeset for, or whose text is wider than it was
# typeset, beyond the slant of a last letter: another font has taken its place.
DISTORTED = """() => [...document.querySelectorAll(".math svg:not(svg svg)")].filter((svg) => {
  if (!svg.checkVisibility()) return false;
  const { width, height } = svg.getBoundingClientRect();
  const wanted = svg.viewBox.baseVal;
  const shape = (width / height) / (wanted.width / wanted.height);
  const text = svg.querySelector(":scope > text")?.getBBox();
  return !(Math.abs(shape - 1) < 0.05) || (text && !(text.x + text.width < 1.05 * wanted.width + 250));
}).map((svg) => svg.parentElement.outerHTML.slice(0, 300))"""
MALFORMED = """() => {
  const wanted = { mfrac: 2, mroot: 2, msub: 2, msup: 2, msubsup: 3, munder: 2, mover: 2, munderover: 3 };
  return [...document.querySelectorAll(Object.keys(wanted).join(","))]
    .filter((e) => e.children.length !== wanted[e.localName]).map((e) => e.outerHTML.slice(0, 100));
}"""
UNFOLDED = """() => document.querySelectorAll("[data-help]").forEach((part) => {
  part.hidden = false;
  part.open = true;
})"""


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def engine_browser(engine: str, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """One engine at a time: the next begins when the tests of this one are done."""
    if engine == "chromium":
        yield Chromium(request.getfixturevalue("browser"))
        return
    with LAUNCH[engine]() as browser:
        yield browser


@pytest.fixture(scope="module")
def addresses(
    engine: str, site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """Where the book is for an engine, by the way it is read."""
    if engine == "webkit":
        site = with_probe(site, tmp_path_factory.mktemp("probed"))
    with serving_folder(site) as address:
        yield {"http": f"{address}/", "disk": f"{site.as_uri()}/"}


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def book(addresses: dict[str, str], mode: str) -> str:
    """The address of the book, to which a page's path is added."""
    return addresses[mode]


# What Furo's script says when its button is pressed.
THEME_SWITCHED = re.compile(r": Changed to (?:light|dark|auto) mode\.$")


@pytest.fixture
def tab(engine_browser: Browser, book: str) -> Iterator[Tab]:
    """A tab in which nothing is stored yet; a test in which a page complains has failed."""
    opened = engine_browser.tab()
    yield opened
    complaints = [said for said in opened.complaints() if not THEME_SWITCHED.search(said)]
    opened.close()
    assert complaints == []


def numbers_agree(figure: dict[str, Any], shown: list[dict[str, Any]], name: str) -> None:
    """What a figure shows is what the library computes, at each of some settings."""
    tape = ad.Tape.from_json(json.dumps(figure["spec"]["tape"]))
    for state in shown:
        expected = expected_quantities(tape, figure["spec"]["iteration"], state["settings"])
        for quantity, value in state["numbers"]:
            # As in test_pages: forty updates keep a digit less than one does.
            assert close(float(value), expected[quantity], 1e-11, 1e-14), (name, quantity, state)


# Each page both ways, and in both engines: where Firefox has it from a server, WebKit reads it from disk. In
# Chromium test_pages and test_frame_pages look closer.
VISITS = [
    (engine, MODES[(i + turn) % 2], path)
    for turn, engine in enumerate(("firefox", "webkit"))
    for i, path in enumerate([*book_pages(), "genindex.html"])
]


@pytest.mark.parametrize(("engine", "mode", "path"), VISITS, indirect=["engine", "mode"])
def test_page(tab: Tab, book: str, path: str) -> None:
    """Everything on it is live and drawn, and its tapes replay as NumPy runs them.

    Engines have their own exp, tanh and powers, which differ in the last bits; see test_pages for 1e-12.
    """
    tab.open(book + path)
    assert tab.evaluate(DEAD) == []
    assert tab.evaluate(UNDRAWN) == []
    wait_for(tab, HAS_FONT)
    assert tab.evaluate(MALFORMED) == []
    assert len(tab.evaluate(SEARCHES)) == 1
    tab.evaluate(UNFOLDED)
    assert tab.evaluate(DISTORTED) == []

    rng = np.random.default_rng(0)
    figures = tab.evaluate(FIGURES)
    settings = [
        [
            {n: v for n, v in random_settings(f, rng).items() if n in f["spec"]["tape"]["inputs"]}
            for _ in range(20)
        ]
        for f in figures
    ]
    replayed = tab.evaluate(
        REPLAYED, [[f["name"], s] for f, s in zip(figures, settings, strict=True)]
    )
    for figure, inputs, outputs in zip(figures, settings, replayed, strict=True):
        tape = ad.Tape.from_json(json.dumps(figure["spec"]["tape"]))
        for one, output in zip(inputs, outputs, strict=True):
            for name, value in tape.run(**one).items():
                for ours, theirs in zip(value.ravel(), map(float, output[name]), strict=True):
                    assert close(float(ours), theirs, 1e-12, 1e-15), (figure["name"], name, one)


def test_sliders_at_both_ends(tab: Tab, book: str) -> None:
    """Each slider of a chapter, all others at their start: numbers as the library's, and pictures move."""
    tab.open(book + CHAPTER)
    for figure in tab.evaluate(FIGURES):
        start, counter, moved = figure["spec"]["start"], figure["spec"]["counter"], False
        last = {s["name"]: s["high"] for s in figure["sliders"] if s["name"] == counter}
        for slider in figure["sliders"]:
            # Without an update, a learning rate has nothing to change.
            ends = [start | last | {slider["name"]: slider[end]} for end in ("low", "high")]
            shown = tab.evaluate(SHOWN, [figure["name"], ends])
            numbers_agree(figure, shown, figure["name"])
            assert [state["settings"] for state in shown] == ends
            low, high = shown
            assert low["text"] != high["text"] or low["cells"] != high["cells"], slider["name"]
            moved |= low["artists"] != high["artists"]
        drawn = any(view["kind"] == "plot" for view in figure["spec"]["views"])
        assert moved or not drawn, figure["name"]


def test_same_figures_as_in_chromium(
    engine: str, tab: Tab, book: str, open_page: Callable[..., Any], mode: str
) -> None:
    """Text, pictures and what is read aloud, at random settings of every figure of a chapter.

    Coordinates are rounded to 0.01, so a last bit may show there as one such step.
    """
    if engine == "chromium":
        pytest.skip("nothing to compare with")
    path = {"http": "chapters/05-matrix-form.html", "disk": CHAPTER}[mode]
    rng = np.random.default_rng(1)
    other = open_page(path, mode).page
    tab.open(book + path)
    for figure in tab.evaluate(FIGURES):
        argument = [figure["name"], [random_settings(figure, rng) for _ in range(5)]]
        for ours, theirs in zip(
            tab.evaluate(SHOWN, argument), other.evaluate(SHOWN, argument), strict=True
        ):
            same = ("settings", "says", "status", "text", "cells")
            assert {k: ours[k] for k in same} == {k: theirs[k] for k in same}
            coordinates = [places(state["artists"]) for state in (ours, theirs)]
            assert coordinates[0] == pytest.approx(coordinates[1], abs=0.011)


def places(artists: list[str | None]) -> list[float]:
    """Every coordinate among attributes, in order."""
    return [float(n) for text in artists for n in re.findall(r"-?[\d.]+", text or "")]


def value_of(tab: Tab, selector: str) -> Any:
    return tab.evaluate("(selector) => document.querySelector(selector).value", selector)


def text_of(tab: Tab, selector: str) -> str:
    return str(tab.evaluate("(selector) => document.querySelector(selector).textContent", selector))


def focus(tab: Tab, selector: str) -> None:
    tab.evaluate("(selector) => document.querySelector(selector).focus()", selector)


def test_figure_by_keys_and_clicks(tab: Tab, book: str) -> None:
    """Arrow keys, Home and End on a slider, Reset; Step, Back, Play and Pause; the same after a reload."""
    tab.open(book + CHAPTER)
    step = '[data-figure="one-layer-step"]'
    slider = f"{step} input[name=w]"
    focus(tab, slider)
    tab.press("ArrowRight")
    assert value_of(tab, slider) == "0.55"
    said = "(selector) => document.querySelector(selector).getAttribute('aria-valuetext')"
    assert tab.evaluate(said, slider) == "0.55, loss 0.30"
    tab.press("Home")
    assert text_of(tab, f'{step} dd [data-quantity="z"]') == "−2.00"
    tab.press("End", "ArrowLeft")
    assert value_of(tab, slider) == "1.95"
    tab.click(f"{step} [data-action=reset]")
    assert value_of(tab, slider) == "0.5"
    tab.click(f"{step} input[name=x]")  # the middle of its track
    assert value_of(tab, f"{step} input[name=x]") == "0"

    descent = '[data-figure="one-layer-descent"]'
    counter = f"{descent} input[name=k]"
    k = int(value_of(tab, counter))
    tab.click(f"{descent} [data-action=step]")
    tab.click(f"{descent} [data-action=step]")
    tab.click(f"{descent} [data-action=back]")
    assert int(value_of(tab, counter)) == k + 1
    tab.click(f"{descent} [data-action=play]")
    reached = "([selector, k]) => Number(document.querySelector(selector).value) >= k"
    wait_for(tab, reached, [counter, k + 3])
    tab.click(f"{descent} [data-action=play]")
    paused = value_of(tab, counter)
    assert (
        tab.evaluate(f"""() => document.querySelector('{descent}').hasAttribute('data-playing')""")
        is False
    )
    time.sleep(1.0)
    assert value_of(tab, counter) == paused

    # Firefox gives fields their values back: figure and sliders have to say the same.
    tab.reload()
    assert tab.evaluate(DEAD) == []
    for figure in tab.evaluate(FIGURES):
        (now,) = tab.evaluate(SHOWN, [figure["name"], [{}]])
        assert now["settings"] == figure["spec"]["start"]
        numbers_agree(figure, [now], figure["name"])


def test_question_and_progress(tab: Tab, book: str) -> None:
    """Wrong, hints, solution, other numbers, right; then progress after a reload and on its own page."""
    tab.open(book + CHAPTER)
    section = 'section.question[data-question="one-layer-saturated"]'
    field, verdict = f"{section} fieldset input", f"{section} .question-verdict"
    helps = f"""() => [...document.querySelectorAll('{section} [data-help]')].map(
      (part) => part.open && part.checkVisibility())"""
    (asked,) = (q for c in CHAPTERS for q in c.QUESTIONS if q.id == "one-layer-saturated")
    present = f"() => livetext.mountedIn(document.querySelector('{section}')).values()"

    tab.click(field)
    tab.press(*"7", "Enter")
    assert text_of(tab, verdict).startswith("✗ Not yet.")
    for seen in (1, 2):
        tab.click(f"{section} [data-action=hint]")
        assert tab.evaluate(helps) == [i < seen for i in range(3)]
    tab.click(f"{section} [data-action=solution]")
    assert tab.evaluate(helps) == [True] * 3
    first = tab.evaluate(present)
    assert first == pytest.approx(asked.values(), rel=1e-12)
    while tab.evaluate(present) == first:  # the draw may be the same
        tab.click(f"{section} [data-action=another]")
    assert tab.evaluate(helps) == [False] * 3
    assert value_of(tab, field) == ""
    drawn = tab.evaluate(present)
    expected = asked.values(**{name: drawn[name] for name in asked.draws})
    assert drawn == pytest.approx(expected, rel=1e-12)
    tab.click(field)
    tab.press(*f"{expected['dw']:.6g}", "Enter")
    assert text_of(tab, verdict).startswith("✓ Right.")
    assert text_of(tab, f"{section} .question-state") == "✓ solved"

    tab.reload()
    assert text_of(tab, f"{section} .question-state") == "✓ solved"
    assert text_of(tab, ".question-progress").startswith("1 of ")
    tab.open(f"{book}chapters/progress.html")
    overview = '[data-progress="one-layer-saturated"]'
    # From disk a page may hear of the storage a moment later.
    wait_for(tab, f"() => document.querySelector('{overview}').textContent === '✓ solved'")
    assert (
        tab.evaluate("() => document.querySelector('.progress-blocked').checkVisibility()") is False
    )

    # Solve another, and go back to the overview, which the browser may have kept as it was.
    tab.open(book + CHAPTER)
    section = 'section.question[data-question="one-layer-step"]'
    (asked,) = (q for c in CHAPTERS for q in c.QUESTIONS if q.id == "one-layer-step")
    for input_name, number in (
        (f.quantity, asked.values()[f.quantity]) for f in asked.answer.fields
    ):
        tab.click(f'{section} input[name="{input_name}"]')
        tab.press(*f"{number:g}")
    tab.press("Enter")
    assert text_of(tab, f"{section} .question-state") == "✓ solved"
    tab.back()
    overview = '[data-progress="one-layer-step"]'
    wait_for(
        tab, f"() => document.querySelector('{overview}').textContent === '✓ solved'", within=10
    )


def test_theme_switch(tab: Tab, book: str) -> None:
    """The button goes through light, dark and the system's; figures follow, and so does the next page."""
    grounds = """() => [document.body.dataset.theme, ...["body", "figure.live", "section.question"].map(
      (selector) => getComputedStyle(document.querySelector(selector)).backgroundColor)]"""
    tab.open(book + CHAPTER)
    seen = {}
    for _ in range(3):
        tab.click(".theme-toggle-content .theme-toggle")
        mode, *colours = tab.evaluate(grounds)
        seen[mode] = [luminance(colour) for colour in colours]
    assert set(seen) == {"light", "dark", "auto"}
    assert all(light > 0.5 for light in seen["light"])
    assert all(dark < 0.1 for dark in seen["dark"])
    while tab.evaluate(grounds)[0] != "dark":
        tab.click(".theme-toggle-content .theme-toggle")
    for _ in range(3):  # what a page has stored reaches a browser's next process a moment later
        tab.open(f"{book}chapters/04-two-layers.html")
        mode, *colours = tab.evaluate(grounds)
        if mode == "dark":
            break
    assert mode == "dark"
    assert all(luminance(colour) < 0.1 for colour in colours)


def luminance(colour: str) -> float:
    """Roughly: the mean of red, green and blue, from 0 to 1."""
    return sum(float(c) for c in re.findall(r"[\d.]+", colour)[:3]) / 3 / 255


def test_search(tab: Tab, book: str) -> None:
    """A word typed into the search page is found, and the page that has it opens."""
    tab.open(f"{book}search.html")
    tab.click("#search-words")
    tab.press(*"saturated", "Enter")
    wait_for(tab, "() => /^Found in/.test(document.querySelector('#search-status')?.textContent)")
    link = '#search-results a[href*="03-one-layer.html"]'
    assert tab.evaluate("(link) => document.querySelectorAll(link).length", link) >= 1
    tab.click(link)
    wait_for(tab, "() => /chapters/.test(location.pathname) && document.readyState === 'complete'")
