"""Bridges between layers that compute the same: convolution, tiled, locally connected, dense, and back where possible.

Every bridge returns a new layer with copied parameters of the same dtype, and raises TypeError for a layer that is none
of these and ValueError where no such layer computes the same.
"""

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from helpers import counting
from helpers.counting.formatting import format_size
from helpers.layers.positional import LocallyConnected2d, TiledConv2d, refuse_too_large, refuse_unshared

Convolutional = nn.Conv2d | TiledConv2d


def to_conv(layer: Convolutional) -> nn.Conv2d:
    """Return the convolution that computes the same; raises ValueError where two positions have different kernels."""
    if isinstance(layer, nn.Conv2d):
        return copy.deepcopy(layer)
    sizes, weight, bias = _retied(layer, 1)
    conv = _sized(nn.Conv2d, sizes, weight)
    return _filled(conv, weight[0, 0], None if bias is None else bias[0, 0])


def to_tiled(
    layer: Convolutional, period: counting.Size, image_size: counting.Size | None = None, max_bytes: int = 2**30
) -> TiledConv2d:
    """Return the tiled convolution of this period that computes the same.

    `image_size` is needed for an `nn.Conv2d`, which takes images of any size; `max_bytes` is that of the new layer.
    Raises ValueError where positions that are `period` apart have different kernels or biases, and names the first.
    """
    sizes, weight, bias = _retied(layer, counting.as_pair("period", period), image_size, max_bytes)
    return _filled(_sized(TiledConv2d, sizes, weight, period=period, max_bytes=max_bytes), weight, bias)


def to_local(
    layer: Convolutional, image_size: counting.Size | None = None, max_bytes: int = 2**30
) -> LocallyConnected2d:
    """Return the locally connected layer that computes the same; arguments as for `to_tiled`. It always exists."""
    sizes, weight, bias = _retied(layer, None, image_size, max_bytes)
    return _filled(_sized(LocallyConnected2d, sizes, weight, max_bytes=max_bytes), weight, bias)


def to_dense(layer: Convolutional, image_size: counting.Size | None = None, max_bytes: int = 2**30) -> nn.Linear:
    """Return the dense layer from flattened images to flattened output maps that computes the same.

    For a convolution, `weight` is the doubly block Toeplitz matrix. Shapes: input (N, C_in H W), output
    (N, C_out H_out W_out). A weight that meets nothing but padding has no place in it. Raises ValueError for a matrix
    of more than `max_bytes`.
    """
    sizes, _, _ = _described(layer, image_size)
    refuse_too_large("the dense layer", sizes.dense.weights + sizes.dense.biases, sizes.itemsize, max_bytes)
    local = to_local(layer, image_size, max_bytes)
    weight = local.weight
    with torch.no_grad():
        (height, width), (rows, columns) = sizes.output_size, sizes.image_size
        matrix = weight.new_zeros(sizes.out_channels, height, width, sizes.in_channels, rows, columns)
        for tap, place in _taps(sizes):
            matrix[place] = weight[tap]
        bias = None if local.bias is None else local.bias.permute(2, 0, 1).flatten()
        matrix = matrix.flatten(3).flatten(0, 2)
        dense = nn.utils.skip_init(
            nn.Linear, *reversed(matrix.shape), bias=sizes.bias, device=matrix.device, dtype=matrix.dtype
        )
        return _filled(dense, matrix, bias)


def from_dense(dense: nn.Linear, sizes: counting.Layer, max_bytes: int = 2**30) -> LocallyConnected2d:
    """Return the locally connected layer of these sizes that computes the same as a dense layer on flattened images.

    A weight that would meet nothing but padding comes back as zero. Raises ValueError for a dense layer of another
    shape, and where an output unit has a weight outside its neighbourhood, whose position is named.
    """
    if not isinstance(dense, nn.Linear) or not isinstance(sizes, counting.Layer):
        raise TypeError(
            f"dense is a {type(dense).__name__} and sizes a {type(sizes).__name__}; allowed are nn.Linear and "
            "counting.Layer"
        )
    (height, width), (rows, columns) = sizes.output_size, sizes.image_size
    shape = (sizes.out_channels, height, width, sizes.in_channels, rows, columns)
    expected = (sizes.out_channels * height * width, sizes.in_channels * rows * columns)
    if dense.weight.shape != expected or sizes.bias != (dense.bias is not None):
        raise ValueError(
            f"dense has a weight of shape {tuple(dense.weight.shape)} and bias={dense.bias is not None}; allowed are "
            f"{expected} and bias={sizes.bias} for these sizes"
        )
    local = _sized(LocallyConnected2d, sizes, dense.weight, max_bytes=max_bytes)
    with torch.no_grad():
        matrix, outside = dense.weight.view(shape), (dense.weight != 0).view(shape)
        local.weight.zero_()
        for tap, place in _taps(sizes):
            local.weight[tap] = matrix[place]
            outside[place] = False
        if outside.any():
            _, row, column, _, i, j = min(outside.nonzero().tolist(), key=lambda place: place[1:])
            raise ValueError(
                f"the output at position ({row}, {column}) has a weight for pixel ({i}, {j}), outside its "
                f"{format_size(sizes.kernel_size)} neighbourhood; allowed is zero there"
            )
        if local.bias is not None:
            local.bias.copy_(dense.bias.view(shape[:3]).permute(1, 2, 0))
    return local


def _retied(
    layer: Convolutional,
    period: counting.Size | None,
    image_size: counting.Size | None = None,
    max_bytes: int | None = None,
) -> tuple[counting.Layer, Tensor, Tensor | None]:
    """Return a layer's sizes, weight and bias with another period; None is the output size, where nothing is tied."""
    sizes, weight, bias = _described(layer, image_size)
    if max_bytes is not None:
        refuse_unshared(sizes, max_bytes)
    period = sizes.output_size if period is None else sizes.as_period(period)
    _refuse_untied([p for p in (weight, bias) if p is not None], sizes.output_size, period)
    rows, columns = (torch.arange(step) % old for step, old in zip(period, weight.shape, strict=False))
    place = (rows[:, None], columns)
    return sizes, weight[place], None if bias is None else bias[place]


def _described(layer: Convolutional, image_size: counting.Size | None) -> tuple[counting.Layer, Tensor, Tensor | None]:
    """Return a layer's sizes, and its weight and bias with the two axes of its period in front."""
    if isinstance(layer, TiledConv2d):
        if (
            image_size not in (None, layer.image_size)
            and counting.as_pair("image_size", image_size) != layer.image_size
        ):
            raise ValueError(f"image_size={image_size}; allowed is {layer.image_size}, the size this layer is made for")
        return layer.sizes, layer.weight.detach(), None if layer.bias is None else layer.bias.detach()
    if not isinstance(layer, nn.Conv2d):
        raise TypeError(f"layer is a {type(layer).__name__}; allowed are nn.Conv2d, TiledConv2d and LocallyConnected2d")
    for name, allowed in (("groups", 1), ("padding_mode", "zeros")):
        if getattr(layer, name) != allowed:
            raise ValueError(f"layer has {name}={getattr(layer, name)!r}; allowed is {allowed!r}")
    if isinstance(layer.padding, str):
        raise ValueError(f"layer has padding={layer.padding!r}; allowed is a number of pixels")
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
                f"by {difference:.3g}; allowed for period={format_size(period)} are equal ones, because they would "
                "become one"
            )


def _taps(sizes: counting.Layer) -> Iterator[tuple[tuple, tuple]]:
    """Yield for each weight of the kernel its place in the local weight and in the dense one, padding left out.

    The places index (H_out, W_out, C_out, C_in, K_h, K_w) and (C_out, H_out, W_out, C_in, H, W).
    """
    every = slice(None)
    for kernel_row in range(sizes.kernel_size[0]):
        rows, pixel_rows = _inside(sizes, 0, kernel_row)
        for kernel_column in range(sizes.kernel_size[1]):
            columns, pixel_columns = _inside(sizes, 1, kernel_column)
            yield (
                (rows[:, None], columns, every, every, kernel_row, kernel_column),
                (every, rows[:, None], columns, every, pixel_rows[:, None], pixel_columns),
            )


def _inside(sizes: counting.Layer, axis: int, tap: int) -> tuple[Tensor, Tensor]:
    """Along one axis: the outputs for which a tap falls on the image, and the pixels it falls on."""
    outputs = torch.arange(sizes.output_size[axis])
    pixels = outputs * sizes.stride[axis] + tap * sizes.dilation[axis] - sizes.padding[axis]
    inside = (pixels >= 0) & (pixels < sizes.image_size[axis])
    return outputs[inside], pixels[inside]


def _sized(kind: type[nn.Module], sizes: counting.Layer, like: Tensor, **more: counting.Size) -> nn.Module:
    """Build a layer of these sizes, of the dtype and on the device of a tensor, without drawing its parameters."""
    if kind is not nn.Conv2d:
        more["image_size"] = sizes.image_size
    return nn.utils.skip_init(
        kind, in_channels=sizes.in_channels, out_channels=sizes.out_channels, kernel_size=sizes.kernel_size,
        stride=sizes.stride, padding=sizes.padding, dilation=sizes.dilation, bias=sizes.bias,
        device=like.device, dtype=like.dtype, **more,
    )  # fmt: skip


def _filled(layer: nn.Module, weight: Tensor, bias: Tensor | None) -> nn.Module:
    with torch.no_grad():
        layer.weight.copy_(weight)
        if bias is not None:
            layer.bias.copy_(bias)
    return layer
