"""Make the README's animation: keys are pressed in a panel of a notebook, on a page in Chromium.

`make animation` writes docs/panel.webp anew.
"""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from helpers.live import Panel
from tests import lab, notebooks
from tests.mount import answer, mount

TARGET = Path(__file__).parent / "panel.webp"
NOTEBOOK, PANEL = "02_weight_sharing", "climb"
WIDTH, DENSITY = 860, 2  # of the page, and how many pixels of the screen one of its own has
MOVES = [  # a slider, a key that is pressed on it, and how many milliseconds one looks at what comes of it
    ("period", "End", 2000),
    ("period", "ArrowLeft", 1800),
    ("period", "ArrowLeft", 2200),
    ("image_size", "ArrowRight", 2000),
]
PAGE = '<script id="jupyter-config-data" type="application/json">{"baseUrl": "/"}</script><div id="view"></div>'


def animate(browser: Browser, target: Path = TARGET) -> None:
    """Press the keys, and write what the page shows after each of them."""
    panel = notebooks.run_here(notebooks.path_of(NOTEBOOK)).panels[PANEL].reset()
    try:
        frames = _press_keys(browser, panel)
    finally:
        panel._density = 1.0  # others look at it, too
        panel.reset()
    durations = [duration for *_, duration in MOVES]
    frames[0].save(target, save_all=True, append_images=frames[1:], duration=durations, loop=0, lossless=True, method=6)


def _press_keys(browser: Browser, panel: Panel) -> list[Image.Image]:
    page = browser.new_page(viewport={"width": WIDTH, "height": 900}, device_scale_factor=DENSITY)
    mount(page, panel, PAGE)
    answer(page, panel)  # it asks for pixels as fine as its own
    page.get_by_role("button", name="skip").click()
    answer(page, panel)
    frames = []
    for slider, key, _ in MOVES:
        page.get_by_role("slider", name=slider).press(key)
        answer(page, panel)
        frames.append(_look(page))
    page.close()
    return frames


def _look(page: Page) -> Image.Image:
    """Return the sliders, the picture and the sentence as they stand on the page."""
    first, last = (page.locator(name).bounding_box() for name in (".owmu-controls", ".owmu-sentence"))
    height = last["y"] + last["height"] - first["y"]
    clip = {"x": 0, "y": first["y"] - 8, "width": WIDTH, "height": height + 16}
    before, png = b"", page.screenshot(clip=clip)
    while png != before:  # a picture is decoded after its sentence has come
        before, png = png, page.screenshot(clip=clip)
    return Image.open(io.BytesIO(png)).convert("RGB")


if __name__ == "__main__":
    with lab.browser() as started:
        animate(started)
