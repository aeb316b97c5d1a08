"""Figures of the chapter on training."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from backprop import Network
from backprop import autodiff as ad
from backprop.autodiff import Var
from livetext import (
    Added,
    ArrayImage,
    Case,
    Choice,
    Entries,
    Iteration,
    LiveFigure,
    Pixels,
    Plane,
    Plot,
    Slider,
    Walk,
    Wires,
    WorkedLines,
    draw,
)
from livetext.draw import Picture
from livetext.figures.field import image, markup

from . import _learner as learner

__all__ = ["digit", "digits", "heart", "moons", "noise", "rates", "ravine", "wrong"]

Array = NDArray[np.float64]
Row = tuple[float, float, float]  # training loss, validation loss, validation accuracy

GREYS = 17  # that a pixel can have
HANDS = 5  # images of each digit
DRAWN = 40  # gradients in the bundle
POWERS = range(11)  # of two
UPDATES = 400  # of the network that learns in the reader's hand


def digits(x: ArrayLike, y: ArrayLike) -> Picture:
    """The first few images of each digit, one below the other."""
    x, label = np.asarray(x), np.argmax(y, axis=0)
    columns = [x[:, label == digit][:, :HANDS] for digit in range(10)]
    pixels = np.zeros((10 * HANDS, 100))
    for across, column in enumerate(columns):
        for down, values in enumerate(column.T):
            top, left = 10 * down + 1, 10 * across + 1
            pixels[top : top + 8, left : left + 8] = values.reshape(8, 8)
    size, head = 360.0, 20.0
    axes = draw.blank(size, size * HANDS / 10 + head)
    axes.plot(0, 0, gid="artist-digits")
    for digit in range(10):
        middle, above = size * (digit + 0.5) / 10, size * HANDS / 10 + 4
        muted = draw.PALETTE["muted"]
        axes.text(middle, above, str(digit), ha="center", color=muted, fontsize=14)
    box = (0.0, head, size, size * HANDS / 10)
    return Picture(
        axes,
        name="training-digits",
        alt="Five images of each of the ten digits, in a column each: small, coarse and all different",
        caption="Each column has five images of one digit, the first five of it among the training images.",
        parts={
            "digits": markup("training-digits-ink", image(pixels), box, ["ink"], GREYS, pixels=True)
        },
    )


def noise(gradients: Mapping[int, ArrayLike], full: ArrayLike, sigma: float, N: int) -> LiveFigure:
    """Gradients of random minibatches beside that of all N examples, and their distance from it over the size.

    ``gradients`` has, for each number of examples, gradients of random minibatches, one in each row;
    ``sigma`` is the root mean square distance of a single example's.
    """
    g = np.asarray(full)
    found = {m: np.asarray(rows) for m, rows in gradients.items()}
    length = float(np.linalg.norm(g))
    along = g / length
    # Across: of all directions at right angles to the first, that in which single examples scatter most.
    rest = found[1] - np.outer(found[1] @ along, along)
    across = np.linalg.svd(rest, full_matrices=False)[2][0]
    across *= np.sign(across[np.argmax(np.abs(across))])
    sizes = [2**s for s in POWERS]
    far = {m: np.sqrt(np.mean(np.sum((rows - g) ** 2, axis=1))) for m, rows in found.items()}
    cosines = [np.mean(found[m] @ along / np.linalg.norm(found[m], axis=1)) for m in sizes]
    bundle = np.round([found[m][:DRAWN] @ np.array([along, across]).T for m in sizes], 3)

    def chosen(s: Var, draw: Var) -> dict[str, Var]:
        size = ad.where(s == np.arange(len(sizes)), 1.0, 0.0)
        one = ad.where(draw == np.arange(1, DRAWN + 1), 1.0, 0.0)
        m = (size * np.array(sizes, float)).sum()
        g_along, g_across = (size @ bundle[:, :, axis] for axis in (0, 1))
        return {
            "m": m,
            "g_along": g_along,
            "g_across": g_across,
            "one_along": (one * g_along).sum(),
            "one_across": (one * g_across).sum(),
            "cosine": (size * np.round(cosines, 3)).sum(),
            "measured": (size * np.round([far[m] for m in sizes], 4)).sum(),
            "predicted": sigma / ad.sqrt(m) * ad.sqrt((N - m) / (N - 1.0)),
        }

    plane = Plot(
        "along the gradient of all",
        "across it",
        (-2.6, 3.6),
        (-2.6, 2.6),
        alt="A bundle of minibatch gradients from one point, wide for a few examples and narrow for many, and the "
        "gradient of all examples",
    )
    ends = [(f"g_along[{i}]", f"g_across[{i}]") for i in range(DRAWN)]
    rays: list[list[str | float]] = [[], []]
    for end in ends:
        for axis in (0, 1):
            rays[axis] += [0.0, end[axis]]
    plane.line(rays[0], rays[1], color="muted", linewidth=0.8)
    plane.arrow((0.0, 0.0), ("one_along", "one_across"), color="orange")
    plane.arrow((0.0, 0.0), (length, 0.0), color="ink")
    spread = Plot(
        "examples *m*",
        "distance",
        (0.7, 1800),
        (0.02, 8),
        log=True,
        xlog=True,
        alt="The distance of a minibatch's gradient from that of all, over the number of examples: a straight line "
        "that bends down at the end",
    )
    ms = np.geomspace(1, 1100, 80)
    spread.axes.plot(
        ms, sigma / np.sqrt(ms), color=draw.PALETTE["muted"], linewidth=1, linestyle=":"
    )
    ms = ms[ms < N]
    curve = sigma / np.sqrt(ms) * np.sqrt((N - ms) / (N - 1))
    spread.axes.plot(ms, curve, color=draw.PALETTE["ink"], linewidth=1.5)
    for m in sizes:
        spread.point(float(m), float(far[m]), color="muted", size=6)
    spread.point("m", "measured", color="orange", handle=("s", None))
    lines = [
        ("Examples in a minibatch", "m = {m:0}"),
        ("Distance from the gradient of all, measured", "{measured}"),
        ("The same by the formula", "{predicted}"),
        ("Cosine of the angle between the two, on average", "{cosine}"),
    ]
    return LiveFigure(
        ad.trace(chosen, s=2, draw=1),
        [
            Slider("s", "examples *m = 2ˢ*, *s*", 0, len(sizes) - 1, 1),
            Slider("draw", "which minibatch", 1, DRAWN, 1),
        ],
        [plane, spread, WorkedLines(lines)],
        name="training-noise",
        alt="Left, forty minibatch gradients as a bundle around the gradient of all examples; right, their distance "
        "from it over the number of examples",
        caption="Black: the gradient of all examples. Grey: those of forty random minibatches of *m*, and orange one of "
        "them. (They live in as many dimensions as there are parameters. Two are drawn: along the gradient of all, and where the single "
        "examples scatter most.) Drag the orange point to the right. On the dotted line the distance would fall like *1/√m* for ever.",
        digits=3,
        effect="measured",
        effect_label="distance",
    )


# Runs: the losses after each epoch, for one choice out of several


def _table(runs: Sequence[Sequence[Row]]) -> Array:
    """One row of losses for each run: shape (runs, epochs, 3)."""
    return np.round(np.array(runs, float), 4)


def _picked(choice: Var, place: Var, table: Array, epochs: Sequence[int]) -> dict[str, Var]:
    """Both curves of the chosen run, and where on them we stand."""
    run = ad.where(choice == np.arange(len(table)), 1.0, 0.0)
    at = ad.where(place == np.arange(len(epochs)), 1.0, 0.0)
    losses, validation, accuracy = (run @ table[:, :, k] for k in range(3))
    return {
        "epoch": (at * np.array(epochs, float)).sum(),
        "losses": losses,
        "losses_val": validation,
        "loss": (at * losses).sum(),
        "loss_val": (at * validation).sum(),
        "gap": (at * validation).sum() - (at * losses).sum(),
        "accuracy": 100.0 * (at * accuracy).sum(),
    }


def _curves(plot: Plot, epochs: Sequence[int], handle: str) -> None:
    where: list[str | float] = [float(e) for e in epochs]
    for name, color, style in (("losses", "blue", "-"), ("losses_val", "purple", "--")):
        heights: list[str | float] = [f"{name}[{k}]" for k in range(len(epochs))]
        plot.line(where, heights, color=color, linewidth=2, linestyle=style)
    plot.point("epoch", "loss", color="blue", handle=(handle, None))
    plot.point("epoch", "loss_val", color="purple", handle=(handle, None))


READING = [
    ("After epoch", "{epoch:0}"),
    ("Training loss (solid)", "{loss:4}"),
    ("Validation loss (dashed)", "{loss_val:4}"),
    ("Gap between the two", "{loss_val:4} − {loss:4} = {gap:4}"),
    ("Validation images read rightly", "{accuracy:1} %"),
]


def rates(runs: Mapping[float, Sequence[Row]]) -> LiveFigure:
    """Both losses after each epoch for several learning rates, of which one is chosen."""
    table = _table([*runs.values()])
    epochs = range(table.shape[1])

    def chosen(choice: Var, e: Var) -> dict[str, Var]:
        return _picked(choice, e, table, epochs)

    plot = Plot(
        "epochs",
        "loss *L*",
        (-0.2, 12.2),
        (0.025, 4),
        log=True,
        alt="The loss over the epochs for several learning rates: the smallest falls slowly, medium ones fast, the "
        "largest stays where it began",
    )
    plot.axes.set_xticks(range(0, 11, 2))
    for i, (lr, run) in enumerate(zip(runs, table, strict=True)):
        plot.axes.plot(epochs, run[:, 0], color=draw.PALETTE["muted"], linewidth=0.9, zorder=1)
        plot.text(10.15, run[-1, 0], f"{lr:g}", color="ink", pick=("choice", i), va="center")
    _curves(plot, epochs, "e")
    return LiveFigure(
        ad.trace(chosen, choice=2, e=10),
        [
            Choice("choice", "learning rate *α*", [f"{lr:g}" for lr in runs]),
            Slider("e", "epoch", 0, len(epochs) - 1, 1),
        ],
        [plot, WorkedLines(READING)],
        name="training-rates",
        alt="The loss over ten epochs for several learning rates, one of them in bold with its validation loss",
        caption="Grey: the training loss for each *α*, whose number stands at the end. Click a number: that run is drawn in "
        "colour, its validation loss dashed. Drag a point along it.",
        digits=4,
        effect="loss_val",
        effect_label="validation loss",
    )


def heart(runs: Mapping[float, Sequence[Row]], epochs: Sequence[int]) -> LiveFigure:
    """Both losses over many epochs on few examples, for several weight decays."""
    table = _table([*runs.values()])

    def chosen(choice: Var, e: Var) -> dict[str, Var]:
        return _picked(choice, e, table, epochs)

    plot = Plot(
        "epochs",
        "loss *L*",
        (7, 450),
        (-0.02, 0.82),
        xlog=True,
        alt="Training loss falls for ever; validation loss falls, turns and rises again",
    )
    for run in table:
        for k, dash in ((0, "-"), (1, "--")):
            plot.axes.plot(
                epochs, run[:, k], color=draw.PALETTE["muted"], lw=0.9, ls=dash, zorder=1
            )
    _curves(plot, epochs, "e")
    return LiveFigure(
        ad.trace(chosen, choice=0, e=len(epochs) - 1),
        [
            Choice("choice", "weight decay *λ*", [f"{decay:g}" for decay in runs]),
            Slider("e", "place on the curve", 0, len(epochs) - 1, 1),
        ],
        [plot, WorkedLines(READING)],
        name="training-heart",
        alt="Training and validation loss over four hundred epochs on a hundred examples",
        caption="Solid: the loss on the hundred images that are learnt. Dashed: the loss on those that are not. Drag a point "
        "along the curves and look for the lowest dashed one; then choose another *λ*.",
        digits=4,
        effect="loss_val",
        effect_label="validation loss",
    )


STEEP = 25.0  # curvature along y; along x it is 1


def ravine() -> LiveFigure:
    """Descent with momentum in a bowl that is steep one way and flat the other."""

    def rate(curvature: float, lr: Var, beta: Var) -> Var:
        """The larger size of the two numbers that a step multiplies the error by."""
        trace = 1.0 + beta - lr * curvature
        root = trace**2 - 4.0 * beta
        size = ad.where(trace < 0.0, -trace, trace)
        real = 0.5 * (size + ad.sqrt(ad.maximum(root, 0.0)))
        return ad.where(root < 0.0, ad.sqrt(beta), real)

    def heavy_ball(x: Var, y: Var, vx: Var, vy: Var, lr: Var, beta: Var) -> dict[str, Var]:
        loss = 0.5 * (x**2 + STEEP * y**2)
        dx, dy = ad.grad(loss, [x, y])
        vx_next, vy_next = beta * vx + dx, beta * vy + dy
        values = {"loss": loss, "dx": dx, "dy": dy, "vx_next": vx_next, "vy_next": vy_next}
        values |= {"x_next": x - lr * vx_next, "y_next": y - lr * vy_next}
        return values | {"rate_x": rate(1.0, lr, beta), "rate_y": rate(STEEP, lr, beta)}

    hollow = Plot(
        "*x*",
        "*y*",
        (-6.5, 6.5),
        (-2.2, 2.2),
        alt="A long, narrow hollow seen from above, and the path of forty steps in it",
    )
    draw.fit(hollow.axes, 280, 180)
    turn = np.linspace(0, 2 * np.pi, 121)
    for level in (0.3, 2.0, 8.0, 20.0, 45.0):
        across, up = np.sqrt(2 * level), np.sqrt(2 * level / STEEP)
        hollow.axes.plot(
            across * np.cos(turn), up * np.sin(turn), color=draw.PALETTE["muted"], linewidth=0.8
        )
    hollow.history("y", x="x", kind="line", color="green", linewidth=1.3)
    hollow.history("y", x="x", kind="dots", color="green", size=4)
    hollow.arrow(("x_k", "y_k"), ("x_next_k", "y_next_k"), color="orange")
    hollow.point("x_k", "y_k")
    hollow.point("x", "y", color="ink", handle=("x", "y"))
    speed = Plot(
        "momentum *β*",
        "factor per step",
        (0, 1),
        (0.55, 1.25),
        alt="The factor by which the error shrinks per step along the hollow and across it, over the momentum",
    )
    speed.hline(1.0, color="muted", linewidth=0.9)
    for name, color, style in (("rate_x", "blue", "-"), ("rate_y", "purple", "--")):
        speed.curve("beta", name, span=(0, 0.99), color=color, linewidth=1.8, linestyle=style)
        speed.point("beta", name, color=color, handle=("beta", None))
    speed.text(0.04, 1.19, "solid: along *x*", color="blue")
    speed.text(0.04, 1.12, "dashed: along *y*", color="purple")
    lines = [
        ("After *k* steps", "k = {k:0}: x = {x_k}, y = {y_k}, L = {loss_k:6}"),
        ("Velocity", "v_x = {vx_k}, v_y = {vy_k}"),
        ("Next, along *x*", "new v_x = β·v_x + x = {beta:2}·{vx_k} + {x_k} = {vx_next_k}"),
        ("Factor in the long run", "along x: {rate_x}, along y: {rate_y}"),
    ]
    return LiveFigure(
        ad.trace(heavy_ball, x=5.0, y=1.0, vx=0.0, vy=0.0, lr=0.04, beta=0.5),
        [
            Slider("lr", "learning rate *α*", 0.005, 0.16, 0.001),
            Slider("beta", "momentum *β*", 0, 0.95, 0.01),
            Slider("x", "start *x*", -6, 6, 0.1),
            Slider("y", "start *y*", -2, 2, 0.1),
        ],
        [hollow, speed, WorkedLines(lines)],
        name="training-ravine",
        alt="Left, a path of forty steps in a long hollow; right, the factor that each step multiplies the error by, "
        "along the hollow and across it, over the momentum",
        caption="Drag the start, and the points on the right. On the right the higher of the two curves counts: the slower direction. "
        "Where both meet, momentum has done all that it can at this *α*.",
        iteration=Iteration(
            {"x": "x_next", "y": "y_next", "vx": "vx_next", "vy": "vy_next"},
            steps=40,
            start=20,
            label="steps *k*",
        ),
        digits=3,
    )


def wrong(x: ArrayLike, y: ArrayLike, a: ArrayLike) -> LiveFigure:
    """The confusion matrix, with an image for each of its cells: what was drawn, and what the network says."""
    x, truth = np.asarray(x), np.argmax(y, axis=0)
    a = np.asarray(a)
    said = np.argmax(a, axis=0)
    missed = [int(i) for i in np.flatnonzero(truth != said)]
    right = [int(np.flatnonzero((truth == d) & (said == d))[0]) for d in range(10)]
    shown = [*missed, *right]
    images = np.round(16 * x[:, shown].T)
    answers = np.round(a[:, shown].T, 3)

    def chosen(cell: Var) -> dict[str, Var]:
        one = ad.where(cell == np.arange(len(shown)), 1.0, 0.0)
        row = (one * truth[shown].astype(float)).sum()
        column = (one * said[shown].astype(float)).sum()
        values = {"x": (one @ images) / 16.0, "a": one @ answers}
        values |= {"p_truth": (one * answers[range(len(shown)), truth[shown]]).sum()}
        values |= {"p_answer": (one * answers[range(len(shown)), said[shown]]).sum()}
        values |= {"loss": -ad.log(values["p_truth"])}
        return values | {"truth": row, "answer": column, "down": 9.0 - row}

    counts = Plot(
        "the network says",
        "it is",
        (-0.5, 9.5),
        (-0.5, 9.5),
        alt="The confusion matrix: rows are what is on the image, columns what the network says; nearly all images "
        "are on the diagonal",
    )
    counts.axes.set_xticks(range(10))
    counts.axes.set_yticks(range(10), [str(9 - d) for d in range(10)])
    counts.axes.grid(False)
    for i, place in enumerate(shown):
        row, column = int(truth[place]), int(said[place])
        number = int(np.sum((truth == row) & (said == column)))
        color = draw.PALETTE["negative" if row != column else "grid"]
        counts.axes.add_patch(
            Rectangle((column - 0.5, 8.5 - row), 1, 1, color=color, alpha=0.35, linewidth=0)
        )
        counts.text(
            float(column), 8.9 - row, str(number), pick=("cell", i), ha="center", va="center"
        )
    counts.point(
        "answer",
        "down",
        color="orange",
        size=18,
        marker="s",
        fillstyle="none",
        markeredgewidth=2,
        markeredgecolor=draw.PALETTE["orange"],
    )
    bars = Plot(
        "digit",
        "probability",
        (-0.6, 9.6),
        (0, 1),
        alt="The probability that the network gives to each digit",
    )
    bars.axes.set_xticks(range(10))
    for digit in range(10):
        bars.bar(digit, f"a[{digit}]", width=0.7)
    names = [f"{truth[i]}, read as {said[i]}" for i in missed]
    names += [f"{d}, read rightly" for d in range(10)]
    return LiveFigure(
        ad.trace(chosen, cell=0),
        [Choice("cell", "image", names)],
        [
            counts,
            ArrayImage("x", 8, alt="The image, eight by eight pixels"),
            bars,
            WorkedLines(
                [
                    ("It is", "{truth:0}, with probability {p_truth}"),
                    ("The network says", "{answer:0}, with probability {p_answer}"),
                    ("Loss of this image", "L = −log {p_truth} = {loss}"),
                ]
            ),
        ],
        name="training-wrong",
        alt="The confusion matrix, one image of the cell that is picked, and the network's probabilities for it",
        caption="Click a number in the matrix: an image from that cell is shown, and what the network says of it. The "
        "numbers beside the diagonal are the mistakes, one image each.",
        digits=3,
        effect="p_truth",
        effect_label="probability of the true digit",
    )


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
        weights="there",
        classes=classes,
        pick="i",
        clears=("shift1", "shift2"),
        beside={"p": "now_other"},
        beside_by="other",
        added=Added("own1", "own2", "own", pen="pen"),
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
        walk=Walk("walk", ("x_i", "a1_i", "a2_i", "a3_i"), ("d1_i", "d2_i", "d3_i")),
    )
    curve = Plot("updates *k*", "loss *L*", (0, UPDATES), (0, 1), alt="The loss after each update")
    curve.history("loss_other", color="ink", linewidth=1.2, linestyle="--")
    curve.history("loss")
    curve.point("k", "loss_k", handle=("k", None))
    lines = WorkedLines(
        [
            ("Loss, and right answers", "L = {loss_k:5}; {right_k:0} of {N_k:0}"),
            (
                "Second start",
                Case(
                    "other",
                    [
                        "none",
                        *["L = {loss_other_k:5}; {right_other_k:0} of {N_k:0}"] * learner.SEEDS,
                    ],
                ),
            ),
            (
                "Picked weight's gradient",
                "∂L/∂w = {dw_k:5}; of the ringed example alone {dw_i_k:5}",
            ),
            ("The ringed example", Case("walk", learner.STAGES)),
            ("What it remembers", Case("optimizer", learner.MEMORIES)),
            ("Its next step", Case("optimizer", learner.ADJUSTMENTS)),
        ]
    )
    sizes = ["-".join(map(str, (2, *hidden, 1))) for hidden in learner.HIDDEN]
    return LiveFigure(
        learner.tape(),
        [
            Choice(
                "data", "data", ["moons", "circles", "exclusive or", "spirals", "only your own"]
            ),
            Choice("size", "units", sizes),
            Choice("pen", "a tap puts", ["nothing", "a square", "a disc"]),
            Choice("activation", "activation", ["tanh", "sigmoid", "ReLU"]),
            Choice("optimizer", "update", ["SGD", "momentum", "Adam"], moves={"lr": learner.RATES}),
            Slider("lr", "rate *α*", 0.01, 3, 0.01),
            Slider("seed", "start", 0, learner.SEEDS - 1, 1),
            Choice("other", "2nd start", ["none", *(f"seed {k}" for k in range(learner.SEEDS))]),
            Slider("i", "example *i*", 1, learner.EXAMPLES + learner.ADDED, 1),
            Slider("shift1", "moved *x_1*", -2, 2, 0.02),
            Slider("shift2", "moved *x_2*", -2, 2, 0.02),
            Choice("walk", "its walk", learner.WALK),
            Slider("wire", "wire", 0, learner.PARAMETERS - 1, 1),
            Entries("own1", "your own, along *x_1*", -2, 3),
            Entries("own2", "your own, along *x_2*", -2, 3),
            Entries("own", "your own", 0, 2),
        ],
        [plane, wires, curve, lines],
        name="training-moons",
        alt="A small network learns to tell two classes apart: the plane with its border, the network's wires, and the loss",
        caption="Press Play. The plane is coloured by what the network answers everywhere in it, the line is where it cannot decide. "
        "In the network, a halo is a weight's gradient, a bar across the wire what the one ringed example asks for. Pull an example "
        "somewhere else, or tap an empty place to put one of your own there, with a black rim: the whole training is run again with it. "
        "A second start is drawn dashed.",
        iteration=Iteration(
            {f"{name}{of}": f"{name}{of}_next" for of in ("", "_other") for name in "pmv"}
            | {"t": "t_next"},
            steps=UPDATES,
            leap=10,
            pace=16,
        ),
        hint="Tap the plane to add a point; drag one, or a number underlined with dots; pick a wire; press Play.",
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
    draw.fit(bars.axes, 280, 136)  # as high as a phone has room for
    bars.axes.set_xticks(range(10))
    bars.axes.set_yticks([0, 0.5, 1])
    for k in range(10):
        bars.bar(k, f"a[{k}]")
    lines = WorkedLines(
        [("Its answer", "The network answers {answer}, with probability {certain:3}")]
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
        hint="Draw, or pick a pixel.",
        digits=0,
        effect="answer",
        effect_label="it reads",
    )
