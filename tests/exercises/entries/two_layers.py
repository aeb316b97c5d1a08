"""Chapter 4: two layers by hand."""

import math


def bump(z):
    """The sigmoid's slope at z."""
    return math.exp(-z) / (1 + math.exp(-z)) ** 2


def enough(delta2, w2, a1, h):
    return {
        "da1": w2 * delta2,
        "no_weight": delta2 * (1 - a1) * (1 + a1),
        "at_a": w2 * delta2 / math.cosh(a1) ** 2,
        "delta1": w2 * delta2 * (1 - a1) * (1 + a1),
        "change_2": delta2 * h,
    }


def parabola(w1, b1, w2, b2, x, y):
    z1 = x * w1 + b1
    z2 = w2 * z1 * z1 + b2
    error = z2 / 2 - y
    delta2 = error / 2
    delta1 = delta2 * w2 * 2 * z1
    return {
        "error": error,
        "no_F": z2 - y,
        "da1": delta2 * w2,
        "at_a": delta2 * w2 * 2 * z1 * z1,
        "no_weight": delta2 * 2 * z1,
        "delta1": delta1,
        "with_a1": delta1 * z1 * z1,
    }


def late(w1, w2, x, y, lr):
    a1 = x * w1
    delta2 = w2 * a1 - y
    moved = w2 - lr * delta2 * a1
    return {
        "w2_uphill": w2 + lr * delta2 * a1,
        "w2_far": w2 - delta2 * a1,
        "late": delta2 * moved * x,
        "fresh": (moved * a1 - y) * moved * x,
        "dw2": delta2 * a1,
        "da1": delta2 * w2,
        "w1_late": w1 - lr * delta2 * moved * x,
        "w1_uphill": w1 + lr * delta2 * w2 * x,
    }


def walls(m1, m2, x):
    """Of the Hessian x² [[m2², m1·m2], [m1·m2, m1²]] on the valley floor."""
    size = m1 * m1 + m2 * m2
    return {
        "too_long": x * x * size * size,
        "one_weight": x * x * m2 * m2,
        "one_x": x * size,
        "lands": 1 / (x * x * size),
        "largest_long": 2 / (x * x * size * size),
    }


def losses(w1, w2, x, y):
    z2 = w2 * math.tanh(x * w1)
    a2 = 1 / (1 + math.exp(-z2))
    return {
        "half_delta2": (a2 - y) * bump(z2),
        "da2": -y / a2 + (1 - y) / (1 - a2),
        "delta2": a2 - y,
        "half_at_a": (a2 - y) * bump(a2),
    }


MISTAKES = {
    "two-layers-enough": enough,
    "two-layers-parabola": parabola,
    "two-layers-late": late,
    "two-layers-walls": walls,
    "two-layers-losses": losses,
}

SAYS = {
    "two-layers-fate": {"hint 1": "Go forward to *a_2*", "hint 2": "both from the old weights"},
    "two-layers-losses": {
        "delta2:half_delta2": "This still holds *σ′*",
        "delta2:da2": "one more factor",
        "half_delta2:delta2": "here nothing cancels",
        "half_delta2:half_at_a": "*a_2* into *σ′*",
        "hint 1": "Which of the two losses divides",
        "hint 2": "the other loss leaves that times the slope",
    },
    "two-layers-enough": {
        "delta1:da1": "This is *∂L/∂a_1*",
        "delta1:no_weight": "weight is missing",
        "delta1:at_a": "into the slope of tanh",
        "change:delta1": "_per unit_",
        "change:change_2": "nudge of *b_2*",
        "hint 1": "How much does *z_2* change",
        "hint 2": "moves *z_1* one to one",
    },
    "two-layers-parabola": {
        "delta2:error": "This is *∂L/∂a_2*",
        "delta2:no_F": "compared *z_2* with the target",
        "delta1:da1": "This is *∂L/∂a_1*",
        "delta1:at_a": "evaluated at *a_1*",
        "delta1:no_weight": "arrives through a weight",
        "dw1:delta1": "gradient of the bias",
        "dw1:with_a1": "not the one behind it",
        "hint 1": "what arrives from behind, times the slope",
        "hint 2": "is one half everywhere",
    },
    "two-layers-order": {
        "0": "The output neuron weighs *a_1*",
        "1": "forward comes before backward",
        "2": "gradient of *w_2* is made from",
        "3": "has no target",
        "4": "gradient of *w_1* is made from",
        "5": "*w_2* cannot move before",
        "6": "still needs the old *w_2*",
        "7": "*w_1* cannot move before",
        "hint 1": "stands on its right side",
        "hint 2": "the other not yet moved",
    },
    "two-layers-late": {
        "w2_next:w2_uphill": "goes uphill",
        "w2_next:w2_far": "multiply it by the learning rate",
        "dw1:late": "mixes two points",
        "dw1:fresh": "went forward again",
        "dw1:dw2": "_other_ weight",
        "dw1:da1": "How fast does *a_1* grow",
        "w1_next:w1_late": "The gradient in this step was made with",
        "w1_next:w1_uphill": "goes uphill",
        "hint 1": "Write down both gradients",
        "hint 2": "that was used on the way forward",
    },
    "two-layers-walls": {
        "c:too_long": "must have length one",
        "c:one_weight": "when only *m_1* moves",
        "c:one_x": "The input enters",
        "largest:lands": "lands at the first step",
        "largest:largest_long": "belongs to a direction that is not of length one",
        "hint 1": "Which direction makes it largest",
        "hint 2": "two over the curvature",
    },
    "two-layers-pairs": {"hint 1": "Write each delta as", "hint 2": "two ways to get there"},
}

OPTIONS = {
    "two-layers-fate": [
        ("still too large", "would still be larger", None),
        ("now too small", "between zero and", None),
        ("It is dead", "jumped over zero", None),
    ],
    "two-layers-pairs": [
        ("^a sigmoid output with binary", "that is the sigmoid's slope", True),
        ("a sigmoid output with half", "no denominator", False),
        ("an identity output with half", "nothing to cancel", True),
        ("an identity output with the squared", "Without the half", False),
        ("ReLU output whose weighted sum is positive", "that is on has slope one", True),
        ("a hidden sigmoid neuron", "cancels at the output", False),
    ],
}

STEPS = {
    "two-layers-order": [
        ("$z_1$ and $a_1$", "w1", "a1"),
        ("the prediction $a_2$", "w2 a1", "a2"),
        (r"$\delta_2 =", "a2", "delta2"),
        (r"\partial w_2 =", "delta2 a1", "dw2"),
        (r"$\delta_1 =", "w2 delta2 a1", "delta1"),
        (r"\partial w_1 =", "delta1", "dw1"),
        ("change $w_2$", "dw2", "w2"),
        ("change $w_1$", "dw1", "w1"),
    ],
}

CODE = {
    "two-layers-1": {
        "slopes at a": "at what goes into its function",
        "delta at a": "with respect to a2 and a1",
        "always a2 − y": "whatever the loss is",
        "swapped": "wrong way round",
        "hint 1": "keep z1 and z2",
        "hint 2": "multiplies it by its own slope",
    },
    "two-layers-2": {
        "updated w2": "a w2 that has already moved",
        "kept σ′": "still has the factor σ′",
        "slope at a": "slope of tanh is evaluated at a1",
        "no tanh slope": "hidden neuron's slope is missing",
        "no w2": "must be weighted",
        "no upstream delta": "nothing comes from the loss",
        "uphill": "uphill",
        "bias times input": "input is always one",
        "hint 1": "Does tanh's",
        "hint 2": "before any weight gets its new value",
    },
    "two-layers-3": {
        "last path only": "the last output",
        "first path only": "the first output",
        "units mixed up": "start again from zero",
        "sums multiplied": "multiplied the two sums",
        "no output slope": "outputs' slopes are missing",
        "slopes at a": "at the activations",
        "hint 1": "Take one hidden unit j",
        "hint 2": "Collect da1",
    },
}

EXPLAINS = {
    "two-layers-1": [
        "the slope of the activation at its own z",
        "at the hidden neuron w2 * delta2",
    ],
    "two-layers-2": ["delta2 is a2 - y", "1 - a1**2", "w2 is still the old one"],
    "two-layers-3": ["the paths add up, hence the +="],
}
