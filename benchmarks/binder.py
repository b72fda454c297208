"""What a visit on Binder costs: installed size, seconds to the first live panel, and memory under a limit of 2 GB.

    make benchmarks        or        python -m benchmarks.binder

The image is built as far as this machine can (see `tests/places/binder.py`): repo2docker adds packages of its own,
which are not in it. The server and its kernels have one CPU, Chromium has the others. The limit is a control group's,
in which the kernel counts cached files too and lets go of them first; where there is none, the output says what stood
in.
"""

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import psutil
from playwright.sync_api import Error as PlaywrightError

from tests import lab, notebooks
from tests.onpage import panels
from tests.places import binder
from tests.places.binder import Image

LIMIT = 2 * 10**9  # bytes
PATIENCE = 900  # seconds that a run may take
GROUPS = Path("/sys/fs/cgroup")
NAME = f"one-weight-many-uses-{os.getpid()}"


@dataclass(frozen=True)
class Group:
    """A control group with a limit: its folder, and how its version of the kernel's interface calls things."""

    folder: Path
    limits: dict[str, int]
    peak: str
    own: tuple[str, str]  # parts of memory.stat that are no cached files
    events: str

    def join(self) -> list[str]:
        """Return the words before a command that let it join the group."""
        return ["sh", "-c", 'echo $$ > "$0" && exec "$@"', str(self.folder / "cgroup.procs")]

    def number(self, name: str) -> int:
        """Return the number that the kernel keeps in a file."""
        return int((self.folder / name).read_text())

    def numbers(self, name: str) -> dict[str, int]:
        """Return the numbers that the kernel keeps in a file, a name before each."""
        return {key: int(number) for key, number in map(str.split, (self.folder / name).read_text().splitlines())}


VERSIONS = (
    Group(
        GROUPS / "memory" / NAME,
        {"memory.limit_in_bytes": LIMIT, "memory.memsw.limit_in_bytes": LIMIT},  # memory, then memory and swap
        "memory.max_usage_in_bytes",
        ("total_rss", "total_shmem"),
        "memory.oom_control",
    ),
    Group(
        GROUPS / NAME,
        {"memory.max": LIMIT, "memory.swap.max": 0},
        "memory.peak",
        ("anon", "shmem"),
        "memory.events",
    ),
)


@contextlib.contextmanager
def limited() -> Iterator[Group | None]:
    """Make a control group with the limit, of the version that this machine has, or none where that is not allowed."""
    for group in VERSIONS:
        try:
            group.folder.mkdir()
        except OSError:
            continue
        try:
            for name, value in group.limits.items():
                with (group.folder / name).open("r+") as file:  # where the kernel has not made it, it must not come up
                    file.write(str(value))
        except OSError:
            group.folder.rmdir()
            continue
        try:
            yield group
        finally:
            group.folder.rmdir()
        return
    yield None


@dataclass
class Watch:
    """The memory of a visit, looked at ten times a second while a block runs: the largest sum, without cached files."""

    process: psutil.Process
    group: Group | None
    most: int = 0
    _done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            self.most = max(self.most, self._now())

    def _now(self) -> int:
        if self.group:
            stat = self.group.numbers("memory.stat")
            return sum(stat[key] for key in self.group.own)
        total = 0
        for process in (self.process, *self.process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):  # it has ended
                total += process.memory_full_info().pss
        return total


@contextlib.contextmanager
def visit(image: Image, cpu: int) -> Iterator[tuple[binder.Visit, Group | None]]:
    """Start a server on one CPU and under the limit."""
    with limited() as group:
        before = group.join() if group else ["prlimit", f"--data={LIMIT}"]
        with binder.visit(image, [*before, "taskset", "--cpu-list", str(cpu)]) as started:
            yield started, group


def seconds_to_first_panel(image: Image, cpu: int) -> float:
    """Return the seconds from the start of the server to a panel on the page, in a browser that is open already."""
    with lab.browser_page() as page:
        began = time.monotonic()
        with visit(image, cpu) as (started, _):
            lab.open_notebook(page, started.address, f"notebooks/{notebooks.PATHS[0].name}")
            lab.choose(page, "Run", "Run All Cells")
            page.wait_for_selector(".owmu-panel :is(.owmu-said, .owmu-sentence):not(:empty)", timeout=PATIENCE * 1000)
            return time.monotonic() - began


def open_and_run(address: str, path: Path, all_open: threading.Barrier) -> None:
    """Open a notebook, wait until the others are open too, and run it; raises RuntimeError where a cell failed."""
    with lab.browser_page() as page:
        notebook = lab.Opened(path, page)
        lab.open_notebook(page, address, f"notebooks/{path.name}")
        all_open.wait(PATIENCE)
        lab.run_all(page, timeout=PATIENCE)
        failed = page.locator("[data-mime-type='application/vnd.jupyter.error']").all_inner_texts()
        if failed or not panels(notebook):
            raise RuntimeError(f"{path.name}: {failed or 'no panels'}")


def row(name: str, image: Image, cpu: int, paths: list[Path]) -> tuple[str, bool]:
    """Open and run notebooks at the same time; return a row of the table, and whether they all reached the end."""
    with visit(image, cpu) as (started, group), Watch(started.process, group) as watch:
        began = time.monotonic()
        all_open = threading.Barrier(len(paths))
        try:
            with ThreadPoolExecutor(len(paths)) as pool:
                list(pool.map(lambda path: open_and_run(started.address, path, all_open), paths))
            seconds = f"{time.monotonic() - began:.0f}"
        except (PlaywrightError, threading.BrokenBarrierError):  # as where the kernel of a notebook was killed
            seconds = "not finished"
        peak = f"{group.number(group.peak) / 1e6:,.0f}" if group else "not counted"
        killed = group.numbers(group.events)["oom_kill"] if group else 0
    cells = (name, seconds, f"{watch.most / 1e6:,.0f}", peak, str(killed) if group else "not counted")
    return f"| {' | '.join(cells)} |", seconds != "not finished" and not killed and watch.most <= LIMIT


def sizes(image: Image) -> tuple[int, dict[str, int]]:
    """Return the bytes of the environment, and those of each package in it."""

    def size(paths: Iterator[Path]) -> int:
        return sum(path.stat().st_size for path in paths if path.is_file() and not path.is_symlink())

    packages = metadata.distributions(path=[str(image.environment / "lib" / "python3.11" / "site-packages")])
    each = {package.name: size(Path(file.locate()) for file in package.files or []) for package in packages}
    return size(image.environment.rglob("*")), each


def main() -> None:
    """Print the tables; stop with an error where a notebook did not fit."""
    cpu, *others = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, others or {cpu})  # the visitor's browser is not on the server's CPU
    with limited() as group:
        kind = f"the control group {group.folder.parent}" if group else "prlimit --data, for each process on its own"
    print(f"Limit: {LIMIT / 1e6:,.0f} MB, swap included, by {kind}. Server and kernels on CPU {cpu} alone.\n")
    with binder.built() as image:
        total, packages = sizes(image)
        print(f"| installed | MB |\n|---|---|\n| the environment | {total / 1e6:,.0f} |")
        for name in sorted(packages, key=packages.get, reverse=True)[:5]:
            print(f"| of it {name} | {packages[name] / 1e6:,.0f} |")
        print(f"\nFrom the start of the server to the first live panel: {seconds_to_first_panel(image, cpu):.0f} s\n")
        print(
            "| opened and run | s | peak, MB | peak with cached files, MB | processes killed |\n|---|---|---|---|---|"
        )
        reached = []
        for name, paths in [*((path.stem, [path]) for path in notebooks.PATHS), ("all at once", notebooks.PATHS)]:
            text, all_reached = row(name, image, cpu, paths)
            reached.append(all_reached)
            print(text, flush=True)
    if not all(reached):
        raise SystemExit("Not all of them fit.")


if __name__ == "__main__":
    main()
