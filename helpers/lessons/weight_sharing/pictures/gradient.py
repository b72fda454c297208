"""The gradient of a shared weight: one number for each of its uses, and their sum."""

import numpy as np
from matplotlib.patches import FancyArrowPatch

from helpers.counting.formatting import format_number, format_signed
from helpers.drawing.artists import PixelImage, TextCollection, color_signed, label_cells, label_signs
from helpers.drawing.picture import Picture, as_image
from helpers.drawing.style import FONT_SIZE, INK

LARGEST_KERNEL = 4


class GradientSum(Picture):
    """One weight of a kernel: the pixels it meets, its gradient at each use, and the sum that autograd gives."""

    def __init__(self) -> None:
        super().__init__(940, 360)
        self._image = PixelImage(self, self.add_square("what the weight meets", 10, 56, 270))
        self._uses = PixelImage(self, self.add_square("its gradient at each use", 312, 56, 270))
        self._kernel = PixelImage(self, self.add_square("weight.grad of the kernel", 660, 56, 270))
        self._signs = TextCollection(self, self._uses.axes)
        self._values = TextCollection(self, self._kernel.axes)
        self._others = self.add_text(447, 24, ha="center", va="top")
        self._titles = [self.add_title(part.axes) for part in (self._image, self._uses, self._kernel)]
        self.figure.add_artist(
            FancyArrowPatch(
                (588 / 940, 191 / 360),
                (652 / 940, 191 / 360),
                arrowstyle="simple,head_length=14,head_width=26,tail_width=9",
                color=INK,
            )
        )
        self.figure.text(617 / 940, 228 / 360, "sum", fontsize=FONT_SIZE + 4, weight="bold", color=INK, ha="center")

    def show(self, image: np.ndarray, uses: np.ndarray, grad: np.ndarray, row: int, column: int) -> None:
        """Show the weight at (row, column) of a kernel that moves over an image (H, W) with stride 1, unpadded.

        `uses` is its gradient at each output position, (H_out, W_out), and `grad` the kernel's gradient, (K, K). Raises
        ValueError for shapes that do not fit, and for uses whose sum is not the weight's entry in `grad`.
        """
        image, uses, grad = (as_image(name, a) for name, a in (("image", image), ("uses", uses), ("grad", grad)))
        kernel_size = grad.shape[0]
        expected = tuple(size - kernel_size + 1 for size in image.shape)
        if grad.shape != (kernel_size, kernel_size) or kernel_size > LARGEST_KERNEL or uses.shape != expected:
            raise ValueError(
                f"uses has shape {uses.shape} and grad {grad.shape}; allowed are {expected} and a square of at most "
                f"{LARGEST_KERNEL}×{LARGEST_KERNEL}"
            )
        if not (0 <= row < kernel_size and 0 <= column < kernel_size):
            raise ValueError(f"row={row}, column={column}; allowed is 0 to {kernel_size - 1}")
        total = uses.sum()
        if not np.isclose(total, grad[row, column], rtol=1e-9, atol=1e-9):
            raise ValueError(f"uses sum to {total}; allowed is the weight's entry in grad, {grad[row, column]}")
        block = (row, column, *uses.shape)
        self._image.show(image, block)
        placed = np.zeros(image.shape)
        placed[row : row + uses.shape[0], column : column + uses.shape[1]] = uses
        self._uses.show(color_signed(placed, np.abs(uses).max()) - 0.12 * (image * (placed == 0))[..., None], block)
        self._signs.show(label_signs(placed), size=FONT_SIZE, weight="bold")
        self._kernel.show(color_signed(grad, np.abs(grad).max()), (row, column, 1, 1))
        size = {2: 22, 3: 17, 4: FONT_SIZE}.get(kernel_size, 22)
        self._values.show(label_cells(grad, _format_short), size)
        above, below = int((uses > 0).sum()), int((uses < 0).sum())
        self._titles[0].set_text(f"{uses.size} of {image.size} pixels")
        self._titles[1].set_text(f"{above} above zero, {below} below")
        mean, largest = format_signed(uses.mean()), format_signed(uses.flat[np.abs(uses).argmax()])
        self._others.set_text(f"mean {mean}, largest {largest}")
        self._titles[2].set_text(f"sum of {uses.size} uses: {format_signed(total)}")
        self.sentence = (
            f"Weight ({row}, {column}) of the {kernel_size}×{kernel_size} kernel is used at {uses.size} positions. Its "
            f"gradient is above zero at {above} of them, below zero at {below}, and zero at "
            f"{uses.size - above - below}. Their mean is {mean}, the largest {largest}, the sum "
            f"{format_signed(total)}; autograd's gradient is {format_signed(grad[row, column])}."
        )

    @staticmethod
    def indices(kernel_size: int) -> tuple[int, int]:
        """Return the first and last row or column of a kernel, for a slider's range."""
        return 0, kernel_size - 1


def _format_short(value: float) -> str:
    """Return a number with its sign in three digits, as many as a cell takes."""
    return format_signed(value) if abs(value) < 9.995 else format_number(value, "+.1f")
