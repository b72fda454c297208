"""Read a learner's page. It may come from anyone, so only what is as it should be is taken, and not too much of it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from helpers.progress import Exercise, Prediction, State
from helpers.progress.page import BEGIN, END, Page, tidy_name

MOST_TEXT, MOST_ENTRIES = 20_000, 200


def read_page(text: str) -> Page:
    """Return what a page holds. Raises ValueError, with words to put behind its name, for what is no such page."""
    start = text.rfind(BEGIN)
    if start < 0:
        raise ValueError("is no page that a notebook saved")
    try:
        data = json.loads(text[start + len(BEGIN) :].partition(END)[0])
        return Page(
            lesson=_take_text(data["lesson"]),
            title=_take_text(data["title"]),
            name=tidy_name(_take_text(data["name"])),
            saved=datetime.fromisoformat(_take_text(data["saved"])).astimezone(UTC),
            session=_take_text(data["session"]),
            predictions=_take_dict(data["predictions"], _take_prediction),
            exercises=_take_dict(data["exercises"], _take_exercise),
        )
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        raise ValueError("was changed or cut off: the data in it cannot be read") from None


def _take_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value[:MOST_TEXT]


def _take_list(value: Any, take: Callable[[Any], Any] = _take_text) -> list:
    if not isinstance(value, list):
        raise TypeError
    return [take(part) for part in value[:MOST_ENTRIES]]


def _take_dict(value: Any, take: Callable[[Any], Any] = _take_text) -> dict:
    if not isinstance(value, dict):
        raise TypeError
    return {_take_text(key): take(part) for key, part in islice(value.items(), MOST_ENTRIES)}


def _take_prediction(value: Any) -> Prediction:
    return Prediction(
        answers=_take_list(value["answers"]),
        right=None if value["right"] is None else _take_text(value["right"]),
        asked=_take_text(value["asked"]),
        chosen=_take_list(value["chosen"]),
        reasons=_take_dict(value["reasons"]),
    )


def _take_exercise(value: Any) -> Exercise:
    if not isinstance(value["tries"], int):
        raise TypeError
    return Exercise(
        state=State(value["state"]),
        tries=value["tries"],
        code=_take_text(value["code"]),
        findings=_take_list(value["findings"], _take_list),
        asked=_take_text(value["asked"]),
    )
