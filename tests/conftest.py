"""What the tests share: the built book, a server for it, and a browser that may ask nobody else.

A page test takes `open_page` and says how the page is read:

    @pytest.mark.parametrize("mode", MODES)
    def test_slider(open_page, mode):
        visit = open_page("chapters/03-one-layer.html", mode)
        visit.page.locator("figure.live").first.wait_for()
        ...
        visit.assert_clean()

Tests that only look share one visit: a fixture of their module opens it with `opening`, page by page.

The browser lives as long as one test module: Playwright keeps an event loop running in its thread,
which would be in the way of the notebooks' kernels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from support.browsing import CHROMIUM_ARGUMENTS, Visit, chromium, opening, serving_folder
from support.paths import BUILT, ROOT, SITE, sources

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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

# In the order of the processor time that they take.
LONGEST = (
    "test_hand_pages.py",
    "test_jupyter.py",
    "test_layout_pages.py",
    "test_engines.py",
    "test_live_pages.py",
    "test_access_pages.py",
    "test_figure_pages.py",
    "test_question_pages.py",
    "test_print_pages.py",
    "test_frame_pages.py",
    "test_check.py",
    "test_kernels.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Have the tests that need the built book run alone, or left out."""
    parser.addoption(
        "--pages",
        choices=("all", "only", "none"),
        default="all",
        help="of the tests that read the built pages",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests that ``--pages`` asks for; the longest files come first.

    Two processes take files in turn, and neither should be left with a long one at the end.
    """
    wanted = config.getoption("--pages")
    sorted_out: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        needs_book = "site" in getattr(item, "fixturenames", ())
        sorted_out[wanted in ("all", "only" if needs_book else "none")].append(item)
    turn = {name: i for i, name in enumerate(LONGEST)}
    items[:] = sorted(sorted_out[True], key=lambda item: turn.get(item.path.name, len(turn)))
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
    """Open pages of the book for one test, see `opening`."""
    with opening(browser, site, server) as open_one:
        yield open_one
