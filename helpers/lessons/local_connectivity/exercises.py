"""The exercises of notebook 1."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from helpers import counting
from helpers.exercises import Number, Sheet
from helpers.exercises.legacy import old_code, old_design
from helpers.exercises.outcomes import RefusedError, as_whole, describe
from helpers.exercises.sides import WRONG_SIDES

SIDE, BUDGET = 13, 100  # pixels to see, and weights to stay below


def _output_side(image_size: int, kernel_size: int, stride: int, padding: int) -> int:
    return (image_size + 2 * padding - kernel_size) // stride + 1


def _local(image: Tensor, weight: Tensor, stride: int) -> Tensor:
    patches = image.unfold(0, weight.shape[2], stride).unfold(1, weight.shape[3], stride)
    return (patches * weight).sum((2, 3))


def _inputs() -> Iterator[tuple[Tensor, Tensor, int]]:
    for image_size, kernel_size, stride in (((5, 5), 3, 1), ((7, 7), 3, 2), ((8, 6), 2, 2), ((9, 12), 2, 3)):
        sizes = counting.Layer(1, 1, image_size, kernel_size, stride)
        yield torch.randn(image_size), torch.randn(*sizes.output_size, kernel_size, kernel_size), stride


def _at(image: Tensor, weight: Tensor, stride: int) -> str:
    return f"With an image of {tuple(image.shape)}, weight of {tuple(weight.shape)} and stride={stride}"


def _beginning(
    begin: Callable[[int, int, int], tuple[int, int]],
    size: Callable[[int, int], int] = lambda kernel_size, stride: kernel_size,
) -> Callable[[Tensor, Tensor, int], Tensor]:
    """Multiply each kernel with the patch of some `size` that begins at `begin(i, j, stride)`, right or wrong."""

    def by_loops(image: Tensor, weight: Tensor, stride: int) -> Tensor:
        height, width, *kernel_size = weight.shape
        rows, columns = (size(each, stride) for each in kernel_size)
        output = torch.zeros(height, width)
        for i in range(height):
            for j in range(width):
                top, left = begin(i, j, stride)
                output[i, j] = (image[top : top + rows, left : left + columns] * weight[i, j]).sum()
        return output

    return by_loops


_one_apart = _beginning(lambda i, j, stride: (i, j))


def _kept(*kept: slice) -> Callable[[Tensor, Tensor, int], Tensor]:
    """Work out all outputs, and leave zeros at the positions that are not kept."""

    def keep(image: Tensor, weight: Tensor, stride: int) -> Tensor:
        output = torch.zeros(weight.shape[:2])
        output[kept] = _local(image, weight, stride)[kept]
        return output

    return keep


def _every_other(image: Tensor, weight: Tensor, stride: int) -> Tensor:
    output = torch.zeros(weight.shape[:2])
    output[::stride, ::stride] = _one_apart(image, weight, stride)[::stride, ::stride]
    return output


def _whole(name: str, value: Any) -> int:
    number = as_whole(value)
    if number is None or number < 1:
        raise RefusedError(f"{name} has to be a whole number from 1 up, not {describe(value)}.")
    return number


def _problems(kernel_size: int, depth: int) -> Iterator[str]:
    kernel_size, depth = _whole("kernel_size", kernel_size), _whole("depth", depth)
    side, weights = counting.receptive_field(kernel_size, depth), depth * kernel_size**2
    if side != SIDE:
        words = f"With kernel_size {kernel_size} and depth {depth} an output sees {side}×{side} pixels. "
        if kernel_size == 1:
            words += "A kernel of one pixel sees no neighbours, however many layers there are."
        elif depth > 1 and kernel_size * depth in (SIDE - 1, SIDE):
            words += "Neighbouring squares overlap, so a layer adds less than kernel_size pixels."
        elif depth * (kernel_size - 1) == SIDE:
            words += "Before the first layer there is a pixel already."
        else:
            words += f"That is {'too few' if side < SIDE else 'too many'}: how many does each layer add?"
        yield words
    if weights >= BUDGET:
        yield f"The view is as asked, but takes {weights} weights. What do smaller kernels and more layers take?"


check = Sheet(
    Number(
        right=counting.Layer(1, 2, 12, 5, bias=False).local.weights,
        mistakes={
            2 * 12 * 12 * 25: "A 5×5 square does not fit around the pixels at the border.",
            2 * 7 * 7 * 25: "Count once more at how many places 5 pixels fit into a row of 12.",
            2 * 9 * 9 * 25: "Begin at pixel 1: where is the last place at which 5 pixels still fit into 12?",
            2 * 10 * 10 * 25: "A square of 5 pixels reaches 2 pixels beyond its middle. On how many sides?",
            2 * 2 * 2 * 25: "Neighbouring squares overlap: the next one begins one pixel further.",
            8 * 2 * 25: "These are the places in one row. And the other rows?",
            8 * 8 * 2: "These are the output units. How many weights has each?",
            8 * 8 * 25: "And the second channel?",
            2 * 25: "That would be one kernel for all places. Here each place has its own.",
            8 * 8 * 2 * 9: "A 3×3 kernel has 9 weights. How many has this one?",
            8 * 8 * 2 * 2 * 25: "There are 2 channels out, but 1 channel in.",
            144 * 144 * 2: "That is a dense layer with an output for every pixel. Here an output sees only its square.",
            8 * 8 * 2 * 144: "A dense layer has as many: here an output sees only its square.",
            8 * 8 * 2 * 25 + 2: "There are no biases here, not even one for each channel.",
            8 * 8 * 2 * 26: "You counted the biases too.",
            8 * 8 * 2 * 5: "A square of 5×5 pixels has more than 5 weights.",
        },
    ),
    old_code(
        right=_output_side,
        cases=lambda: [
            (8, 3, 1, 0),
            (8, 3, 2, 0),
            (9, 3, 2, 1),
            (5, 5, 3, 0),
            (12, 2, 3, 2),
            (7, 4, 4, 1),
            (6, 2, 1, 0),
        ],
        mistakes=WRONG_SIDES
        | {
            "One number is asked for: the map is square.": lambda *sizes: (_output_side(*sizes),) * 2,
            "That is the number of positions. The side is asked for.": lambda *sizes: _output_side(*sizes) ** 2,
        },
    ),
    old_code(
        right=_local,
        cases=_inputs,
        where=_at,
        mistakes={
            "Your patches begin one pixel apart, whatever the stride.": _one_apart,
            "A patch is as large as the kernel; yours is as large as the stride.": _beginning(
                lambda i, j, stride: (i * stride, j * stride), size=lambda kernel_size, stride: stride
            ),
            "The columns move by one pixel, whatever the stride.": _beginning(lambda i, j, stride: (i * stride, j)),
            "The rows move by one pixel, whatever the stride.": _beginning(lambda i, j, stride: (i, j * stride)),
            "Is the stride always 2?": _beginning(lambda i, j, stride: (i * 2, j * 2)),
            "Rows and columns of the positions are mixed up. Which kernel goes with position (i, j)?": (
                lambda image, weight, stride: _local(image, weight.transpose(0, 1), stride)
            ),
            "Your loop skips positions. Is there an entry of `weight` that it never uses?": _every_other,
            "You leave out outputs. Every entry of `weight` leads to one; how far apart do their patches begin?": (
                lambda image, weight, stride: _one_apart(image, weight, stride)[::stride, ::stride]
            ),
            "Is the output as large as the first two dimensions of `weight`? There is one place more than steps.": (
                lambda image, weight, stride: _local(image, weight, stride)[:-1, :-1]
            ),
            "Only the first output is there. Is the `return` inside a loop?": _kept(slice(1), slice(1)),
            "Only the first row is there. Is the `return` inside a loop?": _kept(slice(1)),
            "A map of rows and columns is asked for, without dimensions for images and channels.": (
                lambda image, weight, stride: _local(image, weight, stride)[None, None]
            ),
            "The outputs are all in one row. They are to be a map, as large as `weight` says.": (
                lambda image, weight, stride: _local(image, weight, stride).flatten()
            ),
            "Patch and kernel are multiplied pixel by pixel, not as matrices.": (
                lambda image, weight, stride: (
                    image.unfold(0, weight.shape[2], stride).unfold(1, weight.shape[3], stride) @ weight
                ).sum((2, 3))
            ),
            "Your kernels are turned by 180 degrees.": (
                lambda image, weight, stride: _local(image, weight.flip(2, 3), stride)
            ),
            "Every position uses the same kernel: that is a convolution.": (
                lambda image, weight, stride: _local(image, weight[0, 0].expand_as(weight), stride)
            ),
            "Within a patch, rows and columns are mixed up.": (
                lambda image, weight, stride: _local(image, weight.transpose(2, 3), stride)
            ),
            "The products are to be added up; you took their mean.": (
                lambda image, weight, stride: _local(image, weight, stride) / weight[0, 0].numel()
            ),
            "The output stays zero. Is it ever written to?": (
                lambda image, weight, stride: torch.zeros(weight.shape[:2])
            ),
        },
    ),
    old_design(_problems, takes=2),
)
