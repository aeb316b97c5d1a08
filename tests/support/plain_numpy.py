"""The plain NumPy computation of every activation and loss, written a second time."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any


def sigmoid(z: Array) -> Array:
    small = np.exp(np.where(z.real >= 0, -z, z))
    return np.where(z.real >= 0, 1 / (1 + small), small / (1 + small))


def softplus(z: Array) -> Array:
    return np.where(z.real >= 0, z, 0) + np.log1p(np.exp(np.where(z.real >= 0, -z, z)))


def softmax(z: Array) -> Array:
    e = np.exp(z - np.max(z.real, axis=0))
    return e / np.sum(e, axis=0)


def tanh_slope(z: Array) -> Array:
    small = np.exp(np.where(z.real >= 0, -2 * z, 2 * z))
    return 4 * small / (1 + small) ** 2


def softmax_jacobian(z: Array) -> Array:
    s, n = softmax(z), len(z)
    columns = s.reshape(n, math.prod(s.shape[1:]))
    full = np.empty((n, *columns.shape), dtype=s.dtype)
    for k in range(n):
        full[:, k] = -columns * columns[k]
        full[k, k] += columns[k]
    return full.reshape(n, n, *z.shape[1:])


ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "identity": (lambda z: z, lambda z: np.ones(z.shape)),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "tanh": (np.tanh, tanh_slope),
    "relu": (lambda z: np.where(z.real <= 0, 0, z),
             lambda z: np.where(np.isnan(z.real), np.nan, z.real > 0)),
    "leaky_relu": (lambda z: np.where(z.real > 0, z, 0.01 * z),
                   lambda z: np.where(np.isnan(z.real), np.nan, np.where(z.real > 0, 1.0, 0.01))),
    "softplus": (softplus, sigmoid),
    "softmax": (softmax, softmax_jacobian),
}  # fmt: skip


def batch(p: Array) -> int:
    return p.shape[1] if p.ndim == 2 else 1


def times_log(y: Array, x: Array) -> Array:
    """Y log x, where nothing times anything is nothing."""
    return np.where(y == 0, 0, y * np.log(np.where(y == 0, 1, x)))


def quotient(y: Array, p: Array) -> Array:
    return np.where(y == 0, 0, y / np.where(y == 0, 1, p))


def bce(p: Array, y: Array) -> Array:
    rest = np.where(y == 1, 0, (1 - y) * np.log1p(-np.where(y == 1, 0, p)))
    return -np.sum(times_log(y, p) + rest) / batch(p)


def bce_slope(p: Array, y: Array) -> Array:
    return (quotient(1 - y, 1 - p) - quotient(y, p)) / batch(p)


def ce_logits(z: Array, y: Array) -> Array:
    top = np.max(z.real, axis=0)
    return np.sum(top + np.log(np.sum(np.exp(z - top), axis=0)) - np.sum(y * z, axis=0)) / batch(z)


LOSSES: dict[str, dict[str, Callable[[Array, Array], Array]]] = {
    "half_squared_error": {
        "": lambda p, y: np.sum((p - y) ** 2) / 2 / batch(p),
        "gradient": lambda p, y: (p - y) / batch(p),
    },
    "squared_error": {
        "": lambda p, y: np.sum((p - y) ** 2) / batch(p),
        "gradient": lambda p, y: 2 * (p - y) / batch(p),
    },
    "binary_cross_entropy": {
        "": bce,
        "gradient": bce_slope,
        "from_logits": lambda z, y: np.sum(y * softplus(-z) + (1 - y) * softplus(z)) / batch(z),
        "gradient_from_logits": lambda z, y: (sigmoid(z) - y) / batch(z),
    },
    "cross_entropy": {
        "": lambda p, y: -np.sum(times_log(y, p)) / batch(p),
        "gradient": lambda p, y: -quotient(y, p) / batch(p),
        "from_logits": ce_logits,
        "gradient_from_logits": lambda z, y: (softmax(z) - y) / batch(z),
    },
}  # fmt: skip
