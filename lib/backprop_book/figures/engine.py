"""Figures of the chapter on an engine of one's own."""

from backprop.autodiff import Tape
from livetext import Bench, Example, Gate, Iteration, LiveFigure, Plot, Slider, WorkedLines

from ..rules import rule_cases

__all__ = ["bench", "order", "stale"]

# Two sums and two products of a and b, each used twice; here some orders of walking back go wrong.
TWICE = {
    "a": Gate("a", 0, 0),
    "b": Gate("b", 0, 1),
    "c": Gate("+", 1, 0, ["a", "b"]),
    "d": Gate("×", 1, 1, ["a", "b"]),
    "v1": Gate("+", 2, 0, ["c", "d"]),
    "v2": Gate("×", 2, 1, ["c", "d"]),
    "v3": Gate("+", 3, 0.5, ["v1", "v2"]),
}
EXAMPLES = [
    Example("c = a + b; d = a*b; (c + d) + c*d", "Every part used twice", {"a": 2, "b": 3}),
    Example("x * x", "One variable, two wires", {"x": 3}),
    Example("t = a^2; t + t^2", "A path longer than the other", {"a": 2}),
    Example("p = x + x; q = p + p; r = q + q", "Doubling", {"x": 1}),
    Example(
        "z = w*x + b; (sigmoid(z) - y)^2 / 2", "A neuron", {"w": 0.7, "x": 1.5, "b": -0.5, "y": 1}
    ),
    Example("tanh(w*x + b)", "A hidden unit", {"w": 0.7, "x": 1, "b": -0.2}),
    Example(
        "p = exp(z); m = exp(-z); (p - m) / (p + m)", "The hyperbolic tangent by hand", {"z": 0.5}
    ),
    Example("log(1 + exp(z)) - y*z", "Cross-entropy from a logit", {"z": -1.5, "y": 1}),
    Example("relu(z) - relu(-z)", "A straight line through a kink", {"z": 0}),
    Example("max(a, b) * c", "A router", {"a": 2, "b": -1, "c": 3}),
    Example("x^y", "Base and exponent both move", {"x": 2, "y": 3}),
    Example("sin(x) / x + cos(x)^2", "Waves", {"x": 2}),
]


ALT = (
    "The graph of (a + b + a b) + (a + b) a b: the sum and the product of a and b, their sum and product, and the sum "
    "of those. Above each its value, below it the gradient"
)
SLIDERS = [Slider(name, f"*{name}*", -5, 5, 0.1) for name in "ab"]


def bench(tape: Tape) -> LiveFigure:
    """An expression that the reader types, laid out and walked both ways."""
    return LiveFigure(
        tape,
        SLIDERS,
        [Bench(rule_cases(), EXAMPLES, TWICE, alt=ALT)],
        name="engine-bench",
        alt="A bench for expressions: type one, and its graph is walked forward and back",
        caption="Type an expression of letters and numbers, with +, −, ×, /, ^ for powers, exp, log, sqrt, tanh, sigmoid, relu, "
        "max, sin and cos; *c = a + b;* gives a part a name. Blue is what flows forward, orange what flows back. The slopes come "
        "from rules, one for each operation; the page only chains them.",
        hint="Type; drag an underlined number; pick an operation. The sliders do the same.",
        effect="value",
    )


def order(tape: Tape) -> LiveFigure:
    """The same graph, walked back in six orders."""
    rules = {op: cases for op, cases in rule_cases().items() if op in ("add", "mul")}
    return LiveFigure(
        tape,
        SLIDERS,
        [Bench(rules, EXAMPLES[:1], TWICE, alt=ALT, typed=False)],
        name="engine-order",
        alt="One graph and six orders in which to walk it back, of which some bring wrong gradients",
        caption="Choose a walk and press Play. A wire is bold when it is passed, and what it brings stands on it. Behind a gradient "
        "that a wrong order gives stands the right one.",
        hint="Choose a walk, then step; drag an underlined number, or pick an operation.",
        effect="value",
    )


def stale(tape: Tape) -> LiveFigure:
    """Descent on a bowl with gradients that are set to zero between steps, and with gradients that are not."""
    walk = Plot(
        "weight *w*",
        "loss *L*",
        (-2.3, 2.3),
        (-0.15, 2.4),
        alt="The loss bowl; one walk goes down and rests, the other swings from side to side",
    )
    swing = Plot(
        "updates *k*",
        "weight *w*",
        (-1, 61),
        (-2.3, 2.3),
        alt="Both weights after each update: one falls to zero, the other is a wave that never ends",
    )
    walk.curve("w", "loss")
    swing.hline(0.0, linewidth=0.8)
    for name, color, style in (("_zeroed", "green", "--"), ("", "orange", "-")):
        walk.history(f"loss{name}", x=f"w{name}", kind="dots", color=color)
        swing.history(f"w{name}", kind="line", color=color, linewidth=1.3, linestyle=style)
        walk.point(f"w{name}_k", f"loss{name}_k", color=color)
        swing.point("k", f"w{name}_k", color=color, handle=("k", None))
    walk.point("w", "loss", color="muted", size=6, handle=("w", None))
    lines = [
        (
            "*w* and *L*, zeroed between steps (green, dashed)",
            "{w_zeroed_k:4} and {loss_zeroed_k:4}",
        ),
        ("Never zeroed (orange)", "L = ½·({w_k:4})² = {loss_k:4}"),
        ("What its update uses", "all slopes so far: {kept_next_k:4}; that of now: {w_k:4}"),
    ]
    return LiveFigure(
        tape,
        [Slider("w", "start *w_0*", -2, 2, 0.1), Slider("lr", "learning rate *α*", 0.01, 1, 0.01)],
        [walk, swing, WorkedLines(lines)],
        name="engine-stale",
        alt="Two walks on one bowl, with gradients zeroed and not, and both weights over the updates",
        caption="Same bowl, same start, same *α*. The orange walk adds each new slope to all slopes before it, so it runs through "
        "the lowest point with all the speed that it has gathered. Is there an *α* at which it comes to rest?",
        iteration=Iteration(
            {"w": "w_next", "kept": "kept_next", "apart": "apart_next"}, steps=60, start=24
        ),
    )
