"""Chapter 9: checking a gradient."""

import math


def best_h(loss, bend):
    epsilon = 2.0**-52
    return {
        "no_two": 1e8 * math.sqrt(epsilon * loss / bend),
        "inverted": 2e8 * math.sqrt(epsilon * bend / loss),
        "cube_root": 1e8 * math.cbrt(3 * epsilon * loss / bend),
    }


def corner(z, h):
    return {"side": float(z > 0), "half": 0.5, "no_two": (z + h) / h, "share": z / h}


def direction(v1, v2, v3, g3):
    n, a = 3 * v1 - v2 + 2 * v3, 3 * v1 - v2 + g3 * v3
    smaller = min(abs(a), abs(n))
    return {
        "plain_sum": 3 - 1 + 2,
        "a": a,
        "unit": n / math.hypot(v1, v2, v3),
        "absolute": abs(a - n),
        "smaller": abs(a - n) / smaller if smaller else math.inf,
    }


def cost(D, n):
    return {
        "one_each": D * n * (n + 1),
        "weights_only": 2 * D * n**2,
        "one_direction": 2,
        "layers": 2 * D,
        "single": D,
    }


MISTAKES = {
    "checking-best-h": best_h,
    "checking-corner": corner,
    "checking-direction": direction,
    "checking-cost": cost,
}


SAYS = {
    "checking-best-h": {
        "h:no_two": "factor in front of the root",
        "h:inverted": "Upside down",
        "h:cube_root": "two-sided difference",
        "hint 1": "Where is the sum least",
        "hint 2": "both are equal",
    },
    "checking-corner": {
        "slope:side": "This is the true slope",
        "slope:half": "exactly in the middle",
        "slope:no_two": "The two points",
        "slope:share": "the ReLU is zero",
        "hint 1": "On which side",
        "hint 2": "0 and *z + h*",
    },
    "checking-direction": {
        "n:plain_sum": "sum of the gradient",
        "n:a": "what the program claims",
        "n:unit": "of length one",
        "relative:absolute": "difference itself",
        "relative:smaller": "smaller of the two",
        "hint 1": "moves every weight at once",
        "hint 2": "entry by entry and added",
    },
    "checking-complex": {
        "hint 1": "Put *w + ih* into",
        "hint 2": "what makes complex numbers real",
    },
    "checking-hides": {"hint 1": "adding the same as averaging", "hint 2": "With one example"},
    "checking-cost": {
        "full:one_each": "a loss on either side",
        "full:weights_only": "biases are parameters",
        "blocks:one_direction": "one direction for all arrays",
        "blocks:layers": "two arrays, and each direction",
        "hint 1": "can be nudged",
        "hint 2": "which are two arrays",
    },
}


OPTIONS = {
    "checking-complex": [
        ("np.abs(w)", "absolute value of a complex number is real", True),
        ("w * w", "carries the nudge on", False),
        ("linalg.norm", "takes absolute values first", True),
        ("np.log(np.exp", "have power series", False),
        ("np.vdot", "conjugates its first argument", True),
        ("np.tanh", "conjugates nothing", False),
        (".real", "thrown away by name", True),
    ],
    "checking-hides": [
        ("Neither", "Look at the slope of tanh", None),
        ("Only the forgotten mean", "only over a single example", None),
        ("Only the missing slope", "only where the sums are tiny", None),
        ("Both", "a reason to hide here", None),
    ],
}


CODE = {
    "checking-1": {
        "one-sided": "on one side only",
        "not put back": "has stayed where it was",
        "whole numbers": "cuts the step away",
        "hint 1": "Only one entry may differ",
        "hint 2": "np.ndindex",
    },
    "checking-2": {
        "real part": "It is f itself",
        "not divided": "Divide it by h",
        "not put back": "earlier entries are still there",
        "nothing imaginary": "never reached f",
        "hint 1": "cannot hold ih",
        "hint 2": "dtype=complex",
    },
    "checking-3": {
        "one-sided": "that in the middle",
        "not put back": "back at its place",
        "all at once": "moved together",
        "not relative": "the difference itself",
        "no direction": "without the direction",
        "hint 1": "Move W alone",
        "hint 2": "compare (dW * vW).sum()",
    },
}


EXPLAINS = {
    "checking-1": ["put back before the next one moves", "made of floats"],
    "checking-2": ["imaginary part of f over h", "nothing is subtracted"],
    "checking-3": ["Two losses for W", "larger of the two slopes"],
}
