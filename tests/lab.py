"""A real JupyterLab in a real browser: what the browser tests and the latency benchmark share."""

import contextlib
import itertools
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, Error, Locator, Page, sync_playwright


def chromium() -> str | None:
    """Return where Chromium is installed, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextlib.contextmanager
def jupyter_lab(root: Path) -> Iterator[str]:
    """Serve `root` on a free local port, with a token and settings of its own, and yield the address to open.

    The address has a `{path}` to fill in: a file below `root`.
    """
    token = secrets.token_hex(16)
    command = ["jupyterlab", "--no-browser", "--allow-root", "--ServerApp.port=0", f"--ServerApp.root_dir={root}"]
    command += [f"--IdentityProvider.token={token}", "--LabApp.expose_app_in_browser=True"]  # for `change_theme`
    with _server(command, root) as base:
        yield f"{base}lab/workspaces/{token}/tree/{{path}}?token={token}&reset"


@contextlib.contextmanager
def voila(root: Path) -> Iterator[str]:
    """Serve the notebooks of `root` with Voila in the same way."""
    token = secrets.token_hex(16)
    command = ["voila", str(root), "--no-browser", "--Voila.ip=127.0.0.1", f"--port={_find_port()}"]
    command += [f"--token={token}"]
    # JupyterLab's other extensions do not fit Voila.
    allowed = ["anywidget", "@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8"]
    command += [f"--VoilaConfiguration.extension_allowlist={allowed}"]
    with _server(command, root) as base:
        yield f"{base}voila/render/{{path}}?token={token}"


@contextlib.contextmanager
def slides(plan: str, root: Path) -> Iterator[str]:
    """Serve the slides of a plan of the project in `root`, and yield the address to open."""
    command = ["helpers.teaching.slides", plan, "--no-browser", f"--port={_find_port()}"]
    with _server(command, root, "voila/templates/slides/static/voila-style.js") as base:
        yield base


def _find_port() -> int:
    """Return a local port that is free."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@contextlib.contextmanager
def _server(command: list[str], root: Path, page: str = "login") -> Iterator[str]:
    """Run a Python module that serves on a local port, with settings of its own; yield its address when it answers."""
    with tempfile.TemporaryDirectory() as home:
        settings = {f"JUPYTER_{name}_DIR": f"{home}/{name.lower()}" for name in ("CONFIG", "RUNTIME", "DATA")}
        log = Path(home, "server.log")
        with log.open("w") as output:
            server = subprocess.Popen(
                [sys.executable, "-m", *command],
                env=os.environ | settings,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=root,
            )
        try:
            yield _wait_for_address(server, log, page)
        finally:
            server.terminate()
            try:
                server.wait(timeout=5)
            except subprocess.TimeoutExpired:  # it waits for a kernel that has not started yet
                server.kill()
                server.wait()


def _wait_for_address(server: subprocess.Popen, log: Path, page: str) -> str:
    """Wait until a page of the server answers, and return the server's address."""

    def list_pages() -> list[str]:
        return [f"{base}{page}" for base in re.findall(r"http://127\.0\.0\.1:\d+/", log.read_text())]

    return wait_for_server(server, list_pages, log).removesuffix(page)


def wait_for_server(
    process: subprocess.Popen | psutil.Popen, list_pages: Callable[[], list[str]], log: Path, seconds: float = 60
) -> str:
    """Wait until one of the pages that are listed answers, and return it.

    Raises RuntimeError with the log when the process ends, or takes too long.
    """
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        for page in list_pages():
            with contextlib.suppress(OSError), urllib.request.urlopen(page, timeout=5):
                return page
        with contextlib.suppress(subprocess.TimeoutExpired, psutil.TimeoutExpired):
            process.wait(timeout=0.05)
            break
    raise RuntimeError("the server did not start:\n" + log.read_text())


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--disable-gpu"])
        yield started
        started.close()


@contextlib.contextmanager
def browser_page(width: int = 1280, height: int = 900) -> Iterator[Page]:
    """Open an empty page in Chromium."""
    with browser() as started:
        yield started.new_page(viewport={"width": width, "height": height})


def _is_ours(error: Error) -> bool:
    """Return whether an error of the page may come from a panel, whose module has an address that begins with `blob:`.

    JupyterLab itself stumbles now and then as it moves cells into its window and out again.
    """
    return "blob:" in error.stack or "removeChild" not in error.message


@dataclass
class Opened:
    """A notebook on a page: what the page complained of, and a count of what was done there."""

    path: Path
    page: Page
    complaints: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(error.stack) if _is_ours(error) else None)
        self.page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Serve the folder of a notebook, open it and run all its cells."""
    with jupyter_lab(path.parent) as address, browser_page() as page:
        notebook = Opened(path, page)
        open_notebook(page, address, path.name)
        run_all(page, timeout=300)
        yield notebook


def run_in_turn(browser: Browser, address: str, root: Path, planned: Iterable[tuple[str, float]]) -> Iterator[Opened]:
    """Yield notebooks whose cells are being run; while one is in use the next one runs, and the one after that loads.

    Each is given by its name and its density, screen pixels to a page pixel, for which `root` has a folder.
    """

    def load(place: tuple[str, float]) -> Opened:
        name, density = place
        # In a window of its own: Chromium draws a tab that is behind another one once a second.
        page = browser.new_page(viewport={"width": 1280, "height": 900}, device_scale_factor=density)
        page.goto(address.format(path=f"{density}/{name}"), wait_until="commit")
        return Opened(root / str(density) / name, page)

    def start(notebook: Opened) -> Opened:
        wait_for_kernel(notebook.page)
        choose(notebook.page, "Run", "Run All Cells")
        return notebook

    yield from _one_ahead(map(start, _one_ahead(map(load, planned))))


def _one_ahead(items: Iterator[Opened]) -> Iterator[Opened]:
    for before, _ in itertools.pairwise(itertools.chain(items, [None])):
        yield before


def open_notebook(page: Page, address: str, path: str) -> None:
    """Open a notebook in JupyterLab and wait until its kernel is idle."""
    page.goto(address.format(path=path))
    wait_for_kernel(page)


def wait_for_kernel(page: Page) -> None:
    """Wait until a notebook stands and its kernel is idle."""
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_selector("text=/ipykernel.*Idle/", timeout=60_000)


def choose(page: Page, menu: str, item: str) -> None:
    """Choose an item of JupyterLab's menu bar."""
    page.click(f".lm-MenuBar-itemLabel:text-is('{menu}')")
    page.click(f".lm-Menu-itemLabel:text-is('{item}')")


def run_all(page: Page, timeout: float = 120) -> None:
    """Run all cells and wait until the kernel has finished the last and its panels stand; `timeout` is in seconds."""
    choose(page, "Run", "Run All Cells")
    wait_for_all(page, timeout)


def wait_for_all(page: Page, timeout: float) -> None:
    """Wait until the cells that are being run have finished and their panels stand."""
    page.wait_for_function(
        """() => {
            const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(p => p.textContent);
            const busy = document.querySelector(".jp-Notebook-ExecutionIndicator[data-status='busy']");
            return !busy && prompts.length > 0 && prompts.every(text => /\\[\\d+\\]/.test(text));
        }""",
        timeout=timeout * 1000,
    )
    page.wait_for_function("() => !document.body.textContent.includes('Loading widget')")


def skip_predictions(page: Page) -> None:
    """Open every panel that asks for a prediction first, without one."""
    page.evaluate("() => document.querySelectorAll('.owmu-closed .owmu-skip').forEach(button => button.click())")
    page.wait_for_function("() => document.querySelector('.owmu-closed') === null")


def wait_for(node: Locator, wrong: str, arg: Any = None, patience: float = 30) -> None:
    """Wait until a function of JavaScript, called with a part of the page and `arg` in each frame, finds nothing wrong.

    Raises AssertionError with the words that it still returns after `patience` seconds.
    """
    words = node.evaluate(
        f"""async (node, [arg, end]) => {{
            for (;;) {{
                const words = await ({wrong})(node, arg);
                if (!words || Date.now() > end) return words;
                await new Promise(requestAnimationFrame);
            }}
        }}""",
        [arg, 1000 * (time.time() + patience)],
    )
    assert not words, words


def bring_into_view(page: Page, target: Locator) -> None:
    """Scroll until a part of the page stands still in view: JupyterLab moves cells about while it draws them."""
    target.evaluate(
        """async node => {
            let [last, still] = ['', 0];
            for (let frame = 0; still < 6 && frame < 120; frame++) {
                node.scrollIntoView({ block: 'center' });
                await new Promise(requestAnimationFrame);
                const now = JSON.stringify(node.getBoundingClientRect());
                still = now === last ? still + 1 : 0;
                last = now;
            }
        }"""
    )
