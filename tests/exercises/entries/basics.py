"""Chapter 1: the basics."""

import numpy as np


def loss(w, b, x, y):
    off = np.abs([w * x[0] + b - y[0], w * x[1] + b - y[1]])
    signed = [w * x[0] + b - y[0], w * x[1] + b - y[1]]
    return {
        "distance": off[0],
        "half": 0.5 * off[0] ** 2,
        "no_bias": (w * x[0] - y[0]) ** 2,
        "bias_inside": (w * x[0] + w * b - y[0]) ** 2,
        "total": off[0] ** 2 + off[1] ** 2,
        "mean_distance": (off[0] + off[1]) / 2,
        "squared_mean": ((signed[0] + signed[1]) / 2) ** 2,
    }


def ratio(w, nudge, x, b, y, lr):
    before = (x * w + b - y) ** 2
    after = (x * w + x * nudge + b - y) ** 2
    rise = (after - before) / nudge
    return {
        "change": after - before,
        "upside_down": 1 / rise,
        "quotient": after / before,
        "no_before": after / nudge,
        "uphill": w + lr * rise,
        "no_rate": w - rise,
        "by_change": w - lr * rise * nudge,
    }


def step(w, b, x, y, lr):
    off = x * w + b - y
    moved = w - lr * 2 * off * x
    return {
        "db": 2 * off,
        "half": off * x,
        "w_uphill": w + lr * 2 * off * x,
        "w_no_rate": w - 2 * off * x,
        "b_uphill": b + lr * 2 * off,
        "b_no_rate": b - 2 * off,
        "b_by_dw": b - lr * 2 * off * x,
        "b_late": b - lr * 2 * (moved * x + b - y),
    }


def passes(inputs, hidden, outputs):
    wires = (inputs + outputs) * hidden
    parameters = wires + hidden + outputs
    return {
        "weights": wires,
        "input_biases": parameters + inputs,
        "parameters": parameters,
        "two_sided": 2 * parameters,
        "forward_free": (1 + parameters) / 2,
        "backward_alone": 1 + parameters,
    }


MISTAKES = {
    "basics-loss": loss,
    "basics-ratio": ratio,
    "basics-step": step,
    "basics-passes": passes,
}

SAYS = {
    "basics-loss": {
        "first:distance": "how far off the prediction is",
        "first:half": "half the square",
        "first:no_bias": "bias is missing",
        "first:bias_inside": "multiplies the input alone",
        "mean:total": "the sum of the two losses",
        "mean:mean_distance": "averages how far off",
        "mean:squared_mean": "averaged first and squared afterwards",
        "hint 1": "Predict first",
        "hint 2": "Square each",
    },
    "basics-ratio": {
        "ratio:change": "the change of the loss. The ratio",
        "ratio:upside_down": "on its head",
        "ratio:quotient": "dividing",
        "ratio:no_before": "before the nudge as well",
        "w_next:uphill": "where the loss grows",
        "w_next:no_rate": "learning rate",
        "w_next:by_change": "takes the ratio, not the change",
        "hint 1": "belong together",
        "hint 2": "The step then is *α* times the ratio",
    },
    "basics-step": {
        "dw:db": "slope for *b*",
        "dw:half": "slope of the square is not complete",
        "w_next:w_uphill": "weight goes uphill",
        "w_next:w_no_rate": "Where is the learning rate?",
        "b_next:b_uphill": "bias goes uphill",
        "b_next:b_no_rate": "Where is the learning rate?",
        "b_next:b_by_dw": "bias by the weight's slope",
        "b_next:b_late": "moved the weight first",
        "hint 1": "Forward first",
        "hint 2": "for the bias by one",
    },
    "basics-passes": {
        "parameters:weights": "are the wires",
        "parameters:input_biases": "gave the inputs a bias",
        "passes:parameters": "must be compared with something",
        "passes:two_sided": "either side",
        "times:forward_free": "walk forward: count this pass",
        "times:backward_alone": "Divide it by the price",
        "hint 1": "Count the wires",
        "hint 2": "as much as three",
    },
    "basics-sign": {"hint 1": "On which side", "hint 2": "which of the two is farther off"},
    "basics-downhill": {"hint 1": "which way is up", "hint 2": "farther from zero"},
    "basics-order": {
        "0": "nothing to predict from",
        "1": "compares the prediction with the target",
        "2": "sets out from the loss",
        "3": "sets out from the loss",
        "4": "A weight needs its slope",
        "5": "A bias needs its slope",
        "6": "the slope for *w* belongs to the old *b*",
        "7": "the slope for *b* belongs to the old *w*",
        "hint 1": "Five stages",
        "hint 2": "order is free",
    },
    "basics-backprop": {"hint 1": "one of the five stages", "hint 2": "Strike out"},
}

OPTIONS = {
    "basics-sign": [
        ("Both are negative", "negative ratio says that the nudge made the loss smaller", None),
        ("slope is negative, the ratio positive", "too small before the nudge", None),
        ("Both are positive", "even the smallest nudge upward does harm", None),
        ("slope is positive, the ratio negative", "cannot happen on a curve that bends", None),
    ],
    "basics-downhill": [
        ("Raise *w_1*", "*{dw1}·{nudge} = {up1}*", None),
        ("Lower *w_1*", "*−{dw1}·{nudge} = {down1}*", None),
        ("Raise *w_2*", "*{dw2}·{nudge} = {up2}*", None),
        ("Lower *w_2*", "*−{dw2}·{nudge} = {down2}*", None),
    ],
    "basics-backprop": [
        ("slope of the loss for every weight", "together are the gradient", True),
        ("moves the weights", "changes nothing", False),
        ("uses numbers that the forward pass", "both come from the way forward", True),
        ("more exact the smaller the nudge", "There is no nudge in it", False),
        ("still needs a single walk back", "there is still only one", True),
        ("finds the parameters with the smallest", "Coming down from there", False),
    ],
}

STEPS = {
    "basics-order": [
        ("put the input", "", "x"),
        ("compute the prediction", "x w b", "a"),
        ("compute the loss", "a", "L"),
        (r"\partial w", "L a x w b", "dw"),
        (r"\partial b", "L a x w b", "db"),
        ("change $w$", "dw", "w"),
        ("change $b$", "db", "b"),
    ],
}

CODE = {
    "basics-1": {
        "sum": "sum over the walks",
        "no square": "averaged as they are",
        "absolute value": "sizes of the errors",
        "square last": "average first and square afterwards",
        "root": "root of the right number",
        "one walk": "only the last walk",
        "hint 1": "predict, compare, average",
        "hint 2": "before np.mean averages",
    },
    "basics-2": {
        "not put back": "still nudged",
        "all at once": "nudged together",
        "change": "makes a ratio of them",
        "multiplied": "multiplied by the nudge",
        "upside down": "on their heads",
        "no subtraction": "divide the loss after the nudge",
        "downward": "nudge downward",
        "two-sided": "to both sides",
        "hint 1": "For one weight you know it",
        "hint 2": "nudged = list(weights)",
    },
    "basics-3": {
        "uphill": "uphill",
        "weight first": "before the bias's slope",
        "sum": "summed over the walks",
        "factor 2": "half as long",
        "one step": "only one step",
        "slopes once": "computed once",
        "walk by walk": "after each walk",
        "hint 1": "has the slopes 2 e x",
        "hint 2": "only then the new w and b",
    },
}

EXPLAINS = {
    "basics-1": ["w * x + b predicts", "squared on its own"],
    "basics-2": ["fresh copy", "n + 1 forward passes"],
    "basics-3": ["2 e x for w and 2 e for b", "the old w and b"],
}
