"""Figures of the chapter on the mathematics."""

import numpy as np

import backprop as bp
from backprop.autodiff import Tape
from livetext import (
    Case,
    Choice,
    Graph,
    LiveFigure,
    Node,
    Plot,
    Slider,
    Wire,
    WorkedLines,
    draw,
)

__all__ = [
    "activations",
    "chain",
    "directions",
    "losses",
    "paths",
    "sigmoid_neuron",
    "six_activations",
    "stages",
]

TARGET = Choice("y", "target *y*", ["0", "1"])


def chain(tape: Tape) -> LiveFigure:
    """Number lines for the four quantities of a chain, and on each the nudge that arrives there."""
    alt = "Number lines for x, u, v and F; arrows from each value to its nudged value"
    picture = Plot("value", "", (-1.8, 4.4), (0.5, 4.6), alt=alt)
    picture.axes.set_yticks([4, 3, 2, 1], labels=["*x*", "*u*", "*v*", "*F*"])
    picture.axes.spines["left"].set_visible(False)
    picture.axes.tick_params(axis="y", length=0)
    before = ""
    for height, q in ((4.0, "x"), (3.0, "u"), (2.0, "v"), (1.0, "F")):
        picture.hline(height, linewidth=1)
        if before:
            picture.line([before, q], [height + 1, height], "blue", linewidth=0.8)
            nudged: list[str | float] = [f"{before}_new", f"{q}_new"]
            picture.line(nudged, [height + 1, height], "green", linewidth=0.8, linestyle="--")
        picture.arrow((q, height), (f"{q}_new", height), color="green")
        picture.point(q, height, size=8)
        before = q
    lines = [
        ("*u* = *x*², rate 2*x*", "u = {u}, rate = {rate_h}, Δu = {change_u}"),
        ("*v* = 4/(1 + *u*), rate −4/(1 + *u*)²", "v = {v}, rate = {rate_g}, Δv = {change_v}"),
        ("*F* = *v*²/4, rate *v*/2", "F = {F}, rate = {rate_f}, ΔF = {change_F}"),
        ("Product of the rates", "dF/dx = {rate_h}·{rate_g}·{rate_f} = {rate}"),
        ("Ratio of the changes", "ΔF/Δx = {change_F}/{nudge} = {ratio}"),
    ]
    return LiveFigure(
        tape,
        [
            Slider("x", "input *x*", -1.5, 1.5, 0.05),
            Slider("nudge", "nudge *Δx*", 0.01, 0.5, 0.01),
        ],
        [picture, WorkedLines(lines)],
        name="mathematics-chain",
        alt="Four number lines, for x, u, v and F. An arrow on each is the one above it, stretched, "
        "shrunk or turned round",
        caption="Blue is where the chain stands, green where the nudge takes it. Make the nudge small: the ratio "
        "in the last line closes in on the product above it. Then set *x* to zero, where the first rate is zero.",
        effect="ratio",
    )


def paths(tape: Tape) -> LiveFigure:
    """A graph in which one quantity reaches the loss along two paths."""
    graph = Graph(
        nodes={
            "x": Node("*x*", 0, 0.5, gate=False),
            "square": Node("( )²", 1.5, 1.9),
            "times": Node("×", 3, 0.5),
            "L": Node("*L*", 4.3, 0.5, gate=False),
        },
        wires=[
            Wire("x", "square", "x", "through"),
            Wire("square", "times", "u", "du"),
            Wire("x", "times", "x", "direct"),
            Wire("times", "L", "loss"),
        ],
        steps=[
            ("u", "u = x² = {x}² = {u}"),
            ("loss", "L = x·u = {x}·{u} = {loss}"),
            ("direct", "straight path: ∂L/∂x = u = {direct}"),
            ("du", "∂L/∂u = x = {du}"),
            ("through", "path through u: ∂L/∂u · du/dx = {du}·2·{x} = {through}"),
            ("dx", "both paths: dL/dx = {direct} + {through} = {dx}"),
            ("overwritten", "if the second path overwrites the first, {overwritten} is left"),
        ],
        alt="x feeds a times gate twice: straight along a wire, and through a square gate as u",
    )
    return LiveFigure(
        tape,
        [Slider("x", "input *x*", -3, 3, 0.1)],
        [graph],
        name="mathematics-paths",
        alt="A graph in which x reaches the loss along two paths, with the gradient of each path below its wire",
        caption="Step through: the two orange numbers below the wires that leave *x* are the contributions of the "
        "two paths, and their sum is what a nudge of *x* really does. Try a negative *x*: do the paths ever disagree?",
    )


def activations(tape: Tape) -> LiveFigure:
    """An activation function with its tangent, and beside it the slope of that tangent everywhere."""
    span = (-4.2, 4.2)
    alt = "The chosen function over z, with a point at the present z and the tangent there"
    value = Plot("*z*", "activation *a*", span, (-2.3, 4.3), alt=alt)
    value.hline(0.0, linewidth=0.8)
    value.curve("z", "a")
    value.tangent("z", "a", slope="slope", linewidth=1.5)
    value.point("z", "a")
    alt = "The slope of the chosen function over z, between zero and one, with a point at z"
    rate = Plot("*z*", "slope *g′*(*z*)", span, (-0.08, 1.15), alt=alt)
    rate.curve("z", "slope", color="orange")
    rate.line(["z", "z"], [0.0, "slope"], "muted", linewidth=1, linestyle=":")
    rate.point("z", "slope", color="orange")
    cases = {
        "identity": ("a = z = {a}", "g′(z) = {slope}"),
        "sigmoid": ("a = σ(z) = {a}", "g′(z) = a(1 − a) = {a}·(1 − {a}) = {slope}"),
        "tanh": ("a = tanh z = {a}", "g′(z) = 1 − a² = 1 − {a}² = {slope}"),
        "ReLU": ("a = max(z, 0) = {a}", "1 for z > 0, otherwise 0: g′(z) = {slope}"),
        "leaky ReLU with leak 1/10": (
            "a = max(z, z/10) = {a}",
            "1 for z > 0, otherwise 1/10: g′(z) = {slope}",
        ),
        "softplus": ("a = log(1 + exp z) = {a}", "g′(z) = σ(z) = {slope}"),
    }
    forward, backward = zip(*cases.values(), strict=True)
    lines = [
        ("Forward: value", Case("choice", forward)),
        ("Backward: slope", Case("choice", backward)),
    ]
    return LiveFigure(
        tape,
        [
            Choice("choice", "function *g*", list(cases)),
            Slider("z", "weighted sum *z*", -4, 4, 0.1),
        ],
        [value, rate, WorkedLines(lines)],
        name="mathematics-activations",
        alt="Left, the chosen activation function with its tangent at z; right, its slope over z",
        caption="The orange point on the right is the slope of the orange tangent on the left. Slide *z* far out: "
        "the sigmoid's slope fades on both sides, the ReLU's on one. Then step over the kinks at *z* = 0.",
        digits=4,
        effect="slope",
    )


def losses(tape: Tape) -> LiveFigure:
    """Three losses over the prediction, and their gradients."""
    alt = "Three losses, zero at the target; cross-entropy climbs without bound away from it"
    height = Plot("prediction *a*", "loss *L*", (0, 1), (-0.1, 3.4), alt=alt)
    alt = "Their gradients: two straight lines, and for cross-entropy a curve without bound"
    slope = Plot("prediction *a*", "*∂L/∂a*", (0, 1), (-11, 11), alt=alt)
    slope.hline(0.0, linewidth=0.8)
    kinds = [
        ("bce", "cross-entropy", "orange", "-"),
        ("squared", "squared", "blue", "--"),
        ("half", "half squared", "green", ":"),
    ]
    span = (0.01, 0.99)
    for i, (kind, words, color, style) in enumerate(kinds):
        height.curve("a", kind, span=span, color=color, linewidth=1.6, linestyle=style)
        height.point("a", kind, color=color)
        height.text(0.5, 3.1 - 0.3 * i, words, color=color, ha="center")
        gradient = f"grad_{kind}"
        slope.curve("a", gradient, span=span, color=color, linewidth=1.6, linestyle=style)
        slope.point("a", gradient, color=color)
    bce = [
        "−log(1 − a) = −log(1 − {a}) = {bce};  1/(1 − a) = {grad_bce}",
        "−log a = −log {a} = {bce};  −1/a = {grad_bce}",
    ]
    squared = "(a − y)² = ({a} − {y:0})² = {squared};  2(a − y) = {grad_squared}"
    half = "½(a − y)² = ½·({a} − {y:0})² = {half};  a − y = {grad_half}"
    lines: list[tuple[str, str | Case]] = [
        ("Squared error and its gradient", squared),
        ("Half the squared error and its gradient", half),
        ("Binary cross-entropy and its gradient", Case("y", bce)),
    ]
    return LiveFigure(
        tape,
        [Slider("a", "prediction *a*", 0.05, 0.95, 0.01), TARGET],
        [height, slope, WorkedLines(lines)],
        name="mathematics-losses",
        alt="Left, squared, half squared and cross-entropy loss over the prediction; right, their gradients",
        caption="Slide the prediction away from the target. The gradient of the squared error never exceeds two in "
        "size; cross-entropy and its gradient grow without bound. Change the target: everything is mirrored.",
        digits=3,
        effect="bce",
        effect_label="cross-entropy",
    )


def sigmoid_neuron(tape: Tape) -> LiveFigure:
    """One step of a sigmoid neuron: the gradients as bars, the loss curve, and every line."""
    bars = Plot(
        "",
        "gradient",
        (0.4, 4.6),
        (-0.5, 0.5),
        alt="The gradients of three weights and the bias as bars, in the ratio 1 to 2 to 3 to 1",
    )
    ticks = ["*∂L/∂w_1*", "*∂L/∂w_2*", "*∂L/∂w_3*", "*∂L/∂b*"]
    bars.axes.set_xticks([1, 2, 3, 4], labels=ticks)
    for place, name in enumerate(("dw1", "dw2", "dw3", "db"), start=1):
        bars.bar(place, name, color="orange")
    bars.hline(0.0, linewidth=0.8)
    curve = Plot(
        "weighted sum *z*",
        "loss *L*",
        (-8, 8),
        (-0.03, 0.56),
        alt="Loss over z, an S-shaped curve, with a point at the present z and the tangent of slope delta",
    )
    curve.curve("b", "loss", x="z", span=(-15, 15))
    curve.tangent("z", "loss", slope="delta", linewidth=1.5)
    curve.point("z", "loss")
    curve.axes.set_xticks([-8, -4, 0, 4, 8])
    total = "{w1:2}·{x1:0} + {w2:2}·{x2:0} + {w3:2}·{x3:0} + {b:2}"
    lines = [
        ("Weighted sum", f"z = w_1·x_1 + w_2·x_2 + w_3·x_3 + b = {total} = {{z}}"),
        ("Activation", "a = σ(z) = {a}"),
        ("Loss", "L = ½(y − a)² = ½·({y:2} − {a})² = {loss}"),
        ("First factor", "∂L/∂a = −(y − a) = a − y = {da}"),
        ("Second factor", "∂a/∂z = σ(z)(1 − σ(z)) = {slope}"),
        ("Their product", "δ = ∂L/∂z = {da}·{slope} = {delta}"),
    ]
    for i in "123":
        line = f"∂L/∂w_{i} = δ·x_{i} = {{delta}}·{{x{i}:0}} = {{dw{i}}}"
        lines.append((f"Third factor, the input *x_{i}*", line))
    for i in "123":
        line = f"w_{i} − α·∂L/∂w_{i} = {{w{i}:2}} − {{lr:2}}·{{dw{i}}} = {{w{i}_next}}"
        lines.append((f"Update of *w_{i}*", line))
    return LiveFigure(
        tape,
        [
            *(Slider(f"w{i}", f"weight *w_{i}*", -1, 1, 0.05) for i in "123"),
            Slider("b", "bias *b*", -1, 1, 0.05),
            Slider("y", "target *y*", 0, 1, 0.05),
            Slider("lr", "learning rate *α*", 0, 1, 0.01),
        ],
        [bars, curve, WorkedLines(lines)],
        name="mathematics-sigmoid-neuron",
        alt="Bars for the gradient, the loss curve over z with its tangent, and every line of one step",
        caption="One step of a sigmoid neuron with the inputs 1, 2, 3. The bars keep the ratio 1 : 2 : 3 : 1 whatever "
        "you do, for all of them are *δ* times an input. Lower the target past the prediction and they all flip.",
        digits=10,
    )


def stages(tape: Tape) -> LiveFigure:
    """A tanh unit in eight small lines, each with its line back."""
    graph = Graph(
        nodes={
            "z": Node("*z*", 0, 1, gate=False),
            "exp": Node("exp", 1, 1),
            "turn": Node("1/", 2.1, 1),
            "minus": Node("−", 3.3, 2),
            "plus": Node("+", 3.3, 0),
            "invert": Node("1/", 4.4, 0),
            "times": Node("×", 5.5, 1),
            "L": Node("*L*", 6.6, 1, gate=False),
        },
        wires=[
            Wire("z", "exp", "z", "dz"),
            Wire("exp", "turn", "up", "turned"),
            Wire("exp", "minus", "up", "dnum"),
            Wire("exp", "plus", "up", "dden"),
            Wire("turn", "minus", "down", "minus"),
            Wire("turn", "plus", "down", "dden"),
            Wire("plus", "invert", "den", "dden"),
            Wire("invert", "times", "invden", "dinvden"),
            Wire("minus", "times", "num", "dnum"),
            Wire("times", "L", "a", "da"),
        ],
        steps=[
            ("z", "1: z = w·x + b = {w}·{x} + {b} = {z}"),
            ("up", "2: up = exp z = {up}"),
            ("down", "3: down = 1/up = 1/{up} = {down}"),
            ("num", "4: num = up − down = {up} − {down} = {num}"),
            ("den", "5: den = up + down = {up} + {down} = {den}"),
            ("invden", "6: invden = 1/den = 1/{den} = {invden}"),
            ("a", "7: a = num·invden = {num}·{invden} = {a}"),
            ("loss", "8: L = ½(a − y)² = ½·({a} − {y})² = {loss}"),
            ("da", "8 back: da = a − y = {a} − {y} = {da}"),
            ("dnum", "7 back: dnum = da·invden = {da}·{invden} = {dnum}"),
            ("dinvden", "7 back: dinvden = da·num = {da}·{num} = {dinvden}"),
            ("dden", "6 back: dden = −dinvden/den² = −{dinvden}/{den}² = {dden}"),
            ("minus", "4 back: from the difference, down gets −dnum = −{dnum} = {minus}"),
            ("ddown", "5 and 4: ddown = {dden} + {minus} = {ddown}"),
            ("turned", "3 back: up gets −ddown/up² = −{ddown}/{up}² = {turned}"),
            ("dup", "5, 4 and 3: dup = {dden} + {dnum} + {turned} = {dup}"),
            ("dz", "2 back: dz = dup·up = {dup}·{up} = {dz}"),
            ("dw", "1 back: dw = dz·x = {dz}·{x} = {dw}"),
        ],
        alt="From z through exp; its result up goes to 1/, to a minus gate and to a plus gate; their results meet in a product",
    )
    return LiveFigure(
        tape,
        [
            Slider("w", "weight *w*", -1.5, 1.5, 0.1),
            Slider("x", "input *x*", -2, 2, 0.1),
            Slider("b", "bias *b*", -1, 1, 0.1),
            Slider("y", "target *y*", -1, 1, 0.1),
        ],
        [graph],
        name="mathematics-stages",
        alt="The eight lines of a tanh unit and its loss as a graph, with what goes forward above each wire and what "
        "comes back below",
        caption="Step forward, then back. The wires that leave the exp gate carry the same number to three places, and "
        "three numbers come back on them: *dup* is their sum.",
        digits=4,
    )


def directions(tape: Tape) -> LiveFigure:
    """A loss of two weights: a direction to choose, and the rate at which the loss changes along it."""
    alt = "Ovals of equal loss, a place on them, the gradient there, and a direction to choose"
    ground = Plot("weight *w_1*", "weight *w_2*", (-2.2, 2.2), (-1.8, 1.8), alt=alt)
    around = np.linspace(0.0, 2 * np.pi, 49)
    for height in (0.1, 0.5, 1.2, 2.2):
        across, along = np.sqrt(2 * height), np.sqrt(2 * height / 3)
        style = {"color": draw.PALETTE["muted"], "linewidth": 0.7}
        ground.axes.plot(across * np.cos(around), along * np.sin(around), **style)
    ground.arrow(("w1", "w2"), ("up1", "up2"), color="orange")
    ground.arrow(("w1", "w2"), ("step1", "step2"), color="green")
    ground.point("w1", "w2", handle=("w1", "w2"))
    alt = "The rate over the direction: a wave, highest along the gradient and lowest against it"
    wave = Plot("direction (degrees)", "rate *∇L·d*", (0, 360), (-3.2, 3.2), alt=alt)
    wave.axes.set_xticks([0, 90, 180, 270, 360])
    wave.hline(0.0, linewidth=0.8)
    wave.hline("size", color="orange", linewidth=0.8, linestyle=":")
    wave.hline("least", color="orange", linewidth=0.8, linestyle=":")
    wave.curve("angle", "rate")
    wave.point("angle", "rate", color="green", handle=("angle", None))
    lines = [
        ("Gradient", "∇L = ({dw1}, {dw2}), its length is {size}"),
        ("Direction", "d = ({d1}, {d2})"),
        ("Rate", "∇L·d = {dw1}·{d1} + {dw2}·{d2} = {rate}"),
    ]
    return LiveFigure(
        tape,
        [
            Slider("angle", "direction", 0, 360, 1),
            Slider("w1", "weight *w_1*", -1.5, 1.5, 0.05),
            Slider("w2", "weight *w_2*", -1, 1, 0.05),
        ],
        [ground, wave, WorkedLines(lines)],
        name="mathematics-directions",
        alt="Left, a place on the ovals of a loss with its gradient and a direction; right, the rate over the direction",
        caption="Turn the green arrow until the rate is as low as it can be: it lies straight against the orange "
        "gradient. Then find the two directions in which the loss does not change, and look at the ovals there.",
        digits=3,
        effect="rate",
    )


def six_activations() -> draw.Picture:
    """Each activation function of the book with its slope, side by side."""
    functions = [
        ("identity", bp.identity, bp.identity.derivative),
        ("sigmoid", bp.sigmoid, bp.sigmoid.derivative),
        ("tanh", bp.tanh, bp.tanh.derivative),
        ("ReLU", bp.relu, bp.relu.derivative),
        # a leak that can be seen
        ("leaky ReLU", lambda z: np.maximum(z, z / 10), lambda z: np.where(z > 0, 1.0, 0.1)),
        ("softplus", bp.softplus, bp.softplus.derivative),
    ]
    width, height, unit = 150.0, 118.0, 20.0
    canvas = draw.blank(3 * width, 2 * height)
    z = np.linspace(-3.0, 3.0, 61)
    ink, muted = draw.PALETTE["ink"], draw.PALETTE["muted"]
    for k, (words, g, slope) in enumerate(functions):
        x, y = (k % 3 + 0.5) * width, (2 - k // 3) * height - 76
        canvas.plot([x - 62, x + 62], [y, y], color=muted, linewidth=0.8)
        canvas.plot([x, x], [y - 40, y + 62], color=muted, linewidth=0.8)
        for values, color, style in ((g(z), "blue", "-"), (slope(z), "orange", "--")):
            shown = np.clip(values, -2.0, 3.0)
            paint = draw.PALETTE[color]
            canvas.plot(x + unit * z, y + unit * shown, color=paint, linewidth=1.8, linestyle=style)
        canvas.text(x - 62, y + 52, words, color=ink, fontsize=11, ha="left")
    return draw.Picture(
        canvas,
        name="mathematics-six-activations",
        alt="Six small pictures: each activation function as a solid blue curve and its slope as a dashed orange one",
        caption="Values solid and blue, slopes dashed and orange, from −3 to 3. Where a blue curve is flat, its orange one "
        "lies on the axis: nothing gets back through the unit there.",
    )
