"""The page's part of a panel by itself: in an empty page in Chromium, with a panel of this process as its kernel."""

import pytest

from helpers.live import Predict, live, views
from tests.bar import Bar
from tests.mount import ADDRESS, answer, mount, state_of

pytestmark = pytest.mark.browser

JUPYTER = '<script id="jupyter-config-data" type="application/json">{"baseUrl": "/jupyter/"}</script>'
CELL = '<div class="jp-Cell" data-windowed-list-index="{}">{}</div>'
OUTPUT = '<div class="jp-OutputArea-child"><div class="jp-OutputArea-output">{}</div></div>'
OUTPUTS = "".join(map(OUTPUT.format, ('<div id="view"></div>', '<img alt="a still">', "<p>its sentence</p>")))
EXPLANATION = '<div class="jp-MarkdownOutput">The secret.</div>'


@pytest.fixture
def ask(monkeypatch):
    """Return what makes a panel with or without a question."""
    monkeypatch.setattr(views, "display", lambda *_, **__: None)

    def make(closed=False):
        bar = Bar()

        @live(bar, {"all": (100,)}, Predict(["low", "high"]) if closed else None, value=(0, 100))
        def move(value=20):
            print("moved to", value)
            bar.show(value)

        return move.panel

    return make


@pytest.fixture
def start(browser):
    """Return what opens a page in which a panel is rendered."""
    pages = []

    def opened(panel, head=JUPYTER, cells=(), outputs=OUTPUTS, sources=None, before=lambda page: None, **how):
        page = browser.new_page(**how)
        pages.append(page)
        body = CELL.format(0, f'<div class="jp-OutputArea">{outputs}</div>') + "".join(cells)
        before(page)
        mount(page, panel, f'{head}<div id="all">{body}</div>', sources)
        return page

    yield opened
    for page in pages:
        page.close()


def seen(page, selector):
    return [node.is_visible() for node in page.locator(selector).all()]


def test_the_still_stands_until_a_kernel_has_answered(ask, start):
    """As in HTML that nbconvert has made, where nobody will; in JupyterLab the panel is there at once."""
    panel = ask(closed=True)
    page = start(panel, head="", cells=[CELL.format(1, EXPLANATION)])
    assert (seen(page, ".owmu-panel, img, p:not(.owmu-sentence)"), seen(page, ".jp-MarkdownOutput")) == (
        [False, True, True],
        [True],
    )
    answer(page, panel)
    assert (seen(page, ".owmu-panel, img, p:not(.owmu-sentence)"), seen(page, ".jp-MarkdownOutput")) == (
        [True, False, False],
        [False],
    )
    page = start(panel, cells=[CELL.format(1, EXPLANATION)])
    assert (seen(page, ".owmu-panel, img, p:not(.owmu-sentence)"), seen(page, ".jp-MarkdownOutput")) == (
        [True, False, False],
        [False],
    )
    assert page.evaluate("() => sent") == []


def test_only_the_still_of_a_panel_itself_is_hidden(ask, start):
    outputs = OUTPUT.format('<div class="widget-container"><div id="view"></div></div>') + OUTPUT.format(
        "<img alt='mine'>"
    )
    page = start(ask(), outputs=outputs)
    assert seen(page, ".owmu-panel, img") == [True, True]
    page = start(ask(), outputs=OUTPUT.format('<div id="view"></div>') + OUTPUT.format("<p>mine</p>"))
    assert seen(page, ".owmu-panel, p:not(.owmu-sentence)") == [True, True]


OURS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "Space", "Enter", "b", "PageDown", "PageUp"]
JUPYTERS = ["Shift+Enter", "Alt+Enter", "Control+Enter", "Control+s", "Escape"]


@pytest.mark.parametrize("control", ["input", ".owmu-answers button", ".owmu-presets button"])
def test_plain_keys_stay_with_a_control_and_others_reach_jupyterlab(ask, start, control):
    page = start(ask(closed=True).predict("low"))
    page.evaluate(
        """() => {
            window.reached = false;
            const keydown = ({ target }) => (reached = !target.closest('[data-lm-suppress-shortcuts]'));
            document.addEventListener('keydown', keydown, true);
        }"""
    )
    for key in OURS + JUPYTERS:
        page.locator(control).first.press(key)
        assert page.evaluate("() => reached") is (key in JUPYTERS), key


def test_a_finger_scrolls_the_page_and_a_tap_points(ask, start):
    panel = ask()
    page = start(panel, cells=['<div style="height: 2000px"></div>'], has_touch=True)
    box = page.locator("canvas").bounding_box()
    x, y = box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.4
    page.touchscreen.tap(x, y)
    page.wait_for_function("() => sent.length > 0")
    answer(page, panel)
    assert panel.values == {"value": 60}
    finger = page.context.new_cdp_session(page)
    for kind, up in [("touchStart", 0), *(("touchMove", 20 * step) for step in range(1, 6)), ("touchEnd", None)]:
        points = [] if up is None else [{"x": x, "y": y - up}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.wait_for_function("() => scrollY > 0")
    assert page.evaluate("() => sent") == []


@pytest.mark.parametrize(
    ("api", "said"),
    [
        ({"status": 200, "json": {}}, "Waiting for the kernel. Is another cell still running?"),
        ({"status": 404, "json": {}}, "Waiting for the kernel. Is another cell still running?"),
        (None, "The Jupyter server has gone; this picture is the last one."),
        ({"status": 503, "json": {}}, "The Jupyter server has gone; this picture is the last one."),
        ({"status": 424, "json": {}}, "The Jupyter server has gone; this picture is the last one."),
        ({"status": 200, "body": "Log in", "content_type": "text/html"}, "The Jupyter server has gone"),
    ],
)
def test_where_no_answer_comes_the_panel_says_whether_the_server_is_gone(ask, start, api, said):
    panel, asked = ask(), []

    def serve(route):
        asked.append(route.request.url)
        route.fulfill(**api) if api else route.abort()

    def before(page):
        page.clock.install()
        page.route("**/jupyter/api/**", serve)

    page = start(panel, before=before)
    page.locator("input").press("End")
    with page.expect_event("requestfinished" if api else "requestfailed"):
        page.clock.fast_forward(4000)
    problem = page.locator(".owmu-problem")
    problem.get_by_text(said).wait_for()
    assert asked == [f"{ADDRESS}jupyter/api/kernels/k1"]
    answer(page, panel)
    assert (problem.inner_text(), page.locator(".owmu-sentence").inner_text()) == ("", "The value is 100.")


def test_what_a_move_prints_stands_under_the_sentence_once_the_panel_is_open(ask, start):
    panel = ask(closed=True)
    page = start(panel)
    assert seen(page, ".owmu-printed") == [False]
    page.get_by_role("button", name="skip").click()
    answer(page, panel)
    assert page.locator(".owmu-printed").inner_text() == "moved to 20\n"
    assert (
        page.evaluate("() => document.querySelector('.owmu-sentence').nextElementSibling.className") == "owmu-printed"
    )


def test_a_page_that_is_zoomed_asks_for_a_picture_as_fine(ask, start):
    panel = ask()
    page = start(panel)
    page.evaluate("() => dispatchEvent(new Event('resize'))")  # of the window, not of its pixels
    assert page.evaluate("() => sent.length") == 0
    page.evaluate("() => { devicePixelRatio = 2; dispatchEvent(new Event('resize')); }")
    (message,) = answer(page, panel)
    assert (message["density"], message["values"]) == (2, {"value": 20})


def test_explanations_are_hidden_whenever_they_come_into_the_page(ask, start):
    """JupyterLab may leave cells out that are not in view, headings as well; a line stands for what is hidden."""
    sources = ["", "Secret", "More\n```\n# no heading\n```", "## Next", "Open", "Open"]
    panel = ask(closed=True)
    page = start(panel, cells=[CELL.format(2, EXPLANATION)], sources=sources)
    texts = page.locator(".jp-MarkdownOutput")
    for place in (1, 4, 5):
        page.evaluate(
            """([place, cell]) => {
                const all = document.querySelector('#all');
                const next = [...all.children].find(node => node.dataset.windowedListIndex > place) ?? null;
                all.insertBefore(document.createRange().createContextualFragment(cell), next);
            }""",
            [place, CELL.format(place, EXPLANATION)],
        )
    assert page.evaluate("() => [...document.querySelectorAll('#all > *')].map(cell => cell.className)") == [
        "jp-Cell", "jp-Cell owmu-hidden", "jp-Cell owmu-hidden", "jp-Cell", "jp-Cell"
    ]  # fmt: skip
    lines = [one.evaluate("one => getComputedStyle(one, '::before').content") for one in texts.all()]
    assert lines == ['"Hidden until you answer."'] * 2 + ["none"] * 2
    assert seen(page, ".jp-MarkdownOutput") == [False, False, True, True]
    page.get_by_role("button", name="high").click()
    answer(page, panel)
    assert seen(page, ".jp-MarkdownOutput") == [True] * 4
    page.evaluate("state => (change(state), leave())", state_of(ask(closed=True)))  # a closed one that is taken away
    assert seen(page, ".jp-MarkdownOutput") == [True] * 4
