"""Right answers to the exercises of notebook 5, and wrong ones beside the mistakes that are stated as code."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


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
