"""The README's animation against the panel of which it is made."""

import numpy as np
import pytest
from PIL import Image, ImageSequence

from docs.animation import MOVES, TARGET, animate


def frames(path):
    """Yield the pixels of each frame, and for how many milliseconds it stands."""
    with Image.open(path) as opened:
        for frame in ImageSequence.Iterator(opened):
            frame.load()  # only then it knows how long
            yield np.asarray(frame.convert("RGB"), float), frame.info["duration"]


def differ(one, other):
    return np.sqrt(((one - other) ** 2).mean())


def test_it_is_short_and_light_and_moves():
    assert TARGET.stat().st_size < 2_000_000
    assert 7000 <= sum(duration for _, duration in frames(TARGET)) <= 9000


@pytest.mark.browser
def test_it_shows_the_panel_as_it_is(browser, tmp_path):
    """Letters of the page may come from another font; the picture may not change."""
    animate(browser, tmp_path / "anew.webp")
    made, stored = ([frame for frame, _ in frames(path)] for path in (tmp_path / "anew.webp", TARGET))
    assert len(made) == len(stored) == len(MOVES)
    for number, frame in enumerate(made):
        others = [differ(frame, other) for other in stored]
        assert others[number] < 12 < min(others[:number] + others[number + 1 :])
