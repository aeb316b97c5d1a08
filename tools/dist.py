"""Pack the built book into one zip that opens from disk.

    python tools/dist.py           _build/dist/backpropagation-live-VERSION.zip

The zip holds the pages with what they load, the notebooks to download, and the licences; nothing that
only a web server or another build would use. The same pages give the same bytes.
"""

from __future__ import annotations

import argparse
import re
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = "backpropagation-live"

# Files of the build that no page asks for. What has no page that links to it in _sources goes as well.
NO_PAGE_MATERIAL = re.compile(r"(?:^|/)\.|\.map$|^(?:404\.html|objects\.inv)$")

SOURCE_LINK = re.compile(r'href="([^"]*_sources/[^"?#]*)')

START = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="0; url=book/index.html">
<title>Backpropagation, live: start here</title>
</head>
<body>
<h1>Backpropagation, live</h1>
<p>Version {version}. <a href="book/index.html">Open the book.</a> It needs no network.</p>
</body>
</html>
"""


def page_material(site: Path) -> dict[str, bytes]:
    """The files of the offline edition, by their path inside the site."""
    files = {
        name: path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file() and not NO_PAGE_MATERIAL.search(name := path.relative_to(site).as_posix())
    }
    linked = {
        (site / name).parent.joinpath(link).resolve()
        for name, content in files.items()
        if name.endswith(".html")
        for link in SOURCE_LINK.findall(content.decode())
    }
    return {
        name: content
        for name, content in files.items()
        if not name.startswith("_sources/") or (site / name).resolve() in linked
    }


def pack(site: Path, folder: Path, root: Path = ROOT) -> Path:
    """Write the zip and return its path.

    Parameters
    ----------
    site
        The built book.
    folder
        Where the zip goes.
    root
        The book's sources: the version and the licences.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = project["version"]
    files = page_material(site)
    entries = {f"book/{name}": content for name, content in files.items()}
    entries["START-HERE.html"] = START.format(version=version).encode()
    for name in ("CHANGELOG.md", "CITATION.cff", "LICENSE", "LICENSE-TEXT"):
        entries[name] = (root / name).read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{NAME}-{version}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(entries.items()):
            # One fixed day and mode: the zip depends on the pages alone.
            entry = zipfile.ZipInfo(f"{NAME}-{version}/{name}", (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)
    return target


def main(arguments: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Pack the built book into one zip.")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--output", type=Path, default=ROOT / "_build" / "dist")
    options = parser.parse_args(arguments)
    target = pack(options.site, options.output)
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
