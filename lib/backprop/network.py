"""A network of dense layers in matrix form, with its gradients written by hand.

Notation, with k counting the layers from 0 and g_k their activations::

    a[0] = x,   z[k] = W[k] @ a[k] + b[k],   a[k+1] = g_k(z[k]),   output = a[last + 1]

Columns are examples: a vector ``(n,)`` is one example, a matrix ``(n, m)`` a batch of m. The loss
averages over the batch, so every ``delta[k] = dL/dz[k]`` already carries the factor 1/m.

Source of the four equations: Rumelhart, Hinton and Williams, "Learning representations by
back-propagating errors" (1986).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._validate import finite, first_bad, numbers, positive_int, real_number
from .activations import Activation, LeakyReLU, ReLU, find_activation
from .losses import FusedLoss, Loss, find_loss

__all__ = ["Dense", "Gradients", "Network", "Run"]

Array = NDArray[np.float64]


class Dense:
    """One layer: z = W a + b, then the activation g(z).

    Parameters
    ----------
    W : array_like, shape (n_out, n_in)
        ``W[i, j]`` is the weight from unit j of the layer below to unit i. Copied.
    b : array_like, shape (n_out,)
        The biases. Copied.
    activation : str or activation
        For example ``"relu"`` or ``bp.relu``.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit, an entry is not a finite number, or the activation is unknown.

    Notes
    -----
    ``layer.W[0, 0] = 3`` writes in place, and so does ``layer.W = ...``, which must fit the shape.
    """

    def __init__(self, W: ArrayLike, b: ArrayLike, activation: str | Activation) -> None:
        self._W = _parameter(W, "W").copy()
        self._b = _parameter(b, "b").copy()
        self.activation = find_activation(activation)
        if self._W.ndim != 2 or 0 in self._W.shape:
            raise ValueError(
                f"Dense: W must have shape (n_out, n_in), both at least 1, got {self._W.shape}; "
                "one unit with 3 inputs has W of shape (1, 3)"
            )
        if self._b.shape != self._W.shape[:1]:
            raise ValueError(
                f"Dense: b must have shape {self._W.shape[:1]}, one bias for each row of W "
                f"{self._W.shape}, got {self._b.shape}"
            )

    @property
    def W(self) -> Array:
        """The weights, shape (n_out, n_in), writable in place."""
        return self._W

    @W.setter
    def W(self, value: ArrayLike) -> None:
        _write(self._W, value, "W")

    @property
    def b(self) -> Array:
        """The biases, shape (n_out,), writable in place."""
        return self._b

    @b.setter
    def b(self, value: ArrayLike) -> None:
        _write(self._b, value, "b")

    def __repr__(self) -> str:
        n_out, n_in = self.W.shape
        return f"Dense({n_in} -> {n_out} {self.activation.name})"


@dataclass(frozen=True, eq=False)
class Run:
    """What a forward pass computed: ``z[k]`` and ``a[k]``, where ``a[0]`` is x itself."""

    layers: tuple[Dense, ...]
    z: tuple[Array, ...]
    a: tuple[Array, ...]

    @property
    def output(self) -> Array:
        """The activation of the last layer, ``a[-1]``."""
        return self.a[-1]

    def __repr__(self) -> str:
        return f"Run(a: {', '.join(str(a.shape) for a in self.a)})"


@dataclass(frozen=True, eq=False)
class Gradients:
    """dL/dW[k], dL/db[k] and delta[k] = dL/dz[k], each in the shape of what it belongs to."""

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
        From the input to the output; each must take as many inputs as the one before has units.
    loss : str or loss
        For example ``"half_squared_error"`` or ``bp.half_squared_error``.

    Raises
    ------
    ValueError, TypeError
        If two layers do not fit, or the loss is unknown.

    Notes
    -----
    A cross-entropy behind the activation it is fused with (binary_cross_entropy behind sigmoid,
    cross_entropy behind softmax) is computed from the logits ``z``, which stays finite however
    saturated the output is.
    """

    def __init__(self, layers: Iterable[Dense], *, loss: str | Loss) -> None:
        self.layers = _fitting(layers)
        self.loss_function = find_loss(loss)

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
            Units per layer from the input on: ``[2, 8, 1]`` makes two Dense layers.
        activations : sequence
            One for each Dense layer.
        loss : str or loss
            As for `Network`.
        seed : int or numpy.random.Generator
            The same int gives the same network.

        Raises
        ------
        ValueError, TypeError
            If the sizes are not whole numbers of at least 1, or there are not as many activations
            as layers.

        Notes
        -----
        W is drawn from a normal distribution of mean 0 and variance ``2 / n_in`` for relu, and
        ``2 / ((1 + slope**2) n_in)`` for leaky_relu (He et al., "Delving deep into rectifiers",
        2015); otherwise ``2 / (n_in + n_out)`` (Glorot and Bengio, "Understanding the difficulty
        of training deep feedforward neural networks", 2010).
        """
        chosen = _chosen(sizes, activations)
        rng = np.random.default_rng(seed)
        layers = []
        for n_in, n_out, activation in chosen:
            scale = np.sqrt(_variance(activation, n_in, n_out))
            W = rng.normal(0.0, scale, size=(n_out, n_in))
            layers.append(Dense(W, np.zeros(n_out), activation))
        return cls(layers, loss=loss)

    def forward(self, x: ArrayLike) -> Run:
        """Compute every z[k] and a[k].

        Parameters
        ----------
        x : array_like, shape (n_in,) or (n_in, m)
            One example, or m examples in columns.

        Returns
        -------
        Run
            ``run.z[k]``, ``run.a[k]`` with ``run.a[0] is x`` (when x is a float64 array), and
            ``run.output``.

        Raises
        ------
        ValueError, TypeError
            If x does not fit the first layer, is empty, or x, a W or a b is not finite.
        FloatingPointError
            If a z or an a overflows; names the first layer where one does.
        """
        a, z = [_input(x, self.layers)], []
        with np.errstate(all="ignore"):  # overflow is reported with its layer, not as a warning
            for k, layer in enumerate(self.layers):
                b = layer.b if a[k].ndim == 1 else layer.b[:, None]
                z.append(_sound(layer.W @ a[k] + b, "z", k))
                a.append(_sound(layer.activation(z[k]), "a", k))
        return Run(self.layers, tuple(z), tuple(a))

    def loss(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the loss of the prediction for x against the target y.

        Raises
        ------
        ValueError, TypeError
            As `forward`; and if y has not the shape of the output, is not finite, or is no label
            for the loss.
        FloatingPointError
            If the prediction or the loss overflows.
        """
        run = self.forward(x)
        return self._loss(run, _target(y, run))

    def backward(self, run: Run, y: ArrayLike) -> Gradients:
        """Compute the gradient of the loss with respect to every z[k], W[k] and b[k].

        The four equations, with * elementwise and ' on an activation its derivative::

            delta[last] = dL/da * g'(z[last])                      (for softmax: its Jacobian)
            delta[k]    = W[k+1].T @ delta[k+1] * g'(z[k])
            dL/dW[k]    = delta[k] @ a[k].T
            dL/db[k]    = delta[k], summed over the batch

        Parameters
        ----------
        run : Run
            From this network's `forward`, with the weights as they are now.
        y : array_like
            The target, in the shape of ``run.output``.

        Returns
        -------
        Gradients
            ``grads.W[k]``, ``grads.b[k]``, ``grads.delta[k]``.

        Raises
        ------
        ValueError, TypeError
            If the run is another network's, or y does not fit.
        FloatingPointError
            If a gradient overflows; names the first layer, from the output, where one does.
        """
        _own_run(run, self.layers)
        y = _target(y, run)
        last = len(self.layers) - 1
        delta = list(run.z)
        with np.errstate(all="ignore"):
            delta[last] = _sound(self._output_delta(run, y), "delta", last)
            for k in reversed(range(last)):
                upstream = self.layers[k + 1].W.T @ delta[k + 1]
                delta[k] = _sound(self.layers[k].activation.vjp(run.z[k], upstream), "delta", k)
            W = [_columns(delta[k]) @ _columns(run.a[k]).T for k in range(last + 1)]
            b = [_columns(delta[k]).sum(axis=1) for k in range(last + 1)]
        for k in reversed(range(last + 1)):
            _sound(W[k], "dL/dW", k)
            _sound(b[k], "dL/db", k)
        return Gradients(tuple(W), tuple(b), tuple(delta))

    def update(self, grads: Gradients, lr: float) -> None:
        """Take one step of gradient descent: W[k] <- W[k] - lr dL/dW[k], and b[k] alike.

        Every gradient was taken before any weight moves, and either all weights move or none.

        Raises
        ------
        ValueError, TypeError
            If the gradients do not fit the network, or lr is not a finite number of at least 0.
        FloatingPointError
            If a new weight overflows.
        """
        lr = real_number(lr, "Network.update: lr", low=0.0)
        moves = []
        for k, (dW, db) in enumerate(_fitting_gradients(grads, self.layers)):
            with np.errstate(all="ignore"):
                W = _sound(self.layers[k].W - lr * dW, "new W", k)
                b = _sound(self.layers[k].b - lr * db, "new b", k)
            moves.append((W, b))
        for layer, (W, b) in zip(self.layers, moves, strict=True):
            layer.W[...], layer.b[...] = W, b

    def step(self, x: ArrayLike, y: ArrayLike, lr: float) -> float:
        """Go forward, backward and update once; return the loss from before the update.

        Raises
        ------
        ValueError, TypeError, FloatingPointError
            As `forward`, `loss`, `backward` and `update`, before anything has changed.
        """
        lr = real_number(lr, "Network.step: lr", low=0.0)
        run = self.forward(x)
        loss = self._loss(run, _target(y, run))
        self.update(self.backward(run, y), lr)
        return loss

    def _loss(self, run: Run, y: Array) -> float:
        fused = self._fused_loss()
        with np.errstate(all="ignore"):
            loss = fused.from_logits(run.z[-1], y) if fused else self.loss_function(run.output, y)
        if not np.isfinite(loss):
            raise FloatingPointError(
                f"the loss {self.loss_function.name} is {loss}, though every z and a is finite; "
                "the prediction is infinitely wrong or the squared error overflows"
            )
        return loss

    def _output_delta(self, run: Run, y: Array) -> Array:
        fused = self._fused_loss()
        if fused:
            return fused.gradient_from_logits(run.z[-1], y)
        upstream = self.loss_function.gradient(run.output, y)
        return self.layers[-1].activation.vjp(run.z[-1], upstream)

    def _fused_loss(self) -> FusedLoss | None:
        """Return the loss if it is one that belongs to the output's activation."""
        loss, activation = self.loss_function, self.layers[-1].activation
        fits = isinstance(loss, FusedLoss) and loss.activation == activation
        return loss if fits else None  # type: ignore[return-value]

    def __repr__(self) -> str:
        layers = " -> ".join(f"{len(d.b)} {d.activation.name}" for d in self.layers)
        return f"Network({self.layers[0].W.shape[1]} -> {layers}, {self.loss_function.name})"


def _columns(v: Array) -> Array:
    """Return a batch as it is, and one example (n,) as a batch of one, (n, 1)."""
    return v.reshape(len(v), -1)


def _variance(activation: Activation, n_in: int, n_out: int) -> float:
    if isinstance(activation, ReLU):
        return 2.0 / n_in
    if isinstance(activation, LeakyReLU):
        return 2.0 / ((1.0 + activation.slope**2) * n_in)
    return 2.0 / (n_in + n_out)


def _name(k: int) -> str:
    return f"Dense layer {k + 1} (layers[{k}])"


def _sound(array: Array, what: str, k: int) -> Array:
    """Return `array`, or raise FloatingPointError naming the layer if it is not all finite."""
    bad = first_bad(array)
    if bad is not None:
        raise FloatingPointError(
            f"{what} of {_name(k)} is {bad}, the first value that is not finite; "
            "nothing has changed: try a smaller lr, smaller weights or scaled inputs"
        )
    return array


def _parameter(value: ArrayLike, name: str) -> Array:
    array = numbers(value, f"Dense: {name}")
    finite(array, f"Dense: {name}")
    return array


def _write(parameter: Array, value: ArrayLike, name: str) -> None:
    array = _parameter(value, name)
    if array.shape != parameter.shape:
        raise ValueError(
            f"Dense: {name} has shape {parameter.shape}, got {array.shape}; "
            "make a new Dense for a layer of another size"
        )
    parameter[...] = array


def _fitting(layers: Iterable[Dense]) -> tuple[Dense, ...]:
    """Return the layers as a tuple, after checking that each fits the one before it."""
    if isinstance(layers, Dense):
        raise TypeError("Network: layers must be a list; write Network([layer], loss=...)")
    found = tuple(layers)
    if not found:
        raise ValueError("Network: no layers; pass at least one Dense")
    for k, layer in enumerate(found):
        if not isinstance(layer, Dense):
            raise TypeError(f"Network: layers[{k}] must be a Dense, got {type(layer).__name__}")
        if any(layer is other for other in found[:k]):
            raise ValueError(f"Network: {_name(k)} appears twice; make one Dense for each layer")
        if k and layer.W.shape[1] != len(found[k - 1].b):
            raise ValueError(
                f"Network: {_name(k)} expects {layer.W.shape[1]} inputs, got "
                f"{len(found[k - 1].b)} from {_name(k - 1)}; W of a layer has one column for each "
                "unit of the layer before it"
            )
    return found


def _chosen(
    sizes: Sequence[int], activations: Sequence[str | Activation]
) -> list[tuple[int, int, Activation]]:
    """Return (n_in, n_out, activation) for each layer that `Network.random` has to make."""
    if isinstance(activations, str | Activation):
        raise TypeError("Network.random: activations must be a list, one for each Dense layer")
    try:
        n = [positive_int(size, f"Network.random: sizes[{i}]") for i, size in enumerate(sizes)]
    except TypeError as error:
        raise TypeError(f"{error}; sizes are whole numbers, such as [2, 8, 1]") from error
    if len(n) < 2:
        raise ValueError(f"Network.random: sizes must name input and output, got {list(sizes)}")
    if len(activations) != len(n) - 1:
        raise ValueError(
            f"Network.random: sizes {n} make {len(n) - 1} layers, got {len(activations)} "
            "activations; the input has none"
        )
    return list(zip(n, n[1:], map(find_activation, activations), strict=False))


def _input(x: ArrayLike, layers: tuple[Dense, ...]) -> Array:
    """Return x as float64, after checking it and, for values written in place, every W and b."""
    array = numbers(x, "Network.forward: x")
    n_in = layers[0].W.shape[1]
    if array.ndim not in (1, 2):
        raise ValueError(
            f"Network.forward: x must have shape ({n_in},) or ({n_in}, m), got {array.shape}"
            + ("; put a single number in a list: [x]" if array.ndim == 0 else "")
        )
    if len(array) != n_in:
        transposed = array.ndim == 2 and array.shape[1] == n_in
        raise ValueError(
            f"Network.forward: {_name(0)} expects {n_in} inputs, got {len(array)}: x has shape "
            f"{array.shape}; columns are examples" + ("; pass x.T" if transposed else "")
        )
    if array.size == 0:
        raise ValueError(f"Network.forward: empty batch, x has shape {array.shape}")
    finite(array, "Network.forward: x")
    for k, layer in enumerate(layers):
        finite(layer.W, f"Network.forward: W of {_name(k)}")
        finite(layer.b, f"Network.forward: b of {_name(k)}")
    return array


def _target(y: ArrayLike, run: Run) -> Array:
    array = numbers(y, "Network: y")
    if array.shape != run.output.shape:
        fits = array.size == run.output.size
        raise ValueError(
            f"Network: y has shape {array.shape}, but the output has shape {run.output.shape}; "
            + (f"try y.reshape{run.output.shape}" if fits else "y needs a value for each output")
        )
    finite(array, "Network: y")
    return array


def _own_run(run: Run, layers: tuple[Dense, ...]) -> None:
    if not isinstance(run, Run):
        raise TypeError(f"Network.backward: run must come from forward, got {type(run).__name__}")
    if run.layers is not layers:
        raise ValueError(
            f"Network.backward: {run} was made by another network; call forward on this one"
        )


def _fitting_gradients(
    grads: Gradients, layers: tuple[Dense, ...]
) -> list[tuple[Array, Array]]:
    """Return the pairs (dL/dW[k], dL/db[k]), after checking them against the layers."""
    if not isinstance(grads, Gradients):
        raise TypeError(f"Network.update: grads must be Gradients, got {type(grads).__name__}")
    if not len(grads.W) == len(grads.b) == len(layers):
        raise ValueError(
            f"Network.update: grads are for {len(grads.W)} layers, the network has {len(layers)}; "
            "take them from this network's backward"
        )
    for k, layer in enumerate(layers):
        for name, gradient, own in (("W", grads.W[k], layer.W), ("b", grads.b[k], layer.b)):
            if gradient.shape != own.shape:
                raise ValueError(
                    f"Network.update: grads.{name}[{k}] has shape {gradient.shape}, but {name} of "
                    f"{_name(k)} has {own.shape}; take grads from this network's backward"
                )
            finite(gradient, f"Network.update: grads.{name}[{k}]")
    return list(zip(grads.W, grads.b, strict=True))
