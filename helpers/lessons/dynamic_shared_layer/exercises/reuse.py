"""Write a module that uses one layer again and again."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from helpers.exercises.legacy import old_code
from helpers.exercises.outcomes import RefusedError, fill_parameters, refuse_dots


def _layers(number: Callable[[int], int], bias: bool = True) -> type:
    """Return a class with as many layers as `number` says for `reuses`."""

    class Layers(nn.Module):
        def __init__(self, features: int, reuses: int) -> None:
            super().__init__()
            self.layers = nn.ModuleList(nn.Linear(features, features, bias) for _ in range(number(reuses)))

        def forward(self, hidden: Tensor) -> Tensor:
            return hidden

    return Layers


def _reused(forward: Callable[[Callable, Tensor, int], Tensor | None]) -> type:
    """Return a class with one layer and a `forward(layer, hidden, reuses)`."""

    class Reused(nn.Module):
        def __init__(self, features: int, reuses: int) -> None:
            super().__init__()
            self.linear = nn.Linear(features, features)
            self.reuses = reuses

        def forward(self, hidden: Tensor) -> Tensor | None:
            return forward(self.linear, hidden, self.reuses)

    return Reused


def _steps(linear: Callable, hidden: Tensor, reuses: int, after: Callable = torch.relu) -> Tensor:
    for _ in range(reuses):
        hidden = after(linear(hidden))
    return hidden


def _without_last_clamp(linear: Callable, hidden: Tensor, reuses: int) -> Tensor:
    return linear(_steps(linear, hidden, reuses - 1)) if reuses else hidden


def _clamped_before(linear: Callable, hidden: Tensor, reuses: int) -> Tensor:
    return _steps(lambda hidden: linear(torch.relu(hidden)), hidden, reuses, lambda hidden: hidden)


def _unrolled(written: type, features: int, reuses: int) -> dict:
    hidden = torch.randn(5, features)  # before the module draws its own
    module = written(features, reuses)
    fill_parameters(module)
    output = refuse_dots(module(hidden.clone()))
    again = module(hidden.clone())
    if isinstance(output, Tensor) and isinstance(again, Tensor) and not torch.equal(output, again):
        reason = "Does `forward` use something up?" if list(module.parameters()) else "Is a layer made anew in each?"
        raise RefusedError(f"a second call gives another answer. {reason}")
    if isinstance(output, Tensor) and output.requires_grad:
        output.square().sum().backward()
    grads = [parameter.grad for parameter in module.parameters() if parameter.dim() == 2 and parameter.grad is not None]
    grad = sum(grads) if grads else torch.zeros(features, features)
    parameters = sum(parameter.numel() for parameter in module.parameters())
    return {"parameters": parameters, "output": output, "gradient of the weight": grad + grad.T}


reuse = old_code(
    right=_reused(_steps),
    cases=lambda: [(3, 2), (3, 1), (4, 3), (2, 0)],
    probe=_unrolled,
    where=lambda features, reuses: f"With features={features}, reuses={reuses}",
    mistakes={
        "No gradient reaches the layer, so it could not learn. Is it switched off?": _reused(
            lambda linear, hidden, reuses: _steps(linear, hidden, reuses).detach()
        ),
        "The gradient reaches the last use alone. Is it cut off between uses?": _reused(
            lambda linear, hidden, reuses: _steps(lambda hidden: linear(hidden.detach()), hidden, reuses)
        ),
        "The input comes out unchanged. Is the result of a use kept?": _reused(lambda linear, hidden, reuses: hidden),
        "The layer is used once too often.": _reused(lambda linear, hidden, reuses: _steps(linear, hidden, reuses + 1)),
        "One use is missing.": _reused(lambda linear, hidden, reuses: _steps(linear, hidden, reuses - 1)),
        "With 0 uses the input should come out as it is.": _reused(
            lambda linear, hidden, reuses: _steps(linear, hidden, max(reuses, 1))
        ),
        "The input is clamped too. Only what a use returns should be.": _reused(
            lambda linear, hidden, reuses: _steps(linear, torch.relu(hidden), reuses)
        ),
        "This is the result of one use, whatever `reuses` says, even at 0.": _reused(
            lambda linear, hidden, reuses: _steps(linear, hidden, 1)
        ),
        "This is the result of one use, however many there are. Does each use take what the last returned?": _reused(
            lambda linear, hidden, reuses: _steps(linear, hidden, min(reuses, 1))
        ),
        "Is the `return` inside the loop? It ends the loop in its first round.": _reused(
            lambda linear, hidden, reuses: _steps(linear, hidden, 1) if reuses else None
        ),
        "The result of a use is added to its input. It should take its place.": _reused(
            lambda linear, hidden, reuses: _steps(lambda h: h + torch.relu(linear(h)), hidden, reuses, lambda h: h)
        ),
        "Negative values are to become zero after each use.": _reused(
            lambda linear, hidden, reuses: _steps(linear, hidden, reuses, lambda hidden: hidden)
        ),
        "Negative values are to become zero after each use, not after the last alone.": _reused(
            lambda linear, hidden, reuses: (
                torch.relu(_steps(linear, hidden, reuses, lambda hidden: hidden)) if reuses else hidden
            )
        ),
        "Negative values are to become zero after each use, not at the very end. With 0 uses they stay.": _reused(
            lambda linear, hidden, reuses: torch.relu(_steps(linear, hidden, reuses, lambda hidden: hidden))
        ),
        "Negative values are to become zero after each use, not before it.": _reused(_clamped_before),
        "Positive values become zero here. The negative ones should.": _reused(
            lambda linear, hidden, reuses: _steps(linear, hidden, reuses, lambda hidden: hidden.clamp(max=0))
        ),
        "Negative values lose their sign here. They are to become zero.": _reused(
            lambda linear, hidden, reuses: _steps(linear, hidden, reuses, torch.abs)
        ),
        "The last use lacks its `clamp(min=0)`.": _reused(_without_last_clamp),
        "Each use has a layer of its own. One layer is to be used again.": _layers(lambda reuses: reuses),
        "There is a layer for each use. One is to be used again and again.": _layers(lambda reuses: max(reuses, 1)),
        "With 0 uses the module stores no layer. Its parameters must not depend on `reuses`.": _layers(
            lambda reuses: min(reuses, 1)
        ),
        "There is a second layer. One is all that is asked for.": _layers(lambda reuses: 2),
        "The layer lacks its bias.": _layers(lambda reuses: 1, bias=False),
        "The layer is no parameter of the module. It has to be made in `__init__`, as an attribute.": _layers(
            lambda reuses: 0
        ),
    },
)
