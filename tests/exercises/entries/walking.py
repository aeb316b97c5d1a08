"""Chapter 7: why one walks back."""


def gates(a, b, c):
    s, m = a + b, max(a * b, c)
    won = (int(a * b > c) + int(a * b >= c)) / 2
    return {
        "kept": m,
        "half": won * s / 2,
        "sum_only": m,
        "product_only": won * s * b,
        "not_swapped": m + won * s * a,
        "outer": won * s + m * b,
    }


def paths(n, D):
    return {
        "from_input": n**D,
        "added": n * (D - 1),
        "turned": (D - 1) ** n,
        "last": D - 1,
    }


def wires(n, D):
    number = n ** (D - 1)
    return {
        "one_more": D * n * n,
        "no_output": (D - 1) * n * n,
        "paths": number,
        "one_each": number,
        "ends": number * D,
    }


def count(p, q, r):
    weights = p * q + q * r
    return {
        "chained": p * q * r,
        "biases": (p + 1) * q + (q + 1) * r,
        "whole": 2 * weights,
        "only_weights": weights,
        "only_delta": q * r,
    }


def sweeps(p, q):
    return {"forward": p, "backward": q, "table": p * q, "sum": p + q}


MISTAKES = {
    "walking-gates": gates,
    "walking-paths": paths,
    "walking-wires": wires,
    "walking-count": count,
    "walking-sweeps": sweeps,
}

SAYS = {
    "walking-gates": {
        "dp:kept": "the value of the maximum",
        "dp:half": "Halves are for a tie",
        "da:sum_only": "through the sum alone",
        "da:product_only": "through *p* alone",
        "da:not_swapped": "In the product *a·b*",
        "da:outer": "kept their own values",
        "hint 1": "which side wins",
        "hint 2": "the maximum hands to *p*",
    },
    "walking-paths": {
        "paths:from_input": "begin at an input",
        "paths:added": "added over the layers",
        "paths:turned": "have changed places",
        "paths:last": "how many choices there are",
        "hint 1": "Walk along",
        "hint 2": "The choices multiply",
    },
    "walking-wires": {
        "wires:one_more": "one step fewer than",
        "wires:no_output": "to the output are missing",
        "wires:paths": "They share their wires",
        "products:one_each": "How many factors has each",
        "products:ends": "takes one multiplication fewer",
        "hint 1": "Count the wires step by step",
        "hint 2": "lead to the output",
    },
    "walking-count": {
        "forward:chained": "one after the other",
        "forward:biases": "A bias is added",
        "backward:whole": "One product is too many",
        "backward:only_weights": "What hands *δ* back to the layer before",
        "backward:only_delta": "come on top",
        "hint 1": "Forward, each weight is used once",
        "hint 2": "the first layer does not need it",
    },
    "walking-sweeps": {
        "forward:backward": "follows one *input*",
        "forward:table": "a whole column",
        "forward:sum": "One direction is enough",
        "backward:forward": "follows one *output*",
        "backward:table": "a whole row",
        "backward:sum": "One direction is enough",
        "hint 1": "What does a single sweep give",
        "hint 2": "how all outputs answer",
    },
    "walking-order": {
        "0": "That is *dp*",
        "1": "in *du* contains *dp*",
        "2": "*ds* begins with `=`",
        "3": "passes nothing on before",
        "4": "one share of that is still to come",
        "5": "*du* begins with `=`",
        "hint 1": "has paid in",
        "hint 2": "line 1 has to wait",
    },
    "walking-cheap": {"hint 1": "Look for the number of inputs", "hint 2": "Three are right"},
}

OPTIONS = {
    "walking-cheap": [
        ("of a million parameters", "does not occur in the bound", True),
        ("with respect to a single input", "finds all of them anyway", False),
        ("no more memory", "Memory is its price", False),
        ("One such walk for each row", "serves one output", True),
        ("for each operation alone", "line by line", True),
        ("at a kink", "each has one where it stands", False),
    ],
}

STEPS = {
    "walking-order": [
        ("dp = s", "", "dp"),
        ("ds = p", "", "ds"),
        ("ds += dp * u", "dp ds", "ds"),
        ("du = dp * s", "dp", "du"),
        ("du += ds", "du ds", "du"),
        ("dv = ds", "ds", "dv"),
    ],
}

CODE = {
    "walking-1": {
        "overwritten": "has replaced what was there",
        "no sum": "back through the sum s",
        "sign of the quotient": "A larger divisor",
        "not swapped": "each factor gets the other one",
        "direct share of v": "comes straight from there",
        "hint 1": "The last line is a product",
        "hint 2": "For r = m / s",
    },
    "walking-2": {
        "overwritten": "only the last of the edges",
        "wrong direction": "against the edges",
        "sums along a path": "the slopes multiply",
        "every beginning": "begin elsewhere",
        "hint 1": "Keep one number for each node",
        "hint 2": "total[b] += total[a] * slope",
    },
    "walking-3": {
        "product of rates": "not the product of the rates",
        "not swapped": "with the other factor",
        "no inner rate": "times something that is missing",
        "rate inside": "taken of the rate",
        "straight path": "contains u itself",
        "hint 1": "write a second one",
        "hint 2": "then e_dot = e * p_dot",
    },
}

EXPLAINS = {
    "walking-1": ["dm = dr / s and ds = -dr * r / s", "with +="],
    "walking-2": ["slope times what stands at its start", "every edge is used once"],
    "walking-3": ["u_dot * v + u * v_dot", "e times the rate of its argument"],
}
