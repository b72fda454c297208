"""Design layers whose outputs see a square of some side, with few weights."""

from helpers import counting
from helpers.exercises import Design
from helpers.exercises.outcomes import RefusedError, as_whole, describe

SIDE, BUDGET = 13, 100  # pixels to see, and weights to stay below


@Design(takes=2)
def view(kernel_size, depth):
    """Yield why an output does not see SIDE×SIDE pixels with fewer than BUDGET weights."""
    for name, value in (("kernel_size", kernel_size), ("depth", depth)):
        if (as_whole(value) or 0) < 1:
            raise RefusedError(f"{name} has to be a whole number from 1 up, not {describe(value)}.")
    kernel_size, depth = as_whole(kernel_size), as_whole(depth)
    side, weights = counting.receptive_field(kernel_size, depth), depth * kernel_size**2
    seen = f"With kernel_size {kernel_size} and depth {depth} an output sees {side}×{side} pixels."
    if side == SIDE:
        if weights >= BUDGET:
            yield f"The view is as asked, but takes {weights} weights. What do smaller kernels and more layers take?"
    elif kernel_size == 1:
        yield f"{seen} A kernel of one pixel sees no neighbours, however many layers there are."
    elif depth > 1 and kernel_size * depth in (SIDE - 1, SIDE):
        yield f"{seen} Neighbouring squares overlap, so a layer adds less than kernel_size pixels."
    elif depth * (kernel_size - 1) == SIDE:
        yield f"{seen} Before the first layer there is a pixel already."
    else:
        yield f"{seen} That is {'too few' if side < SIDE else 'too many'}: how many does each layer add?"
