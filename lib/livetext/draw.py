"""The book's one way of drawing: a matplotlib style, and SVG that follows the page's theme."""

import io
import re
from collections.abc import Collection, Mapping, Sequence
from html import escape
from itertools import pairwise, product
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .markup import plain, prose, svg_text
from .notebook_images import as_images

# Okabe and Ito's colours (2008), which stay distinct for colour-blind readers. In an SVG each
# becomes a CSS variable of the same name, for which `live.css` has a light and a dark value.
PALETTE = {
    "ink": "#1f2328",
    "muted": "#59636e",
    "grid": "#d8dee4",
    "paper": "#ffffff",
    "blue": "#0072b2",
    "orange": "#c04f00",
    "green": "#007a5a",
    "purple": "#a3508a",
    "positive": "#5848d0",
    "negative": "#886838",
}

# Left, below, right and above what axes enclose, in points: room for labels.
MARGINS = (48, 46, 10, 10)

STYLE: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": PALETTE["muted"],
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": PALETTE["ink"],
    "axes.labelsize": 12.5,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": "none",
    "font.size": 11.8,
    "grid.color": PALETTE["grid"],
    "grid.linewidth": 0.6,
    "lines.linewidth": 2,
    "path.simplify": False,
    "svg.fonttype": "none",
    "text.color": PALETTE["ink"],
    "xtick.major.pad": 6,
    "xtick.color": PALETTE["muted"],
    "xtick.labelcolor": PALETTE["ink"],
    "ytick.color": PALETTE["muted"],
    "ytick.labelcolor": PALETTE["ink"],
}

SVG = "http://www.w3.org/2000/svg"
ARTIST = "artist-"
# What says where something is drawn: a hundredth of a point is finer than any screen.
PLACES = {"d", "x", "y", "width", "height", "points", "transform"}
LONG = re.compile(r"-?\d+\.\d{3,}")


def blank(width: float, height: float) -> Axes:
    """Axes that fill a picture of ``width`` by ``height`` points, without frame or ticks."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
        axes.axis("off")
    return axes


def axes(width: float = 280, height: float = 220) -> Axes:
    """Axes in the book's style, in a picture of ``width`` by ``height`` points."""
    with mpl.rc_context(STYLE):
        axes = Figure(dpi=72).add_axes((0, 0, 1, 1))
    fit(axes, width, height)
    return axes


def fit(axes: Axes, width: float, height: float) -> None:
    """Give the picture another size; its words and lines keep theirs."""
    left, bottom, right, top = MARGINS if axes.axison else (4, 4, 4, 4)
    figure_of(axes).set_size_inches(width / 72, height / 72)
    across, up = (width - left - right) / width, (height - bottom - top) / height
    axes.set_position((left / width, bottom / height, across, up))


def figure_of(axes: Axes) -> Figure:
    """The whole picture that the axes lie in."""
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("these axes have been removed from their figure")
    return figure


def to_svg(
    axes: Axes,
    name: str,
    label: str,
    texts: Mapping[str, str] | None = None,
    hidden: Collection[str] = (),
) -> str:
    """The picture as an `<svg>` element to put into a page.

    Colours of the palette become CSS variables, text is set in the page's own font, ids are
    unique to ``name``, and an artist with the gid ``artist-3`` is found by ``data-artist="3"``.

    Parameters
    ----------
    axes
        From `axes` or `blank`.
    name
        Unique on the page: it keeps the ids of two pictures apart.
    label
        The description for a reader who cannot see the picture.
    texts
        SVG markup by gid, to stand in the place of an artist's text.
    hidden
        Gids of dots and texts that are there, and not to be seen.
    """
    text = io.StringIO()
    with mpl.rc_context(STYLE | {"svg.hashsalt": name}):
        figure_of(axes).savefig(text, format="svg", metadata={"Date": None})
    svg = ElementTree.fromstring(text.getvalue().replace("xlink:href", "href"))
    svg.remove(svg[0])  # metadata
    svg.remove(svg[0])  # a style sheet for `*`, which would reach the whole page
    for size in ("width", "height", "version"):
        svg.attrib.pop(size, None)
    svg.attrib |= {
        "role": "img",
        "aria-label": label,
        "translate": "no",  # a translation's elements are HTML, which an SVG does not show
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
    }
    used = set(re.findall(r'(?:href="#|url\(#)([\w.-]+)', text.getvalue()))
    for group in svg.iter():
        markup = (texts or {}).get(group.attrib.get("id", ""))
        if markup is not None:
            _place_text(group, markup)
    for element in svg.iter():
        element.tag = element.tag.rpartition("}")[2]
        identifier = element.attrib.get("id")
        if identifier is not None and identifier not in used:
            del element.attrib["id"]
            if identifier.startswith(ARTIST):
                element.set("data-artist", identifier.removeprefix(ARTIST))
            if identifier in hidden:
                for part in element.iter():
                    if part.tag.endswith(("use", "text")):
                        part.set("style", f"display: none; {part.get('style', '')}")
        if "d" in element.attrib:
            element.set("d", re.sub(r"\s+", " ", element.attrib["d"]).strip())
        for place in PLACES & element.attrib.keys():
            element.set(place, LONG.sub(_rounded, element.attrib[place]))
        if "style" in element.attrib:
            element.set("style", _themed(element.attrib["style"]))
        if element.attrib.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
        if element.tag == "text" and "*" in (element.text or ""):
            _fill(element, svg_text(element.text or ""))
        element.text = element.text if (element.text or "").strip() else None
        element.tail = element.tail if element.tag == "tspan" else None
    return ElementTree.tostring(svg, encoding="unicode")


def replaced(svg: str, artist: str, markup: str) -> str:
    """The picture with other markup in the group that was drawn for an artist."""
    group = rf'(<g data-artist="{artist}">).*?(</g>)'
    return re.sub(group, lambda found: found[1] + markup + found[2], svg, count=1, flags=re.DOTALL)


def _rounded(number: re.Match[str]) -> str:
    return f"{round(float(number[0]), 2) + 0.0:g}"


def _place_text(group: ElementTree.Element, markup: str) -> None:
    text = next(group.iter(f"{{{SVG}}}text"))
    x, y = (float(text.attrib.pop(axis)) for axis in "xy")
    text.set("transform", f"translate({x:g} {y:g})")
    _fill(text, markup)


def _fill(element: ElementTree.Element, markup: str) -> None:
    content = ElementTree.fromstring(f"<text>{markup}</text>")
    element.text = content.text
    element.extend(list(content))


def ink(color: str) -> str:
    """A colour of the palette that follows the page's theme, and stays where the picture is an image."""
    return f"var(--live-{color}, {PALETTE[color]})"


def _themed(style: str) -> str:
    style = re.sub(r"font-family: [^;]*;?", "", style)
    for name, colour in PALETTE.items():
        style = style.replace(colour, ink(name))
    return style.strip()


class Picture:
    """A drawing that does not move, as the output of a notebook cell.

    Parameters
    ----------
    axes
        From `axes`, `blank` or `network`.
    name
        Unique on the page, in lower-case words with hyphens.
    alt
        What there is to see, for a reader who cannot see it.
    caption
        What to notice; formulas stand between asterisks.
    parts
        SVG markup by an artist's name, to stand in its place: ``{"digits": …}`` for the gid ``artist-digits``.
    """

    def __init__(
        self,
        axes: Axes,
        name: str,
        alt: str,
        caption: str,
        parts: Mapping[str, str] | None = None,
    ) -> None:
        for what, text in (("alt", alt), ("caption", caption)):
            if not text.strip():
                raise ValueError(
                    f"picture {name!r} needs a text for {what}: say what there is to see"
                )
        self.name, self.alt = name, alt
        svg = to_svg(axes, name, plain(alt))
        for artist, markup in (parts or {}).items():
            svg = replaced(svg, artist, markup)
        self.html = (
            f'<figure class="still" data-picture="{escape(name)}">{svg}'
            f"<figcaption>{prose(caption)}</figcaption></figure>"
        )

    def __repr__(self) -> str:
        return f"Picture {self.name}: {plain(self.alt)}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": as_images(self.html)}


RADIUS = 15  # of a unit, in points


def network(layers: Sequence[Sequence[str]], spacing: tuple[float, float] = (120, 48)) -> Axes:
    """A network of units, each layer a column from top to bottom, with a wire for each weight.

    Parameters
    ----------
    layers
        What stands in the units, layer by layer: ``[["*x*"], ["*a*"]]``.
    spacing
        Points between neighbouring layers and between neighbouring units.
    """
    across, up = spacing
    tallest = max(len(layer) for layer in layers)
    picture = blank(across * (len(layers) - 1) + 4 * RADIUS, up * (tallest - 1) + 4 * RADIUS)
    places = [
        [
            (2 * RADIUS + across * k, 2 * RADIUS + up * ((tallest + len(layer)) / 2 - 1 - i))
            for i in range(len(layer))
        ]
        for k, layer in enumerate(layers)
    ]
    for left, right in pairwise(places):
        for start, stop in product(left, right):
            picture.plot(*zip(start, stop, strict=True), color=PALETTE["muted"], lw=1, zorder=1)
    for layer, column in zip(layers, places, strict=True):
        for symbol, (x, y) in zip(layer, column, strict=True):
            (unit,) = picture.plot(x, y, "o", markersize=2 * RADIUS, color=PALETTE["paper"])
            unit.set_markeredgecolor(PALETTE["ink"])
            picture.text(x, y, symbol, ha="center", va="center_baseline", fontsize=11)
    return picture
