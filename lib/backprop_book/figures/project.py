"""Pictures of the project: examples of two classes, and what a network answers between them."""

from collections.abc import Callable
from typing import Any

from numpy.typing import ArrayLike

from backprop.network import Network
from livetext.draw import Picture

from ..decision import decision

__all__ = ["moons", "single_neuron", "straight", "xor"]


def single_neuron(x: ArrayLike, y: ArrayLike) -> Network:
    """A sigmoid neuron with two inputs, trained until it does as well as it can."""
    single = Network.random([2, 1], activations=["sigmoid"], loss="binary_cross_entropy", seed=0)
    for _ in range(400):
        single.step(x, y, lr=2.0)
    return single


def straight(single: Network, x: ArrayLike, y: ArrayLike) -> Picture:
    """The two moons, and the straight border of a single neuron."""
    return Picture(
        decision(lambda points: single.forward(points).output, x, y),
        name="project-straight",
        alt="Two moons that reach into each other, one of circles and one of "
        "triangles, and a straight border that cuts off a tip of each",
        caption="Circles have *y = 0*, triangles *y = 1*. The line is where the neuron says one half.",
    )


def xor(predict: Callable[[Any], Any], x: ArrayLike, y: ArrayLike) -> Picture:
    """The four examples of XOR, and the learner's answers once there are any."""
    return Picture(
        decision(predict, x, y),
        name="project-xor",
        alt="The four corners of a square: circles at two opposite corners, "
        "triangles at the two others; and, once train is written, the regions "
        "in which your network answers 0 and 1",
        caption="XOR, and your network's regions once train is written. "
        "Circles want *y = 0*, triangles *y = 1*.",
    )


def moons(predict: Callable[[Any], Any], x: ArrayLike, y: ArrayLike) -> Picture:
    """The two moons, and the learner's border between them once there is one."""
    return Picture(
        decision(predict, x, y),
        name="project-moons",
        alt="Two moons that reach into each other; and, once train_moons is "
        "written, the border that your network bends between them",
        caption="The moons again. Once train_moons is written, the border "
        "should follow both of them round the bend.",
    )
