"""The Jupyter side of questions and of the progress page."""

from importlib.resources import files

from ..live.widget import SCRIPT, STYLES, HtmlWidget, module, starter

QUESTIONS = files(__package__).joinpath("questions.js").read_text("utf-8")


class PageWidget(HtmlWidget):
    """Markup that the page's own script brings to life."""

    source = module(f"{SCRIPT}\n{QUESTIONS}", "backpropQuestions")
    styles = STYLES + files(__package__).joinpath("questions.css").read_text("utf-8")
    _esm = starter(source, styles)
