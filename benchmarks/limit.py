"""The limit: a training step as fast as NumPy allows, to hold the library and its peers against.

This is no library code, and no example to follow. It checks nothing, explains nothing, works on one
fixed batch, and a logit beyond 700 overflows: whatever a book's library does on top of it (checks of
shapes and of finiteness, a `Run` to look at, gradients to print) costs time, and a ratio to the limit
tells how much. It shows no more than that NumPy could not do it much faster:

- every array is made once, and every call writes into one of them (`out=`);
- the calls with their arguments stand in one flat list, so that a step is a loop over it;
- activations take the place of z, and delta that of the prediction;
- the bias is one more row of the weights, with a row of ones below the activations: one product
  for z, one for both gradients;
- all parameters lie in one vector and all gradients in another: the update is one subtraction;
- lr/m is multiplied into the last delta, the smallest array, and so reaches every gradient.

Weights are stored transposed, (n_in + 1, n_out), so that W and b each are one piece of memory.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from problems import Array, Layers, Problem

ZERO, ONE = np.array(0.0), np.array(1.0)  # arrays, so that no call has to convert a number

Call = Callable[[], Any]


class Limit:
    """The problem's network as two lists of calls; `step` trains it, `layers` shows it."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.last = problem, len(problem.sizes) - 2
        m = problem.examples
        shapes = [(n_in + 1, n_out) for n_in, n_out in pairwise(problem.sizes)]
        self.parameters, self._weights = _flat(shapes)
        self.gradient, self._gradients = _flat(shapes)  # times lr
        for stored, (W, b) in zip(self._weights, problem.layers(), strict=True):
            stored[:-1], stored[-1] = W.T, b
        self._a = [np.ones((n + 1, m)) for n in problem.sizes[:-1]]
        self._a[0][:-1] = problem.x
        self._delta = [np.empty((n, m)) for n in problem.sizes[1:]]
        self._spare = [np.empty((n, m)) for n in problem.sizes[1:]]
        self._t = [np.empty(n * m) for n in problem.sizes[1:]]  # 1 + exp(z), for the sigmoid
        self._scale = np.array(problem.lr / m)
        self._loss: Callable[[], float]
        self._forward = [call for k in range(self.last) for call in self._hidden(k)]
        self._forward += self._output()
        self._backward = [call for k in reversed(range(self.last + 1)) for call in self._back(k)]
        self._step = [
            *self._forward,
            *self._backward,
            partial(np.subtract, self.parameters, self.gradient, self.parameters),
        ]

    def step(self) -> float:
        """Take one step of gradient descent; return the loss before it."""
        for call in self._step:
            call()
        return self._loss()

    def forward(self) -> float:
        """Go forward, to the last delta, which takes the place of the prediction; return the loss."""
        for call in self._forward:
            call()
        return self._loss()

    def backward(self) -> Array:
        """Go backward, once after `forward`; return the gradient times lr, in one vector."""
        for call in self._backward:
            call()
        return self.gradient

    def layers(self) -> Layers:
        """Return a copy of W and b of each layer."""
        return [(W[:-1].T.copy(), W[-1].copy()) for W in self._weights]

    def _hidden(self, k: int) -> list[Call]:
        a, spare = self._a[k + 1][:-1], self._spare[k]
        product, flat = partial(self._weights[k].T.dot, self._a[k]), a.reshape(-1)
        match self.problem.hidden:
            case "relu":
                return [partial(product, a), partial(np.maximum, flat, ZERO, out=flat)]
            case "tanh":
                return [partial(product, a), partial(np.tanh, flat, flat)]
            case "sigmoid":
                return [partial(product, spare), *_sigmoid(spare.reshape(-1), flat, self._t[k])]
        raise ValueError(f"the limit has no hidden {self.problem.hidden}")

    def _slope(self, k: int) -> list[Call]:
        """Multiply delta[k] by g'; a[k + 1] is used up, for its gradient has been taken."""
        delta, a = self._delta[k].reshape(-1), self._a[k + 1][:-1].reshape(-1)
        match self.problem.hidden:
            case "relu":
                positive = np.empty(a.shape, bool)
                return [
                    partial(np.greater, a, ZERO, positive),
                    partial(np.multiply, delta, positive, delta),
                ]
            case "tanh":
                return [
                    partial(np.multiply, a, a, a),
                    partial(np.subtract, ONE, a, a),
                    partial(np.multiply, delta, a, delta),
                ]
        return _sigmoid_slope(delta, self._spare[k].reshape(-1), a, self._t[k])

    def _output(self) -> list[Call]:
        """z, the loss, and the last delta times lr/m."""
        p = np.empty_like(self._delta[-1])
        z, t, delta = p.reshape(-1), self._t[-1], self._delta[-1].reshape(-1)
        product = partial(self._weights[-1].T.dot, self._a[-1], p)
        y, m, k = self.problem.y.reshape(-1), self.problem.examples, self.last
        difference = np.empty_like(z)
        scale = partial(np.multiply, difference, self._scale, delta)
        if self.problem.loss == "half_squared_error":
            half = 0.5 / m
            self._loss = lambda: difference.dot(difference) * half
            if self.problem.output == "identity":
                return [product, partial(np.subtract, z, y, difference), scale]
            a = np.empty_like(z)
            return [
                product,
                *_sigmoid(z, a, t),
                partial(np.subtract, a, y, difference),
                scale,
                *_sigmoid_slope(delta, self._spare[k].reshape(-1), a, t),
            ]
        # L = 1/m sum log(normaliser) - y z; a softmax's z are shifted by the greatest of each column.
        ones, agreement = np.ones(m), np.empty(())
        agree = partial(z.dot, y, agreement)
        delta_of = [partial(np.subtract, z, y, difference), scale]
        if self.problem.loss == "binary_cross_entropy":
            self._loss = lambda: (ones.dot(t) - agreement) / m
            return [product, agree, *_sigmoid(z, z, t), partial(np.log, t, t), *delta_of]
        greatest, total = np.empty(m), np.empty(m)
        self._loss = lambda: (ones.dot(total) - agreement) / m
        return [
            product,
            partial(np.maximum.reduce, p, 0, None, greatest),
            partial(np.subtract, p, greatest, p),
            agree,
            partial(np.exp, z, z),
            partial(np.ones(len(p)).dot, p, total),
            partial(np.divide, p, total, p),
            partial(np.log, total, total),
            *delta_of,
        ]

    def _back(self, k: int) -> list[Call]:
        delta = self._delta[k]
        calls: list[Call] = []
        if k < self.last:
            W = self._weights[k + 1][:-1]
            calls = [partial(W.dot, self._delta[k + 1], delta), *self._slope(k)]
        return [*calls, partial(self._a[k].dot, delta.T, self._gradients[k])]


def _flat(shapes: list[tuple[int, int]]) -> tuple[Array, list[Array]]:
    """Return one vector, and arrays of these shapes that lie in it one after the other."""
    ends = np.cumsum([rows * columns for rows, columns in shapes])
    vector = np.empty(ends[-1])
    parts = np.split(vector, ends[:-1])
    return vector, [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]


def _sigmoid(z: Array, a: Array, t: Array) -> list[Call]:
    """a <- e/t with t <- 1 + e and e = exp(z), which takes the place of z."""
    return [partial(np.exp, z, z), partial(np.add, z, ONE, t), partial(np.divide, z, t, a)]


def _sigmoid_slope(delta: Array, spare: Array, a: Array, t: Array) -> list[Call]:
    """Delta <- delta a/t = delta a (1 - a), by way of another array.

    Two numbers multiplied in place take NumPy twice as long as into another array: it asks whether
    reading and writing overlap, and for arrays of one number takes its longest way to be sure.
    """
    return [partial(np.multiply, delta, a, spare), partial(np.divide, spare, t, delta)]
