"""The slides of every plan and every lesson, as a teacher shows them: in Chromium, at the sizes of two projectors."""

import contextlib
import re
import subprocess
import sys

import pytest
from axe_playwright_python.sync_playwright import Axe

from helpers.teaching.plans import list_lessons, list_plans, read_moves, read_plan
from tests import lab, notebooks
from tests.looks import LEAST_ON_SLIDE, smallest_text
from tests.onpage import values
from tests.test_accessibility import AXE

PROJECTORS = [{"width": 1280, "height": 720}, {"width": 1024, "height": 768}]
PLANS = [list_plans()[-1], *list_lessons()]  # the longest plan has all that a shorter one shows
HANDS = [3, 14, 7, 2, 1, 4]

# Every text that can be seen on the current slide: its size on the screen, and the text.
TEXTS = """() => [document.getElementById('bar'), document.querySelector('.slide.current')].flatMap(root => {
    const found = [], walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const { data, parentElement: node } = walker.currentNode;
        if (data.trim() && node.checkVisibility({ visibilityProperty: true }) && !node.closest('script, option'))
            found.push([parseFloat(getComputedStyle(node).fontSize), data.trim()]);
    }
    return found;
})"""

# What of the current slide is seen and sticks out of it, or lies over something else.
UNFIT = """slide => {
    const room = slide.getBoundingClientRect();
    const names = 'p, li, h1, table, button, input, select, label, output, progress, canvas, img, .owmu-verdict, .code';
    const seen = [...slide.querySelectorAll(names)].filter(node => node.checkVisibility() && !node.closest('.code'));
    const box = node => node.getBoundingClientRect();
    const what = node => `${node.tagName} ${node.textContent.trim().slice(0, 40)}`;
    const out = seen.filter(node => box(node).left < room.left - 1 || box(node).right > room.right + 1
        || box(node).top < room.top - 1 || box(node).bottom > room.bottom + 1);
    const over = seen.flatMap((one, place) => seen.slice(place + 1).filter(other => {
        if (one.contains(other) || other.contains(one)) return false;
        const [a, b] = [box(one), box(other)];
        return Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
            && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    }).map(other => `${what(one)} lies over ${what(other)}`));
    return [...out.map(node => `${what(node)} sticks out`), ...over].join('; ');
}"""


@pytest.fixture(scope="module")
def window(chromium):
    """Return a page that serves all plans in turn, and what it complained of."""
    with lab.browser_page() as page:
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(error.stack))
        page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
        page.on("dialog", lambda dialog: dialog.accept())
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        yield page


@contextlib.contextmanager
def opened(window, name):
    """Serve a plan and open its slides; yield the page and the plan once all panels stand."""
    plan = read_plan(name)
    with lab.slides(name, notebooks.ROOT) as base:
        window.set_viewport_size(PROJECTORS[0])
        window.goto(base, wait_until="commit", timeout=90_000)
        asked = sum(1 for station in plan.stations if station.ask)
        window.wait_for_function(
            "asked => document.querySelectorAll('.owmu-panel').length === asked", arg=asked, timeout=90_000
        )
        window.wait_for_function("() => [...document.querySelectorAll('.owmu-panel canvas')].every(one => one.width)")
        try:
            yield window, plan
            assert window.complaints == []
        finally:
            window.goto("about:blank")
            window.complaints.clear()


def look(page, twin=None):
    """Ask at each size whether all fits; return the size of the smallest text, also in the picture, and the text."""
    smallest = []
    for size in PROJECTORS:
        page.set_viewport_size(size)
        lab.wait_for(page.locator(".slide.current"), UNFIT, patience=5)
        smallest += page.evaluate(TEXTS)
        picture = page.locator(".slide.current :is(canvas, img)").locator("visible=true")
        if twin is not None and picture.count():
            points, text = smallest_text(twin)
            smallest.append([points * 100 / 72 * picture.bounding_box()["width"] / twin.size[0], f"picture: {text}"])
    page.set_viewport_size(PROJECTORS[0])
    return *min(smallest), page.locator("#where").text_content()


def answer(page, place=0):
    """Enter hands for each answer of the question on the slide, and choose one of them."""
    now = ".slide.current .owmu-predict.now"
    for hands, field in zip(HANDS, page.locator(f"{now} .hands").all(), strict=False):
        field.fill(str(hands))
    page.locator(f"{now} .counted button").nth(place).click()
    page.wait_for_function(f"() => document.querySelector('{now} button').ariaDisabled === 'true'")


def is_closed(page):
    return page.locator(".slide.current .owmu-closed").count() > 0


def seen(page, name):
    return page.locator(f".slide.current {name}").locator("visible=true").count() > 0


def go_to(page, title):
    """Turn to a slide by its title."""
    while page.locator("#where").text_content() != title:
        page.keyboard.press("PageDown")


@pytest.mark.parametrize("name", PLANS)
def test_each_slide_asks_then_shows_then_tells_and_can_be_read_from_the_back_row(window, name, capsys):
    pictures = {
        f"{notebooks.lesson(path)}/{cell}": shown
        for path in notebooks.PATHS
        for cell, shown in notebooks.run_here(path).shown.items()
    }
    least = []
    with opened(window, name) as (page, plan):
        least.append(look(page))
        for station in plan.stations[1:]:
            page.keyboard.press("PageDown")
            assert page.locator("#where").text_content() == station.title
            if station.ask and name not in list_lessons():
                page.keyboard.press("PageDown")  # an answer is missing; the slides of its lesson are looked at
                continue
            shown = pictures.get(station.name)
            while is_closed(page):
                assert seen(page, ".owmu-answers")
                for later in (".explanation", "canvas", ".owmu-sentence", ".owmu-controls", ".code"):
                    assert not seen(page, later), f"{later} is told too soon on {station.name}"
                least.append(look(page))
                answer(page)
                shown.predict(shown.questions[0].answers[0]) if len(shown.questions) == 1 else None
                if is_closed(page):
                    page.keyboard.press("Space")
            if station.ask:
                page.locator(".slide.current canvas").wait_for()
                assert seen(page, ".owmu-sentence")
                assert len(shown.questions) > 1 or (seen(page, ".ask") and seen(page, ".owmu-answers"))
                least.append(look(page, shown.picture))
                if shown.runs:
                    page.keyboard.press("Space")
                    page.locator(".slide.current .owmu-run [aria-disabled='false']").wait_for()
            elif station.cell:
                least.append(look(page, shown))
            if station.explanation:
                assert not seen(page, ".explanation")
                page.keyboard.press("Space")
                assert seen(page, ".explanation")
                assert seen(page, ":is(canvas, img)"), "the explanation stands without its picture"
                least.append(look(page, shown.picture if station.ask else shown))
            if station.ask:
                shown.reset()  # other tests look at it, too
        assert not [url for url in window.asked if not re.match(r"(http://127\.0\.0\.1|blob:|data:|about:)", url)]
    size, text, title = min(least)
    with capsys.disabled():
        print(f"\n{name}: the smallest text is {size:.1f} pixels high: {text} in {title}")
    assert [(text, title) for size, text, title in least if size < LEAST_ON_SLIDE] == []


@pytest.fixture(scope="module")
def plan(window):
    """Return the slides of the shortest plan; each test begins like a new class."""
    with opened(window, list_plans()[0]) as (page, plan):
        yield page, plan


@pytest.fixture
def slides(plan):
    page, of = plan
    page.keyboard.press("Escape")
    page.click("dialog button:text('Begin again')")
    page.wait_for_function("() => document.querySelectorAll('.owmu-closed').length === slides.filter(panelOf).length")
    page.keyboard.press("PageDown")
    return page, of


def place(page):
    return page.evaluate("() => now")


def wait_for_values(page, wanted):
    """Wait until the controls on the slide stand at these values."""
    page.wait_for_function(
        """wanted => [...document.querySelectorAll('.slide.current .owmu-row :is(input, select)')]
            .every((one, place) => one.value === wanted[place])""",
        arg=[str(value) for value in wanted.values()],
    )


@pytest.mark.parametrize("focus", ["nothing", "an answer", "a slider", "a choice", "the hands", "the picture"])
@pytest.mark.parametrize(
    ("on", "back"), [("PageDown", "PageUp"), ("Space", "Shift+Space"), ("ArrowRight", "ArrowLeft")]
)
def test_keys_turn_the_slides_wherever_one_has_clicked(slides, focus, on, back):
    page, _ = slides
    answer(page)
    page.locator(".slide.current .owmu-sentence").wait_for()
    names = {"a slider": ".owmu-range", "a choice": "select", "the hands": ".hands", "the picture": "canvas"}
    if focus in names:
        page.locator(f".slide.current {names[focus]}").first.click()
    if focus == "a choice":
        page.keyboard.press("Enter")  # closes its list
    before = values(page.locator(".slide.current .owmu-panel"))
    page.keyboard.press(on)
    assert seen(page, ".explanation")
    page.keyboard.press(on)
    assert place(page) == 2
    page.keyboard.press(back)
    page.keyboard.press(back)
    assert place(page) == 1
    assert not seen(page, ".explanation")
    assert values(page.locator(".slide.current .owmu-panel")) == before
    assert page.locator(".slide.current .hands").first.input_value() == "3"
    assert page.locator(".slide.current .owmu-answers [aria-pressed='true']").count() == 1


def test_what_was_reached_with_tab_keeps_its_keys(slides):
    page, _ = slides
    answer(page)
    slider = page.locator(".slide.current .owmu-range").first
    slider.click()
    start = page.locator(".slide.current .hands").last
    start.click()
    page.keyboard.press("Tab")
    assert slider.evaluate("node => node === document.activeElement")
    before = float(slider.input_value())
    page.keyboard.press("ArrowRight")
    assert (place(page), float(slider.input_value())) == (1, before + 1)
    page.keyboard.press("PageDown")
    assert seen(page, ".explanation")


def test_an_unanswered_question_is_passed_over_at_the_second_press_and_tells_nothing(slides):
    page, _ = slides
    page.keyboard.press("Space")
    assert place(page) == 1
    assert page.locator("#line").text_content() == "No answer yet. Once more to go on without one."
    page.keyboard.press("Space")
    assert place(page) == 2
    page.keyboard.press("Shift+Space")
    assert place(page) == 1
    assert is_closed(page)


def test_an_answer_by_mistake_is_asked_again_and_hands_stay(slides):
    page, _ = slides
    answer(page)
    page.locator(".slide.current canvas").wait_for()
    page.keyboard.press("a")
    page.locator(".slide.current .owmu-closed").wait_for(state="attached")
    assert page.locator(".slide.current .hands").first.input_value() == "3"
    answer(page, place=1)
    assert page.locator(".slide.current [aria-pressed='true']").text_content() == "paper left, ink right"


def test_the_explanation_stands_below_the_setting_that_it_explains(slides):
    page, _ = slides
    answer(page)
    page.locator(".slide.current canvas").wait_for()
    panel = page.locator(".slide.current .owmu-panel")
    told = values(panel)
    panel.locator(".owmu-range").first.press("End")
    moved = values(panel)
    assert moved != told
    for key, wanted in (("PageDown", told), ("PageUp", moved)):
        page.keyboard.press(key)
        wait_for_values(page, wanted)


def test_a_step_on_gives_the_answer_that_most_hands_gave(slides):
    page, _ = slides
    page.locator(".slide.current .hands").nth(2).fill("9")
    page.locator(".slide.current .hands").nth(0).fill("4")
    page.keyboard.press("Space")
    page.locator(".slide.current canvas").wait_for()
    assert page.locator(".slide.current [aria-pressed='true']").text_content() == "ink left, paper right"
    assert page.locator(".slide.current .owmu-verdict b").text_content() == "It is: paper left, ink right."


def test_hands_are_typed_one_after_another_and_are_numbers(slides):
    page, _ = slides
    page.locator(".slide.current .hands").first.click()
    for key in ("1", "2", "-", "e", "Tab", "9", "Enter", "5"):
        page.keyboard.press(key)
    assert [field.input_value() for field in page.locator(".slide.current .hands").all()] == ["12", "9", "5"]
    assert is_closed(page)


def test_a_slide_can_be_left_blanked_and_found_again(slides):
    page, plan = slides
    for key in ("b", "."):
        page.keyboard.press(key)
        assert page.locator("html.blank").count() == 1
        page.keyboard.press("x")
        assert (page.locator("html.blank").count(), place(page)) == (0, 1)
    page.keyboard.press("Escape")
    assert page.locator("dialog li").count() == len(plan.stations)
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="hidden")
    assert place(page) == 1
    page.keyboard.press("Escape")
    page.click(f"dialog li:has-text('{plan.stations[4].title}') button")
    assert place(page) == 4


def test_code_is_shown_when_asked_for_after_the_answer_and_hidden_again(slides):
    page, plan = slides
    page.keyboard.press("c")
    assert not seen(page, ".code")
    assert "after the question" in page.locator("#line").text_content()
    answer(page)
    page.locator(".slide.current canvas").wait_for()
    assert not seen(page, ".code")
    page.keyboard.press("c")
    assert seen(page, ".code")
    code = page.locator(".slide.current .code").text_content()
    cells = {cell.id: cell.source for path in notebooks.PATHS for cell in notebooks.cells(path)}
    assert code == cells[plan.stations[1].cell]
    assert page.locator(".slide.current .code").evaluate("node => parseFloat(getComputedStyle(node).fontSize)") >= 18
    page.keyboard.press("c")
    assert not seen(page, ".code")


def test_a_class_votes_and_its_hands_stand_beside_the_truth_and_in_a_table(slides):
    page, plan = slides
    assert page.locator(".owmu-right:visible").count() == 0
    answer(page, place=2)
    right = page.locator(".slide.current .counted:has(.owmu-right)")
    assert right.locator("button").text_content() == "paper left, ink right"
    assert right.locator(".hands").input_value() == "14"
    part = float(right.locator(".hands").evaluate("node => parseFloat(node.style.getPropertyValue('--part'))"))
    assert part == pytest.approx(100 * 14 / (3 + 14 + 7))
    go_to(page, plan.stations[-1].title)
    rows = page.locator("#summary tr").all()
    assert [row.text_content() for row in rows] == [
        "Multiply and addink everywhere: 3✔ paper left, ink right: 14ink left, paper right: 714 of 24"
    ]
    with page.expect_download() as download:
        page.click("#summary button")
    table = download.value.path().read_text().splitlines()
    assert table[2] == '"Multiply and add","paper left, ink right","right","14"'


def test_the_next_class_begins_one_button_away(slides):
    page, _ = slides
    answer(page)
    page.keyboard.press("Escape")
    page.click("dialog button:text('Begin again')")
    assert place(page) == 0
    page.keyboard.press("PageDown")
    page.locator(".slide.current .owmu-closed").wait_for(state="attached")
    assert page.locator(".slide.current [aria-pressed='true']").count() == 0
    assert page.locator(".slide.current .hands").first.input_value() == ""
    assert page.locator("#clock").text_content() == "minute 2 · until 8"


def test_a_key_makes_the_moves_of_the_plan(slides):
    page, _ = slides
    answer(page, place=2)
    page.locator(".slide.current canvas").wait_for()
    start = values(page.locator(".slide.current .owmu-panel"))
    moves = dict(read_moves()["convolution/sum-slider"])
    said = "ink left, paper right"  # its move comes first
    for name, move in {said: moves.pop(said), **moves}.items():
        page.keyboard.press("m")
        wait_for_values(page, start | move)
        assert page.locator("#line").text_content().startswith(f"For “{name}”: ")
    page.keyboard.press("m")
    assert page.locator("#line").text_content() == "The plan has no more moves here."


def test_a_page_that_is_loaded_again_keeps_the_hands(slides):
    page, _ = slides
    page.locator(".slide.current .hands").first.fill("17")
    page.reload(timeout=90_000)
    page.wait_for_function("() => document.querySelectorAll('.hands').length > 3", timeout=90_000)
    page.keyboard.press("PageDown")
    assert page.locator(".slide.current .hands").first.input_value() == "17"
    page.complaints.clear()  # Voila refuses its own page the end of the former kernel


def test_axe_finds_nothing_on_a_slide_in_the_list_and_over_the_code(slides):
    page, plan = slides
    page.evaluate(Axe().axe_script)

    def found():
        return page.evaluate("options => axe.run('main, header, dialog', options)", AXE)["violations"]

    assert found() == []  # the question
    answer(page)
    page.locator(".slide.current canvas").wait_for()
    assert found() == []
    page.keyboard.press("Space")
    page.keyboard.press("c")
    assert found() == []
    page.keyboard.press("c")
    go_to(page, plan.stations[-1].title)
    assert found() == []
    page.keyboard.press("Escape")
    assert found() == []


@pytest.mark.parametrize("name", ["46", "weights", "../45", ""])
def test_an_unknown_plan_is_refused_in_words(name):
    command = [sys.executable, "-m", "helpers.teaching.slides", name, "--no-browser"]
    done = subprocess.run(command, cwd=notebooks.ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"plan {name!r} is unknown; allowed are 45, 90, 0 (convolution), 1 " in done.stderr
