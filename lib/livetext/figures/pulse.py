"""A nudge of one quantity, pressed on its wire: the change runs forward, and the gradient back."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from ..number_format import stable
from ..state import State
from .view import check_quantities

LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class PulseWire(NamedTuple):
    """What flows along a wire, the gradient of it, what it is called, and when its turn comes."""

    value: str
    gradient: str | None
    label: str
    turn: float


def spoken(quantity: str) -> str:
    """What a quantity is called where no markup can stand: ``w1`` is w₁."""
    return re.sub(r"^([^\W\d])_?(\d+)$", lambda m: m[1] + m[2].translate(LOWERED), quantity)


def check_pulse(
    state: State, nudge: float | None, loss: str, wires: Sequence[PulseWire], where: str
) -> None:
    """Raise unless something can be nudged, and its effect on the loss be seen."""
    if nudge is None:
        return
    if not 0 < nudge < float("inf"):
        raise ValueError(f"{where} needs a nudge above 0, got {nudge}")
    if state.iteration is not None:
        raise ValueError(
            f"{where} cannot be nudged in a figure with an iteration; leave out one of them"
        )
    if not any(wire.gradient for wire in wires):
        raise ValueError(f"{where} can be nudged where wires have gradients; none has")
    check_quantities([loss], state.quantities(), where)


def pulse(
    nudge: float, loss: str, wires: Sequence[PulseWire], turns: Mapping[str, float], cost: str = ""
) -> tuple[str, dict[str, Any]]:
    """The choice of a wire and the button that nudges it, and data for pulse.js.

    ``turns`` says of each quantity whose change is shown when that is, ``cost`` how many passes nudging all
    the parameters would take.
    """
    options = "".join(
        f'<option value="{i}">{escape(wire.label)}</option>'
        for i, wire in enumerate(wires)
        if wire.gradient
    )
    status = '<span class="live-line" role="status"></span>'
    html = (
        f'<div class="live-pulse" translate="no"><label>Wire <select disabled>{options}</select></label>'
        f'<button type="button" disabled>Nudge this wire by {stable(nudge)}</button>'
        f"{status}{status if cost else ''}</div>"
    )
    return html, {
        "nudge": nudge,
        "loss": loss,
        "wires": [wire._asdict() for wire in wires],
        "turns": dict(turns),
        "cost": cost,
    }
