"""Train classifiers, compare nets over seeds, and save and load the results."""

import json
import math
import sys
from collections.abc import Callable, Iterable
from datetime import date
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.adam import adam
from tqdm import tqdm

from helpers.counting import as_int

DIVERGED = 1e6  # no loss of a net that learns is as large
RESULTS = Path(__file__).parent / "results"  # what takes minutes to train

Array = np.ndarray | Tensor
Results = dict[tuple[str, str], list[float]]  # by net and data: one number for each seed, as accuracies in percent


def fit(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    epochs: int,
    seed: int,
    learning_rate: float = 0.01,
    batch_size: int = 32,
    progress: "Progress | None" = None,
    after_epoch: Callable[[], None] = lambda: None,
) -> nn.Module:
    """Train a classifier with Adam and cross-entropy, in place, and return it; call `after_epoch` after each epoch.

    Shapes: images (N, C, H, W), labels (N,). The order of the batches depends on `seed` alone. Raises TypeError or
    ValueError for arguments that do not fit, and RuntimeError when the loss is above a million or no longer a number.
    """
    epochs, batch_size = as_int("epochs", epochs), as_int("batch_size", batch_size)
    seed = as_int("seed", seed, minimum=0)
    _check(model, images, labels)
    number = isinstance(learning_rate, Real) and not isinstance(learning_rate, bool)
    if not (number and 0 < learning_rate < math.inf):
        raise ValueError(f"learning_rate={learning_rate!r}; allowed is a finite number above 0")
    order = torch.Generator().manual_seed(seed)
    optimizer = Adam(model.parameters(), float(learning_rate))
    for epoch in range(epochs):
        model.train()
        for batch in torch.randperm(len(images), generator=order).split(batch_size):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
            loss.backward()
            optimizer.step()
        refuse_divergence(loss, f"after epoch {epoch + 1}")
        if progress is not None:
            progress.update()
        after_epoch()
    return model


class Adam:
    """The same steps, to the last bit, as `torch.optim.Adam` with its defaults, taken by torch's own `adam` function.

    `torch.optim.Adam` itself imports torch's compiler when it is first used: a second or more, and 30 MB.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float) -> None:
        self.lr = lr
        self.states = [(p, torch.zeros_like(p), torch.zeros_like(p), torch.tensor(0.0)) for p in parameters]

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to None."""
        for parameter, *_ in self.states:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Change every parameter that has a gradient."""
        used = [state for state in self.states if state[0].grad is not None]
        parameters, means, squares, steps = map(list, zip(*used, strict=True))
        adam(
            parameters, [parameter.grad for parameter in parameters], means, squares, [], steps, foreach=False,
            amsgrad=False, beta1=0.9, beta2=0.999, lr=self.lr, weight_decay=0.0, eps=1e-8, maximize=False,
        )  # fmt: skip


def compare(
    nets: dict[str, Callable[[], nn.Module]],
    data: Callable[[int], tuple[Array, Array, dict[str, tuple]]],
    epochs: int,
    seeds: Iterable[int],
) -> Results:
    """Train every net once for each seed and return the test accuracies in percent, by net and test set.

    `nets` are functions that build a net, by name. `data(seed)` returns images and labels to train on, and test sets
    by name: images, labels, and, if a net takes more than images in a test, a dictionary of that.
    `torch.manual_seed(seed)` is called before a net is built. A progress bar is printed for each net. Shapes and errors
    are those of `fit`.
    """
    seeds, results = list(seeds), {}
    for name, build in nets.items():
        with Progress(len(seeds) * as_int("epochs", epochs), name) as progress:
            for seed in seeds:
                images, labels, tests = data(seed)
                torch.manual_seed(seed)
                model = build()
                fit(model, torch.as_tensor(images), torch.as_tensor(labels), epochs, seed, progress=progress)
                for test, (held_out, answers, *how) in tests.items():
                    right = accuracy(model, torch.as_tensor(held_out), torch.as_tensor(answers), **dict(*how))
                    results.setdefault((name, test), []).append(right)
    return results


def refuse_divergence(loss: Tensor, when: str, remedy: str = "a smaller learning_rate") -> None:
    """Raise a RuntimeError that names the loss, `when` and `remedy` if the loss is above a million or not a number."""
    if not loss.item() < DIVERGED:
        raise RuntimeError(f"the loss is {loss.item():.3g} {when}; try {remedy}")


def save_results(name: str, results: Results, budget: dict[str, int], seeds: Iterable[int]) -> None:
    """Save results by a name, with the epochs or steps of each set, the seeds, today's date and torch's version.

    They stand beside the helpers, so that a notebook finds them wherever it lies. Raises OSError where this folder may
    not be written to.
    """
    rows = [
        {"net": net, "data": data, "found": [round(number, 3) for number in found]}
        for (net, data), found in results.items()
    ]
    about = {"date": date.today().isoformat(), "torch": torch.__version__, "seeds": list(seeds), "budget": budget}
    lines = ",\n".join(f"    {json.dumps(row)}" for row in rows)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(f'{{\n  "about": {json.dumps(about)},\n  "results": [\n{lines}\n  ]\n}}\n')


def load_results(name: str) -> tuple[Results, dict[str, Any]]:
    """Load what `save_results` saved: the results, and what the file says about them.

    Raises FileNotFoundError that lists the names that there are.
    """
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        names = ", ".join(sorted(other.stem for other in RESULTS.glob("*.json"))) or "none yet"
        raise FileNotFoundError(f"no results are stored as {name!r}; allowed is one of: {names}")
    content = json.loads(path.read_text())
    return {(row["net"], row["data"]): row["found"] for row in content["results"]}, content["about"]


def accuracy(model: nn.Module, images: Tensor, labels: Tensor, **how: Any) -> float:
    """Return the percentage of images that `model(images, **how)` classifies correctly; else as for `fit`."""
    _check(model, images, labels)
    model.eval()
    with torch.no_grad():
        return 100 * (model(images, **how).argmax(1) == labels).double().mean().item()


def _check(model: nn.Module, images: Tensor, labels: Tensor) -> None:
    """Raise TypeError or ValueError unless the three fit together; shapes as for `fit`."""
    if not isinstance(model, nn.Module):
        raise TypeError(f"model is a {type(model).__name__}; allowed is an nn.Module")
    if not isinstance(images, Tensor) or not images.is_floating_point():
        raise TypeError(f"images is a {type(images).__name__}; allowed is a floating point tensor")
    if not isinstance(labels, Tensor) or labels.dtype != torch.int64:
        raise TypeError(f"labels is a {type(labels).__name__}; allowed is a tensor of torch.int64")
    if labels.dim() != 1 or images.dim() < 2 or len(images) != len(labels) or len(labels) == 0:
        raise ValueError(
            f"images has shape {tuple(images.shape)} and labels {tuple(labels.shape)}; allowed are (N, ...) and (N,) "
            "with N above 0"
        )


class Progress(tqdm):
    """A progress bar of epochs in plain text whose last state shows no times, so that it is the same in every run."""

    def __init__(self, total: int, name: str) -> None:
        bar = "{desc} {percentage:3.0f} % |{bar}| {n_fmt} of {total_fmt} epochs"
        super().__init__(
            total=as_int("total", total), desc=name, file=sys.stdout, ascii=" ░▒▓█", ncols=72, bar_format=bar
        )
