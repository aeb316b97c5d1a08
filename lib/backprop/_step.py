"""What `Network.step` does for as long as all goes well: the equations of `network`, made fast.

They come in the same order and under the same names. Small networks spend their time on making arrays
and on asking of each whether it is finite, large ones on arrays that are too big for the cache. So here

- every array is made once for a shape of batch, and a takes the place of z where it can;
- lr/m is multiplied into the last delta, the smallest array, and reaches every gradient from there;
- a slope is told from the activation, as 1 - a**2 for tanh: to 1e-16, if not to its last digit;
- all numbers are looked at together, at the end and before any weight moves.

Where something is amiss, `Network.step` takes the readable way, which says what it is and where.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy import add, divide, exp, multiply, subtract
from numpy.typing import NDArray

from .activations import Identity, ReLU, Sigmoid, Tanh
from .losses import BinaryCrossEntropy, CrossEntropy, FusedLoss, HalfSquaredError, SquaredError

if TYPE_CHECKING:
    from .network import Dense, Network

__all__ = ["FusedStep"]

Array = NDArray[np.float64]
Shape = tuple[int, ...]

# Numbers whose squares add up to less than this are finite, and so are the sums of their products, and
# what becomes of a weight from which such a sum is subtracted. So nobody has to look at z or at dL/dW.
SOUND = 1e290
MANY = 1000  # numbers, from which on they take longer than the call

# Arrays, because operations convert plain numbers anew each time.
ZERO, HALF, ONE, MINUS_ONE = (np.array(number) for number in (0.0, 0.5, 1.0, -1.0))


class FusedStep:
    """A step of gradient descent for a network and for inputs of one shape, with all its arrays."""

    def __init__(self, net: Network, shape: Shape) -> None:
        m = shape[1] if len(shape) == 2 else 1
        units = [len(layer.b) for layer in net.layers]
        # x, and a and delta of every layer, lie in one vector, so that one look is enough.
        sizes = m * np.array([shape[0], *(2 * n for n in units)])
        self._numbers = np.zeros(sizes.sum())
        x, *parts = np.split(self._numbers, np.cumsum(sizes)[:-1])
        self._x, a = x.reshape(shape), x.reshape(shape[0], m)
        self._layers: list[_Layer] = []
        for layer, part in zip(net.layers, parts, strict=True):
            kind = LAYERS.get(type(layer.activation), _Layer)
            if layer is net.layers[-1] and isinstance(net.loss_function, FusedLoss):
                kind = _Identity  # the loss has the activation in it
            self._layers.append(kind(layer, a, part.reshape(2, -1, m)))
            a = self._layers[-1].a
        output = OUTPUTS[type(net.loss_function)]
        self._output = output(self._layers[-1], (units[-1], *shape[1:]))
        self._parts = net.layers, net.loss_function, [layer.activation for layer in net.layers]

    @classmethod
    def make(cls, net: Network, x: Shape, y: Shape) -> FusedStep | None:
        """Return a step for x and y of these shapes, or None if there is none."""
        loss, last = net.loss_function, net.layers[-1]
        if type(loss) not in OUTPUTS or (
            isinstance(loss, FusedLoss) and loss.activation != last.activation
        ):
            return None
        fitting = len(x) in (1, 2) and 0 not in x and x[0] == net.layers[0].W.shape[1]
        return cls(net, x) if fitting and y == (len(last.b), *x[1:]) else None

    def fits(self, net: Network) -> bool:
        """Whether the network is made of the same parts as when this was made for it."""
        return self._parts == (
            net.layers,
            net.loss_function,
            [layer.activation for layer in net.layers],
        )

    @np.errstate(all="ignore")  # so written it costs a third of what `with` costs
    def __call__(self, x: Array, y: Array, lr: float) -> float | None:
        """Take a step and return the loss before it; or return None, and nothing has changed."""
        self._x[...] = x
        for layer in self._layers:
            layer.forward()
        loss = self._output.loss(y)
        self._output.backward(lr)
        later = None
        squares = 0.0  # a product may pass over what is not finite where the other factor is 0
        for layer in reversed(self._layers):
            layer.backward(later)
            later = layer
            squares += layer.parameters.dot(layer.parameters)
        squares += self._numbers.dot(self._numbers)
        if not (math.isfinite(loss) and squares < SOUND):
            return None
        for layer in self._layers:
            subtract(layer.parameters, layer.gradient, layer.parameters)
        return loss


class _Layer:
    """A layer's arrays and what is done with them. This one asks the activation; others are faster."""

    in_place = False  # a is written where z was

    def __init__(self, layer: Dense, a_in: Array, arrays: Array) -> None:
        self.g, self.W, self.b = layer.activation, layer.W, layer.b[:, None]
        self.a_in, (self.a, self.delta) = a_in, arrays
        self.z = self.a if self.in_place else np.empty_like(self.a)
        self.W_T, self.a_in_T, self.ones = self.W.T, a_in.T, np.ones(a_in.shape[1])
        self.parameters, self.gradient = layer._parameters, np.zeros_like(layer._parameters)
        dW, self.db = np.split(self.gradient, [self.W.size])
        self.dW = dW.reshape(self.W.shape)
        # Entry by entry, NumPy is quicker along one axis than along two.
        self.entries = tuple(array.reshape(-1) for array in (self.z, self.a, self.delta))
        self.spare, self.columns = np.empty(self.z.size), np.empty_like(self.z)
        self.biases = self.columns.reshape(-1)

    def forward(self) -> None:
        """z = W a + b, a = g(z)."""
        self.W.dot(self.a_in, self.z)
        # A column takes NumPy longer to add than to copy beside itself and add then.
        self.columns[...] = self.b
        add(self.entries[0], self.biases, self.entries[0])
        self.activate()

    def backward(self, later: _Layer | None) -> None:
        """Delta, unless the output has set it, and both gradients."""
        if later is not None:
            later.W_T.dot(later.delta, self.delta)
            self.times_slope()
        self.delta.dot(self.a_in_T, self.dW)
        self.delta.dot(self.ones, self.db)

    def activate(self) -> None:
        """Write g(z) into a."""
        self.a[...] = self.g(self.z)

    def times_slope(self) -> None:
        """Multiply delta by g'(z)."""
        self.delta[...] = self.g.vjp(self.z, self.delta)


class _Identity(_Layer):
    in_place = True

    def activate(self) -> None:
        pass

    def times_slope(self) -> None:
        pass


class _Tanh(_Layer):
    in_place = True

    def activate(self) -> None:
        z, a, _ = self.entries
        np.tanh(z, a)

    def times_slope(self) -> None:
        (_, a, delta), slope = self.entries, self.spare
        multiply(a, a, slope)
        subtract(ONE, slope, slope)
        multiply(delta, slope, delta)


class _ReLU(_Layer):
    in_place = True

    def __init__(self, layer: Dense, a_in: Array, arrays: Array) -> None:
        super().__init__(layer, a_in, arrays)
        # Quick to make, and slow to multiply with until there are many.
        self.mask = np.empty(self.z.size, bool)

    def activate(self) -> None:
        z, a, _ = self.entries
        np.maximum(z, ZERO, out=a)

    def times_slope(self) -> None:
        _, a, delta = self.entries
        slope = np.greater(a, ZERO, self.mask) if a.size > MANY else np.sign(a, self.spare)
        multiply(delta, slope, delta)


class _Sigmoid(_Layer):
    """With e = exp(z) and t = 1 + e: a = e/t and g' = a/t. Beyond z = 709, e is not finite."""

    def activate(self) -> None:
        (z_then_t, a, _), e = self.entries, self.spare
        exp(z_then_t, e)
        add(e, ONE, z_then_t)
        divide(e, z_then_t, a)

    def times_slope(self) -> None:
        (t, a, delta), product = self.entries, self.spare
        multiply(delta, a, product)
        divide(product, t, delta)


class _Output:
    """A loss. `loss` leaves in `difference` what the last delta is a multiple of, but for g'."""

    factor = 1.0

    def __init__(self, last: _Layer, shape: Shape) -> None:
        self.last = last
        self.m: int = last.z.shape[1]
        # In the shape of y, except where numbers are only added up.
        self.z, self.a, self.delta = (v.reshape(shape) for v in (last.z, last.a, last.delta))
        self.difference, self.spare = np.empty(shape), np.empty(shape)
        self.differences, self.spares = self.difference.reshape(-1), self.spare.reshape(-1)
        self.logits, self.ones = last.entries[0], np.ones(self.spare.size)
        self.rate = np.empty(())

    def loss(self, y: Array) -> float:
        """Return the loss, or NaN if y is no target for it."""
        raise NotImplementedError

    def backward(self, lr: float) -> None:
        """Set the last delta, times lr."""
        self.rate[...] = self.factor * lr / self.m
        multiply(self.difference, self.rate, self.delta)
        self.last.times_slope()


class _HalfSquaredError(_Output):
    def loss(self, y: Array) -> float:
        subtract(self.a, y, self.difference)
        squares = float(self.differences.dot(self.differences))
        return 0.5 * self.factor * squares / self.m


class _SquaredError(_HalfSquaredError):
    factor = 2.0


class _BinaryCrossEntropy(_Output):
    """L = 1/m sum log(1 + e) + (h - y) z and p = max(h, e)/(1 + e), with e = exp(-|z|), h = [z > 0]."""

    def __init__(self, last: _Layer, shape: Shape) -> None:
        super().__init__(last, shape)
        self.e, self.h = np.empty(shape), np.empty(shape)

    def loss(self, y: Array) -> float:
        if not _are_labels(y):
            return math.nan
        e, h = self.e, self.h
        exp(np.copysign(self.z, MINUS_ONE, e), e)
        np.log1p(e, self.spare)
        cost = self.ones.dot(self.spares)
        add(np.copysign(HALF, self.z, h), HALF, h)
        add(e, ONE, self.spare)
        np.maximum(h, e, out=e)
        divide(e, self.spare, e)
        subtract(e, y, self.difference)
        subtract(h, y, self.spare)
        return float(cost + self.spares.dot(self.logits)) / self.m


class _CrossEntropy(_Output):
    """L = 1/m sum log sum exp(z) - y z, where the greatest z of each example has been taken off."""

    def __init__(self, last: _Layer, shape: Shape) -> None:
        super().__init__(last, shape)
        self.p, self.units, self.examples = np.empty(shape), np.ones(shape[0]), np.ones(self.m)
        self.greatest, self.total = np.empty(shape[1:]), np.empty(shape[1:])

    def loss(self, y: Array) -> float:
        excess = np.abs(self.units.dot(y) - 1.0).reshape(-1)
        if not (_are_labels(y) and excess[excess.argmax()] <= 1e-6):
            return math.nan
        self.z.max(axis=0, out=self.greatest)
        subtract(self.z, self.greatest, self.spare)
        agreement = self.spares.dot(y.reshape(-1))
        exp(self.spare, self.p)
        self.units.dot(self.p, self.total)
        divide(self.p, self.total, self.p)
        subtract(self.p, y, self.difference)
        log_total = np.log(self.total).reshape(-1)
        return float(self.examples.dot(log_total) - agreement) / self.m


def _are_labels(y: Array) -> bool:
    """Whether all of y lies in [0, 1]. Both searches stop at NaN, and are quicker than min and max."""
    entries = y.reshape(-1)
    return bool(entries[entries.argmin()] >= 0.0 and entries[entries.argmax()] <= 1.0)


LAYERS = {Identity: _Identity, ReLU: _ReLU, Sigmoid: _Sigmoid, Tanh: _Tanh}
OUTPUTS = {
    HalfSquaredError: _HalfSquaredError,
    SquaredError: _SquaredError,
    BinaryCrossEntropy: _BinaryCrossEntropy,
    CrossEntropy: _CrossEntropy,
}
