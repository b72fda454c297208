"""What the panels of notebook 2 ask first: the answers stand here, because in a cell they would be read too early."""

from collections.abc import Sequence

from helpers.lessons.weight_sharing.pictures.claims import LETTERS, format_claimed
from helpers.live import Predict

climb = Predict(
    ["1 weight, 4 multiply-adds", "4 weights, 4 multiply-adds", "4 weights, 36 multiply-adds"],
    "4 weights, 36 multiply-adds",
    {"period": 1},
)
add_up = Predict(["their mean", "the largest", "their sum"], "their sum")
compare = Predict(["weights", "multiply-adds", "both"], "weights")


def judge_claims(claims: Sequence[tuple[str, int | str, int | str, bool]]) -> list[Predict]:
    """Ask of each claim, as `ClaimTable` takes them, whether it is right or wrong."""
    return [
        Predict(
            ["right", "wrong"],
            "right" if holds else "wrong",
            look=f"Computed: {format_claimed(computed)}.",
            question=f"{letter}. {claim}: {format_claimed(said)}",
        )
        for letter, (claim, said, computed, holds) in zip(LETTERS, claims, strict=False)
    ]
