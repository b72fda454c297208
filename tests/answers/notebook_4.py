"""Answers to the exercises of notebook 4."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from helpers import layers
from tests.answers import Answers, only

# 2: reuse a layer


class Reused(nn.Module):
    def __init__(self, features, reuses):
        super().__init__()
        self.linear = nn.Linear(features, features)
        self.reuses = reuses


class Recursive(Reused):
    def forward(self, hidden, done=0):
        return hidden if done == self.reuses else self.forward(F.relu(self.linear(hidden)), done + 1)


class Repeated(nn.Module):
    def __init__(self, features, reuses):
        super().__init__()
        self.step = nn.Sequential(nn.Linear(features, features), nn.ReLU())
        self.steps = [self.step] * reuses

    def forward(self, hidden):
        for step in self.steps:
            hidden = step(hidden)
        return hidden


class OwnParameters(nn.Module):
    def __init__(self, features, reuses):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(features, features))
        self.bias = nn.Parameter(torch.zeros(features))
        self.left = range(reuses)

    def forward(self, hidden):
        for _ in self.left:
            hidden = hidden @ self.weight + self.bias
            hidden = hidden * (hidden > 0)
        return hidden


class WhileLoop(Reused):
    def forward(self, hidden):
        used = 0
        while used < self.reuses:
            hidden, used = torch.maximum(self.linear(hidden), torch.tensor(0.0)), used + 1
        return hidden


class InPlace(Reused):
    def forward(self, hidden):
        for _ in range(self.reuses):
            hidden = self.linear(hidden)
            hidden[hidden < 0] = 0
        return hidden


class LayerForEachUse(nn.Module):
    def __init__(self, features, reuses):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(features, features) for _ in range(reuses))

    def forward(self, hidden):
        for layer in self.layers:
            hidden = layer(hidden).clamp(min=0)
        return hidden


class SequentialAlone(nn.Module):
    def __init__(self, features, reuses):
        super().__init__()
        self.steps = nn.Sequential(*[nn.Linear(features, features), nn.ReLU()] * reuses)

    def forward(self, hidden):
        return self.steps(hidden)


class MadeInForward(nn.Module):
    def __init__(self, features, reuses):
        super().__init__()
        self.features, self.reuses = features, reuses

    def forward(self, hidden):
        for _ in range(self.reuses):
            hidden = nn.Linear(self.features, self.features)(hidden).clamp(min=0)
        return hidden


class WithoutBias(nn.Module):
    def __init__(self, features, reuses):
        super().__init__()
        self.linear = nn.Linear(features, features, bias=False)
        self.reuses = reuses

    def forward(self, hidden):
        for _ in range(self.reuses):
            hidden = self.linear(hidden).clamp(min=0)
        return hidden


class OutputLayerToo(nn.Module):
    def __init__(self, features, reuses):
        super().__init__()
        self.middle = nn.Linear(features, features)
        self.output = nn.Linear(features, features)
        self.reuses = reuses

    def forward(self, hidden):
        for _ in range(self.reuses):
            hidden = self.middle(hidden).clamp(min=0)
        return self.output(hidden)


class WithoutClamp(Reused):
    def forward(self, hidden):
        for _ in range(self.reuses):
            hidden = self.linear(hidden)
        return hidden


class ClampAfterwards(Reused):
    def forward(self, hidden):
        for _ in range(self.reuses):
            hidden = self.linear(hidden)
        return hidden.clamp(min=0)


class ClampAfterAll(Reused):
    def forward(self, hidden):
        if self.reuses == 0:
            return hidden
        for _ in range(self.reuses):
            hidden = self.linear(hidden)
        return hidden.clamp(min=0)


class ClampBefore(Reused):
    def forward(self, hidden):
        for _ in range(self.reuses):
            hidden = self.linear(hidden.clamp(min=0))
        return hidden


class ClampAbove(Reused):
    def forward(self, hidden):
        for _ in range(self.reuses):
            hidden = self.linear(hidden).clamp(max=0)
        return hidden


class AbsoluteValue(Reused):
    def forward(self, hidden):
        for _ in range(self.reuses):
            hidden = self.linear(hidden).abs()
        return hidden


class LastWithoutClamp(Reused):
    def forward(self, hidden):
        for use in range(self.reuses):
            hidden = self.linear(hidden)
            if use < self.reuses - 1:
                hidden = hidden.clamp(min=0)
        return hidden


class OnceMore(Reused):
    def forward(self, hidden):
        hidden = self.linear(hidden).clamp(min=0)
        for _ in range(self.reuses):
            hidden = self.linear(hidden).clamp(min=0)
        return hidden


class OneMissing(Reused):
    def forward(self, hidden):
        for _ in range(1, self.reuses):
            hidden = self.linear(hidden).clamp(min=0)
        return hidden


class AtLeastOnce(Reused):
    def forward(self, hidden):
        hidden = self.linear(hidden).clamp(min=0)
        for _ in range(1, self.reuses):
            hidden = self.linear(hidden).clamp(min=0)
        return hidden


class OnceAlone(Reused):
    def forward(self, hidden):
        return self.linear(hidden).clamp(min=0)


class FromTheInput(Reused):
    def forward(self, hidden):
        output = hidden
        for _ in range(self.reuses):
            output = self.linear(hidden).clamp(min=0)
        return output


class AddedUp(Reused):
    def forward(self, hidden):
        for _ in range(self.reuses):
            hidden = hidden + self.linear(hidden).clamp(min=0)
        return hidden


class ResultLost(Reused):
    def forward(self, hidden):
        for _ in range(self.reuses):
            self.linear(hidden).clamp(min=0)
        return hidden


class ReturnInTheLoop(Reused):
    def forward(self, hidden):
        for _ in range(self.reuses):
            hidden = self.linear(hidden).clamp(min=0)
            return hidden


class WithoutReturn(Reused):
    def forward(self, hidden):
        for _ in range(self.reuses):
            hidden = self.linear(hidden).clamp(min=0)


class WithoutGradient(Reused):
    def forward(self, hidden):
        with torch.no_grad():
            for _ in range(self.reuses):
                hidden = self.linear(hidden).clamp(min=0)
        return hidden


class CutOff(Reused):
    def forward(self, hidden):
        for _ in range(self.reuses):
            hidden = self.linear(hidden.detach()).clamp(min=0)
        return hidden


class WithoutSuper(nn.Module):
    def __init__(self, features, reuses):
        self.linear = nn.Linear(features, features)


class WithoutSelf(Reused):
    def forward(self, hidden):
        for _ in range(reuses):  # noqa: F821
            hidden = self.linear(hidden).clamp(min=0)
        return hidden


# 3: the gradient by hand


def by_powers(weight, hidden, output_grad, reuses):
    grad = torch.zeros_like(weight)
    for use in range(reuses):
        before = torch.linalg.matrix_power(weight, use) @ hidden
        after = torch.linalg.matrix_power(weight.T, reuses - 1 - use) @ output_grad
        grad += after[:, None] * before
    return grad


def by_recursion(weight, hidden, output_grad, reuses):
    if reuses == 0:
        return 0 * weight
    back = output_grad
    for _ in range(reuses - 1):
        back = back @ weight
    return torch.outer(back, hidden) + by_recursion(weight, weight @ hidden, output_grad, reuses - 1)


def by_autograd(weight, hidden, output_grad, reuses):
    weight = weight.requires_grad_()
    for _ in range(reuses):
        hidden = weight @ hidden
    (hidden @ output_grad + 0 * weight.sum()).backward()
    return weight.grad


def in_lists(weight, hidden, output_grad, reuses):
    size, weight, hidden, back = len(hidden), weight.tolist(), hidden.tolist(), output_grad.tolist()
    inputs, grad = [], [[0.0] * size for _ in range(size)]
    for _ in range(reuses):
        inputs.append(hidden)
        hidden = [sum(weight[i][j] * hidden[j] for j in range(size)) for i in range(size)]
    while inputs:
        hidden = inputs.pop()
        for i in range(size):
            for j in range(size):
                grad[i][j] += back[i] * hidden[j]
        back = [sum(weight[i][j] * back[i] for i in range(size)) for j in range(size)]
    return grad


def in_arrays(weight, hidden, output_grad, reuses):
    weight, inputs, back = weight.numpy(), [hidden.numpy()], [output_grad.numpy()]
    for _ in range(reuses):
        inputs.append(weight @ inputs[-1])
        back.insert(0, weight.T @ back[0])
    return np.einsum("ui,uj->ij", np.stack([*back[1:], 0 * back[0]]), np.stack(inputs))


def inputs_of(weight, hidden, reuses):
    inputs = []
    for _ in range(reuses):
        inputs.append(hidden)
        hidden = weight @ hidden
    return inputs


def mean_of_uses(weight, hidden, output_grad, reuses):
    grad = by_powers(weight, hidden, output_grad, reuses)
    return grad / reuses if reuses else grad


def last_use(weight, hidden, output_grad, reuses):
    grad = torch.zeros_like(weight)
    for input in reversed(inputs_of(weight, hidden, reuses)):
        grad = torch.outer(output_grad, input) if not grad.any() else grad
        output_grad = weight.T @ output_grad
    return grad


def overwritten(weight, hidden, output_grad, reuses):
    grad = torch.zeros_like(weight)
    for input in reversed(inputs_of(weight, hidden, reuses)):
        grad = torch.outer(output_grad, input)
        output_grad = weight.T @ output_grad
    return grad


def not_transposed(weight, hidden, output_grad, reuses):
    grad = torch.zeros_like(weight)
    for input in reversed(inputs_of(weight, hidden, reuses)):
        grad += torch.outer(output_grad, input)
        output_grad = weight @ output_grad
    return grad


def not_taken_back(weight, hidden, output_grad, reuses):
    return sum((torch.outer(output_grad, input) for input in inputs_of(weight, hidden, reuses)), 0 * weight)


def outer_swapped(weight, hidden, output_grad, reuses):
    grad = torch.zeros_like(weight)
    for input in reversed(inputs_of(weight, hidden, reuses)):
        grad += torch.outer(input, output_grad)
        output_grad = weight.T @ output_grad
    return grad


def outputs_for_inputs(weight, hidden, output_grad, reuses):
    outputs = []
    for _ in range(reuses):
        hidden = weight @ hidden
        outputs.append(hidden)
    grad = torch.zeros_like(weight)
    for output in reversed(outputs):
        grad += torch.outer(output_grad, output)
        output_grad = weight.T @ output_grad
    return grad


def not_reversed(weight, hidden, output_grad, reuses):
    grad = torch.zeros_like(weight)
    for input in inputs_of(weight, hidden, reuses):
        grad += torch.outer(output_grad, input)
        output_grad = weight.T @ output_grad
    return grad


def same_input(weight, hidden, output_grad, reuses):
    grad = torch.zeros_like(weight)
    for _ in range(reuses):
        grad += torch.outer(output_grad, hidden)
        output_grad = weight.T @ output_grad
    return grad


def last_output_for_all(weight, hidden, output_grad, reuses):
    for _ in range(reuses):
        hidden = weight @ hidden
    return same_input(weight, hidden, output_grad, reuses)


def times_reuses(weight, hidden, output_grad, reuses):
    return reuses * torch.outer(output_grad, hidden)


def taken_back_first(weight, hidden, output_grad, reuses):
    grad = torch.zeros_like(weight)
    for input in reversed(inputs_of(weight, hidden, reuses)):
        output_grad = weight.T @ output_grad
        grad += torch.outer(output_grad, input)
    return grad


def with_relu(weight, hidden, output_grad, reuses):
    inputs = []
    for _ in range(reuses):
        inputs.append(hidden)
        hidden = (weight @ hidden).clamp(min=0)
    grad = torch.zeros_like(weight)
    for input in reversed(inputs):
        grad += torch.outer(output_grad, input)
        output_grad = weight.T @ output_grad
    return grad


def sum_without_start(weight, hidden, output_grad, reuses):
    parts = []
    for input in reversed(inputs_of(weight, hidden, reuses)):
        parts.append(torch.outer(output_grad, input))
        output_grad = weight.T @ output_grad
    return sum(parts)


def none_after_no_use(weight, hidden, output_grad, reuses):
    return by_powers(weight, hidden, output_grad, reuses) if reuses else None


def inner_product(weight, hidden, output_grad, reuses):
    grad = 0
    for input in reversed(inputs_of(weight, hidden, reuses)):
        grad = grad + output_grad @ input
        output_grad = weight.T @ output_grad
    return grad


def elementwise(weight, hidden, output_grad, reuses):
    grad = torch.zeros_like(weight)
    for input in reversed(inputs_of(weight, hidden, reuses)):
        grad += output_grad * input
        output_grad = weight.T @ output_grad
    return grad


def of_the_input(weight, hidden, output_grad, reuses):
    for _ in range(reuses):
        output_grad = weight.T @ output_grad
    return output_grad


def without_output_grad(weight, hidden, output_grad, reuses):
    grad, back = torch.zeros_like(weight), torch.ones(len(hidden))
    for input in reversed(inputs_of(weight, hidden, reuses)):
        grad += torch.outer(back, input)
        back = weight.T @ back
    return grad


def nothing_added(weight, hidden, output_grad, reuses):
    return torch.zeros_like(weight)


def returned_nothing(weight, hidden, output_grad, reuses):
    by_powers(weight, hidden, output_grad, reuses)


def typo(weight, hidden, output_grad, reuses):
    return torch.outter(output_grad, hidden)


class UsedUp(WhileLoop):
    def forward(self, hidden):
        while self.reuses > 0:
            hidden = self.linear(hidden).clamp(min=0)
            self.reuses -= 1
        return hidden


class InputClamped(WhileLoop):
    def forward(self, hidden):
        return super().forward(hidden.clamp(min=0))


def gradient_of_one_use(weight, hidden, output_grad, reuses):
    return output_grad[:, None] * hidden[None, :]


ANSWERS = {
    1: Answers(
        right={
            "float": only(3855.0),
            "net": only(sum(each.numel() for each in layers.DynamicNet(20, 50, 5).parameters())),
            "tensor": only(torch.tensor([1050, 2550, 255]).sum()),
            "array": only(np.int64(21 * 50 + 51 * 50 + 51 * 5)),
        },
        wrong={
            "no biases": (only(3750), "biases too"),
            "no middle layer": (only(1305), "The middle layer has"),
            "six middle layers": (only(16605), "six times"),
            "seven middle layers": (only(19155), "0 to 6 middle steps"),
            "three middle layers": (only(8955), "three times on average"),
            "six without biases": (only(16250), "and it has biases"),
            "one bias a layer": (only(3753), "not one for each layer"),
            "biases of the inputs": (only(3870), "not to an input"),
            "no bias in the middle": (only(3805), "lacks its biases"),
            "two middle layers": (only(6405), "How many middle layers"),
            "no weights": (only(105), "These are the biases"),
            "no weights, no biases": (only(3), "These are the layers"),
            "middle layer alone": (only(2550), "the middle layer alone"),
            "units": (only(75), "These are the units"),
            "one product": (only(5000), "multiply or add up"),
            "words": (only("3855"), "Expected a whole number"),
        },
    ),
    2: Answers(
        right={
            "recursive": only(Recursive),
            "list of one": only(Repeated),
            "own parameters": only(OwnParameters),
            "while": only(WhileLoop),
            "in place": only(InPlace),
        },
        wrong={
            "a layer for each use": (only(LayerForEachUse), "a layer of its own"),
            "not kept for 0": (only(SequentialAlone), "stores no layer"),
            "made in forward": (only(MadeInForward), "Is a layer made anew in each"),
            "no bias": (only(WithoutBias), "lacks its bias"),
            "output layer": (only(OutputLayerToo), "a second layer"),
            "no clamp": (only(WithoutClamp), "become zero after each use."),
            "clamp afterwards": (only(ClampAfterwards), "at the very end"),
            "clamp after all": (only(ClampAfterAll), "not after the last alone"),
            "clamp before": (only(ClampBefore), "not before it"),
            "clamp above": (only(ClampAbove), "Positive values become"),
            "absolute value": (only(AbsoluteValue), "lose their sign"),
            "last without clamp": (only(LastWithoutClamp), "The last use lacks"),
            "once more": (only(OnceMore), "once too often"),
            "one missing": (only(OneMissing), "One use is missing"),
            "at least once": (only(AtLeastOnce), "With 0 uses the input should"),
            "once alone": (only(OnceAlone), "even at 0"),
            "from the input": (only(FromTheInput), "what the last returned"),
            "added up": (only(AddedUp), "added to its input"),
            "result lost": (only(ResultLost), "comes out unchanged"),
            "return in the loop": (only(ReturnInTheLoop), "inside the loop"),
            "no return": (only(WithoutReturn), "came None. Is a `return`"),
            "no gradient": (only(WithoutGradient), "No gradient reaches"),
            "cut off": (only(CutOff), "reaches the last use alone"),
            "no super": (only(WithoutSuper), "cannot assign module"),
            "used up": (only(UsedUp), "use something up"),
            "input clamped": (only(InputClamped), "input is clamped too"),
            "no self": (only(WithoutSelf), "name 'reuses' is not defined"),
            "a function": (only(lambda features, reuses: nn.Linear(features, features)), "came a function"),
            "an instance": (only(WhileLoop(3, 2)), "came WhileLoop"),
        },
    ),
    3: Answers(
        right={
            "powers": only(by_powers),
            "recursion": only(by_recursion),
            "lists": only(in_lists),
            "arrays": only(in_arrays),
        },
        wrong={
            "one use": (only(gradient_of_one_use), "That is one use. With several"),
            "autograd": (only(by_autograd), "Autograd is switched off"),
            "mean": (only(mean_of_uses), "the mean over the uses"),
            "last use": (only(last_use), "the last use alone"),
            "overwritten": (only(overwritten), "the first use alone"),
            "not transposed": (only(not_transposed), "with the transposed weight"),
            "not taken back": (only(not_taken_back), "go backwards through"),
            "outer swapped": (only(outer_swapped), "Rows and columns"),
            "outputs for inputs": (only(outputs_for_inputs), "not with its output"),
            "not reversed": (only(not_reversed), "in the same order"),
            "same input": (only(same_input), "change from use to use"),
            "last output for all": (only(last_output_for_all), "what the last use returned"),
            "times reuses": (only(times_reuses), "as many times"),
            "taken back first": (only(taken_back_first), "before any step back"),
            "with ReLU": (only(with_relu), "without ReLU"),
            "0 after no use": (only(sum_without_start), "of the weight's shape"),
            "None after no use": (only(none_after_no_use), "reuses=0: expected the shape (2, 2), came None"),
            "inner product": (only(inner_product), "one number for each use"),
            "elementwise": (only(elementwise), "Every output meets every input"),
            "of the input": (only(of_the_input), "with respect to the input"),
            "no output_grad": (only(without_output_grad), "depend on `output_grad`"),
            "nothing": (only(nothing_added), "stays zero"),
            "no return": (only(returned_nothing), "reuses=1: expected the shape (2, 2), came None"),
            "typo": (only(typo), "has no attribute 'outter'"),
        },
    ),
    4: Answers(
        right={
            "by hand": (56, 46),
            "tensors": (torch.tensor(56), torch.tensor(46)),
            "floats": (56.0, 46.0),
            "arrays": (np.int64(56), np.int64(46)),
            "roots": tuple(int(((1011 + m) ** 2 / 4 / m**2 + 59_990 / m) ** 0.5 - (1011 + m) / 2 / m) for m in (1, 6)),
        },
        wrong={
            "rounded up": ((57, 47), "width 57 takes"),
            "swapped": ((46, 56), "Which net stores more"),
            "no middle layer": ((60, 60), "Is the middle layer in your sum"),
            "tied counted six times": ((46, 46), "once for each use"),
            "untied counted once": ((56, 56), "has a layer of its own"),
            "five middle layers": ((56, 47), "width 47 takes"),
            "strictly below": ((55, 45), "width 55 fits"),
            "seven middle layers": ((56, 45), "width 45 fits"),
            "slider's steps": ((40, 40), "width 40 fits"),
            "slider's width": ((100, 100), "width 100 takes"),
            "not rounded": ((56.3, 46.2), "56.3"),
            "words": (("56", "46"), "'56'"),
            "zero": ((0, 0), "tied=0 is too small"),
        },
    ),
}
