"""What a Jupyter server does for these notebooks: an extension of it, which the set-up switches on by `server.json`."""

from itertools import zip_longest
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class PromptConnection(ZMQChannelsWebsocketConnection):
    """A kernel connection that sends every message at once.

    By default TCP holds a small message back until the one before it is acknowledged (Nagle's algorithm, RFC 896), and
    the browser delays that acknowledgement by 40 ms on Linux. An answer to a slider always follows a small message.
    """

    async def connect(self) -> None:
        """Connect as usual, with the delay switched off."""
        self.websocket_handler.set_nodelay(True)
        return await super().connect()


def keep_still_pictures(model: dict[str, Any], **_: Any) -> None:
    """Remove from a notebook that is being saved every live panel that has its still picture behind it.

    The signature is the one that `ContentsManager.register_pre_save_hook` asks for; `model` is changed in place.
    """
    if model.get("type") != "notebook" or not isinstance(model.get("content"), dict):
        return
    for cell in model["content"].get("cells", []):
        if "outputs" in cell:
            outputs = cell["outputs"]
            cell["outputs"] = [
                output
                for output, still in zip_longest(outputs, outputs[1:], fillvalue={})
                if not (list(output.get("data", {})) == [WIDGET_VIEW] and "image/png" in still.get("data", {}))
            ]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "helpers.server"}]


def _load_jupyter_server_extension(app: Any) -> None:
    app.contents_manager.register_pre_save_hook(keep_still_pictures)
    app.web_app.settings["kernel_websocket_connection_class"] = PromptConnection
