"""Plots: matplotlib draws them once, and the page moves the artists that are named here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .. import draw
from ..markup import plain
from ..state import State
from ..templates import formula, names
from .field import Field
from .view import check_quantities, entries_of

Coordinate = str | float
Handle = tuple[str | None, str | None]
Pick = tuple[str, int]
Points = NDArray[np.float64]  # (n, 2)

SAMPLES = 101
INSET = 22  # points below the upper edge, where a point is shown that lies above the picture


@dataclass(frozen=True)
class _Artist:
    spec: dict[str, Any]  # for plot.js
    uses: tuple[Coordinate, ...]  # the quantities it shows
    points: Callable[[State], Points]  # where it is, in data coordinates
    style: dict[str, Any]  # for matplotlib
    template: str = ""


class Plot:
    """Axes on which points, curves and arrows follow the figure's quantities.

    A coordinate is the name of a quantity, or a number that stays. Colours are those of
    `draw.PALETTE`, other keywords matplotlib's.

    What has a ``handle`` can be dragged. The handle names the sliders that a drag moves along x and
    along y, or None where that direction is fixed: ``("w", None)``. A slider then goes to that
    place of its grid at which the coordinate comes nearest to the pointer. The coordinate may be
    the slider itself or whatever follows from it; the search is exact where it only rises or only
    falls with the slider, and else stays on the side of a valley on which it starts.

    What has a ``pick`` makes a choice when it is clicked: ``("y", 1)`` takes option 1 of the
    `Choice` y.

    Parameters
    ----------
    xlabel, ylabel
        With formulas between asterisks: ``"weight *w*"``.
    xlim, ylim
        The picture's frame. It does not move: a reader compares heights by it.
    alt
        The description for a reader who cannot see the plot.
    log, xlog
        Logarithmic y axis, logarithmic x axis.
    """

    def __init__(
        self,
        xlabel: str,
        ylabel: str,
        xlim: tuple[float, float],
        ylim: tuple[float, float],
        alt: str = "",
        log: bool = False,
        xlog: bool = False,
    ) -> None:
        above = (ylim[0] > 0 or not log) and (xlim[0] > 0 or not xlog)
        if not (xlim[0] < xlim[1] and ylim[0] < ylim[1] and above):
            raise ValueError(
                f"a plot needs limits from low to high{', above 0 where logarithmic' * (log or xlog)}, "
                f"got xlim={xlim}, ylim={ylim}"
            )
        self.axes = draw.axes()
        self.axes.set(xlabel=xlabel, ylabel=ylabel, xlim=xlim, ylim=ylim)
        if log:
            self.axes.set_yscale("log", nonpositive="mask")
        if xlog:
            self.axes.set_xscale("log", nonpositive="mask")
        self.xlim, self.ylim, self.log, self.xlog = xlim, ylim, log, xlog
        self.alt = alt or f"{plain(ylabel)} against {plain(xlabel)}"
        self._artists: list[_Artist] = []
        self._fields: list[Field] = []

    @property
    def aspect(self) -> float:
        """How far along x is as far, in the picture, as 1 is along y."""
        pixels = self._pixels()
        return -float(pixels["y"][0] / pixels["x"][0])

    def point(
        self,
        x: Coordinate,
        y: Coordinate,
        color: str = "blue",
        size: float = 9,
        handle: Handle | None = None,
        pick: Pick | None = None,
        **style: Any,
    ) -> None:
        """A dot; when it leaves the picture, an arrow at the edge says where to."""
        extra: dict[str, Any] = {"watched": True} | (
            {"handle": _checked(handle, x, y)} if handle else {}
        )
        self._add_points("dots", [x], [y], _dot(color, size) | style, **extra, **_picked(pick))

    def line(
        self,
        x: list[Coordinate],
        y: list[Coordinate],
        color: str = "ink",
        handles: Sequence[Handle | None] = (),
        pick: Pick | None = None,
        **style: Any,
    ) -> None:
        """Straight from point to point; ``handles`` has a handle, or None, for each of them."""
        self._add_points("line", x, y, _stroke(color, style), **_picked(pick))
        if handles:
            for *place, handle in zip(x, y, handles, strict=True):
                self._add_grip(place[0], place[1], handle)

    def vline(
        self, x: Coordinate, color: str = "muted", handle: Handle | None = None, **style: Any
    ) -> None:
        """A vertical line from edge to edge, to be held in its middle."""
        self.line([x, x], [*self.ylim], color, **style)
        low, high = self.ylim
        self._add_grip(x, (low * high) ** 0.5 if self.log else (low + high) / 2, handle)

    def hline(
        self, y: Coordinate, color: str = "muted", handle: Handle | None = None, **style: Any
    ) -> None:
        """A horizontal line from edge to edge, to be held in its middle."""
        self.line([*self.xlim], [y, y], color, **style)
        self._add_grip(sum(self.xlim) / 2, y, handle)

    def bar(
        self,
        x: float,
        y: Coordinate,
        width: float = 0.6,
        color: str = "blue",
        handle: Handle | None = None,
    ) -> None:
        """A bar from 0 to ``y``, to be held at that end."""
        left, right = x - width / 2, x + width / 2
        paint = _paint(color)
        style = {"color": paint, "fill": True, "linewidth": 1}
        self._add_points("line", [left, left, right, right], [0.0, y, y, 0.0], style)
        self._add_grip(x, y, handle)

    def arrow(
        self,
        tail: tuple[Coordinate, Coordinate],
        tip: tuple[Coordinate, Coordinate],
        color: str = "orange",
        head: float = 8,
        handle: Handle | None = None,
    ) -> None:
        """An arrow, whose head is ``head`` points long, to be held by its tip."""
        (x0, y0), (x1, y1) = tail, tip
        style = _stroke(color, {"solid_capstyle": "round"})
        self._add_points("arrow", [x0, x1], [y0, y1], style, head=head)
        self._add_grip(x1, y1, handle)

    def text(
        self,
        x: Coordinate,
        y: Coordinate,
        template: str,
        color: str = "ink",
        pick: Pick | None = None,
        **style: Any,
    ) -> None:
        """Words and numbers at a point of the picture: ``"L = {loss}"``; outside they are not seen."""
        look = {"color": _paint(color), "fontsize": draw.STYLE["font.size"]} | style
        self._add_points("text", [x], [y], look, template, **_picked(pick))

    def curve(
        self,
        sweep: str,
        y: str,
        x: str | None = None,
        span: tuple[float, float] | None = None,
        color: str = "ink",
        samples: int = SAMPLES,
        **style: Any,
    ) -> None:
        """A quantity as one input runs over ``span`` (by default the x axis), all else as set."""
        low, high = span or self.xlim
        across = x or sweep
        spec = {"points": "curve", "input": sweep, "from": low, "to": high, "samples": samples}

        def points(state: State) -> Points:
            rows = state.sweep(sweep, np.linspace(low, high, samples))
            check_quantities((across, y), rows, f"a curve over {sweep!r}")
            return np.column_stack([rows[across], rows[y]])

        self._add(
            spec | {"draw": "line", "x": across, "y": y},
            (sweep, across, y),
            points,
            _stroke(color, style),
        )

    def area(
        self,
        sweep: str,
        y: str,
        to: str | float = 0.0,
        x: str | None = None,
        span: tuple[float, float] | None = None,
        color: str = "blue",
        **style: Any,
    ) -> None:
        """What lies between the `curve` of ``y`` and that of ``to``, or a height that stays."""
        low, high = span or self.xlim
        across = x or sweep
        spec = {"points": "area", "input": sweep, "from": low, "to": high, "samples": SAMPLES}

        def points(state: State) -> Points:
            rows = state.sweep(sweep, np.linspace(low, high, SAMPLES))
            names = [across, y, *([to] if isinstance(to, str) else [])]
            check_quantities(names, rows, f"an area over {sweep!r}")
            other = rows[to] if isinstance(to, str) else np.full(SAMPLES, float(to))
            there = np.column_stack([rows[across], rows[y]])
            return np.vstack([there, np.column_stack([rows[across], other])[::-1]])

        look = {"color": _paint(color), "alpha": 0.25, "fill": True, "linewidth": 0} | style
        self._add(
            spec | {"draw": "line", "x": across, "y": y, "end": to},
            (sweep, across, y, to),
            points,
            look,
        )

    def histogram(
        self, quantity: str, edges: Sequence[float], color: str = "blue", **style: Any
    ) -> None:
        """How many entries of an array lie in each bin: from its edge on, and below the next.

        The last bin has its upper edge, too; what lies outside of all of them is not counted.
        """
        if len(edges) < 2 or not np.all(np.diff(edges) > 0):
            raise ValueError(
                f"a histogram needs two edges or more, each above the last; got {edges}"
            )
        outline = np.repeat(np.asarray(edges, float), 2)

        def points(state: State) -> Points:
            values = state.quantities()
            entries = entries_of(quantity, values, "a histogram")
            found = np.array([values[name] for name in entries])
            counts, _ = np.histogram(found[np.isfinite(found)], edges)
            return np.column_stack([outline, np.repeat([0, *counts, 0], 2)[1:-1]])

        spec = {
            "points": "histogram",
            "draw": "line",
            "quantity": quantity,
            "edges": [*map(float, edges)],
        }
        look = {"color": _paint(color), "alpha": 0.6, "fill": True, "linewidth": 1} | style
        self._add(spec, (), points, look)

    def tangent(self, x: str, y: str, slope: str, color: str = "orange", **style: Any) -> None:
        """The line through (x, y) with the given slope, from edge to edge."""
        low, high = self.xlim
        spec = {
            "points": "tangent",
            "draw": "line",
            "x": x,
            "y": y,
            "slope": slope,
            "from": low,
            "to": high,
        }

        def points(state: State) -> Points:
            values = state.quantities()
            return np.array(
                [[at, values[y] + values[slope] * (at - values[x])] for at in (low, high)]
            )

        self._add(spec, (x, y, slope), points, _stroke(color, style))

    def history(
        self,
        y: str,
        x: str | None = None,
        kind: Literal["line", "dots", "stairs"] = "line",
        color: str = "blue",
        **style: Any,
    ) -> None:
        """Every update so far: ``y`` against ``x``, or against the number of the update.

        ``"stairs"`` goes across first and then up or down.
        """
        stairs = kind == "stairs"
        form = "dots" if kind == "dots" else "line"

        def points(state: State) -> Points:
            rows = state.history()
            check_quantities((y, *([x] if x else [])), rows, "a history")
            across = np.arange(len(rows[y])) * 1.0 if x is None else rows[x]
            if stairs:
                return np.column_stack([np.repeat(across, 2)[1:], np.repeat(rows[y], 2)[:-1]])
            return np.column_stack([across, rows[y]])

        look = _dot(color, style.pop("size", 5)) if kind == "dots" else _stroke(color, style)
        spec = {"points": "history", "draw": form, "x": x, "y": y, "stairs": stairs}
        self._add(spec, (y, *([x] if x else [])), points, look)

    def _add_grip(self, x: Coordinate, y: Coordinate, handle: Handle | None) -> None:
        """A point by which something else is held: it is not seen itself, the page gives it a halo."""
        if handle:
            unseen = _dot("ink", 9) | {"alpha": 0}
            self._add_points("dots", [x], [y], unseen, handle=_checked(handle, x, y))

    def field(
        self,
        x: str,
        y: str,
        quantity: str,
        scale: tuple[float, float],
        color: str = "blue",
        below: str | None = None,
        log: bool = False,
        bands: int = 10,
    ) -> None:
        """A quantity over two inputs, in bands of colour behind all else.

        The axes' x and y are the inputs; all else is as set. ``scale`` says which value has no colour, and
        which has all of it; with ``below``, the colour of the low end, the middle has none. ``log`` takes
        equal steps of the quantity's logarithm.
        """
        if not (scale[0] < scale[1] and (scale[0] > 0 or not log) and bands > 1):
            raise ValueError(
                f"a field needs a scale from low to high{', above 0 where logarithmic' * log}, and two bands "
                f"or more; got scale={scale}, bands={bands}"
            )
        for name in (color, below):
            _paint(name or color)
        self._fields.append(
            Field(x, y, quantity, scale, (below, color) if below else (color,), log, bands)
        )

    def _add_points(
        self,
        form: str,
        x: list[Coordinate],
        y: list[Coordinate],
        style: dict[str, Any],
        template: str = "",
        **extra: Any,
    ) -> None:
        def points(state: State) -> Points:
            values = state.quantities()
            return np.array(
                [
                    [values[c] if isinstance(c, str) else c for c in pair]
                    for pair in zip(x, y, strict=True)
                ]
            )

        spec = {"points": "points", "draw": form, "x": x, "y": y, **extra}
        self._add(spec, (*x, *y, *names(template)), points, style, template)

    def _add(
        self,
        spec: dict[str, Any],
        uses: tuple[Coordinate, ...],
        points: Callable[[State], Points],
        style: dict[str, Any],
        template: str = "",
    ) -> None:
        self._artists.append(_Artist(spec, uses, points, style, template))

    def render(self, state: State, name: str, digits: int) -> tuple[str, dict[str, Any]]:
        values = state.quantities()
        texts = {}
        hidden = set()
        drawn = []
        for i, artist in enumerate(self._artists):
            check_quantities(artist.uses, values | state.tape.inputs, f"plot {self.alt!r}")
            points = self._framed(artist, artist.points(state))
            gid = f"{draw.ARTIST}{i}"
            if self._left_out(artist, points):
                points = np.array([[self.xlim[0], self.ylim[0]]])
                hidden.add(gid)
            shape: Any
            if artist.spec["draw"] == "text":
                x, y = points[0]
                shape = self.axes.text(x, y, "0", gid=gid, **artist.style)
                texts[gid] = formula(artist.template, values, digits, "tspan")
            elif artist.style.get("fill"):
                (shape,) = self.axes.fill(points[:, 0], points[:, 1], gid=gid, **artist.style)
            else:
                if artist.spec["draw"] == "arrow":
                    points = self._arrow(points, artist.spec["head"])
                (shape,) = self.axes.plot(points[:, 0], points[:, 1], gid=gid, **artist.style)
            drawn.append(shape)
        (left, low), (right, high) = self._corners()
        for i in range(len(self._fields)):
            # Its place among all that is drawn; the image itself comes afterwards.
            gid = f"{draw.ARTIST}field{i}"
            (shape,) = self.axes.plot(
                *self.axes.transLimits.inverted().transform((0, 0)), gid=gid, zorder=0.2
            )
            drawn.append(shape)
        svg = draw.to_svg(self.axes, name, self.alt, texts, hidden)
        box = (left, draw.figure_of(self.axes).bbox.height - high, right - left, high - low)
        for i, field in enumerate(self._fields):
            where = f"a field of {self.alt!r}"
            check_quantities([field.quantity], values, where)
            check_quantities([field.x, field.y], state.tape.inputs, where)
            svg = field.put_into(svg, i, name, box, state, self)
        for shape in drawn:
            shape.remove()
        fields = {"fields": [field.spec() for field in self._fields]} if self._fields else {}
        return svg, fields | {
            "kind": "plot",
            "axes": self._pixels(),
            "artists": [artist.spec for artist in self._artists],
        }

    def _left_out(self, artist: _Artist, points: Points) -> bool:
        """Whether matplotlib would draw nothing at all, and the page would have nothing to move."""
        with np.errstate(all="ignore"):
            places = self.axes.transData.transform(points)
        if artist.spec["draw"] == "text":
            (left, low), (right, high) = self._corners()
            (x, y) = places[0]
            return not (left - 0.01 <= x <= right + 0.01 and low - 0.01 <= y <= high + 0.01)
        width, height = draw.figure_of(self.axes).bbox.size
        inside = np.all((places >= 0) & (places <= (width, height)), axis=1)
        return artist.spec["draw"] == "dots" and not inside.any()

    def _framed(self, artist: _Artist, points: Points) -> Points:
        """A point that lies outside comes to the picture's edge; the twin of plot.js's `framer`."""
        if artist.spec["draw"] != "dots" or not {"watched", "handle"} & artist.spec.keys():
            return points
        places = np.array(points, dtype=float)
        for axis, log in enumerate((self.xlog, self.log)):
            places[(places[:, axis] < 0) & log, axis] = np.nan
        lows, highs = np.transpose([self.xlim, self.ylim])
        framed: Points = np.clip(places, lows, highs)
        dragged_up = artist.spec.get("handle", (None, None))[1]
        if "watched" in artist.spec and not dragged_up:
            right, top = self._corners()[1]
            below = self.axes.transData.inverted().transform((right, top - INSET))[1]
            framed[places[:, 1] > highs[1], 1] = below
        return framed

    def _corners(self) -> Points:
        corners = [*zip(self.xlim, self.ylim, strict=True)]
        return np.asarray(self.axes.transData.transform(corners))

    def _arrow(self, points: Points, head: float) -> Points:
        """Tail to tip, and back and forth for the two barbs; the twin of plot.js's arrow."""
        to_pixels = self.axes.transData
        tail, tip = to_pixels.transform(points)
        length = float(np.hypot(*(tip - tail)))
        if not length > 0:
            return points
        along = (tip - tail) / length * min(head, length)
        across = np.array([-along[1], along[0]]) / 2
        shape = [tail, tip, tip - along + across, tip, tip - along - across]
        return np.asarray(to_pixels.inverted().transform(shape))

    def _pixels(self) -> dict[str, Any]:
        """How data becomes SVG units: scale and offset on each axis (y downward)."""
        (left, low), (right, high) = self._corners()
        height = draw.figure_of(self.axes).bbox.height
        y0, y1 = np.log10(self.ylim) if self.log else self.ylim
        x0, x1 = np.log10(self.xlim) if self.xlog else self.xlim
        x_scale = (right - left) / (x1 - x0)
        y_scale = -(high - low) / (y1 - y0)
        return {
            "x": [x_scale, left - x_scale * x0],
            "y": [y_scale, height - low - y_scale * y0],
            "log": self.log,
            **({"xlog": True} if self.xlog else {}),
            "xlim": self.xlim,
            "ylim": self.ylim,
        }


def _checked(handle: Handle, x: Coordinate, y: Coordinate) -> Handle:
    if len(handle) != 2 or handle == (None, None):
        raise ValueError(
            f"a handle names the sliders that a drag along x and along y moves, or None for one of "
            f"them, got {handle!r}"
        )
    for axis, slider, coordinate in zip("xy", handle, (x, y), strict=True):
        if slider is not None and not isinstance(coordinate, str):
            raise ValueError(
                f"a drag along {axis} cannot move {slider!r}: that coordinate is the number "
                f"{coordinate}, not a quantity"
            )
    return handle


def _picked(pick: Pick | None) -> dict[str, Any]:
    return {"pick": [[pick[0], str(pick[1])]]} if pick else {}


def _paint(color: str) -> str:
    if color not in draw.PALETTE:
        raise ValueError(f"no color {color!r}; the palette has {', '.join(draw.PALETTE)}")
    return draw.PALETTE[color]


def _stroke(color: str, style: dict[str, Any]) -> dict[str, Any]:
    return {"color": _paint(color)} | style


def _dot(color: str, size: float) -> dict[str, Any]:
    paint = _paint(color)
    edge = draw.PALETTE["paper"]
    return {
        "linestyle": "none",
        "marker": "o",
        "markersize": size,
        "color": paint,
        "markeredgecolor": edge,
    }
