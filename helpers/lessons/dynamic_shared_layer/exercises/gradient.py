"""Compute the gradient of a weight that is used again and again from its uses."""

import torch

from helpers.exercises import Code
from helpers.exercises.calls import call_without_autograd


def _inputs(weight, hidden, reuses):
    """Return the input of each use, the first first."""
    return [torch.linalg.matrix_power(weight, use) @ hidden for use in range(reuses)]


def _output_grads(weight, output_grad, reuses):
    """Return the gradient of the output of each use, the first first."""
    return _inputs(weight.T, output_grad, reuses)[::-1]


def _add_up(weight, inputs, output_grads, product=torch.outer):
    """Return the sum of the gradients of uses with these inputs and gradients of outputs."""
    return sum(map(product, output_grads, inputs), torch.zeros_like(weight))


@Code(
    cases=lambda: [
        (torch.randn(features, features), torch.randn(features), torch.randn(features), reuses)
        for features, reuses in ((2, 1), (4, 2), (3, 5), (2, 0))
    ],
    where=lambda weight, hidden, output_grad, reuses: f"With {len(hidden)} features and reuses={reuses}",
    probe=call_without_autograd,
)
def weight_gradient(weight, hidden, output_grad, reuses):
    """Return the sum of the gradients of all uses."""
    return _add_up(weight, _inputs(weight, hidden, reuses), _output_grads(weight, output_grad, reuses))


@weight_gradient.mistake("That is one use. With several, each has an input and a gradient of its own.")
def _ignore_several(weight, hidden, output_grad, reuses):
    return torch.outer(output_grad, hidden)


@weight_gradient.mistake("That is one use, with rows and columns mixed up: rows belong to outputs.")
def _swap_rows_of_one_use(weight, hidden, output_grad, reuses):
    return torch.outer(hidden, output_grad)


@weight_gradient.mistake("After 0 uses return zeros of the weight's shape.")
def _forget_shape_of_zeros(weight, hidden, output_grad, reuses):
    return weight_gradient.right(weight, hidden, output_grad, reuses) if reuses else 0


@weight_gradient.mistake("The gradient stays zero. Is anything added to it?")
def _add_nothing(weight, hidden, output_grad, reuses):
    return torch.zeros_like(weight)


@weight_gradient.mistake("This is the mean over the uses.")
def _take_the_mean(weight, hidden, output_grad, reuses):
    return weight_gradient.right(weight, hidden, output_grad, reuses) / max(reuses, 1)


@weight_gradient.mistake("This is the last use alone.")
def _keep_the_last(weight, hidden, output_grad, reuses):
    return _add_up(weight, _inputs(weight, hidden, reuses)[-1:], [output_grad])


@weight_gradient.mistake("There are three uses at most here. `reuses` may be larger.")
def _take_three_at_most(weight, hidden, output_grad, reuses):
    return weight_gradient.right(weight, hidden, output_grad, min(reuses, 3))


@weight_gradient.mistake("This is the first use alone.")
def _keep_the_first(weight, hidden, output_grad, reuses):
    return _add_up(weight, [hidden], _output_grads(weight, output_grad, reuses)[:1])


@weight_gradient.mistake("Backwards through a use, the gradient is multiplied with the transposed weight.")
def _forget_to_transpose(weight, hidden, output_grad, reuses):
    return _add_up(weight, _inputs(weight, hidden, reuses), _output_grads(weight.T, output_grad, reuses))


@weight_gradient.mistake("The first use is taken as many times as there are uses. Is each use the same?")
def _repeat_many_times(weight, hidden, output_grad, reuses):
    return reuses * torch.outer(output_grad, hidden)


@weight_gradient.mistake("The gradient is the same at every use. Does it go backwards through the layer?")
def _bypass_layer(weight, hidden, output_grad, reuses):
    return _add_up(weight, _inputs(weight, hidden, reuses), [output_grad] * reuses)


@weight_gradient.mistake("Each use is multiplied with its input, not with its output.")
def _multiply_outputs(weight, hidden, output_grad, reuses):
    return weight_gradient.right(weight, weight @ hidden, output_grad, reuses)


@weight_gradient.mistake("Rows and columns are mixed up: rows belong to outputs.")
def _swap_rows_and_columns(weight, hidden, output_grad, reuses):
    return weight_gradient.right(weight, hidden, output_grad, reuses).T


@weight_gradient.mistake("Each use has an input of its own. Does yours change from use to use?")
def _never_change(weight, hidden, output_grad, reuses):
    return _add_up(weight, [hidden] * reuses, _output_grads(weight, output_grad, reuses))


@weight_gradient.mistake("Each use has an input of its own. Yours is what the last use returned.")
def _use_returned_value(weight, hidden, output_grad, reuses):
    output = torch.linalg.matrix_power(weight, reuses) @ hidden
    return _add_up(weight, [output] * reuses, _output_grads(weight, output_grad, reuses))


@weight_gradient.mistake("You go through inputs and gradients in the same order. Which use has which gradient?")
def _keep_the_order(weight, hidden, output_grad, reuses):
    return _add_up(weight, _inputs(weight, hidden, reuses)[::-1], _output_grads(weight, output_grad, reuses))


@weight_gradient.mistake("The last use gets `output_grad` as it is, before any step back.")
def _step_back_first(weight, hidden, output_grad, reuses):
    return weight_gradient.right(weight, hidden, weight.T @ output_grad, reuses)


@weight_gradient.mistake("Does your gradient depend on `output_grad`?")
def _depend_on_ones(weight, hidden, output_grad, reuses):
    return weight_gradient.right(weight, hidden, torch.ones_like(output_grad), reuses)


@weight_gradient.mistake("The uses here are without ReLU.")
def _apply_relu(weight, hidden, output_grad, reuses):
    inputs = [hidden]
    for _ in range(reuses):
        inputs.append(torch.relu(weight @ inputs[-1]))
    return _add_up(weight, inputs, _output_grads(weight, output_grad, reuses))


@weight_gradient.mistake("A use adds a matrix; yours adds one number for each use.")
def _reduce_to_number(weight, hidden, output_grad, reuses):
    return sum(map(torch.dot, _inputs(weight, hidden, reuses), _output_grads(weight, output_grad, reuses)))


@weight_gradient.mistake("Every output meets every input: that is more than a product number by number.")
def _use_elementwise_product(weight, hidden, output_grad, reuses):
    return _add_up(weight, _inputs(weight, hidden, reuses), _output_grads(weight, output_grad, reuses), torch.mul)


@weight_gradient.mistake("This is the gradient with respect to the input. That of the weight is asked for.")
def _differentiate_by_input(weight, hidden, output_grad, reuses):
    return torch.linalg.matrix_power(weight.T, reuses) @ output_grad
