import math
import statistics

import numpy as np
import torch
from matplotlib import colormaps
from torch import nn

from helpers.drawing.style import CHOSEN, EMPTY
from tests.pixels import colour_at, has_colour, is_colour

STEPS = 500


def times(number):
    return {0: "not at all", 1: "once"}.get(number, f"{number} times")


def unroll(reuses, hidden_features):
    outer, middle = 1001 * hidden_features + 10 * (hidden_features + 1), hidden_features * (hidden_features + 1)
    sentence = (
        f"A pass with {reuses} middle step{'s' * (reuses != 1)}, width {hidden_features}: tied 3 layers, "
        f"{outer + middle:,} parameters; untied {2 + reuses} layers, {outer + reuses * middle:,} parameters. The tied "
        f"net's middle layer is visited {times(reuses)}, each other layer once."
    )

    def look(picture):
        tied, untied = (
            [tuple(colour_at(picture, 24 + 114 * place + 6, top)) for place in range(8)] for top in (42, 260)
        )
        white, used = (255, 255, 255), 2 + reuses
        ends = {tied[0], untied[0], tied[used - 1], untied[used - 1]}
        assert len(ends) == 1
        middle = {*tied[1 : used - 1]} if reuses else {tied[2]}  # without uses the middle layer stands by
        assert len(middle) == 1
        assert not middle & ends
        assert len({*untied[1 : used - 1]} - ends) == reuses
        assert {*tied[max(used, 3) :], *untied[used:]} <= {white}

    return sentence, look


def signed(number):
    return f"{number:+.2f}".replace("-", "−")


def add_up(reuses, row, column):
    torch.manual_seed(283)
    layers = [nn.Linear(4, 6), nn.Linear(6, 6), nn.Linear(6, 2)]
    x = torch.randn(8, 4, dtype=torch.float64).numpy()
    nn.init.orthogonal_(layers[1].double().weight, gain=1.3)
    (first, b), (weight, c), (last, d) = ([p.detach().double().numpy() for p in layer.parameters()] for layer in layers)
    hidden = [np.maximum(x @ first.T + b, 0)]
    for _ in range(reuses):
        hidden.append(np.maximum(hidden[-1] @ weight.T + c, 0))
    back, shares = 2 * (hidden[-1] @ last.T + d) @ last, []
    for use in range(reuses, 0, -1):  # backward through the uses, by hand
        back = back * (hidden[use] > 0)
        shares.insert(0, (back.T @ hidden[use - 1])[row, column])
        back = back @ weight
    total = signed(sum(shares))
    sentence = (
        f"Weight ({row}, {column}) of the middle layer, used {times(reuses)}: each use adds "
        f"{', '.join(map(signed, shares))} (rounded); the sum is {total}, and autograd's .grad is {total}."
        if reuses
        else f"Weight ({row}, {column}) of the middle layer, not used: nothing is added up, and .grad is None."
    )

    def look(picture):
        for place in range(5):
            part = picture[54:206, 10 + 190 * place : 161 + 190 * place]
            shown = reuses > 0 if place == 4 else place < reuses
            marked = part[25 * row : 25 * row + 28, 25 * column : 25 * column + 28]
            assert has_colour(marked, CHOSEN) == (shown or place == 4)
            assert has_colour(part, EMPTY, 0.001) != shown

    return sentence, look


def train(hidden_features, most_reuses, learning_rate, momentum, seed):
    """What is on the screen before the first run, wherever the sliders stand."""

    def look(picture):
        assert (picture[40:376, 660:] == 255).all()  # no key: nothing was trained
        assert (picture[60:180, 110:640].min(-1) > 200).all()

    return f"Nothing is trained yet: press Run for {STEPS} steps.", look


def trained(hidden_features, most_reuses, learning_rate, momentum, seed):
    """What a run from a clear picture shows at its end, and the problem that it ends with."""
    reuses, losses, problem = descent(hidden_features, most_reuses, learning_rate, momentum, seed)
    ends = []
    for number in sorted({*reuses}):
        of = [loss for uses, loss in zip(reuses, losses, strict=True) if uses == number]
        recent = [loss for uses, loss in zip(reuses[-50:], losses[-50:], strict=True) if uses == number]
        ends.append(f"{short(statistics.fmean(recent or of[-1:]))} with {number}")
    sentence = (
        f"Step {len(losses)} of {STEPS}: mean loss {short(statistics.fmean(losses[-50:]))} over the last "
        f"{min(50, len(losses))} steps; by number of uses {', '.join(ends)}."
    )

    def look(picture):
        colours = [colormaps["viridis"](0.78 - 0.155 * number)[:3] for number in range(6)]
        for number, colour in enumerate(colours):
            key = picture[440 - 62 - 40 * (number + 1), 696]
            assert is_colour(key, colour) == (number in reuses)
        highest = max(reuses)  # its marks lie on top
        step = max(step for step, uses in enumerate(reuses, start=1) if uses == highest)
        height = (math.log10(min(max(losses[step - 1], 1e-2), 1e4)) + 2) / 6
        assert is_colour(
            colour_at(picture, 104 + 548 * step / (1.01 * STEPS), 440 - 62 - 330 * height), colours[highest]
        )

    return sentence, problem, look


def descent(hidden_features, most_reuses, learning_rate, momentum, seed):
    """Gradient descent with momentum, written out; returns uses, losses, and what stopped it."""
    torch.manual_seed(seed)
    first, middle = nn.Linear(1000, hidden_features), nn.Linear(hidden_features, hidden_features)
    last = nn.Linear(hidden_features, 10)
    draw = torch.Generator().manual_seed(seed)
    inputs, targets = torch.randn(64, 1000, generator=draw), torch.randn(64, 10, generator=draw)
    weights = [*first.parameters(), *middle.parameters(), *last.parameters()]
    speed, all_reuses, losses = {}, [], []
    for step in range(1, STEPS + 1):
        reuses = int(torch.randint(0, most_reuses + 1, (), generator=draw))
        hidden = first(inputs).relu()
        for _ in range(reuses):
            hidden = middle(hidden).relu()
        loss = ((last(hidden) - targets) ** 2).sum()
        if not loss < 1e6:
            problem = f"the loss is {loss.item():.3g} at step {step}; try a smaller learning_rate or momentum"
            return all_reuses, losses, problem
        grads = torch.autograd.grad(loss, weights, allow_unused=True)
        with torch.no_grad():
            for number, (weight, grad) in enumerate(zip(weights, grads, strict=True)):
                if grad is not None:  # an unused layer keeps its weights and its speed
                    speed[number] = speed[number].mul(momentum).add(grad) if number in speed else grad
                    weight.add_(speed[number], alpha=-learning_rate)
        all_reuses.append(reuses)
        losses.append(loss.item())
    return all_reuses, losses, ""


def short(loss):
    if loss < 0.001:
        return "below 0.001"
    return f"{loss:.3g}" if loss < 1000 else f"{loss:,.0f}" if loss < 1e6 else f"{loss:.0e}"
