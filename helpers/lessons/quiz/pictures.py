"""The five ideas that the quiz asks about: where they are taught, and how they were answered."""

from collections.abc import Sequence

from matplotlib.lines import Line2D

from helpers.drawing.picture import Picture
from helpers.drawing.style import FAINT, FONT_SIZE, INK, NEGATIVE, POSITIVE
from helpers.lessons.quiz.questions import Question

ROW = 52  # pixels
LEFT, WHERE = 70, 430


class Ideas(Picture):
    """A row for each idea: what it is, and the section that teaches it."""

    lines = 3

    def __init__(self, questions: Sequence[Question]) -> None:
        """Draw the ideas of some questions."""
        super().__init__(940, 50 + ROW * len(questions))
        for x, words in ((LEFT, "idea"), (WHERE, "where the notebooks show it")):
            self._write(x, self.size[1] - 24, words, color=INK, weight="bold")
        for row, question in enumerate(questions):
            y, idea = self._middle(row), question.idea
            self._write(LEFT, y, idea.name, color=INK)
            self._write(WHERE, y, f"notebook {idea.notebook}: {idea.section}", color=INK)
            top = (y + ROW / 2) / self.size[1]
            self.figure.add_artist(Line2D([0.01, 0.99], [top, top], color=FAINT, linewidth=1))
        taught = "; ".join(f"{question.idea.name}, notebook {question.idea.notebook}" for question in questions)
        self.sentence = f"Five ideas, and where the notebooks show them: {taught}."

    def _middle(self, row: int) -> float:
        return self.size[1] - 50 - ROW * (row + 0.5)

    def _write(self, x: float, y: float, words: str, **how: str) -> None:
        self.figure.text(x / self.size[0], y / self.size[1], words, va="center", fontsize=FONT_SIZE, **how)


class Outcome(Ideas):
    """The same, and beside each idea whether the answer that was given is right."""

    def __init__(self, questions: Sequence[Question]) -> None:
        """Draw the ideas of questions that have no answer in common."""
        super().__init__(questions)
        self._questions, self._marks, self._right = questions, [], {}
        for row in range(len(questions)):
            mark = self.add_text(40, self._middle(row), FONT_SIZE + 8, ha="center", va="center", family="DejaVu Sans")
            mark.set_text("–")
            self._marks.append(mark)

    def mark(self, answer: str | None) -> None:
        """Mark the idea of an answer, and say which ideas to look up again."""
        row = next((row for row, question in enumerate(self._questions) if answer in question.answers), None)
        if row is None:
            return
        right = self._right[row] = answer == self._questions[row].right
        self._marks[row].set(text="✔" if right else "✘", color=POSITIVE if right else NEGATIVE)
        again = [question.idea for row, question in enumerate(self._questions) if self._right.get(row) is False]
        places = "; ".join(f"{idea.name}, notebook {idea.notebook}, “{idea.section}”" for idea in again)
        said = f"Look again at: {places}." if again else "Nothing to look at again so far."
        self.sentence = f"{sum(self._right.values())} of {len(self._questions)} right. {said}"
