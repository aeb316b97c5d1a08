"""The maths of pages, part by part: what is typeset, how Sphinx writes it, and the font it is seen in."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from docutils import nodes
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from pages.maths import font, renderer
from pages.maths.typesetter import Typesetter, cleaned

MATRIX = r"\begin{bmatrix} 1 \\ 2 \\ 3 \\ 4 \\ 5 \end{bmatrix}"


@pytest.fixture(scope="module")
def typesetter() -> Iterator[Typesetter]:
    """One V8 for all."""
    typesetter = Typesetter()
    yield typesetter
    typesetter.close()


class Formula:
    """A formula's markup, taken apart."""

    def __init__(self, markup: str) -> None:
        self.svg, self.spoken = ElementTree.fromstring(f"<both>{markup}</both>")
        (self.mathml,) = self.spoken

    @property
    def text(self) -> str:
        """Its characters, in their order."""
        return "".join(part for text in self.svg.iter("text") for part in text.itertext())

    @property
    def parts(self) -> list[tuple[str, dict[str, str]]]:
        """The characters of each size and line, with the attributes that place them."""
        return [(span.text or "", span.attrib) for span in self.svg.iter("tspan")]

    def rows(self) -> list[list[str]]:
        """The MathML's table, its cells as text."""
        return [["".join(cell.itertext()) for cell in row] for row in self.mathml.iter("mtr")]


# From TeX to markup. The measures are TeX's own, as its font cmmi10 and The TeXbook's appendix G have them.


def test_characters_follow_one_another(typesetter: Typesetter) -> None:
    """Letters as wide as TeX's need no place of their own; a relation stands 5/18 em from them."""
    letters = Formula(typesetter.typeset("ab", False))
    assert letters.parts == []
    assert letters.text == "ab"
    assert letters.svg.attrib["viewBox"].split()[2] == "958"  # 0.529 + 0.429 em
    assert Formula(typesetter.typeset("a=b", False)).parts == [("a=b", {"x": "0 807 1863"})]


def test_superscript_is_smaller_and_higher(typesetter: Typesetter) -> None:
    """By sup1 in a display, sup2 in running text."""
    ((_, display),) = Formula(typesetter.typeset("x^2", True)).parts
    ((_, inline),) = Formula(typesetter.typeset("x^2", False)).parts
    assert display["font-size"] == inline["font-size"] == "707"
    assert (display["y"], inline["y"]) == ("-413", "-363")


def test_fraction_has_a_bar(typesetter: Typesetter) -> None:
    """It reaches over both, on the maths axis, a quarter of an em above the line."""
    formula = Formula(typesetter.typeset(r"\frac{a}{b}", True))
    (bar,) = formula.svg.iter("rect")
    assert int(bar.attrib["y"]) + int(bar.attrib["height"]) / 2 == -250
    assert int(bar.attrib["width"]) >= 529
    above, below = (int(place["y"]) for _, place in formula.parts)
    assert above < -250 < below


def test_upright_letters_are_other_characters(typesetter: Typesetter) -> None:
    r"""So ``\text`` and functions can be told from variables, in a font that has one shape of each."""
    formula = Formula(typesetter.typeset(r"\text{if } \log x", False))
    assert formula.text == "ｉｆｌｏｇx"
    words = [formula.mathml.findtext(f".//{tag}", "").strip() for tag in ("mtext", "mi")]
    assert words == ["if", "log"]


def test_accent_is_above_its_letter(typesetter: Typesetter) -> None:
    formula = Formula(typesetter.typeset(r"\hat{y}", False))
    (accent,) = formula.parts
    assert formula.text == "y^"
    assert 0 < int(accent[1]["x"]) < 490  # within the letter's width
    assert formula.mathml.find(".//mover") is not None


@pytest.mark.parametrize("environment", ["split", "aligned"])
def test_lines_are_aligned(typesetter: Typesetter, environment: str) -> None:
    """At the sign before which the source has an ampersand, for eyes and for screen readers."""
    tex = rf"\begin{{{environment}}} aaa &= b \\ &= c \end{{{environment}}}"
    formula = Formula(typesetter.typeset(tex, True))
    (_, first), (_, second) = formula.parts
    assert first["x"].split()[-2:] == second["x"].split()
    assert int(first["y"]) < int(second["y"])
    assert formula.rows() == [["aaa", "=b"], ["", "=c"]]


def test_cases_have_a_brace(typesetter: Typesetter) -> None:
    tex = r"f = \begin{cases} x & x > 0 \\ 0 & \text{else} \end{cases}"
    formula = Formula(typesetter.typeset(tex, True))
    assert formula.rows() == [["x", "x>0"], ["0", "else"]]
    brace = [character for character in formula.text if "\ue000" <= character <= "\uf8ff"]
    assert len(brace) == 1


def test_tall_bracket_has_a_drawn_middle(typesetter: Typesetter) -> None:
    """Its ends are characters; what is stretched between them is a path."""
    formula = Formula(typesetter.typeset(MATRIX, True))
    paths = [path.attrib["d"] for path in formula.svg.iter("path")]
    assert len(paths) == 2
    assert all(re.fullmatch(r"M[-\d .A-Z]+Z", path) for path in paths)
    assert "use" not in {element.tag for element in formula.svg.iter()}
    assert formula.rows() == [["1"], ["2"], ["3"], ["4"], ["5"]]


def test_markup_characters_are_escaped(typesetter: Typesetter) -> None:
    assert Formula(typesetter.typeset(r"a < b \mathbin{\&} c > d", False)).text == "a<b&c>d"


def test_unreadable_formula_says_why(typesetter: Typesetter) -> None:
    """And leaves those that were begun with it alone."""
    typesetter.begin([(r"\frac{", False), ("y", False)])
    assert Formula(typesetter.typeset("y", False)).text == "y"
    for _ in range(2):
        with pytest.raises(ValueError, match="Missing close brace"):
            typesetter.typeset(r"\frac{", False)
    with pytest.raises(ValueError, match=r"Undefined control sequence \\newton"):
        typesetter.typeset(r"\newton", False)


def test_nothing_is_kept_that_no_page_reads() -> None:
    markup = '<g data-mml-node="mi" xmlns="http://www.w3.org/1998/Math/MathML" focusable="false">'
    assert cleaned(f'{markup}<mi mathvariant="normal">d</mi></g>') == (
        '<g><mi mathvariant="normal">d</mi></g>'
    )


# Sphinx


@pytest.mark.parametrize(
    ("source", "tex"),
    [
        (" a = b ", "a = b"),
        ("a \\\\\n b", r"\begin{split}a \\" + "\n" + r" b\end{split}"),
        ("a\n\nb", r"\begin{aligned}a\\b\end{aligned}"),
        ("a \\\\ b\n\n\n c", r"\begin{aligned}\begin{split}a \\ b\end{split}\\c\end{aligned}"),
    ],
)
def test_displays_have_lines_and_equations(source: str, tex: str) -> None:
    r"""``\\`` splits lines, a blank line starts an equation; what says `nowrap` is taken as it is."""
    assert renderer.display_tex(nodes.math_block(source, source)) == tex
    assert renderer.display_tex(nodes.math_block(source, source, nowrap=True)) == source


class Writer:
    """As much of Sphinx's HTML writer as a formula needs."""

    def __init__(self) -> None:
        self.body: list[str] = []
        config = SimpleNamespace(math_numfig=False, numfig=False)
        self.builder = SimpleNamespace(env=SimpleNamespace(config=config), config=config)
        self.config = config

    def starttag(self, node: dict[str, Any], tag: str, CLASS: str, translate: str) -> str:
        assert not node, "the box that Furo makes around it has its id"
        return f'<{tag} class="{CLASS}" translate="{translate}">'

    def add_permalink_ref(self, node: nodes.Element, title: str) -> None:
        self.body.append(f'<a href="#{node["ids"][0]}" title="{title}">#</a>')


def display(typesetter: Typesetter, tex: str, number: int | None) -> str:
    """What the writer writes for a display."""
    writer = Writer()
    node = nodes.math_block(tex, tex, number=number, ids=["equation-loss"], nowrap=False)
    with pytest.raises(nodes.SkipNode):
        renderer.visit_math_block(typesetter, writer, node)
    return "".join(writer.body)


def test_display_has_its_number(typesetter: Typesetter) -> None:
    numbered = display(typesetter, "a", 7)
    assert numbered.startswith('<div class="math" translate="no"><div')
    assert '<span class="eqno">(7)<a href="#equation-loss"' in numbered
    assert "eqno" not in display(typesetter, "a", None)


def test_unreadable_display_shows_its_source(typesetter: Typesetter) -> None:
    assert r'<code class="math-error">\frac{&lt;</code>' in display(typesetter, r"\frac{<", None)


def output(tag: str, tex: str) -> str:
    """A formula as the outputs of cells have it."""
    return f'<{tag} class="math" translate="no" data-tex="{tex}"><math><mi>?</mi></math></{tag}>'


def test_formulas_of_outputs_are_typeset(typesetter: Typesetter) -> None:
    """In the place of the MathML that they come with; what cannot be read keeps it."""

    def set_all(html: str) -> str:
        return renderer.IN_OUTPUT.sub(lambda found: renderer.set_output(typesetter, found), html)

    inline, block = set_all(output("span", "a &lt; b")), set_all(output("div", "x"))
    assert (
        inline == f'<span class="math" translate="no">{typesetter.typeset("a < b", False)}</span>'
    )
    assert block.startswith('<div class="math" translate="no"><div class="math-scroll"><svg')
    assert set_all(output("span", r"\frac{")) == output("span", r"\frac{")


def test_a_page_begins_all_its_formulas() -> None:
    """Of its text, its displays and its outputs."""
    page = nodes.paragraph("", "", nodes.math("a", "a"), nodes.math_block("b", "b", nowrap=True))
    page += nodes.raw("", output("span", "c") + output("div", "d"), format="html")
    found: Any = renderer.formulas(page)  # type: ignore[arg-type]
    assert found == [("a", False), ("b", True), ("c", False), ("d", True)]


# The font


def test_characters_of_a_page_are_found(typesetter: Typesetter) -> None:
    """Those of formulas alone, each as it is and not as HTML writes it."""
    formulas = [typesetter.typeset(tex, True) for tex in (r"x^2 < 3 \mathbin{\&} y", r"\sum z")]
    page = f"<p>quick <svg><text>w</text></svg> {' and '.join(formulas)}</p>"
    assert font.characters(page) == {*"x2<3&yz", Formula(formulas[1]).text[0]}


def test_every_character_has_a_glyph(typesetter: Typesetter) -> None:
    """Also those of a private meaning, and as wide as TeX has them."""
    used = font.characters(typesetter.typeset(rf"\hat\sigma {MATRIX} \sum \Delta", True))
    glyphs = typesetter.outlines(sorted(used))
    assert set(glyphs) == used
    assert all(path.startswith("M") and path.endswith("Z") for _, path in glyphs.values())
    assert glyphs["σ"][0] == 571


GLYPHS = {"a": (500, "M0 0L0 400L300 400L300 0Z"), "\ue001": (250, "M10 -200L10 0L20 0Z")}


def test_font_holds_the_glyphs() -> None:
    """Each by its character, with its advance and its outline."""
    made = TTFont(BytesIO(font.font(GLYPHS)))
    assert made["name"].getDebugName(1) == font.FAMILY
    assert made["head"].unitsPerEm == 1000
    shapes, names = made.getGlyphSet(), made.getBestCmap()
    assert set(names) == {ord(character) for character in GLYPHS}
    bounds = {}
    for character, (advance, _) in GLYPHS.items():
        name = names[ord(character)]
        pen = BoundsPen(shapes)
        shapes[name].draw(pen)
        assert made["hmtx"][name][0] == advance
        bounds[character] = pen.bounds
    assert bounds == {"a": (0, 0, 300, 400), "\ue001": (10, -200, 20, 0)}


def test_same_glyphs_make_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """On another day too."""
    first = font.font(GLYPHS)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert font.font(GLYPHS) == first


def test_style_sheet_carries_the_font() -> None:
    sheet = font.style_sheet(GLYPHS)
    (data,) = re.findall(r'url\("data:font/woff;base64,([^"]+)"\)', sheet)
    assert base64.b64decode(data) == font.font(GLYPHS)
    assert f'font-family: "{font.FAMILY}";' in sheet
