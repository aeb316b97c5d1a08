"""Figures of the first chapter."""

from collections.abc import Sequence

from backprop import autodiff as ad
from backprop.autodiff import Tape, Var
from livetext import (
    Choice,
    Flow,
    Iteration,
    LiveFigure,
    NetworkDiagram,
    Plot,
    Slider,
    WorkedLines,
    draw,
)

from ._more import Replay, more

__all__ = ["flow", "network", "neuron", "nudge"]

LENS = 12.0  # how far the lens reaches up and down, when across it is 1


def nudge(tape: Tape) -> LiveFigure:
    """The ratio of two changes beside the slope, and the two points of the curve under a lens."""
    lens_is = Choice("lens", "lens", ["×1", "×10", "×100"])

    def picture(at: Replay) -> dict[str, Var]:
        q = at()
        scale = ad.where(q["lens"] == 2, 100.0, ad.where(q["lens"] == 1, 10.0, 1.0))
        seen = at(w=q["w"] + q["beside"] / scale)
        up = ad.where(q["change"] >= 0, 1.0, -1.0)
        return {
            "beside_loss": (seen["loss"] - q["loss"]) * scale,
            "scale": scale,
            "left": q["w"] - 1.0 / scale,
            "right": q["w"] + 1.0 / scale,
            "under": q["loss"] - LENS / scale,
            "over": q["loss"] + LENS / scale,
            "run_at": q["w"] + q["nudge"] / 2,
            "run_height": q["loss"] - 0.32 * up,
            "rise_at": q["w_new"] + 0.05,
            "rise_height": q["loss"] + q["change"] / 2,
            "origin": 0.0 * q["w"],
        }

    bowl = Plot(
        "weight *w*",
        "loss *L*",
        (-0.4, 1.3),
        (-0.6, 4.2),
        alt="Loss against weight, a bowl, with two points on it, the line through both and the tangent",
    )
    bowl.curve("w", "loss")
    bowl.line(
        ["left", "right", "right", "left", "left"],
        ["under", "under", "over", "over", "under"],
        color="muted",
        linewidth=0.8,
    )
    bowl.tangent("w", "loss", slope="dw", linewidth=1.5)
    bowl.tangent("w", "loss", slope="ratio", color="green", linewidth=1.5, linestyle="--")
    bowl.line(["w", "w_new", "w_new"], ["loss", "loss", "loss_new"], color="muted", linewidth=1.2)
    bowl.text("run_at", "run_height", "Δw", ha="center", va="center")
    bowl.text("rise_at", "rise_height", "ΔL", ha="left", va="center")
    bowl.point("w_new", "loss_new", color="green", handle=("nudge", None))
    bowl.point("w", "loss", handle=("w", None))
    lens = Plot(
        "step away from *w*, magnified",
        "step away from *L*, magnified",
        (-1, 1),
        (-LENS, LENS),
        alt="The curve round the point, magnified: the stronger the lens, the more it looks like its tangent",
    )
    lens.curve("beside", "beside_loss")
    lens.tangent("origin", "origin", slope="dw", linewidth=1.5)
    lens.tangent("origin", "origin", slope="ratio", color="green", linewidth=1.5, linestyle="--")
    lens.point(0.0, 0.0)
    for i, words in enumerate(lens_is.options):
        lens.text(0.18 + 0.3 * i, -0.88 * LENS, words, color="muted", pick=("lens", i), ha="center")
    lines = [
        ("Loss before the nudge", "L(w) = ({w}·{x} + {b} − {y})² = {loss:4}"),
        ("Loss after it", "L(w + Δw) = ({w_new}·{x} + {b} − {y})² = {loss_new:4}"),
        ("Change of the loss", "ΔL = {loss_new:4} − {loss:4} = {change:4}"),
        ("Ratio of the changes", "ΔL/Δw = {change:4} / {nudge} = {ratio:4}"),
        ("Slope of the curve at *w*", "∂L/∂w = {dw:4}"),
    ]
    return LiveFigure(
        more(tape, picture, lens=1, beside=0.0),
        [
            Slider("w", "weight *w*", -0.3, 0.8, 0.01),
            Slider("nudge", "nudge *Δw*", 0.01, 0.4, 0.01),
            lens_is,
        ],
        [bowl, lens, WorkedLines(lines)],
        name="basics-nudge",
        alt="Left, the loss curve with two points, the line through both and the tangent; right, the small frame "
        "round the first point under a lens; below, the two losses and their ratio",
        caption="Drag the green point to the blue one, and watch the ratio come to the slope: the dashed line turns into "
        "the orange tangent. Then take a stronger lens: in it the curve itself is a straight line. Last, drag the blue "
        "point to where the slope is zero: what is the ratio there?",
        hint="Drag a point or an underlined number, or click a lens.",
    )


def neuron(tape: Tape, walks: Sequence[float], hours: Sequence[float]) -> LiveFigure:
    """A neuron's line among the examples, and the loss curve on which its weight descends."""
    data = Plot(
        "walk *x* (km)",
        "time (h)",
        (0, 5),
        (0, 3.2),
        alt="Four examples, the neuron's line, and on each residual a square",
    )
    wide = data.aspect

    def picture(at: Replay) -> dict[str, Var]:
        q = at()
        return {
            f"side_{i}": walk + abs(q["a"][i] - q[f"y{i + 1}"]) * wide
            for i, walk in enumerate(walks)
        }

    for i, walk in enumerate(walks):
        hour, line, side = f"y{i + 1}", f"a[{i}]_k", f"side_{i}_k"
        data.line(
            [walk, walk, side, side],
            [hour, line, line, hour],
            "orange",
            fill=True,
            alpha=0.3,
            linewidth=1,
        )
    data.line([0.0, 5.0], ["b", "a_5_k"], color="blue", handles=[(None, "b"), (None, "w")])
    for i, walk in enumerate(walks):
        data.point(walk, f"y{i + 1}", color="ink", size=8, handle=(None, f"y{i + 1}"))
    hill = Plot(
        "weight *w*",
        "loss *L*",
        (-0.5, 1.0),
        (-0.15, 3.0),
        alt="The loss of the four examples against the weight, with the descent on it and its next step",
    )
    hill.curve("w", "loss")
    hill.tangent("w_k", "loss_k", slope="dw_k", linewidth=1.3)
    hill.history("loss", x="w", color="green", linewidth=1.3)
    hill.history("loss", x="w", kind="dots", color="green")
    hill.arrow(("w_k", 0.0), ("w_next_k", 0.0), color="green")
    hill.point("w_k", "loss_k")
    hill.point("w", "loss", color="muted", size=6, handle=("w", None))
    lines = [
        ("After *k* updates", "k = {k:0}: w = {w_k:4}, L = {loss_k:4}"),
        ("Slope here", "∂L/∂w = {dw_k:4}"),
        ("The next step", "w − α · ∂L/∂w = {w_k:4} − {lr:3}·{dw_k:4} = {w_next_k:4}"),
    ]
    return LiveFigure(
        more(tape, picture),
        [
            Slider("w", "starting weight *w_0*", -0.4, 0.9, 0.01),
            Slider("b", "bias *b*", -0.5, 1, 0.01),
            Slider("lr", "learning rate *α*", 0, 0.15, 0.005),
            *(Slider(f"y{i}", f"time *y_{i}* (h)", 0, 3, 0.05) for i in range(1, len(hours) + 1)),
        ],
        [data, hill, WorkedLines(lines)],
        name="basics-neuron",
        alt="Left, the neuron's line among four examples, with a square on each residual; right, the loss against the "
        "weight, with a point that descends",
        caption="The loss is the mean of the orange squares. Take the line by its ends and make them small, or press Play. "
        "Then set the learning rate to its largest value. Last, drag one walk far off the line of the others: which "
        "square rules the slope?",
        iteration=Iteration({"w": "w_next"}, steps=30),
        hint="Drag a point or an underlined number.",
    )


def flow(tape: Tape) -> LiveFigure:
    """The five stages of learning round the neuron that learns, as boxes that light up in turn."""
    stages = [
        ("1 Input", ["x = {x}", "y = {y}"]),
        ("2 Forward pass", ["a = w·x + b = {w}·{x} + {b} = {a}"]),
        ("3 Loss", ["L = (a − y)² = ({a} − {y})² = {loss:4}"]),
        (
            "4 Backward pass",
            [
                "∂L/∂a = 2(a − y) = {da}",
                "∂L/∂w = ∂L/∂a · x = {da}·{x} = {dw}",
                "∂L/∂b = ∂L/∂a · 1 = {db}",
            ],
        ),
        ("5 Update", ["w ← {w} − {lr}·{dw} = {w_next:4}", "b ← {b} − {lr}·{db} = {b_next:4}"]),
    ]
    unit = NetworkDiagram(
        units=[["x"], ["a"]],
        weights=[[["w"]]],
        gradients=[[["dw"]]],
        deltas=[["da"]],
        symbols=["x", "a"],
        alt="The neuron: a wire with the weight w from the input x to the unit a, its gradient a halo along it",
        scale=1.0,
        gradient_scale=12.0,
    )
    return LiveFigure(
        tape,
        [
            Slider("w", "weight *w*", -0.5, 1, 0.01),
            Slider("b", "bias *b*", -0.5, 1, 0.01),
            Slider("lr", "learning rate *α*", 0, 0.1, 0.005),
        ],
        [
            Flow(
                stages,
                middle=unit,
                again="w = {w_next:4}, b = {b_next:4}",
                carry={"w": "w_next", "b": "b_next"},
            )
        ],
        name="basics-flow",
        alt="Five boxes in a loop round a neuron: input, forward pass, loss, backward pass, update, and from there the new "
        "weight and bias back to the input",
        caption="Press Step, or Play, and read each box as it lights up. The arrow back to the first carries the new weight "
        "and bias: click it, and the next round begins with them. Which boxes would change if you moved the learning rate? Try it at the last stage.",
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
