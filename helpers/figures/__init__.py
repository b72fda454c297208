"""Every picture of the collection. A picture is drawn once; its `show` moves it in place and renews its sentence."""

from helpers.figures.accuracy import Accuracies, AccuracyCurves, VotedAccuracies
from helpers.figures.claims import MARKS, ClaimTable
from helpers.figures.connections import ConnectionMap, DenseGrowth
from helpers.figures.costs import LocalityCosts
from helpers.figures.depth import ReceptiveField
from helpers.figures.drift import KernelDrift
from helpers.figures.gradient import GradientSum
from helpers.figures.ladder import WeightLadder
from helpers.figures.pixels import BeforeAfter
from helpers.figures.sharing import SharingCosts
from helpers.figures.shift import ShiftLab
from helpers.figures.traffic import MemoryTraffic

__all__ = [
    "MARKS",
    "Accuracies",
    "AccuracyCurves",
    "BeforeAfter",
    "ClaimTable",
    "ConnectionMap",
    "DenseGrowth",
    "GradientSum",
    "KernelDrift",
    "LocalityCosts",
    "MemoryTraffic",
    "ReceptiveField",
    "SharingCosts",
    "ShiftLab",
    "VotedAccuracies",
    "WeightLadder",
]
