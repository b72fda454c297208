"""A notebook served by Voila, which shows what the cells show and leaves the code out."""

import re
import shutil

import pytest

from tests import lab, notebooks
from tests.onpage import check, drag, name_of, number, panels, press

STEM = "01_local_connectivity"


@pytest.fixture(scope="module")
def served(chromium, tmp_path_factory):
    """Return the notebook in a page of Voila's."""
    pytest.importorskip("voila", reason="Voila is not installed, so the panels were not tried there")
    folder = shutil.copytree(notebooks.ROOT / "notebooks", tmp_path_factory.mktemp("voila") / "notebooks")
    with lab.voila(folder) as address, lab.browser_page() as page:
        page.route(re.compile("^https:"), lambda route: route.fulfill(body=""))  # icons, which are not ours
        opened = lab.Opened(notebooks.path_of(STEM), page)
        page.goto(address.format(path=f"{STEM}.ipynb"), wait_until="commit")  # the rest comes while the cells run
        page.wait_for_selector("#rendered_cells .owmu-panel", timeout=120_000)
        lab.skip_predictions(page)
        yield opened


def test_sliders_move_in_voila(served):
    for panel, expect in panels(served):
        lab.bring_into_view(served.page, panel)
        check(served, panel, expect)
        slider = panel.locator("input").first
        for key in ("End", "ArrowLeft"):
            press(served, slider, key)
            check(served, panel, expect, **{name_of(slider): number(slider.input_value())})
        for place in (0.2, 0.7):
            wanted = drag(served, slider, place)
            check(served, panel, expect, **{name_of(slider): wanted})


def test_stills_are_hidden_behind_their_panels_in_voila(served):
    for panel, _ in panels(served):
        cell = panel.locator("xpath=ancestor::*[contains(@class, 'jp-OutputArea ')]")
        assert cell.locator("img").count() == 1
        assert cell.locator("img:visible").count() == 0
        assert cell.locator("p:visible").count() == 1  # the panel's own sentence


def test_voila_has_no_complaint(served):
    assert served.complaints == []
