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

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from support.browsing import CHROMIUM_ARGUMENTS, PATIENCE, Visit, chromium, serving_folder
from support.paths import BUILT, ROOT, SITE, sources

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Request

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


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[str]:
    """The address of a server on loopback that serves the built book, without a final slash."""
    with serving_folder(site) as address:
        yield address


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
