"""What went wrong in a learner's code, in words."""

import inspect
import linecache
from collections.abc import Callable


def describe_error(error: BaseException, written: Callable | None) -> str:
    """Return what was raised, and the line of what the learner has written, a function or class, that led to it."""
    text = f"{type(error).__name__}: {error}".removesuffix(": ")
    if isinstance(error, KeyboardInterrupt):
        text = "Interrupted"
    file, line = _find_file(written), None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    source = linecache.getline(file, line).strip() if line else ""
    return f"{text}\nin the line: {source}" if source else text


def _find_file(written: Callable | None) -> str | None:
    parts = vars(written).values() if inspect.isclass(written) else [inspect.unwrap(written)]
    return next((part.__code__.co_filename for part in parts if hasattr(part, "__code__")), None)
