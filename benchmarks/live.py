"""How much script a slider event costs, in every live figure of the built book.

    make book && python benchmarks/live.py     every figure
    python benchmarks/live.py --only NAME      one of them, by its name in the page

Each slider gets events at random positions. The peer is the least that a live page can do: a listener
that writes one number into the page. Both run interleaved in one page, so a busy machine slows both.
The first handle is dragged with the mouse, and the script of a move is timed.
Then the figure is dragged for two seconds, one event a frame, and its frames are counted, as a share of
those of the same page with nothing to do. A figure's
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
from typing import Any, NamedTuple

from playwright.sync_api import Page, sync_playwright

MEDIAN_AIM, HEAVIEST_AIM = (
    1.0,
    4.0,
)  # ms an event or a move: the figure in the middle, and the worst one
FRAMES_AIM = 0.92  # of an idle page's frames, while a figure is dragged

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

FRAMES = """([name, dragged]) => new Promise((done) => {
  const figure = document.querySelector(`figure.live[data-figure="${name}"]`);
  figure.scrollIntoView({ block: "center", behavior: "instant" });
  const input = figure.querySelector("input");
  const times = [];
  const frame = (now) => {
    times.push(now);
    if (dragged) {
      input.value = Number(input.min) + (input.max - input.min) * (0.5 + 0.5 * Math.sin(now / 300));
      input.dispatchEvent(new Event("input"));
    }
    if (now - times[0] < 2000) return requestAnimationFrame(frame);
    figure.querySelector("[data-action=reset]").click();
    done(times.slice(1).map((t, i) => t - times[i]));
  };
  requestAnimationFrame(frame);
})"""


def quantile(samples: list[float], share: float) -> float:
    return statistics.quantiles(samples, n=100, method="inclusive")[round(share * 100) - 1]


class Cost(NamedTuple):
    """What a figure costs: milliseconds of script for an event and a move, and its share of an idle page's frames."""

    event: float
    move: float | None
    frames: float


def print_row(page: Page, name: str) -> Cost:
    """Print what a figure costs, and return it."""
    samples: dict[str, Any] = page.evaluate(MEASURE, name)
    idle, frames = (page.evaluate(FRAMES, [name, dragged]) for dragged in (False, True))
    ours, peer = statistics.median(samples["ours"]), statistics.median(samples["peer"])
    nodes, size, packed = weigh_tape(page, name)
    moved, share = drag_handle(page, name), statistics.mean(idle) / statistics.mean(frames)
    print(
        f"{name:26} {ours:7.3f} {quantile(samples['ours'], 0.95):7.3f} {samples['worst']:7.1f} "
        f"{'-' if moved is None else format(moved, '.3f'):>7} "
        f"{ours / max(peer, 0.001):9.0f} {1000 / statistics.mean(frames):7.0f} {share:7.2f} "
        f"{quantile(frames, 0.95):9.1f} {nodes:6} {size / 1e3:6.1f} {packed / 1e3:6.1f}"
    )
    return Cost(ours, moved, share)


def drag_handle(page: Page, name: str) -> float | None:
    """Return the median milliseconds of script for a move of a figure's first handle, if it has one."""
    for x, y in page.evaluate(POINTED, name):
        page.mouse.move(x, y)
        page.mouse.down()
        for i in range(100):
            page.mouse.move(x + 40 * math.sin(i / 8), y + 20 * math.cos(i / 5))
        page.mouse.up()
        return statistics.median(page.evaluate("pointed"))
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


def print_summary(costs: dict[str, Cost]) -> None:
    """Hold the figure in the middle, the heaviest one and the slowest one against their aims."""
    for what in ("event", "move"):
        spent = {n: cost for n, c in costs.items() if (cost := getattr(c, what)) is not None}
        if not spent:
            continue
        middle, heaviest = statistics.median(spent.values()), max(spent, key=lambda n: spent[n])
        for which, value, aim in (
            (f"median of {len(spent)} figures", middle, MEDIAN_AIM),
            (f"heaviest, {heaviest}", spent[heaviest], HEAVIEST_AIM),
        ):
            verdict = "met" if value <= aim else "MISSED"
            print(
                f"{which}: {value:.2f} ms of script for one {what}, aim at most {aim:g}: {verdict}"
            )
    slowest = min(costs, key=lambda n: costs[n].frames)
    share = costs[slowest].frames
    verdict = "met" if share >= FRAMES_AIM else "MISSED"
    print(f"slowest, {slowest}: {share:.2f} of an idle page's frames, aim {FRAMES_AIM}: {verdict}")


def main() -> None:
    """Print the table, and what it comes to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="NAME", action="append", help="this figure (repeatable)")
    only = parser.parse_args().only
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None or not SITE.joinpath("index.html").exists():
        sys.exit("This needs Chromium on the PATH, and the built book: run `make book`.")
    print(
        f"{'figure':26} {'median':>7} {'p95':>7} {'worst':>7} {'move':>7} {'÷ peer':>9} {'fps':>7} {'÷ idle':>7} {'frame p95':>9} "
        f"{'tape':>6} {'JSON':>6} {'gzip':>6}"
    )
    print(
        f"{'':26} {'ms':>7} {'ms':>7} {'ms':>7} {'ms':>7} {'':>9} {'':>7} {'':>7} {'ms':>9} {'nodes':>6} {'KB':>6} {'KB':>6}"
    )
    costs = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for path in sorted(SITE.glob("chapters/*.html")):
            page = browser.new_page()
            page.goto(path.as_uri())
            for name in figure_names(page):
                if only is None or name in only:
                    costs[name] = print_row(page, name)
            page.close()
        browser.close()
    if not costs:
        sys.exit("no such figure in the built book")
    print_summary(costs)


if __name__ == "__main__":
    main()
