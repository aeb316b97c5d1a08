"""Chapter 7: why one walks back."""

import numpy as np

from backprop import autodiff as ad
from livetext.checks import Exercise, Mistake
from livetext.questions import AnyOf, Before, Field, Numbers, Option, Order, Question

TITLE = "Why one walks back"
PAGE = "07-walking-back.html"


# Questions


def routed(a, b, c):
    s, p = a + b, a * b
    m = ad.maximum(p, c)
    loss = s * m
    ds, dp, da = ad.grad(loss, [s, p, a])
    values = {"s": s, "p": p, "m": m, "loss": loss, "ds": ds, "dp": dp, "da": da}
    wrong = {"sum_only": ds * 1.0, "product_only": dp * b, "not_swapped": ds + dp * a}
    wrong |= {"outer": dp + ds * b, "kept": ds * 1.0, "half": dp / 2}
    return values | wrong | {"wins": p > c}


def ways(n, D):
    paths = n ** (D - 1)
    return {
        "paths": paths,
        "from_input": n**D,
        "added": n * (D - 1),
        "turned": (D - 1) ** n,
        "last": D - 1,
    }


def wires(n, D):
    between = (D - 1) * n**2
    return {
        "between": between,
        "wires": between + n,
        "one_more": D * n**2,
        "no_output": between * 1.0,
        "paths": n ** (D - 1),
        "products": n ** (D - 1) * (D - 1),
        "one_each": n ** (D - 1) * 1.0,
        "ends": n ** (D - 1) * D,
    }


def products(p, q, r):
    first, second = p * q, q * r
    forward = first + second
    values = {"first": first, "second": second, "forward": forward, "backward": forward + second}
    wrong = {"chained": p * q * r, "biases": forward + q + r, "whole": 2 * forward}
    return values | wrong | {"only_weights": forward * 1.0, "only_delta": second * 1.0}


def sweeps(p, q):
    table = p * q
    return {"forward": p * 1.0, "backward": q * 1.0, "table": table, "sum": p + q}


QUESTIONS = [
    Question(
        id="walking-gates",
        title="Which way does it go?",
        practises="what a sum, a product and a maximum do to a gradient",
        covers=(2,),
        minutes=5,
        difficulty="medium",
        text="Let *L = (a + b)·max(p, c)* with *p = a·b*, and *a = {a}*, *b = {b}*, *c = {c}*.",
        ask="What reaches *p* on the way back, and what is $\\partial L/\\partial a$?",
        answer=Numbers(
            [
                Field(
                    "dp",
                    "*∂L/∂p*",
                    {
                        "kept": "This is the value of the maximum. In a product each factor gets the *other* one.",
                        "half": "Halves are for a tie. A maximum hands all it gets to the winner, and *p* has won.",
                    },
                ),
                Field(
                    "da",
                    "*∂L/∂a*",
                    {
                        "sum_only": "This is what comes back through the sum alone. Where else is *a* used?",
                        "product_only": "This is what comes back through *p* alone, as if the second path had "
                        "overwritten the first.",
                        "not_swapped": "In the product *a·b* each factor gets the *other* one.",
                        "outer": "The two factors of *L* have kept their own values. Which one does each get?",
                    },
                ),
            ]
        ),
        hints=(
            "Name the two factors of *L*, go forward, and see which side wins the maximum.",
            "With *s = a + b = {s}* and *m = max(p, c) = {m}*: *s* gets *m*, and *m* gets *s*, which the maximum hands to *p*.",
        ),
        solution="""- Forward: *s = a + b = {a} + {b} = {s}* and *p = a·b = {a}·{b} = {p}*, larger than *c = {c}*, so *m = {m}*
- The product *s·m* swaps: *s* gets *m = {ds}*, and *m* gets *s = {s}*
- The maximum routes: *∂L/∂p = {dp}*, and nothing goes to *c*
- Two paths lead to *a*: *∂L/∂a = m + s·b = {m} + {s}·{b} = {da}*""",
        tape=ad.trace(routed, a=3.0, b=2.0, c=1.0),
        draws={"a": [1.0, 2.0, 3.0, -2.0], "b": [2.0, -1.5, 0.5], "c": [1.0, -4.0, -2.0]},
        keep="wins",
    ),
    Question(
        id="walking-paths",
        title="How many ways?",
        practises="counting the paths from a weight to the loss",
        covers=(3,),
        minutes=3,
        difficulty="easy",
        text="A network has {D} hidden layers of {n} units each, then one output. Every unit is wired to every unit of the next "
        "layer. A nudge of one weight that leads into the first hidden layer moves one unit there.",
        ask="Along how many different paths does it reach the loss?",
        answer=Numbers(
            [
                Field(
                    "paths",
                    "paths",
                    {
                        "from_input": "This many begin at an input, which is wired to every unit of the first hidden layer. "
                        "A weight moves one of them.",
                        "added": "You added over the layers. Each way to a layer splits again, so the numbers multiply.",
                        "turned": "Exponent and base have changed places: at each step there is one choice among the units of a "
                        "layer.",
                        "last": "This is how many choices there are. Each has several outcomes.",
                    },
                )
            ]
        ),
        hints=(
            "Walk along: how many choices are there at each step, and how many steps have a choice?",
            "In each of the {last} later hidden layers the path passes one of {n} units. The choices multiply.",
        ),
        solution="From the first hidden layer on there are {last} more hidden layers. In each the path passes one of {n} "
        "units, whichever it came from, so the choices multiply: $n^{D-1}$ is {paths}. The last wire, to the "
        "output, leaves no choice.",
        tape=ad.trace(ways, n=3.0, D=5.0),
        draws={"n": [2.0, 3.0, 5.0, 6.0], "D": [3.0, 4.0, 5.0]},
        figure="walking-paths",
        reveal={"n": "n", "D": "D"},
    ),
    Question(
        id="walking-wires",
        title="Few wires, many paths",
        practises="comparing the number of wires with the products along all paths",
        covers=(3,),
        minutes=4,
        difficulty="medium",
        text="The same kind of network: {D} hidden layers of {n} units each, then one output, and a weight that leads into the "
        "first hidden layer. The slopes of all wires behind it are known.",
        ask="How many wires have such a slope, and how many multiplications does it take to work out each path's product by "
        "itself?",
        answer=Numbers(
            [
                Field(
                    "wires",
                    "wires",
                    {
                        "one_more": "Between hidden layers there is one step fewer than there are layers.",
                        "no_output": "The wires to the output are missing.",
                        "paths": "This is how many paths there are. They share their wires.",
                    },
                ),
                Field(
                    "products",
                    "multiplications",
                    {
                        "one_each": "This is how many paths there are. How many factors has each?",
                        "ends": "A path has as many slopes as this allows; to multiply them takes one multiplication fewer.",
                    },
                ),
            ]
        ),
        hints=(
            "Count the wires step by step, the last one to the output. Then count the slopes along a single path.",
            "Between two hidden layers there are $n^2$ wires, and *n* lead to the output. A path has {D} slopes.",
        ),
        solution="""- Wires: *(D − 1)·n² + n = {between} + {n} = {wires}*
- Paths: $n^{D-1}$ is {paths:0}
- Each has {D} slopes, and so one multiplication fewer; for all paths {products:0}""",
        tape=ad.trace(wires, n=3.0, D=5.0),
        draws={"n": [2.0, 3.0, 5.0, 10.0], "D": [3.0, 4.0, 5.0]},
    ),
    Question(
        id="walking-count",
        title="What the way back costs",
        practises="counting the multiplications of both passes of a network",
        covers=(3, 5),
        minutes=5,
        difficulty="medium",
        text="A network has {p} inputs, {q} hidden units and {r} outputs. Count only the multiplications in products of matrices and "
        "columns, for a single example; those in the slopes of the activations are few.",
        ask="How many does the way forward take, and how many the way back, which finds the gradients of all weights?",
        answer=Numbers(
            [
                Field(
                    "forward",
                    "forward",
                    {
                        "chained": "The layers come one after the other, so their numbers are added.",
                        "biases": "A bias is added. It takes no multiplication.",
                    },
                ),
                Field(
                    "backward",
                    "back",
                    {
                        "whole": "One product is too many: nobody asks what the *inputs* should have been.",
                        "only_weights": "These are the weights' gradients. What hands *δ* back to the layer before?",
                        "only_delta": "This is what hands *δ* back. The gradients of the weights come on top.",
                    },
                ),
            ]
        ),
        hints=(
            "Forward, each weight is used once. Back, each weight gets a gradient, and *δ* has to travel between the layers.",
            r"Each gradient $\delta a^{\mathsf T}$ has one multiplication for each weight. $W^{\mathsf T}\delta$ has as many "
            "again, and the first layer does not need it.",
        ),
        solution="""- Forward: *p·q + q·r = {p}·{q} + {q}·{r} = {forward}*
- Gradients of the weights: as many again, {forward}
- Handing *δ* back through the second layer: *q·r = {q}·{r} = {second}*
- Together on the way back: *{forward} + {second} = {backward}*""",
        tape=ad.trace(products, p=5.0, q=4.0, r=3.0),
        draws={"p": [5.0, 8.0, 10.0], "q": [4.0, 6.0, 3.0], "r": [3.0, 2.0]},
    ),
    Question(
        id="walking-sweeps",
        title="Columns or rows",
        practises="choosing the direction for a table of derivatives",
        covers=(4,),
        minutes=3,
        difficulty="easy",
        text="A program has {p} inputs and {q} outputs. You want every derivative of every output with respect to every input.",
        ask="How many sweeps does that take in forward mode, and how many in reverse mode?",
        answer=Numbers(
            [
                Field(
                    "forward",
                    "forward",
                    {
                        "backward": "In forward mode one sweep follows one *input* to all outputs.",
                        "table": "One sweep fills a whole column of the table, not one entry.",
                        "sum": "One direction is enough. Which numbers does a sweep in it give?",
                    },
                ),
                Field(
                    "backward",
                    "reverse",
                    {
                        "forward": "In reverse mode one sweep follows one *output* back to all inputs.",
                        "table": "One sweep fills a whole row of the table, not one entry.",
                        "sum": "One direction is enough. Which numbers does a sweep in it give?",
                    },
                ),
            ]
        ),
        hints=(
            "What does a single sweep give, in each direction?",
            "Forward: how all outputs answer to one input. Reverse: how one output answers to all inputs.",
        ),
        solution="Forward, a sweep begins at one input, so it takes {forward} sweeps. Back, a sweep begins at one output, "
        "so it takes {backward}. A loss is a single number, whatever the network: one sweep back.",
        tape=ad.trace(sweeps, p=12.0, q=5.0),
        draws={"p": [3.0, 6.0, 12.0, 100.0], "q": [2.0, 4.0, 5.0, 7.0]},
    ),
    Question(
        id="walking-order",
        title="Mirror the lines",
        practises="the order of backward lines, with += where a value is used twice",
        covers=(1,),
        minutes=4,
        difficulty="easy",
        text="""The forward lines of a program:

- line 1: *s = u + v*
- line 2: *p = u·s*
- line 3: *L = p·s*""",
        ask="Put its backward lines in an order that gives the right gradients.",
        answer=Order(
            [
                "`dp = s`",
                "`ds = p`, the share of line 3",
                "`ds += dp * u`, the share of line 2",
                "`du = dp * s`, the share of line 2",
                "`du += ds`, the share of line 1",
                "`dv = ds`",
            ],
            [
                Before(0, 2, "Line 2 hands back what *p* has received. That is *dp*."),
                Before(0, 3, "The share of line 2 in *du* contains *dp*."),
                Before(1, 2, "With `=` after `+=` the first share is lost: *ds* begins with `=`."),
                Before(
                    2, 4, "*s* is used twice. It passes nothing on before both shares are there."
                ),
                Before(2, 5, "*dv* is the whole of *ds*, and one share of that is still to come."),
                Before(3, 4, "*du* begins with `=`; what `+=` has put there before would be lost."),
            ],
        ),
        hints=(
            "A value passes its gradient on only when every line that uses it has paid in.",
            "*s* is used in lines 2 and 3, so line 1 has to wait for both.",
        ),
        solution="Line 3 first, then line 2, then line 1. Within a line the order does not matter, but a value that is used "
        "twice waits for its second share before it passes anything on: *ds* is complete only after line 2.",
    ),
    Question(
        id="walking-cheap",
        title="What the theorem says",
        practises="what the theorem about cheap gradients promises, and what it does not",
        covers=(5,),
        minutes=4,
        difficulty="medium",
        ask="Which of these does the theorem promise, or its proof?",
        answer=AnyOf(
            [
                Option(
                    "A loss of a million parameters and its whole gradient together take at most five times the operations of the "
                    "loss.",
                    "The number of inputs does not occur in the bound.",
                    right=True,
                ),
                Option(
                    "A derivative with respect to a single input is cheaper than the whole gradient.",
                    "It may be, and the theorem says nothing about it: the sweep finds all of them anyway.",
                ),
                Option(
                    "The walk back needs no more memory than the walk forward.",
                    "It needs the values of the walk forward, all of them. Memory is its price.",
                ),
                Option(
                    "One such walk for each row is enough for a table of derivatives with many rows.",
                    "One walk back serves one output.",
                    right=True,
                ),
                Option(
                    "The bound holds for each operation alone, and so for any program made of them.",
                    "The proof goes through a table, line by line, and adds.",
                    right=True,
                ),
                Option(
                    "The bound holds at a kink as well.",
                    "There an operation has no derivative; the theorem supposes that each has one where it stands.",
                ),
            ]
        ),
        hints=(
            "Look for the number of inputs in the bound. Then read the list of what it supposes.",
            "Three are right. Values that are kept are not free.",
        ),
        solution="The bound counts operations, not numbers stored, and it counts those of the program alone: the inputs do "
        "not occur. It comes from a table that holds for each operation by itself. It serves one output; it supposes "
        "derivatives, and it says nothing of a single one.",
    ),
]


# Code exercises


def mirrored(u, v, w):
    s = u + v
    m = u * w
    r = m / s
    # loss = r * v
    dr, dv = v, r
    dm = dr / s
    ds = -dr * r / s
    du, dw = dm * w, dm * u
    du += ds
    dv += ds
    return du, dv, dw


def three_numbers(rng):
    for signs in ((1, 1, 1), (-1, -1, 1), (1, 1, -1), (-1, -1, -1), (1, -1, 1), (-1, 1, -1)):
        u, v, w = rng.uniform(0.6, 2.4, size=3) * signs
        # away from a sum of zero, and with two shares that differ
        yield {"u": 2.5 * u, "v": v, "w": w}


def ratio(u, v, w):
    return u * w / (u + v) * v


def shares(u, v, w):
    """What comes back to m, to s, and the value that v is multiplied with."""
    s = u + v
    return v / s, -v * u * w / s**2, u * w / s


def differing(change):
    """The gradients when one of the three shares is changed."""

    def answer(u, v, w):
        dm, ds, r = shares(u, v, w)
        return change(u, v, w, dm, ds, r)

    return answer


def sum_over_paths(edges, slopes, source, target):
    total = {source: 1.0}
    for (start, end), slope in zip(edges, slopes, strict=True):
        total[end] = total.get(end, 0.0) + total.get(start, 0.0) * slope
    return total.get(target, 0.0)


def graphs(rng):
    """Graphs whose edges come in an order in which one may walk; the last two have 10¹² paths and more."""
    for sizes in ((2, 3), (3, 2), (2, 2, 3)):
        names = iter(rng.permutation(np.arange(3, 40)))
        layers = [[next(names) for _ in range(n)] for n in (1, *sizes, 1)]
        edges = [(a, b) for k in range(len(sizes) + 1) for a in layers[k] for b in layers[k + 1]]
        # Three that skip layers, one of them all.
        edges += [(layers[k][0], layers[to][0]) for k, to in ((0, 2), (1, -1), (0, -1))]
        order = {node: k for k, layer in enumerate(layers) for node in layer}
        edges.sort(key=lambda edge: order[edge[0]])
        stray = int(next(names))
        edges.insert(0, (stray, layers[1][0]))  # comes from elsewhere
        edges.append((layers[1][1], int(next(names))))  # leads elsewhere
        yield {
            "edges": np.array(edges),
            "slopes": rng.uniform(0.4, 1.9, size=len(edges)) * rng.choice([-1, 1], len(edges)),
            "source": int(layers[0][0]),
            "target": int(layers[-1][0]),
        }
    for rungs in (41, 47):
        ladder = np.column_stack([np.arange(rungs), np.arange(1, rungs + 1)]) + 1
        halves = rng.uniform(0.3, 0.7, size=rungs)
        halves[5] = -halves[5]
        yield {
            "edges": np.repeat(ladder, 2, axis=0),
            "slopes": np.ravel(np.column_stack([halves, 1.03 - halves])),
            "source": 1,
            "target": rungs + 1,
        }


def by_matrix(edges, slopes, source, target):
    """The entry of (I − A)⁻¹, which is the sum of all powers of A."""
    names = {int(node): k for k, node in enumerate(np.unique([*np.ravel(edges), source, target]))}
    table = np.zeros((len(names), len(names)))
    for (start, end), slope in zip(edges, slopes, strict=True):
        table[names[int(end)], names[int(start)]] += slope
    return np.linalg.inv(np.eye(len(names)) - table)[names[target], names[source]]


def first_found(edges, slopes, source, target):
    """Each node keeps what came last."""
    total = {source: 1.0}
    for (start, end), slope in zip(edges, slopes, strict=True):
        if start in total:
            total[end] = total[start] * slope
    return total.get(target, 0.0)


def back_from_the_target(edges, slopes, source, target):
    """Against the edges, but through the list from its beginning."""
    total = {target: 1.0}
    for (start, end), slope in zip(edges, slopes, strict=True):
        total[start] = total.get(start, 0.0) + total.get(end, 0.0) * slope
    return total.get(source, 0.0)


def added_along(edges, slopes, source, target):
    total = {source: 0.0}
    for (start, end), slope in zip(edges, slopes, strict=True):
        if start in total:
            total[end] = total.get(end, 0.0) + total[start] + slope
    return total.get(target, 0.0)


def from_everywhere(edges, slopes, source, target):
    """Every node without an edge into it counts as a source."""
    ends = {end for _, end in edges}
    total = {start: 1.0 for start, _ in edges if start not in ends}
    for (start, end), slope in zip(edges, slopes, strict=True):
        total[end] = total.get(end, 0.0) + total.get(start, 0.0) * slope
    return total.get(target, 0.0)


def forward_lines(u, u_dot, v, v_dot):
    p, p_dot = u * v, u_dot * v + u * v_dot
    e = np.exp(p)
    e_dot = e * p_dot
    return e * u + v, e_dot * u + e * u_dot + v_dot


def dotted_numbers(rng):
    for signs in ((1, 1, 1, 1), (-1, 1, 1, -1), (1, -1, -1, 1), (-1, -1, -1, 1), (1, -1, 1, -1)):
        u, u_dot, v, v_dot = rng.uniform(0.5, 1.4, size=4) * signs
        yield {"u": u, "u_dot": u_dot, "v": v, "v_dot": v_dot}


def by_small_imaginary_step(u, u_dot, v, v_dot):
    a, b = u + 1e-20j * u_dot, v + 1e-20j * v_dot
    result = np.exp(a * b) * a + b
    return result.real, result.imag / 1e-20


def dotted(p_dot=None, e_dot=None, last=None):
    """The exercise's lines, with one of the rates another."""

    def answer(u, u_dot, v, v_dot):
        p = u * v
        dp = u_dot * v + u * v_dot if p_dot is None else p_dot(u, u_dot, v, v_dot)
        e = np.exp(p)
        de = e * dp if e_dot is None else e_dot(p, dp)
        if last is not None:
            return e * u + v, last(u, u_dot, v_dot, e, de)
        return e * u + v, de * u + e * u_dot + v_dot

    return answer


EXERCISES = [
    Exercise(
        id="walking-1",
        title="Backward lines of a quotient",
        practises="mirrored backward lines, with a quotient and a value used twice",
        covers=(1, 2),
        minutes=15,
        difficulty="medium",
        solution=mirrored,
        explanation="Line by line from the last: dr = v and dv = r; dm = dr / s and ds = -dr * r / s; then du and dw from the "
        "product, and the sum hands ds to u and v, which have a share already, with +=.",
        hints=(
            "The last line is a product: dr and the first share of dv come from it. Which lines use u, and which use v?",
            "For r = m / s: dm = dr / s and ds = -dr * r / s. The sum adds ds to du and to dv.",
        ),
        cases=three_numbers,
        outputs=("du", "dv", "dw"),
        library=lambda u, v, w: (
            ratio(u + 1e-20j, v, w).imag / 1e-20,
            ratio(u, v + 1e-20j, w).imag / 1e-20,
            ratio(u, v, w + 1e-20j).imag / 1e-20,
        ),
        mistakes=(
            Mistake(
                "overwritten",
                "The sum's share has replaced what was there, as = does. It is added.",
                differing(lambda u, v, w, dm, ds, r: (ds, ds, dm * u)),
            ),
            Mistake(
                "no sum",
                "Nothing has come back through the sum s. It hands its gradient to u and to v.",
                differing(lambda u, v, w, dm, ds, r: (dm * w, r, dm * u)),
            ),
            Mistake(
                "sign of the quotient",
                "A larger divisor makes a smaller quotient, so its line back has a minus.",
                differing(lambda u, v, w, dm, ds, r: (dm * w - ds, r - ds, dm * u)),
            ),
            Mistake(
                "not swapped",
                "In the product m each factor gets the other one.",
                differing(lambda u, v, w, dm, ds, r: (dm * u + ds, r + ds, dm * w)),
            ),
            Mistake(
                "direct share of v",
                "The last line has v in it as well: a share of dv comes straight from there.",
                differing(lambda u, v, w, dm, ds, r: (dm * w + ds, ds, dm * u)),
            ),
        ),
        loss=ratio,
        wrt=("u", "v", "w"),
    ),
    Exercise(
        id="walking-2",
        title="The sum over all paths, in one sweep",
        practises="folding a sum over paths into one walk along the wires",
        covers=(3,),
        minutes=15,
        difficulty="hard",
        solution=sum_over_paths,
        explanation="At each node stands the sum over all paths that lead to it from the source. An edge adds its slope times "
        "what stands at its start, and as all edges into the start came before, that is complete. So every edge is used once.",
        hints=(
            "Keep one number for each node: the sum over the paths that have reached it so far. The source starts with 1.",
            "For an edge from a to b with a slope: total[b] += total[a] * slope. A node that nothing has reached has 0.",
        ),
        cases=graphs,
        library=by_matrix,
        mistakes=(
            Mistake(
                "overwritten",
                "A node keeps only the last of the edges that lead to it. Paths add.",
                first_found,
            ),
            Mistake(
                "wrong direction",
                "You walk from the target against the edges. Then the last edge of the list comes first.",
                back_from_the_target,
            ),
            Mistake(
                "sums along a path",
                "Along a path the slopes multiply; it is paths that add.",
                added_along,
            ),
            Mistake(
                "every beginning",
                "Paths that begin elsewhere are counted, too. Only the source starts with 1.",
                from_everywhere,
            ),
        ),
        seconds=2.0,
    ),
    Exercise(
        id="walking-3",
        title="Forward mode, line by line",
        practises="carrying a rate along with each value",
        covers=(4,),
        minutes=10,
        difficulty="easy",
        solution=forward_lines,
        explanation="Beside each line stands its rate: of a product u_dot * v + u * v_dot, of an exponential e times the rate of "
        "its argument, of a sum the sum of the rates. One sweep gives the rate along one direction (u_dot, v_dot).",
        hints=(
            "For each of the three lines write a second one, which says how fast its value moves.",
            "p_dot = u_dot * v + u * v_dot, then e_dot = e * p_dot. The last line is a product and a sum.",
        ),
        cases=dotted_numbers,
        outputs=("loss", "loss_dot"),
        library=by_small_imaginary_step,
        mistakes=(
            Mistake(
                "product of rates",
                "The rate of a product is not the product of the rates: each factor moves while the other stands.",
                dotted(p_dot=lambda u, u_dot, v, v_dot: u_dot * v_dot),
            ),
            Mistake(
                "not swapped",
                "In p each rate goes with the other factor.",
                dotted(p_dot=lambda u, u_dot, v, v_dot: u_dot * u + v * v_dot),
            ),
            Mistake(
                "no inner rate",
                "The exponential's rate is its value times something that is missing here.",
                dotted(e_dot=lambda p, p_dot: np.exp(p)),
            ),
            Mistake(
                "rate inside",
                "The exponential was taken of the rate. It is taken of p.",
                dotted(e_dot=lambda p, p_dot: np.exp(p_dot)),
            ),
            Mistake(
                "straight path",
                "The last line contains u itself, too, and u moves.",
                dotted(last=lambda u, u_dot, v_dot, e, e_dot: e_dot * u + v_dot),
            ),
        ),
    ),
]
