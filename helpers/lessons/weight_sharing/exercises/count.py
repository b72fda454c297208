"""Count the weights of a dense, a locally connected and a shared layer."""

import math
from collections.abc import Callable

from helpers import counting
from helpers.exercises.legacy import old_code
from helpers.exercises.sides import WRONG_SIDES

SIZES = "in_channels", "out_channels", "image_size", "kernel_size", "stride", "padding"
PARTS = "dense", "local", "shared"


def _count(in_channels: int, out_channels: int, image_size: int, kernel_size: int, stride: int, padding: int) -> tuple:
    sizes = counting.Layer(in_channels, out_channels, image_size, kernel_size, stride, padding, bias=False)
    return sizes.dense.weights, sizes.local.weights, sizes.shared.weights


def _counted_with(**changes: int) -> Callable[..., tuple]:
    """Count in the right way, but for other sizes."""
    return lambda *sizes: _count(**(dict(zip(SIZES, sizes, strict=True)) | changes))


def _from_side(side: Callable) -> Callable[..., tuple]:
    """Count in the right way, but with a wrong formula for the side of the output map."""

    def count(
        in_channels: int, out_channels: int, image_size: int, kernel_size: int, stride: int, padding: int
    ) -> tuple:
        units, kernel = out_channels * side(image_size, kernel_size, stride, padding) ** 2, in_channels * kernel_size**2
        return units * in_channels * image_size**2, units * kernel, out_channels * kernel

    return count


def _units(*sizes: int) -> tuple:
    _, local, shared = _count(*sizes)
    return (local // shared * sizes[1],) * 3


def _with_biases(*sizes: int) -> tuple:
    counted = counting.Layer(*sizes)
    return tuple(each.weights + each.biases for each in (counted.dense, counted.local, counted.shared))


def _without_columns(*sizes: int) -> tuple:
    dense, local, shared = _count(*sizes)
    side = math.isqrt(local // shared)
    return dense // side, local // side, shared


def _kernel_side(*sizes: int) -> tuple:
    dense, local, shared = _count(*sizes)
    return dense, local // sizes[3], shared // sizes[3]


count = old_code(
    right=_count,
    parts=PARTS,
    cases=lambda: [
        (1, 2, 6, 3, 1, 0),
        (3, 2, 6, 3, 1, 1),
        (2, 4, 9, 3, 2, 1),
        (1, 1, 9, 4, 3, 0),
        (2, 3, 6, 2, 1, 0),
        (3, 5, 7, 2, 2, 2),
    ],
    mistakes={
        "You counted output units, not weights.": _units,
        "You counted the biases too.": _with_biases,
        "An output sees every input channel, not one.": _counted_with(in_channels=1),
        "Each output channel has weights of its own.": _counted_with(out_channels=1),
        "That is for one channel in and one out. What do more channels add?": (
            _counted_with(in_channels=1, out_channels=1)
        ),
        "The order is dense, local, shared.": lambda *sizes: _count(*sizes)[::-1],
        "Each output is joined to each pixel: multiply, do not add.": lambda *sizes: (
            sizes[0] * sizes[2] ** 2 + _units(*sizes)[0],
            -1,
            -1,
        ),
        "The output map has rows and columns.": _without_columns,
        "The dense layer leads to the same output map, which need not be as large as the image.": (
            lambda in_channels, out_channels, image_size, *_: (in_channels * out_channels * image_size**4, -1, -1)
        ),
        "Padding zeros are no inputs, so a dense layer has no weights for them.": (
            lambda in_channels, out_channels, image_size, kernel_size, stride, padding: _count(
                in_channels, out_channels, image_size + 2 * padding, kernel_size, stride, 0
            )
        ),
        "A dense unit sees the whole image, not only its square.": lambda *sizes: (_count(*sizes)[1], -1, -1),
        "The dense layer has an output for every place of the map.": (
            lambda in_channels, out_channels, image_size, *_: (in_channels * out_channels * image_size**2, -1, -1)
        ),
        "The image has rows and columns.": lambda *sizes: (_count(*sizes)[0] // sizes[2], -1, -1),
        "A kernel has rows and columns.": _kernel_side,
        "A locally connected layer has a kernel at every place.": lambda *sizes: (-1, _count(*sizes)[2], -1),
        "Shared means stored once, however many positions use it.": lambda *sizes: (-1, -1, _count(*sizes)[1]),
    }
    | {words: _from_side(side) for words, side in WRONG_SIDES.items()},
)
