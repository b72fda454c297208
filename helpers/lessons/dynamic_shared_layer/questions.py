"""What the panels of notebook 4 ask first: the answers stand here, because in a cell they would be read too early."""

from helpers.live import Predict

unroll = Predict(
    ["both grow", "only the untied net grows", "neither grows"],
    "only the untied net grows",
    {"reuses": 6},
    reasons={
        "both grow": "A deeper pass looks like a larger net. But the tied net visits the same layer again: it computes "
        "more, and stores nothing more.",
        "neither grows": "True of the tied net. The untied one needs a new layer, with weights of its own, for every "
        "step.",
    },
)
add_up = Predict(
    ["yes, larger", "no, maybe smaller"],
    "no, maybe smaller",
    reasons={
        "yes, larger": "A sum of three parts sounds larger than each part. But the parts have signs: where they differ "
        "they cancel.",
    },
)
train = Predict(
    ["0 uses", "3 uses", "no difference"],
    "0 uses",
    look="See the last 50 steps.",
    then="Press Run.",
    reasons={
        "3 uses": "A deeper pass can compute more. But all four depths share one set of weights here, and the shortest "
        "pass is the easiest to fit.",
        "no difference": "The weights are the same, but what is computed with them is not: each depth is a function of "
        "its own, and some are harder to fit.",
    },
)
