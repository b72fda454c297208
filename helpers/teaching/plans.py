"""A plan for a class: which cells of which notebooks are shown, in which order, and for how many minutes."""

import re
import symtable
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from helpers.folders import ROOT, list_notebooks, name_lesson

PLANS = ROOT / "docs" / "plans"
FOLD = re.compile(r"\s*<details>.*?</details>", re.DOTALL)
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
ASK = re.compile(r"^\*\*(?:Predict|Vote)\*\*: .+", re.MULTILINE | re.DOTALL)
PANEL = re.compile(r"\bpredict=")


@dataclass(frozen=True)
class Station:
    """One thing that is shown: a cell with what its section says before and after it, or the plan's own words alone."""

    title: str
    minutes: int
    lesson: str = ""
    cell: str = ""
    context: str = ""
    ask: str = ""
    explanation: str = ""
    say: str = ""

    @property
    def question(self) -> str:
        """What is asked, up to the question mark: what comes after it tells a learner what to move."""
        return self.ask[: self.ask.index("?") + 1] if "?" in self.ask else self.ask

    @property
    def name(self) -> str:
        """The lesson and the cell, as a plan has them."""
        return f"{self.lesson}/{self.cell}" if self.cell else ""


@dataclass(frozen=True)
class Plan:
    """Stations in their order; `minutes` is what they take together, 0 where nobody counts."""

    name: str
    title: str
    question: str
    about: str
    stations: tuple[Station, ...]

    @property
    def minutes(self) -> int:
        """How long all stations take together."""
        return sum(station.minutes for station in self.stations)


def list_lessons() -> dict[str, Path]:
    """Return the notebook of each lesson by the lesson's name, in their order."""
    return {name_lesson(path): path for path in list_notebooks() if path.stem[0].isdigit()}


def list_plans() -> list[str]:
    """Return the names of the plans that are kept."""
    return sorted(path.stem for path in PLANS.glob("*.toml") if path.stem.isdigit())


@cache
def read_moves() -> dict[str, dict[str, dict[str, Any]]]:
    """Return for each station's name the moves of its panel: the answer that each is for, and the values to move to."""
    return tomllib.loads((PLANS / "moves.toml").read_text(encoding="utf-8"))


def list_moves(station: Station) -> list[dict[str, Any]]:
    """Return the moves of a station in their order, each with the answer it is for."""
    return [{"answer": answer, "values": values} for answer, values in read_moves().get(station.name, {}).items()]


@cache
def read_cells(lesson: str) -> list[NotebookNode]:
    """Return the cells of a lesson's notebook; raises ValueError for an unknown lesson."""
    lessons = list_lessons()
    if lesson not in lessons:
        raise ValueError(f"lesson {lesson!r} is unknown; allowed are {', '.join(lessons)}")
    return nbformat.read(lessons[lesson], as_version=4).cells


def read_plan(name: str) -> Plan:
    """Return a plan by its name, or all that one lesson asks by the lesson's name or number.

    Raises ValueError for a name that is none of these, and for a plan that is not as it has to be.
    """
    lessons = list_lessons()
    numbers = {path.stem.partition("_")[0].removeprefix("0"): lesson for lesson, path in lessons.items()}
    lesson = numbers.get(name, name)
    if lesson in lessons:
        return _plan_lesson(lesson)
    if name not in list_plans():
        allowed = [*list_plans(), *(f"{number} ({lesson})" for number, lesson in numbers.items())]
        raise ValueError(f"plan {name!r} is unknown; allowed are {', '.join(allowed)}")
    given = tomllib.loads((PLANS / f"{name}.toml").read_text(encoding="utf-8"))
    plan = Plan(name, given["title"], given["question"], given["about"], tuple(map(_read_station, given["stations"])))
    if plan.minutes != int(name):
        raise ValueError(f"the stations of plan {name} take {plan.minutes} minutes; allowed are {name}")
    return plan


def _read_station(given: dict) -> Station:
    """Return a station as a plan has it."""
    minutes = given["minutes"]
    if "cell" not in given:
        return Station(given["title"], minutes, say=given.get("say", ""))
    lesson, _, cell = given["cell"].partition("/")
    return find_station(lesson, cell, minutes)


def _plan_lesson(lesson: str) -> Plan:
    """Return a plan that shows everything that one lesson asks."""
    cells = [cell for cell in read_cells(lesson) if cell.cell_type == "code" and PANEL.search(cell.source)]
    title = re.search(r"^# (.*)", read_cells(lesson)[0].source)[1]
    stations = (Station("Opening", 0), *(find_station(lesson, cell.id) for cell in cells), Station("What we said", 0))
    return Plan(lesson, title, "", "", stations)


def find_station(lesson: str, cell_id: str, minutes: int = 0) -> Station:
    """Return a cell with the heading, the context and the question before it, and the explanation after it.

    Raises ValueError for a cell that the lesson does not have.
    """
    cells = read_cells(lesson)
    place = next((place for place, cell in enumerate(cells) if cell.id == cell_id), None)
    if place is None:
        raise ValueError(f"{lesson}/{cell_id} is no cell; allowed are {', '.join(cell.id for cell in cells)}")
    texts = [FOLD.sub("", cell.source) if cell.cell_type == "markdown" else None for cell in cells]
    start = max(number for number in range(place) if texts[number] and HEADING.search(texts[number]))
    said = next(number for number in range(place - 1, start - 1, -1) if texts[number])
    asked = ASK.search(texts[said])
    context = HEADING.sub("", texts[said][: asked.start()] if asked else texts[said]).strip()
    after = takewhile(lambda text: not HEADING.search(text), filter(None, texts[place + 1 :]))
    explanation = next((text for text in after if not asked or "What you saw" in text), "")
    title = HEADING.search(texts[start])[1]
    return Station(title, minutes, lesson, cell_id, context, asked[0] if asked else "", explanation.strip())


def find_needed(lesson: str, cell_id: str) -> list[NotebookNode]:
    """Return the code cells before a cell that make what it uses, in their order, and the cell itself."""
    code = [cell for cell in read_cells(lesson) if cell.cell_type == "code"]
    place = [cell.id for cell in code].index(cell_id)
    needed, wanted = [], set()
    for cell in reversed(code[: place + 1]):
        makes, uses = _list_names(cell.source)
        if makes & wanted or cell.id == cell_id:
            needed.insert(0, cell)
            wanted = (wanted - makes) | uses
    return needed


def share_cells(stations: Iterable[Station]) -> Iterator[tuple[Station, list[NotebookNode]]]:
    """Yield each station with the cells that are still to be run for it, in their order: each of them once."""
    ran: set[tuple[str, str]] = set()
    for station in stations:
        needed = find_needed(station.lesson, station.cell) if station.cell else []
        cells = [cell for cell in needed if (station.lesson, cell.id) not in ran]
        ran |= {(station.lesson, cell.id) for cell in cells}
        yield station, cells


def _list_names(source: str) -> tuple[set[str], set[str]]:
    """Return the global names that some code makes, and those that it takes from elsewhere."""
    top = symtable.symtable(source, "cell", "exec")
    inner, makes, uses = [*top.get_children()], set(), set()
    for symbol in top.get_symbols():
        made = symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
        (makes if made else uses).add(symbol.get_name())
    while inner:
        table = inner.pop()
        uses |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        inner += table.get_children()
    return makes, uses - makes
