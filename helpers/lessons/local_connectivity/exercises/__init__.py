"""The exercises of notebook 1."""

from helpers import counting
from helpers.exercises import Number, Sheet
from helpers.lessons.local_connectivity.exercises.side import output_side
from helpers.lessons.local_connectivity.exercises.strided import local_strided
from helpers.lessons.local_connectivity.exercises.view import view

local_weights = Number(
    right=counting.Layer(1, 2, 12, 5, bias=False).local.weights,
    mistakes={
        2 * 12 * 12 * 25: "A 5×5 square does not fit around the pixels at the border.",
        2 * 7 * 7 * 25: "Count once more at how many places 5 pixels fit into a row of 12.",
        2 * 9 * 9 * 25: "Begin at pixel 1: where is the last place at which 5 pixels still fit into 12?",
        2 * 10 * 10 * 25: "A square of 5 pixels reaches 2 pixels beyond its middle. On how many sides?",
        2 * 2 * 2 * 25: "Neighbouring squares overlap: the next one begins one pixel further.",
        8 * 2 * 25: "These are the places in one row. And the other rows?",
        8 * 8 * 2: "These are the output units. How many weights has each?",
        8 * 8 * 25: "And the second channel?",
        2 * 25: "That would be one kernel for all places. Here each place has its own.",
        8 * 8 * 2 * 9: "A 3×3 kernel has 9 weights. How many has this one?",
        8 * 8 * 2 * 2 * 25: "There are 2 channels out, but 1 channel in.",
        144 * 144 * 2: "That is a dense layer with an output for every pixel. Here an output sees only its square.",
        8 * 8 * 2 * 144: "A dense layer has as many: here an output sees only its square.",
        8 * 8 * 2 * 25 + 2: "There are no biases here, not even one for each channel.",
        8 * 8 * 2 * 26: "You counted the biases too.",
        8 * 8 * 2 * 5: "A square of 5×5 pixels has more than 5 weights.",
    },
)

check = Sheet(local_weights, output_side, local_strided, view)
