"""Figures of the chapter on gradients that vanish, explode or die."""

import numpy as np

from backprop import autodiff as ad
from backprop.autodiff import Var
from backprop.data import two_moons
from backprop.network import Network
from livetext import Case, Choice, Iteration, LiveFigure, Plot, Slider, WorkedLines, draw

from ..decision import CLASSES

__all__ = ["clip", "dead", "depth", "window"]

LAYERS, WIDTH = 12, 16
ACTIVATIONS = ["identity", "σ", "tanh", "ReLU"]
BIN, BINS = 0.25, 21  # of the histograms; the one in the middle is around zero
FAR = 1000.0  # outside of every picture


def _chosen(kind: Var, z: Var) -> Var:
    """An activation function by its number among `ACTIVATIONS`."""
    others = ad.where(kind == 2.0, ad.tanh(z), ad.relu(z))
    return ad.where(kind == 0.0, z, ad.where(kind == 1.0, ad.sigmoid(z), others))


def _deep(std: Var, choice: Var) -> dict[str, Var]:
    """Twelve layers of 16 units on 16 random inputs, and a random gradient that is handed in behind them."""
    rng = np.random.default_rng(0)
    normal = rng.normal(size=(LAYERS, WIDTH, WIDTH)).round(2)
    x, upstream = (ad.var(rng.normal(size=(WIDTH, WIDTH)).round(2)) for _ in range(2))

    def size(values: Var) -> Var:
        return ad.sqrt((values * values).mean())

    sums, activations = [], [x]
    for W in normal:
        sums.append((std * W) @ activations[-1])
        activations.append(_chosen(choice, sums[-1]))
    arrived, *deltas = ad.grad((activations[-1] * upstream).sum(), [x, *sums])

    edges = (np.arange(1, BINS) - BINS / 2) * BIN
    values = {}
    for k, a in enumerate(activations[1:]):
        above = (a.reshape(-1, 1) > edges).sum(axis=0)
        first, last = WIDTH * WIDTH - above[:1], above[-1:]
        # What lies further out than the picture is counted in its outermost bins.
        middle = above[:-1] - above[1:]
        most = ad.maximum(ad.maximum(first, last), middle.max(axis=0, keepdims=True))
        up = LAYERS - 1 - k
        values[f"first{k + 1}"], values[f"last{k + 1}"] = (
            (up + 0.85 * n / most)[0] for n in (first, last)
        )
        values[f"bins{k + 1}"] = up + 0.85 * middle / most
        values[f"rms_a{k + 1}"] = size(a)
        values[f"rms_delta{k + 1}"] = size(deltas[k])
    scale = WIDTH**0.5 * std
    share = ad.where(choice == 3.0, 0.5**0.5, ad.where(choice == 1.0, 0.25, 1.0))
    measured = (size(deltas[0]) / size(deltas[-1])) ** (1 / (LAYERS - 1))
    rates = {"scale": scale, "predicted": scale * share, "measured": measured}
    return values | rates | {"ratio": size(arrived) / size(upstream)}


def depth() -> LiveFigure:
    """Histograms of the activations of twelve layers, and how large activations and deltas are in each."""
    shapes = Plot(
        "activation *a*",
        "layer",
        (-2.75, 2.75),
        (-0.35, 12.0),
        alt="A histogram of the activations of each of twelve layers, the first on top",
    )
    sizes = Plot(
        "root mean square",
        "layer",
        (1e-12, 1e9),
        (-0.35, 12.0),
        alt="Two bars for each of twelve layers: how large its activations and its deltas are, from 1 to the left or right",
        xlog=True,
    )
    for plot in (shapes, sizes):
        places = [LAYERS - k + 0.35 for k in range(1, LAYERS + 1)]
        plot.axes.set_yticks(places, [f"{k}" for k in range(1, LAYERS + 1)])
        plot.axes.grid(visible=False, axis="y")
        plot.axes.tick_params(axis="y", length=0)
    shapes.axes.set_xticks([-2, -1, 0, 1, 2])
    sizes.axes.set_xticks([1e-12, 1e-8, 1e-4, 1, 1e4, 1e8])
    across = [BIN * (i - BINS // 2) for i in range(BINS)]
    sizes.vline(1.0, linewidth=0.8)
    for k in range(1, LAYERS + 1):
        base = LAYERS - float(k)
        heights = [f"first{k}", *(f"bins{k}[{i}]" for i in range(BINS - 2)), f"last{k}"]
        shapes.line(
            [across[0], *across, across[-1]],
            [base, *heights, base],
            color="blue",
            fill=True,
            alpha=0.6,
            linewidth=1,
        )
        for quantity, color, up in (("rms_a", "blue", 0.56), ("rms_delta", "orange", 0.14)):
            sizes.line(
                [1.0, f"{quantity}{k}"],
                [base + up, base + up],
                color=color,
                linewidth=4.5,
                solid_capstyle="butt",
            )
    for quantity, color, k, up in (
        ("rms_a", "blue", LAYERS, 0.56),
        ("rms_delta", "orange", 1, 0.14),
    ):
        height = LAYERS - k + up
        sizes.point(f"{quantity}{k}", height, color=color, handle=("std", None))
    sizes.text(3e-12, 1.5, "activations", color="blue")
    sizes.text(3e-12, 0.05, "*δ*", color="orange")
    worked = WorkedLines(
        [
            ("Standard deviation times √16", "√n·s = 4·{std:2} = {scale}"),
            (
                "*δ* per layer, as predicted",
                Case(
                    "choice",
                    [
                        "√n·s = {predicted}",
                        "at most √n·s·¼ = {predicted}",
                        "near z = 0: √n·s = {predicted}",
                        "√n·s·√½ = {predicted}",
                    ],
                ),
            ),
            ("As measured, on average", "{measured}"),
            ("Of the gradient handed in, what arrives at the input", "{ratio}"),
        ]
    )
    return LiveFigure(
        ad.trace(_deep, std=0.1, choice=0),
        [
            Slider("std", "standard deviation *s* of the weights", 0.06, 1, 0.01),
            Choice("choice", "activation", ACTIVATIONS),
        ],
        [sizes, shapes, worked],
        name="misbehaving-depth",
        alt="Twelve layers as rows: on the left how large their activations and deltas are, on the right a histogram of the activations",
        caption="Each layer has 16 units, and 16 examples pass through. Blue, how large the activations of "
        "each layer are; orange, its *δ*. A bar to the left is too small, a bar to the right too large. In the histograms, what lies outside is counted at the edge.",
        digits=3,
        effect="ratio",
        effect_label="share that arrives",
    )


def _factors(w: Var, D: Var, choice: Var) -> dict[str, Var]:
    """How fast the last of D units in a row moves with the input 1, each with the same weight and no bias."""
    a, total, product, last = ad.var(1.0), ad.var(1.0), ad.var(1.0), ad.var(0.0)
    slope = ad.var(1.0)
    for k in range(1, LAYERS + 1):
        z = w * a
        sigmoid, tanh = ad.sigmoid(z), ad.tanh(z)
        slopes = (ad.grad(curve, [z])[0] for curve in (sigmoid, tanh))
        a, rate = ad.where(choice == 0.0, sigmoid, tanh), ad.where(choice == 0.0, *slopes)
        total = total * w * rate
        here = float(k) == D
        product, last, slope = (
            ad.where(here, new, old) for new, old in ((total, product), (a, last), (rate, slope))
        )
    return {"factor": product, "a": last, "slope": slope, "link": w * slope}


def window() -> LiveFigure:
    """The product of the factors of units in a row, over the weight that they share."""
    plot = Plot(
        "weight *w* of every unit",
        "*∂a/∂x* of the last unit",
        (0.2, 6.0),
        (1e-16, 40),
        alt="The product over the weight: it rises, is largest in a narrow range of weights, and falls again",
        log=True,
    )
    plot.axes.set_yticks([1e-16, 1e-12, 1e-8, 1e-4, 1])
    plot.hline(1.0, linewidth=0.8)
    plot.curve("w", "factor", color="orange", linewidth=1.8)
    plot.point("w", "factor", color="orange", handle=("w", None))
    lines = [
        ("Last unit", "a = {a}, slope {slope}"),
        ("Its factor", "w·g′(z) = {w:1}·{slope} = {link}"),
        ("All of them together", "∂a/∂x = {factor}"),
    ]
    return LiveFigure(
        ad.trace(_factors, w=1.0, D=10, choice=0),
        [
            Slider("w", "weight *w*", 0.2, 6, 0.1),
            Slider("D", "units in a row *D*", 1, LAYERS, 1),
            Choice("choice", "activation", ["σ", "tanh"]),
        ],
        [plot, WorkedLines(lines)],
        name="misbehaving-window",
        alt="How fast the last of several units moves with the input, over the weight",
        caption="Drag the point along the curve, then add units one by one. The thin line is at 1, where nothing would be lost. Then choose tanh.",
        digits=3,
        effect="factor",
        effect_label="the product",
    )


UNITS = 8
MOONS, SEED = 40, 1


def _weights() -> dict[str, float]:
    """The start of a network with eight ReLU units and a sigmoid output, parameter by parameter."""
    net = Network.random(
        [2, UNITS, 1], activations=["relu", "sigmoid"], loss="binary_cross_entropy", seed=SEED
    )
    first, second = net.layers
    start = {f"w1_{i + 1}{j + 1}": first.W[i, j] for i in range(UNITS) for j in range(2)}
    start |= {f"b1_{i + 1}": first.b[i] for i in range(UNITS)}
    start |= {f"w2_1{i + 1}": second.W[0, i] for i in range(UNITS)}
    return {name: round(float(value), 3) for name, value in (start | {"b2_1": second.b[0]}).items()}


def _step(lr: Var, **parameters: Var) -> dict[str, Var]:
    """One update on the moons; and where each unit's line runs, and to which side it answers."""
    x, y = two_moons(MOONS, noise=0.1, seed=0)
    x = x.round(2)

    def gathered(names: list[str], shape: tuple[int, ...]) -> Var:
        places = np.eye(len(names)).reshape(len(names), *shape)
        whole = ad.var(np.zeros(shape))
        for name, place in zip(names, places, strict=True):
            whole = whole + parameters[name] * place
        return whole

    numbers = range(1, UNITS + 1)
    W1 = gathered([f"w1_{i}{j}" for i in numbers for j in (1, 2)], (UNITS, 2))
    b1 = gathered([f"b1_{i}" for i in numbers], (UNITS, 1))
    W2 = gathered([f"w2_1{i}" for i in numbers], (1, UNITS))
    Z1 = W1 @ x + b1
    Z2 = W2 @ ad.relu(Z1) + parameters["b2_1"]
    loss = (ad.softplus(Z2) - y * Z2).mean()
    values = {"loss": loss}
    for name, slope in zip(parameters, ad.grad(loss, [*parameters.values()]), strict=True):
        values[f"{name}_next"] = parameters[name] - lr * slope

    # The line through the foot of the perpendicular from the middle of the data.
    middle = np.array([0.5, 0.25])
    length = ad.sqrt((W1 * W1).sum(axis=1))
    alive = Z1.max(axis=1) > 0.0
    away = (W1 @ middle + b1.reshape(-1)) / length
    foot = {"x": middle[0] - away * W1[:, 0] / length, "y": middle[1] - away * W1[:, 1] / length}
    along = {"x": -10.0 * W1[:, 1] / length, "y": 10.0 * W1[:, 0] / length}
    for axis in "xy":
        low, high = foot[axis] - along[axis], foot[axis] + along[axis]
        values |= {
            f"low_{axis}": ad.where(alive, low, FAR),
            f"high_{axis}": ad.where(alive, high, FAR),
        }
        values |= {
            f"out_{axis}": ad.where(alive, FAR, low),
            f"off_{axis}": ad.where(alive, FAR, high),
        }
        side = W1[:, 0 if axis == "x" else 1] / length
        values |= {f"foot_{axis}": foot[axis] + 0.0, f"side_{axis}": foot[axis] + 0.3 * side}
    return values | {"alive": alive.sum(), "dead": UNITS - alive.sum()}


def dead() -> LiveFigure:
    """The lines at which eight ReLU units begin to answer, update by update, among the data."""
    parameters = _weights()
    plane = Plot(
        "*x_1*",
        "*x_2*",
        (-1.6, 2.6),
        (-1.3, 1.8),
        alt="Two moons, and the line of each of eight ReLU units, with an arrow to the side on which it answers",
    )
    x, y = two_moons(MOONS, noise=0.1, seed=0)
    for label, (_, marker) in enumerate(CLASSES):
        plane.axes.plot(
            *x[:, y[0] == label],
            linestyle="none",
            marker=marker,
            markersize=5,
            color=draw.PALETTE["muted"],
            markeredgewidth=0,
        )
    for i in range(UNITS):
        for ends, color, style in ((("low", "high"), "blue", "-"), (("out", "off"), "muted", "--")):
            plane.line(
                [f"{end}_x[{i}]_k" for end in ends],
                [f"{end}_y[{i}]_k" for end in ends],
                color=color,
                linestyle=style,
                linewidth=1.5,
            )
        tail, tip = ((f"{at}_x[{i}]_k", f"{at}_y[{i}]_k") for at in ("foot", "side"))
        plane.arrow(tail, tip, color="blue", head=6)
    count = Plot(
        "updates *k*",
        "dead units",
        (-0.3, 12.3),
        (-0.4, 8.4),
        alt="How many of the eight units are dead after each update",
    )
    count.axes.set_yticks([0, 2, 4, 6, 8])
    count.axes.set_xticks([0, 2, 4, 6, 8, 10, 12])
    count.history("dead", kind="stairs", color="blue", linewidth=1.8)
    count.point("k", "dead_k", color="blue", handle=("k", None))
    lines = [
        ("All units less those that answer, after *k* updates", "8 − {alive_k:0} = {dead_k:0}"),
        ("Loss", "L = {loss_k}"),
    ]
    return LiveFigure(
        ad.trace(_step, lr=8.0, **parameters),
        [Slider("lr", "learning rate *α*", 1, 10, 0.5)],
        [plane, count, WorkedLines(lines)],
        name="misbehaving-dead",
        alt="Eight ReLU units as lines among two moons, and how many of them are dead",
        caption="A solid line belongs to a unit that answers to some of the data, on the side of its arrow; a dashed one to a dead unit, all data behind its arrow. Step by "
        "step, see the lines leave. Then try a smaller learning rate.",
        iteration=Iteration(
            {name: f"{name}_next" for name in parameters}, steps=12, start=2, watch="loss"
        ),
        digits=3,
    )


def _clipped(g1: Var, g2: Var) -> dict[str, Var]:
    """A gradient clipped to the length 1, and to entries between -1 and 1."""
    length = ad.sqrt(g1 * g1 + g2 * g2)
    shrink = ad.minimum(1.0, 1.0 / ad.maximum(length, 1e-9))
    norm = [shrink * g for g in (g1, g2)]
    value = [ad.maximum(-1.0, ad.minimum(1.0, g)) for g in (g1, g2)]
    cosine = (g1 * value[0] + g2 * value[1]) / ad.maximum(
        length * ad.sqrt(value[0] * value[0] + value[1] * value[1]), 1e-9
    )
    cosine = ad.where(length == 0.0, 1.0, cosine)  # what has no direction is not turned
    names = {"norm1": norm[0], "norm2": norm[1], "value1": value[0], "value2": value[1]}
    return {"size": length, "cosine": cosine, "shrink": shrink} | names


def clip() -> LiveFigure:
    """A gradient as an arrow, clipped by its norm and by its values."""
    plane = Plot(
        "along *w_1*",
        "along *w_2*",
        (-4.2, 4.2),
        (-3.115, 3.115),
        alt="A gradient as an arrow, and what clipping makes of it: by norm an arrow in the same direction, by value one that is turned",
    )
    turn = np.linspace(0, 2 * np.pi, 73)
    plane.axes.plot(np.cos(turn), np.sin(turn), color=draw.PALETTE["muted"], linewidth=0.8)
    plane.axes.plot(
        [-1, 1, 1, -1, -1],
        [-1, -1, 1, 1, -1],
        color=draw.PALETTE["muted"],
        linewidth=0.8,
        linestyle="--",
    )
    plane.arrow((0.0, 0.0), ("g1", "g2"), color="orange", handle=("g1", "g2"))
    plane.arrow((0.0, 0.0), ("value1", "value2"), color="purple")
    plane.arrow((0.0, 0.0), ("norm1", "norm2"), color="green")
    lines = [
        ("Gradient", "({g1:1}, {g2:1}), length {size}"),
        (
            "Clipped by norm: both entries times the same",
            "{g1:1}·{shrink} = {norm1}, {g2:1}·{shrink} = {norm2}",
        ),
        ("Clipped by value", "({value1}, {value2})"),
        ("Cosine of the angle between it and the gradient", "{cosine:4}"),
    ]
    return LiveFigure(
        ad.trace(_clipped, g1=3.0, g2=0.6),
        [Slider("g1", "*∂L/∂w_1*", -4, 4, 0.2), Slider("g2", "*∂L/∂w_2*", -3, 3, 0.2)],
        [plane, WorkedLines(lines)],
        name="misbehaving-clip",
        alt="A gradient of two weights as an arrow, and the two clipped ones",
        caption="Orange, the gradient; green, clipped to the circle; purple, clipped to the square. Pull the orange arrow about: where does the purple one part from it most?",
        digits=3,
        effect="cosine",
        hint="Drag the point of the orange arrow or a number underlined with dots, or use the sliders.",
    )
