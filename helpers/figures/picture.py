"""What every picture is made of: one drawing of all that stands still, on which the rest is moved in place."""

import io

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

# Okabe and Ito, "Color Universal Design", 2008: told apart by all common kinds of colour vision.
DENSE = "#D55E00"
LOCAL = "#0072B2"
CHOSEN = "#E69F00"
INK = "#1A1A1A"
FAINT = "#9A9A9A"

DPI = 100
TEXT = {"fontsize": 14, "color": INK}
STYLE = {"font.size": 14, "axes.labelsize": 14, "xtick.labelsize": 13, "ytick.labelsize": 13}


class Picture:
    """A figure that is drawn once and moved in place.

    `size` is (width, height) in pixels of the page. A subclass draws in `__init__`, hands every artist that moves to
    `moves`, and says in `sentence` what the picture shows. Repainting keeps the drawn background and paints only the
    moving artists, which costs a tenth of a full drawing.
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

    def png(self, density: float = 1.0) -> bytes:
        """Return the picture as PNG, `density` times `size` pixels large."""
        dpi = DPI * density
        if self._background is None or self.figure.dpi != dpi:
            self.figure.set_dpi(dpi)
            self._canvas.draw()
            self._background = self._canvas.copy_from_bbox(self.figure.bbox)
        else:
            self._canvas.restore_region(self._background)
        for artist in self._moving:
            self.figure.draw_artist(artist)
        pixels = np.asarray(self._canvas.buffer_rgba())[..., :3]
        file = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(pixels)).save(file, "PNG", compress_level=1)
        return file.getvalue()


def bare_axes(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Add axes without ticks or frame, x to the right and y downwards from 0 to 1; the box is in figure fractions."""
    axes = figure.add_axes((left, bottom, width, height))
    axes.set(xlim=(0, 1), ylim=(1, 0), xticks=[], yticks=[])
    axes.set_axis_off()
    return axes


def short_count(number: float) -> str:
    """Say a count in at most five characters and a unit word, as one reads it aloud: 9,216 or 43.5 billion."""
    for size, word in ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")):
        if number >= size:
            return f"{number / size:.3g}{word}"
    return f"{number:,.0f}"


def short_bytes(number: float) -> str:
    """Say an amount of memory in decimal units: 324 bytes, 2.6 MB, 174 GB."""
    for size, word in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "KB")):
        if number >= size:
            return f"{number / size:.3g} {word}"
    return f"{number:.0f} bytes"
