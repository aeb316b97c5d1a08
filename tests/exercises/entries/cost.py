"""Chapter 12: what a gradient costs."""

import math


def count(p, q, r, s):
    layers = [p * q, q * r, r * s]
    forward = sum(layers)
    return {
        "chained": math.prod(layers) / (q * r),
        "biases": (p + 1) * q + (q + 1) * r + (r + 1) * s,
        "all_back": 3 * forward,
        "weights_only": 2 * forward,
        "back": forward + sum(layers[1:]),
    }


def nudging(p, q, r):
    weights = q * (p + r)
    parameters = weights + q + r
    back = weights + q * r
    return {
        "no_base": parameters,
        "weights_only": weights + 1,
        "both_sides": 2 * parameters,
        "to_forward": parameters + 1,
        "to_back": (parameters + 1) * weights / back,
        "whole_each": (parameters + 1) * (weights + back) / weights,
    }


def memory(p, q, r, m):
    parameters = q * (p + 1) + r * (q + 1)
    return {
        "no_input": m * q + m * r,
        "one_example": p + q + r,
        "hidden_only": m * q,
        "parameters": parameters,
        "no_gradients": 3 * parameters,
        "averages_only": 2 * parameters,
        "batch_too": m * parameters,
    }


def sqrt(D, s):
    return {
        "no_stretch": D / s,
        "no_checkpoints": s,
        "everything": D + 1,
        "all_again": D,
        "one_stretch": s,
        "each_less": D - D / s,
    }


def reach(c, r):
    return {
        "product": r * c,
        "power": c**r,
        "turned_power": r**c,
        "spread": r * c + r,
        "sum": c + r,
    }


MISTAKES = {
    "cost-count": count,
    "cost-nudging": nudging,
    "cost-memory": memory,
    "cost-sqrt": sqrt,
    "cost-reach": reach,
}


SAYS = {
    "cost-count": {
        "forward:chained": "one after the other",
        "forward:biases": "A bias is added",
        "both:all_back": "gradient of the inputs",
        "both:weights_only": "What hands *δ*",
        "both:back": "way back alone",
        "hint 1": "each is used twice",
        "hint 2": "less the first layer once",
    },
    "cost-nudging": {
        "losses:no_base": "One more",
        "losses:weights_only": "biases are parameters",
        "losses:both_sides": "to both sides",
        "times:to_forward": "a single way forward",
        "times:to_back": "the way back alone",
        "times:whole_each": "Upside down",
        "hint 1": "Count the parameters",
        "hint 2": "A loss takes",
    },
    "cost-memory": {
        "activations:no_input": "The inputs are wanted",
        "activations:one_example": "for a single example",
        "activations:hidden_only": "not the hidden ones alone",
        "adam:parameters": "the parameters alone",
        "adam:no_gradients": "*two* averages",
        "adam:averages_only": "Two of the four are missing",
        "adam:batch_too": "do not grow with it",
        "hint 1": "once for each example",
        "hint 2": "four arrays",
    },
    "cost-sqrt": {
        "held:no_stretch": "These are the checkpoints",
        "held:no_checkpoints": "The checkpoints are held as well",
        "held:everything": "keeping everything",
        "again:all_again": "kept whole",
        "again:one_stretch": "How many of them",
        "again:each_less": "run to its end",
        "hint 1": "Which stretch is not run again",
        "hint 2": "*D/s + s*",
    },
    "cost-reach": {
        "longest:product": "Evenly placed",
        "longest:power": "not as a power",
        "longest:spread": "and one more, a stretch",
        "longest:sum": "of which the first is chosen",
        "hint 1": "a repetition less",
        "hint 2": "binomial coefficient",
    },
    "cost-modes": {"hint 1": "gradient of *one* number", "hint 2": "for every axis"},
}


OPTIONS = {
    "cost-modes": [
        ("The gradient", "One walk back has all of it", False),
        ("The slope along", "One walk forward", False),
        ("The Hessian times", "one more walk back", False),
        ("The curvature along *v*", "one product more", False),
        ("the diagonal", "each axis takes walks of its own", True),
    ],
}


CODE = {
    "cost-1": {
        "back to the inputs": "through the first layer as well",
        "delta not handed back": "What hands delta",
        "way back alone": "Add the way forward",
        "biases counted": "takes no multiplication",
        "last for first": "not the last",
        "hint 1": "Neighbours in the list",
        "hint 2": "less the first layer once",
    },
    "cost-2": {"hint 1": "keep a only where", "hint 2": "inputs = [checkpoints.pop()]"},
    "cost-3": {
        "way not counted": "are work, too",
        "a snapshot for nothing": "one less to be had",
        "one snapshot": "add these up",
        "one too many": "D − 1 layers, not D",
        "in the middle": "Try every place",
        "hint 1": "Put the second snapshot",
        "hint 2": "functools.cache",
    },
}


EXPLAINS = {
    "cost-1": ["The first layer hands nothing back", "to hand delta back"],
    "cost-2": ["the input of every stretch and nothing else", "each is dropped when"],
    "cost-3": ["has one snapshot less", "has all of them back"],
}
