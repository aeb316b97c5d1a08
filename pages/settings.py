"""What Sphinx has to know about these pages before it builds them, as a Sphinx extension."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx


def digest(files: Iterable[Path]) -> str:
    """A fingerprint of the contents of these files."""
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    # Jupyter Book always sets this one; its owner, sphinx_comments, is not loaded.
    app.add_config_value("comments_config", {}, "html")
    # Sphinx writes pages again when a value of the configuration changes, not when such a file does.
    behind = sorted((Path(app.confdir) / "pages").rglob("*.*"))
    now = digest(path for path in behind if path.is_file() and path.suffix != ".pyc")
    app.add_config_value("files_behind_pages", now, "html", str)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
