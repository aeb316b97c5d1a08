"""Chapter 10: training for real."""

import math


def first_loss(K, loss):
    return {
        "share": 1 / K,
        "two": math.log2(K),
        "ten": math.log10(K),
        "line": 1 - loss,
        "kept": loss,
    }


def noise(s, m):
    return {"straight": s / m, "same": s, "larger": s * math.sqrt(m)}


def steps(N, m, E):
    return {"dropped": E * math.floor(N / m), "one": math.ceil(N / m), "examples": N * E}


def momentum(lr, beta):
    way = lr * (3 + 2 * beta + beta**2)
    return {"alone": 3 * lr, "mean": way - beta * way, "last": lr + lr * beta + lr * beta**2}


def adam(g1, g2, lr):
    m = [0.1 * g1, 0.09 * g1 + 0.1 * g2]
    v = [0.001 * g1**2, 0.000999 * g1**2 + 0.001 * g2**2]
    bare = [-lr * a / math.sqrt(b) for a, b in zip(m, v, strict=True)]
    return {
        "bare_first": bare[0],
        "bare_second": sum(bare),
        "plain_first": -lr * g1,
        "plain_second": -lr * g1 - lr * g2,
        "step": -lr * (m[1] / 0.19) / math.sqrt(v[1] / 0.001999),
    }


MISTAKES = {
    "training-first-loss": first_loss,
    "training-noise-q": noise,
    "training-steps": steps,
    "training-momentum-q": momentum,
    "training-adam-q": adam,
}

SAYS = {
    "training-leak": {"hint 1": "*learnt* or *chosen*", "hint 2": "but the final number"},
    "training-first-loss": {
        "first:share": "the probability of each class",
        "first:two": "to base two",
        "first:ten": "to base ten",
        "p:line": "no complement",
        "p:kept": "the loss itself",
        "hint 1": "Who knows nothing",
        "hint 2": "solve *−log p = L*",
    },
    "training-noise-q": {
        "noise:straight": "The *square* of the distance",
        "noise:same": "distance of a single one",
        "noise:larger": "does not grow",
        "hint 1": "four times as many",
        "hint 2": "Take the root",
    },
    "training-steps": {
        "steps:dropped": "makes a step as well",
        "steps:one": "This is one epoch",
        "steps:examples": "counts examples",
        "hint 1": "How many full minibatches",
        "hint 2": "round *up*",
    },
    "training-curves": {"hint 1": "Which still move", "hint 2": "how far below chance"},
    "training-momentum-q": {
        "way:alone": "without momentum",
        "way:mean": "the form that averages",
        "way:last": "the third step alone",
        "hint 1": "after each of the three steps",
        "hint 2": "*1 + β + β²*",
    },
    "training-adam-q": {
        "first:bare_first": "two corrections are missing",
        "first:plain_first": "the size of the gradient.",
        "second:bare_second": "two corrections are missing",
        "second:plain_second": "the size of the gradients",
        "second:step": "the second step alone",
        "hint 1": "What is their quotient",
        "hint 2": "the new *v* by",
    },
}

OPTIONS = {
    "training-leak": [
        ("mean of *all*", "no longer honest", True),
        ("mean of the training", "then applied to all", False),
        ("learning rate", "what they are for", False),
        ("stops at", "choose the network", True),
        ("shuffled", "Before the split", False),
        ("forty", "lucky as well", True),
    ],
    "training-curves": [
        ("much too small", "still falling at the end", None),
        ("All is well", "end close together", None),
        ("much too large", "stays at chance", None),
        ("by heart", "shows in a gap", None),
    ],
}

CODE = {
    "training-1": {"hint 1": "Shuffle numbers", "hint 2": "rng.permutation"},
    "training-2": {
        "averaged": "has a factor 1 − β",
        "old velocity": "the new gradient moves nothing",
        "no memory": "Nothing is left",
        "rate inside": "inside the velocity",
        "uphill": "uphill",
        "hint 1": "the new velocity or the step",
        "hint 2": "with the new v",
    },
    "training-3": {
        "no correction": "are not corrected",
        "t from zero": "one step too few",
        "t left out": "the same at every step",
        "written back": "corrects them once more",
        "ε inside": "inside the root",
        "no root": "corrected v itself",
        "hint 1": "does the next step need",
        "hint 2": "np.sqrt(v_hat)",
    },
    "training-4": {
        "exchanged": "Rows and columns",
        "along the rows": "look down each",
        "logits": "added up logits",
        "shares": "the counts themselves",
        "mistakes alone": "diagonal is empty",
        "hint 1": "places of a largest entry",
        "hint 2": "add one at",
    },
}

EXPLAINS = {
    "training-1": ["cut into pieces of m", "what is left"],
    "training-2": ["takes in the new gradient", "step along it"],
    "training-3": ["means that are kept stay", "behind the root"],
    "training-4": ["the row is the class that is true"],
}
