"""How many operations a tape takes: one for each entry that is computed."""

from collections.abc import Iterable

import numpy as np

from backprop.autodiff import Tape

__all__ = ["operations"]

# What only moves numbers, or is there from the start.
FREE = {"input", "const", "reshape", "transpose", "broadcast_to", "take"}


def operations(tape: Tape, outputs: Iterable[str] | None = None, only: str = "") -> int:
    """Operations that the outputs need, counted entry by entry.

    An operation on arrays counts once for each entry of its result. A product of matrices counts its
    multiplications, ``n·k·m``; a sum or a maximum over an axis, and adding entries up at their places, one
    for each number that goes in and no longer comes out.

    Parameters
    ----------
    tape
        The recorded program.
    outputs
        Names of outputs; by default all of them.
    only
        With the name of a primitive, such as ``"mul"``, no other is counted.
    """
    wanted = {tape.outputs[name] for name in (tape.outputs if outputs is None else outputs)}
    total = 0
    for i in reversed(range(len(tape))):
        if i not in wanted:
            continue
        node = tape.nodes[i]
        wanted.update(node.args)
        if node.op in FREE or (only and node.op != only):
            continue
        count = int(np.prod(node.shape))
        first = tape.nodes[node.args[0]].shape
        if node.op == "matmul":
            count *= first[-1]
        elif node.op in ("sum", "max"):
            count = int(np.prod(first)) - count
        elif node.op == "put":
            count = int(np.prod(first))
        total += count
    return total
