"""What the panels of notebook 1 ask first: the answers stand here, because in a cell they would be read too early."""

from helpers.live import Predict

connect_all = Predict(["2 times", "4 times", "8 times", "16 times"], "16 times", {"image_size": 16})
connect = Predict(["1", "3", "5", "25"], "5", {"kernel_size": 5})
look = Predict(["5×5", "7×7", "9×9"], "7×7", {"depth": 3})
compare = Predict(["about 50", "about 150", "about 250"], "about 150", {"image_size": 151})
shuffle = Predict(["dense", "local", "both", "neither"], "local", then="Read on: each net is trained both ways.")
