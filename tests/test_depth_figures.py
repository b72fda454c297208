from itertools import product

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb

from helpers import digits
from helpers.drawing.style import CHOSEN, DENSE, EMPTY, FAINT, INK, LOCAL, NEGATIVE, POSITIVE, SHARED
from helpers.layers import DynamicNet, to_untied
from tests import figures
from tests.pixels import colour_at, decoded, has_colour, is_colour, shown, texts


def on_white(name, alpha):
    return 1 - alpha * (1 - np.array(to_rgb(name)))


def visits(reuses, in_features=64, hidden_features=40, out_features=100):
    """Return what a graph shows: both nets, each with the layers that a pass visits."""
    net = DynamicNet(in_features, hidden_features, out_features)
    untied = to_untied(net, reuses)
    visited = [net.input_linear, *reuses * [net.middle_linear], net.output_linear]
    return net, visited, untied, [layer for layer in untied if isinstance(layer, torch.nn.Linear)]


def graph(reuses, *widths):
    return shown(figures.NetGraph(), *visits(reuses, *widths))


def use_gradients(uses=3, side=6, largest=2.0):
    """Return what is shown of a number of uses: the uses, their sum, and where the largest weight is."""
    parts = np.random.default_rng(2).normal(size=(uses, side, side))
    total = parts.sum(0)
    row, column = np.unravel_index(np.abs(total).argmax(), total.shape)
    parts *= largest / max(abs(total[row, column]), 1e-30)
    return parts, parts.sum(0) if uses else None, row, column


def parts_of(*how):
    return shown(figures.UseGradients(), *use_gradients(*how))


def curve(steps, *runs):
    """Return a curve of runs, each a list of numbers of uses and losses."""
    picture = figures.TrainingCurve(steps)
    for run in runs:
        picture.start()
        for reuses, loss in run:
            picture.add(reuses, loss)
    return picture


def sentence(picture):
    """Return what a picture says; painting renews it."""
    picture.png()
    return picture.sentence


def depth_results(first, second, spread=6):
    """Return results of two seeds for two nets, whose accuracies at each depth are given."""
    nets = {"always 3 uses": first, "0 to 6 uses": second}
    return {
        (net, f"depth {depth}"): [accuracy - spread, accuracy + spread]
        for net, accuracies in nets.items()
        for depth, accuracy in enumerate(accuracies)
    }


def depths(vote, results=None, own=3):
    return shown(figures.DepthAccuracies(FOUND if results is None else results, own), vote)


def reused_field(reuses, channels=4, kernel_size=3, side=27, image=None):
    conv = torch.nn.Conv2d(channels, channels, kernel_size, bias=False, dtype=torch.float64)
    torch.nn.init.ones_(conv.weight)
    image = digits.digit(3, side) if image is None else image
    input = torch.zeros(channels, side, side, dtype=torch.float64, requires_grad=True)
    output = input
    for _ in range(reuses):
        output = conv(output)
    output[0, output.shape[1] // 2, output.shape[2] // 2].backward()
    return shown(figures.ReusedField(), image, input.grad.sum(0).numpy(), conv, reuses)


@pytest.mark.parametrize(("reuses", "row"), [(reuses, row) for reuses in (0, 1, 3, 6) for row in (0, 1)])
def test_the_same_middle_layer_has_the_same_colour_and_number_at_each_visit(reuses, row):
    what = visits(reuses)
    picture, looks, visited = decoded(shown(figures.NetGraph(), *what).png()), {}, what[1 + 2 * row]
    for place, layer in enumerate(visited):
        left, top = 24 + 114 * place, 36 + 218 * row
        colour = tuple(colour_at(picture, left + 6, top + 6))
        number = picture[top + 6 : top + 36, left + 20 : left + 64].max(axis=-1) < 90
        if place in (0, len(visited) - 1):
            assert is_colour(np.array(colour), EMPTY)
            assert not number[:14].any()  # the name of an end stands lower than a number
        else:
            assert number[:14].any()
            assert looks.setdefault(id(layer), (colour, number.tobytes())) == (colour, number.tobytes())
    for colours_or_numbers in zip(*looks.values(), strict=True):
        assert len({*colours_or_numbers}) == len({*map(id, visited[1:-1])})
    assert picture[36 + 218 * row : 98 + 218 * row, 24 + 114 * max(3, len(visited)) - 20 :].min() == 255


@pytest.mark.parametrize("reuses", [0, 1, 6])
def test_the_bar_is_as_long_as_the_net_has_parameters(reuses):
    net, _, untied, _ = what = visits(reuses)
    picture = decoded(shown(figures.NetGraph(), *what).png())
    for row, module, boxes in ((0, net, (0, 2, 1) if reuses == 0 else (0, 1, reuses + 1)), (1, untied, range(8))):
        layers = [layer for layer in module.modules() if isinstance(layer, torch.nn.Linear)]
        left, y = 24, 152 + 218 * row
        for box, layer in zip(boxes, layers, strict=False):
            length = 640 * sum(map(torch.numel, layer.parameters())) / (2600 + 6 * 1640 + 4100)
            assert is_colour(colour_at(picture, left, y), INK, 0.3)
            inside = slice(round(left + 2), round(left + length - 2))
            assert (picture[y, inside] == colour_at(picture, 30 + 114 * box, 42 + 218 * row)).all()
            left += length
        assert is_colour(colour_at(picture, left, y), INK, 0.3)
        assert picture[y, round(left) + 2 : round(left) + 8].min() == 255


@pytest.mark.parametrize("reuses", [0, 1])
def test_an_unused_middle_layer_is_dashed_and_counted(reuses):
    picture = graph(reuses)
    drawn = decoded(picture.png())
    dashed = [
        (drawn[35 + 218 * row : 38 + 218 * row, left + 4 : left + 80].min(axis=(0, 2)) > 128).any()
        for row, left in product((0, 1), (24, 138, 252))
        if drawn[35 + 218 * row : 38 + 218 * row, left : left + 84].min() < 128
    ]
    arrows = [has_colour(drawn[50:84, left + 90 : left + 108], FAINT) for left in (24, 138, 252)]
    if reuses == 0:
        assert dashed == [False, False, True, False, False]
        assert arrows == [True, False, False]
        assert {"not used: 1,640", "tied: 3 layers", "8,340 parameters", "6,700 parameters"} <= set(texts(picture))
        assert picture.sentence == (
            "A pass with 0 middle steps, width 40: tied 3 layers, 8,340 parameters; untied 2 layers, 6,700 "
            "parameters. The tied net's middle layer is visited not at all, each other layer once."
        )
    else:
        assert dashed == 6 * [False]
        assert arrows == [True, True, False]
        assert texts(picture).count("8,340 parameters") == 2


def sign_at(picture, x, y):
    """Return the sign drawn around a place: a plus has ink in its middle, an equals sign has not."""
    if not has_colour(picture[y - 12 : y + 12, x - 12 : x + 12], INK):
        return ""
    return "+" if is_colour(colour_at(picture, x, y), INK) else "="


@pytest.mark.parametrize(
    ("number", "signs"),
    [
        (0, ["", "", "", ""]),
        (1, ["", "", "", "="]),
        (2, ["+", "", "", "="]),
        (3, ["+", "+", "", "="]),
        (4, ["+", "+", "+", "="]),
    ],
)
def test_uses_are_added_up_to_the_gradient(number, signs):
    uses, grad, row, column = use_gradients(number)
    picture = shown(figures.UseGradients(), uses, grad, row, column)
    drawn = decoded(picture.png())
    for y in (129, 230):
        assert [sign_at(drawn, 180 + 190 * place, y) for place in range(4)] == signs
    numbers = [f"{part[row, column]:+.2f}".replace("-", "−") for part in (*uses, uses.sum(0))] if number else []
    assert [text for text in texts(picture) if text[:1] in ("+", "−") and len(text) > 1] == numbers
    if number == 0:
        assert picture.sentence == (
            "Weight (0, 0) of the middle layer, not used: nothing is added up, and .grad is None."
        )
        assert ".grad is None" in texts(picture)
        marked = [has_colour(drawn[54:204, left : left + 152], CHOSEN) for left in range(10, 960, 190)]
        assert marked == 4 * [False] + [True]
    else:
        assert picture.sentence.startswith(f"Weight ({row}, {column}) of the middle layer, used ")
        assert f"each use adds {', '.join(numbers[:-1])} (rounded); the sum is {numbers[-1]}, and" in picture.sentence
        assert ".grad" in texts(picture)


def test_a_gradient_has_the_colour_of_its_sign_and_the_weight_is_marked():
    uses = np.zeros((2, 2, 3))
    uses[0, 0, 1], uses[1, 0, 1], uses[1, 1, 2] = 4, 1, -2
    picture = decoded(shown(figures.UseGradients(), uses, uses.sum(0), 1, 2).png())
    for left, values in ((10, uses[0]), (200, uses[1]), (770, uses.sum(0))):
        for row, column in product(range(2), range(3)):
            hue, strength = POSITIVE if values[row, column] > 0 else NEGATIVE, 0.75 * abs(values[row, column]) / 5
            found = colour_at(picture, left + 50 * (column + 0.25), 54 + 75 * (row + 0.25))
            assert is_colour(found, on_white(hue, strength)), (left, row, column)
            right_edge = picture[74 + 75 * row : 104 + 75 * row, left + 50 * column + 49]
            assert has_colour(right_edge, CHOSEN) == (row == 1 and column > 0)
    assert is_colour(colour_at(picture, 390 + 75, 100), EMPTY)


@pytest.mark.parametrize("change", [1e-6, -1e-6])
def test_uses_that_do_not_sum_to_the_gradient_are_refused(change):
    uses, grad, row, column = use_gradients()
    picture = shown(figures.UseGradients(), uses, grad + 1e-13, row, column)
    before = picture.sentence, picture.png()
    one = grad.copy()
    one[5, 0] += change
    for wrong in (one, grad.T, -grad, grad[:5], grad[row, column], uses[0]):
        with pytest.raises(ValueError, match="uses do not sum to grad; allowed is"):
            picture.show(uses, wrong, row, column)
    assert (picture.sentence, picture.png()) == before


def mark_place(steps, step, loss):
    """Return where the mark of a step lies, in pixels from the left and the top."""
    return 104 + 548 * step / (1.01 * steps), 378 - 330 * (np.log10(loss) + 2) / 6


KEYS = [(696, 440 - 62 - 40 * (number + 1)) for number in range(6)]


def test_every_step_is_marked_in_the_colour_of_its_number_of_uses():
    run = [(reuses, loss) for loss in (0.05, 3, 700) for reuses in (3, 0, 5, 1, 4, 2)]
    picture = decoded(curve(18, run).png())
    keys = [tuple(colour_at(picture, *key)) for key in KEYS]
    assert len({*keys}) == 6
    assert (255, 255, 255) not in keys
    for step, (reuses, loss) in enumerate(run, start=1):
        x, y = mark_place(18, step, loss)
        assert is_colour(colour_at(picture, x, y), np.array(keys[reuses]) / 255), step
        for dy in (-14, 14):
            assert colour_at(picture, x, y + dy).min() == 255, step


@pytest.mark.parametrize(("kinds", "head"), [({0}, 1), ({1, 4}, 5), ({0, 1, 2, 3, 4, 5}, 6), (set(), None)])
def test_the_legend_has_the_kinds_that_are_there(kinds, head):
    picture = curve(10, [(kind, 10.0 * (kind + 1)) for kind in sorted(kinds)])
    full, drawn = decoded(curve(6, [(kind, 1.0) for kind in range(6)]).png()), decoded(picture.png())
    same = [is_colour(colour_at(drawn, *key), colour_at(full, *key) / 255) for key in KEYS]
    assert {number for number in range(6) if same[number]} == kinds
    found = {text for text in texts(picture) if "use" in text}
    assert found == {f"{kind} use{'' if kind == 1 else 's'}: {10 * (kind + 1)}" for kind in kinds}
    assert ("press Run" in texts(picture)) == (kinds == set())
    if kinds:
        above = KEYS[head - 1][1] - 40
        assert has_colour(drawn[above - 10 : above + 10, 690:], INK, 0.1)


def test_a_step_added_says_how_much_is_done():
    picture = figures.TrainingCurve(4)
    assert [picture.add(reuses, 1.0) for reuses in (0, 5, np.int64(2), 3)] == [0.25, 0.5, 0.75, 1]
    with pytest.raises(ValueError, match="step 5, reuses=0; allowed are 4 steps of 0 to 5"):
        picture.add(0, 1.0)
    picture.start()
    assert picture.add(0, 1.0) == 0.25


def test_the_run_before_stays_as_a_grey_line():
    picture = curve(40, [(2, [10.0, 2000.0][step % 2]) for step in range(40)], [(1, 20.0)])
    drawn = decoded(picture.png())
    for end, mean in ((1, 10), (2, 20_000**0.5), (40, (10**12 * 2000**13) ** (1 / 25))):
        assert is_colour(colour_at(drawn, *mark_place(40, end, mean)), on_white(FAINT, 0.7)), end
    assert not has_colour(drawn[:, 122:652], colour_at(decoded(curve(1, [(2, 1.0)]).png()), *KEYS[2]) / 255)
    assert "grey: the run before" in texts(picture)
    assert picture.sentence == (
        "Step 1 of 40: mean loss 20 over this step; by number of uses 20 with 1. The run before ended at 1,005."
    )
    again = curve(40, [(1, 20.0), (1, 20.0)], [], [])  # a run without a step leaves the one before
    assert is_colour(colour_at(decoded(again.png()), *mark_place(40, 1.5, 20)), on_white(FAINT, 0.7))
    again.clear()
    assert "grey: the run before" not in texts(again)


def test_clear_forgets_all_runs():
    new, picture = figures.TrainingCurve(9), curve(9, [(0, 1.0), (5, 2.0)], [(3, 4.0)])
    assert picture.png() != new.png()
    picture.clear()
    assert (picture.png(), picture.sentence) == (new.png(), new.sentence)
    assert picture.sentence == "Nothing is trained yet: press Run for 9 steps."


@pytest.mark.parametrize(("loss", "edge"), [(1e9, 1e4), (1e-9, 1e-2), (0.0, 1e-2), (np.inf, 1e4), (np.nan, 1e4)])
def test_a_loss_outside_the_axis_is_drawn_at_its_edge(loss, edge):
    picture = curve(4, [(0, 1.0), (4, loss), (0, 1.0)])
    drawn = decoded(picture.png())
    x, y = mark_place(4, 2, edge)
    assert is_colour(colour_at(drawn, x, y), colour_at(drawn, *KEYS[4]) / 255)
    said = {1e9: "1e+09", 1e-9: "below 0.001", 0.0: "below 0.001"}.get(loss, "not finite")
    assert f"4 uses: {said}" in texts(picture)
    assert f", {said} with 4." in picture.sentence
    runs = [decoded(curve(4, *before, [(0, 1.0)]).png()) for before in ([], [3 * [(4, loss)]])]
    differ = (runs[0] != runs[1])[:, 300:400].any(axis=(1, 2)).nonzero()[0]
    assert 0 < len(differ) <= 5
    assert np.abs(differ - y).max() <= 3


def test_the_loss_at_the_end_is_the_mean_of_the_last_50_steps():
    run = [(5, 7.0), *9 * [(1, 9e3)], *(25 * [(0, 2.0), (1, 400.0)])]
    assert sentence(curve(100, run)) == (
        "Step 60 of 100: mean loss 201 over the last 50 steps; by number of uses 2 with 0, 400 with 1, 7 with 5."
    )
    assert sentence(curve(100, run[:2])).startswith("Step 2 of 100: mean loss 4,504 over the last 2 steps;")


RISING, FALLING = [15, 17, 22, 30, 35, 38, 40], [90, 85, 82, 75, 72, 70, 68]
FOUND, OTHERS = depth_results(RISING, FALLING), depth_results(FALLING, RISING)


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda results: figures.DepthAccuracies(results, own=3), id="as built"),
        pytest.param(lambda results: depths("not yet", results), id="not yet"),
        pytest.param(lambda results: shown(depths("all depths", results), "not yet"), id="taken back"),
    ],
)
def test_nothing_of_the_depths_is_seen_before_the_vote(build):
    one, other = build(FOUND), build(OTHERS)
    assert one.png() == other.png()
    assert one.sentence == other.sentence
    assert not any(character.isdigit() for character in one.sentence)
    assert not {"◆ always 3 uses", "■ 0 to 6 uses"} & {*texts(one)}
    for picture in (one, other):
        picture.show("no vote")
    assert one.png() != other.png()


@pytest.mark.parametrize(
    ("vote", "own", "covered"),
    [
        ("its own depth alone", 3, {3}),
        ("one more or less too", 3, {2, 3, 4}),
        ("one more or less too", 0, {0, 1}),
        ("one more or less too", 6, {5, 6}),
        ("all depths", 3, set(range(7))),
        ("no vote", 3, set()),
    ],
)
def test_a_band_covers_the_depths_voted_for(vote, own, covered):
    picture = depths(vote, own=own)
    drawn = decoded(picture.png())
    for depth, aside in product(range(7), (-0.3, 0, 0.3)):
        x = 80 + 570 * (depth + aside + 0.5) / 7
        for accuracy in (3, 102):
            found = colour_at(drawn, x, 374 - 320 * accuracy / 104)
            assert is_colour(found, on_white(CHOSEN, 0.3) if depth in covered else "white"), (depth, accuracy)
    result = depths("no vote").sentence
    assert picture.sentence == (result if vote == "no vote" else f"Your vote: {vote}. {result}")
    assert "vote first" not in texts(picture)


def test_accuracies_lie_at_their_depth():
    picture = depths("no vote")
    drawn = decoded(picture.png())
    for accuracies, colour in ((RISING, SHARED), (FALLING, INK)):
        for depth, accuracy in enumerate(accuracies):
            for seed in (accuracy - 6, accuracy + 6):
                x, y = 80 + 570 * (depth + 0.5) / 7, 374 - 320 * seed / 104
                assert is_colour(colour_at(drawn, x, y), on_white(colour, 0.6)), (depth, seed)
    assert is_colour(colour_at(drawn, 80 + 570 * 1.0 / 7, 374 - 320 * 16 / 104), SHARED)  # between the depths
    means = ("{:.1f}, " * 6 + "{:.1f} %").format
    assert picture.sentence == (
        f"Mean test accuracy at 0 to 6 uses, over 2 seeds: always 3 uses: {means(*RISING)}; 0 to 6 uses: "
        f"{means(*FALLING)}."
    )
    assert {"◆ always 3 uses", "■ 0 to 6 uses"} <= {*texts(picture)}


@pytest.mark.parametrize("reuses", [0, 1, 2, 5])
def test_the_field_of_a_reused_convolution_grows_and_its_weights_stay(reuses):
    picture = reused_field(reuses, image=np.ones((27, 27)))
    side = 2 * reuses + 1
    uses, pixels = ("1 use" if reuses == 1 else f"{reuses} uses"), ("1 pixel" if side == 1 else f"{side**2} pixels")
    assert picture.sentence == (
        f"{uses} with 3×3 kernels: the middle output sees {side}×{side} = {side**2} of 729 pixels, because {reuses} × "
        f"(3 − 1) + 1 = {side}; its gradient is not zero at {pixels}. The convolution has 144 weights throughout."
    )
    levels = ["input", *(f"use {number}" for number in range(1, reuses + 1))]
    assert {f"3×3: 144 weights, {uses}", *levels} <= set(texts(picture))
    assert f"use {reuses + 1}" not in texts(picture)
    drawn, first = decoded(picture.png()), 13 - reuses
    for row, column in product(range(27), range(27)):
        seen = first <= row < first + side and first <= column < first + side
        x, y = 10 * (column + 0.5), 55 + 10 * (row + 0.5)
        assert is_colour(colour_at(drawn, 10 + x, y), "black" if seen else (0.65, 0.65, 0.65)), (row, column)
        assert (colour_at(drawn, 620 + x, y).min() < 255) == seen, (row, column)
    assert is_colour(colour_at(drawn, 620 + 135, 55 + 135), LOCAL)
    for level in range(reuses + 1):
        y = 55 + 270 * (reuses - level + 0.25) / (reuses + 1)
        seen = [is_colour(colour_at(drawn, 315 + 10 * column, y), CHOSEN) for column in range(27)]
        assert sum(seen) == 2 * (reuses - level) + 1
        assert seen == seen[::-1]


def test_one_weight_is_one_weight():
    picture = reused_field(1, channels=1, kernel_size=1)
    assert picture.sentence.endswith("its gradient is not zero at 1 pixel. The convolution has 1 weight throughout.")


COUNTS = {"dense": (100_000, 1), "local": (1_000, 100), "convolution": (10, 10_000), "dynamic net": (1, 1_000_000)}


@pytest.mark.parametrize(("left", "wide", "place"), [(250, 315, 0), (610, 270, 1)])
def test_bars_grow_with_the_logarithm_of_the_number(left, wide, place):
    picture = figures.UsesTable(COUNTS)
    drawn, ends = decoded(picture.png()), []
    for row, (colour, pair) in enumerate(zip((DENSE, LOCAL, SHARED, SHARED), COUNTS.values(), strict=True)):
        y = round(64 + 62 * (row + 0.5))
        filled = [is_colour(found, colour) for found in drawn[y, left + 3 :]]
        ends.append((np.log10(pair[place]), filled.index(False)))
        assert not any(filled[filled.index(False) :][: wide - ends[-1][1]])
    (low, shortest), (high, longest) = min(ends), max(ends)
    assert longest > wide / 2
    for power, end in ends:
        assert end == pytest.approx(shortest + (longest - shortest) * (power - low) / (high - low), abs=2)
    assert shortest + 3 == pytest.approx((longest - shortest) / (high - low) * -np.log10(0.6), abs=2)


def test_a_table_prints_its_numbers():
    picture = figures.UsesTable(COUNTS)
    assert {"100,000", "1,000", "10", "1", "100", "10,000", "1 million", *COUNTS} <= set(texts(picture))
    assert picture.sentence == (
        "For one sample, dense: 100,000 weights, each used once; local: 1,000 weights, each used 100 times; "
        "convolution: 10 weights, each used 10,000 times; dynamic net: 1 weight, each used 1,000,000 times."
    )


LOSSES = {("momentum 0.9", "500 steps"): [0.5, 2.0], ("plain SGD", "500 steps"): [11.0, 29.0]}


def test_losses_say_their_mean_and_range():
    picture = figures.Losses(LOSSES)
    assert picture.sentence == (
        "Mean loss at the end over 2 seeds, and its range: momentum 0.9, 500 steps 1.2 (0.5 to 2); "
        "plain SGD, 500 steps 20 (11 to 29)."
    )
    assert {"mean 1.2", "mean 20"} <= set(texts(picture))


def test_losses_lie_on_a_logarithmic_axis():
    drawn = decoded(figures.Losses(LOSSES).png())
    left = 40 + 11 * len("momentum 0.9, 500 steps")
    for row, (losses, colour) in enumerate(zip(LOSSES.values(), ("#56B4E9", INK), strict=True)):
        for loss in losses:
            x = left + (760 - left) * np.log(loss / (0.5 / 1.5)) / np.log(29 * 1.5 / (0.5 / 1.5))
            assert is_colour(colour_at(drawn, x, 10 + 62 * (row + 0.5)), on_white(colour, 0.55)), loss


def with_visits(tied=lambda visited: visited, untied=lambda visited: visited, reuses=3):
    net, tied_visits, other, untied_visits = visits(reuses)
    return shown(figures.NetGraph(), net, tied(tied_visits), other, untied(untied_visits))


def with_uses(number=3, side=6, **changes):
    names = ("uses", "grad", "row", "column")
    return shown(
        figures.UseGradients(), *{**dict(zip(names, use_gradients(number, side), strict=True)), **changes}.values()
    )


SQUARE = np.zeros((27, 27))


@pytest.mark.parametrize(
    ("show", "named"),
    [
        (lambda: with_visits(tied=lambda visited: visited[1:]), "tied makes 4 visits, untied 5"),
        (lambda: with_visits(untied=lambda visited: [visited[0], *visited[2:]]), "tied makes 5 visits, untied 4"),
        (lambda: with_visits(untied=lambda visited: visited[::-1]), "same sizes"),
        (lambda: with_visits(reuses=7), "tied makes 9 visits"),
        (lambda: with_visits(*2 * [lambda visited: visited[:1]]), "tied makes 1 visits"),
        (lambda: with_visits(tied=lambda visited: [*visited[:2], torch.nn.Linear(40, 40), *visited[3:]]), "tied_vis"),
        (lambda: with_visits(untied=lambda visited: [*visited[:2], torch.nn.Linear(40, 40), *visited[3:]]), "untied_v"),
        (lambda: with_uses(0, grad=np.zeros((6, 6))), "grad is given for 0 uses"),
        (lambda: with_uses(1, grad=None), "grad is None for 1 uses"),
        (lambda: with_uses(5), "uses"),
        (lambda: with_uses(side=9), "uses"),
        (lambda: with_uses(uses=np.zeros((6, 6))), "uses"),
        (lambda: with_uses(uses=np.zeros((1, 6, 0))), "uses"),
        (lambda: with_uses(row=6), "row=6"),
        (lambda: with_uses(row=-1), "row=-1"),
        (lambda: with_uses(column=6), "column=6"),
        (lambda: with_uses(column=-1), "column=-1"),
        (lambda: with_uses(0, row=6), "row=6"),
        (lambda: figures.TrainingCurve(0), "steps=0"),
        (lambda: figures.TrainingCurve(5.0), "steps=5.0"),
        (lambda: figures.TrainingCurve(5).add(6, 1.0), "reuses=6"),
        (lambda: figures.TrainingCurve(5).add(-1, 1.0), "reuses=-1"),
        (lambda: figures.TrainingCurve(5).add(True, 1.0), "reuses=True"),
        (lambda: figures.TrainingCurve(5).add(1.0, 1.0), "reuses=1.0"),
        (lambda: depths("all"), "vote='all'"),
        (lambda: depths(None), "vote=None"),
        (lambda: depths("not yet", own=7), "own=7"),
        (lambda: depths("not yet", own=-1), "own=-1"),
        (lambda: depths("not yet", {}), "results"),
        (lambda: depths("not yet", {("one", "depth 0"): [1.0, 2.0]}, 0), "results"),
        (lambda: depths("not yet", {(net, "depth 0"): [1.0, 2.0] for net in "abc"}, 0), "results"),
        (lambda: depths("not yet", {(net, "depth 1"): [1.0, 2.0] for net in "ab"}, 0), "results"),
        (lambda: depths("not yet", {(net, f"depth {d}"): [1.0, 2.0] for d in (1, 0) for net in "ab"}), "results"),
        (lambda: depths("not yet", dict(list(OTHERS.items())[:-1])), "results"),
        (lambda: depths("not yet", depth_results(range(8), range(8))), "results"),
        (lambda: depths("not yet", FOUND | {("0 to 6 uses", "depth 0"): [90.0]}), "results"),
        (lambda: reused_field(6), "depth=6"),
        (lambda: figures.ReusedField().show(SQUARE, SQUARE, torch.nn.Conv2d(1, 1, 7), 5), "depth=5"),
        (lambda: reused_field(1, image=SQUARE[1:]), "gradient"),
        (lambda: figures.UsesTable({}), "counts"),
        (lambda: figures.UsesTable({str(row): (1, 1) for row in range(9)}), "counts"),
        (lambda: figures.UsesTable({"dense": (0, 1)}), "dense=0"),
        (lambda: figures.UsesTable({"dense": (1, -3)}), "dense=-3"),
        (lambda: figures.UsesTable({"dense": (1, 2.0)}), "dense=2.0"),
        (lambda: figures.UsesTable({"dense": (True, 1)}), "dense=True"),
        (lambda: figures.Losses({("tied", "a"): [1.0, 0.0]}), "results"),
        (lambda: figures.Losses({("tied", "a"): [1.0, 2.0], ("untied", "a"): [-1.0, 2.0]}), "results"),
        (lambda: figures.Losses({("tied", "a"): [1.0, np.nan]}), "results"),
        (lambda: figures.Losses({("tied", "a"): [1.0]}), "results"),
        (lambda: figures.Losses({("other", "a"): [1.0, 2.0]}), "results"),
    ],
)
def test_bad_input_is_named(show, named):
    with pytest.raises((TypeError, ValueError), match=rf"{named}[\s\S]*allowed|allowed[\s\S]*{named}"):
        show()
