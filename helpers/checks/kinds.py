"""The kinds of exercises: a number to work out, code to write, and a design that has to meet conditions.

Each states what is right, and what likely misunderstandings lead to. `judge(tell, *answer)` returns what is wrong in
words: nothing where all is right, and None where there is no answer yet. It is meant for `guard.guarded`.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from inspect import isclass, signature
from itertools import islice
from typing import Any

import torch

from helpers.checks.guard import Tell
from helpers.checks.outcomes import Outcome, RefusedError, UnansweredError, as_numbers, difference, outcome, said
from helpers.trouble import in_words

Finding = list[str] | None

NO_MEMORY = "can't allocate memory", "not enough memory"  # torch's own words
UNKNOWN = "No common slip leads there. The first hint may help."


@dataclass(frozen=True)
class Number:
    """A whole number to work out by hand; `mistakes` maps wrong ones to the misunderstanding behind them.

    What is said of a wrong answer tells neither the right one nor how far away it is.
    """

    right: int
    mistakes: dict[int, str]
    takes = 1

    def judge(self, tell: Tell, answer: Any) -> Finding:
        """Say what is wrong with an answer."""
        if answer is ...:
            return None
        number = as_numbers(answer)
        if number is None or number.dim() or not torch.isfinite(number) or number.item() % 1:
            return [f"Expected a whole number, came {said(answer)}."]
        if number.item() == self.right:
            return []
        return [f"It is not {said(answer)}.", self.mistakes.get(int(number.item()), UNKNOWN)]


def called(written: Callable, *case: Any) -> Any:
    """Call what a learner wrote with copies of the tensors, so that it may change them."""
    return written(*(part.clone() if isinstance(part, torch.Tensor) else part for part in case))


@dataclass(frozen=True)
class Code:
    """A function or class to write, tried on all `cases`, each a tuple of arguments.

    `right` is one that does it right; `mistakes` maps a misunderstanding in words to code that has it. `parts` names
    the values of a tuple that is returned. `probe(written, *case)` returns what is compared: the result of a call, or a
    dict of what it found by name. `where(*case)` says a case in words.
    """

    right: Callable
    cases: Callable[[], Iterable[tuple]]
    mistakes: dict[str, Callable] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    probe: Callable[..., Any] = called
    where: Callable[..., str] | None = None
    takes = 1

    def judge(self, tell: Tell, answer: Any) -> Finding:
        """Say where the results of a function or class differ first, and why that may be."""
        if answer is ...:
            return None
        if not callable(answer) or isclass(answer) != isclass(self.right):
            return [f"Expected a {'class' if isclass(self.right) else 'function'}, came {said(answer)}."]
        cases, came, stopped = list(self.cases()), [], []
        for case in cases:
            tell(self._at(case))
            try:
                came.append(self._outcome(answer, case))
            except UnansweredError:
                return None
            except RefusedError as problem:
                stopped = [f"{self._at(case)}: {problem}"]
                break
        for case, found in zip(cases, came, strict=False):
            for part, wanted in self._outcome(self.right, case).items():
                differs = difference(wanted, found.get(part))
                if differs:
                    name = f"{part}: " if part else ""
                    reason = self._reason(part, cases[: len(came)], came) if found.get(part) is not None else ""
                    return [f"{self._at(case)}: {name}{differs}", *([reason] if reason else [])]
        return stopped

    def _outcome(self, written: Callable, case: tuple) -> Outcome:
        torch.manual_seed(0)
        with said_in_words(written):
            return outcome(self.probe(written, *case), self.parts)

    def _reason(self, part: str, cases: list[tuple], came: list[Outcome]) -> str:
        """Return the misunderstanding that leads to the same in the part that differs."""
        for words, mistake in self.mistakes.items():
            with contextlib.suppress(RefusedError):
                found = [self._outcome(mistake, case).get(part) for case in cases]
                if all(difference(wrong, of.get(part)) is None for wrong, of in zip(found, came, strict=True)):
                    return words
        return UNKNOWN

    def _at(self, case: tuple) -> str:
        if self.where:
            return self.where(*case)
        named = zip(signature(self.right).parameters, case, strict=False)
        return "With " + ", ".join(f"{name}={_brief(value)}" for name, value in named)


@dataclass(frozen=True)
class Design:
    """Something to choose or to build, for which many answers are right.

    `problems(*answer)` yields in words what is not as asked, the most basic first; nothing where all is.
    """

    problems: Callable[..., Iterable[str]]
    takes: int = 1

    def judge(self, tell: Tell, *answer: Any) -> Finding:
        """Say the first thing that is not as asked."""
        if any(part is ... for part in answer):
            return None
        tell("In this design")
        torch.manual_seed(0)
        try:
            with said_in_words(next((part for part in answer if callable(part)), None)):
                return list(islice(self.problems(*answer), 1))
        except UnansweredError:
            return None
        except RefusedError as problem:
            return [f"In this design: {problem}"]


@contextlib.contextmanager
def said_in_words(written: Callable | None) -> Iterator[None]:
    """Turn whatever a learner's code raises into RefusedError, with the line that led to it."""
    try:
        yield
    except (UnansweredError, RefusedError):
        raise
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        if isinstance(error, MemoryError) or any(words in str(error) for words in NO_MEMORY):
            raise RefusedError("your code asks for too much memory. How large is what it creates?") from None
        raise RefusedError(f"your code stopped with {in_words(error, written)}") from error


def _brief(value: Any) -> str:
    return f"a tensor of {tuple(value.shape)}" if isinstance(value, torch.Tensor) else said(value)
