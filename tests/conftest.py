"""What several test files share: notebooks opened in a browser, and a strict re-run of the notebooks."""

import shutil

import pytest

from tests import lab, notebooks, strict

strict.install()

DONE = pytest.StashKey[list[str]]()  # what was done with each notebook in the browser


@pytest.fixture(scope="session")
def chromium():
    """Skip where Chromium is missing: from here, so that the summary says it once for all tests."""
    if lab.chromium() is None:
        pytest.skip("Chromium is not installed, so nothing was tried in a browser (Debian: apt-get install chromium)")


@pytest.fixture(scope="session")
def browser(chromium):
    """Return Chromium."""
    with lab.browser() as started:
        yield started


@pytest.fixture(scope="session")
def served(chromium, tmp_path_factory):
    """Return a folder and the address at which a JupyterLab serves it."""
    root = tmp_path_factory.mktemp("lab")
    with lab.jupyter_lab(root) as address:
        yield root, address


@pytest.fixture(scope="session")
def desk(request, served, browser):
    """Return the notebooks that tests ask for, in a JupyterLab in Chromium: a copy for each density of the screen."""
    root, address = served
    items = [item for item in request.session.items if "on_desk" in getattr(item, "fixturenames", ())]
    planned = list(dict.fromkeys(item.callspec.params["on_desk"] for item in items))
    for density in {density for _, density in planned}:
        shutil.copytree(notebooks.PATHS[0].parent, root / str(density))
    return lab.run_in_turn(browser, address, root, planned)


@pytest.fixture(scope="session", params=[(path.name, 1.0) for path in notebooks.PATHS], ids="{0[0]}-{0[1]}".format)
def on_desk(request, desk):
    """Return a notebook in a page in which all its cells were run, once for all tests that ask for it."""
    notebook, (name, density) = next(desk), request.param
    assert notebook.path.parts[-2:] == (str(density), name)
    lab.wait_for_all(notebook.page, timeout=300)
    yield notebook
    notebook.page.close()
    done = ", ".join(f"{number} {what}" for what, number in notebook.done.items())
    request.config.stash.setdefault(DONE, []).append(f"{'/'.join(notebook.path.parts[-2:])}: {done}")


@pytest.fixture
def closed(on_desk):
    """Return a notebook as Run All leaves it, with closed panels; in the end the page has complained of nothing."""
    yield on_desk
    complaints = on_desk.complaints.copy()
    on_desk.complaints.clear()
    assert complaints == []
    assert on_desk.page.get_by_text("official Jupyter news").count() == 0


@pytest.fixture
def opened(closed):
    """Return a notebook of which all panels are open."""
    lab.skip_predictions(closed.page)
    return closed


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Let tests in a browser come last, for its event loop stops others, and those first that find panels closed."""

    def turn(item):
        used = {name: name in getattr(item, "fixturenames", ()) for name in ("browser", "desk", "on_desk", "opened")}
        order = used["browser"], used["desk"], used["desk"] and not used["on_desk"], used["opened"]
        return *order, item.path.name if used["desk"] else ""

    items.sort(key=turn)


def pytest_terminal_summary(terminalreporter, config):
    """Say what the browser tests did."""
    if DONE in config.stash:
        terminalreporter.section("done in a real JupyterLab in Chromium")
        for line in config.stash[DONE]:
            terminalreporter.line(line)
