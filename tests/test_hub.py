"""A class on a JupyterHub: a link brings the notebooks, each learner has a copy, and a later pull keeps their work."""

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from helpers.server import WIDGET_VIEW
from tests import lab, notebooks
from tests.hub import NAME, PASSWORD, PATIENCE, jupyter_hub, link, published, push
from tests.onpage import move_first_slider, saved

pytest.importorskip("nbgitpuller", reason="nbgitpuller is not installed (make test installs it)")

FIRST = notebooks.path_of("01_local_connectivity")
TITLE = "# 1 · Local connectivity"


@pytest.mark.skipif(lab.chromium() is None, reason="Chromium is not installed (Debian: apt-get install chromium)")
@pytest.mark.skipif(
    not Path(sys.prefix, "bin", "configurable-http-proxy").exists(),
    reason="JupyterHub or its proxy is not installed (make test installs them)",
)
def test_a_learner_follows_the_link_and_moves_a_slider(tmp_path):
    pytest.importorskip("jupyterhub", reason="JupyterHub is not installed (make test installs it)")
    repository, homes = published(tmp_path), tmp_path / "homes"
    homes.mkdir()
    ada, grace = (homes / user / NAME / "notebooks" / FIRST.name for user in ("ada", "grace"))
    with jupyter_hub(homes, "ada", "grace") as hub, lab.browser_page() as page:
        page.goto(link(hub, repository, FIRST.name))
        page.fill("#username_input", "ada")
        page.fill("#password_input", PASSWORD)
        page.click("#login_submit")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=PATIENCE * 1000)
        page.wait_for_selector("text=/ipykernel.*Idle/", timeout=60_000)
        assert page.url == f"{hub.address}/user/ada/lab/tree/{NAME}/notebooks/{FIRST.name}"
        assert ada.read_text() == FIRST.read_text()

        hub.start("grace")
        assert '"phase": "finished"' in hub.pull("grace", repository)
        contents = f"user/grace/api/contents/{NAME}/notebooks/{FIRST.name}"
        hers = json.loads(hub.ask(contents))
        hers["content"]["cells"][0]["source"] = "# Grace was here"
        hub.ask(contents, "PUT", {key: hers[key] for key in ("type", "format", "content")})
        assert source(grace, "title") == "# Grace was here"
        assert ada.read_text() == FIRST.read_text()

        lab.run_all(page, timeout=300)
        lab.skip_predictions(page)
        move_first_slider(lab.Opened(FIRST, page))

        outputs = [output for cell in saved(ada, page) for output in cell.get("outputs", [])]
        views = [output for output in outputs if WIDGET_VIEW in output.get("data", {})]
        assert views == []  # the learner's server loads helpers.server, which drops them
        assert source(grace, "title") == "# Grace was here"
        assert source(ada, "title").startswith(TITLE)


class Class:
    """A teacher's folder, a student's folder, and what brings the one to the other."""

    def __init__(self, folder):
        self.url = published(folder).as_uri()
        self.teacher, self.student = folder / "teacher", folder / "student"
        self.pull()

    def pull(self, *flags):
        """Do what following the link does for the student."""
        gitpuller(self.url, "main", str(self.student), *flags)

    def notebook(self, who):
        return who / "notebooks" / FIRST.name


def gitpuller(*words, cwd=None):
    """Run nbgitpuller; raises CalledProcessError."""
    command = [sys.executable, "-m", "nbgitpuller.pull", *words]
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True)


@pytest.fixture
def course(tmp_path):
    return Class(tmp_path)


def source(path, name):
    """Return the source of the cell of that id."""
    return next(cell.source for cell in nbformat.read(path, 4).cells if cell.id == name)


def save(path, **sources):
    """Give cells a new source and save as JupyterLab does, which also completes what it knows about the language."""
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        cell.source = sources.get(cell.id.replace("-", "_"), cell.source)
    notebook.metadata.language_info = {"name": "python", "file_extension": ".py", "version": "3.11.7"}
    nbformat.write(notebook, path)


def run_again(path, mark):
    """Save a notebook as after another Run All, somewhere where every picture comes out a little different."""
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = mark
    nbformat.write(notebook, path)


def pictures(path):
    outputs = {cell.id: cell.get("outputs", []) for cell in nbformat.read(path, 4).cells}
    return {
        name: one.data["image/png"]
        for name, all_ in outputs.items()
        for one in all_
        if "image/png" in one.get("data", {})
    }


def test_a_change_to_another_file_arrives_and_the_work_stays(course):
    save(course.notebook(course.student), layer="my own words")
    (course.teacher / "notebooks" / "hints.md").write_text("Look at the corner.")
    push(course.teacher)
    course.pull()
    assert (course.student / "notebooks" / "hints.md").read_text() == "Look at the corner."
    assert source(course.notebook(course.student), "layer") == "my own words"


def test_a_change_at_another_place_of_the_same_notebook_arrives_too(course):
    save(course.notebook(course.student), layer="my own words")
    save(course.notebook(course.teacher), ending="a new task")
    push(course.teacher)
    course.pull()
    assert source(course.notebook(course.student), "layer") == "my own words"
    assert source(course.notebook(course.student), "ending") == "a new task"


def test_where_both_changed_the_same_lines_the_students_stay(course):
    save(course.notebook(course.student), layer="my own words")
    save(course.notebook(course.teacher), layer="better words", ending="a new task")
    push(course.teacher)
    course.pull()
    assert source(course.notebook(course.student), "layer") == "my own words"
    assert source(course.notebook(course.student), "ending") == "a new task"
    nbformat.validate(nbformat.read(course.notebook(course.student), 4))


def test_a_notebook_that_was_run_gets_new_text_and_keeps_its_own_pictures(course):
    mine, theirs = course.notebook(course.student), course.notebook(course.teacher)
    save(mine)
    run_again(mine, "of the student")
    save(theirs, dense_slider="growth = pictures.DenseGrowth()  # new", layer="better words")
    run_again(theirs, "of the teacher")
    push(course.teacher)
    course.pull()
    assert source(mine, "dense-slider") == "growth = pictures.DenseGrowth()  # new"
    assert source(mine, "layer") == "better words"
    assert set(pictures(mine).values()) == {"of the student"}
    nbformat.validate(nbformat.read(mine, 4))


def test_a_notebook_that_was_not_saved_becomes_the_teachers(course):
    save(course.notebook(course.teacher), layer="better words")
    run_again(course.notebook(course.teacher), "of the teacher")
    push(course.teacher)
    course.pull()
    assert course.notebook(course.student).read_text() == course.notebook(course.teacher).read_text()


def test_a_notebook_that_the_teacher_deletes_goes_unless_it_was_edited(course):
    edited, untouched = course.notebook(course.student), course.student / "notebooks" / "02_weight_sharing.ipynb"
    save(edited, layer="my own words")
    for path in (edited, untouched):
        (course.teacher / path.relative_to(course.student)).unlink()
    push(course.teacher)
    course.pull()
    assert source(edited, "layer") == "my own words"
    assert not untouched.exists()


def test_a_notebook_that_the_teacher_renames_takes_the_work_along(course):
    save(course.notebook(course.student), layer="my own words")
    new = course.notebook(course.teacher).rename(course.teacher / "notebooks" / "01_neighbours.ipynb")
    save(new, ending="a new task")
    push(course.teacher)
    course.pull()
    assert not course.notebook(course.student).exists()
    assert source(course.student / "notebooks" / new.name, "layer") == "my own words"
    assert source(course.student / "notebooks" / new.name, "ending") == "a new task"


def test_a_students_own_file_makes_room_for_one_of_the_same_name(course):
    own = course.student / "notebooks" / "notes.md"
    own.write_text("mine")
    (course.teacher / "notebooks" / "notes.md").write_text("for all")
    push(course.teacher)
    course.pull()
    assert own.read_text() == "for all"
    (kept,) = [path for path in own.parent.iterdir() if re.fullmatch(r"notes__\d{14}\.md", path.name)]
    assert kept.read_text() == "mine"


def test_a_notebook_that_the_student_deletes_comes_back_as_the_newest(course):
    save(course.notebook(course.student), layer="my own words")
    course.notebook(course.student).unlink()
    course.pull()
    assert course.notebook(course.student).read_text() == FIRST.read_text()
    course.notebook(course.student).unlink()
    save(course.notebook(course.teacher), ending="a new task")
    push(course.teacher)
    course.pull()
    assert course.notebook(course.student).read_text() == course.notebook(course.teacher).read_text()


def test_the_link_followed_again_changes_nothing(course):
    save(course.notebook(course.student), layer="my own words")
    before = course.notebook(course.student).read_text()
    for _ in range(2):
        course.pull()
        assert course.notebook(course.student).read_text() == before


def test_a_backup_sets_the_work_aside_and_brings_a_fresh_copy(course):
    save(course.notebook(course.student), layer="my own words")
    course.pull("--backup")
    assert course.notebook(course.student).read_text() == FIRST.read_text()
    (aside,) = course.student.parent.glob("student_backup_*")
    assert source(course.notebook(aside), "layer") == "my own words"


def test_without_a_branch_the_default_one_of_the_repository_is_pulled(course):
    save(course.notebook(course.teacher), ending="a new task")
    push(course.teacher)
    with pytest.raises(subprocess.CalledProcessError) as caught:
        gitpuller(course.url, "master", str(course.student))
    assert "BranchExistError" in caught.value.stderr
    gitpuller(course.url, cwd=course.student)
    assert source(course.notebook(course.student), "ending") == "a new task"


def test_merged_by_lines_a_notebook_stays_whole_when_one_cell_is_added(course):
    save(course.notebook(course.student), layer="my own words")
    run_again(course.notebook(course.student), "of the student")
    notebook = nbformat.read(course.notebook(course.teacher), 4)
    for place in (5, 15):
        notebook.cells.insert(place, nbformat.v4.new_code_cell("1 + 1", id=f"new-{place}"))
    nbformat.write(notebook, course.notebook(course.teacher))
    push(course.teacher)
    course.pull()
    merged = nbformat.read(course.notebook(course.student), 4)
    nbformat.validate(merged)
    assert [cell.id for cell in merged.cells] == [cell.id for cell in notebook.cells]
    assert source(course.notebook(course.student), "layer") == "my own words"
