"""The panel of one cell: controls, the picture that they move, and the sentence that says what it shows."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from helpers.errors import describe_error
from helpers.live.calls import DRAWING, Calls
from helpers.live.controls import Range, Value, check_values, find_starts, list_controls, list_presets
from helpers.live.predictions import Predict
from helpers.live.views import Picture, display_still, display_view, draw_still

HERE = Path(__file__).parent
MAX_DENSITY = 3.0  # pixels of the picture per pixel of the page; more is not seen, and costs time


class Panel(anywidget.AnyWidget):
    """The controls, the picture and the sentence of one cell.

    `controls` are sliders and choices, `presets` buttons that move them, `png` is the `picture` as it is shown,
    `sentence` says what it shows, `predictions` are questions that come before all of them, `printed` is what the last
    move has printed, and `problem` is empty unless it could not be shown; then the last good picture stays. `values`,
    where each control stands, can be observed, linked, and set, which moves the controls. Where the picture has
    `pointed(x, y)`, given a place on it as fractions of its width and height from the top left, it returns the values
    to move to, or None.
    """

    _esm = HERE / "panel.js"
    _css = HERE / "panel.css"

    controls = traitlets.List().tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    predictions = traitlets.List().tag(sync=True)
    png = traitlets.Bytes().tag(sync=True)
    size = traitlets.List().tag(sync=True)
    sentence = traitlets.Unicode().tag(sync=True)
    lines = traitlets.Int().tag(sync=True)
    printed = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    pointable = traitlets.Bool().tag(sync=True)
    answered = traitlets.Unicode().tag(sync=True)
    values = traitlets.Dict()

    def __init__(
        self,
        function: Callable,
        picture: Picture,
        ranges: dict[str, Range],
        presets: dict[str, tuple[Value, ...]] | None = None,
        predict: Predict | Sequence[Predict] | None = None,
    ) -> None:
        self.picture = picture
        self._function, self._ranges, self._density = function, ranges, 1.0
        self._calls = Calls(function, picture)
        self._questions = [predict] if isinstance(predict, Predict) else list(predict or [])
        self._starts = starts = find_starts(function, ranges)
        for question in self._questions:
            self._refuse_unknown(question.reveal)
            check_values(ranges, starts | question.reveal, "to reveal is")
            question.ask(self.name)
        super().__init__(
            size=list(picture.size),
            lines=picture.lines,
            pointable=hasattr(picture, "pointed"),
            controls=list_controls(ranges, starts),
            presets=list_presets(presets or {}, ranges),
            predictions=[question.state() for question in self._questions],
            png=picture.png(self._density),
            values=starts,
        )
        self.set(**starts)
        self._loop = _find_loop()
        self.on_msg(self._hear)

    @property
    def name(self) -> str:
        """The name of the function that the controls call."""
        return self._function.__name__

    @property
    def questions(self) -> tuple[Predict, ...]:
        """What the panel asks before it opens."""
        return tuple(self._questions)

    @property
    def runs(self) -> bool:
        """Whether the function takes its time and shows what it does meanwhile."""
        return self.has_trait("running")

    @property
    def revealed(self) -> dict[str, Value]:
        """The values that show the answers to all questions."""
        return {name: value for question in self._questions for name, value in question.reveal.items()}

    def set(self, **values: Value) -> "Panel":
        """Move controls by name, as a learner would, and return the panel.

        Raises TypeError for an unknown name, and ValueError for a word that is no choice.
        """
        self._refuse_unknown(values)
        for name, value in values.items():
            given = self._ranges[name]
            if isinstance(given, list) and value not in given:
                raise ValueError(f"{name}={value!r} is no choice; allowed is {', '.join(given)}")
        with DRAWING:
            self._move({**self.values, **values})
        return self

    def predict(self, answer: str | None, question: int = 0) -> "Panel":
        """Take the learner's answer to a question, counted from 0, None for none; the last answer opens the panel.

        Raises TypeError where there is no such question, and ValueError for an answer that is no choice.
        """
        if not 0 <= question < len(self._questions):
            asked = f"{len(self._questions)} predictions" if self._questions else "no prediction"
            raise TypeError(f"the panel of {self.name} asks for {asked}")
        asked = self._questions[question]
        asked.note(self.name, answer)
        with DRAWING, self.hold_sync():
            states = list(self.predictions)
            states[question] = asked.state(answer, open=True)
            self.predictions = states
            if hasattr(self.picture, "mark"):
                self.picture.mark(answer)
            return self.set(**asked.reveal)

    def reset(self) -> "Panel":
        """Close the questions, bring the controls to where they started, and return the panel, for the next class."""
        with DRAWING, self.hold_sync():
            self.predictions = [question.state() for question in self._questions]
            if hasattr(self.picture, "mark"):
                self.picture.mark(None)
            return self.set(**self._starts)

    def display(self) -> None:
        """Show the panel, and behind it what its questions reveal, which remains when no kernel runs."""
        with DRAWING:
            starts = self.values
            if self.revealed:
                self.set(**self.revealed)
            still, sentence = draw_still(self.picture), self.problem or self.sentence
            self.picture.png(self._density)  # draws what stands still at the panel's size: the first move is fast
            if self.revealed:
                self.set(**starts)
        display_view(self)
        display_still(still, sentence)

    def _refuse_unknown(self, names: Iterable[str]) -> None:
        """Raise TypeError for a name that is none of a control."""
        for name in names:
            if name not in self._ranges:
                raise TypeError(f"{name} is not a slider of this panel; allowed are {', '.join(self._ranges)}")

    @traitlets.observe("values")
    def _follow(self, change: dict[str, Any]) -> None:
        if change["new"] != {control["name"]: control["value"] for control in self.controls}:
            self.set(**change["new"])

    def _move(self, values: dict[str, Value]) -> None:
        """Call the function with values and show what it drew, or what went wrong.

        An interruption is raised anew, for the cell that may be running.
        """
        moved, png, sentence, problem, interruption = self.controls, self.png, self.sentence, "", None
        try:
            moved = list_controls(self._ranges, values)
            values = {control["name"]: control["value"] for control in moved}
            png, sentence = self._draw_at(values)
        except (Exception, SystemExit, KeyboardInterrupt) as error:  # what a learner's own code raises is for the panel
            problem = describe_error(error, self._function)
            moved = [{**control, "value": values[control["name"]]} for control in moved]
            interruption = error if isinstance(error, KeyboardInterrupt) else None
        with self.hold_sync():
            self.controls, self.png, self.sentence, self.problem = moved, png, sentence, problem
            self.printed = self._calls.printed
        self.values = values
        if interruption:
            raise interruption

    def _check_drawn(self) -> None:
        """Raise ValueError where the function has left the picture without a sentence."""
        if not self.picture.sentence:
            raise ValueError(f"{self.name} has drawn nothing: it has to call show on its picture")

    def _draw_at(self, values: dict[str, Value]) -> tuple[bytes, str]:
        """Return the picture and the sentence for checked values."""
        with self._calls.surround():
            self._function(**values)
        self._check_drawn()
        return self.picture.png(self._density), str(self.picture.sentence)

    def _hear(self, *message: Any) -> None:
        """Answer in the thread of the cells, and so never beside one: JupyterLab may call from a second thread."""
        if self._loop is None or threading.current_thread() is threading.main_thread():
            self._answer(*message)
        else:
            self._loop.call_soon_threadsafe(self._answer, *message)

    def _answer(self, _, content: dict[str, Any], __) -> None:
        with DRAWING, self.hold_sync():
            try:
                self._density = min(max(1.0, float(content["density"])), MAX_DENSITY)
                if content.get("reset"):
                    self.reset()
                for question, answer in content.get("predict", {}).items():
                    self.predict(answer, int(question))
                moved = self.picture.pointed(*content["point"]) if "point" in content else content.get("values")
                if moved is not None:
                    self.set(**moved)
            except KeyboardInterrupt:
                pass  # the panel says so already
            except Exception as error:  # without an answer the page would wait in vain
                self.problem = describe_error(error, self._function)
            finally:
                self.answered = content["ticket"]


def _find_loop() -> asyncio.AbstractEventLoop | None:
    """Return the loop in which a kernel runs cells; outside of a kernel there is none."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
