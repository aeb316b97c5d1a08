"""Figures of the chapter on the mathematics."""

from collections.abc import Callable

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from backprop.autodiff import Tape, Var
from livetext import (
    Case,
    Choice,
    Graph,
    LiveFigure,
    NetworkDiagram,
    Node,
    Plot,
    Slider,
    Wire,
    WorkedLines,
    draw,
)

from ._more import Replay, more

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
    heights = ((4.0, "x"), (3.0, "u"), (2.0, "v"), (1.0, "F"))
    for height, q in heights:
        picture.hline(height, linewidth=1)
        if before:
            picture.line([before, q], [height + 1, height], "blue", linewidth=0.8)
            nudged: list[str | float] = [f"{before}_new", f"{q}_new"]
            picture.line(nudged, [height + 1, height], "green", linewidth=0.8, linestyle="--")
        before = q
    # On top of the lines between them, which would take the hand.
    for height, q in heights:
        of_x = q == "x"
        tip = ("nudge", None) if of_x else None
        picture.arrow((q, height), (f"{q}_new", height), color="green", handle=tip)
        picture.point(q, height, size=8, handle=("x", None) if of_x else None)
    for height, rate in ((3.5, "rate_h"), (2.5, "rate_g"), (1.5, "rate_f")):
        picture.text(-1.4, height, f"×{{{rate}}}", color="orange", ha="center", va="center")
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
        "shrunk or turned round, by about the rate that stands between the two lines",
        caption="Blue is where the chain stands, green where the nudge takes it; between two lines stands the rate by which "
        "an arrow is stretched. Draw the first arrow in by its tip: the ratio in the last line closes in on the product "
        "above it. Then drag *x* to zero, where the first rate is zero.",
        effect="ratio",
        hint="Drag the first point, its arrow's tip or an underlined number.",
    )


def paths(tape: Tape) -> LiveFigure:
    """A graph in which one quantity reaches the loss along two paths."""
    how = Choice("how", "the second path", ["+= adds", "= overwrites"])

    def picture(at: Replay) -> dict[str, Var]:
        q = at()
        first = ad.where(q["how"] == 0, q["direct"], 0.0)
        return {"first": first, "kept": first + q["through"], "dloss": 1.0 + 0.0 * q["x"]}

    graph = Graph(
        nodes={
            "x": Node("*x*", 0, 0.5, gate=False),
            "fork": Node("•", 1.9, 0.5, gate=False),
            "square": Node("( )²", 2.9, 1.9),
            "times": Node("×", 3.9, 0.5),
            "L": Node("*L*", 4.9, 0.5, gate=False),
        },
        wires=[
            Wire("x", "fork", "x", "kept", sum="{first} + {through} = {kept}"),
            Wire("fork", "square", "x", "through"),
            Wire("square", "times", "u", "du"),
            Wire("fork", "times", "x", "direct"),
            Wire("times", "L", "loss", "dloss"),
        ],
        steps=[
            ("u", "u = x² = {x}² = {u}"),
            ("loss", "L = x·u = {x}·{u} = {loss}"),
            ("direct", "straight path: ∂L/∂x = u = {direct}"),
            ("du", "∂L/∂u = x = {du}"),
            ("through", "path through u: ∂L/∂u · du/dx = {du}·2·{x} = {through}"),
            (
                "kept",
                Case(
                    "how",
                    (
                        "both paths, added: dL/dx = {direct} + {through} = {dx}",
                        "the second path has overwritten the first: {overwritten} is left of {dx}",
                    ),
                ),
            ),
        ],
        alt="x splits in two: straight along a wire, and through a square gate as u; both meet in a times gate",
        nudge=0.01,
    )
    return LiveFigure(
        more(tape, picture, how=0),
        [Slider("x", "input *x*", -3, 3, 0.1), how],
        [graph],
        name="mathematics-paths",
        alt="A graph in which x splits and reaches the loss along two paths, with the gradient of each path below its wire "
        "and their sum below x",
        caption="Press the wire of *x*: the nudge splits at the dot and joins again at the times gate. Let go, and the two "
        "contributions come back and are added. Then let the second overwrite the first, as a program with = in place of "
        "+= does, and press again: which of the two numbers does the nudge agree with?",
        hint="Press a wire, pick a gate, or drag an underlined number.",
    )


# Two rows of three panels: from the middle of one to that of the next, and what an activation reaches in each.
ACROSS, UP, LOW, HIGH = 9.6, 8.1, -1.3, 4.2


def activations(tape: Tape) -> LiveFigure:
    """Six activation functions side by side, with a point at the same z on each and on its slope."""
    functions: list[Callable[[Var], Var]] = [
        lambda z: z * 1.0,
        ad.sigmoid,
        ad.tanh,
        ad.relu,
        lambda z: ad.leaky_relu(z, 0.1),
        ad.softplus,
    ]
    words = ["identity", "sigmoid", "tanh", "ReLU", "leaky ReLU", "softplus"]
    corners = [(ACROSS * (k % 3), UP * (1 - k // 3)) for k in range(6)]

    def picture(at: Replay) -> dict[str, Var]:
        z, choice = at()["z"], at()["choice"]
        shown: dict[str, Var] = {}
        column, row = 0.0 * z, 0.0 * z
        for k, (function, (x, y)) in enumerate(zip(functions, corners, strict=True)):
            a = function(z)
            (slope,) = ad.grad(a, [z])
            reach = ad.maximum(a, LOW)
            shown |= {f"a_{k}": a, f"slope_{k}": slope, f"z_at_{k}": z + x}
            shown |= {f"a_at_{k}": reach + y, f"slope_at_{k}": slope + y}
            column = column + ad.where(choice == k, x, 0.0)
            row = row + ad.where(choice == k, y, 0.0)
        frame = {"frame_left": column - 4.5, "frame_right": column + 4.5}
        return shown | frame | {"frame_low": row - 2.5, "frame_high": row + 5.4}

    panels = Plot(
        "",
        "",
        (-4.7, 2 * ACROSS + 4.7),
        (-2.6, UP + 5.5),
        alt="Six panels, each with a function over z, its slope, and a point on either at the same z",
    )
    panels.axes.axis("off")
    ink, muted, orange = (draw.PALETTE[name] for name in ("ink", "muted", "orange"))
    for k, (x, y) in enumerate(corners):
        panels.axes.plot([x - 4, x + 4], [y, y], color=muted, linewidth=0.6)
        panels.axes.plot([x, x], [y + LOW, y + HIGH], color=muted, linewidth=0.6)
        z = np.array([-4.0, 0.0, 4.0]) if k in (0, 3, 4) else np.linspace(-4, 4, 41)
        a = np.array([functions[k](ad.var(at)).value for at in z])
        z, a = (z, a) if k else (np.array([LOW, 4.0]), np.array([LOW, 4.0]))
        panels.axes.plot(x + z, y + a, color=ink, linewidth=1.6)
        if k in (3, 4):
            left = 0.1 * (k - 3)
            panels.axes.plot([x - 4, x], [y + left] * 2, color=orange, linewidth=1.4)
            panels.axes.plot([x, x + 4], [y + 1] * 2, color=orange, linewidth=1.4)
            panels.axes.plot([x], [y + left], "o", color=orange, markersize=4)
            (open_end,) = panels.axes.plot([x], [y + 1], "o", color=draw.PALETTE["paper"])
            open_end.set(markersize=4, markeredgecolor=orange)
        else:
            slopes = np.array([_slope(functions[k], at) for at in (z if k else [-4.0, 4.0])])
            panels.axes.plot(
                x + (z if k else np.array([-4.0, 4.0])), y + slopes, color=orange, linewidth=1.4
            )
        panels.text(x, y + 4.75, words[k], ha="center", va="center", pick=("choice", k))
        panels.text(x - 2, y - 2, f"{{a_{k}:2}}", color="blue", ha="center", va="center")
        panels.text(x + 2, y - 2, f"{{slope_{k}:2}}", color="orange", ha="center", va="center")
    frame = ["frame_left", "frame_right", "frame_right", "frame_left", "frame_left"]
    heights = ["frame_low", "frame_low", "frame_high", "frame_high", "frame_low"]
    panels.line([*frame], [*heights], color="ink", linewidth=1)
    for k in range(6):
        panels.point(f"z_at_{k}", f"slope_at_{k}", color="orange", size=7, handle=("z", None))
        panels.point(f"z_at_{k}", f"a_at_{k}", size=7, handle=("z", None))
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
        more(tape, picture),
        [
            Slider("z", "weighted sum *z*", -4, 4, 0.1),
            Choice("choice", "function *g*", list(cases)),
        ],
        [panels, WorkedLines(lines)],
        name="mathematics-activations",
        alt="Six activation functions over z, each with its slope; one z moves a point on all of them",
        caption="Drag any point: one *z* moves through all six functions. Blue is the value, orange the slope there. Far out "
        "the sigmoid's slope fades on both sides, the ReLU's on one. At *z* = 0 the ReLU has a kink, and its slope a step: the "
        "filled end belongs to it, the open one does not.",
        digits=4,
        effect="slope",
        hint="Drag a point, or click a name.",
    )


def _slope(function: Callable[[Var], Var], at: float) -> float:
    z = ad.var(at)
    (slope,) = ad.grad(function(z), [z])
    return float(slope.value)


def losses(tape: Tape) -> LiveFigure:
    """Three losses over the prediction, and their gradients."""

    def picture(at: Replay) -> dict[str, Var]:
        y = at()["y"]

        def beside(x: float) -> Var:
            return ad.where(y == 1, x, 1.0 - x)

        return {
            "bce_at": beside(0.46),
            "squared_at": beside(0.23),
            "half_at": beside(0.2),
        }

    alt = "Three losses, zero at the target; cross-entropy climbs without bound away from it"
    height = Plot("prediction *a*", "loss *L*", (0, 1), (-0.5, 3.4), alt=alt)
    alt = "Their gradients: two straight lines, and for cross-entropy a curve without bound"
    slope = Plot("prediction *a*", "*∂L/∂a*", (0, 1), (-11, 11), alt=alt)
    height.hline(0.0, linewidth=0.8)
    slope.hline(0.0, linewidth=0.8)
    kinds = [
        ("bce", "cross-entropy", "-", 1.55),
        ("squared", "squared", "--", 0.88),
        ("half", "half squared", ":", -0.3),
    ]
    span = (0.01, 0.99)
    for kind, words, style, place in kinds:
        height.curve("a", kind, span=span, color="blue", linewidth=1.6, linestyle=style)
        height.point("a", kind, handle=("a", None))
        height.text(f"{kind}_at", place, words, color="blue", ha="center", va="center")
        gradient = f"grad_{kind}"
        slope.curve("a", gradient, span=span, color="orange", linewidth=1.6, linestyle=style)
        slope.point("a", gradient, color="orange", handle=("a", None))
    height.point("y", 0.0, color="ink", size=7)
    for option in (0, 1):
        height.text(0.42 + 0.24 * option, 3.1, f"y = {option}", "muted", ("y", option), ha="center")
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
        more(tape, picture),
        [Slider("a", "prediction *a*", 0.05, 0.95, 0.01), TARGET],
        [height, slope, WorkedLines(lines)],
        name="mathematics-losses",
        alt="Left, squared, half squared and cross-entropy loss over the prediction; right, their gradients",
        caption="Drag the prediction away from the target. The gradient of the squared error (dashed) never exceeds two in "
        "size; cross-entropy and its gradient (solid) grow without bound. Click the other target: everything is mirrored.",
        digits=3,
        effect="bce",
        effect_label="cross-entropy",
        hint="Drag a point or an underlined number, or click a target.",
    )


def sigmoid_neuron(tape: Tape) -> LiveFigure:
    """One step of a sigmoid neuron: the gradients as halos of the wires, the loss curve, and every line."""
    unit = NetworkDiagram(
        units=[["x1", "x2", "x3"], ["a"]],
        weights=[[["w1", "w2", "w3"]]],
        deltas=[["delta"]],
        gradients=[[["dw1", "dw2", "dw3"]]],
        symbols=["x_#", "a"],
        alt="Three inputs wired to one unit: a wire is as wide as its weight, the halo along it as wide as its gradient",
        scale=2.0,
        gradient_scale=0.44,  # as much as any of them can be
        nudge=0.01,
        digits=2,
    )
    curve = Plot(
        "weighted sum *z*",
        "loss *L*",
        (-8, 8),
        (-0.03, 0.56),
        alt="Loss over z, an S-shaped curve, with a point at the present z and the tangent of slope delta",
    )
    curve.curve("b", "loss", x="z", span=(-15, 15))
    curve.tangent("z", "loss", slope="delta", linewidth=1.5)
    curve.point("z", "loss", handle=("b", None))
    curve.axes.set_xticks([-8, -4, 0, 4, 8])
    total = "{w1:2}·{x1:0} + {w2:2}·{x2:0} + {w3:2}·{x3:0} + {b:2}"

    def lines(digits: int) -> list[tuple[str, str]]:
        def full(name: str) -> str:
            return f"{{{name}:{digits}}}"

        z, a, slope, da, delta = map(full, ("z", "a", "slope", "da", "delta"))
        found = [
            ("Weighted sum", f"z = w_1·x_1 + w_2·x_2 + w_3·x_3 + b = {total} = {z}"),
            ("Activation", f"a = σ(z) = {a}"),
            ("Loss", f"L = ½(y − a)² = ½·({{y:2}} − {a})² = {full('loss')}"),
            ("First factor", f"∂L/∂a = −(y − a) = a − y = {da}"),
            ("Second factor", f"∂a/∂z = σ(z)(1 − σ(z)) = {slope}"),
            ("Their product", f"δ = ∂L/∂z = {da}·{slope} = {delta}"),
        ]
        for i in "123":
            line = f"∂L/∂w_{i} = δ·x_{i} = {delta}·{{x{i}:0}} = {full(f'dw{i}')}"
            found.append((f"Third factor, the input *x_{i}*", line))
        for i in "123":
            new = full(f"w{i}_next")
            line = f"w_{i} − α·∂L/∂w_{i} = {{w{i}:2}} − {{lr:2}}·{full(f'dw{i}')} = {new}"
            found.append((f"Update of *w_{i}*", line))
        return found

    return LiveFigure(
        tape,
        [
            *(Slider(f"w{i}", f"weight *w_{i}*", -1, 1, 0.05) for i in "123"),
            Slider("y", "target *y*", 0, 1, 0.05),
            Slider("b", "bias *b*", -1, 1, 0.05),
            Slider("lr", "learning rate *α*", 0, 1, 0.01),
        ],
        [
            unit,
            curve,
            WorkedLines(lines(4)),
            WorkedLines(lines(10), fold="The same with ten digits"),
        ],
        name="mathematics-sigmoid-neuron",
        alt="The neuron with its three wires, the loss curve over z with its tangent, and every line of one step",
        caption="One step of a sigmoid neuron with the inputs 1, 2, 3. The orange halos of the wires keep the ratio 1 : 2 : 3 "
        "whatever you do, for each gradient is *δ* times an input. Lower the target past the prediction: all of them turn "
        "their sign.",
        digits=4,
        hint="Press a wire, or drag the point or an underlined number.",
    )


def stages(tape: Tape) -> LiveFigure:
    """A tanh unit in eight small lines, each with its line back."""
    graph = Graph(
        nodes={
            "z": Node("*z*", 0, 1.45, gate=False),
            "exp": Node("exp", 1.1, 1.45),
            "turn": Node("1/", 3, 1.45),
            "minus": Node("−", 3.95, 3.15),
            "plus": Node("+", 3.65, 0.05),
            "invert": Node("1/", 5.05, 0.05),
            "times": Node("×", 4.4, 1.8),
            "L": Node("*L*", 5.4, 1.8, gate=False),
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
        digits=3,
    )


def directions(tape: Tape) -> LiveFigure:
    """A loss of two weights: a direction to choose, and the rate at which the loss changes along it."""
    alt = "Ovals of equal loss, a place on them, the gradient there, and a direction to choose"
    ground = Plot("weight *w_1*", "weight *w_2*", (-2.2, 2.2), (-1.8, 1.8), alt=alt)
    around = np.linspace(0.0, 2 * np.pi, 49)
    for height in (0.1, 0.5, 1.2, 2.2):
        across, along = np.sqrt(2 * height), np.sqrt(2 * height / 3)
        muted = draw.PALETTE["muted"]
        ground.axes.plot(
            across * np.cos(around), along * np.sin(around), color=muted, linewidth=0.7
        )
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
        ("Gradient", "∂L/∂w_1 = w_1 = {dw1}, ∂L/∂w_2 = 3·w_2 = 3·{w2} = {dw2}"),
        ("Its length", "{size}"),
        ("Direction", "d_1 = {d1}, d_2 = {d2}"),
        ("Rate", "∂L/∂w_1·d_1 + ∂L/∂w_2·d_2 = {dw1}·{d1} + {dw2}·{d2} = {rate}"),
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
    Rule = Callable[[np.ndarray], np.ndarray]
    functions: list[tuple[str, Rule, Rule]] = [
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
            shown = (values >= -2.0) & (values <= 3.0)
            paint = draw.PALETTE[color]
            across, up = x + unit * z[shown], y + unit * values[shown]
            canvas.plot(across, up, color=paint, linewidth=1.8, linestyle=style)
        canvas.text(x - 62, y + 52, words, color=ink, fontsize=11, ha="left")
    return draw.Picture(
        canvas,
        name="mathematics-six-activations",
        alt="Six small pictures: each activation function as a solid blue curve and its slope as a dashed orange one",
        caption="Values solid and blue, slopes dashed and orange, from −3 to 3. Where a blue curve is flat, its orange one "
        "lies on the axis: nothing gets back through the unit there.",
    )
