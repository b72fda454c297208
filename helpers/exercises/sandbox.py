"""Run a learner's code where it can do no harm: it cannot hang the kernel, fill its memory or take it down.

On Linux the code runs in a child process with limits on its time and memory. A child shares the kernel's memory until
it writes to it, so it starts in milliseconds and knows all that the learner has defined. Elsewhere a process that
has used torch cannot be copied safely: there the code runs in the kernel, and an alarm ends it if there is one.

After a backward autograd has a thread for each GPU, and refuses to run in a child, which lacks it. So the kernel sees
no GPU from here on; the nets of this collection are too small for one. A child that cannot run autograd all the same
(a GPU was in use already) does nothing, and the code runs in the kernel.
"""

import builtins
import contextlib
import io
import multiprocessing
import os
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

import torch

SECONDS = 5.0  # of computing: on a busy server the clock goes on while others compute
PATIENCE = 100.0  # seconds by the clock: 30 learners on two cores slow each down fifteen times
MOST_BYTES = 2**29  # that the code may add to what the kernel takes: a quarter of Binder's memory
MOST_PRINTED = 500  # characters
FORKS = sys.platform == "linux"

if FORKS:
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # AMD's driver knows it too

Report = Callable[[str], None]


class TookTooLong(BaseException):
    """Code was still running when its computing time was over; no `except Exception` of a learner catches it."""


class WaitedTooLong(TookTooLong):
    """Code was not done when patience was over, but has computed little."""


class BrokeError(Exception):
    """Code took the whole Python process down."""


class NoAutogradError(Exception):
    """A child of this process cannot run autograd."""


def run(
    work: Callable[[Report], Any], seconds: float = SECONDS, patience: float = PATIENCE, most_bytes: int = MOST_BYTES
) -> tuple[Any, str]:
    """Return what `work(report)` returns and the end of what it printed.

    `work` calls `report(where)` before each part, so that the errors can say where it was: raises TookTooLong(where)
    after `seconds` of computing, WaitedTooLong(where) after `patience`, BrokeError(where) if the process died, and
    RuntimeError if `work` raised.
    """
    if FORKS:
        with contextlib.suppress(NoAutogradError):
            return _run_in_child(work, seconds, patience, most_bytes)
    return _run_here(work, seconds, patience)


def _run_in_child(work: Callable[[Report], Any], seconds: float, patience: float, most_bytes: int) -> tuple[Any, str]:
    fork = multiprocessing.get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    child = fork.Process(target=_be_the_child, args=(work, sender, seconds, most_bytes), daemon=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python 3.12 warns of threads; the child uses none of them
        child.start()
    sender.close()
    deadline, where = time.monotonic() + patience, ""
    try:
        while receiver.poll(max(0.0, deadline - time.monotonic())):
            kind, *content = receiver.recv()
            if kind == "result":
                return tuple(content)
            if kind == "no autograd":
                raise NoAutogradError
            if kind == "failed":
                raise RuntimeError(f"the check itself failed {where}\n{content[0]}")
            (where,) = content
        raise WaitedTooLong(where)
    except EOFError:
        child.join()
        raise (TookTooLong if child.exitcode == -signal.SIGPROF else BrokeError)(where) from None
    finally:
        receiver.close()
        child.kill()
        child.join()


def _be_the_child(work: Callable[[Report], Any], sender: Connection, seconds: float, most_bytes: int) -> None:
    """Do the work, send what is to be reported, and end without the kernel's farewells."""
    try:
        import resource  # Windows has none

        torch.set_num_threads(1)  # the threads of the parent are not here
        if not _runs_autograd():
            sender.send(("no autograd",))
            return
        with open("/proc/self/statm") as statm:
            taken = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + most_bytes, taken + most_bytes))
        builtins.input = _refuse_input
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)  # of this process's computing; ends it whatever it does
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            result = work(lambda where: sender.send(("at", where)))
        sender.send(("result", result, printed.getvalue()[-MOST_PRINTED:]))
    except Exception:  # of the check itself
        sender.send(("failed", traceback.format_exc()))
    finally:
        os._exit(0)


def _runs_autograd() -> bool:
    try:
        torch.ones((), requires_grad=True).backward()
    except RuntimeError:
        return False
    return True


def _run_here(work: Callable[[Report], Any], seconds: float, patience: float) -> tuple[Any, str]:
    where, printed = [""], io.StringIO()
    with contextlib.ExitStack() as stack:
        if hasattr(signal, "setitimer"):
            stack.enter_context(_raise_after(seconds, signal.ITIMER_PROF, signal.SIGPROF, TookTooLong, where))
            stack.enter_context(_raise_after(patience, signal.ITIMER_REAL, signal.SIGALRM, WaitedTooLong, where))
        stack.callback(setattr, builtins, "input", builtins.input)
        builtins.input = _refuse_input
        stack.enter_context(torch.random.fork_rng(devices=[]))  # the notebook goes on as if nothing was seeded
        stack.enter_context(contextlib.redirect_stdout(printed))
        return work(where.append), printed.getvalue()[-MOST_PRINTED:]


@contextlib.contextmanager
def _raise_after(seconds: float, timer: int, number: int, error: type[TookTooLong], where: list[str]) -> Iterator[None]:
    """Raise `error`, with where the code last was, when a timer that sends the signal of that number has run out."""

    def stop(*_: Any) -> None:
        raise error(where[-1])

    before = signal.signal(number, stop)
    try:
        signal.setitimer(timer, seconds, 0.1)  # again and again, should the code catch it
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, before)


def _refuse_input(*_: Any) -> None:
    raise RuntimeError("input() is not available in a check")
