"""`Network.step` over arrays that are made once: the equations of `network`, written in place.

Small networks spend their time on making arrays and on asking each of them whether it is finite. So

- x and the a and delta of every layer lie in one vector, and one look at it at the end is enough;
- a may take the place of z, and the slope is read off it, as tanh' = 1 - a**2: right to 1e-16, if not
  to its last digit (`Activation.pull_back`);
- lr/m is multiplied into the last delta, the smallest array, and reaches every gradient from there.

Where something is amiss nothing changes, and `Network.step` goes the readable way, which names it.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._loss import Loss
from .activations import identity
from .dense import Dense

__all__ = ["Steps"]

Array = NDArray[np.float64]
Shape = tuple[int, ...]

# If the squares of all a, delta, W and b add up to less, they are finite, and so are the sums of their
# products: every z and gradient, and what becomes of a weight from which such a sum is subtracted.
SOUND = 1e290


class Step:
    """A step of gradient descent for these layers, this loss, and an x of this shape."""

    def __init__(self, layers: Sequence[Dense], loss: Loss, shape: Shape) -> None:
        self._loss, (fused, self._both) = loss, loss.formula(layers[-1].activation)
        m = self._m = math.prod(shape[1:])
        units = np.array([shape[0], *(len(layer.b) for layer in layers for _ in ("a", "delta"))])
        self._numbers = np.zeros(m * units.sum())
        parts = np.split(self._numbers, m * np.cumsum(units)[:-1])
        self._x, *parts = (part.reshape(-1, m) for part in parts)
        self._ones, self._rate = np.ones(m), np.zeros(())
        self._forward, self._backward, self._updates = list[Any](), list[Any](), list[Any]()
        a_in, delta_in = self._x, None
        for layer, a, delta in zip(layers, parts[0::2], parts[1::2], strict=True):
            # A loss that takes logits has the last activation in it.
            g = identity if fused and layer is layers[-1] else layer.activation
            z = a if g.in_place else np.empty_like(a)
            gradient = np.empty_like(layer.parameters)
            dW, db = gradient[: layer.W.size].reshape(layer.W.shape), gradient[layer.W.size :]
            slope = (g.pull_back, z, a, delta, np.empty_like(a))
            self._forward.append((layer.W.dot, a_in, z, layer.b[:, None], g.write, a))
            self._backward.insert(0, (*slope, a_in.T, dW, db, layer.W.T, delta_in))
            self._updates.append((layer.parameters, gradient))
            a_in, delta_in = a, delta
        self._output, self._delta = z if fused else a, delta

    @np.errstate(all="ignore")  # so written it costs a third of what `with` costs
    def __call__(self, x: Array, y: Array, lr: float) -> float | None:
        """Take a step and return the loss before it; if there is none, nothing has changed."""
        y = y.reshape(-1, self._m)
        self._loss.check_target(y)
        self._x[...] = x.reshape(-1, self._m)
        for product, a_in, z, b, write, a in self._forward:
            product(a_in, z)
            np.add(z, b, z)
            write(z, a)
        loss = float(self._both(self._output, y, self._delta)) / self._m
        self._rate.fill(lr / self._m)
        np.multiply(self._delta, self._rate, self._delta)
        for pull_back, z, a, delta, spare, a_in_T, dW, db, W_T, delta_in in self._backward:
            pull_back(z, a, delta, spare)
            delta.dot(a_in_T, dW)
            delta.dot(self._ones, db)
            if delta_in is not None:
                W_T.dot(delta, delta_in)
        squares = self._numbers.dot(self._numbers)
        for parameters, _ in self._updates:
            squares += parameters.dot(parameters)
        # The gradient is to be finite without the factor lr, too.
        if not (math.isfinite(loss) and squares < SOUND * min(1.0, lr * lr)):
            return None
        for parameters, gradient in self._updates:
            np.subtract(parameters, gradient, parameters)
        return loss


class Steps:
    """The steps of one network, each with its arrays, and the lock that threads take before one."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._made: dict[object, tuple[object, Step]] = {}  # by the shapes of x and y

    def take(
        self, layers: Sequence[Dense], loss: Loss, x: Array, y: Array, lr: float
    ) -> float | None:
        """Take a step and return the loss before it; or return None, and nothing has changed."""
        shapes, parts = (x.shape, y.shape), (layers, loss, [layer.activation for layer in layers])
        made = self._made.get(shapes)
        if made is None or made[0] != parts:
            n_in, n_out = layers[0].W.shape[1], len(layers[-1].b)
            fitting = x.ndim in (1, 2) and x.size > 0 and len(x) == n_in
            if not fitting or y.shape != (n_out, *x.shape[1:]):
                return None
            if len(self._made) > 1:  # as many as an epoch needs whose last batch is smaller
                self._made.clear()
            made = self._made[shapes] = parts, Step(layers, loss, x.shape)
        try:
            return made[1](x, y, lr)
        except ValueError:  # y or the prediction is not for this loss
            return None

    def __reduce__(self) -> tuple[type[Steps], tuple[()]]:
        return Steps, ()  # a copied network makes its own
