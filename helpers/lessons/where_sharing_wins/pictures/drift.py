"""How far kernels drift apart once nothing ties them."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import MaxNLocator

from helpers.counting import as_int
from helpers.drawing.artists import PixelImage, color_signed
from helpers.drawing.picture import Picture
from helpers.drawing.style import CHOSEN, FONT_SIZE, INK, LOCAL, LOOKS

SHADES = LinearSegmentedColormap.from_list("distance", ["white", LOCAL])


class KernelDrift(Picture):
    """How far each position's kernel lies from the mean kernel, which lies farthest, and what the net gets right."""

    def __init__(self, kernels: np.ndarray, untied: list[float], tied: list[float]) -> None:
        """`kernels` are (epochs, H, W, C, K, K), the first still tied: every position's kernel for each channel.

        `untied` are the test accuracies in percent of the net that they belong to, `tied` those of its twin, which
        trains on with the tie: one number for each of the epochs.
        """
        kernels = self._weights = np.asarray(kernels)
        if kernels.ndim != 6 or not np.isfinite(kernels).all():
            raise ValueError(f"kernels has shape {kernels.shape}; allowed is (epochs, H, W, C, K, K), all finite")
        if not len(kernels) == len(untied) == len(tied) > 1:
            raise ValueError(
                f"kernels has {len(kernels)}, untied {len(untied)} and tied {len(tied)} entries; allowed is one for "
                "every epoch from 0"
            )
        super().__init__(940, 420)
        means = self._means = kernels.mean((1, 2), keepdims=True)
        squares = ((kernels - means) ** 2).mean((4, 5))
        self._distances = 100 * np.sqrt(squares / (means**2).mean((4, 5)))  # (epochs, H, W, C), in percent
        spread = 100 * np.sqrt(squares.mean((1, 2, 3)) / (means**2).mean((1, 2, 3, 4, 5)))
        most = max(self._distances.max(), 1)
        self._shade = lambda distances: SHADES(distances / most)[..., :3]
        self._map = PixelImage(self, self.add_square("distance from the mean kernel", 10, 65, 310))
        self._title = self.add_title(self._map.axes)
        scale = self.add_axes("scale", 330, 65, 16, 310, xticks=[])
        scale.imshow(np.linspace(1, 0, 256)[:, None], cmap=SHADES, extent=(0, 1, 0, most), aspect="auto")
        scale.yaxis.tick_right()
        scale.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        scale.yaxis.set_major_formatter("{x:.0f} %")
        scale.tick_params(labelsize=FONT_SIZE, length=3)
        self._mean = PixelImage(self, self.add_square("mean kernel", 425, 275, 100))
        self._farthest = PixelImage(self, self.add_square("farthest kernel", 425, 65, 100))
        self._distance = self.add_title(self._farthest.axes)
        self._curves = []  # the net, its numbers, its dot and its words
        for bottom, title, most_shown, lines in (
            (275, "spread of all kernels in %", 2 * max(spread.max(), 1), {"untied": spread}),
            (65, "test accuracy in %", 100, {"untied": untied, "tied": tied}),
        ):
            axes = self.add_axes(title, 605, bottom, 160, 100, xlim=(-0.3, len(kernels) - 0.7), ylim=(0, most_shown))
            axes.set_title(title, fontsize=FONT_SIZE, color=INK, loc="left", x=-0.2, pad=12)
            axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
            axes.yaxis.set_major_locator(MaxNLocator(2, integer=True))
            axes.tick_params(labelsize=FONT_SIZE)
            axes.spines[["top", "right"]].set_visible(False)
            for name, values in lines.items():
                axes.plot(values, LOOKS[name].linestyle, color=LOOKS[name].color, linewidth=3)
                dot = self.add_animated(axes.plot([], [], "o", markersize=9, color=CHOSEN, clip_on=False)[0])
                y = bottom + (105 if name == "tied" else 75 if "tied" in lines else 50)
                self._curves.append((name, values, dot, self.add_text(778, y, weight="bold", va="center")))
        axes.set_xlabel("epochs without the tie", fontsize=FONT_SIZE, color=INK)

    def show(self, epoch: int, channel: int) -> None:
        """Show the kernels of one output channel, `epoch` epochs after the tie was cut."""
        epoch, channel = as_int("epoch", epoch, minimum=0), as_int("channel", channel, minimum=0)
        epochs, height, width, channels = self._distances.shape
        if epoch >= epochs or channel >= channels:
            raise ValueError(f"epoch={epoch}, channel={channel}; allowed is up to {epochs - 1} and {channels - 1}")
        distances = self._distances[epoch, :, :, channel]
        row, column = np.unravel_index(distances.argmax(), distances.shape)
        mean, farthest = self._means[epoch, 0, 0, channel], self._weights[epoch, row, column, channel]
        largest = max(np.abs(mean).max(), np.abs(farthest).max())
        moved = distances.max() > 0.05
        self._map.show(self._shade(distances), block=(row, column, 1, 1) if moved else None)
        self._mean.show(color_signed(mean, largest))
        self._farthest.show(color_signed(farthest, largest), block=(0, 0, *farthest.shape) if moved else None)
        for name, values, dot, words in self._curves:
            dot.set_data([epoch], [values[epoch]])
            words.set_text(f"{name} {values[epoch]:.1f} %")
        self._title.set_text(f"channel {channel}: {height}×{width} positions")
        self._distance.set_text(f"{distances.max():.1f} % away")
        spread, untied, tied = (values[epoch] for _, values, *_ in self._curves)
        self.sentence = (
            f"Channel {channel}, {epoch} epoch{'' if epoch == 1 else 's'} without the tie: of {height}×{width} kernels "
            f"the farthest lies {distances.max():.1f} % from their mean, and all channels' kernels spread by "
            f"{spread:.1f} %; the net classifies {untied:.1f} % of the test digits correctly, its tied twin "
            f"{tied:.1f} %."
        )
