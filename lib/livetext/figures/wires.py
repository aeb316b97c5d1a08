"""A small network as wires: as wide as their weights, with a halo for their gradient and dashes for one example's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from .. import draw
from ..number_format import format_number
from ..state import State
from .network import wire_look
from .view import check_quantities, share

WIDTH, HEIGHT = 300, 270
SIDE, EDGE = 22, 24
UNIT, BIAS = 8, 3.2
HALO, DASHES = 14.0, 7.0  # of a gradient at the full scale
NOTHING = "This network has no such wire."


@dataclass(frozen=True)
class Network:
    """One of the networks that can be drawn: where each wire's number stands in the vector.

    Parameters
    ----------
    units
        In each layer, inputs first.
    weights
        Between each layer and the next: the place of the first weight in the vector, and of how many weights
        each row of the matrix has room for.
    biases
        Of each layer after the inputs: the place of the first.
    layers
        Which of the figure's layers these are, counted from the inputs, 0.
    """

    units: Sequence[int]
    weights: Sequence[tuple[int, int]]
    biases: Sequence[int]
    layers: Sequence[int]

    def data(self) -> dict[str, Any]:
        """As the page reads it: each wire and each bias with its place and its ends."""
        wires, biases = [], []
        for layer, (first, row) in enumerate(self.weights):
            for to in range(self.units[layer + 1]):
                wires += [
                    (first + row * to + source, layer, to, source)
                    for source in range(self.units[layer])
                ]
                biases.append((self.biases[layer] + to, layer, to))
        layers = [*self.layers]
        return {"units": [*self.units], "wires": wires, "biases": biases, "layers": layers}


@dataclass(frozen=True)
class Walk:
    """One example on its way forward through the network, and its errors on their way back, stage by stage.

    Parameters
    ----------
    by
        The control that chooses the stage: 0 for none, then one for each layer from the inputs on, then one
        for each back to the first layer after the inputs.
    forward
        Arrays of what the units of each layer answer, inputs first.
    back
        Arrays of the derivatives of its loss by the sums of the layers after the inputs.
    """

    by: str
    forward: Sequence[str]
    back: Sequence[str]


@dataclass(frozen=True)
class Wires:
    """A network of the numbers in one vector, as wires without numbers; any of them can be picked.

    A wire is as wide as its weight is large, in the colour of its sign and dashed below zero. The halo along it is
    the gradient; the bar across it, that of one example. Widths of gradients grow with the square root.

    Parameters
    ----------
    values, gradient, own
        Arrays of the figure: the vector of all parameters, its gradient, and that of one example.
    networks
        Those to choose from, by the control ``by``.
    pick
        The control that picks a place of the vector.
    alt
        The description for a reader who cannot see the network.
    walk
        The way of the one example through it.
    scale, gradient_scale
        The weight with the widest wire, the gradient with the widest halo.
    """

    values: str
    gradient: str
    own: str
    networks: Sequence[Network]
    by: str
    pick: str
    alt: str
    walk: Walk
    scale: float = 4.0
    gradient_scale: float = 0.5

    @property
    def arrays(self) -> list[str]:
        """Of the figure, read whole."""
        return [self.values, self.gradient, self.own, *self.walk.forward, *self.walk.back]

    def render(self, state: State, name: str, digits: int) -> tuple[str, dict[str, Any]]:
        check_quantities(
            [self.pick, self.by, self.walk.by], state.settings, f"network {self.alt!r}"
        )
        options = [network.data() for network in self.networks]
        option = options[int(state.settings[self.by])]
        arrays = state.final(self.arrays)
        svg = (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(self.alt)}" translate="no">'
            f"{self._body(option, arrays)}</svg>"
            f'<p class="live-named" translate="no">{self._named(option, state, arrays)}</p>'
            '<p class="live-walk">'
            f"{_step(-1, '‹', 'Back on its way')} one example, step by step {_step(1, '›', 'On its way')}</p>"
        )
        return svg, {
            "kind": "wires",
            "values": self.values,
            "gradient": self.gradient,
            "own": self.own,
            "pick": self.pick,
            "by": self.by,
            "scale": self.scale,
            "gradientScale": self.gradient_scale,
            "options": options,
            "walk": {
                "by": self.walk.by,
                "forward": [*self.walk.forward],
                "back": [*self.walk.back],
            },
        }

    def _named(self, option: Mapping[str, Any], state: State, arrays: Mapping[str, Any]) -> str:
        """The picked number with its name and its gradient; the twin of wires.js's `named`."""
        place = int(state.settings[self.pick])
        symbol = next((symbol for at, symbol in symbols(option) if at == place), None)
        if symbol is None:
            return NOTHING
        w, dw = (
            format_number(float(arrays[name][place]), 4) for name in (self.values, self.gradient)
        )
        return f"{symbol} = {w.text}, gradient {dw.text}"

    def _body(self, option: Mapping[str, Any], arrays: Mapping[str, Any]) -> str:
        places = places_of(option["units"])
        html = ""
        for i, layer, to, source in option["wires"]:
            (x0, y0), (x1, y1) = places[layer][source], places[layer + 1][to]
            line = f'd="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}"'
            weight = wire_look(float(arrays[self.values][i]), self.scale)
            html += (
                f'<path {line} style="fill: none; stroke: {draw.ink("orange")}; stroke-opacity: 0.5; '
                f'stroke-width: {self._width(arrays[self.gradient][i], HALO)}"/>'
                f'<path {line} style="fill: none; {weight}"/>'
            )
        for column in places:
            for x, y in column:
                html += (
                    f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{UNIT}" style="fill: {draw.ink("paper")}; '
                    f'stroke: {draw.ink("ink")}"/>'
                )
        return html

    def _width(self, gradient: float, full: float) -> str:
        return f"{full * np.sqrt(share(float(gradient), self.gradient_scale)):.1f}"


def _step(way: int, sign: str, words: str) -> str:
    """A button that goes along the example's walk."""
    return f'<button type="button" data-walk="{way}" aria-label="{words}" disabled>{sign}</button>'


def symbols(option: Mapping[str, Any]) -> list[tuple[int, str]]:
    """The place of each wire and bias in the vector, and what the book calls it."""
    found = []
    for place, layer, *ends in [*option["wires"], *option["biases"]]:
        letter = "W" if len(ends) == 2 else "b"
        index = "".join(str(end + 1) for end in ends)
        found.append((place, f"<var>{letter}</var><sub>{index}</sub><sup>({layer + 1})</sup>"))
    return found


def places_of(units: Sequence[int]) -> list[list[tuple[float, float]]]:
    """Of each unit, layer by layer; the twin of wires.js's."""
    step = (WIDTH - 2 * SIDE) / (len(units) - 1)
    return [
        [(SIDE + step * k, HEIGHT * (i + 0.5) / n if n > 1 else HEIGHT / 2) for i in range(n)]
        for k, n in enumerate(units)
    ]
