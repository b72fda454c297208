"""Compute the gradient of a shared kernel from its uses."""

import torch
from torch import Tensor
from torch.nn import functional as F

from helpers.exercises.kinds import call_without_autograd
from helpers.exercises.legacy import old_code


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


gradient = old_code(
    right=_kernel_gradient,
    cases=lambda: [
        (torch.randn(4, 4), torch.randn(3, 3)),
        (torch.randn(6, 6), torch.randn(4, 4)),
        (torch.randn(7, 5), torch.randn(5, 3)),
        (torch.randn(5, 5), torch.randn(2, 2)),
    ],
    probe=call_without_autograd,
    mistakes={
        "One pixel is not enough: at each position every weight of the kernel meets another pixel of the patch.": (
            lambda image, output_grad: (
                (output_grad * image[: len(output_grad), : output_grad.shape[1]])
                .sum()
                .expand_as(_kernel_gradient(image, output_grad))
            )
        ),
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
        "Rows and columns are asked for, without dimensions for channels.": lambda image, output_grad: _kernel_gradient(
            image, output_grad
        )[None, None],
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
        "The result is turned by 180 degrees.": lambda image, output_grad: _kernel_gradient(image, output_grad).flip(
            0, 1
        ),
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
)
