"""Live figures on the Python side: values in, numbers and markup out, and every refusal."""

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import livetext
from backprop import autodiff as ad
from livetext import draw, glue, markup, page_script
from livetext.figures.plot import SAMPLES
from livetext.notebook_images import as_inline
from livetext.number_format import format_number, stable
from livetext.templates import formula, names

TEXTS = {"alt": "A bowl", "caption": "Drag *w*."}
W = livetext.Slider("w", "weight *w*", -2, 2, 0.05)
LR = livetext.Slider("lr", "learning rate *α*", 0, 1, 0.01)
UPDATE = livetext.Iteration({"w": "w_next"}, steps=10)


def neuron(w: ad.Var, x: ad.Var, lr: ad.Var) -> dict[str, ad.Var]:
    loss = (w * x) ** 2
    (dw,) = ad.grad(loss, [w])
    return {"loss": loss, "dw": dw, "w_next": w - lr * dw}


def tape(w: float = 0.5, x: float = 3.0, lr: float = 0.1) -> ad.Tape:
    return ad.trace(neuron, w=w, x=x, lr=lr)


def bowl() -> livetext.Plot:
    plot = livetext.Plot("weight *w*", "loss *L*", (-2.5, 2.5), (-1, 5))
    plot.curve("w", "loss")
    plot.tangent("w", "loss", slope="dw")
    plot.arrow(("w", 0.0), ("w_next", 0.0), color="green")
    plot.point("w", "loss")
    plot.text("w", "loss", "L = {loss}")
    return plot


def lines() -> livetext.WorkedLines:
    return livetext.WorkedLines([("Loss", "L = (w·x)² = ({w}·3)² = {loss}")])


def figure(name: str = "bowl", **options: Any) -> livetext.LiveFigure:
    sliders = options.pop("sliders", [W, LR])
    views = options.pop("views", None)
    if views is None:
        views = [lines()]
    return livetext.LiveFigure(
        options.pop("tape", tape()), sliders, views, name=name, **(TEXTS | options)
    )


# --- values


def test_values_are_a_mapping() -> None:
    f = figure()
    assert dict(f.values) == {"w": 0.5, "lr": 0.1}
    assert f.values["w"] == 0.5 and len(f.values) == 2 and [*f.values] == ["w", "lr"]
    assert "w" in f.values and "x" not in f.values  # x has no slider
    assert f.values.get("x") is None
    assert repr(f.values) == "{'w': 0.5, 'lr': 0.1}"
    with pytest.raises(KeyError, match="no slider 'v'; it has w, lr"):
        f.values["v"]


def test_values_are_set_one_by_one_and_together() -> None:
    f = figure()
    f.values["w"] = -2  # the end belongs to the range
    assert f.values["w"] == -2.0 and type(f.values["w"]) is float
    single: Any = np.float32(0.5)
    f.values.update({"w": 1.0}, lr=single)
    assert dict(f.values) == {"w": 1.0, "lr": 0.5}
    whole: Any = np.int64(1)
    f.values = {"lr": whole}
    assert dict(f.values) == {"w": 1.0, "lr": 1.0}
    f.values["w"] = 0.123  # between two steps of the slider
    assert f.values["w"] == 0.123
    f.reset()
    assert dict(f.values) == {"w": 0.5, "lr": 0.1}


@pytest.mark.parametrize(
    ("name", "value", "error", "words"),
    [
        ("v", 1.0, ValueError, "no slider 'v'; it has w, lr"),
        ("x", 1.0, ValueError, "no slider 'x'"),
        ("w", 2.01, ValueError, "slider 'w' goes from -2 to 2, got 2.01"),
        ("w", -math.inf, ValueError, "goes from -2 to 2, got -inf"),
        ("w", math.nan, ValueError, "goes from -2 to 2, got nan"),
        ("w", "1", TypeError, "slider 'w' takes a number, got str"),
        ("w", None, TypeError, "takes a number, got NoneType"),
        ("w", True, TypeError, "takes a number, got bool"),
        ("w", np.True_, TypeError, "takes a number, got bool"),
        ("w", 1j, TypeError, "takes a number, got complex"),
        ("w", np.complex128(1), TypeError, "takes a number, got complex128"),
        ("w", np.ones(1), TypeError, "takes a number, got ndarray"),
    ],
)
def test_a_wrong_value_changes_nothing(
    name: str, value: Any, error: type[Exception], words: str
) -> None:
    """However it is set, and also if the other values of the update are right."""
    f = figure()
    html, start = f.html, dict(f.values)
    ways: list[Callable[[], Any]] = [
        lambda: f.values.__setitem__(name, value),
        lambda: f.values.update({"lr": 0.9, name: value}),
        lambda: f.values.update(**{"lr": 0.9, name: value}),
        lambda: setattr(f, "values", {"lr": 0.9, name: value}),
    ]
    for way in ways:
        with pytest.raises(error, match=words):
            way()
    assert dict(f.values) == start and f.html == html


def test_sliders_stay() -> None:
    f = figure()
    for remove in (lambda: f.values.pop("w"), f.values.clear, f.values.popitem):
        with pytest.raises(TypeError, match=r"cannot be removed; figure.reset\(\) puts"):
            remove()
    assert dict(f.values) == {"w": 0.5, "lr": 0.1}


def test_a_counter_counts_whole_steps() -> None:
    f = figure(iteration=UPDATE)
    f.values["k"] = 3
    for wrong in (2.5, -1, 11):
        with pytest.raises(ValueError, match="slider 'k'"):
            f.values["k"] = wrong
    assert f.values["k"] == 3.0


# --- quantities


@given(st.floats(-2, 2), st.floats(0, 1))
def test_quantities_are_the_tapes(w: float, lr: float) -> None:
    f = QUANTITIES
    f.values = {"w": w, "lr": lr}
    expected = tape().run(w=w, lr=lr)
    outputs = {k: float(v) for k, v in expected.items()}
    assert f.quantities == {"w": w, "lr": lr, "x": 3.0, **outputs}


@given(st.floats(-2, 2), st.floats(0, 1), st.integers(0, 10))
def test_quantities_after_k_updates_are_the_tapes(w: float, lr: float, k: int) -> None:
    """Here x = 3, so a large learning rate diverges, but ten steps stay finite."""
    f = ITERATED
    f.values = {"w": w, "lr": lr, "k": k}
    rows = tape().iterate({"w": "w_next"}, k, w=w, lr=lr)
    expected = {"w": w, "lr": lr, "k": float(k), "x": 3.0}
    expected |= {name: float(row[0]) for name, row in rows.items()}
    expected |= {f"{name}_k": float(row[k]) for name, row in rows.items()}
    assert f.quantities == expected


QUANTITIES, ITERATED = figure(), figure(iteration=UPDATE)


def test_entries_of_arrays_are_quantities() -> None:
    """As delta[0] and W[1,2], in templates as well."""

    def layer(x: ad.Var) -> dict[str, ad.Var]:
        W = ad.var(np.arange(6.0).reshape(2, 3)) * x
        return {"W": W, "a": W @ np.ones(3), "loss": x}

    f = figure(
        tape=ad.trace(layer, x=2.0),
        sliders=[livetext.Slider("x", "*x*", 0, 9, 1)],
        views=[livetext.WorkedLines([("Second row", "{W[1,2]} and {a[1]:0}")])],
    )
    assert f.quantities["W[1,2]"] == 10.0 and f.quantities["a[1]"] == 24.0
    assert 'data-quantity="W[1,2]" data-value="10"' in f.html
    assert 'data-quantity="a[1]" data-value="24" data-digits="0">24<' in f.html


LAYER_W = np.array([[1.0, -2.0], [0.5, 0.0], [3.0, 4.0]])


def layer(i: ad.Var, g: ad.Var, W: ad.Var, x: ad.Var) -> dict[str, ad.Var]:
    z = W @ x
    a = ad.where(g == 0.0, z, ad.where(g == 1.0, ad.sigmoid(z), ad.tanh(z)))
    return {"z": z, "a": a, "loss": ((i == np.arange(1.0, 4.0)) * a).sum()}


def layer_figure(*views: Any, **options: Any) -> livetext.LiveFigure:
    """One layer, of which the reader picks a unit and the activation."""
    controls = [
        livetext.Slider("i", "unit *i*", 1, 3, 1),
        livetext.Choice("g", "activation *g*", ["identity", "sigmoid", "tanh"]),
    ]
    trace = ad.trace(layer, i=2.0, g=1.0, W=LAYER_W, x=np.array([1.0, -1.0]))
    return figure("layer", tape=trace, sliders=controls, views=views, **options)


def test_inputs_without_a_control_are_quantities() -> None:
    f = layer_figure(livetext.WorkedLines([("Fixed", "{W[2,1]} and {x[1]:0}")]))
    assert f.quantities["W[2,1]"] == 4.0 and f.quantities["x[1]"] == -1.0
    assert ">4.00<" in f.html and ">−1<" in f.html


def test_a_choice_is_made_by_words_or_number() -> None:
    f = layer_figure(lines_by_choice())
    assert f.values["g"] == 1.0 and '<option value="1" selected>sigmoid</option>' in f.html
    f.values["g"] = "tanh"
    assert f.values["g"] == 2.0
    assert f.quantities["a[0]"] == math.tanh(3.0)
    f.values = {"g": 0}
    assert f.quantities["a[0]"] == 3.0
    for wrong in ("relu", 3, -1, 0.5, True, None, math.nan):
        with pytest.raises(ValueError, match="'g' is one of 'identity', 'sigmoid', 'tanh'"):
            f.values["g"] = wrong  # type: ignore[assignment]
    assert f.values["g"] == 0.0


def lines_by_choice() -> livetext.WorkedLines:
    wordings = ["a_1 = z_1 = {a[0]}", "a_1 = σ({z[0]}) = {a[0]}", "a_1 = tanh {z[0]} = {a[0]}"]
    return livetext.WorkedLines([("Activation", livetext.Case("g", wordings))])


def test_the_wording_of_the_chosen_option_shows() -> None:
    html = layer_figure(lines_by_choice()).html
    shown = re.findall(r'<span data-case="g" data-option="(\d)"( hidden)?>', html)
    assert shown == [("0", " hidden"), ("1", ""), ("2", " hidden")]


def test_matrices_show_shape_and_every_entry() -> None:
    W = livetext.Matrix("W", "W", row="i", scale=2)
    turned = livetext.Matrix("W", "Wᵀ", column="i", transposed=True)
    f = layer_figure(
        livetext.Matrices(
            [[livetext.Matrix("z", "z"), "=", W, livetext.Matrix("x", "x")], [turned]]
        )
    )
    tables = re.findall(r"<table.*?</table>", f.html)
    shapes = [re.search(r"<small>(.*?)</small>", table) for table in tables]
    assert [s and s[1] for s in shapes] == [
        "3\u202f×\u202f1",
        "3\u202f×\u202f2",
        "2\u202f×\u202f1",
        "2\u202f×\u202f3",
    ]
    for table, expected in ((tables[1], LAYER_W), (tables[3], LAYER_W.T)):
        rows = re.findall(r"<tr>(.*?)</tr>", table)
        entries = [[float(v) for v in re.findall(r'data-value="(.*?)"', row)] for row in rows]
        assert np.array_equal(entries, expected)
    assert tables[1].count('class="live-row"') == 2 and tables[3].count('class="live-column"') == 2
    assert 'data-row="2" data-column="1" class="live-row"' in tables[1]
    heats = re.findall(r"--live-heat: (\d+)%; --live-tint: var\(--live-(\w+)\)", tables[1])
    shares, below = (50, 100, 25, 0, 100, 100), (1,)
    signs = ["negative" if i in below else "positive" for i in range(6)]
    assert heats == [*zip(map(str, shares), signs, strict=True)]


def holding(**changes: Any) -> livetext.LiveFigure:
    def scaled(w_11: ad.Var, w_12: ad.Var) -> dict[str, ad.Var]:
        W = w_11 * np.array([[1.0, 0.0]]) + w_12 * np.array([[0.0, 1.0]])
        return {"W": W, "dW": 2.0 * W, "loss": (W * W).sum()}

    parts: dict[str, Any] = {"hold": "w_#", "kin": "dW[#] column[%]"}
    matrices = [
        livetext.Matrix("W", "W" + "ᵀ" * turned, transposed=turned, **parts | changes)
        for turned in (False, True)
    ]
    return figure(
        "holding",
        tape=ad.trace(scaled, w_11=0.5, w_12=-0.25),
        sliders=[livetext.Slider(f"w_1{j}", f"*w_1{j}*", -1, 1, 0.25) for j in (1, 2)],
        views=[livetext.Matrices([[matrix] for matrix in matrices])],
    )


def test_an_entry_holds_its_slider_and_knows_its_kin() -> None:
    """By its own indices, transposed too."""
    cells = re.findall(
        r'data-hold="(.*?)" data-kin="(.*?)".*?data-quantity="(.*?)"', holding().html
    )
    each = [("w_11", "dW[0,0] column[0]", "W[0,0]"), ("w_12", "dW[0,1] column[1]", "W[0,1]")]
    assert cells == 2 * each
    assert "Drag a number underlined with dots, or use the sliders." in holding().html


def test_a_mirrored_matrix_is_its_transpose() -> None:
    """Each entry lies as far off the diagonal as it has to go; the symbol says which of both is shown."""
    for g in (0.0, 1.0):
        trace = ad.trace(layer, i=2.0, g=g, W=LAYER_W, x=np.array([1.0, -1.0]))
        html = figure(
            "mirror",
            tape=trace,
            sliders=[livetext.Choice("g", "the table", ["W", "Wᵀ"])],
            views=[livetext.Matrices([[livetext.Matrix("W", "W", mirror="g")]])],
        ).html
        offs = re.findall(r'data-row="(\d)" data-column="(\d)" style="--live-off: (-?\d)"', html)
        assert len(offs) == 6 and all(int(j) - int(i) == int(off) for i, j, off in offs)
        assert html.count("live-mirrored") == g
        shown = re.findall(r'data-case="g" data-option="\d"( hidden)?>(.*?)</span>', html)
        assert [words for hidden, words in shown if not hidden] == [
            ["<var>W</var>", "<var>W</var>ᵀ"][int(g)]
        ]


def test_a_wire_may_carry_a_sum() -> None:
    """Of several parts of a gradient, in the place of their sum alone."""
    wire = livetext.Wire("w", "f", "w", "dw", sum="{loss} + {lr} = {dw}")
    html = figure(views=[graph(wires=[wire])]).html
    svg = html.split("<svg")[1].split("</svg>")[0]
    assert re.findall(r'data-quantity="(.*?)"', svg) == ["w", "loss", "lr", "dw"]
    with pytest.raises(ValueError, match="w → f shows 'v'"):
        figure(views=[graph(wires=[replace(wire, sum="{v}")])])


def test_lines_may_be_folded() -> None:
    lines = [("Loss", "L = {loss}")]
    open_, folded = (
        figure(views=[livetext.WorkedLines(lines, fold=words)]).html for words in ("", "All of *L*")
    )
    assert "<details>" not in open_
    inside = re.search(r"<details><summary>All of <var>L</var></summary>(.*?)</details>", folded)
    assert inside and inside[1] in open_ and 'data-quantity="loss"' in inside[1]


def units(units: list[Any], weights: list[Any], **more: Any) -> livetext.LiveFigure:
    return layer_figure(livetext.NetworkDiagram(units, weights, alt="A layer", **more))


def flow(**changes: Any) -> livetext.Flow:
    return livetext.Flow([("Forward", ["z_2 = {z[1]}"]), ("Loss", ["L = {loss}"])], **changes)


def test_a_flow_counts_its_stages() -> None:
    f = layer_figure(flow())
    assert f.values["stage"] == 0.0
    f.values["stage"] = 2
    with pytest.raises(ValueError, match="goes from 0 to 2"):
        f.values["stage"] = 3
    assert re.findall(r'<li data-step="(\d)"><span class="live-stage">(\w+)<', f.html) == [
        ("1", "Forward"),
        ("2", "Loss"),
    ]


def test_divergence_is_a_number_too() -> None:
    """inf and NaN come out as such, without a warning (warnings are errors here)."""
    f = figure(
        tape=tape(w=2.0, x=1e3, lr=1.0),
        iteration=livetext.Iteration({"w": "w_next"}, 200, start=200),
    )
    assert not math.isfinite(f.quantities["loss_k"])
    assert "loss_k = nan" in repr(f) or "loss_k = inf" in repr(f)


# --- the output of a cell


def test_representation_states_the_values() -> None:
    f = figure()
    assert (
        repr(f) == "LiveFigure bowl: w = 0.5, lr = 0.1, x = 3, loss = 2.25, dw = 9, w_next = -0.4"
    )
    f.values["w"] = 1.0
    assert repr(f) == "LiveFigure bowl: w = 1, lr = 0.1, x = 3, loss = 9, dw = 18, w_next = -0.8"


def test_same_figure_same_bytes() -> None:
    """Made twice: no memory address, no date, no random id."""
    first, second = (figure(iteration=UPDATE, views=[bowl(), lines()]) for _ in range(2))
    assert repr(first) == repr(second)
    assert first.html == second.html
    assert not re.search(r"0x[0-9a-f]{6}", first.html + repr(first))
    assert not re.search(r"20\d\d-\d\d-\d\d", first.html)


def test_plot_may_be_shown_in_two_figures() -> None:
    shared = bowl()
    first = figure(views=[shared])
    figure("other", views=[shared])
    assert figure(views=[shared]).html == first.html == figure(views=[bowl()]).html


def test_mime_bundle() -> None:
    """The widget for Jupyter, markup for the book, text for everyone else."""
    f = figure()
    data, _ = f._repr_mimebundle_(include=None, exclude=None)
    assert data.keys() == {
        "application/vnd.jupyter.widget-view+json",
        "text/html",
        "text/plain",
    }
    assert as_inline(data["text/html"]) == f.html and data["text/plain"] == repr(f)
    f.values["w"] = 1.0
    again, _ = f._repr_mimebundle_()
    assert again["text/html"] == data["text/html"]  # the still picture is the start
    assert again["text/plain"] == repr(f) != data["text/plain"]


class Page(HTMLParser):
    """Elements of a page, with their attributes; fails where tags do not match."""

    VOID = ("input",)

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), attrs
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "script":
            self.scripts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def having(self, attribute: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.elements if attribute in attributes]


def test_html_keeps_the_contract() -> None:
    page = Page(figure(iteration=UPDATE, views=[bowl(), lines()]).html)
    (root,) = page.all("figure")
    assert root["class"] == "live" and root["data-figure"] == "bowl"
    labels = {label["for"] for label in page.all("label")}
    inputs = page.all("input")
    assert [i["name"] for i in inputs] == ["w", "lr", "k"]
    for slider in inputs:
        assert slider["type"] == "range" and slider["id"] in labels and slider["aria-valuetext"]
    assert [b["data-action"] for b in page.all("button")] == [
        "back",
        "play",
        "step",
        "reset",
    ]
    shown = page.having("data-quantity")
    quantities = figure(iteration=UPDATE).quantities
    assert {"w", "lr", "k", "loss"} <= {q["data-quantity"] for q in shown}
    for q in shown:
        assert q["data-value"] == stable(quantities[str(q["data-quantity"])])
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in page.all("svg"))


def test_html_holds_no_script_but_its_data() -> None:
    """Nothing to run and nothing to load, whatever a text says."""
    evil = "</script><script>alert(1)</script><!-- *w*"
    f = figure(
        tape=ad.trace(lambda w: {"loss": w, "w_next": w, "dw": w, evil: w}, w=0.5),
        caption=evil,
        alt=evil,
        sliders=[livetext.Slider("w", evil, -2, 2, 0.05)],
        views=[livetext.WorkedLines([(evil, evil.replace("*", "") + "{w}")]), bowl()],
    )
    page = Page(f.html)
    assert page.all("script") == [{"type": "application/json", "class": "live-spec"}]
    data = json.loads("".join(page.scripts))
    assert data["start"] == {"w": 0.5}
    assert ad.Tape.from_json(json.dumps(data["tape"])).run()[evil] == 0.5
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")]
        for link in ("href", "src"):
            assert (attributes.get(link) or "#").startswith("#")
        assert not re.search(r"url\((?!#)", attributes.get("style") or "")


def test_ids_are_unique_on_a_page_of_many_figures() -> None:
    """Two figures of the same content, with plots in two views each: nothing is shared."""
    figures = [figure(n, views=[bowl(), bowl()]) for n in ("one", "two", "one-two", "one-1")]
    ids: list[str] = []
    for f in figures:
        page = Page(f.html)
        own = [str(e["id"]) for e in page.having("id")]
        used = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', f.html)
        assert {a or b for a, b in used} <= set(own)
        assert used
        ids += own
    assert len(ids) == len(set(ids))


def test_slider_bounds_are_exact() -> None:
    """Not six digits of them, which would move the ends."""
    big = ad.trace(lambda n: {"loss": n}, n=1234567.5)
    f = figure(tape=big, sliders=[livetext.Slider("n", "*n*", 1234567, 7654321, 0.5)], views=[])
    (slider,) = Page(f.html).all("input")
    assert [slider[k] for k in ("min", "max", "step", "value")] == [
        "1234567",
        "7654321",
        "0.5",
        "1234567.5",
    ]


# --- refusals


@pytest.mark.parametrize("name", ["", "Bowl", "a b", "a_b", "a--b", "-a", "1a", "a-", 'a"', "ä"])
def test_malformed_names(name: str) -> None:
    with pytest.raises(ValueError, match="lower-case words joined by hyphens"):
        figure(name)


def test_figure_answers_to_earlier_names() -> None:
    """Its addresses do; without any, its markup has no trace of them."""
    html = figure("bowl", aliases=("dish", "old-dish")).html
    anchors = '<a id="fig-dish"></a><a id="fig-old-dish"></a>'
    assert html.replace(anchors, "") == figure("bowl").html != html
    for aliases, error in ((("Dish",), ValueError), (("bowl",), ValueError), ("dish", TypeError)):
        with pytest.raises(error, match=r"figure name '(Dish|bowl)'"):
            figure("bowl", aliases=aliases)


@pytest.mark.parametrize("what", ["alt", "caption"])
@pytest.mark.parametrize("text", ["", " \n"])
def test_missing_texts(what: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"figure 'bowl' needs a text for {what}"):
        figure(**{what: text})


def matrix(w: ad.Var, x: ad.Var) -> dict[str, ad.Var]:
    return {"loss": (w * x).sum(), "w_next": w + 1.0, "a": w * x}


MATRIX = ad.trace(matrix, w=np.ones(2), x=1.0)
NAMED_TWICE = ad.trace(lambda w: {"loss": w, "w": w + 1.0}, w=0.5)
NAMED_AS_LATER = ad.trace(lambda w, w_k: {"loss": w * w_k, "w_next": w}, w=0.5, w_k=1.0)
NAMED_AS_COUNTER = ad.trace(lambda w, k: {"loss": w * k, "w_next": w}, w=0.5, k=1.0)


def slider(**changes: Any) -> livetext.Slider:
    parts: dict[str, Any] = {"name": "w", "label": "*w*", "low": 0, "high": 1, "step": 0.1}
    return livetext.Slider(**(parts | changes))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: figure(sliders=[slider(name="v")]), "slider 'v' is no input .* it has w, x, lr"),
        (lambda: figure(sliders=[slider(name="loss")]), "slider 'loss' is no input"),
        (lambda: figure(sliders=[W, LR, W]), "figure 'bowl' has two sliders 'w'"),
        (lambda: figure(sliders=[slider(high=0.4)]), "slider 'w' goes from 0 to 0.4, got 0.5"),
        (lambda: figure(tape=MATRIX, sliders=[W]), r"slider 'w' needs a number, .* \(2,\)"),
        (lambda: figure(effect="los"), "effect 'los' is no output; the tape has loss, dw, w_next"),
        (lambda: figure(caption="drag *w"), "an asterisk is missing its partner in 'drag "),
        (lambda: figure(sliders=[slider(label="*w")]), "asterisk is missing its partner"),
        (lambda: figure(tape=NAMED_TWICE), "figure 'bowl' has two quantities 'w'; rename one"),
        (lambda: slider(low=1, high=1), "slider 'w' needs low < high and step > 0, got low=1, "),
        (lambda: slider(low=2), "low < high"),
        (lambda: slider(low=math.nan), "low < high .* low=nan"),
        (lambda: slider(high=math.inf), "low < high .* high=inf"),
        (lambda: slider(step=0), "step > 0, got .* step=0"),
        (lambda: slider(step=-0.1), "step > 0"),
        (lambda: slider(step=math.nan), "step > 0"),
        (lambda: slider(label=" "), "slider 'w' needs a label"),
    ],
)
def test_malformed_sliders_and_names(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()


def iterated(update: dict[str, str], **options: Any) -> livetext.LiveFigure:
    source = options.pop("tape", tape())
    options = {"steps": 5} | options
    return figure(
        tape=source, views=[], sliders=[], iteration=livetext.Iteration(update, **options)
    )


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: iterated({"v": "w_next"}), r"update 'v': 'w_next' .* an input \(w, x, lr\)"),
        (
            lambda: iterated({"w": "w_nxt"}),
            r"update 'w': 'w_nxt' .* an output \(loss, dw, w_next\)",
        ),
        (lambda: iterated({"w": "w_next"}, watch="L"), "watches 'L', which is no output"),
        (lambda: iterated({"w": "w_next"}, steps=-1), "whole number of steps, .* steps=-1"),
        (lambda: iterated({"w": "w_next"}, steps=0), "1 or more"),
        (lambda: iterated({"w": "w_next"}, steps=2.5), "whole number of steps"),
        (lambda: iterated({"w": "w_next"}, start=6), "a start from 0 to that, .* start=6"),
        (lambda: iterated({"w": "w_next"}, start=-1), "start=-1"),
        (lambda: iterated({"w": "w_next"}, limit=math.inf), "limit is a finite number above 0"),
        (lambda: iterated({"w": "w_next"}, limit=0), "limit is a finite number above 0"),
        (lambda: iterated({"w": "w_next"}, counter="x"), "two quantities 'x'"),
        (lambda: iterated({"x": "loss"}, tape=MATRIX, watch="a"), r"a number for 'a', .* \(2,\)"),
        (lambda: iterated({"x": "a"}, tape=MATRIX), r"'a' has shape \(2,\)"),
        (lambda: iterated({"w": "w_next"}, tape=NAMED_AS_LATER), "two quantities 'w_k'"),
        (lambda: iterated({"w": "w_next"}, tape=NAMED_AS_COUNTER), "two quantities 'k'"),
        (lambda: figure(sliders=[slider(name="k")], iteration=UPDATE), "two sliders 'k'"),
        (lambda: figure(views=[graph()], iteration=UPDATE), "can count one thing"),
        (lambda: figure(views=[graph(), graph()]), "can count one thing"),
    ],
)
def test_malformed_iterations(make: Callable[[], Any], words: str) -> None:
    """A figure that could not run says so when it is made, not when a reader presses Play."""
    with pytest.raises(ValueError, match=words):
        make()


def graph(**changes: Any) -> livetext.Graph:
    parts: dict[str, Any] = {
        "nodes": {"w": livetext.Node("*w*", 0, 0, gate=False), "f": livetext.Node("( )²", 1, 0)},
        "wires": [livetext.Wire("w", "f", "w", "dw")],
        "steps": [("loss", "L = {loss}"), ("dw", "∂L/∂w = {dw}")],
        "alt": "A wire from w into a square gate",
    }
    return livetext.Graph(**(parts | changes))


def drawn(draw_on: Callable[[livetext.Plot], None]) -> livetext.LiveFigure:
    plot = livetext.Plot("*w*", "*L*", (0, 1), (0, 1))
    draw_on(plot)
    return figure(views=[plot])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: drawn(lambda p: p.point("w", "los")),
            "'L against w' shows 'los', .* w, lr, x, loss",
        ),
        (lambda: drawn(lambda p: p.line([0, 1], ["w", "v"])), "shows 'v'"),
        (lambda: drawn(lambda p: p.text(0, 0, "{v}")), "shows 'v'"),
        (lambda: drawn(lambda p: p.curve("v", "loss")), "shows 'v'"),
        (lambda: drawn(lambda p: p.curve("w", "v")), "shows 'v'"),
        (lambda: drawn(lambda p: p.curve("w", "lr")), "a curve over 'w' shows 'lr'"),
        (lambda: drawn(lambda p: p.curve("loss", "dw")), "no input 'loss'"),
        (lambda: drawn(lambda p: p.tangent("w", "loss", "v")), "shows 'v'"),
        (lambda: drawn(lambda p: p.history("loss")), "a history needs a figure with an iteration"),
        (lambda: drawn(lambda p: p.point("w", "loss", color="red")), "no color 'red'; .* blue"),
        (lambda: figure(views=[livetext.WorkedLines([("Loss", "{v}")])]), "line 'Loss' shows 'v'"),
        (lambda: figure(views=[livetext.WorkedLines([("L", "{loss:.2f}")])]), "a brace too many"),
        (lambda: figure(views=[livetext.WorkedLines([("L", "{loss")])]), "a brace too many"),
        (lambda: figure(views=[graph(wires=[livetext.Wire("w", "f", "v")])]), "w → f shows 'v'"),
        (lambda: figure(views=[graph(wires=[livetext.Wire("v", "f", "w")])]), "node 'v'; .* w, f"),
        (lambda: figure(views=[graph(steps=[("v", "")])]), "step 'v' of the graph shows 'v'"),
        (
            lambda: figure(views=[graph(steps=[(("dw", "v"), "")])]),
            r"step \('dw', 'v'\) of the graph shows 'v'",
        ),
        (
            lambda: figure(
                views=[
                    graph(wires=[livetext.Wire("w", "f", "w", livetext.Case("w", ("dw", "lr")))])
                ]
            ),
            "w → f has 2 gradients to choose from, and the graph 1 colors",
        ),
        (lambda: figure(views=[graph(steps=[("dw", "{v}")])]), "step 'dw' of the graph shows 'v'"),
        (
            lambda: layer_figure(livetext.Matrices([[livetext.Matrix("v", "v")]])),
            "'v' for a matrix; .*W",
        ),
        (
            lambda: layer_figure(livetext.Matrices([[livetext.Matrix("loss", "L")]])),
            r"'loss' has shape \(\)",
        ),
        (
            lambda: layer_figure(livetext.Matrices([[livetext.Matrix("z", "z", row="j")]])),
            "picks by 'j'",
        ),
        (lambda: livetext.Matrix("z", "z", scale=0), "a scale above 0, got 0"),
        (lambda: units(["x"], []), "two layers or more, inputs included; got 1"),
        (lambda: units(["x", "z"], []), "2 layers has 1 entries in weights, got 0"),
        (lambda: units(["x", "z"], ["W"], deltas=["z", "z"]), "1 entries in deltas, got 2"),
        (lambda: units(["x", "z"], ["W"], scale=-1), "scales above 0, got -1"),
        (lambda: units(["v", "z"], ["W"]), "shows 'v', which the figure does not have"),
        (lambda: units(["x", ["v"]], ["W"]), "shows 'v', which the figure does not have"),
        (lambda: units(["x", "z"], ["x"]), "3 × 2 wires .* 'x' has 2"),
        (lambda: units(["x", "z"], ["W"], gradients=[["z"]]), "3 × 2 wires .* has 3"),
        (lambda: units(["x", "z"], ["W"], sums=["x"]), "layer 1 .* has 3 units and 2 sums"),
        (lambda: units(["x", "z"], ["W"], pick=("i", "v")), "shows 'v'"),
        (lambda: units(["x", "z"], ["W"], nudge=0.01), "where wires have gradients; none has"),
        (lambda: figure(views=[graph(nudge=0.0)]), "the graph needs a nudge above 0, got 0"),
        (lambda: figure(views=[graph(nudge=0.01, loss="v")]), "the graph shows 'v'"),
        (lambda: livetext.Choice("g", " ", ["a", "b"]), "'g' needs a label"),
        (lambda: livetext.Choice("g", "*g*", ["a"]), "two options or more"),
        (lambda: livetext.Choice("g", "*g*", ["a", "a"]), "all different"),
        (lambda: layer_figure(flow(), graph()), "can count one thing"),
        (lambda: layer_figure(flow(again="{v}")), "the way back shows 'v'"),
        (lambda: layer_figure(flow(again="{loss}", carry={"i": "v"})), "the way back shows 'v'"),
        (lambda: layer_figure(flow(again="{loss}", carry={"g": "i"})), "moves 'g', which is no sl"),
        (lambda: holding(hold="v_#"), "moves 'v_11', which is no slider; it has w_11, w_12"),
        (lambda: layer_figure(livetext.Flow([("Loss", ["{v}"])])), "stage 'Loss' shows 'v'"),
        (
            lambda: layer_figure(livetext.WorkedLines([("a", livetext.Case("h", ["1", "2"]))])),
            "line 'a' shows 'h'",
        ),
        (lambda: livetext.Plot("*w*", "*L*", (1, 0), (0, 1)), "limits from low to high"),
        (
            lambda: livetext.Plot("*w*", "*L*", (0, 1), (0, 1), log=True),
            "above 0 where logarithmic",
        ),
        (
            lambda: livetext.Plot("*w*", "*L*", (0, 1), (0, 1), xlog=True),
            "above 0 where logarithmic",
        ),
        (lambda: livetext.ArrayImage("x", 2, "x", scale=(1, 1)), "a scale from low to high"),
        (lambda: livetext.ArrayImage("x", 2, "x", color="red"), "no color 'red'"),
        (lambda: layer_figure(livetext.ArrayImage("z", 2, "z")), "whole rows; 'z' has 3 entries"),
        (lambda: layer_figure(livetext.ArrayImage("v", 2, "v")), "image 'v' shows 'v'"),
        (lambda: layer_figure(livetext.Bits("z", "z")), "bits of 'z' shows 'z'"),
        (lambda: drawn(lambda p: p.area("w", "v")), "shows 'v'"),
        (lambda: drawn(lambda p: p.area("w", "loss", to="v")), "shows 'v'"),
        (lambda: drawn(lambda p: p.histogram("v", [0, 1])), "a histogram shows 'v'"),
        (lambda: drawn(lambda p: p.histogram("w", [0, 1, 1])), "each above the last"),
        (lambda: drawn(lambda p: p.field("w", "lr", "v", (0, 1))), "shows 'v'"),
        (lambda: drawn(lambda p: p.field("w", "loss", "dw", (0, 1))), "shows 'loss'"),
        (lambda: drawn(lambda p: p.field("w", "lr", "dw", (1, 0))), "a scale from low to high"),
        (
            lambda: drawn(lambda p: p.field("w", "lr", "dw", (0, 1), log=True)),
            "above 0 where logarithmic",
        ),
        (lambda: drawn(lambda p: p.field("w", "lr", "dw", (0, 1), below="red")), "no color 'red'"),
    ],
)
def test_malformed_views(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()


def test_history_shows_what_the_iteration_moves() -> None:
    plot = livetext.Plot("*k*", "*α*", (0, 5), (0, 1))
    plot.history("lr")
    with pytest.raises(ValueError, match="a history shows 'lr'"):
        figure(views=[plot], iteration=UPDATE)


# --- numbers in words


@pytest.mark.parametrize(
    ("value", "digits", "text", "exact"),
    [
        (0.5, 2, "0.50", True),
        (-0.5, 2, "−0.50", True),
        (0.0, 2, "0.00", True),
        (-0.0, 2, "0.00", True),
        (3.0, 0, "3", True),
        (0.125, 2, "0.13", False),  # a half, away from zero
        (-0.125, 2, "−0.13", False),
        (0.5, 0, "1", False),
        (2.5, 0, "3", False),
        (-2.5, 0, "−3", False),
        (1.005, 2, "1.00", False),  # below a half: the float nearest to 1.005 is smaller
        (0.1 + 0.2, 2, "0.30", True),  # rounding of arithmetic is no rounding of ours
        (0.005, 2, "0.01", False),
        (0.00499, 2, "4.99×10⁻³", True),
        (1e-7, 2, "1.00×10⁻⁷", True),
        (1.2345e-14, 2, "1.23×10⁻¹⁴", False),  # far below 1, but still rounded
        (-1.2345e-5, 4, "−1.23×10⁻⁵", False),
        (9.996e-5, 2, "1.00×10⁻⁴", False),  # a carry into the exponent
        (5e-324, 2, "4.94×10⁻³²⁴", True),  # the smallest number there is
        (999999.994, 2, "999999.99", False),
        (1e6, 2, "1.00×10⁶", True),
        (-1234567.0, 0, "−1.23×10⁶", False),
        (1.7976931348623157e308, 2, "1.80×10³⁰⁸", False),
        (math.inf, 2, "∞", True),
        (-math.inf, 2, "−∞", True),
        (math.nan, 2, "undefined", True),
    ],
)
def test_number_in_words(value: float, digits: int, text: str, exact: bool) -> None:
    assert format_number(value, digits) == (text, exact)


@given(st.floats(-1e300, 1e300), st.integers(0, 8))
@example(-0.0, 2)
def test_number_in_words_is_near_the_number(value: float, digits: int) -> None:
    """Within half of the last digit shown, sign and all."""
    text = format_number(value, digits).text
    plain = text.replace("−", "-")
    mantissa, _, raised = plain.partition("×10")
    power = int(raised.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or "0")
    last = 10.0 ** (power - (2 if raised else digits))
    error = float(f"{mantissa}e{power}") - value
    assert abs(error) <= 0.5 * last * (1 + 1e-9) + 1e-12 * abs(value)
    assert text.startswith("−") == (value < 0)
    if value:
        assert float(mantissa) != 0  # no number that is not zero looks like it


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (-0.0, "0"),
        (1e-20, "1e-20"),
        (math.inf, "inf"),
        (1 / 3, "0.333333333333"),
    ],
)
def test_stored_numbers_survive_a_last_bit(value: float, text: str) -> None:
    assert stable(value) == text
    assert stable(np.nextafter(value, math.inf)) == text or value == 0


# --- markup


def test_texts_are_escaped() -> None:
    f = figure(
        caption='5 < 6 & "*w_1*" > 4',
        alt='"A" & <b>bowl</b>',
        sliders=[livetext.Slider("w", 'a < b & "c" *w*', -2, 2, 0.05)],
        views=[livetext.WorkedLines([("1 < 2 & *x*", 'L < "3" & {loss}')]), bowl()],
    )
    (root,) = Page(f.html).all("figure")
    assert root["aria-label"] == '"A" & <b>bowl</b>'
    assert "5 &lt; 6 &amp; &quot;<var>w</var><sub>1</sub>&quot; &gt; 4</figcaption>" in f.html
    assert "a &lt; b &amp; &quot;c&quot; <var>w</var></label>" in f.html
    assert "<dt>1 &lt; 2 &amp; <var>x</var></dt>" in f.html
    assert '<var>L</var> &lt; &quot;3&quot; &amp; <span translate="no" data-quantity' in f.html


def test_picture_texts_are_escaped() -> None:
    plot = livetext.Plot("a < *w*", '"L" & *L*', (0, 1), (0, 1), alt='<"&')
    plot.text("w", "loss", "1 < {loss} & *")
    html = figure(views=[plot]).html
    (svg,) = Page(html).all("svg")
    assert svg["aria-label"] == '<"&'
    assert 'a &lt; <tspan font-style="italic">w</tspan>' in html
    assert '>1 &lt; <tspan translate="no" data-quantity' in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("drag *w*", "drag <var>w</var>"),
        ("*∂L/∂w_1*", "∂<var>L</var>/∂<var>w</var><sub>1</sub>"),
        (
            "*w_1,10 + w_12*, *a_1, a_2*",
            "<var>w</var><sub>1,10</sub> + <var>w</var><sub>12</sub>, "
            "<var>a</var><sub>1</sub>, <var>a</var><sub>2</sub>",
        ),
        ("*2x²*", "2<var>x</var>²"),
        ("*log a*", "log <var>a</var>"),
        ("a plain a", "a plain a"),
        ("*ŷ = y\u0302*", "<var>ŷ</var> = <var>y\u0302</var>"),
        ("", ""),
    ],
)
def test_prose(text: str, html: str) -> None:
    assert markup.prose(text) == html


@pytest.mark.parametrize("text", ["*", "drag *w", "*w* and *x"])
def test_unpaired_asterisks(text: str) -> None:
    for reader in (markup.prose, markup.svg_text):
        with pytest.raises(ValueError, match="an asterisk is missing its partner"):
            reader(text)


# --- worked lines


def words(template: str, values: dict[str, float]) -> str:
    """A worked line as a reader sees it."""
    return re.sub(r"<[^>]+>", "", formula(template, values, 2))


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        ("L = {a}", {"a": 0.25}, "L = 0.25"),
        ("L = {a}", {"a": 1 / 3}, "L ≈ 0.33"),
        ("{a} = {b}", {"a": 1 / 3, "b": 1.0}, "0.33 ≈ 1.00"),
        ("{a} = {b}", {"a": 1.0, "b": 1 / 3}, "1.00 ≈ 0.33"),
        ("L = {a} = {b} = {c}", {"a": 1 / 3, "b": 1.0, "c": 2.0}, "L ≈ 0.33 ≈ 1.00 = 2.00"),
        ("L = {a} = x = {b}", {"a": 1 / 3, "b": 1.0}, "L ≈ 0.33 = x = 1.00"),
        ("L = 2a = {a:4}", {"a": 1.23456}, "L = 2a ≈ 1.2346"),
        ("L = {a:0}", {"a": 3.0}, "L = 3"),
        ("{a}·{b}", {"a": -1.0, "b": -2.0}, "−1.00·(−2.00)"),
        ("{a} − {b} + {b} / {b} × {b}", {"a": 0.0, "b": -1.0}, "0.00 − (−1.00) + (−1.00) / (−1.00) × (−1.00)"),
        ("({a} − 1)²", {"a": -1.0}, "(−1.00 − 1)²"),
        ("x = {a}", {"a": -0.0}, "x = 0.00"),
        ("1·{a}", {"a": -math.inf}, "1·(−∞)"),
        ("x = {a}", {"a": math.nan}, "x = undefined"),
    ],
)  # fmt: skip
def test_formula(template: str, values: dict[str, float], text: str) -> None:
    assert words(template, values) == text


def test_templates_name_their_quantities() -> None:
    assert names("{loss} = {W[0,1]:4} · {a_1} + {σ}") == ["loss", "W[0,1]", "a_1", "σ"]


# --- the still picture


def artist(html: str, number: int) -> list[list[float]]:
    """Points of the path that draws this artist, in SVG units."""
    match = re.search(rf'<g data-artist="{number}"><path d="([^"]+)"', html)
    assert match
    return [[float(v) for v in point] for point in re.findall(r"[ML] (\S+) (\S+)", match[1])]


def pixels(axes: dict[str, Any], x: Any, y: Any) -> Any:
    """As `plot.js` places data: scale and offset for each axis."""
    height = np.log10(y) if axes["log"] else np.asarray(y)
    return np.column_stack(
        [
            axes["x"][0] * np.asarray(x) + axes["x"][1],
            axes["y"][0] * height + axes["y"][1],
        ]
    )


def spec(f: livetext.LiveFigure) -> dict[str, Any]:
    data: dict[str, Any] = json.loads("".join(Page(f.html).scripts))
    return data


def test_still_picture_shows_the_tapes_numbers() -> None:
    """Every artist, where the axes' scale puts the numbers of Tape.run, sweep and iterate.

    To a hundredth of a point: an SVG holds two decimals.
    """
    source = tape(w=0.3, x=1.0, lr=0.2)
    plot = livetext.Plot("*w*", "*L*", (-1, 1), (-1, 2))
    plot.curve("w", "loss", span=(-0.9, 0.9))
    plot.curve("w", "dw", x="w_next", span=(-0.4, 0.4))
    plot.line([0.0, "w"], ["loss", "dw"])
    plot.hline("loss")
    plot.vline("w")
    plot.tangent("w", "loss", slope="dw")
    plot.history("loss", x="w")
    plot.history("loss", x="w", kind="stairs")
    plot.bar(0.5, "loss", width=0.2)
    plot.arrow(("w", 0.0), ("w_next", 0.0))
    log = livetext.Plot("*k*", "*L*", (0, 5), (1e-4, 1e2), log=True)
    log.history("loss")
    f = figure(tape=source, views=[plot, log], iteration=livetext.Iteration({"w": "w_next"}, 9, 4))
    axes, log_axes = (view["axes"] for view in spec(f)["views"])

    now = {name: float(value) for name, value in source.run().items()}
    rows = source.iterate({"w": "w_next"}, 4)
    wide = np.linspace(-0.9, 0.9, SAMPLES)
    narrow = np.linspace(-0.4, 0.4, SAMPLES)
    swept = source.sweep("w", narrow)
    stairs_x, stairs_y = np.repeat(rows["w"], 2)[1:], np.repeat(rows["loss"], 2)[:-1]
    loss, dw, w = now["loss"], now["dw"], 0.3
    expected: list[tuple[Any, Any]] = [
        (wide, source.sweep("w", wide)["loss"]),
        (swept["w_next"], swept["dw"]),
        ([0.0, w], [loss, dw]),
        ([-1, 1], [loss, loss]),
        ([w, w], [-1, 2]),
        ([-1, 1], [loss + dw * (-1 - w), loss + dw * (1 - w)]),
        (rows["w"], rows["loss"]),
        (stairs_x, stairs_y),
        ([0.4, 0.4, 0.6, 0.6], [0, loss, loss, 0]),
    ]
    first, second = re.findall(r"<svg.*?</svg>", f.html, re.DOTALL)
    for i, (x, y) in enumerate(expected):
        found = artist(first, i)
        assert np.allclose(found, pixels(axes, x, y)[: len(found)], rtol=0, atol=0.006), i
        assert len(found) >= len(x), i
    found = artist(first, 9)  # shaft, and the head's two barbs
    tail, tip = pixels(axes, [w, now["w_next"]], [0, 0])
    assert np.allclose(found[:2], [tail, tip], rtol=0, atol=0.006)
    for barb in (found[2], found[4]):
        assert np.hypot(*(barb - tip)) == pytest.approx(8 * math.sqrt(1.25), abs=0.02)
    found = artist(second, 0)
    assert np.allclose(found, pixels(log_axes, range(5), rows["loss"]), rtol=0, atol=0.006)


def test_dots_and_texts_stand_at_their_numbers() -> None:
    plot = livetext.Plot("*w*", "*L*", (-1, 1), (0, 4))
    plot.point("w", "loss")
    plot.text("w", "loss", "L = {loss}")
    f = figure(views=[plot])
    ((x, y),) = pixels(spec(f)["views"][0]["axes"], [0.5], [2.25])
    (dot,) = re.findall(r'data-artist="0">.*?<use href="#\w+" x="(\S+?)" y="(\S+?)"', f.html)
    assert [float(v) for v in dot] == pytest.approx([x, y], abs=0.006)
    (text,) = re.findall(r'data-artist="1"><text.*?translate\((\S+) (\S+)\)', f.html)
    assert [float(v) for v in text] == pytest.approx([x, y], abs=0.006)
    (words,) = re.findall(r'data-artist="1"><text[^>]*>(.*?)</text>', f.html)
    assert re.sub(r"<[^>]*>", "", words) == "L = 2.25"


def test_longer_numbers_stand_farther_from_an_upright_wire() -> None:
    """By half of what they are wider, so that the wire never runs through them."""
    upright = {"w": livetext.Node("*w*", 0, 0, gate=False), "f": livetext.Node("( )²", 0, 1)}

    def gap(digits: int) -> float:
        html = figure(views=[graph(nodes=upright)], digits=digits).html
        places = re.findall(r'data-artist="\d"><text[^>]*?translate\((\S+) \S+\)', html)
        left, right = map(float, places)
        return right - left

    assert gap(2) == pytest.approx(34)
    assert gap(4) - gap(2) == pytest.approx(2 * 2 * 3.4)


def test_colours_are_the_themes() -> None:
    """Every colour of a picture is a variable with a light and a dark value."""
    html = figure(views=[bowl(), graph()]).html
    plain = re.sub(r"var\(--live-(\w+), (#\w+)\)", "", html)
    assert not re.search(r"#[0-9a-f]{6}\b(?!\w)", plain.replace('href="#', "").replace("url(#", ""))
    for name, colour in re.findall(r"var\(--live-(\w+), (#\w+)\)", html):
        assert draw.PALETTE[name] == colour
        assert page_script.styles().count(f"--live-{name}: light-dark({colour}, #") == 1


# --- still and moved


def test_page_shows_the_same_as_the_still_figure(browser: Any, tmp_path: Path) -> None:
    """Mounted and moved away and back, the page shows the text that Python wrote.

    The figure has what could tell them apart: signs after rounded numbers, plain signs in between,
    and an input without a slider that a curve and the iteration move.
    """
    plot = livetext.Plot("*x*", "*L*", (-4, 4), (-1, 5))
    plot.curve("x", "loss")
    still_lines = livetext.WorkedLines(
        [
            ("Leading", "{loss} = {x3} = x = {lr}"),
            ("Chain", "L = {loss} = L = {lr} = {x3} = {loss}"),
            ("Later", "w = {w_k}, L = {loss_k}"),
        ]
    )

    def traced(w: ad.Var, x: ad.Var, lr: ad.Var) -> dict[str, ad.Var]:
        return neuron(w, x, lr) | {"x3": x * 3.0}

    f = livetext.LiveFigure(
        ad.trace(traced, w=1 / 3, x=2.0, lr=0.25),
        [LR],
        [plot, still_lines],
        name="still",
        alt="A bowl",
        caption="Three lines.",
        iteration=livetext.Iteration({"w": "w_next"}, 5, 2),
    )
    document = tmp_path / "still.html"
    document.write_text(f"<!doctype html><meta charset=utf-8>{f.html}", encoding="utf-8")
    page = browser.new_page()
    page.goto(document.as_uri())
    still = page.locator("dl").inner_text()
    page.add_script_tag(content=page_script.script())
    page.locator("figure[data-live]").wait_for()
    assert page.locator("dl").inner_text() == still
    slider = page.locator("input[name=lr]")
    slider.fill("0.5")
    f.values["lr"] = 0.5
    shown = page.locator("[data-quantity]").evaluate_all(
        "(all) => all.map((e) => [e.dataset.quantity, Number(e.dataset.value)])"
    )
    for name, value in shown:
        assert value == pytest.approx(f.quantities[name], rel=1e-12), name
    slider.fill("0.25")
    assert page.locator("dl").inner_text() == still
    page.close()


# --- numbers in prose


def test_glue_stores_text(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[Any, dict[str, Any]]] = []
    monkeypatch.setattr(glue, "display", lambda data, **options: shown.append((data, options)))
    glue.glue(loss="0.25", weight="0.50")
    texts = {"loss": "0.25", "weight": "0.50"}
    assert shown == [({}, {"metadata": {"glued": texts}, "raw": True})]  # with nothing to show


def test_glue_takes_formatted_text_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(glue, "display", lambda data, **_: shown.append(data))
    with pytest.raises(TypeError, match="formatted text for 'loss', got float"):
        glue.glue(weight="0.5", loss=0.25)  # type: ignore[arg-type]
    assert shown == []
