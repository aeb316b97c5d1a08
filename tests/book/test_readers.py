"""The prose of the notebooks where people open them: in VS Code, and in a program that knows only Markdown.

JupyterLab and Notebook are looked at in `test_jupyter.py`, while they have a chapter open.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from support.browsing import absent
from support.formulas import ANCHOR, CITED, DISPLAYED, PAGES, names_of_figures, texts
from support.paths import ROOT
from support.shown import Shown, faults, read
from written_numbers import MARKED, write_numbers

NOTEBOOKS = [path for path in PAGES if path.suffix == ".ipynb"]
MARKDOWN = [
    path for path in PAGES if path.name not in {"index.md", "api.md"}
]  # which have directives
VSCODE = ROOT / "tests" / "support" / "vscode"


# What is written


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_number_in_prose_is_the_computed_one(path: Path) -> None:
    """What a cell has glued stands in front of the marker; nbval runs the cell."""
    notebook = loads(path)
    before = [cell.source for cell in notebook.cells]
    assert [cell.source for cell in write_numbers(notebook).cells] == before, "run `make notebooks`"


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_marker_stands_where_none_sees_it(path: Path) -> None:
    """In a sentence or a table: not at the beginning of a line, in a formula, in code or in a link's target."""
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").use(dollarmath_plugin)
    for cell, text in texts(path):
        inline = [
            token
            for block in parser.parse(text)
            for token in block.children or ()
            if token.type == "html_inline"
        ]
        hidden = sum(bool(re.fullmatch(r"<!--=\w+-->", token.content)) for token in inline)
        assert hidden == text.count("<!--"), (
            f"{cell}: a marker, or another comment, is out of place"
        )
        assert path.suffix == ".ipynb" or not hidden, "no cell of this page computes it"
        for match in MARKED.finditer(text):
            assert match["text"], f"{cell}: nothing stands before the marker of {match['name']}"


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_anchors_name_formulas_and_are_found(path: Path) -> None:
    """An anchor stands right above a formula, or the table of symbols; links to one lead somewhere."""
    text = "\n\n".join(text for _, text in texts(path))
    names = [match["label"] for match in ANCHOR.finditer(text)]
    named = [match["label"] for match in DISPLAYED.finditer(text) if match["label"]]
    assert names == (["symbols"] if path.stem == "notation" else named)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    figures = {f"fig-{name}" for name in names_of_figures(path)}
    for link in CITED.finditer(text):
        assert link["label"] in {*names, *slugs, *figures}, link[0]


# What is shown


def loads(path: Path):  # type: ignore[no-untyped-def]
    import nbformat

    return nbformat.read(path, as_version=4)


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda p: p.stem)
def test_plain_renderer(path: Path) -> None:
    """A program that knows Markdown and no maths leaves formulas as they are, and shows nothing else raw."""
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    for cell, text in texts(path):
        source = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
        whole = read(parser.render(source), "no-such-class", "no-such-class")
        bare = re.sub(r"\$\$.*?\$\$|\$[^$]*\$", "", whole.text, flags=re.DOTALL)
        found = [
            fault for fault in faults(source, Shown(bare, 0)) if "formulas are shown" not in fault
        ]
        assert not found, f"{cell}: {found}"


@pytest.fixture(scope="module")
def vscode() -> dict[tuple[str, str], str]:
    """Every Markdown cell as VS Code renders it, by its page and its name."""
    if not (shutil.which("node") and shutil.which("npm")):
        absent("no node or npm on the PATH")
    ready = VSCODE / "node_modules" / ".ready"
    lock = VSCODE / "package-lock.json"
    if not ready.exists() or ready.stat().st_mtime < lock.stat().st_mtime:
        command = ["npm", "ci", "--silent", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=VSCODE, check=True, stdin=subprocess.DEVNULL)
        ready.touch()
    cells = {(path.stem, cell): text for path in NOTEBOOKS for cell, text in texts(path)}
    rendered = subprocess.run(
        ["node", "render.js"],
        cwd=VSCODE,
        input=json.dumps([*cells.values()]),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return dict(zip(cells, json.loads(rendered.stdout), strict=True))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_vscode(vscode: dict[tuple[str, str], str], path: Path) -> None:
    """VS Code shows every number and every formula, and nothing that is meant for a program."""
    for cell, text in texts(path):
        shown = read(vscode[path.stem, cell], "katex", "katex-error")
        assert not (found := list(faults(text, shown))), f"{cell}: {found}"
        for match in ANCHOR.finditer(text):
            assert f'<a id="{match["label"]}"></a>' in vscode[path.stem, cell]
