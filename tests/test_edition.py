"""The edition without solutions: what it leaves out, what it keeps, where it may be written, and that it runs."""

import re
import subprocess
import sys

import nbformat
import pytest

from helpers.rerun import rerun
from helpers.teaching.edition import NOTEBOOKS, TARGET, make_edition, write_edition
from tests import notebooks, strict

QUICK = notebooks.path_of("04_dynamic_shared_layer")
by_notebook = pytest.mark.parametrize("path", notebooks.PATHS, ids=notebooks.lesson)
plain_and_graded = pytest.mark.parametrize("nbgrader", [False, True], ids=["plain", "nbgrader"])


def edition(path, nbgrader=False):
    return make_edition(nbformat.read(path, as_version=4), nbgrader)


def text(cells):
    return "\n\n".join(cell.source for cell in cells)


@by_notebook
@plain_and_graded
def test_no_solution_is_in_it(path, nbgrader):
    before, after = text(notebooks.cells(path)), text(edition(path, nbgrader).cells)
    assert not re.search(r"\bsolution", after, re.IGNORECASE)
    solved = [line.strip() for solution in notebooks.solutions(path) for line in solution.splitlines()]
    lines = {line for line in solved if len(line) > 12}
    assert len(lines) > 2
    for line in lines:
        assert after.count(line) == before.count(line) - sum(line in other for other in solved), line


@by_notebook
def test_all_else_is_in_it(path):
    """Hints, outcomes of experiments, code and outputs."""
    before, after = notebooks.cells(path), edition(path).cells
    assert [cell.id for cell in after] == [cell.id for cell in before]
    for one, other in zip(before, after, strict=True):
        folds = [fold for fold in notebooks.FOLDED.findall(one.source) if fold[0] != "Solution"]
        assert notebooks.FOLDED.findall(other.source) == folds
        shown = notebooks.FOLDED.sub("", one.source).replace("Hints and a solution are folded", "Hints are folded")
        assert notebooks.FOLDED.sub("", other.source).strip() == shown.strip()
        assert one.get("outputs") == other.get("outputs")
    assert not any("a solution are folded" in cell.source for cell in after)


@by_notebook
def test_nbgrader_finds_points_behind_each_answer(path):
    after = edition(path, nbgrader=True)
    nbformat.validate(after)
    graded = [number for number, cell in enumerate(after.cells) if "nbgrader" in cell.metadata]
    assert len(graded) == len(notebooks.check(path).exercises)
    for number in graded:
        answer, points = after.cells[number - 1 : number + 1]
        assert points.id == points.metadata.nbgrader.grade_id == answer.id.replace("-answer", "-points")
        assert points.metadata.nbgrader.locked


@by_notebook
def test_a_right_answer_gets_its_point_and_none_gets_none(path):
    cells = edition(path, nbgrader=True).cells
    points = [cell.source for cell in cells if "nbgrader" in cell.metadata]
    asked = [cell.source for cell in cells if cell.id.endswith("-answer")]
    for answers, expected in ((notebooks.solutions(path), 1), (asked, 0)):
        names = dict(notebooks.run_here(path).names)
        grader = names["check"]
        for answer, source in zip(answers, points, strict=True):
            names["check"] = lambda *_: None
            exec(answer, names)
            names["check"] = grader
            assert eval(source, names) == expected, source


@pytest.mark.parametrize("where", ["notebooks", "below", "full", "file"])
def test_it_is_written_over_nothing_else(where, tmp_path):
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").touch()
    target = {"notebooks": NOTEBOOKS, "below": NOTEBOOKS / "handout", "full": full, "file": full / "mine.txt"}[where]
    with pytest.raises(ValueError, match=f"{target.name} (lies among the notebooks|holds something else); allowed is"):
        write_edition(target)
    assert [path.name for path in full.iterdir()] == ["mine.txt"]


def test_it_is_written_anew_where_it_stands(tmp_path):
    command = [sys.executable, "-m", "helpers.teaching.edition", tmp_path / "new" / "handout"]
    for _ in range(2):
        subprocess.run(command, cwd=notebooks.ROOT, check=True, capture_output=True)
    names = {path.name for path in (tmp_path / "new" / "handout").glob("[!.]*")}
    assert names == {path.name for path in [*notebooks.PATHS, notebooks.QUIZ]}
    refused = subprocess.run([*command[:-1], NOTEBOOKS], cwd=notebooks.ROOT, capture_output=True, text=True)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)


def test_git_ignores_where_it_is_written():
    assert subprocess.run(["git", "check-ignore", "-q", TARGET], cwd=notebooks.ROOT).returncode == 0


def test_it_runs_and_shows_the_same(tmp_path):
    path = next(path for path in write_edition(tmp_path / "handout") if path.name == QUICK.name)
    rerun(path)
    for ran, stored in zip(notebooks.cells(path), notebooks.cells(QUICK), strict=True):
        if ran.cell_type == "code" and not stored.metadata.get("tags"):
            assert strict.texts(ran.outputs) == strict.texts(stored.outputs), ran.id
            assert strict.describe_pictures(*map(strict.pictures, (ran.outputs, stored.outputs))) is None, ran.id
