"""What every view has in common: it draws a state, and shows only what is there."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ..state import State


class View(Protocol):
    """A picture or text of a figure's quantities: still markup, and data for the page's script."""

    def render(self, state: State, name: str, digits: int) -> tuple[str, dict[str, Any]]:
        """HTML at this state, and what the page needs to move it.

        Raises
        ------
        ValueError
            The view shows a quantity that the figure does not have.
        """
        ...


def check_quantities(wanted: Sequence[str | float], known: Mapping[str, Any], where: str) -> None:
    for quantity in wanted:
        if isinstance(quantity, str) and quantity not in known:
            raise ValueError(
                f"{where} shows {quantity!r}, which the figure does not have; "
                f"it has {', '.join(known)}"
            )


def entries_of(name: str, known: Mapping[str, Any], where: str) -> list[str]:
    """The quantities that an array's name stands for, in order; a number's name stands for itself."""
    found = [entry for entry in known if entry == name or entry.startswith(f"{name}[")]
    if not found:
        check_quantities([name], known, where)
    return found


def share(value: float, scale: float) -> float:
    """The size of a number as a share of the one that gets all of a colour or a width; none for NaN."""
    return min(abs(value) / scale, 1.0) if value == value else 0.0
