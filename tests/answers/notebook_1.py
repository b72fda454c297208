"""Answers to the exercises of notebook 1."""

import math

import numpy as np
import torch
from torch.nn import functional as F

from helpers import layers
from tests.answers import Answers, only


def side_by_walking(image_size, kernel_size, stride, padding):
    side, begin = 0, -padding
    while begin + kernel_size <= image_size + padding:
        side += 1
        begin += stride
    return side


def side_by_recursion(image_size, kernel_size, stride, padding):
    if padding:
        return side_by_recursion(image_size + 2 * padding, kernel_size, stride, 0)
    return 0 if image_size < kernel_size else 1 + side_by_recursion(image_size - stride, kernel_size, stride, 0)


def side_by_torch(image_size, kernel_size, stride, padding):
    image, weight = torch.zeros(1, 1, image_size, image_size), torch.zeros(1, 1, kernel_size, kernel_size)
    return F.conv2d(image, weight, stride=stride, padding=padding).shape[-1]


def side_without_return(image_size, kernel_size, stride, padding):
    side = (image_size + 2 * padding - kernel_size) // stride + 1
    print(side)


def side_with_a_typo(image_size, kernel_size, stride, padding):
    return (image_size + 2 * pading - kernel_size) // stride + 1  # noqa: F821


def local_by_einsum(image, weight, stride):
    patches = image.unfold(0, weight.shape[2], stride).unfold(1, weight.shape[3], stride)
    return torch.einsum("hwij,hwij->hw", patches, weight)


def local_by_columns(image, weight, stride):
    columns = F.unfold(image[None, None], weight.shape[-1], stride=stride)[0]  # (K·K, positions)
    return (columns.T * weight.flatten(2).flatten(0, 1)).sum(1).view(weight.shape[0], weight.shape[1])


def local_by_numpy(image, weight, stride):
    image, weight = image.numpy(), weight.numpy()
    height, width, kernel_size, _ = weight.shape
    output = np.zeros((height, width))
    for i, j in np.ndindex(height, width):
        top, left = stride * i, stride * j
        output[i, j] = np.sum(image[top : top + kernel_size, left : left + kernel_size] * weight[i, j])
    return output


def local_by_lists(image, weight, stride):
    kernel_size = weight.shape[-1]
    rows = range(0, image.shape[0] - kernel_size + 1, stride)
    columns = range(0, image.shape[1] - kernel_size + 1, stride)
    return [
        [
            float(torch.dot(image[y : y + kernel_size, x : x + kernel_size].flatten(), weight[i, j].flatten()))
            for j, x in enumerate(columns)
        ]
        for i, y in enumerate(rows)
    ]


def local_by_layer(image, weight, stride):
    return layers.locally_connected2d(image[None, None], weight[:, :, None, None], stride=stride)[0, 0]


def local_of_pixels(image, weight, stride):
    output = torch.zeros(weight.shape[:2])
    for row in range(weight.shape[2]):
        for column in range(weight.shape[3]):
            pixels = image[row::stride, column::stride][: output.shape[0], : output.shape[1]]
            output += pixels * weight[:, :, row, column]
    return output


def local_loops(image, weight, stride):
    height, width, kernel_size, _ = weight.shape
    output = torch.zeros(height, width)
    for i in range(height):
        for j in range(width):
            patch = image[i : i + kernel_size, j : j + kernel_size]
            output[i, j] = (patch * weight[i, j]).sum()
    return output


def local_with_strided_range(image, weight, stride):
    height, width, kernel_size, _ = weight.shape
    output = torch.zeros(height, width)
    for i in range(0, height, stride):
        for j in range(0, width, stride):
            patch = image[i : i + kernel_size, j : j + kernel_size]
            output[i, j] = (patch * weight[i, j]).sum()
    return output


def local_indexed_by_pixels(image, weight, stride):
    height, width, kernel_size, _ = weight.shape
    output = torch.zeros(height, width)
    for i in range(0, image.shape[0] - kernel_size + 1, stride):
        for j in range(0, image.shape[1] - kernel_size + 1, stride):
            output[i, j] = (image[i : i + kernel_size, j : j + kernel_size] * weight[i, j]).sum()
    return output


def local_in_double_steps(image, weight, stride):
    height, width, kernel_size, _ = weight.shape
    output = torch.zeros(height, width)
    for i in range(height):
        for j in range(width):
            output[i, j] = (image[2 * i : 2 * i + kernel_size, 2 * j : 2 * j + kernel_size] * weight[i, j]).sum()
    return output


def local_with_rows_strided(image, weight, stride):
    height, width, kernel_size, _ = weight.shape
    output = torch.zeros(height, width)
    for i in range(height):
        for j in range(width):
            top = i * stride
            output[i, j] = (image[top : top + kernel_size, j : j + kernel_size] * weight[i, j]).sum()
    return output


def local_with_early_end(image, weight, stride):
    height, width, kernel_size, _ = weight.shape
    output = torch.zeros(height, width)
    for i in range(height):
        for j in range(width):
            patch = image[i * stride : i + kernel_size, j * stride : j + kernel_size]
            output[i, j] = (patch * weight[i, j]).sum()
    return output


def local_by_patches_of_stride(image, weight, stride):
    output = torch.zeros(weight.shape[:2])
    for i in range(weight.shape[0]):
        for j in range(weight.shape[1]):
            patch = image[i * stride : (i + 1) * stride, j * stride : (j + 1) * stride]
            output[i, j] = torch.sum(patch * weight[i, j])
    return output


def local_one_short(image, weight, stride):
    kernel_size = weight.shape[-1]
    height, width = ((size - kernel_size) // stride for size in image.shape)
    output = torch.zeros(height, width)
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            output[i, j] = (image[top : top + kernel_size, left : left + kernel_size] * weight[i, j]).sum()
    return output


def local_for_squares(image, weight, stride):
    side, kernel_size = weight.shape[0], weight.shape[-1]
    output = torch.zeros(side, side)
    for i in range(side):
        for j in range(side):
            top, left = i * stride, j * stride
            output[i, j] = (image[top : top + kernel_size, left : left + kernel_size] * weight[i, j]).sum()
    return output


def local_with_sum_forgotten(image, weight, stride):
    height, width, kernel_size, _ = weight.shape
    output = torch.zeros(height, width)
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            output[i, j] = image[top : top + kernel_size, left : left + kernel_size] * weight[i, j]
    return output


def local_by_matrices(image, weight, stride):
    height, width, kernel_size, _ = weight.shape
    output = torch.zeros(height, width)
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            output[i, j] = (image[top : top + kernel_size, left : left + kernel_size] @ weight[i, j]).sum()
    return output


def local_returning_first(image, weight, stride):
    height, width, kernel_size, _ = weight.shape
    output = torch.zeros(height, width)
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            output[i, j] = (image[top : top + kernel_size, left : left + kernel_size] * weight[i, j]).sum()
            return output


def local_returning_row(image, weight, stride):
    output = torch.zeros(weight.shape[:2])
    for i in range(weight.shape[0]):
        for j in range(weight.shape[1]):
            output[i, j] = local_by_einsum(image, weight, stride)[i, j]
        return output


def local_without_return(image, weight, stride):
    local_by_einsum(image, weight, stride)


def local_never_written(image, weight, stride):
    output = torch.zeros(weight.shape[:2])
    for i in range(weight.shape[0]):
        for j in range(weight.shape[1]):
            value = output[i, j]
            value = local_by_einsum(image, weight, stride)[i, j]  # noqa: F841
    return output


def local_flat(image, weight, stride):
    return [value for row in local_by_lists(image, weight, stride) for value in row]


ANSWERS = {
    1: Answers(
        right={
            "formula": only(2 * (12 - 5 + 1) ** 2 * 5**2),
            "float": only(3200.0),
            "tensor": only(torch.tensor(3200)),
            "numpy": only(np.prod([8, 8, 2, 5, 5])),
            "layer": only(layers.LocallyConnected2d(1, 2, 12, 5, bias=False).weight.numel()),
        },
        wrong={
            "a convolution": (only(2 * 5 * 5), "one kernel for all places"),
            "an output for every pixel": (only(12 * 12 * 2 * 5 * 5), "at the border"),
            "steps for places": (only((12 - 5) ** 2 * 2 * 25), "Count once more"),
            "a place too many": (only(9 * 9 * 2 * 25), "Begin at pixel 1"),
            "half a kernel left out": (only((12 - 5 // 2) ** 2 * 2 * 25), "beyond its middle"),
            "squares side by side": (only((12 // 5) ** 2 * 2 * 25), "overlap"),
            "one row": (only(8 * 2 * 25), "the other rows"),
            "one channel": (only(8 * 8 * 25), "second channel"),
            "two channels in": (only(8 * 8 * 2 * 2 * 25), "but 1 channel in"),
            "units": (only(8 * 8 * 2), "output units"),
            "biases": (only(8 * 8 * 2 * (25 + 1)), "the biases too"),
            "a bias for each channel": (only(8 * 8 * 2 * 25 + 2), "no biases here"),
            "kernel_size for its square": (only(8 * 8 * 2 * 5), "more than 5 weights"),
            "the sliders' 3×3 kernel": (only(8 * 8 * 2 * 9), "A 3×3 kernel"),
            "dense": (only(8 * 8 * 2 * 12 * 12), "has as many"),
            "dense with an output for every pixel": (only(12**4 * 2), "an output for every pixel"),
            "thousands with a comma": (only((3, 200)), "whole number"),
            "a guess": (only(1234), "the check cannot tell"),
        },
    ),
    2: Answers(
        right={
            "walking": only(side_by_walking),
            "recursion": only(side_by_recursion),
            "torch": only(side_by_torch),
            "range": only(lambda n, k, s, p: len(range(0, n + 2 * p - k + 1, s))),
            "floor": only(lambda n, k, s, p: math.floor((n + 2 * p - k) / s + 1)),
            "numpy float": only(lambda n, k, s, p: np.floor((n - k + p + p) / s) + 1),
            "one added first": only(lambda n, k, s, p: (n + 2 * p - k + s) // s),
            "tensor": only(lambda n, k, s, p: torch.tensor(n + 2 * p - (k - 1) - 1).div(s, rounding_mode="floor") + 1),
        },
        wrong={
            "steps": (only(lambda n, k, s, p: (n + 2 * p - k) // s), "How many steps"),
            "padding once": (only(lambda n, k, s, p: (n + p - k) // s + 1), "both sides"),
            "padding forgotten": (only(lambda n, k, s, p: (n - k) // s + 1), "Padding counts too"),
            "padding taken off": (only(lambda n, k, s, p: (n - 2 * p - k) // s + 1), "not smaller"),
            "stride forgotten": (only(lambda n, k, s, p: n + 2 * p - k + 1), "Stride counts too"),
            "stride multiplied": (only(lambda n, k, s, p: (n + 2 * p - k) * s + 1), "fewer places, not more"),
            "stride always 2": (only(lambda n, k, s, p: (n + 2 * p - k) // 2 + 1), "always 2"),
            "ceil": (only(lambda n, k, s, p: math.ceil((n + 2 * p - k) / s) + 1), "not up"),
            "round": (only(lambda n, k, s, p: round((n + 2 * p - k) / s) + 1), "not to the nearest"),
            "fractions": (only(lambda n, k, s, p: (n + 2 * p - k) / s + 1), "only whole steps: round down."),
            "one added before dividing": (only(lambda n, k, s, p: (n + 2 * p - k + 1) // s), "after the division"),
            "range one short": (only(lambda n, k, s, p: len(range(0, n + 2 * p - k, s))), "leaves its end out"),
            "no brackets": (only(lambda n, k, s, p: n + 2 * p - k // s + 1), "brackets"),
            "kernel forgotten": (only(lambda n, k, s, p: (n + 2 * p) // s), "leaves its size out"),
            "kernel forgotten, one added": (only(lambda n, k, s, p: (n + 2 * p) // s + 1), "as large as the image"),
            "odd kernels only": (only(lambda n, k, s, p: (n + 2 * p - 2 * (k // 2) - 1) // s + 1), "odd kernels only"),
            "positions": (only(lambda *sizes: side_by_walking(*sizes) ** 2), "number of positions"),
            "both sides": (only(lambda *sizes: (side_by_walking(*sizes),) * 2), "One number is asked for"),
            "printed": (only(side_without_return), "`return` missing"),
            "typo": (only(side_with_a_typo), "'pading' is not defined"),
            "called already": (only(side_by_walking(8, 3, 1, 0)), "Expected a function"),
            "notebook 1's picture": (only(lambda n, k, s, p: n - k + 1), "moves one pixel at a time"),
            "pixels by steps": (only(lambda n, k, s, p: n // s), "neither the kernel's size nor padding"),
            "one number for all": (only(lambda n, k, s, p: 7), "came 7."),
        },
    ),
    3: Answers(
        right={
            "einsum": only(local_by_einsum),
            "unfolded columns": only(local_by_columns),
            "numpy": only(local_by_numpy),
            "lists over pixels": only(local_by_lists),
            "the layer's own function": only(local_by_layer),
            "pixel by pixel of the kernel": only(local_of_pixels),
        },
        wrong={
            "unchanged": (only(local_loops), "begin one pixel apart"),
            "positions skipped": (only(local_with_strided_range), "never uses"),
            "weight indexed by pixels": (only(local_indexed_by_pixels), "output[i, j] = (image[i"),
            "stride always 2": (only(local_in_double_steps), "always 2"),
            "columns forgotten": (only(local_with_rows_strided), "The columns move"),
            "rows forgotten": (
                only(
                    lambda image, weight, stride: local_with_rows_strided(image.T, weight.permute(1, 0, 3, 2), stride).T
                ),
                "The rows move",
            ),
            "end of the patch not moved": (only(local_with_early_end), "output[i, j] = (patch"),
            "patches as large as the stride": (only(local_by_patches_of_stride), "as large as the stride"),
            "outputs left out": (
                only(lambda image, weight, stride: local_loops(image, weight, stride)[::stride, ::stride]),
                "leave out outputs",
            ),
            "one row and column short": (only(local_one_short), "one place more"),
            "square maps only": (only(local_for_squares), "output[i, j] = (image[top"),
            "one kernel": (
                only(lambda image, weight, stride: F.conv2d(image[None, None], weight[:1, :1], stride=stride)[0, 0]),
                "a convolution",
            ),
            "sum forgotten": (only(local_with_sum_forgotten), "output[i, j] = image"),
            "mean": (
                only(lambda image, weight, stride: local_by_einsum(image, weight, stride) / weight.shape[-1] ** 2),
                "their mean",
            ),
            "matrix product": (only(local_by_matrices), "not as matrices"),
            "turned kernels": (only(lambda image, weight, s: local_by_einsum(image, weight.flip(2, 3), s)), "turned"),
            "kernels transposed": (
                only(lambda image, weight, s: local_by_einsum(image, weight.mT, s)),
                "Within a patch",
            ),
            "returned too early": (only(local_returning_first), "Only the first output"),
            "returned after a row": (only(local_returning_row), "Only the first row"),
            "return forgotten": (only(local_without_return), "`return` missing"),
            "never written": (only(local_never_written), "ever written to"),
            "flat": (only(local_flat), "all in one row"),
            "for torch's layers": (only(lambda *case: local_by_einsum(*case)[None, None]), "images and channels"),
        },
    ),
    4: Answers(
        right={
            "three layers": (5, 3),
            "two layers": (7, 2),
            "even kernels": (4, 4),
            "the fewest weights": (2, 12),
            "a division's result": (3, 12 / (3 - 1)),
            "tensor and numpy": (torch.tensor(3), np.int64(6)),
        },
        wrong={
            "one layer": ((13, 1), "takes 169 weights"),
            "a layer too few": ((3, 5), "sees 11×11"),
            "a layer too many": ((3, 7), "sees 15×15"),
            "the side divided": ((3, 4), "depth 4"),
            "squares side by side": ((2, 6), "depth 6"),
            "the wrong way round": ((6, 3), "sees 16×16"),
            "no pixel to begin with": ((2, 13), "a pixel already"),
            "one pixel each": ((1, 13), "sees no neighbours"),
            "no layer": ((13, 0), "depth has to be"),
            "a fraction": ((13 / 3, 3), "not 4.333"),
            "a pair of sides": (((3, 3), 6), "not (3, 3)"),
            "the side itself": ((13, 13), "sees 157×157"),
        },
    ),
}
