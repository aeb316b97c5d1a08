"""All quantities of a figure or a question at one setting of its inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop.autodiff import Tape

from .controls import Iteration

Values = dict[str, float]


@dataclass(frozen=True)
class State:
    """All numbers of a figure at one setting of its sliders."""

    tape: Tape
    settings: Values
    iteration: Iteration | None
    # Arrays that views read whole: their entries are no quantities.
    arrays: frozenset[str] = frozenset()

    def inputs(self) -> dict[str, Any]:
        """Settings of the tape; those of an array's entries as the whole array."""
        given: dict[str, Any] = {n: v for n, v in self.settings.items() if n in self.tape.inputs}
        for name, value in self.tape.inputs.items():
            entries = flat(name, value)
            if name not in given and entries.keys() & self.settings.keys():
                numbers = [self.settings.get(entry, old) for entry, old in entries.items()]
                given[name] = np.reshape(numbers, value.shape)
        return given

    def quantities(self) -> Values:
        """Every quantity by name: controls, the inputs without one, and outputs.

        Entries of arrays are ``delta[0]``, ``W[1,2]``.
        """
        hidden = self.arrays | self.settings.keys()
        fixed = {n: v[None] for n, v in self.tape.inputs.items() if n not in hidden}
        values = self.settings | _flat(fixed, 0)
        if self.iteration is None:
            with np.errstate(all="ignore"):
                rows = self._named(self.tape.iterate({}, 0, **self.inputs()))
            return values | _flat(rows, 0)
        rows = self._named(self.history())
        count = int(self.settings[self.iteration.counter])
        now = _flat(rows, count)
        return values | _flat(rows, 0) | {f"{name}_k": v for name, v in now.items()}

    def _named(self, rows: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
        return {name: row for name, row in rows.items() if name not in self.arrays}

    def history(self) -> dict[str, NDArray[np.float64]]:
        if self.iteration is None:
            raise ValueError("a history needs a figure with an iteration")
        count = int(self.settings[self.iteration.counter])
        return self.tape.iterate(self.iteration.update, count, **self.inputs())

    def final(self, names: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        """Arrays, inputs or outputs, as they are after the last update."""
        count = int(self.settings[self.iteration.counter]) if self.iteration else 0
        rows = self.history() if self.iteration else self.tape.iterate({}, 0, **self.inputs())
        return {n: rows[n][count] if n in rows else self.tape.inputs[n] for n in names}

    def at(self, name: str, value: float) -> "State":
        """The state with another value of one input, be it a slider's or not."""
        return State(self.tape, self.settings | {name: value}, self.iteration, self.arrays)

    def sweep(self, name: str, values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        fixed = {key: value for key, value in self.inputs().items() if key != name}
        return self.tape.sweep(name, values, **fixed) | {name: values}


def flat(name: str, value: NDArray[np.float64]) -> Values:
    """Each entry of an array by its name."""
    return _flat({name: value[None]}, 0)


def _flat(rows: Mapping[str, NDArray[np.float64]], k: int) -> Values:
    values: Values = {}
    for name, history in rows.items():
        if history[k].ndim == 0:
            values[name] = float(history[k])
        for index, entry in np.ndenumerate(history[k]) if history[k].ndim else ():
            values[f"{name}[{','.join(map(str, index))}]"] = float(entry)
    return values
