"""How a notebook's cell is run outside of a kernel."""

import contextlib
import io
from typing import Any

from nbformat import NotebookNode

from helpers.live import collect


def run_cell(cell: NotebookNode, names: dict[str, Any], where: str) -> tuple[str, list[Any]]:
    """Run a cell among names; return what it printed, and the panels and pictures that it showed.

    `where` stands before the cell's id in what Python says of an error.
    """
    with collect() as shown, contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(cell.source, f"{where}:{cell.id}", "exec"), names)
    return printed.getvalue(), shown
