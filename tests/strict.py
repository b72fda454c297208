"""A strict re-run of the notebooks: what nbval leaves out is compared too.

Pictures are compared, and a cell that was never run is a failure. What a cell tagged `trained` shows depends on how the
processor rounds: its numbers and pictures may differ as much as rounding makes them, all else has to be the same.
"""

import base64
import io
import re

import numpy as np
from nbval.plugin import IPyNbCell
from PIL import Image

from helpers.server import WIDGET_VIEW

PICTURE_TOLERANCE = 2.0  # root mean square of the difference of 8-bit colours; the same environment gives exactly 0
TRAINED_PICTURE = 40.0  # where marks have moved
TRAINED_NUMBER = 8.0  # percentage points: what nets at chance differ by from processor to processor
TRAINED_SHARE = 0.3  # of a loss
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")

_compare, _run = IPyNbCell.compare_outputs, IPyNbCell.runtest


def pictures(outputs):
    """Return the PNG pictures among a cell's outputs as arrays of colours."""
    stored = (output.get("data", {}).get("image/png") for output in outputs)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"), float) for png in stored if png]


def texts(outputs):
    """Return what a cell's outputs say, without their pictures, and of a progress bar only what it ends with."""
    stored = (output for output in outputs if list(output.get("data", {})) != [WIDGET_VIEW])  # which is never stored
    said = ("".join(output.get("text", "") or output.get("data", {}).get("text/plain", "")) for output in stored)
    return [re.sub(r"[^\n]*\r", "", text) for text in said]


def describe_pictures(shown, expected, tolerance=PICTURE_TOLERANCE):
    """Describe how two lists of pictures differ; None where they do not."""
    if len(shown) != len(expected):
        return f"{len(shown)} pictures instead of {len(expected)}"
    for number, (one, other) in enumerate(zip(shown, expected, strict=True)):
        if one.shape != other.shape:
            return f"picture {number} has the shape {one.shape} instead of {other.shape}"
        distance = np.sqrt(np.mean((one - other) ** 2))
        if distance > tolerance:
            return f"picture {number} differs from the stored one by {distance:.1f} (allowed: {tolerance})"
    return None


def describe_trained(shown, expected):
    """Describe how two lists of texts differ by more than rounding; None where they do not."""
    for one, other in zip(shown, expected, strict=False):
        numbers, wanted = ([float(n.replace(",", "")) for n in NUMBER.findall(text)] for text in (one, other))
        if NUMBER.sub("#", one) != NUMBER.sub("#", other):
            return f"{one!r} instead of {other!r}"
        for number, right in zip(numbers, wanted, strict=True):
            if abs(number - right) > max(TRAINED_NUMBER if right <= 100 else 0, TRAINED_SHARE * right):
                return f"{number} is too far from {right} in {one!r}"
    return None if len(shown) == len(expected) else f"{len(shown)} outputs instead of {len(expected)}"


def compare_outputs(cell, test, ref, skip_compare=None):
    """Compare text as nbval does, or within rounding, and then the pictures."""
    if "trained" in cell.cell.metadata.get("tags", []):
        differs = describe_trained(texts(test), texts(ref))
        differs = differs or describe_pictures(pictures(test), pictures(ref), TRAINED_PICTURE)
    elif _compare(cell, test, ref, skip_compare):
        differs = describe_pictures(pictures(test), pictures(ref))
    else:
        return False
    if differs:
        cell.comparison_traceback = [differs]
    return differs is None


def runtest(cell):
    """Run the cell, unless its stored copy was never run: nbval would then compare nothing."""
    if cell.cell.execution_count is None:
        cell.raise_cell_error("The stored cell was never run, so there is nothing to compare: run `make notebooks`")
    _run(cell)


def install():
    """Let nbval compare like this from now on."""
    IPyNbCell.compare_outputs, IPyNbCell.runtest = compare_outputs, runtest
