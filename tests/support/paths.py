"""Where the repository and the built book lie, and which pages it has."""

from __future__ import annotations

from pathlib import Path

from contents import page_names

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
BUILT = ROOT / "_build" / "book.stamp"  # touched by `make book`


def book_pages() -> list[str]:
    """Every page of the site that has content, as a path inside it, by the table of contents."""
    return [f"{name}.html" for name in page_names()]


def sources() -> list[Path]:
    """The files that the built pages come from."""
    patterns = (
        "_config.yml",
        "_toc.yml",
        "references.bib",
        "index.md",
        "chapters/*.ipynb",
        "chapters/*.md",
        "pages/**/*.*",
        "lib/**/*.py",  # the reference is made from them
        "lib/livetext/*/*.js",
        "lib/livetext/*/*.css",
    )
    found = (path for pattern in patterns for path in ROOT.glob(pattern))
    return [path for path in found if path.suffix != ".pyc"]
