"""A page in a browser, and what happened on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

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
