"""Design a kernel that finds a line from the upper left to the lower right."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import torch

from helpers.exercises import Design
from helpers.exercises.outcomes import RefusedError, as_numbers, describe_found

LINE = torch.eye(3, dtype=torch.float64)
OTHERS = {
    "a patch full of ink": torch.ones(3, 3, dtype=torch.float64),
    "the line from the upper right to the lower left": LINE.flip(1),
    "a vertical line": torch.tensor([[0.0, 1, 0]] * 3, dtype=torch.float64),
    "a horizontal line": torch.tensor([[0.0, 1, 0]] * 3, dtype=torch.float64).T,
    "a patch without ink": torch.zeros(3, 3, dtype=torch.float64),
}


@Design()
def line(kernel: Any) -> Iterator[str]:
    """Find the diagonal line, and nothing as much as that."""
    weights = as_numbers(kernel)
    if weights is None or weights.shape != (3, 3) or not weights.isfinite().all():
        raise RefusedError(f"expected three rows of three numbers, {describe_found(kernel)}")
    best = (weights * LINE).sum()
    for name, patch in OTHERS.items():
        found = (weights * patch).sum()
        if found >= best:
            yield f"On {name} the sum is {found:g}, on the line {best:g}. Which weights should be below zero?"
    for ink in product((0.0, 1.0), repeat=9):
        patch = torch.tensor(ink, dtype=torch.float64).view(3, 3)
        if not torch.equal(patch, LINE) and (weights * patch).sum() >= best:
            rows = " / ".join(" ".join(f"{int(pixel)}" for pixel in row) for row in patch)
            yield f"On the patch {rows} the sum is at least as large as on the line. Does each pixel of the line count?"
