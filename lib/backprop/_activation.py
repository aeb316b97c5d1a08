"""What every activation function has: values, derivatives, and the product that backward needs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from numpy.typing import ArrayLike, NDArray

from ._validate import numbers

__all__ = ["Activation", "Array"]

Array = NDArray[Any]


@dataclass(frozen=True, repr=False)
class Activation(ABC):
    """A function g with its derivative; call it as ``g(z)``."""

    name: ClassVar[str]

    @abstractmethod
    def __call__(self, z: ArrayLike) -> Array:
        """Return g(z), in the shape of `z`."""

    @abstractmethod
    def derivative(self, z: ArrayLike) -> Array:
        """Return g'(z): in the shape of `z`, or the full Jacobian for `softmax`."""

    def vjp(self, z: ArrayLike, upstream: ArrayLike) -> Array:
        """Return the vector-Jacobian product, dL/dz from the upstream gradient dL/da.

        Parameters
        ----------
        z : array_like
            The pre-activation.
        upstream : array_like
            dL/da, of the same shape as `z`.

        Returns
        -------
        ndarray
            dL/dz of the same shape: ``upstream * g'(z)``, and for softmax
            ``s * (upstream - sum(upstream * s))``, which never forms the Jacobian.

        Raises
        ------
        ValueError
            If the shapes differ.
        """
        z, upstream = self._z(z), numbers(upstream, f"{self.name}: upstream", allow_complex=True)
        if z.shape != upstream.shape:
            raise ValueError(
                f"{self.name}.vjp: z has shape {z.shape} and upstream {upstream.shape}; "
                "upstream is dL/da and has one entry for each entry of z"
            )
        return self._vjp(z, upstream)

    def _vjp(self, z: Array, upstream: Array) -> Array:
        downstream: Array = upstream * self.derivative(z)
        return downstream

    # The same two in place, for arrays (n, m) that a training step keeps and has checked.

    in_place: ClassVar[bool] = False  # a may be written over z, which pull_back has no need of

    def write(self, z: Array, a: Array) -> None:
        """Write g(z) into a."""
        a[...] = self(z)

    def pull_back(self, z: Array, a: Array, delta: Array, spare: Array) -> None:
        """Multiply delta, which is dL/da, by g'(z); a is g(z), and the slope may be read off it."""
        delta[...] = self._vjp(z, delta)

    def _z(self, z: ArrayLike) -> Array:
        return numbers(z, f"{self.name}: z", allow_complex=True)

    def __repr__(self) -> str:
        return f"<activation {self.name}>"
