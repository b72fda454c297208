"""The exercises of notebook 2."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import counting, layers
from helpers.checks import Code, Number, Sheet
from helpers.checks.local_connectivity import WRONG_SIDES
from helpers.checks.outcomes import RefusedError, UnansweredError

SIZES = "in_channels", "out_channels", "image_size", "kernel_size", "stride", "padding"
PARTS = "dense", "local", "shared"


def _count(in_channels: int, out_channels: int, image_size: int, kernel_size: int, stride: int, padding: int) -> tuple:
    sizes = counting.Layer(in_channels, out_channels, image_size, kernel_size, stride, padding, bias=False)
    return sizes.dense.weights, sizes.local.weights, sizes.shared.weights


def _counted_with(**changes: int) -> Callable[..., tuple]:
    """Count in the right way, but for other sizes."""
    return lambda *sizes: _count(**(dict(zip(SIZES, sizes, strict=True)) | changes))


def _from_side(side: Callable) -> Callable[..., tuple]:
    """Count in the right way, but with a wrong formula for the side of the output map."""

    def count(
        in_channels: int, out_channels: int, image_size: int, kernel_size: int, stride: int, padding: int
    ) -> tuple:
        units, kernel = out_channels * side(image_size, kernel_size, stride, padding) ** 2, in_channels * kernel_size**2
        return units * in_channels * image_size**2, units * kernel, out_channels * kernel

    return count


def _units(*sizes: int) -> tuple:
    _, local, shared = _count(*sizes)
    return (local // shared * sizes[1],) * 3


def _with_biases(*sizes: int) -> tuple:
    counted = counting.Layer(*sizes)
    return tuple(each.weights + each.biases for each in (counted.dense, counted.local, counted.shared))


def _without_columns(*sizes: int) -> tuple:
    dense, local, shared = _count(*sizes)
    side = math.isqrt(local // shared)
    return dense // side, local // side, shared


def _kernel_side(*sizes: int) -> tuple:
    dense, local, shared = _count(*sizes)
    return dense, local // sizes[3], shared // sizes[3]


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
    conv = written(local)
    if conv is ...:
        raise UnansweredError
    if not isinstance(conv, nn.Conv2d):
        raise RefusedError(f"expected an nn.Conv2d, came {'nothing' if conv is None else 'a ' + type(conv).__name__}.")
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


def _kernel_gradient(image: Tensor, output_grad: Tensor) -> Tensor:
    return F.conv2d(image[None, None], output_grad[None, None])[0, 0]


def _last_use(image: Tensor, output_grad: Tensor) -> Tensor:
    height, width = output_grad.shape
    return output_grad[-1, -1] * image[height - 1 :, width - 1 :]


def _first_use(image: Tensor, output_grad: Tensor) -> Tensor:
    return _first_row(image[:, : image.shape[1] - output_grad.shape[1] + 1], output_grad[:, :1])


def _first_row(image: Tensor, output_grad: Tensor) -> Tensor:
    return _kernel_gradient(image[: image.shape[0] - output_grad.shape[0] + 1], output_grad[:1])


def _each_use(image: Tensor, output_grad: Tensor) -> Tensor:
    kernel_size = [i - o + 1 for i, o in zip(image.shape, output_grad.shape, strict=True)]
    patches = image.unfold(0, kernel_size[0], 1).unfold(1, kernel_size[1], 1)
    return patches * output_grad[..., None, None]


def _diagonal(image: Tensor, output_grad: Tensor) -> Tensor:
    kept = torch.zeros_like(output_grad).fill_diagonal_(1)
    return _kernel_gradient(image, output_grad * kept)


def _same_patch(image: Tensor, output_grad: Tensor) -> Tensor:
    height, width = output_grad.shape
    patch = image[: image.shape[0] - height + 1, : image.shape[1] - width + 1]
    return output_grad.sum() * patch


check = Sheet(
    Number(
        right=counting.Layer(1, 3, 10, 3, bias=False).tiled(2).weights,
        mistakes={
            3 * 9: "That is period 1: one kernel a channel for all positions.",
            2 * 3 * 9: "The period holds along rows and along columns.",
            4 * 9: "Does every output channel have kernels of its own?",
            4 * 3: "These are the kernels. How many weights has each?",
            4 * 3 * 10: "You counted the biases too.",
            4 * 3 * 9 + 3: "There are no biases here, not even one for each channel.",
            2 * 9: "How many output channels are there, and does the period hold along columns too?",
            4 * 3 * 3 * 9: "There are 3 channels out, but 1 channel in.",
            9 * 3 * 9: "How many kernels are there along a row before the first one comes again?",
            25 * 3 * 9: "Dividing by the period tells how often a kernel is used. How many different ones take turns?",
            64 * 3 * 9 // 2: "Period 2 does not mean that two positions share a kernel. Which ones share?",
            100 * 3 * 9: "That is a kernel for every pixel. Which positions share one?",
            480: "These are the bytes. How many weights are stored?",
            64 * 3 * 9: "Nothing is shared then: period 2 makes positions use the same kernel.",
            64 * 3: "These are the output units.",
            16 * 3 * 9: "Positions 2 apart share a kernel, down as well as along. How many kernels differ, each way?",
        },
    ),
    Code(
        right=_count,
        parts=PARTS,
        cases=lambda: [
            (1, 2, 6, 3, 1, 0),
            (3, 2, 6, 3, 1, 1),
            (2, 4, 9, 3, 2, 1),
            (1, 1, 9, 4, 3, 0),
            (2, 3, 6, 2, 1, 0),
            (3, 5, 7, 2, 2, 2),
        ],
        mistakes={
            "You counted output units, not weights.": _units,
            "You counted the biases too.": _with_biases,
            "An output sees its square in every input channel.": _counted_with(in_channels=1),
            "Each output channel has weights of its own.": _counted_with(out_channels=1),
            "The output map has rows and columns.": _without_columns,
            "The dense layer leads to the same output map, which need not be as large as the image.": (
                lambda in_channels, out_channels, image_size, *_: (in_channels * out_channels * image_size**4, -1, -1)
            ),
            "Padding zeros are no inputs, so a dense layer has no weights for them.": (
                lambda in_channels, out_channels, image_size, kernel_size, stride, padding: _count(
                    in_channels, out_channels, image_size + 2 * padding, kernel_size, stride, 0
                )
            ),
            "A dense unit sees the whole image, not only its square.": lambda *sizes: (_count(*sizes)[1], -1, -1),
            "The dense layer has an output for every place of the map.": (
                lambda in_channels, out_channels, image_size, *_: (in_channels * out_channels * image_size**2, -1, -1)
            ),
            "The image has rows and columns.": lambda *sizes: (_count(*sizes)[0] // sizes[2], -1, -1),
            "A kernel has rows and columns.": _kernel_side,
            "A locally connected layer has a kernel at every place.": lambda *sizes: (-1, _count(*sizes)[2], -1),
            "Shared means stored once, however many positions use it.": lambda *sizes: (-1, -1, _count(*sizes)[1]),
        }
        | {words: _from_side(side) for words, side in WRONG_SIDES.items()},
    ),
    Code(
        right=_tie,
        cases=lambda: [(1, 1, 5, 2), (2, 3, 6, 3), (3, 2, 8, 3, 2, 1)],
        probe=_tied,
        where=lambda in_channels, out_channels, image_size, kernel_size, *how: (
            f"For a layer from {in_channels} to {out_channels} channels, on {image_size}×{image_size} pixels, with "
            f"{kernel_size}×{kernel_size} kernels" + (", stride 2 and padding 1" if how else "")
        ),
        mistakes={
            "This is the kernel of one position. The mean is asked for.": _changed(
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
    ),
    Code(
        right=_kernel_gradient,
        cases=lambda: [
            (torch.randn(4, 4), torch.randn(3, 3)),
            (torch.randn(6, 6), torch.randn(4, 4)),
            (torch.randn(7, 5), torch.randn(5, 3)),
            (torch.randn(5, 5), torch.randn(2, 2)),
        ],
        mistakes={
            "This is the mean over the uses.": lambda image, output_grad: (
                _kernel_gradient(image, output_grad) / output_grad.numel()
            ),
            "This is the last use alone. Are all uses added up?": _last_use,
            "This is the first use alone. Is the `return` inside a loop?": _first_use,
            "These are the uses of the first row alone. Is the `return` inside a loop?": _first_row,
            "Only the positions on the diagonal are there. Rows and columns need a loop each.": _diagonal,
            "These are the gradients of all uses, one by one. The shared kernel has one gradient.": _each_use,
            "This is one number. Each weight of the kernel has a sum of its own.": lambda image, output_grad: (
                _kernel_gradient(image, output_grad).sum()
            ),
            "All weights have the same gradient. Each weight has a sum of its own.": lambda image, output_grad: (
                _kernel_gradient(image, output_grad).sum().expand_as(_kernel_gradient(image, output_grad))
            ),
            "Rows and columns are asked for, without dimensions for channels.": lambda image, output_grad: (
                _kernel_gradient(image, output_grad)[None, None]
            ),
            "A kernel of one pixel gives an output as large as the image. Does your kernel's side fit that?": (
                lambda image, output_grad: _kernel_gradient(image, output_grad)[:-1, :-1]
            ),
            "The gradient itself is asked for, not the step against it.": lambda image, output_grad: (
                -_kernel_gradient(image, output_grad)
            ),
            "The patch is the same at every position. Does it move along?": _same_patch,
            "This is the largest use. A nudge to the weight acts at all of them.": lambda image, output_grad: _each_use(
                image, output_grad
            ).amax((0, 1)),
            "The image is missing. What did each position multiply the kernel with?": lambda image, output_grad: (
                _kernel_gradient(torch.ones_like(image), output_grad)
            ),
            "Each patch goes with the gradient of its own output, not with all of them.": lambda image, output_grad: (
                _kernel_gradient(image, output_grad.sum().expand_as(output_grad))
            ),
            "Each use is multiplied with its output's gradient.": lambda image, output_grad: _kernel_gradient(
                image, torch.ones_like(output_grad)
            ),
            "The result is turned by 180 degrees.": lambda image, output_grad: _kernel_gradient(
                image, output_grad
            ).flip(0, 1),
            "The gradient of the output is turned by 180 degrees: it goes with its own position's patch.": (
                lambda image, output_grad: _kernel_gradient(image, output_grad.flip(0, 1))
            ),
            "Rows and columns of the result are mixed up.": lambda image, output_grad: (
                _kernel_gradient(image, output_grad).mT
            ),
            "Rows and columns of the output's gradient are mixed up.": lambda image, output_grad: _kernel_gradient(
                image, output_grad.mT
            ),
            "Uses cancel in part: add them with their signs.": lambda image, output_grad: _kernel_gradient(
                image.abs(), output_grad.abs()
            ),
        },
    ),
    Number(
        right=next(side for side in range(3, 1000) if side**2 >= 500_000),
        mistakes={
            707: "With 707×707 positions, does sharing divide the weights by 500,000 yet?",
            706: "With padding 1 the map is as large as the image, and no larger.",
            708**2: "That is a ratio. Which side leads to it?",
            299: "There the panel ends. What is the ratio?",
            47: "You compare with the dense layer. What does sharing change: the dense layer or the local one?",
            2122: "That is dense against local. Sharing begins with the local layer.",
            4000: "Each channel has its kernel in both layers. So does the number of channels change the ratio?",
            710: "With padding 1 a 3×3 kernel fits around every pixel.",
            709: "Padding adds a pixel on both sides.",
            192: "That is the article's layer. What is the ratio there?",
            500_000: "That is the ratio itself. How does it depend on the side?",
            250_000: "The number of positions is a square, not twice the side.",
            125: "Both layers have 32 output channels, so they cancel in the ratio.",
            236: "Both kernels have 9 weights, so they cancel in the ratio.",
            42: "Channels and kernels cancel in the ratio: what remains?",
        },
    ),
)
