"""Figures of the chapter on one neuron."""

from backprop import autodiff as ad
from backprop.autodiff import Tape, Var
from livetext import Graph, Iteration, LiveFigure, Node, Plot, Slider, Wire, WorkedLines

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
    )
    return LiveFigure(
        tape,
        NEURON,
        [gates],
        name="one-layer-graph",
        alt="The neuron as a graph of gates, with a value above each wire and a gradient below it",
        caption="Press Step to move through the forward pass, then the backward pass, one gate at a time; "
        "Play does it by itself. Then set *w* to zero and look at what reaches *x*.",
    )


def step(tape: Tape) -> LiveFigure:
    """One step of learning: every line of it, and the bowl with its tangent."""
    bowl = Plot(
        "weight *w*", "loss *L*", (-2.6, 2.6), (-0.6, 6.5), alt="Loss against weight, a bowl"
    )
    bowl.curve("w", "loss")
    bowl.tangent("w", "loss", slope="dw", linewidth=1.5)
    bowl.arrow(("w", 0.0), ("w_next", 0.0), color="green")
    bowl.line(["w", "w"], [0.0, "loss"], color="muted", linewidth=1, linestyle=":")
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
    return LiveFigure(
        tape,
        [*NEURON, RATE],
        [WorkedLines(lines), bowl],
        name="one-layer-step",
        alt="The whole calculation, line by line, beside the loss bowl with its tangent and the next step",
        caption="One step of learning. The blue dot is where the neuron is, the orange tangent has the slope "
        "*∂L/∂w*, the green arrow is the update. Set *x* to zero: the error stays, yet the gradient is gone.",
    )


def descent(tape: Tape) -> LiveFigure:
    """Many steps: the path down the bowl, and the loss after each of them."""
    walk = Plot(
        "weight *w*", "loss *L*", (-2.2, 2.2), (-0.3, 4.6), alt="The walk down the loss bowl"
    )
    walk.curve("w", "loss")
    walk.history("loss", x="w", kind="stairs", color="orange", linewidth=1.3)
    walk.history("loss", x="w", kind="dots", color="orange")
    walk.point("w_k", "loss_k")
    learning = Plot(
        "updates *k*",
        "loss *L*",
        (-1, 41),
        (1e-9, 1e7),
        log=True,
        alt="Loss after each update",
    )
    learning.history("loss", kind="line", color="orange", linewidth=1.3)
    learning.history("loss", kind="dots", color="orange")
    learning.point("k", "loss_k")
    now = WorkedLines([("After *k* updates", "k = {k:0}: w = {w_k:4}, L = {loss_k:4}")])
    return LiveFigure(
        tape,
        [START, RATE],
        [walk, learning, now],
        name="one-layer-descent",
        alt="Left, the weight's path down the loss bowl as a staircase; right, the loss after each update",
        caption="Each tread of the staircase is one update, each riser the loss it gained or lost. On the right "
        "every line of the grid is a hundred times the one below, so a straight line means: the same "
        "factor at every step.",
        iteration=Iteration({"w": "w_next"}, steps=40, start=12),
    )


def map(x: float, b: float, y: float) -> LiveFigure:
    """The update as a function of the weight, and the staircase of its repetitions."""

    def update_map(w: Var, x: Var, lr: Var) -> dict[str, Var]:
        loss = (w * x + b - y) ** 2
        (dw,) = ad.grad(loss, [w])
        (curvature,) = ad.grad(dw, [w])
        factor = 1 - lr * curvature
        return {"loss": loss, "w_next": w - lr * dw, "c": curvature, "r": factor}

    steps = Plot(
        "*w* before the step",
        "*w* after it",
        (-2, 2),
        (-2, 2),
        alt="Weight after against before a step",
    )
    steps.line([-2.0, 2.0], [-2.0, 2.0], color="muted", linewidth=1, linestyle="--")
    steps.curve("w", "w_next")
    steps.history("w_next", x="w", kind="stairs", color="orange", linewidth=1.3)
    steps.point("w_k", "w_next_k")
    lines = [
        ("Curvature of the bowl", "c = 2x² = 2·{x}² = {c}"),
        ("Factor for each step", "r = 1 − α·c = 1 − {lr}·{c} = {r}"),
        ("After *k* updates", "k = {k:0}: w = {w_k:4}, L = {loss_k:4}"),
    ]
    return LiveFigure(
        ad.trace(update_map, w=1.8, x=x, lr=0.9),
        [RATE, Slider("x", "input *x*", -1.5, 1.5, 0.05), START],
        [steps, WorkedLines(lines)],
        name="one-layer-map",
        alt="A line of slope r crossing a dashed diagonal, with a staircase of steps between the two",
        caption="The black line is the update, the dashed diagonal is where nothing changes. Find the slope "
        "that lands at once, and the slope that goes round in a square for ever.",
        iteration=Iteration({"w": "w_next"}, steps=20, start=6),
    )


def sigmoid(tape: Tape) -> LiveFigure:
    """The loss of a sigmoid neuron, a slope between two plateaus, and descent on it."""
    hill = Plot(
        "weight *w*",
        "loss *L*",
        (-6.3, 6.3),
        (-0.08, 1.15),
        alt="Loss against weight, no longer a bowl",
    )
    hill.curve("w", "loss")
    hill.tangent("w_k", "loss_k", slope="dw_k", color="green", linewidth=1.3)
    hill.history("loss", x="w", color="orange", linewidth=1.3)
    hill.history("loss", x="w", kind="dots", color="orange")
    hill.point("w_k", "loss_k")
    lines = [
        ("After *k* updates", "k = {k:0}: w = {w_k}, a = σ(w·x + b) = {a_k}, L = {loss_k}"),
        ("Backward: loss", "∂L/∂a = 2(a − y) = 2({a_k} − {y}) = {da_k}"),
        ("Backward: activation", "δ = ∂L/∂a · σ′(z) = {da_k}·{slope_k} = {dz_k}"),
        ("Backward: weight", "∂L/∂w = δ·x = {dz_k}·1 = {dw_k}"),
    ]
    return LiveFigure(
        tape,
        [
            Slider("w", "starting weight *w_0*", -6, 6, 0.1),
            Slider("y", "target *y*", 0, 1, 0.05),
            Slider("lr", "learning rate *α*", 0, 10, 0.1),
        ],
        [hill, WorkedLines(lines)],
        name="one-layer-sigmoid",
        alt="The loss of the sigmoid neuron: a slope between two plateaus, with the weight's path on it",
        caption="The plateaus are the sigmoid's flat ends. Start on the right one and press Play: the error is "
        "large, the gradient is not.",
        iteration=Iteration({"w": "w_next"}, steps=60, start=0),
        digits=4,
    )
