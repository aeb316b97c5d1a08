"""Tapes: what `trace` records replays, at any other values, to the same bits as the function itself."""

import copy
import inspect
import json
import math
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backprop import autodiff as ad
from livetext.questions.question import Question

pytestmark = pytest.mark.filterwarnings("error")


def neuron(w: ad.Var, x: ad.Var, y: ad.Var, lr: ad.Var) -> dict[str, ad.Var]:
    """One linear neuron with squared error: forward, backward and update."""
    loss = (w * x - y) ** 2
    (dw,) = ad.grad(loss, [w])
    return {"loss": loss, "dw": dw, "w_next": w - lr * dw}


def neuron_tape() -> ad.Tape:
    return ad.trace(neuron, w=0.5, x=1.0, y=0.0, lr=0.1)


def layer_tape() -> ad.Tape:
    """A layer with a batch, so that every kind of parameter appears."""

    def layer(W: ad.Var, b: ad.Var, x: ad.Var) -> dict[str, ad.Var]:
        z = W @ x + b.reshape((2, 1))
        top = ad.max(ad.softmax(z), axis=0) + ad.relu(z)[0] + x.T[:, 1]
        loss = ad.mean(top * ad.where(z[1] > 0.0, ad.exp(-z[1]), 1.0))
        dW, db = ad.grad(loss, [W, b])
        return {"loss": loss, "dW": dW, "db": db, "z": z}

    rng = np.random.default_rng(3)
    return ad.trace(
        layer, W=rng.normal(size=(2, 3)), b=rng.normal(size=2), x=rng.normal(size=(3, 4))
    )


def identical(a: Any, b: Any) -> bool:
    """Equal to the bit, signs of zeros included; NaN equals NaN."""
    a, b = np.asarray(a), np.asarray(b)
    return bool(
        a.shape == b.shape
        and a.dtype == b.dtype == np.float64
        and np.array_equal(a, b, equal_nan=True)
        and np.array_equal(np.signbit(a), np.signbit(b))
    )


def same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert [*found] == [*expected]
    for name, value in found.items():
        assert identical(value, expected[name]), name


# Recording and replaying


def test_the_worked_example() -> None:
    # Source 1 of the book: w = 0.5, x = 1, y = 0 gives loss 0.25, gradient 1, next weight 0.4.
    result = neuron_tape().run()
    assert {k: float(v) for k, v in result.items()} == {"loss": 0.25, "dw": 1.0, "w_next": 0.4}
    assert all(type(v) is np.ndarray and v.dtype == np.float64 for v in result.values())
    result = neuron_tape().run(w=2.0, y=1.0, lr=0.25)
    assert {k: float(v) for k, v in result.items()} == {"loss": 1.0, "dw": 2.0, "w_next": 1.5}


def test_a_tape_names_its_inputs_and_outputs() -> None:
    tape = neuron_tape()
    assert {k: float(v) for k, v in tape.inputs.items()} == {
        "w": 0.5,
        "x": 1.0,
        "y": 0.0,
        "lr": 0.1,
    }
    assert [*tape.outputs] == ["loss", "dw", "w_next"]
    assert repr(tape) == f"Tape(w, x, y, lr -> loss, dw, w_next; {len(tape)} operations)"
    assert len(tape) == len(tape.nodes)
    for i, node in enumerate(tape.nodes):
        assert all(argument < i for argument in node.args)


def test_an_input_that_is_left_out_keeps_its_traced_value() -> None:
    tape = neuron_tape()
    tape.run(w=3.0)
    same(tape.run(lr=0.1), tape.run())


def test_a_function_is_traced_once() -> None:
    calls = []

    def f(w: ad.Var) -> dict[str, ad.Var]:
        calls.append(w)
        return {"y": w * 2.0}

    tape = ad.trace(f, w=1.0)
    tape.run(w=2.0)
    assert len(calls) == 1


def test_what_no_output_uses_is_not_recorded() -> None:
    def f(w: ad.Var, unused: ad.Var) -> dict[str, ad.Var]:
        ad.exp(ad.sin(w))
        return {"y": w + 1.0}

    tape = ad.trace(f, w=1.0, unused=2.0)
    assert [node.op for node in tape.nodes] == ["input", "input", "const", "add"]
    assert float(tape.run(unused=5.0)["y"]) == 2.0


def test_what_no_input_moves_is_folded_into_a_constant() -> None:
    outside = ad.var(3.0)
    tape = ad.trace(lambda w: {"y": w * ad.exp(outside * outside - 9.0)}, w=2.0)
    assert [node.op for node in tape.nodes] == ["input", "const", "mul"]
    assert float(tape.nodes[1].params["value"]) == 1.0


def test_outputs_may_be_inputs_constants_and_each_other() -> None:
    def f(w: ad.Var) -> dict[str, Any]:
        y = w * 2.0
        return {"w": w, "y": y, "same": y, "three": 3, "array": np.ones(2), "zero": ad.grad(y, [ad.var(1.0)])[0]}  # fmt: skip

    result = ad.trace(f, w=1.0).run(w=4.0)
    same(result, {"w": np.array(4.0), "y": np.array(8.0), "same": np.array(8.0),
                  "three": np.array(3.0), "array": np.ones(2), "zero": np.array(0.0)})  # fmt: skip


def test_results_are_the_callers_own() -> None:
    tape = ad.trace(lambda w: {"w": w, "T": w.T, "c": ad.var([5.0]), "b": ad.broadcast_to(w, (2, 2))},
                    w=[1.0, 2.0])  # fmt: skip
    before = tape.to_json()
    for value in tape.run().values():
        value[...] = 99.0
    for value in tape.sweep("w", [[1.0, 2.0]]).values():
        value[...] = 99.0
    assert tape.to_json() == before
    given_array = np.array([3.0, 4.0])
    tape.run(w=given_array)["w"][0] = 99.0
    assert given_array[0] == 3.0


def test_a_tape_does_not_follow_later_changes() -> None:
    array = np.array([1.0, 2.0])
    tape = ad.trace(lambda w: {"y": w * array}, w=array)
    array[:] = 99.0
    np.testing.assert_array_equal(tape.run()["y"], [1.0, 4.0])


def test_an_input_may_have_any_name() -> None:
    tape = ad.trace(lambda f, ŷ: {"δ": f * ŷ}, f=2.0, ŷ=3.0)
    assert float(ad.Tape.from_json(tape.to_json()).run(f=4.0)["δ"]) == 12.0


def test_a_chain_of_20_000_operations_is_traced_replayed_and_written() -> None:
    def f(w: ad.Var) -> dict[str, ad.Var]:
        y = w
        for _ in range(20_000):
            y = y + w
        return {"y": y, "dw": ad.grad(y, [w])[0]}

    tape = ad.Tape.from_json(ad.trace(f, w=1.0).to_json())
    assert {k: float(v) for k, v in tape.run(w=2.0).items()} == {"y": 40_002.0, "dw": 20_001.0}


# A tape replays any program

UNARY: list[Callable[[Any], Any]] = [
    ad.exp, ad.sin, ad.cos, ad.tanh, ad.sigmoid, ad.softplus, ad.relu, ad.leaky_relu, ad.softmax,
    abs, lambda a: -a, lambda a: a**2, lambda a: a**3, lambda a: ad.sqrt(ad.softplus(a)),
    lambda a: ad.log(1.0 + a * a), lambda a: a.T, lambda a: a.reshape(-1)[::-1].reshape(a.shape),
    lambda a: a.sum(axis=0, keepdims=True), lambda a: a.mean(axis=-1, keepdims=True),
    lambda a: a.max(axis=1, keepdims=True), lambda a: a[0, [0, 0]], lambda a: ad.broadcast_to(a, (2, 2, 2))[1],
    lambda a: 2.0 ** ad.tanh(a), lambda a: a @ np.array([[0.5, -1.0], [0.25, 2.0]]),
]  # fmt: skip
BINARY: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / (1.0 + b * b),
    lambda a, b: a @ b, ad.maximum, ad.minimum, lambda a, b: ad.where(a > b, a, b * b),
    lambda a, b: (a >= b) * a, lambda a, b: ad.softplus(a) ** ad.tanh(b),
]  # fmt: skip

Step = tuple[int, int, int]
PROGRAMS = st.lists(st.tuples(*[st.integers(0, 2**16)] * 3), min_size=1, max_size=12)


def program(steps: list[Step]) -> Callable[..., dict[str, ad.Var]]:
    """A function of a (2, 2) matrix, a (2,) vector and a number, its lines drawn at random."""

    def f(A: ad.Var, v: ad.Var, s: ad.Var) -> dict[str, ad.Var]:
        square = (2, 2)
        made = [A, ad.broadcast_to(v, square), ad.broadcast_to(s, square), A * v + s]
        for choice, i, j in steps:
            a, b = made[i % len(made)], made[j % len(made)]
            k = choice % (len(UNARY) + len(BINARY))
            result = UNARY[k](a) if k < len(UNARY) else BINARY[k - len(UNARY)](a, b)
            # Keeps the numbers near 1 however long the program.
            made.append(ad.broadcast_to(ad.sin(result), square))
        loss = ad.mean(made[-1])
        dA, dv, ds = ad.grad(loss, [A, v, s])
        return {"loss": loss, "last": made[-1], "dA": dA, "dv": dv, "ds": ds}

    return f


@st.composite
def inputs(draw: st.DrawFn) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return {"A": rng.normal(size=(2, 2)), "v": rng.normal(size=2), "s": np.array(rng.normal())}


@settings(max_examples=120)
@given(steps=PROGRAMS, traced=inputs(), other=inputs())
def test_a_replay_equals_the_function_at_other_inputs(
    steps: list[Step], traced: dict[str, np.ndarray], other: dict[str, np.ndarray]
) -> None:
    f = program(steps)
    tape = ad.trace(f, **traced)
    direct = {k: v.value for k, v in f(**{k: ad.var(v) for k, v in other.items()}).items()}
    assume(all(np.isfinite(v).all() for v in direct.values()))
    # The same operations in the same order: no rounding can differ.
    same(tape.run(**other), direct)
    loaded = ad.Tape.from_json(tape.to_json())
    same(loaded.run(**other), direct)
    same(loaded.run(), tape.run())
    assert loaded.to_json() == tape.to_json()


def test_the_memory_order_of_an_array_changes_no_bit() -> None:
    # A sum adds in the order of memory; JSON and another caller's array have their own.
    rng = np.random.default_rng(0)
    w, c = rng.normal(size=(7, 9, 11)), ad.var(rng.normal(size=(11, 9, 7)))

    def f(w: ad.Var, s: ad.Var) -> dict[str, ad.Var]:
        return {
            "argument": ad.sum(w * s),
            "transposed": ad.sum(c.T * s),
            "stretched": ad.broadcast_to(c[0, :, :1], (9, 7)) @ w[:, 0, 0],
            "together": ad.sum(w.T * c * s),
        }

    tape = ad.trace(f, w=w, s=0.7)
    expected = tape.run()
    same(tape.run(w=np.asfortranarray(w)), expected)
    same(ad.trace(f, w=np.asfortranarray(w), s=0.7).run(), expected)
    same(ad.Tape.from_json(tape.to_json()).run(), expected)


def test_replays_leave_nothing_behind() -> None:
    tape = layer_tape()
    first, other = tape.run(), {name: -np.asarray(v) for name, v in tape.inputs.items()}
    moved = tape.run(**other)
    same(tape.run(), first)
    tape.iterate({"W": "dW"}, 2)
    same(tape.run(**other), moved)


def test_a_copy_and_a_pickle_of_a_tape_are_tapes_of_their_own() -> None:
    tape = layer_tape()
    for again in (copy.deepcopy(tape), pickle.loads(pickle.dumps(tape))):
        assert again.to_json() == tape.to_json()
        same(again.run(b=[1.0, 2.0]), tape.run(b=[1.0, 2.0]))
        again.inputs["b"] = np.array([1.0, 2.0])
        same(again.run(), tape.run(b=[1.0, 2.0]))


def test_two_lines_may_read_one_input() -> None:
    text = (
        '{"inputs":{"w":3.0},"nodes":[{"op":"input","name":"w"},{"op":"input","name":"w"},'
        '{"op":"sub","args":[0,1]},{"op":"where","args":[2,0,1]}],"outputs":{"y":2,"w":3}}'
    )
    same(ad.Tape.from_json(text).run(w=5.0), {"y": np.array(0.0), "w": np.array(5.0)})


def test_numbers_and_arrays_replay_alike() -> None:
    # Single numbers take Python's arithmetic and choices, arrays NumPy's.
    tape = ad.trace(
        lambda w, v: {
            "choice": ad.where(w > v, ad.relu(w - v), ad.where(w == v, -w, w / v)),
            "slope": ad.grad(ad.relu(w * v) * w, [w])[0],
        },
        w=1.0,
        v=2.0,
    )
    w, v = np.meshgrid([-1e308, -2.0, -0.0, 0.0, 5e-324, 3.0], [-2.0, -0.0, 0.0, 3.0, 1e308])
    with pytest.warns(RuntimeWarning, match="is the first whose result is not finite"):
        together = tape.run(w=w, v=v)
    for i in np.ndindex(w.shape):
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "operation .* is the first", RuntimeWarning)
            one = tape.run(w=w[i], v=v[i])
        same(one, {name: values[i] for name, values in together.items()})


# Many values at once


def test_a_scalar_tape_replays_for_every_entry_of_an_array() -> None:
    tape, w = neuron_tape(), np.linspace(-2.0, 2.0, 5)
    np.testing.assert_array_equal(tape.run(w=w)["loss"], w**2)
    lr = np.array([[0.1], [0.2]])
    both = tape.run(w=w, lr=lr)
    assert {k: v.shape for k, v in both.items()} == dict.fromkeys(("loss", "dw", "w_next"), (2, 5))
    for i, j in np.ndindex(2, 5):
        one = tape.run(w=w[j], lr=lr[i, 0])
        assert all(both[k][i, j] == one[k] for k in one)


def test_arrays_on_a_scalar_tape_must_broadcast_together() -> None:
    with pytest.raises(ValueError, match=r"must broadcast together, got shapes .*'w': \(2,\)"):
        neuron_tape().run(w=[1.0, 2.0], lr=[0.1, 0.2, 0.3])


def test_sums_and_means_of_a_number_leave_a_tape_scalar() -> None:
    tape = ad.trace(lambda w: {"y": ad.mean(ad.sum(ad.max(w * w)))}, w=1.0)
    np.testing.assert_array_equal(tape.run(w=[2.0, 3.0])["y"], [4.0, 9.0])


@pytest.mark.parametrize("make", [neuron_tape, layer_tape])
def test_a_sweep_is_a_run_for_each_value(make: Callable[[], ad.Tape]) -> None:
    tape = make()
    name, traced = next(iter(tape.inputs.items()))
    values = [np.asarray(traced) * factor for factor in (0.5, -1.0, 2.0)]
    swept = tape.sweep(name, values)
    for k, value in enumerate(values):
        same({key: np.asarray(v[k]) for key, v in swept.items()}, tape.run(**{name: value}))


def test_a_sweep_repeats_what_does_not_move_and_keeps_the_other_inputs() -> None:
    tape = neuron_tape()
    swept = tape.sweep("lr", [0.0, 0.5], w=2.0)
    same(swept, {"loss": np.array([4.0, 4.0]), "dw": np.array([4.0, 4.0]), "w_next": np.array([2.0, 0.0])})  # fmt: skip
    swept["loss"][0] = 7.0
    assert tape.sweep("lr", 0.5, w=2.0)["loss"].shape == (1,)


def test_a_sweep_crosses_with_an_array_of_another_input() -> None:
    swept = neuron_tape().sweep("w", [1.0, 2.0], lr=[0.0, 0.25])
    np.testing.assert_array_equal(swept["w_next"], [[1.0, 0.5], [2.0, 1.0]])


def test_iterate_is_training() -> None:
    tape = neuron_tape()
    history = tape.iterate({"w": "w_next"}, 3, lr=0.25, w=8.0)
    same(history, {"w": np.array([8.0, 4.0, 2.0, 1.0]), "loss": np.array([64.0, 16.0, 4.0, 1.0]),
                   "dw": np.array([16.0, 8.0, 4.0, 2.0]), "w_next": np.array([4.0, 2.0, 1.0, 0.5])})  # fmt: skip
    assert tape.iterate({"w": "w_next"}, 0)["w"].tolist() == [0.5]
    assert tape.iterate({}, 2)["loss"].tolist() == [0.25] * 3


def test_iterate_moves_every_input_at_the_same_moment() -> None:
    tape = ad.trace(lambda a, b: {"sum": a + b, "a_old": a * 1.0}, a=1.0, b=1.0)
    history = tape.iterate({"a": "sum", "b": "a_old"}, 6)
    assert history["a"].tolist() == [1, 2, 3, 5, 8, 13, 21]  # Fibonacci, if b takes the old a


def test_iterate_with_an_output_named_like_its_input() -> None:
    tape = ad.trace(lambda w: {"w": w * 2.0, "loss": w * w}, w=1.0)
    history = tape.iterate({"w": "w"}, 3)
    same(history, {"w": np.array([1.0, 2.0, 4.0, 8.0]), "loss": np.array([1.0, 4.0, 16.0, 64.0])})


def test_iterate_arrays() -> None:
    def step(W: ad.Var, lr: ad.Var) -> dict[str, ad.Var]:
        loss = ad.sum(W**2)
        return {"loss": loss, "next": W - lr * ad.grad(loss, [W])[0]}

    history = ad.trace(step, W=np.ones((2, 3)), lr=0.25).iterate({"W": "next"}, 2)
    assert {k: v.shape for k, v in history.items()} == {"W": (3, 2, 3), "loss": (3,), "next": (3, 2, 3)}  # fmt: skip
    assert history["loss"].tolist() == [6.0, 1.5, 0.375]


def test_iterate_several_trainings_at_once() -> None:
    tape, rates = neuron_tape(), np.array([0.0, 0.25, 0.5])
    history = tape.iterate({"w": "w_next"}, 2, w=1.0, lr=rates)
    np.testing.assert_array_equal(history["w"], [[1, 1, 1], [1, 0.5, 0], [1, 0.25, 0]])
    fixed = ad.trace(lambda w: {"next": ad.var(7.0), "y": w * 1.0}, w=1.0)
    np.testing.assert_array_equal(fixed.iterate({"w": "next"}, 1, w=[1.0, 2.0])["w"], [[1, 2], [7, 7]])  # fmt: skip


def test_a_divergence_is_kept_in_the_history() -> None:
    history = neuron_tape().iterate({"w": "w_next"}, 1000, lr=10.0)
    assert np.isfinite(history["loss"][0])
    assert not np.isfinite(history["loss"][-1])
    assert len(history["w"]) == 1001


# Numbers that are not finite


def test_a_run_warns_of_the_first_operation_that_is_not_finite() -> None:
    def f(w: ad.Var) -> dict[str, ad.Var]:
        return {"y": ad.sin(ad.log(w) * 0.0) + 1.0}

    tape = ad.trace(f, w=1.0)
    logarithm = [node.op for node in tape.nodes].index("log")
    pattern = f"operation {logarithm} of the tape, log, is the first whose result is not finite: "
    with pytest.warns(RuntimeWarning, match=pattern + "-inf") as caught:
        assert np.isnan(tape.run(w=0.0)["y"])
    assert [w.filename for w in caught] == [__file__]
    with pytest.warns(RuntimeWarning, match=pattern + "nan"):
        assert np.isnan(tape.run(w=-1.0)["y"])
    assert float(tape.run(w=2.0)["y"]) == 1.0  # and comes back


def test_a_constant_that_is_not_finite_is_the_first_operation() -> None:
    tape = ad.trace(lambda w: {"y": ad.where(w > 0.0, w, math.nan)}, w=1.0)
    with pytest.warns(RuntimeWarning, match="operation 3 of the tape, const, .*: nan"):
        assert np.isnan(tape.run(w=-1.0)["y"])


def test_an_infinity_that_no_output_shows_is_no_warning() -> None:
    tape = ad.trace(lambda w: {"y": 1.0 / ad.exp(w)}, w=1.0)
    assert float(tape.run(w=1000.0)["y"]) == 0.0


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_inputs_must_be_finite(bad: float) -> None:
    tape = neuron_tape()
    with pytest.raises(ValueError, match=r"ad\.trace input w must be finite"):
        ad.trace(neuron, w=bad, x=1.0, y=0.0, lr=0.1)
    with pytest.raises(ValueError, match=r"Tape\.run: input w must be finite"):
        tape.run(w=bad)
    with pytest.raises(ValueError, match=r"Tape\.iterate: input lr must be finite"):
        tape.iterate({"w": "w_next"}, 1, lr=bad)
    with pytest.raises(ValueError, match=r"Tape\.sweep, values of w, must be finite"):
        tape.sweep("w", [1.0, bad])


# Bad input


@pytest.mark.parametrize("bad", [1j, "0.5", None, object()])
def test_inputs_must_be_real(bad: Any) -> None:
    tape = neuron_tape()
    for call in (
        lambda: ad.trace(lambda w: {"y": w}, w=bad),
        lambda: tape.run(w=bad),
        lambda: tape.sweep("w", bad),
        lambda: tape.iterate({"w": "w_next"}, 1, w=bad),
    ):
        with pytest.raises(TypeError, match="w.* expects real numbers, got"):
            call()


@pytest.mark.parametrize("value", [2, np.float32(2), np.int64(2), np.array(2), True])
def test_inputs_become_float64(value: Any) -> None:
    same(neuron_tape().run(w=value), neuron_tape().run(w=float(value)))
    same(ad.trace(neuron, w=value, x=1, y=0, lr=1).run(), neuron_tape().run(w=float(value), lr=1.0))


def test_unknown_inputs_are_named_with_the_known_ones() -> None:
    tape = neuron_tape()
    for call in (lambda: tape.run(v=1.0), lambda: tape.sweep("v", [1.0]), lambda: tape.iterate({}, 1, v=1.0)):  # fmt: skip
        with pytest.raises(ValueError, match="no input 'v'; it has w, x, y, lr"):
            call()


def test_an_array_tape_takes_its_traced_shapes_alone() -> None:
    tape = layer_tape()
    message = (
        r"Tape\.run: input x was traced with shape \(3, 4\), got \(3, 5\); trace the function again"
    )
    with pytest.raises(ValueError, match=message):
        tape.run(x=np.ones((3, 5)))
    with pytest.raises(
        ValueError, match=r"Tape\.run: input b was traced with shape \(2,\), got \(\)"
    ):
        tape.run(b=1.0)
    with pytest.raises(
        ValueError, match=r"Tape\.sweep: input b was traced with shape \(2,\), got \(\)"
    ):
        tape.sweep("b", [1.0, 2.0])
    with pytest.raises(
        ValueError, match=r"Tape\.iterate: input W was traced with shape \(2, 3\), got"
    ):
        tape.iterate({"W": "dW"}, 1, W=np.ones((3, 2)))


def test_a_mixed_tape_takes_no_array_for_its_scalars() -> None:
    tape = ad.trace(lambda w, v: {"y": ad.sum(w * v)}, w=1.0, v=[1.0, 2.0])
    with pytest.raises(
        ValueError, match=r"Tape\.run: input w was traced with shape \(\), got \(2,\)"
    ):
        tape.run(w=[1.0, 2.0])


def test_a_sweep_needs_values() -> None:
    for make in (neuron_tape, layer_tape):
        tape = make()
        name, traced = next(iter(tape.inputs.items()))
        with pytest.raises(ValueError, match=f"at least one value of {name}"):
            tape.sweep(name, np.zeros((0, *np.shape(traced))))


def test_iterate_refuses_updates_that_lead_nowhere() -> None:
    tape = neuron_tape()
    for update in ({"v": "w_next"}, {"w": "v"}, {"loss": "w"}):
        with pytest.raises(ValueError, match=r"an input \(w, x, y, lr\) to an output \(loss, dw, w_next\)"):  # fmt: skip
            tape.iterate(update, 1)
    with pytest.raises(ValueError, match="steps must be 0 or more, got -1"):
        tape.iterate({"w": "w_next"}, -1)
    with pytest.raises(TypeError):
        tape.iterate({"w": "w_next"}, 1.5)  # type: ignore[arg-type]
    layer = layer_tape()
    with pytest.raises(ValueError, match=r"'loss' has shape \(\), but 'b' has shape \(2,\)"):
        layer.iterate({"b": "loss"}, 1)


def if_branch(w: ad.Var) -> dict[str, ad.Var]:
    if w > 0.0:
        return {"y": w}
    return {"y": -w}


def while_loop(w: ad.Var) -> dict[str, ad.Var]:
    while w < 10.0:
        w = w * 2.0
    return {"y": w}


@pytest.mark.parametrize("f", [
    if_branch,
    while_loop,
    lambda w: {"y": w if w else -w},
    lambda w: {"y": w and w * 2.0},
    lambda w: {"y": w or w * 2.0},
    lambda w: {"y": max(w, 0.0)},
    lambda w: {"y": min(0.0, w)},
    lambda w: {"y": 1.0 if w == 0.5 else 2.0},
    lambda w: {"y": 1.0 if w != 0.5 else 2.0},
    lambda w: {"y": 1.0 if not w else 2.0},
    lambda w: {"y": 1.0 if 0.0 < w < 1.0 else 2.0},
])  # fmt: skip
def test_a_function_that_branches_on_a_value_is_told_why_not(f: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match=r"a tape holds operations.*use ad\.where\("):
        ad.trace(f, w=0.5)


def test_recorded_comparisons_and_choices_are_no_branches() -> None:
    tape = ad.trace(lambda w: {"y": ad.where(w == 0.5, 1.0, ad.where(w > 0.5, 2.0, 3.0))}, w=0.5)
    np.testing.assert_array_equal(tape.run(w=[0.5, 0.6, 0.4])["y"], [1.0, 2.0, 3.0])


@pytest.mark.parametrize("f", [
    lambda w: {"y": w * w.value},
    lambda w: {"y": w * (w * 2.0).value},
    lambda w: {"y": w * ad.grad(w * w, [w])[0].value},
])  # fmt: skip
def test_a_traced_value_is_not_read_out(f: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match=r"read \.value, which would freeze today's number"):
        ad.trace(f, w=0.5)


@pytest.mark.parametrize("escape", [float, math.exp, np.asarray])
def test_a_traced_value_does_not_turn_into_a_plain_number(escape: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match="history|freeze"):
        ad.trace(lambda w: {"y": w * escape(w)}, w=0.5)


def test_constants_may_be_read_while_tracing() -> None:
    outside = ad.var(3.0)
    tape = ad.trace(lambda w: {"y": w * float(outside.value) * float((outside * 2.0).value)}, w=0.5)
    assert float(tape.run(w=1.0)["y"]) == 18.0


def test_a_traced_var_prints_its_shape_and_no_number() -> None:
    seen: list[str] = []
    ad.trace(lambda w: seen.append(repr(w * 2.0)) or {"y": w}, w=[0.5, 1.0])  # type: ignore[func-returns-value]
    assert seen == ["Var(traced, shape=(2,))"]


@pytest.mark.parametrize(("result", "error", "message"), [
    (None, TypeError, "returns a dict such as {'loss': L}, got NoneType"),
    (ad.var(1.0), TypeError, "returns a dict such as {'loss': L}, got Var"),
    ((ad.var(1.0),), TypeError, "returns a dict such as {'loss': L}, got tuple"),
    ({}, ValueError, "at least one named output"),
    ({1: ad.var(1.0)}, TypeError, "outputs are named by strings, got 1"),
    ({None: ad.var(1.0)}, TypeError, "outputs are named by strings, got None"),
    ({"y": "text"}, TypeError, "output 'y' of a traced function expects real numbers, got str"),
    ({"y": None}, TypeError, "output 'y' of a traced function expects real numbers, got NoneType"),
])  # fmt: skip
def test_what_a_traced_function_returns_is_checked(
    result: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as raised:
        ad.trace(lambda w: result, w=0.5)
    assert message in str(raised.value)


def test_a_trace_needs_an_input() -> None:
    with pytest.raises(ValueError, match=r"ad\.trace needs at least one input, such as"):
        ad.trace(lambda: {"y": ad.var(1.0)})


@pytest.mark.parametrize("f", [3, None, "loss", {"y": 1.0}, ad.var(1.0)])
def test_a_trace_needs_a_function(f: Any) -> None:
    with pytest.raises(TypeError, match=r"ad\.trace expects a function of Vars first, got "):
        ad.trace(f, w=0.5)


@pytest.mark.parametrize("f", [lambda: {}, lambda v: {"y": v}, lambda w, x: {"y": w}, neuron,
                               lambda w, /: {"y": w}])  # fmt: skip
def test_the_inputs_are_the_parameters_of_the_function(f: Any) -> None:
    with pytest.raises(TypeError, match=r"ad\.trace: f\(.*\) does not take the inputs w \("):
        ad.trace(f, w=0.5)


# Every parameter of the methods that take inputs by name, and names that Python itself uses.
NAMES = sorted(
    {"self", "cls", "f", "name", "values", "update", "steps", "inputs", "tape", "args", "kwargs",
     "caller", "given", "result", "op", "shape", "axis", "value", "lambda", "None", "__class__"}
    | {name for method in (ad.trace, ad.Tape.run, ad.Tape.sweep, ad.Tape.iterate, Question.values)
       for name in inspect.signature(method).parameters}
)  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_an_input_may_have_the_name_of_a_parameter(seed: int) -> None:
    """Two or three of them at once, in every call that takes inputs by name."""
    rng = np.random.default_rng(seed)
    first, *others = (str(n) for n in rng.permutation(NAMES)[: rng.integers(2, 4)])
    start = {first: 0.5, **dict.fromkeys(others, 3.0)}

    def f(**inputs: ad.Var) -> dict[str, ad.Var]:
        product = inputs[first]
        for other in others:
            product = product * inputs[other]
        return {"out": product}

    tape = ad.trace(f, **start)
    other, scale = others[0], 3.0 ** (len(others) - 1)
    assert float(tape.run(**{first: 2.0, other: 5.0})["out"]) == 10.0 * scale
    assert tape.sweep(first, [1.0, 2.0], **{other: 5.0})["out"].tolist() == [5 * scale, 10 * scale]
    rows = tape.iterate({first: "out"}, 1, **{other: 2.0})
    assert rows["out"].tolist() == [scale, 2.0 * scale**2]
    if "steps" not in start:  # by its own name the number of steps may be given, too
        same(tape.iterate({first: "out"}, steps=1, **{other: 2.0}), rows)
    question = object.__new__(Question)
    object.__setattr__(question, "tape", tape)
    assert question.values(**{first: 2.0, other: 5.0})["out"] == 10.0 * scale


def test_steps_are_a_whole_number_by_either_name() -> None:
    tape = neuron_tape()
    for bad in (None, "3", 1.5, True, [2], ad.var(2.0)):
        with pytest.raises(TypeError, match=r"Tape\.iterate: steps must be a whole number"):
            tape.iterate({"w": "w_next"}, bad)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"Tape\.iterate: steps must be a whole number"):
            tape.iterate({"w": "w_next"}, steps=bad)  # type: ignore[arg-type]
    same(tape.iterate({"w": "w_next"}, np.int64(2)), tape.iterate({"w": "w_next"}, steps=2))  # type: ignore[arg-type]


def test_errors_of_the_function_itself_come_through() -> None:
    with pytest.raises(ZeroDivisionError):
        ad.trace(lambda w: {"y": w * (1 / 0)}, w=1.0)


def test_a_var_of_another_trace_is_refused() -> None:
    kept: list[ad.Var] = []
    ad.trace(lambda w: kept.append(w) or {"y": w}, w=1.0)  # type: ignore[func-returns-value]
    with pytest.raises(ValueError, match="used 'w' of another trace"):
        ad.trace(lambda w: {"y": w * kept[0]}, w=1.0)
    with pytest.raises(ValueError, match="used 'w' of another trace"):
        ad.trace(lambda w: {"y": w * ad.trace(lambda u: {"v": u * w}, u=1.0).run()["v"]}, w=1.0)


# JSON


@pytest.mark.parametrize("make", [neuron_tape, layer_tape])
def test_json_holds_the_tape_to_the_bit(make: Callable[[], ad.Tape]) -> None:
    tape = make()
    loaded = ad.Tape.from_json(tape.to_json())
    assert loaded.to_json() == tape.to_json()
    assert repr(loaded) == repr(tape)
    same(loaded.inputs, tape.inputs)
    assert loaded.outputs == tape.outputs
    for found, expected in zip(loaded.nodes, tape.nodes, strict=True):
        assert (found.op, found.args, found.shape) == (expected.op, expected.args, expected.shape)
        assert found.params.keys() == expected.params.keys()
    same(loaded.run(), tape.run())


def test_the_json_format() -> None:
    """What a replayer in another language may rely on."""
    tape = ad.trace(
        lambda w, v: {"y": ad.sum(v[1:] * w, axis=0) - math.inf}, w=0.5, v=[1.0, 2.0, 3.0]
    )
    assert json.loads(tape.to_json()) == {
        "inputs": {"w": 0.5, "v": [1.0, 2.0, 3.0]},
        "nodes": [
            {"op": "input", "name": "w"},
            {"op": "input", "name": "v", "shape": [3]},
            {"op": "take", "args": [1], "indices": [1, 2], "shape": [2]},
            {"op": "mul", "args": [2, 0], "shape": [2]},
            {"op": "sum", "args": [3], "axis": [0], "shape": [1]},
            {"op": "reshape", "args": [4], "shape": []},
            {"op": "const", "value": "inf"},
            {"op": "sub", "args": [5, 6]},
        ],
        "outputs": {"y": 7},
    }


AWKWARD = [0.1, -0.0, 5e-324, -1.7976931348623157e308, 2 / 3, 1e22, 123456789.123456789]


@settings(max_examples=60)
@given(st.lists(st.floats() | st.sampled_from(AWKWARD), max_size=5), st.floats())
def test_every_constant_survives_json(entries: list[float], number: float) -> None:
    array = np.array(entries, dtype=float)
    tape = ad.trace(lambda w: {"array": array, "number": number, "w": w}, w=1.0)
    text = tape.to_json()
    json.loads(text, parse_constant=pytest.fail)  # strict JSON has no Infinity and no NaN
    loaded = ad.Tape.from_json(text)
    for name, value in (("array", array), ("number", number)):
        stored = loaded.nodes[loaded.outputs[name]].params["value"]
        assert np.array_equal(stored, value, equal_nan=True)
        if not np.isnan(value).any():  # a NaN's sign means nothing
            assert identical(stored, value)


@settings(max_examples=40)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_every_input_survives_json(entries: list[float]) -> None:
    tape = ad.trace(lambda w: {"y": w}, w=entries)
    same(ad.Tape.from_json(tape.to_json()).inputs, {"w": np.array(entries)})


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 3)])
def test_empty_arrays_survive_json(shape: tuple[int, ...]) -> None:
    tape = ad.trace(lambda w: {"y": ad.sum(w * np.zeros(shape)), "w": w}, w=np.zeros(shape))
    loaded = ad.Tape.from_json(tape.to_json())
    assert loaded.inputs["w"].shape == shape
    same(loaded.run(), tape.run())
    same(loaded.run(w=np.zeros(shape)), tape.run())
    assert loaded.to_json() == tape.to_json()


def test_positions_and_axes_of_numpys_integers_are_written() -> None:
    one = np.int64(1)

    def f(w: ad.Var) -> dict[str, ad.Var]:
        wide = ad.broadcast_to(w, (np.int64(3), one + 1, one + 1))
        return {"y": ad.transpose(wide, tuple(np.array([2, 0, 1]))).sum(axis=one)[one, np.array([0, 1])]}  # fmt: skip

    tape = ad.trace(f, w=[[1.0, 2.0], [3.0, 4.0]])
    same(ad.Tape.from_json(tape.to_json()).run(), tape.run())


def broken(path: list[Any], value: Any) -> str:
    """A small sound tape with one place replaced (or, by `...`, removed)."""
    tape: Any = json.loads(
        ad.trace(
            lambda w, v: {"y": ad.sum(ad.transpose(v * w, (1, 0))[0], axis=0) * 2.0},
            w=0.5,
            v=[[1.0, 2.0], [3.0, 4.0]],
        ).to_json()
    )
    place = tape
    for key in path[:-1]:
        place = place[key]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(tape)


# Nodes: 0 input w, 1 input v, 2 mul, 3 transpose, 4 take, 5 sum, 6 reshape, 7 const, 8 mul.
BROKEN = [
    (["inputs"], ...),
    (["inputs"], []),
    (["inputs"], {}),
    (["inputs", "w"], ...),
    (["inputs", "w"], None),
    (["inputs", "w"], "half"),
    (["inputs", "w"], True),
    (["inputs", "w"], "inf"),
    (["inputs", "w"], "nan"),
    (["inputs", "w"], math.inf),
    (["inputs", "w"], {"re": 1}),
    (["inputs", "w"], 10**400),
    (["inputs", "w"], [0.5]),
    (["inputs", "v"], [1.0, 2.0, 3.0, 4.0]),
    (["inputs", "v"], [[1.0, 2.0], [3.0]]),
    (["inputs", "v"], [[1.0, 2.0], [3.0, None]]),
    (["inputs", "v"], []),
    (["inputs", "other"], 1.0),
    (["nodes"], ...),
    (["nodes"], {}),
    (["nodes"], None),
    (["nodes"], []),
    (["nodes", 2], None),
    (["nodes", 2], "mul"),
    (["nodes", 2], []),
    (["nodes", 2, "op"], ...),
    (["nodes", 2, "op"], "evil"),
    (["nodes", 2, "op"], "__class__"),
    (["nodes", 2, "op"], ["mul"]),
    (["nodes", 2, "op"], None),
    (["nodes", 2, "op"], "neg"),
    (["nodes", 2, "op"], "matmul"),
    (["nodes", 2, "args"], ...),
    (["nodes", 2, "args"], [0]),
    (["nodes", 2, "args"], [0, 1, 1]),
    (["nodes", 2, "args"], [0, 2]),
    (["nodes", 2, "args"], [0, 8]),
    (["nodes", 2, "args"], [0, -1]),
    (["nodes", 2, "args"], [0, 1.0]),
    (["nodes", 2, "args"], [0, True]),
    (["nodes", 2, "args"], [0, "1"]),
    (["nodes", 2, "args"], [0, None]),
    (["nodes", 2, "args"], 1),
    (["nodes", 2, "args"], "01"),
    (["nodes", 2, "args"], {"0": 1}),
    (["nodes", 2, "shape"], ...),
    (["nodes", 2, "shape"], [4]),
    (["nodes", 2, "shape"], [2, -2]),
    (["nodes", 2, "shape"], [2, 2.0]),
    (["nodes", 2, "shape"], 4),
    (["nodes", 2, "out"], [0]),
    (["nodes", 2, "dtype"], "float32"),
    (["nodes", 0, "name"], ...),
    (["nodes", 0, "name"], "u"),
    (["nodes", 0, "name"], ["w"]),
    (["nodes", 0, "name"], "v"),
    (["nodes", 0, "args"], [0]),
    (["nodes", 0, "shape"], [1]),
    (["nodes", 3, "axes"], ...),
    (["nodes", 3, "axes"], [0]),
    (["nodes", 3, "axes"], [0, 0]),
    (["nodes", 3, "axes"], [0, 2]),
    (["nodes", 3, "axes"], [-1, 0]),
    (["nodes", 3, "axes"], "10"),
    (["nodes", 4, "indices"], ...),
    (["nodes", 4, "indices"], [0]),
    (["nodes", 4, "indices"], [0, 4]),
    (["nodes", 4, "indices"], [0, -1]),
    (["nodes", 4, "indices"], [0, 1.5]),
    (["nodes", 4, "indices"], [[0, 1]]),
    (["nodes", 4, "op"], "put"),
    (["nodes", 4, "shape"], [3]),
    (["nodes", 5, "axis"], ...),
    (["nodes", 5, "axis"], [1]),
    (["nodes", 5, "axis"], 0),
    (["nodes", 5, "axis"], [0, 0]),
    (["nodes", 5, "axis"], None),
    (["nodes", 5, "shape"], []),
    (["nodes", 5, "keepdims"], False),
    (["nodes", 6, "shape"], [2]),
    (["nodes", 7, "value"], ...),
    (["nodes", 7, "value"], None),
    (["nodes", 7, "value"], "two"),
    (["nodes", 7, "value"], "1.5"),
    (["nodes", 7, "value"], [2.0]),
    (["nodes", 7, "value"], [[1.0], [2.0, 3.0]]),
    (["nodes", 7, "shape"], [2]),
    (["outputs"], ...),
    (["outputs"], {}),
    (["outputs"], []),
    (["outputs"], [["y", 8]]),
    (["outputs", "y"], 9),
    (["outputs", "y"], -1),
    (["outputs", "y"], 8.0),
    (["outputs", "y"], True),
    (["outputs", "y"], "8"),
    (["outputs", "y"], None),
    (["outputs", "y"], [8]),
]


@pytest.mark.parametrize(("path", "value"), BROKEN, ids=lambda part: str(part)[:40])
def test_a_broken_tape_is_refused(path: list[Any], value: Any) -> None:
    with pytest.raises(ValueError, match=r"this text is not a tape \(.+\); write one with to_json"):
        ad.Tape.from_json(broken(path, value))


def test_the_sound_tape_behind_the_broken_ones_is_read() -> None:
    assert float(ad.Tape.from_json(broken(["inputs", "w"], 1)).run()["y"]) == 8.0


@pytest.mark.parametrize("text", ["", " ", "{", "null", "1", "[]", "{}", '"tape"', "[" * 100_000,
                                  '{"inputs":{},"nodes":[],"outputs":{}}', "\x00", None, 3, {}])  # fmt: skip
def test_text_of_another_kind_is_refused(text: Any) -> None:
    with pytest.raises(ValueError, match="this text is not a tape"):
        ad.Tape.from_json(text)


def test_a_refusal_says_where() -> None:
    for path, value, place in [
        (["nodes", 2, "op"], "evil", "node 2: unknown operation 'evil'"),
        (["nodes", 2, "args"], [0, 8], r"node 2: mul expects 2 earlier nodes, got \(0, 8\)"),
        (["nodes", 2, "shape"], [4], r"node 2, mul: its shape is \(2, 2\), not \(4,\)"),
        (["nodes", 5, "axis"], ..., r"node 5: sum expects parameters \['axis'\], got \[\]"),
        (["nodes", 4, "indices"], [0, 4], "node 4, take: "),
        (["inputs", "w"], "nan", "inputs: w must be finite"),
        (["outputs", "y"], 9, "outputs: "),
    ]:
        with pytest.raises(ValueError, match=place):
            ad.Tape.from_json(broken(path, value))
