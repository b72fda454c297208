"""What the learner has answered in a notebook: kept in this kernel, and nowhere else until the learner saves it."""

from dataclasses import dataclass, field
from enum import Enum

from IPython import get_ipython
from IPython.display import display

LINE_ID = "progress"  # the page has the line under each exercise; all of them change together


class State(Enum):
    """How a question stands."""

    OPEN = "open"
    WRONG = "wrong"
    RIGHT = "right"


LOOKS = {  # how an answer stands, and its mark and words; the colour is never alone
    State.OPEN: ("○", "not answered yet", "#767676"),
    State.WRONG: ("✘", "not yet", "#d55e00"),
    State.RIGHT: ("✔", "right", "#0072b2"),
}


@dataclass
class Prediction:
    """A question before a panel: what was chosen first and now, and why people do; a vote has nothing `right`."""

    answers: list[str]
    right: str | None = None
    asked: str = ""
    chosen: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)

    @property
    def answered(self) -> bool:
        """Whether there is an answer."""
        return bool(self.chosen)

    @property
    def state(self) -> State | None:
        """How the question stands; a vote is not counted."""
        if self.right is None:
            return None
        if not self.chosen:
            return State.OPEN
        return State.RIGHT if self.chosen[-1] == self.right else State.WRONG


@dataclass
class Exercise:
    """An exercise: how it stands, its tries, the code of the last one, and all that was found wrong, each once."""

    state: State = State.OPEN
    tries: int = 0
    code: str = ""
    findings: list[list[str]] = field(default_factory=list)
    asked: str = ""

    @property
    def answered(self) -> bool:
        """Whether there was a try."""
        return self.tries > 0


predictions: dict[str, Prediction] = {}  # by the question's words, or else the panel's name
exercises: dict[str, Exercise] = {}  # by number


def expect(question: str, answers: list[str], right: str | None) -> None:
    """Keep a prediction as open if it has not been asked yet."""
    predictions.setdefault(question, Prediction(answers, right))


def record_choice(question: str, chosen: str, reason: str) -> None:
    """Record an answer to a prediction, and the reason why people choose it, if one was told."""
    before, prediction = format_line(), predictions[question]
    prediction.chosen[1:] = [chosen]
    if reason:
        prediction.reasons[chosen] = reason
    _renew(before)


def expect_exercises(count: int) -> None:
    """Keep exercises from 1 on as open if there was no try yet."""
    for number in range(1, count + 1):
        exercises.setdefault(str(number), Exercise())


def tell_state(finding: list[str] | None) -> State:
    """Return how an exercise stands by what was found wrong: nothing where all is right, None for no answer yet."""
    return State.OPEN if finding is None else State.WRONG if finding else State.RIGHT


def record_try(number: int, finding: list[str] | None) -> None:
    """Record what was found wrong with an exercise; no answer is no try."""
    before, exercise = format_line(), exercises[str(number)]
    exercise.state = tell_state(finding)
    if finding is not None:
        exercise.tries += 1
        exercise.code = _read_running_cell()
    if finding and finding not in exercise.findings:
        exercise.findings.append(finding)
    _renew(before)


def format_line() -> str:
    """Return what stands in the line: how many of each kind are answered, and how many of them rightly."""
    return format_counts(predictions, exercises)


def format_counts(predictions: dict[str, Prediction], exercises: dict[str, Exercise]) -> str:
    """Return for each kind of question how many are answered, and how many of them rightly."""
    kinds = {"Exercises": exercises, "Predictions": predictions}
    lines = [_format_kind(kind, [one.state for one in kept.values() if one.state]) for kind, kept in kinds.items()]
    return " ".join(filter(None, lines))


def show() -> None:
    """Show the line; it stays up to date."""
    display(_bundle(), raw=True, display_id=LINE_ID)


def _renew(before: str) -> None:
    """Renew the line wherever the page has it, if it is another than before."""
    if format_line() != before:
        display(_bundle(), raw=True, display_id=LINE_ID, update=True)


def _format_kind(kind: str, states: list[State]) -> str:
    answered = len(states) - states.count(State.OPEN)
    return f"{kind}: {answered} of {len(states)} answered, {states.count(State.RIGHT)} right." if states else ""


def _bundle() -> dict[str, str]:
    return {"text/plain": format_line(), "text/markdown": format_line()}


def _read_running_cell() -> str:
    shell = get_ipython()
    return shell.history_manager.input_hist_raw[-1] if shell else ""
