"""Still pictures: what a notebook stores of them."""

import re
from itertools import product
from typing import Any

import matplotlib.colors
import numpy as np
import pytest

import backprop as bp
from backprop_book.decision import decision
from livetext import draw
from livetext.figures.field import markup
from livetext.notebook_images import as_inline

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
    html = as_inline(data["text/html"])
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


# Decisions

X, Y = bp.data.xor()


def line(x: Any) -> Any:
    """A learner whose border is x_1 + x_2 = 1."""
    return bp.sigmoid(4 * (x[:1] + x[1:] - 1))


def drawn(predict: Any, x: Any = X, y: Any = Y, **style: Any) -> str:
    axes = decision(predict, x, y, **style)
    return draw.Picture(axes, "regions", alt="Two regions", caption="See.").html


def test_examples_differ_in_colour_and_in_shape() -> None:
    axes = decision(lambda x: ..., X, Y)
    circles, triangles = axes.lines
    assert circles.get_color() != triangles.get_color()
    assert circles.get_marker() != triangles.get_marker()
    assert {circles.get_color(), triangles.get_color()} <= set(draw.PALETTE.values())
    for marks, label in ((circles, 0), (triangles, 1)):
        assert np.array_equal(marks.get_data(), X[:, Y[0] == label])


def test_a_stub_shows_the_examples_alone() -> None:
    assert not decision(lambda x: ..., X, Y).collections
    assert "opacity: 0.2" not in drawn(lambda x: ...)


def test_border_runs_where_the_learner_says_one_half() -> None:
    axes = decision(line, X, Y)
    border = axes.collections[-1].get_paths()[0].vertices
    assert len(border) > 10
    assert border.sum(axis=1) == pytest.approx(
        1, abs=1e-6
    )  # between grid points it is interpolated


@pytest.mark.parametrize("shape", [(1, -1), (-1,)])
def test_regions_cover_the_picture_each_in_its_colour(shape: tuple[int, ...]) -> None:
    axes = decision(lambda x: line(x).reshape(shape), X, Y)
    regions = axes.collections[0]
    tints = [matplotlib.colors.to_hex(c) for c in regions.get_facecolor()]
    assert tints == [circle_or_triangle.get_color() for circle_or_triangle in axes.lines]
    low, high = axes.get_xlim()
    for x in product(np.linspace(low + 0.01, high - 0.01, 7), repeat=2):
        inside = [path.contains_point(x) for path in regions.get_paths()]
        if abs(sum(x) - 1) > 0.05:
            assert inside == [sum(x) < 1, sum(x) > 1]


@pytest.mark.parametrize("constant", [0.0, 0.2, 0.5, 1.0, -30.0, 1e6])
def test_a_learner_that_always_says_the_same_has_one_region(constant: float) -> None:
    axes = decision(lambda x: np.full((1, x.shape[1]), constant), X, Y)
    (regions,) = axes.collections  # and no border
    covered = [len(path.vertices) > 0 for path in regions.get_paths()]
    assert covered == [constant <= 0.5, constant > 0.5]


def test_both_axes_have_one_scale_and_hold_every_example() -> None:
    for x, y in ((X, Y), bp.data.two_moons(40), (3 * X[:, :1], [1]), (X * [[0], [5]], Y)):
        axes = decision(lambda x: ..., x, y)
        corners = axes.transData.transform([(0, 0), (1, 0), (0, 1)])
        assert corners[1][0] - corners[0][0] == pytest.approx(corners[2][1] - corners[0][1])
        for values, (low, high) in zip(np.asarray(x), (axes.get_xlim(), axes.get_ylim())):  # noqa: B905
            assert low < values.min() <= values.max() < high


def test_picture_of_regions_is_small_themed_and_always_the_same() -> None:
    wavy = drawn(lambda x: bp.sigmoid(9 * (np.sin(5 * x[:1]) + np.cos(4 * x[1:]))))
    assert wavy == drawn(lambda x: bp.sigmoid(9 * (np.sin(5 * x[:1]) + np.cos(4 * x[1:]))))
    assert len(wavy) < 30_000
    for colour in ("blue", "orange", "muted", "paper"):
        assert f"var(--live-{colour}, " in wavy
    assert wavy.count("opacity: 0.2") == 2


def test_the_learner_is_asked_once_and_cannot_change_the_picture() -> None:
    asked = []

    def greedy(x: Any) -> Any:
        asked.append(x.shape)
        answer = line(x)
        x[:] = 0
        return answer

    assert drawn(greedy) == drawn(line)
    assert len(asked) == 1
    assert asked[0][0] == 2


@pytest.mark.parametrize(
    ("x", "y", "error", "says"),
    [
        (X.T, Y, ValueError, r"x must have shape \(2, m\).*got \(4, 2\)"),
        (X[:, :0], Y[:, :0], ValueError, r"x must have shape \(2, m\)"),
        (X[0], Y, ValueError, r"x must have shape \(2, m\)"),
        (X, Y.T, ValueError, r"y must have shape \(1, 4\).*got \(4, 1\)"),
        (X, Y[:, :3], ValueError, r"y must have shape \(1, 4\)"),
        (X, 2 * Y, ValueError, "y must hold 0 and 1 alone, got 2"),
        (X, Y + np.nan, ValueError, "y must hold 0 and 1 alone, got nan"),
        (X + np.inf, Y, ValueError, "x is inf at index"),
        ("points", Y, TypeError, "x must be an array of numbers"),
    ],
)
def test_bad_examples_are_refused(x: Any, y: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=f"^decision: {says}"):
        decision(line, x, y)


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (lambda x: 0.5, ValueError, r"predict must return shape \(1, \d+\).*got \(\)"),
        (lambda x: x, ValueError, r"predict must return shape \(1, \d+\).*got \(2, "),
        (lambda x: line(x).T, ValueError, "predict must return shape"),
        (lambda x: None, TypeError, "what predict returned must be an array of numbers"),
        (lambda x: line(x) * np.nan, ValueError, "what predict returned is nan at index"),
    ],
)
def test_bad_predictions_are_refused(answer: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=f"^decision: {says}"):
        decision(answer, X, Y)


def test_part_stands_in_the_place_of_an_artist() -> None:
    """And nothing else of the picture changes."""
    axes = draw.blank(80, 40)
    axes.plot(0, 0, gid="artist-image")
    axes.text(40, 20, "word")
    plain = draw.Picture(axes, "part", "alt", "caption").html
    html = draw.Picture(axes, "part", "alt", "caption", parts={"image": r"<rect \1 />"}).html
    assert r'<g data-artist="image"><rect \1 /></g>' in html
    before, after = plain.split('<g data-artist="image">')
    assert html.startswith(before)
    assert html.endswith(after.partition("</g>")[2])


def test_pixels_have_sharp_edges_and_all_of_the_colour() -> None:
    box = (0.0, 0.0, 8.0, 8.0)
    sharp = markup("name", "href", box, ["ink"], 3, pixels=True)
    soft = markup("name", "href", box, ["ink"], 3)
    assert 'tableValues="0 0.5 1"' in sharp
    assert "image-rendering: pixelated" in sharp
    assert 'tableValues="0 0.375 0.75"' in soft
    assert "pixelated" not in soft
