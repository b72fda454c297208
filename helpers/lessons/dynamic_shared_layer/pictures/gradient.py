"""What each use of a layer adds to its gradient."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from helpers.counting.formatting import format_signed, format_times
from helpers.drawing.artists import PixelImage, TextCollection, color_signed, label_signs
from helpers.drawing.picture import Picture
from helpers.drawing.style import EMPTY, FONT_SIZE, INK, USES

MOST_USES = 4
LARGEST_SIDE = 8
SIDE, GAP, LEFT = 150, 40, 10  # pixels: the maps
BARS, BELOW, BOTTOM = 150, 204, 230  # pixels: the bars, and where the numbers and the maps stand above them
HEIGHTS = (BOTTOM + SIDE / 2, BELOW)  # of the signs between the maps, and between the numbers
BAR = 0.4  # width of a bar, in columns


class UseGradients(Picture):
    """The gradient of a layer that is used several times: one map for each use, and the map of their sum.

    Below them is the chosen weight alone: each use goes on from where the use before has led, and `.grad` is the end.
    """

    def __init__(self) -> None:
        super().__init__(960, 434)
        lefts = [LEFT + (SIDE + GAP) * place for place in range(MOST_USES + 1)]
        names = [*(f"use {number}" for number in range(1, MOST_USES + 1)), ".grad"]
        self._parts = [_Part(self, name, left) for name, left in zip(names, lefts, strict=True)]
        self._signs = [
            [self.add_text(left + SIDE + GAP / 2, y, 22, weight="bold", ha="center", va="center") for y in HEIGHTS]
            for left in lefts[:-1]
        ]
        wide = (SIDE + GAP) * len(lefts)  # a column of the bars is as wide as a map and a gap
        axes = self.add_axes("the marked weight", LEFT - GAP / 2, 12, wide, BARS, xticks=[], yticks=[], frameon=False)
        axes.set(xlim=(-0.5, MOST_USES + 0.5), ylim=(-0.02, 1.02))
        self._levels = self.add_animated(
            axes.add_collection(LineCollection([], colors=INK, linestyles=":", linewidths=2))
        )
        self._line = self.add_animated(axes.axhline(color=INK, linewidth=1.5))
        self._zero = self.add_text(LEFT, 0)
        colors = [*(look.color for look in USES[1 : MOST_USES + 1]), INK]
        self.bars = [self.add_animated(axes.add_patch(Rectangle((0, 0), 0, 0, color=color))) for color in colors]
        self._none = self.add_text(480, 12 + BARS / 2, 22, weight="bold", ha="center", va="center")
        self._sides = (1, 1)

    def show(self, uses: np.ndarray, grad: np.ndarray | None, row: int, column: int) -> None:
        """Show the gradient of one weight matrix (H, W), and mark the weight at (row, column).

        `uses` has shape (uses, H, W): what each use adds, none to 4 of them. `grad` is what autograd gives: None where
        there is no use. Raises ValueError for shapes that do not fit, and for uses whose sum is not `grad`.
        """
        uses = np.asarray(uses, dtype=float)
        sides = uses.shape[1:]
        if uses.ndim != 3 or len(uses) > MOST_USES or not 1 <= min(sides) <= max(sides) <= LARGEST_SIDE:
            raise ValueError(
                f"uses has shape {uses.shape}; allowed is (uses, H, W), at most {MOST_USES} uses and {LARGEST_SIDE} "
                "weights a side"
            )
        if (grad is None) != (len(uses) == 0):
            given = "None" if grad is None else "given"
            raise ValueError(f"grad is {given} for {len(uses)} uses; allowed is None for 0, and only then")
        if not (0 <= row < sides[0] and 0 <= column < sides[1]):
            raise ValueError(f"row={row}, column={column}; allowed is 0 to {sides[0] - 1} and 0 to {sides[1] - 1}")
        sums = uses.cumsum(0)
        if grad is not None and (np.shape(grad) != sides or not np.allclose(sums[-1], grad, rtol=1e-9, atol=1e-9)):
            raise ValueError("uses do not sum to grad; allowed is the gradient that autograd gives for all of them")
        self._sides = sides
        for place, part in enumerate(self._parts[:-1]):
            if place < len(uses):
                part.show(uses[place], f"use {place + 1}", row, column, np.abs([*uses, sums[-1]]).max())
            else:
                part.hide("not used", sides=sides)
            last = place == MOST_USES - 1
            for sign in self._signs[place]:
                sign.set_text("=" if last and len(uses) else "+" if place < len(uses) - 1 else "")
        self._show_bars(sums[:, row, column])
        if grad is None:
            self._parts[-1].hide(".grad", (row, column, 1, 1), sides)
            self._none.set_text("no use, nothing to add up: .grad is None")
            self.sentence = (
                f"Weight ({row}, {column}) of the middle layer, not used: nothing is added up, and .grad is None."
            )
            return
        self._none.set_text("")
        self._parts[-1].show(np.asarray(grad), ".grad", row, column, np.abs([*uses, sums[-1]]).max())
        parts = ", ".join(format_signed(use[row, column]) for use in uses)
        self.sentence = (
            f"Weight ({row}, {column}) of the middle layer, used {format_times(len(uses))}: "
            f"each use adds {parts} (rounded); the sum is {format_signed(sums[-1, row, column])}, and autograd's .grad "
            f"is {format_signed(grad[row, column])}."
        )

    def pointed(self, x: float, y: float) -> dict[str, int] | None:
        """Return the weight at a place on one of the maps, given as fractions from the top left."""
        spot = self.figure.transFigure.transform((x, 1 - y))
        for part in self._parts:
            across, down = part.axes.transData.inverted().transform(spot)
            if 0 <= across < 1 and 0 <= down < 1:
                return {"row": int(down * self._sides[0]), "column": int(across * self._sides[1])}
        return None

    def _show_bars(self, sums: np.ndarray) -> None:
        """Show running sums of one weight: each bar goes on from the one before, and the last shows them all."""
        levels = np.append(0, sums)
        zero, *levels = (levels - levels.min()) / max(np.ptp(levels), 1e-30)
        edges = dict(enumerate(zip([zero, *levels], levels, strict=False)))
        if levels:
            edges[MOST_USES] = zero, levels[-1]
        for place, bar in enumerate(self.bars):
            bar.set_visible(place in edges)
            start, end = edges.get(place, (0, 0))
            bar.set_bounds(place - BAR / 2, start, BAR, end - start)
        joints = zip(edges, [*edges][1:], levels, strict=False)
        self._levels.set_segments([[(one + BAR / 2, level), (other - BAR / 2, level)] for one, other, level in joints])
        self._line.set(ydata=[zero, zero], visible=bool(levels))
        self._zero.set_y((18 + BARS * zero) / self.size[1])
        self._zero.set_text("0" if levels else "")


class _Part:
    """One map, its title, and the number at the marked weight."""

    def __init__(self, picture: Picture, name: str, left: float) -> None:
        self.axes = picture.add_square(name, left, BOTTOM, SIDE, caption=False)
        self._map = PixelImage(picture, self.axes)
        self._signs = TextCollection(picture, self.axes)
        self._title = picture.add_title(self.axes)
        self._value = picture.add_text(left + SIDE / 2, BELOW, FONT_SIZE + 3, ha="center", va="center")

    def hide(self, title: str = "", block: tuple | None = None, sides: tuple[int, int] = (1, 1)) -> None:
        """Show an empty place of `sides` weights, with one of them outlined."""
        self._title.set_text(title)
        self._map.show(np.full((*sides, 3), to_rgb(EMPTY)), block, outline_pixels=False)
        self._signs.show({}, FONT_SIZE)
        self._value.set_text("")

    def show(self, values: np.ndarray, title: str, row: int, column: int, largest: float) -> None:
        """Show numbers of shape (H, W) and outline one of them."""
        self._title.set_text(title)
        self._map.show(color_signed(values, largest), (row, column, 1, 1))
        self._signs.show(label_signs(values), size=FONT_SIZE, weight="bold")
        self._value.set_text(format_signed(values[row, column]))
