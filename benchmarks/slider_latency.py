"""Time from a key press on a slider to the right pixels on the screen, in a real JupyterLab in Chromium.

    make benchmarks        or        python -m benchmarks.slider_latency

One figure of 1000×400 pixels with three panels is moved in six ways, in one run on one machine, so the ratios count and
the milliseconds do not. A patch of the figure takes a colour that encodes the slider's value; the clock stops in the
first animation frame in which the page shows that colour.
"""

import statistics
import tempfile
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Page

from helpers.rerun import KERNELSPEC
from tests import lab

MOVES = 15

PREPARE = """
import io
import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from helpers.drawing.picture import Picture
from helpers.live import live

x = np.linspace(0.01, 1, 200)

def colour(value):
    return (value * 10 / 255, 0.2, 1 - value * 10 / 255)

def draw(figure):
    image, line, log = figure.subplots(1, 3)
    moving = [image.imshow(np.zeros((36, 64)), vmin=0, vmax=1, aspect="auto")]
    image.set(title="connections", xlabel="input pixel", ylabel="output unit")
    moving += line.plot(x, x)
    line.set(title="share", xlabel="side", ylabel="part")
    moving += log.loglog(x, x)
    log.set(title="weights", xlabel="side", ylabel="number", ylim=(1e-10, 1))
    log.grid(True)
    moving.append(figure.add_artist(plt.Rectangle((0, 0.9), 0.05, 0.1, transform=figure.transFigure)))
    return moving

def move(moving, value):
    moving[0].set_data(np.indices((36, 64)).sum(0) % value / value)
    moving[1].set_ydata(x**value)
    moving[2].set_ydata(x ** (value / 5))
    moving[3].set_color(colour(value))

class Three(Picture):
    def __init__(self):
        super().__init__(1000, 400)
        self.artists = [self.add_animated(artist) for artist in draw(self.figure)]
        self.sentence = "Three panels."
"""

WAYS = {
    "bare slider to label": """
slider, label = widgets.IntSlider(1, 1, 25), widgets.Label("1")
slider.observe(lambda change: setattr(label, "value", str(change.new)), "value")
display(widgets.VBox([slider, label]))
""",
    "our panel": """
three = Three()

@live(three, value=(1, 25))
def turn(value=1):
    move(three.artists, value)
""",
    "PNG in ipywidgets.Image": """
kept = Three()
move(kept.artists, 1)
slider, image = widgets.IntSlider(1, 1, 25), widgets.Image(value=kept.png())

def paint(change):
    move(kept.artists, change.new)
    image.value = kept.png()

slider.observe(paint, "value")
display(widgets.VBox([slider, image]))
""",
    "ipympl, background kept": """
%matplotlib widget
plt.ioff()
blitted = plt.figure(figsize=(10, 4), dpi=100)
artists = draw(blitted)
for artist in artists:
    artist.set_animated(True)
slider = widgets.IntSlider(1, 1, 25)
display(widgets.VBox([slider, blitted.canvas]))
kept = {}

def keep(event):
    kept["background"] = blitted.canvas.copy_from_bbox(blitted.bbox)

def blit(change):
    move(artists, change.new)
    blitted.canvas.restore_region(kept["background"])
    for artist in artists:
        blitted.draw_artist(artist)
    blitted.canvas.blit(blitted.bbox)

blitted.canvas.mpl_connect("draw_event", keep)
slider.observe(blit, "value")
""",
    "ipympl, draw_idle": """
%matplotlib widget
plt.ioff()
redrawn = plt.figure(figsize=(10, 4), dpi=100)
redrawn_artists = draw(redrawn)
slider = widgets.IntSlider(1, 1, 25)
display(widgets.VBox([slider, redrawn.canvas]))

def redraw(change):
    move(redrawn_artists, change.new)
    redrawn.canvas.draw_idle()

slider.observe(redraw, "value")
""",
    "@interact and plt.show": """
@widgets.interact(value=(1, 25))
def show(value=1):
    figure = plt.figure(figsize=(10, 4), dpi=100)
    move(draw(figure), value)
    plt.show()
""",
}

WATCH = """(value) => {
    const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const output = [...document.querySelectorAll('.jp-OutputArea')].at(-1);
    window.elapsed = null;
    let pressed = null;
    const start = (event) => { pressed = pressed ?? event.timeStamp; };
    document.addEventListener('keydown', start, { capture: true, once: true });
    const shown = () => {
        const label = output.querySelector('.widget-label:not(.widget-inline-hbox .widget-label)');
        const pictures = [...output.querySelectorAll('canvas, img')].filter(node => node.offsetParent !== null);
        if (pictures.length === 0) return label && label.textContent === String(value);
        const picture = pictures[0];
        const scale = (picture.naturalWidth || picture.width) / 1000;
        if (!scale || picture.complete === false) return false;
        probe.clearRect(0, 0, 1, 1);
        probe.drawImage(picture, 25 * scale, 20 * scale, 1, 1, 0, 0, 1, 1);
        const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
        return Math.abs(red - value * 10) < 4 && Math.abs(green - 51) < 4 && Math.abs(blue - 255 + value * 10) < 4;
    };
    const look = () => {
        if (pressed !== null && shown()) window.elapsed = performance.now() - pressed;
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""


def measure(way: str) -> float:
    """Press the right arrow on the slider again and again; median milliseconds until the right picture is seen."""
    with tempfile.TemporaryDirectory() as folder:
        cells = [new_code_cell(source.strip()) for source in (PREPARE, WAYS[way])]
        notebook = new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC})
        nbformat.write(notebook, Path(folder, "latency.ipynb"))
        with lab.jupyter_lab(Path(folder)) as address, lab.browser_page(height=1000) as page:
            lab.open_notebook(page, address, "latency.ipynb")
            lab.run_all(page)
            page.wait_for_timeout(2000)
            return press(page)


def press(page: Page) -> float:
    """Press the right arrow on the first slider of a page; median milliseconds until the right picture is seen."""
    page.locator(".owmu-range, .noUi-handle").first.focus()
    times = []
    for value in range(2, MOVES + 2):
        page.evaluate(WATCH, value)
        page.keyboard.press("ArrowRight")
        page.wait_for_function("() => window.elapsed !== null", timeout=20_000)
        times.append(page.evaluate("() => window.elapsed"))
        page.wait_for_timeout(150)
    return statistics.median(times)


def main() -> None:
    """Print the table."""
    medians = {way: measure(way) for way in WAYS}
    bare, slowest = medians["bare slider to label"], medians["@interact and plt.show"]
    print(f"{'key press to right pixels':28}{'median ms':>10}{'× bare':>9}{'faster than @interact':>24}")
    for name, median in medians.items():
        print(f"{name:28}{median:10.0f}{median / bare:9.2f}{slowest / median:24.1f}")


if __name__ == "__main__":
    main()
