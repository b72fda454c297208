"""A class on one server: each learner opens notebook 1, runs all of it, and moves its sliders for a minute.

    python -m benchmarks.classroom 30

Every learner has a kernel of its own and talks to the server as JupyterLab does, over REST and a websocket; each
answer is compared with what the panel shows in this process. Midway a tenth of the kernels is killed, and their
learners choose Run All again. Errors and updates that are lost or wrong have to be 0. The learners run on the same
cores as the server.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import shutil
import statistics
import tempfile
import time
import uuid
from collections import defaultdict
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
from jupyter_server.services.kernels.connection.base import deserialize_binary_message
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

from tests import lab, notebooks

STEM = "01_local_connectivity"
STEP = 0.15  # seconds between two values of a drag
STEPS = 6  # values that a drag passes
PAUSE = (1.0, 4.0)  # seconds of looking at the picture after a drag
PATIENCE = 600  # seconds that a class waits for a run of all cells
LOST = 30  # seconds after which an answer counts as lost


class Server:
    """The server as its learners reach it: an address, a token, and the processes behind it."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.base = f"{parts.scheme}://{parts.netloc}"
        self.token = parse_qs(parts.query)["token"][0]
        port = parts.port
        self.process = next(
            psutil.Process(one.pid)
            for one in psutil.net_connections()
            if one.laddr.port == port and one.status == "LISTEN"
        )

    async def ask(self, path: str, method: str = "GET", body: dict | None = None) -> dict:
        """Send one REST request and return its answer; raises HTTPError."""
        request = HTTPRequest(
            f"{self.base}/api/{path}",
            method,
            {"Authorization": f"token {self.token}"},
            json.dumps(body) if body is not None else None,
            connect_timeout=PATIENCE,
            request_timeout=PATIENCE,
        )
        return json.loads((await AsyncHTTPClient().fetch(request)).body)

    def processes(self) -> list[psutil.Process]:
        """Return the server's process and its kernels'."""
        return [self.process, *self.process.children(recursive=True)]

    def memory(self) -> int:
        """Return the bytes of all processes; what several of them share is counted once."""
        total = 0
        for process in self.processes():
            with contextlib.suppress(psutil.Error):  # one that has ended already
                total += process.memory_full_info().pss
        return total


class Learner:
    """One learner: a notebook, a kernel, and the panels that the kernel has opened."""

    def __init__(self, server: Server, number: int, names: list[str], seen: dict) -> None:
        self.server, self.names, self.seen = server, names, seen
        self.draw = random.Random(number)
        self.errors: list[str] = []
        self.delays: list[float] = []
        self.sent: set[str] = set()
        self.lost = self.wrong = 0
        self.killed = self.back = False

    async def open(self, path: str) -> None:
        """Open the notebook and start its kernel."""
        content = (await self.server.ask(f"contents/{path}"))["content"]
        self.sources = [cell["source"] for cell in content["cells"] if cell["cell_type"] == "code"]
        session = {"path": f"{uuid.uuid4()}/{path}", "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        self.kernel = (await self.server.ask("sessions", "POST", session))["kernel"]["id"]
        url = (
            f"{self.server.base.replace('http', 'ws', 1)}/api/kernels/{self.kernel}/channels?token={self.server.token}"
        )
        request = HTTPRequest(url, connect_timeout=PATIENCE, request_timeout=PATIENCE)
        self.socket = await websocket_connect(request, max_message_size=2**28)

    async def send(self, channel: str, kind: str, content: dict) -> str:
        """Send a message to the kernel and return its id."""
        message = {
            "header": {"msg_id": uuid.uuid4().hex, "msg_type": kind, "username": "", "session": "", "version": "5.3"},
            "parent_header": {},
            "metadata": {},
            "content": content,
            "channel": channel,
        }
        await self.socket.write_message(json.dumps(message))
        self.sent.add(message["header"]["msg_id"])
        return message["header"]["msg_id"]

    async def read(self, patience: float) -> dict:
        """Wait for the next message, and keep what it says about errors and panels."""
        raw = await asyncio.wait_for(self.socket.read_message(), patience)
        if raw is None:
            raise ConnectionError("the server closed the connection")
        message = deserialize_binary_message(raw) if isinstance(raw, bytes) else json.loads(raw)
        kind, content = message["header"]["msg_type"], message["content"]
        ours = message["parent_header"].get("msg_id") in self.sent  # not what a kernel says about itself as it starts
        if ours and (kind == "error" or (kind == "stream" and content["name"] == "stderr")):
            self.errors.append(content.get("evalue") or content["text"])
        elif kind == "comm_open" and "sentence" in content["data"].get("state", {}):
            self.panels[content["comm_id"]] = {}
            self.first = self.first or time.monotonic()
        if kind in ("comm_open", "comm_msg") and content["comm_id"] in self.panels:
            data = content["data"]
            changed = dict(data.get("state", {}))
            for path, buffer in zip(data.get("buffer_paths", []), message.get("buffers", []), strict=True):
                changed[path[0]] = bytes(buffer)
            self.panels[content["comm_id"]].update(changed)
        return message

    async def run_all(self) -> tuple[float, float]:
        """Run all cells; return the seconds until the first panel was there, and until the last cell had run."""
        self.panels, self.first, start = {}, None, time.monotonic()
        waiting = {await self.send("shell", "execute_request", {"code": code}) for code in self.sources}
        while waiting:
            message = await self.read(PATIENCE)
            if message["header"]["msg_type"] == "execute_reply":
                waiting.discard(message["parent_header"]["msg_id"])
                if message["content"]["status"] != "ok":
                    self.errors.append(str(message["content"].get("evalue", message["content"]["status"])))
        if len(self.panels) != len(self.names):
            self.errors.append(f"{len(self.panels)} panels instead of {len(self.names)}")
        return self.first - start, time.monotonic() - start

    async def move_until(self, end: float) -> None:
        """Drag one slider after another at human speed, and look at each answer."""
        while time.monotonic() < end and not self.killed:
            number = self.draw.choice([i for i, state in enumerate(self.panels.values()) if state["controls"]])
            comm, state = list(self.panels.items())[number]
            values = {control["name"]: control["value"] for control in state["controls"]}
            control = self.draw.choice(state["controls"])
            stops = round((control["last"] - control["first"]) / control["step"])
            stop = self.draw.randint(0, stops)
            for _ in range(STEPS):
                began = time.monotonic()
                stop = min(max(stop + self.draw.choice((-1, 1)), 0), stops)
                values[control["name"]] = control["first"] + control["step"] * stop
                await self.move(comm, values, self.names[number])
                if self.killed:
                    return
                await asyncio.sleep(max(0, began + STEP - time.monotonic()))
            await asyncio.sleep(self.draw.uniform(*PAUSE))

    async def move(self, comm: str, values: dict, name: str) -> bool:
        """Move a panel's sliders, wait for the answer to this move, and compare it with what it should be."""
        ticket, began, state = uuid.uuid4().hex, time.monotonic(), self.panels[comm]
        content = {"values": values, "density": 1, "ticket": ticket}
        await self.send("shell", "comm_msg", {"comm_id": comm, "data": {"method": "custom", "content": content}})
        while state["answered"] != ticket:
            left = began + LOST - time.monotonic()
            try:
                message = await self.read(max(left, 0.001))
            except TimeoutError:
                if not self.killed:
                    self.lost += 1
                return False
            if self.killed and message["content"].get("execution_state") == "restarting":
                return False
        self.delays.append(time.monotonic() - began)
        shown = {control["name"]: control["value"] for control in state["controls"]}
        right = not state["problem"]
        right = right and all(shown[key] == value for key, value in values.items() if key != "position")
        self.wrong += not right
        self.seen[name, tuple(shown.items())].add((state["sentence"], state["png"]))
        return right

    def kill(self) -> None:
        """Kill the kernel's process, as the system does where memory runs out."""
        self.killed = True
        for process in self.server.processes():
            with contextlib.suppress(psutil.Error):  # one that has ended already
                if any(self.kernel in word for word in process.cmdline()):
                    process.kill()

    async def come_back(self) -> None:
        """Wait until the server has started the kernel anew, run all cells, and move a slider."""
        while (await self.server.ask(f"kernels/{self.kernel}"))["execution_state"] in ("dead", "busy", "restarting"):
            await asyncio.sleep(0.5)
        await self.run_all()
        comm, state = next(iter(self.panels.items()))
        self.killed = False
        values = {control["name"]: control["last"] for control in state["controls"]}
        self.back = await self.move(comm, values, self.names[0])


async def classroom(server: Server, count: int, seconds: float) -> dict:
    """Let the class work and return what it saw."""
    names = notebooks.panel_names(notebooks.path_of(STEM))
    seen: dict = defaultdict(set)
    learners = [Learner(server, number, names, seen) for number in range(count)]
    empty, began = server.memory(), time.monotonic()
    await asyncio.gather(*(learner.open(f"{STEM}.ipynb") for learner in learners))
    opened = time.monotonic() - began
    ran = await asyncio.gather(*(learner.run_all() for learner in learners))
    after_run = server.memory()

    kernels = {process.pid for process in server.processes()}
    unlucky = random.Random(0).sample(learners, max(1, count // 10))
    end = time.monotonic() + seconds

    async def work(learner: Learner) -> None:
        await learner.move_until(end)
        if learner.killed:
            await learner.come_back()
            await learner.move_until(end)

    async def accident() -> None:
        await asyncio.sleep(seconds / 2)
        for learner in unlucky:
            learner.kill()

    await asyncio.gather(accident(), *map(work, learners))
    new = {process.pid for process in server.processes()} - kernels
    wrong = sum(learner.wrong for learner in learners)
    for (name, shown), answers in seen.items():
        panel = notebooks.run_here(notebooks.path_of(STEM)).panels[name].set(**dict(shown))
        wrong += len(answers - {(panel.sentence, panel.png)})
    delays = [delay for learner in learners for delay in learner.delays]
    first, done = zip(*ran, strict=True)
    return {
        "learners": count,
        "all kernels open, s": f"{opened:.0f}",
        "first live panel, median and last, s": f"{statistics.median(first):.0f}, {max(first):.0f}",
        "Run All done, median and last, s": f"{statistics.median(done):.0f}, {max(done):.0f}",
        "memory in all after Run All, MB": f"{after_run / 1e6:,.0f}",
        "memory for each learner, MB": f"{(after_run - empty) / count / 1e6:.0f}",
        "memory in all at the end, MB": f"{server.memory() / 1e6:,.0f}",
        "moves": f"{len(delays):,}",
        "a slider's answer, median and p95, ms": (
            f"{1e3 * statistics.median(delays):.0f}, {1e3 * statistics.quantiles(delays, n=20)[-1]:.0f}"
        ),
        "errors": sum(len(learner.errors) for learner in learners),
        "updates lost": sum(learner.lost for learner in learners),
        "updates wrong": wrong,
        "kernels killed, started anew, learners back": f"{len(unlucky)}, {len(new)}, {sum(u.back for u in unlucky)}",
        "first errors": [error for learner in learners for error in learner.errors][:3],
    }


def main() -> None:
    """Print one table for the class."""
    parser = argparse.ArgumentParser(description="A class of learners on one server.")
    parser.add_argument("learners", nargs="?", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=60, help="how long they move sliders")
    arguments = parser.parse_args()
    if not 1 <= arguments.learners <= 200:
        parser.error(f"learners={arguments.learners}; allowed is 1 to 200")
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(notebooks.ROOT / "notebooks", Path(folder, "notebooks"))
        with lab.jupyter_lab(copy) as address:
            found = asyncio.run(classroom(Server(address), arguments.learners, arguments.seconds))
    print("| | |\n|---|---|")
    for what, number in found.items():
        print(f"| {what} | {number} |")


if __name__ == "__main__":
    main()
