"""A layer of a network: weights, biases and an activation."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._activation import Activation
from ._validate import finite, numbers
from .activations import find_activation

__all__ = ["Dense"]

Array = NDArray[np.float64]


class Dense:
    """One layer: z = W a + b, then g(z).

    Parameters
    ----------
    W : array_like, shape (n_out, n_in)
        ``W[i, j]`` is the weight from unit j of the layer before to unit i. Copied.
    b : array_like, shape (n_out,)
        The biases. Copied.
    activation : str or activation
        ``"relu"`` or ``bp.relu``, for example.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit, an entry is no finite number, or the activation is unknown.

    Notes
    -----
    ``layer.W[0, 0] = 3`` writes in place; so does ``layer.W = ...``, which must keep the shape.
    """

    def __init__(self, W: ArrayLike, b: ArrayLike, activation: str | Activation) -> None:
        W, b = _parameter(W, "W"), _parameter(b, "b")
        self.activation = find_activation(activation)
        if W.ndim != 2 or W.size == 0:
            raise ValueError(
                f"Dense: W must have shape (n_out, n_in), both at least 1, got {W.shape}; "
                "one unit with 3 inputs has W of shape (1, 3)"
            )
        if b.shape != W.shape[:1]:
            raise ValueError(
                f"Dense: b must have shape {W.shape[:1]}, one bias for each row of W "
                f"{W.shape}, got {b.shape}; try b.reshape(-1)"
            )
        self._keep(W, b)

    def _keep(self, W: Array, b: Array) -> None:
        # Copied into one vector, so that a step moves both by one operation.
        self.parameters = np.concatenate([W.reshape(-1), b])
        self._W, self._b = self.parameters[: W.size].reshape(W.shape), self.parameters[W.size :]

    @property
    def W(self) -> Array:
        """The weights, shape (n_out, n_in)."""
        return self._W

    @W.setter
    def W(self, value: ArrayLike) -> None:
        self._W[...] = _parameter(value, "W", self._W.shape)

    @property
    def b(self) -> Array:
        """The biases, shape (n_out,)."""
        return self._b

    @b.setter
    def b(self, value: ArrayLike) -> None:
        self._b[...] = _parameter(value, "b", self._b.shape)

    # In a copy, too, W and b are parts of one vector.
    def __getstate__(self) -> tuple[Array, Array, Activation]:
        return self._W, self._b, self.activation

    def __setstate__(self, state: tuple[Array, Array, Activation]) -> None:
        *arrays, self.activation = state
        self._keep(*arrays)

    def __repr__(self) -> str:
        return f"Dense({self.W.shape[1]} -> {self.W.shape[0]} {self.activation.name})"


def _parameter(value: ArrayLike, name: str, shape: tuple[int, ...] | None = None) -> Array:
    """Return W or b of a Dense layer as float64, of the given shape if there is one."""
    array = numbers(value, f"Dense: {name}")
    finite(array, f"Dense: {name}")
    if shape is not None and array.shape != shape:
        raise ValueError(
            f"Dense: {name} has shape {shape}, got {array.shape}; "
            "make a new Dense for a layer of another size"
        )
    return array
