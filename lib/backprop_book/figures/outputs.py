"""Figures of the chapter on outputs and losses."""

import numpy as np

from backprop import autodiff as ad
from backprop.autodiff import Tape, Var
from livetext import Choice, Iteration, LiveFigure, Matrices, Matrix, Plot, Slider, WorkedLines

__all__ = ["area", "cancel", "clip", "honest", "race", "softmax", "two_valleys"]

OUTPUTS = ["identity", "σ", "tanh", "ReLU", "exp"]

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


def race() -> LiveFigure:
    """One neuron with two losses, update by update from the same weighted sum."""

    def both(z: Var, lr: Var, apart: Var) -> dict[str, Var]:
        z_bce, z_half = z + 0.0, z + apart
        a_bce, a_half = ad.sigmoid(z_bce), ad.sigmoid(z_half)
        (delta_half,) = ad.grad(0.5 * (a_half - 1.0) ** 2, [z_half])
        (delta_bce,) = ad.grad(ad.softplus(-z_bce), [z_bce])
        # The weight of the input 1 and the bias take the same step, and z is their sum.
        z_next = z_bce - 2.0 * lr * delta_bce
        half_next = z_half - 2.0 * lr * delta_half
        values = {"z_half": z_half, "z_bce": z_bce, "a_half": a_half, "a_bce": a_bce}
        values |= {"delta_half": delta_half, "delta_bce": delta_bce}
        return values | {"z_next": z_next, "apart_next": half_next - z_next}

    picture = Plot(
        "updates *k*",
        "prediction *a*",
        (-1, 81),
        (-0.04, 1.04),
        alt="The prediction after each update: with cross-entropy it climbs at once, with half the squared error late",
    )
    picture.hline(0.5, linewidth=0.8)
    kinds = [("half", "green", "--", "half squared"), ("bce", "orange", "-", "cross-entropy")]
    for i, (kind, color, style, words) in enumerate(kinds):
        picture.history(f"a_{kind}", kind="line", color=color, linewidth=1.8, linestyle=style)
        picture.point("k", f"a_{kind}_k", color=color, handle=("k", None))
        picture.text(79.0, 0.1 - 0.1 * i + 0.05, words, color=color, ha="right")
    lines = [
        ("Half the squared error", "after {k:0}: a = σ({z_half_k}) = {a_half_k}"),
        ("Cross-entropy", "after {k:0}: a = σ({z_bce_k}) = {a_bce_k}"),
        ("δ of the two", "{delta_half_k} and {delta_bce_k}"),
    ]
    return LiveFigure(
        ad.trace(both, z=-4.0, lr=0.5, apart=0.0),
        [
            Slider("z", "start *z*", -8, -1, 0.5),
            Slider("lr", "learning rate *α*", 0.1, 2, 0.1),
        ],
        [picture, WorkedLines(lines)],
        name="outputs-race",
        alt="The prediction of two neurons after each update, and the numbers of both after k updates",
        caption="Both start equally wrong, and the target is 1. Drag a point along its curve to read the numbers of that update. "
        "Then start further out: which of the two hardly minds?",
        iteration=Iteration(
            {"z": "z_next", "apart": "apart_next"}, steps=80, start=20, watch="a_half"
        ),
        effect="a_bce",
        effect_label="prediction",
        digits=3,
    )


def area() -> LiveFigure:
    """A loss as the area between an output function and its target, and that loss with its slope."""

    def chosen(g: Var, *options: Var) -> Var:
        value = options[-1]
        for i in range(len(options) - 2, -1, -1):
            value = ad.where(g == float(i), options[i], value)
        return value

    def output(g: Var, z: Var) -> Var:
        return chosen(g, z, ad.sigmoid(z), ad.tanh(z), ad.relu(z), ad.exp(z))

    def primitive(g: Var, z: Var) -> Var:
        # log cosh z, written so that it cannot overflow
        log_cosh = ad.softplus(2.0 * z) - z - float(np.log(2.0))
        return chosen(g, 0.5 * z**2, ad.softplus(z), log_cosh, 0.5 * ad.relu(z) ** 2, ad.exp(z))

    def matching(g: Var, z: Var, share: Var, part: Var) -> dict[str, Var]:
        y = ad.where(g == 4.0, 4.0 * share, share)
        logit = ad.log(share) - ad.log(1.0 - share)
        atanh = 0.5 * (ad.log(1.0 + share) - ad.log(1.0 - share))
        z_star = chosen(g, y, logit, atanh, y, ad.log(y))
        a = output(g, z)
        loss = primitive(g, z) - primitive(g, z_star) - y * (z - z_star)
        (delta,) = ad.grad(loss, [z])
        across = z_star + part * (z - z_star)
        values = {"a": a, "y": y, "z_star": z_star, "loss": loss, "delta": delta}
        return values | {"across": across, "height": output(g, across)}

    push = Plot(
        "weighted sum *z*",
        "output *a* = *g*(*z*)",
        (-3.2, 3.2),
        (-1.6, 4.3),
        alt="The output over z, a horizontal line at the target, and the shaded area between them",
    )
    push.area("part", "height", to="y", x="across", span=(0, 1))
    push.curve("z", "a", color="ink", linewidth=1.6)
    push.hline("y", color="green", linewidth=1.3, linestyle="--")
    push.line(["z", "z"], ["y", "a"], color="orange", linewidth=2)
    push.point("z_star", "y", color="green")
    push.point("z", "a", color="blue", handle=("z", None))
    loss = Plot(
        "weighted sum *z*",
        "loss *L*",
        (-3.2, 3.2),
        (-0.4, 4.3),
        alt="The loss over z, lowest where the output meets the target, with its tangent",
    )
    loss.curve("z", "loss", linewidth=1.6)
    loss.tangent("z", "loss", slope="delta", linewidth=1.5)
    loss.point("z_star", 0.0, color="green")
    loss.point("z", "loss", handle=("z", None))
    lines = [
        ("Where the output meets the target", "z_0 = {z_star}"),
        ("Height between the two", "a − y = {a} − {y} = {delta}"),
        ("Area from *z_0* to *z*", "L = {loss}"),
        ("Slope of the loss", "δ = ∂L/∂z = {delta}"),
    ]
    return LiveFigure(
        ad.trace(matching, g=1, z=1.2, share=0.25, part=0.0),
        [
            Slider("z", "weighted sum *z*", -3, 3, 0.1),
            Slider("share", "target *y* (of exp: a quarter of it)", 0.05, 0.95, 0.05),
            Choice("g", "output *g*", OUTPUTS),
        ],
        [push, loss, WorkedLines(lines)],
        name="outputs-area",
        alt="Left, the area between an output function and the target; right, that area as a loss, with its tangent",
        caption="Drag *z*: the orange line is as high as the tangent on the right is steep, and the shaded area is the loss. Move the "
        "target, then choose another output.",
        digits=3,
    )


def two_valleys() -> LiveFigure:
    """Half the squared error and cross-entropy of one neuron with two examples, each with a ball rolling down."""

    def errors(w: Var) -> tuple[Var, Var]:
        at = [(w * x, y) for x, y in ((1.0, 0.9), (10.0, 0.1))]
        half = [0.5 * (ad.sigmoid(z) - y) ** 2 for z, y in at]
        bce = [y * ad.softplus(-z) + (1.0 - y) * ad.softplus(z) for z, y in at]
        return 0.5 * (half[0] + half[1]), 0.5 * (bce[0] + bce[1])

    def both(w: Var, lr: Var, apart: Var) -> dict[str, Var]:
        w_half, w_bce = w + 0.0, w + apart
        half, bce = errors(w_half)[0], errors(w_bce)[1]
        (dw_half,), (dw_bce,) = ad.grad(half, [w_half]), ad.grad(bce, [w_bce])
        w_next = w_half - lr * dw_half
        bce_next = w_bce - 0.1 * lr * dw_bce
        values = {"w_half": w_half, "w_bce": w_bce, "half": half, "bce": bce}
        values |= {"dw_half": dw_half, "dw_bce": dw_bce}
        return values | {"w_next": w_next, "apart_next": bce_next - w_next}

    pictures = []
    for kind, color, top, words in (
        ("half", "green", 0.42, "half squared"),
        ("bce", "orange", 14.5, "cross-entropy"),
    ):
        alt = {
            "half": "Half the squared error over the weight: two valleys with a hill between them"
        }
        alt["bce"] = "Cross-entropy over the weight: a single valley"
        plot = Plot("weight *w*", "loss *L*", (-1.2, 3.2), (-0.04 * top, top), alt=alt[kind])
        plot.curve("w", kind, linewidth=1.6)
        plot.history(kind, x=f"w_{kind}", kind="dots", color=color)
        plot.point(f"w_{kind}_k", f"{kind}_k", color=color)
        plot.point("w", kind, color="muted", size=6, handle=("w", None))
        plot.text(-1.1, 0.92 * top, words, color=color)
        pictures.append(plot)
    lines = [
        ("*w* and *L* with half the squared error", "after {k:0}: {w_half_k} and {half_k}"),
        ("*w* and *L* with cross-entropy", "after {k:0}: {w_bce_k} and {bce_k}"),
        ("Next step on the left", "new w = {w_half_k} − {lr:1}·{dw_half_k} = {w_next_k}"),
    ]
    return LiveFigure(
        ad.trace(both, w=2.0, lr=0.5, apart=0.0),
        [
            Slider("w", "start *w*", -1, 3, 0.05),
            Slider("lr", "learning rate *α* (a tenth on the right)", 0.1, 2, 0.1),
        ],
        [*pictures, WorkedLines(lines)],
        name="outputs-two-valleys",
        alt="Two losses of one neuron over its weight, the left with two valleys, the right with one, each with a path of descent",
        caption="Drag the grey start from the left end to the right end. On the left there is a hill, and the side on which you start "
        "decides where learning ends; on the right there is none.",
        iteration=Iteration(
            {"w": "w_next", "apart": "apart_next"}, steps=60, start=60, watch="half"
        ),
        effect="half",
        effect_label="half squared error",
        digits=3,
    )


def honest() -> LiveFigure:
    """What a forecast costs on average with three losses, and the forecast that is cheapest for each."""

    def cost(p: Var, heads: Var) -> dict[str, Var]:
        h = heads / 10.0
        bce = -h * ad.log(p) - (1.0 - h) * ad.log(1.0 - p)
        squared = h * (1.0 - p) ** 2 + (1.0 - h) * p**2
        absolute = h * (1.0 - p) + (1.0 - h) * p
        # The lowest points: at h itself for two of them, at an end for the third.
        extreme = ad.where(h > 0.5, 1.0, 0.0)
        least = {"p_true": h, "p_extreme": extreme, "least_squared": h * (1.0 - h)}
        inside = ad.maximum(ad.minimum(h, 1.0 - 1e-12), 1e-12)
        least["least_bce"] = -h * ad.log(inside) - (1.0 - h) * ad.log(1.0 - inside)
        least["least_absolute"] = ad.minimum(h, 1.0 - h)
        return {"bce": bce, "squared": squared, "absolute": absolute} | least

    picture = Plot(
        "what you say, *p*",
        "cost per toss",
        (-0.02, 1.02),
        (-0.03, 1.5),
        alt="Three losses over the forecast; two are lowest at the true share, the third at an end",
    )
    for i, (kind, color, style, at, words) in enumerate(
        (
            ("bce", "orange", "-", "p_true", "cross-entropy"),
            ("squared", "green", "--", "p_true", "squared error"),
            ("absolute", "purple", ":", "p_extreme", "absolute error"),
        )
    ):
        picture.curve("p", kind, span=(0.002, 0.998), color=color, linewidth=1.6, linestyle=style)
        handle = ("heads", None) if at == "p_true" else None
        picture.point(at, f"least_{kind}", color=color, handle=handle)
        picture.text(0.5, 1.4 - 0.11 * i, words, color=color, ha="center")
    lines = [
        ("Share of heads", "h = {heads:0}/10 = {p_true:1}"),
        ("Cross-entropy, least at *p = h*", "it costs {least_bce}"),
        (
            "Squared error, least at *p = h*",
            "h(1 − h) = {p_true:1}(1 − {p_true:1}) = {least_squared}",
        ),
        ("Absolute error, least at an end", "{least_absolute}, at {p_extreme:0}"),
    ]
    return LiveFigure(
        ad.trace(cost, p=0.7, heads=7),
        [Slider("heads", "heads in ten tosses", 0, 10, 1)],
        [picture, WorkedLines(lines)],
        effect="least_bce",
        effect_label="cross-entropy",
        name="outputs-honest",
        alt="The average cost of a forecast with three losses, and where each is least",
        caption="Drag the orange point or the green one: both stand where the truth is. The purple one runs to an end as soon as one side "
        "is likelier.",
        digits=3,
    )
