"""A page in a browser, and what happened on it."""

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

from serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

MODES = ("http", "disk")
PATIENCE = 300_000  # milliseconds for a page, on the busiest machine too

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # In every new window Chromium would load two pages of its own, for suggestions below the address.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup",
]


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


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and keeps its log to itself."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving_folder(folder: Path) -> Iterator[str]:
    """The address of a server on loopback with the files of a folder, without a final slash."""
    with serving(partial(QuietHandler, directory=str(folder))) as address:
        yield address


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


@contextmanager
def opening(browser: Browser, site: Path, server: str) -> Iterator[Callable[..., Visit]]:
    """Open pages of the book over http or from disk, with every other host out of reach, and close them all.

    ``open_one(path, mode="http", **options)``: the path may carry a query or a fragment; the options
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

    try:
        yield open_one
    finally:
        for context in contexts:
            context.close()
