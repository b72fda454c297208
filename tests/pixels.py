"""Look at a picture as a learner does: which colour is where."""

import io

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image


def decoded(png):
    """Return a PNG as colours, uint8 of shape (H, W, 3)."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def colour_at(picture, x, y):
    """Return the colour at x pixels from the left and y from the top."""
    return picture[round(y), round(x)]


def is_colour(found, name, tolerance=0.03):
    """Say whether a colour is the named one."""
    return np.abs(found / 255 - to_rgb(name)).max() <= tolerance


def has_colour(region, name, tolerance=0.03):
    """Say whether any pixel of a region has the named colour."""
    return bool((np.abs(region / 255 - to_rgb(name)).max(axis=-1) <= tolerance).any())


def shown(picture, *arguments):
    """Return a picture after it has shown something."""
    picture.show(*arguments)
    return picture


def texts(picture):
    """Return all that a picture has written."""
    return [text.get_text() for text in picture.figure.findobj(Text) if text.get_visible()]
