"""Answers to the exercises of notebook 3."""

import copy

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import Answers, only

# 2: an invariant head


def mean_in_loops(maps):
    head = torch.zeros(maps.shape[:2])
    for n in range(maps.shape[0]):
        for c in range(maps.shape[1]):
            head[n, c] = sum(float(pixel) for row in maps[n, c] for pixel in row) / maps[n, c].numel()
    return head


def spectrum(maps):
    return torch.fft.fft2(maps).abs()[:, :, 1, 2]


def edges_on_the_ring(maps):
    return F.relu(maps.roll(1, 3) - maps).amax((2, 3))


def counted_without_return(maps):
    (maps > 0).sum((2, 3))


def weighted_by_place(maps):
    torch.manual_seed(0)
    weight = torch.randn(maps.shape[2:])
    return (maps * weight).sum((2, 3))


# 3: break it


def blank_border(maps):
    maps[:, :, 0] = 0
    return maps


def blank_every_other_column(maps):
    keep = torch.ones(maps.shape[-1])
    keep[::2] = 0
    return maps * keep


def zero_padded(maps):
    each = maps.reshape(-1, 1, *maps.shape[2:])
    return F.conv2d(each, torch.ones(1, 1, 3, 3), padding=1).reshape(maps.shape)


def same_noise_each_time(maps):
    return maps + torch.randn(maps.shape, generator=torch.Generator().manual_seed(0))


def ringed(maps):
    each = maps.reshape(-1, 1, *maps.shape[2:])
    return F.conv2d(F.pad(each, (1, 1, 1, 1), mode="circular"), torch.ones(1, 1, 3, 3)).reshape(maps.shape)


def blank_without_return(maps):
    maps[..., 0] = 0


def places_alone(maps):
    return torch.zeros_like(maps) + torch.arange(maps.shape[-1])


def channels_numbered(maps):
    return maps + torch.arange(maps.shape[1])[:, None, None]


def pooled(maps):
    return F.max_pool2d(maps, 2)


# 4: mend it


def other_mode(conv):
    conv.padding_mode = "circular"
    return conv


def pad_then_convolve(conv):
    unpadded = copy.deepcopy(conv)
    unpadded.padding = 0
    return nn.Sequential(nn.CircularPad2d(conv.kernel_size[0] // 2), unpadded)


class OnTheRing(nn.Module):
    def __init__(self, conv):
        super().__init__()
        self.weight, self.bias = conv.weight, conv.bias

    def forward(self, images):
        up, left = self.weight.shape[2] // 2, self.weight.shape[3] // 2
        answer = 0
        for i in range(self.weight.shape[2]):
            for j in range(self.weight.shape[3]):
                moved = images.roll((up - i, left - j), (2, 3))
                answer = answer + torch.einsum("nchw,oc->nohw", moved, self.weight[:, :, i, j])
        return answer if self.bias is None else answer + self.bias[:, None, None]


def double_on_the_ring(conv):
    arguments = {"padding": conv.padding[0], "padding_mode": "circular", "bias": conv.bias is not None}
    mended = nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, dtype=torch.float64, **arguments)
    mended.weight.data = conv.weight.data.double()
    if conv.bias is not None:
        mended.bias.data = conv.bias.data.double()
    return mended


def function_on_the_ring(conv):
    def layer(images):
        pixels = conv.kernel_size[0] // 2
        return F.conv2d(F.pad(images, [pixels] * 4, mode="circular"), conv.weight, conv.bias)

    return layer


def new_one(conv, padding_mode="circular"):
    sizes = conv.in_channels, conv.out_channels, conv.kernel_size
    return nn.Conv2d(*sizes, padding=conv.padding, bias=conv.bias is not None, padding_mode=padding_mode)


def copied(conv, padding_mode):
    mended = new_one(conv, padding_mode)
    mended.load_state_dict(conv.state_dict())
    return mended


def weight_alone(conv):
    mended = new_one(conv)
    mended.weight = conv.weight
    return mended


def weight_and_no_bias(conv):
    mended = nn.Conv2d(
        conv.in_channels, conv.out_channels, conv.kernel_size, padding=conv.padding, padding_mode="circular", bias=False
    )
    mended.weight.data = conv.weight.data
    return mended


def always_with_bias(conv):
    sizes = conv.in_channels, conv.out_channels, conv.kernel_size
    mended = nn.Conv2d(*sizes, padding=conv.padding, padding_mode="circular")
    mended.weight = conv.weight
    if conv.bias is not None:
        mended.bias = conv.bias
    return mended


def padding_one(conv):
    mended = nn.Conv2d(
        conv.in_channels, conv.out_channels, conv.kernel_size, padding=1, padding_mode="circular",
        bias=conv.bias is not None,
    )  # fmt: skip
    mended.load_state_dict(conv.state_dict())
    return mended


def padding_forgotten(conv):
    mended = nn.Conv2d(
        conv.in_channels, conv.out_channels, conv.kernel_size, padding_mode="circular", bias=conv.bias is not None
    )
    mended.load_state_dict(conv.state_dict())
    return mended


def padded_twice(conv):
    return nn.Sequential(nn.CircularPad2d(conv.padding[0]), conv)


def padding_as_kernel(conv):
    return nn.Sequential(nn.CircularPad2d(conv.kernel_size[0]), nn.Conv2d(1, 1, conv.kernel_size))


def kernel_three(conv):
    mended = nn.Conv2d(conv.in_channels, conv.out_channels, 3, padding=1, padding_mode="circular")
    mended.load_state_dict(conv.state_dict())
    return mended


def without_return(conv):
    conv.padding_mode = "circular"


def ring_misspelt(conv):
    return new_one(conv, "ring")


def channels_swapped(conv):
    sizes = conv.out_channels, conv.in_channels, conv.kernel_size
    mended = nn.Conv2d(*sizes, padding=conv.padding, padding_mode="circular")
    mended.load_state_dict(conv.state_dict())
    return mended


ANSWERS = {
    1: Answers(
        right={
            "float": only(16.0),
            "array": only(np.int64(16)),
            "counted": only(sum(down % 4 == right % 4 == 0 for down in range(16) for right in range(16))),
            "tensor": only(torch.tensor(256) // 16),
        },
        wrong={
            "one direction": (only(4), "count the pairs"),
            "added": (only(8), "multiply, do not add"),
            "divided once": (only(64), "both directions"),
            "the shifts that fail": (only(240), "does not follow"),
            "all": (only(256), "With stride 1"),
            "half of stride 2": (only(32), "not half"),
            "without moves by 0": (only(9), "A move by 0 down"),
            "without the shift by 0": (only(15), "at all counts"),
            "places of a square": (only((16 - 4 + 1) ** 2), "no border to keep away"),
            "none": (only(0), "moved by one whole step"),
            "only the shift by 0": (only(1), "Is that the only one"),
            "five places": (only(25), "the same as no move"),
            "fraction": (only(1 / 16), "came 0.0625"),
            "words": (only("4 * 4"), "came '4 * 4'"),
        },
    ),
    2: Answers(
        right={
            "mean": only(lambda maps: maps.mean((2, 3))),
            "loops": only(mean_in_loops),
            "layers": only(nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())),
            "sorted": only(lambda maps: maps.flatten(2).sort().values[..., -3]),
            "array": only(lambda maps: np.median(maps.numpy(), axis=(2, 3))),
            "twice": only(lambda maps: maps.sum(3).max(2).values),
            "edges": only(edges_on_the_ring),
            "count": only(lambda maps: (maps > 0).sum(dim=[-1, -2])),
            "spectrum": only(spectrum),
        },
        wrong={
            "batch and channels": (only(lambda maps: maps.amax((0, 1))), "came (5, 8)"),
            "channels and rows": (only(lambda maps: maps.amax((1, 2))), "came (2, 8)"),
            "rows alone": (only(lambda maps: maps.amax(2)), "came (2, 3, 8)"),
            "dimensions stay": (only(nn.AdaptiveMaxPool2d(1)), "came (2, 3, 1, 1)"),
            "channels too": (only(lambda maps: maps.mean((1, 2, 3))), "came (2,)"),
            "everything": (only(lambda maps: maps.max()), "came ()"),
            "flattened": (only(nn.Flatten()), "came (2, 120)"),
            "unpacked": (only(lambda maps: maps.flatten(2).max(2)), "values and places"),
            "place of the largest": (only(lambda maps: maps.flatten(2).argmax(2)), "where the largest value is"),
            "corner": (only(lambda maps: maps[:, :, 0, 0]), "one place alone"),
            "centre": (only(lambda maps: maps[:, :, 1:-1, 1:-1].amax((2, 3))), "Is every place in it"),
            "every other column": (only(lambda maps: maps[..., ::2].amax((2, 3))), "to the right do not"),
            "first row": (only(lambda maps: maps[:, :, 0].amax(-1)), "moves down do not"),
            "weights": (only(weighted_by_place), "count for more"),
            "zeros": (only(lambda maps: torch.zeros(maps.shape[:2])), "Another map gives the same answer"),
            "over all images": (only(lambda maps: maps.amax((2, 3)) - maps.mean()), "answer for another"),
            "over all channels": (only(lambda maps: maps.amax((2, 3)) - maps.mean((1, 2, 3))[:, None]), "of another"),
            "these sizes alone": (only(lambda maps: maps.reshape(2, 3, 40).amax(2)), "is invalid for input of size"),
            "no return": (only(counted_without_return), "Is a `return` missing"),
            "typo": (only(lambda maps: maps.amx((2, 3))), "no attribute 'amx'"),
        },
    ),
    3: Answers(
        right={
            "border": only(blank_border),
            "every other column": only(blank_every_other_column),
            "zero padding": only(zero_padded),
            "mirror": only(lambda maps: maps.flip(-1)),
            "sums along rows": only(lambda maps: maps.cumsum(3)),
            "fixed noise": only(same_noise_each_time),
            "rows": only(lambda maps: maps * torch.arange(maps.shape[2])[:, None]),
            "array": only(lambda maps: np.sort(maps.numpy(), axis=2)),
        },
        wrong={
            "nothing": (only(lambda maps: maps), "changes nothing"),
            "moved": (only(lambda maps: maps.roll(1, -1)), "moves along too"),
            "doubled": (only(lambda maps: 2 * maps + 1), "to each pixel alone"),
            "noise": (only(lambda maps: maps + torch.randn(maps.shape)), "another answer each time"),
            "places alone": (only(places_alone), "Other maps give the same answer"),
            "channels": (only(channels_numbered), "from channel to channel"),
            "images": (only(lambda maps: maps.flip(0)), "Swapping images or channels"),
            "ring": (only(ringed), "What does a place have to know"),
            "pooled": (only(pooled), "came (2, 3, 2, 4)"),
            "transposed": (only(lambda maps: maps.transpose(2, 3)), "came (2, 3, 8, 5)"),
            "no return": (only(blank_without_return), "Is a `return` missing"),
            "rows for columns": (only(lambda maps: maps + torch.arange(maps.shape[2])), "size of tensor a (8)"),
            "one size alone": (only(lambda maps: maps + torch.arange(8)), "size of tensor a (6)"),
        },
    ),
    4: Answers(
        right={
            "other mode": only(other_mode),
            "pad first": only(pad_then_convolve),
            "rolls": only(lambda conv: OnTheRing(conv)),
            "double": only(double_on_the_ring),
            "function": only(function_on_the_ring),
            "state": only(lambda conv: copied(conv, "circular")),
        },
        wrong={
            "as it was": (only(lambda conv: conv), "still pads with zeros"),
            "mirror": (only(lambda conv: copied(conv, "reflect")), "A mirror"),
            "repeated": (only(lambda conv: copied(conv, "replicate")), "Repeated border pixels"),
            "new weights": (only(new_one), "weights of its own"),
            "weight alone": (only(weight_alone), "bias of its own"),
            "no bias": (only(weight_and_no_bias), "The bias is missing"),
            "always a bias": (only(always_with_bias), "has none"),
            "padding 1": (only(padding_one), "a 5×5 kernel need"),
            "no padding": (only(padding_forgotten), "the map shrinks"),
            "padded twice": (only(padded_twice), "padded twice"),
            "kernel 3": (only(kernel_three), "in current model is torch.Size([3, 2, 3, 3])"),
            "channels swapped": (only(channels_swapped), "in current model is torch.Size([2, 3, 5, 5])"),
            "no return": (only(without_return), "Is a `return` missing"),
            "misspelt": (only(ring_misspelt), "padding_mode must be one of"),
            "not called": (only(nn.Conv2d), "Expected a function"),
        },
    ),
}
