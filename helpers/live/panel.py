"""The panel of one cell: controls, the picture that they move, and the sentence that says what it shows."""

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

import anywidget
import traitlets
from IPython.display import Image, display

from helpers.errors import describe_error
from helpers.live.controls import Range, Value, check, checked_presets, checked_starts, controls
from helpers.live.predictions import Predict

HERE = Path(__file__).parent
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
STILL_DENSITY = 1.5  # a stored picture stays sharp on most screens and small in the file
MAX_DENSITY = 3.0  # pixels of the picture per pixel of the page; more is not seen, and costs time
DRAWING = threading.RLock()  # matplotlib draws one picture at a time, and JupyterLab may call from a second thread


class Picture(Protocol):
    """What a panel can show. A picture may also have `pointed(x, y)`; see `Panel`."""

    sentence: str
    size: tuple[int, int]
    lines: int  # that the longest sentence takes
    untold: bool  # whether what it asks is still open, so that the page should not tell the answer either

    def png(self, density: float, small: bool = False) -> bytes:
        """Return the picture as PNG, `density` times `size` pixels large; a small one may take longer."""


class Panel(anywidget.AnyWidget):
    """The controls, the picture and the sentence of one cell.

    `controls` are sliders and choices, `presets` buttons that move them, `sentence` says what the picture shows,
    `prediction` is a question that comes before all of them (empty where none does), and
    `problem` is empty unless the last move could not be shown; then the last good picture stays. Where the picture has
    `pointed(x, y)`, given a place on it as fractions of its width and height from the top left, it returns the values
    to move to, or None.
    """

    _esm = HERE / "panel.js"
    _css = HERE / "panel.css"

    controls = traitlets.List().tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    prediction = traitlets.Dict().tag(sync=True)
    picture = traitlets.Bytes().tag(sync=True)
    size = traitlets.List().tag(sync=True)
    sentence = traitlets.Unicode().tag(sync=True)
    lines = traitlets.Int().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    untold = traitlets.Bool().tag(sync=True)
    pointable = traitlets.Bool().tag(sync=True)
    answered = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        function: Callable,
        shown: Picture,
        ranges: dict[str, Range],
        presets: dict[str, tuple[Value, ...]] | None = None,
        predict: Predict | None = None,
    ) -> None:
        self._function, self._shown, self._density = function, shown, 1.0
        self._ranges, self._predict = ranges, predict
        starts = checked_starts(function, ranges)
        if predict:
            self._known(predict.reveal)
            check(ranges, starts | predict.reveal, "to reveal is")
            predict.ask(function.__name__)
        super().__init__(
            size=list(shown.size),
            lines=shown.lines,
            pointable=hasattr(shown, "pointed"),
            controls=controls(ranges, starts),
            presets=checked_presets(presets or {}, ranges),
            prediction=predict.state() if predict else {},
            picture=shown.png(self._density),
        )
        self.set(**starts)
        self.on_msg(self._answer)

    @property
    def values(self) -> dict[str, Value]:
        """Where each slider or choice stands."""
        return {control["name"]: control["value"] for control in self.controls}

    def set(self, **values: Value) -> "Panel":
        """Move controls by name, as a learner would, and return the panel.

        Raises TypeError for an unknown name, and ValueError for a word that is no choice.
        """
        self._known(values)
        for name, value in values.items():
            given = self._ranges[name]
            if isinstance(given, list) and value not in given:
                raise ValueError(f"{name}={value!r} is no choice; allowed is {', '.join(given)}")
        with DRAWING:
            self._move({**self.values, **values})
        return self

    def _move(self, values: dict[str, Value]) -> None:
        """Call the function with values and show what it drew, or what went wrong."""
        moved, picture, sentence, problem = self.controls, self.picture, self.sentence, ""
        try:
            moved = controls(self._ranges, values)
            values = {control["name"]: control["value"] for control in moved}
            picture, sentence = self._shown_at(values)
        except (Exception, SystemExit) as error:  # whatever a learner's own code raises belongs in the panel
            problem = describe_error(error, self._function)
            moved = [{**control, "value": values[control["name"]]} for control in moved]
        with self.hold_sync():
            self.controls, self.picture, self.sentence, self.problem = moved, picture, sentence, problem
            self.untold = self._shown.untold

    def predict(self, answer: str | None) -> "Panel":
        """Open the panel with the learner's answer to its question, None for none, and move to where it shows.

        Raises TypeError where there is no question, and ValueError for an answer that is no choice.
        """
        if self._predict is None:
            raise TypeError(f"the panel of {self._function.__name__} asks for no prediction")
        self._predict.note(self._function.__name__, answer)
        with DRAWING, self.hold_sync():
            self.prediction = self._predict.state(answer, open=True)
            return self.set(**self._predict.reveal)

    def display(self, still: dict[str, Value]) -> None:
        """Show the panel, and behind it the picture and sentence that remain when no kernel runs, moved to `still`."""
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        display({WIDGET_VIEW: view}, raw=True)
        with DRAWING:
            start = self.values
            self._to_still(still)
            display_still(self._shown, self.problem or self.sentence)
            self._to_start(start)
            self._shown.png(self._density)  # draws what stands still at the panel's size: the first move is fast

    def _known(self, names: Iterable[str]) -> None:
        """Raise TypeError for a name that is none of a control."""
        for name in names:
            if name not in self._ranges:
                raise TypeError(f"{name} is not a slider of this panel; allowed are {', '.join(self._ranges)}")

    def _shown_at(self, values: dict[str, Value]) -> tuple[bytes, str]:
        """Return the picture and the sentence for checked values."""
        self._function(**values)
        return self._shown.png(self._density), str(self._shown.sentence)

    def _to_still(self, still: dict[str, Value]) -> None:
        """Move to what the stored picture shows."""
        if still:
            self.set(**still)

    def _to_start(self, start: dict[str, Value]) -> None:
        """Move back to where the panel starts."""
        if start != self.values:
            self.set(**start)

    def _answer(self, _, content: dict[str, Any], __) -> None:
        with DRAWING, self.hold_sync():
            try:
                self._density = min(max(1.0, float(content["density"])), MAX_DENSITY)
                if "predict" in content:
                    self.predict(content["predict"])
                    return
                moved = self._shown.pointed(*content["point"]) if "point" in content else content["values"]
                self.set(**(moved or {}))
            except Exception as error:  # without an answer the page would wait in vain
                self.problem = describe_error(error, self._function)
            finally:
                self.answered = content["ticket"]


def display_still(picture: Picture, sentence: str) -> None:
    """Show a picture and a sentence that need no kernel."""
    width, height = picture.size
    png = picture.png(STILL_DENSITY, small=True)
    display(Image(png, width=width, height=height, alt=sentence))
    display({"text/markdown": sentence, "text/plain": sentence}, raw=True)
