"""The notebooks as the tests see them."""

import contextlib
import io
import re
from functools import cache
from pathlib import Path

import nbformat

from helpers.live import panel

ROOT = Path(__file__).parent.parent
FOLDED = re.compile(r"<details><summary>(.*?)</summary>\n\n(.*?)\n\n</details>", re.DOTALL)
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def path_of(stem):
    """Return the notebook of that name."""
    return next(path for path in PATHS if path.stem == stem)


def found_in(path, name):
    """Return what a name stands for in a notebook that has been run here."""
    return next(iter(run_here(path).values())).__globals__[name]


def cells(path):
    """Return the cells of a notebook."""
    return nbformat.read(path, as_version=4).cells


def solutions(path):
    """Return the solutions of a notebook's exercises, in their order: what takes the place of the answer's cell."""
    folded = [body for cell in cells(path) for title, body in FOLDED.findall(cell.source) if title == "Solution"]
    return [body.removeprefix("```python\n").removesuffix("\n```") for body in folded]


@cache
def run_here(path):
    """Run a notebook's cells in this process and return its panels: function name to panel."""
    names = {}
    showing, panel.display = panel.display, lambda *_, **__: None
    try:
        with contextlib.chdir(path.parent), contextlib.redirect_stdout(io.StringIO()):  # as a kernel starts, in silence
            for cell in cells(path):
                if cell.cell_type == "code":
                    exec(compile(cell.source, f"{path.name}:{cell.id}", "exec"), names)
    finally:
        panel.display = showing
    return {name: thing for name, thing in names.items() if hasattr(thing, "panel")}
