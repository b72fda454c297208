"""The exercises' instant answers: one module for each notebook, with its `check(number, answer)`.

An exercise is a `Number`, some `Code` or a `Design`; it states what is right and what likely misunderstandings lead to.
Answers run in a process of their own, so that they cannot hang the notebook or take it down.
"""

from helpers.exercises.kinds import Code, Design, Number
from helpers.exercises.sheet import Sheet

__all__ = ["Code", "Design", "Number", "Sheet"]
