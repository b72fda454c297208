"""Two digits side by side, and which of them nets answer."""

import numpy as np

from helpers.drawing.accuracies import Results, count_seeds, format_spread
from helpers.drawing.artists import PixelImage
from helpers.drawing.picture import Picture, as_image
from helpers.drawing.style import FONT_SIZE, INK, find_look

MOST_ROWS = 12
LEFT, RIGHT = "left digit", "right digit"


class BothOrders(Picture):
    """A pair of digits in both orders, and the answer that each asks for."""

    def __init__(self, images: np.ndarray, answers: tuple[int, int]) -> None:
        """Images are (2, 1, H, W), twice as wide as high."""
        super().__init__(940, 245)
        question = "Which digit is on the left?"
        self.figure.text(0.5, 0.98, question, ha="center", va="top", fontsize=FONT_SIZE, color=INK, weight="bold")
        for number, (image, answer) in enumerate(zip(images, answers, strict=True)):
            axes = self.add_axes(f"pair {number}", 90 + 440 * number, 42, 320, 160, xticks=[], yticks=[])
            PixelImage(self, axes).show(as_image("image", image[0]))
            words = f"answer: {answer}"
            axes.text(0.5, -0.07, words, transform=axes.transAxes, ha="center", va="top", fontsize=FONT_SIZE, color=INK)
        self.sentence = f"{question} The same two in both orders: first {answers[0]}, then {answers[1]}."


class LeftOrRight(Picture):
    """How often each net answers the left digit, the right one, and neither."""

    lines = 4

    def __init__(self, results: Results) -> None:
        """`results` is as for `Accuracies`; the data are the left digit and the right digit of the same images."""
        seeds = count_seeds(results, MOST_ROWS)
        nets = list(dict.fromkeys(net for net, _ in results))
        super().__init__(940, 70 + 62 * len(nets))
        box = 220, 60, 690, self.size[1] - 70
        axes = self.add_rows("answers in %", box, nets, "answers to the test images in %")
        axes.set_xlim(0, 100)
        parts = []
        for row, net in enumerate(nets):
            color, start = find_look(net).color, 0
            left, right = (np.mean(results[net, side]) for side in (LEFT, RIGHT))
            for words, share, room, how, ink in (
                (f"{LEFT} {left:.0f} %", left, 25, {"facecolor": color}, {"color": "white"}),
                (
                    f"{RIGHT} {right:.0f} %",
                    right,
                    25,
                    {"facecolor": "white", "hatch": "//"},
                    {"backgroundcolor": "white"},
                ),
                ("neither", 100 - left - right, 11, {"facecolor": "white"}, {}),
            ):
                axes.barh(row, share, 0.7, start, edgecolor=color, linewidth=1.5, **how)
                style = {"ha": "center", "va": "center", "fontsize": FONT_SIZE, "weight": "bold", "color": INK} | ink
                axes.text(start + share / 2, row, words if share >= room else "", **style)
                start += share
            parts.append(f"{net} {format_spread(results[net, LEFT])} % and {format_spread(results[net, RIGHT])} %")
        self.sentence = (
            f"How often the nets answer the left digit, and the right one, mean and standard deviation over {seeds} "
            f"seeds: {'; '.join(parts)}."
        )
