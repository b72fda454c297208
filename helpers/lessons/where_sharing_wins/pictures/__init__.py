"""The pictures of notebook 3: shifted maps, accuracies, pairs of digits, and kernels that drift apart."""

from helpers.drawing.accuracies import Accuracies
from helpers.lessons.where_sharing_wins.pictures.accuracies import AccuracyCurves, TieAndHead
from helpers.lessons.where_sharing_wins.pictures.drift import KernelDrift
from helpers.lessons.where_sharing_wins.pictures.pairs import BothOrders, LeftOrRight
from helpers.lessons.where_sharing_wins.pictures.shifts import ShiftLab

__all__ = ["Accuracies", "AccuracyCurves", "BothOrders", "KernelDrift", "LeftOrRight", "ShiftLab", "TieAndHead"]
