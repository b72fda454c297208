"""A patch, a kernel, their nine products, and the sum that goes into the map: the numbers themselves."""

import numpy as np

from helpers.counting import as_int
from helpers.counting.formatting import format_number
from helpers.drawing.artists import PixelImage, TextCollection, color_signed, label_cells
from helpers.drawing.picture import Picture
from helpers.drawing.style import FONT_SIZE, INK

PAPER = 0.45  # the darkest ink is drawn this dark, so that numbers can be read on it
BOTTOM, LARGE, SMALL = 45, 250, 132  # pixels


class MultiplyAdd(Picture):
    """An image of whole numbers, the patch under the kernel, product by product, and the sum's place in the map."""

    def __init__(self) -> None:
        super().__init__(950, 340)
        middle = BOTTOM + (LARGE - SMALL) / 2
        self._image = _Numbers(self, "image: ink from 0 to 16", 8, BOTTOM, LARGE, 13)
        self._kernel = _Numbers(self, "kernel", 302, middle, SMALL, 17)
        self._products = _Numbers(self, "products", 478, middle, SMALL, 15)
        self._map = _Numbers(self, "map", 692, BOTTOM, LARGE, 13)
        self._sum = self.add_text(651, BOTTOM + LARGE / 2 - 42, FONT_SIZE + 6, weight="bold", ha="center", va="center")
        for x, sign in ((280, "×"), (456, "=")):
            self.figure.text(
                x / 950,
                (BOTTOM + LARGE / 2) / 340,
                sign,
                fontsize=24,
                color=INK,
                ha="center",
                va="center",
                weight="bold",
            )
        self.figure.text(
            651 / 950, (BOTTOM + LARGE / 2 + 34) / 340, "sum", fontsize=FONT_SIZE + 2, color=INK, ha="center"
        )
        self.figure.text(651 / 950, (BOTTOM + LARGE / 2) / 340, "→", fontsize=30, color=INK, ha="center", va="center")
        self._title = self.add_title(self.parts["map"])

    def show(self, image: np.ndarray, kernel: np.ndarray, name: str, row: int, column: int) -> None:
        """Show the kernel (K, K) of that name on the patch of an image (H, W) that begins at row and column.

        All numbers are whole. Raises ValueError where the kernel does not fit there.
        """
        image, kernel = np.asarray(image), np.asarray(kernel)
        size = len(kernel)
        rows, columns = (side - size + 1 for side in image.shape)
        row, column = as_int("row", row, minimum=0), as_int("column", column, minimum=0)
        if not (row < rows and column < columns):
            raise ValueError(f"row={row}, column={column}; allowed is 0 to {rows - 1} and 0 to {columns - 1}")
        patches = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)  # (rows, columns, K, K)
        products = patches[row, column] * kernel
        sums = (patches * kernel).sum((2, 3))
        largest = np.abs(sums).max()
        shade = 1 - PAPER * np.repeat(image[..., None], 3, axis=2) / max(image.max(), 1)
        self._image.show(image, shade, (row, column, size, size))
        self._kernel.show(kernel, color_signed(kernel, np.abs(kernel).max()))
        self._products.show(products, color_signed(products, np.abs(products).max()))
        self._map.show(sums, color_signed(sums, largest), (row, column, 1, 1))
        self._sum.set_text(format_number(products.sum()))
        self._title.set_text(f"{rows}×{columns} places")
        terms = " + ".join(
            f"{format_number(p)}·{format_number(k)}"
            for p, k in zip(patches[row, column].flat, kernel.flat, strict=True)
        )
        self.sentence = (
            f"Kernel “{name}” on the patch at row {row}, column {column}: {terms} = "
            f"{format_number(sums[row, column])}. The sum goes to row {row}, column {column} of the map."
        )


class _Numbers:
    """A square grid of coloured cells with a number in each."""

    def __init__(self, picture: Picture, name: str, left: float, bottom: float, side: float, size: float) -> None:
        axes = picture.add_square(name, left, bottom, side)
        self._cells, self._texts, self._size = PixelImage(picture, axes), TextCollection(picture, axes), size

    def show(self, numbers: np.ndarray, colors: np.ndarray, block: tuple | None = None) -> None:
        """Show whole numbers (H, W) on colours (H, W, 3), and outline a block of them."""
        self._cells.show(colors, block)
        self._texts.show(label_cells(numbers, format_number), self._size)
