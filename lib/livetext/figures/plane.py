"""The plane of two inputs: what a tape answers everywhere in it, where it changes its mind, and examples to take hold of."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop.autodiff import Tape

from .. import draw
from ..state import State
from .field import centres, image, markup
from .plot import Plot
from .view import check_quantities, entries_of

COLUMNS, ROWS = 44, 36
BANDS = 16
SIZE = (300, 270)  # points of the picture
DOT = 4.2
SQUARE, DISC = 0.88 * DOT, DOT
# Of an example of class 0, and of class 1; the twin of added.js's.
SHAPES = (
    f"M{-SQUARE:g} {-SQUARE:g}h{2 * SQUARE:g}v{2 * SQUARE:g}h{-2 * SQUARE:g}z",
    f"M{-DISC:g} 0a{DISC:g} {DISC:g} 0 1 0 {2 * DISC:g} 0a{DISC:g} {DISC:g} 0 1 0 {-2 * DISC:g} 0z",
)
ANSWER, BORDER, EXAMPLES = "answer", "border", "examples"

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Added:
    """Examples of the reader's own in a plane, behind those that are given: a tap on an empty place puts one there.

    Parameters
    ----------
    x, y, kind
        Arrays of the tape, `Entries` of the figure with one for each example that there is room for: its place,
        and what it is: 0 not there, 1 a square, 2 a disc.
    pen
        A control that says in the same numbers what a tap puts; with 0, a tap on one takes it away.
    """

    x: str
    y: str
    kind: str
    pen: str


class Plane(Plot):
    """A `Plot` of two inputs with a field of answers behind it, their border, and a cloud of examples.

    The answers are logits: above 0 the plane has one colour of the signs, below it the other, and the border
    is where they are 0.

    Parameters
    ----------
    xlabel, ylabel, xlim, ylim, alt
        As of `Plot`.
    tape
        From an input ``x``, whose columns are points of the plane, to ``output``, a row of logits. Its other
        inputs are settings of the figure, or fed by its arrays.
    output
        The tape's output.
    feeds
        For inputs of the tape, the figure's array that each gets.
    examples, weights
        The figure's arrays with a column for each example, and with its weight: one without any is not shown.
    classes
        Of each example 0, a square, or 1, a disc.
    pick
        What picks an example: a control that counts them from one; picking it puts the controls ``clears``
        at 0. It can be dragged at once, by a handle that stands at the picked example.
    beside, beside_by
        Arrays to be fed instead for a second border, dashed; it is there while this control is not 0.
    added
        Examples that the reader puts there.
    """

    def __init__(
        self,
        xlabel: str,
        ylabel: str,
        xlim: tuple[float, float],
        ylim: tuple[float, float],
        alt: str,
        *,
        tape: Tape,
        output: str,
        feeds: Mapping[str, str],
        examples: str,
        weights: str,
        classes: Sequence[int],
        pick: str,
        clears: Sequence[str] = (),
        beside: Mapping[str, str] | None = None,
        beside_by: str = "",
        added: Added | None = None,
    ) -> None:
        super().__init__(xlabel, ylabel, xlim, ylim, alt)
        draw.fit(self.axes, *SIZE)
        self._tape, self._output, self._feeds = tape, output, dict(feeds)
        self._examples, self._weights, self._classes = examples, weights, classes
        self._pick, self._clears = pick, clears
        self._beside, self._beside_by = dict(beside or {}), beside_by
        self._added = added

    @property
    def arrays(self) -> list[str]:
        """Of the figure, read whole."""
        return [self._examples, self._weights, *self._feeds.values(), *self._beside.values()]

    def render(self, state: State, name: str, digits: int) -> tuple[str, dict[str, Any]]:
        check_quantities([self._pick, *self._clears], state.settings, f"plane {self.alt!r}")
        anchors = [
            self.axes.plot(*self._corner(), gid=f"{draw.ARTIST}{what}", zorder=zorder)[0]
            for what, zorder in ((ANSWER, 0.2), (BORDER, 1.8), (EXAMPLES, 1.9))
        ]
        svg, spec = super().render(state, name, digits)
        for anchor in anchors:
            anchor.remove()
        arrays = state.final(self.arrays)
        logits = self._logits(state, arrays, self._feeds)
        axes = spec["axes"]
        (left, low), (right, high) = self._corners()
        height = draw.figure_of(self.axes).bbox.height
        box = (left, height - high, right - left, high - low)
        shares = 1 / (1 + np.exp(-logits[::-1]))
        still = markup(f"{name}-answer", image(shares), box, ("negative", "positive"), BANDS)
        border = border_path(logits, *self._grid(), axes)
        parts = {
            ANSWER: f'<g class="live-still">{still}</g>',
            BORDER: self._second(state, arrays, axes) + _line(border, "stroke-width: 1.6"),
            EXAMPLES: self._dots(arrays, state, axes),
        }
        for what, part in parts.items():
            group = rf'(<g data-artist="{what}">).*?(</g>)'
            svg = re.sub(group, rf"\g<1>{part}\g<2>", svg, count=1, flags=re.DOTALL)
        canvas = '<canvas width="{}" height="{}" aria-hidden="true"></canvas>'.format(*SIZE)
        html = f'<div class="live-plane-box"{self._words}>{canvas}{svg}{self._said}</div>'
        return html, spec | self._own_data(state) | {
            "kind": "plane",
            "tape": json.loads(self._tape.to_json()),
            "size": (COLUMNS, ROWS),
            "box": [round(length, 2) for length in box],
            "output": self._output,
            "feeds": dict(self._feeds),
            "beside": self._beside,
            "besideBy": self._beside_by,
            "examples": self._examples,
            "weights": self._weights,
            "pick": self._pick,
        }

    @property
    def _words(self) -> str:
        """How the keyboard puts examples, where it can."""
        return (
            ' tabindex="0" role="group" aria-label="Plane. Arrow keys move a cross, the space bar is a tap there."'
            if self._added
            else ""
        )

    @property
    def _said(self) -> str:
        return '<p class="live-cell-said" role="status"></p>' if self._added else ""

    def _own_data(self, state: State) -> dict[str, Any]:
        """Of the reader's examples, as the page reads it."""
        if self._added is None:
            return {}
        where = f"plane {self.alt!r}"
        check_quantities([self._added.pen], state.settings, where)
        names = (self._added.x, self._added.y, self._added.kind)
        entries = [entries_of(name, state.settings, where) for name in names]
        data = {"entries": entries, "pen": self._added.pen}
        return {"added": data | {"clears": [*self._clears], "first": len(self._classes)}}

    def _corner(self) -> Any:
        return self.axes.transLimits.inverted().transform((0, 0))

    def _grid(self) -> tuple[Array, Array]:
        return centres(self.xlim, COLUMNS), centres(self.ylim, ROWS)

    def _second(self, state: State, arrays: Mapping[str, Array], axes: Mapping[str, Any]) -> str:
        """The second border, under the first."""
        if not self._beside:
            return ""
        border = ""
        if state.settings[self._beside_by]:
            logits = self._logits(state, arrays, self._feeds | self._beside)
            border = border_path(logits, *self._grid(), axes)
        return _line(border, "stroke-width: 1.4; stroke-dasharray: 5 3")

    def _logits(self, state: State, arrays: Mapping[str, Array], feeds: Mapping[str, str]) -> Array:
        """In each cell of the grid, from the lowest row up."""
        points = np.array(np.meshgrid(*self._grid())).reshape(2, -1)
        given: dict[str, Any] = {name: arrays[array] for name, array in feeds.items()}
        given |= {n: v for n, v in state.settings.items() if n in self._tape.inputs}
        return self._tape.run(x=points, **given)[self._output].reshape(ROWS, COLUMNS)

    def _dots(self, arrays: Mapping[str, Array], state: State, axes: Mapping[str, Any]) -> str:
        x, weights = arrays[self._examples], arrays[self._weights]
        clears = "".join(f" {name}=0" for name in self._clears)
        dots = ""
        for i in range(x.shape[1]):
            given = i < len(self._classes)
            kind = self._classes[i] if given else self._kind(i - len(self._classes), state)
            u, v = (axes[a][0] * x[row, i] + axes[a][1] for row, a in enumerate("xy"))
            color = draw.ink("positive" if kind else "negative")
            own = 'data-grab=""' if given else 'class="live-added"'
            own += "" if weights[i] else ' hidden=""'
            dots += (
                f'<path d="{SHAPES[kind]}" transform="translate({u:.2f} {v:.2f})" {own} '
                f'data-pick="{self._pick}={i + 1}{clears}" style="fill: {color}; stroke: {draw.ink("paper")}"/>'
            )
        cross = '<path class="live-cursor" d="M-9 0h18M0 -9v18"/>' if self._added else ""
        return dots + cross

    def _kind(self, i: int, state: State) -> int:
        """The class of the reader's example i."""
        return int(self._added is not None and state.settings[f"{self._added.kind}[{i}]"] > 1)


def _line(path: str, look: str) -> str:
    return f'<path d="{path}" style="fill: none; stroke: {draw.ink("ink")}; {look}"/>'


def border_path(logits: Array, across: Array, up: Array, axes: Mapping[str, Any]) -> str:
    """Where the logits are 0, in straight pieces from edge to edge of the grid's cells; the twin of plane.js's."""
    parts = []
    for row in range(len(up) - 1):
        for column in range(len(across) - 1):
            corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
            values = [float(logits[corner]) for corner in corners]
            crossings = []
            for k in range(4):
                a, b = values[k], values[(k + 1) % 4]
                if (a > 0) == (b > 0):
                    continue
                (r0, c0), (r1, c1) = corners[k], corners[(k + 1) % 4]
                share = a / (a - b)
                x = across[c0] + (across[c1] - across[c0]) * share
                y = up[r0] + (up[r1] - up[r0]) * share
                crossings.append(
                    f"{axes['x'][0] * x + axes['x'][1]:.2f} {axes['y'][0] * y + axes['y'][1]:.2f}"
                )
            for k in range(0, len(crossings), 2):
                parts.append(f"M{crossings[k]}L{crossings[k + 1]}")
    return "".join(parts)
