"""Real photographs that come with scikit-learn and matplotlib.

"temple" and "flower" are scikit-learn's sample images, under CC BY 2.0, by danielbuechele and vultilion; "portrait" is
matplotlib's: Grace Hopper, U.S. Navy, in the public domain.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.counting import as_int

PHOTOS = {  # the package that ships it, where, and the corner and side of the square that is shown, in its own pixels
    "temple": ("sklearn", "datasets/images/china.jpg", (150, 0), 427),
    "flower": ("sklearn", "datasets/images/flower.jpg", (190, 0), 427),
    "portrait": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg", (56, 40), 400),
}
MAX_SIZE = 256


@cache
def photo(name: str, image_size: int) -> np.ndarray:
    """Return a photograph as red, green and blue planes: float32 from 0 to 1, (3, image_size, image_size).

    Raises ValueError for an unknown name or a size outside 1 to 256, TypeError for a size that is no whole number, and
    FileNotFoundError where the package does not ship the file.
    """
    if name not in PHOTOS:
        raise ValueError(f"name={name!r} is no photograph; allowed is one of {', '.join(PHOTOS)}")
    if as_int("image_size", image_size) > MAX_SIZE:
        raise ValueError(f"image_size={image_size} is too large; allowed is 1 to {MAX_SIZE}")
    package, file, (left, top), side = PHOTOS[name]
    path = Path(find_spec(package).origin).parent / file  # found, not imported
    if not path.exists():
        raise FileNotFoundError(f"the photograph {name!r} is missing: {package} has no {file} here; install it again")
    with Image.open(path) as opened:
        square = opened.convert("RGB").crop((left, top, left + side, top + side))
        pixels = np.asarray(square.resize((image_size, image_size), Image.Resampling.BOX), dtype=np.float32) / 255
    planes = np.ascontiguousarray(pixels.transpose(2, 0, 1))
    planes.flags.writeable = False  # the same array is handed out again
    return planes


def gray(name: str, image_size: int) -> np.ndarray:
    """Return a photograph as ink: float32 of shape (image_size, image_size) from 0, white, to 1, black.

    The weights of red, green and blue are those of ITU-R BT.601. Errors are those of `photo`.
    """
    return 1 - np.tensordot(np.float32([0.299, 0.587, 0.114]), photo(name, image_size), axes=1)
