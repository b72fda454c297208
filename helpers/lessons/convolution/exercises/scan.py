"""Write the scan of a kernel over an image with channels."""

import torch
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from helpers.exercises import Code
from helpers.exercises.calls import call
from helpers.exercises.outcomes import RefusedError


class _WithoutConvolution(TorchFunctionMode):
    """Refuses torch's own convolution."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if "conv" in getattr(function, "__name__", ""):
            raise RefusedError("this is torch's own convolution. Write what it does with each patch.")
        return function(*args, **(kwargs or {}))


def _call_without_convolution(written, *case):
    with _WithoutConvolution():
        return call(written, *case)


@Code(
    cases=lambda: [
        (torch.randn(1, 5, 5), torch.randn(1, 3, 3), 1),
        (torch.randn(4, 3, 5), torch.randn(4, 3, 3), 1),  # more channels than colours, and one row of places
        (torch.randn(2, 7, 9), torch.randn(2, 3, 3), 2),
        (torch.randn(2, 9, 11), torch.randn(2, 4, 4), 4),  # pixels are left over below and on the right
    ],
    probe=_call_without_convolution,
    where=lambda image, kernel, stride: (
        f"With an image of {tuple(image.shape)}, a kernel of {tuple(kernel.shape)} and stride={stride}"
    ),
)
def scan(image, kernel, stride):
    """Multiply each patch with the kernel and add everything up."""
    size = kernel.shape[1]
    patches = image.unfold(1, size, stride).unfold(2, size, stride)  # (C, H_out, W_out, K, K)
    return torch.einsum("chwij,cij->hw", patches, kernel)


@scan.mistake("The patches begin one pixel apart, whatever the stride.")
def _begin_one_apart(image, kernel, stride):
    height, width = scan.right(image, kernel, stride).shape
    return scan.right(image, kernel, 1)[:height, :width]


@scan.mistake("The stride is left out: the map has a place for every pixel step.")
def _leave_stride_out(image, kernel, stride):
    return scan.right(image, kernel, 1)


@scan.mistake("The kernel is turned by 180 degrees. torch lays it on the patch as it is.")
def _turn_the_kernel(image, kernel, stride):
    return scan.right(image, kernel.flip(1, 2), stride)


@scan.mistake("Rows and columns of the kernel are mixed up.")
def _mix_rows_and_columns(image, kernel, stride):
    return scan.right(image, kernel.mT, stride)


@scan.mistake("Only the first channel is there. The products of all slices are added.")
def _scan_first_channel(image, kernel, stride):
    return scan.right(image[:1], kernel[:1], stride)


@scan.mistake("Only the first three channels are there. An image may have more than a photo's three colours.")
def _scan_three_channels(image, kernel, stride):
    return scan.right(image[:3], kernel[:3], stride)


@scan.mistake("There is a map for each channel. The kernel adds its slices up, so one map comes out.")
def _keep_channels_apart(image, kernel, stride):
    return torch.stack([scan.right(image[c : c + 1], kernel[c : c + 1], stride) for c in range(len(image))])


@scan.mistake("The slices of the kernel are added up before they meet the channels. Each meets its own.")
def _add_slices_before(image, kernel, stride):
    return scan.right(image, kernel.sum(0, keepdim=True).expand_as(kernel), stride)


@scan.mistake("This is the mean of the products. Their sum is asked for.")
def _average_products(image, kernel, stride):
    return scan.right(image, kernel, stride) / kernel.numel()


@scan.mistake("This is the largest product. Their sum is asked for.")
def _take_largest_product(image, kernel, stride):
    size = kernel.shape[1]
    patches = image.unfold(1, size, stride).unfold(2, size, stride)  # (C, H_out, W_out, K, K)
    return (patches * kernel[:, None, None]).amax((0, 3, 4))


@scan.mistake("A place is missing in each row and column: there is one place more than there are steps.")
def _miss_last_place(image, kernel, stride):
    return scan.right(image, kernel, stride)[:-1, :-1]


@scan.mistake("A last place that leaves the image does not count: round down, not up.")
def _round_up(image, kernel, stride):
    return scan.right(F.pad(image, (0, stride - 1, 0, stride - 1)), kernel, stride)


@scan.mistake("Your map holds whole numbers, so what stands behind the point is lost. Which `dtype` has it?")
def _hold_whole_numbers(image, kernel, stride):
    return scan.right(image, kernel, stride).long()


@scan.mistake("Sums below zero become zero here. That is ReLU, a step of its own.")
def _become_zero(image, kernel, stride):
    return scan.right(image, kernel, stride).relu()


@scan.mistake("Rows and columns of the map are mixed up.")
def _transpose_the_map(image, kernel, stride):
    return scan.right(image, kernel, stride).T


@scan.mistake("Only the first place is there. Is the `return` inside a loop?")
def _return_at_first_place(image, kernel, stride):
    output = torch.zeros_like(scan.right(image, kernel, stride))
    output[0, 0] = scan.right(image, kernel, stride)[0, 0]
    return output


@scan.mistake("Only the first row is there. Is the `return` inside a loop?")
def _return_after_first_row(image, kernel, stride):
    output = torch.zeros_like(scan.right(image, kernel, stride))
    output[0] = scan.right(image, kernel, stride)[0]
    return output


@scan.mistake("The map stays zero. Is it ever written to?")
def _leave_map_zero(image, kernel, stride):
    return torch.zeros_like(scan.right(image, kernel, stride))


@scan.mistake("Rows and columns are asked for, without dimensions for images and channels.")
def _return_with_channels(image, kernel, stride):
    return scan.right(image, kernel, stride)[None, None]
