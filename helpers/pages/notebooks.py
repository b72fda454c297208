"""A notebook for its page: run once, its panels recorded, its cells made ready for the template."""

import base64
import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from helpers.cells import run_cell
from helpers.folders import name_lesson
from helpers.live import Panel
from helpers.pages.pictures import FOLDER, Pictures
from helpers.pages.tables import record
from helpers.teaching.plans import read_moves

TABLES = "tables"
CHECK = re.compile(r"^check\(\d+", re.MULTILINE)
SAVE = re.compile(r"^save_page\(", re.MULTILINE)
NUMBER = re.compile(r"\d[\d,.]*")
ANSWER = "[Answer in this notebook on Binder]({binder})"
# What a notebook tells to do that a page has no cells for.
INSTEAD = {
    " Start with *Run → Run All Cells*.": "",
    "Put an answer where the dots are and run the cell: it says at once how the answer stands.": "To have an answer "
    "checked, open the notebook on Binder by the link below its question, which takes a minute or more.",
    " *Save my page*, below the last one, puts your predictions and answers into a file of your own.": "",
}


def make_tables(path: Path, target: Path) -> dict[str, dict[str, Any]]:
    """Run a notebook, write its panels' tables, and return what a page needs to know of each, by the cell's id."""
    notebook, lesson, found = nbformat.read(path, as_version=4), name_lesson(path), {}
    pictures = Pictures(target)
    (target / TABLES).mkdir(exist_ok=True)
    with contextlib.chdir(path.parent), contextlib.redirect_stderr(io.StringIO()):
        names: dict[str, Any] = {"__name__": "__main__"}
        ran = [(cell, run_cell(cell, names, lesson)[1]) for cell in notebook.cells if _is_shown(cell)]
        for cell, shown in ran:
            for panel in shown:
                if isinstance(panel, Panel):
                    name = f"{lesson}/{cell.id}"
                    wanted = list(read_moves().get(name, {}).values())
                    table = record(panel, lambda cell=cell: run_cell(cell, names, lesson)[1][-1], wanted, pictures)
                    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
                    file = f"{TABLES}/{lesson}-{cell.id}.js"
                    (target / file).write_text(f"owmu({json.dumps(name)},{text});\n", encoding="utf-8")
                    found[cell.id] = describe(name, file, table)
    return found


def describe(name: str, file: str, table: dict[str, Any]) -> dict[str, Any]:
    """Return what a page needs to know of a table before it is loaded."""
    sentence, picture, *problem = table["still"]
    said = table["texts"][problem[0] if problem and table["texts"][problem[0]] else sentence]
    still = {"picture": f"{FOLDER}/{table['pictures'][picture]}", "sentence": said}
    return {"name": name, "file": file, "size": table["state"]["size"], "still": still}


def _is_shown(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and not CHECK.search(cell.source) and not SAVE.search(cell.source)


def prepare(notebook: NotebookNode, panels: dict[str, dict[str, Any]], binder: str, target: Path) -> NotebookNode:
    """Make the cells of a notebook ready for its page, in place, and return it.

    Raises ValueError for a table that says something else than the notebook has stored.
    """
    pictures, cells = Pictures(target), []
    for cell in notebook.cells:
        if cell.cell_type == "code" and CHECK.search(cell.source):
            cell = new_markdown_cell(ANSWER.format(binder=binder), id=cell.id)
        elif cell.cell_type == "code" and not _is_shown(cell):
            continue
        elif cell.cell_type == "markdown":
            for told, instead in INSTEAD.items():
                cell.source = cell.source.replace(told, instead)
        if cell.id in panels:
            check_still(cell, panels[cell.id])
            cell.metadata["panel"] = panels[cell.id]
            cell.outputs = [one for one in cell.outputs if one.output_type != "display_data"]
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                name = pictures.keep(base64.b64decode(output.data["image/png"]))
                output.metadata["filenames"] = {"image/png": f"{FOLDER}/{name}"}
        cells.append(cell)
    notebook.cells = cells
    return notebook


def check_still(cell: NotebookNode, panel: dict[str, Any]) -> None:
    """Raise ValueError where the table of a cell does not say what the cell has stored; what is trained may round."""
    stored = [one.data["text/markdown"] for one in cell.outputs if "text/markdown" in one.get("data", {})]
    said = panel["still"]["sentence"]
    alike = (lambda text: NUMBER.sub("0", text)) if "trained" in cell.metadata.get("tags", []) else str
    if [alike(text) for text in stored] != [alike(said)]:
        raise ValueError(f"the table of {panel['name']} says {said!r}; the notebook has stored {stored}")
