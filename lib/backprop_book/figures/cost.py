"""Figures of the chapter on what a gradient costs."""

from collections.abc import Mapping, Sequence

from backprop.autodiff import Tape
from livetext import Iteration, LiveFigure, Plot, Slider, WorkedLines, draw

__all__ = ["batches", "checkpoints", "layers", "staircase"]

LAYERS = 36  # most layers of the first figure
HALF = 0.42  # of a block's height


def checkpoints(tape: Tape) -> LiveFigure:
    """Which activations are held at which time, and what the distance of the checkpoints costs."""
    plan = Plot(
        "time, in layers forward",
        "activation",
        (0, 146),
        (-1.5, 38.5),
        alt="Time to the right, activations upward: a block for as long as each is held",
    )
    rows = range(LAYERS + 1)
    again = [f"again[{k}]" for k in rows]
    _blocks(plan, again, [f"freed[{k}]" for k in rows], alpha=0.5)
    _blocks(plan, [float(k) for k in rows], [f"until[{k}]" for k in rows])
    downward = [*reversed(rows[1:])]
    times = [time for k in downward for time in (f"begin[{k}]", f"freed[{k}]")]
    levels = [level for k in downward for level in (f"level[{k}]", f"level[{k - 1}]")]
    plan.line([*times], [*levels], "orange", linewidth=1.8)
    plan.vline("plain", "muted", linestyle=":", linewidth=1.6)
    plan.vline("now", "ink", handle=("now", None), linestyle="--", linewidth=1.2)
    plan.point("first", "first", "ink", handle=(None, "s"))

    price = Plot(
        "a checkpoint every *s* layers",
        "most activations held",
        (0, 37.5),
        (0, 40),
        alt="The most that is held, over the distance s: it falls steeply, and rises again slowly",
    )
    price.curve("s", "sum", span=(0.85, 37), color="muted", linestyle=":", linewidth=1.6)
    price.curve("s", "peak", span=(1, LAYERS), samples=LAYERS, color="blue")
    price.point("s", "peak", "blue", handle=("s", None))
    lines = [
        ("Held at the marked time", "{held}"),
        ("Checkpoints and one stretch, where *s* divides *D*", "D/s + s = {D}/{s} + {s} = {sum:1}"),
        ("Most held at any time", "{peak}, where everything kept is D + 1 = {all_kept}"),
        ("Layers computed again", "{extra} of {D}"),
    ]
    return LiveFigure(
        tape,
        [
            Slider("s", "checkpoint every *s*", 1, LAYERS, 1),
            Slider("D", "layers *D*", 4, LAYERS, 1),
            Slider("now", "time", 0, 143, 1),
        ],
        [plan, price, WorkedLines(lines)],
        name="cost-checkpoints",
        alt="Left, blocks that show when each activation is held; right, the most that is held over the distance of the checkpoints",
        caption="Each row is an activation, and its block lasts as long as it is held: dark from the first way forward, light where it was "
        "computed again. The orange line walks back, taking twice the time for each layer, and frees what it has passed. Pull the round point in the blocks up or down, and the "
        "checkpoints move apart or together. The dotted upright stands where all would be done if nothing had to be computed again; the dotted "
        "curve is *D/s + s*, which the other one meets where *s* divides *D*.",
        digits=0,
        effect="peak",
        effect_label="most held",
        hint="Drag a point, the dashed line or an underlined number.",
    )


def _blocks(
    plan: Plot, starts: Sequence[str | float], ends: Sequence[str], alpha: float = 1.0
) -> None:
    """A bar in each row, all in one outline that goes back the way it came and so encloses nothing else."""
    x: list[str | float] = []
    y: list[str | float] = []
    for k, (start, end) in enumerate(zip(starts, ends, strict=True)):
        x += [start, end, end, start]
        y += [k - HALF, k - HALF, k + HALF, k + HALF]
    for k, start in reversed([*enumerate(starts)]):
        x += [start, start]
        y += [k + HALF, k - HALF]
    plan.line(x, y, "blue", fill=True, linewidth=0, alpha=alpha)


def layers(tape: Tape) -> LiveFigure:
    """What the three products of every layer take, and the whole as a multiple of the way forward."""
    parts = Plot(
        "",
        "share of the way forward",
        (0.4, 3.6),
        (0, 1.12),
        alt="Three bars: the way forward, the gradients of the weights, as high, and the handing back of δ, which is lower",
    )
    parts.axes.set_xticks([1, 2, 3], labels=["forward", "gradients", "handing back"])
    parts.bar(1, "all_of_it", color="blue")
    parts.bar(2, "all_of_it", color="orange")
    parts.bar(3, "handed", color="orange")
    times = Plot(
        "layers *K*",
        "there and back ÷ there",
        (0.5, 12.5),
        (1.9, 3.1),
        alt="The multiple over the number of layers: it begins at two and rises towards three",
    )
    times.axes.set_xticks([1, 3, 6, 9, 12])
    for bound in (2.0, 3.0):
        times.hline(bound, linestyle=":", linewidth=1.4)
    times.curve("K", "times", span=(1, 12), samples=12, color="ink", linewidth=1.6)
    times.point("K", "times", "orange", handle=("K", None))
    lines = [
        ("Forward, first layer", "F_1 = n_0·n = {n0:0}·{n:0} = {first:0}"),
        (
            "Forward, all layers",
            "F = n_0·n + (K − 1)·n² = {first:0} + ({K:0} − 1)·{n:0}² = {forward:0}",
        ),
        ("There and back", "3·F − F_1 = 3·{forward:0} − {first:0} = {both:0}"),
        ("Compared with there", "{both:0}/{forward:0} = {times:3}"),
    ]
    return LiveFigure(
        tape,
        [
            Slider("n0", "inputs *n_0*", 10, 800, 10),
            Slider("n", "units in each layer *n*", 10, 200, 10),
            Slider("K", "layers *K*", 1, 12, 1),
        ],
        [parts, times, WorkedLines(lines)],
        name="cost-layers",
        alt="Left, what the three products take as shares of the way forward; right, the whole as a multiple of it, over the number of layers",
        caption="Every layer is multiplied three times: on the way forward, for the gradient of its weights, and to hand *δ* to the layer before. The first has "
        "nobody to hand it to, and so the third bar stays lower. Drag the point to more layers, then give the network more inputs.",
        digits=3,
        effect="times",
        effect_label="there and back ÷ there",
    )


def batches(rows: Sequence[Mapping[str, float]]) -> draw.Picture:
    """The time there and back for each example, over the size of the batch."""
    axes = draw.axes(340, 230)
    sizes = [row["examples"] for row in rows]
    longest = rows[0]["forward"] + rows[0]["backward"]
    times = [(row["forward"] + row["backward"]) / longest for row in rows]
    axes.loglog(sizes, times, "o-", color=draw.PALETTE["blue"], markersize=5)
    axes.loglog(sizes, [1 / m for m in sizes], ":", color=draw.PALETTE["muted"])
    axes.set(xlabel="examples *m* in the batch", ylabel="time for each", ylim=(0.01, 1.5))
    axes.set_xticks(sizes[::2], [*map(str, sizes[::2])])
    axes.set_yticks([1, 0.1, 0.01], ["1", "1/10", "1/100"])
    axes.minorticks_off()
    return draw.Picture(
        axes,
        "cost-batches",
        alt="The time for each example against the size of the batch, both logarithmic: it falls nearly along the straight line up to about sixteen "
        "examples, then less and less, and from about a hundred on it hardly falls",
        caption="Four layers of 64 units, there and back; the time for each example, as a share of that of an example alone. Along the dotted line the whole batch "
        "would take as long as one example.",
    )


SNAPSHOTS = 6  # most snapshots of the second figure
MOVES = 80


def staircase(tape: Tape) -> LiveFigure:
    """The cheapest walk back over D layers with c snapshots, move by move."""
    walk = Plot(
        "share of the work (%)",
        "layer",
        (-1, 102),
        (-1.5, 42),
        alt="A line that runs up from snapshot to snapshot, and up again from the last of them; above it a staircase descends",
    )
    walk.history("end", "share", kind="stairs", color="orange", linewidth=2.2)
    for j in range(2, SNAPSHOTS + 1):
        walk.history(f"slot{j}", "share", color="ink", linewidth=1.6)
    walk.line([0.0, "share_k"], [0.0, 0.0], "ink", linewidth=1.6)
    walk.history("pos", "share", color="blue", linewidth=2.4)
    walk.point("share_k", "pos_k", "blue", handle=("k", None))
    walk.point(0.0, "D", "orange", handle=(None, "D"))
    price = Plot(
        "snapshots *c*",
        "layers forward",
        (-0.4, 8.0),
        (2, 1000),
        log=True,
        alt="On a logarithmic axis, the layers forward that are needed with one to six snapshots: fewer with each",
    )
    every = [*range(1, SNAPSHOTS + 1)]
    price.axes.set_xticks(every)
    price.line([*every], [f"by_c[{c - 1}]" for c in every], "muted", linewidth=1.2)
    for c in every:
        price.point(float(c), f"by_c[{c - 1}]", "muted", size=6)
    price.hline("all_kept", "ink", linestyle=":", linewidth=1.4)
    price.point("c", "total", "blue", handle=("c", None))
    lines = [
        ("So far", "{advances_k} layers forward, {done_k} of {D} walked back"),
        ("Snapshots held", "{held_k} of {c}"),
        ("In all", "t = r·D − C(c + r, c + 1) = {r}·{D} − {binomial} = {total}"),
        ("With everything kept", "D − 1 = {all_kept}"),
    ]
    state = ["pos", "done", "held", "work", "advances"]
    state += [f"slot{j}" for j in range(2, SNAPSHOTS + 1)]
    return LiveFigure(
        tape,
        [Slider("D", "layers *D*", 4, 40, 1), Slider("c", "snapshots *c*", 1, SNAPSHOTS, 1)],
        [walk, price, WorkedLines(lines)],
        name="cost-staircase",
        alt="Left, the way up and down over the layers that costs least; right, what it costs with one to six snapshots",
        caption="Blue runs forward, and the level lines are the snapshots, each for as long as it is held. Wherever blue comes up to the orange "
        "staircase, one more layer is walked back. Press Play, or pull *c*: with a single snapshot everything is done again from the start "
        "each time. (On the right the dotted line is the price when everything is kept; *C(n, k)* below is the binomial coefficient, *n* over *k*.)",
        iteration=Iteration(
            {name: f"{name}_next" for name in state},
            steps=MOVES,
            start=MOVES,
            watch="share",
            label="moves *k*",
        ),
        digits=0,
        effect="total",
        effect_label="layers forward",
        hint="Drag a coloured point or an underlined number.",
    )
