"""Statements in words that no formula on their page proves, tried out.

Each test names the page and the words first: where the words have changed, look again whether it still
tries what they say.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import Any

import numpy as np
import pytest

import backprop as bp
from backprop import autodiff as ad
from backprop_book import running_example as running
from support.formulas import PAGES, cells, texts, topic
from support.numbers_stated import digits_run
from support.stored_figures import FIGURES, states

H = 1e-20  # of the complex step


def says(page: str, words: str) -> None:
    (path,) = (path for path in PAGES if topic(path) == page)
    prose = re.sub(r"\s+", " ", " ".join(text for _, text in texts(path)))
    assert words in prose, f"{page} does not say any more: {words}"


# A dead unit


def step(m1: float, m2: float, x: np.ndarray, y: np.ndarray, lr: float, leak: float = 0.0):
    """One step of the two-weight network on the mean of half the squared errors."""
    z = x * m1 * m2
    delta = (np.where(z > 0, z, leak * z) - y) * np.where(z > 0, 1.0, leak) / len(x)
    return m1 - lr * (delta @ x) * m2, m2 - lr * (delta @ x) * m1


@pytest.mark.parametrize("target", [0.0, 0.2, 1.0, 2.0])
@pytest.mark.parametrize("lr", [0.01, 0.03])
def test_another_example_moves_a_dead_unit_but_only_a_jump_revives_it(
    target: float, lr: float
) -> None:
    """From where the ReLU example died, with x = -2 added: small steps move m2 and never turn its sign."""
    says("two-layers", "with no negative target only a jump can do that")
    x, y = np.array([2.0, -2.0]), np.array([1.0, target])
    m1, m2 = 2.8, -0.7
    for _ in range(400):
        m1, m2 = step(m1, m2, x, y, lr)
        assert m1 > 0 > m2
    assert abs(m2 + 0.7) > 0.1


def test_beyond_the_second_bound_steps_explode_or_kill() -> None:
    says("two-layers", "flung so far that the next steps explode or kill it")
    x, y = np.array([2.0]), np.array([1.0])
    ends = set()
    for lr in np.linspace(1.501, 6.0, 100):
        m1, m2 = 3.0, 0.5
        for _ in range(60):
            m1, m2 = step(m1, m2, x, y, lr)
            if not 0 < m1 * m2 < 1e6:
                break
        ends.add("dead" if m1 * m2 <= 0 else "exploded" if m1 * m2 >= 1e6 else "alive")
    assert ends == {"dead", "exploded"}


def test_a_leak_is_no_insurance() -> None:
    """The start in the example comes back, one in the corner of the map flies off."""
    says("two-layers", "some starts in the map's corners fly off all the same")
    x, y = np.array([2.0]), np.array([1.0])
    ends = []
    for start, lr in (((3.0, 0.5), 0.1), ((3.5, 2.0), 0.12)):
        m1, m2 = start
        for _ in range(300):
            if abs(m1 * m2) < 1e9:
                m1, m2 = step(m1, m2, x, y, lr, leak=0.1)
        ends.append(2 * m1 * m2)
    assert ends[0] == pytest.approx(1.0) and abs(ends[1]) > 1e9


def test_a_step_across_the_valley_is_one_of_a_bowl() -> None:
    """Near the floor the distance is multiplied by 1 - lr c, to first order, and by no more than that."""
    says("two-layers", r"So a step multiplies a small distance by about $1 - \alpha c$")
    x, y, m1 = np.array([2.0]), np.array([1.0]), 1.25
    m2 = 1 / (2 * m1)
    c = 4 * (m1**2 + m2**2)
    across = np.array([m2, m1]) / np.hypot(m1, m2)
    for lr in (0.1, 0.25, 0.5):
        for s in (1e-4, -1e-4):
            moved = np.array(step(*(np.array([m1, m2]) + s * across), x, y, lr))
            assert (moved - [m1, m2]) @ across == pytest.approx(s * (1 - lr * c), abs=1e-6)


def test_one_neuron_at_exclusive_or_ends_by_saying_one_half() -> None:
    says("two-layers", "a neuron trained on it ends by saying one half to each")
    x, y = bp.data.xor()
    for seed in range(4):
        net = bp.Network.random(
            [2, 1], activations=["sigmoid"], loss="binary_cross_entropy", seed=seed
        )
        for _ in range(2000):
            net.step(x, y, lr=1.0)
        assert np.allclose(net.forward(x).output, 0.5, atol=1e-6)


# Paths counted


def multiplications(width: int, depth: int) -> int:
    """Of a forward pass and the walk back: one for each weight, then two for each."""
    return sum(width * width * passes for _ in range(depth) for passes in (1, 1, 1))


def paths(width: int, depth: int) -> int:
    """From a weight of the first layer, which leads to one unit, to the outputs."""
    reached = np.eye(width, dtype=int)[0]
    for _ in range(depth - 1):
        reached = np.ones((width, width), dtype=int) @ reached
    return int(reached.sum())


def test_paths_multiply_with_the_depth_and_the_walk_back_does_not() -> None:
    says("two-layers", "a *single* weight of the first layer has $n^{D-1}$ paths to the outputs")
    says("two-layers", "take about $3Dn^2$ multiplications")
    for n, D in ((3, 2), (3, 3), (100, 4)):
        assert paths(n, D) == n ** (D - 1)
        assert multiplications(n, D) == 3 * D * n**2


# Paths, kinks and witnesses


def test_the_first_path_alone_has_the_wrong_sign() -> None:
    says("mathematics", "the first alone has the wrong sign")
    net = running.network()
    grads = net.backward(net.forward(running.x), running.y)
    paths = running.W2[:, 2] * grads.delta[1]
    assert paths[0] * grads.delta[0][2] < 0


def test_no_slope_at_the_kink_is_right_for_all_that_is_built_of_relus() -> None:
    """Both functions are smooth; the library's choice fails the first, one half the second."""
    says("mathematics", "yet at zero the chain rule with our choice gives $0$")
    says("mistakes", "No choice mends all such cases")
    zero = ad.var(0.0)
    (slope,) = ad.grad(ad.relu(zero) - ad.relu(-zero), [zero])
    assert float(slope.value) == 0.0
    (slope,) = ad.grad(ad.maximum(ad.maximum(zero, 0.0), 0.0) - ad.maximum(zero, 0.0), [zero])
    assert float(slope.value) == 0.5**2 - 0.5
    for z in (-0.3, 0.3):
        assert bp.relu(z) - bp.relu(-z) == z
        assert bp.relu(bp.relu(z)) - bp.relu(z) == 0


def test_the_complex_step_cannot_undo_what_the_function_loses() -> None:
    """(sqrt(1 + v) - 1)^2 cancels by itself; its derivative is 1 - 1/sqrt(1 + v)."""
    says("one-layer", "what the loss itself loses by rounding stays lost")
    v = 1e-12
    found = ((np.sqrt(1 + v + 1j * H) - 1) ** 2).imag / H
    right = v / (np.sqrt(1 + v) * (np.sqrt(1 + v) + 1))
    assert 1e-6 < abs(found / right - 1) < 1e-3


def test_a_nudge_can_be_too_small() -> None:
    """The error of chapter 1's ratio falls at first, then rises."""
    says("basics", "First the error shrinks with the nudge, then it grows again")
    x, b, y, w = 3.0, 0.1, 1.0, 0.5

    def loss(w: float) -> float:
        return (w * x + b - y) ** 2

    errors = [
        abs((loss(w + 10.0**-k) - loss(w)) / 10.0**-k - 2 * (w * x + b - y) * x)
        for k in (1, 5, 9, 13, 15, 16)
    ]
    assert errors[0] > errors[1] > errors[2] < errors[3] < errors[4] < errors[5]


# Units that begin alike


@pytest.mark.parametrize("alike", [True, False])
def test_equal_units_stay_equal_if_all_their_weights_are(alike: bool) -> None:
    """Equal rows of W1 alone are told apart by what the units lead to."""
    says("project", "With all weights equal the trouble is milder, but as lasting")
    x, y = bp.data.xor()
    W2 = [[0.4, 0.4]] if alike else [[0.4, -0.2]]
    first, second = bp.Dense([[0.3, 0.3]] * 2, [0, 0], "tanh"), bp.Dense(W2, [0], "sigmoid")
    net = bp.Network([first, second], loss="binary_cross_entropy")
    for _ in range(20):
        net.step(x, y, lr=0.5)
    assert np.array_equal(first.W[0], first.W[1]) == alike


# Gates


def test_max_chooses_and_four_gates_make_a_sigmoid() -> None:
    says("one-layer", "the winner gets the whole upstream gradient, the loser nothing")
    says("one-layer", "change the sign, take the exponential, add one, turn upside down")
    small, large = ad.var(0.3), ad.var(0.7)
    gradients = ad.grad(5.0 * ad.maximum(small, large), [small, large])
    assert [float(g.value) for g in gradients] == [0.0, 5.0]
    z = ad.var(0.8)
    (slope,) = ad.grad(1 / (1 + ad.exp(-z)), [z])
    assert np.isclose(float(slope.value), bp.sigmoid.derivative(0.8), rtol=1e-14)


def test_a_pressed_wire_and_the_walk_back_say_the_same_but_for_the_bend() -> None:
    """A nudge of h changes the loss of the graph by h dL/dw + h² x²."""
    says("one-layer", "but for the little that the bowl bends within the nudge")
    w, x, b, y, h = 0.5, 1.5, -0.25, 1.0, 0.01
    ratio = (((w + h) * x + b - y) ** 2 - (w * x + b - y) ** 2) / h
    assert np.isclose(ratio, 2 * (w * x + b - y) * x + h * x**2)


# Checks


def test_a_random_direction_sees_less_than_a_tenth_in_eight_of_a_hundred() -> None:
    says("checking", "smaller than a tenth of that in about eight of a hundred draws")
    rng = np.random.default_rng(0)
    for size in (3, 300):
        e = rng.normal(size=size)
        seen = np.abs(rng.normal(size=(20_000, size)) @ e) / np.linalg.norm(e)
        assert 0.074 < (seen < 0.1).mean() < 0.086


def test_a_million_weights_take_more_than_a_week() -> None:
    says("checking", "at three losses a second, that is more than a week")
    assert 7 < 2 * 1_000_000 / 3 / (24 * 60 * 60) < 10


def test_where_a_complex_comparison_is_a_matter_of_luck() -> None:
    """The real parts decide, and at the kink the imaginary ones."""
    says("checking", "NumPy compares complex numbers by their real parts first")
    slopes = [np.maximum(z + 1j * H, 0).imag / H for z in (-1.0, 1.0, 0.0)]
    assert slopes == pytest.approx([0, 1, 1])


def test_where_a_relu_network_hides_what_tanh_shows() -> None:
    says("checking", "so its slope at $a$ is its slope at $z$")
    z = np.linspace(-2, 2, 41)
    assert (bp.relu.derivative(bp.relu(z)) == bp.relu.derivative(z)).all()
    assert not np.allclose(bp.tanh.derivative(np.tanh(z)), bp.tanh.derivative(z))


# The length of an engine


def code_lines(source: str) -> set[int]:
    """Numbers of the lines that hold code: no blank ones, no comments, no docstrings."""
    documented = [
        node.body[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None
    ]
    said = {k for text in documented for k in range(text.lineno, text.end_lineno + 1)}
    written = {
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.string.strip() and token.type != tokenize.COMMENT
    }
    return written - said


def test_the_engine_of_chapter_8_is_as_short_as_it_says() -> None:
    """Forty-six lines, of the at most sixty that an engine of one's own may take."""
    says("engine", "`Node` with two operations: nine lines. `order`: eleven. `gradients`: six.")
    says("engine", "`tanh`, `sigmoid` and `unit`: eleven. The network and its loss: nine.")
    says("engine", "Without blank lines and docstrings that is forty-six.")
    parts = {
        ("Node",): 9,
        ("order",): 11,
        ("gradients",): 6,
        ("tanh", "sigmoid", "unit"): 11,
        ("in_nodes", "W1", "loss_of"): 9,
    }
    (page,) = (path for path in PAGES if topic(path) == "engine")
    lengths = {}
    for cell in cells(page):
        if cell.cell_type != "code" or cell.id == "colab":
            continue
        lines = code_lines(cell.source)
        for part in ast.parse(cell.source).body:
            name = getattr(part, "name", None)
            if isinstance(part, ast.Assign):
                name = next(n.id for n in ast.walk(part.targets[0]) if isinstance(n, ast.Name))
            # a learner's own, further down, has the name of what it practises
            lengths.setdefault(name, len(lines & {*range(part.lineno, part.end_lineno + 1)}))
    assert {names: sum(lengths[name] for name in names) for names in parts} == parts
    assert sum(parts.values()) == 46 <= 60


# Momentum, book by book


def test_momentum_of_other_books_translates_as_it_says() -> None:
    """The lines of each, on one quadratic and with the rates turned into ours, take the same path."""
    says("translation", "Nielsen and CS231n keep the learning rate inside $v$, with the sign")
    says("translation", "UDL's rate, times $1 - \\beta$, is ours")
    rate, beta, slopes = 0.05, 0.8, np.array([1.0, 9.0])
    ours, signed, averaged = (np.array([3.0, -2.0]) for _ in range(3))
    v, signed_v, m = (np.zeros(2) for _ in range(3))
    udl_rate = rate / (1 - beta)
    for _ in range(40):
        v = beta * v + slopes * ours
        ours = ours - rate * v
        signed_v = beta * signed_v - rate * (slopes * signed)
        signed = signed + signed_v
        m = beta * m + (1 - beta) * (slopes * averaged)
        averaged = averaged - udl_rate * m
        np.testing.assert_allclose(signed, ours, rtol=0, atol=1e-12)
        np.testing.assert_allclose(averaged, ours, rtol=0, atol=1e-12)
    assert np.abs(ours).max() < 1  # it has moved


# Chapter 10


def test_how_far_adams_means_are_off_at_first() -> None:
    says(
        "training",
        "the first mean is a tenth of what it should be, the root of the second less than",
    )
    says("training", "less than a thirtieth")
    g, adam = 0.7, bp.Adam()
    assert (1 - adam.beta1) * g == pytest.approx(g / 10)
    assert g / 33 < np.sqrt((1 - adam.beta2) * g**2) < g / 30


def test_the_lowest_curves_jump_and_the_slow_ones_do_not() -> None:
    says("training", "(To jump on the way down is no bad sign: the three lowest curves here do.)")
    tape = next(states(FIGURES["training-rates"])).tape
    losses = [np.asarray(tape.run(choice=float(k), e=10.0)["losses"]) for k in range(7)]
    lowest = np.argsort([run[-1] for run in losses])[:3]
    assert {*lowest} == {k for k, run in enumerate(losses[:6]) if (np.diff(run) > 0).any()}


def test_the_pixel_to_ink() -> None:
    """Of the almost blank pixels the one with the largest gradient of the logit of 4, by two differences."""
    says("training", "largest among the almost blank ones, on the right below the middle")
    net, four = digits_run(30, 0.5), bp.data.digits()[2][0][:, 36]
    nudged = four[:, None] + 1e-6 * np.hstack([np.eye(64), -np.eye(64)])
    logits = net.forward(nudged).z[-1][4]
    slopes = np.where(four <= 2 / 16, logits[:64] - logits[64:], -np.inf)
    assert divmod(int(slopes.argmax()), 8) == (4, 6)


# Chapter 11


def test_where_clipping_by_value_turns_a_gradient_most() -> None:
    says("misbehaving", "where one entry has just reached the limit and the other is far beyond it")
    tape = next(states(FIGURES["misbehaving-clip"])).tape
    places = [(0.2 * i, 0.2 * k) for i in range(1, 21) for k in range(1, 16)]
    turned = [tape.run(g1=g1, g2=g2)["cosine"] for g1, g2 in places]
    assert places[int(np.argmin(turned))] == pytest.approx((4.0, 1.0))
    says(
        "misbehaving",
        "On a diagonal they keep the same direction, but by value the arrow is longer",
    )
    corner = tape.run(g1=3.0, g2=3.0)
    assert corner["cosine"] == pytest.approx(1) and corner["value1"] > corner["norm1"]


def figure_of_dead_units(lr: float) -> list[float]:
    """The dead units after each update of the figure, by its own tape."""
    start = next(states(FIGURES["misbehaving-dead"]))
    assert start.iteration is not None
    rows = start.tape.iterate(start.iteration.update, start.iteration.steps, lr=lr)
    return [float(count) for count in rows["dead"]]


def test_where_all_eight_units_die_and_where_none_does() -> None:
    says("misbehaving", "all eight are dead after five updates")
    assert figure_of_dead_units(8.0)[4:6] == [3, 8]
    says("misbehaving", "With $\\alpha = 2$ none dies")
    assert not any(figure_of_dead_units(2.0))


def test_what_the_twelve_layers_show() -> None:
    """The identity keeps both sizes just above 1/√16, tanh and ReLU further on, the sigmoid nowhere."""
    says("misbehaving", "The bars go over from one side to the other just above $s = \\tfrac14$")
    tape = next(states(FIGURES["misbehaving-depth"])).tape

    def run(std: float, choice: int) -> dict[str, Any]:
        return tape.run(std=std, choice=float(choice))

    assert run(0.25, 0)["rms_a12"] < 1 < run(0.26, 0)["rms_a12"]
    assert run(0.26, 0)["rms_delta1"] < 1 < run(0.27, 0)["rms_delta1"]
    says("misbehaving", "With the sigmoid, $\\delta$ fades wherever you stop")
    assert all(run(std, 1)["measured"] < 0.65 for std in np.linspace(0.06, 1, 48))
    says("misbehaving", "choose tanh or ReLU, and they need more")
    for choice in (2, 3):
        assert run(0.3, choice)["measured"] < 0.92 < 1 < run(0.5, choice)["measured"]
    says("misbehaving", "ends at about a tenth")
    assert 0.07 < run(0.5**0.5 / 2, 3)["rms_a12"] < 0.13
    ratios = [run(0.25, 2)["ratio"], run(0.25, 1)["ratio"], run(0.25, 0)["ratio"]]
    assert ratios == pytest.approx([0.114, 1.3e-8, 0.491], rel=5e-3)


def test_ten_sigmoids_in_a_row_never_come_near_one() -> None:
    says("misbehaving", "Ten such sigmoids never come near the line, whatever weight they share")
    tape = next(states(FIGURES["misbehaving-window"])).tape
    weights = np.linspace(0.1, 20, 400)
    assert max(tape.run(w=w, D=10.0, choice=0.0)["factor"] for w in weights) < 1e-5
    says("misbehaving", "at a $w$ a little below one. And each hill gets narrower with every unit")
    for choice in (0.0, 1.0):
        widths = []
        for D in (2.0, 5.0, 10.0):
            factors = np.array([tape.run(w=w, D=D, choice=choice)["factor"] for w in weights])
            widths.append((factors > factors.max() / 10).sum())
        assert widths[0] > widths[1] > widths[2]
    assert 0.85 < weights[factors.argmax()] < 1  # of ten tanh units


def test_a_leaky_network_goes_where_its_last_digits_lead() -> None:
    """A change of 1e-13 in one weight is seen in the loss after ten epochs."""
    says("misbehaving", "How many exactly depends on the last digit of its weights")
    (x, y), *_ = bp.data.digits()
    losses = []
    for change in (0.0, 1e-13):
        kinds = {"activations": ["leaky_relu", "softmax"], "loss": "cross_entropy"}
        net = bp.Network.random([64, 32, 10], **kinds, seed=0)
        net.layers[0].W[0, 20] += change
        rng = np.random.default_rng(0)
        for _ in range(10):
            order = rng.permutation(1197)
            for i in range(0, 1197, 32):
                net.step(x[:, order[i : i + 32]], y[:, order[i : i + 32]], 3.0)
        losses.append(net.loss(x, y))
    assert abs(losses[0] - losses[1]) > 1e-7
