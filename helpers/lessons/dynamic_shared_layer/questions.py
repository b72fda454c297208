"""What the panels of notebook 4 ask first: the answers stand here, because in a cell they would be read too early."""

from helpers.live import Predict

unroll = Predict(
    ["both grow", "only the untied net grows", "neither grows"], "only the untied net grows", {"reuses": 6}
)
add_up = Predict(["yes, larger", "no, maybe smaller"], "no, maybe smaller")
train = Predict(["0 uses", "3 uses", "no difference"], "0 uses", look="See the last 50 steps.", then="Press Run.")
