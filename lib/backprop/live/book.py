"""A Sphinx extension: gives every page of the book the script and styles of live figures."""

from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

# The folder holds Python too, so the two files are named one by one.
FILES = [Path(str(files(__package__).joinpath(name))) for name in ("live.js", "live.css")]


def setup(app: Sphinx) -> dict[str, Any]:
    # A value of the configuration, because Sphinx writes pages again when one of those changes; a
    # changed file alone would leave the old script in the built book.
    digest = sha256(b"".join(file.read_bytes() for file in FILES)).hexdigest()
    app.add_config_value("live_files", digest, "html", str)
    app.connect("builder-inited", _add_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _add_files(app: Sphinx) -> None:
    app.config.html_static_path += [str(file) for file in FILES]
    app.add_css_file("live.css")
    app.add_js_file("live.js", loading_method="defer")
