"""Which weights of a layer are the same parameter, from the dense layer to the convolution."""

import numpy as np
from matplotlib.patches import Rectangle

from helpers import counting
from helpers.counting.formatting import format_quantity, format_size, format_times
from helpers.drawing.artists import PixelImage, TextCollection, color_identities
from helpers.drawing.picture import Picture
from helpers.drawing.style import CHOSEN, FAINT, FONT_SIZE, INK

SMALLEST_NUMBER, LARGEST_NUMBER = 12, 22  # points
LARGEST = (32, 25)  # outputs and pixels: more would leave no room for the numbers


class WeightLadder(Picture):
    """The weight-identity matrix, above the four rungs from dense to convolution and what each of them counts.

    In the matrix the same number, on the same colour, is the same parameter, and the largest number is how many the
    layer has.
    """

    def __init__(self) -> None:
        super().__init__(940, 590)
        axes = self.add_axes("weights", 40, 150, 890, 400, xticks=[], yticks=[])
        self._matrix = PixelImage(self, axes)
        self._numbers = TextCollection(self, axes)
        self._title = self.add_title(axes)
        self.figure.text(
            22 / 940, 350 / 590, "outputs", rotation=90, fontsize=FONT_SIZE, color=INK, ha="center", va="center"
        )
        rungs = ("dense", "local", "tiled", "convolution")
        self._rungs = {name: _Rung(self, name, 6 + 234 * number) for number, name in enumerate(rungs)}

    def show(self, layer, matrix: np.ndarray) -> None:
        """Show a tiled convolution (`sizes`, `period`) by the matrix of its parameters' numbers.

        `matrix` has shape (units, pixels) and holds 0 where an output does not see a pixel, and from 1 the number of
        the parameter. Raises ValueError where that does not fit, and for a matrix too large for numbers that one reads.
        """
        sizes, period = layer.sizes, layer.period
        count = sizes.tiled(period)
        numbers = _as_numbers(np.asarray(matrix), sizes, count)
        units, pixels = numbers.shape
        places = {((column + 0.5) / pixels, (row + 0.5) / units): (row, column) for row, column in np.argwhere(numbers)}
        self._matrix.show(color_identities(numbers))
        size = min(max(SMALLEST_NUMBER, 150 / units), LARGEST_NUMBER)
        self._numbers.show({place: str(numbers[entry]) for place, entry in places.items()}, size)
        self._title.set_text(f"{units} outputs × {pixels} pixels: same number = same weight")
        current = {sizes.output_size: "local", (1, 1): "convolution"}.get(period, "tiled")
        shown = {
            "dense": (np.arange(1, numbers.size + 1).reshape(numbers.shape), sizes.dense),
            "local": (_number_unshared(sizes, numbers > 0), sizes.local),
            "tiled": (numbers, count),
            "convolution": (numbers, count),  # reached only when it is the layer itself
        }
        reached = list(shown).index(current)
        for place, (name, rung) in enumerate(self._rungs.items()):
            if place <= reached:
                rung.show(*shown[name], chosen=name == current)
            else:
                rung.hide()
        self.sentence = (
            f"{current.capitalize()}, period {period[0]} of {sizes.output_size[0]}: {format_size(sizes.image_size)} "
            "image, "
            f"{format_size(sizes.kernel_size)} kernel, {format_quantity(sizes.out_channels, 'channel')}. "
            f"{format_quantity(count.weights, 'weight')} instead of "
            f"{sizes.dense.weights:,} in a dense layer, each used {_format_uses(count)}; {count.multiply_adds:,} "
            f"multiply-adds instead of {sizes.dense.multiply_adds:,}; {count.bytes:,} bytes."
        )

    @staticmethod
    def periods(image_size: int, kernel_size: int) -> tuple[int, int]:
        """Return the first and last period, for a slider's range: stride 1, no padding."""
        return 1, counting.Layer(1, 1, image_size, kernel_size).output_size[0]


class _Rung:
    """One of the four boxes: a small matrix, a name and two counts."""

    def __init__(self, picture: Picture, name: str, left: float) -> None:
        width, height = picture.size
        corner, size = (left / width, 10 / height), (226 / width, 104 / height)
        frame = Rectangle(corner, *size, transform=picture.figure.transFigure, facecolor="white")
        self._frame = picture.add_animated(picture.figure.add_artist(frame))
        self._matrix = PixelImage(picture, picture.add_square(name, left + 8, 24, 76, caption=False))
        title, self._weights, self._uses = (
            picture.add_text(left + 92, y, weight=weight, va="center")
            for y, weight in ((93, "bold"), (62, "normal"), (34, "normal"))
        )
        title.set_text(name)

    def hide(self) -> None:
        """Keep back what the learner has not reached yet."""
        self._frame.set(edgecolor=FAINT, linewidth=1)
        self._matrix.show(np.zeros((1, 1)))
        self._weights.set_text("?")
        self._uses.set_text("")

    def show(self, numbers: np.ndarray, count: counting.Count, chosen: bool) -> None:
        """Show the numbered matrix and the counts."""
        self._frame.set(edgecolor=CHOSEN if chosen else FAINT, linewidth=5 if chosen else 1)
        self._matrix.show(color_identities(numbers), outline_pixels=False)
        self._weights.set_text(format_quantity(count.weights, "weight"))
        self._uses.set_text(f"used {_format_uses(count)}".replace(" to ", "–").replace(" times", "×"))


def _as_numbers(matrix: np.ndarray, sizes: counting.Layer, count: counting.Count) -> np.ndarray:
    units, pixels = sizes.out_channels * np.prod(sizes.output_size), sizes.in_channels * np.prod(sizes.image_size)
    if sizes.padding != (0, 0):
        raise ValueError(
            f"layer has padding={format_size(sizes.padding)}; allowed is none, so that every weight meets a pixel"
        )
    if units > LARGEST[0] or pixels > LARGEST[1]:
        raise ValueError(
            f"the matrix has {units} outputs × {pixels} pixels; allowed are {LARGEST[0]} × {LARGEST[1]}, so that its "
            "numbers can be read: shrink image_size or out_channels"
        )
    if matrix.shape != (units, pixels):
        raise ValueError(f"matrix has shape {matrix.shape}; allowed is ({units}, {pixels}) for this layer")
    numbers = matrix.astype(int)
    if (numbers != matrix).any() or not np.array_equal(
        np.unique(numbers[numbers != 0]), np.arange(1, count.weights + 1)
    ):
        raise ValueError(f"matrix has other numbers; allowed are 0 and 1 to {count.weights}, one for each weight")
    return numbers


def _number_unshared(sizes: counting.Layer, seen: np.ndarray) -> np.ndarray:
    """Number the weights of the locally connected layer that sees the same pixels."""
    channel, row, column = np.unravel_index(np.arange(len(seen)), (sizes.out_channels, *sizes.output_size))
    kernel = (row * sizes.output_size[1] + column) * sizes.out_channels + channel
    numbers = np.zeros(seen.shape, dtype=int)
    numbers[seen] = (kernel[:, None] * sizes.kernel_weights + np.arange(sizes.kernel_weights) + 1).ravel()
    return numbers


def _format_uses(count: counting.Count) -> str:
    fewest, most = count.fewest_uses, count.uses_per_weight
    if fewest != most:
        return f"{fewest} to {most} times"
    return format_times(most)
