"""The kernels of a net before and after it has learned, with their maps of one digit."""

import numpy as np

from helpers.counting.formatting import format_quantity
from helpers.drawing.artists import PixelImage, color_signed
from helpers.drawing.picture import Picture, as_image
from helpers.drawing.style import FAINT, FONT_SIZE, INK, SHARED

MOST_KERNELS = 6
SIDE, STEP, LEFT = 74, 92, 300  # pixels
ROWS = {"kernels before": 350, "kernels now": 260, "their maps now": 170}  # the lower edge of each row


class LearnedKernels(Picture):
    """Rows of kernels before and now, and of their maps; below them the accuracy, epoch by epoch."""

    lines = 3

    def __init__(self, epochs: int) -> None:
        super().__init__(900, 440)
        self.epochs = epochs
        self._digit = PixelImage(self, self.add_square("a digit", 20, 235, 170))
        self._rows = {
            name: [
                PixelImage(
                    self, self.add_square(f"{name} {number + 1}", LEFT + STEP * number, bottom, SIDE, caption=False)
                )
                for number in range(MOST_KERNELS)
            ]
            for name, bottom in ROWS.items()
        }
        for name, bottom in ROWS.items():
            self.figure.text(
                (LEFT - 10) / 900, (bottom + SIDE / 2) / 440, name.replace(" ", "\n", 1), fontsize=FONT_SIZE, color=INK,
                ha="right", va="center",
            )  # fmt: skip
        axes = self.add_axes("accuracy", LEFT, 52, STEP * MOST_KERNELS - 18, 84, xlim=(0, epochs), ylim=(0, 104))
        axes.set_yticks([0, 50, 100], ["0", "50", "100 %"])
        axes.tick_params(labelsize=FONT_SIZE)
        axes.set_xlabel("epoch", fontsize=FONT_SIZE, color=INK, labelpad=1)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#DDDDDD")
        (line,) = axes.plot([], [], "-", color=SHARED, linewidth=3, marker="D", markersize=7, clip_on=False)
        (before,) = axes.plot([], [], "-", color=FAINT, linewidth=3)
        self._before, self._line = self.add_animated(before), self.add_animated(line)
        self._right = self.add_text(105, 120, FONT_SIZE + 8, weight="bold", ha="center", va="center")
        self._about = self.add_text(105, 88, FONT_SIZE, ha="center", va="center")
        self._last: list[float] = []
        self.accuracies: list[float] = []
        self.clear()

    def clear(self) -> None:
        """Forget all runs."""
        self._last, self.accuracies = [], []
        empty = np.ones((1, 1, 3))
        for part in (self._digit, *(part for row in self._rows.values() for part in row)):
            part.show(empty, outline_pixels=False)
        self._show_curve()
        self._right.set_text("")
        self._about.set_text("press Run")
        self.sentence = f"Nothing is learned yet: press Run for {self.epochs} epochs."

    def start(self, image: np.ndarray, kernels: np.ndarray) -> None:
        """Begin a run with a digit (H, W) and its random kernels (C, K, K); the last curve stays behind in grey."""
        image, kernels = as_image("image", image), np.asarray(kernels)
        if kernels.ndim != 3 or not 1 <= len(kernels) <= MOST_KERNELS:
            raise ValueError(
                f"kernels has shape {kernels.shape}; allowed is (C, K, K) with 1 to {MOST_KERNELS} kernels"
            )
        self._last, self.accuracies = self.accuracies or self._last, []
        self._digit.show(image)
        self._fill("kernels before", kernels)

    def add(self, kernels: np.ndarray, maps: np.ndarray, accuracy: float) -> float:
        """Show kernels (C, K, K), their maps (C, H, W) and the accuracy in percent after an epoch, the first of which
        is number 0, before any training; return how much of the run is done, from 0 to 1.
        """
        self.accuracies.append(float(accuracy))
        self._fill("kernels now", np.asarray(kernels))
        self._fill("their maps now", np.asarray(maps))
        self._show_curve()
        epoch = len(self.accuracies) - 1
        self._right.set_text(f"{accuracy:.0f} % right")
        self._about.set_text(f"after {format_quantity(epoch, 'epoch')}")
        self.sentence = (
            f"After {format_quantity(epoch, 'epoch')} the net classifies {accuracy:.1f} % of the test digits, from "
            f"{self.accuracies[0]:.1f} % before; it learned {format_quantity(len(kernels), 'kernel')} of "
            f"{kernels.shape[-1]}×{kernels.shape[-1]} weights."
        )
        return len(self.accuracies) / (self.epochs + 1)

    def _show_curve(self) -> None:
        self._line.set_data(range(len(self.accuracies)), self.accuracies)
        self._before.set_data(range(len(self._last)), self._last)

    def _fill(self, name: str, maps: np.ndarray) -> None:
        largest = np.abs(maps).max()
        for number, part in enumerate(self._rows[name]):
            used = number < len(maps)
            part.show(color_signed(maps[number], largest) if used else np.ones((1, 1, 3)), outline_pixels=used)
