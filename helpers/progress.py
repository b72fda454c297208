"""How many exercises and predictions of a notebook the learner has answered: kept in this kernel, and nowhere else."""

from enum import Enum

from IPython.display import display

LINE_ID = "progress"  # the page has the line under each exercise; all of them change together


class State(Enum):
    """How a question stands."""

    OPEN = "open"
    WRONG = "wrong"
    RIGHT = "right"


_states: dict[str, dict[str, State]] = {}


def expect(kind: str, questions: list[str]) -> None:
    """Count questions that have not been asked yet as open; `kind` is a plural, such as "exercises"."""
    _states[kind] = dict.fromkeys(questions, State.OPEN) | _states.get(kind, {})


def note(kind: str, question: str, state: State) -> None:
    """Take down how a question stands now, and renew the line wherever the page has it."""
    before = line()
    _states.setdefault(kind, {})[question] = state
    if line() != before:
        display(_shown(), raw=True, display_id=LINE_ID, update=True)


def line() -> str:
    """Say for each kind of question how many are answered, and how many of them rightly."""
    return " ".join(_counted(kind, list(states.values())) for kind, states in sorted(_states.items()))


def show() -> None:
    """Show the line; it stays up to date."""
    display(_shown(), raw=True, display_id=LINE_ID)


def _counted(kind: str, states: list[State]) -> str:
    answered = len(states) - states.count(State.OPEN)
    return f"{kind.capitalize()}: {answered} of {len(states)} answered, {states.count(State.RIGHT)} right."


def _shown() -> dict[str, str]:
    return {"text/plain": line(), "text/markdown": line()}
