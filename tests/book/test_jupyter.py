"""The chapters in JupyterLab and Notebook 7, with a real kernel: sliders and Python move each other.

One server on loopback serves a copy of the chapters to both; Chromium opens a notebook there, runs
all of it and drags its sliders, as a reader does, with every other host out of reach.
"""

from __future__ import annotations

import ast
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

import backprop as bp
from backprop_book import exercises
from support.formulas import ANCHOR, texts
from support.paths import ROOT
from support.shown import Shown, faults, formulas_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page

CHAPTER = "03-one-layer.ipynb"
FIGURE = "one-layer-step"
NOTEBOOKS = sorted(path.name for path in (ROOT / "chapters").glob("*.ipynb"))
APPLICATIONS = {
    "notebook": "notebooks/{}?",
    "lab": "lab/tree/{}?reset&",
}  # reset: not what was open

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
# anywidget cuts off from Python what has not started within two seconds, which the busiest machine may
# need for anything at all. A reader would run the notebook again, and so does the test.
LATE = "[anywidget] Failed to initialize model."
# So is a dialog of the application's own: it asks for a kernel, say, when its server was slow to answer.
DIALOG = "A dialog: "
# Of every code cell; the last is the one to type into.
PROMPTS = """() => [...document.querySelectorAll(".jp-Notebook .jp-CodeCell .jp-InputPrompt")]
  .filter((prompt) => prompt.offsetParent).map((prompt) => prompt.textContent.trim())"""
PATIENCE = 180_000  # milliseconds; generous, for a machine that is busy with other tests


@dataclass(frozen=True)
class Server:
    """A Jupyter server of our own."""

    url: str  # with a final slash
    token: str

    def end_kernels(self) -> None:
        """So that the next visit meets a new kernel, with nothing in its Out."""
        for session in json.loads(self._ask("GET", "api/sessions")):
            self._ask("DELETE", f"api/sessions/{session['id']}")

    def _ask(self, method: str, path: str) -> bytes:
        headers = {"Authorization": f"token {self.token}"}
        with urlopen(Request(self.url + path, headers=headers, method=method), timeout=60) as found:
            content: bytes = found.read()
        return content


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab and Notebook 7."""
    missing = [name for name in ("jupyterlab", "notebook") if not importlib.util.find_spec(name)]
    if missing:
        reason = f"no {', no '.join(missing)}: pip install -r requirements.txt"
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
        yield Server(wait_for(process, folder), token)
    finally:
        process.terminate()  # it stops its kernels, too
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def copy_chapters(to: Path) -> None:
    """The chapters, each with an empty cell at its end for the test to type into."""
    shutil.copytree(ROOT / "chapters", to, ignore=shutil.ignore_patterns(".*"))
    cell = {"cell_type": "code", "execution_count": None, "id": "typed-by-the-test"}
    for chapter in NOTEBOOKS:
        notebook = json.loads((to / chapter).read_text(encoding="utf-8"))
        for code in (c for c in notebook["cells"] if c["cell_type"] == "code"):
            code |= {"execution_count": None, "outputs": []}  # a number then means that it has run
            code["metadata"].pop("jupyter", None)  # unfolded, for a folded cell shows no number
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
    for _ in range(1200):  # a minute or two, then it hangs
        if process.poll() is not None:
            break
        try:
            server = json.loads(record.read_text(encoding="utf-8"))
            with urlopen(f"{server['url']}api?token={server['token']}", timeout=5):
                return str(server["url"])
        except (OSError, ValueError):
            time.sleep(0.1)
    log = (folder / "log").read_text(encoding="utf-8", errors="replace")
    pytest.fail(f"Jupyter did not start:\n{log[-3000:]}", pytrace=False)


@dataclass
class Notebook:
    """A chapter, open in one of the applications, all of it run."""

    page: Page
    outside: list[str] = field(default_factory=list)  # requests to another host (all blocked)
    problems: list[str] = field(default_factory=list)  # errors on the console, and uncaught ones

    def run_all(self) -> None:
        """Run > Run All Cells, until the kernel has done them all."""
        idle = self.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first
        idle.wait_for()
        for _ in range(20):  # both show "idle" before they are connected, and then run nothing
            self.page.get_by_role("menuitem", name="Run", exact=True).click()
            self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            self.page.wait_for_timeout(2000)
            if self.page.evaluate(PROMPTS).count("[ ]:") < 2:
                break
        for _ in range(PATIENCE // 500):
            if not {"[ ]:", "[*]:"} & set(self.page.evaluate(PROMPTS)[:-1]):
                break
            self.page.wait_for_timeout(500)
        idle.wait_for()

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

    def assert_clean(self) -> None:
        """Nothing was asked of another host, and the console tells of no error."""
        assert not self.outside, "requests to another host"
        assert not self.problems, "errors on the console"


@pytest.fixture(scope="module")
def visit(browser: Browser, server: Server) -> Iterator[Callable[[str, str], Notebook]]:
    """Open a chapter in an application and run it, with every other host out of reach.

    One is open at a time, and stays open while tests ask for the same.
    """
    own = re.escape(server.url.removeprefix("http"))
    elsewhere = re.compile(rf"^(?!(http|ws){own}|data:|blob:|about:)")
    opened: dict[tuple[str, str], Notebook] = {}

    def close() -> None:
        for notebook in opened.values():
            notebook.page.context.close()
        opened.clear()
        server.end_kernels()

    def open_one(application: str, chapter: str, attempts: int = 3) -> Notebook:
        if attempts == 3 and (found := opened.get((application, chapter))):
            return found
        close()
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        context.route(elsewhere, lambda route: route.abort())
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        notebook = opened[application, chapter] = Notebook(page)
        outside, problems = notebook.outside, notebook.problems
        page.on("request", lambda r: outside.append(r.url) if elsewhere.match(r.url) else None)
        page.on("websocket", lambda s: outside.append(s.url) if elsewhere.match(s.url) else None)
        page.on(
            "console",
            lambda m: None if m.type != "error" or shared_font(m) else problems.append(m.text),
        )
        page.on(
            "pageerror", lambda e: None if notebook_own(e) else problems.append(e.stack or str(e))
        )

        def answer(dialog: Locator) -> None:
            problems.append(DIALOG + dialog.inner_text())
            dialog.locator(".jp-mod-accept").click()

        # Another dialog may follow at once, so nobody waits until there is none.
        page.add_locator_handler(page.locator("dialog.jp-Dialog"), answer, no_wait_after=True)
        path = APPLICATIONS[application].format(chapter)
        page.goto(f"{server.url}{path}token={server.token}")
        notebook.run_all()
        busy = any(LATE in problem or DIALOG in problem for problem in problems)
        if busy and (attempts := attempts - 1):
            return open_one(application, chapter, attempts)
        return notebook

    yield open_one
    close()


def shared_font(message: ConsoleMessage) -> bool:
    """The server's own fault: it keeps where a file of this name was found for both applications, so
    JupyterLab is refused the fonts of MathJax that Notebook has had."""
    url = message.location["url"]
    return "403" in message.text and "/static/lab/" in url and url.endswith(".woff")


def notebook_own(error: Error) -> bool:
    """Notebook 7.6's own fault: its settings tell of a plugin that they have not yet kept."""
    stack = error.stack or ""
    return (
        "reading 'schema'" in error.message and "/notebook_core." in stack and "blob:" not in stack
    )


# What a step of the bench's walk passes, which the page alone takes.
WALKED = re.compile(r"(?:slope|upstream|share|sum)_\d+")

# Every figure's first control to one end; then what every figure shows.
MOVE = """(figures) => figures.map((figure) => {
  const control = figure.querySelector(".live-controls [name]");
  control.value = control.max || control.lastChild.value;
  control.dispatchEvent(new Event("input", { bubbles: true }));
  const numbers = [...figure.querySelectorAll("[data-quantity]")];
  return [figure.dataset.figure, Object.fromEntries(
    numbers.map((e) => [e.dataset.quantity, Number(e.dataset.value)]))];
})"""
FIGURES = """
import json
from livetext import LiveFigure
figures = {o.name: o for o in Out.values() if isinstance(o, LiveFigure)}
print(json.dumps({name: figure.quantities for name, figure in figures.items()}))
"""
MOVE_BACK = """
for figure in figures.values():
    first = figure.sliders[0]
    figure.values = {first.name: getattr(first, "low", 0)}
print(json.dumps({name: figure.quantities for name, figure in figures.items()}))
"""
BEHIND = """(kernel) => Object.entries(kernel).flatMap(([name, quantities]) =>
  [...document.querySelectorAll(`figure.live[data-figure="${name}"] [data-quantity]`)].flatMap((e) => {
    const value = quantities[e.dataset.quantity];
    if (value === undefined) return [];
    const shown = Number(e.dataset.value);
    const close = Object.is(shown, value) || Math.abs(shown - value) <= 1e-11 * Math.max(1, Math.abs(value));
    return close ? [] : [`${name}: ${e.dataset.quantity} is ${e.dataset.value}, not ${value}`];
  }))"""


# Of every Markdown cell: its text without formulas and code, its formulas, their errors, its anchors.
PROSE = """() => [...document.querySelectorAll(".jp-MarkdownCell .jp-RenderedMarkdown")].map((cell) => {
  const errors = [...cell.querySelectorAll("mjx-merror")].map((e) => e.dataset.mjxError);
  const formulas = cell.querySelectorAll("mjx-container").length;
  // By this name JupyterLab keeps a safe id, and finds it for a link.
  const anchors = [...cell.querySelectorAll("a[data-jupyter-id]")].map((a) => a.dataset.jupyterId);
  const copy = cell.cloneNode(true);
  copy.querySelectorAll("mjx-container, code, pre, style, script").forEach((e) => e.remove());
  return [copy.textContent, formulas, errors, anchors];
})"""


def assert_reads_well(page: Page, chapter: str) -> None:
    """Every Markdown cell shows its numbers and formulas, and nothing that is meant for a program."""
    sources = [text for _, text in texts(ROOT / "chapters" / chapter)]
    page.wait_for_function(  # formulas are typeset a moment later
        "(n) => document.querySelectorAll('.jp-MarkdownCell mjx-container').length >= n",
        arg=sum(map(formulas_in, sources)),
    )
    cells = page.evaluate(PROSE)
    for source, (text, formulas, errors, anchors) in zip(sources, cells, strict=True):
        assert not list(faults(source, Shown(text, formulas, tuple(errors))))
        assert set(ANCHOR.findall(source)) <= set(anchors)


# Both applications draw notebooks by the same code, each in a frame of its own: a notebook is opened in one of
# them, by turns. The one that is looked at more closely is opened in both, and comes last in JupyterLab, so that
# one visit serves all its tests.
OTHERS = [name for name in NOTEBOOKS if name != CHAPTER]
VISITS = [
    (application, chapter)
    for application, turn in (("notebook", OTHERS[::2]), ("lab", OTHERS[1::2]))
    for chapter in (*turn, CHAPTER)
]


@pytest.mark.parametrize(("application", "chapter"), VISITS)
def test_chapter(visit: Callable[[str, str], Notebook], application: str, chapter: str) -> None:
    """All cells run without error, all that is live is live, each figure and the kernel agree, prose reads well."""
    notebook = visit(application, chapter)
    page = notebook.page
    assert_reads_well(page, chapter)
    assert page.locator("[data-mime-type*=error], [data-mime-type*=stderr]").count() == 0
    stored = (ROOT / "chapters" / chapter).read_text(encoding="utf-8")
    markup = (
        r'<(?:figure class=\\"live|section class=\\"question|div class=\\"progress-overview)\\"'
    )
    page.wait_for_function(
        "(n) => document.querySelectorAll('.jp-Notebook [data-live]').length === n",
        arg=len(re.findall(markup, stored)),
    )
    figures = page.locator("figure.live")
    assert figures.count() >= 3 or not chapter[0].isdigit()
    if figures.count():
        shown = dict(figures.evaluate_all(MOVE))
        kernel = json.loads(notebook.run(FIGURES))
        assert kernel.keys() == shown.keys()
        for name, numbers in shown.items():
            for quantity, value in numbers.items():
                if WALKED.fullmatch(quantity):
                    continue
                close = pytest.approx(value, rel=1e-11, abs=1e-11, nan_ok=True)
                assert kernel[name][quantity] == close, (name, quantity)
        moved = json.loads(notebook.run(MOVE_BACK))
        assert all(moved[name] != kernel[name] for name in kernel)
        for _ in range(60):  # the page hears of it a moment later
            if not (behind := page.evaluate(BEHIND, moved)):
                break
            page.wait_for_timeout(500)
        assert not behind, notebook.problems
    notebook.assert_clean()


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


def test_sliders_and_python_move_each_other(visit: Callable[[str, str], Notebook]) -> None:
    """Slider to kernel, kernel to slider, and the library's numbers in both."""
    notebook = visit("lab", CHAPTER)
    page = notebook.page
    figure = page.locator(f'figure.live[data-figure="{FIGURE}"]')
    slider = figure.locator('input[type=range][name="w"]')
    figure.scroll_into_view_if_needed()
    figure.get_by_role("button", name="Reset").click()
    shows(figure, "loss", loss(0.5))

    slider.fill("-1.5")  # sets the value and tells the page by an input event, as a drag does
    shows(figure, "loss", loss(-1.5))
    notebook.run(f"figure = next(o for o in Out.values() if getattr(o, 'name', '') == '{FIGURE}')")
    values = {"w": -1.5, "x": 1.0, "b": 0.0, "y": 0.0, "lr": 0.1}
    assert ast.literal_eval(notebook.run("figure.values")) == values

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

    notebook.assert_clean()


ANSWER = """
def answer(w, x, b, y):
    {body}
exercises.check("one-layer-1", answer);
"""


def test_exercises(visit: Callable[[str, str], Notebook]) -> None:
    """Questions answer to the keyboard, not to Lab; a prediction moves the kernel's figure; code is checked."""
    notebook = visit("lab", CHAPTER)
    page = notebook.page
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    question = page.locator('section.question[data-question="one-layer-saturated"]')
    question.locator("input").fill("")
    question.locator("input").press_sequentially("1e5 dd")  # d, d deletes a cell in Lab
    page.keyboard.press("Enter")
    assert "cannot be read as a number" in question.locator(".question-verdict").inner_text()
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    values = exercises.question("one-layer-saturated").values()
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
        "import dataclasses; from backprop_book.exercises.bank import EXERCISES as E; "
        "E['one-layer-1'] = dataclasses.replace(E['one-layer-1'], seconds=1.0)"
    )
    assert "still running after 1 seconds" in notebook.run(ANSWER.format(body="while True: pass"))
    assert notebook.run("'alive'") == "'alive'"
    notebook.assert_clean()
