r"""Typeset the book's maths while it is built, as a Sphinx maths renderer.

MathJax runs in V8 inside the build (both come from PyPI) and turns each formula into SVG, followed by
MathML for screen readers. So a page shows its maths from the web and from disk, with JavaScript off, and
loads neither a script nor a font for it. The outline of each glyph stands once per page, at the end of
the article; formulas refer to it.

Chosen over KaTeX because that needs its fonts: no package on PyPI carries them, and Firefox does not
load fonts for a page opened from disk.

A formula that MathJax cannot read is a warning at its place in the source, so ``-W`` fails the build.
Macros are left out on purpose: a notebook's maths must read the same in Jupyter, which knows none.
"""

from __future__ import annotations

import html
import json
import re
from functools import cache, partial
from importlib.metadata import distribution
from typing import Any

from docutils import nodes
from py_mini_racer import JSEvalException, MiniRacer
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
function typeset(text, display) {
  return adaptor.innerHTML(page.convert(text, { display }));
}
function glyphs() {
  return Object.fromEntries(
    adaptor.childNodes(svg.fontCache.getCache()).map((path) => [
      adaptor.getAttribute(path, "id"), adaptor.getAttribute(path, "d")]));
}
"""


class Typesetter:
    """MathJax in V8."""

    def __init__(self) -> None:
        package = distribution("sphinx-mathjax-offline")
        sources = {str(f).partition("/static/mathjax/")[2]: f for f in package.files or ()}
        self.v8 = MiniRacer()
        self.v8.eval("globalThis.MathJax = {};")
        for name in COMPONENTS:
            self.v8.eval(sources[name].read_text() + "\n;0")
        self.v8.eval(PROGRAM)
        self.typeset = cache(self._typeset)

    def _typeset(self, tex: str, display: bool) -> str:
        try:
            markup = str(self.v8.call("typeset", tex, display))
        except JSEvalException as error:
            reason = re.search(r"Error: (.*)", str(error))
            raise ValueError(reason[1] if reason else str(error)) from None
        markup = re.sub(
            r' (?:data-[a-z-]+|focusable|xmlns(?::xlink)?|unselectable)="[^"]*"', "", markup
        )
        return markup.replace("xlink:href=", "href=")

    def glyphs(self) -> dict[str, str]:
        """The outline of every glyph used so far, by its id."""
        outlines: dict[str, str] = json.loads(str(self.v8.eval("JSON.stringify(glyphs())")))
        return outlines

    def close(self) -> None:
        """End V8 and its threads."""
        self.v8.close()


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
    self.body.append(f'<span class="math">{markup(self, node, node.astext(), False)}</span>')
    raise nodes.SkipNode


def visit_math_block(self: Any, node: nodes.math_block) -> None:
    """Write a displayed formula, with its number if it has one."""
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(
        f'<div class="math-scroll">{markup(self, node, display_tex(node), True)}</div>'
    )
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


# As backprop/exercises/text.py writes it: TeX, and MathML for where the build does not come by.
IN_OUTPUT = re.compile(
    r'<(span|div) class="math" data-tex="([^"]*)"><math.*?</math></\1>', re.DOTALL
)


def set_output(app: Sphinx, match: re.Match[str]) -> str:
    """A formula of a cell's HTML output, in the place of its MathML."""
    tag, tex = match[1], html.unescape(match[2])
    try:
        typeset = typesetter(app).typeset(tex, tag == "div")
    except ValueError as error:
        logger.warning("cannot typeset %r in an output: %s", tex, error)
        return match[0]
    inner = typeset if tag == "span" else f'<div class="math-scroll">{typeset}</div>'
    return f'<{tag} class="math">{inner}</{tag}>'


def add_glyphs(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Set the formulas of questions, and put the outlines that the page uses at the article's end."""
    if "data-tex" in context.get("body", ""):
        context["body"] = IN_OUTPUT.sub(partial(set_output, app), context["body"])
    used = sorted(set(re.findall(r'href="#(MJX-[^"]+)"', context.get("body", ""))))
    if used:
        outlines = typesetter(app).glyphs()
        paths = "".join(f'<path id="{name}" d="{outlines[name]}"/>' for name in used)
        context["body"] += f'<svg class="math-glyphs" aria-hidden="true"><defs>{paths}</defs></svg>'


def close(app: Sphinx, error: Exception | None) -> None:
    """End V8 with the build: it would keep the process waiting."""
    if hasattr(app, "book_typesetter"):
        app.book_typesetter.close()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_html_math_renderer("static", (visit_math, None), (visit_math_block, None))
    app.connect("html-page-context", add_glyphs)
    app.connect("build-finished", close)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
