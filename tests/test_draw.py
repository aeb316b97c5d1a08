"""Still pictures: what a notebook stores of them."""

import re
from typing import Any

import pytest

from backprop import draw

LAYERS = [["*x_1*", "*x_2*"], ["*a_1*", "*a_2*", "*a_3*"]]


def picture(**changes: Any) -> draw.Picture:
    parts = {
        "name": "two-three",
        "alt": "Two units wired to three",
        "caption": "Count the wires of *a_1*.",
    }
    return draw.Picture(draw.network(LAYERS), **(parts | changes))


def test_network_has_a_wire_for_each_weight_and_a_circle_for_each_unit() -> None:
    axes = draw.network(LAYERS)
    wires = [line for line in axes.lines if len(line.get_xdata()) == 2]  # type: ignore[arg-type]
    units = [line for line in axes.lines if len(line.get_xdata()) == 1]  # type: ignore[arg-type]
    assert (len(wires), len(units)) == (2 * 3, 2 + 3)
    ends = {(line.get_xdata()[k], line.get_ydata()[k]) for line in wires for k in (0, 1)}  # type: ignore[index]
    centres = {(line.get_xdata()[0], line.get_ydata()[0]) for line in units}  # type: ignore[index]
    assert ends == centres


def test_picture_is_stored_with_its_words() -> None:
    data = picture()._repr_mimebundle_()
    assert data["text/plain"] == "Picture two-three: Two units wired to three"
    html = data["text/html"]
    assert html.startswith('<figure class="still" data-picture="two-three"><svg')
    assert 'role="img" aria-label="Two units wired to three"' in re.sub(
        r'(aria-label="[^"]*") (role="img")', r"\2 \1", html
    )
    assert "<figcaption>Count the wires of <var>a</var><sub>1</sub>.</figcaption>" in html
    assert "var(--live-ink, " in html
    assert picture()._repr_mimebundle_() == data


@pytest.mark.parametrize("what", ["alt", "caption"])
def test_picture_needs_words(what: str) -> None:
    with pytest.raises(ValueError, match=f"'two-three' needs a text for {what}"):
        picture(**{what: " "})
