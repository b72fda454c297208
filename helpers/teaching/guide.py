"""A plan on paper: a page with questions, usual answers and moves for the teacher, and one to fill in for a learner."""

import re
from html import escape
from itertools import chain
from typing import Any

from nbconvert.filters import markdown2html

from helpers.cells import run_cell
from helpers.folders import ROOT
from helpers.live import Panel, Predict
from helpers.teaching.plans import (
    PLANS,
    Plan,
    Station,
    list_lessons,
    list_moves,
    list_plans,
    read_plan,
    share_cells,
)
from helpers.teaching.printing import format_page

Shown = dict[str, Panel]


def run_stations(*plans: Plan) -> Shown:
    """Return the panel of each station of some plans that has one, by the station's name: a cell runs once."""
    scopes: dict[str, dict[str, Any]] = {}
    panels: Shown = {}
    for station, cells in share_cells(chain.from_iterable(plan.stations for plan in plans)):
        names = scopes.setdefault(station.lesson, {"__name__": "__main__"})
        shown = [thing for cell in cells for thing in run_cell(cell, names, station.lesson)[1]]
        if shown and isinstance(shown[-1], Panel):
            panels[station.name] = shown[-1]
    return panels


def write_plan(plan: Plan, panels: Shown) -> str:
    """Return a plan as Markdown: a table with its minutes, and for each station what is asked, answered and moved."""
    questions = sum(len(panel.questions) for panel in panels.values())
    moves = sum(len(list_moves(station)) for station in plan.stations)
    counted = f"{len(panels)} panels, {questions} questions, {moves} moves."
    lines = [f"# {plan.name} minutes: {plan.title.lower()}", plan.about]
    lines.append(
        f"{counted} `make present PLAN={plan.name}` opens the slides in this order; **M** makes a station's next move. "
        f"[A page to print]({plan.name}.html) has the questions, one for each learner."
    )
    rows = ["| minutes | station | notebook |", "|---|---|---|"]
    parts, minute = [], 0
    for station in plan.stations:
        minutes = f"{minute}–{minute + station.minutes}"
        minute += station.minutes
        rows.append(f"| {minutes} | [{station.title}](#{_anchor(station.title)}) | {_link(station)} |")
        parts.append("\n\n".join([f"## {station.title}", *_tell(station, panels.get(station.name), minutes)]))
    return "\n\n".join([*lines, "\n".join(rows), *parts]) + "\n"


def _tell(station: Station, panel: Panel | None, minutes: str) -> list[str]:
    """Return what a teacher needs to know of a station, in paragraphs."""
    if not station.cell:
        return [f"Minutes {minutes}. {station.say}"]
    paragraphs = [f"Minutes {minutes}, notebook {_link(station)}. {station.context}", station.question]
    if panel is None:
        return [*paragraphs, station.explanation]
    moves = {move["answer"]: move["values"] for move in list_moves(station)}
    lines = [line for question in panel.questions for line in _list_answers(question, moves, panel)]
    if not panel.controls:
        lines.append(f"- The panel says: “{panel.sentence}”")
    lines += [f"- More, {name}: {_move(panel, values)}" for name, values in moves.items()]
    return [*paragraphs, "\n".join(lines), station.explanation]


def _list_answers(question: Predict, moves: dict[str, dict[str, Any]], panel: Panel) -> list[str]:
    """Return a line for the right answer, and one for each other that has a reason, with its move, which is taken."""
    lines = [f"- {question.question}: **{question.right or 'a vote'}**."] if question.question else []
    if question.right and not question.question:
        lines.append(f"- Right is **{question.right}**.")
    for answer, reason in question.reasons.items():
        said = f"{'  ' if question.question else ''}- *{answer}*? {reason}"
        lines.append(f"{said} {_move(panel, moves.pop(answer))}" if answer in moves else said)
    return lines


def _move(panel: Panel, values: dict[str, Any]) -> str:
    """Move a panel from where it opened; return what was moved, and what the panel says; a run says nothing yet."""
    moved = ", ".join(f"`{name} = {value}`" for name, value in values.items())
    panel.reset().set(**panel.revealed | values)
    if panel.values != panel.values | values or panel.problem:
        raise ValueError(f"the panel of {panel.name} cannot move to {values}: {panel.problem or panel.values}")
    return f"**M** moves {moved}" + (", then run it." if panel.runs else f": “{panel.sentence}”")


def write_handout(plan: Plan, panels: Shown) -> str:
    """Return the page that a learner fills in, as HTML."""
    items = []
    for station in plan.stations:
        if station.name in panels:
            questions = panels[station.name].questions
            asked = _inline(_begin(station.question)) if len(questions) == 1 else ""
            title = station.title + ("" if station.title.endswith("?") else ".")
            items.append(f"<li><b>{escape(title)}</b> {asked}{''.join(map(_ask, questions))}</li>")
    line = '<span class="line"></span>'
    intro = f"<p>Name {line} {escape(plan.question)} {line}</p>"
    return format_page("One weight, many uses: my predictions", f"{intro}\n<ol>\n{chr(10).join(items)}\n</ol>")


def _ask(question: Predict) -> str:
    boxes = "".join(f'<span class="box">{escape(answer)}</span>' for answer in question.answers)
    if question.question:
        return f'<br><span class="claim">{escape(question.question)}</span>{boxes}'
    return f'<br><span class="answer">{boxes}</span>I saw <span class="line"></span>'


def _begin(question: str) -> str:
    """Return a question without the word that it begins with."""
    words = re.sub(r"^\*\*\w+\*\*: ", "", question)
    return words[0].upper() + words[1:]


def _inline(text: str) -> str:
    return re.sub(r"^<p>|</p>\s*$", "", markdown2html(text))


def _link(station: Station) -> str:
    if not station.cell:
        return ""
    path = list_lessons()[station.lesson]
    return f"[{int(path.stem[:2])}](../../notebooks/{path.name})"


def _anchor(title: str) -> str:
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def write_all() -> dict[str, str]:
    """Return all pages of all plans, by their file names."""
    plans, pages = [read_plan(name) for name in list_plans()], {}
    ran = run_stations(*plans)
    for plan in plans:
        panels = {station.name: ran[station.name] for station in plan.stations if station.name in ran}
        pages |= {f"{plan.name}.html": write_handout(plan, panels), f"{plan.name}.md": write_plan(plan, panels)}
    return pages


def main() -> None:
    """Write the pages of all plans beside them."""
    for name, text in write_all().items():
        (PLANS / name).write_text(text, encoding="utf-8")
        print((PLANS / name).relative_to(ROOT))


if __name__ == "__main__":
    main()
