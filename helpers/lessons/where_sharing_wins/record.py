"""What is written down while a net trains on."""

from torch import Tensor, nn

from helpers import training

Data = tuple[Tensor, Tensor]


def train_on(
    net: nn.Module, data: Data, held_out: Data, epochs: int, seed: int, learning_rate: float
) -> tuple[list[Tensor], list[float]]:
    """Train a net on, in place, and return its first layer's weights and its test accuracies, from epoch 0 on."""
    weights, accuracies = [], []

    def record() -> None:
        weights.append(net[0].weight.detach().clone())
        accuracies.append(training.accuracy(net, *held_out))

    record()
    training.fit(net, *data, epochs, seed, learning_rate, after_epoch=record)
    return weights, accuracies
