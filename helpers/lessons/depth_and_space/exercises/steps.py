"""Count how often a weight is used by a convolution that is applied again and again, with padding and without."""

from math import prod

from helpers import counting
from helpers.exercises import Code, Number

uses_with_padding = Number(
    right=3 * counting.Layer(1, 1, 12, 3, padding=1).shared.uses_per_weight,
    mistakes={
        100 + 64 + 36: "That is without padding. With padding the map keeps its size.",
        144: "That is one step.",
        3: "In each step the weight is used at every position.",
        27: "That counts weights. How many positions use each?",
        9 * 432: "That is the work of all 9 weights. One weight is asked for.",
        300: "With padding 1 a 3×3 kernel has a position at every pixel, at the border too.",
        36: "A map has 12 rows and 12 columns.",
        144 * 9: "That is one step, with all 9 weights. One weight and all steps are asked for.",
        3 * 11 * 11: "How many steps does the kernel make along a row, and how many places are there?",
        144**3: "Steps come one after another: their uses add up.",
        14 * 14 + 12 * 12 + 10 * 10: "`padding=1` is added at every step, so the map keeps its size.",
        3 * 14 * 14: "The padding is no position: the output has as many pixels as the image.",
    },
)


def _sides(image_size, kernel_size, reuses):
    """Return the side of the map after each step."""
    return [image_size - step * (kernel_size - 1) for step in range(1, reuses + 1)]


@Code(cases=lambda: [(8, 3, 1), (12, 3, 3), (9, 5, 2), (6, 1, 4), (10, 2, 5), (7, 3, 0)])
def uses(image_size, kernel_size, reuses):
    """Return how often a weight is used without padding."""
    return sum(side**2 for side in _sides(image_size, kernel_size, reuses))


@uses.mistake("The image itself is no step.")
def _count_image(image_size, kernel_size, reuses):
    return image_size**2 + uses.right(image_size, kernel_size, reuses)


@uses.mistake("The first map is already smaller than the image.")
def _shrink_map_late(image_size, kernel_size, reuses):
    return sum((image_size - step * (kernel_size - 1)) ** 2 for step in range(reuses))


@uses.mistake("Each step makes the map smaller. Does yours?")
def _shrink_in_one_step(image_size, kernel_size, reuses):
    return reuses * (image_size - kernel_size + 1) ** 2


@uses.mistake("Without padding the map is smaller than the image, and smaller after each step.")
def _assume_padding(image_size, kernel_size, reuses):
    return reuses * image_size**2


@uses.mistake("A step takes kernel_size − 1 pixels from the side, not kernel_size.")
def _shrink_by_kernel(image_size, kernel_size, reuses):
    return sum((image_size - step * kernel_size) ** 2 for step in range(1, reuses + 1))


@uses.mistake("A step takes pixels on both sides. Do you count one side alone?")
def _shrink_one_side(image_size, kernel_size, reuses):
    return sum((image_size - step * (kernel_size // 2)) ** 2 for step in range(1, reuses + 1))


@uses.mistake("What a step takes depends on the kernel. Yours takes the same each time.")
def _shrink_by_two_each_time(image_size, kernel_size, reuses):
    return sum((image_size - step * 2) ** 2 for step in range(1, reuses + 1))


@uses.mistake("What a step takes: is a bracket missing, or a sign wrong?")
def _forget_bracket(image_size, kernel_size, reuses):
    return sum((image_size - step * (kernel_size + 1)) ** 2 for step in range(1, reuses + 1))


@uses.mistake("Take the square of each side, then add up, not the other way round.")
def _add_before_squaring(image_size, kernel_size, reuses):
    return sum(_sides(image_size, kernel_size, reuses)) ** 2


@uses.mistake("Steps come one after another: their uses add up.")
def _multiply_uses(image_size, kernel_size, reuses):
    return prod(_sides(image_size, kernel_size, reuses)) ** 2


@uses.mistake("Steps come one after another, and their uses add up. With 0 steps there are none.")
def _multiply_unless_none(image_size, kernel_size, reuses):
    return _multiply_uses(image_size, kernel_size, reuses) if reuses else 0


@uses.mistake("The map has rows and columns.")
def _count_rows(image_size, kernel_size, reuses):
    return sum(_sides(image_size, kernel_size, reuses))


@uses.mistake("These are the multiply-adds of the whole kernel. One weight is asked for.")
def _count_all_weights(image_size, kernel_size, reuses):
    return kernel_size**2 * uses.right(image_size, kernel_size, reuses)


@uses.mistake("This is the last step alone.")
def _keep_the_last(image_size, kernel_size, reuses):
    return _sides(image_size, kernel_size, reuses)[-1] ** 2 if reuses else 0


@uses.mistake("This is the last step alone; after 0 steps nothing was used.")
def _count_nothing_as_a_use(image_size, kernel_size, reuses):
    return (image_size - reuses * (kernel_size - 1)) ** 2


@uses.mistake("Is the `return` inside the loop? It ends the loop in its first round.")
def _return_inside_loop(image_size, kernel_size, reuses):
    for side in _sides(image_size, kernel_size, reuses):
        return side**2


@uses.mistake("This is the first step alone.")
def _keep_the_first(image_size, kernel_size, reuses):
    return (image_size - kernel_size + 1) ** 2


@uses.mistake("One step is missing.")
def _miss_one(image_size, kernel_size, reuses):
    return uses.right(image_size, kernel_size, reuses - 1)


@uses.mistake("This counts one step too many.")
def _count_one_too_many(image_size, kernel_size, reuses):
    return uses.right(image_size, kernel_size, reuses + 1)
