"""How much script a slider event costs, in every live figure of the built book.

    make book && python benchmarks/live.py     every figure
    python benchmarks/live.py --only NAME      one of them, by its name in the page

Each slider gets events at random positions. The peer is the least that a live page can do: a listener
that writes one number into the page. Both run interleaved in one page, so a busy machine slows both.
The first handle is dragged with the mouse, and the script of a move is timed.
Then the figure is dragged for two seconds, one event a frame, and the frames are counted. A figure's
tape is what its page has to carry and each event has to replay: its nodes, its bytes as JSON, and how
many of them travel compressed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

MEDIAN_AIM, HEAVIEST_AIM = 1.0, 4.0  # ms an event: the figure in the middle, and the worst one

SITE = Path(__file__).resolve().parents[1] / "_build" / "html"

# Browsers round their clock to 0.1 ms, so a sample is the mean of ten events, and the single worst
# event is told separately.
MEASURE = """(name) => {
  const figure = document.querySelector(`figure.live[data-figure="${name}"]`);
  const own = document.createElement("div");
  own.innerHTML = '<input type="range" min="0" max="1" step="0.01"><output></output>';
  document.body.append(own);
  const [bare, output] = own.children;
  bare.addEventListener("input", () => { output.textContent = Number(bare.value).toFixed(2); });
  const inputs = [...figure.querySelectorAll("input")];
  const fire = (input) => {
    input.value = Number(input.min) + Math.random() * (input.max - input.min);
    const start = performance.now();
    input.dispatchEvent(new Event("input"));
    return performance.now() - start;
  };
  const samples = { ours: [], peer: [], worst: 0 };
  for (let i = 0; i < 60; i++) {
    const input = inputs[i % inputs.length];
    let ours = 0;
    let peer = 0;
    for (let j = 0; j < 10; j++) {
      const spent = fire(input);
      ours += spent / 10;
      peer += fire(bare) / 10;
      if (i >= inputs.length) samples.worst = Math.max(samples.worst, spent);
    }
    samples.ours.push(ours);
    samples.peer.push(peer);
  }
  own.remove();
  figure.querySelector("[data-action=reset]").click();
  return samples;
}"""

# From the first listener of a pointer's move to the last: what a handle under the mouse costs.
POINTED = """(name) => {
  const times = (window.pointed = []);
  let start = 0;
  addEventListener("pointermove", () => { start = performance.now(); }, true);
  addEventListener("pointermove", () => { times.push(performance.now() - start); });
  return [...document.querySelectorAll(`figure.live[data-figure="${name}"] .live-hit`)].map((hit) => {
    hit.scrollIntoView({ block: "center", behavior: "instant" });
    const { x, y, width, height } = hit.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
  }).slice(0, 1);
}"""

DRAG = """(name) => new Promise((done) => {
  const figure = document.querySelector(`figure.live[data-figure="${name}"]`);
  figure.scrollIntoView({ block: "center", behavior: "instant" });
  const input = figure.querySelector("input");
  const times = [];
  const frame = (now) => {
    times.push(now);
    input.value = Number(input.min) + (input.max - input.min) * (0.5 + 0.5 * Math.sin(now / 300));
    input.dispatchEvent(new Event("input"));
    if (now - times[0] < 2000) return requestAnimationFrame(frame);
    figure.querySelector("[data-action=reset]").click();
    done(times.slice(1).map((t, i) => t - times[i]));
  };
  requestAnimationFrame(frame);
})"""


def quantile(samples: list[float], share: float) -> float:
    return statistics.quantiles(samples, n=100, method="inclusive")[round(share * 100) - 1]


def print_row(page: Page, name: str) -> float:
    """Print what a figure costs; return the median milliseconds of an event."""
    samples: dict[str, Any] = page.evaluate(MEASURE, name)
    frames = page.evaluate(DRAG, name)
    ours, peer = statistics.median(samples["ours"]), statistics.median(samples["peer"])
    nodes, size, packed = weigh_tape(page, name)
    pointed = drag_handle(page, name)
    print(
        f"{name:24} {ours:7.3f} {quantile(samples['ours'], 0.95):7.3f} {samples['worst']:7.1f} "
        f"{'-' if pointed is None else format(pointed, '.3f'):>7} "
        f"{ours / max(peer, 0.001):9.0f} {1000 / statistics.mean(frames):7.0f} "
        f"{quantile(frames, 0.95):9.1f} {nodes:6} {size / 1e3:6.1f} {packed / 1e3:6.1f}"
    )
    return ours


def drag_handle(page: Page, name: str) -> float | None:
    """Return the mean milliseconds of script for a move of a figure's first handle, if it has one."""
    for x, y in page.evaluate(POINTED, name):
        page.mouse.move(x, y)
        page.mouse.down()
        for i in range(100):
            page.mouse.move(x + 40 * math.sin(i / 8), y + 20 * math.cos(i / 5))
        page.mouse.up()
        return statistics.mean(page.evaluate("pointed"))
    return None


def weigh_tape(page: Page, name: str) -> tuple[int, int, int]:
    """Return the nodes of a figure's tape, its bytes as JSON, and these bytes compressed."""
    spec = page.locator(f'figure.live[data-figure="{name}"] script.live-spec').text_content()
    tape = json.loads(spec or "")["tape"]
    data = json.dumps(tape, separators=(",", ":"), ensure_ascii=False).encode()
    return len(tape["nodes"]), len(data), len(gzip.compress(data))


def figure_names(page: Page) -> list[str]:
    names: list[str] = page.locator("figure.live").evaluate_all(
        "(all) => all.map((f) => f.dataset.figure)"
    )
    return names


def print_summary(medians: dict[str, float]) -> None:
    middle, heaviest = statistics.median(medians.values()), max(medians, key=lambda n: medians[n])
    for what, value, aim in (
        (f"median of {len(medians)} figures", middle, MEDIAN_AIM),
        (f"heaviest, {heaviest}", medians[heaviest], HEAVIEST_AIM),
    ):
        verdict = "met" if value <= aim else "MISSED"
        print(f"{what}: {value:.2f} ms an event, aim at most {aim:g}: {verdict}")


def main() -> None:
    """Print the table, and what it comes to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="NAME", action="append", help="this figure (repeatable)")
    only = parser.parse_args().only
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None or not SITE.joinpath("index.html").exists():
        sys.exit("This needs Chromium on the PATH, and the built book: run `make book`.")
    print(
        f"{'figure':24} {'median':>7} {'p95':>7} {'worst':>7} {'pointer':>7} {'÷ peer':>9} {'fps':>7} {'frame p95':>9} "
        f"{'tape':>6} {'JSON':>6} {'gzip':>6}"
    )
    print(
        f"{'':24} {'ms':>7} {'ms':>7} {'ms':>7} {'ms':>7} {'':>9} {'':>7} {'ms':>9} {'nodes':>6} {'KB':>6} {'KB':>6}"
    )
    medians = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for path in sorted(SITE.glob("chapters/*.html")):
            page = browser.new_page()
            page.goto(path.as_uri())
            for name in figure_names(page):
                if only is None or name in only:
                    medians[name] = print_row(page, name)
            page.close()
        browser.close()
    if not medians:
        sys.exit("no such figure in the built book")
    print_summary(medians)


if __name__ == "__main__":
    main()
