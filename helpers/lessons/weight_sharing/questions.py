"""What the panels of notebook 2 ask first: the answers stand here, because in a cell they would be read too early."""

from helpers.live import Predict

climb = Predict(
    ["1 weight, 4 multiply-adds", "4 weights, 4 multiply-adds", "4 weights, 36 multiply-adds"],
    "4 weights, 36 multiply-adds",
    {"period": 1},
)
add_up = Predict(["their mean", "the largest", "their sum"], "their sum")
compare = Predict(["weights", "multiply-adds", "both"], "weights")
