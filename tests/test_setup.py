"""The two commands, and what they say when something is missing."""

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

import helpers
from helpers import server
from tests.notebooks import ROOT

ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text())
PINNED = [line for line in ENVIRONMENT["dependencies"][-1]["pip"] if not line.startswith("--")]


@pytest.fixture
def copy(tmp_path):
    """Return a copy of what `make` reads, in a place of its own."""
    for name in ("Makefile", "environment.yml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "helpers", tmp_path / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def make(folder, *arguments, **settings):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE"))}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=environment | settings, capture_output=True, text=True, timeout=120
    )


def test_environment_pins_every_version():
    assert ENVIRONMENT["dependencies"][0] == "python=3.11"
    assert ENVIRONMENT["dependencies"][-1]["pip"][0].startswith("--extra-index-url ")
    commented = re.findall(r"^# (?:class|test|benchmark): (.*)$", (ROOT / "environment.yml").read_text(), re.MULTILINE)
    for line in (*PINNED, *commented):
        assert re.fullmatch(r"[a-z0-9-]+==[0-9.]+", line), line


def test_what_is_installed_is_what_is_pinned():
    for line in PINNED:
        name, version = line.split("==")
        assert metadata.version(name).partition("+")[0] == version


def test_make_reads_all_of_the_environment(copy):
    script = make(copy, "--dry-run", "lab").stdout
    assert f"install {' '.join(PINNED)} ||" in script
    assert re.search(r"--index-url https://\S+ torch==[0-9.]+ ", script)
    assert "nbval==" not in script
    assert "nbval==" in make(copy, "--dry-run", "test").stdout


def test_slides_come_with_settings_of_their_own(copy):
    script = make(copy, "--dry-run", "present", "LAB_FLAGS=--no-browser").stdout
    assert "jupyterlab-slideshow==" in script
    assert re.search(r"--no-browser --LabApp\.user_settings_dir=/\S+ notebooks$", script, re.MULTILINE)
    assert "slideshow" not in (script := make(copy, "--dry-run", "lab").stdout)
    assert "user_settings_dir" not in script


def test_there_is_no_second_list_of_versions():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "dependencies" not in project
    assert "optional-dependencies" not in project


def test_jupyterlab_is_told_what_these_notebooks_need():
    """No question about news lies on a slide, and widget messages come in the kernel's main thread."""
    share = Path(sys.prefix, "share", "jupyter", "lab")
    overrides = json.loads((share / "settings" / "overrides.d" / "one-weight-many-uses.json").read_text())
    assert overrides == json.loads((ROOT / "helpers" / "overrides.json").read_text())
    for plugin, settings in overrides.items():
        extension, _, name = plugin.partition(":")
        properties = json.loads((share / "schemas" / extension / f"{name}.json").read_text())["properties"]
        for setting, value in settings.items():
            allowed = [one["const"] for one in properties[setting].get("oneOf", [])] or [True, False]
            assert value in allowed
            assert value != properties[setting]["default"]


def test_helpers_are_these_helpers():
    assert helpers.__file__ == str(ROOT / "helpers" / "__init__.py")


def test_python_that_is_too_old(copy):
    old = copy / "python3.6"
    old.write_text('#!/bin/sh\ncase "$1" in --version) echo Python 3.6.9;; *) exit 1;; esac\n')
    old.chmod(0o755)
    result = make(copy, "lab", f"PYTHON={old}")
    assert result.returncode != 0
    assert "Python 3.11 or newer is needed; found: Python 3.6.9" in result.stdout
    assert "make lab PYTHON=" in result.stdout
    assert not (copy / ".venv").exists()


def test_no_python_at_all(copy):
    result = make(copy, "lab", "PYTHON=")
    assert result.returncode != 0
    assert "Python 3.11 or newer is needed" in result.stdout


def test_no_network(copy):
    settings = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0"}
    result = make(copy, "lab", f"PYTHON={sys.executable}", "TORCH_INDEX=http://127.0.0.1:9/cpu", **settings)
    assert result.returncode != 0
    assert "taking torch from the ordinary one" in result.stdout
    assert "Is the network there?" in result.stdout
    assert not (copy / ".venv" / ".lab").exists()


def test_port_that_is_taken(copy):
    (copy / ".venv" / "bin").mkdir(parents=True)
    (copy / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (copy / ".venv" / ".lab").touch()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        result = make(copy, "lab", f"PORT={port}")
    assert result.returncode != 0
    assert f"Port {port} is taken" in result.stdout
    assert f"make lab PORT={port + 1}" in result.stdout


def test_a_changed_list_of_versions_is_noticed(copy):
    (copy / ".venv").mkdir()
    (copy / ".venv" / ".lab").touch()
    assert "venv --clear" not in make(copy, "--dry-run", "lab").stdout
    os.utime(copy / "environment.yml", (2**31, 2**31))
    assert "venv --clear" in make(copy, "--dry-run", "lab").stdout


def test_make_test_runs_everything_and_hides_nothing(copy):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["pytest"]["ini_options"]["testpaths"] == ["tests", "notebooks"]
    script = make(copy, "--dry-run", "test").stdout.splitlines()[-3:]
    assert [line.strip() for line in script] == [
        ".venv/bin/ruff check .",
        ".venv/bin/ruff format --check .",
        ".venv/bin/python -m pytest",
    ]
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "exec make test"


def test_the_server_saves_still_pictures_and_answers_at_once():
    hooks, settings, calls = [], {}, []
    app = SimpleNamespace(
        contents_manager=SimpleNamespace(register_pre_save_hook=hooks.append),
        web_app=SimpleNamespace(settings=settings),
    )
    server._load_jupyter_server_extension(app)
    assert hooks == [server.keep_still_pictures]
    assert settings["kernel_websocket_connection_class"] is server.PromptConnection
    connection = SimpleNamespace(websocket_handler=SimpleNamespace(set_nodelay=calls.append))
    with pytest.raises(TypeError):  # the rest needs a real connection
        asyncio.run(server.PromptConnection.connect(connection))
    assert calls == [True]
