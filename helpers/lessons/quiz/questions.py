"""Five questions to ask before the notebooks, and five like them after: the same ideas with other sizes and situations.

Each pair is written once, as a function of its sizes. Behind every wrong answer stands one misunderstanding by name.
"""

from dataclasses import dataclass, replace

from helpers.counting.formatting import format_size
from helpers.live import Predict

LATER = "The notebooks will tell."


@dataclass(frozen=True)
class Idea:
    """What a pair of questions asks about, and the section of a notebook that teaches it."""

    name: str
    notebook: str
    section: str


@dataclass(frozen=True)
class Question:
    """A question and its answers, each with the misunderstanding behind it: a name and a reason, or None if right."""

    idea: Idea
    text: str
    answers: dict[str, tuple[str, str] | None]

    @property
    def right(self) -> str:
        """The right answer."""
        return next(answer for answer, mistake in self.answers.items() if mistake is None)

    def ask(self) -> Predict:
        """Return the question as one that tells nothing."""
        return Predict([*self.answers], question=self.text, look=LATER)

    def ask_and_tell(self) -> Predict:
        """Return the question as one that tells what is right, and to who chose a wrong answer, why people do."""
        reasons = {answer: mistake[1] for answer, mistake in self.answers.items() if mistake}
        return Predict([*self.answers], self.right, question=self.text, reasons=reasons, look="")


def _map_size(thing: str, image: int, kernel: int) -> Question:
    places = image - kernel + 1
    text = (
        f"A kernel is a small grid of numbers, here {kernel}×{kernel}. It is laid on {thing} of {image}×{image} pixels "
        "wherever it fits as a whole, moving by one pixel at a time, and gives one number at each place. How many "
        "numbers?"
    )
    return Question(
        Idea("how large a map is", "0", "The kernel scans the image"),
        text,
        {
            format_size((image // kernel,) * 2): (
                "laid side by side",
                "That is how many kernels lie side by side like tiles. But the kernel moves by one pixel, so its "
                f"places overlap: {places} in a row.",
            ),
            format_size((places - 1,) * 2): (
                "start not counted",
                f"{image} − {kernel} counts the steps in a row. The place where the kernel starts counts as well.",
            ),
            format_size((places,) * 2): None,
            format_size((image,) * 2): (
                "a place for every pixel",
                f"A kernel that starts at the last pixel would stick out. The last {kernel - 1} starts in a row are "
                "missing.",
            ),
        },
    )


def _weights(numbers: str, in_channels: int, out_channels: int, image: int, kernel: int) -> Question:
    square, places = kernel**2, (image - kernel + 1) ** 2
    text = (
        f"A picture of {image}×{image} pixels has {in_channels} channels, numbers for each pixel: {numbers}. A "
        f"convolution lays small grids of weights, kernels of {kernel}×{kernel} pixels, on it and makes {out_channels} "
        "maps of sums. How many weights does it store, without biases?"
    )
    return Question(
        Idea("how many weights a layer has", "0", "Channels"),
        text,
        {
            f"{in_channels * square:,}": (
                "one kernel for all maps",
                f"That is one kernel, and one kernel makes one map. {out_channels} maps need {out_channels} kernels.",
            ),
            f"{out_channels * square:,}": (
                "input channels forgotten",
                f"{out_channels} kernels of {square} weights would be enough for one input channel. Each kernel has a "
                f"slice for each of the {in_channels}.",
            ),
            f"{in_channels * out_channels * square:,}": None,
            f"{in_channels * out_channels * square * places:,}": (
                "a kernel for every place",
                f"There are {places:,} places, so it seems that each needs weights. But a convolution uses the same "
                "kernels at all of them.",
            ),
        },
    )


def _work(story: str, place: str, places: int, inputs: int) -> Question:
    work = places * inputs
    text = (
        f"{story}: for each of {places} {place}s it multiplies {inputs} measurements by {inputs} weights and adds up. "
        f"At first each {place} has weights of its own; then all {place}s use the same {inputs}. How many weights does "
        f"it store now, and how many multiplications does it do for all {places}?"
    )
    return Question(
        Idea("what sharing saves", "2", "The count, honestly"),
        text,
        {
            f"{inputs} weights, {inputs} multiplications": (
                "sharing saves work",
                f"Fewer weights sound like less work. But each {place} still multiplies its own {inputs} measurements.",
            ),
            f"{work} weights, {work} multiplications": (
                "a copy for every place",
                f"Weights that are used {places} times sound like {places} copies. They are stored once, and read "
                "again at each use.",
            ),
            f"{work} weights, {inputs} multiplications": (
                "weights and work swapped",
                "Sharing saves something, but the other of the two: a weight is stored once, and multiplied at each "
                "use.",
            ),
            f"{inputs} weights, {work} multiplications": None,
        },
    )


def _gradient(uses: str, rises: int, falls: int) -> Question:
    text = (
        f"A net uses one weight {uses}. Raise it a little: through the first use alone the loss, which says how wrong "
        f"the net is, rises {rises} times as much; through the second alone it falls {falls} times as much. So the "
        f"uses have the gradients +{rises} and −{falls}. What is the gradient of the weight?"
    )
    return Question(
        Idea("the gradient of a shared weight", "2", "The gradient of a shared weight"),
        text,
        {
            f"+{(rises - falls) // 2}": (
                "the mean",
                "A mean of two uses sounds fair. But raising the weight acts at both uses at once, so their effects "
                "add.",
            ),
            f"+{rises - falls}": None,
            f"+{rises}": (
                "the largest use alone",
                "The strongest use seems to decide. But raising the weight acts at the other use as well, and there it "
                "lowers the loss.",
            ),
            f"+{rises + falls}": (
                "signs forgotten",
                "The effects do add, but with their signs: what the second use takes away counts against the first.",
            ),
        },
    )


def _fit(examples: str, thing: str, ends: str) -> Question:
    text = (
        f"{examples}. Whether there is {thing} is one task; where it is, {ends}, another. Two nets use the same "
        "kernels at every place. Net A then keeps the largest number of each map; net B has a weight for each place of "
        "each map. Which net fits which task?"
    )
    return Question(
        Idea("which net fits", "3", "Which digit is on the left?"),
        text,
        {
            "A for whether, B for where": None,
            "A for where, B for whether": (
                "the largest number says where",
                "The largest number sounds like the place. But A keeps how large it is and forgets where it was.",
            ),
            "A for both": (
                "pooling keeps the place",
                "The same kernels everywhere do find it. But of each map A keeps one number, which says nothing about "
                "where.",
            ),
            "B for both": (
                "more weights fit better",
                f"B could do both. But for whether it has to learn {thing} at each place anew, from few examples; A "
                "learns it once for all places.",
            ),
        },
    )


BEFORE = [
    _map_size("an image", 18, 6),
    _weights("red, green, blue and heat", 4, 10, 34, 5),
    _work("A program judges a heartbeat", "second", 50, 6),
    _gradient("at two places of an image", 6, 2),
    _fit("100 photos, some with a bird somewhere", "a bird", "left or right"),
]
AFTER = [
    _map_size("a map of the sea floor", 35, 7),
    _weights("depth and height", 2, 6, 26, 7),
    _work("A program judges a road", "mile", 80, 4),
    _gradient("in two steps, one after the other", 9, 3),
    _fit("100 recordings, some with a cough somewhere", "a cough", "early or late"),
]
# In the opposite order, so that to remember where an answer stood is of no use.
AFTER = [replace(question, answers=dict(reversed(question.answers.items()))) for question in AFTER]
before = [question.ask() for question in BEFORE]
after = [question.ask_and_tell() for question in AFTER]
