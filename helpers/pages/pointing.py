"""What a click on a picture does, place by place, where a page can know it."""

from collections.abc import Callable, Sequence
from typing import Any

from helpers.live import Panel
from helpers.pages.thinning import Settings

SIDE = 8  # pixels of the page: places that are nearer to each other are taken for one


def record_pointing(panel: Panel, renew: Callable[[], Panel], settings: Sequence[Settings]) -> dict[str, Any] | None:
    """Return which values belong to each place on the picture of each setting; None where clicks change the picture.

    The answer may depend on any value but on those that it moves.
    """
    across, down = (round(side / SIDE) for side in panel.size)
    if _keeps_state(renew(), settings[0]):
        return None
    targets: list[Settings] = []
    grids: dict[tuple[int, ...], int] = {}
    known: dict[tuple, int] = {}
    moved = _find_moved(panel, settings[0], across, down)
    of = []
    for values in settings:
        key = tuple(value for name, value in values.items() if name not in moved)
        if key not in known:
            panel.set(**values)
            grid = _scan(panel, across, down, targets, settings)
            known[key] = grids.setdefault(grid, len(grids))
        of.append(known[key])
    return {"across": across, "down": down, "targets": targets, "grids": [list(grid) for grid in grids], "of": of}


def _places(across: int, down: int) -> list[tuple[float, float]]:
    return [((column + 0.5) / across, (row + 0.5) / down) for row in range(down) for column in range(across)]


def _find_moved(panel: Panel, values: Settings, across: int, down: int) -> set[str]:
    panel.set(**values)
    return {name for place in _places(across, down) for name in panel.picture.pointed(*place) or {}}


def _keeps_state(panel: Panel, values: Settings) -> bool:
    """Return whether a click on a picture changes what it shows at some values: then no table can hold it."""
    panel.set(**values)
    for place in _places(24, 12):
        moved = panel.picture.pointed(*place)
        if moved is not None:
            once = panel.set(**moved).png
            panel.picture.pointed(*place)
            if panel.set(**moved).png != once:
                return True
            panel.set(**values)
    return False


def _scan(
    panel: Panel, across: int, down: int, targets: list[Settings], settings: Sequence[Settings]
) -> tuple[int, ...]:
    """Return runs of the same answer, place after place: how many, and the number of the answer.

    0 is none, or one that is not among the settings.
    """
    runs: list[int] = []
    for place in _places(across, down):
        moved = panel.picture.pointed(*place)
        if moved is not None and {**panel.values, **moved} not in settings:
            moved = None
        if moved is not None and moved not in targets:
            targets.append(moved)
        number = 0 if moved is None else targets.index(moved) + 1
        if runs and runs[-1] == number:
            runs[-2] += 1
        else:
            runs += [1, number]
    return tuple(runs)
