"""Layers that torch does not have, and bridges between them and torch's own.

`LocallyConnected2d` has a kernel of its own at every position, `TiledConv2d` the same one at every `period`-th.
`to_conv`, `to_tiled`, `to_local` and `to_dense` return another layer that computes the same, or raise an error where
there is none. `DynamicNet` uses its middle layer a number of times in each pass; `to_untied` gives each use a copy.
"""

from helpers.layers.bridges import to_conv, to_dense, to_local, to_tiled
from helpers.layers.dynamic import DynamicNet, to_untied
from helpers.layers.positional import LocallyConnected2d, TiledConv2d

__all__ = [
    "DynamicNet",
    "LocallyConnected2d",
    "TiledConv2d",
    "to_conv",
    "to_dense",
    "to_local",
    "to_tiled",
    "to_untied",
]
