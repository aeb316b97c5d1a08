"""Figures as the book builds them: their numbers, their addresses, and the small page of each."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from figure_numbers import CITED, figure_numbers
from support.browsing import MODES, Visit
from support.formulas import PAGES, texts
from support.live_figures import figure_pages
from support.paths import ROOT, book_pages

OPEN = Callable[..., Visit]
CONFIG = """
extensions = ["myst_nb", "pages.prose", "pages.figures"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
myst_enable_extensions = ["dollarmath"]
nb_execution_mode = "off"
suppress_warnings = ["myst-nb.lexer", "mystnb.glue"]
exclude_patterns = ["jupyter_execute"]
templates_path = [TEMPLATES]
"""
CONTENTS = "# Book\n\n```{toctree}\n:numbered: 1\none\ntwo\n```\n"
Build = Callable[..., tuple[dict[str, str], str]]


def live(name: str, old: str = "") -> str:
    """A figure as its notebook stores it."""
    anchor = f'<a id="fig-{old}"></a>' if old else ""
    return (
        f'<figure class="live" data-figure="{name}" id="fig-{name}" aria-label="{name}">{anchor}'
        f"<figcaption>Of {name}.</figcaption></figure>"
    )


def still(name: str) -> str:
    return (
        f'<figure class="still" data-picture="{name}"><figcaption>Of {name}.</figcaption></figure>'
    )


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Build a book of pages that are a text and figures; return its files by name, and its warnings."""
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    def build_one(**pages: tuple[str, list[str]]) -> tuple[dict[str, str], str]:
        templates = repr(str(ROOT / "pages" / "templates"))
        (tmp_path / "conf.py").write_text(CONFIG.replace("TEMPLATES", templates), encoding="utf-8")
        (tmp_path / "index.md").write_text(CONTENTS, encoding="utf-8")
        for name, (text, figures) in pages.items():
            cells: list[dict[str, Any]] = [
                {"cell_type": "markdown", "id": "a", "metadata": {}, "source": text}
            ]
            for i, html in enumerate(figures):
                data = {"text/html": html, "text/plain": "a figure"}
                named = {
                    "scrapbook": {
                        "name": re.findall('data-[a-z]+="(.*?)"', html)[0],
                        "mime_prefix": "",
                    }
                }
                output = {"output_type": "display_data", "data": data, "metadata": named}
                cell = {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": "…"}
                cells.append({**cell, "execution_count": 1, "outputs": [output]})
            notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
            (tmp_path / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        folders = [tmp_path, tmp_path, tmp_path / "out", tmp_path / "trees"]
        warnings = StringIO()
        with docutils_namespace():
            Sphinx(*folders, "html", status=None, warning=warnings).build()
        out = tmp_path / "out"
        found = {p.relative_to(out).as_posix(): p.read_text("utf-8") for p in out.rglob("*.html")}
        return found, re.sub(r"\x1b\[[\d;]*m", "", warnings.getvalue())

    return build_one


def captions(html: str) -> list[str]:
    return [re.sub("<[^>]*>", "", c) for c in re.findall(r"<figcaption>(.*?)</figcaption>", html)]


def test_figures_have_numbers_and_links_find_them(build: Build) -> None:
    """By the chapter and its own; from the same page and another, with sliders, by an older name."""
    one = "# One\n\n[Figure 1.2](#fig-b), [b](#fig-b?w=1&x=2), [Figure 1.1](#fig-a)."
    two = "# Two\n\n[Figure 1.2](one.ipynb#fig-b?w=1), [Figure 1.2](one.ipynb#fig-was-b), [c](#fig-c)."
    pages, warnings = build(
        one=(one, [still("a"), live("b", old="was-b"), live("b")]), two=(two, [live("c")])
    )
    assert not warnings
    assert captions(pages["one.html"]) == ["Figure 1.1 Of a.", *2 * ["Figure 1.2 Of b."]]
    assert captions(pages["two.html"]) == ["Figure 2.1 Of c."]
    assert '<figure id="fig-a" class="still"' in pages["one.html"]
    words = [
        (unescape(href), re.sub("<[^>]*>", "", text))
        for name in ("one.html", "two.html")
        for href, text in re.findall(r'href="([^"]*#fig-[^"]*)">(.*?)</a>', pages[name])
    ]
    assert words == [
        ("#fig-b", "Figure\u00a01.2"),
        ("#fig-b?w=1&x=2", "b"),
        ("#fig-a", "Figure\u00a01.1"),
        ("one.html#fig-b?w=1", "Figure\u00a01.2"),
        ("one.html#fig-was-b", "Figure\u00a01.2"),
        ("#fig-c", "c"),
    ]


def test_numbers_follow_when_a_figure_moves(build: Build) -> None:
    """On pages that did not change, too; a small page goes with its figure."""
    shown = "# Two\n\n```{glue} b\n:doc: one.ipynb\n```"
    pages, warnings = build(one=("# One", [live("a"), live("b")]), two=(shown, []))
    assert not warnings
    assert captions(pages["two.html"]) == ["Figure 1.2 Of b."]
    pages, warnings = build(one=("# One", [live("b")]))
    assert captions(pages["two.html"]) == ["Figure 1.1 Of b."]
    assert {p for p in pages if p.startswith("embed/")} == {"embed/b.html"}
    assert not warnings


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[Figure 1.1](#fig-nowhere)", "target not found: 'fig-nowhere'"),
        ("[it](#fig-nowhere?w=1)", "target not found: 'fig-nowhere?w=1'"),
        ("[Figure 1.1](two.ipynb#fig-nowhere?w=1)", "local id not found"),
        ("[Figure 1.2](#fig-a)", "fig-a is Figure 1.1, not Figure 1.2: run `make format`"),
        ("[Figure 1.1](two.ipynb#fig-c)", "fig-c is Figure 2.1, not Figure 1.1"),
    ],
)
def test_wrong_citation_is_a_warning(build: Build, text: str, reason: str) -> None:
    """And every warning of the book's build is an error."""
    _, warnings = build(one=(f"# One\n\n{text}", [live("a")]), two=("# Two", [live("c")]))
    assert reason in warnings


def test_book_is_numbered_as_its_sources_say(site: Path) -> None:
    """What `make notebooks` writes is what the captions say; several figures of each chapter are cited."""
    numbers = figure_numbers()
    assert len(numbers) >= 25
    shown = {}
    for page in book_pages():
        html = (site / page).read_text(encoding="utf-8")
        found = re.findall(
            r'<figure [^>]*data-(?:figure|picture)="([\w-]+)".*?<figcaption>(.{60})',
            html,
            re.DOTALL,
        )
        for name, caption in found:
            match = re.match(r'<span class="figure-number">Figure ([\d.]+)</span> ', caption)
            assert (match[1] if match else None) == numbers.get(name), (page, name)
            shown[name] = page
    assert numbers.keys() <= shown.keys()
    for path in PAGES:
        cited = {m["name"] for _, text in texts(path) for m in CITED.finditer(text)}
        assert cited <= numbers.keys()
        if re.match(r"\d", path.name):
            assert len(cited) >= 1, path.name


# A page for one figure


# Those with a script of their own beside the one that all pages load.
PARTS = {
    "engine-bench": ["bench"],
    "engine-order": ["bench"],
    "training-digit": ["plane"],
    "training-moons": ["plane"],
}


def embeds(site: Path) -> list[Path]:
    return sorted((site / "embed").glob("*.html"))


def test_every_figure_has_a_small_page(site: Path) -> None:
    """It weighs a quarter of a chapter's first visit at most, is kept from search engines, and names its source."""
    names = set()
    for page in figure_pages():
        names |= set(re.findall(r'data-figure="([\w-]+)"', (site / page).read_text("utf-8")))
    assert {file.stem for file in embeds(site)} == names
    for file in embeds(site):
        html = file.read_text(encoding="utf-8")
        assert '<meta name="robots" content="noindex">' in html
        loaded = re.findall(r'<(?:script|link)[^>]* (?:src|href)="([^"]+)"', html)
        own = [name for name in loaded if re.search(r"livetext-\w+\.js$", name)]
        assert len(loaded) == 5 + len(own)
        assert own == [f"../_static/livetext-{part}.js" for part in PARTS.get(file.stem, ())]
        weights = [gzip.compress((file.parent / name).read_bytes()) for name in loaded]
        assert sum(map(len, weights)) + len(gzip.compress(html.encode())) <= 75_000, file.name
        home = re.search(r'class="embed-from">from: <a href="\.\./([^"#]+)#fig-([\w-]+)"', html)
        assert home and home[2] == file.stem
        assert f'id="fig-{home[2]}"' in (site / home[1]).read_text(encoding="utf-8")
        assert "live-share" not in html


DRAWN = """() => [...document.querySelectorAll("figure.live canvas")].every(
  (canvas) => canvas.width * canvas.height
    && canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value))"""


@pytest.mark.parametrize("mode", MODES)
def test_small_pages_live(open_page: OPEN, site: Path, mode: str) -> None:
    """All of them: the figure below its number, mounted and drawn, no request elsewhere, nothing wider than the window."""
    visit = open_page("embed/one-layer-step.html", mode, viewport={"width": 390, "height": 664})
    page = visit.page
    for file in embeds(site):
        page.goto(page.url.rpartition("/")[0] + f"/{file.name}")
        assert page.evaluate(
            """() => [document.querySelectorAll("main > figure.live[data-live]").length,
              document.querySelectorAll("body > *, main > *").length,
              document.documentElement.scrollWidth <= innerWidth, document.title.length > 10,
              document.querySelectorAll(".live-controls :disabled").length]"""
        ) == [1, 4, True, True, 0], file.name
        page.wait_for_function(DRAWN)
    visit.assert_clean()


def test_small_page_takes_sliders_and_theme_and_steps(open_page: OPEN) -> None:
    """By its address; and the arrow keys step, but for those of a slider; the link back carries the sliders."""
    visit = open_page("embed/one-layer-descent.html?lr=0.3&theme=dark", color_scheme="light")
    page = visit.page
    assert page.locator("[name=lr]").input_value() == "0.3"
    assert page.locator(".live-status").inner_text() == ""
    paper = "getComputedStyle(document.querySelector('figure.live')).backgroundColor"
    assert page.evaluate(paper) == "rgb(20, 24, 30)"
    counter = page.locator("[name=k]")
    start = int(counter.input_value())
    for key, k in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("ArrowUp", 1)):
        page.keyboard.press(key)
        assert int(counter.input_value()) == start + k, key
    before = page.locator("[name=lr]").input_value()
    page.locator("[name=lr]").press("ArrowRight")
    assert page.locator("[name=lr]").input_value() != before
    assert int(counter.input_value()) == start + 1
    link = page.locator(".embed-from a")
    link.evaluate(
        "(a) => { a.addEventListener('click', (e) => e.preventDefault()); a.click(); a.click(); }"
    )
    settings = page.evaluate("livetext.settingsOf(document.querySelector('figure.live'))")
    assert link.get_attribute("href") == (
        f"../chapters/03-one-layer.html#fig-one-layer-descent{settings}"
    )
    assert f"k={start + 1}" in settings
    for theme, scheme, color in (("light", "dark", "255, 255, 255"), ("", "dark", "20, 24, 30")):
        other = open_page(f"embed/one-layer-descent.html?theme={theme}", color_scheme=scheme)
        assert other.page.evaluate(paper) == f"rgb({color})"
        other.assert_clean()
    visit.assert_clean()


def test_small_page_without_a_script(open_page: OPEN) -> None:
    """The picture at its start, its caption, and no button."""
    page = open_page("embed/one-layer-descent.html", "disk", java_script_enabled=False).page
    figure = page.locator("figure.live")
    assert figure.locator("svg").first.is_visible()
    assert figure.locator("figcaption").inner_text().startswith("Figure 3.3 ")
    assert figure.locator("button").filter(visible=True).count() == 0


def test_embed_code_embeds(open_page: OPEN, server: str) -> None:
    """What "Copy embed code" gives, put into a page of somebody else, shows the figure at those sliders."""
    visit = open_page(
        "chapters/03-one-layer.html", permissions=["clipboard-read", "clipboard-write"]
    )
    page = visit.page
    page.locator("#fig-one-layer-step [name=w]").press("ArrowRight")
    moved = page.locator("#fig-one-layer-step [name=w]").input_value()
    row = page.locator("#fig-one-layer-step .live-share")
    row.get_by_role("button", name="Copy embed code").click()
    row.get_by_text("Embed code copied").wait_for()
    code = page.evaluate("navigator.clipboard.readText()")
    page.set_content(f"<!DOCTYPE html><body>{code}</body>")
    slider = page.frame_locator("iframe").locator("figure.live[data-live] [name=w]")
    slider.wait_for()
    assert slider.input_value() == moved
    frame = page.locator("iframe")
    assert frame.get_attribute("title")
    assert int(frame.get_attribute("height") or 0) > 400
    visit.assert_clean()


def test_no_button_copies_on_paper_or_without_a_script(open_page: OPEN) -> None:
    visit = open_page("chapters/03-one-layer.html", java_script_enabled=False)
    assert visit.page.locator(".live-share").filter(visible=True).count() == 0
    page = open_page("chapters/03-one-layer.html").page
    assert page.locator(".live-share button:enabled").filter(visible=True).count() == 10
    page.emulate_media(media="print")
    assert page.locator(".live-share").filter(visible=True).count() == 0
    assert page.locator(".figure-number").filter(visible=True).count() == 5
