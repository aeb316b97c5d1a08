"""The Jupyter side: the page's script and styles, run by anywidget."""

from typing import Any, ClassVar

import anywidget
import traitlets
from IPython.display import display

from . import page_script
from .notebook_images import as_images

# What each widget brings along. anywidget gives a module two seconds, on a busy machine too, and cuts
# the widget off from Python after that; so this one is short, and the script is a widget of its own that
# is sent once.
STARTER = """
export default {
  async render(context) {
    const script = await context.host.getWidget(context.model.get("script"));
    return script.exports.render(context);
  },
};
"""


class Script(anywidget.AnyWidget):
    """The page's script, which other widgets name: it is shown nowhere and exports ``render``."""

    _esm = page_script.module()
    _css = page_script.styles()


class HtmlWidget(anywidget.AnyWidget):
    """Markup as the book's pages have it, a question's say, which the page's script brings to life."""

    _esm = STARTER
    _shared: ClassVar[Script | None] = None
    html = traitlets.Unicode().tag(sync=True)
    script = anywidget.WidgetTrait().tag(sync=True)

    def __init__(self, **state: Any) -> None:
        super().__init__(script=self._shared_script(), **state)

    @staticmethod
    def _shared_script() -> Script:
        shared = HtmlWidget._shared
        if shared is None or shared.comm is None:  # none yet, or closed by `Widget.close_all()`
            shared = HtmlWidget._shared = Script()
        return shared

    def mimebundle(self, plain: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget for Jupyter, the markup with still pictures for all else, and plain text.

        The text takes the place of anywidget's repr, which holds a memory address.
        """
        bundle = self._repr_mimebundle_() or ({}, {})
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return data | {"text/plain": plain, "text/html": as_images(self.html)}, metadata


class Changing(HtmlWidget):
    """A picture that Python draws anew while a cell runs. The cell's last value is what is stored of it."""

    def mimebundle(self, plain: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget for whoever watches, and nothing for all else."""
        data, metadata = super().mimebundle(plain)
        return data | {"text/html": ""}, metadata

    def _ipython_display_(self) -> None:
        data, metadata = self.mimebundle("")
        display(data, metadata=metadata, raw=True)


class FigureWidget(HtmlWidget):
    """A live figure's markup, and its slider values in step with the kernel."""

    values = traitlets.Dict().tag(sync=True)
