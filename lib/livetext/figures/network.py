"""A network of units: activations in discs, wires by sign and size of their weights, gradients as halos."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from .. import draw
from ..markup import svg_text
from ..number_format import format_number
from ..state import State, Values
from ..templates import formula
from .pulse import LOWERED, PulseWire, check_pulse, pulse
from .view import check_quantities, entries_of, share

# In points. Letters of 11 points in a picture this wide are 11 pixels high on a narrow phone.
WIDTH, ROW = 340, 84
RADIUS = 17
SIDE, TOP, BOTTOM = 36, 50, 36
THIN, THICK = 0.8, 6.0  # of a wire, for a weight of 0 and for the full scale
HALO = 16.0  # of a gradient at the full scale
LETTER = 11

Names = str | Sequence[str]
Table = str | Sequence[Sequence[str]]


class _Wire(NamedTuple):
    weight: str
    gradient: str | None
    source: str
    to: tuple[int, int]  # layer and unit, both counted from one
    start: tuple[float, float]
    stop: tuple[float, float]
    delta: str | None = None
    source_unit: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class NetworkDiagram:
    """Layers of units with a wire for each weight, which follow the figure's quantities.

    In each disc stands the unit's activation (blue), below it δ (orange). A wire is as wide as its weight is
    large, solid where the weight is positive and dashed where it is negative, in the two colours of the signs;
    a gradient is an orange halo along it. A unit that is picked shows the parts of its sum on the wires into
    it (blue), weight times activation, its bias and the sum; and on the wires out of it (orange) what each of
    the next units wishes of it, weight times δ.

    Parameters
    ----------
    units
        The activations, layer by layer from the inputs on: an array of the tape (``"x"``, ``"a1"``), or a
        list of quantities.
    weights
        Between each layer and the next: a matrix with a row for each unit of the next layer, or rows of
        quantities.
    alt
        The description for a reader who cannot see the network.
    deltas, sums, biases
        For each layer after the inputs, given as ``units`` are; left out where there are none.
    gradients
        Of the weights, given as these are.
    symbols
        For each layer what its units are called, with ``#`` for the number of the unit: ``"a_#⁽¹⁾"``, which
        is also what a layer is given by default; ``"x_#"`` for the inputs.
    pick
        What picks a unit: a quantity that counts the units after the inputs from zero, layer by layer; or
        two, the number of its layer, 1 for the first after the inputs, and its own number in the layer,
        counted from one.
    nudge, loss
        As of `Graph`: a wire can be pressed, and its weight is nudged. When the gradients have run back, each
        stands on its wire, and it is said how many passes nudging all the parameters would take.
    digits
        Decimals of the numbers in it, if they are not to be the figure's.
    scale, gradient_scale
        The weight with the widest wire, the gradient with the widest halo; by default the largest at the start.

    Raises
    ------
    ValueError
        A quantity is unknown, or the number of weights, deltas, sums or biases is not that of the units.
    """

    units: Sequence[Names]
    weights: Sequence[Table]
    alt: str
    deltas: Sequence[Names] = ()
    gradients: Sequence[Table] = ()
    sums: Sequence[Names] = ()
    biases: Sequence[Names] = ()
    symbols: Sequence[str] = ()
    pick: str | tuple[str, str] | None = None
    scale: float | None = None
    gradient_scale: float | None = None
    nudge: float | None = None
    loss: str = "loss"
    digits: int | None = None

    def __post_init__(self) -> None:
        layers = len(self.units)
        if layers < 2:
            raise ValueError(f"a network has two layers or more, inputs included; got {layers}")
        for what, given, wanted in (
            ("weights", self.weights, (layers - 1,)),
            ("gradients", self.gradients, (0, layers - 1)),
            ("deltas", self.deltas, (0, layers - 1)),
            ("sums", self.sums, (0, layers - 1)),
            ("biases", self.biases, (0, layers - 1)),
            ("symbols", self.symbols, (0, layers)),
        ):
            if len(given) not in wanted:
                raise ValueError(
                    f"a network of {layers} layers has {wanted[-1]} entries in {what}, got {len(given)}"
                )
        for scale in (self.scale, self.gradient_scale):
            if scale is not None and not scale > 0:
                raise ValueError(f"a network needs scales above 0, got {scale}")

    def render(self, state: State, name: str, digits: int) -> tuple[str, dict[str, Any]]:
        digits = digits if self.digits is None else self.digits
        values = state.quantities()
        check_quantities(self._picks, values, f"network {self.alt!r}")
        layers = [_entries(layer, values) for layer in self.units]
        places = _places([len(layer) for layer in layers])
        height = TOP + BOTTOM + ROW * (max(map(len, layers)) - 1)
        wires = [*self._wires(layers, places, values)]
        scale = self.scale or _largest([wire.weight for wire in wires], values)
        gradient_scale = self.gradient_scale or _largest(
            [wire.gradient for wire in wires if wire.gradient], values
        )
        firsts = [*accumulate(map(len, layers[1:]), initial=0)]
        picked = " ".join(f"{values[by]:g}" for by in self._picks)
        drawn = [
            self._wire(wire, along, picked, firsts, values, digits, scale, gradient_scale)
            for wire, along in zip(wires, _along(wires), strict=True)
        ]
        # Numbers above all wires: there a hand reaches them.
        body = "".join(part for parts in zip(*drawn, strict=True) for part in parts)
        body += self._units(layers, places, picked, firsts, values, digits)
        html = (
            f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(self.alt)}" '
            f'translate="no" font-size="{LETTER}" text-anchor="middle">{body}</svg>'
        )
        spec: dict[str, Any] = {
            "kind": "network",
            "pick": self._picks,
            "scale": scale,
            "gradientScale": gradient_scale,
            "digits": digits,
        }
        pressable = [
            PulseWire(w.weight, w.gradient, _wire_name(w, layers), w.to[0] - 1) for w in wires
        ]
        check_pulse(state, self.nudge, self.loss, pressable, "the network")
        if self.nudge is None:
            return html, spec
        turns: dict[str, float] = {w.weight: w.to[0] - 1 for w in wires}
        turns |= {name: k for k, layer in enumerate(layers) for name in layer}
        count = len(wires) + sum(len(_entries(given, values)) for given in self.biases)
        # One pass for each, and one with none of them nudged, to compare with.
        cost = f"nudging: {count + 1} forward passes · backpropagation: one forward, one backward"
        controls, data = pulse(self.nudge, self.loss, pressable, turns, cost)
        for wire, written in zip(wires, data["wires"], strict=True):
            written["source"] = wire.source
        return html + controls, spec | {"pulse": data}

    @property
    def _picks(self) -> list[str]:
        return [self.pick] if isinstance(self.pick, str) else [*(self.pick or ())]

    def _place(self, layer: int, unit: int, firsts: Sequence[int]) -> str:
        """What the quantities that pick a unit are for this one, both counted from one."""
        if isinstance(self.pick, str):
            return str(firsts[layer - 1] + unit - 1)
        return f"{layer} {unit}"

    def _wires(
        self, layers: list[list[str]], places: list[list[tuple[float, float]]], values: Values
    ) -> Iterator[_Wire]:
        for k, (sources, targets) in enumerate(pairwise(layers)):
            size = len(targets), len(sources)
            weights = _rows(self.weights[k], size, values)
            gradients = _rows(self.gradients[k], size, values) if self.gradients else None
            deltas = _like(targets, self.deltas, k + 1, values, "deltas")
            for i in range(size[0]):
                for j in range(size[1]):
                    yield _Wire(
                        weights[i][j],
                        gradients[i][j] if gradients else None,
                        sources[j],
                        (k + 1, i + 1),
                        places[k][j],
                        places[k + 1][i],
                        deltas[i] if deltas and k else None,
                        (k, j + 1),
                    )

    def _wire(
        self,
        wire: _Wire,
        along: tuple[float, bool],
        picked: str,
        firsts: Sequence[int],
        values: Values,
        digits: int,
        scale: float,
        gradient_scale: float,
    ) -> tuple[str, str]:
        """The wire with its halo, and the numbers on it."""
        (x0, y0), (x1, y1) = wire.start, wire.stop
        path = f'd="M{x0:g} {y0:g}L{x1:g} {y1:g}" fill="none"'
        shown, roomy = along
        weight = _text(
            _between(wire, shown), formula(f"{{{wire.weight}}}", values, digits, "tspan"), "ink"
        )
        halo = ""
        if wire.gradient:
            halo = f'<path class="live-halo" {path} style="{halo_look(values[wire.gradient], gradient_scale)}"/>'
        data = {"weight": wire.weight, "source": wire.source, "gradient": wire.gradient}
        ends: dict[str, str] = {}
        looks, parts = "", ""
        if self.pick:
            ends["to"] = self._place(*wire.to, firsts)
            looks += " live-picked" * (ends["to"] == picked)
            part = format_number(values[wire.weight] * values[wire.source], digits).text
            beside = _between(wire, 0.64 if shown < 0.5 else 0.36)
            parts += _text(beside, part, "blue", "live-part")
            if wire.delta:
                data["delta"] = wire.delta
                ends["from"] = self._place(*wire.source_unit, firsts)
                looks += " live-wished" * (ends["from"] == picked)
                wish = format_number(values[wire.weight] * values[wire.delta], digits + 1).text
                parts += _text(beside, wish, "orange", "live-wish")
        data["lights"] = f"{wire.weight} {wire.gradient or ''}".strip()
        line = f'<path class="live-weight" {path} style="{wire_look(values[wire.weight], scale)}"/>'
        words = f"{weight if roomy else ''}{parts}"
        return (
            f'<g class="live-wire{looks}"{_marks(data | ends)}>{halo}{line}</g>',
            f'<g class="live-words{looks}"{_marks(ends)}>{words}</g>',
        )

    def _units(
        self,
        layers: list[list[str]],
        places: list[list[tuple[float, float]]],
        picked: str,
        firsts: Sequence[int],
        values: Values,
        digits: int,
    ) -> str:
        html = ""
        for k, (names, column) in enumerate(zip(layers, places, strict=True)):
            symbol = self.symbols[k] if self.symbols else f"a_#⁽{_raised(k)}⁾" if k else "x_#"
            below = _like(names, self.deltas, k, values, "deltas")
            sums = _like(names, self.sums, k, values, "sums")
            biases = _like(names, self.biases, k, values, "biases")
            for i, (name, (x, y)) in enumerate(zip(names, column, strict=True)):
                pick = ""
                place = self._place(k, i + 1, firsts) if self.pick and k else ""
                if place:
                    wanted = zip(self._picks, place.split(), strict=True)
                    pick = f' data-pick="{" ".join(map("=".join, wanted))}" data-to="{place}"'
                html += (
                    f'<g class="live-unit{" live-picked" * (place != "" and picked == place)}"{pick}>'
                    f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS}" style="fill: {draw.ink("paper")}; '
                    f'stroke: {draw.ink("ink")}"/>'
                    + _text((x, y), formula(f"{{{name}}}", values, digits, "tspan"), "blue")
                    + _text(
                        (x, y - RADIUS - 9),
                        svg_text(f"*{symbol.replace('#', str(i + 1))}*"),
                        "muted",
                        "live-symbol",
                    )
                )
                if sums and self.pick:
                    line = formula(f"z = {{{sums[i]}}}", values, digits, "tspan")
                    html += _text((x, y - RADIUS - 9), line, "ink", "live-part")
                if biases and self.pick:
                    line = formula(f"b = {{{biases[i]}}}", values, digits, "tspan")
                    html += _text((x, y - RADIUS - 22), line, "ink", "live-part")
                if below:
                    line = formula(f"δ {{{below[i]}:{digits + 1}}}", values, digits, "tspan")
                    html += _text((x, y + RADIUS + 11), line, "orange")
                html += "</g>"
        return html


def _wire_name(wire: _Wire, layers: list[list[str]]) -> str:
    """To, from, and the layer where there are several: w₁₂⁽¹⁾."""
    layer, to = wire.to
    indices = [to, layers[layer - 1].index(wire.source) + 1]
    comma = "," if max(indices) > 9 else ""
    raised = f"⁽{_raised(layer)}⁾" if len(layers) > 2 else ""
    return f"w{comma.join(map(str, indices)).translate(LOWERED)}{raised}"


def _entries(given: Names, values: Mapping[str, float]) -> list[str]:
    """The quantities that an array's name or a list of names stands for."""
    if not isinstance(given, str):
        check_quantities([*given], values, "a network")
        return [*given]
    return entries_of(given, values, "a network")


def _rows(given: Table, size: tuple[int, int], values: Values) -> list[list[str]]:
    rows, columns = size
    if isinstance(given, str):
        flat = _entries(given, values)
    else:
        flat = [name for row in given for name in _entries(row, values)]
    if len(flat) != rows * columns:
        raise ValueError(
            f"{rows} × {columns} wires between two layers of the network need as many weights and gradients; "
            f"{given!r} has {len(flat)}"
        )
    return [flat[columns * i : columns * (i + 1)] for i in range(rows)]


def _like(
    units: list[str], given: Sequence[Names], layer: int, values: Values, what: str
) -> list[str] | None:
    """What each unit of a layer has beside its activation; inputs have nothing."""
    if not given or not layer:
        return None
    found = _entries(given[layer - 1], values)
    if len(found) != len(units):
        raise ValueError(
            f"layer {layer} of the network has {len(units)} units and {len(found)} {what}"
        )
    return found


def _places(sizes: list[int]) -> list[list[tuple[float, float]]]:
    step = (WIDTH - 2 * SIDE) / (len(sizes) - 1)
    return [
        [(SIDE + step * k, TOP + ROW * (i + (max(sizes) - n) / 2)) for i in range(n)]
        for k, n in enumerate(sizes)
    ]


def _along(wires: list[_Wire]) -> list[tuple[float, bool]]:
    """How far along each wire its weight stands, and whether the layer has room for such numbers.

    The same share for the wires of a layer: that at which their numbers are farthest from each other.
    """
    found: dict[int, tuple[float, bool]] = {}
    for layer in {wire.to[0] for wire in wires}:
        own = [wire for wire in wires if wire.to[0] == layer]
        gaps = {}
        for percent in range(24, 77):
            heights = sorted(_between(wire, percent / 100)[1] for wire in own)
            gaps[percent / 100] = min((b - a for a, b in pairwise(heights)), default=ROW)
        # Of equal ones the middle of the wire is best.
        best = max(gaps, key=lambda t: (round(gaps[t], 2), -abs(t - 0.5)))
        found[layer] = best, gaps[best] >= LETTER
    return [found[wire.to[0]] for wire in wires]


def _between(wire: _Wire, t: float) -> tuple[float, float]:
    (x0, y0), (x1, y1) = wire.start, wire.stop
    return x0 + t * (x1 - x0), y0 + t * (y1 - y0)


def _marks(data: Mapping[str, str | None]) -> str:
    return "".join(f' data-{what}="{name}"' for what, name in data.items() if name)


def _text(place: tuple[float, float], markup: str, color: str, name: str = "") -> str:
    x, y = place
    kind = f' class="{name}"' if name else ""
    return f'<text{kind} x="{x:g}" y="{y:.2f}" dy=".35em" style="fill: {draw.ink(color)}">{markup}</text>'


def _raised(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _largest(names: list[str], values: Values) -> float:
    sizes = [abs(values[name]) for name in names]
    return max((size for size in sizes if 0 < size < float("inf")), default=1.0)


def wire_look(weight: float, scale: float) -> str:
    """A wire's style; the twin of network.js's `wireLook`."""
    sign = "negative" if weight < 0 else "positive"
    width = THIN + (THICK - THIN) * share(weight, scale)
    dash = "; stroke-dasharray: 6 3" if weight < 0 else ""
    return f"stroke: {draw.ink(sign)}; stroke-width: {width:.2f}{dash}"


def halo_look(gradient: float, scale: float) -> str:
    """A halo's style; the twin of network.js's `haloLook`."""
    width = HALO * share(gradient, scale)
    return f"stroke: {draw.ink('orange')}; stroke-opacity: 0.35; stroke-width: {width:.2f}"
