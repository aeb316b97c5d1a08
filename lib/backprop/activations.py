"""Activation functions g, each with its derivative g' beside it.

An activation is called with the pre-activation ``z`` and so is everything else about it: the
argument of ``derivative`` is always ``z``, never ``a = g(z)``.

Shapes: any, elementwise, except `softmax`, which works down the columns of ``(n,)`` or ``(n, m)``.
Input becomes float64. Complex input is taken too, so that the complex step can check a gradient;
the relu family then chooses its branch by the real part. NaN in gives NaN out.

Errors: TypeError when ``z`` is not numeric; ValueError when shapes do not fit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._validate import numbers, pick, real_number

__all__ = ["identity", "leaky_relu", "relu", "sigmoid", "softmax", "softplus", "tanh"]

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

    def _z(self, z: ArrayLike) -> Array:
        return numbers(z, f"{self.name}: z", allow_complex=True)

    def __repr__(self) -> str:
        return f"<activation {self.name}>"


class Identity(Activation):
    """g(z) = z, g'(z) = 1."""

    name = "identity"

    def __call__(self, z: ArrayLike) -> Array:
        return +self._z(z)

    def derivative(self, z: ArrayLike) -> Array:
        return np.ones_like(self._z(z))[()]


class Sigmoid(Activation):
    """sigma(z) = 1 / (1 + exp(-z)), sigma'(z) = sigma(z) (1 - sigma(z)).

    The derivative is computed as ``sigma(z) * sigma(-z)``: ``1 - sigma(z)`` would lose every digit
    from z = 37 on.
    """

    name = "sigmoid"

    def __call__(self, z: ArrayLike) -> Array:
        z = self._z(z)
        e = _decay(z)
        return np.where(z.real >= 0, 1.0, e) / (1.0 + e)

    def derivative(self, z: ArrayLike) -> Array:
        z = self._z(z)
        return self(z) * self(-z)


class Tanh(Activation):
    """tanh(z), tanh'(z) = 1 - tanh(z)**2 = 1 / cosh(z)**2.

    The derivative is computed from ``1/cosh(z) = 2e / (1 + e**2)`` with ``e = exp(-|z|)``, which
    keeps its digits where ``1 - tanh(z)**2`` cancels to 0 (from z = 19 on).
    """

    name = "tanh"

    def __call__(self, z: ArrayLike) -> Array:
        return np.tanh(self._z(z))

    def derivative(self, z: ArrayLike) -> Array:
        e = _decay(self._z(z))
        sech: Array = 2.0 * e / (1.0 + e * e)
        return sech * sech


class ReLU(Activation):
    """relu(z) = max(z, 0), relu'(z) = 1 for z > 0 and 0 for z < 0.

    At the kink there is no derivative; by convention relu'(0) = 0, as in PyTorch and TensorFlow.
    """

    name = "relu"

    def __call__(self, z: ArrayLike) -> Array:
        z = self._z(z)
        return np.where(z.real <= 0, 0.0, z)[()]

    def derivative(self, z: ArrayLike) -> Array:
        slope: Array = np.heaviside(self._z(z).real, 0.0)
        return slope


@dataclass(frozen=True, repr=False)
class LeakyReLU(Activation):
    """g(z) = z for z > 0 and slope * z otherwise; g'(z) = 1 for z > 0 and slope otherwise.

    By convention g'(0) = slope. Source: Maas, Hannun and Ng, "Rectifier nonlinearities improve
    neural network acoustic models" (2013), whose slope of 0.01 is the default.
    """

    name = "leaky_relu"
    slope: float = 0.01

    def __post_init__(self) -> None:
        real_number(self.slope, "leaky_relu: slope", low=0.0)

    def __call__(self, z: ArrayLike) -> Array:
        z = self._z(z)
        return np.where(z.real <= 0, self.slope * z, z)[()]

    def derivative(self, z: ArrayLike) -> Array:
        z = self._z(z).real
        return np.where(z <= 0, self.slope, np.heaviside(z, 0.0))[()]


class Softplus(Activation):
    """softplus(z) = log(1 + exp(z)), softplus'(z) = sigma(z).

    Computed as ``max(z, 0) + log(1 + exp(-|z|))``, which cannot overflow. Source: Dugas et al.,
    "Incorporating second-order functional knowledge for better option pricing" (2001).
    """

    name = "softplus"

    def __call__(self, z: ArrayLike) -> Array:
        z = self._z(z)
        return np.where(z.real >= 0, z, 0.0) + np.log1p(_decay(z))

    def derivative(self, z: ArrayLike) -> Array:
        return sigmoid(self._z(z))


class Softmax(Activation):
    """s_i = exp(z_i) / sum_j exp(z_j), ds_i/dz_j = s_i ([i = j] - s_j).

    Each column is one example. `derivative` is the full Jacobian ``J[i, j] = ds_i/dz_j``: shape
    ``(n, n)`` for ``z`` of shape ``(n,)``, and ``(n, n, m)`` for a batch ``(n, m)``. The greatest
    entry is subtracted first, which changes nothing but keeps exp from overflowing. Source:
    Bridle, "Probabilistic interpretation of feedforward classification network outputs" (1990).
    """

    name = "softmax"

    def __call__(self, z: ArrayLike) -> Array:
        z = self._z(z)
        # A difference too great for a float is as good as infinite; infinite z: NaN, or a share of 0.
        with np.errstate(over="ignore", invalid="ignore"):
            e = np.exp(z - z.real.max(axis=0))
            s: Array = e / e.sum(axis=0)
        return s

    def derivative(self, z: ArrayLike) -> Array:
        s = self(z)
        same = np.eye(len(s)).reshape(len(s), len(s), *[1] * (s.ndim - 1))
        jacobian: Array = s[:, None] * (same - s[None, :])
        return jacobian

    def _vjp(self, z: Array, upstream: Array) -> Array:
        s = self(z)
        downstream: Array = s * (upstream - (upstream * s).sum(axis=0))
        return downstream

    def _z(self, z: ArrayLike) -> Array:
        z = super()._z(z)
        if z.ndim not in (1, 2) or len(z) == 0:
            raise ValueError(
                f"softmax: z must have shape (n,) or (n, m) with n at least 1, got {z.shape}; "
                "its units lie along axis 0 and its examples are columns"
            )
        return z


def _decay(z: Array) -> Array:
    """Return exp(-|z|), which cannot overflow; for complex z, |z| stands for z or -z."""
    return np.asarray(np.exp(np.where(z.real >= 0, -z, z)))


identity = Identity()
sigmoid = Sigmoid()
tanh = Tanh()
relu = ReLU()
leaky_relu = LeakyReLU()
softplus = Softplus()
softmax = Softmax()

_KNOWN = (identity, sigmoid, tanh, relu, leaky_relu, softplus, softmax)


def find_activation(choice: str | Activation) -> Activation:
    """Return the activation called `choice`; an activation is returned as it is."""
    return pick(choice, _KNOWN, Activation, "activation")
