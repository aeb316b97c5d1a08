"""Prose as the book builds it: markers leave no trace, anchors become targets, links find them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from io import StringIO
from pathlib import Path

import pytest

from support.formulas import ANCHOR, CITED, PAGES, REFERENCE, texts
from support.paths import ROOT, book_pages

CONFIG = """
extensions = ["myst_nb", "pages.prose"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"
myst_ref_domains = ["std"]
numfig = True
"""
Build = Callable[..., tuple[dict[str, str], str]]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Build a book of a few cells; return its pages by name, and its warnings."""
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    def build_one(**pages: str) -> tuple[dict[str, str], str]:
        (tmp_path / "conf.py").write_text(CONFIG, encoding="utf-8")
        for name, text in pages.items():
            ending = "md" if name.startswith("index") else "ipynb"
            cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": text}
            notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
            written = text if ending == "md" else json.dumps(notebook)
            (tmp_path / f"{name}.{ending}").write_text(written, encoding="utf-8")
        folders = [tmp_path, tmp_path, tmp_path / "out", tmp_path / "trees"]
        warnings = StringIO()
        with docutils_namespace():
            Sphinx(*folders, "html", status=None, warning=warnings).build()
        found = {
            name: re.sub(
                r"\s+", " ", (tmp_path / "out" / f"{name}.html").read_text(encoding="utf-8")
            )
            for name in pages
        }
        return found, re.sub(r"\x1b\[[\d;]*m", "", warnings.getvalue())

    return build_one


CONTENTS = "# Book\n\n```{toctree}\none\ntwo\n```\n"
CHAIN = '# One\n\nSo it is:\n\n<a id="chain"></a>\n\n$$\na = b\n$$\n\nBy the [chain](#chain) too.'


def test_marker_leaves_no_trace(build: Build) -> None:
    text = "# One\n\nA loss of **0.25<!--=loss-->**.\n\n| a |\n| - |\n| 0.5<!--=half--> |"
    pages, warnings = build(index=CONTENTS, one=text, two="# Two")
    assert not warnings
    assert "A loss of <strong>0.25</strong>." in pages["one"]
    assert "<p>0.5</p>" in pages["one"]


def test_formula_with_a_name(build: Build) -> None:
    """It has a number and two addresses; a link to it, also from another page, shows the number."""
    two = "# Two\n\nSee the [chain](one.ipynb#chain) or [it](#chain)."
    pages, warnings = build(index=CONTENTS, one=CHAIN, two=two)
    assert not warnings
    assert re.search(r'<div class="math[^>]* id="equation-chain"', pages["one"])
    assert pages["one"].count('id="chain"') == 1
    assert re.search(r'href="#chain">chain\s\(1\)</a>', pages["one"])
    links = re.findall(r'href="one.html#chain"><span[^>]*>(\w+)</span> \(1\)</a>', pages["two"])
    assert links == ["chain", "it"]


def test_table_with_a_name(build: Build) -> None:
    pages, warnings = build(
        index=CONTENTS, one='# One\n\n<a id="all"></a>\n\n| a |\n| - |\n| b |', two="# Two"
    )
    assert not warnings
    assert re.search(r'<table class="[^"]*\ball\b', pages["one"])


def test_place_with_a_name(build: Build) -> None:
    two = "# Two\n\n[A work](one.ipynb#work)."
    pages, warnings = build(index=CONTENTS, one='# One\n\n- <a id="work"></a>Text.', two=two)
    assert not warnings
    assert '<a id="work"></a>Text.' in pages["one"]
    assert 'href="one.html#work"' in pages["two"]


@pytest.mark.parametrize(
    ("page", "text", "reason"),
    [
        ("one", "# One\n\nA loss of\n<!--=loss--> or so.", "a marker begins a line"),
        ("one", "# One\n\n$a = 0.25<!--=loss-->$", "a marker is shown"),
        ("one", "# One\n\n`0.25<!--=loss-->`", "a marker is shown"),
        ("index", CONTENTS + "\n0.25<!--=loss-->\n", "no cell computes <!--=loss-->"),
        ("one", "# One\n\n[there](#nowhere)", "target not found: 'nowhere'"),
        ("one", "# One\n\n[there](two.ipynb#nowhere)", "local id not found"),
        ("two", CHAIN, "duplicate label of equation chain"),
    ],
)
def test_what_cannot_be_read_is_a_warning(build: Build, page: str, text: str, reason: str) -> None:
    """And every warning of the book's build is an error."""
    _, warnings = build(**{"index": CONTENTS, "one": CHAIN, "two": "# Two", page: text})
    assert reason in warnings


def test_pages_have_what_their_sources_cite(site: Path) -> None:
    """Both addresses of every formula; each link with its number; each work; and no marker."""
    pages = {name: (site / name).read_text(encoding="utf-8") for name in book_pages()}
    for path in PAGES:
        html = pages[path.relative_to(ROOT).with_suffix(".html").as_posix()]
        assert path.stem == "api" or "<!--=" not in unescape(html)
        text = "\n\n".join(text for _, text in texts(path))
        labels = set(ANCHOR.findall(text)) - {"symbols"}
        for label in labels:
            assert html.count(f'id="{label}"') == html.count(f'id="equation-{label}"') == 1
        for link in CITED.finditer(text):
            if link["label"] in labels:
                assert re.search(
                    rf'href="#{link["label"]}">(?:(?!</a>).)*\s\(\d+\.\d+\)</a>', html, re.S
                )
        for work in REFERENCE.finditer(text):
            assert f'href="references.html#{work["key"]}"' in html
            assert pages["chapters/references.html"].count(f'id="{work["key"]}"') == 1
