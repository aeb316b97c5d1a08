"""Where else a page can be opened: the addresses, and the links that the built pages show."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.core import publish_doctree
from docutils.utils import new_document
from jinja2 import Environment, FileSystemLoader

from notebooks import COLAB
from pages.launch import (
    RUN_IT,
    Link,
    add_reports,
    notebook_links,
    repository_url,
    source_links,
    state_repository,
)
from support.paths import ROOT, book_pages

GITHUB = "https://github.com/ada/book"
ELSEWHERE = "https://git.example/ada/book"
PATH = "chapters/03-one-layer.ipynb"


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({}, ""),
        ({"BOOK_REPOSITORY": f"{GITHUB}.git"}, GITHUB),
        ({"BOOK_REPOSITORY": f"{ELSEWHERE}/", "GITHUB_REPOSITORY": "ada/other"}, ELSEWHERE),
        ({"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "ada/book"}, GITHUB),
        ({"GITHUB_REPOSITORY": "ada/book"}, ""),
    ],
)
def test_repository_comes_from_the_environment(environ: dict[str, str], url: str) -> None:
    assert repository_url(environ) == url


def test_without_a_repository_there_are_no_links() -> None:
    assert notebook_links("", "main", PATH) == source_links("", "main", PATH) == []


def test_notebook_on_github_opens_on_binder_and_colab() -> None:
    binder, colab = notebook_links(GITHUB, "second", PATH)
    assert binder.url == f"https://mybinder.org/v2/gh/ada/book/second?urlpath=lab/tree/{PATH}"
    assert colab.url == f"https://colab.research.google.com/github/ada/book/blob/second/{PATH}"


def test_notebook_elsewhere_opens_on_binder_alone() -> None:
    (binder,) = notebook_links(ELSEWHERE, "main", PATH)
    place = "git/https%3A%2F%2Fgit.example%2Fada%2Fbook/main"
    assert binder.url == f"https://mybinder.org/v2/{place}?urlpath=lab/tree/{PATH}"


def test_source_can_be_read_edited_and_complained_of() -> None:
    source, edit, issue = (link.url for link in source_links(GITHUB, "main", "index.md"))
    assert source == f"{GITHUB}/blob/main/index.md"
    assert edit == f"{GITHUB}/edit/main/index.md"
    assert issue.startswith(f"{GITHUB}/issues/new?")
    assert parse_qs(urlsplit(issue).query) == {"title": ["index.md: "]}


def rendered(links: list[Link]) -> BeautifulSoup:
    """What the template makes of some links."""
    templates = Environment(loader=FileSystemLoader(ROOT / "pages" / "templates"), autoescape=True)
    text = '{% from "links.html" import links with context %}{{ links("Here", all) }}'
    return BeautifulSoup(templates.from_string(text).render(all=links), "html.parser")


def test_template_shows_links_and_hides_what_needs_a_server() -> None:
    assert rendered([]).find("nav") is None
    page = rendered(
        [
            Link("Download", "…", "_sources/a.ipynb", "download"),
            Link("JupyterLite", "…", "lite/lab?path=a.ipynb", "lite"),
            Link("Binder", "…", "https://mybinder.org/?a&b", "web"),
        ]
    )
    download, lite, binder = page.select("nav[aria-label=Here] li")
    assert download.a.has_attr("download") and not lite.a.has_attr("download")
    assert lite.has_attr("hidden") and lite.has_attr("data-needs-server")
    assert not binder.has_attr("hidden") and binder.a["href"] == "https://mybinder.org/?a&b"


@pytest.mark.parametrize("path", book_pages())
def test_page_has_the_links_of_its_repository(site: Path, path: str) -> None:
    """A notebook's page also has the notebook itself; other pages have nothing to run."""
    page = BeautifulSoup((site / path).read_text(encoding="utf-8"), "html.parser")
    notebook = ROOT / path.replace(".html", ".ipynb")
    source = path.replace(".html", ".ipynb" if notebook.exists() else ".md")
    repository, branch = repository_url(), os.environ.get("BOOK_BRANCH", "main")
    shown = {
        name: [a["href"] for a in page.select(f'nav[aria-label="{name}"] a')]
        for name in ("This notebook", "This page")
    }
    assert shown["This page"] == [link.url for link in source_links(repository, branch, source)]
    if not notebook.exists():
        assert shown["This notebook"] == []
        return
    download, *others = shown["This notebook"]
    assert (site / path).parent.joinpath(download).read_bytes() == notebook.read_bytes()
    assert others == [link.url for link in notebook_links(repository, branch, source)]


@pytest.mark.parametrize("path", book_pages())
def test_notebook_s_page_leads_to_the_way_to_run_it(site: Path, path: str) -> None:
    page = BeautifulSoup((site / path).read_text(encoding="utf-8"), "html.parser")
    links = page.select(".page-bar a.page-run-it")
    assert len(links) == (ROOT / path.replace(".html", ".ipynb")).exists()
    for link in links:
        assert (site / path).parent.joinpath(
            link["href"]
        ).resolve() == site.resolve() / f"{RUN_IT}.html"


@pytest.mark.parametrize("repository", ["", GITHUB])
def test_commands_name_the_repository_where_it_is_known(
    repository: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With it goes the paragraph that says what to type instead."""
    monkeypatch.setenv("BOOK_REPOSITORY", repository)
    for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    command = nodes.literal_block("git clone REPOSITORY", "git clone REPOSITORY")
    hint = nodes.paragraph("", "", nodes.Text("If you see "), nodes.literal("", "REPOSITORY"))
    document = new_document("run-it")
    document += [command, hint]
    state_repository(cast(Any, None), document, RUN_IT)
    assert command.astext() == f"git clone {repository or 'REPOSITORY'}"
    assert command.rawsource == (command.astext() if repository else "git clone REPOSITORY")
    assert (hint in document.children) == (not repository)


@pytest.mark.parametrize("repository", ["", GITHUB])
def test_each_section_can_be_reported_where_the_repository_is_known(
    repository: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """At the end of its own prose, before what its parts say; of the title alone there is nothing to report."""
    monkeypatch.setenv("BOOK_REPOSITORY", repository)
    for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    document = publish_doctree(
        "Top\n===\n\nOne\n---\n\nProse.\n\nPart\n~~~~\n\nMore.\n\nTwo\n---\n\nEnd."
    )
    wrapped = nodes.section("", nodes.title("", "Page"), *document.children[1:])
    document.children[:] = []
    document += wrapped
    app = SimpleNamespace(
        srcdir=tmp_path, env=SimpleNamespace(doc2path=lambda page: str(tmp_path / f"{page}.ipynb"))
    )
    add_reports(cast(Any, app), document, "chapters/a")
    reports = [p for p in document.findall(nodes.paragraph) if "report" in p["classes"]]
    sections = [report.parent.next_node(nodes.title).astext() for report in reports]
    assert sections == (["One", "Part", "Two"] if repository else [])
    for report, section in zip(reports, sections, strict=True):
        following = report.next_node(descend=False, siblings=True)
        assert following is None or isinstance(following, nodes.section)
        query = parse_qs(urlsplit(report.children[0]["refuri"]).query)
        assert query["title"] == [f"chapters/a.ipynb: {section}"]
        assert f"Section: {section}\n" in query["body"][0]


def test_what_the_page_says_to_type_is_there() -> None:
    """Its targets, extras, folders and errors are those of this repository, and its links those of a page."""
    text = (ROOT / f"{RUN_IT}.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"make ([a-z]+)(?: |`|$)", text, re.M):
        assert target == "command" or re.search(rf"^{target}:", makefile, re.M), target
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, extras in re.findall(r"\"(backprop|\.)\[([\w,]+)\]", text):
        assert name in (".", project["name"])
        assert set(extras.split(",")) <= set(project["optional-dependencies"])
    assert f"Python {project['requires-python'].removeprefix('>=')} or newer" in text
    assert "is needed" in makefile and "PYTHON ?=" in makefile and "VENV := .venv" in makefile
    assert "RuntimeError: " + COLAB.split('RuntimeError("')[1].split('"')[0] in text
    assert COLAB.split("# @title ")[1].split(" (")[0] in text
    notebooks = [code(p) for p in (ROOT / "chapters").glob("*.ipynb")]
    needed = {name for source in notebooks for name in re.findall(r"data/\w+\.json", source)}
    assert needed == {f"data/{p.name}" for p in (ROOT / "chapters" / "data").iterdir()}
    assert needed == set(re.findall(r"data/\w+\.json", text)), "beside a notebook that is alone"
    for link in ("Download", "JupyterLite", "Binder", "Colab"):
        assert f"*{link}*" in text


def code(path: Path) -> str:
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")
