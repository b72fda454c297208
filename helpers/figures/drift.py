"""What becomes of a convolution's kernels when its positions are no longer tied."""

import numpy as np
from matplotlib.collections import LineCollection

from helpers.figures.artists import Pixels, signed
from helpers.figures.picture import Picture
from helpers.figures.style import CHOSEN, FONT_SIZE, INK, LOCAL, SHARED


class KernelDrift(Picture):
    """The kernel of one channel at every position, beside how far the kernels spread and what the net gets right."""

    def __init__(self, spread: list[float], accuracy: list[float]) -> None:
        """`spread` and `accuracy` are in percent, one number for every epoch from 0, when the kernels are still tied.

        Spread is how far kernels lie from their mean over positions, as root mean squares in percent of that mean.
        """
        if len(spread) != len(accuracy) or len(spread) < 2:
            raise ValueError(
                f"spread has {len(spread)} and accuracy {len(accuracy)} entries; allowed is one for every epoch from 0"
            )
        super().__init__(940, 420)
        self._series = spread, accuracy
        self._kernels = Pixels(self, self.square(10, 45, 335))
        self._lines = self.moves(self._kernels.axes.add_collection(LineCollection([], colors=INK, linewidths=1.2)))
        self._title = self.title(self._kernels.axes)
        self.under(self._kernels.axes, "the kernel at every position")
        epochs = range(len(spread))
        self._dots, self._values = [], []
        for bottom, values, name, colour in (
            (245, spread, "spread of the kernels in %", LOCAL),
            (60, accuracy, "test accuracy in %", SHARED),
        ):
            axes = self.figure.add_axes((420 / 940, bottom / 420, 390 / 940, 120 / 420))
            room = 0.15 * (max(values) - min(values)) + 0.5
            axes.set(xlim=(-0.3, len(spread) - 0.7), ylim=(min(values) - room, max(values) + room))
            axes.plot(epochs, values, color=colour, linewidth=3)
            axes.set_title(name, fontsize=FONT_SIZE, color=INK, loc="left")
            axes.tick_params(labelsize=FONT_SIZE - 2)
            axes.spines[["top", "right"]].set_visible(False)
            self._dots.append(self.moves(axes.plot([], [], "o", markersize=13, color=CHOSEN, clip_on=False)[0]))
            self._values.append(self.words(826, bottom + 60, FONT_SIZE + 4, weight="bold", va="center"))
        axes.set_xlabel("epochs of training without the tie", fontsize=FONT_SIZE, color=INK)

    def show(self, kernels: np.ndarray, epoch: int, channel: int) -> None:
        """Show the kernels (H, W, K, K) of one output channel, `epoch` epochs after the tie was cut."""
        kernels = np.asarray(kernels)
        if kernels.ndim != 4 or not np.isfinite(kernels).all():
            raise ValueError(f"kernels has shape {kernels.shape}; allowed is (H, W, K, K), all finite")
        spread, accuracy = self._series
        if not 0 <= epoch < len(spread):
            raise ValueError(f"epoch={epoch}; allowed is 0 to {len(spread) - 1}")
        height, width, rows, columns = kernels.shape
        flat = kernels.transpose(0, 2, 1, 3).reshape(height * rows, width * columns)
        self._kernels.show(signed(flat, np.abs(flat).max()), outline_pixels=False)
        self._lines.set_segments(
            [[(0, y / height), (1, y / height)] for y in range(1, height)]
            + [[(x / width, 0), (x / width, 1)] for x in range(1, width)]
        )
        for dot, words, values in zip(self._dots, self._values, self._series, strict=True):
            dot.set_data([epoch], [values[epoch]])
            words.set_text(f"{values[epoch]:.1f} %")
        self._title.set_text(f"channel {channel}: {height}×{width} kernels")
        self.sentence = (
            f"Channel {channel}, {epoch} epochs without the tie: the layer's kernels lie {spread[epoch]:.1f} % from "
            f"their mean over {height}×{width} positions; the net names {accuracy[epoch]:.1f} % of the test digits."
        )
