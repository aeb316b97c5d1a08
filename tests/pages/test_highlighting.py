"""Highlighted code has few elements, and looks as it would with many."""

from __future__ import annotations

import re

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from pages import compact_highlighting

CODE = '''
def step(w, lr=0.1):
    """Go down."""
    loss = (w * 1.0 - 0.0) ** 2  # the square
    return f"{loss:.2f}", None, w @ w, [1, 0x2, 1e-3], not w, "a" "b\\n"
'''


def test_code_has_an_element_only_for_what_looks_different() -> None:
    styles = ["a11y-high-contrast-light", "a11y-high-contrast-dark"]
    plain = highlight(CODE, PythonLexer(), compact_highlighting.plain_formatter(styles)())
    usual = highlight(CODE, PythonLexer(), HtmlFormatter())
    assert re.sub("<[^>]*>", "", plain) == re.sub("<[^>]*>", "", usual)
    assert plain.count("<span") < usual.count("<span") / 2
    for style in styles:
        assert looks(plain, style) == looks(usual, style)


def looks(html: str, style: str) -> list[tuple[str, str]]:
    """Every visible character of highlighted code with the look that the style gives it."""
    rules = dict(
        re.findall(r"^\.(\w+) \{ ([^}]*) \}", HtmlFormatter(style=style).get_style_defs(""), re.M)
    )
    base = rules.get("n", "")
    shown, now = [], base
    for tag, name, text in re.findall(
        r"<(span|/span|/?[a-z]+)(?: class=\"(\w+)\")?[^>]*>([^<]*)", html
    ):
        now = rules.get(name, base) if tag == "span" else base
        shown += [(c, now) for c in re.sub(r"&#?\w+;", "&", text) if not c.isspace()]
    return shown
