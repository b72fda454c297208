"""A class on a JupyterHub: the guide's link brings the notebooks, and a later pull keeps a learner's work."""

import re
from pathlib import Path
from urllib.parse import quote, unquote

import nbformat
import pytest

from helpers.server import WIDGET_VIEW
from tests import lab, notebooks
from tests.onpage import move_first_slider, saved
from tests.places.hub import NAME, PASSWORD, PATIENCE, jupyter_hub, published, push

GUIDE = (notebooks.ROOT / "docs" / "hub.md").read_text()
LINK = re.search(r"^https://HUB\S*git-pull\S*$", GUIDE, re.MULTILINE)[0]
NOTEBOOK = unquote(LINK).rpartition("/")[2]


def link(hub, repository):
    """Return the guide's link with the hub's own address, and that of a repository, in it."""
    hosted = quote(f"https://HOST/ORG/{NAME}", safe="")
    assert LINK.count(f"repo={hosted}&") == 1
    return LINK.replace("https://HUB", hub.address).replace(hosted, quote(repository.as_uri(), safe=""))


def source(path, name):
    """Return the source of the cell of that id."""
    return next(cell.source for cell in nbformat.read(path, 4).cells if cell.id == name)


def edit(path, name, source):
    """Give the cell of that id a new source."""
    notebook = nbformat.read(path, 4)
    next(cell for cell in notebook.cells if cell.id == name).source = source
    nbformat.write(notebook, path)


def test_the_guide_names_the_versions_that_are_tried():
    pinned = (Path(__file__).parent / "requirements.txt").read_text()
    named = re.findall(r"\b(nbgitpuller|repo2docker)(?: |==)(\d[\d.]*\d)", GUIDE)
    assert {name for name, _ in named} == {"nbgitpuller", "repo2docker"}
    assert all(f"{name}=={version}\n" in pinned for name, version in named)


@pytest.mark.usefixtures("chromium")
def test_a_learner_follows_the_link_and_works_and_pulls(tmp_path):
    repository, homes = published(tmp_path), tmp_path / "homes"
    homes.mkdir()
    folders = tmp_path / "teacher", homes / "ada" / NAME, homes / "grace" / NAME
    teachers, adas, graces = (folder / "notebooks" / NOTEBOOK for folder in folders)
    with jupyter_hub(homes, "ada", "grace") as hub, lab.browser_page() as page:
        page.goto(link(hub, repository))
        page.fill("#username_input", "ada")
        page.fill("#password_input", PASSWORD)
        page.click("#login_submit")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=PATIENCE * 1000)
        page.wait_for_selector("text=/ipykernel.*Idle/", timeout=60_000)
        assert page.url == f"{hub.address}/user/ada/lab/tree/{NAME}/notebooks/{NOTEBOOK}"
        assert adas.read_text() == teachers.read_text()

        lab.run_all(page, timeout=300)
        lab.skip_predictions(page)
        move_first_slider(lab.Opened(adas, page))
        outputs = [output for cell in saved(adas, page) for output in cell.get("outputs", [])]
        views = [output for output in outputs if WIDGET_VIEW in output.get("data", {})]
        assert views == []  # the learner's server loads helpers.server, which drops them

        edit(adas, "title", "# Ada was here")
        edit(teachers, "ending", "A new task.")
        push(tmp_path / "teacher")
        assert '"phase": "finished"' in hub.pull("ada", repository)
        assert (source(adas, "title"), source(adas, "ending")) == ("# Ada was here", "A new task.")

        hub.start("grace")
        hub.pull("grace", repository)
        assert graces.read_text() == teachers.read_text()
