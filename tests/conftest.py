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
def desk(request, chromium, tmp_path_factory):
    """Return a JupyterLab in Chromium, with a copy of the notebooks for each density of the screen."""
    planned = [item.callspec.params["on_desk"] for item in request.session.items if uses(item, "on_desk")]
    root = tmp_path_factory.mktemp("lab")
    for density in {density for _, density in planned}:
        shutil.copytree(notebooks.PATHS[0].parent, root / str(density))
    with lab.jupyter_lab(root) as address, lab.browser() as browser:
        yield lab.Desk(browser, address, root, list(dict.fromkeys(planned)))


@pytest.fixture(scope="session", params=[(path.name, 1.0) for path in notebooks.PATHS], ids=lambda place: place[0])
def on_desk(request, desk):
    """Return a notebook in a page in which all its cells were run, once for all tests that ask for it."""
    notebook = desk.take(*request.param)
    yield notebook
    notebook.page.context.close()
    done = ", ".join(f"{number} {what}" for what, number in notebook.done.items())
    request.config.stash.setdefault(DONE, []).append(f"{'/'.join(notebook.path.parts[-2:])}: {done}")


@pytest.fixture
def closed(on_desk):
    """Return a notebook with the panels that nobody has answered yet; at the end the page has complained of nothing."""
    yield on_desk
    on_desk.raise_complaints()


@pytest.fixture
def opened(closed):
    """Return a notebook of which all panels are open."""
    lab.skip_predictions(closed.page)
    return closed


def uses(item, fixture):
    """Return whether a test asks for a fixture."""
    return fixture in getattr(item, "fixturenames", ())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Let tests on the desk come last, for its event loop stops others; and those that find the panels closed first."""
    items.sort(key=lambda item: (1 + uses(item, "opened"), item.path.name) if uses(item, "on_desk") else (0, ""))


def pytest_terminal_summary(terminalreporter, config):
    """Say what the browser tests did."""
    if DONE in config.stash:
        terminalreporter.section("done in a real JupyterLab in Chromium")
        for line in config.stash[DONE]:
            terminalreporter.line(line)
