"""Chapter 10: training for real."""

from collections.abc import Callable
from typing import Any

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from backprop.network import Gradients
from livetext.checks import Array, Case, Exercise, Mistake, Trouble, length, read
from livetext.questions import AnyOf, Field, Numbers, OneOf, Option, Question

from .project import Watched

TITLE = "Training for real"
PAGE = "10-training.html"


# Questions


def first_loss(K, loss):
    p = ad.exp(-loss)
    wrong = {"share": 1.0 / K, "two": ad.log(K) / np.log(2.0), "ten": ad.log(K) / np.log(10.0)}
    return {"first": ad.log(K), "p": p, "line": 1.0 - loss, "kept": loss + 0.0} | wrong


def noise_of(s, m):
    return {"noise": s / m**0.5, "straight": s / m, "same": s + 0.0, "larger": s * m**0.5}


def three_steps(lr, beta):
    v2, v3 = 1.0 + beta, 1.0 + beta + beta * beta
    way = lr * (1.0 + v2 + v3)
    wrong = {"alone": 3.0 * lr, "mean": (1.0 - beta) * way, "last": lr * v3}
    return {"v2": v2, "v3": v3, "way": way} | wrong


def two_steps(g1, g2, lr):
    m1, v1 = 0.1 * g1, 0.001 * g1 * g1
    m2, v2 = 0.9 * m1 + 0.1 * g2, 0.999 * v1 + 0.001 * g2 * g2
    hats = [m1 / 0.1, v1 / 0.001, m2 / (1 - 0.9**2), v2 / (1 - 0.999**2)]
    first = -lr * hats[0] / hats[1] ** 0.5
    step = -lr * hats[2] / hats[3] ** 0.5
    bare = -lr * m1 / v1**0.5
    values = {"first": first, "step": step, "second": first + step}
    values |= {"beta1": 0.9 + 0.0 * lr, "beta2": 0.999 + 0.0 * lr}
    values |= dict(zip(("m1_hat", "v1_hat", "m2_hat", "v2_hat"), hats, strict=True))
    wrong = {"bare_first": bare, "bare_second": bare - lr * m2 / v2**0.5}
    return values | wrong | {"plain_first": -lr * g1, "plain_second": -lr * (g1 + g2)}


MOST = 120  # minibatches in an epoch that are counted


def step_count(N, m, E):
    starts = m * np.arange(MOST)
    rounds = ad.where(starts < N, 1.0, 0.0).sum()
    whole = ad.where(m + starts < N + 1.0, 1.0, 0.0).sum()
    values = {"rounds": rounds, "steps": rounds * E}
    return values | {"dropped": whole * E, "one": rounds + 0.0, "examples": N * E}


# Training loss and validation loss after a tenth, a third and all of the epochs.
RUNS = np.array(
    [
        [[2.25, 2.11, 1.62], [2.26, 2.13, 1.64]],
        [[0.58, 0.23, 0.05], [0.57, 0.25, 0.11]],
        [[2.32, 2.31, 2.32], [2.31, 2.32, 2.31]],
        [[0.31, 0.04, 0.002], [0.42, 0.35, 0.61]],
    ]
)
NAMES = [f"{part}_{k}" for part in ("t", "v") for k in (1, 2, 3)]


def curves(run, share):
    """One run of the four; the losses of those that learn are scaled a little, so that numbers differ."""
    one = ad.where(run == np.arange(4), 1.0, 0.0)
    scale = ad.where(run == 2.0, 1.0, share)
    losses = [(one * RUNS[:, part, k]).sum() * scale for part in (0, 1) for k in range(3)]
    values = {"which": run * 1.0, "chance": np.log(10.0) + 0.0 * run}
    return values | dict(zip(NAMES, losses, strict=True))


QUESTIONS = [
    Question(
        id="training-leak",
        title="What spoils the last exam?",
        practises="keeping the test images apart",
        covers=(1,),
        minutes=3,
        difficulty="easy",
        ask="In which of these have the test images had a hand in what they are to judge?",
        answer=AnyOf(
            [
                Option(
                    "The mean of *all* images is subtracted from each of them.",
                    "The mean has been learnt from the test images, too. It may matter little, but the exam is no longer honest.",
                    right=True,
                ),
                Option(
                    "The mean of the training images is subtracted from each image of all three parts.",
                    "It was learnt from the training part alone, and then applied to all: that is how it should be.",
                ),
                Option(
                    "The learning rate is chosen by the validation images.",
                    "This is what they are for.",
                ),
                Option(
                    "Training stops at the epoch with the lowest *test* loss.",
                    "Here the test images choose the network, and then praise it.",
                    right=True,
                ),
                Option(
                    "All images are shuffled before they are split into three parts.",
                    "Before the split nobody has learnt anything. Without shuffling, one part might get all sevens.",
                ),
                Option(
                    "Of forty trained networks the one with the best test accuracy is reported.",
                    "The best of forty has been lucky as well, and on other images the luck is gone.",
                    right=True,
                ),
            ]
        ),
        hints=(
            "What is *learnt* or *chosen* in each case, and from which images?",
            "Everything but the final number has to be found without the test images.",
        ),
        solution="The mean of all images, the epoch with the lowest test loss and the best of forty networks were found with the help of the test images. "
        "The other three leave them alone until the end.",
    ),
    Question(
        id="training-first-loss",
        title="The first loss",
        practises="reading a cross-entropy at the start and in the middle of training",
        covers=(2,),
        minutes=3,
        difficulty="easy",
        text="A network tells *K = {K}* classes apart, which are equally frequent. Its last layer is a softmax, its loss the cross-entropy.",
        ask="Which loss should it have before the first step? And which probability does it give to the true class of an image whose loss is *{loss}*?",
        answer=Numbers(
            [
                Field(
                    "first",
                    "first loss",
                    {
                        "share": "This is the probability of each class. What does the loss make of it?",
                        "two": "This is the logarithm to base two. The cross-entropy takes the natural one.",
                        "ten": "This is the logarithm to base ten. The cross-entropy takes the natural one.",
                    },
                ),
                Field(
                    "p",
                    "probability",
                    {
                        "line": "The loss is no complement. Which function leads back from a logarithm?",
                        "kept": "This is the loss itself. It is minus the logarithm of the probability.",
                    },
                ),
            ]
        ),
        hints=(
            "Who knows nothing gives each class the same probability. The loss is minus the logarithm of the one that is true.",
            "The first loss is *−log(1/K)*. For the second, solve *−log p = L* for *p*.",
        ),
        solution="""- Each class gets *1/{K}*, so the loss is *−log(1/{K}) = log {K} = {first}*.
- The loss of one image is *−log p*, so *p = exp(−{loss}) = {p}*.""",
        tape=ad.trace(first_loss, K=10.0, loss=1.2),
        draws={"K": [3.0, 5.0, 10.0, 26.0, 100.0], "loss": [0.4, 0.8, 1.2, 2.0, 3.0]},
    ),
    Question(
        id="training-noise-q",
        title="The noise of a minibatch",
        practises="how far a minibatch's gradient is off",
        covers=(3,),
        minutes=2,
        difficulty="easy",
        text="The gradient of a single example lies *{s}* away from the gradient of all examples, as a root mean square. There are so many "
        "examples that it does not matter whether one is drawn twice.",
        ask="How far away does the gradient of a minibatch of *m = {m}* lie?",
        answer=Numbers(
            [
                Field(
                    "noise",
                    "distance",
                    {
                        "straight": "The *square* of the distance falls like *1/m*.",
                        "same": "This is the distance of a single one. A mean over several is steadier.",
                        "larger": "The noise does not grow: what adds up is then divided by *m*.",
                    },
                )
            ]
        ),
        hints=(
            "What happens to the distance when there are four times as many examples?",
            "The mean squared distance is that of a single example, over *m*. Take the root.",
        ),
        solution="""- The squared distance: *{s}²/{m}*
- Its root: *{s}/√{m} = {noise}*""",
        tape=ad.trace(noise_of, s=3.8, m=16.0),
        draws={"s": [3.8, 2.4, 1.6], "m": [4.0, 9.0, 16.0, 64.0]},
    ),
    Question(
        id="training-steps",
        title="How many steps?",
        practises="counting steps, minibatches and epochs",
        covers=(3,),
        minutes=2,
        difficulty="easy",
        text="There are *N = {N}* training examples. They are shuffled and taken *m = {m}* at a time, until none is left, for *{E}* epochs.",
        ask="How many steps is that?",
        answer=Numbers(
            [
                Field(
                    "steps",
                    "steps",
                    {
                        "dropped": "The last minibatch of each epoch is smaller, but it makes a step as well.",
                        "one": "This is one epoch.",
                        "examples": "This counts examples. Each step takes a whole minibatch of them.",
                    },
                )
            ]
        ),
        hints=(
            "How many full minibatches does one epoch have? Is anything left over?",
            "Divide *N* by *m* and round *up*; multiply by the number of epochs.",
        ),
        solution="""- One epoch: *{N}/{m}*, rounded up, since the rest makes a step too: {rounds}
- All of them: *{rounds}·{E} = {steps}*""",
        tape=ad.trace(step_count, N=1197.0, m=32.0, E=10.0),
        draws={
            "N": [1197.0, 850.0, 610.0, 500.0],
            "m": [16.0, 32.0, 50.0, 64.0],
            "E": [5.0, 10.0, 20.0],
        },
    ),
    Question(
        id="training-curves",
        title="Which run is this?",
        practises="reading two losses",
        covers=(3, 5),
        minutes=4,
        difficulty="medium",
        text="A network learns the digits; chance costs *log 10 = {chance:1}*. After a tenth, a third and all of the epochs its training loss is {t_1:3}, "
        "{t_2:3} and {t_3:3}, its validation loss {v_1:3}, {v_2:3} and {v_3:3}.",
        ask="What do you say?",
        answer=OneOf(
            [
                Option(
                    "The learning rate is much too small.",
                    "With a learning rate that is too small both losses fall slowly, and are still falling at the end.",
                ),
                Option(
                    "All is well.",
                    "All is well if both losses fall and end close together, well below chance.",
                ),
                Option(
                    "The learning rate is much too large: the units are idle.",
                    "A network whose units are idle stays at chance from the first epoch to the last.",
                ),
                Option(
                    "It learns its images by heart.",
                    "Learning by heart shows in a gap: one loss goes to zero, the other turns.",
                ),
            ],
            quantity="which",
        ),
        hints=(
            "Compare the last two numbers of each loss. Which still move, and which way?",
            "Then compare the two losses at the end: close together, or far apart? And how far below chance?",
        ),
        solution="""- Training loss: {t_1:3}, {t_2:3}, {t_3:3}. At chance throughout? Then nothing was learnt. Falling slowly, and far from zero at the end? Then the steps are too small.
- Validation loss: {v_1:3}, {v_2:3}, {v_3:3}. If it rises while the other goes to zero, the images are learnt by heart; if it ends close to the other, all is well.""",
        tape=ad.trace(curves, run=3.0, share=1.0),
        draws={"run": [0.0, 1.0, 2.0, 3.0], "share": [0.94, 0.96, 0.98, 1.0]},
    ),
    Question(
        id="training-momentum-q",
        title="Three steps with momentum",
        practises="adding up what a velocity remembers",
        covers=(4,),
        minutes=4,
        difficulty="medium",
        text="A gradient is 1 wherever one goes. A weight walks down it with momentum: *v ← βv + 1*, then *w ← w − αv*, from *v = 0*, with "
        "*α = {lr}* and *β = {beta}*.",
        ask="How far has it come after three steps?",
        answer=Numbers(
            [
                Field(
                    "way",
                    "distance",
                    {
                        "alone": "This is the way without momentum. What is *v* after the second step?",
                        "mean": "You took the form that averages, with a factor *1 − β* before the gradient. Here the gradients are summed.",
                        "last": "This is the third step alone. Add the two before it.",
                    },
                )
            ]
        ),
        hints=(
            "Write down *v* after each of the three steps.",
            "The velocities are *1*, *1 + β* and *1 + β + β²*. Each step is *α* times its velocity.",
        ),
        solution="""- The velocities: *1*, then *1 + {beta} = {v2}*, then *1 + {beta}·{v2} = {v3}*
- Together, times *α*: *{lr}·(1 + {v2} + {v3}) = {way}*

In the long run *v* tends to *1/(1 − β)*: so many times faster than without.""",
        tape=ad.trace(three_steps, lr=0.1, beta=0.9),
        draws={"lr": [0.01, 0.05, 0.1, 0.2], "beta": [0.5, 0.7, 0.8, 0.9]},
    ),
    Question(
        id="training-adam-q",
        title="Two steps of Adam",
        practises="the first two steps of Adam, with their corrections",
        covers=(4,),
        minutes=6,
        difficulty="hard",
        text="A weight begins at 0, and Adam with *m = v = 0*, *β_1 = {beta1:1}*, *β_2 = {beta2:3}* and *α = {lr}*. The first gradient is *{g1}*, the "
        "second *{g2}*; *ε* is too small to matter.",
        ask="Where is the weight after the first step, and after the second?",
        answer=Numbers(
            [
                Field(
                    "first",
                    "after one step",
                    {
                        "bare_first": "The two corrections are missing. Both means began at zero.",
                        "plain_first": "This is a step of gradient descent. Adam divides by the size of the gradient.",
                    },
                ),
                Field(
                    "second",
                    "after two steps",
                    {
                        "bare_second": "The two corrections are missing. Both means began at zero.",
                        "plain_second": "These are steps of gradient descent. Adam divides by the size of the gradients.",
                        "step": "This is the second step alone. Where did it begin?",
                    },
                ),
            ]
        ),
        hints=(
            "In the first step the corrected means are the gradient and its square. What is their quotient, with the root?",
            "In the second, the new *m* is divided by *1 − {beta1:1}²*, and the new *v* by *1 − {beta2:3}²*.",
        ),
        solution="""- First, the corrected means are *{m1_hat}* and *{v1_hat}*, the gradient and its square. The step is *α* long, against the sign of the gradient: the weight is at {first}.
- Second, they are *{m2_hat}* and *{v2_hat}*, so the step is *−{lr}·{m2_hat}/√{v2_hat} = {step}*.
- Together: *{first} + {step} = {second}*""",
        tape=ad.trace(two_steps, g1=4.0, g2=-2.0, lr=0.1),
        draws={
            "g1": [-6.0, -3.0, 2.0, 4.0, 5.0],
            "g2": [-2.0, -1.0, 1.0, 3.0],
            "lr": [0.01, 0.1, 0.2],
        },
    ),
]


# Code exercises


def minibatches(x, y, m, rng):
    order = rng.permutation(x.shape[1])
    parts = [order[start : start + m] for start in range(0, len(order), m)]
    return [(x[:, part], y[:, part]) for part in parts]


def sets(rng):
    """Examples of which no two are equal, as many as do not fill the last minibatch."""
    for n, classes, N, m in ((2, 3, 23, 5), (3, 2, 40, 16), (2, 2, 61, 4)) * 2:
        generator = Watched(np.random.PCG64(int(rng.integers(10**6))))
        x = rng.normal(size=(n, N)).round(4)
        y = np.eye(classes)[:, rng.integers(0, classes, N)]
        yield {"x": x, "y": y, "m": m, "rng": generator}


def judge_minibatches(value: Any, case: Case) -> list[Array]:
    x, y, m = case["x"], case["y"], case["m"]
    N, wanted = x.shape[1], -(-x.shape[1] // m)
    read_as = [np.zeros((len(x), 1)), np.zeros((len(y), 1))]
    if value is ...:
        read(value, read_as, ("x", "y"))
    if hasattr(type(value), "__next__"):
        raise Trouble("generator", "return a list of pairs; put list( ) around what you have")
    if not length(value):
        raise Trouble("kind", "return a list with a pair (x, y) for each minibatch")
    pairs = [_pair(pair, x, y) for pair in value]
    columns = {tuple(column): i for i, column in enumerate(x.T)}
    found = [columns.get(tuple(column), -1) for part, _ in pairs for column in part.T]
    if -1 in found:
        raise Trouble("other numbers", "a column of x in your minibatches is none of those given")
    answers = np.hstack([part for _, part in pairs])
    numbers = np.array(found, dtype=int)
    if not np.array_equal(answers, y[:, numbers]):
        raise Trouble(
            "apart",
            "an image stands beside the answer of another: x and y are not put in the same order",
        )
    if len(set(found)) < len(found):
        raise Trouble(
            "twice",
            "some examples come twice in one epoch. Shuffle all of them once, then cut the row into pieces",
        )
    if len(found) < N:
        raise Trouble(
            "dropped",
            f"{N - len(found)} of the {N} examples are missing. The last minibatch may be smaller than the others",
        )
    sizes = [part.shape[1] for part, _ in pairs]
    if len(pairs) != wanted or sizes[:-1] != [m] * (wanted - 1):
        raise Trouble(
            "sizes",
            f"the minibatches have {', '.join(map(str, sizes))} examples; all but the last should have {m}",
        )
    if found == sorted(found):
        raise Trouble(
            "not shuffled",
            "the examples come in the order given. Often that is the order of their classes: shuffle them",
        )
    if not case["rng"].used:
        raise Trouble(
            "not from rng",
            "your order does not come from rng, the generator passed in. Draw from it, and anybody can repeat the run",
        )
    return [numbers.astype(float)]


def _pair(pair: Any, x: Array, y: Array) -> tuple[Array, Array]:
    """One minibatch: as many columns of x as of y."""
    if length(pair) != 2:
        raise Trouble("kind", "each minibatch should be a pair, its x and its y")
    parts = [np.asarray(part) for part in pair]
    for name, part, whole in zip("xy", parts, (x, y), strict=True):
        if part.ndim != 2 or len(part) != len(whole):
            raise Trouble(
                "shape",
                f"the {name} of a minibatch has shape {part.shape}; it should have {len(whole)} rows, and a column for each example",
            )
    if parts[0].shape[1] != parts[1].shape[1]:
        raise Trouble("shape", "a minibatch has another number of columns in x than in y")
    return parts[0], parts[1]


def momentum_step(w, v, g, lr, beta):
    v = beta * v + g
    return w - lr * v, v


def vectors(rng):
    for n in (2, 3, 4, 5, 6):
        w, v, g = rng.normal(size=(3, n)).round(4)
        lr, beta = round(rng.uniform(0.05, 0.3), 3), round(rng.uniform(0.5, 0.95), 3)
        yield {"w": w, "v": v, "g": g, "lr": lr, "beta": beta}


def by_heavy_ball(w, v, g, lr, beta):
    """The library's rule: a first step, at rate 0, gives it its velocity."""
    layer = bp.Dense(w[None], np.zeros(1), "identity")
    net = bp.Network([layer], loss="half_squared_error")
    ball = bp.Momentum(0.0, beta)
    ball.step(net, gradients_of(v))
    ball.lr = lr
    ball.step(net, gradients_of(g))
    return layer.W[0], (w - layer.W[0]) / lr


def gradients_of(g):
    return Gradients((g[None],), (np.zeros(1),))


def velocity_with(share=1.0, inside=False, memory=True):
    def answer(w, v, g, lr, beta):
        kept = beta * v if memory else 0.0 * v
        v = kept + (share(beta) if callable(share) else share) * (lr * g if inside else g)
        return w - (v if inside else lr * v), v

    return answer


def old_velocity(w, v, g, lr, beta):
    return w - lr * v, beta * v + g


def adam_step(w, m, v, g, t, lr):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    m_hat = m / (1 - 0.9**t)
    v_hat = v / (1 - 0.999**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


def states(rng):
    """Gradients of ordinary size and small ones, for which it matters where ε stands."""
    for n, t, size in ((2, 2, 1.0), (3, 3, 1.0), (4, 12, 0.01), (5, 40, 1.0), (3, 7, 0.01)):
        w, m, g = rng.normal(size=(3, n)).round(4)
        v = rng.uniform(0.2, 2.0, n).round(4)
        lr = round(rng.uniform(0.05, 0.3), 3)
        yield {"w": w, "m": size * m, "v": size**2 * v, "g": size * g, "t": t, "lr": lr}


def in_one_factor(w, m, v, g, t, lr):
    """Both corrections drawn together, as programs have it."""
    m, v = m + 0.1 * (g - m), v + 0.001 * (g * g - v)
    root = np.sqrt(1 - 0.999**t)
    rate = lr * root / (1 - 0.9**t)
    return w - rate * m / (np.sqrt(v) + 1e-8 * root), m, v


def adam_with(
    mend: Callable[[Any, float], Any] = lambda t, beta: 1 - beta**t,
    inside: float = 0.0,
    back: bool = False,
    root: bool = True,
) -> Callable[..., Any]:
    """The step with something done otherwise."""

    def answer(w, m, v, g, t, lr):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        m_hat, v_hat = m / mend(t, 0.9), v / mend(t, 0.999)
        size = np.sqrt(v_hat + inside) if root else v_hat
        w = w - lr * m_hat / (size + (0.0 if inside else 1e-8))
        return (w, m_hat, v_hat) if back else (w, m, v)

    return answer


def confusion(y, z):
    counts = np.zeros((len(y), len(y)))
    for truth, answer in zip(y.argmax(axis=0), z.argmax(axis=0), strict=True):
        counts[truth, answer] += 1
    return counts


def answered(rng):
    """Logits of which many, but not most, favour a wrong class, each class in its own way."""
    for K, m in ((3, 40), (4, 70), (5, 80), (4, 4), (3, 9001)):
        truth = np.concatenate([np.arange(K), rng.integers(0, K, m - K)])
        y = np.eye(K)[:, rng.permutation(truth)]
        pull = rng.normal(size=(K, K))
        z = 2.0 * y + pull @ y + rng.normal(size=(K, m))
        yield {"y": y, "z": z - z.mean()}


def along_rows(y, z):
    """A row has a largest entry as well, and there are as many rows as classes."""
    counts = np.zeros((len(y), len(y)))
    for truth, answer in zip(y.argmax(axis=1), z.argmax(axis=1), strict=True):
        counts[truth % len(y), answer % len(y)] += 1
    return counts


def by_product(y, z):
    chosen = np.eye(len(y))[:, z.argmax(axis=0)]
    return y @ chosen.T


EXERCISES = [
    Exercise(
        id="training-1",
        title="Minibatches",
        practises="cutting a shuffled set into minibatches",
        covers=(3,),
        minutes=12,
        difficulty="medium",
        solution=minibatches,
        explanation="One permutation of the numbers of the examples is cut into pieces of m, and the same piece picks the columns of x and "
        "of y. The slice behind the end takes what is left.",
        hints=(
            "Shuffle numbers, not arrays: then x and y can be put in the same order.",
            "order = rng.permutation(x.shape[1]); then order[start : start + m] for start in range(0, len(order), m).",
        ),
        cases=sets,
        changes=("rng",),
        judge=judge_minibatches,
    ),
    Exercise(
        id="training-2",
        title="A step with momentum",
        practises="an update that remembers",
        covers=(4,),
        minutes=6,
        difficulty="easy",
        solution=momentum_step,
        explanation="The velocity first takes in the new gradient, and then the weights take a step along it. Both are returned, for the next "
        "step needs the velocity.",
        hints=(
            "Which comes first, the new velocity or the step?",
            "v = beta * v + g, then w - lr * v, with the new v.",
        ),
        cases=vectors,
        library=by_heavy_ball,
        outputs=("w", "v"),
        mistakes=(
            Mistake(
                "averaged",
                "The gradient has a factor 1 − β. That is the other form, a mean; here the gradients are summed.",
                velocity_with(share=lambda beta: 1 - beta),
            ),
            Mistake(
                "old velocity",
                "The step is taken along the old velocity; the new gradient moves nothing yet.",
                old_velocity,
            ),
            Mistake(
                "no memory",
                "Nothing is left of the old velocity. Keep β of it.",
                velocity_with(memory=False),
            ),
            Mistake(
                "rate inside",
                "The learning rate is inside the velocity. The path is the same while the rate stays; but the velocity that is asked for has none.",
                velocity_with(inside=True),
            ),
            Mistake(
                "uphill",
                "The velocity is right, but the step goes uphill.",
                lambda w, v, g, lr, beta: (w + lr * (beta * v + g), beta * v + g),
            ),
        ),
    ),
    Exercise(
        id="training-3",
        title="A step of Adam",
        practises="both means, their corrections, and what is kept",
        covers=(4,),
        minutes=15,
        difficulty="medium",
        solution=adam_step,
        explanation="The means that are kept stay as they are; the corrected ones are made from them for this step alone. ε stands behind the "
        "root, where it is small beside a gradient of any ordinary size.",
        hints=(
            "Four lines for m, v and the two corrected means. Which of them does the next step need?",
            "m_hat = m / (1 - 0.9**t), v_hat = v / (1 - 0.999**t); the step is lr * m_hat / (np.sqrt(v_hat) + 1e-8).",
        ),
        cases=states,
        library=in_one_factor,
        outputs=("w", "m", "v"),
        mistakes=(
            Mistake(
                "no correction",
                "The means are not corrected. They began at zero, and after t steps they are still too small.",
                adam_with(mend=lambda t, beta: 1.0),
            ),
            Mistake(
                "t from zero",
                "The corrections count one step too few: the first step is t = 1.",
                adam_with(mend=lambda t, beta: 1 - beta ** (t - 1)),
            ),
            Mistake(
                "t left out",
                "The corrections are the same at every step. As the means fill up, they should fade: β to the power t.",
                adam_with(mend=lambda t, beta: 1 - beta),
            ),
            Mistake(
                "written back",
                "The corrected means are kept and returned, so the next step corrects them once more. Keep the plain ones.",
                adam_with(back=True),
            ),
            Mistake(
                "ε inside",
                "ε stands inside the root. There it is as large as a gradient of a ten-thousandth; put it behind the root.",
                adam_with(inside=1e-8),
            ),
            Mistake(
                "no root",
                "The step is divided by the corrected v itself. It is a mean of squares: take its root.",
                adam_with(root=False),
            ),
        ),
    ),
    Exercise(
        id="training-4",
        title="The confusion matrix",
        practises="counting which class was taken for which",
        covers=(6,),
        minutes=8,
        difficulty="easy",
        solution=confusion,
        explanation="For each example, the row is the class that is true and the column the one with the largest logit. All entries "
        "together are the number of examples.",
        hints=(
            "Which digit is it, and which does the network say? Both are places of a largest entry, down a column.",
            "truth = y.argmax(axis=0), answer = z.argmax(axis=0); then add one at [truth, answer] for each example.",
        ),
        cases=answered,
        library=by_product,
        mistakes=(
            Mistake(
                "exchanged",
                "Rows and columns are exchanged: the row is what it is, the column what the network says.",
                lambda y, z: confusion(y, z).T,
            ),
            Mistake(
                "along the rows",
                "The largest entry was looked for along the rows. Examples are columns: look down each of them.",
                along_rows,
            ),
            Mistake(
                "logits",
                "You added up logits. Count, for each example, the one class that the network would name.",
                lambda y, z: y @ z.T,
            ),
            Mistake(
                "shares",
                "These are shares of each class. Return the counts themselves.",
                lambda y, z: confusion(y, z) / y.sum(axis=1, keepdims=True),
            ),
            Mistake(
                "mistakes alone",
                "The diagonal is empty. The examples that were read rightly belong there.",
                lambda y, z: confusion(y, z) * (1 - np.eye(len(y))),
            ),
        ),
    ),
]
