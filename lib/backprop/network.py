"""A network of dense layers in matrix form, with its gradients written by hand.

With k counting the layers from 0, and g_k their activations::

    a[0] = x,    z[k] = W[k] @ a[k] + b[k],    a[k+1] = g_k(z[k]),    output = a[-1]

Columns are examples: ``(n,)`` is one example, ``(n, m)`` a batch of m. The loss averages over the
batch, so every ``delta[k] = dL/dz[k]`` carries the factor 1/m already.

Source: Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors"
(1986).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _network_checks as checks
from ._network_checks import sound
from ._step import FusedStep
from ._validate import instance, numbers, real_number
from .activations import Activation, LeakyReLU, ReLU, find_activation
from .losses import FusedLoss, Loss, find_loss

__all__ = ["Dense", "Gradients", "Network", "Run"]

Array = NDArray[np.float64]


class Dense:
    """One layer: z = W a + b, then g(z).

    Parameters
    ----------
    W : array_like, shape (n_out, n_in)
        ``W[i, j]`` is the weight from unit j of the layer before to unit i. Copied.
    b : array_like, shape (n_out,)
        The biases. Copied.
    activation : str or activation
        ``"relu"`` or ``bp.relu``, for example.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit, an entry is no finite number, or the activation is unknown.

    Notes
    -----
    ``layer.W[0, 0] = 3`` writes in place; so does ``layer.W = ...``, which must keep the shape.
    """

    def __init__(self, W: ArrayLike, b: ArrayLike, activation: str | Activation) -> None:
        W, b = checks.check_parameter(W, "W"), checks.check_parameter(b, "b")
        self.activation = find_activation(activation)
        if W.ndim != 2 or W.size == 0:
            raise ValueError(
                f"Dense: W must have shape (n_out, n_in), both at least 1, got {W.shape}; "
                "one unit with 3 inputs has W of shape (1, 3)"
            )
        if b.shape != W.shape[:1]:
            raise ValueError(
                f"Dense: b must have shape {W.shape[:1]}, one bias for each row of W "
                f"{W.shape}, got {b.shape}; try b.reshape(-1)"
            )
        self._keep(W, b)

    def _keep(self, W: Array, b: Array) -> None:
        # Copied into one vector, so that an update of both is one operation.
        self._parameters = np.concatenate([W.reshape(-1), b])
        self._W, self._b = self._parameters[: W.size].reshape(W.shape), self._parameters[W.size :]

    @property
    def W(self) -> Array:
        """The weights, shape (n_out, n_in)."""
        return self._W

    @W.setter
    def W(self, value: ArrayLike) -> None:
        self._W[...] = checks.check_parameter(value, "W", self._W.shape)

    @property
    def b(self) -> Array:
        """The biases, shape (n_out,)."""
        return self._b

    @b.setter
    def b(self, value: ArrayLike) -> None:
        self._b[...] = checks.check_parameter(value, "b", self._b.shape)

    # In a copy, too, W and b are parts of one vector.
    def __getstate__(self) -> tuple[Array, Array, Activation]:
        return self._W, self._b, self.activation

    def __setstate__(self, state: tuple[Array, Array, Activation]) -> None:
        *arrays, self.activation = state
        self._keep(*arrays)

    def __repr__(self) -> str:
        return f"Dense({self.W.shape[1]} -> {self.W.shape[0]} {self.activation.name})"


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
        self._fused: dict[object, FusedStep] = {}  # by the shapes of x and y
        self._stepping = threading.Lock()

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
        rng, layers = checks.generator(seed), []
        for n_in, n_out, activation in checks.check_sizes(sizes, activations):
            deviation = np.sqrt(_variance(activation, n_in, n_out))
            W = checks.drawn(rng, deviation, (n_out, n_in))
            layers.append(Dense(W, np.zeros(n_out), activation))
        return cls(layers, loss=loss)

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
        a, z = [checks.check_input(x, self.layers)], []
        with np.errstate(all="ignore"):  # overflow is reported by its layer, not as a warning
            for k, layer in enumerate(self.layers):
                b = layer.b if a[k].ndim == 1 else layer.b[:, None]
                z.append(sound(layer.W @ a[k] + b, "z", k))
                a.append(sound(layer.activation(z[k]), "a", k))
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
        checks.check_run(run, self.layers)
        last = len(self.layers) - 1
        delta, W, b = ([np.empty(0)] * (last + 1) for _ in range(3))
        with np.errstate(all="ignore"):
            for k in reversed(range(last + 1)):
                if k == last:
                    delta[k] = self._output_delta(run, y)
                else:
                    upstream = self.layers[k + 1].W.T @ delta[k + 1]
                    delta[k] = self.layers[k].activation.vjp(run.z[k], upstream)
                sound(delta[k], "delta", k)
                W[k] = sound(_columns(delta[k]) @ _columns(run.a[k]).T, "dL/dW", k)
                b[k] = sound(_columns(delta[k]).sum(axis=1), "dL/db", k)
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
        moved = []
        with np.errstate(all="ignore"):
            for k, (dW, db) in enumerate(
                checks.check_gradients(grads, self.layers, "Network.update")
            ):
                W = sound(self.layers[k].W - lr * dW, "the new W", k)
                b = sound(self.layers[k].b - lr * db, "the new b", k)
                moved.append((W, b))
        for layer, (W, b) in zip(self.layers, moved, strict=True):
            layer.W, layer.b = W, b

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
        # The same in arrays that are kept, many times as fast; None if anything is in its way.
        with self._stepping:
            loss = self._fused_step(x, y, lr)
            if loss is None:
                run = self.forward(x)
                loss = self._loss(run, y)
                self.update(self.backward(run, y), lr)
        return loss

    def _fused_step(self, x: Array, y: Array, lr: float) -> float | None:
        shapes = x.shape, y.shape
        fused = self._fused.get(shapes)
        if fused is None or not fused.fits(self):
            fused = FusedStep.make(self, *shapes)
            if fused is None:
                return None
            if len(self._fused) > 1:  # as many as an epoch needs whose last batch is smaller
                self._fused.clear()
            self._fused[shapes] = fused
        return fused(x, y, lr)

    def _loss(self, run: Run, y: ArrayLike) -> float:
        y, fused = checks.check_target(y, run.output), self._fused_loss()
        with np.errstate(all="ignore"):
            loss = fused.from_logits(run.z[-1], y) if fused else self.loss_function(run.output, y)
        if not np.isfinite(loss):
            raise FloatingPointError(
                f"the loss {self.loss_function.name} is {loss}, the first value that is not finite "
                "(every z and a is); nothing has changed: try a smaller lr or smaller weights"
            )
        return loss

    def _output_delta(self, run: Run, y: ArrayLike) -> Array:
        y, fused = checks.check_target(y, run.output), self._fused_loss()
        if fused:
            return fused.gradient_from_logits(run.z[-1], y)
        upstream = self.loss_function.gradient(run.output, y)
        return self.layers[-1].activation.vjp(run.z[-1], upstream)

    def _fused_loss(self) -> FusedLoss | None:
        """Return the loss if it is fused with the output's own activation."""
        loss, activation = self.loss_function, self.layers[-1].activation
        return loss if isinstance(loss, FusedLoss) and loss.activation == activation else None

    # A copy has arrays for its own layers, and a lock of its own, which cannot be copied.
    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_fused": {}, "_stepping": None}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state, _stepping=threading.Lock())

    def __repr__(self) -> str:
        layers = " -> ".join(f"{len(layer.b)} {layer.activation.name}" for layer in self.layers)
        return f"Network({self.layers[0].W.shape[1]} -> {layers}, {self.loss_function.name})"


def _columns(v: Array) -> Array:
    """Return a batch (n, m) as it is, and one example (n,) as a batch of one, (n, 1)."""
    return v.reshape(len(v), -1)


def _variance(activation: Activation, n_in: int, n_out: int) -> float:
    if isinstance(activation, ReLU):
        return 2.0 / n_in
    if isinstance(activation, LeakyReLU):
        return 2.0 / ((1.0 + activation.slope**2) * n_in)
    return 2.0 / (n_in + n_out)
