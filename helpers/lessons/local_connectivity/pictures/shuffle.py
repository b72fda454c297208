"""Two images side by side."""

import numpy as np

from helpers.drawing.artists import PixelImage
from helpers.drawing.picture import Picture, as_image
from helpers.drawing.style import CHOSEN


class BeforeAfter(Picture):
    """An image and what became of it, with an arrow between."""

    def __init__(self, before: str, after: str) -> None:
        super().__init__(700, 330)
        self._parts = [
            PixelImage(self, self.add_square(name, left, 45, 250)) for name, left in ((before, 20), (after, 430))
        ]
        arrow = {"arrowstyle": "-|>", "color": CHOSEN, "linewidth": 4, "mutation_scale": 30}
        middle = 170 / 330
        self.figure.add_artist(
            self._parts[0].axes.annotate(
                "", (415 / 700, middle), (285 / 700, middle), xycoords="figure fraction", arrowprops=arrow
            )
        )
        self._title = self.add_title(self._parts[0].axes)

    def show(self, before: np.ndarray, after: np.ndarray, title: str) -> None:
        """Show two gray images (H, W), and a title over the first."""
        before = as_image("before", before)
        after = as_image("after", after, before.shape)
        self._parts[0].show(before)
        self._parts[1].show(after)
        self._title.set_text(title)
        same = np.array_equal(np.sort(before, axis=None), np.sort(after, axis=None))
        self.sentence = (
            f"{title}, before and after: {before.size} pixels each, "
            f"{'the same values in other places' if same else 'other values'}."
        )
