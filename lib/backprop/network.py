"""A network of dense layers in matrix form, with its gradients written by hand.

With k counting the layers from 0, and g_k their activations::

    a[0] = x,    z[k] = W[k] @ a[k] + b[k],    a[k+1] = g_k(z[k]),    output = a[-1]

Columns are examples: ``(n,)`` is one example, ``(n, m)`` a batch of m. The loss averages over the
batch, so every ``delta[k] = dL/dz[k]`` carries the factor 1/m already.

Source: Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors"
(1986).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _network_checks as checks
from ._activation import Activation
from ._loss import Loss
from ._random_layers import random_layers
from ._validate import all_finite, instance, numbers, real_number
from .dense import Dense
from .losses import find_loss
from .step import Steps

__all__ = ["Dense", "Gradients", "Network", "Run"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Run:
    """What a forward pass computed: every ``z[k]`` and ``a[k]``; ``a[0]`` is x itself."""

    layers: tuple[Dense, ...]
    z: tuple[Array, ...]
    a: tuple[Array, ...]

    @property
    def output(self) -> Array:
        """The activation of the last layer, ``a[-1]``."""
        return self.a[-1]

    def __repr__(self) -> str:
        return f"Run(a: {' -> '.join(str(a.shape) for a in self.a)})"


@dataclass(frozen=True, eq=False)
class Gradients:
    """dL/dW[k], dL/db[k] and delta[k] = dL/dz[k], in the shapes of W[k], b[k] and z[k]."""

    W: tuple[Array, ...]
    b: tuple[Array, ...]
    delta: tuple[Array, ...] = ()

    def __repr__(self) -> str:
        return f"Gradients(W: {', '.join(str(W.shape) for W in self.W)})"


class Network:
    """Dense layers, one after the other, and the loss they are trained on.

    Parameters
    ----------
    layers : iterable of Dense
        From input to output; each takes as many inputs as the one before it has units.
    loss : str or loss
        ``"squared_error"`` or ``bp.squared_error``, for example; kept as ``net.loss_function``.

    Raises
    ------
    ValueError, TypeError
        If two layers do not fit, or the loss is unknown.

    Notes
    -----
    binary_cross_entropy behind a sigmoid output, and cross_entropy behind a softmax output, are
    computed from the logits z[-1], and stay finite however saturated the output is.
    """

    def __init__(self, layers: Iterable[Dense], *, loss: str | Loss) -> None:
        instance(layers, Iterable, "Network: layers", "put one layer in a list: [layer]")
        try:
            self.layers = tuple(layers)
        except TypeError as error:  # as of an array without axes
            raise TypeError(
                f"Network: layers cannot be read one by one ({error}); pass a list of Dense"
            ) from None
        for k, layer in enumerate(self.layers):
            instance(layer, Dense, f"Network: layers[{k}]", "write Dense(W, b, activation)")
        checks.check_layers(self.layers)
        self.loss_function = find_loss(loss)
        self._steps = Steps()

    @classmethod
    def random(
        cls,
        sizes: Sequence[int],
        *,
        activations: Sequence[str | Activation],
        loss: str | Loss,
        seed: int | np.random.Generator = 0,
    ) -> Network:
        """Return a network with random weights and zero biases.

        Parameters
        ----------
        sizes : sequence of int
            Units per layer, the input first: ``[2, 8, 1]`` makes two Dense layers.
        activations : sequence of str or activation
            One for each Dense layer.
        loss : str or loss
        seed : int or numpy.random.Generator
            The same int gives the same network (with the same NumPy).

        Raises
        ------
        ValueError, TypeError
            If a size is no whole number of at least 1, or the activations are too few or many.

        Notes
        -----
        The weights are normal with mean 0 and variance 2/n_in for relu, 2/((1 + slope**2) n_in)
        for leaky_relu (He et al., "Delving deep into rectifiers", 2015), and 2/(n_in + n_out)
        otherwise (Glorot and Bengio, "Understanding the difficulty of training deep feedforward
        neural networks", 2010).
        """
        return cls(random_layers(sizes, activations, seed), loss=loss)

    def forward(self, x: ArrayLike) -> Run:
        """Compute every z[k] and a[k] for x of shape (n_in,) or (n_in, m).

        Returns
        -------
        Run
            ``run.z[k]``; ``run.a[k]``, where ``run.a[0] is x`` if x is a float64 array; and
            ``run.output``.

        Raises
        ------
        ValueError, TypeError
            If x does not fit the first layer or is empty, or x, a W or a b is not finite.
        FloatingPointError
            If a z or an a overflows; it names the first layer where one does.
        """
        a, z = [checks.check_input(x, self.layers[0].W.shape[1])], []
        with np.errstate(all="ignore"):  # overflow is reported by its layer, not as a warning
            for k, layer in enumerate(self.layers):
                b = layer.b if a[k].ndim == 1 else layer.b[:, None]
                z.append(layer.W @ a[k] + b)
                a.append(layer.activation(z[k]))
        checks.check_forward(self.layers, z, a)
        return Run(self.layers, tuple(z), tuple(a))

    def loss(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the loss of the prediction for x against the target y of the same batch.

        Raises
        ------
        ValueError, TypeError
            As `forward`; and if y has not the output's shape or is no target for the loss.
        FloatingPointError
            If the prediction or the loss overflows.
        """
        return self._loss(self.forward(x), y)

    def backward(self, run: Run, y: ArrayLike) -> Gradients:
        """Compute the gradient of the loss with respect to every z[k], W[k] and b[k].

        The four equations, where ``*`` is elementwise and g' is taken at z (a softmax layer has its
        Jacobian in place of ``* g'(z)``)::

            delta[-1] = dL/da[-1] * g'(z[-1])
            delta[k]  = W[k+1].T @ delta[k+1] * g'(z[k])
            dL/dW[k]  = delta[k] @ a[k].T
            dL/db[k]  = delta[k], summed over the examples

        Parameters
        ----------
        run : Run
            From this network's `forward`, with the weights as they are now.
        y : array_like
            The target, in the shape of ``run.output``.

        Raises
        ------
        ValueError, TypeError
            If the run is another network's, or y is no target for it.
        FloatingPointError
            If a gradient overflows; it names the first layer where one does.
        """
        instance(run, Run, "Network.backward: run", "pass what forward returned")
        if run.layers is not self.layers:
            raise ValueError(
                f"Network.backward: {run} was made by another network; pass the run that this "
                "network's forward returned"
            )
        last = len(self.layers) - 1
        delta, W, b = ([np.empty(0)] * (last + 1) for _ in range(3))
        with np.errstate(all="ignore"):
            for k in reversed(range(last + 1)):
                if k == last:
                    delta[k] = self._output_delta(run, y)
                else:
                    upstream = self.layers[k + 1].W.T @ delta[k + 1]
                    delta[k] = self.layers[k].activation.vjp(run.z[k], upstream)
                W[k] = _columns(delta[k]) @ _columns(run.a[k]).T
                b[k] = _columns(delta[k]).sum(axis=1)
        # A delta that is not finite makes dL/db so.
        if not all_finite(*W, *b):
            checks.explain(reversed(range(last + 1)), {"delta": delta, "dL/dW": W, "dL/db": b})
        return Gradients(tuple(W), tuple(b), tuple(delta))

    def update(self, grads: Gradients, lr: float) -> None:
        """Take one step of gradient descent: W[k] <- W[k] - lr dL/dW[k], and b[k] likewise.

        Every gradient was taken before any weight moves; all the weights move, or none does.

        Raises
        ------
        ValueError, TypeError
            If the gradients do not fit the network, or lr is no finite number of at least 0.
        FloatingPointError
            If a new weight overflows.
        """
        instance(grads, Gradients, "Network.update: grads", "pass what backward returned")
        lr = real_number(lr, "Network.update: lr", low=0.0)
        dW, db = checks.fit_gradients(grads.W, grads.b, self.layers, "Network.update")
        with np.errstate(all="ignore"):
            W = [layer.W - lr * dW[k] for k, layer in enumerate(self.layers)]
            b = [layer.b - lr * db[k] for k, layer in enumerate(self.layers)]
        if not all_finite(*W, *b):
            checks.check_gradients(dW, db, self.layers, "Network.update")
            checks.explain(range(len(W)), {"the new W": W, "the new b": b})
        for k, layer in enumerate(self.layers):
            layer.W[...], layer.b[...] = W[k], b[k]

    def step(self, x: ArrayLike, y: ArrayLike, lr: float) -> float:
        """Go forward, take the loss, go backward and update; return the loss before the update.

        Raises
        ------
        ValueError, TypeError, FloatingPointError
            As the four do, and before anything has changed.

        Notes
        -----
        A step may differ from the four in the last digits, as it takes slopes from the activations:
        1 - a**2 for tanh. Steps that several threads take with one network wait for each other;
        the four do not.
        """
        lr = real_number(lr, "Network.step: lr", low=0.0)
        x, y = numbers(x, "Network.forward: x"), numbers(y, "Network: y")
        with self._steps.lock:
            # The same in arrays that are kept, many times as fast; None if anything is in its way.
            loss = self._steps.take(self.layers, self.loss_function, x, y, lr)
            if loss is None:
                run = self.forward(x)
                loss = self._loss(run, y)
                self.update(self.backward(run, y), lr)
        return loss

    def _loss(self, run: Run, y: ArrayLike) -> float:
        loss, _ = self._at_output(run, y)
        if not math.isfinite(loss):
            raise FloatingPointError(
                f"the loss {self.loss_function.name} is {loss}, the first value that is not finite "
                "(every z and a is); nothing has changed: try a smaller lr or smaller weights"
            )
        return loss

    def _output_delta(self, run: Run, y: ArrayLike) -> Array:
        _, slope = self._at_output(run, y)
        activation = self.layers[-1].activation
        fused, _ = self.loss_function.formula(activation)
        return slope if fused else activation.vjp(run.z[-1], slope)

    def _at_output(self, run: Run, y: ArrayLike) -> tuple[float, Array]:
        """Return the loss, and dL/dz[-1] if the loss takes logits, else dL/da[-1]."""
        y = checks.check_target(y, run.output, self.loss_function)
        fused, formula = self.loss_function.formula(self.layers[-1].activation)
        with np.errstate(all="ignore"):
            return self.loss_function.averaged(formula, run.z[-1] if fused else run.output, y)

    def __repr__(self) -> str:
        layers = " -> ".join(f"{len(layer.b)} {layer.activation.name}" for layer in self.layers)
        return f"Network({self.layers[0].W.shape[1]} -> {layers}, {self.loss_function.name})"


def _columns(v: Array) -> Array:
    """Return a batch (n, m) as it is, and one example (n,) as a batch of one, (n, 1)."""
    return v.reshape(len(v), -1)
