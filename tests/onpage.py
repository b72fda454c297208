"""The panels of a notebook on a page, each with its twin: the panel that the same cell makes in this process.

Whatever is done on the page is done to the twin as well, and then the page has to show what the twin shows.
"""

import base64
import contextlib
import json

from helpers.live import RunPanel
from helpers.live.controls import find_starts
from tests import lab, notebooks

THUMB = 16  # pixels: how wide Chromium draws the part of a slider that is dragged

# What a panel shows that is not wanted: a control, a prediction, a problem, a sentence, a run, or a picture.
DIFFERENCE = """async (panel, { png, ...wanted }) => {
    const text = name => panel.querySelector(name).textContent;
    const row = row => {
        const [input, name] = [row.querySelector('input, select'), row.querySelector('label').textContent];
        if (input.options) return { name, choices: [...input.options].map(one => one.value), value: input.value };
        const [first, last, step, value] = ['min', 'max', 'step', 'value'].map(each => Number(input[each]));
        const said = new Set([input.value, input.ariaValueText, row.querySelector('output').textContent]);
        return { name, first, last, step, value, ...(said.size > 1 && { said: [...said] }) };
    };
    const group = group => ({
        chosen: group.querySelector("[aria-pressed='true']")?.textContent ?? null,
        said: group.querySelector('.owmu-said').textContent,
    });
    const pixels = picture => {
        const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
        context.drawImage(picture, 0, 0);
        return context.getImageData(0, 0, picture.width, picture.height);
    };
    const bar = panel.querySelector('progress');
    const shown = {
        controls: [...panel.querySelectorAll('.owmu-row')].map(row),
        predictions: [...panel.querySelectorAll('.owmu-predict')].map(group),
        problem: text('.owmu-problem').split('\\n')[0], // then comes the line of the cell, which only a kernel knows
        sentence: text('.owmu-sentence'),
        run: bar && { idle: bar.previousElementSibling.ariaDisabled, progress: bar.value },
    };
    for (const what in wanted) {
        const [one, other] = [shown, wanted].map(each => JSON.stringify(each[what]));
        if (one !== other) return `the ${what}: ${one} instead of ${other}`;
    }
    const bytes = Uint8Array.from(atob(png), one => one.charCodeAt(0));
    const right = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const [one, other] = [panel.querySelector('canvas'), right].map(pixels);
    const same = one.width === other.width && one.data.every((value, place) => value === other.data[place]);
    return same ? '' : `the picture, ${one.width} pixels wide, is not the right one, ${other.width} wide`;
}"""

# What a panel has of each kind of control or question: the names of controls, or as many words.
KINDS = {
    "slider": lambda twin: [one["name"] for one in twin.controls if "first" in one and not isinstance(twin, RunPanel)],
    "choice": lambda twin: [one["name"] for one in twin.controls if "choices" in one],
    "dependent range": lambda twin: [name for name, given in twin._ranges.items() if callable(given)],
    "preset": lambda twin: [one["name"] for one in twin.presets],
    "run": lambda twin: ["run"] if isinstance(twin, RunPanel) else [],
    "picture to point at": lambda twin: ["picture"] if twin.pointable else [],
    "question": lambda twin: ["question" for one in twin._questions if one.right is not None],
    "vote": lambda twin: ["vote" for one in twin._questions if one.right is None],
    "several questions": lambda twin: ["questions"] if len(twin._questions) > 1 else [],
}


def panels(opened):
    """Return each panel of the page with its twin, in the order of the cells."""
    twins = notebooks.run_here(notebooks.path_of(opened.path.stem)).panels.values()
    found = opened.page.locator(".owmu-panel")
    assert found.count() == len(twins)
    return [(found.nth(number), twin) for number, twin in enumerate(twins)]


def having(opened, kind):
    """Return the panels that have something of a kind, each with its twin and what it has."""
    return [(panel, twin, KINDS[kind](twin)) for panel, twin in panels(opened) if KINDS[kind](twin)]


def one_of_each(opened):
    """Return panels, each with its twin, in which each kind that the notebook has is met."""
    firsts = [having(opened, kind)[:1] for kind in KINDS]
    return list({id(twin): (panel, twin) for found in firsts for panel, twin, _ in found}.values())


def in_use(opened, kind, which=0):
    """Yield one of the panels that have something of a kind, if there are any; its height has to stay meanwhile."""
    for panel, twin, names in having(opened, kind)[which:][:1]:
        lab.bring_into_view(opened.page, panel)
        with steady(panel):
            yield panel, twin, names


def control_of(panel, name):
    """Return the slider or choice of that name."""
    return panel.locator(f"[id$='-{name}']")


def values(panel):
    """Return the controls' values as the page shows them, in their order."""
    return panel.evaluate(
        """panel => Object.fromEntries([...panel.querySelectorAll('.owmu-row')].map(row => {
            const input = row.querySelector('input, select');
            return [row.querySelector('label').textContent, input.options ? input.value : Number(input.value)];
        }))"""
    )


def number(text):
    """Return the number that a slider shows."""
    return float(text) if "." in text else int(text)


def name_of(control):
    """Return the visible label of a slider or choice."""
    return control.evaluate("node => node.labels[0].textContent")


def check(opened, panel, twin, **wanted):
    """Move the twin to where the panel's controls stand, or are wanted, and wait until the panel shows the same.

    Raises AssertionError where it does not.
    """
    wait_for_twin(opened, panel, twin.set(**values(panel) | wanted))


def wait_for_twin(opened, panel, twin, png=None, **more):
    """Wait until a panel shows what its twin shows, or another picture, and more.

    Raises AssertionError where it does not.
    """
    more |= {"controls": twin.controls, "problem": twin.problem.partition("\n")[0], "sentence": twin.sentence}
    more["run"] = {"idle": "true", "progress": twin.progress} if isinstance(twin, RunPanel) else None
    lab.wait_for(panel, DIFFERENCE, more | {"png": base64.b64encode(png or twin.png).decode()})
    opened.done["looks"] += 1


def predictions_of(twin):
    """Return what is shown of the questions of a twin that has all its answers."""
    return {"predictions": [{name: state[name] for name in ("chosen", "said")} for state in twin.predictions]}


def back_to_start(twin):
    """Bring a twin to where its panel stands at first, and return it."""
    if hasattr(twin.picture, "mark"):
        twin.picture.mark(None)
    if isinstance(twin, RunPanel):
        twin.picture.clear()
        twin._ran, twin.progress = None, 0.0
    return twin.set(**find_starts(twin._function, twin._ranges))


def run_until(twin, done):
    """Let a twin run until that much is done, from 0 to 1, and return it."""
    with contextlib.closing(twin._advance()) as steps:
        next(step for step in steps if twin._done >= done - 1e-9)
    return twin


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
    panel, twin = panels(opened)[0]
    lab.bring_into_view(opened.page, panel)
    check(opened, panel, twin)
    slider = panel.locator("input").first
    press(opened, slider, "End")
    check(opened, panel, twin, **{name_of(slider): number(slider.get_attribute("max"))})


def drag(opened, slider, place):
    """Drag a slider to a fraction of its way with the mouse, and return the value that has to be there."""
    first, last, step, value = slider.evaluate("node => [node.min, node.max, node.step, node.value].map(Number)")
    wanted = round(first + round(place * (last - first) / step) * step, 10)
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
    heights = watch.evaluate(
        """async ({ heights, observer }) => {
            for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
            observer.disconnect();
            return [...heights];
        }"""
    )
    assert len(heights) == 1, f"the cell had the heights {heights}"


def saved(path, page):
    """Save with Ctrl+S, wherever the focus is, and return the cells of the file once it has been written."""
    with page.expect_response(lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url):
        page.keyboard.press("Control+s")
    return json.loads(path.read_text())["cells"]
