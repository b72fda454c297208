"""Write a module with one matrix that reads words and writes their scores."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.exercises import Code
from helpers.exercises.outcomes import fill_parameters


def _read_and_write(written: type, words: int, features: int) -> dict:
    module = written(words, features)
    fill_parameters(module)
    word = torch.tensor([words - 1, 0, 2, 2, 1, 0])  # in no order, and some twice
    scores, of_one = module(word), module(word[:1])
    if isinstance(scores, Tensor) and scores.requires_grad:
        scores.square().sum().backward()
    matrices = [parameter for parameter in module.parameters() if parameter.dim() == 2]
    grads = [torch.zeros_like(matrix) if matrix.grad is None else matrix.grad for matrix in matrices]
    parameters = sum(parameter.numel() for parameter in module.parameters())
    return {
        "parameters": parameters,
        "scores": scores,
        "gradient of the matrix": grads[0] if grads else 0,
        "scores of one word": of_one,
    }


@Code(cases=lambda: [(4, 3), (5, 2), (3, 3)], probe=_read_and_write)
class Tied(nn.Module):
    """One matrix, which reads and writes."""

    def __init__(self, words, features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(words, features))

    def forward(self, word):
        """Return the scores of all words for each word."""
        return self.weight[word] @ self.weight.T


@Tied.mistake("Reading is cut off from the gradient. Both uses have to count.")
class _ReadingDetached(Tied.right):
    def forward(self, word):
        return self.weight.data[word] @ self.weight.T


@Tied.mistake("Writing is cut off from the gradient. Both uses have to count.")
class _WritingDetached(Tied.right):
    def forward(self, word):
        return self.weight[word] @ self.weight.data.T


@Tied.mistake("There are two matrices, and so twice the parameters. One is to do both.")
class _TwoMatrices(nn.Sequential):
    def __init__(self, words, features):
        super().__init__(nn.Embedding(words, features), nn.Linear(features, words, bias=False))


@Tied.mistake("There is a bias or a second matrix. One matrix is all that is asked for.")
class _SecondLayer(nn.Sequential):
    def __init__(self, words, features):
        super().__init__(nn.Embedding(words, features), nn.Linear(features, words))


@Tied.mistake("There is a bias too. One matrix is all that is asked for.")
class _WithBias(_SecondLayer):
    def __init__(self, words, features):
        super().__init__(words, features)
        self[1].weight = self[0].weight


@Tied.mistake("No gradient reaches the matrix, so it could not learn. Is it switched off?")
class _WithoutGradient(Tied.right):
    def forward(self, word):
        return super().forward(word).detach()


@Tied.mistake("Your matrix has a column for each word. Give it a row for each.")
class _ColumnVectors(Tied.right):
    def __init__(self, words, features):
        super().__init__(features, words)

    def forward(self, word):
        return self.weight[:, word].T @ self.weight


@Tied.mistake("These are the scores for every word there is. Which words came in?")
class _EveryWord(Tied.right):
    def forward(self, word):
        return self.weight @ self.weight.T


@Tied.mistake("Rows are the words that came in, columns all words; yours are the other way round.")
class _OtherWayRound(Tied.right):
    def forward(self, word):
        return self.weight @ self.weight[word].T


@Tied.mistake("This is each word's score for itself alone. The scores of all words are asked for.")
class _ItselfAlone(Tied.right):
    def forward(self, word):
        return (self.weight[word] * self.weight[word]).sum(1)


@Tied.mistake("Scores are (N, words), with one word too. Is a dimension of 1 dropped?")
class _OneDropped(Tied.right):
    def forward(self, word):
        return super().forward(word).squeeze()


@Tied.mistake("These are the scores of the first call. Does your module keep them?")
class _FirstKept(Tied.right):
    def forward(self, word):
        self.kept = getattr(self, "kept", None)
        if self.kept is None:
            self.kept = super().forward(word)
        return self.kept


@Tied.mistake("These scores compare the words that came in with one another. Compare them with all words.")
class _InputsCompared(Tied.right):
    def forward(self, word):
        return self.weight[word] @ self.weight[word].T


@Tied.mistake("This is the word with the best score. The scores themselves are asked for.")
class _BestOne(Tied.right):
    def forward(self, word):
        return super().forward(word).argmax(1)


@Tied.mistake("The rows are brought to length 1 here. The product is asked for as it is.")
class _UnitLength(Tied.right):
    def forward(self, word):
        rows = F.normalize(self.weight)
        return rows[word] @ rows.T


@Tied.mistake("Negative scores become zero here. They should stay.")
class _NoNegatives(Tied.right):
    def forward(self, word):
        return super().forward(word).clamp(min=0)


@Tied.mistake("These are the features that were read. Write: compare them with the row of every word.")
class _FeaturesAlone(Tied.right):
    def forward(self, word):
        return self.weight[word]


@Tied.mistake("The module has no parameter. Is the matrix a plain tensor, or made anew in each pass?")
class _PlainTensor(Tied.right):
    def __init__(self, words, features):
        nn.Module.__init__(self)
        self.weight = torch.randn(words, features)


@Tied.mistake("Each word gets the logarithm of a probability here; scores are asked for, before any softmax.")
class _Logarithms(Tied.right):
    def forward(self, word):
        return super().forward(word).log_softmax(1)


@Tied.mistake("Each word gets a probability here; scores are asked for, before any softmax.")
class _Probabilities(Tied.right):
    def forward(self, word):
        return super().forward(word).softmax(1)
