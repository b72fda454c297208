"""Make the re-run of the notebooks strict: pictures are compared too, and a cell that was never run is a failure."""

import base64
import io

import numpy as np
from nbval.plugin import IPyNbCell
from PIL import Image

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
