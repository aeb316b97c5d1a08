"""One line of a tape: an operation, and how it is replayed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .primitives import PRIMITIVES, Shape

__all__ = ["ENTRYWISE", "PARAMETERS", "Node", "operation"]

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

# These act entry by entry, so on a tape of scalars a whole curve replays at once.
ENTRYWISE = {"input", "const"} | (PRIMITIVES.keys() - PARAMETERS.keys() - {"matmul"})


@dataclass(frozen=True)
class Node:
    """One line of the tape: ``op`` applied to the results of the earlier lines ``args``."""

    op: str
    args: tuple[int, ...]
    shape: Shape
    params: Mapping[str, Any] = field(default_factory=dict)


def operation(node: Node) -> Callable[[Sequence[Any]], Any]:
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
