"""What a page gives its figures: numbers, addresses, and a small page each, as a Sphinx extension.

- A chapter's figures, live and still, are counted: "Figure 3.2" stands before the caption, wherever the figure
  is shown. In prose ``make notebooks`` writes such a number, `[Figure 3.2](#fig-one-layer-step)`; here a link that
  says another one is a warning.
- ``#fig-NAME`` and, for the page's script, ``#fig-NAME?w=0.1`` are known as targets of links.
- A live figure gets the buttons that copy its address.
- ``embed/NAME.html`` holds one live figure with its caption and nothing else, for other people's pages and slides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from pages.figure_assets import parts_for

logger = logging.getLogger(__name__)

FIGURE = re.compile(
    r'<figure class="(?P<kind>live|still)" data-(?:figure|picture)="(?P<name>[\w-]+)"(?P<rest>[^>]*)>'
    r"(?P<body>.*?)</figure>",
    re.DOTALL,
)
OLD_NAME = re.compile(r'<a id="fig-([\w-]+)">')
CAPTION, END_OF_CAPTION = "<figcaption>", "</figcaption>"
NUMBERED = re.compile(r"Figure\s")

EMBEDS = "embed"


def shown_in(document: nodes.document) -> Iterable[re.Match[str]]:
    """Every figure that a page's own cells show."""
    for raw in document.findall(nodes.raw):
        if raw.get("format") == "html":
            yield from FIGURE.finditer(raw.astext())


class NoteFigures(SphinxTransform):
    """Note a page's figures, in their order, and their names as targets of links."""

    default_priority = 210  # after the prose, before MyST looks for targets

    def apply(self, **kwargs: Any) -> None:
        """Look through the page that was just read."""
        names: dict[str, str] = {}  # with old names: what each of them means
        for figure in shown_in(self.document):
            for name in (figure["name"], *OLD_NAME.findall(figure["body"])):
                names.setdefault(name, figure["name"])
        slugs = {f"fig-{name}": (None, f"fig-{name}", "") for name in names}
        for link in self.document.findall(nodes.reference):
            target = link.get("refuri", "")[1:] if link.get("id_link") else ""
            if target.partition("?")[0] in slugs:
                slugs[target] = (None, target, "")
        if names:
            self.document.myst_slugs = {**getattr(self.document, "myst_slugs", {}), **slugs}
            metadata = self.env.metadata[self.env.docname]
            metadata["myst_slugs"], metadata["figures"] = self.document.myst_slugs, names


class KnowSettings(SphinxPostTransform):
    """Have MyST find ``page.ipynb#fig-NAME?w=0.1`` where it knows ``#fig-NAME``."""

    default_priority = 8  # before MyST's own

    def run(self, **kwargs: Any) -> None:
        """Change what is known of the other page, in this process alone."""
        for link in self.document.findall(addnodes.pending_xref):
            target = link.get("reftargetid") or ""
            slugs = self.env.metadata.get(link.get("reftarget"), {}).get("myst_slugs", {})
            if "?" in target and target.startswith("fig-") and target.partition("?")[0] in slugs:
                slugs[target] = (None, target, "")


def figures_of(env: BuildEnvironment, page: str) -> dict[str, str]:
    """The names by which a page's own figures are known, old ones too, each with the figure's name."""
    found: dict[str, str] = env.metadata[page].get("figures", {})
    return found


def figure_numbers(env: BuildEnvironment) -> dict[str, str]:
    """The number of each figure of a numbered chapter, by all its names."""
    numbers: dict[str, str] = {}
    for page in sorted(env.found_docs):
        chapter = ".".join(map(str, env.toc_secnumbers.get(page, {}).get("") or ()))
        names = figures_of(env, page)
        order = [*dict.fromkeys(names.values())]
        if chapter:
            numbers |= {
                name: f"{chapter}.{order.index(figure) + 1}" for name, figure in names.items()
            }
    return numbers


def renumber(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Have every page written again when a number has changed: any of them may show the figure."""
    numbers = figure_numbers(env)
    changed = numbers != getattr(env, "figure_numbers", None)
    env.figure_numbers = numbers  # type: ignore[attr-defined]
    return sorted(env.found_docs) if changed else []


def check_links(app: Sphinx, document: nodes.document, page: str) -> None:
    """A link that says "Figure 3.2" leads to Figure 3.2; the number stays with its word."""
    numbers: dict[str, str] = app.env.figure_numbers  # type: ignore[attr-defined]
    for link in document.findall(nodes.reference):
        target = link.get("refuri", f"#{link.get('refid', '')}").partition("#")[2]
        if not target.startswith("fig-") or not NUMBERED.match(link.astext()):
            continue
        number = numbers.get(target.removeprefix("fig-").partition("?")[0])
        words = f"Figure {number}"
        if number is None:
            logger.warning("%s has no number, cite it by words", target, location=link)
        elif link.astext().split() != words.split():
            logger.warning(
                "%s is %s, not %s: run `make format`", target, words, link.astext(), location=link
            )
        for text in [*link.findall(nodes.Text)]:
            text.parent.replace(text, nodes.Text(re.sub(r"\s+", "\u00a0", text)))


def finish_figures(app: Sphinx, document: nodes.document, page: str) -> None:
    """Number a page's figures, give each its address, and write the small pages of its own."""
    if app.builder.format != "html":
        return
    own = set(figures_of(app.env, page).values())
    seen: set[str] = set()

    def finished(figure: re.Match[str]) -> str:
        name = figure["name"]
        first = name in own and name not in seen
        seen.add(name)
        numbered = with_number(app, figure)
        if figure["kind"] == "still":
            return (
                numbered.replace("<figure ", f'<figure id="fig-{name}" ', 1) if first else numbered
            )
        if first:
            for each in (name, *OLD_NAME.findall(figure["body"])):
                write_embed(app, page, each, numbered)
        share = share_row(app.builder.get_relative_uri(page, f"{EMBEDS}/{name}"))
        return numbered.replace(END_OF_CAPTION, END_OF_CAPTION + share, 1)

    for output in document.findall(nodes.raw):
        if output.get("format") == "html" and FIGURE.search(output.astext()):
            output[:] = [nodes.Text(FIGURE.sub(finished, output.astext()))]


def with_number(app: Sphinx, figure: re.Match[str]) -> str:
    """A figure's markup, with its number before its caption if it has one."""
    number = app.env.figure_numbers.get(figure["name"])  # type: ignore[attr-defined]
    words = f'<span class="figure-number">Figure {number}</span> ' if number else ""
    return figure[0].replace(CAPTION, CAPTION + words, 1)


def share_row(embed: str) -> str:
    """The buttons that copy a figure's address and the code that embeds it; the script wakes them."""
    return (
        f'<div class="live-share" data-embed="{embed}">'
        '<button type="button" data-share="link" disabled>Copy link</button>'
        '<button type="button" data-share="embed" disabled>Copy embed code</button>'
        '<span role="status"></span></div>'
    )


def write_embed(app: Sphinx, page: str, name: str, figure: str) -> None:
    """Write the page of one live figure."""
    env = app.env
    number = env.toc_secnumbers.get(page, {}).get("") or ()
    title = ". ".join([*map(str, number), env.titles[page].astext()])
    place = f"{EMBEDS}/{name}"
    figure_number = env.figure_numbers.get(name)  # type: ignore[attr-defined]
    html = app.builder.templates.render(
        "embed.html",
        {
            "name": name,
            "figure": figure,
            "parts": parts_for(figure),
            "chapter": escape(title),
            "book": escape(app.config.html_title or app.config.project),
            "what": f"Figure {figure_number}" if figure_number else "A figure",
            "language": app.config.language or "en",
            "home": f"{app.builder.get_relative_uri(place, page)}#fig-{name}",
        },
    )
    file = Path(app.outdir, f"{place}.html")
    file.parent.mkdir(exist_ok=True)
    file.write_text(html, encoding="utf-8")


def drop_old_embeds(app: Sphinx, error: Exception | None) -> None:
    """Remove the small pages of figures that are no more."""
    if error or app.builder.format != "html":
        return
    names = {name for page in app.env.found_docs for name in figures_of(app.env, page)}
    for file in Path(app.outdir, EMBEDS).glob("*.html"):
        if file.stem not in names:
            file.unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_transform(NoteFigures)
    app.add_post_transform(KnowSettings)
    app.connect("env-get-updated", renumber, priority=900)  # once the chapters have their numbers
    app.connect("doctree-resolved", check_links)
    app.connect("doctree-resolved", finish_figures)
    app.connect("build-finished", drop_old_embeds)
    # What is noted of the pages' figures is kept from build to build.
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
