"""The Jupyter side of questions and of the progress page."""

from importlib.resources import files

from ..live.widget import SCRIPT, STYLES, HtmlWidget, module, starter

FOLDER = files(__package__)
QUESTIONS = "\n".join(
    FOLDER.joinpath(f"{name}.js").read_text("utf-8") for name in ("reading", "questions")
)


class PageWidget(HtmlWidget):
    """Markup that the page's own script brings to life."""

    source = module(f"{SCRIPT}\n{QUESTIONS}", "backpropQuestions")
    styles = STYLES + FOLDER.joinpath("questions.css").read_text("utf-8")
    _esm = starter(source, styles)
