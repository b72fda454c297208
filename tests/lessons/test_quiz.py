"""Facts about the quiz: right answers by counting, autograd and nets that are run, and what the panels tell."""

import re
from html import unescape

import pytest
import torch
from torch import nn

from helpers import counting
from helpers.lessons.quiz import pictures
from helpers.lessons.quiz.questions import AFTER, BEFORE
from helpers.teaching import quiz
from tests import notebooks, test_notebooks
from tests.looks import texts

PAIRS = [*zip(BEFORE, AFTER, strict=True)]
ALL = BEFORE + AFTER
ASSERTS = {}
RULES = [
    test_notebooks.test_format,
    test_notebooks.test_cell_ids_are_readable,
    test_notebooks.test_imports_have_a_cell_and_torch_may_come_later_in_its_own,
    test_notebooks.test_every_assert_is_there,
    test_notebooks.test_prose_has_no_filler,
    test_notebooks.test_outputs_are_complete_and_clean,
    test_notebooks.test_every_picture_is_followed_by_what_it_shows,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rules_of_a_notebook_hold(rule):
    rule(notebooks.QUIZ)


def numbers(question):
    return [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", question.text)]


def test_map_sizes_are_those_of_the_counting_engine():
    for question in (BEFORE[0], AFTER[0]):
        kernel, _, image, _ = numbers(question)
        sizes = counting.Layer(1, 1, image, kernel)
        assert question.right == "{}×{}".format(*sizes.output_size)


def test_weights_are_those_of_torch():
    for question in (BEFORE[1], AFTER[1]):
        image, _, in_channels, kernel, _, out_channels = numbers(question)
        conv = nn.Conv2d(in_channels, out_channels, kernel, bias=False)
        local = counting.Layer(in_channels, out_channels, image, kernel).local
        assert question.right == f"{conv.weight.numel():,}"
        assert f"{local.weights:,}" in question.answers  # who gives every place a kernel


def test_weights_and_work_are_those_of_a_convolution_along_a_line():
    for question in (BEFORE[2], AFTER[2]):
        places, inputs = numbers(question)[:2]
        shared = counting.Layer(1, 1, (1, places * inputs), (1, inputs), stride=(1, inputs)).shared
        assert shared.uses_per_weight == places
        assert question.right == f"{shared.weights} weights, {shared.multiply_adds} multiplications"


def test_the_gradient_is_autograds():
    for question in (BEFORE[3], AFTER[3]):
        rises, falls = numbers(question)[:2]
        weight = torch.tensor(1.0, requires_grad=True)
        (rises * weight - falls * weight).backward()
        assert question.right == f"{weight.grad:+.0f}"


def test_the_largest_number_of_a_map_tells_whether_and_not_where():
    torch.manual_seed(0)
    conv, empty, thing = nn.Conv2d(1, 2, 3, bias=False), torch.zeros(1, 12, 12), torch.rand(3, 3)
    left, right = empty.clone(), empty.clone()
    left[0, 4:7, 2:5] = right[0, 4:7, 7:10] = thing
    kept = [conv(image).amax((1, 2)) for image in (empty, left, right)]  # net A
    assert torch.equal(kept[1], kept[2])
    assert not torch.equal(kept[0], kept[1])
    assert not torch.equal(conv(left), conv(right))  # what net B has a weight for each place of
    assert {question.right for question in (BEFORE[4], AFTER[4])} == {"A for whether, B for where"}


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=[before.idea.name for before, _ in PAIRS])
def test_a_pair_asks_for_one_idea_and_knows_the_same_misunderstandings(before, after):
    names = [[mistake and mistake[0] for mistake in question.answers.values()] for question in (before, after)]
    assert before.idea == after.idea
    assert names[0] == names[1][::-1]
    assert 3 <= len(names[0]) == len(set(names[0])) <= 4
    assert before.text != after.text


@pytest.mark.parametrize("question", ALL, ids=lambda question: question.text[:20])
def test_a_question_is_short_and_each_wrong_answer_has_its_reason(question):
    assert len(question.text.split()) <= 65
    assert sum(mistake is None for mistake in question.answers.values()) == 1
    for name, reason in filter(None, question.answers.values()):
        assert len(name.split()) <= 6
        assert 1 <= len(re.findall(r"[.?](?= |$)", reason)) <= 2
        assert len(reason.split()) <= 40


def test_no_place_among_the_answers_is_always_right():
    assert len({[*question.answers].index(question.right) for question in BEFORE}) >= 3


def test_no_notebook_shows_what_is_asked():
    """Neither an image of that side with a kernel of that size, nor the situation."""
    told = [cell.source for path in notebooks.PATHS for cell in notebooks.cells(path)]
    told = [re.sub(r"What we saw on .*", "", text) for text in told]  # a day is no size
    for question in (*BEFORE[:2], *AFTER[:2]):
        sides = {side for side, _ in re.findall(r"(\d+)×(\d+)", question.text)}
        assert len(sides) == 2
        assert not any(sides <= set(re.findall(r"\d+", text)) for text in told), sides
    for thing in ("heartbeat", "road", "bird", "cough"):
        assert any(f" {thing}" in question.text for question in ALL)
        assert not any(re.search(rf"\b{thing}", text) for text in told), thing


def test_the_ideas_are_taught_where_the_picture_says():
    for question in ALL:
        (path,) = (path for path in notebooks.PATHS if int(path.stem[:2]) == int(question.idea.notebook))
        assert any(f"## {question.idea.section}\n" in cell.source for cell in notebooks.cells(path))


def panel(name):
    return notebooks.run_here(notebooks.QUIZ).panels[name]


def test_before_tells_nothing():
    shown = panel("before")
    png, said = shown.png, shown.sentence
    for number, question in enumerate(BEFORE):
        for answer in question.answers:
            shown.predict(answer, number)
            assert shown.predictions[number]["said"] == f"You said: {answer}. The notebooks will tell."
            assert (shown.png, shown.sentence) == (png, said)
    told = [said, *texts(shown.picture)]
    assert not any(answer in text for question in BEFORE for answer in question.answers for text in told)


def test_after_judges_gives_the_reason_and_marks_the_idea():
    """In the picture of another panel than that of the notebook, which all tests share."""
    picture = pictures.Outcome(AFTER)
    for row, question in enumerate(AFTER):
        for answer, mistake in question.answers.items():
            picture.mark(answer)
            assert texts(picture).count("✘") == (mistake is not None)
            assert (f"“{question.idea.section}”" in picture.sentence) == (mistake is not None)
            said = question.ask_and_tell().state(answer, open=True)["said"]
            assert said.startswith("✔" if mistake is None else "✘")
            assert mistake is None or mistake[1] in said
        picture.mark(question.right)
        assert (texts(picture).count("✔"), texts(picture).count("–")) == (row + 1, len(AFTER) - row - 1)
    picture.mark(None)  # who skips
    assert picture.sentence.startswith("5 of 5 right.")


def test_after_tells_the_answers_of_no_two_questions_apart_by_chance():
    """The picture finds the idea by the answer."""
    answers = [answer for question in AFTER for answer in question.answers]
    assert len(set(answers)) == len(answers)


def test_the_panel_after_has_the_five_questions():
    shown = panel("after")
    assert [question.right for question in shown._questions] == [question.right for question in AFTER]
    assert shown.predict(AFTER[0].right).problem == ""


def test_the_pages_to_print_are_those_that_the_program_writes():
    pages = quiz.format_pages()
    assert {path.name for path in quiz.DOCS.glob("quiz-*.html")} == pages.keys()
    for name, page in pages.items():
        assert (quiz.DOCS / name).read_text(encoding="utf-8") == page, "run `python -m helpers.teaching.quiz`"


@pytest.mark.parametrize(("name", "questions"), [("quiz-before.html", BEFORE), ("quiz-after.html", AFTER)])
def test_a_page_to_print_asks_all_and_tells_nothing(name, questions):
    page = unescape((quiz.DOCS / name).read_text(encoding="utf-8"))
    asked = re.findall(r"<li>(.*?)<br>(.*?)</li>", page, re.DOTALL)
    boxes = [(text, re.findall(r'class="box">(.*?)<', answers)) for text, answers in asked]
    assert boxes == [(question.text, [*question.answers]) for question in questions]
    assert not re.search("[✔✘]", page)
    assert not any(mistake[0] in page for question in ALL for mistake in question.answers.values() if mistake)


def test_the_key_has_every_answer_beside_its_misunderstanding():
    rows = re.findall("<tr><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td>", (quiz.DOCS / "quiz-key.html").read_text())
    assert len(rows) == sum(len(question.answers) for question in BEFORE)
    for place, questions in enumerate((BEFORE, AFTER)):
        told = {(row[place], row[2]) for row in rows}
        for question in questions:
            for answer, mistake in question.answers.items():
                assert ((answer, mistake[0]) if mistake else (f"✔\u00a0{answer}", "right")) in told
