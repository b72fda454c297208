"""Right answers to the exercises of notebook 3, and wrong ones beside the mistakes that are stated as code."""

import copy

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


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


def function_on_the_ring(conv):
    pixels = conv.kernel_size[0] // 2
    return lambda images: F.conv2d(F.pad(images, [pixels] * 4, mode="circular"), conv.weight, conv.bias)


RIGHT = {
    1: [(16.0,), (np.int64(16),), (torch.tensor(256) // 16,)],
    2: [
        (nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),),
        (lambda maps: np.median(maps.numpy(), axis=(2, 3)),),
        (lambda maps: (maps > 0).sum(dim=[-1, -2]),),
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
    4: [(pad_then_convolve,), (copied_in_double,), (function_on_the_ring,)],
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
        "moves down do not": (lambda maps: maps[:, :, 0].amax(-1),),
        "count for more": (lambda maps: maps.cumsum(2).cumsum(3).sum((2, 3)),),
        "Another map gives the same answer": (lambda maps: torch.zeros(maps.shape[:2]),),
        "answer for another": (lambda maps: maps.amax((2, 3)) - maps.mean(),),
        "answer of another": (lambda maps: maps.amax((2, 3)) - maps.mean((1, 2, 3))[:, None],),
        "is invalid for input of size": (lambda maps: maps.reshape(2, 3, 40).amax(2),),
    },
    3: {
        "changes nothing": (lambda maps: maps,),
        "moves along too": (lambda maps: maps.roll(1, -1),),
        "to each pixel alone": (lambda maps: 2 * maps + 1,),
        "another answer each time": (lambda maps: maps + torch.randn(maps.shape),),
        "Other maps give the same answer": (lambda maps: torch.arange(maps.shape[-1]).expand(maps.shape),),
        "from channel to channel": (lambda maps: maps + torch.arange(maps.shape[1])[:, None, None],),
        "Swapping images or channels": (lambda maps: maps.flip(0),),
        "What does a place have to know": (ringed,),
        "came (2, 3, 8, 5)": (lambda maps: maps.transpose(2, 3),),
        "size of tensor a (6)": (lambda maps: maps + torch.arange(8),),
    },
    4: {
        "expected a layer, came 3": (lambda conv: 3,),
        "returns maps (N, C, H, W)": (lambda conv: nn.Flatten(),),
    },
}
