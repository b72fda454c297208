"""The exercises of notebook 2."""

from helpers import counting
from helpers.exercises import Number, Sheet
from helpers.lessons.weight_sharing.exercises.count import count
from helpers.lessons.weight_sharing.exercises.gradient import gradient
from helpers.lessons.weight_sharing.exercises.tie import tie

tiled_weights = Number(
    right=counting.Layer(1, 3, 10, 3, bias=False).tiled(2).weights,
    mistakes={
        3 * 9: "That is period 1: one kernel a channel for all positions.",
        2 * 3 * 9: "The period holds along rows and along columns.",
        4 * 9: "There are 3 channels out, and 9 weights in a kernel. Is one of the two missing?",
        4 * 3: "These are the kernels. How many weights has each?",
        4 * 3 * 10: "You counted the biases too.",
        4 * 3 * 9 + 3: "There are no biases here, not even one for each channel.",
        2 * 9: "How many output channels are there, and does the period hold along columns too?",
        4 * 3 * 3 * 9: "There are 3 channels out, but 1 channel in.",
        9 * 3 * 9: "How many kernels are there along a row before the first one comes again?",
        25 * 3 * 9: "Dividing by the period tells how often a kernel is used. How many different ones take turns?",
        64 * 3 * 9 // 2: "Period 2 does not mean that two positions share a kernel. Which ones share?",
        100 * 3 * 9: "That is a kernel for every pixel. Which positions share one?",
        480: "These are the bytes. How many weights are stored?",
        64 * 3 * 9: "Nothing is shared then: period 2 makes positions use the same kernel.",
        64 * 3: "These are the output units.",
        16 * 3 * 9: "Positions 2 apart share a kernel, down as well as along. How many kernels differ, each way?",
    },
)

half_a_million = Number(
    right=next(side for side in range(3, 1000) if side**2 >= 500_000),
    mistakes={
        707: "With 707×707 positions, does sharing divide the weights by 500,000 yet?",
        706: "With padding 1 the map is as large as the image, and no larger.",
        708**2: "That is a ratio. Which side leads to it?",
        299: "There the panel ends. What is the ratio?",
        47: "You compare with the dense layer. What does sharing change: the dense layer or the local one?",
        2122: "That is dense against local. Sharing begins with the local layer.",
        4000: "Each channel has its kernel in both layers. So does the number of channels change the ratio?",
        710: "With padding 1 a 3×3 kernel fits around every pixel.",
        709: "Padding adds a pixel on both sides.",
        192: "That is the article's layer. What is the ratio there?",
        500_000: "That is the ratio itself. How does it depend on the side?",
        250_000: "The number of positions is a square, not twice the side.",
        125: "Both layers have 32 output channels, so they cancel in the ratio.",
        236: "Both kernels have 9 weights, so they cancel in the ratio.",
        42: "Channels and kernels cancel in the ratio: what remains?",
    },
)

check = Sheet(tiled_weights, count, tie, gradient, half_a_million)
