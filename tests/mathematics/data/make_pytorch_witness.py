"""Write pytorch_gradients.json: what PyTorch computes for small networks and scalar functions.

Run by hand, in an environment that has PyTorch; the tests read the file and need none::

    pip install torch==2.13.0 numpy
    python tests/mathematics/data/make_pytorch_witness.py

PyTorch keeps examples in rows, so everything is transposed on the way in and out. Its own losses
are used where it has them, its autograd for every derivative, float64 throughout.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

ACTIVATIONS = {
    "identity": lambda z: z * 1.0,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": F.leaky_relu,
    # PyTorch replaces softplus by z above a threshold of 20; the witness must not
    "softplus": lambda z: F.softplus(z, threshold=100.0),
    "softmax": lambda z: torch.softmax(z, dim=-1),
}
LOSSES = {
    "half_squared_error": lambda p, y: 0.5 * F.mse_loss(p, y, reduction="sum") / len(y),
    "squared_error": lambda p, y: F.mse_loss(p, y, reduction="sum") / len(y),
    "binary_cross_entropy": lambda p, y: F.binary_cross_entropy(p, y, reduction="sum") / len(y),
    "cross_entropy": lambda p, y: -(y * torch.log(p)).sum() / len(y),
}
FUSED = {
    ("binary_cross_entropy", "sigmoid"): lambda z, y: (
        F.binary_cross_entropy_with_logits(z, y, reduction="sum") / len(y)
    ),
    ("cross_entropy", "softmax"): lambda z, y: F.cross_entropy(z, y, reduction="mean"),
}
OUTPUTS = {
    "half_squared_error": list(ACTIVATIONS),
    "squared_error": list(reversed(ACTIVATIONS)),
    "binary_cross_entropy": ["sigmoid", "softmax"],
    "cross_entropy": ["softmax", "sigmoid"],
}
SIGNED = [-3.0, -1.25, -0.5, 0.0, 0.3, 0.75, 2.5]
POSITIVE = [0.05, 0.3, 1.0, 1.7, 4.0]
SCALAR = {
    "sigmoid": (torch.sigmoid, SIGNED),
    "tanh": (torch.tanh, SIGNED),
    "relu": (torch.relu, SIGNED),
    "leaky_relu": (F.leaky_relu, SIGNED),
    "softplus": (ACTIVATIONS["softplus"], SIGNED),
    "exp": (torch.exp, SIGNED),
    "log": (torch.log, POSITIVE),
    "sin": (torch.sin, SIGNED),
    "cos": (torch.cos, SIGNED),
    "sqrt": (torch.sqrt, POSITIVE),
}


def columns(rows: torch.Tensor, vector: bool) -> list:
    """Return rows of examples as the columns of nested lists, or as one list for a vector."""
    return (rows[0] if vector else rows.T).tolist()


def network(rng: np.random.Generator, hidden: str, output: str, loss: str, vector: bool) -> dict:
    """Return one network of sizes 2-3-2 with everything a forward and backward pass computes."""
    m = 1 if vector else 3
    sizes, activations = [2, 3, 2], [hidden, output]
    x = torch.tensor(rng.normal(size=(m, 2)))
    y = torch.tensor(rng.dirichlet([1.0, 1.0], size=m))
    W = [torch.tensor(rng.normal(size=s), requires_grad=True) for s in ((3, 2), (2, 3))]
    b = [torch.tensor(rng.normal(size=n), requires_grad=True) for n in sizes[1:]]
    a, z = [x], []
    for k in range(2):
        z.append(F.linear(a[k], W[k], b[k]))
        z[k].retain_grad()
        a.append(ACTIVATIONS[activations[k]](z[k]))
    fused = FUSED.get((loss, output))
    value = fused(z[-1], y) if fused else LOSSES[loss](a[-1], y)
    value.backward()
    return {
        "activations": activations,
        "loss_function": loss,
        "W": [w.tolist() for w in W],
        "b": [v.tolist() for v in b],
        "x": columns(x, vector),
        "y": columns(y, vector),
        "z": [columns(v.detach(), vector) for v in z],
        "a": [columns(v.detach(), vector) for v in a],
        "loss": value.item(),
        "delta": [columns(v.grad, vector) for v in z],
        "dW": [w.grad.tolist() for w in W],
        "db": [v.grad.tolist() for v in b],
    }


def scalar_function(f, points: list[float]) -> dict:
    """Return the values and the first two derivatives of f at the points."""
    z = torch.tensor(points, dtype=torch.float64, requires_grad=True)
    value = f(z)
    (first,) = torch.autograd.grad(value.sum(), z, create_graph=True)
    second = torch.zeros_like(z)
    if first.requires_grad:
        (second,) = torch.autograd.grad(first.sum(), z)
    return {
        "z": points,
        "value": value.tolist(),
        "derivative": first.tolist(),
        "second_derivative": second.tolist(),
    }


def main() -> None:
    """Write the file beside this script, one line for each network and function."""
    rng = np.random.default_rng(0)
    networks = []
    for i, (loss, hidden) in enumerate(itertools.product(LOSSES, ACTIVATIONS)):
        output = OUTPUTS[loss][i % len(OUTPUTS[loss])]
        networks.append(network(rng, hidden, output, loss, vector=i % 3 == 0))
    scalars = {name: scalar_function(*entry) for name, entry in SCALAR.items()}
    lines = [
        "{",
        f'"pytorch": {json.dumps(torch.__version__.split("+")[0])},',
        '"networks": [',
        ",\n".join(json.dumps(net) for net in networks),
        "],",
        '"scalar_functions": {',
        ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in scalars.items()),
        "}",
        "}",
    ]
    Path(__file__).with_name("pytorch_gradients.json").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
