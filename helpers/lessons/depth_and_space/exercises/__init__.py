"""The exercises of notebook 5."""

from helpers.exercises import Sheet
from helpers.lessons.depth_and_space.exercises.embedding import Tied
from helpers.lessons.depth_and_space.exercises.steps import uses, uses_with_padding
from helpers.lessons.depth_and_space.exercises.tasks import fitting

check = Sheet(uses_with_padding, uses, Tied, fitting)
