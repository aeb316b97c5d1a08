"""A tape as JSON, written and read; a text that is no tape is refused, and the message says where."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .inputs import finite_float64
from .node import PARAMETERS, Node, operation
from .primitives import PRIMITIVES, Shape, Value

__all__ = ["read", "write"]

Parts = tuple[dict[str, Value], list[Node], dict[str, int]]  # inputs, nodes, outputs


def write(inputs: Mapping[str, Value], nodes: Sequence[Node], outputs: Mapping[str, int]) -> str:
    """The parts of a tape as text; a node's shape is left out where it is scalar."""
    tape = {
        "inputs": {name: plain(value) for name, value in inputs.items()},
        "nodes": [write_node(node) for node in nodes],
        "outputs": outputs,
    }
    return json.dumps(tape, allow_nan=False, separators=(",", ":"))


def write_node(node: Node) -> dict[str, Any]:
    """The node as one line of JSON; its shape is left out where it is scalar."""
    line: dict[str, Any] = {"op": node.op}
    if node.args:
        line["args"] = node.args
    if node.shape:
        line["shape"] = node.shape
    return line | {k: plain(v) if k == "value" else v for k, v in node.params.items()}


def plain(value: Any) -> Any:
    """Lists and numbers for JSON, which has no infinity and no NaN: those become strings."""
    if np.ndim(value):
        return [plain(entry) for entry in value]
    return float(value) if np.isfinite(value) else str(float(value))


# What reading JSON of another form can raise.
MALFORMED = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
)


def read(text: str) -> Parts:
    """The parts of the tape that `write` wrote."""
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
                    values.append(operation(node)(values))
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
    return inputs, nodes, outputs


def read_node(line: Any, position: int) -> Node:
    """One line of JSON as a Node, its parameters checked by name and kind."""
    op, shape = line["op"], naturals(line.get("shape", []))
    if op not in PRIMITIVES and op not in ("input", "const"):
        raise ValueError(f"unknown operation {op!r}")
    args = naturals(line.get("args", []))
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
            params[name] = array(value, shape)
        else:
            params[name] = value if name == "name" else naturals(value)
    return Node(op, args, shape, params)


def naturals(value: Any) -> tuple[int, ...]:
    """A list of whole numbers from 0, as node numbers, lengths, axes and positions are."""
    if not isinstance(value, list) or not all(type(n) is int and n >= 0 for n in value):
        raise ValueError(f"expects a list of whole numbers from 0, got {value!r}")
    return tuple(value)


def array(value: Any, shape: Shape) -> Any:
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
