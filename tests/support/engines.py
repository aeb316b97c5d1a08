"""Three browser engines behind one small interface: Chromium, Firefox and WebKitGTK, each as the system has it.

    with LAUNCH["firefox"]() as browser:
        tab = browser.tab()
        tab.open("http://127.0.0.1:8000/index.html")
        tab.evaluate("(name) => document.querySelectorAll(name).length", "figure.live")
        tab.press("ArrowRight")
        assert tab.complaints() == []

Chromium is driven by Playwright. Firefox has WebDriver BiDi built in, so it needs no driver of its own. WebKit
has its driver beside its small browser, and wants a screen: a virtual one.

A browser reaches this machine alone; every request to another host fails and is a complaint.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Protocol

from serving import serving
from support.browsing import absent

ENGINES = ("chromium", "firefox", "webkit")
PATIENCE = 60.0  # seconds; machines are busy
PAUSE = 0.05  # between two questions
LOADED = "() => document.readyState === 'complete'"
KEYS = {  # WebDriver's code points for keys without a character
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Space": " ",
    "End": "\ue010",
    "Home": "\ue011",
    "ArrowLeft": "\ue012",
    "ArrowRight": "\ue014",
}

# WebKit's driver reports nothing of the console. This goes first into each page it opens, and keeps what
# is said there, what is thrown and what could not be loaded.
PROBE = """<script>(() => {
  const seen = (window.complaints = []);
  for (const kind of ["debug", "log", "info", "warn", "error"]) {
    const own = console[kind];
    console[kind] = (...said) => { seen.push(`${kind}: ${said.join(" ")}`); own.apply(console, said); };
  }
  addEventListener("error", ({ message, target }) => {
    seen.push(message || `not loaded: ${target.src || target.href}`);
  }, true);
  addEventListener("unhandledrejection", ({ reason }) => seen.push(`rejected: ${reason}`));
})();</script>"""


class Tab(Protocol):
    """A page as a reader has it, in any engine. Keys and clicks are the browser's own."""

    def open(self, url: str) -> None:
        """Go to an address and wait until the page has loaded."""

    def reload(self) -> None:
        """Load the same page again, as the browser's button does."""

    def back(self) -> None:
        """Go back to the page before, as the browser's button does."""

    def evaluate(self, function: str, argument: Any = None) -> Any:
        """What a JavaScript function returns for one argument; both as JSON."""

    def press(self, *keys: str) -> None:
        """Press keys one after the other: characters, or names as in `KEYS`."""

    def click(self, selector: str) -> None:
        """Click the middle of an element with the mouse."""

    def screenshot(self, path: Path) -> None:
        """Store what the window shows as PNG."""

    def resize(self, width: int, height: int) -> None:
        """Give the page another size; WebKit's window stays wider than about 450 pixels."""

    def close(self) -> None:
        """Be done with it."""

    def complaints(self) -> list[str]:
        """What was said on the console, thrown, not found, or asked of another host, since the tab is there."""


class Browser(Protocol):
    """A running browser."""

    def tab(self) -> Tab:
        """A new tab with nothing stored."""


def wait_for(tab: Tab, function: str, argument: Any = None, within: float = PATIENCE) -> Any:
    """The first true answer of a function in the page."""
    for _ in range(int(within / PAUSE)):
        if answer := tab.evaluate(function, argument):
            return answer
        time.sleep(PAUSE)
    raise AssertionError(f"still not true: {function} for {argument!r}")


def middle(tab: Tab, selector: str) -> list[float]:
    """Where an element has its middle in the window, once it has been scrolled there."""
    where: list[float] = tab.evaluate(
        """(selector) => {
          const element = document.querySelector(selector);
          element.scrollIntoView({ block: "center", behavior: "instant" });
          const box = element.getBoundingClientRect();
          return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
        }""",
        selector,
    )
    return where


# Chromium


class ChromiumTab:
    def __init__(self, context: Any) -> None:
        self.said: list[str] = []
        self.page = context.new_page()
        outside = re.compile(r"^(?!http://127\.0\.0\.1:|file:|data:|blob:|about:)")
        context.route(outside, lambda route: route.abort())
        for name, describe in {
            "console": lambda m: f"{m.type}: {m.text}",
            "pageerror": str,
            "websocket": lambda socket: f"outside: {socket.url}",
        }.items():
            self.page.on(name, lambda event, describe=describe: self.said.append(describe(event)))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def _failed(self, request: Any) -> None:
        # What a page still waits for when it is left is given up: nothing is missing.
        if request.failure != "net::ERR_ABORTED":
            self.said.append(f"failed: {request.url}: {request.failure}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400:
            self.said.append(f"failed: {response.url}: {response.status}")

    def open(self, url: str) -> None:
        self.page.goto(url, wait_until="load")

    def reload(self) -> None:
        self.page.reload()

    def back(self) -> None:
        self.page.go_back()

    def evaluate(self, function: str, argument: Any = None) -> Any:
        from playwright.sync_api import Error

        try:
            return self.page.evaluate(function, argument)
        except Error as error:
            if "context was destroyed" not in str(error):
                raise
        self.page.wait_for_load_state()  # the page had just been left for another
        return self.page.evaluate(function, argument)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def click(self, selector: str) -> None:
        self.page.mouse.click(*middle(self, selector))

    def screenshot(self, path: Path) -> None:
        self.page.screenshot(path=path)

    def resize(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def close(self) -> None:
        self.page.context.close()

    def complaints(self) -> list[str]:
        return self.said


class Chromium:
    """Of the browser that conftest starts: Playwright runs once in a thread."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser

    def tab(self) -> Tab:
        return ChromiumTab(self.browser.new_context())


# Firefox

FIREFOX_NAMES = ("firefox-esr", "firefox")
FIREFOX_PREFERENCES = {
    "app.update.disabledForTesting": True,
    "browser.chrome.site_icons": False,  # of a page just left it asks for a default icon
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "intl.accept_languages": "en-US",
    "intl.locale.requested": "en-US",
    # Its other hosts, and any that a page might ask, are behind a proxy that is not there.
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


class FirefoxTab:
    def __init__(self, bidi: Bidi) -> None:
        self.bidi = bidi
        self.user = bidi.send("browser.createUserContext")["userContext"]  # with its own storage
        self.context = bidi.send("browsingContext.create", type="tab", userContext=self.user)[
            "context"
        ]
        self.resize(1280, 720)

    def open(self, url: str) -> None:
        self.bidi.send("browsingContext.navigate", context=self.context, url=url, wait="complete")
        wait_for(self, LOADED)  # Firefox may answer while deferred scripts are still to run

    def reload(self) -> None:
        self.bidi.send("browsingContext.reload", context=self.context, wait="complete")
        wait_for(self, LOADED)

    def back(self) -> None:
        here = self.evaluate("() => location.href")
        self.bidi.send("browsingContext.traverseHistory", context=self.context, delta=-1)
        wait_for(
            self, "(here) => location.href !== here && document.readyState === 'complete'", here
        )

    def evaluate(self, function: str, argument: Any = None) -> Any:
        # Only a promise is waited for: a page that is just being left keeps none.
        expression = (
            "((answer) => answer instanceof Promise ? answer.then(JSON.stringify) : JSON.stringify(answer))"
            f"(({function})({json.dumps(argument)}))"
        )
        answer = self.bidi.send(
            "script.evaluate",
            expression=expression,
            target={"context": self.context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"].get("value", "null"))

    def _act(self, kind: str, actions: list[dict[str, Any]], **source: Any) -> None:
        sources = [{"type": kind, "id": kind, "actions": actions, **source}]
        self.bidi.send("input.performActions", context=self.context, actions=sources)

    def press(self, *keys: str) -> None:
        # A focus that a press has moved is where the next press goes: one at a time.
        for key in keys:
            value = KEYS.get(key, key)
            self._act("key", [{"type": t, "value": value} for t in ("keyDown", "keyUp")])

    def click(self, selector: str) -> None:
        x, y = middle(self, selector)
        self._act(
            "pointer",
            [
                {"type": "pointerMove", "x": x, "y": y},
                {"type": "pointerDown", "button": 0},
                {"type": "pointerUp", "button": 0},
            ],
        )

    def drag(self, x: int, y: int, across: int, down: int, touch: bool = False) -> None:
        """Drag from a place in the window, with the mouse or a finger."""
        moves = [
            {"type": "pointerMove", "x": x + round(part * across), "y": y + round(part * down)}
            for part in (0.0, 0.5, 1.0)
        ]
        kind = "touch" if touch else "mouse"
        self._act(
            "pointer",
            [
                moves[0],
                {"type": "pointerDown", "button": 0},
                *moves[1:],
                {"type": "pointerUp", "button": 0},
            ],
            id=f"drag-{kind}",
            parameters={"pointerType": kind},
        )

    def screenshot(self, path: Path) -> None:
        shot = self.bidi.send("browsingContext.captureScreenshot", context=self.context)
        path.write_bytes(base64.b64decode(shot["data"]))

    def resize(self, width: int, height: int) -> None:
        self.bidi.send(
            "browsingContext.setViewport",
            context=self.context,
            viewport={"width": width, "height": height},
        )

    def close(self) -> None:
        self.bidi.send("browser.removeUserContext", userContext=self.user)

    def complaints(self) -> list[str]:
        return self.bidi.said.get(self.context, [])


class Bidi:
    """WebDriver BiDi with one browser: commands, and what the tabs complain of."""

    EVENTS = (
        "log.entryAdded",
        "network.beforeRequestSent",
        "network.fetchError",
        "network.responseCompleted",
    )

    def __init__(self, url: str) -> None:
        from selenium.webdriver.remote.websocket_connection import WebSocketConnection

        self.said: dict[str, list[str]] = {}
        self.connection = WebSocketConnection(url, timeout=2 * PATIENCE, interval=0.005)
        for event in self.EVENTS:
            self.connection.callbacks[event] = [getattr(self, event.replace(".", "_"))]
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=list(self.EVENTS))

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        reply = self.connection.send_cmd(method, parameters)
        if "error" in reply:
            raise RuntimeError(f"{method}: {reply['error']}: {reply['message']}")
        result: dict[str, Any] = reply["result"]
        return result

    def note(self, context: str | None, text: str) -> None:
        self.said.setdefault(context or "", []).append(text)

    def log_entryAdded(self, event: dict[str, Any]) -> None:
        # Firefox says this of a sound formula that it draws before all of it has arrived;
        # `test_page` counts the children itself.
        if "Incorrect number of children for <m" in event["text"]:
            return
        self.note(event["source"].get("context"), f"{event['level']}: {event['text']}")

    def network_beforeRequestSent(self, event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if not re.match(r"http://127\.0\.0\.1:|file:|data:|blob:|about:", url):
            self.note(event["context"], f"outside: {url}")

    def network_fetchError(self, event: dict[str, Any]) -> None:
        if event["errorText"] != "NS_BINDING_ABORTED":  # given up by leaving the page
            self.note(event["context"], f"failed: {event['request']['url']}: {event['errorText']}")

    def network_responseCompleted(self, event: dict[str, Any]) -> None:
        if event["response"]["status"] >= 400:
            self.note(event["context"], f"failed: {event['request']['url']}")


class Firefox:
    def __init__(self, bidi: Bidi) -> None:
        self.bidi = bidi

    def tab(self) -> Tab:
        return FirefoxTab(self.bidi)


@contextmanager
def launch_firefox() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, FIREFOX_NAMES)), None)
    if not executable:
        absent(f"no Firefox: none of {', '.join(FIREFOX_NAMES)} is on the PATH")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        preferences = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
            for name, value in FIREFOX_PREFERENCES.items()
        ]
        Path(profile, "user.js").write_text("".join(preferences), encoding="utf-8")
        log = Path(profile, "log.txt")
        with log.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                [
                    executable,
                    "--headless",
                    "--no-remote",
                    "--profile",
                    profile,
                    "--remote-debugging-port=0",
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=os.environ | {"HOME": profile, "MOZ_CRASHREPORTER_DISABLE": "1"},
            )
        try:
            address = until(
                lambda: re.search(
                    r"BiDi listening on (ws://\S+)", log.read_text("utf-8", "replace")
                ),
                process,
                log,
            )[1]
            bidi = Bidi(f"{address}/session")
            yield Firefox(bidi)
            bidi.connection.close()
        finally:
            end(process)


# WebKit

WEBKIT_BROWSERS = (
    "/usr/lib/*/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/*/webkit2gtk-4.0/MiniBrowser",
    "/usr/lib*/webkit2gtk-4.1/MiniBrowser",
    "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
)


class WebKitTab:
    def __init__(self, driver: Any, asked: list[str]) -> None:
        self.driver = driver
        self.asked = asked
        self.said: list[str] = []
        self.before = len(asked)
        driver.set_window_size(1280, 800)

    def _keep(self) -> None:
        """A page's complaints go with it."""
        self.said += self.evaluate("() => (window.complaints || []).splice(0)")

    def open(self, url: str) -> None:
        self._keep()
        self.driver.get(url)
        wait_for(self, LOADED)  # the driver does not, for a page with another inside

    def reload(self) -> None:
        self._keep()
        self.driver.refresh()
        wait_for(self, LOADED)

    def back(self) -> None:
        self._keep()
        self.driver.back()

    def evaluate(self, function: str, argument: Any = None) -> Any:
        script = f"return JSON.stringify(({function})({json.dumps(argument)}))"
        return json.loads(self.driver.execute_script(script) or "null")

    def press(self, *keys: str) -> None:
        from selenium.webdriver.common.action_chains import ActionChains

        for key in keys:
            ActionChains(self.driver, duration=0).send_keys(KEYS.get(key, key)).perform()

    def click(self, selector: str) -> None:
        from selenium.webdriver.common.by import By

        middle(self, selector)
        self.driver.find_element(By.CSS_SELECTOR, selector).click()

    def screenshot(self, path: Path) -> None:
        self.driver.save_screenshot(str(path))

    def resize(self, width: int, height: int) -> None:
        # The window has a frame.
        outer = self.driver.get_window_size()
        inner = self.evaluate("() => [innerWidth, innerHeight]")
        frame = [outer["width"] - inner[0], outer["height"] - inner[1]]
        self.driver.set_window_size(width + frame[0], height + frame[1])

    def close(self) -> None:
        """Its window is the browser's only one: the next tab has it, with nothing stored."""
        self.evaluate("() => localStorage.clear()")

    def complaints(self) -> list[str]:
        self._keep()
        return self.said + [f"outside: {line}" for line in self.asked[self.before :]]


class WebKit:
    def __init__(self, driver: Any, asked: list[str]) -> None:
        self.driver = driver
        self.asked = asked

    def tab(self) -> Tab:
        return WebKitTab(self.driver, self.asked)


@contextmanager
def recording_proxy() -> Iterator[tuple[str, list[str]]]:
    """A proxy that passes nothing on: its address, and the requests it was asked for."""
    asked: list[str] = []

    class Refuse(BaseHTTPRequestHandler):
        def refuse(self) -> None:
            asked.append(self.requestline)
            self.send_error(502)

        do_GET = do_HEAD = do_POST = do_CONNECT = refuse

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with serving(Refuse) as address:
        yield address, asked


@contextmanager
def virtual_screen() -> Iterator[str]:
    """The name of an X display that nobody sees."""
    executable = shutil.which("Xvfb")
    if not executable:
        absent("no virtual screen for WebKit: Xvfb is not on the PATH")
    read, write = os.pipe()
    process = subprocess.Popen(
        [executable, "-displayfd", str(write), "-screen", "0", "1600x1400x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as line:
            number = line.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        end(process)


@contextmanager
def launch_webkit() -> Iterator[Browser]:
    driver = shutil.which("WebKitWebDriver")
    browsers = [path for pattern in WEBKIT_BROWSERS for path in sorted(Path("/").glob(pattern[1:]))]
    if not driver or not browsers:
        absent(
            "no WebKit: WebKitWebDriver or its MiniBrowser is missing (Debian's webkit2gtk-driver)"
        )
    from selenium import webdriver
    from selenium.webdriver.webkitgtk.options import Options
    from selenium.webdriver.webkitgtk.service import Service

    with ExitStack() as stack:
        display = stack.enter_context(virtual_screen())
        proxy, asked = stack.enter_context(recording_proxy())
        home = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        options = Options()
        options.binary_location = str(browsers[0])
        for argument in ("--automation", f"--proxy={proxy}", "--ignore-host=127.0.0.1"):
            options.add_argument(argument)
        environment = os.environ | {
            "DISPLAY": display,
            "GDK_BACKEND": "x11",
            "HOME": home,
            "LC_ALL": "C.UTF-8",
            "LANGUAGE": "en",
            # There is no graphics card behind a virtual screen.
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "NO_AT_BRIDGE": "1",
            "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
            "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
        }
        service = Service(driver, env=environment)
        running = webdriver.WebKitGTK(options=options, service=service)
        running.set_page_load_timeout(3 * PATIENCE)
        yield WebKit(running, asked)
        running.quit()


# Both

LAUNCH: dict[str, Callable[[], Any]] = {
    "firefox": launch_firefox,
    "webkit": launch_webkit,
}


def until(done: Callable[[], Any], process: subprocess.Popen[bytes], log: Path) -> Any:
    """The first true answer, as long as a process runs."""
    for _ in range(int(PATIENCE / PAUSE)):
        if answer := done():
            return answer
        assert process.poll() is None, f"it ended: {log.read_text('utf-8', 'replace')}"
        time.sleep(PAUSE)
    raise AssertionError(f"too slow: {log.read_text('utf-8', 'replace')}")


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def with_probe(site: Path, folder: Path) -> Path:
    """A copy of the site in which each page begins with the probe."""
    copy = folder / "site"

    def link(source: str, target: str) -> None:
        if source.endswith(".html"):
            text = Path(source).read_text(encoding="utf-8")
            Path(target).write_text(text.replace("<head>", f"<head>{PROBE}", 1), encoding="utf-8")
        else:
            Path(target).symlink_to(source)

    shutil.copytree(site, copy, copy_function=link, ignore=shutil.ignore_patterns("_sources"))
    return copy
