"""Styles without comments and white space say what those with them say, and scripts keep the words of a licence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from pages.minify import minify_static
from support.browsing import Visit
from support.paths import ROOT, SITE

STYLES = [*ROOT.glob("lib/livetext/css/*.css"), *ROOT.glob("pages/static/*.css")]
OPEN = Callable[..., Visit]

RULES = """(texts) => texts.map((text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  // Space after these means nothing, and a browser keeps some of it.
  return [...sheet.cssRules].map((rule) => rule.cssText.replace(/\\s+/g, " ").replace(/([,;{}(]) /g, "$1"));
})"""


def minified(folder: Path, name: str, text: str) -> str:
    (folder / "_static").mkdir(exist_ok=True)
    path = folder / "_static" / name
    path.write_text(text, encoding="utf-8")
    minify_static(SimpleNamespace(outdir=folder, builder=SimpleNamespace(format="html")), None)  # type: ignore[arg-type]
    return path.read_text(encoding="utf-8")


def test_styles_keep_every_rule(open_page: OPEN, tmp_path: Path) -> None:
    """As the browser reads them: nested ones, media queries and sums in `calc` too."""
    assert len(STYLES) >= 5
    page = open_page("index.html").page
    for path in STYLES:
        text = path.read_text(encoding="utf-8")
        short = minified(tmp_path, path.name, text)
        before, after = page.evaluate(RULES, [text, short])
        assert len(before) > 2 and after == before, path.name
        assert len(short) < 0.95 * len(text), path.name


def test_only_comments_and_space_go_from_a_script(tmp_path: Path) -> None:
    text = "/*! Licence */\n/* why */\nconst a = `two  spaces // ${1} /* kept */`; // said\nlet b = a / 2 / a;\n"
    assert minified(tmp_path, "a.js", text) == (
        "/*! Licence */const a=`two  spaces // ${1} /* kept */`;let b=a/2/a;"
    )


def test_the_built_files_are_short() -> None:
    for path in SITE.joinpath("_static").glob("*.js"):
        assert "\n/**" not in path.read_text(encoding="utf-8"), path.name
