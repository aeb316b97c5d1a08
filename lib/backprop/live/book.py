"""A Sphinx extension: gives every page of the book the script and styles of live figures."""

from importlib.resources import files
from typing import Any

from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("builder-inited", _add_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _add_files(app: Sphinx) -> None:
    # The folder holds Python too, so the two files are named one by one.
    app.config.html_static_path += [
        str(files(__package__).joinpath(n)) for n in ("live.js", "live.css")
    ]
    app.add_css_file("live.css")
    app.add_js_file("live.js", loading_method="defer")
