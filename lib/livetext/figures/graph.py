"""The computation as a diagram: values above the wires, gradients below, one step at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import draw
from ..controls import Slider
from ..state import State
from ..templates import formula, names
from .lines import Case, Line, check_line, line_html
from .pulse import PulseWire, check_pulse, pulse, spoken
from .view import check_quantities

COLUMN, ROW = 66, 68  # points between neighbouring nodes
MARGIN_X, MARGIN_Y = 18, 26
RADIUS = 12
DIGIT, HEIGHT = 3.4, 11  # half the width of a digit, half the height of a number


@dataclass(frozen=True)
class Node:
    """A gate, or with ``gate=False`` a letter where wires begin or end.

    Parameters
    ----------
    symbol
        What stands in it: "×", "+", "*w*".
    column, row
        Its place, counted from the left and from the bottom.
    """

    symbol: str
    column: float
    row: float
    gate: bool = True


@dataclass(frozen=True)
class Wire:
    """From one node to the next, with the quantity that flows along it and its gradient.

    The gradient may be a `Case` of quantities, one for each option of a choice. ``sum`` is a formula that
    stands below the wire in place of the gradient alone: ``"{direct} + {through} = {dx}"``, where a gradient
    has several parts. ``at`` says how far along the wire its numbers stand, where another crosses its middle.
    """

    source: str
    target: str
    value: str
    gradient: str | Case | None = None
    sum: str = ""
    at: float = 0.5


@dataclass(frozen=True)
class Graph:
    """A computation graph that the reader steps through, forward and backward.

    Parameters
    ----------
    nodes
        By name.
    wires
        Each shows its value above and its gradient below.
    steps
        Pairs of the quantity that the step reveals and the line that computes it, such as
        ``("dw", "∂L/∂w = ∂L/∂p · ∂p/∂w = {dp}·{x} = {dw}")``; several quantities stand in a tuple.
        Quantities in no step are always shown.
    alt
        The description for a reader who cannot see the diagram.
    counter
        Name of the slider that counts the steps.
    nudge
        With this, a wire that has a gradient can be pressed: so much is added to its quantity, the change
        shows at every gate that it reaches, and the gradient runs back. The change of the loss, divided by
        the nudge, then stands beside the gradient.
    loss
        The quantity at the end, which the gradients are of.
    colors
        Of the numbers below the wires; where these are a `Case`, one for each option.

    Raises
    ------
    ValueError
        A quantity or a node is unknown; there is a nudge, and no wire has a gradient; there are more options
        than colors, or fewer.
    """

    nodes: Mapping[str, Node]
    wires: Sequence[Wire]
    steps: Sequence[tuple[str | tuple[str, ...], Line]]
    alt: str
    counter: str = "step"
    nudge: float | None = None
    loss: str = "loss"
    colors: Sequence[str] = ("orange",)

    @property
    def slider(self) -> Slider:
        return Slider(self.counter, "step", 0, len(self.steps), 1)

    def render(self, state: State, name: str, digits: int) -> tuple[str, dict[str, Any]]:
        values = state.quantities()
        step_of: dict[str, int] = {}
        for i, (revealed, line) in enumerate(self.steps, start=1):
            where = f"step {revealed!r} of the graph"
            quantities = [revealed] if isinstance(revealed, str) else revealed
            check_quantities(quantities, values, where)
            check_line(line, values, where)
            step_of |= dict.fromkeys(quantities, i)
        columns = max(node.column for node in self.nodes.values())
        rows = max(node.row for node in self.nodes.values())
        axes = draw.blank(2 * MARGIN_X + COLUMN * columns, 2 * MARGIN_Y + ROW * rows)
        texts: dict[str, str] = {}
        for wire in self.wires:
            above, below = self._draw_wire(axes, wire, digits)
            for shown, color, place in (
                (wire.value, "blue", above),
                (wire.gradient, self.colors[0], below),
            ):
                if shown is None:
                    continue
                gid = f"{draw.ARTIST}{len(texts)}"
                axes.text(
                    place[0],
                    place[1],
                    "0",
                    gid=gid,
                    ha="center",
                    va="center_baseline",
                    color=draw.PALETTE[color],
                    fontsize=12,
                )
                where = f"wire {wire.source} → {wire.target}"
                own = wire.sum if shown == wire.gradient else ""
                texts[gid] = self._number(shown, own, step_of, values, digits, where)
        for key, node in self.nodes.items():
            self._draw_node(axes, node, self._step_at(key, step_of))
        svg = draw.to_svg(axes, name, self.alt, texts)
        lines = "".join(
            f'<li class="live-line" translate="no" data-step="{i}">{line_html(line, values, digits)}</li>'
            for i, (_, line) in enumerate(self.steps, start=1)
        )
        start = '<li data-step="0">The inputs are given. Step, and the forward pass begins.</li>'
        wires = [
            PulseWire(
                w.value,
                w.gradient if isinstance(w.gradient, str) else None,
                spoken(w.value),
                self.nodes[w.source].column,
            )
            for w in self.wires
        ]
        check_pulse(state, self.nudge, self.loss, wires, "the graph")
        html = f'<div class="live-picture" data-picture>{svg}</div><ol class="live-steps">{start}{lines}</ol>'
        spec: dict[str, Any] = {"kind": "graph", "counter": self.counter}
        if self.nudge is None:
            return html, spec
        controls, data = pulse(self.nudge, self.loss, wires, {w.value: w.turn for w in wires})
        return html + controls, spec | {"digits": digits, "pulse": data}

    def _number(
        self,
        shown: str | Case,
        whole: str,
        step_of: Mapping[str, int],
        values: Mapping[str, float],
        digits: int,
        where: str,
    ) -> str:
        """Markup of a wire's number, or of one for each option, each from its own step on."""
        if isinstance(shown, Case):
            if len(shown.templates) != len(self.colors):
                raise ValueError(
                    f"{where} has {len(shown.templates)} gradients to choose from, and the graph "
                    f"{len(self.colors)} colors; give it one for each"
                )
            check_quantities([shown.quantity], values, where)
            parts = ""
            for i, (quantity, color) in enumerate(zip(shown.templates, self.colors, strict=True)):
                inner = self._number(quantity, "", step_of, values, digits, where)
                hidden = ' hidden=""' * (values[shown.quantity] != i)
                parts += (
                    f'<tspan data-case="{shown.quantity}" data-option="{i}"{hidden} '
                    f'style="fill: {draw.ink(color)}">{inner}</tspan>'
                )
            return parts
        check_quantities([shown, *names(whole)], values, where)
        markup = formula(whole or f"{{{shown}}}", values, digits, "tspan")
        step = step_of.get(shown)
        return f'<tspan data-step="{step}">{markup}</tspan>' if step else markup

    def _draw_wire(self, axes: Any, wire: Wire, digits: int) -> Any:
        """Draw it from rim to rim, and return the places of a number above and one below it."""
        for end in (wire.source, wire.target):
            if end not in self.nodes:
                raise ValueError(
                    f"wire {wire.source} → {wire.target}: no node {end!r}; "
                    f"the graph has {', '.join(self.nodes)}"
                )
        ends = [self.nodes[wire.source], self.nodes[wire.target]]
        start, stop = (np.array([_x(node), _y(node)]) for node in ends)
        along = (stop - start) / np.hypot(*(stop - start))
        start, stop = start + along * (RADIUS + 1), stop - along * (RADIUS + 2)
        arrow = axes.annotate(
            "",
            stop,
            start,
            arrowprops={
                "arrowstyle": "-|>,head_length=0.35,head_width=0.18",
                "color": draw.PALETTE["muted"],
                "linewidth": 1.2,
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )
        if self.nudge is not None:
            arrow.arrow_patch.set_gid(f"{draw.ARTIST}wire")
        across = np.array([-along[1], along[0]])
        # Far enough that half a number's width and height clear the wire, whatever its slope.
        number = np.array([DIGIT * (digits + len("−0.")), HEIGHT])
        offset = across * (abs(across) @ number)
        middle = start + wire.at * (stop - start)
        return middle + offset, middle - offset

    def _step_at(self, node: str, step_of: Mapping[str, int]) -> int | None:
        """The step in which a node's own value is computed: a click on the node leads there."""
        leaving = [wire.value for wire in self.wires if wire.source == node]
        arriving = [wire.value for wire in self.wires if wire.target == node]
        return next((step_of[value] for value in leaving or arriving if value in step_of), None)

    def _draw_node(self, axes: Any, node: Node, step: int | None) -> None:
        x, y = _x(node), _y(node)
        gid = {"gid": f"{draw.ARTIST}gate{step}"} if step else {}
        if node.gate:
            axes.plot(
                [x],
                [y],
                "o",
                markersize=2 * RADIUS,
                color=draw.PALETTE["paper"],
                markeredgecolor=draw.PALETTE["ink"],
                markeredgewidth=1.2,
                **gid,
            )
        size = 13 if node.gate else 14
        ink = draw.PALETTE["ink"]
        look: dict[str, Any] = {"fontsize": size, "color": ink} | gid
        axes.text(x, y, node.symbol, ha="center", va="center_baseline", **look)


def _x(node: Node) -> float:
    return MARGIN_X + COLUMN * node.column


def _y(node: Node) -> float:
    return MARGIN_Y + ROW * node.row
