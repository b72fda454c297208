"""A notebook served by Voila, which shows what the cells show and leaves the code out."""

import re
import shutil

import pytest

from tests import lab, notebooks
from tests.onpage import check, name_of, number, panels, press

FIRST = notebooks.PATHS[0]


@pytest.fixture(scope="module")
def served(chromium, tmp_path_factory):
    """Return the notebook in a page of Voila's."""
    folder = shutil.copytree(FIRST.parent, tmp_path_factory.mktemp("voila") / "notebooks")
    with lab.voila(folder) as address, lab.browser_page() as page:
        page.route(re.compile("^https:"), lambda route: route.fulfill(body=""))  # icons, which are not ours
        opened = lab.Opened(FIRST, page)
        page.goto(address.format(path=FIRST.name), wait_until="commit")  # the rest comes while the cells run
        page.wait_for_selector("#rendered_cells .owmu-panel", timeout=120_000)
        lab.skip_predictions(page)
        yield opened


def test_sliders_move_in_voila(served):
    for panel, twin in panels(served):
        lab.bring_into_view(served.page, panel)
        check(served, panel, twin)
        for slider in panel.locator("input").all():
            press(served, slider, "End")
            check(served, panel, twin, **{name_of(slider): number(slider.get_attribute("max"))})
    assert served.complaints == []


def test_stills_are_hidden_behind_their_panels_in_voila(served):
    for panel, _ in panels(served):
        cell = panel.locator("xpath=ancestor::*[contains(@class, 'jp-OutputArea ')]")
        assert cell.locator("img").count() == 1
        assert cell.locator("img:visible").count() == 0
        assert cell.locator("p:visible").count() == 1  # the panel's own sentence
