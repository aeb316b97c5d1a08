"""The Jupyter side of questions and of the progress page."""

from ..widget import SCRIPT, STYLES, HtmlWidget, module, starter, text

QUESTIONS = "\n".join(text(f"js/{name}.js") for name in ("reading", "questions"))


class PageWidget(HtmlWidget):
    """Markup that the page's own script brings to life."""

    source = module(f"{SCRIPT}\n{QUESTIONS}", "backpropQuestions")
    styles = STYLES + text("css/questions.css")
    _esm = starter(source, styles)
