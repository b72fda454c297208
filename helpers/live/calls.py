"""What stands around a call of a learner's function, so that it and the rest of the notebook leave each other alone."""

import contextlib
import inspect
import io
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

LONGEST = 2000  # characters of what was printed that are kept, the last ones
DRAWING = threading.RLock()  # matplotlib draws one picture at a time, whatever thread calls

# The global generators of random numbers: how each gives its state, and takes it.
GENERATORS = {
    "random": ("getstate", "setstate"),
    "numpy.random": ("get_state", "set_state"),
    "torch": ("get_rng_state", "set_rng_state"),
}


class Calls:
    """The calls of a function that draws on a picture.

    The function finds that picture under the names that it had at first, also when another cell has taken the name for
    one of its own. What it prints is kept in `printed`, and so are its warnings. It may seed the global generators of
    random numbers: they are left as they were.
    """

    def __init__(self, function: Callable, picture: Any) -> None:
        self._globals = getattr(inspect.unwrap(function), "__globals__", {})
        self._own = {name: picture for name, value in self._globals.items() if value is picture}
        self._random: list[tuple[Callable, Any]] = []
        self._stdout = _Tail()

    @property
    def printed(self) -> str:
        """The end of what the newest call has printed."""
        return self._stdout.text

    @contextlib.contextmanager
    def surround(self, goes_on: bool = False) -> Iterator[None]:
        """Surround a call, or what `goes_on` with the one before: with its random numbers, and what it has printed."""
        with DRAWING:
            found, taken = _get_random(), {name: self._globals[name] for name in self._own if name in self._globals}
            if goes_on:
                _set_random(self._random)
            else:
                self._stdout.text = ""
            self._globals.update(self._own)
            try:
                with contextlib.redirect_stdout(self._stdout), contextlib.redirect_stderr(self._stdout):
                    yield
            finally:
                for name in self._own:
                    if name not in taken:
                        self._globals.pop(name, None)  # it had been deleted
                    elif taken[name] is not self._own[name]:
                        self._globals[name] = taken[name]
                self._random = _get_random()
                _set_random(found)


class _Tail(io.TextIOBase):
    """A file that keeps the end of what is written."""

    text = ""

    def write(self, more: str) -> int:
        text = self.text + more
        self.text = text if len(text) <= LONGEST else "…" + text[1 - LONGEST :]
        return len(more)


def _get_random() -> list[tuple[Callable, Any]]:
    loaded = [(sys.modules[name], *how) for name, how in GENERATORS.items() if name in sys.modules]
    return [(getattr(module, take), getattr(module, give)()) for module, give, take in loaded]


def _set_random(states: list[tuple[Callable, Any]]) -> None:
    for take, state in states:
        take(state)
