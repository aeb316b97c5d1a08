"""The network that learns in the reader's hand: how fast it plays, what an update costs, how soon a digit is read.

    make book && python benchmarks/learning.py

Each size of the figure plays for a second at a time, in turns with a page at rest; both count their frames, so a
busy machine slows both. While it plays, every update draws the plane, its border, the wires and the loss. Its
parts are then timed one by one, in the same browser: an update alone, and all the script for one that is shown;
and while it plays, what the page's main thread works for an update, layout and painting among it. That is the
processor's time, in which other programs do not count.
A digit is drawn with the mouse, and the time from each move of the pointer to the answer is measured.
Nothing fails here: what misses an aim is called so.
"""

from __future__ import annotations

import argparse
import math
import shutil
import statistics
import sys
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Page, sync_playwright
from timing import ratio

from livetext import page_script

SITE = Path(__file__).resolve().parents[1] / "_build" / "html"
FIGURE, DIGIT = "training-moons", "training-digit"
MODEL = ("primitives", "tape", "model")  # what trains needs no document

ROUNDS, WINDOW = 5, 1000  # milliseconds of a count of frames
FRAME = 1000 / 60
STEPS_AIM, FRAMES_AIM = 60, 0.92  # updates a second; frames as a share of an idle page's

# Frames and updates in a while, at rest or at play.
COUNT = """([plays, milliseconds]) => new Promise((done) => {
  const figure = document.querySelector("figure.live");
  const at = () => livetext.mountedIn(figure).values().k;
  const begin = () => {
    const [start, first] = [performance.now(), at()];
    let frames = 0;
    const frame = (now) => {
      frames++;
      if (now - start < milliseconds) return requestAnimationFrame(frame);
      const seconds = (now - start) / 1000;
      const made = at() - first;
      if (plays) figure.querySelector("[data-action=play]").click();
      done({ frames: frames / seconds, updates: made / seconds, made });
    };
    requestAnimationFrame(frame);
  };
  if (plays) {
    livetext.mountedIn(figure).move({ k: 0 });
    figure.querySelector("[data-action=play]").click();
  }
  requestAnimationFrame(begin);
})"""

# Milliseconds of an update alone, and of one that is shown; browsers round their clock to 0.1 ms.
TIMED = """([source, size, updates]) => {
  const figure = document.querySelector("figure.live");
  const spec = JSON.parse(figure.querySelector("script.live-spec").textContent);
  window.model ??= new Function(`${source}; return figureModel`)()(spec);
  const { move } = livetext.mountedIn(figure);
  const times = { alone: [], shown: [] };
  for (let round = 0; round < 9; round++) {
    // Another rate each time, so that nothing is known already.
    const settings = { ...spec.start, size, lr: 1 - round / 1000 };
    model.evaluate({ ...settings, k: 0 });
    let start = performance.now();
    model.evaluate({ ...settings, k: updates });
    times.alone.push((performance.now() - start) / updates);
    move({ ...settings, k: 0 });
    start = performance.now();
    for (let k = 1; k <= updates; k++) move({ k });
    times.shown.push((performance.now() - start) / updates);
  }
  return times;
}"""

# From the pointer's move, as the browser dates it, to the frame after the answer; and the script of it.
DRAWN = """() => {
  window.answered = [];
  window.worked = [];
  addEventListener("pointermove", ({ timeStamp }) => {
    const start = performance.now();
    requestAnimationFrame(() => answered.push(performance.now() - timeStamp));
    window.began = start;
  }, true);
  addEventListener("pointermove", () => { worked.push(performance.now() - began); });
  const { x, y, width, height } = document.querySelector(".live-pad svg").getBoundingClientRect();
  return [x + width / 2, y + height / 2, Math.min(width, height) / 3];
}"""


class Played(NamedTuple):
    """Updates a second, frames as a share of an idle page's, and milliseconds of an update: worked, and clocked."""

    updates: float
    frames: float
    worked: float
    alone: float
    shown: float


def play(page: Page, size: int) -> Played:
    """Have a size learn, in turns with a page at rest."""
    choose = "(size) => livetext.mountedIn(document.querySelector('figure.live')).move({ size })"
    page.evaluate(choose, size)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def worked() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(1000 * m["value"] for m in metrics if m["name"] == "ThreadTime")

    samples: dict[str, list[float]] = {"play": [], "rest": []}
    updates, work = [], []
    for _ in range(ROUNDS):
        for plays, name in ((False, "rest"), (True, "play")):
            before = worked()
            counted = page.evaluate(COUNT, [plays, WINDOW])
            samples[name].append(counted["frames"])
            if plays:
                updates.append(counted["updates"])
                work.append((worked() - before) / counted["made"])
    source = page_script._joined("js", MODEL, ".js")
    times = page.evaluate(TIMED, [source, size, 40])
    alone, shown = (statistics.median(times[name]) for name in ("alone", "shown"))
    frames = ratio(samples, "play", "rest").median
    session.detach()
    return Played(statistics.median(updates), frames, statistics.median(work), alone, shown)


def draw_digit(page: Page) -> tuple[list[float], list[float]]:
    """Milliseconds from a move of the pen to the frame with the answer, and those of script in it."""
    x, y, radius = page.evaluate(DRAWN)
    page.mouse.move(x + radius, y)
    page.mouse.down()
    for i in range(120):
        page.mouse.move(x + radius * math.cos(i / 20), y + radius * math.sin(i / 20))
    page.mouse.up()
    page.wait_for_timeout(200)
    return page.evaluate("answered"), page.evaluate("worked")


def verdict(what: str, value: float, aim: float, unit: str, *, least: bool) -> str:
    """A line that says whether an aim is met."""
    met = value >= aim if least else value <= aim
    word = "at least" if least else "at most"
    return f"{what}: {value:.2f}{unit}, aim {word} {aim:g}: {'met' if met else 'MISSED'}"


def print_play(page: Page) -> None:
    sizes: list[Any] = page.locator("select[name=size] option").all_text_contents()
    print(
        f"{'size':10} {'updates/s':>10} {'frames ÷ idle':>14} {'worked, ms':>11} {'update, ms':>11} {'shown, ms':>10}"
    )
    rows = {}
    for i, size in enumerate(sizes):
        rows[size] = row = play(page, i)
        print(
            f"{size:10} {row.updates:10.1f} {row.frames:14.2f} {row.worked:11.2f} {row.alone:11.3f} {row.shown:10.3f}"
        )
    slowest = min(row.updates for row in rows.values())
    roughest = min(row.frames for row in rows.values())
    print(verdict("slowest size", slowest, STEPS_AIM, " updates a second", least=True))
    print(verdict("roughest size", roughest, FRAMES_AIM, " of an idle page's frames", least=True))


def print_digit(page: Page) -> None:
    answered, worked = draw_digit(page)
    print(
        f"a digit drawn: {statistics.median(worked):.2f} ms of script for a move of the pen, "
        f"{max(worked):.1f} at worst; {statistics.median(answered):.1f} ms from the move to its frame"
    )
    print(verdict("the pen's script", statistics.median(worked), FRAME, " ms", least=False))


def main() -> None:
    """Print both tables."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None or not SITE.joinpath("index.html").exists():
        sys.exit("This needs Chromium on the PATH, and the built book: run `make book`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for name, show in ((FIGURE, print_play), (DIGIT, print_digit)):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto((SITE / "embed" / f"{name}.html").as_uri())
            page.locator("figure[data-live]").wait_for()
            show(page)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
