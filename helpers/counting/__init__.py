"""Sizes, weights, uses, connections, multiply-adds and bytes of a layer, by formula and without allocating anything.

`Layer(in_channels, out_channels, image_size, kernel_size, ...)` counts the layers that go from one image to the same
output map: `.dense`, `.local` (locally connected, unshared), `.tiled(period)` and `.shared` (a convolution).

All results are exact Python integers, so a layer too large for any computer can still be counted.
"""

from helpers.counting.layer import Count, Layer, receptive_field
from helpers.counting.sizes import Size, as_int, as_pair

__all__ = ["Count", "Layer", "Size", "as_int", "as_pair", "receptive_field"]
