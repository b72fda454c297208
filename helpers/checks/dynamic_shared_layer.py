"""The exercises of notebook 4."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from helpers.checks import Code, Design, Number, Sheet
from helpers.checks.outcomes import RefusedError, UnansweredError, as_numbers
from helpers.counting import as_int

IN_FEATURES, OUT_FEATURES, USES, BUDGET = 1000, 10, 6, 60_000


def _linear(inputs: int, outputs: int, bias: int = 1) -> int:
    return inputs * outputs + bias * outputs


def _net(inputs: int, hidden: int, outputs: int, middles: int = 1, bias: int = 1) -> int:
    """Count the parameters of a net with `middles` middle layers."""
    return _linear(inputs, hidden, bias) + middles * _linear(hidden, hidden, bias) + _linear(hidden, outputs, bias)


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


def filled(module: nn.Module) -> None:
    """Give each parameter values that depend on its shape alone, whatever its name and which way round it is kept."""
    for parameter in module.parameters():
        values = torch.linspace(-0.6, 1, parameter.numel()).view_as(parameter)
        parameter.data = (values + values.T) / 2 if values.dim() == 2 and len(values) == len(values.T) else values


def _unrolled(written: type, features: int, reuses: int) -> dict:
    hidden = torch.randn(5, features)  # before the module draws its own
    module = written(features, reuses)
    filled(module)
    output = module(hidden.clone())
    if output is ...:
        raise UnansweredError
    if isinstance(output, Tensor) and output.requires_grad:
        output.square().sum().backward()
    grads = [parameter.grad for parameter in module.parameters() if parameter.dim() == 2 and parameter.grad is not None]
    grad = sum(grads) if grads else torch.zeros(features, features)
    parameters = sum(parameter.numel() for parameter in module.parameters())
    return {"parameters": parameters, "output": output, "gradient of the weight": grad + grad.T}


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


def _widest(middles: int) -> int:
    return max(width for width in range(1, 100) if _net(IN_FEATURES, width, OUT_FEATURES, middles) <= BUDGET)


def _width(name: str, width: Any) -> int:
    number = as_numbers(width)
    whole = number is not None and number.dim() == 0 and number.item() % 1 == 0
    try:
        return as_int(name, int(number) if whole else width)
    except (TypeError, ValueError) as problem:
        raise RefusedError(f"{problem}.") from None


def _problems(tied: int, untied: int) -> Iterator[str]:
    widths = {"tied": _width("tied", tied), "untied": _width("untied", untied)}
    if widths["tied"] < widths["untied"]:
        yield "Your tied net is the narrower one. Which net stores more layers?"
    for name, width in widths.items():
        middles, other = (1, USES) if name == "tied" else (USES, 1)
        words = " Is the middle layer in your sum?" if width == _widest(0) else ""
        if width == _widest(other):
            words = {
                "tied": " Did you count the shared layer once for each use?",
                "untied": " Each of its steps has a layer of its own.",
            }[name]
        needs, wider = (_net(IN_FEATURES, at, OUT_FEATURES, middles) for at in (width, width + 1))
        if needs > BUDGET:
            yield f"{name}: width {width:,} takes {needs:,} parameters, more than {BUDGET:,}.{words}"
        elif wider <= BUDGET:
            yield f"{name}: width {width:,} fits, and so does a wider one.{words}"


check = Sheet(
    Number(
        right=_net(20, 50, 5),
        mistakes={
            _net(20, 50, 5, middles=6): "A layer that is used six times is stored once.",
            _net(20, 50, 5, middles=3): "A layer that is used three times on average is stored once.",
            _net(20, 50, 5, bias=0): "Each linear layer has biases too.",
            _net(20, 50, 5, middles=0): "The middle layer has parameters too.",
            _net(20, 50, 5, middles=6, bias=0): "A layer is stored once, and it has biases.",
            _net(20, 50, 5, middles=7): "All of the 0 to 6 middle steps use the same layer.",
            _net(20, 50, 5, bias=0) + 3: "Each layer has a bias for each of its outputs, not one for each layer.",
            _net(20, 50, 5, bias=0) + 20 + 50 + 50: "A bias belongs to an output of a layer, not to an input.",
            50 + 50 + 5: "These are the biases. And the weights?",
            _linear(50, 50): "That is the middle layer alone.",
            20 + 50 + 5: "These are the units. How many weights join them?",
            20 * 50 * 5: "Each layer has weights of its own. Do they multiply or add up?",
            _net(20, 50, 5) - 50: "One of the layers lacks its biases.",
            _net(20, 50, 5) - 5: "One of the layers lacks its biases.",
            _net(20, 50, 5, middles=2): "How many middle layers does the net store?",
            3: "These are the layers. How many numbers does each store?",
        },
    ),
    Code(
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
            "The input comes out unchanged. Is the result of a use kept?": _reused(
                lambda linear, hidden, reuses: hidden
            ),
            "The layer is used once too often.": _reused(
                lambda linear, hidden, reuses: _steps(linear, hidden, reuses + 1)
            ),
            "One use is missing.": _reused(lambda linear, hidden, reuses: _steps(linear, hidden, reuses - 1)),
            "With 0 uses the input should come out as it is.": _reused(
                lambda linear, hidden, reuses: _steps(linear, hidden, max(reuses, 1))
            ),
            "The layer is used once, whatever `reuses` says.": _reused(
                lambda linear, hidden, reuses: _steps(linear, hidden, 1)
            ),
            "Each use is to take what the use before returned.": _reused(
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
    ),
    Code(
        right=_weight_gradient,
        cases=_passes,
        where=lambda weight, hidden, output_grad, reuses: f"With {len(hidden)} features and reuses={reuses}",
        mistakes={
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
                lambda weight, hidden, output_grad, reuses: _weight_gradient(
                    weight, hidden, weight.T @ output_grad, reuses
                )
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
    ),
    Design(_problems, takes=2),
)
