"""The facts of notebook 5: what its panels offer, say and show, worked out from the controls or from its results."""

import statistics
from itertools import product

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from torch import nn
from torch.nn import functional as F

from helpers import digits
from helpers.counting.formatting import format_quantity, format_times
from helpers.drawing.accuracies import NO_WINNER
from helpers.drawing.style import CHOSEN, DENSE, EMPTY, INK, LOCAL, SHARED, TILED
from helpers.lessons.depth_and_space import pictures
from tests import notebooks
from tests.looks import Look, accuracies, are_colors, has_color, is_color, on_white, read

PATH = notebooks.path_of("05_depth_and_space")
CHART = "test accuracy in %"
COLORS = (SHARED, INK)  # of the net trained at many depths, and of the one trained at one


def found(name):
    return notebooks.run_here(PATH).names[name]


def depth_reveal():
    nets = {}
    for (net, _), of in found("depth_results").items():  # in the order of the depths
        nets.setdefault(net, []).append(of)
    means = {net: [statistics.mean(of) for of in depths] for net, depths in nets.items()}
    parts = "; ".join(f"{net}: {', '.join(f'{mean:.1f}' for mean in of)} %" for net, of in means.items())

    def look(seen):
        for net, color in zip(means, COLORS, strict=True):
            assert all(has_color(seen.around(CHART, depth, mean), color) for depth, mean in enumerate(means[net])), net
        first, second = sorted(means, key=lambda net: means[net][-1], reverse=True)
        signs = dict(zip(means, "◆■", strict=True))
        names = [text for line in read(seen.picture) for text in line if text[0] in "◆■"]
        assert names == [f"{signs[first]} {first}", f"{signs[second]} {second}"]  # beside the ends of their curves

    return f"Mean test accuracy at 0 to 6 uses, over 5 seeds: {parts}.", look


def look_through(image_size, kernel_size, channels, reuses):
    side, weights = reuses * (kernel_size - 1) + 1, channels**2 * kernel_size**2
    uses, pixels = format_quantity(reuses, "use"), format_quantity(side**2, "pixel")
    size = format_quantity(weights, "weight")
    sentence = (
        f"{uses} with {kernel_size}×{kernel_size} kernels: the middle output sees {side}×{side} = {side**2} of "
        f"{image_size**2} pixels, because {reuses} × ({kernel_size} − 1) + 1 = {side}; its gradient is not zero at "
        f"{pixels}. The convolution has {size} throughout."
    )

    def look(seen):
        shape, first = (image_size, image_size), (image_size - side) // 2
        field = np.zeros(shape, dtype=bool)
        field[first : first + side, first : first + side] = True
        image = 1 - digits.digit(3, image_size) * np.where(field, 1, 0.35)
        assert are_colors(seen.cells("input: what the output sees", shape), image, 0.01)
        gradient = seen.cells("gradient of the output", shape).astype(int)
        assert ((gradient[..., 2] > gradient[..., 0] + 25) == field).all()  # blue where it is not zero
        for name in ("input: what the output sees", "gradient of the output"):
            edges = seen.edges(name, first, first, side, side, shape)
            assert all(is_color(edge, CHOSEN) for edge in edges), name
        stack = np.ones((reuses + 1, image_size, 3))
        for level, row in enumerate(reversed(stack)):  # each use takes a border of the map and of what is seen of it
            border = level * (kernel_size - 1) // 2
            row[border : image_size - border] = to_rgb(EMPTY)
            row[first + border : first + side - border] = to_rgb(CHOSEN)
        assert are_colors(seen.cells("the uses from the side", stack.shape[:2], down=0.1), stack)
        title = f"{kernel_size}×{kernel_size}: {size}, {uses}"
        lines, levels = read(seen.picture), [[f"use {level}"] for level in range(reuses, 0, -1)]
        assert lines[0] == [f"sees {side}×{side} = {pixels}", title, f"not zero at {pixels}"]
        assert lines[1:-1] == [*levels, ["input"]]

    return sentence, look


PANELS = {"tied-reveal": lambda: accuracies(found("tied_results")), "depth-reveal": depth_reveal, "look": look_through}

CONTROLS = {
    "look": {"image_size": (21, 33, 2), "kernel_size": (1, 5, 2), "channels": (1, 8, 1), "reuses": (0, 5, 1)},
}


def view_of_reuse():
    two, four = ((reuses * (3 - 1) + 1) ** 2 for reuses in (2, 4))
    return ("more than " if four > 2 * two else "less than " if four < 2 * two else "") + "twice as many"


PREDICTIONS = {"look": lambda: [(view_of_reuse(), {"reuses": 4})]}


def test_a_vote_is_between_the_nets_of_its_results():
    (question,) = notebooks.run_here(PATH).panels["tied-reveal"]._questions
    assert question.answers == [*dict.fromkeys(net for net, _ in found("tied_results")), NO_WINNER]


def depths(nets, count, of=(53.0, 63.0), own=0):
    results = {(net, f"depth {depth}"): of for net in nets for depth in range(count)}
    return pictures.DepthAccuracies(results, own)


@pytest.mark.parametrize(("own", "near"), [(3, {2, 3, 4}), (0, {0, 1}), (6, {5, 6})])
def test_a_band_covers_the_depths_voted_for(own, near):
    (question,) = notebooks.run_here(PATH).panels["depth-reveal"]._questions
    covered = dict(zip(question.answers, ({own}, near, {*range(7)}), strict=True))
    picture = depths(("one", "other"), 7, own=own)
    for vote in (*question.answers, None):
        picture.mark(vote)
        seen = Look(picture)
        for depth, aside, accuracy in product(range(7), (-0.3, 0.3), (3, 102)):
            color = on_white(CHOSEN, 0.3) if depth in covered.get(vote, ()) else "white"
            assert is_color(seen.at(CHART, depth + aside, accuracy), color), (vote, depth)
        assert all(is_color(seen.at(CHART, end, 3), "white") for end in (-0.45, 6.45)), vote


def test_each_seed_has_a_mark_at_its_depth():
    results = {("one", "depth 0"): [53.0, 63.0], ("other", "depth 0"): [23.0, 33.0]}
    results |= {(net, "depth 1"): [at + 20 for at in of] for (net, _), of in results.items()}
    seen = Look(pictures.DepthAccuracies(results, own=0))
    for (net, depth), of in results.items():
        for value in of:
            assert is_color(seen.at(CHART, int(depth[-1]), value), on_white(COLORS[net == "other"], 0.6))


def test_the_table_of_uses_has_a_bar_for_each_number():
    layers = {  # 4 channels to 4, 3×3 kernels, 16×16 pixels
        "dense": (4 * 14**2 * 4 * 16**2, 1, DENSE),
        "local": (14**2 * 4 * 4 * 3**2, 1, LOCAL),
        "tiled, period 2": (2**2 * 4 * 4 * 3**2, 7**2, TILED),
        "convolution": (4 * 4 * 3**2, 14**2, SHARED),
        "dynamic layer": (100**2, 3, SHARED),
        "reused convolution": (4 * 4 * 3**2, 14**2 + 12**2 + 10**2, SHARED),
    }
    picture = notebooks.run_here(PATH).stills["closing-table"]
    said = (
        f"{name}: {weights:,} weights, each used {format_times(uses)}, {weights * uses:,} multiply-adds"
        for name, (weights, uses, _) in layers.items()
    )
    assert picture.sentence == f"For one sample, {'; '.join(said)}."
    seen, lines, numbers, lengths = Look(picture), read(picture), [], []
    for row, (name, (weights, uses, color)) in enumerate(layers.items()):
        numbers += weights, uses, weights * uses
        first, second, third = map("{:,}".format, numbers[-3:])
        assert [name, first, "×", second, "=", third] in lines
        for part in picture.parts:
            bar = seen.block(part, row, 0, 1, 1, (len(layers), 1))
            colored = (np.abs(bar / 255 - to_rgb(color)).max(-1) < 0.03).any(0)
            lengths.append(colored.nonzero()[0].max(initial=-1) + 1)
    logs = np.log(numbers)  # bars of one scale: the length of a product is the sum of its factors' lengths
    assert np.allclose(lengths, lengths[0] * logs / logs[0], atol=2)


def field(reuses, height=27):
    pictures.ReusedField().show(np.zeros((27, 27)), np.zeros((height, 27)), nn.Conv2d(1, 1, 3), reuses)


@pytest.mark.parametrize(
    ("show", "arguments", "named"),
    [
        (depths, ("ab", 2, (1.0, 2.0), 2), "own=2"),
        (depths, ("ab", 2, (1.0, 2.0), -1), "own=-1"),
        (depths, ("abc", 1), "results"),
        (depths, ("ab", 8), "results"),
        (pictures.DepthAccuracies, ({(net, "depth 1"): [1.0, 2.0] for net in "ab"}, 0), "results"),
        (pictures.DepthAccuracies, ({("a", "depth 0"): [1.0, 2.0], ("b", "depth 0"): [1.0]}, 0), "results"),
        (field, [6], "depth=6"),
        (field, (1, 26), "gradient"),
        (pictures.UsesTable, [{}], "counts"),
        (pictures.UsesTable, [{"dense": (1, 0)}], "dense=0"),
    ],
)
def test_input_that_does_not_fit_is_named(show, arguments, named):
    with pytest.raises(ValueError, match=rf"{named}[\s\S]*allowed"):
        show(*arguments)


ASSERTS = {"conv-reuse": 1, "unroll-code": 2, "closing-table": 1}


# Answers to the exercises: right ones written in different ways, and wrong ones that no registered mistake reaches.


def by_recursion(image_size, kernel_size, reuses):
    if reuses == 0:
        return 0
    side = image_size - kernel_size + 1
    return side**2 + by_recursion(side, kernel_size, reuses - 1)


def by_formula(image_size, kernel_size, reuses):
    n, k, r = image_size, kernel_size - 1, reuses
    return r * n**2 - n * k * r * (r + 1) + k**2 * r * (r + 1) * (2 * r + 1) / 6


def by_convolution(image_size, kernel_size, reuses):
    conv, maps, used = nn.Conv2d(1, 1, kernel_size), torch.zeros(1, 1, image_size, image_size), 0
    for _ in range(reuses):
        maps = conv(maps)
        used = used + torch.tensor(maps.numel())
    return used


class TiedLayers(nn.Module):
    def __init__(self, words, features):
        super().__init__()
        self.read, self.write = nn.Embedding(words, features), nn.Linear(features, words, bias=False)
        self.write.weight = self.read.weight

    def forward(self, word):
        return self.write(self.read(word))


class OneHot(nn.Module):
    def __init__(self, words, features):
        super().__init__()
        self.linear = nn.Linear(features, words, bias=False)

    def forward(self, word):
        hot = F.one_hot(word, self.linear.out_features).float()
        return self.linear(hot @ self.linear.weight)


class AllPairs(nn.Module):
    def __init__(self, words, features):
        super().__init__()
        self.matrix = nn.Parameter(torch.zeros(words, features))

    def forward(self, word):
        return torch.einsum("if,jf->ij", self.matrix, self.matrix)[word]


RIGHT = {
    1: [(432.0,), (np.int64(12) ** 2 * 3,), (torch.ones(3, 12, 12).sum(),)],
    2: [(by_recursion,), (by_formula,), (by_convolution,)],
    3: [(TiedLayers,), (OneHot,), (AllPairs,)],
    4: [
        ("convolution", "local", "tiled", "dense", "dynamic"),
        ("Convolution", " local ", "TILED", "dense", "dynamic"),
    ],
}

WRONG = {
    1: {
        "That is one step.": (12 * 12,),
        "That is without padding": (10 * 10 + 8 * 8 + 6 * 6,),
        "at the border too": (3 * 10 * 10,),
        "the work of all 9 weights": (3 * 12 * 12 * 9,),
        "add up": (144**3,),
    },
    4: {
        "scratch, local: Each place would have to meet scratches": ("local", "local", "tiled", "dense", "dynamic"),
        "puzzle, dense: Its number of steps is fixed": ("convolution", "local", "tiled", "dense", "dense"),
        "scratch='conv'; allowed is one of dense, local": ("conv", "local", "tiled", "dense", "dynamic"),
        "fabric=<class": ("convolution", "local", nn.Conv2d, "dense", "dynamic"),
    },
}
