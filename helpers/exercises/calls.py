"""How the code of an answer is called: its errors in words, and what a first call may leave for a second one."""

import contextlib
import copy
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from helpers.errors import describe_error
from helpers.exercises.outcomes import RefusedError, UnansweredError

NO_MEMORY = "can't allocate memory", "not enough memory", "bad_alloc"  # torch's own words
CHANGES = "Your code changes `{}` itself, which its caller still needs. Work on a copy."
KEEPS = "Does your code keep something from call to call, outside the function or as a default value?"

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


def call(written: Callable, *case: Any) -> Any:
    """Call what a learner wrote with copies of the tensors, so that what it changes is not met again."""
    return written(*(part.clone() if isinstance(part, Tensor) else part for part in case))


def call_without_autograd(written: Callable, *case: Any) -> Any:
    """Call it where autograd is off."""
    with torch.inference_mode():
        return call(written, *case)


def call_twice(written: Callable, names: list[str], changed: list[str], *case: Any) -> Any:
    """Call it with the same twice, and return what comes last; names of tensors that change go to `changed`."""
    before = copy.deepcopy(case)
    pairs = list(zip(before, case, strict=True))
    written(*(old if isinstance(old, nn.Module) else new for old, new in pairs))  # a layer may be changed
    for name, (old, new) in zip(names, pairs, strict=False):
        if isinstance(old, Tensor) and not torch.equal(old, new):
            changed.append(name)
    torch.manual_seed(0)
    return written(*case)


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
