"""Results that stay hidden until the learner has voted."""

from collections.abc import Iterable

from matplotlib.artist import Artist

from helpers.drawing.picture import Picture
from helpers.drawing.style import FONT_SIZE


class Ballot(Picture):
    """A picture whose results show themselves once the learner has voted, or says that there will be no vote.

    A subclass draws the results and their `sentence`, calls `seal`, and shows in `_mark` what was voted for.
    """

    hidden = "the marks of all seeds"  # what appears after the vote

    def seal(self, results: Iterable[Artist], votes: Iterable[str], x: float, y: float) -> None:
        """Hide results, all of which move, until one of `votes`; the request to vote is at x and y in pixels."""
        self._results, self._votes, self._result = list(results), list(votes), self.sentence
        self._ask = self.add_text(x, y, 2 * FONT_SIZE, ha="center", va="center")
        self._ask.set_text("vote first")
        self.show("not yet")

    @property
    def choices(self) -> list[str]:
        """What can be chosen: to wait, one of the votes, or to see the results without a vote."""
        return ["not yet", *self._votes, "no vote"]

    def show(self, vote: str) -> None:
        """Show the results and what was voted for; before the vote, none of them."""
        if vote not in self.choices:
            raise ValueError(f"vote={vote!r}; allowed is one of {', '.join(self.choices)}")
        voted = vote != "not yet"
        self.untold = not voted
        for artist in self._results:
            artist.set_visible(voted)
        self._ask.set_visible(not voted)
        self._mark(vote)
        if not voted:
            self.sentence = f"Vote first; then {self.hidden} and the text below appear."
        else:
            self.sentence = self._result if vote == "no vote" else f"Your vote: {vote}. {self._result}"

    def _mark(self, vote: str) -> None:
        """Mark what a vote is for, and nothing for another choice."""
