"""Figures of the chapter on checking a gradient."""

from backprop.autodiff import Tape
from livetext import Bits, Choice, LiveFigure, Plot, Slider, WorkedLines

__all__ = ["directions", "kink", "v"]


def v(tape: Tape) -> LiveFigure:
    """The errors of three measured slopes over the step, and the bits of the losses that were subtracted."""
    plot = Plot(
        "step *h*",
        "relative error",
        (3e-17, 0.4),
        (3e-18, 30),
        alt="Errors over the step: one-sided and two-sided differences fall and then rise again to the left, each as "
        "a V; that of the complex step falls and stays down",
        log=True,
        xlog=True,
    )
    plot.axes.set_xticks([1e-16, 1e-12, 1e-8, 1e-4])
    plot.axes.set_yticks([1e-16, 1e-12, 1e-8, 1e-4, 1])
    steps = [float(f"1e-{k}") for k in range(1, 17)]
    witnesses = [("one", "green", "--"), ("two", "blue", "-"), ("side", "ink", ":")]
    for name, color, style in witnesses:
        errors = [f"errors_{name}[{k}]" for k in range(len(steps))]
        plot.line([*steps], [*errors], color=color, linewidth=1.6, linestyle=style)
    for name, color, _ in witnesses:
        plot.point(
            "h", f"error_{name}", color=color, size=5 if name == "side" else 9, handle=("s", None)
        )
    plot.text(3e-4, 2e-2, "one-sided", color="green", ha="right")
    plot.text(3e-5, 3e-13, "two-sided", color="blue", ha="left")
    plot.text(3e-16, 3e-15, "complex step", ha="left")
    lines = [
        ("One-sided", "n = (f(x + h) − f(x))/h = {one:14}"),
        ("Two-sided", "n = (f(x + h) − f(x − h))/2h = {two:14}"),
        ("Complex step", "n = Im f(x + i·h)/h = {side:14}"),
        ("Exactly", "f′(x) = {rate:14}"),
    ]
    return LiveFigure(
        tape,
        [Slider("s", "step *h = 10⁻ˢ*, *s*", 1, 16, 1), Slider("x", "place *x*", 2, 4, 0.5)],
        [plot, Bits("above", "f(x + h)", ("below", "f(x − h)")), WorkedLines(lines)],
        name="checking-v",
        alt="The errors of three ways to measure a slope over the step, with the bits of two losses below",
        caption="Take hold of a point and pull it to the left. Both losses of the two-sided difference are shown as the 64 bits that hold them. "
        "What is grey is the same in both, so the subtraction cancels it; the slope is made of what is bold. (No error at all is drawn along the bottom.)",
        digits=4,
        effect="error_two",
        effect_label="error of the two-sided slope",
    )


def kink(tape: Tape) -> LiveFigure:
    """A secant over a corner, and the measured slopes over the step."""
    place = Plot(
        "*z*, in units of *10⁻⁵*",
        "*f*, in the same units",
        (-4.2, 4.2),
        (-4.6, 8.4),
        alt="A function with a corner at zero, and a secant that reaches over it",
    )
    place.curve("z", "value", linewidth=1.6)
    place.line(["low", "z"], ["below", "value"], color="green", linestyle="--", linewidth=1.6)
    place.line(["z", "high"], ["value", "above"], color="green", linestyle="--", linewidth=1.6)
    place.line(["low", "high"], ["below", "above"], color="blue", linewidth=1.8)
    place.point("low", "below", color="blue", handle=("h", None))
    place.point("high", "above", color="blue", handle=("h", None))
    place.point("z", "value", color="ink", handle=("z", None))
    slopes = Plot(
        "step *h*, in units of *10⁻⁵*",
        "measured slope",
        (0.0, 2.05),
        (-0.25, 2.5),
        alt="The slopes to the left and to the right and the two-sided one over the step: do they meet as it shrinks?",
    )
    for name, color, style in (
        ("left", "green", "--"),
        ("right", "green", "--"),
        ("central", "blue", "-"),
    ):
        slopes.curve("h", name, span=(0.02, 2.0), color=color, linestyle=style, linewidth=1.6)
    slopes.hline("dz", color="orange", linestyle=":", linewidth=1.6)
    slopes.point("h", "left", color="green", handle=("h", None))
    slopes.point("h", "right", color="green", handle=("h", None))
    slopes.point("h", "central", color="blue", handle=("h", None))
    lines = [
        ("To the left", "(f(z) − f(z − h))/h = ({value} − {below})/{h} = {left}"),
        ("To the right", "(f(z + h) − f(z))/h = ({above} − {value})/{h} = {right}"),
        ("Two-sided", "(f(z + h) − f(z − h))/2h = {central}"),
        ("Reverse mode finds", "∂f/∂z = {dz}"),
    ]
    options = ["ReLU(z)", "2 ReLU(z) − ReLU(−z)", "ReLU(z) − ReLU(−z)"]
    return LiveFigure(
        tape,
        [
            Slider("z", "place *z*", -2, 2, 0.1),
            Slider("h", "step *h*", 0.1, 2, 0.1),
            Choice("choice", "function *f*", options),
        ],
        [place, slopes, WorkedLines(lines)],
        name="checking-kink",
        alt="Left, a function with a corner and a secant over it; right, the slopes that are measured as the step shrinks",
        caption="Green and dashed: the slopes to the left and to the right. Blue: the two-sided one. Orange and dotted: what reverse mode finds. "
        "Pull an end of the secant inwards until it no longer reaches over the corner.",
        digits=2,
        effect="central",
        effect_label="two-sided slope",
    )


def directions(tape: Tape) -> LiveFigure:
    """A wrong gradient of two weights, a direction to check along, and what the check sees along each."""
    plane = Plot(
        "along *w_1*",
        "along *w_2*",
        (-1.7, 2.1),
        (-1.5, 1.5),
        alt="The true gradient, that of a program, the difference of the two, and a direction to check along",
    )
    plane.line([1.2, "dw1"], [0.8, "dw2"], color="negative", linewidth=1.6, linestyle="--")
    plane.arrow((0.0, 0.0), (1.2, 0.8), color="ink")
    plane.arrow((0.0, 0.0), ("dw1", "dw2"), color="orange", handle=("dw1", "dw2"))
    plane.arrow((0.0, 0.0), ("d1", "d2"), color="green")
    plane.text(1.1, 1.1, "true", ha="center")
    seen = Plot(
        "direction (degrees)",
        "relative error",
        (0, 360),
        (-0.1, 2.2),
        alt="The relative error that the check sees over the direction: zero in two directions, up to two where the signs differ",
    )
    seen.axes.set_xticks([0, 90, 180, 270, 360])
    seen.curve("angle", "error", color="blue")
    seen.point("angle", "error", color="green", handle=("angle", None))
    lines = [
        ("Direction", "v_1 = {d1}, v_2 = {d2}"),
        ("By two losses", "n = {measured}"),
        ("By the program", "a = ∂L/∂w_1·v_1 + ∂L/∂w_2·v_2 = {dw1}·{d1} + {dw2}·{d2} = {claimed}"),
        ("Relative error", "{error}"),
    ]
    return LiveFigure(
        tape,
        [
            Slider("angle", "direction *v*", 0, 360, 5),
            Slider("dw1", "program: *∂L/∂w_1*", -1.6, 2, 0.1),
            Slider("dw2", "program: *∂L/∂w_2*", -1.4, 1.4, 0.1),
        ],
        [plane, seen, WorkedLines(lines)],
        name="checking-directions",
        alt="Left, a true and a wrong gradient with a direction; right, the error that a check sees in each direction",
        caption="The orange gradient is wrong by the dashed line. Turn the green direction until it is at right angles to that line: the "
        "check sees nothing. Then pull the orange arrow about, and look for a mistake that hides from the green one.",
        digits=3,
        effect="error",
        effect_label="relative error",
    )
