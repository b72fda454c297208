"""Right answers to the exercises of notebook 2, and wrong ones beside the mistakes that are stated as code."""

import math

import numpy as np
import torch
from torch import nn

from helpers import layers


def count_by_positions(in_channels, out_channels, image_size, kernel_size, stride, padding):
    places = range(-padding, image_size + padding - kernel_size + 1, stride)
    dense = local = 0
    for _row in places:
        for _column in places:
            dense += out_channels * in_channels * image_size * image_size
            local += out_channels * in_channels * kernel_size * kernel_size
    return [dense, local, local // len(places) ** 2]


def count_by_layers(in_channels, out_channels, image_size, kernel_size, stride, padding):
    conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=False)
    image = torch.zeros(in_channels, image_size, image_size)
    local = layers.LocallyConnected2d(in_channels, out_channels, image_size, kernel_size, stride, padding, bias=False)
    return conv(image).numel() * image.numel(), local.weight.numel(), conv.weight.numel()


def count_in_numpy(in_channels, out_channels, image_size, kernel_size, stride, padding):
    side = np.floor((image_size + 2 * padding - kernel_size) / stride) + 1
    shared = np.prod([out_channels, in_channels, kernel_size, kernel_size])
    return out_channels * side**2 * in_channels * image_size**2, shared * side**2, shared


def conv_of(local):
    return nn.Conv2d(local.in_channels, local.out_channels, local.kernel_size, local.stride, local.padding)


def tie_by_copying(local):
    conv = conv_of(local)
    with torch.no_grad():
        conv.weight.copy_(local.weight.mean(dim=0).mean(dim=0))
        conv.bias.copy_(local.bias.mean(dim=(0, 1)))
    return conv


def tie_by_loops(local):
    conv = conv_of(local)
    weight, bias = torch.zeros_like(conv.weight), torch.zeros_like(conv.bias)
    for i, j in np.ndindex(local.output_size):
        weight += local.weight[i, j].detach() / math.prod(local.output_size)
        bias += local.bias[i, j].detach() / math.prod(local.output_size)
    conv.weight, conv.bias = nn.Parameter(weight), nn.Parameter(bias)
    return conv


def tie_by_state(local):
    conv = conv_of(local)
    conv.load_state_dict({name: part.flatten(0, 1).mean(0) for name, part in local.state_dict().items()})
    return conv


def gradient_by_torch(image, output_grad):
    side = image.shape[0] - output_grad.shape[0] + 1
    return nn.grad.conv2d_weight(image[None, None], (1, 1, side, side), output_grad[None, None])[0, 0]


def gradient_by_numpy(image, output_grad):
    side = len(image) - len(output_grad) + 1
    windows = np.lib.stride_tricks.sliding_window_view(image.numpy(), (side, side))
    return np.tensordot(output_grad.numpy(), windows, axes=2)


def gradient_by_entries(image, output_grad):
    height, width = output_grad.shape
    side = image.shape[0] - height + 1
    return [
        [sum((output_grad * image[a : a + height, b : b + width]).flatten().tolist()) for b in range(side)]
        for a in range(side)
    ]


RIGHT = {
    1: [(108.0,), (torch.tensor([2, 2, 3, 9]).prod(),), (np.prod([2, 2, 3, 9]),)],
    2: [(count_by_positions,), (count_by_layers,), (count_in_numpy,)],
    3: [(tie_by_copying,), (tie_by_loops,), (tie_by_state,)],
    4: [(gradient_by_torch,), (gradient_by_numpy,), (gradient_by_entries,)],
    5: [(math.isqrt(500_000 - 1) + 1,), (np.ceil(np.sqrt(500_000)),), (torch.tensor(500_000.0).sqrt().ceil(),)],
}
WRONG = {
    1: {
        "period 1": (3 * 9,),
        "along rows and along columns": (2 * 3 * 9,),
        "one of the two missing": (2 * 2 * 9,),
        "the biases too": (2 * 2 * 3 * (9 + 1),),
        "Nothing is shared": (8 * 8 * 3 * 9,),
    },
    3: {
        "expected an nn.Conv2d, came a LocallyConnected2d": (lambda local: local,),
        "has no bias": (lambda local: nn.Conv2d(1, 1, 2, bias=False),),
    },
    5: {
        "707×707": (int(500_000**0.5),),
        "around every pixel": (708 + 2,),
        "twice the side": (500_000 // 2,),
        "the ratio itself": (500_000,),
        "dense against local": (math.ceil((500_000 * 9) ** 0.5),),
    },
}
