"""The exercises of one notebook, and what is shown of an answer."""

import re
from html import escape
from typing import Any

from IPython.display import display

from helpers import progress
from helpers.exercises import sandbox
from helpers.exercises.kinds import Code, Design, Finding, Number
from helpers.exercises.sandbox import PATIENCE, SECONDS, BrokeError, TookTooLong, WaitedTooLong
from helpers.progress import LOOKS, tell_state

CODE = re.compile(r"`([^`\n]+)`")
BOX = "border-left: 6px solid {}; padding: 4px 12px; white-space: pre-wrap; overflow-wrap: anywhere;"


class Sheet:
    """The exercises of a notebook, numbered from 1: `check(2, answer)` says at once how the answer stands."""

    def __init__(self, *exercises: Number | Code | Design) -> None:
        self.exercises = exercises

    def __call__(self, number: int, *answer: Any) -> None:
        """Grade an answer and show what was found; raises TypeError or ValueError for a call that fits no exercise."""
        finding, printed = self.grade(number, *answer)
        progress.expect_exercises(len(self.exercises))
        mark, words, color = LOOKS[tell_state(finding)]
        lines = [f"{mark} Exercise {number}: {words}.", *(finding or [])]
        if printed.strip():
            lines.append(f"Your code printed:\n{printed.strip()}")
        first, *rest = (CODE.sub(r"<code>\1</code>", escape(line)) for line in lines)
        box = "".join(f"<div>{line}</div>" for line in (f"<b>{first}</b>", *rest))
        html = f'<div style="{BOX.format(color)}">{box}</div>'
        display({"text/plain": "\n".join(lines), "text/html": html}, raw=True)
        progress.show()
        progress.record_try(number, finding)

    def grade(self, number: int, *answer: Any) -> tuple[Finding, str]:
        """Return what is wrong with an answer, as `kinds` does, and what its code printed."""
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= len(self.exercises):
            raise ValueError(f"there is no exercise {number!r} here; allowed are 1 to {len(self.exercises)}")
        exercise = self.exercises[number - 1]
        if len(answer) != exercise.takes:
            raise TypeError(f"check({number}, ...) got {len(answer)} answers; exercise {number} takes {exercise.takes}")
        try:
            return sandbox.run(lambda report: exercise.grade(report, *answer))
        except WaitedTooLong as late:
            told = f"{late}: your code was not done after {PATIENCE:.0f} seconds, most of them spent waiting."
            return [told, "Does it sleep? If it waits for nothing, this machine is busy: run the cell again."], ""
        except TookTooLong as late:
            told = f"{late}: your code was still running after {SECONDS:.0f} seconds of computing."
            return [told, "Does its loop ever end?"], ""
        except BrokeError as broken:
            return [f"{broken}: your code took Python down, which this notebook survived.", "Ask for less at once."], ""
