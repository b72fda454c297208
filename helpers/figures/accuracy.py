"""Test accuracies with their spread over seeds."""

import numpy as np

from helpers.figures.picture import DENSE, FONT_SIZE, INK, LOCAL, Picture

COLOURS = {"dense": DENSE, "local": LOCAL}
MOST_ROWS = 12
MARKERS = {"dense": "s", "local": "o"}


class Accuracies(Picture):
    """One row for each experiment: a mark for every seed, a line at the mean, and mean and spread in words."""

    def __init__(self, results: dict[tuple[str, str], list[float]]) -> None:
        """`results` maps (kind of net, data) to the test accuracies in percent, one for each seed."""
        numbers = {len(accuracies) for accuracies in results.values()}
        if len(numbers) != 1 or numbers == {0} or numbers == {1} or len(results) > MOST_ROWS:
            raise ValueError(
                f"results has {len(results)} rows of {sorted(numbers)} accuracies; allowed are 1 to {MOST_ROWS} rows "
                "with the same number of seeds, 2 or more"
            )
        if unknown := {net for net, _ in results} - set(COLOURS):
            raise ValueError(f"results has {sorted(unknown)}; allowed are {', '.join(COLOURS)}")
        super().__init__(900, 70 + 62 * len(results))
        height = self.size[1]
        axes = self.figure.add_axes((215 / 900, 60 / height, 480 / 900, (height - 70) / height))
        values = np.concatenate([np.asarray(v) for v in results.values()])
        axes.set(xlim=(values.min() - 1, values.max() + 1), ylim=(len(results) - 0.5, -0.5))
        axes.set_yticks(range(len(results)), [f"{net}, {data}" for net, data in results], fontsize=FONT_SIZE)
        axes.tick_params(labelsize=FONT_SIZE, length=0)
        axes.set_xlabel("test accuracy in %, one mark for each seed", fontsize=FONT_SIZE, color=INK)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.grid(axis="x", color="#DDDDDD")
        parts = []
        for row, ((net, data), accuracies) in enumerate(results.items()):
            mean, spread = np.mean(accuracies), np.std(accuracies, ddof=1)
            seeds = np.full(len(accuracies), row)
            axes.plot(accuracies, seeds, MARKERS[net], color=COLOURS[net], markersize=11, alpha=0.55, mew=0)
            axes.plot([mean, mean], [row - 0.36, row + 0.36], color=INK, linewidth=4)
            axes.text(
                1.02, row, f"{mean:.1f} ± {spread:.1f}", transform=axes.get_yaxis_transform(), va="center",
                fontsize=FONT_SIZE + 2, color=INK,
            )  # fmt: skip
            parts.append(f"{net}, {data} {mean:.1f} ± {spread:.1f} %")
        self.sentence = f"Mean and standard deviation over {numbers.pop()} seeds: {'; '.join(parts)}."
