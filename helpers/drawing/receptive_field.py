"""How far one output sees through several layers."""

import numpy as np
from matplotlib.colors import to_rgb

from helpers import counting
from helpers.counting.formatting import format_quantity
from helpers.drawing.artists import PixelImage
from helpers.drawing.picture import Picture, as_image
from helpers.drawing.style import CHOSEN, EMPTY, FONT_SIZE, INK, LOCAL


class ReceptiveField(Picture):
    """The pixels that the middle output of a stack of local layers sees, and the gradient that proves it."""

    deepest = 5
    side = "the layers from the side"

    def __init__(self) -> None:
        super().__init__(900, 370)
        self._image = PixelImage(self, self.add_square("input: what the output sees", 10, 45, 270))
        self._stack = PixelImage(self, self.add_square(self.side, 310, 45, 270))
        self._gradient = PixelImage(self, self.add_square("gradient of the output", 620, 45, 270))
        self._titles = [self.add_title(part.axes) for part in (self._image, self._stack, self._gradient)]
        self._names = [
            self.add_animated(
                self._stack.axes.text(0.02, 0, "", va="center", fontsize=FONT_SIZE, color=INK, weight="bold")
            )
            for _ in range(self.deepest + 1)
        ]

    def show(self, image: np.ndarray, gradient: np.ndarray, kernel_size: int, depth: int) -> None:
        """Show a stack of `depth` layers without padding over a square image (H, H).

        `gradient` is the gradient of the middle output with respect to the image, of the same shape.
        """
        image = as_image("image", image)
        side = image.shape[0]
        gradient = as_image("gradient", gradient, (side, side))
        field = counting.receptive_field(kernel_size, depth)
        if depth > self.deepest or field > side:
            raise ValueError(
                f"depth={depth} layers of kernel_size={kernel_size} see {field} pixels; allowed are at most "
                f"{self.deepest} layers that see at most {side} pixels"
            )
        first = (side - field) // 2
        block = (first, first, field, field)
        faded = 0.35 * image[..., None] + np.zeros(3)
        paper = 1 - faded
        paper[first : first + field, first : first + field] = (
            1 - image[first : first + field, first : first + field, None]
        )
        self._image.show(paper, block)
        self._show_stack(side, kernel_size, depth)
        strength = np.sqrt(np.abs(gradient) / max(np.abs(gradient).max(), 1e-30))
        strength = np.where(gradient != 0, 0.2 + 0.8 * strength, 0)[..., None]
        self._gradient.show(1 - strength * (1 - np.array(to_rgb(LOCAL))), block)
        touched = int(np.count_nonzero(gradient))
        self._titles[0].set_text(f"sees {field}×{field} = {format_quantity(field**2, 'pixel')}")
        self._titles[1].set_text(self._describe_stack(kernel_size, depth))
        self._titles[2].set_text(f"not zero at {format_quantity(touched, 'pixel')}")
        self.sentence = (
            f"{self._describe_depth(depth)} with {kernel_size}×{kernel_size} kernels: the middle output sees "
            f"{field}×{field} = "
            f"{field**2} of {side**2} pixels, because {depth} × ({kernel_size} − 1) + 1 = {field}; "
            f"its gradient is not zero at {format_quantity(touched, 'pixel')}."
        )

    def _describe_depth(self, depth: int) -> str:
        """Return how deep the stack is, as a sentence begins."""
        return format_quantity(depth, "layer")

    def _name_level(self, level: int) -> str:
        """Name what leads to a level of the stack."""
        return f"layer {level}"

    def _describe_stack(self, kernel_size: int, depth: int) -> str:
        return f"{format_quantity(depth, 'layer')}, {kernel_size}×{kernel_size} kernels"

    def _show_stack(self, side: int, kernel_size: int, depth: int) -> None:
        levels = depth + 1
        cells = np.ones((levels, side, 3))
        for level in range(levels):  # level 0 is the input, drawn at the bottom
            row = depth - level
            units = side - level * (kernel_size - 1)
            seen = counting.receptive_field(kernel_size, depth - level) if level < depth else 1
            for width, color in ((units, EMPTY), (seen, CHOSEN)):
                first = (side - width) // 2
                cells[row, first : first + width] = to_rgb(color)
        self._stack.show(cells)
        for level, name in enumerate(self._names):
            shown = level < levels
            name.set_text(("input" if level == 0 else self._name_level(level)) if shown else "")
            name.set_position((0.02, (depth - level + 0.5) / levels))
