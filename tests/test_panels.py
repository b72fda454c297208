"""Move the controls of every panel, and compare what it says and shows with the facts of its lesson.

A lesson's facts stand in `tests/lessons/test_<name>.py`, by the name of the panel:
`PANELS`: from the controls' values to the sentence and a function that looks at the picture, both worked out there;
`CONTROLS`: what each control of the panel offers;
`PREDICTIONS`: what is right to predict, and the values that show it;
`RUNS`: from the values to the sentence, the problem and the look with which a run has to end.
"""

import random
import re

import pytest

from helpers.live import RunPanel
from tests import notebooks
from tests.looks import LEAST_ON_SLIDE, Look, smallest_on_slide

ALL_STOPS = 60  # a slider with more of them is moved to its ends, its start, and a spread
SPREAD = 12
RANDOM_MOVES = 30
RANDOM_RUNS = 1

by_notebook = pytest.mark.parametrize("path", notebooks.PATHS, ids=notebooks.lesson)


def panels(path):
    """Return the panels of a notebook with what the lesson knows of them."""
    found, known = notebooks.run_here(path).panels, notebooks.facts(path).PANELS
    assert list(found) == list(known)
    return [(name, panel, known[name]) for name, panel in found.items()]


def stops(control):
    """Return the values that a control is moved to."""
    if "choices" in control:
        return control["choices"]
    count = round((control["last"] - control["first"]) / control["step"]) + 1
    numbers = range(count)
    if count > ALL_STOPS:
        start = round((control["value"] - control["first"]) / control["step"])
        numbers = sorted({0, 1, start, count - 2, count - 1, *range(0, count, count // SPREAD)})
    return [control["first"] + control["step"] * number for number in numbers]


def moves(panel):
    """Every control over its range while the others stand still, then random combinations, then the presets."""
    start = dict(panel.values)
    yield start
    for control in panel.controls:
        for value in stops(control):
            yield {**start, control["name"]: value}
    draw = random.Random(0)
    for _ in range(RANDOM_MOVES if panel.controls else 0):
        panel.set(**start)
        first = {control["name"]: draw.choice(stops(control)) for control in panel.controls}
        panel.set(**first)
        # Ranges that depend on other controls have changed with them: choose anew among all that is possible now.
        yield {control["name"]: draw.choice(stops(control)) for control in panel.controls} | {
            name: first[name] for name in first if not callable(panel._ranges[name])
        }
    for preset in panel.presets:
        yield preset["values"]


@by_notebook
def test_each_move_shows_what_it_has_to(path):
    for name, panel, expect in panels(path):
        start, seen = dict(panel.values), {}
        for asked in moves(panel):
            panel.set(**asked)
            sentence, look = expect(**panel.values)
            assert panel.problem == "", (name, asked)
            assert panel.sentence == sentence, (name, asked)
            look(Look(panel.picture, panel.png))
            if not isinstance(panel, RunPanel):  # where a move shows nothing until it is run
                assert seen.setdefault(panel.png, dict(panel.values)) == panel.values, (name, "two settings, one look")
        panel.set(**start)
        assert seen.get(panel.png, start) == start, (name, "the same setting looks different the second time")


@by_notebook
def test_each_control_offers_what_it_has_to(path):
    for name, panel, _ in panels(path):
        offered = {
            control["name"]: control.get("choices") or (control["first"], control["last"], control["step"])
            for control in panel.controls
        }
        assert offered == notebooks.facts(path).CONTROLS.get(name, {}), name


@by_notebook
def test_the_function_stays_an_ordinary_function(path):
    for name, panel, expect in panels(path):
        start, highest = dict(panel.values), {control["name"]: stops(control)[-1] for control in panel.controls}
        highest = list(panel.set(**highest).values.values())  # as high as they go together
        before = panel.set(**start).png
        result = panel._function(*highest)
        if isinstance(panel, RunPanel):
            assert 0 < next(result) < 1
            panel.picture.clear()
        else:
            assert panel.picture.sentence == expect(*highest)[0], name
        assert panel.png == before


@by_notebook
def test_each_question_has_the_answer_that_is_right(path):
    """The lesson computes what is right; a vote has no right answer."""
    known = notebooks.facts(path).PREDICTIONS
    for name, panel, expect in panels(path):
        start = dict(panel.values)
        assert panel._questions, f"{name} asks nothing"
        rights = known.get(name, lambda: [(None, {})])()
        assert [(question.right, question.reveal) for question in panel._questions] == rights, name
        for number, question in enumerate(panel._questions):
            panel.predict(question.right, number)
        assert all(state["open"] for state in panel.predictions)
        assert panel.values == start | rights[-1][1]
        assert panel.sentence == expect(**panel.values)[0]
        panel.set(**start)


@by_notebook
def test_each_answer_that_is_not_right_gets_its_reason(path):
    """Nobody is told that a prediction is wrong without why people make it; one or two sentences of it."""
    for name, panel, _ in panels(path):
        for question in panel._questions:
            assert set(question.reasons) == {answer for answer in question.answers if answer != question.right}, name
            for answer, reason in question.reasons.items():
                assert 1 <= len(re.findall(r"[.?](?= |$)", reason)) <= 3, (name, answer)
                assert len(reason.split()) <= 60, (name, answer)


def ends(panel):
    """Each slider at both ends while the others stand still, and some random combinations."""
    start, draw = dict(panel.values), random.Random(0)
    yield start
    for control in panel.controls:
        for value in (stops(control)[0], stops(control)[-1]):
            yield {**start, control["name"]: value}
    for _ in range(RANDOM_RUNS):
        yield {control["name"]: draw.choice(stops(control)) for control in panel.controls}


@by_notebook
def test_each_run_ends_with_what_it_has_to(path):
    for name, expect in getattr(notebooks.facts(path), "RUNS", {}).items():
        panel = notebooks.run_here(path).panels[name]
        start, problems = dict(panel.values), set()
        for asked in ends(panel):
            panel.picture.clear()
            panel.run(**asked)
            sentence, problem, look = expect(**asked)
            assert panel.sentence == sentence, asked
            assert panel.problem.partition("\n")[0].endswith(problem), asked
            assert bool(panel.problem) == bool(problem), asked
            look(Look(panel.picture, panel.png))
            problems.add(problem)
        assert len(problems) > 1  # at least one of them diverges
        panel.picture.clear()
        panel._ran = None
        panel.set(**start)


@by_notebook
def test_the_smallest_text_can_be_read_on_a_slide(path):
    def ask(name, picture, asked):
        pixels, text = smallest_on_slide(picture)
        assert pixels >= LEAST_ON_SLIDE, f"{text!r} in {name} is {pixels:.1f} pixels high with {asked}"

    for name, picture in notebooks.run_here(path).stills.items():
        ask(name, picture, "no controls")
    for name, panel, _ in panels(path):
        start = dict(panel.values)
        telling = [preset["values"] for preset in panel.presets] + [q.reveal for q in panel._questions]
        for asked in (*ends(panel), *telling):
            panel.set(**asked)
            if isinstance(panel, RunPanel):
                panel.run(**panel.values)
            ask(name, panel.picture, panel.values)
        if isinstance(panel, RunPanel):
            panel.picture.clear()
            panel._ran = None
        panel.set(**start)
