"""A tape: a computation as a flat list of primitives (a Wengert list) that can be replayed."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._validate import shown
from . import tape_checks as checks
from . import tape_json
from .inputs import all_finite, finite_float64
from .node import ENTRYWISE, Node, operation
from .primitives import Value

__all__ = ["Tape"]


class Tape:
    """What a function did, as a list of operations. Made by `trace` or `from_json`.

    Attributes
    ----------
    inputs
        Name and traced value of every input, in order.
    nodes
        The operations, each after those it uses.
    outputs
        Name of every output and the index of its node.
    """

    def __init__(
        self, inputs: Mapping[str, Value], nodes: Sequence[Node], outputs: Mapping[str, int]
    ) -> None:
        self.inputs = dict(inputs)
        self.nodes = tuple(nodes)
        self.outputs = dict(outputs)
        self._entrywise = all(node.op in ENTRYWISE and node.shape == () for node in self.nodes)
        # A replay starts from the constants in their places, then fills the others.
        self._constants = [node.params.get("value") for node in self.nodes]
        self._entries = [(i, n.params["name"]) for i, n in enumerate(self.nodes) if n.op == "input"]
        self._steps = [(i, operation(n)) for i, n in enumerate(self.nodes) if n.args]

    def __repr__(self) -> str:
        return (
            f"Tape({', '.join(self.inputs)} -> {', '.join(self.outputs)}; {len(self)} operations)"
        )

    def __reduce__(self) -> Any:
        # What a tape is; the steps made from it are functions, which cannot be pickled.
        return Tape, (self.inputs, self.nodes, self.outputs)

    def __len__(self) -> int:
        return len(self.nodes)

    def run(self, /, **inputs: ArrayLike) -> dict[str, Value]:
        """Replay the tape.

        Parameters
        ----------
        **inputs
            Values by name, in the traced shapes; one that is left out keeps its traced value. A
            tape of scalars also takes arrays, and is then replayed for every entry.

        Returns
        -------
        dict
            Every output by name. Infinite and NaN results are returned as they are, with a
            `RuntimeWarning` that names the first operation to produce one.

        Raises
        ------
        ValueError
            An unknown input, a wrong shape, or a value that is not finite.
        TypeError
            A value that is not real.
        """
        values = self._replay(self._checked("Tape.run", inputs))
        # Copies: an output may be an input or a constant that the tape keeps.
        outputs = {name: np.array(values[i]) for name, i in self.outputs.items()}
        if not all(all_finite(values[i]) for i in self.outputs.values()):
            for i, node in enumerate(self.nodes):
                if not all_finite(values[i]):
                    warnings.warn(
                        f"operation {i} of the tape, {node.op}, is the first whose result is not "
                        f"finite: {values[i]}",
                        RuntimeWarning,
                        stacklevel=2,
                    )
                    break
        return outputs

    def sweep(self, name: str, values: ArrayLike, /, **inputs: ArrayLike) -> dict[str, Value]:
        """Replay for each of the values of one input; outputs gain a leading axis for them."""
        if not isinstance(name, str):
            raise TypeError(f"Tape.sweep expects the name of an input, got {shown(name)}")
        settings = np.atleast_1d(finite_float64(values, f"Tape.sweep, values of {name},"))
        if not len(settings):
            raise ValueError(f"Tape.sweep expects at least one value of {name}, got none")
        fixed = self._checked("Tape.sweep", inputs | {name: settings[0]})
        if self._entrywise and all(np.ndim(value) == 0 for value in fixed.values()):
            rows = self._replay(fixed | {name: settings})
            return {
                key: np.broadcast_to(np.asarray(rows[i]), settings.shape).copy()
                for key, i in self.outputs.items()
            }
        runs = [self._replay(fixed | {name: setting}) for setting in settings]
        return {key: np.stack([run[i] for run in runs]) for key, i in self.outputs.items()}

    def iterate(
        self, update: Mapping[str, str], steps: int | None = None, /, **inputs: ArrayLike
    ) -> dict[str, Value]:
        """Feed outputs back into inputs, as training does.

        Parameters
        ----------
        update
            For each input that moves, the output it takes its next value from:
            ``{"w": "w_next"}``.
        steps
            How often to feed back. It may be given by name, ``steps=20``, where ``update`` alone
            stands before it; after a number in its place, ``steps`` is an input like any other.
        **inputs
            As for `run`.

        Returns
        -------
        dict
            Every moving input and every output, with a leading axis of length ``steps + 1``:
            entry k is its value after k updates. Values that diverge become inf or NaN there.
            Where an output has the name of a moving input, that name means the input.

        Raises
        ------
        TypeError
            ``update`` is no mapping, or ``steps`` no whole number.
        ValueError
            A name in ``update`` is unknown, an output has another shape than the input it leads
            to, or ``steps`` is negative.
        """
        count = checks.whole(inputs.pop("steps", None) if steps is None else steps)
        shapes = {name: self.nodes[i].shape for name, i in self.outputs.items()}
        checks.check_update(update, self.inputs, shapes)
        state = self._checked("Tape.iterate", inputs)
        history: dict[str, list[Any]] = {name: [] for name in [*update, *self.outputs]}
        for _ in range(count + 1):
            values = self._replay(state)
            results = {name: values[i] for name, i in self.outputs.items()}
            for name, value in (results | {name: state[name] for name in update}).items():
                history[name].append(value)
            state = state | {
                source: np.broadcast_to(results[target], np.shape(state[source]))[()]
                for source, target in update.items()
            }
        return {name: np.array(rows) for name, rows in history.items()}

    def to_json(self) -> str:
        """The tape as text: inputs, nodes (shape left out where scalar) and outputs."""
        return tape_json.write(self.inputs, self.nodes, self.outputs)

    @classmethod
    def from_json(cls, text: str) -> "Tape":
        """The tape that `to_json` wrote.

        Raises
        ------
        ValueError
            The text is not a tape: the message says where.
        """
        return cls(*tape_json.read(text))

    def _checked(self, caller: str, given: Mapping[str, ArrayLike]) -> dict[str, Any]:
        return checks.check_inputs(caller, self.inputs, given, self._entrywise)

    def _replay(self, inputs: Mapping[str, Any]) -> list[Any]:
        values = self._constants.copy()
        for i, name in self._entries:
            values[i] = inputs[name]
        with np.errstate(all="ignore"):
            for i, step in self._steps:
                values[i] = step(values)
        return values
