r"""Typeset the book's maths while it is built, as a Sphinx maths renderer.

MathJax runs in V8 inside the build (both come from PyPI) and typesets each formula as SVG. Of that is
kept what is to be seen: its characters, each at its place, and its lines. The glyphs make a font of the
book's own, which holds those that its pages use and is part of the styles. MathML follows for screen
readers. So a page shows its maths from the web and from disk, with JavaScript off, and loads no script
for it; and a page with four hundred formulas is a third lighter than with an outline for every glyph.

Chosen over KaTeX because that needs its fonts, which no package on PyPI carries, and more elements.

A formula that MathJax cannot read is a warning at its place in the source, so ``-W`` fails the build.
Macros are left out on purpose: a notebook's maths must read the same in Jupyter, which knows none.
"""

from __future__ import annotations

import html
import json
import re
import shutil
from base64 import b64encode
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from importlib.metadata import distribution
from io import BytesIO
from pathlib import Path
from typing import Any

from docutils import nodes
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.svgLib.path import parse_path
from py_mini_racer import MiniRacer
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)

COMPONENTS = (
    "loader.js",
    "core.js",
    "adaptors/liteDOM.js",
    "input/tex-full.js",
    "output/svg.js",
    "output/svg/fonts/tex.js",
    "a11y/assistive-mml.js",
)

# MathJax's own classes, used directly as its documentation describes for programs without a page.
PROGRAM = r"""
const lib = MathJax._;
const adaptor = lib.adaptors.liteAdaptor.liteAdaptor();
lib.a11y["assistive-mml"].AssistiveMmlHandler(lib.handlers.html_ts.RegisterHTMLHandler(adaptor));
const tex = new lib.input.tex_ts.TeX({
  packages: ["base", "ams", "boldsymbol", "newcommand", "textmacros"],
  formatError: (jax, error) => { throw new Error(error.message); },
});
const svg = new lib.output.svg_ts.SVG({
  fontCache: "global",
  font: new lib.output.svg.fonts.tex_ts.TeXFont(),
});
const page = lib.mathjax.mathjax.document("", { InputJax: tex, OutputJax: svg });

// A character for each glyph of MathJax's: what it means where that is free, so that a formula can be
// found and copied, or else a private one. Letters are slanted, upright ones are the full-width ones.
const glyphOf = new Map(); // character -> { variant, code }
const characterOf = new Map(); // MathJax's id, as in "MJX-TEX-I-1D464" -> character
function meaning(id, code) {
  const own = String.fromCodePoint(code);
  if (id === "TEX-I") return own.normalize("NFKC").match(/^[a-zA-Zα-ω∂]$/)?.[0];
  if (id !== "TEX-N") return undefined;
  if (/^[a-zA-Z]$/.test(own)) return String.fromCodePoint(code + 0xfee0);
  return code < 0x10000 && /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(own) ? own : undefined;
}
const glyphs = Object.entries(svg.font.variant).flatMap(([variant, { cacheID, chars }]) =>
  Object.keys(chars).map((code) => ({ variant, id: cacheID, code: Number(code) })));
glyphs.sort((a, b) => (b.id === "TEX-I") - (a.id === "TEX-I"));
glyphs.forEach(({ variant, id, code }, i) => {
  const meant = meaning(id, code);
  const character = meant && !glyphOf.has(meant) ? meant : String.fromCharCode(0xe000 + i);
  // Some alphabets are found by their plain letters, but kept by their mathematical ones.
  const { smp: kept = code } = svg.font.getChar(variant, code)[3] || {};
  glyphOf.set(character, { variant, code: kept });
  characterOf.set(`MJX-${id}-${kept.toString(16).toUpperCase()}`, character);
});

/** The character of a glyph that MathJax names so; a variant takes what it lacks from the upright one. */
function named(id) {
  const found = characterOf.get(id) || characterOf.get(id.replace(/TEX-[A-Z\d]+-/, "TEX-N-"));
  if (!found) throw new Error(`no glyph for ${id}`);
  return found;
}

/** A glyph's advance and outline, both in thousandths of an em, y upwards. */
function outline(character) {
  const { variant, code } = glyphOf.get(character);
  const [, , width, { p: path = "" } = {}] = svg.font.getChar(variant, code);
  return [Math.round(1000 * width), path && `M${path}Z`];
}

const round = (value) => Math.round(value) || 0;
const NUMBER = "(-?[\\d.e-]+)";
const TRANSLATE = new RegExp(`translate\\(${NUMBER}[, ]+${NUMBER}\\)`, "g");
const PLAIN = new RegExp(`^(${TRANSLATE.source}\\s*)*(scale\\(${NUMBER}\\))?$`);
const attributes = (pairs) => pairs.map(([name, value]) => ` ${name}="${value}"`).join("");

/** What a formula shows, put on the page's own grid: y downwards, in thousandths of an em. */
function flatten(node, x, y, size, shown) {
  const kind = adaptor.kind(node);
  const { transform = "", ...given } = Object.fromEntries(
    adaptor.allAttributes(node).map(({ name, value }) => [name, value]));
  const rest = Object.entries(given).filter(([name]) => !name.startsWith("data-"));
  if (!PLAIN.test(transform) || !["g", "use", "rect"].includes(kind) || (kind === "g" && rest.length)) {
    // A bracket's stretched middle, say. Its glyphs become paths.
    const whole = adaptor.outerHTML(node).replace(/<use([^>]*) xlink:href="#([^"]*)"/g, (_, before, id) =>
      `<path${before} d="${outline(named(id))[1]}"`).replaceAll("</use>", "</path>");
    shown.push({ markup: `<g transform="translate(${round(x)},${round(-y)})scale(${size},${-size})">${whole}</g>` });
    return;
  }
  for (const [, dx, dy] of transform.matchAll(TRANSLATE)) {
    x += size * Number(dx);
    y += size * Number(dy);
  }
  size *= Number(/scale\((.*?)\)/.exec(transform)?.[1] ?? 1);
  if (kind === "g") {
    for (const child of adaptor.childNodes(node)) flatten(child, x, y, size, shown);
  } else if (kind === "use") {
    const character = named(given["xlink:href"].slice(1));
    const [width, path] = outline(character);
    if (path) shown.push({ character, x: round(x), y: round(-y), size: round(1000 * size), width: width * size });
  } else {
    const { x: left, y: low, width, height } = Object.fromEntries(rest.map(([n, value]) => [n, size * Number(value)]));
    const box = { x: x + left, y: -(y + low + height), width, height };
    shown.push({ markup: `<rect${attributes(Object.entries(box).map(([n, value]) => [n, round(value)]))}/>` });
  }
}

/** One element for all characters; a part of it where their size or line changes. */
function written(characters) {
  const escaped = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
  const parts = [];
  let pen = 0;
  let line = 0;
  for (const { character, x, y, size, width } of characters) {
    let part = parts.at(-1);
    if (!part || part.size !== size || line !== y) {
      parts.push(part = { size, y: line === y ? [] : [["y", y]], text: "", xs: [], jumps: 0 });
      line = y;
    }
    part.text += escaped[character] || character;
    part.xs.push(x);
    if (Math.abs(x - pen) > 1) part.jumps = part.xs.length;
    pen = x + width;
  }
  const spans = parts.map(({ size, y, text, xs, jumps }) => {
    const place = attributes([
      ...(size === 1000 ? [] : [["font-size", size]]), ...(jumps ? [["x", xs.slice(0, jumps).join(" ")]] : []), ...y]);
    return place ? `<tspan${place}>${text}</tspan>` : text;
  });
  return spans.length ? `<text>${spans.join("")}</text>` : "";
}

function typeset(text, display) {
  const [image, spoken] = adaptor.childNodes(page.convert(text, { display }));
  const shown = [];
  for (const child of adaptor.childNodes(adaptor.childNodes(image).at(-1))) flatten(child, 0, 0, 1, shown);
  const style = adaptor.getAttribute(image, "style"); // how far it reaches below the line
  const box = adaptor.getAttribute(image, "viewBox").split(" ").map(Number).map(round).join(" ");
  const size = [["style", style], ["width", adaptor.getAttribute(image, "width")], ["viewBox", box]];
  return `<svg${attributes(size.filter(([, value]) => value))} aria-hidden="true">${written(shown.filter(({ character }) => character))}`
    + `${shown.map(({ markup = "" }) => markup).join("")}</svg>${adaptor.outerHTML(spoken)}`;
}

/** For each [TeX, whether it is a display]: its markup and null, or null and why there is none. */
function typesetAll(formulas) {
  return JSON.stringify(formulas.map(([text, display]) => {
    try {
      return [typeset(text, display), null];
    } catch (error) {
      return [null, error.message];
    }
  }));
}
"""


FAMILY = "Book Math"
STYLE = "math.css"
# In the style sheet itself: Firefox does not load a font's file for a page opened from disk.
FACE = """\
@font-face {{
  font-family: "Book Math";
  src: url("data:font/woff;base64,{data}") format("woff");
}}
"""
IN_PAGE = re.compile(r'<svg[^>]* aria-hidden="true"><text>(.*?)</text>', re.DOTALL)
NOT_NEEDED = re.compile(r' (?:data-[a-z-]+|focusable|xmlns|unselectable)="[^"]*"')
Formula = tuple[str, bool]  # TeX, and whether it is a display
Typeset = tuple[str | None, str | None]  # its markup, or why there is none


class Typesetter:
    """MathJax in V8, which works while the build goes on: a page's formulas are begun when it is read."""

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(1)
        self._v8 = self._worker.submit(start)
        self._begun: dict[Formula, tuple[Future[list[Typeset]], int]] = {}

    def begin(self, formulas: Iterable[Formula]) -> None:
        """Typeset those that are new, without waiting for them."""
        new = [formula for formula in dict.fromkeys(formulas) if formula not in self._begun]
        if not new:
            return
        batch = self._worker.submit(self._typeset_all, new)
        self._begun |= {formula: (batch, i) for i, formula in enumerate(new)}

    def typeset(self, tex: str, display: bool) -> str:
        """Return the formula as SVG and MathML; a ValueError says why there is none."""
        self.begin([(tex, display)])
        batch, i = self._begun[tex, display]
        markup, reason = batch.result()[i]
        if markup is None:
            raise ValueError(reason)
        return markup

    def outlines(self, characters: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Advance and path of the glyph that each character of a formula stands for."""
        call = f"JSON.stringify({json.dumps(characters)}.map(outline))"
        found = self._worker.submit(lambda: json.loads(str(self._v8.result().eval(call)))).result()
        return {c: (advance, path) for c, (advance, path) in zip(characters, found, strict=True)}

    def close(self) -> None:
        """End V8 and its threads."""
        self._worker.submit(lambda: self._v8.result().close()).result()
        self._worker.shutdown()

    def _typeset_all(self, formulas: list[Formula]) -> list[Typeset]:
        results = json.loads(str(self._v8.result().call("typesetAll", formulas)))
        return [(markup and NOT_NEEDED.sub("", markup), reason) for markup, reason in results]


def start() -> MiniRacer:
    """Load MathJax and what is ours into V8."""
    package = distribution("sphinx-mathjax-offline")
    sources = {str(f).partition("/static/mathjax/")[2]: f for f in package.files or ()}
    v8 = MiniRacer()
    v8.eval("globalThis.MathJax = {};")
    for name in COMPONENTS:
        v8.eval(sources[name].read_text() + "\n;0")
    v8.eval(PROGRAM)
    return v8


def typesetter(app: Sphinx) -> Typesetter:
    """The build's one typesetter, started by the first formula."""
    if not hasattr(app, "book_typesetter"):
        app.book_typesetter = Typesetter()  # type: ignore[attr-defined]
    found: Typesetter = app.book_typesetter  # type: ignore[attr-defined]
    return found


def markup(writer: Any, node: nodes.Element, tex: str, display: bool) -> str:
    """The formula as SVG and MathML, or its source where it cannot be typeset."""
    try:
        return typesetter(writer.builder.app).typeset(tex, display)
    except ValueError as error:
        logger.warning("cannot typeset %r: %s", node.astext(), error, location=node)
        return f'<code class="math-error">{html.escape(tex)}</code>'


def display_tex(node: nodes.math_block) -> str:
    r"""A display's TeX as Sphinx defines it: ``\\`` splits lines, a blank line starts a new equation."""
    text = str(node.astext())
    if node.get("nowrap"):
        return text
    parts = [part.strip() for part in text.split("\n\n") if part.strip()]
    parts = [rf"\begin{{split}}{p}\end{{split}}" if r"\\" in p else p for p in parts]
    if len(parts) < 2:
        return "".join(parts)
    return r"\begin{aligned}" + r"\\".join(parts) + r"\end{aligned}"


def visit_math(self: Any, node: nodes.math) -> None:
    """Write a formula in running text."""
    self.body.append(
        f'<span class="math" translate="no">{markup(self, node, node.astext(), False)}</span>'
    )
    raise nodes.SkipNode


def visit_math_block(self: Any, node: nodes.math_block) -> None:
    """Write a displayed formula, with its number if it has one."""
    self.body.append(self.starttag(node, "div", CLASS="math", translate="no"))
    self.body.append(
        f'<div class="math-scroll">{markup(self, node, display_tex(node), True)}</div>'
    )
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


# As livetext/questions/text.py writes it: TeX, and MathML for where the build does not come by.
IN_OUTPUT = re.compile(
    r'<(?P<tag>span|div) class="math" translate="no" data-tex="(?P<tex>[^"]*)"><math.*?</math></(?P=tag)>',
    re.DOTALL,
)


def begin(app: Sphinx, doctree: nodes.document) -> None:
    """Begin to typeset the formulas of a page that was just read, also those in a cell's output."""
    if app.builder.format != "html":
        return
    formulas = [(node.astext(), False) for node in doctree.findall(nodes.math)]
    formulas += [(display_tex(node), True) for node in doctree.findall(nodes.math_block)]
    for node in doctree.findall(nodes.raw):
        formulas += [formula_of(match) for match in IN_OUTPUT.finditer(node.astext())]
    if formulas:
        typesetter(app).begin(formulas)


def formula_of(match: re.Match[str]) -> Formula:
    """The formula that was found in a cell's HTML output."""
    return html.unescape(match["tex"]), match["tag"] == "div"


def set_output(app: Sphinx, match: re.Match[str]) -> str:
    """A formula of a cell's HTML output, in the place of its MathML."""
    tag, (tex, display) = match["tag"], formula_of(match)
    try:
        typeset = typesetter(app).typeset(tex, display)
    except ValueError as error:
        logger.warning("cannot typeset %r in an output: %s", tex, error)
        return match[0]
    inner = f'<div class="math-scroll">{typeset}</div>' if display else typeset
    return f'<{tag} class="math" translate="no">{inner}</{tag}>'


def set_outputs(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Set the formulas of questions, which come with a cell's output."""
    if "data-tex" in context.get("body", ""):
        context["body"] = IN_OUTPUT.sub(partial(set_output, app), context["body"])


def write_font(app: Sphinx, error: Exception | None) -> None:
    """Write the font that the pages' formulas are written in, with the glyphs that they use."""
    if error or app.builder.format != "html":
        return
    used: set[str] = set()
    for page in Path(app.outdir).rglob("*.html"):
        for formula in IN_PAGE.findall(page.read_text(encoding="utf-8")):
            used.update(html.unescape(re.sub("<[^>]*>", "", formula)))
    # Kept beside the doctrees: to ask V8 takes a second, and most builds use the same characters.
    kept = Path(app.doctreedir, "fonts", sha256("".join(sorted(used)).encode()).hexdigest())
    if not kept.exists():
        made = font(typesetter(app).outlines(sorted(used)))
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(FACE.format(data=b64encode(made).decode()), encoding="utf-8")
    shutil.copyfile(kept, Path(app.outdir, "_static", STYLE))


def font(glyphs: dict[str, tuple[int, str]]) -> bytes:
    """A WOFF font of these glyphs: advance and path by character, in thousandths of an em."""
    names = {character: f"u{ord(character):04X}" for character in glyphs}
    shapes, metrics = {".notdef": TTGlyphPen(None).glyph()}, {".notdef": (0, 0)}
    for character, (advance, path) in glyphs.items():
        pen = TTGlyphPen(None)
        parse_path(path, pen)
        shapes[names[character]] = pen.glyph()
        metrics[names[character]] = (advance, 0)
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(shapes))
    builder.setupCharacterMap({ord(character): name for character, name in names.items()})
    builder.setupGlyf(shapes)
    table = builder.font["glyf"]
    builder.setupHorizontalMetrics(
        {name: (advance, getattr(table[name], "xMin", 0)) for name, (advance, _) in metrics.items()}
    )
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": FAMILY, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    builder.setupPost(keepGlyphNames=False)
    # The same glyphs make the same bytes, whenever that is.
    builder.updateHead(created=0, modified=0)
    builder.font.recalcTimestamp = False
    builder.font.flavor = "woff"
    written = BytesIO()
    builder.save(written)
    return written.getvalue()


def close(app: Sphinx, error: Exception | None) -> None:
    """End V8 with the build: it would keep the process waiting."""
    if hasattr(app, "book_typesetter"):
        app.book_typesetter.close()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_html_math_renderer("static", (visit_math, None), (visit_math_block, None))
    app.connect("doctree-read", begin)
    app.connect("html-page-context", set_outputs)
    app.connect("builder-inited", lambda app: app.add_css_file(STYLE))
    app.connect("build-finished", write_font)
    app.connect("build-finished", close)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
