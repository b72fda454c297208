"""What the panels of notebook 1 ask first: the answers stand here, because in a cell they would be read too early."""

from helpers.live import Predict

connect_all = Predict(
    ["2 times", "4 times", "8 times", "16 times"],
    "16 times",
    {"image_size": 16},
    reasons={
        "2 times": "The side doubles, so one thinks of twice as many. But pixels fill an area, and there is an output "
        "for each of them, too.",
        "4 times": "There are four times as many pixels. But there are four times as many outputs as well, and each "
        "has a weight for every pixel.",
        "8 times": "Twice in height, twice in width, twice once more: but outputs fill an area as well, so it is four "
        "times the pixels and four times the outputs.",
    },
)
connect = Predict(
    ["1", "3", "5", "25"],
    "5",
    {"kernel_size": 5},
    reasons={
        "1": "The square is one piece on the image. In a row of the matrix all pixels stand one after another, so each "
        "row of the square becomes a piece of its own.",
        "3": "Three bands are what a 3×3 kernel leaves: one for each row of the square.",
        "25": "Each output has 25 weights. But five of them are neighbours in a row of pixels, and lie side by side in "
        "the matrix: five pieces of five.",
    },
)
look = Predict(
    ["5×5", "7×7", "9×9"],
    "7×7",
    {"depth": 3},
    reasons={
        "5×5": "That is what two layers see. The third adds two pixels to the side once more.",
        "9×9": "Three times three sounds right, and would be if the squares lay side by side. They overlap, so each "
        "layer adds only two pixels to the side.",
    },
)
compare = Predict(
    ["about 50", "about 150", "about 250"],
    "about 150",
    {"image_size": 151},
    reasons={
        "about 50": "The number of weights grows fast, but 2 GB hold 500 million of them, and with 50 pixels a side "
        "there are some 6 million.",
        "about 250": "2 GB sound like much. But the weights grow with the fourth power of the side: with 250 pixels a "
        "side they would take some 15 GB.",
    },
)
shuffle = Predict(
    ["dense", "local", "both", "neither"],
    "local",
    look="Compare the group with shadow and the group below it.",
    reasons={
        "dense": "A dense net has no idea of neighbours that a shuffle could spoil: each unit sees all pixels, in any "
        "order.",
        "both": "Shuffled digits look hopeless to us. But a dense net treats all pixels alike, and loses nothing.",
        "neither": "The pixels are all still there. But a local unit now sees 16 pixels that do not belong together.",
    },
)
