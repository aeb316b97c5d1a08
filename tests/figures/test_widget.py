"""What figures and questions bring to Jupyter: one script for all of a page, whichever comes first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ipywidgets import Widget

from livetext.questions.widget import PageWidget
from livetext.widget import FigureWidget, HtmlWidget, Script, starter

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDGETS = [FigureWidget, PageWidget]


@pytest.fixture
def page(browser: Browser) -> Any:
    page = browser.new_page()
    yield page
    page.close()


# anywidget's part: load the module, hand it a model and a host, count what it asks of the host.
RENDER = """async ({ esm, script, times, broken = 0 }) => {
  const asked = [], shown = [], failed = [];
  const model = (state) => ({ get: (name) => state[name] });
  const host = { async getModel(reference) {
    asked.push(reference);
    if (asked.length <= broken) throw new Error("no such model");
    return model(script);
  } };
  const one = async (i) => {
    const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
    const widget = (await import(url)).default;
    const el = document.createElement("div");
    await widget.render({ model: model({ script: "anywidget:1", html: `<p>${i}</p>` }), host, el });
    shown.push(el.textContent);
  };
  for (let i = 0; i < broken; i++) await one(i).catch((error) => failed.push(error.message));
  await Promise.all(Array.from({ length: times }, (_, i) => one(i)));
  return { asked: asked.length, shown: shown.sort(), failed };
}"""
TOY = "globalThis.runs = (globalThis.runs ?? 0) + 1; export const render = ({ model, el }) => { el.innerHTML = 'VERSION' + model.get('html'); };"


def render(page: Page, version: str, **options: Any) -> dict[str, Any]:
    script = {"source": TOY.replace("VERSION", version), "styles": f".{version} {{ color: red; }}"}
    esm = starter(script["source"], script["styles"])
    found: dict[str, Any] = page.evaluate(RENDER, {"esm": esm, "script": script, **options})
    return found


def test_script_runs_once_however_many_widgets_ask_at_once(page: Page) -> None:
    assert render(page, "a", times=3) == {"asked": 1, "shown": ["a0", "a1", "a2"], "failed": []}
    assert render(page, "a", times=1)["asked"] == 0  # as after a restart of the kernel
    assert page.evaluate("runs") == 1
    assert page.locator("style").evaluate_all("all => all.map((e) => e.textContent)") == [
        ".a { color: red; }"
    ]


def test_two_versions_keep_to_themselves(page: Page) -> None:
    for version in "aba":
        assert render(page, version, times=2)["shown"] == [f"{version}0", f"{version}1"]
    assert page.evaluate("runs") == 2


def test_next_widget_tries_again_after_a_failure(page: Page) -> None:
    found = render(page, "a", times=2, broken=1)
    assert found == {"asked": 2, "shown": ["a0", "a1"], "failed": ["no such model"]}


@pytest.mark.parametrize("kind", WIDGETS)
def test_script_is_sent_once(kind: type[HtmlWidget]) -> None:
    """A second widget's message is little more than its markup."""
    first, second = kind(html="<p>"), kind(html="<p>")
    assert isinstance(first.script, Script) and second.script is first.script
    assert second.get_state()["script"] == f"anywidget:{first.script.model_id}"
    layout = 200  # ipywidgets' own entries
    assert len(json.dumps(second.get_state())) < len(second.html) + 1500 + layout


def test_each_kind_has_its_own_script() -> None:
    figure, question = (kind(html="").script for kind in WIDGETS)
    assert "backpropQuestions" in question.source and "backpropQuestions" not in figure.source
    assert FigureWidget._esm != PageWidget._esm


def test_closed_script_is_replaced() -> None:
    """`Widget.close_all()` is the reader's to call; figures made after it need a script, too."""
    before = FigureWidget(html="").script
    Widget.close_all()
    after = FigureWidget(html="").script
    assert after is not before and after.comm is not None
