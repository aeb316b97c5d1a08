"""A Sphinx extension: gives every page of the book the script and styles of live figures.

Pictures, which notebooks store as images, become part of the page: there they follow its theme, and
the script moves what is in them.
"""

from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from ..still import as_inline


def add_files(app: Sphinx, package: str, name: str) -> None:
    """Load ``name.js`` and ``name.css`` of a package on every page."""
    # The folder holds Python too, so the two files are named one by one.
    paths = [Path(str(files(package).joinpath(f"{name}.{kind}"))) for kind in ("js", "css")]
    # A value of the configuration, because Sphinx writes pages again when one of those changes; a
    # changed file alone would leave the old script in the built book.
    digest = sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    app.add_config_value(f"{name}_files", digest, "html", str)

    def add(app: Sphinx) -> None:
        app.config.html_static_path += [str(path) for path in paths]
        app.add_css_file(f"{name}.css")
        app.add_js_file(f"{name}.js", loading_method="defer")

    app.connect("builder-inited", add)


def put_pictures_back(app: Sphinx, document: nodes.document, page: str) -> None:
    """Have the pictures of outputs inline, those shown from another page's notebook too."""
    for output in document.findall(nodes.raw):
        if (
            output.get("format") == "html"
            and (html := as_inline(output.astext())) != output.astext()
        ):
            output[:] = [nodes.Text(html)]


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("doctree-resolved", put_pictures_back)
    add_files(app, "backprop.live", "live")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
