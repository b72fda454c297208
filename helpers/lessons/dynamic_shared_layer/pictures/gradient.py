"""What each use of a layer adds to its gradient."""

import numpy as np
from matplotlib.colors import to_rgb

from helpers.counting.formatting import format_signed, format_times
from helpers.drawing.artists import PixelImage, TextCollection, color_signed, label_signs
from helpers.drawing.picture import Picture
from helpers.drawing.style import EMPTY, FONT_SIZE

MOST_USES = 4
LARGEST_SIDE = 8
SIDE, GAP, BOTTOM, BELOW = 150, 40, 56, 30  # pixels: the maps, and the height of the numbers below them
HEIGHTS = (BOTTOM + SIDE / 2, BELOW)  # of the signs between the maps, and between the numbers


class UseGradients(Picture):
    """The gradient of a layer that is used several times: one map for each use, and the map of their sum."""

    def __init__(self) -> None:
        super().__init__(960, 260)
        lefts = [10 + (SIDE + GAP) * place for place in range(MOST_USES + 1)]
        names = [*(f"use {number}" for number in range(1, MOST_USES + 1)), ".grad"]
        self._parts = [_Part(self, name, left) for name, left in zip(names, lefts, strict=True)]
        self._signs = [
            [self.add_text(left + SIDE + GAP / 2, y, 22, weight="bold", ha="center", va="center") for y in HEIGHTS]
            for left in lefts[:-1]
        ]

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
        total = uses.sum(0)
        if grad is not None and (np.shape(grad) != sides or not np.allclose(total, grad, rtol=1e-9, atol=1e-9)):
            raise ValueError("uses do not sum to grad; allowed is the gradient that autograd gives for all of them")
        largest = np.abs([*uses, total]).max()
        for place, part in enumerate(self._parts[:-1]):
            used = place < len(uses)
            if used:
                part.show(uses[place], f"use {place + 1}", row, column, largest)
            else:
                part.hide("not used")
            last = place == MOST_USES - 1
            for sign in self._signs[place]:
                sign.set_text("=" if last and len(uses) else "+" if place < len(uses) - 1 else "")
        if grad is None:
            self._parts[-1].hide(".grad is None", (row, column, 1, 1), sides)
            self.sentence = (
                f"Weight ({row}, {column}) of the middle layer, not used: nothing is added up, and .grad is None."
            )
            return
        self._parts[-1].show(np.asarray(grad), ".grad", row, column, largest)
        parts = ", ".join(format_signed(use[row, column]) for use in uses)
        self.sentence = (
            f"Weight ({row}, {column}) of the middle layer, used {format_times(len(uses))}: "
            f"each use adds {parts} (rounded); the sum is {format_signed(total[row, column])}, and autograd's .grad is "
            f"{format_signed(grad[row, column])}."
        )


class _Part:
    """One map, its title, and the number at the marked weight."""

    def __init__(self, picture: Picture, name: str, left: float) -> None:
        self._map = PixelImage(picture, picture.add_square(name, left, BOTTOM, SIDE, caption=False))
        self._signs = TextCollection(picture, self._map.axes)
        self._title = picture.add_title(self._map.axes)
        self._value = picture.add_text(left + SIDE / 2, BELOW, FONT_SIZE + 3, ha="center", va="center")

    def hide(self, title: str = "", block: tuple | None = None, sides: tuple[int, int] = (1, 1)) -> None:
        """Show an empty place of `sides` weights, with one of them outlined."""
        self._title.set_text(title)
        self._map.show(np.full((*sides, 3), to_rgb(EMPTY)), block, outline_pixels=False)
        self._signs.show({}, size=12)
        self._value.set_text("")

    def show(self, values: np.ndarray, title: str, row: int, column: int, largest: float) -> None:
        """Show numbers of shape (H, W) and outline one of them."""
        self._title.set_text(title)
        self._map.show(color_signed(values, largest), (row, column, 1, 1))
        self._signs.show(label_signs(values), size=12, weight="bold")
        self._value.set_text(format_signed(values[row, column]))
