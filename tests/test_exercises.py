"""The exercises' checks: they accept what is right, tell mistakes apart in words of their own, and survive any code."""

import multiprocessing
import os
import subprocess
import sys
import time
from functools import partial

import psutil
import pytest
import torch
from jupyter_client.manager import start_new_kernel
from torch import nn
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

from helpers import progress
from helpers.exercises import Code, Design, Number, Sheet, sandbox, sheet
from helpers.exercises.calls import CHANGES, KEEPS, TOO_MUCH
from helpers.exercises.kinds import UNKNOWN
from helpers.exercises.outcomes import TOLERANCE, describe_difference
from tests import notebooks


def total(image, factor):
    return image.sum() * factor


CODE = Code(cases=lambda: [(torch.arange(6.0).view(2, 3), 2), (torch.ones(4), 5)])(total)


@CODE.mistake("You took the mean.")
def mean(image, factor):
    return image.mean() * factor


@pytest.fixture(params=["child", "kernel"])
def grade(request, monkeypatch):
    """Return what judges an answer to `CODE`, in a child process or, as on systems where that is not safe, here."""
    if request.param == "child" and not sandbox.FORKS:
        pytest.skip("a process that uses torch cannot be copied safely here")
    monkeypatch.setattr(sandbox, "FORKS", request.param == "child")
    return lambda answer: Sheet(CODE).grade(1, answer)


WHERE = "With image=a tensor of (2, 3), factor=2: "


def same_again(image, factor):
    return [sum(row) for row in [image.flatten().tolist()]][0] * factor  # noqa: RUF015


@pytest.mark.parametrize("answer", [total, same_again, lambda image, factor: float(total(image, factor))])
def test_whatever_gives_the_same_is_right(grade, answer):
    assert grade(answer) == ([], "")


def test_a_likely_misunderstanding_is_named(grade):
    finding, _ = grade(lambda image, factor: image.mean() * factor)
    assert finding == [WHERE + "expected 30, came 5.", "You took the mean."]


def test_an_unlikely_one_is_not(grade):
    assert grade(lambda image, factor: total(image, factor) + 1)[0] == [WHERE + "expected 30, came 31.", UNKNOWN]


def in_place(image, factor):
    image *= factor
    return image.sum()


def remembers_shapes(image, factor, known={}):  # noqa: B006
    return known.setdefault(image.shape, total(image, factor))


def adds_to_the_last(image, factor, parts=[]):  # noqa: B006
    parts.append(total(image, factor))
    return sum(parts)


def test_an_answer_that_leaves_something_behind_is_wrong(monkeypatch):
    monkeypatch.setattr(CODE, "cases", lambda: [(torch.randn(2, 3), 2), (torch.randn(4), 5)])
    right = "With image=a tensor of (2, 3), factor=2: the first call is right, another one is not."
    assert Sheet(CODE).grade(1, total)[0] == []
    assert Sheet(CODE).grade(1, in_place)[0] == [right, CHANGES.format("image")]
    assert Sheet(CODE).grade(1, remembers_shapes)[0] == [right, KEEPS]
    assert Sheet(CODE).grade(1, adds_to_the_last)[0][1:] == [KEEPS]


def test_dots_are_no_answer_yet(grade):
    def dots(image, factor):
        return ...

    assert grade(dots)[0] is None
    assert grade(...)[0] is None


def test_a_missing_return_is_named(grade):
    def silent(image, factor):
        image.sum()

    assert grade(silent)[0] == [WHERE + "expected 30, came None. Is a `return` missing?"]


def test_an_exception_is_told_with_its_line_and_what_was_printed(grade):
    def careless(image, factor):
        print("the shape is", tuple(image.shape))
        return image[7] * factor

    (line,), printed = grade(careless)
    assert line.startswith(WHERE + "your code stopped with IndexError: index 7 is out of bounds")
    assert line.endswith("\nin the line: return image[7] * factor")
    assert printed == "the shape is (2, 3)\n"


def test_a_difference_in_an_early_case_comes_before_an_exception_in_a_later_one(grade):
    def both(image, factor):
        return image[1].sum() * factor if image.dim() == 2 else image[9]

    assert grade(both)[0] == [WHERE + "expected 30, came 24.", UNKNOWN]


@pytest.mark.parametrize(
    "greedy", [lambda image, factor: torch.ones(10**11), lambda image, factor: [0] * 10**11], ids=["torch", "list"]
)
def test_a_huge_allocation_is_answered_in_words(grade, greedy):
    assert grade(greedy)[0] == [WHERE + TOO_MUCH]


def test_leaving_python_is_answered_in_words(grade):
    assert grade(lambda image, factor: exit(3))[0][0].startswith(WHERE + "your code stopped with SystemExit")


def test_an_endless_loop_is_answered_in_words(grade, monkeypatch):
    monkeypatch.setattr(sandbox, "run", partial(sandbox.run, seconds=0.5))

    def endless(image, factor):
        while True:
            factor += 1

    began = time.monotonic()
    words = "your code was still running after 5 seconds of computing."
    assert grade(endless)[0] == [WHERE + words, "Does its loop ever end?"]
    assert time.monotonic() - began < 60


def sleep(image, factor):
    time.sleep(0.12)
    return total(image, factor)


def test_a_busy_machine_makes_no_right_answer_wrong(grade, monkeypatch):
    """The clock goes on while others compute, as it does while an answer sleeps."""
    monkeypatch.setattr(sandbox, "run", partial(sandbox.run, seconds=0.5))
    assert grade(sleep)[0] == []


def test_an_answer_that_waits_ends_too(grade, monkeypatch):
    monkeypatch.setattr(sandbox, "run", partial(sandbox.run, patience=0.1))
    assert "most of them spent waiting" in grade(sleep)[0][0]
    assert "input() is not available in a check" in grade(lambda image, factor: input())[0][0]


def backward():
    torch.ones((), requires_grad=True).backward()


def exit_code(target):
    child = multiprocessing.get_context("fork").Process(target=target)
    child.start()
    child.join()
    return child.exitcode


def grade_beside_a_gpu():
    """Grade all solutions and a wrong answer where autograd has a thread for a device, as it has for a GPU."""
    _setup_privateuseone_for_python_backend("gpu")
    backward()
    assert exit_code(backward) == 1, "a child can run autograd"
    names = {"torch": torch, "nn": nn}
    for path in notebooks.PATHS:
        findings, check = [], notebooks.check(path)
        names["check"] = lambda number, *answer, findings=findings, check=check: findings.append(
            check.grade(number, *answer)[0]
        )
        for solution in notebooks.solutions(path):
            exec(solution, names)
        assert findings == [[]] * len(check.exercises)
    assert Sheet(CODE).grade(1, mean)[0]


@pytest.mark.skipif(not sandbox.FORKS, reason="code runs in the kernel itself here")
def test_right_answers_are_right_where_a_child_cannot_run_autograd():
    """In a process of its own: in this one autograd may have counted the devices already."""
    script = "from tests.test_exercises import grade_beside_a_gpu; grade_beside_a_gpu()"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=notebooks.ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "Unable to handle autograd's threading in combination with fork" in done.stderr
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "-1"


@pytest.mark.skipif(not sandbox.FORKS, reason="code runs in the kernel itself here")
def test_memory_is_limited_before_the_machine_is():
    finding, _ = Sheet(CODE).grade(1, lambda image, factor: torch.ones(sandbox.MOST_BYTES // 2))
    assert finding[0].endswith(TOO_MUCH)


class Doubled(nn.Module):
    def forward(self, input):
        return 2 * input


class Careless(nn.Module):
    def forward(self, input):
        return self.factor * input


def test_an_exception_in_a_class_is_told_with_its_line():
    exercise = Code(
        cases=lambda: [(torch.ones(3),)],
        probe=lambda written, input: written()(input),
        where=lambda input: "With three ones",
    )(Doubled)
    assert Sheet(exercise).grade(1, Doubled)[0] == []
    (line,) = Sheet(exercise).grade(1, Careless)[0]
    assert line.startswith("With three ones: your code stopped with AttributeError: 'Careless' object has no")
    assert line.endswith("\nin the line: return self.factor * input")
    assert Sheet(exercise).grade(1, Doubled())[0] == ["Expected a class, came Doubled()."]


def test_a_function_and_a_class_are_not_mixed_up(grade):
    assert grade(3)[0] == ["Expected a function, came 3."]
    assert grade(nn.Linear)[0][0].startswith("Expected a function, came ")


def test_a_fault_of_the_check_itself_is_no_fault_of_the_learner():
    with pytest.raises(RuntimeError, match="the check itself failed"):
        sandbox.run(lambda report: 1 / 0)


NASTY = """
import os
import subprocess
import sys
from helpers.exercises import Code, Sheet

def spin(value):
    while True:
        try:
            sum(range(10**12))
        except BaseException:
            pass

def die(value):
    os.kill(os.getpid(), 11)

def fill(value):
    return [bytearray(10**8) for _ in range(100)]

check = Sheet(Code(cases=lambda: [(1,)])(lambda value: value))
kept = 41
"""


@pytest.mark.skipif(not sandbox.FORKS, reason="code runs in the kernel itself here")
def test_a_kernel_lives_on_after_the_worst_answers():
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(notebooks.ROOT))
    try:
        shown = []

        def run(source):
            reply = client.execute_interactive(source, output_hook=shown.append, timeout=60)
            assert reply["content"]["status"] == "ok", reply

        run(NASTY)
        for name, words in (("spin", "still running"), ("die", "took Python down"), ("fill", "too much memory")):
            shown.clear()
            run(f"check(1, {name})")
            texts = [message["content"]["data"]["text/plain"] for message in shown if "data" in message["content"]]
            assert words in texts[0]
        shown.clear()
        run("kept + 1")
        assert shown[-2]["content"]["data"]["text/plain"] == "42"
        assert psutil.Process(manager.provisioner.pid).children() == []
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("answer", [7, 7.0, torch.tensor(7), torch.tensor(7.0), 14 // 2])
def test_a_number_may_be_written_in_any_way(answer):
    assert Sheet(Number(7, {})).grade(1, answer)[0] == []


@pytest.mark.parametrize("answer", ["7", None, True, [7], 7.5, float("nan"), float("inf"), torch.ones(1), 1j, int])
def test_what_is_no_whole_number_is_told_so(answer):
    (words,) = Sheet(Number(7, {})).grade(1, answer)[0]
    assert words.startswith("Expected a whole number, came ")


def test_a_number_beyond_all_bounds_is_told_in_few_characters():
    words = Sheet(Number(7, {})).grade(1, 10**5000)[0]
    assert max(map(len, words)) < 100


def test_results_are_compared_part_by_part():
    exercise = Code(cases=lambda: [(2,), (3,)], parts=("side", "area"))(lambda n: (n, n * n))
    exercise.mistake("Four sides, not a square.")(lambda n: (0, 4 * n))
    assert Sheet(exercise).grade(1, lambda n: (n, 4 * n))[0] == [
        "With n=2: area: expected 4, came 8.",
        "Four sides, not a square.",
    ]
    assert Sheet(exercise).grade(1, lambda n: n)[0] == ["With n=2: expected 2 values, side, area; came 2."]
    assert Sheet(exercise).grade(1, lambda n: [n, n * n])[0] == []
    assert Sheet(exercise).grade(1, lambda n: [n, ...])[0] is None


def test_a_design_is_told_the_first_thing_that_is_not_as_asked():
    def problems(width, height):
        if width > 3:
            yield "It is too wide."
        if height > 3:
            yield "It is too high."

    check = Sheet(Design(takes=2)(problems))
    assert check.grade(1, 3, 3)[0] == []
    assert check.grade(1, 3, 4)[0] == ["It is too high."]
    assert check.grade(1, 4, 4)[0] == ["It is too wide."]
    assert check.grade(1, 4, ...)[0] is None
    assert check.grade(1, "a", 4)[0][0].startswith("In your answer: your code stopped with TypeError")


@pytest.mark.parametrize(
    ("expected", "came", "words"),
    [
        (torch.ones(2, 3), torch.ones(3, 2), "expected the shape (2, 3), came the shape (3, 2)."),
        (torch.ones(2), 1.0, "expected the shape (2,), came a single number."),
        (torch.ones(2), torch.tensor([1.0, 3.0]), "at [1] expected 1, came 3."),
        (torch.ones(1, 2), [[1.0, float("nan")]], "at [0, 1] expected 1, came nan."),
        (3, 3.5, "expected 3, came 3.5."),
        (1_000_000, 1_000_001, "expected 1,000,000, came 1,000,001."),
        (3.0, "3", "expected 3, came '3'."),
        ("a", 3, "expected 'a', came 3."),
    ],
)
def test_a_difference_is_told_shape_first(expected, came, words):
    assert describe_difference(expected, came) == words


def test_floats_are_compared_with_a_tolerance_that_goes_with_their_size():
    wanted = torch.tensor([1000.0, 0.5])
    assert describe_difference(wanted, wanted + 0.9 * TOLERANCE * 1000) is None
    assert describe_difference(wanted, wanted + 1.1 * TOLERANCE * 1000) is not None
    assert describe_difference(0.1 + 0.2, 0.3) is None
    assert describe_difference(wanted, wanted.double().numpy()) is None
    assert describe_difference(wanted, wanted.clone().requires_grad_()) is None
    assert describe_difference(wanted[:0], wanted[:0]) is None
    assert describe_difference(torch.stack([wanted, wanted]), [wanted, wanted]) is None
    ragged = [wanted, wanted[:1]]
    assert describe_difference(ragged, list(map(torch.clone, ragged))).startswith("expected [")


@pytest.fixture
def shown(monkeypatch):
    """Return what a cell shows: text, HTML and, for a line that changes later, how."""
    outputs = []
    for module in (sheet, progress):
        monkeypatch.setattr(module, "display", lambda output, **how: outputs.append((output, how)))
    monkeypatch.setattr(progress, "predictions", {})
    monkeypatch.setattr(progress, "exercises", {})
    return outputs


def test_a_cell_shows_the_verdict_and_the_line_which_follows_later_answers(shown):
    check = Sheet(Number(7, {8: "One <less>."}), CODE)
    check(1, ...)
    (verdict, _), (line, how) = shown
    assert verdict["text/plain"] == "○ Exercise 1: not answered yet."
    assert line["text/plain"] == line["text/markdown"] == "Exercises: 0 of 2 answered, 0 right."
    assert how == {"raw": True, "display_id": progress.LINE_ID}
    del shown[:]
    check(1, 8)
    (verdict, _), _, (line, how) = shown
    assert verdict["text/plain"] == "✘ Exercise 1: not yet.\nIt is not 8.\nOne <less>."
    assert "One &lt;less&gt;." in verdict["text/html"]
    assert line["text/plain"] == "Exercises: 1 of 2 answered, 0 right."
    assert how == {"raw": True, "display_id": progress.LINE_ID, "update": True}
    del shown[:]
    check(1, 7)
    assert shown[0][0]["text/plain"] == "✔ Exercise 1: right."
    assert shown[-1][0]["text/plain"] == "Exercises: 1 of 2 answered, 1 right."
    check(2, total)
    assert shown[-1][0]["text/plain"] == "Exercises: 2 of 2 answered, 2 right."


def test_nothing_is_renewed_in_a_first_run(shown):
    """The strict re-run compares outputs one by one, and an update is none of them."""
    check = Sheet(Number(7, {}), CODE)
    for number in (1, 2):
        check(number, ...)
    assert not any(how.get("update") for _, how in shown)


def test_a_call_that_fits_no_exercise_is_refused():
    check = Sheet(Number(7, {}))
    for number in (0, 2, True, "1", None):
        with pytest.raises(ValueError, match=r"there is no exercise .* here; allowed are 1 to 1"):
            check(number, 7)
    with pytest.raises(TypeError, match=r"check\(1, ...\) got 2 answers; exercise 1 takes 1"):
        check(1, 7, 7)
