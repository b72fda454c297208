"""A net that uses one layer again and again, a different number of times in each forward pass."""

import copy

import torch
from torch import Tensor, nn

from helpers import counting
from helpers.counting.formatting import format_value
from helpers.layers.positional import as_float_dtype, refuse_too_large

MOST_REUSES = 1000  # each use keeps its output for the backward pass

Reuses = int | tuple[int, int]


class DynamicNet(nn.Module):
    """A net that applies `input_linear`, then `middle_linear` `reuses` times, then `output_linear`.

    A ReLU follows every layer but the last. The form is that of an early version of the PyTorch example "Control Flow +
    Weight Sharing", where a pass draws from 0 to 3 uses.

    `reuses` is a number of uses, or a (fewest, most) pair from which each pass draws one, all equally likely, with
    `generator` or else with torch's global one. `max_bytes` is the most memory that the parameters may take; it is
    compared before anything is allocated.

    Shapes: input (..., in_features), output (..., out_features). Raises TypeError or ValueError naming the argument,
    its value and what is allowed: widths are whole numbers from 1, uses from 0 to 1,000.
    """

    def __init__(
        self,
        in_features: int,
        hidden_features: int,
        out_features: int,
        reuses: Reuses = (0, 3),
        generator: torch.Generator | None = None,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        max_bytes: int = 2**30,
    ) -> None:
        dtype = as_float_dtype(dtype)
        widths = {"in_features": in_features, "hidden_features": hidden_features, "out_features": out_features}
        widths = {name: counting.as_int(name, width) for name, width in widths.items()}
        if generator is not None and not isinstance(generator, torch.Generator):
            raise TypeError(f"generator is a {type(generator).__name__}; allowed is a torch.Generator or None")
        pair = tuple(map(_as_reuses, reuses if isinstance(reuses, tuple | list) else (reuses, reuses)))
        if len(pair) != 2 or pair[0] > pair[1]:
            raise ValueError(f"reuses={format_value(reuses)}; allowed is an int, or (fewest, most) with fewest <= most")
        super().__init__()
        self.in_features, self.hidden_features, self.out_features = widths.values()
        self.reuses, self.generator = pair, generator
        shapes = (
            (self.in_features, self.hidden_features),
            (self.hidden_features, self.hidden_features),
            (self.hidden_features, self.out_features),
        )
        refuse_too_large(
            "the net",
            sum(inputs * outputs + outputs for inputs, outputs in shapes),
            dtype.itemsize,
            max_bytes,
            "Shrink hidden_features, in_features or out_features",
        )
        self.input_linear, self.middle_linear, self.output_linear = (
            nn.Linear(*shape, device=device, dtype=dtype) for shape in shapes
        )

    def forward(self, input: Tensor, reuses: int | None = None) -> Tensor:
        """Return the output of a pass that uses `middle_linear` `reuses` times; None draws the number.

        Raises TypeError or ValueError for another number than 0 to 1,000.
        """
        if reuses is None:
            fewest, most = self.reuses
            reuses = int(torch.randint(fewest, most + 1, (), generator=self.generator))
        hidden = self.input_linear(input).relu()
        for _ in range(_as_reuses(reuses)):
            hidden = self.middle_linear(hidden).relu()
        return self.output_linear(hidden)

    def extra_repr(self) -> str:
        """Return the (fewest, most) uses between which a pass draws."""
        return f"reuses={self.reuses}"


def _as_reuses(reuses: int) -> int:
    """Return a number of uses as an int. Raises TypeError or ValueError for anything but 0 to 1,000."""
    number = counting.as_int("reuses", reuses, minimum=0)
    if number > MOST_REUSES:
        raise ValueError(f"reuses={format_value(number)} is too large; allowed is 0 to {MOST_REUSES:,}")
    return number


def to_untied(net: DynamicNet, reuses: int) -> nn.Sequential:
    """Return a net that computes what `net` does with `reuses` uses, with a copy of the middle layer for each use.

    All its linear layers are copies. Shapes and errors are those of `DynamicNet.forward`, and TypeError is raised for
    another net.
    """
    if not isinstance(net, DynamicNet):
        kind = f"{type(net).__module__}.{type(net).__qualname__}"
        raise TypeError(f"net is a {kind}; allowed is a helpers.layers.DynamicNet")
    middle = [copy.deepcopy(net.middle_linear) for _ in range(_as_reuses(reuses))]
    first, *rest = (copy.deepcopy(net.input_linear), *middle, copy.deepcopy(net.output_linear))
    return nn.Sequential(first, *(part for layer in rest for part in (nn.ReLU(), layer)))
