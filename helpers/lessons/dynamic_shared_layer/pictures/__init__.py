"""The pictures of notebook 4: the graph of a pass, the gradient use by use, and the live curve of the loss."""

from helpers.drawing.accuracies import Losses
from helpers.lessons.dynamic_shared_layer.pictures.curve import TrainingCurve
from helpers.lessons.dynamic_shared_layer.pictures.gradient import UseGradients
from helpers.lessons.dynamic_shared_layer.pictures.graph import NetGraph

__all__ = ["Losses", "NetGraph", "TrainingCurve", "UseGradients"]
