"""Tie a locally connected layer, so that it becomes a convolution."""

import math

import torch
from torch import nn

from helpers.exercises import Code
from helpers.exercises.outcomes import RefusedError, describe_found, refuse_dots
from helpers.layers import LocallyConnected2d


def _tie(written, in_channels, out_channels, image_size, kernel_size, stride=1, padding=0):
    local = LocallyConnected2d(in_channels, out_channels, image_size, kernel_size, stride, padding)
    images = torch.randn(2, in_channels, *local.image_size)
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


def _conv(local, weight=None, bias=None, **changes):
    """Return the convolution of a layer's sizes, but for some changes, with that weight and bias, or else the means."""
    names = "in_channels", "out_channels", "kernel_size", "stride", "padding"
    conv = nn.Conv2d(**{name: getattr(local, name) for name in names} | changes)
    conv.weight.data = (local.weight.mean((0, 1)) if weight is None else weight).detach()
    conv.bias.data = (local.bias.mean((0, 1)) if bias is None else bias).detach()
    return conv


@Code(
    cases=lambda: [(1, 1, 5, 2), (2, 3, (6, 4), 3), (3, 2, (6, 9), 3, 2, 1)],
    probe=_tie,
    where=lambda in_channels, out_channels, image_size, kernel_size, *how: (
        f"For a layer with in_channels={in_channels}, out_channels={out_channels}, image_size={image_size}, "
        f"kernel_size={kernel_size}" + (", stride=2, padding=1" if how else "")
    ),
)
def tie(local):
    """Return the convolution with the means over positions."""
    return _conv(local)


@tie.mistake("This is from one position. The mean is asked for.")
def _take_one_position(local):
    return _conv(local, local.weight[0, 0], local.bias[0, 0])


@tie.mistake("This is the sum over positions. The mean is asked for.")
def _sum_up(local):
    return _conv(local, local.weight.sum((0, 1)), local.bias.sum((0, 1)))


@tie.mistake("Each output channel has a bias of its own.")
def _use_one_bias(local):
    return _conv(local, bias=local.bias.mean().expand(local.out_channels))


@tie.mistake("Positions share, channels do not: each output channel keeps its own.")
def _average_outputs(local):
    shape = local.weight.shape[2:]
    return _conv(local, local.weight.mean((0, 1, 2)).expand(shape), local.bias.mean().expand(shape[0]))


@tie.mistake("Positions share, channels do not: each input channel keeps its own.")
def _average_inputs(local):
    weight = local.weight.mean((0, 1))
    return _conv(local, weight.mean(1, keepdim=True).expand_as(weight))


@tie.mistake("These are the random numbers that the convolution began with. Who changes them?")
def _change_nothing(local):
    return nn.Conv2d(local.in_channels, local.out_channels, local.kernel_size, local.stride, local.padding)


@tie.mistake("The mean of all numbers is one number. Which dimensions are the positions?")
def _reduce_to_one_number(local):
    return _conv(local, local.weight.mean(), local.bias.mean())


@tie.mistake("Positions have rows and columns: these are two dimensions.")
def _average_one_dimension(local):
    return _conv(local, local.weight.mean(0), local.bias.mean(0))


@tie.mistake("The last two dimensions of the weight are within a kernel. Which ones are the positions?")
def _average_the_last(local):
    return _conv(local, local.weight.mean((-2, -1)), local.bias.mean((-2, -1)))


@tie.mistake("You took the mean over channels. Which dimensions are the positions?")
def _average_channels(local):
    return _conv(local, local.weight.mean((2, 3)), local.bias.mean(2))


@tie.mistake("The sum is divided by the number of pixels. How many positions are there?")
def _divide_by_pixels(local):
    pixels = math.prod(local.image_size)
    return _conv(local, local.weight.sum((0, 1)) / pixels, local.bias.sum((0, 1)) / pixels)


@tie.mistake("A map need not be square: its positions are its rows times its columns.")
def _assume_square_map(local):
    positions = local.output_size[0] ** 2
    return _conv(local, local.weight.sum((0, 1)) / positions, local.bias.sum((0, 1)) / positions)


@tie.mistake("Channels in and out are mixed up in the kernel.")
def _swap_in_kernel(local):
    return _conv(local, local.weight.mean((0, 1)).transpose(0, 1))


@tie.mistake("Channels in and out are mixed up.")
def _mix_up_in_and_out(local):
    return _conv(local, in_channels=local.out_channels, out_channels=local.in_channels)


@tie.mistake("Is the kernel always 3×3?")
def _always_use_three(local):
    return _conv(local, kernel_size=3)


@tie.mistake("The mean is over positions, not over the kernel's own rows and columns.")
def _smooth_over_pixels(local):
    weight = local.weight.mean((0, 1))
    return _conv(local, weight.mean((2, 3), keepdim=True).expand_as(weight))


@tie.mistake("The bias is zero. The layer has biases too.")
def _set_to_zero(local):
    return _conv(local, bias=torch.zeros(local.out_channels))


@tie.mistake("Rows and columns of the kernel are mixed up.")
def _swap_rows_and_columns(local):
    return _conv(local, local.weight.mean((0, 1)).mT)


@tie.mistake("Does the convolution have the layer's stride?")
def _forget_stride(local):
    return _conv(local, stride=1)


@tie.mistake("Does the convolution have the layer's padding?")
def _forget_padding(local):
    return _conv(local, padding=0)


@tie.mistake("Does the convolution have the layer's stride and padding?")
def _forget_stride_and_padding(local):
    return _conv(local, stride=1, padding=0)
