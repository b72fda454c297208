"""The two commands, and what they say when something is missing."""

import asyncio
import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections import Counter
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

import helpers
from helpers import server
from tests.notebooks import ROOT

ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text())
LEARN = [line for line in ENVIRONMENT["dependencies"][-1]["pip"] if not line.startswith("--")]
LIST = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*requirements*"]
REQUIREMENTS = {
    name: [line for line in (ROOT / name).read_text().splitlines() if not line.startswith("#")]
    for name in subprocess.check_output(LIST, cwd=ROOT, text=True).splitlines()
}


@pytest.fixture
def copy(tmp_path):
    """Return a copy of what `make` reads, in a place of its own."""
    for name in ("Makefile", "environment.yml", "pyproject.toml", *REQUIREMENTS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "helpers").mkdir(exist_ok=True)
    for name in ("server.json", "overrides.json"):
        shutil.copy(ROOT / "helpers" / name, tmp_path / "helpers")
    return tmp_path


@pytest.fixture
def installed(copy):
    """Return a copy in which all that `make` installs is there."""
    (copy / ".venv" / "bin").mkdir(parents=True)
    (copy / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (copy / ".venv" / ".lab").write_text(f"{copy}\n")
    for stamp in (".class", ".pages", ".test", ".places", ".benchmark"):
        (copy / ".venv" / stamp).touch()
    return copy


def make(folder, *arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(["make", *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


def test_each_version_is_pinned_once():
    index, torch, *_ = ENVIRONMENT["dependencies"][-1]["pip"]
    assert re.fullmatch(r"--extra-index-url https://\S+/cpu", index)
    assert torch.startswith("torch==")
    assert ENVIRONMENT["dependencies"][0] == "python=3.11"
    pins = [*LEARN, *itertools.chain.from_iterable(REQUIREMENTS.values())]
    assert [line for line in pins if not re.fullmatch(r"[a-z0-9-]+==[0-9.]+", line)] == []
    names = Counter(line.partition("==")[0] for line in pins)
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("file", ["environment.yml", *REQUIREMENTS])
def test_what_is_installed_is_what_is_pinned(file):
    for line in REQUIREMENTS.get(file, LEARN):
        name, version = line.split("==")
        try:
            assert metadata.version(name).partition("+")[0] == version
        except metadata.PackageNotFoundError:
            assert file not in ("environment.yml", "tests/requirements.txt"), f"{name} is missing"


def test_make_installs_what_the_learner_needs(copy):
    script = make(copy, "--dry-run", "lab").stdout
    assert f"install {' '.join(LEARN)} " in script
    assert re.search(r"--index-url https://\S+ torch==[0-9.]+ ", script)


@pytest.mark.parametrize(
    ("target", "folders"),
    {
        "lab": set(),
        "present": {"helpers/teaching"},
        "test": {"tests"},
        "pages": {"helpers/pages"},
        "test-places": {"helpers/teaching", "helpers/pages", "tests", "tests/places"},
        "benchmarks": {"helpers/teaching", "helpers/pages", "tests", "tests/places", "benchmarks"},
    }.items(),
)
def test_make_installs_what_a_target_needs_and_no_more(copy, target, folders):
    script = make(copy, "--dry-run", target).stdout
    assert set(re.findall(r"--requirement (\S+)", script)) == {f"{folder}/requirements.txt" for folder in folders}


def test_there_is_no_second_list_of_versions():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "dependencies" not in project
    assert "optional-dependencies" not in project


def test_jupyterlab_is_told_what_these_notebooks_need():
    """No question about news lies on the page, and widget messages come in the kernel's main thread."""
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


def stand_in(folder, commands):
    """Return a program that stands in for Python, with cases of a shell for what it is called with."""
    program = folder / "python"
    program.write_text(f'#!/bin/sh\ncase "$*" in {commands} esac\n')
    program.chmod(0o755)
    return program


def test_python_that_is_too_old(copy):
    old = stand_in(copy, "--version) echo Python 3.6.9;; *) exit 1;;")
    result = make(copy, "lab", f"PYTHON={old}")
    assert result.returncode != 0
    assert "Python 3.11 or newer is needed; found: Python 3.6.9" in result.stdout
    assert "make lab PYTHON=" in result.stdout
    assert not (copy / ".venv").exists()


def test_no_python_at_all(copy):
    result = make(copy, "lab", "PYTHON=")
    assert result.returncode != 0
    assert "Python 3.11 or newer is needed" in result.stdout


@pytest.mark.parametrize(
    ("complaint", "explained"),
    {
        "WARNING: Retrying after connection broken": "Is the network there?",
        "ERROR: No matching distribution found for torch": "no such package for this Python (Python 3.15.0)",
        "ERROR: No space left on device": "No space left on device",
    }.items(),
)
def test_what_kept_pip_from_installing_is_said(copy, complaint, explained):
    cases = f"""
        *venv*) mkdir -p .venv/bin; cp "$0" .venv/bin/python;;
        -V) echo Python 3.15.0;;
        *install*) test "$PIP_USER" = 0 && echo "{complaint}" >&2; exit 1;;"""
    result = make(copy, "lab", f"PYTHON={stand_in(copy, cases)}")
    assert result.returncode != 0
    assert "taking torch from the ordinary one" in result.stdout
    for words in ("Is the network there?", "no such package for", complaint):
        assert (words in result.stdout) == (words in explained or words == complaint or explained.startswith(words))
    assert not (copy / ".venv" / ".lab").exists()


def test_port_that_is_taken(installed):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        result = make(installed, "lab", f"PORT={port}")
    assert result.returncode != 0
    assert f"Port {port} is taken" in result.stdout
    assert f"make lab PORT={port + 1}" in result.stdout


def test_an_environment_that_lost_its_python_or_was_moved_is_made_anew(installed):
    anew = "venv --clear .venv"
    assert anew not in make(installed, "--dry-run", "lab").stdout
    moved = installed.rename(installed.with_name("moved here"))
    assert anew in make(moved, "--dry-run", "lab").stdout
    back = moved.rename(installed)
    (back / ".venv" / "bin" / "python").unlink()
    (back / ".venv" / "bin" / "python").symlink_to("/usr/bin/python-that-is-gone")
    assert anew in make(back, "--dry-run", "test").stdout


def test_a_changed_list_of_versions_is_noticed(installed):
    assert "install" not in make(installed, "--dry-run", "benchmarks").stdout
    for name in REQUIREMENTS:
        os.utime(installed / name, (2**31, 2**31))
        assert f"install --requirement {name} " in make(installed, "--dry-run", "benchmarks").stdout
    os.utime(installed / "environment.yml", (2**31, 2**31))
    assert "venv --clear" in make(installed, "--dry-run", "lab").stdout


def test_the_targets_run_everything_and_hide_nothing(installed):
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    assert settings["testpaths"] == ["tests", "notebooks"]
    assert settings["norecursedirs"] == [".*", "places"]
    script = make(installed, "--dry-run", "test", "test-places").stdout
    assert [line.strip() for line in script.splitlines()] == [
        ".venv/bin/ruff check .",
        ".venv/bin/ruff format --check .",
        ".venv/bin/python -m pytest",
        ".venv/bin/python -m pytest tests/places",
    ]
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "exec make test test-places"


def test_the_server_saves_still_pictures_and_answers_at_once(monkeypatch):
    hooks, settings, calls = [], {}, []

    async def get(path, **how):
        return {"path": path, **how}

    async def put_back(panels, model, path):
        calls.append((model, path))

    monkeypatch.setattr(server.LivePanels, "put_back", put_back)
    app = SimpleNamespace(
        contents_manager=SimpleNamespace(register_pre_save_hook=hooks.append, get=get),
        web_app=SimpleNamespace(settings=settings),
    )
    server._load_jupyter_server_extension(app)
    assert [hook.__func__ for hook in hooks] == [server.LivePanels.take_out]
    asked = asyncio.run(app.contents_manager.get("a.ipynb", content=True))
    assert calls.pop() == (asked, "a.ipynb")
    assert asyncio.run(app.contents_manager.get("a.ipynb")) == {"path": "a.ipynb"}  # as who copies a file does
    assert settings["kernel_websocket_connection_class"] is server.PromptConnection
    connection = SimpleNamespace(websocket_handler=SimpleNamespace(set_nodelay=calls.append))
    with pytest.raises(TypeError):  # the rest needs a real connection
        asyncio.run(server.PromptConnection.connect(connection))
    assert calls == [True]
