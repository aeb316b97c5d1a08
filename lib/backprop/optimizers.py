"""Optimizers: rules that turn gradients into a step of the weights.

Each is used as ``optimizer.step(net, grads)``, keeps its state for one network, and moves either
every weight or none: the errors are those of `Network.update`, raised before anything changes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ._network_checks import check_gradients, explain
from ._validate import all_finite, exact, instance, real_number
from .network import Gradients, Network

__all__ = ["SGD", "Adam", "Momentum"]

Array = NDArray[np.float64]


class SGD:
    """Gradient descent: W <- W - lr dL/dW. With minibatches, stochastic gradient descent.

    Parameters
    ----------
    lr : float
        The learning rate, at least 0.

    Raises
    ------
    ValueError, TypeError
        If lr is not a finite number of at least 0.

    Notes
    -----
    Source: Robbins and Monro, "A stochastic approximation method" (1951).
    """

    def __init__(self, lr: float) -> None:
        self.lr = real_number(lr, "SGD: lr", low=0.0)

    def step(self, net: Network, grads: Gradients) -> None:
        """Move the weights of `net` by one step down `grads`."""
        _check(net, grads, "SGD")
        net.update(grads, self.lr)

    def __repr__(self) -> str:
        return f"SGD(lr={exact(self.lr)})"


class Momentum:
    """The heavy ball: v <- beta v + dL/dW, W <- W - lr v, from v = 0.

    Parameters
    ----------
    lr : float
        The learning rate, at least 0.
    beta : float
        How much of the velocity stays, in [0, 1). With 0 this is `SGD`.

    Raises
    ------
    ValueError, TypeError
        If lr or beta is out of range; from `step`, also if the state belongs to another network.

    Notes
    -----
    Source: Polyak, "Some methods of speeding up the convergence of iteration methods" (1964),
    whose W_new = W - lr dL/dW + beta (W - W_old) is the same while lr stays the same.
    """

    def __init__(self, lr: float, beta: float = 0.9) -> None:
        self.lr = real_number(lr, "Momentum: lr", low=0.0)
        self.beta = real_number(beta, "Momentum: beta", low=0.0, high=1.0)
        self._net: Network | None = None
        self._v = Gradients((), ())

    def step(self, net: Network, grads: Gradients) -> None:
        """Move the weights of `net` by one step, and remember the velocity."""
        _check(net, grads, "Momentum", self._net)
        v = self._v if self._net else _each(np.zeros_like, grads)
        v = _each(lambda v, g: self.beta * v + g, v, grads)
        net.update(v, self.lr)
        self._net, self._v = net, v

    def __repr__(self) -> str:
        return f"Momentum(lr={exact(self.lr)}, beta={exact(self.beta)})"


class Adam:
    """Adam: each weight takes steps of about lr, whatever the scale of its gradient g.

    In step t = 1, 2, ..., from m = v = 0, entry by entry::

        m <- beta1 m + (1 - beta1) g           m_hat = m / (1 - beta1**t)
        v <- beta2 v + (1 - beta2) g**2        v_hat = v / (1 - beta2**t)
        W <- W - lr m_hat / (sqrt(v_hat) + eps)

    Parameters
    ----------
    lr : float
        The learning rate, at least 0.
    beta1, beta2 : float
        How much of each running mean stays, in [0, 1).
    eps : float
        Greater than 0: keeps the quotient finite where the gradient has always been 0.

    Raises
    ------
    ValueError, TypeError
        If a parameter is out of range; from `step`, also if the state belongs to another network.

    Notes
    -----
    Source: Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1.
    """

    def __init__(
        self, lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
    ) -> None:
        self.lr = real_number(lr, "Adam: lr", low=0.0)
        self.beta1 = real_number(beta1, "Adam: beta1", low=0.0, high=1.0)
        self.beta2 = real_number(beta2, "Adam: beta2", low=0.0, high=1.0)
        self.eps = real_number(eps, "Adam: eps", low=0.0, open_low=True)
        self._net: Network | None = None
        self._t = 0
        self._m = self._v = Gradients((), ())

    def step(self, net: Network, grads: Gradients) -> None:
        """Move the weights of `net` by one step, and remember both running means."""
        _check(net, grads, "Adam", self._net)
        beta1, beta2, t = self.beta1, self.beta2, self._t + 1
        m, v = (self._m, self._v) if self._net else (_each(np.zeros_like, grads),) * 2
        m = _each(lambda m, g: beta1 * m + (1 - beta1) * g, m, grads)
        v = _each(lambda v, g: beta2 * v + (1 - beta2) * g**2, v, grads)
        m_hat = _each(lambda m: m / (1 - beta1**t), m)
        v_hat = _each(lambda v: v / (1 - beta2**t), v)
        net.update(_each(lambda m, v: m / (np.sqrt(v) + self.eps), m_hat, v_hat), self.lr)
        self._net, self._t, self._m, self._v = net, t, m, v

    def __repr__(self) -> str:
        names = ("lr", "beta1", "beta2", "eps")
        return f"Adam({', '.join(f'{name}={exact(getattr(self, name))}' for name in names)})"


def _each(rule: Callable[..., Array], *gradients: Gradients) -> Gradients:
    """Apply `rule` to W[0] of all `gradients`, to b[0] of all of them, to W[1], and so on."""
    with np.errstate(all="ignore"):
        W = tuple(rule(*arrays) for arrays in zip(*(g.W for g in gradients), strict=True))
        b = tuple(rule(*arrays) for arrays in zip(*(g.b for g in gradients), strict=True))
    if not all_finite(*W, *b):
        explain(
            range(len(W)),
            {"the optimizer's average for W": W, "the optimizer's average for b": b},
        )
    return Gradients(W, b)


def _check(net: Network, grads: Gradients, name: str, own: Network | None = None) -> None:
    """Check that grads fit the network, and that the optimizer's state is this network's."""
    instance(net, Network, f"{name}.step: net", "call step(net, grads)")
    instance(grads, Gradients, f"{name}.step: grads", "pass what net.backward returned")
    if own is not None and own is not net:
        given = "another one like it, a copy perhaps" if repr(net) == repr(own) else str(net)
        raise ValueError(
            f"{name}.step: this optimizer keeps the state of {own} and was given {given}; make one "
            "optimizer for each network, and copy or pickle the two together: (net, optimizer)"
        )
    check_gradients(grads.W, grads.b, net.layers, f"{name}.step")
