"""A plan as slides: one notebook of the cells that it shows, and a server that shows them with their panels alive."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode, v4

from helpers.folders import ROOT
from helpers.teaching.plans import Plan, list_moves, read_plan, share_cells

LOAD = "%load_ext helpers.teaching.slides"
SCOPE = "%%lesson"  # a cell that begins so runs among the names of its own lesson
# JupyterLab's other extensions do not fit Voila.
EXTENSIONS = ["anywidget", "@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8"]


def compose(plan: Plan) -> NotebookNode:
    """Return one notebook with what a plan shows: each lesson's cells keep their own names and run once."""
    cells = [_add(v4.new_code_cell(LOAD), "needed")]
    for number, (station, needed) in enumerate(share_cells(plan.stations)):
        heading = {
            "title": station.title,
            "cell": station.name,
            "minutes": station.minutes,
            "moves": list_moves(station),
        }
        if number == 0:
            heading |= {"title": "One weight, many uses"}
        if number in (0, len(plan.stations) - 1):
            heading |= {"question": plan.question or plan.title}
        cells.append(_add(v4.new_markdown_cell(station.context), "context", station=heading))
        if station.ask:
            cells.append(_add(v4.new_markdown_cell(station.question), "ask"))
        for cell in needed:
            role = "shown" if cell.id == station.cell else "needed"
            source = f"{SCOPE} {station.lesson}\n{cell.source}"
            cells.append(_add(v4.new_code_cell(source), role, code=cell.source))
        if station.explanation:
            cells.append(_add(v4.new_markdown_cell(station.explanation), "explanation"))
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}, "plan": plan.name}
    return v4.new_notebook(cells=cells, metadata=metadata)


def _add(cell: NotebookNode, role: str, **more: Any) -> NotebookNode:
    cell.metadata["slide"] = {"role": role} | more
    return cell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Let a cell run among the names of its own lesson, so that lessons may use the same name for two things."""
    scopes: dict[str, dict[str, Any]] = {}

    def run_in_lesson(lesson: str, source: str) -> None:
        names = scopes.setdefault(lesson, {"__name__": "__main__"})
        exec(compile(source, shell.compile.cache(source), "exec"), names)

    shell.register_magic_function(run_in_lesson, "cell", SCOPE.removeprefix("%%"))


def present(name: str, port: int, browser: bool = True) -> None:
    """Become the server of a plan's slides, and open them in a browser.

    Raises ValueError for an unknown plan.
    """
    path = ROOT / "build" / "slides" / f"{name}.ipynb"
    notebook = compose(read_plan(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    command = ["-m", "voila", str(path), "--template=slides", f"--port={port}", "--Voila.port_retries=0"]
    command += ["--Voila.ip=127.0.0.1", f"--VoilaConfiguration.extension_allowlist={json.dumps(EXTENSIONS)}"]
    command += [] if browser else ["--no-browser"]
    templates = os.pathsep.join(filter(None, [str(Path(__file__).parent), os.environ.get("JUPYTER_PATH")]))
    os.execve(sys.executable, [sys.executable, *command], os.environ | {"JUPYTER_PATH": templates})


def main() -> None:
    """Present the plan that is named on the command line."""
    parser = argparse.ArgumentParser(prog="make present", description="Show a plan as slides with live panels.")
    parser.add_argument("plan", help="minutes of a plan, or number or name of a lesson")
    parser.add_argument("--port", type=int, default=8866)
    parser.add_argument("--no-browser", action="store_true")
    given = parser.parse_args()
    try:
        present(given.plan, given.port, not given.no_browser)
    except ValueError as error:
        parser.exit(2, f"make present: {error}\n")


if __name__ == "__main__":
    main()
