"""A learner's own page, and the table that a teacher makes from many: nothing is lost on the way, and nothing runs."""

import csv
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from time import perf_counter

import pytest

from helpers import progress, server
from helpers.exercises import Number, Sheet, sheet
from helpers.lessons.quiz import questions as quiz
from helpers.live import Predict, live, show, views
from helpers.live.saving import STILL, PageSaver
from helpers.progress import Exercise, Prediction, State
from helpers.progress.page import BEGIN, Page, format_page, make_page, name_file
from helpers.progress.reading import read_page
from helpers.teaching.answers import pages as pages_module
from helpers.teaching.answers.__main__ import write_answers
from helpers.teaching.answers.counts import count_exercises, count_predictions, find_worst
from helpers.teaching.answers.pages import merge_learners
from tests import notebooks
from tests.bar import Bar

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>'\"&"
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    """Keep from nothing, and show nothing."""
    for name in ("predictions", "exercises"):
        monkeypatch.setattr(progress, name, {})
    for module in (progress, sheet, views):
        monkeypatch.setattr(module, "display", lambda *_, **__: None)


class Tags(HTMLParser):
    """The elements of a page, and what stands in its text."""

    def __init__(self, html):
        super().__init__()
        self.found, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def is_harmless(html):
    """Return whether a page has no script that runs, no image, and nothing that an event starts."""
    scripts = [attrs.get("type") for tag, attrs in Tags(html).found if tag == "script"]
    names = {name for _, attrs in Tags(html).found for name in attrs}
    others = {tag for tag, _ in Tags(html).found} & {"img", "iframe", "object", "a", "form"}
    return scripts in ([], ["application/json"]) and not others and not any(name.startswith("on") for name in names)


def page_of(name, lesson="sharing", day=0, session="", predictions=None, exercises=None):
    saved = MONDAY + timedelta(days=day)
    return Page(lesson, f"2 · {lesson}", name, saved, session or name, predictions or {}, exercises or {})


def test_a_page_keeps_what_was_chosen_first_and_now_and_votes():
    bar = Bar()
    asked = Predict(["mean", "sum"], "sum", reasons={"mean": "It is smaller."})

    @live(bar, predict=[asked, Predict(["yes", "no"], question="Agreed?"), Predict(["a", "b"], "a", question="Which?")])
    def add():
        bar.show(1)

    for answer in ("mean", "sum", None):
        add.panel.predict(answer)
    add.panel.predict("no", 1)
    show(Bar(), predict=Predict(["x", "y"], "x"))
    kept = read_page(make_page("none")).predictions
    assert kept == {
        "add": Prediction(["mean", "sum"], "sum", "", ["mean", "sum"], {"mean": "It is smaller."}),
        "Agreed?": Prediction(["yes", "no"], None, "", ["no"]),
        "Which?": Prediction(["a", "b"], "a"),
        "Bar()": Prediction(["x", "y"], "x"),
    }
    assert [one.state for one in kept.values()] == [State.RIGHT, None, State.OPEN, State.OPEN]
    assert progress.format_line() == "Predictions: 1 of 3 answered, 1 right."


def test_a_page_keeps_tries_and_each_finding_once_and_dots_are_no_try():
    check = Sheet(Number(7, {8: "One too many."}), Number(3, {}))
    for answer in (..., 8, 8, 9, 7, ...):
        check(1, answer)
    one, other = read_page(make_page("none")).exercises.values()
    assert (one.state, one.tries, other.state, other.tries) == (State.OPEN, 4, State.OPEN, 0)
    assert one.findings[0] == ["It is not 8.", "One too many."]
    assert len(one.findings) == 2


@pytest.mark.parametrize("path", notebooks.PATHS, ids=notebooks.lesson)
def test_a_page_says_what_was_asked_in_the_notebook(path):
    for panel in notebooks.run_here(path).panels.values():
        for question in panel._questions:
            question.ask(panel.name)
    progress.expect_exercises(len(notebooks.check(path).exercises))
    page = read_page(make_page(notebooks.lesson(path)))
    assert page.title == notebooks.cells(path)[0].source.partition("\n")[0].removeprefix("# ")
    words = [one.asked or name for name, one in page.predictions.items()]
    assert len(set(words)) == len(words) > 0
    assert all(" " in word for word in words), words
    text = "\n".join(cell.source for cell in notebooks.cells(path))
    assert all(exercise.asked and exercise.asked in text for exercise in page.exercises.values())


def test_nothing_that_a_learner_writes_runs_in_a_page_and_all_of_it_comes_back():
    page = page_of(
        HOSTILE[:60],
        predictions={HOSTILE: Prediction([HOSTILE, "b"], "b", HOSTILE, [HOSTILE], {HOSTILE: HOSTILE})},
        exercises={"1": Exercise(State.WRONG, 2, HOSTILE, [[HOSTILE, "`" + HOSTILE]], HOSTILE)},
    )
    html = format_page(page)
    assert read_page(html) == page
    assert is_harmless(html)
    assert html.count("</script>") == 1
    assert "alert(1)" in Tags(html).text


@pytest.mark.parametrize("name", ["Ada", "Émilie  B.", "../../etc/passwd", "a\\b:c*?", "", "x" * 500, "\n<b>"])
def test_the_name_of_a_file_is_safe(name):
    file = name_file("weight_sharing", name)
    assert (file[:14], file[-5:], len(file) < 100) == ("weight_sharing", ".html", True)
    assert not set(file.removesuffix(".html")) & set('./\\:*?<>|" \n')


def test_the_button_answers_with_the_page_and_the_name_of_its_file(monkeypatch):
    sent = []
    monkeypatch.setattr(PageSaver, "send", lambda _, message: sent.append(message))
    PageSaver("weight_sharing")._handle_custom_msg({"name": " Ada ", "ticket": "a/1"}, [])
    ((ticket, file, page),) = [message.values() for message in sent]
    assert (ticket, file, read_page(page).name) == ("a/1", "weight_sharing-Ada.html", "Ada")


def test_a_stored_notebook_keeps_what_stands_in_for_the_button_alone():
    view = {"data": {server.WIDGET_VIEW: {"model_id": "1"}}, "metadata": {"kernel": [1, 2]}}
    still = {"data": {"text/plain": "a button"}, "metadata": STILL}
    model = {"type": "notebook", "content": {"cells": [{"id": "a", "source": "", "outputs": [view, still]}]}}
    server.keep_still_pictures(model)
    assert model["content"]["cells"][0]["outputs"] == [still]


def chose(first, now, right="sum"):
    reasons = {"mean": "Means are smaller.", "largest": "One use is enough."}
    told = {choice: reasons[choice] for choice in (first, now) if choice != right}
    chosen = [first] if first == now else [first, now]
    return {"add_up": Prediction(["mean", "largest", "sum"], right, "Their mean, or their sum?", chosen, told)}


def tried(state, tries, *findings):
    return {"1": Exercise(state, tries, "code", [["It is wrong.", words] for words in findings], "Count them.")}


# Worked out by hand: first 6 mean, 1 largest, 2 sum, one none; now 4 mean, 1 largest, 4 sum.
CLASS = [
    page_of("Ada", predictions=chose("mean", "sum"), exercises=tried(State.RIGHT, 1)),
    page_of("Ben", predictions=chose("mean", "sum"), exercises=tried(State.RIGHT, 2, "Biases.")),
    page_of("Chi", predictions=chose("mean", "mean"), exercises=tried(State.RIGHT, 3, "Biases.", "Units.")),
    page_of("Dan", predictions=chose("mean", "mean"), exercises=tried(State.WRONG, 9, "Units.", "Rows.")),
    page_of("Eva", predictions=chose("mean", "mean"), exercises=tried(State.WRONG, 4, "Biases.")),
    page_of("Fay", predictions=chose("mean", "mean"), exercises=tried(State.OPEN, 0)),
    page_of("Gus", predictions=chose("largest", "largest"), exercises=tried(State.OPEN, 0)),
    page_of("Hiro", predictions=chose("sum", "sum"), exercises=tried(State.OPEN, 0)),
    page_of("Ines", predictions=chose("sum", "sum")),
    page_of("", session="k", predictions={"add_up": Prediction(["mean", "largest", "sum"], "sum")}),
]


def test_ten_learners_are_counted_as_by_hand():
    (row,) = count_predictions(CLASS)
    assert (row.asked, row.answered, row.right, row.wrong) == ("Their mean, or their sum?", 9, 4, 5)
    assert row.choices == [("mean", False, 6, 4), ("largest", False, 1, 1), ("sum", True, 2, 4)]
    assert row.behind == "6 chose “mean”. Means are smaller."
    (row,) = count_exercises(CLASS)
    assert (row.answered, row.right, row.wrong, row.tries) == (5, 3, 2, 3)  # tries 1, 2, 3, 4, 9
    assert row.behind == "The check said to 3: “Biases.”"


def hand_in(folder, pages):
    for number, page in enumerate(pages):
        (folder / f"{number}.html").write_text(format_page(page), encoding="utf-8", errors="replace")


def rows_of(html):
    """Return the text of each row of the tables."""
    return [Tags(row).text for row in html.split("<tr>")[1:]]


def test_a_teacher_sees_what_to_repeat_first(tmp_path):
    hand_in(tmp_path, [*CLASS, page_of("Ada", "reuse", exercises=tried(State.RIGHT, 1))])
    assert write_answers(tmp_path) == f"11 pages counted: see {tmp_path / 'answers.html'}"
    html = (tmp_path / "answers.html").read_text(encoding="utf-8")
    said = [line for line in Tags(html).text.splitlines() if line.startswith("Repeat first:")]
    assert said == [
        "Repeat first: nothing.",
        "Repeat first: Their mean, or their sum? 4 of 9 are right. 6 chose “mean”. Means are smaller.",
    ]
    assert "2\u00a0→\u00a04 ✔ sum" in rows_of(html)[3]
    assert [line for line in Tags(html).text.splitlines() if line.endswith((" learner", " learners"))] == [
        "1 learner",
        "10 learners",
    ]
    with (tmp_path / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == 9 + 5 + 1
    assert [row["first"] + row["now"] + row["right"] for row in table if row["learner"] == "Ben"] == [
        "meansumyes",
        "yes",
    ]


def test_what_more_have_wrong_comes_first_and_votes_last():
    def answered(**choices):
        return {
            name: Prediction(["a", "b"], None if name == "vote" else "a", "", [now]) for name, now in choices.items()
        }

    rows = count_predictions(
        [
            page_of("Ada", predictions=answered(vote="b", easy="a", hard="b")),
            page_of("Ben", predictions=answered(vote="b", easy="a", hard="b", some="b")),
            page_of("Chi", predictions=answered(some="a")),
        ]
    )
    assert [(row.asked, row.wrong) for row in rows] == [("hard", 2), ("some", 1), ("easy", 0), ("vote", None)]


def test_of_each_learner_the_newest_page_counts(tmp_path):
    hand_in(
        tmp_path,
        [
            page_of("Ada", day=2, session="k", exercises=tried(State.RIGHT, 5)),
            page_of("ADA", day=1, session="m", exercises=tried(State.WRONG, 1)),
            page_of("", day=0, session="k", exercises=tried(State.WRONG, 1)),  # before she gave her name
            page_of("", day=0, session="n", exercises=tried(State.WRONG, 2)),
            page_of("Ada", "reuse", day=0, session="o"),
        ],
    )
    told = write_answers(tmp_path)
    assert told.startswith("5 pages counted")
    assert "1.html: 0.html is a newer page of ADA; only what that leaves open counts" in told
    assert "2.html: 0.html is a newer page of the same learner" in told
    assert "1 of 2" in (tmp_path / "answers.html").read_text(encoding="utf-8")


def test_what_a_newer_page_leaves_open_an_older_one_answers():
    """As the quiz before the notebooks does, when weeks later another kernel asks what comes after."""
    before = chose("mean", "mean") | {"b": Prediction(["x", "y"], "x", "", ["y"])}
    after = {name: Prediction(one.answers, one.right) for name, one in before.items()} | chose("mean", "sum")
    pages = (
        page_of("Ada", predictions=before, exercises=tried(State.RIGHT, 3)),
        page_of("Ada", day=30, session="later", predictions=after, exercises=tried(State.OPEN, 0)),
    )
    (page,), (told,) = merge_learners([(name, page) for name, page in zip("ab", pages, strict=True)])
    assert told == "a: b is a newer page of Ada; only what that leaves open counts"
    assert page.predictions == {"add_up": after["add_up"], "b": before["b"]}
    assert (page.exercises["1"].tries, page.saved) == (3, pages[1].saved)


def test_the_teacher_sees_what_is_right_of_the_questions_that_tell_nothing():
    early, late = quiz.BEFORE[0], quiz.AFTER[0]
    wrong = next(answer for answer, mistake in early.answers.items() if mistake)
    for question, answer in ((early, wrong), (late, late.right)):
        asked = question.ask() if question is early else question.ask_and_tell()
        asked.ask("quiz")
        asked.note("quiz", answer)
    page = read_page(make_page("quiz"))
    assert page.predictions[early.text].right is None
    after, before = count_predictions([page])
    assert (before.asked.startswith("Before: "), before.right, before.wrong) == (True, 0, 1)
    assert before.behind == f"1 chose “{wrong}”. {early.answers[wrong][1]}"
    assert (find_worst([after, before]), find_worst([before])) == (None, before)


BROKEN = {
    "notes.txt": (b"hello", "does not end in .html or .htm"),
    "other.html": (b"<p>hello</p>", "is no page that a notebook saved"),
    "binary.html": (bytes(range(256)), "is no page that a notebook saved"),
    "cut.html": (format_page(CLASS[0]).encode()[:-400], "was changed or cut off"),
    "deep.html": ((BEGIN + "[" * 100_000).encode(), "was changed or cut off"),
    "number.html": ((BEGIN + "1" * 10_000).encode(), "was changed or cut off"),
    "list.html": ((BEGIN + "[]</script>").encode(), "was changed or cut off"),
    "state.html": (format_page(CLASS[0]).replace('"right", "tries"', '"great", "tries"').encode(), "was changed"),
    "types.html": (format_page(CLASS[0]).replace('"chosen": [', '"chosen": [[], ').encode(), "was changed"),
    "time.html": (format_page(CLASS[0]).replace("2026-11-23T", "0001-01-01T").encode(), None),
}


def test_files_that_are_no_pages_are_named_with_what_is_allowed(tmp_path, monkeypatch):
    for name, (data, _) in BROKEN.items():
        (tmp_path / name).write_bytes(data)
    monkeypatch.setattr(pages_module, "MOST_BYTES", 300_000)
    (tmp_path / "large.html").write_bytes(b"x" * 300_001)
    (tmp_path / "moodle").mkdir()
    (tmp_path / "moodle" / "ben.HTM").write_text(format_page(CLASS[1]), encoding="utf-8")
    told = write_answers(tmp_path)
    for name, (_, why) in BROKEN.items():
        assert why is None or f"left out: {name} {why}" in told
    assert "left out: large.html is larger than 300,000 bytes; allowed are pages as “Save my page”" in told
    assert told.startswith("2 pages counted")
    assert write_answers(tmp_path) == told  # its own files are none of the class


def test_a_file_far_too_large_is_read_no_further_than_a_page_may_be(tmp_path):
    hand_in(tmp_path, CLASS[:1])
    with (tmp_path / "huge.html").open("wb") as file:
        file.truncate(10**11)
    assert "huge.html is larger than 2,000,000 bytes" in write_answers(tmp_path)


def test_folders_without_pages_are_refused_in_words(tmp_path):
    with pytest.raises(ValueError, match=r"no folder .*none; allowed is a folder with the pages that learners saved"):
        write_answers(tmp_path / "none")
    with pytest.raises(ValueError, match="has no page to count; allowed are pages"):
        write_answers(tmp_path)
    (tmp_path / "answers.html").write_text(format_page(CLASS[0]), encoding="utf-8")
    with pytest.raises(ValueError, match=r"answers\.html is a learner's page and would be overwritten"):
        write_answers(tmp_path)
    ended = subprocess.run(
        [sys.executable, "-m", "helpers.teaching.answers", str(tmp_path / "none")], capture_output=True, text=True
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert len(ended.stderr.splitlines()) == 1  # no traceback


def test_nothing_of_a_page_runs_in_the_table_or_in_a_spreadsheet(tmp_path):
    kept = Prediction([HOSTILE, "b"], "b", HOSTILE, [HOSTILE], {HOSTILE: HOSTILE + "\ud800"})
    page = page_of("=cmd()", HOSTILE, predictions={HOSTILE: kept}, exercises=tried(State.WRONG, 10**5, HOSTILE))
    hand_in(tmp_path, [page])
    (tmp_path / f"{HOSTILE[9:]}.html".replace("/", "")).write_bytes(b"none")
    write_answers(tmp_path)
    html = (tmp_path / "answers.html").read_text(encoding="utf-8")
    assert is_harmless(html)
    assert "alert(1)" in Tags(html).text
    assert "'=cmd()" in (tmp_path / "answers.csv").read_text(encoding="utf-8")


def test_a_class_with_all_notebooks_is_counted_in_seconds(tmp_path):
    questions = {f"{number} {name}": one for number in range(12) for name, one in chose("mean", "sum").items()}
    for number in range(6):
        (tmp_path / str(number)).mkdir()
        exercise = {"1": Exercise(State.WRONG, 5, "x" * 5_000, [["a", f"{n}"] for n in range(20)], "Count.")}
        hand_in(tmp_path / str(number), [page_of(f"{n}", f"{number}", predictions=questions, exercises=exercise)
                                         for n in range(30)])  # fmt: skip
    start = perf_counter()
    assert write_answers(tmp_path).startswith("180 pages counted")
    assert perf_counter() - start < 5
