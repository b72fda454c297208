"""The notebooks as slides: what starts a slide, and a teacher who presents them in a real JupyterLab in Chromium."""

import re
import shutil

import pytest

from helpers.live import RunPanel
from tests import lab, notebooks
from tests.onpage import check, drag, name_of, number, panels, press, values

SETTINGS = notebooks.ROOT / "docs" / "presenting"
PROJECTORS = [{"width": 1280, "height": 720}, {"width": 1024, "height": 768}]
BACK_ROW = 24  # pixels: the least height of text that is to be read from the back of a room

# What does not fit in a window with a panel on a slide.
UNFIT = """panel => {
    const box = name => (name ? panel.querySelector(name) : panel).getBoundingClientRect();
    const [whole, picture, sentence] = [box(), box('canvas'), box('.owmu-sentence')];
    if (Math.min(whole.left, whole.top, picture.left) < 0 || whole.bottom > innerHeight) return 'the panel is cut off';
    if (Math.max(whole.right, picture.right) > innerWidth) return 'the panel is too wide';
    if (picture.height < 100 || picture.bottom > sentence.top) return 'the picture has no room above its sentence';
    return sentence.bottom > whole.bottom ? 'the sentence has no room' : '';
}"""

# The texts on a slide, what is said or asked and the panel's sentence, that are smaller than they have to be.
SMALL = """least => [...document.querySelectorAll('.jp-deck-mod-visible *')]
    .filter(node => node.matches('p, li, summary, .owmu-predict button, .owmu-said') && node.checkVisibility())
    .filter(node => parseFloat(getComputedStyle(node).fontSize) * node.currentCSSZoom < least)
    .map(node => node.textContent)"""


def is_panel(cell):
    """Return whether a cell shows a panel, which always asks first."""
    return cell.cell_type == "code" and "predict=" in cell.source


def slide_types(path):
    """Return each cell of a notebook with its slide type."""
    return [(cell, cell.metadata.get("slideshow", {}).get("slide_type")) for cell in notebooks.cells(path)]


def steps(path):
    """Return the numbers of the cells that are shown together, for each press of Space."""
    seen, shown = [], []
    for place, (_, kind) in enumerate(slide_types(path)):
        if kind != "skip":
            shown = [*shown, place] if kind == "fragment" else [place]
            seen.append(shown)
    return seen


@pytest.mark.parametrize("path", notebooks.PATHS, ids=lambda path: path.stem)
def test_each_question_is_followed_by_its_panel_and_then_by_the_answer(path):
    asked = shown = False  # in a section with a question; its panel has been shown
    for place, (cell, kind) in enumerate(slide_types(path)):
        assert kind in ("slide", "subslide", "fragment", "skip"), cell.id
        heading, panel = cell.source.startswith("## "), is_panel(cell)
        picture = "show(pictures." in cell.source
        computed = picture and (cell.metadata.get("tags") or "load_results" in cell.source)  # else it asks
        answer = cell.source.startswith("**What you saw**") or computed
        if heading:
            assert shown or not asked, f"no panel before {cell.id}"
            asked, shown = bool(re.search(r"\*\*(Predict|Vote)\*\*", cell.source)), False
        if place == 0 or heading or panel or answer or picture:
            assert kind == "slide", cell.id  # so that the arrow keys pass over none of them
        elif cell.cell_type == "markdown":
            assert kind != "skip", cell.id
        elif asked and not shown:
            assert kind == "skip", f"{cell.id} stands between the question and its panel"
        shown |= panel
        assert shown or not (asked and answer), f"{cell.id} comes before its panel"


def live(path):
    """Return the numbers of the cells that show a panel."""
    return [place for place, (cell, _) in enumerate(slide_types(path)) if is_panel(cell)]


@pytest.fixture(scope="module", params=notebooks.PATHS, ids=lambda path: path.stem)
def slides(request, chromium, tmp_path_factory):
    """Return a notebook that has been run, with the settings for presenting."""
    folder = shutil.copytree(request.param.parent, tmp_path_factory.mktemp("lab") / "notebooks")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JUPYTER_CONFIG_PATH", str(SETTINGS))
        with lab.opened(folder / request.param.name) as notebook:
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
    wait_until_left(page)


first_notebook = pytest.mark.parametrize("slides", notebooks.PATHS[:1], indirect=True)


def enter(page):
    """Start slide mode with the button in the notebook's toolbar."""
    page.click("[data-command='deck:toggle']")
    page.wait_for_function("() => document.body.dataset.jpDeckMode === 'presenting'")


def wait_until_left(page):
    page.wait_for_function("() => !document.body.dataset.jpDeckMode")


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


def walk(presented):
    """Go through all steps with Space; yield each panel with its twin, while it is on its slide."""
    page, found = presented.page, dict(zip(live(presented.path), panels(presented), strict=True))
    for step, cells in enumerate(steps(presented.path)):
        if step:
            page.keyboard.press("Space")
        wait_for_step(page, cells)
        assert page.evaluate(SMALL, BACK_ROW) == []
        if cells[-1] in found:
            panel, twin = found[cells[-1]]
            yield panel, twin
            wait_for_step(page, cells)  # the slide has not been turned
            panel.locator(".owmu-sentence").click()  # takes the focus from the panel


def test_every_panel_fits_on_its_slide_and_works_there(presented):
    page = presented.page
    for panel, twin in walk(presented):
        if len(twin._questions) > 1:
            continue  # a list of questions leaves its picture no room
        for size in PROJECTORS:
            page.set_viewport_size(size)
            lab.wait_for(panel, UNFIT, patience=5)
        if isinstance(twin, RunPanel):
            start, stop = panel.locator(".owmu-run button").all()
            for button, still in ((start, "false"), (stop, "true")):
                press(presented, button, "Space")
                panel.locator(f".owmu-run button[aria-disabled='{still}']").wait_for()
        else:
            for slider in panel.locator("input").all()[-1:]:
                press(presented, slider, "End")
                check(presented, panel, twin, **{name_of(slider): number(slider.get_attribute("max"))})
        lab.wait_for(panel, UNFIT, patience=5)


def first_panel(presented):
    """Go to the first panel; return it, its twin, and the step that it is."""
    panel, twin = next(walk(presented))
    return panel, twin, steps(presented.path).index(live(presented.path)[:1])


@first_notebook
def test_keys_on_a_slider_move_it_and_not_the_slide(presented):
    panel, twin, step = first_panel(presented)
    slider, control = panel.locator("input").first, twin.controls[0]
    for key, stop in (("Home", 0), ("ArrowRight", 1), ("ArrowUp", 2), ("ArrowLeft", 1), ("ArrowDown", 0), ("Space", 0)):
        press(presented, slider, key)
        check(presented, panel, twin, **{control["name"]: control["first"] + stop * control["step"]})
    check(presented, panel, twin, **{control["name"]: drag(presented, slider, 1.0)})
    wait_for_step(presented.page, steps(presented.path)[step])


@first_notebook
@pytest.mark.parametrize(
    ("focus", "keys"),
    {
        "a slider": "PageDown PageUp",
        "a cell": "PageDown PageUp Space Shift+Space ArrowRight ArrowLeft",
        "nothing": "PageDown PageUp Space Shift+Space",
    }.items(),
)
def test_keys_turn_the_slide_and_turn_it_back(presented, focus, keys):
    panel, _, step = first_panel(presented)
    before, page = values(panel), presented.page
    for place, key in enumerate(keys.split()):
        if focus == "a slider":
            panel.locator("input").first.focus()
        elif focus == "nothing":
            page.evaluate("() => document.activeElement.blur()")
        press(presented, page.keyboard, key)
        wait_for_step(page, steps(presented.path)[step + 1 - place % 2])
    assert values(panel) == before


@first_notebook
def test_after_an_answer_by_mouse_a_clicker_turns_the_slide_and_inserts_nothing(presented):
    panel, _, step = first_panel(presented)
    page, shown = presented.page, steps(presented.path)
    count = page.locator(".jp-Notebook .jp-Cell").count()
    for key, back in (("Space", "Shift+Space"), ("ArrowRight", "ArrowLeft")):
        panel.locator(".owmu-answers button").first.click(force=True)
        page.keyboard.press("b")
        page.keyboard.press(key)
        wait_for_step(page, shown[step + 1])
        page.keyboard.press("b")  # now a cell has the focus
        page.keyboard.press(back)
        wait_for_step(page, shown[step])
    assert page.locator(".jp-Notebook .jp-Cell").count() == count
    panel.locator(".owmu-answers button").first.click(force=True)
    page.keyboard.press("Escape")
    wait_until_left(page)
    enter(page)


@first_notebook
def test_enter_shows_the_code_of_a_panel_and_escape_hides_it_and_leaves(presented):
    panel, _, _ = first_panel(presented)
    page, code = presented.page, presented.page.locator(".jp-deck-mod-visible .cm-content")
    panel.locator(".owmu-sentence").click()
    for key, state in (("Enter", "visible"), ("Escape", "hidden")):
        page.keyboard.press(key)
        code.wait_for(state=state)
    page.keyboard.press("Escape")
    wait_until_left(page)
    enter(page)


@first_notebook
def test_who_leaves_and_comes_back_finds_slide_and_sliders_as_they_were(presented):
    panel, _, step = first_panel(presented)
    press(presented, panel.locator("input").first, "End")
    moved, page = values(panel), presented.page
    page.click(".jp-deck-mod-stop")
    wait_until_left(page)
    enter(page)
    wait_for_step(page, steps(presented.path)[step])
    assert values(panel) == moved


@first_notebook
def test_nothing_is_saved_meanwhile_for_that_takes_the_focus_from_a_slider(presented):
    schema = presented.page.evaluate(
        "() => jupyterapp.serviceManager.settings.fetch('@jupyterlab/docmanager-extension:plugin')"
    )
    assert schema["schema"]["properties"]["autosave"]["default"] is False
