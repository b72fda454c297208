"""A kernel that moves over an image, place by place, while its map fills."""

import numpy as np
from matplotlib.colors import to_rgb

from helpers import counting
from helpers.counting.formatting import format_quantity, format_size
from helpers.drawing.artists import PixelImage, TextCollection, color_signed
from helpers.drawing.picture import Picture, as_image
from helpers.drawing.style import EMPTY, FONT_SIZE, LOCAL

BORDER = tuple(1 - 0.16 * (1 - np.array(to_rgb(LOCAL))))  # of the zeros around the image
SMALLEST_CELL = 16  # pixels; a smaller one has no room for a digit


class Scan(Picture):
    """The image with its border of zeros and the kernel's place on it, beside the map as far as it is filled."""

    pace = 0.06  # seconds for a place, so that the eye can follow

    def __init__(self) -> None:
        super().__init__(900, 420)
        self._image = PixelImage(self, self.add_square("image and its padding", 20, 45, 330))
        self._zeros = TextCollection(self, self._image.axes, color=LOCAL)
        self._map = PixelImage(self, self.add_square("map", 550, 45, 330))
        self._titles = [self.add_title(part.axes) for part in (self._image, self._map)]
        self._formula = [
            self.add_text(450, y, size, ha="center", va="center", weight=weight)
            for y, size, weight in ((290, FONT_SIZE, "normal"), (255, FONT_SIZE, "normal"), (215, 22, "bold"))
        ]
        self.clear()

    def clear(self) -> None:
        """Forget the scan."""
        self._sizes, self._filled = None, 0
        self._image.show(np.ones((1, 1, 3)), outline_pixels=False)
        self._map.show(np.ones((1, 1, 3)), outline_pixels=False)
        self._zeros.show({}, FONT_SIZE)
        for text in (*self._titles, *self._formula):
            text.set_text("")
        self._formula[2].set_text("press Run")
        self.sentence = "Nothing is scanned yet: press Run, and the kernel moves over the image."

    def start(self, sizes: counting.Layer, image: np.ndarray, output: np.ndarray) -> None:
        """Begin a scan over an image (H, W) by a layer of these sizes whose map is `output` (H_out, W_out)."""
        self._sizes, self._filled = sizes, 0
        self._output = as_image("output", output, sizes.output_size)
        image = as_image("image", image, sizes.image_size)
        (top, left), (height, width) = sizes.padding, image.shape
        padded = np.full((height + 2 * top, width + 2 * left, 3), BORDER)
        padded[top : top + height, left : left + width] = 1 - image[..., None]
        self._padded = padded
        rows, columns = padded.shape[:2]
        zeros = [
            (i, j) for i, j in np.ndindex(rows, columns) if not (top <= i < top + height and left <= j < left + width)
        ]
        places = {((j + 0.5) / columns, (i + 0.5) / rows): "0" for i, j in zeros} if 330 / rows >= SMALLEST_CELL else {}
        self._zeros.show(places, FONT_SIZE)
        border = f", padding {top}: {rows}×{columns}" if top else ""
        self._titles[0].set_text(f"{format_size(sizes.image_size)} pixels{border}")
        self._titles[1].set_text(f"{format_size(sizes.output_size)} numbers")
        (kernel, _), (stride, _) = sizes.kernel_size, sizes.stride
        self._formula[0].set_text(f"({rows} − {kernel}) / {stride} + 1")
        self._formula[1].set_text("rounded down" if (rows - kernel) % stride else "")
        self._formula[2].set_text(f"= {sizes.output_size[0]}")
        self._place(0)

    def fill(self) -> float:
        """Fill the next place of the map, and return how much of it is filled, from 0 to 1."""
        self._filled += 1
        self._place(self._filled - 1)
        return self._filled / self._output.size

    def _place(self, place: int) -> None:
        sizes, (height, width) = self._sizes, self._output.shape
        row, column = divmod(place, width)
        (kernel, _), (stride, _) = sizes.kernel_size, sizes.stride
        self._image.show(self._padded, (row * stride, column * stride, kernel, kernel))
        colors = color_signed(self._output, np.abs(self._output).max())
        flat = colors.reshape(-1, 3)
        flat[self._filled :] = to_rgb(EMPTY)
        self._map.show(flat.reshape(height, width, 3), (row, column, 1, 1))
        rows, size = sizes.image_size[0] + 2 * sizes.padding[0], sizes.output_size
        self.sentence = (
            f"{self._filled} of {format_quantity(self._output.size, 'place')}: a {kernel}×{kernel} kernel with stride "
            f"{stride} on {format_size(sizes.image_size)} pixels and padding {sizes.padding[0]}. The map is "
            f"{format_size(size)}, because ({rows} − {kernel}) / {stride} + 1 = {size[0]}"
            f"{', rounded down' if (rows - kernel) % stride else ''}."
        )
