"""Count the weights of a dense, a locally connected and a shared layer."""

from functools import wraps

from helpers import counting
from helpers.exercises import Code
from helpers.exercises.sides import WRONG_SIDES, output_side


@Code(
    cases=lambda: [
        (1, 2, 6, 3, 1, 0),
        (3, 2, 6, 3, 1, 1),
        (2, 4, 9, 3, 2, 1),
        (1, 1, 8, 4, 3, 0),
        (1, 1, 7, 2, 6, 0),
        (2, 3, 6, 2, 1, 0),
        (3, 5, 7, 2, 2, 2),
        (2, 1, 4, 5, 1, 4),  # a kernel larger than the image, which padding makes fit
    ],
    parts=("dense", "local", "shared"),
)
def count(in_channels, out_channels, image_size, kernel_size, stride, padding):
    """Count the weights of three layers to the same output map."""
    sizes = counting.Layer(in_channels, out_channels, image_size, kernel_size, stride, padding)
    return sizes.dense.weights, sizes.local.weights, sizes.shared.weights


@count.mistake("You counted output units, not weights.")
def _count_units(in_channels, out_channels, *size):
    return [out_channels * output_side(*size) ** 2] * 3


@count.mistake("You counted the biases too.")
def _count_biases(*sizes):
    layer = counting.Layer(*sizes)
    return [each.weights + each.biases for each in (layer.dense, layer.local, layer.shared)]


@count.mistake("An output sees every input channel, not one.")
def _read_one_input(in_channels, out_channels, *size):
    return count.right(1, out_channels, *size)


@count.mistake("Each output channel has weights of its own.")
def _share_weights(in_channels, out_channels, *size):
    return count.right(in_channels, 1, *size)


@count.mistake("That is for one channel in and one out. What do more channels add?")
def _forget_channels(in_channels, out_channels, *size):
    return count.right(1, 1, *size)


@count.mistake("The order is dense, local, shared.")
def _reverse_order(*sizes):
    return count.right(*sizes)[::-1]


@count.mistake("Each output is joined to each pixel: multiply, do not add.")
def _sum_units_and_pixels(in_channels, out_channels, image_size, *how):
    _, local, shared = count.right(in_channels, out_channels, image_size, *how)
    return in_channels * image_size**2 + out_channels * output_side(image_size, *how) ** 2, local, shared


@count.mistake("The output map has rows and columns.")
def _take_side_for_map(in_channels, out_channels, *size):
    dense, local, shared = count.right(in_channels, out_channels, *size)
    return dense // output_side(*size), local // output_side(*size), shared


@count.mistake("The dense layer leads to the same output map, which need not be as large as the image.")
def _join_image_to_image(in_channels, out_channels, image_size, *how):
    return in_channels * out_channels * image_size**4, *count.right(in_channels, out_channels, image_size, *how)[1:]


@count.mistake("Padding zeros are no inputs, so a dense layer has no weights for them.")
def _count_zeros(in_channels, out_channels, image_size, kernel_size, stride, padding):
    return count.right(in_channels, out_channels, image_size + 2 * padding, kernel_size, stride, 0)


@count.mistake("A dense unit sees the whole image, not only its square.")
def _see_a_square(*sizes):
    _, local, shared = count.right(*sizes)
    return local, local, shared


@count.mistake("The dense layer has an output for every place of the map.")
def _join_to_one_place(in_channels, out_channels, image_size, *how):
    return in_channels * image_size**2 * out_channels, *count.right(in_channels, out_channels, image_size, *how)[1:]


@count.mistake("The image has rows and columns.")
def _see_one_row(in_channels, out_channels, image_size, *how):
    dense, local, shared = count.right(in_channels, out_channels, image_size, *how)
    return dense // image_size, local, shared


@count.mistake("A kernel has rows and columns.")
def _take_side_for_kernel(in_channels, out_channels, image_size, kernel_size, *how):
    dense, local, shared = count.right(in_channels, out_channels, image_size, kernel_size, *how)
    return dense, local // kernel_size, shared // kernel_size


@count.mistake("A locally connected layer has a kernel at every place.")
def _share_the_local(*sizes):
    dense, _, shared = count.right(*sizes)
    return dense, shared, shared


@count.mistake("Shared means stored once, however many positions use it.")
def _share_nothing(*sizes):
    dense, local, _ = count.right(*sizes)
    return dense, local, local


def _count_with(side):
    @wraps(side)
    def count(in_channels, out_channels, image_size, kernel_size, stride, padding):
        positions, kernel = side(image_size, kernel_size, stride, padding) ** 2, in_channels * kernel_size**2
        dense = out_channels * positions * in_channels * image_size**2
        return dense, out_channels * positions * kernel, out_channels * kernel

    return count


for words, side in WRONG_SIDES.items():
    count.mistake(words)(_count_with(side))
