"""Slopes of a function at a point, measured on a ladder of ever smaller steps.

A step s to either side gives three slopes: the left, the right and the central one::

    (f(x) - f(x - s)) / s,    (f(x + s) - f(x)) / s,    (f(x + s) - f(x - s)) / (2 s)

A single step cannot say what it is worth, but three can: where f is smooth, their central slopes
agree, and the gap between right and left shrinks as the step does. By how much three steps fail in
that is their doubt. The ladder goes down from h until there is next to none, or to its end; and
what the slopes do on the way tells a kink from a jump, and both from a function that is rough.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

__all__ = ["ROUGH", "SHRINK", "Ladder", "Rung", "climb"]

# From rung to rung. Not a half: the stairs of an f in single precision could fit three such steps.
SHRINK = 0.47
LENGTH = 19  # rungs; the last step is near h**2, where rounding outweighs all but steep slopes

EPS = float(np.finfo(float).eps)
ROUNDING = 16 * EPS  # of f, relative to |f|: a handful of operations
# Rounding inside f may be greater. It is believed to be that up to these bounds:
STRAY = 1e-3  # of the steepest slope
INSIDE = 1e3 * EPS  # of f, if f is of size 1 inside

JUMP = "f jumps"
TOO_FAST = "f changes too fast, its slope grows for as long as the step shrinks"
ROUGH = "f is rough, as if it computed in single precision somewhere; compute in float64 throughout"
UNSETTLED = "f's slopes do not settle as the step shrinks"


class Rung(NamedTuple):
    """The slopes of one step."""

    step: float
    left: float
    right: float
    central: float
    moved: tuple[float, float]  # |f(x - s) - f(x)|, |f(x + s) - f(x)|
    size: float  # the greatest |f| of the three

    @property
    def gap(self) -> float:
        return self.right - self.left

    @property
    def steep(self) -> float:
        return max(abs(self.left), abs(self.right))

    @property
    def rounding(self) -> float:
        """What the rounding of f makes of a slope."""
        return ROUNDING * self.size / self.step


class Ladder(NamedTuple):
    """What the steps tell: the slope, or why there is none."""

    rung: Rung  # the one whose slopes count
    error: float  # of its central slope, at most
    kink: bool = False
    trouble: str = ""  # in words, if the slopes settle to nothing


def climb(rung: Callable[[float], Rung], top: list[Rung], needed: float, steepest: float) -> Ladder:
    """Go down from the three rungs of `top` until the slopes settle.

    Parameters
    ----------
    rung : callable
        Makes the rung of a step.
    top : list of Rung
        Those of h and the next two steps.
    needed : float
        The relative error that the slope may have.
    steepest : float
        The greatest one-sided slope in any direction.
    """
    rungs, first = list(top), _doubt(*top)
    while True:
        a, b, c = rungs[-3:]
        doubt = _doubt(a, b, c)
        # Further down rounding hides everything, so it must stay below what it would hide.
        blind = a is not rungs[0] and c.rounding > 0.05 * first
        fine = doubt <= max(c.rounding, needed * a.steep)
        if fine and not blind and not _stairs(rungs[0], first, a, c):
            return Ladder(a, a.rounding + 2.0 * doubt)
        if len(rungs) == LENGTH:
            return _unsettled(rungs, steepest)
        rungs.append(rung(c.step * SHRINK))


def _doubt(a: Rung, b: Rung, c: Rung) -> float:
    return max(
        abs(a.central - b.central),
        abs(b.central - c.central),
        abs(a.gap - b.gap / SHRINK),
        abs(b.gap - c.gap / SHRINK),
    )


def _stairs(top: Rung, first: float, a: Rung, c: Rung) -> bool:
    """Whether these rungs stand on one tread of an f that is all stairs.

    There f stands still, or does what is left of it; but greater steps had agreed on another slope.
    """
    still = min(top.moved) > 0.0 and max(*a.moved, *c.moved) == 0.0
    return still or (first <= 0.5 * top.steep and abs(a.central - top.central) > 2.0 * first)


def _unsettled(rungs: list[Rung], steepest: float) -> Ladder:
    """Say what it is when all steps have been tried: a slow limit, a kink, a jump, or roughness."""
    top, last = rungs[0], rungs[-1]
    threes = list(zip(rungs, rungs[1:], rungs[2:], strict=False))
    first = _doubt(*threes[0])
    a, b, c = min(
        (three for three in threes if not _stairs(top, first, three[0], three[2])),
        key=lambda three: _doubt(*three) + three[2].rounding,
    )
    doubt = _doubt(a, b, c)
    if first <= STRAY * steepest and first * top.step <= INSIDE * max(1.0, top.size):
        # Where f is stationary, its slope is as uncertain as the place where it is.
        return Ladder(top, top.rounding + 4.0 * first + STRAY * abs(top.gap))
    if doubt <= 0.01 * first and c.rounding <= 0.05 * first:
        return Ladder(a, a.rounding + 2.0 * doubt)
    size, moved = top.size, max(top.moved)
    if max(last.moved) >= 0.5 * moved > 1e-6 * size:
        return Ladder(top, np.inf, trouble=JUMP)
    sides = min(threes, key=_drift)
    if _drift(sides) <= 0.05 * abs(sides[0].gap):
        return Ladder(sides[0], _drift(sides), kink=True)
    if last.steep >= 4.0 * top.steep and moved > 1e-6 * size:
        return Ladder(top, np.inf, trouble=TOO_FAST)
    rough = first * top.step
    return Ladder(top, np.inf, trouble=ROUGH if rough < 1e-5 * size else UNSETTLED)


def _drift(three: tuple[Rung, Rung, Rung]) -> float:
    """How far the one-sided slopes are from having settled."""
    a, b, c = three
    sides = ((a.left, b.left), (b.left, c.left), (a.right, b.right), (b.right, c.right))
    return max(abs(one - other) for one, other in sides) + c.rounding
