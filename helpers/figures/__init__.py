"""Every picture of the collection. A picture is drawn once; its `show` moves it in place and renews its sentence."""

from helpers.figures.accuracy import Accuracies, AccuracyCurves, Losses, VotedAccuracies
from helpers.figures.claims import MARKS, ClaimTable
from helpers.figures.connections import ConnectionMap, DenseGrowth
from helpers.figures.costs import LocalityCosts
from helpers.figures.curve import TrainingCurve
from helpers.figures.depth import ReceptiveField, ReusedField
from helpers.figures.depths import DepthAccuracies
from helpers.figures.drift import KernelDrift
from helpers.figures.gradient import GradientSum
from helpers.figures.ladder import WeightLadder
from helpers.figures.netgraph import NetGraph
from helpers.figures.pixels import BeforeAfter
from helpers.figures.sharing import SharingCosts
from helpers.figures.shift import ShiftLab
from helpers.figures.traffic import MemoryTraffic
from helpers.figures.useparts import UseGradients
from helpers.figures.uses import UsesTable

__all__ = [
    "MARKS",
    "Accuracies",
    "AccuracyCurves",
    "BeforeAfter",
    "ClaimTable",
    "ConnectionMap",
    "DenseGrowth",
    "DepthAccuracies",
    "GradientSum",
    "KernelDrift",
    "LocalityCosts",
    "Losses",
    "MemoryTraffic",
    "NetGraph",
    "ReceptiveField",
    "ReusedField",
    "SharingCosts",
    "ShiftLab",
    "TrainingCurve",
    "UseGradients",
    "UsesTable",
    "VotedAccuracies",
    "WeightLadder",
]
