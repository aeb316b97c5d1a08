"""An image that the reader draws, cell by cell, with a gradient laid over it."""

from dataclasses import dataclass
from html import escape
from typing import Any

from .. import draw
from ..state import State
from .view import entries_of, share

CELL = 30  # points


@dataclass(frozen=True)
class Pixels:
    """Cells from 0, paper, to 1, ink, that a stroke fills and a click turns over; in each a square for its gradient.

    A square is as large as the gradient is, filled where more ink raises what the gradient is of, and hollow
    where it lowers it.

    Parameters
    ----------
    name
        The array of the tape, whose entries are the figure's `Entries`.
    columns
        Cells in a row.
    gradient
        An array of the figure as long.
    pen
        A control: 0 inks, 1 erases.
    alt
        The description for a reader who cannot see the image.
    scale
        The gradient with the largest square.
    """

    name: str
    columns: int
    gradient: str
    pen: str
    alt: str
    scale: float

    @property
    def arrays(self) -> list[str]:
        """Of the figure, read whole."""
        return [self.gradient]

    def render(self, state: State, name: str, digits: int) -> tuple[str, dict[str, Any]]:
        entries = entries_of(self.name, state.settings, f"drawing {self.alt!r}")
        gradient = state.final([self.gradient])[self.gradient].ravel()
        cells = ""
        for i, entry in enumerate(entries):
            x, y = CELL * (i % self.columns), CELL * (i // self.columns)
            ink, slope = state.settings[entry], float(gradient[i])
            half = 0.3 * CELL * share(slope, self.scale) ** 0.5
            sign = "negative" if slope < 0 else "positive"
            cells += (
                f'<g data-pick="{entry}={0 if ink >= 0.5 else 1}" data-cell="{entry}">'
                f'<rect x="{x}" y="{y}" width="{CELL}" height="{CELL}" style="fill: {draw.ink("ink")}; fill-opacity: {ink:.3f}; '
                f'stroke: {draw.ink("grid")}"/>'
                f'<rect class="live-slope" x="{x + CELL / 2 - half:.1f}" y="{y + CELL / 2 - half:.1f}" width="{2 * half:.1f}" '
                f'height="{2 * half:.1f}" data-sign="{sign}" style="fill: {draw.ink(sign)}; stroke: {draw.ink(sign)}"/></g>'
            )
        side, height = CELL * self.columns, CELL * (len(entries) // self.columns)
        html = (
            f'<div class="live-pad" tabindex="0" role="group" aria-label="Drawing. Arrow keys go from cell to cell, the space bar inks one.">'
            f'<svg viewBox="0 0 {side} {height}" role="img" aria-label="{escape(self.alt)}" translate="no">{cells}'
            f'<rect class="live-cursor" width="{CELL}" height="{CELL}"/></svg>'
            '<p class="live-cell-said" role="status"></p></div>'
            '<button type="button" class="live-clear" disabled>Clear</button>'
        )
        return html, {
            "kind": "pixels",
            "names": entries,
            "columns": self.columns,
            "gradient": self.gradient,
            "pen": self.pen,
            "scale": self.scale,
        }
