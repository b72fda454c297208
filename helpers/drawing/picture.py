"""What every picture is made of: one drawing of all that stands still, on which the rest is moved in place."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from helpers.drawing.artists import CachedText
from helpers.drawing.style import DPI, FAINT, FONT_SIZE, INK, LARGEST_IMAGE


class Picture:
    """A figure that is drawn once and moved in place.

    `size` is (width, height) in pixels of the page, `lines` of text hold the longest sentence, and `parts` are the
    axes by name. A subclass draws in `__init__`, hands every artist that moves to `add_animated`, and says in
    `sentence` what the picture shows. Repainting keeps the drawn background and paints only the animated artists.
    """

    lines = 2

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.sentence = ""
        self.figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="white")
        self._canvas = FigureCanvasAgg(self.figure)
        self.parts: dict[str, Axes] = {}
        self._animated: list[Artist] = []
        self._background = None  # and the dots per inch for which it was drawn

    def add_animated(self, artist: Artist) -> Artist:
        """Mark an artist as one that moves, and return it."""
        artist.set_animated(True)
        self._animated.append(artist)
        return artist

    def png(self, density: float = 1.0, small: bool = False) -> bytes:
        """Return the picture as PNG, `density` times `size` pixels large.

        A small one takes longer and has 256 colours, more than the eye tells apart in these pictures.
        """
        dpi = DPI * density
        if self.figure.dpi != dpi:
            self.figure.set_dpi(dpi)
        if small:  # for a file: the background of the live picture is kept
            self._canvas.draw()
        elif self._background is None or self._background[0] != dpi:
            self._canvas.draw()
            self._background = dpi, self._canvas.copy_from_bbox(self.figure.bbox)
        else:
            self._canvas.restore_region(self._background[1])
        for artist in self._animated:
            self.figure.draw_artist(artist)
        pixels = Image.fromarray(np.asarray(self._canvas.buffer_rgba())).convert("RGB")
        if small:
            pixels = pixels.quantize(256, dither=Image.Dither.NONE)
        file = io.BytesIO()
        pixels.save(file, "PNG", compress_level=9 if small else 1)
        return file.getvalue()

    def add_axes(self, name: str, left: float, bottom: float, width: float, height: float, **how: Any) -> Axes:
        """Add axes as the part of that name; the box is in pixels, and `how` as for `Figure.add_axes`."""
        across, up = self.size
        axes = self.figure.add_axes((left / across, bottom / up, width / across, height / up), **how)
        self.parts[name] = axes
        return axes

    def add_square(self, name: str, left: float, bottom: float, side: float, caption: bool = True) -> Axes:
        """Add square axes without ticks, x to the right and y downwards from 0 to 1, with their name below them."""
        axes = self.add_axes(name, left, bottom, side, side, xlim=(0, 1), ylim=(1, 0), xticks=[], yticks=[])
        for spine in axes.spines.values():
            spine.set(color=FAINT, linewidth=1)
        if caption:
            x, y = (left + side / 2) / self.size[0], (bottom - 10) / self.size[1]
            self.figure.text(x, y, name, ha="center", va="top", fontsize=FONT_SIZE, color=INK)
        return axes

    def add_chart(self, name: str, box: tuple[int, int, int, int], title_x: float, below: str) -> Axes:
        """Add axes with `below` under the x axis and, in place of a label at the y axis, their name at the left.

        The box is (left, bottom, width, height) in pixels, and `title_x` a fraction of its width.
        """
        axes = self.add_axes(name, *box)
        axes.tick_params(labelsize=FONT_SIZE)
        axes.set_xlabel(below, fontsize=FONT_SIZE, color=INK)
        axes.set_title(name, fontsize=FONT_SIZE, color=INK, loc="left", x=title_x, pad=10)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#DDDDDD")
        return axes

    def add_rows(
        self,
        name: str,
        box: tuple[int, int, int, int],
        names: Iterable[str],
        below: str,
        at: Sequence[int] | None = None,
    ) -> Axes:
        """Add axes with a row for each of `names`, from the top, `below` under the x axis; else as `add_chart`.

        `at` are the rows' places on the y axis, 0, 1, 2, … unless given.
        """
        names = list(names)
        at = range(len(names)) if at is None else at
        axes = self.add_axes(name, *box, ylim=(at[-1] + 0.5, -0.5))
        axes.set_yticks(at, names, fontsize=FONT_SIZE)
        axes.tick_params(labelsize=FONT_SIZE, length=0)
        axes.set_xlabel(below, fontsize=FONT_SIZE, color=INK)
        axes.spines[["top", "right", "left"]].set_visible(False)
        return axes

    def add_text(self, x: float, y: float, size: float = FONT_SIZE, **how: str) -> CachedText:
        """Add a moving line of text, `size` points large, at x and y in pixels from the bottom left."""
        words = CachedText(x / self.size[0], y / self.size[1], "", fontsize=size, **{"color": INK, **how})
        words.set_transform(self.figure.transFigure)
        return self.add_animated(self.figure.add_artist(words))

    def add_title(self, axes: Axes) -> CachedText:
        """Add a moving line of text above axes."""
        box = axes.get_position()
        x, y = (box.x0 + box.x1) / 2 * self.size[0], box.y1 * self.size[1] + 10
        return self.add_text(x, y, ha="center", va="bottom")


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
