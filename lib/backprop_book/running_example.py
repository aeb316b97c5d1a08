"""The book's running network: 2 inputs, 3 tanh units, 2 sigmoid units, and four examples.

Small enough for paper, large enough for every index, sum and transpose to matter. Chapters meet it
as scalars, sums, matrices, a batch and a recorded program, and get the same numbers each time.
"""

import numpy as np

from backprop.network import Dense, Network

__all__ = ["W1", "W2", "X", "Y", "b1", "b2", "network", "x", "y"]

W1 = np.array([[0.5, -0.3], [0.8, 0.2], [-0.6, 0.4]])
b1 = np.array([0.1, -0.3, 0.3])
W2 = np.array([[0.7, -0.5, 0.2], [-0.4, 0.6, 0.9]])
b2 = np.array([0.0, 0.1])

# Columns are examples. One unit answers "do the inputs differ?", the other "are both there?".
X = np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.0]])
Y = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]])

x, y = X[:, 0], Y[:, 0]


def network() -> Network:
    """A fresh copy, whose weights may be changed."""
    layers = [Dense(W1, b1, "tanh"), Dense(W2, b2, "sigmoid")]
    return Network(layers, loss="half_squared_error")
