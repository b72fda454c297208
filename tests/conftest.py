"""What several test files share: notebooks opened in a browser, and a strict re-run of the notebooks.

Strict means that pictures are compared too, and that a cell that was never run is a failure.
"""

import base64
import io
import shutil

import numpy as np
import pytest
from nbval.plugin import IPyNbCell
from PIL import Image

from tests import lab, notebooks, onpage

PICTURE_TOLERANCE = 2.0  # root mean square of the difference of 8-bit colours; the same environment gives exactly 0


def pictures(outputs):
    """Return the PNG pictures among a cell's outputs as arrays of colours."""
    stored = (output.get("data", {}).get("image/png") for output in outputs)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"), float) for png in stored if png]


def difference(shown, expected):
    """Return in words how two lists of pictures differ, or None where they do not."""
    if len(shown) != len(expected):
        return f"{len(shown)} pictures instead of {len(expected)}"
    for number, (one, other) in enumerate(zip(shown, expected, strict=True)):
        if one.shape != other.shape:
            return f"picture {number} has the shape {one.shape} instead of {other.shape}"
        distance = np.sqrt(np.mean((one - other) ** 2))
        if distance > PICTURE_TOLERANCE:
            return f"picture {number} differs from the stored one by {distance:.1f} (allowed: {PICTURE_TOLERANCE})"
    return None


_compare, _run = IPyNbCell.compare_outputs, IPyNbCell.runtest


def compare_outputs(cell, test, ref, skip_compare=None):
    """Compare text as nbval does, and then the pictures."""
    if not _compare(cell, test, ref, skip_compare):
        return False
    differs = difference(pictures(test), pictures(ref))
    if differs:
        cell.comparison_traceback.append(differs)
    return differs is None


def runtest(cell):
    """Run the cell, unless its stored copy was never run: nbval would then compare nothing."""
    if cell.cell.execution_count is None:
        cell.raise_cell_error("The stored cell was never run, so there is nothing to compare: run `make notebooks`")
    _run(cell)


IPyNbCell.compare_outputs = compare_outputs
IPyNbCell.runtest = runtest

DONE = pytest.StashKey[list[str]]()  # what the browser tests did in each notebook
TRIED = pytest.StashKey[list[str]]()  # how many answers were given to each exercise


@pytest.fixture(scope="session")
def chromium():
    """Skip where Chromium is missing: from here, so that the summary says it once for all tests."""
    if lab.chromium() is None:
        pytest.skip("Chromium is not installed, so nothing was tried in a browser (Debian: apt-get install chromium)")


@pytest.fixture(scope="session", params=notebooks.PATHS, ids=lambda path: path.stem)
def opened(request, chromium, tmp_path_factory):
    """Return a copy of a notebook in a page in which all its cells were run, once for all tests that ask for it."""
    folder = shutil.copytree(request.param.parent, tmp_path_factory.mktemp("lab") / "notebooks")
    with lab.opened(folder / request.param.name) as notebook:
        notebook.predictions = onpage.predict(notebook)
        yield notebook
    done = ", ".join(f"{number} {what}" for what, number in notebook.done.items())
    request.config.stash.setdefault(DONE, []).append(f"{request.param.stem}: {done}")


def pytest_collection_modifyitems(items):
    """Let the tests of opened notebooks come last: a page stays open to the end, and its event loop stops others."""
    items.sort(key=lambda item: "opened" in getattr(item, "fixturenames", ()))


def pytest_terminal_summary(terminalreporter, config):
    """Say what was answered to the exercises, and what the browser tests did."""
    for key, title in ((TRIED, "answers to the exercises"), (DONE, "done in a real JupyterLab in Chromium")):
        if key in config.stash:
            terminalreporter.section(title)
            for line in config.stash[key]:
                terminalreporter.line(line)
