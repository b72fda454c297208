"""Print the quiz for learners, and with its key for the teacher: `python -m helpers.teaching.quiz` writes to docs."""

from collections.abc import Sequence
from html import escape
from importlib import import_module
from typing import Any

from helpers.folders import ROOT
from helpers.teaching.printing import format_page

DOCS = ROOT / "docs"
NAME = '<p>Name <span class="line" style="width: 60mm"></span></p>'


def format_pages() -> dict[str, str]:
    """Return the pages of the quiz by their file names."""
    quiz = import_module("helpers.lessons.quiz.questions")
    pairs = [*zip(quiz.BEFORE, quiz.AFTER, strict=True)]
    guess = "Nobody has to know any of this yet: guess where you do not know."
    again = "The same five ideas as before, with other sizes and in other situations."
    return {
        "quiz-before.html": _format_sheet("One Weight, Many Uses: before", guess, quiz.BEFORE),
        "quiz-after.html": _format_sheet("One Weight, Many Uses: after", again, quiz.AFTER),
        "quiz-key.html": format_page(
            "One Weight, Many Uses: what the answers say",
            "<p>For the teacher. ✔ marks the right answers; beside each pair of wrong ones stands the misunderstanding "
            "that leads to both, and the reason with the numbers of the first. Count how many of the class chose each "
            "row before, and how many after.</p>\n" + "\n".join(_format_pair(*pair) for pair in pairs),
        ),
    }


def _format_sheet(title: str, said: str, questions: Sequence[Any]) -> str:
    items = []
    for question in questions:
        boxes = "\n    ".join(f'<span class="box">{escape(answer)}</span>' for answer in question.answers)
        items.append(f"  <li>{escape(question.text)}<br>\n    {boxes}</li>")
    return format_page(
        title, f"{NAME}\n<p>{said} Tick one box for each question.</p>\n<ol>\n" + "\n".join(items) + "\n</ol>"
    )


def _format_pair(before: Any, after: Any) -> str:
    """Return the key to a pair: its texts, and a row for each misunderstanding with the answers that it leads to."""
    idea, rows = before.idea, ["<th>before</th><th>after</th><th>misunderstanding</th><th>why, and what is true</th>"]
    for answer, mistake in before.answers.items():
        name, reason = mistake or ("", "")
        other = next(other for other, of in after.answers.items() if (of or ("",))[0] == name)
        mark = "" if mistake else "✔\u00a0"
        answers = "".join(f"<td>{mark}{escape(one)}</td>" for one in (answer, other))
        rows.append(f"{answers}<td>{escape(name or 'right')}</td><td>{escape(reason)}</td>")
    table = "\n".join(f"  <tr>{row}</tr>" for row in rows)
    return (
        f"<section>\n<h2>{escape(idea.name.capitalize())}</h2>\n"
        f"<p>Notebook {idea.notebook}, “{escape(idea.section)}”.</p>\n"
        f"<p><b>Before.</b> {escape(before.text)}</p>\n<p><b>After.</b> {escape(after.text)}</p>\n"
        f"<table>\n{table}\n</table>\n</section>"
    )


if __name__ == "__main__":
    for name, page in format_pages().items():
        (DOCS / name).write_text(page, encoding="utf-8")
        print(f"docs/{name}: written")
