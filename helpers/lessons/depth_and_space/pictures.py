"""The pictures of notebook 5: accuracies over depth, the view of a reused convolution, and the table of uses."""

import numpy as np
from matplotlib.patches import Rectangle

from helpers.counting import as_int
from helpers.counting.formatting import format_quantity, format_times
from helpers.drawing.accuracies import Accuracies, Results, move_apart
from helpers.drawing.picture import Picture
from helpers.drawing.receptive_field import ReceptiveField
from helpers.drawing.style import CHOSEN, FONT_SIZE, INK, SHARED, find_look

__all__ = ["Accuracies", "DepthAccuracies", "ReusedField", "UsesTable"]

LOOKS = ((SHARED, "D", "-", "◆"), (INK, "s", "--", "■"))
MOST_DEPTHS = 7
PREDICTIONS = {"its own depth alone": 0, "one more or less too": 1, "all depths": MOST_DEPTHS}
ROW, LEFT, BESIDE = 56, 214, 126  # pixels: a row, the names, and the numbers beside the bars of a column
HEADS = ("weights", "uses of each", "multiply-adds")
MOST_ROWS = 8


class DepthAccuracies(Picture):
    """Test accuracy over the number of uses in the test, for two nets."""

    lines = 3

    def __init__(self, results: Results, own: int) -> None:
        """`results` maps (net, "depth d") to the test accuracies in percent, one for each seed.

        There are two nets and depths from 0 up to at most 6; `own` is the depth at which the second net was trained.
        """
        nets, depths = (list(dict.fromkeys(key[part] for key in results)) for part in (0, 1))
        count = len(depths)
        if len(nets) != 2 or len(results) != 2 * count or count > MOST_DEPTHS or depths != _list_depths(count):
            raise ValueError(f"results has {nets} at {depths}; allowed are two nets at depth 0 up to {MOST_DEPTHS - 1}")
        seeds = {len(accuracies) for accuracies in results.values()}
        if len(seeds) != 1 or seeds == {0}:
            raise ValueError(f"results has rows of {sorted(seeds)} accuracies; allowed is one number of seeds for all")
        if not 0 <= own < count:
            raise ValueError(f"own={own}; allowed is 0 to {count - 1}")
        super().__init__(940, 440)
        self._own, self._count = own, count
        axes = self.add_chart("test accuracy in %", (80, 66, 570, 320), -0.1, "uses of the middle layer in the test")
        axes.set(xlim=(-0.5, count - 0.5), ylim=(0, 104))
        axes.set_xticks(range(count))
        self._band = self.add_animated(axes.add_patch(Rectangle((0, 0), 1, 104, color=CHOSEN, alpha=0.3, linewidth=0)))
        marks, parts, ends, keys = [], [], {}, {}
        for net, (color, marker, dash, sign) in zip(nets, LOOKS, strict=True):
            of = [results[net, depth] for depth in depths]
            ends[net], keys[net] = np.mean(of[-1]), (f"{sign} {net}", color)
            drawn = axes.plot([np.mean(values) for values in of], dash, color=color, linewidth=3)
            for depth, values in enumerate(of):
                at = [depth] * len(values)
                drawn += axes.plot(at, values, marker, color=color, alpha=0.6, mew=0, markersize=10, clip_on=False)
            marks += [self.add_animated(mark) for mark in drawn]
            parts.append(f"{net}: {', '.join(f'{np.mean(values):.1f}' for values in of)} %")
        for net, y in zip(sorted(ends, key=ends.get), move_apart(sorted(ends.values()), room=8, most=100), strict=True):
            text, color = keys[net]
            name = self.add_text(664, 66 + 320 * y / 104, FONT_SIZE + 1, weight="bold", va="center", color=color)
            name.set_text(text)
            marks.append(name)
        self.sentence = f"Mean test accuracy at 0 to {count - 1} uses, over {seeds.pop()} seeds: {'; '.join(parts)}."
        self.mark(None)

    def mark(self, vote: str | None) -> None:
        """Mark the depths that a vote is for."""
        self._band.set_visible(vote in PREDICTIONS)
        if vote in PREDICTIONS:
            around = PREDICTIONS[vote]
            first, last = max(0, self._own - around), min(self._count - 1, self._own + around)
            self._band.set_bounds(first - 0.4, 0, last - first + 0.8, 104)


def _list_depths(count: int) -> list[str]:
    return [f"depth {depth}" for depth in range(count)]


class ReusedField(ReceptiveField):
    """The pixels that the middle output sees when one convolution is applied again and again."""

    side = "the uses from the side"

    def show(self, image: np.ndarray, gradient: np.ndarray, conv, reuses: int) -> None:
        """Show `reuses` uses of one convolution (`weight`, `kernel_size`); the rest is as for the stack."""
        self._weights = conv.weight.numel()
        super().show(image, gradient, conv.kernel_size[0], reuses)
        self.sentence += f" The convolution has {format_quantity(self._weights, 'weight')} throughout."

    def _describe_depth(self, depth: int) -> str:
        return format_quantity(depth, "use")

    def _name_level(self, level: int) -> str:
        return f"use {level}"

    def _describe_stack(self, kernel_size: int, depth: int) -> str:
        return (
            f"{kernel_size}×{kernel_size}: {format_quantity(self._weights, 'weight')}, {format_quantity(depth, 'use')}"
        )


class UsesTable(Picture):
    """One row for each layer: its weights × the uses of each = its multiply-adds.

    All bars begin at 1 and have one logarithmic scale, so that the lengths of the first two make the third.
    """

    def __init__(self, counts: dict[str, tuple[int, int]]) -> None:
        """`counts` maps a layer's name to its weights and to the uses of each weight for one sample.

        The first word of a name says its look, see `style.LOOKS`.
        """
        if not 1 <= len(counts) <= MOST_ROWS:
            raise ValueError(f"counts has {len(counts)} rows; allowed are 1 to {MOST_ROWS}")
        rows = {name: [as_int(f"a number of {name}", number) for number in pair] for name, pair in counts.items()}
        height = 90 + ROW * len(rows)
        super().__init__(940, height)
        columns = [*zip(*((weights, uses, weights * uses) for weights, uses in rows.values()), strict=True)]
        decades = [np.log10(max(numbers)) for numbers in columns]
        decade = (940 - LEFT - len(columns) * BESIDE) / max(sum(decades), 1)  # in pixels
        left = LEFT
        for place, (head, numbers) in enumerate(zip(HEADS, columns, strict=True)):
            wide = decades[place] * decade + BESIDE
            part = self.add_axes(head, left, 10, wide, height - 90)
            part.set(xscale="log", xlim=(1, 10 ** (wide / decade)), ylim=(len(rows) - 0.5, -0.5), xticks=[])
            part.minorticks_off()
            part.set_title(f"{head}\n(log scale)", fontsize=FONT_SIZE, color=INK, loc="left", pad=10)
            part.spines[["top", "right", "bottom"]].set_visible(False)
            part.set_yticks(range(len(rows)), list(rows) if place == 0 else [""] * len(rows))
            part.tick_params(labelsize=FONT_SIZE, length=0)
            for row, (name, number) in enumerate(zip(rows, numbers, strict=True)):
                look = find_look(name)
                part.barh(
                    row, number - 1, left=1, height=0.62, color=look.color, hatch=look.hatch, edgecolor="white",
                    linewidth=0,
                )  # fmt: skip
                words = {"color": INK, "va": "center_baseline"}
                part.text(number * 10 ** (8 / decade), row, f"{number:,}", fontsize=FONT_SIZE, **words)
                if place:
                    part.text(10 ** (-18 / decade), row, " ×="[place], fontsize=FONT_SIZE + 4, ha="center", **words)
            left += wide
        said = [
            f"{name}: {format_quantity(weights, 'weight')}, each used {format_times(uses)}, "
            f"{format_quantity(weights * uses, 'multiply-add')}"
            for name, (weights, uses) in rows.items()
        ]
        self.sentence = f"For one sample, {'; '.join(said)}."
        self.lines = 4
