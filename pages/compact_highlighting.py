"""Code with an element for what looks different from its surroundings, and none for the rest.

Pygments wraps every name, comma and space; in a chapter these are thousands of elements that have the
look of plain text, and browsers spend their time on them. As a Sphinx extension.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pygments.formatters import HtmlFormatter
from pygments.styles import get_style_by_name
from pygments.token import STANDARD_TYPES, Text, Token
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

Tokens = Iterable[tuple[Any, str]]


def representatives(styles: Iterable[str]) -> dict[Any, Any]:
    """For each type of token the one that stands for all which look the same in all the styles."""
    looks = [get_style_by_name(name) for name in styles]
    first: dict[str, Any] = {}
    # What has no look of its own is text.
    return {
        kind: first.setdefault(repr([style.style_for_token(kind) for style in looks]), kind)
        for kind in (Text, *STANDARD_TYPES)
    }


def plain_formatter(styles: Iterable[str]) -> type[HtmlFormatter[str]]:
    """Pygments' formatter for pages that are shown in these styles."""
    standing_for = representatives(styles)

    class PlainFormatter(HtmlFormatter):  # type: ignore[misc]
        def format(self, tokens: Tokens, file: Any) -> None:
            def same_look(kind: Any) -> Any:
                while kind not in standing_for:
                    kind = kind.parent or Token
                return standing_for[kind]

            super().format(((same_look(kind), text) for kind, text in tokens), file)

    return PlainFormatter


def set_styles(app: Sphinx) -> None:
    """Have code highlighted so, and hand Furo the style for the dark before it looks for one."""
    if not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    light, dark = app.config.pygments_style, app.config.dark_code_style
    app.config.pygments_dark_style = dark
    app.builder.highlighter.formatter = plain_formatter([light, dark])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    # Furo's own value for it is not there yet when Jupyter Book's settings are read.
    app.add_config_value("dark_code_style", "native", "html", str)
    app.connect("builder-inited", set_styles, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
