"""Layers with random weights, for `Network.random`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ._activation import Activation
from ._validate import positive_int, shown
from .activations import LeakyReLU, ReLU, find_activation
from .dense import Dense

__all__ = ["random_layers"]

Array = NDArray[np.float64]


def random_layers(
    sizes: Sequence[int],
    activations: Sequence[str | Activation],
    seed: int | np.random.Generator,
) -> list[Dense]:
    """Return one layer for each activation, with zero biases."""
    rng, layers = _generator(seed), []
    for n_in, n_out, activation in _sizes(sizes, activations):
        W = _drawn(rng, np.sqrt(_variance(activation, n_in, n_out)), (n_out, n_in))
        layers.append(Dense(W, np.zeros(n_out), activation))
    return layers


def _variance(activation: Activation, n_in: int, n_out: int) -> float:
    if isinstance(activation, ReLU):
        return 2.0 / n_in
    if isinstance(activation, LeakyReLU):
        return 2.0 / ((1.0 + activation.slope**2) * n_in)
    return 2.0 / (n_in + n_out)


def _sizes(
    sizes: Sequence[int], activations: Sequence[str | Activation]
) -> list[tuple[int, int, Activation]]:
    """Return (n_in, n_out, activation) for each layer that `Network.random` has to make."""
    for name, value in (("sizes", sizes), ("activations", activations)):
        if not isinstance(value, list | tuple | np.ndarray) or getattr(value, "ndim", 1) != 1:
            raise TypeError(
                f"Network.random: {name} must be a list, got {shown(value)}; for example "
                "Network.random([2, 8, 1], activations=['tanh', 'sigmoid'], loss=...)"
            )
    n = [positive_int(size, f"Network.random: sizes[{i}]") for i, size in enumerate(sizes)]
    if any(size > sys.maxsize for size in n):
        raise ValueError(
            f"Network.random: sizes hold {shown(max(n))}, more than fits into the memory; "
            "choose smaller ones"
        )
    if len(n) < 2:
        raise ValueError(
            f"Network.random: sizes must hold the input and the output at least, got {n}"
        )
    if len(activations) != len(n) - 1:
        raise ValueError(
            f"Network.random: sizes {n} make {len(n) - 1} layers, got {len(activations)} "
            "activations; give one for each layer, and none for the input"
        )
    return list(zip(n[:-1], n[1:], map(find_activation, activations), strict=True))


def _generator(seed: int | np.random.Generator) -> np.random.Generator:
    """Return the source of random weights for a seed; a generator is its own."""
    if isinstance(seed, np.random.Generator):
        return seed
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool | np.timedelta64):
        raise TypeError(
            "Network.random: seed must be a whole number or a numpy.random.Generator, got "
            f"{shown(seed)} ({type(seed).__name__})"
        )
    if seed < 0:
        raise ValueError(f"Network.random: seed must be at least 0, got {shown(seed)}")
    return np.random.default_rng(seed)


def _drawn(rng: np.random.Generator, deviation: float, shape: tuple[int, int]) -> Array:
    """Return normal numbers for the weights of one layer, if they fit into the memory."""
    try:
        return rng.normal(0.0, deviation, size=shape)
    except (MemoryError, OverflowError, ValueError) as error:
        raise ValueError(
            f"Network.random: sizes ask for weights of shape {shown(shape)}, more than fits into "
            f"the memory ({error}); choose smaller ones"
        ) from None
