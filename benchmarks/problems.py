"""What is trained: one description of a network, its data and its first weights for every way.

Imported by the scripts beside it, and does nothing by itself. Columns are examples, as everywhere in
the book.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import backprop as bp

Array = NDArray[np.float64]
Layers = list[tuple[Array, Array]]  # (W, b) of each layer, W (n_out, n_in) and b (n_out,)


class Way(NamedTuple):
    """One way to train: `step` takes a step and returns the loss before it, `layers` the weights."""

    step: Callable[[], Any]
    layers: Callable[[], Layers]


@dataclass(frozen=True)
class Problem:
    """A network, a batch and a learning rate; everything else follows from them.

    The losses are those of the book: half_squared_error, binary_cross_entropy behind a sigmoid, and
    cross_entropy behind a softmax.
    """

    sizes: tuple[int, ...]
    examples: int
    hidden: str
    output: str
    loss: str
    lr: float = 0.01  # small, so that the thousandth timed step does what the first one did

    def __str__(self) -> str:
        return (
            f"{'-'.join(map(str, self.sizes))}, {self.hidden}, {self.output}, {self.loss}, "
            f"{self.examples} example{'s' * (self.examples > 1)}"
        )

    @property
    def activations(self) -> list[str]:
        """The name of each layer's activation."""
        return [self.hidden] * (len(self.sizes) - 2) + [self.output]

    def network(self) -> bp.Network:
        """Return the book's network, at the weights that every way starts from."""
        return bp.Network.random(self.sizes, activations=self.activations, loss=self.loss, seed=1)

    def layers(self) -> Layers:
        """Return those weights; the caller may change them."""
        return [(layer.W.copy(), layer.b.copy()) for layer in self.network().layers]

    @cached_property
    def x(self) -> Array:
        """The inputs, (n_in, m)."""
        return np.random.default_rng(2).normal(size=(self.sizes[0], self.examples))

    @cached_property
    def y(self) -> Array:
        """The targets, (n_out, m), as the loss wants them."""
        rng, shape = np.random.default_rng(3), (self.sizes[-1], self.examples)
        if self.loss == "cross_entropy":
            return np.eye(shape[0])[:, rng.integers(shape[0], size=shape[1])]
        if self.loss == "binary_cross_entropy":
            return rng.integers(2, size=shape).astype(float)
        return rng.uniform(size=shape)


PROBLEMS = {
    "1-1-1": Problem((1, 1, 1), 1, "sigmoid", "sigmoid", "half_squared_error"),
    "2-8-1": Problem((2, 8, 1), 100, "tanh", "sigmoid", "binary_cross_entropy"),
    "10-10-10": Problem((10, 10, 10), 32, "tanh", "identity", "half_squared_error"),
    "64-128-10": Problem((64, 128, 10), 128, "relu", "softmax", "cross_entropy"),
    "64-128-10 tanh": Problem((64, 128, 10), 128, "tanh", "softmax", "cross_entropy"),
    "784-512-256-10": Problem((784, 512, 256, 10), 128, "relu", "softmax", "cross_entropy"),
}
