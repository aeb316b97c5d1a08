"""How long the book takes: to build, page by page; to test, notebook by notebook; and to load.

    python benchmarks/book.py                  everything
    python benchmarks/book.py --only build     the build and its pages
    python benchmarks/book.py --only notebooks their tests, which run every cell again

The build happens twice in a folder of its own, from nothing and with nothing changed. `read` is the
processor's seconds in which a page's source becomes a tree, `write` those in which the tree becomes the
page; what is left of the build is Sphinx's own, before, between and after the pages. Where a build took
far longer than the processor worked, the machine was busy with something else.
"""

from __future__ import annotations

import argparse
import gzip
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
LOADED = re.compile(r'<(?:script|img|link)\b[^>]*?\b(?:src|href)="([^"#]+)"')

Seconds = defaultdict[str, float]

# Seconds: of a build with nothing changed, of one from nothing, and what each page adds to that.
WARM_AIM, COLD_AIM, PAGE_AIM = 3.0, 3.0, 0.4


class Build(NamedTuple):
    """Seconds on the wall's clock and of the processor; the processor's of each page."""

    waited: float
    worked: float
    reading: Seconds
    writing: Seconds


def build(folder: Path) -> Build:
    """Build into a folder of its own."""
    spawn = multiprocessing.get_context("spawn")  # a new Python, as the command would start one
    pages: Queue[tuple[Seconds, Seconds]] = spawn.Queue()
    start, before = time.perf_counter(), os.times()
    child = spawn.Process(target=_jupyter_book, args=(folder, pages))
    child.start()
    child.join()
    waited, after = time.perf_counter() - start, os.times()
    if child.exitcode:
        sys.exit(folder.joinpath("build.log").read_text(encoding="utf-8"))
    worked = after.children_user - before.children_user
    worked += after.children_system - before.children_system
    return Build(waited, worked, *pages.get())


def _jupyter_book(folder: Path, pages: Queue[tuple[Seconds, Seconds]]) -> None:
    """Do as the command `jupyter-book` does, but note how long each page takes."""
    log = os.open(folder / "build.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.chdir(ROOT)

    from jupyter_book.cli.main import main
    from sphinx.builders import Builder
    from sphinx.builders.html import StandaloneHTMLBuilder
    from sphinx.environment import BuildEnvironment

    reading, writing = Seconds(float), Seconds(float)
    _note(Builder, "read_doc", reading)
    _note(BuildEnvironment, "get_and_resolve_doctree", writing)
    _note(StandaloneHTMLBuilder, "write_doc", writing)
    command = ["build", ".", "-W", "-n", "-q", "--keep-going", "--path-output", str(folder)]
    main(command, standalone_mode=False)
    pages.put((reading, writing))


def _note(owner: type, name: str, seconds: Seconds) -> None:
    """Have a method, whose first argument is a page, add the seconds it takes to that page's."""
    method: Callable[..., Any] = getattr(owner, name)

    def noted(self: Any, page: str, *args: Any, **more: Any) -> Any:
        start = time.process_time()
        try:
            return method(self, page, *args, **more)
        finally:
            seconds[page] += time.process_time() - start

    setattr(owner, name, noted)


def weight(page: Path) -> tuple[int, int, int]:
    """Bytes of the page, compressed bytes of a first visit, and the number of files."""
    html = page.read_text(encoding="utf-8")
    files = {page}
    for address in LOADED.findall(html):
        file = (page.parent / urlsplit(address).path).resolve()
        if file.is_file() and file.suffix != ".html":
            files.add(file)
    first_visit = sum(len(gzip.compress(file.read_bytes())) for file in files)
    return page.stat().st_size, first_visit, len(files)


def print_build() -> None:
    """Print the two builds, and a table of the pages."""
    folder = Path(tempfile.mkdtemp(prefix="book-bench-"))
    try:
        cold, warm = build(folder), build(folder)
        reading, writing = cold.reading, cold.writing
        _print_aim("build from nothing", cold, COLD_AIM + PAGE_AIM * len(reading))
        _print_aim("nothing changed", warm, WARM_AIM)
        own = cold.worked - sum(reading.values()) - sum(writing.values())
        print(f"{len(reading)} pages; of the build from nothing {own:.1f} s are not theirs")
        print(f"\n{'page':28} {'read s':>7} {'write s':>7} ", end="")
        print(f"{'page KB':>8} {'visit KB':>8} {'files':>6}   (visit: compressed)")
        site = folder / "_build" / "html"
        for page in sorted(reading):
            size, visit, files = weight(site / f"{page}.html")
            print(f"{page:28} {reading[page]:7.2f} {writing[page]:7.2f} ", end="")
            print(f"{size / 1e3:8.0f} {visit / 1e3:8.0f} {files:6}")
    finally:
        shutil.rmtree(folder)


def print_notebooks() -> None:
    """Test every notebook, and print how long each takes: its kernel's start and all its cells."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "chapters"]
        start = time.perf_counter()
        done = subprocess.run(
            [*command, f"--junit-xml={report}"], cwd=ROOT, capture_output=True, text=True
        )
        total = time.perf_counter() - start
        if done.returncode:
            print(done.stdout)
        seconds, cells = Seconds(float), Counter[str]()
        for case in ElementTree.parse(report).iter("testcase"):
            notebook = case.attrib["classname"].removeprefix("chapters.")
            seconds[notebook] += float(case.attrib["time"])
            cells[notebook] += 1
    print(f"\n{'notebook':28} {'test s':>7} {'cells':>7}")
    for notebook in sorted(seconds):
        print(f"{notebook:28} {seconds[notebook]:7.1f} {cells[notebook]:7}")
    print(f"{'all, one after the other':28} {total:7.1f} {cells.total():7}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("build", "notebooks"))
    only = parser.parse_args().only
    if only != "notebooks":
        print_build()
    if only != "build":
        print_notebooks()


def _print_aim(what: str, built: Build, aim: float) -> None:
    verdict = "met" if built.waited <= aim else "MISSED"
    print(
        f"{what:20} {built.waited:6.1f} s, of which the processor worked {built.worked:.1f} s; "
        f"aim at most {aim:.1f} s: {verdict}"
    )


if __name__ == "__main__":
    main()
