"""Every picture of the collection. A picture is drawn once; its `show` moves it in place and renews its sentence."""

from helpers.figures.accuracy import Accuracies
from helpers.figures.connections import ConnectionMap, DenseGrowth
from helpers.figures.costs import LocalityCosts
from helpers.figures.depth import ReceptiveField
from helpers.figures.pixels import BeforeAfter

__all__ = ["Accuracies", "BeforeAfter", "ConnectionMap", "DenseGrowth", "LocalityCosts", "ReceptiveField"]
