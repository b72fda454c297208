"""The class guide: its panels say what it says they do, its minutes add up, and its page to print is one page."""

import re

import pytest

from helpers.live.controls import find_starts
from tests import lab, notebooks

DOCS = notebooks.ROOT / "docs"
GUIDE = (DOCS / "classroom.md").read_text()
PREDICTIONS = (DOCS / "predictions.html").read_text()
STATIONS = {
    name: text for name, _, text in (part.partition("\n") for part in GUIDE.split("\n### ")[1:])
}  # the last one ends with the file, which does no harm
MOVE = re.compile(r"`(\w+)\(([^`]*)\)`:\s+“(.*?)”", re.DOTALL)


def notebook_of(station):
    return next(path for path in notebooks.PATHS if path.stem.startswith(f"0{station[len('Notebook ') + 1]}_"))


def headings(path):
    return {line[3:] for cell in notebooks.cells(path) for line in cell.source.splitlines() if line.startswith("## ")}


def test_each_station_is_a_section_of_its_notebook():
    assert len(STATIONS) > 10
    for name, text in STATIONS.items():
        assert re.match(r"\nNotebook \d[.,]", text), name
        assert name in headings(notebook_of(text)), name
        assert "**Ask**" in text, name


def moves():
    for name, text in STATIONS.items():
        for function, arguments, said in MOVE.findall(text):
            yield pytest.param(
                notebook_of(text).stem, function, arguments, " ".join(said.split()), id=f"{name}: {said}"
            )


@pytest.mark.parametrize(("stem", "function", "arguments", "said"), [*moves()])
def test_the_panel_says_what_the_guide_says(stem, function, arguments, said):
    panel = notebooks.run_here(notebooks.path_of(stem)).panels[function]
    start, asked = find_starts(panel._function, panel._ranges), eval(f"dict({arguments})")
    panel.set(**start | asked)
    assert panel.values == start | asked, "the sliders cannot stand like this"
    assert panel.problem == ""
    assert said in panel.sentence


def test_no_move_is_written_in_another_way():
    inline = re.findall(r"`\w+\(.*?\)`", GUIDE.partition("## The stations")[2].partition("\n### ")[2], re.DOTALL)
    assert len(inline) == len(list(moves())) > 20


@pytest.mark.parametrize("length", [45, 90])
def test_the_minutes_follow_each_other_and_end_in_time(length):
    plan = re.search(rf"^## {length} minutes.*?(?=^## )", GUIDE, re.MULTILINE | re.DOTALL).group()
    rows = re.findall(r"^\| (\d+)–(\d+) \| (.*?) \|", plan, re.MULTILINE)
    assert [int(first) for first, _, _ in rows] == [0, *(int(last) for _, last, _ in rows[:-1])]
    assert int(rows[-1][1]) == length
    for _, _, station in rows:
        linked = re.fullmatch(r"\[(.*)\]\(#(.*)\)", station)
        assert linked is None or linked[1] in STATIONS
        assert linked is None or linked[2] == re.sub(r"[^\w -]", "", linked[1].lower()).replace(" ", "-")


def test_the_buttons_of_the_guide_exist():
    pressed = [(text, name) for text in STATIONS.values() for name in re.findall(r"Press \*(\w[^*]*)\*", text)]
    assert pressed
    for text, name in pressed:
        panels = notebooks.run_here(notebook_of(text)).panels.values()
        assert name in [preset["name"] for panel in panels for preset in panel.presets]


def test_the_page_to_print_asks_for_every_station():
    asked = re.findall(r"<b>(.*?)\.?</b>", PREDICTIONS)
    assert asked == [*STATIONS]


@pytest.mark.usefixtures("chromium")
def test_the_page_to_print_is_one_page():
    with lab.browser_page() as page:
        page.goto((DOCS / "predictions.html").as_uri())
        printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
