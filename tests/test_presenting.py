"""The notebooks as slides: what starts a slide, and a teacher who presents them in a real JupyterLab in Chromium."""

import shutil

import nbformat
import pytest

from tests import lab, notebooks
from tests.expected import EXPECTED, RUNS
from tests.onpage import check, drag, name_of, ordered_panels, press, sentence_of, shown_on, values
from tests.pixels import decoded

SETTINGS = notebooks.ROOT / "docs" / "presenting"
PROJECTORS = [{"width": 1280, "height": 720}, {"width": 1024, "height": 768}]
BACK_ROW = 24  # pixels: the least height of text that is to be read from the back of a room


def slide_types(path):
    """Return each cell of a notebook with its slide type."""
    cells = nbformat.read(path, as_version=4).cells
    return [(cell, cell.metadata.get("slideshow", {}).get("slide_type")) for cell in cells]


def steps(path):
    """Return the numbers of the cells that are shown together, for each press of Space."""
    seen, shown = [], []
    for number, (_, kind) in enumerate(slide_types(path)):
        if kind != "skip":
            shown = [*shown, number] if kind == "fragment" else [number]
            seen.append(shown)
    return seen


@pytest.mark.parametrize("path", notebooks.PATHS, ids=lambda path: path.stem)
def test_each_question_is_followed_by_its_panel_and_then_by_the_answer(path):
    asked = shown = False  # in a section with a question; its panel has been shown
    for number, (cell, kind) in enumerate(slide_types(path)):
        assert kind in ("slide", "subslide", "fragment", "skip"), cell.id
        heading, panel = cell.source.startswith("## "), "@live(" in cell.source
        answer = cell.source.startswith("**What you saw**") or "show(pictures." in cell.source
        if heading:
            assert shown or not asked, f"no panel before {cell.id}"
            asked, shown = "**Predict**" in cell.source, False
        if number == 0 or heading or panel or answer:
            assert kind == "slide", cell.id  # so that the arrow keys pass over none of them
        elif cell.cell_type == "markdown":
            assert kind != "skip", cell.id
        elif asked and not shown:
            assert kind == "skip", f"{cell.id} stands between the question and its panel"
        shown |= panel
        assert shown or not (asked and answer), f"{cell.id} comes before its panel"


@pytest.fixture(scope="module", params=["01_local_connectivity", "04_dynamic_shared_layer"])
def slides(request, chromium, tmp_path_factory):
    """Return a notebook that has been run, with the settings for presenting."""
    pytest.importorskip("jupyterlab_slideshow", reason="jupyterlab-slideshow is not installed (make present)")
    folder = shutil.copytree(notebooks.PATHS[0].parent, tmp_path_factory.mktemp("lab") / "notebooks")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JUPYTER_CONFIG_PATH", str(SETTINGS))
        with lab.opened(folder / f"{request.param}.ipynb") as notebook:
            lab.skip_predictions(notebook.page)
            yield notebook


@pytest.fixture
def presented(slides):
    """Enter slide mode at the title, as a teacher does, and leave it at the end."""
    page = slides.page
    title = page.locator(".jp-MarkdownCell").first
    lab.bring_into_view(page, title)
    title.click()
    enter(page)
    wait_for_step(page, [0])
    yield slides
    page.locator(".jp-deck-mod-stop").click()
    page.wait_for_function("() => !document.body.dataset.jpDeckMode")


def enter(page):
    """Start slide mode with the button in the notebook's toolbar."""
    page.click("[data-command='deck:toggle']")
    page.wait_for_function("() => document.body.dataset.jpDeckMode === 'presenting'")


def wait_for_step(page, cells):
    """Wait until these cells are on the screen, and no others."""
    page.wait_for_function(
        """cells => {
            const all = [...document.querySelectorAll('.jp-Notebook .jp-Cell')];
            const shown = cell => cell.matches('.jp-deck-mod-onscreen.jp-deck-mod-visible');
            return all.flatMap((cell, number) => shown(cell) ? number : []).join() === cells.join();
        }""",
        arg=cells,
    )


def go_on(presented, panel, number):
    """Show the next step with Space; where a panel is on the slide, a click on its sentence takes the focus from it."""
    page, ahead = presented.page, steps(presented.path)[number + 1 :]
    if ahead:
        if panel:
            panel.locator(".owmu-sentence").click()
        page.keyboard.press("Space")
        wait_for_step(page, ahead[0])


def fits(page, panel):
    """Say whether a panel is in the window as a whole, and its picture above its sentence."""
    parts = [panel, panel.locator("canvas"), panel.locator(".owmu-sentence")]
    whole, picture, sentence = (part.evaluate("node => node.getBoundingClientRect().toJSON()") for part in parts)
    window = page.viewport_size
    inside = min(whole["left"], whole["top"]) >= 0 and whole["bottom"] <= window["height"]
    inside &= max(each["right"] for each in (whole, picture)) <= window["width"]
    return inside and picture["bottom"] <= sentence["top"] and sentence["bottom"] <= whole["bottom"]


def text_heights(page):
    """Return the heights of the texts on the slide: what is said or asked, and the panel's sentence."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.jp-deck-mod-visible *')]
            .filter(node => node.matches('p, li, summary, .owmu-predict button, .owmu-said') && node.checkVisibility())
            .map(node => parseFloat(getComputedStyle(node).fontSize) * node.currentCSSZoom)"""
    )


def walk(presented):
    """Go through all steps with Space; yield the name of each panel, and the panel, while it is on its slide."""
    live = [number for number, (cell, _) in enumerate(slide_types(presented.path)) if "@live(" in cell.source]
    found = zip(ordered_panels(presented.path), presented.page.locator(".owmu-panel").all(), strict=True)
    named = dict(zip(live, found, strict=True))
    for number, cells in enumerate(steps(presented.path)):
        name, panel = named.get(cells[-1], (None, None))
        assert all(height >= BACK_ROW for height in text_heights(presented.page))
        if panel:
            assert fits(presented.page, panel)
            yield name, panel
            assert fits(presented.page, panel)
            wait_for_step(presented.page, cells)  # the slide has not been turned
        go_on(presented, panel, number)


@pytest.mark.parametrize("size", PROJECTORS, ids="{0[width]}x{0[height]}".format)
def test_every_panel_is_moved_on_its_slide(presented, size):
    presented.page.set_viewport_size(size)
    for name, panel in walk(presented):
        key = presented.path.stem, name
        if key in RUNS:
            press(presented, panel.locator(".owmu-start"), "Enter")
            sentence, problem, look = RUNS[key](**values(panel))
            presented.page.wait_for_function(
                "([node, text]) => node.textContent.startsWith(text)",
                arg=[sentence_of(panel), sentence],
                timeout=120_000,
            )
            assert panel.locator(".owmu-problem").inner_text() == problem
            look(decoded(shown_on(panel)))
        else:
            slider = panel.locator("input").first
            for key_pressed in ("Home", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"):
                press(presented, slider, key_pressed)
                check(presented, panel, EXPECTED[key])
            check(presented, panel, EXPECTED[key], **{name_of(slider): drag(presented, slider, 1.0)})


def first_panel(presented):
    """Go to the first panel and return it, and the step that it is."""
    _, panel = next(walk(presented))
    live = next(number for number, (cell, _) in enumerate(slide_types(presented.path)) if "@live(" in cell.source)
    return panel, steps(presented.path).index([live])


def test_a_clicker_turns_the_slide_while_a_slider_has_the_focus(presented):
    panel, step = first_panel(presented)
    before, page = values(panel), presented.page
    for key, to in (("PageDown", step + 1), ("PageUp", step), ("PageUp", step - 1), ("PageDown", step)):
        if to != step - 1:
            panel.locator("input").first.focus()
        press(presented, page.keyboard, key)
        wait_for_step(page, steps(presented.path)[to])
    assert values(panel) == before


def test_who_leaves_and_comes_back_finds_slide_and_sliders_as_they_were(presented):
    panel, step = first_panel(presented)
    press(presented, panel.locator("input").first, "End")
    moved, page = values(panel), presented.page
    page.click(".jp-deck-mod-stop")
    page.wait_for_function("() => !document.body.dataset.jpDeckMode")
    enter(page)
    wait_for_step(page, steps(presented.path)[step])
    assert values(panel) == moved


def test_nothing_is_saved_meanwhile_for_that_takes_the_focus_from_a_slider(presented):
    schema = presented.page.evaluate(
        "() => jupyterapp.serviceManager.settings.fetch('@jupyterlab/docmanager-extension:plugin')"
    )
    assert schema["schema"]["properties"]["autosave"]["default"] is False
