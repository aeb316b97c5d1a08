"""Recording: from a function to its tape."""

from collections.abc import Callable, Mapping

from numpy.typing import ArrayLike

from .node import Node
from .tape import Tape
from .var import Var, as_float64, finite_float64, topological


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
    position = {node: i for i, node in enumerate(order)}
    # What does not depend on an input is a constant, however it was computed.
    args = [[position[parent] for parent in node.parents if node._traced] for node in order]
    # Without the lines that constants were computed from.
    used = {position[node] for node in (*leaves.values(), *outputs.values())}
    for i in reversed(range(len(order))):
        if i in used:
            used.update(args[i])
    kept = sorted(used)
    moved = {old: new for new, old in enumerate(kept)}
    nodes = [
        Node(node.op, tuple([moved[a] for a in earlier]), node.shape, node.params)
        if node._traced
        else Node("const", (), node.shape, {"value": node._value})
        for node, earlier in [(order[i], args[i]) for i in kept]
    ]
    return Tape(values, nodes, {name: moved[position[node]] for name, node in outputs.items()})
