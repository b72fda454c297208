"""A learner's own page: one HTML file with all that was answered in a notebook, and the same as JSON inside."""

import json
import re
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from html import escape

from helpers import progress
from helpers.folders import NOTEBOOKS
from helpers.progress import LOOKS, Exercise, Prediction, State

SESSION = secrets.token_hex(8)  # two pages of one kernel are by one learner
ASKED = re.compile(r"\*\*(?:Predict|Vote)\*\*: ([^?]+?(?:\?|\n\n|\Z))")
CALLED = re.compile(r"\w+(?=\()")
EXERCISE = re.compile(r"^\*\*Exercise (\d+)\.\*\* (.+?)(?=\n\n<details>|\Z)", re.DOTALL | re.MULTILINE)
MARKDOWN = re.compile(r"`([^`\n]+)`|\*\*([^*\n]+)\*\*|(?<![\w*])\*([^*\n]+)\*(?![\w*])")

BEGIN, END = '<script type="application/json" id="one-weight-many-uses">', "</script>"
MOST_NAME = 60  # characters

# The policy lets a page load nothing and run nothing, whatever stands in it.
HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
  body {{ max-width: 52rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 sans-serif; color: #1a1a1a; }}
  h1 {{ margin-bottom: 0; font-size: 1.7rem; }}
  h2 {{ margin-top: 2rem; font-size: 1.3rem; }}
  section {{ margin: 1rem 0; padding-left: 12px; border-left: 6px solid #767676; break-inside: avoid; }}
  section > p {{ margin: 0.2rem 0; }}
  pre {{ margin: 0.4rem 0; padding: 0.5rem; border: 1px solid #bbbbbb; font-size: 14px; }}
  pre, code, td, p {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
  table {{ width: 100%; margin: 1rem 0; border-collapse: collapse; }}
  th, td {{ min-width: 2.5em; padding: 5px 8px; border: 1px solid #767676; text-align: left; vertical-align: top; }}
  th:first-child, th:last-child {{ width: 36%; }}
  tr {{ break-inside: avoid; }}
  .fact {{ color: #595959; }}
  @media print {{ body {{ margin: 0; font-size: 12pt; }} thead {{ display: table-header-group; }} }}
</style>
</head>
<body>
"""


@dataclass
class Page:
    """What a page holds: whose it is, of which notebook, and its questions by the names under which they are kept."""

    lesson: str
    title: str
    name: str
    saved: datetime
    session: str
    predictions: dict[str, Prediction]
    exercises: dict[str, Exercise]


def make_page(lesson: str, name: str = "") -> str:
    """Return the page of this kernel's learner as HTML."""
    title, asked = _find_questions(lesson)
    predictions, exercises = (
        {key: replace(one, asked=asked.get(key, "")) for key, one in kept.items()}
        for kept in (progress.predictions, progress.exercises)
    )
    saved = datetime.now().astimezone().replace(microsecond=0)
    return format_page(Page(lesson, title, tidy_name(name), saved, SESSION, predictions, exercises))


def name_file(lesson: str, name: str) -> str:
    """Return a name for the file that is safe everywhere."""
    return "-".join(filter(None, [lesson, *re.findall(r"\w+", tidy_name(name))])) + ".html"


def tidy_name(name: str) -> str:
    """Return a name on one line, and no longer than it needs to be."""
    return " ".join(name.split())[:MOST_NAME]


def format_page(page: Page) -> str:
    """Return a page as HTML."""
    whose = f"{page.name or 'Without a name'}, saved on {page.saved:%d %B %Y at %H:%M %Z}".strip()
    parts = [
        HEAD.format(title=escape(f"{page.name} · {page.title}".strip(" ·"))),
        f"<h1>{escape(page.title)}</h1>\n<p class='fact'>{escape(whose)}</p>",
        f"<p>{progress.format_counts(page.predictions, page.exercises)}</p>",
        "<h2>Predictions</h2>" if page.predictions else "",
        *(_format_prediction(*item) for item in page.predictions.items()),
        "<h2>Exercises</h2>" if page.exercises else "",
        *(_format_exercise(*item) for item in page.exercises.items()),
        "<p class='fact'>This page was made in the notebook and sent nowhere.</p>",
        f"{BEGIN}{_dump(page)}{END}\n</body>\n</html>\n",
    ]
    return "\n".join(filter(None, parts))


def format_text(text: str) -> str:
    """Return text as HTML, with what the notebooks use of Markdown: code, bold and italics."""
    return MARKDOWN.sub(_format_mark, escape(text))


def _format_mark(found: re.Match[str]) -> str:
    code, bold, italics = found.groups()
    return f"<code>{code}</code>" if code else f"<b>{bold}</b>" if bold else f"<i>{italics}</i>"


def _format_prediction(name: str, kept: Prediction) -> str:
    asked = kept.asked or name
    if not kept.chosen:
        return _format_section(State.OPEN, asked, ["Not answered yet."])
    first, now = kept.chosen[0], kept.chosen[-1]
    told = [f"You said: {first}." if first == now else f"You said first: {first}. Now: {now}."]
    if kept.right is not None:
        told += [f"It is: {kept.right}."] if kept.right != now else []
        told += [kept.reasons[choice] for choice in dict.fromkeys([first, now]) if choice in kept.reasons]
    return _format_section(kept.state, asked, told)


def _format_exercise(number: str, kept: Exercise) -> str:
    tries = [f"{kept.tries} {'try' if kept.tries == 1 else 'tries'}"] if kept.tries else []
    told = [kept.asked] if kept.asked else []
    told += [", ".join([LOOKS[kept.state][1].capitalize(), *tries]) + "."]
    told += ["The check said: " + " ".join(finding) for finding in kept.findings]
    code = f"\n<pre>{escape(kept.code)}</pre>" if kept.code else ""
    return _format_section(kept.state, f"Exercise {number}", told, code)


def _format_section(state: State | None, asked: str, told: list[str], more: str = "") -> str:
    mark, _, color = LOOKS[state] if state else ("✎", "", "#767676")
    lines = "".join(f"\n<p>{format_text(line)}</p>" for line in told)
    return (
        f"<section style='border-color: {color}'>\n<p>{mark} <b>{format_text(asked)}</b></p>{lines}{more}\n</section>"
    )


def _dump(page: Page) -> str:
    data = asdict(page) | {"saved": page.saved.isoformat()}
    text = json.dumps(data, default=lambda state: state.value)
    return text.replace("<", "\\u003c")  # so that nothing in it can end the script


def _find_questions(lesson: str) -> tuple[str, dict[str, str]]:
    """Return the title of a notebook, and what it asks by the panel's name or the exercise's number."""
    try:
        cells = json.loads(next(NOTEBOOKS.glob(f"*{lesson}.ipynb")).read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells]
        asked, words = dict(EXERCISE.findall("\n\n".join(sources))), " "
        for source in sources:
            if found := ASKED.search(source):
                words = found[1].strip()
            if "predict=" in source:  # in the panel that comes after these words
                called = {name for name in progress.predictions if name.removesuffix("()") in CALLED.findall(source)}
                asked |= dict.fromkeys(called, words[0].upper() + words[1:])
        return sources[0].partition("\n")[0].strip("# "), asked
    except (StopIteration, OSError, ValueError, KeyError, IndexError, TypeError):  # moved, or changed by hand
        return lesson, {}
