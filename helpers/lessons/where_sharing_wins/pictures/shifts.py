"""A moved image, and whether a layer's answer moves along."""

import numpy as np

from helpers.drawing.artists import PixelImage, TextCollection, color_signed
from helpers.drawing.picture import Picture, as_image

EXACT = 1e-12  # of the largest output: double precision rounds far below it


class ShiftLab(Picture):
    """A moved image, a layer's answer to it, the answer that is expected, and the difference of the two."""

    def __init__(self) -> None:
        super().__init__(940, 300)
        names = ("moved image", "layer(moved image)", "expected", "difference")
        self._parts = [
            PixelImage(self, self.add_square(name, 8 + 236 * number, 45, 216)) for number, name in enumerate(names)
        ]
        self._titles = [self.add_title(part.axes) for part in self._parts]
        self._verdict = TextCollection(self, self._parts[-1].axes)

    def show(self, case: str, moved: np.ndarray, answer: np.ndarray, expected: np.ndarray) -> None:
        """Show a moved image (H, W), the layer's answer to it, and its answer at rest moved along.

        The answers are feature maps (h, w) or vectors (n,) of the same shape.
        """
        moved = as_image("moved", moved)
        answer, expected = (a[:, None] if a.ndim == 1 else a for a in map(np.asarray, (answer, expected)))
        answer = as_image("answer", answer)
        expected = as_image("expected", expected, answer.shape)
        difference = answer - expected
        scale = max(np.abs(answer).max(), np.abs(expected).max(), 1e-30)
        unequal = int((np.abs(difference) > EXACT * scale).sum())
        percent = f"{100 * np.abs(difference).max() / scale:.0f} %"
        self._parts[0].show(moved)
        for part, values in zip(self._parts[1:], (answer, expected, difference), strict=True):
            part.show(color_signed(values, scale))
        self._verdict.show({} if unequal else {(0.5, 0.5): "="}, size=60)
        height, width = answer.shape
        size = f"{height}×{width} map" if width > 1 else f"{height} scores"
        for title, text in zip(
            self._titles, (case, size, size, f"up to {percent}" if unequal else "none"), strict=True
        ):
            title.set_text(text)
        self.sentence = f"{case.capitalize()}: " + (
            f"{unequal} of {answer.size} outputs differ, by up to {percent} of the largest output."
            if unequal
            else f"all {answer.size} outputs are the same."
        )
