"""One small training loop, with a progress bar."""

import math
import sys

import torch
from torch import Tensor, nn
from tqdm import tqdm

from helpers.counting import as_int


def fit(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    epochs: int,
    seed: int,
    learning_rate: float = 0.01,
    batch_size: int = 32,
    progress: "Progress | None" = None,
) -> nn.Module:
    """Train a classifier with Adam and cross-entropy, in place, and return it.

    Shapes: images (N, C, H, W), labels (N,). The order of the batches depends on `seed` alone. Raises TypeError or
    ValueError for arguments that do not fit, and RuntimeError when the loss is no longer a finite number.
    """
    epochs, batch_size = as_int("epochs", epochs), as_int("batch_size", batch_size)
    seed = as_int("seed", seed, minimum=0)
    if len(images) != len(labels) or len(images) == 0:
        raise ValueError(
            f"images has {len(images)} entries and labels {len(labels)}; allowed are equal numbers above 0"
        )
    if not (isinstance(learning_rate, int | float) and 0 < learning_rate < math.inf):
        raise ValueError(f"learning_rate={learning_rate!r}; allowed is a number above 0")
    order = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    for epoch in range(epochs):
        for batch in torch.randperm(len(images), generator=order).split(batch_size):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
            loss.backward()
            optimizer.step()
        if not math.isfinite(loss.item()):
            raise RuntimeError(f"the loss is {loss.item()} after epoch {epoch + 1}; try a smaller learning_rate")
        if progress is not None:
            progress.update()
    return model


def accuracy(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Return the percentage of images that the model labels rightly."""
    with torch.no_grad():
        return 100 * (model(images).argmax(1) == labels).double().mean().item()


class Progress(tqdm):
    """A progress bar in plain text that ends in the same words every time, so that it can be stored and compared."""

    def __init__(self, total: int, name: str) -> None:
        bar = "{desc} {percentage:3.0f} % |{bar}| {n_fmt} of {total_fmt} epochs"
        super().__init__(total=total, desc=name, file=sys.stdout, ascii=" ░▒▓█", ncols=72, bar_format=bar)
