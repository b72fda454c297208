"""The loss while a net trains, each step coloured by how often it used its shared layer."""

import math
from statistics import fmean

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex

from helpers.counting import as_int
from helpers.counting.formatting import format_quantity
from helpers.drawing.picture import Picture
from helpers.drawing.style import FAINT, FONT_SIZE

MOST_REUSES = 5
MARKERS = "os^DvP"
COLORS = [to_hex(colormaps["viridis"](0.78 - 0.155 * number)) for number in range(MOST_REUSES + 1)]
LOWEST, HIGHEST = 1e-2, 1e4  # of the axis; a loss outside is drawn at its edge
LAST = 50  # steps over which the loss at the end is averaged
SMOOTH = 25  # steps over which the run before is averaged
LEFT, BOTTOM, WIDE, TALL = 104, 62, 548, 330  # pixels: the axes
KEY = 40  # pixels from key to key


class TrainingCurve(Picture):
    """The loss of each training step, with a mark for each number of uses; the run before stays behind as a line."""

    lines = 3

    def __init__(self, steps: int) -> None:
        self.steps = as_int("steps", steps)
        super().__init__(940, 440)
        axes = self.add_chart("loss of the step", (LEFT, BOTTOM, WIDE, TALL), -0.17, "step")
        axes.set(yscale="log", xlim=(0, 1.01 * self.steps), ylim=(LOWEST, HIGHEST))
        axes.set_yticks([1e-2, 1, 100, 10_000], ["≤ 0.01", "1", "100", "≥ 10,000"])
        axes.minorticks_off()
        (self._before,) = axes.plot([], [], "-", color=FAINT, linewidth=3, alpha=0.7)
        self._marks = [
            axes.plot([], [], marker, color=color, markersize=6, clip_on=False)[0]
            for marker, color in zip(MARKERS, COLORS, strict=True)
        ]
        for artist in (self._before, *self._marks):
            self.add_animated(artist)
        x = LEFT + WIDE + 44
        page = self.add_axes("page", 0, 0, 940, 440, frameon=False, xticks=[], yticks=[], xlim=(0, 940), ylim=(0, 440))
        self.keys, self._words = [], []
        for number, (marker, color) in enumerate(zip(MARKERS, COLORS, strict=True)):
            y = BOTTOM + KEY * (number + 1)
            self.keys.append(self.add_animated(page.plot([x], [y], marker, color=color, markersize=12)[0]))
            self._words.append(self.add_text(x + 16, y, va="center"))
        self._head = self.add_text(x - 8, 0, va="center")
        self._grey = self.add_text(x - 8, BOTTOM, va="center", color="#5A5A5A")
        self._empty = self.add_text(LEFT + WIDE / 2, BOTTOM + TALL / 2, 2 * FONT_SIZE, ha="center", va="center")
        self._empty.set_text("press Run")
        self.clear()

    def clear(self) -> None:
        """Forget all runs."""
        self.reuses: list[int] = []
        self.losses: list[float] = []
        self._keep([])
        self._renew()

    def start(self) -> None:
        """Begin a new run; the last one stays behind as a line."""
        if self.losses:
            self._keep(self.losses)
        self.reuses, self.losses = [], []

    def add(self, reuses: int, loss: float) -> float:
        """Add a step's number of uses, 0 to 5, and its loss, and return how much of the run is done, from 0 to 1.

        Raises ValueError for other numbers, and for a step too many.
        """
        if as_int("reuses", reuses, minimum=0) > MOST_REUSES or len(self.losses) == self.steps:
            raise ValueError(
                f"step {len(self.losses) + 1}, reuses={reuses}; allowed are {self.steps} steps of 0 to {MOST_REUSES}"
            )
        self.reuses.append(reuses)
        self.losses.append(float(loss))
        return len(self.losses) / self.steps

    def png(self, density: float = 1.0, small: bool = False) -> bytes:
        """Return the picture of all steps so far, as `Picture.png` does, and renew the sentence."""
        self._renew()
        return super().png(density, small)

    def _renew(self) -> None:
        self.sentence = self._write_sentence()
        reuses, losses = np.array(self.reuses, dtype=int), _clip_to_axis(self.losses)
        steps = np.arange(1, len(losses) + 1)
        for number, (marks, key, words) in enumerate(zip(self._marks, self.keys, self._words, strict=True)):
            chosen = reuses == number
            marks.set_data(steps[chosen], losses[chosen])
            key.set_visible(chosen.any())
            words.set_text(
                f"{format_quantity(number, 'use')}: {format_loss(self._average_last(number))}" if chosen.any() else ""
            )
        self._empty.set_visible(len(losses) == 0)
        self._head.set_text(f"mean of the last {LAST}:" if len(losses) else "")
        self._head.set_y((BOTTOM + KEY * (reuses.max(initial=0) + 2)) / self.size[1])

    def _keep(self, losses: list[float]) -> None:
        """Keep a run as a grey line behind the next one."""
        self._old, old = losses, _clip_to_axis(losses)
        smooth = [10 ** np.log10(old[max(0, end - SMOOTH) : end]).mean() for end in range(1, len(old) + 1)]
        self._before.set_data(np.arange(1, len(old) + 1), smooth)
        self._grey.set_text("grey: the run before" if losses else "")

    def _write_sentence(self) -> str:
        if not self.losses:
            return f"Nothing is trained yet: press Run for {self.steps} steps."
        ends = [f"{format_loss(self._average_last(number))} with {number}" for number in sorted({*self.reuses})]
        before = f" The run before ended at {format_loss(fmean(self._old[-LAST:]))}." if self._old else ""
        last = "this step" if len(self.losses) == 1 else f"the last {min(LAST, len(self.losses))} steps"
        return (
            f"Step {len(self.losses)} of {self.steps}: mean loss {format_loss(fmean(self.losses[-LAST:]))} over "
            f"{last}; "
            f"by number of uses {', '.join(ends)}.{before}"
        )

    def _average_last(self, number: int) -> float:
        """Mean loss of the steps with this number of uses among the last ones, or of the last such step."""
        found = [loss for uses, loss in zip(self.reuses, self.losses, strict=True) if uses == number]
        recent = [loss for uses, loss in zip(self.reuses[-LAST:], self.losses[-LAST:], strict=True) if uses == number]
        return fmean(recent or found[-1:])


def format_loss(loss: float) -> str:
    """Return a loss in three digits."""
    if not math.isfinite(loss):
        return "not finite"
    if loss < 0.001:
        return "below 0.001"
    return f"{loss:.3g}" if loss < 1000 else f"{loss:,.0f}" if loss < 1e6 else f"{loss:.0e}"


def _clip_to_axis(losses: list[float]) -> np.ndarray:
    return np.clip(np.nan_to_num(np.array(losses, dtype=float), nan=HIGHEST, posinf=HIGHEST), LOWEST, HIGHEST)
