"""A procedure as a row of stages that light up one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..controls import Slider
from ..markup import prose
from ..state import State
from .lines import Line, check_line, line_html
from .view import View, check_quantities


@dataclass(frozen=True)
class Flow:
    """Stages that the reader steps through; each shows its numbers when its turn has come.

    Parameters
    ----------
    stages
        Pairs of a heading and the lines of that stage:
        ``("Loss", ["L = (a − y)² = {loss}"])``.
    counter
        Name of the slider that counts the stages.
    middle
        A view that the stages stand round.
    again
        What the way from the last stage back to the first carries, as a line. A click on it begins a new round.
    carry
        For each slider that moves then, the quantity that it takes its next value from, on its own grid.
    """

    stages: Sequence[tuple[str, Sequence[Line]]]
    counter: str = "stage"
    middle: View | None = None
    again: Line = ""
    carry: Mapping[str, str] = field(default_factory=dict)

    @property
    def slider(self) -> Slider:
        return Slider(self.counter, "stage", 0, len(self.stages), 1)

    def render(self, state: State, name: str, digits: int) -> tuple[str, dict[str, Any]]:
        values = state.quantities()
        stages = "".join(
            f'<li data-step="{i}"><span class="live-stage">{prose(heading)}</span>'
            f'<span class="live-lines">{self._lines(heading, lines, values, digits)}</span></li>'
            for i, (heading, lines) in enumerate(self.stages, start=1)
        )
        html = ""
        spec: dict[str, Any] = {"kind": "flow", "counter": self.counter}
        if self.middle:
            html, inner = self.middle.render(state, f"{name}-middle", digits)
            html = f'<div class="live-middle live-{inner["kind"]}">{html}</div>'
            spec["middle"] = inner
        if self.again:
            check_line(self.again, values, "the way back")
            check_quantities([*self.carry, *self.carry.values()], values, "the way back")
            spec["carry"] = dict(self.carry)
            line = line_html(self.again, values, digits)
            html += f'<p class="live-again live-line" translate="no">{line}</p>'
        if not html:
            return f"<ol>{stages}</ol>", spec
        return f'<div class="live-loop"><ol>{stages}</ol>{html}</div>', spec

    @staticmethod
    def _lines(
        heading: str, lines: Sequence[Line], values: Mapping[str, float], digits: int
    ) -> str:
        html = ""
        for line in lines:
            check_line(line, values, f"stage {heading!r}")
            html += (
                f'<span class="live-line" translate="no">{line_html(line, values, digits)}</span>'
            )
        return html
