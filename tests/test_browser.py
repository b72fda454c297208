"""The notebooks in a real JupyterLab in Chromium, used as a learner uses them.

The last tests take the kernel and then the page away, so other files that ask for `opened` have to come first; pytest
goes by their names.
"""

import pytest

from helpers.server import WIDGET_VIEW
from tests import lab, notebooks
from tests.expected.predictions import PREDICTIONS
from tests.onpage import (
    PATIENCE,
    check,
    drag,
    explained,
    name_of,
    number,
    ordered_panels,
    panels,
    press,
    runs,
    saved,
    sentence_of,
    steady,
    values,
    wait_for_look,
)

PLACES = (0.8, 0, 0.4)  # to drag a slider to, as fractions of its way


@pytest.fixture(autouse=True)
def no_complaint(opened):
    """Fail a test in which the page wrote an error to the browser's console."""
    yield
    found = opened.complaints.copy()
    opened.complaints.clear()
    assert found == []


def test_run_all_reaches_the_bottom_without_an_error(opened):
    page = opened.page
    assert page.locator("[data-mime-type='application/vnd.jupyter.error'], [data-mime-type$='stderr']").count() == 0
    opened.done["panels"] += len(panels(opened))
    opened.done["sliders"] += page.locator(".owmu-panel input").count()
    opened.done["choices"] += page.locator(".owmu-panel select").count()


def test_a_panel_opens_with_a_prediction_and_moves_to_where_it_shows(opened):
    asked = [name for name in ordered_panels(opened.path) if (opened.path.stem, name) in PREDICTIONS]
    assert [name for name, *_ in opened.predictions] == asked
    for name, answer, reached, (before_it, said), below, before, after in opened.predictions:
        right, reveal = PREDICTIONS[opened.path.stem, name]()
        assert reached == 0
        assert before_it == "Predict first; then the panel opens, and what it shows is explained."
        hidden, told = below
        assert not any(hidden)
        assert all(told)
        assert len(told) > 0
        assert after == before | reveal
        later = "Read on" in said or "Press Run" in said
        assert answer in said or answer == "skip"
        assert ("✔" in said) == (answer == right and not later)
        assert ("✘" in said) == (answer not in (right, "skip") and not later)


def test_before_a_vote_nothing_below_tells_the_result(opened):
    for panel, _ in panels(opened):
        vote = panel.locator("select").first
        if vote.count() and panel.locator(".owmu-predict").count() == 0:
            lab.bring_into_view(opened.page, panel)
            for key, expected in (("Home", {False}), ("End", {True})):
                press(opened, vote, key)
                for _ in range(PATIENCE):
                    if {*explained(panel)} == expected:
                        break
                    opened.page.wait_for_timeout(50)
                assert {*explained(panel)} == expected


def test_an_exercise_answers_and_every_line_on_the_page_follows(opened):
    page = opened.page
    number = next(number for number, cell in enumerate(notebooks.cells(opened.path)) if "check(1, " in cell.source) + 1
    cell = page.locator(".jp-Notebook .jp-Cell").nth(number)
    lab.bring_into_view(page, cell)
    solutions = notebooks.solutions(opened.path)
    answers = {name: answer for name, answer, *_ in opened.predictions if answer != "skip"}
    right = sum(PREDICTIONS[opened.path.stem, name]()[0] == answer for name, answer in answers.items())
    predicted = f"Predictions: {len(answers)} of {len(opened.predictions)} answered, {right} right."
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
        lines = [f"Exercises: {counted.format(len(solutions))} {predicted}"] * len(solutions)
        for _ in range(PATIENCE):  # JupyterLab draws a line anew when it changes
            if page.locator("p").get_by_text("Exercises: ").all_text_contents() == lines:
                break
            page.wait_for_timeout(50)
        assert page.locator("p").get_by_text("Exercises: ").all_text_contents() == lines
        opened.done["answers to exercises"] += 1


def test_every_slider_and_choice_by_keyboard(opened):
    for panel, expect in panels(opened):
        lab.bring_into_view(opened.page, panel)
        with steady(panel):
            check(opened, panel, expect)
            for slider in panel.locator("input").all():
                assert slider.get_attribute("aria-valuetext") == slider.input_value()
                for key in ("End", "ArrowLeft", "Home", "ArrowRight", "ArrowRight"):
                    press(opened, slider, key)
                    check(opened, panel, expect, **{name_of(slider): number(slider.input_value())})
            for choice in panel.locator("select").all():
                for key in ("End", "ArrowUp", "Home", "ArrowDown"):
                    press(opened, choice, key)
                    check(opened, panel, expect, **{name_of(choice): choice.input_value()})


def test_every_slider_by_mouse(opened):
    for panel, expect in panels(opened):
        lab.bring_into_view(opened.page, panel)
        with steady(panel):
            for slider in panel.locator("input").all():
                for place in PLACES:
                    wanted = drag(opened, slider, place)
                    check(opened, panel, expect, **{name_of(slider): pytest.approx(wanted)})


def test_every_preset_by_keyboard(opened):
    page = opened.page
    functions = notebooks.run_here(notebooks.path_of(opened.path.stem))
    for name, (panel, expect) in zip(ordered_panels(opened.path), panels(opened), strict=True):
        lab.bring_into_view(page, panel)
        buttons = panel.locator(".owmu-presets button").all()
        opened.done["presets"] += len(buttons)
        assert [button.inner_text() for button in buttons] == [p["name"] for p in functions[name].panel.presets]
        for button, preset in zip(buttons, functions[name].panel.presets, strict=True):
            press(opened, button, "Enter")
            page.wait_for_function(
                "([node, text]) => node.textContent === text",
                arg=[sentence_of(panel), expect(**preset["values"])[0]],
            )
            check(opened, panel, expect, **preset["values"])


def test_a_storm_of_drags_ends_on_the_last_value(opened):
    page = opened.page
    for panel, expect in panels(opened):
        lab.bring_into_view(page, panel)
        with steady(panel):
            for slider in panel.locator("input").all():
                box = slider.bounding_box()
                middle = box["y"] + box["height"] / 2
                page.mouse.move(box["x"] + box["width"] / 2, middle)
                page.mouse.down()
                for step in range(20):
                    page.mouse.move(box["x"] + box["width"] * (0.1 + 0.8 * (step * 7 % 20) / 20), middle)
                page.mouse.move(box["x"] + box["width"] * 2, middle)
                page.mouse.up()
                opened.done["storms of drags"] += 1
                assert slider.input_value() == slider.get_attribute("max")
                check(opened, panel, expect)


def test_pointing_at_the_picture(opened):
    page = opened.page
    for panel, expect in panels(opened):
        canvas = panel.locator("canvas.owmu-pointable")
        if canvas.count():
            lab.bring_into_view(page, panel)
            before = values(panel)
            box = canvas.bounding_box()
            canvas.click(position={"x": box["width"] * 0.4, "y": box["height"] * 0.3})
            page.wait_for_function(
                "([node, text]) => node.textContent !== text", arg=[sentence_of(panel), expect(**before)[0]]
            )
            opened.done["clicks on pictures"] += 1
            check(opened, panel, expect)
            assert values(panel) != before


def wait_for_run(page, panel, under_way):
    page.wait_for_function(
        "([node, idle]) => node.ariaDisabled === idle",
        arg=[panel.locator(".owmu-run button").nth(1).element_handle(), str(not under_way).lower()],
    )


def test_a_run_is_watched_stopped_and_run_again(opened):
    page = opened.page
    for panel, expect in runs(opened):
        lab.bring_into_view(page, panel)
        with steady(panel):
            start, stop = panel.locator(".owmu-run button").all()
            bar, sentence = panel.locator("progress"), panel.locator(".owmu-sentence")
            panel.locator("[id$='-learning_rate']").press("End")  # which diverges
            presses = ".owmu-presets button", ".owmu-start"  # the preset holds for the run, before the sliders show it
            panel.evaluate("(node, presses) => presses.forEach(one => node.querySelector(one).click())", presses)
            for again in (False, True):
                if again:  # with a run before
                    start.press("Enter")
                wait_for_run(page, panel, under_way=True)
                page.wait_for_function("node => node.value > 0.1", arg=bar.element_handle())
                stop.press("Enter")
                wait_for_run(page, panel, under_way=False)
            done, said = bar.evaluate("node => node.value"), sentence.inner_text()
            assert 0.1 < done < 1
            assert said.startswith(f"Step {round(500 * done)} of 500: ")
            panel.locator("input").first.press("ArrowLeft")
            page.wait_for_function("node => node.textContent.startsWith('The controls')", arg=sentence.element_handle())
            assert sentence.inner_text().endswith(said)
            panel.locator("input").first.press("ArrowRight")
            page.wait_for_function("node => node.textContent.startsWith('Step')", arg=sentence.element_handle())
            start.press("Enter")
            opened.done["runs"] += 3
            wait_for_run(page, panel, under_way=True)
            wait_for_run(page, panel, under_way=False)
            expected, problem, look = expect(**values(panel))
            assert sentence.inner_text().startswith(expected)
            assert panel.locator(".owmu-problem").inner_text() == problem == ""
            wait_for_look(opened, panel, look)


def test_a_run_that_diverges_says_when_and_what_to_try(opened):
    page = opened.page
    for panel, expect in runs(opened):
        lab.bring_into_view(page, panel)
        with steady(panel):
            panel.locator("[id$='-learning_rate']").press("End")
            _, problem, look = expect(**values(panel))
            panel.locator(".owmu-run button").first.press("Enter")
            page.wait_for_function(
                "([node, text]) => node.textContent.includes(text)",
                arg=[panel.locator(".owmu-problem").element_handle(), problem],
            )
            wait_for_run(page, panel, under_way=False)
            assert "at step" in problem
            wait_for_look(opened, panel, look)


def test_a_panel_that_lost_its_kernel_says_so(opened):
    page = opened.page
    panel, _ = panels(opened)[0]
    lab.choose(page, "Kernel", "Restart Kernel…")
    page.click(".jp-Dialog button.jp-mod-warn")
    page.wait_for_timeout(2000)
    lab.bring_into_view(page, panel)
    for key in ("Home", "End"):  # one of them is a move, wherever the slider stands
        panel.locator("input, select").first.press(key)
    page.wait_for_function(
        "node => node.textContent.includes('lost its kernel')", arg=panel.locator(".owmu-problem").element_handle()
    )


def test_saved_and_opened_without_a_kernel_the_pictures_and_sentences_are_there(opened):
    page = opened.page
    cells = saved(opened.path, page)
    assert not any(WIDGET_VIEW in output.get("data", {}) for cell in cells for output in cell.get("outputs", []))
    with lab.jupyter_lab(opened.path.parent) as other:
        page.goto(other.format(path=opened.path.name))
        for name in ordered_panels(opened.path):
            place = next(place for place, cell in enumerate(cells) if f"def {name}(" in "".join(cell["source"]))
            picture, said = cells[place]["outputs"][-2:]
            sentence = "".join(said["data"]["text/markdown"])
            assert picture["metadata"]["image/png"]["alt"] == sentence != ""  # JupyterLab itself shows no alt text
            cell = page.locator(".jp-Notebook .jp-Cell").nth(place)
            still = cell.locator(".jp-RenderedImage img")
            still.scroll_into_view_if_needed()
            assert still.evaluate("async img => (await img.decode(), img.naturalWidth > 0)")
            words = cell.locator(".jp-OutputArea .jp-RenderedMarkdown:visible").element_handle()
            page.wait_for_function("([node, text]) => node.innerText.trim() === text", arg=[words, sentence])
            opened.done["stills without a kernel"] += 1
        assert page.locator("text=Error displaying widget").count() == 0
        page.goto("about:blank")  # before its server goes
