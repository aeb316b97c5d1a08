"""The pages of the book, as its table of contents lists them. Imported by tools, tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]


def page_names(root: Path = ROOT) -> list[str]:
    """The pages in their order, as paths without an ending; the first is the book's own."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))

    def files(entry: Mapping[str, Any]) -> Iterator[str]:
        if "file" in entry:
            yield entry["file"]
        for key in ("parts", "chapters", "sections"):
            for child in entry.get(key, ()):
                yield from files(child)

    return [toc["root"], *files(toc)]
