"""The exercises of notebook 3."""

from helpers.exercises import Number, Sheet
from helpers.lessons.where_sharing_wins.exercises.mend import mend
from helpers.lessons.where_sharing_wins.exercises.shifts import broken, head

shifts_followed = Number(
    right=(16 // 4) ** 2,
    mistakes={
        4: "Shifts go down and to the right: count the pairs.",
        8: "Down and to the right are combined: multiply, do not add.",
        64: "That is stride 2, or one division by 4 where there are both directions.",
        256: "With stride 1 it is every shift. With stride 4 one step of the answer is 4 pixels.",
        128: "Stride 2 leaves a quarter of all shifts. What does stride 4 leave?",
        32: "Stride 2 leaves a quarter of all shifts, not half. What does stride 4 leave?",
        12: "Each move down goes with each move to the right, and 0 is a move too.",
        9: "A move by 0 down or to the right counts too.",
        15: "Not moving at all counts too.",
        25: "On the ring a whole turn is the same as no move.",
        240: "Read again: the shifts that the answer follows, or those that it does not follow?",
        13**2: "The ring has no border to keep away from. Which shifts are whole steps of the answer?",
        1: "Not moving at all is one of them. Is that the only one?",
        0: "What if the image is moved by one whole step of the answer?",
    },
)

check = Sheet(shifts_followed, head, broken, mend)
