"""A step of training as one function of numbers and arrays, for the network that learns in a reader's hand."""

import numpy as np
from numpy.typing import NDArray

import backprop as bp
from backprop import autodiff as ad
from backprop.autodiff import Tape, Var
from livetext import Network
from livetext.figures.plane import COLUMNS, ROWS

Array = NDArray[np.float64]

HIDDEN = ((2,), (4,), (8,), (4, 4), (8, 8))
ACTIVATIONS = ("tanh", "sigmoid", "relu")
RATES = (1.0, 0.1, 0.05)  # to begin with, by optimizer
BETA = 0.9  # of momentum, and of Adam's first mean
BETA2, EPS = 0.999, 1e-8
# What each of them keeps of the past gradients of a weight, and its step, as worked lines.
MEMORIES = (
    "nothing but the gradient of now",
    f"new v = β·v + ∂L/∂w = {BETA:g}·{{m_w_k:5}} + {{dw_k:5}} = {{m_w_next_k:5}}",
    "m̂ = {m_hat_k:5}; √v̂ + ε is {v_root_k:5}",
)
ADJUSTMENTS = (
    "new w = w − α·∂L/∂w = {w_k:5} − {lr:2}·{dw_k:5} = {w_next_k:5}",
    "new w = w − α·new v = {w_k:5} − {lr:2}·{m_w_next_k:5} = {w_next_k:5}",
    "new w = w − α·m̂/(√v̂ + ε) = {w_k:5} − {lr:2}·{m_hat_k:5}/{v_root_k:5} = {w_next_k:5}",
)
# The walk of one example forward and back, and what is computed on it.
WALK = (
    "off",
    "forward: it comes in",
    "forward: first hidden layer",
    "forward: second hidden layer",
    "forward: the answer",
    "back: from the answer",
    "back: second hidden layer",
    "back: first hidden layer",
)
STAGES = (
    "step through it under the network",
    "x_1 = {x1_k:2}, x_2 = {x2_k:2}",
    "a⁽¹⁾ = g(W⁽¹⁾x + b⁽¹⁾)",
    "a⁽²⁾ = g(W⁽²⁾a⁽¹⁾ + b⁽²⁾), if it is there",
    "z = {z_i_k:3}, a = σ(z) = {a_i_k:3}; its loss {loss_i_k:4}",
    "δ = a − y = {a_i_k:3} − {y_i_k:0} = {delta_i_k:3}; each bar is δ times an a",
    "δ⁽²⁾ = (Wᵀδ of the next layer) ⊙ g′(z⁽²⁾), if it is there",
    "δ⁽¹⁾ = (Wᵀδ of the next layer) ⊙ g′(z⁽¹⁾)",
)
SEEDS = 5
WIDTH = 8
EXAMPLES = 100
ADDED = 20  # of the reader's own, at most

# Where each array lies in the one vector of all parameters.
SHAPES = {
    "W1": (WIDTH, 2),
    "b1": (WIDTH, 1),
    "W2": (WIDTH, WIDTH),
    "b2": (WIDTH, 1),
    "W3": (1, WIDTH),
    "b3": (1, 1),
}
SIZES = {name: rows * columns for name, (rows, columns) in SHAPES.items()}
PARAMETERS = sum(SIZES.values())


def data_sets() -> list[tuple[Array, Array]]:
    """Moons, circles, exclusive or, and two spirals: fifty points with y = 0, then fifty with y = 1."""
    rng = np.random.default_rng(0)
    half = EXAMPLES // 2
    angle = rng.uniform(0, 2 * np.pi, EXAMPLES)
    radius = np.repeat([1.0, 0.45], half) + rng.normal(0, 0.07, EXAMPLES)
    circles = np.stack([0.5 + radius * np.cos(angle), 0.25 + radius * np.sin(angle)])
    corner = rng.uniform(0.1, 1.0, (2, EXAMPLES))
    flip = rng.choice([-1.0, 1.0], EXAMPLES)
    flips = np.stack([flip, flip * np.repeat([1.0, -1.0], half)])
    quarters = np.array([[0.5], [0.25]]) + flips * corner
    turn = np.linspace(0.15, 1.0, half)
    arm = 3.5 * np.pi * turn**0.8
    out = 1.25 * turn
    one = np.stack([out * np.cos(arm), out * np.sin(arm)])
    spirals = np.concatenate([one, -one], axis=1) + rng.normal(0, 0.02, (2, EXAMPLES))
    spirals += np.array([[0.5], [0.25]])
    y = np.repeat([[0.0, 1.0]], half, axis=1)
    moons = bp.data.two_moons(EXAMPLES, noise=0.1, seed=0)
    return [moons, *((x.round(3), y) for x in (circles, quarters, spirals))]


def library_network(hidden: tuple[int, ...], activation: str, seed: int) -> bp.Network:
    """The library's network that the figure trains, at its start."""
    layers = [activation] * len(hidden) + ["sigmoid"]
    return bp.Network.random(
        [2, *hidden, 1], activations=layers, loss="binary_cross_entropy", seed=seed
    )


def packed(net: bp.Network) -> Array:
    """All parameters as one vector; absent units have zeros, as has the second hidden layer where there is one."""
    arrays = {name: np.zeros(shape) for name, shape in SHAPES.items()}
    *hidden, last = net.layers
    for layer, at in [*zip(hidden, "12", strict=False), (last, "3")]:
        rows, columns = layer.W.shape
        arrays[f"W{at}"][:rows, :columns] = layer.W
        arrays[f"b{at}"][:rows, 0] = layer.b
    return np.concatenate([array.ravel() for array in arrays.values()])


def starts() -> tuple[Array, Array]:
    """Starts by sizes and seeds, for tanh and sigmoid; and by sizes, what they are multiplied by for a ReLU."""
    table = [[packed(library_network(h, "tanh", s)) for s in range(SEEDS)] for h in HIDDEN]
    wider = [packed(library_network(h, "relu", 0)) for h in HIDDEN]
    with np.errstate(all="ignore"):
        factors = [
            np.where(row[0] != 0, w / row[0], 0.0) for row, w in zip(table, wider, strict=True)
        ]
    return np.array(table).reshape(-1, PARAMETERS), np.array(factors).round(15)


def unpacked(p: Var) -> dict[str, Var]:
    """The arrays in the vector, by name."""
    found, first = {}, 0
    for name, shape in SHAPES.items():
        found[name] = p[first : first + SIZES[name]].reshape(shape)
        first += SIZES[name]
    return found


def chosen(choice: Var, table: Array | Var) -> Var:
    """The row of a table that a choice names, as a product with ones and zeros."""
    row: Var = ((choice == np.arange(table.shape[0])) * 1.0) @ table
    return row


def passed(p: Var, x: Var, size: Var, activation: Var) -> tuple[dict[str, Var], dict[str, Var]]:
    """The weighted sums of every layer and what its units answer, by the layer's number.

    The widths are masks, and a layer that is not there hands on what it receives. Layer 3 answers with a logit.
    """
    parts = unpacked(p)
    units = np.array([[*h, 0][:2] for h in HIDDEN])
    first, second = (chosen(size, units[:, k : k + 1]) for k in (0, 1))
    column = np.arange(WIDTH)[:, None]

    def active(z: Var) -> Var:
        return ad.where(
            activation == 0, ad.tanh(z), ad.where(activation == 1, ad.sigmoid(z), ad.relu(z))
        )

    z1 = parts["W1"] @ x + parts["b1"]
    a1 = active(z1) * (first > column)
    z2 = parts["W2"] @ a1 + parts["b2"]
    a2 = active(z2) * (second > column)
    z3 = parts["W3"] @ ad.where(second > 0.0, a2, a1) + parts["b3"]
    return {"1": z1, "2": z2, "3": z3}, {"1": a1, "2": a2}


def answers(p: Var, x: Var, size: Var, activation: Var) -> Var:
    """The logits of all examples."""
    return passed(p, x, size, activation)[0]["3"]


def tape() -> Tape:
    """One step of training: forward, backward, update; and the gradient of one example alone.

    The parameters are one vector ``p``, so that an optimizer is written once. ``t`` counts the updates; at the
    first, ``p`` is the start that seed, sizes and activation choose. ``p_other`` learns beside it, from the seed
    ``other - 1``; 0 is for none.

    Behind the examples of a data set there is room for some of the reader's own, at ``own1`` and ``own2``: ``own``
    is 0 where there is none, 1 for an example with y = 0, 2 for one with y = 1. What is not there has no weight in
    the mean. The fifth data set has none but these.
    """
    examples = data_sets()
    sets, y = np.array([x.ravel() for x, _ in examples]), examples[0][1]
    table, factors = starts()
    places = np.arange(EXAMPLES + ADDED)
    given = (places < EXAMPLES) * 1.0
    of_set, of_reader = np.minimum(places, EXAMPLES - 1), np.maximum(places - EXAMPLES, 0)
    across, up = np.array([[1.0], [0.0]]), np.array([[0.0], [1.0]])

    def step(
        p: Var,
        m: Var,
        v: Var,
        p_other: Var,
        m_other: Var,
        v_other: Var,
        t: Var,
        data: Var,
        size: Var,
        activation: Var,
        seed: Var,
        other: Var,
        optimizer: Var,
        lr: Var,
        i: Var,
        shift1: Var,
        shift2: Var,
        wire: Var,
        own1: Var,
        own2: Var,
        own: Var,
        pen: Var,
        walk: Var,
    ) -> dict[str, Var]:
        drawn = ad.var(table)  # once on the tape, for both starts
        factor = ad.where(activation == 2, chosen(size, factors), 1.0)

        def begun(p: Var, seed: Var) -> Var:
            return ad.where(t == 0, chosen(size * SEEDS + seed, drawn) * factor, p)

        p, p_other = begun(p, seed), begun(p_other, other - 1.0)
        picked = (i == np.arange(1, EXAMPLES + ADDED + 1)) * 1.0
        mine = own[of_reader] * (1.0 - given)
        there = given * (data < len(sets)) + (mine > 0.0)
        target = given * y[0, of_set] + (mine > 1.0)
        x = chosen(data, sets).reshape(2, EXAMPLES)[:, of_set] * given
        x = x + (across * own1[of_reader] + up * own2[of_reader]) * (1.0 - given)
        x = x + (across * shift1 + up * shift2) * picked
        N = there.sum()

        def measured(p: Var) -> tuple[Var, Var, Var]:
            """The loss, its gradient, and how many answers are right."""
            z = answers(p, x, size, activation)
            loss = (there * (ad.softplus(z) - target * z)).sum() / ad.maximum(N, 1.0)
            (dp,) = ad.grad(loss, [p])
            return loss, dp, (there * (((z > 0.0) * 1.0) == target)).sum()

        loss, dp, right = measured(p)

        # The picked example alone, of whom no batch is needed.
        at, truth, weight = (
            (x * picked).sum(axis=1),
            (target * picked).sum(),
            (there * picked).sum(),
        )
        sums, units = passed(p, at.reshape(2, 1), size, activation)
        z_i = sums["3"].sum()
        loss_i = weight * (ad.softplus(z_i) - truth * z_i)
        dp_i, d1_i, d2_i, d3_i = ad.grad(loss_i, [p, *sums.values()])

        adam = optimizer == 2
        keeps = ad.where(optimizer == 0, 0.0, BETA)
        t_next = t + 1.0

        def moved(p: Var, m: Var, v: Var, dp: Var) -> tuple[Var, Var, Var, Var, Var]:
            """The parameters after an update and what the optimizer keeps; and Adam's corrected means."""
            m_next = keeps * m + ad.where(adam, 1 - BETA, 1.0) * dp
            v_next = BETA2 * v + (1 - BETA2) * dp**2
            m_hat, v_hat = m_next / (1.0 - BETA**t_next), v_next / (1.0 - BETA2**t_next)
            move = lr * ad.where(adam, m_hat / (ad.sqrt(v_hat) + EPS), m_next)
            return p - move, m_next, v_next, m_hat, v_hat

        p_next, m_next, v_next, m_hat, v_hat = moved(p, m, v, dp)
        # The same from a second start. Where none is chosen it stands still, and the loss is that of the first.
        loss_other, dp_other, right_other = measured(p_other)
        after = moved(p_other, m_other, v_other, dp_other)[:3]
        p_other_next, m_other_next, v_other_next = (
            ad.where(other == 0, now, new)
            for now, new in zip((p_other, m_other, v_other), after, strict=True)
        )
        one = (wire == np.arange(PARAMETERS)) * 1.0
        return {
            "loss": loss,
            "N": N,
            "right": right,
            "loss_other": ad.where(other == 0, loss, loss_other),
            "right_other": ad.where(other == 0, right, right_other),
            "loss_i": loss_i,
            "y_i": truth,
            "z_i": z_i,
            "a_i": ad.sigmoid(z_i),
            "delta_i": d3_i.sum(),
            "w": (one * p).sum(),
            "dw": (one * dp).sum(),
            "dw_i": (one * dp_i).sum(),
            "w_next": (one * p_next).sum(),
            # What an optimizer keeps of the picked weight's past gradients, and what Adam divides by.
            "m_w": (one * m).sum(),
            "m_w_next": (one * m_next).sum(),
            "m_hat": (one * m_hat).sum(),
            "v_root": ad.sqrt((one * v_hat).sum()) + EPS,
            "x1": at[0],
            "x2": at[1],
            "x": x,
            "there": there,
            "x_i": at,
            "a1_i": units["1"],
            "a2_i": units["2"],
            "a3_i": ad.sigmoid(sums["3"]),
            "d1_i": d1_i,
            "d2_i": d2_i,
            "d3_i": d3_i,
            "now": p * 1.0,
            "dp": dp,
            "dp_i": dp_i,
            "now_other": p_other * 1.0,
            "p_next": p_next,
            "m_next": m_next,
            "v_next": v_next,
            "p_other_next": p_other_next,
            "m_other_next": m_other_next,
            "v_other_next": v_other_next,
            "t_next": t_next,
        }

    nothing, none = np.zeros(PARAMETERS), np.zeros(ADDED)
    return ad.trace(
        step, p=nothing, m=nothing, v=nothing, p_other=nothing, m_other=nothing, v_other=nothing, t=0.0,
        data=0.0, size=2.0, activation=0.0, seed=0.0, other=0.0, optimizer=0.0, lr=1.0, i=49.0, shift1=0.0, shift2=0.0, wire=96.0, own1=none, own2=none, own=none, pen=2.0, walk=0.0,
    )  # fmt: skip


def field() -> Tape:
    """The logits on a grid of points."""
    points = np.zeros((2, COLUMNS * ROWS))

    def forward(p: Var, x: Var, size: Var, activation: Var) -> dict[str, Var]:
        return {"z": answers(p, x, size, activation)}

    return ad.trace(forward, p=np.zeros(PARAMETERS), x=points, size=2.0, activation=0.0)


def networks() -> list[Network]:
    """Where the figure's wires find their numbers in the vector."""
    first = dict(zip(SHAPES, np.cumsum([0, *SIZES.values()]), strict=False))

    def network(hidden: tuple[int, ...]) -> Network:
        layers = ["1", "2", "3"] if len(hidden) == 2 else ["1", "3"]
        weights = [(int(first[f"W{k}"]), SHAPES[f"W{k}"][1]) for k in layers]
        biases = [int(first[f"b{k}"]) for k in layers]
        return Network([2, *hidden, 1], weights, biases, [0, *map(int, layers)])

    return [network(hidden) for hidden in HIDDEN]


def trained_on_digits() -> bp.Network:
    """The network of the chapter: thirty epochs of minibatches of 32, at the learning rate 0.5."""
    (x, y), *_ = bp.data.digits()
    net = bp.Network.random(
        [64, 32, 10], activations=["relu", "softmax"], loss="cross_entropy", seed=0
    )
    rng = np.random.default_rng(0)
    for _ in range(30):
        order = rng.permutation(x.shape[1])
        for k in range(0, x.shape[1], 32):
            net.step(x[:, order[k : k + 32]], y[:, order[k : k + 32]], 0.5)
    return net


DECIMALS = 4  # of the weights that the page carries
# Test images to begin with: one of each digit, and a 4 that is read as a 7.
IMAGES = {"a 4 that it misreads": 36} | {
    f"a {digit}": image for digit, image in enumerate((3, 18, 9, 37, 4, 1, 0, 29, 6, 8))
}


def rounded(net: bp.Network) -> bp.Network:
    """The network with the weights that the page carries."""
    layers = [
        bp.Dense(layer.W.round(DECIMALS), layer.b.round(DECIMALS), layer.activation)
        for layer in net.layers
    ]
    return bp.Network(layers, loss="cross_entropy")


def reading(net: bp.Network) -> Tape:
    """What a network says of an image, and the gradient of a logit with respect to the pixels.

    ``of`` says of which logit: 0 for that of the answer, else that of the digit ``of - 1``. The inputs ``image`` and
    ``pen`` are for the figure's controls alone.
    """
    first, second = rounded(net).layers

    def read(x: Var, image: Var, pen: Var, of: Var) -> dict[str, Var]:
        a1 = ad.relu(first.W @ x + first.b)
        z = second.W @ a1 + second.b
        a = ad.softmax(z)
        places = np.arange(10.0)
        one = (z == ad.max(z)) * 1.0
        answer = (one * places).sum()
        asked = ad.where(of == 0, answer, of - 1.0)
        (dx,) = ad.grad((z * (places == asked)).sum(), [x])
        return {"a": a, "answer": answer, "certain": ad.max(a), "dx": dx}

    (_, _), _, (x, _) = bp.data.digits()
    start = x[:, next(iter(IMAGES.values()))]
    return ad.trace(read, x=start, image=1.0, pen=0.0, of=0.0)


def first_images() -> dict[str, list[float]]:
    """For each pixel its ink on blank paper and in each of the images to begin with."""
    _, _, (x, _) = bp.data.digits()
    shown = [np.zeros(64), *(x[:, image] for image in IMAGES.values())]
    return {f"x[{i}]": [float(image[i]) for image in shown] for i in range(64)}
