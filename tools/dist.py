"""Pack the built book into one zip that opens from disk.

    python tools/dist.py           _build/dist/backpropagation-live-VERSION.zip

The zip holds the pages with what they load, the notebooks to download, and the licences; nothing that
only a web server or another build would use. The same pages give the same bytes. It is not written if
a page names another host outside of a link that the reader clicks. That counts as naming:

- any attribute of any tag, the description of a picture included, but for the ``href`` and the tool
  tip of an ``a``;
- any string of a script and any part of a style sheet, those within pages included.

These do not: the names of XML namespaces, which look like addresses and which nobody asks; comments,
where licences stand; and the text of a page, which a reader reads.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
import zipfile
from html.parser import HTMLParser
from pathlib import Path

from pygments.lexers.javascript import JavascriptLexer
from pygments.token import Comment

ROOT = Path(__file__).resolve().parents[1]
NAME = "backpropagation-live"

# Files of the build that no page asks for. What has no page that links to it in _sources goes as well.
NO_PAGE_MATERIAL = re.compile(
    r"(?:^|/)\.|\.map$|(?:^|/)locales/|webpack-macros\.html$|^(?:404\.html|objects\.inv)$"
)

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

HOST = re.compile(
    r"(?:\b(?:https?|wss?|ftp):\\?/\\?/|(?<![\w:/\\])//(?=[\w-]+\.[a-z]))[^\s\"'`)>\\]*"
)
NAMESPACE = re.compile(
    r"http://www\.w3\.org/(?:1999/xhtml|1999/xlink|2000/svg|1998/Math/MathML|XML/1998/namespace|2000/xmlns/)"
)
# In a message of the theme to developers, which pages/book_site.py mutes.
NEVER_ASKED = (
    "https://pydata-sphinx-theme.readthedocs.io/en/stable/user_guide/version-dropdown.html"
)
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def hosts(text: str) -> list[str]:
    """The addresses on other hosts in a piece of text."""
    return [host for host in HOST.findall(NAMESPACE.sub("", text)) if host != NEVER_ASKED]


def hosts_in_script(text: str) -> list[str]:
    """The same in JavaScript or JSON, its comments left out."""
    if not hosts(text):
        return []
    tokens = JavascriptLexer().get_tokens(text)
    return hosts("".join(value if kind not in Comment else " " for kind, value in tokens))


def hosts_in_style(text: str) -> list[str]:
    """The same in CSS, its comments left out."""
    return hosts(CSS_COMMENT.sub("", text))


class PageHosts(HTMLParser):
    """Collects the addresses on other hosts that a page names, links to click left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the attributes of one tag."""
        self._inside = tag
        for name, value in attrs:
            if not (tag == "a" and name in {"href", "title"}):
                self.found += [f"{tag} {name}: {host}" for host in hosts(value or "")]

    def handle_endtag(self, tag: str) -> None:
        """Leave a script or a style."""
        self._inside = ""

    def handle_data(self, data: str) -> None:
        """Look into scripts and styles."""
        if self._inside == "script":
            self.found += [f"script: {host}" for host in hosts_in_script(data)]
        elif self._inside == "style":
            self.found += [f"style: {host}" for host in hosts_in_style(data)]


def named_hosts(name: str, content: bytes) -> list[str]:
    """What a file of the book names on other hosts; files that no browser interprets name nothing."""
    kind = Path(name).suffix
    if name.startswith("_sources/") or kind not in {
        ".html",
        ".svg",
        ".js",
        ".mjs",
        ".json",
        ".css",
    }:
        return []
    text = content.decode()
    if kind in {".html", ".svg"}:
        return PageHosts(text).found
    return hosts_in_style(text) if kind == ".css" else hosts_in_script(text)


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

    Raises
    ------
    ValueError
        If a page, a style sheet or a script names another host; the message says which and where.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = project["version"]
    files = page_material(site)
    named = [f"{name}: {what}" for name, text in files.items() for what in named_hosts(name, text)]
    if named:
        raise ValueError("the pages name other hosts:\n" + "\n".join(named))
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


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Pack the built book into one zip.")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--output", type=Path, default=ROOT / "_build" / "dist")
    options = parser.parse_args(arguments)
    try:
        target = pack(options.site, options.output)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
