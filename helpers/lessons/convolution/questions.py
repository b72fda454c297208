"""What the panels of notebook 0 ask first: the answers stand here, because in a cell they would be read too early."""

from helpers.live import Predict

multiply = Predict(
    ["ink everywhere", "paper left, ink right", "ink left, paper right"],
    "paper left, ink right",
    {"row": 2, "column": 2},
    look="The panel stands at the place with the largest sum.",
    reasons={
        "ink everywhere": "Much ink sounds like a large sum, and with a kernel of ones it would be. But here the ink "
        "under −1 takes away what the ink under 1 adds, so even ink gives zero.",
        "ink left, paper right": "That is an edge too, but its ink lies under the −1: the sum is far below zero.",
    },
)
scan_image = Predict(
    ["8×8", "7×7", "6×6", "5×5"],
    "6×6",
    look="Press Run and count the places.",
    reasons={
        "8×8": "A place for every pixel would be 8. But a kernel of 3 that starts at the last pixel would stick out, "
        "so the last two starts are missing.",
        "7×7": "One place less would be right for a kernel of 2. A kernel of 3 covers two pixels beside the one where "
        "it starts, so two places fall away.",
        "5×5": "8 − 3 counts the steps. The place where the kernel starts counts as well.",
    },
)
find = Predict(
    ["light above, dark below", "all dark", "all light"],
    "light above, dark below",
    look="The patch stands below the kernel.",
    reasons={
        "all dark": "Dark pixels are large numbers, but the row of −1 takes away what the row of 1 adds.",
        "all light": "Light pixels are small numbers, and small numbers make small sums of either sign.",
    },
)
split = Predict(
    ["9", "288", "864"],
    "864",
    {"in_channels": 3},
    reasons={
        "9": "A kernel is drawn as one 3×3 square. But it has a slice for each input channel, and there are 32 of "
        "them.",
        "288": "32 kernels of 9 weights would be enough for one input channel. Each of the three channels takes a "
        "slice of its own.",
    },
)
learn = Predict(
    ["about 1 in 10", "about half", "about 9 in 10"],
    "about 9 in 10",
    then="Press Run.",
    reasons={
        "about 1 in 10": "That is what guessing gives, and where the net begins. Ten rounds over the digits move its "
        "weights far from there.",
        "about half": "300 digits sound few. But these small digits look much alike, and a simple net is "
        "enough for most of them.",
    },
)
other_half = Predict(
    ["local", "convolution", "both", "neither"],
    "convolution",
    reasons={
        "local": "It has far more weights. But no kernel of its right half has ever met ink, so none has "
        "learned a stroke.",
        "both": "The digits are the same, so it seems that both nets know them. But what the local net knows it "
        "learned from ink in the left half alone.",
        "neither": "No digit ever lay there in training. But the convolution has no weights of the right half: the "
        "kernels that learned on the left are used there too.",
    },
)
