"""How a class has answered the questions of one notebook: a row a question, what most have wrong first."""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from textwrap import shorten

from helpers.progress import Exercise, Prediction, State
from helpers.progress.page import Page

MOST_ROWS, MOST_CHOICES = 100, 12  # no notebook has as many, but a page may come from anyone

cut = partial(shorten, width=500, placeholder=" …")


@dataclass
class Row:
    """A question, how many have answered it, how many of them are right and wrong now, and what is behind the wrong.

    `wrong` is None for a vote. `choices` of a prediction are the words, whether they are right, and how many chose them
    first and now; `tries` is the median of those who tried an exercise.
    """

    asked: str
    answered: int
    right: int
    wrong: int | None
    behind: str = ""
    choices: list[tuple[str, bool, int, int]] = field(default_factory=list)
    tries: float = 0


def count_predictions(pages: list[Page]) -> list[Row]:
    """Return a row for each prediction, and votes last."""
    return _sort([_count_prediction(name, kept) for name, kept in _gather(pages, "predictions").items()])


def count_exercises(pages: list[Page]) -> list[Row]:
    """Return a row for each exercise."""
    return _sort([_count_exercise(number, kept) for number, kept in _gather(pages, "exercises").items()])


def find_worst(rows: list[Row]) -> Row | None:
    """Return the question that most have wrong now; None where all that was answered is right."""
    worst = max(rows, key=lambda row: row.wrong or 0, default=None)
    return worst if worst and worst.wrong else None


def _gather(pages: list[Page], kind: str) -> dict[str, list]:
    found: dict[str, list] = {}
    for page in pages:
        for name, kept in getattr(page, kind).items():
            found.setdefault(name, []).append(kept)
    return found


def _count_prediction(name: str, kept: list[Prediction]) -> Row:
    answers, right = _find_most((tuple(one.answers), one.right) for one in kept)
    given = [one for one in kept if one.chosen]
    first, now = (Counter(one.chosen[place] for one in given) for place in (0, -1))
    words = list(dict.fromkeys([*answers, *first, *now]))[:MOST_CHOICES]
    return Row(
        asked=cut(_find_most(one.asked for one in kept) or name),
        answered=len(given),
        right=now[right],
        wrong=None if right is None else len(given) - now[right],
        behind="" if right is None else _describe_mistake(first, right, given),
        choices=[(cut(choice), choice == right, first[choice], now[choice]) for choice in words],
    )


def _describe_mistake(first: Counter[str], right: str, given: list[Prediction]) -> str:
    """Return which wrong answer was chosen first most often, and why people choose it."""
    wrong = [choice for choice, _ in first.most_common() if choice != right][:1]
    for choice in wrong:
        reason = _find_most(one.reasons[choice] for one in given if choice in one.reasons)
        return f"{first[choice]} chose “{cut(choice)}”. {cut(reason or '')}".strip()
    return ""


def _count_exercise(number: str, kept: list[Exercise]) -> Row:
    tried = [one for one in kept if one.tries]
    right = sum(one.state is State.RIGHT for one in tried)
    # The last part of a finding names the misunderstanding; each learner counts once for each.
    said = Counter(words for one in tried for words in {found[-1].split("\n")[0] for found in one.findings if found})
    return Row(
        asked=cut(f"**Exercise {number}.** {_find_most(one.asked for one in kept)}"),
        answered=len(tried),
        right=right,
        wrong=len(tried) - right,
        behind="".join(f"The check said to {count}: “{cut(words)}”" for words, count in said.most_common(1)),
        tries=median([one.tries for one in tried] or [0]),
    )


def _find_most(values):
    """Return the value that comes most often; None of nothing."""
    return next((value for value, _ in Counter(values).most_common(1)), None)


def _sort(rows: list[Row]) -> list[Row]:
    """Return the rows by how many are wrong, and then by their share; votes last."""
    return sorted(rows, key=lambda row: (-1, 0) if row.wrong is None else (row.wrong, -row.right), reverse=True)[
        :MOST_ROWS
    ]
