"""The facts of notebook 2: what its panels offer, say and show, worked out from the controls' values alone."""

import math
from itertools import combinations, product

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from torch import nn

from helpers import counting, digits, layers
from helpers.counting.formatting import format_bytes, format_count, format_quantity, format_times
from helpers.drawing.artists import TextCollection
from helpers.drawing.style import CHOSEN, DENSE, FAINT, INK, LOCAL, NEGATIVE, POSITIVE, SHARED
from helpers.layers import TiledConv2d, to_dense
from helpers.lessons.weight_sharing import pictures, questions
from helpers.lessons.weight_sharing.pictures.ladder import DARK
from tests import notebooks
from tests.looks import Look, are_colors, has_color, is_color, read

PATH = notebooks.path_of("02_weight_sharing")
RUNGS = "dense", "local", "tiled", "convolution"
USES, KERNEL = "its gradient at each use", "weight.grad of the kernel"


def parameters(image_size, kernel_size, out_channels, period):
    """Return the number of the parameter by which each output sees each pixel, from 1, and 0 where it does not."""
    side = image_size - kernel_size + 1
    numbers = np.zeros((out_channels, side, side, image_size, image_size), dtype=int)
    for channel, row, column in product(range(out_channels), range(side), range(side)):
        first = ((row % period * period + column % period) * out_channels + channel) * kernel_size**2 + 1
        window = numbers[channel, row, column, row : row + kernel_size, column : column + kernel_size]
        window[:] = np.arange(first, first + kernel_size**2).reshape(window.shape)
    return numbers.reshape(out_channels * side**2, image_size**2)


def climb(image_size, kernel_size, out_channels, period):
    numbers, side = parameters(image_size, kernel_size, out_channels, period), image_size - kernel_size + 1
    weights, multiply_adds, dense = numbers.max(), (numbers > 0).sum(), numbers.size
    uses = np.bincount(numbers[numbers > 0])[1:]
    fewest, most = uses.min(), uses.max()
    used = format_times(most) if fewest == most else f"{fewest} to {most} times"
    rung = "convolution" if period == 1 else "local" if period == side else "tiled"
    sentence = (
        f"{rung.capitalize()}, period {period} of {side}: {image_size}×{image_size} image, {kernel_size}×{kernel_size} "
        f"kernel, {format_quantity(out_channels, 'channel')}. {weights} weights instead of {dense} in a dense layer, "
        f"each used {used}; {multiply_adds} multiply-adds instead of {dense}; {4 * weights} bytes."
    )

    def look(seen):
        colors = seen.cells("weights", numbers.shape, across=0.07)  # at the left of the numbers
        assert shades(colors, numbers) == weights
        borders = seen.cells("weights", (400, image_size**2), across=0)[:, 1:]  # at 400 heights
        assert not has_color(borders, INK, 0.2)  # every number stays in its cell
        assert not has_color(seen.cells("weights", (len(numbers), 1600), down=0)[1:], INK, 0.2)
        blocks = out_channels * side, image_size
        for number, color in enumerate(seen.cells("weights", blocks, across=0.02, down=0)[1:, 0], start=1):
            assert is_color(color, FAINT if number % side else DARK, 0.1)  # the channels are parted by a darker line
        assert all(is_color(color, FAINT, 0.1) for color in seen.cells("weights", blocks, across=0, down=0.05)[0, 1:])
        lines = read(seen.picture)
        assert list(RUNGS) in lines
        title = f"{format_quantity(side**2, 'output')} × {image_size**2} pixels: same number = same weight"
        assert [f"{out_channels} channels of {title}" if out_channels > 1 else title] in lines
        tiled = period if rung == "tiled" else kept_period(lines, side)
        of_period = {name: parameters(image_size, kernel_size, out_channels, of) for name, of in
                     (("local", side), ("tiled", tiled), ("convolution", 1)) if of}  # fmt: skip
        shown = {"dense": np.arange(1, dense + 1).reshape(numbers.shape)} | of_period
        for name in RUNGS:
            assert has_color(seen.beside(name)[:, -12:], CHOSEN) == (name == rung)
            assert name in shown or seen.part(name)[2:-2, 2:-2].min() == 255
        assert all(shades(seen.cells(name, of.shape), of) == of.max() for name, of in shown.items())
        assert np.array_equal(seen.cells(rung, numbers.shape), colors)
        assert [f"{shown[name].max()} weights" if name in shown else "no period" for name in RUNGS] in lines
        assert [f"period {of}" for of in (side, tiled, 1) if of] in lines

    return sentence, look


def kept_period(lines, side):
    """Return the tiled period that a ladder shows beside the other layers: any between, or None if there is none."""
    kept = next((int(line[1].split()[1]) for line in lines if line[-1] == "period 1" and len(line) == 3), None)
    assert kept in (range(2, side) if side > 2 else [None])
    return kept


def shades(colors, numbers):
    """Return how many colours there are, and look that equal numbers have one colour, and 0 has white."""
    found = {number: {tuple(color) for color in colors[numbers == number]} for number in np.unique(numbers)}
    assert all(len(of) == 1 for of in found.values())
    assert found.pop(0, {(255, 255, 255)}) == {(255, 255, 255)}
    return len(set.union(*found.values()))


def kernel_of(kernel_size):
    torch.manual_seed(14)
    return nn.Conv2d(1, 1, kernel_size, bias=False, dtype=torch.float64)


def all_uses(kernel_size, digit):
    """Return the gradient of each weight at each use, (H_out, W_out, K, K).

    The loss is the sum of the squared outputs, so it is twice the output times the pixel.
    """
    kernel = kernel_of(kernel_size).weight.detach()[0, 0].numpy()
    windows = np.lib.stride_tricks.sliding_window_view(digits.digit(digit, 10).astype(float), kernel.shape)
    return 2 * (windows * kernel).sum((2, 3), keepdims=True) * windows


def add_up(kernel_size, row, column, digit):
    every = all_uses(kernel_size, digit)
    uses, side = every[:, :, row, column], 11 - kernel_size
    above, below = (uses > 0).sum(), (uses < 0).sum()
    largest = max(uses.flat, key=abs)
    mean, largest, total = (f"{of:+.2f}".replace("-", "−") for of in (uses.mean(), largest, uses.sum()))
    sentence = (
        f"Weight ({row}, {column}) of the {kernel_size}×{kernel_size} kernel is used at {side**2} positions. Its "
        f"gradient is above zero at {above} of them, below zero at {below}, and zero at {side**2 - above - below}. "
        f"Their mean is {mean}, the largest {largest}, the sum {total}; autograd's gradient is {total}."
    )

    def look(seen):
        image = digits.digit(digit, 10)
        assert are_colors(seen.cells("what the weight meets", (10, 10)), 1 - image)
        placed = np.zeros((10, 10))
        placed[row : row + side, column : column + side] = uses
        paper = (1 - 0.12 * image * (placed == 0))[..., None]  # the digit is seen faintly where nothing is used
        found = seen.cells(USES, (10, 10), across=0.2, down=0.2)
        assert are_colors(found, np.where(placed[..., None] == 0, paper, in_color(placed)))
        for part in ("what the weight meets", USES):
            assert is_color(seen.edges(part, row, column, side, side, (10, 10)), CHOSEN)
        y, x = np.unravel_index(np.abs(placed).argmax(), placed.shape)
        middle, above_it = (seen.block(USES, y + down, x + 0.4, 0.2, 0.2, (10, 10)) for down in (0.45, 0.25))
        assert has_color(middle, INK, 0.3)
        assert has_color(above_it, INK, 0.3) == (placed[y, x] > 0)  # a plus or a minus
        shape = kernel_size, kernel_size
        assert are_colors(seen.cells(KERNEL, shape, across=0.15, down=0.15), in_color(every.sum((0, 1))))
        assert is_color(seen.edges(KERNEL, row, column, 1, 1, shape), CHOSEN)
        borders = seen.cells(KERNEL, (270, kernel_size), across=0)[:, 1:]
        assert not has_color(borders, INK, 0.3)
        titles = [f"{side**2} of 100 pixels", f"{above} above zero, {below} below", f"sum of {side**2} uses: {total}"]
        assert titles in read(seen.picture)

    return sentence, look


def in_color(numbers):
    """Return the colours of numbers: the largest three quarters green or purple, and zero white."""
    strength = 0.75 * np.abs(numbers) / max(np.abs(numbers).max(), 1e-30)
    hue = np.where(numbers[..., None] > 0, to_rgb(POSITIVE), to_rgb(NEGATIVE))
    return 1 - strength[..., None] * (1 - hue)


def compare(in_channels, out_channels, image_size, kernel_size, stride, padding):
    side = (image_size + 2 * padding - kernel_size) // stride + 1
    units, kernel = side**2 * out_channels, kernel_size**2 * in_channels
    dense, local, shared = units * image_size**2 * in_channels, units * kernel, out_channels * kernel
    inside = f"{image_size**2 * in_channels / kernel:,.0f} times" if image_size**2 > kernel_size**2 else "no"
    uses = f"{side**2:,} times" if side > 1 else "no"
    sentence = (
        f"{image_size}×{image_size} image with {format_quantity(in_channels, 'channel')}, {kernel_size}×{kernel_size} "
        f"kernel, {side}×{side} map with {format_quantity(out_channels, 'channel')}. Locality: {inside} fewer weights "
        f"and {inside} fewer multiply-adds. Sharing: {uses} fewer weights and no fewer multiply-adds. At 4 bytes a "
        f"weight, {format_bytes(4 * local)} become {format_bytes(4 * shared)}."
    )

    def look(seen):
        rows = ("dense", dense, dense, DENSE), ("local", local, local, LOCAL), ("convolution", shared, local, SHARED)
        charts = "weights to store", "multiply-adds to compute"
        assert read(seen.picture).count(2 * ["log scale: bars start at 1"]) == 1
        for row, (name, *numbers, color) in enumerate(rows):
            for chart, number in zip(charts, numbers, strict=True):
                end = math.log10(number)
                assert end < 0.3 or has_color(seen.around(chart, end - 0.15, row, reach=4), color), name
                assert not has_color(seen.around(chart, end + 0.3, row, reach=4), color), name
            assert [format_count(number) for number in numbers] in read(seen.picture)
        kernels = f"{kernel_size}·{kernel_size}·{in_channels} weights"
        once = f"local: {side:,}·{side:,}·{out_channels} outputs × {kernels}, each used once"
        often = f"convolution: {out_channels} kernels × {kernels}, each used {side:,}·{side:,} = {side**2:,} times"
        assert read(seen.picture)[-2:] == [[once], [often]]

    return sentence, look


ARTICLE = counting.Layer(1, 32, image_size=192, kernel_size=3, padding=1)


def judged():
    """Return what is said and computed of each claim, and the verdict."""
    right = notebooks.run_here(PATH).names["right"]
    positions, outputs, kernel = 192**2, 192**2 * 32, 3 * 3
    weights = [
        ("288", 32 * kernel),
        (f"{outputs:,}", outputs * kernel),
        ("500,000", positions),
        ("288", 32 * 3 * kernel),
    ]
    rows = [(said, f"{computed:,}", said == f"{computed:,}") for said, computed in weights]
    units, locality = math.ceil(10**7 / 192**2), 192**2 // kernel
    sharing = ARTICLE.local.multiply_adds // ARTICLE.shared.multiply_adds
    rows += [("soon", f"{units} units do", "it depends"), ("yes", f"÷ {locality:,}", locality > 1)]
    return [*rows, ("yes", f"÷ {sharing}", sharing > 1), ("yes", f"{right} % right", "misleading")]


LETTERS = "abcdefgh"
VERDICTS = {True: ("✔", "right", POSITIVE), False: ("✘", "wrong", NEGATIVE)}


def claims():
    rows = [
        (letter, *row, *VERDICTS.get(row[2], ("≈", row[2], INK))) for letter, row in zip(LETTERS, judged(), strict=True)
    ]
    said = "; ".join(f"{letter} {said}, {computed}, {words}" for letter, said, computed, _, _, words, _ in rows)
    sentence = f"8 claims, what they say, what is computed, and the verdict: {said}."

    def look(seen):
        header, *lines = read(seen.picture)
        verdicts = [text for text in seen.picture.figure.texts if text.get_text()[0] in "✔✘≈"]
        assert header == ["claim", "said", "computed", "verdict"]
        for (letter, said, computed, _, mark, words, color), line, verdict in zip(rows, lines, verdicts, strict=True):
            assert [line[0], *line[2:]] == [letter, said, computed, f"{mark} {words}"]
            assert has_color(seen.of(verdict), color)
            assert verdict.get_window_extent().x1 < 930

    return sentence, look


PANELS = {"climb": climb, "add_up": add_up, "compare": compare, "claims-table": claims}

CONTROLS = {
    "climb": {"image_size": (3, 5, 1), "kernel_size": (2, 3, 1), "out_channels": (1, 2, 1), "period": (1, 3, 1)},
    "add_up": {"kernel_size": (2, 4, 1), "row": (0, 2, 1), "column": (0, 2, 1), "digit": (0, 99, 1)},
    "compare": {
        "in_channels": (1, 3, 1),
        "out_channels": (1, 96, 1),
        "image_size": (11, 299, 1),
        "kernel_size": (1, 11, 2),
        "stride": (1, 4, 1),
        "padding": (0, 5, 1),
    },
}


def tied_once():
    numbers = parameters(image_size=4, kernel_size=2, out_channels=1, period=1)
    return [(f"{numbers.max()} weights, {(numbers > 0).sum()} multiply-adds", {"period": 1})]


def sum_of_uses():
    uses, conv = all_uses(kernel_size=3, digit=8), kernel_of(3)
    conv(torch.tensor(digits.digit(8, 10)).double()[None]).square().sum().backward()
    ways = {"their mean": uses.mean((0, 1)), "the largest": uses.max((0, 1)), "their sum": uses.sum((0, 1))}
    (right,) = [way for way, of in ways.items() if np.allclose(of, conv.weight.grad[0, 0])]
    return [(right, {})]


def what_sharing_shrinks():
    local, shared = ARTICLE.local, ARTICLE.shared
    shrinks = {"weights": shared.weights < local.weights, "multiply-adds": shared.multiply_adds < local.multiply_adds}
    return [("both" if all(shrinks.values()) else max(shrinks, key=shrinks.get), {})]


PREDICTIONS = {
    "climb": tied_once,
    "add_up": sum_of_uses,
    "compare": what_sharing_shrinks,
    "claims-table": lambda: [(VERDICTS.get(verdict, [None, None])[1], {}) for *_, verdict in judged()],  # or a vote
}


def ladder(image_size=4, kernel_size=2, out_channels=1, period=3, change=lambda matrix: matrix, picture=None, **sizes):
    """Show a ladder; `change` is what is done to its matrix before."""
    layer = TiledConv2d(1, out_channels, image_size, kernel_size, period, bias=False, **sizes)
    layer.weight.data = torch.arange(1.0, layer.weight.numel() + 1).view_as(layer.weight)
    (picture or pictures.WeightLadder()).show(layer, change(to_dense(layer).weight.detach()))


def gradient_sum(**changes):
    """Show the sum of a weight's gradients."""
    uses = all_uses(kernel_size=3, digit=8)
    shown = {"image": digits.digit(8, 10), "uses": uses[:, :, 0, 1], "grad": uses.sum((0, 1)), "row": 0, "column": 1}
    pictures.GradientSum().show(**shown | changes)


def traffic(**changes):
    measured = {"multiply-adds": {6: 1.0, 12: 1.0}, "bytes moved": {6: 2.0, 12: 60.4}, "time": {6: 0.5, 12: 7.96}}
    return pictures.MemoryTraffic(measured | changes)


def test_the_number_of_a_parameter_or_of_its_gradient_stands_on_its_cell(monkeypatch):
    written = []
    monkeypatch.setattr(TextCollection, "show", lambda _, texts, *__, **___: written.append(texts))
    ladder(out_channels=2, period=2)
    labels, shown = written
    numbers = parameters(4, 2, 2, 2)
    assert shown == {((j + 0.5) / 16, (i + 0.5) / 18): str(numbers[i, j]) for i, j in np.argwhere(numbers)}
    assert list(labels.values()) == [f"pixels, row {row}" for row in range(4)] + 2 * ["row 0", "row 1", "row 2"]
    gradient_sum(uses=np.full((8, 8), -1 / 64), grad=np.array([[-2, -1, 0], [4, 9.99, 5], [6, 19, 7]]))
    on_cells = {(round(3 * y - 0.5), round(3 * x - 0.5)): text for (x, y), text in written[-1].items()}
    assert (on_cells[0, 0], on_cells[0, 2], on_cells[1, 1], on_cells[2, 1]) == ("−2.00", "+0.00", "+9.99", "+19.0")


def test_the_largest_sums_of_all_digits_stay_in_their_cells():
    digit = max(range(100), key=lambda digit: np.abs(all_uses(4, digit).sum((0, 1))).max())
    picture, uses = pictures.GradientSum(), all_uses(4, digit)
    picture.show(digits.digit(digit, 10), uses[:, :, 0, 0], uses.sum((0, 1)), 0, 0)
    add_up(kernel_size=4, row=0, column=0, digit=digit)[1](Look(picture))


def test_the_ladder_keeps_the_tiled_period_moved_to_where_the_sizes_allow_it():
    picture = pictures.WeightLadder()
    for image_size, period, kept in ((4, 3, 2), (5, 3, 3), (5, 1, 3), (4, 1, 2), (5, 4, 3), (3, 1, None), (3, 2, None)):
        ladder(image_size=image_size, period=period, picture=picture)
        assert kept_period(read(picture), image_size - 1) == kept


def test_controls_start_where_the_text_begins_and_move_to_layers_of_the_literature():
    panels = notebooks.run_here(PATH).panels
    starts = {name: panel._function.__defaults__ for name, panel in panels.items() if panel.controls}
    assert starts == {"climb": (4, 2, 1, 3), "add_up": (3, 0, 1, 8), "compare": (1, 32, 192, 3, 1, 1)}
    assert [tuple(preset["values"].values()) for preset in panels["compare"].presets] == [
        (1, 32, 192, 3, 1, 1), (3, 96, 227, 11, 4, 0), (3, 32, 299, 3, 2, 0)  # the article's, AlexNet's, Inception V3's
    ]  # fmt: skip


def test_each_question_about_a_claim_says_what_was_computed_and_a_vote_the_verdict():
    asked = notebooks.run_here(PATH).panels["claims-table"]._questions
    assert list(questions.REASONS) == list(LETTERS)
    for question, letter, (_, computed, verdict) in zip(asked, LETTERS, judged(), strict=True):
        assert question.question.startswith(f"{letter}. ")
        assert computed in question.look
        assert question.right or verdict in question.look


def test_sliders_depend_on_the_sizes():
    assert pictures.WeightLadder.periods(image_size=5, kernel_size=2) == (1, 4)
    assert pictures.WeightLadder.channels(image_size=4, kernel_size=3) == (1, 2)
    assert pictures.WeightLadder.channels(image_size=5, kernel_size=2) == (1, 1)  # two would have 128 weights
    assert pictures.GradientSum.indices(kernel_size=4) == (0, 3)


@pytest.mark.parametrize("change", [1e-6, -1e-6])
def test_a_gradient_that_is_not_the_sum_of_its_uses_is_refused(change):
    grad = all_uses(kernel_size=3, digit=8).sum((0, 1))
    gradient_sum(grad=grad + 1e-13)
    with pytest.raises(ValueError, match=r"uses sum to .*allowed is the weight's entry in grad"):
        gradient_sum(grad=grad + change)


def test_traffic_marks_each_ratio_and_names_each_line_with_its_last():
    look, chart = Look(traffic()), "local layer: how many times as much as the convolution (log scale)"
    for color, points in ((INK, [(6, 1), (12, 1), (6, 2), (12, 60.4)]), (LOCAL, [(6, 0.5), (12, 7.96)])):
        assert all(is_color(look.at(chart, *point), color) for point in points)
    assert look.picture.sentence == (
        "On a 12×12 map the local layer takes 1× the multiply-adds, 60× the bytes moved and 8× the time of the "
        "convolution."
    )
    labels = [text for text in look.picture.figure.texts if ": " in text.get_text() and text.get_text()[-1] == "×"]
    assert [text.get_text() for text in labels] == ["multiply-adds: 1×", "time: 8×", "bytes moved: 60×"]


@pytest.mark.parametrize("last", [0.98, 1.0, 1.2, 58.0, 60.4, 65.0])
def test_labels_of_lines_that_end_together_do_not_overlap(last):
    picture = traffic(time={6: 1.0, 12: last})
    boxes = [text.get_window_extent() for text in picture.figure.texts if text.get_text()[-1] == "×"]
    assert len(boxes) == 3
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert all(0 < box.y0 < box.y1 < 390 and box.x1 < 940 for box in boxes)


@pytest.mark.parametrize(
    ("show", "arguments", "named"),
    [
        (ladder, {"change": lambda matrix: matrix.T}, "matrix has shape"),
        (ladder, {"change": lambda matrix: matrix + 1}, "matrix has other numbers"),
        (ladder, {"change": lambda matrix: matrix.clip(max=15), "period": 2}, "matrix has other numbers"),
        (ladder, {"padding": 1}, "padding"),
        (ladder, {"image_size": 6}, "image_size"),
        (ladder, {"image_size": 5, "out_channels": 2}, "out_channels"),
        (ladder, {"image_size": 5, "kernel_size": 3, "out_channels": 2}, "162 weights"),
        (gradient_sum, {"uses": np.zeros((8, 7))}, "uses"),
        (gradient_sum, {"image": np.zeros(10)}, "image"),
        (gradient_sum, {"grad": np.zeros((3, 2))}, "grad"),
        (gradient_sum, {"row": 3}, "row=3"),
        (gradient_sum, {"column": -1}, "column=-1"),
        (pictures.SharingCosts().show, {"sizes": counting.Layer(3, 960, 299, 3, padding=1)}, "dense layer"),
        (traffic, {"energy": {6: 1.0, 12: 1.0}}, "ratios"),
        (traffic, {"time": {12: 1.0, 6: 1.0}}, "ratios"),
        (traffic, {"time": {6: 1.0, 12: np.nan}}, "ratios"),
        (traffic, {"time": {6: 1.0, 12: 0.0}}, "ratios"),
        (pictures.ClaimTable, {"claims": []}, "claims"),
        (pictures.ClaimTable, {"claims": 10 * [("claim", 1, 2, False)]}, "claims"),
    ],
)
def test_input_that_does_not_fit_is_named(show, arguments, named):
    with pytest.raises(ValueError, match=rf"{named}[\s\S]*allowed|allowed[\s\S]*{named}"):
        show(**arguments)


ASSERTS = {"tie-code": 1, "tiled-check": 2, "bridges-code": 5, "gradient-slider": 1, "measure-code": 1, "wide-net": 1}


# Answers to the exercises: right ones written in different ways, and wrong ones that no registered mistake reaches.


def count_by_positions(in_channels, out_channels, image_size, kernel_size, stride, padding):
    places = range(-padding, image_size + padding - kernel_size + 1, stride)
    dense = local = 0
    for _row in places:
        for _column in places:
            dense += out_channels * in_channels * image_size * image_size
            local += out_channels * in_channels * kernel_size * kernel_size
    return [dense, local, local // len(places) ** 2]


def count_by_layers(in_channels, out_channels, image_size, kernel_size, stride, padding):
    conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=False)
    image = torch.zeros(in_channels, image_size, image_size)
    local = layers.LocallyConnected2d(in_channels, out_channels, image_size, kernel_size, stride, padding, bias=False)
    return conv(image).numel() * image.numel(), local.weight.numel(), conv.weight.numel()


def count_in_numpy(in_channels, out_channels, image_size, kernel_size, stride, padding):
    side = np.floor((image_size + 2 * padding - kernel_size) / stride) + 1
    shared = np.prod([out_channels, in_channels, kernel_size, kernel_size])
    return out_channels * side**2 * in_channels * image_size**2, shared * side**2, shared


def conv_of(local):
    return nn.Conv2d(local.in_channels, local.out_channels, local.kernel_size, local.stride, local.padding)


def tie_by_copying(local):
    conv = conv_of(local)
    with torch.no_grad():
        conv.weight.copy_(local.weight.mean(dim=0).mean(dim=0))
        conv.bias.copy_(local.bias.mean(dim=(0, 1)))
    return conv


def tie_by_loops(local):
    conv = conv_of(local)
    weight, bias = torch.zeros_like(conv.weight), torch.zeros_like(conv.bias)
    for i, j in np.ndindex(local.output_size):
        weight += local.weight[i, j].detach() / math.prod(local.output_size)
        bias += local.bias[i, j].detach() / math.prod(local.output_size)
    conv.weight, conv.bias = nn.Parameter(weight), nn.Parameter(bias)
    return conv


def tie_by_state(local):
    conv = conv_of(local)
    conv.load_state_dict({name: part.flatten(0, 1).mean(0) for name, part in local.state_dict().items()})
    return conv


def gradient_by_torch(image, output_grad):
    side = image.shape[0] - output_grad.shape[0] + 1
    return nn.grad.conv2d_weight(image[None, None], (1, 1, side, side), output_grad[None, None])[0, 0]


def gradient_by_numpy(image, output_grad):
    side = len(image) - len(output_grad) + 1
    windows = np.lib.stride_tricks.sliding_window_view(image.numpy(), (side, side))
    return np.tensordot(output_grad.numpy(), windows, axes=2)


def gradient_by_entries(image, output_grad):
    height, width = output_grad.shape
    side = image.shape[0] - height + 1
    return [
        [sum((output_grad * image[a : a + height, b : b + width]).flatten().tolist()) for b in range(side)]
        for a in range(side)
    ]


def gradient_in_place(image, output_grad):
    side = len(image) - len(output_grad) + 1
    patches = image.unfold(0, side, 1).unfold(1, side, 1)
    for i, j in np.ndindex(*output_grad.shape):
        patches[i, j] *= output_grad[i, j]
    return patches.sum((0, 1))


RIGHT = {
    1: [(108.0,), (torch.tensor([2, 2, 3, 9]).prod(),), (np.prod([2, 2, 3, 9]),)],
    2: [(count_by_positions,), (count_by_layers,), (count_in_numpy,)],
    3: [(tie_by_copying,), (tie_by_loops,), (tie_by_state,)],
    4: [(gradient_by_torch,), (gradient_by_numpy,), (gradient_by_entries,)],
    5: [(math.isqrt(500_000 - 1) + 1,), (np.ceil(np.sqrt(500_000)),), (torch.tensor(500_000.0).sqrt().ceil(),)],
}
WRONG = {
    1: {
        "period 1": (3 * 9,),
        "along rows and along columns": (2 * 3 * 9,),
        "one of the two missing": (2 * 2 * 9,),
        "the biases too": (2 * 2 * 3 * (9 + 1),),
        "Nothing is shared": (8 * 8 * 3 * 9,),
    },
    3: {
        "expected an nn.Conv2d, came a LocallyConnected2d": (lambda local: local,),
        "has no bias": (lambda local: nn.Conv2d(1, 1, 2, bias=False),),
    },
    4: {"changes `image`": (gradient_in_place,)},
    5: {
        "707×707": (int(500_000**0.5),),
        "around every pixel": (708 + 2,),
        "twice the side": (500_000 // 2,),
        "the ratio itself": (500_000,),
        "dense against local": (math.ceil((500_000 * 9) ** 0.5),),
    },
}
