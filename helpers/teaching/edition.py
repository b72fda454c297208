"""Write the notebooks as a teacher hands them out, without solutions: `python -m helpers.teaching.edition [TARGET]`.

Hints stay, and so does what the experiments at a notebook's end have shown: nobody grades an experiment, and without
its outcome the question would stand alone. With `--nbgrader` a cell behind each answer gives nbgrader its points. It
grades the answer anew: `check` raises nothing, and what raises nothing nbgrader takes for right.
"""

import argparse
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from helpers.folders import NOTEBOOKS, ROOT, check_free, list_notebooks

TARGET = ROOT / "build" / "handout"
MADE = ".handout"  # stands in a folder that may be written anew

SOLUTION = re.compile(r"\n*<details><summary>Solution</summary>\n.*?\n</details>", re.DOTALL)
ANNOUNCED, INSTEAD = "Hints and a solution are folded", "Hints are folded"
CHECKED = re.compile(r"^check\((\d+), (.+)\)$", re.MULTILINE)
POINTS = """# For nbgrader: 1 where the answer is right, 0 where it is not yet. Leave this cell as it is.
int(check.grade({number}, {answer})[0] == [])"""


def make_edition(notebook: NotebookNode, nbgrader: bool = False) -> NotebookNode:
    """Take the solutions out of a notebook, in place, add nbgrader's cells if asked to, and return it."""
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type == "markdown":
            cell.source = SOLUTION.sub("", cell.source).replace(ANNOUNCED, INSTEAD)
        elif nbgrader and (checked := CHECKED.search(cell.source)):
            cells.append(_make_points(cell.id.replace("answer", "points"), *checked.groups()))
    notebook.cells = cells
    return notebook


def write_edition(target: Path = TARGET, nbgrader: bool = False) -> list[Path]:
    """Write the edition of all notebooks into a folder, and return its files.

    Raises ValueError for a folder that holds anything else, or lies among the notebooks.
    """
    target = target.resolve()
    if target.is_relative_to(NOTEBOOKS):
        raise ValueError(f"{target} lies among the notebooks; allowed is a folder outside of {NOTEBOOKS}")
    check_free(target, MADE, "a handout")
    target.mkdir(parents=True, exist_ok=True)
    (target / MADE).touch()
    written = []
    for path in list_notebooks():
        written.append(target / path.name)
        nbformat.write(make_edition(nbformat.read(path, as_version=4), nbgrader), written[-1])
    return written


def _make_points(name: str, number: str, answer: str) -> NotebookNode:
    """Return the cell that gives nbgrader a point: it takes the number that a locked cell returns."""
    kind = {"grade": True, "solution": False, "locked": True, "task": False, "cell_type": "code", "schema_version": 3}
    metadata = {"nbgrader": kind | {"grade_id": name, "points": 1}}
    return new_code_cell(POINTS.format(number=number, answer=answer), id=name, metadata=metadata)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the notebooks without solutions.")
    parser.add_argument("target", nargs="?", type=Path, default=TARGET)
    parser.add_argument("--nbgrader", action="store_true", help="add a cell behind each answer that nbgrader counts")
    try:
        for path in write_edition(**vars(parser.parse_args())):
            print(f"{path}: written")
    except ValueError as error:
        parser.exit(1, f"{error}.\n")
