"""Chapter 11: gradients that vanish, explode or die."""

import math


def chain(z1, z2, z3, w2, w3):
    a = [1 / (1 + math.exp(-z)) for z in (z1, z2, z3)]
    slopes = math.prod(p * (1 - p) for p in a)
    return {
        "no_weights": slopes,
        "no_slopes": w2 * w3,
        "bound": w2 * w3 * 0.25**3,
        "activations": math.prod(a) * w2 * w3,
        "turned": -slopes * w2 * w3,
    }


def init(n):
    return {"variance": 2 / n, "no_two": 1 / math.sqrt(n), "inverted": math.sqrt(n / 2)}


def depth(n, variance, D):
    return {
        "squared": (n * variance / 2) ** D,
        "no_half": math.sqrt(n * variance) ** D,
        "one_layer": math.sqrt(n * variance / 2),
    }


def clip(g1, g2, limit):
    found = {}
    for k, g in ((1, g1), (2, g2)):
        found[f"value{k}"] = math.copysign(min(abs(g), limit), g)
        found[f"unit{k}"] = g / math.hypot(g1, g2)
        found[f"sum{k}"] = limit * g / (abs(g1) + abs(g2))
    return found


def residual(r1, r2, r3):
    return {
        "sum": r1 + r2 + r3,
        "once": 1 + r1 * r2 * r3,
        "added": 1 + r1 + r2 + r3,
        "plain": r1 * r2 * r3,
    }


MISTAKES = {
    "misbehaving-product": chain,
    "misbehaving-init": init,
    "misbehaving-depth-q": depth,
    "misbehaving-clip": clip,
    "misbehaving-residual": residual,
}


SAYS = {
    "misbehaving-product": {
        "factor:no_weights": "slopes alone",
        "factor:no_slopes": "weights alone",
        "factor:bound": "one quarter for every slope",
        "factor:activations": "multiplied the activations",
        "factor:turned": "Count the negative factors",
        "hint 1": "One factor for each unit",
        "hint 2": "three slopes and the two weights",
    },
    "misbehaving-init": {
        "std:variance": "This is the variance",
        "std:no_two": "with the identity or a tanh",
        "std:inverted": "Upside down",
        "hint 1": "mean square of its inputs",
        "hint 2": "*2/n*",
    },
    "misbehaving-depth-q": {
        "share:squared": "The size is its root",
        "share:no_half": "right for the identity",
        "share:one_layer": "what one layer does",
        "hint 1": "a single layer",
        "hint 2": "then take the root",
    },
    "misbehaving-clip": {
        "norm1:value1": "clipped by value",
        "norm1:unit1": "has the length one",
        "norm1:sum1": "not the sum of the sizes",
        "norm2:value2": "clipped by value",
        "norm2:unit2": "has the length one",
        "norm2:sum2": "not the sum of the sizes",
        "hint 1": "How long may it be",
        "hint 2": "divide by the length",
    },
    "misbehaving-residual": {
        "plain:sum": "you have added",
        "residual:once": "belongs to each layer",
        "residual:added": "products of two and three slopes",
        "residual:plain": "the plain chain",
        "hint 1": "derivative of *a + f(a)*",
        "hint 2": "*1 + f′*",
    },
    "misbehaving-dead-q": {
        "hint 1": "What are its factors",
        "hint 2": "besides the unit's own weights",
    },
}


OPTIONS = {
    "misbehaving-dead-q": [
        ("for every example", "This is the definition", True),
        ("nine tenths", "last tenth gives it a gradient", False),
        ("unit of the first layer stays dead", "all stay where they are", True),
        ("unit of the second layer stays dead", "its inputs may", False),
        ("the same answer to every example", "the bias of the output", True),
        ("A leaky ReLU cures", "as wild as before", False),
    ],
}


CODE = {
    "misbehaving-1": {
        "variance": "the standard deviation, its root",
        "outputs counted": "counted the units of the layer",
        "no two": "half of the mean square is cut away",
        "swapped": "in the wrong order",
        "hint 1": "counts the inputs",
        "hint 2": "with n_in + n_out",
    },
    "misbehaving-2": {
        "each by itself": "by its own norm",
        "by value": "clipped each entry",
        "scaled up": "has become longer",
        "hint 1": "in one column",
        "hint 2": "min(1, limit / norm)",
    },
    "misbehaving-3": {
        "statistics fixed": "mean and deviation as fixed",
        "deviation fixed": "took the deviation as fixed",
        "mean fixed": "took the mean as fixed",
        "wrong axis": "normalised each column",
        "one less": "one less than the number of examples",
        "hint 1": "three numbers does each row have",
        "hint 2": "keepdims=True",
    },
    "misbehaving-4": {
        "for one example": "silent for some example",
        "examples counted": "to which no unit answers",
        "single zeros": "all pairs of a unit and an example",
        "zero alive": "exactly zero on all data",
        "no ReLU": "fed with the weighted sums",
        "hint 1": "along a row of z",
        "hint 2": "(z <= 0).all(axis=1).sum()",
    },
}


EXPLAINS = {
    "misbehaving-1": ["have that number", "second size is the number of inputs"],
    "misbehaving-2": ["all entries of all arrays", "never above one"],
    "misbehaving-3": ["points along ẑ", "over the batch"],
    "misbehaving-4": ["a row without a positive number", "what ReLU has left"],
}
