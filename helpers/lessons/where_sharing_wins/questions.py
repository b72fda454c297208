"""What the panels of notebook 3 ask first: the answers stand here, because in a cell they would be read too early."""

from helpers.drawing.accuracies import NO_WINNER
from helpers.live import Predict

slide = Predict(
    ["one", "two", "three", "all four"],
    "one",
    {"layer": "zero padding", "right": 7},
    "Here zero padding fails; choose the other layers too.",
)
cut = Predict(["less than 1 %", "a few percent", "more than half"], "a few percent")

NETS = ["dense", "local", "convolution"]
at_random = Predict([*NETS, "local, flatten", "convolution, flatten", NO_WINNER])
left = Predict(["local", "convolution", "convolution, flatten", "convolution (ring)"], "convolution (ring)")
centred = Predict([*NETS, NO_WINNER])
