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

from helpers.errors import describe_error
from helpers.exercises.outcomes import Outcome, RefusedError, UnansweredError, as_whole, difference, outcome, said
from helpers.exercises.sandbox import Tell

Finding = list[str] | None

NO_MEMORY = "can't allocate memory", "not enough memory", "bad_alloc"  # torch's own words
UNKNOWN = "Where this comes from the check cannot tell. The hints may help."

TOO_MUCH = "your code asks for too much memory. How large is what it creates, or does a loop never end?"
_SHAPES = "Two tensors do not fit together. Print their shapes in the line before: the check shows what you print."
ADVICE = {  # by words of torch that say little to who meets them first
    "must match the size": _SHAPES,
    "broadcast shape": _SHAPES,
    "cannot be multiplied": _SHAPES,
    "size mismatch": _SHAPES,
    "as parameter": "A layer's weight is a parameter: put the numbers into its `.data`.",
    "argument 'keepdim'": "Several dimensions go in as a tuple, in brackets of their own.",
    "does not require grad": "Autograd is switched off here: add up the uses yourself.",
    "inference": "Autograd is switched off here: add up the uses yourself.",
}


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
        number = as_whole(answer)
        if number is None:
            return [f"Expected a whole number, came {said(answer)}."]
        if number == self.right:
            return []
        return [f"It is not {said(answer)}.", self.mistakes.get(number, UNKNOWN)]


def called(written: Callable, *case: Any) -> Any:
    """Call what a learner wrote with copies of the tensors, so that it may change them."""
    return written(*(part.clone() if isinstance(part, torch.Tensor) else part for part in case))


def called_without_autograd(written: Callable, *case: Any) -> Any:
    """Call it where autograd is off."""
    with torch.inference_mode():
        return called(written, *case)


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
        torch.manual_seed(0)
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
                    told = f"{self._at(case)}: {name}{differs}"
                    return [told] if found.get(part) is None else [told, self._reason(part, cases, came, case)]
        return stopped

    def _outcome(self, written: Callable, case: tuple) -> Outcome:
        torch.manual_seed(0)
        with refuse_errors(written):
            return outcome(self.probe(written, *case), self.parts)

    def _reason(self, part: str, cases: list[tuple], came: list[Outcome], first: tuple) -> str:
        """Return the misunderstanding that leads to the same: in all cases, or else up to the first wrong one."""
        until = 1 + next(number for number, case in enumerate(cases) if case is first)
        for count in (len(came), until):
            for words, mistake in self.mistakes.items():
                with contextlib.suppress(RefusedError):
                    found = [self._outcome(mistake, case).get(part) for case in cases[:count]]
                    if all(difference(wrong, of.get(part)) is None for wrong, of in zip(found, came, strict=False)):
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
        where = "In your code" if any(callable(part) for part in answer) else "In your answer"
        tell(where)
        torch.manual_seed(0)
        try:
            with refuse_errors(next((part for part in answer if callable(part)), None)):
                return list(islice(self.problems(*answer), 1))
        except UnansweredError:
            return None
        except RefusedError as problem:
            return [f"{where}: {problem}"]


@contextlib.contextmanager
def refuse_errors(written: Callable | None) -> Iterator[None]:
    """Turn whatever a learner's code raises into RefusedError, with the line that led to it."""
    try:
        yield
    except (UnansweredError, RefusedError):
        raise
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        if isinstance(error, MemoryError) or any(words in str(error) for words in NO_MEMORY):
            raise RefusedError(TOO_MUCH) from None
        advice = "".join(f"\n{words}" for pattern, words in ADVICE.items() if pattern in str(error))
        raise RefusedError(f"your code stopped with {describe_error(error, written)}{advice}") from error


def _brief(value: Any) -> str:
    return f"a tensor of {tuple(value.shape)}" if isinstance(value, torch.Tensor) else said(value)
