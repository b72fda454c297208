"""What the panels of notebook 2 ask first: the answers stand here, because in a cell they would be read too early."""

from collections.abc import Sequence

from helpers.lessons.weight_sharing.pictures.claims import LETTERS, Claim, format_claimed
from helpers.live import Predict

climb = Predict(
    ["1 weight, 4 multiply-adds", "4 weights, 4 multiply-adds", "4 weights, 36 multiply-adds"],
    "4 weights, 36 multiply-adds",
    {"period": 1},
    reasons={
        "1 weight, 4 multiply-adds": "One kernel is easily taken for one weight at one place. It has 2×2 weights, and "
        "it multiplies at each of the 9 positions.",
        "4 weights, 4 multiply-adds": "The weights are right, and fewer weights sound like less work. But each of the "
        "9 positions still multiplies its own four pixels.",
    },
)
add_up = Predict(
    ["their mean", "the largest", "their sum"],
    "their sum",
    reasons={
        "their mean": "Losses are averaged over a batch, so one expects a mean. But a nudge to the weight acts at all "
        "its uses at once, and the effects add.",
        "the largest": "It would, if only the largest use changed the loss. But a nudge to the weight acts at all its "
        "uses at once, and the effects add.",
    },
)
compare = Predict(
    ["weights", "multiply-adds", "both"],
    "weights",
    reasons={
        "multiply-adds": "One kernel sounds like one multiplication for all positions. But each position has its own "
        "patch to multiply; what gets fewer is the weights.",
        "both": "Locality cuts both, so one expects it of sharing too. But each position still multiplies its own "
        "patch; only the weights get fewer.",
    },
)


REASONS = {  # by the letter of a claim, for those who misjudge it
    "a": "With biases there are 320, and with colour images more. The article counts weights, for grey images: 3·3·32.",
    "b": "192·192·32 looks like the size of the layer. It counts the outputs, and each has 9 weights of its own.",
    "c": "A factor that large sounds plausible. It is the number of positions, because each had a kernel of its own.",
    "d": "It has 32 kernels of 3×3, too. But its images have three channels, which makes 27 weights a kernel.",
    "e": "It is true as stated. But a dense layer to as many outputs as the convolution has 43.5 billion weights.",
    "f": "Fewer weights need not mean less work. Here they do: each output multiplies 9 pixels instead of 36,864.",
    "g": "Fewer weights sound like less work. But each position multiplies its own patch, with one kernel or many.",
    "h": "So many weights sound hard to move. Here 50 steps do, on small digits; the count alone is no hurdle.",
}


def judge_claims(claims: Sequence[Claim]) -> list[Predict]:
    """Ask of each claim whether it is right or wrong, or for an opinion where a count cannot decide."""
    return [
        _judge(f"{letter}. {claim}: {format_claimed(said)}", format_claimed(computed), verdict, REASONS[letter])
        for letter, (claim, said, computed, verdict) in zip(LETTERS, claims, strict=False)
    ]


def _judge(question: str, computed: str, verdict: bool | str, reason: str) -> Predict:
    look = f"Computed: {computed}."
    if isinstance(verdict, str):
        answers = ["I agree", "I disagree"]
        look += f" Our verdict: {verdict}."
        return Predict(answers, look=look, question=question, reasons=dict.fromkeys(answers, reason))
    right, wrong = ("right", "wrong") if verdict else ("wrong", "right")
    return Predict(["right", "wrong"], right, look=look, question=question, reasons={wrong: reason})
