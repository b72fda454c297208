"""What the panels of notebook 3 ask first: the answers stand here, because in a cell they would be read too early."""

from helpers.drawing.accuracies import NO_WINNER
from helpers.live import Predict

slide = Predict(
    ["one", "two", "three", "all four"],
    "one",
    {"layer": "zero padding", "right": 7},
    "Here zero padding fails; choose the other layers too.",
    reasons={
        "two": "Zero padding looks harmless in the middle of the canvas. At the border the ink meets zeros that do not "
        "shift.",
        "three": "Zero padding, stride and pooling each follow many shifts, but not every one.",
        "all four": "The kernel is the same everywhere, so one expects it of all four. But zeros at the border do not "
        "shift, and stride and pooling skip every second place.",
    },
)

NETS = ["dense", "local", "convolution"]
at_random = Predict(
    [*NETS, "local, flatten", "convolution, flatten", NO_WINNER],
    "convolution",
    look="The convolution's kernels learn from all digits wherever they lie, and its head does not care where.",
    reasons={
        "dense": "It can learn any pattern. But it has to learn each digit anew at each place, from the few that lay "
        "there.",
        "local": "It has kernels for every place, and a head that does not care where. But each kernel learns only "
        "from the ink that lay under it.",
        "local, flatten": "It has the most weights of all, and each learns only from the ink that lay under it.",
        "convolution, flatten": "Its kernels learn from all places. But its head has a weight for each place, and has "
        "to learn each digit anew there.",
        NO_WINNER: "All learn the same digits, so one might expect it. But they differ in how many digits a weight "
        "learns from.",
    },
)
left = Predict(
    ["local", "convolution", "convolution, flatten", "convolution (ring)"],
    "convolution (ring)",
    reasons={
        "local": "Its head pools over all places, so it seems to forget where. But its kernels differ from place to "
        "place, and each can report for its own side.",
        "convolution": "It should not care where. But it pads with zeros, and the border tells it where it is.",
        "convolution, flatten": "The same kernels everywhere seem to lose the place. But its head has a weight for "
        "each place.",
    },
)
centred = Predict(
    [*NETS, NO_WINNER],
    reasons={
        "dense": "With everything in its place, seeing all pixels could help. It neither helps nor hurts here.",
        "local": "With everything in its place, kernels of one's own could help. They neither help nor hurt here.",
        "convolution": "It won before, where digits moved. Here nothing moves, so no place has to learn what another "
        "knows.",
        NO_WINNER: "So it is: every digit lies in the same place, and no place has to learn what another knows.",
    },
)
cut = Predict(
    ["less than 1 %", "a few percent", "more than half"],
    "a few percent",
    reasons={
        "less than 1 %": "The kernels have learned already, so one expects them to stay. But each place now meets its "
        "own ink alone, and pulls its kernel a little its own way.",
        "more than half": "Free weights could go anywhere. But 12 epochs at a small learning rate do not take them "
        "that far.",
    },
)
