"""The house: what may import what, and which names stand nowhere but in their own folder."""

import ast
import subprocess

import pytest

from tests import notebooks
from tests.notebooks import ROOT

# From the engines that build on nothing to those that build on all others.
MAY_IMPORT = {
    "counting": set(),
    "errors": set(),
    "folders": set(),
    "progress": {"folders"},
    "digits": {"counting"},
    "photos": {"counting"},
    "training": {"counting"},
    "layers": {"counting"},
    "drawing": {"counting"},
    "live": {"errors", "progress"},
    "exercises": {"counting", "errors", "progress"},
    "server": set(),
    "rerun": {"server"},
    "cells": {"live"},
    "teaching": {"cells", "folders", "live", "progress", "lessons"},
    "pages": {"cells", "folders", "live", "teaching"},
}
ENGINES = set(MAY_IMPORT)
LESSONS = [notebooks.lesson(path) for path in notebooks.PATHS]
FILES = sorted((ROOT / "helpers").rglob("*.py"))


def imported(path):
    """Yield the full name of everything that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "helpers")))
def test_imports_go_in_one_direction(path):
    room, *rest = path.relative_to(ROOT / "helpers").with_suffix("").parts
    for name in imported(path):
        top, *parts = name.split(".")
        if top != "helpers" or not parts:
            assert top != "tests"
            continue
        if room == "lessons":
            assert parts[0] in ENGINES - {"server", "rerun", "teaching", "pages"} or parts[:2] == ["lessons", rest[0]]
        elif room != "__init__":
            assert parts[0] == room or parts[0] in MAY_IMPORT[room]


@pytest.mark.parametrize(("room", "heavy"), [("counting", "torch"), ("drawing", "torch"), ("drawing", "ipywidgets"),
                                             ("drawing", "anywidget")])  # fmt: skip
def test_engines_stay_light(room, heavy):
    for path in (ROOT / "helpers" / room).rglob("*.py"):
        assert heavy not in {name.partition(".")[0] for name in imported(path)}


def test_each_notebook_has_one_home_of_its_own_name():
    quiz = notebooks.lesson(notebooks.QUIZ)
    homes = {path.name for path in (ROOT / "helpers" / "lessons").iterdir() if path.is_dir() and path.name[0] != "_"}
    assert homes == {*LESSONS, quiz}
    for name in homes:
        home = ROOT / "helpers" / "lessons" / name
        for module in ("pictures", "questions", *(["exercises"] if name != quiz else [])):
            assert (home / f"{module}.py").exists() != (home / module / "__init__.py").exists()
        assert (ROOT / "tests" / "lessons" / f"test_{name}.py").exists()


def test_no_list_of_lessons_stands_in_code():
    tracked = subprocess.check_output(["git", "ls-files", "-co", "--exclude-standard", "*.py"], cwd=ROOT, text=True)
    for name in tracked.splitlines():
        path = ROOT / name
        if path.exists() and not name.startswith(("helpers/lessons/", "tests/lessons/")):
            named = [lesson for lesson in LESSONS if lesson in path.read_text()]
            assert len(named) <= 1, f"{name} names {named}"  # one may serve as an example


def test_no_module_outgrows_its_reader():
    for path in FILES:
        assert len(path.read_text().splitlines()) <= 260, path
