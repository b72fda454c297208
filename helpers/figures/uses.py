"""How many weights a layer has, and how often each of them is used."""

from helpers.counting import as_int
from helpers.figures.picture import Picture, short_count, times, weights_of
from helpers.figures.style import DENSE, FONT_SIZE, INK, LOCAL, SHARED, TILED

COLOURS = {"dense": DENSE, "local": LOCAL, "tiled": TILED}
ROW, LEFT, WIDE = 62, 250, 320  # pixels
MOST_ROWS = 8


class UsesTable(Picture):
    """One row for each layer: its weights as a bar to the left, the uses of each as a bar to the right."""

    def __init__(self, counts: dict[str, tuple[int, int]]) -> None:
        """`counts` maps a layer's name to its weights and to the uses of each weight for one sample.

        Up to a comma a name says the colour; names other than dense, local and tiled are layers that share.
        """
        if not 1 <= len(counts) <= MOST_ROWS:
            raise ValueError(f"counts has {len(counts)} rows; allowed are 1 to {MOST_ROWS}")
        numbers = {name: [as_int(f"a number of {name}", number) for number in pair] for name, pair in counts.items()}
        super().__init__(940, 84 + ROW * len(counts))
        width, height = self.size
        parts = ((LEFT, 315, "weights (log scale)"), (LEFT + WIDE + 40, 270, "uses of each (log scale)"))
        for place, (left, wide, head) in enumerate(parts):
            part = self.figure.add_axes((left / width, 20 / height, wide / width, (height - 84) / height))
            most = max(pair[place] for pair in numbers.values())
            part.set(xscale="log", xlim=(0.6, most**1.45 * 2), ylim=(len(numbers) - 0.5, -0.5), xticks=[])
            part.minorticks_off()
            part.set_title(head, fontsize=FONT_SIZE + 2, color=INK, weight="bold", loc="left", pad=14)
            part.spines[["top", "right", "bottom"]].set_visible(False)
            part.set_yticks(range(len(numbers)), list(numbers) if place == 0 else [""] * len(numbers))
            part.tick_params(labelsize=FONT_SIZE + 1, length=0)
            for row, (name, pair) in enumerate(numbers.items()):
                part.barh(row, pair[place] - 0.6, left=0.6, height=0.62, color=COLOURS.get(name.split(",")[0], SHARED))
                part.text(
                    max(pair[place], 1) * 1.25, row, short_count(pair[place]), fontsize=FONT_SIZE + 2, color=INK,
                    va="center",
                )  # fmt: skip
        said = [f"{name}: {weights_of(weights)}, each used {times(uses)}" for name, (weights, uses) in numbers.items()]
        self.sentence = f"For one sample, {'; '.join(said)}."
        self.lines = 3
