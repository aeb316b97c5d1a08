"""The glyphs that formulas on pages use, as a font in a style sheet."""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Mapping
from io import BytesIO

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.svgLib.path import parse_path

FAMILY = "Book Math"

FORMULA = re.compile(r'<svg[^>]* aria-hidden="true"><text>(.*?)</text>', re.DOTALL)

# Advance, and outline as the path of an SVG: thousandths of an em, y upwards.
Glyph = tuple[int, str]


def characters(page: str) -> set[str]:
    """The characters in which the formulas of a page's HTML are written."""
    return {
        character
        for formula in FORMULA.findall(page)
        for character in html.unescape(re.sub("<[^>]*>", "", formula))
    }


def style_sheet(glyphs: Mapping[str, Glyph]) -> str:
    """A style sheet that holds the font of these glyphs, by the character that each stands for.

    It is in the sheet itself: Firefox does not load a font's file for a page opened from disk.
    """
    data = b64encode(font(glyphs)).decode()
    return (
        f'@font-face {{\n  font-family: "{FAMILY}";\n'
        f'  src: url("data:font/woff;base64,{data}") format("woff");\n}}\n'
    )


def font(glyphs: Mapping[str, Glyph]) -> bytes:
    """A WOFF font of these glyphs. The same glyphs make the same bytes, whenever that is."""
    names = {character: f"u{ord(character):04X}" for character in glyphs}
    shapes, advances = {".notdef": TTGlyphPen(None).glyph()}, {".notdef": 0}
    for character, (advance, path) in glyphs.items():
        pen = TTGlyphPen(None)
        parse_path(path, pen)
        shapes[names[character]] = pen.glyph()
        advances[names[character]] = advance
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(shapes))
    builder.setupCharacterMap({ord(character): name for character, name in names.items()})
    builder.setupGlyf(shapes)
    table = builder.font["glyf"]
    builder.setupHorizontalMetrics(
        {name: (advance, getattr(table[name], "xMin", 0)) for name, advance in advances.items()}
    )
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": FAMILY, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    builder.setupPost(keepGlyphNames=False)
    builder.updateHead(created=0, modified=0)
    builder.font.recalcTimestamp = False
    builder.font.flavor = "woff"
    written = BytesIO()
    builder.save(written)
    return written.getvalue()
