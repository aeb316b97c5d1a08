"""Figures of the chapter on two layers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backprop import autodiff as ad
from backprop.autodiff import Tape, Var
from backprop.network import Network
from livetext import (
    Case,
    Choice,
    Graph,
    Iteration,
    LiveFigure,
    NetworkDiagram,
    Node,
    Plot,
    Slider,
    Wire,
    WorkedLines,
    draw,
)

from ..decision import CLASSES, decision

__all__ = ["bce", "bent", "contours", "graph", "network", "relu", "saddle", "straight"]

CURVES = ["identity", "sigmoid", "tanh", "ReLU", "leaky ReLU"]
# The formula of each, and of its slope: z and a get the number of their layer.
VALUE = ["z#", "σ(z#)", "tanh z#", "max(z#, 0)", "z#, or z#/100 below 0"]
SLOPE = ["1", "a#(1 − a#)", "1 − (a#)²", "1, or 0 below 0", "1, or 1/100 below 0"]

# By how much the prediction is wrong on the map's curves of equal loss; `relu`'s tape knows them by these names.
CONTOURS = {"valley": 0.0, "above1": 0.5, "above2": 1.0, "above3": 2.0, "above4": 4.0}
CONTOURS |= {"below1": -0.5, "below2": -1.0, "below3": -2.0}
PLANE = [
    Slider("m1", "start *m_1*", -3.5, 3.5, 0.1),
    Slider("m2", "start *m_2*", -2, 2, 0.1),
]
MAP = ("weight *m_1*", "weight *m_2*", (-4.0, 4.0), (-2.6, 2.6))
LEAK = 0.1  # the slope of the leaky output below zero
RATE = Slider("lr", "learning rate *α*", 0, 0.12, 0.001)
UPDATE = {"m1": "m1_next", "m2": "m2_next"}


def graph(tape: Tape) -> LiveFigure:
    """Two neurons in a row as a graph of gates, with a choice of activations."""
    gates = Graph(
        nodes={
            "x": Node("*x*", 0, 1, gate=False),
            "w1": Node("*w_1*", 1, 2, gate=False),
            "b1": Node("*b_1*", 1, 0, gate=False),
            "sum1": Node("Σ", 1, 1),
            "g": Node("*g*", 2, 1),
            "w2": Node("*w_2*", 3, 2, gate=False),
            "b2": Node("*b_2*", 3, 0, gate=False),
            "sum2": Node("Σ", 3, 1),
            "F": Node("*F*", 4, 1),
            "y": Node("*y*", 5, 0, gate=False),
            "L": Node("*L*", 5, 1),
        },
        wires=[
            Wire("x", "sum1", "x"),
            Wire("w1", "sum1", "w1", "dw1"),
            Wire("b1", "sum1", "b1", "db1"),
            Wire("sum1", "g", "z1", "delta1"),
            Wire("g", "sum2", "a1", "da1"),
            Wire("w2", "sum2", "w2", "dw2"),
            Wire("b2", "sum2", "b2", "db2"),
            Wire("sum2", "F", "z2", "delta2"),
            Wire("F", "L", "a2", "da2"),
            Wire("y", "L", "y"),
        ],
        steps=[
            ("z1", "z_1 = w_1·x + b_1 = {w1}·{x} + {b1} = {z1}"),
            ("a1", _cases("g", 1, "a_1 = g(z_1) = ", VALUE, " = {a1}")),
            ("z2", "z_2 = w_2·a_1 + b_2 = {w2}·{a1} + {b2} = {z2}"),
            ("a2", _cases("F", 2, "a_2 = F(z_2) = ", VALUE, " = {a2}")),
            ("loss", "L = ½(a_2 − y)² = ½({a2} − {y})² = {loss}"),
            ("da2", "∂L/∂a_2 = a_2 − y = {a2} − {y} = {da2}"),
            ("delta2", "δ_2 = ∂L/∂a_2 · F′(z_2) = {da2}·{slope2} = {delta2}"),
            ("dw2", "∂L/∂w_2 = δ_2·a_1 = {delta2}·{a1} = {dw2}"),
            ("db2", "∂L/∂b_2 = δ_2 = {db2}"),
            ("da1", "∂L/∂a_1 = w_2·δ_2 = {w2}·{delta2} = {da1}"),
            ("delta1", "δ_1 = ∂L/∂a_1 · g′(z_1) = {da1}·{slope1} = {delta1}"),
            ("dw1", "∂L/∂w_1 = δ_1·x = {delta1}·{x} = {dw1}"),
            ("db1", "∂L/∂b_1 = δ_1 = {db1}"),
        ],
        alt="From left to right: x, a sum gate fed by w1 and b1, the gate g, a sum gate fed by w2 "
        "and b2, the gate F, and the loss L with the target y",
        nudge=0.01,
    )
    lines = [
        ("Hidden slope", _cases("g", 1, "g′(z_1) = ", SLOPE, " = {slope1}")),
        ("Output slope", _cases("F", 2, "F′(z_2) = ", SLOPE, " = {slope2}")),
    ]
    return LiveFigure(
        tape,
        [
            Choice("g", "hidden activation *g*", CURVES),
            Choice("F", "output activation *F*", CURVES),
            Slider("w1", "weight *w_1*", -1.5, 1.5, 0.05),
            Slider("w2", "weight *w_2*", -1.5, 1.5, 0.05),
            Slider("x", "input *x*", -1.5, 1.5, 0.05),
        ],
        [gates, WorkedLines(lines)],
        name="two-layers-graph",
        alt="Two neurons in a row as a graph, with a value above each wire and a gradient below it",
        caption="Press a wire: the nudge runs right, and each gate shows how far it moves; let go, and the "
        "gradient runs left to the same number. Step through both passes. Set *w_2* to zero and see what is "
        "left of the hidden neuron's gradients. Choose ReLU for *g* and push *z_1* below zero.",
        hint="Press a wire, pick a number, drag a number underlined with dots, or use the sliders.",
        digits=3,
    )


def _cases(choice: str, layer: int, before: str, forms: Sequence[str], after: str) -> Case:
    return Case(choice, [before + form.replace("#", f"_{layer}") + after for form in forms])


def contours(m1: Var, x: Var, y: Var) -> dict[str, Var]:
    """The *m_2* on each curve of equal loss over *m_1*, where the output is positive: (y + d)/(x·m_1)."""
    across = ad.where(m1 == 0.0, 1e-6, m1)  # no curve meets the axis
    predictions = {name: y + wrong for name, wrong in CONTOURS.items()}
    far = 1000.0  # off the map: no such loss
    return {name: ad.where(a > 0.0, a, far) / (x * across) for name, a in predictions.items()}


def relu(tape: Tape) -> LiveFigure:
    """Descent on the map of the loss of two ReLU weights, with its dead quarters.

    The tape has the curves of `contours`.
    """
    alt = "Map of the loss over the two weights, with the path of descent"
    picture = Plot(*MAP, alt=alt)
    for span in ((-4.1, -0.03), (0.03, 4.1)):
        for name in CONTOURS:
            color, width = ("green", 3) if name == "valley" else ("muted", 0.8)
            picture.curve("m1", name, span=span, color=color, samples=41, linewidth=width)
    _descent(picture)
    _dead_quarters(picture)
    for left, bottom in ((0, -2.6), (-4, 0)):
        for height, words in ((1.55, "dead"), (1.05, "*L* = ½*y*²")):
            muted = draw.PALETTE["muted"]
            picture.axes.text(
                left + 2, bottom + height, words, ha="center", color=muted, fontsize=12.5
            )
    lines = [
        ("After *k* updates", "k = {k:0}: m_1 = {m1_k}, m_2 = {m2_k}"),
        ("First layer", "a_1 = m_1·x = {m1_k}·{x} = {a1_k}"),
        ("Second layer", "z_2 = a_1·m_2 = {a1_k}·{m2_k} = {z2_k}"),
        ("Prediction", "ŷ = max(z_2, 0) = {a2_k}"),
        ("Loss", "L = ½(ŷ − y)² = ½({a2_k} − {y})² = {loss_k}"),
        ("Delta", "δ_2 = (ŷ − y)·F′(z_2) = {da2_k}·{slope2_k:0} = {delta2_k}"),
        ("Gradient of *m_2*", "∂L/∂m_2 = δ_2·a_1 = {delta2_k}·{a1_k} = {dm2_k}"),
        ("Gradient of *m_1*", "∂L/∂m_1 = δ_2·m_2·x = {delta2_k}·{m2_k}·{x} = {dm1_k}"),
        ("Update, *m_2 − α·∂L/∂m_2*", "new m_2 = {m2_k} − {lr:3}·{dm2_k} = {m2_next_k}"),
        ("Update, *m_1 − α·∂L/∂m_1*", "new m_1 = {m1_k} − {lr:3}·{dm1_k} = {m1_next_k}"),
    ]
    return LiveFigure(
        tape,
        [
            *PLANE,
            Slider("x", "input *x*", 0.5, 3, 0.1),
            Slider("y", "target *y*", 0.5, 3, 0.1),
            RATE,
        ],
        [picture, WorkedLines(lines)],
        name="two-layers-relu",
        alt="A map of the loss over m1 and m2: two valleys along hyperbolas, two grey dead quarters, and a path",
        caption="Drag the start, and the arrow and the whole path follow. Thin curves are drawn where *L* is 1/8, "
        "1/2, 2 and 8, bold green ones where it is zero, and grey quarters are dead. Press Step and watch the "
        "arrow vanish. Reset, lower *α* until the path stays alive.",
        iteration=Iteration(UPDATE, steps=30),
    )


def _descended(m1: Var, m2: Var, F: Var, lr: Var, x: float, y: float) -> dict[str, Var]:
    """The numbers of the output *F* (0 identity, 1 ReLU, 2 leaky ReLU), and one descent step."""
    z2 = m1 * x * m2
    leak = ad.where(F == 0.0, 1.0, ad.where(F == 1.0, 0.0, LEAK))
    a2 = ad.where(z2 > 0.0, z2, leak * z2)
    loss = 0.5 * (a2 - y) ** 2
    delta2, dm1, dm2 = ad.grad(loss, [z2, m1, m2])
    values = {"z2": z2, "a2": a2, "loss": loss, "delta2": delta2, "dm1": dm1, "dm2": dm2}
    return values | {"m1_next": m1 - lr * dm1, "m2_next": m2 - lr * dm2}


def saddle(x: float, y: float) -> LiveFigure:
    """The same map for three output activations, with one start and the saddle between the valleys.

    The tape has the numbers of the chosen output, and for each of the three its own place and next place,
    ``m1_relu`` and ``m1_next_relu``, as how far apart they are from the chosen one's.
    """
    slopes = {"identity": 1.0, "relu": 0.0, "leaky": LEAK}
    names = {"identity": "identity", "relu": "ReLU", "leaky": "leaky ReLU"}

    def three(m1: Var, m2: Var, F: Var, lr: Var, **apart: Var) -> dict[str, Var]:
        q = _descended(m1, m2, F, lr, x, y)
        for number, which in enumerate(slopes):
            n1, n2 = m1 + apart[f"apart1_{which}"], m2 + apart[f"apart2_{which}"]
            own = _descended(n1, n2, F * 0.0 + number, lr, x, y)
            q |= {f"m1_{which}": n1, f"m2_{which}": n2}
            for k in "12":
                q[f"m{k}_next_{which}"] = own[f"m{k}_next"]
                q[f"apart{k}_next_{which}"] = own[f"m{k}_next"] - q[f"m{k}_next"]
        return q

    nowhere = {f"apart{k}_{which}": 0.0 for k in "12" for which in slopes}
    tape = ad.trace(three, m1=3.0, m2=0.5, F=0.0, lr=0.1, **nowhere)
    pictures = []
    for which, slope in slopes.items():
        alt = f"Map of the loss with the output {names[which]}, with the path of descent"
        picture = Plot(*MAP, alt=alt)
        _contours(picture, x, y, slope)
        _descent(picture, f"_{which}")
        if which == "relu":
            _dead_quarters(picture)
        for across, up in (([-4, 4], [0, 0]), ([0, 0], [-2.6, 2.6])):
            picture.axes.plot(across, up, color=draw.PALETTE["muted"], linewidth=0.8)
        purple, ink = draw.PALETTE["purple"], draw.PALETTE["ink"]
        picture.axes.plot([-2.6, 2.6], [2.6, -2.6], color=purple, linewidth=1, linestyle=":")
        picture.axes.text(-3.85, 2.5, names[which], va="top", color=ink, fontsize=12.5)
        pictures.append(picture)
    lines = [
        ("After *k* updates, with the chosen output", "k = {k:0}: m_1 = {m1_k}, m_2 = {m2_k}"),
        ("Weighted sum", "z_2 = m_1·x·m_2 = {z2_k}"),
        ("Prediction", "ŷ = F(z_2) = {a2_k}"),
        ("Loss", "L = ½(ŷ − 1)² = {loss_k}"),
        ("Gradients", "∂L/∂m_1 = {dm1_k}, ∂L/∂m_2 = {dm2_k}"),
    ]
    apart = {name: name.replace("_", "_next_") for name in nowhere}
    return LiveFigure(
        tape,
        [*PLANE, RATE, Choice("F", "numbers of the output *F*", [*names.values()])],
        [*pictures, WorkedLines(lines)],
        name="two-layers-saddle",
        alt="Three maps of the loss, each with two valleys: with the identity a path jumps across the saddle, "
        "with ReLU it stops at once, with the leaky ReLU it goes on",
        caption="One start, three outputs. Drag the start in any of the maps: put *k* to zero and press Step. Set "
        "*m_1* and *m_2* to opposite numbers (the purple, dotted line), lower *α*, and press Play.",
        iteration=Iteration(UPDATE | apart, steps=60, start=20),
    )


def _dead_quarters(picture: Plot) -> None:
    for left, bottom in ((0, -2.6), (-4, 0)):
        picture.axes.fill(
            [left, left + 4, left + 4, left],
            [bottom, bottom, bottom + 2.6, bottom + 2.6],
            color=draw.PALETTE["grid"],
            zorder=0,
        )


def _contours(plot: Plot, x: float, y: float, slope: float) -> None:
    """Curves of equal loss, with an output of this slope below zero: hyperbolas x·m_1·m_2 = z_2."""
    for name, wrong in CONTOURS.items():
        a2 = y + wrong
        if a2 < 0 and slope:
            a2 /= slope
        if a2 == 0 or (a2 < 0 and not slope):  # the axes themselves, or no such loss
            continue
        # Evenly along the curve as one sees it: close where it is steep.
        m1 = np.geomspace(abs(a2) / (x * 2.7), 4.1, 16)
        m2 = a2 / (x * m1)
        color, width = ("green", 3) if name == "valley" else ("muted", 0.8)
        for side in (1, -1):
            plot.axes.plot(side * m1, side * m2, color=draw.PALETTE[color], linewidth=width)


def _descent(plot: Plot, which: str = "") -> None:
    """The path of descent with its next step, and its start to be dragged."""
    plot.history(f"m2{which}", x=f"m1{which}", kind="line", color="orange", linewidth=1.3)
    plot.history(f"m2{which}", x=f"m1{which}", kind="dots", color="orange")
    here, there = (f"m1{which}_k", f"m2{which}_k"), (f"m1_next{which}_k", f"m2_next{which}_k")
    plot.arrow(here, there, color="blue")
    plot.point(*here)
    plot.point("m1", "m2", color="orange", handle=("m1", "m2"))


def bce(tape: Tape) -> LiveFigure:
    """Delta of the output with two losses: one says how wrong, the other fades."""
    blame = Plot(
        "weighted sum *z_2*",
        "delta *δ_2*",
        (-6.5, 6.5),
        (-1.15, 1.15),
        alt="Delta against z2 for two losses",
    )
    blame.hline(0.0, linewidth=0.8)
    blame.line(["z2", "z2"], ["half_delta2", "delta2"], "muted", linewidth=1, linestyle=":")
    for name, color, style in (("delta2", "blue", "-"), ("half_delta2", "orange", "--")):
        blame.curve("b2", name, x="z2", span=(-13, 13), color=color, linestyle=style)
        blame.point("z2", name, color=color)
    lines = [
        ("Hidden layer", "a_1 = tanh(w_1·x) = tanh({w1:1}·{x:1}) = {a1}"),
        ("Output layer", "z_2 = w_2·a_1 = {w2:1}·{a1} = {z2}"),
        ("Prediction and slope", "ŷ = σ(z_2) = {a2}, σ′(z_2) = {slope2}"),
        ("Cross-entropy (solid)", "L = −y log ŷ − (1−y) log(1−ŷ) = {loss}"),
        ("Its delta", "δ_2 = ŷ − y = {a2} − {y:0} = {delta2}"),
        ("Its gradients", "∂L/∂w_2 = {dw2}, ∂L/∂w_1 = {dw1}"),
        ("Half squared error (dashed)", "½(ŷ − y)² = {half_loss}"),
        ("Its delta", "δ_2 = (ŷ − y)·σ′(z_2) = {half_delta2}"),
        ("Its gradients", "∂L/∂w_2 = {half_dw2}, ∂L/∂w_1 = {half_dw1}"),
    ]
    return LiveFigure(
        tape,
        [
            Choice("y", "target *y*", ["0", "1"]),
            Slider("w1", "weight *w_1*", -2, 2, 0.1),
            Slider("w2", "weight *w_2*", -6, 6, 0.1),
            Slider("x", "input *x*", -2, 2, 0.1),
        ],
        [blame, WorkedLines(lines)],
        name="two-layers-bce",
        alt="Delta against z2: with cross-entropy a rising S, with half the squared error a hump",
        caption="The blue S is *δ_2* with cross-entropy, the orange hump with half the squared error. Drag *w_2* "
        "from end to end for each target, and compare the two dots where the prediction is most wrong.",
        digits=4,
    )


def network(tape: Tape) -> LiveFigure:
    """The running network with all its numbers: one unit is picked, and its two sums run along its wires.

    The tape's numbers are scalars: ``w1_21`` leads in the first layer to unit 2 from unit 1, ``a2_1`` is the
    first output.
    """
    hidden, outputs = (1, 2, 3), (1, 2)
    weights = [
        [[f"w1_{i}{j}" for j in (1, 2)] for i in hidden],
        [[f"w2_{i}{j}" for j in hidden] for i in outputs],
    ]

    def layer(letter: str, k: int) -> list[str]:
        return [f"{letter}{k}_{i}" for i in (outputs if k == 2 else hidden)]

    picture = NetworkDiagram(
        units=[["x1", "x2"], layer("a", 1), layer("a", 2)],
        weights=weights,
        deltas=[layer("delta", 1), layer("delta", 2)],
        gradients=[[[f"d{w}" for w in row] for row in rows] for rows in weights],
        sums=[layer("z", 1), layer("z", 2)],
        biases=[layer("b", 1), layer("b", 2)],
        pick="unit",
        scale=1.0,
        nudge=0.01,
        alt="Two inputs, three hidden units and two outputs, with a wire from each unit to each of the next "
        "layer",
    )
    forward, backward, first = [], [], []
    for i in hidden:
        parts = "{w1_#1}·{x1} + {w1_#2}·{x2} + {b1_#} = {z1_#}"
        forward.append(f"z_#⁽¹⁾ = w_#1·x_1 + w_#2·x_2 + b_# = {parts}".replace("#", str(i)))
        wishes = "{w2_1#}·{delta2_1:3} + ({w2_2#})·{delta2_2:3} = {da1_#:3}"
        blame = f"w_1#⁽²⁾·δ_1⁽²⁾ + w_2#⁽²⁾·δ_2⁽²⁾ = {wishes}".replace("({w2_2#})", "{w2_2#}")
        backward.append(f"∂L/∂a_#⁽¹⁾ = {blame}".replace("#", str(i)))
        slope = "∂L/∂a_#⁽¹⁾ · g′(z_#⁽¹⁾) = {da1_#:3}·{slope1_#:3} = {delta1_#:3}"
        first.append(f"δ_#⁽¹⁾ = {slope}".replace("#", str(i)))
    for i in outputs:
        row = " + ".join(f"w_#{j}·a_{j}" for j in hidden)
        parts = " + ".join(f"{{w2_#{j}}}·{{a1_{j}}}" for j in hidden)
        line = f"z_#⁽²⁾ = {row} + b_# = {parts} + {{b2_#}} = {{z2_#}}"
        forward.append(line.replace("#", str(i)))
        error = "∂L/∂a_#⁽²⁾ = a_#⁽²⁾ − y_# = {a2_#} − {y#:0} = {da2_#:3}"
        backward.append(error.replace("#", str(i)))
        slope = "∂L/∂a_#⁽²⁾ · F′(z_#⁽²⁾) = {da2_#:3}·{slope2_#:3} = {delta2_#:3}"
        first.append(f"δ_#⁽²⁾ = {slope}".replace("#", str(i)))
    lines: list[tuple[str, str | Case]] = [
        ("Forward: what comes in is added up", Case("unit", forward)),
        ("Backward: so are the wishes of those who listen", Case("unit", backward)),
        ("Its *δ*: the wish, times its slope", Case("unit", first)),
        ("Loss", "L = {loss:4}"),
    ]
    names = ["hidden 1", "hidden 2", "hidden 3", "output 1", "output 2"]
    raised = {"1": "⁽¹⁾", "2": "⁽²⁾"}
    return LiveFigure(
        tape,
        [
            Choice("unit", "picked unit", names),
            Slider("x1", "input *x_1*", -2, 2, 0.1),
            Slider("x2", "input *x_2*", -2, 2, 0.1),
            *(
                Slider(name, f"*w_{name[3:]}{raised[name[1]]}*", -2, 2, 0.1)
                for rows in weights
                for row in rows
                for name in row
            ),
        ],
        [picture, WorkedLines(lines)],
        name="two-layers-network",
        alt="A network of two inputs, three hidden units and two outputs: each unit holds its activation, with "
        "*δ* below it; wires are as thick as their weights",
        caption="Blue numbers go right, orange ones left. Pick a unit: what comes in runs along its wires and "
        "adds up, and so do the wishes that come back. Press a wire to nudge its weight, and let go: "
        "all gradients run back at once. Violet wires are positive, golden, dashed ones negative.",
        hint="Pick a unit, press a wire, drag a number underlined with dots, or use the sliders.",
        effect_label="loss",
    )


ENDS = -1.4, 2.4  # where the straight border is held


def straight(x: ArrayLike, y: ArrayLike) -> LiveFigure:
    """A straight border to be laid between two classes by hand, and how many examples it leaves wrong."""
    across, up = np.round(np.asarray(x), 3)  # as fine as they are drawn
    above = np.asarray(y).ravel() == 0

    def count(left: Var, right: Var) -> dict[str, Var]:
        steepness = (right - left) / (ENDS[1] - ENDS[0])
        height = (left - steepness * ENDS[0]) + steepness * across
        apart = (ad.where(height < up, 1.0, 0.0) - above.astype(float)) ** 2
        wrong = apart.sum()
        # A neuron may call either side its own.
        return {
            "wrong": ad.minimum(wrong, len(above) - wrong),
            "w1": -steepness,
            "b": steepness * ENDS[0] - left,
        }

    plot = Plot(
        "*x_1*",
        "*x_2*",
        (-1.75, 2.75),
        (-1.3, 1.8),
        alt="Two crescents of points that reach into each other, blue circles and orange triangles, and a straight line "
        "through both",
    )
    for mine, (color, marker) in zip((above, ~above), CLASSES, strict=True):
        look: dict[str, Any] = {"color": draw.PALETTE[color], "markersize": 6}
        plot.axes.plot(across[mine], up[mine], marker, markeredgewidth=0, **look)
    plot.line([*ENDS], ["left", "right"], color="ink", linewidth=1.8)
    plot.point(ENDS[0], "left", color="ink", handle=(None, "left"))
    plot.point(ENDS[1], "right", color="ink", handle=(None, "right"))
    lines = [
        ("On the wrong side", "{wrong:0}"),
        ("The neuron of this border", "w_1 = {w1}, w_2 = 1, b = {b}"),
    ]
    return LiveFigure(
        ad.trace(count, left=1.2, right=-0.5),
        [
            Slider("left", "left end", -1.2, 1.7, 0.05),
            Slider("right", "right end", -1.2, 1.7, 0.05),
        ],
        [plot, WorkedLines(lines)],
        name="two-layers-straight",
        alt="Two crescents of points with a straight line through both, to be moved by its ends",
        caption="Pull an end of the line. Circles are to lie on one side of it and triangles on the other.",
        effect="wrong",
        effect_label="on the wrong side",
    )


def bent(net: Network, x: ArrayLike, y: ArrayLike) -> draw.Picture:
    """The border of a neuron that listens to three hidden units."""
    return draw.Picture(
        decision(lambda points: net.forward(points).output, x, y, width=420),
        name="two-layers-bent",
        alt="The same two crescents, with a border that bends and follows the gap between them: every point "
        "lies on its own side",
        caption="The same points, and three tanh units in front of the neuron.",
    )
