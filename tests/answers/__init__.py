"""Answers to the exercises: right ones written in different ways, and wrong ones that people really give."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answers:
    """Answers to one exercise by a name that says what they do; each is a tuple of what `check` takes after the number.

    A wrong one comes with words that its message has to contain and that no other message of the exercise contains.
    """

    right: dict[str, tuple]
    wrong: dict[str, tuple[tuple, str]]


def only(answer: Any) -> tuple:
    """Return the tuple of a single answer."""
    return (answer,)
