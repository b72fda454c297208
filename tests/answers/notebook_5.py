"""Answers to the exercises of notebook 5."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from helpers import counting
from tests.answers import Answers, only

# 2: uses without padding


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


def by_gradient(image_size, kernel_size, reuses):
    weight, used = torch.ones(1, 1, kernel_size, kernel_size, requires_grad=True), 0 * torch.ones(1)
    for step in range(reuses):
        side = image_size - step * (kernel_size - 1)
        used = used + F.conv2d(torch.ones(1, 1, side, side), weight).sum()
    return torch.autograd.grad(used, weight)[0][0, 0, 0, 0] if reuses else 0


def by_counting(image_size, kernel_size, reuses):
    sides = range(image_size, 0, 1 - kernel_size) if kernel_size > 1 else [image_size] * reuses
    return sum(counting.Layer(1, 1, side, kernel_size).shared.uses_per_weight for side in list(sides)[:reuses])


def first_map_is_the_image(image_size, kernel_size, reuses):
    total = 0
    for _ in range(reuses):
        total += image_size**2
        image_size -= kernel_size - 1
    return total


def kernel_from_side(image_size, kernel_size, reuses):
    total = 0
    for _ in range(reuses):
        image_size -= kernel_size
        total += image_size**2
    return total


def half_kernel_from_side(image_size, kernel_size, reuses):
    total = 0
    for _ in range(reuses):
        image_size -= kernel_size // 2
        total += image_size * image_size
    return total


def two_from_side(image_size, kernel_size, reuses):
    return sum((image_size - 2 * step) ** 2 for step in range(1, reuses + 1))


def bracket_missing(image_size, kernel_size, reuses):
    total = 0
    for _ in range(reuses):
        image_size = image_size - kernel_size - 1
        total += image_size**2
    return total


def square_of_sum(image_size, kernel_size, reuses):
    total = 0
    for _ in range(reuses):
        image_size -= kernel_size - 1
        total += image_size
    return total**2


def multiplied(image_size, kernel_size, reuses):
    total = 1
    for _ in range(reuses):
        image_size -= kernel_size - 1
        total *= image_size**2
    return total


def side_alone(image_size, kernel_size, reuses):
    return sum(image_size - step * (kernel_size - 1) for step in range(1, reuses + 1))


def all_weights(image_size, kernel_size, reuses):
    return by_recursion(image_size, kernel_size, reuses) * kernel_size * kernel_size


def overwritten(image_size, kernel_size, reuses):
    total = 0
    for _ in range(reuses):
        image_size -= kernel_size - 1
        total = image_size**2
    return total


def last_map(image_size, kernel_size, reuses):
    return (image_size - reuses * (kernel_size - 1)) ** 2


def return_in_the_loop(image_size, kernel_size, reuses):
    total = 0
    for _ in range(reuses):
        image_size -= kernel_size - 1
        total += image_size**2
        return total


def one_step(image_size, kernel_size, reuses):
    return (image_size - kernel_size + 1) ** 2


def one_missing(image_size, kernel_size, reuses):
    total = 0
    for step in range(1, reuses):
        total += (image_size - step * (kernel_size - 1)) ** 2
    return total


def one_too_many(image_size, kernel_size, reuses):
    return sum((image_size - step * (kernel_size - 1)) ** 2 for step in range(1, reuses + 2))


def without_return(image_size, kernel_size, reuses):
    by_recursion(image_size, kernel_size, reuses)


def typo(image_size, kernel_size, reuses):
    return sum((image_size - step * (kernel - 1)) ** 2 for step in range(1, reuses + 1))  # noqa: F821


# 3: tied embeddings


class Matrix(nn.Module):
    def __init__(self, words, features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(words, features))


class Embedding(nn.Module):
    def __init__(self, words, features):
        super().__init__()
        self.embedding = nn.Embedding(words, features)

    def forward(self, word):
        return F.linear(self.embedding(word), self.embedding.weight)


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


class InLoops(Matrix):
    def forward(self, word):
        return torch.stack([torch.stack([(self.weight[w] * row).sum() for row in self.weight]) for w in word.tolist()])


class AllPairs(Matrix):
    def forward(self, word):
        return torch.einsum("if,jf->ij", self.weight, self.weight)[word]


class TwoMatrices(nn.Module):
    def __init__(self, words, features):
        super().__init__()
        self.read = nn.Embedding(words, features)
        self.write = nn.Linear(features, words, bias=False)

    def forward(self, word):
        return self.write(self.read(word))


class CopiedOnce(nn.Module):
    def __init__(self, words, features):
        super().__init__()
        self.read, self.write = nn.Embedding(words, features), nn.Linear(features, words)
        self.write.weight.data = self.read.weight.data

    def forward(self, word):
        return self.write(self.read(word))


class WithBias(nn.Module):
    def __init__(self, words, features):
        super().__init__()
        self.read, self.write = nn.Embedding(words, features), nn.Linear(features, words)
        self.write.weight = self.read.weight

    def forward(self, word):
        return self.write(self.read(word))


class ReadingCutOff(Matrix):
    def forward(self, word):
        return self.weight.data[word] @ self.weight.T


class WritingCutOff(Matrix):
    def forward(self, word):
        return self.weight[word] @ self.weight.detach().clone().T


class NoGradient(Matrix):
    def forward(self, word):
        with torch.no_grad():
            return self.weight[word] @ self.weight.T


class PlainTensor(nn.Module):
    def __init__(self, words, features):
        super().__init__()
        self.weight = torch.randn(words, features, requires_grad=True)

    def forward(self, word):
        return self.weight[word] @ self.weight.T


class ReadAlone(Matrix):
    def forward(self, word):
        return self.weight[word]


class Probabilities(Matrix):
    def forward(self, word):
        return torch.softmax(self.weight[word] @ self.weight.T, 1)


class BestWord(Matrix):
    def forward(self, word):
        return (self.weight[word] @ self.weight.T).max(1).indices


class OtherWayRound(Matrix):
    def forward(self, word):
        return self.weight @ self.weight[word].T


class NotTransposed(Matrix):
    def forward(self, word):
        return self.weight[word] @ self.weight


class WordIgnored(Matrix):
    def forward(self, word):
        return self.weight @ self.weight.T


class ColumnForEachWord(nn.Module):
    def __init__(self, words, features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(features, words))

    def forward(self, word):
        return self.weight[:, word].T @ self.weight


class OwnScore(Matrix):
    def forward(self, word):
        return (self.weight[word] * self.weight[word]).sum(1)


class AmongEachOther(Matrix):
    def forward(self, word):
        read = self.weight[word]
        return read @ read.T


class Cosine(Matrix):
    def forward(self, word):
        rows = self.weight / self.weight.norm(dim=1, keepdim=True)
        return rows[word] @ rows.T


class WithRelu(Matrix):
    def forward(self, word):
        return (self.weight[word] @ self.weight.T).clamp(min=0)


class WithoutReturn(Matrix):
    def forward(self, word):
        self.weight[word] @ self.weight.T


class WithoutSuper(nn.Module):
    def __init__(self, words, features):
        self.weight = nn.Parameter(torch.randn(words, features))


FITTING = {"scratch": "convolution", "faces": "local", "fabric": "tiled", "patients": "dense", "puzzle": "dynamic"}


def chosen(**other):
    return tuple((FITTING | other).values())


ANSWERS = {
    1: Answers(
        right={
            "float": only(432.0),
            "array": only(np.int64(12) ** 2 * 3),
            "counted": only(sum(1 for _ in range(3) for _ in range(12) for _ in range(12))),
            "tensor": only(torch.ones(3, 12, 12).sum()),
        },
        wrong={
            "one step": (only(144), "That is one step."),
            "without padding": (only(200), "That is without padding"),
            "no position at the border": (only(300), "at the border too"),
            "padded image": (only(588), "The padding is no position"),
            "steps alone": (only(3), "at every position"),
            "all weights": (only(3888), "the work of all 9 weights"),
            "one step, all weights": (only(1296), "with all 9 weights"),
            "weights and steps": (only(27), "That counts weights"),
            "one row": (only(36), "12 rows and 12 columns"),
            "multiplied": (only(144**3), "add up"),
            "one place short": (only(363), "along a row"),
            "words": (only("3 * 144"), "Expected a whole number"),
        },
    ),
    2: Answers(
        right={
            "recursion": only(by_recursion),
            "formula": only(by_formula),
            "convolution": only(by_convolution),
            "gradient": only(by_gradient),
            "counting": only(by_counting),
        },
        wrong={
            "image first": (only(first_map_is_the_image), "The first map is already"),
            "does not shrink further": (only(lambda n, k, r: r * (n - k + 1) ** 2), "Does yours?"),
            "does not shrink": (only(lambda n, k, r: r * n * n), "smaller than the image, and"),
            "kernel from side": (only(kernel_from_side), "not kernel_size."),
            "half kernel from side": (only(half_kernel_from_side), "on both sides"),
            "two from side": (only(two_from_side), "depends on the kernel"),
            "bracket missing": (only(bracket_missing), "a bracket missing"),
            "square of sum": (only(square_of_sum), "the other way round"),
            "multiplied": (only(multiplied), "one after another: their"),
            "side alone": (only(side_alone), "rows and columns"),
            "all weights": (only(all_weights), "the whole kernel"),
            "overwritten": (only(overwritten), "the last step alone."),
            "last map": (only(last_map), "the last step alone;"),
            "return in the loop": (only(return_in_the_loop), "inside the loop"),
            "one step": (only(one_step), "the first step alone"),
            "one missing": (only(one_missing), "One step is missing"),
            "one too many": (only(one_too_many), "one step too many"),
            "no return": (only(without_return), "Is a `return` missing"),
            "typo": (only(typo), "name 'kernel' is not defined"),
            "number": (only(200), "Expected a function"),
        },
    ),
    3: Answers(
        right={
            "embedding": only(Embedding),
            "tied layers": only(TiedLayers),
            "one-hot": only(OneHot),
            "loops": only(InLoops),
            "all pairs": only(AllPairs),
        },
        wrong={
            "two matrices": (only(TwoMatrices), "There are two matrices"),
            "copied once": (only(CopiedOnce), "a bias or a second matrix"),
            "bias": (only(WithBias), "There is a bias too"),
            "reading cut off": (only(ReadingCutOff), "Reading is cut off"),
            "writing cut off": (only(WritingCutOff), "Writing is cut off"),
            "no gradient": (only(NoGradient), "No gradient reaches"),
            "plain tensor": (only(PlainTensor), "has no parameter"),
            "read alone": (only(ReadAlone), "features that were read"),
            "probabilities": (only(Probabilities), "a probability"),
            "best word": (only(BestWord), "the best score"),
            "other way round": (only(OtherWayRound), "the other way round"),
            "not transposed": (only(NotTransposed), "mat1 and mat2"),
            "word ignored": (only(WordIgnored), "Which words came in"),
            "column for each word": (only(ColumnForEachWord), "a column for each word"),
            "own score": (only(OwnScore), "for itself alone"),
            "among each other": (only(AmongEachOther), "with one another"),
            "cosine": (only(Cosine), "length 1"),
            "with ReLU": (only(WithRelu), "Negative scores"),
            "no return": (only(WithoutReturn), "Is a `return` missing"),
            "no super": (only(WithoutSuper), "cannot assign parameter"),
            "a function": (only(lambda word: word), "Expected a class"),
        },
    ),
    4: Answers(
        right={"as printed": chosen(), "capitals": tuple(map(str.title, chosen())), "spaces": chosen(faces=" local ")},
        wrong={
            "scratch local": (chosen(scratch="local"), "scratches of its own"),
            "scratch dense": (chosen(scratch="dense"), "for every place"),
            "scratch tiled": (chosen(scratch="tiled"), "several times over"),
            "faces convolution": (chosen(faces="convolution"), "the same kernel for eyes and mouth"),
            "faces dense": (chosen(faces="dense"), "Neighbouring pixels belong together"),
            "fabric convolution": (chosen(fabric="convolution"), "all pixels alike"),
            "fabric local": (chosen(fabric="local"), "the same place comes again"),
            "patients local": (chosen(patients="local"), "sees neighbours only"),
            "patients convolution": (chosen(patients="convolution"), "It bets"),
            "patients dynamic": (chosen(patients="dynamic"), "one list of measurements"),
            "puzzle convolution": (chosen(puzzle="convolution"), "shares in space"),
            "puzzle dense": (chosen(puzzle="dense"), "Its number of steps is fixed"),
            "short name": (chosen(scratch="conv"), "scratch='conv'; allowed is one of"),
            "a class": (chosen(fabric=nn.Conv2d), "fabric=<class"),
        },
    ),
}
