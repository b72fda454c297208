"""What the panels of notebook 0 ask first: the answers stand here, because in a cell they would be read too early."""

from helpers.live import Predict

multiply = Predict(
    ["ink everywhere", "paper left, ink right", "ink left, paper right"],
    "paper left, ink right",
    {"row": 2, "column": 2},
)
scan_image = Predict(["8×8", "7×7", "6×6", "5×5"], "6×6", look="Press Run and count the places.")
find = Predict(
    ["all light", "light left, dark right", "all dark"], "light left, dark right", look="It stands below the kernel."
)
split = Predict(["9", "288", "864"], "864", {"in_channels": 3})
learn = Predict(["about 1 in 10", "about half", "about 9 in 10"], "about 9 in 10", then="Press Run.")
other_half = Predict(["local", "convolution", "both", "neither"], "convolution")
