"""Chapter 12: its figures against walks that are done step by step, and what it says in words."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

import backprop as bp
from support.formulas import cells
from support.paths import ROOT
from support.stored_figures import FIGURES, states

CHAPTER = ROOT / "chapters" / "12-cost.ipynb"


def by_hand(D: int, s: int) -> tuple[list[int], int]:
    """How many activations are held after each layer forward's time, and the layers computed twice.

    A layer forward takes 1, a layer back 2; a stretch is freed layer by layer, its checkpoint with its first layer.
    """
    starts = [*range(0, D, s)]
    held, counts, again = {0}, [1], 0

    def pass_time(steps: int) -> None:
        counts.extend([len(held)] * steps)

    for k in range(1, D + 1):
        if k - 1 not in starts and k - 1 < starts[-1]:
            held.discard(k - 1)
        held.add(k)
        pass_time(1)
    for start in reversed(starts):
        stretch = range(start + 1, min(start + s, D) + 1)
        if start != starts[-1]:
            for k in stretch:
                held.add(k)
                again += 1
                pass_time(1)
        for k in reversed(stretch):
            counts.append(len(held))
            held.remove(k)
            pass_time(1)
        held.remove(start)
        counts[-1] = len(held)
    return counts, again


@pytest.mark.parametrize(
    ("D", "s"), [(36, 12), (36, 6), (36, 1), (36, 36), (35, 6), (20, 7), (4, 9)]
)
def test_blocks_of_the_checkpoints(D: int, s: int) -> None:
    """At every time, what is held; the most of it; and what is computed again."""
    tape = next(states(FIGURES["cost-checkpoints"])).tape
    counts, again = by_hand(D, s)
    shown = [
        float(tape.run(D=float(D), s=float(s), now=float(now))["held"])
        for now in range(len(counts))
    ]
    assert shown == counts
    values = tape.run(D=float(D), s=float(s), now=0.0)
    assert (float(values["peak"]), float(values["extra"])) == (max(counts), again)
    if D % s == 0:
        assert max(counts) == D / s + s == float(values["sum"])


@pytest.mark.parametrize(("D", "c", "least"), [(10, 2, 20), (10, 3, 15), (20, 3, 45), (40, 1, 780)])
def test_moves_of_the_staircase(D: int, c: int, least: int) -> None:
    """Each layer is walked back from its own input, no layer is run more than r times, no snapshot is one too many."""
    figure = next(states(FIGURES["cost-staircase"]))
    names = [name.removesuffix("_next") for name in figure.tape.outputs if name.endswith("_next")]
    state = dict.fromkeys(names, 0.0) | {"held": 1.0}
    runs = Counter[int]()
    for _ in range(80):
        values = figure.tape.run(D=float(D), c=float(c), **state)
        after = {name: float(values[f"{name}_next"]) for name in names}
        forward = int(after["advances"] - state["advances"])
        runs.update(range(int(state["pos"]), int(state["pos"]) + forward))
        if after["done"] > state["done"]:
            assert state["pos"] == D - state["done"] - 1
        assert 1 <= after["held"] <= c
        state = after
    assert (state["done"], state["advances"]) == (D, least)
    assert max(runs.values()) == float(values["r"])


def test_what_has_to_wait() -> None:
    """Slopes that the output knows, one that it does not know, and those that need nothing."""
    (table,) = (cell.source for cell in cells(CHAPTER) if "| operation |" in cell.source)
    rows = {
        tuple(row.strip("| ").split(" | ")) for row in table.splitlines() if row.startswith("| ")
    }
    assert ("$\\sigma$, tanh, $e^z$, softmax", "its own output") in rows
    z, up = np.linspace(-3, 3, 7)[:, None], np.arange(7.0)[:, None]
    a = bp.sigmoid(z)
    assert np.allclose(bp.sigmoid.derivative(z), a * (1 - a))
    a = bp.tanh(z)
    assert np.allclose(bp.tanh.derivative(z), 1 - a**2)
    a = bp.softmax(z)
    assert np.allclose(bp.softmax.vjp(z, up), a * (up - (a * up).sum()))
    assert ("ReLU", "which of its inputs were positive; its output tells") in rows
    assert np.array_equal(bp.relu.derivative(z), 1.0 * (bp.relu(z) > 0))
    assert ("$z^2$, $\\log z$", "its input") in rows
    squares, slopes = z**2, 2 * z
    assert any(
        p == q and m != n
        for (p, m), (q, n) in pairwise(sorted(zip(squares.ravel(), slopes.ravel(), strict=True)))
    )
    assert ("product, of numbers or of matrices", "both factors") in rows
    assert ("sum, bias, copy", "nothing") in rows
