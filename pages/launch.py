"""Where else a page can be opened: its notebook on other machines, its source, as a Sphinx extension.

- Links to other hosts appear only where the build knows the book's repository: ``BOOK_REPOSITORY`` holds
  its URL, or GitHub's workflows state it. Elsewhere there are none.
- ``BOOK_LITE`` names the folder of the JupyterLite site that goes into this one (see `make lite`): each
  notebook's page then has a link that opens it there.

``templates/links.html`` shows the links; beside those of a notebook stands one to the page that says how to run it.
On that page the word ``REPOSITORY`` in a command is the repository's URL, where the build knows it. And each section of
a page's prose has a link that reports it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from docutils import nodes
from sphinx.application import Sphinx

RUN_IT = "chapters/run-it"  # the page that says how
UNKNOWN = "REPOSITORY"  # the word in its commands

Environ = os._Environ[str] | dict[str, str]


class Link(NamedTuple):
    """One way to open a page."""

    name: str
    title: str
    url: str
    kind: str  # download, lite, or web


def repository_url(environ: Environ = os.environ) -> str:
    """The book's repository according to the environment, or an empty string."""
    if url := environ.get("BOOK_REPOSITORY", ""):
        return url.rstrip("/").removesuffix(".git")
    server, name = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
    return f"{server}/{name}" if server and name else ""


def notebook_links(repository: str, branch: str, path: str) -> list[Link]:
    """Services that run a notebook of this repository."""
    if not repository:
        return []
    place = urlsplit(repository)
    on_github = place.hostname == "github.com"
    source = f"gh{place.path}" if on_github else f"git/{quote(repository, safe='')}"
    binder = f"https://mybinder.org/v2/{source}/{branch}?urlpath=lab/tree/{path}"
    links = [Link("Binder", "Run this notebook on Binder", binder, "web")]
    if on_github:
        colab = f"https://colab.research.google.com/github{place.path}/blob/{branch}/{path}"
        links.append(Link("Colab", "Run this notebook on Google Colab", colab, "web"))
    return links


def source_links(repository: str, branch: str, path: str) -> list[Link]:
    """What a reader who found a mistake needs."""
    if not repository:
        return []
    issue = f"{repository}/issues/new?title={quote(f'{path}: ')}"
    return [
        Link("Source", "The source of this page", f"{repository}/blob/{branch}/{path}", "web"),
        Link("Suggest an edit", "Edit this page", f"{repository}/edit/{branch}/{path}", "web"),
        Link("Report a problem", "Open an issue on this page", issue, "web"),
    ]


def state_repository(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put the repository's URL into the commands of the page that says how to run a notebook.

    With it goes the paragraph that says what to type where the URL is not known; it names the word.
    """
    if page != RUN_IT or not (repository := repository_url()):
        return
    for block in list(doctree.findall(nodes.literal_block)):
        command = nodes.Text(block.astext().replace(UNKNOWN, repository))
        block.children, block.rawsource = [], command.astext()
        block += command
    for literal in list(doctree.findall(nodes.literal)):
        if literal.astext() == UNKNOWN:
            literal.parent.parent.remove(literal.parent)


def report_url(repository: str, path: str, section: str) -> str:
    """Where an issue on a section of a page is opened, with all that its reader need not type."""
    body = (
        f"Page: {path}\nSection: {section}\n\nThe sentence or number, and what is wrong with it:\n"
    )
    return f"{repository}/issues/new?title={quote(f'{path}: {section}')}&body={quote(body)}"


def add_reports(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """End the prose of each section with a link that reports it, where the build knows the repository."""
    if not (repository := repository_url()):
        return
    path = Path(app.env.doc2path(page)).relative_to(app.srcdir).as_posix()
    for section in list(doctree.findall(nodes.section)):
        title = section.next_node(nodes.title)
        if title is None or isinstance(section.parent, nodes.document):
            continue
        url = report_url(repository, path, title.astext())
        link = nodes.reference("", "Report this section", refuri=url, internal=False)
        inner = (i for i, part in enumerate(section) if isinstance(part, nodes.section))
        place = next(inner, len(section))
        section.insert(place, nodes.paragraph("", "", link, classes=["report"]))


def add_links(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Hand the templates a page's links."""
    suffix = context.get("page_source_suffix")
    if not suffix:
        return
    path = f"{page}{suffix}"
    repository, branch = repository_url(), os.environ.get("BOOK_BRANCH", "main")
    context["source_links"] = source_links(repository, branch, path)
    if suffix != ".ipynb":
        return
    if RUN_IT in app.env.found_docs:
        context["run_it"] = context["pathto"](RUN_IT)
    source = context["pathto"](f"_sources/{context['sourcename']}", 1)
    links = [Link("Download", "Download this notebook", source, "download")]
    if folder := app.config.lite_folder:
        lite = f"{context['pathto'](f'{folder}/lab/index.html', 1)}?path={path}"
        links.append(Link("JupyterLite", "Run in this browser, nothing to install", lite, "lite"))
    context["notebook_links"] = links + notebook_links(repository, branch, path)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_config_value("lite_folder", os.environ.get("BOOK_LITE", "").strip("/"), "html", str)
    # The links are in the pages: another repository has them written again.
    state = [repository_url(), os.environ.get("BOOK_BRANCH", "main")]
    app.add_config_value("book_repository", state, "html", list)
    app.connect("doctree-resolved", state_repository)
    app.connect(
        "doctree-resolved", add_reports, priority=900
    )  # not among the words that search finds
    app.connect("html-page-context", add_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
