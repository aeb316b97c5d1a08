"""Pictures of the project: examples of two classes, and what a network answers between them."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backprop.network import Network
from livetext import draw
from livetext.draw import Picture
from livetext.widget import Changing

from ..decision import decision

__all__ = ["moons", "single_neuron", "straight", "training", "xor"]

DRAWN = 25  # times that the curve is drawn while it grows


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


def training(
    start: Callable[..., Any],
    forward: Callable[..., Any],
    cross_entropy: Callable[..., Any],
    step: Callable[..., Any],
    x: ArrayLike,
    y: ArrayLike,
    *,
    lr: float = 0.5,
    steps: int = 1000,
) -> Picture:
    """The loss of the learner's network from step to step, drawn while it falls; beside it a single neuron's.

    The four functions are those of the project; while one of them is a stub, the neuron is alone.
    """
    single = Network.random([2, 1], activations=["sigmoid"], loss="binary_cross_entropy", seed=0)
    straight = [single.step(x, y, lr) for _ in range(steps)]
    losses: list[float] = []
    watched: Changing | None = None
    for loss in _losses(start, forward, cross_entropy, step, x, y, lr):
        losses.append(loss)
        if len(losses) == steps:
            break
        if len(losses) % (steps // DRAWN) == 0:
            picture = _curves(straight, losses)
            if watched is None:
                watched = Changing(html=picture.html)
                watched._ipython_display_()
            watched.html = picture.html
    if watched is not None:
        watched.html = ""  # the picture below takes its place
    return _curves(straight, losses)


def _losses(
    start: Callable[..., Any],
    forward: Callable[..., Any],
    cross_entropy: Callable[..., Any],
    step: Callable[..., Any],
    x: ArrayLike,
    y: ArrayLike,
    lr: float,
) -> Iterator[float]:
    parameters = start(2, 8, 1, np.random.default_rng(0))
    while parameters is not ... and (found := forward(x, *parameters)) is not ...:
        loss = cross_entropy(found[2], y)
        if loss is ...:
            return
        yield float(loss)
        parameters = step(x, y, *parameters, lr)


def _curves(straight: list[float], losses: list[float]) -> Picture:
    picture = draw.axes(360, 220)
    steps = range(len(straight))
    picture.plot(steps, straight, "--", color=draw.PALETTE["muted"], lw=1.5)
    picture.text(len(straight), straight[-1] + 0.02, "one neuron", ha="right", va="bottom")
    if losses:
        picture.plot(losses, color=draw.PALETTE["blue"], lw=2)
        picture.text(
            len(losses),
            losses[-1] + 0.02,
            "your network",
            ha="right" if len(losses) > 300 else "left",
        )
    picture.set(xlim=(0, len(straight)), ylim=(0, 0.8), xlabel="step", ylabel="loss *L*")
    return Picture(
        picture,
        name="project-training",
        alt="The loss of a single neuron falls fast and then stays level; and, once your functions are "
        "written, the loss of your network falls with it, slows down near that level, and goes on well below it",
        caption="The loss at each step on the two moons: of a single neuron, and of your network once its "
        "functions are written.",
    )
