"""Figures of the chapter on one neuron."""

from typing import Any

import numpy as np

from backprop import autodiff as ad
from backprop.autodiff import Tape, Var
from livetext import Graph, Iteration, LiveFigure, Node, Plot, Slider, Wire, WorkedLines, draw

from ._more import Replay, more

__all__ = ["descent", "graph", "map", "sigmoid", "step"]

NEURON = [
    Slider("w", "weight *w*", -2, 2, 0.05),
    Slider("x", "input *x*", -2, 2, 0.05),
    Slider("b", "bias *b*", -2, 2, 0.05),
    Slider("y", "target *y*", -2, 2, 0.05),
]
START = Slider("w", "starting weight *w_0*", -2, 2, 0.05)
RATE = Slider("lr", "learning rate *α*", 0, 1.2, 0.01)


def graph(tape: Tape) -> LiveFigure:
    """The neuron as a graph of gates, to step through."""
    gates = Graph(
        nodes={
            "w": Node("*w*", 0, 2.3, gate=False),
            "x": Node("*x*", 0, 0.85, gate=False),
            "b": Node("*b*", 1, 0.2, gate=False),
            "y": Node("*y*", 2.3, 0, gate=False),
            "times": Node("×", 1, 1.6),
            "plus": Node("+", 2, 1.25),
            "minus": Node("−", 3, 0.9),
            "square": Node("( )²", 4, 0.9),
            "L": Node("*L*", 5, 0.9, gate=False),
        },
        wires=[
            Wire("w", "times", "w", "dw"),
            Wire("x", "times", "x", "dx"),
            Wire("times", "plus", "p", "dp"),
            Wire("b", "plus", "b", "db"),
            Wire("plus", "minus", "z", "dz"),
            Wire("y", "minus", "y"),
            Wire("minus", "square", "e", "de"),
            Wire("square", "L", "loss", "dloss"),
        ],
        steps=[
            ("p", "p = w·x = {w}·{x} = {p}"),
            ("z", "z = p + b = {p} + {b} = {z}"),
            ("e", "e = z − y = {z} − {y} = {e}"),
            ("loss", "L = e² = {loss}"),
            ("dloss", "∂L/∂L = {dloss}"),
            ("de", "∂L/∂e = ∂L/∂L · 2e = {dloss}·2·{e} = {de}"),
            ("dz", "∂L/∂z = ∂L/∂e · 1 = {de}·1 = {dz}"),
            ("db", "∂L/∂b = ∂L/∂z · 1 = {dz}·1 = {db}"),
            ("dp", "∂L/∂p = ∂L/∂z · 1 = {dz}·1 = {dp}"),
            ("dw", "∂L/∂w = ∂L/∂p · x = {dp}·{x} = {dw}"),
            ("dx", "∂L/∂x = ∂L/∂p · w = {dp}·{w} = {dx}"),
        ],
        alt="Wires from w and x into a times gate, on with b into a plus gate, on with y into a "
        "minus gate, then a square gate and the loss L",
        nudge=0.01,
    )
    return LiveFigure(
        tape,
        NEURON,
        [gates],
        name="one-layer-graph",
        alt="The neuron as a graph of gates, with a value above each wire and a gradient below it",
        caption="Press a wire: a nudge of one hundredth runs to the right, and at every gate that it meets stands what it "
        "changes. Let go: the gradient runs back to the left. The ratio of the changes and the gradient are nearly the same "
        "number. Step goes through both passes, one gate at a time. Then set *w* to zero and look at what reaches *x*.",
        hint="Press a wire, pick a gate, or drag an underlined number.",
    )


def step(tape: Tape) -> LiveFigure:
    """One step of learning: every line of it, and the bowl with its tangent."""

    def picture(at: Replay) -> dict[str, Var]:
        q = at()
        return {"loss_next": at(w=q["w_next"])["loss"]}

    bowl = Plot(
        "weight *w*",
        "loss *L*",
        (-2.6, 2.6),
        (-0.6, 6.5),
        alt="Loss against weight, a bowl, with the tangent at the weight and the point where one step leads",
    )
    bowl.curve("w", "loss")
    bowl.tangent("w", "loss", slope="dw", linewidth=1.5)
    for place, height in (("w", "loss"), ("w_next", "loss_next")):
        bowl.line([place] * 2, [-0.3, height], color="muted", linewidth=1, linestyle=":")
    bowl.arrow(("w", -0.3), ("w_next", -0.3), color="green", handle=("lr", None))
    bowl.point("w_next", "loss_next", color="green")
    bowl.point("w", "loss", handle=("w", None))
    lines = [
        ("Forward: weighted sum", "z = w·x + b = {w}·{x} + {b} = {z}"),
        ("Forward: activation", "a = z = {a}"),
        ("Loss", "L = (a − y)² = ({a} − {y})² = {loss}"),
        ("Backward: loss", "∂L/∂a = 2(a − y) = 2({a} − {y}) = {da}"),
        ("Backward: activation", "δ = ∂L/∂z = ∂L/∂a · 1 = {da}·1 = {dz}"),
        ("Backward: weight", "∂L/∂w = δ·x = {dz}·{x} = {dw}"),
        ("Update", "w − α · ∂L/∂w = {w} − {lr}·{dw} = {w_next}"),
    ]
    weight, x, *others = NEURON
    return LiveFigure(
        more(tape, picture),
        [weight, RATE, x, *others],
        [WorkedLines(lines), bowl],
        name="one-layer-step",
        alt="The whole calculation, line by line, beside the loss bowl with its tangent and the next step",
        caption="One step of learning. The blue dot is where the neuron is, the orange tangent has the slope "
        "*∂L/∂w*, the green arrow is the update, and the green dot is where it leads. Draw the arrow by its tip, and see "
        "what *α* does. Set the target to one and *x* to zero: the error is as large as ever, yet the gradient is gone.",
        hint="Drag a point, the tip of the arrow or an underlined number.",
    )


NEIGHBOUR = 0.05  # from a learning rate to those whose descents are shown beside it


def descent(tape: Tape) -> LiveFigure:
    """Many steps: the path down the bowl, the loss after each of them, and both for neighbouring rates."""

    def picture(at: Replay) -> dict[str, Var]:
        # The neighbours' weights are kept as distances, which start at zero wherever the start is dragged to.
        q = at()
        found: dict[str, Var] = {}
        for name, rate in (
            ("less", ad.maximum(q["lr"] - NEIGHBOUR, 0.0)),
            ("more", q["lr"] + NEIGHBOUR),
        ):
            there = at(w=q["w"] + q[f"apart_{name}"], lr=rate)
            found |= {f"w_{name}": there["w"] * 1.0, f"loss_{name}": there["loss"]}
            found[f"apart_{name}_next"] = there["w_next"] - q["w_next"]
        return found

    walk = Plot(
        "weight *w*",
        "loss *L*",
        (-2.2, 2.2),
        (-0.3, 4.6),
        alt="The walk down the loss bowl, a staircase, between two fainter ones",
    )
    learning = Plot(
        "updates *k*",
        "loss *L*",
        (-1, 41),
        (1e-9, 1e7),
        log=True,
        alt="Loss after each update, between two fainter ones",
    )
    walk.curve("w", "loss")
    for name, dashes in (("less", ":"), ("more", "--")):
        path: dict[str, Any] = {"color": "muted", "linewidth": 1, "linestyle": dashes}
        walk.history(f"loss_{name}", x=f"w_{name}", kind="stairs", **path)
        learning.history(f"loss_{name}", kind="line", **path)
    walk.history("loss", x="w", kind="stairs", color="green", linewidth=1.3)
    walk.history("loss", x="w", kind="dots", color="green")
    walk.point("w_k", "loss_k")
    walk.point("w", "loss", color="muted", size=6, handle=("w", None))
    learning.history("loss", kind="line", color="green", linewidth=1.3)
    learning.history("loss", kind="dots", color="green")
    learning.point("k", "loss_k", handle=("k", None))
    now = WorkedLines(
        [
            ("After *k* updates", "k = {k:0}: w = {w_k:4}, L = {loss_k:4}"),
            (f"With *α* smaller by {NEIGHBOUR} (dotted)", "L = {loss_less_k:4}"),
            (f"With *α* larger by {NEIGHBOUR} (dashed)", "L = {loss_more_k:4}"),
        ]
    )
    return LiveFigure(
        more(tape, picture, apart_less=0.0, apart_more=0.0),
        [START, RATE],
        [walk, learning, now],
        name="one-layer-descent",
        alt="Left, the weight's path down the loss bowl as a staircase; right, the loss after each update; fainter, both for a "
        "smaller and a larger learning rate",
        caption="Each tread of the staircase is one update, each riser the loss it gained or lost. On the right "
        "every line of the grid is a hundred times the one below, so a straight line means: the same "
        "factor at every step. Drag the start, and move *α*: which of the grey neighbours is faster, and from where on the other?",
        iteration=Iteration(
            {"w": "w_next", "apart_less": "apart_less_next", "apart_more": "apart_more_next"},
            steps=40,
            start=12,
        ),
        hint="Drag a point or an underlined number.",
    )


def map(x: float, b: float, y: float) -> LiveFigure:
    """The update as a function of the weight, the staircase of its repetitions, and what α makes of them."""

    def update_map(w: Var, x: Var, lr: Var) -> dict[str, Var]:
        loss = (w * x + b - y) ** 2
        (dw,) = ad.grad(loss, [w])
        (curvature,) = ad.grad(dw, [w])
        factor = 1 - lr * curvature
        return {"loss": loss, "w_next": w - lr * dw, "c": curvature, "r": factor}

    def picture(at: Replay) -> dict[str, Var]:
        curvature = ad.maximum(at()["c"], 0.01)
        landing, flying = 1.0 / curvature, 2.0 / curvature

        def middle(low: Var | float, high: Var | float, room: float) -> Var:
            """Of what the ruler shows of a zone; where that is too narrow for its word, off the ruler."""
            low, high = ad.minimum(low, RATE.high), ad.minimum(high, RATE.high)
            return ad.where(high - low >= room, (low + high) / 2, -1.0)

        return {
            "held_at": at(w=0.0 * at()["w"] + HELD)["w_next"],
            "landing": landing,
            "flying": flying,
            "creep_at": middle(0.0, landing, 0.2),
            "swing_at": middle(landing, flying, 0.2),
            "fly_at": middle(flying, RATE.high, 0.12),
        }

    steps = Plot(
        "*w* before the step",
        "*w* after it",
        (-2, 2),
        (-2, 2),
        alt="Weight after against before a step",
    )
    steps.line([-2.0, 2.0], [-2.0, 2.0], color="muted", linewidth=1, linestyle="--")
    steps.curve("w", "w_next")
    steps.history("w_next", x="w", kind="stairs", color="green", linewidth=1.3)
    steps.point(HELD, "held_at", color="ink", size=8, handle=(None, "lr"))
    steps.point("w_k", "w_next_k")
    ruler = Plot(
        "learning rate *α*",
        "",
        (0, RATE.high),
        (0, 1),
        alt="A ruler for the learning rate, with zones in which the descent creeps, swings and flies away",
    )
    draw.fit(ruler.axes, 280, 110)
    ruler.axes.set_yticks([])
    ruler.axes.spines["left"].set_visible(False)
    ruler.axes.grid(False)
    ruler.vline("landing", color="green", linewidth=1.5)
    ruler.vline("flying", color="ink", linewidth=1.5, linestyle="--")
    for zone in ("creep", "swing", "fly"):
        ruler.text(f"{zone}_at", 0.8, zone, ha="center", va="center")
    ruler.text("landing", 0.12, " land", color="green", ha="left", va="center")
    ruler.point("lr", 0.45, handle=("lr", None))
    lines = [
        ("Curvature of the bowl", "c = 2x² = 2·{x}² = {c}"),
        ("Factor for each step", "r = 1 − α·c = 1 − {lr}·{c} = {r}"),
        ("After *k* updates", "k = {k:0}: w = {w_k:4}, L = {loss_k:4}"),
    ]
    return LiveFigure(
        more(ad.trace(update_map, w=1.8, x=x, lr=0.9), picture),
        [RATE, Slider("x", "input *x*", -1.5, 1.5, 0.05), START],
        [steps, ruler, WorkedLines(lines)],
        name="one-layer-map",
        alt="A line of slope r crossing a dashed diagonal, with a staircase of steps between the two; below, a ruler for the "
        "learning rate with the zones creep, swing and fly",
        caption="The black line is the update, the dashed diagonal is where nothing changes. Turn the line by its black point, "
        "and watch the ruler: find the slope that lands at once, and the slope that goes round in a square for ever. "
        "What does a larger input do to the zones?",
        iteration=Iteration({"w": "w_next"}, steps=20, start=6),
        hint="Drag the black point, the one on the ruler or an underlined number.",
    )


HELD = 1.4  # the weight at which the map's line is held
FADED = 0.02  # a slope of the sigmoid below this makes a plateau


def sigmoid(tape: Tape) -> LiveFigure:
    """The loss of a sigmoid neuron, a slope between two plateaus, and descent on it."""

    def picture(at: Replay) -> dict[str, Var]:
        return {"size": abs(at()["dw"])}

    hill = Plot(
        "weight *w*",
        "loss *L*",
        (-6.3, 6.3),
        (-0.08, 1.15),
        alt="Loss against weight, no longer a bowl, with its plateaus shaded",
    )
    size = Plot(
        "weight *w*",
        "|*∂L/∂w*|",
        (-6.3, 6.3),
        (1e-5, 1),
        log=True,
        alt="The size of the gradient against the weight, on a logarithmic axis",
    )
    # Where σ(1 − σ) is FADED; the input is 1 and the bias 0, so that z is w.
    edge = float(np.arccosh(1 / (2 * FADED) - 1))
    for plot in (hill, size):
        for side in (-1, 1):
            plot.axes.axvspan(
                *sorted((side * edge, side * 6.3)),
                color=draw.PALETTE["grid"],
                alpha=0.6,
                linewidth=0,
            )
    hill.curve("w", "loss")
    hill.tangent("w_k", "loss_k", slope="dw_k", linewidth=1.3)
    hill.history("loss", x="w", color="green", linewidth=1.3)
    hill.history("loss", x="w", kind="dots", color="green")
    hill.point("w_k", "loss_k")
    hill.point("w", "loss", color="muted", size=6, handle=("w", None))
    size.curve("w", "size", color="orange")
    size.point("w_k", "size_k", color="orange")
    size.point("w", "size", color="muted", size=6, handle=("w", None))
    lines = [
        ("After *k* updates", "k = {k:0}: w = {w_k}, a = σ(w·x + b) = {a_k}, L = {loss_k}"),
        ("Backward: loss", "∂L/∂a = 2(a − y) = 2({a_k} − {y}) = {da_k}"),
        ("Backward: activation", "δ = ∂L/∂a · σ′(z) = {da_k}·{slope_k} = {dz_k}"),
        ("Backward: weight", "∂L/∂w = δ·x = {dz_k}·1 = {dw_k}"),
    ]
    return LiveFigure(
        more(tape, picture),
        [
            Slider("w", "starting weight *w_0*", -6, 6, 0.1),
            Slider("y", "target *y*", 0, 1, 0.05),
            Slider("lr", "learning rate *α*", 0, 10, 0.1),
        ],
        [hill, size, WorkedLines(lines)],
        name="one-layer-sigmoid",
        alt="Left, the loss of the sigmoid neuron: a slope between two plateaus, with the weight's path on it; right, the size of "
        "the gradient on a logarithmic axis",
        caption="The shaded plateaus are the sigmoid's flat ends. Drag the start onto the right one and press Play: the error "
        "is large, the gradient is not. On the right every line of the grid is ten times the one below.",
        iteration=Iteration({"w": "w_next"}, steps=60, start=0),
        digits=4,
        hint="Drag a point or an underlined number.",
    )
