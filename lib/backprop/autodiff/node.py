"""One line of a tape, and how it is written in JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .var import PRIMITIVES, Shape

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


@dataclass(frozen=True)
class Node:
    """One line of the tape: ``op`` applied to the results of the earlier lines ``args``."""

    op: str
    args: tuple[int, ...]
    shape: Shape
    params: Mapping[str, Any] = field(default_factory=dict)


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
