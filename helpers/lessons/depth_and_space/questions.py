"""What the panels of notebook 5 ask first: the answers stand here, because in a cell they would be read too early."""

from helpers.drawing.accuracies import NO_WINNER
from helpers.live import Predict

look = Predict(
    ["less than twice as many", "twice as many", "more than twice as many"],
    "more than twice as many",
    {"reuses": 4},
    reasons={
        "less than twice as many": "Neighbouring squares overlap, so one might expect less. But the view grows by the "
        "same number of pixels in height *and* in width each time, and its area grows faster than that.",
        "twice as many": "The view's side grows by the same step at every use. Its area, which counts the pixels, "
        "grows with the square of the side.",
    },
)

tied_or_untied = Predict(
    ["tied", "untied", "tied wide", "shallow", NO_WINNER],
    reasons={
        "tied": "Fewer weights can mean less learning by heart. Here they cost nothing, and they win nothing either.",
        "untied": "Twice as many weights could fit more. These digits do not ask for more.",
        "tied wide": "With the same number of weights as untied it might use them better. The seeds differ more than "
        "the two nets do.",
        "shallow": "The fewest weights and no middle step, and yet the highest mean, by a little: these digits do not "
        "need depth.",
        NO_WINNER: "That holds among the three deep nets. The shallow one lies a little above them.",
    },
)
other_depths = Predict(
    ["its own depth alone", "one more or less too", "all depths"],
    reasons={
        "its own depth alone": "On average so it is: the output layer has only ever met what the third use returns.",
        "one more or less too": "The same weights, used once more or once less, seem a small change. But the output "
        "layer has only ever met what the third use returns.",
        "all depths": "The weights are the same at every depth. But what they return differs from use to use, and the "
        "output layer has met the third use's alone.",
    },
)
