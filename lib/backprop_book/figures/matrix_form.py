"""Figures of the chapter on the matrix form."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from backprop import autodiff as ad
from backprop.autodiff import Tape, Var
from livetext import (
    Case,
    Choice,
    LiveFigure,
    Matrices,
    Matrix,
    NetworkDiagram,
    Plot,
    Slider,
    WorkedLines,
    draw,
)

from .. import running_example as running

__all__ = [
    "back",
    "biases",
    "five",
    "layer",
    "network",
    "output",
    "seconds",
    "transpose",
    "weights",
]

Array = NDArray[np.float64]
Line = str | Case
UNITS = np.arange(1.0, 11.0)


def layer(traced: Callable[..., dict[str, Any]], a: Array, b: Array, y: Array) -> LiveFigure:
    """A layer of ten by ten: one row forward, one delta, and one entry of the gradient.

    ``traced`` takes ``i``, ``j`` and ``nudge`` and returns ``loss``, ``z``, ``W``, ``delta`` and ``dW``.
    """

    def picked(i: Var, j: Var, nudge: Var) -> dict[str, Any]:
        q = traced(i, j, nudge)
        to, start = i == UNITS, j == UNITS
        q |= {"a": a, "b": b, "y": y, "p": (to @ q["W"]) * a, "b_i": to @ b}
        q |= {"z_i": to @ q["z"], "y_i": to @ y, "delta_i": to @ q["delta"]}
        return q | {"a_j": start @ a, "p_ij": q["p"] @ start, "dw_ij": to @ q["dW"] @ start}

    forward, backward = [""], [""]  # by unit, counted from one
    for i in range(1, 11):
        row = f"w_{i},1·a_1 + w_{i},2·a_2 + … + w_{i},10·a_10"
        products = [f"{{W[{i - 1},{j}]:1}}·{{a[{j}]:0}}" for j in range(10)]
        terms = " + ".join([*products, f"{{b[{i - 1}]:1}} = {{z[{i - 1}]:1}}"])
        forward.append(f"z_{i} = {row} + b_{i} = {terms}")
        blame = f"δ_{i} = ∂L/∂z_{i} = z_{i} − y_{i}"
        backward.append(f"{blame} = {{z_i}} − {{y_i}} = {{delta_i}}")
    weight = "∂L/∂w_ij = ∂L/∂z_i · ∂z_i/∂w_ij = δ_i·a_j"
    lines: list[tuple[str, Line]] = [
        ("Forward: row *i* times the column *a*", Case("i", forward)),
        ("Backward: the blame of unit *i*", Case("i", backward)),
        ("Backward: the weight to *i* from *j*", f"{weight} = {{delta_i}}·{{a_j:0}} = {{dw_ij}}"),
    ]
    bars = Plot(
        "*j*, then the bias *b_i* and the sum *z_i*",
        "parts of *z_i*",
        (0, 13),
        (-10, 10),
        alt="Twelve bars: the ten products of row i, the bias, and their sum z_i",
    )
    bars.axes.set_xticks(range(1, 13), [*map(str, range(1, 11)), "*b*", "*z*"])
    for j in range(10):
        bars.bar(j + 1, f"p[{j}]")
    bars.bar(11, "b_i", color="purple")
    bars.bar(12, "z_i", color="orange")
    bars.hline(0.0, color="ink", linewidth=1)
    bars.line(["j", "j"], [0.0, "p_ij"], color="ink", linewidth=3)
    bars.point("j", "p_ij", color="ink", handle=("j", None))
    z, bias, delta = (
        Matrix(*q, row="i", digits=1) for q in (("z", "z"), ("b", "b"), ("delta", "δ"))
    )
    table = Matrix("W", "W", "i", "j", scale=2, digits=1, hold="nudge", kin="dW[#] p[%]")
    gradient = Matrix("dW", "∂L/∂W", "i", "j", scale=4, digits=1, kin="W[#] p[%]")
    here = Matrix("a", "a", row="j", digits=0)
    turned = Matrix("a", "aᵀ", column="j", digits=0, transposed=True)
    return LiveFigure(
        ad.trace(picked, i=1.0, j=1.0, nudge=0.0),
        [
            Slider("i", "to unit *i* (row)", 1, 10, 1),
            Slider("j", "from unit *j* (column)", 1, 10, 1),
            Slider("nudge", "added to *w_ij*", -1, 1, 0.5),
        ],
        [
            Matrices([[z, "=", table, here, "+", bias]]),
            WorkedLines(lines),
            bars,
            Matrices([[gradient, "=", delta, turned]]),
        ],
        name="matrix-form-layer",
        alt="Above, z = W a + b as tables, W as a heat map; below, its gradient "
        "as the product of a column δ and a row aᵀ; one row and one column are "
        "picked out",
        caption="Click an entry of *W*: row *i* of *W*, times *a*, plus the bias, is *z_i*. Row *i* of "
        "the gradient is *a*, scaled by *δ_i*; column *j* is *δ*, scaled by "
        "*a_j*. Try *i* = 8, then *j* = 2. Then set both back to 1 and drag the "
        "entry sideways: notice which entries change, and which do not.",
        digits=1,
        effect="dw_ij",
        effect_label="gradient of the weight",
    )


def transpose(tape: Tape) -> LiveFigure:
    """The layer's wires: into one unit forward, out of one unit backward."""
    forward, backward = [""], [""]  # by unit, counted from one
    for k in range(1, 11):
        row = f"w_{k},1·a_1 + w_{k},2·a_2 + … + w_{k},10·a_10"
        forward.append(f"z_{k} = {row} + b_{k} = {{z_i:1}}")
        column = f"w_1,{k}·δ_1 + w_2,{k}·δ_2 + … + w_10,{k}·δ_10"
        terms = [f"{{W[{i},{k - 1}]:1}}·{{delta[{i}]:1}}" for i in range(10)]
        backward.append(f"∂L/∂a_{k} = {column} = {' + '.join(terms)} = {{da_j}}")
    lines = [
        ("Forward, blue wires: row *i*", Case("i", forward)),
        ("Backward, orange wires: column *j*", Case("j", backward)),
    ]
    table = Matrix("W", "W", "i", "j", scale=2, digits=1, mirror="turned")
    front, delta = Matrix("da", "∂L/∂a", row="j"), Matrix("delta", "δ", digits=1)
    return LiveFigure(
        tape,
        [
            Slider("i", "to unit *i* (right)", 1, 10, 1),
            Slider("j", "from unit *j* (left)", 1, 10, 1),
            Choice("turned", "the table", ["W, as forward", "Wᵀ, mirrored"]),
        ],
        [_wiring(), WorkedLines(lines), Matrices([[front, "=", table, delta]])],
        name="matrix-form-transpose",
        alt="A wiring diagram of the layer beside the sums of row i and column "
        "j; below, ∂L/∂a as the product of the transposed weights and δ",
        caption="Forward, unit *i* on the right collects *a* along the blue "
        "wires. Backward, unit *j* on the left collects *δ* along the orange "
        "ones. Drag either unit along its side. Then mirror the table about its diagonal: the column of *W* that "
        "you walk down becomes a row of *Wᵀ*, to be multiplied by *δ*.",
        effect="da_j",
        effect_label="gradient of the activation",
    )


def _wiring() -> Plot:
    """Ten units to ten units, a hundred pale wires, and two bundles that follow the sliders."""
    picture = Plot(
        "",
        "",
        (-0.3, 1.3),
        (0.2, 12.2),
        alt="Ten units on the left, ten on the right, all wired; blue wires lead "
        "into unit i, orange wires lead out of unit j",
    )
    picture.axes.axis("off")
    heights = [11.0 - k for k in range(1, 11)]
    every: Any = [v for p in heights for q in heights for v in (p, q, None)]
    ends: Any = [0, 1, None] * 100
    pale, ink = draw.PALETTE["grid"], draw.PALETTE["ink"]
    picture.axes.plot(ends, every, color=pale, linewidth=0.6)
    for height in heights:
        picture.line([0.0, 1.0], [height, "up_i"], color="blue", linewidth=1.2)
    for height in heights:
        picture.line([0.0, 1.0], ["up_j", height], color="orange", linewidth=1.2)
    picture.line([0.0, 1.0], ["up_j", "up_i"], "ink", [(None, "j"), (None, "i")], linewidth=3)
    style: dict[str, Any] = {"va": "center_baseline", "fontsize": 12}
    for k, height in enumerate(heights):
        picture.axes.plot([0, 1], [height] * 2, "o", color=ink, markersize=4)
        at = height - 0.2
        picture.text(-0.08, at, f"{{a[{k}]:0}}", color="blue", **style, ha="right")
        picture.text(1.08, at, f"{{delta[{k}]:1}}", color="orange", **style)
    for x, name, side in [(-0.08, "*a*", "right"), (1.08, "*δ*", "left")]:
        picture.axes.text(x, 11.3, name, ha=side, fontsize=12, color=ink)
    return picture


def network(passes: Callable[..., tuple[Var, ...]]) -> LiveFigure:
    """The running network with its batch: its wires, and every matrix of one pass forward and one backward.

    ``passes`` takes ``example`` and all the weights, ``w1_21`` to unit 2 from unit 1, and returns W1, Z1, A1,
    W2, Z2, A2, the loss, and its gradients with respect to Z2, W2, Z1 and W1.
    """

    def named(example: Var, **weights: Var) -> dict[str, Any]:
        W1, Z1, A1, W2, Z2, A2, loss, delta2, dW2, delta1, dW1 = passes(example, **weights)
        q: dict[str, Any] = {"X": running.X, "W1": W1, "b1": running.b1, "Z1": Z1, "A1": A1}
        q |= {"W2": W2, "b2": running.b2, "Z2": Z2, "A2": A2, "Y": running.Y}
        q |= {"loss": loss, "slope1": 1.0 - A1 * A1, "dA1": W2.T @ delta2}
        q |= {"delta2": delta2, "dW2": dW2, "db2": delta2.sum(axis=1)}
        q |= {"delta1": delta1, "dW1": dW1, "db1": delta1.sum(axis=1)}
        one = example == np.arange(1.0, 5.0)  # the picked column
        q |= {"slope2": A2 * (1.0 - A2), "x_n": running.X @ one, "a1_n": A1 @ one}
        return q | {"a2_n": A2 @ one, "delta1_n": delta1 @ one, "delta2_n": delta2 @ one}

    start = {
        f"w{k}_{i + 1}{j + 1}": float(value)
        for k, W in enumerate((running.W1, running.W2), start=1)
        for (i, j), value in np.ndenumerate(W)
    }
    wires = NetworkDiagram(
        units=["x_n", "a1_n", "a2_n"],
        weights=[
            [[f"w1_{i}{j}" for j in (1, 2)] for i in (1, 2, 3)],
            [[f"w2_{i}{j}" for j in (1, 2, 3)] for i in (1, 2)],
        ],
        deltas=["delta1_n", "delta2_n"],
        gradients=["dW1", "dW2"],
        scale=1.0,
        alt="The picked example in the network: its two inputs, three hidden units and two outputs",
    )
    forward, backward, whole = [""], [""], []  # by example, counted from one
    for n in range(4):
        forward.append(
            "z_1⁽¹⁾ = w_11⁽¹⁾·x_1 + w_12⁽¹⁾·x_2 + b_1⁽¹⁾ = {W1[0,0]}·{X[0,n]:0} + "
            "{W1[0,1]}·{X[1,n]:0} + {b1[0]} = {Z1[0,n]}".replace("n]", f"{n}]")
        )
        backward.append(
            "δ_1⁽¹⁾ = (w_11⁽²⁾·δ_1⁽²⁾ + w_21⁽²⁾·δ_2⁽²⁾)·g′(z_1⁽¹⁾) = ({W2[0,0]}·"
            "{delta2[0,n]:4} + {W2[1,0]}·{delta2[1,n]:4})·{slope1[0,n]:4} = "
            "{delta1[0,n]:4}".replace("n]", f"{n}]")
        )
        whole.append(f"{{delta1[0,{n}]:4}}·{{X[0,{n}]:0}}")
    total = f"∂L/∂w_11⁽¹⁾ = {' + '.join(whole)} = {{dW1[0,0]:4}}"
    lines: list[tuple[str, Line]] = [
        ("Forward: first hidden unit, picked example", Case("example", forward)),
        ("Backward: same unit, same example", Case("example", backward)),
        ("One weight, whole batch", total),
        ("Loss, the mean over the batch", "L = {loss:4}"),
    ]
    return LiveFigure(
        ad.trace(named, example=1.0, **start),
        [
            Slider("example", "example", 1, 4, 1),
            *(Slider(name, _weight_label(name), -2, 2, 0.1) for name in _by_weight(start)),
        ],
        [wires, Matrices(_equations()), WorkedLines(lines)],
        name="matrix-form-network",
        alt="The network 2-3-2 with one example's numbers, and seven lines of its matrix equations with a batch "
        "of four, forward and backward, that example's column picked out",
        caption="Two lines forward, the output's *δ*, then backward. The factor *1/m* is inside *δ⁽²⁾*; a bias's "
        "gradient is a row of *δ*, added up. Drag a weight in its table or on its wire. Pick an example and "
        "follow its column from *X* to *δ⁽¹⁾*. Notice the fourth: its inputs are zero, so it reaches the "
        "gradient of *b⁽¹⁾* but not that of *W⁽¹⁾*.",
    )


def _by_weight(names: Mapping[str, float]) -> list[str]:
    """The two weights that the text speaks of, then the others."""
    return [*dict.fromkeys(["w1_11", "w2_12", *names])]


def _weight_label(name: str) -> str:
    return f"*w_{name[3:]}{'⁽¹⁾' if name[1] == '1' else '⁽²⁾'}*"


def _equations() -> list[list[Matrix | str]]:
    """Two lines forward, the output, and four lines backward."""

    def one(name: str, symbol: str, digits: int = 1, scale: float | None = None) -> Matrix:
        return Matrix(name, symbol, digits=digits, scale=scale)

    def batch(name: str, symbol: str, digits: int | None = None) -> Matrix:
        return Matrix(name, symbol, column="example", digits=digits)

    def turned(name: str, symbol: str, digits: int | None = None) -> Matrix:
        return Matrix(name, symbol, row="example", digits=digits, transposed=True)

    def weights(k: int, turned: bool = False) -> Matrix:
        raised = "⁽¹⁾" if k == 1 else "⁽²⁾"
        more: dict[str, Any] = {"hold": f"w{k}_#", "kin": f"W{k}[#] dW{k}[#]", "transposed": turned}
        return Matrix(f"W{k}", f"W{raised}{'ᵀ' * turned}", scale=2, digits=1, **more)

    delta1, delta2 = batch("delta1", "δ⁽¹⁾", 3), batch("delta2", "δ⁽²⁾", 3)
    A1, slope2 = batch("A1", "A⁽¹⁾ = tanh Z⁽¹⁾"), batch("slope2", "F′(Z⁽²⁾)")
    dW1, db1 = one("dW1", "∂L/∂W⁽¹⁾", 3), one("db1", "∂L/∂b⁽¹⁾", 3)
    dW2, db2 = one("dW2", "∂L/∂W⁽²⁾", 3), one("db2", "∂L/∂b⁽²⁾", 3)
    return [
        [batch("Z1", "Z⁽¹⁾"), "=", weights(1), batch("X", "X", 0), "+", one("b1", "b⁽¹⁾")],
        [batch("Z2", "Z⁽²⁾"), "=", weights(2), A1, "+", one("b2", "b⁽²⁾")],
        [delta2, "= ¼ (", batch("A2", "A⁽²⁾ = σ(Z⁽²⁾)"), "−", batch("Y", "Y", 0), ") ⊙", slope2],
        [dW2, "=", delta2, turned("A1", "A⁽¹⁾ᵀ"), ",", db2, "= Σ", delta2],
        [batch("dA1", "∂L/∂A⁽¹⁾", 3), "=", weights(2, turned=True), delta2],
        [delta1, "= ∂L/∂A⁽¹⁾ ⊙", batch("slope1", "g′(Z⁽¹⁾)")],
        [dW1, "=", delta1, turned("X", "Xᵀ", 0), ",", db1, "= Σ", delta1],
    ]


def five(
    scalars: Callable[..., Any],
    sums: Callable[..., Any],
    matrices: Callable[..., Any],
    batch: Callable[..., Any],
    program: Callable[..., Any],
) -> LiveFigure:
    """The same gradients in five notations, side by side on the whole batch.

    Each takes W1, b1, W2, b2, inputs and targets and returns the first weighted sum and the gradient of
    W1: the first three of one example, the others of all; all but ``program`` take the functions to compute
    with as ``f``, and ``program`` returns the loss too.
    """
    b1, b2, X, Y = running.b1, running.b2, running.X, running.Y
    single = {"scalars": scalars, "sums": sums, "matrices": matrices}

    def traced(w1_11: Var, w2_12: Var) -> dict[str, Any]:
        own = (_with_entry(running.W1, 0, 0, w1_11), b1, _with_entry(running.W2, 0, 1, w2_12), b2)
        q: dict[str, Any] = {"b1": b1, "X": X, "W1": own[0]}
        for name, way in single.items():
            each = [way(*own, X[:, n], Y[:, n], f=ad) for n in range(4)]
            dW = [rows if way is matrices else _table(rows) for _, rows in each]
            q[f"z_{name}"] = each[0][0]
            q[f"dW_{name}"] = sum(dW) / 4
            if way is scalars:
                q["dw_n"] = sum(dW[n][0, 0] * (np.arange(4.0) == n) for n in range(4))
        q["z_batch"], q["dW_batch"] = batch(*own, X, Y, f=ad)
        q["z_program"], q["dW_program"], q["loss"] = program(*own, X, Y)
        return q

    ways = [*single, "batch", "program"]
    everywhere = " ".join(f"dW_{way}[#]" for way in ways)
    tables = [
        Matrix(f"dW_{way}", f"{k}. {way}", digits=3, scale=0.04, kin=everywhere)
        for k, way in enumerate(ways, start=1)
    ]
    first = (
        "z_1⁽¹⁾ = w_11⁽¹⁾·x_1 + w_12⁽¹⁾·x_2 + b_1⁽¹⁾ = {W1[0,0]}·{X[0,0]:0} + "
        "{W1[0,1]}·{X[1,0]:0} + {b1[0]} = {z_scalars}"
    )
    mean = " + ".join(f"{{dw_n[{n}]:4}}" for n in range(4))
    mean = f"∂L/∂w_11⁽¹⁾ = ¼({mean}) = {{dW_scalars[0,0]:4}}"
    answers = {
        way: f"{'z_1⁽¹⁾' if way in single else 'z_11⁽¹⁾'} = {{z_{way}}}, "
        f"∂L/∂w_11⁽¹⁾ = {{dW_{way}[0,0]:4}}"
        for way in ways
    }
    sum_z, sum_dw = "*z_i = Σ_j w_ij·x_j + b_i*", "*∂L/∂w_ij* = mean of *δ_i·x_j*"
    one_z, one_dw = "*z = W x + b*", "*∂L/∂W* = mean of *δ xᵀ*"
    all_z, all_dw = "*Z = W X + b*", "*∂L/∂W = δ Xᵀ*, with *1/m* inside *δ*"
    lines = [
        ("1. Scalars: *z* of the first example", first),
        ("1. Scalars: the four examples' own gradients, averaged", mean),
        (f"2. Sums: {sum_z} and {sum_dw}", answers["sums"]),
        (f"3. Matrices: {one_z} and {one_dw}", answers["matrices"]),
        (f"4. A batch: {all_z} and {all_dw}", answers["batch"]),
        ("5. The program, told the forward pass only", answers["program"]),
    ]
    return LiveFigure(
        ad.trace(traced, w1_11=0.5, w2_12=-0.5),
        [
            Slider("w1_11", "weight *w_11⁽¹⁾*", -4, 4, 0.1),
            Slider("w2_12", "weight *w_12⁽²⁾*", -4, 4, 0.1),
        ],
        [Matrices([tables]), WorkedLines(lines)],
        name="matrix-form-five",
        alt="Five tables of the same six gradients, and below them the formulas that gave them",
        caption="*∂L/∂W⁽¹⁾* in five notations: point at an entry, and it lights up in all. Drag *w_11⁽¹⁾* to "
        "either end and notice which entry of its row fades, and which does not. "
        "Then drag *w_12⁽²⁾*: the second row moves the most, for it belongs to "
        "the hidden unit at the other end of that wire.",
    )


def _with_entry(W: Array, i: int, j: int, value: Var | float) -> Any:
    """The matrix with another value in one place."""
    spot = np.zeros(W.shape)
    spot[i, j] = 1.0
    return W * (1.0 - spot) + value * spot


def _table(rows: Sequence[Sequence[Var]]) -> Any:
    """The matrix that has these entries, recorded with all of them."""
    entries = [(i, j, rows[i][j]) for i in range(3) for j in range(2)]
    return sum(v * _with_entry(np.zeros((3, 2)), i, j, 1.0) for i, j, v in entries)


def seconds(rows: Sequence[Mapping[str, float]]) -> draw.Picture:
    """Measured times of loops and of matrices, by the number of units."""
    axes = draw.axes(340, 240)
    units = [row["units"] for row in rows]
    for way, color, up in [("loops", "orange", 12), ("matrices", "blue", -20)]:
        paint, times = draw.PALETTE[color], [row[way] for row in rows]
        axes.loglog(units, times, "o-", color=paint, markersize=5)
        place: dict[str, Any] = {"textcoords": "offset points", "ha": "right", "color": paint}
        axes.annotate(way, (units[4], times[4]), (0, up), **place)
    axes.set(xlabel="units *n* in each of the two layers", ylabel="seconds")
    axes.set(ylim=(2e-6, 1))
    axes.set_xticks(units, [*map(str, units)])
    axes.minorticks_off()
    return draw.Picture(
        axes,
        "matrix-form-seconds",
        alt="Seconds against the number of units, both logarithmic: the loops "
        "rise in nearly a straight line, the matrices stay flat at first and "
        "then rise far below it",
        caption="One layer forward and backward with sixteen examples. The loops "
        "rise with a slope of nearly two, for twice the units are four times the "
        "weights. The matrices first cost the same whatever their size: up to "
        "about sixteen units, nearly all of the time goes into calling NumPy.",
    )


def output() -> draw.Picture:
    """The first equation: from the loss to the output unit's sum."""
    picture = draw.blank(330, 96)
    _wire(picture, (165, 62), (285, 62), "")
    _wire(picture, (45, 62), (165, 62), "*× F′(z)*")
    for x, symbol, below in ((45, "*z*", "*δ*"), (165, "*a*", "*∂L/∂a*"), (285, "*L*", "")):
        _unit(picture, (x, 62), symbol, below)
    return draw.Picture(
        picture,
        name="matrix-form-output",
        alt="From right to left: the loss L, the output a with its gradient below it, and the sum z with δ "
        "below it; on the way from a to z it says times F′",
        caption="The loss tells the output how much it minds; the slope tells how much of that reaches *z*.",
    )


def back() -> draw.Picture:
    """The second equation: three wishes meet in one unit."""
    picture = draw.blank(330, 170)
    for k, y in enumerate((140, 88, 36), start=1):
        _wire(picture, (75, 88), (265, y), f"*w_{k}j δ_{k}*")
        _unit(picture, (265, y), f"*δ_{k}*", "")
    _unit(picture, (75, 88), "*+*", "*then × g′(z_j)*")
    return draw.Picture(
        picture,
        name="matrix-form-back",
        alt="Three units on the right, each with its δ; a wire from each to one unit on the left, where the "
        "three products are added, and then multiplied by g′",
        caption="Each unit on the right sends its *δ* back, times the weight of the wire. Where the wires meet, "
        "the products are added.",
    )


def weights() -> draw.Picture:
    """The third equation: one wire, and what stands at its ends."""
    return draw.Picture(
        _one_wire("*a_j*", "*∂L/∂w_ij = δ_i a_j*"),
        name="matrix-form-weights",
        alt="One wire with the activation at its left end, δ at its right end, and their product above it",
        caption="A weight's gradient is made of the two numbers at the ends of its wire.",
    )


def biases() -> draw.Picture:
    """The fourth equation: the wire of a bias comes from a one."""
    return draw.Picture(
        _one_wire("*1*", "*∂L/∂b_i = δ_i*"),
        name="matrix-form-biases",
        alt="The same wire, with a one at its left end, and δ above it",
        caption="A bias hangs on a wire that always carries a one.",
    )


Point = tuple[float, float]


def _one_wire(left: str, said: str) -> Axes:
    """A wire to unit i, with what comes in at its left end and the gradient above it."""
    picture = draw.blank(330, 84)
    _wire(picture, (60, 52), (270, 52), said)
    _unit(picture, (60, 52), left, "")
    _unit(picture, (270, 52), "*δ_i*", "")
    return picture


def _unit(picture: Axes, place: Point, symbol: str, below: str) -> None:
    (unit,) = picture.plot(*place, "o", markersize=32, color=draw.PALETTE["paper"], zorder=3)
    unit.set_markeredgecolor(draw.PALETTE["ink"])
    style: dict[str, Any] = {"ha": "center", "va": "center_baseline", "fontsize": 12, "zorder": 4}
    picture.text(*place, symbol, **style)
    picture.text(place[0], place[1] - 31, below, color=draw.PALETTE["orange"], **style)


def _wire(picture: Axes, left: Point, right: Point, said: str) -> None:
    """A wire on which the gradient goes from the right to the left."""
    picture.annotate(
        "",
        xy=left,
        xytext=right,
        arrowprops={
            "arrowstyle": "-|>",
            "color": draw.PALETTE["orange"],
            "shrinkA": 17,
            "shrinkB": 17,
        },
    )
    middle = (left[0] + right[0]) / 2, (left[1] + right[1]) / 2 + 13
    picture.text(
        *middle,
        said,
        ha="center",
        va="center_baseline",
        fontsize=12,
        color=draw.PALETTE["orange"],
    )
