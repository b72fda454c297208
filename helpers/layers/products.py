"""What a locally connected layer computes: three products, whose derivatives are made of each other."""

import inspect
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from helpers import counting

CHUNK_BYTES = 4 * 2**20
"""Size of the patches copied at a time: they stay in a core's cache, and Python's own time does not count."""

FEW_PRODUCTS = 2**16
"""Up to so many, torch's own operations are faster: calling one of those below takes longer than what it computes."""


def local_product(input: Tensor, weight: Tensor, bias: Tensor | None, sizes: counting.Layer) -> Tensor:
    """Return the products of every patch with the kernel of its position: `F.conv2d` without sharing.

    Shapes: input (N, C_in, H, W), weight (H_out, W_out, C_out, C_in, K_h, K_w), bias (H_out, W_out, C_out), output
    (N, C_out, H_out, W_out). All are of one floating point dtype and of these `sizes`, which is not checked here.
    """
    # A compiler can look into torch's own operations only.
    plain = torch.compiler.is_compiling() or torch.jit.is_tracing() or len(input) * weight.numel() <= FEW_PRODUCTS
    output = (_Output.apply_unfolded if plain else _Output.apply)(input, weight, sizes)
    return output if bias is None else output + bias.permute(2, 0, 1)


# The layer is linear in its input and linear in its weight. So the gradient of each of the three operations below is
# made of the other two, and every higher derivative follows without more code:
#   output          = _Output(input, weight)
#   input gradient  = _InputGradient(output gradient, weight)
#   weight gradient = _WeightGradient(output gradient, input)
# Patches are recomputed, never kept. Inside, the batch comes last: copying a patch then moves runs of whole batches,
# and the products of all positions are one batched matrix product with the weight as it is stored.


class _Bilinear(torch.autograd.Function):
    """An operation on two tensors and a layer's sizes that is linear in each tensor.

    A subclass has `forward`, the operation, whose result is never a view, so that it may be changed in place;
    `apply_unfolded`, the same by torch's own operations, which `vmap` can transform; and `list_partials`, the operation
    and its tensors that give the gradient of each of the two.
    """

    def __init_subclass__(cls) -> None:
        # torch asks for this signature at every call, and working it out takes longer than a small layer.
        cls.forward.__signature__ = inspect.signature(cls.forward)

    @staticmethod
    def setup_context(ctx, inputs, output):
        first, second, ctx.sizes = inputs
        ctx.save_for_backward(first, second)
        ctx.save_for_forward(first, second)

    @classmethod
    def backward(cls, ctx, grad):
        partials = cls.list_partials(grad, *ctx.saved_tensors)
        needed = zip(partials, ctx.needs_input_grad, strict=False)
        return (*(f.apply(a, b, ctx.sizes) if need else None for (f, a, b), need in needed), None)

    @classmethod
    def jvp(cls, ctx, first_tangent, second_tangent, _):
        first, second = ctx.saved_tensors
        terms = []
        if first_tangent is not None:
            terms.append(cls.apply(first_tangent, second, ctx.sizes))
        if second_tangent is not None:
            terms.append(cls.apply(first, second_tangent, ctx.sizes))
        return sum(terms[1:], terms[0])

    @classmethod
    def vmap(cls, info, in_dims, first, second, sizes):
        return torch.vmap(cls.apply_unfolded, (*in_dims[:2], None))(first, second, sizes), 0


class _Output(_Bilinear):
    """The output map (N, C_out, H_out, W_out) of an input and a weight."""

    @staticmethod
    def list_partials(grad, input, weight):
        return (_InputGradient, grad, weight), (_WeightGradient, grad, input)

    @staticmethod
    def forward(input, weight, sizes):
        batch = input.shape[0]
        patches = _view_windows(_pad_batch_last(input, sizes), sizes)
        kernels = _flatten_kernels(weight)
        output = input.new_empty(*kernels.shape[:2], batch)
        for rows, positions in _split_rows(patches):
            torch.bmm(kernels[positions], _copy_as_matrices(patches[rows]), out=output[positions])
        return _copy(output.view(*weight.shape[:3], batch).permute(3, 2, 0, 1))

    @staticmethod
    def apply_unfolded(input, weight, sizes):
        patches = unfold(input, sizes).permute(2, 1, 0).contiguous()  # with the batch last the product is faster
        output = torch.bmm(_flatten_kernels(weight), patches)
        return output.permute(2, 1, 0).unflatten(2, weight.shape[:2]).contiguous()


class _InputGradient(_Bilinear):
    """The gradient (N, C_in, H, W) of the input, of the output gradient and the weight."""

    @staticmethod
    def list_partials(grad, output_grad, weight):
        return (_Output, grad, weight), (_WeightGradient, output_grad, grad)

    @staticmethod
    def forward(output_grad, weight, sizes):
        batch, in_channels = output_grad.shape[0], weight.shape[3]
        kernels, output_grad = _flatten_kernels(weight), _move_positions_first(output_grad)
        if batch == 1:  # few numbers in long loops: torch's own fold is faster than adding tap by tap
            return _copy(_fold(torch.bmm(output_grad.mT, kernels).permute(1, 2, 0), sizes))
        result = output_grad.new_zeros(in_channels, *sizes.padded_size, batch)
        shares = _view_windows(result, sizes)
        for rows, positions in _split_rows(shares):
            share = torch.bmm(kernels[positions].mT, output_grad[positions]).view(shares[rows].shape)
            # Windows overlap, so each tap is added on its own: the targets of one tap are all different.
            for target_row, share_row in zip(shares[rows].unbind(3), share.unbind(3), strict=True):
                for target, part in zip(target_row.unbind(3), share_row.unbind(3), strict=True):
                    target.add_(part)
        return _copy(_crop(result.permute(3, 0, 1, 2), sizes))

    @staticmethod
    def apply_unfolded(output_grad, weight, sizes):
        return _fold(torch.einsum("nop,pok->nkp", output_grad.flatten(2), _flatten_kernels(weight)), sizes)


class _WeightGradient(_Bilinear):
    """The gradient (H_out, W_out, C_out, C_in, K_h, K_w) of the weight, of the output gradient and the input."""

    @staticmethod
    def list_partials(grad, output_grad, input):
        return (_Output, input, grad), (_InputGradient, output_grad, grad)

    @staticmethod
    def forward(output_grad, input, sizes):
        batch, out_channels, *output_size = output_grad.shape
        result = output_grad.new_empty(*output_size, out_channels, input.shape[1], *sizes.kernel_size)
        patches = _view_windows(_pad_batch_last(input, sizes), sizes)
        kernels, output_grad = _flatten_kernels(result), _move_positions_first(output_grad)
        # With one image the product is an outer product, which bmm computes five times more slowly.
        product = torch.bmm if batch != 1 else torch.mul
        for rows, positions in _split_rows(patches):
            product(output_grad[positions], _copy_as_matrices(patches[rows]).mT, out=kernels[positions])
        return result

    @staticmethod
    def apply_unfolded(output_grad, input, sizes):
        patches = unfold(input, sizes)
        products = torch.einsum("nop,nkp->pok", output_grad.flatten(2), patches)
        return products.view(*output_grad.shape[2:], output_grad.shape[1], input.shape[1], *sizes.kernel_size)


def unfold(input: Tensor, sizes: counting.Layer) -> Tensor:
    """Return the patches of images: (N, C, H, W) to (N, C K_h K_w, positions)."""
    return F.unfold(_pad(input, sizes), sizes.kernel_size, sizes.dilation, stride=sizes.stride)


def _fold(shares: Tensor, sizes: counting.Layer) -> Tensor:
    """Return images in which overlapping patches are added up: (N, C K_h K_w, positions) to (N, C, H, W)."""
    images = F.fold(shares, sizes.padded_size, sizes.kernel_size, sizes.dilation, stride=sizes.stride)
    return _crop(images, sizes)


def _pad(input: Tensor, sizes: counting.Layer) -> Tensor:
    """Return images with their zeros around them: (N, C, H, W) to (N, C, padded H, padded W)."""
    if sizes.padded_size == sizes.image_size:
        return input
    (top, left), (bottom, right) = sizes.padding, sizes.padding_after
    return F.pad(input, (left, right, top, bottom))


def _crop(images: Tensor, sizes: counting.Layer) -> Tensor:
    """Return a view of images without the zeros around them: the shapes of `_pad` the other way."""
    (top, left), (height, width) = sizes.padding, sizes.image_size
    return images[..., top : top + height, left : left + width]


def _pad_batch_last(input: Tensor, sizes: counting.Layer) -> Tensor:
    """Return padded images with the batch last: (N, C, H, W) to a contiguous (C, padded H, padded W, N)."""
    return _pad(input, sizes).permute(1, 2, 3, 0).contiguous()


def _view_windows(image: Tensor, sizes: counting.Layer) -> Tensor:
    """Return a view of the overlapping windows of a padded image.

    Shapes: a contiguous (C, H, W, N) to (H_out, W_out, C, K_h, K_w, N).
    """
    channel, row, column, item = image.stride()
    (down, right), dilation = sizes.stride, sizes.dilation
    return image.as_strided(
        (*sizes.output_size, image.shape[0], *sizes.kernel_size, image.shape[3]),
        (row * down, column * right, channel, row * dilation[0], column * dilation[1], item),
    )


def _flatten_kernels(weight: Tensor) -> Tensor:
    """Return a view: (H_out, W_out, C_out, C_in, K_h, K_w) to (positions, C_out, C_in K_h K_w)."""
    return weight.flatten(3).flatten(0, 1)


def _move_positions_first(output_grad: Tensor) -> Tensor:
    """Return a copy of an output gradient: (N, C_out, H_out, W_out) to a contiguous (positions, C_out, N)."""
    return output_grad.permute(2, 3, 1, 0).contiguous().flatten(0, 1)


def _copy(tensor: Tensor) -> Tensor:
    """Return a contiguous copy, also where `contiguous` would return the tensor itself."""
    return tensor.clone(memory_format=torch.contiguous_format)


def _copy_as_matrices(patches: Tensor) -> Tensor:
    """Return a copy of patches: (rows, W_out, C_in, K_h, K_w, N) to (positions, C_in K_h K_w, N)."""
    return patches.flatten(2, 4).flatten(0, 1)


def _split_rows(windows: Tensor) -> Iterator[tuple[slice, slice]]:
    """Yield slices of output rows, and of their positions, whose patches take about CHUNK_BYTES."""
    height, width = windows.shape[:2]
    row_bytes = max(1, windows.numel() // height * windows.element_size())
    step = max(1, CHUNK_BYTES // row_bytes)
    for first in range(0, height, step):
        yield slice(first, first + step), slice(first * width, (first + step) * width)
