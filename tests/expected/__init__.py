"""What every panel has to show: by notebook and function, from the controls' values to a sentence and a look.

Sentence and look are worked out here from the values alone, not with the code that draws. A panel that is not in the
list fails.
"""

from tests.expected import notebook_1, notebook_2, notebook_3, notebook_4, notebook_5

EXPECTED = {
    ("01_local_connectivity", "connect_all"): notebook_1.connect_all,
    ("01_local_connectivity", "connect"): notebook_1.connect,
    ("01_local_connectivity", "look"): notebook_1.look_through,
    ("01_local_connectivity", "compare"): notebook_1.compare,
    ("01_local_connectivity", "shuffle"): notebook_1.shuffle,
    ("02_weight_sharing", "climb"): notebook_2.climb,
    ("02_weight_sharing", "add_up"): notebook_2.add_up,
    ("02_weight_sharing", "compare"): notebook_2.compare,
    ("02_weight_sharing", "judge"): notebook_2.judge,
    ("03_where_sharing_wins", "slide"): notebook_3.slide,
    ("03_where_sharing_wins", "reveal_random"): notebook_3.reveal(notebook_3.PATH, "quick"),
    ("03_where_sharing_wins", "reveal_corner"): notebook_3.reveal(notebook_3.PATH, "corner_results"),
    ("03_where_sharing_wins", "reveal_centred"): notebook_3.reveal(notebook_3.PATH, "null_results"),
    ("03_where_sharing_wins", "cut"): notebook_3.cut,
    ("04_dynamic_shared_layer", "unroll"): notebook_4.unroll,
    ("04_dynamic_shared_layer", "add_up"): notebook_4.add_up,
    ("04_dynamic_shared_layer", "train"): notebook_4.train,
    ("05_depth_and_space", "reveal_tied"): notebook_5.reveal_tied,
    ("05_depth_and_space", "reveal_depth"): notebook_5.reveal_depth,
    ("05_depth_and_space", "look"): notebook_5.look_through,
}

# What a run has to end with: from the controls' values to a sentence, a problem and a look. Until then, see above.
RUNS = {("04_dynamic_shared_layer", "train"): notebook_4.trained}
