"""What figures and questions bring to Jupyter: one script for all of a kernel's widgets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from ipywidgets import Widget

import livetext
from backprop import autodiff as ad
from livetext import page_script
from livetext.widget import FigureWidget, HtmlWidget, Script
from support.paths import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDGETS = [FigureWidget, HtmlWidget]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def test_every_file_is_in_the_script() -> None:
    """Each once, and each style sheet."""
    for folder, suffix, names in (
        (
            "js",
            ".js",
            [*page_script.SCRIPTS, *(f for files, _ in page_script.PARTS.values() for f in files)],
        ),
        ("css", ".css", page_script.STYLES),
    ):
        found = [file.stem for file in (ROOT / "lib/livetext" / folder).glob(f"*{suffix}")]
        assert sorted(found) == sorted(names)


def test_script_leaves_one_name_on_the_page(page: Page) -> None:
    """`livetext`, which nobody can change; a widget's module leaves none."""
    names = "Object.getOwnPropertyNames(globalThis)"
    before = {*page.evaluate(names)}
    load = "(text) => import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))).then(() => 0)"
    page.evaluate(load, page_script.module())
    assert {*page.evaluate(names)} == before
    page.add_script_tag(content=page_script.script())
    assert {*page.evaluate(names)} - before == {"livetext"}
    assert page.evaluate("Object.isFrozen(livetext)")


# anywidget's part, for two kernels with a script each: `initialize` once, `render` for each view.
KERNELS = """async ({ script, starter, html }) => {
  const load = async (text) => {
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    return (await import(url)).default;
  };
  const kernel = async () => {
    const exports = (await load(script)).initialize();
    const host = { getWidget: async () => ({ exports }) };
    return async (el) => {
      const state = { html, script: "anywidget:1", values: {} };
      const model = { get: (name) => state[name], set: (name, value) => { state[name] = value; },
        save_changes() {}, on() {}, off() {} };
      const stop = await (await load(starter)).render({ el, host, model });
      return { el, stop, state };
    };
  };
  const [one, other] = [await kernel(), await kernel()];
  const cell = () => document.body.appendChild(document.createElement("div"));
  const views = [await one(cell()), await other(cell()), await one(cell())];
  const ids = () => [...document.querySelectorAll("figure")].map((figure) => figure.id);
  const lived = ids();
  const move = ({ el, state }, value) => {
    const input = el.querySelector("input");
    input.value = value;
    input.dispatchEvent(new Event("input"));
    return [state.values.w, el.querySelector("[data-quantity=loss]").dataset.value];
  };
  const moved = views.map((view, i) => move(view, i - 1));
  views[1].stop();
  views[1].el.replaceChildren();
  const again = await one(views[1].el);
  return { lived, moved, again: [ids(), move(again, 2), move(views[0], 1.5)] };
}"""


def test_copies_of_the_script_share_a_page(page: Page) -> None:
    """As two notebooks in one JupyterLab: each view has its own ids and moves alone; one that goes frees its ids."""
    figure = livetext.LiveFigure(
        ad.trace(lambda w: {"loss": w * w}, w=0.5),
        [livetext.Slider("w", "*w*", -2, 2, 0.5)],
        [livetext.WorkedLines([("Line", "L = {loss}")])],
        name="shared",
        alt="A line",
        caption="A line.",
    )
    state = figure.widget.get_state()
    found = page.evaluate(
        KERNELS,
        {"script": page_script.module(), "starter": state["_esm"], "html": figure.html},
    )
    assert found["lived"] == ["fig-shared", "fig-shared-2", "fig-shared-3"]
    assert found["moved"] == [[-1, "1"], [0, "0"], [1, "1"]]
    assert found["again"] == [found["lived"], [2, "4"], [1.5, "2.25"]]


@pytest.mark.parametrize("kind", WIDGETS)
def test_script_is_sent_once(kind: type[HtmlWidget]) -> None:
    """A second widget's message is little more than its markup."""
    first, second = kind(html="<p>"), kind(html="<p>")
    assert isinstance(first.script, Script) and second.script is first.script
    assert second.get_state()["script"] == f"anywidget:{first.script.model_id}"
    assert len(json.dumps(second.get_state())) < len(second.html) + 800


def test_figures_and_questions_share_the_script() -> None:
    figure, question = (kind(html="").script for kind in WIDGETS)
    assert figure is question
    assert len(json.dumps(figure.get_state())) < 235_000


def test_closed_script_is_replaced() -> None:
    """`Widget.close_all()` is the reader's to call; figures made after it need a script, too."""
    before = FigureWidget(html="").script
    Widget.close_all()
    after = FigureWidget(html="").script
    assert after is not before and after.comm is not None
