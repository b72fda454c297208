"""Format numbers, sizes and amounts of memory for sentences and labels."""

import reprlib


def format_size(pair: tuple[int, int]) -> str:
    """Return a (height, width) pair as 3×3."""
    return f"{format_value(pair[0])}×{format_value(pair[1])}"


def format_value(value: object) -> str:
    """Return any value, however long, in a few characters."""
    try:
        return reprlib.repr(value)
    except ValueError:  # Python does not write out an int of more than 4,300 digits
        return f"<{type(value).__name__} too long to show>"


def format_count(number: int) -> str:
    """Return a count in digits, or from a million on in three of them: 9,216, or 43.5 billion."""
    return _format_in_units(number, [("million", 6), ("billion", 9), ("trillion", 12), ("quadrillion", 15)], "")


def format_bytes(number: int) -> str:
    """Return an amount of memory in decimal units: 324 bytes, 2.65 MB, 174 GB."""
    return _format_in_units(number, [("KB", 3), ("MB", 6), ("GB", 9), ("TB", 12), ("PB", 15)], " bytes")


def format_quantity(number: int, noun: str) -> str:
    """Return a number of things: 1 channel, 3 channels, 1,024 weights."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def format_times(number: int) -> str:
    """Return how often something happens: not at all, once, 3 times."""
    return {0: "not at all", 1: "once"}.get(number, f"{number:,} times")


def format_signed(value: float) -> str:
    """Return a number with its sign, in two decimals."""
    return format_number(value, "+.2f")


def format_number(value: float, spec: str = "") -> str:
    """Return a number by a format specification of Python's, with a minus sign for a hyphen."""
    return f"{value:{spec}}".replace("-", "−")


def _format_in_units(number: int, units: list[tuple[str, int]], plain: str) -> str:
    for unit, power in reversed(units):
        rounded = float(f"{number / 10**power:.3g}")  # 999.6 million reads as 1 billion, not as 1e+03 million
        if rounded >= 1 and (number >= 10**power or power > units[0][1]):
            return f"{rounded:,.0f} {unit}" if rounded >= 100 else f"{rounded:.3g} {unit}"
    return f"{number:,}{plain}"
