"""Compute the gradient of a shared kernel from its uses."""

import torch
from torch.nn import functional as F

from helpers.exercises import Code
from helpers.exercises.calls import call_without_autograd


def _uses(image, output_grad):
    rows, columns = (i - o + 1 for i, o in zip(image.shape, output_grad.shape, strict=True))
    patches = image.unfold(0, rows, 1).unfold(1, columns, 1)
    return patches * output_grad[..., None, None]  # (H_out, W_out, K, K)


@Code(
    cases=lambda: [
        (torch.randn(4, 4), torch.randn(3, 3)),
        (torch.randn(7, 5), torch.randn(5, 3)),
        (torch.randn(4, 6), torch.randn(1, 3)),  # one row of positions
        (torch.randn(3, 5), torch.randn(3, 5)),  # a kernel of one pixel
    ],
    probe=call_without_autograd,
)
def gradient(image, output_grad):
    """Add up what all positions, the uses of the kernel, add to its gradient."""
    return _uses(image, output_grad).sum((0, 1))


@gradient.mistake(
    "One pixel is not enough: at each position every weight of the kernel meets another pixel of the patch."
)
def _take_one_pixel(image, output_grad):
    grad = gradient.right(image, output_grad)
    return grad[0, 0].expand_as(grad)


@gradient.mistake("This is the mean over the uses.")
def _take_the_mean(image, output_grad):
    return _uses(image, output_grad).mean((0, 1))


@gradient.mistake("This is the last use alone. Are all uses added up?")
def _assign_for_add(image, output_grad):
    return _uses(image, output_grad)[-1, -1]


@gradient.mistake("This is the first use alone. Is the `return` inside a loop?")
def _return_inside_inner_loop(image, output_grad):
    return _uses(image, output_grad)[0, 0]


@gradient.mistake("These are the uses of the first row alone. Is the `return` inside a loop?")
def _stop_after_a_row(image, output_grad):
    return _uses(image, output_grad)[0].sum(0)


@gradient.mistake("Only the positions on the diagonal are there. Rows and columns need a loop each.")
def _walk_the_diagonal(image, output_grad):
    return sum(_uses(image, output_grad)[i, i] for i in range(min(output_grad.shape)))


@gradient.mistake("The output's gradient need not be square: it has rows and columns of its own.")
def _assume_square_gradient(image, output_grad):
    side = min(output_grad.shape)
    return _uses(image, output_grad)[:side, :side].sum((0, 1))


@gradient.mistake("These are the gradients of all uses, one by one. The shared kernel has one gradient.")
def _keep_uses_apart(image, output_grad):
    return _uses(image, output_grad)


@gradient.mistake("This is one number. Each weight of the kernel has a sum of its own.")
def _reduce_to_one_number(image, output_grad):
    return _uses(image, output_grad).sum()


@gradient.mistake("All weights have the same gradient. Each weight has a sum of its own.")
def _sum_over_weights(image, output_grad):
    grad = gradient.right(image, output_grad)
    return grad.sum().expand_as(grad)


@gradient.mistake("Rows and columns are asked for, without dimensions for channels.")
def _keep_torch_dimensions(image, output_grad):
    return F.conv2d(image[None, None], output_grad[None, None])


@gradient.mistake("A kernel of one pixel gives an output as large as the image. Does your kernel's side fit that?")
def _shorten_each_side(image, output_grad):
    return gradient.right(image, output_grad)[:-1, :-1]


@gradient.mistake("The gradient itself is asked for, not the step against it.")
def _step_against_it(image, output_grad):
    return -gradient.right(image, output_grad)


@gradient.mistake("The patch is the same at every position. Does it move along?")
def _never_move_along(image, output_grad):
    return output_grad.sum() * _uses(image, torch.ones_like(output_grad))[0, 0]


@gradient.mistake("This is the largest use. A nudge to the weight acts at all of them.")
def _take_the_largest(image, output_grad):
    return _uses(image, output_grad).amax((0, 1))


@gradient.mistake("The image is missing. What did each position multiply the kernel with?")
def _forget_the_image(image, output_grad):
    return gradient.right(torch.ones_like(image), output_grad)


@gradient.mistake("Each patch goes with the gradient of its own output, not with all of them.")
def _treat_patches_alike(image, output_grad):
    return gradient.right(image, output_grad.sum().expand_as(output_grad))


@gradient.mistake("Each use is multiplied with its output's gradient.")
def _multiply_by_one(image, output_grad):
    return gradient.right(image, torch.ones_like(output_grad))


@gradient.mistake("The result is turned by 180 degrees.")
def _flip_result(image, output_grad):
    return gradient.right(image, output_grad).flip(0, 1)


@gradient.mistake("The gradient of the output is turned by 180 degrees: it goes with its own position's patch.")
def _turn_before_adding(image, output_grad):
    return gradient.right(image, output_grad.flip(0, 1))


@gradient.mistake("Rows and columns of the result are mixed up.")
def _mix_up_columns(image, output_grad):
    return gradient.right(image, output_grad).T


@gradient.mistake("Rows and columns of the output's gradient are mixed up.")
def _transpose_output_grad(image, output_grad):
    return gradient.right(image, output_grad.T)


@gradient.mistake("Uses cancel in part: add them with their signs.")
def _forget_signs(image, output_grad):
    return gradient.right(image.abs(), output_grad.abs())
