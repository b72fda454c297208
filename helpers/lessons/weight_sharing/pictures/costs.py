"""What locality saves and what sharing saves, for layers that no one would build dense."""

import numpy as np

from helpers import counting
from helpers.counting.formatting import format_bytes, format_count, format_quantity, format_size
from helpers.drawing.picture import Picture
from helpers.drawing.style import FONT_SIZE, INK, LOOKS

NETS = "dense", "local", "convolution"
KINDS = {"weights": "weights to store", "multiply_adds": "multiply-adds to compute"}
LONGEST = 13  # powers of ten that a bar can show


class SharingCosts(Picture):
    """Weights to store and multiply-adds to compute, each as one bar for dense, local and convolution.

    The axes are logarithmic: bars start at 1, and a thin line further is a thousand times more.
    """

    lines = 3

    def __init__(self) -> None:
        super().__init__(940, 424)
        self._bars, self._numbers = {}, {}
        for left, (kind, title) in zip((132, 550), KINDS.items(), strict=True):
            axes = self.add_axes(title, left, 119, 380, 265)
            axes.set(xlim=(0, LONGEST), ylim=(2.45, -0.75), yticks=[])
            powers = range(0, LONGEST, 3)
            axes.set_xticks(powers, ["1", "thousand", "million", "billion", "trillion"])
            axes.tick_params(labelsize=FONT_SIZE, length=0)
            axes.set_xlabel("log scale: bars start at 1", fontsize=FONT_SIZE, color=INK, loc="left")
            axes.grid(axis="x", color="#DDDDDD")
            axes.set_axisbelow(True)
            axes.spines[["top", "right", "bottom"]].set_visible(False)
            axes.set_title(title, fontsize=FONT_SIZE + 2, weight="bold", color=INK, loc="left")
            for row, name in enumerate(NETS):
                look = LOOKS[name]
                bar = axes.barh(row, 1, 0.42, color=look.color, hatch=look.hatch, edgecolor="white", linewidth=0)[0]
                self._bars[name, kind] = self.add_animated(bar)
                y = 384 - 265 * (row + 0.75 - 0.42) / 3.2
                self._numbers[name, kind] = self.add_text(left + 6, y, FONT_SIZE + 2, weight="bold", va="center")
                if kind == "weights":
                    axes.text(-0.3, row, name, fontsize=FONT_SIZE, color=INK, ha="right", va="center")
        self._forms = [self.add_text(left, y) for left, y in ((132, 38), (132, 12))]

    def show(self, sizes: counting.Layer) -> None:
        """Show one layer's counts without biases; nothing is allocated."""
        counts = {"dense": sizes.dense, "local": sizes.local, "convolution": sizes.shared}
        if sizes.dense.weights > 10**LONGEST:
            raise ValueError(f"a dense layer has {format_count(sizes.dense.weights)} weights; allowed are 10^{LONGEST}")
        for (name, kind), bar in self._bars.items():
            number = getattr(counts[name], kind)
            bar.set_width(np.log10(number))
            self._numbers[name, kind].set_text(format_count(number))
        dense, local, shared = counts.values()
        height, width = sizes.output_size
        kernel = f"{sizes.kernel_size[0]}·{sizes.kernel_size[1]}·{sizes.in_channels}"
        self._forms[0].set_text(
            f"local: {height:,}·{width:,}·{sizes.out_channels} outputs × {kernel} weights, each used once"
        )
        self._forms[1].set_text(
            f"convolution: {sizes.out_channels} kernels × {kernel} weights, each used "
            f"{height:,}·{width:,} = {shared.uses_per_weight:,} times"
        )
        self.sentence = (
            f"{format_size(sizes.image_size)} image with {format_quantity(sizes.in_channels, 'channel')}, "
            f"{format_size(sizes.kernel_size)} kernel, "
            f"{format_size(sizes.output_size)} map with {format_quantity(sizes.out_channels, 'channel')}. Locality: "
            f"{_format_ratio(dense, local, 'weights')} fewer weights and "
            f"{_format_ratio(dense, local, 'multiply_adds')} fewer "
            f"multiply-adds. Sharing: {_format_ratio(local, shared, 'weights')} fewer weights and "
            f"{_format_ratio(local, shared, 'multiply_adds')} fewer multiply-adds. At {sizes.itemsize} bytes a weight, "
            f"{format_bytes(sizes.itemsize * local.weights)} become {format_bytes(sizes.itemsize * shared.weights)}."
        )


def _format_ratio(more: counting.Count, fewer: counting.Count, kind: str) -> str:
    ratio = getattr(more, kind) / getattr(fewer, kind)
    return "no" if ratio == 1 else f"{ratio:,.0f} times"
