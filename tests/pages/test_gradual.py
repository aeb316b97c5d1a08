"""A long page hears its reader while it is laid out, and has loaded when all of it is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from pages import compact_highlighting
from support.browsing import MODES, Visit
from support.paths import ROOT

OPEN = Callable[..., Visit]

CHAPTERS = sorted(f"chapters/{path.stem}.html" for path in ROOT.glob("chapters/0*.ipynb"))
PHONE = {"width": 412, "height": 823}

# Blocks of the text that are not laid out while they are far from the window.
WAITING = """() => [...document.querySelectorAll("article section section > :not(section)")]
  .filter((block) => getComputedStyle(block).contentVisibility === "auto").length"""
DORMANT = "() => document.querySelectorAll('figure.live:not([data-live])').length"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_loaded_when_all_of_it_is_there(
    open_page: OPEN, chapter: str, mode: str
) -> None:
    visit = open_page(chapter, mode, viewport=PHONE)
    page = visit.page
    assert page.evaluate(WAITING) == 0
    assert page.evaluate(DORMANT) == 0, "figures without sliders that move"
    assert page.locator("iframe").count() == 0
    assert page.locator("article h2").last.inner_text() == "Read next"
    visit.assert_clean()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_laid_out_bit_by_bit(open_page: OPEN, chapter: str) -> None:
    page = open_page("index.html", viewport=PHONE).page
    page.add_init_script(
        f"document.addEventListener('DOMContentLoaded', () => {{ window.waiting = ({WAITING})(); }})"
    )
    page.goto(page.url.replace("index.html", chapter))
    assert page.evaluate("waiting") > 20
    assert page.evaluate(WAITING) == 0


def test_it_is_laid_out_at_once_where_the_browser_scrolls_to_a_place(open_page: OPEN) -> None:
    for path in (f"{CHAPTERS[2]}#exercises", "index.html"):
        page = open_page(path, viewport=PHONE).page
        assert page.evaluate("'gradual' in document.documentElement.dataset") is False
    page = open_page(CHAPTERS[2], viewport=PHONE).page
    assert page.evaluate("'gradual' in document.documentElement.dataset") is True
    page.reload()
    assert page.evaluate("'gradual' in document.documentElement.dataset") is False


def test_without_scripts_nothing_waits(open_page: OPEN) -> None:
    page = open_page(CHAPTERS[2], viewport=PHONE, java_script_enabled=False).page
    assert page.locator("html[data-gradual]").count() == 0


CODE = '''
def step(w, lr=0.1):
    """Go down."""
    loss = (w * 1.0 - 0.0) ** 2  # the square
    return f"{loss:.2f}", None, w @ w, [1, 0x2, 1e-3], not w, "a" "b\\n"
'''


def test_code_has_an_element_only_for_what_looks_different() -> None:
    styles = ["a11y-high-contrast-light", "a11y-high-contrast-dark"]
    plain = highlight(CODE, PythonLexer(), compact_highlighting.plain_formatter(styles)())
    usual = highlight(CODE, PythonLexer(), HtmlFormatter())
    assert re.sub("<[^>]*>", "", plain) == re.sub("<[^>]*>", "", usual)
    assert plain.count("<span") < usual.count("<span") / 2
    for style in styles:
        assert looks(plain, style) == looks(usual, style)


def looks(html: str, style: str) -> list[tuple[str, str]]:
    """Every visible character of highlighted code with the look that the style gives it."""
    rules = dict(
        re.findall(r"^\.(\w+) \{ ([^}]*) \}", HtmlFormatter(style=style).get_style_defs(""), re.M)
    )
    base = rules.get("n", "")
    shown, now = [], base
    for tag, name, text in re.findall(
        r"<(span|/span|/?[a-z]+)(?: class=\"(\w+)\")?[^>]*>([^<]*)", html
    ):
        now = rules.get(name, base) if tag == "span" else base
        shown += [(c, now) for c in re.sub(r"&#?\w+;", "&", text) if not c.isspace()]
    return shown
