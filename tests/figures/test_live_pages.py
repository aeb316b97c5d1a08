"""Figures after what browsers do to pages: translate them, show a part twice, save them and open the copy.

Each test moves every figure of a page to the same settings before and after. What is shown must be the same,
word for word and to the hundredth of a point.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import livetext
from backprop import autodiff as ad
from livetext import page_script
from pages import figure_assets
from support.browsing import Visit
from support.live_figures import FIGURES, figure_pages, random_settings
from support.paths import book_pages

OPEN = Callable[..., Visit]

# All that each figure shows and says, at each of its settings.
SHOWN = """(all) => [...document.querySelectorAll("figure.live")].map((figure, i) => {
  const controls = [...figure.querySelectorAll(".live-controls [name]")];
  return all[i % all.length].map((settings) => {
    for (const input of controls) {
      input.value = settings[input.name];
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (figure.hasAttribute("data-playing")) figure.querySelector("[data-action=play]").click();
    return {
      words: [...figure.querySelectorAll(".live-view, .live-slider, .live-status, figcaption")].map((e) => e.textContent),
      names: controls.map((input) => [...input.labels].map((label) => label.textContent)),
      says: controls.map((input) => input.getAttribute("aria-valuetext")),
      values: [...figure.querySelectorAll("[data-value]")].map((e) => e.dataset.value),
      places: [...figure.querySelectorAll("[data-artist] :is(path, use, text):not(defs *)")]
        .filter((e) => e.style.display !== "none") // a history has kept dots from when it was longer
        .map((e) => ["d", "x", "y", "transform"].map((name) => e.getAttribute(name)).join()),
      looks: [...figure.querySelectorAll("td, [data-case], [data-step]")].map((e) =>
        `${[...e.classList].sort()} ${e.getAttribute("style")} ${e.hidden}`),
    };
  });
})"""

# As a browser's translation does, to all text that it can find: into elements of its own, or replaced there.
TRANSLATE = """(replace) => {
  const walker = document.createTreeWalker(document.querySelector("article") ?? document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest("script, style")) texts.push(walker.currentNode);
  }
  for (const text of texts) {
    const outer = document.createElement("font");
    text.replaceWith(outer);
    outer.appendChild(document.createElement("font")).append(replace ? text.data : text);
  }
  return texts.length;
}"""
# Elements whose text is not what their number is written as.
STALE = """() => [...document.querySelectorAll("[data-quantity]")].flatMap((e) => {
  const digits = e.dataset.digits === "" ? null : Number(e.dataset.digits);
  const { text } = livetext.formatNumber(Number(e.dataset.value), digits);
  return [text, `(${text})`].includes(e.textContent) ? [] : [e.outerHTML];
})"""
TRANSLATABLE = """() => [...document.querySelectorAll(
  "[data-quantity], .live-line, .math, .live-matrix, figure:is(.live, .still) svg")].filter(
  (e) => !e.closest("[translate=no]")).map((e) => e.outerHTML.slice(0, 120))"""


def some_settings(figures: list[dict[str, Any]], seed: int) -> list[list[dict[str, float]]]:
    """For each figure a random setting, each end of every slider, and a random one again."""
    rng = np.random.default_rng(seed)
    return [
        [
            random_settings(figure, rng),
            *(
                {s["name"]: s[end] for s in figure["sliders"]}
                | {c["name"]: (c["options"] - 1) * (end == "high") for c in figure["choices"]}
                for end in ("low", "high")
            ),
            random_settings(figure, rng),
        ]
        for figure in figures
    ]


@pytest.mark.parametrize("path", figure_pages())
@pytest.mark.parametrize("replace", [False, True], ids=["wrapped", "replaced"])
def test_translated_figures_follow(open_page: OPEN, path: str, replace: bool) -> None:
    """No script holds on to a piece of text; and a translation is asked to leave numbers and maths alone."""
    visit = open_page(path)
    page = visit.page
    assert page.evaluate(TRANSLATABLE) == []
    settings = some_settings(page.evaluate(FIGURES), 0)
    before = page.evaluate(SHOWN, settings)
    assert page.evaluate(TRANSLATE, replace) > 200
    assert page.evaluate(SHOWN, settings) == before
    for another in page.locator('section.question [data-action="another"]').all():
        another.evaluate("(button) => button.click()")
    assert page.evaluate(STALE) == []
    visit.assert_clean()


def test_page_translated_before_it_is_mounted(browser: Any, tmp_path: Path) -> None:
    """As a saved translation is. Signs of equality, too, are found in whatever they are wrapped."""
    figure = livetext.LiveFigure(
        ad.trace(lambda w: {"loss": w * w, "third": w / 3.0}, w=0.5),
        [livetext.Slider("w", "*w*", -2, 2, 0.25)],
        [livetext.WorkedLines([("Line", "{third} = x = {w}"), ("Line", "L = {w}·{w} = {loss}")])],
        name="translated",
        alt="Two lines",
        caption="Two lines.",
    )
    page = browser.new_page()
    lines = []
    for translated in (False, True):
        page.set_content(figure.html)
        if translated:
            page.evaluate(TRANSLATE, False)
        page.add_script_tag(content=page_script.script())
        page.locator("input").fill("-1.25")
        lines.append(page.locator("dd").all_text_contents())
    page.close()
    assert lines[0] == lines[1] == ["−0.42 = x = −1.25", "L = −1.25·(−1.25) ≈ 1.56"]


# A second view of every figure, mounted in the page or, as Jupyter does, before it is put there.
SECOND = """async (detached) => {
  const source = new DOMParser().parseFromString(await (await fetch(location)).text(), "text/html");
  const article = document.querySelector("article");
  for (const figure of source.querySelectorAll("figure.live")) {
    if (detached) {
      const el = document.createElement("div");
      const state = { html: figure.outerHTML, values: {} };
      livetext.render({ el, model: { get: (name) => state[name], set() {}, save_changes() {}, on() {}, off() {} } });
      article.append(el);
    } else {
      livetext.mount(article.appendChild(document.importNode(figure, true)));
    }
  }
}"""
# Ids that are not one element's alone, and what refers to an element outside of its own figure.
SHARED = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  const wrong = ids.filter((id, i) => ids.indexOf(id) !== i);
  for (const figure of document.querySelectorAll("figure.live")) {
    const within = (id, what) => { if (!figure.querySelector(`[id="${id}"]`)) wrong.push(`${figure.id}: ${what}`); };
    for (const element of figure.querySelectorAll("*")) {
      if (element.htmlFor) within(element.htmlFor, element.outerHTML);
      for (const { name, value } of element.attributes) {
        if (name.endsWith("href") && value.startsWith("#")) within(value.slice(1), value);
        for (const [, id] of value.matchAll(/url\\(#([^)]+)\\)/g)) within(id, value);
      }
    }
    for (const input of figure.querySelectorAll(".live-controls [name]")) {
      if (input.labels.length !== 1 || !figure.contains(input.labels[0])) wrong.push(`${figure.id}: ${input.name} has no name`);
    }
  }
  return wrong;
}"""
# What a click on each button for moves says, from the start, figure by figure.
TOLD = """() => [...document.querySelectorAll("figure.live")].map((figure) =>
  [...figure.querySelectorAll("[data-action=reset]"), ...figure.querySelectorAll("button[data-action]:not([data-action=play])")].map((button) => {
    button.click();
    return figure.querySelector(".live-said").textContent;
  }))"""
FIGURE_IDS = "() => [...document.querySelectorAll('figure.live')].map((figure) => figure.id)"
# Without what comes with a setting: a history has a dot for each step, a point outside an arrow, a network its units and wires.
ELEMENTS = """() => [...document.querySelectorAll("figure.live")].map((figure) =>
  figure.querySelectorAll("*:not(use, .live-out, .live-wires :is(.live-unit, .live-unit *, .live-thread, .live-thread *))").length)"""


@pytest.mark.parametrize("path", figure_pages())
def test_second_views_and_saved_copies_live(open_page: OPEN, path: str, server: str) -> None:
    """A page with each figure three times; then the same page as Ctrl+S saves it, opened again.

    Each view has its own ids, names and messages, moves alone, and shows what the first one does. A saved page
    has what the script put there, and the attributes of figures that are live, that play and are marked.
    """
    visit = open_page(path)
    page = visit.page
    figures = page.evaluate(FIGURES)
    settings = some_settings(figures, 1)
    first = page.evaluate(SHOWN, settings)
    told = page.evaluate(TOLD)
    page.evaluate(SECOND, False)
    page.evaluate(SECOND, True)
    names = [figure["name"] for figure in figures]
    ids = [f"fig-{name}{ending}" for ending in ("", "-2", "-3") for name in names]
    assert page.evaluate(FIGURE_IDS) == ids
    assert page.evaluate(SHARED) == []
    assert page.evaluate(TOLD) == 3 * told
    # One after the other: a second view that moved the first would show in what follows.
    assert page.evaluate(SHOWN, settings) == 3 * first
    apart = page.evaluate(SHOWN, [*settings[:-1], list(reversed(settings[-1]))])
    assert apart[len(names) - 1] == list(reversed(first[-1]))

    elements = page.evaluate(ELEMENTS)
    for button in page.locator("figure.live [data-action=play]").all():
        button.evaluate("(button) => button.click()")
    saved = page.evaluate("document.documentElement.outerHTML")
    assert saved.count("data-live") >= len(ids)
    page.route("**/saved.html", lambda route: route.fulfill(body=saved, content_type="text/html"))
    page.goto(f"{server}/{Path(path).parent.as_posix()}/saved.html", wait_until="load")
    assert (
        page.locator("figure[data-playing], figure [data-held], [data-lit], [data-ghost]").count()
        == 0
    )
    assert page.evaluate(FIGURE_IDS) == ids
    assert page.evaluate(SHARED) == []
    assert page.evaluate(ELEMENTS) == elements
    assert page.evaluate(TOLD) == 3 * told
    assert page.evaluate(SHOWN, settings) == 3 * first
    visit.assert_clean()


def test_figure_is_mounted_once(open_page: OPEN) -> None:
    """However often a script asks: a Step is one step, and Jupyter's scripts leave each other's figures alone."""
    page = open_page("chapters/03-one-layer.html").page
    figure = page.locator('[data-figure="one-layer-descent"]')
    assert figure.evaluate("(figure) => livetext.mount(figure)") is None
    page.add_script_tag(content=page_script.script())
    before = int(figure.locator("input[name=k]").input_value())
    figure.get_by_role("button", name="Step").click()
    assert int(figure.locator("input[name=k]").input_value()) == before + 1
    assert figure.locator(".live-said").count() == 1
    # Let go, and taken up again: nothing is left of the first time.
    figure.evaluate("(figure) => livetext.mountedIn(figure).unmount()")
    figure.get_by_role("button", name="Step").click()
    assert int(figure.locator("input[name=k]").input_value()) == before + 1
    assert figure.evaluate("(figure) => livetext.mount(figure) !== null")
    before = int(figure.locator("input[name=k]").input_value())
    figure.get_by_role("button", name="Step").click()
    assert int(figure.locator("input[name=k]").input_value()) == before + 1


def test_view_that_is_gone_leaves_its_name(browser: Any) -> None:
    """A notebook's cell that is run again shows the figure under its first id, not a hundredth."""
    figure = some_figure()
    page = browser.new_page()
    page.set_content("<body></body>")
    page.add_script_tag(content=page_script.script())
    ids = page.evaluate(
        """(html) => [1, 2, 3].map(() => {
          const el = document.body.appendChild(document.createElement("div"));
          const state = { html, values: {} };
          const model = { get: (name) => state[name], set() {}, save_changes() {}, on() {}, off() {} };
          const stop = livetext.render({ el, model });
          const { id } = el.firstChild;
          stop();
          el.remove();
          return id;
        })""",
        figure.html,
    )
    page.close()
    assert ids == ["fig-some"] * 3


def some_figure() -> livetext.LiveFigure:
    plot = livetext.Plot("*w*", "*L*", (-2, 2), (0, 4))
    plot.curve("w", "loss")
    plot.point("w", "loss")
    return livetext.LiveFigure(
        ad.trace(lambda w, g: {"loss": w * w + g}, w=0.5, g=0.0),
        [livetext.Slider("w", "*w*", -2, 2, 0.25), livetext.Choice("g", "*g*", ["none", "one"])],
        [plot, livetext.WorkedLines([("Line", "L = {w}·{w} + {g} = {loss}")])],
        name="some",
        alt="A bowl",
        caption="A bowl.",
    )


def test_ids_of_a_built_page_never_repeat() -> None:
    """Where a page shows one figure twice, the build numbers them, as the script would; without a script, too."""
    html, taken = some_figure().html, set[str]()
    views = [figure_assets.own_ids(html, taken) for _ in range(3)]
    assert views[0] == html
    ids = [set(re.findall(r'\sid="([^"]+)"', view)) for view in views]
    assert len(ids[0]) >= 5 and len(set.union(*ids)) == sum(map(len, ids)) == len(taken)
    for view, own, ending in zip(views, ids, ("", "-2", "-3"), strict=True):
        assert f'id="fig-some{ending}"' in view
        named = re.findall(r'(?:\sfor="|href="#|url\(#)([^")]+)', view)
        assert len(named) >= 4 and set(named) <= own
        spec = re.search(r'class="live-spec">(.*?)</script>', view)
        assert spec and json.loads(spec[1])["start"] == {"w": 0.5, "g": 0.0}
    # A name that another figure has already is passed over.
    taken = {"fig-some", "fig-some-2"}
    assert 'id="fig-some-3"' in figure_assets.own_ids(html, taken)


# ---------------------------------------------------------------------------------------------
# Where no script runs.

CONTROLS = """() => [...document.querySelectorAll(":is(figure.live, section.question, .progress-overview) :is(input, select, button, textarea)")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().width > 1)
  .map((e) => e.outerHTML.slice(0, 120))"""
NOTES = """() => [...document.querySelectorAll(":is(figure.live .needs-script, .question-still)")].filter(
  (e) => e.checkVisibility()).length"""


@pytest.mark.parametrize(
    "path", [p for p in book_pages() if p.endswith(("03-one-layer.html", "05-matrix-form.html"))]
)
def test_copy_that_runs_no_script_says_so(
    open_page: OPEN, browser: Any, path: str, tmp_path: Path
) -> None:
    """A page saved as one file (MHTML), as it stood: no control that looks alive, a note in its place."""
    visit = open_page(path)
    page = visit.page
    assert page.evaluate(NOTES) == 0
    settings = some_settings(page.evaluate(FIGURES), 3)
    page.evaluate(SHOWN, settings)
    # A graph's steps stand below one another in the copy, and one at a time before; what is hidden is not kept.
    moved = """() => [...document.querySelectorAll("figure.live .live-view")].map((e) => {
      const copy = e.cloneNode(true);
      copy.querySelectorAll("[hidden]").forEach((hidden) => hidden.remove());
      return copy.textContent;
    })"""
    choices = "() => [...document.querySelectorAll('.live-chosen')].map((e) => e.textContent)"
    before, chosen = page.evaluate(moved), page.evaluate(choices)
    file = tmp_path / "page.mhtml"
    session = page.context.new_cdp_session(page)
    file.write_text(session.send("Page.captureSnapshot")["data"], encoding="utf-8", newline="")
    page = browser.new_page()
    page.goto(file.as_uri())
    figures = page.locator("figure.live").count()
    assert figures == len(settings) and page.locator("figure[data-live]").count() == figures
    assert page.evaluate(CONTROLS) == []
    assert page.evaluate(NOTES) == page.locator("figure.live, section.question").count()
    assert page.evaluate(choices) == chosen
    assert [text.split() for text in page.evaluate(moved)] == [text.split() for text in before]
    assert page.locator(".live-chosen:visible").count() == len(chosen)
    page.close()


def test_choice_is_written_out_on_paper(browser: Any, tmp_path: Path) -> None:
    """Controls stay behind; what has been chosen is said in words."""
    page = browser.new_page()
    document = tmp_path / "some.html"
    document.write_text(
        f"<!doctype html><meta charset=utf-8><style>{page_script.styles()}</style>{some_figure().html}<script>{page_script.script()}</script>",
        encoding="utf-8",
    )
    page.goto(document.as_uri())
    chosen = page.locator(".live-chosen")
    assert not chosen.is_visible() and chosen.text_content() == "none"
    page.get_by_label("g", exact=True).select_option("one")
    page.emulate_media(media="print")
    assert chosen.is_visible() and chosen.inner_text() == "one"
    assert not page.locator("select").is_visible()
    page.close()
