"""Test accuracies with their spread over seeds."""

from itertools import groupby

import numpy as np
from matplotlib.ticker import FuncFormatter, NullLocator

from helpers.drawing.artists import CachedText
from helpers.drawing.picture import Picture
from helpers.drawing.style import CHOSEN, FAINT, FONT_SIZE, INK, find_look

MOST_ROWS = 12
ROW, ROW_IN_GROUP = 62, 31  # pixels
NO_WINNER = "no clear winner"

Results = dict[tuple[str, str], list[float]]


class _Rows(Picture):
    """One row for each experiment: a mark for every seed, a line at the mean, and a summary in words.

    Several nets on the same data, and then on other data, are groups under a heading.
    """

    axis: str  # what is on it
    scale = "linear"

    def __init__(self, results: Results) -> None:
        """`results` maps (kind of net, data) to one number for each seed.

        The first word of a kind says its look, see `style.LOOKS`.
        """
        self._seeds = count_seeds(results, MOST_ROWS)
        self._names = [f"{net}, {data}" for net, data in results]
        rows, headings = _place_rows([data for _, data in results])
        names, row_height = ([net for net, _ in results], ROW_IN_GROUP) if headings else (self._names, ROW)
        left = 40 + 11 * max(map(len, [*names, *headings]))
        super().__init__(940, round(70 + row_height * (rows[-1] + 1)))
        width, height = self.size
        axes = self.add_rows(self.axis, (left, 60, 760 - left, height - 70), names, self.axis, rows)
        values = np.concatenate([np.asarray(v) for v in results.values()])
        axes.set(xscale=self.scale, xlim=self._find_limits(values))
        axes.grid(axis="x", color="#DDDDDD")
        for heading, row in headings.items():
            y = height - 10 - row_height * (row + 0.5)
            self.figure.text(10 / width, y / height, heading, va="center", fontsize=FONT_SIZE, color=INK, weight="bold")
            axes.axhline(row - 0.5, color=FAINT, linewidth=1)
        self._arrows: dict[str, list[CachedText]] = {}  # by kind of net
        for row, ((net, _), numbers) in zip(rows, results.items(), strict=True):
            look = find_look(net)
            mean = np.mean(numbers)
            at = np.full(len(numbers), row)
            axes.plot(numbers, at, look.marker, color=look.color, markersize=11, alpha=0.55, mew=0, clip_on=False)
            axes.plot([mean, mean], [row - 0.36, row + 0.36], color=INK, linewidth=4)
            axes.text(
                1.02, row, self._summarize(numbers), transform=axes.get_yaxis_transform(), va="center",
                fontsize=FONT_SIZE + 2, color=INK,
            )  # fmt: skip
            y = height - 10 - row_height * (row + 0.5)
            arrow = self.add_text(width - 20, y, FONT_SIZE + 2, ha="right", va="center", color=CHOSEN)
            self._arrows.setdefault(net, []).append(arrow)
        self.lines = 2 + len(results) // 4

    def _find_limits(self, values: np.ndarray) -> tuple[float, float]:
        """Return the ends of the axis."""

    def _summarize(self, numbers: list[float]) -> str:
        """Return what one row shows, in words."""


class Accuracies(_Rows):
    """Test accuracies in percent: a mark for every seed, a line at the mean, and mean and spread in words."""

    axis = "test accuracy in %, one mark for each seed"

    def __init__(self, results: Results, limits: tuple[float, float] | None = None) -> None:
        """Take test accuracies in percent as `_Rows` does; `limits` are the ends of the axis if given."""
        self._ends = limits
        super().__init__(results)
        parts = [f"{name} {format_spread(of)} %" for name, of in zip(self._names, results.values(), strict=True)]
        self.sentence = f"Mean and standard deviation over {self._seeds} seeds: {'; '.join(parts)}."

    def _find_limits(self, values: np.ndarray) -> tuple[float, float]:
        return self._ends or (values.min() - 1, values.max() + 1)

    def _summarize(self, numbers: list[float]) -> str:
        return format_spread(numbers)

    def mark(self, vote: str | None) -> None:
        """Mark the rows of the net that was voted for, and all of them where that is no clear winner."""
        for net, arrows in self._arrows.items():
            for arrow in arrows:
                arrow.set_text("◀" if vote == net else "=" if vote == NO_WINNER else "")


class Losses(_Rows):
    """Losses on a logarithmic axis: a mark for every seed, a line at the mean, and the mean in words."""

    axis = "loss at the end (log scale), one mark for each seed"
    scale = "log"

    def __init__(self, results: Results) -> None:
        """Take losses above 0 as `_Rows` does."""
        if not all(loss > 0 for losses in results.values() for loss in losses):
            raise ValueError("results has a loss that is not above 0; allowed are such only, on a logarithmic axis")
        super().__init__(results)
        parts = [
            f"{name} {np.mean(of):.2g} ({min(of):.2g} to {max(of):.2g})"
            for name, of in zip(self._names, results.values(), strict=True)
        ]
        self.sentence = f"Mean loss at the end over {self._seeds} seeds, and its range: {'; '.join(parts)}."
        axes = self.figure.axes[0]
        axes.xaxis.set_major_formatter(FuncFormatter(lambda loss, _: f"{loss:g}"))
        axes.xaxis.set_minor_locator(NullLocator())

    def _find_limits(self, values: np.ndarray) -> tuple[float, float]:
        return values.min() / 1.5, values.max() * 1.5

    def _summarize(self, numbers: list[float]) -> str:
        return f"mean {np.mean(numbers):.2g}"


def _place_rows(data: list[str]) -> tuple[list[int], dict[str, int]]:
    """Return the place of each row, and those of the headings if there are groups: rows on end with the same data."""
    groups = [(name, len([*rows])) for name, rows in groupby(data)]
    if len(groups) == 1 or min(size for _, size in groups) == 1:
        return [*range(len(data))], {}
    rows, headings, place = [], {}, 0
    for name, size in groups:
        headings[name] = place
        rows += range(place + 1, place + 1 + size)
        place += 1 + size
    return rows, headings


def format_spread(accuracies: list[float]) -> str:
    """Return mean and standard deviation: 92.1 ± 0.8."""
    return f"{np.mean(accuracies):.1f} ± {compute_deviation(accuracies):.1f}"


def compute_deviation(accuracies: list[float]) -> float:
    """Return the standard deviation over seeds, of the sample."""
    return np.std(accuracies, ddof=1)


def move_apart(values: list[float], room: float, most: float) -> list[float]:
    """Move sorted values apart until each has room, and as little as possible: a label beside its curve."""
    placed = []
    for value in values:
        placed.append(max(value, placed[-1] + room) if placed else value)
    down = max(np.mean(placed) - np.mean(values), placed[-1] - most)
    return [value - down for value in placed]


def count_seeds(results: Results, most: int) -> int:
    """Return the number of seeds, or raise ValueError for results that cannot be shown."""
    numbers = {len(accuracies) for accuracies in results.values()}
    if len(numbers) != 1 or numbers == {0} or numbers == {1} or len(results) > most:
        raise ValueError(
            f"results has {len(results)} rows of {sorted(numbers)} accuracies; allowed are 1 to {most} rows "
            "with the same number of seeds, 2 or more"
        )
    return numbers.pop()
