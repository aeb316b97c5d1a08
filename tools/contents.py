"""The pages of the book, as its table of contents lists them. Imported by tools, tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]


def read_toc(root: Path) -> dict[str, Any]:
    """What `_toc.yml` says."""
    toc: dict[str, Any] = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    return toc


def files(entry: Mapping[str, Any]) -> Iterator[str]:
    """The pages of an entry of the table of contents, and of those below it."""
    if "file" in entry:
        yield entry["file"]
    for key in ("parts", "chapters", "sections"):
        for child in entry.get(key, ()):
            yield from files(child)


def page_names(root: Path = ROOT) -> list[str]:
    """The pages in their order, as paths without an ending; the first is the book's own."""
    toc = read_toc(root)
    return [toc["root"], *files(toc)]


def chapter_names(root: Path = ROOT) -> list[str]:
    """The pages that have numbers, in their order."""
    return [
        name for part in read_toc(root)["parts"] if part.get("numbered") for name in files(part)
    ]
