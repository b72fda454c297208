import math

import numpy as np

from helpers import digits
from helpers.counting.formatting import format_bytes, format_count
from helpers.drawing.style import CHOSEN, DENSE, LOCAL
from tests.pixels import colour_at, has_colour, is_colour

SQUARE, TOP = 270, 50  # the square parts of a picture: their side, and the distance from the picture's top


def connect_all(image_size):
    sentence = (
        f"{image_size}×{image_size} image: each of {image_size**2} outputs sees all {image_size**2} pixels; "
        f"{image_size**4:,} weights."
    )

    def look(picture):
        side = 270 * image_size**2 / 28**2
        assert is_colour(colour_at(picture, 310 + side / 2, 60 + side / 2), DENSE)
        if image_size < 28:
            assert is_colour(colour_at(picture, 310 + side + 3, 60 + side + 3), "white")
        across = math.log(image_size / 3.6) / math.log(31 / 3.6)
        up = math.log(image_size**4 / 100) / math.log(2e6 / 100)
        assert is_colour(colour_at(picture, 712 + 170 * across, 60 + 232 * (1 - up)), "#1A1A1A")

    return sentence, look


def connect(image_size, kernel_size, out_channels, position):
    side = image_size - kernel_size + 1
    row, column = position // side, position % side
    weights = out_channels * side**2 * kernel_size**2
    channels = "1 channel" if out_channels == 1 else f"{out_channels} channels"
    sentence = (
        f"{image_size}×{image_size} image, {kernel_size}×{kernel_size} kernel, {channels}: position {position} "
        f"(row {row}, column {column}) sees {kernel_size**2} of {image_size**2} pixels; "
        f"{weights:,} weights instead of {out_channels * side**2 * image_size**2:,} in a dense layer."
    )

    def look(picture):
        edges = [
            (10 + SQUARE * (column + dx) / image_size, TOP + SQUARE * (row + dy) / image_size)
            for dx, dy in ((0, kernel_size / 2), (kernel_size, kernel_size / 2), (kernel_size / 2, 0))
        ]
        for x, y in edges:
            assert is_colour(colour_at(picture, min(x, 279), y), CHOSEN)
        middle = (310 + SQUARE * (column + 0.5) / side, TOP + SQUARE * (row + 0.5) / side)
        assert is_colour(colour_at(picture, *middle), CHOSEN)
        other = (310 + SQUARE * ((column + 2) % side + 0.5) / side, middle[1])
        assert side < 3 or is_colour(colour_at(picture, *other), "white")
        for channel in range(out_channels):
            y = TOP + SQUARE * (channel * side**2 + position + 0.5) / (out_channels * side**2)
            assert is_colour(colour_at(picture, 613, y), CHOSEN)
        matrix = picture[TOP : TOP + SQUARE, 622:889]
        assert has_colour(matrix, CHOSEN)
        assert side == 1 or has_colour(matrix, LOCAL)

    return sentence, look


def look_through(kernel_size, depth):
    side = depth * (kernel_size - 1) + 1
    layers = "1 layer" if depth == 1 else f"{depth} layers"
    sentence = (
        f"{layers} with {kernel_size}×{kernel_size} kernels: the middle output sees {side}×{side} = {side**2} of "
        f"961 pixels, because {depth} × ({kernel_size} − 1) + 1 = {side}; "
        f"its gradient is not zero at {side**2} pixels."
    )

    def look(picture):
        pixel = SQUARE / 31
        first = (31 - side) / 2 * pixel
        for left in (10, 620):  # the square on the image and on the gradient
            for x, y in ((first, SQUARE / 2), (first + side * pixel, SQUARE / 2), (SQUARE / 2, first)):
                assert is_colour(colour_at(picture, min(left + x, left + 269), 55 + min(y, 269)), CHOSEN)
        if side < 29:
            outside = 620 + first - 1.5 * pixel
            assert is_colour(colour_at(picture, outside, 55 + SQUARE / 2 + 1), "white")
        inside = picture[57 + round(first) : 57 + round(first + side * pixel) - 4]
        assert not is_colour(inside[len(inside) // 2, 620 + 135], "white")

    return sentence, look


def compare(image_size, kernel_size, out_channels):
    outputs = out_channels * (image_size - kernel_size + 1) ** 2
    dense, local = outputs * image_size**2, outputs * kernel_size**2
    ratio = image_size**2 / kernel_size**2
    sentence = (
        f"{image_size}×{image_size} image, {kernel_size}×{kernel_size} kernel, {out_channels} "
        f"channel{'' if out_channels == 1 else 's'}: dense {format_count(dense)} weights ({format_bytes(4 * dense)}), "
        f"local {format_count(local)} weights ({format_bytes(4 * local)}), "
        f"{f'{ratio:.1f}' if ratio < 10 else f'{ratio:,.0f}'} times fewer. "
        "Each weight is used once, so multiply-adds equal weights."
    )

    def look(picture):
        x = 125 + 640 * math.log(image_size / 7.4) / math.log(460 / 7.4)
        for weights, colour in ((local, LOCAL), (dense, DENSE)):
            y = 45 + 320 * (1 - math.log10(weights) / 14)
            near = picture[round(y) - 7 : round(y) + 8, round(x) - 7 : round(x) + 8]
            assert has_colour(near, colour)

    return sentence, look


def shuffle(index):
    sentence = f"image {index}, before and after: 64 pixels each, the same values in other places."

    def look(picture):
        image = digits.load()[0][index]
        centres = [35 + 250 * (n + 0.5) / 8 for n in range(8)]
        before = np.array([[colour_at(picture, 20 + x - 35, y) for x in centres] for y in centres])[..., 0]
        after = np.array([[colour_at(picture, 430 + x - 35, y) for x in centres] for y in centres])[..., 0]
        assert np.abs(before / 255 - (1 - image)).max() < 0.2  # matplotlib's gray is not quite linear
        assert not np.allclose(before, after)
        assert np.allclose(np.sort(before, axis=None), np.sort(after, axis=None), atol=2)

    return sentence, look
