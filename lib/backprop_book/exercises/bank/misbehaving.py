"""Chapter 11: when gradients misbehave."""

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from livetext.checks import Exercise, Mistake
from livetext.questions import AnyOf, Field, Numbers, Option, Question

TITLE = "When gradients misbehave"
PAGE = "11-misbehaving.html"


# Questions


def through_sigmoids(z1, z2, z3, w2, w3):
    slopes = [ad.sigmoid(z) * (1 - ad.sigmoid(z)) for z in (z1, z2, z3)]
    steep = slopes[0] * slopes[1] * slopes[2]
    values = {f"slope{k}": s + 0 for k, s in enumerate(slopes, 1)} | {"factor": steep * w2 * w3}
    wrong = {"no_weights": steep + 0, "no_slopes": w2 * w3, "bound": w2 * w3 / 64}
    outputs = [ad.sigmoid(z) for z in (z1, z2, z3)]
    wrong |= {"activations": outputs[0] * outputs[1] * outputs[2] * w2 * w3}
    return values | wrong | {"turned": -(steep * w2 * w3)}


def spread_for_relu(n):
    variance = 2 / n
    return {
        "std": variance**0.5,
        "variance": variance,
        "no_two": (1 / n) ** 0.5,
        "inverted": (n / 2) ** 0.5,
    }


def through_relus(n, variance, D):
    rate = n * variance / 2
    return {
        "rate": rate,
        "share": rate ** (D / 2),
        "squared": rate**D,
        "no_half": (2 * rate) ** (D / 2),
        "one_layer": rate**0.5,
    }


def clipped(g1, g2, limit):
    length = (g1 * g1 + g2 * g2) ** 0.5
    sizes = ad.maximum(g1, -g1) + ad.maximum(g2, -g2)
    values = {"size": length}
    for k, g in ((1, g1), (2, g2)):
        values |= {
            f"norm{k}": g * limit / length,
            f"value{k}": ad.maximum(-limit, ad.minimum(limit, g)),
            f"unit{k}": g / length,
            f"sum{k}": g * limit / sizes,
        }
    return values


def round_the_layers(r1, r2, r3):
    plain = r1 * r2 * r3
    return {
        **{"one": 1 + r1, "two": 1 + r2, "three": 1 + r3},
        **{"residual": (1 + r1) * (1 + r2) * (1 + r3), "plain": plain},
        **{"once": 1 + plain, "added": 1 + r1 + r2 + r3, "sum": r1 + r2 + r3},
    }


QUESTIONS = [
    Question(
        id="misbehaving-product",
        title="A chain of sigmoids",
        practises="the product of slopes and weights along a chain",
        covers=(1,),
        minutes=5,
        difficulty="easy",
        text="Three sigmoid units stand in a row: each takes the activation of the one before. Their weighted sums are "
        "*z_1 = {z1}*, *z_2 = {z2}* and *z_3 = {z3}*; the second unit has the weight *w_2 = {w2}*, the third *w_3 = {w3}*.",
        ask="How fast does the last activation *a_3* move with *z_1*?",
        answer=Numbers(
            [
                Field(
                    "factor",
                    "*∂a_3/∂z_1*",
                    {
                        "no_weights": "These are the slopes alone. Each activation is multiplied by a weight on its way.",
                        "no_slopes": "These are the weights alone. Each unit has a slope, too.",
                        "bound": "You took one quarter for every slope. So steep is a sigmoid only at zero.",
                        "activations": "You multiplied the activations. What counts is how fast they move, *a(1 − a)*.",
                        "turned": "The size is right. Count the negative factors; a slope of a sigmoid is never one of them.",
                    },
                )
            ]
        ),
        hints=(
            "One factor for each unit, and one for each weight that is passed on the way.",
            "The slope of a sigmoid is *a(1 − a)*, with *a = σ(z)*. Multiply the three slopes and the two weights.",
        ),
        solution="""- Slopes: *σ′(z_1) = {slope1}*, *σ′(z_2) = {slope2}*, *σ′(z_3) = {slope3}*
- Product: *{slope1}·{w2}·{slope2}·{w3}·{slope3} = {factor}*""",
        tape=ad.trace(through_sigmoids, z1=1.0, z2=-2.0, z3=0.5, w2=2.0, w3=-1.5),
        draws={
            "z1": [-1.5, -0.5, 1.0, 2.0],
            "z2": [-2.0, -1.0, 0.5, 1.5],
            "z3": [-1.0, 0.5, 2.5],
            "w2": [-3.0, 2.0, 4.0],
            "w3": [-1.5, 1.2, 2.5],
        },
    ),
    Question(
        id="misbehaving-init",
        title="The right spread",
        practises="choosing the spread of the first weights of a ReLU layer",
        covers=(2,),
        minutes=2,
        difficulty="easy",
        text="A ReLU layer has *n = {n}* inputs.",
        ask="With which standard deviation do you draw its weights, by He's rule?",
        answer=Numbers(
            [
                Field(
                    "std",
                    "standard deviation",
                    {
                        "variance": "This is the variance. The standard deviation is its root.",
                        "no_two": "This keeps the size with the identity or a tanh. ReLU cuts half of the mean square away.",
                        "inverted": "Upside down: the more inputs are added up, the smaller each weight has to be.",
                    },
                )
            ]
        ),
        hints=(
            "What does ReLU do to the mean square of its inputs, and how can the weights make up for it?",
            "The variance is *2/n*.",
        ),
        solution="""- Variance: *2/n = 2/{n} = {variance}*
- Standard deviation: its root, {std}""",
        tape=ad.trace(spread_for_relu, n=128.0),
        draws={"n": [8.0, 18.0, 32.0, 50.0, 64.0, 72.0, 98.0, 128.0, 200.0, 300.0, 512.0, 800.0]},
    ),
    Question(
        id="misbehaving-depth-q",
        title="Many ReLU layers",
        practises="what the variance of the weights does over many layers",
        covers=(1, 2),
        minutes=4,
        difficulty="medium",
        text="In a long row of ReLU layers each has *n = {n}* units and as many inputs, no biases, and independent weights, as likely as their negatives, with "
        "*Var w = {variance}*.",
        ask="The size of *z* is the root of its mean square over all draws. By which factor does it change from one layer to the layer *D = {D}* places further on?",
        answer=Numbers(
            [
                Field(
                    "share",
                    "factor",
                    {
                        "squared": "So the mean *square* changes. The size is its root.",
                        "no_half": "This is right for the identity. ReLU cuts half of the mean square away, in each layer.",
                        "one_layer": "This is what one layer does.",
                    },
                )
            ]
        ),
        hints=(
            "By which factor does a single layer change the mean square?",
            "By *n·Var w/2*. Over *D* layers that is a power; then take the root.",
        ),
        solution="""- One layer, mean square: *n·Var w/2 = {n}·{variance}/2 = {rate}*
- *D* layers, size: this to the power *{D}/2*, which is {share}""",
        tape=ad.trace(through_relus, n=50.0, variance=0.02, D=10.0),
        draws={
            "n": [20.0, 50.0, 100.0],
            "variance": [0.01, 0.02, 0.03, 0.05, 0.08],
            "D": [4.0, 6.0, 10.0, 12.0],
        },
    ),
    Question(
        id="misbehaving-clip",
        title="Clipped",
        practises="clipping a gradient by its norm",
        covers=(4,),
        minutes=3,
        difficulty="easy",
        text="A network has two weights, and the gradient *({g1}, {g2})*. It is clipped by norm, with the limit *c = {limit}*.",
        ask="What is left of its two entries?",
        answer=Numbers(
            [
                Field(
                    f"norm{k}",
                    f"{which} entry",
                    {
                        f"value{k}": "This is clipped by value: each entry by itself, and so the direction turns.",
                        f"unit{k}": "This gradient has the length one. The limit is another.",
                        f"sum{k}": "The length is the root of the sum of the squares, not the sum of the sizes.",
                    },
                )
                for k, which in ((1, "first"), (2, "second"))
            ]
        ),
        hints=(
            "How long is the gradient? How long may it be?",
            "Multiply both entries by the limit, and divide by the length.",
        ),
        solution="""- Length: the root of *{g1}² + {g2}²*, which is {size}
- First entry: *{g1}·{limit}/{size} = {norm1}*
- Second entry: *{g2}·{limit}/{size} = {norm2}*""",
        tape=ad.trace(clipped, g1=3.0, g2=4.0, limit=2.0),
        draws={
            "g1": [-6.0, -2.0, 1.5, 3.0],
            "g2": [-8.0, -2.5, 2.0, 4.0],
            "limit": [0.5, 1.2, 2.0],
        },
    ),
    Question(
        id="misbehaving-residual",
        title="The way round",
        practises="the factor of residual layers, and that of plain ones",
        covers=(5,),
        minutes=4,
        difficulty="easy",
        text="Three layers of one unit each compute *f* of their input. At the numbers that go through them the slopes *f′* are *{r1}*, *{r2}* and *{r3}*.",
        ask="How fast does the last output move with the first input, if the layers are plain, *f(a)*? And if they are residual, *a + f(a)*, with the same slopes?",
        answer=Numbers(
            [
                Field(
                    "plain",
                    "plain",
                    {"sum": "Layers one behind the other multiply; you have added."},
                ),
                Field(
                    "residual",
                    "residual",
                    {
                        "once": "The one belongs to each layer, not to the product.",
                        "added": "This is what is left if products of two and three slopes are dropped. Here they are not that small.",
                        "plain": "This is the plain chain. What does adding *a* do to the slope?",
                    },
                ),
            ]
        ),
        hints=(
            "What is the derivative of *a + f(a)*?",
            "Each residual layer has the factor *1 + f′*. Multiply the three.",
        ),
        solution="""- Plain: *{r1}·{r2}·{r3} = {plain}*
- Residual: *(1 + {r1})·(1 + {r2})·(1 + {r3}) = {one}·{two}·{three} = {residual}*""",
        tape=ad.trace(round_the_layers, r1=-0.5, r2=0.2, r3=0.1),
        draws={
            "r1": [-0.5, -0.3, 0.2, 0.4],
            "r2": [-0.4, 0.2, 0.3],
            "r3": [-0.6, 0.1, 0.5],
        },
    ),
    Question(
        id="misbehaving-dead-q",
        title="Dead or alive?",
        practises="what makes a ReLU unit dead, and what follows",
        covers=(3,),
        minutes=4,
        difficulty="medium",
        ask="Which of these are true?",
        answer=AnyOf(
            [
                Option(
                    "A unit is dead if *z ≤ 0* for every example of the training data.",
                    "This is the definition: there is no example from which a gradient could come.",
                    right=True,
                ),
                Option(
                    "A unit with *z ≤ 0* for nine tenths of the examples is dead.",
                    "The last tenth gives it a gradient. Many units of a healthy network answer to few examples.",
                ),
                Option(
                    "Under gradient descent, a dead unit of the first layer stays dead as long as the data stay the same.",
                    "Its weights, its bias and its inputs all stay where they are.",
                    right=True,
                ),
                Option(
                    "Under gradient descent, a dead unit of the second layer stays dead as long as the data stay the same.",
                    "Its weights do not move, but its inputs may: the first layer learns on, along other paths, and can carry it back.",
                ),
                Option(
                    "If all ReLU units of the only hidden layer are dead, then the network gives the same answer to every example.",
                    "Nothing but the bias of the output is left, and all examples see the same bias.",
                    right=True,
                ),
                Option(
                    "A leaky ReLU cures a learning rate that is too large.",
                    "It gives every unit a slope, but the steps are as wild as before.",
                ),
            ]
        ),
        hints=(
            "Where does the gradient of a unit's weights come from? What are its factors?",
            "A sum over the examples, each with *δ*, which holds the slope of ReLU. And what moves *z* besides the unit's own weights?",
        ),
        solution="Every example's share of a unit's gradient has the factor *g′(z)*. If it is zero for all of them, then weights and bias stay as they are; in the first layer the inputs do as well. "
        "In a later layer the inputs can change and carry the unit back. The size of the step is another matter: a leaky unit has a slope, and can still be thrown far away.",
    ),
]


# Code exercises


def start(normal):
    n_out, n_in = normal.shape
    return normal * np.sqrt(2 / n_in), normal * np.sqrt(2 / (n_in + n_out))


def normals(rng):
    for shape in ((3, 5), (4, 2), (2, 6), (5, 3)):
        yield {"normal": rng.normal(size=shape)}


def by_network(normal):
    """The spread that the library draws with, read off what it draws."""
    n_out, n_in = normal.shape

    def spread(kind):
        drawn = bp.Network.random(
            [n_in, n_out], activations=[kind], loss="half_squared_error", seed=0
        )
        standard = np.random.default_rng(0).normal(0.0, 1.0, size=(n_out, n_in))
        return drawn.layers[0].W.flat[0] / standard.flat[0]

    return normal * spread("relu"), normal * spread("tanh")


def scaled(he, glorot):
    def answer(normal):
        n_out, n_in = normal.shape
        return normal * he(n_in, n_out), normal * glorot(n_in, n_out)

    return answer


def clip_by_norm(dW, db, limit):
    norm = np.sqrt((dW**2).sum() + (db**2).sum())
    factor = min(1.0, limit / norm)
    return factor * dW, factor * db


def gradients(rng):
    """Some together too long although each is short enough; some short enough."""
    for (n_out, n_in), share in (
        ((2, 3), 0.4),
        ((4, 2), 0.9),
        ((3, 5), 1.6),
        ((5, 2), 0.6),
        ((4, 3), 1.3),
    ):
        dW, db = rng.normal(size=(n_out, n_in)), 1.5 * rng.normal(size=n_out)
        length = np.sqrt((dW**2).sum() + (db**2).sum())
        yield {"dW": dW, "db": db, "limit": share * length}


def clip_stacked(dW, db, limit):
    whole = np.concatenate([dW.ravel(), db])
    if np.linalg.norm(whole) > limit:
        whole = whole / np.linalg.norm(whole) * limit
    return whole[: dW.size].reshape(dW.shape), whole[dW.size :]


def clip_each(dW, db, limit):
    return tuple(g * min(1.0, limit / np.linalg.norm(g)) for g in (dW, db))


def normalise_backward(z, g):
    centred = z - z.mean(axis=1, keepdims=True)
    s = np.sqrt((centred**2).mean(axis=1, keepdims=True))
    z_hat = centred / s
    along = (g * z_hat).mean(axis=1, keepdims=True)
    return (g - g.mean(axis=1, keepdims=True) - z_hat * along) / s


def units_on_a_batch(rng):
    for n, m in ((3, 4), (4, 6), (5, 3), (3, 5)):
        spread = rng.uniform(0.5, 3.0, size=(n, 1))
        yield {
            "z": rng.normal(size=(n, 1)) + spread * rng.normal(size=(n, m)),
            "g": rng.normal(size=(n, m)),
        }


def by_tape(z, g):
    z = ad.var(z)
    centred = z - z.mean(axis=1, keepdims=True)
    z_hat = centred / ad.sqrt((centred * centred).mean(axis=1, keepdims=True))
    (dz,) = ad.grad((g * z_hat).sum(), [z])
    return dz.value


def back(mean=True, along=True, axis=1, ddof=0):
    """The formula with a part of it changed."""

    def answer(z, g):
        s = z.std(axis=axis, keepdims=True, ddof=ddof)
        z_hat = (z - z.mean(axis=axis, keepdims=True)) / s
        out = g - mean * g.mean(axis=axis, keepdims=True)
        return (out - along * z_hat * (g * z_hat).mean(axis=axis, keepdims=True)) / s

    return answer


def count_dead(W1, b1, W2, b2, x):
    z1 = W1 @ x + b1[:, None]
    z2 = W2 @ np.maximum(z1, 0) + b2[:, None]
    return tuple(int((z <= 0).all(axis=1).sum()) for z in (z1, z2))


def layers_with_dead(rng):
    """Units that are dead, nearly dead, and alive, in both layers; all of them silent for some example.

    In the last two cases a unit has no weights and no bias.
    """
    sizes = ((3, 7, 5, 4), (2, 6, 8, 5), (4, 5, 7, 6), (5, 8, 6, 3), (3, 6, 4, 5), (4, 8, 5, 3))
    for case, (n_in, n_1, n_2, m) in enumerate(sizes):
        W1, x = rng.normal(size=(n_1, n_in)), rng.normal(size=(n_in, m))
        if case >= 4:
            W1[-1] = 0.0
        z1 = W1 @ x
        b1 = -z1.max(axis=1) + rng.uniform(0.05, 0.4, size=n_1)
        dead = int(rng.integers(1, 4))
        b1[:dead] -= rng.uniform(0.5, 1.5, size=dead)
        if case >= 4:
            b1[-1] = 0.0
        W2 = rng.normal(size=(n_2, n_1))
        z2 = W2 @ np.maximum(z1 + b1[:, None], 0)
        b2 = -z2.max(axis=1) + rng.uniform(0.01, 0.1, size=n_2)
        dead = int(rng.integers(1, 4))
        b2[:dead] -= rng.uniform(0.3, 0.6, size=dead)
        yield {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "x": x}


def by_forward(W1, b1, W2, b2, x):
    """A unit is dead where the largest of its activations is zero."""
    net = bp.Network([bp.Dense(W1, b1, "relu"), bp.Dense(W2, b2, "relu")], loss="squared_error")
    run = net.forward(x)
    return tuple(int((a.max(axis=1) == 0).sum()) for a in run.a[1:])


def counted(judge=lambda z: (z <= 0).all(axis=1), bent=lambda z: np.maximum(z, 0)):
    def answer(W1, b1, W2, b2, x):
        z1 = W1 @ x + b1[:, None]
        z2 = W2 @ bent(z1) + b2[:, None]
        return int(judge(z1).sum()), int(judge(z2).sum())

    return answer


EXERCISES = [
    Exercise(
        id="misbehaving-1",
        title="A start",
        practises="giving weights their spread",
        covers=(2,),
        minutes=10,
        difficulty="easy",
        solution=start,
        explanation="Standard normal numbers have the standard deviation one; multiplied by a number, they have that number. The rows of the matrix are the units, so its second size is the "
        "number of inputs.",
        hints=(
            "Which of the two sizes of the matrix counts the inputs? And what is the standard deviation, if the variance is 2/n?",
            "normal * np.sqrt(2 / n_in) for the first; with n_in + n_out in place of n_in for the second.",
        ),
        cases=normals,
        library=by_network,
        outputs=("weights for ReLU", "weights for tanh"),
        mistakes=(
            Mistake(
                "variance",
                "You multiplied by the variance. Numbers are multiplied by the standard deviation, its root.",
                scaled(lambda i, o: 2 / i, lambda i, o: 2 / (i + o)),
            ),
            Mistake(
                "outputs counted",
                "For ReLU you counted the units of the layer. A unit adds up its inputs: count those, along the rows.",
                scaled(lambda i, o: np.sqrt(2 / o), lambda i, o: np.sqrt(2 / (i + o))),
            ),
            Mistake(
                "no two",
                "Your weights for ReLU are too small: half of the mean square is cut away behind them.",
                scaled(lambda i, o: np.sqrt(1 / i), lambda i, o: np.sqrt(2 / (i + o))),
            ),
            Mistake(
                "swapped",
                "Both are there, in the wrong order: first the weights for ReLU.",
                lambda normal: start(normal)[::-1],
            ),
        ),
    ),
    Exercise(
        id="misbehaving-2",
        title="Clip",
        practises="clipping all gradients together",
        covers=(4,),
        minutes=12,
        difficulty="medium",
        solution=clip_by_norm,
        explanation="The norm is that of all entries of all arrays. One factor for all keeps the direction; it is never above one, so short gradients stay as they are.",
        hints=(
            "How long is the gradient, if all its numbers stand in one column? By which one factor do you shrink all of them, and when by none?",
            "The factor is min(1, limit / norm), with norm = np.sqrt((dW**2).sum() + (db**2).sum()).",
        ),
        cases=gradients,
        library=clip_stacked,
        outputs=("dW", "db"),
        mistakes=(
            Mistake(
                "each by itself",
                "You clipped each array by its own norm. The direction of the whole gradient turns that way.",
                clip_each,
            ),
            Mistake(
                "by value",
                "You clipped each entry. By norm all entries are multiplied by the same factor.",
                lambda dW, db, limit: (np.clip(dW, -limit, limit), np.clip(db, -limit, limit)),
            ),
            Mistake(
                "scaled up",
                "A gradient that was short enough has become longer. When should nothing happen?",
                lambda dW, db, limit: tuple(
                    g * limit / np.sqrt((dW**2).sum() + (db**2).sum()) for g in (dW, db)
                ),
            ),
        ),
    ),
    Exercise(
        id="misbehaving-3",
        title="Back through a normalisation",
        practises="the gradient of a batch normalisation",
        covers=(5,),
        minutes=20,
        difficulty="hard",
        solution=normalise_backward,
        explanation="The mean of g is taken out, and what of g points along ẑ; the rest is divided by the standard deviation. All means run along the row, over the batch.",
        hints=(
            "Which three numbers does each row have: its deviation, the mean of g, and the mean of g times ẑ?",
            "(g - g.mean(axis=1, keepdims=True) - z_hat * (g * z_hat).mean(axis=1, keepdims=True)) / s",
        ),
        cases=units_on_a_batch,
        library=by_tape,
        mistakes=(
            Mistake(
                "statistics fixed",
                "You took mean and deviation as fixed. Each value of the row moves both of them.",
                back(mean=False, along=False),
            ),
            Mistake(
                "deviation fixed",
                "You took the deviation as fixed. Each value of the row moves it, as it moves the mean.",
                back(along=False),
            ),
            Mistake(
                "mean fixed",
                "You took the mean as fixed. Each value of the row moves it.",
                back(mean=False),
            ),
            Mistake(
                "wrong axis",
                "You normalised each column, an example. Here each row, a unit, is normalised over the batch.",
                back(axis=0),
            ),
            Mistake(
                "one less",
                "Your variance divides by one less than the number of examples. In a normalisation it is the plain mean.",
                back(ddof=1),
            ),
        ),
    ),
    Exercise(
        id="misbehaving-4",
        title="Count the dead",
        practises="finding units that answer to no example",
        covers=(3,),
        minutes=12,
        difficulty="medium",
        solution=count_dead,
        explanation="A unit is a row of z, an example a column. Dead is a row without a positive number; and the second layer is fed with what ReLU has left of the first.",
        hints=(
            "What is along a row of z, and what along a column? Which of them has to be zero or less all along?",
            "(z <= 0).all(axis=1).sum() for each layer, with z2 from the activations of the first.",
        ),
        cases=layers_with_dead,
        library=by_forward,
        outputs=("dead in the first layer", "dead in the second layer"),
        mistakes=(
            Mistake(
                "for one example",
                "You counted units that are silent for some example. Dead is who is silent for all.",
                counted(judge=lambda z: (z <= 0).any(axis=1)),
            ),
            Mistake(
                "examples counted",
                "You counted examples to which no unit answers. Go along the rows.",
                counted(judge=lambda z: (z <= 0).all(axis=0)),
            ),
            Mistake(
                "single zeros",
                "You counted all pairs of a unit and an example that are silent.",
                counted(judge=lambda z: z <= 0),
            ),
            Mistake(
                "zero alive",
                "A unit whose sum is exactly zero on all data is dead as well: the slope there is zero.",
                counted(judge=lambda z: (z < 0).all(axis=1)),
            ),
            Mistake(
                "no ReLU",
                "The second layer was fed with the weighted sums of the first. ReLU stands between them.",
                counted(bent=lambda z: z),
            ),
        ),
    ),
]
