"""Claims that the learner marks right or wrong before seeing what a computation says."""

from collections.abc import Sequence

from matplotlib.lines import Line2D

from helpers.drawing.picture import Picture
from helpers.drawing.style import FAINT, FONT_SIZE, INK, NEGATIVE, POSITIVE

Shown = int | str

ROW = 52
MARKS = ["?", "right", "wrong"]
LETTERS = "abcdefghi"


class ClaimTable(Picture):
    """A table of claims: what is said and, once the learner has marked a claim, what was computed and the verdict."""

    def __init__(self, claims: Sequence[tuple[str, Shown, Shown, bool]]) -> None:
        """`claims` are (claim, what is said, what was computed, whether the claim holds), at most 9."""
        if not 1 <= len(claims) <= len(LETTERS):
            raise ValueError(f"claims has {len(claims)} entries; allowed are 1 to {len(LETTERS)}")
        super().__init__(940, ROW * len(claims) + 40)
        self._verdicts = ["right" if holds else "wrong" for *_, holds in claims]
        self._numbers = [_format_shown(computed) for _, _, computed, _ in claims]
        height = self.size[1]
        for x, name, align in (
            (12, "claim", "left"),
            (580, "said", "right"),
            (755, "computed", "right"),
            (780, "once marked", "left"),
        ):
            self._write(x, height - 18, name, ha=align, weight="bold")
        self._rows = []
        for row, (claim, said, _, _) in enumerate(claims):
            y = height - 40 - ROW * (row + 0.5)
            top = (y + ROW / 2) / height
            self.figure.add_artist(Line2D([0.01, 0.99], [top, top], color=FAINT, linewidth=1))
            self._write(12, y, LETTERS[row], weight="bold")
            self._write(36, y, claim)
            self._write(580, y, _format_shown(said), ha="right")
            computed = self.add_text(755, y, ha="right", va="center", weight="bold")
            verdict = self.add_text(780, y + 13, va="center", weight="bold")
            self._rows.append((computed, verdict, self.add_text(780, y - 9, va="center")))

    def show(self, marks: Sequence[str]) -> None:
        """Show what was computed of every claim that has been marked right or wrong."""
        if len(marks) != len(self._rows) or not set(marks) <= set(MARKS):
            raise ValueError(f"marks is {marks}; allowed are {len(self._rows)} of {', '.join(MARKS)}")
        seen = [mark == verdict for mark, verdict in zip(marks, self._verdicts, strict=True)]
        for mark, found, number, words in zip(marks, self._verdicts, self._numbers, self._rows, strict=True):
            computed, verdict, yours = words
            marked = mark != "?"
            computed.set_text(number if marked else "?")
            verdict.set_text({"right": "✔ right", "wrong": "✘ wrong"}[found] if marked else "")
            verdict.set_color(POSITIVE if found == "right" else NEGATIVE)
            yours.set_text(("as you said" if mark == found else f"you said {mark}") if marked else "")
        self.untold = set(marks) == {"?"}
        self.sentence = (
            f"{len(marks) - marks.count('?')} of {len(marks)} claims marked, {sum(seen)} as the computation says."
        )

    def _write(self, x: float, y: float, text: str, **how: str) -> None:
        self.figure.text(x / self.size[0], y / self.size[1], text, fontsize=FONT_SIZE, color=INK, va="center", **how)


def _format_shown(value: Shown) -> str:
    return value if isinstance(value, str) else f"{value:,}"
