"""The side of an output map, and wrong formulas for it, which the exercises of several lessons meet."""

import math
from collections.abc import Callable

WRONG_SIDES: dict[str, Callable] = {}  # by the words for who uses the formula


def output_side(image_size, kernel_size, stride, padding):
    """Return at how many places along a side the kernel fits."""
    return (image_size + 2 * padding - kernel_size) // stride + 1


def wrong_side(words: str) -> Callable[[Callable], Callable]:
    """Register the decorated formula as a wrong one."""

    def register(side: Callable) -> Callable:
        WRONG_SIDES[words] = side
        return side

    return register


@wrong_side("How many steps are there, and how many places? There is one place more.")
def _count_steps(image_size, kernel_size, stride, padding):
    return (image_size + 2 * padding - kernel_size) // stride


@wrong_side("Padding adds pixels on both sides.")
def _pad_one_side(image_size, kernel_size, stride, padding):
    return (image_size + padding - kernel_size) // stride + 1


@wrong_side("Padding counts too: it makes the image larger.")
def _forget_padding(image_size, kernel_size, stride, padding):
    return (image_size - kernel_size) // stride + 1


@wrong_side("Padding makes the image larger, not smaller.")
def _take_padding_off(image_size, kernel_size, stride, padding):
    return (image_size - 2 * padding - kernel_size) // stride + 1


@wrong_side("Stride counts too: it makes the steps longer.")
def _forget_stride(image_size, kernel_size, stride, padding):
    return image_size + 2 * padding - kernel_size + 1


@wrong_side("A last step that leaves the image is not made: round down, not up.")
def _round_up(image_size, kernel_size, stride, padding):
    return math.ceil((image_size + 2 * padding - kernel_size) / stride) + 1


@wrong_side("There are only whole steps: round down.")
def _keep_fractions(image_size, kernel_size, stride, padding):
    return (image_size + 2 * padding - kernel_size) / stride + 1


@wrong_side("Add the first place after the division: it costs no step.")
def _add_before_dividing(image_size, kernel_size, stride, padding):
    return (image_size + 2 * padding - kernel_size + 1) // stride


@wrong_side("There are only whole steps: round down, not to the nearest.")
def _round_to_nearest(image_size, kernel_size, stride, padding):
    return round((image_size + 2 * padding - kernel_size) / stride) + 1


@wrong_side("Does a larger kernel have fewer places? Your formula leaves its size out.")
def _forget_kernel(image_size, kernel_size, stride, padding):
    return (image_size + 2 * padding) // stride


@wrong_side("Try a kernel as large as the image: at how many places does it fit?")
def _forget_kernel_and_add_one(image_size, kernel_size, stride, padding):
    return (image_size + 2 * padding) // stride + 1


@wrong_side("Division comes before + and -. Are there brackets missing?")
def _forget_brackets(image_size, kernel_size, stride, padding):
    return image_size + 2 * padding - kernel_size // stride + 1


@wrong_side("The last place counts too. A range leaves its end out.")
def _end_range_early(image_size, kernel_size, stride, padding):
    return len(range(0, image_size + 2 * padding - kernel_size, stride))


@wrong_side("Longer steps mean fewer places, not more.")
def _multiply_by_stride(image_size, kernel_size, stride, padding):
    return (image_size + 2 * padding - kernel_size) * stride + 1


@wrong_side("That holds for a square that moves one pixel at a time over the image alone.")
def _forget_stride_and_padding(image_size, kernel_size, stride, padding):
    return image_size - kernel_size + 1


@wrong_side("Your formula asks for neither the kernel's size nor padding.")
def _divide_pixels(image_size, kernel_size, stride, padding):
    return image_size // stride


@wrong_side("Is the stride always 2?")
def _take_stride_for_2(image_size, kernel_size, stride, padding):
    return (image_size + 2 * padding - kernel_size) // 2 + 1


@wrong_side("Try a kernel of 2 pixels with stride 1: your formula is right for odd kernels only.")
def _reach_from_a_middle(image_size, kernel_size, stride, padding):
    return (image_size + 2 * padding - 2 * (kernel_size // 2) - 1) // stride + 1
