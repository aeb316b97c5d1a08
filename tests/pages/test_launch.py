"""Where else a page can be opened: the addresses, and the links that the built pages show."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from jinja2 import Environment, FileSystemLoader

from pages.launch import Link, notebook_links, repository_url, source_links
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
