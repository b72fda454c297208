"""The exercises of notebook 4."""

from helpers.checks import Sheet
from helpers.checks.dynamic_shared_layer.gradient import gradient
from helpers.checks.dynamic_shared_layer.reuse import reuse
from helpers.checks.dynamic_shared_layer.sizes import parameters, widths

check = Sheet(parameters, reuse, gradient, widths)
