"""Which weights of a layer are the same parameter, from the dense layer to the convolution."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from helpers import counting
from helpers.counting.formatting import format_quantity, format_size, format_times
from helpers.drawing.artists import PixelImage, TextCollection
from helpers.drawing.identities import color_identities
from helpers.drawing.picture import Picture
from helpers.drawing.style import CHOSEN, FAINT, FONT_SIZE, INK

LARGEST_NUMBER = 22  # points
DARK = "#555555"  # a line that a number which touches it is still seen on
LARGEST = (18, 25)  # outputs and pixels: more would leave no room for the numbers
MOST_WEIGHTS = 99  # numbers of two digits
LEFT, BOTTOM, WIDTH, HEIGHT = 86, 108, 850, 294  # of the matrix, in pixels


class WeightLadder(Picture):
    """The weight-identity matrix, above the four rungs from dense to convolution and what each of them counts.

    In the matrix the same number, on the same colour, is the same parameter, and the largest number is how many the
    layer has. Lines part it into blocks: one row of the output map by one row of the image.
    """

    def __init__(self) -> None:
        super().__init__(940, 450)
        axes = self.add_axes("weights", LEFT, BOTTOM, WIDTH, HEIGHT, xticks=[], yticks=[])
        self._matrix = PixelImage(self, axes)
        self._blocks = self.add_animated(axes.add_collection(LineCollection([], colors=FAINT, linewidths=2)))
        self._channels = self.add_animated(axes.add_collection(LineCollection([], colors=DARK, linewidths=3)))
        self._numbers = TextCollection(self, axes)
        self._title = self.add_text(LEFT + WIDTH / 2, 438, ha="center", va="center")
        whole = self.add_axes("labels", 0, 0, *self.size, frameon=False, xticks=[], yticks=[], xlim=(0, 1), ylim=(1, 0))
        self._labels = TextCollection(self, whole)
        middle = (BOTTOM + HEIGHT / 2) / self.size[1]
        self.figure.text(
            11 / 940, middle, "outputs", rotation=90, fontsize=FONT_SIZE, color=INK, ha="center", va="center"
        )
        rungs = ("dense", "local", "tiled", "convolution")
        self._rungs = {name: _Rung(self, name, 6 + 234 * number) for number, name in enumerate(rungs)}
        self._last_tiled = (2, 2)

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
        self._show_blocks(sizes)
        size = min(max(FONT_SIZE, 150 / units), LARGEST_NUMBER)
        self._numbers.show({place: str(numbers[entry]) for place, entry in places.items()}, size)
        channels = f"{sizes.out_channels} channels of " if sizes.out_channels > 1 else ""
        outputs = format_quantity(units // sizes.out_channels, "output")
        self._title.set_text(f"{channels}{outputs} × {pixels} pixels: same number = same weight")
        current = {sizes.output_size: "local", (1, 1): "convolution"}.get(period, "tiled")
        self._show_rungs(sizes, numbers > 0, period, current)
        self.sentence = (
            f"{current.capitalize()}, period {period[0]} of {sizes.output_size[0]}: {format_size(sizes.image_size)} "
            "image, "
            f"{format_size(sizes.kernel_size)} kernel, {format_quantity(sizes.out_channels, 'channel')}. "
            f"{format_quantity(count.weights, 'weight')} instead of "
            f"{sizes.dense.weights:,} in a dense layer, each used {_format_uses(count)}; {count.multiply_adds:,} "
            f"multiply-adds instead of {sizes.dense.multiply_adds:,}; {count.bytes:,} bytes."
        )

    def _show_blocks(self, sizes: counting.Layer) -> None:
        """Draw a line where a row of pixels, a row of outputs or a channel ends, and label the rows."""
        (rows, _), (pixel_rows, _) = sizes.output_size, sizes.image_size
        down, across = sizes.out_channels * rows, sizes.in_channels * pixel_rows
        lines = [[(0, y / down), (1, y / down)] for y in range(1, down)]
        self._channels.set_segments(lines[rows - 1 :: rows])
        self._blocks.set_segments([*lines, *([(x / across, 0), (x / across, 1)] for x in range(1, across))])
        width, height = self.size
        top = height - BOTTOM - HEIGHT
        above = {(LEFT + WIDTH * (x + 0.5) / across, top - 14): f"pixels, row {x % pixel_rows}" for x in range(across)}
        beside = {(54, top + HEIGHT * (y + 0.5) / down): f"row {y % rows}" for y in range(down)}
        places = {(x / width, y / height): words for (x, y), words in (above | beside).items()}
        self._labels.show(places, FONT_SIZE)

    def _show_rungs(self, sizes: counting.Layer, seen: np.ndarray, period: tuple[int, int], current: str) -> None:
        """Show all four rungs; the tiled one keeps the last period that lay between convolution and local."""
        if current == "tiled":
            self._last_tiled = period
        tiled = [of for of in (self._last_tiled, (2, 2)) if _is_between(of, sizes.output_size)]
        shown = {"local": sizes.output_size, "tiled": tiled[0] if tiled else None, "convolution": (1, 1)}
        self._rungs["dense"].show(np.arange(1, seen.size + 1).reshape(seen.shape), sizes.dense)
        for name, of in shown.items():
            if of is None:
                self._rungs[name].show_words("no period", "in between")
            else:
                self._rungs[name].show(_number_weights(sizes, seen, of), sizes.tiled(of), f"period {of[0]}")
        for name, rung in self._rungs.items():
            rung.frame(name == current)

    @staticmethod
    def channels(image_size: int, kernel_size: int) -> tuple[int, int]:
        """Return the fewest and most output channels, for a slider's range: 2 where their numbers can be read."""
        return 1, 2 if 2 * counting.Layer(1, 1, image_size, kernel_size).local.weights <= MOST_WEIGHTS else 1

    @staticmethod
    def periods(image_size: int, kernel_size: int) -> tuple[int, int]:
        """Return the first and last period, for a slider's range: stride 1, no padding."""
        return 1, counting.Layer(1, 1, image_size, kernel_size).output_size[0]


class _Rung:
    """One of the four boxes: a small matrix, a name and three lines."""

    def __init__(self, picture: Picture, name: str, left: float) -> None:
        width, height = picture.size
        corner, size = (left / width, 4 / height), (226 / width, 97 / height)
        box = Rectangle(corner, *size, transform=picture.figure.transFigure, facecolor="white")
        self._frame = picture.add_animated(picture.figure.add_artist(box))
        self._matrix = PixelImage(picture, picture.add_square(name, left + 8, 17, 72, caption=False))
        title, *self._lines = (
            picture.add_text(left + 88, y, weight=weight, va="center")
            for y, weight in ((86, "bold"), (63, "normal"), (41, "normal"), (18, "normal"))
        )
        title.set_text(name)

    def frame(self, chosen: bool) -> None:
        """Mark the rung that the large matrix shows."""
        self._frame.set(edgecolor=CHOSEN if chosen else FAINT, linewidth=5 if chosen else 1)

    def show(self, numbers: np.ndarray, count: counting.Count, period: str = "") -> None:
        """Show the numbered matrix, the counts and the period."""
        self._matrix.show(color_identities(numbers), outline_pixels=False)
        used = f"used {_format_uses(count)}".replace(" to ", "–").replace(" times", "×")
        self._write(format_quantity(count.weights, "weight"), used, period)

    def show_words(self, *lines: str) -> None:
        """Show lines where there is no such layer."""
        self._matrix.show(np.zeros((1, 1)))
        self._write(*lines, "")

    def _write(self, *lines: str) -> None:
        for text, line in zip(self._lines, lines, strict=True):
            text.set_text(line)


def _as_numbers(matrix: np.ndarray, sizes: counting.Layer, count: counting.Count) -> np.ndarray:
    units, pixels = sizes.out_channels * np.prod(sizes.output_size), sizes.in_channels * np.prod(sizes.image_size)
    if sizes.padding != (0, 0):
        raise ValueError(
            f"layer has padding={format_size(sizes.padding)}; allowed is none, so that every weight meets a pixel"
        )
    if units > LARGEST[0] or pixels > LARGEST[1] or count.weights > MOST_WEIGHTS:
        raise ValueError(
            f"the matrix has {units} outputs × {pixels} pixels and {count.weights} weights; allowed are {LARGEST[0]} × "
            f"{LARGEST[1]} and {MOST_WEIGHTS}, so that its numbers can be read: shrink image_size or out_channels"
        )
    if matrix.shape != (units, pixels):
        raise ValueError(f"matrix has shape {matrix.shape}; allowed is ({units}, {pixels}) for this layer")
    numbers = matrix.astype(int)
    if (numbers != matrix).any() or not np.array_equal(
        np.unique(numbers[numbers != 0]), np.arange(1, count.weights + 1)
    ):
        raise ValueError(f"matrix has other numbers; allowed are 0 and 1 to {count.weights}, one for each weight")
    return numbers


def _number_weights(sizes: counting.Layer, seen: np.ndarray, period: tuple[int, int]) -> np.ndarray:
    """Number the weights of the tiled layer of that period that sees the same pixels."""
    channel, row, column = np.unravel_index(np.arange(len(seen)), (sizes.out_channels, *sizes.output_size))
    kernel = (row % period[0] * period[1] + column % period[1]) * sizes.out_channels + channel
    numbers = np.zeros(seen.shape, dtype=int)
    numbers[seen] = (kernel[:, None] * sizes.kernel_weights + np.arange(sizes.kernel_weights) + 1).ravel()
    return numbers


def _is_between(period: tuple[int, int], output_size: tuple[int, int]) -> bool:
    return (1, 1) != period != output_size and all(np.less_equal(period, output_size))


def _format_uses(count: counting.Count) -> str:
    fewest, most = count.fewest_uses, count.uses_per_weight
    if fewest != most:
        return f"{fewest} to {most} times"
    return format_times(most)
