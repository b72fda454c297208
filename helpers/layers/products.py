"""What an unshared layer computes: three products, each the derivative of the other two, for every position at once."""

import inspect
from collections.abc import Iterator
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from helpers import counting

CHUNK_BYTES = 4 * 2**20
"""Patches copied at a time: few enough to stay in a core's cache, many enough to keep Python out of the timing."""


def local_product(input: Tensor, weight: Tensor, bias: Tensor | None, window: "Window") -> Tensor:
    """Multiply every patch with the kernel of its position; shapes as in `locally_connected2d`, which checks them."""
    output = _Output.apply(input, weight, window)
    return output if bias is None else output + bias.permute(2, 0, 1)


class Window(NamedTuple):
    """How the kernel moves over the image, every entry a (height, width) pair."""

    image_size: tuple[int, int]
    kernel_size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]

    @classmethod
    def of(cls, sizes: counting.Layer) -> "Window":
        """Take the window of a layer's sizes."""
        return cls(sizes.image_size, sizes.kernel_size, sizes.stride, sizes.padding, sizes.dilation)


# The layer is linear in its input and linear in its weight. So the gradient of each of the three operations below is
# made of the other two, and every higher derivative follows without more code:
#   output          = _Output(input, weight)
#   input gradient  = _InputGradient(output gradient, weight)
#   weight gradient = _WeightGradient(output gradient, input)
# Patches are recomputed, never kept. Inside, the batch comes last: copying a patch then moves runs of whole batches,
# and the products of all positions are one batched matrix product with the weight as it is stored.


class _Bilinear(torch.autograd.Function):
    """An operation that is linear in each of its two tensors, so that all its derivatives follow from `partials`."""

    def __init_subclass__(cls) -> None:
        # torch asks for this signature at every call, and working it out takes longer than a small layer.
        cls.forward.__signature__ = inspect.signature(cls.forward)

    @staticmethod
    def setup_context(ctx, inputs, output):
        first, second, ctx.window = inputs
        ctx.save_for_backward(first, second)
        ctx.save_for_forward(first, second)

    @classmethod
    def backward(cls, ctx, grad):
        partials = cls.partials(grad, *ctx.saved_tensors)
        needed = zip(partials, ctx.needs_input_grad, strict=False)
        return (*(f.apply(a, b, ctx.window) if need else None for (f, a, b), need in needed), None)

    @classmethod
    def jvp(cls, ctx, first_tangent, second_tangent, _):
        first, second = ctx.saved_tensors
        terms = []
        if first_tangent is not None:
            terms.append(cls.apply(first_tangent, second, ctx.window))
        if second_tangent is not None:
            terms.append(cls.apply(first, second_tangent, ctx.window))
        return sum(terms[1:], terms[0])

    @classmethod
    def vmap(cls, info, in_dims, first, second, window):
        return torch.vmap(cls.plain, (*in_dims[:2], None))(first, second, window), 0


class _Output(_Bilinear):
    @staticmethod
    def partials(grad, input, weight):
        return (_InputGradient, grad, weight), (_WeightGradient, grad, input)

    @staticmethod
    def forward(input, weight, window):
        batch = input.shape[0]
        patches = _windows(_padded_batch_last(input, window), weight.shape, window)
        kernels = _by_position(weight)
        output = input.new_empty(*kernels.shape[:2], batch)
        for rows, positions in _chunks(patches):
            torch.bmm(kernels[positions], _as_matrices(patches[rows]), out=output[positions])
        return output.view(*weight.shape[:3], batch).permute(3, 2, 0, 1).contiguous()

    @staticmethod
    def plain(input, weight, window):
        patches = _unfold(input, window)
        return torch.einsum("nkp,pok->nop", patches, _by_position(weight)).unflatten(2, weight.shape[:2])


class _InputGradient(_Bilinear):
    @staticmethod
    def partials(grad, output_grad, weight):
        return (_Output, grad, weight), (_WeightGradient, output_grad, grad)

    @staticmethod
    def forward(output_grad, weight, window):
        batch, in_channels = output_grad.shape[0], weight.shape[3]
        (height, width), (top, left) = window.image_size, window.padding
        kernels, output_grad = _by_position(weight), _grad_by_position(output_grad)
        if batch == 1:  # few numbers in long loops: torch's own fold is faster than adding tap by tap
            return _fold(torch.bmm(kernels.mT, output_grad).permute(2, 1, 0), window)
        result = output_grad.new_zeros(in_channels, height + 2 * top, width + 2 * left, batch)
        shares = _windows(result, weight.shape, window)
        for rows, positions in _chunks(shares):
            share = torch.bmm(kernels[positions].mT, output_grad[positions]).view(shares[rows].shape)
            # Windows overlap, so each tap is added on its own: the targets of one tap are all different.
            for target_row, share_row in zip(shares[rows].unbind(3), share.unbind(3), strict=True):
                for target, part in zip(target_row.unbind(3), share_row.unbind(3), strict=True):
                    target.add_(part)
        return result[:, top : top + height, left : left + width].permute(3, 0, 1, 2).contiguous()

    @staticmethod
    def plain(output_grad, weight, window):
        return _fold(torch.einsum("nop,pok->nkp", output_grad.flatten(2), _by_position(weight)), window)


class _WeightGradient(_Bilinear):
    @staticmethod
    def partials(grad, output_grad, input):
        return (_Output, input, grad), (_InputGradient, output_grad, grad)

    @staticmethod
    def forward(output_grad, input, window):
        batch, out_channels, *output_size = output_grad.shape
        result = output_grad.new_empty(*output_size, out_channels, input.shape[1], *window.kernel_size)
        patches = _windows(_padded_batch_last(input, window), result.shape, window)
        kernels, output_grad = _by_position(result), _grad_by_position(output_grad)
        # With one image the product is an outer product, which bmm computes five times more slowly.
        product = torch.bmm if batch != 1 else torch.mul
        for rows, positions in _chunks(patches):
            product(output_grad[positions], _as_matrices(patches[rows]).mT, out=kernels[positions])
        return result

    @staticmethod
    def plain(output_grad, input, window):
        patches = _unfold(input, window)
        products = torch.einsum("nop,nkp->pok", output_grad.flatten(2), patches)
        return products.view(*output_grad.shape[2:], output_grad.shape[1], input.shape[1], *window.kernel_size)


def _unfold(input: Tensor, window: Window) -> Tensor:
    """(N, C, H, W) to its patches, (N, C K_h K_w, positions)."""
    return F.unfold(input, window.kernel_size, window.dilation, window.padding, window.stride)


def _fold(shares: Tensor, window: Window) -> Tensor:
    """Patches, (N, C K_h K_w, positions), added up where they overlap: (N, C, H, W)."""
    return F.fold(shares, window.image_size, window.kernel_size, window.dilation, window.padding, window.stride)


def _padded_batch_last(input: Tensor, window: Window) -> Tensor:
    """(N, C, H, W) to a contiguous (C, H + 2 padding, W + 2 padding, N)."""
    top, left = window.padding
    if top or left:
        input = F.pad(input, (left, left, top, top))
    return input.permute(1, 2, 3, 0).contiguous()


def _windows(image: Tensor, weight_shape: torch.Size, window: Window) -> Tensor:
    """View a contiguous (C, H, W, N) as its overlapping windows, (H_out, W_out, C, K_h, K_w, N), without a copy."""
    channel, row, column, item = image.stride()
    stride, dilation = window.stride, window.dilation
    return image.as_strided(
        (*weight_shape[:2], *weight_shape[3:], image.shape[3]),
        (row * stride[0], column * stride[1], channel, row * dilation[0], column * dilation[1], item),
    )


def _by_position(weight: Tensor) -> Tensor:
    """(H_out, W_out, C_out, C_in, K_h, K_w) to (positions, C_out, C_in K_h K_w), a view."""
    return weight.flatten(3).flatten(0, 1)


def _grad_by_position(output_grad: Tensor) -> Tensor:
    """(N, C_out, H_out, W_out) to a contiguous (positions, C_out, N)."""
    return output_grad.permute(2, 3, 1, 0).contiguous().flatten(0, 1)


def _as_matrices(patches: Tensor) -> Tensor:
    """(rows, W_out, C_in, K_h, K_w, N) to (positions, C_in K_h K_w, N), a copy."""
    return patches.flatten(2, 4).flatten(0, 1)


def _chunks(windows: Tensor) -> Iterator[tuple[slice, slice]]:
    """Split the output rows so that one chunk's patches take about CHUNK_BYTES: slices of rows and of positions."""
    height, width = windows.shape[:2]
    row_bytes = max(1, windows.numel() // height * windows.element_size())
    step = max(1, CHUNK_BYTES // row_bytes)
    for first in range(0, height, step):
        last = min(first + step, height)
        yield slice(first, last), slice(first * width, last * width)
