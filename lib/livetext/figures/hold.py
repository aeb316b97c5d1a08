"""What a reader can take hold of in a figure: handles in plots, cells and steps to pick, numbers to scrub."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..controls import Control, Slider


def _handles(spec: Mapping[str, Any]) -> Iterator[str]:
    """The sliders that the handles of a view move, or a flow's way back."""
    yield from spec.get("carry", ())
    for artist in spec.get("artists", ()):
        yield from filter(None, artist.get("handle", ()))


def check_handles(
    html: str, spec: Mapping[str, Any], controls: Sequence[Control], name: str
) -> None:
    """Raise where a handle or an entry of a view moves what is no slider, or a pick what is no control."""
    sliders = [control.name for control in controls if isinstance(control, Slider)]
    for moved in [*_handles(spec), *re.findall(r'data-hold="([^"]*)"', html)]:
        if moved not in sliders:
            raise ValueError(
                f"a handle of figure {name!r} moves {moved!r}, which is no slider; "
                f"it has {', '.join(sliders)}"
            )

    known = [control.name for control in controls]
    for artist in spec.get("artists", ()):
        for picked, _ in artist.get("pick", ()):
            if picked not in known:
                raise ValueError(
                    f"a pick of figure {name!r} chooses {picked!r}, which is no control; "
                    f"it has {', '.join(known)}"
                )


def found_hint(
    views: Sequence[str], specs: Sequence[Mapping[str, Any]], controls: Sequence[Control]
) -> str:
    """The sentence that says what can be taken hold of, or nothing where there are sliders alone."""
    names = [control.name for control in controls]
    sliders = [control.name for control in controls if isinstance(control, Slider)]
    count = sum("handle" in artist for spec in specs for artist in spec.get("artists", ()))
    held = ["the point" if count == 1 else "a point"] if count else []
    lines = "".join(v for v, spec in zip(views, specs, strict=True) if spec["kind"] != "plot")
    shown = re.findall(r'<span translate="no" data-quantity="([^"]+)"', lines)
    if set(shown) & {*sliders} and "live-line" in lines:
        held.append("a number underlined with dots")
    if any("data-hold" in view for view in views):
        held = [*dict.fromkeys([*held, "a number underlined with dots"])]
    ways = [f"drag {' or '.join(held)}"] if held else []
    for spec in specs:
        matrices = spec.get("matrices", ())
        if any(m[place] in names for m in matrices for place in ("row", "column")):
            ways.append("pick a cell")
        elif any("pick" in artist for artist in spec.get("artists", ())):
            ways.append("click a choice in the picture")
        elif spec["kind"] == "flow":
            ways.append("pick a stage")
        elif spec["kind"] == "graph":
            ways.append("pick a number")
    if not ways:
        return ""
    sentence = f"{', '.join(dict.fromkeys(ways))}, or use the sliders."
    return sentence[0].upper() + sentence[1:]
