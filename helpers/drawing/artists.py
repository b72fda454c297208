"""What the moving parts of a picture are made of; each is quicker to paint than matplotlib's general artist."""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from helpers.drawing.style import CHOSEN, DPI, INK, NEGATIVE, POSITIVE

if TYPE_CHECKING:
    from helpers.drawing.picture import Picture

EM = 100  # the size at which outlines are taken from the font
NOTHING = Path(np.zeros((0, 2)))


class CachedText(Text):
    """A line of text whose outline is kept, because laying text out takes longer than all else in a small picture."""

    def draw(self, renderer: RendererBase) -> None:
        """Paint the outline; only one line, horizontal, and aligned by `ha` and `va`."""
        if not self.get_visible() or not self.get_text():
            return
        outline, width, cap = _trace_text(self.get_text(), self.get_fontsize(), self.get_fontweight())
        across = {"left": 0, "center": width / 2, "right": width}[self.get_ha()]
        down = {"baseline": 0, "bottom": -0.2 * cap, "center": cap / 2, "top": cap}[self.get_va()]
        x, y = self.get_transform().transform(self.get_unitless_position())
        place = Affine2D().translate(-across, -down).scale(self.figure.dpi / DPI).translate(x, y)
        gc = renderer.new_gc()
        gc.set_linewidth(0)
        renderer.draw_path(gc, outline, place, to_rgb(self.get_color()))
        gc.restore()


class TextCollection(PathPatch):
    """Many short texts at places in one axes, drawn as one shape: a hundred numbers cost as little as one."""

    def __init__(self, picture: "Picture", axes: Axes, color: str = INK) -> None:
        super().__init__(NOTHING, color=color, linewidth=0)
        box = axes.get_position()
        self._pixels = (box.width * picture.size[0], box.height * picture.size[1])
        self.texts, self.size = {}, 0
        picture.add_animated(axes.add_patch(self))

    def show(self, texts: dict[tuple[float, float], str], size: float, weight: str = "normal") -> None:
        """Show texts of `size` points, each centred on its place: fractions of the axes from the left and the top."""
        self.texts, self.size = texts, size
        across, down = self._pixels
        shapes = []
        for (x, y), text in texts.items():
            outline, width, cap = _trace_text(text, size, weight)
            centred = Affine2D().translate(-width / 2, -cap / 2).scale(1 / across, -1 / down)
            shapes.append(outline.transformed(centred.translate(x, y)))
        self.set_path(Path.make_compound_path(*shapes) if shapes else NOTHING)


class PixelImage:
    """An image of any size that fills its axes, with lines around the pixels and room for one outlined block."""

    def __init__(self, picture: "Picture", axes: Axes) -> None:
        self.axes = axes
        axes.set(xlim=(0, 1), ylim=(1, 0))
        self._image = picture.add_animated(axes.add_artist(_PixelArtist()))
        self._lines = picture.add_animated(axes.add_collection(LineCollection([], colors="#C8C8C8", linewidths=0.8)))
        self._block = picture.add_animated(
            axes.add_patch(Rectangle((0, 0), 0, 0, fill=False, color=CHOSEN, linewidth=4))
        )

    def show(
        self, pixels: np.ndarray, block: tuple[int, int, int, int] | None = None, outline_pixels: bool = True
    ) -> None:
        """Show gray (H, W), 1 is black, or coloured (H, W, 3) pixels, and outline a block of them.

        A block is (top, left, height, width) in pixels.
        """
        height, width = pixels.shape[:2]
        colors = pixels if pixels.ndim == 3 else np.repeat(1 - np.clip(pixels, 0, 1)[..., None], 3, axis=2)
        self._image.set_colors(colors)
        lines = []
        if outline_pixels:
            lines += [[(0, y / height), (1, y / height)] for y in range(1, height)]
            lines += [[(x / width, 0), (x / width, 1)] for x in range(1, width)]
        self._lines.set_segments(lines)
        top, left, block_height, block_width = block or (0, 0, 0, 0)
        self._block.set_visible(block is not None)
        self._block.set_bounds(left / width, top / height, block_width / width, block_height / height)


class _PixelArtist(Artist):
    """Coloured pixels that fill the axes; every point of the picture takes the pixel that it lies in."""

    def __init__(self) -> None:
        super().__init__()
        self.set_colors(np.ones((1, 1, 3)))

    def set_colors(self, colors: np.ndarray) -> None:
        """Take colours from 0 to 1 of shape (H, W, 3)."""
        colors = np.dstack([colors, np.ones(colors.shape[:2])])
        self._colors = (255 * colors).round().astype(np.uint8).view(np.uint32)[..., 0]  # one number a pixel

    def draw(self, renderer: RendererBase) -> None:
        """Paint the pixels."""
        left, bottom, right, top = (round(edge) for edge in self.axes.get_window_extent(renderer).extents)
        rows, columns = (
            np.arange(points) * pixels // points
            for points, pixels in zip((top - bottom, right - left), self._colors.shape, strict=True)
        )
        shown = np.ascontiguousarray(self._colors[rows[::-1]][:, columns])
        gc = renderer.new_gc()
        renderer.draw_image(gc, left, bottom, shown.view(np.uint8).reshape(*shown.shape, 4))
        gc.restore()


def color_signed(values: np.ndarray, largest: float) -> np.ndarray:
    """Colour numbers from -largest (purple) over zero (white) to +largest (green); returns (H, W, 3) from 0 to 1."""
    strength = 0.75 * np.clip(np.abs(values) / max(largest, 1e-30), 0, 1)[..., None]  # pale enough for words on it
    hue = np.where((values > 0)[..., None], to_rgb(POSITIVE), to_rgb(NEGATIVE))
    return 1 - strength * (1 - hue)


def label_signs(values: np.ndarray) -> dict[tuple[float, float], str]:
    """Return a plus or minus at the place of every number that is not zero, as `TextCollection.show` takes them."""
    return label_cells(values, lambda value: "+" if value > 0 else "−" if value < 0 else "")


def label_cells(values: np.ndarray, label: Callable[[float], str]) -> dict[tuple[float, float], str]:
    """Return what `label` says of each number (H, W), where it says anything, as `TextCollection.show` takes it."""
    height, width = values.shape
    return {
        ((column + 0.5) / width, (row + 0.5) / height): text
        for (row, column), value in np.ndenumerate(values)
        if (text := label(value))
    }


@lru_cache(maxsize=2000)
def _trace_text(text: str, size: float, weight: str) -> tuple[Path, float, float]:
    """Return a text's outline in page pixels from the start of its baseline, its width, and the height of a digit."""
    em = size * DPI / 72
    pen, vertices, codes = 0.0, [np.zeros((0, 2))], [np.zeros(0, dtype=Path.code_type)]
    for character in text:
        outline, advance = _trace_character(character, weight)
        vertices.append(outline.vertices * em + (pen, 0))
        codes.append(outline.codes)
        pen += advance * em
    digit, _ = _trace_character("0", weight)
    return Path(np.concatenate(vertices), np.concatenate(codes)), pen, digit.vertices[:, 1].max() * em


@cache
def _trace_character(character: str, weight: str) -> tuple[Path, float]:
    """Return a character's outline and how far it moves the pen, both for a font of size 1."""
    font = get_font(findfont(FontProperties(weight=weight)))
    font.set_size(EM, 72)
    glyph = font.load_char(ord(character), LoadFlags.NO_HINTING)
    vertices, codes = font.get_path()
    return Path(vertices / EM, codes), glyph.linearHoriAdvance / 65536 / EM
