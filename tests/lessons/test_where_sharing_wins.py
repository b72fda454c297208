"""The facts of notebook 3: what its panels offer, say and show, worked out from the controls or from its results."""

import copy
import statistics
from functools import cache
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers import digits
from helpers.counting.formatting import format_quantity
from helpers.drawing.accuracies import NO_WINNER
from helpers.drawing.artists import color_signed
from helpers.drawing.style import CHOSEN, DENSE, INK, LOOKS, TILED
from helpers.lessons.where_sharing_wins import pictures
from tests import notebooks
from tests.looks import Look, accuracies, are_colors, has_color, is_color, on_white, read, texts

PATH = notebooks.path_of("03_where_sharing_wins")
MAPS = {"circular padding": 1, "zero padding": 1, "stride 2": 2, "max pooling": 2}  # pixels to one step of the map
HEADS = ["flatten head", "global pooling head"]  # which should not move at all


def found(name):
    return notebooks.run_here(PATH).names[name]


@cache
def canvas():
    return np.pad(digits.load()[0][3], 4).astype(float)


def answer(layer, image):
    """Compute a layer's answer from moved copies of the image, one for each weight of the kernel."""
    torch.manual_seed(0)
    conv = nn.Conv2d(1, 10 if layer == "global pooling head" else 1, 3, bias=False, dtype=torch.float64)
    head = nn.Linear(256, 10, dtype=torch.float64) if layer == "flatten head" else None
    weight = conv.weight.detach().numpy()[:, 0]
    padded = np.pad(image, 1, mode="constant" if layer == "zero padding" else "wrap")
    places = product(range(3), range(3))
    maps = sum(weight[:, i, j, None, None] * padded[i : i + 16, j : j + 16] for i, j in places)
    if layer == "stride 2":
        return maps[0, ::2, ::2]
    if layer == "max pooling":
        return maps[0].reshape(8, 2, 8, 2).max((1, 3))
    if layer == "flatten head":
        return head.weight.detach().numpy() @ maps.ravel() + head.bias.detach().numpy()
    return maps.max((1, 2)) if layer == "global pooling head" else maps[0]


def answers(layer, down, right):
    """Return a layer's answer to the moved image, and its answer at rest, moved as it should be."""
    rest, step = answer(layer, canvas()), MAPS.get(layer)
    expected = np.roll(rest, (down // step, right // step), (0, 1)) if step else rest
    return answer(layer, np.roll(canvas(), (down, right), (0, 1))), expected


def slide(layer, down, right):
    got, expected = answers(layer, down, right)
    scale = max(np.abs(got).max(), np.abs(expected).max())
    differ = (np.abs(got - expected) > 1e-12 * scale).sum()
    percent = f"up to {100 * np.abs(got - expected).max() / scale:.0f} %"
    said = f"{differ} of {got.size} outputs differ, by {percent} of the largest output."

    def look(seen):
        assert are_colors(seen.cells("moved image", (16, 16)), 1 - np.roll(canvas(), (down, right), (0, 1)), 0.01)
        shown = {"layer(moved image)": got, "expected": expected, "difference": got - expected}
        for name in [*shown] if differ else [*shown][:2]:
            values = shown[name].reshape(len(got), -1)
            assert are_colors(seen.cells(name, values.shape), color_signed(values, scale), 0.01), name
        assert has_color(seen.part("difference"), INK) == (not differ)  # the equals sign
        size = "×".join(map(str, got.shape)) + (" map" if got.ndim == 2 else " scores")
        assert read(seen.picture)[0] == [layer, size, size, percent if differ else "none"]

    return f"{layer.capitalize()}: " + (said if differ else f"all {got.size} outputs are the same."), look


def distances(epoch):
    """Return how far each position's kernel lies from its channel's mean, in percent of it, and all kernels at once."""
    weight = found("kernels")[epoch].double().numpy()  # (H_out, W_out, C_out, K, K)
    mean = weight.mean((0, 1))
    squares = ((weight - mean) ** 2).mean((-1, -2))
    return 100 * np.sqrt(squares / (mean**2).mean((-1, -2))), 100 * np.sqrt(squares.mean() / (mean**2).mean())


@cache
def spread(epoch):
    return distances(epoch)[1]


def cut(epoch, channel):
    away = distances(epoch)[0][..., channel]
    row, column = divmod(away.argmax(), 12)
    curves = [  # the chart, the net, its numbers
        ("spread of all kernels in %", "untied", [spread(of) for of in range(13)]),
        ("test accuracy in %", "untied", found("right")),
        ("test accuracy in %", "tied", found("still_tied")),
    ]
    drift, right, tied = (values[epoch] for _, _, values in curves)
    sentence = (
        f"Channel {channel}, {format_quantity(epoch, 'epoch')} without the tie: of 12×12 kernels the farthest lies "
        f"{away.max():.1f} % from their mean, and all channels' kernels spread by {drift:.1f} %; the net classifies "
        f"{right:.1f} % of the test digits correctly, its tied twin {tied:.1f} %."
    )

    def look(seen):
        kernels = found("kernels")[epoch][:, :, channel].numpy()
        mean, farthest = kernels.mean((0, 1)), kernels[row, column]
        most = max(np.abs(mean).max(), np.abs(farthest).max())
        assert are_colors(seen.cells("mean kernel", (3, 3)), color_signed(mean, most), 0.02)
        if away.max() > 0.05:
            assert are_colors(seen.cells("farthest kernel", (3, 3)), color_signed(farthest, most), 0.02)
            outline = seen.edges("distance from the mean kernel", row, column, 1, 1, (12, 12))
            assert is_color(outline, CHOSEN)
        darkness = 255 - seen.cells("distance from the mean kernel", (12, 12))[..., 0].astype(float)
        scale = 255 - seen.cells("scale", (100, 1))[::-1, 0, 0]  # from 0 to the farthest of all
        shares = (np.arange(100) + 0.5) / 100 * max(distances(of)[0].max() for of in range(13))
        assert np.abs(np.interp(away, shares, scale) - darkness).max() < 5
        for chart, net, values in curves:
            assert has_color(seen.around(chart, epoch, values[epoch], reach=2), CHOSEN)
            for at in range(13):
                nets = ["untied", "tied"] if "accuracy" in chart else [net]  # one of two curves may hide the other
                around = seen.around(chart, at, values[at])
                assert abs(at - epoch) < 2 or any(has_color(around, LOOKS[name].color) for name in nets)
            assert has_color(seen.part(chart), LOOKS[net].color)
        said = {f"{net} {values[epoch]:.1f} %" for _, net, values in curves}
        said |= {f"channel {channel}: 12×12 positions", f"{away.max():.1f} % away"}
        assert said <= {*texts(seen.picture)}

    return sentence, look


HEADED = {  # the row of each net of the table, and where its mean belongs in the sentence
    "local, flatten": "flatten head", "convolution, flatten": "flatten head",
    "local": "global pooling head", "convolution": "global pooling head", "dense": "for comparison",
}  # fmt: skip


def table():
    results = {net: found("quick")[net, "100 digits"] for net in HEADED}
    mean = {net: statistics.mean(of) for net, of in results.items()}
    spread = {net: f"{mean[net]:.1f} ± {statistics.stdev(of):.1f} %" for net, of in results.items()}
    gains = [round(mean[f"convolution{head}"] - mean[f"local{head}"]) for head in (", flatten", "")]
    assert gains == [9, 47]  # sharing alone, and with a head that does not care where
    parts = [
        f"{HEADED[f'local{head}']}: local {spread[f'local{head}']}, convolution {spread[f'convolution{head}']}, "
        f"sharing: {gain:+} points"
        for head, gain in zip((", flatten", ""), gains, strict=True)
    ]
    said = f"{'; '.join(parts).capitalize()}; for comparison: dense {spread['dense']}."

    def look(seen):
        chart = "test accuracy in %"
        rows = list(dict.fromkeys(HEADED.values()))
        for net, of in results.items():
            row, layer = rows.index(HEADED[net]), net.split(",")[0]
            shades = [on_white(LOOKS[layer].color, 1 - 0.45**marks) for marks in range(1, 4)]
            assert all(any(has_color(seen.around(chart, at, row, reach=9), shade) for shade in shades) for at in of), (
                net
            )
            assert is_color(seen.at(chart, mean[net], row - 0.18), INK)
            assert f"{layer} {mean[net]:.0f}" in texts(seen.picture)
        for row, head in enumerate(("", ", flatten")[::-1]):
            middle = (mean[f"local{head}"] + mean[f"convolution{head}"]) / 2
            assert not is_color(seen.at(chart, middle, row), "white")  # the bar from net to net
        assert {f"sharing: {gain:+} points" for gain in gains} | {*rows} <= {*texts(seen.picture)}

    return f"Mean and standard deviation over 3 seeds. {said}", look


def left_or_right():
    results = found("pair_results")
    nets = list(dict.fromkeys(net for net, _ in results))
    said = {key: f"{statistics.mean(of):.1f} ± {statistics.stdev(of):.1f} %" for key, of in results.items()}
    parts = "; ".join(f"{net} {said[net, 'left digit']} and {said[net, 'right digit']}" for net in nets)

    def look(seen):
        chart = "answers in %"
        for row, net in enumerate(nets):
            left, right = (statistics.mean(results[net, f"{side} digit"]) for side in ("left", "right"))
            color = LOOKS[net.replace(",", "").split()[0]].color
            assert is_color(seen.at(chart, left - 1, row), color)
            assert is_color(seen.at(chart, (left + right + 100) / 2, row - 0.3), "white")
            assert has_color(seen.around(chart, left + right, row, reach=2), color)
            assert f"left digit {left:.0f} %" in texts(seen.picture)
            assert (f"right digit {right:.0f} %" in texts(seen.picture)) == (net == "convolution (ring)")

    return (
        "How often the nets answer the left digit, and the right one, mean and standard deviation over 3 seeds: "
        f"{parts}.",
        look,
    )


VOTES = {"random-vote": "quick", "null-reveal": "null_results"}

PANELS = {
    "slide": slide,
    "random-vote": table,
    "left-vote": left_or_right,
    "null-reveal": lambda: accuracies(found("null_results")),
    "cut": cut,
}

CONTROLS = {
    "slide": {"layer": [*MAPS, *HEADS], "down": (0, 15, 1), "right": (0, 15, 1)},
    "cut": {"epoch": (0, 12, 1), "channel": (0, 15, 1)},
}


def maps_that_follow():
    """Count the layers with maps whose answer moves along, however far the image is moved."""
    shifts = [*product(range(16), range(16))]
    follow = sum(all(np.allclose(*answers(layer, *shift), atol=1e-9) for shift in shifts) for layer in MAPS)
    return ["none", "one", "two", "three", "all four"][follow]


def drift():
    most = {"less than 1 %": 1, "a few percent": 10, "many percent": 50, "more than half": np.inf}
    return next(words for words in most if spread(12) < most[words])


def cannot_tell():
    """Return the nets that answer the two orders of a pair alike, so that one of the two answers is wrong."""
    results = found("pair_results")
    nets = dict.fromkeys(net for net, _ in results)
    (net,) = (net for net in nets if np.allclose(results[net, "left digit"], results[net, "right digit"], atol=0.5))
    assert max(results[net, "left digit"]) <= 50 < min(min(results[of, "left digit"]) for of in nets if of != net)
    return net


def winner():
    """Return the net with the highest mean, which has to be ahead by more than the runs of any net lie apart."""
    results = {net: accuracies for (net, _), accuracies in found("quick").items()}
    first, second = sorted(results, key=lambda net: np.mean(results[net]), reverse=True)[:2]
    assert np.mean(results[first]) - np.mean(results[second]) > max(map(np.ptp, results.values()))
    return first


PREDICTIONS = {
    "random-vote": lambda: [(winner(), {})],
    "slide": lambda: [(maps_that_follow(), {"layer": "zero padding", "right": 7})],
    "left-vote": lambda: [(cannot_tell(), {})],
    "cut": lambda: [(drift(), {})],
}


def test_votes_are_between_the_nets_of_the_results():
    for panel, results in VOTES.items():
        (question,) = notebooks.run_here(PATH).panels[panel]._questions
        assert {*question.answers} == {net for net, _ in found(results)} | {NO_WINNER}


def test_a_vote_marks_its_net_in_the_table():
    results = found("quick")
    picture, chart = pictures.TieAndHead(results), "test accuracy in %"
    rows = list(dict.fromkeys(HEADED.values()))
    for vote in (*HEADED, NO_WINNER, None):
        picture.mark(vote)
        seen = Look(picture)
        for net in HEADED:
            mean = statistics.mean(results[net, "100 digits"])
            below = seen.around(chart, mean, rows.index(HEADED[net]) + 0.36, reach=5)
            assert has_color(below, CHOSEN) == (vote in (net, NO_WINNER)), (vote, net)


def test_sharing_that_costs_accuracy_is_said_to_cost_it():
    picture = pictures.TieAndHead({("local", "a"): [60.0, 62.0], ("convolution", "a"): [48.0, 50.0]})
    assert "sharing: -12 points" in texts(picture)


def test_the_training_and_test_pairs_show_digits_of_their_own_in_both_orders():
    pairs, left, tests = found("left_digit")(0)
    (shown, lefts), (_, rights) = tests["left digit"], tests["right digit"]
    assert (pairs.shape, shown.shape) == ((900, 1, 8, 16), (1000, 1, 8, 16))
    assert (lefts != rights).all()
    known = {image.tobytes(): label for image, label in zip(*digits.load(), strict=True)}
    for images, labels in ((pairs, left), (shown, lefts)):
        half = len(images) // 2
        assert np.array_equal(np.roll(images[:half], 8, 3), images[half:])
        assert [known[image[0, :, :8].tobytes()] for image in images] == labels.tolist()
    train, test = ({image[0, :, :8].tobytes() for image in images} for images in (pairs, shown))
    assert not train & test


def test_a_pair_is_shown_in_both_orders():
    seen = Look(notebooks.run_here(PATH).stills["left-data"])
    for number in range(2):
        cells = seen.cells(f"pair {number}", (8, 16))
        assert are_colors(cells, 1 - found("pairs")[450 * number, 0], 0.01)
        assert f"answer: {found('left')[450 * number]}" in texts(seen.picture)


def test_curves_show_mean_and_spread_of_each_net():
    ends = {"tiled (period 4)": [50.0, 53.0], "tiled (period 2)": [51.0, 52.0], "dense": [60.0, 71.0]}
    results = {(net, "1,000 digits"): of for net, of in ends.items()}
    picture = pictures.AccuracyCurves(
        results | {(net, "100 digits"): [at / 2 for at in of] for net, of in ends.items()}
    )
    assert picture.sentence == (
        "Mean and standard deviation over 2 seeds: tiled (period 4) 25.8 ± 1.1 % with 100, 51.5 ± 2.1 % with 1,000; "
        "tiled (period 2) 25.8 ± 0.4 % with 100, 51.5 ± 0.7 % with 1,000; dense 32.8 ± 3.9 % with 100, 65.5 ± 7.8 % "
        "with 1,000."
    )
    seen, chart = Look(picture), "test accuracy in %"
    for net, of in ends.items():
        for size, mean in ((100, statistics.mean(of) / 2), (1000, statistics.mean(of))):
            assert is_color(seen.at(chart, size, mean), DENSE if net == "dense" else TILED), (net, size)
    for aside, color in ((-6, on_white(DENSE, 0.2)), (6, on_white(DENSE, 0.2)), (9, "white")):
        assert is_color(seen.at(chart, 990, 65.5 + aside), color)
    assert [line.get_linestyle() for line in picture.parts[chart].lines[:3]] == ["-", "--", "-"]  # the second tiled one
    named = [text for line in read(picture) for text in line if text in ends]
    assert named == ["dense", "tiled (period 2)", "tiled (period 4)"]  # beside the ends of their curves


def shift(got, expected):
    picture = pictures.ShiftLab()
    picture.show("zero padding", np.zeros((16, 16)), got, expected)
    return picture


def test_a_difference_begins_where_rounding_ends():
    one, other = (shift(np.array([1, change]), np.array([1, 0])).sentence for change in (1e-9, 1e-15))
    assert one == "Zero padding: 1 of 2 outputs differ, by up to 0 % of the largest output."
    assert other == "Zero padding: all 2 outputs are the same."


def drift_at(epoch, channel=0, shape=(2, 2, 2, 1, 3, 3), fill=1.0):
    pictures.KernelDrift(np.full(shape, fill), (1, 2), (1, 2)).show(epoch, channel)


@pytest.mark.parametrize(
    ("show", "arguments", "named"),
    [
        (shift, (np.ones((8, 8)), np.ones((8, 7))), "expected"),
        (shift, (np.array([np.nan]), np.ones(1)), "answer"),
        (pictures.AccuracyCurves, [{("dense", "1 digit"): [1, 2], ("dense", "2 digits"): [1]}], "results"),
        (pictures.KernelDrift, (np.ones((2, 2, 2, 1, 3, 3)), (1,), (1, 2)), "untied 1"),
        (pictures.KernelDrift, (np.ones((1, 2, 2, 1, 3, 3)), (1,), (1,)), "kernels has 1"),
        (drift_at, (0, 0, (2, 2, 2, 9)), "kernels"),
        (drift_at, (0, 0, (2, 2, 2, 1, 3, 3), np.inf), "kernels"),
        (drift_at, (2,), "epoch=2"),
        (drift_at, (0, 1), "channel=1"),
        (drift_at, (-1,), "epoch=-1"),
    ],
)
def test_input_that_does_not_fit_is_named(show, arguments, named):
    with pytest.raises(ValueError, match=rf"{named}[\s\S]*allowed"):
        show(*arguments)


ASSERTS = {"sweep-code": 1, "left-proof": 2, "untie-copy": 1}


# Answers to the exercises: right ones written in different ways, and wrong ones that no registered mistake reaches.


def edges_on_the_ring(maps):
    return F.relu(maps.roll(1, 3) - maps).amax((2, 3))


def blank_border(maps):
    maps[:, :, 0] = 0
    return maps


def zero_padded(maps):
    each = maps.reshape(-1, 1, *maps.shape[2:])
    return F.conv2d(each, torch.ones(1, 1, 3, 3), padding=1).reshape(maps.shape)


def ringed(maps):
    each = maps.reshape(-1, 1, *maps.shape[2:])
    return F.conv2d(F.pad(each, (1, 1, 1, 1), mode="circular"), torch.ones(1, 1, 3, 3)).reshape(maps.shape)


def same_noise_each_time(maps):
    return maps + torch.randn(maps.shape, generator=torch.Generator().manual_seed(0))


def pad_then_convolve(conv):
    unpadded = copy.deepcopy(conv)
    unpadded.padding = 0
    return nn.Sequential(nn.CircularPad2d(conv.kernel_size[0] // 2), unpadded)


def copied_in_double(conv):
    arguments = {"padding": conv.padding[0], "padding_mode": "circular", "bias": conv.bias is not None}
    mended = nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, dtype=torch.float64, **arguments)
    mended.load_state_dict(conv.state_dict())
    return mended


def move_padding_out(conv):
    pixels, conv.padding = conv.padding[0], 0
    return nn.Sequential(nn.CircularPad2d(pixels), conv)


def function_on_the_ring(conv):
    pixels = conv.kernel_size[0] // 2
    return lambda images: F.conv2d(F.pad(images, [pixels] * 4, mode="circular"), conv.weight, conv.bias)


def add_columns_in_place(maps):
    maps += torch.arange(maps.shape[-1])
    return maps


RIGHT = {
    1: [(16.0,), (np.int64(16),), (torch.tensor(256) // 16,)],
    2: [
        (nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),),
        (lambda maps: np.median(maps.numpy(), axis=(2, 3)),),
        (lambda maps: (maps > 0).sum(dim=[-1, -2]),),
        (lambda maps: (maps > 2).any(3).any(2),),
        (lambda maps: torch.fft.fft2(maps).abs()[:, :, 1, 2],),
        (edges_on_the_ring,),
    ],
    3: [
        (blank_border,),
        (zero_padded,),
        (same_noise_each_time,),
        (lambda maps: maps.flip(-1),),
        (lambda maps: np.sort(maps.numpy(), axis=2),),
    ],
    4: [(pad_then_convolve,), (move_padding_out,), (copied_in_double,), (function_on_the_ring,)],
}

WRONG = {
    1: {
        "count the pairs": (16 // 4,),
        "multiply, do not add": (16 // 4 + 16 // 4,),
        "both directions": (16 * 16 // 4,),
        "does not follow": (16 * 16 - 4 * 4,),
        "With stride 1": (16 * 16,),
    },
    2: {
        "came (2, 3, 1, 1)": (nn.AdaptiveMaxPool2d(1),),
        "values and places": (lambda maps: maps.flatten(2).max(2),),
        "Is a `return` missing": (lambda maps: None,),
        "where the largest value is": (lambda maps: maps.flatten(2).argmax(2),),
        "one place alone": (lambda maps: maps[:, :, 0, 0],),
        "Is every place in it": (lambda maps: maps[:, :, 1:-1, 1:-1].amax((2, 3)),),
        "to the right do not": (lambda maps: maps[..., ::2].amax((2, 3)),),
        "moves down do not": (lambda maps: maps[:, :, :5].amax((2, 3)),),
        "count for more": (lambda maps: maps.cumsum(2).cumsum(3).sum((2, 3)),),
        "Another map gives the same answer": (lambda maps: maps.amax((2, 3)) * torch.arange(maps.shape[1]),),
        "answer for another": (lambda maps: maps.amax((2, 3)).cumsum(0),),
        "answer of another": (lambda maps: maps.amax((2, 3)).cumsum(1),),
        "is invalid for input of size": (lambda maps: maps.reshape(2, 3, 40).amax(2),),
        "(3, 2), came (2, 3)": (lambda maps: maps.reshape(-1, 3, *maps.shape[2:]).amax((2, 3)),),
        "drawn anew in each call": (lambda maps: F.dropout(maps, 0.1).amax((2, 3)),),
        "changes `maps` itself": (lambda maps: maps.mul_(2).amax((2, 3)),),
    },
    3: {
        "changes nothing": (lambda maps: maps,),
        "moves along too": (lambda maps: maps.flip(2) if maps.shape[2] == 5 else maps.roll(1, 3),),
        "to each pixel alone": (lambda maps: 2 * maps + 1,),
        "drawn anew in each call": (lambda maps: maps + torch.randn(maps.shape),),
        "Other maps give the same answer": (lambda maps: maps[:1] + torch.arange(maps.shape[-1]) + 0 * maps,),
        "from channel to channel": (lambda maps: maps + torch.arange(maps.shape[1])[:, None, None],),
        "Swapping images or channels": (lambda maps: maps.flip(0),),
        "What does a place have to know": (ringed,),
        "came (2, 3, 8, 5)": (lambda maps: maps.transpose(2, 3),),
        "size of tensor a (5)": (lambda maps: maps + torch.arange(8),),
        "changes `maps` itself": (add_columns_in_place,),
        "size of tensor a (2)": (lambda maps: maps.flip(3) + torch.arange(3)[:, None, None],),
    },
    4: {
        "expected a layer, came 3": (lambda conv: 3,),
        "returns maps (N, C, H, W)": (lambda conv: nn.Flatten(),),
    },
}
