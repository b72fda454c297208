"""The exercises of notebook 0."""

from helpers import counting
from helpers.exercises import Number, Sheet
from helpers.lessons.convolution.exercises.line import line
from helpers.lessons.convolution.exercises.scan import scan

one_sum = Number(
    right=(9 - 0) + 2 * (9 - 0) + (7 - 2),
    mistakes={
        9 + 9 + 7 - 0 - 0 - 2: "The middle row of the kernel counts double: its numbers are −2 and 2.",
        9 + 2 * 9 + 7: "The left column counts too: its numbers are below zero.",
        9 + 2 * 9 + 7 + 2: "The weights of the left column are −1 and −2, not 1 and 2.",
        -32: "Each number goes with the weight at the same place: torch does not turn the kernel.",
        9 + 2 * 9: "A row is missing. There are three.",
        9 + 2 * 9 + 7 - 2 + 5 + 8 + 9: "The middle column of the kernel is 0, so the ink under it does not count.",
        0 + 5 + 9 + 0 + 8 + 9 + 2 + 9 + 7: "That is the sum of the patch. Multiply by the weights first.",
        9: "That is the first row alone.",
        (9 + 9 + 7) * 4: "Multiply number by number and then add, not the other way round.",
    },
)

map_size = Number(
    right=counting.Layer(3, 8, 100, 5, 2, 2).output_size[0] ** 2 * 8,
    mistakes={
        50 * 50: "That is one map. How many kernels are there?",
        50 * 50 * 3 * 8: "A kernel adds up its three slices, so each of the 8 kernels makes one map.",
        50 * 50 * 3: "How many maps come out depends on the number of kernels, not of channels in.",
        48 * 48 * 8: "Padding adds 2 pixels on both sides of the image.",
        49 * 49 * 8: "There is one place more than there are steps.",
        100 * 100 * 8: "With stride 2 the kernel skips every second place.",
        96 * 96 * 8: "With stride 2 the kernel skips places, and there is padding.",
        50 * 8: "A map has rows and columns.",
        5 * 5 * 3 * 8: "These are the weights. How many numbers come out?",
        5 * 5 * 3 * 8 + 8: "These are the weights and biases. How many numbers come out?",
        50: "That is the side of a map.",
    },
)

check = Sheet(one_sum, map_size, scan, line)
