"""Wrong formulas for the side of an output map, which the exercises of several lessons meet."""

from collections.abc import Callable

# Each takes image_size, kernel_size, stride and padding.
WRONG_SIDES: dict[str, Callable[[int, int, int, int], float]] = {
    "How many steps are there, and how many places? There is one place more.": lambda n, k, s, p: (n + 2 * p - k) // s,
    "Padding adds pixels on both sides.": lambda n, k, s, p: (n + p - k) // s + 1,
    "Padding counts too: it makes the image larger.": lambda n, k, s, p: (n - k) // s + 1,
    "Padding makes the image larger, not smaller.": lambda n, k, s, p: (n - 2 * p - k) // s + 1,
    "Stride counts too: it makes the steps longer.": lambda n, k, s, p: n + 2 * p - k + 1,
    "A last step that leaves the image is not made: round down, not up.": lambda n, k, s, p: (
        -(-(n + 2 * p - k) // s) + 1
    ),
    "There are only whole steps: round down.": lambda n, k, s, p: (n + 2 * p - k) / s + 1,
    "Add the first place after the division: it costs no step.": lambda n, k, s, p: (n + 2 * p - k + 1) // s,
    "There are only whole steps: round down, not to the nearest.": lambda n, k, s, p: round((n + 2 * p - k) / s) + 1,
    "Does a larger kernel have fewer places? Your formula leaves its size out.": lambda n, k, s, p: (n + 2 * p) // s,
    "Try a kernel as large as the image: at how many places does it fit?": lambda n, k, s, p: (n + 2 * p) // s + 1,
    "Division comes before + and -. Are there brackets missing?": lambda n, k, s, p: n + 2 * p - k // s + 1,
    "The last place counts too. A range leaves its end out.": lambda n, k, s, p: len(range(0, n + 2 * p - k, s)),
    "Longer steps mean fewer places, not more.": lambda n, k, s, p: (n + 2 * p - k) * s + 1,
    "That holds for a square that moves one pixel at a time over the image alone.": lambda n, k, s, p: n - k + 1,
    "Your formula asks for neither the kernel's size nor padding.": lambda n, k, s, p: n // s,
    "Is the stride always 2?": lambda n, k, s, p: (n + 2 * p - k) // 2 + 1,
    "Try a kernel of 2 pixels with stride 1: your formula is right for odd kernels only.": lambda n, k, s, p: (
        (n + 2 * p - k // 2 * 2 - 1) // s + 1
    ),
}
