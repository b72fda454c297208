"""Binder's image and visit, acted out on this machine: what its test and its table share.

Binder takes Python and its own server packages from conda-forge; here Python is the system's, and of these packages
those of Jupyter are wheels of the versions in repo2docker's lock. The rest is done as there: a user without privileges,
whose home is the repository, installs the pip section over them, runs `postBuild`, and starts the server through
`start`. The first build keeps the wheels that it fetches in the environment of the tests, for the next one.
"""

import contextlib
import hashlib
import json
import os
import pwd
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil
import yaml

from tests import lab
from tests.notebooks import ROOT, copy_project

USER = "jovyan"
PATIENCE = 900  # seconds that an installation may take
WHEELS = Path(sys.prefix, "wheels")
LOCK = Path(find_spec("repo2docker").origin).parent / "buildpacks" / "conda" / "environment.py-3.11-linux-64.lock"
PIP = ("python", "-m", "pip", "--quiet", "--no-cache-dir", "--disable-pip-version-check")
PROGRAMS = ("/usr/local/bin", "/usr/bin", "/bin")  # where a user without privileges finds programs


class Image:
    """The image: the home of its user, which is a copy of the repository, and the environment."""

    def __init__(self, folder: Path) -> None:
        self.home, self.environment = folder / USER, folder / "environment"
        self.user, self._as_user = _other_user(folder)

    def settings(self) -> dict[str, str]:
        """Return the environment variables that the user's programs get."""
        passed = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "REQUESTS_"))}
        passed |= {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
        path = os.pathsep.join((str(self.environment / "bin"), *PROGRAMS))
        own = {"HOME": str(self.home), "TMPDIR": str(self.home.parent), "USER": USER, "PATH": path}
        return passed | own | {"LANG": "C.UTF-8", "SHELL": "/bin/bash"}

    def command(self, *words: object, before: Sequence[str] = ()) -> list[str]:
        """Return what runs a command as the user; `before` comes before the change of user."""
        return [*before, *self._as_user, *map(str, words)]

    def run(self, *words: object) -> str:
        """Run a command as the user in the repository and return its output; raises RuntimeError where it fails."""
        done = subprocess.run(
            self.command(*words),
            cwd=self.home,
            env=self.settings(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
        )
        if done.returncode:
            raise RuntimeError(f"{words[0]} ended with {done.returncode}:\n{done.stdout}")
        return done.stdout


def _other_user(folder: Path) -> tuple[int, list[str]]:
    """Give a folder to a user without privileges; return the user's number and the words that make a command theirs.

    The user is a number that nobody has. Whoever is not root has no privileges, and is the user.
    """
    if os.geteuid():
        return os.geteuid(), []
    taken = {user.pw_uid for user in pwd.getpwall()} | set(map(_owner, psutil.process_iter(["uids"])))
    number = secrets.choice([number for number in range(20_000, 60_000) if number not in taken])
    folder.chmod(0o755)
    os.chown(folder, number, number)
    return number, ["setpriv", f"--reuid={number}", f"--regid={number}", "--clear-groups", "--no-new-privs"]


def _owner(process: psutil.Process) -> int | None:
    """Return the user of a process that was listed with its users."""
    return process.info["uids"] and process.info["uids"].real


def python() -> str | None:
    """Return a Python 3.11 that every user of this machine can run and make environments with, or None."""
    for name in ("python3.11", "python3"):
        found = shutil.which(name, path=os.pathsep.join(PROGRAMS))
        check = "import ensurepip, sys; sys.exit(sys.version_info[:2] != (3, 11))"
        if found and subprocess.run([found, "-c", check], capture_output=True, timeout=60).returncode == 0:
            return found
    return None


def pip_section() -> list[str]:
    """Return the lines that pip gets from Binder's environment file."""
    listed = yaml.safe_load((ROOT / "binder" / "environment.yml").read_text())["dependencies"]
    return next(part["pip"] for part in listed if isinstance(part, dict))


@contextlib.contextmanager
def built(quickly: bool = False) -> Iterator[Image]:
    """Build the image in a folder of its own that goes at the end; raises RuntimeError where a step fails.

    Quickly means in memory where there is room, and without bytecode: to compile it, and to delete it all from a disk,
    may take minutes.
    """
    with tempfile.TemporaryDirectory(dir=_memory() if quickly else None) as folder:
        image = Image(Path(folder))
        try:
            _copy_repository(image)
            image.run(python(), "-m", "venv", image.environment)
            _install(image, *(["--no-compile"] if quickly else []))
            image.run("binder/postBuild")
            yield image
        finally:
            if image.user != os.geteuid():
                _end([process for process in psutil.process_iter(["uids"]) if _owner(process) == image.user])


def _memory() -> str | None:
    """Return a folder in memory that has room for an image and lets programs run, or None."""
    folder = "/dev/shm"
    if not os.path.isdir(folder):
        return None
    about = os.statvfs(folder)
    free = min(about.f_bavail * about.f_frsize, psutil.virtual_memory().available)
    return folder if free > 6 * 10**9 and not about.f_flag & os.ST_NOEXEC else None


def _copy_repository(image: Image) -> None:
    """Copy what git tracks, and what it would track, as the user's own."""
    copy_project(image.home)
    for path in (image.home, *image.home.rglob("*")):
        os.chown(path, image.user, -1, follow_symlinks=False)


def _install(image: Image, *flags: str) -> None:
    """Install what Binder has already, and the pip section over it, from wheels."""
    _, *packages = pip_section()
    kept = WHEELS / hashlib.sha256((" ".join(pip_section()) + LOCK.read_text()).encode()).hexdigest()[:12]
    wheels = image.home.parent / "wheels"
    if kept.exists():
        shutil.copytree(kept, wheels)  # where the user may read them
    else:
        _fetch(image, wheels)
        shutil.rmtree(WHEELS, ignore_errors=True)  # those of an older list of versions
        shutil.copytree(wheels, WHEELS / "new").rename(kept)
    install = (*PIP, "install", "--no-index", f"--find-links={wheels}", *flags)
    image.run(*install, "--no-deps", *locked(wheels))
    image.run(*install, *packages)


def _fetch(image: Image, wheels: Path) -> None:
    """Fetch the wheels; where the index of CPU wheels cannot be reached, the ordinary one has torch too."""
    option, *packages = pip_section()
    index = os.environ.get("TORCH_INDEX", option.removeprefix("--extra-index-url "))
    torch = next(package for package in packages if package.startswith("torch=="))
    fetch = (*PIP, "wheel", f"--wheel-dir={wheels}", f"--find-links={wheels}")
    with contextlib.suppress(RuntimeError):
        image.run(*fetch, "--retries=0", "--timeout=15", "--no-deps", f"--index-url={index}", torch)
    image.run(*fetch, *packages)
    image.run(*fetch, "--no-deps", *locked(wheels))


def locked(wheels: Path) -> list[str]:
    """Return the versions in repo2docker's lock, of Jupyter's own packages that have a wheel."""
    jupyters = r"/((?:jupyter|ipy|nb|notebook|traitlets|tornado|pyzmq|comm|widgets)[\w.-]*)-([^-/\s]+)-[^-/\s]+\.conda"
    ours = {wheel.name.partition("-")[0].replace("_", "-") for wheel in wheels.iterdir()}
    found = re.findall(jupyters, LOCK.read_text())
    return [f"{name}=={version}" for name, version in found if name.replace("_", "-") in ours]


def _end(processes: list[psutil.Process]) -> None:
    """Kill processes and wait until they are gone."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=20)


@dataclass
class Visit:
    """A server that a visitor has started: its process and its address.

    The address has a `{path}` to fill in. It is the one of the badges, but forgets what an earlier visit left open.
    """

    process: psutil.Popen
    address: str


@contextlib.contextmanager
def visit(image: Image, before: Sequence[str] = ()) -> Iterator[Visit]:
    """Start a server through `start` and end it and its kernels; raises RuntimeError with its log."""
    token = secrets.token_hex(16)
    words = ("binder/start", "jupyter", "lab", "--no-browser", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0")
    command = image.command(*words, f"--IdentityProvider.token={token}", before=before)
    log = image.home.parent / "server.log"
    with log.open("w") as output:
        process = psutil.Popen(command, cwd=image.home, env=image.settings(), stdout=output, stderr=subprocess.STDOUT)
    try:
        yield Visit(process, f"{_base(image, process, log)}lab/tree/{{path}}?token={token}&reset")
    finally:
        started = [process]
        with contextlib.suppress(psutil.NoSuchProcess):
            started += process.children(recursive=True)
            process.terminate()  # it ends its kernels
        _, left = psutil.wait_procs(started, timeout=20)
        _end(left)


def _base(image: Image, process: psutil.Popen, log: Path) -> str:
    """Wait until the server answers and return its address.

    It writes a file named after its own number: that is the number of the process started here only where each step
    from `start` on took the place of the one before.
    """
    about = image.home / f".local/share/jupyter/runtime/jpserver-{process.pid}.json"

    def list_pages() -> list[str]:
        with contextlib.suppress(OSError, ValueError):
            return [f"{json.loads(about.read_text())['url']}api"]
        return []

    return lab.wait_for_server(process, list_pages, log, 120).removesuffix("api")
