"""What every panel has to show: by notebook and function, from the controls' values to a sentence and a look.

Sentence and look are worked out here from the values alone, not with the code that draws. A panel that is not in the
list fails.
"""

from tests.expected import notebook_1, notebook_2, notebook_3

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
    ("03_where_sharing_wins", "reveal_random"): notebook_3.reveal("reveal_random", "quick"),
    ("03_where_sharing_wins", "reveal_corner"): notebook_3.reveal("reveal_corner", "corner_results"),
    ("03_where_sharing_wins", "reveal_centred"): notebook_3.reveal("reveal_centred", "null_results"),
    ("03_where_sharing_wins", "cut"): notebook_3.cut,
}
