"""Questions that the learner answers before a panel opens."""

from dataclasses import dataclass, field
from typing import Any

from helpers import progress
from helpers.live.controls import Value

MOST_ANSWERS = 6


@dataclass(frozen=True)
class Predict:
    """The answers to choose from, and the `right` one; without one the question is a vote.

    The panel opens once an answer is chosen, or none. It then says whether the answer was right, moves to `reveal`,
    values of its controls that show it, and says where to `look`. `reasons` says of an answer that is not right why
    people choose it and what is true; it is told to those who chose it. `then` says instead where the answer shows
    itself, if that is not in the open panel. `question` stands beside the answers where a panel asks more than one.
    Raises TypeError or ValueError for answers or reasons that do not fit.
    """

    answers: list[str]
    right: str | None = None
    reveal: dict[str, Value] = field(default_factory=dict)
    look: str = "The panel shows it."
    then: str = ""
    question: str = ""
    reasons: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        words = isinstance(self.answers, list) and all(isinstance(one, str) and one for one in self.answers)
        if not words or not 2 <= len(self.answers) <= MOST_ANSWERS or len(set(self.answers)) != len(self.answers):
            raise TypeError(f"answers is {self.answers!r}; allowed is a list of 2 to {MOST_ANSWERS} different words")
        if self.right is not None and self.right not in self.answers:
            raise ValueError(f"right={self.right!r} is no answer; allowed is one of {', '.join(self.answers)}")
        wrong = [answer for answer in self.answers if answer != self.right]
        for answer in self.reasons:
            if answer not in wrong:
                raise ValueError(f"reasons has {answer!r}; allowed is one of {', '.join(wrong)}")

    def state(self, chosen: str | None = None, open: bool = False, shown: bool = False) -> dict[str, Any]:
        """Return what the page needs to know; with a `then`, `shown` is whether the answer has shown itself."""
        told = open and (shown or not self.then)
        said = self._verdict(chosen, told) if open else ""
        asked = {"question": self.question, "answers": self.answers, "longest": self._longest}
        return asked | {"open": open, "chosen": chosen, "right": self.right if told else None, "said": said}

    def ask(self, name: str) -> None:
        """Keep the question of the panel of that name among those that this notebook asks."""
        progress.expect(self.question or name, self.answers, self.right)

    def note(self, name: str, chosen: str | None) -> None:
        """Keep the answer, if there is one. Raises ValueError for one that is no choice."""
        if chosen is not None and chosen not in self.answers:
            raise ValueError(f"{chosen!r} is no answer; allowed is one of {', '.join(self.answers)}")
        if chosen is not None:
            progress.record_choice(self.question or name, chosen, self.reasons.get(chosen, ""))

    @property
    def _longest(self) -> str:
        """The longest verdict that there may be: the page keeps its place."""
        return max((self._verdict(answer, shown) for answer in self.answers for shown in (True, False)), key=len)

    def _verdict(self, chosen: str | None, shown: bool) -> str:
        said = [f"You said: {chosen}."] if chosen else []
        if not shown:
            return " ".join([*said, self.then])
        if self.right is not None and chosen == self.right:
            said = ["✔", *said, "So it is."]
        elif self.right is not None:
            said = [*(["✘"] if chosen else []), *said, f"It is: {self.right}."]
        return " ".join([*said, *([self.reasons[chosen]] if chosen in self.reasons else []), self.look]).strip()
