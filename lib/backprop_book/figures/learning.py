"""The figures of the chapter on training that a reader trains and draws in."""

from backprop import Network
from livetext import (
    Choice,
    Entries,
    Iteration,
    LiveFigure,
    Pixels,
    Plane,
    Plot,
    Slider,
    Wires,
    WorkedLines,
    draw,
)

from . import _learner as learner

STEPS = 400


def moons() -> LiveFigure:
    """A network that learns two classes in the plane, in the reader's hand."""
    classes = [0] * (learner.EXAMPLES // 2) + [1] * (learner.EXAMPLES // 2)
    plane = Plane(
        "*x_1*",
        "*x_2*",
        (-1.3, 2.3),
        (-1.2, 1.7),
        alt="Squares and discs on two half moons that reach into each other; a line divides the plane between them",
        tape=learner.field(),
        output="z",
        feeds={"p": "now"},
        examples="x",
        classes=classes,
        pick="i",
        clears=("shift1", "shift2"),
    )
    plane.point(
        "x1_k", "x2_k", color="ink", size=13, handle=("shift1", "shift2"), fillstyle="none",
        markeredgecolor=draw.PALETTE["ink"], markeredgewidth=2,
    )  # fmt: skip
    wires = Wires(
        "now",
        "dp",
        "dp_i",
        learner.networks(),
        by="size",
        pick="wire",
        alt="The network: wires as wide as their weights, with a halo for the gradient and a bar across for one example's",
    )
    curve = Plot("updates *k*", "loss *L*", (0, STEPS), (0, 1), alt="The loss after each update")
    curve.history("loss")
    curve.point("k", "loss_k", handle=("k", None))
    lines = WorkedLines(
        [
            ("Loss, and share of right answers", "L = {loss_k:5}; {accuracy_k}"),
            ("The picked weight", "w = {w_k:4}, after the next update {w_next_k:4}"),
            ("Its gradient", "∂L/∂w = {dw_k:4}; of the picked example alone {dw_i_k:4}"),
        ]
    )
    sizes = ["-".join(map(str, (2, *hidden, 1))) for hidden in learner.HIDDEN]
    return LiveFigure(
        learner.tape(),
        [
            Choice("data", "data", ["moons", "circles", "exclusive or", "spirals"]),
            Choice("size", "units", sizes),
            Choice("activation", "hidden layers", ["tanh", "sigmoid", "ReLU"]),
            Choice("optimizer", "update", ["SGD", "momentum", "Adam"], moves={"lr": learner.RATES}),
            Slider("lr", "learning rate *α*", 0.01, 3, 0.01),
            Slider("seed", "start, by seed", 0, learner.SEEDS - 1, 1),
            Slider("i", "example *i*", 1, learner.EXAMPLES, 1),
            Slider("shift1", "moved along *x_1*", -2, 2, 0.02),
            Slider("shift2", "moved along *x_2*", -2, 2, 0.02),
            Slider("wire", "wire", 0, learner.PARAMETERS - 1, 1),
        ],
        [plane, wires, curve, lines],
        name="training-moons",
        alt="A small network learns to tell two classes apart: the plane with its border, the network's wires, and the loss",
        caption="Press Play. The plane is coloured by what the network answers everywhere in it, the line is where it cannot decide. "
        "In the network, a halo is a weight's gradient, a bar across the wire what the one ringed example asks for. Pull an example "
        "somewhere else: the whole training is run again with it there.",
        iteration=Iteration(
            {"p": "p_next", "m": "m_next", "v": "v_next", "t": "t_next"},
            steps=STEPS,
            leap=10,
            pace=16,
        ),
        hint="Drag the ringed point; pick an example or a wire; press Play.",
    )


def digit(net: Network) -> LiveFigure:
    """An image to draw, what a trained network reads, and which pixels its answer hangs on."""
    paper = Pixels(
        "x",
        8,
        "dx",
        pen="pen",
        alt="A digit of 8 by 8 pixels, and in each pixel a square for the gradient",
        scale=3.0,
    )
    bars = Plot("digit", "probability", (-0.6, 9.6), (0, 1), alt="The probability of each digit")
    bars.axes.set_xticks(range(10))
    for k in range(10):
        bars.bar(k, f"a[{k}]")
    lines = WorkedLines(
        [("Its answer", "The network reads a {answer}, with probability {certain:3}")]
    )
    return LiveFigure(
        learner.reading(net),
        [
            Choice(
                "image",
                "begin with",
                ["blank paper", *learner.IMAGES],
                moves=learner.first_images(),
            ),
            Choice("pen", "pen", ["ink", "eraser"]),
            Choice("of", "squares for", ["its answer", *map(str, range(10))]),
            Entries("x", "ink", 0, 1),
        ],
        [paper, bars, lines],
        name="training-digit",
        alt="A drawn digit with a gradient laid over it, and the probabilities of the ten digits",
        caption="Draw with a finger, the mouse, or the arrow keys and the space bar. A full square says: more ink here, and the logit "
        "rises; a hollow one: it falls. The larger, the more. The squares are one walk back, from a logit to the pixels.",
        hint="Draw; pick a pixel to turn it over. The choices below change the paper, the pen and the squares.",
        digits=0,
        effect="answer",
        effect_label="it reads",
    )
