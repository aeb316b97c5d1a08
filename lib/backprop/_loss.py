"""What every loss has: its value, its gradient, and the checks of prediction and target."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._activation import Activation
from ._validate import exact, finite, numbers

__all__ = ["Array", "FusedLoss", "Loss", "examples", "number"]

Array = NDArray[Any]
Formula = Callable[[Array, Array, Array], Any]


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

    # The formulas behind the checks, for a network that has checked its arrays already.

    def formula(self, activation: Activation) -> tuple[bool, Formula]:
        """Return what to compute behind this output activation, and whether it takes logits."""
        return False, self.both

    def both(self, p: Array, y: Array, slope: Array) -> Any:
        """Return m L, and write m dL/dp into `slope`: sums over the m examples, not averages."""
        m = examples(y)
        np.multiply(self.gradient(p, y), m, slope)
        return np.asarray(self(p, y)) * m

    def averaged(self, formula: Formula, p: Array, y: Array) -> tuple[Any, Array]:
        """Return L and dL/dp, as `formula` has them, averaged over the examples."""
        slope, m = np.empty_like(p), examples(y)
        return (formula(p, y, slope) / m).item(), slope / m

    def check_target(self, y: Array) -> None:  # noqa: B027 - most losses take every target
        """Raise ValueError if y, which may not be finite, is no target for this loss."""

    def _pair(
        self, prediction: ArrayLike, target: ArrayLike, first: str = "prediction"
    ) -> tuple[Array, Array]:
        """Return both arrays, after every check of shape and value."""
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
        return p + 0.0, y

    def __repr__(self) -> str:
        return f"<loss {self.name}>"


class FusedLoss(Loss):
    """A loss that can also be taken from the logits z, with its `activation` built in.

    The composition is stable where its two halves are not: a saturated output rounds to exactly 0
    or 1, but its logit still knows how wrong it is.
    """

    activation: ClassVar[Activation]

    def from_logits(self, z: ArrayLike, target: ArrayLike) -> float:
        """Return ``loss(activation(z), target)``, finite for every finite `z`.

        Only a loss that is itself beyond the greatest float, or whose sum over the batch is, is
        infinite.
        """
        with np.errstate(over="ignore"):
            return self.averaged(self.both_from_logits, *self._pair(z, target, "z"))[0]  # type: ignore[no-any-return]

    def gradient_from_logits(self, z: ArrayLike, target: ArrayLike) -> Array:
        """Return dL/dz = (activation(z) - target)/m, in the shape of `z`."""
        with np.errstate(over="ignore"):
            return self.averaged(self.both_from_logits, *self._pair(z, target, "z"))[1]

    def formula(self, activation: Activation) -> tuple[bool, Formula]:
        if activation == self.activation:
            return True, self.both_from_logits
        return False, self.both

    @abstractmethod
    def both_from_logits(self, z: Array, y: Array, slope: Array) -> Any:
        """As `both`, for m L and m dL/dz."""

    def check_target(self, y: Array) -> None:
        _check_unit(y, f"{self.name}: target", "labels are probabilities, such as 0 and 1")

    def _pair(
        self, prediction: ArrayLike, target: ArrayLike, first: str = "prediction"
    ) -> tuple[Array, Array]:
        p, y = super()._pair(prediction, target, first)
        if first == "prediction":
            _check_unit(p, f"{self.name}: prediction", f"apply {self.activation.name} first")
        self.check_target(y)
        return p, y


def examples(y: Array) -> int:
    return y.shape[1] if y.ndim == 2 else 1


def _check_unit(array: Array, what: str, way_out: str) -> None:
    real = array.real
    # The search stops at a NaN, and takes a fraction of the time of min and max.
    if real.item(real.argmin()) >= 0.0 and real.item(real.argmax()) <= 1.0:
        return
    outside = np.argwhere(~((real >= 0.0) & (real <= 1.0)))
    index = tuple(int(i) for i in outside[0])
    where = f" at index {index}" if index else ""
    raise ValueError(f"{what} must lie in [0, 1], got {exact(array[index])}{where}; {way_out}")


def number(value: Any) -> float:
    """Return a NumPy scalar as a Python number, which prints as one."""
    return value.item()  # type: ignore[no-any-return]
