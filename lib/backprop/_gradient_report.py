"""What a gradient check found, and how it says so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["GradientReport", "Index"]

Array = NDArray[np.float64]
Index = tuple[int, ...]


@dataclass(frozen=True, eq=False, repr=False)
class GradientReport:
    """What `check_gradient` found.

    Each coordinate is in one of four states: it agrees; it is `wrong`; it is one of the `kinks`,
    where there is no slope to compare with; or it is `undecided`.

    Attributes
    ----------
    passed : bool
        Whether at least one coordinate was compared, and none is wrong or undecided.
    max_relative_error : float
        The greatest ``|a - n| / max(|a|, |n|, floor / tolerance)`` of the coordinates that were
        compared; NaN if none was.
    kinks : tuple of index tuples
        Where f has a slope to the left and another to the right. They are listed, not compared.
    wrong : tuple of index tuples
        Where the analytic value differs from the slope or, at a kink, lies outside the two slopes.
    undecided : dict of index tuples to str
        Where nothing can be said, and why: f jumps, is rough, or changes too fast.
    worst : index tuple or None
        Where the relative error is greatest; None if no coordinate was compared.
    analytic : ndarray
        The gradient under test, in x's shape, as are the arrays below.
    numeric : ndarray
        What the witness found.
    relative_error : ndarray
        Their plain relative difference ``|a - n| / max(|a|, |n|)``.
    left : ndarray
        The one-sided slope towards smaller x.
    right : ndarray
        The one-sided slope towards greater x; the two differ at a kink.
    method : str
        ``"central"`` or ``"complex"``.
    tolerance : float
        The relative error allowed.
    floor : ndarray
        The difference that the witness's own error explains, whatever the relative error.
    h : ndarray
        The step of each coordinate.
    note : str
        What the values of f say about its precision, or nothing.
    """

    passed: bool
    max_relative_error: float
    kinks: tuple[Index, ...]
    wrong: tuple[Index, ...]
    undecided: dict[Index, str]
    worst: Index | None
    analytic: Array
    numeric: Array
    relative_error: Array
    left: Array
    right: Array
    method: str
    tolerance: float
    floor: Array
    h: Array
    note: str = ""

    def __str__(self) -> str:
        # Digits below the tolerance are rounding and differ between machines: none is printed.
        witness = "central differences" if self.method == "central" else "the complex step"
        count = self.analytic.size
        compared = count - len(self.undecided) - len(self.kinks)
        if self.passed:
            agree = f"{compared} of {count}" if self.kinks else f"all {count}"
            text = f"passed: {agree} slopes agree with {witness} to {self.tolerance:g}"
            if self._rounded():
                text += " or to the rounding of f"
        elif self.wrong:
            text = (
                f"FAILED: {len(self.wrong)} of {count} slopes disagree with {witness}; "
                + self._worst()
            )
        else:
            text = f"UNDECIDED: {compared} of {count} slopes could be compared with {witness}"
        if self.kinks:
            text += f"; kinks at {', '.join(map(_place, self.kinks))}, not compared"
        for why in dict.fromkeys(self.undecided.values()):
            where = ", ".join(_place(i) for i, reason in self.undecided.items() if reason == why)
            text += f"; not compared at {where}: {why}"
        return text + (f"; {self.note}" if self.note else "")

    def _rounded(self) -> bool:
        """Whether some slope is compared no closer than f's rounding lets it be seen.

        Its difference counts as none although it is greater than the tolerance; or f did not change,
        and a slope below the floor would look the same.
        """
        apart = self.relative_error > self.tolerance
        if self.method == "central":
            apart |= (self.numeric == 0.0) & (self.floor > 0.0)
        return any(tuple(map(int, i)) not in self.kinks for i in np.argwhere(apart))

    def _worst(self) -> str:
        smooth = [i for i in self.wrong if i not in self.kinks]
        if not smooth:
            i = self.wrong[0]
            return (
                f"at the kink {_place(i)} analytic {self.analytic[i]:.6g} is not between the slopes "
                f"{self.left[i]:.6g} and {self.right[i]:.6g}"
            )
        i = max(smooth, key=lambda index: float(self.relative_error[index]))
        return (
            f"worst at {_place(i)}: analytic {self.analytic[i]:.6g}, numeric {self.numeric[i]:.6g}, "
            f"relative error {self.relative_error[i]:.2g}"
        )

    def __repr__(self) -> str:
        return f"<gradient check {self}>"


def _place(index: Index) -> str:
    """Where an entry stands; a single number is x itself."""
    return str(index) if index else "x"
