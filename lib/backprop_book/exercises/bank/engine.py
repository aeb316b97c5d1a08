"""Chapter 8: an engine of your own."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from livetext.checks import Exercise, Mistake
from livetext.checks.answers import Array, NotAttempted, Trouble, length, read_one
from livetext.checks.exercise import Case
from livetext.questions import AnyOf, Before, Field, Numbers, OneOf, Option, Order, Question

from ...walks import WALKS

TITLE = "An engine of your own"
PAGE = "08-engine.html"


# Questions


def two_walks(a, b):
    c, d = a + b, a * b
    dc, dd = 1 + d, 1 + c
    values = {"c": c, "d": d, "dc": dc, "dd": dd, "da": dc + dd * b}
    naive = {"early": 1 + b, "late": dc + dd * b, "naive": 1 + b + dc + dd * b}
    return values | naive | {"through_d": dd * b, "db": dc + dd * a}


def doublings(n):
    paths = 2.0**n
    counts = {"gradient": paths, "steps": 2 * paths - 2, "wires": 2 * n}
    return counts | {
        "added": 2 * n * 1.0,
        "paths": paths * 1.0,
        "long": n * paths,
        "lines": n * 1.0,
    }


def forgotten_twice(w, lr):
    w1 = w - lr * w
    stored = w + w1
    values = {"w1": w1, "stored": stored, "w2": w1 - lr * stored}
    return values | {"zeroed": w1 - lr * w1, "stale": w1 - lr * w, "once": w1 * 1.0}


def two_parts(m, p, g1, g2):
    rest = m - p
    whole = p * g1 + rest * g2
    values = {"rest": rest, "whole": whole * 1.0, "g": whole / m}
    return values | {"added": g1 + g2, "averaged": (g1 + g2) / 2, "total": whole * 1.0}


QUESTIONS = [
    Question(
        id="engine-naive",
        title="Passed on too early",
        practises="what a walk back gives that does not wait",
        covers=(2,),
        minutes=6,
        difficulty="medium",
        text="Let *c = a + b*, *d = a·b* and *y = (c + d) + c·d*, at *a = {a}* and *b = {b}*.",
        ask="What is *∂y/∂a*? And what does a recursion find that hands on, at every visit, all that has arrived at a node so far?",
        answer=Numbers(
            [
                Field(
                    "da",
                    "*∂y/∂a*",
                    {
                        "naive": "This is what the recursion finds. It hands some of the gradient of *c* on twice.",
                        "through_d": "This is what comes through *d*. Does *a* act by another way, too?",
                        "db": "This belongs to *b*: a product hands each factor the *other* one.",
                    },
                ),
                Field(
                    "naive",
                    "the recursion's",
                    {
                        "da": "This is the right gradient. The recursion visits *c* and *d* twice each."
                    },
                ),
            ]
        ),
        hints=(
            "First complete *∂y/∂c* and *∂y/∂d*: each of the two is used in a sum and in a product.",
            "*∂y/∂c = 1 + d = {dc}* and *∂y/∂d = 1 + c = {dd}*. The recursion comes to *c* and *d* through the sum first, with "
            "a gradient of 1 each, and then once more with all of it.",
        ),
        solution="""- Forward: *c = {a} + {b} = {c}* and *d = {a}·{b} = {d}*
- Complete gradients: *∂y/∂c = 1 + d = {dc}* and *∂y/∂d = 1 + c = {dd}*
- Right: *∂y/∂a = ∂y/∂c + ∂y/∂d·b = {dc} + {dd}·{b} = {da}*
- The recursion, first visit: *1 + b = {early}*; second visit, with all that has arrived by then: *{dc} + {dd}·{b} = {late}*; together {naive}

The first visit was too early, and the second repeats it.""",
        tape=ad.trace(two_walks, a=2.0, b=3.0),
        draws={"a": [1.0, 2.0, 3.0, -1.0], "b": [2.0, 3.0, 4.0]},
    ),
    Question(
        id="engine-sort",
        title="Who may go next?",
        practises="an order in which every gradient is complete before it is passed on",
        covers=(2,),
        minutes=3,
        difficulty="easy",
        text="A program computes *c = a + b*, *d = a·c*, *e = c·d* and *y = d + e*. The walk back starts at *y*.",
        ask="Put the nodes in an order in which they may pass their gradients on.",
        answer=Order(
            [
                "*y* passes on to *d* and *e*",
                "*e* passes on to *c* and *d*",
                "*d* passes on to *a* and *c*",
                "*c* passes on to *a* and *b*",
            ],
            [
                Before(0, 1, "*e* has nothing to pass on before *y* has given it something."),
                Before(0, 2, "*d* has nothing to pass on before *y* has given it something."),
                Before(1, 2, "*d* is used in *e* as well: part of its gradient has yet to arrive."),
                Before(1, 3, "*c* is used in *e*: part of its gradient has yet to arrive."),
                Before(2, 3, "*c* is used in *d*: part of its gradient has yet to arrive."),
            ],
        ),
        hints=(
            "For each node, list the lines that use it. All of them come first.",
            "*d* is used in *y* and in *e*; *c* is used in *d* and in *e*.",
        ),
        solution="*y*, *e*, *d*, *c*: the lines of the program from the last to the first. That is no accident: whoever uses a node "
        "was computed after it. Going to the nearest nodes first, *y*, *d*, *e*, would have let *d* speak before *e*.",
    ),
    Question(
        id="engine-stale-q",
        title="Two steps without zeroing",
        practises="what gradients that are never zeroed do to a step",
        covers=(3,),
        minutes=5,
        difficulty="medium",
        text="The loss is *L = ½w²*, the weight starts at *w_0 = {w}*, and *α = {lr}*. A library adds each new slope to the stored "
        "one, and nobody sets it to zero.",
        ask="Where is the weight after two steps?",
        answer=Numbers(
            [
                Field(
                    "w2",
                    "*w_2*",
                    {
                        "zeroed": "This is right if the slope is set to zero between the steps. Here it is not.",
                        "stale": "Both steps used the first slope. The second walk back adds the slope at *w_1* to it.",
                        "once": "This is where it is after one step.",
                    },
                )
            ]
        ),
        hints=(
            "The slope of *½w²* is *w*. Write down what is stored after the first walk back, and after the second.",
            "*w_1 = {w1}*. Stored is then *w_0 + w_1 = {stored}*.",
        ),
        solution="""- First step: *w_1 = w_0 − α·w_0 = {w1}*
- Stored after the second walk back: *w_0 + w_1 = {w} + {w1} = {stored}*
- Second step: *w_2 = w_1 − α·(w_0 + w_1) = {w1} − {lr}·{stored} = {w2}*

In one formula, *w_2 = (1 − 3α + α²)w_0*.""",
        tape=ad.trace(forgotten_twice, w=1.0, lr=0.2),
        draws={"w": [1.0, 2.0, -1.5, -2.0, 3.0], "lr": [0.2, 0.25, 0.3, 0.4]},
    ),
    Question(
        id="engine-visits",
        title="Doublings",
        practises="counting wires, paths and the steps of a recursion",
        covers=(2,),
        minutes=6,
        difficulty="hard",
        text="A program doubles a number *n = {n}* times, each time by adding the last result to itself: *x + x*, and so on.",
        ask="What is the gradient of the last result? How many wires has the graph, and how often does a recursion pass one "
        "that goes on along every path by itself?",
        answer=Numbers(
            [
                Field(
                    "gradient",
                    "the gradient",
                    {"added": "The slopes of the doublings multiply; they do not add."},
                ),
                Field(
                    "wires",
                    "wires",
                    {"lines": "Each sum has two arguments, though they are the same node."},
                ),
                Field(
                    "steps",
                    "steps",
                    {
                        "wires": "So many wires there are. The recursion comes back to a node by each path that leads there.",
                        "paths": "So many paths reach *x*, and so many steps end there. Count those in front of them, too.",
                        "long": "So many wires the paths have, each counted for itself. But the recursion walks what two paths "
                        "have in common at their beginning once.",
                    },
                ),
            ]
        ),
        hints=(
            "Each doubling has the slope 2. It is a node with two wires to the node before it.",
            "From the end, the recursion passes 2 wires, then 4, then 8, up to $2^n$.",
        ),
        solution=r"""- The gradient: $2^n$, here {gradient}
- Wires: *2n = {wires}*
- Steps: $2 + 4 + \dots + 2^n = 2\cdot 2^n - 2$, here {steps}

A walk in order passes each wire once.""",
        tape=ad.trace(doublings, n=4.0),
        draws={"n": [3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0]},
    ),
    Question(
        id="engine-parts",
        title="A batch in two parts",
        practises="using that stored gradients add",
        covers=(3,),
        minutes=4,
        difficulty="medium",
        text="A batch of {m} examples does not fit into the memory. You show its first {p} examples, then the other {rest}, with one "
        "step after both. For the *mean* loss of each part alone, a weight has the slopes {g1} and {g2}.",
        ask="What is its slope for the mean loss of the whole batch?",
        answer=Numbers(
            [
                Field(
                    "g",
                    "*∂L/∂w*",
                    {
                        "added": "This is what a library has stored that adds both slopes as they are. Each of them is a mean over "
                        "its own part.",
                        "averaged": "This counts the two parts alike, but they are not equally large.",
                        "total": "This is the slope of the *sum* over all examples.",
                    },
                )
            ]
        ),
        hints=(
            "How much does one example count in the mean over its part, and how much in the mean over the batch?",
            "A part's slope times its number of examples is the slope of its sum. Add both sums, then take the mean over {m}.",
        ),
        solution="""- Sums: *{p}·{g1} + {rest}·{g2} = {whole}*
- Mean over all: *{whole}/{m} = {g}*

In a program: multiply each part's mean loss by its share of the batch before walking back, and the stored slopes add up to the
right one.""",
        tape=ad.trace(two_parts, m=10.0, p=4.0, g1=0.5, g2=-0.25),
        draws={
            "m": [10.0, 12.0, 16.0],
            "p": [2.0, 3.0, 4.0],
            "g1": [0.5, -0.75, 1.5, 2.0],
            "g2": [-0.25, 0.6, -1.25, 0.8],
        },
    ),
    Question(
        id="engine-kinks",
        title="At a kink",
        practises="what an engine says where there is no derivative",
        covers=(5,),
        minutes=4,
        difficulty="medium",
        text="An engine takes the slope of ReLU at 0 to be 0, as this book does, and at a tie of a maximum gives each "
        "argument half.",
        ask="Which of these are true?",
        answer=AnyOf(
            [
                Option(
                    r"It gives $\mathrm{relu}(z) - \mathrm{relu}(-z)$ the slope $0$ at $z = 0$.",
                    "Both parts are at their kink, and both get the slope 0.",
                    right=True,
                ),
                Option(
                    r"That function is just $z$, so an engine without mistakes finds the slope $1$.",
                    "An engine sees the program, not the function. Each of its rules is a fair choice, and the sum is still 0.",
                ),
                Option(
                    r"It gives $\max(z, 0)$ the slope $\tfrac12$ at $z = 0$.",
                    "There the two arguments tie, and *z* gets half.",
                    right=True,
                ),
                Option(
                    "PyTorch and JAX give the same slope at every kink.",
                    "Look at the absolute value: one says 0 there, the other 1.",
                ),
                Option(
                    "Away from kinks these choices change nothing.",
                    "Where every piece has a derivative, the rules give it.",
                    right=True,
                ),
            ]
        ),
        hints=(
            "At 0, write down the slope of each piece by itself, and chain.",
            "For the last two: where do two engines that are both right have to agree?",
        ),
        solution="The first, the third and the last. Where every piece has a derivative, all right engines agree. Where one has "
        "none, each engine has a rule for that *piece*, and how the pieces are put together decides: the same function, written in two ways, may "
        "get two slopes.",
    ),
    Question(
        id="engine-zero",
        title="What must be zero, and when?",
        practises="when a stored gradient has to be forgotten",
        covers=(3,),
        minutes=2,
        difficulty="easy",
        text="A library keeps each parameter's gradient beside it, and a walk back adds to what is there. You train on one batch "
        "after the other, one step each.",
        ask="What has to be set to zero, and when?",
        answer=OneOf(
            [
                Option(
                    "The gradients, once for each step: before its walk back.",
                    "Then the walk adds to zero, and the step uses this batch alone.",
                    right=True,
                ),
                Option(
                    "The gradients, after every node that the walk back has passed.",
                    "Then what one path has brought would be lost before the next path arrives.",
                ),
                Option(
                    "The weights, once for each step.",
                    "The weights are what has been learnt.",
                ),
                Option(
                    "Nothing: the next walk back overwrites the gradients.",
                    "It would, if it wrote =. It writes +=, because a node may be used twice.",
                ),
            ]
        ),
        hints=(
            "Within one walk, what arrives by several paths must add up. Between two walks?",
            "The step should see this batch's slopes, all of them and no others.",
        ),
        solution="The gradients, once for each step, between the last update and the next walk back. An engine that returns new "
        "gradients, as ours does, has nothing to zero.",
    ),
]


# Code exercises. A graph is given as a dictionary: for each node the pairs of an argument and the slope along it.

Links = Mapping[str, list[tuple[str, float]]]


def graphs(rng: np.random.Generator) -> list[Case]:
    """Nodes used twice, paths of different lengths, nodes that do not belong to it, and one that is an argument twice."""

    def slope() -> float:
        return round(float(rng.choice([-1, 1]) * rng.uniform(0.5, 2)), 2)

    shapes = [
        ({"a": "", "b": "", "c": "ab", "d": "ab", "s": "cd", "p": "cd", "y": "sp"}, "y"),
        ({"a": "", "t": "aa", "q": "tt", "y": "tq", "z": "ya"}, "y"),
        ({"x": "", "y": "xx"}, "y"),
        ({"x": "", "w": "", "b": "", "m": "wx", "z": "mb", "u": "zz", "e": "uz", "L": "eu"}, "L"),
        ({"k": "", "a": "k", "b": "ak", "c": "bak", "d": "cbak", "e": "dca"}, "e"),
    ]
    cases = []
    for shape, out in shapes:
        names = [*shape]
        rng.shuffle(names)  # a dictionary's order says nothing
        links = {name: [(parent, slope()) for parent in shape[name]] for name in names}
        cases.append({"links": links, "out": out})
    return cases


def long_chain() -> Case:
    links: dict[str, Any] = {f"n{i}": [(f"n{i - 1}", 1.0)] for i in range(5000, 0, -1)}
    return {"links": links | {"n0": []}, "out": "n5000"}


def reached(links: Links, out: str) -> set[str]:
    found, waiting = {out}, [out]
    while waiting:
        parents = {parent for parent, _ in links[waiting.pop()]}
        waiting += parents - found
        found |= parents
    return found


def order(links, out):
    done, found, stack = set(), [], [(out, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            found.append(node)
        elif node not in done:
            done.add(node)
            stack.append((node, True))
            stack += [(parent, False) for parent, _ in links[node]]
    return found


def gradients(links, out):
    found = {out: 1.0}
    for node in reversed(order(links, out)):
        for parent, slope in links[node]:
            found[parent] = found.get(parent, 0.0) + found[node] * slope
    return found


def judge_order(value: Any, case: Case) -> list[Array]:
    links, out = case["links"], case["out"]
    if value is ...:
        raise NotAttempted
    if value is None or length(value) is None:
        raise Trouble("kind", f"return a list of names; yours is a {type(value).__name__}")
    names = list(value)
    if unknown := [name for name in names if not isinstance(name, str) or name not in links]:
        raise Trouble(
            "kind", f"{unknown[0]!r} is no node's name; return the names as they are in links"
        )
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise Trouble(
            "twice", f"{twice!r} stands in the list more than once; each node has one place"
        )
    wanted = reached(links, out)
    if missing := wanted - {*names}:
        raise Trouble("missing", f"{min(missing)!r} is missing, and {out!r} was computed from it")
    if more := {*names} - wanted:
        raise Trouble(
            "too many", f"{min(more)!r} is in the list, but {out!r} does not depend on it"
        )
    place = {name: i for i, name in enumerate(names)}
    pairs = [(parent, name) for name in names for parent, _ in links[name]]
    wrong = [pair for pair in pairs if place[pair[0]] > place[pair[1]]]
    if wrong and len(wrong) == len(pairs):
        raise Trouble("reversed", "every node stands before its parents; turn the list round")
    if wrong:
        parent, name = wrong[0]
        raise Trouble("order", f"{name!r} stands before {parent!r}, from which it was computed")
    keys = sorted(links)
    return [np.array([float(keys.index(name)) for name in names[:50]] + [len(names)])]


def is_overwritten(found: Mapping[str, float], links: Links) -> bool:
    """Each node has what came along one of its wires, in whatever order they were walked."""
    came: dict[str, list[float]] = {}
    for node in found:
        for parent, slope in links[node]:
            came.setdefault(parent, []).append(found[node] * slope)
    return all(np.isclose(found[node], came[node]).any() for node in came)


def walked(kind: str) -> Callable[[Links, str], dict[str, float]]:
    return lambda links, out: WALKS[kind](out, links.__getitem__)[0]


EACH_ONCE = (
    "a node that has been visited passes nothing on any more, though part of its gradient arrives later. Wait until all of its "
    "users have spoken"
)
SLIPS = [
    (
        "too early",
        "a node passes on what has arrived so far, and passes it on again when more arrives. Wait until all of its users have spoken",
        walked("arrived"),
    ),
    ("each once", EACH_ONCE, walked("once")),
    ("each once", EACH_ONCE, walked("broad")),
]


def judge_gradients(value: Any, case: Case) -> list[Array]:
    links, out = case["links"], case["out"]
    if value is ...:
        raise NotAttempted
    if not isinstance(value, Mapping):
        raise Trouble(
            "kind",
            f"return a dictionary from names to gradients; yours is a {type(value).__name__}",
        )
    right = gradients(links, out)
    if missing := sorted({*right} - {*value}):
        raise Trouble("missing", f"{missing[0]!r} has no gradient")
    found = np.array(
        [read_one(value[name], np.array(0.0), f"gradient of {name!r}") for name in right]
    )
    wanted = np.array([*right.values()])
    if not found.any():
        raise Trouble(
            "no start",
            f"all gradients are zero. What is the gradient of {out!r} with respect to itself?",
        )
    if not np.allclose(found, wanted, rtol=1e-6):
        for name, says, slip in SLIPS:
            wrong = slip(links, out)
            if np.allclose(found, [wrong[key] for key in right], rtol=1e-6):
                raise Trouble(name, says)
        if is_overwritten({name: float(value[name]) for name in right}, links):
            raise Trouble(
                "overwritten",
                "what a node is told by its last user overwrites what it was told before. What arrives has to add up",
            )
        k = int(np.argmax(np.abs(found - wanted)))
        raise Trouble(
            "value",
            f"the gradient of {[*right][k]!r} is {found[k]:.6g}; it should be {wanted[k]:.6g}",
        )
    return [found]


def backward(W, b, x, y):
    kept, a = [], x
    for k in range(len(W)):
        z = W[k] @ a + b[k][:, None]
        kept.append((a, z))
        a = np.tanh(z) if k < len(W) - 1 else z
    dW, db = np.zeros_like(W), np.zeros_like(b)
    delta = (a - y) / x.shape[1]
    for k in range(len(W) - 1, -1, -1):
        before, _ = kept[k]
        dW[k], db[k] = delta @ before.T, delta.sum(axis=1)
        if k > 0:
            delta = (W[k].T @ delta) * (1 - before**2)
    return dW, db


def deep_batches(rng: np.random.Generator) -> list[Case]:
    cases = []
    for depth, n, m in ((3, 4, 5), (1, 2, 4), (2, 3, 6), (5, 2, 3)):
        arrays = {"W": (depth, n, n), "b": (depth, n), "x": (n, m), "y": (n, m)}
        cases.append({name: rng.normal(0, 0.8, shape).round(5) for name, shape in arrays.items()})
    return cases


def library_backward(W, b, x, y):
    kinds = ["tanh"] * (len(W) - 1) + ["identity"]
    net = bp.Network(map(bp.Dense, W, b, kinds), loss="half_squared_error")
    grads = net.backward(net.forward(x), y)
    return np.array(grads.W), np.array(grads.b)


def deep_loss(W, b, x, y):
    a = x
    for k in range(len(W)):
        z = W[k] @ a + b[k][:, None]
        a = np.tanh(z) if k < len(W) - 1 else z
    return 0.5 * np.sum((a - y) ** 2) / x.shape[1]


def slipping(back: Callable[[Any], Any], slope: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """The walk back, with another matrix on the way or another slope."""

    def answer(W, b, x, y):
        a, kept = x, []
        for k in range(len(W)):
            z = W[k] @ a + b[k][:, None]
            kept.append((a, z))
            a = np.tanh(z) if k < len(W) - 1 else z
        delta, dW, db = (a - y) / x.shape[1], [], []
        for k in range(len(W) - 1, -1, -1):
            dW.append(delta @ kept[k][0].T)
            db.append(delta.sum(axis=1))
            if k:
                delta = (back(W[k]) @ delta) * slope(kept[k][0], kept[k - 1][1])
        return np.array(dW[::-1]), np.array(db[::-1])

    return answer


def bias_mean(W, b, x, y):
    dW, db = backward(W, b, x, y)
    return dW, db / x.shape[1]


def new_operations(a, b, z):
    larger = max(a, b)
    to_a = 1.0 if a > b else 0.5 if a == b else 0.0
    power = np.exp(z)
    return larger, to_a, 1.0 - to_a, power, power


def by_recording(a, b, z):
    a, b, z = map(ad.var, (a, b, z))
    larger, power = ad.maximum(a, b), ad.exp(z)
    found = [larger, *ad.grad(larger, [a, b]), power, *ad.grad(power, [z])]
    return [one.value for one in found]


def pairs(rng: np.random.Generator) -> list[Case]:
    numbers = [(2, -1), (-1.5, 0.5), (0.5, 0.5), (-3, -2), (-0.25, -0.25), (1.5, 0)]
    return [
        {"a": float(a), "b": float(b), "z": round(float(rng.uniform(-2, 2)), 2)} for a, b in numbers
    ]


EXERCISES = [
    Exercise(
        id="engine-1",
        title="Parents first",
        practises="a topological order, without recursion",
        covers=(2,),
        minutes=20,
        difficulty="hard",
        solution=order,
        explanation="A node is put back on the stack, marked as ready, below its parents; so it is written down when all of them "
        "have been. Each node is opened once, however many users it has, and no call waits for another.",
        hints=(
            "Keep a stack of nodes that still have to be dealt with. When can a node be written down?",
            "Put a node back on the stack with a mark, then its parents on top of it. Popped with the mark, it is ready. A set of "
            "nodes already opened keeps you from opening one twice.",
        ),
        cases=lambda rng: [*graphs(rng), long_chain()],
        judge=judge_order,
    ),
    Exercise(
        id="engine-2",
        title="All that arrives",
        practises="the walk back over a graph, with every path counted",
        covers=(3,),
        minutes=15,
        difficulty="medium",
        solution=gradients,
        explanation="In reversed order every node's gradient is complete when its turn comes. What arrives is added to what is "
        "there, and the dictionary is new for every walk, so nothing has to be set to zero.",
        hints=(
            "Which node's gradient do you know at once? And in which order may the others pass theirs on?",
            "Start with {out: 1.0}. For the nodes from last to first, add the node's gradient times the slope to each parent's.",
        ),
        cases=graphs,
        judge=judge_gradients,
    ),
    Exercise(
        id="engine-3",
        title="Any depth, a batch",
        practises="the backward pass of a network of any depth, for a batch",
        covers=(4,),
        minutes=20,
        difficulty="hard",
        solution=backward,
        explanation="Forward, every layer's input is kept. Back, delta starts as (a - y) / m, pays out its layer's gradients, then goes "
        "through the transpose and the slopes of the layer before it. The mean is taken once, at the start.",
        hints=(
            "Keep each layer's input on the way forward. What is delta at the last layer, whose activation is the identity?",
            "delta = (a - y) / m. In a loop from the last layer: dW = delta @ input.T, db = the sum of delta along axis 1, then "
            "delta = (W.T @ delta) * (1 - input**2), as the input is the tanh of the layer before.",
        ),
        cases=deep_batches,
        library=library_backward,
        outputs=("dW", "db"),
        mistakes=(
            Mistake(
                "no transpose",
                "The way back goes through W, and should go through its transpose. For square layers nothing crashes.",
                slipping(lambda W: W, lambda a, z: 1 - a**2),
            ),
            Mistake(
                "slope twice",
                "The slope of tanh is taken at the activation; 1 − tanh² belongs to the weighted sum.",
                slipping(lambda W: W.T, lambda a, z: 1 - np.tanh(a) ** 2),
            ),
            Mistake(
                "no slope",
                "On the way back through a tanh, its slope is missing.",
                slipping(lambda W: W.T, lambda a, z: np.ones_like(a)),
            ),
            Mistake(
                "bias mean",
                "The bias's gradient is averaged, and the 1/m was in delta already. Sum it over the examples.",
                bias_mean,
            ),
        ),
        factors=lambda W, b, x, y: {"the factor 1/m of the mean": 1 / x.shape[1]},
        loss=deep_loss,
        wrt=("W", "b"),
    ),
    Exercise(
        id="engine-4",
        title="Two more operations",
        practises="an operation's value and its local slopes side by side",
        covers=(1,),
        minutes=8,
        difficulty="easy",
        solution=new_operations,
        explanation="The larger argument takes all of the gradient, and at a tie both get half. The exponential is its own slope, so "
        "its value can be used twice.",
        hints=(
            "A nudge of the smaller argument changes nothing. And if both are equal?",
            "At a tie each argument has the slope one half. The slope of exp at z is exp(z).",
        ),
        cases=pairs,
        library=by_recording,
        outputs=("larger", "to_a", "to_b", "power", "to_z"),
        mistakes=(
            Mistake(
                "both at a tie",
                "At a tie both arguments get the whole gradient, so two of it are handed on. Share it.",
                lambda a, b, z: (max(a, b), float(a >= b), float(b >= a), np.exp(z), np.exp(z)),
            ),
            Mistake(
                "first at a tie",
                "At a tie the first argument takes all. Here each gets half.",
                lambda a, b, z: (max(a, b), float(a >= b), float(b > a), np.exp(z), np.exp(z)),
            ),
            Mistake(
                "second at a tie",
                "At a tie the second argument takes all. Here each gets half.",
                lambda a, b, z: (max(a, b), float(a > b), float(b >= a), np.exp(z), np.exp(z)),
            ),
            Mistake(
                "swapped",
                "The smaller argument gets the gradient here. Which of the two does the result follow?",
                lambda a, b, z: (max(a, b), *new_operations(a, b, z)[2:0:-1], np.exp(z), np.exp(z)),
            ),
        ),
    ),
]
