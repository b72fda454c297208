"""What every picture is made of: one drawing of all that stands still, on which the rest is moved in place."""

import io

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from PIL import Image

# Okabe and Ito, "Color Universal Design", 2008: told apart by all common kinds of colour vision.
DENSE = "#D55E00"
LOCAL = "#0072B2"
CHOSEN = "#E69F00"
INK = "#1A1A1A"
FAINT = "#8A8A8A"
EMPTY = "#F1F1F1"

DPI = 100
LARGEST_IMAGE = 512
FONT_SIZE = 14  # points at the shown size: readable from the back row


class Picture:
    """A figure that is drawn once and moved in place.

    `size` is (width, height) in pixels of the page. A subclass draws in `__init__`, hands every artist that moves to
    `moves`, and says in `sentence` what the picture shows. Repainting keeps the drawn background and paints only the
    moving artists.
    """

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.sentence = ""
        self.figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="white")
        self._canvas = FigureCanvasAgg(self.figure)
        self._moving: list[Artist] = []
        self._background = None

    def moves(self, artist: Artist) -> Artist:
        """Mark an artist as one that moves, and return it."""
        artist.set_animated(True)
        self._moving.append(artist)
        return artist

    def png(self, density: float = 1.0, compress_level: int = 1) -> bytes:
        """Return the picture as PNG, `density` times `size` pixels large; `compress_level` is 1 (fast) to 9 (small)."""
        dpi = DPI * density
        if self._background is None or self.figure.dpi != dpi:
            self.figure.set_dpi(dpi)
            self._canvas.draw()
            self._background = self._canvas.copy_from_bbox(self.figure.bbox)
        else:
            self._canvas.restore_region(self._background)
        for artist in self._moving:
            self.figure.draw_artist(artist)
        pixels = Image.fromarray(np.asarray(self._canvas.buffer_rgba())).convert("RGB")
        file = io.BytesIO()
        pixels.save(file, "PNG", compress_level=compress_level)
        return file.getvalue()

    def square(self, left: float, bottom: float, side: float) -> Axes:
        """Add square axes without ticks, x to the right and y downwards from 0 to 1; the box is in pixels."""
        width, height = self.size
        axes = self.figure.add_axes((left / width, bottom / height, side / width, side / height))
        axes.set(xlim=(0, 1), ylim=(1, 0), xticks=[], yticks=[])
        for spine in axes.spines.values():
            spine.set(color=FAINT, linewidth=1)
        return axes

    def title(self, axes: Axes) -> Artist:
        """Add a moving line of text above axes."""
        box = axes.get_position()
        x, y = (box.x0 + box.x1) / 2, box.y1 + 10 / self.size[1]
        return self.moves(self.figure.text(x, y, "", ha="center", va="bottom", fontsize=FONT_SIZE, color=INK))

    def under(self, axes: Axes, text: str) -> None:
        """Add a standing line of text below axes."""
        box = axes.get_position()
        x, y = (box.x0 + box.x1) / 2, box.y0 - 10 / self.size[1]
        self.figure.text(x, y, text, ha="center", va="top", fontsize=FONT_SIZE, color=INK)


class Pixels:
    """An image of any size that fills its axes, with lines around the pixels and room for one outlined block."""

    def __init__(self, picture: Picture, axes: Axes) -> None:
        self.axes = axes
        self._image: AxesImage = picture.moves(
            axes.imshow([[0.0]], cmap="gray_r", vmin=0, vmax=1, extent=(0, 1, 1, 0), interpolation="nearest")
        )
        self._lines = picture.moves(axes.add_collection(LineCollection([], colors="#C8C8C8", linewidths=0.8)))
        self._block = picture.moves(axes.add_patch(Rectangle((0, 0), 0, 0, fill=False, color=CHOSEN, linewidth=4)))

    def show(
        self, pixels: np.ndarray, block: tuple[int, int, int, int] | None = None, outline_pixels: bool = True
    ) -> None:
        """Show gray (H, W) or coloured (H, W, 3) pixels, and outline a block (top, left, height, width) of them."""
        height, width = pixels.shape[:2]
        coloured = pixels.ndim == 3
        self._image.set_data((255 * pixels).round().astype(np.uint8) if coloured else pixels)  # bytes draw faster
        lines = []
        if outline_pixels:
            lines += [[(0, y / height), (1, y / height)] for y in range(1, height)]
            lines += [[(x / width, 0), (x / width, 1)] for x in range(1, width)]
        self._lines.set_segments(lines)
        top, left, block_height, block_width = block or (0, 0, 0, 0)
        self._block.set_visible(block is not None)
        self._block.set_bounds(left / width, top / height, block_width / width, block_height / height)


def short_count(number: int) -> str:
    """Say a count as one reads it aloud: 9,216, or 43.5 billion."""
    return _short(number, [("million", 6), ("billion", 9), ("trillion", 12), ("quadrillion", 15)], "")


def short_bytes(number: int) -> str:
    """Say an amount of memory in decimal units: 324 bytes, 2.65 MB, 174 GB."""
    return _short(number, [("KB", 3), ("MB", 6), ("GB", 9), ("TB", 12), ("PB", 15)], " bytes")


def as_image(name: str, image: np.ndarray, shape: tuple[int, int] | None = None) -> np.ndarray:
    """Return an image as an array, or raise a ValueError naming what is allowed: (H, W), finite, at most 512×512."""
    array = np.asarray(image)
    if array.ndim != 2 or not 1 <= min(array.shape) <= max(array.shape) <= LARGEST_IMAGE:
        raise ValueError(f"{name} has shape {array.shape}; allowed is (H, W) with 1 to {LARGEST_IMAGE} pixels a side")
    if shape is not None and array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}; allowed is {shape}")
    if array.dtype.kind not in "fiub" or not np.isfinite(array).all():
        raise ValueError(f"{name} holds {array.dtype} with values that are not finite numbers; allowed are such only")
    return array


def _short(number: int, units: list[tuple[str, int]], plain: str) -> str:
    for unit, power in reversed(units):
        rounded = float(f"{number / 10**power:.3g}")  # 999.6 million reads as 1 billion, not as 1e+03 million
        if rounded >= 1 and (number >= 10**power or power > units[0][1]):
            return f"{rounded:,.0f} {unit}" if rounded >= 100 else f"{rounded:.3g} {unit}"
    return f"{number:,}{plain}"
