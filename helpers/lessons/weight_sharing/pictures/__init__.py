"""The pictures of notebook 2: equal weights, their gradient, what sharing saves, and an article's claims."""

from helpers.lessons.weight_sharing.pictures.claims import ClaimTable
from helpers.lessons.weight_sharing.pictures.costs import SharingCosts
from helpers.lessons.weight_sharing.pictures.gradient import GradientSum
from helpers.lessons.weight_sharing.pictures.ladder import WeightLadder
from helpers.lessons.weight_sharing.pictures.traffic import MemoryTraffic

__all__ = ["ClaimTable", "GradientSum", "MemoryTraffic", "SharingCosts", "WeightLadder"]
