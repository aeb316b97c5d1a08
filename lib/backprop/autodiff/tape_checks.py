"""What a tape is replayed with: checked by name, shape and value."""

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._validate import shown
from .inputs import finite_float64
from .primitives import Shape, Value

__all__ = ["check_inputs", "check_update", "whole"]


def check_inputs(
    caller: str, own: Mapping[str, Value], given: Mapping[str, ArrayLike], entrywise: bool
) -> dict[str, Any]:
    """The tape's own values, replaced by those that are given.

    Each keeps its shape; but where every operation acts entry by entry on scalars, arrays are taken
    too, if they broadcast together.
    """
    values: dict[str, Any] = dict(own)
    for name, value in given.items():
        if name not in values:
            raise ValueError(f"{caller}: the tape has no input {name!r}; it has {names(own)}")
        values[name] = finite_float64(value, f"{caller}: input {name}")
        shape, traced = np.shape(values[name]), np.shape(own[name])
        if shape != traced and not entrywise:
            raise ValueError(
                f"{caller}: input {name} was traced with shape {traced}, got {shape}; "
                "trace the function again with the new shape"
            )
    shapes = {name: np.shape(value) for name, value in values.items()} if entrywise else {}
    if any(shapes.values()):
        try:
            full = np.broadcast_shapes(*shapes.values())
        except ValueError:
            raise ValueError(
                f"{caller}: arrays on a tape of scalars must broadcast together, got shapes {shapes}"
            ) from None
        values = {name: np.broadcast_to(value, full) for name, value in values.items()}
    return values


def check_update(
    update: Mapping[str, str], inputs: Mapping[str, Value], outputs: Mapping[str, Shape]
) -> None:
    """Refuse an update unless it leads from inputs to outputs of the same shapes."""
    if not isinstance(update, Mapping):
        raise TypeError(
            f'Tape.iterate expects update to be a dict such as {{"w": "w_next"}}, got '
            f"{shown(update)}"
        )
    for source, target in update.items():
        if source not in inputs or target not in outputs:
            raise ValueError(
                f"Tape.iterate: update {shown(source)}: {shown(target)} must lead from an input "
                f"({names(inputs)}) to an output ({names(outputs)})"
            )
        shape = np.shape(inputs[source])
        if shape != outputs[target]:
            raise ValueError(
                f"Tape.iterate: update {source!r}: {target!r} has shape {outputs[target]}, but "
                f"{source!r} has shape {shape}; feed back an output of the input's own shape"
            )


def whole(steps: Any) -> int:
    """The number of steps, at least 0."""
    try:
        if isinstance(steps, bool | np.bool):
            raise TypeError
        count = operator.index(steps)
    except TypeError:
        raise TypeError(f"Tape.iterate: steps must be a whole number, got {shown(steps)}") from None
    if count < 0:
        raise ValueError(f"Tape.iterate: steps must be 0 or more, got {shown(count)}")
    return count


def names(named: Mapping[str, object]) -> str:
    return ", ".join(named)
