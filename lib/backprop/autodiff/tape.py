"""A tape: a computation as a flat list of primitives (a Wengert list) that can be replayed."""

import json
import operator
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._validate import shown
from .node import MALFORMED, PARAMETERS, Node, array, naturals, plain, read_node, write_node
from .var import PRIMITIVES, Value, all_finite, finite_float64

# All others act entry by entry, so on a tape of scalars a whole curve replays at once.
AXIS_BOUND = (PARAMETERS.keys() - {"input", "const"}) | {"matmul"}


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
        self._entrywise = all(node.op not in AXIS_BOUND and node.shape == () for node in self.nodes)
        # A replay starts from the constants in their places, then fills the others.
        self._constants = [node.params.get("value") for node in self.nodes]
        self._entries = [(i, n.params["name"]) for i, n in enumerate(self.nodes) if n.op == "input"]
        self._steps = [(i, _step(n)) for i, n in enumerate(self.nodes) if n.args]

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
        count = whole(inputs.pop("steps", None) if steps is None else steps)
        if not isinstance(update, Mapping):
            raise TypeError(
                f'Tape.iterate expects update to be a dict such as {{"w": "w_next"}}, got '
                f"{shown(update)}"
            )
        for source, target in update.items():
            if source not in self.inputs or target not in self.outputs:
                raise ValueError(
                    f"Tape.iterate: update {shown(source)}: {shown(target)} must lead from an input "
                    f"({_names(self.inputs)}) to an output ({_names(self.outputs)})"
                )
            shapes = np.shape(self.inputs[source]), self.nodes[self.outputs[target]].shape
            if shapes[0] != shapes[1]:
                raise ValueError(
                    f"Tape.iterate: update {source!r}: {target!r} has shape {shapes[1]}, but "
                    f"{source!r} has shape {shapes[0]}; feed back an output of the input's own shape"
                )
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
        tape = {
            "inputs": {name: plain(value) for name, value in self.inputs.items()},
            "nodes": [write_node(node) for node in self.nodes],
            "outputs": self.outputs,
        }
        return json.dumps(tape, allow_nan=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Tape":
        """The tape that `to_json` wrote.

        Raises
        ------
        ValueError
            The text is not a tape: the message says where.
        """
        place = "the text"
        try:
            tape = json.loads(text)
            nodes: list[Node] = []
            for i, line in enumerate(tape["nodes"]):
                place = f"node {i}"
                nodes.append(read_node(line, i))
            place = "inputs"
            shapes = {node.params["name"]: node.shape for node in nodes if node.op == "input"}
            inputs = {
                name: finite_float64(array(value, shapes[name]), name)
                for name, value in tape["inputs"].items()
            }
            # The proof that shapes and parameters fit together is a first replay.
            values: list[Any] = []
            for i, node in enumerate(nodes):
                place = f"node {i}, {node.op}"
                if node.op == "input":
                    values.append(inputs[node.params["name"]])
                elif node.op == "const":
                    values.append(node.params["value"])
                else:
                    with np.errstate(all="ignore"):
                        values.append(_step(node)(values))
                if np.shape(values[i]) != node.shape:
                    raise ValueError(f"its shape is {np.shape(values[i])}, not {node.shape}")
            place = "outputs"
            outputs = dict(tape["outputs"].items())
            if not outputs or not set(naturals([*outputs.values()])) <= set(range(len(nodes))):
                raise ValueError("they must point at nodes")
        except MALFORMED as error:
            reason = error if isinstance(error, ValueError) else repr(error)
            raise ValueError(
                f"Tape.from_json: this text is not a tape ({place}: {reason}); write one with to_json"
            ) from None
        return cls(inputs, nodes, outputs)

    def _checked(self, caller: str, inputs: Mapping[str, ArrayLike]) -> dict[str, Any]:
        values: dict[str, Any] = dict(self.inputs)
        for name, given in inputs.items():
            if name not in values:
                raise ValueError(
                    f"{caller}: the tape has no input {name!r}; it has {_names(self.inputs)}"
                )
            value = finite_float64(given, f"{caller}: input {name}")
            traced = np.shape(values[name])
            if np.shape(value) != traced and not self._entrywise:
                raise ValueError(
                    f"{caller}: input {name} was traced with shape {traced}, got {np.shape(value)}; "
                    "trace the function again with the new shape"
                )
            values[name] = value
        shapes = (
            {name: np.shape(value) for name, value in values.items()} if self._entrywise else {}
        )
        if any(shapes.values()):
            try:
                full = np.broadcast_shapes(*shapes.values())
            except ValueError:
                raise ValueError(
                    f"{caller}: arrays on a tape of scalars must broadcast together, got shapes {shapes}"
                ) from None
            values = {name: np.broadcast_to(value, full) for name, value in values.items()}
        return values

    def _replay(self, inputs: Mapping[str, Any]) -> list[Any]:
        values = self._constants.copy()
        for i, name in self._entries:
            values[i] = inputs[name]
        with np.errstate(all="ignore"):
            for i, step in self._steps:
                values[i] = step(values)
        return values


def whole(steps: Any) -> int:
    try:
        if isinstance(steps, bool | np.bool):
            raise TypeError
        count = operator.index(steps)
    except TypeError:
        raise TypeError(f"Tape.iterate: steps must be a whole number, got {shown(steps)}") from None
    if count < 0:
        raise ValueError(f"Tape.iterate: steps must be 0 or more, got {shown(count)}")
    return count


def _step(node: Node) -> Callable[[Sequence[Any]], Any]:
    """The node's own value, as a function of all values before it."""
    value = PRIMITIVES[node.op].value
    if node.params:
        value = partial(value, **node.params)
    # Nearly every operation has one or two arguments; to collect them in a list takes longer than to
    # add two numbers.
    if len(node.args) == 1:
        (a,) = node.args
        return lambda values: value(values[a])
    if len(node.args) == 2:
        a, b = node.args
        return lambda values: value(values[a], values[b])
    return lambda values: value(*[values[i] for i in node.args])


def _names(names: Mapping[str, object]) -> str:
    return ", ".join(names)
