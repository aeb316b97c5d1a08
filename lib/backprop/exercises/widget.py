"""The Jupyter side of questions and of the progress page."""

from importlib.resources import files

from ..live.widget import SCRIPT, STYLES, HtmlWidget

QUESTIONS = files(__package__).joinpath("questions.js").read_text("utf-8")


class PageWidget(HtmlWidget):
    """Markup that the page's own script brings to life."""

    _esm = f"{SCRIPT}\n{QUESTIONS}\nexport default {{ render: globalThis.backpropQuestions.render }};\n"
    _css = STYLES + files(__package__).joinpath("questions.css").read_text("utf-8")
