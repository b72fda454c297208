"""The loss while a net trains: a line for each number of uses of its shared layer."""

import math
from statistics import fmean

import numpy as np
from matplotlib.axes import Axes

from helpers.counting import as_int
from helpers.counting.formatting import format_quantity
from helpers.drawing.picture import Picture
from helpers.drawing.style import DPI, FAINT, FONT_SIZE, USES

MOST_REUSES = len(USES) - 1
LOWEST, HIGHEST = 1e-2, 1e4  # of the axis; a loss outside is drawn at its edge
LAST = 50  # steps over which the loss at the end is averaged
NEAR = 25  # steps before and after, over which a line is averaged
LEFT, BOTTOM, WIDE, TALL = 104, 62, 548, 330  # pixels: the axes
LABEL, ROOM = LEFT + WIDE + 58, 32  # pixels: where labels begin, and from label to label


class TrainingCurve(Picture):
    """The loss of each training step, and its running mean for each number of uses; the run before stays in grey."""

    lines = 3

    def __init__(self, steps: int) -> None:
        self.steps = as_int("steps", steps)
        super().__init__(960, 440)
        axes = self.add_chart("loss of the step (log scale)", (LEFT, BOTTOM, WIDE, TALL), -0.16, "step")
        axes.set(yscale="log", xlim=(0, self.steps), ylim=(LOWEST, HIGHEST))
        axes.set_yticks([1e-2, 1, 100, 10_000], ["≤ 0.01", "1", "100", "≥ 10,000"])
        axes.minorticks_off()
        page = self.add_axes("page", 0, 0, 960, 440, frameon=False, xticks=[], yticks=[], xlim=(0, 960), ylim=(0, 440))
        self.before = _Curve(self, axes, page, FAINT, "_")
        self.curves = [_Curve(self, axes, page, look.color, look.marker) for look in USES]
        self._head = self.add_text(LABEL - 26, BOTTOM + TALL + 16)
        self._empty = self.add_text(LEFT + WIDE / 2, BOTTOM + TALL / 2, 2 * FONT_SIZE, ha="center", va="center")
        self._empty.set_text("press Run")
        self.clear()

    def clear(self) -> None:
        """Forget all runs."""
        self.reuses: list[int] = []
        self.losses: list[float] = []
        self._old: list[float] = []
        self._renew()

    def start(self) -> None:
        """Begin a new run; the last one stays behind as a grey line."""
        self._old = self.losses or self._old
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
        reuses, losses, steps = np.array(self.reuses), np.array(self.losses), np.arange(1, len(self.losses) + 1)
        for number, curve in enumerate(self.curves):
            curve.show(steps[reuses == number], losses[reuses == number], len(steps), format_quantity(number, "use"))
        old = np.array(self._old)
        self.before.show(np.arange(1, len(old) + 1), old, len(old), "run before")
        shown = sorted((curve for curve in (self.before, *self.curves) if curve.shown), key=lambda curve: curve.height)
        heights = spread([curve.height for curve in shown], ROOM, BOTTOM + ROOM / 2, BOTTOM + TALL - ROOM / 2)
        for curve, height in zip(shown, heights, strict=True):
            curve.lift(height)
        self._empty.set_visible(not self.losses)
        self._head.set_text(f"mean, last {LAST} steps:" if shown else "")
        self.sentence = self._write_sentence()

    def _write_sentence(self) -> str:
        if not self.losses:
            return f"Nothing is trained yet: press Run for {self.steps} steps."
        ends = [f"{format_loss(curve.end)} with {number}" for number, curve in enumerate(self.curves) if curve.shown]
        before = f" The run before ended at {format_loss(self.before.end)}." if self.before.shown else ""
        last = "this step" if len(self.losses) == 1 else f"the last {min(LAST, len(self.losses))} steps"
        return (
            f"Step {len(self.losses)} of {self.steps}: mean loss {format_loss(fmean(self.losses[-LAST:]))} over "
            f"{last}; by number of uses {', '.join(ends)}.{before}"
        )


class _Curve:
    """Faint marks, their running mean as a `line`, and at its `end` a `label` with a `key`; hidden without marks."""

    def __init__(self, picture: TrainingCurve, axes: Axes, page: Axes, color: str, marker: str) -> None:
        self._picture, self._axes = picture, axes
        faint = {"markersize": 6, "alpha": 0.25, "mew": 0, "clip_on": False}
        self._marks = picture.add_animated(axes.plot([], [], marker, color=color, **faint)[0])
        self._lead = picture.add_animated(page.plot([], [], color=color, linewidth=1)[0])
        self.line = picture.add_animated(axes.plot([], [], color=color, linewidth=3.5, clip_on=False)[0])
        self.key = picture.add_animated(page.plot([], [], marker, color=color, markersize=12, mew=3)[0])
        self.label = picture.add_text(0, 0, va="center")

    def show(self, steps: np.ndarray, losses: np.ndarray, now: int, name: str) -> None:
        """Show the losses of some steps up to `now`."""
        self.shown = len(steps) > 0
        for artist in (self._marks, self._lead, self.line, self.key, self.label):
            artist.set_visible(self.shown)
        if self.shown:
            self._marks.set_data(steps, clip_to_axis(losses))
            self.line.set_data(*smooth(steps, clip_to_axis(losses), now))
            recent = losses[steps > now - LAST]
            self.end = np.mean(recent if len(recent) else losses[-1])
            self.label.set_text(f"{name}: {format_loss(self.end)}")
            places = self._axes.transData.transform([self.line.get_xydata()[-1], (now, clip_to_axis(self.end))])
            self._from, (_, self.height) = places * DPI / self._picture.figure.dpi  # in pixels of the page

    def lift(self, height: float) -> None:
        """Put the label at a height, and lead to it from the end of the line."""
        self._lead.set_data([self._from[0], LEFT + WIDE, LABEL - 28], [self._from[1], self._from[1], height])
        self.key.set_data([LABEL - 18], [height])
        self.label.set_position((LABEL / self._picture.size[0], height / self._picture.size[1]))


def smooth(steps: np.ndarray, losses: np.ndarray, now: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the steps, and `now` if one is near, and at each the geometric mean of all losses less than NEAR away."""
    at = np.append(steps, now) if now - steps[-1] < NEAR else steps
    first, end = np.searchsorted(steps, at - NEAR, "right"), np.searchsorted(steps, at + NEAR)
    sums = np.append(0, np.cumsum(np.log(losses)))
    return at, np.exp((sums[end] - sums[first]) / (end - first))


def spread(heights: list[float], room: float, lowest: float, highest: float) -> np.ndarray:
    """Move sorted heights apart until each has room, between the lowest and the highest, and as little as possible."""
    steps = room * np.arange(len(heights))
    level = np.array(heights) - steps  # must not fall from one to the next
    level = (np.maximum.accumulate(level) + np.minimum.accumulate(level[::-1])[::-1]) / 2
    return np.clip(level, lowest, highest - steps.max(initial=0)) + steps


def format_loss(loss: float) -> str:
    """Return a loss in three digits."""
    if not math.isfinite(loss):
        return "not finite"
    if loss < 0.001:
        return "below 0.001"
    return f"{loss:.3g}" if loss < 1000 else f"{loss:,.0f}" if loss < 1e6 else f"{loss:.0e}"


def clip_to_axis(losses: np.ndarray) -> np.ndarray:
    """Return losses, at the edge of the axis where they are outside or not numbers."""
    return np.clip(np.nan_to_num(losses, nan=HIGHEST, posinf=HIGHEST), LOWEST, HIGHEST)
