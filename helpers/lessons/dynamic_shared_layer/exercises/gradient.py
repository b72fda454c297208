"""Compute the gradient of a weight that is used again and again from its uses."""

from collections.abc import Iterator

import torch
from torch import Tensor

from helpers.exercises import Code
from helpers.exercises.kinds import call_without_autograd


def _passes() -> Iterator[tuple[Tensor, Tensor, Tensor, int]]:
    for features, reuses in ((2, 1), (4, 2), (5, 3), (2, 0)):
        yield torch.randn(features, features), torch.randn(features), torch.randn(features), reuses


def _inputs(weight, hidden, reuses):
    """Return the input of each use, the first first."""
    inputs = []
    for _ in range(reuses):
        inputs.append(hidden)
        hidden = weight @ hidden
    return inputs


def _add_up(weight, inputs, output_grad):
    """Return the sum of the gradients of uses with these inputs, from the last use back to the first."""
    grad = torch.zeros_like(weight)
    for input in reversed(inputs):
        grad += torch.outer(output_grad, input)
        output_grad = weight.T @ output_grad
    return grad


@Code(
    cases=_passes,
    where=lambda weight, hidden, output_grad, reuses: f"With {len(hidden)} features and reuses={reuses}",
    probe=call_without_autograd,
)
def weight_gradient(weight, hidden, output_grad, reuses):
    """Return the sum of the gradients of all uses."""
    return _add_up(weight, _inputs(weight, hidden, reuses), output_grad)


@weight_gradient.mistake("That is one use. With several, each has an input and a gradient of its own.")
def _one_use(weight, hidden, output_grad, reuses):
    return torch.outer(output_grad, hidden)


@weight_gradient.mistake("That is one use, with rows and columns mixed up: rows belong to outputs.")
def _one_use_swapped(weight, hidden, output_grad, reuses):
    return torch.outer(hidden, output_grad)


@weight_gradient.mistake("After 0 uses return zeros of the weight's shape.")
def _zero_after_no_use(weight, hidden, output_grad, reuses):
    return weight_gradient.right(weight, hidden, output_grad, reuses) if reuses else 0


@weight_gradient.mistake("The gradient stays zero. Is anything added to it?")
def _nothing_added(weight, hidden, output_grad, reuses):
    return torch.zeros_like(weight)


@weight_gradient.mistake("This is the mean over the uses.")
def _mean(weight, hidden, output_grad, reuses):
    return weight_gradient.right(weight, hidden, output_grad, reuses) / max(reuses, 1)


@weight_gradient.mistake("This is the last use alone.")
def _last_use(weight, hidden, output_grad, reuses):
    inputs = _inputs(weight, hidden, reuses)
    return torch.outer(output_grad, inputs[-1]) if inputs else torch.zeros_like(weight)


@weight_gradient.mistake("This is the first use alone.")
def _overwritten(weight, hidden, output_grad, reuses):
    grad = torch.zeros_like(weight)
    for input in reversed(_inputs(weight, hidden, reuses)):
        grad = torch.outer(output_grad, input)
        output_grad = weight.T @ output_grad
    return grad


@weight_gradient.mistake("Backwards through a use, the gradient is multiplied with the transposed weight.")
def _not_transposed(weight, hidden, output_grad, reuses):
    grad = torch.zeros_like(weight)
    for input in reversed(_inputs(weight, hidden, reuses)):
        grad += torch.outer(output_grad, input)
        output_grad = weight @ output_grad
    return grad


@weight_gradient.mistake("The first use is taken as many times as there are uses. Is each use the same?")
def _times_reuses(weight, hidden, output_grad, reuses):
    return reuses * torch.outer(output_grad, hidden)


@weight_gradient.mistake("The gradient is the same at every use. Does it go backwards through the layer?")
def _not_taken_back(weight, hidden, output_grad, reuses):
    return sum((torch.outer(output_grad, input) for input in _inputs(weight, hidden, reuses)), torch.zeros_like(weight))


@weight_gradient.mistake("Each use is multiplied with its input, not with its output.")
def _outputs_for_inputs(weight, hidden, output_grad, reuses):
    return weight_gradient.right(weight, weight @ hidden, output_grad, reuses)


@weight_gradient.mistake("Rows and columns are mixed up: rows belong to outputs.")
def _swapped(weight, hidden, output_grad, reuses):
    return weight_gradient.right(weight, hidden, output_grad, reuses).T


@weight_gradient.mistake("Each use has an input of its own. Does yours change from use to use?")
def _same_input(weight, hidden, output_grad, reuses):
    return _add_up(weight, [hidden] * reuses, output_grad)


@weight_gradient.mistake("Each use has an input of its own. Yours is what the last use returned.")
def _last_output_for_all(weight, hidden, output_grad, reuses):
    output = torch.linalg.matrix_power(weight, reuses) @ hidden
    return _add_up(weight, [output] * reuses, output_grad)


@weight_gradient.mistake("You go through inputs and gradients in the same order. Which use has which gradient?")
def _not_reversed(weight, hidden, output_grad, reuses):
    return _add_up(weight, _inputs(weight, hidden, reuses)[::-1], output_grad)


@weight_gradient.mistake("The last use gets `output_grad` as it is, before any step back.")
def _taken_back_first(weight, hidden, output_grad, reuses):
    return weight_gradient.right(weight, hidden, weight.T @ output_grad, reuses)


@weight_gradient.mistake("Does your gradient depend on `output_grad`?")
def _without_output_grad(weight, hidden, output_grad, reuses):
    return weight_gradient.right(weight, hidden, torch.ones_like(output_grad), reuses)


@weight_gradient.mistake("The uses here are without ReLU.")
def _with_relu(weight, hidden, output_grad, reuses):
    inputs = [hidden]
    for _ in range(reuses):
        inputs.append(torch.relu(weight @ inputs[-1]))
    return _add_up(weight, inputs[:-1], output_grad)


@weight_gradient.mistake("A use adds a matrix; yours adds one number for each use.")
def _inner_product(weight, hidden, output_grad, reuses):
    grad = 0
    for input in reversed(_inputs(weight, hidden, reuses)):
        grad += output_grad @ input
        output_grad = weight.T @ output_grad
    return grad


@weight_gradient.mistake("Every output meets every input: that is more than a product number by number.")
def _elementwise(weight, hidden, output_grad, reuses):
    grad = torch.zeros_like(weight)
    for input in reversed(_inputs(weight, hidden, reuses)):
        grad += output_grad * input
        output_grad = weight.T @ output_grad
    return grad


@weight_gradient.mistake("This is the gradient with respect to the input. That of the weight is asked for.")
def _of_the_input(weight, hidden, output_grad, reuses):
    return torch.linalg.matrix_power(weight.T, reuses) @ output_grad
