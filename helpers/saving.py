"""How notebooks are stored: with pictures instead of live panels, which cannot be shown once their kernel is gone.

Jupyter calls `keep_still_pictures` whenever it saves (the set-up installs that), and `python -m helpers.saving`
runs notebooks anew and stores what they show, the same way each time.
"""

import sys
from pathlib import Path
from typing import Any

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def keep_still_pictures(model: dict[str, Any], **_: Any) -> None:
    """Remove from a notebook that is being saved every live panel that has its still picture behind it.

    The signature is that of `jupyter_server`'s `ContentsManager.pre_save_hook`; `model` is changed in place.
    """
    if model.get("type") != "notebook" or not isinstance(model.get("content"), dict):
        return
    for cell in model["content"].get("cells", []):
        if "outputs" in cell:
            outputs = cell["outputs"]
            behind = [*outputs[1:], {}]
            cell["outputs"] = [
                output
                for output, still in zip(outputs, behind, strict=True)
                if not (list(output.get("data", {})) == [WIDGET_VIEW] and "image/png" in still.get("data", {}))
            ]


def rerun(path: Path) -> None:
    """Run all cells of a notebook in a new kernel and store the outputs in place; two runs store the same bytes.

    Raises RuntimeError with the cell's traceback when a cell fails, and leaves the file as it was.
    """
    # Imported here, because a Jupyter server loads this module only for the hook.
    import nbformat
    from jupyter_client.manager import start_new_kernel

    notebook = nbformat.read(path, as_version=4)
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(path.parent))
    try:
        count = 0
        for cell in notebook.cells:
            if cell.cell_type == "code":
                count += 1
                cell.execution_count = count
                cell.outputs = _run(client, cell.source, path)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    notebook.metadata = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    keep_still_pictures({"type": "notebook", "content": notebook})
    nbformat.write(notebook, path)


def _run(client: Any, source: str, path: Path) -> list[Any]:
    from nbformat.v4 import output_from_msg

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
            output.text = _as_shown(output.text)
    return outputs


def _as_shown(text: str) -> str:
    """Keep of each line what a screen shows last: a progress bar writes over itself with carriage returns."""
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")]
    return "\n".join(lines)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        rerun(Path(name))
        print(f"{name}: run and stored")
