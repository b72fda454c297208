"""What each panel asks before it opens, by notebook and by the name of the panel's function.

The answers stand here and not in the notebooks, where they would be read before the question.
"""

from helpers.live import Predict

local_connectivity = {
    "connect_all": Predict(["2 times", "4 times", "8 times", "16 times"], "16 times", {"image_size": 16}),
    "connect": Predict(["1", "3", "5", "25"], "5", {"kernel_size": 5}),
    "look": Predict(["5×5", "7×7", "9×9"], "7×7", {"depth": 3}),
    "compare": Predict(["about 50", "about 150", "about 250"], "about 150", {"image_size": 151}),
    "shuffle": Predict(["dense", "local", "both", "neither"], "local", then="Read on: each net is trained both ways."),
}

weight_sharing = {
    "climb": Predict(
        ["1 weight, 4 multiply-adds", "4 weights, 4 multiply-adds", "4 weights, 36 multiply-adds"],
        "4 weights, 36 multiply-adds",
        {"period": 1},
    ),
    "add_up": Predict(["their mean", "the largest", "their sum"], "their sum"),
    "compare": Predict(["weights", "multiply-adds", "both"], "weights"),
}

LOOK = "Here zero padding fails; choose the other layers too."

where_sharing_wins = {
    "slide": Predict(["one", "two", "three", "all four"], "one", {"layer": "zero padding", "right": 7}, LOOK),
    "cut": Predict(["less than 1 %", "a few percent", "more than half"], "a few percent"),
}

dynamic_shared_layer = {
    "unroll": Predict(
        ["both grow", "only the untied net grows", "neither grows"], "only the untied net grows", {"reuses": 6}
    ),
    "add_up": Predict(["yes, larger", "no, maybe smaller"], "no, maybe smaller"),
    "train": Predict(["0 uses", "3 uses", "no difference"], "0 uses", look="See the last 50 steps.", then="Press Run."),
}

depth_and_space = {
    "look": Predict(
        ["less than twice as many", "twice as many", "more than twice as many"],
        "more than twice as many",
        {"reuses": 4},
    ),
}
