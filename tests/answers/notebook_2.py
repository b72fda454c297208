"""Answers to the exercises of notebook 2."""

import copy
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from helpers import counting, layers
from tests.answers import Answers, only


def count_by_positions(in_channels, out_channels, image_size, kernel_size, stride, padding):
    places = range(-padding, image_size + padding - kernel_size + 1, stride)
    dense = local = 0
    for _row in places:
        for _column in places:
            for _channel in range(out_channels):
                dense += in_channels * image_size * image_size
                local += in_channels * kernel_size * kernel_size
    return [dense, local, local // len(places) ** 2]


def count_by_layers(in_channels, out_channels, image_size, kernel_size, stride, padding):
    conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=False)
    image = torch.zeros(in_channels, image_size, image_size)
    output = conv(image)
    local = layers.LocallyConnected2d(in_channels, out_channels, image_size, kernel_size, stride, padding, bias=False)
    return output.numel() * image.numel(), local.weight.numel(), conv.weight.numel()


def count_by_name(*sizes):
    counted = counting.Layer(*sizes)
    return {name: getattr(counted, name).weights for name in ("shared", "local", "dense")}


def count_in_numpy(in_channels, out_channels, image_size, kernel_size, stride, padding):
    side = np.floor((image_size + 2 * padding - kernel_size) / stride) + 1
    shared = np.prod([out_channels, in_channels, kernel_size, kernel_size])
    return out_channels * side**2 * in_channels * image_size**2, shared * side**2, shared


def counted(
    dense=lambda i, o, n, k, side: side**2 * o * n**2 * i,
    local=lambda i, o, n, k, side: side**2 * o * k**2 * i,
    shared=lambda i, o, n, k, side: o * k**2 * i,
    side=lambda n, k, s, p: (n + 2 * p - k) // s + 1,
):
    """Return a learner's `count` that has a formula wrong.

    They take in_channels, out_channels, image_size, kernel_size and the side of the output map; that of the side
    takes image_size, kernel_size, stride and padding.
    """

    def count(in_channels, out_channels, image_size, kernel_size, stride, padding):
        known = in_channels, out_channels, image_size, kernel_size, side(image_size, kernel_size, stride, padding)
        return dense(*known), local(*known), shared(*known)

    return only(count)


def count_with_biases(in_channels, out_channels, image_size, kernel_size, stride, padding):
    side = (image_size + 2 * padding - kernel_size) // stride + 1
    units, kernel = out_channels * side**2, in_channels * kernel_size**2
    return units * (in_channels * image_size**2 + 1), units * (kernel + 1), out_channels * (kernel + 1)


def count_without_return(*sizes):
    dense, local, shared = count_by_positions(*sizes)
    print(dense, local, shared)


def count_with_a_typo(in_channels, out_channels, image_size, kernel_size, stride, padding):
    side = (image_size + 2 * padding - kernel) // stride + 1  # noqa: F821
    return side


def conv_of(local, **changes):
    """Make the convolution of a layer's sizes, as learners do first, with random weights."""
    return nn.Conv2d(
        local.in_channels,
        local.out_channels,
        **{"kernel_size": local.kernel_size, "stride": local.stride, "padding": local.padding} | changes,
    )


def tie_by_copy(local):
    conv = nn.Conv2d(
        in_channels=local.in_channels,
        out_channels=local.out_channels,
        kernel_size=local.kernel_size[0],
        stride=local.stride[0],
        padding=local.padding[0],
    )
    with torch.no_grad():
        conv.weight.copy_(local.weight.mean(dim=0).mean(dim=0))
        conv.bias.copy_(local.bias.mean(dim=(0, 1)))
    return conv


def tie_by_loops(local):
    conv = conv_of(local)
    height, width = local.output_size
    weight, bias = torch.zeros_like(conv.weight), torch.zeros_like(conv.bias)
    for i in range(height):
        for j in range(width):
            weight += local.weight[i, j].detach() / (height * width)
            bias += local.bias[i, j].detach() / (height * width)
    conv.weight, conv.bias = nn.Parameter(weight), nn.Parameter(bias)
    return conv


def tie_by_state(local):
    conv = conv_of(local)
    conv.load_state_dict({name: part.flatten(0, 1).mean(0) for name, part in local.state_dict().items()})
    return conv


def tie_by_bridge(local):
    tied = copy.deepcopy(local).requires_grad_(False)
    for parameter in tied.parameters():
        parameter[:] = parameter.mean((0, 1), keepdim=True)
    return layers.to_conv(tied)


def tie_by_einsum(local):
    conv = conv_of(local)
    conv.weight.data = torch.einsum("hwoikl->oikl", local.weight.data) / math.prod(local.output_size)
    conv.bias.data = torch.tensor(np.mean(local.bias.detach().numpy(), axis=(0, 1)))
    return conv


def tied(weight=lambda weight: weight.mean((0, 1)), bias=lambda bias: bias.mean((0, 1)), **changes):
    """Return a learner's `tie` that has a summary or an argument wrong."""

    def tie(local):
        conv = conv_of(local, **changes)
        conv.weight.data, conv.bias.data = weight(local.weight.data), bias(local.bias.data)
        return conv

    return only(tie)


def tie_weight_only(local):
    conv = conv_of(local)
    conv.weight.data = local.weight.data.mean((0, 1))
    return conv


def tie_without_stride(local):
    conv = nn.Conv2d(local.in_channels, local.out_channels, local.kernel_size, padding=local.padding)
    conv.weight.data, conv.bias.data = local.weight.data.mean((0, 1)), local.bias.data.mean((0, 1))
    return conv


def tie_without_padding(local):
    conv = nn.Conv2d(local.in_channels, local.out_channels, local.kernel_size, local.stride)
    conv.weight.data, conv.bias.data = local.weight.data.mean((0, 1)), local.bias.data.mean((0, 1))
    return conv


def tie_without_both(local):
    conv = nn.Conv2d(local.in_channels, local.out_channels, local.kernel_size)
    conv.weight.data, conv.bias.data = local.weight.data.mean((0, 1)), local.bias.data.mean((0, 1))
    return conv


def tie_without_bias(local):
    conv = conv_of(local, bias=False)
    conv.weight.data = local.weight.data.mean((0, 1))
    return conv


def tie_swapped(local):
    conv = nn.Conv2d(local.out_channels, local.in_channels, local.kernel_size, local.stride, local.padding)
    conv.weight.data, conv.bias.data = local.weight.data.mean((0, 1)), local.bias.data.mean((0, 1))
    return conv


def tie_by_assigning(local):
    conv = conv_of(local)
    conv.weight = local.weight.mean((0, 1))
    return conv


def tie_in_place(local):
    conv = conv_of(local)
    conv.weight.copy_(local.weight.mean((0, 1)))
    return conv


def tie_the_layer(local):
    local.weight.data[:] = local.weight.data.mean((0, 1))
    local.bias.data[:] = local.bias.data.mean((0, 1))
    return local


def tie_without_return(local):
    tie_by_state(local)


def gradient_by_conv(image, output_grad):
    return F.conv2d(image[None, None], output_grad[None, None]).squeeze((0, 1))


def gradient_by_torch(image, output_grad):
    side = image.shape[0] - output_grad.shape[0] + 1
    return nn.grad.conv2d_weight(image[None, None], (1, 1, side, side), output_grad[None, None])[0, 0]


def gradient_by_numpy(image, output_grad):
    image, output_grad = image.numpy(), output_grad.numpy()
    side = len(image) - len(output_grad) + 1
    windows = np.lib.stride_tricks.sliding_window_view(image, (side, side))
    return np.tensordot(output_grad, windows, axes=2)


def gradient_by_entries(image, output_grad):
    height, width = output_grad.shape
    side = image.shape[0] - height + 1
    return [
        [sum((output_grad * image[a : a + height, b : b + width]).flatten().tolist()) for b in range(side)]
        for a in range(side)
    ]


def gradient_by_uses(image, output_grad):
    side = image.shape[0] - output_grad.shape[0] + 1
    uses = output_grad[:, :, None, None] * image.unfold(0, side, 1).unfold(1, side, 1)  # (H_out, W_out, K, K)
    return uses.sum((0, 1))


def gradients_added(add, side=lambda image, output_grad: image.shape[0] - output_grad.shape[0] + 1):
    """Return a learner's loop over all positions with a slip in what it adds."""

    def kernel_gradient(image, output_grad):
        kernel_size = side(image, output_grad)
        grad = torch.zeros(kernel_size, kernel_size)
        for i in range(output_grad.shape[0]):
            for j in range(output_grad.shape[1]):
                grad = add(grad, output_grad, image, i, j, kernel_size)
        return grad

    return only(kernel_gradient)


def gradient_from_one_loop(image, output_grad):
    side = image.shape[0] - output_grad.shape[0] + 1
    grad = torch.zeros(side, side)
    for i in range(min(output_grad.shape)):
        grad += output_grad[i, i] * image[i : i + side, i : i + side]
    return grad


def gradient_returned_first(image, output_grad):
    side = image.shape[0] - output_grad.shape[0] + 1
    grad = torch.zeros(side, side)
    for i in range(output_grad.shape[0]):
        for j in range(output_grad.shape[1]):
            grad += output_grad[i, j] * image[i : i + side, j : j + side]
            return grad


def gradient_returned_after_a_row(image, output_grad):
    side = image.shape[0] - output_grad.shape[0] + 1
    grad = torch.zeros(side, side)
    for i in range(output_grad.shape[0]):
        for j in range(output_grad.shape[1]):
            grad += output_grad[i, j] * image[i : i + side, j : j + side]
        return grad


def gradient_of_each_use(image, output_grad):
    side = image.shape[0] - output_grad.shape[0] + 1
    uses = torch.zeros(*output_grad.shape, side, side)
    for i in range(output_grad.shape[0]):
        for j in range(output_grad.shape[1]):
            uses[i, j] = output_grad[i, j] * image[i : i + side, j : j + side]
    return uses


def gradient_as_one_number(image, output_grad):
    side = image.shape[0] - output_grad.shape[0] + 1
    grad = 0
    for i in range(output_grad.shape[0]):
        for j in range(output_grad.shape[1]):
            grad += (output_grad[i, j] * image[i : i + side, j : j + side]).sum()
    return grad


def gradient_over_pixels(image, output_grad):
    side = image.shape[0] - output_grad.shape[0] + 1
    grad = torch.zeros(side, side)
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            grad += output_grad[i, j] * image[i : i + side, j : j + side]
    return grad


def gradient_with_the_patch_of_outputs(image, output_grad):
    grad = torch.zeros_like(output_grad)
    for i in range(output_grad.shape[0]):
        for j in range(output_grad.shape[1]):
            grad += output_grad * image[i : i + output_grad.shape[0], j : j + output_grad.shape[1]]
    return grad


def gradient_without_return(image, output_grad):
    gradient_by_conv(image, output_grad)


def patch_of(image, i, j, kernel_size):
    return image[i : i + kernel_size, j : j + kernel_size]


def tie_with_loose_dimensions(local):
    conv = nn.Conv2d(local.in_channels, local.out_channels, local.kernel_size, local.stride, local.padding)
    conv.weight.data = local.weight.mean(0, 1)
    return conv


ANSWERS = {
    1: Answers(
        right={
            "formula": only(3 * 2**2 * 3**2),
            "float": only(108.0),
            "tensor": only(torch.tensor([2, 2, 3, 9]).prod()),
            "layer": only(layers.TiledConv2d(1, 3, 10, 3, 2, bias=False).weight.numel()),
            "counted": only(counting.Layer(1, 3, 10, 3).tiled(2).weights),
        },
        wrong={
            "a convolution": (only(3 * 9), "period 1"),
            "period along rows only": (only(2 * 3 * 9), "along rows and along columns"),
            "one channel out": (only(4 * 9), "one of the two missing"),
            "one channel, one direction": (only(2 * 9), "How many output channels"),
            "three channels in": (only(4 * 3 * 3 * 9), "but 1 channel in"),
            "kernels": (only(2 * 2 * 3), "These are the kernels"),
            "biases": (only(2 * 2 * 3 * (9 + 1)), "the biases too"),
            "a bias for each channel": (only(2 * 2 * 3 * 9 + 3), "not even one"),
            "nothing shared": (only(8 * 8 * 3 * 9), "Nothing is shared"),
            "units": (only(8 * 8 * 3), "output units"),
            "positions by period": (only((8 // 2) ** 2 * 3 * 9), "each way"),
            "pixels by period": (only((10 // 2) ** 2 * 3 * 9), "take turns"),
            "pairs share": (only(8 * 8 * 3 * 9 // 2), "two positions share"),
            "a kernel for every pixel": (only(10 * 10 * 3 * 9), "for every pixel"),
            "period 3": (only(3 * 3 * 3 * 9), "before the first one"),
            "bytes": (only(counting.Layer(1, 3, 10, 3).tiled(2).bytes), "the bytes"),
            "a guess": (only(2), "the check cannot tell"),
            "in words": (only("108"), "whole number"),
        },
    ),
    2: Answers(
        right={
            "position by position": only(count_by_positions),
            "real layers": only(count_by_layers),
            "by name": only(count_by_name),
            "numpy floats": only(count_in_numpy),
        },
        wrong={
            "units": (
                only(lambda i, o, n, k, s, p: (o * ((n + 2 * p - k) // s + 1) ** 2,) * 3),
                "counted output units",
            ),
            "biases": (only(count_with_biases), "the biases too"),
            "local in one input channel": (
                counted(local=lambda i, o, n, k, side: side**2 * o * k**2),
                "every input channel",
            ),
            "shared by all output channels": (counted(shared=lambda i, o, n, k, side: i * k**2), "weights of its own"),
            "one row of positions": (
                counted(local=lambda i, o, n, k, side: side * o * k**2 * i),
                "output map has rows",
            ),
            "dense to the image": (
                counted(dense=lambda i, o, n, k, side: i * n**2 * o * n**2),
                "as large as the image",
            ),
            "dense to the channels": (counted(dense=lambda i, o, n, k, side: i * n**2 * o), "every place of the map"),
            "dense sees a square": (counted(dense=lambda i, o, n, k, side: side**2 * o * k**2 * i), "the whole image"),
            "dense over one row": (counted(dense=lambda i, o, n, k, side: side**2 * o * n * i), "The image has rows"),
            "dense of padding": (
                only(
                    lambda i, o, n, k, s, p: (
                        o * ((n + 2 * p - k) // s + 1) ** 2 * i * (n + 2 * p) ** 2,
                        *count_by_positions(i, o, n, k, s, p)[1:],
                    )
                ),
                "no inputs",
            ),
            "kernel_size for its square": (
                counted(local=lambda i, o, n, k, side: side**2 * o * k * i, shared=lambda i, o, n, k, side: o * k * i),
                "A kernel has rows",
            ),
            "shared by position": (counted(shared=lambda i, o, n, k, side: side**2 * o * k**2 * i), "stored once"),
            "local is shared": (counted(local=lambda i, o, n, k, side: o * k**2 * i), "a kernel at every place"),
            "steps for places": (counted(side=lambda n, k, s, p: (n + 2 * p - k) // s), "How many steps"),
            "padding once": (counted(side=lambda n, k, s, p: (n + p - k) // s + 1), "both sides"),
            "padding forgotten": (counted(side=lambda n, k, s, p: (n - k) // s + 1), "Padding counts too"),
            "stride forgotten": (counted(side=lambda n, k, s, p: n + 2 * p - k + 1), "Stride counts too"),
            "ceil": (counted(side=lambda n, k, s, p: math.ceil((n + 2 * p - k) / s) + 1), "not up"),
            "round": (counted(side=lambda n, k, s, p: round((n + 2 * p - k) / s) + 1), "not to the nearest"),
            "fractions": (counted(side=lambda n, k, s, p: (n + 2 * p - k) / s + 1), "only whole steps: round down."),
            "odd kernels only": (counted(side=lambda n, k, s, p: (n + 2 * p - k // 2 * 2 - 1) // s + 1), "odd kernels"),
            "only two": (only(lambda *sizes: count_by_positions(*sizes)[:2]), "came 2 values."),
            "return forgotten": (only(count_without_return), "came None"),
            "one channel for all": (
                counted(
                    local=lambda i, o, n, k, side: side**2 * k**2,
                    shared=lambda i, o, n, k, side: k**2,
                ),
                "one channel in and one out",
            ),
            "other order": (only(lambda *sizes: count_by_positions(*sizes)[::-1]), "The order is dense"),
            "typo": (only(count_with_a_typo), "'kernel' is not defined"),
            "squares of the sum": (counted(shared=lambda i, o, n, k, side: (i + o) * k**2), "the check cannot tell"),
        },
    ),
    3: Answers(
        right={
            "copied in two means": only(tie_by_copy),
            "loops": only(tie_by_loops),
            "state": only(tie_by_state),
            "the bridge to a convolution": only(tie_by_bridge),
            "einsum and numpy": only(tie_by_einsum),
        },
        wrong={
            "first position": (tied(lambda weight: weight[0, 0], lambda bias: bias[0, 0]), "from one position"),
            "sum": (tied(lambda weight: weight.sum((0, 1)), lambda bias: bias.sum((0, 1))), "the sum over positions"),
            "pixels for positions": (
                only(
                    lambda local: tied(
                        lambda weight: weight.sum((0, 1)) / math.prod(local.image_size),
                        lambda bias: bias.sum((0, 1)) / math.prod(local.image_size),
                    )[0](local)
                ),
                "number of pixels",
            ),
            "output channels shared": (
                tied(lambda weight: weight.mean((0, 1, 2)).expand(weight.shape[2:])),
                "each output channel keeps its own",
            ),
            "input channels shared": (
                tied(lambda weight: weight.mean((0, 1, 3), keepdim=True)[0, 0].expand(weight.shape[2:])),
                "each input channel keeps its own",
            ),
            "mean within the kernel": (
                tied(lambda weight: weight.mean((0, 1, 4, 5), keepdim=True)[0, 0].expand(weight.shape[2:])),
                "the kernel's own rows",
            ),
            "mean of everything": (tied(lambda weight: weight.mean(), lambda bias: bias.mean()), "mean of all numbers"),
            "mean over rows": (
                tied(lambda weight: weight.mean(0), lambda bias: bias.mean(0)),
                "these are two dimensions",
            ),
            "mean over the last": (tied(lambda weight: weight.mean((-2, -1))), "within a kernel"),
            "mean over channels": (tied(lambda weight: weight.mean((2, 3))), "mean over channels"),
            "one bias": (tied(bias=lambda bias: bias.mean().expand(bias.shape[2])), "a bias of its own"),
            "bias zero": (tied(bias=lambda bias: torch.zeros(bias.shape[2])), "The bias is zero"),
            "bias as made": (only(tie_weight_only), "random numbers"),
            "no bias": (only(tie_without_bias), "has no bias"),
            "transposed kernels": (tied(lambda weight: weight.mean((0, 1)).mT), "Rows and columns of the kernel"),
            "channels transposed": (tied(lambda weight: weight.mean((0, 1)).transpose(0, 1)), "mixed up in the kernel"),
            "channels swapped": (only(tie_swapped), "Channels in and out are mixed up."),
            "kernel always 3×3": (tied(kernel_size=3), "always 3×3"),
            "stride forgotten": (only(tie_without_stride), "the layer's stride?"),
            "padding forgotten": (only(tie_without_padding), "the layer's padding?"),
            "both forgotten": (only(tie_without_both), "stride and padding?"),
            "a tensor for a parameter": (only(tie_by_assigning), "put the numbers into its `.data`"),
            "in place": (only(tie_in_place), "in-place"),
            "the layer itself": (only(tie_the_layer), "came a LocallyConnected2d"),
            "the bridge alone": (only(layers.to_conv), "stopped with ValueError"),
            "weight alone": (only(lambda local: local.weight.mean((0, 1))), "came a Tensor"),
            "dimensions one by one": (only(tie_with_loose_dimensions), "go in as a tuple"),
            "return forgotten": (only(tie_without_return), "came None"),
        },
    ),
    4: Answers(
        right={
            "convolution": only(gradient_by_conv),
            "torch's own": only(gradient_by_torch),
            "numpy": only(gradient_by_numpy),
            "entry by entry": only(gradient_by_entries),
            "uses summed": only(gradient_by_uses),
        },
        wrong={
            "mean": (only(lambda image, grad: gradient_of_each_use(image, grad).mean((0, 1))), "mean over the uses"),
            "largest": (only(lambda image, grad: gradient_of_each_use(image, grad).amax((0, 1))), "the largest use"),
            "= for +=": (
                gradients_added(lambda grad, output_grad, image, i, j, k: output_grad[i, j] * patch_of(image, i, j, k)),
                "last use",
            ),
            "patch stays": (
                gradients_added(lambda grad, output_grad, image, i, j, k: grad + output_grad[i, j] * image[:k, :k]),
                "move along",
            ),
            "output_grad forgotten": (
                gradients_added(lambda grad, output_grad, image, i, j, k: grad + patch_of(image, i, j, k)),
                "Each use is multiplied",
            ),
            "patch forgotten": (
                gradients_added(lambda grad, output_grad, image, i, j, k: grad + output_grad[i, j]),
                "What did each position multiply",
            ),
            "all of output_grad": (
                gradients_added(
                    lambda grad, output_grad, image, i, j, k: grad + output_grad.sum() * patch_of(image, i, j, k)
                ),
                "gradient of its own output",
            ),
            "sum of the patch": (
                gradients_added(
                    lambda grad, output_grad, image, i, j, k: (
                        grad + (output_grad[i, j] * patch_of(image, i, j, k)).sum()
                    )
                ),
                "All weights have the same",
            ),
            "one number": (only(gradient_as_one_number), "This is one number"),
            "one loop for both": (only(gradient_from_one_loop), "on the diagonal"),
            "returned too early": (only(gradient_returned_first), "first use alone"),
            "returned after a row": (only(gradient_returned_after_a_row), "the first row alone"),
            "not summed": (only(gradient_of_each_use), "one by one"),
            "turned": (only(lambda image, grad: gradient_by_conv(image, grad).flip(0, 1)), "The result is turned"),
            "output_grad turned": (
                only(lambda image, grad: gradient_by_conv(image, grad.flip(0, 1))),
                "gradient of the output is turned",
            ),
            "transposed": (only(lambda image, grad: gradient_by_conv(image, grad).T), "columns of the result"),
            "sizes added up": (only(lambda image, grad: gradient_by_conv(image.abs(), grad.abs())), "their signs"),
            "a step downhill": (only(lambda image, grad: -gradient_by_conv(image, grad)), "the step against"),
            "kernel a pixel short": (
                gradients_added(
                    lambda grad, output_grad, image, i, j, k: grad + output_grad[i, j] * patch_of(image, i, j, k),
                    side=lambda image, output_grad: image.shape[0] - output_grad.shape[0],
                ),
                "kernel of one pixel",
            ),
            "for torch's layers": (
                only(lambda image, grad: F.conv2d(image[None, None], grad[None, None])),
                "without dimensions for channels",
            ),
            "over the image's pixels": (only(gradient_over_pixels), "out of bounds"),
            "as large as the output": (only(gradient_with_the_patch_of_outputs), "grad += output_grad * image"),
            "return forgotten": (only(gradient_without_return), "`return` missing"),
        },
    ),
    5: Answers(
        right={
            "rounded up": only(math.ceil(math.sqrt(500_000))),
            "whole root": only(math.isqrt(500_000 - 1) + 1),
            "float": only(708.0),
            "numpy": only(np.ceil(np.sqrt(500_000))),
            "tensor": only(torch.tensor(500_000.0).sqrt().ceil()),
            "counted": only(
                next(
                    side
                    for side in range(3, 1000)
                    for sizes in [counting.Layer(32, 32, side, 3, padding=1)]
                    if sizes.local.weights >= 500_000 * sizes.shared.weights
                )
            ),
        },
        wrong={
            "rounded down": (only(int(500_000**0.5)), "707×707"),
            "not rounded": (only(500_000**0.5), "whole number"),
            "padding forgotten": (only(710), "around every pixel"),
            "padding once": (only(709), "on both sides"),
            "padding makes the map larger": (only(706), "and no larger"),
            "the ratio": (only(500_000), "the ratio itself"),
            "the positions": (only(708 * 708), "Which side leads"),
            "halved": (only(250_000), "twice the side"),
            "channels divide": (only(math.ceil((500_000 / 32) ** 0.5)), "32 output channels"),
            "channels multiply": (only(math.ceil((500_000 * 32) ** 0.5)), "Each channel has"),
            "kernel divides": (only(math.ceil((500_000 / 9) ** 0.5)), "9 weights"),
            "channels and kernel divide": (only(math.ceil((500_000 / 288) ** 0.5)), "Channels and kernels"),
            "dense to shared": (only(math.ceil((500_000 * 9) ** 0.25)), "You compare with the dense"),
            "dense to local": (only(math.ceil((500_000 * 9) ** 0.5)), "dense against local"),
            "the article's layer": (only(192), "article's layer"),
            "the panel's end": (only(299), "panel ends"),
            "a guess": (only(1000), "the check cannot tell"),
        },
    ),
}
