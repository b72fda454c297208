"""Panels: controls that call an ordinary function, and what the cell and the page get of what it draws."""

import asyncio
import random
import signal
import sys
import threading
from functools import partial
from types import SimpleNamespace

import ipywidgets
import numpy as np
import pytest
import torch

from helpers import server
from helpers.live import Panel, live, show, views
from helpers.live import calls as calls_module
from helpers.live.views import WIDGET_VIEW
from tests.bar import Bar, width
from tests.looks import decode


@pytest.fixture(autouse=True)
def shown(monkeypatch):
    """Return the outputs that a cell would get."""
    outputs = []
    monkeypatch.setattr(views, "display", lambda output, **_: outputs.append(output))
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


def test_a_value_between_two_stops_or_outside_goes_to_the_nearest(bar):
    @live(bar, value=(0, 60, 5), half=lambda value: (value, value + 40, 2))
    def move(value=20, half=40):
        bar.show(value)
        assert (half - value) % 2 == 0

    for asked, shown in ((83, 60), (33, 35), (-4, 0)):
        panel = move.panel.set(value=asked)
        assert (panel.values["value"], panel.sentence, panel.problem) == (shown, f"The value is {shown}.", "")
    assert "value=nan is outside its range; allowed is 0 to 60" in move.panel.set(value=float("nan")).problem


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


def test_what_the_newest_move_prints_is_shown_and_nowhere_else(bar, capsys):
    @live(bar, value=(0, 100))
    def move(value=20):
        print("moved to", value)
        bar.show(value)
        if value == 80:
            print("far already", file=sys.stderr)
        if value == 90:
            print("x" * 3 * calls_module.LONGEST)
            raise ValueError("too far")

    panel = move.panel
    assert panel.printed == "moved to 20\n"
    assert panel.set(value=30).printed == panel.get_state()["printed"] == "moved to 30\n"
    assert panel.set(value=90).printed.startswith("…xxx")
    assert len(panel.printed) == calls_module.LONGEST
    assert panel.set(value=10).printed == "moved to 10\n"
    assert panel.set(value=80).printed == "moved to 80\nfar already\n"
    assert capsys.readouterr().out == ""
    move(40)
    assert capsys.readouterr().out == "moved to 40\n"


def test_a_function_that_draws_nothing_gets_a_hint(bar):
    panel = live(bar, value=(0, 100))(lambda value=20: value).panel
    assert panel.problem == "ValueError: <lambda> has drawn nothing: it has to call show on its picture"
    bar.show(30)
    assert panel.set(value=40).problem == ""


CELL = """
picture = Bar()

@live(picture, value=(0, 100))
def move(value=20):
    draw(value)
    seen.append(picture)
"""


def test_a_panel_keeps_its_picture_when_another_cell_takes_the_name():
    """As where a cell is copied, pasted and run, or Run All is chosen in a second window."""
    names = {"live": live, "Bar": Bar, "seen": []}
    exec("def draw(value):\n    picture.show(value)\n" + CELL, names)  # a function of another cell draws, too
    first = names["move"].panel
    exec(CELL, names)
    second, taken = names["move"].panel, names["picture"]
    for panel, value in ((first, 30), (second, 60), (first, 90)):
        assert width(panel.set(value=value).png) == value
        assert names["seen"][-1] is panel.picture
        assert names["picture"] is taken is second.picture
    assert (first.sentence, second.sentence) == ("The value is 90.", "The value is 60.")
    del names["picture"]
    assert width(first.set(value=40).png) == 40
    assert "picture" not in names


def draw_numbers():
    return random.random(), np.random.rand(), torch.rand(1).item()


def seed(number):
    random.seed(number)
    np.random.seed(number)
    torch.manual_seed(number)


@pytest.mark.parametrize("mistake", [False, True])
def test_a_panel_leaves_the_global_generators_as_it_found_them(bar, mistake):
    def move(value=20):
        seed(value)
        drawn.append(draw_numbers())
        bar.show(value)
        if mistake:
            raise ValueError

    drawn = []
    seed(1)
    expected = [draw_numbers() for _ in range(3)]
    seed(1)
    panel = live(bar, value=(0, 100))(move).panel
    assert draw_numbers() == expected[0]
    panel.set(value=30)
    assert draw_numbers() == expected[1]
    send(panel, values={"value": 30})
    assert draw_numbers() == expected[2]
    assert drawn[-1] == drawn[-2] != drawn[0]


def test_an_interruption_by_the_learner_ends_a_move(bar):
    def move(value=20):
        while value > 50:
            signal.raise_signal(signal.SIGINT)
        bar.show(value)

    panel = live(bar, value=(0, 100))(move).panel
    send(panel, values={"value": 60})  # a message of the page: the kernel goes on
    assert panel.problem == "Interrupted\nin the line: signal.raise_signal(signal.SIGINT)"
    assert (width(panel.png), panel.values) == (20, {"value": 60})
    with pytest.raises(KeyboardInterrupt):  # in a cell: Run All has to stop
        panel.set(value=70)
    send(panel, values={"value": 30})
    assert (panel.problem, width(panel.png)) == ("", 30)


def test_values_are_observed_linked_and_set(panel):
    other = live(Bar(), first=(0, 100))(lambda first=20: None).panel
    seen, number = [], ipywidgets.IntText()
    panel.observe(lambda change: seen.append((change["new"], width(panel.png))), "values")
    panel.set(value=30)
    panel.values = {"value": 40}
    assert seen == [({"value": 30}, 30), ({"value": 40}, 40)]
    assert panel.controls[0]["value"] == width(panel.png) == 40
    ipywidgets.link((panel, "values"), (number, "value"), (lambda values: values["value"], lambda to: {"value": to}))
    assert number.value == 40
    number.value = 50
    assert width(panel.png) == 50
    ipywidgets.dlink((panel, "values"), (other, "values"), lambda values: {"first": values["value"]})
    send(panel, values={"value": 60})
    assert (number.value, other.controls[0]["value"]) == (60, 60)
    assert ipywidgets.HBox([panel, other]).children == (panel, other)


def notebook(*outputs, **more):
    cell = {"cell_type": "code", "id": "slider", "source": "@live(bar)", "outputs": list(outputs)}
    return {"type": "notebook", "content": {"cells": [cell | more]}}


def view_of(number, *kernel):
    return {"output_type": "display_data", "data": {WIDGET_VIEW: {"model_id": number}}, "metadata": {"kernel": kernel}}


PICTURE = {"output_type": "display_data", "data": {"image/png": "..."}}
TEXT = {"output_type": "stream", "name": "stdout", "text": "hello"}


def test_saving_keeps_the_picture_and_drops_the_view():
    view = view_of("1")
    other = {"output_type": "display_data", "data": {WIDGET_VIEW: {"model_id": "2"}, "text/plain": "a slider"}}
    model = notebook(TEXT, view, PICTURE, other, PICTURE)
    model["content"]["metadata"] = {"widgets": {"1": "what JupyterLab may save of it"}, "kernelspec": {}}
    server.keep_still_pictures(model)
    assert model["content"].pop("metadata") == {"kernelspec": {}}
    assert model == notebook(TEXT, PICTURE, other, PICTURE)
    for untouched in (notebook(), notebook(view), notebook(view, TEXT), {"type": "file", "content": "text"}):
        before = repr(untouched)
        server.keep_still_pictures(untouched)
        assert repr(untouched) == before


def serve(**processes):
    """Return what keeps live panels on a server that runs notebooks in these processes."""
    sessions = [{"path": f"{name}.ipynb", "kernel": {"id": name}} for name in processes]
    kernels = {name: SimpleNamespace(provisioner=SimpleNamespace(pid=pid)) for name, pid in processes.items()}

    async def list_sessions():
        return sessions

    return server.LivePanels(
        SimpleNamespace(
            session_manager=SimpleNamespace(list_sessions=list_sessions),
            kernel_manager=SimpleNamespace(get_kernel=kernels.get),
        )
    )


def saved_and_opened(panels, model, path, **opened):
    panels.take_out(model)
    found = notebook(*model["content"]["cells"][0]["outputs"], **opened)
    asyncio.run(panels.put_back(found, path))
    return found


@pytest.mark.parametrize("kernel", [(11, 3), (2, 11)])
def test_views_come_back_while_the_kernel_that_made_them_lives(kernel):
    panels, outputs = (
        serve(mine=11, other=12),
        (TEXT, view_of("1", *kernel), PICTURE, TEXT, view_of("2", *kernel), PICTURE),
    )
    assert saved_and_opened(panels, notebook(*outputs), "/mine.ipynb") == notebook(*outputs)
    asleep = notebook(TEXT, server.RUN_ALL, PICTURE, TEXT, PICTURE)
    for path in ("other.ipynb", "none.ipynb"):
        assert saved_and_opened(panels, notebook(*outputs), path) == asleep
    later = serve(mine=13)  # the kernel was started anew
    assert saved_and_opened(later, notebook(*outputs), "mine.ipynb") == asleep
    panels.take_out(asleep)
    assert asleep == notebook(TEXT, PICTURE, TEXT, PICTURE)


def test_a_line_says_how_to_bring_panels_to_life_and_nothing_else():
    panels = serve()
    for source in ("show(picture)", "alive = predicted"):
        model = notebook(PICTURE, source=source)
        assert saved_and_opened(panels, notebook(PICTURE), "a.ipynb", source=source) == model
    vote = notebook(server.RUN_ALL, PICTURE, source="show(picture, predict=vote)")
    assert saved_and_opened(panels, notebook(PICTURE), "a.ipynb", source="show(picture, predict=vote)") == vote
    assert saved_and_opened(panels, notebook(), "a.ipynb") == notebook()  # its outputs were cleared


def test_a_message_is_answered_where_cells_run_whatever_thread_brings_it(bar):
    """With subshells JupyterLab sends it to a second thread, beside a cell that may be training."""
    where = []

    def move(value=20):
        where.append(threading.current_thread())
        bar.show(value)

    async def cell():
        panel = live(bar, value=(0, 100))(move).panel
        message = {"values": {"value": 30}, "density": 1, "ticket": "view/1"}
        second = threading.Thread(target=panel._handle_custom_msg, args=(message, []))
        second.start()
        second.join()
        assert (panel.answered, panel.values) == ("", {"value": 20})  # this cell has not ended
        await asyncio.sleep(0)
        assert (panel.answered, panel.values) == ("view/1", {"value": 30})

    asyncio.run(cell())
    assert set(where) == {threading.main_thread()}


def test_panels_draw_one_at_a_time_whatever_thread_calls(monkeypatch):
    """matplotlib draws one picture at a time."""
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
