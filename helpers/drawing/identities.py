"""A colour for each parameter of a layer, such that neighbours in its matrix do not look alike."""

from functools import cache, lru_cache
from itertools import product

import numpy as np
from matplotlib.colors import to_rgb

# The light scheme of Paul Tol, "Colour Schemes", 2021: made for cells with black text, told apart by all common kinds
# of colour vision. The order puts the most different ones first.
LIGHT = "#77AADD", "#EE8866", "#EEDD88", "#44BB99", "#FFAABB", "#AAAA00", "#99DDFF", "#BBCC33", "#DDDDDD"
LEVELS = np.linspace(0.25, 1, 12)  # of red, green and blue
DARKEST, MOST_VIVID = 0.3, 0.6
# What red-blind and green-blind people see of an amount of light: Viénot, Brettel and Mollon, 1999.
RED_BLIND = np.array([[0.1124, 0.8876, 0], [0.1124, 0.8876, 0], [0.004, -0.004, 1]])
GREEN_BLIND = np.array([[0.2928, 0.7072, 0], [0.2928, 0.7072, 0], [-0.0223, 0.0223, 1]])
# Ottosson, "A perceptual color space for image processing", 2020: the same distance looks about equally different.
CONES = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.63]])
OKLAB = np.array([[0.2105, 0.7936, -0.0041], [1.978, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])


def color_identities(numbers: np.ndarray) -> np.ndarray:
    """Return a colour for each entry of a matrix of numbers from 1, and white for 0; (H, W, 3) from 0 to 1.

    Equal numbers get one colour, others another, and numbers in the same or in adjacent rows get colours far apart.
    """
    numbers = np.asarray(numbers)
    return _color_numbers(numbers.shape, numbers.astype(int).tobytes())[numbers]


@lru_cache(maxsize=100)
def _color_numbers(shape: tuple[int, int], numbers: bytes) -> np.ndarray:
    """Return white and the colour of each number, (count + 1, 3)."""
    rows = np.frombuffer(numbers, dtype=int).reshape(shape)
    count = rows.max()
    holds = np.zeros((shape[0] + 2, count + 1), dtype=int)  # whether a row holds a number; none above and below
    holds[np.arange(1, shape[0] + 1)[:, None], rows] = 1
    neighbours = holds[1:-1].T @ (holds[:-2] + holds[1:-1] + holds[2:]) > 0
    colors, distances = _list_colors()
    chosen, nearest = np.zeros(count + 1, dtype=int), distances[0]  # the first is white
    for number in range(1, count + 1):
        near = chosen[:number][neighbours[number, :number]]
        apart = np.minimum(2 * nearest, distances[near].min(axis=0, initial=np.inf))
        chosen[number] = number if number <= len(LIGHT) else apart.argmax()
        nearest = np.minimum(nearest, distances[chosen[number]])
    return colors[chosen]


@cache
def _list_colors() -> tuple[np.ndarray, np.ndarray]:
    """Return white, the light scheme and many colours for black numbers, and how different each two of them look."""
    grid = np.array(list(product(LEVELS, repeat=3)))
    bright = _as_light(grid) @ (0.2126, 0.7152, 0.0722) > DARKEST
    grid = grid[bright & (np.ptp(grid, axis=1) <= MOST_VIVID)]
    colors = np.vstack([np.ones(3), [to_rgb(name) for name in LIGHT], grid])
    light = _as_light(colors)
    seen = [np.cbrt(as_seen @ CONES.T) @ OKLAB.T for as_seen in (light, light @ RED_BLIND.T, light @ GREEN_BLIND.T)]
    return colors, np.min([np.linalg.norm(of[:, None] - of, axis=2) for of in seen], axis=0)


def _as_light(colors: np.ndarray) -> np.ndarray:
    """Return amounts of light for colours of the screen."""
    return np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)
