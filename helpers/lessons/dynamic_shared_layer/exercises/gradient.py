"""Compute the gradient of a weight that is used again and again from its uses."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from helpers.exercises.kinds import call_without_autograd
from helpers.exercises.legacy import old_code


def _weight_gradient(weight: Tensor, hidden: Tensor, output_grad: Tensor, reuses: int) -> Tensor:
    return sum(_by_use(weight, hidden, output_grad, reuses), torch.zeros_like(weight))


def _by_use(weight: Tensor, hidden: Tensor, output_grad: Tensor, reuses: int, back: Tensor | None = None) -> list:
    """Return the gradient of each use, the last first; a wrong `back` takes the gradient back by another matrix."""
    inputs = [hidden]
    for _ in range(reuses):
        inputs.append(weight @ inputs[-1])
    parts, grad = [], output_grad
    for number in range(reuses, 0, -1):
        parts.append(torch.outer(grad, inputs[number - 1]))
        grad = (weight.T if back is None else back) @ grad
    return parts


def _of_outputs(weight: Tensor, hidden: Tensor, output_grad: Tensor, reuses: int) -> Tensor:
    return _weight_gradient(weight, weight @ hidden, output_grad, reuses)


def _uses(weight: Tensor, hidden: Tensor, output_grad: Tensor, reuses: int) -> tuple[list[Tensor], list[Tensor]]:
    """Return the input of each use and of what comes after, and the gradient of each output, both the first first."""
    inputs, grads = [hidden], [output_grad]
    for _ in range(reuses):
        inputs.append(weight @ inputs[-1])
        grads.append(weight.T @ grads[-1])
    return inputs, grads[-2::-1]


def _pairs(pair: Callable[[list, list], list], product: Callable = torch.outer) -> Callable:
    """Return the sum of the products of gradients and inputs that `pair` makes of `_uses`."""
    return lambda *case: sum((product(*each) for each in pair(*_uses(*case))), torch.zeros_like(case[0]))


def _with_relu(weight: Tensor, hidden: Tensor, output_grad: Tensor, reuses: int) -> Tensor:
    grad, inputs = torch.zeros_like(weight), [hidden]
    for _ in range(reuses):
        inputs.append(torch.relu(weight @ inputs[-1]))
    for input in inputs[-2::-1]:
        grad, output_grad = grad + torch.outer(output_grad, input), weight.T @ output_grad
    return grad


def _of_the_input(weight: Tensor, hidden: Tensor, output_grad: Tensor, reuses: int) -> Tensor:
    return torch.linalg.matrix_power(weight.T, reuses) @ output_grad


def _passes() -> Iterator[tuple[Tensor, Tensor, Tensor, int]]:
    for features, reuses in ((2, 1), (4, 2), (5, 3), (2, 0)):
        yield torch.randn(features, features), torch.randn(features), torch.randn(features), reuses


gradient = old_code(
    right=_weight_gradient,
    cases=_passes,
    where=lambda weight, hidden, output_grad, reuses: f"With {len(hidden)} features and reuses={reuses}",
    probe=call_without_autograd,
    mistakes={
        "That is one use. With several, each has an input and a gradient of its own.": (
            lambda weight, hidden, output_grad, reuses: torch.outer(output_grad, hidden)
        ),
        "That is one use, with rows and columns mixed up: rows belong to outputs.": (
            lambda weight, hidden, output_grad, reuses: torch.outer(hidden, output_grad)
        ),
        "After 0 uses return zeros of the weight's shape.": lambda *case: sum(_by_use(*case)),
        "The gradient stays zero. Is anything added to it?": lambda weight, *case: torch.zeros_like(weight),
        "This is the mean over the uses.": lambda *case: _weight_gradient(*case) / max(case[3], 1),
        "This is the last use alone.": _pairs(lambda inputs, grads: [*zip(grads, inputs, strict=False)][-1:]),
        "This is the first use alone.": _pairs(lambda inputs, grads: [*zip(grads, inputs, strict=False)][:1]),
        "Backwards through a use, the gradient is multiplied with the transposed weight.": (
            lambda *case: sum(_by_use(*case, back=case[0]), torch.zeros_like(case[0]))
        ),
        "The first use is taken as many times as there are uses. Is each use the same?": (
            lambda weight, hidden, output_grad, reuses: reuses * torch.outer(output_grad, hidden)
        ),
        "The gradient is the same at every use. Does it go backwards through the layer?": (
            lambda *case: sum(_by_use(*case, back=torch.eye(len(case[1]))), torch.zeros_like(case[0]))
        ),
        "Each use is multiplied with its input, not with its output.": _of_outputs,
        "Rows and columns are mixed up: rows belong to outputs.": lambda *case: _weight_gradient(*case).T,
        "Each use has an input of its own. Does yours change from use to use?": _pairs(
            lambda inputs, grads: [(grad, inputs[0]) for grad in grads]
        ),
        "Each use has an input of its own. Yours is what the last use returned.": _pairs(
            lambda inputs, grads: [(grad, inputs[-1]) for grad in grads]
        ),
        "You go through inputs and gradients in the same order. Which use has which gradient?": _pairs(
            lambda inputs, grads: zip(grads[::-1], inputs, strict=False)
        ),
        "The last use gets `output_grad` as it is, before any step back.": (
            lambda weight, hidden, output_grad, reuses: _weight_gradient(weight, hidden, weight.T @ output_grad, reuses)
        ),
        "Does your gradient depend on `output_grad`?": lambda weight, hidden, output_grad, reuses: _weight_gradient(
            weight, hidden, torch.ones_like(output_grad), reuses
        ),
        "The uses here are without ReLU.": _with_relu,
        "A use adds a matrix; yours adds one number for each use.": lambda *case: sum(
            grad @ input for grad, input in zip(*_uses(*case)[::-1], strict=False)
        ),
        "Every output meets every input: that is more than a product number by number.": _pairs(
            lambda inputs, grads: zip(grads, inputs, strict=False), torch.mul
        ),
        "This is the gradient with respect to the input. That of the weight is asked for.": _of_the_input,
    },
)
