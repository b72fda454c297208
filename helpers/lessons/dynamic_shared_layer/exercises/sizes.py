"""Count the parameters of dynamic nets, and choose a width for a budget of them."""

from collections.abc import Iterator
from typing import Any

from helpers.counting import as_int
from helpers.exercises import Design, Number
from helpers.exercises.outcomes import RefusedError, as_whole

SIZES, STEPS, BUDGET = (1000, 10), 6, 60_900  # inputs and outputs, middle steps, and the most parameters


def _count(inputs: int, outputs: int, width: int, middles: int = 1, bias: int = 1) -> int:
    """Count the parameters of a net with `middles` middle layers."""
    return (inputs + bias) * width + middles * (width + bias) * width + (width + bias) * outputs


parameters = Number(
    right=_count(20, 5, 50),
    mistakes={
        _count(20, 5, 50, middles=6): "A layer that is used six times is stored once.",
        _count(20, 5, 50, middles=3): "A layer that is used three times on average is stored once.",
        _count(20, 5, 50, bias=0): "Each linear layer has biases too.",
        _count(20, 5, 50, middles=0): "The middle layer has parameters too.",
        _count(20, 5, 50, middles=6, bias=0): "A layer is stored once, and it has biases.",
        _count(20, 5, 50, middles=7): "All of the 0 to 6 middle steps use the same layer.",
        _count(20, 5, 50, bias=0) + 3: "Each layer has a bias for each of its outputs, not one for each layer.",
        _count(20, 5, 50, bias=0) + 20 + 50 + 50: "A bias belongs to an output of a layer, not to an input.",
        50 + 50 + 5: "These are the biases. And the weights?",
        50 * 50 + 50: "That is the middle layer alone.",
        20 + 50 + 5: "These are the units. How many weights join them?",
        20 * 50 * 5: "Each layer has weights of its own. Do they multiply or add up?",
        _count(20, 5, 50) - 50: "One of the layers lacks its biases.",
        _count(20, 5, 50) - 5: "One of the layers lacks its biases.",
        _count(20, 5, 50, middles=2): "How many middle layers does the net store?",
        3: "These are the layers. How many numbers does each store?",
    },
)


@Design(takes=2)
def widths(tied: Any, untied: Any) -> Iterator[str]:
    """Yield what is wrong with the widths of a net whose steps share a layer, and of one whose steps do not."""
    tied, untied = _as_width("tied", tied), _as_width("untied", untied)
    if tied < untied:
        yield "Your tied net is the narrower one. Which net stores more layers?"
    for name, width, middles, other, mixed_up in (
        ("tied", tied, 1, STEPS, " Did you count the shared layer once for each use?"),
        ("untied", untied, STEPS, 1, " Each of its steps has a layer of its own."),
    ):
        reasons = {
            _widest(middles=0): " Is the middle layer in your sum?",
            _widest(middles, bias=0): " Are the biases in your sum?",
            _widest(other): mixed_up,
        }
        needs, wider = (_count(*SIZES, at, middles) for at in (width, width + 1))
        if needs > BUDGET:
            yield f"{name}: width {width:,} takes {needs:,} parameters, more than {BUDGET:,}.{reasons.get(width, '')}"
        elif wider <= BUDGET:
            yield f"{name}: width {width:,} fits, and so does a wider one.{reasons.get(width, '')}"


def _as_width(name: str, value: Any) -> int:
    number = as_whole(value)
    try:
        return as_int(name, value if number is None else number)
    except (TypeError, ValueError) as problem:
        raise RefusedError(f"{problem}.") from None


def _widest(middles: int, bias: int = 1) -> int:
    return max(width for width in range(1, 100) if _count(*SIZES, width, middles, bias) <= BUDGET)
