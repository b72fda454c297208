import threading
from functools import partial

import numpy as np
import pytest

from helpers.live import Panel, live, show
from helpers.live import panel as panel_module
from helpers.live.panel import WIDGET_VIEW
from helpers.server import keep_still_pictures
from tests.bar import Bar, width
from tests.pixels import decoded


@pytest.fixture
def shown(monkeypatch):
    """Return the outputs that a cell would get."""
    outputs = []
    monkeypatch.setattr(panel_module, "display", lambda output, raw=False: outputs.append(output))
    return outputs


@pytest.fixture
def bar():
    return Bar()


def test_the_function_stays_an_ordinary_function(bar, shown):
    @live(bar, value=(0, 100))
    def move(value=20):
        bar.show(value)
        return value

    assert move(30) == 30
    assert bar.sentence == "The value is 30."
    assert move.__name__ == "move"
    assert isinstance(move.panel, Panel)


def test_the_first_picture_is_that_of_the_defaults(bar, shown):
    move = live(bar, value=(0, 100))(lambda value=20: bar.show(value))
    assert width(move.panel.picture) == 20
    assert move.panel.sentence == "The value is 20."
    assert move.panel.controls == [{"name": "value", "first": 0, "last": 100, "step": 1, "value": 20}]
    assert (move.panel.size, move.panel.lines) == ([200, 100], 3)


def test_every_move_shows_its_value_and_two_runs_the_same_picture(bar, shown):
    move = live(bar, value=(0, 100, 10))(lambda value=20: bar.show(value))
    first = [move.panel.set(value=value).picture for value in range(0, 101, 10)]
    again = [move.panel.set(value=value).picture for value in range(0, 101, 10)]
    assert [width(png) for png in first] == list(range(0, 101, 10))
    assert first == again


def test_a_cell_gets_a_live_view_and_behind_it_a_picture_and_a_sentence(bar, shown):
    move = live(bar, value=(0, 100))(lambda value=20: bar.show(value))
    view, picture, sentence = shown
    assert view == {WIDGET_VIEW: {"version_major": 2, "version_minor": 0, "model_id": move.panel.model_id}}
    assert width(picture.data) == 20
    assert (picture.width, picture.height, picture.alt) == (200, 100, "The value is 20.")
    assert sentence["text/plain"] == "The value is 20."


def test_a_picture_without_sliders(bar, shown):
    bar.show(70)
    show(bar)
    assert width(shown[0].data) == 70
    assert shown[1]["text/plain"] == "The value is 70."


def test_a_message_from_the_page_reaches_the_function(bar, shown):
    panel = live(bar, value=(0, 100))(lambda value=20: bar.show(value)).panel
    assert panel.pointable
    panel._handle_custom_msg({"values": {"value": 50}, "density": 1, "ticket": "view/1"}, [])
    assert (panel.answered, width(panel.picture)) == ("view/1", 50)


def test_even_a_broken_picture_gets_an_answer(bar, shown):
    panel = live(bar, value=(0, 100))(lambda value=20: bar.show(value)).panel
    bar.pointed = lambda x, y: 1 / 0
    panel._handle_custom_msg({"point": [0.5, 0.5], "density": 1, "ticket": "view/1"}, [])
    assert panel.answered == "view/1"
    assert "ZeroDivisionError" in panel.problem


@pytest.mark.parametrize("mistake", [SystemExit, KeyError])
def test_any_callable_and_any_mistake(bar, shown, mistake):
    def move(value=20):
        raise mistake("what")

    panel = Panel(partial(move), bar, {"value": (0, 100)})
    assert mistake.__name__ in panel.problem


def test_the_answer_to_a_move_names_its_ticket(bar, shown):
    panel = live(bar, value=(0, 100))(lambda value=20: bar.show(value)).panel
    panel._answer(None, {"values": {"value": 50}, "density": 1, "ticket": "view/1"}, [])
    assert (panel.answered, panel.values, width(panel.picture)) == ("view/1", {"value": 50}, 50)


@pytest.mark.parametrize(("density", "expected"), [(0.5, 200), (1, 200), (2, 400), (3, 600), (9, 600)])
def test_dense_screens_get_dense_pictures(bar, shown, density, expected):
    panel = live(bar, value=(0, 100))(lambda value=20: bar.show(value)).panel
    panel._answer(None, {"values": {"value": 50}, "density": density, "ticket": "view/1"}, [])
    assert decoded(panel.picture).shape[1] == expected
    assert width(panel.picture) == 50


def test_pointing_at_the_picture_moves_a_slider(bar, shown):
    panel = live(bar, value=(0, 100))(lambda value=20: bar.show(value)).panel
    panel._answer(None, {"point": [0.6, 0.2], "density": 1, "ticket": "view/1"}, [])
    assert panel.controls[0]["value"] == width(panel.picture) == 60
    panel._answer(None, {"point": [0.1, 0.9], "density": 1, "ticket": "view/2"}, [])
    assert (panel.answered, panel.values) == ("view/2", {"value": 60})


def test_a_problem_is_said_in_words_and_the_last_good_picture_stays(bar, shown):
    def move(value=20):
        if value > 50:
            raise ValueError(f"value={value} is too large; allowed is 0 to 50")
        bar.show(value)

    panel = live(bar, value=(0, 100))(move).panel
    panel.set(value=40)
    panel.set(value=60)
    assert "value=60 is too large; allowed is 0 to 50" in panel.problem
    assert "raise ValueError" in panel.problem  # the learner's own line
    assert panel.values == {"value": 60}
    assert width(panel.picture) == 40
    assert panel.sentence == "The value is 40."
    panel.set(value=30)
    assert panel.problem == ""
    assert width(panel.picture) == 30


def test_a_mistake_in_the_first_run_is_shown_too(bar, shown):
    panel = live(bar, value=(0, 100))(lambda value=20: bar.shwo(value)).panel
    assert "AttributeError" in panel.problem
    assert "shwo" in panel.problem
    assert shown[2]["text/plain"] == panel.problem
    assert decoded(panel.picture).shape == (100, 200, 3)


def test_a_range_may_depend_on_other_sliders(bar, shown):
    panel = live(bar, most=(10, 100, 10), value=lambda most: (0, most))(lambda most=50, value=20: bar.show(value)).panel
    assert panel.controls[1]["last"] == 50
    panel.set(value=45)
    panel.set(most=30)
    assert panel.values == {"most": 30, "value": 30}
    assert panel.controls[1]["last"] == 30
    assert width(panel.picture) == 30


def test_a_dependent_range_that_is_empty_is_a_problem_not_a_crash(bar, shown):
    panel = live(bar, most=(0, 100), value=lambda most: (0, most - 10))(lambda most=50, value=20: bar.show(value)).panel
    panel.set(most=5)
    assert "range of value" in panel.problem
    assert width(panel.picture) == 20
    assert panel.set(most=40).problem == ""


def test_floats_have_a_step(bar, shown):
    panel = live(bar, value=(0.0, 1.0))(lambda value=0.5: bar.show(100 * value)).panel
    assert panel.controls[0]["step"] == 0.1
    assert width(panel.set(value=0.7).picture) == 70


@pytest.mark.parametrize(
    ("ranges", "error"),
    [
        ({"other": (0, 1)}, "other is not a parameter"),
        ({"value": (0, 10)}, "value=20 starts outside"),
        ({"value": (30, 10)}, "range of value"),
        ({"value": (0, 100, 0)}, "range of value"),
        ({"value": (0, float("nan"))}, "range of value"),
        ({"value": (0, float("inf"))}, "range of value"),
        ({"value": [0, 100]}, "range of value"),
        ({"value": (0,)}, "range of value"),
        ({"value": (0, True)}, "range of value"),
        ({"value": (0, 100, 7)}, "whole steps"),
        ({"value": (0, 10**9)}, "at most"),
        ({"value": 7}, "range of value"),
        ({"value": lambda other: (0, other)}, "depends on other"),
        ({"bare": (0, 1)}, "bare has no number"),
        ({"flag": (0, 1)}, "flag has no number"),
    ],
)
def test_bad_ranges_are_named(bar, shown, ranges, error):
    def move(bare, value=20, flag=True):
        bar.show(value)

    with pytest.raises((TypeError, ValueError), match=error):
        live(bar, **ranges)(move)


def test_unknown_sliders_are_named(bar, shown):
    panel = live(bar, value=(0, 100))(lambda value=20: bar.show(value)).panel
    with pytest.raises(TypeError, match="speed is not a slider"):
        panel.set(speed=3)


def test_moving_is_the_same_as_drawing_anew(bar):
    """The kept background and a full drawing give the same pixels."""
    bar.show(30)
    full = bar.png()
    bar.show(90)
    bar.png()
    bar.show(30)
    assert np.array_equal(decoded(bar.png()), decoded(full))


WORDS = ["narrow", "wide"]


@pytest.fixture
def moves(bar, shown):
    """Return what a panel with a choice and a slider that depends on it was moved to, and the panel."""
    found = []

    def move(word="wide", value=60):
        found.append((word, value))
        bar.show(value)

    presets = {"a line": ("narrow", 1), "all": ("wide", 100)}
    live(bar, presets, word=WORDS, value=lambda word: (0, 50 if word == "narrow" else 100))(move)
    return found, move.panel


def test_a_list_of_words_makes_a_choice(moves):
    found, panel = moves
    assert panel.controls[0] == {"name": "word", "choices": WORDS, "value": "wide"}
    assert set(found) == {("wide", 60)}
    panel.set(word="narrow")
    assert found[-1] == ("narrow", 50)
    assert panel.values == {"word": "narrow", "value": 50}
    assert panel.controls[1]["last"] == width(panel.picture) == 50
    panel._handle_custom_msg({"values": {"word": "wide"}, "density": 1, "ticket": "view/1"}, [])
    assert (panel.answered, panel.problem, panel.values) == ("view/1", "", {"word": "wide", "value": 50})


def test_a_word_that_is_no_choice_never_reaches_the_function(moves):
    found, panel = moves
    try:
        said = panel.set(word="tall").problem
    except ValueError as error:
        said = str(error)
    assert "word=" in said
    assert "allowed is narrow, wide" in said
    assert set(found) == {("wide", 60)}
    assert panel.set(word="narrow").problem == ""


def test_a_preset_moves_all_controls_at_once(moves):
    found, panel = moves
    assert [preset["name"] for preset in panel.presets] == ["a line", "all"]
    for preset, percent in zip(panel.presets, (1, 100), strict=True):
        panel.set(**preset["values"])
        assert (panel.problem, panel.values, width(panel.picture)) == ("", preset["values"], percent)
    assert found[-2:] == [("narrow", 1), ("wide", 100)]


def test_presets_are_sent_to_the_page(moves, bar):
    assert {"presets", "controls"} <= set(moves[1].keys)  # what a widget keeps the same on both sides
    assert moves[1].get_state()["presets"] == [
        {"name": "a line", "values": {"word": "narrow", "value": 1}},
        {"name": "all", "values": {"word": "wide", "value": 100}},
    ]
    assert live(bar, value=(0, 100))(lambda value=20: bar.show(value)).panel.presets == []


@pytest.mark.parametrize(
    ("values", "error"),
    [
        (("wide",), "the preset 'mine'.*allowed is one value each for word, value"),
        (("wide", 3, 4), "the preset 'mine'.*allowed is one value each for word, value"),
        (["wide", 3], "the preset 'mine'.*allowed is one value each for word, value"),
        (("wide", 101), "value=101 of the preset 'mine'.*allowed is 0 to 100"),
        (("narrow", 51), "value=51 of the preset 'mine'.*allowed is 0 to 50"),
        (("wide", -1), "value=-1 of the preset 'mine'.*allowed is 0 to 100"),
        (("wide", 3.5), "value=3.5 of the preset 'mine'.*allowed is 0 to 100"),
        (("tall", 3), "word=tall of the preset 'mine'.*allowed is narrow, wide"),
        ((3, "wide"), "word=3 of the preset 'mine'.*allowed is narrow, wide"),
        (("wide", True), "value=True of the preset 'mine'.*allowed is a number"),
        (("wide", "3"), "value='3' of the preset 'mine'.*allowed is a number"),
    ],
)
def test_bad_presets_are_named(bar, shown, values, error):
    ranges = {"word": WORDS, "value": lambda word: (0, 50 if word == "narrow" else 100)}
    with pytest.raises((TypeError, ValueError), match=error):
        live(bar, {"good": ("wide", 3), "mine": values}, **ranges)(lambda word="wide", value=20: bar.show(value))


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ([], "range of word is .*allowed in a list are 2 to 20 different words"),
        (["wide"], "range of word is .*allowed in a list"),
        (["wide", "wide"], "range of word is .*allowed in a list"),
        (["wide", ""], "range of word is .*allowed in a list"),
        (["wide", 3], "range of word is .*allowed in a list"),
        (["wide", *map(str, range(20))], "range of word is .*allowed in a list"),
        (["narrow", "tall"], "word=wide starts outside.*allowed is narrow, tall"),
        (("wide", "narrow"), "word has no number as its default"),
    ],
)
def test_bad_choices_are_named(bar, shown, words, error):
    with pytest.raises((TypeError, ValueError), match=error):
        live(bar, word=words)(lambda word="wide": bar.show(1))


def test_a_choice_needs_a_word_to_start(bar, shown):
    with pytest.raises((TypeError, ValueError), match=r"word.*allowed is narrow, wide"):
        live(bar, word=WORDS)(lambda word: bar.show(1))


def test_the_stored_picture_may_show_other_values_than_the_panel(bar, shown):
    live(bar, still={"value": 80}, value=(0, 100), most=(0, 9))(lambda value=20, most=3: bar.show(value + most))
    panel = live(bar, still={"value": 80}, value=(0, 100))(lambda value=20: bar.show(value)).panel
    assert width(shown[1].data) == 83
    assert (width(shown[4].data), shown[4].alt, shown[5]["text/plain"]) == (80, *2 * ["The value is 80."])
    assert (width(panel.picture), panel.sentence, panel.values) == (20, "The value is 20.", {"value": 20})
    with pytest.raises(TypeError, match="speed is not a slider"):
        live(bar, still={"speed": 3}, value=(0, 100))(lambda value=20: bar.show(value))


def notebook(*outputs):
    return {"type": "notebook", "content": {"cells": [{"cell_type": "code", "outputs": list(outputs)}]}}


def test_saving_keeps_the_picture_and_drops_the_view():
    view = {"output_type": "display_data", "data": {WIDGET_VIEW: {"model_id": "1"}}}
    picture = {"output_type": "display_data", "data": {"image/png": "..."}}
    text = {"output_type": "stream", "name": "stdout", "text": "hello"}
    other = {"output_type": "display_data", "data": {WIDGET_VIEW: {"model_id": "2"}, "text/plain": "a slider"}}
    model = notebook(text, view, picture, other, picture)
    keep_still_pictures(model, path="a.ipynb", contents_manager=None)
    assert model == notebook(text, picture, other, picture)
    for untouched in (notebook(), notebook(view), notebook(view, text), {"type": "file", "content": "text"}):
        before = repr(untouched)
        keep_still_pictures(untouched)
        assert repr(untouched) == before


def test_panels_draw_one_at_a_time_whatever_thread_calls(monkeypatch, shown):
    """JupyterLab may send a move in a second thread, and matplotlib draws one picture at a time."""
    drawing, overlaps = [], []

    def slow(png):
        def draw(*arguments, **how):
            overlaps.extend(drawing)
            drawing.append(png)
            threading.Event().wait(0.01)  # gives other threads their turn
            drawing.pop()
            return png(*arguments, **how)

        return draw

    panels = []
    for _ in range(2):
        bar = Bar()

        @live(bar, value=(0, 100))
        def move(value=20, bar=bar):
            bar.show(value)

        monkeypatch.setattr(bar, "png", slow(bar.png))
        panels.append(move.panel)
    threads = [
        threading.Thread(target=lambda panel=panel: [panel.set(value=value) for value in range(10)])
        for panel in panels
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert overlaps == []
    assert [panel.values["value"] for panel in panels] == [9, 9]
    assert [width(panel.picture) for panel in panels] == [9, 9]
