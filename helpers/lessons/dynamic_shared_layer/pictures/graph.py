"""The graph of one pass: which layers it visits, which of them are the same one, and what they hold."""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.patches import FancyArrowPatch, Rectangle

from helpers.counting.formatting import format_times
from helpers.drawing.artists import CachedText
from helpers.drawing.picture import Picture
from helpers.drawing.style import EMPTY, FAINT, FONT_SIZE, INK

MOST_VISITS = 8
FIRST, STEP, BOX, TALL = 24, 114, 84, 62  # pixels: where the first box stands, from box to box, its width and height
BAR, ROOM = 24, 640  # pixels: height of the bars, and the length of the longest
MIDDLE = 0.5 + 0.5 * colormaps["viridis"]((0.62, 0.05, 0.95, 0.35, 0.8, 0.2))[:, :3]  # pale; neighbours far apart


class NetGraph(Picture):
    """A net whose middle layer is visited again, above one of equal depth with a layer of its own for each step.

    The same number, on the same colour, is the same middle layer. The bar below holds every layer of the net once, as
    long as it has parameters.
    """

    def __init__(self) -> None:
        super().__init__(940, 430)
        self.rows = {"tied": _Row(self, 422), "untied": _Row(self, 204)}

    def show(self, tied, tied_visits: Sequence, untied, untied_visits: Sequence) -> None:
        """Show the linear layers that one pass through each net visits, in their order, from 2 to 8 of them.

        A net has `modules()`, and a linear layer `weight` and `bias`. Raises ValueError for visits that differ in
        number or in size between the nets, or to a layer that the net does not have.
        """
        visits = {
            "tied": (_list_linear(tied), list(tied_visits)),
            "untied": (_list_linear(untied), list(untied_visits)),
        }
        sizes = [[tuple(layer.weight.shape) for layer in visited] for _, visited in visits.values()]
        if sizes[0] != sizes[1] or not 2 <= len(sizes[0]) <= MOST_VISITS:
            raise ValueError(
                f"tied makes {len(sizes[0])} visits, untied {len(sizes[1])}; allowed are 2 to {MOST_VISITS}, to layers "
                "of the same sizes in both"
            )
        for name, (layers, visited) in visits.items():
            if not {*map(id, visited)} <= {*map(id, layers)}:
                raise ValueError(f"{name}_visits has a layer that the net does not have; allowed are its own")
        first, last = tied_visits[0], tied_visits[-1]
        hidden = len(first.weight)
        longest = _count_parameters(first) + _count_parameters(last) + (MOST_VISITS - 2) * hidden * (hidden + 1)
        reuses, parts = len(tied_visits) - 2, []
        for name, (layers, visited) in visits.items():
            total = self.rows[name].show(name, layers, visited, ROOM / longest)
            parts.append(f"{name} {len(layers)} layers, {total:,} parameters")
        self.sentence = (
            f"A pass with {reuses} middle step{'' if reuses == 1 else 's'}, width {hidden}: {'; '.join(parts)}. "
            f"The tied net's middle layer is visited {format_times(reuses)}, each other layer once."
        )


class _Row:
    """The `boxes` of one net from left to right, their `captions`, and the `bars` of its layers; others are hidden."""

    def __init__(self, picture: Picture, top: float) -> None:
        self._picture, self._top = picture, top
        self._title = picture.add_text(FIRST, top - 10, FONT_SIZE + 1, weight="bold", va="center")
        lefts = [FIRST + STEP * place for place in range(MOST_VISITS)]
        self.boxes = [self._add_rectangle(left, top - 28 - TALL, BOX, TALL) for left in lefts]
        self._numbers, self._names, self.captions = (
            [self._add_words(left + BOX / 2, top - y, size, weight) for left in lefts]
            for y, size, weight in ((48, 20, "bold"), (75, FONT_SIZE, "normal"), (105, FONT_SIZE, "normal"))
        )
        self._arrows = [self._add_arrow(left, top - 28 - TALL / 2) for left in lefts[:-1]]
        self.bars = [self._add_rectangle(FIRST, top - 156, 0, BAR) for _ in range(MOST_VISITS + 1)]
        self._total = picture.add_text(0, top - 156 + BAR / 2, FONT_SIZE + 2, weight="bold", va="center")

    def show(self, name: str, layers: list, visited: list, scale: float) -> int:
        """Show what was visited, and bars of `scale` pixels a parameter; return the number of all parameters."""
        order = [id(layer) for layer in layers]
        numbers = [order.index(id(layer)) + 1 for layer in visited]
        idle = [number for number in range(1, len(layers) + 1) if number not in numbers]
        places = [*numbers, *idle][:MOST_VISITS]  # an idle layer stands at the end, without an arrow
        for place in range(MOST_VISITS):
            shown = place < len(places)
            for artists in (self.boxes, self._numbers, self._names, self.captions):
                artists[place].set_visible(shown)
            if place > 0:
                self._arrows[place - 1].set_visible(place < len(numbers))
            if shown:
                self._show_box(place, places, place < len(numbers), layers)
        left = FIRST
        for number, part in enumerate(self.bars, start=1):
            part.set_visible(number <= len(layers))
            if number <= len(layers):
                length = _count_parameters(layers[number - 1]) * scale
                part.set(x=left / self._picture.size[0], width=length / self._picture.size[0])
                part.set_facecolor(_pick_color(number, len(layers)))
                left += length
        total = sum(map(_count_parameters, layers))
        self._title.set_text(f"{name}: {len(layers)} layers")
        self._total.set_text(f"{total:,} parameters")
        self._total.set_x((left + 12) / self._picture.size[0])
        return total

    def _show_box(self, place: int, places: list[int], visited: bool, layers: list) -> None:
        number, last = places[place], len(layers)
        again = places.index(number) < place
        end = {1: "input", last: "output"}.get(number)
        self.boxes[place].set(facecolor=_pick_color(number, last), linestyle="-" if visited else "--")
        self._numbers[place].set_text("" if end else str(number - 1))
        self._names[place].set_text(end or "middle")
        self._names[place].set_y((self._top - (59 if end else 75)) / self._picture.size[1])
        count = f"{_count_parameters(layers[number - 1]):,}"
        words = "again" if again else count if visited else f"not used: {count}"  # the last are longer than a box
        left = FIRST + STEP * place + (BOX / 2 if visited else 0)
        self.captions[place].set(text=words, ha="center" if visited else "left", x=left / self._picture.size[0])

    def _add_rectangle(self, left: float, bottom: float, width: float, height: float) -> Rectangle:
        across, up = self._picture.size
        corner, size = (left / across, bottom / up), (width / across, height / up)
        box = Rectangle(corner, *size, transform=self._picture.figure.transFigure, edgecolor=INK, linewidth=1.5)
        return self._picture.add_animated(self._picture.figure.add_artist(box))

    def _add_words(self, x: float, y: float, size: float, weight: str) -> CachedText:
        return self._picture.add_text(x, y, size, weight=weight, ha="center", va="center")

    def _add_arrow(self, left: float, y: float) -> FancyArrowPatch:
        across, up = self._picture.size
        ends = [((left + x) / across, y / up) for x in (BOX + 3, STEP - 3)]
        arrow = FancyArrowPatch(
            *ends, arrowstyle="simple,head_length=9,head_width=12,tail_width=2", color=FAINT, shrinkA=0, shrinkB=0,
            transform=self._picture.figure.transFigure,
        )  # fmt: skip
        return self._picture.add_animated(self._picture.figure.add_artist(arrow))


def _pick_color(number: int, last: int) -> str | np.ndarray:
    return EMPTY if number in (1, last) else MIDDLE[number - 2]


def _list_linear(net) -> list:
    return [module for module in net.modules() if hasattr(module, "in_features") and hasattr(module, "weight")]


def _count_parameters(layer) -> int:
    outputs, inputs = layer.weight.shape
    return outputs * inputs + (0 if layer.bias is None else outputs)
