"""The program of the chapter on bugs whose runs are looked at through instruments, and what these show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backprop import data
from backprop.activations import sigmoid
from backprop.network import Network

from .bugs import measured, network, parameters

__all__ = ["EVERY", "LINES", "NOTHING", "RUNS", "Suspect", "suspect", "text"]

Array = NDArray[np.float64]

# Line by line from 1; the first is done once, the others at every update.
LINES = (
    "W1, b1, W2, b2 = random(2, 8, 1)",
    "A1 = tanh(W1 @ X + b1[:, None])",
    "A2 = σ(W2 @ A1 + b2[:, None])",
    "δ2 = (A2 - Y) / m",
    "δ1 = (W2.T @ δ2) * (1 - A1**2)",
    "W1 -= δ1 @ X.T",
    "b1 -= δ1.sum(1)",
    "W2 -= δ2 @ A1.T",
    "b2 -= δ2.sum(1)",
)
NOTHING = len(LINES) + 1  # the line to be named where none is guilty
# For each run the guilty line, and how it reads there.
RUNS = (
    (4, "δ2 = (A2 - Y) * A2 * (1 - A2) / m"),
    (7, "b1 -= δ1.sum()"),
    (4, "δ2 = A2 - Y"),
    (5, "δ1 = (W2.T @ δ2) * (1 - tanh(A1)**2)"),
    (NOTHING, ""),
    (1, "W1, b1, W2, b2 = zeros(2, 8, 1)"),
)
EVERY = 10  # updates between two points of a curve


@dataclass(frozen=True)
class Suspect:
    """What there is to see of a run.

    Attributes
    ----------
    losses
        After 0, 10, 20, … updates.
    sizes
        Entries in the first step of W1, b1, W2, b2.
    batch, example
        The slope of a weight of the fourth unit, first in W1, then in W2: by the program and by two losses; for
        all points, and for the first of them alone.
    """

    losses: Sequence[float]
    sizes: Sequence[int]
    batch: Sequence[float]
    example: Sequence[float]


def text(run: int | None) -> tuple[str, ...]:
    """The program of a run, or with None the right one."""
    lines = [*LINES]
    if run is not None and RUNS[run][1]:
        line, wrong = RUNS[run]
        lines[line - 1] = wrong
    return tuple(lines)


def suspect(run: int | None, updates: int = 400) -> Suspect:
    """Run the very lines that the reader sees."""
    X, Y = data.two_moons(100, noise=0.1, seed=0)
    net = _started(run)
    losses = []
    for k in range(updates + 1):
        if k % EVERY == 0:
            losses.append(net.loss(X, Y))
        _update(run, net, X, Y)
    sizes = [np.size(step) for step in _update(run, _started(run), X, Y)]
    batch, example = (_slopes(run, X[:, :m], Y[:, :m]) for m in (X.shape[1], 1))
    return Suspect(losses, sizes, batch, example)


def _started(run: int | None) -> Network:
    def zeros(*sizes: int) -> list[Array]:
        return [0 * p for p in parameters(network(sizes))]

    names = {"random": lambda *sizes: parameters(network(sizes)), "zeros": zeros}
    exec(text(run)[0], names)
    net = network((2, 8, 1))
    for name, p in zip(("W1", "b1", "W2", "b2"), parameters(net), strict=True):
        p[...] = np.asarray(names[name])
    return net


def _update(run: int | None, net: Network, X: Array, Y: Array) -> list[Array]:
    """Do lines 2 to 9 once; the steps that were subtracted, in the shapes that they had."""
    names = dict(zip(("W1", "b1", "W2", "b2"), parameters(net), strict=True))
    names |= {"X": X, "Y": Y, "m": X.shape[1], "tanh": np.tanh, "σ": sigmoid}  # type: ignore[dict-item]
    steps = []
    for line in text(run)[1:]:
        _, minus, step = line.partition(" -= ")
        if minus:
            steps.append(np.asarray(eval(step, {}, names)))
        exec(line, {}, names)
    order = [line.partition(" -= ")[0] for line in LINES if " -= " in line]
    assert order == ["W1", "b1", "W2", "b2"]
    return steps


def _slopes(run: int | None, X: Array, Y: Array) -> list[float]:
    net = _started(run)
    slopes = measured(net, X, Y)
    steps = _update(run, net, X, Y)
    places = [(0, (3, 0)), (2, (0, 3))]
    pairs = [(steps[k][place], slopes[k][place]) for k, place in places]
    return [float(slope) for pair in pairs for slope in pair]
