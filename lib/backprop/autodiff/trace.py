"""Recording: from a function to its tape."""

import inspect
from collections.abc import Callable, Mapping

from numpy.typing import ArrayLike

from .._validate import shown
from .grad import topological
from .inputs import as_float64, finite_float64
from .node import Node
from .tape import Tape
from .var import Var


def trace(f: Callable[..., Mapping[str, Var]], /, **inputs: ArrayLike) -> Tape:
    """Record what a function does to its inputs.

    Parameters
    ----------
    f
        Function of Vars, called once by keyword; returns ``{name: Var}``. It may call `grad`: the
        tape then holds the backward pass too.
    **inputs
        Values to trace with, under any names. The tape holds for every other value of the same shape.

    Raises
    ------
    TypeError
        ``f`` is no function of the inputs, returns no dict of Vars, or reads or branches on a value.
    ValueError
        An input is not finite, there is no output, or ``f`` uses a Var of another trace.
    """
    if not callable(f):
        raise TypeError(
            f"ad.trace expects a function of Vars first, got {shown(f)}; write ad.trace(f, w=0.5)"
        )
    if not inputs:
        raise ValueError("ad.trace needs at least one input, such as ad.trace(f, w=0.5)")
    values = {
        name: finite_float64(value, f"ad.trace input {name}") for name, value in inputs.items()
    }
    takes(f, inputs)
    leaves = {
        name: Var(value, "input", params={"name": name}, traced=True)
        for name, value in values.items()
    }
    results = f(**leaves)
    if not isinstance(results, Mapping):
        raise TypeError(
            f"ad.trace: a traced function returns a dict such as {{'loss': L}}, got {type(results).__name__}"
        )
    if not results:
        raise ValueError("ad.trace: a traced function must return at least one named output")
    outputs: dict[str, Var] = {}
    for name, result in results.items():
        if not isinstance(name, str):
            raise TypeError(f"ad.trace: outputs are named by strings, got {name!r}")
        outputs[name] = (
            result
            if isinstance(result, Var)
            else Var(as_float64(result, f"ad.trace: output {name!r} of a traced function"))
        )

    order = [*leaves.values()]
    for node in topological([*outputs.values()]):
        if node.op != "input":
            order.append(node)
        elif node is not leaves.get(node.params["name"]):
            raise ValueError(
                f"ad.trace: the traced function used {node.params['name']!r} of another trace; "
                "give it every traced value as an argument of its own"
            )
    position = {node: i for i, node in enumerate(order)}
    # What does not depend on an input is a constant, however it was computed.
    args = [[position[parent] for parent in node.parents if node.traced] for node in order]
    # Without the lines that constants were computed from.
    used = {position[node] for node in (*leaves.values(), *outputs.values())}
    for i in reversed(range(len(order))):
        if i in used:
            used.update(args[i])
    kept = sorted(used)
    moved = {old: new for new, old in enumerate(kept)}
    nodes = [
        Node(node.op, tuple([moved[a] for a in earlier]), node.shape, node.params)
        if node.traced
        else Node("const", (), node.shape, {"value": node.value[()]})
        for node, earlier in [(order[i], args[i]) for i in kept]
    ]
    return Tape(values, nodes, {name: moved[position[node]] for name, node in outputs.items()})


def takes(f: Callable[..., object], inputs: Mapping[str, object]) -> None:
    """Refuse a function whose parameters have other names than the inputs."""
    try:
        signature = inspect.signature(f)
    except (TypeError, ValueError):  # some of C's functions have none: the call will show
        return
    try:
        signature.bind(**inputs)
    except TypeError as error:
        raise TypeError(
            f"ad.trace: f({', '.join(signature.parameters)}) does not take the inputs {', '.join(inputs)} ({error}); "
            "name its parameters as the inputs are named"
        ) from None
