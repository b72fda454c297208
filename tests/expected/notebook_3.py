import statistics
from itertools import product

import numpy as np
import torch
from torch import nn

from helpers import digits
from helpers.drawing.style import CHOSEN, DENSE, INK, LOCAL, SHARED
from tests import notebooks
from tests.pixels import has_colour

PATH = notebooks.path_of("03_where_sharing_wins")
RING = {"circular padding", "stride 2", "max pooling", "flatten head", "global pooling head"}


def answer(layer, image):
    """Compute a layer's answer from moved copies of the image, one for each weight of the kernel."""
    torch.manual_seed(0)
    conv = nn.Conv2d(1, 10 if layer == "global pooling head" else 1, 3, bias=False, dtype=torch.float64)
    head = nn.Linear(256, 10, dtype=torch.float64) if layer == "flatten head" else None
    weight = conv.weight.detach().numpy()[:, 0]
    padded = np.pad(image, 1, mode="wrap" if layer in RING else "constant")
    maps = sum(
        weight[:, down, right, None, None] * padded[down : down + 16, right : right + 16]
        for down, right in product(range(3), range(3))
    )
    if layer == "stride 2":
        return maps[0, ::2, ::2]
    if layer == "max pooling":
        return maps[0].reshape(8, 2, 8, 2).max((1, 3))
    if layer == "flatten head":
        return head.weight.detach().numpy() @ maps.ravel() + head.bias.detach().numpy()
    return maps.max((1, 2)) if layer == "global pooling head" else maps[0]


def slide(layer, down, right):
    canvas = np.zeros((16, 16))
    canvas[4:12, 4:12] = digits.load()[0][3]
    step = {"stride 2": 2, "max pooling": 2, "flatten head": 0, "global pooling head": 0}.get(layer, 1)
    found, rest = answer(layer, np.roll(canvas, (down, right), (0, 1))), answer(layer, canvas)
    expected = np.roll(rest, (down // step, right // step), (0, 1)) if step else rest
    scale = max(np.abs(found).max(), np.abs(expected).max())
    differs = np.abs(found - expected) > 1e-12 * scale
    percent = f"{100 * np.abs(found - expected).max() / scale:.0f} %"
    sentence = f"{layer.capitalize()}: " + (
        f"{differs.sum()} of {found.size} outputs differ, by up to {percent} of the largest output."
        if differs.any()
        else f"all {found.size} outputs are the same."
    )

    def look(picture):
        middle = picture[120:176, 790:860]
        assert has_colour(middle, INK) == (not differs.any())  # the equals sign
        pixels = [
            [picture[round(40 + 215 * (i + 0.5) / 16), round(6 + 215 * (j + 0.5) / 16), 0] for j in range(16)]
            for i in range(16)
        ]
        assert np.abs(1 - np.array(pixels) / 255 - np.roll(canvas, (down, right), (0, 1))).max() < 0.01

    return sentence, look


def reveal(path, results_name):
    def expect(vote):
        results = notebooks.found_in(path, results_name)
        parts = [
            f"{net}, {data} {statistics.mean(of):.1f} ± {statistics.stdev(of):.1f} %"
            for (net, data), of in results.items()
        ]
        seeds = len(next(iter(results.values())))
        sentence = f"Mean and standard deviation over {seeds} seeds: {'; '.join(parts)}."
        if vote == "no clear winner" or vote in {net for net, _ in results}:
            sentence = f"Your vote: {vote}. {sentence}"
        if vote == "not yet":
            sentence = "Vote first; then the marks of all seeds and the text below appear."

        def look(picture):
            for row, (net, _) in enumerate(results):
                strip = picture[10 + 62 * row : 10 + 62 * (row + 1)]
                assert has_colour(strip[:, 895:], CHOSEN) == (vote in (net, "no clear winner"))
                assert has_colour(strip[:, 765:865], INK) == (vote != "not yet")
            assert has_colour(picture, LOCAL, 0.3) == (vote != "not yet")

        return sentence, look

    return expect


def cut(epoch, channel):
    kernels, right, tied = (notebooks.found_in(PATH, name) for name in ("kernels", "right", "still_tied"))
    weight = kernels[epoch].double().numpy()  # (H_out, W_out, C_out, K, K)
    mean = weight.mean((0, 1))
    spread = 100 * np.sqrt(((weight - mean) ** 2).mean() / (mean**2).mean())
    sentence = (
        f"Channel {channel}, {epoch} epoch{'' if epoch == 1 else 's'} without the tie: "
        f"the layer's kernels lie {spread:.1f} % from their mean "
        f"over 12×12 positions; the net names {right[epoch]:.1f} % of the test digits, its tied twin "
        f"{tied[epoch]:.1f} %."
    )

    def look(picture):
        x = 415 + 345 * (epoch + 0.3) / 12.6
        for top in (55, 240):  # the dot moves along both curves
            assert has_colour(picture[top : top + 125, round(x) - 4 : round(x) + 4], CHOSEN)
        square = picture[42:372, 12:343]
        assert not has_colour(square, DENSE)
        assert not has_colour(square, SHARED)

    return sentence, look
