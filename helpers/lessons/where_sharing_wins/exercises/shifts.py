"""Write a head whose answer is the same for every shift, and a layer whose answer does not follow shifts."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product

import torch
from torch import Tensor

from helpers.exercises import Design
from helpers.exercises.calls import CHANGES
from helpers.exercises.outcomes import RefusedError, as_numbers, describe_found, refuse_dots

SIZES = (2, 3, 5, 8), (3, 2, 7, 5)  # (N, C, H, W)
SHIFTS = [(down, right) for down in range(0, 8, 3) for right in range(0, 8, 3)][1:]  # 3 divides no side of the maps

Answer = Callable[[Tensor], Tensor]


def _answer(written: Callable, dimensions: int, maps: Tensor) -> Tensor:
    """Return what is written for maps as numbers, with as many of their dimensions; refuse anything else."""
    given = maps.clone()
    found = refuse_dots(written(given))
    numbers, shape = as_numbers(found), tuple(maps.shape[:dimensions])
    if numbers is None:
        two = "came two. With a dimension, torch gives values and places: which are asked for?"
        raise RefusedError(f"expected a tensor, {two if hasattr(found, 'indices') else describe_found(found)}")
    if numbers.shape != shape:
        raise RefusedError(f"for maps of {tuple(maps.shape)} expected the shape {shape}, came {tuple(numbers.shape)}.")
    if not _is_same(as_numbers(written(given)), numbers):
        same = "the same maps give another answer each time."
        changed = not torch.equal(given, maps)
        raise RefusedError(f"{same} {CHANGES.format('maps') if changed else 'Is something drawn anew in each call?'}")
    return numbers


def _is_close(one: Tensor, other: Tensor) -> Tensor:
    return torch.isclose(one.double(), other.double(), rtol=1e-4, atol=1e-5)


def _is_same(one: Tensor, other: Tensor) -> bool:
    return bool(_is_close(one, other).all())


@Design()
def head(written: Callable) -> Iterator[str]:
    """Yield what keeps a head from being an invariant summary of each map."""
    answer = partial(_answer, written, 2)
    for maps in map(torch.randn, SIZES):
        found = answer(maps)
        for down, right in SHIFTS:
            if not _is_same(answer(maps.roll((down, right), (2, 3))), found):
                moved = f"Moved {down} down and {right} to the right, the maps give another answer."
                yield f"{moved} {_what_it_depends_on(answer, maps)}"
        for image, channel, differs in _change_each(answer, maps):
            if not differs[image, channel]:
                yield "Another map gives the same answer: something of what is on the map has to remain."
            if differs.any(1).sum() > 1:
                yield "A change to one image changes the answer for another. Each image has an answer of its own."
            if differs.sum() > 1:
                yield "A change to one channel changes the answer of another. Each channel has a number of its own."
    answer(torch.randn(1, 1, 6, 6))


def _change_each(answer: Answer, maps: Tensor) -> Iterator[tuple[int, int, Tensor]]:
    """Yield the number of each image and channel, and where the answer differs if that map is changed."""
    found = answer(maps)
    for image, channel in product(*map(range, maps.shape[:2])):
        differs = torch.zeros_like(found, dtype=torch.bool)
        for by in (100, -100):  # an answer may ask for what is above some number
            changed = maps.clone()
            changed[image, channel] += by * (torch.rand(maps.shape[2:]) + 1)
            differs |= ~_is_close(answer(changed), found)
        yield image, channel, differs


def _what_it_depends_on(answer: Answer, maps: Tensor) -> str:
    """Return why an answer may change when the maps move."""
    found, seen = answer(maps), 0
    down, right = (_is_same(answer(maps.roll(3, axis)), found) for axis in (2, 3))
    if down:
        return "Moves down alone leave it; moves to the right do not."
    if right:
        return "Moves to the right alone leave it; moves down do not."
    if _is_same(found, maps.flatten(2).argmax(2)):
        return "This is where the largest value is. That moves along."
    for i, j in product(*map(range, maps.shape[2:])):
        changed = maps.clone()
        changed[:, :, i, j] += 100
        seen += not _is_same(answer(changed), found)
    if seen == 1:
        return "Your answer looks at one place alone."
    if seen < maps[0, 0].numel():
        return "Some places do not matter to your answer. Is every place in it?"
    return "Does one place count for more than another in your answer?"


@Design()
def broken(written: Callable) -> Iterator[str]:
    """Yield what keeps a layer from being one that does not follow shifts."""
    answer = partial(_answer, written, 4)
    for maps in map(torch.randn, SIZES):
        found = answer(maps)
        if not all(differs.any() for _, _, differs in _change_each(answer, maps)):
            yield "Other maps give the same answer: something of what is on the map has to remain."
        if all(_is_same(answer(maps.roll(shift, (2, 3))), found.roll(shift, (2, 3))) for shift in SHIFTS):
            yield f"The answer still follows every shift. {_what_is_alike(answer, maps)}"
    answer(torch.randn(1, 1, 6, 6))


def _what_is_alike(answer: Answer, maps: Tensor) -> str:
    """Return why an answer may follow every shift."""
    found, changed = answer(maps), maps.clone()
    changed[0, 0, 4, 4] += 1
    spread = (answer(changed) - found).abs() > 1e-9
    spread[:, :, 4, 4] = False
    if _is_same(found, maps):
        return "Your layer changes nothing."
    if any(_is_same(found, maps.roll((down, right), (2, 3))) for down, right in product(*map(range, maps.shape[2:]))):
        return "A move by a fixed number of pixels moves along too: every place is treated alike."
    if _is_same(found.sort(dim=0).values, maps.sort(dim=0).values) or _is_same(found.sum(1), maps.sum(1)):
        return "Swapping images or channels treats every place alike."
    if spread.any():
        return "Every place is treated alike. What does a place have to know to be special?"
    if all(_is_same(answer(maps.flip(axis)), found.flip(axis)) for axis in (0, 1)):
        return "What is done to each pixel alone is done at every place alike."
    return "What differs from channel to channel or from image to image is the same at every place."
