"""Figures of the chapter on outputs and losses."""

from backprop.autodiff import Tape
from livetext import Choice, LiveFigure, Matrices, Matrix, Plot, Slider, WorkedLines

__all__ = ["cancel", "clip", "softmax"]

TARGET = Choice("y", "target *y*", ["0", "1"])


def cancel(tape: Tape) -> LiveFigure:
    """Two losses over the weighted sum, and their deltas, of which one fades and one does not."""
    loss = Plot(
        "weighted sum *z*",
        "loss *L*",
        (-8.4, 8.4),
        (-0.3, 8.6),
        alt="Half squared error over z, flat on both sides, and cross-entropy, rising like a line on the wrong side",
    )
    push = Plot(
        "weighted sum *z*",
        "*δ* = *∂L/∂z*",
        (-8.4, 8.4),
        (-1.12, 1.12),
        alt="Delta of half the squared error, a small hump, and of cross-entropy, a step of height one",
    )
    push.hline(0.0, linewidth=0.8)
    for plot in (loss, push):
        plot.axes.set_xticks([-8, -4, 0, 4, 8])
    kinds = [("half", "green", "--", "half squared"), ("bce", "orange", "-", "cross-entropy")]
    for i, (kind, color, style, words) in enumerate(kinds):
        loss.curve("z", kind, color=color, linewidth=1.6, linestyle=style)
        loss.point("z", kind, color=color, handle=("z", None))
        loss.text(0.0, 8.0 - 0.75 * i, words, color=color, ha="center")
        push.curve("z", f"delta_{kind}", color=color, linewidth=1.6, linestyle=style)
        push.point("z", f"delta_{kind}", color=color, handle=("z", None))
    faded = "(a − y)·σ′(z) = ({a} − {y:0})·{slope} = {delta_half}"
    lines = [
        ("Prediction", "a = σ(z) = σ({z:1}) = {a}"),
        ("Its slope", "σ′(z) = a(1 − a) = {slope}"),
        ("δ with half the squared error", faded),
        ("δ with cross-entropy", "a − y = {a} − {y:0} = {delta_bce}"),
    ]
    return LiveFigure(
        tape,
        [Slider("z", "weighted sum *z*", -8, 8, 0.1), TARGET],
        [loss, push, WorkedLines(lines)],
        name="mathematics-cancel",
        alt="Left, two losses over z; right, their deltas: one fades on both sides, the other only where it is right",
        caption="Slide *z* to the wrong side for the target. The green, dashed *δ* fades although the error is nearly one: "
        "the sigmoid's slope has silenced it. The orange, solid *δ* is the error itself.",
        digits=4,
        effect="bce",
        effect_label="cross-entropy",
    )


def clip(tape: Tape) -> LiveFigure:
    """Cross-entropy from logits and from a clipped probability, and the deltas of both."""
    loss = Plot(
        "weighted sum *z*",
        "loss *L*",
        (-31, 6),
        (-1.5, 32),
        alt="The loss from logits rises like a line on the wrong side; the clipped one stops and goes flat",
    )
    push = Plot(
        "weighted sum *z*",
        "*δ* = *∂L/∂z*",
        (-31, 6),
        (-1.2, 1.2),
        alt="Delta of the loss from logits, near minus one on the wrong side; the clipped one drops to zero far out",
    )
    push.hline(0.0, linewidth=0.8)
    kinds = [("fused", "orange", "-", "from logits"), ("clip", "green", "--", "clipped")]
    for i, (kind, color, style, words) in enumerate(kinds):
        loss.curve("z", kind, color=color, linewidth=1.6, linestyle=style)
        loss.point("z", kind, color=color, handle=("z", None))
        loss.text(-6.0, 29.0 - 3.0 * i, words, color=color, ha="center")
        push.curve("z", f"delta_{kind}", color=color, linewidth=1.6, linestyle=style)
        push.point("z", f"delta_{kind}", color=color, handle=("z", None))
    lines = [
        ("From logits", "L = {fused}, δ = a − 1 = {a} − 1 = {delta_fused}"),
        ("From the clipped probability", "L = {clip}; what comes back is {delta_clip}"),
    ]
    return LiveFigure(
        tape,
        [Slider("z", "weighted sum *z*", -30, 5, 0.5)],
        [loss, push, WorkedLines(lines)],
        name="outputs-clip",
        alt="Left, two ways to compute one loss over z; right, their deltas, of which one drops to zero far out",
        caption="The target is 1. Slide *z* far to the left. The orange, solid loss goes on rising; the green, dashed one, "
        "whose probability was clipped, stops, and its *δ* drops to zero.",
        digits=4,
        effect="fused",
        effect_label="loss from logits",
    )


def softmax(tape: Tape) -> LiveFigure:
    """Delta in two ways: through the whole Jacobian of softmax, and as a difference."""
    delta = Matrix("delta", "δ", digits=2)
    jacobian = Matrix("J", "Jᵀ", scale=0.25, transposed=True, digits=2)
    equations: list[list[Matrix | str]] = [
        [delta, "=", jacobian, Matrix("da", "∂L/∂a", digits=2)],
        [delta, "=", Matrix("a", "a", digits=2), "−", Matrix("y", "y", digits=0)],
    ]
    lines = [
        ("Probabilities", "a_1 = {a[0]}, a_2 = {a[1]}, a_3 = {a[2]}"),
        ("A diagonal entry", "∂a_1/∂z_1 = a_1(1 − a_1) = {a[0]}·(1 − {a[0]}) = {J[0,0]}"),
        ("An entry beside it", "∂a_1/∂z_2 = −a_1·a_2 = −{a[0]}·{a[1]} = {J[0,1]}"),
        ("Logits, and the loss", "z_1 = {z1:1}, z_2 = {z2:1}, z_3 = {z3:1}, L = {loss}"),
    ]
    logits = [Slider(f"z{i}", f"logit *z_{i}*", -3, 3, 0.1) for i in (1, 2, 3)]
    return LiveFigure(
        tape,
        [*logits, Choice("answer", "true class", ["1", "2", "3"])],
        [Matrices(equations), WorkedLines(lines)],
        name="mathematics-softmax",
        alt="Delta as the transposed Jacobian times the gradient by the probabilities, and as a minus y",
        caption="Violet entries of the Jacobian are positive, golden ones negative. Make one logit much larger than "
        "the others: all of *J* fades, yet *δ* does not, unless that class is the true one.",
        digits=3,
    )
