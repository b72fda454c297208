"""Look at a picture as a learner does: which colour is where, in the coordinates of the picture's own parts."""

import io
import statistics

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image

from helpers.drawing.artists import TextCollection
from helpers.drawing.style import CHOSEN, DPI, EMPTY, INK, LOOKS

TOLERANCE = 0.03  # of a colour's channels
ROOM_ON_SLIDE = (1240, 430), (984, 470)  # CSS pixels for a picture at 1280×720 and at 1024×768
LEAST_ON_SLIDE = 18  # CSS pixels of a text that is read from the back row
EXPONENT = 0.7  # of its number's size


def decode(png):
    """Return a PNG as colours, uint8 of shape (H, W, 3)."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


class Look:
    """A picture as it was painted, and where its parts are; `cell` and `at` tell colours in its parts' coordinates."""

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

    def cells(self, name, shape, across=0.5, down=0.5):
        """Return the colours of all cells of a part, of shape (rows, columns, 3)."""
        left, bottom, right, top = self._box(name)
        y, x = (
            (first + (last - first) * (np.arange(count) + share) / count).astype(int)
            for first, last, count, share in zip((top, left), (bottom, right), shape, (down, across), strict=True)
        )
        height, width = self.pixels.shape[:2]
        return self.pixels[np.ix_(y.clip(max=height - 1), x.clip(max=width - 1))]

    def place(self, name, row, column, shape):
        """Return where the middle of a cell lies, as fractions of the picture from its top left."""
        left, bottom, right, top = self._box(name)
        x = left + (right - left) * (column + 0.5) / shape[1]
        y = top + (bottom - top) * (row + 0.5) / shape[0]
        return x / self.picture.size[0], y / self.picture.size[1]

    def beside(self, name):
        """Return the pixels between the picture's left edge and a part, as high as the part."""
        left, bottom, _, top = self._box(name)
        return self.pixels[round(top) : round(bottom), : round(left)]

    def block(self, name, row, column, height, width, shape):
        """Return the pixels of a block of cells."""
        left, bottom, right, top = self._box(name)
        x = [round(left + (right - left) * place / shape[1]) for place in (column, column + width)]
        y = [round(top + (bottom - top) * place / shape[0]) for place in (row, row + height)]
        return self.pixels[y[0] : y[1], x[0] : x[1]]

    def edges(self, name, row, column, height, width, shape):
        """Return the colours in the middle of the four edges of a block of cells, which an outline covers."""
        block = self.block(name, row, column, height, width, shape)
        y, x = block.shape[0] // 2, block.shape[1] // 2
        return block[[y, 0, y, -1], [0, x, -1, x]]

    def at(self, name, x, y):
        """Return the colour at a place of a chart, in the chart's own units."""
        across, up = self.picture.parts[name].transData.transform((x, y)) / self._scale()
        return self._pixel(across, self.picture.size[1] - up)

    def around(self, name, x, y, reach=6):
        """Return the pixels within reach of a place of a chart."""
        across, up = self.picture.parts[name].transData.transform((x, y)) / self._scale()
        column, row = round(across), round(self.picture.size[1] - up)
        return self.pixels[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1]

    def of(self, artist, until=None):
        """Return the pixels that one of the picture's artists covers, or those right of it `until` another one."""
        box, next_box = artist.get_window_extent(), until and until.get_window_extent()
        left, right = (box.x1, next_box.x0) if until else (box.x0, box.x1)
        left, bottom, right, top = (round(edge / self._scale()) for edge in (left, box.y0, right, box.y1))
        return self.pixels[self.picture.size[1] - top : self.picture.size[1] - bottom, left:right]

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


def are_colors(found, expected, tolerance=TOLERANCE):
    """Return whether colours are those expected, each from 0 to 1 with (H, W, 3) or as gray (H, W)."""
    expected = np.asarray(expected, dtype=float)
    return np.abs(found / 255 - (expected if expected.ndim == 3 else expected[..., None])).max() <= tolerance


def has_color(region, name, tolerance=TOLERANCE):
    """Return whether any pixel of a region has the named colour."""
    return bool((np.abs(region / 255 - to_rgb(name)).max(axis=-1) <= tolerance).any())


def texts(picture):
    """Return all that a picture has written."""
    return [text.get_text() for text in picture.figure.findobj(Text) if text.get_visible()]


def read(picture, within=None):
    """Return what stands in a picture, or within one of its artists: lines, each of texts from left to right."""
    lines, box = {}, within and within.get_window_extent()
    for text in picture.figure.findobj(Text):
        x, y = text.get_transform().transform(text.get_unitless_position())
        if text.get_visible() and text.get_text() and (box is None or box.contains(x, y)):
            lines.setdefault(-round(y), []).append((x, text.get_text()))
    return [[text for _, text in sorted(lines[y])] for y in sorted(lines)]


def smallest_text(picture):
    """Return the size in points of the smallest text in a picture, and the text."""
    picture.png()  # an axis gets its numbers when it is drawn
    found = [
        (text.get_fontsize() * (EXPONENT if "^" in text.get_text() else 1), text.get_text())
        for text in picture.figure.findobj(Text)
        if text.get_visible() and text.get_text().strip()
    ]
    for many in picture.figure.findobj(TextCollection):
        found += [(many.size, text) for text in many.texts.values()]
    return min(found)


def smallest_on_slide(picture):
    """Return the size in CSS pixels of the smallest text in a picture where a slide has least room, and the text."""
    points, text = smallest_text(picture)
    scale = min(room / size for rooms in ROOM_ON_SLIDE for room, size in zip(rooms, picture.size, strict=True))
    return points * DPI / 72 * scale, text


def on_white(name, alpha):
    """Return the colour that a named one makes on white."""
    return 1 - alpha * (1 - np.array(to_rgb(name)))


def accuracies(results, grouped=False):
    """Return what `Accuracies` says of results, and a look at its rows: the marks, their mean, and the words.

    If they are `grouped`, rows with the same data stand below it, each with the net alone.
    """
    said = {key: f"{statistics.mean(of):.1f} ± {statistics.stdev(of):.1f}" for key, of in results.items()}
    seeds, headings = len(next(iter(results.values()))), [*dict.fromkeys(data for _, data in results)]
    parts = "; ".join(f"{net}, {data} {words} %" for (net, data), words in said.items())

    def look(seen):
        chart = "test accuracy in %, one mark for each seed"
        lines = []
        for number, ((net, data), of) in enumerate(results.items()):
            shades = [on_white(LOOKS[net.split()[0]].color, 1 - 0.45**marks) for marks in range(1, seeds + 1)]
            if grouped and [data] not in lines:
                lines.append([data])
            row = number + grouped * (1 + headings.index(data))
            for value in of:
                assert any(has_color(seen.around(chart, value, row), shade) for shade in shades), (net, value)
            assert is_color(seen.at(chart, statistics.mean(of), row - 0.3), INK)
            lines.append([net if grouped else f"{net}, {data}", said[net, data]])
        assert [line for line in read(seen.picture) if line in lines] == lines

    return f"Mean and standard deviation over {seeds} seeds: {parts}.", look


def receptive_field(image, kernel_size, depth, stack):
    """Return a look at what `ReceptiveField` draws of a square image; `stack` is the name of its view from the side."""
    size, seen_pixels = len(image), depth * (kernel_size - 1) + 1
    first = (size - seen_pixels) // 2
    field = np.zeros((size, size), dtype=bool)
    field[first : first + seen_pixels, first : first + seen_pixels] = True
    levels = np.ones((depth + 1, size, 3))
    for level, row in enumerate(reversed(levels)):  # each layer takes a border of the map and of what is seen of it
        border = level * (kernel_size - 1) // 2
        row[border : size - border] = to_rgb(EMPTY)
        row[first + border : first + seen_pixels - border] = to_rgb(CHOSEN)

    def look(seen):
        pixels, gradient = "input: what the output sees", "gradient of the output"
        assert are_colors(seen.cells(pixels, field.shape), 1 - image * np.where(field, 1, 0.35))
        assert np.array_equal((seen.cells(gradient, field.shape) < 255).any(axis=-1), field)
        for part in (pixels, gradient):
            assert is_color(seen.edges(part, first, first, seen_pixels, seen_pixels, field.shape), CHOSEN), part
        assert are_colors(seen.cells(stack, levels.shape[:2], down=0.1), levels)

    return look
