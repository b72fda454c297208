"""What a learner can move: sliders over numbers, choices among words, and presets that move several of them at once."""

import inspect
import math
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

MOST_STOPS = 10_000  # more than the pixels of any slider
MOST_CHOICES = 20

Value = Real | str
Range = tuple[Real, ...] | list[str] | Callable[..., tuple[Real, ...]]


def find_starts(function: Callable, ranges: dict[str, Range]) -> dict[str, Value]:
    """Return where each control starts: the default of the function's parameter, which has to lie in the range."""
    parameters = inspect.signature(function).parameters
    for name in ranges:
        if name not in parameters:
            raise TypeError(f"{name} is not a parameter of {function.__name__}; allowed are {', '.join(parameters)}")
        default = parameters[name].default
        if not isinstance(ranges[name], list) and (isinstance(default, bool) or not isinstance(default, Real)):
            raise TypeError(f"{name} has no number as its default in {function.__name__}; a slider needs one to start")
    for name, given in ranges.items():
        if callable(given):
            unknown = [other for other in inspect.signature(given).parameters if other not in ranges]
            if unknown:
                raise TypeError(f"the range of {name} depends on {unknown[0]}, which is not a slider of this panel")
    starts = {name: parameters[name].default for name in ranges}
    check_values(ranges, starts, "starts")
    return starts


def list_presets(presets: dict[str, tuple[Value, ...]], ranges: dict[str, Range]) -> list[dict[str, Any]]:
    """Return presets as the page needs them; each says a value for every control, in their order."""
    found = []
    for name, given in presets.items():
        if not isinstance(given, tuple) or len(given) != len(ranges):
            raise TypeError(f"the preset {name!r} is {given!r}; allowed is one value each for {', '.join(ranges)}")
        values = dict(zip(ranges, given, strict=True))
        check_values(ranges, values, f"of the preset {name!r} is")
        found.append({"name": name, "values": values})
    return found


def check_values(ranges: dict[str, Range], values: dict[str, Value], what: str) -> None:
    """Raise ValueError for the first value that is outside its range."""
    for name, given in ranges.items():
        value = values[name]
        if isinstance(given, list) and value not in _as_choices(name, given):
            raise ValueError(f"{name}={value} {what} outside its range; allowed is {', '.join(given)}")
        if not isinstance(given, list) and (isinstance(value, bool) or not isinstance(value, Real)):
            raise ValueError(f"{name}={value!r} {what} outside its range; allowed is a number")
    for control in list_controls(ranges, values):
        if "choices" in control:
            continue
        name, value = control["name"], values[control["name"]]
        if control["value"] != value:  # it has been brought to the nearest stop
            raise ValueError(
                f"{name}={value} {what} outside its range; allowed is {control['first']} to {control['last']}"
                + (f" in steps of {control['step']}" if control["step"] != 1 else "")
            )


def list_controls(ranges: dict[str, Range], values: dict[str, Value]) -> list[dict[str, Any]]:
    """Return each control's choices or ends, and its value, brought to the nearest stop between the ends.

    Raises ValueError for a value that is no finite number.
    """
    found, values = [], dict(values)
    for name, given in ranges.items():
        value = values[name]
        if isinstance(given, list):
            found.append({"name": name, "choices": _as_choices(name, given), "value": value})
            continue
        if callable(given):
            given = given(**{other: values[other] for other in inspect.signature(given).parameters})
        first, last, step = _as_range(name, given)
        if not math.isfinite(value):
            raise ValueError(f"{name}={value} is outside its range; allowed is {first} to {last}")
        value = min(max(value, first), last)
        steps = (value - first) / step
        off = abs(steps - round(steps)) > 1e-6  # more than a float's rounding
        values[name] = first + round(steps) * step if off else value
        found.append({"name": name, "first": first, "last": last, "step": step, "value": values[name]})
    return found


def _as_choices(name: str, given: list[str]) -> list[str]:
    words = all(isinstance(choice, str) and choice for choice in given)
    if not words or not 2 <= len(given) <= MOST_CHOICES or len(set(given)) != len(given):
        raise TypeError(f"the range of {name} is {given!r}; allowed in a list are 2 to {MOST_CHOICES} different words")
    return given


def _as_range(name: str, given: tuple[Real, ...]) -> tuple[Real, Real, Real]:
    numbers = isinstance(given, tuple) and all(isinstance(n, Real) and not isinstance(n, bool) for n in given)
    if not numbers or len(given) not in (2, 3):
        raise TypeError(
            f"the range of {name} is {given!r}; allowed is (first, last), (first, last, step) or a list of words"
        )
    whole = all(isinstance(n, Integral) for n in given)
    first, last, step = given if len(given) == 3 else (*given, 1 if whole else 0.1)
    if not (first <= last and step > 0 and last - first < float("inf")):
        raise ValueError(f"the range of {name} is {given!r}; allowed is first <= last and a step above 0")
    stops = (last - first) / step
    if stops > MOST_STOPS or abs(stops - round(stops)) > 1e-6:
        raise ValueError(
            f"the range of {name} is {given!r}; allowed are at most {MOST_STOPS} whole steps from the first to the last"
        )
    return first, last, step
