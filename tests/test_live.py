"""Panels: controls that call an ordinary function, and what the cell and the page get of what it draws."""

import threading
from functools import partial

import pytest

from helpers.live import Panel, live, show
from helpers.live import panel as panel_module
from helpers.live.panel import WIDGET_VIEW
from helpers.server import keep_still_pictures
from tests.bar import Bar, width
from tests.looks import decode


@pytest.fixture(autouse=True)
def shown(monkeypatch):
    """Return the outputs that a cell would get."""
    outputs = []
    monkeypatch.setattr(panel_module, "display", lambda output, raw=False: outputs.append(output))
    return outputs


@pytest.fixture
def bar():
    return Bar()


@pytest.fixture
def panel(bar):
    """Return the panel of a slider that sets the width of a bar."""
    return live(bar, value=(0, 100))(lambda value=20: bar.show(value)).panel


def send(panel, ticket="view/1", density=1, **message):
    """Send what the page sends, and look that it is answered."""
    panel._handle_custom_msg({"density": density, "ticket": ticket, **message}, [])
    assert panel.answered == ticket


def test_the_function_stays_an_ordinary_function(bar):
    @live(bar, value=(0, 100))
    def move(value=20):
        bar.show(value)
        return value

    assert isinstance(move.panel, Panel)
    assert (move(30), move.__name__, bar.sentence) == (30, "move", "The value is 30.")


def test_a_panel_starts_at_the_defaults(panel):
    assert (width(panel.png), panel.sentence, panel.problem) == (20, "The value is 20.", "")
    assert panel.controls == [{"name": "value", "first": 0, "last": 100, "step": 1, "value": 20}]
    assert (panel.size, panel.lines, panel.presets, panel.predictions) == ([200, 100], 3, [], [])


def test_every_move_shows_its_value_and_the_second_time_the_same_picture(panel):
    first, again = ([panel.set(value=value).png for value in range(0, 101, 10)] for _ in range(2))
    assert [width(png) for png in first] == list(range(0, 101, 10))
    assert first == again


def test_a_cell_gets_a_live_view_and_behind_it_a_picture_and_a_sentence(panel, shown):
    view, picture, sentence = shown
    assert view == {WIDGET_VIEW: {"version_major": 2, "version_minor": 0, "model_id": panel.model_id}}
    assert width(picture.data) == 20
    assert (picture.width, picture.height, picture.alt) == (200, 100, "The value is 20.")
    assert sentence["text/plain"] == "The value is 20."


def test_a_picture_without_controls_is_a_picture_and_a_sentence(bar, shown):
    bar.show(70)
    show(bar)
    assert width(shown[0].data) == 70
    assert shown[1]["text/plain"] == "The value is 70."


@pytest.mark.parametrize(("density", "expected"), [(0.5, 200), (1, 200), (2, 400), (3, 600), (9, 600)])
def test_a_message_moves_the_controls_and_dense_screens_get_dense_pictures(panel, density, expected):
    send(panel, values={"value": 50}, density=density)
    assert (panel.values, width(panel.png)) == ({"value": 50}, 50)
    assert decode(panel.png).shape == (expected // 2, expected, 3)


def test_pointing_at_the_picture_moves_a_slider(panel):
    assert panel.pointable
    send(panel, point=[0.6, 0.2])
    assert panel.values["value"] == width(panel.png) == 60
    send(panel, point=[0.1, 0.9], ticket="view/2")  # where the picture has nothing to move to
    assert panel.values == {"value": 60}


def test_even_a_broken_picture_gets_an_answer(panel, bar):
    bar.pointed = lambda x, y: 1 / 0
    send(panel, point=[0.5, 0.5])
    assert "ZeroDivisionError" in panel.problem


@pytest.mark.parametrize("mistake", [SystemExit, KeyError])
def test_any_callable_and_any_mistake(bar, mistake):
    def move(value=20):
        raise mistake("what")

    assert mistake.__name__ in Panel(partial(move), bar, {"value": (0, 100)}).problem


def test_a_problem_is_said_in_words_and_the_last_good_picture_stays(bar):
    def move(value=20):
        if value > 50:
            raise ValueError(f"value={value} is too large; allowed is 0 to 50")
        bar.show(value)

    panel = live(bar, value=(0, 100))(move).panel.set(value=40).set(value=60)
    assert "value=60 is too large; allowed is 0 to 50\nin the line: raise ValueError" in panel.problem
    assert (panel.values, width(panel.png), panel.sentence) == ({"value": 60}, 40, "The value is 40.")
    panel.set(value=30)
    assert (panel.problem, width(panel.png)) == ("", 30)


def test_a_mistake_in_the_first_call_is_shown_too(bar, shown):
    panel = live(bar, value=(0, 100))(lambda value=20: bar.shwo(value)).panel
    assert "AttributeError" in panel.problem
    assert "bar.shwo" in panel.problem
    assert shown[2]["text/plain"] == panel.problem
    assert decode(panel.png).shape == (100, 200, 3)


def test_a_range_may_depend_on_other_sliders(bar):
    ranges = {"most": (0, 100, 5), "value": lambda most: (0, most - 10)}
    panel = live(bar, **ranges)(lambda most=50, value=20: bar.show(value)).panel
    assert panel.controls[1]["last"] == 40
    panel.set(value=35).set(most=30)
    assert (panel.values, panel.controls[1]["last"], width(panel.png)) == ({"most": 30, "value": 20}, 20, 20)
    panel.set(most=5)  # where the range is empty
    assert "range of value" in panel.problem
    assert width(panel.png) == 20
    assert panel.set(most=40).problem == ""


def test_a_range_of_floats_has_a_step(bar):
    panel = live(bar, value=(0.0, 1.0))(lambda value=0.5: bar.show(100 * value)).panel
    assert panel.controls[0]["step"] == 0.1
    assert width(panel.set(value=0.7).png) == 70


WORDS = ["narrow", "wide"]
RANGES = {"word": WORDS, "value": lambda word: (0, 50 if word == "narrow" else 100)}


@pytest.fixture
def moves(bar):
    """Return what a panel with a choice and a slider that depends on it was moved to, and the panel."""
    found = []

    def move(word="wide", value=60):
        found.append((word, value))
        bar.show(value)

    live(bar, {"a line": ("narrow", 1), "all": ("wide", 100)}, **RANGES)(move)
    return found, move.panel


def test_a_list_of_words_makes_a_choice(moves):
    found, panel = moves
    assert panel.controls[0] == {"name": "word", "choices": WORDS, "value": "wide"}
    panel.set(word="narrow")
    assert found == [("wide", 60), ("narrow", 50)]
    assert (panel.values, width(panel.png)) == ({"word": "narrow", "value": 50}, 50)
    send(panel, values={"word": "wide"})
    assert (panel.problem, panel.values) == ("", {"word": "wide", "value": 50})


def test_what_is_no_control_or_no_choice_never_reaches_the_function(moves):
    found, panel = moves
    with pytest.raises(ValueError, match="word='tall' is no choice; allowed is narrow, wide"):
        panel.set(word="tall")
    with pytest.raises(TypeError, match="speed is not a slider of this panel; allowed are word, value"):
        panel.set(speed=3)
    assert found == [("wide", 60)]


def test_a_preset_moves_all_controls_at_once(moves):
    found, panel = moves
    assert panel.get_state()["presets"] == panel.presets  # what the page gets
    assert [preset["name"] for preset in panel.presets] == ["a line", "all"]
    for preset, percent in zip(panel.presets, (1, 100), strict=True):
        panel.set(**preset["values"])
        assert (panel.problem, panel.values, width(panel.png)) == ("", preset["values"], percent)
    assert found[-2:] == [("narrow", 1), ("wide", 100)]


@pytest.mark.parametrize(
    ("ranges", "error"),
    [
        ({"other": (0, 1)}, "other is not a parameter"),
        ({"value": (0, 10)}, "value=20 starts outside"),
        ({"value": (30, 10)}, "range of value"),
        ({"value": (0, 100, 0)}, "range of value"),
        ({"value": (0, float("nan"))}, "range of value"),
        ({"value": (0, float("inf"))}, "range of value"),
        ({"value": (0,)}, "range of value"),
        ({"value": (0, True)}, "range of value"),
        ({"value": (0, 100, 7)}, "whole steps"),
        ({"value": (0, 10**9)}, "at most"),
        ({"value": 7}, "range of value"),
        ({"value": lambda other: (0, other)}, "depends on other"),
        ({"bare": (0, 1)}, "bare has no number"),
        ({"flag": (0, 1)}, "flag has no number"),
        ({"word": ("wide", "narrow")}, "word has no number as its default"),
        ({"word": ["narrow", "tall"]}, "word=wide starts outside.*allowed is narrow, tall"),
        ({"bare": WORDS}, "bare=.*allowed is narrow, wide"),
        ({"word": []}, "range of word is .*allowed in a list are 2 to 20 different words"),
        ({"word": ["wide", "wide"]}, "range of word is .*allowed in a list"),
        ({"word": ["wide", ""]}, "range of word is .*allowed in a list"),
        ({"word": ["wide", 3]}, "range of word is .*allowed in a list"),
        ({"word": ["wide", *map(str, range(20))]}, "range of word is .*allowed in a list"),
    ],
)
def test_a_range_that_does_not_fit_is_named(bar, ranges, error):
    def move(bare, value=20, flag=True, word="wide"):
        bar.show(value)

    with pytest.raises((TypeError, ValueError), match=error):
        live(bar, **ranges)(move)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        (("wide",), "allowed is one value each for word, value"),
        (["wide", 3], "allowed is one value each for word, value"),
        (("narrow", 51), "allowed is 0 to 50"),
        (("wide", -1), "allowed is 0 to 100"),
        (("wide", 3.5), "allowed is 0 to 100"),
        (("tall", 3), "allowed is narrow, wide"),
        (("wide", True), "allowed is a number"),
        (("wide", "3"), "allowed is a number"),
    ],
)
def test_a_preset_that_does_not_fit_is_named(bar, values, error):
    presets = {"good": ("wide", 3), "mine": values}
    with pytest.raises((TypeError, ValueError), match=f"the preset 'mine'.*{error}"):
        live(bar, presets, **RANGES)(lambda word="wide", value=20: bar.show(value))


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


def test_panels_draw_one_at_a_time_whatever_thread_calls(monkeypatch):
    """JupyterLab may send a move in a second thread, and matplotlib draws one picture at a time."""
    drawing, overlaps, panels = [], [], []

    def slow(png):
        def draw(*arguments, **how):
            overlaps.extend(drawing)
            drawing.append(png)
            threading.Event().wait(0.01)  # gives other threads their turn
            drawing.pop()
            return png(*arguments, **how)

        return draw

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
    assert [(panel.values["value"], width(panel.png)) for panel in panels] == [(9, 9), (9, 9)]
