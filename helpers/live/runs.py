"""A panel for a function that takes its time: it yields, so that the page can watch it and stop it."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from numbers import Real
from time import perf_counter
from typing import Any

import traitlets

from helpers.errors import describe_error
from helpers.live.calls import DRAWING
from helpers.live.controls import Range, Value
from helpers.live.panel import Panel, Picture
from helpers.live.predictions import Predict

TURN = 0.03  # seconds that a run keeps the kernel to itself; then messages of the page get their turn
FASTEST = 0.08  # seconds between two frames: more of them are not seen
SHARE = 0.15  # of the time may go into frames
MOVED = "The controls have moved since this run: press Run. "


class RunPanel(Panel):
    """The controls, Run and Stop, a progress bar, the picture and the sentence of a function that yields.

    Controls say what the next run will be; they do not disturb a run. The function yields how much is done, from 0 to
    1, and the picture, which also has `clear()`, is drawn again now and then; where the picture has a `pace`, in
    seconds, each step stays on the page that long. A function that raises ends its run: `problem` says why, and the
    picture stays as far as it got. Only one run is under way in a kernel; another one stops it.
    """

    running = traitlets.Bool().tag(sync=True)
    progress = traitlets.Float().tag(sync=True)

    _task: asyncio.Task | None = None

    def __init__(
        self,
        function: Callable[..., Iterator[float]],
        picture: Picture,
        ranges: dict[str, Range],
        presets: dict[str, tuple[Value, ...]] | None = None,
        predict: Predict | Sequence[Predict] | None = None,
    ) -> None:
        self.stop()  # a cell that is run anew leaves no older run behind
        self._ran: dict[str, Value] | None = None
        picture.clear()
        super().__init__(function, picture, ranges, presets, predict)

    def run(self, **values: Value) -> "RunPanel":
        """Move controls by name as `set` does, run to the end, and return the panel."""
        self.stop()
        self.set(**values)
        with self._calls.surround():
            for _ in self._advance():
                pass
        return self

    def start(self) -> None:
        """Begin a run with the controls as they stand, in turns with whatever else the kernel has to do."""
        self.stop()
        RunPanel._task = asyncio.get_running_loop().create_task(self._watch())

    @staticmethod
    def stop() -> None:
        """Stop the run that is under way, if there is one; what it has reached stays."""
        if RunPanel._task is not None:
            RunPanel._task.cancel()
            RunPanel._task = None

    async def _watch(self) -> None:
        steps, frame, pause, begun = self._advance(), perf_counter(), FASTEST, False
        with self._interruptible():
            try:
                while self._take_turn(steps, begun):
                    begun, now, pace = True, perf_counter(), getattr(self.picture, "pace", 0)
                    if pace or now - frame >= pause:
                        self._draw()
                        frame = perf_counter()
                        pause = max(FASTEST, (frame - now) / SHARE)
                    await asyncio.sleep(pace)
            except KeyboardInterrupt:
                pass  # the panel says so already
            finally:
                with self._calls.surround(goes_on=begun):
                    steps.close()

    def _take_turn(self, steps: Generator[None, None, None], begun: bool) -> bool:
        """Advance for the time of a turn, or by one step at the picture's pace, and return whether there is more."""
        turn, pace = perf_counter(), getattr(self.picture, "pace", 0)
        with self._calls.surround(goes_on=begun):
            if self._interrupted:
                steps.throw(KeyboardInterrupt)
            self._stepping = True
            try:
                return any(pace or perf_counter() - turn >= TURN for _ in steps)
            finally:
                self._stepping = False

    @contextlib.contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Let an interruption of the kernel end the run: a kernel ignores it while it answers no message."""
        self._stepping = self._interrupted = False
        if threading.current_thread() is not threading.main_thread():
            yield  # signals reach the main thread alone
            return

        def interrupt(*_: Any) -> None:
            self._interrupted = True
            if self._stepping:
                raise KeyboardInterrupt

        before = signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _advance(self) -> Generator[None, None, None]:
        """Advance the function step by step, and show how it ended, also when this is closed early."""
        self._ran, self._done, problem = self.values, 0.0, ""
        with self.hold_sync():
            self.running, self.progress, self.problem, self.printed = True, 0.0, "", ""
        try:
            with contextlib.closing(self._function(**self._ran)) as steps:
                for done in steps:
                    if isinstance(done, bool) or not isinstance(done, Real) or not 0 <= done <= 1:
                        raise ValueError(f"the run yields {done!r}; allowed is how much is done, from 0 to 1")
                    self._done = float(done)
                    yield
            self._check_drawn()
            if self._ran == self._starts:
                self._tell_verdicts()
        except (Exception, SystemExit) as error:
            problem = describe_error(error, self._function)
        except KeyboardInterrupt as interruption:
            problem = describe_error(interruption, self._function)
            raise
        finally:
            self._draw(problem, running=False)

    def _tell_verdicts(self) -> None:
        """Renew what is said of the predictions, after a whole run of what they were about."""
        self.predictions = [
            question.state(state["chosen"], open=True, shown=True) if state["open"] else state
            for question, state in zip(self._questions, self.predictions, strict=True)
        ]

    def _draw(self, problem: str = "", running: bool = True) -> None:
        png = self.png
        with DRAWING, self.hold_sync():
            try:
                png = self.picture.png(self._density)
            except Exception as error:
                problem = describe_error(error, self._function)
            self.png, self.sentence, self.problem = png, self._write_sentence(self.values), problem
            self.running, self.progress, self.printed = running, self._done, self._calls.printed

    def _write_sentence(self, values: dict[str, Value]) -> str:
        moved = self._ran is not None and self._ran != values
        return (MOVED if moved else "") + str(self.picture.sentence)

    def _draw_at(self, values: dict[str, Value]) -> tuple[bytes, str]:
        return self.picture.png(self._density), self._write_sentence(values)

    def display(self) -> None:
        """Show the panel, with a whole run behind it for where no kernel runs; the panel itself starts empty."""
        self.run(**self.revealed)
        super().display()
        self.reset()

    def reset(self) -> "RunPanel":
        """Stop a run, and empty the picture; else as for any panel."""
        self.stop()
        self.picture.clear()
        self._ran, self.progress = None, 0.0
        super().reset()
        return self

    def _answer(self, widget: Any, content: dict[str, Any], buffers: Any) -> None:
        if content.get("stop"):
            self.stop()
        super()._answer(widget, content, buffers)
        if content.get("run") and not self.problem:
            self.start()
