"""The pictures of notebook 3: shifted maps, accuracies over training digits, and kernels that drift apart."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator

from helpers.counting import as_int
from helpers.drawing.accuracies import Accuracies, Results, compute_deviation, count_seeds, format_spread, move_apart
from helpers.drawing.artists import PixelImage, TextCollection, color_signed
from helpers.drawing.picture import Picture, as_image
from helpers.drawing.style import CHOSEN, FAINT, FONT_SIZE, INK, LOOKS, find_look

__all__ = ["Accuracies", "AccuracyCurves", "KernelDrift", "ShiftLab"]

EXACT = 1e-12  # of the largest output: double precision rounds far below it
MOST_POINTS = 60


class ShiftLab(Picture):
    """A moved image, a layer's answer to it, the answer that is expected, and the difference of the two."""

    def __init__(self) -> None:
        super().__init__(940, 300)
        names = ("moved image", "layer(moved image)", "expected", "difference")
        self._parts = [
            PixelImage(self, self.add_square(name, 6 + 237 * number, 45, 215)) for number, name in enumerate(names)
        ]
        self._titles = [self.add_title(part.axes) for part in self._parts]
        self._verdict = TextCollection(self, self._parts[-1].axes)

    def show(self, case: str, moved: np.ndarray, answer: np.ndarray, expected: np.ndarray) -> None:
        """Show a moved image (H, W), the layer's answer to it, and its answer at rest moved along.

        The answers are feature maps (h, w) or vectors (n,) of the same shape.
        """
        moved = as_image("moved", moved)
        answer, expected = (a[:, None] if a.ndim == 1 else a for a in map(np.asarray, (answer, expected)))
        answer = as_image("answer", answer)
        expected = as_image("expected", expected, answer.shape)
        difference = answer - expected
        scale = max(np.abs(answer).max(), np.abs(expected).max(), 1e-30)
        unequal = int((np.abs(difference) > EXACT * scale).sum())
        percent = f"{100 * np.abs(difference).max() / scale:.0f} %"
        self._parts[0].show(moved)
        for part, values in zip(self._parts[1:], (answer, expected, difference), strict=True):
            part.show(color_signed(values, scale))
        self._verdict.show({} if unequal else {(0.5, 0.5): "="}, size=60)
        height, width = answer.shape
        size = f"{height}×{width} map" if width > 1 else f"{height} logits"
        for title, text in zip(
            self._titles, (case, size, size, f"up to {percent}" if unequal else "none"), strict=True
        ):
            title.set_text(text)
        self.sentence = f"{case.capitalize()}: " + (
            f"{unequal} of {answer.size} outputs differ, by up to {percent} of the largest output."
            if unequal
            else f"all {answer.size} outputs are the same."
        )


class AccuracyCurves(Picture):
    """Mean test accuracy over the number of training digits, a band of one standard deviation, one curve a net."""

    def __init__(self, results: Results) -> None:
        """`results` is as for `Accuracies`; the data begin with the number of training digits, as in "300 digits"."""
        seeds = count_seeds(results, MOST_POINTS)
        super().__init__(900, 440)
        axes = self.add_chart("test accuracy in %", (70, 65, 590, 320), -0.08, "digits to train on")
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


class KernelDrift(Picture):
    """The kernel of one channel at every position, beside their spread and what the net gets right."""

    def __init__(self, spread: list[float], accuracy: list[float], tied: list[float]) -> None:
        """All are in percent, one number for every epoch from 0, when the kernels are still tied.

        `accuracy` is that of the net without the tie, `tied` that of its twin which trains on with the tie.
        Spread is how far kernels lie from their mean over positions, as root mean squares in percent of that mean.
        """
        if not len(spread) == len(accuracy) == len(tied) > 1:
            raise ValueError(
                f"spread has {len(spread)}, accuracy {len(accuracy)} and tied {len(tied)} entries; allowed is one for "
                "every epoch from 0"
            )
        super().__init__(940, 420)
        self._kernels = PixelImage(self, self.add_square("the kernel at every position", 10, 45, 335))
        self._lines = self.add_animated(
            self._kernels.axes.add_collection(LineCollection([], colors=INK, linewidths=1.2))
        )
        self._title = self.add_title(self._kernels.axes)
        self._dots, self._values = [], []
        for bottom, title, lines in (
            (245, "spread of the kernels in %", {"untied": spread}),
            (60, "test accuracy in %", {"untied": accuracy, "tied": tied}),
        ):
            axes = self.add_axes(title, 415, bottom, 345, 120)
            every = [value for values in lines.values() for value in values]
            axes.set(xlim=(-0.3, len(spread) - 0.7), ylim=(max(0, min(every) - 4), max(every) + 4))
            axes.set_title(title, fontsize=FONT_SIZE, color=INK, loc="left")
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.tick_params(labelsize=FONT_SIZE - 2)
            axes.spines[["top", "right"]].set_visible(False)
            for name, values in lines.items():
                axes.plot(values, LOOKS[name].linestyle, color=LOOKS[name].color, linewidth=3)
                self._dots.append(
                    self.add_animated(axes.plot([], [], "o", markersize=12, color=CHOSEN, clip_on=False)[0])
                )
                y = bottom + (82 if name == "tied" else 48)
                self._values.append((name, values, self.add_text(768, y, weight="bold", va="center")))
        axes.set_xlabel("epochs since the tie was cut", fontsize=FONT_SIZE, color=INK)

    def show(self, kernels: np.ndarray, epoch: int, channel: int) -> None:
        """Show the kernels (H, W, K, K) of one output channel, `epoch` epochs after the tie was cut."""
        kernels = np.asarray(kernels)
        if kernels.ndim != 4 or not np.isfinite(kernels).all():
            raise ValueError(f"kernels has shape {kernels.shape}; allowed is (H, W, K, K), all finite")
        epoch = as_int("epoch", epoch, minimum=0)
        if epoch >= len(self._values[0][1]):
            raise ValueError(f"epoch={epoch}; allowed is 0 to {len(self._values[0][1]) - 1}")
        spread, accuracy, tied = (values[epoch] for _, values, _ in self._values)
        height, width, rows, columns = kernels.shape
        flat = kernels.transpose(0, 2, 1, 3).reshape(height * rows, width * columns)
        self._kernels.show(color_signed(flat, np.abs(flat).max()), outline_pixels=False)
        self._lines.set_segments(
            [[(0, y / height), (1, y / height)] for y in range(1, height)]
            + [[(x / width, 0), (x / width, 1)] for x in range(1, width)]
        )
        for dot, (name, values, words) in zip(self._dots, self._values, strict=True):
            dot.set_data([epoch], [values[epoch]])
            words.set_text(f"{name} {values[epoch]:.1f} %")
        self._title.set_text(f"channel {channel}: {height}×{width} kernels")
        self.sentence = (
            f"Channel {channel}, {epoch} epoch{'' if epoch == 1 else 's'} without the tie: "
            f"the layer's kernels lie {spread:.1f} % from their "
            f"mean over {height}×{width} positions; the net names {accuracy:.1f} % of the test digits, its tied twin "
            f"{tied:.1f} %."
        )


def _read_first_number(data: str) -> int:
    return int(data.split()[0].replace(",", ""))
