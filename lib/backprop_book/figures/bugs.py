"""Figures of the chapter on bugs."""

from collections.abc import Mapping, Sequence

import numpy as np

from backprop.autodiff import Tape
from livetext import Case, Choice, LiveFigure, Plot, Slider, WorkedLines, draw

from .. import suspects

__all__ = ["CURVES", "curves", "floor", "instruments"]

ROWS = suspects.NOTHING + 2  # of the program, the line that is none, and the instruments
BELOW, ABOVE = -0.2, 0.66  # of a row, from the line on which its words stand
INSTRUMENTS = (
    ("first", "first loss: 1"),
    ("shapes", "shapes: 1"),
    ("example", "one example: 2"),
    ("weight", "all points: 3"),
)


def instruments(tape: Tape) -> LiveFigure:
    """A run that may have gone wrong, its program, and instruments that cost points."""
    program = Plot(
        "",
        "",
        (0.0, 40.0),
        (-0.9, ROWS - 0.1),
        alt="A program line by line, each to be clicked, and below it four instruments with their prices",
    )
    program.axes.axis("off")
    draw.fit(program.axes, 280, 220)
    nothing = suspects.NOTHING
    for number in range(1, nothing + 1):
        _band(program, (0.2, 39.8), _row(ROWS - number), ("line", number))
    for k, (name, words) in enumerate(INSTRUMENTS):
        left, height = 0.2 + 20 * (k % 2), 0.85 - k // 2
        _band(program, (left, left + 19.4), _row(height), (name, 1))
        program.text(left + 0.8, height, words, color="blue", va="center")
    for number, line in enumerate(suspects.LINES, start=1):
        wrong = [k for k, (guilty, _) in enumerate(suspects.RUNS) if guilty == number]
        texts = [(f"plain_{number}" if wrong else 1.0, line)]
        texts += [(f"own_{k}", suspects.RUNS[k][1]) for k in wrong]
        for x, code in texts:
            program.text(x, ROWS - number, _as_shown(code), va="center")
    program.text(1.0, ROWS - nothing, "nothing is wrong", va="center")
    frame = ["low", "low", "high", "high", "low"]
    program.line([0.2, 39.8, 39.8, 0.2, 0.2], [*frame], color="orange", linewidth=1.4)
    loss = Plot(
        "updates",
        "loss *L*",
        (0, 400),
        (0.01, 200),
        alt="The loss of the run over its updates; once the guilty line is found, the run of the mended program with it",
        log=True,
    )
    places = [float(suspects.EVERY * k) for k in range(41)]
    loss.line([*places], [f"shown[{k}]" for k in range(41)], color="blue", linewidth=1.6)
    loss.line([*places], [f"twin[{k}]" for k in range(41)], color="green", linestyle="--")
    lines: list[tuple[str, str | Case]] = [
        (
            "First loss",
            Case("first", ["sealed: one point", "L = {loss:4}, and log 2 = {chance:4}"]),
        ),
        (
            "Shapes",
            Case(
                "shapes",
                [
                    "sealed: one point",
                    "steps of W1, b1, W2, b2: {size[0]:0}, {size[1]:0}, {size[2]:0}, {size[3]:0} entries",
                ],
            ),
        ),
        (
            "One example, one weight of each layer",
            Case(
                "example",
                [
                    "sealed: two points",
                    "by the program {one[0]:4} and {one[2]:4}, by two losses {one[1]:4} and {one[3]:4}",
                ],
            ),
        ),
        (
            "All points, the same weights",
            Case(
                "weight",
                [
                    "sealed: three points",
                    "by the program {all[0]:4} and {all[2]:4}, by two losses {all[1]:4} and {all[3]:4}",
                ],
            ),
        ),
        (
            "The accused",
            Case(
                "state", ["nobody yet", "wrongly accused: four points", "found: look at the curves"]
            ),
        ),
        (
            "Points",
            "10 − {first:0} − {shapes:0} − 2·{example:0} − 3·{weight:0} − {fine:0} = {points:0}",
        ),
    ]
    named = [f"line {k}" for k in range(1, nothing)]
    sealed = ["sealed", "opened"]
    return LiveFigure(
        tape,
        [
            Choice("run", "run", [f"run {k}" for k in range(1, len(suspects.RUNS) + 1)]),
            Choice("line", "guilty", ["nobody yet", *named, "nothing is wrong"]),
            Choice("first", "first loss", sealed),
            Choice("shapes", "shapes", sealed),
            Choice("example", "one example", sealed),
            Choice("weight", "all points", sealed),
        ],
        [program, loss, WorkedLines(lines)],
        name="bugs-instruments",
        alt="Left, a program of nine lines with four instruments below it; right, the loss of its run; below, what the "
        "opened instruments show, and the points that are left",
        caption="Each run has another bug, or none; the learning rate is 1. Click an instrument when you cannot go on, and the guilty line when you "
        "know it: once you are right, the run of the mended program is laid over the curve, dashed. A wrong accusation costs four points. The figure "
        "gives them back once you are right; your own score should not. Seal the instruments before the next run. How many points can "
        "you keep over all six?",
        hint="Click a line of the program, or an instrument.",
        digits=0,
        effect="points",
        effect_label="points left",
    )


def _row(height: float) -> tuple[float, float]:
    return height + BELOW, height + ABOVE


def _band(
    plot: Plot, across: tuple[float, float], up: tuple[float, float], pick: tuple[str, int]
) -> None:
    """What is clicked, behind words or a number."""
    (left, right), (low, high) = across, up
    plot.line(
        [left, left, right, right],
        [low, high, high, low],
        color="grid",
        pick=pick,
        fill=True,
        alpha=0.4,
        linewidth=0,
    )


def _as_shown(code: str) -> str:
    """A line of a program as a picture can show it: signs of arithmetic as in a formula."""
    return code.replace("**2", "²").replace(" * ", " · ").replace(" - ", " − ").replace("-=", "−=")


# The training cases in the order in which the picture numbers them: on the moons, on the digits.
CURVES = (
    ("zero", "mean", "order", "once_more", "square", "bias", "slope"),
    ("twice", "labels", "adam", "kink", "rows"),
)
SAYS = {
    "zero": "sums never zeroed",
    "mean": "mean forgotten",
    "order": "W2 moved too early",
    "once_more": "σ′ once more",
    "square": "W for its transpose",
    "bias": "bias once a weight",
    "slope": "slope taken at a",
    "twice": "softmax twice",
    "labels": "labels left behind",
    "adam": "no correction",
    "kink": "ReLU's slope with ≥",
    "rows": "softmax by rows",
}


ENDS = "{end:4} − {end_twin:4} = {gap:4}"


def curves(tape: Tape, losses: Mapping[str, Sequence[float]]) -> LiveFigure:
    """The loss curves of all training cases; one can be picked, and its mended twin comes with it."""
    plots = []
    number = 0
    for place, (names, every, xlabel, limits) in enumerate(
        zip(CURVES, (10, 1), ("updates", "epochs"), ((0.001, 200), (0.009, 4)), strict=True)
    ):
        last = every * (len(losses[names[0]]) - 1)
        plot = Plot(
            xlabel,
            "loss *L*",
            (0, 1.2 * last),
            limits,
            alt=f"Loss curves over the {xlabel}, each with a number to be clicked",
            log=True,
        )
        across = [float(every * k) for k in range(len(losses[names[0]]))]
        for name in names:
            plot.line([*across], [*losses[name]], color="muted", linewidth=1)
        points = range(len(across))
        plot.line([*across], [f"shown_{place}[{k}]" for k in points], color="blue")
        plot.line([*across], [f"twin_{place}[{k}]" for k in points], color="green", linestyle="--")
        ends = [max(losses[name][-1], limits[0]) for name in names]
        plot.axes.set_xticks(
            [last * k / 4 for k in range(5)] if place == 0 else [0, 2, 4, 6, 8, 10]
        )
        for k, height in enumerate(_apart(ends, limits)):
            number += 1
            plot.axes.plot(
                [1.01 * last, 1.08 * last],
                [ends[k], height],
                color=draw.PALETTE["grid"],
                linewidth=1,
            )
            own = len(CURVES[0]) * place + k
            # Numbers stand a little above their height, as words do in a row.
            low, high = (height * (limits[1] / limits[0]) ** r for r in (-0.007, 0.06))
            _band(plot, (1.08 * last, 1.19 * last), (low, high), ("curve", own))
            plot.text(1.135 * last, height, str(number), ha="center", va="center")
        plots.append(plot)
    count = sum(map(len, CURVES))
    return LiveFigure(
        tape,
        [
            Choice("curve", "curve", [str(k + 1) for k in range(count)]),
            Choice("names", "its case", ["hidden", "shown"]),
        ],
        [
            *plots,
            WorkedLines(
                [
                    ("Last loss, that of the mended twin, and between", ENDS),
                    ("Its case", Case("told", ["hidden", *(SAYS[n] for n in sum(CURVES, ()))])),
                ]
            ),
        ],
        name="bugs-curves",
        alt="Left, the loss curves of seven programs on the moons; right, those of five on the digits",
        caption="Each grey curve is one of the cases. Click a number: its curve turns blue, and the run of the mended "
        "program is laid over it, green and dashed; both losses are the library's. Where two "
        "lie upon each other, no curve will tell you that there is a bug.",
        hint="Click a number.",
        digits=4,
        effect="end",
        effect_label="last loss",
    )


def _apart(ends: Sequence[float], limits: tuple[float, float]) -> list[float]:
    """Heights for labels beside the ends of curves, on a logarithmic axis: as near as they fit."""
    low, high = np.log(limits)
    room = (high - low) / 12
    order = np.argsort(ends)
    heights = np.log(np.asarray(ends))[order]
    for _ in range(200):
        gaps = np.maximum(room - np.diff(heights), 0) / 2
        heights[:-1] -= gaps
        heights[1:] += gaps
        heights = np.clip(heights, low + room / 2, high - room / 2)
    placed = np.empty_like(heights)
    placed[order] = np.exp(heights)
    return [float(f"{height:.3g}") for height in placed]


def floor(tape: Tape) -> LiveFigure:
    """The loss over the lead of the right logit, behind one softmax and behind two."""
    plot = Plot(
        "lead *z* of the right class",
        "loss *L*",
        (-4, 12),
        (-0.15, 4.2),
        alt="Two losses over the lead of the right class: one falls to zero, the other to a floor far above",
    )
    plot.curve("z", "loss", color="blue", linewidth=1.6)
    plot.curve("z", "loss_2", color="orange", linestyle="--", linewidth=1.6)
    plot.hline("least", color="muted", linestyle=":")
    plot.point("z", "loss", color="blue", handle=("z", None))
    plot.point("z", "loss_2", color="orange", handle=("z", None))
    lines = [
        ("Probability of the right class", "p = {p:4}"),
        ("Behind a second softmax", "q = exp(p)/(exp(p) + (K − 1)·exp((1 − p)/(K − 1))) = {q:4}"),
        ("Loss, right", "−log p = {loss:4}"),
        ("Loss, softmax twice", "−log q = {loss_2:4}"),
        ("It cannot fall below", "log(1 + (K − 1)/exp(1)) = {least:6}"),
    ]
    return LiveFigure(
        tape,
        [
            Slider("z", "lead *z*", -4, 12, 0.1),
            Slider("K", "classes *K*", 2, 20, 1),
        ],
        [plot, WorkedLines(lines)],
        name="bugs-floor",
        alt="The loss behind one softmax and behind two, over how far the right class is ahead",
        caption="Drag a point to the right: the network becomes as sure as it likes. Blue: the loss behind one softmax. Orange and "
        "dashed: behind two. The dotted line is the floor.",
        digits=4,
        effect="loss_2",
        effect_label="loss behind two",
    )
