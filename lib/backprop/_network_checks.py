"""What a network refuses, and what it says: shapes, values, and results that overflow.

A pass looks once at what came out of it. Only when that is not finite is it walked again, number by
number, to name the first one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._loss import Loss
from ._validate import all_finite, finite, first_bad, numbers
from .dense import Dense

__all__ = [
    "check_forward",
    "check_gradients",
    "check_input",
    "check_layers",
    "check_target",
    "explain",
    "fit_gradients",
]

Array = NDArray[np.float64]


def check_layers(layers: Sequence[Dense]) -> None:
    """Check that each layer fits the one before it."""
    if not layers:
        raise ValueError("Network: no layers; pass at least one Dense")
    for k, layer in enumerate(layers):
        if any(layer is other for other in layers[:k]):
            raise ValueError(f"Network: {_name(k)} appears twice; make one Dense for each layer")
        n_in, before = layer.W.shape[1], len(layers[k - 1].b)
        if k > 0 and n_in != before:
            raise ValueError(
                f"Network: {_name(k)} expects {n_in} inputs, got {before} from {_name(k - 1)}; "
                "W of a layer has one column for each unit of the layer before it"
            )


def check_input(x: ArrayLike, n_in: int) -> Array:
    """Return x as float64, of shape (n_in,) or (n_in, m)."""
    array = numbers(x, "Network.forward: x")
    if array.ndim not in (1, 2):
        raise ValueError(
            f"Network.forward: x must have shape ({n_in},) or ({n_in}, m), got {array.shape}; "
            "one number goes in a list, [x], and more than two axes into columns"
        )
    if len(array) != n_in:
        transposed = array.ndim == 2 and array.shape[1] == n_in
        raise ValueError(
            f"Network.forward: {_name(0)} expects {n_in} inputs, got {len(array)}; x has shape "
            f"{array.shape} and its columns are examples" + (": pass x.T" if transposed else "")
        )
    if array.size == 0:
        raise ValueError(
            f"Network.forward: empty batch, x has shape {array.shape}; pass at least one column"
        )
    return array


def check_forward(layers: Sequence[Dense], z: Sequence[Array], a: Sequence[Array]) -> None:
    """Check that x, W, b, z and a are finite; `a` begins with x.

    A b that is not finite makes z so; a W or a may be hidden by a 0 that it is multiplied by.
    """
    if all_finite(*z, *a, *[layer.W for layer in layers]):
        return
    finite(a[0], "Network.forward: x")
    for k, layer in enumerate(layers):
        finite(layer.W, f"Network.forward: W of {_name(k)}")
        finite(layer.b, f"Network.forward: b of {_name(k)}")
    explain(range(len(layers)), {"z": z, "a": a[1:]})


def explain(ks: Iterable[int], results: Mapping[str, Sequence[Array]]) -> None:
    """Name the first result that is not finite: those of one layer in order, then the next layer's."""
    for k in ks:
        for name, arrays in results.items():
            bad = first_bad(arrays[k])
            if bad is not None:
                raise FloatingPointError(
                    f"{name} of {_name(k)} is {bad}, the first value that is not finite; "
                    "nothing has changed: try a smaller lr, smaller weights or scaled inputs"
                )


def check_target(y: ArrayLike, output: Array, loss: Loss) -> Array:
    """Return y as float64, of the output's shape and a target for the loss."""
    array = numbers(y, "Network: y")
    if array.shape != output.shape:
        way_out = "pass one target for each output"
        if array.size == output.size:
            way_out = f"if the order is right, pass y.reshape{output.shape}"
        raise ValueError(
            f"Network: y has shape {array.shape}, but the output has {output.shape}; {way_out}"
        )
    finite(array, "Network: y")
    loss.check_target(array)
    return array


def check_gradients(
    dW: Sequence[ArrayLike], db: Sequence[ArrayLike], layers: Sequence[Dense], operation: str
) -> None:
    """Check that dL/dW[k] and dL/db[k] are finite and fit the layers."""
    dW, db = fit_gradients(dW, db, layers, operation)
    if not all_finite(*dW, *db):
        for k in range(len(layers)):
            finite(dW[k], f"{operation}: grads.W[{k}]")
            finite(db[k], f"{operation}: grads.b[{k}]")


def fit_gradients(
    dW: Sequence[ArrayLike], db: Sequence[ArrayLike], layers: Sequence[Dense], operation: str
) -> tuple[list[Array], list[Array]]:
    """Return dL/dW[k] and dL/db[k] as float64, of the shapes of W[k] and b[k]."""
    if not len(dW) == len(db) == len(layers):
        raise ValueError(
            f"{operation}: grads are for {len(dW)} layers, but the network has "
            f"{len(layers)}; pass what this network's backward returned"
        )
    fitted: dict[str, list[Array]] = {"W": [], "b": []}
    for k, layer in enumerate(layers):
        for name, given, own in (("W", dW[k], layer.W), ("b", db[k], layer.b)):
            gradient = given
            if type(gradient) is not np.ndarray or gradient.dtype is not own.dtype:
                gradient = numbers(given, f"{operation}: grads.{name}[{k}]")
            if gradient.shape != own.shape:
                raise ValueError(
                    f"{operation}: grads.{name}[{k}] has shape {gradient.shape}, but {name} of "
                    f"{_name(k)} has {own.shape}; pass what this network's backward returned"
                )
            fitted[name].append(gradient)
    return fitted["W"], fitted["b"]


def _name(k: int) -> str:
    return f"Dense layer {k + 1} (layers[{k}])"
