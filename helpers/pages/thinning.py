"""Which settings of a panel a page keeps: all of them, or by rule as many as the budget allows."""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from helpers.live.controls import Range, Value, list_controls

BUDGET = 250  # settings of a panel that a page keeps

Settings = dict[str, Value]


@dataclass(frozen=True)
class Kept:
    """The settings that a page keeps.

    `anchors`, the first of which is the start, are always among them. Controls in `fixed` stand where an anchor has
    them; the others have their ends, where the anchors have them, and up to `most` stops by name.
    """

    ranges: dict[str, Range]
    anchors: Sequence[Settings]
    fixed: tuple[str, ...]
    most: dict[str, int]

    @cached_property
    def names(self) -> list[str]:
        """The controls, each after those that its ends depend on and those that are fixed first."""
        return [*self.fixed, *(name for name in order(self.ranges) if name not in self.fixed)]

    @cached_property
    def settings(self) -> list[Settings]:
        """All settings that are kept."""
        roots = {tuple(anchor[name] for name in self.fixed): anchor for anchor in self.anchors}
        return [found for anchor in roots.values() for found in self._extend(dict(anchor), self.names)]

    def _extend(self, values: Settings, names: Sequence[str]) -> Iterator[Settings]:
        if not names:
            yield {name: values[name] for name in self.ranges}
            return
        for stop in self.list_stops(names[0], values):
            yield from self._extend({**values, names[0]: stop}, names[1:])

    def list_stops(self, name: str, values: Settings) -> list[Value]:
        """Return the stops of one control where those before it stand at `values`."""
        if name in self.fixed:
            return [values[name]]
        stops = list_stops(self.ranges, name, values)
        wanted = {anchor[name] for anchor in self.anchors}
        return spread(stops, wanted, self.most[name])


def choose_settings(
    ranges: dict[str, Range], anchors: Sequence[Settings], runs: bool = False, budget: int = BUDGET
) -> Kept:
    """Return what to keep of all settings: the last controls are fixed where the anchors alone would break the budget.

    So are those on which the ends of a fixed one depend. Of a run only the anchors are kept.
    """
    names = list(ranges)
    free = 0 if runs else len(names)
    while True:
        needed = {other for name in names[free:] for other in _list_needed(ranges[name])}
        fixed = tuple(name for place, name in enumerate(names) if place >= free or name in needed)
        most = {name: len(given) if isinstance(given, list) else 2 for name, given in ranges.items()}
        kept = Kept(ranges, anchors, fixed, most)
        if len(kept.settings) <= budget or not free:
            return _grow(kept, budget)
        free -= 1


def _grow(kept: Kept, budget: int) -> Kept:
    """Give one stop more to the slider that has the fewest, as long as the budget allows."""
    growing = [name for name in kept.names if name not in kept.fixed and not isinstance(kept.ranges[name], list)]
    while growing:
        name = min(growing, key=lambda name: kept.most[name])
        most = kept.most[name] + 1
        larger = Kept(kept.ranges, kept.anchors, kept.fixed, {**kept.most, name: most})
        if len(larger.settings) > budget or most > _count_most(kept, name):
            growing.remove(name)
        else:
            kept = larger
    return kept


def _count_most(kept: Kept, name: str) -> int:
    """Return how many stops a slider has at most in the settings that are kept."""
    return max(len(list_stops(kept.ranges, name, values)) for values in kept.settings)


def list_stops(ranges: dict[str, Range], name: str, values: Settings) -> list[Value]:
    """Return all stops of one control where the others stand at `values`."""
    given = ranges[name]
    if isinstance(given, list):
        return given
    (control,) = (one for one in list_controls(ranges, values) if one["name"] == name)
    count = round((control["last"] - control["first"]) / control["step"])
    return [round(control["first"] + place * control["step"], 10) for place in range(count + 1)]


def spread(stops: Sequence[Value], wanted: set[Value], most: int) -> list[Value]:
    """Return the ends of some stops, those wanted, and others in the middle of the widest gaps, up to so many."""
    kept = {0, len(stops) - 1} | {place for place, stop in enumerate(stops) if stop in wanted}
    while len(kept) < min(most, len(stops)):
        places = sorted(kept)
        before, after = max(pairwise(places), key=lambda gap: gap[1] - gap[0])
        kept.add((before + after) // 2)
    return [stops[place] for place in sorted(kept)]


def count_settings(ranges: dict[str, Range], starts: Settings) -> int:
    """Return how many settings there are in all."""
    needed = {name for given in ranges.values() for name in _list_needed(given)}

    def count(values: Settings, names: Sequence[str]) -> int:
        if not names:
            return 1
        stops = list_stops(ranges, names[0], values)
        if names[0] in needed:
            return sum(count({**values, names[0]: stop}, names[1:]) for stop in stops)
        return len(stops) * count(values, names[1:])

    return count(starts, order(ranges))


def order(ranges: dict[str, Range]) -> list[str]:
    """Return the names of controls, each after those that its ends depend on."""

    def depth(name: str) -> int:
        return max((1 + depth(other) for other in _list_needed(ranges[name])), default=0)

    return sorted(ranges, key=depth)


def _list_needed(given: Range) -> list[str]:
    return list(inspect.signature(given).parameters) if callable(given) else []
