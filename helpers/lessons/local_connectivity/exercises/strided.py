"""Write the forward pass of a locally connected layer with a stride."""

import torch
from torch.nn import functional as F

from helpers.exercises import Code


@Code(
    cases=lambda: [
        (torch.randn(5, 5), torch.randn(3, 3, 3, 3), 1),
        (torch.randn(3, 7), torch.randn(1, 3, 3, 3), 2),  # one row of positions
        (torch.randn(8, 6), torch.randn(4, 3, 2, 2), 2),
        (torch.randn(9, 12), torch.randn(2, 3, 4, 4), 3),  # pixels are left over below and on the right
    ],
    where=lambda image, weight, stride: (
        f"With an image of {tuple(image.shape)}, weight of {tuple(weight.shape)} and stride={stride}"
    ),
)
def local_strided(image, weight, stride):
    """Multiply the patch of each position with its kernel."""
    patches = image.unfold(0, weight.shape[2], stride).unfold(1, weight.shape[3], stride)
    return (patches * weight).sum((2, 3))


def _local_loops(image, weight, row_step, column_step, side=None):
    """Take patches that begin so many pixels apart and have some side, in place of the kernel's."""
    side = side or weight.shape[-1]
    output = torch.zeros(weight.shape[:2])
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            top, left = i * row_step, j * column_step
            output[i, j] = (image[top : top + side, left : left + side] * weight[i, j]).sum()
    return output


@local_strided.mistake("Your patches begin one pixel apart, whatever the stride.")
def _begin_one_pixel_apart(image, weight, stride):
    return _local_loops(image, weight, 1, 1)


@local_strided.mistake("A patch is as large as the kernel; yours is as large as the stride.")
def _cut_as_large_as_stride(image, weight, stride):
    return _local_loops(image, weight, stride, stride, side=stride)


@local_strided.mistake("The columns move by one pixel, whatever the stride.")
def _step_columns_by_one(image, weight, stride):
    return _local_loops(image, weight, stride, 1)


@local_strided.mistake("The rows move by one pixel, whatever the stride.")
def _move_down_by_one(image, weight, stride):
    return _local_loops(image, weight, 1, stride)


@local_strided.mistake("Is the stride always 2?")
def _always_move_by_two(image, weight, stride):
    return _local_loops(image, weight, 2, 2)


@local_strided.mistake(
    "Your patches spread over the whole image. They begin `stride` pixels apart, whatever is left over."
)
def _spread_over_image(image, weight, stride):
    height, width, size, _ = weight.shape
    step = (image.shape[0] - size) // max(height - 1, 1), (image.shape[1] - size) // max(width - 1, 1)
    return _local_loops(image, weight, *step)


@local_strided.mistake("Rows and columns of the positions are mixed up. Which kernel goes with position (i, j)?")
def _transpose_positions(image, weight, stride):
    return local_strided.right(image, weight.transpose(0, 1), stride)


@local_strided.mistake("Your loop skips positions. Is there an entry of `weight` that it never uses?")
def _skip_by_stride(image, weight, stride):
    output = torch.zeros(weight.shape[:2])
    output[::stride, ::stride] = _local_loops(image, weight, 1, 1)[::stride, ::stride]
    return output


@local_strided.mistake(
    "You leave out outputs. Every entry of `weight` leads to one; how far apart do their patches begin?"
)
def _leave_some_out(image, weight, stride):
    return _local_loops(image, weight, 1, 1)[::stride, ::stride]


@local_strided.mistake(
    "Is the output as large as the first two dimensions of `weight`? There is one place more than steps."
)
def _count_steps(image, weight, stride):
    return local_strided.right(image, weight, stride)[:-1, :-1]


@local_strided.mistake("Only the first output is there. Is the `return` inside a loop?")
def _stop_after_one_output(image, weight, stride):
    output = torch.zeros(weight.shape[:2])
    output[0, 0] = local_strided.right(image, weight, stride)[0, 0]
    return output


@local_strided.mistake("Only the first row is there. Is the `return` inside a loop?")
def _return_inside_outer_loop(image, weight, stride):
    output = torch.zeros(weight.shape[:2])
    output[0] = local_strided.right(image, weight, stride)[0]
    return output


@local_strided.mistake("A map of rows and columns is asked for, without dimensions for images and channels.")
def _keep_torch_dimensions(image, weight, stride):
    return local_strided.right(image, weight, stride)[None, None]


@local_strided.mistake("The outputs are all in one row. They are to be a map, as large as `weight` says.")
def _flatten_the_map(image, weight, stride):
    return local_strided.right(image, weight, stride).flatten()


@local_strided.mistake("Patch and kernel are multiplied pixel by pixel, not as matrices.")
def _multiply_matrices(image, weight, stride):
    patches = image.unfold(0, weight.shape[2], stride).unfold(1, weight.shape[3], stride)
    return (patches @ weight).sum((2, 3))


@local_strided.mistake("Your kernels are turned by 180 degrees.")
def _turn_kernels(image, weight, stride):
    return local_strided.right(image, weight.flip(2, 3), stride)


@local_strided.mistake("Every position uses the same kernel: that is a convolution.")
def _convolve(image, weight, stride):
    return F.conv2d(image[None, None], weight[:1, :1], stride=stride)[0, 0]


@local_strided.mistake("Within a patch, rows and columns are mixed up.")
def _transpose_patches(image, weight, stride):
    return local_strided.right(image, weight.mT, stride)


@local_strided.mistake("The products are to be added up; you took their mean.")
def _take_the_mean(image, weight, stride):
    return local_strided.right(image, weight, stride) / weight[0, 0].numel()


@local_strided.mistake("The output stays zero. Is it ever written to?")
def _stay_at_zero(image, weight, stride):
    return torch.zeros(weight.shape[:2])
