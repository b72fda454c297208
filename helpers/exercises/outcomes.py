"""What an answer leads to, named part by part, and how that differs from what it should lead to."""

from inspect import isclass, isroutine
from numbers import Real
from typing import Any

import torch
from torch import Tensor, nn

from helpers.counting.formatting import format_value

TOLERANCE = 1e-4  # of the largest expected value: float32 sums in any order stay below, and no mistake does

Outcome = dict[str, Any]  # by the name of a part; a part without a name is all there is


class UnansweredError(Exception):
    """The answer still holds the dots of the question."""


class RefusedError(Exception):
    """An answer that cannot be graded further; says why."""


def name_parts(result: Any, parts: tuple[str, ...] = ()) -> Outcome:
    """Return the parts of a result by name. Raises UnansweredError for dots, and RefusedError for another number."""
    values = result.values() if isinstance(result, dict) else result if isinstance(result, tuple | list) else (result,)
    if any(value is ... for value in values):
        raise UnansweredError
    if isinstance(result, dict):
        return result
    if not parts:
        return {"": result}
    if not isinstance(result, tuple | list) or len(result) != len(parts):
        found = f"came {len(result)} values." if isinstance(result, tuple | list) else describe_found(result)
        raise RefusedError(f"expected {len(parts)} values, {', '.join(parts)}; {found}")
    return dict(zip(parts, result, strict=True))


def refuse_dots(value: Any) -> Any:
    """Return what a learner's code returned, or raise UnansweredError for dots."""
    if value is ...:
        raise UnansweredError
    return value


def describe_difference(expected: Any, found: Any) -> str | None:
    """Return how one part differs from what is expected, its shape first; None where it does not."""
    wanted, numbers = as_numbers(expected), as_numbers(found)
    if wanted is None and numbers is None and _is_equal(found, expected):
        return None
    if wanted is None or numbers is None:
        return f"expected {describe(expected)}, {describe_found(found)}"
    if numbers.shape != wanted.shape:
        return f"expected {_describe_shape(wanted)}, came {_describe_shape(numbers)}."
    largest = wanted.abs().max().item() if wanted.numel() else 0
    allowed = 0 if isinstance(expected, int) else TOLERANCE * max(1e-3, largest)
    wrong = ~torch.isclose(numbers, wanted, rtol=0, atol=allowed)
    if not wrong.any():
        return None
    if numbers.dim() == 0:
        return f"expected {describe(expected)}, {describe_found(found)}"
    place = tuple(wrong.nonzero()[0].tolist())
    where = f"[{', '.join(map(str, place))}]"
    return f"at {where} expected {wanted[place].item():.4g}, came {numbers[place].item():.4g}."


def as_numbers(value: Any) -> Tensor | None:
    """Return a number, or numbers in a list, an array or a tensor, as a tensor; None for anything else."""
    if isinstance(value, bool | str | bytes) or value is None or (isinstance(value, Tensor) and value.is_complex()):
        return None
    try:
        if isinstance(value, list) and any(isinstance(part, Tensor) for part in value):
            value = torch.stack([torch.as_tensor(part) for part in value])
        return torch.as_tensor(value, dtype=torch.float64).detach()
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None


def _is_equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except (ValueError, RuntimeError):  # of lists that hold arrays or tensors
        return False


def as_whole(value: Any) -> int | None:
    """Return a whole number, however it is written, as an int; None for anything else."""
    number = as_numbers(value)
    if number is None or number.dim() or not torch.isfinite(number) or number % 1:
        return None
    return int(number)


def describe_found(value: Any) -> str:
    """Describe what came instead of what was expected."""
    return f"came {describe(value)}." + (" Is a `return` missing?" if value is None else "")


def describe(value: Any) -> str:
    """Describe a value in a few words."""
    if isinstance(value, Tensor) and value.dim() == 0:
        value = value.item()
    if isinstance(value, Tensor):
        return _describe_shape(value)
    if isclass(value):
        return f"the class {value.__name__}"
    if isroutine(value):
        return "a function"
    if not isinstance(value, Real) or isinstance(value, bool) or (isinstance(value, int) and abs(value) >= 10**15):
        return format_value(value)
    if abs(value) < 10**15 and value == int(value):
        return f"{int(value):,}"
    return f"{float(value):.4g}"


def _describe_shape(numbers: Tensor) -> str:
    return f"the shape {tuple(numbers.shape)}" if numbers.dim() else "a single number"


def fill_parameters(module: nn.Module) -> None:
    """Set each parameter to values that depend on its shape alone, whatever its name and which way round it is kept."""
    for parameter in module.parameters():
        values = torch.linspace(-0.6, 1, parameter.numel()).view_as(parameter)
        parameter.data = (values + values.T) / 2 if values.dim() == 2 and len(values) == len(values.T) else values
