"""Chapter 6: outputs and losses that fit."""

import math


def batch(a, y, m):
    return {
        "no_mean": 2 * (a - y),
        "half": (a - y) / m,
        "bce_no_mean": -y / a + (1 - y) / (1 - a),
        "delta": (a - y) / m,
        "delta_no_mean": a - y,
        "twice": (a - y) * a * (1 - a) / m,
        "bce": (-y / a + (1 - y) / (1 - a)) / m,
    }


def jacobian(a1, a2):
    return {
        "square": a2 * a2,
        "one_less": 1 - a2,
        "elementwise": 0.0,
        "positive": a1 * a2,
        "row_1": a1 * (1 - a1),
        "as_true": a1 - 1,
        "minus": -a1,
    }


def two(z1, z2):
    first = math.exp(z1) / (math.exp(z1) + math.exp(z2))
    return {
        "alone": 1 / (1 + math.exp(-z1)),
        "swapped": math.exp(z2) / (math.exp(z1) + math.exp(z2)),
        "summed": 1 / (1 + math.exp(-z1 - z2)),
        "other": 1 - first,
        "probability": first,
    }


def far(d1, d2):
    total = math.log(1 + math.exp(-d1) + math.exp(-d2))
    return {"of_largest": total, "minus": total - d1, "whole": total + 1000}


def count(z, y):
    a = math.exp(z)
    return {
        "kept": (a - y) * a,
        "sum_for_output": z - y,
        "minus": y - a,
        "half": (a - y) ** 2 / 2,
        "delta": a - y,
        "no_target": a - z,
        "loss_minus": y * z - a,
    }


def twice(d, z2):
    total = math.exp(-d) + math.exp(z2) + 1
    p = math.exp(-d) / total
    return {
        "probability": p,
        "minus": 1 - p,
        "other": math.exp(z2) / total,
        "kept": -p * (1 - p) ** 2,
        "none": 0,
        "place": math.ceil(-math.log10(p * (1 + leans(d, z2)))),
        "both": math.ceil(-2 * math.log10(p)) - 1,
    }


def leans(d, z2):
    """By how much the bracket of the inner softmax is below minus one."""
    inner = [math.exp(z) / (math.exp(-d) + math.exp(z2) + 1) for z in (-d, z2, 0)]
    outer = [math.exp(a) / sum(math.exp(b) for b in inner) for a in inner]
    return inner[1] * outer[1] + inner[2] * outer[2] - outer[0] + inner[0] * (outer[0] - 1)


MISTAKES = {
    "outputs-twice": twice,
    "outputs-count": count,
    "outputs-two": two,
    "outputs-far": far,
    "mathematics-batch": batch,
    "mathematics-jacobian": jacobian,
}


SAYS = {
    "outputs-which": {"hint 1": "what it may say", "hint 2": "Three fit"},
    "outputs-twice": {
        "once:probability": "This is the prediction",
        "once:minus": "not the other way round",
        "once:other": "*δ* of the second class",
        "once:kept": "by a slope once more",
        "zeros:none": "nothing is lost",
        "zeros:place": "Count the zeros before it",
        "zeros:both": "both softmaxes for flat",
        "hint 1": "with respect to its own logits",
        "hint 2": "The inner probabilities are about",
    },
    "outputs-count": {
        "delta:kept": "slope of the output once more",
        "delta:sum_for_output": "compared *z* with *y*",
        "delta:minus": "not the other way round",
        "loss:half": "half the squared error",
        "loss:delta": "This is *δ*",
        "loss:no_target": "How often is *z* taken away",
        "loss:loss_minus": "turned round",
        "hint 1": "its own derivative",
        "hint 2": "prediction minus target",
    },
    "outputs-flat": {"hint 1": "*a* never falls", "hint 2": "with one third"},
    "outputs-two": {
        "a1:alone": "first logit alone",
        "a1:swapped": "probability of the second class",
        "a1:summed": "You added the logits",
        "pair:other": "*δ* of the second class",
        "pair:probability": "target has to be taken away",
        "hint 1": "Divide above and below",
        "hint 2": "sigmoid of *z_1 − z_2",
    },
    "outputs-far": {
        "loss:of_largest": "if the first class were the true one",
        "loss:minus": "lies below the largest",
        "loss:whole": "was not taken away",
        "hint 1": "Which shift makes",
        "hint 2": "Take 1000 away",
    },
    "mathematics-cancel": {"hint 1": "slope cancels", "hint 2": "Half the squared error: *δ ="},
    "mathematics-batch": {
        "squared:no_mean": "gradient of its own term",
        "squared:half": "half the squared error",
        "bce:bce_no_mean": "gradient of its own term",
        "bce:delta": "cancelled already",
        "delta:delta_no_mean": "*δ* for its own term",
        "delta:twice": "applied twice",
        "delta:bce": "one factor further back",
        "hint 1": "Only one term of the mean",
        "hint 2": "leads from *a* back to *z*",
    },
    "mathematics-jacobian": {
        "diagonal:square": "taken away",
        "diagonal:one_less": "compare with the sigmoid's slope",
        "beside:elementwise": "a logit of its own",
        "beside:positive": "rise or fall",
        "beside:row_1": "how *a_1* itself changes",
        "delta:elementwise": "the diagonal alone",
        "delta:as_true": "if the first class were the true one",
        "delta:minus": "Multiply again",
        "hint 1": "same denominator",
        "hint 2": "the loss adds the factor",
    },
}


OPTIONS = {
    "outputs-which": [
        ("several animals", "free of the others", True),
        ("up to five", "sum to one", True),
        ("How many customers", "may say less than zero", False),
        ("^Yes or no", "may say yes to both", False),
        ("temperature", "may be any number", True),
        ("chance of rain", "It is not honest", False),
    ],
    "outputs-flat": [
        ("Both, half", "less than a third", None),
        ("Only cross-entropy", "bends up everywhere", None),
        ("Only half the squared error", "This can never be", None),
        ("Neither", "This can never be", None),
    ],
    "mathematics-cancel": [
        ("Both have", "leaves the error *a − y* itself", None),
        ("Only that of half the squared error", "Compare both with 1/20", None),
        ("Only that of cross-entropy", "This can never be", None),
        ("Neither has", "keeps the factor", None),
    ],
}


CODE = {
    "outputs-4": {
        "slope kept": "multiplied by the slope of the output",
        "no mean": "do not average them",
        "no mean in delta": "delta is that of a sum",
        "G of y": "take G(y) away",
        "y times the output": "y times the output away",
        "z for the output": "compares z with y",
        "hint 1": "recipe gives the loss of one example",
        "hint 2": "np.size(z)",
    },
    "outputs-3": {
        "diagonal": "Only the diagonal",
        "wrong axis": "along the rows",
        "no probability in front": "in front of the bracket is missing",
        "plain mean": "counts all classes alike",
        "hint 1": "does not depend on the row",
        "hint 2": "along axis 0",
    },
    "outputs-1": {
        "clipped": "away from 0 and 1",
        "swapped": "terms are exchanged",
        "first term only": "target 0 cost nothing",
        "second term only": "target 1 cost nothing",
        "hint 1": "Do not compute the probability",
        "hint 2": "They are softplus",
    },
    "outputs-2": {
        "wrong axis": "along the rows",
        "diagonal": "Only the diagonal",
        "sigmoid": "a sigmoid of its own",
        "one step short": "with respect to the probabilities",
        "hint 1": "Each column is an example",
        "hint 2": "delta is (a - y) / m",
    },
}


EXPLAINS = {
    "outputs-4": ["because G has the slope g", "1/m of it, in delta as well"],
    "outputs-3": ["a_i([i=k] - a_k)", "weighed with the probabilities"],
    "outputs-1": [
        "−log σ(z) is softplus(−z), and −log(1 − σ(z)) is softplus(z)",
        "log(1 + e^z) = max(z, 0) + log(1 + e^(−|z|))",
    ],
    "outputs-2": ["less the targets, over the number of examples", "no exponent is positive"],
}
