"""The function under a gradient check, asked for values: in real steps, and in an imaginary one."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._gradient_report import Index
from ._ladder import ROUGH, SHRINK, Ladder, Rung, climb
from ._validate import exact

__all__ = ["Witnesses"]

Array = NDArray[np.float64]
WIDE = "compute in float64 throughout"


class Witnesses:
    """What f says at x and around it; f is a function of x alone, or this is refused."""

    def __init__(self, f: Callable[[Any], Any], x: Array) -> None:
        self.f, self.x = f, x
        self.seen: list[float] = []
        self.narrow = ""  # the type of what f returns, if it is narrower than float64
        self.value = self.ask(x)
        self.ask_again()

    def ask(self, x: Array, moved: Index | None = None) -> float:
        """Return f(x), one finite real number."""
        result = _single(np.asarray(self.f(x.copy()[()])))
        where = "x" if moved is None else f"x with coordinate {moved} at {x[moved]:.17g}"
        if np.iscomplexobj(result) or result.dtype.kind not in "biuf":
            raise TypeError(
                f"check_gradient: f must return a real number at {where}, got {result!r}"
            )
        if not np.isfinite(result):
            raise ValueError(
                f"check_gradient: f is {result} at {where}; choose an x further inside f's domain"
            )
        if result.dtype.kind == "f" and result.dtype.itemsize < 8:
            self.narrow = result.dtype.name
        self.seen.append(float(result))
        return self.seen[-1]

    def ask_again(self) -> None:
        """Refuse an f that now says something else at x than before."""
        now = self.ask(self.x)
        if now != self.value:
            raise ValueError(
                f"check_gradient: f is not a function of x alone: at the same x it returned "
                f"{self.value!r} and then {now!r}; seed its random numbers anew in each call, and let "
                "it change nothing that it reads, neither a counter nor its argument"
            )

    def rung(self, i: Index, step: float) -> Rung:
        """Return the slopes of coordinate i that a step to either side gives."""
        above, below = self.x.copy(), self.x.copy()
        above[i] += step
        below[i] -= step
        up, down = float(above[i] - self.x[i]), float(self.x[i] - below[i])
        if not (up and down):
            raise ValueError(
                f"check_gradient: h = {exact(step)} is too small to move coordinate {i} from "
                f"{exact(self.x[i])}; choose a greater h"
            )
        value, f_above, f_below = self.value, self.ask(above, i), self.ask(below, i)
        # x + h rounds; dividing by the difference that arose takes that error out again
        return Rung(
            step=step,
            left=(value - f_below) / down,
            right=(f_above - value) / up,
            central=(f_above - f_below) / (up + down),
            moved=(abs(f_below - value), abs(f_above - value)),
            size=max(abs(value), abs(f_above), abs(f_below)),
        )

    def ladders(self, needed: float) -> dict[Index, Ladder]:
        """Return the slope of each coordinate, with relative errors of `needed` where f allows it."""
        steps = np.cbrt(np.finfo(float).eps) * np.maximum(1.0, np.abs(self.x))
        tops = {
            i: [self.rung(i, float(steps[i]) * SHRINK**k) for k in range(3)]
            for i in np.ndindex(self.x.shape)
        }
        steepest = max([top[0].steep for top in tops.values()])
        ladders = {
            i: climb(partial(self.rung, i), top, needed, steepest) for i, top in tops.items()
        }
        if any(ladder.trouble == ROUGH for ladder in ladders.values()):
            # Then what settles below the first steps only may do so on a tread of f's stairs.
            for i, ladder in ladders.items():
                if not ladder.trouble and ladder.rung.step < steps[i]:
                    ladders[i] = Ladder(tops[i][0], np.inf, trouble=ROUGH)
        return ladders

    def central(self, step: Array) -> Array:
        """Return the central difference of each coordinate for this very step."""
        numeric = np.empty_like(self.x)
        for i in np.ndindex(self.x.shape):
            numeric[i] = self.rung(i, float(step[i])).central
        return numeric

    def complex_step(self, step: Array, real: Array, error: Array) -> Array:
        """Return Im f(x + ih)/h at each coordinate, after checking that f is analytic there.

        `real` are slopes from real steps, up to an `error`; infinite where they say nothing.
        """
        numeric = np.empty_like(self.x)
        for i in np.ndindex(self.x.shape):
            moved = self.x.astype(np.complex128)
            moved[i] += 1j * step[i]
            with warnings.catch_warnings():
                warnings.simplefilter("error", np.exceptions.ComplexWarning)
                try:
                    result = _single(np.asarray(self.f(moved[()])))
                except (TypeError, np.exceptions.ComplexWarning) as trouble:
                    raise TypeError(
                        f"check_gradient: f does not accept complex x ({trouble}); "
                        "use method='central', or write f without float() and real-only arrays"
                    ) from trouble
            slope = float(np.imag(result) / step[i])
            numeric[i] = slope
            if not np.isfinite(slope):
                raise ValueError(f"check_gradient: f is not finite with coordinate {i} moved by ih")
            if abs(slope - real[i]) > 1e-2 * max(abs(slope), abs(float(real[i]))) + 10.0 * error[i]:
                raise ValueError(
                    f"check_gradient: the complex step finds slope {slope:.6g} at {i}, but real "
                    f"steps find {real[i]:.6g}: f drops or changes the imaginary part (abs, conj, "
                    ".real, float()); use method='central', or write f with analytic functions alone"
                )
        return numeric

    def precision(self) -> str:
        """Say if f computes with fewer digits than its slopes need, as far as its values tell."""
        if self.narrow:
            return f"f returns {self.narrow}, too few digits for differences: {WIDE}"
        values = np.array(self.seen)
        with np.errstate(over="ignore"):
            single = bool((values == values.astype(np.float32)).all())
        if single and not (values == np.round(values)).all():
            return f"all values of f are float32 numbers; if f is single precision inside, {WIDE}"
        if (values == self.value).all():
            return f"f never changes near x; if it is half precision or rounded inside, {WIDE}"
        return ""


def _single(result: NDArray[Any]) -> NDArray[Any]:
    if result.shape != ():
        raise ValueError(
            f"check_gradient: f must return one number, got shape {result.shape}; "
            "return its sum, or one entry"
        )
    return result
