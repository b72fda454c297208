"""Test accuracies: what sharing gains with each head, and over the number of training digits."""

import numpy as np

from helpers.drawing.accuracies import (
    NO_WINNER,
    Results,
    compute_deviation,
    count_seeds,
    format_spread,
    move_apart,
)
from helpers.drawing.picture import Picture
from helpers.drawing.style import CHOSEN, FAINT, FONT_SIZE, INK, find_look

MOST_POINTS = 60
ROW = 105  # pixels


class TieAndHead(Picture):
    """What sharing gains with each head: one row a head, and on it a bar from the local net to the convolution."""

    lines = 4

    def __init__(self, results: Results) -> None:
        """`results` is as for `Accuracies`; a net is named by its layer, and by its head if that is not pooling."""
        seeds = count_seeds(results, MOST_POINTS)
        rows = {}
        for (net, _), accuracies in results.items():
            layer, _, head = net.partition(", ")
            row = "for comparison" if layer == "dense" else f"{head or 'global pooling'} head"
            rows.setdefault(row, []).append((net, layer, accuracies))
        rows = {name: rows[name] for name in sorted(rows, key=lambda name: (len(rows[name]) == 1, name))}
        super().__init__(940, 70 + ROW * len(rows))
        height, left, across = self.size[1], 210, 540
        box, below = (left, 60, across, height - 70), "test accuracy in %, one mark for each seed"
        axes = self.add_rows("test accuracy in %", box, rows, below)
        axes.set_xlim(0, 100)
        axes.grid(axis="x", color="#DDDDDD")
        self._votes, parts = {}, []
        for row, (name, nets) in enumerate(rows.items()):
            means, said = [np.mean(accuracies) for *_, accuracies in nets], []
            axes.plot(means, [row] * len(nets), color=FAINT, linewidth=8, solid_capstyle="butt")
            for (net, layer, accuracies), mean in zip(nets, means, strict=True):
                look, low = find_look(layer), mean < max(means)
                at = np.full(len(accuracies), row)
                axes.plot(accuracies, at, look.marker, color=look.color, markersize=11, alpha=0.55, mew=0)
                axes.plot([mean, mean], [row - 0.2, row + 0.2], color=INK, linewidth=4)
                end, side = (min(accuracies) - 2.5, "right") if low else (max(accuracies) + 2.5, "left")
                axes.text(end, row, f"{layer} {mean:.0f}", ha=side, va="center", fontsize=FONT_SIZE, color=INK)
                x, y = left + across * mean / 100, height - 10 - ROW * (row + 0.86)
                self._votes[net] = self.add_text(x, y, FONT_SIZE + 2, ha="center", va="center", color=CHOSEN)
                said.append(f"{layer} {format_spread(accuracies)} %")
            if len(nets) == 2:
                gain = f"sharing: {means[1] - means[0]:+.0f} points"
                axes.text(
                    np.mean(means), row - 0.25, gain, ha="center", va="bottom", fontsize=FONT_SIZE + 1, weight="bold",
                    color=INK,
                )  # fmt: skip
                said.append(gain)
            parts.append(f"{name}: {', '.join(said)}")
        self.sentence = f"Mean and standard deviation over {seeds} seeds. {'; '.join(parts).capitalize()}."

    def mark(self, vote: str | None) -> None:
        """Mark the net that was voted for, and all of them where that is no clear winner."""
        for net, words in self._votes.items():
            words.set_text("▲" if vote == net else "=" if vote == NO_WINNER else "")


class AccuracyCurves(Picture):
    """Mean test accuracy over the number of training digits, a band of one standard deviation, one curve a net."""

    def __init__(self, results: Results) -> None:
        """`results` is as for `Accuracies`; the data begin with the number of training digits, as in "300 digits"."""
        seeds = count_seeds(results, MOST_POINTS)
        super().__init__(900, 440)
        axes = self.add_chart("test accuracy in %", (70, 65, 590, 320), -0.08, "digits to train on (log scale)")
        sizes = sorted({_read_first_number(data) for _, data in results})
        axes.set(xscale="log", xlim=(sizes[0] * 0.93, sizes[-1] * 1.04), ylim=(0, 104))
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.minorticks_off()
        parts, ends, seen = [], {}, set()
        for net in dict.fromkeys(net for net, _ in results):
            look = find_look(net)
            of = {_read_first_number(data): values for (name, data), values in results.items() if name == net}
            mean, spreads = (np.array([f(of[size]) for size in sorted(of)]) for f in (np.mean, compute_deviation))
            axes.fill_between(sorted(of), mean - spreads, mean + spreads, color=look.color, alpha=0.2, linewidth=0)
            style = "--" if look in seen else "-"  # a second net of its kind
            seen.add(look)
            axes.plot(sorted(of), mean, style, marker=look.marker, color=look.color, linewidth=3, markersize=10)
            ends[net] = mean[-1]
            parts.append(f"{net} " + ", ".join(f"{format_spread(of[size])} % with {size:,}" for size in sorted(of)))
        for net, y in zip(sorted(ends, key=ends.get), move_apart(sorted(ends.values()), 7.5, most=97), strict=True):
            axes.plot([sizes[-1] * 1.03, sizes[-1] * 1.12], [ends[net], y], color=FAINT, linewidth=1, clip_on=False)
            axes.text(sizes[-1] * 1.14, y, net, fontsize=FONT_SIZE + 1, color=INK, va="center", weight="bold")
        self.sentence = f"Mean and standard deviation over {seeds} seeds: {'; '.join(parts)}."


def _read_first_number(data: str) -> int:
    return int(data.split()[0].replace(",", ""))
