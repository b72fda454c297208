"""The panels of a notebook on a page: what they show, and what they have to show."""

import base64
import contextlib
import json

from tests import lab
from tests.expected import EXPECTED, RUNS
from tests.expected.predictions import PREDICTIONS
from tests.pixels import decoded

PATIENCE = 400  # times that a sentence is looked at, at least 50 milliseconds apart
THUMB = 16  # pixels: how wide Chromium draws the part of a slider that is dragged


def panels(opened):
    """Return each panel of the page with what its sentence and picture have to be, in the order of the cells."""
    names = ordered_panels(opened.path)
    found = opened.page.locator(".owmu-panel")
    assert found.count() == len(names)
    return [(found.nth(number), EXPECTED[opened.path.stem, name]) for number, name in enumerate(names)]


def runs(opened):
    """Return each panel that runs, with what a run of it has to end with."""
    named = zip(ordered_panels(opened.path), panels(opened), strict=True)
    return [(panel, RUNS[opened.path.stem, name]) for name, (panel, _) in named if (opened.path.stem, name) in RUNS]


def ordered_panels(path):
    """Return the names of a notebook's panels, in the order of the cells."""
    source = path.read_text()
    return sorted((name for stem, name in EXPECTED if stem == path.stem), key=lambda name: source.index(f"def {name}("))


def values(panel):
    """Return the controls' values as the page shows them, in their order."""
    shown = panel.evaluate(
        """panel => [...panel.querySelectorAll('.owmu-row')].map(row => {
            const choice = row.querySelector('select');
            return [row.querySelector('label').textContent, choice?.value, row.querySelector('output')?.value];
        })"""
    )
    return {name: choice or number(value) for name, choice, value in shown}


def number(text):
    """Return the number that a slider shows."""
    return float(text) if "." in text else int(text)


def name_of(control):
    """Return the visible label of a slider or choice."""
    return control.evaluate("node => node.labels[0].textContent")


def check(opened, panel, expect, **wanted):
    """Wait until the sentence is the one for the shown values, and look at the picture on the screen.

    Raises AssertionError where a value is not the wanted one, or where the sentence or the picture stays wrong.
    """
    for _ in range(PATIENCE):  # a preset's values come back from the kernel
        if wanted.items() <= values(panel).items():
            break
        opened.page.wait_for_timeout(50)
    assert wanted.items() <= values(panel).items()
    wait_for_look(opened, panel, wait_for_sentence(opened, panel, expect))
    opened.done["sentences and pictures checked"] += 1


def wait_for_look(opened, panel, look):
    """Wait until the picture stands a look: it is decoded a moment after the sentence is set.

    Raises AssertionError where it does not.
    """
    for patience in range(20, -1, -1):
        try:
            return look(decoded(shown_on(panel)))
        except AssertionError:
            if patience == 0:
                raise
            opened.page.wait_for_timeout(50)


def wait_for_sentence(opened, panel, expect):
    """Wait until the sentence is the one for the shown values, and return the look that the picture has to stand.

    Raises AssertionError where it stays another one, or where there is a problem as well.
    """
    of, sentence, said = None, None, panel.locator(".owmu-sentence")
    for _ in range(PATIENCE):
        if (now := values(panel)) != of:  # a move may change the ends of other sliders, and so their values
            of = now
            try:
                sentence, look = expect(**now)
            except (IndexError, ValueError):  # another slider still stands beyond its new end
                sentence = None
        if said.text_content() == sentence:
            assert panel.locator(".owmu-problem").inner_text() == ""
            return look
        opened.page.wait_for_timeout(50)
    raise AssertionError(f"for {of} the panel says {said.text_content()!r} instead of {sentence!r}")


def shown_on(panel):
    """Return the panel's picture as it is on the screen."""
    url = panel.locator("canvas").evaluate("canvas => canvas.toDataURL()")
    return base64.b64decode(url.partition(",")[2])


def sentence_of(panel):
    """Return the element that holds the panel's sentence."""
    return panel.locator(".owmu-sentence").element_handle()


def predict(opened):
    """Answer by keyboard what the panels ask first, in turn rightly, wrongly and not at all; return what was seen.

    That is for each panel its name, the answer, how much could be reached before it, what was said before and after,
    which of the explanation below was seen before and after, and the values before and after.
    """
    seen, page = [], opened.page
    for number, (name, (panel, _)) in enumerate(zip(ordered_panels(opened.path), panels(opened), strict=True)):
        if (opened.path.stem, name) not in PREDICTIONS:
            continue
        lab.bring_into_view(page, panel)
        right, _ = PREDICTIONS[opened.path.stem, name]()
        answers = panel.locator(".owmu-predict .owmu-button:not(.owmu-skip)").all_inner_texts()
        answer = (right, next(one for one in answers if one != right), "skip")[number % 3]
        reached = panel.locator("input:visible, select:visible, canvas:visible, .owmu-presets button:visible").count()
        before, said = values(panel), panel.locator(".owmu-said")
        asked, hidden = said.inner_text(), explained(panel)
        with steady(panel):
            press(opened, panel.get_by_role("button", name=answer, exact=True), "Enter")
            page.wait_for_function("panel => !panel.matches('.owmu-closed')", arg=panel.element_handle())
            wait_for_sentence(opened, panel, EXPECTED[opened.path.stem, name])
        told = (asked, said.inner_text()), (hidden, explained(panel))
        seen.append((name, answer, reached, *told, before, values(panel)))
        opened.done["predictions"] += 1
    return seen


def explained(panel):
    """Say of each text and output after a panel, up to the next heading, whether it is seen."""
    return panel.evaluate(
        """panel => {
            const seen = [];
            let cell = panel.closest('.jp-Cell').nextElementSibling;
            for (; cell && !cell.querySelector('h1, h2'); cell = cell.nextElementSibling)
                for (const part of cell.querySelectorAll('.jp-MarkdownOutput, .jp-OutputArea-output'))
                    seen.push(getComputedStyle(part).visibility === 'visible');
            return seen;
        }"""
    )


def press(opened, control, key):
    """Press a key on a control."""
    control.press(key)
    opened.done["key presses"] += 1


def move_first_slider(opened):
    """Look at the first panel, move its first slider to the end by keyboard, and look again."""
    panel, expect = panels(opened)[0]
    lab.bring_into_view(opened.page, panel)
    check(opened, panel, expect)
    slider = panel.locator("input").first
    press(opened, slider, "End")
    check(opened, panel, expect, **{name_of(slider): number(slider.get_attribute("max"))})


def drag(opened, slider, place):
    """Drag a slider to a fraction of its way with the mouse, and return the value that has to be there."""
    first, last, step, value = slider.evaluate("node => [node.min, node.max, node.step, node.value].map(Number)")
    wanted = first + round(place * (last - first) / step) * step
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    start, end = (
        box["x"] + THUMB / 2 + (box["width"] - THUMB) * (at - first) / max(last - first, step) for at in (value, wanted)
    )
    opened.page.mouse.move(start, middle)
    opened.page.mouse.down()
    opened.page.mouse.move(end, middle, steps=5)
    opened.page.mouse.up()
    opened.done["drags"] += 1
    return wanted


@contextlib.contextmanager
def steady(panel):
    """Watch the height of a panel's cell meanwhile.

    Raises AssertionError where any frame had another height.
    """
    watch = panel.evaluate_handle(
        """panel => {
            const heights = new Set();
            const observer = new ResizeObserver(([entry]) => heights.add(entry.target.offsetHeight));
            observer.observe(panel.closest('.jp-Cell'));
            return { heights, observer };
        }"""
    )
    yield
    heights = watch.evaluate("({ heights, observer }) => { observer.disconnect(); return [...heights]; }")
    assert len(heights) == 1, f"the cell had the heights {heights}"


def saved(path, page):
    """Save with Ctrl+S, wherever the focus is, and return the cells of the file once it has been written in full.

    Raises AssertionError where that does not happen.
    """
    before = path.stat().st_mtime_ns
    page.keyboard.press("Control+s")
    for _ in range(150):
        page.wait_for_timeout(200)
        with contextlib.suppress(json.JSONDecodeError):
            cells = json.loads(path.read_text())["cells"]
            if path.stat().st_mtime_ns > before:
                return cells
    raise AssertionError("Ctrl+S did not save the notebook")
