"""Write the list of references, `chapters/references.md`, from `references.bib`.

    python tools/references.py            write it
    python tools/references.py --check    write nothing, fail if that would change it

The list is plain Markdown, so that a link to an entry leads to something readable in Jupyter and on
GitHub, too. What stands above the list is the page's own.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from pybtex.backends.markdown import Backend
from pybtex.database import Entry, parse_file
from pybtex.style.formatting.unsrt import Style

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "chapters" / "references.md"


class Markdown(Backend):  # type: ignore[misc]  # pybtex has no types
    """pybtex's Markdown on one line, with only that escaped which would be read as Markdown here."""

    symbols = Backend.symbols | {"ndash": "–", "newblock": " "}

    def format_str(self, text: str) -> str:
        """Escape emphasis, links and code."""
        return re.sub(r"([\\*_\[\]`<])", r"\\\1", text)


def order(entry: Entry) -> tuple[str, ...]:
    """By the authors' surnames, then by the year."""
    names = [" ".join(person.last_names) for person in entry.persons["author"]]
    return (*names, entry.fields["year"])


def entries(bibliography: Path) -> Iterator[str]:
    """Each work as an item of a list that its key names."""
    works = sorted(parse_file(bibliography).entries.values(), key=order)
    for work in Style().format_entries(works):
        yield f'- <a id="{work.key}"></a>{work.text.render(Markdown())}'


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Write the list of references.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail if it would")
    options = parser.parse_args(arguments)
    stored = PAGE.read_text(encoding="utf-8")
    head = stored.partition("\n- ")[0].rstrip()
    text = "\n".join([head, "", *entries(ROOT / "references.bib"), ""])
    if text == stored:
        return 0
    if options.check:
        print(f"{PAGE.name}: stale, run `make format`", file=sys.stderr)
        return 1
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
