"""A question that the learner answers before a panel opens."""

from dataclasses import dataclass, field
from typing import Any

from helpers import progress
from helpers.live.controls import Value
from helpers.progress import State

MOST_ANSWERS = 6


@dataclass(frozen=True)
class Predict:
    """The answers to choose from, and the `right` one; the panel opens once one is chosen, or none.

    It then says whether the answer was right, moves to `reveal`, values of its controls that show it, and says where to
    `look`. `then` says instead where the answer shows itself, if that is not in the open panel. Raises TypeError or
    ValueError for answers that do not fit.
    """

    answers: list[str]
    right: str
    reveal: dict[str, Value] = field(default_factory=dict)
    look: str = "The panel shows it."
    then: str = ""

    def __post_init__(self) -> None:
        words = isinstance(self.answers, list) and all(isinstance(one, str) and one for one in self.answers)
        if not words or not 2 <= len(self.answers) <= MOST_ANSWERS or len(set(self.answers)) != len(self.answers):
            raise TypeError(f"answers is {self.answers!r}; allowed is a list of 2 to {MOST_ANSWERS} different words")
        if self.right not in self.answers:
            raise ValueError(f"right={self.right!r} is no answer; allowed is one of {', '.join(self.answers)}")

    def state(self, chosen: str | None = None, open: bool = False, shown: bool = False) -> dict[str, Any]:
        """Return what the page needs to know; with a `then`, `shown` is whether the answer has shown itself."""
        said = self._said(chosen, shown or not self.then) if open else ""
        return {"answers": self.answers, "open": open, "chosen": chosen, "said": said}

    def ask(self, question: str) -> None:
        """Count the question among those that this notebook asks."""
        progress.expect("predictions", [question])

    def note(self, question: str, chosen: str | None) -> None:
        """Count the answer, if there is one. Raises ValueError for one that is no choice."""
        if chosen is not None:
            if chosen not in self.answers:
                raise ValueError(f"{chosen!r} is no answer; allowed is one of {', '.join(self.answers)}")
            progress.note("predictions", question, State.RIGHT if chosen == self.right else State.WRONG)

    def _said(self, chosen: str | None, shown: bool) -> str:
        if not shown:
            return f"You said: {chosen}. {self.then}" if chosen else self.then
        if chosen is None:
            return f"It is: {self.right}. {self.look}"
        if chosen == self.right:
            return f"✔ You said: {chosen}. So it is. {self.look}"
        return f"✘ You said: {chosen}. It is: {self.right}. {self.look}"
