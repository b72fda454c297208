"""What each use of a layer adds to its gradient."""

import numpy as np
from matplotlib.colors import to_rgb

from helpers.figures.artists import Glyphs, Pixels, signed, signs
from helpers.figures.picture import Picture
from helpers.figures.style import EMPTY, FONT_SIZE

MOST_USES = 4
LARGEST_SIDE = 8
SIDE, GAP, BOTTOM, BELOW = 150, 40, 56, 30  # pixels: the maps, and the height of the numbers below them
HEIGHTS = (BOTTOM + SIDE / 2, BELOW)  # of the signs between the maps, and between the numbers


class UseGradients(Picture):
    """The gradient of a layer that is used several times: one map for each use, and the map of their sum."""

    def __init__(self) -> None:
        super().__init__(960, 260)
        lefts = [10 + (SIDE + GAP) * place for place in range(MOST_USES + 1)]
        self._parts = [_Part(self, left) for left in lefts]
        self._signs = [
            [self.words(left + SIDE + GAP / 2, y, 22, weight="bold", ha="center", va="center") for y in HEIGHTS]
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
            part.show(uses[place] if used else None, f"use {place + 1}" if used else "", row, column, largest)
            last = place == MOST_USES - 1
            for sign in self._signs[place]:
                sign.set_text("=" if last and len(uses) else "+" if place < len(uses) - 1 else "")
        self._parts[-1].show(grad, ".grad is None" if grad is None else ".grad", row, column, largest)
        if grad is None:
            self.sentence = "The layer is not used: nothing is added up, and .grad is None."
            return
        parts = ", ".join(_number(use[row, column]) for use in uses)
        self.sentence = (
            f"Weight ({row}, {column}) of the middle layer, used {'once' if len(uses) == 1 else f'{len(uses)} times'}: "
            f"each use adds {parts}; the sum is {_number(total[row, column])}, and autograd's .grad is "
            f"{_number(grad[row, column])}."
        )


class _Part:
    """One map, its title, and the number at the marked weight."""

    def __init__(self, picture: Picture, left: float) -> None:
        self._map = Pixels(picture, picture.square(left, BOTTOM, SIDE))
        self._signs = Glyphs(picture, self._map.axes)
        self._title = picture.title(self._map.axes)
        self._value = picture.words(left + SIDE / 2, BELOW, FONT_SIZE + 3, ha="center", va="center")

    def show(self, values: np.ndarray | None, title: str, row: int, column: int, largest: float) -> None:
        """Show numbers of shape (H, W), or an empty place for None."""
        self._title.set_text(title)
        if values is None:
            self._map.show(np.full((1, 1, 3), to_rgb(EMPTY)))
            self._signs.show({}, size=12)
            self._value.set_text("")
            return
        values = np.asarray(values)
        self._map.show(signed(values, largest), (row, column, 1, 1))
        self._signs.show(signs(values), size=12, weight="bold")
        self._value.set_text(_number(values[row, column]))


def _number(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")
