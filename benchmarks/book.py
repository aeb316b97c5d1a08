"""How long the book takes to build, and what each page weighs. Run by `make bench`."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
LOADED = re.compile(r'<(?:script|img|link)\b[^>]*?\b(?:src|href)="([^"#]+)"')


def build(folder: Path) -> float:
    """Build into a folder of its own; return the seconds."""
    tool = str(Path(sys.executable).with_name("jupyter-book"))
    command = [tool, "build", ".", "-W", "-n", "-q"]
    command = [*command, "--keep-going", "--path-output", str(folder)]
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - start


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


def main() -> None:
    """Print the table."""
    folder = Path(tempfile.mkdtemp(prefix="book-bench-"))
    try:
        print(f"build from nothing {build(folder):6.1f} s")
        print(f"nothing changed    {build(folder):6.1f} s")
        print(f"\n{'page':40} {'page KB':>9} {'visit KB':>9} {'files':>6}   (visit: compressed)")
        site = folder / "_build" / "html"
        for page in sorted(site.rglob("*.html")):
            if "_static" in page.parts or page.name in {"genindex.html", "search.html"}:
                continue
            size, visit, files = weight(page)
            name = page.relative_to(site).as_posix()
            print(f"{name:40} {size / 1e3:9.0f} {visit / 1e3:9.0f} {files:6}")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
