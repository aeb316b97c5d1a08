"""The chapters in JupyterLab, with a real kernel: sliders and Python move each other.

A server on loopback serves a copy of the chapters; Chromium opens a notebook there, runs all of it
and drags a slider, as a reader does, with every other host out of reach.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest
from conftest import ROOT

import backprop as bp

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

CHAPTERS = sorted(path.name for path in (ROOT / "chapters").glob("[0-9]*.ipynb"))
CHAPTER = "03-one-layer.ipynb"
FIGURE = "one-layer-step"

SETTINGS = {
    # Every cell is in the page, wherever the reader has scrolled to.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}
OPTIONS = [
    "--no-browser",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.allow_root=True",
    "--LabApp.extension_manager=readonly",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]
MINUTE = 60_000  # milliseconds; generous, for a machine that is busy with other tests


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab of our own, with a place for the notebook's name."""
    if importlib.util.find_spec("jupyterlab") is None:
        reason = "no JupyterLab: pip install -e '.[jupyter]'"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("lab")
    copy_chapters(folder / "chapters")
    (folder / "config" / "labconfig").mkdir(parents=True)
    settings = folder / "config" / "labconfig" / "default_setting_overrides.json"
    settings.write_text(json.dumps(SETTINGS), encoding="utf-8")
    # The kernel and the widgets' scripts are found in the environment that runs this test.
    homes = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    environment = {name: str(folder / value) for name, value in homes.items()}
    token = secrets.token_hex(16)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", *OPTIONS),
                f"--ServerApp.port={free_port()}",
                f"--ServerApp.root_dir={folder / 'chapters'}",
                f"--IdentityProvider.token={token}",
            ],
            env=os.environ | environment | {"OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        address = wait_for(process, folder)
        yield f"{address}lab/tree/{{}}?reset&token={token}"  # not what another test had open
    finally:
        process.terminate()  # it stops its kernel, too
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def copy_chapters(to: Path) -> None:
    """The chapters, each with an empty cell at its end for the test to type into."""
    shutil.copytree(ROOT / "chapters", to, ignore=shutil.ignore_patterns(".*"))
    cell = {"cell_type": "code", "execution_count": None, "id": "typed-by-the-test"}
    for chapter in CHAPTERS:
        notebook = json.loads((to / chapter).read_text(encoding="utf-8"))
        notebook["cells"].append(cell | {"metadata": {}, "outputs": [], "source": ""})
        (to / chapter).write_text(json.dumps(notebook), encoding="utf-8")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for(process: subprocess.Popen[bytes], folder: Path) -> str:
    """The server's address, once it answers: it takes the next port if ours has gone meanwhile."""
    record = folder / "runtime" / f"jpserver-{process.pid}.json"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            server = json.loads(record.read_text(encoding="utf-8"))
            with urlopen(f"{server['url']}api?token={server['token']}", timeout=5):
                return str(server["url"])
        except (OSError, ValueError):
            time.sleep(0.1)
    log = (folder / "log").read_text(encoding="utf-8", errors="replace")
    pytest.fail(f"JupyterLab did not start:\n{log[-3000:]}", pytrace=False)


@dataclass
class Notebook:
    """A chapter, open in JupyterLab."""

    page: Page
    outside: list[str] = field(default_factory=list)  # requests to another host (all blocked)
    problems: list[str] = field(default_factory=list)  # errors on the console, and uncaught ones

    def run_all(self) -> None:
        """Run > Run All Cells, until the kernel has done them all, and nothing went wrong."""
        cells = self.page.locator(".jp-Notebook .jp-CodeCell").filter(has_text=re.compile(r"\w"))
        self.page.get_by_text("| Idle", exact=False).first.wait_for()
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        self.page.locator("figure.live[data-live]").first.wait_for()
        # The typed cell is the last: it has run when all others have.
        assert self.run("'done'") == "'done'"
        assert cells.count() > 15
        assert self.page.locator(".jp-InputPrompt").get_by_text("[*]").count() == 0
        assert self.page.locator("[data-mime-type*=error], [data-mime-type*=stderr]").count() == 0

    def run(self, code: str) -> str:
        """Type this into the last cell, run it, and return what it shows."""
        cell = self.page.locator(".jp-Notebook .jp-CodeCell").last
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Control+Enter")
        after = re.compile(rf"^(?!{re.escape(before)})\[\d+\]:$")
        cell.locator(".jp-InputPrompt").filter(has_text=after).wait_for()
        return "\n".join(cell.locator(".jp-OutputArea-output").all_inner_texts()).strip()


@pytest.fixture
def open_notebook(browser: Browser, lab: str) -> Iterator[Callable[[str], Notebook]]:
    """Open a chapter, with every other host out of reach."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    own = re.match(r"http(://[^/]+/)", lab)
    assert own
    elsewhere = re.compile(rf"^(?!(http|ws){re.escape(own[1])}|data:|blob:|about:)")
    context.route(elsewhere, lambda route: route.abort())

    def open_one(chapter: str) -> Notebook:
        page = context.new_page()
        page.set_default_timeout(MINUTE)
        notebook = Notebook(page)
        outside, problems = notebook.outside, notebook.problems
        page.on("request", lambda r: outside.append(r.url) if elsewhere.match(r.url) else None)
        page.on("websocket", lambda s: outside.append(s.url) if elsewhere.match(s.url) else None)
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(lab.format(chapter))
        return notebook

    yield open_one
    context.close()
    end_kernels(lab)


def end_kernels(lab: str) -> None:
    """So that the next test of a chapter meets a new kernel, with nothing in its Out."""
    api, token = lab.partition("lab/")[0] + "api/sessions", lab.rpartition("=")[2]
    headers = {"Authorization": f"token {token}"}
    with urlopen(Request(api, headers=headers), timeout=60) as answer:
        sessions = json.load(answer)
    for session in sessions:
        request = Request(f"{api}/{session['id']}", headers=headers, method="DELETE")
        urlopen(request, timeout=60).close()


def loss(w: float) -> float:
    """The loss at the chapter's other starting values."""
    x, y, b = 1.0, 0.0, 0.0
    return bp.squared_error(w * x + b, y)


def shows(figure: Locator, name: str, value: float) -> None:
    """Wait until the figure shows this number for the quantity, in every place that shows it."""
    places = figure.locator(f'[data-quantity="{name}"]')
    expect = f"""(all) => all.length > 0
      && all.every((e) => Math.abs(e.dataset.value - {value!r}) <= 1e-12 * Math.abs({value!r}))"""
    figure.page.wait_for_function(
        f"([figure, name]) => ({expect})([...figure.querySelectorAll(`[data-quantity=${{name}}]`)])",
        arg=[figure.element_handle(), name],
    )
    assert places.count() > 0


def test_sliders_and_python_move_each_other(open_notebook: Callable[[str], Notebook]) -> None:
    """Slider to kernel, kernel to slider, and the library's numbers in both."""
    notebook = open_notebook(CHAPTER)
    notebook.run_all()
    page = notebook.page
    assert page.locator("figure.live[data-live]").count() == page.locator("figure.live").count() > 1
    figure = page.locator(f'figure.live[data-figure="{FIGURE}"]')
    slider = figure.locator('input[type=range][name="w"]')
    figure.scroll_into_view_if_needed()
    shows(figure, "loss", loss(0.5))

    slider.fill("-1.5")  # sets the value and tells the page by an input event, as a drag does
    shows(figure, "loss", loss(-1.5))
    notebook.run(f"figure = next(o for o in Out.values() if getattr(o, 'name', '') == '{FIGURE}')")
    assert notebook.run("figure.values") == str(
        {"w": -1.5, "x": 1.0, "b": 0.0, "y": 0.0, "lr": 0.1}
    )

    slider.focus()
    page.keyboard.press("ArrowRight")
    shows(figure, "loss", loss(-1.45))
    assert slider.evaluate("(e) => e === document.activeElement")  # the key was the slider's alone
    assert notebook.run("figure.values['w'], figure.quantities['loss']") == str(
        (-1.45, loss(-1.45))
    )

    notebook.run("figure.values['w'] = 1.25")
    shows(figure, "w", 1.25)
    shows(figure, "loss", loss(1.25))
    assert slider.input_value() == "1.25"
    assert slider.get_attribute("aria-valuetext") == "1.25, loss 1.56"

    error = notebook.run("figure.values['w'] = 3")
    assert "ValueError: slider 'w' goes from -2 to 2, got 3" in error
    shows(figure, "w", 1.25)

    figure.get_by_role("button", name="Reset").click()
    shows(figure, "loss", loss(0.5))
    assert notebook.run("figure.values['w']") == "0.5"

    assert not notebook.outside, "requests to another host"
    assert not notebook.problems, "errors on the console"


ANSWER = """
def answer(w, x, b, y):
    {body}
bp.exercises.check("one-layer-1", answer);
"""


def test_exercises_in_jupyterlab(open_notebook: Callable[[str], Notebook]) -> None:
    """Questions answer to the keyboard, not to Lab; a prediction moves the kernel's figure; code is checked."""
    notebook = open_notebook(CHAPTER)
    notebook.run_all()
    page = notebook.page
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    question = page.locator('section.question[data-question="one-layer-saturated"]')
    question.locator("input").fill("")
    question.locator("input").press_sequentially("1e5 dd")  # d, d deletes a cell in Lab
    page.keyboard.press("Enter")
    assert "cannot be read as a number" in question.locator(".question-verdict").inner_text()
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    values = bp.exercises.question("one-layer-saturated").values()
    question.locator("input").fill(repr(values["dw"]))
    page.keyboard.press("Enter")
    assert question.locator(".question-verdict").inner_text().startswith("✓ Right.")

    fate = page.locator('section.question[data-question="one-layer-fate"]')
    fate.locator("input").first.focus()
    page.keyboard.press("ArrowDown")  # the next option; Lab would go to the next cell
    assert fate.locator("input").nth(1).is_checked()
    assert fate.locator("input").nth(1).evaluate("(e) => e === document.activeElement")
    fate.get_by_role("button", name="Check").click()
    assert "The figure now shows it." in fate.locator(".question-verdict").inner_text()
    notebook.run(
        "figure = next(o for o in Out.values() if getattr(o, 'name', '') == 'one-layer-map')"
    )
    for _ in range(20):  # the kernel hears of it a moment later
        moved = notebook.run("figure.values['lr'], figure.values['x']")
        if moved == "(0.7, 1.0)":
            break
        page.wait_for_timeout(500)
    assert moved == "(0.7, 1.0)"

    right = "a = bp.sigmoid(w * x + b); d = 2 * (a - y) * a * (1 - a); return d * x, d"
    assert notebook.run(ANSWER.format(body=right)).startswith("✓ one-layer-1: right.")
    wrong = notebook.run(ANSWER.format(body="return w / len([]), b"))
    assert "✗ one-layer-1: line 2 of your cell, 'return w / len([]), b', stopped with" in wrong
    notebook.run(
        "import dataclasses; from backprop.exercises.bank import EXERCISES as E; "
        "E['one-layer-1'] = dataclasses.replace(E['one-layer-1'], seconds=1.0)"
    )
    assert "still running after 1 seconds" in notebook.run(ANSWER.format(body="while True: pass"))
    assert notebook.run("'alive'") == "'alive'"
    assert not notebook.outside, "requests to another host"
    assert not notebook.problems, "errors on the console"


MOVED = """(figures) => figures.map((figure) => {
  const control = figure.querySelector(".live-controls [name]");
  control.value = control.max || control.lastChild.value;
  control.dispatchEvent(new Event("input", { bubbles: true }));
  const numbers = [...figure.querySelectorAll("[data-quantity]")];
  return [figure.dataset.figure, Object.fromEntries(
    numbers.map((e) => [e.dataset.quantity, Number(e.dataset.value)]))];
})"""


@pytest.mark.parametrize("chapter", [c for c in CHAPTERS if c != CHAPTER])
def test_chapter_in_jupyterlab(open_notebook: Callable[[str], Notebook], chapter: str) -> None:
    """All cells run; every figure's first control, at its far end, moves the kernel's numbers too."""
    notebook = open_notebook(chapter)
    notebook.run_all()
    figures = notebook.page.locator("figure.live")
    stored = (ROOT / "chapters" / chapter).read_text(encoding="utf-8")
    for kind in ("figure", "section"):
        asked = len(re.findall(rf'<{kind} class=\\"(?:live|question)\\"', stored))
        notebook.page.wait_for_function(
            f"(n) => document.querySelectorAll('{kind}:is(.live, .question)[data-live]').length === n",
            arg=asked,
        )
    assert notebook.page.locator("figure.live[data-live]").count() == figures.count() >= 3
    for name, shown in figures.evaluate_all(MOVED):
        notebook.run(
            f"figure = next(o for o in Out.values() if getattr(o, 'name', '') == '{name}')"
        )
        kernel = json.loads(notebook.run("import json; print(json.dumps(figure.quantities))"))
        for quantity, value in shown.items():
            assert abs(kernel[quantity] - value) <= 1e-11 * max(1.0, abs(value)), (name, quantity)
    assert not notebook.outside, "requests to another host"
    # anywidget complains of a widget that needs more than two seconds, as on a busy machine; whether
    # it came in the end was asked above.
    late = "[anywidget] Failed to initialize model."
    assert not [p for p in notebook.problems if p != late], "errors on the console"
