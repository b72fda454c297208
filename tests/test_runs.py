"""Functions that yield: a run grows its picture in turns with the page, can be stopped, and says how it ended."""

import asyncio
import random
import re
import signal
from fractions import Fraction
from functools import partial, wraps

import numpy as np
import pytest

from helpers.live import RunPanel, live, runs, views
from tests.bar import RunBar, width
from tests.looks import decode

STEP = 0.004  # seconds that a step takes
MANY = 500  # steps of a run that is to be ended before
PATIENCE = 10  # seconds after which a test that hangs fails
MOVED = "The controls have moved since this run: press Run. "


class Grow:
    """A bar, functions that let it grow, what has happened in them, and the time that they took."""

    def __init__(self):
        self.bar, self.log, self.steps, self.now = RunBar(), [], 0, 0.0

    def at_once(self, value=20):
        self.log.append(("begins", value))
        for done in (0.5, 1):
            self.bar.show(value * done)
            yield done
        self.log.append(("ends", value))

    def slowly(self, value=20, steps=MANY, enough=lambda: False):
        self.log.append(("begins", value))
        try:
            for step in range(1, steps + 1):
                if enough():
                    break
                self.now += STEP
                self.steps += 1
                self.bar.show(value * step / steps)
                yield step / steps
            self.log.append(("ends", value))
        finally:
            self.log.append(("closed", value))

    def panel(self, function):
        return RunPanel(function, self.bar, {"value": (0, 100)})


@pytest.fixture
def grow(monkeypatch):
    """Return a bar that grows, whose steps alone let time pass."""
    grow = Grow()
    monkeypatch.setattr(runs, "perf_counter", lambda: grow.now)
    return grow


@pytest.fixture
def shown(monkeypatch):
    """Return the outputs that a cell would get."""
    outputs = []
    monkeypatch.setattr(views, "display", lambda output, **_: outputs.append(output))
    return outputs


def send(panel, values=None, density=1, ticket="t/1", **what):
    """Send a message as the page does, and look that it is answered."""
    values = panel.values if values is None else values
    panel._handle_custom_msg({"values": values, "density": density, "ticket": ticket, **what}, [])
    assert panel.answered == ticket


def in_a_kernel(test):
    """Run a test in a loop, as a kernel has one, and look that it leaves nothing behind."""

    @wraps(test)
    def run(**fixtures):
        async def bounded():
            async with asyncio.timeout(PATIENCE):
                await test(**fixtures)
            assert asyncio.all_tasks() == {asyncio.current_task()}

        asyncio.run(bounded())

    return run


async def turns(number=3):
    for _ in range(number):
        await asyncio.sleep(0)


async def until(true):
    while not true():
        await asyncio.sleep(0)


async def ended(panel):
    await until(lambda: panel.running)
    await until(lambda: not panel.running)


def test_only_a_function_that_yields_gets_run_and_stop(grow, shown):
    @live(grow.bar, value=(0, 100))
    def run(value=20):
        yield from grow.at_once(value)

    move = live(grow.bar, value=(0, 100))(lambda value=20: grow.bar.show(value))
    bound = live(grow.bar, value=(0, 100))(partial(run, value=30))
    assert [isinstance(function.panel, RunPanel) for function in (run, move, bound)] == [True, False, True]
    assert (list(run(10)), run.__name__) == ([0.5, 1], "run")
    assert {"running", "progress"} <= run.panel.get_state().keys()  # what the page knows a run by
    assert not {"running", "progress"} & move.panel.get_state().keys()


@pytest.mark.parametrize("mistake", [False, True])
def test_the_stored_picture_shows_a_whole_run_and_the_panel_none(grow, shown, mistake):
    @live(grow.bar, value=(0, 100))
    def run(value=20):
        yield from grow.at_once(value)
        if mistake:
            raise ValueError("too far")

    _, picture, sentence = shown
    said = 'ValueError: too far\nin the line: raise ValueError("too far")' if mistake else "It has come to 20."
    assert grow.log == [("begins", 20), ("ends", 20)]
    assert (width(picture.data), picture.alt, sentence["text/plain"]) == (20, said, said)
    panel = run.panel
    assert (width(panel.png), panel.sentence, panel.problem) == (0, "Nothing has run.", "")
    assert (panel.running, panel.progress, panel.values) == (False, 0, {"value": 20})


def test_run_goes_to_the_end(grow):
    grow.bar.show(70)
    panel, seen = grow.panel(grow.at_once), []
    assert (width(panel.png), panel.sentence, grow.log) == (0, "Nothing has run.", [])
    panel.observe(lambda change: seen.append(change.new), "running")
    assert panel.run() is panel
    assert (width(panel.png), panel.sentence, panel.progress) == (20, "It has come to 20.", 1)
    panel.run(value=60)
    assert (width(panel.png), panel.sentence, panel.progress) == (60, "It has come to 60.", 1)
    assert (seen, panel.problem, panel.values) == ([True, False, True, False], "", {"value": 60})
    assert grow.log == [("begins", 20), ("ends", 20), ("begins", 60), ("ends", 60)]
    with pytest.raises(TypeError, match="speed is not a slider"):
        panel.run(speed=3)
    assert len(grow.log) == 4


def test_a_move_or_a_preset_does_not_run_and_after_a_run_the_sentence_says_so(grow):
    panel = RunPanel(grow.at_once, grow.bar, {"value": (0, 100)}, {"far": (50,)})
    send(panel, panel.presets[0]["values"])
    assert (grow.log, panel.sentence, panel.values) == ([], "Nothing has run.", {"value": 50})
    panel.run()
    send(panel, {"value": 70})
    assert grow.log == [("begins", 50), ("ends", 50)]
    assert (panel.sentence, width(panel.png), panel.progress) == (MOVED + "It has come to 50.", 50, 1)
    send(panel, {"value": 50})
    assert panel.sentence == "It has come to 50."


@pytest.mark.parametrize("mistake", [ValueError, KeyError, SystemExit])
def test_a_mistake_ends_the_run_and_the_picture_stays_as_far_as_it_got(grow, mistake):
    def run(value=20):
        grow.bar.show(30)
        yield 0.3
        if value > 50:
            grow.bar.show(40)
            raise mistake("too far")
        yield 1

    panel = grow.panel(run).run(value=60)
    assert re.fullmatch(rf"{mistake.__name__}: '?too far'?\nin the line: raise mistake\(\"too far\"\)", panel.problem)
    assert (width(panel.png), panel.sentence, panel.progress) == (40, "It has come to 40.", 0.3)
    assert not panel.running
    panel.run(value=50)
    assert (width(panel.png), panel.problem, panel.progress) == (30, "", 1)


def test_a_function_that_does_not_even_begin(grow):
    def run(bare, value=20):
        yield 1

    panel = grow.panel(run).run()
    assert "missing 1 required positional argument: 'bare'" in panel.problem
    assert (panel.running, panel.progress, width(panel.png)) == (False, 0, 0)


def test_an_interrupted_run_is_not_under_way(grow):
    def run(value=20):
        grow.bar.show(30)
        yield 0.3
        raise KeyboardInterrupt

    panel = grow.panel(run)
    with pytest.raises(KeyboardInterrupt):
        panel.run()
    assert (panel.running, panel.progress, width(panel.png)) == (False, 0.3, 30)


@pytest.mark.parametrize("done", [None, True, -0.1, 1.001, float("nan"), "0.5", 0.5j, (0.5,)])
def test_what_is_no_share_is_refused_in_words(grow, done):
    def run(value=20):
        try:
            grow.bar.show(30)
            yield 0.3
            grow.bar.show(40)
            yield done
            grow.bar.show(50)
        finally:
            grow.log.append("closed")

    panel = grow.panel(run).run()
    assert f"ValueError: the run yields {done!r}; allowed is how much is done, from 0 to 1" in panel.problem
    assert (width(panel.png), panel.progress, panel.running, grow.log) == (40, 0.3, False, ["closed"])


@pytest.mark.parametrize("done", [0, 1, np.float32(0.5), np.int64(1), Fraction(1, 4)])
def test_any_kind_of_number_is_a_share(grow, done):
    def run(value=20):
        yield done

    panel = grow.panel(run).run()
    assert (panel.problem, panel.progress) == ("", float(done))
    assert type(panel.progress) is float  # which goes to the page


@in_a_kernel
async def test_a_run_takes_turns_and_the_page_sees_it_grow(grow):
    panel, frames, shares, count = grow.panel(grow.slowly), [], [], 0
    panel.observe(lambda change: frames.append(width(change.new)), "png")
    panel.observe(lambda change: shares.append(change.new), "progress")
    send(panel, {"value": 90}, run=True, density=2)
    await until(lambda: panel.running)
    while panel.running:
        count += 1
        await asyncio.sleep(0)
    assert 0.8 < count / (grow.now / runs.TURN) <= 1
    assert 0.8 < len(frames) / (grow.now / runs.FASTEST) <= 1.05
    for seen in (frames, shares):
        assert seen == sorted(seen)
    assert (panel.progress, width(panel.png), decode(panel.png).shape[1]) == (1, 90, 400)
    assert (panel.sentence, panel.problem) == ("It has come to 90.", "")
    assert grow.log == [("begins", 90), ("ends", 90), ("closed", 90)]
    send(panel, {"value": 40}, run=True)
    await ended(panel)
    assert (width(panel.png), panel.progress, panel.sentence) == (40, 1, "It has come to 40.")


@in_a_kernel
async def test_slow_frames_take_a_small_share_of_the_time(grow, monkeypatch):
    png, frames = grow.bar.png, []

    def slow(*how):
        grow.now += 0.1
        frames.append(grow.now)
        return png(*how)

    panel = grow.panel(grow.slowly)
    monkeypatch.setattr(grow.bar, "png", slow)
    panel.start()
    await ended(panel)
    assert 1 < len(frames[:-1]) <= (grow.now - 0.1) / 0.1 * runs.SHARE + 1


@in_a_kernel
async def test_a_run_begins_with_nothing_done_and_no_problem(grow):
    def run(value=20):
        grow.log.append((panel.running, panel.progress, panel.problem))
        yield 0.5
        raise ValueError("too far")

    panel = grow.panel(run)
    for _ in range(2):
        panel.start()
        await turns()
        assert (panel.running, panel.progress) == (False, 0.5)
        assert "ValueError: too far\nin the line: raise ValueError" in panel.problem
    assert grow.log == [(True, 0, ""), (True, 0, "")]


@in_a_kernel
async def test_stop_ends_a_run_and_keeps_what_it_has_reached(grow):
    panel = grow.panel(grow.slowly)
    send(panel, {"value": 100}, run=True)
    await until(lambda: panel.progress > 0)
    steps = grow.steps
    for ticket in ("t/2", "t/3"):  # the second one stops nothing
        send(panel, {"value": 100}, ticket=ticket, stop=True)
        await turns()
        assert (grow.log, grow.steps, panel.running) == ([("begins", 100), ("closed", 100)], steps, False)
        assert panel.progress == steps / MANY < 1
        assert abs(width(panel.png) - 100 * panel.progress) <= 1
        assert (panel.sentence, panel.problem) == (f"It has come to {100 * panel.progress:g}.", "")


@pytest.mark.parametrize("said", ["OSError: cannot tidy up", "RuntimeError: generator ignored"])
@in_a_kernel
async def test_a_mistake_while_it_is_being_stopped_is_said(grow, said):
    def run(value=20):
        try:
            yield from grow.slowly(value)
        except GeneratorExit:
            if said.startswith("OSError"):
                raise OSError("cannot tidy up") from None
            yield 1

    panel = grow.panel(run)
    send(panel, run=True)
    await until(lambda: panel.running)
    send(panel, stop=True)
    await turns()
    assert said in panel.problem
    assert not panel.running


@pytest.mark.parametrize("other", [False, True])
@in_a_kernel
async def test_another_run_stops_the_first(grow, other):
    first = grow.panel(grow.slowly)
    second = grow.panel(grow.slowly) if other else first
    send(first, run=True)
    await until(lambda: first.running)
    send(second, {"value": 60}, run=True)
    await turns()
    assert grow.log == [("begins", 20), ("closed", 20), ("begins", 60)]
    assert second.running
    assert first.running is not other
    send(first, stop=True)  # of any panel stops the run that there is
    await turns()
    assert not second.running
    assert grow.log[3:] == [("closed", 60)]


@in_a_kernel
async def test_of_two_runs_in_one_turn_the_last_counts(grow):
    panel = grow.panel(partial(grow.slowly, steps=25))
    send(panel, {"value": 30}, run=True)
    send(panel, {"value": 60}, run=True)
    await ended(panel)
    assert grow.log == [("begins", 60), ("ends", 60), ("closed", 60)]


@pytest.mark.parametrize("runs_too", [False, True])
@in_a_kernel
async def test_a_cell_that_is_run_leaves_no_older_run_behind(grow, runs_too):
    panel, other = grow.panel(grow.slowly), Grow()
    send(panel, run=True)
    await until(lambda: panel.running)
    steps, another = grow.steps, other.panel(other.at_once)
    assert not runs_too or width(another.run().png) == 20
    await turns()
    assert not panel.running
    assert (grow.steps, grow.log) == (steps, [("begins", 20), ("closed", 20)])


@in_a_kernel
async def test_a_move_does_not_disturb_a_run(grow):
    panel = grow.panel(partial(grow.slowly, steps=60))
    send(panel, run=True)
    await until(lambda: panel.running)
    send(panel, {"value": 50}, ticket="t/2")
    assert (panel.running, panel.values) == (True, {"value": 50})
    assert panel.sentence.startswith(MOVED)
    await turns()
    assert panel.running
    await until(lambda: not panel.running)
    assert grow.log == [("begins", 20), ("ends", 20), ("closed", 20)]
    assert (width(panel.png), panel.progress, panel.sentence) == (20, 1, MOVED + "It has come to 20.")


@pytest.mark.parametrize("where", ["in a step", "between two steps"])
@in_a_kernel
async def test_an_interruption_ends_the_run_and_not_the_kernel(grow, where):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in a kernel while it answers no message
    panel = grow.panel(partial(grow.slowly, enough=lambda: where == "in a step" and grow.steps == 30 and interrupt()))

    def interrupt():
        signal.raise_signal(signal.SIGINT)

    send(panel, run=True)
    await until(lambda: panel.running)
    if where == "between two steps":
        interrupt()
    await until(lambda: not panel.running)
    assert panel.problem.startswith("Interrupted")
    assert 0 < panel.progress < 1
    assert grow.log == [("begins", 20), ("closed", 20)]
    assert signal.signal(signal.SIGINT, before) is signal.SIG_IGN
    grow.steps = 0
    where = "nowhere"
    send(panel, run=True)
    await ended(panel)
    assert (panel.progress, panel.problem) == (1, "")


@in_a_kernel
async def test_a_run_prints_into_its_panel_and_has_random_numbers_of_its_own(grow, capsys):
    def run(value=20):
        random.seed(7)
        for step in range(1, 31):
            grow.now += STEP
            drawn.append(random.random())
            print(step)
            grow.bar.show(step)
            yield step / 30

    drawn, panel = [], grow.panel(run)
    random.seed(1)
    expected = [random.random() for _ in range(3)]
    random.seed(1)
    send(panel, run=True)
    await until(lambda: panel.running)
    assert random.random() == expected[0]  # what a cell draws between two turns
    await until(lambda: not panel.running)
    assert panel.printed == "".join(f"{step}\n" for step in range(1, 31))
    send(panel, {"value": 30})
    assert panel.printed.endswith("30\n")  # a move has not run anything
    assert random.random() == expected[1]
    panel.run()
    assert random.random() == expected[2]
    assert panel.printed.count("\n") == 30
    assert drawn[:30] == drawn[30:]
    assert capsys.readouterr().out == ""


def broken(*_, **__):
    raise OSError("no more paper")


@in_a_kernel
async def test_a_picture_that_cannot_be_drawn_is_reported(grow, monkeypatch):
    panel = grow.panel(partial(grow.slowly, enough=lambda: panel.problem))
    send(panel, {"value": 100}, run=True)
    await until(lambda: panel.progress > 0)
    last = panel.png
    with monkeypatch.context() as context:
        context.setattr(grow.bar, "png", broken)
        await until(lambda: not panel.running)  # it is the function that has seen the problem, so a frame said it
        assert "OSError: no more paper" in panel.problem
        assert panel.png == last
        assert grow.log == [("begins", 100), ("ends", 100), ("closed", 100)]
        assert 0 < panel.progress < 1
    assert panel.set(value=100).problem == ""
    assert abs(width(panel.png) - 100 * panel.progress) <= 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"speed": 3}, "TypeError: speed is not a slider"),
        ({"word": "tall"}, "ValueError: word='tall' is no choice"),
        ({"most": 5}, "ValueError: the range of value is"),
        ([1], "TypeError"),
    ],
)
@in_a_kernel
async def test_values_that_do_not_fit_start_no_run(grow, values, said):
    def run(word="wide", most=50, value=20):
        yield from grow.slowly(value, steps=25)

    ranges = {"word": ["narrow", "wide"], "most": (0, 100), "value": lambda most: (10, most)}
    panel = RunPanel(run, grow.bar, ranges)
    send(panel, values, run=True)
    await turns()
    assert said in panel.problem
    assert (grow.log, panel.running) == ([], False)
    send(panel, {"word": "narrow", "most": 40, "value": 30}, run=True)
    await ended(panel)
    assert (grow.log[0], panel.problem) == (("begins", 30), "")
