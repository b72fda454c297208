"""Real handwritten digits: the 1,797 images of 8×8 pixels that come with scikit-learn, from 43 writers.

E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998.
"""

from functools import cache

import numpy as np
from scipy.ndimage import zoom
from sklearn.datasets import load_digits

from helpers.counting import as_int

MAX_SIZE = 512


@cache
def load() -> tuple[np.ndarray, np.ndarray]:
    """Return all images, float32 of shape (1797, 8, 8) from 0 (paper) to 1 (ink), and their labels (1797,)."""
    bundle = load_digits()
    images, labels = (bundle.images / 16).astype(np.float32), bundle.target
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
    return zoom(images[index], image_size / images.shape[1], order=1, mode="nearest", grid_mode=True)


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
