"""Count the parameters of dynamic nets, and choose a width for a budget of them."""

from collections.abc import Iterator
from typing import Any

from helpers.counting import as_int
from helpers.exercises import Number
from helpers.exercises.legacy import old_design
from helpers.exercises.outcomes import RefusedError, as_whole

IN_FEATURES, OUT_FEATURES, USES, BUDGET = 1000, 10, 6, 60_900


def _linear(inputs: int, outputs: int, bias: int = 1) -> int:
    return inputs * outputs + bias * outputs


def _net(inputs: int, hidden: int, outputs: int, middles: int = 1, bias: int = 1) -> int:
    """Count the parameters of a net with `middles` middle layers."""
    return _linear(inputs, hidden, bias) + middles * _linear(hidden, hidden, bias) + _linear(hidden, outputs, bias)


def _widest(middles: int, bias: int = 1) -> int:
    return max(width for width in range(1, 100) if _net(IN_FEATURES, width, OUT_FEATURES, middles, bias) <= BUDGET)


def _width(name: str, width: Any) -> int:
    number = as_whole(width)
    try:
        return as_int(name, width if number is None else number)
    except (TypeError, ValueError) as problem:
        raise RefusedError(f"{problem}.") from None


def _problems(tied: int, untied: int) -> Iterator[str]:
    widths = {"tied": _width("tied", tied), "untied": _width("untied", untied)}
    if widths["tied"] < widths["untied"]:
        yield "Your tied net is the narrower one. Which net stores more layers?"
    for name, width in widths.items():
        middles, other = (1, USES) if name == "tied" else (USES, 1)
        words = " Is the middle layer in your sum?" if width == _widest(0) else ""
        words = " Are the biases in your sum?" if width == _widest(middles, bias=0) else words
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


parameters = Number(
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
)

widths = old_design(_problems, takes=2)
