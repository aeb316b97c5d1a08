"""Chapter 2: the mathematics."""

import math


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def bump(z):
    """The sigmoid's slope at z."""
    return math.exp(-z) / (1 + math.exp(-z)) ** 2


def chain(x):
    u = x * x
    v = 4 / (1 + u)
    g, f, h = (lambda at: -4 / (1 + at) ** 2), (lambda at: at / 2), 2 * x
    return {
        "g_at_x": g(x),
        "g_at_v": g(v),
        "f_at_x": f(x),
        "f_at_u": f(u),
        "all_at_x": g(x) * f(x) * h,
        "no_h": g(u) * f(v),
        "added": g(u) + f(v) + h,
    }


def slopes(a1, a2, a3):
    return {
        "sigmoid_at_a": bump(a1),
        "sigmoid_as_tanh": (1 - a1) * (1 + a1),
        "tanh_at_a": 1 / math.cosh(a2) ** 2,
        "tanh_as_sigmoid": a2 - a2 * a2,
        "no_square": 1 - a2,
        "softplus_at_a": sigmoid(a3),
        "other": 1 / math.exp(a3),
    }


def two_uses(w, x, b, y):
    u = w * x + b
    v = w * u + b
    through, held = w * x, u
    return {
        "total": held + through,
        "x_alone": x,
        "through": through,
        "partial": held,
        "product": held * through,
        "overwritten": (v - y) * through,
        "last_use": (v - y) * held,
        "no_half": 2 * (v - y) * (held + through),
        "no_error": held + through,
    }


def neuron(w1, w2, x1, x2, b, y, lr, h):
    z = x1 * w1 + x2 * w2 + b
    a = sigmoid(z)
    delta = (a - y) * bump(z)
    right = delta * x2
    return {
        "no_slope": (a - y) * x2,
        "slope_at_a": (a - y) * bump(a) * x2,
        "no_x": delta,
        "no_half": 2 * right,
        "uphill": lr * right,
        "no_rate": -right,
        "moved": w2 - lr * right,
        "whole": right,
        "nudged_z": h * delta,
    }


def stages(a, b):
    return {
        "not_swapped": a * b,
        "value": (a + b) * a * b,
        "sum_only": a * b,
        "overwritten": (a + b) * b,
        "same_to_both": a * b + a + b,
    }


MISTAKES = {
    "mathematics-stages": stages,
    "mathematics-chain": chain,
    "mathematics-slopes": slopes,
    "mathematics-two-uses": two_uses,
    "mathematics-neuron": neuron,
}

SAYS = {
    "mathematics-stages": {
        "dq:not_swapped": "gives each factor the *other* one",
        "dq:value": "the loss itself",
        "da:sum_only": "through line 1 alone",
        "da:overwritten": "through line 2 alone",
        "da:same_to_both": "passed *dq* on as it was",
        "hint 1": "Start at line 3",
        "hint 2": "Then *a* collects",
    },
    "mathematics-chain": {
        "rate_g:g_at_x": "*x* into *g′*",
        "rate_g:g_at_v": "*v* into *g′*",
        "rate_f:f_at_x": "*x* into *f′*",
        "rate_f:f_at_u": "*u* into *f′*",
        "rate:all_at_x": "All three slopes were taken at *x*",
        "rate:no_h": "with respect to *u*",
        "rate:added": "The rates of a chain multiply",
        "hint 1": "Go forward first",
        "hint 2": "goes into *g*",
    },
    "mathematics-slopes": {
        "slope1:sigmoid_at_a": "the output into *σ′*",
        "slope1:sigmoid_as_tanh": "the formula of tanh",
        "slope2:tanh_at_a": "through tanh a second time",
        "slope2:tanh_as_sigmoid": "the formula of the sigmoid",
        "slope2:no_square": "exponent",
        "slope3:softplus_at_a": "*σ* at the output",
        "slope3:other": "One step is left",
        "hint 1": "need nothing but the output",
        "hint 2": "then *1 − (a_2)²*",
    },
    "mathematics-two-uses": {
        "partial:total": "lets *u* follow",
        "partial:x_alone": "*du/dw*. What",
        "partial:through": "which is held here",
        "total:partial": "still holds *u*",
        "total:through": "as if `=` had replaced",
        "total:product": "contributions of two paths add",
        "dw:overwritten": "as if `=` had replaced",
        "dw:last_use": "This misses that *u* depends",
        "dw:no_half": "half in front of the square",
        "dw:no_error": "the rate of *v*",
        "hint 1": "different names",
        "hint 2": "The last use contributes",
    },
    "mathematics-neuron": {
        "dw2:no_slope": "middle factor is missing",
        "dw2:slope_at_a": "*a* into *σ′*",
        "dw2:no_x": "This is *δ*",
        "dw2:no_half": "half in front of the square",
        "change:uphill": "goes uphill",
        "change:no_rate": "Multiply by the learning rate",
        "change:moved": "the new weight",
        "imaginary:whole": "the derivative itself",
        "imaginary:nudged_z": "would nudge *z* itself",
        "hint 1": "the last of which is an input",
        "hint 2": "To first order the loss gains",
    },
    "mathematics-kink": {"hint 1": "slopes on either side", "hint 2": "Four are true"},
}

OPTIONS = {
    "mathematics-kink": [
        ("so it has no derivative", "The two one-sided limits differ", True),
        (r"is $\tfrac12$", "may have a limit where the derivative does not exist", False),
        ("may take any slope between", "between the slopes of the two sides", True),
        ("can never matter", "Rounding makes exact zeros", False),
        ("complex step finds a slope", "takes no step along", True),
        ("The softplus has a kink", "rounds the corner off", False),
        ("The leaky ReLU has a kink", "only by less", True),
    ],
}

CODE = {
    "mathematics-2": {
        "sum only": "through num is left",
        "product only": "through p is left",
        "not swapped": "each factor the other one",
        "sign of the fraction": "a larger denominator",
        "no slope of the square": "the factor 2 p",
        "hint 1": "Write dnum and dinvden first",
        "hint 2": "Then u gets dp * v and dnum",
    },
    "mathematics-3": {
        "no slope": "slope is missing from delta",
        "slope at a": "slope at a. It",
        "uphill": "goes uphill",
        "no half": "the whole squared error",
        "bias stays": "has not moved",
        "late bias": "moved the weights first",
        "hint 1": "for the bias the last one is 1",
        "hint 2": "New w:",
    },
    "mathematics-1": {
        "all at x": "Only h receives x",
        "f′ at u": "slope of f is taken at h(x)",
        "at the output": "what its function gives",
        "nested": "put into one another",
        "sum": "rates are added",
        "other way round": "h(g(f(x)))",
        "hint 1": "keep what goes into each function",
        "hint 2": "Multiply the three slopes",
    },
}

EXPLAINS = {
    "mathematics-2": ["two contributions, with +="],
    "mathematics-3": ["delta = (a - y) a (1 - a)"],
    "mathematics-1": ["dh at x, dg at u = h(x), df at v = g(u)"],
}
