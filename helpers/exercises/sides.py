"""The side of an output map, and wrong formulas for it, which the exercises of several lessons meet."""

import math
from collections.abc import Callable

WRONG_SIDES: dict[str, Callable] = {}  # by the words for who uses the formula


def output_side(image_size, kernel_size, stride, padding):
    """Return at how many places along a side the kernel fits."""
    return (image_size + 2 * padding - kernel_size) // stride + 1


def wrong_side(words: str) -> Callable[[Callable], Callable]:
    """Register the decorated formula as a wrong one."""
    return lambda side: WRONG_SIDES.setdefault(words, side)


@wrong_side("How many steps are there, and how many places? There is one place more.")
def _count_steps(image_size, kernel_size, stride, padding):
    return (image_size + 2 * padding - kernel_size) // stride


@wrong_side("Padding adds pixels on both sides.")
def _extend_one_side(image_size, kernel_size, stride, padding):
    return (image_size + padding - kernel_size) // stride + 1


@wrong_side("Padding counts too: it makes the image larger.")
def _forget_padding(image_size, kernel_size, stride, padding):
    return (image_size - kernel_size) // stride + 1


@wrong_side("Padding makes the image larger, not smaller.")
def _crop_smaller(image_size, kernel_size, stride, padding):
    return (image_size - 2 * padding - kernel_size) // stride + 1


@wrong_side("Stride counts too: it makes the steps longer.")
def _forget_stride(image_size, kernel_size, stride, padding):
    return image_size + 2 * padding - kernel_size + 1


@wrong_side("A last step that leaves the image is not made: round down, not up.")
def _let_the_last_overshoot(image_size, kernel_size, stride, padding):
    return math.ceil((image_size + 2 * padding - kernel_size) / stride) + 1


@wrong_side("There are only whole steps: round down.")
def _divide_without_rounding(image_size, kernel_size, stride, padding):
    return (image_size + 2 * padding - kernel_size) / stride + 1


@wrong_side("Add the first place after the division: it costs no step.")
def _add_before_dividing(image_size, kernel_size, stride, padding):
    return (image_size + 2 * padding - kernel_size + 1) // stride


@wrong_side("There are only whole steps: round down, not to the nearest.")
def _pick_nearest(image_size, kernel_size, stride, padding):
    return round((image_size + 2 * padding - kernel_size) / stride) + 1


@wrong_side("Does a larger kernel have fewer places? Your formula leaves its size out.")
def _leave_size_out(image_size, kernel_size, stride, padding):
    return (image_size + 2 * padding) // stride


@wrong_side("Try a kernel as large as the image: at how many places does it fit?")
def _fit_a_point(image_size, kernel_size, stride, padding):
    return (image_size + 2 * padding) // stride + 1


@wrong_side("Division comes before + and -. Are there brackets missing?")
def _forget_brackets(image_size, kernel_size, stride, padding):
    return image_size + 2 * padding - kernel_size // stride + 1


@wrong_side("The last place counts too. A range leaves its end out.")
def _end_range_early(image_size, kernel_size, stride, padding):
    return len(range(0, image_size + 2 * padding - kernel_size, stride))


@wrong_side("Longer steps mean fewer places, not more.")
def _grow_with_longer_stride(image_size, kernel_size, stride, padding):
    return (image_size + 2 * padding - kernel_size) * stride + 1


@wrong_side("That holds for a square that moves one pixel at a time over the image alone.")
def _move_by_one(image_size, kernel_size, stride, padding):
    return image_size - kernel_size + 1


@wrong_side("Your formula asks for neither the kernel's size nor padding.")
def _use_neither(image_size, kernel_size, stride, padding):
    return image_size // stride


@wrong_side("Is the stride always 2?")
def _always_halve(image_size, kernel_size, stride, padding):
    return (image_size + 2 * padding - kernel_size) // 2 + 1


@wrong_side("Try a kernel of 2 pixels with stride 1: your formula is right for odd kernels only.")
def _assume_odd_size(image_size, kernel_size, stride, padding):
    return (image_size + 2 * padding - 2 * (kernel_size // 2) - 1) // stride + 1


@wrong_side("Padding is a number of its own: it need not be half the kernel.")
def _pad_half_the_kernel(image_size, kernel_size, stride, padding):
    return (image_size + 2 * (kernel_size // 2 if padding else 0) - kernel_size) // stride + 1


@wrong_side("A kernel may be larger than the image, if padding makes it fit.")
def _refuse_larger_kernel(image_size, kernel_size, stride, padding):
    return output_side(image_size, kernel_size, stride, padding) if kernel_size <= image_size else 0


@wrong_side("How much padding there is counts, not that there is some.")
def _pad_by_one(image_size, kernel_size, stride, padding):
    return (image_size + 2 * min(padding, 1) - kernel_size) // stride + 1
