import io
from itertools import combinations, product

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image

from helpers import counting, digits
from helpers.counting.formatting import format_bytes, format_count
from helpers.drawing.artists import CachedText, PixelImage, TextCollection, signed, signs
from helpers.drawing.picture import Picture
from helpers.drawing.style import CHOSEN, DENSE, FONT_SIZE, INK, LOCAL, NEGATIVE, POSITIVE, SHARED
from helpers.layers import LocallyConnected2d, TiledConv2d, to_dense
from helpers.lessons.local_connectivity.pictures.connections import connection_matrix
from tests import figures
from tests.pixels import colour_at, decoded, has_colour, is_colour, shown, texts
from tests.test_depth_figures import curve, depth_results, depths, graph, parts_of, reused_field

SETTINGS = [
    {"image_size": 6, "kernel_size": 3},
    {"image_size": (5, 7), "kernel_size": (2, 3), "stride": (1, 2), "padding": (1, 0)},
    {"image_size": 8, "kernel_size": 2, "dilation": 3, "padding": 1},
]


@pytest.mark.parametrize("sizes", SETTINGS)
def test_connection_matrix_is_where_the_layer_has_a_derivative(sizes):
    layer = LocallyConnected2d(1, 1, **sizes)
    torch.nn.init.ones_(layer.weight)
    height, width = layer.image_size
    jacobian = torch.func.jacrev(layer)(torch.zeros(1, height, width)).reshape(-1, height * width)
    matrix = connection_matrix(counting.Layer(1, 1, **sizes))
    assert np.array_equal(matrix, jacobian.detach().numpy() != 0)
    assert matrix.sum() == counting.Layer(1, 1, **sizes).local.connections


def test_pointing_finds_the_position_in_all_three_parts():
    picture = figures.ConnectionMap()
    layer = counting.Layer(1, 2, image_size=8, kernel_size=3)
    picture.show(layer, digits.digit(0, 8), 0)
    width, height = picture.size
    for row in range(6):
        for column in range(6):
            expected = {"position": 6 * row + column}
            middle_of_patch = (10 + 270 * (column + 1.5) / 8, 50 + 270 * (row + 1.5) / 8)
            middle_of_output = (310 + 270 * (column + 0.5) / 6, 50 + 270 * (row + 0.5) / 6)
            matrix_row = (700, 50 + 270 * (36 + 6 * row + column + 0.5) / 72)
            for x, y in (middle_of_patch, middle_of_output, matrix_row):
                assert picture.pointed(x / width, y / height) == expected
    assert picture.pointed(11 / width, 51 / height) == {"position": 0}  # a corner pixel has no square of its own
    assert picture.pointed(0.5, 0.01) is None


def test_a_position_outside_is_refused():
    picture = figures.ConnectionMap()
    with pytest.raises(ValueError, match=r"position=36.*allowed is 0 to 35"):
        picture.show(counting.Layer(1, 1, 8, 3), digits.digit(0, 8), 36)


def test_a_figure_takes_a_layer_or_its_sizes():
    pictures = [figures.ConnectionMap(), figures.ConnectionMap()]
    for picture, layer in zip(pictures, (LocallyConnected2d(1, 2, 8, 3), counting.Layer(1, 2, 8, 3)), strict=True):
        picture.show(layer, digits.digit(0, 8), 7)
    assert pictures[0].png() == pictures[1].png()
    assert pictures[0].sentence == pictures[1].sentence


def test_accuracies_are_in_the_sentence():
    results = {("dense", "as written"): [90.0, 92.0], ("local", "shuffled"): [80.0, 80.0]}
    picture = figures.Accuracies(results)
    assert "2 seeds" in picture.sentence
    assert "dense, as written 91.0 ± 1.4 %" in picture.sentence
    assert "local, shuffled 80.0 ± 0.0 %" in picture.sentence


def test_before_after_says_whether_the_values_are_the_same():
    picture = figures.BeforeAfter("before", "after")
    image = digits.digit(0, 8)
    picture.show(image, image[::-1], "a digit")
    assert "the same values in other places" in picture.sentence
    picture.show(image, image / 2, "a digit")
    assert "other values" in picture.sentence


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (999_999_999, "1 billion"),
        (9, "9"),
        (9_216, "9,216"),
        (999_999, "999,999"),
        (43_486_543_872, "43.5 billion"),
        (999_600_000, "1 billion"),
        (2 * 10**15, "2 quadrillion"),
    ],
)
def test_short_count(number, words):
    assert format_count(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(324, "324 bytes"), (2_650_000, "2.65 MB"), (173_950_894_080, "174 GB"), (999_600, "1 MB"), (10**15, "1 PB")],
)
def test_short_bytes(number, words):
    assert format_bytes(number) == words


@pytest.mark.parametrize("settings", [{"stride": 2}, {"padding": 1}, {"dilation": 2}, {"stride": 2, "padding": 2}])
def test_pointing_at_the_middle_of_a_window_finds_it(settings):
    layer = counting.Layer(1, 1, image_size=16, kernel_size=3, **settings)
    picture = figures.ConnectionMap()
    picture.show(layer, digits.digit(0, 16), 0)
    (stride, _), (padding, _), (dilation, _) = layer.stride, layer.padding, layer.dilation
    for row in range(1, layer.output_size[0] - 1):
        middle = row * stride - padding + dilation + 0.5
        y, x = 50 + 270 * middle / 16, 10 + 270 * middle / 16
        found = picture.pointed(x / picture.size[0], y / picture.size[1])
        assert found == {"position": row * layer.output_size[1] + row}


def test_an_output_that_sees_only_padding_can_be_shown():
    picture = figures.ConnectionMap()
    picture.show(counting.Layer(1, 1, 8, 3, padding=3), digits.digit(0, 8), 0)
    assert "sees 0 of 64 pixels" in picture.sentence


def numbered(image_size, kernel_size, out_channels, period, **sizes):
    """Return a layer whose parameters are numbered from 1, and the matrix of these numbers."""
    layer = TiledConv2d(1, out_channels, image_size, kernel_size, period, bias=False, **sizes)
    layer.weight.data = torch.arange(1.0, layer.weight.numel() + 1).view_as(layer.weight)
    return layer, to_dense(layer).weight.detach().numpy()


def ladder(image_size=4, kernel_size=2, out_channels=1, period=3, change=lambda matrix: matrix, **sizes):
    """Return a ladder; `change` is what is done to its matrix before."""
    layer, matrix = numbered(image_size, kernel_size, out_channels, period, **sizes)
    return shown(figures.WeightLadder(), layer, change(matrix))


def cells(picture, left, top, width, height, at=0.5):
    """Return the colours of the cells of a matrix of 18 outputs and 16 pixels."""
    return [
        tuple(picture[int(top + height * (row + at) / 18), int(left + width * (column + at) / 16)])
        for row, column in product(range(18), range(16))
    ]


@pytest.mark.parametrize("period", [1, 2, 3])
def test_the_same_number_is_on_the_same_colour(period):
    picture = decoded(ladder(period=period).png())
    colours, inked = {}, set()
    for output, pixel in product(range(9), range(16)):
        row, column = divmod(output, 3)
        tap = pixel // 4 - row, pixel % 4 - column
        seen = 0 <= tap[0] < 2 and 0 <= tap[1] < 2
        weight = (row % period, column % period, *tap) if seen else None
        top, left = 40 + 400 * output / 9, 40 + 890 * pixel / 16
        colours.setdefault(weight, set()).add(tuple(colour_at(picture, left + 5, top + 5)))
        if has_colour(picture[round(top) + 12 : round(top) + 32, round(left) + 10 : round(left) + 45], INK):
            inked.add(weight)
    assert colours[None] == {(255, 255, 255)}
    assert all(len(found) == 1 for found in colours.values())
    assert len(set.union(*colours.values())) == len(colours) == 4 * period**2 + 1
    assert inked == {*colours} - {None}


@pytest.mark.parametrize(
    ("sizes", "current"),
    [((4, 2, 1, 1), "convolution"), ((4, 2, 1, 2), "tiled"), ((4, 2, 2, 3), "local"), ((3, 3, 1, 1), "convolution")],
)
def test_the_rung_of_the_layer_is_outlined(sizes, current):
    picture = ladder(*sizes)
    row = decoded(picture.png())[528:529]
    outlined = [has_colour(row[:, left - 1 : left + 2], CHOSEN) for left in (6, 240, 474, 708)]
    assert outlined == [current == name for name in ("dense", "local", "tiled", "convolution")]
    assert picture.sentence.startswith(f"{current.capitalize()}, period {sizes[3]} of ")


@pytest.mark.parametrize(("period", "left", "later"), [(3, 240, (2, 1)), (2, 474, ()), (1, 708, ())])
def test_every_rung_shows_the_matrix_of_its_own_layer(period, left, later):
    picture = decoded(ladder(4, 2, 2, period).png())
    large, small = cells(picture, 40, 40, 890, 400, at=0.2), cells(picture, left + 8, 490, 76, 76)
    assert small == large
    for other in later:  # a rung that has been reached stays
        assert cells(decoded(ladder(4, 2, 2, other).png()), left + 8, 490, 76, 76) == small
    assert len(set(cells(picture, 14, 490, 76, 76))) > 150  # a dense layer has more weights than pale colours differ


@pytest.mark.parametrize(
    ("period", "counts", "reached", "kept_back"),
    [
        (1, "4 weights instead of 144 in a dense layer, each used 9 times", {"4 weights", "used 9×"}, set()),
        (2, "16 weights instead of 144 in a dense layer, each used 1 to 4 times", {"used 1–4×"}, {"4 weights"}),
        (3, "36 weights instead of 144 in a dense layer, each used once", {"used once"}, {"4 weights", "used 9×"}),
    ],
)
def test_a_ladder_counts_the_rungs_that_have_been_reached(period, counts, reached, kept_back):
    picture = shown(ladder(period=1), *numbered(4, 2, 1, period))
    assert f"period {period} of 3: 4×4 image, 2×2 kernel, 1 channel. {counts}; 36 multiply-adds" in picture.sentence
    assert picture.sentence.endswith(f"instead of 144; {4 * int(counts.split()[0])} bytes.")
    assert {"144 weights", "36 weights"} | reached <= set(texts(picture))
    assert not kept_back & set(texts(picture))
    assert texts(picture).count("?") == period - 1


def test_sliders_can_ask_pictures_for_their_ranges():
    assert figures.WeightLadder.periods(image_size=5, kernel_size=3) == (1, 3)
    assert figures.GradientSum.taps(kernel_size=4) == (0, 3)


def gradients(kernel_size=3, at=(0, 1), largest=1.0, **changes):
    """Return what a sum shows of the weight at a place in a kernel whose gradients are at most `largest`."""
    image, side = digits.digit(8, 10), 11 - kernel_size
    patches = np.lib.stride_tricks.sliding_window_view(image, (kernel_size, kernel_size))
    uses = np.random.default_rng(1).normal(size=(side, side, 1, 1)) * patches
    grad = uses.sum((0, 1))
    scale = largest / np.abs(grad).max()
    good = {"image": image, "uses": scale * uses[:, :, *at], "grad": scale * grad, "row": at[0], "column": at[1]}
    return {**good, **changes}.values()


def sum_of(kernel_size=3, **how):
    return shown(figures.GradientSum(), *gradients(kernel_size, **how))


def test_a_gradient_says_its_uses_and_their_sum():
    uses = np.full((8, 8), -0.125)
    uses[:2] = 0.5
    uses[7] = 0
    grad = np.zeros((3, 3))
    grad[1, 2] = uses.sum()
    picture = sum_of(uses=uses, grad=grad, row=1, column=2)
    assert picture.sentence == (
        "Weight (1, 2) of the 3×3 kernel is used at 64 positions. Its gradient is above zero at 16 of them, below zero "
        "at 40, and zero at 8; the sum is +3.00, and autograd's is +3.00."
    )
    assert {"64 of 100 pixels", "16 above zero, 40 below", "sum of 64 uses: +3.00"} <= set(texts(picture))


@pytest.mark.parametrize(("row", "column"), [(0, 0), (2, 1)])
def test_a_use_is_drawn_on_the_pixel_that_the_weight_meets(row, column):
    uses, grad = np.zeros((8, 8)), np.zeros((3, 3))
    uses[4, 6], uses[1, 0] = 3, -1.5
    grad[row, column] = 1.5
    picture = decoded(sum_of(uses=uses, grad=grad, row=row, column=column).png())
    for (i, j), strength, hue in (((4, 6), 0.75, POSITIVE), ((1, 0), 0.375, NEGATIVE)):
        found = colour_at(picture, 312 + 27 * (column + j + 0.25), 40 + 27 * (row + i + 0.25))
        assert is_colour(found, 1 - strength * (1 - np.array(to_rgb(hue))))
    for part, cell, width in ((10, 27, 8), (312, 27, 8), (660, 90, 1)):  # what the weight meets, and the weight
        right, bottom = part + cell * (column + width) - 2, 40 + cell * (row + width) - 2
        assert is_colour(colour_at(picture, right, bottom - cell * width / 2), CHOSEN)
        assert is_colour(colour_at(picture, right - cell * width / 2, bottom), CHOSEN)
        assert not is_colour(colour_at(picture, right - 5, bottom - 5), CHOSEN)


@pytest.mark.parametrize(
    ("build", "left", "width", "cells"),
    [
        (lambda: ladder(5, 2, 2, 4), 40, 890, 25),
        (lambda: ladder(5, 3, 2, 3), 40, 890, 25),
        (lambda: sum_of(2, largest=6.38), 660, 270, 2),
        (lambda: sum_of(3, largest=8.1), 660, 270, 3),
        (lambda: sum_of(4, largest=13.39), 660, 270, 4),
    ],
)
def test_numbers_stay_in_their_cells(build, left, width, cells):
    picture = decoded(build().png())
    for border in range(1, cells):
        x = round(left + width * border / cells)
        assert not has_colour(picture[45:305, x - 1 : x + 2], INK), border


ARTICLE = counting.Layer(1, 32, image_size=192, kernel_size=3, padding=1)


def test_costs_say_what_locality_and_what_sharing_save():
    picture = shown(figures.SharingCosts(), ARTICLE)
    assert picture.sentence == (
        "192×192 image with 1 channel, 3×3 kernel, 192×192 map with 32 channels. Locality: 4,096 times fewer weights "
        "and 4,096 times fewer multiply-adds. Sharing: 36,864 times fewer weights and no fewer multiply-adds; with "
        "biases (1,179,648 and 32) 47.2 MB become 1.28 KB."
    )
    assert {"288", "10.6 million", "43.5 billion"} <= set(texts(picture))
    assert "convolution: 32 kernels × 3·3·1 weights, each used 192·192 = 36,864 times" in texts(picture)


@pytest.mark.parametrize("layer", [ARTICLE, counting.Layer(3, 96, image_size=227, kernel_size=11, stride=4)])
def test_bars_end_at_the_logarithm_of_their_number(layer):
    picture = decoded(shown(figures.SharingCosts(), layer).png())
    counts = (layer.dense, layer.local, layer.shared)
    for (row, count), (left, kind) in product(enumerate(counts), ((132, "weights"), (550, "multiply_adds"))):
        end = round(left + 380 * np.log10(getattr(count, kind)) / 13)
        middle = round(40 + 265 * (row + 0.75) / 3.2)
        bar, colour = picture[middle - 14 : middle + 14], (DENSE, LOCAL, SHARED)[row]
        assert has_colour(bar[:, end - 4 : end - 1], colour)
        assert not has_colour(bar[:, end + 2 : end + 20], colour)


def shift(answer, expected, case="zero padding"):
    return shown(figures.ShiftLab(), case, digits.digit(0, 16), answer, expected)


def is_equal_sign_shown(picture):
    return has_colour(decoded(picture.png())[130:165, 800:850], INK)


@pytest.mark.parametrize(("shape", "title"), [((16, 16), "16×16 map"), ((10,), "10 logits")])
def test_equal_answers_are_said_to_be_equal(shape, title):
    answer = np.random.default_rng(0).normal(size=shape)
    picture = shift(answer, answer * (1 + 1e-15))
    assert is_equal_sign_shown(picture)
    assert picture.sentence == f"Zero padding: all {answer.size} outputs are the same."
    assert texts(picture).count(title) == 2
    assert "none" in texts(picture)


@pytest.mark.parametrize("place", [(2, 5), (7, 0)])
def test_one_changed_output_is_counted_and_shown(place):
    answer, expected = np.ones((8, 8)), np.ones((8, 8))
    answer[0, 7] = expected[0, 7] = -4
    picture = shift(answer, expected)
    answer[place] -= 1
    picture.show("zero padding", digits.digit(0, 16), answer, expected)
    assert not is_equal_sign_shown(picture)
    assert picture.sentence == "Zero padding: 1 of 64 outputs differ, by up to 25 % of the largest output."
    assert "up to 25 %" in texts(picture)
    difference = decoded(picture.png())
    coloured = {
        (row, column)
        for row, column in product(range(8), range(8))
        if not is_colour(colour_at(difference, 717 + 215 / 8 * (column + 0.5), 40 + 215 / 8 * (row + 0.5)), "white")
    }
    assert coloured == {place}


def test_the_smallest_change_that_is_no_rounding_is_a_difference():
    assert "1 of 2 outputs differ, by up to 0 %" in shift(np.array([1, 1e-9]), np.array([1.0, 0])).sentence


def traffic(**changes):
    measured = {"local": {6: (1000, 0.002), 12: (60_000, 0.04)}, "convolution": {6: (500, 0.001), 12: (1000, 0.005)}}
    return figures.MemoryTraffic({**measured, **changes})


def test_traffic_says_the_ratios_of_the_largest_image():
    assert traffic().sentence == (
        "At 12×12 pixels both layers do the same multiply-adds; the local one moves 60 times as many bytes and took "
        "8.0 times as long."
    )
    assert {"6×6", "12×12", "local", "convolution"} <= set(texts(traffic()))


CLAIMS = [("two and two: sum", 4, 4, True), ("weights of the layer", 288, 864, False)]
OTHERS = [("two and two: sum", 4, 5, False), ("weights of the layer", 288, "÷ 7", True)]


def table(claims, *marks):
    return shown(figures.ClaimTable(claims), marks)


def test_nothing_computed_is_seen_before_its_claim_is_marked():
    assert table(CLAIMS, "?", "?").png() == table(OTHERS, "?", "?").png()
    assert table(CLAIMS, "?", "?").sentence == table(OTHERS, "?", "?").sentence
    one, other = (decoded(table(claims, "?", "right").png()) for claims in (CLAIMS, OTHERS))
    assert np.array_equal(one[:90], other[:90])
    assert not np.array_equal(one[90:], other[90:])
    again = table(CLAIMS, "right", "wrong")
    again.show(["?", "?"])
    assert again.png() == table(OTHERS, "?", "?").png()


@pytest.mark.parametrize(
    ("marks", "found", "hidden", "sentence"),
    [
        (("?", "?"), ["?"], ["864", "✔ right", "✘ wrong", "as you said"], "0 of 2 claims marked, 0 as"),
        (("right", "?"), ["4", "✔ right", "as you said"], ["864", "✘ wrong"], "1 of 2 claims marked, 1 as"),
        (("wrong", "?"), ["✔ right", "you said wrong"], ["as you said"], "1 of 2 claims marked, 0 as"),
        (("wrong", "wrong"), ["✔ right", "✘ wrong", "864", "you said wrong"], ["?"], "2 of 2 claims marked, 1 as"),
        (("right", "right"), ["as you said", "you said right"], ["?"], "2 of 2 claims marked, 1 as"),
    ],
)
def test_a_marked_claim_gets_its_verdict(marks, found, hidden, sentence):
    picture = table(CLAIMS, *marks)
    assert set(found) <= set(texts(picture))
    assert not set(hidden) & set(texts(picture))
    assert picture.sentence == f"{sentence} the computation says."


@pytest.mark.parametrize(("row", "colour", "other"), [(0, POSITIVE, NEGATIVE), (1, NEGATIVE, POSITIVE)])
def test_verdicts_have_their_colour(row, colour, other):
    verdict = decoded(table(CLAIMS, "wrong", "wrong").png())[40 + 52 * row : 92 + 52 * row, 775:]
    assert has_colour(verdict, colour)
    assert not has_colour(verdict, other)


FOUND = {("dense", "a"): [60.0, 62.0], ("convolution", "a"): [90.0, 92.0], ("dense", "b"): [80.0, 80.0]}
OTHERWISE = {("dense", "a"): [90.0, 99.0], ("convolution", "a"): [20.0, 62.0], ("dense", "b"): [70.0, 80.0]}


def voted(vote, results=FOUND):
    return shown(figures.VotedAccuracies(results), vote)


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(figures.VotedAccuracies, id="as built"),
        pytest.param(lambda results: voted("not yet", results), id="not yet"),
        pytest.param(lambda results: shown(voted("dense", results), "not yet"), id="taken back"),
    ],
)
def test_nothing_of_the_results_is_seen_before_the_vote(build):
    one, other = build(FOUND), build(OTHERWISE)
    assert one.png() == other.png()
    assert one.sentence == other.sentence
    assert not any(character.isdigit() for character in one.sentence)


def test_the_vote_shows_the_results_and_points_at_its_rows():
    picture = voted("dense")
    assert picture.choices == ["not yet", "dense", "convolution", "no clear winner", "no vote"]
    assert picture.sentence == (
        "Your vote: dense. Mean and standard deviation over 2 seeds: dense, a 61.0 ± 1.4 %; "
        "convolution, a 91.0 ± 1.4 %; dense, b 80.0 ± 0.0 %."
    )
    assert "vote first" not in texts(picture)
    drawn = decoded(picture.png())
    rows = [drawn[10 + 62 * row : 72 + 62 * row, 900:] for row in range(3)]
    assert [has_colour(row, CHOSEN) for row in rows] == [True, False, True]
    assert picture.png() != voted("dense", OTHERWISE).png()
    assert picture.png() != voted("convolution").png()


def test_the_results_can_be_seen_without_a_vote():
    picture = voted("no vote")
    assert picture.sentence == figures.Accuracies(FOUND).sentence
    drawn = decoded(picture.png())
    assert not has_colour(drawn, CHOSEN)
    assert np.array_equal(drawn[:, :900], decoded(voted("dense").png())[:, :900])


CURVES = {("local", "1,000 digits"): [80.0, 84.0], ("dense", "1,000 digits"): [70.0, 71.0]}
CURVES |= {("local", "100 digits"): [40.0, 40.0], ("dense", "100 digits"): [30.0, 32.0]}


def test_curves_say_mean_and_spread_of_every_point():
    assert figures.AccuracyCurves(CURVES).sentence == (
        "Mean and standard deviation over 2 seeds: local 40.0 ± 0.0 % with 100, 82.0 ± 2.8 % with 1,000; "
        "dense 31.0 ± 1.4 % with 100, 70.5 ± 0.7 % with 1,000."
    )


@pytest.mark.parametrize(("accuracy", "colour"), [(82, LOCAL), (70.5, DENSE)])
def test_curves_end_at_their_mean(accuracy, colour):
    curves = decoded(figures.AccuracyCurves(CURVES).png())
    height = 440 - 65 - 320 * accuracy / 104
    across = 70 + 590 * np.log(1000 / 93) / np.log(1040 / 93)
    assert is_colour(colour_at(curves, across, height), colour)


DRIFT = [0, 20.5, 33.25], [90.0, 91.5, 88.0], [90.0, 92.0, 93.75]


def test_drift_says_spread_and_accuracies_of_the_epoch():
    picture = shown(figures.KernelDrift(*DRIFT), np.ones((4, 5, 3, 3)), 2, 7)
    assert picture.sentence == (
        "Channel 7, 2 epochs without the tie: the layer's kernels lie 33.2 % from their mean over 4×5 positions; "
        "the net names 88.0 % of the test digits, its tied twin 93.8 %."
    )
    assert {"channel 7: 4×5 kernels", "untied 33.2 %", "untied 88.0 %", "tied 93.8 %"} <= set(texts(picture))


@pytest.mark.parametrize("epoch", [0, 2])
def test_a_dot_on_each_curve_marks_the_epoch(epoch):
    picture = decoded(shown(figures.KernelDrift(*DRIFT), np.ones((4, 5, 3, 3)), epoch, 7).png())
    across = 415 + 345 * (epoch + 0.3) / 2.6
    for bottom, first, last, values in (
        (245, 0, 37.25, DRIFT[0]),
        (60, 84, 97.75, DRIFT[1]),
        (60, 84, 97.75, DRIFT[2]),
    ):
        height = 420 - bottom - 120 * (values[epoch] - first) / (last - first)
        assert is_colour(colour_at(picture, across, height), CHOSEN)
    dots = np.abs(picture / 255 - to_rgb(CHOSEN)).max(axis=-1) < 0.03
    assert np.ptp(np.nonzero(dots)[1]) < 20


def test_every_kernel_is_drawn_at_its_position():
    kernels = np.zeros((2, 4, 3, 3))
    kernels[1, 2, 0, 1], kernels[0, 0, 2, 0] = 1, -1
    picture = decoded(shown(figures.KernelDrift([0, 1], [90, 91], [90, 91]), kernels, 1, 0).png())
    for row, column in product(range(6), range(12)):
        expected = {(3, 7): 1, (2, 0): -1}.get((row, column), 0)
        found = colour_at(picture, 10 + 335 * (column + 0.5) / 12, 40 + 335 * (row + 0.5) / 6)
        assert is_colour(found, signed(np.array(expected), 1)), (row, column)


def test_signed_numbers_have_the_colour_of_their_sign():
    green, purple = (1 - 0.75 * (1 - np.array(to_rgb(name))) for name in (POSITIVE, NEGATIVE))
    colours = signed(np.array([[-2.0, 0.0, 2.0], [-9.0, 1.0, -1.0]]), 2)
    half = (1 + green) / 2, (1 + purple) / 2
    assert np.allclose(colours, [[purple, np.ones(3), green], [purple, *half]])
    assert np.array_equal(signed(np.zeros((2, 3)), 0), np.ones((2, 3, 3)))


def test_signs_lie_on_the_middle_of_their_cells():
    assert signs(np.array([[2, 0, 0, 1e-9], [0, -3, 0, 0]])) == {
        (0.125, 0.25): "+",
        (0.875, 0.25): "+",
        (0.375, 0.75): "−",
    }


def ink(png):
    """Return the box of what is not white, as left, top, right and bottom."""
    rows, columns = np.nonzero(decoded(png).min(axis=-1) < 200)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


def blank():
    """Return an empty picture and bare axes in it, from 120 to 360 and from 30 to 270 pixels of the page."""
    picture = Picture(400, 300)
    axes = picture.add_square(120, 30, 240)
    axes.set_axis_off()
    return picture, axes


@pytest.mark.parametrize("density", [1, 1.5, 2])
@pytest.mark.parametrize(("size", "weight"), [(12, "normal"), (30, "bold")])
def test_glyphs_are_centred_on_their_place(density, size, weight):
    picture, axes = blank()
    glyphs = TextCollection(picture, axes)
    for x, y in ((0.25, 0.5), (0.75, 0.125)):
        glyphs.show({(x, y): "8"}, size, weight)
        left, top, right, bottom = ink(picture.png(density)) / density
        assert (left + right) / 2 == pytest.approx(120 + 240 * x, abs=1)
        assert (top + bottom) / 2 == pytest.approx(30 + 240 * y, abs=1)
        assert bottom - top == pytest.approx(0.74 * size * 100 / 72, abs=2)
    glyphs.show({(0.25, 0.5): "8", (0.75, 0.5): "8"}, size, weight)
    left, _, right, _ = ink(picture.png())
    assert right - left == pytest.approx(120 + 0.6 * size * 100 / 72, abs=4)
    glyphs.show({}, size)
    assert decoded(picture.png()).min() == 255


@pytest.mark.parametrize("density", [1, 1.5])
def test_every_pixel_of_an_image_lies_at_its_place(density):
    picture, axes = blank()
    colours = np.random.default_rng(0).integers(0, 256, size=(5, 4, 3)) / 255
    pixels = PixelImage(picture, axes)
    pixels.show(colours, outline_pixels=False)
    drawn = decoded(picture.png(density)).copy()
    top, bottom, left, right = (round(edge * density) for edge in (30, 270, 120, 360))
    expected = (255 * colours).round().repeat(48 * density, axis=0).repeat(60 * density, axis=1)
    assert np.array_equal(drawn[top:bottom, left:right], expected)
    drawn[top:bottom, left:right] = 255
    assert drawn.min() == 255
    pixels.show(np.array([[0, 0.25], [1, 7]]), (1, 0, 1, 2), outline_pixels=False)
    gray = decoded(picture.png(density))
    assert [round(gray[top + 9, round(x * density), 0] / 255, 1) for x in (130, 350)] == [1, 0.7]
    assert is_colour(gray[bottom - 1, round(200 * density)], CHOSEN)
    assert is_colour(gray[round(150 * density), round(200 * density)], CHOSEN)


@pytest.mark.parametrize("text", ["100.0 %", "0 above zero, 49 below", "10.6 million"])
@pytest.mark.parametrize(
    ("align", "level", "size", "weight", "density"),
    [
        ("left", "center", 14, "normal", 1),
        ("center", "bottom", 18, "bold", 1.5),
        ("right", "baseline", 28, "normal", 2),
        ("right", "top", 14, "bold", 1),
    ],
)
def test_words_fill_the_room_that_they_say(text, align, level, size, weight, density):
    picture = Picture(1200, 200)
    words = picture.add_text(600, 100, size, ha=align, va=level, weight=weight)
    words.set_text(text)
    left, top, right, bottom = ink(picture.png(density)) / density
    said = words.get_window_extent(picture.figure.canvas.get_renderer()).extents / density
    assert [left, 200 - bottom, right, 200 - top] == pytest.approx(said, abs=size / 3)


EIGHT, LARGE = digits.digit(0, 8), np.zeros((31, 31))
PAIR = {("dense", "a"): [1.0, 2.0]}


def drift(kernels=None, epoch=12):
    """Return a drift with the widest numbers."""
    kernels = np.ones((12, 12, 3, 3)) if kernels is None else kernels
    return shown(figures.KernelDrift(*3 * [np.linspace(0, 100, 13)]), kernels, epoch, 15)


@pytest.mark.parametrize(
    ("show", "named"),
    [
        (lambda: figures.ConnectionMap().show(counting.Layer(1, 1, 5000, 3), np.zeros((5000, 5000)), 0), "image_size"),
        (lambda: figures.ConnectionMap().show(counting.Layer(1, 10**9, 8, 3), EIGHT, 0), "out_channels"),
        (lambda: figures.ConnectionMap().show(counting.Layer(3, 1, 8, 3), EIGHT, 0), "in_channels"),
        (lambda: figures.ConnectionMap().show(counting.Layer(1, 1, 9, 3), EIGHT, 0), "image"),
        (lambda: figures.ConnectionMap().show(counting.Layer(1, 1, 8, 3), EIGHT * np.nan, 0), "image"),
        (lambda: figures.DenseGrowth().show(np.ones((64, 10)), EIGHT), "weight"),
        (lambda: figures.ReceptiveField().show(LARGE, LARGE, 1, 10**8), "depth"),
        (lambda: figures.ReceptiveField().show(LARGE, LARGE, 9, 5), "kernel_size"),
        (lambda: figures.ReceptiveField().show(LARGE, EIGHT, 3, 2), "gradient"),
        (lambda: figures.ReceptiveField().show(LARGE, LARGE, 3, 2.0), "depth"),
        (lambda: figures.LocalityCosts().show(28.0, 3, 1), "image_size"),
        (lambda: figures.LocalityCosts().show(300, 3, 1), "image_size"),
        (lambda: figures.LocalityCosts().show(28, (3, 3), 1), "kernel_size"),
        (lambda: figures.LocalityCosts().show(28, 3, 0), "out_channels"),
        (lambda: figures.BeforeAfter("a", "b").show(EIGHT, LARGE, "c"), "after"),
        (lambda: figures.BeforeAfter("a", "b").show(None, EIGHT, "c"), "before"),
        (lambda: figures.Accuracies({}), "results"),
        (lambda: figures.Accuracies({("dense", "a"): [1.0]}), "results"),
        (lambda: figures.Accuracies({**PAIR, ("dense", "b"): [1.0, 2.0, 3.0]}), "results"),
        (lambda: figures.Accuracies({("other", "a"): [1.0, 2.0]}), "results"),
        (lambda: figures.Accuracies({("dense", str(row)): [1.0, 2.0] for row in range(13)}), "results"),
        (lambda: figures.VotedAccuracies({("other dense", "a"): [1.0, 2.0]}), "results"),
        (lambda: voted("both"), "vote='both'"),
        (lambda: figures.AccuracyCurves({("dense", "1 digit"): [1.0, 2.0], ("dense", "2 digits"): [1.0]}), "results"),
        (lambda: figures.AccuracyCurves({("other", "10 digits"): [1.0, 2.0]}), "results"),
        (lambda: ladder(change=lambda matrix: matrix[:, 1:]), "matrix"),
        (lambda: ladder(change=lambda matrix: matrix.T), "matrix"),
        (lambda: ladder(change=lambda matrix: matrix + 1), "matrix"),
        (lambda: ladder(period=2, change=lambda matrix: np.minimum(matrix, 15)), "matrix"),
        (lambda: ladder(change=lambda matrix: np.maximum(matrix, -1) * 2), "matrix"),
        (lambda: ladder(padding=1), "padding"),
        (lambda: ladder(image_size=6), "image_size"),
        (lambda: ladder(image_size=5, out_channels=3), "out_channels"),
        (lambda: sum_of(uses=LARGE), "uses"),
        (lambda: sum_of(uses=np.zeros((8, 7))), "uses"),
        (lambda: sum_of(image=np.zeros(10)), "image"),
        (lambda: sum_of(grad=np.zeros((3, 2))), "grad"),
        (lambda: sum_of(kernel_size=5), "grad"),
        (lambda: sum_of(row=3), "row=3"),
        (lambda: sum_of(column=-1), "column=-1"),
        (lambda: figures.SharingCosts().show(counting.Layer(3, 960, 299, 3, padding=1)), "dense layer"),
        (lambda: shift(np.ones((8, 8)), np.ones((8, 7))), "expected"),
        (lambda: shift(np.ones(10), np.ones((10, 10))), "expected"),
        (lambda: shift(np.ones((2, 8, 8)), np.ones((2, 8, 8))), "answer"),
        (lambda: shift(np.array([np.nan]), np.ones(1)), "answer"),
        (lambda: traffic(dense={6: (1, 1.0), 12: (1, 1.0)}), "measured"),
        (lambda: figures.MemoryTraffic({"local": {6: (1, 1.0)}}), "measured"),
        (lambda: figures.MemoryTraffic({"local": {}, "convolution": {}}), "measured"),
        (lambda: traffic(local={6: (1, 1.0)}), "measured"),
        (lambda: traffic(local={12: (1, 1.0), 6: (1, 1.0)}), "measured"),
        (lambda: traffic(local={6: (1, 1.0), 12: (1, 0.0)}), "measured"),
        (lambda: traffic(local={6: (0, 1.0), 12: (1, 1.0)}), "measured"),
        (lambda: traffic(local={6: (1, 1.0), 12: (1, np.nan)}), "measured"),
        (lambda: figures.ClaimTable([]), "claims"),
        (lambda: figures.ClaimTable(5 * CLAIMS), "claims"),
        (lambda: table(CLAIMS, "right"), "marks"),
        (lambda: table(CLAIMS, "right", "right", "right"), "marks"),
        (lambda: table(CLAIMS, "right", "true"), "marks"),
        (lambda: figures.KernelDrift([1.0, 2.0], [1.0], [1.0, 2.0]), "spread"),
        (lambda: figures.KernelDrift([1.0, 2.0], [1.0, 2.0], [1.0]), "tied"),
        (lambda: figures.KernelDrift([1.0], [1.0], [1.0]), "spread"),
        (lambda: drift(kernels=np.ones((2, 2, 9))), "kernels"),
        (lambda: drift(kernels=np.full((2, 2, 3, 3), np.inf)), "kernels"),
        (lambda: drift(epoch=13), "epoch=13"),
        (lambda: drift(epoch=-1), "epoch=-1"),
    ],
)
def test_bad_input_is_named(show, named):
    with pytest.raises((TypeError, ValueError), match=rf"{named}[\s\S]*allowed|allowed[\s\S]*{named}"):
        show()


@pytest.mark.parametrize("change", [1e-6, -1e-6])
def test_uses_that_do_not_sum_to_the_gradient_are_refused(change):
    """A weight's gradient is the sum over its uses: the picture does not show anything else."""
    image, uses, grad, row, column = gradients()
    picture = shown(figures.GradientSum(), image, uses, grad + 1e-13, row, column)
    others = grad + 1
    others[row, column] = grad[row, column]
    picture.show(image, uses, others, row, column)
    before = picture.sentence, picture.png()
    one = uses.copy()
    one[3, 3] += change
    for wrong in (
        (image, one, grad, row, column),
        (image, uses, grad + change, row, column),
        (image, uses, grad, row, column + 1),
        (image, uses, grad.T, row, column),
        (image, -uses, grad, row, column),
    ):
        with pytest.raises(ValueError, match=r"uses sum to .*allowed is the weight's entry in grad"):
            picture.show(*wrong)
    assert (picture.sentence, picture.png()) == before


SAID = [("3×3 kernels, 32 channels, 192×192 image: weights", 288, 10_616_832, True)]
SAID += [("the same layer without sharing: weights", 1_179_648, "272 units do", False)]
BALLOT = {
    (net, data): [0.0, 100.0]
    for net in ("dense", "local", "convolution", "convolution (ring)")
    for data in ("same corner", "other corner")
}
TIED = {
    (net, f"{size} digits"): [99.0, 99.9]
    for net in ("convolution", "dense", "local", "tiled (period 2)", "tiled (period 4, 3)")
    for size in (100, 300, 1000)
}
MEASURED = {  # bytes as counted for 16 to 32 channels and 3×3 kernels, and a typical time
    "local": {6: (675072, 0.0006), 12: (2700288, 0.0017), 24: (10801152, 0.0055), 48: (43204608, 0.02)},
    "convolution": {6: (25472, 6e-05), 12: (46208, 1e-4), 24: (129152, 3e-4), 48: (460928, 8e-4)},
}


def shown_pictures():
    """Every picture by its name, as a function that draws it with the arguments that make its words longest."""
    image, dense = digits.digit(0, 8), np.ones((784, 784))
    numbers = np.ones((16, 16))
    ends = depth_results(7 * [93.9], 7 * [93.9])
    runs = [[(step % 6, loss) for step in range(500)] for loss in (123_456.0, 999_999.0)]
    counts = {f"dynamic convolution {row}": (16, 999_000_000_000) for row in range(6)}
    losses = {(f"momentum 0.{row}", "rate 0.0001, 5,000 steps"): [0.00011, 0.00012] for row in range(12)}
    return {
        "BeforeAfter": lambda: shown(figures.BeforeAfter("before", "after"), image, image, "a digit"),
        "Accuracies": lambda: figures.Accuracies({("local", "as written"): [99.0, 99.9]}),
        "DenseGrowth": lambda: shown(figures.DenseGrowth(), dense, digits.digit(0, 28)),
        "ConnectionMap": lambda: shown(figures.ConnectionMap(), counting.Layer(1, 8, 16, 3), digits.digit(0, 16), 35),
        "ReceptiveField": lambda: shown(figures.ReceptiveField(), digits.digit(0, 31), np.ones((31, 31)), 7, 5),
        "LocalityCosts": lambda: shown(figures.LocalityCosts(), 299, 7, 64),
        "LocalityCosts, small image": lambda: shown(figures.LocalityCosts(), 8, 7, 64),
        "WeightLadder": lambda: ladder(5, 2, 2, 3),
        "GradientSum": lambda: sum_of(4, at=(3, 3), largest=13.39),
        "SharingCosts": lambda: shown(figures.SharingCosts(), counting.Layer(3, 96, 299, 11, padding=5)),
        "ShiftLab": lambda: shift(numbers, -numbers, "global pooling head"),
        "ShiftLab, vectors": lambda: shift(numbers[0], numbers[0], "global pooling head"),
        "MemoryTraffic": lambda: figures.MemoryTraffic(MEASURED),
        "ClaimTable": lambda: table(SAID, "?", "?"),
        "ClaimTable, marked": lambda: table(SAID, "wrong", "right"),
        "VotedAccuracies": lambda: voted("not yet", BALLOT),
        "VotedAccuracies, voted": lambda: voted("convolution (ring)", BALLOT),
        "AccuracyCurves": lambda: figures.AccuracyCurves(TIED),
        "KernelDrift": drift,
        "NetGraph": lambda: graph(6, 1000, 200, 10),
        "NetGraph, middle layer not used": lambda: graph(0, 1000, 200, 1000),
        "UseGradients": lambda: parts_of(4, 8, 999.99),
        "UseGradients, no use": lambda: parts_of(0),
        "TrainingCurve": lambda: curve(500, *runs),
        "TrainingCurve, empty": lambda: curve(500),
        "TrainingCurve, not finite": lambda: curve(500, runs[0], [(uses, np.nan) for uses in range(6)]),
        "TrainingCurve, huge and one kind": lambda: curve(5000, [(1, 1e300)]),
        "DepthAccuracies": lambda: depths("not yet", ends),
        "DepthAccuracies, voted": lambda: depths("one more or less too", ends),
        "DepthAccuracies, perfect": lambda: depths("all depths", depth_results(7 * [100], 7 * [100], 0)),
        "DepthAccuracies, at zero": lambda: depths("no vote", depth_results(7 * [0], 7 * [0], 0)),
        "ReusedField": lambda: reused_field(5, 8, 5, 33),
        "ReusedField, no use": lambda: reused_field(0, 8, 5, 33),
        "UsesTable": lambda: figures.UsesTable({**counts, "dense": (999_000_000_000, 1), "local": (10**10, 1)}),
        "UsesTable, one row": lambda: figures.UsesTable({"convolution": (1, 1)}),
        "UsesTable, equal numbers": lambda: figures.UsesTable({"dense": (802_816, 784), "local": (802_816, 784)}),
        "Losses": lambda: figures.Losses(losses),
        "Losses, far apart": lambda: figures.Losses({("tied", "a"): [1e-6, 1.0], ("untied", "a"): [1e6, 1.0]}),
    }


@pytest.fixture(params=shown_pictures())
def picture(request):
    return shown_pictures()[request.param]()


@pytest.fixture
def painted(monkeypatch):
    """Return the texts that are painted from now on."""
    found = []
    for kind in (Text, CachedText):

        def draw(text, renderer, paint=kind.draw):
            found.append(text)
            paint(text, renderer)

        monkeypatch.setattr(kind, "draw", draw)
    return found


def test_text_is_large_and_stays_inside_and_apart(picture, painted):
    assert FONT_SIZE >= 12
    picture.png()
    renderer = picture.figure.canvas.get_renderer()
    boxes = {t: t.get_window_extent(renderer) for t in painted if t.get_text() and t.get_visible()}
    assert len(boxes) > 2
    for text, box in boxes.items():
        assert text.get_fontsize() >= 12, text
        assert min(box.x0, box.y0) >= 0, text
        assert box.x1 <= picture.size[0], text
        assert box.y1 <= picture.size[1], text
    for (one, first), (other, second) in combinations(boxes.items(), 2):
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        down = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert min(across, down) <= 0, (one, other)


@pytest.mark.parametrize("name", [name for name in shown_pictures() if "," not in name])
def test_a_picture_is_the_same_after_others_and_nearly_the_same_in_a_small_file(name):
    picture = shown_pictures()[name]()
    first, small = picture.png(), picture.png(1.5, small=True)
    assert picture.png() == first
    dense = picture.png(1.5)
    assert picture.png() == first
    assert Image.open(io.BytesIO(dense)).size == tuple(round(1.5 * side) for side in picture.size)
    difference = decoded(dense).astype(float) - decoded(small)
    assert np.sqrt((difference**2).mean()) < 2
    assert len(small) < len(dense)
    assert Image.open(io.BytesIO(small)).convert("RGB").getcolors(256)
