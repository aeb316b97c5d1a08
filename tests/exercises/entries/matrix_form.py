"""Chapter 5: the matrix form."""

import numpy as np


def ten_units():
    """The chapter's layer of ten units behind ten, drawn as the chapter says."""
    rng = np.random.default_rng(3)
    W = rng.integers(-3, 4, (10, 10)) / 2
    a = rng.integers(-2, 3, 10)
    b = rng.integers(-2, 3, 10) / 2
    return W, a, b, rng.integers(-3, 4, 10) / 2


def nudge(i, j, nudge):
    _, a, _, delta = ten_units()
    i, j = int(i) - 1, int(j) - 1
    return {
        "nudge": nudge,
        "stale": delta[i] * a[j],
        "unweighted": (delta[i] + nudge) * a[j],
    }


def hand(W, b, a, delta):
    return {
        "column[1]": W[0][1] * a[0] + W[1][1] * a[1] + b[1],
        "no_b[1]": W[1][0] * a[0] + W[1][1] * a[1],
        "dW_turned[0,1]": delta[1] * a[0],
        "row[0]": W[0][0] * delta[0] + W[0][1] * delta[1],
        "one_path[0,0]": W[0][0] * delta[0],
    }


def batch(A, own):
    def total(numbers):
        return sum(float(number) for number in numbers)

    n = range(4)
    return {
        "db_sum[0]": total(own[0][k] for k in n),
        "db_twice[0]": total(own[0][k] for k in n) / 16,
        "db[1]": total(own[1][k] for k in n) / 4,
        "dW_sum[0,1]": total(own[0][k] * A[1][k] for k in n),
        "dW_twice[0,1]": total(own[0][k] * A[1][k] for k in n) / 16,
        "dW_turned[0,1]": total(own[1][k] * A[0][k] for k in n) / 4,
        "dW_apart[0,1]": total(own[0][k] for k in n) / 4 * total(A[1][k] for k in n) / 4,
    }


MISTAKES = {
    "matrix-form-nudge": nudge,
    "matrix-form-hand": hand,
    "matrix-form-batch": batch,
}

SAYS = {
    "matrix-form-nudge": {
        "change:nudge": "the change of the weight",
        "dw_ij:stale": "before the nudge",
        "dw_ij:unweighted": "moved *δ_i* by the nudge itself",
        "hint 1": "one contains this weight",
        "hint 2": "The gradient is the new *δ_i*",
    },
    "matrix-form-hand": {
        "z[1]:column[1]": "down a column",
        "z[1]:no_b[1]": "bias is missing",
        "dW[0,1]:dW_turned[0,1]": "belongs to *w_21*",
        "da[0]:row[0]": "along a row",
        "da[0]:one_path[0,0]": "one path only",
        "hint 1": "a column holds what one activation feeds",
        "hint 2": "needs column 1",
    },
    "matrix-form-gradient": {
        "0": "turned round",
        "1": "This is layer 1",
        "2": "shape of *δ⁽²⁾*",
        "3": "hidden activations",
        "4": "No weight joins an input to an output",
        "hint 1": "the shape of what it is the gradient of",
        "hint 2": "a row for each unit that it leads to",
    },
    "matrix-form-bias": {
        "0": "shape of *δ*. One bias serves",
        "1": "one number for each example",
        "2": "this is a row",
        "3": "one number for each input",
        "4": "the weights' gradient",
        "hint 1": "Does *b* know about the batch",
        "hint 2": "add along it",
    },
    "matrix-form-batch": {
        "db[0]:db_sum[0]": "gradient of the sum of the losses",
        "db[0]:db_twice[0]": "over the examples, biases add",
        "db[0]:db[1]": "the other unit",
        "dW[0,1]:dW_sum[0,1]": "gradient of the sum of the losses",
        "dW[0,1]:dW_twice[0,1]": "so the products are only added",
        "dW[0,1]:dW_turned[0,1]": "belongs to *w_21*",
        "dW[0,1]:dW_apart[0,1]": "Multiply example by example",
        "hint 1": "the gradient of *L*, not of *L_n*",
        "hint 2": "by row 2 of *A*",
    },
    "matrix-form-order": {
        "0": "needs the predictions",
        "1": "These gradients are made from *δ⁽²⁾*",
        "2": "The way back to *δ⁽¹⁾*",
        "3": "These gradients are made from *δ⁽¹⁾*",
        "4": "can only move once its gradient is known",
        "5": "here it has moved already",
        "6": "can only move once its gradient is known",
        "hint 1": "Ask of each line what it reads",
        "hint 2": "occurs in two places",
    },
    "matrix-form-transpose": {
        "hint 1": "ten units behind ten",
        "hint 2": "Which index of the weight",
    },
    "matrix-form-rows": {"hint 1": "Write the shapes", "hint 2": "turn both sides"},
}

OPTIONS = {
    "matrix-form-transpose": [
        ("only one way to make them fit", "also fits a wrong answer", False),
        ("undoes *W*", "is its inverse", False),
        ("summed over *i*", "The chain rule gave the sum", True),
        ("lies across", "are columns, both of them", False),
    ],
    "matrix-form-rows": [
        ("`Z = A @ W.T + b`", "needed forward", True),
        ("`dA = delta @ W.T`", "runs for a square layer only", False),
        ("`dA = delta @ W`", "in its place without a transpose", True),
        ("`dW = A.T @ delta`", "turned round against", False),
        ("`dW = delta.T @ A`", "the shape is that of `W`", True),
        ("`db = delta.sum(axis=1)`", "adds up the units", False),
        ("`db = delta.sum(axis=0)`", "adds up the examples", True),
    ],
}

STEPS = {
    "matrix-form-order": [
        ("go forward", "W1 b1 W2 b2", "Z1 A1 Z2 A2"),
        ("*δ⁽²⁾* at the output", "A2 Z2", "delta2"),
        ("gradients of *W⁽²⁾* and *b⁽²⁾* from", "delta2 A1", "dW2 db2"),
        ("compute *δ⁽¹⁾* from", "W2 delta2 Z1", "delta1"),
        ("gradients of *W⁽¹⁾* and *b⁽¹⁾* from", "delta1", "dW1 db1"),
        ("change *W⁽²⁾*", "dW2 db2", "W2 b2"),
        ("change *W⁽¹⁾*", "dW1 db1", "W1 b1"),
    ],
}

CODE = {
    "matrix-form-1": {
        "no bias": "biases are missing",
        "no activation": "yet to go through tanh",
        "bias outside": "added to the activations",
        "hint 1": "Which way do the biases lie",
        "hint 2": "b[:, None] is b as a column",
    },
    "matrix-form-2": {
        "W for Wᵀ": "shapes are no proof",
        "averaged again": "averaged over the batch",
        "one example": "one example only",
        "sums first": "multiplies sums over the batch",
        "hint 1": "mark what is summed",
        "hint 2": "add up each row of delta",
    },
    "matrix-form-3": {
        "updated W2": "W2 that has just been updated",
        "W for Wᵀ": "not through its transpose",
        "no mean": "sum of the losses",
        "mean twice": "1/m is there twice",
        "bias averaged": "biases move too little",
        "σ′ at a": "σ′ of the output is taken at A2",
        "tanh′ at a": "tanh′ of the hidden layer is taken at A1",
        "no σ′": "slope of the sigmoid is missing",
        "no tanh′": "slope of the tanh is missing",
        "uphill": "uphill",
        "hint 1": "only then four updates",
        "hint 2": "with the old W2",
    },
    "matrix-form-4": {
        "W for Wᵀ": "not through its transpose",
        "wrong layer": "weights of the layer before it",
        "wrong end": "the activation that the layer gives",
        "tanh′ at a": "tanh′ is taken at the activations",
        "no output slope": "The last layer has a tanh, too",
        "no hidden slope": "slopes of the hidden layers are missing",
        "hint 1": "reversed(range(D))",
        "hint 2": "Carry da, at first a[D] - y",
    },
}

EXPLAINS = {
    "matrix-form-1": ["sums over the inputs", "b[:, None] makes the biases a column"],
    "matrix-form-2": [
        "adds up delta[i, n] * A[j, n] over n",
        "W[i, j] * delta[i, n] over i",
        "The 1/m came with delta",
    ],
    "matrix-form-3": [
        "1 - A1**2 is tanh′ at Z1, A2 * (1 - A2) is σ′ at Z2",
        "delta2 carries the 1/m",
    ],
    "matrix-form-4": [
        "keeps every activation",
        "W[k + 1].T @ db[k + 1] for the others",
    ],
}
