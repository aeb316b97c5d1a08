"""How much script a slider event costs, in every live figure of the built book.

    make book && python benchmarks/live.py

Each slider gets events at random positions. The peer is the least that a live page can do: a listener
that writes one number into the page. Both run interleaved in one page, so a busy machine slows both.
Then the figure is dragged for two seconds, one event a frame, and the frames are counted.
"""

from __future__ import annotations

import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

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


def row(page: Page, name: str) -> str:
    samples: dict[str, Any] = page.evaluate(MEASURE, name)
    frames = page.evaluate(DRAG, name)
    ours, peer = statistics.median(samples["ours"]), statistics.median(samples["peer"])
    return (
        f"{name:24} {ours:7.3f} {quantile(samples['ours'], 0.95):7.3f} {samples['worst']:7.1f} "
        f"{ours / max(peer, 0.001):9.0f} {1000 / statistics.mean(frames):7.0f} {quantile(frames, 0.95):9.1f}"
    )


def main() -> None:
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None or not SITE.joinpath("index.html").exists():
        sys.exit("This needs Chromium on the PATH, and the built book: run `make book`.")
    print(
        f"{'figure':24} {'median':>7} {'p95':>7} {'worst':>7} {'÷ peer':>9} {'fps':>7} {'frame p95':>9}"
    )
    print(f"{'':24} {'ms':>7} {'ms':>7} {'ms':>7} {'':>9} {'':>7} {'ms':>9}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for path in sorted(SITE.glob("chapters/*.html")):
            page = browser.new_page()
            page.goto(path.as_uri())
            names = page.locator("figure.live").evaluate_all(
                "(all) => all.map((f) => f.dataset.figure)"
            )
            for name in names:
                print(row(page, name))
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
