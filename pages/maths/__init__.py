r"""Typeset the book's maths while it is built, as a Sphinx maths renderer.

MathJax runs in V8 inside the build (both come from PyPI) and typesets each formula as SVG. What is seen
of that is kept: the characters, each at its place, and the lines. The glyphs make a font of the book's
own, which holds those that its pages use and is part of the styles. MathJax's MathML follows for screen
readers. So a page shows its maths from the web and from disk, with JavaScript off, and loads no script
for it.

Why not KaTeX, which writes HTML: this is a third of its elements on a page, so a page with four hundred
formulas is lighter and quicker to lay out, and it looks as TeX sets it. Why not outlines in the SVG: text in
a font makes the same page a third lighter.

A formula that MathJax cannot read is a warning at its place in the source, so ``-W`` fails the build.
Macros are left out on purpose: a notebook's maths must read the same in Jupyter, which knows none.

- ``renderer``: formulas of chapters and of cells' outputs, as Sphinx meets them;
- ``typesetter``: MathJax in V8, and ``typeset.js``, what is ours in there;
- ``font``: the glyphs that pages use, as a style sheet.
"""

from .renderer import setup

__all__ = ["setup"]
