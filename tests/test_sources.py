"""Every fact, formula and number of the three documents the book covers stands on its page.

0 is "Backpropagation Basics", 1 "Backpropagation Explained", 2 "What is Backpropagation?". Each is
walked from its first line to its last. A fact is found as a quantity that a figure computes, as a
labelled equation (each has a witness in `tests/equations`), as the output of a cell, or, where it is
a statement in words, as a heading of the page that teaches it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import nbformat
import numpy as np
import pytest
from conftest import ROOT

from backprop.autodiff import Tape

BASICS, MATHS, ONE, TWO, MATRIX = (
    "01-basics",
    "02-mathematics",
    "03-one-layer",
    "04-two-layers",
    "05-matrix-form",
)


@cache
def cells(page: str) -> list[nbformat.NotebookNode]:
    found: list[nbformat.NotebookNode] = nbformat.read(
        ROOT / "chapters" / f"{page}.ipynb", as_version=4
    ).cells
    return found


@cache
def figures(page: str) -> dict[str, dict[str, Any]]:
    """The data of each live figure, by name."""
    found = {}
    for cell in cells(page):
        for output in cell.get("outputs", ()):
            html = output.get("data", {}).get("text/html", "")
            name = re.search(r'data-figure="([^"]+)"', html)
            spec = re.search(r'class="live-spec">(.*?)</script>', html)
            if name and spec:
                found[name[1]] = json.loads(spec[1])
    return found


@dataclass(frozen=True)
class Traced:
    """A figure computes it: the quantity, and its value where the figure starts."""

    page: str
    figure: str
    quantity: str
    value: float | None = None

    def find(self) -> None:
        spec = figures(self.page)[self.figure]
        if self.quantity in spec["start"]:
            at_start = spec["start"][self.quantity]
        else:
            tape = Tape.from_json(json.dumps(spec["tape"]))
            name, _, index = self.quantity.partition("[")
            known = {
                **tape.inputs,
                **tape.run(**{k: v for k, v in spec["start"].items() if k in tape.inputs}),
            }
            at_start = (
                known[name][tuple(map(int, index.rstrip("]").split(",")))] if index else known[name]
            )
        if self.value is not None:
            assert np.isclose(at_start, self.value, rtol=1e-9), f"it starts at {at_start}"


@dataclass(frozen=True)
class Equation:
    """A displayed formula with this label."""

    page: str
    label: str

    def find(self) -> None:
        assert any(f"$$ ({self.label})" in cell.source for cell in cells(self.page))


@dataclass(frozen=True)
class Printed:
    """The output of the cell holds this text."""

    page: str
    cell: str
    text: str

    def find(self) -> None:
        (cell,) = (c for c in cells(self.page) if c.id == self.cell)
        texts = [
            o.get("text", "") + str(o.get("data", {}).get("text/plain", "")) for o in cell.outputs
        ]
        assert self.text in "\n".join(texts), texts


@dataclass(frozen=True)
class Taught:
    """A statement in words: the section that teaches it."""

    page: str
    heading: str

    def find(self) -> None:
        headings = [
            line.lstrip("# ")
            for c in cells(self.page)
            if c.cell_type == "markdown"
            for line in c.source.splitlines()
            if line.startswith("#")
        ]
        assert self.heading in headings, headings


Place = Traced | Equation | Printed | Taught

# (document, what it says, where the book has it)
FACTS: list[tuple[int, str, Place]] = [
    # 0. Backpropagation Basics
    (0, "supervised learning", Taught(BASICS, "Learning from examples")),
    (0, "a forward pass and a backward pass", Traced(BASICS, "basics-flow", "stage")),
    (0, "minimise the difference between predicted and actual", Equation(BASICS, "basics-loss")),
    (0, "new weight = old weight - learning rate x dL/dw", Equation(BASICS, "basics-update")),
    # 1. Backpropagation Explained
    (1, "adjust weights by the error", Traced(BASICS, "basics-neuron", "w_next")),
    (1, "gradient of the loss by the chain rule", Taught(BASICS, "Why nudging is not enough")),
    (1, "two phases", Traced(BASICS, "basics-flow", "stage")),
    (1, "flow 1: input", Traced(BASICS, "basics-flow", "x")),
    (1, "flow 2: output", Traced(BASICS, "basics-flow", "a")),
    (1, "flow 3: loss", Traced(BASICS, "basics-flow", "loss")),
    (1, "flow 4: gradients", Traced(BASICS, "basics-flow", "dw")),
    (1, "flow 5: the optimizer updates", Traced(BASICS, "basics-flow", "w_next")),
    (1, "L, z, a, W as a chain, in the right order", Equation(ONE, "one-layer-chain")),
    (1, "x = 1", Traced(ONE, "one-layer-step", "x", 1.0)),
    (1, "W = 0.5", Traced(ONE, "one-layer-step", "w", 0.5)),
    (1, "b = 0", Traced(ONE, "one-layer-step", "b", 0.0)),
    (1, "y = 0", Traced(ONE, "one-layer-step", "y", 0.0)),
    (1, "a = z", Traced(ONE, "one-layer-step", "a", 0.5)),
    (1, "z = W x + b = 0.5", Traced(ONE, "one-layer-step", "z", 0.5)),
    (1, "loss = (z - y)^2 = 0.25", Traced(ONE, "one-layer-step", "loss", 0.25)),
    (1, "the same, printed", Printed(ONE, "forward-code", "L = 0.25")),
    (1, "dL/dz = 2(z - y) = 1", Traced(ONE, "one-layer-step", "dz", 1.0)),
    (1, "dz/dW = x = 1 and dL/dW = 1", Traced(ONE, "one-layer-step", "dw", 1.0)),
    (1, "lr = 0.1", Traced(ONE, "one-layer-step", "lr", 0.1)),
    (1, "W becomes 0.4", Traced(ONE, "one-layer-step", "w_next", 0.4)),
    (1, "the update, printed", Printed(ONE, "update-code", "w: 0.5 -> 0.4")),
    (
        1,
        "summary diagram: prediction, loss, backpropagate, update",
        Traced(BASICS, "basics-flow", "stage"),
    ),
    (
        1,
        "errors flow backward as gradients",
        Taught(ONE, "Backward: who is to blame, and by how much?"),
    ),
    (1, "each weight's contribution", Traced(ONE, "one-layer-graph", "dw", 1.0)),
    (1, "optimizers use the gradients", Equation(ONE, "one-layer-update")),
    (1, ".backward() automates it", Taught(ONE, "What `.backward()` does")),
]


@pytest.mark.parametrize(
    ("document", "fact", "place"), FACTS, ids=[f"{d}: {f}" for d, f, _ in FACTS]
)
def test_fact_stands_on_its_page(document: int, fact: str, place: Place) -> None:
    place.find()
