"""The bench: an expression that the reader types; the page lays its graph out and walks it both ways."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from backprop.autodiff import Tape

from ..controls import Slider
from ..draw import ink
from ..state import State
from ..templates import number
from .view import check_quantities

# As in layout.js: distances in units of the picture, and half a gate.
COLUMN, ROW, EDGE, GATE = 92, 68, 36, 14

# How to walk back, by the names of walks.js.
WALKS = {
    "sorted": "sorted: when all users are done",
    "arrived": "at once, with what has arrived",
    "shares": "path by path, each its own share",
    "once": "deep first, each once",
    "forward": "in the order of computation",
    "broad": "near ones first, each once",
}


@dataclass(frozen=True)
class RuleCase:
    """A primitive's rule as a tape of numbers.

    Parameters
    ----------
    tape
        From the upstream gradient ``g``, the result ``out`` and the arguments ``a`` and ``b`` to the
        gradients ``da`` and ``db``.
    exponent
        Of a power: the constant exponent that this case is for, or "constant" for any; None fits all.
    """

    tape: Tape
    exponent: float | str | None = None

    def data(self) -> dict[str, Any]:
        """As the page reads it."""
        case = {} if self.exponent is None else {"exponent": self.exponent}
        return case | {"tape": json.loads(self.tape.to_json())}


@dataclass(frozen=True)
class Example:
    """An expression to begin with, what it shows in a few words, and where its sliders start."""

    text: str
    words: str
    start: Mapping[str, float]


@dataclass(frozen=True)
class Gate:
    """A node of the first example's graph as it stands before the script runs.

    Parameters
    ----------
    sign
        What stands in it; the letter of a variable.
    column, height
        Its place, counted from the left and downwards from the top.
    uses
        The names of its arguments.
    """

    sign: str
    column: int
    height: float
    uses: Sequence[str] = ()


@dataclass(frozen=True)
class Bench:
    """A form for expressions, their graph, and the steps forward and back.

    The page composes tape, graph and steps for each expression; this draws the first example's graph, with every
    value and gradient, for a page without a script.

    Parameters
    ----------
    rules
        For each primitive the cases of its rule.
    examples
        The first is shown at the start; its sliders are the figure's.
    gates
        The first example's graph by names, which are quantities of the tape; ``d`` before one is its gradient.
    alt
        The description for a reader who cannot see the graph.
    typed
        Whether the reader may type; otherwise the walk alone can be chosen.
    walk
        How the graph is walked back at the start.
    counter
        Name of the slider that counts the steps.

    Raises
    ------
    ValueError
        A gate is no quantity of the figure.
    """

    rules: Mapping[str, Sequence[RuleCase]]
    examples: Sequence[Example]
    gates: Mapping[str, Gate]
    alt: str
    typed: bool = True
    walk: str = "sorted"
    counter: str = "step"

    @property
    def start(self) -> int:
        """The last step: every operation, the start of the walk, every wire."""
        operations = sum(bool(gate.uses) for gate in self.gates.values())
        return operations + 1 + sum(len(gate.uses) for gate in self.gates.values())

    @property
    def slider(self) -> Slider:
        return Slider(self.counter, "step", 0, self.start, 1)

    def render(self, state: State, name: str, digits: int) -> tuple[str, dict[str, Any]]:
        values = state.quantities()
        gradients = [f"d{key}" for key in self.gates]
        check_quantities([*self.gates, *gradients, "value"], values, "the graph of the bench")
        html = (
            f"{self._form(name)}"
            f'<p class="live-bench-text" translate="no"><code>{escape(self.examples[0].text)}</code></p>'
            f'<div class="live-bench-picture" style="--live-width: {self._width:g}px" data-picture tabindex="0" role="group" aria-label="Graph">'
            f"{self._svg(values, digits)}</div>"
            f'<p class="live-outcome live-line" translate="no">{self._outcome(values, digits)}</p>'
            f'<ol class="live-steps"></ol>'
        )
        rules = {op: [case.data() for case in cases] for op, cases in self.rules.items()}
        examples = [{"text": each.text, "start": dict(each.start)} for each in self.examples]
        spec = {"kind": "bench", "counter": self.counter, "rules": rules, "examples": examples}
        return html, spec

    def _form(self, name: str) -> str:
        first = self.examples[0]
        examples = {str(i): f"{each.words}: {each.text}" for i, each in enumerate(self.examples)}
        output = [key for key, gate in self.gates.items() if gate.uses][-1]
        hidden = "" if self.typed else " hidden"
        said = f"live-{name}-misread"
        return (
            f'<div class="live-bench-form" translate="no">'
            f'<div class="live-typed"{hidden}><label for="live-{name}-expression">Expression</label>'
            f'<input type="text" id="live-{name}-expression" name="expression" value="{escape(first.text)}" '
            f'spellcheck="false" autocomplete="off" autocapitalize="off" aria-describedby="{said}" disabled></div>'
            f'<p class="live-misread" id="{said}" role="status"></p>'
            f"{_select(name, 'example', 'Example', examples | {'': 'your own'}, '0', hidden)}"
            f"{_select(name, 'output', 'Result', {output: output}, output, hidden)}"
            f"{_select(name, 'walk', 'Walk back', WALKS, self.walk)}</div>"
        )

    def _outcome(self, values: Mapping[str, float], digits: int) -> str:
        *_, output = self.gates
        result = _letter(output)
        shown = [f"{result} = {number('value', values['value'], digits)}"]
        for key, gate in self.gates.items():
            if not gate.uses:
                gradient = number(f"d{key}", values[f"d{key}"], digits)
                shown.append(f"∂{result}/∂{_letter(key)} = {gradient}")
        return "".join(f"<span>{part}</span> " for part in shown)

    @property
    def _width(self) -> float:
        return 2 * EDGE + COLUMN * max(gate.column for gate in self.gates.values())

    def _svg(self, values: Mapping[str, float], digits: int) -> str:
        width = self._width
        height = 2 * EDGE + ROW * max(gate.height for gate in self.gates.values())
        wires, gates = "", ""
        for key, gate in self.gates.items():
            x, y = _place(gate)
            for place, source in enumerate(gate.uses):
                from_x, from_y = _place(self.gates[source])
                to_y = y + (10 * place - 5 if len(gate.uses) > 1 else 0)
                middle = (from_x + x) / 2
                wires += (
                    f'<path class="live-edge" style="fill: none; stroke: {ink("orange")}" d="M {from_x + GATE:g} {from_y:g} C {middle:g} {from_y:g} '
                    f'{middle:g} {to_y:g} {x - GATE - 2:g} {to_y:g} m -6 -3.5 l 6 3.5 l -6 3.5"/>'
                )
            rim = (
                f'<rect x="{x - GATE:g}" y="{y - GATE:g}" width="{2 * GATE}" height="{2 * GATE}" rx="{GATE}" '
                f'style="fill: {ink("paper")}; stroke: {ink("ink")}"/>'
                if gate.uses
                else ""
            )
            title = f'<tspan class="live-name">{_letter(key, True)} = </tspan>' if gate.uses else ""
            shown = number(key, values[key], digits if gate.uses else 1, "tspan")
            gates += (
                f'<g class="live-gate">{rim}<text class="live-sign" x="{x:g}" y="{y:g}">{escape(gate.sign)}</text></g>'
                f'<text class="live-result" style="fill: {ink("blue")}" x="{x:g}" y="{y - GATE - 9:g}">{title}{shown}</text>'
                f'<text class="live-sums" style="fill: {ink("orange")}" x="{x:g}" y="{y + GATE + 10:g}">'
                f"{number(f'd{key}', values[f'd{key}'], digits, 'tspan')}</text>"
            )
        return (
            f'<svg viewBox="0 0 {width:g} {height:g}" role="img" translate="no" '
            f'aria-label="{escape(self.alt)}" font-size="15" text-anchor="middle" dominant-baseline="central">{wires}{gates}</svg>'
        )


def _place(gate: Gate) -> tuple[float, float]:
    return EDGE + COLUMN * gate.column, EDGE + ROW * gate.height


def _letter(name: str, picture: bool = False) -> str:
    """A name as a formula has it: w1 with a lowered 1."""
    letter, index = name[0], name[1:].replace("_", "")
    if picture:
        lowered = (
            f'<tspan dy="0.25em" font-size="75%">{index}</tspan><tspan dy="-0.19em">\u200b</tspan>'
        )
        return f'<tspan font-style="italic">{letter}</tspan>{lowered if index else ""}'
    return f"<var>{letter}</var>" + (f"<sub>{index}</sub>" if index else "")


def _select(
    name: str, what: str, label: str, options: Mapping[str, str], chosen: str, hidden: str = ""
) -> str:
    markup = "".join(
        f'<option value="{value}"{" selected" * (value == chosen)}>{escape(words)}</option>'
        for value, words in options.items()
    )
    identifier = f"live-{name}-{what}"
    return (
        f'<div class="live-chosen-by"{hidden}><label for="{identifier}">{label}</label>'
        f'<select id="{identifier}" data-bench="{what}" disabled>{markup}</select></div>'
    )
