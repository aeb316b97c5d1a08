"""What Sphinx's markup lacks for screen readers, as a Sphinx extension.

The rest of what people with a keyboard, paper or no script need is in ``templates/page.html``,
``static/book.css`` and ``static/access.js``.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx


def mend_body(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Mend what Sphinx writes into a page's text."""
    if body := context.get("body", ""):
        # A corner without words heads nothing.
        context["body"] = re.sub(r'<th class="head[^"]*"><p></p></th>', "<td></td>", body)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-page-context", mend_body)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
