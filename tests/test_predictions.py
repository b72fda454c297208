"""The questions before the panels: what may be asked, what is counted, and that the answer called right is right."""

import pytest

from helpers import progress
from helpers.lessons.weight_sharing.pictures import MARKS, ClaimTable
from helpers.live import Panel, Predict, live
from helpers.live import panel as panel_module
from tests import notebooks
from tests.bar import Bar, width
from tests.expected import EXPECTED
from tests.expected.predictions import PREDICTIONS
from tests.test_runs import RunBar

COLOURS = ["red", "green", "blue"]


@pytest.fixture
def fresh(monkeypatch):
    """Count from nothing, and show nothing."""
    monkeypatch.setattr(progress, "_states", {})
    shown = []
    monkeypatch.setattr(progress, "display", lambda output, **how: shown.append((output["text/plain"], how)))
    monkeypatch.setattr(panel_module, "display", lambda *_, **__: None)
    return shown


def asked(question, **ranges):
    bar = Bar()

    @live(bar, predict=question, **(ranges or {"value": (0, 100)}))
    def move(value=20):
        bar.show(value)

    return move.panel


def test_a_panel_is_closed_until_an_answer_is_chosen(fresh):
    panel = asked(Predict(COLOURS, right="green", reveal={"value": 70}))
    assert panel.prediction == {"answers": COLOURS, "open": False, "chosen": None, "said": ""}
    assert panel.values == {"value": 20}
    panel.predict("green")
    assert panel.prediction["open"]
    assert panel.prediction["chosen"] == "green"
    assert panel.prediction["said"] == "✔ You said: green. So it is. The panel shows it."
    assert panel.values == {"value": 70}
    assert width(panel.picture) == 70


def test_a_wrong_answer_is_told_the_right_one(fresh):
    panel = asked(Predict(COLOURS, right="green")).predict("red")
    assert panel.prediction["said"] == "✘ You said: red. It is: green. The panel shows it."
    assert progress.line() == "Predictions: 1 of 1 answered, 0 right."


def test_who_skips_is_told_and_not_counted(fresh):
    panel = asked(Predict(COLOURS, right="green", reveal={"value": 70})).predict(None)
    assert panel.prediction["said"] == "It is: green. The panel shows it."
    assert panel.values == {"value": 70}
    assert progress.line() == "Predictions: 0 of 1 answered, 0 right."


@pytest.mark.parametrize("chosen", ["green", "red", None])
def test_an_answer_that_shows_itself_later_is_not_told(fresh, chosen):
    panel = asked(Predict(COLOURS, right="green", then="Press Run.")).predict(chosen)
    assert panel.prediction["said"] == (f"You said: {chosen}. " if chosen else "") + "Press Run."


def test_a_run_tells_what_was_asked_once_it_has_shown_it(fresh):
    bar, stops = RunBar(), [False]

    @live(bar, predict=Predict(COLOURS, right="green", look="Look at the end.", then="Press Run."), value=(0, 100))
    def grow(value=20):
        for done in (0.5, 1):
            bar.show(value * done)
            if stops[0]:
                raise RuntimeError("enough")
            yield done

    panel = grow.panel
    panel.run()
    assert panel.prediction["said"] == ""  # it has not been asked yet, so it does not tell
    panel.predict("red")
    assert panel.prediction["said"] == "You said: red. Press Run."
    panel.run(value=30)
    assert panel.prediction["said"] == "You said: red. Press Run."  # that run was about something else
    stops[0] = True
    panel.run(value=20)
    assert panel.prediction["said"] == "You said: red. Press Run."
    stops[0] = False
    panel.run()
    assert panel.prediction["said"] == "✘ You said: red. It is: green. Look at the end."


def test_a_picture_that_waits_for_a_vote_is_untold_until_then(fresh):
    claims = ClaimTable([("one", 1, 2, False), ("two", 2, 2, True)])

    @live(claims, a=MARKS, b=MARKS)
    def judge(a="?", b="?"):
        claims.show([a, b])

    assert judge.panel.untold
    assert not judge.panel.set(b="wrong").untold
    assert judge.panel.set(b="?").untold
    assert not asked(None).untold


def test_the_page_predicts_with_a_message(fresh):
    panel = asked(Predict(COLOURS, right="green", reveal={"value": 70}))
    panel._answer(panel, {"predict": "red", "density": 2.0, "ticket": "a/1"}, [])
    assert (panel.answered, panel.values, panel.prediction["chosen"]) == ("a/1", {"value": 70}, "red")
    panel._answer(panel, {"predict": "mauve", "density": 1.0, "ticket": "a/2"}, [])
    assert panel.problem.startswith("ValueError: 'mauve' is no answer; allowed is one of red, green, blue")
    assert panel.answered == "a/2"


def test_the_line_is_renewed_when_an_answer_comes(fresh):
    first, second = (asked(Predict(COLOURS, right="green")) for _ in range(2))
    first._function.__name__, second._function.__name__ = "first", "second"
    progress.expect("predictions", ["first", "second"])
    del fresh[:]
    first.predict("green")
    second.predict(None)
    second.predict("blue")
    expected = ["Predictions: 1 of 3 answered, 1 right.", "Predictions: 2 of 3 answered, 1 right."]
    assert [line for line, _ in fresh] == expected
    assert all(how == {"raw": True, "display_id": progress.LINE_ID, "update": True} for _, how in fresh)


@pytest.mark.parametrize("answers", [[], ["one"], ["same", "same"], ["", "b"], [1, 2], "ab", list("abcdefg"), None])
def test_answers_that_do_not_fit_are_refused(answers):
    with pytest.raises(TypeError, match="allowed is a list of 2 to 6 different words"):
        Predict(answers, right="a")


def test_what_is_right_is_among_the_answers():
    with pytest.raises(ValueError, match="right='mauve' is no answer; allowed is one of red, green, blue"):
        Predict(COLOURS, right="mauve")


def test_what_is_revealed_is_within_the_ranges(fresh):
    with pytest.raises(ValueError, match=r"value=101 to reveal is outside its range; allowed is 0 to 100"):
        asked(Predict(COLOURS, right="green", reveal={"value": 101}))
    with pytest.raises(TypeError, match="speed is not a slider of this panel; allowed are value"):
        asked(Predict(COLOURS, right="green", reveal={"speed": 1}))


def test_a_panel_without_a_question_is_open(fresh):
    panel = asked(None)
    assert panel.prediction == {}
    with pytest.raises(TypeError, match="the panel of move asks for no prediction"):
        panel.predict("red")


@pytest.mark.parametrize("path", notebooks.PATHS, ids=lambda path: path.stem)
def test_every_panel_asks_first_and_calls_right_what_is(path):
    """Panels with a vote, or with claims to mark, hide their results themselves."""
    for name, function in notebooks.run_here(path).items():
        panel: Panel = function.panel
        if {"vote", "a"} & set(panel.values):
            assert panel.prediction == {}, name
            continue
        right, reveal = PREDICTIONS[path.stem, name]()
        start = dict(panel.values)
        assert panel._predict.right == right, name
        assert panel._predict.reveal == reveal, name
        panel.predict(right)
        assert panel.values == start | reveal
        sentence, _ = EXPECTED[path.stem, name](**panel.values)
        assert panel.sentence == sentence
        panel.set(**start)
