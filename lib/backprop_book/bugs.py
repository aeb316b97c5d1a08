"""Where the programs of the chapter on bugs run, and the line that each of them should have.

A program takes its parameters ``[W1, b1, W2, b2]``, batches ``(X, Y)`` and a learning rate, and moves the
parameters in place. Its text stands in the chapter, and nowhere else: what is here exchanges lines of that text.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop import data
from backprop.dense import Dense
from backprop.network import Network

__all__ = [
    "CASES",
    "Case",
    "Trained",
    "check",
    "descend",
    "gradients",
    "measured",
    "mended",
    "minibatches",
    "network",
    "on_digits",
    "on_moons",
    "parameters",
]

Array = NDArray[np.float64]
Batch = tuple[Array, Array]
Program = Callable[..., Any]
Batches = Callable[[Array, Array, np.random.Generator], Iterator[Batch]]


# Where they run


@dataclass(frozen=True)
class Trained:
    """A network that a program has trained: its loss, after so many updates or epochs, and how often it is right."""

    net: Network
    losses: Sequence[float]
    accuracy: float
    counted: str
    shown: Sequence[int]
    judged: str

    def __str__(self) -> str:
        lines = [f"{self.counted} {k:3}: loss {self.losses[k]:.5f}" for k in self.shown]
        return "\n".join([*lines, f"{self.judged} accuracy {self.accuracy:.3f}"])


def network(sizes: Sequence[int], seed: int = 0) -> Network:
    """Tanh units before a sigmoid where there is one output, else ReLUs before a softmax; random weights."""
    hidden, output, loss = (
        ("tanh", "sigmoid", "binary_cross_entropy")
        if sizes[-1] == 1
        else ("relu", "softmax", "cross_entropy")
    )
    kinds = [hidden] * (len(sizes) - 2) + [output]
    return Network.random(sizes, activations=kinds, loss=loss, seed=seed)


def parameters(net: Network) -> list[Array]:
    """``[W1, b1, W2, b2, …]``: the network's own arrays, which a program moves."""
    return [array for layer in net.layers for array in (layer.W, layer.b)]


def on_moons(
    program: Program, sizes: Sequence[int] = (2, 8, 1), alpha: float = 1.0, steps: int = 400
) -> Trained:
    """Train on 100 points of two moons, all at once; ``losses[k]`` is the loss after ``k`` updates."""
    X, Y = data.two_moons(100, noise=0.1, seed=0)
    net, losses = network(sizes), list[float]()

    def batches() -> Iterator[Batch]:
        for _ in range(steps):
            losses.append(net.loss(X, Y))
            yield X, Y

    program(parameters(net), batches(), alpha)
    losses.append(net.loss(X, Y))
    points, labels = data.two_moons(1000, noise=0.1, seed=1)
    accuracy = float(np.mean((net.forward(points).output > 0.5) == labels))
    shown = [k for k in (0, 1, 10, 50, 100, 200, 400) if k <= steps]
    return Trained(net, losses, accuracy, "update", shown, "test")


def minibatches(X: Array, Y: Array, rng: np.random.Generator) -> Iterator[Batch]:
    """All examples once, 32 at a time, in a random order."""
    order = rng.permutation(X.shape[1])
    for start in range(0, len(order), 32):
        part = order[start : start + 32]
        yield X[:, part], Y[:, part]


def on_digits(
    program: Program, alpha: float = 0.1, epochs: int = 10, batches: Batches = minibatches
) -> Trained:
    """Train on the digits in minibatches; ``losses[k]`` is the loss on all training images after ``k`` epochs."""
    (X, Y), (images, labels), _ = data.digits()
    net, losses = network((64, 32, 10)), list[float]()
    rng = np.random.default_rng(0)

    def all_batches() -> Iterator[Batch]:
        for _ in range(epochs):
            losses.append(net.loss(X, Y))
            yield from batches(X, Y, rng)

    program(parameters(net), all_batches(), alpha)
    losses.append(net.loss(X, Y))
    right = net.forward(images).output.argmax(axis=0) == labels.argmax(axis=0)
    shown = [k for k in (0, 1, 5, 10) if k <= epochs]
    return Trained(net, losses, float(right.mean()), "epoch", shown, "validation")


# Right gradients, twice


def gradients(arrays: Sequence[Array], X: Array, Y: Array) -> list[Array]:
    """The gradient of the loss by the library, in the order of the parameters, which stay as they are."""
    kinds = ("tanh", "sigmoid") if len(Y) == 1 else ("relu", "softmax")
    pairs = list(zip(arrays[::2], arrays[1::2], strict=True))
    layers = [Dense(W, b, kinds[k == len(pairs) - 1]) for k, (W, b) in enumerate(pairs)]
    net = Network(layers, loss="binary_cross_entropy" if len(Y) == 1 else "cross_entropy")
    grads = net.backward(net.forward(X), Y)
    return [array for pair in zip(grads.W, grads.b, strict=True) for array in pair]


def descend(arrays: Sequence[Array], batches: Iterable[Batch], alpha: float) -> None:
    """The right program: gradient descent by the library's gradients."""
    for X, Y in batches:
        for p, g in zip(arrays, gradients(arrays, X, Y), strict=True):
            p -= alpha * g


def measured(net: Network, X: Array, Y: Array, h: float = 1e-5) -> list[Array]:
    """The same by two losses for each parameter: a witness who knows no formula."""
    slopes = []
    for array in parameters(net):
        found = np.empty_like(array)
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + h
            above = net.loss(X, Y)
            array[place] = kept - h
            found[place] = (above - net.loss(X, Y)) / (2 * h)
            array[place] = kept
        slopes.append(found)
    return slopes


# The mended lines


@dataclass(frozen=True)
class Case:
    """Lines of a program, and what should stand in their place; and what mended programs agree with.

    Parameters
    ----------
    exchange
        Pairs of the guilty text and the mended one.
    sizes
        Of a network on which the program is tried.
    """

    exchange: Sequence[tuple[str, str]]
    sizes: Sequence[int] = (3, 5, 1)

    def __str__(self) -> str:
        lines = []
        for guilty, right in self.exchange:
            both = textwrap.dedent(f"{guilty.rstrip()}\n{right.rstrip()}").splitlines()
            old = len(guilty.rstrip().splitlines())
            lines += [f"{'-' if k < old else '+'} {line}" for k, line in enumerate(both)]
        return "\n".join(lines)


MOVE_2 = """\
        W2 -= alpha * delta2 @ A1.T
        b2 -= alpha * delta2.sum(axis=1)
"""
BACK_1 = "        delta1 = (W2.T @ delta2) * (1 - A1**2)\n"
CLIP = """\
        norm = np.sqrt(sum((g**2).sum() for g in slopes))
        for g in slopes:
            g *= min(1.0, limit / norm)
"""
STEP = """\
        for p, g in zip(parameters, slopes, strict=True):
            p -= alpha * g
"""
DIGITS = (6, 5, 3)

CASES = {
    "flat": Case([("W @ X + b\n", "W @ X + b[:, None]\n")]),
    "mean": Case([("delta2 = A2 - Y", "delta2 = (A2 - Y) / X.shape[1]")]),
    "square": Case([("(W2 @ delta2)", "(W2.T @ delta2)")], (3, 5, 5, 1)),
    "once_more": Case(
        [
            (
                "delta2 = (A2 - Y) * A2 * (1 - A2) / X.shape[1]",
                "delta2 = (A2 - Y) / X.shape[1]",
            )
        ]
    ),
    "labels": Case([("Y[:, start : start + 32]", "Y[:, part]")], DIGITS),
    "kink": Case([("(A1 >= 0)", "(A1 > 0)")], DIGITS),
    "order": Case([(MOVE_2 + BACK_1, BACK_1 + MOVE_2)]),
    "slope": Case([("bp.tanh.derivative(A1)", "bp.tanh.derivative(Z1)")]),
    "twice": Case([("output = bp.softmax", "output = bp.identity")], DIGITS),
    "clip": Case([(STEP + CLIP, CLIP + STEP)]),
    "bias": Case([("                b -= alpha * db\n", "            b -= alpha * db\n")]),
    "zero": Case(
        [
            (
                "    sums = [0 * p for p in parameters]\n    for X, Y in batches:\n",
                "    for X, Y in batches:\n        sums = [0 * p for p in parameters]\n",
            )
        ]
    ),
    "adam": Case(
        [
            ("for X, Y in batches:", "for t, (X, Y) in enumerate(batches, 1):"),
            (
                "first[k] / (np.sqrt(second[k]) + 1e-8)",
                "first[k] / (1 - 0.9**t) / (np.sqrt(second[k] / (1 - 0.999**t)) + 1e-8)",
            ),
        ],
        DIGITS,
    ),
    "rows": Case([('"axis": 1', '"axis": 0')], DIGITS),
}


def mended(program: Program) -> Program:
    """The program with its guilty lines exchanged; its text is read where it was written.

    Raises
    ------
    ValueError
        There is no such case, or the text has no such line.
    """
    text = _text(program)
    for guilty, right in _case(program).exchange:
        if text.count(guilty) != 1:
            raise ValueError(
                f"{program.__name__} has been changed already: it has no line {guilty.strip()!r}"
            )
        text = text.replace(guilty, right)
    namespace = dict(program.__globals__)
    exec(compile(text, f"<{program.__name__}, mended>", "exec"), namespace)
    twin: Program = namespace[program.__name__]
    return twin


def check(program: Program) -> None:
    """Print whether a program, mended in its own cell, does what it should.

    It is tried where no mistake hides: odd widths, several batches of several examples, biases off zero.
    """
    name, case = program.__name__, _case(program)
    source = _text(program)
    if all(guilty in source for guilty, _ in case.exchange):
        print(f"{name}: as it stood. Mend it in its cell above, run that cell, and ask again.")
        return
    try:
        found, right = _tried(program, name, case)
        mended = all(_agree(found[-1], right[-1]))
        clue = "" if mended or len(found) == 1 else _clue(found, right)
    except Exception as error:  # whatever a program raises that is half mended
        print(f"✗ {name}: now it stops. {type(error).__name__}: {error}")
        return
    if mended:
        print(f"✓ {name}: mended. It agrees with the library at odd widths, too.")
    else:
        print(f"✗ {name}: changed, but it does not agree with the library yet.{clue}")


def _agree(found: Sequence[Array], right: Sequence[Array]) -> list[bool]:
    if len(found) != len(right):
        return [False]
    return [
        f.shape == r.shape and bool(np.abs(f - r).max() < 1e-9)
        for f, r in zip(found, right, strict=True)
    ]


def _clue(found: Sequence[Sequence[Array]], right: Sequence[Sequence[Array]]) -> str:
    """What the witnesses would say: which step is wrong, by a factor or in which arrays."""
    agrees = _agree(found[1], right[1])
    if all(agrees):
        return " Its first step is right, and a later one is not."
    steps, wanted = (
        np.concatenate([(p - q).ravel() for p, q in zip(*s[:2], strict=True)])
        for s in (found, right)
    )
    factor = steps @ wanted / (wanted @ wanted)
    if factor and np.allclose(steps, factor * wanted, atol=1e-12):
        return (
            f" Every array moves {factor:.3g} times as far as it should, for a batch of {SIZES[0]}."
        )
    names = [f"{'Wb'[k % 2]}{k // 2 + 1}" for k, right_one in enumerate(agrees) if not right_one]
    return (
        f" In the first step {', '.join(names)} {'moves' if len(names) == 1 else 'move'} otherwise."
    )


def _text(program: Program) -> str:
    return textwrap.dedent(inspect.getsource(program)).rstrip() + "\n"


def _case(program: Program) -> Case:
    name = program.__name__
    if name not in CASES:
        raise ValueError(f"there is no case {name!r} to mend; there are {', '.join(CASES)}")
    return CASES[name]


def _tried(program: Program, name: str, case: Case) -> tuple[list[list[Array]], list[list[Array]]]:
    """What the program makes of a small task, and what is right: the parameters at each batch and at the end."""
    rng = np.random.default_rng(1)
    sizes, rate = case.sizes, 0.3
    if name == "flat":
        W, b, X = (rng.normal(size=shape) for shape in ((2, 3), 2, (3, 4)))
        return [[np.asarray(program(W, b, X))]], [[W @ X + b[:, None]]]
    net = network(sizes)
    for layer in net.layers:
        layer.b[...] = rng.normal(0, 0.3, layer.b.shape)
    start = [p.copy() for p in parameters(net)]
    X = rng.normal(size=(sizes[0], 70))
    Y = np.eye(max(sizes[-1], 2))[:, rng.integers(0, max(sizes[-1], 2), 70)][-sizes[-1] :]
    if name == "labels":
        found = [a for batch in program(X, Y, np.random.default_rng(2)) for a in batch]
        rng = np.random.default_rng(2)
        return [found], [[a for batch in minibatches(X, Y, rng) for a in batch]]
    ends = [0, *accumulate(SIZES)]
    batches = [(X[:, i:j], Y[:, i:j]) for i, j in pairwise(ends)]
    found, seen, right = [p.copy() for p in start], list[list[Array]](), list[list[Array]]()

    def watched() -> Iterator[Batch]:
        for batch in batches:
            seen.append([p.copy() for p in found])
            yield batch

    program(found, watched(), rate)
    first, second = [[0 * p for p in start] for _ in range(2)]
    for t, batch in enumerate(batches, 1):
        right.append([p.copy() for p in start])
        slopes = gradients(start, *batch)
        norm = np.sqrt(sum((g**2).sum() for g in slopes))
        for k, g in enumerate(slopes):
            if name == "clip":
                g = g * min(1.0, LIMIT / norm)
            if name == "adam":
                first[k] = 0.9 * first[k] + 0.1 * g
                second[k] = 0.999 * second[k] + 0.001 * g**2
                g = first[k] / (1 - 0.9**t) / (np.sqrt(second[k] / (1 - 0.999**t)) + 1e-8)
            start[k] -= rate * g
    return [*seen, found], [*right, start]


LIMIT = 0.1  # of the gradient's norm, where a program clips it
SIZES = (7, 8, 11)  # of the batches on which a mended program is tried
