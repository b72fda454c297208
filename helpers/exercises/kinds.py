"""The kinds of exercises: a number to work out, code to write, and a design that has to meet conditions.

Each says what is right, and what likely mistakes lead to. `grade(report, *answer)` returns what is wrong in words:
nothing where all is right, and None where there is no answer yet. It is meant for `sandbox.run`.
"""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from inspect import isclass, signature
from itertools import islice
from typing import Any

import torch

from helpers.exercises.calls import CHANGES, KEEPS, call, call_twice, refuse_errors
from helpers.exercises.outcomes import (
    Outcome,
    RefusedError,
    UnansweredError,
    as_whole,
    describe,
    describe_difference,
    name_parts,
)
from helpers.exercises.sandbox import Report

Finding = list[str] | None

UNKNOWN = "Where this comes from the check cannot tell. The hints may help."


@dataclass(frozen=True)
class Number:
    """A whole number to work out by hand; `mistakes` maps wrong ones to the misunderstanding behind them.

    What is said of a wrong answer tells neither the right one nor how far away it is.
    """

    right: int
    mistakes: dict[int, str]
    takes = 1

    def grade(self, report: Report, answer: Any) -> Finding:
        """Return what is wrong with an answer."""
        if answer is ...:
            return None
        number = as_whole(answer)
        if number is None:
            return [f"Expected a whole number, came {describe(answer)}."]
        if number == self.right:
            return []
        return [f"It is not {describe(answer)}.", self.mistakes.get(number, UNKNOWN)]


@dataclass(frozen=True)
class Mistake:
    """Code with a likely mistake, and the words for who makes it."""

    function: Callable
    words: str


class Code:
    """A function or class to write. It decorates the right one, and its `mistake` the likely wrong ones.

        @Code(cases=lambda: [(2,), (3,)])
        def area(side):
            return side**2

        @area.mistake("That is the length of the sides.")
        def length(side):
            return 4 * side

    `cases` returns tuples of arguments. `parts` names the values of a tuple that is returned. `probe(written, *case)`
    returns what is compared: the result of a call, or a dict of what it found by name. `where(*case)` describes a case.
    """

    takes = 1

    def __init__(
        self,
        cases: Callable[[], Iterable[tuple]],
        probe: Callable[..., Any] = call,
        parts: tuple[str, ...] = (),
        where: Callable[..., str] | None = None,
    ) -> None:
        self.cases, self.probe, self.parts, self.where = cases, probe, parts, where
        self.right: Callable | None = None
        self.mistakes: list[Mistake] = []

    def __call__(self, right: Callable) -> "Code":
        """Take what does it right, and return the exercise."""
        self.right = right
        return self

    def mistake(self, words: str) -> Callable[[Callable], Callable]:
        """Register the decorated code as a likely mistake, with the words for who makes it."""

        def register(function: Callable) -> Callable:
            self.mistakes.append(Mistake(function, words))
            return function

        return register

    def grade(self, report: Report, answer: Any) -> Finding:
        """Return where the results of a function or class differ first, and why that may be."""
        if answer is ...:
            return None
        if not callable(answer) or isclass(answer) != isclass(self.right):
            return [f"Expected a {'class' if isclass(self.right) else 'function'}, came {describe(answer)}."]
        torch.manual_seed(0)
        cases, found, stopped = list(self.cases()), [], []
        for case in cases:
            report(self._describe(case))
            try:
                found.append(self.outcome(answer, case))
            except UnansweredError:
                return None
            except RefusedError as problem:
                stopped = [f"{self._describe(case)}: {problem}"]
                break
        for case, parts in zip(cases, found, strict=False):
            for part, wanted in self.outcome(self.right, case).items():
                differs = describe_difference(wanted, parts.get(part))
                if differs:
                    name = f"{part}: " if part else ""
                    told = f"{self._describe(case)}: {name}{differs}"
                    reason = self._reason(part, cases, found, case) or self._what_remains(answer, case) or UNKNOWN
                    return [told] if parts.get(part) is None else [told, reason]
        return stopped or self._call_again(report, answer)

    def outcome(self, written: Callable, case: tuple) -> Outcome:
        """Return what some code leads to in a case; raises UnansweredError or RefusedError."""
        torch.manual_seed(0)
        with refuse_errors(written):
            return name_parts(self.probe(written, *case), self.parts)

    def _call_again(self, report: Report, answer: Callable) -> list[str]:
        """Return what a second call leads to, with the same sizes as before and other numbers, if it is not right."""
        torch.manual_seed(1)
        for case in self.cases():
            report(self._describe(case))
            reason = self._what_remains(answer, case, self.outcome(self.right, case))
            if reason:
                return [f"{self._describe(case)}: the first call is right, another one is not.", reason]
        return []

    def _what_remains(self, answer: Callable, case: tuple, expected: Outcome | None = None) -> str | None:
        """Return what a first call may leave behind if a second does not lead to what is expected, or to the same."""
        changed: list[str] = []
        twice = partial(call_twice, answer, list(signature(self.right).parameters), changed)
        try:
            wanted, found = expected or self.outcome(answer, case), self.outcome(twice, case)
            if all(describe_difference(wanted[part], found.get(part)) is None for part in wanted):
                return None
        except (RefusedError, UnansweredError):
            pass
        return CHANGES.format(changed[0]) if changed else KEEPS

    def _reason(self, part: str, cases: list[tuple], found: list[Outcome], first: tuple) -> str | None:
        """Return the words of the mistake that leads to the same: in all cases, or else up to the first wrong one."""
        until = 1 + next(number for number, case in enumerate(cases) if case is first)
        for count in (len(found), until):
            for mistake in self.mistakes:
                with contextlib.suppress(RefusedError):
                    led = [self.outcome(mistake.function, case).get(part) for case in cases[:count]]
                    if all(describe_difference(a, b.get(part)) is None for a, b in zip(led, found, strict=False)):
                        return mistake.words
        return None

    def _describe(self, case: tuple) -> str:
        if self.where:
            return self.where(*case)
        named = zip(signature(self.right).parameters, case, strict=False)
        return "With " + ", ".join(f"{name}={_describe_argument(value)}" for name, value in named)


class Design:
    """Something to choose or to build, for which many answers are right.

    It decorates a function that takes the answer and yields in words what is not as asked, the most basic first;
    nothing where all is. `takes` is how many values an answer has.
    """

    def __init__(self, takes: int = 1) -> None:
        self.takes = takes
        self.problems: Callable[..., Iterable[str]] | None = None

    def __call__(self, problems: Callable[..., Iterable[str]]) -> "Design":
        """Take the function that yields the problems, and return the exercise."""
        self.problems = problems
        return self

    def grade(self, report: Report, *answer: Any) -> Finding:
        """Return the first thing that is not as asked."""
        if any(part is ... for part in answer):
            return None
        where = "In your code" if any(callable(part) for part in answer) else "In your answer"
        report(where)
        torch.manual_seed(0)
        try:
            with refuse_errors(next((part for part in answer if callable(part)), None)):
                return list(islice(self.problems(*answer), 1))
        except UnansweredError:
            return None
        except RefusedError as problem:
            return [f"{where}: {problem}"]


def _describe_argument(value: Any) -> str:
    return f"a tensor of {tuple(value.shape)}" if isinstance(value, torch.Tensor) else describe(value)
