"""The exercises of notebook 4."""

from helpers.exercises import Sheet
from helpers.lessons.dynamic_shared_layer.exercises.gradient import weight_gradient
from helpers.lessons.dynamic_shared_layer.exercises.reuse import Reused
from helpers.lessons.dynamic_shared_layer.exercises.sizes import parameters, widths

check = Sheet(parameters, Reused, weight_gradient, widths)
