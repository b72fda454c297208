"""Memory and work of one learner on a JupyterHub: the learner's own server, and the kernel of each notebook.

    python -m benchmarks.learner

A real hub starts a server for the learner. Each notebook is run from top to bottom and every slider moved to both ends;
then all of them are opened at once. Resident memory counts what processes share once for each of them, proportional
memory counts it once in all. The peak is the largest sum that was seen, about ten times a second.
"""

import json
import tempfile
import threading
from pathlib import Path

import nbformat
import psutil
from jupyter_client import BlockingKernelClient

from tests import notebooks
from tests.places.hub import NAME, Hub, jupyter_hub, published

USER = "learner"
HEAD = "notebook", "server, end", "kernel, end", "sum, end", "server, peak", "kernel, peak", "sum, peak", "CPU s"
LIMIT = 600  # seconds that a cell may take

MOVE = """
from helpers.live.panel import Panel

for thing in list(globals().values()):
    if isinstance(getattr(thing, "panel", None), Panel):
        for control in thing.panel.controls:
            for value in control["choices"] if "choices" in control else (control["first"], control["last"]):
                thing.panel.set(**{control["name"]: value})
        if hasattr(thing.panel, "run"):
            thing.panel.run()
"""


class Watch:
    """A server and its kernels in a block: memory at the `end` and at its `peak`, and the `seconds` of processor."""

    def __init__(self, server: psutil.Process) -> None:
        self._server, self._done = server, threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self.peak = self._look()

    def __enter__(self) -> "Watch":
        self.seconds = -self._work()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end = self._look()
        self.seconds += self._work()
        self._done.set()
        self._thread.join()

    def _look(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return resident and proportional bytes of the server, and of its kernels together."""
        kernels = [_memory(one) for one in self._server.children(recursive=True)]
        return _memory(self._server), tuple(map(sum, zip((0, 0), *kernels, strict=True)))

    def _work(self) -> float:
        """Return the seconds of processor that the server and its kernels have had."""
        times = [one.cpu_times() for one in (self._server, *self._server.children(recursive=True))]
        return sum(time.user + time.system for time in times)

    def _sample(self) -> None:
        while not self._done.wait(0.1):
            self.peak = max(self.peak, self._look(), key=lambda seen: seen[0][0] + seen[1][0])


def _memory(process: psutil.Process) -> tuple[int, int]:
    try:
        info = process.memory_full_info()
    except psutil.Error:  # it has ended
        return 0, 0
    return info.rss, info.pss


def run(hub: Hub, path: Path) -> str:
    """Open a notebook, run it, move its sliders, and return its session's id; raises RuntimeError."""
    body = {
        "path": f"{NAME}/notebooks/{path.name}",
        "name": path.name,
        "type": "notebook",
        "kernel": {"name": "python3"},
    }
    session = json.loads(hub.ask(f"user/{USER}/api/sessions", "POST", body))
    client = BlockingKernelClient()
    runtime = hub.homes / USER / ".local" / "share" / "jupyter" / "runtime"
    client.load_connection_file(str(runtime / f"kernel-{session['kernel']['id']}.json"))
    client.start_channels(stdin=False, hb=False)  # a busy machine misses heartbeats
    client.wait_for_ready(timeout=LIMIT)
    for code in [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"] + [MOVE]:
        answer = client.execute(code, reply=True, timeout=LIMIT)["content"]
        if answer["status"] != "ok":
            raise RuntimeError(f"{path.name} stopped in the cell\n\n{code}\n\n{answer.get('evalue')}")
    client.stop_channels()
    return session["id"]


def row(name: str, watch: Watch) -> str:
    """Return a row of the table: server, kernels and their sum, at the end and at the peak; seconds of processor."""
    cells = [name]
    for server, kernels in (watch.end, watch.peak):
        both = [a + b for a, b in zip(server, kernels, strict=True)]
        cells += [f"{resident / 1e6:,.0f} ({own / 1e6:,.0f})" for resident, own in (server, kernels, both)]
    return f"| {' | '.join([*cells, f'{watch.seconds:.0f}'])} |"


def main() -> None:
    """Print the table, in MB: resident (proportional)."""
    with tempfile.TemporaryDirectory() as folder:
        repository, homes = published(Path(folder)), Path(folder, "homes")
        homes.mkdir()
        with jupyter_hub(homes, USER) as hub:
            server = hub.start(USER)
            hub.pull(USER, repository)
            print(f"| {' | '.join(HEAD)} |\n{'|---' * len(HEAD)}|")
            with Watch(server) as watch:
                pass
            print(row("none yet", watch))
            for path in notebooks.PATHS:
                with Watch(server) as watch:
                    session = run(hub, path)
                print(row(path.stem, watch), flush=True)
                hub.ask(f"user/{USER}/api/sessions/{session}", "DELETE")
            with Watch(server) as watch:
                for path in notebooks.PATHS:
                    run(hub, path)
            print(row("all at once", watch))


if __name__ == "__main__":
    main()
