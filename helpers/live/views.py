"""What a cell shows: a live widget, and behind it what remains where no kernel runs."""

import contextlib
import os
from collections.abc import Iterator
from typing import Any, Protocol

from IPython.display import Image, display
from ipywidgets import DOMWidget

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
STILL = {"still": True}  # marks a text that remains where no kernel runs, as a picture does for a panel
STILL_DENSITY = 1.5  # a stored picture stays sharp on most screens and small in the file


class Picture(Protocol):
    """What a panel can show.

    A picture may also have `pointed(x, y)`, see `Panel`, and `mark(answer)`, which marks what was voted for.
    """

    sentence: str
    size: tuple[int, int]
    lines: int  # that the longest sentence takes

    def png(self, density: float, small: bool = False) -> bytes:
        """Return the picture as PNG, `density` times `size` pixels large; a small one may take longer."""


collected: list[Any] | None = None  # what cells show, while nothing is shown


@contextlib.contextmanager
def collect() -> Iterator[list[Any]]:
    """Collect the panels, and the pictures without one, that cells show meanwhile, instead of showing anything."""
    global collected
    before, collected = collected, []
    try:
        yield collected
    finally:
        collected = before


def _display(shown: Any, **how: Any) -> None:
    if collected is None:
        display(shown, **how)


def display_view(widget: DOMWidget) -> None:
    """Show a widget; the server knows by the kernel's processes how long it lives."""
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    kernel = [os.getpid(), os.getppid()]  # where a launcher stands between, the server knows that one
    _display({WIDGET_VIEW: view}, raw=True, metadata={"kernel": kernel})


def draw_still(picture: Picture) -> Image:
    """Return a picture for a file."""
    width, height = picture.size
    return Image(picture.png(STILL_DENSITY, small=True), width=width, height=height)


def display_still(still: Image, sentence: str) -> None:
    """Show a picture and its sentence, which need no kernel."""
    still.alt = sentence
    _display(still)
    display_text(sentence, {})


def display_text(text: str, metadata: dict[str, Any]) -> None:
    """Show Markdown, also where only plain text is read."""
    _display({"text/markdown": text, "text/plain": text}, raw=True, metadata=metadata)
