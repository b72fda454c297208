"""Binder: the Dockerfile that repo2docker writes, and the build and a visit acted out as far as this machine can."""

import os
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote

import psutil
import pytest

from helpers.server import WIDGET_VIEW
from tests import binder, lab, notebooks
from tests.notebooks import ROOT
from tests.onpage import move_first_slider, saved

BINDER, README = ROOT / "binder", ROOT / "README.md"
FIRST = "notebooks/01_local_connectivity.ipynb"
# Without the last setting, a folder that repo2docker finds nothing in would get an image all the same.
REPO2DOCKER = ["--no-build", "--debug", "--user-id=1000", "--user-name=jovyan", "--Repo2Docker.default_buildpack=None"]


def repo2docker(folder):
    """Let repo2docker write the Dockerfile of a folder; it needs no Docker for that."""
    command = [sys.executable, "-m", "repo2docker", *REPO2DOCKER, "."]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)


def layout(folder):
    """Copy what repo2docker reads."""
    shutil.copytree(BINDER, folder / "binder", symlinks=True)
    shutil.copy(ROOT / "environment.yml", folder)
    return folder


def test_repo2docker_reads_all_of_the_folder():
    result = repo2docker(ROOT)
    assert result.returncode == 0, result.stderr
    assert "Building conda environment for python=3.11\n" in result.stderr
    assert "environment-2epy-2d3-2e11-2dlinux" in result.stdout  # the base, with its name spelled for a Dockerfile
    steps = [
        "COPY --chown=1000:1000 src/binder/environment.yml ${REPO_DIR}/binder/environment.yml",
        'env update -p ${NB_PYTHON_PREFIX} --file "binder/environment.yml"',
        "COPY --chown=1000:1000 src/ ${REPO_DIR}/",
        "USER ${NB_USER}\n\n# Make sure that postBuild scripts are marked executable",
        "RUN ./binder/postBuild\n",
        'ENV R2D_ENTRYPOINT="${REPO_DIR}/binder/start"',
    ]
    assert all(step in result.stdout for step in steps)
    places = [result.stdout.index(step) for step in steps]
    assert places == sorted(places)


def test_a_python_that_is_not_said_would_be_noticed(tmp_path):
    copy = layout(tmp_path)
    (copy / "environment.yml").write_text((ROOT / "environment.yml").read_text().replace("python=3.11", "python"))
    assert "Building conda environment for python=3.11\n" not in repo2docker(copy).stderr


@pytest.mark.parametrize("target", ["../environment.yaml", None], ids=["a link to nothing", "no link"])
def test_a_broken_folder_fails(tmp_path, target):
    link = layout(tmp_path) / "binder" / "environment.yml"
    link.unlink()
    if target:
        link.symlink_to(target)
    result = repo2docker(tmp_path)
    assert result.returncode != 0
    assert "No environment specification found" in result.stderr


def test_the_folder_holds_the_one_list_of_versions_and_two_programs():
    assert {path.name for path in BINDER.iterdir()} == {"environment.yml", "postBuild", "start"}
    assert os.readlink(BINDER / "environment.yml") == "../environment.yml"
    for name in ("postBuild", "start"):
        assert os.access(BINDER / name, os.X_OK)
        text = (BINDER / name).read_bytes()
        assert text.startswith(b"#!/bin/bash\n")
        assert b"\r" not in text
    assert "\nset -euo pipefail\n" in (BINDER / "postBuild").read_text()
    assert (BINDER / "start").read_text().splitlines()[-1] == 'exec "$@"'


def test_git_keeps_the_link_and_the_modes():
    listed = subprocess.check_output(["git", "ls-files", "--stage", "binder"], cwd=ROOT, text=True).splitlines()
    modes = {path: mode for mode, *_, path in map(str.split, listed)}
    assert modes == {"binder/environment.yml": "120000", "binder/postBuild": "100755", "binder/start": "100755"}


def test_torch_comes_from_the_index_of_cpu_wheels():
    option, *packages = binder.pip_section()
    assert re.fullmatch(r"--extra-index-url https://\S+/cpu", option)
    assert packages[0].startswith("torch==")


def test_each_notebook_has_a_badge():
    found = re.findall(r"\]\(https://mybinder\.org/v2/gh/([\w.-]+/[\w.-]+)/HEAD\?urlpath=(\S+)\)", README.read_text())
    assert len({repository for repository, _ in found}) == 1
    assert [unquote(path) for _, path in found] == [f"lab/tree/notebooks/{path.name}" for path in notebooks.PATHS]
    assert all("/" not in path for _, path in found)


def test_a_failing_step_fails_the_build(tmp_path):
    image = binder.Image(tmp_path)
    image.home.mkdir()
    with pytest.raises(RuntimeError, match="ended with 3"):
        image.run("bash", "-c", "exit 3")


@pytest.mark.usefixtures("chromium")
@pytest.mark.skipif(binder.python() is None, reason="there is no Python 3.11 that a user without privileges can run")
def test_a_visitor_opens_a_notebook_and_moves_a_slider():
    with binder.built() as image:
        for line in binder.pip_section()[1:]:
            name, version = line.split("==")
            assert version_in(image, name) == version
        for name in re.findall(r"^# \w+: (\S+)==", (ROOT / "environment.yml").read_text(), re.MULTILINE):
            assert version_in(image, name) is None, f"{name} is needed by tests or benchmarks only"
        where = image.run("env", "-C", "notebooks", "python", "-c", "import helpers; print(helpers.__file__)")
        assert Path(where.strip()).is_relative_to(image.environment)
        assert list((image.home / ".cache" / "matplotlib").glob("fontlist-*.json"))

        with binder.visit(image) as visit, lab.browser_page() as page:
            assert visit.process.uids().real == image.user != 0
            assert visit.process.cmdline()[1].endswith("/jupyter-lab")
            threads = [f"{name}_NUM_THREADS" for name in ("OMP", "MKL", "OPENBLAS")]
            assert [visit.process.environ()[name] for name in threads] == ["1", "1", "1"]

            notebook = lab.Opened(image.home / FIRST, page)
            lab.open_notebook(page, visit.address, FIRST)
            lab.run_all(page, timeout=300)
            lab.skip_predictions(page)
            move_first_slider(notebook)
            assert notebook.complaints == []

            cells = saved(notebook.path, page)
            kinds = [kind for cell in cells for output in cell.get("outputs", []) for kind in output.get("data", {})]
            assert "image/png" in kinds
            assert WIDGET_VIEW not in kinds  # the extension that the helpers bring is at work
            tree = [visit.process, *visit.process.children(recursive=True)]
            assert len(tree) > 1
        assert not any(map(psutil.Process.is_running, tree))
    assert not image.home.exists()


def version_in(image, name):
    """Return which version of a package is in the environment, without what the name of its build adds, or None."""
    found = next(
        metadata.distributions(name=name, path=[image.environment / "lib" / "python3.11" / "site-packages"]), None
    )
    return found and found.version.partition("+")[0]
