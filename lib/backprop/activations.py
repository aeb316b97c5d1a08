"""Activation functions g, each with its derivative g' beside it.

An activation is called with the pre-activation ``z`` and so is everything else about it: the
argument of ``derivative`` is always ``z``, never ``a = g(z)``.

Shapes: any, elementwise, except `softmax`, which works down the columns of ``(n,)`` or ``(n, m)``.
Input becomes float64. Complex input is taken too, so that the complex step can check a gradient;
the relu family then chooses its branch by the real part. NaN in gives NaN out.

Errors: TypeError when ``z`` is not numeric; ValueError when shapes do not fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ._activation import Activation as Activation
from ._activation import Array
from ._validate import pick, real_number

# Arrays, because an operation converts a plain number anew each time.
ZERO, ONE, MINUS_ONE = np.array(0.0), np.array(1.0), np.array(-1.0)

__all__ = ["identity", "leaky_relu", "relu", "sigmoid", "softmax", "softplus", "tanh"]


class Identity(Activation):
    """g(z) = z, g'(z) = 1."""

    name = "identity"

    def __call__(self, z: ArrayLike) -> Array:
        return +self._z(z)

    def derivative(self, z: ArrayLike) -> Array:
        return np.ones_like(self._z(z))[()]

    in_place = True

    def write(self, z: Array, a: Array) -> None:
        """Nothing to write: a stands in the place of z."""

    def pull_back(self, z: Array, a: Array, delta: Array, spare: Array) -> None:
        """Nothing to multiply by."""


class Sigmoid(Activation):
    """sigma(z) = 1 / (1 + exp(-z)), sigma'(z) = sigma(z) (1 - sigma(z)).

    The derivative is computed as ``e / (1 + e)**2`` with ``e = exp(-|z|)``: ``1 - sigma(z)`` would
    lose every digit from z = 37 on.
    """

    name = "sigmoid"

    def __call__(self, z: ArrayLike) -> Array:
        z = self._z(z)
        e = decay(z)
        return np.where(z.real >= 0, 1.0, e) / (1.0 + e)

    def derivative(self, z: ArrayLike) -> Array:
        e = decay(self._z(z))
        slope: Array = e / (1.0 + e) ** 2
        return slope

    in_place = True

    def write(self, z: Array, a: Array) -> None:
        np.negative(z, a)  # exp(-z) may be infinite, and then a is 0, as it should be
        np.exp(a, a)
        np.add(a, ONE, a)
        np.reciprocal(a, a)

    def pull_back(self, z: Array, a: Array, delta: Array, spare: Array) -> None:
        np.subtract(ONE, a, spare)  # a (1 - a), as for tanh
        np.multiply(a, spare, spare)
        np.multiply(delta, spare, delta)


class Tanh(Activation):
    """tanh(z), tanh'(z) = 1 - tanh(z)**2 = 1 / cosh(z)**2.

    The derivative is computed from ``1/cosh(z) = 2e / (1 + e**2)`` with ``e = exp(-|z|)``, which
    keeps its digits where ``1 - tanh(z)**2`` cancels to 0 (from z = 19 on).
    """

    name = "tanh"

    def __call__(self, z: ArrayLike) -> Array:
        return np.tanh(self._z(z))

    def derivative(self, z: ArrayLike) -> Array:
        e = decay(self._z(z))
        sech: Array = 2.0 * e / (1.0 + e * e)
        return sech * sech

    in_place = True

    def write(self, z: Array, a: Array) -> None:
        np.tanh(z, a)

    def pull_back(self, z: Array, a: Array, delta: Array, spare: Array) -> None:
        # 1 - a**2: right to 1e-16, if not to its last digit, for a third of the time
        np.multiply(a, a, spare)
        np.subtract(ONE, spare, spare)
        np.multiply(delta, spare, delta)


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

    in_place = True

    def write(self, z: Array, a: Array) -> None:
        np.maximum(z, ZERO, out=a)

    def pull_back(self, z: Array, a: Array, delta: Array, spare: Array) -> None:
        np.multiply(delta, a > ZERO, delta)


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
        return np.where(z.real >= 0, z, 0.0) + np.log1p(decay(z))

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


def decay(z: Array) -> Array:
    """Return exp(-|z|), which cannot overflow; for complex z, |z| stands for z or -z."""
    if z.dtype.kind == "f":
        return np.asarray(np.exp(np.copysign(z, MINUS_ONE)))
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
