"""Chapter 13: spot the bug."""

import math


def rate(m, lr):
    return {"divided": lr / m, "same": lr, "root": lr * math.sqrt(m)}


def floor(K):
    return {
        "none": 1e-3,
        "chance": math.log(K),
        "inverted": -math.log(1 / (1 + math.e * (K - 1))),
    }


def first_loss(m, K):
    return {"classes": math.log(K), "both": math.log(m) + math.log(K), "root": math.log(m**0.5)}


def sums(g, k, lr):
    return {
        "plain": sum(lr * g for _ in range(int(k))),
        "square": lr * g * k**2,
        "last": lr * g * sum(range(int(k))),
    }


def first_step(beta1, beta2):
    return {
        "no_root": (1 - beta1) / (1 - beta2),
        "inverted": math.sqrt(1 - beta2) / (1 - beta1),
        "mean": 1 - beta1,
    }


MISTAKES = {
    "bugs-rate": rate,
    "bugs-floor": floor,
    "bugs-first-loss": first_loss,
    "bugs-sums": sums,
    "bugs-first-step": first_step,
}

SAYS = {
    "bugs-flat": {"hint 1": "one row of *n* entries", "hint 2": "repeated downwards"},
    "bugs-mean": {"hint 1": "have to be smaller", "hint 2": "if there were one example"},
    "bugs-square": {"hint 1": "a row for each unit", "hint 2": "as many columns on its left"},
    "bugs-once-more": {"hint 1": "derivative of cross-entropy", "hint 2": "be given up"},
    "bugs-labels": {"hint 1": "that knows nothing", "hint 2": "what picks the labels"},
    "bugs-kink": {"hint 1": "condition false", "hint 2": "An output of zero"},
    "bugs-quiet": {"hint 1": "exactly zero", "hint 2": "does not touch"},
    "bugs-order": {"hint 1": "in the right order", "hint 2": "blame is handed back"},
    "bugs-slope": {"hint 1": "want to be given", "hint 2": "tanh is taken twice"},
    "bugs-twice": {"hint 1": "How often is a softmax", "hint 2": "Follow a perfect answer"},
    "bugs-log-twice": {"hint 1": "to what do they add up", "hint 2": "subtract from its input"},
    "bugs-clip": {"hint 1": "without the last three", "hint 2": "when are they shortened"},
    "bugs-bias": {"hint 1": "carried out for one batch", "hint 2": "eight inputs"},
    "bugs-zero": {"hint 1": "different in the second", "hint 2": "when the second batch comes"},
    "bugs-adam": {"hint 1": "after one batch", "hint 2": "root of a thousandth"},
    "bugs-rows": {"hint 1": "sums of the columns", "hint 2": "does axis 1 run"},
    "bugs-match": {"hint 1": "which too short", "hint 2": "above the twin or below"},
    "bugs-evidence": {"hint 1": "wrong ones have in common", "hint 2": "a factor at the output"},
    "bugs-rate": {
        "rate:divided": "the longer one",
        "rate:same": "differ by a factor",
        "rate:root": "The noise of a mean",
        "hint 1": "larger than a mean",
        "hint 2": "times as long",
    },
    "bugs-floor": {
        "least:none": "zero behind one softmax",
        "least:chance": "knows nothing",
        "least:inverted": "on a wrong class",
        "hint 1": "is given 1",
        "hint 2": "*e* and 1",
    },
    "bugs-first-loss": {
        "loss:classes": "softmax over the classes",
        "loss:both": "among the examples alone",
        "loss:root": "not of its root",
        "hint 1": "Among how many entries",
        "hint 2": "minus its logarithm",
    },
    "bugs-sums": {
        "path:plain": "the right program",
        "path:square": "Only the last step",
        "path:last": "The first step already",
        "hint 1": "at the third",
        "hint 2": "Add them up",
    },
    "bugs-first-step": {
        "times:no_root": "stands under a root",
        "times:inverted": "Upside down",
        "times:mean": "too small as well",
        "hint 1": "After one step",
        "hint 2": "What becomes of",
    },
}

OPTIONS = {
    "bugs-flat": [
        ("stops with an error", "lines up last axes", None),
        ("a bias of its own", "as many as the examples", None),
        ("n × n", "a single column meets a row", None),
    ],
    "bugs-mean": [
        ("the sigmoid overflows", "does not overflow", False),
        ("mean over the examples is missing", "a hundred times their mean", True),
        ("on the wrong side", "say where it belongs", False),
        ("Nothing", "A smaller rate would hide it", False),
    ],
    "bugs-square": [
        ("stops with an error", "how many columns has", None),
        ("the first layer is wrong", "have to be square", None),
        ("all layers are wrong", "taken before this line", None),
        ("every gradient is right", "not its own transpose", None),
    ],
    "bugs-once-more": [
        ("should be a ReLU", "no bug", False),
        ("slope does not belong", "has cancelled", True),
        ("taken at the sums", "one minus the square", False),
        ("Nothing", "a tenth of this loss", False),
    ],
    "bugs-labels": [
        ("with repetition", "Each example once", False),
        ("too short", "the mean takes care", False),
        ("not picked alike", "in their old order", True),
        ("Nothing", "after ten epochs", False),
    ],
    "bugs-kink": [
        ("along the rows", "down each column", False),
        ("slope of the softmax", "as with the sigmoid", False),
        ("always true", "never negative", True),
        ("Nothing", "an *output* is zero", False),
    ],
    "bugs-quiet": [
        ("negative entries", "Are there any", False),
        ("two floats", "an exact zero", False),
        ("slope is missing", "in the next line", False),
        ("Nothing: what is set", "just the places", True),
    ],
    "bugs-order": [
        ("slope of the sigmoid", "against the cross-entropy", False),
        ("still needed", "through the new weights", True),
        ("should be averaged", "already", False),
        ("Nothing", "sixteenth digit", False),
    ],
    "bugs-slope": [
        ("one number at a time", "arrays of any shape", False),
        ("sum over examples", "matrix products below", False),
        ("at the activation", "of the weighted sum", True),
        ("Nothing", "before you acquit", False),
    ],
    "bugs-twice": [
        ("wants logits", "of its own", True),
        ("only half of it", "it is all of it", False),
        ("Jacobian of the softmax", "on the way back", False),
        ("Nothing", "how small this loss", False),
    ],
    "bugs-log-twice": [
        ("as in the last case", "Look again", False),
        ("Jacobian of the first call", "prediction minus target", False),
        ("changes the result", "cancels", False),
        ("Nothing: the second", "logarithm of 1", True),
    ],
    "bugs-clip": [
        ("norm of its own", "direction of the step", False),
        ("not clipped yet", "has been taken", True),
        ("alone", "stretched", False),
        ("Nothing", "three times as long", False),
    ],
    "bugs-bias": [
        ("moved alone", "their turn", False),
        ("inside the loop", "once for each incoming", True),
        ("copies", "names for the same arrays", False),
        ("Nothing", "is no proof", False),
    ],
    "bugs-zero": [
        ("before the loop", "set back to zero", True),
        ("changes the gradients", "in place", False),
        ("g + total", "count twice", False),
        ("Nothing", "by heart", False),
    ],
    "bugs-adam": [
        ("exchanged", "nine tenths", False),
        ("of the mean", "mean of the squares", False),
        ("begin at zero", "far more so", True),
        ("Nothing", "longer than it says", False),
    ],
    "bugs-rows": [
        ("over the examples", "down each column", True),
        ("overflow", "no number is lost", False),
        ("factor before", "For this loss it does", False),
        ("Nothing", "that it is given", False),
    ],
    "bugs-match": [
        ("mean is forgotten", "do not come down", None),
        ("for its transpose", "comes down sooner", None),
        ("slope once more", "stalls at a quarter", None),
        ("Labels", "level from the start", None),
        ("ReLU", "a little above.", None),
        ("moves too early", "a little above it", None),
        ("at the activation", "stays up longer", None),
        ("Softmax twice", "hardly gets down", None),
        ("once for each weight", "a little below it", None),
        ("never zeroed", "without friction", None),
        ("Adam", "after one epoch", None),
        ("rows", "half the speed", None),
    ],
    "bugs-evidence": [
        ("moves before", "that of the first is not", None),
        ("forgotten", "*m − 1* times", None),
        ("multiplied in", "three quarters", None),
        ("Each bias", "whole numbers", None),
        ("never zeroed", "sees no other", None),
    ],
}

CODE = {
    "bugs-1": {
        "symptom patched": "What was it to cure",
        "only the mean": "weights that have moved",
        "only the order": "and then at two",
        "neither": "so is the instability",
        "hint 1": "Why was it unstable",
        "hint 2": "give alpha back",
    },
    "bugs-2": {
        "only the mean": "sums of your probabilities",
        "only the axis": "has twice the loss",
        "neither": "Take a batch twice",
        "test weakened": "so that a check passes",
        "hint 1": "Which sums of A",
        "hint 2": "along axis 0",
    },
    "bugs-3": {
        "only the sides": "disappears among",
        "only the largest": "seems wrong",
        "neither": "how near is the difference",
        "test weakened": "Which entry is the worst",
        "hint 1": "difference to one side",
        "hint 2": "a step above and a step below",
    },
}

EXPLAINS = {
    "bugs-1": ["before W2 moves", "only hid the sum"],
    "bugs-2": ["axis 0", "means over the examples"],
    "bugs-3": ["Two sides", "a single wrong entry"],
}
