"""Look at a picture as a learner does: which colour is where, in the coordinates of the picture's own parts."""

import io

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image

TOLERANCE = 0.03  # of a colour's channels


def decode(png):
    """Return a PNG as colours, uint8 of shape (H, W, 3)."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


class Look:
    """A picture as it was painted, and where its parts are: `cell` and `at` tell colours in a part's own coordinates."""

    def __init__(self, picture, png=None):
        self.picture = picture
        self.pixels = decode(png or picture.png())

    def part(self, name):
        """Return the pixels of a part."""
        left, bottom, right, top = self._box(name)
        return self.pixels[round(top) : round(bottom), round(left) : round(right)]

    def cell(self, name, row, column, shape, across=0.5, down=0.5):
        """Return the colour of one cell of a part with `shape` rows and columns, by default in its middle."""
        left, bottom, right, top = self._box(name)
        x = left + (right - left) * (column + across) / shape[1]
        y = top + (bottom - top) * (row + down) / shape[0]
        return self._pixel(x, y)

    def cells(self, name, shape, **where):
        """Return the colours of all cells of a part, of shape (rows, columns, 3)."""
        rows, columns = shape
        return np.array([[self.cell(name, i, j, shape, **where) for j in range(columns)] for i in range(rows)])

    def block(self, name, row, column, height, width, shape):
        """Return the pixels of a block of cells."""
        left, bottom, right, top = self._box(name)
        x = [round(left + (right - left) * place / shape[1]) for place in (column, column + width)]
        y = [round(top + (bottom - top) * place / shape[0]) for place in (row, row + height)]
        return self.pixels[y[0] : y[1], x[0] : x[1]]

    def at(self, name, x, y):
        """Return the colour at a place of a chart, in the chart's own units."""
        across, up = self.picture.parts[name].transData.transform((x, y)) / self._scale()
        return self._pixel(across, self.picture.size[1] - up)

    def around(self, name, x, y, reach=6):
        """Return the pixels within reach of a place of a chart."""
        across, up = self.picture.parts[name].transData.transform((x, y)) / self._scale()
        column, row = round(across), round(self.picture.size[1] - up)
        return self.pixels[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1]

    def _box(self, name):
        """Return left, bottom, right and top of a part, in pixels from the picture's top left."""
        width, height = self.picture.size
        box = self.picture.parts[name].get_position()
        return box.x0 * width, height * (1 - box.y0), box.x1 * width, height * (1 - box.y1)

    def _scale(self):
        return self.picture.figure.dpi / 100  # the figure may be drawn for a denser screen

    def _pixel(self, x, y):
        height, width = self.pixels.shape[:2]
        return self.pixels[min(int(y), height - 1), min(int(x), width - 1)]


def is_color(found, name, tolerance=TOLERANCE):
    """Return whether a colour is the named one."""
    return np.abs(found / 255 - to_rgb(name)).max() <= tolerance


def has_color(region, name, tolerance=TOLERANCE):
    """Return whether any pixel of a region has the named colour."""
    return bool((np.abs(region / 255 - to_rgb(name)).max(axis=-1) <= tolerance).any())


def texts(picture):
    """Return all that a picture has written."""
    return [text.get_text() for text in picture.figure.findobj(Text) if text.get_visible()]
