"""The exercises of notebook 5."""

from collections.abc import Callable, Iterator
from math import prod

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import counting
from helpers.exercises import Number, Sheet
from helpers.exercises.legacy import old_code, old_design
from helpers.exercises.outcomes import fill_parameters, refuse_dots

KINDS = "dense", "local", "tiled", "convolution", "dynamic"
TASKS = {  # the kind that fits, and what speaks against the others
    "scratch": ("convolution", {
        "local": "Each place would have to meet scratches of its own to learn what one is.",
        "dense": "It would learn a scratch anew for every place, with the most weights of all.",
        "tiled": "It would learn a scratch several times over; nothing repeats every few pixels here.",
        "dynamic": "Depth is not the question: a scratch can lie anywhere on the photo.",
    }),
    "faces": ("local", {
        "convolution": "It uses the same kernel for eyes and mouth, though each always lies in its own place.",
        "dense": "Neighbouring pixels belong together here, and it does not know that.",
        "tiled": "Nothing repeats every few pixels in a face.",
        "dynamic": "Depth is not the question: each place has its own pattern.",
    }),
    "fabric": ("tiled", {
        "convolution": "It treats all pixels alike, though each of the 4 places in the pattern is different.",
        "local": "It has a kernel for each place, though the same place comes again every 4 pixels.",
        "dense": "It joins every pixel to every other, though the pattern repeats every 4 pixels.",
        "dynamic": "Depth is not the question: the pattern repeats every 4 pixels in space.",
    }),
    "patients": ("dense", {
        "convolution": "It bets that neighbours belong together. These measurements have no order.",
        "local": "It sees neighbours only. These measurements have no order.",
        "tiled": "It expects something to repeat. These measurements have no order.",
        "dynamic": "Each patient has one list of measurements. What should be done again and again?",
    }),
    "puzzle": ("dynamic", {
        "convolution": "It shares in space. Here one step is done again and again.",
        "local": "Its number of steps is fixed. Here it differs from input to input.",
        "dense": "Its number of steps is fixed. Here it differs from input to input.",
        "tiled": "It shares in space. Here one step is done again and again.",
    }),
}  # fmt: skip


def _sides(image_size: int, kernel_size: int, reuses: int) -> list[int]:
    return [image_size - step * (kernel_size - 1) for step in range(1, reuses + 1)]


def _uses(image_size: int, kernel_size: int, reuses: int) -> int:
    return sum(side**2 for side in _sides(image_size, kernel_size, reuses))


def _shrinking(pixels: Callable[[int], int]) -> Callable[[int, int, int], int]:
    """Return how often a weight is used if a step takes so many pixels, told from the size of the kernel."""
    return lambda image_size, kernel_size, reuses: _uses(image_size, pixels(kernel_size) + 1, reuses)


class _Tied(nn.Module):
    def __init__(self, words: int, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(words, features))

    def forward(self, word: Tensor) -> Tensor:
        return self.weight[word] @ self.weight.T


def _wrong(forward: Callable, more: Callable = lambda words, features: None) -> type:
    """Return a class with a wrong `forward(weight, other, word)` and, it may be, another module."""

    class Wrong(_Tied):
        def __init__(self, words: int, features: int) -> None:
            super().__init__(words, features)
            self.other = more(words, features)

        def forward(self, word: Tensor) -> Tensor:
            return forward(self.weight, self.other, word)

    return Wrong


class _Plain(nn.Module):
    def __init__(self, words: int, features: int) -> None:
        super().__init__()
        self.weight = torch.randn(words, features)

    def forward(self, word: Tensor) -> Tensor:
        return self.weight[word] @ self.weight.T


def _read_and_written(written: type, words: int, features: int) -> dict:
    module = written(words, features)
    fill_parameters(module)
    scores = refuse_dots(module(torch.tensor([words - 1, 0, 2, 2, 1, 0])))  # in no order, and some twice
    if isinstance(scores, Tensor) and scores.requires_grad:
        scores.square().sum().backward()
    matrices = [parameter for parameter in module.parameters() if parameter.dim() == 2]
    grads = [torch.zeros_like(matrix) if matrix.grad is None else matrix.grad for matrix in matrices]
    parameters = sum(parameter.numel() for parameter in module.parameters())
    return {"parameters": parameters, "scores": scores, "gradient of the matrix": grads[0] if grads else 0}


def _problems(**chosen: str) -> Iterator[str]:
    for task, choice in chosen.items():
        kind = choice.strip().lower() if isinstance(choice, str) else choice
        fits, against = TASKS[task]
        if kind not in KINDS:
            yield f"{task}={choice!r}; allowed is one of {', '.join(KINDS)}."
        elif kind != fits:
            yield f"{task}, {kind}: {against[kind]}"


check = Sheet(
    Number(
        right=3 * counting.Layer(1, 1, 12, 3, padding=1).shared.uses_per_weight,
        mistakes={
            100 + 64 + 36: "That is without padding. With padding the map keeps its size.",
            144: "That is one step.",
            3: "In each step the weight is used at every position.",
            27: "That counts weights. How many positions use each?",
            9 * 432: "That is the work of all 9 weights. One weight is asked for.",
            300: "With padding 1 a 3×3 kernel has a position at every pixel, at the border too.",
            36: "A map has 12 rows and 12 columns.",
            144 * 9: "That is one step, with all 9 weights. One weight and all steps are asked for.",
            3 * 11 * 11: "How many steps does the kernel make along a row, and how many places are there?",
            144**3: "Steps come one after another: their uses add up.",
            14 * 14 + 12 * 12 + 10 * 10: "`padding=1` is added at every step, so the map keeps its size.",
            3 * 14 * 14: "The padding is no position: the output has as many pixels as the image.",
        },
    ),
    old_code(
        right=_uses,
        cases=lambda: [(8, 3, 1), (12, 3, 3), (9, 5, 2), (6, 1, 4), (10, 2, 5), (7, 3, 0)],
        mistakes={
            "The image itself is no step.": lambda image_size, kernel_size, reuses: (
                image_size**2 + _uses(image_size, kernel_size, reuses)
            ),
            "The first map is already smaller than the image.": lambda image_size, kernel_size, reuses: sum(
                (image_size - step * (kernel_size - 1)) ** 2 for step in range(reuses)
            ),
            "Each step makes the map smaller. Does yours?": lambda image_size, kernel_size, reuses: (
                reuses * (image_size - kernel_size + 1) ** 2
            ),
            "Without padding the map is smaller than the image, and smaller after each step.": (
                lambda image_size, kernel_size, reuses: reuses * image_size**2
            ),
            "A step takes kernel_size − 1 pixels from the side, not kernel_size.": _shrinking(lambda kernel: kernel),
            "A step takes pixels on both sides. Do you count one side alone?": _shrinking(lambda kernel: kernel // 2),
            "What a step takes depends on the kernel. Yours takes the same each time.": _shrinking(lambda kernel: 2),
            "What a step takes: is a bracket missing, or a sign wrong?": _shrinking(lambda kernel: kernel + 1),
            "Take the square of each side, then add up, not the other way round.": (
                lambda image_size, kernel_size, reuses: sum(_sides(image_size, kernel_size, reuses)) ** 2
            ),
            "Steps come one after another: their uses add up.": lambda image_size, kernel_size, reuses: (
                prod(_sides(image_size, kernel_size, reuses)) ** 2
            ),
            "Steps come one after another, and their uses add up. With 0 steps there are none.": (
                lambda image_size, kernel_size, reuses: (
                    prod(_sides(image_size, kernel_size, reuses)) ** 2 * (reuses > 0)
                )
            ),
            "The map has rows and columns.": lambda image_size, kernel_size, reuses: sum(
                _sides(image_size, kernel_size, reuses)
            ),
            "These are the multiply-adds of the whole kernel. One weight is asked for.": (
                lambda image_size, kernel_size, reuses: kernel_size**2 * _uses(image_size, kernel_size, reuses)
            ),
            "This is the last step alone.": lambda image_size, kernel_size, reuses: (
                (image_size - reuses * (kernel_size - 1)) ** 2 if reuses else 0
            ),
            "This is the last step alone; after 0 steps nothing was used.": lambda image_size, kernel_size, reuses: (
                (image_size - reuses * (kernel_size - 1)) ** 2
            ),
            "Is the `return` inside the loop? It ends the loop in its first round.": (
                lambda image_size, kernel_size, reuses: _uses(image_size, kernel_size, 1) if reuses else None
            ),
            "This is the first step alone.": lambda image_size, kernel_size, reuses: _uses(image_size, kernel_size, 1),
            "One step is missing.": lambda image_size, kernel_size, reuses: _uses(
                image_size, kernel_size, max(reuses - 1, 0)
            ),
            "This counts one step too many.": lambda image_size, kernel_size, reuses: _uses(
                image_size, kernel_size, reuses + 1
            ),
        },
    ),
    old_code(
        right=_Tied,
        cases=lambda: [(4, 3), (5, 2), (3, 3)],
        probe=_read_and_written,
        where=lambda words, features: f"With words={words}, features={features}",
        mistakes={
            "Reading is cut off from the gradient. Both uses have to count.": _wrong(
                lambda weight, other, word: weight.detach()[word] @ weight.T
            ),
            "Writing is cut off from the gradient. Both uses have to count.": _wrong(
                lambda weight, other, word: weight[word] @ weight.detach().T
            ),
            "There are two matrices, and so twice the parameters. One is to do both.": _wrong(
                lambda weight, other, word: weight[word] @ other.weight.T, lambda w, f: nn.Linear(f, w, bias=False)
            ),
            "There is a bias or a second matrix. One matrix is all that is asked for.": _wrong(
                lambda weight, other, word: other(weight[word]), lambda w, f: nn.Linear(f, w)
            ),
            "There is a bias too. One matrix is all that is asked for.": _wrong(
                lambda weight, other, word: weight[word] @ weight.T + other.weight[0], lambda w, f: nn.Embedding(1, w)
            ),
            "No gradient reaches the matrix, so it could not learn. Is it switched off?": _wrong(
                lambda weight, other, word: weight.detach()[word] @ weight.detach().T
            ),
            "Your matrix has a column for each word. Give it a row for each.": _wrong(
                lambda weight, other, word: other.weight.T[word] @ other.weight,
                lambda w, f: nn.Linear(w, f, bias=False),
            ),
            "These are the scores for every word there is. Which words came in?": _wrong(
                lambda weight, other, word: weight @ weight.T
            ),
            "Rows are the words that came in, columns all words; yours are the other way round.": _wrong(
                lambda weight, other, word: weight @ weight[word].T
            ),
            "This is each word's score for itself alone. The scores of all words are asked for.": _wrong(
                lambda weight, other, word: weight[word].square().sum(-1)
            ),
            "These scores compare the words that came in with one another. Compare them with all words.": _wrong(
                lambda weight, other, word: weight[word] @ weight[word].T
            ),
            "This is the word with the best score. The scores themselves are asked for.": _wrong(
                lambda weight, other, word: (weight[word] @ weight.T).argmax(-1)
            ),
            "The rows are brought to length 1 here. The product is asked for as it is.": _wrong(
                lambda weight, other, word: F.normalize(weight[word], dim=-1) @ F.normalize(weight, dim=-1).T
            ),
            "Negative scores become zero here. They should stay.": _wrong(
                lambda weight, other, word: torch.relu(weight[word] @ weight.T)
            ),
            "These are the features that were read. Write: compare them with the row of every word.": _wrong(
                lambda weight, other, word: weight[word]
            ),
            "The module has no parameter. Is the matrix a plain tensor, or made anew in each pass?": _Plain,
            "Each word gets the logarithm of a probability here; scores are asked for, before any softmax.": _wrong(
                lambda weight, other, word: F.log_softmax(weight[word] @ weight.T, dim=-1)
            ),
            "Each word gets a probability here; scores are asked for, before any softmax.": _wrong(
                lambda weight, other, word: F.softmax(weight[word] @ weight.T, dim=-1)
            ),
        },
    ),
    old_design(lambda *chosen: _problems(**dict(zip(TASKS, chosen, strict=True))), takes=len(TASKS)),
)
