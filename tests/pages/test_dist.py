"""The offline edition, as somebody unpacks it: a zip that opens from disk and needs nobody."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

import dist
from support.paths import ROOT, book_pages


@pytest.fixture(scope="module")
def packed(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip. Packing it looks for other hosts in every page, style sheet and script."""
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


def test_unpacked_book_is_live(browser: Any, unpacked: Path) -> None:
    """From the way in to a moved slider, a right answer's page and the search, with no network."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    trouble: list[str] = []
    inside = unpacked.as_uri() + "/"
    page.on(
        "request",
        lambda r: None if r.url.startswith((inside, "data:", "blob:")) else trouble.append(r.url),
    )
    page.on(
        "requestfailed",
        lambda r: None if r.failure == "net::ERR_ABORTED" else trouble.append(r.url),
    )
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))

    page.goto(inside + "START-HERE.html")
    page.wait_for_url("**/book/index.html")
    page.locator("figure.live").first.wait_for()
    page.get_by_role("link", name="One layer by hand").first.click()
    page.wait_for_url("**/03-one-layer.html")
    assert unquote(page.url).startswith(unquote(inside))
    moved = page.evaluate(
        """() => [...document.querySelectorAll("figure.live")].map((figure) => {
          const numbers = () => [...figure.querySelectorAll("[data-value]")]
            .map((number) => number.dataset.value).join();
          const before = numbers();
          const slider = figure.querySelector("input[type=range]");
          slider.value = slider.value === slider.max ? slider.min : slider.max;
          slider.dispatchEvent(new Event("input", { bubbles: true }));
          return before !== "" && before !== numbers();
        })"""
    )
    assert moved
    assert all(moved)
    page.goto(inside + "book/search.html?q=notation")
    page.locator("#search-results li a").first.wait_for()
    page.goto(inside + "book/chapters/05-matrix-form.html")
    assert page.locator("section.question").count()
    assert trouble == []
    context.close()


ELSEWHERE = "https://cdn.example/x"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("page.html", f'<link rel="preconnect" href="{ELSEWHERE}">'),
        ("page.html", '<script src="//cdn.example/x.js"></script>'),
        ("page.html", f'<img alt="a" srcset="a.png 1x, {ELSEWHERE} 2x">'),
        ("page.html", f'<form action="{ELSEWHERE}"></form>'),
        ("page.html", f'<meta property="og:image" content="{ELSEWHERE}">'),
        ("page.html", f'<p style="background: url({ELSEWHERE})">'),
        ("page.html", f"<script>fetch('{ELSEWHERE}')</script>"),
        ("page.html", '<script type="application/json">{"a": "https:\\/\\/cdn.example"}</script>'),
        ("page.html", f"<style>@import '{ELSEWHERE}';</style>"),
        ("page.html", f'<svg><a href="#x"><image href="{ELSEWHERE}"/></a></svg>'),
        ("sheet.css", f"/* a */ @font-face {{ src: url({ELSEWHERE}) }} /* b */"),
        ("sheet.css", "@import url(//fonts.example/a.css);"),
        ("script.js", f'const glob = "/*"; fetch("{ELSEWHERE}"); /* and so on */'),
        ("script.js", "const socket = new WebSocket('wss://live.example/socket');"),
        ("picture.svg", f'<svg xmlns="http://www.w3.org/2000/svg"><use href="{ELSEWHERE}"/></svg>'),
    ],
)
def test_other_hosts_are_found(name: str, text: str) -> None:
    assert len(dist.named_hosts(name, text.encode())) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("page.html", f'<a href="{ELSEWHERE}" title="{ELSEWHERE}">there</a>'),
        ("page.html", f"<p>It is at <code>{ELSEWHERE}</code>.</p><!-- {ELSEWHERE} -->"),
        ("page.html", '<svg xmlns="http://www.w3.org/2000/svg"></svg>'),
        ("page.html", '<script>const a = "x"; // https://docs.example\n</script>'),
        ("sheet.css", f"/* {ELSEWHERE} */ a {{ color: red }}"),
        (
            "sheet.css",
            "a { background: url(\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>\") }",
        ),
        ("script.js", f"/*! Licence: {ELSEWHERE} */ const half = 4 // 2\n/ 1;"),
        ("_sources/chapters/a.ipynb", f'"{ELSEWHERE}"'),
    ],
)
def test_links_names_and_comments_are_no_hosts(name: str, text: str) -> None:
    assert dist.named_hosts(name, text.encode()) == []


def test_no_zip_of_a_book_that_asks_elsewhere(site: Path, tmp_path: Path) -> None:
    """The message says which page, and there is no file."""
    (tmp_path / "site").mkdir()
    page = (site / "index.html").read_text(encoding="utf-8")
    tag = f'<script src="{ELSEWHERE}"></script></body>'
    (tmp_path / "site" / "index.html").write_text(page.replace("</body>", tag), encoding="utf-8")
    with pytest.raises(ValueError, match=r"index\.html: script src: https://cdn\.example/x"):
        dist.pack(tmp_path / "site", tmp_path / "out")
    assert not (tmp_path / "out").exists()
