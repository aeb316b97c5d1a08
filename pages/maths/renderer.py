"""Formulas as Sphinx meets them: in a chapter's text, in displays, and in the output of cells."""

from __future__ import annotations

import html
import re
import shutil
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from .font import characters, style_sheet
from .typesetter import Formula, Typesetter

logger = logging.getLogger(__name__)

STYLE = "math.css"

# As livetext/questions/text.py writes it: TeX, and MathML for where the build does not come by.
IN_OUTPUT = re.compile(
    r'<(?P<tag>span|div) class="math" translate="no" data-tex="(?P<tex>[^"]*)"><math.*?</math></(?P=tag)>',
    re.DOTALL,
)


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


def formula_of(match: re.Match[str]) -> Formula:
    """The formula that ``IN_OUTPUT`` found."""
    return html.unescape(match["tex"]), match["tag"] == "div"


def formulas(doctree: nodes.document) -> list[Formula]:
    """The formulas of a page, those in the outputs of its cells included."""
    found = [(node.astext(), False) for node in doctree.findall(nodes.math)]
    found += [(display_tex(node), True) for node in doctree.findall(nodes.math_block)]
    for node in doctree.findall(nodes.raw):
        found += [formula_of(match) for match in IN_OUTPUT.finditer(node.astext())]
    return found


def visit_math(typesetter: Typesetter, writer: Any, node: nodes.math) -> None:
    """Write a formula in running text."""
    inner = _markup(typesetter, node, (node.astext(), False))
    writer.body.append(f'<span class="math" translate="no">{inner}</span>')
    raise nodes.SkipNode


def visit_math_block(typesetter: Typesetter, writer: Any, node: nodes.math_block) -> None:
    """Write a displayed formula, with its number if it has one."""
    # Its id is that of the box around it, which Furo makes.
    writer.body.append(writer.starttag({}, "div", CLASS="math", translate="no"))
    inner = _markup(typesetter, node, (display_tex(node), True))
    writer.body.append(f'<div class="math-scroll">{inner}</div>')
    if node["number"]:
        writer.body.append(f'<span class="eqno">({get_node_equation_number(writer, node)})')
        writer.add_permalink_ref(node, _("Link to this equation"))
        writer.body.append("</span>")
    writer.body.append("</div>\n")
    raise nodes.SkipNode


def _markup(typesetter: Typesetter, node: nodes.Element, formula: Formula) -> str:
    """The formula as SVG and MathML, or its source where it cannot be typeset."""
    try:
        return typesetter.typeset(*formula)
    except ValueError as error:
        logger.warning("cannot typeset %r: %s", node.astext(), error, location=node)
        return f'<code class="math-error">{html.escape(formula[0])}</code>'


def set_output(typesetter: Typesetter, match: re.Match[str]) -> str:
    """A formula of a cell's HTML output, in the place of its MathML."""
    tag, (tex, display) = match["tag"], formula_of(match)
    try:
        inner = typesetter.typeset(tex, display)
    except ValueError as error:
        logger.warning("cannot typeset %r in an output: %s", tex, error)
        return match[0]
    if display:
        inner = f'<div class="math-scroll">{inner}</div>'
    return f'<{tag} class="math" translate="no">{inner}</{tag}>'


def begin(typesetter: Typesetter, app: Sphinx, doctree: nodes.document) -> None:
    """Begin to typeset the formulas of a page that was just read, before it is written."""
    if app.builder.format == "html":
        typesetter.begin(formulas(doctree))


def set_outputs(
    typesetter: Typesetter,
    app: Sphinx,
    page: str,
    template: str,
    context: dict[str, Any],
    doctree: Any,
) -> None:
    """Set the formulas of questions, which come with a cell's output."""
    if "data-tex" in context.get("body", ""):
        context["body"] = IN_OUTPUT.sub(partial(set_output, typesetter), context["body"])


def write_font(typesetter: Typesetter, app: Sphinx, error: Exception | None) -> None:
    """Write the font that the pages' formulas are written in, with the glyphs that they use."""
    if error or app.builder.format != "html":
        return
    used: set[str] = set()
    for page in Path(app.outdir).rglob("*.html"):
        used |= characters(page.read_text(encoding="utf-8"))
    # Kept beside the doctrees: to ask V8 takes a second, and most builds use the same characters.
    kept = Path(app.doctreedir, "fonts", sha256("".join(sorted(used)).encode()).hexdigest())
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(style_sheet(typesetter.outlines(sorted(used))), encoding="utf-8")
    shutil.copyfile(kept, Path(app.outdir, "_static", STYLE))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    typesetter = Typesetter()
    app.add_html_math_renderer(
        "static",
        (partial(visit_math, typesetter), None),
        (partial(visit_math_block, typesetter), None),
    )
    app.connect("doctree-read", partial(begin, typesetter))
    app.connect("html-page-context", partial(set_outputs, typesetter))
    app.connect("builder-inited", lambda app: app.add_css_file(STYLE))
    app.connect("build-finished", partial(write_font, typesetter))
    app.connect("build-finished", lambda app, error: typesetter.close())
    return {"parallel_read_safe": True, "parallel_write_safe": False}
