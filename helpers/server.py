"""What a Jupyter server does for these notebooks: an extension of it, which the set-up switches on by `server.json`."""

import inspect
import re
from itertools import zip_longest
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNEL = "kernel"  # in the metadata of a view: the processes of the kernel that has made it
PANEL = re.compile(r"^@live\(|\bpredict=", re.MULTILINE)  # in a cell that shows a panel
LINE = "Run → Run All Cells brings the sliders to life."
RUN_ALL = {"output_type": "display_data", "data": {"text/markdown": f"*{LINE}*", "text/plain": LINE}, "metadata": {}}

Place = tuple[int, dict[str, Any]]  # a view, and which of its cell's outputs it was


class PromptConnection(ZMQChannelsWebsocketConnection):
    """A kernel connection that sends every message at once.

    By default TCP holds a small message back until the one before it is acknowledged (Nagle's algorithm, RFC 896), and
    the browser delays that acknowledgement by 40 ms on Linux. An answer to a slider always follows a small message.
    """

    async def connect(self) -> None:
        """Connect as usual, with the delay switched off."""
        self.websocket_handler.set_nodelay(True)
        return await super().connect()


class LivePanels:
    """The live panels of notebooks that are open: a file keeps their still pictures alone.

    They are taken out of a notebook that is saved, and put back into one that is handed out while the kernel which has
    made them lives. Any other panel gets a line that says how to bring it to life, which no file keeps either.
    """

    def __init__(self, app: Any = None) -> None:
        self._app = app
        self._taken: dict[tuple[int, ...], dict[str, list[Place]]] = {}  # by the kernel's processes, and by cell

    def take_out(self, model: dict[str, Any], **_: Any) -> None:
        """Leave a notebook as it is to be saved, in place; as `ContentsManager.register_pre_save_hook` asks for."""
        taken: dict[tuple[int, ...], dict[str, list[Place]]] = {}
        for cell in _list_cells(model):
            outputs = [output for output in cell["outputs"] if output.get("data") != RUN_ALL["data"]]
            cell["outputs"] = []
            for place, (output, still) in enumerate(zip_longest(outputs, outputs[1:], fillvalue={})):
                if list(output.get("data", {})) == [WIDGET_VIEW] and _is_still(still):
                    kernel = tuple(output.get("metadata", {}).get(KERNEL, ()))
                    taken.setdefault(kernel, {}).setdefault(cell.get("id"), []).append((place, output))
                else:
                    cell["outputs"].append(output)
        if taken:  # what JupyterLab's setting saves of widgets is dead weight without their kernel
            model["content"].get("metadata", {}).pop("widgets", None)
        self._taken |= taken

    async def put_back(self, model: dict[str, Any], path: str) -> None:
        """Put the live panels back into a notebook that is handed out, in place."""
        process = await self._find_process(path)
        taken = next((cells for kernel, cells in self._taken.items() if process in kernel), {})
        for cell in _list_cells(model):
            views = [] if process is None else taken.get(cell.get("id"), [])
            for place, view in views:
                if _is_still(dict(enumerate(cell["outputs"])).get(place, {})):
                    cell["outputs"].insert(place, view)
            stills = [place for place, output in enumerate(cell["outputs"]) if _is_still(output)]
            if stills and not views and PANEL.search(cell["source"]):
                cell["outputs"].insert(stills[0], RUN_ALL)

    async def _find_process(self, path: str) -> int | None:
        """Return the process of the kernel that runs a notebook, as far as this server knows it."""
        for session in await self._app.session_manager.list_sessions():
            if session["path"] == path.strip("/") and session["kernel"]:
                kernel = self._app.kernel_manager.get_kernel(session["kernel"]["id"])
                return getattr(getattr(kernel, "provisioner", None), "pid", None)
        return None


def keep_still_pictures(model: dict[str, Any]) -> None:
    """Remove from a notebook, in place, every live view that has what stands in for it behind it."""
    LivePanels().take_out(model)


def _list_cells(model: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the cells of a notebook that have outputs; of anything else none."""
    content = model.get("content")
    known = model.get("type") == "notebook" and isinstance(content, dict)
    return [cell for cell in content.get("cells", []) if "outputs" in cell] if known else []


def _is_still(output: dict[str, Any]) -> bool:
    """Return whether an output stands in for the live view before it: a picture, or what says so itself."""
    return "image/png" in output.get("data", {}) or output.get("metadata", {}).get("still", False)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "helpers.server"}]


def _load_jupyter_server_extension(app: Any) -> None:
    panels, get = LivePanels(app), app.contents_manager.get
    app.contents_manager.register_pre_save_hook(panels.take_out)
    app.web_app.settings["kernel_websocket_connection_class"] = PromptConnection

    async def hand_out(path: str, **how: Any) -> dict[str, Any]:
        model = await get(path, **how)
        if how.get("content"):  # a page says so; who copies or exports a notebook does not
            await panels.put_back(model, path)
        return model

    if inspect.iscoroutinefunction(get):
        app.contents_manager.get = hand_out
