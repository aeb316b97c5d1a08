"""What the theme's options cannot express, as a Sphinx extension.

- Launch, source and issue buttons appear only where the build knows the book's repository:
  ``BOOK_REPOSITORY`` holds its URL, or GitHub's workflows tell it. Elsewhere there are none.
- ``BOOK_LITE`` names the folder of the JupyterLite site that goes into this one (see `make lite`): each
  notebook's page then has a button that opens it there. Elsewhere there is none.
- The theme's scripts report their doings on the console. They are muted in the built copies, so that
  what does show there is a fault and a test can ask for an empty console. One thing that they do on
  every page is left out: it costs more than all the rest.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

logger = logging.getLogger(__name__)


def repository_url(environ: os._Environ[str] | dict[str, str] = os.environ) -> str:
    """The book's repository as the environment tells it, or an empty string."""
    if url := environ.get("BOOK_REPOSITORY", ""):
        return url.rstrip("/").removesuffix(".git")
    server, name = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
    return f"{server}/{name}" if server and name else ""


def set_buttons(app: Sphinx, config: Config) -> None:
    """Turn the repository buttons on or off, before the theme reads its options."""
    options = config.html_theme_options
    url = repository_url()
    for button in ("use_repository_button", "use_issues_button", "use_edit_page_button"):
        options[button] = bool(url)
    if url:
        options["repository_url"] = url
        options["repository_branch"] = os.environ.get("BOOK_BRANCH", "main")
        options["path_to_docs"] = ""
        options["launch_buttons"] = {
            "notebook_interface": "jupyterlab",
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
        }
    else:
        options["repository_url"] = ""
        options["launch_buttons"] = {}


# JupyterLite needs a server, if only one that hands out files: no dead button from disk, and no menu
# that has nothing else in it.
NOT_FROM_DISK = """
if (!location.protocol.startsWith("http")) {
  const style = document.createElement("style");
  style.textContent = ".btn-launch-lite, .dropdown-launch-buttons:not(:has(a:not(.btn-launch-lite)))" +
    " { display: none !important; }";
  document.head.append(style);
}
"""


def add_lite_button(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Add to the launch menu of a notebook's page: the same notebook, in the reader's browser.

    The theme has an option for this, but wants a repository and cannot point to a neighbour.
    """
    folder = app.config.lite_folder
    if not folder or context.get("page_source_suffix") != ".ipynb":
        return
    app.add_js_file(None, body=NOT_FROM_DISK)  # during this event: to this page alone
    buttons = context["header_buttons"]
    group = next((b for b in buttons if b.get("label") == "launch-buttons"), None)
    if group is None:
        group = {
            "type": "group",
            "tooltip": "Launch interactive content",
            "icon": "fas fa-rocket",
            "buttons": [],
            "label": "launch-buttons",
        }
        buttons.insert(0, group)
    group["buttons"].append(
        {
            "type": "link",
            "text": "JupyterLite",
            "tooltip": "Run in this browser, nothing to install",
            "icon": "_static/images/logo_jupyterlite.svg",
            "label": "launch-lite",
            "url": f"{context['pathto'](f'{folder}/lab/index.html', 1)}?path={page}.ipynb",
        }
    )


# For every box that may scroll the theme asks for its size, then marks it; each time the browser lays
# the whole page out anew, and again after every number that a slider moves. static/access.js does it
# when a box changes its size.
SCROLLERS = '"complete"===document.readyState?I():window.addEventListener("load",I)'


def mend_scripts(app: Sphinx, error: Exception | None) -> None:
    """Leave out of the theme's scripts in the built site what harms."""
    if error or app.builder.format != "html":
        return
    site = Path(app.outdir)
    for file in {*site.glob("_static/**/*.js"), site / "search.html"} - {
        site / "_static/livetext.js"
    }:
        text = file.read_text(encoding="utf-8")
        muted = re.sub(r"console\.(?:log|info|debug)\(", "void (", text)
        muted = re.sub(r"\n//# sourceMappingURL=.*", "", muted)  # the maps are not in the site
        if file.name == "pydata-sphinx-theme.js":
            if SCROLLERS not in text and muted != text:
                logger.warning("the theme's script has not %r to leave out", SCROLLERS)
            muted = muted.replace(SCROLLERS, "void 0")
        if muted != text:
            file.write_text(muted, encoding="utf-8")


def digest(files: Iterable[Path]) -> str:
    """Tell one state of these files from another."""
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    # Jupyter Book always sets this one; its owner, sphinx_comments, is not loaded.
    app.add_config_value("comments_config", {}, "html")
    # Sphinx writes pages again when a value of the configuration changes, not when such a file does.
    root = Path(app.confdir)
    behind = sorted((root / "pages").rglob("*.*"))
    now = digest(path for path in behind if path.is_file() and path.suffix != ".pyc")
    app.add_config_value("files_behind_pages", now, "html", str)
    app.add_config_value("lite_folder", os.environ.get("BOOK_LITE", "").strip("/"), "html", str)
    app.connect("config-inited", set_buttons, priority=100)
    app.connect("html-page-context", add_lite_button, priority=502)  # after the theme's own
    app.connect("build-finished", mend_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
