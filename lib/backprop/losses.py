"""Losses L(prediction, target), each with its gradient dL/dprediction beside it.

Shapes: `prediction` and `target` are both ``(n, m)``: n units, m examples in columns; or both
``(n,)``, one example; or both plain numbers. A loss sums over the units and averages over the m
examples, so every gradient carries the factor 1/m. Nothing is broadcast.

The loss is a float; a complex prediction, as the complex step makes it, gives a complex number.

Errors, all of them before anything is computed: TypeError when an argument is not numeric;
ValueError when the shapes differ, the batch is empty, a value is NaN or infinite, or, for the
cross-entropies, a prediction or a label lies outside [0, 1].
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ._loss import Array, examples, number
from ._loss import FusedLoss as FusedLoss
from ._loss import Loss as Loss
from ._validate import exact, pick
from .activations import ONE, ZERO, decay, sigmoid, softmax

__all__ = ["binary_cross_entropy", "cross_entropy", "half_squared_error", "squared_error"]


class HalfSquaredError(Loss):
    """L = 1/(2m) sum (p - y)**2, dL/dp = (p - y)/m.

    The half cancels the 2 of the derivative. It is not the mean squared error. What is too large for
    a float is infinite, without a warning.
    """

    name = "half_squared_error"

    def __call__(self, prediction: ArrayLike, target: ArrayLike) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            return self.averaged(self.both, *self._pair(prediction, target))[0]  # type: ignore[no-any-return]

    def gradient(self, prediction: ArrayLike, target: ArrayLike) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            return self.averaged(self.both, *self._pair(prediction, target))[1]

    def both(self, p: Array, y: Array, slope: Array) -> Any:
        np.subtract(p, y, slope)
        return 0.5 * inner(slope, slope)


class SquaredError(HalfSquaredError):
    """L = 1/m sum (p - y)**2, dL/dp = 2 (p - y)/m.

    Summed over the units and averaged over the examples; the mean squared error of PyTorch
    divides by the number of units as well.
    """

    name = "squared_error"

    def both(self, p: Array, y: Array, slope: Array) -> Any:
        half = super().both(p, y, slope)
        np.multiply(slope, 2.0, slope)
        return 2.0 * half


class BinaryCrossEntropy(FusedLoss):
    """L = -1/m sum (y log p + (1 - y) log(1 - p)), dL/dp = ((1 - y)/(1 - p) - y/p)/m.

    At the ends ``0 log 0 = 0`` and ``0/0 = 0``: a prediction that is exactly right costs nothing.
    One that is exactly wrong (p = 0 where y > 0, p = 1 where y < 1) costs infinity, and its
    gradient is infinite; both come without a warning.

    From logits, with p = sigma(z): L = 1/m sum (y softplus(-z) + (1 - y) softplus(z)), which is
    ``1/m sum (([z >= 0] - y) z + log(1 + exp(-|z|)))``, a sum of numbers that are not negative; and
    dL/dz = (sigma(z) - y)/m, in which sigma' has cancelled. Source: Bishop, "Pattern Recognition
    and Machine Learning" (2006), section 4.3.
    """

    name = "binary_cross_entropy"
    activation = sigmoid

    def __call__(self, prediction: ArrayLike, target: ArrayLike) -> float:
        p, y = self._pair(prediction, target)
        with np.errstate(divide="ignore"):
            return number(np.sum(_cost(y, np.log(p)) + _cost(1.0 - y, np.log1p(-p))) / examples(y))

    def gradient(self, prediction: ArrayLike, target: ArrayLike) -> Array:
        p, y = self._pair(prediction, target)
        return (_ratio(1.0 - y, 1.0 - p) - _ratio(y, p)) / examples(y)

    def both_from_logits(self, z: Array, y: Array, slope: Array) -> Any:
        positive, e = z.real >= ZERO, decay(z)
        np.divide(np.where(positive, ONE, e), e + ONE, slope)
        np.subtract(slope, y, slope)
        return inner(positive - y, z) + np.add.reduce(np.log1p(e), axis=None)


class CrossEntropy(FusedLoss):
    """L = -1/m sum y log p, dL/dp = -(y/p)/m, for columns y that sum to 1 (to within 1e-6).

    At the ends ``0 log 0 = 0`` and ``0/0 = 0``; p = 0 where y > 0 costs infinity, and its gradient
    is -infinity, both without a warning. The columns of p need not sum to 1.

    From logits, with p = softmax(z): L = 1/m sum (log sum_j exp(z_j) - sum_i y_i z_i) and
    dL/dz = (softmax(z) - y)/m. Source: Bishop (2006), section 4.3.4.
    """

    name = "cross_entropy"
    activation = softmax

    def __call__(self, prediction: ArrayLike, target: ArrayLike) -> float:
        p, y = self._pair(prediction, target)
        with np.errstate(divide="ignore"):
            return number(np.sum(_cost(y, np.log(p))) / examples(y))

    def gradient(self, prediction: ArrayLike, target: ArrayLike) -> Array:
        p, y = self._pair(prediction, target)
        return _ratio(-y, p) / examples(y)

    def both_from_logits(self, z: Array, y: Array, slope: Array) -> Any:
        # A common shift of all logits changes nothing. By halves, as a difference may be too great
        # for a float, and 0 times infinity no number.
        half = z / 2.0 - np.maximum.reduce(z.real, axis=0) / 2.0
        np.exp(2.0 * half, slope)
        sums = np.ones(len(z)) @ slope
        np.divide(slope, sums, slope)
        np.subtract(slope, y, slope)
        return np.add.reduce(np.log(sums), axis=None) - 2.0 * inner(y, half)

    def check_target(self, y: Array) -> None:
        super().check_target(y)
        total = np.atleast_1d(np.ones(len(y)) @ y if y.ndim else 1.0)
        off = np.abs(total - 1.0)
        if not off.item(off.argmax()) <= 1e-6:
            column = np.flatnonzero(~(off <= 1e-6))[0]
            where = f"column {column} of target sums" if y.ndim == 2 else "target sums"
            raise ValueError(
                f"{self.name}: {where} to {exact(total[column])}, not 1 (target has shape "
                f"{y.shape}); units lie along axis 0, so pass one-hot columns"
            )

    def _pair(
        self, prediction: ArrayLike, target: ArrayLike, first: str = "prediction"
    ) -> tuple[Array, Array]:
        p, y = super()._pair(prediction, target, first)
        if p.ndim == 0:
            raise ValueError(
                f"{self.name}: {first} is one number; pass one probability per class, shape (n,) "
                "or (n, m), or use binary_cross_entropy"
            )
        return p, y


def inner(u: Array, v: Array) -> Any:
    """Return the sum of u v over all entries."""
    return u.reshape(-1).dot(v.reshape(-1))


def _cost(weight: Array, logarithm: Array) -> Array:
    """Return -weight * logarithm with 0 * -inf = 0."""
    return np.where(weight == 0, 0.0, -weight * np.where(weight == 0, 0.0, logarithm))


def _ratio(top: Array, bottom: Array) -> Array:
    """Return top / bottom with 0/0 = 0 and no warning for an infinite result."""
    with np.errstate(divide="ignore", over="ignore"):
        return np.where(top == 0, 0.0, top / np.where(top == 0, 1.0, bottom))


half_squared_error = HalfSquaredError()
squared_error = SquaredError()
binary_cross_entropy = BinaryCrossEntropy()
cross_entropy = CrossEntropy()

_KNOWN = (half_squared_error, squared_error, binary_cross_entropy, cross_entropy)


def find_loss(choice: str | Loss) -> Loss:
    """Return the loss called `choice`; a loss is returned as it is."""
    return pick(choice, _KNOWN, Loss, "loss")
