"""What a page costs its reader: bytes, requests, paint, scores, violations, and engines.

    make measure

Serves the built book on loopback, compressed as web servers do (gzip), and writes one table to
``_build/measured.md``:

- bytes and requests of a first visit, and of the visit that follows from the page before, by Chromium;
- Lighthouse's scores for a phone on a slow network, with largest contentful paint and total blocking
  time; its simulated times count the machine's own, so other work on it makes them worse;
- axe-core's violations, light and dark;
- what the tests of tests/pages/test_engines.py found, by engine.

Nothing here passes or fails: these are measurements.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))
from contents import page_names
from serving import serving

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SITE = ROOT / "_build" / "html"
LIGHTHOUSE = HERE / "node_modules" / ".bin" / "lighthouse"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
ENGINES = ("chromium", "firefox", "webkit")
TEXT = ("text/", "application/javascript", "text/javascript", "application/json", "image/svg+xml")


@cache
def compressed(path: Path) -> bytes:
    """A file as a web server sends it that compresses at its usual level."""
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder as hosts of static pages do: text compressed, everything kept for ten minutes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file, or the page for addresses that do not exist."""
        path, status = Path(self.translate_path(self.path)), 200
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            path, status = Path(self.directory) / "404.html", 404
        kind = self.guess_type(str(path))
        text = kind.startswith(TEXT)
        content = compressed(path) if text else path.read_bytes()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if text else kind)
        if text:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def pages() -> list[str]:
    """Every page of the book in the order of its table of contents, and the one for searching."""
    return [f"{name}.html" for name in (*page_names(), "search")]


def visits(browser: Browser, address: str, names: list[str]) -> tuple[int, int]:
    """Bytes and requests of the last page after the others, in one new browser."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    for name in names:
        received.clear()
        page.goto(address + name, wait_until="networkidle")
    context.close()
    # What is in the browser's cache is asked of nobody.
    return int(sum(received)), sum(size > 0 for size in received)


def violations(browser: Browser, url: str, scheme: Any) -> str:
    """The rules of axe-core that the page breaks, with how often."""
    page = browser.new_page(color_scheme=scheme)
    page.goto(url)
    # axe reads no word of MathML: a header with nothing but a formula would be empty to it.
    page.evaluate(
        "document.querySelectorAll('math').forEach((math) => math.replaceWith(math.textContent))"
    )
    # Glyphs have the colour of their line, which is looked at; one by one they take axe minutes.
    found = Axe().run(page, context={"exclude": [[".math svg"]]}).response
    page.close()
    return ", ".join(f"{rule['id']} {len(rule['nodes'])}" for rule in found["violations"]) or "0"


def lighthouse(url: str, chromium: str) -> dict[str, float]:
    """One run for a phone: scores in hundredths, times in milliseconds, shift."""
    flags = " ".join(("--headless=new", *FLAGS))
    run = subprocess.run(
        [
            *(str(LIGHTHOUSE), url, "--quiet", "--output=json"),
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags={flags}",
        ],
        env=os.environ | {"CHROME_PATH": chromium},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    report = json.loads(run.stdout)
    audits = report["audits"]
    return {name: 100 * report["categories"][name]["score"] for name in CATEGORIES} | {
        "LCP": audits["largest-contentful-paint"]["numericValue"],
        "TBT": audits["total-blocking-time"]["numericValue"],
        "CLS": audits["cumulative-layout-shift"]["numericValue"],
    }


def middle(runs: list[dict[str, float]]) -> dict[str, float]:
    """The median of each value."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def page_rows(runs: int, chosen: list[str]) -> Iterator[str]:
    """The table of pages, line by line."""
    chromium = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if chromium is None:
        sys.exit(f"no Chromium: none of {', '.join(CHROMIUM)} is on the PATH")
    yield (
        "| page | first visit, KB | requests | after the page before, KB | LCP, s | TBT, ms | CLS |"
        + (" performance | accessibility | best practices | SEO | axe light | axe dark |")
    )
    yield "| --- |" + " ---: |" * 10 + " --- | --- |"
    order = pages()
    with (
        serving(partial(Handler, directory=str(SITE))) as server,
        sync_playwright() as playwright,
    ):
        address = f"{server}/"
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for i, name in enumerate(order):
            if chosen and name not in chosen:
                continue
            size, requests = visits(browser, address, [name])
            after, _ = visits(browser, address, [order[i - 1], name])
            axe = [violations(browser, address + name, scheme) for scheme in ("light", "dark")]
            found = middle([lighthouse(address + name, chromium) for _ in range(runs)])
            cells = [
                *(name, f"{size / 1e3:.0f}", requests, f"{after / 1e3:.0f}"),
                *(f"{found['LCP'] / 1e3:.1f}", f"{found['TBT']:.0f}", f"{found['CLS']:.3f}"),
                *(f"{found[category]:.0f}" for category in CATEGORIES),
                *axe,
            ]
            yield f"| {' | '.join(map(str, cells))} |"
        browser.close()


def engine_rows(*arguments: str) -> Iterator[str]:
    """The table of behaviours by engine, from one run of the tests; arguments are pytest's."""
    report = ROOT / "_build" / "engines.xml"
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "tests/pages/test_engines.py"),
            *(f"--junitxml={report}", *arguments),
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=False,  # what failed is in the report
    )
    counts: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for case in ElementTree.parse(report).iter("testcase"):
        behaviour, _, parameters = case.get("name", "").removeprefix("test_").partition("[")
        outcome = next((child.tag for child in case), "passed")
        counts[behaviour][parameters.partition("-")[0]][outcome] += 1
    yield f"| behaviour, over http and from disk | {' | '.join(ENGINES)} |"
    yield "| --- |" + " --- |" * len(ENGINES)
    for behaviour, found in counts.items():
        cells = [
            ", ".join(f"{n} {outcome}" for outcome, n in found[engine].items())
            for engine in ENGINES
        ]
        yield f"| {behaviour.replace('_', ' ')} | {' | '.join(cells)} |"


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the table as it grows."""
    parser = argparse.ArgumentParser(description="Measure the built book's pages.")
    parser.add_argument("pages", nargs="*", help="as chapters/03-one-layer.html; all if left out")
    parser.add_argument("--runs", type=int, default=1, help="of Lighthouse; the median counts")
    parser.add_argument("--no-engines", action="store_true", help="leave out the other engines")
    options = parser.parse_args(arguments)
    output = ROOT / "_build" / "measured.md"
    with output.open("w", encoding="utf-8") as file:
        tables = [page_rows(options.runs, options.pages)]
        if not options.no_engines:
            tables.append(engine_rows())
        for table in tables:
            for line in table:
                print(line, flush=True)
                print(line, file=file, flush=True)
            print(file=file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
