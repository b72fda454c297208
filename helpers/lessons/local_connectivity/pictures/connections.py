"""Which input pixel is connected to which output unit."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from helpers import counting
from helpers.counting.formatting import format_count, format_quantity, format_size
from helpers.drawing.artists import PixelImage
from helpers.drawing.picture import Picture, as_image
from helpers.drawing.style import CHOSEN, DENSE, EMPTY, FONT_SIZE, INK, LOCAL

LARGEST_MATRIX = 5 * 10**6  # entries; a million are already finer than the picture
SMALLEST_CELL = 3  # pixels; lines between smaller ones would cover them


class DenseGrowth(Picture):
    """A dense layer's connection matrix, every cell a weight, beside the number of its weights.

    White lines part the cells, as long as they can be seen. A black square is as much of a larger matrix as the whole
    matrix of an image of `unit` pixels a side, and black lines repeat it.
    """

    unit, largest = 8, 28
    side = 310  # of the matrix on the page

    def __init__(self) -> None:
        super().__init__(900, 390)
        self._digit = PixelImage(self, self.add_square("image", 10, 140, 210, caption=False))
        matrix = self.add_square("connection matrix", 255, 40, self.side, caption=False)
        matrix.set_facecolor(DENSE)
        self._titles = [self.add_title(axes) for axes in (self._digit.axes, matrix)]
        self._below = self.add_text(255 + self.side / 2, 12, ha="center")
        self._lines = self.add_animated(matrix.add_collection(LineCollection([])))
        self._square = self.add_animated(matrix.add_patch(Rectangle((0, 0), 0, 0, fill=False, color=INK, linewidth=4)))
        chart = self.add_chart("weights, log", (700, 80, 180, 270), -0.5, "image side, log")
        sides = np.arange(4, self.largest + 1)
        chart.loglog(sides, sides**4, color=DENSE, linewidth=3)
        chart.set(xlim=(3.6, 31), ylim=(100, 2e6), xticks=[4, 8, 16, 28], xticklabels=[4, 8, 16, 28])
        chart.minorticks_off()
        chart.yaxis.set_major_formatter(lambda number, _: f"{number:,.0f}")
        self._dot = self.add_animated(chart.plot([], [], "o", markersize=13, color=INK, clip_on=False)[0])
        self._count = self.add_text(708, 320, FONT_SIZE + 2, weight="bold")

    def show(self, weight: np.ndarray, image: np.ndarray) -> None:
        """Show a dense layer's weight (H², H²), one row for each output, over a square image (H, H)."""
        image = as_image("image", image)
        side = image.shape[0]
        if image.shape != (side, side) or side > self.largest or weight.shape != (side**2, side**2):
            raise ValueError(
                f"weight has shape {tuple(weight.shape)} over an image of {image.shape}; allowed is one row and one "
                f"column for every pixel of a square image, and at most {self.largest} pixels a side"
            )
        outputs, pixels = weight.shape
        self._digit.show(image, (0, 0, side, side))
        self._titles[0].set_text(f"{side}×{side} = {pixels} pixels")
        self._titles[1].set_text(f"{outputs} outputs × {pixels} pixels")
        self._show_cells(pixels)
        self._dot.set_data([side], [weight.size])
        self._count.set_text(f"{weight.size:,}")
        self.sentence = (
            f"{side}×{side} image: each of {outputs} outputs sees all {pixels} pixels; {weight.size:,} weights."
        )

    def _show_cells(self, count: int) -> None:
        """Draw the lines between `count` × `count` cells and between the squares, and the first square."""
        square, cell = self.unit**2, self.side / count
        cells = np.arange(1, count) if cell > SMALLEST_CELL else np.array([], int)
        squares = np.arange(square, count, square)
        at = np.concatenate([cells, squares]) / count
        self._lines.set_segments([line for x in at for line in ([(x, 0), (x, 1)], [(0, x), (1, x)])])
        lines = 2 * len(cells), 2 * len(squares)
        self._lines.set(color=["white"] * lines[0] + [INK] * lines[1])
        self._lines.set_linewidth([0.1 * cell] * lines[0] + [1.2] * lines[1])
        self._square.set_visible(count > square)
        self._square.set_bounds(0, 0, square / count, square / count)
        unit, ratio = f"{self.unit}×{self.unit}", (count / square) ** 2
        larger = f"{ratio:.1f}" if ratio < 10 else f"{ratio:,.0f}"
        self._below.set_text(
            f"{larger} times that of {unit} pixels (black)" if ratio > 1 else "each cell is one weight"
        )


class ConnectionMap(Picture):
    """One output of a locally connected layer: what it sees of the image, where it lies, and its row of the matrix."""

    def __init__(self) -> None:
        super().__init__(900, 360)
        self._image = PixelImage(self, self.add_square("input: what the output sees", 10, 40, 270))
        self._output = PixelImage(self, self.add_square("output map", 310, 40, 270))
        self._matrix = PixelImage(self, self.add_square("connection matrix", 620, 40, 270))
        self._titles = [self.add_title(part.axes) for part in (self._image, self._output, self._matrix)]
        self._pointer = self.add_animated(
            self._matrix.axes.plot([], [], ">", markersize=15, color=CHOSEN, clip_on=False)[0]
        )
        self._layer = None

    def show(self, layer, image: np.ndarray, position: int) -> None:
        """Show the output at `position`, counted row by row from 0, of a layer with the sizes of an `nn.Conv2d`.

        `layer` has `in_channels`, `out_channels`, `image_size`, `kernel_size`, `output_size`, `stride`, `padding` and
        `dilation`; `image` is (H, W). Raises ValueError for a position outside the output map, for more than one input
        channel, and for more connections than a picture can show.
        """
        sizes = counting.Layer(
            layer.in_channels,
            layer.out_channels,
            layer.image_size,
            layer.kernel_size,
            layer.stride,
            layer.padding,
            layer.dilation,
        )
        if sizes.in_channels != 1:
            raise ValueError(f"layer has in_channels={sizes.in_channels}; allowed is 1, the channel that is drawn")
        if sizes.dense.weights > LARGEST_MATRIX:
            raise ValueError(
                f"the connection matrix of this layer has {format_count(sizes.dense.weights)} entries; allowed are "
                f"{format_count(LARGEST_MATRIX)}: shrink image_size or out_channels"
            )
        image = as_image("image", image, sizes.image_size)
        height, width = sizes.output_size
        position = counting.as_int("position", position, minimum=0)
        if position >= height * width:
            raise ValueError(f"position={position} is outside the output map; allowed is 0 to {height * width - 1}")
        row, column = divmod(position, width)
        connected = connection_matrix(sizes)
        seen = connected[position].reshape(sizes.image_size)
        block = None
        if seen.any():  # with wide padding an output may see no pixel at all
            inside = np.argwhere(seen)
            (top, left), (bottom, right) = inside.min(0), inside.max(0)
            block = (top, left, bottom - top + 1, right - left + 1)
        self._image.show(image, block)
        chosen = np.ones((height, width, 3))
        chosen[row, column] = to_rgb(CHOSEN)
        self._output.show(chosen, (row, column, 1, 1))
        self._show_matrix(np.tile(connected, (sizes.out_channels, 1)), position, height * width)
        repeated = f" × {sizes.out_channels} channels" if sizes.out_channels > 1 else ""
        pixels, count = connected.shape[1], sizes.local
        self._titles[0].set_text(f"{image.shape[0]}×{image.shape[1]}, sees {seen.sum()} pixels")
        self._titles[1].set_text(f"{height}×{width}{repeated}")
        self._titles[2].set_text(f"{height * width * sizes.out_channels:,} outputs × {pixels} pixels")
        self.sentence = (
            f"{format_size(sizes.image_size)} image, {format_size(sizes.kernel_size)} kernel, "
            f"{format_quantity(sizes.out_channels, 'channel')}: position "
            f"{position} (row {row}, column {column}) sees {seen.sum()} of {pixels} pixels; "
            f"{format_count(count.weights)} weights instead of {format_count(sizes.dense.weights)} in a dense layer."
        )
        self._layer = sizes

    @staticmethod
    def positions(image_size: int, kernel_size: int) -> tuple[int, int]:
        """Return the first and last position of the output map, for a slider's range: stride 1, no padding."""
        height, width = counting.Layer(1, 1, image_size, kernel_size).output_size
        return 0, height * width - 1

    def pointed(self, x: float, y: float) -> dict[str, int] | None:
        """Return the position that belongs to a place on the picture, given as fractions from the top left."""
        if self._layer is None:
            return None
        spot = self.figure.transFigure.transform((x, 1 - y))
        height, width = self._layer.output_size
        for part in (self._image, self._output, self._matrix):
            across, down = part.axes.transData.inverted().transform(spot)
            if not (0 <= across < 1 and 0 <= down < 1):
                continue
            if part is self._output:
                row, column = int(down * height), int(across * width)
            elif part is self._image:
                sizes = self._layer
                row, column = (
                    round((share * image - 0.5 + padding - dilation * (kernel - 1) / 2) / stride)
                    for share, image, kernel, stride, padding, dilation in zip(
                        (down, across),
                        sizes.image_size,
                        sizes.kernel_size,
                        sizes.stride,
                        sizes.padding,
                        sizes.dilation,
                        strict=True,
                    )
                )
            else:
                rows = height * width * self._layer.out_channels
                row, column = divmod(int(down * rows) % (height * width), width)
            return {"position": min(max(row, 0), height - 1) * width + min(max(column, 0), width - 1)}
        return None

    def _show_matrix(self, connected: np.ndarray, position: int, positions: int) -> None:
        colors = np.array([to_rgb(EMPTY), to_rgb(LOCAL), to_rgb("#FFE9BF"), to_rgb(CHOSEN)])
        kind = connected.astype(np.uint8)
        kind[position::positions] += 2
        rows = len(kind)
        chosen = np.arange(position, rows, positions)  # the same position in every channel
        self._pointer.set_data(np.full(len(chosen), -0.025), (chosen + 0.5) / rows)
        kind = _pool(kind, limit=270)
        self._matrix.show(colors[kind], outline_pixels=False)  # its pixels are too small for lines around them


def connection_matrix(sizes: counting.Layer) -> np.ndarray:
    """Return which output position (row) sees which pixel (column), bool of shape (H_out W_out, H W)."""
    rows, columns = (_connect_axis(sizes, axis) for axis in (0, 1))
    return np.kron(rows, columns)


def _connect_axis(sizes: counting.Layer, axis: int) -> np.ndarray:
    """Along one axis: which output index sees which pixel index, bool of shape (outputs, pixels)."""
    outputs = np.arange(sizes.output_size[axis])[:, None, None]
    taps = np.arange(sizes.kernel_size[axis])[None, :, None]
    seen = outputs * sizes.stride[axis] + taps * sizes.dilation[axis] - sizes.padding[axis]
    return (seen == np.arange(sizes.image_size[axis])).any(axis=1)


def _pool(kind: np.ndarray, limit: int) -> np.ndarray:
    """Shrink to at most `limit` rows and columns; the largest value of a block stays visible."""
    rows, columns = (-(-size // limit) for size in kind.shape)
    padded = np.pad(kind, ((0, -kind.shape[0] % rows), (0, -kind.shape[1] % columns)))
    blocks = padded.reshape(padded.shape[0] // rows, rows, padded.shape[1] // columns, columns)
    return blocks.max(axis=(1, 3))
