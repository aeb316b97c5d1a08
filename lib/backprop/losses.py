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

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._validate import exact, finite, numbers, pick
from .activations import Activation, sigmoid, softmax, softplus

__all__ = ["binary_cross_entropy", "cross_entropy", "half_squared_error", "squared_error"]

Array = NDArray[Any]


@dataclass(frozen=True, repr=False)
class Loss(ABC):
    """A loss with its gradient; call it as ``loss(prediction, target)``."""

    name: ClassVar[str]

    @abstractmethod
    def __call__(self, prediction: ArrayLike, target: ArrayLike) -> float:
        """Return the loss: summed over units, averaged over examples."""

    @abstractmethod
    def gradient(self, prediction: ArrayLike, target: ArrayLike) -> Array:
        """Return dL/dprediction, in the shape of `prediction`, with its factor 1/m."""

    def _pair(
        self, prediction: ArrayLike, target: ArrayLike, first: str = "prediction"
    ) -> tuple[Array, Array, int]:
        """Return both arrays and the number m of examples, after every check of shape and value."""
        p = numbers(prediction, f"{self.name}: {first}", allow_complex=True)
        y = numbers(target, f"{self.name}: target")
        if p.shape != y.shape:
            raise ValueError(
                f"{self.name}: {first} has shape {p.shape} and target {y.shape}; "
                "nothing is broadcast, so reshape one to the other"
            )
        if p.ndim > 2:
            raise ValueError(
                f"{self.name}: {first} has shape {p.shape}; pass (n,) for one example or (n, m) "
                "with the m examples in columns"
            )
        if p.size == 0:
            raise ValueError(
                f"{self.name}: empty batch, {first} has shape {p.shape}; pass at least one example"
            )
        finite(p, f"{self.name}: {first}")
        finite(y, f"{self.name}: target")
        # A zero has no sign here: + 0.0 makes 0.0 of -0.0, and 1/-0.0 would be the wrong infinity.
        return p + 0.0, y, p.shape[1] if p.ndim == 2 else 1

    def __repr__(self) -> str:
        return f"<loss {self.name}>"


class HalfSquaredError(Loss):
    """L = 1/(2m) sum (p - y)**2, dL/dp = (p - y)/m.

    The half cancels the 2 of the derivative. It is not the mean squared error. What is too large for
    a float is infinite, without a warning.
    """

    name = "half_squared_error"

    def __call__(self, prediction: ArrayLike, target: ArrayLike) -> float:
        p, y, m = self._pair(prediction, target)
        with np.errstate(over="ignore", invalid="ignore"):
            return _number(0.5 * np.sum((p - y) ** 2) / m)

    def gradient(self, prediction: ArrayLike, target: ArrayLike) -> Array:
        p, y, m = self._pair(prediction, target)
        with np.errstate(over="ignore", invalid="ignore"):
            return (p - y) / m


class SquaredError(Loss):
    """L = 1/m sum (p - y)**2, dL/dp = 2 (p - y)/m.

    Summed over the units and averaged over the examples; the mean squared error of PyTorch
    divides by the number of units as well.
    """

    name = "squared_error"

    def __call__(self, prediction: ArrayLike, target: ArrayLike) -> float:
        p, y, m = self._pair(prediction, target)
        with np.errstate(over="ignore", invalid="ignore"):
            return _number(np.sum((p - y) ** 2) / m)

    def gradient(self, prediction: ArrayLike, target: ArrayLike) -> Array:
        p, y, m = self._pair(prediction, target)
        with np.errstate(over="ignore", invalid="ignore"):
            return 2.0 * (p - y) / m


class FusedLoss(Loss):
    """A loss that can also be taken from the logits z, with its `activation` built in.

    The composition is stable where its two halves are not: a saturated output rounds to exactly 0
    or 1, but its logit still knows how wrong it is.
    """

    activation: ClassVar[Activation]

    @abstractmethod
    def from_logits(self, z: ArrayLike, target: ArrayLike) -> float:
        """Return ``loss(activation(z), target)``, finite for every finite `z`.

        Only a loss that is itself beyond the greatest float, or whose sum over the batch is, is
        infinite.
        """

    @abstractmethod
    def gradient_from_logits(self, z: ArrayLike, target: ArrayLike) -> Array:
        """Return dL/dz = (activation(z) - target)/m, in the shape of `z`."""

    def _pair(
        self, prediction: ArrayLike, target: ArrayLike, first: str = "prediction"
    ) -> tuple[Array, Array, int]:
        p, y, m = super()._pair(prediction, target, first)
        if first == "prediction":
            _in_unit_interval(p, f"{self.name}: prediction", f"apply {self.activation.name} first")
        _in_unit_interval(y, f"{self.name}: target", "labels are probabilities, such as 0 and 1")
        return p, y, m


class BinaryCrossEntropy(FusedLoss):
    """L = -1/m sum (y log p + (1 - y) log(1 - p)), dL/dp = ((1 - y)/(1 - p) - y/p)/m.

    At the ends ``0 log 0 = 0`` and ``0/0 = 0``: a prediction that is exactly right costs nothing.
    One that is exactly wrong (p = 0 where y > 0, p = 1 where y < 1) costs infinity, and its
    gradient is infinite; both come without a warning.

    From logits, with p = sigma(z): L = 1/m sum (y softplus(-z) + (1 - y) softplus(z)) and
    dL/dz = (sigma(z) - y)/m, in which sigma' has cancelled. Source: Bishop, "Pattern Recognition
    and Machine Learning" (2006), section 4.3.
    """

    name = "binary_cross_entropy"
    activation = sigmoid

    def __call__(self, prediction: ArrayLike, target: ArrayLike) -> float:
        p, y, m = self._pair(prediction, target)
        with np.errstate(divide="ignore"):
            return _number(np.sum(_cost(y, np.log(p)) + _cost(1.0 - y, np.log1p(-p))) / m)

    def gradient(self, prediction: ArrayLike, target: ArrayLike) -> Array:
        p, y, m = self._pair(prediction, target)
        return (_ratio(1.0 - y, 1.0 - p) - _ratio(y, p)) / m

    def from_logits(self, z: ArrayLike, target: ArrayLike) -> float:
        z, y, m = self._pair(z, target, "z")
        with np.errstate(over="ignore"):
            return _number(np.sum(y * softplus(-z) + (1.0 - y) * softplus(z)) / m)

    def gradient_from_logits(self, z: ArrayLike, target: ArrayLike) -> Array:
        z, y, m = self._pair(z, target, "z")
        return (sigmoid(z) - y) / m


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
        p, y, m = self._pair(prediction, target)
        with np.errstate(divide="ignore"):
            return _number(np.sum(_cost(y, np.log(p))) / m)

    def gradient(self, prediction: ArrayLike, target: ArrayLike) -> Array:
        p, y, m = self._pair(prediction, target)
        return _ratio(-y, p) / m

    def from_logits(self, z: ArrayLike, target: ArrayLike) -> float:
        z, y, m = self._pair(z, target, "z")
        # A common shift of all logits changes nothing. By halves, as a difference may be too great
        # for a float, and 0 times infinity no number.
        half = z / 2.0 - z.real.max(axis=0) / 2.0
        with np.errstate(over="ignore"):
            total = np.log(np.exp(2.0 * half).sum(axis=0))
            return _number(np.sum(total - 2.0 * (y * half).sum(axis=0)) / m)

    def gradient_from_logits(self, z: ArrayLike, target: ArrayLike) -> Array:
        z, y, m = self._pair(z, target, "z")
        return (softmax(z) - y) / m

    def _pair(
        self, prediction: ArrayLike, target: ArrayLike, first: str = "prediction"
    ) -> tuple[Array, Array, int]:
        p, y, m = super()._pair(prediction, target, first)
        if p.ndim == 0:
            raise ValueError(
                f"{self.name}: {first} is one number; pass one probability per class, shape (n,) "
                "or (n, m), or use binary_cross_entropy"
            )
        total = np.atleast_1d(y.sum(axis=0))
        wrong = np.flatnonzero(np.abs(total - 1.0) > 1e-6)
        if wrong.size:
            where = f"column {wrong[0]} of target sums" if y.ndim == 2 else "target sums"
            raise ValueError(
                f"{self.name}: {where} to {exact(total[wrong[0]])}, not 1 (target has shape "
                f"{y.shape}); units lie along axis 0, so pass one-hot columns"
            )
        return p, y, m


def _cost(weight: Array, logarithm: Array) -> Array:
    """Return -weight * logarithm with 0 * -inf = 0."""
    return np.where(weight == 0, 0.0, -weight * np.where(weight == 0, 0.0, logarithm))


def _ratio(top: Array, bottom: Array) -> Array:
    """Return top / bottom with 0/0 = 0 and no warning for an infinite result."""
    with np.errstate(divide="ignore", over="ignore"):
        return np.where(top == 0, 0.0, top / np.where(top == 0, 1.0, bottom))


def _in_unit_interval(array: Array, what: str, way_out: str) -> None:
    outside = np.argwhere((array.real < 0) | (array.real > 1))
    if len(outside):
        index = tuple(int(i) for i in outside[0])
        where = f" at index {index}" if index else ""
        raise ValueError(f"{what} must lie in [0, 1], got {exact(array[index])}{where}; {way_out}")


def _number(value: Any) -> float:
    """Return a NumPy scalar as a Python number, which prints as one."""
    number: float = value.item()
    return number


half_squared_error = HalfSquaredError()
squared_error = SquaredError()
binary_cross_entropy = BinaryCrossEntropy()
cross_entropy = CrossEntropy()

_KNOWN = (half_squared_error, squared_error, binary_cross_entropy, cross_entropy)


def find_loss(choice: str | Loss) -> Loss:
    """Return the loss called `choice`; a loss is returned as it is."""
    return pick(choice, _KNOWN, Loss, "loss")
