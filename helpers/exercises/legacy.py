"""The old way to state an exercise, until each is stated in the new one."""

from helpers.exercises.kinds import Code, Design, call


def old_code(right, cases, mistakes=None, parts=(), probe=call, where=None):  # noqa: D103
    exercise = Code(cases, probe, parts, where)(right)
    for words, function in (mistakes or {}).items():
        exercise.mistake(words)(function)
    return exercise


def old_design(problems, takes=1):  # noqa: D103
    return Design(takes)(problems)
