"""The offline edition, as somebody unpacks it: a zip that opens from disk and needs nobody."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

import dist
from support.paths import ROOT, book_pages


@pytest.fixture(scope="module")
def packed(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip."""
    return dist.pack(site, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def unpacked(packed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in the zip, in a place with a name as people give them."""
    folder = tmp_path_factory.mktemp("Bücher, gelesen & ungelesen 100% 反向传播 #1")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)
    (top,) = folder.iterdir()
    return top


def test_zip_is_the_same_every_time(packed: Path, site: Path, tmp_path: Path) -> None:
    """The same pages, the same bytes: no times, no order of a file system."""
    assert dist.pack(site, tmp_path).read_bytes() == packed.read_bytes()


def test_zip_holds_the_book_and_nothing_else(unpacked: Path, site: Path) -> None:
    """Every page, the way in, licences, notebooks to download; no material of servers and builds."""
    names = {p.relative_to(unpacked).as_posix() for p in unpacked.rglob("*") if p.is_file()}
    book = {f"book/{path}" for path in [*book_pages(), "genindex.html", "search.html"]}
    around = {"START-HERE.html", "LICENSE", "LICENSE-TEXT", "CHANGELOG.md", "CITATION.cff"}
    assert book | around <= names
    assert {name for name in names if "/" not in name} == around
    sources = {f"book/_sources/{p.relative_to(ROOT)}" for p in ROOT.glob("chapters/*.ipynb")}
    assert sources <= names
    unwanted = (".map", ".mo", ".po", "objects.inv", "404.html", ".buildinfo", "macros.html")
    assert not [name for name in names if name.endswith(unwanted)]
    assert len(names) < sum(p.is_file() for p in site.rglob("*")) + len(around)


@contextmanager
def offline(browser: Any, folder: Path) -> Iterator[tuple[Any, list[str]]]:
    """A page without a network, and what goes wrong on it: above all what is asked for elsewhere."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    trouble: list[str] = []
    inside = (folder.as_uri() + "/", "data:", "blob:")
    page.on("request", lambda r: None if r.url.startswith(inside) else trouble.append(r.url))
    page.on(
        "requestfailed",
        lambda r: None if r.failure == "net::ERR_ABORTED" else trouble.append(r.url),
    )
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    yield page, trouble
    context.close()


# Opens what is folded, and puts every slider to its other end: whether the figures' numbers follow.
TOUCH_ALL = """() => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
  return [...document.querySelectorAll("figure.live")].map((figure) => {
    const numbers = () => [...figure.querySelectorAll("[data-value]")]
      .map((number) => number.dataset.value).join();
    const before = numbers();
    for (const slider of figure.querySelectorAll("input[type=range]")) {
      slider.value = slider.value === slider.max ? slider.min : slider.max;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    }
    return before !== "" && before !== numbers();
  });
}"""


def test_unpacked_book_is_live(browser: Any, unpacked: Path) -> None:
    """From the way in over a link to a page whose figures move, and to the search, with no network."""
    with offline(browser, unpacked) as (page, trouble):
        page.goto((unpacked / "START-HERE.html").as_uri())
        page.wait_for_url("**/book/index.html")
        page.locator("figure.live").first.wait_for()
        page.get_by_role("link", name="One layer by hand").first.click()
        page.wait_for_url("**/03-one-layer.html")
        assert unquote(page.url).startswith(unquote(unpacked.as_uri()))
        moved = page.evaluate(TOUCH_ALL)
        assert moved
        assert all(moved)
        page.goto((unpacked / "book" / "search.html").as_uri() + "?q=notation")
        page.locator("#search-results li a").first.wait_for()
        assert trouble == []


def test_no_page_asks_elsewhere(browser: Any, unpacked: Path) -> None:
    """Each page of the zip, as it comes and when it is touched; `offline` sees every request."""
    book = unpacked / "book"
    embeds = sorted(path.relative_to(book).as_posix() for path in book.glob("embed/*.html"))
    assert embeds
    with offline(browser, unpacked) as (page, trouble):
        for path in [*book_pages(), *embeds, "genindex.html", "search.html"]:
            page.goto((book / path).as_uri())
            page.evaluate(TOUCH_ALL)
            assert trouble == [], path


ELSEWHERE = "https://cdn.example/x"


@pytest.mark.parametrize(
    "asks",
    [
        f'<img alt="a" src="{ELSEWHERE}">',
        f'<img alt="a" srcset="{ELSEWHERE} 2x, {ELSEWHERE} 1x">',
        f"<style>@import '{ELSEWHERE}';</style>",
        f'<p style="background: url({ELSEWHERE})">a</p>',
        f"<script>fetch('{ELSEWHERE}').catch(() => 0)</script>",
        f"<details ontoggle=\"fetch('{ELSEWHERE}')\">a</details>",
    ],
)
def test_a_request_elsewhere_is_seen(browser: Any, tmp_path: Path, asks: str) -> None:
    """By a tag, a style or a script: the gate of the test above."""
    (tmp_path / "page.html").write_text(f"<!DOCTYPE html><body>{asks}</body>", encoding="utf-8")
    with offline(browser, tmp_path) as (page, trouble):
        page.goto((tmp_path / "page.html").as_uri())
        page.evaluate(TOUCH_ALL)
        page.wait_for_load_state("networkidle")
        assert ELSEWHERE in trouble
