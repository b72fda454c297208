"""Right answers to the exercises of notebook 4, and wrong ones beside the mistakes that are stated as code."""

import numpy as np
import torch
from torch import nn

from helpers import layers


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
