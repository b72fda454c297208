"""Move every slider of every panel over its whole range, and look at the sentence and the picture each time."""

import inspect
import random

import pytest

from helpers.live import RunPanel
from tests import notebooks
from tests.expected import EXPECTED, RUNS
from tests.pixels import decoded

RANDOM_MOVES = 60
RANDOM_RUNS = 2


def values_of(control):
    if "choices" in control:
        return control["choices"]
    count = round((control["last"] - control["first"]) / control["step"]) + 1
    return [control["first"] + control["step"] * number for number in range(count)]


def moves(panel):
    """Every slider over its whole range while the others stand still, then many random combinations."""
    start = dict(panel.values)
    for control in panel.controls:
        for value in values_of(control):
            yield {**start, control["name"]: value}
    draw = random.Random(0)
    for _ in range(RANDOM_MOVES):
        panel.set(**start)
        first = {control["name"]: draw.choice(values_of(control)) for control in panel.controls}
        panel.set(**first)
        # Ranges that depend on other sliders have changed with them: choose anew among all that is possible now.
        yield {control["name"]: draw.choice(values_of(control)) for control in panel.controls} | {
            name: first[name] for name in first if not callable(panel._ranges[name])
        }
    for preset in panel.presets:
        yield preset["values"]


@pytest.mark.parametrize("path", notebooks.PATHS, ids=lambda path: path.stem)
def test_every_slider_over_its_whole_range(path):
    panels = notebooks.run_here(path)
    assert {(path.stem, name) for name in panels} == {key for key in EXPECTED if key[0] == path.stem}
    for name, function in panels.items():
        panel, expect = function.panel, EXPECTED[path.stem, name]
        start, seen = dict(panel.values), {}
        assert list(start.values()) == list(function.__defaults__)
        for asked in moves(panel):
            panel.set(**asked)
            sentence, look = expect(**panel.values)
            assert panel.problem == "", (name, asked)
            assert panel.sentence == sentence, (name, asked)
            picture = decoded(panel.picture)
            assert picture.shape == (panel.size[1], panel.size[0], 3)
            look(picture)
            if isinstance(panel, RunPanel):
                continue  # a move shows nothing until it is run
            assert seen.setdefault(panel.picture, dict(panel.values)) == panel.values, (name, "two settings, one look")
        panel.set(**start)
        if seen:
            assert seen[panel.picture] == start, (name, "the same setting looks different the second time")


def ends(panel):
    """Each slider at both ends while the others stand still, and some random combinations."""
    start, draw = dict(panel.values), random.Random(0)
    yield start
    for control in panel.controls:
        for value in (values_of(control)[0], values_of(control)[-1]):
            yield {**start, control["name"]: value}
    for _ in range(RANDOM_RUNS):
        yield {control["name"]: draw.choice(values_of(control)) for control in panel.controls}


@pytest.mark.parametrize(("stem", "name"), RUNS)
def test_runs_from_end_to_end(stem, name):
    panel = notebooks.run_here(notebooks.path_of(stem))[name].panel
    start, problems = dict(panel.values), set()
    for asked in ends(panel):
        panel._shown.clear()
        panel.run(**asked)
        sentence, problem, look = RUNS[stem, name](**asked)
        assert panel.sentence == sentence, asked
        assert panel.problem.partition("\n")[0].endswith(problem), asked
        assert bool(panel.problem) == bool(problem), asked
        look(decoded(panel.picture))
        problems.add(problem)
    assert len(problems) > 1  # at least one of them diverges
    panel._to_start(start)


@pytest.mark.parametrize("path", notebooks.PATHS, ids=lambda path: path.stem)
def test_the_labels_are_the_parameters(path):
    for name, function in notebooks.run_here(path).items():
        labels = [control["name"] for control in function.panel.controls]
        assert labels == list(inspect.signature(function).parameters), name


@pytest.mark.parametrize("path", notebooks.PATHS, ids=lambda path: path.stem)
def test_the_function_stays_an_ordinary_function(path):
    for name, function in notebooks.run_here(path).items():
        panel, before = function.panel, function.panel.picture
        highest = [values_of(control)[-1] for control in panel.controls]
        expected, _ = EXPECTED[path.stem, name](*highest)
        result = function(*highest)
        if not isinstance(panel, RunPanel):
            assert panel._shown.sentence == expected
        else:
            assert 0 < next(result) < 1
        assert panel.picture == before
