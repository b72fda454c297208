"""How many times as much a locally connected layer takes as the convolution that computes as much."""

import numpy as np

from helpers.drawing.picture import Picture
from helpers.drawing.style import FONT_SIZE, INK, LOCAL

LINES = {  # colour, marker, line and its width: the answer stands out
    "multiply-adds": (INK, "s", "-", 1.5),
    "bytes moved": (INK, "o", "--", 1.5),
    "time": (LOCAL, "D", "-", 4),
}
LABEL = 28  # pixels between two lines of text
TITLE = "local layer: how many times as much as the convolution (log scale)"


class MemoryTraffic(Picture):
    """Over the side of the map a line each for multiply-adds, bytes moved and time: local over convolution."""

    def __init__(self, ratios: dict[str, dict[int, float]]) -> None:
        """`ratios` maps each of the three to local over convolution for each side of the map, the same sides for all.

        Raises ValueError for other names, other sides, or ratios that are not above zero.
        """
        sides = {name: list(of) for name, of in ratios.items()}
        if sides != dict.fromkeys(LINES, sides.get("time")) or not sides["time"]:
            raise ValueError(f"ratios has {sides}; allowed are the same sides of the map for {', '.join(LINES)}")
        values = np.array([list(ratios[name].values()) for name in LINES])
        if not ((values > 0) & np.isfinite(values)).all():
            raise ValueError("ratios has numbers that are not above zero; allowed are finite ones above zero")
        super().__init__(940, 420)
        axes = self.add_chart(TITLE, (70, 70, 590, 300), -0.1, "size of the map (log scale)")
        axes.set(xscale="log", yscale="log", ylim=(min(0.6, 0.7 * values.min()), max(200, 1.5 * values.max())))
        axes.set_xticks(sides["time"], [f"{side}×{side}" for side in sides["time"]])
        axes.yaxis.set_major_formatter(lambda number, _: f"{number:g}×")
        axes.minorticks_off()
        for (color, marker, line, width), of in zip(LINES.values(), values, strict=True):
            axes.plot(sides["time"], of, line, marker=marker, color=color, linewidth=width, markersize=12)
        floor = 0
        for of, (name, (color, *_)) in sorted(zip(values[:, -1], LINES.items(), strict=True)):
            y = max(floor, axes.transData.transform((1, of))[1])  # not on the label below
            words = f"{name}: {_format_ratio(of)}"
            self.figure.text(670 / 940, y / 420, words, color=color, fontsize=FONT_SIZE + 2, weight="bold", va="center")
            floor = y + LABEL
        parts = [f"{_format_ratio(of)} the {name}" for name, of in zip(LINES, values[:, -1], strict=True)]
        self.sentence = (
            f"On a {sides['time'][-1]}×{sides['time'][-1]} map the local layer takes {parts[0]}, {parts[1]} and "
            f"{parts[2]} of the convolution."
        )


def _format_ratio(ratio: float) -> str:
    return f"{ratio:,.0f}×" if ratio >= 10 else f"{ratio:.2g}×"
