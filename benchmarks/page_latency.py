"""Time from a key press on a slider to the right pixels, on a page without a kernel and beside JupyterLab.

    make benchmarks        or        python -m benchmarks.page_latency

The panel is that of `slider_latency`, its picture was fetched ahead; the bare slider is HTML alone and sets a text. All
are measured in one run on one machine, so the ratios count and the milliseconds do not.
"""

import contextlib
import functools
import http.server
import io
import json
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.slider_latency import PREPARE, WAYS, measure, press
from helpers.live import collect
from helpers.live.panel import HERE as LIVE
from helpers.pages.build import HERE
from helpers.pages.pictures import Pictures
from helpers.pages.tables import record
from tests import lab

BARE = """<div class="jp-OutputArea"><input type="range" class="owmu-range" min="1" max="25" value="1">
<output class="widget-label">1</output></div>
<script>
document.querySelector("input").oninput = ({ target }) => (target.nextElementSibling.value = target.value);
</script>"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, and prints nothing."""

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder and yield its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def write_panel(folder: Path) -> None:
    """Write a page with the panel of `slider_latency`."""
    names: dict[str, Any] = {}
    with collect() as shown, contextlib.redirect_stdout(io.StringIO()):
        exec(PREPARE + WAYS["our panel"], names)
    table = record(shown[0], lambda: shown[0], [], Pictures(folder))
    script = "".join(path.read_text() for path in (LIVE / "panel.js", HERE / "model.js"))
    html = f"""<!doctype html><style>{(LIVE / "panel.css").read_text()}</style>
<div class="jp-OutputArea"><div data-panel="three"></div></div>
<script type="module">{script} owmu("three", {json.dumps(table)});</script>"""
    (folder / "panel.html").write_text(html)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        write_panel(Path(name))
        Path(name, "bare.html").write_text(f"<!doctype html>{BARE}")
        medians = {}
        with serve(Path(name)) as address, lab.browser_page(height=1000) as page:
            for way, file in (("bare HTML slider to text", "bare.html"), ("panel on a page", "panel.html")):
                page.goto(address + file)
                page.wait_for_timeout(1000)
                medians[way] = press(page)
    medians["panel with a kernel"] = measure("our panel")
    bare, page_s = list(medians.values())[:2]
    print(f"{'key press to right pixels':28}{'median ms':>10}{'× bare':>9}{'× page':>9}")
    for way, median in medians.items():
        print(f"{way:28}{median:10.1f}{median / bare:9.2f}{median / page_s:9.2f}")


if __name__ == "__main__":
    main()
