"""Write the side of the output map as a function."""

from helpers.exercises import Code, sides

output_side = Code(
    cases=lambda: [
        (8, 3, 1, 0),
        (8, 3, 2, 0),
        (9, 3, 2, 1),
        (5, 5, 3, 0),
        (12, 2, 3, 2),
        (7, 4, 6, 1),
        (6, 2, 1, 0),
        (4, 5, 1, 4),  # a kernel larger than the image, which padding makes fit
    ]
)(sides.output_side)

for words, wrong_side in sides.WRONG_SIDES.items():
    output_side.mistake(words)(wrong_side)


@output_side.mistake("One number is asked for: the map is square.")
def _return_two_numbers(*sizes):
    return sides.output_side(*sizes), sides.output_side(*sizes)


@output_side.mistake("That is the number of positions. The side is asked for.")
def _count_positions(*sizes):
    return sides.output_side(*sizes) ** 2
