"""The JupyterLite site, opened as a reader does: `make lite-test` builds it and runs this.

Where it was not built there is nothing to test: the book does not depend on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest

from support.browsing import serving_folder
from support.paths import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ONLINE = ROOT / "_build" / "online" / "_build" / "html"
LITE = ONLINE / "lite"
PYODIDE = LITE / "static" / "pyodide"
CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("*.ipynb"))
CDN = "cdn.jsdelivr.net"
MINUTE = 60_000  # milliseconds

pytestmark = pytest.mark.skipif(
    not (PYODIDE / "pyodide-lock.json").exists(), reason="no JupyterLite site: run `make lite`"
)


def lock() -> dict[str, dict[str, object]]:
    """Pyodide's packages in the site, by name."""
    packages: dict[str, dict[str, object]]
    packages = json.loads((PYODIDE / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    return packages


def remote() -> list[str]:
    """The packages that the build had to leave to the CDN."""
    return [name for name, package in lock().items() if "://" in str(package["file_name"])]


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The address of the site with its lite folder, on loopback."""
    with serving_folder(ONLINE) as address:
        yield f"{address}/"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser with nothing stored."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    yield context.new_page()
    context.close()


def outside(page: Page, served: str) -> list[str]:
    """A list that fills with the requests to other hosts."""
    asked: list[str] = []

    def note(address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme in {"http", "https"} and not address.startswith(served):
            asked.append(address)

    page.context.on("request", lambda request: note(request.url))
    return asked


def open_notebook(page: Page, served: str, name: str) -> None:
    """Open one in the site and wait for its cells."""
    page.goto(f"{served}lite/lab/index.html?path={name}")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=MINUTE)


# The files


def test_every_chapter_is_there() -> None:
    listed = json.loads((LITE / "api/contents/chapters/all.json").read_text(encoding="utf-8"))
    names = {item["name"] for item in listed["content"]}
    assert {f"{chapter}.ipynb" for chapter in CHAPTERS} <= names
    for chapter in CHAPTERS:
        name = f"chapters/{chapter}.ipynb"
        assert (LITE / "files" / name).read_bytes() == (ROOT / name).read_bytes()


def test_the_lock_is_whole() -> None:
    """Every package has its dependencies, and its file with the digest that the browser checks."""
    packages = lock()
    for name in ("backprop", "numpy", "matplotlib", "anywidget", "ipywidgets", "ipython"):
        assert name in packages
    for name, package in packages.items():
        for needed in package["depends"]:  # type: ignore[attr-defined]
            assert needed.lower().replace("_", "-") in packages, f"{name} needs {needed}"
        file = str(package["file_name"])
        if name in remote():
            assert urlsplit(file).hostname == CDN
        else:
            assert sha256((PYODIDE / file).read_bytes()).hexdigest() == package["sha256"], name


def test_only_what_is_compiled_may_come_from_elsewhere() -> None:
    """Python itself and pure packages are the site's own."""
    for name in remote():
        assert re.search(r"-pyemscripten_\w+\.whl$", str(lock()[name]["file_name"])), name
    settings = json.loads((LITE / "jupyter-lite.json").read_text(encoding="utf-8"))
    plugins = settings["jupyter-config-data"]["litePluginSettings"]
    kernel = plugins["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert kernel["pyodideUrl"] == "./static/pyodide/pyodide.mjs"


def test_the_widgets_have_their_browser_halves() -> None:
    for name in ("anywidget", "@jupyter-widgets/jupyterlab-manager"):
        assert (LITE / "extensions" / name / "package.json").exists()


# The book's button


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_button_opens_the_page_s_own_notebook(chapter: str) -> None:
    text = (ONLINE / "chapters" / f"{chapter}.html").read_text(encoding="utf-8")
    (link,) = re.findall(r'<li hidden data-needs-server>\s*<a href="([^"]*)"', text)
    target = urlsplit(urljoin(f"chapters/{chapter}.html", link))
    assert (ONLINE / target.path).exists()
    name = target.query.removeprefix("path=")
    assert (LITE / "files" / name).exists() and name == f"chapters/{chapter}.ipynb"


def test_button_is_for_readers_with_a_server(page: Page, served: str) -> None:
    where = "chapters/03-one-layer.html"
    page.goto(served + where)
    link = page.get_by_role("link", name="JupyterLite")
    assert link.is_visible()
    page.goto((ONLINE / where).as_uri())
    assert page.get_by_role("link", name="Download").is_visible()
    assert page.locator("[data-needs-server]").count() == 1 and not link.is_visible()


def test_plain_pages_have_no_button() -> None:
    for name in ("index.html", "chapters/glossary.html"):
        assert "data-needs-server" not in (ONLINE / name).read_text(encoding="utf-8")


# The site


def test_notebook_opens_with_nobody_else_asked(page: Page, served: str) -> None:
    asked = outside(page, served)
    open_notebook(page, served, "chapters/03-one-layer.ipynb")
    page.locator(".jp-Notebook h1", has_text="One layer").wait_for(timeout=MINUTE)
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for(timeout=3 * MINUTE)
    assert [address for address in asked if urlsplit(address).hostname != CDN] == []
    wheels = {str(lock()[name]["file_name"]) for name in remote()}
    assert set(asked) <= wheels


SCRATCH = """
import ctypes, sys, importlib.metadata as m  # ctypes: what checks the exercises needs it
import anywidget, traitlets

class Counter(anywidget.AnyWidget):
    _esm = '''export default { render({ model, el }) {
      const slider = Object.assign(document.createElement("input"),
        { type: "range", min: 0, max: 9, className: "moved" });
      slider.value = model.get("value");
      slider.addEventListener("input", () => { model.set("value", +slider.value); model.save_changes(); });
      const answer = Object.assign(document.createElement("output"), { className: "answer" });
      model.on("change:square", () => { answer.textContent = model.get("square"); });
      el.append(slider, answer);
    } };'''
    value = traitlets.Int(3).tag(sync=True)
    square = traitlets.Int(9).tag(sync=True)

    @traitlets.observe("value")
    def _follow(self, change):
        self.square = change.new ** 2

print("browser", sys.platform, m.version("anywidget"))
Counter()
"""


def run_code(page: Page, served: str, code: str) -> None:
    """Run code in a new notebook."""
    page.goto(f"{served}lite/lab/index.html?reset")
    page.locator('.jp-LauncherCard[data-category="Notebook"]').first.click(timeout=2 * MINUTE)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=MINUTE)
    editor = page.locator(".jp-Notebook .cm-content").first
    editor.click()
    page.keyboard.insert_text(code)
    page.keyboard.press("Shift+Enter")


def test_kernel_and_page_talk(page: Page, served: str) -> None:
    """The browser's Python starts from the site's own files, and a widget's slider moves its number."""
    asked = outside(page, served)
    run_code(page, served, SCRATCH)
    page.locator(".moved").wait_for(timeout=3 * MINUTE)
    assert "browser emscripten" in page.locator(".jp-OutputArea-output").first.inner_text()
    page.locator(".moved").evaluate(
        "e => { e.value = 5; e.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    page.locator(".answer", has_text="25").wait_for(timeout=MINUTE)
    assert asked == []


def test_chapter_runs_and_a_slider_moves_the_kernel(page: Page, served: str) -> None:
    """All of a chapter, in the browser's Python; needs the compiled packages."""
    if remote():
        try:
            answer = page.request.get(str(lock()[remote()[0]]["file_name"]), timeout=20_000)
            reached = answer.ok
        except Exception:
            reached = False
        if not reached:
            pytest.skip(f"no compiled {', '.join(remote())}: {CDN} is out of reach")
    open_notebook(page, served, "chapters/03-one-layer.ipynb")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    figure = page.locator('.jp-OutputArea figure.live[data-figure="one-layer-step"]')
    number = figure.locator('[data-quantity="w_next"]').first
    number.wait_for(timeout=5 * MINUTE)
    before = number.get_attribute("data-value")
    slider = figure.locator('input[name="w"]')
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "([e, before]) => e.dataset.value !== before", arg=[number.element_handle(), before]
    )
    assert page.locator('[data-mime-type="application/vnd.jupyter.error"]').count() == 0
