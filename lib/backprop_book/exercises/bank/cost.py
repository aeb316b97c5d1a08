"""Chapter 12: what a gradient costs."""

import math
import weakref
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from livetext.checks import Exercise, Mistake
from livetext.checks.answers import Array, NotAttempted, Trouble, length, read_one
from livetext.checks.exercise import Case
from livetext.questions import Field, Numbers, OneOf, Option, Question

from ...counting import operations

TITLE = "What a gradient costs"
PAGE = "12-cost.html"


# Questions


def passes(p, q, r, s):
    first, second, third = p * q, q * r, r * s
    forward = first + second + third
    both = 3 * forward - first
    wrong = {"chained": first * r * s, "biases": forward + q + r + s}
    wrong |= {"all_back": 3 * forward, "weights_only": 2 * forward, "back": both - forward}
    return {
        "first": first,
        "second": second,
        "third": third,
        "forward": forward,
        "both": both,
    } | wrong


def nudges(p, q, r):
    first, second = p * q, q * r
    forward = first + second
    both = 3 * forward - first
    weights = forward * 1.0
    parameters = weights + q + r
    losses = parameters + 1
    values = {"parameters": parameters, "losses": losses, "forward": forward, "both": both}
    wrong = {"no_base": parameters * 1.0, "weights_only": weights + 1, "both_sides": 2 * parameters}
    share = losses * forward / both
    compared = {
        "to_forward": losses * 1.0,
        "to_back": losses * forward / (both - forward),
        "whole_each": losses * both / forward,
    }
    return values | wrong | {"times": share} | compared


def kept(p, q, r, m):
    units = p + q + r
    parameters = (p + 1) * q + (q + 1) * r
    weights = p * q + q * r
    activations = {"activations": m * units, "no_input": m * (q + r), "one_example": units * 1.0}
    adam = {"adam": 4 * parameters, "no_gradients": 3 * parameters, "averages_only": 2 * parameters}
    return (
        activations
        | {"hidden_only": m * q, "units": units}
        | {"parameters": parameters}
        | {"no_biases": weights, "batch_too": m * parameters}
        | adam
    )


def stretches(D, s):
    checkpoints = D / s
    held = {"checkpoints": checkpoints, "held": checkpoints + s}
    held |= {"no_stretch": checkpoints + 0, "no_checkpoints": s + 0, "everything": D + 1}
    again = {"again": D - s, "all_again": D + 0, "one_stretch": s + 0, "each_less": D - checkpoints}
    return held | again


def reach(c, r):
    product, factorial = c + 1, 1.0 + 0 * c
    for i in (2, 3, 4):
        product = product * ad.where(r > i - 1, c + i, 1.0)
        factorial = factorial * ad.where(r > i - 1, i, 1.0)
    longest = product / factorial
    # The last step of Pascal's triangle: behind the second snapshot, and before it.
    parts = {"behind": longest * c / (c + r), "before": longest * r / (c + r)}
    return parts | {
        "longest": longest,
        "product": c * r,
        "power": c**r,
        "turned_power": r**c,
        "spread": (c + 1) * r,
        "sum": c + r,
    }


QUESTIONS = [
    Question(
        id="cost-count",
        title="Before it runs",
        practises="counting the multiplications of a network before it runs",
        covers=(1,),
        minutes=4,
        difficulty="easy",
        text="A network has the sizes {p}-{q}-{r}-{s}. Count the multiplications in its products of matrices, for one example.",
        ask="How many does the way forward take, and how many the way there and back together?",
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
                    "both",
                    "there and back",
                    {
                        "all_back": "Nobody asks for the gradient of the inputs. Which product does that save?",
                        "weights_only": "These are the way forward and the weights' gradients. What hands *δ* to the layer before?",
                        "back": "This is the way back alone.",
                    },
                ),
            ]
        ),
        hints=(
            "Forward, each weight is used once. On the way back, each is used twice, but for those of one layer.",
            "Three times the way forward, less the first layer once.",
        ),
        solution="""- Layer by layer: *{p}·{q} = {first}*, *{q}·{r} = {second}*, *{r}·{s} = {third}*
- Forward: *{first} + {second} + {third} = {forward}*
- There and back: *3·{forward} − {first} = {both}*""",
        tape=ad.trace(passes, p=20.0, q=10.0, r=5.0, s=2.0),
        draws={
            "p": [6.0, 12.0, 20.0, 50.0],
            "q": [5.0, 8.0, 10.0],
            "r": [4.0, 5.0, 7.0],
            "s": [2.0, 3.0],
        },
    ),
    Question(
        id="cost-nudging",
        title="The price of nudging",
        practises="comparing a gradient by nudging with one by walking back",
        covers=(1,),
        minutes=5,
        difficulty="medium",
        text="A network has the sizes {p}-{q}-{r}, with biases. One could nudge each parameter by itself, to one side, and compare with the loss "
        "as it was.",
        ask="How many losses does that take? And how many times as many multiplications as the walk there and back, which gives the same gradient?",
        answer=Numbers(
            [
                Field(
                    "losses",
                    "losses",
                    {
                        "no_base": "One more: each nudged loss is compared with the one that nobody has nudged.",
                        "weights_only": "The biases are parameters, too.",
                        "both_sides": "This many are needed if each parameter is nudged to both sides.",
                    },
                ),
                Field(
                    "times",
                    "times as many",
                    {
                        "to_forward": "This compares with a single way forward. The walk there and back takes more.",
                        "to_back": "This compares with the way back alone. It needs the way forward, too.",
                        "whole_each": "Upside down: nudging takes ways forward only, and the walk it is compared with takes both.",
                    },
                ),
            ]
        ),
        hints=(
            "Count the parameters: weights and biases. Each takes a loss, and one loss more is needed to compare with.",
            "There are {parameters} parameters. A loss takes {forward} multiplications, the walk there and back {both}.",
        ),
        solution="""- Parameters: *({p} + 1)·{q} + ({q} + 1)·{r} = {parameters}*, so {losses} losses
- Each takes *{p}·{q} + {q}·{r} = {forward}* multiplications, and the walk there and back {both}
- *{losses}·{forward}/{both} = {times}*""",
        tape=ad.trace(nudges, p=4.0, q=3.0, r=2.0),
        draws={"p": [3.0, 4.0, 5.0, 6.0], "q": [2.0, 3.0, 5.0], "r": [1.0, 2.0, 4.0]},
    ),
    Question(
        id="cost-memory",
        title="What has to wait",
        practises="working out what a training step keeps",
        covers=(2,),
        minutes=4,
        difficulty="easy",
        text="A network has the sizes {p}-{q}-{r}, with biases, and learns from batches of *m = {m}* examples, by Adam.",
        ask="How many numbers are the activations of a batch, the inputs included? And how many are parameters, gradients and Adam's two "
        "averages together?",
        answer=Numbers(
            [
                Field(
                    "activations",
                    "activations",
                    {
                        "no_input": "The inputs are wanted as well: the first layer's gradient is made of them.",
                        "one_example": "This is for a single example. Each has a column of its own.",
                        "hidden_only": "Every layer's activations are wanted on the way back, not the hidden ones alone.",
                    },
                ),
                Field(
                    "adam",
                    "with Adam",
                    {
                        "parameters": "These are the parameters alone.",
                        "no_gradients": "Parameters, gradients, and *two* averages: how many arrays of one size is that?",
                        "averages_only": "Two of the four are missing: parameters, gradients, and Adam's two averages.",
                        "batch_too": "The gradients are averaged over the batch. They do not grow with it.",
                    },
                ),
            ]
        ),
        hints=(
            "Which of these numbers exist once for each example, and which once for the network?",
            "Activations: *m* for every unit and every input. The rest: four arrays of the size of the parameters.",
        ),
        solution="""- Activations: *m(p + q + r)*, which is *{m}·({p} + {q} + {r}) = {activations}*
- Parameters: *({p} + 1)·{q} + ({q} + 1)·{r} = {parameters}*
- Four arrays of that size: *4·{parameters} = {adam}*

A larger batch makes the first number grow, and leaves the second as it is.""",
        tape=ad.trace(kept, p=20.0, q=8.0, r=3.0, m=16.0),
        draws={
            "p": [12.0, 20.0, 30.0],
            "q": [5.0, 8.0, 10.0],
            "r": [2.0, 3.0, 4.0],
            "m": [10.0, 16.0, 50.0],
        },
    ),
    Question(
        id="cost-sqrt",
        title="Every how many?",
        practises="the memory and the work of evenly placed checkpoints",
        covers=(3,),
        minutes=4,
        difficulty="medium",
        text="A network of {D} layers keeps an activation every {s} layers on its way forward, beginning with the input, and its last stretch whole. "
        "On the way back each earlier stretch is run once more, from its checkpoint to its end.",
        ask="How many activations are held at the most, and how many layers are computed a second time?",
        answer=Numbers(
            [
                Field(
                    "held",
                    "held at the most",
                    {
                        "no_stretch": "These are the checkpoints. The stretch that is walked back is held as well.",
                        "no_checkpoints": "This is one stretch. The checkpoints are held as well.",
                        "everything": "This is what keeping everything takes.",
                    },
                ),
                Field(
                    "again",
                    "computed again",
                    {
                        "all_again": "The last stretch was kept whole. It need not be run again.",
                        "one_stretch": "This is one stretch. How many of them are run again?",
                        "each_less": "A stretch is run to its end, whose activation has been freed with the stretch behind it. And the last stretch is not run "
                        "again at all.",
                    },
                ),
            ]
        ),
        hints=(
            "How many checkpoints are there, and how long is the stretch that is walked back? Which stretch is not run again?",
            "Checkpoints and one stretch: *D/s + s*. All layers but those of the last stretch are computed twice.",
        ),
        solution="""- Checkpoints: *{D}/{s} = {checkpoints}*. With one stretch: *{checkpoints} + {s} = {held}*
- All but the last stretch: *{D} − {s} = {again}*""",
        tape=ad.trace(stretches, D=48.0, s=6.0),
        draws={"D": [24.0, 36.0, 48.0, 60.0, 120.0], "s": [3.0, 4.0, 6.0, 12.0]},
    ),
    Question(
        id="cost-reach",
        title="How far does it reach?",
        practises="how many layers a few snapshots can walk back over",
        covers=(4,),
        minutes=4,
        difficulty="medium",
        text="You have {c} snapshots, that of the start included, and will compute no layer forward more than {r} times before it is walked back.",
        ask="Over how many layers can you walk back at the most?",
        answer=Numbers(
            [
                Field(
                    "longest",
                    "layers",
                    {
                        "product": "Evenly placed, each snapshot would serve a stretch as long as this. The stretches need not be equal: those behind, "
                        "which have been passed before, are shorter.",
                        "power": "It grows fast, but not as a power. How many ways are there to order steps up and snapshots?",
                        "turned_power": "It grows fast, but not as a power. How many ways are there to order steps up and snapshots?",
                        "spread": "You gave each snapshot, and one more, a stretch of equal length.",
                        "sum": "This is the number of which the first is chosen.",
                    },
                )
            ]
        ),
        hints=(
            "The second snapshot splits the layers: those behind it have a snapshot less, those before it a repetition less.",
            "The answer is a binomial coefficient, of {sum} things.",
        ),
        solution="""The number is $\\binom{c+r}{c}$, with *c = {c}* and *r = {r}*.

- Behind the second snapshot: $\\binom{c+r-1}{c-1}$, with one snapshot less, which is {behind}
- Before it: $\\binom{c+r-1}{c}$, with one repetition less, which is {before}
- Together: *{behind} + {before} = {longest}*""",
        tape=ad.trace(reach, c=4.0, r=3.0),
        draws={"c": [2.0, 3.0, 4.0, 5.0, 6.0], "r": [2.0, 3.0, 4.0]},
    ),
    Question(
        id="cost-modes",
        title="Which one is expensive?",
        practises="telling cheap second derivatives from expensive ones",
        covers=(5,),
        minutes=3,
        difficulty="hard",
        text="A loss has *P* parameters, and *v* is one direction, with an entry for each. All of these are computed by walks over the program, "
        "without differences.",
        ask="Which of them takes a number of walks that grows with *P*?",
        answer=OneOf(
            [
                Option("The gradient, $\\nabla L$", "One walk back has all of it."),
                Option(
                    "The slope along *v*, $v^{\\mathsf T}\\nabla L$",
                    "One walk forward has it, or the gradient and a product.",
                ),
                Option(
                    "The Hessian times *v*, $Hv$",
                    "It is the gradient of a single number, the slope along *v*: one more walk back.",
                ),
                Option(
                    "The curvature along *v*, $v^{\\mathsf T}Hv$",
                    "With *Hv* at hand this is one product more.",
                ),
                Option(
                    "The curvature along each axis, the diagonal of *H*",
                    "Each entry is a curvature along one axis, and each axis takes walks of its own: in general nobody knows a way round that.",
                    right=True,
                ),
            ]
        ),
        hints=(
            "For each of them ask: is it the gradient of *one* number, or a product with it?",
            "*Hv* comes from one walk more. Which of the five needs *Hv* for every axis?",
        ),
        solution="Gradient, slope and *Hv* are gradients of single numbers, or products with them; the curvature along *v* is *v* times *Hv*. The "
        "diagonal has one curvature for each of *P* axes, and each takes its own *Hv*: that *H* is one matrix does not help, and no cheaper way is known "
        "that is right for every program.",
    ),
]


# Code exercises


def multiplications(sizes):
    layers = [n_in * n_out for n_in, n_out in pairwise(sizes)]
    forward = sum(layers)
    return forward, 3 * forward - layers[0]


def lists_of_sizes(rng: np.random.Generator) -> list[Case]:
    del rng
    return [{"sizes": s} for s in ([5, 4, 3], [7, 2], [64, 33, 11], [12, 9, 5, 4, 2])]


def counted_on_a_tape(sizes):
    """The entries of the matrices that a recorded network and its gradient multiply."""
    arrays = {f"W{k}": np.ones((n, before)) for k, (before, n) in enumerate(pairwise(sizes))}

    def program(**weights):
        a = ad.var(np.ones((sizes[0], 1)))
        for W in weights.values():
            a = ad.tanh(W @ a)
        loss = ad.sum(a * a)
        grads = ad.grad(loss, [*weights.values()])
        return {"loss": loss} | dict(zip(weights, grads, strict=True))

    def products(names: list[str] | None) -> int:
        return operations(tape, names, only="matmul")

    tape = ad.trace(program, **arrays)
    return products(["loss"]), products(None)


class Ledger:
    """How many layers were computed forward, and how many of their results were alive at once."""

    def __init__(self) -> None:
        self.used = False
        self.calls = self.alive = self.most = 0

    def closed(self) -> tuple[int, int]:
        """Both numbers since it was closed the last time."""
        counted = self.calls, self.most
        self.used |= self.calls > 0
        self.calls = self.alive = self.most = 0
        return counted

    def enter(self, made: Array) -> Array:
        self.calls += 1
        self.alive += 1
        self.most = max(self.most, self.alive)
        weakref.finalize(made, self.leave)
        return made

    def leave(self) -> None:
        self.alive -= 1


class Layer:
    """A tanh layer without biases that keeps nothing, and enters in a ledger what it computes."""

    def __init__(self, W: Array, ledger: Ledger) -> None:
        self._W, self._ledger = W, ledger

    def __deepcopy__(self, memo: dict[int, Any]) -> "Layer":
        del memo
        return self  # or the ledger would be another one's

    def forward(self, a: Array) -> Array:
        """The layer's activation, from its input."""
        return self._ledger.enter(np.tanh(self._W @ a))

    def backward(self, a: Array, upstream: Array) -> tuple[Array, Array]:
        """From the layer's input and the gradient of its output: those of its weights and of its input."""
        delta = upstream * (1 - np.tanh(self._W @ a) ** 2)
        return delta @ np.transpose(a), self._W.T @ delta


def checkpointed_backward(layers, x, y, every):
    a, checkpoints = x, []
    for k, layer in enumerate(layers):
        if k % every == 0:
            checkpoints.append(a)
        a = layer.forward(a)
    upstream = (a - y) / x.shape[1]
    gradients = [None] * len(layers)
    for start in range(len(layers) - 1, -1, -1):
        if start % every:
            continue
        stretch = layers[start : start + every]
        inputs = [checkpoints.pop()]
        for layer in stretch[:-1]:
            inputs.append(layer.forward(inputs[-1]))
        for k in range(len(stretch) - 1, -1, -1):
            gradients[start + k], upstream = stretch[k].backward(inputs.pop(), upstream)
    return gradients


def stacks(rng: np.random.Generator) -> list[Case]:
    """Stacks of layers that share a ledger; in two of them the last stretch is shorter."""
    cases = []
    for depth, every, n, m in ((16, 4, 3, 2), (17, 5, 2, 4), (18, 3, 4, 3), (20, 6, 3, 5)):
        ledger = Ledger()
        layers = [Layer(rng.normal(0, 1, (n, n)).round(5), ledger) for _ in range(depth)]
        x, y = rng.normal(size=(n, m)).round(5), rng.normal(size=(n, m)).round(5)
        cases.append({"layers": layers, "x": x, "y": y, "every": every})
    return cases


def by_the_library(case: Case) -> list[Array]:
    dense = [bp.Dense(layer._W, np.zeros(len(layer._W)), "tanh") for layer in case["layers"]]
    net = bp.Network(dense, loss="half_squared_error")
    return [*net.backward(net.forward(case["x"]), case["y"]).W]


def judge_checkpoints(value: Any, case: Case) -> list[Array]:
    """The gradients against the library's; then what the ledger has counted, against what is needed."""
    ledger = case["layers"][0]._ledger
    calls, most = ledger.closed()
    if value is ...:
        raise NotAttempted
    right, every = by_the_library(case), case["every"]
    depth = len(right)
    if length(value) != depth:
        kind = type(value).__name__
        raise Trouble(
            "count",
            f"return a list of {depth} gradients, one for each layer; yours is a {kind} of {length(value)}",
        )
    missing = [k for k in range(depth) if value[k] is None]
    if missing:
        raise Trouble(
            "missing",
            f"the layers {missing[0]} to {missing[-1]}, counted from zero, have no gradient. There are {depth} layers and a checkpoint every "
            f"{every}: is the last stretch shorter than the others?",
        )
    found = [read_one(value[k], right[k], f"gradient of layer {k}") for k in range(depth)]
    wrong = [k for k in range(depth) if not np.allclose(found[k], right[k], rtol=1e-7)]
    if wrong and np.allclose(np.array(found[::-1], dtype=float), np.array(right), rtol=1e-7):
        raise Trouble(
            "turned round",
            "the gradients come from the last layer to the first; turn the list round",
        )
    if wrong:
        raise Trouble(
            "gradients",
            f"the gradient of layer {wrong[-1]}, counted from zero, is not the right one. Was it given its own layer's input, and the "
            "gradient that the layer behind it handed back?",
        )
    if calls > 2 * depth:
        raise Trouble(
            "too much work",
            f"forward was called {calls} times for {depth} layers; twice for each is enough. Begin again at the checkpoint, not at the "
            "start, and run each stretch once",
        )
    allowed = math.ceil(depth / every) + every + 1  # one more may linger in a loop's variable
    if most > allowed:
        raise Trouble(
            "too much kept",
            f"{most} activations were held at once, for {depth} layers and a checkpoint every {every}; checkpoints and one stretch "
            f"are {allowed - 1}. Which of yours are no longer needed?",
        )
    return found


def judge_use(cases: Sequence[Case], founds: Sequence[list[Array]]) -> None:
    """That the layers have been asked: what was remembered has asked none."""
    del founds
    if not all(case["layers"][0]._ledger.used for case in cases):
        raise Trouble(
            "not by layers",
            "the layers' own forward was not called, so nobody knows what you keep; use layer.forward(a)",
        )


@cache
def least_work(D, c):
    if D == 1:
        return 0
    if c == 1:
        return D * (D - 1) // 2
    return min(k + least_work(k, c) + least_work(D - k, c - 1) for k in range(1, D))


def tasks(rng: np.random.Generator) -> list[Case]:
    del rng
    return [{"D": D, "c": c} for D, c in ((10, 2), (20, 3), (75, 1), (35, 4), (60, 5), (1, 2))]


def by_formula(D, c):
    r = next(r for r in range(D) if math.comb(c + r, c) >= D)
    return r * D - math.comb(c + r, c + 1)


def slipped(
    walk: Callable[..., int] = lambda k: k,
    behind: int = 1,
    alone: Callable[[int], int] = lambda D: D * (D - 1) // 2,
    places: Callable[[int], Any] = lambda D: range(1, D),
) -> Callable[[int, int], int]:
    """The recursion with one of its parts done otherwise."""

    @cache
    def answer(D: int, c: int) -> int:
        if D == 1:
            return 0
        if c <= 1:
            return alone(D)
        return min(walk(k) + answer(k, c) + answer(D - k, c - behind) for k in places(D))

    return answer


EXERCISES = [
    Exercise(
        id="cost-1",
        title="Multiplications of any network",
        practises="counting the multiplications of both passes for a list of sizes",
        covers=(1,),
        minutes=8,
        difficulty="easy",
        solution=multiplications,
        explanation="Each layer takes n_in · n_out forward, as many for its weights' gradient, and as many once more to hand delta back. The first "
        "layer hands nothing back.",
        hints=(
            "Neighbours in the list are the two ends of a layer. How often is each layer's matrix multiplied, there and back?",
            "sum(n_in * n_out for n_in, n_out in zip(sizes, sizes[1:])) is the way forward. There and back is three times that, less the first layer once.",
        ),
        cases=lists_of_sizes,
        library=counted_on_a_tape,
        outputs=("forward", "there and back"),
        mistakes=(
            Mistake(
                "back to the inputs",
                "You hand delta back through the first layer as well. Its inputs have no use for it.",
                lambda sizes: (multiplications(sizes)[0], 3 * multiplications(sizes)[0]),
            ),
            Mistake(
                "delta not handed back",
                "The way forward and the weights' gradients are there. What hands delta to the layer before?",
                lambda sizes: (multiplications(sizes)[0], 2 * multiplications(sizes)[0]),
            ),
            Mistake(
                "way back alone",
                "Your second number is the way back alone. Add the way forward.",
                lambda sizes: (
                    multiplications(sizes)[0],
                    multiplications(sizes)[1] - multiplications(sizes)[0],
                ),
            ),
            Mistake(
                "biases counted",
                "A bias is added and takes no multiplication.",
                lambda sizes: tuple(n + sum(sizes[1:]) for n in multiplications(sizes)),
            ),
            Mistake(
                "last for first",
                "One layer is spared a product: that is the first one, not the last.",
                lambda sizes: (
                    multiplications(sizes)[0],
                    3 * multiplications(sizes)[0] - sizes[-2] * sizes[-1],
                ),
            ),
        ),
    ),
    Exercise(
        id="cost-2",
        title="A walk back from checkpoints",
        practises="walking back with checkpoints, and freeing what has been used",
        covers=(3,),
        minutes=30,
        difficulty="hard",
        solution=checkpointed_backward,
        explanation="The way forward keeps the input of every stretch and nothing else. Then, from the last stretch to the first, the inputs of its layers are "
        "computed once more from its checkpoint, and each is dropped when its layer has been walked back.",
        hints=(
            "First go forward and keep a only where k % every == 0. What do you need to walk back over one stretch?",
            "For each start, from the last to the first: inputs = [checkpoints.pop()], append layer.forward(inputs[-1]) for all but the stretch's last layer, "
            "then walk back with inputs.pop().",
        ),
        cases=stacks,
        judge=judge_checkpoints,
        across=judge_use,
    ),
    Exercise(
        id="cost-3",
        title="The least work",
        practises="a recursion over the place of the next snapshot, with a memory",
        covers=(4,),
        minutes=20,
        difficulty="hard",
        solution=least_work,
        explanation="The second snapshot is put after k layers. What lies behind it has one snapshot less, what lies before it has all of them back. Without "
        "a memory the same pairs would be asked for again and again.",
        hints=(
            "Put the second snapshot after k layers: how much does it cost to get there, to walk back over what lies behind, and then over what lies before?",
            "min(k + t(k, c) + t(D - k, c - 1) for k in range(1, D)), with t(1, c) = 0 and t(D, 1) = D(D - 1)/2. Put @functools.cache above your function.",
        ),
        cases=tasks,
        library=by_formula,
        mistakes=(
            Mistake(
                "way not counted",
                "The k layers forward to the next snapshot are work, too.",
                slipped(walk=lambda k: 0),
            ),
            Mistake(
                "a snapshot for nothing",
                "Behind the new snapshot there is one less to be had: it is in use until everything behind it has been walked back.",
                slipped(behind=0),
            ),
            Mistake(
                "one snapshot",
                "With a single snapshot the layers before the last are computed D − 1 times, D − 2 times, and so on; add these up.",
                slipped(alone=lambda D: D - 1),
            ),
            Mistake(
                "one too many",
                "With a single snapshot, what stands before the last of D layers is D − 1 layers, not D.",
                slipped(alone=lambda D: D * (D + 1) // 2),
            ),
            Mistake(
                "in the middle",
                "You put each snapshot in the middle of what is left. Try every place.",
                slipped(places=lambda D: [D // 2]),
            ),
        ),
    ),
]
