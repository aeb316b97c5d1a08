"""The project: a network from nothing."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import backprop as bp
from livetext.checks import Array, Case, Exercise, Mistake, Trouble, length, read
from livetext.questions import Question

TITLE = "The project"
PAGE = "project.html"

QUESTIONS: list[Question] = []

PARAMETERS = ("W1", "b1", "W2", "b2")
GRADIENTS = ("dW1", "db1", "dW2", "db2")


# 1. A random start


class Watched(np.random.Generator):
    """A generator that remembers the copy that a learner's function was given."""

    name = "a generator"
    given: np.random.Generator

    def __deepcopy__(self, memo: dict[int, Any]) -> np.random.Generator:
        self.given = np.random.Generator(copy.deepcopy(self.bit_generator, memo))
        return self.given

    @property
    def used(self) -> bool:
        """Whether that copy was drawn from, or made others."""
        before, after = self.bit_generator, self.given.bit_generator
        made = [getattr(bits.seed_seq, "n_children_spawned", 0) for bits in (before, after)]
        return before.state != after.state or made[0] != made[1]


SMALLEST, LARGEST = 0.4, 1.7  # spread of the weights, in units of 1/sqrt(n_in)
ENOUGH = 400  # entries in which a spread can be measured
LONG = 50  # numbers that two rows do not share by chance, not even as signs


def start(n_in, n_hidden, n_out, rng):
    W1 = rng.normal(size=(n_hidden, n_in)) / np.sqrt(n_in)
    W2 = rng.normal(size=(n_out, n_hidden)) / np.sqrt(n_hidden)
    return W1, np.zeros(n_hidden), W2, np.zeros(n_out)


def sizes(rng):
    # So far apart that the root of one is never taken for that of another.
    for n_in, n_hidden, n_out in ((2, 3, 1), (5, 4, 3), (900, 60, 500), (60, 50, 480)) * 2:
        generator = Watched(np.random.PCG64(int(rng.integers(10**6))))
        yield {"n_in": n_in, "n_hidden": n_hidden, "n_out": n_out, "rng": generator}


def judge_start(value: Any, case: Case) -> list[Array]:
    n_in, n_hidden, n_out = case["n_in"], case["n_hidden"], case["n_out"]
    shapes = [(n_hidden, n_in), (n_hidden,), (n_out, n_hidden), (n_out,)]
    W1, b1, W2, b2 = read(value, [np.zeros(s) for s in shapes], PARAMETERS, exact=True)
    _judge_form(value)
    for name, W in (("W1", W1), ("W2", W2)):
        if not W.any():
            raise Trouble(
                "zeros",
                f"{name} is all zeros. What is then the gradient of the weights before and behind it?",
            )
        if np.all(W.flat[0] == W) and not case["rng"].used:
            raise Trouble("equal", f"all weights of {name} are equal. {ALIKE}")
        if (alike := _alike(W)) is not None:
            why = ALIKE if "rows of W1" in (found := f"{alike} of {name}") else ALONE
            raise Trouble("equal", f"{found} are equal. {why}")
    if b1.any() or b2.any():
        raise Trouble("biases", "the biases should begin at zero; the weights alone are random")
    if not case["rng"].used:
        raise Trouble(
            "generator",
            "your weights do not come from rng, the generator passed in. Draw from it, and nobody "
            "has to guess how to get your numbers again",
        )
    for name, W in (("W1", W1), ("W2", W2)):
        _judge_spread(name, W)
    return [W1, b1, W2, b2]


def _alike(W: Array) -> str | None:
    """Which rows or columns are the same, where that is no accident."""
    for kind, lines in (("rows", W), ("columns", W.T)):
        if _repeats(lines):
            return f"some {kind}"
    return None


def _repeats(lines: Array) -> bool:
    return lines.shape[1] >= LONG and len(np.unique(lines, axis=0)) < len(lines)


def judge_starts(cases: Sequence[Case], founds: Sequence[list[Array]]) -> None:
    """Networks of one size from two generators have no row or column of weights in common."""
    half = len(cases) // 2
    for one, other in zip(founds[:half], founds[half:], strict=True):
        for k in (0, 2):
            if _repeats(np.vstack([one[k], other[k]])) or _repeats(
                np.vstack([one[k].T, other[k].T])
            ):
                raise Trouble(
                    "generator",
                    f"two different generators lead to the same numbers in {PARAMETERS[k]}. Draw all "
                    "of them from rng, the generator passed in, and make no other",
                )


ALONE = "Each weight is a number of its own: draw as many as the matrix has entries"
ALIKE = "Hidden units that begin alike, in W1, b1 and W2, get the same gradients and stay alike for ever"


def _judge_form(value: Any) -> None:
    """Stricter than elsewhere: the steps that follow calculate with these very arrays."""
    parts = [value[name] for name in PARAMETERS] if isinstance(value, Mapping) else list(value)
    for name, part in zip(PARAMETERS, parts, strict=True):
        if not isinstance(part, np.ndarray):
            raise Trouble(
                "no array",
                f"{name} is a {type(part).__name__}. Make it a NumPy array: the next steps calculate with it",
            )


def _judge_spread(name: str, W: Array) -> None:
    if W.size < ENOUGH:
        return
    if W.min() >= 0 or W.max() <= 0:
        raise Trouble(
            "one sign", f"all weights of {name} have the same sign. Draw them around zero"
        )
    wanted = 1 / np.sqrt(W.shape[1])
    spread = float(np.sqrt(np.mean(W**2)))
    if not SMALLEST < spread / wanted < LARGEST:
        raise Trouble(
            "scale",
            f"for {W.shape[1]} inputs the spread of {name} is {spread:.2g}, and about {wanted:.2g} is "
            "asked for. The more inputs a unit has, the smaller its weights should be, or its sum "
            "grows with their number",
        )


# 2. Forward


def forward(x, W1, b1, W2, b2):
    Z1 = W1 @ x + b1[:, None]
    A1 = np.tanh(Z1)
    Z2 = W2 @ A1 + b2[:, None]
    A2 = 1 / (1 + np.exp(-Z2))
    return Z1, A1, Z2, A2


def networks(rng, *all_sizes):
    """Parameters in general position, by name."""
    for n_in, n_hidden, n_out in all_sizes:
        yield {
            "W1": rng.normal(size=(n_hidden, n_in)),
            "b1": rng.normal(size=n_hidden),
            "W2": rng.normal(size=(n_out, n_hidden)),
            "b2": rng.normal(size=n_out),
        }


def batches(rng):
    all_sizes = ((2, 2, 1), (2, 5, 1), (3, 3, 3), (4, 2, 3), (3, 4, 2))
    for net, m in zip(networks(rng, *all_sizes), (3, 7, 3, 5, 6), strict=True):
        yield {"x": rng.normal(size=(net["W1"].shape[1], m))} | net


def network(W1, b1, W2, b2):
    layers = [bp.Dense(W1, b1, "tanh"), bp.Dense(W2, b2, "sigmoid")]
    return bp.Network(layers, loss="binary_cross_entropy")


def by_network(x, W1, b1, W2, b2):
    run = network(W1, b1, W2, b2).forward(x)
    return run.z[0], run.a[1], run.z[1], run.a[2]


def forward_with(g, F, first=1.0, second=1.0):
    """The forward pass with these activations, and with so much of each bias."""

    def answer(x, W1, b1, W2, b2):
        Z1 = W1 @ x + first * b1[:, None]
        A1 = g(Z1)
        Z2 = W2 @ A1 + second * b2[:, None]
        return Z1, A1, Z2, F(Z2)

    return answer


def past_the_activation(x, W1, b1, W2, b2):
    Z1, A1, _, _ = forward(x, W1, b1, W2, b2)
    Z2 = W2 @ Z1 + b2[:, None]
    return Z1, A1, Z2, bp.sigmoid(Z2)


NO_BIAS = "The biases are missing. Each unit adds its own to its sum: b1 in the first layer, b2 in the second."


# 3. The loss


def cross_entropy(Z2, y):
    costs = np.maximum(Z2, 0) - y * Z2 + np.log(1 + np.exp(-np.abs(Z2)))
    return np.mean(costs)


def logits(rng):
    """In each batch there are logits of both signs on the wrong side, and on the right one."""
    for m, scale in ((5, 1.0), (7, 1000.0), (4, 300.0), (6, 3.0), (8, 1000.0)):
        y = np.arange(m) % 2.0
        side = np.where(np.arange(m) < 2, -1, 1) * (2 * y - 1)
        order = rng.permutation(m)
        Z2 = scale * rng.uniform(0.75, 1.0, size=m) * side
        yield {"Z2": Z2[None, order], "y": y[None, order]}


def clipped(smallest):
    def answer(Z2, y):
        a = np.clip(bp.sigmoid(Z2), smallest, 1 - smallest)
        return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))

    return answer


# 4. Backward


def backward(x, y, W1, b1, W2, b2):
    _, A1, _, A2 = forward(x, W1, b1, W2, b2)
    m = x.shape[1]
    delta2 = (A2 - y) / m
    dW2 = delta2 @ A1.T
    db2 = delta2.sum(axis=1)
    delta1 = W2.T @ delta2 * (1 - A1**2)
    dW1 = delta1 @ x.T
    db1 = delta1.sum(axis=1)
    return dW1, db1, dW2, db2


def lessons(rng):
    """Batches with answers, for networks with one output and with several."""
    all_sizes = ((2, 2, 1), (2, 3, 1), (3, 3, 1), (4, 2, 1), (2, 4, 3), (4, 3, 2))
    for net, m in zip(networks(rng, *all_sizes), (3, 5, 4, 7, 5, 6), strict=True):
        x = rng.normal(size=(net["W1"].shape[1], m))
        y = [rng.permutation(np.arange(m) % 2) for _ in net["b2"]]
        yield {"x": x, "y": np.array(y, dtype=float)} | net


def network_gradients(x, y, W1, b1, W2, b2):
    net = network(W1, b1, W2, b2)
    grads = net.backward(net.forward(x), y)
    return grads.W[0], grads.b[0], grads.W[1], grads.b[1]


def backward_with(slope1=None, slope2=None, through=True, bias_mean=False):
    """The backward pass with other factors: functions of Z and A, or none."""

    def answer(x, y, W1, b1, W2, b2):
        Z1, A1, Z2, A2 = forward(x, W1, b1, W2, b2)
        m = x.shape[1]
        delta2 = (A2 - y) / m * (slope2(Z2, A2) if slope2 else 1.0)
        upstream = W2.T @ delta2 if through else delta2
        delta1 = upstream * (slope1(Z1, A1) if slope1 else 1 - A1**2)
        share = m if bias_mean else 1
        db1, db2 = delta1.sum(axis=1) / share, delta2.sum(axis=1) / share
        return delta1 @ x.T, db1, delta2 @ A1.T, db2

    return answer


# 5. One step


def step(x, y, W1, b1, W2, b2, lr):
    dW1, db1, dW2, db2 = backward(x, y, W1, b1, W2, b2)
    return W1 - lr * dW1, b1 - lr * db1, W2 - lr * dW2, b2 - lr * db2


def steps(rng):
    for case in lessons(rng):
        yield case | {"lr": rng.uniform(0.2, 0.8)}


def by_step(x, y, W1, b1, W2, b2, lr):
    net = network(W1, b1, W2, b2)
    net.step(x, y, lr)
    first, second = net.layers
    return first.W, first.b, second.W, second.b


def scaled_step(factor):
    return lambda x, y, W1, b1, W2, b2, lr: step(x, y, W1, b1, W2, b2, factor(x, lr))


def in_turn(*order):
    """Each group of parameters moves as soon as its gradients, taken anew, are there."""

    def answer(x, y, W1, b1, W2, b2, lr):
        now = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
        for group in order:
            moved = dict(zip(now, step(x=x, y=y, lr=lr, **now), strict=True))
            now |= {name: moved[name] for name in group}
        return tuple(now.values())

    return answer


def through_the_new_W2(x, y, W1, b1, W2, b2, lr):
    _, A1, _, A2 = forward(x, W1, b1, W2, b2)
    delta2 = (A2 - y) / x.shape[1]
    _, _, new_W2, new_b2 = step(x, y, W1, b1, W2, b2, lr)
    delta1 = new_W2.T @ delta2 * (1 - A1**2)
    return W1 - lr * delta1 @ x.T, b1 - lr * delta1.sum(axis=1), new_W2, new_b2


def weights_alone(x, y, W1, b1, W2, b2, lr):
    dW1, _, dW2, _ = backward(x, y, W1, b1, W2, b2)
    return W1 - lr * dW1, b1, W2 - lr * dW2, b2


TOO_EARLY = (
    "Some parameters moved before all the gradients were taken. Take the four gradients of the old "
    "parameters first; then move everything."
)


# 6 and 7. Training


def train(x, y, n_hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    W1, b1, W2, b2 = start(len(x), n_hidden, len(y), rng)
    for _ in range(steps):
        W1, b1, W2, b2 = step(x, y, W1, b1, W2, b2, lr)
    return W1, b1, W2, b2


def xor_trainings(rng):
    """Settings with which every sensible random start solves XOR."""
    x, y = bp.data.xor()
    for n_hidden, lr, steps, seed in ((8, 0.5, 1000, 1), (6, 1.0, 1000, 2), (8, 1.0, 800, 3)):
        settings = {"n_hidden": n_hidden, "lr": lr, "steps": steps, "seed": seed}
        yield {"x": x, "y": y} | settings


def train_moons(x, y, seed):
    return train(x, y, n_hidden=16, lr=1.0, steps=2000, seed=seed)


def moon_trainings(rng):
    for seed in (1, 2):
        x, y = bp.data.two_moons(seed=seed)
        yield {"x": x, "y": y, "seed": seed}


SOLVED = 0.1  # loss on XOR; a training of this length ends far below it
RISEN = 1.0  # log 2 = 0.69 is the loss of a network that answers one half to everything
NEW = 1000  # moons that nobody trained on; also what is added to a seed to get them
BENT, ENOUGH_RIGHT = 0.92, 0.97  # a straight border gets about 0.88 of them right


def judge_xor(value: Any, case: Case) -> list[Array]:
    x, y = case["x"], case["y"]
    parameters = _read_parameters(value, len(x), case["n_hidden"])
    loss, right = _judge_training(parameters, x, y)
    known = int(right.sum())
    if known < 4:
        raise Trouble(
            "not learned",
            f"after training, {known} of the four answers are right and the loss is {loss:.2f}. Are all "
            "the steps taken, or is the return inside the loop? Does each step begin where the last "
            "one ended, with the gradients there and with the lr given?",
        )
    if loss > SOLVED:
        raise Trouble(
            "too early",
            f"the four answers are right, but hesitant: the loss is {loss:.2f}, and {case['steps']} steps "
            f"with lr = {case['lr']} should bring it below {SOLVED}. Are all the steps taken, with the lr given?",
        )
    return parameters


def judge_moons(value: Any, case: Case) -> list[Array]:
    parameters = _read_parameters(value, len(case["x"]), _hidden_units(value))
    loss, right = _judge_training(parameters, case["x"], case["y"])
    x, y = bp.data.two_moons(NEW, seed=case["seed"] + NEW)
    new = float(np.mean(_logits(x, *parameters) * (2 * y - 1) > 0))
    found = f"{new:.1%} of {NEW} new examples are answered rightly, where {ENOUGH_RIGHT:.0%} are asked for"
    if new < 0.75:
        raise Trouble(
            "not learned",
            f"{found}, and {right.mean():.1%} of those that it was trained on. The loss is {loss:.2f}. "
            "Did training get all of the examples, and enough steps?",
        )
    if new < BENT:
        raise Trouble(
            "straight",
            f"{found}. That is about what one straight border reaches. The network has not bent its "
            "border yet: give it more hidden units, more steps, or a larger learning rate",
        )
    if new < ENOUGH_RIGHT:
        raise Trouble("too early", f"{found}. Nearly there: what would more steps do?")
    return parameters


# 8. The digits


def learn_digits(x, y):
    rng = np.random.default_rng(0)
    W1, b1, W2, b2 = start(64, 32, 10, rng)
    for _ in range(30):
        for part in np.array_split(rng.permutation(x.shape[1]), 40):
            W1, b1, W2, b2 = step(x[:, part], y[:, part], W1, b1, W2, b2, 0.5)
    return W1, b1, W2, b2


READ = 0.96  # within reach of everything that learns for long enough


def digit_training(rng):
    x, y = bp.data.digits()[0]
    yield {"x": x, "y": y}


def judge_digits(value: Any, case: Case) -> list[Array]:
    """The share of the test images that are read rightly, by whatever was handed in."""
    x, y = bp.data.digits()[2]
    share = float(np.mean(_digits(_scores(value, x), x.shape[1]) == y.argmax(axis=0)))
    found = f"{share:.1%} of the {x.shape[1]} test images are read rightly, where {READ:.0%} are asked for"
    if share < 0.3:
        raise Trouble(
            "not learned",
            f"{found}. That is little more than chance. Does row k of your output belong to the digit k, and did "
            "training reach the end?",
        )
    if share < 0.9:
        raise Trouble(
            "too early",
            f"{found}. It has begun to learn: what would more steps do, or a larger learning rate?",
        )
    if share < READ:
        raise Trouble(
            "nearly there",
            f"{found}. Nearly there: what would more epochs do, or more hidden units?",
        )
    return [np.array(share)]


def tell_digits(cases: Sequence[Case], founds: Sequence[list[Array]]) -> str:
    return (
        f"{float(founds[0][0]):.1%} of the test images, which it had never seen, are read rightly."
    )


def _scores(value: Any, x: Array) -> Any:
    """What a network, its parameters or a function of the images makes of them."""
    if isinstance(value, bp.Network):
        return value.forward(x).output
    if callable(value):
        return value(x.copy())
    hidden = _hidden_units(value)
    W1, b1, W2, b2 = _read_parameters(value, len(x), hidden, 10)
    return forward(x, W1, b1, W2, b2)[3]


def _digits(scores: Any, m: int) -> Array:
    """A digit for each image, from ten scores for each or from the digits themselves."""
    if scores is None or scores is ...:
        raise Trouble(
            "none", "your function of the images returns nothing. Does it end with a return?"
        )
    found = np.asarray(scores.detach() if hasattr(type(scores), "detach") else scores)
    if found.dtype.kind not in "iuf" or not np.isfinite(found).all():
        raise Trouble("not finite", "your predictions are not all finite numbers")
    if found.shape == (10, m):
        return np.asarray(found.argmax(axis=0), dtype=float)
    if found.shape == (m, 10):
        raise Trouble(
            "transposed",
            f"your predictions have shape {found.shape}: turn them, for examples are columns",
        )
    if found.size != m:
        raise Trouble(
            "shape",
            f"your predictions have shape {found.shape}; for {m} images either ten scores each, {(10, m)}, or a digit "
            f"each, {(m,)}",
        )
    digits = found.ravel().astype(float)
    if not np.isin(digits, np.arange(10)).all():
        raise Trouble(
            "no digits", "your predictions are one number for each image, but not all are digits"
        )
    return digits


def _read_parameters(value: Any, n_in: int, n_hidden: int, n_out: int = 1) -> list[Array]:
    shapes = [(n_hidden, n_in), (n_hidden,), (n_out, n_hidden), (n_out,)]
    return read(value, [np.zeros(shape) for shape in shapes], PARAMETERS, exact=True)


def _hidden_units(value: Any) -> int:
    """As many as there are biases, where the number was the learner's choice."""
    if isinstance(value, Mapping):
        value = list(value.values())
    count = length(value)
    units = length(value[1]) if count and count > 1 else None
    return units or 2


def _judge_training(parameters: list[Array], x: Array, y: Array) -> tuple[float, NDArray[np.bool]]:
    """The loss, and which answers are right; or what every failed training may have in common."""
    W1, b1, W2, b2 = parameters
    Z2 = _logits(x, W1, b1, W2, b2)
    loss = bp.binary_cross_entropy.from_logits(Z2, y)
    if len(W1) > 1 and np.allclose(W1, W1[0]) and np.allclose(b1, b1[0]):
        raise Trouble(
            "symmetric",
            "after training all hidden units are the same, weight for weight, so together they can do "
            "no more than one. Did they begin alike?",
        )
    if not b1.any() and not b2.any():
        raise Trouble(
            "never moved",
            "the biases are still exactly zero, where they began. Is what a step returns kept, "
            "and used in the next one?",
        )
    if loss > RISEN:
        raise Trouble(
            "loss rose",
            f"after training the loss is {loss:.2f}; a network that answers one half to everything has "
            f"{np.log(2):.2f}. Training made it worse: is the sign of the step right, and the "
            "learning rate not far too large?",
        )
    return loss, Z2 * (2 * y - 1) > 0


def _logits(x: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    Z2: Array = W2 @ np.tanh(W1 @ x + b1[:, None]) + b2[:, None]
    return Z2


EXERCISES = [
    Exercise(
        id="project-1",
        minutes=15,
        difficulty="medium",
        title="A random start",
        practises="choosing parameters to begin with",
        covers=(1,),
        solution=start,
        explanation="A normal number has a spread of one; divided by the root of the number of inputs, "
        "the squares of a unit's weights sum to about one, and its z is about as large as its inputs. "
        "Random rows make the hidden units different; the biases need not be.",
        hints=(
            "A matrix has a row for each unit and a column for each of its inputs. rng.normal takes a size=.",
            "rng.normal(size=(n_hidden, n_in)) / np.sqrt(n_in) is W1. Which numbers take their places in W2?",
        ),
        cases=sizes,
        outputs=PARAMETERS,
        changes=("rng",),
        judge=judge_start,
        across=judge_starts,
        seconds=60.0,
    ),
    Exercise(
        id="project-2",
        minutes=15,
        difficulty="easy",
        title="Forward",
        practises="the forward pass of a whole batch",
        covers=(2,),
        solution=forward,
        explanation="Each layer is a matrix product, a bias for each row, and an activation for each entry. "
        "b1[:, None] turns the biases into a column, which NumPy adds to every column of the batch.",
        hints=(
            "Four lines, one for each of Z1, A1, Z2, A2, and each uses the line before it.",
            "Z1 = W1 @ x + b1[:, None]. The second layer does the same with A1; σ(z) is 1 / (1 + np.exp(-z)).",
        ),
        cases=batches,
        library=by_network,
        outputs=("Z1", "A1", "Z2", "A2"),
        exact=True,
        mistakes=(
            Mistake(
                "sigmoid twice",
                "Both layers have a sigmoid; the hidden one should have tanh.",
                forward_with(bp.sigmoid, bp.sigmoid),
            ),
            Mistake(
                "tanh twice",
                "Both layers have tanh; the output should be a probability, between 0 and 1.",
                forward_with(np.tanh, np.tanh),
            ),
            Mistake(
                "exchanged",
                "The two activations are exchanged: tanh belongs to the hidden layer, the sigmoid to the output.",
                forward_with(bp.sigmoid, np.tanh),
            ),
            Mistake(
                "no bend",
                "The hidden layer has no activation. Two layers without a bend are no more than one.",
                forward_with(lambda Z: Z, bp.sigmoid),
            ),
            Mistake(
                "Z1 for A1",
                "The second layer is given Z1. What a layer hands on is its activation.",
                past_the_activation,
            ),
            Mistake("no biases", NO_BIAS, forward_with(np.tanh, bp.sigmoid, 0.0, 0.0)),
            Mistake("no biases", NO_BIAS, forward_with(np.tanh, bp.sigmoid, 0.0, 1.0)),
            Mistake("no biases", NO_BIAS, forward_with(np.tanh, bp.sigmoid, 1.0, 0.0)),
        ),
    ),
    Exercise(
        id="project-3",
        minutes=20,
        difficulty="hard",
        title="The loss",
        practises="a loss that is right for every logit",
        covers=(2,),
        solution=cross_entropy,
        explanation="The cost of one example is softplus(z) − yz, with softplus(z) = log(1 + exp(z)). Written as "
        "max(z, 0) + log(1 + exp(−|z|)), the exponent is never positive, so nothing can overflow; "
        "and no logarithm of a rounded 0 is taken.",
        hints=(
            "Put a = σ(z) into −y log a − (1 − y) log(1 − a) and simplify on paper, before you compute.",
            "It is log(1 + exp(z)) − yz. For large z the exponential overflows: take max(z, 0) out of the logarithm.",
        ),
        cases=logits,
        library=lambda Z2, y: bp.binary_cross_entropy.from_logits(Z2, y),
        mistakes=(
            Mistake(
                "clipped",
                "Here the probabilities are kept away from 0 and 1 before the logarithm. That avoids infinity, "
                "but a confident mistake now costs less than it should. Start from the logits.",
                clipped(1e-12),
            ),
            Mistake(
                "clipped",
                "Here the probabilities are kept away from 0 and 1 before the logarithm. That avoids infinity, "
                "but a confident mistake now costs less than it should. Start from the logits.",
                clipped(1e-15),
            ),
            Mistake(
                "y exchanged",
                "The costs of y = 0 and y = 1 are exchanged. A large logit is right where y = 1.",
                lambda Z2, y: cross_entropy(Z2, 1 - y),
            ),
            Mistake(
                "squared error",
                "This is the squared error; the binary cross-entropy is asked for.",
                lambda Z2, y: np.mean((bp.sigmoid(Z2) - y) ** 2),
            ),
        ),
        factors=lambda Z2, y: {"the factor 1/m": 1 / y.size},
    ),
    Exercise(
        id="project-4",
        minutes=40,
        difficulty="hard",
        title="Backward",
        practises="the backward pass of a whole batch",
        covers=(3,),
        solution=backward,
        explanation="With cross-entropy behind a sigmoid, δ of the output is (A2 − y)/m. It makes the second layer's "
        "gradients, goes back through the transpose of W2, is multiplied by the slope of tanh, "
        "1 − A1², and so becomes δ of the hidden layer, which makes the first layer's gradients.",
        hints=(
            "Call forward first. Then find delta2, one entry for each entry of Z2, and make dW2 and db2 from it.",
            "delta2 = (A2 - y) / m, and delta1 = W2.T @ delta2 * (the slope of tanh). What is that slope in A1?",
        ),
        cases=lessons,
        library=network_gradients,
        outputs=GRADIENTS,
        exact=True,
        mistakes=(
            Mistake(
                "no slope",
                "Going back through tanh multiplies by its slope at Z1: this factor is missing in the first layer.",
                backward_with(slope1=lambda Z, A: 1.0),
            ),
            Mistake(
                "slope at A1",
                "The slope of tanh is taken at A1, but belongs at Z1. In terms of A1 it is simpler than you think.",
                backward_with(slope1=lambda Z, A: 1 - np.tanh(A) ** 2),
            ),
            Mistake(
                "another slope",
                "The hidden layer is given the slope of a sigmoid, a(1 − a). It has tanh.",
                backward_with(slope1=lambda Z, A: A * (1 - A)),
            ),
            Mistake(
                "σ′ kept",
                "δ of the output still has the factor σ′. Behind a sigmoid, cross-entropy cancels it.",
                backward_with(slope2=lambda Z, A: A * (1 - A)),
            ),
            Mistake(
                "not through W2",
                "On its way back to the hidden layer δ has to pass the weights W2.",
                backward_with(through=False),
            ),
            Mistake(
                "biases averaged",
                "The bias gradients are divided by m twice. δ carries the 1/m already: sum it over the batch.",
                backward_with(bias_mean=True),
            ),
        ),
        factors=lambda x, y, W1, b1, W2, b2: {
            "the factor 1/m": 1 / x.shape[1],
            "the number of outputs": len(y),
            "the factor 2": 2.0,
        },
        loss=lambda x, y, W1, b1, W2, b2: network(W1, b1, W2, b2).loss(x, y),
        wrt=PARAMETERS,
    ),
    Exercise(
        id="project-5",
        minutes=15,
        difficulty="medium",
        title="One step",
        practises="taking all gradients before anything moves",
        covers=(4,),
        solution=step,
        explanation="One call gives the four gradients of the old parameters; the four new parameters are made from "
        "these alone. New names, or one return, keep old and new apart.",
        hints=(
            "Two stages: first call backward, once; then make four new parameters.",
            "W1 - lr * dW1 is the new W1, and the others are alike. None of them may enter a gradient of this step.",
        ),
        cases=steps,
        library=by_step,
        outputs=PARAMETERS,
        exact=True,
        mistakes=(
            Mistake("uphill", "The step goes uphill: subtract.", scaled_step(lambda x, lr: -lr)),
            Mistake(
                "no learning rate",
                "The step is the whole gradient; multiply it by the learning rate.",
                scaled_step(lambda x, lr: 1.0),
            ),
            Mistake(
                "averaged twice",
                "The step is divided by m once more. The gradient is that of the mean already.",
                scaled_step(lambda x, lr: lr / x.shape[1]),
            ),
            Mistake("biases", "The biases did not move. They learn, too.", weights_alone),
            Mistake("updated W2", TOO_EARLY, through_the_new_W2),
            Mistake("updated W2", TOO_EARLY, in_turn(("W2", "b2"), ("W1", "b1"))),
            Mistake("updated W2", TOO_EARLY, in_turn(("W1", "b1"), ("W2", "b2"))),
            Mistake("updated W2", TOO_EARLY, in_turn(("W2",), ("b2",), ("W1",), ("b1",))),
            Mistake("updated W2", TOO_EARLY, in_turn(("W1",), ("b1",), ("W2",), ("b2",))),
        ),
    ),
    Exercise(
        id="project-6",
        minutes=30,
        difficulty="medium",
        title="Train",
        practises="training, and finding out why it fails",
        covers=(5,),
        solution=train,
        explanation="A generator made from the seed, a start, and a loop in which the new parameters replace the old "
        "ones. The same seed gives the same network again, digit for digit.",
        hints=(
            "Everything is written already: start makes the parameters, step moves them. What is missing is a loop.",
            "rng = np.random.default_rng(seed); start(len(x), n_hidden, len(y), rng); then steps times W1, b1, W2, b2 = step(…).",
        ),
        cases=xor_trainings,
        outputs=PARAMETERS,
        judge=judge_xor,
        seconds=120.0,
    ),
    Exercise(
        id="project-7",
        minutes=40,
        difficulty="hard",
        title="The moons",
        practises="choosing settings, and judging by new examples",
        covers=(5, 6),
        solution=train_moons,
        explanation="Many settings work. Sixteen hidden units bend the border wherever it needs it, and a learning "
        "rate of one is still stable here. Two hidden units cannot bend it enough; and with a learning rate "
        "of a hundredth, as many steps leave it nearly straight.",
        hints=(
            "Call train with n_hidden, lr and steps of your choice. How many bends does the border need?",
            "A dozen hidden units or more, a learning rate about 1, and some thousand steps.",
        ),
        cases=moon_trainings,
        outputs=PARAMETERS,
        judge=judge_moons,
        seconds=120.0,
    ),
    Exercise(
        id="project-8",
        minutes=40,
        difficulty="hard",
        title="The digits",
        practises="a real task with settings of your own",
        covers=(5, 6),
        solution=learn_digits,
        explanation="The network of the moons, with 64 inputs and ten outputs: nothing else changes. Thirty-odd examples at a time and "
        "thirty epochs are enough. The largest of the ten outputs is the answer.",
        hints=(
            "Your functions take any number of inputs and outputs. How many are needed here, and what makes a thousand images cheap?",
            "Start with 64, 32 and 10; in each epoch shuffle the columns, take 30 or so at a time, and call step with lr = 0.5.",
        ),
        cases=digit_training,
        judge=judge_digits,
        across=tell_digits,
        tolerance=0.05,
        seconds=300.0,
    ),
]
