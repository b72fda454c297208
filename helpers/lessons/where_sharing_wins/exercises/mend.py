"""Mend a convolution that pads with zeros, so that its answer follows every shift on the ring."""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from helpers.exercises import Code
from helpers.exercises.outcomes import RefusedError, as_numbers, describe_difference, describe_found, refuse_dots


def _compare(written: Callable, in_channels: int, out_channels: int, kernel_size: int, bias: bool) -> dict:
    """Return whether a layer has the weights and the bias of `conv`, seen from its answers alone, and an answer."""
    conv = nn.Conv2d(in_channels, out_channels, kernel_size, padding=kernel_size // 2, bias=bias)
    images, others = torch.randn(2, in_channels, 9, 10), torch.randn(3, in_channels, 8, 11)
    layer = refuse_dots(written(copy.deepcopy(conv)))
    if not callable(layer):
        raise RefusedError(f"expected a layer, {describe_found(layer)}")
    layer = layer.float() if isinstance(layer, nn.Module) else layer
    kept_bias, kept = (_middle(conv(each)) for each in (0 * images, images))
    found_bias, found = (_middle(layer(each)) for each in (0 * images, images))
    weights = bias = "the same"
    if describe_difference(kept - kept_bias, found - found_bias):
        weights = "others"
    if describe_difference(kept_bias, found_bias):
        bias = "another" if found_bias.any() else "none"
    return {"weights": weights, "bias": bias, "": layer(others)}


def _middle(answer: Tensor) -> Tensor:
    """Return what stands in the middle of the maps, where padding does not reach."""
    numbers = as_numbers(answer)
    if numbers is None or numbers.dim() != 4:
        raise RefusedError("expected a layer that returns maps (N, C, H, W).")
    return numbers[:, :, numbers.shape[2] // 2, numbers.shape[3] // 2]


@Code(
    cases=lambda: [(1, 1, 3, True), (2, 3, 5, True), (1, 2, 3, False)],
    probe=_compare,
    where=lambda in_channels, out_channels, kernel_size, bias: (
        f"For a convolution with in_channels={in_channels}, out_channels={out_channels}, "
        f"kernel_size={kernel_size}, bias={bias}"
    ),
)
def mend(conv):
    """Return a layer with the weights and bias of `conv` that follows every shift on the ring."""
    conv.padding_mode = "circular"
    return conv


@mend.mistake("The bias is missing.")
def _drop_bias(conv):
    conv.padding_mode, conv.bias = "circular", None
    return conv


@mend.mistake("Your layer has a bias of its own. Did it take over that of `conv`?")
def _keep_its_own(conv):
    mended = _redraw_weights(conv)
    mended.weight = conv.weight
    return mended


@mend.mistake("Your layer has a bias where `conv` has none.")
def _add_where_none(conv):
    mended = mend.right(nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, padding=conv.padding))
    mended.load_state_dict(conv.state_dict(), strict=False)
    return mended


@mend.mistake("Your layer has weights of its own. Did it take over those of `conv`?")
def _redraw_weights(conv):
    sizes = conv.in_channels, conv.out_channels, conv.kernel_size
    return nn.Conv2d(*sizes, padding=conv.padding, bias=conv.bias is not None, padding_mode="circular")


@mend.mistake("Your layer still pads with zeros, which do not move with the image.")
def _keep_zeros(conv):
    return conv


@mend.mistake("A mirror at the border does not move with the image either.")
def _mirror(conv):
    conv.padding_mode = "reflect"
    return conv


@mend.mistake("Repeated border pixels do not move with the image either.")
def _repeat_border(conv):
    conv.padding_mode = "replicate"
    return conv


@mend.mistake("Without padding the map shrinks. What comes in on the other side is to be there.")
def _drop_padding(conv):
    conv.padding = 0
    return conv


@mend.mistake("The image is padded twice: does `conv` still pad with zeros, too?")
def _extend_twice(conv):
    return nn.Sequential(nn.CircularPad2d(conv.padding[0]), conv)


@mend.mistake("How many pixels does a 5×5 kernel need on each side?")
def _pad_one_pixel(conv):
    conv.padding = 0
    return nn.Sequential(nn.CircularPad2d(1), conv)
