"""Figure numbers in prose, written there from where the figures stand.

    python tools/figure_numbers.py            write them
    python tools/figure_numbers.py --check    write nothing, name the pages where that would change something

A sentence cites a figure by a link, ``[Figure 3.2](#fig-one-layer-step)`` on the figure's own page and
``[Figure 3.2](03-one-layer.ipynb#fig-one-layer-step)`` on another one. The words of such a link, if they
begin with "Figure", are the figure's number: that of the chapter in the table of contents, and the figure's
own among those that the chapter's cells have stored. A question mark may hold the place of one that was not
written yet.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode

from contents import ROOT, chapter_names, page_names
from notebooks import loads, replace, with_prose

FIGURE = re.compile(r'<figure class="(?:live|still)" data-(?:figure|picture)="([\w-]+)"')
# A figure that had another name answers to it.
OLD_NAME = re.compile(r'<a id="fig-([\w-]+)">')
CITED = re.compile(r"\[Figure[^\]]*\](?P<target>\([^)#\s]*#fig-(?P<name>[\w-]+)(?:\?[^)\s]*)?\))")


class FigureUnknown(ValueError):
    """A link to a figure by number that has none."""


def shown_in(notebook: NotebookNode) -> list[list[str]]:
    """The figures that a notebook's cells show, in their order: the names of each, old ones too."""
    found: dict[str, list[str]] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            html = output.get("data", {}).get("text/html", "")
            if match := FIGURE.search(html):
                found.setdefault(match[1], [match[1], *OLD_NAME.findall(html)])
    return list(found.values())


def figure_numbers(root: Path = ROOT) -> dict[str, str]:
    """The number of each figure of a numbered chapter, by all its names."""
    numbers: dict[str, str] = {}
    for chapter, page in enumerate(chapter_names(root), start=1):
        path = root / f"{page}.ipynb"
        if path.exists():
            for n, names in enumerate(shown_in(loads(path.read_text("utf-8"))), start=1):
                numbers |= dict.fromkeys(names, f"{chapter}.{n}")
    return numbers


def write_figure_numbers(text: str, numbers: Mapping[str, str]) -> str:
    """The text with the number of each figure that it cites by number."""

    def written(link: re.Match[str]) -> str:
        if link["name"] not in numbers:
            raise FigureUnknown(f"no chapter has a figure {link['name']!r}, which {link[0]} cites")
        return f"[Figure {numbers[link['name']]}]{link['target']}"

    return CITED.sub(written, text)


def renumbered(path: Path, numbers: Mapping[str, str]) -> str:
    """A page's file with the numbers of the figures that it cites."""
    stored = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return write_figure_numbers(stored, numbers)
    return with_prose(stored, lambda text: write_figure_numbers(text, numbers))


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Write the numbers of figures into the prose.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail if it would")
    options = parser.parse_args(arguments)
    numbers = figure_numbers()
    in_order = True
    for page in page_names():
        for path in (ROOT / f"{page}.ipynb", ROOT / f"{page}.md"):
            if not path.exists():
                continue
            try:
                text = renumbered(path, numbers)
            except FigureUnknown as error:
                print(f"{path.name}: {error}", file=sys.stderr)
                in_order = False
                continue
            if text == path.read_text(encoding="utf-8"):
                continue
            if options.check:
                print(f"{path.name}: figure numbers are stale, run `make format`", file=sys.stderr)
                in_order = False
            else:
                replace(path, text)
    return 0 if in_order else 1


if __name__ == "__main__":
    sys.exit(main())
