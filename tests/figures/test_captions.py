"""A colour named in words is a colour in the picture: captions, texts for who cannot see, and prose beside.

The palette's names, next to what they colour: "the orange tangent" stands by a figure that draws a tangent in
orange, or the words are wrong. What is drawn in which colour is read from the pictures themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from bs4 import BeautifulSoup, Tag

import livetext
from backprop import autodiff as ad
from livetext.draw import PALETTE
from support.paths import SITE, book_pages

GREYS = {"grey": {"muted", "grid", "ink"}, "gray": {"muted", "grid", "ink"}, "black": {"ink"}}
COLOURS = {
    name: {name}
    for name in PALETTE
    if name not in ("ink", "muted", "grid", "paper", "positive", "negative")
} | GREYS
SIGNS = {"violet": {"positive"}, "golden": {"negative"}}
COLOURS |= SIGNS
# Colours of no picture: a text that names one is wrong whatever it stands beside.
OTHERS = ("red", "yellow", "brown", "pink", "magenta", "cyan", "turquoise")

# Which kinds of artist a word may mean. A word that is not listed means any of them, as "one" does.
KINDS = {
    "point": {"dot"},
    "dot": {"dot"},
    "circle": {"dot"},
    "triangle": {"dot"},
    "tangent": {"tangent"},
    "arrow": {"arrow"},
    "line": {"line", "curve", "tangent", "history"},
    "curve": {"curve", "history"},
    "hump": {"curve", "history"},
    "path": {"history"},
    "bar": {"bar"},
    "wire": {"wire", "line"},
    "number": {"text"},
    "entry": {"cell"},
    "entries": {"cell"},
    "quarter": {"field"},
}
WORD = re.compile(
    rf"\b({'|'.join([*COLOURS, *OTHERS])})\b((?:,? [\wα-ωδŷ∂/]+){{0,2}})", re.IGNORECASE
)


@dataclass
class Drawn:
    """A figure's colours: which kinds of artist there are in each."""

    name: str
    kinds: dict[str, set[str]] = field(default_factory=dict)

    def has(self, colours: set[str], kinds: set[str] | None) -> bool:
        """Whether there is an artist of one of the colours, and of one of the kinds, if they are given."""
        return any(
            self.kinds.get(colour, set()) and (not kinds or self.kinds[colour] & kinds)
            for colour in colours
        )


def painted(style: str) -> set[str]:
    """The palette's names in a style; a rim of paper is no colour."""
    return set(re.findall(r"(?:fill|stroke): var\(--live-(\w+)", style)) - {"paper"}


def drawn(figure: Tag) -> Drawn:
    """What a figure or picture draws in which colour."""
    found = Drawn(str(figure.get("data-figure") or figure.get("data-picture")))

    def add(element: Tag, kind: str) -> None:
        for part in [element, *element.select("*")]:
            for colour in painted(str(part.get("style", ""))):
                found.kinds.setdefault(colour, set()).add(kind)

    spec = figure.select_one("script.live-spec")
    views = json.loads(spec.string or "")["views"] if spec else []
    for i, view in enumerate(views):
        element = figure.select_one(f'[data-view="{i}"]')
        assert element is not None
        if view["kind"] == "plot":
            for k, artist in enumerate(view["artists"]):
                (mark,) = element.select(f'[data-artist="{k}"]')
                add(mark, kind_of(artist))
        elif view["kind"] == "matrices":
            for cell in element.select("td"):
                for colour in re.findall(r"--live-tint: var\(--live-(\w+)", str(cell.get("style"))):
                    found.kinds.setdefault(colour, set()).add("cell")
            # A sign that no entry has at the start comes with the slider.
            if any(matrix["scale"] for matrix in view["matrices"]):
                for colour in ("positive", "negative"):
                    found.kinds.setdefault(colour, set()).add("cell")
        else:
            add(element, "text")
    for svg in figure.select("svg"):
        for text in svg.select("text"):
            add(text, "text")
        for path in svg.select("g:not([data-artist]) > path"):
            # What stays: matplotlib's lines are wires in a diagram, and grounds or levels in a plot.
            style = str(path.get("style", ""))
            kind = "wire" if "fill: none" in style else "field"
            for colour in painted(style):
                found.kinds.setdefault(colour, set()).update({kind, "curve", "line"})
        for use in svg.select("use"):
            for colour in painted(str(use.get("style", ""))):
                found.kinds.setdefault(colour, set()).add("dot")
    return found


def kind_of(artist: dict[str, object]) -> str:
    kind = str(artist["points"] if artist["points"] != "points" else artist["draw"])
    if artist["draw"] == "dots" or kind == "dots":
        return "dot"
    if kind == "line" and len(artist["x"]) == 4:  # type: ignore[arg-type]
        return "bar"
    return kind


def claims(text: str) -> Iterator[tuple[str, set[str], set[str] | None]]:
    """Each colour that a text names, with the kinds of artist that the word next to it may mean."""
    for match in WORD.finditer(text):
        colour, words = match[1].lower(), re.findall(r"\w+", match[2].lower())
        singular = [KINDS.get(word) or KINDS.get(word.removesuffix("s")) for word in words]
        kinds = next((kinds for kinds in singular if kinds), None)
        yield match[0], COLOURS.get(colour, {colour}), kinds


def mismatches(text: str, figures: list[Drawn]) -> list[str]:
    """The colours that a text names, and none of the figures has."""
    return [
        words
        for words, colours, kinds in claims(text)
        if not any(figure.has(colours, kinds) for figure in figures)
    ]


def plain(element: Tag) -> str:
    return " ".join(element.get_text().split())


PAGES = [page for page in book_pages() if "api" not in page]  # the reference speaks of any figure


@pytest.mark.parametrize("page", PAGES)
def test_colours_in_words_are_in_the_picture(site: object, page: str) -> None:
    """Captions and alternative texts against their own figure; prose against those of its section or that it cites."""
    article = BeautifulSoup((SITE / page).read_text("utf-8"), "html.parser").select_one("article")
    assert article is not None
    wrong = []
    for figure in article.select("figure:is(.live, .still)"):
        own = drawn(figure)
        caption = figure.select_one("figcaption")
        assert caption is not None
        labels = [str(e.get("aria-label", "")) for e in (figure, *figure.select("svg"))]
        for text in {plain(caption), *labels}:
            wrong += [(own.name, words) for words in mismatches(text, [own])]
    for paragraph in article.select("p, li, td, legend, summary"):
        if paragraph.select("p, li") or paragraph.find_parent("figure"):
            continue
        section = paragraph.find_parent("section", class_=lambda c: c != "question")
        figures = section.select("figure:is(.live, .still)") if section else []
        for link in paragraph.select('a[href^="#fig-"]'):
            name = str(link["href"]).removeprefix("#fig-").partition("?")[0]
            figures += article.select(f'[data-figure="{name}"], [data-picture="{name}"]')
        near = [drawn(figure) for figure in figures]
        wrong += [(page, words) for words in mismatches(plain(paragraph), near)]
    assert wrong == []


def test_enough_is_said_in_colours(site: object) -> None:
    """The gate above has something to hold: the book names colours, and this finds them."""
    said = 0
    for page in PAGES:
        article = BeautifulSoup((SITE / page).read_text("utf-8"), "html.parser")
        said += sum(len([*claims(plain(caption))]) for caption in article.select("figcaption"))
    assert said >= 15


def coloured() -> Drawn:
    """A blue dot, an orange tangent, a green arrow and a grey line."""
    plot = livetext.Plot("*w*", "*L*", (-2, 2), (-1, 4))
    plot.tangent("w", "loss", slope="w")
    plot.arrow(("w", 0.0), (1.0, 0.0), color="green")
    plot.line([0.0, 1.0], [0.0, 1.0], color="muted")
    plot.point("w", "loss")
    figure = livetext.LiveFigure(
        ad.trace(lambda w: {"loss": w * w}, w=0.5),
        [livetext.Slider("w", "*w*", -2, 2, 0.5)],
        [plot],
        name="coloured",
        alt="Four colours",
        caption="Four colours.",
    )
    found = BeautifulSoup(figure.html, "html.parser").select_one("figure")
    assert found is not None
    return drawn(found)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("The blue dot is here, the orange tangent there, the green arrow moves.", []),
        ("The blue point, the orange line and the grey line.", []),
        ("Blue is where it stands, green where it goes.", []),
        ("the green tangent", ["green tangent"]),
        ("the orange, dashed arrow", ["orange, dashed arrow"]),
        ("the blue arrow and the green one", ["blue arrow and"]),
        ("a purple one", ["purple one"]),
        ("the red dot", ["red dot"]),
        ("evergreen and orangery, redone", []),
    ],
)
def test_wrong_colours_are_found(text: str, wrong: list[str]) -> None:
    assert mismatches(text, [coloured()]) == wrong
