"""Write a module that uses one layer again and again."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.exercises import Code
from helpers.exercises.calls import CHANGES
from helpers.exercises.outcomes import RefusedError, fill_parameters


def _unroll(written: type, features: int, reuses: int) -> dict:
    leaf = torch.randn(5, features, requires_grad=True)  # before the module draws its own
    module = written(features, reuses)
    fill_parameters(module)
    hidden, parameters = leaf.clone(), list(module.parameters())
    output = module(hidden)
    first = output.detach().clone() if isinstance(output, Tensor) else None
    again = module(hidden)
    if first is not None and isinstance(again, Tensor) and not torch.equal(first, again):
        reason = "Does `forward` use something up?" if parameters else "Is a layer made anew in each?"
        reason = reason if torch.equal(hidden, leaf) else CHANGES.format("hidden")
        raise RefusedError(f"a second call gives another answer. {reason}")
    if isinstance(output, Tensor) and output.requires_grad:
        output.square().sum().backward()
    grad = _add_grads(parameters, features**2).view(features, features)
    return {
        "parameters": sum(each.numel() for each in parameters),
        "output": output,
        "gradient of the weight": grad + grad.T,  # a weight of one's own may stand either way round
        "gradient of the bias": _add_grads(parameters, features),
        "gradient of the input": _add_grads([leaf], leaf.numel()),
    }


def _add_grads(tensors: list[Tensor], size: int) -> Tensor:
    """Return the sum of the gradients of those that hold so many numbers, in one row."""
    grads = (each.grad.flatten() for each in tensors if each.numel() == size and each.grad is not None)
    return sum(grads, torch.zeros(size))


@Code(cases=lambda: [(3, 2), (3, 1), (4, 5), (2, 0)], probe=_unroll)
class Reused(nn.Module):
    """One layer, used `reuses` times; what a use does is a method of its own, for mistakes to override."""

    def __init__(self, features, reuses):
        super().__init__()
        self.linear = nn.Linear(features, features)
        self.reuses = reuses

    def use(self, hidden):
        """Return the result of one use."""
        return self.linear(hidden).relu()

    def forward(self, hidden):
        """Return the result of the last use."""
        for _ in range(self.reuses):
            hidden = self.use(hidden)
        return hidden


@Reused.mistake("No gradient reaches the bias, so it could not learn. Is it cut off?")
class _BiasCutOff(Reused.right):
    def use(self, hidden):
        return F.linear(hidden, self.linear.weight, self.linear.bias.detach()).relu()


@Reused.mistake("No gradient reaches the layer, so it could not learn. Is it switched off?")
class _WithoutGradient(Reused.right):
    def use(self, hidden):
        return super().use(hidden).detach()


@Reused.mistake("The gradient reaches the last use alone. Is it cut off between uses?")
class _CutBetween(Reused.right):
    def use(self, hidden):
        return super().use(hidden.detach())


@Reused.mistake("No gradient reaches the input, so layers before yours could not learn. Is it cut off?")
class _InputCutOff(Reused.right):
    def forward(self, hidden):
        return super().forward(hidden.detach())


@Reused.mistake("There are three uses at most here. `reuses` may be larger.")
class _ThreeAtMost(Reused.right):
    def __init__(self, features, reuses):
        super().__init__(features, min(reuses, 3))


@Reused.mistake("The input comes out unchanged. Is the result of a use kept?")
class _ResultLost(Reused.right):
    def forward(self, hidden):
        for _ in range(self.reuses):
            self.use(hidden)
        return hidden


@Reused.mistake("The layer is used once too often.")
class _OnceMore(Reused.right):
    def forward(self, hidden):
        return super().forward(self.use(hidden))


@Reused.mistake("One use is missing.")
class _OneMissing(Reused.right):
    def forward(self, hidden):
        for _ in range(1, self.reuses):
            hidden = self.use(hidden)
        return hidden


@Reused.mistake("With 0 uses the input should come out as it is.")
class _InputAlwaysUsed(_OneMissing):
    def forward(self, hidden):
        return super().forward(self.use(hidden))


@Reused.mistake("The input is clamped too. Only what a use returns should be.")
class _ClampedTwice(Reused.right):
    def forward(self, hidden):
        return super().forward(hidden.relu())


@Reused.mistake("This is the result of one use, whatever `reuses` says, even at 0.")
class _OnceEvenAtZero(Reused.right):
    def forward(self, hidden):
        return self.use(hidden)


@Reused.mistake("This is the result of one use, however many there are. Does each use take what the last returned?")
class _OnceHoweverMany(Reused.right):
    def forward(self, hidden):
        return self.use(hidden) if self.reuses else hidden


@Reused.mistake("Is the `return` inside the loop? It ends the loop in its first round.")
class _ReturnInTheLoop(Reused.right):
    def forward(self, hidden):
        for _ in range(self.reuses):
            return self.use(hidden)


@Reused.mistake("The result of a use is added to its input. It should take its place.")
class _AddedUp(Reused.right):
    def use(self, hidden):
        return hidden + super().use(hidden)


@Reused.mistake("Negative values are to become zero after each use.")
class _NegativeKept(Reused.right):
    def use(self, hidden):
        return self.linear(hidden)


@Reused.mistake("Negative values are to become zero after each use, not after the last alone.")
class _FinalReluAlone(_NegativeKept):
    def forward(self, hidden):
        return super().forward(hidden).relu() if self.reuses else hidden


@Reused.mistake("Negative values are to become zero after each use, not at the very end. With 0 uses they stay.")
class _ReluAtTheEnd(_NegativeKept):
    def forward(self, hidden):
        return super().forward(hidden).relu()


@Reused.mistake("Negative values are to become zero after each use, not before it.")
class _ReluBefore(Reused.right):
    def use(self, hidden):
        return self.linear(hidden.relu())


@Reused.mistake("Positive values become zero here. The negative ones should.")
class _PositiveClamped(Reused.right):
    def use(self, hidden):
        return self.linear(hidden).clamp(max=0)


@Reused.mistake("Negative values lose their sign here. They are to become zero.")
class _SignLost(Reused.right):
    def use(self, hidden):
        return self.linear(hidden).abs()


@Reused.mistake("The last use lacks its ReLU.")
class _LastUnclamped(_OneMissing):
    def forward(self, hidden):
        return self.linear(super().forward(hidden)) if self.reuses else hidden


@Reused.mistake("Each use has a layer of its own. One layer is to be used again.")
class _EachItsOwn(nn.Sequential):
    def __init__(self, features, reuses):
        super().__init__(*(nn.Sequential(nn.Linear(features, features), nn.ReLU()) for _ in range(reuses)))


@Reused.mistake("There is a layer for each use. One is to be used again and again.")
class _LayerEvenAtNone(_EachItsOwn):
    def __init__(self, features, reuses):
        super().__init__(features, max(reuses, 1))


@Reused.mistake("With 0 uses the module stores no layer. Its parameters must not depend on `reuses`.")
class _NothingStored(nn.Sequential):
    def __init__(self, features, reuses):
        super().__init__(*[nn.Linear(features, features), nn.ReLU()] * reuses)


@Reused.mistake("There is a second layer. One is all that is asked for.")
class _SecondLinear(Reused.right):
    def __init__(self, features, reuses):
        super().__init__(features, reuses)
        self.output_linear = nn.Linear(features, features)


@Reused.mistake("The layer lacks its bias.")
class _WithoutBias(Reused.right):
    def __init__(self, features, reuses):
        super().__init__(features, reuses)
        self.linear = nn.Linear(features, features, bias=False)


@Reused.mistake("The layer is no parameter of the module. It has to be made in `__init__`, as an attribute.")
class _NoParameter(Reused.right):
    def __init__(self, features, reuses):
        nn.Module.__init__(self)
        self.layers, self.reuses = [nn.Linear(features, features)], reuses

    def use(self, hidden):
        return self.layers[0](hidden).relu()
