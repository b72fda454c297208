import math
from itertools import product

import numpy as np
import torch
from torch import nn

from helpers import digits
from helpers.counting.formatting import format_bytes
from helpers.drawing.style import CHOSEN, DENSE, INK, LOCAL, NEGATIVE, POSITIVE, SHARED
from tests.pixels import colour_at, has_colour, is_colour

RIGHT = {"a", "e", "f"}
COLOURS = {"right": POSITIVE, "wrong": NEGATIVE}
RUNGS = ("dense", "local", "tiled", "convolution")


def channels(number):
    return "1 channel" if number == 1 else f"{number} channels"


def climb(image_size, kernel_size, out_channels, period):
    side = image_size - kernel_size + 1
    positions = list(product(range(side), range(side)))
    kernels = [(row % period, column % period) for row, column in positions]
    uses = sorted({kernels.count(kernel) for kernel in kernels})
    weights = out_channels * period**2 * kernel_size**2
    multiply_adds, dense = out_channels * side**2 * kernel_size**2, out_channels * side**2 * image_size**2
    rung = "convolution" if period == 1 else "local" if period == side else "tiled"
    used = "once" if uses == [1] else f"{uses[0]} times" if len(uses) == 1 else f"{uses[0]} to {uses[-1]} times"
    sentence = (
        f"{rung.capitalize()}, period {period} of {side}: {image_size}×{image_size} image, {kernel_size}×{kernel_size} "
        f"kernel, {channels(out_channels)}. {weights} weights instead of "
        f"{dense} in a dense layer, each used {used}; {multiply_adds} multiply-adds instead of {dense}; "
        f"{4 * weights} bytes."
    )

    def look(picture):
        def cell(channel, position, tap):
            """Return the colour at the left edge of a weight's cell, where no number stands."""
            (row, column), (down, right) = position, tap
            x = ((row + down) * image_size + column + right + 0.06) / image_size**2
            y = (channel * side**2 + row * side + column + 0.5) / (out_channels * side**2)
            return tuple(colour_at(picture, 40 + 890 * x + 1, 40 + 400 * y))

        colours = {}
        for channel, (position, kernel) in product(range(out_channels), zip(positions, kernels, strict=True)):
            for tap in product(range(kernel_size), range(kernel_size)):
                colours.setdefault((channel, kernel, tap), set()).add(cell(channel, position, tap))
        assert all(len(found) == 1 for found in colours.values())
        assert len(set().union(*colours.values())) > min(weights, 60) * 0.9
        if kernel_size < image_size:
            assert cell(0, (0, 0), (0, kernel_size)) == (255, 255, 255)
        reached = RUNGS.index(rung)
        for number in range(4):  # a rung that is not reached keeps back what it counts
            matrix = picture[490:564, 16 + 234 * number : 88 + 234 * number]
            assert (matrix.min() == 255) == (number > reached)
        edges = [is_colour(colour_at(picture, 6 + 234 * number, 528), CHOSEN) for number in range(4)]
        assert edges == [name == rung for name in RUNGS]

    return sentence, look


def add_up(kernel_size, row, column, digit):
    torch.manual_seed(14)
    kernel = nn.Conv2d(1, 1, kernel_size, bias=False, dtype=torch.float64).weight.detach()[0, 0].numpy()
    image = digits.digit(digit, 10).astype(float)
    side = 10 - kernel_size + 1
    windows = np.lib.stride_tricks.sliding_window_view(image, (kernel_size, kernel_size))
    # The loss is the sum of squared outputs, so a use's gradient is twice the output times the pixel.
    uses = 2 * (windows * kernel).sum((2, 3)) * windows[:, :, row, column]
    above, below = (uses > 0).sum(), (uses < 0).sum()
    total = f"{uses.sum():+.2f}".replace("-", "−")
    sentence = (
        f"Weight ({row}, {column}) of the {kernel_size}×{kernel_size} kernel is used at {side**2} positions. Its "
        f"gradient is above zero at {above} of them, below zero at {below}, and zero at {side**2 - above - below}; "
        f"the sum is {total}, and autograd's is {total}."
    )

    def look(picture):
        top, pixel, cell = 40, 27, 270 / kernel_size
        for left in (10, 312):  # the window that the weight meets, on the image and on its gradients
            middle = top + pixel * (row + side / 2) + 5
            assert is_colour(colour_at(picture, left + pixel * column + 1, middle), CHOSEN)
            assert is_colour(colour_at(picture, min(left + pixel * (column + side), left + 269) - 1, middle), CHOSEN)
        assert is_colour(colour_at(picture, 660 + cell * column + 1, top + cell * (row + 0.8)), CHOSEN)
        largest = np.unravel_index(np.abs(uses).argmax(), uses.shape)
        x, y = (312 + pixel * (column + largest[1]), top + pixel * (row + largest[0]))
        shade = 1 - 0.75 * (1 - np.array(hue(uses[largest])))
        assert np.abs(picture[round(y + 6) : round(y + 21), round(x + 6) : round(x + 21)] / 255 - shade).min() < 0.02

    return sentence, look


def hue(number):
    code = POSITIVE if number > 0 else NEGATIVE
    return [int(code[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def compare(in_channels, out_channels, image_size, kernel_size, stride, padding):
    side = (image_size + 2 * padding - kernel_size) // stride + 1
    units, kernel = side**2 * out_channels, kernel_size**2 * in_channels
    counts = {  # weights and multiply-adds
        "dense": (units * image_size**2 * in_channels,) * 2,
        "local": (units * kernel, units * kernel),
        "convolution": (out_channels * kernel, units * kernel),
    }

    def times(more, fewer, kind):
        ratio = counts[more][kind] / counts[fewer][kind]
        return "no" if ratio == 1 else f"{ratio:,.0f} times"

    sentence = (
        f"{image_size}×{image_size} image with {channels(in_channels)}, {kernel_size}×{kernel_size} kernel, "
        f"{side}×{side} map with {channels(out_channels)}. Locality: {times('dense', 'local', 0)} fewer weights and "
        f"{times('dense', 'local', 1)} fewer multiply-adds. Sharing: {times('local', 'convolution', 0)} fewer weights "
        f"and no fewer multiply-adds; with biases ({units:,} and {out_channels:,}) "
        f"{format_bytes(4 * units * (kernel + 1))} become {format_bytes(4 * out_channels * (kernel + 1))}."
    )

    def look(picture):
        for left, kind in ((132, 0), (550, 1)):
            for row, (name, colour) in enumerate((("dense", DENSE), ("local", LOCAL), ("convolution", SHARED))):
                middle = 395 - (90 + 265 * (2.45 - row) / 3.2)
                end = left + 380 * math.log10(counts[name][kind]) / 13
                bar = picture[round(middle) - 14 : round(middle) + 14]
                assert end < left + 4 or has_colour(bar[:, round(end) - 6 : round(end) - 1], colour)
                assert not has_colour(bar[:, round(end) + 2 : round(end) + 12], colour)

    return sentence, look


def judge(a, b, c, d, e, f, g, h):
    marks = dict(zip("abcdefgh", (a, b, c, d, e, f, g, h), strict=True))
    verdicts = {claim: "right" if claim in RIGHT else "wrong" for claim in marks}
    marked = {claim for claim, mark in marks.items() if mark != "?"}
    seen = sum(marks[claim] == verdicts[claim] for claim in marked)
    sentence = f"{len(marked)} of 8 claims marked, {seen} as the computation says."

    def look(picture):
        for number, claim in enumerate("abcdefgh"):
            row = picture[40 + 52 * number + 4 : 40 + 52 * number + 24]
            verdict = {word: has_colour(row[:, 780:900], colour) for word, colour in COLOURS.items()}
            assert verdict == {word: claim in marked and verdicts[claim] == word for word in COLOURS}, claim
            number_at = picture[40 + 52 * number + 14 : 40 + 52 * number + 40, 600:735]
            assert has_colour(number_at, INK) == (claim in marked), claim

    return sentence, look
