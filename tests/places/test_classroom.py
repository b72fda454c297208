"""The class guide and its plans: what they say is what the panels say, and a page to print is one page."""

import re
from functools import cache

import pytest

from helpers.teaching.guide import run_stations, write_all
from helpers.teaching.plans import PLANS, find_needed, list_lessons, list_moves, list_plans, read_moves, read_plan
from helpers.teaching.slides import SCOPE, compose
from tests import lab, notebooks


@cache
def panels_of(name):
    return run_stations(read_plan(name))


def test_the_pages_of_the_plans_are_as_the_program_writes_them():
    pages = write_all()
    assert {path.name for path in PLANS.iterdir() if path.suffix in (".md", ".html")} == pages.keys()
    for name, text in pages.items():
        assert (PLANS / name).read_text() == text, f"make guide would change {name}"


def test_what_a_plan_runs_shows_what_its_notebook_shows():
    for station, panel in panels_of(list_plans()[-1]).items():
        lesson, _, cell = station.partition("/")
        twin = notebooks.run_here(list_lessons()[lesson]).shown[cell]
        start = {control["name"]: control["value"] for control in panel.controls}
        assert panel.sentence == (twin.set(**start).sentence if start else twin.sentence)


@pytest.mark.parametrize("name", [*list_plans(), *list_lessons()])
def test_slides_are_the_cells_of_the_notebooks_and_no_others(name):
    sources = {cell.source for path in notebooks.PATHS for cell in notebooks.cells(path)}
    plan, texts = read_plan(name), "\n".join(sources)
    for cell in compose(plan).cells[1:]:
        if cell.cell_type == "code":
            first, _, source = cell.source.partition("\n")
            assert first.startswith(f"{SCOPE} ")
            assert source in sources
        else:
            assert cell.source in texts
            assert "<details>" not in cell.source


def test_moves_are_for_panels_of_the_plans_and_go_away_from_where_they_open():
    stations = {station.name: station for name in list_plans() for station in read_plan(name).stations}
    assert read_moves().keys() <= stations.keys()
    panels = panels_of(list_plans()[-1])
    for name in read_moves():
        panel, seen = panels[name], {panels[name].reset().set(**panels[name].revealed).sentence}
        moves = [panel.set(**panel.revealed | move["values"]).sentence for move in list_moves(stations[name])]
        assert panel.runs or len(seen | set(moves)) > 1, name
        assert not any(panel.reset().set(**move["values"]).problem for move in list_moves(stations[name])), name


def test_a_cell_gets_what_it_uses_and_no_more():
    needed = [cell.id for cell in find_needed("convolution", "find-slider")]
    assert needed == ["imports", "sum-kernels", "find-kernels", "find-slider"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"minutes = 6 }": "minutes = 9 }"}, "take 48 minutes"),
        ({"sum-slider": "sum-sliders"}, "convolution/sum-sliders is no cell; allowed are title, imports"),
        ({"convolution/": "convolutions/"}, "lesson 'convolutions' is unknown; allowed are convolution, local"),
    ],
)
def test_a_plan_that_is_wrong_is_refused_in_words(monkeypatch, tmp_path, change, words):
    text = (PLANS / "45.toml").read_text()
    for old, new in change.items():
        text = text.replace(old, new, 1)
    (tmp_path / "45.toml").write_text(text)
    monkeypatch.setattr("helpers.teaching.plans.PLANS", tmp_path)
    with pytest.raises(ValueError, match=re.escape(words)):
        read_plan("45")


@pytest.mark.usefixtures("chromium")
@pytest.mark.parametrize("name", list_plans())
def test_a_page_to_print_is_one_page(name):
    with lab.browser_page() as page:
        page.goto((PLANS / f"{name}.html").as_uri())
        printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
