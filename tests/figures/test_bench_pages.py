"""The bench in a browser: what its reader types, chooses and drags, and the address that keeps it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from backprop import autodiff as ad
from livetext import page_script
from support.benches import TWICE, bench_figure, drawn

SHOWN = """() => Object.fromEntries([...document.querySelectorAll("figure [data-quantity]")].map(
  (e) => [e.dataset.quantity, Number(e.dataset.value)]))"""
# Letters that are shown in the picture, at their size on the screen.
SMALLEST = """() => Math.min(...[...document.querySelectorAll(".live-bench svg text")].map(
  (e) => parseFloat(getComputedStyle(e).fontSize) * e.ownerSVGElement.getScreenCTM().a))"""


class Bench:
    """The figure on a page of its own."""

    def __init__(self, browser: Any, width: int = 1100, html: str = "") -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 900})
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.set_content(
            "<!doctype html><html lang=en><meta charset=utf-8><title>Bench</title>"
            f"<style>{page_script.styles()}</style><script>{page_script.part_script('bench')}</script>"
            f"<script>{page_script.script()}</script><article>{html or bench_figure().html}</article>"
        )
        self.page.locator("figure[data-live]").wait_for()

    def type(self, text: str) -> dict[str, float]:
        self.page.locator("[name=expression]").fill(text)
        return self.shown()

    def shown(self) -> dict[str, float]:
        return dict(self.page.evaluate(SHOWN))

    def choose(self, what: str, value: str) -> dict[str, float]:
        self.page.locator(f"[data-bench={what}]").select_option(value)
        return self.shown()

    @property
    def misread(self) -> str:
        return str(self.page.locator(".live-misread").text_content())


@pytest.fixture(scope="module")
def bench(browser: Any) -> Iterator[Bench]:
    bench = Bench(browser)
    yield bench
    assert bench.errors == []
    bench.page.close()


def test_typed_expression_gets_sliders_graph_and_steps(bench: Bench) -> None:
    page = bench.page
    shown = bench.type("(sigmoid(w*x + b) - y)^2 / 2")
    sliders = page.locator("input[type=range]").evaluate_all("(all) => all.map((e) => e.name)")
    assert sliders == ["w", "x", "b", "y", "step"]
    w, x, b, y = (ad.var(shown[name]) for name in "wxby")
    loss = (ad.sigmoid(w * x + b) - y) ** 2 / 2.0
    grads = ad.grad(loss, [w, x, b, y])
    assert shown["value"] == pytest.approx(float(loss.value), rel=1e-12)
    for name, g in zip("wxby", grads, strict=True):
        assert shown[f"d{name}"] == pytest.approx(float(g.value), rel=1e-12)
    # Six operations, the start of the way back, a wire for each argument that is no constant.
    assert page.locator("[name=step]").get_attribute("max") == str(6 + 1 + 9)
    assert (
        page.locator("figure svg").get_attribute("aria-label").startswith("The graph of (sigmoid(")
    )
    assert page.locator("[data-bench=output] option").count() == 6
    for slider in page.locator(".live-slider").all():
        assert slider.locator("label").get_attribute("for") == slider.locator(
            "input"
        ).get_attribute("id")
    page.locator("[name=w]").fill("-1.5")
    (again,) = ad.grad((ad.sigmoid(w * x + b) - y) ** 2 / 2.0, [w])
    assert bench.shown()["dw"] != pytest.approx(float(again.value))
    assert "value" in page.locator("[name=w]").get_attribute("aria-valuetext")
    # What is typed on keeps the sliders where they are.
    assert bench.type("(sigmoid(w*x + b) - y)^2 / 3")["w"] == -1.5


def test_steps_show_slope_upstream_and_sum(bench: Bench) -> None:
    page = bench.page
    bench.choose("example", "0")
    assert page.locator("[name=expression]").input_value() == TWICE
    now = page.locator(".live-steps .live-now")
    page.locator("[name=step]").fill("1")
    assert now.text_content() == "c = a + b = 2.00 + 3.00 = 5.00"
    page.locator("[name=step]").fill("6")
    assert now.text_content() == "The walk back begins: ∂v3/∂v3 = 1"
    # The last two wires lead from c, whose gradient is complete by then.
    page.locator("[name=step]").fill("15")
    assert now.text_content() == "∂v3/∂a += ∂v3/∂c · ∂c/∂a = 7.00·1.00 = 7.00, so far 25.00"
    gradients = page.locator(".live-sums tspan:not(.live-gone):not(.live-later) > [data-quantity]")
    page.locator("[name=step]").fill("13")
    before = gradients.evaluate_all("(all) => all.map((e) => [e.dataset.quantity, e.textContent])")
    assert ["sum_6", "18.00"] in before, before  # of a, one of its two wires walked
    assert page.locator(".live-pass.live-now").text_content() == "+ 18.00"
    page.locator("[data-action=step]").click()
    page.locator("[data-action=step]").click()
    assert page.locator(".live-said").text_content() == "step 15 of 16, value 41.00"


def test_any_walk_and_any_result(bench: Bench) -> None:
    bench.choose("example", "0")
    found = {walk: bench.choose("walk", walk) for walk in ("arrived", "once", "forward", "sorted")}
    assert [(n["da"], n["db"]) for n in found.values()] == [(29, 22), (4, 3), (0, 0), (25, 19)]
    product = bench.choose("output", "v2")
    assert (product["value"], product["da"], product["db"], product["dv3"]) == (30, 21, 16, 0)
    assert bench.choose("output", "v3")["da"] == 25
    pairs = "; ".join(["p1 = x + x", *(f"p{i + 1} = p{i} + p{i}" for i in range(1, 12))])
    assert bench.type(pairs)["dx"] == 2**12
    assert bench.choose("walk", "arrived")["dx"] == 2**12
    assert "more than 1000 wires" in bench.misread
    assert bench.page.locator("[data-bench=walk]").input_value() == "sorted"


def test_what_cannot_be_read_leaves_the_figure(bench: Bench) -> None:
    page = bench.page
    before = bench.type("a*b")
    shown = bench.type("a*b + $ 3")
    assert shown == before
    status = page.locator(".live-misread")
    assert status.get_attribute("data-position") == "6"
    assert page.locator(".live-misread mark").text_content() == "$"
    assert "At character 7: “$”" in bench.misread
    field = page.locator("[name=expression]")
    assert field.get_attribute("aria-invalid") == "true"
    assert field.get_attribute("aria-describedby") == status.get_attribute("id")
    page.locator("[name=a]").fill("-2")  # it stays alive
    assert bench.shown()["value"] == -2 * before["b"]
    bench.type("a*b + 3")
    assert bench.misread == ""
    assert field.get_attribute("aria-invalid") is None


def test_address_keeps_expression_result_walk_and_sliders(bench: Bench) -> None:
    page = bench.page
    settings = "() => livetext.settingsOf(document.querySelector('figure'))"
    bench.choose("example", "0")
    assert page.evaluate(settings) == ""
    bench.type("p = x*y; p^2 + x")
    bench.choose("walk", "once")
    bench.choose("output", "v1")
    page.locator("[name=x]").fill("1.5")
    address, before = page.evaluate(settings), bench.shown()
    assert "expression=p+%3D+x*y%3B+p%5E2+%2B+x" in address
    bench.choose("example", "1")
    settle = "(address) => livetext.settle(document.querySelector('figure'), new URLSearchParams(address))"
    page.evaluate(settle, address)
    assert bench.shown() == before
    assert page.evaluate(settings) == address
    page.evaluate(settle, "?expression=x%2B%2F&x=2")
    assert page.locator("[name=expression]").input_value() == "x+/"
    assert page.locator(".live-misread").get_attribute("data-position") == "2"


def test_random_expressions_in_the_page(bench: Bench) -> None:
    rng = np.random.default_rng(2)
    done = 0
    while done < 25:
        variables = {name: ad.var(1.0) for name in "xyw"}
        probe = drawn(rng, variables, 6)
        if not probe.value.parents:
            continue
        shown = bench.type(probe.text)
        start = {name: shown.get(name, 1.0) for name in "xyw"}
        for name in start.keys() & shown.keys():
            bench.page.locator(f"[name={name}]").fill("1")
        shown = bench.shown()
        grads = ad.grad(probe.value, [*variables.values()])
        terms = sum(abs(n) for name, n in shown.items() if name.startswith("share_"))
        assert math.isfinite(terms)
        assert abs(shown["value"] - probe.number) <= 1e-12 * (1 + abs(probe.number))
        for name, g in zip("xyw", grads, strict=True):
            assert abs(shown.get(f"d{name}", 0.0) - float(g.value)) <= 1e-12 * (1 + terms)
        done += 1


def test_gradient_of_the_page_comes_from_the_exported_rule(browser: Any) -> None:
    html = bench_figure().html
    markup, _, rest = html.partition('class="live-spec">')
    data, _, end = rest.partition("</script>")
    spec = json.loads(data)
    tape = spec["views"][0]["rules"]["sin"][0]["tape"]
    tape["nodes"] += [
        {"op": "const", "value": 3.0},
        {"op": "mul", "args": [tape["outputs"]["da"], len(tape["nodes"])]},
    ]
    tape["outputs"]["da"] = len(tape["nodes"]) - 1
    changed = f'{markup}class="live-spec">{json.dumps(spec)}</script>{end}'
    found = []
    for text in (html, changed):
        bench = Bench(browser, html=text)
        found.append(bench.type("sin(x)"))
        bench.page.close()
    right, wrong = found
    assert right["value"] == wrong["value"] == math.sin(right["x"])
    assert right["dx"] == pytest.approx(math.cos(right["x"]), rel=1e-15)
    assert wrong["dx"] == pytest.approx(3 * math.cos(right["x"]), rel=1e-15)


def test_keyboard_alone(browser: Any) -> None:
    bench = Bench(browser)
    keyboard = bench.page.keyboard
    bench.page.locator("[name=expression]").focus()
    keyboard.press("Control+A")
    keyboard.type("x*x")
    assert bench.page.evaluate("() => document.activeElement.name") == "expression"
    for _ in range(4):
        keyboard.press("Tab")  # example, result, walk, the picture that can be scrolled
    assert bench.page.evaluate("() => document.activeElement.classList[0]") == "live-bench-picture"
    keyboard.press("Tab")
    assert bench.page.evaluate("() => document.activeElement.name") == "x"
    before = bench.shown()["x"]
    keyboard.press("ArrowRight")
    assert bench.shown()["x"] == pytest.approx(before + 0.1)
    keyboard.press("Tab")
    keyboard.press("ArrowLeft")
    assert bench.page.locator(".live-steps .live-now").text_content().startswith("∂v1/∂x +=")
    assert bench.errors == []
    bench.page.close()


def test_phone_reads_its_letters(browser: Any) -> None:
    bench = Bench(browser, width=390)
    for text in (TWICE, "log(1 + exp(tanh(w*x + b)*v + c))"):
        bench.type(text)
        assert bench.page.evaluate(SMALLEST) >= 11
        assert bench.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    bench.page.close()


def test_still_picture_has_every_value_and_gradient() -> None:
    html = bench_figure().html
    for name in ("a", "b", "c", "d", "v1", "v2", "v3"):
        assert f'data-quantity="{name}"' in html
        assert f'data-quantity="d{name}"' in html
    assert "Moving this figure needs JavaScript." in html
