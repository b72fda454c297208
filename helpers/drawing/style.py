"""Colours and sizes that all pictures share: one colour for one thing in all notebooks."""

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
