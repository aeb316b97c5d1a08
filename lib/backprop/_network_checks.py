"""What a network refuses, and what it says: shapes, values, and results that overflow."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._validate import finite, first_bad, numbers, positive_int, shown
from .activations import Activation, find_activation

if TYPE_CHECKING:
    from .network import Dense, Gradients, Run

__all__ = [
    "check_gradients",
    "check_input",
    "check_layers",
    "check_parameter",
    "check_run",
    "check_sizes",
    "check_target",
    "drawn",
    "generator",
    "sound",
]

Array = NDArray[np.float64]


def sound(array: Array, what: str, k: int) -> Array:
    """Return `array`, or raise FloatingPointError naming layer k if it is not all finite."""
    bad = first_bad(array)
    if bad is not None:
        raise FloatingPointError(
            f"{what} of {_layer(k)} is {bad}, the first value that is not finite; "
            "nothing has changed: try a smaller lr, smaller weights or scaled inputs"
        )
    return array


def check_parameter(value: ArrayLike, name: str, shape: tuple[int, ...] | None = None) -> Array:
    """Return W or b of a Dense layer as float64, of the given shape if there is one."""
    array = numbers(value, f"Dense: {name}")
    finite(array, f"Dense: {name}")
    if shape is not None and array.shape != shape:
        raise ValueError(
            f"Dense: {name} has shape {shape}, got {array.shape}; "
            "make a new Dense for a layer of another size"
        )
    return array


def check_layers(layers: tuple[Dense, ...]) -> None:
    """Check that each layer fits the one before it."""
    if not layers:
        raise ValueError("Network: no layers; pass at least one Dense")
    for k, layer in enumerate(layers):
        if any(layer is other for other in layers[:k]):
            raise ValueError(f"Network: {_layer(k)} appears twice; make one Dense for each layer")
        n_in, before = layer.W.shape[1], len(layers[k - 1].b)
        if k > 0 and n_in != before:
            raise ValueError(
                f"Network: {_layer(k)} expects {n_in} inputs, got {before} from {_layer(k - 1)}; "
                "W of a layer has one column for each unit of the layer before it"
            )


def check_sizes(
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


def generator(seed: int | np.random.Generator) -> np.random.Generator:
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


def drawn(rng: np.random.Generator, deviation: float, shape: tuple[int, int]) -> Array:
    """Return normal numbers for the weights of one layer, if they fit into the memory."""
    try:
        return rng.normal(0.0, deviation, size=shape)
    except (MemoryError, OverflowError, ValueError) as error:
        raise ValueError(
            f"Network.random: sizes ask for weights of shape {shown(shape)}, more than fits into "
            f"the memory ({error}); choose smaller ones"
        ) from None


def check_input(x: ArrayLike, layers: tuple[Dense, ...]) -> Array:
    """Return x as float64, after checking it and, as they are writable, every W and b."""
    array = numbers(x, "Network.forward: x")
    n_in = layers[0].W.shape[1]
    if array.ndim not in (1, 2):
        raise ValueError(
            f"Network.forward: x must have shape ({n_in},) or ({n_in}, m), got {array.shape}; "
            "one number goes in a list, [x], and more than two axes into columns"
        )
    if len(array) != n_in:
        transposed = array.ndim == 2 and array.shape[1] == n_in
        raise ValueError(
            f"Network.forward: {_layer(0)} expects {n_in} inputs, got {len(array)}; x has shape "
            f"{array.shape} and its columns are examples" + (": pass x.T" if transposed else "")
        )
    if array.size == 0:
        raise ValueError(
            f"Network.forward: empty batch, x has shape {array.shape}; pass at least one column"
        )
    finite(array, "Network.forward: x")
    for k, layer in enumerate(layers):
        finite(layer.W, f"Network.forward: W of {_layer(k)}")
        finite(layer.b, f"Network.forward: b of {_layer(k)}")
    return array


def check_target(y: ArrayLike, output: Array) -> Array:
    """Return y as float64, of the output's shape."""
    array = numbers(y, "Network: y")
    if array.shape != output.shape:
        way_out = "pass one target for each output"
        if array.size == output.size:
            way_out = f"if the order is right, pass y.reshape{output.shape}"
        raise ValueError(
            f"Network: y has shape {array.shape}, but the output has {output.shape}; {way_out}"
        )
    finite(array, "Network: y")
    return array


def check_run(run: Run, layers: tuple[Dense, ...]) -> None:
    """Check that the run is one of a network with these very layers."""
    if run.layers is not layers:
        raise ValueError(
            f"Network.backward: {run} was made by another network; pass the run that this "
            "network's forward returned"
        )


def check_gradients(
    grads: Gradients, layers: tuple[Dense, ...], operation: str
) -> list[tuple[Array, Array]]:
    """Return the pairs (dL/dW[k], dL/db[k]), after checking them against the layers."""
    if not len(grads.W) == len(grads.b) == len(layers):
        raise ValueError(
            f"{operation}: grads are for {len(grads.W)} layers, but the network has "
            f"{len(layers)}; pass what this network's backward returned"
        )
    pairs = []
    for k, layer in enumerate(layers):
        arrays = []
        for name, given, own in (("W", grads.W[k], layer.W), ("b", grads.b[k], layer.b)):
            gradient = numbers(given, f"{operation}: grads.{name}[{k}]")
            if gradient.shape != own.shape:
                raise ValueError(
                    f"{operation}: grads.{name}[{k}] has shape {gradient.shape}, but {name} of "
                    f"{_layer(k)} has {own.shape}; pass what this network's backward returned"
                )
            finite(gradient, f"{operation}: grads.{name}[{k}]")
            arrays.append(gradient)
        pairs.append((arrays[0], arrays[1]))
    return pairs


def _layer(k: int) -> str:
    return f"Dense layer {k + 1} (layers[{k}])"
