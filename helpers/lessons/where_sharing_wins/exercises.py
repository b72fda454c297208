"""The exercises of notebook 3."""

import copy
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from helpers.exercises import Number, Sheet
from helpers.exercises.legacy import old_code, old_design
from helpers.exercises.outcomes import RefusedError, as_numbers, describe_found, refuse_dots

SHIFTS = [(down, right) for down in range(0, 8, 3) for right in range(0, 8, 3)][1:]  # 3 divides no side of the maps


def _maps() -> Tensor:
    return torch.randn(2, 3, 5, 8)


def _answers(written: Callable, maps: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Call what a learner wrote. Raises UnansweredError or RefusedError where that gives no numbers of this shape."""
    answer = refuse_dots(written(maps.clone()))
    if as_numbers(answer) is None:
        words = f"expected a tensor, {describe_found(answer)}"
        if hasattr(answer, "indices"):
            words = "expected a tensor, came two. With a dimension, torch gives values and places: which are asked for?"
        raise RefusedError(words)
    answer = as_numbers(answer)
    if tuple(answer.shape) != shape:
        raise RefusedError(f"for maps of {tuple(maps.shape)} expected the shape {shape}, came {tuple(answer.shape)}.")
    return answer


def _same(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and torch.allclose(one.double(), other.double(), rtol=1e-4, atol=1e-5)


def _head_problems(head: Callable) -> Iterator[str]:
    maps = _maps()
    answer = _answers(head, maps, (2, 3))
    for shift in SHIFTS:
        if not _same(_answers(head, maps.roll(shift, (2, 3)), (2, 3)), answer):
            words = f"Moved {shift[0]} down and {shift[1]} to the right, the maps give another answer. "
            yield words + _not_invariant(head, maps, answer)
    changed = maps.clone()
    changed[1, 2] += torch.rand(5, 8) + 1
    differs = ~torch.isclose(_answers(head, changed, (2, 3)), answer, rtol=1e-4, atol=1e-5)
    if not differs[1, 2]:
        yield "Another map gives the same answer: something of what is on the map has to remain."
    if differs[0].any():
        yield "A change to one image changes the answer for another. Each image has an answer of its own."
    if differs[1, :2].any():
        yield "A change to one channel changes the answer of another. Each channel has a number of its own."
    _answers(head, torch.randn(1, 3, 6, 6), (1, 3))


def _not_invariant(head: Callable, maps: Tensor, answer: Tensor) -> str:
    """Say why an answer may change when the maps move."""
    down, right = (_same(_answers(head, maps.roll(3, axis), (2, 3)), answer) for axis in (2, 3))
    if down:
        return "Moves down alone leave it; moves to the right do not."
    if right:
        return "Moves to the right alone leave it; moves down do not."
    if _same(answer, maps.flatten(2).argmax(2)):
        return "This is where the largest value is. That moves along."
    places, seen = [(i, j) for i in range(maps.shape[2]) for j in range(maps.shape[3])], 0
    for i, j in places:
        changed = maps.clone()
        changed[:, :, i, j] += 100
        seen += not _same(_answers(head, changed, (2, 3)), answer)
    if seen == 1:
        return "Your answer looks at one place alone."
    if seen < len(places):
        return "Some places do not matter to your answer. Is every place in it?"
    return "Does one place count for more than another in your answer?"


def _break_problems(broken: Callable) -> Iterator[str]:
    maps = _maps()
    shape = tuple(maps.shape)
    answer = _answers(broken, maps, shape)
    if not _same(_answers(broken, maps, shape), answer):
        yield "The same maps give another answer each time. Is something drawn anew in each call?"
    if _same(_answers(broken, maps + 1.5 * maps.flip(0), shape), answer):
        yield "Other maps give the same answer: something of what is on the map has to remain."
    if all(_same(_answers(broken, maps.roll(by, (2, 3)), shape), answer.roll(by, (2, 3))) for by in SHIFTS):
        if _same(answer, maps):
            words = "Your layer changes nothing."
        elif any(_same(answer, maps.roll((i, j), (2, 3))) for i in range(5) for j in range(8)):
            words = "A move by a fixed number of pixels moves along too: every place is treated alike."
        elif _same(answer.sort(dim=0).values, maps.sort(dim=0).values) or _same(answer.sum(1), maps.sum(1)):
            words = "Swapping images or channels treats every place alike."
        elif not _pointwise(broken, maps, answer):
            words = "Every place is treated alike. What does a place have to know to be special?"
        elif all(_same(_answers(broken, maps.flip(axis), shape), answer.flip(axis)) for axis in (0, 1)):
            words = "What is done to each pixel alone is done at every place alike."
        else:
            words = "What differs from channel to channel or from image to image is the same at every place."
        yield f"The answer still follows every shift. {words}"
    _answers(broken, torch.randn(1, 3, 6, 6), (1, 3, 6, 6))


def _pointwise(broken: Callable, maps: Tensor, answer: Tensor) -> bool:
    """Say whether a pixel of the answer depends on that pixel alone."""
    changed = maps.clone()
    changed[0, 0, 4, 4] += 1
    differs = (_answers(broken, changed, tuple(maps.shape)) - answer).abs() > 1e-9
    differs[:, :, 4, 4] = False
    return not differs.any()


def _mend(conv: nn.Conv2d) -> nn.Conv2d:
    mended = _new(conv)
    mended.load_state_dict(conv.state_dict())
    return mended


def _new(conv: nn.Conv2d) -> nn.Conv2d:
    arguments = {"padding": conv.padding, "bias": conv.bias is not None, "padding_mode": "circular"}
    return nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, **arguments)


def _mended(written: Callable, in_channels: int, out_channels: int, kernel_size: int, bias: bool) -> dict:
    """Return whether a layer has the weights and the bias of `conv`, seen from its answers alone, and an answer."""
    conv = nn.Conv2d(in_channels, out_channels, kernel_size, padding=kernel_size // 2, bias=bias)
    images = torch.randn(2, in_channels, 9, 10)
    layer = refuse_dots(written(copy.deepcopy(conv)))
    if not callable(layer):
        raise RefusedError(f"expected a layer, {describe_found(layer)}")
    layer = layer.float() if isinstance(layer, nn.Module) else layer
    answer, (kept_bias, kept_answer) = layer(images), (_middle(conv(each)) for each in (0 * images, images))
    found_bias, found_answer = _middle(layer(0 * images)), _middle(answer)
    weights = _same(found_answer - found_bias, kept_answer - kept_bias)
    bias = "the same" if _same(found_bias, kept_bias) else "another" if found_bias.any() else "none"
    return {"weights": "the same" if weights else "others", "bias": bias, "": answer}


def _middle(answer: Tensor) -> Tensor:
    """Return what stands in the middle of the maps, where padding does not reach."""
    numbers = as_numbers(answer)
    if numbers is None or numbers.dim() != 4:
        raise RefusedError("expected a layer that returns maps (N, C, H, W).")
    return numbers[:, :, numbers.shape[2] // 2, numbers.shape[3] // 2]


def _padded_with(mode: str) -> Callable:
    def mend(conv: nn.Conv2d) -> nn.Conv2d:
        conv.padding_mode = mode
        return conv

    return mend


def _in_ring_of_one(conv: nn.Conv2d) -> nn.Module:
    conv.padding = (0, 0)
    return nn.Sequential(nn.CircularPad2d(1), conv)


def _without_padding(conv: nn.Conv2d) -> nn.Conv2d:
    conv.padding = (0, 0)
    return conv


def _with_bias(conv: nn.Conv2d, bias: Callable[[nn.Conv2d], Tensor | None]) -> nn.Conv2d:
    mended, bias = _mend(conv), bias(conv)
    mended.bias = None if bias is None else nn.Parameter(bias)
    return mended


check = Sheet(
    Number(
        right=(16 // 4) ** 2,
        mistakes={
            4: "Shifts go down and to the right: count the pairs.",
            8: "Down and to the right are combined: multiply, do not add.",
            64: "That is stride 2, or one division by 4 where there are both directions.",
            256: "With stride 1 it is every shift. With stride 4 one step of the answer is 4 pixels.",
            128: "Stride 2 leaves a quarter of all shifts. What does stride 4 leave?",
            32: "Stride 2 leaves a quarter of all shifts, not half. What does stride 4 leave?",
            12: "Each move down goes with each move to the right, and 0 is a move too.",
            9: "A move by 0 down or to the right counts too.",
            15: "Not moving at all counts too.",
            25: "On the ring a whole turn is the same as no move.",
            240: "Read again: the shifts that the answer follows, or those that it does not follow?",
            13**2: "The ring has no border to keep away from. Which shifts are whole steps of the answer?",
            1: "Not moving at all is one of them. Is that the only one?",
            0: "What if the image is moved by one whole step of the answer?",
        },
    ),
    old_design(_head_problems),
    old_design(_break_problems),
    old_code(
        right=_mend,
        cases=lambda: [(1, 1, 3, True), (2, 3, 5, True), (1, 2, 3, False)],
        probe=_mended,
        where=lambda in_channels, out_channels, kernel_size, bias: (
            f"For a convolution with in_channels={in_channels}, out_channels={out_channels}, "
            f"kernel_size={kernel_size}, bias={bias}"
        ),
        mistakes={
            "The bias is missing.": lambda conv: _with_bias(conv, lambda conv: None),
            "Your layer has a bias of its own. Did it take over that of `conv`?": (
                lambda conv: _with_bias(conv, lambda conv: None if conv.bias is None else conv.bias + 1)
            ),
            "Your layer has a bias where `conv` has none.": (
                lambda conv: _with_bias(
                    conv, lambda conv: torch.ones(conv.out_channels) if conv.bias is None else conv.bias
                )
            ),
            "Your layer has weights of its own. Did it take over those of `conv`?": _new,
            "Your layer still pads with zeros, which do not move with the image.": lambda conv: conv,
            "A mirror at the border does not move with the image either.": _padded_with("reflect"),
            "Repeated border pixels do not move with the image either.": _padded_with("replicate"),
            "Without padding the map shrinks. What comes in on the other side is to be there.": _without_padding,
            "The image is padded twice: does `conv` still pad with zeros, too?": (
                lambda conv: nn.Sequential(nn.CircularPad2d(conv.padding[0]), conv)
            ),
            "How many pixels does a 5×5 kernel need on each side?": _in_ring_of_one,
        },
    ),
)
