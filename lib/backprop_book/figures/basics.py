"""Figures of the first chapter."""

from collections.abc import Sequence

from backprop.autodiff import Tape
from livetext import Flow, Iteration, LiveFigure, Plot, Slider, WorkedLines, draw

__all__ = ["flow", "network", "neuron", "nudge"]


def nudge(tape: Tape) -> LiveFigure:
    """The ratio of two changes beside the slope, and the line through the two points of the curve."""
    bowl = Plot(
        "weight *w*",
        "loss *L*",
        (-0.4, 1.0),
        (-0.6, 4.2),
        alt="Loss against weight, a bowl, with a line through two points",
    )
    bowl.curve("w", "loss")
    bowl.tangent("w", "loss", slope="ratio", linewidth=1.5)
    bowl.line(
        ["w", "w_new", "w_new"],
        ["loss", "loss", "loss_new"],
        color="muted",
        linewidth=1.2,
        linestyle="--",
    )
    bowl.point("w_new", "loss_new", color="green", handle=("nudge", None))
    bowl.point("w", "loss", handle=("w", None))
    lines = [
        ("Loss before the nudge", "L(w) = ({w}·{x} + {b} − {y})² = {loss:4}"),
        ("Loss after it", "L(w + Δw) = ({w_new}·{x} + {b} − {y})² = {loss_new:4}"),
        ("Change of the loss", "ΔL = {loss_new:4} − {loss:4} = {change:4}"),
        ("Ratio of the changes", "ΔL/Δw = {change:4} / {nudge} = {ratio:4}"),
        ("Slope of the curve at *w*", "∂L/∂w = {dw:4}"),
    ]
    return LiveFigure(
        tape,
        [
            Slider("w", "weight *w*", -0.3, 0.8, 0.01),
            Slider("nudge", "nudge *Δw*", 0.01, 0.4, 0.01),
        ],
        [WorkedLines(lines), bowl],
        name="basics-nudge",
        alt="The two losses and their ratio worked out, beside the loss curve with a line through both points",
        caption="Let the nudge shrink, and watch the ratio come to the slope and the line come to touch the "
        "curve. Then find the weight at which the slope is zero: what is the ratio there?",
    )


def neuron(tape: Tape, walks: Sequence[float], hours: Sequence[float]) -> LiveFigure:
    """A neuron's line among the examples, and the loss curve on which its weight descends."""
    data = Plot(
        "walk *x* (km)",
        "time (h)",
        (0, 5),
        (0, 3.2),
        alt="Four examples and the neuron's line",
    )
    data.axes.plot(walks, hours, "o", color=draw.PALETTE["ink"], markersize=6, zorder=3)
    data.line([0.0, 5.0], ["b", "a_5_k"], color="blue")
    for i, (walk, hour) in enumerate(zip(walks, hours, strict=True)):
        data.line([walk] * 2, [hour, f"a[{i}]_k"], "orange", linestyle=":", linewidth=1.5)
    hill = Plot(
        "weight *w*",
        "loss *L*",
        (-0.5, 1.0),
        (-0.15, 3.0),
        alt="The loss of the four examples against the weight",
    )
    hill.curve("w", "loss")
    hill.history("loss", x="w", color="orange", linewidth=1.3)
    hill.history("loss", x="w", kind="dots", color="orange")
    hill.tangent("w_k", "loss_k", slope="dw_k", color="green", linewidth=1.3)
    hill.point("w_k", "loss_k")
    lines = [
        ("After *k* updates", "k = {k:0}: w = {w_k:4}, L = {loss_k:4}"),
        ("Slope here", "∂L/∂w = {dw_k:4}"),
        ("The next step", "w − α · ∂L/∂w = {w_k:4} − {lr:3}·{dw_k:4} = {w_next_k:4}"),
    ]
    return LiveFigure(
        tape,
        [
            Slider("w", "starting weight *w_0*", -0.4, 0.9, 0.01),
            Slider("b", "bias *b*", -0.5, 1, 0.01),
            Slider("lr", "learning rate *α*", 0, 0.15, 0.005),
        ],
        [data, hill, WorkedLines(lines)],
        name="basics-neuron",
        alt="Left, the neuron's line among four examples; right, the loss against the weight, with a point that descends",
        caption="Press Play and watch both pictures. Then set the learning rate to its largest value. And look for "
        "the bias with which the best line comes closest to all four walks.",
        iteration=Iteration({"w": "w_next"}, steps=30),
    )


def flow(tape: Tape) -> LiveFigure:
    """The five stages of learning, as boxes that light up in turn."""
    stages = [
        ("1 Input", ["x = {x}", "y = {y}"]),
        (
            "2 Forward pass",
            ["layer: w = {w}, b = {b}", "a = w·x + b = {w}·{x} + {b} = {a}"],
        ),
        ("3 Loss", ["L = (a − y)² = ({a} − {y})² = {loss:4}"]),
        (
            "4 Backward pass",
            [
                "∂L/∂a = 2(a − y) = {da}",
                "∂L/∂w = ∂L/∂a · x = {da}·{x} = {dw}",
                "∂L/∂b = ∂L/∂a · 1 = {db}",
            ],
        ),
        (
            "5 Update",
            [
                "w ← {w} − {lr}·{dw} = {w_next:4}",
                "b ← {b} − {lr}·{db} = {b_next:4}",
                "and on to stage 1",
            ],
        ),
    ]
    return LiveFigure(
        tape,
        [
            Slider("w", "weight *w*", -0.5, 1, 0.01),
            Slider("b", "bias *b*", -0.5, 1, 0.01),
            Slider("lr", "learning rate *α*", 0, 0.1, 0.005),
        ],
        [Flow(stages)],
        name="basics-flow",
        alt="Five boxes with arrows from each to the next: input, forward pass, loss, backward pass, update",
        caption="Press Step, or Play, and read each box as it lights up. Which boxes would change if you moved the "
        "learning rate? Try it at the last stage.",
    )


def network() -> draw.Picture:
    """The running network's units and wires."""
    layers = [["*x_1*", "*x_2*"], ["*a_1*", "*a_2*", "*a_3*"], ["*ŷ_1*", "*ŷ_2*"]]
    return draw.Picture(
        draw.network(layers),
        name="basics-network",
        alt="Two input units, each wired to three hidden units, each wired to two output units",
        caption="The running network. Count the wires: every one of them is a weight with a slope of its own.",
    )
