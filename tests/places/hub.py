"""A real JupyterHub for a class, on this machine: what its tests and the memory table share."""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import psutil

from tests import lab
from tests.notebooks import copy_project

PASSWORD = "one password for the class"
NAME = "one-weight-many-uses"
PATIENCE = 180  # seconds that a server may take to start on a busy machine


class Hub:
    """A running JupyterHub as its users and its teacher reach it."""

    def __init__(self, address: str, homes: Path, token: str) -> None:
        self.address, self.homes, self._token = address, homes, token

    def ask(self, path: str, method: str = "GET", body: dict | None = None) -> bytes:
        """Send one request, as the teacher who may use every user's server; raises urllib.error.HTTPError."""
        request = urllib.request.Request(f"{self.address}/{path}", method=method)
        request.add_header("Authorization", f"token {self._token}")
        request.data = b"" if method == "POST" and body is None else body and json.dumps(body).encode()
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.read()

    def start(self, user: str) -> psutil.Process:
        """Start a user's server and return its process; raises TimeoutError."""
        self.ask(f"hub/api/users/{user}/server", "POST")
        self.ask(f"hub/api/users/{user}/server/progress")  # which ends when the server is ready, or has failed
        server = json.loads(self.ask(f"hub/api/users/{user}"))["servers"].get("", {})
        if not server.get("ready"):
            raise TimeoutError(f"the server of {user} did not start")
        return psutil.Process(server["state"]["pid"])

    def pull(self, user: str, repository: Path) -> str:
        """Pull a repository into a user's home, as the page of a link does; return what it said."""
        query = urlencode({"repo": repository.as_uri(), "branch": "main", "targetpath": NAME})
        return self.ask(f"user/{user}/git-pull/api?{query}").decode()


@contextlib.contextmanager
def jupyter_hub(folder: Path, *users: str) -> Iterator[Hub]:
    """Serve a class on free local ports, each user with a home below `folder`; everything is stopped at the end.

    Raises RuntimeError with the log where the hub does not start.
    """
    proxy, api, inner = (f"http://127.0.0.1:{port}" for port in _free_ports(3))
    token = secrets.token_hex(16)
    # This proxy passes a page of progress on when it is complete, and by default gives up on it after 20 seconds.
    command = [str(Path(sys.prefix, "bin", "configurable-http-proxy")), f"--proxy-timeout={PATIENCE * 1000}"]
    settings = {
        "JupyterHub": {
            "bind_url": proxy,
            "hub_bind_url": inner,
            "spawner_class": "simple",
            "authenticator_class": "shared-password",
            "services": [{"name": "teacher", "api_token": token}],
            "load_roles": [
                {
                    "name": "teacher",
                    "services": ["teacher"],
                    "scopes": ["admin:users", "admin:servers", "access:servers"],
                }
            ],
        },
        "ConfigurableHTTPProxy": {"api_url": api, "command": command},
        "SharedPasswordAuthenticator": {"user_password": PASSWORD},
        "Authenticator": {"allowed_users": users},
        "SimpleLocalProcessSpawner": {
            "home_dir_template": f"{folder}/{{username}}",
            "cmd": [sys.executable, "-m", "jupyterhub.singleuser"],
            "args": ["--allow-root"],
            "start_timeout": PATIENCE,
            "http_timeout": PATIENCE,
        },
    }
    config, log = folder / "jupyterhub_config.json", folder / "hub.log"
    config.write_text(json.dumps(settings))
    with log.open("w") as output:
        process = psutil.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", str(config)], stdout=output, stderr=subprocess.STDOUT, cwd=folder
        )
    try:
        lab.wait_for_server(process, lambda: [f"{proxy}/hub/api"], log, PATIENCE)
        yield Hub(proxy, folder, token)
    finally:
        left = process.children(recursive=True)
        process.terminate()  # it stops its users' servers and its proxy
        _, left = psutil.wait_procs([process, *left], timeout=20)
        for one in left:
            one.kill()


def _free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on."""
    with contextlib.ExitStack() as stack:
        return [stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(count)]


def published(folder: Path) -> Path:
    """Publish this project's files as a bare git repository with a branch main, and return where it is."""
    work, bare = folder / "teacher", folder / NAME
    copy_project(work)
    git(work, "init", "--quiet", "--initial-branch=main")
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    git(work, "remote", "add", "origin", bare.as_uri())
    push(work)
    return bare


def push(work: Path) -> None:
    """Commit all that changed in a teacher's folder and push it."""
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", "what the class gets")
    git(work, "push", "--quiet", "origin", "main")


def git(folder: Path, *words: str) -> None:
    """Run git in a folder, whoever this machine's git thinks it is; raises CalledProcessError."""
    who = {f"GIT_{role}_{what}": "teacher" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *words], cwd=folder, env=os.environ | who, check=True)
