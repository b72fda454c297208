"""Choose the kind of layer that fits a task best."""

from collections.abc import Iterator

from helpers.exercises import Design

KINDS = "dense", "local", "tiled", "convolution", "dynamic"
TASKS = {  # the kind that fits, and what speaks against the others
    "scratch": ("convolution", {
        "local": "Each place would have to meet scratches of its own to learn what one is.",
        "dense": "It would learn a scratch anew for every place, with the most weights of all.",
        "tiled": "It would learn a scratch several times over; nothing repeats every few pixels here.",
        "dynamic": "Depth is not the question: a scratch can lie anywhere on the photo.",
    }),
    "faces": ("local", {
        "convolution": "With all in its place, kernels of each place did better under global pooling (notebook 0).",
        "dense": "Neighbouring pixels belong together here. It does not know that, and takes more photos to learn it.",
        "tiled": "Nothing repeats every few pixels in a face.",
        "dynamic": "Depth is not the question: each place has its own pattern.",
    }),
    "fabric": ("tiled", {
        "convolution": "It treats all pixels alike, though each of the 4 places in the pattern is different.",
        "local": "It has a kernel for each place, though the same place comes again every 4 pixels.",
        "dense": "It joins every pixel to every other, though the pattern repeats every 4 pixels.",
        "dynamic": "Depth is not the question: the pattern repeats every 4 pixels in space.",
    }),
    "patients": ("dense", {
        "convolution": "It bets that neighbours belong together. These measurements have no order.",
        "local": "It sees neighbours only. These measurements have no order.",
        "tiled": "It expects something to repeat. These measurements have no order.",
        "dynamic": "Each patient has one list of measurements. What should be done again and again?",
    }),
    "puzzle": ("dynamic", {
        "convolution": "It shares in space. Here one step is done again and again.",
        "local": "Its number of steps is fixed. Here it differs from input to input.",
        "dense": "Its number of steps is fixed. Here it differs from input to input.",
        "tiled": "It shares in space. Here one step is done again and again.",
    }),
}  # fmt: skip


@Design(takes=len(TASKS))
def fitting(*chosen: str) -> Iterator[str]:
    """Yield what speaks against the kinds of layers that are chosen for the tasks."""
    for (task, (fits, against)), choice in zip(TASKS.items(), chosen, strict=True):
        kind = choice.strip().lower() if isinstance(choice, str) else choice
        if kind not in KINDS:
            yield f"{task}={choice!r}; allowed is one of {', '.join(KINDS)}."
        elif kind != fits:
            yield f"{task}, {kind}: {against[kind]}"
