"""Tie a locally connected layer, so that it becomes a convolution."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from helpers import layers
from helpers.exercises.legacy import old_code
from helpers.exercises.outcomes import RefusedError, describe_found, refuse_dots


def _untouched(local: layers.LocallyConnected2d) -> nn.Conv2d:
    return nn.Conv2d(local.in_channels, local.out_channels, local.kernel_size, local.stride, local.padding)


def _tie(local: layers.LocallyConnected2d) -> nn.Conv2d:
    conv = _untouched(local)
    conv.weight.data, conv.bias.data = local.weight.data.mean((0, 1)), local.bias.data.mean((0, 1))
    return conv


def _changed(weight: Callable = lambda conv, local: None, **arguments: int) -> Callable:
    """Tie in the right way, and then change the weight, or an argument of the convolution."""

    def tie(local: layers.LocallyConnected2d) -> nn.Conv2d:
        conv = _tie(local)
        with torch.no_grad():
            weight(conv, local)
        for name, value in arguments.items():
            setattr(conv, name, (value, value))
        return conv

    return tie


def _means(weight: Callable[[Tensor], Tensor], bias: Callable[[Tensor], Tensor]) -> Callable:
    """Tie with other summaries of the weights and biases than their mean over positions."""

    def change(conv: nn.Conv2d, local: layers.LocallyConnected2d) -> None:
        conv.weight.data, conv.bias.data = weight(local.weight.data), bias(local.bias.data)

    return _changed(change)


def _swapped(local: layers.LocallyConnected2d) -> nn.Conv2d:
    conv = _tie(local)
    conv.in_channels, conv.out_channels = conv.out_channels, conv.in_channels
    return conv


def _over_pixels(conv: nn.Conv2d, local: layers.LocallyConnected2d) -> None:
    share = math.prod(local.output_size) / math.prod(local.image_size)
    conv.weight.mul_(share)
    conv.bias.mul_(share)


def _tied(written: Callable, in_channels: int, out_channels: int, image_size: int, kernel_size: int, *how: int) -> dict:
    local = layers.LocallyConnected2d(in_channels, out_channels, image_size, kernel_size, *how)
    images = torch.randn(2, in_channels, image_size, image_size)
    conv = refuse_dots(written(local))
    if not isinstance(conv, nn.Conv2d):
        found = describe_found(conv) if conv is None else f"came a {type(conv).__name__}."
        raise RefusedError(f"expected an nn.Conv2d, {found}")
    if conv.bias is None:
        raise RefusedError("the convolution has no bias. The layer has biases.")
    fits = conv.weight.shape == local.weight.shape[2:] and conv.bias.shape == local.bias.shape[2:]
    return {
        "weight": conv.weight,
        "bias": conv.bias,
        "output": conv(images) if fits else None,
        "kernel_size": conv.kernel_size,
        "channels in and out": (conv.in_channels, conv.out_channels),
    }


tie = old_code(
    right=_tie,
    cases=lambda: [(1, 1, 5, 2), (2, 3, 6, 3), (3, 2, 8, 3, 2, 1)],
    probe=_tied,
    where=lambda in_channels, out_channels, image_size, kernel_size, *how: (
        f"For a layer with in_channels={in_channels}, out_channels={out_channels}, image_size={image_size}, "
        f"kernel_size={kernel_size}" + (", stride=2, padding=1" if how else "")
    ),
    mistakes={
        "This is from one position. The mean is asked for.": _changed(
            lambda conv, local: (conv.weight.copy_(local.weight[0, 0]), conv.bias.copy_(local.bias[0, 0]))
        ),
        "This is the sum over positions. The mean is asked for.": _changed(
            lambda conv, local: (
                conv.weight.copy_(local.weight.sum((0, 1))),
                conv.bias.copy_(local.bias.sum((0, 1))),
            )
        ),
        "Each output channel has a bias of its own.": _changed(
            lambda conv, local: conv.bias.fill_(local.bias.mean().item())
        ),
        "Positions share, channels do not: each output channel keeps its own.": _changed(
            lambda conv, local: (
                conv.weight.copy_(local.weight.mean((0, 1, 2)).expand_as(conv.weight)),
                conv.bias.copy_(local.bias.mean().expand_as(conv.bias)),
            )
        ),
        "Positions share, channels do not: each input channel keeps its own.": _changed(
            lambda conv, local: conv.weight.copy_(conv.weight.mean(1, keepdim=True).expand_as(conv.weight))
        ),
        "These are the random numbers that the convolution began with. Who changes them?": _untouched,
        "The mean of all numbers is one number. Which dimensions are the positions?": _means(
            lambda weight: weight.mean(), lambda bias: bias.mean()
        ),
        "Positions have rows and columns: these are two dimensions.": _means(
            lambda weight: weight.mean(0), lambda bias: bias.mean(0)
        ),
        "The last two dimensions of the weight are within a kernel. Which ones are the positions?": _means(
            lambda weight: weight.mean((-2, -1)), lambda bias: bias.mean((-2, -1))
        ),
        "You took the mean over channels. Which dimensions are the positions?": _means(
            lambda weight: weight.mean((2, 3)), lambda bias: bias.mean(2)
        ),
        "The sum is divided by the number of pixels. How many positions are there?": _changed(_over_pixels),
        "Channels in and out are mixed up in the kernel.": _changed(
            lambda conv, local: setattr(conv.weight, "data", conv.weight.data.transpose(0, 1))
        ),
        "Channels in and out are mixed up.": _swapped,
        "Is the kernel always 3×3?": _changed(kernel_size=3),
        "The mean is over positions, not over the kernel's own rows and columns.": _changed(
            lambda conv, local: conv.weight.copy_(conv.weight.mean((2, 3), keepdim=True).expand_as(conv.weight))
        ),
        "The bias is zero. The layer has biases too.": _changed(lambda conv, local: conv.bias.zero_()),
        "Rows and columns of the kernel are mixed up.": _changed(
            lambda conv, local: conv.weight.copy_(conv.weight.mT.clone())
        ),
        "Does the convolution have the layer's stride?": _changed(stride=1),
        "Does the convolution have the layer's padding?": _changed(padding=0),
        "Does the convolution have the layer's stride and padding?": _changed(stride=1, padding=0),
    },
)
