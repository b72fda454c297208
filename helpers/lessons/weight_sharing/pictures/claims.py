"""Claims of an article, beside what a computation says."""

from collections.abc import Sequence

from matplotlib.lines import Line2D

from helpers.drawing.picture import Picture
from helpers.drawing.style import FAINT, FONT_SIZE, INK, NEGATIVE, POSITIVE

ROW = 48  # pixels
LETTERS = "abcdefghi"

Claim = tuple[str, int | str, int | str, bool | str]
"""A claim, what is said, what was computed, and the verdict: whether it holds, or words where a count cannot decide."""


class ClaimTable(Picture):
    """A table of claims: what is said, what was computed, and the verdict."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        """Draw 1 to 9 claims."""
        if not 1 <= len(claims) <= len(LETTERS):
            raise ValueError(f"claims has {len(claims)} entries; allowed are 1 to {len(LETTERS)}")
        super().__init__(940, ROW * len(claims) + 40)
        height = self.size[1]
        for x, name, align in (
            (12, "claim", "left"),
            (575, "said", "right"),
            (745, "computed", "right"),
            (770, "verdict", "left"),
        ):
            self._write(x, height - 18, name, ha=align, weight="bold")
        for row, (claim, said, computed, verdict) in enumerate(claims):
            y = height - 40 - ROW * (row + 0.5)
            top = (y + ROW / 2) / height
            self.figure.add_artist(Line2D([0.01, 0.99], [top, top], color=FAINT, linewidth=1))
            self._write(12, y, LETTERS[row], weight="bold")
            self._write(36, y, claim)
            self._write(575, y, format_claimed(said), ha="right")
            self._write(745, y, format_claimed(computed), ha="right", weight="bold")
            mark, color = {True: ("✔", POSITIVE), False: ("✘", NEGATIVE)}.get(verdict, ("≈", INK))
            self._write(770, y, f"{mark} {_format_verdict(verdict)}", weight="bold", color=color)
        rows = [
            f"{letter} {format_claimed(said)}, {format_claimed(computed)}, {_format_verdict(verdict)}"
            for letter, (_, said, computed, verdict) in zip(LETTERS, claims, strict=False)
        ]
        self.sentence = f"{len(claims)} claims, what they say, what is computed, and the verdict: {'; '.join(rows)}."
        self.lines = 3

    def _write(self, x: float, y: float, text: str, **how: str) -> None:
        how = {"color": INK, **how}
        self.figure.text(x / self.size[0], y / self.size[1], text, fontsize=FONT_SIZE, va="center", **how)


def format_claimed(value: int | str) -> str:
    """Return what is said or was computed: a count with commas, or the words."""
    return value if isinstance(value, str) else f"{value:,}"


def _format_verdict(verdict: bool | str) -> str:
    return {True: "right", False: "wrong"}.get(verdict, verdict)
