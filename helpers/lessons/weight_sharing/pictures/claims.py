"""Claims of an article, beside what a computation says."""

from collections.abc import Sequence

from matplotlib.lines import Line2D

from helpers.drawing.picture import Picture
from helpers.drawing.style import FAINT, FONT_SIZE, INK, NEGATIVE, POSITIVE

ROW = 52  # pixels
LETTERS = "abcdefghi"


class ClaimTable(Picture):
    """A table of claims: what is said, what was computed, and whether the claim holds."""

    def __init__(self, claims: Sequence[tuple[str, int | str, int | str, bool]]) -> None:
        """`claims` are (claim, what is said, what was computed, whether the claim holds), at most 9."""
        if not 1 <= len(claims) <= len(LETTERS):
            raise ValueError(f"claims has {len(claims)} entries; allowed are 1 to {len(LETTERS)}")
        super().__init__(940, ROW * len(claims) + 40)
        height = self.size[1]
        for x, name, align in ((12, "claim", "left"), (600, "said", "right"), (780, "computed", "right")):
            self._write(x, height - 18, name, ha=align, weight="bold")
        for row, (claim, said, computed, holds) in enumerate(claims):
            y = height - 40 - ROW * (row + 0.5)
            top = (y + ROW / 2) / height
            self.figure.add_artist(Line2D([0.01, 0.99], [top, top], color=FAINT, linewidth=1))
            self._write(12, y, LETTERS[row], weight="bold")
            self._write(36, y, claim)
            self._write(600, y, format_claimed(said), ha="right")
            self._write(780, y, format_claimed(computed), ha="right", weight="bold")
            verdict, color = ("✔ right", POSITIVE) if holds else ("✘ wrong", NEGATIVE)
            self._write(812, y, verdict, weight="bold", color=color)
        right = [LETTERS[row] for row, (*_, holds) in enumerate(claims) if holds]
        pairs = [
            f"{LETTERS[row]} {format_claimed(said)}, {format_claimed(computed)}"
            for row, (_, said, computed, _) in enumerate(claims)
        ]
        self.sentence = (
            f"The computation confirms {', '.join(right) or 'none'} of {len(claims)} claims. Said and computed: "
            f"{'; '.join(pairs)}."
        )
        self.lines = 3

    def _write(self, x: float, y: float, text: str, **how: str) -> None:
        how = {"color": INK, **how}
        self.figure.text(x / self.size[0], y / self.size[1], text, fontsize=FONT_SIZE, va="center", **how)


def format_claimed(value: int | str) -> str:
    """Return what is said or was computed: a count with commas, or the words."""
    return value if isinstance(value, str) else f"{value:,}"
