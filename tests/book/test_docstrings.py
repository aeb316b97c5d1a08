"""What docstrings say is computed: their examples run, their formulas are read and compared.

Most formulas are read as they stand, `1/m sum (p - y)**2` for example, and give the library's numbers.
Those that are not arithmetic stand here word for word beside a witness. No formula of these modules
is in neither list.
"""

import ast
import doctest
import importlib
import pkgutil
import re

import numpy as np
import pytest

import backprop as bp
from backprop.network import Gradients
from support.paths import ROOT

LIB = ROOT / "lib" / "backprop"
FORMULAS_IN = [
    "_activation",
    "activations",
    "_loss",
    "losses",
    "optimizers",
    "dense",
    "network",
    "data",
    "gradcheck",
]


# --- examples


def modules():
    found = pkgutil.walk_packages([str(LIB)], "backprop.")
    return ["backprop", *(module.name for module in found)]


@pytest.mark.parametrize("name", modules())
def test_examples_of_the_library_run(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "index.md"])
def test_examples_of_the_pages_run(page):
    assert doctest.testfile(str(ROOT / page), module_relative=False, encoding="utf-8").failed == 0


def test_there_are_examples():
    """A finder that finds nothing would pass."""
    assert any(
        doctest.DocTestFinder().find(importlib.import_module(name))
        and ">>>" in (importlib.import_module(name).__doc__ or "")
        for name in modules()
    )


# --- formulas that are read

TOKEN = re.compile(r"\s*(d\w+/d\w+|[A-Za-z_]\w*'?|\d+(?:\.\d+)?|\*\*|[-+*/()]|.)", re.DOTALL)


class Reader:
    """Arithmetic as docstrings write it: products without a sign, `log p`, and `sum` of what follows."""

    def __init__(self, text, names):
        self.tokens, self.names, self.at = TOKEN.findall(text), names, 0

    @property
    def next(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted):
        if self.next in wanted:
            self.at += 1
            return self.tokens[self.at - 1]
        return ""

    def sides(self):
        """The expression, and what else it is said to equal."""
        found = [self.sum()]
        while self.take("="):
            found.append(self.sum())
        return found

    def sum(self):
        value = self.product()
        while sign := self.take("+", "-"):
            right = self.product()
            value = value + right if sign == "+" else value - right
        return value

    def product(self):
        value = self.power()
        while True:
            if self.take("/"):
                value = value / self.power()
            elif self.take("*") or self.begins():
                value = value * self.power()
            else:
                return value

    def begins(self):
        return self.next == "(" or self.next in self.names or self.next[:1].isdigit()

    def power(self):
        if self.take("-"):
            return -self.power()
        value = self.atom()
        return value ** self.power() if self.take("**") else value

    def atom(self):
        token = self.tokens[self.at]
        self.at += 1
        if token == "(":
            value = self.sum()
            assert self.take(")"), f"no end of a bracket before {self.tokens[self.at :][:5]}"
            return value
        if token[0].isdigit():
            return float(token)
        value = self.names[token]
        if not callable(value):
            return value
        if token.startswith("sum"):
            return value(self.product())
        return value(self.atom() if self.next == "(" else self.power())


RNG = np.random.default_rng(11)
Z = RNG.normal(size=(3, 4))
P = RNG.uniform(0.1, 0.9, (3, 4))
Y = np.eye(3)[:, [0, 2, 1, 1]] * 0.7 + 0.1
M = 4.0
FUNCTIONS = {
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "tanh": np.tanh, "cosh": np.cosh, "sum": np.sum,
    "sum_i": lambda v: v.sum(axis=0), "sum_j": lambda v: v.sum(axis=0),
    "sigma": bp.sigmoid, "softplus": bp.softplus, "softmax": bp.softmax,
}  # fmt: skip
LOSSES = FUNCTIONS | {"p": P, "y": Y, "z": Z, "z_i": Z, "z_j": Z, "y_i": Y, "m": M}
STATE = {
    "g": Z, "dL/dW": Z, "W": P, "W_old": Y, "m": Y, "v": Y**2, "m_hat": Z, "v_hat": P, "t": 3.0, "lr": 0.1,
    "beta": 0.7, "beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "sqrt": np.sqrt,
}  # fmt: skip


def after(optimizer, **state):
    """The first weights and the state after one step from weights P with gradient Z."""
    net = bp.Network([bp.Dense(P, np.zeros(3), "identity")], loss="squared_error")
    zero = np.zeros(3)
    for name, value in state.items():
        setattr(optimizer, name, Gradients((value,), (zero,)) if name in ("_m", "_v") else value)
    optimizer._net = net
    optimizer.step(net, Gradients((Z,), (zero,)))
    return net.layers[0].W, optimizer


def heavy_ball():
    """Polyak's form: the velocity that brought W from W_old to P is (W_old - P)/lr."""
    return after(bp.Momentum(0.1, 0.7), _v=(Y - P) / 0.1)[0]


def adam(part):
    W, state = after(bp.Adam(0.1, 0.8, 0.95, 1e-3), _m=Y, _v=Y**2, _t=2)
    return {"W": W, "m": state._m.W[0], "v": state._v.W[0]}[part]


def adam_from_means():
    """Where m_hat = Z and v_hat = P after step 3, the step is the last line's."""
    m, v = ((Z * (1 - 0.8**3) - 0.2 * Z) / 0.8, (P * (1 - 0.95**3) - 0.05 * Z**2) / 0.95)
    return after(bp.Adam(0.1, 0.8, 0.95, 1e-3), _m=m, _v=v, _t=2)[0]


# Where it stands, the label with the how-manieth one it is, the names in it, and what the library says.
READ = [
    ("activations.Sigmoid", "sigma(z) =", 0, LOSSES, lambda: bp.sigmoid(Z)),
    ("activations.Sigmoid", "sigma'(z) =", 0, LOSSES, lambda: bp.sigmoid.derivative(Z)),
    ("activations.Tanh", "tanh'(z) =", 0, LOSSES, lambda: bp.tanh.derivative(Z)),
    ("activations.Tanh", "1/cosh(z) =", 0, LOSSES | {"e": np.exp(-abs(Z))}, lambda: 1 / np.cosh(Z)),
    ("activations.Identity", "g(z) =", 0, LOSSES, lambda: bp.identity(Z)),
    ("activations.Identity", "g'(z) =", 0, LOSSES, lambda: bp.identity.derivative(Z)),
    ("activations.Softplus", "softplus(z) =", 0, LOSSES, lambda: bp.softplus(Z)),
    ("activations.Softplus", "softplus'(z) =", 0, LOSSES, lambda: bp.softplus.derivative(Z)),
    ("activations.Softmax", "s_i =", 0, LOSSES, lambda: bp.softmax(Z)),
    ("losses.HalfSquaredError", "L =", 0, LOSSES, lambda: bp.half_squared_error(P, Y)),
    ("losses.HalfSquaredError", "dL/dp =", 0, LOSSES, lambda: bp.half_squared_error.gradient(P, Y)),
    ("losses.SquaredError", "L =", 0, LOSSES, lambda: bp.squared_error(P, Y)),
    ("losses.SquaredError", "dL/dp =", 0, LOSSES, lambda: bp.squared_error.gradient(P, Y)),
    ("losses.BinaryCrossEntropy", "L =", 0, LOSSES, lambda: bp.binary_cross_entropy(P, Y)),
    ("losses.BinaryCrossEntropy", "dL/dp =", 0, LOSSES, lambda: bp.binary_cross_entropy.gradient(P, Y)),
    ("losses.BinaryCrossEntropy", "L =", 1, LOSSES, lambda: bp.binary_cross_entropy.from_logits(Z, Y)),
    ("losses.BinaryCrossEntropy", "dL/dz =", 0, LOSSES, lambda: bp.binary_cross_entropy.gradient_from_logits(Z, Y)),
    ("losses.CrossEntropy", "L =", 0, LOSSES, lambda: bp.cross_entropy(P, Y)),
    ("losses.CrossEntropy", "dL/dp =", 0, LOSSES, lambda: bp.cross_entropy.gradient(P, Y)),
    ("losses.CrossEntropy", "L =", 1, LOSSES, lambda: bp.cross_entropy.from_logits(Z, Y)),
    ("losses.CrossEntropy", "dL/dz =", 0, LOSSES, lambda: bp.cross_entropy.gradient_from_logits(Z, Y)),
    ("optimizers.SGD", "W <-", 0, STATE, lambda: after(bp.SGD(0.1))[0]),
    ("optimizers.Momentum", "v <-", 0, STATE, lambda: after(bp.Momentum(0.1, 0.7), _v=Y**2)[1]._v.W[0]),
    ("optimizers.Momentum", "W <-", 0, STATE | {"v": Z}, lambda: after(bp.Momentum(0.1, 0.0), _v=Y)[0]),
    ("optimizers.Momentum", "W_new =", 0, STATE, heavy_ball),
    ("optimizers.Adam", "m <-", 0, STATE, lambda: adam("m")),
    ("optimizers.Adam", "v <-", 0, STATE, lambda: adam("v")),
    ("optimizers.Adam", "W <-", 0, STATE, adam_from_means),
    ("optimizers.Adam", "m_hat =", 0, STATE, lambda: Y / (1 - 0.8**3)),
    ("optimizers.Adam", "v_hat =", 0, STATE, lambda: Y**2 / (1 - 0.95**3)),
]  # fmt: skip


def docstrings(module):
    """Of the module, its classes and functions; those of one name, one after the other."""
    found = {}
    tree = ast.parse((LIB / f"{module}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            name = "module" if isinstance(node, ast.Module) else node.name
            found[name] = found.get(name, "") + "\n\n" + (ast.get_docstring(node) or "")
    return found


def docstring(where):
    module, _, name = where.partition(".")
    return docstrings(module)[name]


def one_line(text):
    return re.sub(r"\s+", " ", text)


def formula(where, label, which):
    """What follows the label, up to the next column or displayed line."""
    parts = re.split(rf"(?<![\w'/]){re.escape(label)} ", docstring(where))
    assert len(parts) > which + 1, f"{where} has no formula {label} number {which}"
    return one_line(re.split(r" {2}|\n\n", parts[which + 1])[0])


@pytest.mark.parametrize(
    ("where", "label", "which", "names", "library"),
    READ,
    ids=[f"{where} {label} {which}" for where, label, which, *_ in READ],
)
def test_the_formula_gives_the_librarys_numbers(where, label, which, names, library):
    for side in Reader(formula(where, label, which), names).sides():
        np.testing.assert_allclose(side, library(), rtol=1e-11)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/(2m) sum (p - y)**2, x", np.sum((P - Y) ** 2) / 8),
        ("2 (p - y)/m. The", 2 * (P - Y) / 4),
        ("-1/m sum y log p and", -np.sum(Y * np.log(P)) / 4),
        ("log sum_j exp(z_j) - sum_i y_i z_i", np.log(np.exp(Z).sum(0)) - (Y * Z).sum(0)),
        ("-(y/p)/m", -(Y / P) / 4),
        ("1 - p**2 = 3", 1 - P**2),
    ],
)
def test_the_reader_reads(text, value):
    np.testing.assert_allclose(Reader(text, LOSSES).sum(), value, rtol=1e-14)


# --- formulas that stand word for word beside a witness: when one of the two changes, look at both


def softmax_jacobian():
    s = bp.softmax(Z[:, 0])
    J = [[s[i] * ((i == j) - s[j]) for j in range(3)] for i in range(3)]
    np.testing.assert_allclose(bp.softmax.derivative(Z[:, 0]), J, rtol=1e-13)


def relu_branches():
    z = np.array([-2.0, -0.0, 0.0, 3.0])
    assert bp.relu(z).tolist() == [0, 0, 0, 3] and bp.relu.derivative(z).tolist() == [0, 0, 0, 1]


def leaky_branches():
    z, g = np.array([-2.0, 0.0, 3.0]), type(bp.leaky_relu)(0.25)
    assert g(z).tolist() == [-0.5, 0, 3] and g.derivative(z).tolist() == [0.25, 0.25, 1]


def exact_ends():
    for p in (0.0, 1.0):
        assert bp.binary_cross_entropy(p, p) == 0.0
        assert bp.binary_cross_entropy(p, 1 - p) == bp.binary_cross_entropy(p, 0.5) == np.inf
    assert bp.cross_entropy([0.0, 1.0], [0.0, 1.0]) == 0.0
    assert bp.cross_entropy([0.0, 1.0], [0.5, 0.5]) == np.inf


def logits_gradient():
    expected = (bp.sigmoid(Z) - Y) / M
    np.testing.assert_allclose(bp.binary_cross_entropy.gradient_from_logits(Z, Y), expected)


def network():
    rng = np.random.default_rng(2)
    net = bp.Network(
        [bp.Dense(rng.normal(size=(2, 3)), [0.1, 0.2], "tanh"), bp.Dense([[1.0, -2.0]], [0.3], "sigmoid")],
        loss="half_squared_error",
    )  # fmt: skip
    return net, Z, rng.uniform(size=(1, 4))


def forward_equations():
    net, x, _ = network()
    run, (W, b) = net.forward(x), zip(*((layer.W, layer.b) for layer in net.layers), strict=True)
    z0 = W[0] @ x + b[0][:, None]
    z1 = W[1] @ np.tanh(z0) + b[1][:, None]
    np.testing.assert_allclose(run.z[0], z0)
    np.testing.assert_allclose(run.z[1], z1)
    np.testing.assert_allclose(run.output, bp.sigmoid(z1))
    assert run.a[0] is x and run.output is run.a[-1]


def four_equations():
    net, x, y = network()
    run = net.forward(x)
    grads = net.backward(run, y)
    delta1 = (run.output - y) / 4 * bp.sigmoid.derivative(run.z[1])
    delta0 = net.layers[1].W.T @ delta1 * bp.tanh.derivative(run.z[0])
    for k, delta in enumerate([delta0, delta1]):
        np.testing.assert_allclose(grads.delta[k], delta)
        np.testing.assert_allclose(grads.W[k], delta @ run.a[k].T)
        np.testing.assert_allclose(grads.b[k], delta.sum(axis=1))


def update_rule():
    net, x, y = network()
    grads, W = net.backward(net.forward(x), y), net.layers[0].W.copy()
    net.update(grads, 0.25)
    np.testing.assert_allclose(net.layers[0].W, W - 0.25 * grads.W[0])


def variances():
    """tests/mathematics/test_network.py compares the weights themselves, to every digit."""
    kinds = ["relu", type(bp.leaky_relu)(2.0), "tanh"]
    net = bp.Network.random([4, 5, 6, 3], activations=kinds, loss="squared_error", seed=1)
    rng = np.random.default_rng(1)
    for layer, v in zip(net.layers, [2 / 4, 2 / (5 * 5), 2 / (6 + 3)], strict=True):
        np.testing.assert_allclose(layer.W, v**0.5 * rng.standard_normal(layer.W.shape))


def sigmoid_slope():
    e = np.exp(-abs(Z))
    np.testing.assert_allclose(bp.sigmoid.derivative(Z), e / (1 + e) ** 2)


def moons():
    x, y = bp.data.two_moons(40, noise=0.0)
    np.testing.assert_allclose(x[0] ** 2 + x[1] ** 2, np.where(y[0] == 0, 1, x[0] ** 2 + x[1] ** 2))
    np.testing.assert_allclose(((1 - x[0]) ** 2 + (0.5 - x[1]) ** 2)[20:], 1.0)
    assert y.tolist() == [[0.0] * 20 + [1.0] * 20]
    assert (x[1, :20] >= 0).all() and (x[1, 20:] <= 0.5).all()


def differences():
    report = bp.check_gradient(np.exp, 0.5, np.exp, h=0.25)
    np.testing.assert_allclose(report.numeric, (np.exp(0.75) - np.exp(0.25)) / 0.5)
    report = bp.check_gradient(np.exp, 0.5, np.exp, "complex", h=1e-9)
    np.testing.assert_allclose(report.numeric, np.imag(np.exp(0.5 + 1e-9j)) / 1e-9)


def relus_at_zero():
    two = bp.check_gradient(lambda z: 2 * bp.relu(z) - bp.relu(-z), 0.0, 0.0)
    np.testing.assert_allclose([two.left, two.right], [1.0, 2.0])
    assert bp.check_gradient(lambda z: bp.relu(z) - bp.relu(-z), 0.0, 0.0).wrong


VERBATIM = [
    ("activations.Softmax", "ds_i/dz_j = s_i ([i = j] - s_j)", softmax_jacobian),
    ("activations.Softmax", "``J[i, j] = ds_i/dz_j``", softmax_jacobian),
    ("activations.Tanh", "``e = exp(-|z|)``", None),
    ("activations.Tanh", "(from z = 19 on)", None),
    ("activations.Sigmoid", "``e = exp(-|z|)``", sigmoid_slope),
    ("activations.Sigmoid", "from z = 37 on", None),
    ("activations.module", "never ``a = g(z)``", None),
    ("activations.ReLU", "relu(z) = max(z, 0), relu'(z) = 1 for z > 0 and 0 for z < 0", relu_branches),
    ("activations.ReLU", "relu'(0) = 0", relu_branches),
    ("activations.LeakyReLU", "g(z) = z for z > 0 and slope * z otherwise", leaky_branches),
    ("activations.LeakyReLU", "g'(z) = 1 for z > 0 and slope otherwise", leaky_branches),
    ("activations.LeakyReLU", "g'(0) = slope", leaky_branches),
    ("losses.BinaryCrossEntropy", "``0 log 0 = 0`` and ``0/0 = 0``", exact_ends),
    ("losses.BinaryCrossEntropy", "(p = 0 where y > 0, p = 1 where y < 1) costs infinity", exact_ends),
    ("losses.BinaryCrossEntropy", "with p = sigma(z)", None),
    ("losses.CrossEntropy", "``0 log 0 = 0`` and ``0/0 = 0``; p = 0 where y > 0 costs infinity", exact_ends),
    ("losses.CrossEntropy", "with p = softmax(z)", None),
    ("_loss.gradient_from_logits", "dL/dz = (activation(z) - target)/m", logits_gradient),
    ("losses._cost", "0 * -inf = 0", exact_ends),
    ("losses._ratio", "0/0 = 0", exact_ends),
    ("optimizers.Adam", "In step t = 1, 2, ..., from m = v = 0", None),
    ("optimizers.Momentum", "from v = 0", None),
    ("network.module", "a[0] = x, z[k] = W[k] @ a[k] + b[k], a[k+1] = g_k(z[k]), output = a[-1]", forward_equations),
    ("network.module", "``delta[k] = dL/dz[k]`` carries the factor 1/m", four_equations),
    ("dense.Dense", "z = W a + b, then g(z)", forward_equations),
    ("dense.Dense", "``layer.W[0, 0] = 3`` writes in place; so does ``layer.W = ...``", None),
    ("network.Gradients", "delta[k] = dL/dz[k]", four_equations),
    ("network.backward", "delta[-1] = dL/da[-1] * g'(z[-1])", four_equations),
    ("network.backward", "delta[k] = W[k+1].T @ delta[k+1] * g'(z[k])", four_equations),
    ("network.backward", "dL/dW[k] = delta[k] @ a[k].T", four_equations),
    ("network.backward", "dL/db[k] = delta[k], summed over the examples", four_equations),
    ("network.update", "W[k] <- W[k] - lr dL/dW[k]", update_rule),
    ("network.random", "variance 2/n_in for relu, 2/((1 + slope**2) n_in) for leaky_relu", variances),
    ("network.random", "and 2/(n_in + n_out) otherwise", variances),
    ("data.two_moons", "y = 0: x = (cos t, sin t) y = 1: x = (1 - cos t, 1/2 - sin t)", moons),
    ("data.two_moons", "have y = 0, the others y = 1", moons),
    ("data.digits", "(x, y), (x_validation, y_validation), (x_test, y_test) = digits()", None),
    ("gradcheck.check_gradient", "df/dx_i = (f(x + h e_i) - f(x - h e_i)) / (2 h)", differences),
    ("gradcheck.check_gradient", "df/dx_i = Im f(x + i h e_i) / h", differences),
    ("gradcheck.check_gradient", "With relu'(0) = 0 it finds 0 at z = 0 for 2 relu(z) - relu(-z)", relus_at_zero),
]  # fmt: skip


@pytest.mark.parametrize(
    ("where", "text", "witness"), VERBATIM, ids=[f"{where} {text}" for where, text, _ in VERBATIM]
)
def test_the_docstring_says_what_the_witness_vouches_for(where, text, witness):
    assert text in one_line(docstring(where)), (
        "look again: the formula has changed, does its witness still hold?"
    )
    if witness:
        witness()


@pytest.mark.parametrize("module", FORMULAS_IN)
def test_every_formula_is_in_one_of_the_lists(module):
    for name, text in docstrings(module).items():
        left = one_line(text)
        for where, verbatim, _ in VERBATIM:
            if where == f"{module}.{name}":
                left = left.replace(verbatim, "")
        for where, label, *_ in READ:
            if where == f"{module}.{name}":
                left = re.sub(rf"(?<![\w'/]){re.escape(label)} ", "", left)
        left = left.replace(" = 1 / cosh(z)**2", "")  # the second side of what is read
        found = re.findall(r".{0,30}(?<![=<>!])(?: = | <- ).{0,30}", left)
        assert not found, f"{module}.{name} has a formula that nothing compares"
