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
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._loss import Loss
from .activations import identity
from .dense import Dense

__all__ = ["Steps"]

Array = NDArray[np.float64]
Shape = tuple[int, ...]
Call = Callable[[], Any]

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
        self._rate, ones = np.zeros(()), np.ones(m)
        # Every call with its arrays, made once: a step is a walk along these lists.
        self._forward, self._backward = list[Call](), list[Call]()
        self._looks, self._updates = list[Call](), list[Call]()
        a_in, delta_in = self._x, None
        for layer, a, delta in zip(layers, parts[0::2], parts[1::2], strict=True):
            # A loss that takes logits has the last activation in it.
            g = identity if fused and layer is layers[-1] else layer.activation
            z = a if g.in_place else np.empty_like(a)
            spare, columns = np.empty_like(a), np.empty_like(a)
            # One number in place takes NumPy longer than one beside it.
            product = spare if m == 1 else z
            self._forward += [
                partial(layer.W.dot, a_in, product),
                # Whole arrays are added faster than a column, with the copy.
                partial(np.copyto, columns, layer.b[:, None]),
                partial(np.add, product, columns, z),
                partial(g.write, z, a),
            ]
            p, gradient = layer.parameters, np.empty_like(layer.parameters)
            dW, db = gradient[: layer.W.size].reshape(layer.W.shape), gradient[layer.W.size :]
            self._backward[:0] = [
                partial(g.pull_back, z, a, delta, spare),
                partial(delta.dot, a_in.T, dW),
                partial(delta.dot, ones, db),
                *([] if delta_in is None else [partial(layer.W.T.dot, delta, delta_in)]),
            ]
            self._looks.append(partial(p.dot, p))
            self._updates.append(partial(np.subtract, p, gradient, p))
            a_in, delta_in = a, delta
        self._output, self._delta = z if fused else a, delta

    @np.errstate(all="ignore")  # so written it costs a third of what `with` costs
    def __call__(self, x: Array, y: Array, lr: float) -> float | None:
        """Take a step and return the loss before it; if there is none, nothing has changed."""
        y = y.reshape(-1, self._m)
        self._loss.check_target(y)
        self._x[...] = x.reshape(-1, self._m)
        for call in self._forward:
            call()
        loss = float(self._both(self._output, y, self._delta)) / self._m
        self._rate.fill(lr / self._m)
        np.multiply(self._delta, self._rate, self._delta)
        for call in self._backward:
            call()
        squares = self._numbers.dot(self._numbers)
        for look in self._looks:
            squares += look()
        # The gradient is to be finite without the factor lr, too.
        if not (math.isfinite(loss) and squares < SOUND * min(1.0, lr * lr)):
            return None
        for update in self._updates:
            update()
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
