"""Every fact, formula and number of the three documents the book covers stands on its page.

0 is "Backpropagation Basics", 1 "Backpropagation Explained", 2 "What is Backpropagation?". Each is
walked from its first line to its last. A fact is found as a quantity that a figure computes, as a
labelled equation (each has a witness in `tests/book/equations`), as the output of a cell, or, where it is
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

from backprop.autodiff import Tape
from support.formulas import DISPLAYED
from support.paths import ROOT

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
    value: float

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
        assert np.isclose(at_start, self.value, rtol=1e-9), f"it starts at {at_start}"


@dataclass(frozen=True)
class Equation:
    """A displayed formula with this label."""

    page: str
    label: str

    def find(self) -> None:
        formulas = [
            match["label"] for c in cells(self.page) for match in DISPLAYED.finditer(c.source)
        ]
        assert self.label in formulas


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


def sigmoid(z: float) -> float:
    return float(1 / (1 + np.exp(-z)))


SIGMOID = sigmoid(1.0)
GRADIENT = (SIGMOID - 1) * SIGMOID * (1 - SIGMOID)  # of the sigmoid neuron, for an input of one
WALKS, HOURS = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.5, 0.6, 1.0, 1.1])
WALKS_SLOPE = np.mean(2 * (0.6 * WALKS + 0.1 - HOURS) * WALKS)
TWO_Z2 = 0.7 * np.tanh(0.5 * 1.0 + 0.1)  # of two layers in a row, where their figure starts

Place = Traced | Equation | Printed | Taught

# (document, what it says, where the book has it)
FACTS: list[tuple[int, str, Place]] = [
    # 0. Backpropagation Basics
    (0, "supervised learning", Taught(BASICS, "Learning from examples")),
    (0, "a forward pass and a backward pass", Traced(BASICS, "basics-flow", "stage", 0.0)),
    (0, "minimise the difference between predicted and actual", Equation(BASICS, "basics-loss")),
    (0, "new weight = old weight - learning rate x dL/dw", Equation(BASICS, "basics-update")),
    (0, "F(x) = g(h(x)), dF/dx = dg/dh dh/dx", Equation(MATHS, "mathematics-chain")),
    (
        0,
        "the chain rule gives the gradient by the weights",
        Equation(MATHS, "mathematics-sigmoid-neuron"),
    ),
    (0, "the update moves downhill", Equation(MATHS, "mathematics-update")),
    (0, "z = sum w_i x_i + b and a = activation(z)", Equation(MATHS, "mathematics-neuron")),
    (0, "the loss measures the difference", Equation(BASICS, "basics-loss")),
    (0, "sigmoid", Traced(MATHS, "mathematics-activations", "slope", sigmoid(1.5) * sigmoid(-1.5))),
    (0, "sigmoid' = sigmoid (1 - sigmoid)", Equation(MATHS, "mathematics-sigmoid-derivative")),
    (0, "tanh'", Equation(MATHS, "mathematics-tanh-derivative")),
    (
        0,
        "ReLU and the role of the derivative",
        Traced(MATHS, "mathematics-activations", "choice", 1.0),
    ),
    (0, "inputs 1, 2, 3: the first", Traced(MATHS, "mathematics-sigmoid-neuron", "x1", 1.0)),
    (0, "inputs 1, 2, 3: the second", Traced(MATHS, "mathematics-sigmoid-neuron", "x2", 2.0)),
    (0, "inputs 1, 2, 3: the third", Traced(MATHS, "mathematics-sigmoid-neuron", "x3", 3.0)),
    (
        0,
        "weights 0.2, 0.5, -0.1: the first",
        Traced(MATHS, "mathematics-sigmoid-neuron", "w1", 0.2),
    ),
    (
        0,
        "weights 0.2, 0.5, -0.1: the second",
        Traced(MATHS, "mathematics-sigmoid-neuron", "w2", 0.5),
    ),
    (
        0,
        "weights 0.2, 0.5, -0.1: the third",
        Traced(MATHS, "mathematics-sigmoid-neuron", "w3", -0.1),
    ),
    (0, "bias 0.1", Traced(MATHS, "mathematics-sigmoid-neuron", "b", 0.1)),
    (0, "target 1", Traced(MATHS, "mathematics-sigmoid-neuron", "y", 1.0)),
    (0, "learning rate 0.01", Traced(MATHS, "mathematics-sigmoid-neuron", "lr", 0.01)),
    (0, "z = w.x + b", Traced(MATHS, "mathematics-sigmoid-neuron", "z", 1.0)),
    (0, "activation = sigmoid(1)", Traced(MATHS, "mathematics-sigmoid-neuron", "a", SIGMOID)),
    (
        0,
        "loss = half the square of target - activation",
        Traced(MATHS, "mathematics-sigmoid-neuron", "loss", 0.5 * (1 - SIGMOID) ** 2),
    ),
    (
        0,
        "d_loss_d_activation = -(target - activation)",
        Traced(MATHS, "mathematics-sigmoid-neuron", "da", SIGMOID - 1),
    ),
    (
        0,
        "d_activation_dz",
        Traced(MATHS, "mathematics-sigmoid-neuron", "slope", SIGMOID * (1 - SIGMOID)),
    ),
    (
        0,
        "gradient by the first weight",
        Traced(MATHS, "mathematics-sigmoid-neuron", "dw1", GRADIENT),
    ),
    (
        0,
        "gradient by the second weight",
        Traced(MATHS, "mathematics-sigmoid-neuron", "dw2", 2 * GRADIENT),
    ),
    (
        0,
        "gradient by the third weight",
        Traced(MATHS, "mathematics-sigmoid-neuron", "dw3", 3 * GRADIENT),
    ),
    (
        0,
        "the first weight after the update",
        Traced(MATHS, "mathematics-sigmoid-neuron", "w1_next", 0.2 - 0.01 * GRADIENT),
    ),
    (
        0,
        "the second weight after the update",
        Traced(MATHS, "mathematics-sigmoid-neuron", "w2_next", 0.5 - 0.02 * GRADIENT),
    ),
    (
        0,
        "the third weight after the update",
        Traced(MATHS, "mathematics-sigmoid-neuron", "w3_next", -0.1 - 0.03 * GRADIENT),
    ),
    (0, "the same to twelve decimals", Printed(MATHS, "sigmoid-neuron-code", "L = 0.036164744064")),
    # 1. Backpropagation Explained
    (
        1,
        "adjust weights by the error",
        Traced(BASICS, "basics-neuron", "w_next", 0.6 - 0.02 * WALKS_SLOPE),
    ),
    (1, "gradient of the loss by the chain rule", Taught(BASICS, "Why nudging is not enough")),
    (1, "two phases", Traced(BASICS, "basics-flow", "stage", 0.0)),
    (1, "flow 1: input", Traced(BASICS, "basics-flow", "x", 3.0)),
    (1, "flow 2: output", Traced(BASICS, "basics-flow", "a", 1.6)),
    (1, "flow 3: loss", Traced(BASICS, "basics-flow", "loss", 0.36)),
    (1, "flow 4: gradients", Traced(BASICS, "basics-flow", "dw", 3.6)),
    (1, "flow 5: the optimizer updates", Traced(BASICS, "basics-flow", "w_next", 0.5 - 0.02 * 3.6)),
    (1, "y = f(g(h(x))) and dy/dx", Equation(MATHS, "mathematics-chain-three")),
    (1, "the three rates in numbers", Traced(MATHS, "mathematics-chain", "rate", -2.0)),
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
        Traced(BASICS, "basics-flow", "stage", 0.0),
    ),
    (
        1,
        "errors flow backward as gradients",
        Taught(ONE, "Backward: who is to blame, and by how much?"),
    ),
    (1, "each weight's contribution", Traced(ONE, "one-layer-graph", "dw", 2 * (0.5 - 1.0) * 1.5)),
    (1, "optimizers use the gradients", Equation(ONE, "one-layer-update")),
    (1, ".backward() automates it", Taught(ONE, "What `.backward()` does")),
    # 2. What is Backpropagation?
    (2, "the model learns from its errors", Taught(BASICS, "Downhill")),
    (2, "inputs, hidden layers, output", Taught(BASICS, "Why nudging is not enough")),
    (2, "layer by layer to a prediction", Equation(TWO, "two-layers-forward")),
    (2, "binary cross-entropy", Equation(TWO, "two-layers-bce-loss")),
    (
        2,
        "binary cross-entropy in a figure",
        Traced(TWO, "two-layers-bce", "loss", np.log1p(np.exp(5 * np.tanh(1.5)))),
    ),
    (2, "derivative of the loss by the output", Equation(TWO, "two-layers-bce-gradient")),
    (
        2,
        "derivative of the activation function",
        Traced(TWO, "two-layers-graph", "slope2", sigmoid(TWO_Z2) * sigmoid(-TWO_Z2)),
    ),
    (
        2,
        "derivative of the weighted sum by the weights",
        Equation(MATHS, "mathematics-neuron-partials"),
    ),
    (2, "w := w - eta dL/dw", Equation(TWO, "two-layers-update")),
    (2, "z1 = W1 x + b1", Traced(TWO, "two-layers-graph", "z1", 0.6)),
    (2, "a1 = g(z1)", Traced(TWO, "two-layers-graph", "a1", np.tanh(0.6))),
    (2, "z2 = W2 a1 + b2", Traced(TWO, "two-layers-graph", "z2", TWO_Z2)),
    (2, "prediction = F(z2)", Traced(TWO, "two-layers-graph", "a2", sigmoid(TWO_Z2))),
    (
        2,
        "L(y, prediction)",
        Traced(TWO, "two-layers-graph", "loss", 0.5 * (sigmoid(TWO_Z2) - 1) ** 2),
    ),
    (2, "step 1: dL/dprediction", Traced(TWO, "two-layers-graph", "da2", sigmoid(TWO_Z2) - 1)),
    (2, "delta2 = dL/dprediction F'(z2)", Equation(TWO, "two-layers-delta2")),
    (2, "dL/dW2 = delta2 a1", Equation(TWO, "two-layers-output")),
    (2, "the chain of five factors", Equation(TWO, "two-layers-chain")),
    (2, "delta1 = W2 delta2 g'(z1)", Equation(TWO, "two-layers-delta1")),
    (2, "dL/dW1 = delta1 x", Equation(TWO, "two-layers-hidden")),
    (
        2,
        "the final update rules, with transposes and element-wise products",
        Equation(TWO, "two-layers-matrix"),
    ),
    (2, "x = 2", Traced(TWO, "two-layers-relu", "x", 2.0)),
    (2, "y = 1", Traced(TWO, "two-layers-relu", "y", 1.0)),
    (2, "m1 = 3", Traced(TWO, "two-layers-relu", "m1", 3.0)),
    (2, "m2 = 0.5", Traced(TWO, "two-layers-relu", "m2", 0.5)),
    (
        2,
        "a1 = m1 x, prediction = ReLU(a1 m2), L = half the square",
        Equation(TWO, "two-layers-relu-forward"),
    ),
    (2, "a1 = 6", Traced(TWO, "two-layers-relu", "a1", 6.0)),
    (2, "z2 = 3", Traced(TWO, "two-layers-relu", "z2", 3.0)),
    (2, "prediction 3", Traced(TWO, "two-layers-relu", "a2", 3.0)),
    (2, "L = 2", Traced(TWO, "two-layers-relu", "loss", 2.0)),
    (2, "dL/dprediction = 2", Traced(TWO, "two-layers-relu", "da2", 2.0)),
    (2, "ReLU is active: slope 1", Traced(TWO, "two-layers-relu", "slope2", 1.0)),
    (2, "dL/dm2 = 12", Traced(TWO, "two-layers-relu", "dm2", 12.0)),
    (2, "dL/dm1 = 2", Traced(TWO, "two-layers-relu", "dm1", 2.0)),
    (2, "alpha = 0.1", Traced(TWO, "two-layers-relu", "lr", 0.1)),
    (2, "m2 becomes -0.7", Traced(TWO, "two-layers-relu", "m2_next", -0.7)),
    (2, "m1 becomes 2.8", Traced(TWO, "two-layers-relu", "m1_next", 2.8)),
    (2, "the update, printed", Printed(TWO, "relu-code", "update    m2 = -0.7, m1 = 2.8")),
    (2, "what the update leads to", Printed(TWO, "relu-next", "∂L/∂m2 = 0, ∂L/∂m1 = 0")),
    (
        2,
        "ten activations a1 ... a10 of the first layer",
        Traced(MATRIX, "matrix-form-layer", "a[9]", 2.0),
    ),
    (
        2,
        "ten weighted sums z1 ... z10 of the second layer",
        Traced(MATRIX, "matrix-form-layer", "z[9]", -2.5),
    ),
    (2, "z_i = w_i1 a_1 + ... + w_i10 a_10 + b_i", Equation(MATRIX, "matrix-form-sum")),
    (2, "w_ij leads to i from j", Traced(MATRIX, "matrix-form-layer", "W[9,9]", -0.5)),
    (2, "b_i is the bias of unit i", Traced(MATRIX, "matrix-form-layer", "b[0]", -1.0)),
    (2, "z_1 written out", Equation(MATRIX, "matrix-form-first-sum")),
    (2, "z_1 in numbers", Traced(MATRIX, "matrix-form-layer", "z[0]", 2.5)),
    (2, "z_2 in numbers", Traced(MATRIX, "matrix-form-layer", "z[1]", -7.0)),
    (2, "both, printed", Printed(MATRIX, "setup", "z_1 = 2.5   z_2 = -7.0")),
    (2, "Z = W A + b", Equation(MATRIX, "matrix-form-product")),
    (
        2,
        "10 x 10, 10 x 1 and 10 x 1",
        Printed(MATRIX, "matrix-code", "shapes: (10, 10) (10,) (10,) -> (10,)"),
    ),
    (2, "dL/dw11 = dL/dz1 dz1/dw11 = delta1 a1", Equation(MATRIX, "matrix-form-first-weight")),
    (2, "dz1/dw11 = a1", Traced(MATRIX, "matrix-form-layer", "a_j", 2.0)),
    (
        2,
        "delta1 = dL/dz1, the error term of node 1",
        Traced(MATRIX, "matrix-form-layer", "delta_i", 1.0),
    ),
    (2, "dL/dw11 in numbers", Traced(MATRIX, "matrix-form-layer", "dw_ij", 2.0)),
    (2, "the same, printed", Printed(MATRIX, "first-weight-code", "∂L/∂w_11 = δ_1 · a_1 = 2.0")),
    (2, "w_ij <- w_ij - alpha dL/dw_ij", Equation(MATRIX, "matrix-form-update")),
    (2, "w_11 after the update", Printed(MATRIX, "update-code", "w_11: 1.00 -> 0.80")),
    (2, "dL/dW2 = delta2 a1^T for layers", Equation(MATRIX, "matrix-form-weights")),
    (2, "delta1 = (W2^T delta2) * g'(z1) for layers", Equation(MATRIX, "matrix-form-hidden")),
    (2, "delta2 = dL/dprediction * F'(z2) for layers", Equation(MATRIX, "matrix-form-output")),
]


@pytest.mark.parametrize(
    ("document", "fact", "place"), FACTS, ids=[f"{d}: {f}" for d, f, _ in FACTS]
)
def test_fact_stands_on_its_page(document: int, fact: str, place: Place) -> None:
    place.find()
