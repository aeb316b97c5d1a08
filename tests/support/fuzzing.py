"""How a call of each public function is drawn, with the plain computation of the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from support.odd_arguments import (
    NOTHING,
    ODD,
    UNUSUAL,
    Argument,
    Rng,
    formed,
    number,
    numeric,
    only,
    setting,
    shape,
)
from support.plain_numpy import (
    ACTIVATIONS,
    LOSSES,
    Array,
    batch,
    sigmoid,
    softmax,
    softplus,
    tanh_slope,
)


@dataclass
class Call:
    """One call to make, and the plain computation of the same from the plain arguments."""

    function: Callable[..., Any]
    arguments: list[Argument]
    expected: Callable[..., Any]
    keywords: dict[str, Argument] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """Something public: its name, the names that an error may use, and how a call of it is drawn."""

    name: str
    names: tuple[str, ...]
    draw: Callable[[Rng], Call]


# Autodiff: functions of one array, and of two

UNARY: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos, "tanh": np.tanh,
    "sigmoid": sigmoid, "softplus": softplus, "relu": lambda z: np.maximum(z, 0), "softmax": softmax,
    "logsumexp": lambda z: np.max(z, axis=0) + np.log(np.sum(np.exp(z - np.max(z, axis=0)), axis=0)),
}  # fmt: skip
BINARY: dict[str, Callable[[Array, Array], Array]] = {
    "maximum": np.maximum, "minimum": np.minimum, "matmul": np.matmul,
}  # fmt: skip
OPERATORS: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Array, Array], Array]]] = {
    "a + b": (lambda a, b: a + b, np.add),
    "a - b": (lambda a, b: a - b, np.subtract),
    "a * b": (lambda a, b: a * b, np.multiply),
    "a / b": (lambda a, b: a / b, np.divide),
    "a ** b": (lambda a, b: a**b, np.power),
    "a @ b": (lambda a, b: a @ b, np.matmul),
    "a > b": (lambda a, b: a > b, np.greater),
    "a >= b": (lambda a, b: a >= b, np.greater_equal),
    "a < b": (lambda a, b: a < b, np.less),
    "a <= b": (lambda a, b: a <= b, np.less_equal),
    "a == b": (lambda a, b: a == b, np.equal),
    "a != b": (lambda a, b: a != b, np.not_equal),
}
SPELT = {"a > b": ("a < b",), "a < b": ("a > b",), "a >= b": ("a > b", "a < b"),
         "a <= b": ("a < b", "a > b"), "a != b": ("a == b",), "a @ b": ("ad.matmul",)}  # fmt: skip

variable = partial(number, var=True)
AXES = [
    None,
    0,
    1,
    -1,
    2,
    -3,
    7,
    (0,),
    (0, 1),
    (1, 0),
    (0, 0),
    [0],
    (),
    np.int64(1),
    np.array(0),
    np.array([0, 1]),
]
LENGTHS = [1, 3, 6, -1, (), (3,), (2, 3), (3, 2), [6], (1, 3), (6, 1), (-1, 2), (-1, -1), (2, -2), (0,), (4, 4),
           np.int64(3), np.array([3, 2]), (np.int64(2), 3), (2**62, 2), (10**400,), (1,) * 70]  # fmt: skip
KEYS = [0, -1, 2, 7, -9, None, ..., slice(None), slice(1, None, 2), slice(None, None, -1), (0, 0), (slice(None), 0),
        (..., None), [0, 0], [True, False], np.array([1, 0]), np.array([True, False, True]), np.int64(1), (),
        True, 1.5, "w", (0, "w"), 2**70, (0,) * 5, slice("a"), [0.5], np.array([0.5])]  # fmt: skip


def axes(given: Any) -> Any:
    if given is None:
        return None
    assert np.asarray(given).size == 0 or np.asarray(given).dtype.kind in "iu"
    return tuple(int(n) for n in np.ravel(given)) if np.ndim(given) else int(given)


def reduced(
    function: Callable[..., Array], a: Array, axis: Any = None, keepdims: Any = False
) -> Array:
    return function(a, axis=axes(axis), keepdims=bool(keepdims))


def draw_reduction(rng: Rng, function: Callable[..., Any], plain: Callable[..., Any]) -> Call:
    call = Call(function, [variable(rng)], partial(reduced, plain))
    if rng.random() < 0.7:
        call.arguments.append(setting(rng, AXES))
    if rng.random() < 0.4:
        call.keywords["keepdims"] = setting(rng, [False, True, np.True_, 1, 0], odd=0.2)
    return call


def method(name: str) -> Callable[..., Any]:
    return lambda a, *more, **keywords: getattr(a if isinstance(a, ad.Var) else ad.var(a), name)(
        *more, **keywords
    )


def cosine(a: Any) -> ad.Var:
    return (a if isinstance(a, ad.Var) else ad.var(a)).apply("cos")


def operands(rng: Rng) -> list[Argument]:
    """Two, of which one at least is a Var; of one shape or two."""
    size = shape(rng)
    a = variable(rng, size, odd=0.0)
    if not isinstance(a.value, ad.Var):
        a = Argument(ad.var(a.value), a.plain)
    b = variable(rng, size if rng.random() < 0.6 else None)
    return [a, b] if rng.random() < 0.5 else [b, a]


def draw_where(rng: Rng) -> Call:
    size = shape(rng)
    sizes = [size if rng.random() < 0.8 else None for _ in range(3)]
    return Call(
        ad.where,
        [variable(rng, s, odd=0.15) for s in sizes],
        lambda c, a, b: np.where(c != 0, a, b),
    )


def draw_leaky(rng: Rng) -> Call:
    call = Call(ad.leaky_relu, [variable(rng)], lambda z, slope=0.01: np.where(z > 0, z, slope * z))
    if rng.random() < 0.6:
        call.arguments.append(number(rng, ()))
    return call


def plain_reshape(a: Array, *wanted: Any) -> Array:
    lengths = wanted[0] if len(wanted) == 1 else wanted
    return np.reshape(a, axes(lengths))


def draw_reshape_method(rng: Rng) -> Call:
    lengths = [
        setting(rng, [1, 2, 3, -1, 6, np.int64(3)], odd=0.15) for _ in range(rng.integers(0, 4))
    ]
    if rng.random() < 0.4:
        lengths = [setting(rng, LENGTHS)]
    return Call(method("reshape"), [variable(rng, odd=0.1), *lengths], plain_reshape)


def draw_transpose(rng: Rng) -> Call:
    call = Call(ad.transpose, [variable(rng)], lambda a, order=None: np.transpose(a, axes(order)))
    if rng.random() < 0.7:
        call.arguments.append(setting(rng, AXES))
    return call


def draw_index(rng: Rng, function: Callable[..., Any]) -> Call:
    key = setting(rng, KEYS)
    key.plain = key.value  # NumPy's own answer is the plain one
    return Call(function, [variable(rng, odd=0.1), key], lambda a, key: a[key])


def iterated(a: Any) -> list[Any]:
    return [*(a if isinstance(a, ad.Var) else ad.var(a))]


def draw_grad(rng: Rng) -> Call:
    """Of the sum of squares of one Var and the product with another, or of something odd."""
    size = shape(rng)
    a, b = (ad.var(rng.normal(size=size)) for _ in range(2))
    loss = ad.sum(a**2 + a * b)
    plains = [2 * a.value + b.value, a.value.copy(), np.float64(1.0)]
    chosen = [(a, plains[0]), (b, plains[1]), (loss, plains[2])]
    picked = [chosen[i] for i in rng.integers(3, size=rng.integers(0, 4))]
    wrt: Argument = Argument([v for v, _ in picked], [p for _, p in picked])
    if rng.random() < 0.3:
        make = (ODD + UNUSUAL)[rng.integers(len(ODD) + len(UNUSUAL))]
        try:
            nothing_asked = [*make()] == []
        except Exception:
            nothing_asked = False
        wrt = Argument(make(), [] if nothing_asked else NOTHING)
    root = Argument(loss, loss)
    if rng.random() < 0.2 and size:
        root = Argument(a * b)
    elif rng.random() < 0.2:
        root = Argument(number(rng, odd=0.5).value)
    return Call(lambda loss, wrt: list(ad.grad(loss, wrt)), [root, wrt], lambda loss, wrt: wrt)


# Tapes


def neuron(w: ad.Var, x: ad.Var) -> dict[str, ad.Var]:
    y = ad.tanh(w * x)
    (dw,) = ad.grad(ad.sum(y**2), [w])
    return {"y": y, "w_next": w - 0.1 * dw}


def plain_neuron(w: Array = 0.5, x: Array = 2.0) -> dict[str, Array]:
    y = np.tanh(w * x)
    return {"y": y, "w_next": w - 0.1 * (2 * y * (1 - y**2) * x)}


def traced_neuron(w: Array, x: Array) -> dict[str, Array]:
    """Of arrays: a weight that was stretched gets the sum of its copies' slopes."""
    y = np.tanh(w * x)
    slope = 2 * y * (1 - y**2) * x
    while slope.ndim > w.ndim:
        slope = slope.sum(axis=0)
    for axis, n in enumerate(w.shape):
        slope = slope.sum(axis=axis, keepdims=True) if n == 1 else slope
    return {"y": y, "w_next": w - 0.1 * slope}


TAPE = ad.trace(neuron, w=0.5, x=2.0)
LAYER = ad.trace(
    lambda W, v: {"z": W @ v, "s": ad.sum(W)}, W=np.arange(6.0).reshape(2, 3), v=np.ones(3)
)


def plain_layer(W: Array = None, v: Array = None) -> dict[str, Array]:
    W = np.arange(6.0).reshape(2, 3) if W is None else W
    v = np.ones(3) if v is None else v
    return {"z": W @ v, "s": W.sum()}


def finite_real(value: Any) -> Any:
    assert np.isrealobj(value)
    assert np.isfinite(value).all()
    return value


def draw_trace(rng: Rng) -> Call:
    functions = [neuron, neuron, neuron, len, lambda: {}, lambda w, x: None, lambda w, x: {}, lambda w, x: {1: w},
                 lambda w, x: {"y": "text"}, lambda w, x: [w], lambda w: {"y": w}]  # fmt: skip
    f = functions[rng.integers(len(functions))]
    first = Argument(f, f if f is neuron else NOTHING)
    if rng.random() < 0.15:
        first = Argument(ODD[rng.integers(len(ODD))]())
    call = Call(lambda f, **inputs: ad.trace(f, **inputs).run(), [first],
                lambda f, **inputs: traced_neuron(**{k: finite_real(v) for k, v in inputs.items()}))  # fmt: skip
    call.keywords = {name: number(rng, (), odd=0.3) for name in ("w", "x")}
    if rng.random() < 0.1:
        call.keywords.clear()
        first.plain = NOTHING
    return call


def draw_inputs(rng: Rng, sizes: Mapping[str, tuple[int, ...]]) -> dict[str, Argument]:
    inputs = {name: number(rng, s if rng.random() < 0.8 else None, odd=0.2)
              for name, s in sizes.items() if rng.random() < 0.6}  # fmt: skip
    if rng.random() < 0.1:
        inputs["v" if "w" in sizes else "w"] = Argument(1.0)
    return inputs


def everywhere(outputs: Mapping[str, Array], *given: Any) -> dict[str, Array]:
    """A tape of scalars answers arrays with arrays, every output in their common shape."""
    full = np.broadcast_shapes(*[np.shape(g) for g in given])
    return {name: np.broadcast_to(value, full) for name, value in outputs.items()}


def draw_run(rng: Rng) -> Call:
    if rng.random() < 0.5:
        return Call(TAPE.run, [], lambda **i: everywhere(plain_neuron(**i), *map(finite_real, i.values())),
                    draw_inputs(rng, {"w": (), "x": ()}))  # fmt: skip

    def expected(**inputs: Array) -> dict[str, Array]:
        assert np.shape(inputs.get("W", np.ones((2, 3)))) == (2, 3)
        assert np.shape(inputs.get("v", np.ones(3))) == (3,)
        return plain_layer(**{k: finite_real(v) for k, v in inputs.items()})

    return Call(LAYER.run, [], expected, draw_inputs(rng, {"W": (2, 3), "v": (3,)}))


def draw_sweep(rng: Rng) -> Call:
    name = setting(rng, ["w", "x", "w", "x", "z"], odd=0.2)
    only(name, "w", "x")

    def expected(name: str, values: Array, **inputs: Array) -> dict[str, Array]:
        values = np.atleast_1d(finite_real(values))
        assert len(values)
        rest = {key: finite_real(value) for key, value in inputs.items() if key != name}
        rows = [everywhere(plain_neuron(**rest, **{name: v}), v, *rest.values()) for v in values]
        return {key: np.stack([row[key] for row in rows]) for key in rows[0]}

    inputs = {name: number(rng, (), odd=0.2) for name in ("w", "x") if rng.random() < 0.3}
    if isinstance(name.value, str):
        inputs.pop(name.value, None)
    return Call(TAPE.sweep, [name, number(rng)], expected, inputs)


def draw_iterate(rng: Rng) -> Call:
    updates: list[dict[Any, Any]] = [
        {"w": "w_next"},
        {"w": "w_next"},
        {},
        {"w": "nothing"},
        {"z": "y"},
        {1: 2},
    ]
    update = setting(rng, updates, odd=0.2)
    if isinstance(update.value, dict) and not update.value:
        update.plain = {}
    steps = setting(rng, [0, 1, 3, np.int64(2), -1, 1.5], odd=0.25)
    if (
        not isinstance(steps.value, int | np.integer)
        or isinstance(steps.value, bool)
        or steps.value < 0
    ):
        steps = Argument(steps.value)
    elif steps.value > 100:  # as many as were asked for would be too many for a test
        steps = Argument(-1)

    def expected(update: Mapping[str, str], steps: int, **inputs: Array) -> dict[str, Array]:
        assert set(update) <= {"w"}
        assert set(update.values()) <= {"w_next"}
        state = {"w": np.float64(0.5), "x": np.float64(2.0)} | {
            k: finite_real(v) for k, v in inputs.items()
        }
        full = np.broadcast_shapes(*[v.shape for v in state.values()])
        state = {k: np.broadcast_to(v, full) for k, v in state.items()}
        rows = []
        for _ in range(steps + 1):
            now = plain_neuron(**state)
            rows.append(everywhere(now | {k: state[k] for k in update}, *state.values()))
            state = state | {k: now[target] for k, target in update.items()}
        return {key: np.stack([row[key] for row in rows]) for key in rows[0]}

    return Call(TAPE.iterate, [update, steps], expected, draw_inputs(rng, {"w": (), "x": ()}))


def draw_from_json(rng: Rng) -> Call:
    text = TAPE.to_json()
    tree = json.loads(text)
    kind = rng.integers(5)
    if kind == 0:
        given: Argument = Argument(text, text)
    elif kind == 1:
        given = Argument(text[: rng.integers(len(text))])
    elif kind == 2:
        del tree[str(rng.choice([*tree]))]
        given = Argument(json.dumps(tree))
    elif kind == 3:
        node = tree["nodes"][rng.integers(len(tree["nodes"]))]
        node[str(rng.choice([*node]))] = [None, "x", -1, 99, [99], {}, 10**400][rng.integers(7)]
        given = Argument(json.dumps(tree), "either")
    else:
        given = number(rng, odd=0.8)
        given.plain = NOTHING

    def answer(text: Any) -> Any:
        tape = ad.Tape.from_json(text)
        return tape.run() if text == TAPE.to_json() else None

    return Call(answer, [given], lambda text: plain_neuron() if text != "either" else None)


# The mathematics


def draw_activation(rng: Rng, name: str) -> Call:
    size = [(3,), (2, 3)][rng.integers(2)] if name == "softmax" and rng.random() < 0.7 else None
    return Call(getattr(bp, name), [number(rng, size)], ACTIVATIONS[name][0])


def draw_derivative(rng: Rng, name: str) -> Call:
    return Call(
        getattr(bp, name).derivative, draw_activation(rng, name).arguments, ACTIVATIONS[name][1]
    )


def draw_vjp(rng: Rng, name: str) -> Call:
    size = [(3,), (2, 3)][rng.integers(2)]

    def expected(z: Array, upstream: Array) -> Array:
        assert z.shape == upstream.shape
        if name == "softmax":
            s = softmax(z)
            return s * (upstream - np.sum(upstream * s, axis=0))
        return upstream * ACTIVATIONS[name][1](z)

    return Call(getattr(bp, name).vjp, [number(rng, size, 0.2), number(rng, size, 0.2)], expected)


def target_for(rng: Rng, name: str, size: tuple[int, ...], odd: float = 0.2) -> Argument:
    if rng.random() < odd:
        return number(rng, size, odd=0.6)
    if name == "cross_entropy":
        y = np.zeros(size)
        y[rng.integers(size[0])] = 1.0
    elif name == "binary_cross_entropy":
        y = rng.integers(2, size=size).astype(float)
    else:
        y = rng.normal(size=size)
    value = formed(rng, np.asarray(y))
    return Argument(value, numeric(value))


def prediction_for(rng: Rng, name: str, size: tuple[int, ...]) -> Argument:
    if "cross_entropy" in name and rng.random() < 0.8:
        p = rng.choice([rng.random(size), rng.integers(2, size=size).astype(float)])
        value = formed(rng, np.asarray(p))
        return Argument(value, numeric(value))
    return number(rng, size, odd=0.4)


def draw_loss(rng: Rng, name: str, which: str) -> Call:
    sizes = [(3,), (2, 3), (1, 4)] + ([] if name == "cross_entropy" else [()])
    size = sizes[rng.integers(len(sizes))]
    first = number(rng, size, 0.3) if "logits" in which else prediction_for(rng, name, size)
    loss = getattr(bp, name)
    return Call(
        getattr(loss, which) if which else loss,
        [first, target_for(rng, name, size)],
        LOSSES[name][which],
    )


def draw_dense(rng: Rng) -> Call:
    def make(W: Any, b: Any, activation: Any) -> Any:
        layer = bp.Dense(W, b, activation)
        return layer.W, layer.b, layer.activation.name

    def expected(W: Array, b: Array, activation: Any) -> Any:
        assert W.ndim == 2
        assert b.shape == W.shape[:1]
        return finite_real(W), finite_real(b), activation if isinstance(activation, str) else "tanh"

    name = setting(rng, ["tanh", "relu", bp.tanh, "softmax", "Tanh"], odd=0.15)
    only(name, "tanh", "relu", bp.tanh, "softmax")
    return Call(make, [number(rng, (2, 3), 0.2), number(rng, (2,), 0.2), name], expected)


SIZES = ((2, "tanh", 3), (3, "leaky_relu", 2), (2, "sigmoid", 1))
KINDS = {  # the output's activation, the loss, and the number of outputs
    "binary": ("sigmoid", "binary_cross_entropy", 1),
    "classes": ("softmax", "cross_entropy", 2),
    "line": ("softplus", "half_squared_error", 1),
}


def network(rng: Rng) -> tuple[bp.Network, str]:
    kind = str(rng.choice([*KINDS]))
    activation, loss, n = KINDS[kind]
    layers = [bp.Dense(rng.normal(size=(3, 2)), rng.normal(size=3), "tanh"),
              bp.Dense(rng.normal(size=(n, 3)), rng.normal(size=n), activation)]  # fmt: skip
    return bp.Network(layers, loss=loss), kind


@dataclass
class Plain:
    """The same network in plain arrays: every z and a, the loss, every gradient."""

    net: bp.Network
    kind: str

    def __post_init__(self) -> None:
        self.parameters = [(layer.W.copy(), layer.b.copy()) for layer in self.net.layers]

    def forward(self, x: Array) -> tuple[list[Array], list[Array]]:
        finite_real(x)
        assert x.ndim in (1, 2)
        (W0, b0), (W1, b1) = self.parameters
        columns = x.reshape(2, -1)
        z0 = W0 @ columns + b0[:, None]
        a1 = np.tanh(z0)
        z1 = W1 @ a1 + b1[:, None]
        a2 = ACTIVATIONS[KINDS[self.kind][0]][0](z1)
        tail = x.shape[1:]
        zs, as_ = [z0, z1], [columns, a1, a2]
        return [z.reshape(len(z), *tail) for z in zs], [a.reshape(len(a), *tail) for a in as_]

    def loss(self, x: Array, y: Array) -> Array:
        z, a = self.forward(x)
        assert y.shape == a[-1].shape
        name = KINDS[self.kind][1]
        fused = LOSSES[name].get("from_logits")
        return fused(z[-1], y) if fused else LOSSES[name][""](a[-1], y)

    def gradients(self, x: Array, y: Array) -> list[Array]:
        z, a = self.forward(x)
        assert y.shape == a[-1].shape
        name = KINDS[self.kind][1]
        if "gradient_from_logits" in LOSSES[name]:
            delta = LOSSES[name]["gradient_from_logits"](z[-1], y)
        else:
            delta = (a[-1] - y) / batch(y) * sigmoid(z[-1])
        delta1 = delta.reshape(len(delta), -1)
        delta0 = self.parameters[1][0].T @ delta1 * tanh_slope(z[0].reshape(3, -1))
        rows = [v.reshape(len(v), -1) for v in a]
        return [delta0 @ rows[0].T, delta0.sum(axis=1), delta1 @ rows[1].T, delta1.sum(axis=1)]

    def stepped(self, x: Array, y: Array, lr: float) -> list[Array]:
        given = [p for pair in self.parameters for p in pair]
        return [p - lr * g for p, g in zip(given, self.gradients(x, y), strict=True)]


def parameters(net: bp.Network) -> list[Array]:
    return [p.copy() for layer in net.layers for p in (layer.W, layer.b)]


def examples(rng: Rng, kind: str, odd: float) -> tuple[Argument, Argument]:
    m = int(rng.integers(1, 5))
    tail = (m,) if rng.random() < 0.8 else ()
    x = number(rng, (2, *tail), odd)
    name, n = KINDS[kind][1], KINDS[kind][2]
    return x, target_for(rng, name, (n, *tail), odd)


RATES = [
    0.1,
    0,
    0.0,
    1,
    np.float32(0.5),
    np.float64(0.1),
    Fraction(1, 8),
    -0.1,
    np.nan,
    np.inf,
    1e300,
]


def real(given: Argument) -> Argument:
    """A setting that is one real number, and no number where it is none."""
    plain = given.plain
    if (
        plain is NOTHING
        or isinstance(plain, bool | np.bool)
        or np.ndim(plain)
        or np.iscomplexobj(plain)
    ):
        return Argument(given.value)
    return Argument(given.value, float(plain))


def rate(rng: Rng) -> Argument:
    return real(setting(rng, RATES, odd=0.25))


def draw_forward(rng: Rng) -> Call:
    net, kind = network(rng)
    return Call(lambda net, x: [*(run := net.forward(x)).z, *run.a], [Argument(net, Plain(net, kind)),
                examples(rng, kind, 0.4)[0]], lambda net, x: [v for part in net.forward(x) for v in part])  # fmt: skip


def draw_net_loss(rng: Rng) -> Call:
    net, kind = network(rng)
    return Call(lambda net, x, y: net.loss(x, y), [Argument(net, Plain(net, kind)), *examples(rng, kind, 0.25)],
                lambda net, x, y: net.loss(x, y))  # fmt: skip


def gradients(grads: Any) -> list[Array]:
    return [g for pair in zip(grads.W, grads.b, strict=True) for g in pair]


def draw_backward(rng: Rng) -> Call:
    net, kind = network(rng)
    x, y = examples(rng, kind, 0.0)
    run = Argument(net.forward(x.value), x.plain)
    if rng.random() < 0.25:
        run = number(rng)
        run.plain = NOTHING
    elif rng.random() < 0.1:
        run = Argument(network(rng)[0].forward(x.value))
    if rng.random() < 0.3:
        y = number(rng, None, odd=0.7)
    return Call(lambda net, run, y: gradients(net.backward(run, y)), [Argument(net, Plain(net, kind)), run, y],
                lambda net, x, y: net.gradients(x, y))  # fmt: skip


def odd_gradients(rng: Rng, net: bp.Network, kind: str) -> Argument:
    x, y = examples(rng, kind, 0.0)
    grads = net.backward(net.forward(x.value), y.value)
    if rng.random() < 0.3:
        odd = number(rng, odd=0.6)
        return Argument(odd.value)
    if rng.random() < 0.2:
        other, its = network(rng)
        if its != kind:
            x, y = examples(rng, its, 0.0)
            grads = other.backward(other.forward(x.value), y.value)
            if [g.shape for g in grads.W] != [layer.W.shape for layer in net.layers]:
                return Argument(grads)
    if rng.random() < 0.2:
        spoilt = [g.copy() for g in grads.W]
        spoilt[1][0, 0] = [np.nan, np.inf][rng.integers(2)]
        return Argument(type(grads)(tuple(spoilt), grads.b, grads.delta))
    return Argument(grads, gradients(grads))


def draw_update(rng: Rng) -> Call:
    net, kind = network(rng)
    before = parameters(net)

    def update(net: bp.Network, grads: Any, lr: Any) -> list[Array]:
        net.update(grads, lr)
        return parameters(net)

    return Call(update, [Argument(net, net), odd_gradients(rng, net, kind), rate(rng)],
                lambda net, grads, lr: [p - lr * g for p, g in zip(before, grads, strict=True)])  # fmt: skip


def draw_net_step(rng: Rng) -> Call:
    net, kind = network(rng)
    plain = Plain(net, kind)

    def step(net: bp.Network, x: Any, y: Any, lr: Any) -> list[Array]:
        return [net.step(x, y, lr), *parameters(net)]

    return Call(step, [Argument(net, plain), *examples(rng, kind, 0.25), rate(rng)],
                lambda net, x, y, lr: [net.loss(x, y), *net.stepped(x, y, lr)])  # fmt: skip


def whole_seed(seed: Argument) -> Argument:
    """Any whole number from 0, of any size."""
    value = seed.value
    good = isinstance(value, int | np.integer) and not isinstance(value, bool | np.timedelta64)
    return Argument(value, value if good and value >= 0 else NOTHING)


def draw_network(rng: Rng) -> Call:
    net, kind = network(rng)
    layers: Argument = Argument([*net.layers], parameters(net))
    pick = rng.integers(8)
    if pick == 0:
        layers = number(rng, odd=0.8)
        layers.plain = NOTHING
    elif pick == 1:
        layers = Argument([])
    elif pick == 2:
        layers = Argument([net.layers[0], net.layers[0]])
    elif pick == 3:
        fits = KINDS[kind][2] == 2
        layers = Argument(net.layers[::-1])
        if fits:
            layers.plain = [p for layer in net.layers[::-1] for p in (layer.W, layer.b)]
    elif pick == 4:
        layers = Argument(iter([*net.layers]), layers.plain)
    loss = setting(
        rng, [KINDS[kind][1], bp.squared_error, "squared_error", "mean_squared_error"], odd=0.2
    )
    only(loss, KINDS[kind][1], bp.squared_error, "squared_error")
    return Call(
        lambda layers, loss: parameters(bp.Network(layers, loss=loss)),
        [layers, loss],
        lambda p, loss: p,
    )


def draw_random(rng: Rng) -> Call:
    n = [2, 3, 1]
    sizes = setting(rng, [n, (2, 3, 1), np.array(n), [2], [], [2, 0, 1], [2, -3, 1], [2, 3.0, 1], [2**62, 2**62, 1],
                          [10**400, 3, 1], [True, 3, 1], [2, None, 1]], odd=0.2)  # fmt: skip
    if not (np.ndim(sizes.plain) and [*map(str, sizes.value)] == ["2", "3", "1"]):
        sizes.plain = NOTHING
    names = setting(
        rng, [["tanh", "sigmoid"], ("relu", bp.identity), ["tanh"], "tanh", ["tanh", 3]], odd=0.2
    )
    if not isinstance(names.plain, list | tuple) or len(names.plain) != 2 or 3 in names.plain:
        names.plain = NOTHING
    seed = setting(rng, [0, 7, np.int64(7), 2**70, -1, 0.5], odd=0.25)
    seed = whole_seed(seed)
    loss = setting(rng, ["squared_error", bp.squared_error], odd=0.1)

    def expected(sizes: Any, activations: Any, loss: Any, seed: Any) -> list[Array]:
        source, found = np.random.default_rng(seed), []
        for n_in, n_out, activation in zip([2, 3], [3, 1], activations, strict=True):
            variance = 2 / n_in if activation == "relu" else 2 / (n_in + n_out)
            found += [source.normal(0, np.sqrt(variance), size=(n_out, n_in)), np.zeros(n_out)]
        return found

    return Call(lambda sizes, activations, loss, seed: parameters(
        bp.Network.random(sizes, activations=activations, loss=loss, seed=seed)),
        [sizes, names, loss, seed], expected)  # fmt: skip


def plain_optimizer(name: str, before: list[Array], grads: list[Array], lr: float) -> list[Array]:
    """The first step of each."""
    if name == "Adam":
        return [p - lr * g / (np.sqrt(g**2) + 1e-8) for p, g in zip(before, grads, strict=True)]
    return [p - lr * g for p, g in zip(before, grads, strict=True)]


def draw_optimizer(rng: Rng, name: str) -> Call:
    """Make one: the number it keeps is the number given."""
    more = {"SGD": [], "Momentum": ["beta"], "Adam": ["beta1", "beta2", "eps"]}[name]

    def make(*given: Any) -> list[float]:
        made = getattr(bp, name)(*given)
        return [getattr(made, key) for key in ["lr", *more][: len(given)]]

    numbers = [rate(rng)]
    for _ in more[: rng.integers(0, len(more) + 1)]:
        value = setting(
            rng, [0.9, 0, 0.5, np.float32(0.25), 1, 1.5, -0.1, Fraction(1, 3)], odd=0.25
        )
        numbers.append(real(value))
    return Call(make, numbers, lambda *given: [finite_real(float(value)) for value in given])


def draw_optimizer_step(rng: Rng, name: str) -> Call:
    net, kind = network(rng)
    before = parameters(net)

    def step(net: Any, grads: Any) -> list[Array]:
        made = getattr(bp, name)(0.1)
        made.step(net, grads)
        return parameters(net)

    given = Argument(net, net)
    if rng.random() < 0.2:
        given = Argument(number(rng, odd=0.7).value)
    return Call(step, [given, odd_gradients(rng, net, kind)],
                lambda net, grads: plain_optimizer(name, before, grads, 0.1))  # fmt: skip


def square_sum(x: Any) -> Any:
    return np.sum(x * x)


def itself(x: Any) -> Any:
    return x


def draw_check(rng: Rng) -> Call:
    functions: list[Any] = [square_sum, square_sum, square_sum, 3, None, "f", itself, lambda x: None,
                            lambda x: np.nan, lambda x: "text"]  # fmt: skip
    f = Argument(functions[rng.integers(len(functions))])
    # A function of an odd argument may itself raise what it likes, so it is only asked about numbers.
    x = number(rng, [(), (3,), (2, 2)][rng.integers(3)], odd=0.0)
    gradient = Argument(2.0 * x.plain, 2.0 * x.plain)
    if rng.random() < 0.3:
        gradient = number(rng, x.plain.shape, odd=0.9)
        gradient.plain = gradient.plain if np.shape(gradient.plain) == x.plain.shape else NOTHING
    elif rng.random() < 0.3:
        x = number(rng, odd=1.0)
        gradient = Argument([0.0])
    call = Call(lambda f, x, gradient, **more: bp.check_gradient(f, x, gradient, **more).analytic,
                [f, x, gradient],
                lambda f, x, gradient, **_: finite_real(gradient))  # fmt: skip
    if f.value is square_sum or (f.value is itself and np.shape(x.plain) == ()):
        f.plain = f.value
    if rng.random() < 0.3:
        call.keywords["method"] = setting(rng, ["central", "complex", "Central"], odd=0.4)
        only(call.keywords["method"], "central", "complex")
    if rng.random() < 0.3:
        call.keywords[str(rng.choice(["h", "tolerance"]))] = setting(
            rng, [1e-5, 1e-3, 0, -1.0, np.nan], odd=0.5
        )
    return call


def plain_moons(m: Any = 200, noise: Any = 0.1, seed: Any = 0) -> tuple[Array, Array]:
    source = np.random.default_rng(seed)
    t, s = source.uniform(0, np.pi, (2, m // 2))
    x = np.hstack([[np.cos(t), np.sin(t)], [1 - np.cos(s), 0.5 - np.sin(s)]])
    return x + source.normal(0, noise, x.shape), (np.arange(m) >= m // 2)[None].astype(float)


def draw_moons(rng: Rng) -> Call:
    m = setting(rng, [2, 10, np.int64(6), 7, 0, -2, 2.0, 2**62, 10**400], odd=0.25)
    noise = setting(
        rng, [0.1, 0, 1, np.float32(0.5), -0.1, np.inf, Fraction(1, 4), 1e308], odd=0.25
    )
    noise = real(noise)
    seed = setting(rng, [0, 1, np.int64(3), -1, 2**70, 0.5], odd=0.25)
    call = Call(bp.data.two_moons, [m, noise, whole_seed(seed)], plain_moons)
    call.arguments = call.arguments[: rng.integers(1, 4)]
    return call


def draw_none(rng: Rng, function: Callable[[], Any], plain: Any) -> Call:
    return Call(function, [], lambda: plain)


# Everything public


def targets() -> list[Target]:
    found: list[Target] = []

    def add(name: str, names: Sequence[str], draw: Callable[..., Call], *more: Any) -> None:
        found.append(Target(name, (name, *names), lambda rng: draw(rng, *more)))

    for name, plain in UNARY.items():
        add(
            f"ad.{name}",
            (),
            lambda rng, f, p: Call(f, [variable(rng)], p),
            getattr(ad, name),
            plain,
        )
    for name, both in BINARY.items():
        add(f"ad.{name}", (), lambda rng, f, p: Call(f, operands(rng), p), getattr(ad, name), both)
    for name, (operate, both) in OPERATORS.items():
        add(name, (*SPELT.get(name, ()), "a Var cannot become a NumPy array"),
            lambda rng, f, p: Call(f, operands(rng), p), operate, both)  # fmt: skip
    add("ad.leaky_relu", (), draw_leaky)
    add("ad.where", (), draw_where)
    for name in ("sum", "mean", "max"):
        add(f"ad.{name}", (), draw_reduction, getattr(ad, name), getattr(np, name))
        add(
            f"Var.{name}", (f"ad.{name}", "ad.var"), draw_reduction, method(name), getattr(np, name)
        )
    add("ad.transpose", (), draw_transpose)
    add(
        "ad.reshape",
        (),
        lambda rng: Call(ad.reshape, [variable(rng), setting(rng, LENGTHS)], plain_reshape),
    )
    add("Var.reshape", ("ad.reshape", "ad.var"), draw_reshape_method)
    add("Var.apply", ("ad.var",), lambda rng: Call(cosine, [variable(rng)], np.cos))
    add("ad.broadcast_to", (), lambda rng: Call(ad.broadcast_to, [variable(rng), setting(rng, LENGTHS)],
        lambda a, full: np.broadcast_to(a, axes(full))))  # fmt: skip
    add("ad.index", (), draw_index, ad.index)
    add("Var.__getitem__", ("ad.index", "ad.var"), draw_index, method("__getitem__"))
    for name, plain in {"T": lambda a: a.T, "value": lambda a: a, "shape": np.shape, "ndim": np.ndim,
                        "size": np.size}.items():  # fmt: skip

        def read(a: Any, name: str = name) -> Any:
            return getattr(a if isinstance(a, ad.Var) else ad.var(a), name)

        add(f"Var.{name}", ("ad.var",), lambda rng, f, p: Call(f, [variable(rng)], p), read, plain)
    for name, plain in {
        "__neg__": np.negative,
        "__pos__": np.positive,
        "__abs__": np.abs,
        "__len__": len,
    }.items():
        add(
            f"Var.{name}",
            ("ad.var", "Var"),
            lambda rng, f, p: Call(f, [variable(rng)], p),
            method(name),
            plain,
        )
    add(
        "Var.__iter__",
        ("ad.var", "Var"),
        lambda rng: Call(iterated, [variable(rng)], lambda a: [*a]),
    )
    add("ad.var", (), lambda rng: Call(ad.var, [number(rng)], finite_real))
    add("ad.grad", (), draw_grad)
    add("ad.trace", ("trace()",), draw_trace)
    add("Tape.run", (), draw_run)
    add("Tape.sweep", (), draw_sweep)
    add("Tape.iterate", (), draw_iterate)
    add("Tape.from_json", (), draw_from_json)
    add("Tape.to_json", (), draw_none, TAPE.to_json, TAPE.to_json())
    add("Tape.__len__", (), draw_none, lambda: len(TAPE), len(TAPE.nodes))
    for name in ACTIVATIONS:
        add(name, (), draw_activation, name)
        add(f"{name}.derivative", (name,), draw_derivative, name)
        add(f"{name}.vjp", (name,), draw_vjp, name)
    for name, parts in LOSSES.items():
        for which in parts:
            add(f"{name}.{which}" if which else name, (name,), draw_loss, name, which)
    add("Dense", ("activation",), draw_dense)
    add("Network", ("loss",), draw_network)
    add("Network.random", ("activation", "loss"), draw_random)
    of_network = ("Network", "Dense", "Dense layer", *[name for _, name, _ in KINDS.values()])
    add("Network.forward", of_network, draw_forward)
    add("Network.loss", of_network, draw_net_loss)
    add("Network.backward", of_network, draw_backward)
    add("Network.update", of_network, draw_update)
    add("Network.step", of_network, draw_net_step)
    for name in ("SGD", "Momentum", "Adam"):
        add(name, (), draw_optimizer, name)
        add(f"{name}.step", (name,), draw_optimizer_step, name)
    add("check_gradient", (), draw_check)
    add("two_moons", (), draw_moons)
    add("xor", (), draw_none, bp.data.xor, ([[0, 0, 1, 1], [0, 1, 0, 1]], [[0, 1, 1, 0]]))
    return found


TARGETS = targets()
