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
from helpers.drawing.style import CHOSEN, EMPTY, FAINT, INK, USES
from helpers.layers import DynamicNet, to_untied
from helpers.lessons.dynamic_shared_layer import pictures
from helpers.lessons.dynamic_shared_layer.pictures.curve import format_loss, spread
from tests.looks import Look, are_colors, has_color, is_color, on_white, read, texts

STEPS, CHART = 500, "loss of the step (log scale)"


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
            captions = [words.get_window_extent() for words in row.captions if words.get_visible()]
            assert all(other.x0 - one.x1 > 12 for one, other in pairwise(captions))
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
        for name in [*seen.picture.parts][:-1]:  # the last part holds the bars
            found = seen.cells(name, (6, 6), across=0.2, down=0.2)
            values = (
                color_signed(shown[name], np.abs(maps).max()) if name in shown else np.full((6, 6), to_rgb(EMPTY)[0])
            )
            assert are_colors(found, values, 0.01), name
            marked = [is_color(edge, CHOSEN) for edge in seen.edges(name, row, column, 1, 1, (6, 6))]
            assert marked == [name in shown or name == ".grad"] * 4, name
        titles = [*shown][:reuses] + ["not used"] * (4 - reuses) + [".grad"]
        signs = ["+"] * (reuses - 1) + ["="] * (reuses > 0)
        numbers = [text for pair in zip(parts, signs, strict=True) for text in pair]
        below = [signs, [*numbers, total], ["0"]] if reuses else [["no use, nothing to add up: .grad is None"]]
        assert read(seen.picture) == [titles, *below]
        bars = [bar for bar in seen.picture.bars if bar.get_visible()]
        assert len(bars) == len(maps)
        if reuses:
            adds = [values[row, column] for values in maps]
            heights = [bar.get_height() for bar in bars]
            assert np.allclose(heights, np.divide(adds, adds[-1]) * heights[-1])
            starts = [bar.get_y() for bar in bars]
            assert np.allclose(starts, [starts[0], *np.add(starts, heights)[:-2], starts[0]])
            colors = [look.color for look in USES[1 : reuses + 1]] + [INK]
            for bar, color in zip(bars, colors, strict=True):
                assert abs(bar.get_height()) < 0.02 or has_color(seen.of(bar), color)

    return sentence, look


def train(hidden_features, most_reuses, learning_rate, momentum, seed):
    """What is on the screen before the first run, wherever the sliders stand."""

    def look(seen):
        assert "press Run" in texts(seen.picture)
        assert not any(curve.key.get_visible() for curve in seen.picture.curves)
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
        keys, written = labels(seen.picture)
        assert [number for number, curve in enumerate(seen.picture.curves) if curve.key.get_visible()] == [*ends]
        assert {*written} == {f"{format_quantity(number, 'use')}: {end}" for number, end in ends.items()}
        assert np.diff(keys).min(initial=32) > 31.9  # pixels from label to label
        assert keys[0] > 62

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


def labels(picture):
    """Return the heights and the texts of the labels of all curves, from the lowest to the highest."""
    shown = [curve for curve in (picture.before, *picture.curves) if curve.key.get_visible()]
    shown.sort(key=lambda curve: curve.key.get_ydata()[0])
    return [curve.key.get_ydata()[0] for curve in shown], [curve.label.get_text() for curve in shown]


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


def test_each_number_of_uses_has_a_color_a_faint_mark_at_each_step_and_a_line_through_their_means():
    factors = 0.05, 20
    run = [(reuses, 3.0**reuses * factors[step % 2]) for step in range(20) for reuses in range(6)]
    picture, seen = curve(len(run), run)
    for number, (one, look) in enumerate(zip(picture.curves, USES, strict=True)):
        assert is_color(seen.at("page", *one.key.get_xydata()[0]), look.color)
        marks, mean = [loss for reuses, loss in run if reuses == number], 3.0**number
        assert has_color(seen.around(CHART, number + 1, marks[0], reach=2), on_white(look.color, 0.25)), number
        assert has_color(seen.around(CHART, 61, mean, reach=9), look.color), number
        assert np.allclose(one.line.get_ydata(), mean, rtol=0.9)  # of 4 to 9 losses, 20 times above or below it
    assert [text.split(":")[0] for text in labels(picture)[1]] == [format_quantity(n, "use") for n in range(6)]


def test_the_run_before_stays_as_a_grey_line_until_it_is_cleared():
    new, _ = curve(40)
    picture, seen = curve(40, [(2, [10.0, 2000.0][step // 20]) for step in range(40)], [(1, 20.0)])
    for step, (low, high) in {1: (20, 5), 20: (20, 20), 40: (5, 20)}.items():  # losses that are less than 25 steps away
        mean = (10**low * 2000**high) ** (1 / (low + high))  # the geometric one
        assert is_color(seen.at(CHART, step, mean), FAINT), step
    assert not has_color(seen.part(CHART), USES[2].color)
    assert labels(picture)[1] == ["1 use: 20", "run before: 1,005"]
    assert picture.sentence == (
        "Step 1 of 40: mean loss 20 over this step; by number of uses 20 with 1. The run before ended at 1,005."
    )
    picture.add(1, 20.0)
    picture.start()
    picture.start()  # a run without a step leaves the one before
    assert is_color(Look(picture).at(CHART, 1.5, 20), FAINT)
    picture.clear()
    assert (picture.png(), picture.sentence) == (new.png(), new.sentence)


@pytest.mark.parametrize(
    ("loss", "edge", "said"),
    [(1e9, 1e4, "1e+09"), (0.0, 1e-2, "below 0.001"), (np.inf, 1e4, "not finite"), (np.nan, 1e4, "not finite")],
)
def test_a_loss_outside_the_axis_is_drawn_at_its_edge(loss, edge, said):
    picture, seen = curve(40, [(0, 1.0), (4, loss), (0, 1.0)])
    assert has_color(seen.around(CHART, 2, edge), on_white(USES[4].color, 0.25))
    assert f"4 uses: {said}" in labels(picture)[1]
    assert f", {said} with 4." in picture.sentence
    _, seen = curve(40, 40 * [(4, loss)], [(0, 1.0)])
    assert has_color(seen.around(CHART, 20, edge, reach=2), FAINT)


@pytest.mark.parametrize("losses", [7 * [1e-3], 7 * [1e5], [1e-3, 1e-3, 1.0, 1.1, 1.2, 1e5, 1e5], 7 * [3.0]])
def test_labels_have_room_and_stand_by_their_curves(losses):
    last, *ends = losses
    picture, _ = curve(60, 60 * [(0, last)], [*enumerate(ends)])
    heights, written = labels(picture)
    assert len(written) == 7
    assert min(np.diff(heights)) > 31.9
    assert heights[0] >= 62
    assert heights[-1] <= 62 + 330
    assert [text.split(": ")[1] for text in written] == [format_loss(loss) for loss in sorted(losses)]


def test_labels_are_moved_as_little_as_possible():
    assert spread([1, 5, 9], 2, 0, 10).tolist() == [1, 5, 9]
    assert spread([4, 4], 2, 0, 10).tolist() == [3, 5]
    assert spread([1, 8, 9, 10], 2, 0, 10).tolist() == [1, 6, 8, 10]
    assert spread([0, 0, 9], 2, 0, 10).tolist() == [0, 2, 9]


def test_the_colors_of_uses_are_told_apart_by_all_eyes():
    """Simulated as in Machado, Oliveira and Fernandes, 2009; the distance is that of CIE 1976."""
    views = np.array(
        [
            np.eye(3),
            [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],  # without red cones
            [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],  # without green ones
            [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],  # without blue ones
        ]
    )
    to_xyz = np.array([[0.434, 0.376, 0.190], [0.213, 0.715, 0.072], [0.018, 0.109, 0.873]])  # over white's
    linear = np.array([((np.array(to_rgb(look.color)) + 0.055) / 1.055) ** 2.4 for look in USES])
    x, y, z = np.moveaxis(np.cbrt((linear @ views.mT).clip(0, 1) @ to_xyz.T), -1, 0)
    lab = np.stack([116 * y, 500 * (x - y), 200 * (y - z)], axis=-1)
    apart = np.linalg.norm(lab[:, :, None] - lab[:, None], axis=-1)
    assert apart[:, ~np.eye(len(USES), dtype=bool)].min() > 18
    assert len({look.marker for look in USES}) == len(USES)


def test_a_click_on_a_map_chooses_its_weight():
    picture = pictures.UseGradients()
    picture.show(np.ones((2, 6, 4)), np.full((6, 4), 2.0), 0, 0)
    for name, row, column in (("use 1", 0, 3), ("use 4", 5, 0), (".grad", 2, 1)):
        assert picture.pointed(*Look(picture).place(name, row, column, (6, 4))) == {"row": row, "column": column}
    assert picture.pointed(*Look(picture).place("the marked weight", 0, 0, (1, 5))) is None


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


class Overwriting(OwnParameters):
    def forward(self, hidden):
        for _ in self.uses:
            hidden[:] = (hidden @ self.weight + self.bias).clamp(min=0)
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


def overwrite_output_grad(weight, hidden, output_grad, reuses):
    grad, inputs = torch.zeros_like(weight), [hidden]
    for _ in range(reuses):
        inputs.append(weight @ inputs[-1])
    for input in inputs[-2::-1]:
        grad += torch.outer(output_grad, input)
        output_grad[:] = weight.T @ output_grad
    return grad


def kept_in_default(weight, hidden, output_grad, reuses, known={}):  # noqa: B006
    return known.setdefault((len(hidden), reuses), by_powers(weight, hidden, output_grad, reuses))


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
    2: {"use something up": (UsedUp,), "made anew": (MadeAnew,), "changes `hidden`": (Overwriting,)},
    3: {"changes `output_grad`": (overwrite_output_grad,), "outside the function or as a default": (kept_in_default,)},
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
