"""The notebooks in a real JupyterLab in Chromium, used as a learner uses them.

What each control shows over its whole range is looked at in this process (test_panels.py); here one of each kind is
moved in each notebook, and the page has to show what its twin in this process does. The last tests take the kernel and
then the page away, so other files that ask for `opened` have to come first; pytest goes by their names.
"""

import inspect
import itertools
import re

import pytest

from helpers.server import WIDGET_VIEW
from tests import lab, notebooks, onpage
from tests.onpage import check, control_of, explained, in_use, number, panels, press, values, wait_for_twin

pytestmark = pytest.mark.browser

MOST_PANELS = max(notebooks.PATHS, key=lambda path: sum("@live(" in cell.source for cell in notebooks.cells(path)))
PLACES = [*((path.name, 1.0) for path in notebooks.PATHS), (MOST_PANELS.name, 2.0)]


# At density 2 the pictures are drawn anew for the screen, while other cells still run.
@pytest.mark.parametrize("on_desk", PLACES, indirect=True, ids="{0[0]}-{0[1]}".format)
def test_run_all_reaches_the_bottom_without_an_error(closed):
    page = closed.page
    assert page.locator("[data-mime-type='application/vnd.jupyter.error'], [data-mime-type$='stderr']").count() == 0
    density = page.evaluate("devicePixelRatio")
    for panel, twin in panels(closed):
        wait_for_twin(closed, panel, onpage.back_to_start(twin), twin.picture.png(density))


def test_a_panel_opens_with_a_prediction_and_moves_to_where_it_shows(closed):
    """The answers are in turn right, wrong and none; several questions are answered faster than the kernel replies."""
    numbers = itertools.count()
    for panel, twin in panels(closed):
        lab.bring_into_view(closed.page, panel)
        rest = "input:visible, select:visible, progress:visible, canvas:visible, .owmu-presets button:visible"
        assert panel.locator(rest).count() == 0
        assert not any(explained(panel))
        assert "then the panel opens, and what it shows is explained." in panel.locator(".owmu-said").last.inner_text()
        onpage.back_to_start(twin)
        buttons = []
        for question, asked in enumerate(twin._questions):
            right = asked.right or asked.answers[0]
            wrong = next(answer for answer in asked.answers if answer != right)
            answer = (right, wrong, None)[next(numbers) % 3]
            twin.predict(answer, question)
            group = panel.locator(".owmu-predict").nth(question)
            buttons.append(group.get_by_role("button", name=answer or "skip", exact=True).element_handle())
        with onpage.steady(panel):
            panel.evaluate("(panel, buttons) => buttons.forEach(button => button.click())", buttons[:-1])
            press(closed, buttons[-1], "Enter")
            wait_for_twin(closed, panel, twin, **onpage.predictions_of(twin))
        assert panel.evaluate("panel => !panel.matches('.owmu-closed')")
        assert all(explained(panel))
        assert len(explained(panel)) > 0
        closed.done["predictions"] += len(buttons)


def test_an_exercise_answers_and_every_line_on_the_page_follows(opened):
    page = opened.page
    place = next(place for place, cell in enumerate(notebooks.cells(opened.path)) if "check(1, " in cell.source) + 1
    cell = page.locator(".jp-Notebook .jp-Cell").nth(place)
    lab.bring_into_view(page, cell)
    solutions = notebooks.solutions(opened.path)
    for source, verdict, counted in (
        ("check(1, 3.5)", "✘ Exercise 1: not yet.", "1 of {} answered, 0 right."),
        (solutions[0], "✔ Exercise 1: right.", "1 of {} answered, 1 right."),
        ("check(1, ...)", "○ Exercise 1: not answered yet.", "0 of {} answered, 0 right."),
    ):
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(source)
        page.keyboard.press("Control+Enter")
        cell.locator("b").get_by_text(verdict, exact=True).wait_for()
        lab.wait_for(
            page.locator(".jp-Notebook"),
            """(notebook, [wanted, times]) => {
                const all = [...notebook.querySelectorAll('p')].map(node => node.textContent);
                const lines = all.filter(text => text.startsWith('Exercises: '));
                const right = lines.every(text => text.startsWith(wanted) && text === lines[0]);
                return right && lines.length === times ? '' : `${wanted} ${times} times is not in ${lines}`;
            }""",
            [f"Exercises: {counted.format(len(solutions))} Predictions: ", len(solutions)],
        )
        opened.done["answers to exercises"] += 1


def test_a_slider_by_keyboard(opened):
    for panel, twin, (name, *_) in in_use(opened, "slider"):
        slider, cells = control_of(panel, name), opened.page.locator(".jp-Notebook .jp-Cell").count()
        check(opened, panel, twin)
        for key, end in (
            ("End", "max"),
            ("ArrowLeft", ""),
            ("Home", "min"),
            *((key, "") for key in ("ArrowRight", "b")),
        ):
            press(opened, slider, key)
            check(opened, panel, twin, **{name: number(slider.input_value())})
            assert slider.evaluate(
                "(node, end) => node === document.activeElement && (!end || node.value === node[end])", end
            )
        assert opened.page.locator(".jp-Notebook .jp-Cell").count() == cells  # "b" alone would add one


def test_a_slider_by_mouse(opened):
    for panel, twin, (*_, name) in in_use(opened, "slider", -1):
        for place in (0.8, 0, 0.4):
            check(opened, panel, twin, **{name: onpage.drag(opened, control_of(panel, name), place)})


def test_a_storm_of_drags_ends_on_the_last_value(opened):
    for panel, twin, (name, *_) in in_use(opened, "slider"):
        slider, mouse = control_of(panel, name), opened.page.mouse
        box = slider.bounding_box()
        middle = box["y"] + box["height"] / 2
        mouse.move(box["x"] + box["width"] / 2, middle)
        mouse.down()
        for step in range(20):
            mouse.move(box["x"] + box["width"] * (0.1 + 0.8 * (step * 7 % 20) / 20), middle)
        mouse.move(box["x"] + box["width"] * 2, middle)
        mouse.up()
        opened.done["storms of drags"] += 1
        check(opened, panel, twin, **{name: number(slider.get_attribute("max"))})


def test_a_choice_by_keyboard(opened):
    for panel, twin, (name, *_) in in_use(opened, "choice"):
        words = next(control["choices"] for control in twin.controls if control["name"] == name)
        for key, place in (("End", -1), ("ArrowUp", -2), ("Home", 0), ("ArrowDown", 1)):
            press(opened, control_of(panel, name), key)
            check(opened, panel, twin, **{name: words[place]})


def test_a_range_follows_the_sliders_that_it_depends_on(opened):
    for panel, twin, (name, *_) in in_use(opened, "dependent range"):
        for other, key in itertools.product(inspect.signature(twin._ranges[name]).parameters, ("Home", "End")):
            for moved in (other, name):
                slider = control_of(panel, moved)
                press(opened, slider, "End" if moved == name else key)
                check(opened, panel, twin, **{moved: number(slider.input_value())})


def test_every_preset_of_a_panel(opened):
    for panel, twin, names in in_use(opened, "preset"):
        assert panel.locator(".owmu-presets button").all_inner_texts() == names
        for preset in twin.presets:
            press(opened, panel.get_by_role("button", name=preset["name"], exact=True), "Enter")
            check(opened, panel, twin, **preset["values"])


def test_pointing_at_the_picture(opened):
    for panel, twin, _ in in_use(opened, "picture to point at"):
        check(opened, panel, twin)
        for x, y in itertools.product((0.13, 0.37, 0.47, 0.61), (0.13, 0.22, 0.37, 0.61)):
            moves = twin.picture.pointed(x, y) or {}  # which may change the twin's picture, so once
            if not moves.items() <= twin.values.items():
                break
        box = panel.locator("canvas").bounding_box()
        panel.locator("canvas").click(position={"x": box["width"] * x, "y": box["height"] * y})
        opened.done["clicks on pictures"] += 1
        check(opened, panel, twin, **moves)


def test_a_run_is_watched_stopped_and_run_again(opened):
    for panel, twin, _ in in_use(opened, "run"):
        start, stop = panel.locator(".owmu-run button").all()
        bar, chosen = panel.locator("progress"), panel.locator("[aria-pressed='true']").all_inner_texts()
        twin.predict(chosen[0] if chosen else None)
        for slider in panel.locator("input").all():
            slider.press("End")  # the highest learning rate diverges
        press(opened, start, "Enter")
        wait_for_twin(opened, panel, twin.run(**values(panel)))
        presses = ".owmu-presets button", ".owmu-start"  # the preset holds for the run, before the sliders show it
        panel.evaluate("(node, presses) => presses.forEach(one => node.querySelector(one)?.click())", presses)
        panel.locator(".owmu-run [aria-disabled='false']").wait_for()
        lab.wait_for(bar, "bar => bar.value > 0.1 ? '' : 'the run does not go on'")
        press(opened, stop, "Enter")
        panel.locator(".owmu-run [aria-disabled='true']").wait_for()
        done = bar.evaluate("bar => bar.value")
        assert 0.1 < done < 1
        twin.set(**twin.presets[0]["values"] if twin.presets else {})
        wait_for_twin(opened, panel, onpage.run_until(twin, done))
        for key in ("ArrowLeft", "ArrowRight"):
            press(opened, panel.locator("input").first, key)
            check(opened, panel, twin)
        press(opened, start, "Enter")
        wait_for_twin(opened, panel, twin.run(), **onpage.predictions_of(twin))
        opened.done["runs"] += 3


@pytest.mark.usefixtures("desk")  # so that it comes at the end, when all twins are there
def test_each_kind_of_control_is_met():
    twins = [twin for path in notebooks.PATHS for twin in notebooks.run_here(path).panels.values()]
    assert [kind for kind, find in onpage.KINDS.items() if not any(map(find, twins))] == []


def test_a_panel_that_lost_its_kernel_says_so(opened):
    lab.choose(opened.page, "Kernel", "Restart Kernel…")
    with opened.page.expect_response(re.compile("/restart")):
        opened.page.click(".jp-Dialog button.jp-mod-warn")
    for panel, _, (name, *_) in in_use(opened, "slider"):
        for key in ("Home", "End"):  # one of them is a move, wherever the slider stands
            control_of(panel, name).press(key)
        panel.locator(".owmu-problem").get_by_text("lost its kernel").wait_for()


def test_saved_and_opened_without_a_kernel_the_pictures_and_sentences_are_there(opened):
    page, ran = opened.page, notebooks.run_here(notebooks.path_of(opened.path.stem))
    cells = onpage.saved(opened.path, page)
    shown = [(place, output) for place, cell in enumerate(cells) for output in cell.get("outputs", [])]
    assert not any(WIDGET_VIEW in output.get("data", {}) for _, output in shown)
    stills = [place for place, output in shown if "image/png" in output.get("data", {})]
    assert len(stills) == len(ran.panels) + len(ran.stills)
    page.goto(page.url + "?reset")
    for place in stills:
        picture, said = cells[place]["outputs"][-2:]
        sentence = "".join(said["data"]["text/markdown"])
        assert picture["metadata"]["image/png"]["alt"] == sentence != ""  # JupyterLab itself shows no alt text
        cell = page.locator(".jp-Notebook .jp-Cell").nth(place)
        still = cell.locator(".jp-RenderedImage img")
        still.scroll_into_view_if_needed()
        assert still.evaluate("async img => (await img.decode(), img.naturalWidth > 0)")
        words = cell.locator(".jp-OutputArea .jp-RenderedMarkdown:visible").last  # before it, how to bring it to life
        lab.wait_for(words, "(node, words) => node.innerText.trim() === words ? '' : node.innerText", sentence)
        opened.done["stills without a kernel"] += 1
    assert page.locator("text=Error displaying widget").count() == 0
