"""What `Network.step` does for as long as all goes well: the equations of `network`, made fast.

They come in the same order and under the same names. Small networks spend their time on making arrays,
on finding what to call and on asking of each array whether it is finite; large ones on arrays that are
too big for the cache. So here

- every array is made once for a shape of batch, and a takes the place of z where it can;
- every operation with its arrays is put in a list once, and a step is a walk along the list;
- lr/m is multiplied into the last delta, the smallest array, and reaches every gradient from there;
- a slope is told from the activation, as 1 - a**2 for tanh: to 1e-16, if not to its last digit;
- a look at x, y and the parameters tells whether all that comes of them is finite, too, before any
  weight moves.

Where something is amiss, `Network.step` takes the readable way, which says what it is and where.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy import add, copysign, divide, exp, log, maximum, multiply, subtract
from numpy.typing import NDArray

from .activations import Identity, ReLU, Sigmoid, Tanh
from .losses import BinaryCrossEntropy, CrossEntropy, FusedLoss, HalfSquaredError, SquaredError

if TYPE_CHECKING:
    from .network import Dense, Network

__all__ = ["FusedStep"]

Array = NDArray[np.float64]
Shape = tuple[int, ...]
Call = Callable[[], object]

# Numbers whose squares add up to less than this are finite, and so are the sums of their products, and
# what becomes of a weight from which such a sum is subtracted. So nobody has to look at z or at dL/dW.
SOUND = 1e290
NEAR = 1e90  # three such factors, and as many such products as fit into memory, make a finite sum
MANY = 1000  # numbers, from which on they take longer than the call
WIDE = 256  # units, from which on BLAS takes the products faster if an example's lie side by side

# Arrays, because operations convert plain numbers anew each time.
ZERO, HALF, ONE, MINUS_ONE = (np.array(number) for number in (0.0, 0.5, 1.0, -1.0))


class FusedStep:
    """A step of gradient descent for a network and for inputs of one shape, with all its arrays."""

    def __init__(self, net: Network, shape: Shape) -> None:
        m = shape[1] if len(shape) == 2 else 1
        units = [len(layer.b) for layer in net.layers]
        # y, x, and a and delta of every layer, lie in one vector, so that one look is enough.
        sizes = m * np.array([units[-1], shape[0], *(2 * n for n in units)])
        self._numbers = np.zeros(sizes.sum())
        y, x, *parts = np.split(self._numbers, np.cumsum(sizes)[:-1])
        self._inputs = self._numbers[: y.size + x.size]
        self._y, self._x = y.reshape(-1, *shape[1:]), x.reshape(shape)
        layers: list[_Layer] = []
        a = x.reshape(-1, m)
        for layer, part in zip(net.layers, parts, strict=True):
            kind = LAYERS.get(type(layer.activation), _Layer)
            arrays = part.reshape(2, -1, m)
            if layer is net.layers[-1]:
                if net._fused_loss():
                    kind = _Identity  # the loss has the activation in it
            elif len(layer.b) >= WIDE:
                arrays = part.reshape(2, m, -1).transpose(0, 2, 1)
            layers.append(kind(layer, a, arrays))
            a = layers[-1].a
        self._output = output = OUTPUTS[type(net.loss_function)](layers[-1], y.reshape(-1, m))
        self._squares = [layer.square for layer in layers]
        self._calls = [call for layer in layers for call in layer.forward()]
        self._calls += output.forward() + output.backward()
        for k in reversed(range(len(layers))):
            self._calls += layers[k].backward(layers[k + 1] if k + 1 < len(layers) else None)
        self._updates = [layer.update() for layer in layers]
        self._root_m, self._bounded = math.sqrt(m), all(layer.bounded for layer in layers)
        self._parts = net.layers, net.loss_function, [layer.activation for layer in net.layers]

    @classmethod
    def make(cls, net: Network, x: Shape, y: Shape) -> FusedStep | None:
        """Return a step for x and y of these shapes, or None if there is none."""
        loss, last = net.loss_function, net.layers[-1]
        if type(loss) not in OUTPUTS or (isinstance(loss, FusedLoss) and not net._fused_loss()):
            return None
        fitting = len(x) in (1, 2) and 0 not in x and x[0] == net.layers[0].W.shape[1]
        return cls(net, x) if fitting and y == (len(last.b), *x[1:]) else None

    def fits(self, net: Network) -> bool:
        """Whether the network is made of the same parts as when this was made for it."""
        layers, loss, activations = self._parts
        return (
            net.layers is layers
            and net.loss_function is loss
            and [layer.activation for layer in layers] == activations
        )

    @np.errstate(all="ignore")  # so written it costs a third of what `with` costs
    def __call__(self, x: Array, y: Array, lr: float) -> float | None:
        """Take a step and return the loss before it; or return None, and nothing has changed."""
        self._x[...] = x
        self._y[...] = y
        if not self._output.has_target():
            return None
        self._output.set_rate(lr)
        for call in self._calls:
            call()
        loss = self._output.loss()
        near = self._bounded and lr < NEAR and self._reach() < NEAR
        if not (near or (math.isfinite(loss) and self._sum_of_squares() < SOUND)):
            return None
        for update in self._updates:
            update()
        return loss

    def _reach(self) -> float:
        """Return what no |z| and no |a| exceeds, where |v| is the root of the sum of squares.

        |W a + b| <= |W, b| (|a| + sqrt(m)). So where |g(z)| <= |z|, a layer makes |a| + sqrt(m) grow
        at most 1 + |W, b| times; and where |g'| <= 1, |delta| on its way back no more than that.
        """
        reach = self._root_m + math.sqrt(self._inputs.dot(self._inputs))
        for square in self._squares:
            reach *= 1.0 + math.sqrt(square.item())
        return reach

    def _sum_of_squares(self) -> float:
        """Return that of all numbers; without those of W, a 0 in a could hide one that is not finite."""
        total: float = self._numbers.dot(self._numbers).item()
        for square in self._squares:
            total += square.item()
        return total


def _product(A: Array, B: Array, out: Array) -> Call:
    """out = A B, in the order in which out lies in memory."""
    if out.flags.c_contiguous:
        return partial(A.dot, B, out)
    return partial(B.T.dot, A.T, out.T)


def _entries(array: Array) -> Array:
    """The array as one row, along which NumPy is quicker than along two axes."""
    return (array if array.flags.c_contiguous else array.T).reshape(-1)


class _Layer:
    """A layer's arrays and what is done with them. This one asks the activation; others are faster."""

    in_place = False  # a is written where z was
    bounded = False  # |g(z)| <= |z| and |g'(z)| <= 1

    def __init__(self, layer: Dense, a_in: Array, arrays: Array) -> None:
        self.g, self.W, self.b = layer.activation, layer.W, layer.b[:, None]
        self.a_in, (self.a, self.delta) = a_in, arrays
        self.z = self.a if self.in_place else np.empty_like(self.a)
        self.parameters, self.gradient = layer._parameters, np.zeros_like(layer._parameters)
        self.square = np.empty(())  # of the parameters, added up
        dW, self.db = np.split(self.gradient, [self.W.size])
        self.dW = dW.reshape(self.W.shape)
        self.entries = tuple(_entries(array) for array in (self.z, self.a, self.delta))

    def forward(self) -> list[Call]:
        """z = W a + b, a = g(z); before that a look at W and b, which are then in the cache."""
        m = self.z.shape[1]
        look = partial(self.parameters.dot, self.parameters, self.square)
        if m == 1:
            # Not in place, which takes NumPy twice as long for a single number.
            product = np.empty_like(self.z)
            adding = [partial(add, product, self.b, self.z)]
        elif self.z.size > MANY:
            product = self.z
            adding = [partial(add, self.z, self.b, self.z)]
        else:
            # A column takes NumPy longer to add than to copy beside itself and add then.
            product, columns, z = self.z, np.empty_like(self.z), self.entries[0]
            adding = [
                partial(columns.__setitem__, ..., self.b),
                partial(add, z, _entries(columns), z),
            ]
        return [look, _product(self.W, self.a_in, product), *adding, *self.activate()]

    def backward(self, later: _Layer | None) -> list[Call]:
        """Delta, unless the output has set it, and both gradients."""
        dW, db = (
            partial(self.delta.dot, self.a_in.T, self.dW),
            partial(self.delta.dot, np.ones(self.delta.shape[1]), self.db),
        )
        if later is None:
            return [dW, db]
        return [_product(later.W.T, later.delta, self.delta), *self.times_slope(), dW, db]

    def update(self) -> Call:
        """W <- W - lr dL/dW, and b likewise."""
        return partial(subtract, self.parameters, self.gradient, self.parameters)

    def activate(self) -> list[Call]:
        """Write g(z) into a."""
        return [lambda: np.copyto(self.a, self.g(self.z))]

    def times_slope(self) -> list[Call]:
        """Multiply delta by g'(z)."""
        return [lambda: np.copyto(self.delta, self.g.vjp(self.z, self.delta))]


class _Identity(_Layer):
    in_place = bounded = True

    def activate(self) -> list[Call]:
        return []

    def times_slope(self) -> list[Call]:
        return []


class _Tanh(_Layer):
    in_place = bounded = True

    def activate(self) -> list[Call]:
        z, a, _ = self.entries
        return [partial(np.tanh, z, a)]

    def times_slope(self) -> list[Call]:
        _, a, delta = self.entries
        slope = np.empty(a.size)
        return [
            partial(multiply, a, a, slope),
            partial(subtract, ONE, slope, slope),
            partial(multiply, delta, slope, delta),
        ]


class _ReLU(_Layer):
    in_place = bounded = True

    def activate(self) -> list[Call]:
        z, a, _ = self.entries
        return [partial(maximum, z, ZERO, out=a)]

    def times_slope(self) -> list[Call]:
        _, a, delta = self.entries
        if a.size > MANY:  # a mask is quick to make, and slow to multiply with until there are many
            slope = np.empty(a.size, bool)
            make = partial(np.greater, a, ZERO, slope)
        else:
            slope = np.empty(a.size)
            make = partial(np.sign, a, slope)
        return [make, partial(multiply, delta, slope, delta)]


class _Sigmoid(_Layer):
    """With e = exp(z) and t = 1 + e: a = e/t and g' = a/t. Beyond z = 709, e is not finite."""

    def activate(self) -> list[Call]:
        z_then_t, a, _ = self.entries
        self.e = e = np.empty(a.size)
        return [
            partial(exp, z_then_t, e),
            partial(add, e, ONE, z_then_t),
            partial(divide, e, z_then_t, a),
        ]

    def times_slope(self) -> list[Call]:
        (t, a, delta), product = self.entries, self.e
        return [partial(multiply, delta, a, product), partial(divide, product, t, delta)]


class _Output:
    """A loss; its `forward` leaves in `difference` what the last delta is a multiple of, but for g'."""

    factor = 1.0

    def __init__(self, last: _Layer, y: Array) -> None:
        self.last, self.shape = last, y.shape
        self.m: int = y.shape[1]
        self.z, self.a, self.delta = last.entries
        self.y, self.difference = y.reshape(-1), np.empty(y.size)
        self.rate = np.zeros(())

    def has_target(self) -> bool:
        """Whether y is a target for the loss, if all of it is finite."""
        return True

    def forward(self) -> list[Call]:
        """What `loss` and `backward` need."""
        raise NotImplementedError

    def loss(self) -> float:
        """Return the loss."""
        raise NotImplementedError

    def set_rate(self, lr: float) -> None:
        """Keep what the differences are to be multiplied by."""
        self.rate.fill(self.factor * lr / self.m)

    def backward(self) -> list[Call]:
        """The last delta, times lr."""
        return [
            partial(multiply, self.difference, self.rate, self.delta),
            *self.last.times_slope(),
        ]


class _HalfSquaredError(_Output):
    def forward(self) -> list[Call]:
        return [partial(subtract, self.a, self.y, self.difference)]

    def loss(self) -> float:
        squares = float(self.difference.dot(self.difference))
        return 0.5 * self.factor * squares / self.m


class _SquaredError(_HalfSquaredError):
    factor = 2.0


class _BinaryCrossEntropy(_Output):
    """L = 1/m sum log(1 + e) + (h - y) z and p = max(h, e)/(1 + e), with e = exp(-|z|), h = [z > 0]."""

    def has_target(self) -> bool:
        return _least(self.y) >= 0.0 and _greatest(self.y) <= 1.0

    def forward(self) -> list[Call]:
        y, z, p_minus_y = self.y, self.z, self.difference
        e, t, h, self.log_t, self.h_minus_y = (np.empty(z.size) for _ in range(5))
        self.ones = np.ones(z.size)
        return [
            partial(copysign, z, MINUS_ONE, e),
            partial(exp, e, e),
            partial(np.log1p, e, self.log_t),
            partial(copysign, HALF, z, h),
            partial(add, h, HALF, h),
            partial(subtract, h, y, self.h_minus_y),
            partial(add, e, ONE, t),
            partial(maximum, h, e, out=e),
            partial(divide, e, t, e),
            partial(subtract, e, y, p_minus_y),
        ]

    def loss(self) -> float:
        return float(self.ones.dot(self.log_t) + self.h_minus_y.dot(self.z)) / self.m


class _CrossEntropy(_Output):
    """L = 1/m sum log sum exp(z) - y z, where the greatest z of each example has been taken off."""

    def __init__(self, last: _Layer, y: Array) -> None:
        super().__init__(last, y)
        self.units, self.ones = np.ones(y.shape[0]), np.ones(self.m)
        self.add_up = partial(self.units.dot, y, np.empty(self.m))

    def has_target(self) -> bool:
        total = self.add_up()
        greatest = _greatest(total)
        return (
            abs(greatest - 1.0) <= 1e-6
            and abs(_least(total) - 1.0) <= 1e-6
            and _least(self.y) >= 0.0
            # What is not negative and adds up to at most 1 is at most 1.
            and (greatest <= 1.0 or _greatest(self.y) <= 1.0)
        )

    def forward(self) -> list[Call]:
        z, y, p_minus_y = self.last.z, self.y, self.difference
        p, shifted = np.empty(self.shape), np.empty(self.shape)
        ps, self.shifted = p.reshape(-1), shifted.reshape(-1)
        greatest, total, self.log_total = (np.empty(self.m) for _ in range(3))
        return [
            partial(maximum.reduce, z, 0, None, greatest),
            partial(subtract, z, greatest, shifted),
            partial(exp, self.shifted, ps),
            partial(self.units.dot, p, total),
            partial(divide, p, total, p),
            partial(subtract, ps, y, p_minus_y),
            partial(log, total, self.log_total),
        ]

    def loss(self) -> float:
        return float(self.ones.dot(self.log_total) - self.shifted.dot(self.y)) / self.m


# NaN if there is one, as the search stops there; and quicker than min and max.


def _least(entries: Array) -> float:
    return entries.item(entries.argmin())


def _greatest(entries: Array) -> float:
    return entries.item(entries.argmax())


LAYERS = {Identity: _Identity, ReLU: _ReLU, Sigmoid: _Sigmoid, Tanh: _Tanh}
OUTPUTS = {
    HalfSquaredError: _HalfSquaredError,
    SquaredError: _SquaredError,
    BinaryCrossEntropy: _BinaryCrossEntropy,
    CrossEntropy: _CrossEntropy,
}
