"""The notebooks as the tests see them, and what belongs to each: its lesson, its facts, and what it shows when run."""

import contextlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache, partial
from importlib import import_module
from pathlib import Path

import nbformat

from helpers.cells import run_cell
from helpers.folders import name_lesson as lesson
from helpers.live import Panel

ROOT = Path(__file__).parent.parent
FOLDED = re.compile(r"<details><summary>(.*?)</summary>\n\n(.*?)\n\n</details>", re.DOTALL)
PATHS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))  # the lessons
QUIZ = ROOT / "notebooks" / "quiz.ipynb"


def copy_project(folder):
    """Copy what git tracks, or would track, into a folder; a file that is deleted but not committed is still listed."""
    listed = subprocess.check_output(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, text=True)
    for name in filter(None, listed.split("\0")):
        if os.path.lexists(ROOT / name):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name, follow_symlinks=False)


def path_of(stem):
    """Return the notebook of that name."""
    return next(path for path in PATHS if path.stem == stem)


def facts(path):
    """Return the module that knows what a notebook's panels have to show."""
    return import_module(f"tests.lessons.test_{lesson(path)}")


def check(path):
    """Return what checks the exercises of a notebook."""
    return import_module(f"helpers.lessons.{lesson(path)}.exercises").check


def cells(path):
    """Return the cells of a notebook."""
    return nbformat.read(path, as_version=4).cells


def solutions(path):
    """Return the solutions of a notebook's exercises, in their order: what takes the place of the answer's cell."""
    folded = [body for cell in cells(path) for title, body in FOLDED.findall(cell.source) if title == "Solution"]
    return [body.removeprefix("```python\n").removesuffix("\n```") for body in folded]


@dataclass
class Ran:
    """A notebook that was run in this process.

    `names` are its variables, `panels` what it shows by name (that of the function, or the cell's id where there is
    none), `stills` the pictures without a panel, by the cell's id, and `shown` both of them by the cell's id.
    """

    names: dict = field(default_factory=dict)
    shown: dict = field(default_factory=dict)
    panels: dict = field(default_factory=dict)
    stills: dict = field(default_factory=dict)


@contextlib.contextmanager
def running(path):
    """Yield a function that runs a cell with names given, and returns what it printed and what it showed.

    Cells run in the folder and the silence in which a kernel starts.
    """

    with contextlib.chdir(path.parent):
        yield partial(run_cell, where=path.name)


@cache
def run_here(path):
    """Run a notebook's cells in this process, once for all tests."""
    ran = Ran()
    with running(path) as run:
        for cell in cells(path):
            if cell.cell_type == "code":
                for thing in run(cell, ran.names)[1]:
                    ran.shown[cell.id] = thing
                    if isinstance(thing, Panel):
                        ran.panels[thing.name if thing.name.isidentifier() else cell.id] = thing
                    else:
                        ran.stills[cell.id] = thing
    return ran


def panel_names(path):
    """Return the names of a notebook's panels, in the order of the cells."""
    return list(run_here(path).panels)
