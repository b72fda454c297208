"""A small notebook in a real JupyterLab in Chromium: what JupyterLab does around panels, and they make the best of."""

import random
import re

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.live.saving import INSTEAD
from helpers.progress.reading import read_page
from helpers.rerun import KERNELSPEC
from helpers.server import LINE, WIDGET_VIEW
from tests import lab, onpage
from tests.test_accessibility import AXE, PALE

pytestmark = pytest.mark.browser

CELLS = {
    "imports": """import random
from time import sleep

from helpers.exercises import Number, Sheet
from helpers.live import Predict, live, save_page
from tests.bar import Bar, RunBar""",
    "answered": "# Answered",
    "move": """bar = Bar()

@live(bar, predict=Predict(["low", "high"], right="high", reveal={"value": 70}), value=(0, 100))
def move(value=20):
    random.seed(value)
    while value == 50:
        pass
    bar.show(value)""",
    "moved": "It was high.",
    "asked": "# Not answered",
    "vote": """voted = Bar()

@live(voted, predict=Predict(["yes", "no"]), value=(0, 100))
def vote(value=20):
    voted.show(value)""",
    "secret": "The secret." + "\n\nIt is long." * 40,
    "more": "More of it." + "\n\nIt is long." * 40,
    "running": "# A run",
    "run": """ran = RunBar()

@live(ran, value=(0, 100))
def run(value=100):
    for step in range(1, 101):
        sleep(0 if value == 100 else 0.05)
        ran.show(step)
        yield step / 100""",
    "numbers": """random.seed(1)
drawn = []
for _ in range(30):
    sleep(0.02)
    drawn.append(random.random())
print(sum(drawn))""",
    "save": """check = Sheet(Number(7, {8: "One too many."}))
check(1, 8)  # </script><script>document.title = "run"</script>
save_page("small")""",
    "end": "The end." + "\n\nIt is long." * 40,
}
PANELS = 3


@pytest.fixture(scope="module")
def small(served, browser):
    """Return a page with a small notebook that was run, and what opens it in another page."""
    root, address = served
    make = {True: new_markdown_cell, False: new_code_cell}
    cells = [
        make[id in ("answered", "moved", "asked", "secret", "more", "running", "end")](source)
        for id, source in CELLS.items()
    ]
    for cell, id in zip(cells, CELLS, strict=True):
        cell.id = id
    path = root / "small.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC}), path)

    def open_page():
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address.format(path=path.name))
        return page

    page = open_page()
    lab.wait_for_kernel(page)
    lab.run_all(page)
    return lab.Opened(path, page), open_page


def panel_of(page, number):
    return page.locator(".owmu-panel").nth(number)


def hidden(page):
    """Return the places of the cells that are hidden."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.jp-Notebook .owmu-hidden')]
            .map(cell => Number(cell.dataset.windowedListIndex))"""
    )


def says(page, number, sentence):
    panel_of(page, number).locator(".owmu-sentence").get_by_text(sentence, exact=True).wait_for()


def wait_for_panels(page):
    page.wait_for_function("number => document.querySelectorAll('.owmu-panel').length === number", arg=PANELS)


def outputs(path):
    return [output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", [])]


def test_reloaded_the_panels_come_back_as_they_stood_and_are_in_step_with_another_window(small):
    (opened, open_page), page = small, small[0].page
    panel_of(page, 0).get_by_role("button", name="high").click()
    says(page, 0, "The value is 70.")
    onpage.control_of(panel_of(page, 0), "value").press("End")
    says(page, 0, "The value is 100.")
    onpage.saved(opened.path, page)
    assert not any(WIDGET_VIEW in output.get("data", {}) for output in outputs(opened.path))
    page.goto(page.url)
    other = open_page()
    for each in (page, other):
        wait_for_panels(each)
        says(each, 0, "The value is 100.")
        assert panel_of(each, 0).locator("[aria-pressed='true']").inner_text() == "high"
        assert panel_of(each, 1).locator(".owmu-controls").is_hidden()
        each.wait_for_function("() => document.querySelectorAll('.owmu-hidden').length === 2")
        assert (hidden(each), each.get_by_text(LINE).count()) == ([6, 7], 0)
    onpage.control_of(panel_of(other, 0), "value").press("Home")
    for each in (page, other):
        says(each, 0, "The value is 0.")
    lab.run_all(other)  # which makes new panels; this window's own keep their pictures
    slider = onpage.control_of(panel_of(page, 0), "value")
    picture = panel_of(page, 0).locator("canvas")
    for key, value in (("End", 100), ("Home", 0)):
        slider.press(key)
        says(page, 0, f"The value is {value}.")
        lab.wait_for(picture, """(canvas, dark) => {
            const { data } = canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1);
            return (data[0] < 128) === dark ? '' : 'the picture has not moved';
        }""", value == 100)  # fmt: skip
    other.close()
    page.goto(page.url)
    wait_for_panels(page)


def test_keys_that_run_or_leave_a_cell_do_so_from_a_control(small):
    page = small[0].page
    lab.run_all(page)
    lab.skip_predictions(page)
    slider, cells = onpage.control_of(panel_of(page, 0), "value"), page.locator(".jp-Notebook .jp-Cell")
    count, prompt = cells.count(), cells.nth(2).locator(".jp-InputPrompt")
    slider.press("Escape")
    assert cells.nth(2).evaluate("cell => cell === document.activeElement")
    for control, key in ((slider, "Shift+Enter"), (panel_of(page, 0).locator("button").first, "Alt+Enter")):
        before = prompt.inner_text()
        control.press(key)
        lab.wait_for(
            prompt,
            "(node, before) => /\\d/.test(node.textContent) && node.textContent !== before ? '' : 'not run'",
            before,
        )
    assert cells.count() == count + 1
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.keyboard.press("d")
    lab.wait_for(
        page.locator(".jp-Notebook"),
        "(node, n) => node.querySelectorAll('.jp-Cell').length === n ? '' : 'not deleted'",
        count,
    )


def test_a_move_changes_no_number_of_a_cell_that_is_running(small):
    page = small[0].page
    quiet = random.Random(1)
    expected = f"{sum(quiet.random() for _ in range(30))}"
    lab.choose(page, "Run", "Run All Cells")
    cells = page.locator(".jp-Notebook .jp-Cell")
    for number, prompt in ((9, "[*]"), (9, re.compile(r"\d")), (10, "[*]")):
        cells.nth(number).locator(".jp-InputPrompt").get_by_text(prompt).wait_for()
    panel_of(page, 0).get_by_role("button", name="high").click()
    says(page, 0, "The value is 70.")
    cells.nth(10).locator("pre").get_by_text(expected).wait_for()


def test_a_learner_saves_a_page_by_keyboard_and_nothing_in_it_runs(small):
    """Only the window that has asked keeps it."""
    (opened, open_page), page = small, small[0].page
    lab.run_all(page)
    panel_of(page, 0).get_by_role("button", name="high").click()
    says(page, 0, "The value is 70.")
    onpage.saved(opened.path, page)
    other = open_page()
    other.on("download", lambda _: pytest.fail("the other window has not asked"))
    for each in (page, other):
        each.get_by_role("button", name="Save my page").wait_for()
        assert each.get_by_text(INSTEAD.replace("*", "")).is_hidden()
    name = page.get_by_role("textbox", name="name (if you like)")
    lab.bring_into_view(page, name)
    name.press_sequentially("Ada b")  # some of which are shortcuts of JupyterLab
    with page.expect_download() as download:
        name.press("Enter")
    page.get_by_role("status").get_by_text("Saved: look for small-Ada-b.html").wait_for()
    assert download.value.suggested_filename == "small-Ada-b.html"
    kept = read_page(download.value.path().read_text(encoding="utf-8"))
    assert kept.predictions["move"].chosen[-1] == "high"
    assert kept.exercises["1"].code == CELLS["save"]
    assert kept.exercises["1"].findings == [["It is not 8.", "One too many."]]
    download.value.save_as(opened.path.with_suffix(".html"))
    other.goto(opened.path.with_suffix(".html").as_uri())
    assert other.title() == "Ada b · small"
    assert other.locator("pre").inner_text() == CELLS["save"]
    button = page.get_by_role("button", name="Save my page")
    with page.expect_download():
        button.press("Enter")
    assert page.locator(".owmu-save").evaluate(PALE) == []
    page.evaluate(Axe().axe_script)
    found = page.locator(".owmu-save").evaluate("(part, options) => axe.run(part, options)", AXE)
    assert (found["violations"], len(found["passes"]) > 3) == ([], True)
    button.press("Escape")
    assert page.locator(".jp-Notebook .jp-Cell").nth(11).evaluate("cell => cell === document.activeElement")
    other.close()


def interrupt(page):
    page.locator("[data-command='notebook:interrupt-kernel']").first.click()


def test_the_stop_button_of_jupyterlab_ends_a_run_and_an_endless_move(small):
    page = small[0].page
    lab.run_all(page)
    lab.skip_predictions(page)
    run, bar = panel_of(page, 2), panel_of(page, 2).locator("progress")
    lab.bring_into_view(page, run)
    onpage.control_of(run, "value").press("ArrowLeft")
    run.locator(".owmu-start").click()
    lab.wait_for(bar, "bar => bar.value > 0.02 ? '' : 'the run does not go on'")
    interrupt(page)
    run.locator(".owmu-problem").get_by_text("Interrupted").wait_for()
    assert run.locator(".owmu-run [aria-disabled='true']").count() == 1
    assert bar.evaluate("bar => bar.value") < 1
    lab.wait_for_kernel(page)
    slider = onpage.control_of(panel_of(page, 0), "value")
    lab.bring_into_view(page, slider)
    slider.evaluate("node => { node.value = 50; node.dispatchEvent(new Event('input')); }")
    page.wait_for_selector("text=/ipykernel.*Busy/")
    interrupt(page)
    panel_of(page, 0).locator(".owmu-problem").get_by_text("in the line: ").wait_for()
    slider.press("Home")
    says(page, 0, "The value is 0.")
    assert panel_of(page, 0).locator(".owmu-problem").inner_text() == ""


def test_explanations_are_hidden_in_a_second_view_and_edited_only_in_sight(small):
    page = small[0].page
    lab.run_all(page)
    page.evaluate("() => jupyterapp.commands.execute('docmanager:clone')")
    page.wait_for_function("() => document.querySelectorAll('.owmu-hidden').length === 6")
    first = page.locator(".jp-Notebook").first
    lab.bring_into_view(page, first.locator(".jp-Cell").nth(2).locator(".jp-InputPrompt"))
    first.locator(".jp-Cell").nth(2).locator(".jp-InputPrompt").click()
    for key in ("ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.keyboard.insert_text("Seen: ")
    editor = first.locator(".jp-Cell").nth(3).locator(".cm-content")
    assert (editor.inner_text(), editor.is_visible()) == ("Seen: It was high.", True)
    page.keyboard.press("Control+z")
    page.keyboard.press("Shift+Enter")
    assert first.locator(".jp-Cell").nth(3).locator(".jp-MarkdownOutput").is_hidden()


def test_explanations_are_hidden_where_jupyterlab_shows_cells_in_view_only(small):
    page = small[0].page
    onpage.saved(small[0].path, page)
    settings = "raw => jupyterapp.serviceManager.settings.save('@jupyterlab/notebook-extension:tracker', raw)"
    page.evaluate(settings, '{"windowingMode": "full"}')
    page.goto(page.url + "?reset")
    page.wait_for_function("number => document.querySelectorAll('.owmu-panel').length === number", arg=PANELS)
    outer, left_out = page.locator(".jp-WindowedPanel-outer"), set()
    for part in (1, 0.7, 0.5, 0.3, 0.1, 0):
        outer.evaluate(
            """async (node, part) => {
                for (let still = 0, last; still < 6; still = last === node.innerText ? still + 1 : 0) {
                    last = node.innerText;
                    node.scrollTop = part * (node.scrollHeight - node.clientHeight);
                    await new Promise(requestAnimationFrame);
                }
            }""",
            part,
        )
        there = page.evaluate(
            "() => [...document.querySelectorAll('.jp-Notebook .jp-Cell')].map(cell => +cell.dataset.windowedListIndex)"
        )
        left_out |= set(range(len(CELLS))) - set(there)
        assert hidden(page) == [place for place in there if place in (3, 6, 7)]
    assert {3, 6, 7, 8} <= left_out
    page.evaluate(settings, "{}")


def test_a_policy_that_refuses_the_code_of_panels_leaves_the_stills_with_a_reason(small):
    page = small[0].page
    page.add_init_script(
        """document.addEventListener('DOMContentLoaded', () => {
            const policy = document.createElement('meta');
            policy.httpEquiv = 'Content-Security-Policy';
            policy.content = "script-src 'self' 'unsafe-eval' 'unsafe-inline'";
            document.head.append(policy);
        })"""
    )
    page.goto(page.url + "?reset")
    error = page.locator(".jupyter-widgets-error-widget").first
    assert "refuses their code" in error.evaluate("node => getComputedStyle(node, '::before').content")
    assert page.locator(".jp-RenderedImage img").first.is_visible()
    assert page.locator("p").get_by_text("It was high.").is_visible()


def test_without_a_kernel_a_line_says_how_to_bring_the_pictures_to_life(small):
    opened, page = small[0], small[0].page
    lab.choose(page, "Kernel", "Shut Down Kernel")
    page.wait_for_selector("text=/No Kernel/ >> visible=true")
    page.goto(page.url + "?reset")
    page.wait_for_function(
        "([line, number]) => document.body.textContent.split(line).length === number + 1", arg=[LINE, PANELS]
    )
    assert page.locator(".owmu-panel").count() == 0
    assert page.get_by_text("Error displaying widget").count() == 0
    onpage.saved(opened.path, page)
    # A picture and a sentence each; what numbers print; a verdict, a line, and what the button would do.
    assert len(outputs(opened.path)) == 2 * PANELS + 1 + 3
