"""The rules that every notebook keeps, as far as a program can tell."""

import contextlib
import io
import random
import re
import statistics

import nbformat
import pytest

from helpers import training
from helpers.live.saving import INSTEAD
from helpers.rerun import EXPERIMENT
from helpers.server import WIDGET_VIEW
from tests import notebooks
from tests.strict import describe_trained

pytestmark = pytest.mark.parametrize("path", notebooks.PATHS, ids=notebooks.lesson)
TIMED, TRAINED = "nbval-ignore-output", "trained"


def cells(path, kind):
    return [cell for cell in notebooks.cells(path) if cell.cell_type == kind]


def shows_panel(cell):
    return "@live(" in cell.source or "predict=" in cell.source


def shows_picture(cell):
    return cell.source.splitlines()[-1].startswith("show(")


def lines(cell):
    return [line for line in cell.source.splitlines() if line.strip()]


def words(cell):
    """Count what is read at first sight: hints and solutions are folded."""
    return len(notebooks.FOLDED.sub("", cell.source).split())


def parts(path):
    """Return the cells of the lesson, of its exercises, and of its end: what saves a page, and the ending."""
    found = notebooks.cells(path)
    first = next(number for number, cell in enumerate(found) if cell.source.startswith("## Exercises\n"))
    return found[:first], found[first + 1 : -2], found[-2:]


def test_format(path):
    notebook = nbformat.read(path, as_version=4)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.kernelspec.language == notebook.metadata.language_info.name == "python"
    assert "widgets" not in notebook.metadata
    assert path.stat().st_size < 500_000
    nbformat.validate(notebook)


def test_cell_ids_are_readable(path):
    ids = [cell.id for cell in notebooks.cells(path)]
    assert len(set(ids)) == len(ids)
    for cell_id in ids:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", cell_id), cell_id


def test_number_and_size_of_cells(path):
    text, code = cells(path, "markdown"), cells(path, "code")
    assert 15 <= len(parts(path)[0]) <= 30
    assert max(words(cell) for cell in text) <= 120
    assert max(len(lines(cell)) for cell in code) <= 15
    assert statistics.median(len(lines(cell)) for cell in code) <= 6


def test_the_first_cell_says_what_to_expect(path):
    first = notebooks.cells(path)[0].source
    assert first.startswith(f"# {int(path.stem[:2])} · ")
    for promise in ("will do", "will learn", "need", "minutes"):
        assert promise in first


def test_imports_have_a_cell_and_torch_may_come_later_in_its_own(path):
    """A class that starts at the same time waits for torch: it comes where the notebook begins to compute."""
    code = cells(path, "code")
    assert "import" in code[0].source
    for cell in code:
        if cell is code[0] or cell.id == "torch":
            assert len(lines(cell)) <= 10
        else:
            assert not re.search(r"^\s*(import|from)\s", cell.source, re.MULTILINE), cell.id
    for cell in code:
        assert not re.search(r"^\s*[%!]|sys\.path|NBVAL", cell.source, re.MULTILINE), cell.id
        times = "timer." in cell.source  # what a cell measures differs each time, so nothing else may
        allowed = [[TIMED]] if times else [[], [TRAINED]]
        assert cell.metadata.get("tags", []) in allowed, cell.id
        assert cell.metadata.keys() <= {"tags"}, cell.id
        if TRAINED in cell.metadata.get("tags", []):  # as a panel, whose sentence the sweep compares exactly
            assert shows_panel(cell) or shows_picture(cell), cell.id


def test_every_assert_is_there(path):
    """An assert proves a claim; the facts of the lesson know how many each cell has."""
    found = {cell.id: len(re.findall(r"^\s*assert ", cell.source, re.MULTILINE)) for cell in cells(path, "code")}
    assert {name: count for name, count in found.items() if count} == notebooks.facts(path).ASSERTS


def test_prose_has_no_filler(path):
    for cell in cells(path, "markdown"):
        assert not re.search(r"!(?!\[)|\b(simply|just|obviously|basically|of course)\b", cell.source, re.I), cell.id


def test_predict_move_explain(path):
    """A question stands before each slider and the explanation after it, before the next slider."""
    story = []
    for cell in notebooks.cells(path):
        if cell.cell_type == "code" and shows_panel(cell):
            assert len(lines(cell)) <= 10, cell.id
            story.append("move")
        if cell.cell_type == "markdown":
            story += re.findall(r"\*\*(Predict|Vote|What you saw)\*\*", cell.source)
    assert story
    asks, moves, explains = story[::3], story[1::3], story[2::3]
    assert set(asks) <= {"Predict", "Vote"}
    assert set(moves) == {"move"}
    assert set(explains) == {"What you saw"}
    assert len(asks) == len(moves) == len(explains)


def test_exercises_are_asked_answered_and_checked_in_order(path):
    """Each is a question with two hints and a solution folded under it, and a cell with dots for the answer."""
    _, exercises, _ = parts(path)
    assert 3 <= len(exercises) // 2 <= 5
    for number, (question, answer) in enumerate(zip(exercises[::2], exercises[1::2], strict=True), start=1):
        assert question.cell_type == "markdown"
        assert re.search(rf"^\*\*Exercise {number}\.\*\* ", question.source, re.MULTILINE)
        assert [title for title, _ in notebooks.FOLDED.findall(question.source)] == ["Hint 1", "Hint 2", "Solution"]
        assert answer.id == f"{question.id}-answer"
        assert "..." in answer.source
        assert lines(answer)[-1].startswith(f"check({number}, ")
        verdict, progress = answer.outputs
        assert verdict.data["text/plain"] == f"○ Exercise {number}: not answered yet."
        assert progress.data["text/plain"].startswith(f"Exercises: 0 of {len(exercises) // 2} answered, 0 right.")


def test_a_learner_can_save_a_page_after_the_exercises(path):
    saving, _ = parts(path)[-1]
    assert (saving.id, saving.source) == ("save-page", f'save_page("{notebooks.lesson(path)}")')
    assert [output.data["text/plain"] for output in saving.outputs] == [INSTEAD]


def test_one_folded_box_says_the_main_point_as_a_formula(path):
    folded = [fold for cell in cells(path, "markdown") for fold in notebooks.FOLDED.findall(cell.source)]
    (formula,) = [body for title, body in folded if title == "As a formula"]
    assert "$$" in formula


def test_experiments_print_what_is_folded_under_them(path):
    """Each says what its code printed, and then in words what follows."""
    ending = notebooks.cells(path)[-1].source
    folded = [body for title, body in notebooks.FOLDED.findall(ending) if title.startswith("What we saw on ")]
    experiments = list(EXPERIMENT.finditer(ending))
    assert len(re.findall(r"^\d\. ", ending, re.MULTILINE)) == len(folded) == len(experiments) > 0
    names = dict(notebooks.run_here(path).names)
    for experiment, body in zip(experiments, folded, strict=True):
        assert body.rpartition("```")[2].split(), "what follows from it?"
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(experiment["code"], names)
        assert describe_trained([printed.getvalue().rstrip()], [experiment["said"]]) is None


def test_each_cell_can_be_run_again_in_any_order(path, monkeypatch):
    """It shows the same. Nets train for one epoch here, so stored runs do not compare."""
    fit = training.fit
    monkeypatch.setattr(training, "fit", lambda net, images, labels, epochs, *rest, **more: fit(
        net, images, labels, 1, *rest, **more))  # fmt: skip
    names = {}
    with notebooks.running(path) as run:

        def seen(cell):
            printed, shown = run(cell, names)
            return re.sub(r".* epochs\n", "", printed), [thing.sentence for thing in shown]

        code = [cell for cell in cells(path, "code") if "load_results" not in cell.source]
        first = [(cell, seen(cell)) for cell in code]
        random.Random(0).shuffle(first)
        for cell, expected in first:
            for _ in range(2):
                assert seen(cell) == expected or TIMED in cell.metadata.get("tags", []), cell.id


def test_ends_with_a_summary_and_the_way_on(path):
    last = notebooks.cells(path)[-1]
    assert "**In short**" in last.source
    assert re.search(r"^Next: ", last.source, re.MULTILINE) or path == notebooks.PATHS[-1]


def test_outputs_are_complete_and_clean(path):
    for number, cell in enumerate(cells(path, "code"), start=1):
        assert cell.execution_count == number, f"{cell.id} was not run in order: run `make notebooks`"
        kinds = []
        for output in cell.outputs:
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", cell.id
            assert WIDGET_VIEW not in output.get("data", {}), cell.id
            assert "Warning" not in str(output.get("text", "")), cell.id
            kinds.append("picture" if "image/png" in output.get("data", {}) else "text")
        if shows_panel(cell) or shows_picture(cell):
            assert kinds[-2:] == ["picture", "text"], cell.id


def test_every_picture_is_followed_by_what_it_shows(path):
    for cell in cells(path, "code"):
        for output, after in zip(cell.outputs, [*cell.outputs[1:], None], strict=False):
            if "image/png" in output.get("data", {}):
                sentence = after.data["text/plain"]
                assert output.metadata["image/png"]["alt"] == sentence if "image/png" in output.metadata else True
                assert sentence.endswith(".")
                assert len(sentence) > 30
