"""What the panels of notebook 3 ask first: the answers stand here, because in a cell they would be read too early."""

from helpers.live import Predict

slide = Predict(
    ["one", "two", "three", "all four"],
    "one",
    {"layer": "zero padding", "right": 7},
    "Here zero padding fails; choose the other layers too.",
)
cut = Predict(["less than 1 %", "a few percent", "more than half"], "a few percent")
