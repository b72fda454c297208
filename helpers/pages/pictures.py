"""Pictures as files, each stored once under a name made of its content."""

import hashlib
import io
from pathlib import Path

from PIL import Image

COLOURS = 256  # more than the eye tells apart in these pictures
FOLDER = "pictures"


class Pictures:
    """The pictures of some pages, in a folder beside them."""

    def __init__(self, target: Path) -> None:
        self._folder = target / FOLDER
        self._folder.mkdir(parents=True, exist_ok=True)
        self._names: dict[bytes, str] = {}

    def keep(self, png: bytes) -> str:
        """Store a picture in the smallest format, unless it is there, and return the name of its file."""
        seen = hashlib.sha256(png).digest()
        if seen not in self._names:
            stored = encode(png)
            self._names[seen] = name = f"{hashlib.sha256(stored).hexdigest()[:16]}.webp"
            (self._folder / name).write_bytes(stored)
        return self._names[seen]


def encode(png: bytes) -> bytes:
    """Return a picture as WebP without loss but for the number of its colours: half the size of a PNG with as many."""
    pixels = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB")
    file = io.BytesIO()
    pixels.save(file, "WEBP", lossless=True, method=4, quality=75)
    return file.getvalue()
