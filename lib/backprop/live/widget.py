"""The Jupyter side: the page's script and styles, run by anywidget."""

from importlib.resources import files
from typing import Any

import anywidget
import traitlets

SCRIPT = files(__package__).joinpath("live.js").read_text("utf-8")
STYLES = files(__package__).joinpath("live.css").read_text("utf-8")


class HtmlWidget(anywidget.AnyWidget):
    """Markup as the book's pages have it."""

    html = traitlets.Unicode().tag(sync=True)

    def mimebundle(self, plain: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget for Jupyter, the markup for pages, and plain text.

        The text takes the place of anywidget's repr, which holds a memory address.
        """
        bundle = self._repr_mimebundle_() or ({}, {})
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return data | {"text/plain": plain, "text/html": self.html}, metadata


class FigureWidget(HtmlWidget):
    """A live figure's markup, and its slider values in step with the kernel."""

    # anywidget loads an ES module; the page loads the same text as a classic script.
    _esm = f"{SCRIPT}\nexport default {{ render: globalThis.backpropLive.render }};\n"
    _css = STYLES
    values = traitlets.Dict().tag(sync=True)
