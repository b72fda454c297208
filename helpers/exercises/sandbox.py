"""Run a learner's code where it can do no harm: it cannot hang the kernel, fill its memory or take it down.

On Linux the code runs in a child process with limits on its time and memory. A child shares the kernel's memory until
it writes to it, so it starts in milliseconds and knows all that the learner has defined. Elsewhere a process that
has used torch cannot be copied safely: there the code runs in the kernel, and an alarm ends it if there is one.
"""

import builtins
import contextlib
import io
import json
import os
import select
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import torch

SECONDS = 5.0
MOST_BYTES = 2**29  # that the code may add to what the kernel takes: a quarter of Binder's memory
MOST_PRINTED = 500  # characters
FORKS = sys.platform == "linux"

Tell = Callable[[str], None]


class TookTooLong(BaseException):
    """Code was still running when its time was over; no `except Exception` of a learner catches it."""


class BrokeError(Exception):
    """Code took the whole Python process down."""


def guarded(work: Callable[[Tell], Any], seconds: float = SECONDS, most_bytes: int = MOST_BYTES) -> tuple[Any, str]:
    """Return what `work(tell)` returns, as JSON can say it, and the end of what it printed.

    `work` calls `tell(where)` before each part, so that the errors can say where it was: raises TookTooLong(where)
    after `seconds`, BrokeError(where) if the process died, and RuntimeError if `work` raised.
    """
    return (_in_a_child if FORKS else _here)(work, seconds, most_bytes)


def _in_a_child(work: Callable[[Tell], Any], seconds: float, most_bytes: int) -> tuple[Any, str]:
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python 3.12 warns of threads; the child uses none of them
        child = os.fork()
    if child == 0:
        os.close(reading)
        _be_the_child(work, writing, most_bytes)
    os.close(writing)
    try:
        *told, end = _messages(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    where = told[-1] if told else ""
    if end == "late":
        raise TookTooLong(where)
    if end == "gone":
        raise BrokeError(where)
    if "failed" in end:
        raise RuntimeError(f"the check itself failed {where}\n{end['failed']}")
    return end["result"], end["printed"]


def _be_the_child(work: Callable[[Tell], Any], writing: int, most_bytes: int) -> None:
    """Do the work, write what is to be told to the pipe, and end without the kernel's farewells."""
    try:
        import resource  # Windows has none

        torch.set_num_threads(1)  # the threads of the parent are not here
        with open("/proc/self/statm") as statm:
            taken = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + most_bytes, taken + most_bytes))
        builtins.input = _refuse_input

        def write(message: Any) -> None:
            os.write(writing, json.dumps(message).encode() + b"\n")

        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            result = work(write)
        write({"result": result, "printed": printed.getvalue()[-MOST_PRINTED:]})
    except Exception:  # of the check itself
        os.write(writing, json.dumps({"failed": traceback.format_exc()}).encode() + b"\n")
    finally:
        os._exit(0)


def _messages(reading: int, deadline: float) -> Iterator[Any]:
    """Yield what a child tells; the last is its result, "late" or "gone"."""
    buffer = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            yield "late"
            return
        got = os.read(reading, 2**16)
        *lines, buffer = (buffer + got).split(b"\n")
        for line in lines:
            message = json.loads(line)
            yield message
            if isinstance(message, dict):
                return
        if not got:
            yield "gone"
            return


def _here(work: Callable[[Tell], Any], seconds: float, most_bytes: int) -> tuple[Any, str]:
    where, printed = [""], io.StringIO()

    def stop(*_: Any) -> None:
        raise TookTooLong(where[-1])

    with contextlib.ExitStack() as stack:
        if hasattr(signal, "setitimer"):
            before = signal.signal(signal.SIGALRM, stop)
            stack.callback(signal.signal, signal.SIGALRM, before)
            stack.callback(signal.setitimer, signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_REAL, seconds, 0.1)  # again and again, should the code catch it
        stack.enter_context(torch.random.fork_rng())  # the check seeds, and the notebook goes on as if it had not
        stack.enter_context(contextlib.redirect_stdout(printed))
        return work(where.append), printed.getvalue()[-MOST_PRINTED:]


def _refuse_input(*_: Any) -> None:
    raise RuntimeError("input() is not available in a check")
