"""The reverse sweep: gradients of a scalar with respect to anything that it was computed from."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from .primitives import PRIMITIVES, Shape
from .var import Var

__all__ = ["grad", "topological"]


def grad(loss: Var, wrt: Sequence[Var]) -> tuple[Var, ...]:
    r"""Gradients of a scalar with respect to each Var in ``wrt``, by reverse accumulation.

    For every recorded :math:`u = f(v_1, \dots, v_n)`, latest first,
    :math:`\partial L / \partial v_i \mathrel{+}= (\partial L / \partial u)(\partial u / \partial v_i)`.

    Parameters
    ----------
    loss
        Var of shape ``()``.
    wrt
        Vars of any shape, leaves or intermediate results.

    Returns
    -------
    tuple of Var
        One gradient per entry of ``wrt``, in its shape; zeros where the loss does not depend on
        it. The gradients are recorded as they are computed, so `grad` can be applied to them again.

    Raises
    ------
    TypeError
        An argument is not a Var.
    ValueError
        The loss is not a scalar.

    Notes
    -----
    Griewank & Walther, *Evaluating Derivatives*, 2nd ed., 2008, section 3.2.
    """
    wrt = _checked(loss, wrt)
    upstream = {loss: Var(np.float64(1.0))}
    depends = set(wrt)  # on what the gradient is wanted for
    path = []
    for node in topological([loss]):
        if not depends.isdisjoint(node.parents):
            depends.add(node)
            path.append(node)
    for node in reversed(path):
        g = upstream.get(node)
        if g is None:  # no rule on the way from the loss passes a gradient
            continue
        rules = PRIMITIVES[node.op].rules
        for rule, parent in zip(rules, node.parents, strict=True):
            if rule is None or parent not in depends:
                continue
            share = rule(g, node, *node.parents, **node.params)
            if share.shape != parent.shape:
                share = _unstretched(share, parent.shape)
            upstream[parent] = upstream[parent] + share if parent in upstream else share
    return tuple([upstream[w] if w in upstream else Var(np.zeros(w.shape)[()]) for w in wrt])


def topological(outputs: Sequence[Var]) -> list[Var]:
    """Every Var that the outputs depend on, each after all of its parents.

    A node may pass its gradient on only once every use of it has paid in, so `grad` needs this
    order. Depth first with an explicit stack: Python's own stack ends near 1,000 operations.
    """
    order: dict[Var, None] = {}
    seen: set[Var] = set()
    stack = [*reversed(outputs)]
    while stack:
        node = stack[-1]
        # Seen again: so are all its parents by now, which lay above it.
        if node in seen or not node.parents:
            order[stack.pop()] = None
        else:
            seen.add(node)
            stack += node.parents[::-1]
    return [*order]


def _checked(loss: Var, wrt: Sequence[Var]) -> tuple[Var, ...]:
    if isinstance(wrt, Var):
        raise TypeError("ad.grad expects a list of Vars, got a Var; write ad.grad(loss, [w])")
    try:
        wrt = tuple(wrt)
    except TypeError as error:
        raise TypeError(f"ad.grad expects wrt to be a list of Vars ({error})") from None
    for i, node in enumerate((loss, *wrt)):
        if not isinstance(node, Var):
            name = f"wrt[{i - 1}]" if i else "loss"
            raise TypeError(f"ad.grad expects {name} to be a Var, got {type(node).__name__}")
    if loss.shape != ():
        raise ValueError(
            f"ad.grad expects a scalar loss, got shape {loss.shape}; sum or average it"
        )
    return wrt


def _unstretched(g: Var, shape: Shape) -> Var:
    """Sum over the axes along which NumPy stretched an argument of this shape: each copy pays in."""
    total = g.apply("sum", axis=_stretched(g.shape, shape))
    return total if total.shape == shape else total.apply("reshape", shape=shape)


@lru_cache(1024)
def _stretched(long: Shape, shape: Shape) -> tuple[int, ...]:
    """The axes that a result of shape ``long`` has, and an argument of ``shape`` has not or once."""
    extra = len(long) - len(shape)
    return tuple(
        axis
        for axis, length in enumerate(long)
        if axis < extra or (shape[axis - extra] == 1 and length != 1)
    )
