"""What can be taken hold of, without a browser: the search on a slider's grid, and what Python writes and refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from py_mini_racer import MiniRacer

import livetext
from backprop import autodiff as ad
from support.paths import ROOT

SEARCH = """
const looked = (values, target, at) => {
  const seen = new Set();
  const f = (i) => { seen.add(i); return values[i] ?? NaN; };
  return JSON.stringify([nearest(f, target, at, values.length - 1), seen.size]);
};
const rough = (values, target, at, far) =>
  nearest((i) => values[i], target, at, values.length - 1, far);
const grid = (slider) => {
  const { last, value, index } = gridOf(slider);
  const values = Array.from({ length: last + 1 }, (_, i) => value(i));
  return JSON.stringify([values, values.map(index)]);
};
0"""


@pytest.fixture(scope="module")
def search() -> Iterator[MiniRacer]:
    v8 = MiniRacer()
    v8.eval((ROOT / "lib/livetext/js/nearest.js").read_text("utf-8") + SEARCH)
    yield v8
    v8.close()


def nearest(
    search: MiniRacer, values: list[float | None], target: float, at: int
) -> tuple[int, int]:
    """Where the search ends, and at how many places it has looked."""
    found, looks = json.loads(str(search.call("looked", values, target, at)))
    return found, looks


numbers = st.integers(-1000, 1000)


@given(st.data())
def test_a_rising_or_falling_coordinate_is_found_wherever_the_slider_is(
    search: MiniRacer, data: st.DataObject
) -> None:
    """On level ground too. No place of the grid is nearer, and few are looked at."""
    values = sorted(data.draw(st.lists(numbers, min_size=1, max_size=200)))
    if data.draw(st.booleans()):
        values.reverse()
    at = data.draw(st.integers(0, len(values) - 1))
    target = data.draw(numbers) + 0.25
    found, looks = nearest(search, [*values], target, at)
    assert abs(values[found] - target) == min(abs(v - target) for v in values)
    assert looks <= 5 + 2 * len(values).bit_length()


@given(st.data())
def test_any_other_coordinate_is_never_left_farther_away(
    search: MiniRacer, data: st.DataObject
) -> None:
    """Not even where it is no number at some places."""
    values = data.draw(st.lists(st.none() | numbers, min_size=1, max_size=60))
    at = data.draw(st.integers(0, len(values) - 1))
    target = data.draw(numbers)
    found, _ = nearest(search, values, target, at)
    away = [float("inf") if v is None else abs(v - target) for v in values]
    assert 0 <= found < len(values)
    assert away[found] <= away[at]


@pytest.mark.parametrize("at", [0, 3, 9, 10])
def test_a_valley_is_not_crossed(search: MiniRacer, at: int) -> None:
    """The point of a bowl follows a pointer up and down on its own side, and to the bottom and no further."""
    values: list[float | None] = [(i - 10) ** 2 for i in range(21)]
    assert nearest(search, values, 40, at)[0] in ((4, 16) if at == 10 else (4,))
    assert nearest(search, values, -5, at)[0] == 10


@pytest.mark.parametrize(("target", "found"), [(9, 1), (29, 3)])
def test_a_rough_coordinate_holds_nothing_in_a_dent(
    search: MiniRacer, target: int, found: int
) -> None:
    """It rises to a ragged top. From there the pointer leads back down, unless it is still near."""
    values = [0, 10, 20, 30, 40, 52, 50, 55, 51, 53]
    assert search.call("rough", values, target, 8, 20) == found
    assert search.call("rough", values, 45, 8, 20) == 8
    assert search.call("rough", values, target, 8, 1e9) == 8


@pytest.mark.parametrize(
    ("low", "high", "step", "some"),
    [
        (-0.3, 0.8, 0.01, {0: -0.3, 30: 0.0, 31: 0.01, 110: 0.8}),
        (0, 0.15, 0.005, {3: 0.015, 30: 0.15}),
        (1, 10, 1, {0: 1, 9: 10}),
        (0, 1, 0.3, {3: 0.9}),
    ],
)
def test_grid_counts_in_decimals(
    search: MiniRacer, low: float, high: float, step: float, some: dict[int, float]
) -> None:
    slider = {"min": str(low), "max": str(high), "step": str(step)}
    values, indices = json.loads(str(search.call("grid", slider)))
    assert {i: values[i] for i in some} == some
    assert len(values) == max(some) + 1 and indices == [*range(len(values))]


def bowl(w: ad.Var, b: ad.Var) -> dict[str, ad.Var]:
    return {"loss": (w - b) ** 2, "z": w + b}


def figure(*views: Any, **options: Any) -> livetext.LiveFigure:
    return livetext.LiveFigure(
        ad.trace(bowl, w=0.5, b=0.0),
        [livetext.Slider("w", "*w*", -2, 2, 0.25), livetext.Slider("b", "*b*", -2, 2, 0.25)],
        views,
        name="held",
        alt="A bowl",
        caption="A bowl.",
        **options,
    )


def plot(draw: Callable[[livetext.Plot], None]) -> livetext.Plot:
    made = livetext.Plot("*w*", "*L*", (-2, 2), (-1, 4))
    draw(made)
    return made


@pytest.mark.parametrize(
    "draw",
    [
        lambda p: p.point("w", "loss", handle=("w", None)),
        lambda p: p.line([0.0, "w"], [0.0, "loss"], handles=[None, ("w", None)]),
        lambda p: p.arrow((0.0, 0.0), ("w", "z"), handle=("w", None)),
        lambda p: p.vline("w", handle=("w", None)),
    ],
)
def test_handles_are_handed_to_the_page(draw: Callable[[livetext.Plot], None]) -> None:
    """Each as a dot of its own, where matplotlib draws it."""
    html = figure(plot(draw)).html
    spec = json.loads(html.split('class="live-spec">')[1].split("</script>")[0])
    held = [(i, a) for i, a in enumerate(spec["views"][0]["artists"]) if "handle" in a]
    ((i, artist),) = held
    assert artist["handle"] == ["w", None] and artist["draw"] == "dots" and artist["x"] == ["w"]
    group = html.split(f'data-artist="{i}"')[1].split("</g>")[0]
    assert "<use" in group


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda p: p.point("w", "loss", handle=(None, None)), "names the sliders"),
        (lambda p: p.point("w", 0.0, handle=("w", "b")), "drag along y cannot move 'b'.*0.0"),
        (lambda p: p.hline("loss", handle=("w", None)), "drag along x cannot move 'w'"),
        (lambda p: p.bar(1, "z", handle=(None, "z")), "moves 'z', which is no slider; it has w, b"),
        (lambda p: p.line(["w"], ["z"], handles=[None, None]), "argument"),
    ],
)
def test_malformed_handles(draw: Callable[[livetext.Plot], None], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        figure(plot(draw))


LINES = livetext.WorkedLines([("Loss", "L = ({w} − {b})² = {loss}")])
OUTCOME = livetext.WorkedLines([("Loss", "L = {loss}")])


@pytest.mark.parametrize(
    ("views", "hint"),
    [
        ([OUTCOME], ""),
        ([LINES], "Drag a number underlined with dots, or use the sliders."),
        (
            [plot(lambda p: p.point("w", "loss", handle=("w", None)))],
            "Drag the point, or use the sliders.",
        ),
        (
            [
                LINES,
                plot(
                    lambda p: [p.point("w", "loss", handle=("w", n)) for n in (None, "b")] and None
                ),
            ],
            "Drag a point or a number underlined with dots, or use the sliders.",
        ),
        (
            [livetext.Flow([("Loss", ["L = {w}² = {loss}"])])],
            "Drag a number underlined with dots, pick a stage, or use the sliders.",
        ),
    ],
)
def test_one_line_says_what_can_be_taken_hold_of(views: list[Any], hint: str) -> None:
    assert f'<p class="live-hint"><span>{hint}</span>' in figure(*views).html


def test_a_hint_of_ones_own() -> None:
    html = figure(LINES, hint="Drag *w* & see.").html
    assert "<span>Drag <var>w</var> &amp; see.</span>" in html
