"""What a picture shows beside the tape of a chapter's cell: the same computation, at other inputs, too."""

from collections.abc import Callable, Mapping

import numpy as np

from backprop import autodiff as ad
from backprop.autodiff import Tape, Var
from backprop.autodiff.var import apply, constant

__all__ = ["Replay", "more", "replayed"]

Quantities = dict[str, Var]
# The inputs and outputs of the tape, with some of its inputs changed.
Replay = Callable[..., Quantities]


def replayed(tape: Tape, inputs: Mapping[str, Var]) -> Quantities:
    """The tape's outputs as Vars, computed anew from these inputs."""
    values: list[Var] = []
    for node in tape.nodes:
        if node.op == "input":
            values.append(inputs[node.params["name"]])
        elif node.op == "const":
            values.append(constant(node.params["value"], node.op))
        else:
            values.append(apply(node.op, *(values[i] for i in node.args), **node.params))
    return {name: values[i] for name, i in tape.outputs.items()}


def more(tape: Tape, picture: Callable[[Replay], Mapping[str, Var]], **inputs: float) -> Tape:
    """The tape with inputs and outputs that only a picture needs.

    ``picture`` is given the tape as a function of Vars: ``at(w=w_new)["loss"]`` is the loss at
    another weight, and ``at()`` has every quantity as it is, the new inputs included.
    """

    def traced(**given: Var) -> Quantities:
        def at(**changed: Var) -> Quantities:
            if not changed and whole:
                return whole
            known = given | changed
            return known | replayed(tape, known)

        whole: Quantities = {}
        whole |= at()
        return {name: whole[name] for name in tape.outputs} | dict(picture(at))

    start = {name: np.array(value) for name, value in tape.inputs.items()}
    return ad.trace(traced, **start, **inputs)
