"""What the tests share: the built book, a server for it, and a browser that may ask nobody else.

A page test takes `open_page` and says how the page is read:

    @pytest.mark.parametrize("mode", MODES)
    def test_slider(open_page, mode):
        visit = open_page("chapters/03-one-layer.html", mode)
        visit.page.locator("figure.live").first.wait_for()
        ...
        visit.assert_clean()

The browser lives as long as one test module: Playwright keeps an event loop running in its thread,
which would be in the way of the notebooks' kernels.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings

from contents import page_names
from serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
BUILT = ROOT / "_build" / "book.stamp"  # touched by `make book`
MODES = ("http", "disk")
PATIENCE = 300_000  # milliseconds for a page, on the busiest machine too

# One profile for all property tests: the same examples at every run, and no clock among the judges, for
# a busy machine is slow and not wrong.
settings.register_profile(
    "book",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("book")

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Have the tests that need the built book run alone, or left out."""
    parser.addoption(
        "--pages",
        choices=("all", "only", "none"),
        default="all",
        help="of the tests that read the built pages",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests that ``--pages`` asks for."""
    wanted = config.getoption("--pages")
    sorted_out: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        needs_book = "site" in getattr(item, "fixturenames", ())
        sorted_out[wanted in ("all", "only" if needs_book else "none")].append(item)
    items[:] = sorted_out[True]
    config.hook.pytest_deselected(items=sorted_out[False])


def book_pages() -> list[str]:
    """Every page of the site that has content, as a path inside it: the table of contents tells."""
    return [f"{name}.html" for name in page_names()]


def sources() -> list[Path]:
    """The files that the built pages come from."""
    patterns = (
        "_config.yml",
        "_toc.yml",
        "references.bib",
        "index.md",
        "chapters/*.ipynb",
        "chapters/*.md",
        "pages/**/*.*",
        "lib/backprop/**/*.py",  # the reference is made from them
        "lib/backprop/*/*.js",
        "lib/backprop/*/*.css",
    )
    found = (path for pattern in patterns for path in ROOT.glob(pattern))
    return [path for path in found if path.suffix != ".pyc"]


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built book; a failure if it is missing or older than its sources."""
    if not BUILT.exists() or not SITE.joinpath("index.html").exists():
        pytest.fail("The book is not built: run `make book`.", pytrace=False)
    newer = [p for p in sources() if p.stat().st_mtime > BUILT.stat().st_mtime]
    if newer:
        names = ", ".join(sorted(p.relative_to(ROOT).as_posix() for p in newer))
        pytest.fail(f"The built book is older than {names}: run `make book`.", pytrace=False)
    return SITE


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and keeps its log to itself."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving_folder(folder: Path) -> Iterator[str]:
    """The address of a server on loopback with the files of a folder, without a final slash."""
    with serving(partial(QuietHandler, directory=str(folder))) as address:
        yield address


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[str]:
    """The address of a server on loopback that serves the built book, without a final slash."""
    with serving_folder(site) as address:
        yield address


def absent(reason: str) -> NoReturn:
    """Skip the test for what this machine lacks; in CI (CI=true) fail it."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def chromium() -> str:
    """The system's Chromium. Without one the test is skipped, in CI (CI=true) it fails."""
    for name in CHROMIUM_NAMES:
        if found := shutil.which(name):
            return found
    absent(f"no Chromium: none of {', '.join(CHROMIUM_NAMES)} is on the PATH")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, driven by Playwright."""
    executable = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=executable, args=CHROMIUM_ARGUMENTS, chromium_sandbox=False
        )
        yield running
        running.close()


@dataclass
class Visit:
    """An open page, and what happened on it since."""

    page: Page
    outside: list[str] = field(default_factory=list)  # requests to another host (all blocked)
    failed: list[str] = field(default_factory=list)  # requests that failed, with the reason
    console: list[str] = field(default_factory=list)  # console messages of any kind
    errors: list[str] = field(default_factory=list)  # uncaught exceptions

    def assert_clean(self) -> None:
        """Nothing was asked of another host, nothing failed, the console is empty."""
        assert not self.outside, "requests to another host"
        assert not self.failed, "failed requests"
        assert not self.errors, "uncaught exceptions"
        assert not self.console, "console messages"


@pytest.fixture
def open_page(browser: Browser, site: Path, server: str) -> Iterator[Callable[..., Visit]]:
    """Open a page of the book over http or from disk, with every other host out of reach.

    ``open_page(path, mode="http", **options)``: the path may carry a query or a fragment; the options
    go to Playwright's ``new_context`` (``viewport``, ``color_scheme``, ``java_script_enabled``,
    ``reduced_motion``, …).
    """
    contexts = []
    own = {"http": server + "/", "disk": site.as_uri() + "/"}

    def open_one(path: str, mode: str = "http", **options: Any) -> Visit:
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        visit = Visit(context.new_page())
        page = visit.page
        inside = re.escape(own[mode])
        elsewhere = re.compile(rf"^(?!{inside}|data:|blob:|about:)")
        context.route(elsewhere, lambda route: route.abort())
        page.on(
            "request", lambda r: visit.outside.append(r.url) if elsewhere.match(r.url) else None
        )
        page.on("websocket", lambda socket: visit.outside.append(socket.url))

        def failed(request: Request) -> None:
            # What a page still waits for when it is left is given up: nothing is missing.
            if request.failure != "net::ERR_ABORTED":
                visit.failed.append(f"{request.url}: {request.failure}")

        page.on("requestfailed", failed)
        page.on(
            "response",
            lambda r: visit.failed.append(f"{r.url}: {r.status}") if r.status >= 400 else None,
        )
        page.on("console", lambda m: visit.console.append(f"{m.type}: {m.text}"))
        page.on("pageerror", lambda error: visit.errors.append(str(error)))
        page.goto(own[mode] + path, wait_until="load")
        return visit

    yield open_one
    for context in contexts:
        context.close()
