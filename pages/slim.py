"""Leaves out of the built site what its pages do not use, as a Sphinx extension.

The theme serves every book: its icon script alone is 1.5 MB. When the site is built, this

- defers the scripts, so that none holds a page up;
- drops the style rules that no page and no script could match, and joins the rest in one file;
- puts there the icons that are used, a dozen of two thousand, in the place of three font files;
- removes the files that nothing names any more.

It changes built files alone, and finds nothing more to do where it has been already.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import as_file, files
from io import BytesIO
from pathlib import Path
from typing import Any

import tinycss2
from fontTools.subset import Options, Subsetter, load_font, save_font
from sphinx.application import Sphinx

STYLES = "site.css"
ICONS = "theme/pydata_sphinx_theme/static/vendor/fontawesome/webfonts/fa-solid-900.ttf"
SCRIPT = re.compile(r'[ \t]*<script(?P<with>[^>]*) src="(?P<src>[^"]*)"[^>]*></script>\n?')
STYLE = re.compile(r'[ \t]*<link[^>]* href="(?P<root>[^"]*)_static/(?P<name>[^"?]*\.css)[^>]*>\n?')


@cache
def icon_font(codes: frozenset[int]) -> str:
    """The theme's icons of these code points, as the address of a WOFF font that holds its own data."""
    with as_file(files("pydata_sphinx_theme").joinpath(ICONS)) as path:
        written = load_font(path, Options())
    options = Options(flavor="woff", hinting=False, layout_features=[], notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(written)
    data = BytesIO()
    save_font(written, data, options)
    return f"data:font/woff;base64,{b64encode(data.getvalue()).decode()}"


def deferred(html: str, documentation_options: str) -> str:
    """A page whose scripts wait until it is there.

    But not ``documentation_options``, the text of the script of that name: other scripts in the page's
    text use it. It is short enough to stand there itself.
    """

    def script(found: re.Match[str]) -> str:
        if "/documentation_options.js" in found["src"]:
            return f"    <script>{documentation_options}</script>\n"
        return (
            found[0] if "defer" in found["with"] else found[0].replace("<script", "<script defer")
        )

    return SCRIPT.sub(script, html)


def words(texts: Iterable[str]) -> set[str]:
    """What a class, an id or an element could be named in these texts."""
    found: set[str] = set()
    for text in texts:
        found.update(re.findall(r"[\w-]+", text))
    return found


def matches(selector: list[Any], known: set[str]) -> bool:
    """Whether every class, id and element that a selector names is known.

    What stands in parentheses, as in ``:not(.shown)``, or in brackets is not looked into.
    """
    before = None
    for token in selector:
        named = token.type == "hash" or (token.type == "ident" and before != ":")
        if named and token.value not in known:
            return False
        before = token.value if token.type == "literal" else None
    return True


def used_rules(rules: Iterable[Any], known: set[str]) -> Iterator[str]:
    """The rules of a style sheet which could match something, each as text."""
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors: list[list[Any]] = [[]]
            for token in rule.prelude:
                if token == ",":
                    selectors.append([])
                else:
                    selectors[-1].append(token)
            kept = [tinycss2.serialize(s).strip() for s in selectors if matches(s, known)]
            if kept:
                yield f"{','.join(kept)}{{{tinycss2.serialize(rule.content).strip()}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if kept := list(used_rules(inner, known)):
                prelude = tinycss2.serialize(rule.prelude).strip()
                yield f"@{rule.lower_at_keyword} {prelude}{{{''.join(kept)}}}"
        elif rule.type == "at-rule":
            text = rule.serialize()
            # Where files are joined none has a say on encodings.
            if rule.lower_at_keyword != "charset":
                yield text
        elif rule.type == "error":
            raise ValueError(f"style rule cannot be read: {rule.message}")


def with_icons(css: str) -> str:
    """The style sheet with a font of the icons that its rules show, in the place of the theme's files."""
    codes = frozenset(ord(character) for character in css if "\ue000" <= character <= "\uf8ff")
    faces = re.findall(r"@font-face\s*\{[^}]*Font Awesome[^}]*\}", css)
    for face in faces:
        solid = "fa-solid-900" in face
        source = f'src:url("{icon_font(codes)}") format("woff")'
        css = css.replace(face, re.sub(r"src:[^;}]*", source, face) if solid else "")
    return css


def slim_styles(css: str, known: set[str], folder: Path) -> str:
    """The style sheet without rules of no use; kept in ``folder``, as reading it takes a second."""
    key = sha256("\0".join([css, *sorted(known)]).encode()).hexdigest()
    kept = folder / "styles" / f"{key}.css"
    if not kept.exists():
        rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
        kept.parent.mkdir(exist_ok=True)
        for other in kept.parent.iterdir():
            other.unlink()
        kept.write_text(with_icons("\n".join(used_rules(rules, known))), encoding="utf-8")
    return kept.read_text(encoding="utf-8")


def joined(names: Iterable[str], static: Path) -> str:
    """The style sheets as one text, in their order, with those that they import."""

    def text(path: Path) -> str:
        own = path.read_text(encoding="utf-8")
        folder = path.parent.relative_to(static)
        # The addresses in a style sheet count from its own folder.
        own = re.sub(r"""(url\(["']?)(?!data:|#|["'])""", rf"\g<1>{folder.as_posix()}/", own)
        return re.sub(
            r"""@import (?:url\()?["']([^"']*)["']\)?;""",
            lambda other: text((path.parent / other[1]).resolve()),
            own,
        )

    return "\n".join(text((static / name).resolve()) for name in names)


def stamped(html: str, digests: dict[str, str]) -> str:
    """A page that asks for each static file by what is in it: what changed is fetched again."""

    def stamp(found: re.Match[str]) -> str:
        return f'{found[1]}?v={digests[found[2]]}"' if found[2] in digests else found[0]

    return re.sub(r'((?:href|src)="[^"?]*_static/([^"?]+))(?:\?[^"]*)?"', stamp, html)


def slim(app: Sphinx, error: Exception | None) -> None:
    """Slim the site that was built."""
    if error or app.builder.format != "html":
        return
    site = Path(app.outdir)
    static = (site / "_static").resolve()
    # Where no page had to be written, no static file was copied, and nothing is left to do with scripts.
    script = static / "documentation_options.js"
    options = script.read_text(encoding="utf-8").strip() if script.exists() else ""
    texts = {page: page.read_text(encoding="utf-8") for page in sorted(site.rglob("*.html"))}
    # Other sites may lie in this one's folders, as JupyterLite does.
    built = {page: html for page, html in texts.items() if "data-content_root=" in html}
    pages = {page: deferred(html, options) for page, html in built.items()}
    # All pages have the same styles. Those that were not written now have the joined ones already.
    sheets = [name for _, name in STYLE.findall(built[site / "search.html"])]
    if sheets != [STYLES]:
        scripts = [file.read_text(encoding="utf-8") for file in static.rglob("*.js")]
        known = words([*pages.values(), *scripts])
        css = slim_styles(joined(sheets, static), known, Path(app.doctreedir))
        (static / STYLES).write_text(f'@charset "utf-8";\n{css}', encoding="utf-8")
    for page, html in pages.items():
        first = STYLE.search(html)
        assert first, f"{page} has no styles"
        link = f'    <link rel="stylesheet" href="{first["root"]}_static/{STYLES}">\n'
        pages[page] = html[: first.start()] + link + STYLE.sub("", html[first.start() :])

    named = "".join([*pages.values(), (static / STYLES).read_text(encoding="utf-8")])
    for file in [path for path in static.rglob("*") if path.is_file()]:
        if file.name.removesuffix(".LICENSE.txt") not in named:
            file.unlink()
    for folder in sorted((path for path in static.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    digests = {
        file.relative_to(static).as_posix(): sha256(file.read_bytes()).hexdigest()[:8]
        for file in static.rglob("*")
        if file.is_file()
    }
    for page, html in pages.items():
        if (new := stamped(html, digests)) != built[page]:
            page.write_text(new, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("build-finished", slim, priority=900)  # after what else changes the built files
    return {"parallel_read_safe": True, "parallel_write_safe": True}
