"""Binder: the Dockerfile that repo2docker writes, and the build and a visit acted out as far as this machine can."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import psutil
import pytest

from helpers.server import WIDGET_VIEW
from tests import lab, notebooks
from tests.notebooks import ROOT
from tests.onpage import move_first_slider, saved
from tests.places import binder

BINDER, README = ROOT / "binder", ROOT / "README.md"
FIRST = notebooks.PATHS[0].relative_to(ROOT)
# Without the last setting, a folder that repo2docker finds nothing in would get an image all the same.
REPO2DOCKER = ["--no-build", "--debug", "--user-id=1000", "--user-name=jovyan", "--Repo2Docker.default_buildpack=None"]


def test_repo2docker_reads_all_of_the_folder():
    """It writes the Dockerfile, for which it needs no Docker."""
    command = [sys.executable, "-m", "repo2docker", *REPO2DOCKER, "."]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
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


def test_the_folder_holds_a_link_and_two_programs():
    assert {path.name for path in BINDER.iterdir()} == {"environment.yml", "postBuild", "start"}
    assert os.readlink(BINDER / "environment.yml") == "../environment.yml"
    for name in ("postBuild", "start"):
        assert os.access(BINDER / name, os.X_OK)
        assert (BINDER / name).read_bytes().startswith(b"#!/bin/bash\n")
    assert "\nset -euo pipefail\n" in (BINDER / "postBuild").read_text()
    assert (BINDER / "start").read_text().splitlines()[-1] == 'exec "$@"'


def test_git_keeps_the_link_and_the_modes():
    listed = subprocess.check_output(["git", "ls-files", "--stage", "binder"], cwd=ROOT, text=True).splitlines()
    modes = {path: mode for mode, *_, path in map(str.split, listed)}
    assert modes == {"binder/environment.yml": "120000", "binder/postBuild": "100755", "binder/start": "100755"}


def test_each_notebook_has_a_badge():
    found = re.findall(r"\]\(https://mybinder\.org/v2/gh/([\w.-]+/[\w.-]+)/HEAD\?urlpath=(\S+)\)", README.read_text())
    assert len({repository for repository, _ in found}) == 1
    assert [unquote(path) for _, path in found] == [f"lab/tree/notebooks/{path.name}" for path in notebooks.PATHS]
    assert all("/" not in path for _, path in found)


@pytest.mark.usefixtures("chromium")
@pytest.mark.skipif(binder.python() is None, reason="there is no Python 3.11 that a user without privileges can run")
def test_a_visitor_opens_a_notebook_and_moves_a_slider():
    with binder.built(quickly=True) as image:
        where = image.run("env", "-C", "notebooks", "python", "-c", "import helpers; print(helpers.__file__)")
        assert Path(where.strip()).is_relative_to(image.environment)
        assert list((image.home / ".cache" / "matplotlib").glob("fontlist-*.json"))
        installed = image.run("python", "-m", "pip", "--disable-pip-version-check", "freeze").splitlines()
        assert set(binder.pip_section()[1:]) <= {line.partition("+")[0] for line in installed}  # whatever Binder had
        assert image.run("python", "-m", "pip", "--disable-pip-version-check", "check").startswith("No broken")

        with binder.visit(image) as visit, lab.browser_page() as page:
            assert visit.process.uids().real == image.user != 0
            assert visit.process.cmdline()[1].endswith("/jupyter-lab")
            threads = [f"{name}_NUM_THREADS" for name in ("OMP", "MKL", "OPENBLAS")]
            assert [visit.process.environ()[name] for name in threads] == ["1", "1", "1"]

            notebook = lab.Opened(image.home / FIRST, page)
            lab.open_notebook(page, visit.address, str(FIRST))
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
