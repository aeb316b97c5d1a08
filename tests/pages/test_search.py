"""What the book's search looks through, and what it lists first."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from support.browsing import Visit
from support.paths import book_pages

OPEN = Callable[..., Visit]


@pytest.fixture(scope="module")
def index(site: Path) -> list[Any]:
    """The built index: page, its name, whether it is a chapter, and its places."""
    text = (site / "_static" / "sections.js").read_text(encoding="utf-8")
    return list(json.loads(text.strip().removeprefix("bookSearch.read(").removesuffix(");")))


def test_every_section_is_a_place_in_the_books_order(site: Path, index: list[Any]) -> None:
    assert [f"{page}.html" for page, *_ in index] == book_pages()
    for page, _, _, places in index:
        article = BeautifulSoup((site / f"{page}.html").read_text("utf-8"), "html.parser").article
        assert article is not None
        ids = {e["id"] for e in article.select("[id]")}
        assert [id for id, *_ in places if id not in ids] == []
        sections = {e["id"] for e in article.select("section[id]:not(.question)")}
        assert sections <= {id for id, *_ in places} | {
            e["id"] for e in article.select("section > span[id]")
        }


def test_no_other_index_is_made(site: Path) -> None:
    """Sphinx's own would be 100 kB that no page reads. Where an older build has left one: `make clean`."""
    assert not (site / "searchindex.js").exists()
    assert 'rel="search"' in (site / "index.html").read_text(encoding="utf-8")


def test_chapters_have_their_numbers(index: list[Any]) -> None:
    names = [name for _, name, chapter, _ in index if chapter]
    assert [int(name.partition(".")[0]) for name in names] == list(range(1, len(names) + 1))


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("chain rule", "chapters/02-mathematics.html#the-chain-rule-rates-multiply"),
        ("Chain  RULE", "chapters/02-mathematics.html#the-chain-rule-rates-multiply"),
        ("learning rates", "chapters/03-one-layer.html#which-learning-rates-work-exactly"),
        ("check_gradient", "chapters/api.html#backprop.check_gradient"),
    ],
)
def test_search_lists_the_chapters_section_first(open_page: OPEN, words: str, first: str) -> None:
    """And shows where in the book it is, and the words in their sentence, from disk too."""
    visit = open_page(f"search.html?q={words.replace(' ', '+')}", "disk")
    results = visit.page.locator("#search-results li")
    assert results.first.locator("a").evaluate("(a) => a.href").endswith(first)
    assert results.first.locator("mark").count() >= 1
    assert results.nth(1).locator("p").inner_text()
    status = visit.page.locator("#search-status").inner_text()
    found = re.fullmatch(
        r"Found in (\d+) places? on (\d+) pages?(?:; the first \d+ are listed)?\.", status
    )
    assert found and int(found[1]) >= int(found[2]) >= 1
    visit.assert_clean()


@pytest.mark.parametrize("words", ["xylophone", "(", "?"])
def test_search_for_nothing_says_so(open_page: OPEN, words: str) -> None:
    visit = open_page(f"search.html?q={words}", "disk")
    assert visit.page.locator("#search-status").inner_text().startswith("Found nowhere")
    assert visit.page.locator("#search-results li").count() == 0
    visit.assert_clean()
