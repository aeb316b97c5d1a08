"""Pictures of what one layer can tell apart, and what two can."""

from collections.abc import Callable
from typing import Any

from numpy.typing import ArrayLike

from backprop_book.decision import decision
from livetext import draw

__all__ = ["bent", "straight"]

Predict = Callable[[Any], Any]


def straight(predict: Predict, x: ArrayLike, y: ArrayLike) -> draw.Picture:
    """The border of one neuron, which is a straight line."""
    return draw.Picture(
        decision(predict, x, y, width=420),
        name="two-layers-straight",
        alt="Two crescents of points that reach into each other, blue circles and orange triangles, with a "
        "straight border through both: a tip of each crescent lies on the wrong side",
        caption="One neuron, trained for as long as it helps. Behind the points is what it answers; where the "
        "tint changes is its border.",
    )


def bent(predict: Predict, x: ArrayLike, y: ArrayLike) -> draw.Picture:
    """The border of a neuron that listens to three hidden units."""
    return draw.Picture(
        decision(predict, x, y, width=420),
        name="two-layers-bent",
        alt="The same two crescents, with a border that bends twice and follows the gap between them: every "
        "point lies on its own side",
        caption="The same points, and three tanh units in front of the neuron.",
    )
