"""The notebooks in a real JupyterLab in Chromium, used as a learner uses them."""

import base64
import contextlib
import json
import shutil

import pytest

from helpers.server import WIDGET_VIEW
from tests import lab, notebooks
from tests.expected import EXPECTED, RUNS
from tests.pixels import decoded

pytestmark = [
    pytest.mark.skipif(lab.chromium() is None, reason="Chromium is not installed (Debian: apt-get install chromium)"),
]


@pytest.fixture(scope="module", params=notebooks.PATHS, ids=lambda path: path.stem)
def opened(request, tmp_path_factory):
    """Return a copy of a notebook, the address of its server, and a page in which all its cells were run."""
    folder = shutil.copytree(request.param.parent, tmp_path_factory.mktemp("lab") / "notebooks")
    copy = folder / request.param.name
    complaints = []
    with lab.jupyter_lab(copy.parent) as address, lab.browser_page() as page:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        lab.open_notebook(page, address, copy.name)
        lab.run_all(page)
        page.wait_for_function("() => !document.body.textContent.includes('Loading widget')")
        page.complaints = complaints
        yield copy, address, page


def panels(path, page):
    """Return each panel of the page with what its sentence and picture have to be, in the order of the cells."""
    names = ordered_panels(path)
    found = page.locator(".owmu-panel")
    assert found.count() == len(names)
    return [(found.nth(number), EXPECTED[path.stem, name]) for number, name in enumerate(names)]


def runs(path, page):
    """Return each panel that runs, with what a run of it has to end with."""
    named = zip(ordered_panels(path), panels(path, page), strict=True)
    return [(panel, RUNS[path.stem, name]) for name, (panel, _) in named if (path.stem, name) in RUNS]


def ordered_panels(path):
    source = path.read_text()
    return sorted((name for stem, name in EXPECTED if stem == path.stem), key=lambda name: source.index(f"def {name}("))


def values(panel):
    """Return the controls' values as the page shows them, in their order."""
    shown = {}
    for row in panel.locator(".owmu-row").all():
        choice = row.locator("select")
        value = choice.input_value() if choice.count() else number(row.locator("output").inner_text())
        shown[row.locator("label").inner_text()] = value
    return shown


def number(text):
    return float(text) if "." in text else int(text)


def check(page, panel, expect, **wanted):
    """Wait until the sentence is the one for the shown values, and look at the picture on the screen."""
    assert wanted.items() <= values(panel).items()
    sentence, look = expect(**values(panel))
    page.wait_for_function("([node, text]) => node.textContent === text", arg=[sentence_of(panel), sentence])
    assert panel.locator(".owmu-problem").inner_text() == ""
    for patience in range(20, -1, -1):  # the picture is decoded a moment after the sentence is set
        try:
            look(decoded(shown_on(panel)))
            return
        except AssertionError:
            if patience == 0:
                raise
            page.wait_for_timeout(50)


def shown_on(panel):
    """Return the panel's picture as it is on the screen."""
    url = panel.locator("canvas").evaluate("canvas => canvas.toDataURL()")
    return base64.b64decode(url.partition(",")[2])


def sentence_of(panel):
    return panel.locator(".owmu-sentence").element_handle()


def test_run_all_reaches_the_bottom_without_a_complaint(opened):
    _, _, page = opened
    assert page.locator("[data-mime-type='application/vnd.jupyter.error'], [data-mime-type$='stderr']").count() == 0
    assert page.complaints == []


def test_every_slider_by_keyboard(opened):
    path, _, page = opened
    for panel, expect in panels(path, page):
        lab.bring_into_view(page, panel)
        height = panel.bounding_box()["height"]
        check(page, panel, expect)
        for slider in panel.locator("input").all():
            name = slider.evaluate("node => node.labels[0].textContent")
            assert slider.get_attribute("aria-valuetext") == slider.input_value()
            for key in ("End", "ArrowLeft", "Home", "ArrowRight", "ArrowRight"):
                slider.press(key)
                check(page, panel, expect, **{name: number(slider.input_value())})
        for choice in panel.locator("select").all():
            name = choice.evaluate("node => node.labels[0].textContent")
            for key in ("End", "ArrowUp", "Home", "ArrowDown"):
                choice.press(key)
                check(page, panel, expect, **{name: choice.input_value()})
        assert panel.bounding_box()["height"] == height


def test_every_preset_by_keyboard(opened):
    path, _, page = opened
    functions = notebooks.run_here(notebooks.path_of(path.stem))
    for name, (panel, expect) in zip(ordered_panels(path), panels(path, page), strict=True):
        lab.bring_into_view(page, panel)
        buttons = panel.locator(".owmu-presets button").all()
        assert [button.inner_text() for button in buttons] == [p["name"] for p in functions[name].panel.presets]
        for button, preset in zip(buttons, functions[name].panel.presets, strict=True):
            button.press("Enter")
            page.wait_for_function(
                "([node, text]) => node.textContent === text",
                arg=[sentence_of(panel), expect(**preset["values"])[0]],
            )
            check(page, panel, expect, **preset["values"])


def test_a_storm_of_drags_ends_on_the_last_value(opened):
    path, _, page = opened
    for panel, expect in panels(path, page):
        lab.bring_into_view(page, panel)
        for slider in panel.locator("input").all():
            box = slider.bounding_box()
            middle = box["y"] + box["height"] / 2
            page.mouse.move(box["x"] + box["width"] / 2, middle)
            page.mouse.down()
            for step in range(60):
                page.mouse.move(box["x"] + box["width"] * (0.1 + 0.8 * (step * 7 % 20) / 20), middle)
            page.mouse.move(box["x"] + box["width"] * 2, middle)
            page.mouse.up()
            assert slider.input_value() == slider.get_attribute("max")
            check(page, panel, expect)


def test_pointing_at_the_picture(opened):
    path, _, page = opened
    for panel, expect in panels(path, page):
        canvas = panel.locator("canvas.owmu-pointable")
        if canvas.count():
            lab.bring_into_view(page, panel)
            before = values(panel)
            box = canvas.bounding_box()
            canvas.click(position={"x": box["width"] * 0.4, "y": box["height"] * 0.3})
            page.wait_for_function(
                "([node, text]) => node.textContent !== text", arg=[sentence_of(panel), expect(**before)[0]]
            )
            check(page, panel, expect)
            assert values(panel) != before


def wait_for_run(page, panel, under_way):
    page.wait_for_function(
        "([node, idle]) => node.ariaDisabled === idle",
        arg=[panel.locator(".owmu-run button").nth(1).element_handle(), str(not under_way).lower()],
    )


def test_a_run_is_watched_stopped_and_run_again(opened):
    path, _, page = opened
    for panel, expect in runs(path, page):
        lab.bring_into_view(page, panel)
        height = panel.bounding_box()["height"]
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
        wait_for_run(page, panel, under_way=True)
        wait_for_run(page, panel, under_way=False)
        expected, problem, look = expect(**values(panel))
        assert sentence.inner_text().startswith(expected)
        assert panel.locator(".owmu-problem").inner_text() == problem == ""
        look(decoded(shown_on(panel)))
        assert panel.bounding_box()["height"] == height


def test_a_run_that_diverges_says_when_and_what_to_try(opened):
    path, _, page = opened
    for panel, expect in runs(path, page):
        lab.bring_into_view(page, panel)
        panel.locator("[id$='-learning_rate']").press("End")
        _, problem, look = expect(**values(panel))
        panel.locator(".owmu-run button").first.press("Enter")
        page.wait_for_function(
            "([node, text]) => node.textContent.includes(text)",
            arg=[panel.locator(".owmu-problem").element_handle(), problem],
        )
        wait_for_run(page, panel, under_way=False)
        assert "at step" in problem
        look(decoded(shown_on(panel)))


def test_a_panel_that_lost_its_kernel_says_so(opened):
    path, _, page = opened
    panel, _ = panels(path, page)[0]
    lab.choose(page, "Kernel", "Restart Kernel…")
    page.click(".jp-Dialog button.jp-mod-warn")
    page.wait_for_timeout(2000)
    lab.bring_into_view(page, panel)
    for key in ("Home", "End"):  # one of them is a move, wherever the slider stands
        panel.locator("input, select").first.press(key)
    page.wait_for_function(
        "node => node.textContent.includes('lost its kernel')", arg=panel.locator(".owmu-problem").element_handle()
    )


def saved(path, page):
    """Save with Ctrl+S, wherever the focus is, and return the cells of the file once it has been written in full."""
    before = path.stat().st_mtime_ns
    page.keyboard.press("Control+s")
    for _ in range(150):
        page.wait_for_timeout(200)
        with contextlib.suppress(json.JSONDecodeError):
            cells = json.loads(path.read_text())["cells"]
            if path.stat().st_mtime_ns > before:
                return cells
    raise AssertionError("Ctrl+S did not save the notebook")


def test_saved_and_opened_without_a_kernel_the_pictures_are_there(opened):
    path, _, page = opened
    cells = saved(path, page)
    assert not any(WIDGET_VIEW in output.get("data", {}) for cell in cells for output in cell.get("outputs", []))
    with lab.jupyter_lab(path.parent) as other:
        page.goto(other.format(path=path.name))
        page.wait_for_function(
            "least => document.querySelectorAll('.jp-RenderedImage img').length >= least", arg=len(ordered_panels(path))
        )
        assert page.locator("text=Error displaying widget").count() == 0
    page.goto("about:blank")
