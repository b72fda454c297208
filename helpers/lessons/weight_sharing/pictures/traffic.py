"""Measured time over the bytes that have to be moved, for layers with equally many multiply-adds."""

import numpy as np

from helpers.counting.formatting import format_bytes
from helpers.drawing.picture import Picture
from helpers.drawing.style import FAINT, FONT_SIZE, INK, LOOKS

LABELS = {"local": ((14, -10), "left"), "convolution": ((-14, 8), "right")}  # offset in points, and alignment


class MemoryTraffic(Picture):
    """One mark for each layer and image size; a dashed line joins two layers with the same multiply-adds."""

    def __init__(self, measured: dict[str, dict[int, tuple[int, float]]]) -> None:
        """`measured` maps local and convolution to (bytes moved, seconds) for each image size, the same sizes for both.

        Raises ValueError for other names, other sizes, or numbers that are not above zero.
        """
        sides = {name: list(points) for name, points in measured.items()}
        if set(sides) != set(LABELS) or sides["local"] != sides["convolution"] or not sides["local"]:
            raise ValueError(f"measured has {sides}; allowed are the same image sizes for {' and '.join(LABELS)}")
        points = {name: np.array(list(of.values()), dtype=float) for name, of in measured.items()}
        if not all((values > 0).all() for values in points.values()):
            raise ValueError("measured has numbers that are not above zero; allowed are bytes and seconds above zero")
        super().__init__(900, 430)
        axes = self.add_axes("milliseconds for one image", 95, 70, 640, 320)
        axes.set(xscale="log", yscale="log")
        axes.xaxis.set_major_formatter(lambda number, _: format_bytes(round(number)))
        axes.yaxis.set_major_formatter(lambda seconds, _: f"{1000 * seconds:g}")
        axes.tick_params(labelsize=FONT_SIZE)
        axes.set_xlabel("bytes to move: weights, input, output", fontsize=FONT_SIZE, color=INK)
        axes.set_title("milliseconds for one image", fontsize=FONT_SIZE, color=INK, loc="left", x=-0.1)
        axes.spines[["top", "right"]].set_visible(False)
        axes.plot(*np.stack([points[name].T for name in LABELS], axis=1), color=FAINT, linestyle="--", linewidth=1.5)
        for name, (offset, side) in LABELS.items():
            look = LOOKS[name]
            axes.plot(*points[name].T, look.marker, color=look.color, markersize=13)
            axes.annotate(
                name, points[name][-1], (4, 30), textcoords="offset points", ha="right", va="center",
                fontsize=FONT_SIZE + 2, color=INK, weight="bold",
            )  # fmt: skip
            labelled = list(measured[name].items())
            if name == "convolution":  # whose other marks lie close together
                labelled = labelled[:: len(labelled) - 1] if len(labelled) > 1 else labelled
            for pixels, point in labelled:
                axes.annotate(
                    f"{pixels}×{pixels}", point, offset, textcoords="offset points", ha=side, va="center",
                    fontsize=FONT_SIZE, color=INK,
                )  # fmt: skip
        axes.margins(0.13, 0.12)
        side = sides["local"][-1]
        ratios = points["local"][-1] / points["convolution"][-1]
        self.sentence = (
            f"At {side}×{side} pixels both layers do the same multiply-adds; the local one moves {ratios[0]:,.0f} "
            f"times as many bytes and took {ratios[1]:.1f} times as long."
        )
