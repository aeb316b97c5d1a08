"""Numbers in prose: computed in a cell, cited in the text."""

from IPython.display import display

# myst-nb finds what it may cite by this prefix. Its own `glue` would bring all of Sphinx along to
# every place where a notebook runs.
PREFIX = "application/papermill.record/"


def glue(**texts: str) -> None:
    """Give texts a name each, by which prose cites them: ``{glue:text}`loss```.

    Parameters
    ----------
    **texts
        What the reader sees, formatted: ``glue(loss=f"{loss:.2f}")``.

    Raises
    ------
    TypeError
        A value is not text: how many digits a reader sees is the author's choice.
    """
    for name, text in texts.items():
        if not isinstance(text, str):
            raise TypeError(f"glue expects formatted text for {name!r}, got {type(text).__name__}")
    for name, text in texts.items():
        display(
            {f"{PREFIX}text/plain": text},
            metadata={"scrapbook": {"name": name, "mime_prefix": PREFIX}},
            raw=True,
        )
