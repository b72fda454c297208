"""All pictures under one name, while the tests move to their lessons."""

from helpers.drawing.accuracies import *  # noqa: F403
from helpers.drawing.accuracies import VotedAccuracies  # noqa: F401
from helpers.lessons.depth_and_space.pictures import *  # noqa: F403
from helpers.lessons.dynamic_shared_layer.pictures import *  # noqa: F403
from helpers.lessons.local_connectivity.pictures import *  # noqa: F403
from helpers.lessons.weight_sharing.pictures import *  # noqa: F403
from helpers.lessons.where_sharing_wins.pictures import *  # noqa: F403
