"""What becomes of a convolution's kernels when its positions are no longer tied."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator

from helpers.counting import as_int
from helpers.figures.artists import Pixels, signed
from helpers.figures.picture import Picture
from helpers.figures.style import CHOSEN, FONT_SIZE, INK, LOCAL, SHARED

NETS = {"untied": (LOCAL, "-"), "tied": (SHARED, "--")}


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
        self._kernels = Pixels(self, self.square(10, 45, 335))
        self._lines = self.moves(self._kernels.axes.add_collection(LineCollection([], colors=INK, linewidths=1.2)))
        self._title = self.title(self._kernels.axes)
        self.under(self._kernels.axes, "the kernel at every position")
        self._dots, self._values = [], []
        for bottom, title, lines in (
            (245, "spread of the kernels in %", {"untied": spread}),
            (60, "test accuracy in %", {"untied": accuracy, "tied": tied}),
        ):
            axes = self.figure.add_axes((415 / 940, bottom / 420, 345 / 940, 120 / 420))
            every = [value for values in lines.values() for value in values]
            axes.set(xlim=(-0.3, len(spread) - 0.7), ylim=(max(0, min(every) - 4), max(every) + 4))
            axes.set_title(title, fontsize=FONT_SIZE, color=INK, loc="left")
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.tick_params(labelsize=FONT_SIZE - 2)
            axes.spines[["top", "right"]].set_visible(False)
            for name, values in lines.items():
                axes.plot(values, NETS[name][1], color=NETS[name][0], linewidth=3)
                self._dots.append(self.moves(axes.plot([], [], "o", markersize=12, color=CHOSEN, clip_on=False)[0]))
                y = bottom + (82 if name == "tied" else 48)
                self._values.append((name, values, self.words(768, y, weight="bold", va="center")))
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
        self._kernels.show(signed(flat, np.abs(flat).max()), outline_pixels=False)
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
