"""What it costs to watch a training run: the article's 500 steps with the live curve, and without it.

    make benchmarks        or        python -m benchmarks.live_curve

Both trainings of notebook 4 run in one kernel of a real JupyterLab in Chromium, in turns, so the ratio counts and the
seconds do not. The clock is the kernel's, from the first step to the last; drawing and sending frames is in between.
"""

import json
import statistics
import tempfile
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from helpers.rerun import KERNELSPEC
from tests import lab, notebooks

ROUNDS = 7
CELLS = ("imports", "descend", "train-controls", "train-slider")
CLOCK = """
import json
import time

curve.clear()
settings, found = (0.0001, 0.9, 0), {"without": [], "with the live curve": []}

def clocked(name, steps):
    start = time.perf_counter()
    yield from steps
    found[name].append(time.perf_counter() - start)
    with open("found.json", "w") as file:
        json.dump(found, file)

def without():
    torch.manual_seed(0)
    for _ in descend(layers.DynamicNet(1000, 100, 10), *settings):
        pass
    yield 1

@live(pictures.TrainingCurve(500))
def plain():
    yield from clocked("without", without())

@live(curve)
def watched():
    yield from clocked("with the live curve", train())
"""


def measure() -> dict[str, list[float]]:
    """Run both in turns, and return the seconds of each run."""
    path = notebooks.path_of("04_dynamic_shared_layer")
    source = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    with tempfile.TemporaryDirectory() as folder:
        cells = [new_code_cell(source[name]) for name in CELLS] + [new_code_cell(CLOCK.strip())]
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC}), Path(folder, "live_curve.ipynb"))
        with lab.jupyter_lab(Path(folder)) as address, lab.browser_page() as page:
            lab.open_notebook(page, address, "live_curve.ipynb")
            lab.run_all(page)
            lab.skip_predictions(page)
            for number in range(2 * ROUNDS):
                panel = page.locator(".owmu-panel").nth(1 + number % 2)
                lab.bring_into_view(page, panel)
                panel.locator(".owmu-start").click()
                for idle in ("false", "true"):
                    panel.locator(f".owmu-run button[aria-disabled='{idle}']").wait_for()
            found = json.loads(Path(folder, "found.json").read_text())
    return {name: seconds[-ROUNDS:] for name, seconds in found.items()}


def main() -> None:
    """Print the table."""
    medians = {name: statistics.median(seconds) for name, seconds in measure().items()}
    print(f"{'500 steps of training':24}{'median s':>10}{'ratio':>8}")
    for name, median in medians.items():
        print(f"{name:24}{median:10.2f}{median / medians['without']:8.2f}")


if __name__ == "__main__":
    main()
