"""The pictures of notebook 0: products and their sum, the scan, what a kernel finds, channels, and learned kernels."""

from helpers.drawing.accuracies import Accuracies
from helpers.lessons.convolution.pictures.channels import Channels
from helpers.lessons.convolution.pictures.finding import Finding
from helpers.lessons.convolution.pictures.learning import LearnedKernels
from helpers.lessons.convolution.pictures.numbers import MultiplyAdd
from helpers.lessons.convolution.pictures.scan import Scan

__all__ = ["Accuracies", "Channels", "Finding", "LearnedKernels", "MultiplyAdd", "Scan"]
