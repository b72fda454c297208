"""A button with which a learner saves a page of their own: the kernel makes it, and the browser keeps it."""

from typing import Any

import anywidget

from helpers.live.panel import HERE
from helpers.live.views import STILL, display_text, display_view
from helpers.progress.page import make_page, name_file

INSTEAD = (
    "*Run → Run All Cells* brings a button here. It saves your predictions and exercises as a page of your own, which "
    "you can read, print or hand in. Nothing is sent anywhere."
)


class PageSaver(anywidget.AnyWidget):
    """A field for the learner's name and a button that saves their page of a lesson."""

    _esm = HERE / "saving.js"
    _css = "\n".join((HERE / name).read_text(encoding="utf-8") for name in ("panel.css", "saving.css"))

    def __init__(self, lesson: str) -> None:
        super().__init__()
        self._lesson = lesson
        self.on_msg(self._answer)

    def _answer(self, _, content: dict[str, Any], __) -> None:
        lesson, name = self._lesson, content["name"]
        self.send({"ticket": content["ticket"], "file": name_file(lesson, name), "page": make_page(lesson, name)})


def save_page(lesson: str) -> None:
    """Show a button that saves a page of the learner's own: what was predicted, and the exercises with their code."""
    display_view(PageSaver(lesson))
    display_text(INSTEAD, STILL)
