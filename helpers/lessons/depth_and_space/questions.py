"""What the panels of notebook 5 ask first: the answers stand here, because in a cell they would be read too early."""

from helpers.live import Predict

look = Predict(
    ["less than twice as many", "twice as many", "more than twice as many"], "more than twice as many", {"reuses": 4}
)
