"""What locality saves, for image sizes that no one would allocate."""

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from helpers import counting
from helpers.counting.formatting import format_bytes, format_count
from helpers.drawing.picture import Picture
from helpers.drawing.style import FAINT, FONT_SIZE, INK, LOOKS

SIDES = (8, 16, 32, 64, 128, 299)
ENDS = (7.4, 460)  # of the axis
LIMIT = 2 * 10**9 / 4  # weights in 2 GB
CLEAR = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1}  # keeps words readable on lines


class LocalityCosts(Picture):
    """Weights, multiply-adds and bytes of a dense and a locally connected layer over the side of the image."""

    def __init__(self) -> None:
        super().__init__(900, 430)
        axes = self._axes = self.add_axes("costs", 125, 65, 640, 320)
        axes.set(xscale="log", yscale="log", xlim=ENDS, ylim=(1e0, 1e14))
        axes.xaxis.set(major_locator=FixedLocator(SIDES), minor_locator=NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda side, _: f"{side:g}"))
        axes.yaxis.set(major_locator=FixedLocator(10.0 ** np.arange(3, 13, 3)), minor_locator=NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda number, _: _format_power(number)))
        axes.tick_params(labelsize=FONT_SIZE)
        axes.set_xlabel("image side in pixels, log", fontsize=FONT_SIZE, color=INK)
        axes.set_title("weights = multiply-adds, log", fontsize=FONT_SIZE, color=INK, loc="left", x=-0.17)
        axes.spines[["top"]].set_visible(False)
        memory = axes.secondary_yaxis("right", functions=(lambda w: 4 * w, lambda b: b / 4))
        memory.yaxis.set(major_locator=FixedLocator(10.0 ** np.arange(3, 14, 3)), minor_locator=NullLocator())
        memory.yaxis.set_major_formatter(FuncFormatter(lambda number, _: format_bytes(round(number))))
        memory.tick_params(labelsize=FONT_SIZE)
        axes.set_title("memory, log", fontsize=FONT_SIZE, color=INK, loc="right", x=1.12)
        axes.axhline(LIMIT, color=FAINT, linestyle="--", linewidth=1.5)
        axes.text(450, LIMIT * 1.6, "2 GB", ha="right", fontsize=FONT_SIZE, color=INK)
        self._marker = self.add_animated(axes.axvline(8, color=INK, linewidth=1.5, linestyle=":"))
        self._lines, self._dots, self._labels = {}, {}, {}
        for name in ("dense", "local"):
            look = LOOKS[name]
            self._lines[name] = self.add_animated(
                axes.plot([], [], color=look.color, linewidth=3.5, linestyle=look.linestyle)[0]
            )
            self._dots[name] = self.add_animated(axes.plot([], [], "o", color=look.color, markersize=12)[0])
            words = {"fontsize": FONT_SIZE + 2, "color": look.color, "weight": "bold", "va": "center", "bbox": CLEAR}
            words["ha"] = "right" if name == "dense" else "left"
            self._labels[name] = self.add_animated(axes.text(0, 0, "", **words))

    def show(self, image_size: int, kernel_size: int, out_channels: int) -> None:
        """Show one input channel, stride 1 and no padding, marked at `image_size`; nothing is allocated."""
        image_size, kernel_size = (
            counting.as_int(name, value) for name, value in (("image_size", image_size), ("kernel_size", kernel_size))
        )
        if not (SIDES[0] <= image_size <= SIDES[-1] and kernel_size <= SIDES[0]):
            raise ValueError(
                f"image_size={image_size}, kernel_size={kernel_size}; allowed are {SIDES[0]} to {SIDES[-1]} pixels and "
                f"a kernel of at most {SIDES[0]}"
            )
        sides = sorted({*SIDES, *range(8, 300, 4), image_size})
        counts = {side: counting.Layer(1, out_channels, side, kernel_size, bias=False) for side in sides}
        chosen = counts[image_size]
        self._marker.set_xdata([image_size, image_size])
        for name in ("dense", "local"):
            weights = {side: getattr(layer, name).weights for side, layer in counts.items()}
            self._lines[name].set_data(list(weights), list(weights.values()))
            self._dots[name].set_data([image_size], [weights[image_size]])
            self._labels[name].set_text(f"{name}: {format_count(weights[image_size])}")
            self._place_label(name, chosen, image_size)
        dense, local = chosen.dense, chosen.local
        self.sentence = (
            f"{image_size}×{image_size} image, {kernel_size}×{kernel_size} kernel, "
            f"{out_channels} channel{'s' if out_channels > 1 else ''}: dense {format_count(dense.weights)} weights "
            f"({format_bytes(dense.bytes)}), local {format_count(local.weights)} weights "
            f"({format_bytes(local.bytes)}), "
            f"{_format_ratio(dense.weights / local.weights)} times fewer. Each weight is used once, "
            "so multiply-adds equal weights."
        )

    def _place_label(self, name: str, layer: counting.Layer, image_size: int) -> None:
        """Put a label where there is room, as both lines rise: left above the one, right below the other."""
        label = self._labels[name]
        width = (ENDS[1] / ENDS[0]) ** (label.get_window_extent().width / self._axes.bbox.width)
        side = max(image_size, SIDES[0] * width) if name == "dense" else min(image_size, 420 / width)
        at_its_end = counting.Layer(1, layer.out_channels, round(side), layer.kernel_size, bias=False)
        height = at_its_end.dense.weights * 20 if name == "dense" else at_its_end.local.weights / 20
        if name == "dense" and LIMIT / 4 < height < LIMIT * 4:
            height = LIMIT * 5  # not on the line of 2 GB
        label.set_position((side, height))


def _format_power(number: float) -> str:
    return format_count(round(number)).replace("1,000", "1 thousand")


def _format_ratio(number: float) -> str:
    return f"{number:.1f}" if number < 10 else f"{number:,.0f}"
