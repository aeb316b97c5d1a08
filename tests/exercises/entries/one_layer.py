"""Chapter 3: one layer by hand."""

import math


def bump(z):
    """The sigmoid's slope at z."""
    return math.exp(-z) / (1 + math.exp(-z)) ** 2


def step(w, x, b, y, lr):
    off = x * w + b - y
    return {
        "half_loss": 0.5 * off * off,
        "half": off * x,
        "delta": 2 * off,
        "uphill": w + lr * 2 * off * x,
        "no_rate": w - 2 * off * x,
    }


def rates(x, lr):
    """Of w ← w − lr·x²·s·(w − w*), with s = 2 for the whole square and 1 for half of it."""
    return {
        "r_half": 1 - lr * x * x,
        "r_linear": 1 - 2 * lr * x,
        "uphill": 1 + 2 * lr * x * x,
        "largest": 1 / (x * x),
        "best": 1 / (2 * x * x),
        "too_large": 2 / (x * x),
        "linear": 1 / abs(x),
    }


def differences(w, x, b, y, h):
    def loss(at):
        return (at * x + b - y) ** 2

    return {
        "no_two": (loss(w + h) - loss(w - h)) / h,
        "one_sided": (loss(w + h) - loss(w)) / h,
        "change": loss(w + h) - loss(w - h),
    }


def saturated(w, x, b, y):
    z = x * w + b
    a = 1 / (1 + math.exp(-z))
    return {
        "no_slope": 2 * (a - y) * x,
        "slope_at_a": 2 * (a - y) * bump(a) * x,
        "no_x": 2 * (a - y) * bump(z),
    }


MISTAKES = {
    "one-layer-step": step,
    "one-layer-rates": rates,
    "one-layer-differences": differences,
    "one-layer-saturated": saturated,
}

SAYS = {
    "one-layer-fate": {"hint 1": "Find it", "hint 2": "Its sign says"},
    "one-layer-step": {
        "loss:half_loss": "half the loss",
        "dw:half": "square's own derivative",
        "dw:delta": "how fast does *z* grow",
        "w_next:uphill": "uphill",
        "w_next:no_rate": "multiply it by the learning rate",
        "hint 1": "Go forward first",
        "hint 2": "The error is",
    },
    "one-layer-order": {
        "0": "The activation bends",
        "1": "forward comes before backward",
        "2": "so *∂L/∂a* comes first",
        "3": "are made from *δ*",
        "4": "before anything moves",
        "hint 1": "Two walks and a step",
        "hint 2": "visits the same stations",
    },
    "one-layer-rates": {
        "r:r_half": "factor for half the squared error",
        "r:r_linear": "enters squared",
        "r:uphill": "walks uphill",
        "best:largest": "half of it lands",
        "largest:best": "lands in one step",
        "largest:too_large": "bound for half the squared error",
        "largest:linear": "Square the input",
        "hint 1": "old distance",
        "hint 2": "It lands where",
    },
    "one-layer-differences": {
        "ratio:no_two": "*2h* apart",
        "ratio:one_sided": "one side only",
        "ratio:change": "This is the change",
        "hint 1": "between the two outer points",
        "hint 2": "The numerator is",
    },
    "one-layer-saturated": {
        "dw:no_slope": "middle factor is missing",
        "dw:slope_at_a": "*a* into *σ′*",
        "dw:no_x": "This is *δ*",
        "hint 1": "Three factors",
        "hint 2": "so *σ′(z)",
    },
    "one-layer-backward": {"hint 1": "our own backward pass", "hint 2": "puts them away"},
}

OPTIONS = {
    "one-layer-fate": [
        ("creeps to the goal", "between 0 and 1", None),
        ("and comes closer", "between −1 and 0", None),
        ("farther each time", "*r* below −1", None),
    ],
    "one-layer-backward": [
        ("visited in reverse", "walks back through", True),
        ("The weights change", "the optimiser's step moves weights", False),
        ("upstream gradient is multiplied", "chain rule at work", True),
        ("added to what `w.grad` held", "so you must clear them", True),
        ("learning rate is chosen", "The rate is yours", False),
        ("earlier steps are cleared", "Clearing them is your job", False),
    ],
}

STEPS = {
    "one-layer-order": [
        ("$z = wx + b$", "w b", "z"),
        ("compute $a$ and the loss", "z", "a L"),
        (r"compute $\partial L/\partial a$", "a L", "da"),
        (r"\delta =", "da z", "delta"),
        (r"\partial L/\partial w$ and", "delta", "dw db"),
        ("change $w$ and $b$", "dw db", "w b"),
    ],
}

CODE = {
    "one-layer-1": {
        "σ′ at a": "evaluated at a, but it belongs at z",
        "hint 1": "Compute z and a first",
        "hint 2": "How fast does z grow with w, and with b",
    },
    "one-layer-2": {
        "one-sided": "on one side only",
        "change": "the change of f. Divide",
        "parentheses": "order of operations",
        "hint 1": "to either side",
        "hint 2": "How far apart",
    },
    "one-layer-3": {
        "updated w": "just been updated",
        "uphill": "uphill",
        "factor 2": "half as long",
        "one gradient": "computed once and used for all steps",
        "one step": "only one step",
        "hint 1": "Write one step first",
        "hint 2": "belongs to the old w and b",
    },
}

EXPLAINS = {
    "one-layer-1": ["the factor 2(a − y), the sigmoid a(1 − a)", "the factors x and 1"],
    "one-layer-2": ["2h apart", "order h, have opposite signs", "order h²"],
    "one-layer-3": ["before either name gets its new value"],
}
