"""What the reader may change: inputs of a tape, and how often its update is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["Choice", "Control", "Entries", "Iteration", "Slider"]


@dataclass(frozen=True)
class Slider:
    """A quantity that the reader may change: an input of the tape.

    Parameters
    ----------
    name
        The tape's input.
    label
        What it is, in a few words; formulas between asterisks: ``"weight *w*"``.
    low, high, step
        Range and grid. The starting value is the one that the tape was traced with.
    """

    name: str
    label: str
    low: float
    high: float
    step: float

    def __post_init__(self) -> None:
        if not self.label.strip():
            raise ValueError(f"slider {self.name!r} needs a label: say what it changes")
        numbers = (self.low, self.high, self.step)
        if not (np.all(np.isfinite(numbers)) and self.low < self.high and self.step > 0):
            raise ValueError(
                f"slider {self.name!r} needs low < high and step > 0, got "
                f"low={self.low}, high={self.high}, step={self.step}"
            )

    def check(self, value: float) -> float:
        """The value as a float, if the slider can hold it; else a ValueError or TypeError."""
        if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
            raise TypeError(f"slider {self.name!r} takes a number, got {type(value).__name__}")
        if not self.low <= value <= self.high:
            raise ValueError(
                f"slider {self.name!r} goes from {self.low:g} to {self.high:g}, got {value:g}"
            )
        return float(value)

    @property
    def digits(self) -> int:
        """Decimals enough to distinguish neighbouring values."""
        text = f"{self.step:.10f}".rstrip("0")
        return len(text.partition(".")[2])


@dataclass(frozen=True)
class Choice:
    """A quantity that the reader picks from a list: an input of the tape that holds 0, 1, 2, …

    The traced function distinguishes the options with `ad.where`.

    Parameters
    ----------
    name
        The tape's input.
    label
        What it is, in a few words; formulas between asterisks.
    options
        The words of the options, in order.
    moves
        For other sliders, where each option puts them when the reader chooses it: ``{"lr": (1, 0.1)}``.
    """

    name: str
    label: str
    options: Sequence[str]
    moves: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.label.strip():
            raise ValueError(f"choice {self.name!r} needs a label: say what is chosen")
        if len(self.options) < 2 or len(set(self.options)) < len(self.options):
            raise ValueError(
                f"choice {self.name!r} needs two options or more, all different, "
                f"got {list(self.options)}"
            )
        for moved, values in self.moves.items():
            if len(values) != len(self.options):
                raise ValueError(
                    f"choice {self.name!r} needs a value of {moved!r} for each of its {len(self.options)} "
                    f"options, got {list(values)}"
                )

    def check(self, value: float | str) -> float:
        """The number of an option, given by that number or by its words."""
        options = [*self.options]
        if isinstance(value, str) and value in options:
            return float(options.index(value))
        whole = isinstance(value, int | float | np.integer | np.floating)
        if not whole or isinstance(value, bool) or value not in range(len(options)):
            raise ValueError(
                f"choice {self.name!r} is one of {', '.join(map(repr, options))}, "
                f"or its number from 0 to {len(options) - 1}; got {value!r}"
            )
        return float(value)


@dataclass(frozen=True)
class Entries:
    """All entries of an array, an input of the tape, that the reader changes in a picture.

    They have no sliders: each is a quantity ``x[3]`` of the figure, which a view lets the reader move.

    Parameters
    ----------
    name
        The tape's input.
    label
        What one of them is, in a word or two.
    low, high
        Their range.
    """

    name: str
    label: str
    low: float
    high: float

    def check(self, value: float) -> float:
        """The value as a float, if an entry can be that; else a ValueError or TypeError."""
        return Slider(self.name, self.label, self.low, self.high, self.high - self.low).check(value)


Control = Slider | Choice | Entries


@dataclass(frozen=True)
class Iteration:
    """Repeat the tape's update, and let the reader choose how often.

    Adds the slider ``counter`` (number of updates) with play, pause and step buttons, and for
    every quantity ``q`` its value ``q_k`` after that many updates.

    Parameters
    ----------
    update
        For each input that moves, the output it takes its next value from.
    steps
        Most updates the reader can make.
    start
        Updates made when the figure opens.
    watch
        The output that shows a divergence; it is also reported in words ("the loss diverged at step 23").
    limit
        A divergence is a ``watch`` that passes this, or is no longer finite.
    counter, label
        Name and words of the slider.
    leap
        Of a button beside Step that makes so many updates at once; 0 for none.
    pace
        Milliseconds between two updates while the figure plays.
    """

    update: Mapping[str, str]
    steps: int
    start: int = 0
    watch: str = "loss"
    limit: float = 1e6
    counter: str = "k"
    label: str = "updates *k*"
    leap: int = 0
    pace: int = 700

    def __post_init__(self) -> None:
        counts = (self.steps, self.start)
        if not all(isinstance(n, int) for n in counts) or not 0 <= self.start <= self.steps > 0:
            raise ValueError(
                "an iteration needs a whole number of steps, 1 or more, and a start from 0 to that, "
                f"got steps={self.steps}, start={self.start}"
            )
        if not (np.isfinite(self.limit) and self.limit > 0):
            raise ValueError(f"an iteration's limit is a finite number above 0, got {self.limit}")

    @property
    def slider(self) -> Slider:
        return Slider(self.counter, self.label, 0, self.steps, 1)

    def data(self) -> dict[str, Any]:
        """As the page reads it, which has the pace elsewhere."""
        own = dict(vars(self))
        del own["pace"]
        return own if self.leap else {name: own[name] for name in own if name != "leap"}
