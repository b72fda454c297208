"""The questions before the panels: what may be asked, what opens a panel, and what is counted."""

import pytest

from helpers import progress
from helpers.live import Predict, live, views
from tests.bar import Bar, RunBar, width

COLORS = ["red", "green", "blue"]
GREEN = Predict(COLORS, right="green", reveal={"value": 70})
VOTE = Predict(COLORS, question="Which one?")


@pytest.fixture(autouse=True)
def told(monkeypatch):
    """Count from nothing, and return how the line of progress was shown."""
    shown = []
    monkeypatch.setattr(progress, "predictions", {})
    monkeypatch.setattr(progress, "exercises", {})
    monkeypatch.setattr(progress, "display", lambda output, **how: shown.append((output["text/plain"], how)))
    monkeypatch.setattr(views, "display", lambda *_, **__: None)
    return shown


def ask(*questions, bar=None, name="move"):
    """Return the panel of a bar, behind questions."""
    bar = bar or Bar()

    def move(value=20):
        bar.show(value)

    move.__name__ = name
    return live(bar, predict=questions[0] if len(questions) == 1 else questions, value=(0, 100))(move).panel


def said(panel):
    return [state["said"] for state in panel.predictions]


@pytest.mark.parametrize(
    ("chosen", "verdict", "counted"),
    [
        ("green", "✔ You said: green. So it is. The panel shows it.", "1 of 1 answered, 1 right."),
        ("red", "✘ You said: red. It is: green. The panel shows it.", "1 of 1 answered, 0 right."),
        (None, "It is: green. The panel shows it.", "0 of 1 answered, 0 right."),
    ],
)
def test_an_answer_or_none_opens_the_panel_where_it_shows_what_is_right(chosen, verdict, counted):
    panel = ask(GREEN)
    asked = {"question": "", "answers": COLORS, "longest": "✘ You said: blue. It is: green. The panel shows it."}
    assert panel.predictions == [asked | {"open": False, "chosen": None, "right": None, "said": ""}]
    assert panel.values == {"value": 20}
    assert panel.predict(chosen) is panel
    assert panel.predictions == [asked | {"open": True, "chosen": chosen, "right": "green", "said": verdict}]
    assert (panel.values, width(panel.png)) == ({"value": 70}, 70)
    assert progress.format_line() == f"Predictions: {counted}"


@pytest.mark.parametrize(("chosen", "verdict"), [("red", "You said: red. Look there."), (None, "Look there.")])
def test_a_vote_is_marked_and_not_counted(chosen, verdict):
    bar, marked = Bar(), []
    bar.mark = marked.append
    panel = ask(Predict(COLORS, look="Look there."), bar=bar).predict(chosen)
    assert (said(panel), marked, progress.format_line()) == ([verdict], [chosen], "")


def test_who_chose_a_wrong_answer_reads_why_people_do_and_nobody_else():
    asked = Predict(COLORS, right="green", reasons={"red": "Apples are.", "blue": "The sky is."}, then="Press Run.")
    assert [asked.state("red", open, shown)["said"] for open, shown in ((False, False), (True, False))] == [
        "",
        "You said: red. Press Run.",
    ]
    told = {answer: asked.state(answer, open=True, shown=True)["said"] for answer in [*COLORS, None]}
    assert told["red"] == "✘ You said: red. It is: green. Apples are. The panel shows it."
    assert told["blue"] == "✘ You said: blue. It is: green. The sky is. The panel shows it."
    assert "Apples" not in told["green"] + told[None]


def test_what_a_question_reveals_is_what_remains_without_a_kernel(monkeypatch):
    shown = []
    panel = ask(GREEN)
    monkeypatch.setattr(views, "display", lambda output, **_: shown.append(output))
    panel.display()
    assert shown[-1]["text/plain"] == ask(GREEN).set(value=70).sentence
    assert (panel.values, width(panel.png)) == ({"value": 20}, 20)


def test_each_of_several_questions_is_answered_alone():
    panel = ask(GREEN, VOTE, Predict(COLORS, right="red", reveal={"value": 30}, question="And then?"))
    panel.predict("red", 2)
    assert [state["open"] for state in panel.predictions] == [False, False, True]
    assert [state["question"] for state in panel.predictions] == ["", "Which one?", "And then?"]
    assert panel.values == {"value": 30}
    panel.predict("blue", 0).predict("blue", 1)
    assert all(state["open"] for state in panel.predictions)
    assert progress.format_line() == "Predictions: 2 of 2 answered, 1 right."
    with pytest.raises(TypeError, match="the panel of move asks for 3 predictions"):
        panel.predict("blue", 3)


@pytest.mark.parametrize("chosen", ["green", "red", None])
def test_an_answer_that_shows_itself_later_is_not_told(chosen):
    panel = ask(Predict(COLORS, right="green", then="Press Run.")).predict(chosen)
    assert said(panel) == [(f"You said: {chosen}. " if chosen else "") + "Press Run."]


def test_a_run_tells_what_was_asked_once_it_has_shown_it():
    bar, fails = RunBar(), [False]

    @live(bar, predict=Predict(COLORS, right="green", look="Look at the end.", then="Press Run."), value=(0, 100))
    def grow(value=20):
        for done in (0.5, 1):
            bar.show(value * done)
            if fails[0]:
                raise RuntimeError("enough")
            yield done

    panel = grow.panel
    panel.run()
    assert said(panel) == [""]  # it has not been asked yet, so it does not tell
    panel.predict("red").run(value=30)
    assert said(panel) == ["You said: red. Press Run."]  # that run was about something else
    fails[0] = True
    assert said(panel.run(value=20)) == ["You said: red. Press Run."]
    fails[0] = False
    assert said(panel.run()) == ["✘ You said: red. It is: green. Look at the end."]


def test_the_page_predicts_with_a_message():
    panel = ask(VOTE, GREEN)
    for ticket, predict in (("a/1", {"1": "red"}), ("a/2", {"0": "mauve"})):
        panel._handle_custom_msg({"predict": predict, "density": 2.0, "ticket": ticket}, [])
        assert panel.answered == ticket
    assert [state["chosen"] for state in panel.predictions] == [None, "red"]
    assert panel.values == {"value": 70}
    assert panel.problem.startswith("ValueError: 'mauve' is no answer; allowed is one of red, green, blue")


def test_the_line_is_renewed_when_an_answer_comes(told):
    first, second = ask(GREEN, name="first"), ask(GREEN, name="second")
    first.predict("green")
    second.predict(None).predict("blue")
    lines = [f"Predictions: {count} of 2 answered, 1 right." for count in (1, 2)]
    assert told == [(line, {"raw": True, "display_id": progress.LINE_ID, "update": True}) for line in lines]


@pytest.mark.parametrize("answers", [["one"], ["same", "same"], ["", "b"], [1, 2], "ab", list("abcdefg"), None])
def test_answers_that_do_not_fit_are_refused(answers):
    with pytest.raises(TypeError, match="allowed is a list of 2 to 6 different words"):
        Predict(answers)


def test_what_is_right_or_revealed_has_to_be_possible():
    with pytest.raises(ValueError, match="right='mauve' is no answer; allowed is one of red, green, blue"):
        Predict(COLORS, right="mauve")
    with pytest.raises(ValueError, match="reasons has 'green'; allowed is one of red, blue"):
        Predict(COLORS, right="green", reasons={"green": "It is right."})
    with pytest.raises(ValueError, match=r"value=101 to reveal is outside its range; allowed is 0 to 100"):
        ask(Predict(COLORS, right="green", reveal={"value": 101}))
    with pytest.raises(TypeError, match="speed is not a slider of this panel; allowed are value"):
        ask(Predict(COLORS, right="green", reveal={"speed": 1}))


def test_a_panel_without_a_question_asks_for_no_prediction():
    with pytest.raises(TypeError, match="the panel of move asks for no prediction"):
        ask(None).predict("red")
