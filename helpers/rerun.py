"""Run notebooks anew and store what they show, the same way each time: `python -m helpers.rerun notebooks/*.ipynb`.

What the experiments at a notebook's end print is folded under them, with the day on which it was seen.
"""

import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import start_new_kernel
from nbformat.v4 import output_from_msg

from helpers.server import keep_still_pictures

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
SEEN = "<summary>What we saw on {day}</summary>\n\n```python\n{code}\n```\n\n```text\n{said}\n```"
EXPERIMENT = re.compile(re.escape(SEEN).replace(r"\{", "(?P<").replace(r"\}", ">.*?)"), re.DOTALL)


def rerun(path: Path) -> None:
    """Run all cells of a notebook in a new kernel and store the outputs in place; two runs store the same bytes.

    Raises RuntimeError with the cell's traceback when a cell fails, and leaves the file as it was.
    """
    notebook = nbformat.read(path, as_version=4)
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(path.parent))
    try:
        count = 0
        for cell in notebook.cells:
            if cell.cell_type == "code":
                count += 1
                cell.execution_count = count
                cell.outputs = _run(client, cell.source, path)
        ending = notebook.cells[-1]
        ending.source = EXPERIMENT.sub(lambda experiment: _repeat(client, experiment, path), ending.source)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    notebook.metadata = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    keep_still_pictures({"type": "notebook", "content": notebook})
    nbformat.write(notebook, path)


def _run(client: Any, source: str, path: Path) -> list[Any]:
    outputs = []

    def keep(message: dict[str, Any]) -> None:
        if message["msg_type"] in ("display_data", "execute_result", "stream", "error"):
            output = output_from_msg(message)
            follows = outputs and output.get("name") is not None and outputs[-1].get("name") == output.name
            if follows:
                output.text = outputs.pop().text + output.text
            outputs.append(output)

    reply = client.execute_interactive(source, output_hook=keep, timeout=120)
    if reply["content"]["status"] != "ok":
        raise RuntimeError(
            f"{path.name} stopped in the cell\n\n{source}\n\n" + "\n".join(reply["content"]["traceback"])
        )
    for output in outputs:
        if output.output_type == "stream":
            output.text = _drop_overwritten(output.text)
    return outputs


def _repeat(client: Any, experiment: re.Match[str], path: Path) -> str:
    """Run an experiment's code and return its text, with another day only where it prints something else."""
    outputs = _run(client, experiment["code"], path)
    said = "".join(output.text for output in outputs if output.output_type == "stream").rstrip("\n")
    if said == experiment["said"]:
        return experiment[0]
    today = date.today()
    return SEEN.format(day=f"{today.day} {today:%B %Y}", code=experiment["code"], said=said)


def _drop_overwritten(text: str) -> str:
    """Return of each line what a screen shows last: a progress bar writes over itself with carriage returns."""
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")]
    return "\n".join(lines)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        rerun(Path(name))
        print(f"{name}: run and stored")
