"""How a class has answered the questions of one notebook: a row a question, what most have wrong first."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cache, partial
from importlib import import_module
from statistics import median
from textwrap import shorten
from typing import Any

from helpers.progress import Exercise, Prediction, State
from helpers.progress.page import Page

MOST_ROWS, MOST_CHOICES = 100, 12  # no notebook has as many, but a page may come from anyone

cut = partial(shorten, width=500, placeholder=" …")


@dataclass
class Row:
    """A question, how many have answered it, how many of them are right and wrong now, and what is behind the wrong.

    `wrong` is None for a vote. `choices` of a prediction are the words, whether they are right, and how many chose them
    first and now; `tries` is the median of those who tried an exercise. `early` questions come before the notebooks.
    """

    asked: str
    answered: int
    right: int
    wrong: int | None
    behind: str = ""
    choices: list[tuple[str, bool, int, int]] = field(default_factory=list)
    tries: float = 0
    early: bool = False


def count_predictions(pages: list[Page]) -> list[Row]:
    """Return a row for each prediction, and votes last."""
    return _sort([_count_prediction(name, kept) for name, kept in _gather(pages, "predictions").items()])


def count_exercises(pages: list[Page]) -> list[Row]:
    """Return a row for each exercise."""
    return _sort([_count_exercise(number, kept) for number, kept in _gather(pages, "exercises").items()])


def find_worst(rows: list[Row]) -> Row | None:
    """Return the question that most have wrong now, an early one only if no other is answered; None for none."""
    later = [row for row in rows if row.answered and not row.early]
    worst = max(later or rows, key=lambda row: row.wrong or 0, default=None)
    return worst if worst and worst.wrong else None


def _gather(pages: list[Page], kind: str) -> dict[str, list]:
    found: dict[str, list] = {}
    for page in pages:
        for name, kept in getattr(page, kind).items():
            found.setdefault(name, []).append(kept)
    return found


def _count_prediction(name: str, kept: list[Prediction]) -> Row:
    answers, right = _find_most((tuple(one.answers), one.right) for one in kept)
    asked, reasons = _find_most(one.asked for one in kept) or name, {}
    given = [one for one in kept if one.chosen]
    for one in given:
        reasons |= one.reasons
    early = _list_early().get(name)
    if early:
        right, asked = early.right, f"Before: {name}"
        reasons = {answer: mistake[1] for answer, mistake in early.answers.items() if mistake}
    first, now = (Counter(one.chosen[place] for one in given) for place in (0, -1))
    words = list(dict.fromkeys([*answers, *first, *now]))[:MOST_CHOICES]
    return Row(
        asked=cut(asked),
        answered=len(given),
        right=now[right],
        wrong=None if right is None else len(given) - now[right],
        behind="" if right is None else _describe_mistake(first, right, reasons),
        choices=[(cut(choice), choice == right, first[choice], now[choice]) for choice in words],
        early=early is not None,
    )


@cache
def _list_early() -> dict[str, Any]:
    """Return the quiz's first questions by their words: what is right the learners are not told, but the teacher is."""
    return {question.text: question for question in import_module("helpers.lessons.quiz.questions").BEFORE}


def _describe_mistake(first: Counter[str], right: str, reasons: dict[str, str]) -> str:
    """Return which wrong answer was chosen first most often, and why people choose it."""
    wrong = [choice for choice, _ in first.most_common() if choice != right][:1]
    return "".join(f"{first[choice]} chose “{cut(choice)}”. {cut(reasons.get(choice, ''))}".strip() for choice in wrong)


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
    """Return the rows by how many are wrong, and then by their share; early ones and votes last."""

    def place(row: Row) -> tuple[bool, bool, int, int]:
        return row.wrong is None, row.early, -(row.wrong or 0), row.right

    return sorted(rows, key=place)[:MOST_ROWS]
