"""Figures of the chapter on why one walks back."""

from itertools import product

from backprop import autodiff as ad
from backprop.autodiff import Tape, Var
from livetext import (
    Case,
    Choice,
    Graph,
    Iteration,
    LiveFigure,
    Node,
    Plot,
    Slider,
    Wire,
    WorkedLines,
)

from ._more import Replay, more

__all__ = ["gates", "modes", "paths"]


def gates(tape: Tape) -> LiveFigure:
    """A small program as a graph: values forward, gradients back, line by line."""
    graph = Graph(
        nodes={
            "u": Node("*u*", 0, 2.0, gate=False),
            "fork_u": Node("•", 1.25, 2.0),
            "v": Node("*v*", 0, 0.1, gate=False),
            "fork_v": Node("•", 1.25, 0.1),
            "plus": Node("+", 1.95, 1.05),
            "sigmoid": Node("*σ*", 2.9, 1.05),
            "times": Node("×", 3.5, 2.0),
            "square": Node("×", 2.9, 0.1),
            "add": Node("+", 4.1, 0.7),
            "L": Node("*L*", 5, 0.7, gate=False),
        },
        wires=[
            Wire("u", "fork_u", "u", "du"),
            Wire("fork_u", "times", "u", "du_p"),
            Wire("fork_u", "plus", "u", "ds"),
            Wire("v", "fork_v", "v", "dv"),
            Wire("fork_v", "plus", "v", "ds", at=0.62),
            Wire("fork_v", "square", "v", "dv_q"),
            Wire("plus", "sigmoid", "s", "ds"),
            Wire("sigmoid", "times", "c", "dc"),
            Wire("times", "add", "p", "dp", at=0.66),
            Wire("square", "add", "q", "dq"),
            Wire("add", "L", "loss", "dloss"),
        ],
        steps=[
            ("s", "s = u + v = {u} + {v} = {s}"),
            ("c", "c = σ(s) = {c}"),
            ("p", "p = u·c = {u}·{c} = {p}"),
            ("q", "q = v·v = {v}·{v} = {q}"),
            ("loss", "L = p + q = {p} + {q} = {loss}"),
            (("dp", "dq", "dloss"), "a sum copies: dp = dq = {dp}"),
            ("dv_q", "v meets itself: dv = 2v·dq = 2·{v}·{dq} = {dv_q}"),
            ("du_p", "a product swaps: du = c·dp = {c}·{dp} = {du_p}"),
            ("dc", "and dc = u·dp = {u}·{dp} = {dc}"),
            ("ds", "ds = c(1 − c)·dc = {c}·(1 − {c})·{dc} = {ds}"),
            ("du", "u is used twice, so its shares add: {du_p} + {ds} = {du}"),
            ("dv", "and so is v: {dv_q} + {ds} = {dv}"),
        ],
        alt="u and v each fork; both meet in a plus gate, go through a sigmoid, and are multiplied by u; v is multiplied by "
        "itself; a last plus gate adds the two and gives L",
        nudge=0.01,
    )
    return LiveFigure(
        tape,
        [Slider("u", "input *u*", -3, 3, 0.1), Slider("v", "input *v*", -3, 3, 0.1)],
        [graph],
        name="walking-gates",
        alt="A graph of five gates with a value above each wire and a gradient below it; two of the values fork, and their "
        "gradients are sums",
        caption="Step, and the forward pass goes from gate to gate; step on, and the gradients come back. Press a wire: a nudge "
        "runs to the right, and its ratio is the gradient below. Then look at the dots, where a value forks: what "
        "comes back along two wires is added there.",
        hint="Press a wire, pick a gate, or drag an underlined number.",
    )


WIDEST, DEEPEST = 6, 8


def paths(tape: Tape) -> LiveFigure:
    """A layered network, one of its paths, and what all paths cost against one sweep."""
    layers, units = range(1, DEEPEST + 1), range(1, WIDEST + 1)
    chosen = [f"p{d}" for d in layers[1:]]  # which unit of each layer the path passes

    def picture(at: Replay) -> dict[str, Var]:
        q = at()
        n, depth = q["n"], q["D"]
        places = {f"x{d}": ad.minimum(float(d), depth + 1.0) for d in layers}
        places |= {"x_out": depth + 1.0, "right": depth * 1.0, "top": (n - 1) / 2}
        for d, i in product(layers, units):
            # What lies beyond the last unit is drawn on top of it, beyond the last layer on the output.
            height = (n + 1) / 2 - ad.minimum(float(i), n)
            places[f"y{d}_{i}"] = ad.where(d <= depth, height, 0.0)
        found: dict[str, Var] = {"way1": (n + 1) / 2 - 1.0}
        carry: Var = 0.0 * n + 1.0
        for d in reversed(layers[1:]):
            inside = d <= depth
            name = f"p{d}"
            found[f"way{d}"] = ad.where(inside, (n + 1) / 2 - q[name], 0.0)
            raised = q[name] + ad.where(inside, carry, 0.0)
            over = raised > n
            found[f"{name}_next"] = ad.where(over, 1.0, raised)
            carry = ad.where(inside, over, carry)
        return places | found

    net = Plot("layer", "", (0.3, 9.6), (-3.2, 3.2), alt="Layers of units, each wired to the next")
    net.axes.set_yticks([])
    net.axes.set_xticks(range(1, DEEPEST + 2))
    net.axes.spines["left"].set_visible(False)
    net.axes.grid(False)
    # One line along all wires of a layer: there and back, and from unit to unit by a wire as well.
    for d in layers[:-1]:
        heights = [y for i in units for j in units for y in (f"y{d}_{i}", f"y{d + 1}_{j}")]
        net.line([f"x{d}", f"x{d + 1}"] * WIDEST**2, [*heights], "muted", linewidth=0.6)
    last = [y for i in units for y in (f"y{DEEPEST}_{i}", 0.0)]
    net.line([f"x{DEEPEST}", "x_out"] * WIDEST, [*last], "muted", linewidth=0.6)
    across: list[str | float] = [*(f"x{d}" for d in layers), "x_out"]
    net.line(across, ["way1", *(f"way{d}_k" for d in layers[1:]), 0.0], "orange", linewidth=3)
    for d, i in product(layers, units):
        net.point(f"x{d}", f"y{d}_{i}", "ink", size=7)
    net.point("right", "top", "ink", size=7, handle=("D", "n"))
    net.point("x_out", 0.0, "ink", size=9)

    cost = Plot(
        "", "multiplications", (0.4, 2.6), (1, 1e7), log=True, alt="Two bars on a logarithmic axis"
    )
    cost.axes.set_xticks([1, 2], labels=["path by path", "one sweep"])
    for x, name, color in ((1.0, "path_products", "ink"), (2.0, "sweep_products", "orange")):
        cost.line([x, x], [1.0, name], color, linewidth=26, solid_capstyle="butt")
    lines = [
        ("Wires behind the first hidden layer", "(D − 1)·n² + n = {wires:0}"),
        ("Paths", "{paths:0}, and the one shown is number {number_k:0}"),
        ("Multiplications path by path", "{paths:0}·(D − 1) = {path_products:0}"),
        ("Multiplications in one sweep", "(D − 1)·n² = {sweep_products:0}"),
    ]
    return LiveFigure(
        more(tape, picture, **dict.fromkeys(chosen, 1.0)),
        [
            Slider("n", "units in each layer *n*", 1, WIDEST, 1),
            Slider("D", "hidden layers *D*", 2, DEEPEST, 1),
        ],
        [net, cost, WorkedLines(lines)],
        name="walking-paths",
        alt="A layered network with one path through it, beside two bars: the multiplications of all paths, and those of one "
        "sweep",
        caption="The thick orange line is one path from a unit of the first hidden layer to the output; Step shows the next one. "
        "Pull the upper right point outwards, and the network grows. On the right every line of the grid is a hundred times the "
        "one below.",
        iteration=Iteration(
            {"number": "number_next"} | {name: f"{name}_next" for name in chosen},
            steps=80,
            watch="number_next",
            label="next path *k*",
        ),
        digits=0,
        effect="paths",
        hint="Drag the upper right point, or use the sliders.",
    )


WALK = Choice(
    "walk", "walk", ["forward, with a nudge of a", "forward, with a nudge of b", "back from L"]
)


def modes(tape: Tape, forward: int, back: int) -> LiveFigure:
    """One graph in two directions: the rates of forward mode and the gradients of reverse mode."""

    def rates(name: str, gradient: str) -> Case:
        return Case("walk", (f"{name}_a", f"{name}_b", gradient))

    def by_nudge(line: str) -> tuple[str, str]:
        """The line of forward mode for each of the two inputs."""
        return line.replace("#", "a"), line.replace("#", "b")

    graph = Graph(
        nodes={
            "a": Node("*a*", 0, 2.0, gate=False),
            "fork_a": Node("•", 1.2, 2.0),
            "b": Node("*b*", 0, 0.0, gate=False),
            "fork_b": Node("•", 1.2, 0.0),
            "c": Node("+", 2.2, 2.0),
            "d": Node("×", 2.2, 0.0),
            "s": Node("+", 3.4, 2.0),
            "p": Node("×", 3.4, 0.0),
            "add": Node("+", 4.2, 1.0),
            "L": Node("*L*", 5.0, 1.0, gate=False),
        },
        wires=[
            Wire("a", "fork_a", "a", rates("ra", "da")),
            Wire("b", "fork_b", "b", rates("rb", "db")),
            Wire("fork_a", "c", "a", rates("ra", "dc")),
            Wire("fork_a", "d", "a", rates("ra", "da_d"), at=0.27),
            Wire("fork_b", "c", "b", rates("rb", "dc"), at=0.27),
            Wire("fork_b", "d", "b", rates("rb", "db_d")),
            Wire("c", "s", "c", rates("rc", "ds")),
            Wire("c", "p", "c", rates("rc", "dc_p"), at=0.27),
            Wire("d", "s", "d", rates("rd", "ds"), at=0.27),
            Wire("d", "p", "d", rates("rd", "dd_p")),
            Wire("s", "add", "s", rates("rs", "ds")),
            Wire("p", "add", "p", rates("rp", "dp")),
            Wire("add", "L", "loss", rates("rL", "dloss")),
        ],
        steps=[
            ("c", "c = a + b = {a} + {b} = {c}"),
            ("d", "d = a·b = {a}·{b} = {d}"),
            ("s", "s = c + d = {c} + {d} = {s}"),
            ("p", "p = c·d = {c}·{d} = {p}"),
            ("loss", "L = s + p = {s} + {p} = {loss}"),
            (
                ("rc_a", "rc_b", "ds", "dp", "dloss"),
                Case(
                    "walk",
                    (
                        *by_nudge("rate of c: that of a + that of b = {ra_#} + {rb_#} = {rc_#}"),
                        "a sum copies: ∂L/∂s and ∂L/∂p are {ds}",
                    ),
                ),
            ),
            (
                ("rd_a", "rd_b", "dc", "dc_p"),
                Case(
                    "walk",
                    (
                        *by_nudge("rate of d: {ra_#}·{b} + {a}·{rb_#} = {rd_#}"),
                        "∂L/∂c = ∂L/∂s + ∂L/∂p · d = {ds} + {dp}·{d} = {dc}",
                    ),
                ),
            ),
            (
                ("rs_a", "rs_b", "dd", "dd_p"),
                Case(
                    "walk",
                    (
                        *by_nudge("rate of s: {rc_#} + {rd_#} = {rs_#}"),
                        "∂L/∂d = ∂L/∂s + ∂L/∂p · c = {ds} + {dp}·{c} = {dd}",
                    ),
                ),
            ),
            (
                ("rp_a", "rp_b", "da", "da_d"),
                Case(
                    "walk",
                    (
                        *by_nudge("rate of p: {rc_#}·{d} + {c}·{rd_#} = {rp_#}"),
                        "∂L/∂a = ∂L/∂c + ∂L/∂d · b = {dc} + {dd}·{b} = {da}",
                    ),
                ),
            ),
            (
                ("rL_a", "rL_b", "db", "db_d"),
                Case(
                    "walk",
                    (
                        "rate of L: {rs_a} + {rp_a} = {rL_a}, and only half of the gradient",
                        "rate of L: {rs_b} + {rp_b} = {rL_b}, the other half",
                        "∂L/∂b = ∂L/∂c + ∂L/∂d · a = {dc} + {dd}·{a} = {db}, and both are there",
                    ),
                ),
            ),
        ],
        alt="a and b meet in a plus gate and in a times gate; what these give meets in a plus and in a times gate once more, "
        "and a last plus gate gives L",
        colors=("green", "green", "orange"),
    )
    once = f"{forward} for one input, so {2 * forward} for the two"
    words = "Multiplications of this walk"
    lines = [(words, Case("walk", (once, once, f"{back}, for the two inputs together")))]
    return LiveFigure(
        tape,
        [Slider("a", "input *a*", -3, 3, 0.5), Slider("b", "input *b*", -3, 3, 0.5), WALK],
        [graph, WorkedLines(lines)],
        name="walking-modes",
        alt="A graph of five gates with values above its wires; below them, in one of two colours, rates that run forward or "
        "gradients that run back",
        caption="Above the wires, in blue, the values. Below them, in green, how fast each moves with the one input that is "
        "nudged; or, in orange, how fast the loss moves with each. Go through all three walks. Which of them has both "
        "derivatives at its end?",
        digits=1,
        hint="Pick a gate, or drag an underlined number.",
    )
