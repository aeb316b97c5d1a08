"""Write chapters/data/frameworks.json: what PyTorch and JAX give for the running network, and at kinks.

Run by hand, in an environment that has both; the chapter on engines reads the file and needs neither::

    pip install torch==2.13.0 jax==0.10.2 numpy
    python tests/mathematics/data/make_frameworks.py

Everything is float64.
"""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import torch
import torch.nn.functional as F

jax.config.update("jax_enable_x64", True)

# The running network and its first example (lib/backprop_book/running_example.py).
W1, b1 = [[0.5, -0.3], [0.8, 0.2], [-0.6, 0.4]], [0.1, -0.3, 0.3]
W2, b2 = [[0.7, -0.5, 0.2], [-0.4, 0.6, 0.9]], [0.0, 0.1]
x, y = [1.0, 0.0], [1.0, 0.0]
PARAMETERS = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


def in_torch():
    p = {n: torch.tensor(v, dtype=torch.float64, requires_grad=True) for n, v in PARAMETERS.items()}
    inputs, target = (torch.tensor(v, dtype=torch.float64) for v in (x, y))
    a = torch.tanh(p["W1"] @ inputs + p["b1"])
    loss = 0.5 * ((torch.sigmoid(p["W2"] @ a + p["b2"]) - target) ** 2).sum()
    loss.backward()
    once = {name: value.grad.tolist() for name, value in p.items()}
    try:
        loss.backward()
        refusal = ""
    except RuntimeError as error:
        refusal = str(error).partition("(")[0].strip()
    a = torch.tanh(p["W1"] @ inputs + p["b1"])
    (0.5 * ((torch.sigmoid(p["W2"] @ a + p["b2"]) - target) ** 2).sum()).backward()
    twice = p["b2"].grad.tolist()
    return {"loss": loss.item(), "gradients": once, "refusal": refusal, "b2_twice": twice}


def in_jax():
    def loss(p):
        a = jnp.tanh(p["W1"] @ jnp.array(x) + p["b1"])
        return 0.5 * jnp.sum((jax.nn.sigmoid(p["W2"] @ a + p["b2"]) - jnp.array(y)) ** 2)

    value, gradients = jax.value_and_grad(loss)({n: jnp.array(v) for n, v in PARAMETERS.items()})
    return {"loss": float(value), "gradients": {n: g.tolist() for n, g in gradients.items()}}


ZERO = torch.tensor(0.0, dtype=torch.float64)
KINKS = {
    "relu(z)": (torch.relu, jax.nn.relu),
    "max(z, 0)": (lambda z: torch.maximum(z, ZERO), lambda z: jnp.maximum(z, 0.0)),
    "abs(z)": (torch.abs, jnp.abs),
    "clip(z, 0, 1)": (lambda z: torch.clamp(z, 0, 1), lambda z: jnp.clip(z, 0, 1)),
    "leaky_relu(z)": (F.leaky_relu, jax.nn.leaky_relu),
    "where(z > 0, z, 0)": (
        lambda z: torch.where(z > 0, z, ZERO),
        lambda z: jnp.where(z > 0, z, 0.0),
    ),
    "relu(z) - relu(-z)": (
        lambda z: torch.relu(z) - torch.relu(-z),
        lambda z: jax.nn.relu(z) - jax.nn.relu(-z),
    ),
    "max(z, 0) - max(-z, 0)": (
        lambda z: torch.maximum(z, ZERO) - torch.maximum(-z, ZERO),
        lambda z: jnp.maximum(z, 0.0) - jnp.maximum(-z, 0.0),
    ),
}


def kinks():
    found = {}
    for name, (of_torch, of_jax) in KINKS.items():
        z = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
        of_torch(z).backward()
        found[name] = [z.grad.item(), float(jax.grad(of_jax)(0.0))]
    return found


if __name__ == "__main__":
    versions = {"torch": torch.__version__.partition("+")[0], "jax": jax.__version__}
    result = {"versions": versions, "torch": in_torch(), "jax": in_jax(), "kinks": kinks()}
    place = Path(__file__).parents[3] / "chapters" / "data" / "frameworks.json"
    place.write_text(json.dumps(result, indent=1) + "\n")
