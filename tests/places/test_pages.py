"""The pages on which panels move without a kernel: in Chromium, from a server and from a folder, by key and by touch.

They are built once for all tests, which takes minutes; PAGES may name a folder in which they have been built already.
"""

import functools
import hashlib
import http.server
import io
import json
import os
import re
import shutil
import threading
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from PIL import Image

from helpers.live import RunPanel
from helpers.pages.build import SHOWN, build, write_pages
from helpers.pages.notebooks import describe
from helpers.pages.pictures import encode
from helpers.pages.tables import DENSITY
from tests import lab, notebooks
from tests.test_accessibility import AXE

PATHS = [*notebooks.PATHS, notebooks.QUIZ]
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
MOST_FIRST, MOST_PAGE, MOST_ALL = 500_000, 3_000_000, 60_000_000  # bytes

# Says on each canvas which file was drawn on it: from a folder the pixels cannot be read.
WATCH = """const draw = CanvasRenderingContext2D.prototype.drawImage;
CanvasRenderingContext2D.prototype.drawImage = function (image, ...more) {
    this.canvas.dataset.drawn = image.src.split('/').pop();
    return draw.call(this, image, ...more);
};"""

SHOWN_NOW = """panel => ({
    values: Object.fromEntries([...panel.querySelectorAll('.owmu-row')].map(row => [
        row.querySelector('.owmu-name').textContent,
        row.querySelector('select')?.value ?? row.querySelector('.owmu-value').textContent,
    ])),
    sentence: panel.querySelector('.owmu-sentence').textContent,
    problem: panel.querySelector('.owmu-problem').textContent,
    drawn: panel.querySelector('canvas').dataset.drawn,
    said: [...panel.querySelectorAll('.owmu-verdict')].map(one => one.textContent),
})"""

DIFFERS = f"""(panel, wanted) => {{
    const shown = ({SHOWN_NOW})(panel);
    for (const name in wanted) {{
        const [one, other] = [shown, wanted].map(each => JSON.stringify(each[name]));
        if (one !== other) return `the ${{name}}: ${{one}} instead of ${{other}}`;
    }}
    return '';
}}"""


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """Return the folder of the pages."""
    if "PAGES" in os.environ:
        return Path(os.environ["PAGES"])
    folder = tmp_path_factory.mktemp("site") / "pages"
    build(folder)
    return folder


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, and prints nothing."""

    def log_message(self, *_):
        """Print nothing."""


@pytest.fixture(scope="session")
def server(pages):
    """Return the address at which the pages are served, below a path of their own."""
    handler = functools.partial(Quiet, directory=pages.parent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}/{pages.name}/"
        serving.shutdown()


@pytest.fixture
def visit(browser, pages, server):
    """Return what opens a page; in the end no page has complained, and none has asked another host for anything."""
    opened, complaints = [], []

    def open_page(name, where="server", before=lambda page: None, **how):
        context = browser.new_context(**(DESK | how))
        opened.append(context)
        page = context.new_page()
        base = server if where == "server" else f"{pages.as_uri()}/"

        def ask(request):
            if not request.url.startswith((base, "data:", "blob:")):
                complaints.append(f"{name} asks for {request.url}")

        page.on("request", ask)
        page.on("pageerror", lambda error: complaints.append(error.stack))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.add_init_script(WATCH)
        before(page)
        page.goto(f"{base}{name}.html")
        return page

    open_page.complaints = complaints
    yield open_page
    for context in opened:
        context.close()
    assert complaints == []


@functools.cache
def tables(pages):
    """Return all tables by their names."""
    found = {}
    for path in (pages / "tables").glob("*.js"):
        name, table = json.loads(f"[{path.read_text().removeprefix('owmu(').removesuffix(');' + chr(10))}]")
        found[name] = table
    return found


def panels(page, path):
    """Return each panel of a page with its name and its twin, the panel that the notebook makes in this process."""
    twins = {cell: twin for cell, twin in notebooks.run_here(path).shown.items() if hasattr(twin, "controls")}
    page.wait_for_function("count => document.querySelectorAll('.owmu-panel').length === count", arg=len(twins))
    for twin in twins.values():
        twin._density = DENSITY
    places = page.locator("[data-panel]").all()
    assert [place.get_attribute("data-panel").partition("/")[2] for place in places] == list(twins)
    return [
        (place.locator(".owmu-panel"), place.get_attribute("data-panel"), twins[cell])
        for place, cell in zip(places, twins, strict=True)
    ]


def skip_all(page):
    """Open every panel without an answer."""
    page.evaluate("() => document.querySelectorAll('.owmu-closed .owmu-skip').forEach(button => button.click())")
    page.wait_for_function("() => document.querySelector('.owmu-closed') === null")


def file_of(twin):
    """Return the name that the file of what a twin shows has to have."""
    return f"{hashlib.sha256(encode(twin.png)).hexdigest()[:16]}.webp"


def values(panel, twin):
    """Return where the controls of a panel stand."""
    shown = panel.evaluate(SHOWN_NOW)["values"]
    return {name: type(start)(shown[name]) for name, start in twin._starts.items()}


def check(panel, twin):
    """Bring the twin of a panel to where its controls stand, and wait until both show the same."""
    twin.set(**values(panel, twin))
    assert twin.values == values(panel, twin)
    wanted = {"sentence": twin.sentence, "problem": twin.problem, "drawn": file_of(twin)}
    lab.wait_for(panel, DIFFERS, wanted, patience=5)


def clear(twin):
    """Bring a twin to where its panel stands at first."""
    if hasattr(twin.picture, "mark"):
        twin.picture.mark(None)
    return twin.reset()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_each_control_shows_by_keyboard_what_python_shows(visit, pages, path):
    page = visit(path.stem, "folder")
    found = panels(page, path)
    skip_all(page)
    for panel, name, twin in found:
        if isinstance(twin, RunPanel) or hasattr(twin.picture, "mark"):
            continue
        check(panel, clear(twin).set(**twin.revealed))
        for control in panel.locator("select, input").all():
            for key in ("Home", "ArrowRight", "End", "ArrowLeft"):
                control.press(key)
                check(panel, twin)
        for preset in panel.locator(".owmu-presets button").all():
            preset.press("Enter")
            check(panel, twin)
        kept = tables(pages)[name]
        assert panel.locator("select, input").count() == len(kept["names"]) - len(kept["fixed"])


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_each_control_works_by_touch_on_a_phone(visit, path):
    page = visit(path.stem, "server", **PHONE)
    found = panels(page, path)
    skip_all(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") == 390
    for panel, _, twin in found:
        if isinstance(twin, RunPanel) or hasattr(twin.picture, "mark"):
            continue
        clear(twin)
        for slider in panel.locator("input").all():
            slider.scroll_into_view_if_needed()
            box = slider.bounding_box()
            assert box["height"] >= 24
            for part in (0.97, 0.3):
                page.touchscreen.tap(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
                check(panel, twin)
        for preset in panel.locator(".owmu-presets button").all():
            preset.tap()
            check(panel, twin)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_each_answer_is_told_what_python_tells_and_marks_what_it_marks(visit, path):
    page = visit(path.stem)
    most = max((len(one.answers) for *_, twin in panels(page, path) for one in twin.questions), default=0)
    for number in range(most):
        page.reload()
        for panel, _, twin in panels(page, path):
            if len(twin.questions) > 1 and hasattr(twin.picture, "mark"):
                continue  # the twin cannot forget its marks: the next test
            clear(twin)
            assert not panel.locator("canvas").is_visible()
            hidden = panel.evaluate(
                """panel => panel.closest('.jp-Cell').nextElementSibling?.matches('.owmu-hidden, :has(h1, h2)')"""
            )
            assert hidden is not False
            for place, question in enumerate(twin.questions):
                answer = question.answers[number % len(question.answers)]
                panel.locator(".owmu-predict").nth(place).get_by_role("button", name=answer, exact=True).click()
                twin.predict(answer, place)
            wanted = {"said": [state["said"] for state in twin.predictions], "sentence": twin.sentence}
            lab.wait_for(panel, DIFFERS, wanted | {"drawn": file_of(twin)}, patience=5)
            assert panel.locator("canvas").is_visible()
            assert panel.evaluate("panel => !panel.closest('.jp-Cell').nextElementSibling?.matches('.owmu-hidden')")


@pytest.mark.parametrize("numbers", [(0, 1, 2, 3, 0), (3, 2, None, 0, 1), (None,) * 5])
def test_a_picture_that_marks_several_answers_does_so_in_any_order(visit, numbers):
    page = visit(notebooks.QUIZ.stem)
    panel, _, _ = panels(page, notebooks.QUIZ)[-1]
    cell = next(cell for cell in notebooks.cells(notebooks.QUIZ) if cell.id == "after")
    with notebooks.running(notebooks.QUIZ) as run:
        (twin,) = run(cell, dict(notebooks.run_here(notebooks.QUIZ).names))[1]
    twin._density = DENSITY
    for place, number in reversed(list(enumerate(numbers))):
        answer = None if number is None else twin.questions[place].answers[number]
        button = panel.locator(".owmu-predict").nth(place).get_by_role("button", name=answer or "skip", exact=True)
        button.click()
        twin.predict(answer, place)
    wanted = {"said": [state["said"] for state in twin.predictions], "sentence": twin.sentence}
    lab.wait_for(panel, DIFFERS, wanted | {"drawn": file_of(twin)}, patience=5)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_runs_play_stop_and_end_as_python_ends(visit, pages, path):
    page = visit(path.stem, before=lambda page: page.clock.install())
    for panel, _, twin in panels(page, path):
        if not isinstance(twin, RunPanel):
            continue
        clear(twin)
        answer = twin.questions[0].answers[0]
        panel.get_by_role("button", name=answer, exact=True).click()
        twin.predict(answer)
        bar = panel.locator("progress")
        run, stop = (panel.get_by_role("button", name=name) for name in ("Run", "Stop"))
        run.click()
        page.wait_for_function("bar => bar.value > 0", arg=bar.element_handle())
        stop.click()
        stopped = bar.evaluate("bar => bar.value")
        assert 0 < stopped < 1
        page.clock.fast_forward(60_000)  # whatever is still to come would come now
        assert bar.evaluate("bar => bar.value") == stopped
        for preset in [None, *panel.locator(".owmu-presets button").all()]:
            if preset is not None:
                before = values(panel, twin)
                preset.click()
                moved = panel.locator(".owmu-sentence").text_content().startswith("The controls have moved")
                assert moved == (values(panel, twin) != before)
            run.click()
            panel.locator(".owmu-run [aria-disabled='true']").wait_for(timeout=60_000)
            assert bar.evaluate("bar => bar.value") == 1
            twin.run(**values(panel, twin))
            wanted = {"said": [state["said"] for state in twin.predictions], "sentence": twin.sentence}
            lab.wait_for(panel, DIFFERS, wanted, patience=5)
            drawn = pages / "pictures" / panel.evaluate(SHOWN_NOW)["drawn"]
            shown, right = (np.asarray(Image.open(one).convert("RGB")) for one in (drawn, io.BytesIO(twin.png)))
            assert np.abs(shown.astype(int) - right).mean() < 1  # small differences of rounding grow in training


def test_a_click_on_a_picture_moves_to_what_python_moves_to(visit, pages):
    clicked = 0
    for path in PATHS:
        page = visit(path.stem)
        found = panels(page, path)
        skip_all(page)
        for panel, name, twin in found:
            grid = tables(pages)[name]["pointing"]
            assert panel.locator(".owmu-pointable").count() == bool(grid)
            for x, y in [(0.1, 0.3), (0.2, 0.5), (0.5, 0.4), (0.85, 0.6)] if grid else []:
                x, y = ((int(part * grid[side]) + 0.5) / grid[side] for part, side in ((x, "across"), (y, "down")))
                twin.set(**values(panel, twin))
                target = twin.picture.pointed(x, y) or {}
                before, box = values(panel, twin), panel.locator("canvas").bounding_box()
                panel.locator("canvas").click(position={"x": x * box["width"], "y": y * box["height"]})
                after = values(panel, twin)
                assert after in (before, before | target)
                clicked += after != before
                check(panel, twin)
    assert clicked >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(visit, pages, scheme):
    for file in sorted(pages.glob("*.html")):
        page = visit(file.stem, color_scheme=scheme)
        page.wait_for_function("() => document.querySelectorAll('[data-panel]:empty').length === 0")
        page.evaluate(Axe().axe_script)
        for _ in ("closed", "open"):
            found = page.evaluate("options => axe.run(document, options)", AXE)["violations"]
            assert [(file.stem, one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []
            skip_all(page)


def test_all_links_hold(pages):
    soups = {file.name: BeautifulSoup(file.read_text(), "html.parser") for file in pages.glob("*.html")}
    for name, soup in soups.items():
        ids = [node["id"] for node in soup.select("[id]")]
        assert len(ids) == len(set(ids)), f"{name} has an id twice"
        for node in soup.select("[href], [src]"):
            address = node.get("href") or node.get("src")
            if re.match(r"(https?|data):", address):
                assert node.name == "a" or address == "data:,", f"{name} asks for {address}"
                continue
            file, _, anchor = address.partition("#")
            assert (pages / (file or name)).is_file(), f"{name} leads to {address}"
            if anchor:
                assert soups[file or name].find(id=unquote(anchor)), f"{name} leads to {address}"
    for table in tables(pages).values():
        assert all((pages / "pictures" / picture).is_file() for picture in table["pictures"])


def test_pages_tell_nobody_to_run_cells_and_lead_to_binder_instead_of_an_answer(pages):
    for path in PATHS:
        soup = BeautifulSoup((pages / f"{path.stem}.html").read_text(), "html.parser")
        text = soup.main.get_text()
        assert not re.search(r"Run All|Save my page|run the cell|not answered yet|save_page\(", text), path.stem
        answers = [cell for cell in notebooks.cells(path) if cell.source and re.search(r"^check\(", cell.source, re.M)]
        links = soup.find_all("a", string="Answer in this notebook on Binder")
        assert len(links) == len([cell for cell in answers if cell.cell_type == "code"])
        assert all(path.name in link["href"] for link in links)


def test_a_picture_that_is_missing_leaves_the_last_one_and_the_sentence_changes(visit):
    blocked = []
    page = visit(
        "index", before=lambda page: page.route("**/pictures/**", lambda r: r.abort() if blocked else r.continue_())
    )
    panel = page.locator(".owmu-panel")
    page.wait_for_function("() => document.querySelector('canvas')?.dataset.drawn")
    before = panel.evaluate(SHOWN_NOW)
    blocked.append(True)
    panel.locator("input").first.press("End")
    panel.get_by_text("could not be loaded").wait_for()
    after = panel.evaluate(SHOWN_NOW)
    assert after["sentence"] != before["sentence"]
    assert after["drawn"] == before["drawn"]
    blocked.clear()
    panel.locator("input").first.press("Home")
    lab.wait_for(panel, DIFFERS, {"problem": ""}, patience=5)
    visit.complaints[:] = [line for line in visit.complaints if "ERR_FAILED" not in line]


def test_without_javascript_each_panel_is_a_picture_and_what_it_says(visit, pages):
    for path in PATHS:
        page = visit(path.stem, java_script_enabled=False)
        twins = list(notebooks.run_here(path).shown.values())
        stills = page.locator("main img")
        assert stills.count() == len(twins)
        for still in stills.all():
            assert still.is_visible()
            assert page.locator("main p", has_text=still.get_attribute("alt")).first.is_visible()
        assert not page.locator("search").is_visible()


def test_the_search_leads_to_a_section_of_another_page(visit):
    page = visit("index")
    field = page.get_by_role("searchbox", name="Search all pages")
    field.click()
    field.press_sequentially("receptive field gradient")
    links = page.locator("#found a")
    links.first.wait_for()
    link = next(link for link in links.all() if "local_connectivity" in link.get_attribute("href"))
    link.click()
    page.wait_for_url("**/01_local_connectivity.html#*")
    anchor = unquote(page.url.partition("#")[2])
    page.wait_for_function("id => Math.abs(document.getElementById(id).getBoundingClientRect().top) < 300", arg=anchor)
    field.fill("zzzz")
    page.get_by_text("Nothing found.").wait_for()


def test_paper_has_pictures_and_no_controls(visit):
    page = visit(PATHS[1].stem, color_scheme="dark")
    page.wait_for_selector(".owmu-panel")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator("header, footer, .owmu-panel").locator("visible=true").count()
    for still in page.locator("main img").all():
        assert still.is_visible()
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_pages_are_light(visit, pages, capsys):
    told = []
    for file in sorted(pages.glob("*.html")):
        sizes = []

        def keep(page, sizes=sizes):
            page.on("requestfinished", lambda asked: sizes.append(asked.sizes()["responseBodySize"]))

        page = visit(file.stem, before=keep)
        if page.locator("[data-panel]").count():
            page.wait_for_function("() => document.querySelector('canvas')?.dataset.drawn")
            first, at = sum(sizes), page.evaluate("() => performance.now()")
            page.wait_for_load_state("networkidle")
            page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
            page.wait_for_function(
                """() => [...document.images].every(image => {
                    const { top, bottom } = image.getBoundingClientRect();
                    return image.complete || !image.checkVisibility() || bottom < 0 || top > innerHeight;
                })"""
            )
            page.wait_for_load_state("networkidle")
            told.append(
                f"{file.stem}: live with {first / 1e3:.0f} kB after {at:.0f} ms, {sum(sizes) / 1e3:.0f} kB in all"
            )
            assert first < MOST_FIRST
        assert sum(sizes) < MOST_PAGE
    whole = sum(path.stat().st_size for path in pages.rglob("*") if path.is_file())
    assert whole < MOST_ALL
    with capsys.disabled():
        print("", *told, f"all pages: {whole / 1e6:.1f} MB", sep="\n")


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ValueError, match="holds something else"):
        build(tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_pages_are_not_written_where_a_table_says_something_else_than_its_notebook(pages, tmp_path):
    found = {path: {} for path in PATHS}
    for name, table in tables(pages).items():
        lesson, cell = name.split("/")
        path = next(path for path in PATHS if notebooks.lesson(path) == lesson)
        found[path][cell] = describe(name, f"tables/{lesson}-{cell}.js", table)
    assert len(write_pages(tmp_path, found)) == len(PATHS) + 3
    path = next(path for path in PATHS if notebooks.lesson(path) == SHOWN.partition("/")[0])
    found[path][SHOWN.partition("/")[2]]["still"]["sentence"] += " And more."
    with pytest.raises(ValueError, match=SHOWN):
        write_pages(tmp_path, found)


def test_a_table_that_was_changed_by_hand_is_noticed(browser, pages, server, visit, tmp_path):
    broken = tmp_path / "pages"
    shutil.copytree(pages, broken, ignore=shutil.ignore_patterns("pictures"))
    (broken / "pictures").symlink_to(pages / "pictures")
    lesson, cell = SHOWN.split("/")
    file = broken / "tables" / f"{lesson}-{cell}.js"
    file.write_text(re.sub(r"sees 9 of", "sees 8 of", file.read_text()))
    path = next(path for path in PATHS if notebooks.lesson(path) == lesson)
    page = browser.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{broken.as_uri()}/{path.stem}.html")
    panel, twin = next((panel, twin) for panel, name, twin in panels(page, path) if name == SHOWN)
    skip_all(page)
    panel.locator("input").nth(1).press("ArrowLeft")  # a kernel of 3×3
    with pytest.raises(AssertionError, match="the sentence"):
        check(panel, twin)
    page.close()
