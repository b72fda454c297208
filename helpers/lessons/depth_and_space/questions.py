"""What the panels of notebook 5 ask first: the answers stand here, because in a cell they would be read too early."""

from helpers.drawing.accuracies import NO_WINNER
from helpers.live import Predict

look = Predict(
    ["less than twice as many", "twice as many", "more than twice as many"], "more than twice as many", {"reuses": 4}
)

tied_or_untied = Predict(["tied", "untied", "tied wide", "shallow", NO_WINNER])
other_depths = Predict(["its own depth alone", "one more or less too", "all depths"])
