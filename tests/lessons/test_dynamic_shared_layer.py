"""The facts of notebook 4: what its panels offer, say and show, worked out from the controls' values alone."""

import statistics
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from torch import nn

from helpers import layers
from helpers.counting.formatting import format_quantity, format_signed, format_times
from helpers.drawing.artists import color_signed
from helpers.drawing.style import CHOSEN, EMPTY, FAINT
from helpers.layers import DynamicNet, to_untied
from helpers.lessons.dynamic_shared_layer import pictures
from helpers.lessons.dynamic_shared_layer.pictures.curve import format_loss
from tests.looks import Look, are_colors, has_color, is_color, on_white, read, texts

STEPS, CHART = 500, "loss of the step"


def sizes(middles, hidden_features):
    """Return the parameters of each layer of a net: 1000 numbers go in, and 10 come out."""
    return [1001 * hidden_features, *middles * [hidden_features * (hidden_features + 1)], 10 * (hidden_features + 1)]


def unroll(reuses, hidden_features):
    nets = {"tied": sizes(1, hidden_features), "untied": sizes(reuses, hidden_features)}
    parts = "; ".join(f"{name} {len(of)} layers, {sum(of):,} parameters" for name, of in nets.items())
    sentence = (
        f"A pass with {format_quantity(reuses, 'middle step')}, width {hidden_features}: {parts}. "
        f"The tied net's middle layer is visited {format_times(reuses)}, each other layer once."
    )

    def look(seen):
        lines, pixels = read(seen.picture), []
        for name, of in nets.items():
            tied, row = name == "tied", seen.picture.rows[name]
            boxes, bars = ([artist for artist in all if artist.get_visible()] for all in (row.boxes, row.bars))
            idle = ["1 middle"] if tied and not reuses else []
            labels = ["input", *(f"{1 if tied else step + 1} middle" for step in range(reuses)), "output", *idle]
            assert [" ".join(text for line in read(seen.picture, box) for text in line) for box in boxes] == labels
            colors = [tuple(seen.of(box)[5, 5]) for box in boxes]
            looks = {*zip(labels, colors, strict=True)}
            assert len(looks) == len({*labels}) == len({*colors}) + 1  # the ends are alike
            assert is_color(np.array(colors[0]), EMPTY)
            dashed = [(seen.of(box)[0].min(-1) > 128).any() for box in boxes]
            assert dashed == [False] * (2 + reuses) + [True] * len(idle)
            arrows = [has_color(seen.of(one, until=other), FAINT) for one, other in pairwise(boxes)]
            assert arrows == [True] * (1 + reuses) + [False] * len(idle)
            counts = [f"{number:,}" for number in of]
            if tied:
                counts[1:2] = [counts[1], *["again"] * (reuses - 1)] if reuses else []
            assert [*counts, *(f"not used: {of[1]:,}" for _ in idle)] in lines
            assert [f"{name}: {len(of)} layers"] in lines
            assert [f"{sum(of):,} parameters"] in lines
            lefts, lengths = zip(*(bar.get_window_extent().bounds[::2] for bar in bars), strict=True)
            assert np.allclose(np.diff(lefts), lengths[:-1])
            pixels += [length / number for length, number in zip(lengths, of, strict=True)]
            assert is_color(seen.of(bars[0])[5, 5], EMPTY)
            assert len(bars) == 2 or tuple(seen.of(bars[1])[5, 5]) == colors[labels.index("1 middle")]
        assert np.allclose(pixels, pixels[0])  # of one parameter

    return sentence, look


@cache
def shares(reuses):
    """Return what each use adds to the gradient of the middle layer: the gradient of a copy for this use alone."""
    torch.manual_seed(283)
    first, middle, last = (nn.Linear(inputs, outputs) for inputs, outputs in ((4, 6), (6, 6), (6, 2)))
    input = torch.randn(8, 4, dtype=torch.float64)
    nn.init.orthogonal_(middle.double().weight, gain=1.3)
    copies = [middle.weight.detach().clone().requires_grad_() for _ in range(reuses)]
    hidden = first.double()(input).relu()
    for weight in copies:
        hidden = (hidden @ weight.T + middle.bias).relu()
    last.double()(hidden).square().sum().backward()
    return [weight.grad.numpy() for weight in copies]


def add_up(reuses, row, column):
    maps = [*shares(reuses), sum(shares(reuses))] if reuses else []
    *parts, total = [format_signed(values[row, column]) for values in maps] or [None]
    sentence = f"Weight ({row}, {column}) of the middle layer, " + (
        f"used {format_times(reuses)}: each use adds {', '.join(parts)} (rounded); the sum is {total}, and autograd's "
        f".grad is {total}."
        if reuses
        else "not used: nothing is added up, and .grad is None."
    )

    def look(seen):
        shown = dict(zip([*(f"use {use}" for use in range(1, reuses + 1)), ".grad"], maps, strict=reuses > 0))
        for name in seen.picture.parts:
            found = seen.cells(name, (6, 6), across=0.2, down=0.2)
            values = (
                color_signed(shown[name], np.abs(maps).max()) if name in shown else np.full((6, 6), to_rgb(EMPTY)[0])
            )
            assert are_colors(found, values, 0.01), name
            marked = [is_color(edge, CHOSEN) for edge in seen.edges(name, row, column, 1, 1, (6, 6))]
            assert marked == [name in shown or name == ".grad"] * 4, name
        titles = [*shown][:reuses] + ["not used"] * (4 - reuses) + [".grad" if reuses else ".grad is None"]
        signs = ["+"] * (reuses - 1) + ["="] * (reuses > 0)
        numbers = [text for pair in zip(parts, signs, strict=True) for text in pair]
        assert read(seen.picture) == [titles, *([signs, [*numbers, total]] if reuses else [])]

    return sentence, look


def train(hidden_features, most_reuses, learning_rate, momentum, seed):
    """What is on the screen before the first run, wherever the sliders stand."""

    def look(seen):
        assert "press Run" in texts(seen.picture)
        assert not any(key.get_visible() for key in seen.picture.keys)
        chart = seen.part(CHART)
        assert (chart == chart[..., :1]).all()  # no mark, which would have a colour

    return f"Nothing is trained yet: press Run for {STEPS} steps.", look


def trained(hidden_features, most_reuses, learning_rate, momentum, seed):
    """What a run from a clear picture shows at its end, and the problem that it ends with."""
    reuses, losses, problem = descent(hidden_features, most_reuses, learning_rate, momentum, seed)
    ends = {number: format_loss(statistics.fmean(at_end(reuses, losses, number))) for number in sorted({*reuses})}
    sentence = (
        f"Step {len(losses)} of {STEPS}: mean loss {format_loss(statistics.fmean(losses[-50:]))} over the last "
        f"{min(50, len(losses))} steps; by number of uses {', '.join(f'{end} with {of}' for of, end in ends.items())}."
    )

    def look(seen):
        keys, written = seen.picture.keys, [text for line in read(seen.picture) for text in line]
        assert [number for number, key in enumerate(keys) if key.get_visible()] == [*ends]
        assert [text for text in written if " use" in text and ": " in text] == [
            f"{format_quantity(number, 'use')}: {end}" for number, end in reversed(ends.items())
        ]

    return sentence, problem, look


@cache
def descent(hidden_features, most_reuses, learning_rate, momentum, seed):
    """Train such a net; return its uses, its losses, and what stopped it."""
    torch.manual_seed(seed)
    widths = (1000, hidden_features), (hidden_features, hidden_features), (hidden_features, 10)
    first, middle, last = net = nn.Sequential(*(nn.Linear(*width) for width in widths))
    draw = torch.Generator().manual_seed(seed)
    inputs, targets = torch.randn(64, 1000, generator=draw), torch.randn(64, 10, generator=draw)
    optimizer = torch.optim.SGD(net.parameters(), learning_rate, momentum)
    all_reuses, losses = [], []
    for step in range(1, STEPS + 1):
        reuses = int(torch.randint(0, most_reuses + 1, (), generator=draw))
        hidden = first(inputs).relu()
        for _ in range(reuses):
            hidden = middle(hidden).relu()
        loss = (last(hidden) - targets).square().sum()
        if not loss < 1e6:
            return all_reuses, losses, f"the loss is {loss:.3g} at step {step}; try a smaller learning_rate or momentum"
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        all_reuses.append(reuses)
        losses.append(loss.item())
    return all_reuses, losses, ""


def at_end(reuses, losses, number):
    """Return the losses with a number of uses among the last 50, or else the last such loss."""
    of = [(step, loss) for step, (uses, loss) in enumerate(zip(reuses, losses, strict=True)) if uses == number]
    return [loss for step, loss in of if step >= len(losses) - 50] or [of[-1][1]]


PANELS = {"unroll": unroll, "add_up": add_up, "train": train}

CONTROLS = {
    "unroll": {"reuses": (0, 6, 1), "hidden_features": (20, 200, 20)},
    "add_up": {"reuses": (0, 4, 1), "row": (0, 5, 1), "column": (0, 5, 1)},
    "train": {
        "hidden_features": (20, 200, 20),
        "most_reuses": (0, 5, 1),
        "learning_rate": (0.0001, 0.002, 0.0001),
        "momentum": (0.0, 0.95, 0.05),
        "seed": (0, 9, 1),
    },
}


def what_grows():
    tied, untied = (sum(sizes(steps, 100)) > sum(sizes(1, 100)) for steps in (1, 6))
    return {(True, True): "both grow", (False, True): "only the untied net grows"}.get((tied, untied), "neither grows")


def whether_a_sum_is_larger_than_its_parts():
    *parts, total = [abs(values[2, 1]) for values in (*shares(3), sum(shares(3)))]
    return "no, maybe smaller" if total < max(parts) else "yes, larger"


def easiest_depth():
    reuses, losses, _ = descent(100, 3, 0.0001, 0.9, 0)
    none, three = (statistics.fmean(at_end(reuses, losses, number)) for number in (0, 3))
    return "0 uses" if none < 0.7 * three else "3 uses" if three < 0.7 * none else "no difference"


PREDICTIONS = {
    "unroll": lambda: [(what_grows(), {"reuses": 6})],
    "add_up": lambda: [(whether_a_sum_is_larger_than_its_parts(), {})],
    "train": lambda: [(easiest_depth(), {})],
}

RUNS = {"train": trained}


def curve(steps, *runs):
    """Return the curve of runs, each a list of numbers of uses and losses, and a look at it."""
    picture = pictures.TrainingCurve(steps)
    for run in runs:
        picture.start()
        for reuses, loss in run:
            picture.add(reuses, loss)
    return picture, Look(picture)


def test_each_number_of_uses_has_a_color_and_each_step_the_color_of_its_uses():
    run = [(reuses, loss) for loss in (0.05, 3, 700) for reuses in (3, 0, 5, 1, 4, 2)]
    picture, seen = curve(len(run), run)
    keys = [seen.at("page", *key.get_xydata()[0]) for key in picture.keys]
    assert len({tuple(color) for color in keys}) == 6
    for step, (reuses, loss) in enumerate(run, start=1):
        assert is_color(seen.at(CHART, step, loss), keys[reuses] / 255), step
        assert all(is_color(seen.at(CHART, step, loss * aside), "white") for aside in (0.6, 1.7)), step


def test_the_run_before_stays_as_a_grey_line_until_it_is_cleared():
    new, _ = curve(40)
    picture, seen = curve(40, [(2, [10.0, 2000.0][step % 2]) for step in range(40)], [(1, 20.0)])
    smooth = {1: 10, 2: 20_000**0.5, 40: (10**12 * 2000**13) ** (1 / 25)}  # geometric means of the last 25
    assert all(is_color(seen.at(CHART, step, mean), on_white(FAINT, 0.7)) for step, mean in smooth.items())
    assert not has_color(seen.part(CHART), picture.keys[2].get_color())
    assert "grey: the run before" in texts(picture)
    assert picture.sentence == (
        "Step 1 of 40: mean loss 20 over this step; by number of uses 20 with 1. The run before ended at 1,005."
    )
    picture.add(1, 20.0)
    picture.start()
    picture.start()  # a run without a step leaves the one before
    assert is_color(Look(picture).at(CHART, 1.5, 20), on_white(FAINT, 0.7))
    picture.clear()
    assert (picture.png(), picture.sentence) == (new.png(), new.sentence)


@pytest.mark.parametrize(
    ("loss", "edge", "said"),
    [(1e9, 1e4, "1e+09"), (0.0, 1e-2, "below 0.001"), (np.inf, 1e4, "not finite"), (np.nan, 1e4, "not finite")],
)
def test_a_loss_outside_the_axis_is_drawn_at_its_edge(loss, edge, said):
    picture, seen = curve(40, [(0, 1.0), (4, loss), (0, 1.0)])
    assert is_color(seen.at(CHART, 2, edge), picture.keys[4].get_color())
    assert f"4 uses: {said}" in texts(picture)
    assert f", {said} with 4." in picture.sentence
    _, seen = curve(40, 40 * [(4, loss)], [(0, 1.0)])
    assert has_color(seen.around(CHART, 20, edge, reach=2), on_white(FAINT, 0.7))


def graph(change, reuses=3):
    """Show a graph whose visits, of the tied net and of the untied one, were changed before."""
    net = DynamicNet(4, 6, 2)
    untied = to_untied(net, reuses)
    visits = [net.input_linear, *reuses * [net.middle_linear], net.output_linear], [*untied][::2]
    change(*visits)
    pictures.NetGraph().show(net, visits[0], untied, visits[1])


def gradients(uses=2, side=6, grad=2.0, row=0, column=0):
    grad = grad and np.full((side, side), grad)
    pictures.UseGradients().show(np.ones((uses, side, side)), grad, row, column)


@pytest.mark.parametrize(
    ("show", "arguments", "named"),
    [
        (graph, [lambda tied, untied: tied.pop()], "tied makes 4 visits, untied 5"),
        (graph, [lambda tied, untied: untied.reverse()], "tied makes 5 visits, untied 5"),
        (graph, (lambda tied, untied: None, 7), "tied makes 9 visits"),
        (graph, [lambda tied, untied: tied.__setitem__(1, nn.Linear(6, 6))], "tied_visits"),
        (graph, [lambda tied, untied: untied.__setitem__(1, nn.Linear(6, 6))], "untied_visits"),
        (gradients, (0, 6, 1.0), "grad is given for 0 uses"),
        (gradients, (2, 6, None), "grad is None for 2 uses"),
        (gradients, (2, 6, 2 + 1e-6), "uses do not sum"),
        (gradients, (2, 9), "uses has shape"),
        (gradients, (2, 6, 2.0, 6), "row=6"),
        (gradients, (2, 6, 2.0, 0, -1), "column=-1"),
        (pictures.TrainingCurve, [0], "steps=0"),
        (curve, (2, [(6, 1.0)]), "reuses=6"),
        (curve, (2, 3 * [(0, 1.0)]), "step 3, reuses=0"),
    ],
)
def test_input_that_does_not_fit_is_named(show, arguments, named):
    with pytest.raises(ValueError, match=rf"{named}[\s\S]*allowed"):
        show(*arguments)


ASSERTS = {
    "write-check": 1,
    "write-draw": 1,
    "count-code": 2,
    "gradient-code": 1,
    "gradient-slider": 1,
    "claim-table": 1,
}


# Answers to the exercises: right ones written in different ways, and wrong ones that no registered mistake reaches.


class Repeated(nn.Module):
    def __init__(self, features, reuses):
        super().__init__()
        self.step = nn.Sequential(nn.Linear(features, features), nn.ReLU())
        self.steps = [self.step] * reuses

    def forward(self, hidden):
        for step in self.steps:
            hidden = step(hidden)
        return hidden


class OwnParameters(nn.Module):
    def __init__(self, features, reuses):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(features, features))
        self.bias = nn.Parameter(torch.zeros(1, features))
        self.uses = range(reuses)

    def forward(self, hidden):
        for _ in self.uses:
            hidden = hidden @ self.weight + self.bias
            hidden[hidden < 0] = 0
        return hidden


class UsedUp(Repeated):
    def forward(self, hidden):
        while self.steps:
            hidden = self.steps.pop()(hidden)
        return hidden


class MadeAnew(nn.Identity):
    def forward(self, hidden):
        return nn.Linear(hidden.shape[1], hidden.shape[1])(hidden)


def by_powers(weight, hidden, output_grad, reuses):
    grad = torch.zeros_like(weight)
    for use in range(reuses):
        before = torch.linalg.matrix_power(weight, use) @ hidden
        after = torch.linalg.matrix_power(weight.T, reuses - 1 - use) @ output_grad
        grad += after[:, None] * before
    return grad


def by_recursion(weight, hidden, output_grad, reuses):
    if reuses == 0:
        return (0 * weight).tolist()
    back = output_grad
    for _ in range(reuses - 1):
        back = back @ weight
    later = by_recursion(weight, weight @ hidden, output_grad, reuses - 1)
    return (torch.outer(back, hidden) + torch.tensor(later)).tolist()


def in_arrays(weight, hidden, output_grad, reuses):
    weight, inputs, back = weight.numpy(), [hidden.numpy()], [output_grad.numpy()]
    for _ in range(reuses):
        inputs.append(weight @ inputs[-1])
        back.insert(0, weight.T @ back[0])
    return np.einsum("ui,uj->ij", np.stack([*back[1:], 0 * back[0]]), np.stack(inputs))


RIGHT = {
    1: [
        (3855.0,),
        (torch.tensor([1050, 2550, 255]).sum(),),
        (sum(p.numel() for p in layers.DynamicNet(20, 50, 5).parameters()),),
    ],
    2: [(Repeated,), (OwnParameters,)],
    3: [(by_powers,), (by_recursion,), (in_arrays,)],
    4: [(56, 46), (torch.tensor(56), np.int64(46)), (56.0, 46.0)],
}

WRONG = {
    1: {
        "biases too": (20 * 50 + 50 * 50 + 50 * 5,),
        "six times": (21 * 50 + 6 * 51 * 50 + 51 * 5,),
        "The middle layer has": (21 * 50 + 51 * 5,),
        "the middle layer alone": (51 * 50,),
        "These are the units": (20 + 50 + 5,),
    },
    2: {"use something up": (UsedUp,), "made anew": (MadeAnew,)},
    4: {
        "tied net is the narrower one": (46, 56),
        "width 57 takes 60,943 parameters, more than 60,900. Are the biases": (57, 47),
        "width 55 fits, and so does a wider one.": (55, 45),
        "untied: width 45 fits": (56, 45),
        "Is the middle layer in your sum": (60, 60),
        "once for each use": (46, 46),
        "has a layer of its own": (56, 56),
        "'56'": ("56", "46"),
        "tied=0 is too small": (0, 0),
    },
}
