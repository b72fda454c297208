"""The table of a panel: what it says and shows at each setting that a page keeps."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from helpers.live import Panel
from helpers.live.runs import MOVED
from helpers.pages.pictures import Pictures, encode
from helpers.pages.pointing import record_pointing
from helpers.pages.thinning import BUDGET, Kept, Settings, choose_settings, count_settings

DENSITY = 1.5  # pixels of a picture to a pixel of the page: sharp on a phone, and as the notebooks store it
MOST_BYTES = 6_000_000  # that the pictures of a panel may take: large ones leave room for fewer settings
FRAMES = 30  # of a run, at most
PAUSE = 0.12  # seconds between two frames of a run, where its picture has no pace of its own

Table = dict[str, Any]


class Recorder:
    """Moves the controls of a panel and keeps what it shows, each text and each picture once."""

    def __init__(self, panel: Panel, pictures: Pictures) -> None:
        self.panel, self._pictures = panel, pictures
        self.texts: dict[str, int] = {}
        self.files: dict[str, int] = {}
        panel._density = DENSITY

    def look(self) -> list[int]:
        """Return the numbers of what the panel shows now: sentence, picture, and problem and print if there are any."""
        panel = self.panel
        shown = [self._text(panel.sentence), self.files.setdefault(self._pictures.keep(panel.png), len(self.files))]
        more = [panel.problem, panel.printed]
        return [*shown, *map(self._text, more)] if any(more) else shown

    def _text(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))

    def look_at(self, values: Settings) -> list[int]:
        """Move to some values and return the numbers of what is shown."""
        self.panel.set(**values)
        if self.panel.values != values:
            raise ValueError(f"the panel of {self.panel.name} cannot move to {values}: it is at {self.panel.values}")
        return self.look()

    def watch(self, values: Settings, after: Settings | None = None) -> dict[str, Any]:
        """Run to the end, perhaps after another run, and return the frames, and the time of one in milliseconds.

        Each frame is how much is done, and what is shown.
        """
        panel, frames, shown, steps = self.panel.reset(), [], -1.0, 0
        if after is not None:
            panel.run(**after)
        panel.set(**values)
        with panel._calls.surround():
            for _ in panel._advance():
                steps += 1
                if panel._done - shown >= 1 / FRAMES:
                    shown = panel._done
                    panel._draw()
                    frames.append([round(shown, 4), *self.look()])
        frames.append([round(panel.progress, 4), *self.look()])
        if panel.problem:
            raise ValueError(f"the run of {panel.name} at {values} failed: {panel.problem}")
        pace = getattr(panel.picture, "pace", 0) * steps / len(frames)
        return {"frames": frames, "pause": round(1000 * max(PAUSE, pace))}


def record(panel: Panel, renew: Callable[[], Panel], moves: Sequence[Settings], pictures: Pictures) -> Table:
    """Return the table of a panel; `renew` makes another one like it, and `moves` are settings to keep in any case."""
    recorder, starts = Recorder(panel, pictures), panel._starts
    anchors = [starts, *(preset["values"] for preset in panel.presets)]
    anchors += [starts | given for given in (*(question.reveal for question in panel.questions), *moves)]
    anchors += [starts | panel.revealed]
    budget = min(BUDGET, MOST_BYTES // len(encode(panel.picture.png(DENSITY))))
    kept = choose_settings(panel._ranges, anchors, panel.runs, budget)
    fresh = renew if len(panel.questions) > 1 else lambda: panel
    marks = _sort_marks(fresh) if hasattr(panel.picture, "mark") else []
    rows, runs = [], []
    panel.reset()
    for values in kept.settings:
        if panel.runs:
            panel.reset()
            rows.append(recorder.look_at(values))
        else:
            for answers in itertools.product(*(classes for classes, _ in marks)):
                if marks:
                    recorder.panel = _mark(fresh(), answers)
                rows.append(recorder.look_at(values))
    if panel.runs:
        runs = _record_runs(recorder, kept.settings)
    shown = rows[:: len(rows) // len(kept.settings)] if not runs else [run["frames"][-1][1:] for run in runs]
    pointing = record_pointing(panel, renew, kept.settings) if panel.pointable else None
    names, of = kept.names, count_settings(panel._ranges, starts)
    return {
        "state": {"size": panel.size, "lines": panel.lines, "pointable": bool(pointing)}
        | {"controls": _list_controls(panel, kept), "presets": _list_presets(panel, kept)},
        "starts": starts,
        "names": names,
        "fixed": list(kept.fixed),
        "tree": _grow_tree([[values[name] for name in names] for values in kept.settings], marks),
        "rows": rows,
        "texts": list(recorder.texts),
        "pictures": list(recorder.files),
        "questions": [_tell(question, panel.runs) for question in panel.questions],
        "marks": [classes for _, classes in marks],
        "pointing": pointing,
        "runs": runs,
        "moved": MOVED if panel.runs else "",
        "note": _note(panel, len(kept.settings), of, pointing),
        "still": shown[kept.settings.index(starts | panel.revealed)],
    }


def _record_runs(recorder: Recorder, settings: Sequence[Settings]) -> list[Table]:
    """Return each run alone and, where a picture keeps the run before, after each other one."""
    runs = [recorder.watch(values) for values in settings]
    if recorder.watch(settings[0], after=settings[-1])["frames"][-1] != runs[0]["frames"][-1]:
        for run, values in zip(runs, settings, strict=True):
            run["after"] = [recorder.watch(values, after=other)["frames"] for other in settings]
    return runs


def _grow_tree(paths: Sequence[Sequence[Any]], marks: Sequence[tuple[list[str], Any]]) -> Any:
    """Return rows' numbers below their paths: at each level a list of stops, and one of what is below each."""
    paths = [[*path, *more] for path in paths for more in itertools.product(*(classes for classes, _ in marks))]

    def grow(numbers: Sequence[int], level: int) -> Any:
        if level == len(paths[0]):
            return numbers[0]
        below: dict[Any, list[int]] = {}
        for number in numbers:
            below.setdefault(paths[number][level], []).append(number)
        return [list(below), [grow(some, level + 1) for some in below.values()]]

    return grow(range(len(paths)), 0)


def _sort_marks(fresh: Callable[[], Panel]) -> list[tuple[list[str], dict[str, str]]]:
    """Return for each question one answer of each kind that the picture marks alike, and the kind of each answer."""
    found = []
    for question in fresh().questions:
        looks: dict[Any, str] = {}
        kinds = {}
        for answer in (None, *question.answers):
            picture = fresh().picture
            picture.mark(answer)
            kinds[answer or ""] = looks.setdefault((picture.png(), picture.sentence), answer or "")
        found.append((list(looks.values()), kinds))
    return found


def _mark(panel: Panel, answers: Sequence[str]) -> Panel:
    """Mark these answers on the picture of a panel and return it."""
    panel._density = DENSITY
    for answer in answers:
        panel.picture.mark(answer or None)
    return panel


def _tell(question: Any, runs: bool) -> Table:
    """Return a question as the page needs it: before an answer, and what is said of each."""
    answers = {answer or "": answer for answer in (None, *question.answers)}
    said = {key: _changed(question.state(answer, open=True)) for key, answer in answers.items()}
    shown = {key: _changed(question.state(answer, open=True, shown=True)) for key, answer in answers.items()}
    return {"closed": question.state(), "said": said, "shown": shown if runs else None, "reveal": question.reveal}


def _changed(state: dict[str, Any]) -> dict[str, Any]:
    return {name: state[name] for name in ("open", "chosen", "right", "said")}


def _list_controls(panel: Panel, kept: Kept) -> list[Table]:
    """Return the controls for the page: only their names and choices, for the tree has their stops."""
    controls = [{name: one[name] for name in ("name", "choices") if name in one} for one in panel.controls]
    return [{"name": one["name"], "fixed": True} if one["name"] in kept.fixed else one for one in controls]


def _list_presets(panel: Panel, kept: Kept) -> list[Table]:
    """Return the presets, and what else is needed to reach each anchor where controls are fixed."""
    presets = list(panel.presets)
    seen = {tuple(preset["values"][name] for name in kept.fixed) for preset in presets}
    for values in kept.anchors if kept.fixed else []:
        fixed = tuple(values[name] for name in kept.fixed)
        if fixed not in seen:
            seen.add(fixed)
            moved = [f"{name} = {value}" for name, value in values.items() if value != panel._starts[name]]
            presets.append({"name": ", ".join(moved) or "start", "values": values})
    return presets if len(presets) > 1 or not kept.fixed else []


def _note(panel: Panel, count: int, of: int, pointing: Any) -> str:
    """Return what the page says of what JupyterLab has besides."""
    said = []
    if panel.runs:
        said.append(f"This page plays {count} recorded run{'s'[: count != 1]}. JupyterLab runs all {of:,} settings.")
    elif count < of:
        said.append(f"This page has {count:,} of {of:,} settings. JupyterLab has all.")
    if panel.pointable and not pointing:
        said.append("In JupyterLab you can also click on the picture.")
    return " ".join(said)
