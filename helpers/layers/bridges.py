"""Bridges from a convolution, tiled or locally connected layer to another layer that computes the same.

Every bridge returns a new layer with copied parameters of the same dtype. It raises TypeError for a layer of another
kind, and ValueError for a layer with groups or another padding mode.
"""

import copy
import math
from dataclasses import replace

import torch
from torch import Tensor, nn

from helpers import counting
from helpers.counting.formatting import format_size
from helpers.layers.positional import (
    LocallyConnected2d,
    TiledConv2d,
    refuse_too_large,
    refuse_too_large_layer,
    refuse_variants,
)
from helpers.layers.products import unfold

Convolutional = nn.Conv2d | TiledConv2d


def to_conv(layer: Convolutional) -> nn.Conv2d:
    """Return the convolution that computes the same. Raises ValueError where kernels or biases of positions differ."""
    if isinstance(layer, nn.Conv2d):
        return copy.deepcopy(layer)
    sizes, weight, bias = _retie(layer, 1)
    conv = _build(nn.Conv2d, sizes, weight)
    return _fill(conv, weight[0, 0], None if bias is None else bias[0, 0])


def to_tiled(
    layer: Convolutional, period: counting.Size, image_size: counting.Size | None = None, max_bytes: int = 2**30
) -> TiledConv2d:
    """Return the tiled convolution of this period that computes the same.

    `image_size` is needed for an `nn.Conv2d`, which takes images of any size; `max_bytes` is that of the new layer.
    Raises ValueError that names the first position whose kernel or bias differs from the one it would share.
    """
    sizes, weight, bias = _retie(layer, counting.as_pair("period", period), image_size, max_bytes)
    return _fill(_build(TiledConv2d, sizes, weight, period=period, max_bytes=max_bytes), weight, bias)


def to_local(
    layer: Convolutional, image_size: counting.Size | None = None, max_bytes: int = 2**30
) -> LocallyConnected2d:
    """Return the locally connected layer that computes the same; arguments as for `to_tiled`."""
    sizes, weight, bias = _retie(layer, None, image_size, max_bytes)
    return _fill(_build(LocallyConnected2d, sizes, weight, max_bytes=max_bytes), weight, bias)


@torch.no_grad()
def to_dense(layer: Convolutional, image_size: counting.Size | None = None, max_bytes: int = 2**30) -> nn.Linear:
    """Return the dense layer from flattened images to flattened output maps that computes the same.

    Its weight has zeros where an output is not connected to a pixel; for a convolution it is the doubly block Toeplitz
    matrix. Shapes: input (N, C_in H W), output (N, C_out H_out W_out). Raises ValueError for a layer of more than
    `max_bytes`; the other arguments are those of `to_tiled`.
    """
    sizes, _, _ = _describe(layer, image_size)
    refuse_too_large("the dense layer", sizes.dense.weights + sizes.dense.biases, sizes.itemsize, max_bytes)
    local = to_local(layer, image_size, max_bytes)
    like = {"device": local.weight.device, "dtype": local.weight.dtype}
    pixels, positions = math.prod(sizes.image_size), math.prod(sizes.output_size)
    shape = sizes.in_channels * pixels, sizes.out_channels * positions
    dense = nn.utils.skip_init(nn.Linear, *shape, bias=sizes.bias, **like)
    numbers = torch.arange(1, pixels + 1, dtype=torch.float64, device=like["device"]).view(1, 1, *sizes.image_size)
    seen = unfold(numbers, sizes)[0].long()  # the number of the pixel for each tap and position, 0 for padding
    taps, places = seen.nonzero(as_tuple=True)
    matrix = dense.weight.zero_().view(sizes.out_channels, positions, sizes.in_channels, pixels)
    matrix[:, places, :, seen[taps, places] - 1] = local.weight.flatten(0, 1).flatten(3)[places, :, :, taps]
    if dense.bias is not None:
        dense.bias.copy_(local.bias.permute(2, 0, 1).flatten())
    return dense


def _retie(
    layer: Convolutional,
    period: counting.Size | None,
    image_size: counting.Size | None = None,
    max_bytes: int | None = None,
) -> tuple[counting.Layer, Tensor, Tensor | None]:
    """Return a layer's sizes, and its weight and bias with another period; None stands for the output size."""
    sizes, weight, bias = _describe(layer, image_size)
    if max_bytes is not None:
        refuse_too_large_layer(sizes, max_bytes)
    period = sizes.output_size if period is None else sizes.as_period(period)
    _refuse_untied([p for p in (weight, bias) if p is not None], sizes.output_size, period)
    rows, columns = (torch.arange(step) % old for step, old in zip(period, weight.shape, strict=False))
    place = (rows[:, None], columns)
    return sizes, weight[place], None if bias is None else bias[place]


def _describe(layer: Convolutional, image_size: counting.Size | None) -> tuple[counting.Layer, Tensor, Tensor | None]:
    """Return a layer's sizes, and its weight and bias with the two axes of its period first."""
    if isinstance(layer, TiledConv2d):
        if image_size is not None and counting.as_pair("image_size", image_size) != layer.image_size:
            raise ValueError(f"image_size={image_size}; allowed is {layer.image_size}, the size this layer is made for")
        sizes = replace(layer.sizes, itemsize=layer.weight.itemsize)  # the layer may have been moved to another dtype
        return sizes, layer.weight.detach(), None if layer.bias is None else layer.bias.detach()
    if not isinstance(layer, nn.Conv2d):
        raise TypeError(f"layer is a {type(layer).__name__}; allowed are nn.Conv2d, TiledConv2d and LocallyConnected2d")
    refuse_variants(layer.groups, layer.padding_mode, "layer has ")
    if image_size is None:
        raise TypeError("image_size is missing; an nn.Conv2d takes images of any size, so say which")
    sizes = counting.Layer(
        layer.in_channels, layer.out_channels, image_size, layer.kernel_size, layer.stride, layer.padding,
        layer.dilation, layer.bias is not None, layer.weight.itemsize,
    )  # fmt: skip
    return sizes, layer.weight.detach()[None, None], None if layer.bias is None else layer.bias.detach()[None, None]


def _refuse_untied(parameters: list[Tensor], output_size: tuple[int, int], period: tuple[int, int]) -> None:
    """Raise ValueError unless every position has the same kernel and bias as the position it would share them with."""
    old = parameters[0].shape[:2]
    rows, columns = (torch.arange(size) for size in output_size)
    moved = (columns % period[1] % old[1] != columns % old[1]).any()
    for row in ((rows % period[0] % old[0] != rows % old[0]) | moved).nonzero().flatten().tolist():
        partner, found = row % period[0], []
        for what, parameter in zip(("kernel", "bias"), parameters, strict=False):
            own = parameter[row % old[0], columns % old[1]].flatten(1)
            new = parameter[partner % old[0], columns % period[1] % old[1]].flatten(1)
            differs = (own != new) & ~(own.isnan() & new.isnan())
            for column in differs.any(1).nonzero().flatten().tolist()[:1]:
                found.append((column, what, (own - new)[column].abs().max().item()))
        if found:
            column, what, difference = min(found, key=lambda first: first[0])
            raise ValueError(
                f"the {what} at position ({row}, {column}) differs from the one at ({partner}, {column % period[1]}) "
                f"by {difference:.3g}; allowed are equal ones, because with period {format_size(period)} they are one"
            )


def _build(kind: type[nn.Module], sizes: counting.Layer, like: Tensor, **more: counting.Size) -> nn.Module:
    """Return a layer of these sizes with the dtype and device of a tensor; its parameters are not drawn."""
    if kind is not nn.Conv2d:
        more["image_size"] = sizes.image_size
    padding = sizes.padding if sizes.padding == sizes.padding_after else "same"  # which alone pads unevenly
    return nn.utils.skip_init(
        kind, in_channels=sizes.in_channels, out_channels=sizes.out_channels, kernel_size=sizes.kernel_size,
        stride=sizes.stride, padding=padding, dilation=sizes.dilation, bias=sizes.bias,
        device=like.device, dtype=like.dtype, **more,
    )  # fmt: skip


def _fill(layer: nn.Module, weight: Tensor, bias: Tensor | None) -> nn.Module:
    """Copy a weight and a bias into a layer, and return it."""
    with torch.no_grad():
        layer.weight.copy_(weight)
        if bias is not None:
            layer.bias.copy_(bias)
    return layer
