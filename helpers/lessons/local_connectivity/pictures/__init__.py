"""The pictures of notebook 1: who sees what, what it costs, and what a shuffle does."""

from helpers.drawing.accuracies import Accuracies
from helpers.drawing.receptive_field import ReceptiveField
from helpers.lessons.local_connectivity.pictures.connections import ConnectionMap, DenseGrowth
from helpers.lessons.local_connectivity.pictures.costs import LocalityCosts
from helpers.lessons.local_connectivity.pictures.shuffle import Steps

__all__ = ["Accuracies", "ConnectionMap", "DenseGrowth", "LocalityCosts", "ReceptiveField", "Steps"]
