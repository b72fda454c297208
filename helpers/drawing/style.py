"""Colours, markers and sizes that all pictures share: one look for one thing in all notebooks."""

from typing import NamedTuple

# Okabe and Ito, "Color Universal Design", 2008: told apart by all common kinds of colour vision.
DENSE = "#D55E00"
LOCAL = "#0072B2"
TILED = "#CC79A7"
SHARED = "#009E73"
CHOSEN = "#E69F00"
POSITIVE = "#1B7837"  # ColorBrewer's diverging purple and green, safe for all common kinds of colour vision
NEGATIVE = "#762A83"
MOMENTUM = "#56B4E9"
INK = "#1A1A1A"
FAINT = "#8A8A8A"
EMPTY = "#F1F1F1"

DPI = 100
LARGEST_IMAGE = 512
FONT_SIZE = 14  # points at the shown size: readable from the back row


class Look(NamedTuple):
    """How a kind of layer or net is drawn, in matplotlib's terms."""

    color: str
    marker: str
    linestyle: str | tuple = "-"
    hatch: str = ""


LOOKS = {  # the colour is never the only difference
    "dense": Look(DENSE, "s"),
    "local": Look(LOCAL, "o", (0, (5, 1.5)), "//"),
    "tiled": Look(TILED, "^"),
    "convolution": Look(SHARED, "D", hatch=".."),
    "dynamic": Look(SHARED, "v", hatch="--"),
    "reused": Look(SHARED, "P", hatch="--.."),  # a convolution, used again: shared in depth and in space
    "untied": Look(LOCAL, "o"),
    "tied": Look(SHARED, "D", "--"),
    "shallow": Look(INK, "s"),
    "momentum": Look(MOMENTUM, "o"),
    "plain": Look(INK, "s"),
}

USES = (  # by the number of uses; from Paul Tol's schemes "muted" and "bright", also told apart by all
    Look("#332288", "o"),
    Look("#4477AA", "s"),
    Look("#999933", "^"),
    Look("#CC6677", "D"),
    Look("#882255", "v"),
    Look("#7A4B00", "P"),
)


def find_look(name: str) -> Look:
    """Return the look of a layer or net by the first word of its name; raises ValueError for an unknown one."""
    kind = name.replace(",", " ").split()[0] if name.strip(" ,") else name
    if kind not in LOOKS:
        raise ValueError(f"{name!r} has no look; allowed are names that begin with {', '.join(LOOKS)}")
    return LOOKS[kind]
