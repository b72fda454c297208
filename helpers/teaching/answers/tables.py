"""The tables of what a class has answered: as a page to read and print, and as rows for a spreadsheet."""

from collections.abc import Iterable, Iterator
from html import escape

from helpers.progress import State
from helpers.progress.page import HEAD, Page, format_text
from helpers.teaching.answers.counts import Row, count_exercises, count_predictions, cut, find_worst

TITLE = "What the class has answered"
MISTAKE = "Most frequent mistake"
LEGEND = (
    "What most have wrong now comes first. ✔ marks the right answer; a vote has none. 3 → 7: three chose it first, "
    "seven do now. Right and tries are of those who tried; tries are their median."
)


def format_tables(pages: list[Page], left_out: list[str]) -> str:
    """Return the tables of all notebooks as HTML."""
    parts = [HEAD.format(title=TITLE), f"<h1>{TITLE}</h1>\n<p class='fact'>{LEGEND}</p>"]
    for title, own in _by_notebook(pages):
        predictions, exercises = count_predictions(own), count_exercises(own)
        worst = find_worst(predictions + exercises)
        repeat = f"{worst.asked} {worst.right} of {worst.answered} are right. {worst.behind}" if worst else "nothing."
        parts += [
            f"<h2>{escape(cut(title))}</h2>\n<p>{count_of(len(own), 'learner')}</p>",
            f"<p><b>Repeat first:</b> {format_text(repeat)}</p>",
            _format_table(["Prediction", "First → now", MISTAKE], map(_format_prediction, predictions)),
            _format_table(["Exercise", "Right", "Tries", MISTAKE], map(_format_exercise, exercises)),
        ]
    if left_out:
        items = "".join(f"<li>{escape(cut(why))}</li>" for why in left_out)
        parts.append(f"<h2>Left out, or counted in part</h2>\n<ul>{items}</ul>")
    return "\n".join([*parts, "</body>\n</html>\n"])


def list_answers(pages: list[Page]) -> Iterator[list[str | int]]:
    """Yield the names of the columns, and then a row for each answer of each learner."""
    yield ["notebook", "learner", "question", "first", "now", "right", "tries"]
    for page in sorted(pages, key=lambda page: (page.title, page.name)):
        for name, one in page.predictions.items():
            if one.chosen:
                yield _list_row(page, one.asked or name, [one.chosen[0], one.chosen[-1]], one.state, "")
        for number, exercise in page.exercises.items():
            if exercise.tries:
                yield _list_row(page, f"Exercise {number}", ["", ""], exercise.state, exercise.tries)


def count_of(number: int, what: str) -> str:
    """Return a number with its noun."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def _by_notebook(pages: list[Page]) -> list[tuple[str, list[Page]]]:
    found: dict[str, list[Page]] = {}
    for page in pages:
        found.setdefault(page.lesson, []).append(page)
    return sorted(((own[0].title, own) for own in found.values()), key=lambda item: item[0])


def _format_table(heads: list[str], rows: Iterable[list[str]]) -> str:
    head = "".join(f'<th scope="col">{head}</th>' for head in heads)
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>" if body else ""


def _format_prediction(row: Row) -> list[str]:
    choices = [
        f"<b>{first}\u00a0→\u00a0{now}</b> {'✔ ' if right else ''}{format_text(words)}"
        for words, right, first, now in row.choices
    ]
    return [format_text(row.asked), "<br>".join(choices), format_text(row.behind)]


def _format_exercise(row: Row) -> list[str]:
    return [format_text(row.asked), f"{row.right} of {row.answered}", f"{row.tries:g}", format_text(row.behind)]


def _list_row(page: Page, asked: str, choices: list[str], state: State | None, tries: int | str) -> list[str | int]:
    right = "" if state is None else "yes" if state is State.RIGHT else "no"
    return [*map(_disarm, [page.title, page.name, asked, *choices]), right, tries]


def _disarm(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
