"""What becomes of an image, step by step."""

import numpy as np

from helpers.drawing.artists import PixelImage
from helpers.drawing.picture import Picture, as_image
from helpers.drawing.style import CHOSEN

SIDE, GAP, BELOW = 250, 60, 40  # pixels


class Steps(Picture):
    """Gray images in a row with an arrow from each to the next, each from its lowest value, white, to its highest."""

    def __init__(self, images: dict[str, np.ndarray]) -> None:
        """Take 2 to 4 images (H, W) of one size by what stands below them."""
        if not 2 <= len(images) <= 4:
            raise ValueError(f"images has {len(images)} of them; allowed are 2 to 4")
        super().__init__(20 + len(images) * (SIDE + GAP) - GAP, 10 + SIDE + BELOW)
        width, height = self.size
        before, steps = None, []
        for number, (name, image) in enumerate(images.items()):
            image = as_image(name, image, before if before is None else before.shape)
            left = 10 + number * (SIDE + GAP)
            part = PixelImage(self, self.add_square(name, left, BELOW, SIDE))
            part.show((image - image.min()) / max(np.ptp(image), 1e-9), outline_pixels=False)
            if before is None:
                steps.append(name)
            else:
                y = (BELOW + SIDE / 2) / height
                arrow = {"arrowstyle": "-|>", "color": CHOSEN, "linewidth": 4, "mutation_scale": 30}
                ends = ((left - 8) / width, y), ((left + 8 - GAP) / width, y)
                part.axes.annotate("", *ends, xycoords="figure fraction", arrowprops=arrow, annotation_clip=False)
                same = np.array_equal(np.sort(before, axis=None), np.sort(image, axis=None))
                steps.append(f"{name} ({'the same values in other places' if same else 'other values'})")
            before = image
        self.sentence = f"A digit of {before.size} pixels, step by step: {'; '.join(steps)}."
