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


def record(kind: str, question: str, state: State) -> None:
    """Record how a question stands now, and renew the line wherever the page has it."""
    before = format_line()
    _states.setdefault(kind, {})[question] = state
    if format_line() != before:
        display(_bundle(), raw=True, display_id=LINE_ID, update=True)


def format_line() -> str:
    """Return for each kind of question how many are answered, and how many of them rightly."""
    return " ".join(_format_kind(kind, list(states.values())) for kind, states in sorted(_states.items()))


def show() -> None:
    """Show the line; it stays up to date."""
    display(_bundle(), raw=True, display_id=LINE_ID)


def _format_kind(kind: str, states: list[State]) -> str:
    answered = len(states) - states.count(State.OPEN)
    return f"{kind.capitalize()}: {answered} of {len(states)} answered, {states.count(State.RIGHT)} right."


def _bundle() -> dict[str, str]:
    return {"text/plain": format_line(), "text/markdown": format_line()}
