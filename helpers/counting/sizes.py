"""Check that arguments are whole numbers or pairs of them."""

from operator import index

from helpers.counting.formatting import format_value

Size = int | tuple[int, int]


def as_int(name: str, value: int, minimum: int = 1) -> int:
    """Return `value` as an int, or raise a TypeError or ValueError that names the argument and what is allowed."""
    try:
        number = None if isinstance(value, bool) else index(value)
    except TypeError:
        number = None
    if number is None:
        raise TypeError(
            f"{name}={format_value(value)} is a {type(value).__name__}; allowed is an int, {minimum} or larger"
        )
    if number < minimum:
        raise ValueError(f"{name}={format_value(number)} is too small; allowed is an int, {minimum} or larger")
    return number


def as_pair(name: str, value: Size, minimum: int = 1) -> tuple[int, int]:
    """Return an int or a pair of ints as a (height, width) pair, or raise as `as_int` does."""
    if not isinstance(value, tuple | list):
        value = (value, value)
    if len(value) != 2:
        raise ValueError(
            f"{name}={format_value(value)} has {len(value)} entries; allowed is an int or a (height, width) pair"
        )
    return as_int(name, value[0], minimum), as_int(name, value[1], minimum)
