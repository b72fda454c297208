"""Real handwritten digits: the 1,797 images of 8×8 pixels that come with scikit-learn, from 13 writers.

E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from helpers.counting import as_int

MAX_SIZE = 512


@cache
def load() -> tuple[np.ndarray, np.ndarray]:
    """Return all images, float32 of shape (1797, 8, 8) from 0 (paper) to 1 (ink), and their labels (1797,)."""
    package = Path(find_spec("sklearn").origin).parent  # found, not imported: that takes longer than all the rest
    table = np.loadtxt(package / "datasets/data/digits.csv.gz", delimiter=",", dtype=np.int64)
    images, labels = (table[:, :-1].reshape(-1, 8, 8) / 16).astype(np.float32), table[:, -1].copy()
    for array in (images, labels):
        array.flags.writeable = False  # the same arrays are handed out again
    return images, labels


def digit(index: int, image_size: int) -> np.ndarray:
    """Return one digit redrawn at `image_size` × `image_size` pixels, float32 from 0 to 1.

    Pixels in between are interpolated linearly. Raises TypeError or ValueError for an index outside 0 to 1796 or an
    image_size outside 1 to 512.
    """
    images, _ = load()
    index, image_size = as_int("index", index, minimum=0), as_int("image_size", image_size)
    if index >= len(images):
        raise ValueError(f"index={index} is too large; allowed is 0 to {len(images) - 1}")
    if image_size > MAX_SIZE:
        raise ValueError(f"image_size={image_size} is too large; allowed is 1 to {MAX_SIZE}")
    side = images.shape[1]
    centres = (np.arange(image_size) + 0.5) * side / image_size - 0.5  # of the new pixels, among the old ones
    parts = np.array([np.interp(centres, np.arange(side), old) for old in np.eye(side)])  # (old, new)
    return (parts.T @ images[index] @ parts).astype(np.float32)


def split(train_size: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Draw `train_size` digits to train on and return (train images, train labels, test images, test labels).

    Images are float32 of shape (N, 1, 8, 8); the test set is all the other digits. Raises TypeError or ValueError for
    a train_size outside 1 to 1796 or a negative seed.
    """
    images, labels = load()
    train_size = as_int("train_size", train_size)
    if train_size >= len(images):
        raise ValueError(f"train_size={train_size} leaves no test digits; allowed is 1 to {len(images) - 1}")
    order = np.random.default_rng(as_int("seed", seed, minimum=0)).permutation(len(images))
    train, test = order[:train_size], order[train_size:]
    return images[train, None], labels[train], images[test, None], labels[test]


def place(images: np.ndarray, image_size: int, top: int | np.ndarray, left: int | np.ndarray) -> np.ndarray:
    """Return images of shape (N, 1, H, W) on empty canvases, float32 of shape (N, 1, image_size, image_size).

    `top` and `left` are the first row and column that an image covers: one number for all, or N of them. Raises
    TypeError or ValueError for arguments that do not fit, and where an image would not lie on its canvas.
    """
    images = np.asarray(images)
    image_size = as_int("image_size", image_size)
    if images.ndim != 4 or images.shape[1] != 1:
        raise ValueError(f"images has shape {images.shape}; allowed is (N, 1, H, W)")
    if image_size > MAX_SIZE:
        raise ValueError(f"image_size={image_size} is too large; allowed is 1 to {MAX_SIZE}")
    corners = {}
    for name, given, side in (("top", top, images.shape[2]), ("left", left, images.shape[3])):
        first = np.asarray(given)
        if first.dtype.kind not in "iu" or first.shape not in ((), (len(images),)):
            raise TypeError(
                f"{name} is {first.dtype} of shape {first.shape}; allowed are one int or {len(images)} of them"
            )
        if first.size and (first.min() < 0 or first.max() + side > image_size):
            raise ValueError(
                f"{name} goes from {first.min()} to {first.max()}; allowed is 0 to {image_size - side} for images of "
                f"{side} pixels on a canvas of {image_size}"
            )
        corners[name] = np.broadcast_to(first, len(images))[:, None, None]
    canvas = np.zeros((len(images), 1, image_size, image_size), dtype=np.float32)
    item = np.arange(len(images))[:, None, None]
    rows = corners["top"] + np.arange(images.shape[2])[:, None]
    columns = corners["left"] + np.arange(images.shape[3])
    canvas[item, 0, rows, columns] = images[:, 0]
    return canvas


def place_at_random(images: np.ndarray, image_size: int, seed: int) -> np.ndarray:
    """Return square images at random places, all equally likely, on canvases; shapes and errors as for `place`."""
    images = np.asarray(images)
    room = as_int("image_size", image_size) - max(images.shape[-2:])
    draw = np.random.default_rng(as_int("seed", seed, minimum=0))
    top, left = draw.integers(0, max(room, 0) + 1, size=(2, len(images)))
    return place(images, image_size, top, left)
