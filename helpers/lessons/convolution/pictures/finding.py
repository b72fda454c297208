"""What a kernel finds in an image: its map, and the strongest place, whose patch may look like the kernel."""

import numpy as np

from helpers.counting.formatting import format_number
from helpers.drawing.artists import PixelImage, TextCollection, color_signed, label_cells
from helpers.drawing.picture import Picture, as_image
from helpers.drawing.style import CHOSEN

RANGE = 4  # a clicked weight goes from −4 to 4
LARGEST_KERNEL = 7
ALIKE = 0.6  # the correlation of a kernel and a patch that look alike


class Finding(Picture):
    """An image and a kernel's map of it; between them the kernel and the patch on which its sum is largest.

    A click on one of the kernel's weights makes the kernel the learner's own and the weight one larger; after 4
    comes −4.
    """

    own = "your own"

    def __init__(self) -> None:
        super().__init__(950, 420)
        self._image = PixelImage(self, self.add_square("image", 10, 55, 310))
        self._kernel = PixelImage(self, self.add_square("kernel: click a weight", 348, 206, 204))
        self._weights = TextCollection(self, self._kernel.axes)
        self._patch = PixelImage(self, self.add_square("strongest patch", 385, 36, 130))
        self._map = PixelImage(self, self.add_square("map: green above 0, purple below", 580, 55, 310))
        self._titles = [self.add_title(part.axes) for part in (self._image, self._map)]
        self._rings = [
            self.add_animated(
                part.axes.plot([], [], "o", markersize=30, mec=CHOSEN, mew=4, mfc="none", clip_on=False)[0]
            )
            for part in (self._image, self._map)
        ]
        self.weights = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]])  # of the learner's own kernel

    def resize(self, kernel_size: int) -> np.ndarray:
        """Return the learner's own kernel with another size, its middle kept."""
        old = len(self.weights)
        if kernel_size != old:
            weights = np.zeros((kernel_size, kernel_size), dtype=int)
            kept = min(kernel_size, old)
            new, from_old = (kernel_size - kept) // 2, (old - kept) // 2
            weights[new : new + kept, new : new + kept] = self.weights[
                from_old : from_old + kept, from_old : from_old + kept
            ]
            self.weights = weights
        return self.weights

    def show(self, image: np.ndarray, kernel: np.ndarray, output: np.ndarray, name: str) -> None:
        """Show an image (H, W), 1 is black, a kernel (K, K), and the map that it gives, (H − K + 1, W − K + 1)."""
        image, kernel = as_image("image", image), np.asarray(kernel)
        size = len(kernel)
        if size > LARGEST_KERNEL or size > min(image.shape):
            raise ValueError(
                f"kernel has {size}×{size} weights; allowed are at most {LARGEST_KERNEL}×{LARGEST_KERNEL}, and no more "
                f"than the image has pixels a side, {min(image.shape)}"
            )
        output = as_image("output", output, tuple(side - size + 1 for side in image.shape))
        row, column = map(int, np.unravel_index(output.argmax(), output.shape))
        patch = image[row : row + size, column : column + size]
        fine = max(image.shape) <= 32
        self._image.show(image, (row, column, size, size) if fine else None, outline_pixels=fine)
        self._shown, self._kernel_size = kernel.copy(), size
        self._kernel.show(color_signed(kernel, np.abs(kernel).max()))
        self._weights.show(
            label_cells(kernel, lambda weight: format_number(weight, "g")),
            size={1: 18, 3: 18, 5: 16}.get(size, 13),
        )
        self._patch.show(patch, outline_pixels=size <= 7)
        self._map.show(color_signed(output, np.abs(output).max()), outline_pixels=fine)
        self._rings[0].set_data([(column + size / 2) / image.shape[1]], [(row + size / 2) / image.shape[0]])
        self._rings[1].set_data([(column + 0.5) / output.shape[1]], [(row + 0.5) / output.shape[0]])
        self._titles[0].set_text(f"{image.shape[0]}×{image.shape[1]} pixels")
        self._titles[1].set_text(f"{name}: {output.shape[0]}×{output.shape[1]}")
        largest, smallest = (format_number(number, ".1f") for number in (output.max(), output.min()))
        self.sentence = (
            f"Kernel “{name}”, {size}×{size}: its sum is largest, {largest}, on the patch at row {row}, column "
            f"{column}, and smallest, {smallest}."
            + (" The patch looks like the kernel." if _are_alike(kernel, patch) else "")
        )

    def pointed(self, x: float, y: float) -> dict[str, str] | None:
        """Change the weight at a place on the picture, given as fractions from the top left; None beside the kernel."""
        spot = self.figure.transFigure.transform((x, 1 - y))
        across, down = self._kernel.axes.transData.inverted().transform(spot)
        if not (0 <= across < 1 and 0 <= down < 1):
            return None
        self.weights = np.round(self._shown).astype(int)
        row, column = int(down * self._kernel_size), int(across * self._kernel_size)
        weight = self.weights[row, column] + 1
        self.weights[row, column] = weight if weight <= RANGE else -RANGE
        return {"kernel": self.own}


def _are_alike(kernel: np.ndarray, patch: np.ndarray) -> bool:
    """Return whether a patch is dark where the kernel's weights are large, and light where they are small."""
    return kernel.std() > 0 and patch.std() > 0 and np.corrcoef(kernel.ravel(), patch.ravel())[0, 1] > ALIKE
