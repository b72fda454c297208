import asyncio
import re
from fractions import Fraction
from functools import partial
from time import sleep

import numpy as np
import pytest

from helpers.live import RunPanel, live
from helpers.live import panel as panel_module
from tests.bar import Bar, width
from tests.pixels import decoded

STEP = 0.004  # seconds: a run of MANY steps takes many turns
MANY = 500  # steps of a run that is to be ended before
PATIENCE = 10  # seconds after which a test that hangs fails
MOVED = "The controls have moved since this run: press Run. "


class RunBar(Bar):
    """A bar whose width is how far a run has come."""

    def clear(self):
        self.bar.set_width(0)
        self.sentence = "Nothing has run."

    def show(self, value):
        self.bar.set_width(value)
        self.sentence = f"It has come to {value:g}."


class Grow:
    """A bar, functions that let it grow, and what has happened in them."""

    def __init__(self):
        self.bar, self.log, self.steps = RunBar(), [], 0

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
                sleep(STEP)
                self.steps += 1
                self.bar.show(value * step / steps)
                yield step / steps
            self.log.append(("ends", value))
        finally:
            self.log.append(("closed", value))

    def panel(self, function):
        return RunPanel(function, self.bar, {"value": (0, 100)})


@pytest.fixture
def grow():
    return Grow()


@pytest.fixture
def shown(monkeypatch):
    """Return the outputs that a cell would get."""
    outputs = []
    monkeypatch.setattr(panel_module, "display", lambda output, raw=False: outputs.append(output))
    return outputs


def say(panel, values=None, density=1, ticket="t/1", **what):
    """Send a message as the page does, and look that it is answered."""
    values = panel.values if values is None else values
    panel._handle_custom_msg({"values": values, "density": density, "ticket": ticket, **what}, [])
    assert panel.answered == ticket


def in_a_kernel(scenario):
    """Run a scenario in a loop, as a kernel has one, and look that it leaves nothing behind."""

    async def bounded():
        async with asyncio.timeout(PATIENCE):
            await scenario()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(bounded())


async def turns(number=3):
    for _ in range(number):
        await asyncio.sleep(0)


async def until(true):
    while not true():
        await asyncio.sleep(0)


def test_only_a_function_that_yields_gets_run_and_stop(grow, shown):
    @live(grow.bar, value=(0, 100))
    def run(value=20):
        yield from grow.at_once(value)

    move = live(grow.bar, value=(0, 100))(lambda value=20: grow.bar.show(value))
    bound = live(grow.bar, value=(0, 100))(partial(run, value=30))
    assert [isinstance(function.panel, RunPanel) for function in (run, move, bound)] == [True, False, True]
    assert list(run(10)) == [0.5, 1]
    assert run.__name__ == "run"
    assert {"running", "progress"} <= run.panel.get_state().keys()  # what the page knows a run by
    assert not {"running", "progress"} & move.panel.get_state().keys()


def test_before_a_run_nothing_has_run(grow):
    grow.bar.show(70)
    panel = grow.panel(grow.at_once)
    assert grow.log == []
    assert (width(panel.picture), panel.sentence, panel.problem) == (0, "Nothing has run.", "")
    assert (panel.running, panel.progress, panel.values) == (False, 0, {"value": 20})


@pytest.mark.parametrize(("still", "value"), [(None, 20), ({}, 20), ({"value": 80}, 80)])
def test_the_stored_picture_shows_a_finished_run_and_the_panel_none(grow, shown, still, value):
    @live(grow.bar, still=still, value=(0, 100))
    def run(value=20):
        yield from grow.at_once(value)

    _, picture, sentence = shown
    assert grow.log == [("begins", value), ("ends", value)]
    assert (width(picture.data), picture.alt) == (value, f"It has come to {value}.")
    assert sentence["text/plain"] == f"It has come to {value}."
    panel = run.panel
    assert (width(panel.picture), panel.sentence, panel.problem) == (0, "Nothing has run.", "")
    assert (panel.running, panel.progress, panel.values) == (False, 0, {"value": 20})
    assert width(grow.bar.png()) == 0


def test_a_mistake_in_the_stored_run_is_said_behind_it(grow, shown):
    @live(grow.bar, value=(0, 100))
    def run(value=20):
        grow.bar.show(30)
        yield 0.3
        grow.bar.shwo(40)

    assert width(shown[1].data) == 30
    assert "AttributeError" in shown[2]["text/plain"]
    assert "grow.bar.shwo(40)" in shown[2]["text/plain"]
    assert (width(run.panel.picture), run.panel.sentence, run.panel.running) == (0, "Nothing has run.", False)


def test_run_goes_to_the_end(grow):
    panel = grow.panel(grow.at_once)
    seen = []
    panel.observe(lambda change: seen.append(change.new), "running")
    assert panel.run() is panel
    assert (width(panel.picture), panel.sentence, panel.progress) == (20, "It has come to 20.", 1)
    panel.run(value=60)
    assert (width(panel.picture), panel.sentence, panel.progress) == (60, "It has come to 60.", 1)
    assert (panel.running, panel.problem, panel.values) == (False, "", {"value": 60})
    assert grow.log == [("begins", 20), ("ends", 20), ("begins", 60), ("ends", 60)]
    assert seen == [True, False, True, False]
    with pytest.raises(TypeError, match="speed is not a slider"):
        panel.run(speed=3)
    assert len(grow.log) == 4


def test_a_move_does_not_run_and_after_a_run_the_sentence_says_so(grow):
    panel = grow.panel(grow.at_once)
    panel.set(value=50)
    assert (grow.log, panel.sentence, panel.values) == ([], "Nothing has run.", {"value": 50})
    panel.run()
    say(panel, {"value": 70})
    assert grow.log == [("begins", 50), ("ends", 50)]
    assert (panel.sentence, width(panel.picture), panel.progress) == (MOVED + "It has come to 50.", 50, 1)
    say(panel, {"value": 50})
    assert panel.sentence == "It has come to 50."
    assert panel.run(value=70).sentence == "It has come to 70."


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
    assert (width(panel.picture), panel.sentence, panel.progress) == (40, "It has come to 40.", 0.3)
    assert not panel.running
    panel.run(value=50)
    assert (width(panel.picture), panel.problem, panel.progress) == (30, "", 1)


def test_a_function_that_does_not_even_begin(grow):
    def run(bare, value=20):
        yield 1

    panel = grow.panel(run).run()
    assert "missing 1 required positional argument: 'bare'" in panel.problem
    assert (panel.running, panel.progress, width(panel.picture)) == (False, 0, 0)


def test_an_interrupted_run_is_not_under_way(grow):
    def run(value=20):
        grow.bar.show(30)
        yield 0.3
        raise KeyboardInterrupt

    panel = grow.panel(run)
    with pytest.raises(KeyboardInterrupt):
        panel.run()
    assert (panel.running, panel.progress, width(panel.picture)) == (False, 0.3, 30)


@pytest.mark.parametrize("done", [None, True, False, -0.1, 1.001, 2, float("nan"), float("inf"), "0.5", 0.5j, (0.5,)])
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
    said = f"the run yields {done!r}; allowed is how much is done, from 0 to 1"
    assert re.search(rf"ValueError: {re.escape(said)}", panel.problem)
    assert (width(panel.picture), panel.progress, panel.running, grow.log) == (40, 0.3, False, ["closed"])


@pytest.mark.parametrize("done", [0, 1, 0.0, 0.25, np.float32(0.5), np.float64(1), np.int64(1), Fraction(1, 4)])
def test_any_kind_of_number_is_a_share(grow, done):
    def run(value=20):
        yield done

    panel = grow.panel(run).run()
    assert (panel.problem, panel.progress) == ("", float(done))
    assert type(panel.progress) is float  # which goes to the page


def test_a_run_takes_turns_and_the_page_sees_it_grow(grow):
    async def scenario():
        panel = grow.panel(partial(grow.slowly, enough=lambda: len(frames) > 3))
        frames, shares, count = [], [], 0
        panel.observe(lambda change: frames.append(change.new), "picture")
        panel.observe(lambda change: shares.append(change.new), "progress")
        say(panel, {"value": 90}, run=True)
        await until(lambda: panel.running)
        while panel.running:
            count += 1
            await asyncio.sleep(0)
        assert count >= len(frames) > 3
        assert grow.log == [("begins", 90), ("ends", 90), ("closed", 90)]
        for seen in (list(map(width, frames)), shares):
            assert seen == sorted(seen)
            assert len(set(seen)) > 3
        assert panel.progress == shares[-1] == grow.steps / MANY
        assert np.array_equal(decoded(panel.picture), decoded(grow.bar.png()))
        assert (panel.sentence, panel.problem) == (f"It has come to {90 * panel.progress:g}.", "")

    in_a_kernel(scenario)


def test_a_run_that_is_let_come_to_its_end(grow):
    async def scenario():
        panel = grow.panel(partial(grow.slowly, steps=25))
        for value in (70, 40):
            say(panel, {"value": value}, run=True, density=2)
            await until(lambda: panel.running)
            await until(lambda: not panel.running)
            assert (width(panel.picture), panel.progress, panel.problem) == (value, 1, "")
            assert decoded(panel.picture).shape[1] == 400
            assert panel.sentence == f"It has come to {value}."
        assert grow.log == [(what, value) for value in (70, 40) for what in ("begins", "ends", "closed")]

    in_a_kernel(scenario)


def test_a_run_begins_with_nothing_done_and_no_problem(grow):
    def run(value=20):
        grow.log.append((panel.running, panel.progress, panel.problem))
        yield 0.5
        raise ValueError("too far")

    async def scenario():
        for _ in range(2):
            panel.start()
            await turns()
            assert (panel.running, panel.progress) == (False, 0.5)
            assert "too far" in panel.problem
        assert grow.log == [(True, 0, ""), (True, 0, "")]

    panel = grow.panel(run)
    in_a_kernel(scenario)


def test_stop_ends_a_run_and_keeps_what_it_has_reached(grow):
    async def scenario():
        panel = grow.panel(grow.slowly)
        say(panel, {"value": 100}, run=True)
        await until(lambda: panel.progress > 0)
        steps, reached = grow.steps, panel.progress
        say(panel, {"value": 100}, ticket="t/2", stop=True)
        await turns()
        assert not panel.running
        assert grow.steps == steps < MANY
        assert grow.log == [("begins", 100), ("closed", 100)]
        assert panel.progress == steps / MANY >= reached
        assert abs(width(panel.picture) - 100 * panel.progress) <= 1
        assert (panel.sentence, panel.problem) == (f"It has come to {100 * panel.progress:g}.", "")
        before = panel.picture
        say(panel, {"value": 100}, ticket="t/3", stop=True)  # stops nothing
        await turns()
        assert (panel.picture, panel.running) == (before, False)

    in_a_kernel(scenario)


def test_stop_before_the_first_step(grow):
    async def scenario():
        panel = grow.panel(grow.slowly)
        say(panel, run=True)
        say(panel, stop=True)
        await turns()
        assert (grow.log, panel.running, panel.sentence) == ([], False, "Nothing has run.")

    in_a_kernel(scenario)


def test_a_mistake_ends_a_run_of_the_page_too(grow):
    def run(value=20):
        yield from grow.slowly(value, steps=25)
        raise ValueError(f"value={value} is too large; allowed is 0 to 10")

    async def scenario():
        panel = grow.panel(run)
        say(panel, run=True)
        await until(lambda: panel.problem)
        assert "ValueError: value=20 is too large; allowed is 0 to 10\nin the line: raise ValueError" in panel.problem
        assert (panel.running, panel.progress, width(panel.picture)) == (False, 1, 20)

    in_a_kernel(scenario)


def test_a_mistake_while_it_is_being_stopped_is_said(grow):
    def fails(value=20):
        try:
            yield from grow.slowly(value)
        finally:
            raise OSError("cannot tidy up")

    def goes_on(value=20):
        try:
            yield from grow.slowly(value)
        except GeneratorExit:
            yield 1

    async def scenario():
        for function, said in ((fails, "OSError: cannot tidy up"), (goes_on, "RuntimeError: generator ignored")):
            panel = grow.panel(function)
            say(panel, run=True)
            await until(lambda panel=panel: panel.running)
            say(panel, stop=True)
            await turns()
            assert said in panel.problem
            assert not panel.running

    in_a_kernel(scenario)


@pytest.mark.parametrize("other", [False, True])
def test_another_run_stops_the_first(grow, other):
    async def scenario():
        first = grow.panel(grow.slowly)
        second = grow.panel(grow.slowly) if other else first
        say(first, run=True)
        await until(lambda: first.running)
        say(second, {"value": 60}, run=True)
        await turns()
        assert grow.log == [("begins", 20), ("closed", 20), ("begins", 60)]
        assert second.running
        assert first.running is not other
        say(first, stop=True)  # of any panel stops the run that there is
        await turns()
        assert not second.running
        assert grow.log[3:] == [("closed", 60)]

    in_a_kernel(scenario)


def test_of_two_runs_in_one_turn_the_last_counts(grow):
    async def scenario():
        panel = grow.panel(partial(grow.slowly, steps=25))
        say(panel, {"value": 30}, run=True)
        say(panel, {"value": 60}, run=True)
        await until(lambda: panel.running)
        await until(lambda: not panel.running)
        assert grow.log == [("begins", 60), ("ends", 60), ("closed", 60)]

    in_a_kernel(scenario)


@pytest.mark.parametrize("what", ["new", "run", "stop"])
def test_a_cell_that_is_run_leaves_no_older_run_behind(grow, what):
    async def scenario():
        panel = grow.panel(grow.slowly)
        other = Grow()
        another = other.panel(other.at_once)
        say(panel, run=True)
        await until(lambda: panel.running)
        steps = grow.steps
        if what == "new":
            other.panel(other.at_once)
        elif what == "run":
            assert width(another.run().picture) == 20
        else:
            RunPanel.stop()
        await turns()
        assert not panel.running
        assert grow.steps == steps
        assert grow.log == [("begins", 20), ("closed", 20)]

    in_a_kernel(scenario)


def test_a_move_does_not_disturb_a_run(grow):
    async def scenario():
        panel = grow.panel(partial(grow.slowly, steps=60))
        say(panel, run=True)
        await until(lambda: panel.running)
        say(panel, {"value": 50}, ticket="t/2")
        assert (panel.running, panel.values) == (True, {"value": 50})
        assert panel.sentence.startswith(MOVED)
        await turns()
        assert panel.running
        await until(lambda: not panel.running)
        assert grow.log == [("begins", 20), ("ends", 20), ("closed", 20)]
        assert (width(panel.picture), panel.progress, panel.sentence) == (20, 1, MOVED + "It has come to 20.")
        say(panel, {"value": 20})
        assert panel.sentence == "It has come to 20."

    in_a_kernel(scenario)


def broken(*_, **__):
    raise OSError("no more paper")


def test_a_picture_that_cannot_be_drawn_is_reported(grow, monkeypatch):
    async def scenario():
        panel = grow.panel(partial(grow.slowly, enough=lambda: panel.problem))
        say(panel, {"value": 100}, run=True)
        await until(lambda: panel.progress > 0)
        last = panel.picture
        with monkeypatch.context() as context:
            context.setattr(grow.bar, "png", broken)
            await until(lambda: not panel.running)  # it is the function that has seen the problem, so a frame said it
            assert "OSError: no more paper" in panel.problem
            assert panel.picture == last
            assert grow.log == [("begins", 100), ("ends", 100), ("closed", 100)]
            assert 0 < panel.progress < 1
        assert panel.set(value=100).problem == ""
        assert abs(width(panel.picture) - 100 * panel.progress) <= 1

    in_a_kernel(scenario)


def test_a_picture_that_cannot_be_drawn_ends_no_run_to_the_end(grow, monkeypatch):
    panel = grow.panel(grow.at_once)
    monkeypatch.setattr(grow.bar, "png", broken)
    panel.run()
    assert "OSError: no more paper" in panel.problem
    assert (panel.running, panel.progress, grow.log[-1]) == (False, 1, ("ends", 20))


WORDS = {"word": ["narrow", "wide"], "most": (0, 100), "value": lambda most: (10, most)}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"speed": 3}, "TypeError: speed is not a slider"),
        ({"word": "tall"}, "ValueError: word='tall' is no choice"),
        ({"most": 5}, "ValueError: the range of value is"),
        ([1], "TypeError"),
    ],
)
def test_values_that_do_not_fit_start_no_run(grow, values, said):
    def run(word="wide", most=50, value=20):
        yield from grow.slowly(value)

    async def scenario():
        panel = RunPanel(run, grow.bar, WORDS)
        say(panel, values, run=True)
        await turns()
        assert said in panel.problem
        assert (grow.log, panel.running) == ([], False)
        say(panel, {"word": "narrow", "most": 40, "value": 30}, run=True)
        await until(lambda: panel.running)
        assert (grow.log, panel.problem) == ([("begins", 30)], "")
        panel.stop()
        await turns()

    in_a_kernel(scenario)


def test_presets_move_and_do_not_run(grow):
    panel = RunPanel(grow.at_once, grow.bar, {"value": (0, 100)}, {"far": (90,)})
    say(panel, panel.presets[0]["values"])
    assert (panel.values, grow.log, panel.sentence) == ({"value": 90}, [], "Nothing has run.")
