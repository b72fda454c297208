"""The table of a panel for a page without a kernel: which settings it keeps, and that it says what the panel says."""

import io
import itertools

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_output
from PIL import Image

from helpers.live import Predict, live
from helpers.pages.notebooks import check_still, describe
from helpers.pages.pictures import FOLDER, Pictures
from helpers.pages.pointing import record_pointing
from helpers.pages.tables import DENSITY, FRAMES, record
from helpers.pages.thinning import choose_settings, count_settings, spread
from tests.bar import Bar

RANGES = {
    "side": (4, 40),
    "kernel": (1, 7, 2),
    "kind": ["one", "two"],
    "place": lambda side, kernel: (0, side - kernel),
}
START = {"side": 8, "kernel": 3, "kind": "one", "place": 2}
OTHERS = [{"side": 30, "kernel": 5, "kind": "two", "place": 25}, {"side": 9, "kernel": 1, "kind": "one", "place": 0}]


def places(side, kernel):
    return side - kernel + 1


def test_settings_are_counted_one_by_one_also_where_ends_depend_on_others():
    ranges = RANGES | {"side": (7, 9)}
    assert count_settings(ranges, START) == sum(2 * places(*at) for at in itertools.product((7, 8, 9), (1, 3, 5, 7)))
    assert count_settings({"a": (0, 9), "b": (0.0, 1.0, 0.05)}, {"a": 0, "b": 0.5}) == 10 * 21


@pytest.mark.parametrize("budget", [60, 150, 300, 10**6])
def test_a_thinned_table_keeps_what_is_wanted_the_ends_and_no_more_than_the_budget(budget):
    ranges = RANGES | {"side": (8, 31)}
    kept = choose_settings(ranges, [START, *OTHERS], budget=budget)
    whole = count_settings(ranges, START)
    assert len(kept.settings) == whole if budget >= whole else len(kept.settings) <= budget
    assert all(wanted in kept.settings for wanted in [START, *OTHERS])
    assert len({tuple(one.values()) for one in kept.settings}) == len(kept.settings)
    free = [name for name in ranges if name not in kept.fixed]
    for name, ends in {"side": {8, 31}, "kernel": {1, 7}, "kind": {"one", "two"}}.items():
        assert name not in free or ends <= {one[name] for one in kept.settings}
    assert all(0 <= one["place"] <= one["side"] - one["kernel"] for one in kept.settings)
    assert budget < 150 or not kept.fixed


def test_where_the_wanted_alone_are_too_many_the_last_controls_stand_as_they_want_them():
    ranges = dict.fromkeys("abcdef", (0, 99))
    anchors = [dict.fromkeys("abcdef", value) for value in (7, 20, 60)]
    kept = choose_settings(ranges, anchors, budget=200)
    assert len(kept.settings) <= 200
    assert kept.fixed == ("c", "d", "e", "f")
    assert all(anchor in kept.settings for anchor in anchors)
    assert {tuple(one[name] for name in kept.fixed) for one in kept.settings} == {(7,) * 4, (20,) * 4, (60,) * 4}


def test_stops_in_between_are_spread_evenly():
    stops = spread(range(101), {50}, 9)
    assert {0, 50, 100} <= set(stops)
    assert max(np.diff(stops)) <= 13
    assert spread([3, 4], set(), 9) == [3, 4]


@pytest.fixture
def pictures(tmp_path):
    return Pictures(tmp_path)


def make(predict=None, **more):
    bar = Bar()

    @live(bar, {"all": (100,)}, predict, value=(0, 100))
    def move(value=20):
        if value == 13:
            raise ValueError("13 is no value")
        print("moved to", value) if value == 12 else None
        bar.show(value)

    return move.panel


@pytest.fixture(autouse=True)
def silent(monkeypatch):
    monkeypatch.setattr("helpers.live.panel.display_view", lambda *_: None)
    monkeypatch.setattr("helpers.live.panel.display_still", lambda *_: None)


def pixels(file):
    return np.asarray(Image.open(file).convert("RGB"))


def test_each_row_says_and_shows_what_the_panel_does(pictures, tmp_path):
    table = record(make(), make, [], pictures)
    ((stops, rows),) = [table["tree"]]
    assert (stops, rows) == (list(range(101)), list(range(101)))
    twin = make()
    for value in (0, 12, 20, 100):
        sentence, picture, *more = table["rows"][value]
        twin.set(value=value)
        assert table["texts"][sentence] == twin.sentence
        right = Image.open(io.BytesIO(twin.picture.png(DENSITY))).convert("RGB").quantize(256, dither=0).convert("RGB")
        assert (pixels(tmp_path / FOLDER / table["pictures"][picture]) == np.asarray(right)).all()
        assert [table["texts"][number] for number in more] == (["", "moved to 12\n"] if value == 12 else [])
    assert "13 is no value" in table["texts"][table["rows"][13][2]]
    assert len(set(table["texts"])) == len(table["texts"])
    assert len(list((tmp_path / FOLDER).iterdir())) == len(table["pictures"])
    assert table["note"] == ""


def test_a_question_is_told_for_each_answer_and_none(pictures):
    question = Predict(["low", "high"], right="high", reveal={"value": 90}, reasons={"low": "It looks so."})
    (told,) = record(make(question), lambda: make(question), [], pictures)["questions"]
    assert told["closed"] == question.state()
    assert set(told["said"]) == {"low", "high", ""}
    for answer, said in told["said"].items():
        assert told["closed"] | said == question.state(answer or None, open=True)
    assert told["reveal"] == {"value": 90}


def make_run(memory=False):
    class Growing(Bar):
        before = 0

        def clear(self):
            self.before = self.value = 0
            self.sentence = ""

    growing = Growing()

    @live(growing, {"far": (80,)}, Predict(["low", "high"], "low", then="Press Run."), value=(10, 80))
    def grow(value=40):
        before, growing.before = growing.before, value
        for step in range(value + 1):
            growing.show(step)
            if memory and before:
                growing.sentence += f" Before: {before}."
            yield step / value

    return grow.panel


@pytest.mark.parametrize("memory", [False, True])
def test_a_run_is_recorded_for_each_preset_and_after_others_where_that_shows(pictures, memory):
    table = record(make_run(memory), lambda: make_run(memory), [{"value": 11}], pictures)
    assert [preset["name"] for preset in table["state"]["presets"]] == ["far", "start", "value = 11"]
    assert table["fixed"] == ["value"]
    for (value, run), others in zip(zip(table["tree"][0], table["runs"], strict=True), [(40, 80, 11)] * 3, strict=True):
        done = [frame[0] for frame in run["frames"]]
        assert done == sorted(done)
        assert done[-1] == 1
        assert len(done) <= FRAMES + 2
        assert table["texts"][run["frames"][-1][1]] == make_run().run(value=value).sentence
        ends = [table["texts"][frames[-1][1]] for frames in run.get("after", [])]
        assert ends == (
            [f"{make_run().run(value=value).sentence} Before: {other}." for other in others] if memory else []
        )
    assert table["note"] == "This page plays 3 recorded runs. JupyterLab runs all 71 settings."


def test_places_to_point_at_lead_to_kept_settings_only():
    panel = make()
    settings = [{"value": value} for value in (0, 22, 62, 100)]  # in the middle of places of 8 pixels
    found = record_pointing(panel, make, settings)
    for x, y, wanted in [(0.21, 0.2, 22), (0.63, 0.4, 62), (0.41, 0.2, None), (0.21, 0.6, None)]:
        grid = found["grids"][found["of"][0]]
        answers = np.repeat(grid[1::2], grid[::2]).reshape(found["down"], found["across"])
        number = answers[int(y * found["down"]), int(x * found["across"])]
        target = found["targets"][number - 1]["value"] if number else None
        assert target == wanted


def test_a_picture_that_clicks_change_cannot_be_pointed_at_on_a_page():
    def make_moving():
        panel = make()
        bar = panel.picture.bar
        panel.picture.pointed = lambda x, y: bar.set_y(bar.get_y() + 0.1) or {"value": 50}
        return panel

    assert record_pointing(make_moving(), make_moving, [{"value": 50}]) is None


def test_a_table_that_does_not_match_its_notebook_is_refused_by_name(pictures):
    panel = describe("lesson/cell", "tables/lesson-cell.js", record(make(), make, [], pictures))

    def stored(text, tags=()):
        output = new_output("display_data", {"text/markdown": text})
        return new_code_cell("", outputs=[output], metadata={"tags": list(tags)})

    check_still(stored("The value is 20."), panel)
    check_still(stored("The value is 21.3.", ["trained"]), panel | {"still": {"sentence": "The value is 20.8."}})
    for cell in (stored("The value is 21."), stored("The colour is 20.", ["trained"]), new_code_cell("")):
        with pytest.raises(ValueError, match="lesson/cell"):
            check_still(cell, panel)
