"""Chapter 8: an engine of your own."""


def naive(a, b):
    d, c = a * b, a + b
    right = 1 + b + 2 * a * b + b * b
    return {
        "naive": right + 1 + b,
        "through_d": b + b * c,
        "db": 1 + a + 2 * a * b + a * a,
        "da": 1 + d + b + b * c,
    }


def stale(w, lr):
    return {"zeroed": w * (1 - lr) ** 2, "stale": w - 2 * lr * w, "once": w - lr * w}


def visits(n):
    paths = 2**n
    return {"added": n + n, "lines": n, "wires": n + n, "paths": paths, "long": n * paths}


def parts(m, p, g1, g2):
    total = sum([g1] * int(p) + [g2] * int(m - p))
    return {"added": g1 + g2, "averaged": 0.5 * g1 + 0.5 * g2, "total": total}


MISTAKES = {
    "engine-parts": parts,
    "engine-naive": naive,
    "engine-stale-q": stale,
    "engine-visits": visits,
}

SAYS = {
    "engine-naive": {
        "da:naive": "hands some of the gradient of *c* on twice",
        "da:through_d": "what comes through *d*",
        "da:db": "belongs to *b*",
        "naive:da": "visits *c* and *d* twice",
        "hint 1": "First complete",
        "hint 2": "comes to *c* and *d* through the sum first",
    },
    "engine-sort": {
        "0": "*e* has nothing to pass on",
        "1": "*d* has nothing to pass on",
        "2": "*d* is used in *e*",
        "3": "*c* is used in *e*",
        "4": "*c* is used in *d*: part",
        "hint 1": "list the lines that use it",
        "hint 2": "*d* is used in *y* and in *e*",
    },
    "engine-stale-q": {
        "w2:zeroed": "is set to zero between the steps",
        "w2:stale": "Both steps used the first slope",
        "w2:once": "after one step",
        "hint 1": "after the first walk back, and after the second",
        "hint 2": "Stored is then",
    },
    "engine-visits": {
        "gradient:added": "they do not add",
        "wires:lines": "two arguments",
        "steps:wires": "So many wires there are",
        "steps:paths": "So many paths reach",
        "steps:long": "each counted for itself",
        "hint 1": "two wires to the node before it",
        "hint 2": "then 4, then 8",
    },
    "engine-parts": {
        "g:added": "that adds both slopes as they are",
        "g:averaged": "not equally large",
        "g:total": "slope of the *sum*",
        "hint 1": "How much does one example count",
        "hint 2": "Add both sums",
    },
    "engine-kinks": {"hint 1": "the slope of each piece", "hint 2": "have to agree"},
    "engine-zero": {"hint 1": "Between two walks?", "hint 2": "this batch's slopes"},
}

OPTIONS = {
    "engine-kinks": [
        ("It gives $\\mathrm{relu}(z)", "Both parts are at their kink", True),
        ("That function is just $z$", "sees the program", False),
        (r"It gives $\max(z, 0)$", "two arguments tie", True),
        ("PyTorch and JAX", "absolute value", False),
        ("Away from kinks", "Where every piece has a derivative", True),
    ],
    "engine-zero": [
        ("once for each step: before its walk back", "adds to zero", True),
        ("after every node", "would be lost", False),
        ("The weights", "has been learnt", False),
        ("Nothing", "if it wrote =", False),
    ],
}

STEPS = {
    "engine-sort": [
        ("*y* passes on", "gy", "gd ge"),
        ("*e* passes on", "ge", "gc gd"),
        ("*d* passes on", "gd", "ga gc"),
        ("*c* passes on", "gc", "ga gb"),
    ],
}

CODE = {
    "engine-1": {"hint 1": "When can a node be written down", "hint 2": "Popped with the mark"},
    "engine-2": {"hint 1": "do you know at once", "hint 2": "{out: 1.0}"},
    "engine-3": {
        "no transpose": "through its transpose",
        "slope twice": "taken at the activation",
        "no slope": "its slope is missing",
        "bias mean": "is averaged",
        "hint 1": "Keep each layer's input",
        "hint 2": "In a loop from the last layer",
    },
    "engine-4": {
        "both at a tie": "two of it are handed on",
        "first at a tie": "the first argument takes all",
        "second at a tie": "the second argument takes all",
        "swapped": "The smaller argument gets",
        "hint 1": "changes nothing",
        "hint 2": "the slope one half",
    },
}

EXPLAINS = {
    "engine-1": ["marked as ready, below its parents", "opened once"],
    "engine-2": ["complete when its turn comes", "added to what is"],
    "engine-3": [
        "delta starts as (a - y) / m",
        "the transpose and the slopes of the layer before it",
    ],
    "engine-4": ["at a tie both get half", "its own slope"],
}
