"""A tape: a computation as a flat list of primitives (a Wengert list) that can be replayed."""

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .var import PRIMITIVES, Shape, Value, Var, as_float64, finite_float64, topological

# The parameters of the operations that have any; "shape" is also their result's shape.
PARAMETERS = {
    "input": {"name"},
    "const": {"value"},
    "sum": {"axis"},
    "max": {"axis"},
    "transpose": {"axes"},
    "reshape": {"shape"},
    "broadcast_to": {"shape"},
    "take": {"indices", "shape"},
    "put": {"indices", "shape"},
}
# All others act entry by entry, so on a tape of scalars a whole curve replays at once.
AXIS_BOUND = (PARAMETERS.keys() - {"input", "const"}) | {"matmul"}


@dataclass(frozen=True)
class Node:
    """One line of the tape: ``op`` applied to the results of the earlier lines ``args``."""

    op: str
    args: tuple[int, ...]
    shape: Shape
    params: Mapping[str, Any] = field(default_factory=dict)


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

    def __repr__(self) -> str:
        return (
            f"Tape({', '.join(self.inputs)} -> {', '.join(self.outputs)}; {len(self)} operations)"
        )

    def __len__(self) -> int:
        return len(self.nodes)

    def run(self, **inputs: ArrayLike) -> dict[str, Value]:
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
        values = self._replay(self._checked(inputs))
        # Copies: an output may be an input or a constant that the tape keeps.
        outputs = {name: np.array(values[i]) for name, i in self.outputs.items()}
        if not all(np.isfinite(value).all() for value in outputs.values()):
            for i, node in enumerate(self.nodes):
                if not np.isfinite(values[i]).all():
                    warnings.warn(
                        f"operation {i} of the tape, {node.op}, is the first whose result is not "
                        f"finite: {values[i]}",
                        RuntimeWarning,
                        stacklevel=2,
                    )
                    break
        return outputs

    def sweep(self, name: str, values: ArrayLike, **inputs: ArrayLike) -> dict[str, Value]:
        """Replay for each of the values of one input; outputs gain a leading axis for them."""
        settings = np.atleast_1d(finite_float64(values, f"Tape.sweep, values of {name},"))
        if not len(settings):
            raise ValueError(f"Tape.sweep expects at least one value of {name}, got none")
        fixed = self._checked(inputs | {name: settings[0]})
        if self._entrywise and all(np.ndim(value) == 0 for value in fixed.values()):
            rows = self._replay(fixed | {name: settings})
            return {
                key: np.broadcast_to(np.asarray(rows[i]), settings.shape).copy()
                for key, i in self.outputs.items()
            }
        runs = [self._replay(fixed | {name: setting}) for setting in settings]
        return {key: np.stack([run[i] for run in runs]) for key, i in self.outputs.items()}

    def iterate(
        self, update: Mapping[str, str], steps: int, **inputs: ArrayLike
    ) -> dict[str, Value]:
        """Feed outputs back into inputs, as training does.

        Parameters
        ----------
        update
            For each input that moves, the output it takes its next value from:
            ``{"w": "w_next"}``.
        steps
            How often to feed back.

        Returns
        -------
        dict
            Every moving input and every output, with a leading axis of length ``steps + 1``:
            entry k is its value after k updates. Values that diverge become inf or NaN there.
            Where an output has the name of a moving input, that name means the input.

        Raises
        ------
        ValueError
            A name in ``update`` is unknown, an output has another shape than the input it leads
            to, or ``steps`` is negative.
        """
        for source, target in update.items():
            if source not in self.inputs or target not in self.outputs:
                raise ValueError(
                    f"update {source!r}: {target!r} must lead from an input ({_names(self.inputs)}) "
                    f"to an output ({_names(self.outputs)})"
                )
            shapes = np.shape(self.inputs[source]), self.nodes[self.outputs[target]].shape
            if shapes[0] != shapes[1]:
                raise ValueError(
                    f"update {source!r}: {target!r} has shape {shapes[1]}, but {source!r} has "
                    f"shape {shapes[0]}; feed back an output of the input's own shape"
                )
        if steps < 0:
            raise ValueError(f"steps must be 0 or more, got {steps}")
        state = self._checked(inputs)
        history: dict[str, list[Any]] = {name: [] for name in [*update, *self.outputs]}
        for _ in range(steps + 1):
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
        nodes = []
        for node in self.nodes:
            line: dict[str, Any] = {"op": node.op}
            if node.args:
                line["args"] = node.args
            if node.shape:
                line["shape"] = node.shape
            line |= {k: _plain(v) if k == "value" else v for k, v in node.params.items()}
            nodes.append(line)
        tape = {
            "inputs": {name: _plain(value) for name, value in self.inputs.items()},
            "nodes": nodes,
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
                nodes.append(_node(line, i))
            place = "inputs"
            shapes = {node.params["name"]: node.shape for node in nodes if node.op == "input"}
            inputs = {
                name: finite_float64(_array(value, shapes[name]), name)
                for name, value in tape["inputs"].items()
            }
            # The proof that shapes and parameters fit together is a first replay.
            values: list[Any] = []
            for i, node in enumerate(nodes):
                place = f"node {i}, {node.op}"
                with np.errstate(all="ignore"):
                    values.append(_result(node, values, inputs))
                if np.shape(values[i]) != node.shape:
                    raise ValueError(f"its shape is {np.shape(values[i])}, not {node.shape}")
            place = "outputs"
            outputs = dict(tape["outputs"].items())
            if not outputs or not set(_naturals([*outputs.values()])) <= set(range(len(nodes))):
                raise ValueError("they must point at nodes")
        except _MALFORMED as error:
            reason = error if isinstance(error, ValueError) else repr(error)
            raise ValueError(
                f"this text is not a tape ({place}: {reason}); write one with to_json"
            ) from None
        return cls(inputs, nodes, outputs)

    def _checked(self, inputs: Mapping[str, ArrayLike]) -> dict[str, Any]:
        values: dict[str, Any] = dict(self.inputs)
        for name, given in inputs.items():
            if name not in values:
                raise ValueError(f"the tape has no input {name!r}; it has {_names(self.inputs)}")
            value = finite_float64(given, f"tape input {name}")
            traced = np.shape(values[name])
            if np.shape(value) != traced and not self._entrywise:
                raise ValueError(
                    f"tape input {name} was traced with shape {traced}, got {np.shape(value)}; "
                    "trace the function again with the new shape"
                )
            values[name] = value
        shapes = {name: np.shape(value) for name, value in values.items()}
        if self._entrywise and any(shapes.values()):
            try:
                full = np.broadcast_shapes(*shapes.values())
            except ValueError:
                raise ValueError(
                    f"arrays on a tape of scalars must broadcast together, got shapes {shapes}"
                ) from None
            values = {name: np.broadcast_to(value, full) for name, value in values.items()}
        return values

    def _replay(self, inputs: Mapping[str, Any]) -> list[Any]:
        values: list[Any] = []
        with np.errstate(all="ignore"):
            for node in self.nodes:
                values.append(_result(node, values, inputs))
        return values


def _result(node: Node, values: Sequence[Any], inputs: Mapping[str, Any]) -> Any:
    if node.op == "input":
        return inputs[node.params["name"]]
    if node.op == "const":
        return node.params["value"]
    return PRIMITIVES[node.op].value(*[values[i] for i in node.args], **node.params)


def trace(f: Callable[..., Mapping[str, Var]], /, **inputs: ArrayLike) -> Tape:
    """Record what a function does to its inputs.

    Parameters
    ----------
    f
        Function of Vars, called once by keyword; returns ``{name: Var}``. It may call `grad`: the
        tape then holds the backward pass too.
    **inputs
        Values to trace with. The tape holds for every other value of the same shape.

    Raises
    ------
    TypeError
        ``f`` returns no dict of Vars, or reads or branches on a value.
    ValueError
        An input is not finite, there is no output, or ``f`` uses a Var of another trace.
    """
    if not inputs:
        raise ValueError("trace needs at least one input, such as trace(f, w=0.5)")
    values = {name: finite_float64(value, f"trace input {name}") for name, value in inputs.items()}
    leaves = {
        name: Var(value, "input", params={"name": name}, traced=True)
        for name, value in values.items()
    }
    results = f(**leaves)
    if not isinstance(results, Mapping):
        raise TypeError(
            f"a traced function returns a dict such as {{'loss': L}}, got {type(results).__name__}"
        )
    if not results:
        raise ValueError("a traced function must return at least one named output")
    outputs: dict[str, Var] = {}
    for name, result in results.items():
        if not isinstance(name, str):
            raise TypeError(f"outputs are named by strings, got {name!r}")
        outputs[name] = (
            result
            if isinstance(result, Var)
            else Var(as_float64(result, f"output {name!r} of a traced function"))
        )

    order = [*leaves.values()]
    for node in topological([*outputs.values()]):
        if node.op != "input":
            order.append(node)
        elif node is not leaves.get(node.params["name"]):
            raise ValueError(
                f"the traced function used {node.params['name']!r} of another trace; "
                "give it every traced value as an argument of its own"
            )
    position = {id(node): i for i, node in enumerate(order)}
    nodes = []
    for node in order:
        # What does not depend on an input is a constant, however it was computed.
        known = not node._traced
        params = {"value": node._value} if known else node.params
        args = () if known else tuple(position[id(parent)] for parent in node.parents)
        nodes.append(Node("const" if known else node.op, args, node.shape, params))
    return _pruned(values, nodes, {name: position[id(node)] for name, node in outputs.items()})


def _pruned(inputs: Mapping[str, Value], nodes: list[Node], outputs: dict[str, int]) -> Tape:
    """Without the lines that constants were computed from."""
    used = set(outputs.values()) | {i for i, node in enumerate(nodes) if node.op == "input"}
    for i in reversed(range(len(nodes))):
        if i in used:
            used.update(nodes[i].args)
    moved = {old: new for new, old in enumerate(sorted(used))}
    kept = [
        Node(nodes[i].op, tuple(moved[a] for a in nodes[i].args), nodes[i].shape, nodes[i].params)
        for i in sorted(used)
    ]
    return Tape(inputs, kept, {name: moved[i] for name, i in outputs.items()})


def _names(names: Mapping[str, object]) -> str:
    return ", ".join(names)


def _plain(value: Any) -> Any:
    """Lists and numbers for JSON, which has no infinity and no NaN: those become strings."""
    if np.ndim(value):
        return [_plain(entry) for entry in value]
    return float(value) if np.isfinite(value) else str(float(value))


# What reading JSON of another form can raise.
_MALFORMED = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
)


def _node(line: Any, position: int) -> Node:
    """One line of JSON as a Node, its parameters checked by name and kind."""
    op, shape = line["op"], _naturals(line.get("shape", []))
    if op not in PRIMITIVES and op not in ("input", "const"):
        raise ValueError(f"unknown operation {op!r}")
    args = _naturals(line.get("args", []))
    wanted = len(PRIMITIVES[op].rules) if op in PRIMITIVES else 0
    if len(args) != wanted or any(i >= position for i in args):
        raise ValueError(f"{op} expects {wanted} earlier nodes, got {args}")
    given = {k: v for k, v in line.items() if k not in ("op", "args", "shape")}
    expected = PARAMETERS.get(op, set())
    if given.keys() != expected - {"shape"}:
        raise ValueError(f"{op} expects parameters {sorted(expected)}, got {sorted(given)}")
    params: dict[str, Any] = {"shape": shape} if "shape" in expected else {}
    for name, value in given.items():
        if name == "value":
            params[name] = _array(value, shape)
        else:
            params[name] = value if name == "name" else _naturals(value)
    return Node(op, args, shape, params)


def _naturals(value: Any) -> tuple[int, ...]:
    """A list of whole numbers from 0, as node numbers, lengths, axes and positions are."""
    if not isinstance(value, list) or not all(type(n) is int and n >= 0 for n in value):
        raise ValueError(f"expects a list of whole numbers from 0, got {value!r}")
    return tuple(value)


def _array(value: Any, shape: Shape) -> Any:
    array = np.array(_numbers(value))
    if array.size == 0:  # lists alone cannot tell (0, 3) from (0,)
        array = array.reshape(shape)
    return array if array.shape else np.float64(array)


def _numbers(value: Any) -> Any:
    if isinstance(value, list):
        return [_numbers(entry) for entry in value]
    if type(value) in (int, float) or value in ("inf", "-inf", "nan"):
        return float(value)
    raise ValueError(f"expects a number, got {value!r}")
