"""The Jupyter side: the page's script and styles, run by anywidget."""

from hashlib import sha256
from importlib.resources import files
from typing import Any, ClassVar

import anywidget
import traitlets
from ipywidgets import Widget

from .notebook_images import as_images


def text(name: str) -> str:
    """A file of this package."""
    return files(__package__).joinpath(name).read_text("utf-8")


SCRIPT = text("js/live.js")
STYLES = text("css/live.css")

# What each widget brings along. anywidget gives a module two seconds, on a busy machine too, and cuts
# the widget off from Python after that; so this one is short. The script itself is sent once, and the
# first widget runs it for all of its version.
STARTER = """
const VERSION = "{version}";

async function start({{ model, host }}) {{
  const script = await host.getModel(model.get("script"));
  const url = URL.createObjectURL(new Blob([script.get("source")], {{ type: "text/javascript" }}));
  const loaded = await import(url).finally(() => URL.revokeObjectURL(url));
  const style = document.createElement("style");
  style.textContent = script.get("styles");
  document.head.append(style);
  return loaded;
}}

async function render(context) {{
  const scripts = (globalThis.backpropScripts ??= {{}});
  scripts[VERSION] ??= start(context).catch((error) => {{
    delete scripts[VERSION]; // the next widget tries again
    throw error;
  }});
  return (await scripts[VERSION]).render(context);
}}

export default {{ render }};
"""


class Script(Widget):  # type: ignore[misc]  # ipywidgets has no types
    """An ES module that exports ``render``, and its styles. Widgets name it, so it is sent once."""

    source = traitlets.Unicode().tag(sync=True)
    styles = traitlets.Unicode().tag(sync=True)


def module(script: str, name: str) -> str:
    """A page's classic script as an ES module that exports what it has left in ``globalThis[name]``."""
    return f"{script}\nexport const {{ render }} = globalThis.{name};\n"


def starter(source: str, styles: str) -> str:
    """The ``_esm`` of widgets that run this module."""
    return STARTER.format(version=sha256(f"{source}{styles}".encode()).hexdigest())


class HtmlWidget(anywidget.AnyWidget):
    """Markup as the book's pages have it. A subclass says by which module it comes to life."""

    source: ClassVar[str]
    styles: ClassVar[str]
    html = traitlets.Unicode().tag(sync=True)
    script = anywidget.WidgetTrait().tag(sync=True)

    def __init__(self, **state: Any) -> None:
        super().__init__(script=self._shared_script(), **state)

    @classmethod
    def _shared_script(cls) -> Script:
        shared: Script | None = cls.__dict__.get("_script")
        if shared is None or shared.comm is None:  # none yet, or closed by `Widget.close_all()`
            shared = cls._script = Script(source=cls.source, styles=cls.styles)
        return shared

    def mimebundle(self, plain: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget for Jupyter, the markup with still pictures for all else, and plain text.

        The text takes the place of anywidget's repr, which holds a memory address.
        """
        bundle = self._repr_mimebundle_() or ({}, {})
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return data | {"text/plain": plain, "text/html": as_images(self.html)}, metadata


class FigureWidget(HtmlWidget):
    """A live figure's markup, and its slider values in step with the kernel."""

    source = module(SCRIPT, "backpropLive")
    styles = STYLES
    _esm = starter(source, styles)
    values = traitlets.Dict().tag(sync=True)
