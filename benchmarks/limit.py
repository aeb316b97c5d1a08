"""The limit: a training step as fast as NumPy allows, to hold the library and its peers against.

This is no library code, and no example to follow. It checks nothing, explains nothing, works on one
fixed batch, and a logit beyond 700 overflows: whatever a book's library does on top of it (checks of
shapes and of finiteness, a `Run` to look at, gradients to print) costs time, and a ratio to the limit
tells how much. It shows no more than that NumPy could not do it much faster:

- every array is made once, and every call writes into one of them (`out=`);
- the calls with their arguments stand in one flat list, so that a step is a loop over it;
- activations take the place of z, and two arrays in turn hold the deltas: they stay in the cache;
- all parameters lie in one vector and all gradients in another: the update is one subtraction;
- lr/m is multiplied into the last delta, the smallest array, and so reaches every gradient.

Two layouts, because small networks spend their time on calls and large ones on products. In a small
one the bias is one more row of the weights, below it a row of ones among the activations: one product
makes z, one both gradients. In a large one examples are rows: BLAS takes a long and narrow product
faster that way round, and adding a bias costs next to nothing. Weights are stored transposed in both,
(n_in + 1, n_out), so that W and b each are one piece of memory.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from problems import Array, Layers, Problem

ZERO, ONE = np.array(0.0), np.array(1.0)  # arrays, so that no call has to convert a number
LARGE = 256  # units in the widest layer, from which on the products decide
MANY = 1000  # numbers in an array, from which on they cost more than the call

Call = Callable[[], Any]


class Limit:
    """The problem's network as lists of calls; `step` trains it, `layers` shows it."""

    def __init__(self, problem: Problem, large: bool | None = None) -> None:
        self.problem, self.last = problem, len(problem.sizes) - 2
        self.large = max(problem.sizes) >= LARGE if large is None else large
        m, last = problem.examples, self.last
        shapes = [(n_in + 1, n_out) for n_in, n_out in pairwise(problem.sizes)]
        self.parameters, self._weights = _flat(shapes)
        self.gradient, self._gradients = _flat(shapes)  # times lr
        for stored, (W, b) in zip(self._weights, problem.layers(), strict=True):
            stored[:-1], stored[-1] = W.T, b
        if self.large:
            self._inputs = [np.empty((m, n)) for n in problem.sizes[:-1]]
            self._a = self._inputs
        else:
            self._inputs = [np.ones((n + 1, m)) for n in problem.sizes[:-1]]
            self._a = [a[:-1] for a in self._inputs]
        self._a[0][...] = self._columns(problem.x)
        two, spare = np.empty((2, m * max(problem.sizes))), np.empty(m * max(problem.sizes))
        self._delta = [self._part(two[k % 2], n) for k, n in enumerate(problem.sizes[1:])]
        self._spare = [self._part(spare, n) for n in problem.sizes[1:]]
        self._t = [np.empty(delta.size) for delta in self._delta]  # 1 + exp(z), for the sigmoid
        self._loss: Callable[[], float]
        p = np.empty_like(self._delta[-1])
        self._forward = [call for k in range(last) for call in self._hidden(k)]
        self._forward += self._product(last, p)
        self._backward = self._output(p)
        self._backward += [call for k in reversed(range(last + 1)) for call in self._back(k)]
        update = partial(np.subtract, self.parameters, self.gradient, self.parameters)
        self._step = [*self._forward, *self._backward, update]

    def step(self) -> float:
        """Take one step of gradient descent; return the loss before it."""
        for call in self._step:
            call()
        return self._loss()

    def forward(self) -> None:
        """Go forward, to the last z."""
        for call in self._forward:
            call()

    def backward(self) -> Array:
        """Go on to the loss and backward; return the gradient times lr, in one vector.

        It uses up what `forward` left, except with relu and half_squared_error.
        """
        for call in self._backward:
            call()
        return self.gradient

    def layers(self) -> Layers:
        """Return a copy of W and b of each layer."""
        return [(W[:-1].T.copy(), W[-1].copy()) for W in self._weights]

    def _part(self, vector: Array, units: int) -> Array:
        """Return the beginning of a vector as an array for a layer of so many units."""
        m = self.problem.examples
        return vector[: units * m].reshape((m, units) if self.large else (units, m))

    def _columns(self, array: Array) -> Array:
        return array.T if self.large else array

    def _product(self, k: int, z: Array) -> list[Call]:
        """z[k] <- W a + b."""
        W, a = self._weights[k], self._inputs[k]
        if self.large:
            return [partial(a.dot, W[:-1], z), partial(np.add, z, W[-1], z)]
        return [partial(W.T.dot, a, z)]

    def _back(self, k: int) -> list[Call]:
        """delta[k], unless `_output` left it, and the gradients dL/dW[k] and dL/db[k]."""
        a, delta, gradient = self._inputs[k], self._delta[k], self._gradients[k]
        calls: list[Call] = []
        if k < self.last:
            W, later = self._weights[k + 1][:-1], self._delta[k + 1]
            product = partial(later.dot, W.T) if self.large else partial(W.dot, later)
            calls = [partial(product, delta), *self._slope(k)]
        if self.large:
            sums = partial(np.ones(len(delta)).dot, delta, gradient[-1])
            return [*calls, partial(a.T.dot, delta, gradient[:-1]), sums]
        return [*calls, partial(a.dot, delta.T, gradient)]

    def _hidden(self, k: int) -> list[Call]:
        z, a = self._a[k + 1], self._a[k + 1].reshape(-1)
        match self.problem.hidden:
            case "relu":
                return [*self._product(k, z), partial(np.maximum, a, ZERO, out=a)]
            case "tanh":
                return [*self._product(k, z), partial(np.tanh, a, a)]
            case "sigmoid":
                z = self._spare[k]
                return [*self._product(k, z), *_sigmoid(z.reshape(-1), a, self._t[k])]
        raise ValueError(f"the limit has no hidden {self.problem.hidden}")

    def _slope(self, k: int) -> list[Call]:
        """Multiply delta[k] by g'; a[k + 1] is used up, for its gradient has been taken."""
        delta, a = self._delta[k].reshape(-1), self._a[k + 1].reshape(-1)
        match self.problem.hidden:
            case "relu":  # a mask is quick to make, and slow to multiply with until arrays are long
                if a.size < MANY:
                    slope = self._spare[k].reshape(-1)
                    make = partial(np.sign, a, slope)
                else:
                    slope = np.empty(a.shape, bool)
                    make = partial(np.greater, a, ZERO, slope)
                return [make, partial(np.multiply, delta, slope, delta)]
            case "tanh":
                return [
                    partial(np.multiply, a, a, a),
                    partial(np.subtract, ONE, a, a),
                    partial(np.multiply, delta, a, delta),
                ]
        return _sigmoid_slope(delta, self._spare[k].reshape(-1), a, self._t[k])

    def _output(self, p: Array) -> list[Call]:
        """Turn the last z, which is in p, into the loss and the last delta times lr/m."""
        m, loss = self.problem.examples, self.problem.loss
        z, t, delta = p.reshape(-1), self._t[-1], self._delta[-1].reshape(-1)
        y = self._columns(self.problem.y).reshape(-1)
        difference = np.empty_like(z)
        scale = partial(np.multiply, difference, np.array(self.problem.lr / m), delta)
        if loss == "half_squared_error":
            half = 0.5 / m
            self._loss = lambda: difference.dot(difference) * half
            if self.problem.output == "identity":
                return [partial(np.subtract, z, y, difference), scale]
            a = np.empty_like(z)
            slope = _sigmoid_slope(delta, self._spare[-1].reshape(-1), a, t)
            subtract = partial(np.subtract, a, y, difference)
            return [*_sigmoid(z, a, t), subtract, scale, *slope]
        # L = 1/m sum log(normaliser) - y z; a softmax's z are shifted by the greatest of an example.
        ones, agreement = np.ones(m), np.empty(())
        agree = partial(z.dot, y, agreement)
        delta_of = [partial(np.subtract, z, y, difference), scale]
        if loss == "binary_cross_entropy":
            self._loss = lambda: (ones.dot(t) - agreement) / m
            return [agree, *_sigmoid(z, z, t), partial(np.log, t, t), *delta_of]
        greatest, total = np.empty(m), np.empty(m)
        self._loss = lambda: (ones.dot(total) - agreement) / m
        units, columns = np.ones(self.problem.sizes[-1]), self._columns(p)
        return [
            partial(np.maximum.reduce, columns, 0, None, greatest),
            partial(np.subtract, columns, greatest, columns),
            agree,
            partial(np.exp, z, z),
            partial(units.dot, columns, total),
            partial(np.divide, columns, total, columns),
            partial(np.log, total, total),
            *delta_of,
        ]


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

    In place, NumPy asks whether reading and writing overlap, and for arrays of one number takes the
    long way to be sure: three times the time.
    """
    return [partial(np.multiply, delta, a, spare), partial(np.divide, spare, t, delta)]
